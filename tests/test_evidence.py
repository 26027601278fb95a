"""What a proposal rests on: the deals for and against, the back-test, the digest (X §5).

Whole comments and amendments stand in ``tests/golden/evidence.md`` and ``amendment.md``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import HOME, examples, read_files
from weighing import (
    MODEL,
    PROPOSAL,
    approval,
    before,
    changed,
    delivered,
    ledger_of,
    lost,
    proposal,
    tuned,
    weighed,
)
from winloss.core.changes.amendment import amendment
from winloss.core.changes.evidence import evidence_data, weigh
from winloss.core.changes.evidence_page import Decided, evidence_page
from winloss.core.changes.remarks import chance, limits
from winloss.core.deals import rules
from winloss.core.deals.governance import proposals_of
from winloss.core.problem import CannotGoOn
from winloss.core.repository.tree import Tree
from winloss.core.text.body import ragged_tables

if TYPE_CHECKING:
    from winloss.core.changes.evidence import Evidence
    from winloss.core.deals.record import Record

OVER = ("timing", "over-scored")
UNDER = ("timing", "under-scored")
CLAIMS = ("over-scored", "under-scored", "redefine", "add", "remove")
_VOID = "The approval is void: it was given for other content"
ANSWERS = ("held", "partly", "failed", "unknown")

flags = st.lists(st.tuples(st.sampled_from(["timing", "industry_fit"]), st.sampled_from(CLAIMS)))
answers = st.lists(st.tuples(st.sampled_from(["timing", "industry_fit"]), st.sampled_from(ANSWERS)))


@settings(max_examples=examples(40), deadline=None)
@given(deals=st.lists(st.tuples(flags, answers), max_size=6), claim=st.sampled_from(CLAIMS))
def test_every_delivered_deal_is_in_exactly_one_place(
    deals: list[tuple[list[tuple[str, str]], list[tuple[str, str]]]], claim: str
) -> None:
    """For, against and silent are all deliveries, once each; a flag never leaves a deal silent."""
    files = before(lost("900"), *(delivered(f"10{n}", *each) for n, each in enumerate(deals)))
    evidence = weighed(files, {**tuned(files), **proposal(claim)})
    bearing = evidence.bearing
    places = [*bearing.supporting, *bearing.against, *bearing.silent]
    assert sorted(places) == [f"10{n}" for n in range(len(deals))]
    for n, (made, _) in enumerate(deals):
        claims = {each for name, each in made if name == "timing"}
        expected = "for" if claims == {claim} else "against" if claims else ""
        assert bearing.place_of(f"10{n}") == expected or not expected
        if claim not in claims:
            assert f"10{n}" not in bearing.supporting
    assert all(bearing.against.values())


def test_three_flags_on_one_deal_are_one_data_point() -> None:
    """A data point is a deal, however often it says the same (X §5, step 2)."""
    files = before(delivered("101", [OVER, OVER, OVER]), delivered("102", [OVER]))
    evidence = weighed(files, {**tuned(files), **proposal(evidence="['101', '102']")})
    assert list(evidence.bearing.supporting) == ["101", "102"]
    assert evidence.shortfalls == ("2 of the 3 deals needed had spoken for it by 2026-07-15",)


def test_a_deal_that_flags_both_speaks_against() -> None:
    """Two claims about one dimension contradict each other, and the deal supports neither."""
    files = before(delivered("101", [OVER, UNDER]), delivered("102", [UNDER]))
    evidence = weighed(files, {**tuned(files), **proposal()})
    assert evidence.bearing.against == {
        "101": "it flags the dimension as under-scored, and also as over-scored",
        "102": "it flags the dimension as under-scored",
    }


HOLDS = [["held"], ["held", "partly", "unknown"], ["held", "held"]]
CONTRADICTED = {
    "over-scored": HOLDS,
    "redefine": HOLDS,
    "remove": HOLDS,
    "under-scored": [["failed"], ["failed", "partly"]],
    "add": [],
}


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize(
    "given_answers",
    [
        ["held"],
        ["failed"],
        ["held", "failed"],
        ["held", "partly", "unknown"],
        ["held", "held"],
        ["failed", "partly"],
        ["partly"],
        ["unknown"],
        [],
    ],
)
def test_answers_contradict_a_claim(claim: str, given_answers: list[str]) -> None:
    """A deal that flags nothing speaks against by its signals, when these all say so or nothing."""
    made = [("timing", each) for each in given_answers]
    others = [("industry_fit", "held"), ("industry_fit", "failed")]
    files = before(delivered("101", [("industry_fit", claim)], made + others))
    evidence = weighed(files, {**tuned(files), **proposal(claim)})
    wanted = "against" if given_answers in CONTRADICTED[claim] else "silent"
    assert evidence.bearing.place_of("101") == wanted


def test_evidence_on_the_branch_does_not_count() -> None:
    """What a proposal's own branch adds to the records counts once it is on the main branch."""
    files = before(delivered("101", [OVER]), delivered("102", [OVER]), delivered("103"))
    head = {**tuned(files), **proposal(evidence="['101', '102', '103', '104']")}
    head |= delivered("103", [OVER]) | delivered("104", [OVER])
    evidence = weighed(files, head)
    assert list(evidence.bearing.supporting) == ["101", "102"]
    assert evidence.only_on_branch == ("103", "104")
    assert evidence.miscited == ("103", "104")
    assert not evidence.is_enough
    merged = {**files, **delivered("103", [OVER]), **delivered("104", [OVER])}
    evidence = weighed(merged, head)
    assert (evidence.is_enough, evidence.only_on_branch) == (True, ())


def test_evidence_that_the_branch_takes_away_still_counts() -> None:
    """A branch cannot make a deal against it silent."""
    files = before(delivered("101", [UNDER]))
    head = {**tuned(files), **proposal(), **delivered("101")}
    assert list(weighed(files, head).bearing.against) == ["101"]


def test_the_minimum_is_judged_by_the_day_of_the_proposal() -> None:
    """A deal counts from its post-mortem on; what came after the proposal came too late."""
    days = ("2026-06-30", "2026-07-15", "2026-07-16")
    deals = [delivered(f"10{n}", [OVER], postmortem=day) for n, day in enumerate(days)]
    files = before(*deals)
    evidence = weighed(files, {**tuned(files), **proposal(date="2026-07-15")})
    assert (evidence.counted, evidence.later) == (("100", "101"), ("102",))
    assert not evidence.is_enough
    evidence = weighed(files, {**tuned(files), **proposal(date="2026-07-16")})
    assert (evidence.later, evidence.is_enough) == ((), True)


def test_no_change_before_the_first_post_mortem() -> None:
    """Flags of summaries alone do not open the way: a post-mortem was held (X §2, Cadence)."""
    open_deals: list[dict[str, bytes]] = []
    for deal in ("101", "102", "103"):
        files = delivered(deal, [OVER])
        path = f"records/deals/2026/{deal}/post-delivery.md"
        text = files[path].decode()
        text = text.replace("postmortem_on: 2026-06-30\ndelivery_quality: high\n", "")
        open_deals.append({**files, path: text.encode()})
    files = before(*open_deals)
    evidence = weighed(files, {**tuned(files), **proposal()})
    assert evidence.counted == ("101", "102", "103")
    assert evidence.shortfalls == ("no post-mortem had been held by 2026-07-15",)
    files |= delivered("104")
    assert weighed(files, {**tuned(files), **proposal()}).is_enough


def worked() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return a change that three deals stand behind and two against: before, and with it."""
    files = before(
        delivered("101", [OVER], quality="low", customer="Northwind Traders"),
        delivered("102", [OVER], quality="medium", customer="eco|monetize™"),
        delivered("103", [OVER], quality="high", timing="absent"),
        delivered("104", answers=[("timing", "held")], customer="Proseware"),
        delivered("105", [UNDER], quality="low"),
        delivered("106"),
        lost("201"),
        lost("202", others="absent", timing="absent"),
    )
    text = "Proseware had planned for its date."
    cited = "['101', '102', '106']"
    return files, {**tuned(files), **proposal(evidence=cited, against=text)}


def test_the_back_test_scores_every_past_deal_under_both_models() -> None:
    """Points, class and outcome stand beside each other, won and lost; agreement is k of n."""
    evidence = weighed(*worked())
    test = evidence.test
    shown = [
        (each.deal, each.points_before, each.points_after, each.outcome) for each in test.deals
    ]
    assert shown == [
        ("101", 6, 5, "low"),
        ("102", 6, 5, "medium"),
        ("103", 4, 4, "high"),
        ("104", 6, 5, "high"),
        ("105", 6, 5, "low"),
        ("106", 6, 5, "high"),
        ("201", 6, 5, "lost"),
        ("202", 0, 0, "lost"),
    ]
    assert [each.deal for each in test.flips] == ["101", "102", "104", "105", "106", "201"]
    assert [each.deal for each in test.deals if each.in_sample] == ["101", "102", "103"]
    ratios = [
        (found.k, found.n)
        for part in (None, True, False)
        for found in (test.agreement(after=after, in_sample=part) for after in (False, True))
    ]
    assert ratios == [(3, 8), (5, 8), (0, 3), (2, 3), (3, 5), (3, 5)]
    assert test.missing == {}
    assert test.hinges == ()


def test_an_open_deal_flips_and_does_not_agree() -> None:
    """A deal without an outcome is scored, and counts for neither model."""
    handoff = delivered("101")
    del handoff["records/deals/2026/101/post-delivery.md"]
    files = before(handoff)
    test = weighed(files, {**tuned(files), **proposal()}).test
    assert [(each.outcome, each.is_flip, each.gain) for each in test.deals] == [("open", True, 0)]
    assert test.agreement(after=True).n == 0


def test_a_difference_that_hangs_on_one_deal_names_it() -> None:
    """Leave one deal out: when the gain is gone without it, the comment says so."""
    files = before(delivered("101", [OVER], quality="low"), delivered("102", timing="partial"))
    evidence = weighed(files, {**tuned(files), **proposal()})
    assert evidence.test.hinges == ("101",)
    assert "it is gone without Customer 101 (101)." in evidence_page(evidence, "none")


def test_no_deal_to_spare() -> None:
    """At the bare minimum, every deal for the claim is one without which it is not met."""
    deals = [delivered(f"10{n}", [OVER]) for n in range(4)]
    for count, without in ((2, ()), (3, ("100", "101", "102")), (4, ())):
        files = before(*deals[:count])
        assert weighed(files, {**tuned(files), **proposal()}).is_below_without == without


def test_a_renamed_dimension_carries_its_scores_and_flags_over() -> None:
    """Another code for the same title loses neither evidence nor scores."""
    files = before(*(delivered(f"10{n}", [OVER]) for n in range(3)))
    pairs = (("  timing:", "  season:"), ("version: 1\n", "version: 2\n"))
    head = changed(files, MODEL, *pairs)
    for name in ("timing", "season"):
        evidence = weighed(files, {**head, **proposal(dimension=name, claim="redefine")})
        assert list(evidence.bearing.against) == ["100", "101", "102"]
        assert evidence.test.missing == {}
        assert [each.points_after for each in evidence.test.deals] == [6, 6, 6]
        assert evidence.remarks == ()
        assert not evidence.wants_council


def test_what_is_missing_is_listed_and_never_made_up() -> None:
    """A deal that a model cannot score is named with what it lacks, and is in no figure."""
    unknown = delivered("103")
    path = "records/deals/2026/103/pre-delivery.md"
    # A deal of an earlier model, whose levels today's does not know.
    unknown[path] = unknown[path].replace(b"timing: strong", b"timing: urgent")
    files = before(delivered("101"), lost("102"), unknown)
    newer = changed(files, MODEL, ("version: 1\n", "version: 2\n"))
    added = "dimensions:\n  budget:\n    title: Budget\n    levels: {no: 0, yes: 1}\n"
    head = changed(newer, MODEL, ("dimensions:\n", added), ("version: 2\n", "version: 3\n"))
    evidence = weighed(newer, {**head, **proposal("add", "budget")})
    assert evidence.test.deals == ()
    assert evidence.test.missing == {
        "101": "Budget is not scored",
        "102": "Budget is not scored",
        "103": (
            "Timing has no level 'urgent' before the change; Budget is not scored; "
            "Timing has no level 'urgent' after the change"
        ),
    }
    evidence = weighed(newer, {**tuned(files), **proposal()})
    assert list(evidence.test.missing) == ["103"]
    assert evidence.test.scored_otherwise == ("101", "102")


def test_deals_against_are_to_be_named_in_the_proposal() -> None:
    """A deal is answered by its id or its customer's name, as a word of its own."""
    files = before(
        delivered("101", [UNDER], customer="Fabrikam | Works"),
        delivered("102", [UNDER], customer="Ann"),
        delivered("103", [UNDER]),
        delivered("1030", [UNDER]),
    )
    for text, unmentioned in (
        ("Nothing.", ("101", "102", "103", "1030")),
        ("FABRIKAM |\nworks, and Anna.", ("102", "103", "1030")),
        ("*Fabrikam \\| Works*, **Ann**: and 103.", ("1030",)),
        ("<!-- 101, 102, 103 -->\n\n1030-x", ("101", "102", "103")),
    ):
        evidence = weighed(files, {**tuned(files), **proposal(against=text)})
        assert evidence.unmentioned == unmentioned, text


def test_the_page_says_first_what_the_cro_wants_to_know() -> None:
    """The first line is the verdict: enough or not, for and against, flips, council, approval."""
    evidence = weighed(*worked())
    assert (evidence.miscited, evidence.uncited) == (("106",), ("103",))
    assert (evidence.unmentioned, evidence.untouched) == (("105",), ("103",))
    page = evidence_page(evidence, "void")
    assert page.split("\n")[0] == (
        "**Enough evidence to decide** (3 deals needed). 3 for, 2 against, 1 silent; "
        "1 of those against is not mentioned in the proposal. **6 of 8 past deals** would change "
        "class. Agreement with outcomes goes from 3 to 5 of 8. No council review is needed. "
        "The approval is void: it was given for other content."
    )
    assert "eco\\|monetize™ (102)" in page
    assert ragged_tables(page) == []
    assert (
        "**Against:** Proseware (104): it does not flag the dimension, and its signal S1 held"
        in page
    )


def test_the_page_is_short_when_little_is_to_be_said() -> None:
    """A change of other rules fits one screen."""
    files = before(delivered("101"))
    head = changed(files, "records/policy/calendar.md", ("closed: []", "closed: [2026-12-28]"))
    page = evidence_page(weighed(files, {**head, **proposal("")}), "none")
    assert len(page.splitlines()) < 25


def test_other_rules_need_no_evidence_and_the_model_does() -> None:
    """Without a claim nothing is weighed; a change of the model in its shadow is not enough."""
    files = before(*(delivered(f"10{n}", [OVER]) for n in range(3)))
    head = changed(files, "records/policy/calendar.md", ("closed: []", "closed: [2026-12-28]"))
    evidence = weighed(files, {**head, **proposal("")})
    data = evidence_data(evidence, "none")
    assert [data[key] for key in ("for", "against", "silent", "needed", "enough")] == [
        *([], [], [], 0, True)
    ]
    assert (data["dimension"], data["claim"]) == (None, None)
    assert [each.subject for each in evidence.changes] == ["records/policy/calendar.md: closed"]
    evidence = weighed(files, {**tuned(head), **proposal("")})
    assert evidence.shortfalls == (
        "the qualification model changes, and the proposal makes no claim about it",
    )


@pytest.mark.parametrize(
    ("is_tuned", "dimension", "remark"),
    [
        (False, "timing", "nothing changes, and the rules are the same before and after"),
        (
            True,
            "industry_fit",
            "the proposal makes a claim about Industry fit, and the change does not touch it",
        ),
    ],
)
def test_claim_and_change_are_held_against_each_other(
    is_tuned: bool,  # noqa: FBT001 - pytest passes it by name
    dimension: str,
    remark: str,
) -> None:
    """A claim that the change does not follow is said to be one."""
    files = before(delivered("101", [OVER]))
    head = tuned(files) if is_tuned else files
    evidence = weighed(files, {**head, **proposal(dimension=dimension)})
    assert (evidence.contradictions, evidence.remarks) == ((remark,), ())
    first = evidence_page(evidence, "none").partition("\n")[0]
    assert first.startswith(f"**The change does not fit the claim:** {remark}. **Not enough")
    assert evidence_data(evidence, "none")["contradictions"] == [remark]


@pytest.mark.parametrize(
    ("claim", "strong", "is_wrong"),
    [
        ("over-scored", 3, True),
        ("over-scored", 1, False),
        ("under-scored", 1, True),
        ("under-scored", 3, False),
        ("redefine", 3, False),
    ],
)
def test_points_that_go_the_wrong_way_are_told(
    claim: str,
    strong: int,
    is_wrong: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    """Who calls a dimension over-scored and gives it more points has most likely slipped."""
    files = before(delivered("101", [OVER]))
    head = tuned(files, f"absent: 0, partial: 1, strong: {strong}")
    evidence = weighed(files, {**head, **proposal(claim)})
    wrong = "the points of Timing change the other way than the claim says"
    assert evidence.contradictions == ((wrong,) if is_wrong else ())
    first = evidence_page(evidence, "none").partition("\n")[0]
    assert first.startswith(f"**The change does not fit the claim:** {wrong}. ") == is_wrong


def test_a_version_that_stays_is_told() -> None:
    """A model that changes under the same version leaves nobody to tell which one was used."""
    files = before(delivered("101"))
    head = changed(files, MODEL, ("qualified_at: 6", "qualified_at: 5"))
    evidence = weighed(files, {**head, **proposal()})
    assert evidence.contradictions[0].endswith("Timing, and the change does not touch it")
    assert evidence.remarks[0].startswith("The model changes and its version stays 1")
    page = evidence_page(evidence, "none")
    assert "**Raise the model's version.**" in page.partition("\n")[0]
    assert "> **Note:** The model changes and its version stays 1" in page
    raised = evidence_page(weighed(files, {**tuned(files), **proposal()}), "none")
    assert "Raise the model's version" not in raised
    other = changed(files, "records/policy/calendar.md", ("closed: []", "closed: [2026-12-28]"))
    assert "Raise" not in evidence_page(weighed(files, {**other, **proposal("")}), "none")


def test_nothing_is_enough_that_does_not_fit_its_claim() -> None:
    """Enough evidence for a claim is none for a change that does something else."""
    files = before(*(delivered(f"10{n}", [OVER]) for n in range(3)))
    evidence = weighed(files, {**tuned(files, "absent: 0, partial: 1, strong: 3"), **proposal()})
    assert evidence_data(evidence, "none")["enough"] is True
    first = evidence_page(evidence, "none").partition("\n")[0]
    assert first.startswith("**The change does not fit the claim:** the points of Timing change")
    assert first.index("other way") < first.index("**Enough evidence to decide**")
    assert "Agreement with outcomes stays at 3 of 3." in first


def test_a_proposal_that_changes_nothing_says_so_first() -> None:
    """Without a claim there is none to fit, and still nothing to approve."""
    files = before(delivered("101"))
    first = evidence_page(weighed(files, {**files, **proposal("")}), "none").partition("\n")[0]
    assert first.startswith("**The change does not fit the proposal:** nothing changes, and")


def test_a_change_of_the_roles_is_said_on_the_first_line() -> None:
    """Nobody gets the right to approve by the way, and no other rule changes unseen."""
    files = before(delivered("101", [OVER]))
    row = "people:\n  - {role: cro, name: Eve, email: eve@example.com}\n"
    roles, calendar = "records/policy/roles.md", "records/policy/calendar.md"
    persons = changed(files, roles, ("people: []\n", row))
    days = changed(persons, calendar, ("closed: []", "closed: [2026-12-28]"))
    prose = changed(files, roles, ("# Who holds which role", "# Who has which role"))
    who = "**It also changes who holds which role.**"
    for head, claim, wanted in (
        (tuned(persons), "over-scored", f"{who} Not approved yet."),
        (tuned(days), "over-scored", f"{who} It also changes 1 other rule. Not approved yet."),
        (tuned(prose), "over-scored", "needed. It also changes 1 other rule. Not approved yet."),
        (days, "", "model. **It changes who holds which role.** Not approved yet."),
        (prose, "", "qualification model. Not approved yet."),
    ):
        page = evidence_page(weighed(files, {**head, **proposal(claim)}), "none")
        assert page.partition("\n")[0].endswith(wanted)
    assert f"| {roles}: people.1.name | not there | Eve | no |" in evidence_page(
        weighed(files, {**persons, **proposal("")}), "none"
    )
    more = changed(tuned(days), "templates/day-30.md", ("Held}", "Held on}"))
    page = evidence_page(weighed(files, {**more, **proposal()}), "none")
    assert f"{who} It also changes 2 other rules." in page.partition("\n")[0]


def test_a_long_cell_is_cut_on_the_page_and_not_in_the_data() -> None:
    """A table stays a table; what differs late in a long text still shows."""
    files = before(delivered("101"))
    words = "x" * 300
    files = changed(files, MODEL, ("status: provisional", f"status: {words}a"))
    for new, before_cell, after_cell in (
        ("settled", f"{'x' * 200}…", "settled"),
        (f"{words}b", f"…{'x' * 100}a", f"…{'x' * 100}b"),
    ):
        head = changed(files, MODEL, (f"status: {words}a", f"status: {new}"))
        evidence = weighed(files, {**head, **proposal("")})
        assert (evidence.changes[0].before, evidence.changes[0].after) == (f"{words}a", new)
        page = evidence_page(evidence, "none")
        assert f" | {before_cell} | {after_cell} | no |" in page
        assert words not in page


def noted(deal: str, *notes: str) -> dict[str, bytes]:
    """Return a deal whose flags call Timing over-scored, each with a note."""
    files = delivered(deal, [OVER] * len(notes))
    path = f"records/deals/2026/{deal}/post-delivery.md"
    text = files[path].decode()
    for note in notes:
        text = text.replace("over-scored, note: x", f"over-scored, note: '{note}'", 1)
    return {**files, path: text.encode()}


def test_the_reasons_for_it_are_quoted() -> None:
    """What the post-mortems say stands beside each deal, as somebody's words; many are a list."""
    files = before(noted("101", "No *date*", "No owner"), noted("102", "Nobody | asked"))
    evidence = weighed(files, {**tuned(files), **proposal()})
    assert (
        "- **For (2):**\n"
        '  - Customer 101 (101): "No \\*date\\*"; "No owner"\n'
        '  - Customer 102 (102): "Nobody \\| asked"\n'
        "- **For it, and not cited:**"
    ) in evidence_page(evidence, "none")
    assert evidence_data(evidence, "none")["reasons_for"] == {
        "101": ["No *date*", "No owner"],
        "102": ["Nobody | asked"],
    }
    for count, is_quoted in ((8, True), (9, False)):
        files = before(*(noted(f"10{n}", "So it is") for n in range(count)))
        page = evidence_page(weighed(files, {**tuned(files), **proposal()}), "none")
        assert ('(100): "So it is"' in page) == is_quoted
        assert (f"- **For ({count}):** Customer 100 (100), " in page) != is_quoted


def test_the_note_of_a_signal_is_quoted() -> None:
    """A note that says 'you' or 'the CRO' is what a record says, and speaks to nobody."""
    files = before(delivered("101", answers=[("timing", "held"), ("timing", "held")]))
    evidence = weighed(files, {**tuned(files), **proposal()})
    assert evidence.bearing.against["101"] == (
        "it does not flag the dimension, and its "
        'signal S1 held: "signal 1 of 101" and signal S2 held: "signal 2 of 101"'
    )


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (5, "Customer 100 (100), Customer 101 (101), Customer 102 (102), Customer 103 (103) and"),
        (6, "6 of 7 past deals."),
    ],
)
def test_many_deals_of_another_version_are_counted(count: int, shown: str) -> None:
    """A line that lists nearly all deals says less than their number."""
    files = before(*(delivered(f"10{n}") for n in range(count)))
    newer = changed(files, MODEL, ("version: 1\n", "version: 2\n"))
    path = "records/deals/2026/109/pre-delivery.md"
    newer |= {**changed(delivered("109"), path, ("model: 1", "model: 2"))}
    head = changed(
        newer, MODEL, ("version: 2\n", "version: 3\n"), ("qualified_at: 6", "qualified_at: 5")
    )
    page = evidence_page(weighed(newer, {**head, **proposal()}), "none")
    assert f"- **Scored under another version of the model:** {shown}" in page


@pytest.mark.parametrize(
    ("decided", "words", "is_open"),
    [
        (Decided("none"), "Not approved yet", True),
        (Decided("void", "a.md", "2026-07-20"), _VOID, True),
        (Decided("signed", "a.md", "2026-07-20"), "Approved and signed (a.md, 2026-07-20)", False),
        (Decided("claimed"), "Approved; no signature proves by whom", False),
        (Decided("rejected", reason="No."), "Rejected: No", False),
        (Decided("returned"), "Returned to sales.ops", False),
        (
            *(Decided("rejected", reason="No", is_outdated=True),),
            *("Rejected before, and changed since: not decided yet", True),
        ),
    ],
)
def test_what_was_decided_is_said_in_words(
    decided: Decided,
    words: str,
    is_open: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    """The CRO is asked again when what was rejected has changed, and not before."""
    assert (decided.in_words, decided.is_open) == (words, is_open)


def test_the_digests_fit_one_line() -> None:
    """On the page 16 letters tell contents apart; the data has them in full."""
    evidence = weighed(*worked())
    page = evidence_page(evidence, "none")
    start = [each[:16] for each in (evidence.rules_before, evidence.rules_after, evidence.digest)]
    assert "Rules from `{}`, rules to `{}`, digest `{}`.\n".format(*start) in page
    assert evidence.digest not in page
    assert evidence_data(evidence, "none")["digest"] == evidence.digest


def test_the_digest_is_the_same_for_the_same_content() -> None:
    """Neither another commit nor a record that bears on nothing gives another digest."""
    base, head = worked()
    digest = weighed(base, head).digest
    assert digest == weighed(*worked()).digest
    more = {"records/deals/2026/readme.md": b"x", "records/deals/2026/101/mail.txt": b"x"}
    assert digest == weighed({**base, **more}, {**head, **more}).digest
    assert len(digest) == 64


EDITS = [
    (PROPOSAL, "The points.", "The points!"),
    (PROPOSAL, "date: 2026-07-15", "date: 2026-07-16"),
    (MODEL, "qualified_at: 6", "qualified_at: 5"),
    (MODEL, "# The qualification model", "# The model"),
    ("templates/day-30.md", "Held}", "Held on}"),
    ("records/policy/calendar.md", "closed: []", "closed: [2026-12-28]"),
]


@pytest.mark.parametrize(("path", "old", "new"), EDITS)
def test_any_edit_on_the_branch_gives_another_digest(path: str, old: str, new: str) -> None:
    """The proposal's text, the model and every other rule are bound."""
    base, head = worked()
    edited = weighed(base, changed(head, path, (old, new)))
    assert edited.digest != weighed(base, head).digest


@pytest.mark.parametrize(
    "records",
    [
        delivered("105", [OVER], quality="low"),
        delivered("107", [OVER]),
        delivered("107"),
        lost("203"),
        delivered("106", quality="low"),
        delivered("106", timing="partial"),
        lost("202", others="absent", timing="partial"),
    ],
)
def test_other_evidence_gives_another_digest(records: dict[str, bytes]) -> None:
    """A deal more, another flag, another outcome or another score on the main branch is bound."""
    base, head = worked()
    digest = weighed(base, head).digest
    assert weighed({**base, **records}, {**head, **records}).digest != digest


def test_json_is_the_contract() -> None:
    """The keys come in the contract's order, with its values; more may follow."""
    evidence = weighed(*worked())
    data = evidence_data(evidence, "claimed")
    assert json.loads(json.dumps(data)) == data
    assert list(data)[:12] == [
        *("proposal", "dimension", "claim", "for", "against", "silent", "needed", "enough"),
        *("changes", "council", "impact", "digest"),
    ]
    assert data["approval"] == "claimed"
    assert (data["for"], data["against"], data["silent"]) == (
        *(["101", "102", "103"], ["104", "105"], ["106"]),
    )
    assert data["changes"] == [
        {
            "subject": "dimensions.timing.levels.strong",
            "before": "2",
            "after": "1",
            "reclassifies": False,
        },
        {"subject": "version", "before": "1", "after": "2", "reclassifies": False},
    ]
    impact = data["impact"]
    assert isinstance(impact, dict)
    assert list(impact) == ["deals", "flips", "agree_before", "agree_after"]
    assert impact["deals"][0] == {
        "deal": "101",
        "before": "qualified",
        "after": "not qualified",
        "outcome": "low",
        "in_sample": True,
    }
    assert (impact["flips"], impact["agree_before"], impact["agree_after"]) == (
        *(6, {"k": 3, "n": 8}, {"k": 5, "n": 8}),
    )


def test_chance_alone_makes_few_deals_agree() -> None:
    """With 5 dimensions and 3 deals, it does so in 76 of 100 cases; with more deals in fewer."""
    assert round(100 * chance(5, 3)) == 76
    assert [chance(5, 0), chance(5, 1), chance(1, 2)] == [1.0, 1.0, 0.5]
    assert all(chance(5, n) > chance(5, n + 1) for n in range(1, 30))
    assert "at least one of 5 dimensions" in limits(5, 3)
    assert limits(5, 3).endswith("in 76 of 100 cases")
    assert limits(5, 0) == ""
    assert "fewer than 1 of 100" in limits(5, 40)


def test_a_change_cannot_rewrite_the_page_that_it_is_judged_by() -> None:
    """The comment's layout is that of the main branch, and the edit of it is on the list."""
    base, head = worked()
    head = {**head, "templates/evidence.md.j2": b"All is well.\n"}
    page = evidence_page(weighed(base, head), "none")
    assert page.startswith("**Enough evidence")
    assert "templates/evidence.md.j2 is changed" in page


def decision(head: dict[str, bytes], evidence: Evidence, what: str) -> Record:
    """Return the CRO's decision on what was shown."""
    ledger = ledger_of({**head, **approval("0001", what, evidence.digest)})
    return next(record for record in ledger.records if record.kind == "approval")


def test_an_amendment_is_a_draft_until_exactly_this_is_approved() -> None:
    """Its first line says draft without a decision, with another one, and when it is void."""
    base, head = worked()
    evidence = weighed(base, head)
    approved = decision(head, evidence, "approved")
    for record, first in (
        (None, "**Draft: the CRO has not approved it.**"),
        (
            decision(head, evidence, "rejected"),
            "**Draft: records/approvals/0001.md says rejected.**",
        ),
        (approved, "# Amendment of SOP-REV-lead-qualification, v1.0 to v1.1"),
    ):
        assert amendment(evidence, record).split("\n")[0] == first
    other = weighed(base, changed(head, MODEL, ("qualified_at: 6", "qualified_at: 5")))
    assert "so it is void" in amendment(other, approved).split("\n")[0]
    text = amendment(evidence, approved)
    assert "- **Approval:** records/approvals/0001.md, 2026-07-20." in text
    row = "| v1.1 | 2026-07-20 | Timing: 'strong' gives 1 point instead of 2. Proposal timing, "
    assert f"{row}approval 0001. |" in text
    assert "Northwind" not in text


def test_the_shipped_records_can_be_weighed() -> None:
    """The example that ships: four deals flag Timing as over-scored, one speaks against it."""
    files = read_files(HOME / "templates", "templates") | read_files(HOME / "records", "records")
    for path in [path for path in files if "/proposals/" in path or "/approvals/" in path]:
        del files[path]
    head = {**tuned(files), **proposal(date="2026-10-30")}
    evidence = weighed(files, head)
    assert len(evidence.bearing.supporting) == 4
    assert list(evidence.bearing.against) == ["8994416250"]
    assert evidence.is_enough
    assert evidence.untouched == ("8841207731",)


def weighed_with_errors(base: dict[str, bytes], head: dict[str, bytes]) -> Evidence:
    """Return the evidence from records that have errors."""
    ledgers = [rules.check(Tree(files))[0] for files in (base, head)]
    assert ledgers[0] is not None
    assert ledgers[1] is not None
    return weigh(ledgers[0], ledgers[1], *proposals_of(ledgers[1]))


def test_a_proposal_without_a_date_is_never_enough() -> None:
    """Nothing can have been known by a day that is not named."""
    files = before(*(delivered(f"10{n}", [OVER]) for n in range(3)))
    head = changed({**tuned(files), **proposal()}, PROPOSAL, ("date: 2026-07-15", "date: TBD"))
    evidence = weighed_with_errors(files, head)
    assert evidence.shortfalls == ("the proposal has no date",)
    assert evidence.later == ("100", "101", "102")
    assert "filed without a date" in evidence_page(evidence, "none")


def test_a_deal_without_scores_is_listed() -> None:
    """A past deal that nobody scored, or whose handoff is not there, is missing by name."""
    files = before(delivered("101", [OVER]), delivered("102"))
    del files["records/deals/2026/101/pre-delivery.md"]
    evidence = weighed_with_errors(files, {**tuned(files), **proposal()})
    assert evidence.test.missing == {"101": "no record holds its scores"}
    assert [each.deal for each in evidence.test.deals] == ["102"]
    page = evidence_page(evidence, "none")
    assert '- **For (1):**\n  - 101: "x"\n' in page
    assert "- **Not back-tested:** 101: no record holds its scores." in page


def test_long_lists_are_folded() -> None:
    """The comment names the first deals that stay as they are, and counts the rest."""
    files = before(*(lost(f"{n}", timing="absent") for n in range(201, 221)))
    page = evidence_page(weighed(files, {**tuned(files), **proposal()}), "none")
    assert "Customer 215 (215) and 5 more." in page
    assert "216" not in page.partition("### What an approval binds")[0]


def test_a_template_that_breaks_a_table_is_refused() -> None:
    """A row with other bars than its head would hide a cell in silence."""
    base, head = worked()
    base["templates/evidence.md.j2"] = b"| a | b |\n| --- | --- |\n| c |\n"
    with pytest.raises(CannotGoOn, match="draws a row that breaks its table"):
        evidence_page(weighed(base, head), "none")


def test_an_amendment_holds_to_the_rules_of_the_sop() -> None:
    """No approval of another proposal, or of too little evidence, makes an amendment."""
    base, head = worked()
    evidence = weighed(base, head)
    other = {**approval("0002", "approved", evidence.digest, about="calendar")}
    calendar = {
        "records/proposals/calendar.md": proposal("")[PROPOSAL].replace(b"timing", b"calendar")
    }
    ledger = ledger_of({**head, **calendar, **other})
    record = next(each for each in ledger.records if each.kind == "approval")
    assert amendment(evidence, record).startswith(
        "**Draft: records/approvals/0002.md decides another proposal.**"
    )
    early = {**head, **proposal(date="2026-06-01")}
    evidence = weighed(base, early)
    assert amendment(evidence, decision(early, evidence, "approved")).startswith(
        "**Draft: the evidence is not enough.**"
    )


def test_an_amendment_without_a_named_sop_makes_no_version_up() -> None:
    """Where qualification.md names no SOP, the amendment says so."""
    base, head = worked()
    line = "amends: {sop: SOP-REV-lead-qualification, version: v1.0}\n"
    bare = [changed(files, MODEL, (line, "")) for files in (base, head)]
    text = amendment(weighed(*bare), None)
    assert (
        "Amendment of the SOP that qualification.md does not name, its version to the next" in text
    )
    # A change that names it in the same branch will do.
    assert "SOP-REV-lead-qualification, v1.0 to v1.1" in amendment(weighed(bare[0], head), None)


def test_a_change_of_other_rules_amends_nothing() -> None:
    """The amendment of a proposal that leaves the model alone says that nothing is to be done."""
    files = before(delivered("101"))
    head = changed(files, "records/policy/calendar.md", ("closed: []", "closed: [2026-12-28]"))
    text = amendment(weighed(files, {**head, **proposal("")}), None)
    assert "changes nothing that stands in SOP-REV-lead-qualification." in text
    assert "change log" not in text
