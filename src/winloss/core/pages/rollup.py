"""The figures of a quarter, each with the deals behind it.

A deal is *won* in the quarter of its handoff, *lost* or *undecided* in the quarter in which it was
closed. Everything that a delivery tells (levels, answers, flags, patterns, friction) counts in the
quarter of the delivery, whenever the record was filed (X §2).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from winloss.core.deals.record import rows_of
from winloss.core.owed.cycle import ends_cycle
from winloss.core.owed.schedule import dormant_since, obligations
from winloss.core.pages.accounts import account, errors_here, reasons, sources_of
from winloss.core.pages.figures import (
    Candidate,
    Carried,
    DimensionFigures,
    Friction,
    Level,
    Reviews,
    Rollup,
)
from winloss.core.rulebook.policy import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from winloss.core.days import Quarter
    from winloss.core.deals.ledger import Deal, Ledger
    from winloss.core.deals.record import Record
    from winloss.core.owed.obligation import Obligation
    from winloss.core.problem import Problem

PAGE_TEMPLATE = "rollup.md.j2"
NOT_CODED = "not coded"


def default_quarter(ledger: Ledger, today: date) -> Quarter | None:
    """Return the last quarter that has ended and has records."""
    quarters = {record.quarter(ledger.policy.first_month) for record in ledger.records}
    return max((each for each in quarters if each and each.last_day < today), default=None)


def build_rollups(
    ledger: Ledger, quarter: Quarter, problems: Iterable[Problem]
) -> tuple[Rollup, Rollup]:
    """Return a quarter's figures, and those of the quarter before to compare them with.

    They are a function of the records that count up to the quarter's end. Records with errors are
    excluded, with the error as reason; a record of a later quarter is accounted for and otherwise
    not looked at, so that a page stays true while the next one fills.
    """
    ledger = ledger.without(reasons(errors_here(ledger, quarter, problems)))
    return _build(ledger, quarter), _build(ledger, quarter.previous)


def _build(ledger: Ledger, quarter: Quarter) -> Rollup:
    accounts = account(ledger, quarter)
    ledger = ledger.until(quarter)
    deals = tuple(ledger.deals.values())
    delivered = _delivered_in(deals, quarter)
    well = tuple(deal.id for deal in delivered if _is_good(deal, ledger))
    closed = [deal for deal in deals if deal.loss and quarter.holds(deal.loss.day("closed_on"))]
    candidates = _candidates(deals, quarter, ledger.policy.model.minimum_evidence)
    owed = tuple(obligations(ledger, quarter.last_day))
    mine = tuple(each for each in owed if each.kind in ledger.forms and quarter.holds(each.due))
    is_open = [each for each in owed if each.is_open and _is_asked_by(each, quarter)]
    missing = tuple(
        sorted(
            (each for each in is_open if each.kind in ledger.forms and each.due),
            key=lambda each: (str(each.due), each.deal, each.kind),
        )
    )
    actions = tuple(each for each in is_open if each not in missing)
    carried = _carried(ledger, owed, quarter)
    dormant = {
        deal.id: since for deal in deals if (since := dormant_since(ledger, deal, quarter.last_day))
    }
    told = (*mine, *missing, *actions, *(each.now or each.then for each in carried))
    sources = _sources(ledger, accounts.counted, quarter, candidates, told, dormant)
    return Rollup(
        ledger=ledger,
        quarter=quarter,
        accounts=accounts,
        won=tuple(
            deal.id
            for deal in deals
            if deal.handoff and quarter.holds(deal.handoff.day("handoff_on"))
        ),
        lost=_ended(closed, "lost"),
        undecided=_ended(closed, "no-decision"),
        loss_reasons=_by_code((deal.loss.text("reason"), deal) for deal in closed if deal.loss),
        delivered=delivered,
        delivered_well=well,
        dimensions=tuple(_dimension(name, delivered, ledger) for name in _names(delivered, ledger)),
        patterns=_patterns(delivered),
        friction=_friction(delivered),
        reviews=_reviews(deals, quarter),
        candidates=candidates,
        obligations=mine,
        missing=missing,
        actions=actions,
        carried=carried,
        dormant=dormant,
        sources=sources,
    )


def _is_asked_by(obligation: Obligation, quarter: Quarter) -> bool:
    """Tell whether something is asked for by the quarter's end: by its day, or by no day at all."""
    return obligation.due is None or obligation.due <= quarter.last_day


def _carried(ledger: Ledger, owed: Iterable[Obligation], quarter: Quarter) -> tuple[Carried, ...]:
    """Return what the quarter before left to do until this quarter's end, and what became of it."""
    before, now = quarter.previous, {each.key: each for each in owed}
    return tuple(
        Carried(then, now.get(then.key))
        for then in obligations(ledger.until(before), before.last_day)
        if _is_asked_by(then, quarter)
        and (then.answered_on is None or then.answered_on > before.last_day)
    )


def _sources(
    ledger: Ledger,
    counted: Iterable[Record],
    quarter: Quarter,
    candidates: Iterable[Candidate],
    owed: Collection[Obligation],
    dormant: Iterable[str],
) -> dict[str, str]:
    """Return the files behind the figures: this quarter's, and what they are held against."""
    deals = tuple(ledger.deals.values())
    told = (*_delivered_in(deals, quarter), *_delivered_in(deals, quarter.previous))
    used = (
        *counted,
        *(each for each in ledger.records if each.quarter(quarter.first_month) == quarter.previous),
        *(record for deal in told for record in (deal.handoff, deal.delivery)),
        *(ledger.deals[name].delivery for each in candidates for name in each.deals),
        *(each.record for each in owed),
        *(ledger.deals[each.deal].handoff for each in owed),
        *(ledger.deals[each.deal].delivery for each in owed),
        *(record for name in dormant for record in ledger.deals[name].records),
    )
    named = {record.deal for record in used if record is not None and record.deal}
    used += tuple(ledger.deals[name].named_by for name in named)
    return sources_of(ledger, used, PAGE_TEMPLATE)


def _delivered_in(deals: Iterable[Deal], quarter: Quarter) -> tuple[Deal, ...]:
    return tuple(
        deal for deal in deals if deal.delivery and quarter.holds(deal.delivery.day("delivered_on"))
    )


def _is_good(deal: Deal, ledger: Ledger) -> bool:
    quality = deal.delivery.text("delivery_quality") if deal.delivery else ""
    return quality in ledger.policy.delivered_well


def _ended(closed: Iterable[Deal], outcome: str) -> tuple[str, ...]:
    return tuple(deal.id for deal in closed if deal.loss and deal.loss.text("outcome") == outcome)


def _by_code(pairs: Iterable[tuple[str, Deal]]) -> dict[str, tuple[str, ...]]:
    """Return each code's distinct deals; the code with most deals first, then by name."""
    found: dict[str, set[str]] = {}
    for code, deal in pairs:
        found.setdefault(code, set()).add(deal.id)
    order = sorted(found, key=lambda code: (-len(found[code]), code))
    return {code: tuple(sorted(found[code])) for code in order if code}


def _patterns(delivered: Iterable[Deal]) -> dict[str, tuple[str, ...]]:
    return _by_code(
        (code, deal)
        for deal in delivered
        if deal.delivery
        for code in deal.delivery.codes("pattern_codes") or ()
    )


def codes_of_both(now: Iterable[str], before: Iterable[str]) -> list[str]:
    """Return this quarter's codes in their order, then those that only the one before has."""
    current = list(now)
    return [*current, *sorted(set(before) - set(current))]


def _names(delivered: Iterable[Deal], ledger: Ledger) -> list[str]:
    """Return the model's dimensions, then those that only older records know."""
    names = dict.fromkeys(ledger.policy.model.dimensions)
    for deal in delivered:
        if deal.handoff:
            names |= dict.fromkeys(deal.handoff.scores())
        for record, table in ((deal.handoff, "signals"), (deal.delivery, "flags")):
            for row in rows_of(record, table):
                if "dimension" in row:
                    names.setdefault(str(row["dimension"]))
    return list(names)


def _dimension(name: str, delivered: tuple[Deal, ...], ledger: Ledger) -> DimensionFigures:
    dimension = ledger.policy.model.dimensions.get(name)
    levels: dict[str, list[Deal]] = {level: [] for level in (dimension.levels if dimension else ())}
    answers: dict[str, list[str]] = {answer: [] for answer in ANSWERS}
    flags: dict[str, set[str]] = {}
    for deal in delivered:
        if deal.handoff and name in deal.handoff.scores():
            levels.setdefault(deal.handoff.scores()[name], []).append(deal)
        for answer in _answers_about(deal, name):
            answers.setdefault(answer, []).append(deal.id)
        for row in rows_of(deal.delivery, "flags"):
            if row.get("dimension") == name:
                flags.setdefault(str(row.get("claim")), set()).add(deal.id)
    return DimensionFigures(
        name=name,
        levels={
            level: Level(
                tuple(deal.id for deal in deals),
                tuple(deal.id for deal in deals if _is_good(deal, ledger)),
            )
            for level, deals in levels.items()
        },
        answers={answer: tuple(ids) for answer, ids in answers.items()},
        flags={claim: tuple(sorted(flags[claim])) for claim in sorted(flags)},
    )


def _answers_about(deal: Deal, dimension: str) -> list[str]:
    """Return how the post-mortem answered the deal's signals on one dimension."""
    return [
        str(answer["answer"])
        for signal, answer in deal.answered("signals")
        if signal.get("dimension") == dimension and "answer" in answer
    ]


def _friction(delivered: Iterable[Deal]) -> tuple[Friction, ...]:
    rows = [
        (str(row.get("code", NOT_CODED)), str(row.get("origin", NOT_CODED)), deal)
        for deal in delivered
        for row in rows_of(deal.delivery, "friction")
    ]
    deals = _by_code((code, deal) for code, _, deal in rows)
    return tuple(
        Friction(
            code,
            dict(sorted(Counter(origin for each, origin, _ in rows if each == code).items())),
            ids,
        )
        for code, ids in deals.items()
    )


def _reviews(deals: Iterable[Deal], quarter: Quarter) -> Reviews:
    held = [
        record
        for deal in deals
        for record in deal.records
        if record.kind == "day-60" and quarter.holds(record.day("held_on"))
    ]
    return Reviews(
        held=tuple(sorted(record.deal for record in held)),
        ended=tuple(sorted(record.deal for record in held if ends_cycle(record))),
        outcomes=_tally(code for each in held for code in each.codes("outcomes") or ()),
        signals=_tally(code for each in held for code in each.codes("signals") or ()),
        pay_again=_tally(each.text("pay_again") for each in held if each.text("pay_again")),
    )


def _tally(codes: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(codes).items()))


def _candidates(deals: Iterable[Deal], quarter: Quarter, minimum: int) -> tuple[Candidate, ...]:
    """Return what was flagged in deliveries up to the quarter's end; a deal counts once (X §5)."""
    found: dict[tuple[str, str], set[str]] = {}
    for deal in deals:
        delivered_on = deal.delivery.day("delivered_on") if deal.delivery else None
        if delivered_on is None or delivered_on > quarter.last_day:
            continue
        for row in rows_of(deal.delivery, "flags"):
            if "dimension" in row and "claim" in row:
                key = str(row["dimension"]), str(row["claim"])
                found.setdefault(key, set()).add(deal.id)
    return tuple(
        Candidate(*key, tuple(sorted(found[key])), len(found[key]) >= minimum)
        for key in sorted(found, key=lambda key: (-len(found[key]), key))
    )
