"""Put boards into the text of ``exchange.md``, so that nothing else of it changes.

One small change at a time, at the place that the reader gives, until the reader finds in the text
what it is to find there; a text in which it does not is never returned.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.problem import Problem, error
from winloss.core.rulebook.boards import DEALS, KEYS, Board, read_boards
from winloss.core.rulebook.renewal import ACTING
from winloss.core.text.document import Document, read_document
from winloss.core.text.front import ends_of
from winloss.core.text.node import Entries, Entry, Node, Place, Text
from winloss.core.text.reader import Reader
from winloss.core.writing.lines import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

SECTION = "monday"
_MOST_CHANGES = 60  # more than all keys of all lines
_Change = tuple[int, int, str]  # from where to where in the text, and what stands there then


def with_boards(
    path: str, content: bytes, boards: Mapping[str, Board]
) -> tuple[bytes, tuple[Problem, ...]]:
    """Return a policy file with these boards in its section ``monday``, and every other byte kept.

    Lines that are not named stay. Where the section is laid out in a way that is not understood,
    the file is returned as it is, with a problem that says what to write by hand.
    """
    sheet, problems = _read(path, content)
    if sheet is None:
        return content, problems
    first, wanted = sheet, {**_boards_in(sheet.document)[0], **boards}
    for _ in range(_MOST_CHANGES):
        change = _next_change(sheet, wanted)
        if change is None:
            break
        begin, end, text = change
        after, _ = _read(path, (sheet.text[:begin] + text + sheet.text[end:]).encode())
        if after is None:
            return content, (_by_hand(first.document, boards),)
        sheet = after
    is_whole = _says(sheet.document, wanted, first.document)
    if not is_whole or _remarks(first.text) - _remarks(sheet.text):
        return content, (_by_hand(first.document, boards),)
    return sheet.text.encode(), ()


def line_of(name: str, board: Board) -> str:
    """Return a board's line as it is written below ``monday``."""
    there = ((key, getattr(board, key)) for key in KEYS)
    return f"{name}: {{{', '.join(_pair(key, value) for key, value in there if value)}}}"


def _pair(key: str, value: str) -> str:
    return f"{key}: {quoted(value, in_list=True)}"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The text of a file, what was read in it, and where its values end."""

    text: str
    document: Document
    ends: Mapping[Place, Place]

    def at(self, place: Place) -> int:
        """Return how many characters stand before a place."""
        before = self.text.split("\n")[: place[0] - 1]
        return sum(len(line) + 1 for line in before) + place[1] - 1

    def end(self, node: Node) -> Place:
        """Return where a value ends; one in a block is not looked into."""
        return self.ends.get(node.place, node.place)

    def last_line(self, node: Node) -> int:
        """Return the line on which a value ends."""
        line, column = self.end(node)
        return line - 1 if column == 1 and line > node.place[0] else line

    def line_above(self, number: int, text: str) -> _Change:
        """Return the change that puts a new line above one."""
        begin = self.at((number, 1))
        return begin, begin, text + ("\r\n" if self.text[:begin].endswith("\r\n") else "\n")


def _read(path: str, content: bytes) -> tuple[_Sheet | None, tuple[Problem, ...]]:
    document, problems = read_document(path, content, is_rule=True)
    if document is None:
        return None, problems
    text = content.decode()
    front = text.replace("\r\n", "\n").split("\n")[1 : document.body_line - 2]
    return _Sheet(text, document, ends_of("\n".join(front) + "\n")), ()


def _boards_in(document: Document) -> tuple[dict[str, Board], set[str]]:
    """Return the boards that the product's own reader finds, and what it says is wrong."""
    reader = Reader(document, "bad-policy")
    boards = read_boards(reader, ACTING)
    return dict(boards), {problem.message for problem in reader.problems}


def _next_change(sheet: _Sheet, wanted: Mapping[str, Board]) -> _Change | None:
    """Return the next change; None when nothing is left, or nothing that is understood."""
    section = sheet.document.front.entries.get(SECTION)
    if section is None:
        return sheet.line_above(sheet.document.body_line - 1, f"{SECTION}:")
    lines = section.value
    there = lines.entries if isinstance(lines, Entries) else {}
    missing = [name for name in wanted if name not in there]
    if missing:
        # Each is put first, so the last is put there first, and that of the deals at the end.
        name = max(missing, key=lambda each: (each != DEALS, missing.index(each)))
        return _new_line(sheet, section, line_of(name, wanted[name]))
    changes = (
        _change_of_line(sheet, each.value, each.key, wanted[each.key])
        for each in there.values()
        if each.key in wanted
    )
    return next((change for change in changes if change is not None), None)


def _new_line(sheet: _Sheet, section: Entry, line: str) -> _Change | None:
    """Return the change that makes a line the first of the section."""
    lines = section.value
    if isinstance(lines, Entries) and lines.is_flow:
        begin = sheet.at(lines.place) + 1
        return begin, begin, f"{line}, " if lines.entries else line
    if isinstance(lines, Entries):
        return sheet.line_above(section.place[0] + 1, " " * (lines.place[1] - 1) + line)
    if isinstance(lines, Text) and not lines.value:
        return sheet.line_above(section.place[0] + 1, f"  {line}")
    return None


def _change_of_line(sheet: _Sheet, node: Node, name: str, board: Board) -> _Change | None:
    """Return the next change within one line of the section."""
    if not isinstance(node, Entries):
        begin = sheet.at(node.place)
        text = line_of(name, board).removeprefix(f"{name}:")
        return (begin, begin, text) if node == Text("", node.place) else None
    for key in KEYS:
        value, entry = getattr(board, key), node.entries.get(key)
        if entry is None and value:
            return _added(sheet, node, key, value)
        if isinstance(entry, Entry) and isinstance(entry.value, Text):
            if value and entry.value.value != value:
                return _replaced(sheet, entry.value, quoted(value, in_list=True))
            if entry.value.value and not value:
                return _removed(sheet, node, entry)
    return None


def _added(sheet: _Sheet, node: Entries, key: str, value: str) -> _Change:
    """Return the change that adds a key behind the one that stands before it in ``KEYS``."""
    before = [node.entries[each] for each in KEYS[: KEYS.index(key)] if each in node.entries]
    first = next(iter(node), None)
    if not node.is_flow:
        above = sheet.last_line(before[-1].value) + 1 if before else node.place[0]
        return sheet.line_above(above, " " * (node.place[1] - 1) + _pair(key, value))
    if before:
        begin, text = sheet.at(sheet.end(before[-1].value)), f", {_pair(key, value)}"
    elif first is not None:
        begin, text = sheet.at(first.place), f"{_pair(key, value)}, "
    else:
        begin, text = sheet.at(node.place) + 1, _pair(key, value)
    return begin, begin, text


def _replaced(sheet: _Sheet, old: Text, new: str) -> _Change:
    begin, end = sheet.at(old.place), sheet.at(sheet.end(old))
    return begin, end, new if sheet.text[begin - 1].isspace() else f" {new}"


def _removed(sheet: _Sheet, node: Entries, entry: Entry) -> _Change:
    """Return the change that removes a key: with its line, or in braces with one comma."""
    if not node.is_flow:
        below = sheet.last_line(entry.value) + 1
        return sheet.at((entry.place[0], 1)), sheet.at((below, 1)), ""
    begin, end = sheet.at(entry.place), sheet.at(sheet.end(entry.value))
    if after := re.compile(r"\s*,[ \t]*").match(sheet.text, end):
        return begin, after.end(), ""
    before = re.search(r",\s*$", sheet.text[:begin])
    return before.start() if before else begin, end, ""


def _says(document: Document, wanted: Mapping[str, Board], first: Document) -> bool:
    """Tell whether a text says just what is wanted, and all else that it said at first."""
    boards, wrong = _boards_in(document)
    is_rest_kept = document.body == first.body and _rest(document) == _rest(first)
    return boards == wanted and wrong <= _boards_in(first)[1] and is_rest_kept


def _remarks(text: str) -> Counter[str]:
    """Count the lines that are comments: the end of a block may lie behind those that follow it."""
    return Counter(line.strip() for line in text.split("\n") if line.lstrip().startswith("#"))


def _rest(document: Document) -> list[object]:
    """Return what the front matter says, without that which the boards' keys say."""
    said: list[object] = [_plain(each) for each in document.front if each.key != SECTION]
    section = document.front.get(SECTION)
    for line in section if isinstance(section, Entries) else ():
        if isinstance(line.value, Entries):
            said += [(line.key, _plain(each)) for each in line.value if each.key not in KEYS]
    return said


def _plain(node: Node | Entry) -> object:
    """Return what a node says, without where it says it."""
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Entry):
        return node.key, _plain(node.value)
    return [_plain(each) for each in (node if isinstance(node, Entries) else node.values)]


def _by_hand(document: Document, boards: Mapping[str, Board]) -> Problem:
    section = document.front.entries.get(SECTION)
    place = section.place if section else (document.body_line - 1, 1)
    message = f"the section '{SECTION}' is laid out in a way that winloss does not change"
    lines = "; ".join(line_of(name, board) for name, board in boards.items())
    return error(document.path, place, "not-written", message, f"write below it by hand: {lines}")
