"""Read what a rule document declares, and collect its faults with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winloss.core.problem import Problem, error
from winloss.core.text.node import Entries, Items, Node, Place, Text
from winloss.core.wording import did_you_mean, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from winloss.core.text.document import Document

WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Reader:
    """One rule document being read; ``slug`` names its faults unless they have a better name."""

    document: Document
    slug: str
    problems: list[Problem] = field(default_factory=list)

    @property
    def front(self) -> Entries:
        """The document's front matter."""
        return self.document.front

    def report(self, place: Place, message: str, hint: str = "", slug: str = "") -> None:
        """Collect a fault once."""
        problem = error(self.document.path, place, slug or self.slug, message, hint)
        if problem not in self.problems:
            self.problems.append(problem)

    def text(self, node: Entries, key: str) -> str:
        """Return the text at a key; empty when the key is missing."""
        value = node.get(key)
        if value is not None and not isinstance(value, Text):
            self.report(value.place, f"'{key}' must be one word or sentence")
        return value.value if isinstance(value, Text) else ""

    def answer(self, node: Entries, key: str, message: str = "") -> str:
        """Return the text that must stand at a key."""
        text = self.text(node, key)
        if is_placeholder(text):
            message = message or f"'{key}' is not answered"
            self.report(place_of(node, key), message, f"write {key}: …")
            return ""
        return text

    def number(self, node: Entries, key: str, within: range) -> int:
        """Return the whole number that must stand at a key; the least one when it does not."""
        text = self.answer(node, key)
        if text and (not WHOLE_NUMBER.fullmatch(text) or int(text) not in within):
            hint = f"write a number from {within.start} to {within.stop - 1}"
            self.report(place_of(node, key), f"{key} is '{text}', not a number in range", hint)
            text = ""
        return int(text) if text else within.start

    def known_keys(self, node: Entries, known: Iterable[str], what: str) -> None:
        """Report every key that the language does not have."""
        names = list(known)
        for entry in node:
            if entry.key not in names:
                message = f"'{entry.key}' is not a part of {what}"
                hint = did_you_mean(entry.key, names)
                if node.is_flow and " " in entry.key:
                    hint = "inside {…}, put a text with a comma in quotes"
                self.report(entry.place, message, hint, "unknown-key")

    def fixed(self, key: str, codes: tuple[str, ...]) -> None:
        """Hold a vocabulary whose codes the tool reasons about one by one; its titles are free."""
        if sorted(codes_of(self.front.get(key))) != sorted(codes):
            hint = f"keep these codes; their titles may change: {', '.join(codes)}"
            message = f"the figures count each of the {key}, and know no others"
            self.report(place_of(self.front, key), message, hint)


def place_of(node: Entries, key: str) -> Place:
    """Return where a key's value stands, or should stand."""
    value = node.get(key)
    return node.place if value is None else value.place


def codes_of(node: Node | None) -> list[str]:
    """Return the codes of a vocabulary, whether it is a list or a mapping."""
    if isinstance(node, Entries):
        return list(node.entries)
    if isinstance(node, Items):
        return [item.value for item in node.values if isinstance(item, Text)]
    return []


def title_of(code: str, node: Node) -> str:
    """Return the title that a code has where it is declared; the code where it has none."""
    if isinstance(node, Entries):
        node = node.get("title") or Text("", node.place)
    return node.value if isinstance(node, Text) and node.value else code
