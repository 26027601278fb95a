"""Dates and quarters. Days only: no time, no zone, and never today's date.

A quarter runs from its first day to its last, both included. A fiscal year that does not begin in
January is named for the calendar year in which it ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_QUARTER = re.compile(r"((?:19[7-9]|20[0-9]|21[0-9])[0-9])-Q([1-4])")
_PAGE = re.compile(r"win-loss-([0-9]{4}-Q[1-4])\.md")
_SPAN = re.compile(r"(0|[1-9][0-9]{0,3}) (business )?days?")
_YEARS = range(1970, 2200)  # a year outside is a slip of the finger, not a deal


def parse_date(text: str) -> date | None:
    """Return the day that a text names as YYYY-MM-DD, 1970 to 2199; None when it names none."""
    if _DATE.fullmatch(text) is None or int(text[:4]) not in _YEARS:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a (fiscal) year that begins in ``first_month``."""

    year: int
    number: int
    first_month: int = 1

    def __str__(self) -> str:
        return f"{self.year:04}-Q{self.number}"

    @classmethod
    def of(cls, day: date, first_month: int = 1) -> Quarter:
        """Return the quarter that a day lies in."""
        months = day.year * 12 + day.month - first_month
        year = months // 12 + (first_month > 1)
        return cls(year, months % 12 // 3 + 1, first_month)

    @classmethod
    def parse(cls, text: str, first_month: int = 1) -> Quarter | None:
        """Return the quarter that a text names as YYYY-QN; None when it names none."""
        match = _QUARTER.fullmatch(text)
        if match is None:
            return None
        return cls(int(match[1]), int(match[2]), first_month)

    @property
    def first_day(self) -> date:
        """The quarter's first day."""
        start = (self.year - (self.first_month > 1)) * 12
        year, month = divmod(start + self.first_month - 1 + 3 * (self.number - 1), 12)
        return date(year, month + 1, 1)

    @property
    def last_day(self) -> date:
        """The quarter's last day."""
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> Quarter:
        """The quarter after this one."""
        if self.number == 4:
            return Quarter(self.year + 1, 1, self.first_month)
        return Quarter(self.year, self.number + 1, self.first_month)

    @property
    def previous(self) -> Quarter:
        """The quarter before this one."""
        if self.number == 1:
            return Quarter(self.year - 1, 4, self.first_month)
        return Quarter(self.year, self.number - 1, self.first_month)

    def holds(self, day: date | None) -> bool:
        """Tell whether a day lies in this quarter; an unanswered day lies in none."""
        return day is not None and Quarter.of(day, self.first_month) == self


def page_name(quarter: Quarter | str) -> str:
    """Return the name of the file that holds a quarter's page (X §4)."""
    return f"win-loss-{quarter}.md"


def quarter_in(name: str) -> str | None:
    """Return the quarter that a page's file is named for; None for another file."""
    match = _PAGE.fullmatch(name)
    return match and match[1]


@dataclass(frozen=True, slots=True)
class Span:
    """A number of days, or of business days."""

    count: int
    in_business_days: bool = False

    def __str__(self) -> str:
        unit = "business day" if self.in_business_days else "day"
        return f"{self.count} {unit}{'s' if self.count != 1 else ''}"

    @classmethod
    def parse(cls, text: str) -> Span | None:
        """Return the span that a text names (``30 days``, ``5 business days``), if it does."""
        match = _SPAN.fullmatch(text)
        return None if match is None else cls(int(match[1]), match[2] is not None)

    def after(self, day: date, closed: Container[date] = ()) -> date:
        """Return the day that lies this span after a day.

        Counting starts the day after; Saturdays, Sundays and closed days are no business days.
        """
        if not self.in_business_days:
            return day + timedelta(days=self.count)
        left = self.count
        while left > 0:
            day += timedelta(days=1)
            left -= day.weekday() < 5 and day not in closed
        return day


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """The days, besides weekends, that are no business days.

    ``source`` names where the public holidays among them come from; empty when there are none.
    """

    listed: frozenset[date]
    holidays: Container[date] = ()
    source: str = ""

    def __contains__(self, day: object) -> bool:
        return day in self.listed or day in self.holidays
