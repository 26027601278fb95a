"""Write front matter line by line, never by dumping it, and put text below a heading.

Free text is quoted where YAML would read it as something else.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from winloss.core.text.body import read_sections
from winloss.core.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from winloss.core.rulebook.form import Field

_PLAIN = re.compile(r"[0-9A-Za-z][\w .,/()'+-]*(?<! )", re.ASCII)
Rows = list[dict[str, str]]
Filled = str | list[str] | Rows | dict[str, str]


def field_lines(known: Field, value: Filled | None, notes: Iterable[str] = ()) -> list[str]:
    """Return a field's lines, with its help and some notes above it as comments."""
    lines = [f"# {one_line(text)}" for text in (*_help(known), *notes)]
    if isinstance(value, str) and value:
        return [*lines, f"{known.name}: {quoted(value)}"]
    if isinstance(value, dict):
        return [
            *lines,
            f"{known.name}:",
            *(_pair("  ", name, each) for name, each in value.items()),
        ]
    if isinstance(value, list) and not value:
        return [*lines, f"{known.name}: []"]
    if isinstance(value, list) and known.type == "list":
        words = ", ".join(quoted(str(word), in_list=True) for word in value)
        return [*lines, f"{known.name}: [{words}]"]
    if isinstance(value, list):
        return [
            *lines,
            f"{known.name}:",
            *_row_lines(row for row in value if isinstance(row, dict)),
        ]
    if known.type == "table" and known.rule.is_required:
        blank = {column.name: "" for column in known.columns}
        return [*lines, f"{known.name}:", *_row_lines([blank])]
    return [*lines, f"{known.name}:"]


def _row_lines(rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    for row in rows:
        for index, (name, value) in enumerate(row.items()):
            yield _pair("    " if index else "  - ", name, value)


def _pair(indent: str, name: str, value: str) -> str:
    return f"{indent}{name}: {quoted(value)}".rstrip()


def quoted(text: str, *, in_list: bool = False) -> str:
    """Return a text as YAML: plain where that is safe, else in double quotes."""
    if not text or (_PLAIN.fullmatch(text) and not (in_list and "," in text)):
        return text
    return json.dumps(text, ensure_ascii=False)


def _help(known: Field) -> Iterator[str]:
    """Yield what a person needs to know to answer a field."""
    rule = known.rule
    if rule.required_with:
        yield f"{known.help} (answer it together with {rule.required_with})".strip()
    elif rule.is_provisional:
        yield f"{known.help} (not settled by the SOP yet: an open answer is a warning)".strip()
    elif not rule.is_required:
        yield f"{known.help} (optional)".strip()
    elif known.help:
        yield known.help
    if known.vocabulary and known.type == "scores":
        yield "one level for each dimension"
    elif known.vocabulary:
        yield f"{'any' if known.type == 'list' else 'one'} of: {', '.join(known.vocabulary.titles)}"
    for column in known.columns:
        if column.vocabulary:
            yield f"{column.name}: {', '.join(column.vocabulary.titles)}"


def with_section(body: str, title: str, text: str) -> str:
    """Return a body with a text below one of its headings, after the guidance there."""
    lines = body.split("\n")
    starts = [(section.line, section.title) for section in read_sections(body, 1) if section.level]
    ends = [line for line, _ in starts[1:]] + [len(lines) + 1]
    for (start, each), end in zip(starts, ends, strict=True):
        if each == title:
            kept = "\n".join(lines[start - 1 : end - 1]).rstrip("\n")
            rest = lines[end - 1 :]
            return "\n".join([*lines[: start - 1], kept, "", text.rstrip("\n"), "", *rest])
    return body
