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


def bounds(count: int, of: Sequence[int], at_least: int) -> tuple[int, int]:
    """Return the least and the most that a reader may take a number for.

    ``of`` are the totals that it may not come near: of all deals, and of those that could be in it.
    """
    everyone = max(of)
    if 0 < count < at_least:
        return 1, at_least - 1
    if all(is_safe(count, each, at_least) for each in of):
        return count, count
    least = everyone - at_least + 1 if min(of) == everyone else 0
    return max(at_least, least), everyone - 1


def give_away(
    seen: Mapping[str, tuple[int, int]], alone: Collection[str], of: int, at_least: int
) -> bool:
    """Tell whether answers that a deal may combine give a small number of deals away.

    ``seen`` are the bounds of each, ``alone`` those that go with no other. Each deal gives an
    answer: where the numbers shown do not reach the total, the small ones must make up for the
    rest; and what goes with no other leaves room for the others. What has one way only to do so is
    given away. It hangs on what a reader sees, so that it tells nothing more itself.
    """
    small = [name for name, (_, most) in seen.items() if most < at_least]
    shown = {name: between for name, between in seen.items() if name not in small}
    if any(least == most and not is_safe(least, of, at_least) for least, most in shown.values()):
        return True
    left = of - sum(least for name, (least, _) in shown.items() if name in alone)
    if 0 < left < at_least:
        return True
    rest = of - sum(most for _, most in shown.values())
    if small and rest >= len(small) * (at_least - 1):
        return True
    needed = max((least for name, (least, _) in shown.items() if name not in alone), default=1)
    few = [name for name in small if name in alone]
    return bool(few) and left - needed <= len(few)


def that_may_be_named(
    groups: Sequence[Collection[str]],
    at_least: int,
    among: Sequence[Sequence[Collection[str]]] = (),
) -> list[bool]:
    """Tell of each group of deals whether its deals may go by labels, the first ones first.

    Labels say which deals two groups share. They are given only as long as no combination of
    labelled groups singles out fewer than ``at_least`` deals; nor one with what else is counted of
    the same deals (``among``, for each group: all that could be in it, those delivered well).
    """
    named: list[Collection[str]] = []
    found = []
    for at, group in enumerate(groups):
        tried = [*named, group, *(among[at] if among else ())]
        alike = Counter(
            tuple(deal in each for each in tried)
            for deal in {deal for each in tried for deal in each}
        )
        may_be = bool(group) and min(alike.values()) >= at_least
        found.append(may_be)
        if may_be:
            named = tried
    return found
