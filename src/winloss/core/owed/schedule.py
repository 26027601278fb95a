"""What every deal owes: from the forms' ``due:``, the records, and what reviews led to.

No date rule stands here: the spans are the forms'.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from winloss.core.owed.actions import actions_of, contacts_by
from winloss.core.owed.cycle import Contact, Turn, contacts_of, ends_cycle, openings_of, turns_of
from winloss.core.owed.obligation import CHECK_BACK, CHECK_IN, Obligation
from winloss.core.rulebook.renewal import GONE_QUIET
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from winloss.core.days import Span
    from winloss.core.deals.ledger import Deal, Ledger
    from winloss.core.deals.record import Record
    from winloss.core.rulebook.form import Due, Form


def obligations(ledger: Ledger, today: date, unusable: Container[str] = ()) -> Iterator[Obligation]:
    """Yield what each deal owes or owed, deal by deal: all up to a day, and the next of each kind.

    A record whose path is among the ``unusable`` has errors: its dates count, and it answers
    nothing and closes no deal. A deal that was closed without being won owes nothing more; a
    cycle that has ended, no check-in and no promise to ask again. A summary may be filed, and a
    post-mortem held, after the day: a page of that day tells of it.
    """
    for deal in ledger.deals.values():
        records = _Owing(ledger, deal, today, unusable).records()
        is_lost = _is_lost(deal, today, unusable)
        ended_on = _ended_on(deal, today, unusable)
        for each in (*records, *actions_of(ledger, deal, today, unusable)):
            is_moot = each.kind in {CHECK_IN, CHECK_BACK} and each.since < ended_on
            if not each.is_open or not (is_lost or is_moot):
                yield each


def owed_on(ledger: Ledger, today: date, unusable: Container[str] = ()) -> Iterator[Obligation]:
    """Yield the obligations as they stand on a day, for whoever has to do something about them."""
    return (each.as_of(today) for each in obligations(ledger, today, unusable))


def _is_lost(deal: Deal, today: date, unusable: Container[str]) -> bool:
    """Tell whether a deal was closed without being won by a day."""
    closed_on = deal.loss.day("closed_on") if deal.loss else None
    if deal.loss is None or deal.loss.path in unusable:
        return False
    return closed_on is None or closed_on <= today


def _ended_on(deal: Deal, today: date, unusable: Container[str]) -> date:
    """Return the day of the last review that ended the cycle; a day before all without one."""
    reviews = contacts_by(deal, today, unusable, "day-60")
    return max((day for day, review in reviews if ends_cycle(review)), default=date.min)


def dormant_since(
    ledger: Ledger, deal: Deal, today: date, unusable: Container[str] = ()
) -> date | None:
    """Return since when the deal's customer is dormant; None when it is not (R §6)."""
    owing = _Owing(ledger, deal, today, unusable)
    for form in ledger.forms.values():
        start = owing.start(form)
        if form.due is not None and form.due.follows and start is not None:
            contacts = owing.contacts_so_far(form, form.due)
            return owing.turns(contacts, form.due, start[1])[1]
    return None


@dataclass(frozen=True, slots=True)
class _Owing:
    """One deal, looked at on one day."""

    ledger: Ledger
    deal: Deal
    today: date
    unusable: Container[str]

    def records(self) -> Iterator[Obligation]:
        forms = sorted(self.ledger.forms.values(), key=lambda form: form.kind)
        followers = {form.due.follows: form for form in forms if form.due and form.due.follows}
        for form in forms:
            start = self.start(form)
            if form.due is not None and start is not None:
                if form.due.every is not None:
                    yield from self._touchpoints(form, form.due, start)
                elif form.kind in followers:
                    yield from self._reviews(form, form.due, start, followers[form.kind])
                else:
                    yield self._once(form, form.due, start)

    def start(self, form: Form) -> tuple[str, date] | None:
        """Return the first date that a form counts from and the records know, in words and as day.

        Until the delivery this is the day on which it is expected, and it says so (X §2).
        """
        for name in form.due.after if form.due else ():
            kind, _, field = name.partition(".")
            record = self.deal.record(kind)
            day = record.day(field) if record else None
            if record is not None and day is not None:
                return f"{record.form.fields[field].title.lower()} {day}", day
        return None

    def _due_on(self, span: Span, start: tuple[str, date]) -> tuple[date | None, str]:
        """Return the day that lies a span after the start, and why it is that day."""
        day = span.after(start[1], self.ledger.policy.closed)
        return day, f"{start[0]} + {span}" if span.count else start[0]

    def _once(self, form: Form, due: Due, start: tuple[str, date]) -> Obligation:
        record = self.deal.record(form.kind)
        answered_on = record.day(due.met_by) if record and self._is_usable(record) else None
        if answered_on is None and form.kind == CHECK_IN:
            record, answered_on = self._gone_quiet()
        return self._of(form, start[1], self._due_on(due.within, start), 1, (record, answered_on))

    def _gone_quiet(self) -> tuple[Record | None, date | None]:
        """Return the review that says that the check-in was sought in vain (R §4)."""
        for day, review in contacts_by(self.deal, self.today, self.unusable, "day-60"):
            if GONE_QUIET in (review.codes("signals") or ()):
                return review, day
        return None, None

    def _is_usable(self, record: Record) -> bool:
        return record.path not in self.unusable

    def _of(
        self,
        form: Form,
        since: date,
        due: tuple[date | None, str],
        number: int,
        answer: tuple[Record | None, date | None],
    ) -> Obligation:
        """Return a record that is owed; one that was begun is where the answer goes."""
        record, answered_on = answer
        because = due[1]
        if answered_on is None:
            begun = (each for each in self.deal.all(form.kind) if not self._is_usable(each))
            record = next(begun, None)
            because += "; begun, and has errors" if record else ""
        return Obligation(
            deal=self.deal.id,
            kind=form.kind,
            title=form.title,
            owner=form.filed_by,
            held_with=form.held_with,
            due=due[0],
            since=since,
            because=because,
            number=number,
            record=record,
            answered_on=answered_on,
        )

    # The cycle of R §2 and §6.

    def _contacts(self, form: Form, due: Due) -> list[Contact]:
        """Return the touchpoints of a form, and the reviews that they follow."""
        review = self.ledger.forms.get(due.follows)
        reviews = self.deal.all(review.kind) if review else ()
        days = (review.due.met_by if review and review.due else "date", due.met_by)
        renewal = self.ledger.policy.renewal
        return contacts_of(reviews, self.deal.all(form.kind), days, renewal, self.unusable)

    def contacts_so_far(self, form: Form, due: Due) -> list[Contact]:
        """Return the contacts up to the day; a record may be dated later, by a slip or a plan."""
        return [each for each in self._contacts(form, due) if each.day <= self.today]

    def turns(
        self, contacts: Sequence[Contact], due: Due, start: date
    ) -> tuple[tuple[Turn, ...], date | None]:
        return turns_of(contacts, due, start, self.ledger.policy, self.today)

    def _reviews(
        self, form: Form, due: Due, start: tuple[str, date], follower: Form
    ) -> Iterator[Obligation]:
        assert follower.due is not None  # noqa: S101 - it follows by its due
        for opening in openings_of(self.contacts_so_far(follower, follower.due)):
            since, due_on = start[1], self._due_on(due.within, start)
            if opening.opened_by is not None:  # R §6 gives no deadline for it
                since, due_on = opening.opened_by.day, (None, self._signal(opening.opened_by))
            yield self._of(form, since, due_on, opening.number, _answer(opening.review))

    def _signal(self, contact: Contact) -> str:
        titles = self.ledger.policy.vocabulary("renewal.signals")
        heard = listed(titles.title(code) for code in contact.record.codes("signals") or ())
        return f"new signal on {contact.day}: {heard}"

    def _touchpoints(self, form: Form, due: Due, start: tuple[str, date]) -> Iterator[Obligation]:
        for turn in self.turns(self._contacts(form, due), due, start[1])[0]:
            because = _counted_from(start[0], due, turn.number)
            if turn.after_dormancy is not None:
                because = f"dormant: {turn.after_dormancy} + {due.dormant}"
            yield self._of(form, start[1], (turn.due, because), turn.number, _answer(turn.contact))


def _counted_from(start: str, due: Due, number: int) -> str:
    """Return in words from what a turn is counted, and how often the pace was taken."""
    times = number if due.follows else number - 1
    pace = f"{times} x {due.every}" if times > 1 else str(due.every) * times
    within = str(due.within) if due.within.count else ""
    return " + ".join(part for part in (start, within, pace) if part)


def _answer(contact: Contact | None) -> tuple[Record | None, date | None]:
    return (contact.record, contact.day) if contact else (None, None)
