"""``winloss due``: who owes what by when, for a person, a script and a calendar."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace

import icalendar
import ics
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import HOME, TODAY, Repository, at_a_terminal, examples, read_files
from follow_up import FOLDER, day, follow_up, ledger_of
from winloss.core.owed.agenda import pages
from winloss.core.owed.ical import calendar
from winloss.core.owed.schedule import obligations

# Worked out by hand from the dates in records/: what is open on 2026-11-21, or was answered late.
# Five business days are counted from the Friday 2026-09-18 and the Friday 2026-12-11.
BY_HAND = """
9003687145 post-delivery    customer.success 2026-09-25 overdue
8917462085 day-60           customer.success 2026-09-29 overdue
9057318264 day-30           customer.success 2026-11-20 overdue
8856630948 touchpoint       customer.success 2026-11-21 due
8841207731 renewal-action   cro              -          due
8917462085 cro-flag         cro              -          due
8962733401 day-60           customer.success -          due
8994416250 renewal-action   cro              -          due
9020951837 cro-flag         cro              -          due
9088542013 post-mortem      customer.success -          due
9020951837 day-60           customer.success 2026-11-28 waiting
9088542013 day-30           customer.success 2026-12-12 waiting
9134209756 post-delivery    customer.success 2026-12-18 waiting
9057318264 day-60           customer.success 2026-12-20 waiting
8948820316 touchpoint       customer.success 2027-01-11 waiting
9088542013 day-60           customer.success 2027-01-11 waiting
8856630948 check-back       customer.success 2027-03-31 waiting
8962733401 touchpoint       customer.success 2027-04-23 waiting
8402291536 touchpoint       customer.success 2027-10-15 waiting
8856630948 day-30           customer.success 2026-07-24 late
8962733401 pre-delivery     sales.ops        2026-07-20 late
8917462085 post-delivery    customer.success 2026-08-07 late
8948820316 day-60           customer.success 2026-10-13 late
"""


@pytest.fixture
def shipped(empty_repository: Repository) -> Repository:
    """Return a copy of what this repository ships."""
    for path, data in read_files(HOME / "records", "records").items():
        empty_repository.write(path, data)
    return empty_repository


def test_what_the_shipped_records_owe(shipped: Repository) -> None:
    """Line by line what was worked out by hand; all else was answered in time."""
    data = json.loads(shipped.run("due", "--format", "json").out)
    assert data["today"] == TODAY
    found = [
        (each["deal"], each["kind"], each["owner"], each["due"] or "-", each["state"])
        for each in data["obligations"]
        if each["state"] != "met"
    ]
    expected = [tuple(line.split()) for line in BY_HAND.strip().splitlines()]
    is_open = [line for line in expected if line[4] != "late"]
    assert found[: len(is_open)] == is_open
    assert sorted(found) == sorted(expected)
    for each in data["obligations"]:
        assert list(each) == [
            *("deal", "customer", "kind", "owner", "due", "state", "because", "record")
        ]
        assert each["because"]
        assert (each["record"] is None) <= (each["state"] not in {"met", "late"})


def test_lines_are_grouped_by_owner_and_give_their_reason(shipped: Repository) -> None:
    """Each line says how urgent, by when, which deal, what and why; the last one counts."""
    done = shipped.run("due")
    assert done.code == 0
    summary = "Post-delivery summary (delivery expected on 2026-09-18 + 5 business days)"
    review = "Day 60 expansion review, with cro (delivered 2026-07-31 + 60 days)"
    customer_success, cro, last = done.out.split("\n\n")
    assert customer_success.splitlines()[:3] == [
        "Customer success (customer.success)",
        f"  overdue 57 days  2026-09-25  9003687145 Wingtip Data: {summary}",
        f"  overdue 53 days  2026-09-29  8917462085 Litware Analytics: {review}",
    ]
    assert cro.splitlines()[0] == "Chief Revenue Officer (cro)"
    assert len(cro.splitlines()) == 5
    assert last == (
        "3 overdue, 1 due today, 6 without a deadline and 1 to come. "
        "With 8 more to come later: winloss due --within 365.\n"
    )


def test_an_owner_that_the_policy_does_not_list_is_shown() -> None:
    """What is counted is printed, after the roles that roles.md lists."""
    ledger = ledger_of()
    owed = [each for each in obligations(ledger, day(1)) if each.is_open]
    strange = [replace(owed[0], owner="cso"), *owed[1:]]
    found = pages(ledger, strange, day(1))
    assert [page.owner for page in found] == ["Customer success (customer.success)", "cso (cso)"]
    assert sum(len(page.lines) for page in found) == len(owed)


def test_a_role_sees_what_it_owes_alone_or_together(shipped: Repository) -> None:
    """--role cro has the CRO's actions, and the reviews that are held together (R §2)."""
    data = json.loads(shipped.run("due", "--role", "cro", "--format", "json").out)
    kinds = {each["kind"] for each in data["obligations"]}
    assert kinds == {
        *("day-60", "cro-flag", "expansion-action", "renewal-action", "referral-action")
    }
    refused = shipped.run("due", "--role", "sales")
    assert (refused.code, refused.out) == (2, "")
    assert "did you mean 'sales.ops'?" in refused.err


def test_within_leaves_out_what_is_due_later(shipped: Repository) -> None:
    """--within counts days from today, today included."""
    for within, last in (("0", "2026-11-21"), ("6", "2026-11-21"), ("7", "2026-11-28")):
        data = json.loads(shipped.run("due", "--within", within, "--format", "json").out)
        assert max(each["due"] for each in data["obligations"] if each["due"]) == last
    assert "more to come later" not in shipped.run("due", "--within", "365").out


def test_a_file_with_an_error_is_said_to_hide_something(repository: Repository) -> None:
    """The list is printed, and the exit code says that it may lack something."""
    assert repository.run("due").code == 0
    repository.change(f"{FOLDER}/pre-delivery.md", "model: 1", "model: one")
    done = repository.run("due")
    assert done.code == 1
    assert "Day 60 expansion review" in done.out
    assert done.err == (
        f"{FOLDER}/pre-delivery.md has errors, so something may be missing here. "
        "Run: winloss check\n"
    )


def test_nothing_owed_is_said(empty_repository: Repository) -> None:
    """An empty repository owes nothing, and says so."""
    done = empty_repository.run("due")
    assert (done.code, done.out, done.err) == (0, "Nothing is owed.\n", "")


@pytest.mark.parametrize("no_color", [False, True])
def test_colour_on_a_terminal_only(no_color: bool, shipped: Repository) -> None:  # noqa: FBT001 - a parameter
    """A terminal gets colour unless NO_COLOR is set; a pipe never does."""
    variables = {"NO_COLOR": "1"} if no_color else {}
    code, said = at_a_terminal(shipped.root, "due", variables=variables)
    assert code == 0
    assert ("\x1b[31m" in said) != no_color
    assert "Next: winloss new --deal ID" in said
    assert "\x1b" not in shipped.run("due").out


# The calendar.


def read_by_two(text: str) -> list[tuple[str, str, str]]:
    """Return the events (id, day, title) as two unrelated readers see them."""
    first = [
        (str(event.uid), event.begin.date().isoformat(), str(event.name))
        for event in ics.Calendar(text).events
    ]
    second = [
        (event.uid.value, event.dtstart.value.isoformat(), event.summary.value)
        for event in vobject.readOne(text).contents.get("vevent", [])
    ]
    assert sorted(first) == sorted(second)
    return sorted(first)


def test_two_readers_accept_the_calendar(shipped: Repository) -> None:
    """Every open line with a deadline is an event of its day; the rest is said to be left out."""
    done = shipped.run("due", "--ics", "due.ics")
    assert (done.code, done.out) == (0, "Wrote due.ics: 13 events\n")
    assert done.err == "6 without a deadline are not in it\n"
    events = read_by_two(shipped.read("due.ics"))
    expected = [line.split() for line in BY_HAND.strip().splitlines()]
    assert sorted(when for _, when, _ in events) == sorted(
        line[3] for line in expected if line[3] != "-" and line[4] != "late"
    )
    assert (
        "9057318264.day-60.1@winloss",
        "2026-12-20",
        "Relecloud Hosting: Day 60 expansion review",
    ) in events


def test_the_calendar_is_the_same_bytes_on_another_day(shipped: Repository) -> None:
    """Nothing in it tells when it was written, and an id outlives its day's moving."""
    shipped.run("due", "--ics", "due.ics")
    before = shipped.read("due.ics")
    stamps = re.findall(r"DTSTAMP:(\S+)", before)
    assert len(stamps) == 13
    assert all(stamp.endswith("T000000Z") for stamp in stamps)
    assert shipped.run("--today", "2026-11-20", "due", "--ics", "due.ics").out == (
        "due.ics is up to date: 13 events\n"
    )
    pre = "records/deals/2026/9134209756-trey-research-labs/pre-delivery.md"
    shipped.change(pre, "delivery_expected_on: 2026-12-11", "delivery_expected_on: 2026-12-14")
    shipped.run("due", "--ics", "due.ics")
    ids, moved = (
        {each[:1] + each[2:] for each in read_by_two(text)}
        for text in (before, shipped.read("due.ics"))
    )
    assert ids == moved
    assert before != shipped.read("due.ics")


HOSTILE = st.text(
    st.sampled_from(["\\", ";", ",", ":", '"', "\n", "\r", "\u2028", "\x85", "é", "|", "x", " "])
    | st.characters(exclude_categories=["Cs", "Cc"]),
    min_size=1,
    max_size=90,
)


ATTACKS = ("", "\r\nBEGIN:VEVENT\r\nUID:1", "\nEND:VCALENDAR", "\\nEND:VEVENT")


@settings(max_examples=examples(60), deadline=None)
@given(HOSTILE, st.sampled_from(ATTACKS))
def test_a_customer_s_name_adds_no_event(name: str, attack: str) -> None:
    """Whatever a customer is called, the events are those of the deal, and the text is a title."""
    ledger = ledger_of()
    deal = ledger.deals["1001"]
    renamed = replace(deal.named_by, values={**deal.named_by.values, "customer": f"{name}{attack}"})
    records = tuple(renamed if each is deal.named_by else each for each in deal.records)
    ledger = replace(ledger, deals={"1001": replace(deal, records=records)})
    text = calendar(ledger, obligations(ledger, day(1)))
    ids = ["1001.day-30.1@winloss", "1001.day-60.1@winloss"]
    assert [event.uid.value for event in vobject.readOne(text).contents["vevent"]] == ids
    assert [str(each["UID"]) for each in icalendar.Calendar.from_ical(text).walk("VEVENT")] == ids
    assert len(re.findall(r"^(BEGIN|END):VEVENT\r$", text, re.MULTILINE)) == 4
    assert text.count("\r\nEND:VCALENDAR") == 1


def test_a_calendar_makes_no_folder(shipped: Repository) -> None:
    """A folder that is not there is a slip of the finger."""
    done = shipped.run("due", "--ics", "nowhere/due.ics")
    assert (done.code, "there is no folder nowhere" in done.err) == (2, True)
    assert not (shipped.root / "nowhere").exists()


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (f"{FOLDER}/pre-delivery.md", "lies in records/"),
        ("records/due.ics", "lies in records/"),
        ("templates/day-30.md", "lies in templates/"),
        ("operations/reports/revenue/due.ics", "lies in revenue/"),
        ("link/due.ics", "lies in records/"),
        ("notes.txt", "is no calendar"),
        ("-", "such as due.ics"),
    ],
)
def test_a_calendar_overwrites_nothing_but_a_calendar(
    target: str, message: str, repository: Repository
) -> None:
    """Records, forms, pages and a file that is no calendar are refused, and stay as they are."""
    repository.write("notes.txt", "Mine\n")
    repository.write("operations/reports/revenue/win-loss-2026-Q2.md", "A page\n")
    (repository.root / "link").symlink_to("records")
    before = repository.files()
    done = repository.run("due", "--ics", target)
    assert (done.code, done.out, message in done.err) == (2, "", True)
    assert repository.files() == before


def test_the_calendar_needs_its_package(
    shipped: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the optional package, the message says how to get it."""
    monkeypatch.setitem(sys.modules, "icalendar", None)
    done = shipped.run("due", "--ics", "due.ics")
    assert done.code == 2
    assert "pip install 'winloss[calendar]'" in done.err


def test_a_country_needs_its_package(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A calendar that names a country is refused where holidays cannot be looked up."""
    monkeypatch.setitem(sys.modules, "holidays", None)
    assert repository.run("check").code == 0
    repository.change("records/policy/calendar.md", "closed: []", "closed: []\ncountry: US")
    done = repository.run("check")
    assert done.code == 1
    assert "records/policy/calendar.md:6:10: error no-package: public holidays need" in done.out


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("country: XX", "6:10: error bad-policy: no country has the code 'XX'"),
        ("country: DE\nsubdivision: BX", "7:14: error bad-policy: DE has no subdivision 'BX'"),
        ("subdivision: BY", "6:14: error bad-policy: a subdivision needs its country"),
    ],
)
def test_an_unknown_country_has_its_place(lines: str, message: str, repository: Repository) -> None:
    """A country or a part of one that nobody knows is a mistake of the calendar."""
    repository.change("records/policy/calendar.md", "closed: []", f"closed: []\n{lines}")
    assert f"records/policy/calendar.md:{message}" in repository.run("check").out


def test_the_page_names_the_holidays_that_it_rests_on(repository: Repository) -> None:
    """Another version of the package may know other days: the page says which one it was."""
    repository.change("records/policy/calendar.md", "closed: []", "closed: []\ncountry: US")
    page = repository.run("rollup", "2026-Q2", "--stdout").out
    assert re.search(
        r"Business days go by the public holidays of US \(holidays 0\.\d+\)\.\n\n\| \|", page
    )


def test_due_works_in_a_repository_of_one_deal(repository: Repository) -> None:
    """A review that is begun is shown with its errors, and --today judges."""
    for path, data in follow_up("day-60", day(60), pay_again="maybe").items():
        repository.write(path, data)
    done = repository.run("--today", str(day(61)), "due", "--role", "cro")
    assert done.code == 1
    assert "overdue 1 day  2026-08-11  1001 Northwind Traders: Day 60 expansion review" in done.out
    assert "begun, and has errors" in done.out
