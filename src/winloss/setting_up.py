"""Find the boards of Monday.com, and write their ids into the policy for review (X §4, R §4)."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import click

from winloss.core.changes.addresses import without_addresses
from winloss.core.deals.governance import EXCHANGE
from winloss.core.filing.monday_section import with_boards
from winloss.core.filing.setup import find_boards
from winloss.core.problem import stop
from winloss.core.repository.tree import Tree
from winloss.core.rulebook.boards import DEALS
from winloss.core.rulebook.renewal import ACTING
from winloss.core.wording import did_you_mean, one_line, visible
from winloss.desk import show
from winloss.edge import files

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from winloss.core.filing.request import Answer, Request
    from winloss.core.filing.setup import Found
    from winloss.desk import Desk

_HEADS = ("", "board", "key", "stage", "group")
_WIDEST = 40  # of a title, in characters


def set_up(
    desk: Desk,
    converse: Callable[[Generator[Request, Answer, Found]], Found],
    chosen: Mapping[str, str],
) -> int:
    """Find the boards, write what was found, and say what was not; return the exit code.

    ``converse`` holds the conversation with Monday.com. ``chosen`` are the ids or titles that a
    person gave, by the lines of ``monday``. Returns 1 when something was not found.
    """
    known = (DEALS, *ACTING)
    for line in chosen:
        if line not in known:
            hint = did_you_mean(line, known)
            raise click.UsageError(f"--board: '{one_line(line)}' is filed nowhere; {hint}")
    ledger, _, _ = desk.ledger()
    found = converse(find_boards(ledger.policy.boards, ledger.deals, chosen))
    before = desk.file(EXCHANGE, None)
    if before is None:
        raise stop(f"{EXCHANGE} is there no more", f"restore it: git restore {EXCHANGE}")
    after, unwritten = with_boards(EXCHANGE, before, found.boards)
    for row in _rows(found):
        click.echo(row)
    problems = (*found.problems, *unwritten)
    if files.replace(desk.root, EXCHANGE, after.decode()):
        click.echo(f"\nWrote {EXCHANGE}:")
        for line in _changed(before, after):
            click.echo(line)
    elif found.boards and not problems:
        click.echo(f"\n{EXCHANGE} says so already")
    if problems:
        click.echo("", err=True)
        show(problems, Tree({EXCHANGE: before}))
    is_of_rules = without_addresses(after) != without_addresses(before)
    if is_of_rules:
        click.echo("\nThis changes more than ids, or ids that are laid out in a way of their own:")
        click.echo("it takes a proposal and the CRO's approval (winloss new proposal)")
    is_whole = not any(each.is_error for each in problems)
    if not is_whole:
        click.echo("\nMend this, and run it again.")
    elif after != before and not is_of_rules:
        click.echo("\nRead the change with git diff, commit it, then: winloss file")
    return int(not is_whole)


def _rows(found: Found) -> list[str]:
    """Return what was found as a table; what was not stands in it as a dash."""
    table = [list(_HEADS)]
    for line, board in found.boards.items():
        titles = found.titles[line]
        cells = [f"{_cut(titles['board'])} ({board.board})"]
        cells += [
            f"{_cut(titles[name])} {getattr(board, name)}" if name in titles else "-"
            for name in _HEADS[2:]
        ]
        table.append([line, *cells])
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    if len(table) == 1:
        return ["No board was found."]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


def _cut(title: str) -> str:
    shown = one_line(title)
    return shown if len(shown) <= _WIDEST else f"{shown[: _WIDEST - 1]}…"


def _changed(before: bytes, after: bytes) -> list[str]:
    """Return the lines that were taken away and those that came, with the line above them."""
    old, new = (content.decode().replace("\r\n", "\n").split("\n") for content in (before, after))
    lines = list(difflib.unified_diff(old, new, n=1, lineterm=""))[2:]
    return [visible(line) for line in lines if not line.startswith("@@")]
