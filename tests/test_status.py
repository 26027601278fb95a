"""``winloss status``: where each deal stands, and how far the exchange is from v1.0."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from conftest import HOME, Repository, read_files
from follow_up import FOLDER, day, follow_up
from winloss.core.owed.promotion import names_a_date


@pytest.fixture
def shipped(empty_repository: Repository) -> Repository:
    """Return a copy of what this repository ships, the pages included."""
    for path, data in read_files(HOME / "records", "records").items():
        empty_repository.write(path, data)
    for path, data in read_files(HOME / "operations", "operations").items():
        empty_repository.write(path, data)
    return empty_repository


def test_every_deal_is_on_one_line(shipped: Repository) -> None:
    """Each deal stands once: in work, dormant apart, or with nothing owed (R §6)."""
    done = shipped.run("status")
    assert done.code == 0
    open_deals, dormant, finished, _ = done.out.split("\n\n")
    folders = {path.split("/")[3] for path in shipped.files() if path.startswith("records/deals/")}
    lines = [line for part in (open_deals, dormant, finished) for line in part.splitlines()[1:]]
    assert sorted(line.split()[0] for line in lines) == sorted(
        folder.partition("-")[0] for folder in folders
    )
    assert open_deals.splitlines()[1] == (
        "  9003687145  Wingtip Data                Handed off 2026-08-12 (101 days ago); "
        "next: Post-delivery summary (overdue 57 days)"
    )
    assert dormant.splitlines()[1:] == [
        f"  8402291536  {customer:26}  Dormant since 2026-10-15 (37 days ago); next: {following}"
        for customer, following in [("Margie's Travel", "Quarterly touchpoint (in 328 days)")]
    ]
    assert (
        "  8893175520  Fabrikam | Ostrava Works    Day 60 expansion review 2026-09-11: "
        "Expansion opportunity and Referral"
    ) in finished.splitlines()


def test_how_far_the_exchange_is(shipped: Repository) -> None:
    """The six open items, what the records say to each, the trigger and what is provisional."""
    data: Any = json.loads(shipped.run("status", "--format", "json").out)["exchange"]
    said = {item["code"]: item["records_say"] for item in data["open_items"]}
    assert list(said) == [
        *("signal-notes", "taxonomy", "friction", "correlation", "rollup", "timing")
    ]
    assert "expectations: 4 of 12 records name a date" in said["signal-notes"]
    assert said["timing"] == [
        "summaries: 10 of 11 filed within 5 business days",
        "summaries: 1 came late, by 6 days",
    ]
    assert said["rollup"] == ["pages: 2 of 5 ended quarters with records have theirs"]
    assert data["trigger"]["records_say"] == [
        "first delivery: 2025-08-21 (Margie's Travel)",
        "post-mortems of 2026-Q2: 2 of 2 deliveries",
    ]
    assert {"kind": "pre-delivery", "field": "Expectations", "answered": 12, "records": 13} in (
        data["provisional"]["fields"]
    )
    assert data["provisional"]["policy"] == ["qualification", "renewal", "taxonomy"]
    text = shipped.run("status").out
    for lines in said.values():
        for line in lines:
            assert f"        {line}\n" in text
    assert text.count("  [ ] ") == 6


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2026-06-15",
            "15.06.2026",
            "6/15/2026",
            "on 5 June",
            "5. June",
            "5th of June",
            "22 Sept.",
        ),
        *("June 5", "june 30th, at noon", "May 30 at the latest", "Dec. 31", "31 DEC 2026"),
        *("June 2026", "September, 2026", "before March", "end of Q3", "Q4 2026", "in 2026-Q3"),
    ],
)
def test_what_names_a_date(text: str) -> None:
    """A day, a month or a quarter that an expectation can be held against."""
    assert names_a_date(f"A draft {text}, please")


@pytest.mark.parametrize(
    "text",
    [
        *("5 marketing people", "3 decisions", "12 separate lists", "may 30 partners", "20 decks"),
        *("a march of 20 partners", "45 June", "2026 partners", "version 1.2.3", "3 novel ideas"),
        *("30 augmented rows", "no date", "the Q3 numbers", "of marketing", "1.1.26"),
    ],
)
def test_what_names_no_date(text: str) -> None:
    """A count of things whose name begins like a month is no date."""
    assert not names_a_date(f"They want {text} at least")


def test_an_item_that_is_settled_is_ticked(repository: Repository) -> None:
    """A day behind ``done:`` settles an item of X section 6; anything else is a mistake."""
    policy = "records/policy/exchange.md"
    repository.change(policy, "field definitions}", "field definitions, done: 2027-01-15}")
    text = repository.run("status").out
    assert "  1 of 6 items are done on the way to v1.0:" in text
    assert "  [x] Post-delivery friction field definitions (done 2027-01-15)" in text
    repository.change(policy, "done: 2027-01-15", "done: soon")
    assert "error bad-policy: done: 'soon' is no day" in repository.run("check").out


def test_the_json_of_a_deal(repository: Repository) -> None:
    """A deal has its stage, its last event, since when, and what is next."""
    for path, data in follow_up("day-30", day(30)).items():
        repository.write(path, data)
    found = json.loads(repository.run("status", "--format", "json").out)
    assert found["today"] == "2026-11-21"
    assert found["deals"] == [
        {
            "deal": "1001",
            "customer": "Northwind Traders",
            "stage": "day-30",
            "event": "Day 30 check-in 2026-07-12",
            "since": "2026-07-12",
            "waited": 132,
            "dormant_since": None,
            "next": {
                "kind": "day-60",
                "owner": "customer.success",
                "due": "2026-08-11",
                "state": "overdue",
            },
        },
        {
            "deal": "1002",
            "customer": "Tailspin Toys",
            "stage": "closed-lost",
            "event": "Lost 2026-05-19",
            "since": "2026-05-19",
            "waited": 186,
            "dormant_since": None,
            "next": None,
        },
    ]


def test_a_record_with_errors_is_still_what_is_next(repository: Repository) -> None:
    """What was only begun is owed, and a broken touchpoint makes nobody dormant."""
    for path, data in follow_up("day-30", day(30), channel="letter").items():
        repository.write(path, data)
    for number in (60, 150, 240, 330, 420):
        kind = "touchpoint" if number > 60 else "day-60"
        broken = {"channel": "letter"} if number == 420 else {}
        for path, data in follow_up(kind, day(number), **broken).items():
            repository.write(path, data)
    done = repository.run("--today", str(day(421)), "status", "--format", "json")
    deal = json.loads(done.out)["deals"][0]
    assert (done.code, deal["next"]["kind"], deal["dormant_since"]) == (1, "day-30", None)


def test_what_lies_ahead_has_not_happened(repository: Repository) -> None:
    """The last event is the last one by the day; where all lie ahead, nothing has been waited."""
    for path, data in follow_up("day-30", day(30)).items():
        repository.write(path, data)
    done = repository.run("--today", str(day(29)), "status", "--format", "json")
    deal = json.loads(done.out)["deals"][0]
    assert (deal["stage"], deal["since"], deal["waited"]) == ("post-mortem", "2026-06-30", 11)
    assert deal["next"]["kind"] == "day-30"
    done = repository.run("--today", "2026-05-01", "status", "--format", "json")
    deal = json.loads(done.out)["deals"][0]
    assert (deal["stage"], deal["waited"]) == ("pre-delivery", None)


def test_a_summary_with_errors_did_not_come_in_time(repository: Repository) -> None:
    """What the exchange's timing rests on are summaries that can be relied on."""
    assert "summaries: 1 of 1 filed within 5 business days" in repository.run("status").out
    repository.change(
        f"{FOLDER}/post-delivery.md", "delivery_quality: high", "delivery_quality: ok"
    )
    assert "summaries: 0 of 0 filed within 5 business days" in repository.run("status").out


def test_a_deal_without_a_date_is_there(repository: Repository) -> None:
    """A deal whose only date cannot be read is shown, and the exit code says that errors hide."""
    repository.change("records/deals/2026/1002-tailspin/closed-lost.md", "2026-05-19", "19 May")
    done = repository.run("status")
    assert done.code == 1
    assert "  1002  Tailspin Toys      No date yet" in done.out
    assert "tailspin/closed-lost.md has errors" in done.err


def test_a_title_of_several_lines_stays_on_one(repository: Repository) -> None:
    """A line break in a title breaks no line of status or due."""
    for path, key, title in (
        ("records/policy/exchange.md", "title: ", "Quarterly rollup template structure"),
        ("records/policy/exchange.md", "trigger: ", "First Assessment delivered"),
        ("records/policy/exchange.md", "lost: ", "Lost"),
        ("records/policy/roles.md", "customer.success: ", "Customer success"),
        ("templates/post-delivery.md", "title: ", "Delivery friction"),
        ("templates/day-60.md", "title: ", "Day 60 expansion review"),
    ):
        (rest,) = re.findall(rf"{key}{title}([^}}\n]*)", repository.read(path))
        repository.change(path, f"{key}{title}{rest}", f'{key}"{title}\\nSecond line{rest}"')
    status, due = (
        repository.run(*words).out for words in (("status",), ("due", "--within", "365"))
    )
    for out, count in ((status, 4), (due, 2)):
        assert out.count(" Second line") >= count
        assert not [line for line in out.splitlines() if line.startswith("Second")]


def test_an_empty_repository_has_a_status(empty_repository: Repository) -> None:
    """Without a record, nothing is claimed."""
    done = empty_repository.run("status")
    assert done.code == 0
    assert done.out.startswith("The exchange is v0\n")
    assert "first delivery: none yet" in done.out
    assert f"{FOLDER}" not in done.out
