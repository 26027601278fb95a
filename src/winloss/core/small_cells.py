"""Keep a small number of deals from being shown, and from being worked out from what is shown.

A number is small from 1 to one below ``at_least``: it may tell a reader which customer is meant.
With ``at_least`` 1 none is.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    Cells = Mapping[str, Collection[str]]


def taken_together(cells: Cells, at_least: int) -> list[str]:
    """Return the cells that may not stand alone, where each deal is in one of the cells.

    The small ones. Where their sum would give them away (it is small itself, or can be made up in
    one way only), the smallest of the others with them; all of these if several are equal, since
    which of them stands alone would tell.
    """
    filled = [name for name in cells if cells[name]]
    small = [name for name in filled if len(cells[name]) < at_least]
    total = sum(len(cells[name]) for name in small)
    if not small or (total >= at_least and len(small) < total < len(small) * (at_least - 1)):
        return small
    least = min((len(cells[name]) for name in filled if name not in small), default=0)
    return [*small, *(name for name in filled if len(cells[name]) == least)]


def in_words(count: int, of: int, at_least: int) -> str:
    """Return a number of deals, of those that could be among them; a small one as a bound.

    Where all but a few are among them, those few must not be given away either.
    """
    if 0 < count < at_least:
        return f"fewer than {at_least}"
    if 0 < of - count < at_least:
        return f"{max(0, of - at_least + 1)} or more"
    return str(count)


def is_safe(count: int, of: int, at_least: int) -> bool:
    """Tell whether neither a number of deals nor what is left of the total is small."""
    return not (0 < count < at_least or 0 < of - count < at_least)


def that_may_be_named(groups: Sequence[Collection[str]], at_least: int) -> list[bool]:
    """Tell of each group of deals whether its deals may go by labels, the first ones first.

    Labels say which deals two groups share. They are given only as long as no combination of
    labelled groups singles out fewer than ``at_least`` deals.
    """
    named: list[Collection[str]] = []
    found = []
    for group in groups:
        tried = [*named, group]
        alike = Counter(
            tuple(deal in each for each in tried)
            for deal in {deal for each in tried for deal in each}
        )
        may_be = bool(group) and min(alike.values()) >= at_least
        found.append(may_be)
        if may_be:
            named.append(group)
    return found
