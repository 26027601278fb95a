"""Where in Monday.com the copies go is no rule: what is left of the policy without it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import examples, rules_tree
from winloss.core.changes.addresses import rules_only, without_addresses
from winloss.core.changes.rule_change import changed_files, rules_digest
from winloss.core.deals.governance import EXCHANGE
from winloss.core.filing.monday_section import with_boards
from winloss.core.repository.tree import Tree
from winloss.core.rulebook.boards import DEALS, Board

SHIPPED = rules_tree()[EXCHANGE]
EXPANSION = b"  expansion: {titled: Prospects, opens_at: Qualified conversation}\n"
REFERRAL = b"  referral: {titled: Leads}\n"
BLOCK = b"  expansion:\n    titled: Prospects\n    opens_at: Qualified conversation\n"
LAYOUTS = {
    "shipped": SHIPPED,
    "crlf": SHIPPED.replace(b"\n", b"\r\n"),
    "block": SHIPPED.replace(EXPANSION, BLOCK),
    "no section": SHIPPED.replace(b"monday:\n" + EXPANSION + REFERRAL, b""),
}
IDS = st.from_regex(r"[A-Za-z0-9_]{1,20}", fullmatch=True)
NUMBERS = st.from_regex(r"[0-9]{1,12}", fullmatch=True)


@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=examples(20))
@given(board=NUMBERS, group=IDS, key=IDS, stage=IDS)
def test_what_set_up_writes_is_no_rule(
    name: str, board: str, group: str, key: str, stage: str
) -> None:
    """Whatever ids it finds, without them the file is byte for byte what it was."""
    content = LAYOUTS[name]
    boards = {DEALS: Board(board=board, key=key)}
    if name != "no section":
        prospects = {"titled": "Prospects", "opens_at": "Qualified conversation"}
        boards["expansion"] = Board(board=board, group=group, key=key, stage=stage, **prospects)
        boards["referral"] = Board(titled="Leads", board=board, group=group, key=key)
    written, problems = with_boards(EXCHANGE, content, boards)
    assert not problems
    assert written != content
    assert without_addresses(written) == content


def test_since_when_winloss_files_is_no_rule() -> None:
    """A firm may name the day at any time; whatever stands beside it stays a rule."""
    with_day = SHIPPED.replace(b"monday:\n", b"monday_since: 2026-12-01\nmonday:\n")
    assert without_addresses(with_day) == SHIPPED
    remarked = with_day.replace(b"2026-12-01\n", b"2026-12-01 # and more\n")
    assert without_addresses(remarked) == remarked


SET_UP = SHIPPED.replace(
    EXPANSION + REFERRAL,
    b"  deals: {board: 9001, key: text_1}\n"
    b"  expansion: {titled: Prospects, board: 9002, group: topics, key: text_2, stage: status, "
    b"opens_at: Qualified conversation}\n"
    b"  referral: {titled: Leads, board: 9003, group: topics, key: text_3}\n",
)
ADDRESSES = {
    "another board": (b"board: 9002", b"board: 9012"),
    "another column": (b"key: text_3", b"key: 'text_9'"),
    "another status": (b"stage: status", b"stage: status_1"),
    "another group": (b"group: topics, key: text_3", b"group: new, key: text_3"),
    "no group": (b"group: topics, key: text_3", b"key: text_3"),
    "no deals": (b"  deals: {board: 9001, key: text_1}\n", b""),
}
RULES = {
    "title": (b"titled: Leads", b"titled: Others"),
    "a title like ids": (b"titled: Leads", b"titled: 'Leads, board: 1'"),
    "stage": (b"opens_at: Qualified conversation", b"opens_at: Won"),
    "an outcome more": (b"  referral:", b"  renewal: {board: 9, key: text_4}\n  referral:"),
    "an outcome more, empty": (b"  referral:", b"  renewal: {}\n  referral:"),
    "comment": (b"# Who reads what.", b"# Everybody reads everything."),
    "comment behind": (b"key: text_1}", b"key: text_1} # as the CRO wants it"),
    "comment in a line more": (b"monday:\n", b"monday:\n  # as the CRO wants it\n"),
    "title of deals": (b"{board: 9001", b"{titled: Deals, board: 9001"),
    "layout": (b"delivered_well: [high]", b"delivered_well:  [high]"),
    "layout of a line": (b"{titled: Leads, board", b"{titled: Leads,  board"),
    "order": (b"titled: Prospects, board: 9002", b"board: 9002, opens_at: No, titled: Prospects"),
    "another key": (b"committed_within: 14 days", b"committed_within: 99 days"),
    "prose": (b"# The exchange", b"# Our exchange"),
    "space at the end": (b"rollups only.\n", b"rollups only.\n\n"),
    "no section": (SET_UP[SET_UP.index(b"monday:") : SET_UP.index(b"# What a delivery")], b""),
    "a key beside it": (b"\nmonday:", b"\nmonday.referral.board: 7\nmonday:"),
}


def tree(content: bytes) -> Tree:
    """Return the rules that ship, with another ``exchange.md``."""
    return Tree({**rules_tree(), EXCHANGE: content})


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_changes_no_rule(name: str) -> None:
    """The digest that an approval binds stays, and no file of the rules changes."""
    assert ADDRESSES[name][0] in SET_UP
    moved = SET_UP.replace(*ADDRESSES[name])
    assert rules_digest(tree(moved)) == rules_digest(tree(SET_UP)) == rules_digest(tree(SHIPPED))
    assert changed_files(tree(SET_UP), tree(moved)) == []


@pytest.mark.parametrize("name", RULES)
def test_whatever_else_changes_is_a_rule(name: str) -> None:
    """Also in one commit with another id, and also where it is but a comment."""
    assert RULES[name][0] in SET_UP
    after = SET_UP.replace(*RULES[name]).replace(b"board: 9003", b"board: 9013")
    assert rules_digest(tree(after)) != rules_digest(tree(SET_UP))
    assert changed_files(tree(SET_UP), tree(after)) == [EXCHANGE]


def test_a_file_with_errors_is_judged_as_it_stands() -> None:
    """Nothing is taken out of what cannot be read."""
    broken = SET_UP.replace(b"  deals: {board: 9001", b"  deals: {board: 9001, board: 9009")
    assert without_addresses(broken) == broken
    assert rules_only(Tree({})) == Tree({})
