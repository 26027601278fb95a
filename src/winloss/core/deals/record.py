"""One record: a document read through its form.

The form gives every value its type; a value that does not fit is refused with its place, never
bent. ``[]`` means none observed, a missing or held place means not answered (None here), and the
two are never confused (X §3, "if any").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

from winloss.core.days import Quarter
from winloss.core.text.node import Entries, Items

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winloss.core.rulebook.form import Form, Rule
    from winloss.core.text.body import Section
    from winloss.core.text.document import Document
    from winloss.core.text.node import Place

Row = dict[str, str | date | int]
Value = str | date | int | tuple[str, ...] | tuple[Row, ...] | dict[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """A record's answers by field; a field without an answer is absent.

    ``misfits`` are answers to provisional fields that do not fit, in words: only warned of, and not
    to be lost.
    """

    document: Document
    form: Form
    values: Mapping[str, Value]
    sections: Mapping[str, Section]
    misfits: Mapping[str, str]

    @property
    def path(self) -> str:
        """Where the record stands."""
        return self.document.path

    @property
    def kind(self) -> str:
        """The form that it was written on."""
        return self.form.kind

    @property
    def deal(self) -> str:
        """The deal's id, as typed; empty for a record that belongs to no deal."""
        return self.text("deal")

    @property
    def filed_on(self) -> date | None:
        """The day it was filed."""
        return self.day("date")

    def quarter(self, first_month: int) -> Quarter | None:
        """Return the quarter in which the record counts; None when its date is not answered."""
        day = self.day(self.form.counts_on) if self.form.counts_on else None
        return None if day is None else Quarter.of(day, first_month)

    def counts_after(self, quarter: Quarter) -> bool:
        """Tell whether the record is known to count in a later quarter."""
        counts_in = self.quarter(quarter.first_month)
        return counts_in is not None and counts_in > quarter

    def is_filed_after(self, quarter: Quarter) -> bool:
        """Tell whether a record of a kind that counts in no quarter was filed after this one."""
        is_later = self.filed_on is not None and self.filed_on > quarter.last_day
        return is_later and not self.form.counts_on

    def text(self, field: str) -> str:
        """Return a text or a choice; empty when not answered."""
        value = self.values.get(field)
        return value if isinstance(value, str) else ""

    def day(self, field: str) -> date | None:
        """Return a date."""
        value = self.values.get(field)
        return value if isinstance(value, date) else None

    def codes(self, field: str) -> tuple[str, ...] | None:
        """Return a list; empty means none observed, None not answered or no list."""
        return cast("tuple[str, ...] | None", self._of_type("list", field))

    def rows(self, field: str) -> tuple[Row, ...] | None:
        """Return a table's rows; empty means none observed, None not answered or no table."""
        return cast("tuple[Row, ...] | None", self._of_type("table", field))

    def scores(self) -> Mapping[str, str]:
        """Return the level of each dimension that was scored."""
        return cast("dict[str, str]", self._of_type("scores", "scores") or {})

    def _of_type(self, type_: str, field: str) -> Value | None:
        form = self.form.fields.get(field)
        return self.values.get(field) if form is not None and form.type == type_ else None

    def unanswered(self) -> list[str]:
        """Return the titles of the fields and sections that the record owes and does not answer."""
        fields = self.form.fields.values()
        return [
            *(each.title for each in fields if self._owes(each.rule, each.name, self.values)),
            *(
                each.title
                for each in self.form.sections.values()
                if self._owes(each.rule, each.title, self.sections)
            ),
        ]

    def _owes(self, rule: Rule, name: str, answers: Mapping[str, object]) -> bool:
        with_answered = rule.required_with in self.values
        if name in answers or name in self.misfits:
            return False
        return is_owed(rule, self.filed_on, with_answered=with_answered)

    def place(self, field: str, row: int | None = None, column: str = "") -> Place:
        """Return where a field, one of its rows or one cell stands, for a problem about it."""
        entry = self.document.front.entries.get(field)
        if entry is None:
            return self.document.body_line - 1, 1
        node = entry.value
        if row is not None and isinstance(node, Items) and row < len(node.values):
            node = node.values[row]
            if isinstance(node, Entries):
                return (node.get(column) or node).place
        return node.place


def rows_of(record: Record | None, table: str) -> list[Row]:
    """Return a table's rows that say something; none without a record or an answer."""
    return [row for row in (record.rows(table) if record else None) or () if row]


def is_owed(rule: Rule, filed_on: date | None, *, with_answered: bool) -> bool:
    """Tell whether an answer is owed: its rule was in force, and what it goes with is answered."""
    if rule.since is not None and filed_on is not None and filed_on < rule.since:
        return False
    return with_answered if rule.required_with else rule.is_required
