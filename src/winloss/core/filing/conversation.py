"""How one thing gets filed once: look, do the one thing that is missing, and look again.

A conversation is a generator: it yields what it asks of Monday.com, is sent the answer, and returns
the receipt, or why there is none. It ends only when a look has shown what should be there, or when
Monday.com has itself just made it.

Three things keep it at one item. Nothing is made before a look has shown that it is not there. A
key that anyone would derive from the same record makes Monday.com answer a second request with the
first one's answer; what is said twice proves nothing about now, so it is looked at again, and asked
for under the next key of a fixed series. And since nobody says that two persons' keys are shared,
there is a look after each creation: of two, the one with the lower id stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from winloss.core.deals.receipts import Receipt
from winloss.core.filing.request import Answer, Refusal, Request, once_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from winloss.core.filing.filings import Filing
    from winloss.core.rulebook.boards import Board

_MOST_ROUNDS = 12  # more than any mishap takes; what still changes then is somebody else's doing
_PAGE, _MOST_PAGES = 100, 100  # updates on a page, and pages of an item: the service keeps 10,000
_MARKER = re.compile(r".*winloss:(\S+?)@([0-9a-f]{16})\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Left:
    """Why something was not filed, and how to mend it. The rest can go on."""

    reason: str
    hint: str


Outcome = Receipt | Refusal | Left
Conversation = Generator[Request, Answer, Outcome]
_UNREADABLE = Refusal("unexpected-answer", "the answer is not of the shape that was asked for")
_GONE = (
    "restore it in Monday.com, or take its line out of records/monday.json to have it filed anew"
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """An item as it was seen, with the updates on it that this filing has marked."""

    item: str
    updates: tuple[tuple[str, str], ...]  # id and digest, oldest first


class _Refused(Exception):  # noqa: N818 - caught in this module
    """Monday.com refused; the conversation ends with its refusal."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


class _NoSuchItem(Exception):  # noqa: N818 - caught in this module
    """The deal has no item in Monday.com that this token can see."""


def converse(filing: Filing, board: Board, receipt: Receipt | None) -> Conversation:
    """File one thing, or bring it up to date; ``receipt`` is how it was filed before."""
    try:
        return (yield from _Filing(filing, board, receipt).settle())
    except _Refused as cause:
        return cause.refusal
    except _NoSuchItem:
        reason = f"Monday.com shows no active item {filing.deal}"
        hint = (
            "see that the Deal ID is right, the item not archived, and the token's owner may see it"
        )
        return Left(reason, hint)


@dataclass(slots=True)
class _Filing:
    """One filing under way. ``made`` and ``posted`` are what its own requests created."""

    filing: Filing
    board: Board
    receipt: Receipt | None
    known: str = field(init=False)
    made: set[str] = field(default_factory=set)
    posted: set[str] = field(default_factory=set)
    asked: dict[str, int] = field(default_factory=dict)
    refused_before: Refusal | None = None

    def __post_init__(self) -> None:
        self.known = self.receipt.item if self.receipt else ""

    def settle(self) -> Conversation:
        """Look, and do what is missing, until nothing is."""
        for _ in range(_MOST_ROUNDS):
            seen = yield from self._look()
            if not seen and self.receipt:
                reason = f"it was filed as item {self.receipt.item}, which Monday.com no longer has"
                return Left(reason, _GONE)
            if not seen:
                made = yield from self._create()
                if made:  # what this very answer made has no update yet
                    yield from self._note(_Seen(made, ()))
                continue
            first = min(seen, key=lambda each: int(each.item))
            doubled = [each.item for each in seen if each is not first and each.item in self.made]
            if doubled:
                yield from self._change("WinlossArchiveItem", {"item": doubled[0]})
                self.known = first.item
                continue
            update = yield from self._note(first)
            if update:
                return Receipt(first.item, update, self.filing.digest)
        if self.refused_before is not None:
            return self.refused_before
        hint = "see who else files there, and try again: winloss file --push"
        return Left("Monday.com showed something else at each look", hint)

    def _note(self, seen: _Seen) -> Generator[Request, Answer, str]:
        """Do what the item's update lacks; return its id once it holds what it should."""
        body = {"body": self.filing.marked}
        doubled = [name for name, _ in seen.updates[1:] if name in self.posted]
        if doubled:
            yield from self._change("WinlossDeleteUpdate", {"update": doubled[0]})
        elif not seen.updates:
            # Not keyed by what it says: of two who post at once, one posts and the other edits.
            answer = yield from self._change(
                "WinlossPostUpdate", {"item": seen.item, **body}, seen.item
            )
            self.posted |= {_id(answer, "create_update")} - {""}
        else:
            name, holds = seen.updates[0]
            if holds == self.filing.digest:
                return name
            answer = yield from self._change(
                "WinlossEditUpdate", {"update": name, **body}, name, holds, self.filing.digest
            )
            return "" if answer.is_replayed else name
        return ""

    def _create(self) -> Generator[Request, Answer, str]:
        """Create the item; return its id when this answer made it, and no earlier one."""
        filing, values = self.filing, {self.board.key: self.filing.key}
        if filing.what == "sub-item":
            document, where = "WinlossCreateSubitem", {"parent": filing.deal}
        else:
            document, where = "WinlossCreateItem", {"board": self.board.board}
            if self.board.group:
                where["group"] = self.board.group
            if self.board.stage:
                values |= {self.board.stage: {"label": self.board.opens_at}}  # type: ignore[dict-item]
        # Not keyed by its name, which a change of the forms would change.
        variables = {**where, "name": filing.name, "values": json.dumps(values)}
        answer = yield from self._change(document, variables, where, values)
        made = _id(answer, "create_subitem", "create_item")
        self.known = made or self.known
        self.made |= {made} - {""}
        return "" if answer.is_replayed else made

    def _change(
        self, document: str, variables: Mapping[str, object], *content: object
    ) -> Generator[Request, Answer, Answer]:
        """Ask for a change, under the next key of its series; a fresh refusal ends all."""
        series = once_key(document, self.filing.key, content or variables)
        number = self.asked.get(series, 0)
        self.asked[series] = number + 1
        answer = yield Request(document, variables, once_key(series, number))
        if answer.refusal is not None and not answer.is_replayed:
            raise _Refused(answer.refusal)
        self.refused_before = answer.refusal
        return answer

    def _ask(self, document: str, **variables: object) -> Generator[Request, Answer, Any]:
        answer = yield Request(document, variables)
        if answer.refusal is not None:
            raise _Refused(answer.refusal)
        return answer.data

    def _look(self) -> Generator[Request, Answer, list[_Seen]]:
        """Return the items that are this filing's."""
        found = yield from self._items()
        seen = []
        for each in (each for each in found if _is_active(each)):
            updates = yield from self._updates(each)
            seen.append(_Seen(str(each["id"]), updates))
        return seen

    def _items(self) -> Generator[Request, Answer, list[Any]]:
        filing = self.filing
        if filing.what == "update":
            data = yield from self._ask("WinlossUpdates", ids=[filing.deal], page=1)
            found = _items_in(data)
            if not self.receipt and not any(map(_is_active, found)):
                raise _NoSuchItem
            return found
        if filing.what == "sub-item":
            keys = [self.board.key]
            data = yield from self._ask("WinlossSubitems", ids=[filing.deal], key=keys)
            parents = [each for each in _items_in(data) if _is_active(each)]
            if not parents:
                raise _NoSuchItem
            found = [each for each in _list(parents[0].get("subitems")) if self._is_mine(each)]
        else:
            data = yield from self._ask(
                "WinlossItems",
                board=self.board.board,
                key=self.board.key,
                values=[filing.key],
            )
            found = _items_in(data.get("items_page_by_column_values") or {})
        if self.known and self.known not in {str(each["id"]) for each in found}:
            # A search may lag behind, and a person may have emptied the column.
            data = yield from self._ask("WinlossUpdates", ids=[self.known], page=1)
            found += _items_in(data)
        return found

    def _is_mine(self, subitem: Mapping[str, Any]) -> bool:
        values = _list(subitem.get("column_values"))
        return any(each.get("text") == self.filing.key for each in values)

    def _updates(
        self, item: Mapping[str, Any]
    ) -> Generator[Request, Answer, tuple[tuple[str, str], ...]]:
        """Return the updates with this filing's marker, oldest first, looking on page by page."""
        page, found = _list(item.get("updates")), list[tuple[str, str]]()
        for number in range(2, _MOST_PAGES + 2):
            found += self._marked(page)
            if len(page) < _PAGE or found:
                break
            data = yield from self._ask("WinlossUpdates", ids=[str(item["id"])], page=number)
            page = [each for item in _items_in(data) for each in _list(item.get("updates"))]
        return tuple(sorted(found, key=lambda each: int(each[0])))

    def _marked(self, page: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
        for each in page:
            marker = _MARKER.fullmatch(each.get("text_body") or "")
            if marker and marker[1] == self.filing.key:
                yield str(each["id"]), marker[2]


def _items_in(data: Mapping[str, Any]) -> list[Any]:
    """Return the items of an answer; nothing is ever made on an answer that names no list."""
    items = data.get("items")
    if not isinstance(items, list):
        raise _Refused(_UNREADABLE)
    return _list(items)


def _is_active(item: Mapping[str, Any]) -> bool:
    return item.get("state") in {None, "active"}


def _list(value: Any) -> list[Any]:
    return [each for each in value or () if each]


def _id(answer: Answer, *fields: str) -> str:
    found = [answer.data.get(name) or {} for name in fields]
    return next((str(each["id"]) for each in found if "id" in each), "")
