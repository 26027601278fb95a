"""Find where an account of Monday.com takes records: boards, groups, columns (X §4, R §3, R §4).

Every id comes from the account. What cannot be found, or not without a guess, is a problem with
what a person can do about it; what was found stands beside it. An id that the policy has already
stands as long as the account has it: with another column for the keys, all would be filed again.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from winloss.core.filing.account_boards import (
    BOARD,
    SUBITEMS,
    Named,
    all_boards,
    boards_of,
    called,
    is_called,
    item_ids,
    of_type,
)
from winloss.core.filing.board_parts import (
    AGAIN,
    NotFound,
    count,
    group_for,
    in_quotes,
    key_column,
    sound,
    stage_column,
)
from winloss.core.problem import Problem, error
from winloss.core.rulebook.boards import DEALS, Board, is_id
from winloss.core.wording import listed, nearest, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

    from winloss.core.filing.account_boards import Placed
    from winloss.core.filing.request import Answer, Request


@dataclass(frozen=True, slots=True)
class Found:
    """What an account has for each line of ``monday``; what was not found is empty.

    ``titles`` are the account's own, by line and by what has an id there: ``board``, ``group``, …
    """

    boards: Mapping[str, Board]
    titles: Mapping[str, Mapping[str, str]]
    problems: tuple[Problem, ...]


def find_boards(
    typed: Mapping[str, Board], deals: Iterable[str], chosen: Mapping[str, str]
) -> Generator[Request, Answer, Found]:
    """Find the boards of the lines that the policy has, of ``deals``, and of what was chosen.

    ``deals`` are the ids that the records name, ``chosen`` the ids or titles that a person gave for
    lines: for ``deals`` the board on which the deals stand. Raises CannotGoOn where Monday.com does
    not answer.
    """
    ids = item_ids(deals)
    placed = yield from boards_of(ids)
    boards = yield from all_boards()
    search = _Search(boards, placed, bool(ids))
    for line in dict.fromkeys((DEALS, *typed, *chosen)):
        choice = chosen.get(line, "")
        search.look_for(line, typed.get(line) or _new_line(line, choice), choice)
    return Found(search.found, search.titles, tuple(search.problems))


def _new_line(line: str, choice: str) -> Board:
    """Return a line that the policy does not have yet: titled as chosen, unless by an id."""
    is_title = line != DEALS and not is_id("board", choice)
    return Board(titled=unicodedata.normalize("NFC", choice) if is_title else "")


@dataclass(slots=True)
class _Search:
    """The way through the lines, with all that the account has."""

    boards: tuple[Named, ...]
    placed: tuple[Placed, ...]
    has_ids: bool
    found: dict[str, Board] = field(default_factory=dict)
    titles: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def look_for(self, line: str, typed: Board, chosen: str) -> None:
        """Look for one line's board, and for what is needed on it."""
        find = self._subitems if line == DEALS else self._board
        board = self._tried("board", find, line, typed, chosen)
        if board is None:
            return
        if typed.board not in {"", board.id}:  # the ids of another board say nothing here
            typed = replace(typed, group="", key="", stage="")
        typed = replace(typed, board=board.id)
        self.titles[line] = {"board": board.title}
        parts: dict[str, Callable[[Named, Board], Named]] = {"key": key_column}
        if typed.opens_at:
            parts |= {"stage": stage_column}
        if line != DEALS:
            parts |= {"group": group_for}
        for name, part in parts.items():
            each = self._tried(name, part, board, typed)
            typed = replace(typed, **{name: each.id if each else ""})
            if each is not None:
                self.titles[line][name] = each.title
        self.found[line] = typed

    def _tried(self, key: str, find: Callable[..., Named], *given: object) -> Named | None:
        try:
            return sound(key, find(*given))
        except NotFound as cause:
            self.problems.append(error("", (0, 0), *cause.args))
            return None

    def _warn(self, slug: str, message: str, hint: str) -> None:
        self.problems.append(error("", (0, 0), slug, message, hint).as_warning())

    def _standing(self, typed: Board, kind: str) -> Named | None:
        """Return the board whose id the policy has, while the account has it."""
        return _by_id(of_type(self.boards, kind), typed.board)

    def _board(self, line: str, typed: Board, chosen: str) -> Named:
        """Return a line's board: as chosen, as the policy has it, or by its title."""
        boards = of_type(self.boards, BOARD)
        if chosen:
            return _chosen(line, chosen, boards)
        if board := self._standing(typed, BOARD):
            if typed.titled and not is_called(board, typed.titled):
                message = (
                    f"the board of '{line}' is {in_quotes(board)}, not '{one_line(typed.titled)}'"
                )
                self._warn("another-title", message, f"if it is another: {_option(line)}")
            return board
        if not typed.titled:
            raise NotFound(
                "no-board", f"nothing says which board '{line}' is", f"say it: {_option(line)}"
            )
        deals = {each.board.id for each in self.placed}
        return _one_called(line, typed.titled, [each for each in boards if each.id not in deals])

    def _subitems(self, line: str, typed: Board, chosen: str) -> Named:
        """Return the board of the deals' sub-items, which has columns of its own (X §4)."""
        try:
            if not chosen:
                return self._subitems_of(self._board_of_deals())
            board = _chosen(line, chosen, of_type(self.boards, BOARD, SUBITEMS))
            return board if board.type == SUBITEMS else self._subitems_of(board)
        except NotFound:
            if not chosen and (board_as_typed := self._standing(typed, SUBITEMS)):
                return board_as_typed
            raise

    def _board_of_deals(self) -> Named:
        """Return the board on which most deals stand."""
        say = f"say which board holds the deals: {_option(DEALS)}"
        if not self.has_ids:
            raise NotFound("no-deal", "no deal id in the records is the number of an item", say)
        counts = Counter(each.board.id for each in self.placed).most_common()
        if not counts:
            message = "none of the deal ids in the records is an item that this token can see"
            raise NotFound(
                "no-deal", message, f"use the token of a person who sees the deals, or {say}"
            )
        most = [each for each, many in counts if many == counts[0][1]]
        boards = {each.board.id: each.board for each in self.placed}
        if len(most) > 1:
            named = listed(in_quotes(boards[each]) for each in most)
            raise NotFound(
                "two-boards", f"as many deals stand on each of {named}", _say_which(DEALS, most)
            )
        others = len(self.placed) - counts[0][1]
        if others:
            are = "is" if others == 1 else "are"
            where = in_quotes(boards[most[0]])
            message = f"{others} of {len(self.placed)} deals {are} not on {where}"
            hint = "nothing can be filed below them there: move them to it in Monday.com"
            self._warn("other-board", message, hint)
        return boards[most[0]]

    def _subitems_of(self, board: Named) -> Named:
        """Return the board of a board's sub-items: as a deal there has it, else by its name."""
        known = of_type(self.boards, SUBITEMS)
        for each in self.placed:
            if each.board.id == board.id and each.subitems is not None:
                return _by_id(known, each.subitems.id) or each.subitems
        name = f"Subitems of {board.title}"
        found = called(known, name)
        if not found:
            message = f"the board {in_quotes(board)} has no sub-items yet"
            hint = (
                "in Monday.com: add a sub-item to any deal once, so that Monday.com makes the "
                f"board of sub-items; {AGAIN}"
            )
            raise NotFound("no-subitems", message, hint)
        return _only(found, DEALS, name)


def _by_id(boards: Iterable[Named], typed: str) -> Named | None:
    return next((each for each in boards if typed and each.id == typed), None)


def _chosen(line: str, text: str, boards: Sequence[Named]) -> Named:
    """Return the board that a person means by an id or a title."""
    by_id = _by_id(boards, text)
    if by_id is not None:
        return by_id
    kind = BOARD if called(of_type(boards, BOARD), text) else SUBITEMS
    return _one_called(line, text, of_type(boards, kind) or boards)


def _one_called(line: str, title: str, boards: Sequence[Named]) -> Named:
    found = called(boards, title)
    if found:
        return _only(found, line, title)
    message = f"no active board that this token can see is called '{one_line(title)}'"
    near = nearest(title, [each.title for each in boards])
    if near is not None:
        meant = called(boards, near)[0]
        raise NotFound(
            "no-board", message, f"if it is {in_quotes(meant)}: {_option(line, meant.id)}"
        )
    raise NotFound(
        "no-board", message, f"in Monday.com: make it; or say which it is: {_option(line)}"
    )


def _only(boards: Sequence[Named], line: str, title: str) -> Named:
    if len(boards) > 1:
        message = f"{count(boards)} boards are called '{one_line(title)}'"
        raise NotFound("two-boards", message, _say_which(line, [each.id for each in boards]))
    return boards[0]


def _option(line: str, named: str = "TITLE") -> str:
    return f"--board {line}={one_line(named)}"


def _say_which(line: str, ids: Iterable[str]) -> str:
    return f"say which: {' or '.join(_option(line, each) for each in ids)}"
