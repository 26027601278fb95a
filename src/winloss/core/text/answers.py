"""What a file says, answer by answer, so that two states of it can be told apart field by field.

A row of a table is known by its id, or by its place; a section by its heading. How a file is laid
out (line breaks, quotes, the order of fields) is no answer. A placeholder is none in a record; in a
rule it is what the rule says, such as the title of a code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.repository.tree import is_rule
from winloss.core.text.body import read_sections
from winloss.core.text.document import read_document, read_text
from winloss.core.text.node import Entries, Node, Text
from winloss.core.wording import is_placeholder, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Answers = dict[str, str]
TEXT = "text"  # what stands outside the fields of a rule, or in a file without fields
UNREADABLE = "(file)"


def answers_of(path: str, content: bytes) -> Answers:
    """Return each answer of a file by its name, such as ``scores.timing`` or ``signals.S1.note``.

    A field without an answer is absent. A file that cannot be read has one entry, which says so.
    """
    document, problems = read_document(path, content, is_rule=is_rule(path))
    if document is None:
        if path.endswith(".md"):
            return {UNREADABLE: f"cannot be read: {problems[0].message}"}
        text, _ = read_text(path, content)
        return {TEXT: text.strip()} if text else {UNREADABLE: "cannot be read as text"}
    found = {name: said for name, said in _said(document.front, path) if said}
    if is_rule(path):
        return found | ({TEXT: document.body.strip()} if document.body.strip() else {})
    for section in read_sections(document.body, document.body_line):
        said = " · ".join(one_line(block.text) for block in section.answers)
        if said:
            found[f"## {section.title}" if section.title else TEXT] = said
    return found


def _said(front: Entries, path: str) -> Iterator[tuple[str, str]]:
    for entry in front:
        for name, said in _named(entry.key, entry.value):
            if isinstance(said, str):
                yield name, said
            elif is_rule(path) or not is_placeholder(said.value):
                yield name, said.value


def _named(name: str, node: Node) -> Iterator[tuple[str, str | Text]]:
    """Yield each value below a node by its name: a list of codes in one text, a scalar as typed."""
    if isinstance(node, Text):
        yield name, node
    elif isinstance(node, Entries):
        for entry in node:
            yield from _named(f"{name}.{entry.key}", entry.value)
    elif all(isinstance(item, Text) for item in node.values):
        codes = ", ".join(item.value for item in node.values if isinstance(item, Text))
        yield name, f"[{codes}]"
    else:
        names: set[str] = set()
        for number, item in enumerate(node.values, 1):
            row = _row_name(item, number)
            yield from _named(f"{name}.{number if row in names else row}", item)
            names.add(row)


def _row_name(item: Node, number: int) -> str:
    known_by = item.get("id") if isinstance(item, Entries) else None
    return known_by.value if isinstance(known_by, Text) and known_by.value else str(number)


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return the names of the answers that two states do not share, in the order of the later."""
    names = [*after, *(name for name in before if name not in after)]
    return [name for name in names if before.get(name) != after.get(name)]
