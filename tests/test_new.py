"""``winloss new``: a record from its form, and nothing lost on the way."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Repository, at_a_terminal, base_tree, examples, rules_tree
from follow_up import day, follow_up
from winloss.core.days import Quarter, parse_date
from winloss.core.deals import rules
from winloss.core.pages.page import rollup_page
from winloss.core.pages.rollup import build_rollups
from winloss.core.problem import CannotGoOn
from winloss.core.repository.tree import Tree
from winloss.core.text.document import read_document
from winloss.core.text.escape import inline
from winloss.core.text.node import Text
from winloss.core.wording import UNSEEN, is_deal_id, is_placeholder, one_line
from winloss.core.writing.lines import quoted
from winloss.core.writing.scaffold import Scaffold, record_path, scaffold, template_data

POST = "records/deals/2026/1001-northwind/post-delivery.md"
PRE = "records/deals/2026/1001-northwind/pre-delivery.md"


def test_a_delivery_is_prefilled_from_its_handoff(repository: Repository) -> None:
    """The post-delivery scaffold has the deal, the customer, and a row for every id."""
    (repository.root / POST).unlink()
    done = repository.run("new", "post-delivery", "--deal", "1001", "--no-edit")
    assert done.code == 0
    text = repository.read(POST)
    assert "\ndeal: 1001\n" in text
    assert "\ncustomer: Northwind Traders\n" in text
    assert "\ndate: 2026-11-21\n" in text
    assert "\nfiled_by: customer.success\n" in text
    assert re.findall(r"  - id: (\w+)\n    answer:\n    source:\n    note:\n", text) == ["S1", "E1"]
    assert "## Buyer-revealed context" in text


def test_a_record_can_be_filled_without_an_editor(empty_repository: Repository) -> None:
    """--set answers texts, dates, levels, lists, rows, cells and sections; check finds nothing."""
    run = empty_repository.run
    levels = ("company_size", "ecosystem_presence", "revenue_leadership", "industry_fit", "timing")
    done = run(
        *("new", "pre-delivery", "--deal", "0012345", "--customer", "eco|monetize™"),
        *("--date", "2026-07-01", "--set", "handoff_on=2026-07-02"),
        *("--set", "delivery_expected_on=2026-08-03"),
        *(part for name in levels for part in ("--set", f"scores.{name}=strong")),
        *("--set", "signals=[{id: S1, dimension: timing, source: observed, note: 'a: b'}]"),
        *(
            "--set",
            "expectations=[]",
            "--set",
            "Objections raised and how addressed=None | at: all",
        ),
        "--no-edit",
    )
    path = "records/deals/2026/0012345-eco-monetize/pre-delivery.md"
    assert (done.code, done.out, done.err) == (0, f"Wrote {path}\n", "")
    done = run(
        *("new", "post-delivery", "--deal", "0012345", "--date", "2026-08-04"),
        *(
            "--set",
            "delivered_on=2026-08-03",
            "--set",
            "pattern_codes=attribution-gap, board-pressure",
        ),
        *("--set", "friction=[]", "--set", "postmortem_on=2026-08-20"),
        *("--set", "delivery_quality=high", "--set", "validation.S1.answer=held"),
        *("--set", "validation.S1.source=observed", "--set", "validation.S1.note=It: did #1"),
        *(
            "--set",
            "Buyer-revealed context=# not a heading" if False else "Buyer-revealed context=x",
        ),
        *("--set", "Recommendation for future qualification refinement=Go on.", "--no-edit"),
    )
    assert (done.code, done.err) == (0, "")
    checked = run("check")
    assert checked.code == 0
    assert "no problems" in checked.out
    page = run("rollup", "2026-Q3", "--stdout").out
    assert "| 0012345 | eco\\|monetize™ |" in page


def test_a_file_that_exists_is_never_overwritten(repository: Repository) -> None:
    """A second record of the same name is refused, and the first stays as it is."""
    before = repository.files()
    done = repository.run("new", "pre-delivery", "--deal", "1001", "--no-edit")
    assert done.code == 2
    assert "exists already" in done.err
    assert repository.files() == before


@pytest.mark.parametrize(
    "deal",
    [
        "../../x",
        "..",
        ".",
        "a/b",
        "a\\b",
        "CON",
        "nul",
        "com1",
        "-x",
        "_x",
        "x" * 65,
        "a b",
        "a.b",
        "x\n",
        "é",
        "a:b",
        "\x1b[31m",
        "/etc/passwd",
        "1001/../1002",
        "$HOME",
        "--output=x",
    ],
)
def test_a_deal_that_cannot_name_a_folder_is_refused(deal: str, repository: Repository) -> None:
    """Paths that leave the records, and names that systems reserve, write nothing (G12, G13)."""
    before = repository.files()
    done = repository.run("new", "pre-delivery", f"--deal={deal}", "--no-edit")
    assert done.code == 2
    assert "nothing was written" in done.err
    assert "\x1b" not in done.err
    assert repository.files() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pre-delivry", "--deal", "7"], "did you mean 'pre-delivery'?"),
        (["pre-delivery"], "needs its deal: --deal ID"),
        (["pre-delivery", "--deal", "7", "--set", "customer"], "is not FIELD=VALUE"),
        (["pre-delivery", "--deal", "7", "--set", "custommer=x"], "did you mean 'customer'?"),
        (["pre-delivery", "--deal", "7", "--set", "deal=8"], "no field 'deal' to set"),
        (["pre-delivery", "--deal", "7", "--set", "signals=[a"], "--set signals: "),
        (["pre-delivery", "--deal", "7", "--set", "signals=x"], "no value of type table"),
        (["pre-delivery", "--deal", "7", "--set", "signals=[{a: [b]}]"], "nest too deep"),
        (["pre-delivery", "--deal", "7", "--set", "signals.S1.note=x"], "cannot be set"),
        (["pre-delivery", "--deal", "7", "--set", "model.x=y"], "cannot be set"),
        (["pre-delivery", "--deal", "7", "--date", "2026-02-30"], "not a day of the calendar"),
        (["post-delivery", "--deal", "1001", "--set", "validation.S9.answer=held"], "no row 'S9'"),
        (["pre-delivery", "--deal", "7", "--set", "customer=a\x00b"], "invisible character"),
    ],
)
def test_a_mistake_on_the_command_line_is_named(
    arguments: list[str], said: str, repository: Repository
) -> None:
    """What cannot be done is said in words, with the mend, and nothing is written."""
    before = repository.files()
    done = repository.run("new", *arguments, "--no-edit")
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert repository.files() == before


def test_a_name_taken_from_a_field_is_checked(empty_repository: Repository) -> None:
    """A file's name that comes from an answer can neither be missing nor lead elsewhere."""
    for options, said in (([], "needs id"), (["--set", "id=../../x"], "cannot be part")):
        done = empty_repository.run("new", "proposal", "--no-edit", *options)
        assert done.code == 2
        assert said in done.err
    done = empty_repository.run("new", "proposal", "--no-edit", "--set", "id=timing")
    assert "Wrote records/proposals/timing.md" in done.out


def test_a_deal_keeps_its_folder(repository: Repository) -> None:
    """A record goes where the deal's records are, whatever the year, and to no other deal."""
    repository.write("records/deals/old/7-x/notes.txt", "kept")
    for deal, folder in (
        ("1002", "records/deals/2026/1002-tailspin"),
        ("7", "records/deals/old/7-x"),
        ("10", "records/deals/2027/10"),
    ):
        done = repository.run(
            "new", "pre-delivery", "--deal", deal, "--date", "2027-01-04", "--no-edit"
        )
        assert f"Wrote {folder}/pre-delivery.md" in done.out


def test_the_editor_opens_when_asked(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --edit the file opens in the editor, and what it then says is checked."""
    monkeypatch.setenv("EDITOR", "sed -i s/^customer:.*/customer:\\ [x]/")
    monkeypatch.delenv("VISUAL", raising=False)
    done = repository.run("new", "pre-delivery", "--deal", "9", "--edit")
    assert done.code == 0
    assert "wrong-type: 'customer' is a list" in done.err


def test_an_editor_that_fails_loses_nothing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record stays on the disk when the editor cannot be started."""
    monkeypatch.setenv("EDITOR", "/nonexistent/editor")
    monkeypatch.delenv("VISUAL", raising=False)
    done = repository.run("new", "pre-delivery", "--deal", "9", "--edit")
    assert done.code == 0
    assert "The record is safe." in done.err
    assert (repository.root / "records/deals/2026/9/pre-delivery.md").is_file()


TYPED = st.text(min_size=1, max_size=40).filter(
    lambda text: not UNSEEN.search(text) and text == text.strip() and "\n" not in text
)


@settings(max_examples=examples(300), deadline=None)
@given(TYPED)
def test_any_text_is_quoted_so_that_it_reads_back(text: str) -> None:
    """What new writes for a text is read as that text, composed."""
    document, problems = read_document("x.md", f"---\na: {quoted(text)}\n---\n".encode())
    assert document is not None, problems
    assert not problems
    node = document.front.get("a")
    assert isinstance(node, Text)
    assert node.value == unicodedata.normalize("NFC", text)


DEALS = st.from_regex(r"[0-9A-Za-z][0-9A-Za-z_-]{0,20}", fullmatch=True).filter(is_deal_id)
CUSTOMERS = TYPED.filter(lambda text: not is_placeholder(text) and bool(one_line(text)))
ANSWERS = {
    "handoff_on": "2026-07-02",
    "delivery_expected_on": "2026-08-03",
    "signals": "[]",
    "expectations": "[]",
    "Objections raised and how addressed": "None to speak of.",
}


@settings(max_examples=examples(40), deadline=None)
@given(DEALS, CUSTOMERS)
def test_ids_and_text_survive_from_new_to_the_page(deal: str, customer: str) -> None:
    """An id and a name go through new, the file, check and rollup unchanged (Y7)."""
    ledger, _ = rules.check(Tree(rules_tree()))
    assert ledger is not None
    day = parse_date("2026-07-01")
    assert day is not None
    draft = scaffold(ledger, ledger.forms["pre-delivery"], deal, day, customer)
    for name, text in ANSWERS.items():
        draft.set(name, text)
    for name in ledger.policy.model.dimensions:
        draft.set(f"scores.{name}", "strong")
    path = record_path(ledger, draft, deal, day)
    text = draft.text(template_data(ledger, draft, None, day))
    again, problems = rules.check(Tree({**ledger.tree.files, path: text.encode()}))
    assert problems == ()
    assert again is not None
    assert list(again.deals) == [deal]
    assert one_line(again.deals[deal].customer) == one_line(customer)
    quarter = Quarter.parse("2026-Q3")
    assert quarter is not None
    page = rollup_page(*build_rollups(again, quarter, problems))
    assert f"| {inline(deal)} | {inline(customer)} | won, handed off 2026-07-02, " in page


@settings(max_examples=examples(200), deadline=None)
@given(st.text(max_size=30))
def test_no_id_leads_out_of_the_records(deal: str) -> None:
    """Whatever is typed as a deal, the path stays below the deals, or is refused (G13)."""
    ledger, _ = rules.check(Tree(base_tree()))
    assert ledger is not None
    day = parse_date("2026-07-01")
    assert day is not None
    draft = Scaffold(ledger.forms["pre-delivery"])
    try:
        path = record_path(ledger, draft, deal, day)
    except CannotGoOn:
        return
    assert re.fullmatch(r"records/deals/[\w-]+/[\w-]+/pre-delivery\.md", path, re.ASCII)


# The time after a delivery.

DAY_60 = "records/deals/2026/1001-northwind/day-60.md"


def test_a_review_is_prefilled_from_the_deal(repository: Repository) -> None:
    """The scaffold has today's dates, and as guidance what was found, promised and heard."""
    for path, data in follow_up("day-30", day(30), cro_flags="[dissatisfaction]").items():
        repository.write(path, data)
    done = repository.run("--today", "2026-08-11", "new", "day-60", "--deal", "1001", "--no-edit")
    assert (done.code, done.out.splitlines()[0]) == (0, f"Wrote {DAY_60}")
    text = repository.read(DAY_60)
    assert "\ndate: 2026-08-11\nfiled_by: customer.success\n" in text
    assert "\nheld_on: 2026-08-11\n" in text
    for told in (
        "Delivered 2026-06-12, so this is due 2026-08-11.",
        "What the delivery found: Partner-sourced revenue cannot be attributed",
        "E1: A draft before the board meeting (failed: ",
        "Day 30 check-in, 2026-07-12, flagged to the CRO: Dissatisfaction",
    ):
        assert f"\n{told}" in text
    checked = repository.run("check", DAY_60)
    assert checked.out.count(" error ") == checked.out.count(" error not-answered: ") > 0


def test_a_review_that_a_signal_opened_begins_with_it(repository: Repository) -> None:
    """A second review has a name of its own, and lists the signals heard since the first."""
    for record in (
        follow_up("touchpoint", day(50), signals="[beyond-scope]"),  # the review knew of these
        follow_up("touchpoint", day(60), signals="[peer-introduction]"),
        follow_up("day-60", day(60), signals="[satisfied-and-larger]"),
        follow_up("touchpoint", day(150), signals="[follow-on-work]"),
        follow_up("touchpoint", day(155), signals="[gone-quiet]"),
    ):
        for path, data in record.items():
            repository.write(path, data)
    new = ("new", "day-60", "--deal", "1001", "--no-edit")
    done = repository.run(*new, "--date", "2026-11-20")
    again = DAY_60.replace("day-60.md", "day-60-2026-11-20.md")
    assert done.out.startswith(f"Wrote {again}\n")
    assert "\nsignals: [follow-on-work]\n" in repository.read(again)
    refused = repository.run(*new, "--date", "2026-11-21")
    assert refused.code == 2  # the second review is still being written
    assert "day-60.md exists already" in refused.err


def test_a_touchpoint_is_named_for_its_day(repository: Repository) -> None:
    """It is held today unless --set says otherwise."""
    new = ("new", "touchpoint", "--deal", "1001", "--no-edit")
    assert "/touchpoint-2026-11-21.md" in repository.run(*new).out
    assert "/touchpoint-2026-11-09.md" in repository.run(*new, "--set", "held_on=2026-11-09").out


def test_what_was_promised_cannot_leave_its_comment(repository: Repository) -> None:
    """Text of earlier records is guidance in a comment, and cannot end it."""
    repository.change(PRE, "note: A draft", "note: --> <!-- ---> --!> ## Summary. A draft")
    assert repository.run("new", "day-30", "--deal", "1001", "--no-edit").code == 0
    text = repository.read("records/deals/2026/1001-northwind/day-30.md")
    assert text.count("-->") == 1
    assert "--!>" not in text
    assert text.rstrip().endswith("-->")


def test_without_a_kind_a_script_is_told_what_is_owed(repository: Repository) -> None:
    """Away from a terminal nothing is asked: the kinds are named, and nothing is written."""
    done = repository.run("new", "--deal", "1001")
    assert (done.code, done.out) == (2, "")
    assert "name the kind of record; deal 1001 owes: day-30 and day-60." in done.err
    assert (
        "deal 1002 owes no record now; name a kind:" in repository.run("new", "--deal", "1002").err
    )


def test_without_a_kind_a_terminal_offers_what_is_owed_next(repository: Repository) -> None:
    """The most urgent record comes first, and Enter takes it."""
    new = ("new", "--deal", "1001", "--no-edit")
    code, said = at_a_terminal(repository.root, *new, typed=("Which one", "2\n"))
    assert code == 0, said
    shown = " ".join(said.split())
    first, second = (
        "1 overdue 132 days: 1001 Northwind Traders: Day 30 check-in (delivered 2026-06-12 + 30",
        "2 overdue 102 days: 1001 Northwind Traders: Day 60 expansion review, with cro",
    )
    assert shown.index(first) < shown.index(second)
    assert f"Wrote {DAY_60}" in said
    assert "Still open: 7 answers: Reviewed with, Expansion signals, Outcomes, Pay again" in shown


def test_a_terminal_offers_the_rest_of_a_record_too(repository: Repository) -> None:
    """A post-mortem goes into the file that is there, and nothing is written anew."""
    front, _, body = repository.read(POST).partition("postmortem_on")
    repository.write(POST, f"{front}---\n")
    assert body
    before = repository.files()
    new = ("--today", "2026-06-30", "new", "--deal", "1001", "--no-edit")
    code, said = at_a_terminal(repository.root, *new, typed=("Which one", "\n"))
    assert code == 0, said
    assert "1  no deadline: 1001 Northwind Traders: Post-mortem (delivered 2026-06-12)" in said
    assert f"It goes into {POST}" in said
    assert repository.files() == before


def test_a_record_for_a_deal_that_is_not_there_says_so(repository: Repository) -> None:
    """A slip in a follow-up's id names the deal that was perhaps meant; a handoff begins one."""
    done = repository.run("new", "day-30", "--deal", "10001", "--no-edit")
    assert "If you meant 1001 Northwind Traders, delete this one." in done.err
    assert "If you meant" not in repository.run("new", "pre-delivery", "--deal", "10002").err


def test_a_post_mortem_can_be_answered_from_its_form(repository: Repository) -> None:
    """Each id to answer stands there with what was noted at the handoff, and levels are listed."""
    (repository.root / POST).unlink()
    repository.run("new", "post-delivery", "--deal", "1001", "--no-edit")
    text = repository.read(POST)
    assert "\n# S1: They asked for a baseline\n# E1: A draft before the board meeting\n" in text
    repository.run("new", "pre-delivery", "--deal", "1009", "--no-edit")
    path = "records/deals/2026/1009/pre-delivery.md"
    assert "\n# one of: absent, partial, strong\nscores:\n" in repository.read(path)


def test_two_reviews_of_one_day_are_refused(repository: Repository) -> None:
    """The second one on a day is no review again: new refuses it, and check finds a copy."""
    for path, data in follow_up("day-60", day(60)).items():
        repository.write(path, data)
    done = repository.run("new", "day-60", "--deal", "1001", "--date", str(day(60)), "--no-edit")
    assert (done.code, "exists already" in done.err) == (2, True)
    for path, data in follow_up("day-60", day(60), name=f"day-60-{day(60)}").items():
        repository.write(path, data)
    assert "error duplicate-record" in repository.run("check").out
