"""When a record is due, and whether it came in time: from the forms' ``due:`` and the records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from winloss.core.days import business_days_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winloss.core.form import Form
    from winloss.core.ledger import Deal, Ledger
    from winloss.core.record import Record


@dataclass(frozen=True, slots=True)
class Obligation:
    """A record that a deal owes: by which day, since which date, and the record if it is filed.

    ``since`` is the date's name, ``<kind>.<field>``; ``since_day`` the day that it names.
    """

    deal: str
    form: Form
    due: date
    since: str
    since_day: date
    record: Record | None

    @property
    def state(self) -> str:
        """``met`` or ``late`` by the day that the record says it was filed, else ``open``."""
        if self.record is None or self.record.filed_on is None:
            return "open"
        return "met" if self.record.filed_on <= self.due else "late"


def obligations(ledger: Ledger) -> Iterator[Obligation]:
    """Yield what each deal owes, by deal and form (X §2, "Timing"; the form has the rule).

    A deal that was closed without being won owes nothing more.
    """
    for deal in ledger.deals.values():
        for _, form in sorted(ledger.forms.items()):
            start = _start(form, deal)
            if form.due is not None and start is not None and deal.loss is None:
                since, day = start
                if form.due.in_business_days:
                    due = business_days_after(day, form.due.within, ledger.policy.closed)
                else:
                    due = day + timedelta(days=form.due.within)
                yield Obligation(deal.id, form, due, since, day, deal.record(form.kind))


def _start(form: Form, deal: Deal) -> tuple[str, date] | None:
    """Return the first date that the form counts from and the deal's records know."""
    for name in form.due.after if form.due else ():
        kind, _, field = name.partition(".")
        record = deal.record(kind)
        day = record.day(field) if record else None
        if day is not None:
            return name, day
    return None
