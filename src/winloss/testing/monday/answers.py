"""What each field answers: one function for each that our documents ask for.

Any other field, and any argument that is not taken here, is refused with an error that says so.
"""

from __future__ import annotations

import inspect
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from winloss.testing.monday.account import NAME, Account, Board, Item, Update
from winloss.testing.monday.columns import Column, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CURRENT, MAINTENANCE = "2026-10", "2026-07"
VERSIONS = {MAINTENANCE: "maintenance", CURRENT: "current", "2027-01": "release_candidate"}
MOST_IDS = 100
MOST_ITEMS = 500  # on a page of a look-up
_BUDGET = 10_000_000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Value:
    """A column of an item, as the interface ColumnValue shows it."""

    item: Item
    column: Column

    @property
    def id(self) -> str:
        """The column's id."""
        return self.column.id

    @property
    def type(self) -> str:
        """The column's type."""
        return self.column.type

    @property
    def text(self) -> str:
        """How the value reads."""
        return self.item.text(self.column)

    @property
    def value(self) -> str | None:
        """The value as JSON."""
        written = self.item.values.get(self.column.id)
        return None if written is None else json.dumps(written)


def field_of(account: Account, version: str, source: Any, place: str, given: dict[str, Any]) -> Any:
    """Return what a field answers; ``place`` is ``Type.field``."""
    if place == "Query.version":
        return _version(version)
    kind, _, name = place.partition(".")
    known = ANSWERS.get(place)
    if known is None:
        if name in PLAIN.get("ColumnValue" if isinstance(source, Value) else kind, ()):
            return source[name] if isinstance(source, dict) else getattr(source, name)
        raise _unlike(place)
    for argument in given.keys() - inspect.signature(known).parameters.keys():
        raise _unlike(f"{place}({argument}:)")
    return known(account, source, **given)


def _unlike(what: str) -> Refused:
    return Refused("PeerDoesNotDoThis", f"the rehearsal does not do {what}; Monday.com may")


def _version(value: str) -> dict[str, str]:
    kind = VERSIONS[value]
    return {"value": value, "kind": kind, "display_name": kind.replace("_", " ").title()}


def _complexity(*_: object) -> dict[str, int]:
    """Return a budget that is never used up: what a query costs is not published."""
    return {"before": _BUDGET, "after": _BUDGET, "query": 0, "reset_in_x_seconds": 60}


def _within(limit: int, most: int) -> int:
    if not 0 < limit <= most:
        raise Refused("InvalidArgumentException", f"a limit is 1 to {most}")
    return limit


def _paged(found: Sequence[_T], limit: int, page: int) -> Sequence[_T]:
    return found[(page - 1) * limit : page * limit]


def _boards(
    account: Account,
    _: object,
    ids: list[str] | None = None,
    limit: int = 25,
    page: int = 1,
    state: str = "active",
) -> Sequence[Board]:
    found = [
        board
        for board in account.boards.values()
        if (ids is None or board.id in ids) and state in {board.state, "all"}
    ]
    return _paged(found, limit, page)


def _items(
    account: Account, _: object, ids: list[str] | None = None, limit: int = 25, page: int = 1
) -> Sequence[Item]:
    """Return items in the order of their making, whatever the order of the ids."""
    if ids is None:
        raise _unlike("Query.items without ids")
    _within(len(ids) or 1, MOST_IDS)
    found = [item for item in account.items.values() if item.id in ids]
    return _paged(found, _within(limit, MOST_IDS), page)


def _updates(account: Account, item: Item, limit: int = 25, page: int = 1) -> Sequence[Update]:
    return _paged(account.updates_of(item), _within(limit, MOST_IDS), page)


def _look_up(
    account: Account,
    _: object,
    board_id: str,
    columns: list[dict[str, Any]] | None = None,
    limit: int = 25,
) -> dict[str, object]:
    wanted = [
        (each["column_id"], ["" if value is None else value for value in each["column_values"]])
        for each in columns or ()
    ]
    return _page(account.look_up(board_id, wanted, _within(limit, MOST_ITEMS)))


def _look_on(account: Account, _: object, cursor: str, limit: int = 25) -> dict[str, object]:
    return _page(account.look_on(cursor, _within(limit, MOST_ITEMS)))


def _page(found: tuple[str | None, list[Item]]) -> dict[str, object]:
    return {"cursor": found[0], "items": found[1]}


def _column_values(_: Account, item: Item, ids: list[str] | None = None) -> list[Value]:
    """Return the columns of an item; its name is no column value."""
    columns = [column for column in item.board.columns if column != NAME]
    return [Value(item, column) for column in columns if ids is None or column.id in ids]


def _create_item(
    account: Account,
    _: object,
    board_id: str,
    item_name: str,
    group_id: str | None = None,
    column_values: object = None,
    *,
    create_labels_if_missing: bool | None = None,
) -> Item:
    _no_new_labels(create_labels_if_missing)
    return account.create_item(board_id, group_id, item_name, column_values)


def _create_subitem(
    account: Account,
    _: object,
    parent_item_id: str,
    item_name: str,
    column_values: object = None,
    *,
    create_labels_if_missing: bool | None = None,
) -> Item:
    _no_new_labels(create_labels_if_missing)
    return account.create_subitem(parent_item_id, item_name, column_values)


def _change(
    account: Account,
    _: object,
    board_id: str,
    column_values: object,
    item_id: str | None = None,
    *,
    create_labels_if_missing: bool | None = None,
) -> Item:
    _no_new_labels(create_labels_if_missing)
    return account.change_values(board_id, item_id, column_values)


def _no_new_labels(is_wanted: object) -> None:
    """Refuse what the peer could only pretend to do."""
    if is_wanted:
        raise _unlike("create_labels_if_missing: true")


def _create_update(account: Account, _: object, body: str, item_id: str | None = None) -> Update:
    return account.create_update(item_id, body)


def _edit_update(account: Account, _: object, id: str, body: str) -> Update:  # noqa: A002 - theirs
    return account.edit_update(id, body)


def _delete_update(account: Account, _: object, id: str) -> Update:  # noqa: A002 - theirs
    return account.delete_update(id)


def _archive_item(account: Account, _: object, item_id: str | None = None) -> Item:
    return account.set_state(item_id, "archived")


def _delete_item(account: Account, _: object, item_id: str | None = None) -> Item:
    return account.set_state(item_id, "deleted")


def _index(_: Account, value: Value) -> int | None:
    return value.column.labels.index(value.text) if value.text else None


ANSWERS: dict[str, Callable[..., object]] = {
    "Query.me": lambda *_: {"id": "1", "name": "Rehearsal", "email": "rehearsal@example.com"},
    "User.account": lambda account, _: {"id": account.number, "name": "Rehearsal"},
    "Query.versions": lambda *_: [_version(value) for value in VERSIONS],
    "Query.complexity": _complexity,
    "Query.boards": _boards,
    "Query.items": _items,
    "Query.items_page_by_column_values": _look_up,
    "Query.next_items_page": _look_on,
    "Item.parent_item": lambda _, item: item.parent,
    "Item.subitems": lambda account, item: account.subitems(item),
    "Item.updates": _updates,
    "Item.column_values": _column_values,
    "Update.item_id": lambda _, update: update.item.id,
    "StatusValue.label": lambda _, value: value.text or None,
    "StatusValue.index": _index,
    "Mutation.create_item": _create_item,
    "Mutation.create_subitem": _create_subitem,
    "Mutation.change_multiple_column_values": _change,
    "Mutation.create_update": _create_update,
    "Mutation.edit_update": _edit_update,
    "Mutation.delete_update": _delete_update,
    "Mutation.archive_item": _archive_item,
    "Mutation.delete_item": _delete_item,
}
PLAIN = {
    "User": ("id", "name", "email"),
    "Account": ("id", "name"),
    "Version": ("value", "kind", "display_name"),
    "Complexity": ("before", "after", "query", "reset_in_x_seconds"),
    "ItemsResponse": ("cursor", "items"),
    "Board": ("id", "name", "type", "state", "columns", "groups"),
    "Column": ("id", "title", "type"),
    "Group": ("id", "title"),
    "Item": ("id", "name", "state", "board", "group", "url"),
    "ColumnValue": ("id", "type", "text", "value", "column"),
    "Update": ("id", "body", "text_body", "item"),
}
