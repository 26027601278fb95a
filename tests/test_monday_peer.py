"""The rehearsal's peer does what its table says, over a real socket."""

from __future__ import annotations

import http.client
import inspect
import json
import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from conftest import HOME
from winloss.testing.monday import documented
from winloss.testing.monday.account import Account
from winloss.testing.monday.columns import Column
from winloss.testing.monday.faults import HTML_502, Faults
from winloss.testing.monday.transport import Peer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

EDGE = HOME / "src" / "winloss" / "edge" / "graphql"
PEER = HOME / "src" / "winloss" / "testing" / "monday"
DEAL = "9150246671"
LABEL = "Qualified conversation"
DEEP = b"[" * 100_000
SHOWN: set[str] = set()
_Test = TypeVar("_Test", bound="Callable[..., None]")


def shows(*names: str) -> Callable[[_Test], _Test]:
    """Say which rows of the table a test shows."""
    SHOWN.update(names)
    return lambda test: test


@dataclass
class Clock:
    """A clock that a test turns on."""

    now: float = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


@dataclass(frozen=True)
class Said:
    """What the peer answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        """The answer as JSON."""
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        """What was asked for; an answer with errors is none."""
        assert "errors" not in self.told, self.told
        return self.told["data"]

    @property
    def codes(self) -> list[str]:
        """The codes of its errors."""
        return [error["extensions"]["code"] for error in self.told["errors"]]


@dataclass(frozen=True)
class Client:
    """A client that trusts nobody, and asks once."""

    peer: Peer
    clock: Clock
    deals: str  # the board of the deals
    below: str  # that of their sub-items
    prospects: str

    def post(self, body: bytes, **headers: str) -> Said:
        """Send a body with the token and more headers."""
        sent = {"Authorization": self.peer.token, "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        address = self.peer.url.removeprefix("http://").removesuffix("/v2")
        connection = http.client.HTTPConnection(address, timeout=20)
        try:
            connection.request("POST", "/v2", body, sent)
            answer = connection.getresponse()
            return Said(answer.status, dict(answer.headers), answer.read())
        finally:
            connection.close()

    def ask(
        self, document: str, variables: Mapping[str, object] | None = None, **headers: str
    ) -> Said:
        """Send a document, or one of ours by its name."""
        ours = EDGE / f"{document}.graphql"
        query = ours.read_text("utf-8") if document.isalnum() else document
        return self.post(json.dumps({"query": query, "variables": variables}).encode(), **headers)

    def file(self, once: str = "", name: str = "Debrief", **values: object) -> Said:
        """Make a sub-item of the deal; with an idempotency key unless it is empty."""
        variables = {"parent": DEAL, "name": name, "values": json.dumps(values)}
        headers = {"Idempotency_Key": once} if once else {}
        return self.ask("WinlossCreateSubitem", variables, **headers)

    def open(self, **values: object) -> Said:
        """Make an item on the board of prospects."""
        variables = {"board": self.prospects, "name": "A", "values": json.dumps(values)}
        return self.ask("WinlossCreateItem", variables)

    def find(self, value: str) -> list[str]:
        """Look sub-items up by the record's key."""
        variables = {"board": self.below, "key": "key", "values": [value]}
        found = self.ask("WinlossItems", variables).data["items_page_by_column_values"]
        return [item["id"] for item in found["items"]]

    @property
    def filed(self) -> int:
        """How many sub-items the deal has."""
        account = self.peer.account
        return len(account.subitems(account.items[DEAL]))


@pytest.fixture
def client() -> Iterator[Client]:
    """Return a client of a peer that has a deal and two boards."""
    account, clock = Account(), Clock()
    key = Column("key", "winloss", "text")
    deals = account.add_board("Deals", subitems=[key, Column("note", "Note", "long_text")])
    account.add_item(deals, "Southridge", known_as=DEAL)
    more = [key, Column("stage", "Stage", "status", ("New", LABEL)), Column("on", "On", "date")]
    prospects = account.add_board("Prospects", more)
    with serving(account, clock=clock) as peer:
        yield Client(peer, clock, deals.id, deals.subitems, prospects.id)


def test_the_table_names_what_the_peer_does() -> None:
    """Every row is shown by a test, and every fault and every code of the peer has a row."""
    rows = [row.name for row in documented.DOCUMENTED]
    assert sorted(rows) == sorted(SHOWN)
    faults = {name for name, _ in inspect.getmembers(Faults, inspect.isfunction)}
    public = {name for name in faults if not name.startswith("_")} - {"take"}
    assert public == {row.name for row in documented.FAULTS}
    source = "".join(file.read_text("utf-8") for file in PEER.glob("*.py"))
    codes = re.findall(r'(?:Refused|_refusal)\(\s*(?:\d+, )?"(\w+)"', source)
    assert len(set(codes)) > 10
    assert set(codes) <= set(rows)


def test_each_row_names_a_page_of_the_vendor() -> None:
    """What a row says rests on a page of the documentation, or says that none says it."""
    for row in documented.DOCUMENTED:
        assert row.page.startswith("https://developer.monday.com/api-reference/"), row


@shows("NotAuthenticated", "bearer")
def test_only_the_token_itself_opens(client: Client) -> None:
    """Without it, with another, or after the word Bearer, the answer is 401, and none is noted."""
    for token in ("", "another", f"Bearer {client.peer.token}"):
        said = client.ask("WinlossWhoAmI", Authorization=token)
        assert (said.status, said.codes) == (401, ["NotAuthenticated"])
    assert client.ask("WinlossWhoAmI").status == 200
    assert [call.status for call in client.peer.calls] == [401, 401, 401, 200]
    assert all("authorization" not in call.headers for call in client.peer.calls)


@shows("versions", "fallback", "version-header", "complexity")
@pytest.mark.parametrize(
    ("asked", "answered", "kind"),
    [
        ("2026-10", "2026-10", "current"),
        ("2027-01", "2027-01", "release_candidate"),
        ("2020-01", "2026-07", "maintenance"),
        ("2031-01", "2026-10", "current"),
        ("soon", "2026-10", "current"),
    ],
)
def test_a_version_falls_back_silently(
    client: Client, asked: str, answered: str, kind: str
) -> None:
    """An unknown version answers as the current one, an old one as the oldest, without an error."""
    said = client.ask("WinlossWhoAmI", API_Version=asked)
    assert said.data["version"] == {"value": answered, "kind": kind}
    assert said.headers["API-Version"] == answered
    known = client.ask("{ versions { value kind display_name } complexity { before } }").data
    assert answered in [version["value"] for version in known["versions"]]


def test_without_a_key_a_retry_makes_two(client: Client) -> None:
    """The negative control: what is asked twice is done twice."""
    assert client.file().data != client.file().data
    assert client.filed == 2


@shows("replay")
def test_with_a_key_a_retry_makes_one(client: Client) -> None:
    """The answer is the same to the byte, and says that it is a replay."""
    first, again = client.file("k"), client.file("k")
    assert first.body == again.body
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert client.filed == 1
    client.file("another")
    assert client.filed == 2


@shows("expiry")
def test_a_key_is_forgotten_after_half_an_hour(client: Client) -> None:
    """At 1,800 seconds it replays, at 1,801 the same key makes a second sub-item."""
    client.file("k")
    client.clock.now = 1800.0
    assert "Idempotency-Replayed" in client.file("k").headers
    client.clock.now = 1801.0
    assert "Idempotency-Replayed" not in client.file("k").headers
    assert client.filed == 2


@shows("Conflict", "slow")
def test_a_key_in_flight_conflicts(client: Client) -> None:
    """While a slow answer is on its way, its key gets 409; the one that waits has the item."""
    until = threading.Event()
    is_done = client.peer.faults.slow(until=until, on="WinlossCreateSubitem")
    slow = threading.Thread(target=client.file, args=("k",))
    slow.start()
    assert is_done.wait(20)
    assert client.filed == 1
    said = client.file("k")
    assert (said.status, said.headers["Retry-After"]) == (409, "1")
    until.set()
    slow.join()
    assert client.file("k").headers["Idempotency-Replayed"] == "true"
    assert client.filed == 1


@shows("mutations-only")
def test_a_question_is_never_replayed(client: Client) -> None:
    """A key on a question changes nothing."""
    before = client.ask("WinlossWhoAmI", Idempotency_Key="k")
    again = client.ask("WinlossWhoAmI", Idempotency_Key="k")
    assert "Idempotency-Replayed" not in again.headers
    assert before.body != again.body  # each has a request_id of its own


@shows("errors-replayed", "key-alone")
def test_whatever_was_answered_is_replayed(client: Client) -> None:
    """An error is kept for its key, and so is an answer to another body."""
    refused = client.file("k", nothing="here")
    assert refused.codes == ["InvalidColumnIdException"]
    again = client.file("k", key="right")
    assert again.body == refused.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert client.filed == 0


@shows("rate-limit-headers", "request-id", "error-shape", "partial-data", "PeerDoesNotDoThis")
def test_an_error_has_the_documented_shape(client: Client) -> None:
    """What can be answered is, and the rest is an error with its place: never null in silence."""
    said = client.ask("query Mixed {\n  me { id title }\n  users { id }\n}")
    assert said.status == 200
    assert {"RateLimit-Policy", "RateLimit"} <= said.headers.keys()
    assert said.told["data"] == {"me": {"id": "1", "title": None}, "users": None}
    assert said.told["extensions"]["request_id"]
    assert said.codes == ["PeerDoesNotDoThis"] * 2
    first = said.told["errors"][0]
    assert first["path"] == ["me", "title"]
    assert first["locations"] == [{"line": 2, "column": 11}]
    assert first["extensions"] == {
        "code": "PeerDoesNotDoThis",
        "status_code": 200,
        "error_data": {},
    }
    labels = "create_labels_if_missing: true"
    unlike = [
        "{ boards(order_by: created_at) { id } }",
        "{ items { id } }",
        f'mutation {{ create_item(board_id: 1, item_name: "a", {labels}) {{ id }} }}',
        'mutation { create_update(parent_id: 1, body: "a") { id } }',
        f'mutation {{ create_item(board_id: {client.below}, item_name: "a") {{ id }} }}',
    ]
    assert [client.ask(each).codes for each in unlike] == [["PeerDoesNotDoThis"]] * len(unlike)
    assert client.open(stage={"index": 1}).codes == ["PeerDoesNotDoThis"]


@shows("content-type")
def test_a_body_is_sent_as_json(client: Client) -> None:
    """Whatever else it is said to be, nothing is done."""
    body = b'{"query": "{ me { id } }"}'
    kinds = ("text/plain", "application/x-www-form-urlencoded", "application/jsonp", "")
    assert [client.post(body, Content_Type=kind).status for kind in kinds] == [400] * 4
    assert client.post(body, Content_Type="Application/JSON; charset=utf-8").status == 200


@shows("GRAPHQL_VALIDATION_FAILED", "BadRequest")
def test_an_invalid_document_is_not_executed(client: Client) -> None:
    """A misspelt argument, a missing variable and no GraphQL at all are errors with status 200."""
    misspelt = f'mutation {{ create_subitem(parent_item: {DEAL}, item_name: "a") {{ id }} }}'
    for document in (misspelt, "mutation {", "{ me { id } } query B { me { id } }"):
        said = client.ask(document)
        assert said.status == 200
        assert set(said.codes) == {"GRAPHQL_VALIDATION_FAILED"}
        assert "data" not in said.told
    assert client.ask("WinlossBoards", {}).codes == ["GRAPHQL_VALIDATION_FAILED"]
    assert [client.post(body).status for body in (b"{", b"[]", b"{}", b"", DEEP)] == [400] * 5
    assert client.post(b'{"query": "{ me { id } }", "variables": 1}').data == {"me": {"id": "1"}}
    assert client.filed == 0


@shows("InvalidColumnIdException", "ColumnValueException", "JsonParseException", "all-or-nothing")
def test_a_value_that_is_refused_refuses_all(client: Client) -> None:
    """An unknown column or label and a wrong form are errors, and nothing has been made."""
    refusals: dict[str, dict[str, object]] = {
        "InvalidColumnIdException": {"key": "a", "nothing": "b"},
        "ColumnValueException": {"key": "a", "stage": {"label": "Qualified"}},
    }
    for code, values in refusals.items():
        said = client.open(**values)
        assert (said.status, said.codes) == (200, [code])
    data = client.open(nothing="b").told["errors"][0]["extensions"]["error_data"]
    assert data == {"column_id": "nothing"}
    wrong = {"key": {"text": "a"}, "on": {"date": "3 May"}, "stage": "New?"}
    for column, value in wrong.items():
        assert client.open(**{column: value}).codes == ["ColumnValueException"]
    for text in ("{", "[]", {"key": "an object, and no string"}):
        variables = {"board": client.prospects, "name": "A", "values": text}
        assert client.ask("WinlossCreateItem", variables).codes == ["JsonParseException"]
    assert list(client.peer.account.items) == [DEAL]


@shows("column-forms")
def test_each_form_of_a_value_reads_as_it_was_written(client: Client) -> None:
    """Text, status by label, date and name are written, read, changed and cleared."""
    made = client.open(key="a:b", stage={"label": LABEL}, on={"date": "2026-11-21"}).data
    item = made["create_item"]["id"]
    read = (
        "query Read($id: ID!) { items(ids: [$id]) { name group { id } column_values"
        " { id type text value column { title } ... on StatusValue { label index } } } }"
    )
    found = client.ask(read, {"id": item}).data["items"][0]
    assert [value["text"] for value in found["column_values"]] == ["a:b", LABEL, "2026-11-21"]
    status = found["column_values"][1]
    assert (status["label"], status["index"]) == (LABEL, 1)
    assert json.loads(status["value"]) == {"label": LABEL}
    change = (
        "mutation Change($board: ID!, $id: ID!, $values: JSON!) { change_multiple_column_values"
        "(board_id: $board, item_id: $id, column_values: $values) { name } }"
    )
    values = json.dumps({"name": "B", "key": "", "stage": {}})
    sent = {"board": client.prospects, "id": item, "values": values}
    assert client.ask(change, sent).data["change_multiple_column_values"] == {"name": "B"}
    found = client.ask(read, {"id": item}).data["items"][0]
    assert [value["text"] for value in found["column_values"]] == ["", "", "2026-11-21"]
    wrong = client.ask(change, sent | {"board": client.deals})
    assert wrong.codes == ["InvalidItemIdException"]


@shows("long-text", "ItemNameTooLongException")
def test_a_text_has_its_limit(client: Client) -> None:
    """2,000 characters of long text and 255 of a name are taken, one more is not."""
    assert client.file(name="n" * 255, note={"text": "x" * 2000}).data
    assert client.file(note={"text": "x" * 2001}).codes == ["ColumnValueException"]
    assert client.file(name="n" * 256).codes == ["ItemNameTooLongException"]
    assert client.filed == 1


@shows("InvalidBoardIdException", "InvalidItemIdException", "InvalidBoardException")
@shows("ResourceNotFoundException", "InvalidArgumentException", "CursorException")
def test_what_is_not_there_is_refused(client: Client) -> None:
    """An unknown board, group, item, update or cursor, and a limit beyond the documented one."""
    made = client.open().data["create_item"]["id"]
    item = {"board": client.prospects, "name": "A", "values": "{}"}
    sub = {"parent": made, "name": "A", "values": "{}"}
    many = {"ids": [str(each) for each in range(101)]}
    refusals: list[tuple[str, dict[str, Any], str]] = [
        ("WinlossCreateItem", item | {"board": "1"}, "InvalidBoardIdException"),
        ("WinlossCreateItem", item | {"group": "1"}, "ResourceNotFoundException"),
        ("WinlossCreateSubitem", sub | {"parent": "1"}, "InvalidItemIdException"),
        ("WinlossCreateSubitem", sub, "InvalidBoardException"),
        ("WinlossPostUpdate", {"item": "1", "body": ""}, "InvalidItemIdException"),
        ("WinlossEditUpdate", {"update": "1", "body": ""}, "ResourceNotFoundException"),
        ("WinlossBoardOfDeal", many, "InvalidArgumentException"),
        ('{ next_items_page(cursor: "a") { cursor } }', {}, "CursorException"),
    ]
    for document, variables, code in refusals:
        said = client.ask(document, variables)
        assert (said.status, said.codes) == (200, [code]), document


@shows("subitems-board", "subitems-active", "items-inactive", "look-up-active")
def test_a_subitem_lives_on_a_board_of_its_own(client: Client) -> None:
    """Archived or deleted, it is no sub-item and found by no value, but answered by its id."""
    ids = [client.file(key="a").data["create_subitem"]["id"] for _ in range(3)]
    for field, item in zip(("archive_item", "delete_item"), ids[1:], strict=True):
        client.ask(f"mutation {{ {field}(item_id: {item}) {{ state }} }}")
    found = client.ask("WinlossSubitems", {"ids": [DEAL], "key": ["key"]}).data["items"]
    assert found[0]["subitems"] == [
        {
            "id": ids[0],
            "state": "active",
            "column_values": [{"id": "key", "text": "a"}],
            "updates": [],
        }
    ]
    assert client.find("a") == ids[:1]
    read = "query R($ids: [ID!]) { items(ids: $ids) { id state parent_item { id } } }"
    states = client.ask(read, {"ids": [*ids, "404"]}).data["items"]
    assert [each["state"] for each in states] == ["active", "archived", "deleted"]
    assert states[0]["parent_item"] == {"id": DEAL}
    assert client.ask("WinlossPostUpdate", {"item": ids[1], "body": ""}).codes == [
        "InvalidItemIdException"
    ]


@shows("items-limit", "items-order", "boards")
def test_items_and_boards_come_in_pages(client: Client) -> None:
    """25 unless more are asked for, in no order that a client may choose."""
    ids = [client.file().data["create_subitem"]["id"] for _ in range(30)]
    read = "query R($ids: [ID!]) { items(ids: $ids) { id } }"
    assert len(client.ask(read, {"ids": ids}).data["items"]) == 25
    both = client.ask(read, {"ids": [ids[2], ids[1]]}).data["items"]
    assert [each["id"] for each in both] == [ids[1], ids[2]]
    boards = client.ask("WinlossBoards", {"page": 1}).data["boards"]
    assert [board["type"] for board in boards] == ["sub_items_board", "board", "board"]
    assert client.ask("WinlossBoards", {"page": 2}).data["boards"] == []


@shows("look-up", "pages")
def test_a_look_up_compares_whole_values(client: Client) -> None:
    """It finds what shows one of the values, on its board, page by page."""
    ids = [client.file(key=key).data["create_subitem"]["id"] for key in ("a", "ab", "a", "b")]
    assert client.find("a") == [ids[0], ids[2]]
    assert client.find("c") == []
    one = (
        "query One($board: ID!) { items_page_by_column_values(board_id: $board, limit: 1,"
        ' columns: [{column_id: "key", column_values: ["a", "b"]}]) { cursor items { id } } }'
    )
    found = client.ask(one, {"board": client.below}).data["items_page_by_column_values"]
    seen = [item["id"] for item in found["items"]]
    following = (
        "query On($c: String!) { next_items_page(cursor: $c, limit: 1) { cursor items { id } } }"
    )
    while found["cursor"]:
        found = client.ask(following, {"c": found["cursor"]}).data["next_items_page"]
        seen += [item["id"] for item in found["items"]]
    assert seen == [ids[0], ids[2], ids[3]]


@shows("updates", "text-body")
def test_an_update_is_kept_as_it_was_sent(client: Client) -> None:
    """Its body stays whatever it is; its text has neither tags nor entities."""
    body = "<ul><li>A &amp; B</li></ul><script>alert(1)</script>"
    made = client.ask("WinlossPostUpdate", {"item": DEAL, "body": body}).data["create_update"]
    client.ask("WinlossPostUpdate", {"item": DEAL, "body": "<p>2</p>"})
    page = client.ask("WinlossUpdates", {"ids": [DEAL], "page": 1}).data["items"][0]
    assert [each["text_body"] for each in page["updates"]] == ["2", "A & Balert(1)"]
    assert client.peer.account.updates[made["id"]].body == body
    client.ask("WinlossEditUpdate", {"update": made["id"], "body": "<b>3</b>"})
    assert client.peer.account.updates[made["id"]].text_body == "3"
    client.ask(f"mutation {{ delete_update(id: {made['id']}) {{ id }} }}")
    page = client.ask("WinlossUpdates", {"ids": [DEAL], "page": 1}).data["items"][0]
    assert len(page["updates"]) == 1
    assert (
        client.ask("WinlossUpdates", {"ids": [DEAL], "page": 2}).data["items"][0]["updates"] == []
    )


@shows("status", "complexity_budget_exhausted", "daily_limit_exceeded")
def test_a_fault_before_execution_uses_up_nothing(client: Client) -> None:
    """Each fault happens once, to the document it waits for, and the key is as new after it."""
    faults = client.peer.faults
    faults.status(429, headers={"Retry-After": "7"}, on="WinlossCreateSubitem")
    faults.status(502)
    faults.complexity_budget_exhausted(retry_in_seconds=9, on="WinlossCreateSubitem")
    faults.daily_limit_exceeded(code=429, on="WinlossCreateSubitem")
    other = client.ask("WinlossWhoAmI")
    assert (other.status, other.body) == (502, HTML_502)
    throttled = client.file("k")
    assert (throttled.status, throttled.headers["Retry-After"]) == (429, "7")
    exhausted = client.file("k")
    assert (exhausted.status, exhausted.codes) == (200, ["COMPLEXITY_BUDGET_EXHAUSTED"])
    assert exhausted.told["errors"][0]["extensions"]["retry_in_seconds"] == 9
    daily = client.file("k")
    assert (daily.status, daily.codes) == (429, ["DAILY_LIMIT_EXCEEDED"])
    assert faults.waiting == ()
    assert client.filed == 0
    assert "Idempotency-Replayed" not in client.file("k").headers
    assert client.filed == 1
    assert [call.status for call in client.peer.calls] == [502, 429, 200, 429, 200]


@shows("drop_before", "drop_after")
def test_a_dropped_connection_tells_nothing(client: Client) -> None:
    """Dropped before, nothing was done; dropped after, it was, and the key finds it again."""
    client.peer.faults.drop_before()
    with pytest.raises(ConnectionError):
        client.file("k")
    assert client.filed == 0
    client.peer.faults.drop_after()
    with pytest.raises(ConnectionError):
        client.file("k")
    assert client.filed == 1
    assert client.file("k").headers["Idempotency-Replayed"] == "true"
    assert client.filed == 1
    assert [call.status for call in client.peer.calls] == [0, 0, 200]


def test_a_dropped_connection_without_a_key_makes_two(client: Client) -> None:
    """The negative control: a retry without a key files the record a second time."""
    client.peer.faults.drop_after()
    with pytest.raises(ConnectionError):
        client.file()
    client.file()
    assert client.filed == 2


@shows("truncated")
def test_a_truncated_answer_was_executed(client: Client) -> None:
    """Half an answer ends early by its length, or is half a JSON text; the key replays it whole."""
    client.peer.faults.truncated()
    with pytest.raises(http.client.IncompleteRead):
        client.file("k")
    client.peer.faults.truncated(is_noticed=False)
    with pytest.raises(json.JSONDecodeError):
        _ = client.file("k").told
    assert client.file("k").data
    assert client.filed == 1


@shows("duplicate")
def test_a_request_that_arrives_twice(client: Client) -> None:
    """Without a key it is done twice, with one once."""
    client.peer.faults.duplicate()
    client.file("k")
    assert client.filed == 1
    client.peer.faults.duplicate()
    client.file()
    assert client.filed == 3
    assert len(client.peer.calls) == 4


@shows("lagging")
def test_a_new_item_is_found_late(client: Client) -> None:
    """A search that lags by two look-ups shows a new item to the third."""
    client.peer.faults.lagging(2)
    made = client.file(key="a").data["create_subitem"]["id"]
    assert [client.find("a") for _ in range(3)] == [[], [], [made]]


def test_a_call_is_remembered_without_its_token(client: Client) -> None:
    """Its operation, variables and headers are there for a test to read."""
    client.file("k", key="a")
    (call,) = client.peer.calls
    assert call.operation == "WinlossCreateSubitem"
    assert call.variables["parent"] == DEAL
    assert call.headers["idempotency-key"] == "k"
    assert client.peer.token not in str(call)


def test_many_at_once_make_one_each(client: Client) -> None:
    """Requests that arrive together are each done, and one key of them all is done once."""
    threads = [threading.Thread(target=client.file, args=(key,)) for key in (*"abcd", *"eeee")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.filed == 5


def test_a_person_sees_what_the_account_holds(client: Client) -> None:
    """The page lists boards, items, columns and updates; what could not be seen is shown."""
    client.file(name="Debrief\u202e", key="a:b")
    client.ask("WinlossPostUpdate", {"item": DEAL, "body": "<ul><li>A</li><li>B</li></ul>"})
    address = client.peer.url.removeprefix("http://").removesuffix("/v2")
    connection = http.client.HTTPConnection(address, timeout=20)
    connection.request("GET", "/")
    answer = connection.getresponse()
    text = answer.read().decode()
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    for line in (f"  Southridge (item {DEAL})", "      A", "      B", "      winloss: a:b"):
        assert line in text.splitlines()
    assert "Debrief\u27e8U+202E\u27e9" in text
    assert "nothing yet" in text
    connection.request("GET", "/", headers={"Host": "elsewhere.example"})
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (404, b"")
    connection.close()


def rehearse(folder: Path, *options: str, **more: str) -> subprocess.Popen[str]:
    """Start the rehearsal as a person does."""
    return subprocess.Popen(
        [sys.executable, "-m", "winloss.testing.monday", *options],
        cwd=folder,
        env={**os.environ, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_rehearsal_knows_the_deals_of_the_folder(tmp_path: Path) -> None:
    """It takes ids from the folders, says what to set, and ends with one line on Ctrl-C."""
    for deal in (f"2026/{DEAL}-southridge", "77", "notes-77", "2025/78"):
        (tmp_path / "records" / "deals" / deal).mkdir(parents=True)
        (tmp_path / "records" / "deals" / deal / "handoff.md").touch()
    with rehearse(tmp_path, "--port", "0", "--fault", "502:WinlossWhoAmI") as process:
        assert process.stdout
        said = [process.stdout.readline() for _ in range(7)]
        export, url, token = said[2].split()
        address = url.removeprefix("MONDAY_API_URL=http://")
        assert (export, token) == ("export", "MONDAY_API_TOKEN=rehearsal")
        assert "The account has 3 deals" in said[5]
        connection = http.client.HTTPConnection(address.removesuffix("/v2"), timeout=20)
        connection.request("GET", "/")
        assert f"  Deal {DEAL} (item {DEAL})" in connection.getresponse().read().decode()
        connection.close()
        busy = rehearse(tmp_path, "--port", address.split(":")[1].removesuffix("/v2"))
        _, why = busy.communicate()
        assert (busy.returncode, why.count("\n")) == (2, 1)
        assert "name another with --port" in why
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert out.splitlines() == [
        "",
        "The rehearsal is over; nothing was kept.",
        "This did not happen: status at WinlossWhoAmI",
    ]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--deal", "abc"), "'abc' is no item's id: digits only"),
        (("--port", "0", "--fault", "fire"), "'fire' is neither a status nor one of drop-before"),
        (("--port", "0", "--fault", "502:WinlossFile"), "nothing asks 'WinlossFile'; there is"),
    ],
)
def test_a_rehearsal_says_what_it_cannot_do(
    tmp_path: Path, options: tuple[str, ...], why: str
) -> None:
    """A wrong option ends with 2 and the reason."""
    process = rehearse(tmp_path, *options)
    _, err = process.communicate()
    assert process.returncode == 2
    assert why in " ".join(err.split())


def test_a_rehearsal_names_the_package_that_it_needs(tmp_path: Path) -> None:
    """Without graphql-core it says in one line what to install."""
    (tmp_path / "graphql.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'graphql'\", name='graphql')\n", "utf-8"
    )
    before = os.environ.get("PYTHONPATH", "")
    process = rehearse(tmp_path, PYTHONPATH=f"{tmp_path}{os.pathsep}{before}")
    _, err = process.communicate()
    assert process.returncode == 2
    assert err == "winloss: a rehearsal needs graphql-core: pip install 'winloss[monday]'\n"
