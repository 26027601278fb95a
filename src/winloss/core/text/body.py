"""Read a record's body: its ``##`` sections, and the paragraphs and bullets in each.

The only module that touches markdown-it. Guidance in HTML comments is not content. Formatting is
taken off: what goes on is the text that a reader would see.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from winloss.core.wording import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token


_MOST_KEPT = 2_000  # bodies read lately: states of a history share most of theirs


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, or one paragraph of a bullet, as plain text.

    ``depth`` counts the lists that it stands in; ``is_bullet`` marks the first block of an item,
    numbered or not; ``is_in_bullets`` whether the outermost thing that it stands in is a list of
    bullets, and no numbered list or quote.
    """

    text: str
    depth: int = 0
    is_bullet: bool = False
    is_in_bullets: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it, up to the next one.

    ``level`` is 1 or 2; the text before the first heading is a section without title, of level 0.
    """

    title: str
    level: int
    line: int
    blocks: tuple[Block, ...] = ()

    @property
    def answers(self) -> tuple[Block, ...]:
        """The blocks that say something: no placeholders, no empty bullets."""
        return tuple(block for block in self.blocks if not is_placeholder(block.text))

    @property
    def bullets(self) -> tuple[str, ...]:
        """What each outermost bullet says, with all that stands within it, on one line."""
        said: list[list[str]] = []
        for block in self.answers:
            if not said or (block.is_bullet and block.depth == 1):
                said.append([])
            said[-1].append(block.text)
        return tuple(" ".join(each) for each in said)


@lru_cache(_MOST_KEPT)
def read_sections(body: str, first_line: int) -> tuple[Section, ...]:
    """Return a body's sections in order, with the lines of their headings."""
    found: list[Section] = []
    tokens = _parser(with_tables=False).parse(body)
    title, level, line = "", 0, first_line + _first_line(tokens)
    start = 0
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0 and token.tag in {"h1", "h2"}:
            found.append(Section(title, level, line, tuple(_blocks(tokens[start:index]))))
            title, level = _plain(tokens[index + 1].children or ()), int(token.tag[1])
            line = first_line + _first_line([token])
            start = index + 3  # past the heading's opening, its text and its end
    found.append(Section(title, level, line, tuple(_blocks(tokens[start:]))))
    return tuple(section for section in found if section.level or section.blocks)


def _first_line(tokens: Sequence[Token]) -> int:
    return tokens[0].map[0] if tokens and tokens[0].map else 0


def ragged_tables(markdown: str) -> list[int]:
    """Return the lines of a page, from 1, on which a table's row has more or fewer cells.

    The parser mends such rows in silence, so the bars are counted in the page's own lines.
    """
    lines = markdown.split("\n")
    ragged: list[int] = []
    for token in _parser(with_tables=True).parse(markdown):
        if token.type == "table_open" and token.map:
            first, end = token.map
            bars = [len(_BAR.findall(line)) for line in lines[first:end]]
            ragged += [first + n + 1 for n, count in enumerate(bars) if count != bars[0]]
    return ragged


_BAR = re.compile(r"(?<!\\)\|")


@cache
def _parser(*, with_tables: bool) -> MarkdownIt:
    # Imported here: a command that reads no body should not pay for a Markdown parser.
    from markdown_it import MarkdownIt  # noqa: PLC0415

    if with_tables:
        return MarkdownIt("commonmark").enable("table")
    # In a record, a table's surplus cells and "[E1]: see the mail" would be swallowed.
    return MarkdownIt("commonmark").disable("reference")


_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    """Yield what a run of tokens says."""
    depth, is_bullet, is_in_bullets = 0, False, False
    for token in tokens:
        text = ""
        if token.level == 0:
            is_in_bullets = token.type == "bullet_list_open"
        if token.type == "list_item_open":
            depth, is_bullet = depth + 1, True
        elif token.type == "list_item_close":
            depth, is_bullet = depth - 1, False
        elif token.type == "inline":
            text = _plain(token.children or ())
        elif token.type in {"fence", "code_block", "html_block"}:
            text = unicodedata.normalize("NFC", _COMMENT.sub("", token.content)).strip()
        if text:
            yield Block(text, depth, is_bullet, is_in_bullets)
            is_bullet = False


def _plain(children: Sequence[Token]) -> str:
    """Return inline content as the text that a reader sees; a link keeps its address."""
    parts: list[str] = []
    links: list[tuple[str, int]] = []  # the address, and where its text begins
    for child in children:
        if child.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif child.type == "image":
            parts.append(f"{child.content} ({child.attrGet('src')})")
        elif child.type == "link_open":
            links.append((str(child.attrGet("href") or ""), len(parts)))
        elif child.type == "link_close":
            address, start = links.pop()
            if "".join(parts[start:]) != address:
                parts.append(f" ({address})")
        elif child.type == "html_inline":
            parts.append(_COMMENT.sub("", child.content))
        else:
            parts.append(child.content)
    return unicodedata.normalize("NFC", "".join(parts)).strip()
