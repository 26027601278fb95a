"""Make a record's text harmless on a page: it shows what was written and does nothing.

The page is read raw in an editor as often as rendered. So a backslash stands only before what would
be active where it stands. One thing is left: GitHub turns a bare e-mail address into a link,
whatever is done to it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from winloss.core.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from winloss.core.text.body import Block


class Markdown(str):
    """Text that is Markdown already, and is printed as it is."""

    __slots__ = ()


_ACTIVE = re.compile(
    r"""
      \\(?=[!-/:-@\[-`{-~]|$)               # a backslash that would swallow what follows
    | [`\[\]|]                              # code, links, cells
    | (?<!\s)[*~] | [*~](?!\s)              # emphasis, unless it stands alone
    | (?<![^\W_])_ | _(?![^\W_])            # emphasis, unless it joins two words
    | <(?=[A-Za-z/!?])                      # HTML
    | &(?=\#?\w+;)                          # an entity
    | \$(?![\d\s])                          # mathematics
    | (?<=http):(?=//) | (?<=https):(?=//) | (?<=ftp):(?=//)      # an address that links itself
    | (?<=www)\.                          # likewise
    | (?<=mailto): | (?<=xmpp):         # likewise
    | (?<=\s)\#(?=\#*$)                     # the end of a heading
    """,
    re.VERBOSE | re.IGNORECASE,
)
_AT_START = re.compile(
    r"""
      (?P<mark> \#{1,6}(?=\s|$) | [-+](?=\s|$) | > | =+$ | -{2,}$ )
    | (?P<number> \d{1,9} ) (?P<dot> [.)] ) (?=\s|$)
    """,
    re.VERBOSE,
)


def inline(text: str) -> Markdown:
    """Return a text on one line, to stand inside a line or a table cell."""
    return Markdown(_ACTIVE.sub(r"\\\g<0>", one_line(text)))


def line(text: str) -> Markdown:
    """Return a text on one line, to stand anywhere, the start of a line included."""
    safe = inline(text)
    match = _AT_START.match(safe)
    if match is None:
        return safe
    if match["mark"]:
        return Markdown("\\" + safe)
    return Markdown(f"{match['number']}\\{safe[len(match['number']) :]}")


def comment(text: str) -> Markdown:
    """Return a text on one line, to stand inside an HTML comment: it cannot end it."""
    return Markdown(re.sub(r"-(?=->|-!>)", "- ", one_line(text)))


def quote(blocks: Iterable[Block]) -> Markdown:
    """Return paragraphs and bullets as one quote block."""
    lines: list[str] = []
    was_bullet, depth = False, 0
    for block in blocks:
        depth = min(block.depth, depth + 1)  # deeper at once would be read as code
        if lines and not (was_bullet and block.is_bullet):
            lines.append(">")
        indent = "  " * (depth - 1 if block.is_bullet else depth)
        mark = "- " if block.is_bullet else ""
        lines.append(f"> {indent}{mark}{line(block.text)}")
        was_bullet = block.depth > 0
    return Markdown("\n".join(lines))
