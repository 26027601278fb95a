"""What Monday.com should hold of the records, and the receipts of what it does hold."""

from __future__ import annotations

import json
from html import unescape
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import base_tree, examples
from follow_up import FOLDER, day, follow_up, ledger_of
from winloss.core.deals import rules
from winloss.core.deals.receipts import Receipt, Receipts, read_receipts
from winloss.core.filing.filings import Filing, filings
from winloss.core.filing.plan import Committed, plan, plan_data
from winloss.core.pages.exchange import exchange_block
from winloss.core.repository.tree import RECEIPTS, Tree
from winloss.core.rulebook.boards import Board

if TYPE_CHECKING:
    from conftest import Repository
    from winloss.core.filing.plan import Plan

BOARDS = {
    "deals": Board(board="1", key="text_1"),
    "expansion": Board("Prospects", "2", "topics", "text_2", "status", "Qualified conversation"),
    "referral": Board("Leads", "3", "topics", "text_3"),
}
AT_DAY_60 = {"outcomes": "[expansion, referral]", "signals": "[follow-on-work]"}


def _wanted(*records: dict[str, bytes]) -> dict[str, Filing]:
    return {each.key: each for each in filings(ledger_of(*records), ())}


def _planned(wanted: list[Filing], receipts: Receipts) -> Plan:
    committed = Committed({each.key: each.digest for each in wanted}, BOARDS)
    return plan(wanted, receipts, BOARDS, ()).held_back(committed)


def _receipt(filing: Filing, item: str = "900") -> Receipt:
    return Receipt(item, "77", filing.digest)


def test_each_record_of_x_4_becomes_a_sub_item_with_the_block() -> None:
    """A handoff, a lost deal and a post-delivery summary are sub-items that hold X §3's block."""
    ledger = ledger_of()
    found = {each.path: each for each in filings(ledger, ())}
    kinds = {record.path: record.kind for record in ledger.records}
    assert sorted(kinds.values()) == ["closed-lost", "post-delivery", "pre-delivery"]
    assert found.keys() == kinds.keys()
    for record in ledger.records:
        filing = found[record.path]
        assert filing.what == "sub-item"
        text = unescape(filing.body.replace("<br>", "\n"))
        assert text == f"<pre>{exchange_block(ledger, record).rstrip()}</pre>\n"


def test_day_30_is_an_update_of_exactly_its_three_bullets() -> None:
    """What stands within a bullet stays in it, and nothing but the bullets is filed (R §3)."""
    record = follow_up("day-30", day(28))
    path = next(iter(record))
    record[path] = record[path].replace(b"- a\n", b"- a & <b>\n\n  more of it\n\n  - within\n")
    filing = _wanted(record)["1001/day-30"]
    assert filing.what == "update"
    assert filing.body == (
        "<ul><li>a &amp; &lt;b&gt; more of it within</li><li>b</li><li>c</li></ul>\n"
    )


def test_an_expansion_and_a_referral_open_items() -> None:
    """R §4: an expansion opens an opportunity, a referral a lead, each with the three bullets."""
    found = _wanted(follow_up("day-60", day(60), **AT_DAY_60))
    assert {key: each.line for key, each in found.items() if each.what == "item"} == {
        "1001/day-60/expansion": "expansion",
        "1001/day-60/referral": "referral",
    }
    expansion = found["1001/day-60/expansion"]
    assert expansion.name == "Northwind Traders: Expansion opportunity"
    assert expansion.body.count("<li>") == 3
    assert "Referenced specific follow-on work during delivery" in expansion.body


@pytest.mark.parametrize("outcomes", ["[none]", "[renewal]"])
def test_no_item_is_opened_for_another_outcome(outcomes: str) -> None:
    """No opportunity opens nothing; nor does a renewal, as long as no board is named for it."""
    price = {"price": "2500"} if "renewal" in outcomes else {}
    found = _wanted(follow_up("day-60", day(60), outcomes=outcomes, **price))
    assert not [each for each in found.values() if each.what == "item"]


def test_what_a_person_opened_by_hand_is_not_opened_again() -> None:
    """An outcome whose action is done is kept up to date where winloss opened it, else left."""
    review = follow_up("day-60", day(60), actions_done="[expansion]", **AT_DAY_60)
    wanted = list(_wanted(review).values())
    keys = [step.filing.key for step in _planned(wanted, Receipts()).steps]
    assert "1001/day-60/expansion" not in keys
    assert "1001/day-60/referral" in keys
    by_key = {each.key: each for each in wanted}
    receipts = Receipts("1", {"1001/day-60/expansion": _receipt(by_key["1001/day-60/expansion"])})
    steps = {step.filing.key: step.sign for step in _planned(wanted, receipts).steps}
    assert steps["1001/day-60/expansion"] == "="


def test_what_was_filed_by_hand_before_a_day_is_not_filed_again() -> None:
    """A firm that pasted its blocks until then names the day, and only what came since is filed."""
    files = base_tree()
    policy = "records/policy/exchange.md"
    files[policy] = files[policy].replace(b"\nmonday:\n", b"\nmonday_since: 2026-06-01\nmonday:\n")
    ledger, _ = rules.check(Tree(files))
    assert ledger is not None
    wanted = filings(ledger, ())
    old = {each.path for each in wanted if each.is_by_hand}
    days = {record.path: record.filed_on for record in ledger.records}
    assert old == {path for path, day in days.items() if day and str(day) < "2026-06-01"}
    assert old
    keys = {step.filing.path for step in _planned(wanted, Receipts()).steps}
    assert keys == days.keys() - old


def test_a_deal_with_a_broken_record_is_left_out_whole() -> None:
    """A block tells of the deal's other records, so none is sent while one of them has errors."""
    ledger = ledger_of()
    broken = f"{FOLDER}/pre-delivery.md"
    assert all(each.deal != "1001" for each in filings(ledger, [broken]))
    assert any(each.deal == "1001" for each in filings(ledger, ()))


def test_a_record_changes_what_is_filed_only_where_it_is_shown() -> None:
    """A changed block is a change; a changed answer that the block does not show is none."""
    before, files = _wanted(), base_tree()
    path = f"{FOLDER}/post-delivery.md"
    files[path] = files[path].replace(b"pattern_codes: [", b"pattern_codes: [cosell-unmeasured, ")
    ledger, _ = rules.check(Tree(files))
    assert ledger is not None
    after = {each.key: each for each in filings(ledger, ())}
    changed = {key for key in before if before[key].digest != after[key].digest}
    assert changed == {"1001/post-delivery"}


def test_the_plan_says_what_is_new_changed_and_as_filed() -> None:
    """+ without a receipt, ~ when the receipt holds something else, = when it holds this."""
    wanted = list(_wanted(follow_up("day-30", day(28))).values())
    first, second, *_ = wanted
    receipts = Receipts(
        "1", {first.key: _receipt(first), second.key: Receipt("901", "78", "0" * 16)}
    )
    found = _planned(wanted, receipts)
    signs = [step.sign for step in found.steps]
    assert signs == ["=", "~", *["+"] * (len(wanted) - 2)]
    assert found.calls == sum(step.calls for step in found.steps) + 1
    data = plan_data(found)
    assert [each["sign"] for each in data["steps"]] == signs
    assert data["calls"] == found.calls


def test_a_receipt_without_a_record_is_told_and_never_sent() -> None:
    """What the records no longer say stays in Monday.com, and the plan says so."""
    receipts = Receipts("1", {"1001/day-30": Receipt("1001", "5", "0" * 16)})
    found = plan([], receipts, BOARDS, ())
    assert list(found.withdrawn) == ["1001/day-30"]
    assert not found.unfiled
    assert not plan([], receipts, BOARDS, ["1001"]).withdrawn


@pytest.mark.parametrize(
    ("boards", "committed", "reason"),
    [
        ({}, BOARDS, "not set up"),
        ({"deals": Board(board="1")}, BOARDS, "not set up"),
        (BOARDS, {}, "exchange.md is not committed yet"),
    ],
)
def test_a_step_says_what_it_waits_for(
    boards: dict[str, Board], committed: dict[str, Board], reason: str
) -> None:
    """Nothing is sent by ids that nobody has set up, or that nobody has reviewed."""
    wanted = list(_wanted().values())
    digests = {each.key: each.digest for each in wanted}
    found = plan(wanted, Receipts(), boards, ()).held_back(Committed(digests, committed))
    assert not found.to_send
    assert reason in "\n".join(found.waiting())


def test_only_what_is_committed_is_sent() -> None:
    """Monday.com gets a copy of what git holds: a record that is changed since waits."""
    wanted = list(_wanted().values())
    digests = {each.key: each.digest for each in wanted[1:]}
    found = plan(wanted, Receipts(), BOARDS, ()).held_back(Committed(digests, BOARDS))
    assert [step.filing for step in found.to_send] == wanted[1:]
    assert found.unfiled[0].waits_for == "not committed yet"


_KEYS = st.text(min_size=1, max_size=30)
_RECEIPTS = st.dictionaries(
    _KEYS,
    st.builds(
        Receipt,
        st.from_regex("[0-9]{1,20}", fullmatch=True),
        st.from_regex("[0-9]{1,20}", fullmatch=True),
        st.from_regex("[0-9a-f]{16}", fullmatch=True),
    ),
    max_size=5,
)


@settings(max_examples=examples(200), deadline=None)
@given(_RECEIPTS, st.text(max_size=10))
def test_receipts_come_back_as_they_were_written(filed: dict[str, Receipt], account: str) -> None:
    """The file is JSON with a line for each receipt, and reads back to the same receipts."""
    receipts = Receipts(account, filed)
    text = receipts.as_text()
    assert read_receipts(text.encode()) == (receipts, [])
    assert json.loads(text)["account"] == account
    assert text == Receipts(account, dict(reversed(filed.items()))).as_text()
    assert sum('"holds"' in line for line in text.splitlines()) >= len(filed) - 1


@settings(max_examples=examples(300), deadline=None)
@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["account", "filed", "item", "update", "holds"]), inner
            )
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode())
)
def test_whatever_stands_there_is_receipts_or_a_problem(data: bytes) -> None:
    """A file that is no receipts is a problem with a place, and never an accident."""
    receipts, problems = read_receipts(data)
    assert (receipts is None) == bool(problems)
    for problem in problems:
        assert problem.path == RECEIPTS
        assert problem.line >= 1
        assert problem.hint


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("value", [{"item": "9", "update": "8", "holds": "0" * 16}, 1])
def test_only_utf_8_is_read(encoding: str, value: object) -> None:
    """Another encoding is told, also where JSON could be read in it; a mark of UTF-8 is nothing."""
    data = json.dumps({"account": "1", "filed": {"1001/day-30": value}}).encode(encoding)
    receipts, problems = read_receipts(data)
    assert (receipts is not None) == (encoding == "utf-8-sig" and value != 1)
    assert (receipts is None) == bool(problems)


def test_a_merge_left_in_the_receipts_is_told_with_its_mend(repository: Repository) -> None:
    """Check names the line of the conflict, and either side will do."""
    repository.write(RECEIPTS, '{\n "account": "1",\n<<<<<<< HEAD\n "filed": {}\n}\n')
    result = repository.run("check")
    assert result.code == 1
    assert f"{RECEIPTS}:3:1: error bad-receipts" in result.out
    assert "take either side whole" in result.out
    assert repository.run("file").code == 2


def test_receipts_change_no_page(repository: Repository) -> None:
    """A push leaves every filed page as it was, and every file is still accounted for."""
    assert repository.run("rollup", "2026-Q2").code == 0
    receipts = Receipts("1", {"1001/pre-delivery": Receipt("9", "8", "0" * 16)})
    repository.write(RECEIPTS, receipts.as_text())
    assert repository.run("rollup", "2026-Q2", "--check").code == 0
    assert repository.run("check").code == 0
    data = json.loads(repository.run("rollup", "2026-Q2", "--format", "json").out)["records"]
    assert data["other"]["monday"] == 1
    assert "monday.json" not in str(data["excluded"])
