"""Problems as text for a person, as JSON for a script, as annotations for a git host."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

from winloss.core.text.token_shape import shown
from winloss.core.wording import listed, one_line, visible, visible_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from winloss.core.problem import Problem
    from winloss.core.repository.tree import Tree

_WIDTH = 100


def as_text(problems: Iterable[Problem], tree: Tree) -> str:
    """Return each problem with its place, its line, a caret below the column, and the mend."""
    lines: dict[str, list[str]] = {}
    parts: list[str] = []
    for problem in problems:
        if problem.path not in lines:
            lines[problem.path] = shown(tree.files.get(problem.path, b"")).split("\n")
        parts.append(f"{headline(problem)}\n{_excerpt(problem, lines[problem.path])}")
    return "".join(parts)


def headline(problem: Problem) -> str:
    """Return a problem's first line: ``path:line:col: severity slug: message``."""
    what = f"{problem.severity} {problem.slug}: {one_line(problem.message)}"
    if not problem.path:
        return what
    return f"{visible_name(problem.path)}:{problem.line}:{problem.column}: {what}"


def _excerpt(problem: Problem, lines: list[str]) -> str:
    mend = f"    {one_line(problem.hint)}\n" if problem.hint else ""
    if not 1 <= problem.line <= len(lines) or not lines[problem.line - 1].strip():
        return mend
    line = lines[problem.line - 1].rstrip("\r").replace("\t", " ")
    first = max(0, problem.column - 1 - _WIDTH // 2)  # a long line is shown around the column
    cut, more = "…" if first else "", "…" if len(line) > first + _WIDTH else ""
    part = cut + visible(line[first : first + _WIDTH]) + more
    before = cut + visible(line[first : problem.column - 1])
    number = f"{problem.line:5} | "
    caret = " " * (len(number) - 2) + "| " + " " * _columns(before) + "^"
    return f"{number}{part}\n{caret}\n{mend}"


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def as_json(problems: Iterable[Problem], checked: int) -> str:
    """Return the contract's JSON: how many files were checked, and every problem."""
    return to_json(
        {
            "checked": checked,
            "problems": [
                {
                    "path": problem.path,
                    "line": problem.line,
                    "column": problem.column,
                    "severity": problem.severity,
                    "slug": problem.slug,
                    "message": problem.message,
                    "hint": problem.hint,
                }
                for problem in problems
            ],
        }
    )


def to_json(data: object) -> str:
    """Return data as JSON, in the order given, readable by a person."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def as_github(problems: Iterable[Problem]) -> str:
    """Return one workflow command a problem, errors first: the host shows the first ten only."""
    ordered = sorted(problems, key=lambda problem: not problem.is_error)
    return "".join(_command(problem) for problem in ordered)


def _command(problem: Problem) -> str:
    place = {
        "file": problem.path,
        "line": problem.line,
        "col": problem.column,
        "title": f"winloss {problem.slug}",
    }
    properties = ",".join(
        f"{name}={_escaped(str(value)).replace(':', '%3A').replace(',', '%2C')}"
        for name, value in place.items()
    )
    text = problem.message + (f"\n{problem.hint}" if problem.hint else "")
    return f"::{problem.severity} {properties}::{_escaped(text)}\n"


def _escaped(text: str) -> str:
    shown = "\n".join(visible(line) for line in text.split("\n"))
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def summary(problems: Sequence[Problem], checked: int) -> str:
    """Return the last line of a check: how many files, errors and warnings."""
    errors = sum(problem.is_error for problem in problems)
    counts = [
        f"{count} {word}{'s' if count != 1 else ''}"
        for count, word in ((errors, "error"), (len(problems) - errors, "warning"))
        if count
    ]
    files = f"{checked} file{'s' if checked != 1 else ''} checked"
    return f"{files}: {listed(counts) or 'no problems'}."
