"""What every deal owes: from the forms' ``due:``, the records, and what reviews led to.

No date rule stands here: the spans are the forms', the actions and their owners the policy's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from winloss.core.cycle import Contact, Turn, contacts_of, openings_of, turns_of
from winloss.core.days import Quarter
from winloss.core.obligation import Obligation
from winloss.core.renewal import CRO, Action
from winloss.core.wording import listed, slug

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from winloss.core.days import Span
    from winloss.core.form import Due, Form
    from winloss.core.ledger import Deal, Ledger
    from winloss.core.record import Record

CHECK_BACK = "check-back"
CRO_FLAG = "cro-flag"


def obligations(ledger: Ledger, today: date, unusable: Container[str] = ()) -> Iterator[Obligation]:
    """Yield what each deal owes or owed, deal by deal: all up to a day, and the next of each kind.

    A record whose path is among the ``unusable`` has errors: its dates count, and it answers
    nothing. A deal that was closed without being won owes nothing more.
    """
    for deal in ledger.deals.values():
        for each in _Owing(ledger, deal, today, unusable).all():
            if deal.loss is None or not each.is_open:
                yield each


def dormant_since(
    ledger: Ledger, deal: Deal, today: date, unusable: Container[str] = ()
) -> date | None:
    """Return since when the deal's customer is dormant; None when it is not (R §6)."""
    owing = _Owing(ledger, deal, today, unusable)
    for form in ledger.forms.values():
        start = owing.start(form)
        if form.due is not None and form.due.follows and start is not None:
            return owing.turns(form, form.due, start[1])[1]
    return None


@dataclass(frozen=True, slots=True)
class _Owing:
    """One deal, looked at on one day."""

    ledger: Ledger
    deal: Deal
    today: date
    unusable: Container[str]

    def all(self) -> Iterator[Obligation]:
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
            yield from self._later_parts(form)
        yield from self._followed()

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
        return self._of(form, start[1], self._due_on(due.within, start), 1, (record, answered_on))

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

    def turns(self, form: Form, due: Due, start: date) -> tuple[tuple[Turn, ...], date | None]:
        dormant_after = self.ledger.policy.renewal.dormant_after
        return turns_of(self._contacts(form, due), due, start, dormant_after, self.today)

    def _reviews(
        self, form: Form, due: Due, start: tuple[str, date], follower: Form
    ) -> Iterator[Obligation]:
        assert follower.due is not None  # noqa: S101 - it follows by its due
        for opening in openings_of(self._contacts(follower, follower.due)):
            since, due_on = start[1], self._due_on(due.within, start)
            if opening.opened_by is not None:  # R §6 gives no deadline for it
                since, due_on = opening.opened_by.day, (None, self._signal(opening.opened_by))
            yield self._of(form, since, due_on, opening.number, _answer(opening.review))

    def _signal(self, contact: Contact) -> str:
        heard = self._titles("renewal.signals", contact.record.codes("signals"))
        return f"new signal on {contact.day}: {heard}"

    def _touchpoints(self, form: Form, due: Due, start: tuple[str, date]) -> Iterator[Obligation]:
        for turn in self.turns(form, due, start[1])[0]:
            times = f"{turn.number} x " if turn.number > 1 else ""
            because = f"{start[0]} + {due.within} + {times}{due.every}"
            if turn.after_dormancy is not None:
                because = f"dormant: {turn.after_dormancy} + {due.dormant}"
            yield self._of(form, start[1], (turn.due, because), turn.number, _answer(turn.contact))

    # What the SOPs ask for without a day by which it must be done.

    def _later_parts(self, form: Form) -> Iterator[Obligation]:
        """Yield the parts of a record that are answered later in the same file (X §2)."""
        record = self.deal.record(form.kind)
        begun_on = record.day(form.counts_on) if record else None
        for part in form.later_parts if record and begun_on else ():
            assert record is not None  # noqa: S101 - the line before says so
            yield self._action(
                record,
                slug(part.title),
                Action(part.title, form.filed_by),
                f"{form.fields[form.counts_on].title.lower()} {begun_on}",
                answered_on=record.day(part.name) if self._is_usable(record) else None,
            )

    def _followed(self) -> Iterator[Obligation]:
        """Yield what Day 30 and the reviews led to (R §3, §4)."""
        for record in self.deal.all("day-30"):
            if record.codes("cro_flags"):
                yield self._flag(record)
        reviews = [each for each in self.deal.all("day-60") if self._is_usable(each)]
        for number, review in enumerate(reviews, 1):
            yield from self._actions(review, number)
            quarter = Quarter.parse(review.text("check_back"), self.ledger.policy.first_month)
            if quarter is not None:
                yield self._check_back(review, quarter, number)

    def _flag(self, record: Record) -> Obligation:
        """Return what Day 30 flagged to the CRO: answered by the next review (R §3)."""
        title = self._titles("renewal.cro_flags", record.codes("cro_flags"))
        held_on = record.day("held_on") or date.max
        return self._action(
            record,
            CRO_FLAG,
            Action(f"Answer the flag: {title}", CRO),
            f"{record.form.title} of {held_on}",
            answered_on=self._contacted_since(held_on, ("day-60",)),
        )

    def _actions(self, review: Record, number: int) -> Iterator[Obligation]:
        """Yield what follows from each outcome of a review; done when the review says so (R §4)."""
        titles = self.ledger.policy.vocabulary("renewal.outcomes")
        for code in review.codes("outcomes") or ():
            action = self.ledger.policy.renewal.actions.get(code)
            if action is not None:
                because = f"{titles.title(code)}, {review.form.title} of {review.day('held_on')}"
                is_done = code in (review.codes("actions_done") or ())
                yield self._action(
                    review,
                    f"{code}-action",
                    action,
                    because,
                    answered_on=review.day("held_on") if is_done else None,
                    number=number,
                )

    def _check_back(self, review: Record, quarter: Quarter, number: int) -> Obligation:
        """Return the promise to ask again in a quarter (R §4, "check back in Q3")."""
        answered_on = self._contacted_since(quarter.first_day, ("day-60", "touchpoint"))
        return self._action(
            review,
            CHECK_BACK,
            Action(f"Check back in {quarter}", review.form.filed_by),
            f"{review.form.title} of {review.day('held_on')}",
            answered_on=answered_on,
            number=number,
            due=quarter.last_day,
        )

    def _action(
        self,
        record: Record,
        kind: str,
        action: Action,
        because: str,
        *,
        answered_on: date | None,
        number: int = 1,
        due: date | None = None,
    ) -> Obligation:
        """Return something to be done about a record, other than to file one."""
        return Obligation(
            deal=self.deal.id,
            kind=kind,
            title=action.title,
            owner=action.owner,
            held_with="",
            due=due,
            since=record.day(record.form.counts_on) or date.min,
            because=because,
            number=number,
            record=record,
            answered_on=answered_on,
        )

    def _contacted_since(self, day: date, kinds: tuple[str, ...]) -> date | None:
        """Return the first day, from a day on, of which there is a record of one of these kinds."""
        days = [
            each.day("held_on")
            for kind in kinds
            for each in self.deal.all(kind)
            if self._is_usable(each)
        ]
        return min((each for each in days if each is not None and each >= day), default=None)

    def _titles(self, vocabulary: str, codes: tuple[str, ...] | None) -> str:
        titles = self.ledger.policy.vocabulary(vocabulary)
        return listed(titles.title(code) for code in codes or ())


def _answer(contact: Contact | None) -> tuple[Record | None, date | None]:
    return (contact.record, contact.day) if contact else (None, None)
