"""The cycle after a delivery: review, touchpoints, dormancy, the review again (R §2, §6).

The first review is owed a fixed span after the delivery. If it ends in no new engagement,
touchpoints are owed at a fixed pace, counted from the delivery and not from one another, so that
one late mail does not move all that follow. A new signal opens the review again. After so many
touchpoints without a signal the customer is dormant, and the pace slows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from winloss.core.rulebook.renewal import ENDING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from winloss.core.deals.record import Record
    from winloss.core.rulebook.form import Due
    from winloss.core.rulebook.policy import Policy
    from winloss.core.rulebook.renewal import Renewal


@dataclass(frozen=True, slots=True)
class Contact:
    """A record of having spoken with the customer, on a day; whether it opens the review again."""

    day: date
    record: Record
    is_review: bool
    has_signal: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """A review that is owed: the first one, or one that a signal opened again."""

    number: int
    opened_by: Contact | None
    review: Contact | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A touchpoint that is owed: its day, and the contact that answers it.

    ``after_dormancy`` is the day of the turn before, where the slower pace is counted from.
    """

    number: int
    due: date
    after_dormancy: date | None
    contact: Contact | None


def contacts_of(
    reviews: Iterable[Record],
    touchpoints: Iterable[Record],
    days: tuple[str, str],
    renewal: Renewal,
    unusable: Container[str],
) -> list[Contact]:
    """Return the contacts with a customer in their order; on one day, a touchpoint comes first.

    ``days`` names the date field of reviews and of touchpoints; a record with errors is no contact.
    """
    found = [
        Contact(day, record, is_review, not is_review and renewal.reopens(record.codes("signals")))
        for records, field, is_review in ((reviews, days[0], True), (touchpoints, days[1], False))
        for record in records
        if record.path not in unusable
        for day in [record.day(field)]
        if day is not None
    ]
    return sorted(found, key=lambda each: (each.day, each.is_review, each.record.path))


def openings_of(contacts: Iterable[Contact]) -> Iterator[Opening]:
    """Yield each review that is or was owed, with the one that was held; several signals open one.

    A review that found a new engagement ends the cycle (R §4, §6).
    """
    number, opened_by, is_open = 1, None, True
    for contact in contacts:
        if contact.is_review and is_open:
            yield Opening(number, opened_by, contact)
            is_open = False
        elif contact.has_signal and not is_open:
            number, opened_by, is_open = number + 1, contact, True
        if contact.is_review and ends_cycle(contact.record):
            return
    if is_open:
        yield Opening(number, opened_by, None)


def turns_of(
    contacts: Sequence[Contact], due: Due, start: date, policy: Policy, today: date
) -> tuple[tuple[Turn, ...], date | None]:
    """Return the touchpoints owed up to a day, the next one, and since when a customer is dormant.

    ``due`` is the touchpoint's, ``start`` the day that it counts from. With no kind of review to
    follow, touchpoints are owed from the start on. A contact after the day answers nothing yet.
    """
    so_far = [each for each in contacts if each.day <= today]
    opened_on, ended_on = _open_span(so_far) if due.follows else (date.min, None)
    if opened_on is None:
        return (), None
    pace = _Pace(due, policy)
    later = [each for each in contacts if each.day > opened_on]
    turns = tuple(pace.turns(start, later, (opened_on, ended_on), today))
    return turns, pace.dormant_since if ended_on is None else None


def ends_cycle(review: Record) -> bool:
    """Tell whether a review found a new engagement, whose own cycle takes over (R §4)."""
    return any(code in ENDING for code in review.codes("outcomes") or ())


def _open_span(contacts: Iterable[Contact]) -> tuple[date | None, date | None]:
    """Return since when touchpoints are owed, and until when if a review ended the cycle."""
    reviews = [each for each in contacts if each.is_review]
    if not reviews or ends_cycle(reviews[0].record):
        return None, None
    return reviews[0].day, next((each.day for each in reviews if ends_cycle(each.record)), None)


class _Pace:
    """Walks from turn to turn; remembers how many went by without a signal."""

    def __init__(self, due: Due, policy: Policy) -> None:
        self.due = due
        self.closed = policy.closed
        self.dormant_after = policy.renewal.dormant_after
        self.quiet = 0
        self.dormant_since: date | None = None

    def turns(
        self,
        start: date,
        contacts: Sequence[Contact],
        span: tuple[date, date | None],
        today: date,
    ) -> Iterator[Turn]:
        """Yield each turn, up to the first one that lies ahead and is not answered.

        A mail up to the turn's day answers it. A contact that comes later answers every turn that
        was missed before it, and not its own: one mail catches up, however many are missing. A
        review answers no turn that still lies ahead: one is owed after it, as after the first.
        """
        assert self.due.every is not None  # noqa: S101 - only what repeats has turns
        day, number = self.due.within.after(start, self.closed), 0
        ahead = list(contacts)
        caught_up: Contact | None = None
        while True:
            is_slow = self.dormant_since is not None and self.due.dormant is not None
            before, pace = day, self.due.dormant if is_slow else self.due.every
            assert pace is not None  # noqa: S101 - is_slow says so
            if number or self.due.follows:  # what follows a review is owed a pace after its day
                day = pace.after(day, self.closed)
            number += 1
            if span[1] is not None and day > span[1]:
                return
            if day <= span[0]:  # before the review, nothing was owed
                continue
            seen = [each for each in ahead if each.day <= day and each is not caught_up]
            in_time = [each for each in seen if not each.is_review or each.day == day]
            ahead = [each for each in ahead if each.day > day]
            if seen:
                self._count(seen)
            if not in_time and ahead and ahead[0] is not caught_up:
                caught_up = ahead[0]
                self._count([caught_up])
            answer = in_time[0] if in_time else ahead[0] if ahead else None
            if answer is not None and answer.day > today:
                answer = None
            yield Turn(number, day, before if is_slow else None, answer)
            if answer is None and day >= today:
                return

    def _count(self, contacts: Sequence[Contact]) -> None:
        """Count what was heard for a turn; a signal or a review begins the count anew."""
        if any(each.has_signal or each.is_review for each in contacts):
            self.quiet, self.dormant_since = 0, None
            return
        self.quiet += 1
        if self.quiet == self.dormant_after:
            self.dormant_since = contacts[0].day
