"""``winloss file --setup``: what is found in an account, what is said of the rest, what is written.

The account is a description in memory; the wire and Monday.com itself are tested elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from unicodedata import is_normalized

import click
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import HOME, Repository, examples
from winloss.core.changes.rule_change import rules_digest
from winloss.core.filing.monday_section import line_of, with_boards
from winloss.core.filing.request import VERSION, Answer, Refusal, Request
from winloss.core.filing.setup import Found, find_boards
from winloss.core.problem import CannotGoOn
from winloss.core.rulebook.boards import Board, read_boards
from winloss.core.rulebook.renewal import ACTING
from winloss.core.text.document import read_document
from winloss.core.text.reader import Reader
from winloss.core.wording import UNSEEN
from winloss.desk import Desk
from winloss.setting_up import set_up
from winloss.testing.monday import service
from winloss.testing.monday.rehearsal import account_for

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

EXCHANGE = "records/policy/exchange.md"
SHIPPED = (HOME / EXCHANGE).read_bytes()
TYPED = {
    "expansion": Board(titled="Prospects", opens_at="Qualified conversation"),
    "referral": Board(titled="Leads"),
}
Data = dict[str, Any]


def board(number: object, name: str, *columns: tuple[str, str, str], kind: str = "board") -> Data:
    """Return a board as Monday.com describes it; a column is (id, title, type)."""
    keys = ("id", "title", "type")
    first = ("name", "Name", "name")
    return {
        "id": str(number),
        "name": name,
        "type": kind,
        "groups": [{"id": "topics", "title": "Group Title"}],
        "columns": [dict(zip(keys, each, strict=True)) for each in (first, *columns)],
    }


KEY = ("text_1", "winloss", "text")
STAGE = ("status", "Stage", "status")
SUBITEMS = board(9001, "Subitems of Deals", KEY, kind="sub_items_board")
PROSPECTS = board(9002, "Prospects", ("text_2", "winloss", "text"), STAGE)
LEADS = board(9003, "Leads", ("text_3", "winloss", "text"))
DEALS = board(9000, "Deals", ("numbers", "Price", "numbers"))


@dataclass
class Account:
    """An account: its boards, and for each deal the board it stands on and that of its sub-items.

    A deal is (number of board, name of board, number of the sub-items' board or None).
    """

    boards: list[Data] = field(default_factory=lambda: [DEALS, SUBITEMS, PROSPECTS, LEADS])
    deals: dict[str, tuple[int, str, int | None]] = field(
        default_factory=lambda: {"1001": (9000, "Deals", 9001), "1002": (9000, "Deals", None)}
    )
    asked: list[Request] = field(default_factory=list)
    refusal: Refusal | None = None

    def answer(self, request: Request) -> Answer:
        """Answer a request as the documents say."""
        self.asked.append(request)
        if self.refusal is not None:
            return Answer(refusal=self.refusal)
        if request.document == "WinlossBoards":
            page = request.variables["page"]
            assert isinstance(page, int)
            return Answer({"boards": self.boards[50 * (page - 1) : 50 * page]})
        assert request.document == "WinlossBoardOfDeal"
        ids = request.variables["ids"]
        assert isinstance(ids, list)
        assert 0 < len(ids) <= 100
        return Answer({"items": [self._item(each) for each in ids if each in self.deals]})

    def _item(self, deal: str) -> Data:
        number, name, below = self.deals[deal]
        subitems = [{"board": {"id": str(below), "name": f"Subitems of {name}"}}] if below else []
        return {"id": deal, "board": {"id": str(number), "name": name}, "subitems": subitems}

    def converse(self, conversation: Generator[Request, Answer, Found]) -> Found:
        """Hold a conversation to its end."""
        try:
            request = next(conversation)
            while True:
                request = conversation.send(self.answer(request))
        except StopIteration as done:
            found = done.value
            assert isinstance(found, Found)
            return found

    def find(
        self,
        typed: Mapping[str, Board] | None = None,
        ids: tuple[str, ...] = ("1001", "1002"),
        chosen: Mapping[str, str] | None = None,
    ) -> Found:
        """Look for the boards in this account."""
        return self.converse(find_boards(TYPED if typed is None else typed, ids, chosen or {}))


def said(found: Found) -> list[tuple[str, str, str]]:
    """Return what is wrong as (slug, message, mend)."""
    return [(each.slug, each.message, each.hint) for each in found.problems]


ALL = {
    "deals": Board(board="9001", key="text_1"),
    "expansion": replace(
        TYPED["expansion"], board="9002", group="topics", key="text_2", stage="status"
    ),
    "referral": replace(TYPED["referral"], board="9003", group="topics", key="text_3"),
}


def test_all_that_filing_needs_is_found() -> None:
    """The deals lead to their sub-items' board, titles to the others, and each is set up."""
    found = Account().find()
    assert found.boards == ALL
    assert all(each.is_set_up for each in found.boards.values())
    assert found.problems == ()
    assert found.titles["deals"] == {"board": "Subitems of Deals", "key": "winloss"}
    assert found.titles["expansion"]["stage"] == "Stage"


def test_a_second_run_finds_the_same() -> None:
    """What was found and written is found again."""
    assert Account().find(ALL) == Account().find()


def test_boards_are_asked_for_page_by_page() -> None:
    """A page of fifty is followed by another question, a shorter one by none."""
    account = Account()
    account.boards = [board(number, f"Other {number}") for number in range(96)] + account.boards
    assert account.find().boards == ALL
    assert [each.variables.get("page") for each in account.asked] == [None, 1, 2, 3]


def test_an_account_that_repeats_itself_is_not_asked_for_ever() -> None:
    """A full page that brings no new board is taken for the last."""

    class Repeating(Account):
        def answer(self, request: Request) -> Answer:
            if request.document == "WinlossBoards":
                request = Request(request.document, {"page": 1})
            return super().answer(request)

    account = Repeating()
    account.boards += [board(number, f"Other {number}") for number in range(60)]
    assert account.find().boards == ALL
    assert len(account.asked) == 3


def test_an_account_without_end_is_left() -> None:
    """After five thousand boards, the person is told, and nothing is guessed."""

    class Endless(Account):
        def answer(self, request: Request) -> Answer:
            if request.document != "WinlossBoards":
                return super().answer(request)
            page = request.variables["page"]
            return Answer({"boards": [board(f"{page}{each:02}", "X") for each in range(50)]})

    with pytest.raises(CannotGoOn, match="more than 5,000 boards"):
        Endless().find()


def test_only_ids_that_can_be_items_are_asked_for() -> None:
    """At most a hundred numbers are sent, the newest, and no other id."""
    account = Account()
    account.find(ids=("D-1", "1" * 21, *(str(each) for each in range(1000, 1200))))
    ids = account.asked[0].variables["ids"]
    assert ids == [str(each) for each in range(1199, 1099, -1)]


@pytest.mark.parametrize(
    "title", ["leads", " LEADS ", "🎯 Leads", "Leads 🎯🏽", "Le\u0061ds\ufe0f"]
)
def test_a_title_may_differ_in_case_and_in_emoji_around_it(title: str) -> None:
    """A board is found by what a person would call it."""
    account = Account()
    account.boards[3] = {**LEADS, "name": title}
    assert account.find().boards == ALL


def test_an_exact_title_comes_first() -> None:
    """Beside the board of the very title, one that is only like it is no second."""
    account = Account()
    account.boards.append(board(9100, "LEADS"))
    assert account.find().boards == ALL


@pytest.mark.parametrize("title", ["", "🎯", "Lead s", "\uff2ceads"])
def test_another_title_is_another_board(title: str) -> None:
    """A title of nothing but emoji, or with other letters, is not taken for what is sought."""
    account = Account()
    account.boards[3] = {**LEADS, "name": title}
    assert "referral" not in account.find().boards


def test_other_types_are_no_boards() -> None:
    """A document, or a board of sub-items, with the title that is sought is passed over."""
    account = Account()
    account.boards += [
        board(9100, "Leads", kind="document"),
        board(9101, "Leads", kind="sub_items_board"),
    ]
    assert account.find().boards == ALL


def test_new_items_stand_in_the_group_of_their_stage() -> None:
    """The group titled like the stage is taken, else the first."""
    account = Account()
    groups = [{"id": "a", "title": "Won"}, {"id": "b", "title": "qualified conversation"}]
    account.boards[2] = {**PROSPECTS, "groups": groups}
    account.boards[3] = {**LEADS, "groups": groups}
    found = account.find()
    assert (found.boards["expansion"].group, found.boards["referral"].group) == ("b", "a")


def test_a_status_column_that_stands_alone_is_the_stage() -> None:
    """The only status column is taken, whatever its title."""
    account = Account()
    account.boards[2] = board(9002, "Prospects", KEY, ("status_9", "Phase", "status"))
    assert account.find().boards["expansion"].stage == "status_9"


def test_an_id_in_the_policy_stands_while_the_account_has_it() -> None:
    """A board, a group or a column that a person wrote is kept; what is gone is found anew."""
    account = Account()
    columns = (KEY, ("text_9", "Record", "text"), STAGE, ("status_9", "Phase", "status"))
    account.boards += [board(9100, "Prospects", *columns)]
    account.boards[4]["groups"].append({"id": "g9", "title": "Mine"})
    mine = replace(TYPED["expansion"], board="9100", group="g9", key="text_9", stage="status_9")
    assert account.find({"expansion": mine}).boards["expansion"] == mine
    gone = replace(mine, key="text_8", stage="status_8", group="g8")
    there = replace(mine, key="text_1", stage="status", group="topics")
    assert account.find({"expansion": gone}).boards["expansion"] == there


def test_ids_of_another_board_are_not_taken_over() -> None:
    """With another board, its own group and columns are sought."""
    stale = {"referral": replace(TYPED["referral"], board="77", group="topics", stage="status")}
    assert Account().find(stale).boards["referral"] == ALL["referral"]


def test_a_board_that_was_renamed_stands_with_a_warning() -> None:
    """The id counts, and the person is told that the title is another."""
    account = Account()
    account.boards[3] = {**LEADS, "name": "Inbox"}
    found = account.find(ALL)
    assert found.boards == ALL
    assert [each.severity for each in found.problems] == ["warning"]
    assert said(found) == [
        (
            "another-title",
            "the board of 'referral' is 'Inbox', not 'Leads'",
            "if it is another: --board referral=TITLE",
        )
    ]


def test_what_is_missing_hides_nothing_that_is_there() -> None:
    """Without a column, the board stands; without a board, the others do."""
    account = Account()
    account.boards = [DEALS, SUBITEMS, board(9002, "Prospects", STAGE)]
    found = account.find()
    assert found.boards == {
        "deals": ALL["deals"],
        "expansion": replace(ALL["expansion"], key=""),
    }
    assert [each.slug for each in found.problems] == ["no-key", "no-board"]


def one_problem(account: Account, chosen: Mapping[str, str] | None = None) -> tuple[str, str, str]:
    """Return the one thing that is wrong with an account."""
    (problem,) = said(account.find(chosen=chosen))
    return problem


def test_a_board_without_the_column_for_keys() -> None:
    """The mend says how to make the column in Monday.com."""
    account = Account()
    account.boards[2] = board(9002, "Prospects", STAGE)
    slug, message, mend = one_problem(account)
    assert slug == "no-key"
    assert message == "the board 'Prospects' has no text column titled 'winloss'"
    assert mend == (
        "in Monday.com: + at the right end of the board, Text, name it winloss; then run this again"
    )


def test_a_column_for_keys_of_another_type() -> None:
    """A column of the title that holds no text is named with its type."""
    account = Account()
    account.boards[3] = board(9003, "Leads", ("n", "winloss", "numbers"))
    assert one_problem(account)[1].endswith("'winloss', only one of the type numbers")


def test_two_columns_for_keys() -> None:
    """Neither is guessed."""
    account = Account()
    account.boards[3] = board(9003, "Leads", KEY, ("text_9", "winloss", "text"))
    slug, message, mend = one_problem(account)
    assert slug == "two-keys"
    assert message == "the board 'Leads' has two text columns titled 'winloss'"
    assert mend == "in Monday.com: rename all but one; then run this again"


def test_a_board_whose_columns_are_not_shown() -> None:
    """A sub-items' board that only the deals name is kept, and its key is still to be found."""
    account = Account()
    account.boards.remove(SUBITEMS)
    found = account.find()
    assert found.boards["deals"] == Board(board="9001")
    assert [each.slug for each in found.problems] == ["no-columns"]


def test_no_status_column() -> None:
    """The mend names the label that the column needs."""
    account = Account()
    account.boards[2] = board(9002, "Prospects", KEY)
    slug, message, mend = one_problem(account)
    assert slug == "no-stage"
    assert message == "the board 'Prospects' has no status column"
    assert "Status, name it Stage, and give it the label 'Qualified conversation'" in mend


@pytest.mark.parametrize(
    ("titles", "how"), [(("A", "B"), "none is"), (("Stage", "Stage"), "more than one is")]
)
def test_status_columns_that_cannot_be_told_apart(titles: tuple[str, str], how: str) -> None:
    """The person says which one holds the stage by its title."""
    account = Account()
    columns = [(f"s{number}", title, "status") for number, title in enumerate(titles)]
    account.boards[2] = board(9002, "Prospects", KEY, *columns)
    slug, message, mend = one_problem(account)
    assert slug == "two-stages"
    assert message == f"the board 'Prospects' has two status columns, and {how} titled 'Stage'"
    assert mend == "in Monday.com: name the one that holds the stage Stage; then run this again"


def test_no_group() -> None:
    """A board without a group takes no item, and the mend says so."""
    account = Account()
    account.boards[3] = {**LEADS, "groups": []}
    assert one_problem(account)[0] == "no-group"


def test_two_boards_of_one_title() -> None:
    """Both ids are offered, and the one that is chosen is taken."""
    account = Account()
    account.boards.append(board(9100, "Leads", KEY))
    slug, message, mend = one_problem(account)
    assert (slug, message) == ("two-boards", "two boards are called 'Leads'")
    assert mend == "say which: --board referral=9003 or --board referral=9100"
    assert account.find(chosen={"referral": "9100"}).boards["referral"].board == "9100"


def test_a_board_of_nearly_the_title() -> None:
    """The board that was perhaps meant is offered with its id."""
    account = Account()
    account.boards[2] = {**PROSPECTS, "name": "Prospects EMEA"}
    slug, message, mend = one_problem(account)
    assert slug == "no-board"
    assert message == "no active board that this token can see is called 'Prospects'"
    assert mend == "if it is 'Prospects EMEA': --board expansion=9002"
    assert account.find(chosen={"expansion": "9002"}).boards["expansion"].board == "9002"


def test_a_line_that_names_no_board() -> None:
    """Without a title, the person is asked for one."""
    found = Account().find({"referral": Board()})
    assert said(found) == [
        ("no-board", "nothing says which board 'referral' is", "say it: --board referral=TITLE")
    ]


def test_a_line_that_the_policy_does_not_have_can_be_chosen() -> None:
    """The line is made with the title that was typed, or without one by an id."""
    found = Account().find({}, chosen={"referral": "Leads", "expansion": "9002"})
    assert found.boards["referral"] == ALL["referral"]
    assert found.boards["expansion"] == Board(board="9002", group="topics", key="text_2")


def test_what_is_chosen_and_not_there() -> None:
    """An id that no board has is said to be none, and the policy's title is not taken instead."""
    slug, message, _ = one_problem(Account(), {"referral": "4711"})
    assert slug == "no-board"
    assert message == "no active board that this token can see is called '4711'"


def test_deals_that_the_token_cannot_see() -> None:
    """The person is asked for another token, or for the deals' board."""
    account = Account(deals={})
    slug, message, mend = one_problem(account)
    assert slug == "no-deal"
    assert message == "none of the deal ids in the records is an item that this token can see"
    assert mend.endswith("say which board holds the deals: --board deals=TITLE")
    assert account.find().boards.keys() == {"expansion", "referral"}


@pytest.mark.parametrize("chosen", ["Deals", "deals", "9000", "9001", "Subitems of Deals"])
def test_the_board_of_the_deals_can_be_chosen(chosen: str) -> None:
    """By title or id, and by its sub-items' board, too."""
    account = Account(deals={})
    conversation = find_boards(TYPED, (), {"deals": chosen})
    assert account.converse(conversation).boards == ALL


def test_records_without_a_deal() -> None:
    """Nothing is asked of the items when no deal can be one."""
    account = Account()
    found = account.find(ids=("D-1",))
    assert [each.slug for each in found.problems] == ["no-deal"]
    assert [each.document for each in account.asked] == ["WinlossBoards"]


def test_the_sub_items_board_in_the_policy_stands_without_a_deal() -> None:
    """What was once found is not lost because the records name no deal yet."""
    found = Account().find(ALL, ids=())
    assert (found.boards, found.problems) == (ALL, ())


def test_a_board_without_sub_items() -> None:
    """The mend says how to have Monday.com make the board of sub-items."""
    account = Account([DEALS, PROSPECTS, LEADS], {"1001": (9000, "Deals", None)})
    slug, message, mend = one_problem(account)
    assert (slug, message) == ("no-subitems", "the board 'Deals' has no sub-items yet")
    assert "add a sub-item to any deal once, so that Monday.com makes the board of" in mend


def test_two_sub_items_boards_of_one_name() -> None:
    """Where only the name leads to it, two of the name are told apart by the person."""
    account = Account(deals={"1001": (9000, "Deals", None)})
    account.boards.append(board(9100, "Subitems of Deals", KEY, kind="sub_items_board"))
    assert one_problem(account)[2] == "say which: --board deals=9001 or --board deals=9100"
    found = account.find(chosen={"deals": "9100"})
    assert found.boards["deals"] == Board(board="9100", key="text_1")


def test_the_board_of_most_deals_counts() -> None:
    """Deals on another board are named in a warning, and half of them decide nothing."""
    deals: dict[str, tuple[int, str, int | None]] = {
        "1001": (9000, "Deals", 9001),
        "1002": (9000, "Deals", None),
        "1003": (8000, "Old", 8001),
    }
    account = Account(deals=deals)
    found = account.find(ids=tuple(deals))
    assert found.boards == ALL
    assert [(each.severity, each.message) for each in found.problems] == [
        ("warning", "1 of 3 deals is not on 'Deals'")
    ]
    even = account.find(ids=("1001", "1003"))
    assert even.problems[0].message == "as many deals stand on each of 'Old' and 'Deals'"
    assert even.problems[0].hint == "say which: --board deals=8000 or --board deals=9000"


def test_a_refusal_ends_it() -> None:
    """What Monday.com says is passed on, with what its support needs."""
    account = Account(refusal=Refusal("UserUnauthorizedException", "not you", "r-1"))
    with pytest.raises(CannotGoOn) as refused:
        account.find()
    (problem,) = refused.value.problems
    assert problem.message == "Monday.com does not say which boards there are: not you"
    assert problem.hint.startswith("its code is UserUnauthorizedException; ")


@pytest.mark.parametrize("number", ["", "1" * 21, "9003\n", "١٢", "9, key: x", "-1"])
def test_an_id_that_is_none_is_refused(number: str) -> None:
    """What could say something else in a file does not get there."""
    account = Account()
    account.boards[3] = {**LEADS, "id": number}
    found = account.find()
    assert "referral" not in found.boards
    assert [each.slug for each in found.problems] == ["no-id"]


def test_a_column_whose_id_is_none_is_refused() -> None:
    """The board stands, without it."""
    account = Account()
    account.boards[3] = board(9003, "Leads", ("a b", "winloss", "text"))
    found = account.find()
    assert found.boards["referral"] == replace(ALL["referral"], key="")
    assert [each.slug for each in found.problems] == ["no-id"]


def test_hostile_titles_act_nowhere() -> None:
    """No line end and no hidden character of a title gets into a message."""
    account = Account()
    account.boards[3] = board(9003, "Leads\n\x1b[2J\u202e", KEY)
    account.deals = {"1001": (9000, "De\x1b]0;x\x07als\nerror", None)}
    for problem in account.find().problems:
        assert not UNSEEN.search(problem.message + problem.hint)
        assert "\n" not in problem.message + problem.hint


JSON = st.recursive(
    st.none() | st.text(max_size=4) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["boards", "items", "id", "name", "board", "subitems", "groups", "type"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=examples(200), deadline=None)
@given(st.dictionaries(st.sampled_from(["boards", "items"]), JSON))
def test_any_answer_is_gone_through(data: Data) -> None:
    """An answer of another form finds nothing, and breaks nothing that would be a traceback."""

    class Odd(Account):
        def answer(self, request: Request) -> Answer:
            assert request.document
            return Answer(data)

    try:
        problems = Odd().find().problems
    except CannotGoOn as cause:
        problems = cause.problems
    assert problems


# What is written.


def boards_of(content: bytes) -> Mapping[str, Board]:
    """Return the boards that the product reads in a policy file; nothing is wrong there."""
    document, problems = read_document(EXCHANGE, content, is_rule=True)
    assert document is not None, problems
    reader = Reader(document, "bad-policy")
    found = read_boards(reader, ACTING)
    assert reader.problems == []
    return found


def written(content: bytes, boards: Mapping[str, Board] | None = None) -> bytes:
    """Return a policy file with boards put into it; nothing is in the way."""
    after, problems = with_boards(EXCHANGE, content, ALL if boards is None else boards)
    assert problems == ()
    return after


def test_the_shipped_policy_gets_three_lines() -> None:
    """One line is new, two are longer, and every other byte stays."""
    after = written(SHIPPED)
    section = (
        "monday:\n"
        "  deals: {board: 9001, key: text_1}\n"
        "  expansion: {titled: Prospects, board: 9002, group: topics, key: text_2, stage: status, "
        "opens_at: Qualified conversation}\n"
        "  referral: {titled: Leads, board: 9003, group: topics, key: text_3}\n"
    )
    begin, end = SHIPPED.index(b"monday:"), SHIPPED.index(b"# What a delivery can be called")
    assert after == SHIPPED[:begin] + section.encode() + SHIPPED[end:]


LAYOUTS = {
    "missing": "",
    "empty": "monday:\n",
    "empty with a comment": "monday: # where\n  # what\n",
    "empty braces": "monday: {}\n",
    "flow": "monday: {expansion: {titled: Prospects, opens_at: Qualified conversation}}  # all\n",
    "flow over lines": (
        "monday: {\n  referral: {titled: Leads,  # the CRO's\n    }, # both\n"
        "  expansion: {\n    opens_at: Qualified conversation,\n    titled: 'Prospects'\n  }\n}\n"
    ),
    "block": (
        "monday:\n  # first\n  expansion:  # where\n    # its name\n    titled: Prospects # x\n\n"
        "    opens_at: >-\n      Qualified\n      conversation\n    # end\n  # last\n"
        "  referral:\n    titled: Leads\n# after\n"
    ),
    "deep block": 'monday:\n      referral:\n              titled: "Leads"  \n',
    "stale": (
        "monday:\n  referral: {titled: Leads, board: '77', group: g, key: \"k\", stage: s}\n"
        "  deals:\n    stage: s  # gone\n    board: 7\n    key: text_1\n"
    ),
    "stale and spare": (
        "monday:\n  referral: {stage: s, titled: Leads , board: 1,key: b , group: c}\n"
    ),
    "blank ids": "monday:\n  deals: {board: , key: }\n  referral:\n    titled: Leads\n    board:\n",
    "only an id": "monday:\n  deals: {stage: s}\n  referral: {stage: s, group: g}\n",
    "blank line of deals": "monday:\n  deals:\n  referral: {titled: Leads}\n",
    "empty line of deals": "monday:\n  deals: {}\n  referral: {opens_at: x}\n",
}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("after", ["", "other: {a: 1} # c\n"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
def test_however_the_section_is_laid_out(layout: str, after: str, end: str) -> None:
    """The boards are read again, comments and line ends stay, and a second run changes nothing."""
    before = f"---\nstatus: v0  # s\n{layout}{after}---\n\nBody\n---\n".replace("\n", end).encode()
    done = written(before)
    assert boards_of(done) == ALL
    assert written(done) == done
    assert done.count(b"\n") - done.count(b"\r\n") == (0 if end == "\r\n" else done.count(b"\n"))
    kept = [line for line in layout.split("\n") if line.strip().startswith("#")]
    assert all(line.encode() in done for line in kept)
    rest = f"{after if layout else ''}---\n\nBody\n---\n".replace("\n", end).encode()
    assert done.endswith(rest)
    assert done.startswith(f"---{end}status: v0  # s{end}".encode())


def test_only_what_changes_is_touched() -> None:
    """Comments, quotes and spaces around a value stay as they were typed."""
    before = b"---\nmonday:\n  referral: { 'titled': 'Leads' ,  board:  9 , key: k }  # c\n---\n"
    board_now = {"referral": Board(titled="Leads", board="10", key="k", group="g")}
    assert written(before, board_now) == (
        b"---\nmonday:\n  referral: { 'titled': 'Leads' ,  board:  10, group: g , key: k }  # c\n"
        b"---\n"
    )


def test_lines_and_keys_that_are_not_known_stay() -> None:
    """What another version of winloss may have written is kept."""
    before = (
        b"---\nmonday:\n  renewals: {titled: R, x: 1}\n  referral: {titled: L, y: [a, b]}\n---\n"
    )
    board_now = {"referral": Board(titled="L", board="1", key="k")}
    after, problems = with_boards(EXCHANGE, before, board_now)
    assert problems == ()
    assert after == before.replace(b"titled: L,", b"titled: L, board: 1, key: k,")


ODD = {
    "a list": "monday: [a, b]\n",
    "a word": "monday: none\n",
    "a word on a line": "monday:\n  deals: none\n",
    "one mapping": None,
    "a key without a value": "monday:\n  referral: {titled: Leads, board}\n",
    "a list as a title": "monday:\n  referral: {titled: [Leads]}\n",
    "a comment before a comma": "monday: {referral: {\n  stage: s # c\n  , titled: Leads}}\n",
    "a question mark": "monday:\n  ? referral\n  : ? titled\n    : Leads\n",
}


@pytest.mark.parametrize("layout", ODD.values(), ids=list(ODD))
def test_what_is_not_understood_is_left_alone(layout: str | None) -> None:
    """The file comes back as it was, with the lines to write by hand; or it says what it should."""
    front = "{status: v0}\n" if layout is None else layout
    before = f"---\n{front}---\n".encode()
    after, problems = with_boards(EXCHANGE, before, ALL)
    if not problems:
        assert boards_of(after) == ALL
        return
    assert after == before
    (problem,) = problems
    assert problem.slug == "not-written"
    assert line_of("deals", ALL["deals"]) in problem.hint


@pytest.mark.parametrize("style", ["|-", ">-"])
def test_a_comment_behind_a_block_is_not_lost(style: str) -> None:
    """A block may end behind the comments that follow it; they are nobody's to take away."""
    before = (
        f"---\nmonday:\n  referral:\n    titled: Leads\n    key: {style}\n      old\n"
        "# What follows.\nstatus: v0\n---\n"
    ).encode()
    after, (problem,) = with_boards(EXCHANGE, before, {"referral": ALL["referral"]})
    assert after == before
    assert problem.slug == "not-written"


def test_a_file_that_cannot_be_read_is_left_alone() -> None:
    """What is wrong with it is said, as everywhere."""
    before = b"---\nmonday: {\n---\n"
    after, problems = with_boards(EXCHANGE, before, ALL)
    assert after == before
    assert problems


TITLES = st.one_of(
    st.text(st.sampled_from("aZ9 '\",:|>{}[]#&*!%@`-?~\\™é🎯\t\n./="), min_size=1, max_size=12),
    st.text(min_size=1, max_size=12),
    st.sampled_from(
        ["null", "no", "~", "- a", "a: b", "a #b", "---", "...", "<<", "9001", "=", "["]
    ),
)
IDS = st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True)
NUMBERS = st.from_regex(r"[0-9]{1,20}", fullmatch=True)
BOARDS = st.builds(
    Board,
    titled=st.just("") | TITLES,
    board=NUMBERS,
    group=st.just("") | IDS,
    key=st.just("") | IDS,
    stage=st.just("") | IDS,
    opens_at=st.just("") | TITLES,
)
SECTIONS = st.dictionaries(st.sampled_from(["deals", *ACTING]), BOARDS, min_size=1)


@settings(max_examples=examples(300), deadline=None)
@given(SECTIONS)
def test_any_title_is_read_again_or_refused(boards: dict[str, Board]) -> None:
    """The product's reader and another one read what was written; else nothing is written."""
    before = b"---\nstatus: v0\n---\nBody\n"
    after, problems = with_boards(EXCHANGE, before, boards)
    if problems:
        assert after == before
        texts = [text for each in boards.values() for text in (each.titled, each.opens_at)]
        assert any(UNSEEN.search(text) or not is_normalized("NFC", text) for text in texts)
        return
    assert boards_of(after) == boards
    assert written(after, boards) == after
    other = yaml.load(after.split(b"---\n")[1], Loader=yaml.BaseLoader)  # noqa: S506 - texts only
    assert {name: Board(**each) for name, each in other["monday"].items()} == boards


@st.composite
def laid_out(draw: st.DrawFn, boards: dict[str, Board]) -> str:
    """Return a section that says these boards, laid out as a person may have done it."""
    lines = ["monday:" + draw(st.sampled_from(["", "  ", "  # all: {of} it"]))]
    indent = " " * draw(st.integers(1, 4))
    comment = st.sampled_from(["", "", f"\n{indent}# a, 'comment'", "\n#b: {", "\n"])
    for name, each in boards.items():
        keys = draw(st.permutations(["titled", "board", "group", "key", "stage", "opens_at"]))
        pairs = [(key, getattr(each, key)) for key in keys if getattr(each, key)]
        typed = [f"{key}: {draw(_typed(value))}" for key, value in pairs]
        if draw(st.booleans()):
            inner = indent + " " * draw(st.integers(1, 4))
            lines.append(f"{indent}{name}:" + draw(st.sampled_from(["", " # x"])))
            lines += [inner + pair + draw(st.sampled_from(["", "  # y"])) for pair in typed]
        else:
            apart = draw(st.sampled_from([", ", " , ", f",\n{indent}   ", f", # z\n{indent}  "]))
            lines.append(f"{indent}{name}: {{{apart.join(typed)}}}")
        lines[-1] += draw(comment)
    return "\n".join(lines) + "\n"


def _typed(value: str) -> st.SearchStrategy[str]:
    quoted = ["'" + value.replace("'", "''") + "'", '"' + value.replace('"', '\\"') + '"']
    is_plain = value.replace(" ", "").isalnum() and value.strip() == value
    return st.sampled_from([*quoted, value] if is_plain else quoted)


SIMPLE = st.builds(
    Board,
    titled=st.sampled_from(["Prospects", "Leads™", "A: b, {c}", "Q & A's", '🎯 "x" | y']),
    board=st.just("") | NUMBERS,
    group=st.just("") | IDS,
    key=st.just("") | IDS,
    stage=st.just("") | IDS,
    opens_at=st.sampled_from(["", "Qualified conversation", "Won, or lost"]),
)


@settings(max_examples=examples(400), deadline=None)
@given(st.data(), st.sampled_from(["\n", "\r\n"]))
def test_any_layout_takes_any_ids(data: st.DataObject, end: str) -> None:
    """From what a person typed to what was found: it is read again, and nothing else is changed."""
    names = st.sampled_from(["deals", *ACTING])
    old = data.draw(st.dictionaries(names, SIMPLE, min_size=1))
    section = data.draw(laid_out(old))
    before = f"---\na: 1 # a\n{section}b: [2] # b\n---\nBody\n".replace("\n", end).encode()
    assert boards_of(before) == old
    ids = data.draw(SECTIONS)
    new = {
        name: replace(each, titled=old[name].titled, opens_at=old[name].opens_at)
        for name, each in ids.items()
        if name in old
    } | {"deals": Board(board="1", key="k", titled=old["deals"].titled if "deals" in old else "")}
    after = written(before, new)
    assert boards_of(after) == {**old, **new}
    assert written(after, new) == after
    assert after.startswith(f"---{end}a: 1 # a{end}".encode())
    assert after.endswith(f"b: [2] # b{end}---{end}Body{end}".encode())
    assert (b"\r\n" in after) == (end == "\r\n")
    assert after.count(b"# a, 'comment'") == before.count(b"# a, 'comment'")


# The whole, as the command calls it.


def desk_of(repository: Repository) -> Desk:
    """Return the desk at a repository."""
    return Desk(date(2026, 11, 21), repository.root)


def test_what_is_found_is_written_and_shown(
    repository: Repository, capfd: pytest.CaptureFixture[str]
) -> None:
    """The person sees a table, the lines that changed, and what to do next."""
    assert set_up(desk_of(repository), Account().converse, {}) == 0
    shown = capfd.readouterr()
    assert shown.err == ""
    assert shown.out.startswith(
        "           board                     key             stage         group\n"
        "deals      Subitems of Deals (9001)  winloss text_1  -             -\n"
        "expansion  Prospects (9002)          winloss text_2  Stage status  Group Title topics\n"
        "referral   Leads (9003)              winloss text_3  -             Group Title topics\n"
        "\n"
        "Wrote records/policy/exchange.md:\n"
        " monday:\n"
        "-  expansion: {titled: Prospects, opens_at: Qualified conversation}\n"
    )
    assert "+  deals: {board: 9001, key: text_1}\n" in shown.out
    assert shown.out.endswith("\n\nRead the change with git diff, commit it, then: winloss file\n")
    assert boards_of(repository.read(EXCHANGE).encode()) == ALL
    assert repository.git("status", "--porcelain").split() == ["M", EXCHANGE]
    assert repository.run("check").code == 0


def test_what_is_written_needs_no_approval(repository: Repository) -> None:
    """Set-up writes addresses, and changes no rule."""
    desk = desk_of(repository)
    before = desk.tree()
    set_up(desk, Account().converse, {})
    after = desk.tree()
    assert after != before
    assert rules_digest(after) == rules_digest(before)


def test_a_line_more_is_a_rule_and_said_to_be_one(
    repository: Repository, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whoever has renewals filed, too, is told that the CRO decides on it."""
    desk = desk_of(repository)
    before = desk.tree()
    assert set_up(desk, Account().converse, {"renewal": "9002"}) == 0
    assert rules_digest(desk.tree()) != rules_digest(before)
    assert capfd.readouterr().out.endswith(
        "\n\nThis changes more than ids, or ids that are laid out in a way of their own:\n"
        "it takes a proposal and the CRO's approval (winloss new proposal)\n"
    )


def test_the_account_of_a_rehearsal_is_set_up(repository: Repository) -> None:
    """In the peer that ships, nothing is missing; its answers are of the vendor's schema."""
    theirs = account_for(["1001", "1002"])

    class Rehearsal(Account):
        def answer(self, request: Request) -> Answer:
            place = HOME / "src/winloss/edge/graphql" / f"{request.document}.graphql"
            asked = {"query": place.read_text("utf-8"), "variables": dict(request.variables)}
            return Answer(service.answer(theirs, service.read(asked), VERSION)["data"])

    assert set_up(desk_of(repository), Rehearsal().converse, {}) == 0
    found = boards_of(repository.read(EXCHANGE).encode())
    assert all(each.is_set_up for each in found.values())
    titles = {line: theirs.boards[each.board].name for line, each in found.items()}
    assert titles == {
        "deals": "Subitems of Deals",
        "expansion": "Prospects",
        "referral": "Leads",
    }


def test_a_second_run_writes_nothing(
    repository: Repository, capfd: pytest.CaptureFixture[str]
) -> None:
    """The file is left alone, and the person is told that it says so already."""
    set_up(desk_of(repository), Account().converse, {})
    before = repository.files()
    capfd.readouterr()
    assert set_up(desk_of(repository), Account().converse, {}) == 0
    assert capfd.readouterr().out.endswith("\n\nrecords/policy/exchange.md says so already\n")
    assert repository.files() == before


def test_what_was_found_is_written_beside_problems(
    repository: Repository, capfd: pytest.CaptureFixture[str]
) -> None:
    """The exit code is 1, the problem is on standard error, and the rest is in the file."""
    account = Account()
    account.boards.remove(LEADS)
    repository.write(EXCHANGE, repository.read(EXCHANGE) + "\nMine.\n")
    assert set_up(desk_of(repository), account.converse, {}) == 1
    shown = capfd.readouterr()
    assert "error no-board: no active board that this token can see is called 'Leads'" in shown.err
    assert "Mend this, and run it again." in shown.out
    text = repository.read(EXCHANGE)
    assert boards_of(text.encode()) == {**ALL, "referral": TYPED["referral"]}
    assert text.endswith("\nMine.\n")


def test_nothing_found_is_nothing_written(
    repository: Repository, capfd: pytest.CaptureFixture[str]
) -> None:
    """An account without boards leaves the file, and the table is a sentence."""
    before = repository.files()
    assert set_up(desk_of(repository), Account([], {}).converse, {}) == 1
    shown = capfd.readouterr()
    assert shown.out == "No board was found.\n\nMend this, and run it again.\n"
    assert shown.err.count("error ") == 3
    assert repository.files() == before


def test_a_line_that_nothing_is_filed_on_cannot_be_chosen(repository: Repository) -> None:
    """The option names a line of the section, and a misspelt one is corrected."""
    with pytest.raises(click.UsageError, match="'referal' is filed nowhere; did you mean"):
        set_up(desk_of(repository), Account().converse, {"referal": "Leads"})


def test_a_hostile_title_cannot_act_on_the_terminal(
    repository: Repository, capfd: pytest.CaptureFixture[str]
) -> None:
    """What an account calls its boards is shown on one line, cut, with every character visible."""
    account = Account()
    account.boards[1] = {**SUBITEMS, "name": "Sub\x1b[2J\nitems" + "x" * 300}
    set_up(desk_of(repository), account.converse, {})
    shown = capfd.readouterr()
    assert not UNSEEN.search(shown.out.replace("\n", ""))
    assert all(len(line) < 200 for line in shown.out.splitlines())
