"""What front matter is made of: texts, lists and mappings, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as it was typed (composed to NFC), with its place."""

    value: str
    place: Place


@dataclass(frozen=True, slots=True)
class Items:
    """A list, with its place."""

    values: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Entry:
    """One ``key: value`` of a mapping; the place is the key's."""

    key: str
    value: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping in the order typed, with its place; ``is_flow`` when it was typed in braces."""

    entries: Mapping[str, Entry]
    place: Place
    is_flow: bool = False

    def get(self, key: str) -> Node | None:
        """Return the value at a key, or None when the key is missing."""
        entry = self.entries.get(key)
        return None if entry is None else entry.value

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())


Node = Text | Items | Entries
