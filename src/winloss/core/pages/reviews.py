"""What the quarter's check-ins, reviews and touchpoints said, laid out for the page (R)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.pages.coverage import days
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from winloss.core.deals.record import Record
    from winloss.core.pages.figures import Carried, Rollup
    from winloss.core.pages.findings import Data
    from winloss.core.pages.naming import Naming

KINDS = ("day-30", "day-60", "touchpoint")


def _held(rollup: Rollup, *kinds: str) -> list[Record]:
    """Return the quarter's records of these kinds, in the order of their days."""
    found = [record for record in rollup.accounts.counted if record.kind in kinds]
    return sorted(found, key=lambda each: (str(each.day("held_on")), each.path))


def _titles(naming: Naming, vocabulary: str, codes: Iterable[str] | None) -> list[str]:
    return [naming.title(vocabulary, code) for code in codes or ()]


def review_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return each Day 60 review of the quarter, and what it decided (R §4)."""
    return [
        {
            "name": naming.name(record.deal),
            "held_on": str(record.day("held_on")),
            "outcomes": _titles(naming, "renewal.outcomes", record.codes("outcomes")),
            "signals": _titles(naming, "renewal.signals", record.codes("signals")),
            "pay_again": naming.title("renewal.pay_again", record.text("pay_again")),
            "agreed": "; ".join(_agreed(record, naming)),
        }
        for record in _held(rollup, "day-60")
    ]


def _agreed(record: Record, naming: Naming) -> Iterable[str]:
    """Yield the price, who approved it, when to ask again, and with whom the review was held."""
    price, approver = record.values.get("price"), record.text("price_approved_by")
    if price is not None:
        by = f", approved by the {naming.title('roles.roles', approver)}" if approver else ""
        yield f"${price:,}{by}"
    if record.text("check_back"):
        yield f"check back in {record.text('check_back')}"
    done = _titles(naming, "renewal.outcomes", record.codes("actions_done"))
    if done:
        yield f"done what follows from: {listed(done)}"


def heard_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return each signal of the quarter with its weight and deals; weights are words (R §4)."""
    weights = rollup.ledger.policy.renewal.weights
    heard: dict[str, dict[str, set[str]]] = {}
    for record in _held(rollup, "day-60", "touchpoint"):
        for code in record.codes("signals") or ():
            heard.setdefault(code, {}).setdefault(record.kind, set()).add(record.deal)
    return [
        {
            "title": naming.title("renewal.signals", code),
            "weight": weights.get(code, "unspecified"),
            "reviews": naming.names(sorted(heard[code].get("day-60", ()))),
            "touchpoints": naming.names(sorted(heard[code].get("touchpoint", ()))),
        }
        for code in [*weights, *(each for each in sorted(heard) if each not in weights)]
        if code in heard
    ]


def answer_tally(rollup: Rollup, naming: Naming, field: str) -> list[Data]:
    """Return each answer to one question of the reviews, with its deals; the reviews are ``of``."""
    reviews = _held(rollup, "day-60")
    vocabulary = f"renewal.{field}"
    codes = rollup.ledger.policy.vocabulary(vocabulary).titles
    return [
        {
            "title": naming.title(vocabulary, code),
            "names": naming.names(sorted({record.deal for record in mine})),
            "count": len(mine),
            "of": len(reviews),
        }
        for code in codes
        for mine in [[each for each in reviews if code in _answers(each, field)]]
        if mine
    ]


def _answers(record: Record, field: str) -> tuple[str, ...]:
    return record.codes(field) or (record.text(field),)


def question_quotes(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return what each review noted below each of its questions (R §5)."""
    reviews = _held(rollup, "day-60")
    questions = dict.fromkeys(title for record in reviews for title in record.form.sections)
    return [
        {
            "question": question,
            "answers": [
                {"name": naming.name(record.deal), "blocks": record.sections[question].answers}
                for record in reviews
                if question in record.sections
            ],
        }
        for question in questions
    ]


def contact_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return each check-in and touchpoint of the quarter: what was flagged, heard and noted."""
    return [
        {
            "name": naming.name(record.deal),
            "what": record.form.title,
            "held_on": str(record.day("held_on")),
            "channel": naming.title("renewal.channels", record.text("channel")),
            "flags": _titles(naming, "renewal.cro_flags", record.codes("cro_flags")),
            "signals": _titles(naming, "renewal.signals", record.codes("signals")),
            "blocks": [block for each in record.sections.values() for block in each.answers],
        }
        for record in _held(rollup, "day-30", "touchpoint")
    ]


def dormant_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return the customers who are dormant at the quarter's end, and since when (R §6)."""
    return [
        {"name": naming.name(deal), "since": str(since)} for deal, since in rollup.dormant.items()
    ]


def action_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return what is to be done at the quarter's end, other than to file a record that is late."""
    return [
        {
            "title": each.title,
            "name": naming.name(each.deal),
            "owner": naming.title("roles.roles", each.owner),
            "because": each.because,
        }
        for each in rollup.actions
    ]


def carried_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return what the quarter before left to do, and what became of it."""
    return [
        {
            "title": each.then.title,
            "name": naming.name(each.then.deal),
            "owner": naming.title("roles.roles", each.then.owner),
            "due": str(each.then.due or "no deadline"),
            "became": _became(each),
        }
        for each in rollup.carried
    ]


def _became(carried: Carried) -> str:
    now = carried.now
    if now is None:
        return "no longer owed"
    moved = f" (by then due {now.due})" if now.due != carried.then.due else ""
    if now.is_open:
        return f"still open{moved}"
    late = f", {days(now.days_late)} late" if now.is_late else ""
    return f"done {now.answered_on}{late}{moved}"
