"""How one thing gets filed once: look, do the one thing that is missing, and look again.

A conversation is a generator: it yields what it asks of Monday.com, is sent the answer, and returns
the receipt, or why there is none. It ends only when a look has shown what should be there, or when
Monday.com has itself just made it.

Four things keep it at one item, and the receipts true. Nothing is made before a look has shown that
it is not there. A key that anyone would derive from the same record makes Monday.com answer a
second request with the first one's answer; what is said twice proves nothing about now, so it is
looked at again, and asked for under the next key of a fixed series. Since nobody says that two
persons' keys are shared, there is a look after each creation: of two, the one with the lower id
stays. And what somebody else wrote since the last receipt is not overwritten unread: it goes into
the receipts, and the next push may replace it.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from winloss.core.deals.receipts import Receipt
from winloss.core.filing.request import Answer, Refusal, Request, once_key
from winloss.core.filing.seen import (
    Item,
    Unreadable,
    id_in,
    items_by_id,
    items_by_value,
    items_with_subitems,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from winloss.core.filing.filings import Filing
    from winloss.core.filing.seen import Update
    from winloss.core.rulebook.boards import Board

_MOST_ROUNDS = 12  # more than any mishap takes; what still changes then is somebody else's doing
_PAGE, _MOST_PAGES = 100, 100  # updates on a page, and pages of an item: the service keeps 10,000


@dataclass(frozen=True, slots=True)
class Left:
    """Why something was not filed, and how to mend it. The rest can go on.

    ``found`` is what Monday.com holds of it instead, for the receipts.
    """

    reason: str
    hint: str
    found: Receipt | None = None


Outcome = Receipt | Refusal | Left
Conversation = Generator[Request, Answer, Outcome]
_UNREADABLE = Refusal("unexpected-answer", "the answer is not of the shape that was asked for")
_GONE = "restore it there, or have the record filed anew: winloss file --push --forget "
_AGAIN = "try again later: winloss file --push"


@dataclass(frozen=True, slots=True)
class _Seen:
    """An item as it was seen, with the updates on it that this filing has marked."""

    item: str
    updates: tuple[tuple[str, str], ...]  # id and digest, oldest first


class _Refused(Exception):  # noqa: N818 - caught in this module
    """Monday.com refused; the conversation ends with its refusal."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


class _Leave(Exception):  # noqa: N818 - caught in this module
    """This filing cannot go on."""

    def __init__(self, reason: str, hint: str, found: Receipt | None = None) -> None:
        self.left = Left(reason, hint, found)


def converse(filing: Filing, board: Board, receipt: Receipt | None) -> Conversation:
    """File one thing, or bring it up to date; ``receipt`` is how it was filed before."""
    try:
        return (yield from _Filing(filing, board, receipt).settle())
    except _Refused as cause:
        return cause.refusal
    except _Leave as cause:
        return cause.left
    except Unreadable:
        return _UNREADABLE


@dataclass(slots=True)
class _Filing:
    """One filing under way. ``made`` and ``posted`` are what its own requests created.

    ``fresh`` says what was made by an answer that was given for the first time.
    """

    filing: Filing
    board: Board
    receipt: Receipt | None
    known: str = field(init=False)
    made: set[str] = field(default_factory=set)
    posted: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    asked: dict[str, int] = field(default_factory=dict)
    refused_before: Refusal | None = None

    def __post_init__(self) -> None:
        self.known = self.receipt.item if self.receipt else ""

    def settle(self) -> Conversation:
        """Look, and do what is missing, until nothing is."""
        for _ in range(_MOST_ROUNDS):
            seen = yield from self._look()
            if not seen and self.receipt:
                reason = f"it was filed on item {self.receipt.item}, which is gone from Monday.com"
                return Left(reason, f"{_GONE}{self.filing.key}")
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
            # Not keyed by what it says: of two who post at once, one posts.
            what, where = f"update on item {seen.item}", {"item": seen.item}
            answer = yield from self._make(what, "WinlossPostUpdate", {**where, **body}, where)
            self.posted |= {_made(answer)} - {""}
        else:
            name, holds = seen.updates[0]
            if holds == self.filing.digest:
                return name
            self._refuse_unread(Receipt(seen.item, name, holds))
            answer = yield from self._change(
                "WinlossEditUpdate", {"update": name, **body}, name, holds, self.filing.digest
            )
            return name if _made(answer) and not answer.is_replayed else ""
        return ""

    def _refuse_unread(self, found: Receipt) -> None:
        """Leave what somebody else wrote since: whoever has not pulled would undo it."""
        if found.holds and found.holds != (self.receipt.holds if self.receipt else ""):
            reason = f"item {found.item} holds another version of it, which was not sent from here"
            hint = "get what others have filed (git pull), and push again: then yours replaces it"
            raise _Leave(reason, hint, found)

    def _make(
        self, what: str, document: str, variables: Mapping[str, object], *content: object
    ) -> Generator[Request, Answer, Answer]:
        """Ask for something new; what a first answer made is not made again, shown or not."""
        if what in self.fresh:
            raise _Leave(f"Monday.com does not show the {what} that it has just made", _AGAIN)
        answer = yield from self._change(document, variables, *content)
        if not answer.is_replayed:
            self.fresh.add(what)
        return answer

    def _create(self) -> Generator[Request, Answer, str]:
        """Create the item; return its id when this answer made it, and no earlier one."""
        filing = self.filing
        values: dict[str, object] = {self.board.key: filing.key}
        if filing.what == "sub-item":
            document, where = "WinlossCreateSubitem", {"parent": filing.deal}
        else:
            document, where = "WinlossCreateItem", {"board": self.board.board}
            if self.board.group:
                where["group"] = self.board.group
            if self.board.stage:
                values |= {self.board.stage: {"label": self.board.opens_at}}
        # Not keyed by its name, which a change of the forms would change.
        variables = {**where, "name": filing.name, "values": json.dumps(values)}
        answer = yield from self._make("item", document, variables, where, values)
        made = _made(answer)
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
        for each in (each for each in found if each.is_active):
            updates = yield from self._updates(each)
            if updates or self._is_named(each):
                seen.append(_Seen(each.id, updates))
        return seen

    def _is_named(self, item: Item) -> bool:
        """Tell whether an item is this filing's by more than a number in the receipts."""
        is_ours = self.filing.key in item.texts or item.id in self.made
        return is_ours or self.filing.what == "update"

    def _items(self) -> Generator[Request, Answer, list[Item]]:
        filing = self.filing
        if filing.what == "update":
            found = items_by_id((yield from self._ask("WinlossUpdates", ids=[filing.deal], page=1)))
            return [self._shown(found)]
        if filing.what == "sub-item":
            keys = [self.board.key]
            data = yield from self._ask("WinlossSubitems", ids=[filing.deal], key=keys)
            deal = self._shown(items_with_subitems(data))
            # By the key, or where a person has emptied that, by the marker of an update.
            found = [
                each
                for each in deal.subitems
                if self._is_named(each) or any(self._marked(each.updates))
            ]
        else:
            where = {"board": self.board.board, "key": self.board.key}
            data = yield from self._ask("WinlossItems", **where, values=[filing.key])
            found = items_by_value(data)
        if self.known and self.known not in {each.id for each in found}:
            # A search may lag behind, and a person may have emptied the column.
            data = yield from self._ask("WinlossUpdates", ids=[self.known], page=1)
            found += items_by_id(data)
        return found

    def _shown(self, found: Iterable[Item]) -> Item:
        """Return the deal's item, which only a person can bring back."""
        for each in found:
            if each.is_active:
                return each
        reason = f"Monday.com shows no active item {self.filing.deal}"
        hint = (
            "see that the Deal ID is right, the item not archived, and the token's owner may see it"
        )
        raise _Leave(reason, hint)

    def _updates(self, item: Item) -> Generator[Request, Answer, tuple[tuple[str, str], ...]]:
        """Return the updates with this filing's marker, oldest first, looking on page by page."""
        page, found = item.updates, list[tuple[str, str]]()
        for number in range(2, _MOST_PAGES + 2):
            found += self._marked(page)
            if len(page) < _PAGE or found:
                break
            data = yield from self._ask("WinlossUpdates", ids=[item.id], page=number)
            page = tuple(each for item in items_by_id(data) for each in item.updates)
        return tuple(sorted(found, key=lambda each: int(each[0])))

    def _marked(self, page: Iterable[Update]) -> Iterator[tuple[str, str]]:
        """Yield each update that is this filing's, and what it holds: empty where nothing says."""
        ours = self.posted | ({self.receipt.update} if self.receipt else set())
        for each in page:
            key, holds = each.marker
            if key == self.filing.key:
                yield each.id, holds
            elif each.id in ours:  # a person has written behind the marker, or taken it away
                yield each.id, ""


def _made(answer: Answer) -> str:
    """Return the id of what an answer says was made; empty for a refusal that is said again."""
    return id_in(answer.data) if answer.refusal is None else ""
