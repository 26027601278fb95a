"""The figures and the page of a quarter: every file in one bucket, every figure with its deals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conftest import HOME, Repository, base_tree, examples, shipped_tree
from winloss.core.days import Quarter
from winloss.core.deals import rules
from winloss.core.pages.page import rollup_page
from winloss.core.pages.rollup import build_rollups
from winloss.core.pages.rollup_json import rollup_data
from winloss.core.problem import CannotGoOn
from winloss.core.repository.tree import Tree
from winloss.core.text.document import read_document
from winloss.core.text.escape import inline, line

PRE = "records/deals/2026/1001-northwind/pre-delivery.md"
POST = "records/deals/2026/1001-northwind/post-delivery.md"
LOST = "records/deals/2026/1002-tailspin/closed-lost.md"
PAGE = "operations/reports/revenue/win-loss-2026-Q2.md"


def quarter(text: str) -> Quarter:
    """Return a quarter."""
    found = Quarter.parse(text)
    assert found is not None
    return found


def data_of(files: dict[str, bytes], name: str = "2026-Q2") -> Any:
    """Return a quarter's figures as scripts see them."""
    ledger, problems = rules.check(Tree(files))
    assert ledger is not None
    return json.loads(json.dumps(rollup_data(*build_rollups(ledger, quarter(name), problems))))


def test_the_figures_of_a_small_repository() -> None:
    """Two deals give the figures that can be counted by hand."""
    data = data_of(base_tree())
    sources = data.pop("sources")
    assert data == {
        "quarter": "2026-Q2",
        "policy_status": "v0",
        "records": {"counted": [POST, PRE, LOST], "other": {"policy": 6}, "excluded": []},
        "outcomes": {"won": 1, "lost": 1, "no_decision": 0},
        "loss_reasons": [{"code": "price", "deals": ["1002"]}],
        "dimensions": [
            dimension("company_size", "strong", {}),
            dimension("ecosystem_presence", "strong", {"held": 1}),
            dimension("revenue_leadership", "partial", {}),
            dimension("industry_fit", "strong", {}),
            {**dimension("timing", "absent", {}), "flags": {"over-scored": ["1001"]}},
        ],
        "pattern_codes": [{"code": "attribution-gap", "deals": ["1001"], "previous": 0}],
        "friction": [{"code": "data-access", "origins": {"E1": 1}, "deals": ["1001"]}],
        "reviews": {"held": 0, "outcomes": {}, "signals": {}, "pay_again": {}},
        "timeliness": [
            {"kind": kind, "met": met, "late": 0, "open": 0}
            for kind, met in (
                ("day-30", 0),
                ("day-60", 0),
                ("post-delivery", 1),
                ("pre-delivery", 1),
                ("touchpoint", 0),
            )
        ],
        "candidates": [
            {"dimension": "timing", "claim": "over-scored", "deals": ["1001"], "enough": False}
        ],
    }
    assert {each["path"] for each in sources} >= {PRE, POST, LOST, "templates/rollup.md.j2"}


def dimension(name: str, level: str, answers: dict[str, int]) -> dict[str, object]:
    """Return a dimension on which the one delivery stands at a level, delivered well."""
    return {
        "name": name,
        "levels": {
            each: {"deals": ["1001"] * (each == level), "good": ["1001"] * (each == level)}
            for each in ("absent", "partial", "strong")
        },
        "answers": dict.fromkeys(("held", "partly", "failed", "unknown"), 0) | answers,
        "flags": {},
    }


def test_blob_ids_are_git_s(repository: Repository) -> None:
    """The page names each file's content as git does, also from a CRLF checkout (promise 2)."""
    listed = repository.git("ls-files", "-s").splitlines()
    ids = {line.split("\t")[1]: line.split()[1] for line in listed}
    for each in json.loads(repository.run("rollup", "2026-Q2", "--format", "json").out)["sources"]:
        assert ids[each["path"]] == each["blob"]
    page = repository.run("rollup", "2026-Q2", "--stdout").out
    for path, data in repository.files().items():
        if path.startswith(("records/", "templates/")):
            repository.write(path, data.replace(b"\n", b"\r\n"))
    assert repository.run("rollup", "2026-Q2", "--stdout").out == page


def test_a_delivery_counts_in_its_own_quarter() -> None:
    """What was delivered in the last days of a quarter counts there, whenever it was filed (T9)."""
    files = base_tree()
    files[POST] = files[POST].replace(b"2026-06-12", b"2026-06-30").replace(b"06-17", b"07-06")
    files[POST] = files[POST].replace(b"postmortem_on: 2026-06-30", b"postmortem_on: 2026-07-20")
    data = data_of(files)
    assert POST in data["records"]["counted"]
    assert data_of(files, "2026-Q3")["records"]["counted"] == []
    assert data_of(files, "2026-Q3")["records"]["other"] == {"2026-Q2": 3, "policy": 6}


def test_what_is_missing_is_named() -> None:
    """A handoff without its delivery is missing from the day on which its summary was due."""
    files = base_tree()
    del files[POST]
    ledger, problems = rules.check(Tree(files))
    assert ledger is not None
    page = rollup_page(*build_rollups(ledger, quarter("2026-Q2"), problems))
    assert (
        "- **Missing:** Post-delivery summary of Northwind Traders, due 2026-06-19 "
        "(delivery expected on 2026-06-12 + 5 business days), owed by Customer success." in page
    )
    assert "**To chase:** Post-delivery summary of Northwind Traders." in page
    before = rollup_page(*build_rollups(ledger, quarter("2026-Q1"), problems))
    assert "Missing" not in before


def test_three_flags_of_one_deal_are_one_data_point() -> None:
    """A candidate counts distinct deals, not notes (X §5, T7)."""
    files = base_tree()
    flag = b"  - dimension: timing\n    claim: over-scored\n    note: A board date mattered more\n"
    files[POST] = files[POST].replace(flag, flag * 3)
    (candidate,) = data_of(files)["candidates"]
    assert candidate["deals"] == ["1001"]
    assert candidate["enough"] is False


def test_a_page_stays_true_while_the_next_quarter_fills() -> None:
    """A record of a later quarter changes no byte of an earlier page."""
    files = base_tree()
    ledger, problems = rules.check(Tree(files))
    assert ledger is not None
    page = rollup_page(*build_rollups(ledger, quarter("2026-Q2"), problems))
    later = files[LOST].replace(b"1002", b"1003").replace(b"2026-05", b"2026-08")
    files["records/deals/2026/1003-tailspin/closed-lost.md"] = later
    ledger, problems = rules.check(Tree(files))
    assert ledger is not None
    assert rollup_page(*build_rollups(ledger, quarter("2026-Q2"), problems)) == page


def test_a_file_with_an_error_stops_the_build(repository: Repository) -> None:
    """The problem is printed, nothing is written, and --allow-problems lists it on the page."""
    repository.change(LOST, "reason: price", "reason: pric")
    done = repository.run("rollup", "2026-Q2")
    assert done.code == 1
    assert f"{LOST}:9:9: error unknown-code" in done.err
    assert "The page of 2026-Q2 was not built." in done.err
    assert not (repository.root / PAGE).exists()
    done = repository.run("rollup", "2026-Q2", "--allow-problems")
    assert (done.code, done.out) == (0, f"Wrote {PAGE}\n")
    assert (
        "- **Excluded:** deals/2026/1002-tailspin/closed-lost.md: unknown-code: 'pric' is not"
        in repository.read(PAGE)
    )


def test_check_compares_byte_for_byte(repository: Repository) -> None:
    """--check passes on the page that the records give, and prints the difference otherwise."""
    done = repository.run("rollup", "2026-Q2", "--check")
    assert (done.code, "does not exist" in done.err) == (1, True)
    assert repository.run("rollup", "2026-Q2").out == f"Wrote {PAGE}\n"
    assert repository.run("rollup", "2026-Q2").out == f"{PAGE} is up to date\n"
    assert repository.run("rollup", "2026-Q2", "--check").code == 0
    repository.change(PAGE, "**Won 1**", "**Won 2**")
    done = repository.run("rollup", "2026-Q2", "--check")
    assert done.code == 1
    assert "\n-- **Won 2** (Northwind" in done.out
    assert "\n+- **Won 1** (Northwind" in done.out
    assert "run: winloss rollup 2026-Q2" in done.err
    assert "**Won 2**" in repository.read(PAGE)  # --check writes nothing
    repository.write(PAGE, repository.read(PAGE).replace("**Won 2**", "**Won 1**") + "\n")
    assert repository.run("rollup", "2026-Q2", "--check").code == 1


def test_all_pages_that_are_filed_are_compared_in_one_call(repository: Repository) -> None:
    """--all --check looks at each page in the folder, also after one that differs, and no other."""
    folder, later = PAGE.rpartition("/")[0], PAGE.replace("Q2", "Q3")
    nothing = repository.run("rollup", "--all", "--check")
    assert (nothing.code, nothing.out) == (0, f"No page is filed in {folder}\n")
    for name in ("2026-Q3", "2026-Q2"):
        repository.run("rollup", name)
    repository.write(f"{folder}/notes.md", "not a page\n")
    repository.write(f"{folder}/win-loss-2026.md", "no quarter\n")
    fine = repository.run("rollup", "--all", "--check")
    assert fine.code == 0
    assert fine.out == f"{PAGE} says what the records say\n{later} says what the records say\n"
    repository.change(PAGE, "Northwind", "Northwynd")
    stale = repository.run("rollup", "--all", "--check")
    assert stale.code == 1
    assert f"{PAGE} is not what the records say; run: winloss rollup 2026-Q2" in stale.err
    assert f"{later} says what the records say" in stale.out


def test_a_draft_passes_among_all_pages(repository: Repository) -> None:
    """--all --check lets the page of a running quarter lag behind, and no page that is filed."""
    repository.run("rollup", "2026-Q2")
    repository.change(LOST, "reason: price", "reason: no-budget")
    draft = repository.run("--today", "2026-06-30", "rollup", "--all", "--check")
    assert (draft.code, draft.out) == (
        0,
        "The page of 2026-Q2 is a draft: its quarter has not ended\n",
    )
    assert repository.run("--today", "2026-07-01", "rollup", "--all", "--check").code == 1


def test_all_pages_that_are_filed_are_built_again(repository: Repository) -> None:
    """--all alone builds every page that is filed already, and files no other."""
    repository.run("rollup", "2026-Q2")
    filed = repository.read(PAGE)
    repository.write(PAGE, "edited by hand\n")
    done = repository.run("rollup", "--all")
    assert (done.code, done.out) == (0, f"Wrote {PAGE}\n")
    assert repository.read(PAGE) == filed
    assert sum(path.startswith("operations/") for path in repository.files()) == 1


def test_an_error_stops_each_page_that_it_touches(repository: Repository) -> None:
    """With --all, a record with an error fails every page that rests on it, in a line for each."""
    for name in ("2026-Q2", "2026-Q3"):
        repository.run("rollup", name)
    repository.change(LOST, "reason: price", "reason: pric")
    done = repository.run("rollup", "--all", "--check")
    assert done.code == 1
    assert [line.split(" was not built")[0] for line in done.err.splitlines()] == [
        f"22 files checked: 1 error. The page of {name}" for name in ("2026-Q2", "2026-Q3")
    ]


def test_all_pages_of_a_commit(repository: Repository) -> None:
    """--all --check --at looks at the pages that the commit holds."""
    repository.run("rollup", "2026-Q2")
    repository.git("add", ".")
    repository.git("commit", "-qm", "page")
    repository.write(PAGE, "edited by hand\n")
    assert repository.run("rollup", "--all", "--check", "--at", "HEAD").code == 0
    assert repository.run("rollup", "--all", "--check").code == 1


@pytest.mark.parametrize("words", [["2026-Q2"], ["--stdout"], ["--format", "json"]])
def test_all_pages_go_to_their_files(words: list[str], repository: Repository) -> None:
    """--all with a quarter, or with what prints one page, is a slip."""
    assert repository.run("rollup", "--all", *words).code == 2


@pytest.mark.parametrize(
    ("today", "built"),
    [
        ("2026-07-01", "2026-Q2"),
        ("2026-11-21", "2026-Q2"),
        ("2027-06-30", "2026-Q2"),
        ("2026-06-30", None),
        ("2026-04-01", None),
    ],
)
def test_the_default_quarter_has_ended_and_has_records(
    today: str, built: str | None, repository: Repository
) -> None:
    """Without a quarter, the last one that has ended and has records is built."""
    done = repository.run("--today", today, "rollup")
    if built is None:
        assert done.code == 2
        assert "no quarter that has ended has a record" in done.err
    else:
        assert done.out == f"Wrote operations/reports/revenue/win-loss-{built}.md\n"


@pytest.mark.parametrize("typed", ["2026Q3", "Q3", "2026-Q5", "2026-Q0", "last", "2026-Q3x", "-1"])
def test_a_quarter_is_written_in_one_way(typed: str, repository: Repository) -> None:
    """Anything but YYYY-QN is a usage error."""
    assert repository.run("rollup", "--", typed).code == 2


def test_the_page_goes_where_the_policy_says(repository: Repository) -> None:
    """The rollups' folder is a setting, and cannot lead out of the repository (T12, G13)."""
    repository.change("records/policy/exchange.md", "operations/reports/revenue", "out")
    assert repository.run("rollup", "2026-Q2").out == "Wrote out/win-loss-2026-Q2.md\n"
    for folder in ("../out", "/tmp/out", ".git/x", "records/deals", ".", r'"a\n* b"'):  # noqa: S108 - refused
        repository.change("records/policy/exchange.md", "rollups: out", f"rollups: {folder}")
        done = repository.run("rollup", "2026-Q2")
        assert done.code == 1, folder
        assert "is no folder for rollups" in done.err
        repository.change("records/policy/exchange.md", f"rollups: {folder}", "rollups: out")


def test_a_link_in_the_way_of_the_page_is_not_followed(repository: Repository) -> None:
    """A folder that is a link out of the repository is refused (C21)."""
    outside = repository.root.parent / "outside"
    outside.mkdir()
    (repository.root / "operations").symlink_to(outside)
    done = repository.run("rollup", "2026-Q2")
    assert done.code == 2
    assert "outside the repository" in done.err
    assert not list(outside.rglob("*.md"))


def test_reviews_are_counted() -> None:
    """Day 60 reviews give the contract's figures."""
    files = base_tree()
    files["records/deals/2026/1001-northwind/day-60.md"] = (
        b"---\nkind: day-60\ndeal: 1001\ndate: 2026-08-12\nfiled_by: customer.success\n"
        b"held_on: 2026-08-11\nreviewed_with: cro\nsignals: [follow-on-work, gone-quiet]\n"
        b"outcomes: [expansion, referral]\npay_again: likely\n---\n\n"
        b"## What they said was most valuable\n\n- a\n\n"
        b"## What they said was missing or disappointing\n\n- b\n\n"
        b"## Whether they would pay for another engagement, and what kind\n\n- c\n"
    )
    assert data_of(files, "2026-Q3")["reviews"] == {
        "held": 1,
        "outcomes": {"expansion": 1, "referral": 1},
        "signals": {"follow-on-work": 1, "gone-quiet": 1},
        "pay_again": {"likely": 1},
    }


def test_a_template_with_a_mistake_is_named(repository: Repository) -> None:
    """A page whose template cannot be filled in says where, and nothing is written."""
    repository.change("templates/rollup.md.j2", "{{ digest }}", "{{ digset }}")
    done = repository.run("rollup", "2026-Q2")
    assert done.code == 2
    assert done.err.startswith("winloss: templates/rollup.md.j2:9:1: the template cannot be filled")
    assert "did you mean 'digest'?" in done.err
    assert not (repository.root / PAGE).exists()


def test_a_page_whose_table_lost_a_cell_is_refused() -> None:
    """The page is parsed before it is written: every table keeps its shape."""
    files = base_tree()
    path = "templates/rollup.md.j2"
    files[path] = files[path].replace(b"| {{ deal.id | cell }} |", b"| {{ deal.id | cell }}")
    ledger, problems = rules.check(Tree(files))
    assert ledger is not None
    with pytest.raises(CannotGoOn, match="breaks its table"):
        rollup_page(*build_rollups(ledger, quarter("2026-Q2"), problems))


def test_the_page_is_the_same_bytes_everywhere(repository: Repository) -> None:
    """Hash seed, time zone, language, folder and day change nothing (promise 2, C10)."""
    pages = set()
    for seed, zone, language, today in (
        ("0", "UTC", "C", "2026-07-01"),
        ("1", "Pacific/Kiritimati", "tr_TR.UTF-8", "2030-01-01"),
        ("2", "America/Los_Angeles", "C.UTF-8", "2026-11-21"),
    ):
        done = subprocess.run(
            [
                *(sys.executable, "-m", "winloss", "--root", str(repository.root)),
                *("--today", today, "rollup", "2026-Q2", "--stdout"),
            ],
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "TZ": zone,
                "LC_ALL": language,
                "PYTHONUTF8": "1",
            },
            capture_output=True,
            check=True,
        )
        pages.add(done.stdout)
    assert len(pages) == 1


# The shipped records.


@pytest.mark.parametrize("name", ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4", "2027-Q1"])
def test_every_shipped_file_is_in_one_bucket(name: str) -> None:
    """The files counted, elsewhere and excluded are all files below records/ (promise 1)."""
    tree = shipped_tree()
    data = data_of(dict(tree.files), name)
    records = data["records"]
    total = len(records["counted"]) + sum(records["other"].values()) + len(records["excluded"])
    assert total == len(tree.paths("records/"))


@pytest.mark.parametrize("name", ["2026-Q2", "2026-Q3"])
def test_the_shipped_page_is_what_the_records_say(name: str) -> None:
    """The pages in operations/ are built from the records beside them."""
    ledger, problems = rules.check(shipped_tree())
    assert ledger is not None
    page = rollup_page(*build_rollups(ledger, quarter(name), problems))
    filed = HOME / f"operations/reports/revenue/win-loss-{name}.md"
    assert filed.read_bytes().decode() == page


def test_every_table_of_the_shipped_page_keeps_its_shape() -> None:
    """Each table has as many cells in every row as its head, and no row is forged."""
    ledger, problems = rules.check(shipped_tree())
    assert ledger is not None
    page = rollup_page(*build_rollups(ledger, quarter("2026-Q3"), problems))
    tokens = MarkdownIt("commonmark").enable("table").parse(page.split("\n---\n", 1)[1])
    cells = Counter(token.type for token in tokens)
    lines = [line for line in page.splitlines() if line.startswith("|")]
    tables = cells["table_open"]
    assert cells["tr_open"] == len(lines) - tables  # all but the lines of dashes
    assert "eco\\|monetize™" in page
    document, found = read_document("page.md", page.encode())
    assert document is not None, found


STATES = st.lists(
    st.tuples(
        st.sampled_from(sorted(path for path in base_tree() if "/deals/" in path)),
        st.sampled_from(["delete", "junk", "typo", "later", "ok", "rename"]),
    ),
    max_size=5,
)


@settings(max_examples=examples(150), deadline=None)
@given(STATES, st.sampled_from(["2026-Q1", "2026-Q2", "2026-Q3"]))
def test_every_file_is_in_exactly_one_bucket(steps: list[tuple[str, str]], name: str) -> None:
    """Whatever is wrong with the files, each is counted, elsewhere or excluded, and only once."""
    files = base_tree()
    files["records/deals/notes.txt"] = b"x"
    for path, step in steps:
        if path not in files:
            continue
        if step == "delete":
            del files[path]
        elif step == "junk":
            files[path] = b"\xff\xfe"
        elif step == "typo":
            files[path] = files[path].replace(b"kind: ", b"kind: x")
        elif step == "later":
            files[path] = files[path].replace(b"2026-0", b"2026-1")
        elif step == "rename":
            files[f"{path}.md"] = files.pop(path)
    data = data_of(files, name)["records"]
    counted, excluded = data["counted"], [each["path"] for each in data["excluded"]]
    paths = [path for path in files if path.startswith("records/")]
    assert len(counted) + sum(data["other"].values()) + len(excluded) == len(paths)
    assert not set(counted) & set(excluded)
    assert set(counted) | set(excluded) <= set(paths)
    assert all(each["reason"] for each in data["excluded"])


def page_of(files: dict[str, bytes], name: str = "2026-Q2") -> str:
    """Return the page of a quarter."""
    ledger, problems = rules.check(Tree(files))
    assert ledger is not None
    return rollup_page(*build_rollups(ledger, quarter(name), problems))


def test_a_delivery_in_the_next_quarter_leaves_the_missed_day_on_the_page() -> None:
    """What was missing at a quarter's end stays on its page, whatever is filed later."""
    files = base_tree()
    late = (
        files.pop(POST).replace(b"2026-06-12", b"2026-07-10").replace(b"2026-06-17", b"2026-07-14")
    )
    page = page_of(files)
    files[POST] = late.replace(b"2026-06-30", b"2026-07-30")
    assert page_of(files) == page
    assert "**To chase:**" in page
    later = page_of(files, "2026-Q3")
    assert "delivered 2026-07-10, 28 days later than expected, quality high" in later
    assert "| The Assessment itself | 0 | 1: Northwind Traders (28 days) | 0 |" in later


def test_a_draft_of_a_later_quarter_does_not_stop_the_page(repository: Repository) -> None:
    """An error stops the pages that it can touch, and no other."""
    text = repository.read(LOST).replace("1002", "1003").replace("2026-05", "2026-08")
    path = "records/deals/2026/1003-tailspin/closed-lost.md"
    repository.write(path, text.replace("reason: price", "reason:"))
    assert repository.run("rollup", "2026-Q2").code == 0
    assert repository.run("rollup", "2026-Q3").code == 1
    data = json.loads(repository.run("rollup", "2026-Q2", "--format", "json").out)
    assert data["records"]["other"] == {"2026-Q3": 1, "policy": 6}
    repository.write(path, text.replace("closed_on: 2026-08-19", "closed_on:"))
    assert repository.run("rollup", "2026-Q2").code == 1  # nobody knows where it belongs


def test_a_page_of_a_running_quarter_says_so(repository: Repository) -> None:
    """Whoever builds the page of a quarter that has not ended is told that it will change."""
    done = repository.run("--today", "2026-06-30", "rollup", "2026-Q2")
    assert "2026-Q2 has not ended: this page will change." in done.err
    assert repository.run("--today", "2026-07-01", "rollup", "2026-Q2").err == ""


def test_check_and_json_do_not_go_together(repository: Repository) -> None:
    """--check compares the page; asking for JSON as well is a usage error."""
    assert repository.run("rollup", "2026-Q2", "--check", "--format", "json").code == 2


def test_what_only_draws_a_warning_is_still_on_the_page() -> None:
    """An answer to a provisional field that does not fit is shown as it was typed."""
    files = base_tree()
    files[POST] = files[POST].replace(b"code: data-access", b"code: data-acces")
    page = page_of(files)
    assert "| data-acces | The expectation E1: A draft before" in page
    files[POST] = base_tree()[POST].replace(
        b"friction:\n  - code: data-access\n    origin: E1\n    note: The export came late\n",
        b"friction: the export | came late\n",
    )
    page = page_of(files)
    assert (
        "- **Not understood:** Delivery friction (Post-delivery summary of Northwind Traders): "
        "the export \\| came late." in page
    )
    files[POST] = base_tree()[POST].replace(b"    origin: E1\n", b"    origin:\n")
    page = page_of(files)
    assert "| Data came late or not at all | not coded | Northwind Traders |" in page
    assert (
        "| Failed | The draft came late (the buyer said so) |  |" in page
    )  # and no promise is blamed for it


def test_every_answer_of_a_record_is_on_its_page() -> None:
    """No text that a counted record holds is missing from the page of its quarter."""
    tree = shipped_tree()
    ledger, _ = rules.check(tree)
    assert ledger is not None
    page = page_of(dict(tree.files), "2026-Q3")
    _, before = build_rollups(ledger, quarter("2026-Q4"), ())
    texts = [
        str(text)
        for record in before.accounts.counted
        for value in record.values.values()
        if isinstance(value, tuple)
        for row in value
        if isinstance(row, dict)
        for name, text in row.items()
        if name == "note"
    ]
    texts += [
        block.text
        for record in before.accounts.counted
        for section in record.sections.values()
        for block in section.answers
    ]
    assert len(texts) > 80
    for text in texts:
        assert inline(text) in page or line(text) in page


def test_the_minimum_is_reached_at_the_minimum() -> None:
    """A claim is enough from exactly as many distinct deals as the policy says (X §5)."""
    files = base_tree()
    for number in ("1003", "1004"):
        for path in (PRE, POST):
            copy = path.replace("1001-northwind", number)
            data = files[path].replace(b"deal: 1001", f"deal: {number}".encode())
            files[copy] = data.replace(b"Northwind Traders", f"Customer {number}".encode())
    (candidate,) = data_of(files)["candidates"]
    assert (len(candidate["deals"]), candidate["enough"]) == (3, True)
    del files[POST]
    (candidate,) = data_of(files)["candidates"]
    assert (len(candidate["deals"]), candidate["enough"]) == (2, False)
    files[PRE.replace("1001-northwind", "1003")] = files[PRE].replace(b"1001", b"1003")
    assert "| Northwind Traders (1003) |" in page_of(files)  # two customers of one name


def test_last_quarter_stands_beside_this_one() -> None:
    """A pattern that was found before is counted with its deals, also when it is gone."""
    files = base_tree()
    assert data_of(files, "2026-Q3")["pattern_codes"] == [
        {"code": "attribution-gap", "deals": [], "previous": 1}
    ]


def test_a_record_without_a_quarter_counts_where_it_stands() -> None:
    """A kind that counts on no date is accounted for by its folder."""
    files = base_tree()
    sections = ("What changes", "Why the evidence supports it")
    files["records/proposals/timing.md"] = (
        b"---\nkind: proposal\nid: timing\ndate: 2026-06-30\nfiled_by: sales.ops\n"
        b"dimension: timing\nclaim: over-scored\nevidence: ['1001']\n---\n\n"
        + "".join(f"## {each}\n\nx\n\n" for each in sections).encode()
        + b"## The evidence against, and why it does not decide\n\nx\n"
    )
    assert data_of(files)["records"]["other"] == {"policy": 6, "proposals": 1}


def test_an_approved_change_of_the_model_leaves_old_records_valid() -> None:
    """A dimension that is renamed or removed does not break what was scored before."""
    files = base_tree()
    path = "records/policy/qualification.md"
    files[path] = files[path].replace(b"version: 1", b"version: 2")
    files[path] = files[path].replace(b"  timing:", b"  season:").replace(b"Timing", b"Season")
    assert rules.check(Tree(files))[1] == ()
    names = [each["name"] for each in data_of(files)["dimensions"]]
    assert names[-2:] == ["season", "timing"]
    assert "scored under model 1" in page_of(files)


def test_the_sources_name_the_form_of_what_is_missing() -> None:
    """A change of the rule that makes a record due is a change of the page's sources."""
    files = base_tree()
    del files[POST]
    sources = {each["path"] for each in data_of(files)["sources"]}
    assert "templates/post-delivery.md" in sources


def test_a_closed_day_puts_a_deadline_off() -> None:
    """The calendar's closed days are no business days (X §2, "5 business days")."""
    files = base_tree()
    files[POST] = files[POST].replace(b"date: 2026-06-17", b"date: 2026-06-22")
    assert data_of(files)["timeliness"][2] == {
        "kind": "post-delivery",
        "met": 0,
        "late": 1,
        "open": 0,
    }
    path = "records/policy/calendar.md"
    files[path] = files[path].replace(b"closed: []", b"closed: [2026-06-18]")
    assert data_of(files)["timeliness"][2]["met"] == 1


def test_what_is_due_on_the_last_day_is_missing_on_it() -> None:
    """A summary due on the quarter's last day belongs to that quarter's page."""
    files = base_tree()
    del files[POST]
    files[PRE] = files[PRE].replace(
        b"delivery_expected_on: 2026-06-12", b"delivery_expected_on: %s"
    )
    assert "- **Missing:**" in page_of({**files, PRE: files[PRE] % b"2026-06-23"})
    assert "- **Missing:**" not in page_of({**files, PRE: files[PRE] % b"2026-06-24"})


FRICTION = b"friction:\n  - code: data-access\n    origin: E1\n    note: The export came late\n"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (b"friction:\n  code: data-access\n  note: late again\n", "code: data-access, note: late"),
        (
            b"friction:\n  - code: [data-access, scope-drift]\n    origin: E1\n    note: twice\n",
            "data-access; scope-drift",
        ),
        (b"friction:\n  - late\n  - code: data-access\n    origin: E1\n    note: n\n", "late"),
    ],
)
def test_no_misfit_of_a_provisional_field_is_lost(typed: bytes, shown: str) -> None:
    """Whatever is refused of a provisional field stands on the page in words."""
    files = base_tree()
    files[POST] = files[POST].replace(FRICTION, typed)
    assert not any(problem.is_error for problem in rules.check(Tree(files))[1])
    assert "- **Not understood:** Delivery friction" in page_of(files)
    assert shown in page_of(files)


def test_a_deal_that_was_cancelled_is_said_to_count_twice() -> None:
    """A handoff that was closed before its delivery is named as counted on both sides."""
    files = base_tree()
    del files[POST]
    loss = PRE.replace("pre-delivery", "closed-lost")
    files[loss] = (
        files[LOST].replace(b"1002", b"1001").replace(b"Tailspin Toys", b"Northwind Traders")
    )
    page = page_of(files)
    assert "- **Won and then closed:** Northwind Traders." in page
    assert "| Closed before delivery |" in page
    assert "Missing" not in page


def test_answers_without_a_handoff_are_not_lost() -> None:
    """A validation whose handoff is not there stands under "Also recorded"."""
    files = base_tree()
    del files[PRE]
    files[POST] = files[POST].replace(b"origin: E1", b"origin: scoping")
    assert "| Validation | id: S1, answer: held, source: observed, note: The base" in page_of(files)


def test_a_file_that_is_not_among_the_sources_changes_nothing() -> None:
    """A page is a function of the files that it lists: any other may change (promise 2).

    That nothing else is missing or to do rests on every record, and none is changed in that here.
    """
    files = dict(shipped_tree().files)
    ledger, problems = rules.check(Tree(files))
    assert ledger is not None
    for name in ("2026-Q2", "2026-Q3", "2026-Q4"):
        now, before = build_rollups(ledger, quarter(name), problems)
        page = rollup_page(now, before)
        changed = dict(files)
        for record in ledger.records:
            if record.path not in now.sources:
                text = files[record.path].decode()
                for old, new in (
                    ("customer: ", "customer: New "),
                    ("answer: held", "answer: failed"),
                    ("pay_again: likely", "pay_again: unlikely"),
                    ("channel: call", "channel: email"),
                ):
                    text = text.replace(old, new)
                changed[record.path] = text.encode()
        assert changed != files
        assert page_of(changed, name) == page
