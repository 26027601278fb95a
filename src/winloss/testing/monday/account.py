"""An account of Monday.com: its boards, items and updates, and what it refuses."""

from __future__ import annotations

import html
import itertools
import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winloss.testing.monday.columns import Column, Refused, read_values, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

NAME_LIMIT = 255
NAME = Column("name", "Name", "name")
SUBITEMS = Column("subtasks", "Subitems", "subtasks")


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a board."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Board:
    """A board; ``subitems`` is the id of the hidden board of its sub-items, if it has one."""

    id: str
    name: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    type: str = "board"
    subitems: str = ""
    state: str = "active"


@dataclass(slots=True)
class Item:
    """An item or a sub-item; ``values`` holds what was written, by the id of its column."""

    id: str
    name: str
    board: Board
    group: Group
    parent: Item | None = None
    state: str = "active"
    values: dict[str, object] = field(default_factory=dict)
    looked_up: int = 0  # how many look-ups by value there had been when it was made

    def text(self, column: Column) -> str:
        """Return what a column shows."""
        return text_of(column, self.values.get(column.id))

    @property
    def url(self) -> str:
        """Where a person would see it."""
        return f"https://rehearsal.monday.com/boards/{self.board.id}/pulses/{self.id}"


@dataclass(slots=True)
class Update:
    """An update of an item: HTML, kept as it was sent."""

    id: str
    item: Item
    body: str

    @property
    def text_body(self) -> str:
        """The body without its tags."""
        return without_tags(self.body)


def without_tags(body: str) -> str:
    """Return HTML as text: its tags removed and its entities decoded."""
    return html.unescape(re.sub("<[^>]*>", "", body))


class Account:
    """Everything an account holds; ids are handed out in sequence.

    ``number`` is the account's own id. ``lag`` is how many look-ups by value pass before a new item
    is found that way, as with a search index that is behind. ``lock`` is held while a document is
    executed.
    """

    def __init__(self, number: str = "1") -> None:
        self.number = number
        self.boards: dict[str, Board] = {}
        self.items: dict[str, Item] = {}
        self.updates: dict[str, Update] = {}
        self.lag = 0
        self.lock = threading.RLock()
        self._ids = itertools.count(7_000_000_001)
        self._lookups = 0
        self._pages: dict[str, list[Item]] = {}

    def add_board(
        self,
        name: str,
        columns: Iterable[Column] = (),
        *,
        groups: Iterable[Group] = (),
        subitems: Iterable[Column] | None = None,
    ) -> Board:
        """Make a board; with ``subitems``, it has a column and a board of them, too."""
        first = tuple(groups) or (Group("topics", "Group Title"),)
        hidden = ""
        if subitems is not None:
            shape = ((NAME, *subitems), (Group("topics", "Subitems"),))
            below = Board(self._next(), f"Subitems of {name}", *shape, type="sub_items_board")
            self.boards[below.id], hidden = below, below.id
        known = (NAME, *columns, *([SUBITEMS] if hidden else []))
        board = Board(self._next(), name, known, first, subitems=hidden)
        self.boards[board.id] = board
        return board

    def add_item(self, board: Board, name: str, *, known_as: str = "") -> Item:
        """Put an item on a board as a person would; ``known_as`` is its id."""
        return self._keep(Item(known_as or self._next(), name, board, board.groups[0]))

    def subitems(self, item: Item) -> list[Item]:
        """Return the active sub-items of an item."""
        return [each for each in self.items.values() if each.parent is item and _is_active(each)]

    def updates_of(self, item: Item) -> list[Update]:
        """Return the updates of an item, the newest first."""
        return [each for each in reversed(self.updates.values()) if each.item is item]

    def look_up(
        self, board: str, wanted: Sequence[tuple[str, Collection[str]]], limit: int
    ) -> tuple[str | None, list[Item]]:
        """Return the active items of a board that show one of the values in each column named."""
        columns = [(_column(self._board(board), name), values) for name, values in wanted]
        self._lookups += 1
        found = [
            item
            for item in self.items.values()
            if item.board.id == board
            and _is_active(item)
            and self._lookups - item.looked_up > self.lag
            and all(item.text(column) in values for column, values in columns)
        ]
        return self._page(found, limit)

    def look_on(self, cursor: str, limit: int) -> tuple[str | None, list[Item]]:
        """Return the next page of a look-up."""
        if cursor not in self._pages:
            raise Refused("CursorException", "The cursor is unknown or has expired")
        return self._page(self._pages[cursor], limit)

    def create_item(self, board: str, group: str | None, name: str, values: object) -> Item:
        """Make an item, if every part of it can be taken."""
        known = self._board(board)
        if known.type != "board":
            what = "an item of its own among sub-items"
            raise Refused(
                "PeerDoesNotDoThis", f"the rehearsal does not make {what}; Monday.com may"
            )
        groups = [each for each in known.groups if group in {None, each.id}]
        if not groups:
            raise Refused("ResourceNotFoundException", f"Group not found: {group}", 404)
        return self._create(Item("", name, known, groups[0]), values)

    def create_subitem(self, parent: str, name: str, values: object) -> Item:
        """Make a sub-item on the hidden board of its parent's board."""
        above = self._item(parent)
        if not above.board.subitems:
            raise Refused("InvalidBoardException", "The board has no Subitems column")
        board = self.boards[above.board.subitems]
        return self._create(Item("", name, board, board.groups[0], above), values)

    def change_values(self, board: str, item: str | None, values: object) -> Item:
        """Write some columns of an item; the others stay as they are."""
        known, changed = self._board(board), self._item(item)
        if changed.board is not known:
            raise Refused("InvalidItemIdException", f"Item {item} is not on board {board}")
        self._write(changed, read_values(known.columns, values))
        return changed

    def create_update(self, item: str | None, body: str) -> Update:
        """Post an update on an item."""
        update = Update(self._next(), self._item(item), body)
        self.updates[update.id] = update
        return update

    def edit_update(self, update: str, body: str) -> Update:
        """Replace the body of an update."""
        known = self._update(update)
        known.body = body
        return known

    def delete_update(self, update: str) -> Update:
        """Take an update away."""
        known = self._update(update)
        del self.updates[update]
        return known

    def set_state(self, item: str | None, state: str) -> Item:
        """Archive or delete an item; it is still answered when asked for by its id."""
        known = self._item(item)
        known.state = state
        return known

    def _create(self, item: Item, values: object) -> Item:
        written = read_values(item.board.columns, values)
        _check_name(item.name)
        self._write(item, written)
        item.id, item.looked_up = self._next(), self._lookups
        return self._keep(item)

    def _write(self, item: Item, written: Mapping[str, object]) -> None:
        if NAME.id in written:
            _check_name(str(written[NAME.id]))
            item.name = str(written[NAME.id])
        item.values |= {name: value for name, value in written.items() if name != NAME.id}

    def _keep(self, item: Item) -> Item:
        self.items[item.id] = item
        return item

    def _next(self) -> str:
        return next(each for each in map(str, self._ids) if each not in self.items)

    def _page(self, found: list[Item], limit: int) -> tuple[str | None, list[Item]]:
        if len(found) <= limit:
            return None, found
        cursor = f"page-{len(self._pages) + 1}"
        self._pages[cursor] = found[limit:]
        return cursor, found[:limit]

    def _board(self, board: str) -> Board:
        if board not in self.boards:
            raise Refused("InvalidBoardIdException", f"Board not found: {board}")
        return self.boards[board]

    def _item(self, item: str | None) -> Item:
        known = self.items.get(item or "")
        if known is None or not _is_active(known):
            raise Refused("InvalidItemIdException", f"Item not found or not active: {item}")
        return known

    def _update(self, update: str) -> Update:
        if update not in self.updates:
            raise Refused("ResourceNotFoundException", f"Update not found: {update}", 404)
        return self.updates[update]


def _is_active(item: Item) -> bool:
    above = item.parent
    return item.state == "active" and (above is None or above.state == "active")


def _check_name(name: str) -> None:
    if len(name) > NAME_LIMIT:
        raise Refused(
            "ItemNameTooLongException", f"Item names have at most {NAME_LIMIT} characters"
        )


def _column(board: Board, name: str) -> Column:
    for column in board.columns:
        if column.id == name:
            return column
    raise Refused("InvalidColumnIdException", "Column not found", data={"column_id": name})
