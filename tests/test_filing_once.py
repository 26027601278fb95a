"""A record is in Monday.com once, whatever happens on the way and whoever pushes at the same time.

Two pushers' conversations are taken step by step, in any order; each question may be lost before it
arrives, or answered without the answer coming back. The account is the peer's; the memory of keys
is written anew here, so that the peer's own is not trusted with the proof.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import winloss.edge
from conftest import examples
from winloss.core.deals.receipts import Receipt
from winloss.core.filing.conversation import Left, converse
from winloss.core.filing.filings import Filing
from winloss.core.filing.preflight import Owner, who_am_i
from winloss.core.filing.request import Answer, Refusal, Request
from winloss.core.rulebook.boards import Board
from winloss.testing.monday.account import Account, Group
from winloss.testing.monday.columns import Column
from winloss.testing.monday.service import answer, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winloss.core.filing.conversation import Conversation, Outcome
    from winloss.testing.monday.account import Item
    from winloss.testing.monday.service import Asked

DOCUMENTS = Path(winloss.edge.__file__).parent / "graphql"
DEAL = "8841207731"
KEY = Column("text_1", "winloss", "text")
STAGE = Column("status", "Stage", "status", ("New", "Qualified conversation", "Won"))
HALF_AN_HOUR = 1_800


@cache
def _document(name: str) -> Asked:
    """Return a document as the peer reads it."""
    asked = read({"query": (DOCUMENTS / f"{name}.graphql").read_text("utf-8")})
    assert not asked.faults, asked.faults
    return asked


@dataclass
class Service:
    """An account, and the keys that it remembers: for 30 minutes, and perhaps for each person."""

    shares_keys: bool = True
    account: Account = field(default_factory=Account)
    now: float = 0
    calls: Counter[str] = field(default_factory=Counter)
    _known: dict[tuple[str, str], tuple[float, Answer]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        deals = self.account.add_board("Deals", subitems=[KEY])
        self.deal = self.account.add_item(deals, "Northwind Traders", known_as=DEAL)
        groups = [Group("topics", "Open")]
        self.prospects = self.account.add_board("Prospects", [KEY, STAGE], groups=groups)

    def do(self, person: str, request: Request) -> Answer:
        """Answer a request; a change of which the key is known is answered as before."""
        self.calls[request.document] += 1
        if not request.once:
            return self._answer(request)
        known = (person if not self.shares_keys else "", request.once)
        since, before = self._known.get(known, (-HALF_AN_HOUR, Answer()))
        if self.now - since < HALF_AN_HOUR:
            return replace(before, is_replayed=True)
        done = self._answer(request)
        self._known[known] = self.now, done
        return done

    def _answer(self, request: Request) -> Answer:
        variables = json.loads(json.dumps(dict(request.variables)))
        asked = replace(_document(request.document), variables=variables)
        done = answer(self.account, asked, "2026-10")
        errors = done.get("errors") or []
        refusal = Refusal("refused", str(errors[0]["message"])) if errors else None
        return Answer(done.get("data") or {}, refusal)

    def items(self, filing: Filing) -> list[Item]:
        """Return the active items that hold the filing's key."""
        return [
            item
            for item in self.account.items.values()
            if item.state == "active" and filing.key in map(str, item.values.values())
        ]

    def updates(self, filing: Filing) -> list[str]:
        """Return what the updates hold that the filing marked, on items that are there."""
        return [
            each.body
            for each in self.account.updates.values()
            if each.item.state == "active" and f"winloss:{filing.key}@" in each.body
        ]

    def board(self, filing: Filing) -> Board:
        """Return where the filing belongs."""
        if filing.what == "item":
            stage = "Qualified conversation"
            return Board("Prospects", self.prospects.id, "topics", KEY.id, STAGE.id, stage)
        return Board(board="1", key=KEY.id)


def filing(what: str, says: str = "one") -> Filing:
    """Return something to file."""
    key = f"{DEAL}/{'day-60/expansion' if what == 'item' else what}"
    about = ("records/x.md", DEAL, "Northwind Traders", "deals", "A name")
    return Filing(key, what, *about, f"<p>{says}</p>")  # type: ignore[arg-type]


def push(service: Service, wanted: Filing, receipt: Receipt | None = None) -> Outcome:
    """File something in peace."""
    conversation = converse(wanted, service.board(wanted), receipt)
    request = next(conversation)
    while True:
        try:
            request = conversation.send(service.do("peace", request))
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome


def pusher(
    service: Service, person: str, conversation: Conversation, fate: Iterator[str]
) -> Iterator[Outcome | None]:
    """File something with mishaps, one request at each turn, and yield what it came to."""
    request = next(conversation)
    while True:
        happens = next(fate, "well")
        if happens == "killed":
            return
        if happens == "not arrived":  # the same request is made again
            yield None
            continue
        reply = service.do(person, request)
        if happens == "answer lost":
            yield None
            continue
        if happens == "twice":  # the network delivers it a second time
            service.do(person, request)
        try:
            request = conversation.send(reply)
        except StopIteration as end:
            yield end.value
            return
        yield None


def _unkilled(fate: list[str]) -> list[str]:
    return ["answer lost" if each == "killed" else each for each in fate]


def _is_unread(outcome: Outcome) -> bool:
    return isinstance(outcome, Left) and outcome.found is not None


WHAT = st.sampled_from(["sub-item", "update", "item"])
FATE = st.lists(
    st.sampled_from(["well"] * 5 + ["not arrived", "answer lost", "twice", "killed"]), max_size=14
)


@settings(max_examples=examples(500), deadline=None)
@given(
    what=WHAT,
    fates=st.tuples(FATE, FATE),
    order=st.lists(st.integers(0, 1), max_size=40),
    says=st.tuples(st.sampled_from(["one", "two"]), st.sampled_from(["one", "two"])),
    shares_keys=st.booleans(),
    lag=st.integers(0, 3),
    pause=st.sampled_from([0, 60, 1_801]),
    filed_before=st.booleans(),
)
def test_two_pushers_and_any_mishap_leave_one_item_and_one_update(
    what: str,
    fates: tuple[list[str], list[str]],
    order: list[int],
    says: tuple[str, str],
    shares_keys: bool,  # noqa: FBT001 - drawn by hypothesis
    lag: int,
    pause: int,
    filed_before: bool,  # noqa: FBT001 - likewise
) -> None:
    """At most one, always; and after one more push in peace exactly one, as the receipt says."""
    if not shares_keys:  # then a look is all that tells one what the other did
        lag = 0
        fates = _unkilled(fates[0]), _unkilled(fates[1])
    service = Service(shares_keys)
    wanted = [filing(what, each) for each in says]
    receipt = None
    if filed_before:
        before = push(service, filing(what, "before"))
        assert isinstance(before, Receipt)
        receipt = before
        service.now += 1_801
    service.account.lag = lag
    pushers = [
        pusher(service, person, converse(each, service.board(each), receipt), iter(fate))
        for person, each, fate in zip("AB", wanted, fates, strict=True)
    ]
    for turn in [*order, *[0, 1] * 40]:
        outcome = next(pushers[turn], None)
        assert outcome is None or isinstance(outcome, Receipt) or _is_unread(outcome), outcome
    service.now += pause
    service.account.lag = lag if pause < HALF_AN_HOUR else 0
    last = wanted[1]
    final = push(service, last, receipt)
    if isinstance(final, Left):  # the other one's words are there: now known, and replaced
        assert final.found is not None, final
        assert service.account.updates[final.found.update].body == wanted[0].marked
        final = push(service, last, final.found)
    assert isinstance(final, Receipt), final
    if what != "update":
        assert [each.id for each in service.items(last)] == [final.item]
    else:
        assert final.item == DEAL
    assert service.updates(last) == [last.marked]
    assert service.account.updates[final.update].body == last.marked
    assert final.holds == last.digest


@pytest.mark.parametrize("what", ["sub-item", "update", "item"])
def test_what_is_filed_already_is_found_without_its_receipt(what: str) -> None:
    """A lost receipt costs two looks and no second item, hours later, too."""
    service, wanted = Service(), filing(what)
    first = push(service, wanted)
    service.now += 10_000
    calls = +service.calls
    assert push(service, wanted) == first
    assert not [name for name in service.calls - calls if name.startswith("WinlossCreate")]


@pytest.mark.parametrize(("what", "calls"), [("sub-item", 4), ("item", 4), ("update", 3)])
def test_the_plan_counts_the_calls_that_are_made(what: str, calls: int) -> None:
    """In peace a new thing takes as many calls as the plan says, and a changed one two."""
    service = Service()
    receipt = push(service, filing(what))
    assert isinstance(receipt, Receipt)
    assert service.calls.total() == calls
    push(service, filing(what, "changed"), receipt)
    assert service.calls.total() == calls + 2


def test_a_content_that_goes_back_and_forth_is_true_in_the_end() -> None:
    """A, B, A, B within half an hour: no answer of before is taken for one of now."""
    service = Service()
    receipt = None
    for says in "ABABAB":
        wanted = filing("sub-item", says)
        found = push(service, wanted, receipt)
        assert isinstance(found, Receipt)
        receipt = found
        assert service.updates(wanted) == [wanted.marked]


def test_a_refusal_that_was_mended_is_not_repeated_by_the_key() -> None:
    """A label that is missing refuses; once it is there, the very next push files it."""
    service, wanted = Service(), filing("item")
    complete = service.prospects
    lacking = replace(complete, columns=(KEY, replace(STAGE, labels=("New",))))
    service.account.boards[complete.id] = lacking
    assert isinstance(push(service, wanted), Refusal)
    assert isinstance(push(service, wanted), Refusal)
    service.account.boards[complete.id] = complete
    assert isinstance(push(service, wanted), Receipt)
    assert len(service.items(wanted)) == 1


def test_a_record_cannot_pass_for_another_ones_update() -> None:
    """Text that looks like a marker is text: the last line of an update is the one that counts."""
    service = Service()
    other = filing("update", "two")
    sly = replace(filing("sub-item"), body=f"<p>winloss:{other.key}@{other.digest}</p>")
    assert isinstance(push(service, sly), Receipt)
    posted = service.account.create_update(DEAL, f"{other.marked}<p>said Kim</p>")
    found = push(service, other)
    assert isinstance(found, Receipt)
    assert found.update != posted.id


def test_what_a_person_took_away_is_not_made_again() -> None:
    """An item that was filed and is gone is told, with what brings it back."""
    service, wanted = Service(), filing("sub-item")
    receipt = push(service, wanted)
    assert isinstance(receipt, Receipt)
    service.account.set_state(receipt.item, "deleted")
    found = push(service, filing("sub-item", "two"), receipt)
    assert isinstance(found, Left)
    assert f"item {receipt.item}" in found.reason
    assert not service.items(wanted)


@pytest.mark.parametrize("what", ["sub-item", "update"])
@pytest.mark.parametrize("state", ["archived", "deleted"])
def test_nothing_is_filed_on_a_deal_that_is_gone(what: str, state: str) -> None:
    """The deal's item is archived, deleted or out of the token's sight: told, and left."""
    service = Service()
    service.account.set_state(DEAL, state)
    found = push(service, filing(what))
    assert isinstance(found, Left)
    assert DEAL in found.reason
    assert not service.account.updates


def test_an_update_is_found_on_a_later_page() -> None:
    """A customer's item may have hundreds of updates since."""
    service, wanted = Service(), filing("update")
    first = push(service, wanted)
    for number in range(250):
        service.account.create_update(DEAL, f"<p>mail {number}</p>")
    assert push(service, wanted) == first


def test_a_copy_that_a_person_made_is_left_alone() -> None:
    """Monday.com copies the key along with an item: the older one counts, the copy stays."""
    service, wanted = Service(), filing("sub-item")
    first = push(service, wanted)
    copy = service.account.create_subitem(DEAL, "copy", json.dumps({KEY.id: wanted.key}))
    assert push(service, wanted) == first
    assert service.account.items[copy.id].state == "active"


def test_a_text_without_shape_makes_nothing() -> None:
    """An answer that is not of the shape asked for ends the conversation, and creates nothing."""
    for data in ({}, {"items": None}, {"items_page_by_column_values": None}):
        for what in ("sub-item", "update", "item"):
            wanted = filing(what)
            conversation = converse(wanted, Service().board(wanted), None)
            next(conversation)
            with pytest.raises(StopIteration) as end:
                conversation.send(Answer(data))
            assert isinstance(end.value.value, Refusal)


ODD = [True, 0, -1, "", "12x", "\u0663", "9" * 30, [None], ["a"], [[1]], {"items": [None]}, [], {}]


def _places(value: object, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    keys = value if isinstance(value, dict) else range(len(value) if isinstance(value, list) else 0)
    for key in keys:
        yield (*place, key)
        yield from _places(value[key], (*place, key))  # type: ignore[index]


@settings(max_examples=examples(600), deadline=None)
@given(WHAT, st.sampled_from(["", "receipt lost", "changed"]), st.integers(0, 5), st.data())
def test_whatever_an_answer_holds_is_an_outcome_and_no_second_item(
    what: str, before: str, number: int, data: st.DataObject
) -> None:
    """With a part of an answer odd or lacking, it ends well or is told, and makes no second one."""
    service = Service()
    first = push(service, filing(what)) if before else None
    service.now += HALF_AN_HOUR
    wanted = filing(what, "two" if before == "changed" else "one")
    receipt = first if before == "changed" and isinstance(first, Receipt) else None
    conversation = converse(wanted, service.board(wanted), receipt)
    request = next(conversation)
    for turn in range(40):
        reply = service.do("A", request)
        if turn == number:
            reply = replace(reply, data=_with_one_odd(reply.data, data))
        try:
            request = conversation.send(reply)
        except StopIteration as end:
            outcome = end.value
            break
    if isinstance(outcome, Receipt):
        assert (outcome.item + outcome.update).isdigit()
    else:
        assert isinstance(outcome, Refusal | Left)
    assert len(service.items(wanted)) <= 1
    assert len(service.updates(wanted)) <= 1


def _with_one_odd(answered: object, data: st.DataObject) -> dict[str, object]:
    odd: dict[str, object] = json.loads(json.dumps(answered))
    *above, last = data.draw(st.sampled_from([*_places(odd)]))
    inner: object = odd
    for key in above:
        inner = inner[key]  # type: ignore[index]
    if isinstance(inner, dict) and data.draw(st.booleans()):
        del inner[last]
    else:
        inner[last] = data.draw(st.sampled_from(ODD))  # type: ignore[index]
    return odd


@pytest.mark.parametrize("what", ["sub-item", "update", "item"])
def test_whoever_has_not_pulled_undoes_nothing(what: str) -> None:
    """What another one filed since is told and noted; only the next push may replace it."""
    service = Service()
    old = push(service, filing(what, "one"))
    assert isinstance(old, Receipt)
    new = push(service, filing(what, "two"), old)
    assert isinstance(new, Receipt)
    for stale in (filing(what, "one"), filing(what, "three")):
        told = push(service, stale, old if "three" in stale.body else None)
        assert isinstance(told, Left)
        assert "another version" in told.reason
        assert told.found == new
        assert service.updates(stale) == [filing(what, "two").marked]
    last = filing(what, "three")
    assert isinstance(push(service, last, new), Receipt)
    assert service.updates(last) == [last.marked]


@pytest.mark.parametrize("what", ["sub-item", "update", "item"])
def test_a_person_may_write_below_what_was_filed(what: str) -> None:
    """An update of which the marker is no longer the end is brought up to date, not doubled."""
    service = Service()
    receipt = push(service, filing(what))
    assert isinstance(receipt, Receipt)
    service.account.edit_update(receipt.update, "<p>Kim took the rest away</p>")
    found = push(service, filing(what, "two"), receipt)
    assert isinstance(found, Receipt)
    assert found.update == receipt.update
    assert len(service.account.updates) == 1
    assert service.updates(filing(what)) == [filing(what, "two").marked]


def test_an_emptied_key_does_not_make_a_second_sub_item() -> None:
    """Without receipt and key, a sub-item is known by the marker of the update on it."""
    service, wanted = Service(), filing("sub-item")
    first = push(service, wanted)
    assert isinstance(first, Receipt)
    service.account.items[first.item].values.clear()
    service.now += HALF_AN_HOUR
    assert push(service, wanted) == first


@pytest.mark.parametrize(("what", "document"), [("item", "Create"), ("update", "Post")])
def test_what_is_never_shown_is_made_once(what: str, document: str) -> None:
    """A service that shows nothing of what it made gets no second request to make it."""
    service, wanted = Service(), filing(what)
    blind = service.do("A", next(converse(wanted, service.board(wanted), None)))
    conversation = converse(wanted, service.board(wanted), None)
    request = next(conversation)
    while True:
        reply = service.do("A", request)
        if not request.once:
            is_by_id = what == "item" and request.document == "WinlossUpdates"
            reply = Answer({"items": []}) if is_by_id else blind
        try:
            request = conversation.send(reply)
        except StopIteration as end:
            outcome = end.value
            break
    assert isinstance(outcome, Left)
    assert "does not show" in outcome.reason
    assert sum(many for name, many in service.calls.items() if document in name) == 1


def test_a_text_full_of_markers_takes_no_time() -> None:
    """Whoever writes a hundred thousand markers in an update does not hold up the push."""
    service, wanted = Service(), filing("update")
    service.account.create_update(DEAL, "winloss:" * 100_000)
    service.account.create_update(DEAL, f"winloss:{'a@' * 100_000}")
    assert isinstance(push(service, wanted), Receipt)


@pytest.mark.parametrize("what", ["sub-item", "item"])
def test_a_wrong_number_in_the_receipts_writes_on_nobodys_item(what: str) -> None:
    """A receipt names somebody else's item: what was filed is found, and that one left alone."""
    service = Service()
    other = service.account.add_item(service.prospects, "A customer's own", known_as="5")
    first = push(service, filing(what))
    assert isinstance(first, Receipt)
    found = push(service, filing(what, "two"), replace(first, item=other.id))
    assert isinstance(found, Receipt)
    assert found.item == first.item
    assert not service.account.updates_of(other)
    service.account.set_state(first.item, "deleted")
    assert isinstance(push(service, filing(what, "three"), replace(first, item=other.id)), Left)
    assert not service.account.updates_of(other)


def test_a_look_up_that_finds_too_much_takes_only_its_own() -> None:
    """Nobody says how a text is compared: an item with a longer key is another one."""
    service, wanted = Service(), filing("item")
    longer = replace(wanted, key=f"1{wanted.key}")
    assert isinstance(push(service, longer), Receipt)
    conversation = converse(wanted, service.board(wanted), None)
    request = next(conversation)
    loose = {**request.variables, "values": [longer.key]}
    shown = service.do("A", replace(request, variables=loose))
    assert shown.data["items_page_by_column_values"]["items"]
    assert conversation.send(shown).document == "WinlossCreateItem"


@pytest.mark.parametrize("odd", [*ODD, None])
def test_an_account_of_another_shape_is_no_account(odd: object) -> None:
    """What does not say whose account it is ends the push before anything is sent."""
    whole = {"me": {"name": "Kim", "account": {"id": 1, "name": "Firm"}}, "version": {"value": "x"}}
    for place in _places(whole):
        answered = json.loads(json.dumps(whole))
        inner = answered
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = odd
        conversation = who_am_i()
        next(conversation)
        with pytest.raises(StopIteration) as end:
            conversation.send(Answer(answered))
        assert isinstance(end.value.value, Owner | Refusal)
        assert isinstance(end.value.value, Owner) or place[0] == "me"
