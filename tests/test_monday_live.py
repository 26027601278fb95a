"""The same scenarios against the peer and, where there is one, against Monday.com itself.

For the real service, make a scratch board in Monday.com with a text column titled "winloss", a
status column titled "Stage" that has the label "Qualified conversation", and a column of sub-items;
add a sub-item to any item once, and to the board of sub-items a text column "winloss". Then::

    MONDAY_API_TOKEN=… WINLOSS_MONDAY_SCRATCH_BOARD=1234567890 make live

Everything that is made there is archived in the end.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from winloss.core.deals.receipts import Receipt
from winloss.core.filing.account_boards import all_boards
from winloss.core.filing.conversation import converse
from winloss.core.filing.filings import Filing
from winloss.core.filing.preflight import Owner, who_am_i
from winloss.core.filing.request import SERVICE, Refusal, Request, once_key
from winloss.core.filing.setup import find_boards
from winloss.core.filing.token import Token
from winloss.core.rulebook.boards import Board
from winloss.edge.monday import Monday
from winloss.filing import drive
from winloss.testing.monday.account import Account
from winloss.testing.monday.columns import Column
from winloss.testing.monday.transport import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winloss.core.filing.conversation import Outcome

TOKEN = os.environ.get("MONDAY_API_TOKEN", "")
URL = os.environ.get("MONDAY_API_URL", SERVICE)
SCRATCH = os.environ.get("WINLOSS_MONDAY_SCRATCH_BOARD", "")
STAGE = "Qualified conversation"


@dataclass
class Service:
    """A service, and a deal of our own on its scratch board."""

    monday: Monday
    board: str
    deal: str = ""
    boards: dict[str, Board] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    def ask(self, document: str, **variables: object) -> Any:
        """Ask, and return the data; a refusal is no answer."""
        once = once_key(document, variables) if "Create" in document else ""
        answer = self.monday.ask(Request(document, variables, once))
        assert answer.refusal is None, answer.refusal
        return answer.data

    def begin(self) -> None:
        """Put a deal on the board, and find the columns as set-up does."""
        values = {"board": self.board, "name": f"winloss {os.urandom(4).hex()}", "values": "{}"}
        self.deal = self.ask("WinlossCreateItem", **values)["create_item"]["id"]
        self.made.append(self.deal)
        typed = {"expansion": Board(opens_at=STAGE)}
        chosen = {"deals": self.board, "expansion": self.board}
        found = drive(self.monday, find_boards(typed, [self.deal], chosen))
        assert not [each for each in found.problems if each.is_error], found.problems
        self.boards = dict(found.boards)

    def end(self) -> None:
        """Archive what was made."""
        for item in reversed(self.made):
            self.ask("WinlossArchiveItem", item=item)

    def filing(self, what: str, says: str = "one") -> Filing:
        """Return something to file of the deal."""
        board = "expansion" if what == "item" else "deals"
        key = f"{self.deal}/{what}"
        body = f"<ul><li>{says}</li><li>“Zoë” &amp; 5 &lt; 6</li><li>c</li></ul>\n"
        about = ("records/x.md", self.deal, "winloss", board, f"Win/loss: {what}")
        return Filing(key, what, *about, body)  # type: ignore[arg-type]

    def file(self, filing: Filing, receipt: Receipt | None = None) -> Outcome:
        """File it, and remember what to take away."""
        board = self.boards.get(filing.line, Board())
        outcome = drive(self.monday, converse(filing, board, receipt))
        if isinstance(outcome, Receipt) and outcome.item not in self.made:
            self.made.append(outcome.item)
        return outcome

    def marked(self, receipt: Receipt, filing: Filing) -> list[str]:
        """Return the text of the updates on an item that the filing marked."""
        items = self.ask("WinlossUpdates", ids=[receipt.item], page=1)["items"]
        texts = [each["text_body"] for each in items[0]["updates"]]
        return [text for text in texts if f"winloss:{filing.key}@" in text]

    def found(self, filing: Filing) -> list[str]:
        """Return the active items of the deal, or of the board, that hold the filing's key."""
        board = self.boards[filing.line]
        if filing.what == "item":
            asked = {"board": board.board, "key": board.key, "values": [filing.key]}
            page = self.ask("WinlossItems", **asked)["items_page_by_column_values"]
            return [each["id"] for each in page["items"]]
        items = self.ask("WinlossSubitems", ids=[self.deal], key=[board.key])["items"]
        return [
            each["id"]
            for each in items[0]["subitems"] or ()
            if each["column_values"][0]["text"] == filing.key
        ]


def _scratch() -> Account:
    account = Account()
    key = Column("text_winloss", "winloss", "text")
    stage = Column("status_1", "Stage", "status", ("New", STAGE))
    account.add_board("Scratch", [key, stage], subitems=[key])
    return account


@pytest.fixture(params=["peer", pytest.param("live", marks=pytest.mark.live)])
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    """Return the peer, or Monday.com itself when a token and a scratch board are given."""
    if request.param == "live":
        if not (TOKEN and SCRATCH):
            pytest.skip("MONDAY_API_TOKEN and WINLOSS_MONDAY_SCRATCH_BOARD are not given")
        made = Service(Monday(URL, Token(TOKEN), 300, print), SCRATCH)
        made.begin()
        yield made
        made.end()
        return
    account = _scratch()
    (board,) = (each.id for each in account.boards.values() if each.type == "board")
    with serving(account) as peer:
        monday = Monday(peer.url, Token(peer.token), 300, print, wait=lambda _: None)
        made = Service(monday, board)
        made.begin()
        yield made
        made.end()


WHAT = pytest.mark.parametrize("what", ["sub-item", "update", "item"])


def test_the_owner_and_the_boards_are_answered(service: Service) -> None:
    """A token says whose it is, and the scratch board is among the boards."""
    owner = drive(service.monday, who_am_i())
    assert isinstance(owner, Owner)
    assert owner.account
    assert owner.is_as_written_for
    boards = drive(service.monday, all_boards())
    assert service.board in {each.id for each in boards}


@WHAT
def test_something_is_filed_once_and_brought_up_to_date(service: Service, what: str) -> None:
    """Filed, found again without its receipt, and changed: one item and one update all along."""
    wanted = service.filing(what)
    first = service.file(wanted)
    assert isinstance(first, Receipt)
    assert service.file(wanted) == first
    changed = service.filing(what, "two")
    second = service.file(changed, first)
    assert second == replace(first, holds=changed.digest)
    (text,) = service.marked(first, wanted)
    assert "two" in text
    assert "“Zoë” & 5 < 6" in text
    if what != "update":
        assert service.found(wanted) == [first.item]


@WHAT
def test_two_who_file_at_once_leave_one(service: Service, what: str) -> None:
    """Two conversations at the same time, with the same record: one item and one update."""
    wanted = service.filing(what)
    outcomes: list[Outcome] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(service.file(wanted))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(isinstance(each, Receipt) for each in outcomes), outcomes
    assert outcomes[0] == outcomes[1]
    assert isinstance(outcomes[0], Receipt)
    assert len(service.marked(outcomes[0], wanted)) == 1
    if what != "update":
        assert service.found(wanted) == [outcomes[0].item]


def test_a_label_that_is_not_there_creates_nothing(service: Service) -> None:
    """A wrong label is refused with the id of the request, and no item is left behind."""
    wanted = service.filing("item")
    service.boards["expansion"] = replace(service.boards["expansion"], opens_at="No such label")
    refused = service.file(wanted)
    assert isinstance(refused, Refusal)
    assert refused.request_id
    assert service.found(wanted) == []


def test_a_column_that_is_not_there_creates_nothing(service: Service) -> None:
    """A missing column is refused, and no sub-item is left behind."""
    wanted = service.filing("sub-item")
    right = service.boards["deals"]
    service.boards["deals"] = replace(right, key="no_such_column")
    assert isinstance(service.file(wanted), Refusal)
    items = service.ask("WinlossSubitems", ids=[service.deal], key=[right.key])["items"]
    assert not items[0]["subitems"]


def test_the_same_key_is_answered_with_the_first_answer(service: Service) -> None:
    """Within half an hour the service remembers a key: the second creation is a replay."""
    values = json.dumps({service.boards["deals"].key: "a key"})
    variables = {"parent": service.deal, "name": "Twice", "values": values}
    request = Request("WinlossCreateSubitem", variables, once_key("twice", service.deal))
    first, second = service.monday.ask(request), service.monday.ask(request)
    assert first.data == second.data
    assert (first.is_replayed, second.is_replayed) == (False, True)
    service.made.append(first.data["create_subitem"]["id"])
