"""Where every deal stands: what happened last, what is next, how long it has waited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.owed.agenda import by_urgency, when
from winloss.core.owed.schedule import dormant_since, owed_on
from winloss.core.wording import listed, one_line, slug

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from datetime import date

    from winloss.core.deals.ledger import Deal, Ledger
    from winloss.core.deals.record import Record
    from winloss.core.owed.obligation import Obligation


@dataclass(frozen=True, slots=True)
class Standing:
    """One deal on one day.

    ``stage`` is the kind of record, or the later part of one, that tells of the last ``event``;
    ``next`` is None when nothing is owed, ``dormant_since`` when the customer is not dormant.
    """

    deal: Deal
    stage: str
    event: str
    since: date | None
    next: Obligation | None
    dormant_since: date | None


def standings(ledger: Ledger, today: date, unusable: Container[str] = ()) -> list[Standing]:
    """Return where each deal stands, the most urgent first."""
    open_now: dict[str, Obligation] = {}
    for each in by_urgency(owed_on(ledger, today, unusable), today):
        if each.is_open:
            open_now.setdefault(each.deal, each)
    order = {name: place for place, name in enumerate(open_now)}
    found = []
    for deal in ledger.deals.values():
        events = [event for record in deal.records for event in _events(ledger, record)]
        since, stage, event = _last(events, today) or (None, deal.records[-1].kind, "No date yet")
        dormant = dormant_since(ledger, deal, today, unusable)
        found.append(Standing(deal, stage, event, since, open_now.get(deal.id), dormant))
    return sorted(found, key=lambda each: (order.get(each.deal.id, len(order)), each.deal.id))


def _last(
    events: Sequence[tuple[date, str, str]], today: date
) -> tuple[date | None, str, str] | None:
    """Return the last event up to a day; where all lie ahead, the first of them."""
    past = [each for each in events if each[0] <= today]
    if past:
        return max(past, key=lambda each: each[0])
    return min(events, key=lambda each: each[0], default=None)


def _events(ledger: Ledger, record: Record) -> Iterator[tuple[date, str, str]]:
    """Yield what a record tells of: the day, the stage, and what happened in words."""
    form = record.form
    day = record.day(form.counts_on) if form.counts_on else None
    if day is not None:
        yield day, form.kind, _event(ledger, record, day)
    for part in form.later_parts:
        later = record.day(part.name)
        if later is not None:
            yield later, slug(part.title), f"{part.title} {later}"


def _event(ledger: Ledger, record: Record, day: date) -> str:
    """Return in words what a record tells of, with its day."""
    policy, form = ledger.policy, record.form
    if record.kind == "closed-lost":
        outcome = policy.vocabulary("exchange.closed_outcomes").title(record.text("outcome"))
        return f"{outcome} {day}"
    if record.kind in {"pre-delivery", "post-delivery"}:
        return f"{form.fields[form.counts_on].title} {day}"
    titles = policy.vocabulary("renewal.outcomes")
    outcomes = listed(titles.title(code) for code in record.codes("outcomes") or ())
    return f"{form.title} {day}" + (f": {outcomes}" if outcomes else "")


def standing_groups(found: list[Standing], today: date) -> list[tuple[str, list[str]]]:
    """Return the deals as lines below three headings; one without lines is left out."""
    groups: dict[str, list[Standing]] = {"Deals": [], "Dormant customers": [], "Nothing owed": []}
    for each in found:
        is_done = each.next is None
        name = "Dormant customers" if each.dormant_since else "Nothing owed" if is_done else "Deals"
        groups[name].append(each)
    width = max((len(one_line(each.deal.id)) for each in found), default=0)
    names = max((len(one_line(each.deal.customer)) for each in found), default=0)
    return [
        (
            heading,
            [
                f"{one_line(each.deal.id):{width}}  {one_line(each.deal.customer):{names}}  "
                + _in_words(each, today)
                for each in group
            ],
        )
        for heading, group in groups.items()
        if group
    ]


def _in_words(standing: Standing, today: date) -> str:
    """Return the last event, how long ago it was, and what is next."""
    said = standing.event
    if standing.dormant_since:
        said = f"Dormant since {standing.dormant_since}"
    if standing.next is None:
        return one_line(said)
    days = waited(standing, today) or 0
    ago = f" ({days} day{'s' if days != 1 else ''} ago)" if days > 0 else ""
    return one_line(f"{said}{ago}; next: {standing.next.title} ({when(standing.next, today)})")


def waited(standing: Standing, today: date) -> int | None:
    """Return how many days have gone by since the last event; None without one so far."""
    if standing.since is None or standing.since > today:
        return None
    return (today - standing.since).days


def standing_data(standing: Standing, today: date) -> dict[str, object]:
    """Return a deal's line as JSON; ``waited`` is in days since the last event."""
    following = standing.next
    return {
        "deal": standing.deal.id,
        "customer": standing.deal.customer,
        "stage": standing.stage,
        "event": standing.event,
        "since": str(standing.since) if standing.since else None,
        "waited": waited(standing, today),
        "dormant_since": str(standing.dormant_since) if standing.dormant_since else None,
        "next": None
        if following is None
        else {
            "kind": following.kind,
            "owner": following.owner,
            "due": str(following.due) if following.due else None,
            "state": following.state(today),
        },
    }
