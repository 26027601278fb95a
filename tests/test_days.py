"""Quarters and business days, by cases worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winloss.core.days import Quarter, Span, parse_date

DAYS = st.dates(date(1975, 1, 1), date(2190, 12, 31))


@pytest.mark.parametrize(
    ("day", "first_month", "name"),
    [
        ("2026-01-01", 1, "2026-Q1"),
        ("2026-03-31", 1, "2026-Q1"),
        ("2026-06-30", 1, "2026-Q2"),
        ("2026-12-31", 1, "2026-Q4"),
        ("2026-06-30", 7, "2026-Q4"),
        ("2026-07-01", 7, "2027-Q1"),
        ("2026-12-31", 10, "2027-Q1"),
        ("2026-09-30", 10, "2026-Q4"),
        ("2026-02-15", 12, "2026-Q1"),
    ],
)
def test_a_day_lies_in_its_quarter(day: str, first_month: int, name: str) -> None:
    """A fiscal year that begins later than January is named for the year in which it ends."""
    found = parse_date(day)
    assert found is not None
    assert str(Quarter.of(found, first_month)) == name


@given(DAYS, st.integers(1, 12))
def test_quarters_hold_their_days_and_follow_each_other(day: date, first_month: int) -> None:
    """Every day lies between the first and the last day of exactly one quarter."""
    quarter = Quarter.of(day, first_month)
    assert quarter.first_day <= day <= quarter.last_day
    assert quarter.holds(quarter.first_day)
    assert quarter.holds(quarter.last_day)
    assert not quarter.next.holds(day)
    assert not quarter.previous.holds(day)
    assert quarter.next.previous == quarter.previous.next == quarter
    assert Quarter.parse(str(quarter), first_month) == quarter


@pytest.mark.parametrize(
    ("start", "closed", "due"),
    [
        ("2026-06-12", [], "2026-06-19"),  # a Friday
        ("2026-06-13", [], "2026-06-19"),  # a Saturday
        ("2026-06-14", [], "2026-06-19"),  # a Sunday
        ("2026-06-15", [], "2026-06-22"),  # a Monday
        ("2026-12-23", [], "2026-12-30"),
        ("2026-12-23", ["2026-12-25", "2027-01-01"], "2026-12-31"),
        ("2026-12-28", ["2027-01-01"], "2027-01-05"),  # across a year's end
        ("2028-02-29", [], "2028-03-07"),  # a leap day
    ],
)
def test_five_business_days(start: str, closed: list[str], due: str) -> None:
    """Counting starts the day after; weekends and closed days do not count."""
    days = {parse_date(day) for day in closed}
    first = parse_date(start)
    assert first is not None
    found = Span(5, in_business_days=True).after(first, {day for day in days if day})
    assert found == parse_date(due)


@pytest.mark.parametrize("text", ["2026-1-5", "2026-02-30", "1969-12-31", "2200-01-01", "", "x"])
def test_what_is_no_day(text: str) -> None:
    """Only YYYY-MM-DD names a day, from 1970 to 2199."""
    assert parse_date(text) is None
