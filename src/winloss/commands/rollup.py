"""``winloss rollup``: the quarterly page."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import click

from winloss import completion
from winloss.cli import at_revision, md_or_json, next_step
from winloss.core import report
from winloss.core.accounts import errors_here
from winloss.core.days import Quarter
from winloss.core.problem import stop
from winloss.core.restated import restated_in
from winloss.core.rollup import build_rollups, default_quarter
from winloss.core.rollup_json import rollup_data
from winloss.core.wording import one_line, visible
from winloss.desk import show
from winloss.edge import files
from winloss.filed import page_as_filed, page_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winloss.core.ledger import Ledger
    from winloss.core.problem import Problem
    from winloss.core.tree import Tree
    from winloss.desk import Desk
    from winloss.filed import Page


@click.command()
@click.argument("quarter", required=False, shell_complete=completion.quarters)
@click.option(
    "--check", "is_check", is_flag=True, help="Compare with the filed page; write nothing."
)
@click.option("--stdout", "is_stdout", is_flag=True, help="Print the page; write nothing.")
@md_or_json("The page as Markdown, or its figures as JSON on standard output.")
@click.option(
    "--allow-problems",
    is_flag=True,
    help="Leave out records with errors, and list them on the page.",
)
@at_revision
@click.pass_obj
def rollup(
    desk: Desk,
    quarter: str | None,
    *,
    at: str | None,
    is_check: bool,
    is_stdout: bool,
    form: str,
    allow_problems: bool,
) -> None:
    """Build the quarterly page, win-loss-<YYYY-QN>.md.

    QUARTER is written as 2026-Q3; without it, the last quarter that has ended and has records is
    built. The page names the deals behind every figure and accounts for every file below records/.
    A record with errors stops the build.

    \b
    Examples:
      winloss rollup
      winloss rollup 2026-Q3 --check
      winloss rollup 2026-Q3 --format json
      winloss rollup 2026-Q3 --at main --stdout
    """  # noqa: D301 - click reads the sign
    if is_check and form == "json":
        raise click.UsageError("--check compares the page, and prints no JSON.")
    ledger, tree, problems = desk.ledger(at)
    chosen = _quarter(ledger, quarter, desk)
    errors = errors_here(ledger, chosen, problems)
    if errors and not allow_problems:
        if is_check and _is_as_filed(desk, ledger, chosen, at):
            return
        _refuse(errors, tree, chosen)
    if chosen.last_day >= desk.today:
        click.echo(f"{chosen} has not ended: this page will change.", err=True)
    if form == "json":
        figures = rollup_data(*build_rollups(ledger, chosen, problems))
        click.echo(report.to_json(figures), nl=False)
        return
    page = page_now(desk, ledger, chosen, problems, at)
    if is_check:
        there = desk.file(page.path, at)
        if there == page.text.encode():
            click.echo(f"{page.path} says what the records say")
        elif not _is_as_filed(desk, ledger, chosen, at):
            _show_difference(there, page, chosen)
    elif is_stdout:
        click.echo(page.text, nl=False)
    elif desk.is_bare:
        raise click.UsageError("a bare repository holds no files: add --stdout.")
    elif files.replace(desk.root, page.path, page.text):
        is_restated = restated_in(page.text)
        click.echo(f"Wrote {page.path}" + (" (see Restated in it)" if is_restated else ""))
        next_step(f"read it, then commit it: git add {page.path}")
    else:
        click.echo(f"{page.path} is up to date")


def _refuse(errors: Sequence[Problem], tree: Tree, quarter: Quarter) -> None:
    show(errors, tree)
    summary = report.summary(errors, len(tree.paths("")))
    mend = "Mend the errors, or list them on it with --allow-problems."
    click.echo(f"{summary} The page of {quarter} was not built. {mend}", err=True)
    raise SystemExit(1)


def _is_as_filed(desk: Desk, ledger: Ledger, quarter: Quarter, at: str | None) -> bool:
    """Say so, and tell, whether a page is right by the rules that filed it."""
    page = page_as_filed(desk, ledger, quarter, at)
    if page is None or page.filed_by is None:
        return False
    filed_by = page.filed_by.short
    click.echo(f"{page.path} says what the records say, by the rules of {filed_by}, which filed it")
    return True


def _quarter(ledger: Ledger, typed: str | None, desk: Desk) -> Quarter:
    """Return the quarter asked for, or the last one that has ended and has records."""
    first_month = ledger.policy.first_month
    if typed is not None:
        quarter = Quarter.parse(typed, first_month)
        if quarter is None:
            raise click.UsageError(f"'{one_line(typed)}' is no quarter; write it as 2026-Q3.")
        return quarter
    found = default_quarter(ledger, desk.today)
    if found is None:
        running = Quarter.of(desk.today, first_month)
        hint = f"name the quarter, for example: winloss rollup {running}"
        raise stop("no quarter that has ended has a record", hint)
    return found


def _show_difference(filed: bytes | None, page: Page, quarter: Quarter) -> None:
    """Print how the filed page differs from what the records say, and leave with exit code 1."""
    if filed is None:
        click.echo(f"{page.path} does not exist; build it with: winloss rollup {quarter}", err=True)
        raise SystemExit(1)
    difference = difflib.unified_diff(
        filed.decode("utf-8", "replace").splitlines(),
        page.text.splitlines(),
        f"{page.path} (filed)",
        f"{page.path} (from the records)",
        lineterm="",
    )
    for text in difference:
        click.echo(visible(text))
    click.echo(f"{page.path} is not what the records say; run: winloss rollup {quarter}", err=True)
    raise SystemExit(1)
