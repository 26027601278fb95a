"""Who owes what by when, most urgent first: as lines for a person, as JSON for a script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from winloss.core.deals.receipts import key_of, read_receipts
from winloss.core.repository.tree import RECEIPTS
from winloss.core.wording import listed, one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from winloss.core.deals.ledger import Ledger
    from winloss.core.owed.obligation import Obligation, State

_URGENCY: tuple[State, ...] = ("overdue", "due", "waiting", "late", "met")


@dataclass(frozen=True, slots=True)
class Line:
    """One open obligation in words, and its state."""

    state: State
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """What one role owes: its title, and the lines, most urgent first."""

    owner: str
    lines: tuple[Line, ...]


def by_urgency(obligations: Iterable[Obligation], today: date) -> list[Obligation]:
    """Return obligations overdue, then due, then waiting, then answered; each by its day.

    What has no deadline stands after what is due today.
    """
    return sorted(
        obligations,
        key=lambda each: (
            _URGENCY.index(each.state(today)),
            each.due or date.max,
            each.deal,
            each.kind,
            each.number,
        ),
    )


def asked_for(
    obligations: Iterable[Obligation],
    today: date,
    within: int | None,
    roles: Collection[str] | None,
) -> list[Obligation]:
    """Return what some roles owe, without what is due later than in so many days."""
    until = date.max if within is None else today + timedelta(days=within)
    return [
        each
        for each in obligations
        if (roles is None or any(map(each.is_owed_by, roles)))
        and (each.due is None or each.due <= until)
    ]


def pages(ledger: Ledger, obligations: Iterable[Obligation], today: date) -> list[Page]:
    """Return what is open, role by role in the order of the policy, most urgent first.

    An owner that the policy does not list comes last: what is counted is shown.
    """
    roles = ledger.policy.vocabulary("roles.roles")
    ordered = [each for each in by_urgency(obligations, today) if each.is_open]
    whens = {each.key: when(each, today) for each in ordered}
    width = max(map(len, whens.values()), default=0)
    return [
        Page(
            one_line(f"{roles.title(role)} ({role})"),
            tuple(
                Line(
                    each.state(today),
                    f"{whens[each.key]:{width}}  {each.due or ''!s:10}  " + in_words(each, ledger),
                )
                for each in ordered
                if each.owner == role
            ),
        )
        for role in dict.fromkeys([*roles.titles, *(each.owner for each in ordered)])
        if any(each.owner == role for each in ordered)
    ]


def when(obligation: Obligation, today: date) -> str:
    """Return how urgent an open obligation is: ``overdue 3 days``, ``today``, ``in 5 days``."""
    if obligation.due is None:
        return "no deadline"
    days = (obligation.due - today).days
    if days == 0:
        return "today"
    span = f"{abs(days)} day{'s' if abs(days) != 1 else ''}"
    return f"in {span}" if days > 0 else f"overdue {span}"


def in_words(obligation: Obligation, ledger: Ledger) -> str:
    """Return what is owed, on which deal, and why, on one line."""
    deal = ledger.deals[obligation.deal]
    who = f"{deal.id} {deal.customer}" if deal.customer else deal.id
    both = f", with {obligation.held_with}" if obligation.held_with else ""
    because = f"{obligation.because}{_opened(obligation, ledger)}"
    return one_line(f"{who}: {obligation.title}{both} ({because})")


def _opened(obligation: Obligation, ledger: Ledger) -> str:
    """Return as which item Monday.com has what an outcome asks for, where winloss opened it."""
    code, is_action, _ = obligation.kind.partition("-action")
    if not is_action or obligation.record is None:
        return ""
    receipts, _ = read_receipts(ledger.tree.files.get(RECEIPTS))
    key = key_of(obligation.deal, obligation.record.path, code)
    receipt = receipts.filed.get(key) if receipts else None
    if receipt is None:
        return ""
    return f"; Monday.com has it as item {receipt.item}: note it, actions_done: [{code}]"


def summary(shown: Sequence[Obligation], left_out: int, today: date) -> str:
    """Return the last line: how much is open, and how much is due later than was asked for."""
    states = [each.state(today) for each in shown if each.is_open]
    undated = sum(each.is_open and each.due is None for each in shown)
    counts = (
        (states.count("overdue"), "overdue"),
        (states.count("due") - undated, "due today"),
        (undated, "without a deadline"),
        (states.count("waiting"), "to come"),
    )
    parts = [f"{count} {what}" for count, what in counts if count]
    later = f" With {left_out} more to come later: winloss due --within 365." if left_out else ""
    return f"{listed(parts) or 'Nothing is owed'}.{later}"


def agenda_data(
    ledger: Ledger, obligations: Iterable[Obligation], today: date
) -> dict[str, object]:
    """Return the contract's JSON. ``due`` is null where the SOP gives no deadline."""
    return {
        "today": str(today),
        "obligations": [
            {
                "deal": each.deal,
                "customer": ledger.deals[each.deal].customer,
                "kind": each.kind,
                "owner": each.owner,
                "due": str(each.due) if each.due else None,
                "state": each.state(today),
                "because": each.because,
                "record": each.record.path if each.record else None,
            }
            for each in by_urgency(obligations, today)
        ],
    }
