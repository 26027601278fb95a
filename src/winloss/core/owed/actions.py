"""What a deal's records ask for, other than another record: each with who does it, and why.

A post-mortem, the CRO's answer to a flag, what follows from the outcomes of a review, and the
promise to ask again. The SOPs give no deadline for these, but for the last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from winloss.core.days import Quarter
from winloss.core.owed.obligation import CHECK_BACK, CHECK_IN, CRO_FLAG, Obligation
from winloss.core.rulebook.renewal import Action
from winloss.core.wording import listed, slug

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from winloss.core.deals.ledger import Deal, Ledger
    from winloss.core.deals.record import Record
    from winloss.core.rulebook.form import Form


def actions_of(
    ledger: Ledger, deal: Deal, today: date, unusable: Container[str]
) -> Iterator[Obligation]:
    """Yield what a deal's records ask for by a day.

    A record among the ``unusable`` answers nothing; a contact after the day asks and answers
    nothing yet.
    """
    asking = _Asking(ledger, deal, today, unusable)
    for form in sorted(ledger.forms.values(), key=lambda form: form.kind):
        yield from asking.later_parts(form)
    yield from asking.followed()


@dataclass(frozen=True, slots=True)
class _Asking:
    """The records of one deal, looked at on one day."""

    ledger: Ledger
    deal: Deal
    today: date
    unusable: Container[str]

    def _is_usable(self, record: Record) -> bool:
        return record.path not in self.unusable

    def later_parts(self, form: Form) -> Iterator[Obligation]:
        """Yield the parts of a record that are answered later in the same file (X §2)."""
        record = self.deal.record(form.kind)
        begun_on = record.day(form.counts_on) if record else None
        if record is None or begun_on is None:
            return
        for part in form.later_parts:
            yield self._action(
                record,
                slug(part.title),
                Action(part.title, form.filed_by),
                f"{form.fields[form.counts_on].title.lower()} {begun_on}",
                answered_on=record.day(part.name) if self._is_usable(record) else None,
            )

    def followed(self) -> Iterator[Obligation]:
        """Yield what Day 30 and the reviews led to (R §3, §4)."""
        for record in self.deal.all(CHECK_IN):
            if record.codes("cro_flags") and (record.day("held_on") or date.min) <= self.today:
                yield self._flag(record)
        reviews = contacts_by(self.deal, self.today, self.unusable, "day-60")
        for number, (_, review) in enumerate(reviews, 1):
            yield from self._actions(review, number)
            quarter = Quarter.parse(review.text("check_back"), self.ledger.policy.first_month)
            if quarter is not None:
                yield self._check_back(review, quarter, number)

    def _flag(self, record: Record) -> Obligation:
        """Return what Day 30 flagged to the CRO: answered by the next review (R §3)."""
        policy = self.ledger.policy
        titles = policy.vocabulary("renewal.cro_flags")
        flags = listed(titles.title(code) for code in record.codes("cro_flags") or ())
        held_on = record.day("held_on")
        answered_on, answer = self._contact_since(held_on or date.max, "day-60")
        return self._action(
            record,
            CRO_FLAG,
            Action(f"Answer the flag: {flags}", policy.renewal.flags_answered_by),
            f"{record.form.title} of {held_on or 'a day that is not answered'}",
            answered_on=answered_on,
            answer=answer,
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
        """Return the promise to ask again in a quarter (R §4, "check back in Q3").

        The review that gives the promise does not keep it, even in that quarter.
        """
        held_on = review.day("held_on")
        from_day = max(quarter.first_day, held_on + timedelta(days=1)) if held_on else date.max
        answered_on, answer = self._contact_since(from_day, "day-60", "touchpoint")
        return self._action(
            review,
            CHECK_BACK,
            Action(f"Check back in {quarter}", review.form.filed_by),
            f"{review.form.title} of {review.day('held_on')}",
            answered_on=answered_on,
            answer=answer,
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
        answer: Record | None = None,
        number: int = 1,
        due: date | None = None,
    ) -> Obligation:
        """Return something to be done about a record, other than to file one.

        The answer stands in that record itself, unless another one gave it.
        """
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
            record=answer or record,
            answered_on=answered_on,
        )

    def _contact_since(self, day: date, *kinds: str) -> tuple[date | None, Record | None]:
        """Return the first contact of these kinds from a day on: its day, and its record."""
        found = contacts_by(self.deal, self.today, self.unusable, *kinds)
        return next((each for each in found if each[0] >= day), (None, None))


def contacts_by(
    deal: Deal, today: date, unusable: Container[str], *kinds: str
) -> list[tuple[date, Record]]:
    """Return a deal's contacts of some kinds up to a day, in their order; none with errors."""
    found = [
        (held_on, each)
        for kind in kinds
        for each in deal.all(kind)
        if each.path not in unusable
        for held_on in [each.day("held_on")]
        if held_on is not None and held_on <= today
    ]
    return sorted(found, key=lambda each: (each[0], each[1].path))
