"""Ask an account of Monday.com which boards it has, and on which of them the deals stand.

Titles are what people typed there: they are compared here, and shown with ``one_line`` only.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winloss.core.filing.request import Answer, Request
from winloss.core.problem import stop
from winloss.core.wording import MONDAY_ID

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence

BOARD, SUBITEMS = "board", "sub_items_board"  # the types of boards that hold something for us
MOST_DEALS = 100  # what Monday.com answers at a time
_PAGE = 50  # how many boards the document asks for at a time
_MOST_PAGES = 100
_AROUND = {"So", "Sk", "Cf", "Cc", "Cn", "Me", "Zs"}  # emoji, their parts, and white space


@dataclass(frozen=True, slots=True)
class Named:
    """What an account has under an id and a title: a board, or a group or a column of one."""

    id: str
    title: str
    type: str = ""
    groups: tuple[Named, ...] = ()
    columns: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """The board on which a deal stands, and that of its sub-items, once it has one."""

    board: Named
    subitems: Named | None


def all_boards() -> Generator[Request, Answer, tuple[Named, ...]]:
    """Ask for every active board, page by page. Raises CannotGoOn when it is not told."""
    found: dict[str, Named] = {}
    for page in range(1, _MOST_PAGES + 1):
        answer = yield Request("WinlossBoards", {"page": page})
        listed = _told(answer).get("boards")
        if not isinstance(listed, list):
            raise stop("Monday.com's answer does not list boards", "try again")
        boards = [_named(each) for each in listed if isinstance(each, dict)]
        fresh = {board.id: board for board in boards if board.id not in found}
        found |= fresh
        if len(listed) < _PAGE or not fresh:
            return tuple(found.values())
    hint = "use the token of a person who sees fewer"
    raise stop(f"this token can see more than {_PAGE * _MOST_PAGES:,} boards", hint)


def item_ids(deals: Iterable[str]) -> list[str]:
    """Return the deals that can be asked for at a time: those whose id is a number, newest first.

    Monday.com counts its items upwards.
    """
    ids = {deal for deal in deals if MONDAY_ID.fullmatch(deal)}
    return sorted(ids, key=lambda each: (int(each), each), reverse=True)[:MOST_DEALS]


def boards_of(ids: Sequence[str]) -> Generator[Request, Answer, tuple[Placed, ...]]:
    """Ask on which boards deals stand; what is no item, or not to be seen, is left out."""
    if not ids:
        return ()
    answer = yield Request("WinlossBoardOfDeal", {"ids": list(ids)})
    items = [each for each in _list(_told(answer), "items") if isinstance(each, dict)]
    return tuple(
        Placed(_named(item["board"]), next(_boards_of_subitems(item), None))
        for item in items
        if isinstance(item.get("board"), dict)
    )


def _boards_of_subitems(item: Mapping[str, Any]) -> Iterator[Named]:
    for each in _list(item, "subitems"):
        if isinstance(each, dict) and isinstance(each.get("board"), dict):
            yield _named(each["board"])


def _told(answer: Answer) -> Mapping[str, Any]:
    refusal = answer.refusal
    if refusal is None:
        return answer.data
    hint = f"its code is {refusal.code}"
    if refusal.request_id:
        hint += f"; Monday.com's support finds it by {refusal.request_id}"
    raise stop(f"Monday.com does not say which boards there are: {refusal.message}", hint)


def _named(data: Mapping[str, Any]) -> Named:
    title = data.get("name", data.get("title"))
    groups, columns = (
        tuple(_named(each) for each in _list(data, key) if isinstance(each, dict))
        for key in ("groups", "columns")
    )
    return Named(str(data.get("id")), str(title or ""), str(data.get("type")), groups, columns)


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else []


def of_type(things: Iterable[Named], *types: str) -> list[Named]:
    """Return the boards or the columns that are of a type."""
    return [each for each in things if each.type in types]


def called(things: Iterable[Named], title: str) -> list[Named]:
    """Return what has a title: exactly, else but for its case and for emoji and space around it."""
    things = list(things)
    exact = [each for each in things if each.title == title]
    return exact or [each for each in things if is_called(each, title)]


def is_called(thing: Named, title: str) -> bool:
    """Tell whether a person would call a thing by a title."""
    return thing.title == title or _core(thing.title) == _core(title) != ""


def _core(title: str) -> str:
    """Return what a person would say of a title: without case, and without emoji around it."""
    chars = unicodedata.normalize("NFC", re.sub(r"\s+", " ", title))
    first, last = 0, len(chars)
    while first < last and _is_around(chars[first]):
        first += 1
    while first < last and _is_around(chars[last - 1]):
        last -= 1
    return unicodedata.normalize("NFC", chars[first:last].casefold())


def _is_around(char: str) -> bool:
    # What makes a sign an emoji is a mark for Unicode, as the vowels of some scripts are.
    return char == "\ufe0f" or unicodedata.category(char) in _AROUND
