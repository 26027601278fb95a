"""``winloss due``: who owes what by when, and why."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from winloss import completion
from winloss.cli import at_revision, fitted, next_step, say_what_errors_hide, text_or_json
from winloss.core.owed.agenda import agenda_data, asked_for, pages, summary
from winloss.core.owed.schedule import owed_on
from winloss.core.problem import stop
from winloss.core.repository.tree import FOLDERS
from winloss.core.wording import did_you_mean, one_line
from winloss.core.writing import report
from winloss.edge import files

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from winloss.core.deals.ledger import Ledger
    from winloss.core.owed.obligation import Obligation
    from winloss.desk import Desk

_WITHIN = 14
_COLOURS = {"overdue": "red", "due": "yellow"}


@click.command()
@click.option(
    "--within",
    type=click.IntRange(0, 36_500),
    metavar="DAYS",
    help="Leave out what is due later.  [default: 14; all of it in JSON and in a calendar]",
)
@click.option(
    "--role",
    metavar="ROLE",
    shell_complete=completion.roles,
    help="Only what this role owes, such as customer.success.",
)
@click.option("--mine", is_flag=True, help="Only what your own roles owe: see winloss whoami.")
@click.option(
    "--ics",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write what is open as a calendar.",
)
@text_or_json
@at_revision
@click.pass_obj
def due(
    desk: Desk,
    within: int | None,
    role: str | None,
    ics: Path | None,
    form: str,
    at: str | None,
    *,
    mine: bool,
) -> None:
    """Say who owes what by when, and why.

    Most urgent first, role by role. Something waits until its day, is due on that day, and overdue
    after it; what the SOP gives no deadline for is due at once and never overdue. Another --today
    judges the records as they are now, or with --at as they were then; what is dated after it is
    not done yet.

    \b
    Examples:
      winloss due
      winloss due --mine
      winloss due --role customer.success --within 30
      winloss due --ics due.ics
    """  # noqa: D301 - click reads the sign
    if ics is not None and form == "json":
        raise click.UsageError("--ics writes a calendar, and prints no JSON.")
    if ics == Path("-"):
        raise click.UsageError("--ics writes a file, such as due.ics, and prints nothing.")
    if mine and role is not None:
        raise click.UsageError("--mine asks for your own roles: leave out --role.")
    ledger, _, problems = desk.ledger(at)
    asked = _my_roles(desk, ledger) if mine else _role(ledger, role)
    broken = {problem.path for problem in problems if problem.is_error}
    owed = asked_for(owed_on(ledger, desk.today, broken), desk.today, None, asked)
    if ics is not None:
        _check_target(ics, [desk.root / name for name in (*FOLDERS, ledger.policy.rollups)])
        _write_calendar(ics, ledger, asked_for(owed, desk.today, within, None))
    elif form == "json":
        shown = asked_for(owed, desk.today, within, None)
        click.echo(report.to_json(agenda_data(ledger, shown, desk.today)), nl=False)
    else:
        shown = asked_for(owed, desk.today, _WITHIN if within is None else within, None)
        for page in pages(ledger, shown, desk.today):
            click.secho(page.owner, bold=True)
            for line in page.lines:
                click.secho(fitted(f"  {line.text}", 6), fg=_COLOURS.get(line.state))
            click.echo()
        is_open = [each for each in owed if each.is_open]
        left_out = len(is_open) - sum(each.is_open for each in shown)
        click.echo(summary(shown, left_out, desk.today))
        if is_open:
            next_step("winloss new --deal ID offers what a deal owes")
    say_what_errors_hide(broken)


def _role(ledger: Ledger, role: str | None) -> Collection[str] | None:
    """Return the role asked for; None for all of them."""
    roles = ledger.policy.vocabulary("roles.roles").titles
    if role is not None and role not in roles:
        raise click.UsageError(f"no role is called '{one_line(role)}'; {did_you_mean(role, roles)}")
    return None if role is None else (role,)


def _my_roles(desk: Desk, ledger: Ledger) -> Collection[str]:
    """Return the roles of who is at work, who must hold one."""
    roles = desk.identity(ledger).roles
    if not roles:
        hint = "see: winloss whoami, or ask for a role with --role ROLE"
        raise stop("you hold no role by records/policy/roles.md, so nothing can be yours", hint)
    return roles


def _check_target(file: Path, taken: Sequence[Path]) -> None:
    """Refuse a file in a folder that holds something else, and one that is no calendar."""
    place, name = Path(os.path.realpath(file)), one_line(str(file))
    if not place.parent.is_dir():
        raise click.UsageError(f"there is no folder {one_line(str(file.parent))} for the calendar.")
    for folder in taken:
        if folder.is_dir() and any(parent.samefile(folder) for parent in place.parents):
            message = (
                f"{name} lies in {folder.name}/, which holds no calendars; choose another one."
            )
            raise click.UsageError(message)
    if os.path.lexists(place) and not files.begins_with(place, "BEGIN:VCALENDAR"):
        raise click.UsageError(f"{name} is there and is no calendar; nothing was written.")


def _write_calendar(file: Path, ledger: Ledger, owed: Sequence[Obligation]) -> None:
    # Imported here: the other formats need no calendar.
    from winloss.core.owed.ical import calendar  # noqa: PLC0415

    is_open = [each for each in owed if each.is_open]
    dated = [each for each in is_open if each.due is not None]
    place = Path(os.path.realpath(file))
    text = calendar(ledger, dated)
    is_new = files.replace(place.parent, place.name, text)
    events = f"{len(dated)} event{'s' if len(dated) != 1 else ''}"
    click.echo(f"Wrote {file}: {events}" if is_new else f"{file} is up to date: {events}")
    if len(is_open) > len(dated):
        click.echo(f"{len(is_open) - len(dated)} without a deadline are not in it", err=True)
