"""What a deal owes: cases worked out by hand, and what holds for every delivery and calendar.

The delivery of ``tests/base`` is on 2026-06-12; ``day(30)`` is the 30th day after it.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import base_tree, examples
from follow_up import FOLDER, day, follow_up, ledger_of
from winloss.core.deals import rules
from winloss.core.owed.schedule import dormant_since, obligations, owed_on
from winloss.core.repository.tree import Tree

if TYPE_CHECKING:
    from winloss.core.deals.ledger import Ledger
    from winloss.core.owed.obligation import Obligation

POST = f"{FOLDER}/post-delivery.md"
PRE = f"{FOLDER}/pre-delivery.md"
CALENDAR = "records/policy/calendar.md"


def owed(ledger: Ledger, today: date, *kinds: str) -> list[tuple[str, date | None, str]]:
    """Return what the delivered deal owes of some kinds: kind and number, day, state."""
    return [
        (each.kind if each.number == 1 else f"{each.kind} {each.number}", each.due, state)
        for each in obligations(ledger, today)
        for state in [each.state(today)]
        if each.deal == "1001" and (not kinds or each.kind in kinds)
    ]


def test_one_date_starts_every_clock() -> None:
    """From the delivery follow the summary, Day 30 and Day 60 (X §2, R §2)."""
    found = owed(ledger_of(), day(30))
    assert found == [
        ("day-30", day(30), "due"),
        ("day-60", day(60), "waiting"),
        ("post-delivery", date(2026, 6, 19), "met"),
        ("pre-delivery", date(2026, 5, 15), "met"),
        ("post-mortem", None, "met"),
    ]


@pytest.mark.parametrize(
    ("held", "today", "state"),
    [
        (None, day(29), "waiting"),
        (None, day(30), "due"),
        (None, day(31), "overdue"),
        (day(30), day(31), "met"),  # held in time, though filed a day later
        (day(31), day(31), "late"),
        (day(3), day(400), "met"),
    ],
)
def test_a_state_is_judged_on_a_day(held: date | None, today: date, state: str) -> None:
    """A check-in waits, is due, is overdue; it is met or late by the day on which it was held."""
    ledger = ledger_of(*([follow_up("day-30", held)] if held else []))
    assert owed(ledger, today, "day-30") == [("day-30", day(30), state)]


def test_until_the_delivery_the_summary_goes_by_the_expected_day() -> None:
    """Without a delivery, nothing but the summary is owed, and it says "expected"."""
    files = base_tree()
    del files[POST]
    ledger, _ = rules.check(Tree(files))
    assert ledger is not None
    (summary,) = [each for each in obligations(ledger, day(0)) if each.is_open]
    assert (summary.kind, summary.due) == ("post-delivery", date(2026, 6, 19))
    assert summary.because == "delivery expected on 2026-06-12 + 5 business days"


def test_a_delivery_without_a_handoff_owes_the_handoff() -> None:
    """What customer.success has delivered, sales.ops must have handed over (X §2)."""
    files = base_tree()
    del files[PRE]
    ledger, _ = rules.check(Tree(files))
    assert ledger is not None
    (handoff,) = [each for each in obligations(ledger, day(1)) if each.kind == "pre-delivery"]
    assert (handoff.owner, handoff.due, handoff.state(day(1))) == ("sales.ops", day(0), "overdue")


def test_a_post_mortem_is_owed_without_a_deadline() -> None:
    """The SOP gives no day for the post-mortem: it is due at once and never overdue (X §2, T6)."""
    files = base_tree()
    front, _, _ = files[POST].partition(b"postmortem_on")
    files[POST] = front + b"---\n"
    ledger, _ = rules.check(Tree(files))
    assert ledger is not None
    assert owed(ledger, day(500), "post-mortem") == [("post-mortem", None, "due")]
    assert owed(ledger, day(500), "post-delivery") == [("post-delivery", date(2026, 6, 19), "met")]


def test_a_lost_deal_owes_nothing_more() -> None:
    """What a deal owed when it was closed is gone, and what it had answered stays."""
    files = base_tree()
    lost = files["records/deals/2026/1002-tailspin/closed-lost.md"]
    del files[POST]
    files[f"{FOLDER}/closed-lost.md"] = lost.replace(b"1002", b"1001").replace(
        b"Tailspin Toys", b"Northwind Traders"
    )
    ledger, _ = rules.check(Tree(files))
    assert ledger is not None
    assert owed(ledger, day(500)) == [("pre-delivery", date(2026, 5, 15), "met")]


def test_what_lies_ahead_is_not_done() -> None:
    """A record dated after the day answers, asks, ends and closes nothing yet."""
    flag = follow_up("day-30", day(30), cro_flags="[dissatisfaction]")
    review = follow_up("day-60", day(60), outcomes="[expansion]", check_back="2026-Q4")
    ledger = ledger_of(flag, review)
    found = {each.kind: each for each in owed_on(ledger, day(29))}
    assert found.keys() == {"day-30", "day-60", "post-delivery", "pre-delivery", "post-mortem"}
    assert found["day-30"].state(day(29)) == "waiting"
    assert found["day-30"].record is not None  # where the answer goes
    assert found["day-30"].because == (
        f"delivered {day(0)} + 30 days; its answer is dated {day(30)}"
    )
    assert found["day-60"].is_open
    assert not next(each for each in owed_on(ledger, day(30)) if each.kind == "day-30").is_open
    assert "cro-flag" in {each.kind for each in owed_on(ledger, day(30))}
    begun = {each.kind: each for each in owed_on(ledger, day(1))}
    assert begun["post-delivery"].is_open  # filed five days after the delivery
    assert begun["post-mortem"].is_open


def test_a_mail_that_lies_ahead_makes_nobody_dormant() -> None:
    """Neither the touchpoint nor the fourth silence has come yet."""
    ledger = ledger_of(NONE, *QUIET)
    assert owed(ledger, day(419), "touchpoint")[-1] == ("touchpoint 4", day(420), "waiting")
    assert dormant_since(ledger, ledger.deals["1001"], day(419)) is None
    wakes = ledger_of(NONE, *QUIET, follow_up("touchpoint", day(780), signals="[beyond-scope]"))
    assert dormant_since(wakes, wakes.deals["1001"], day(779)) == day(420)
    assert owed(wakes, day(779), "day-60") == [("day-60", day(60), "met")]
    late = ledger_of(NONE, follow_up("touchpoint", day(200)))
    assert owed(late, day(199), "touchpoint")[0] == ("touchpoint", day(150), "overdue")


def test_a_loss_with_errors_closes_no_deal() -> None:
    """What was only begun cancels nothing: what the deal owes is still shown."""
    files = base_tree()
    lost = files["records/deals/2026/1002-tailspin/closed-lost.md"].replace(b"1002", b"1001")
    files[f"{FOLDER}/closed-lost.md"] = lost.replace(b"reason: ", b"reason: un")
    ledger, problems = rules.check(Tree(files))
    assert ledger is not None
    broken = {problem.path for problem in problems if problem.is_error}
    assert f"{FOLDER}/closed-lost.md" in broken
    open_kinds = {each.kind for each in obligations(ledger, day(1), broken) if each.is_open}
    assert {"day-30", "day-60"} <= open_kinds


def test_a_record_with_errors_answers_nothing() -> None:
    """What was only begun is still owed, and says so; its own dates count."""
    begun = follow_up("day-30", day(30), channel="letter")
    ledger, problems = rules.check(Tree({**base_tree(), **begun}))
    assert ledger is not None
    broken = {problem.path for problem in problems if problem.is_error}
    (check_in,) = [each for each in obligations(ledger, day(40), broken) if each.kind == "day-30"]
    assert check_in.state(day(40)) == "overdue"
    assert check_in.because == "delivered 2026-06-12 + 30 days; begun, and has errors"
    assert check_in.record is not None


# The cycle after Day 60 (R §6).

NONE = follow_up("day-60", day(60))
QUIET = [follow_up("touchpoint", day(60 + 90 * n)) for n in (1, 2, 3, 4)]


def test_touchpoints_come_every_90_days_after_day_60() -> None:
    """Day 150, 240, …: all that have passed, and the next one (T8)."""
    assert owed(ledger_of(NONE), day(61), "touchpoint") == [("touchpoint", day(150), "waiting")]
    assert owed(ledger_of(NONE), day(241), "touchpoint") == [
        ("touchpoint", day(150), "overdue"),
        ("touchpoint 2", day(240), "overdue"),
        ("touchpoint 3", day(330), "waiting"),
    ]


def test_each_obligation_says_from_what_it_is_counted() -> None:
    """The reason names the date, the span, and how often the pace was taken."""
    reasons = {each.key[1:]: each.because for each in obligations(ledger_of(NONE), day(241))}
    assert reasons["pre-delivery", 1] == "handed off 2026-05-15"
    assert reasons["post-delivery", 1] == "delivered 2026-06-12 + 5 business days"
    assert reasons["touchpoint", 1] == "delivered 2026-06-12 + 60 days + 90 days"
    assert reasons["touchpoint", 2] == "delivered 2026-06-12 + 60 days + 2 x 90 days"


def test_no_touchpoint_is_owed_before_the_review() -> None:
    """Only who did not expand at Day 60 is written to; until then the review is what is owed."""
    assert owed(ledger_of(), day(300), "touchpoint") == []
    late = ledger_of(follow_up("day-60", day(200)))
    assert owed(late, day(201), "day-60", "touchpoint") == [
        ("day-60", day(60), "late"),
        ("touchpoint 2", day(240), "waiting"),
    ]


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([149], ["met", "waiting"]),
        ([150, 200], ["met", "met"]),
        ([100, 149], ["met", "waiting"]),  # two in one quarter are one touchpoint
        ([157], ["late", "overdue"]),  # a late one is not the next one
        ([250], ["late", "late", "waiting"]),  # one mail catches up
        ([250, 300], ["late", "late", "met"]),
        ([157, 250], ["late", "late", "waiting"]),
    ],
)
def test_which_touchpoint_a_mail_answers(held: list[int], expected: list[str]) -> None:
    """A mail answers the touchpoint of its quarter, or all that were missed before it."""
    ledger = ledger_of(NONE, *(follow_up("touchpoint", day(n)) for n in held))
    today = day(max(*held, 241 if expected[1] == "overdue" else 0))
    states = [state for _, _, state in owed(ledger, today, "touchpoint")]
    assert states[: len(expected)] == expected


@pytest.mark.parametrize("outcome", ["expansion", "renewal", "renewal, referral"])
def test_a_new_engagement_ends_the_cycle(outcome: str) -> None:
    """After an expansion or a renewal no touchpoint is owed for that delivery."""
    price = {"price": "2500"} if "renewal" in outcome else {}
    ledger = ledger_of(follow_up("day-60", day(60), outcomes=f"[{outcome}]", **price))
    assert owed(ledger, day(900), "touchpoint") == []


def test_a_referral_alone_does_not_end_the_cycle() -> None:
    """Who refers us to somebody and does not expand is written to."""
    ledger = ledger_of(follow_up("day-60", day(60), outcomes="[referral]"))
    assert owed(ledger, day(61), "touchpoint") == [("touchpoint", day(150), "waiting")]


def test_four_quiet_touchpoints_make_a_customer_dormant() -> None:
    """From then on one touchpoint a year is owed."""
    ledger = ledger_of(NONE, *QUIET)
    today = day(421)
    assert owed(ledger, today, "touchpoint")[-1] == ("touchpoint 5", day(420 + 365), "waiting")
    assert dormant_since(ledger, ledger.deals["1001"], today) == day(420)
    assert [each.because for each in obligations(ledger, today) if each.number == 5] == [
        f"dormant: {day(420)} + 365 days"
    ]
    assert dormant_since(ledger, ledger.deals["1001"], day(2000)) == day(420)
    fewer = ledger_of(NONE, *QUIET[:3])
    assert dormant_since(fewer, fewer.deals["1001"], today) is None
    year = ledger_of(NONE, *QUIET, follow_up("touchpoint", day(780)))
    assert owed(year, day(781), "touchpoint")[-1] == ("touchpoint 6", day(420 + 730), "waiting")
    assert dormant_since(year, year.deals["1001"], day(781)) == day(420)
    twice = ledger_of(NONE, *QUIET, follow_up("touchpoint", day(410)))
    assert dormant_since(twice, twice.deals["1001"], day(421)) == day(410)


def test_missed_touchpoints_make_nobody_dormant() -> None:
    """Silence of ours is not silence of the customer's."""
    ledger = ledger_of(NONE)
    assert len(owed(ledger, day(1000), "touchpoint")) == 11
    assert dormant_since(ledger, ledger.deals["1001"], day(1000)) is None


def test_one_mail_for_four_missed_touchpoints_is_one() -> None:
    """It catches up, and counts once on the way to dormancy."""
    ledger = ledger_of(NONE, follow_up("touchpoint", day(430)))
    assert [state for _, _, state in owed(ledger, day(430), "touchpoint")][:4] == ["late"] * 4
    assert dormant_since(ledger, ledger.deals["1001"], day(430)) is None


@pytest.mark.parametrize(
    "between",
    [
        follow_up("day-60", day(330), name=f"day-60-{day(330)}", signals="[beyond-scope]"),
        {
            **follow_up("touchpoint", day(320)),
            **follow_up("touchpoint", day(330), signals="[beyond-scope]"),
        },
    ],
    ids=["a review", "a second mail with a signal"],
)
def test_what_begins_the_count_anew(between: dict[str, bytes]) -> None:
    """Four quiet touchpoints must follow one another; a review or a signal lies between these."""
    quiet = [follow_up("touchpoint", day(number)) for number in (150, 240, 420, 510)]
    ledger = ledger_of(NONE, between, *quiet)
    assert dormant_since(ledger, ledger.deals["1001"], day(511)) is None


def test_a_signal_at_a_review_opens_none() -> None:
    """What a review heard it has weighed; only a touchpoint opens the next one (R §6)."""
    again = follow_up("day-60", day(200), name=f"day-60-{day(200)}", signals="[beyond-scope]")
    assert owed(ledger_of(NONE, again), day(201), "day-60") == [("day-60", day(60), "met")]


def test_a_review_on_the_day_of_the_signal_answers_it() -> None:
    """On one day, the mail came first."""
    signal = follow_up("touchpoint", day(150), signals="[follow-on-work]")
    review = follow_up("day-60", day(150), name=f"day-60-{day(150)}")
    assert owed(ledger_of(NONE, signal, review), day(151), "day-60") == [
        ("day-60", day(60), "met"),
        ("day-60 2", None, "met"),
    ]


def test_a_dormant_customer_who_expands_is_dormant_no_more() -> None:
    """The cycle of that delivery is over, whatever came before."""
    review = follow_up("day-60", day(500), name=f"day-60-{day(500)}", outcomes="[expansion]")
    ledger = ledger_of(NONE, *QUIET, review)
    assert dormant_since(ledger, ledger.deals["1001"], day(501)) is None


def test_a_review_on_the_day_of_a_touchpoint() -> None:
    """A first review on that day comes instead of it; a later one answers it, and may end all."""
    first = ledger_of(follow_up("day-60", day(150)))
    assert owed(first, day(151), "touchpoint") == [("touchpoint 2", day(240), "waiting")]
    last = follow_up("day-60", day(150), name=f"day-60-{day(150)}", outcomes="[expansion]")
    assert owed(ledger_of(NONE, last), day(900), "touchpoint") == [("touchpoint", day(150), "met")]


def test_a_signal_opens_the_review_again() -> None:
    """It has no deadline, is owed once however many signals come, and is answered by a review."""
    signals = [
        follow_up("touchpoint", day(150), signals="[follow-on-work]"),
        follow_up("touchpoint", day(240), signals="[beyond-scope]"),
    ]
    ledger = ledger_of(NONE, *signals)
    assert owed(ledger, day(241), "day-60") == [
        ("day-60", day(60), "met"),
        ("day-60 2", None, "due"),
    ]
    (again,) = [each for each in obligations(ledger, day(241)) if each.key[1:] == ("day-60", 2)]
    assert again.because == (
        f"new signal on {day(150)}: Referenced specific follow-on work during delivery"
    )
    review = follow_up("day-60", day(250), name=f"day-60-{day(250)}", outcomes="[expansion]")
    assert owed(ledger_of(NONE, *signals, review), day(900), "day-60", "touchpoint") == [
        ("day-60", day(60), "met"),
        ("day-60 2", None, "met"),
        ("touchpoint", day(150), "met"),
        ("touchpoint 2", day(240), "met"),
    ]


def test_a_review_answers_no_touchpoint_that_lies_ahead() -> None:
    """After a second review without an opportunity, the next touchpoint is owed on its day."""
    signal = follow_up("touchpoint", day(150), signals="[follow-on-work]")
    review = follow_up("day-60", day(170), name=f"day-60-{day(170)}")
    assert owed(ledger_of(NONE, signal, review), day(241), "touchpoint") == [
        ("touchpoint", day(150), "met"),
        ("touchpoint 2", day(240), "overdue"),
        ("touchpoint 3", day(330), "waiting"),
    ]
    assert owed(ledger_of(NONE, review), day(171), "touchpoint") == [
        ("touchpoint", day(150), "late"),
        ("touchpoint 2", day(240), "waiting"),
    ]


def test_a_review_between_two_touchpoints_begins_the_count_anew() -> None:
    """It answers neither, and the quiet touchpoints on its two sides do not follow one another."""
    review = follow_up("day-60", day(250), name=f"day-60-{day(250)}")
    ledger = ledger_of(NONE, review, *QUIET)
    assert dormant_since(ledger, ledger.deals["1001"], day(421)) is None


def test_a_dormant_customer_wakes_up_with_a_signal() -> None:
    """The pace is quarterly again, and the count of quiet touchpoints begins anew."""
    signal = follow_up("touchpoint", day(780), signals="[peer-introduction]")
    ledger = ledger_of(NONE, *QUIET, signal)
    assert dormant_since(ledger, ledger.deals["1001"], day(781)) is None
    assert owed(ledger, day(781), "day-60", "touchpoint")[-1][1] == day(785 + 90)
    assert owed(ledger, day(781), "day-60")[-1] == ("day-60 2", None, "due")


def test_a_customer_gone_quiet_shows_no_signal() -> None:
    """The policy says which signals open no review; they do not stop dormancy either."""
    quiet = [follow_up("touchpoint", day(60 + 90 * n), signals="[gone-quiet]") for n in range(1, 5)]
    ledger = ledger_of(NONE, *quiet)
    assert owed(ledger, day(421), "day-60") == [("day-60", day(60), "met")]
    assert dormant_since(ledger, ledger.deals["1001"], day(421)) == day(420)


def test_a_review_that_nobody_owed_counts_too() -> None:
    """A second review without a signal may find an expansion, and ends the cycle."""
    review = follow_up("day-60", day(200), name=f"day-60-{day(200)}", outcomes="[expansion]")
    assert owed(ledger_of(NONE, review), day(900), "day-60", "touchpoint") == [
        ("day-60", day(60), "met"),
        ("touchpoint", day(150), "late"),
    ]


def test_a_flag_is_the_cro_s_until_the_review() -> None:
    """What Day 30 flagged is an action for the CRO until a Day 60 review answers it (R §3)."""
    flag = follow_up("day-30", day(30), cro_flags="[dissatisfaction, expansion]")
    (action,) = [each for each in obligations(ledger_of(flag), day(31)) if each.kind == "cro-flag"]
    assert (action.owner, action.due, action.state(day(31))) == ("cro", None, "due")
    assert action.title == "Answer the flag: Dissatisfaction and Obvious expansion"
    assert owed(ledger_of(flag, NONE), day(61), "cro-flag") == [("cro-flag", None, "met")]


def test_the_policy_names_who_answers_a_flag() -> None:
    """Another role than the CRO may, and it must be one that roles.md lists."""
    files = {**base_tree(), **follow_up("day-30", day(30), cro_flags="[dissatisfaction]")}
    policy = "records/policy/renewal.md"
    rule = b"flags_answered_by: cro\n"
    assert rule in files[policy]
    files[policy] = files[policy].replace(rule, b"flags_answered_by: ceo\n")
    ledger, _ = rules.check(Tree(files))
    assert ledger is not None
    (flag,) = [each for each in obligations(ledger, day(31)) if each.kind == "cro-flag"]
    assert flag.owner == "ceo"
    files[policy] = files[policy].replace(b"flags_answered_by: ceo", b"flags_answered_by: nobody")
    _, problems = rules.check(Tree(files))
    assert [problem.message for problem in problems] == ["no role is called 'nobody'"]


def test_a_policy_of_before_the_key_leaves_flags_to_the_cro() -> None:
    """A policy that does not name who answers a flag is read as R §3 has it."""
    files = {**base_tree(), **follow_up("day-30", day(30), cro_flags="[dissatisfaction]")}
    policy = "records/policy/renewal.md"
    files[policy] = files[policy].replace(b"flags_answered_by: cro\n", b"")
    ledger, _ = rules.check(Tree(files))
    assert ledger is not None
    (flag,) = [each for each in obligations(ledger, day(31)) if each.kind == "cro-flag"]
    assert flag.owner == "cro"


def test_outcomes_ask_for_actions_until_they_are_done() -> None:
    """Each outcome has its action and owner; actions_done answers it (R §4)."""
    outcomes = {"outcomes": "[expansion, renewal, referral]", "price": "2500"}
    review = follow_up("day-60", day(60), actions_done="[renewal]", **outcomes)
    actions = [each for each in obligations(ledger_of(review), day(61)) if "action" in each.kind]
    assert [(each.kind, each.owner, each.state(day(61))) for each in actions] == [
        ("expansion-action", "cro", "due"),
        ("renewal-action", "cro", "met"),
        ("referral-action", "cro", "due"),
    ]
    assert actions[0].title == (
        'Create the opportunity in the Prospects board, stage "Qualified conversation"'
    )
    assert owed(ledger_of(NONE), day(61), "none-action") == []


def test_a_customer_who_asked_to_be_asked_again_is() -> None:
    """Check back in a quarter: by its last day, answered by any contact from its first day on."""
    review = follow_up("day-60", day(60), check_back="2026-Q4")
    last = date(2026, 12, 31)
    assert owed(ledger_of(review), day(61), "check-back") == [("check-back", last, "waiting")]
    before = follow_up("touchpoint", date(2026, 9, 30))
    assert owed(ledger_of(review, before), day(150), "check-back")[0][2] == "waiting"
    within = follow_up("touchpoint", date(2026, 10, 1))
    assert owed(ledger_of(review, within), day(150), "check-back")[0][2] == "met"


def test_a_promise_is_not_kept_by_the_review_that_gives_it() -> None:
    """Check back in the review's own quarter: only a later contact answers it."""
    review = follow_up("day-60", day(60), check_back="2026-Q3")
    last = date(2026, 9, 30)
    assert owed(ledger_of(review), day(61), "check-back") == [("check-back", last, "waiting")]
    assert owed(ledger_of(review), day(150), "check-back")[0][2] == "overdue"
    mail = follow_up("touchpoint", day(61))
    assert owed(ledger_of(review, mail), day(61), "check-back")[0][2] == "met"


def test_a_review_with_errors_decides_and_answers_nothing() -> None:
    """Its actions, and the flag that it would answer, wait until it is mended."""
    flag = follow_up("day-30", day(30), cro_flags="[dissatisfaction]")
    review = follow_up("day-60", day(60), outcomes="[expansion]", pay_again="maybe")
    files = {**base_tree(), **flag, **review}
    files[POST] = files[POST].replace(b"delivery_quality: high", b"delivery_quality: fine")
    ledger, problems = rules.check(Tree(files))
    assert ledger is not None
    broken = {problem.path for problem in problems if problem.is_error}
    found = {each.kind: each.is_open for each in obligations(ledger, day(61), broken)}
    assert "expansion-action" not in found
    assert found["cro-flag"]
    assert found["day-60"]
    assert found["post-mortem"]


def test_a_flag_after_the_review_waits_for_the_next_one() -> None:
    """A late check-in's flag is answered by no review before it, and by no mail."""
    late = follow_up("day-30", day(70), cro_flags="[new-challenge]")
    mail = follow_up("touchpoint", day(150))
    assert owed(ledger_of(NONE, late, mail), day(151), "cro-flag") == [("cro-flag", None, "due")]


def test_a_review_answers_the_promise_to_ask_again() -> None:
    """Not only a mail, a second review does so too."""
    first = follow_up("day-60", day(60), check_back="2026-Q4")
    again = follow_up("day-60", date(2026, 11, 2), name="day-60-2026-11-02")
    assert owed(ledger_of(first, again), day(150), "check-back")[0][2] == "met"


def test_a_flag_and_a_promise_name_the_record_that_answers() -> None:
    """While they are open, it is the record that asks; then the one that answered."""
    flag = follow_up("day-30", day(30), cro_flags="[dissatisfaction]")
    review = follow_up("day-60", day(60), check_back="2026-Q4")
    mail = follow_up("touchpoint", date(2026, 10, 1))
    ledger = ledger_of(flag, review, mail)
    asked, answered = (
        {each.kind: each.record.path for each in obligations(ledger, today) if each.record}
        for today in (day(30), day(150))
    )
    assert asked["cro-flag"] == f"{FOLDER}/day-30.md"
    assert answered["cro-flag"] == f"{FOLDER}/day-60.md"
    assert answered["check-back"] == f"{FOLDER}/touchpoint-2026-10-01.md"
    waiting = next(each for each in obligations(ledger, day(61)) if each.kind == "check-back")
    assert waiting.record is not None
    assert waiting.record.path == f"{FOLDER}/day-60.md"
    assert (waiting.since, waiting.due) == (day(60), date(2026, 12, 31))


def test_nothing_follows_the_end_of_a_cycle() -> None:
    """A signal after an expansion opens no review of the delivery that is over."""
    review = follow_up("day-60", day(60), outcomes="[expansion]")
    signal = follow_up("touchpoint", day(150), signals="[beyond-scope]")
    assert owed(ledger_of(review, signal), day(151), "day-60", "touchpoint") == [
        ("day-60", day(60), "met")
    ]


@pytest.mark.parametrize(
    "end", [{"outcomes": "[expansion]"}, {"outcomes": "[renewal]", "price": "2500"}]
)
def test_what_an_ended_cycle_leaves_open_is_owed_no_more(end: dict[str, str]) -> None:
    """Nobody checks in, or asks again, where a new engagement has begun; what was done stays."""
    first = follow_up("day-60", day(60), check_back="2026-Q4")
    last = follow_up("day-60", day(90), name=f"day-60-{day(90)}", **end)
    ledger = ledger_of(first, last)
    assert owed(ledger, day(89), "day-30", "check-back") == [
        ("day-30", day(30), "overdue"),
        ("check-back", date(2026, 12, 31), "waiting"),
    ]
    assert owed(ledger, day(90), "day-30", "check-back") == []
    done = ledger_of(follow_up("day-30", day(31)), first, last)
    assert owed(done, day(90), "day-30", "check-back") == [("day-30", day(30), "late")]


def test_a_new_engagement_may_come_with_a_promise_to_ask_again() -> None:
    """What the review that ends the cycle promises itself is still owed."""
    review = follow_up("day-60", day(60), outcomes="[expansion]", check_back="2026-Q4")
    last = date(2026, 12, 31)
    assert owed(ledger_of(review), day(61), "check-back") == [("check-back", last, "waiting")]


def test_a_customer_gone_quiet_needs_no_check_in_any_more() -> None:
    """A review that records the silence answers the Day 30 check-in that found nobody (R §4)."""
    quiet = ledger_of(follow_up("day-60", day(60), signals="[gone-quiet]"))
    assert owed(quiet, day(59), "day-30") == [("day-30", day(30), "overdue")]
    (check_in,) = [each for each in obligations(quiet, day(61)) if each.kind == "day-30"]
    assert check_in.state(day(61)) == "late"
    assert check_in.record is not None
    assert check_in.record.path == f"{FOLDER}/day-60.md"
    assert owed(ledger_of(NONE), day(61), "day-30") == [("day-30", day(30), "overdue")]


# Business days.


@pytest.mark.parametrize(
    ("delivered", "calendar", "due"),
    [
        ("2026-06-26", "", "2026-07-03"),  # a Friday
        ("2026-06-26", "country: US", "2026-07-06"),  # Independence Day is observed on the 3rd
        ("2026-06-27", "", "2026-07-03"),  # a Saturday
        ("2026-11-20", "country: US", "2026-11-30"),  # Thanksgiving on the 26th
        ("2026-11-25", "country: US", "2026-12-03"),  # the day before a holiday
        ("2026-12-24", "country: DE", "2027-01-04"),  # 25th, (26th a Saturday,) 1 January
        ("2026-12-30", "country: DE\nsubdivision: BY", "2027-01-08"),  # Epiphany in Bavaria
        ("2026-12-30", "country: DE", "2027-01-07"),
        ("2028-02-29", "", "2028-03-07"),  # a leap day
        ("2027-02-26", "", "2027-03-05"),  # a February of 28 days
    ],
)
def test_five_business_days_by_the_calendar(delivered: str, calendar: str, due: str) -> None:
    """Weekends, closed days and the holidays of the country that the policy names (X §2)."""
    files = base_tree()
    files[CALENDAR] = files[CALENDAR].replace(b"closed: []", f"closed: []\n{calendar}".encode())
    expected = f"delivery_expected_on: {delivered}".encode()
    files[PRE] = files[PRE].replace(b"delivery_expected_on: 2026-06-12", expected)
    del files[POST]
    ledger, problems = rules.check(Tree(files))
    assert ledger is not None, problems
    (summary,) = [each for each in obligations(ledger, day(0)) if each.kind == "post-delivery"]
    assert str(summary.due) == due


def test_what_repeats_and_follows_no_review_is_owed_from_the_first_day_on() -> None:
    """A form's due with every, and without follows: within gives the first day."""
    files = base_tree()
    form = files["templates/touchpoint.md"]
    assert b" follows: day-60," in form
    files["templates/touchpoint.md"] = form.replace(b" follows: day-60,", b"")
    ledger, _ = rules.check(Tree({**files, **follow_up("touchpoint", day(59))}))
    assert ledger is not None
    assert owed(ledger, day(200), "touchpoint") == [
        ("touchpoint", day(60), "met"),
        ("touchpoint 2", day(150), "overdue"),
        ("touchpoint 3", day(240), "waiting"),
    ]
    reasons = [each.because for each in obligations(ledger, day(200)) if each.kind == "touchpoint"]
    assert reasons == [
        "delivered 2026-06-12 + 60 days",
        "delivered 2026-06-12 + 60 days + 90 days",
        "delivered 2026-06-12 + 60 days + 2 x 90 days",
    ]


def test_touchpoints_go_by_the_calendar_too() -> None:
    """A pace in business days leaves out the closed days that the policy names."""
    files = {**base_tree(), **NONE}
    form = files["templates/touchpoint.md"]
    assert b"every: 90 days" in form
    files["templates/touchpoint.md"] = form.replace(b"every: 90 days", b"every: 5 business days")
    ledger, _ = rules.check(Tree(files))
    assert ledger is not None
    assert owed(ledger, day(61), "touchpoint") == [("touchpoint", date(2026, 8, 18), "waiting")]
    files[CALENDAR] = files[CALENDAR].replace(b"closed: []", b"closed: [2026-08-13, 2026-08-14]")
    ledger, _ = rules.check(Tree(files))
    assert ledger is not None
    assert owed(ledger, day(61), "touchpoint") == [("touchpoint", date(2026, 8, 20), "waiting")]


# What holds for every delivery, calendar and course of events.

SIGNALS = st.sampled_from(["[]", "[follow-on-work]", "[gone-quiet]"])
OUTCOMES = st.sampled_from(["[none]", "[referral]", "[expansion]"])
EVENTS = st.lists(
    st.tuples(st.integers(1, 900), st.booleans(), SIGNALS, OUTCOMES),
    max_size=8,
    unique_by=lambda e: e[0],
)
ORDER = {"waiting": 0, "due": 1, "overdue": 2, "late": 3, "met": 3}


@settings(max_examples=examples(60), deadline=None)
@given(
    st.dates(date(2026, 5, 15), date(2190, 1, 1)),
    st.lists(st.dates(date(2026, 5, 15), date(2026, 12, 31)), max_size=5),
    EVENTS,
    st.lists(st.integers(0, 1200), min_size=2, max_size=6),
)
def test_nothing_is_lost_doubled_or_moved_when_the_clock_goes_on(
    delivered: date,
    closed: list[date],
    events: list[tuple[int, bool, str, str]],
    days: list[int],
) -> None:
    """From one day to a later one, each obligation stays, on its day, and only goes forward.

    Only what is open when a review ends the cycle is owed no more.
    """
    files = base_tree()
    listed = ", ".join(str(each) for each in closed)
    files[CALENDAR] = files[CALENDAR].replace(b"closed: []", f"closed: [{listed}]".encode())
    front, _, _ = files[POST].partition(b"postmortem_on")
    files[POST] = front.replace(b"2026-06-12", str(delivered).encode()) + b"---\n"
    files[POST] = files[POST].replace(b"date: 2026-06-17", f"date: {delivered}".encode())
    for number, (offset, is_review, signals, outcome) in enumerate(events):
        held_on = delivered + timedelta(days=offset)
        if is_review:
            again = {"name": f"day-60-{held_on}"} if number else {}
            files |= follow_up("day-60", held_on, outcomes=outcome, **again)
        else:
            files |= follow_up("touchpoint", held_on, signals=signals)
    ledger, _ = rules.check(Tree(files))
    assert ledger is not None
    ended = min(
        (
            delivered + timedelta(days=offset)
            for offset, is_review, _, outcome in events
            if is_review and outcome == "[expansion]"
        ),
        default=date.max,
    )
    before: dict[tuple[str, str, int], Obligation] = {}
    today = delivered
    for offset in sorted(days):
        today, then = delivered + timedelta(days=offset), today
        found = list(obligations(ledger, today))
        now = {each.key: each for each in found}
        assert len(now) == len(found)
        for key, each in before.items():
            if key not in now:  # a new engagement ended the cycle in between
                assert each.is_open or (each.due is not None and each.due > ended)
                assert then < ended <= today
                continue
            assert now[key].due == each.due
            assert ORDER[now[key].state(today)] >= ORDER[each.state(then)]
        turns = [each for each in found if each.kind == "touchpoint"]
        assert all(a.due < b.due for a, b in pairwise(turns) if a.due and b.due)
        assert sum(each.state(today) == "waiting" for each in turns) <= 1
        before = now
