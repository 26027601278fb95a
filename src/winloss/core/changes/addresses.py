"""Tell where in Monday.com the copies go from what is a rule (X §4, R §4).

The ids of boards, groups and columns are an account's own, and since when winloss files there is
nobody's rule. They may change at any time, also while a proposal is open, and no decision on the
rules is about them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from winloss.core.deals.governance import EXCHANGE
from winloss.core.rulebook.boards import DEALS
from winloss.core.text.document import read_document
from winloss.core.text.front import ends_of
from winloss.core.text.node import Entries, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winloss.core.repository.tree import Tree
    from winloss.core.text.node import Entry, Place

_SECTION = "monday"
_SINCE = "monday_since"  # what was filed by hand before that day is no rule, either
_ANSWER = re.compile(r"monday\.[a-z-]+\.(?:board|group|key|stage)")
_ADDRESS = re.compile(r"(?:board|group|key|stage): (['\"]?)[A-Za-z0-9_-]{1,100}\1")


def is_address(path: str, answer: str) -> bool:
    """Tell whether an answer of a file, by its name, is the id of something in Monday.com."""
    return path == EXCHANGE and (answer == _SINCE or _ANSWER.fullmatch(answer) is not None)


def rules_only(tree: Tree) -> Tree:
    """Return a tree whose ``exchange.md`` says no addresses, and all else as it stands."""
    content = tree.files.get(EXCHANGE)
    without = None if content is None else without_addresses(content)
    if without is None or without == content:
        return tree
    return replace(tree, files={**tree.files, EXCHANGE: without})


def without_addresses(content: bytes) -> bytes:
    """Return ``exchange.md`` as it was before set-up wrote ids into it, byte for byte.

    An id counts as an address only where it is laid out as set-up does it; whatever else is there,
    a comment or a line for another outcome among it, stays. A file that has errors stays as it is.
    """
    document, problems = read_document(EXCHANGE, content, is_rule=True)
    section = document.front.entries.get(_SECTION) if document else None
    if document is None or section is None or any(each.is_error for each in problems):
        return content
    lines: list[str | None] = [*content.decode().split("\n")]
    front = content.decode().replace("\r\n", "\n").split("\n")[1 : document.body_line - 2]
    ends = ends_of("\n".join(front) + "\n")
    boards = list(section.value) if isinstance(section.value, Entries) else []
    for board in boards:
        if isinstance(board.value, Entries) and board.value.is_flow:
            _cut_in_braces(lines, board, board.value, ends)
        elif isinstance(board.value, Entries):
            _cut_lines(lines, board, board.value)
    if since := document.front.entries.get(_SINCE):
        day = since.value.value if isinstance(since.value, Text) else ""
        _cut_line(lines, since.place[0], f"{_SINCE}: {day}")
    if boards and all(lines[board.place[0] - 1] is None for board in boards):
        _cut_line(lines, section.place[0], f"{_SECTION}:")
    return "\n".join(line for line in lines if line is not None).encode()


def _cut_in_braces(
    lines: list[str | None], board: Entry, node: Entries, ends: Mapping[Place, Place]
) -> None:
    number, begin = node.place[0], node.place[1] - 1
    line = lines[number - 1] or ""
    spans = [(each.place, ends.get(each.value.place, (0, 0))) for each in node]
    pairs = [line[first[1] - 1 : last[1] - 1] for first, last in spans]
    typed = f"{{{', '.join(pairs)}}}"
    is_one_line = all(place[0] == number for span in spans for place in span)
    if not is_one_line or not line.startswith(typed, begin):
        return
    kept = [pair for pair in pairs if not _ADDRESS.fullmatch(pair)]
    if not kept and board.key == DEALS and _cut_line(lines, number, f"{DEALS}: {typed}"):
        return
    lines[number - 1] = f"{line[:begin]}{{{', '.join(kept)}}}{line[begin + len(typed) :]}"


def _cut_lines(lines: list[str | None], board: Entry, node: Entries) -> None:
    numbers = [each.place[0] for each in node]
    for number in numbers:
        if _ADDRESS.fullmatch((lines[number - 1] or "").strip()):
            lines[number - 1] = None
    if board.key == DEALS and all(lines[number - 1] is None for number in numbers):
        _cut_line(lines, board.place[0], f"{DEALS}:")


def _cut_line(lines: list[str | None], number: int, typed: str) -> bool:
    """Cut a line that says this and nothing else; tell whether it did."""
    is_so = (lines[number - 1] or "").strip() == typed
    if is_so:
        lines[number - 1] = None
    return is_so
