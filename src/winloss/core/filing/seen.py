"""What an answer shows of Monday.com; one of another shape than was asked for shows nothing.

Nothing is ever made on an answer that cannot be read: what it does not show may be there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winloss.core.wording import MONDAY_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

_MARKER = re.compile(r"(\S+)@([0-9a-f]{16})")
_BLANK = " \t\r\n\xa0\u200b\ufeff"  # what an editor may leave behind the marker


class Unreadable(Exception):  # noqa: N818 - caught where the conversation ends
    """An answer is not of the shape that was asked for."""


@dataclass(frozen=True, slots=True)
class Update:
    """An update on an item: its id and its text without tags."""

    id: str
    text: str

    @property
    def marker(self) -> tuple[str, str]:
        """The key and the digest in its last words; both empty when it ends in no marker."""
        found = _MARKER.fullmatch(self.text.rstrip(_BLANK).rpartition("winloss:")[2])
        return (found[1], found[2]) if found else ("", "")


@dataclass(frozen=True, slots=True)
class Item:
    """An item as an answer shows it; ``texts`` are what the columns say that were asked for."""

    id: str
    is_active: bool
    updates: tuple[Update, ...] = ()
    texts: tuple[str, ...] = ()
    subitems: tuple[Item, ...] = ()


def items_by_id(data: Mapping[str, Any]) -> list[Item]:
    """Return the items that were asked for by their ids; one that is not there is left out."""
    return [_item(each, ("updates",)) for each in _array(data.get("items")) if each is not None]


def items_with_subitems(data: Mapping[str, Any]) -> list[Item]:
    """Return the items that were asked for by their ids, with their sub-items."""
    return [_item(each, ("subitems",)) for each in _array(data.get("items")) if each is not None]


def items_by_value(data: Mapping[str, Any]) -> list[Item]:
    """Return the items that a look-up by the value of a column found."""
    page = _object(data.get("items_page_by_column_values"))
    return [_item(each, ("column_values", "updates")) for each in _array(page.get("items"))]


def id_in(data: Mapping[str, Any]) -> str:
    """Return the id of what a change made or changed."""
    return next((_id(each) for each in map(_object, data.values())), "") or _unreadable()


def _item(value: object, parts: tuple[str, ...]) -> Item:
    item = _object(value)
    state = item.get("state")
    if not isinstance(state, str | None):
        raise Unreadable
    # The schema lets a list be null, and a null list has nothing in it; one that lacks is a fault.
    lists = {part: _array([] if item.get(part, "") is None else item.get(part)) for part in parts}
    columns = map(_object, lists.get("column_values", ()))
    return Item(
        _id(item),
        is_active=state in {None, "active"},
        updates=tuple(map(_update, lists.get("updates", ()))),
        texts=tuple(_text(each.get("text")) for each in columns),
        subitems=tuple(
            _item(each, ("updates", "column_values")) for each in lists.get("subitems", ())
        ),
    )


def _update(value: object) -> Update:
    update = _object(value)
    return Update(_id(update), _text(update.get("text_body")))


def _id(thing: Mapping[str, Any]) -> str:
    found = thing.get("id")
    text = str(found) if isinstance(found, int) else found
    return text if isinstance(text, str) and MONDAY_ID.fullmatch(text) else _unreadable()


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else _unreadable()


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else _unreadable()


def _array(value: object) -> list[Any]:
    return value if isinstance(value, list) else _unreadable()


def _unreadable() -> Any:
    raise Unreadable
