"""What ``winloss doctor`` finds: one sign for each check, in words that need no colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from winloss.core.problem import CannotGoOn
from winloss.core.wording import listed, one_line, visible_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_WIDTH = len("signing key")  # the longest name of a check
INDENT = _WIDTH + 10
State = Literal["ok", "look", "mend"]


@dataclass(frozen=True, slots=True)
class Sign:
    """What one check found: ``ok``, worth a ``look``, or to ``mend``; and the command that does.

    ``mend`` says more than ``look``: something does not work, or will be wrong.
    """

    check: str
    state: State
    said: str
    mend: str = ""


def ok(check: str, said: str) -> Sign:
    """Return that a check found nothing unusual."""
    return Sign(check, "ok", said)


def look(check: str, said: str, mend: str = "") -> Sign:
    """Return that something is unusual, and may well be meant."""
    return Sign(check, "look", said, mend)


def broken(check: str, said: str, mend: str = "") -> Sign:
    """Return that something does not work, or will be wrong, with the command that mends it."""
    return Sign(check, "mend", said, mend)


def signs_of(checks: Iterable[tuple[str, Callable[[], Sign]]]) -> list[Sign]:
    """Return what each check finds; one that cannot go on is a sign itself, and stops no other."""
    return [sign_of(name, judge) for name, judge in checks]


def sign_of(name: str, judge: Callable[[], Sign]) -> Sign:
    """Return what a check finds, or why it cannot go on."""
    try:
        return judge()
    except CannotGoOn as cause:
        problem = cause.problems[0]
        return broken(name, problem.message, problem.hint)
    except (OSError, ImportError, UnicodeError) as cause:
        return broken(name, f"it cannot be looked at: {cause}")


def is_healthy(signs: Iterable[Sign]) -> bool:
    """Tell whether nothing needs mending."""
    return all(sign.state != "mend" for sign in signs)


def sign_line(sign: Sign) -> str:
    """Return a sign's line; ``INDENT`` columns stand before what it says."""
    return f"  {sign.state:4}  {sign.check:{_WIDTH}}  {one_line(sign.said)}"


def mend_line(sign: Sign) -> str:
    """Return the line of what mends it, below what is said; empty without a mend."""
    # As it is typed, to the last blank: in a folder's name two of them are not one.
    return f"{' ' * INDENT}{visible_name(sign.mend)}" if sign.mend else ""


def summary(signs: Sequence[Sign]) -> str:
    """Return the last line: how much is to mend, to look at, and in order."""
    named: tuple[tuple[State, str], ...] = (
        *(("mend", "to mend"), ("look", "to look at")),
        ("ok", "ok"),
    )
    counts = [
        f"{count} {what}"
        for state, what in named
        if (count := sum(sign.state == state for sign in signs))
    ]
    return f"{listed(counts)}."


def diagnosis_data(version: str, parts: Mapping[str, Sequence[Sign]]) -> dict[str, object]:
    """Return the same as data; ``mend`` is null where there is nothing to do."""
    return {
        "winloss": version,
        "healthy": all(map(is_healthy, parts.values())),
        "checks": [
            {
                "where": where,
                "check": sign.check,
                "state": sign.state,
                "message": sign.said,
                "mend": sign.mend or None,
            }
            for where, signs in parts.items()
            for sign in signs
        ],
    }
