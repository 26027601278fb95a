"""Read a file's bytes into a Document: its front matter, and its body with its first line.

What two people could read in two ways is refused with its place: an encoding that is not UTF-8,
characters that cannot be seen, an unresolved merge, fences that are nearly right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from winloss.core.problem import CannotGoOn, Problem, error
from winloss.core.text.front import StrictFrontMatter
from winloss.core.text.token_shape import blanked, text_of, token_problems
from winloss.core.wording import UNSEEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winloss.core.text.node import Entries

MOST_BYTES = 256 * 1024
_MOST_KEPT = 2_000  # documents read lately: states of a history share most of theirs


@dataclass(frozen=True, slots=True)
class Document:
    """A file in two parts: the front matter, and the body with the line where it begins."""

    path: str
    front: Entries
    body: str
    body_line: int


@lru_cache(_MOST_KEPT)
def read_document(
    path: str, data: bytes, *, is_rule: bool = False
) -> tuple[Document | None, tuple[Problem, ...]]:
    """Read a file's bytes: a record's, or a rule's (a form or a policy file).

    Returns the document (None when the front matter cannot be relied on) and every problem:
    encoding, control characters, conflict markers, fences, YAML, duplicate keys.
    """
    text, problems = read_text(path, data)
    if text is None:
        return None, problems
    handler = StrictFrontMatter(path, is_rule=is_rule)
    try:
        front_text, body, body_line = handler.parts(text)
        front = handler.load(front_text)
    except CannotGoOn as cause:
        return None, problems + tuple(handler.problems) + cause.problems
    problems += tuple(handler.problems)
    if any(problem.is_error for problem in problems):
        return None, problems
    return Document(path, front, body, body_line), problems


def read_text(path: str, data: bytes) -> tuple[str | None, tuple[Problem, ...]]:
    """Read a file's bytes as text; None when what it says depends on who reads it."""
    text, problems = _decode(path, data)
    if text is None:
        return None, problems + token_problems(path, text_of(data))
    problems = tuple(_conflict_markers(path, text))
    stray = tuple(_stray_characters(path, text))
    tokens = token_problems(path, text)
    text = blanked(text) if tokens else text  # so that no other problem says it
    return (None if stray else text), problems + stray + tokens


def _decode(path: str, data: bytes) -> tuple[str | None, tuple[Problem, ...]]:
    if len(data) > MOST_BYTES:
        message = f"the file has {len(data):,} bytes; a record has at most {MOST_BYTES:,}"
        return None, (error(path, (1, 1), "too-large", message, "move long text elsewhere"),)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        hint = "save the file as UTF-8 in your editor"
        return None, (error(path, (1, 1), "not-utf-8", "the file is saved as UTF-16", hint),)
    if data.startswith(b"\xef\xbb\xbf"):
        hint = "save the file as UTF-8 without BOM in your editor"
        message = "the file begins with an invisible byte order mark"
        return None, (error(path, (1, 1), "byte-order-mark", message, hint),)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as cause:
        before = data[: cause.start].decode("utf-8")
        place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
        message = f"the byte 0x{data[cause.start]:02X} is not UTF-8"
        hint = "save the file as UTF-8 in your editor"
        return None, (error(path, place, "not-utf-8", message, hint),)
    return text.replace("\r\n", "\n"), ()


def _stray_characters(path: str, text: str) -> Iterator[Problem]:
    """Report the first unseen character of each line; two readers would see two texts."""
    if UNSEEN.search(text) is None:
        return
    for number, line in enumerate(text.split("\n"), 1):
        match = UNSEEN.search(line)
        if match is None:
            continue
        code, place = ord(match[0]), (number, match.start() + 1)
        if code == 0x0D:
            message = "a lone carriage return: an old line end that editors show differently"
            yield error(path, place, "bare-cr", message, "save the file with LF line ends")
        else:
            message = f"an invisible character, U+{code:04X}"
            yield error(path, place, "invisible-character", message, "delete it")


_CONFLICT = re.compile(r"<{7} |={7}$|>{7} |\|{7} ")


def _conflict_markers(path: str, text: str) -> Iterator[Problem]:
    if "<<<<<<<" not in text and "=======" not in text and ">>>>>>>" not in text:
        return
    for number, line in enumerate(text.split("\n"), 1):
        match = _CONFLICT.match(line)
        if match is not None:
            message = f"an unresolved merge conflict: '{match[0].strip()}'"
            hint = "keep the lines that are right and delete the marker lines"
            yield error(path, (number, 1), "conflict-marker", message, hint)
