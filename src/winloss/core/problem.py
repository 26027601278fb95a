"""What is wrong, where, and how to mend it.

A problem is a value. Functions return problems beside their results, and callers collect them, so
that a person sees every fault of a file at once. Lines and columns count from 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault, with its place, its name and its mend."""

    path: str
    line: int
    column: int
    severity: Severity
    slug: str
    message: str
    hint: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the file cannot be relied on until this is mended."""
        return self.severity == "error"

    def as_warning(self) -> Problem:
        """Return the same fault as a warning: what the SOP has not settled never blocks."""
        return replace(self, severity="warning")


class CannotGoOn(Exception):  # noqa: N818 - the name is the sentence that the reader needs
    """Nothing further can be done; carries the problems that say why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))


def error(path: str, place: tuple[int, int], slug: str, message: str, hint: str = "") -> Problem:
    """Return an error at a place (line, column)."""
    return Problem(path, place[0], place[1], "error", slug, message, hint)


def stop(message: str, hint: str = "", *, slug: str = "cannot-go-on") -> CannotGoOn:
    """Return the exception for a fault that has no place in a file."""
    return CannotGoOn([error("", (0, 0), slug, message, hint)])
