"""``winloss init``: a folder becomes a working repository of records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from winloss import __version__, beginning
from winloss.core.days import Quarter
from winloss.core.founding.adoption import (
    CODEOWNERS,
    REQUIREMENT,
    is_on_this_machine,
    requirement_fault,
)
from winloss.core.rulebook.people import ROLES, people_in
from winloss.core.wording import listed, shell_word, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winloss.core.founding.adoption import Plan
    from winloss.core.founding.upgrade import Upgrade
    from winloss.desk import Desk


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="[DIR]", required=False)
@click.option(
    "--person",
    "persons",
    multiple=True,
    metavar="'ROLE: NAME <ADDRESS> [KEY]'",
    help="Who holds a role, for roles.md and CODEOWNERS; again for each person. The CRO's public "
    "SSH key may follow the address.",
)
@click.option(
    "--requirement",
    "spec",
    default=f"winloss=={__version__}",
    metavar="SPEC",
    show_default=True,
    help="What your people and your git host install: also the address of a package.",
)
@click.option(
    "--dry-run", "is_dry", is_flag=True, help="List what would be written; write nothing."
)
@click.option(
    "--update",
    "is_update",
    is_flag=True,
    help="Print what this winloss ships otherwise than the one that made the repository.",
)
@click.pass_obj
def init(
    desk: Desk,
    folder: Path | None,
    *,
    persons: tuple[str, ...],
    spec: str,
    is_dry: bool,
    is_update: bool,
) -> None:
    """Make a folder, or a git repository, a working repository of records.

    Writes the forms, the policy, a Makefile, the checks of GitHub and GitLab, CODEOWNERS, and help
    for the editor, and commits them. A file that exists is kept as it is, and so is whatever you
    have staged. DIR is the current folder if left out.

    Name your people at once, and the CRO's key: the audit takes the first commit as found, and
    later a change of roles.md needs the CRO's approval like any rule.

    With --update, a newer winloss prints what it would change, as a patch to review and to apply.

    \b
    Examples:
      winloss init firm --dry-run
      winloss init firm --person "cro: Dana Reyes <dana@example.com>"
      winloss init firm --person "cro: Dana Reyes <dana@example.com> $(cat dana.pub)"
      winloss init --update
      winloss init --update | git apply --3way
    """  # noqa: D301 - click reads the sign
    fault = requirement_fault(spec)
    if fault:
        raise click.UsageError(f"--requirement: {fault}.")
    if is_update:
        _show(beginning.upgrade_of(beginning.place_at(folder or desk.root)))
        return
    named = folder or desk.given_root or Path()
    place = beginning.place_at(named)
    plan = None
    if place.has_begun:
        click.echo(f"{_shown(named)} is a repository of records already: nothing to do.")
        click.echo("What this winloss ships otherwise: winloss init --update")
    else:
        plan = beginning.plan_for(place, persons, spec)
        _list(plan, named, is_dry=is_dry)
        if is_dry:
            click.echo("Nothing was written.")
            return
        click.echo(f"Committed as {beginning.carry_out(place, plan)}.")
        _say_what_is_open(spec)
        if not beginning.has_main(place):
            click.echo(
                "Call your main branch main or master, or the audit does not find it.", err=True
            )
    _say_what_next(desk, named, plan)


def _list(plan: Plan, folder: Path, *, is_dry: bool) -> None:
    """List every file that is written or kept."""
    click.echo(f"{'Would write' if is_dry else 'Writing'} into {_shown(folder)}:")
    for path in plan.commit:
        click.echo(f"  {path}")
    for path, why in plan.kept.items():
        click.echo(f"  kept yours: {path}{f' ({why})' if why else ''}")


def _say_what_is_open(spec: str) -> None:
    """Print what to settle while the first commit can still be amended."""
    click.echo(
        "The model, the codes and the calendar in records/policy are placeholders. Make them yours "
        "now,\nas part of this commit: git commit --amend --no-edit -- records/policy\n"
        "Later, each change of them needs a proposal and the CRO's approval."
    )
    if is_on_this_machine(spec):
        click.echo(
            f"{visible(spec)} lies on this machine only, so your colleagues and your git host "
            f"cannot install it: name in {REQUIREMENT} what they can.",
            err=True,
        )


def _say_what_next(desk: Desk, folder: Path, plan: Plan | None) -> None:
    """Print the three commands that a new owner needs next."""
    quarter = Quarter.of(desk.today, 1)
    steps = [
        (
            "hand your first deal over",
            'winloss new pre-delivery --deal 1001 --customer "Northwind"',
        ),
        ("see what is wrong, and how to mend it", "winloss check"),
        ("build the page of this quarter so far", f"winloss rollup {quarter}"),
    ]
    if plan is not None and not people_in(plan.write.get(ROLES, b"")):
        command = "git commit --amend --no-edit -- records/policy"
        if CODEOWNERS in plan.commit:
            command = f"winloss init --update | git apply && {command} CODEOWNERS .winloss"
        steps = [
            (f"name your people in {ROLES}, then make them part of this commit", command),
            *steps[:2],
        ]
    where = "" if folder.resolve() == Path.cwd() else f" (cd {shell_word(visible(str(folder)))})"
    click.echo(f"Next{where}:")
    for number, (what, command) in enumerate(steps, 1):
        click.echo(f"  {number}. {what}:\n     {command}")


def _show(found: Upgrade) -> None:
    """Print the patch, and on standard error what it is and how to take it."""
    click.echo(found.patch, nl=False)
    for line in _remarks(found):
        click.echo(line, err=True)


def _remarks(found: Upgrade) -> Iterator[str]:
    if not found.patch:
        yield f"winloss {__version__} ships nothing otherwise: nothing to do."
    for paths, what in (
        (found.edited, "you edited, so read how both changes go together"),
        (found.deleted, "you deleted, so what changed there is left out"),
        (found.dropped, "winloss ships no longer; delete it if nobody needs it"),
        (
            found.unknown,
            "cannot be compared, as no commit holds what was shipped: see the new copy",
        ),
    ):
        if paths:
            yield f"{listed(visible(path) for path in paths)}: {what}."
    if found.patch:
        yield "To take it: git switch -c update-winloss; winloss init --update | git apply --3way"
        if "a/templates/" in found.patch or "a/records/policy/" in found.patch:
            yield (
                "It changes rules: write a proposal beside it (winloss new proposal --set id=NAME) "
                "and have the CRO approve it (winloss approve NAME) before it is merged."
            )
        if '\n+  "winloss": ' in found.patch and f"b/{REQUIREMENT}" not in found.patch:
            yield (
                f"See that {REQUIREMENT} names winloss {__version__}, too, or your people and your "
                "git host go on with the earlier one."
            )


def _shown(folder: Path) -> str:
    return visible(str(folder)) if str(folder) != "." else "this folder"
