"""What an account holds, as plain text for a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from winloss.core.wording import one_line
from winloss.testing.monday.account import without_tags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winloss.testing.monday.account import Account, Item


def page(account: Account) -> str:
    """Return boards, items, sub-items, their columns and updates, each with its id."""
    with account.lock:
        return "\n".join(_lines(account)) + "\n"


def _lines(account: Account) -> Iterator[str]:
    yield "A rehearsal of Monday.com: nothing here is real, and nothing is kept."
    for board in account.boards.values():
        if board.type != "board":
            continue
        yield f"\n{one_line(board.name)} (board {board.id})"
        items = [each for each in account.items.values() if each.board.id == board.id]
        for item in items:
            yield from _item(account, item, "  ")
        if not items:
            yield "  nothing yet"


def _item(account: Account, item: Item, indent: str) -> Iterator[str]:
    state = "" if item.state == "active" else f", {item.state}"
    yield f"{indent}{one_line(item.name)} (item {item.id}{state})"
    for column in item.board.columns:
        if item.text(column):
            yield f"{indent}  {one_line(column.title)}: {one_line(item.text(column))}"
    for update in account.updates_of(item):
        yield f"{indent}  update {update.id}:"
        for line in re.split("</(?:li|p|ul)>|<br ?/?>", update.body):
            if text := one_line(without_tags(line)):
                yield f"{indent}    {text}"
    for below in account.items.values():
        if below.parent is item:
            yield from _item(account, below, indent + "  ")
