"""Find on a board of Monday.com what a record needs there: the columns, and the group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.filing.account_boards import SUBITEMS, called, of_type
from winloss.core.rulebook.boards import is_id
from winloss.core.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from winloss.core.filing.account_boards import Named
    from winloss.core.rulebook.boards import Board

KEY_TITLE = "winloss"  # what the text column is called that holds a record's key
STAGE_TITLE = "Stage"
AGAIN = "then run this again"


class NotFound(Exception):  # noqa: N818 - the name is the sentence, and setup catches it
    """What was not found; its arguments are slug, message and mend."""


def key_column(board: Named, typed: Board) -> Named:
    """Return the text column for the records' keys."""
    if not board.columns:
        message = f"Monday.com shows no columns of the board {in_quotes(board)}"
        raise NotFound("no-columns", message, "use the token of a person who can open that board")
    columns = of_type(board.columns, "text")
    found = _as_typed(columns, typed.key) or called(columns, KEY_TITLE)
    if not found:
        message = f"the board {in_quotes(board)} has no text column titled '{KEY_TITLE}'"
        where = "of a deal's sub-items" if board.type == SUBITEMS else "of the board"
        hint = f"in Monday.com: + at the right end {where}, Text, name it {KEY_TITLE}; {AGAIN}"
        if others := called(board.columns, KEY_TITLE):
            message += f", only one of the type {one_line(others[0].type)}"
        raise NotFound("no-key", message, hint)
    if len(found) > 1:
        message = (
            f"the board {in_quotes(board)} has {count(found)} text columns titled '{KEY_TITLE}'"
        )
        raise NotFound("two-keys", message, f"in Monday.com: rename all but one; {AGAIN}")
    return found[0]


def stage_column(board: Named, typed: Board) -> Named:
    """Return the status column that holds the stage (R §4)."""
    columns = of_type(board.columns, "status")
    found = _as_typed(columns, typed.stage) or called(columns, STAGE_TITLE) or columns
    if not found:
        message = f"the board {in_quotes(board)} has no status column"
        hint = (
            f"in Monday.com: + at the right end of the board, Status, name it {STAGE_TITLE}, "
            f"and give it the label '{one_line(typed.opens_at)}'; {AGAIN}"
        )
        raise NotFound("no-stage", message, hint)
    if len(found) > 1:
        how = "more than one is" if called(columns, STAGE_TITLE) else "none is"
        message = f"the board {in_quotes(board)} has {count(columns)} status columns, and {how}"
        hint = f"in Monday.com: name the one that holds the stage {STAGE_TITLE}; {AGAIN}"
        raise NotFound("two-stages", f"{message} titled '{STAGE_TITLE}'", hint)
    return found[0]


def group_for(board: Named, typed: Board) -> Named:
    """Return the group for new items: the one titled like their stage, else the first."""
    found = _as_typed(board.groups, typed.group)
    if not found and typed.opens_at:
        found = called(board.groups, typed.opens_at)
    found = found or list(board.groups)
    if not found:
        message = f"the board {in_quotes(board)} has no group"
        raise NotFound("no-group", message, f"in Monday.com: add a group to it; {AGAIN}")
    return found[0]


def _as_typed(things: Iterable[Named], typed: str) -> list[Named]:
    return [each for each in things if typed and each.id == typed]


def sound(key: str, thing: Named) -> Named:
    """Refuse an id that is none: it would stand in a file, and be sent."""
    if not is_id(key, thing.id):
        message = (
            f"Monday.com gives {in_quotes(thing)} the id '{one_line(thing.id)}', which is none"
        )
        raise NotFound("no-id", message, "nothing was written for it; tell the makers of winloss")
    return thing


def in_quotes(thing: Named) -> str:
    """Return a thing's title for a message, with nothing in it that acts unseen."""
    return f"'{one_line(thing.title)}'"


def count(things: Sequence[Named]) -> str:
    """Return how many things there are, in a word where that reads better."""
    return "two" if len(things) == 2 else str(len(things))
