"""``winloss rollup``: the quarterly page."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import click

from winloss.cli import next_step, show
from winloss.core import report
from winloss.core.accounts import errors_here
from winloss.core.days import Quarter
from winloss.core.page import rollup_page, rollup_path
from winloss.core.problem import stop
from winloss.core.rollup import build_rollups, default_quarter
from winloss.core.rollup_json import rollup_data
from winloss.core.wording import one_line, visible
from winloss.edge import files

if TYPE_CHECKING:
    from winloss.cli import Desk
    from winloss.core.ledger import Ledger


@click.command()
@click.argument("quarter", required=False)
@click.option(
    "--check", "is_check", is_flag=True, help="Compare with the filed page; write nothing."
)
@click.option("--stdout", "is_stdout", is_flag=True, help="Print the page; write nothing.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "json"]),
    default="md",
    show_default=True,
    help="The page as Markdown, or its figures as JSON on standard output.",
)
@click.option(
    "--allow-problems",
    is_flag=True,
    help="Leave out records with errors, and list them on the page.",
)
@click.pass_obj
def rollup(
    desk: Desk,
    quarter: str | None,
    *,
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
    """  # noqa: D301 - click reads the sign
    ledger, tree, problems = desk.ledger()
    chosen = _quarter(ledger, quarter, desk)
    if is_check and form == "json":
        raise click.UsageError("--check compares the page, and prints no JSON.")
    errors = errors_here(ledger, chosen, problems)
    if errors and not allow_problems:
        show(errors, tree)
        message = (
            f"{report.summary(errors, len(tree.paths('')))} The page of {chosen} was not built."
        )
        click.echo(
            f"{message} Mend the errors, or list them on it with --allow-problems.", err=True
        )
        raise SystemExit(1)
    if chosen.last_day >= desk.today:
        click.echo(f"{chosen} has not ended: this page will change.", err=True)
    built, before = build_rollups(ledger, chosen, problems)
    if form == "json":
        click.echo(report.to_json(rollup_data(built, before)), nl=False)
        return
    page, path = rollup_page(built, before), rollup_path(built)
    if is_check:
        _compare(files.read(desk.root, path), page, path, chosen)
    elif is_stdout:
        click.echo(page, nl=False)
    elif files.replace(desk.root, path, page):
        click.echo(f"Wrote {path}")
        next_step(f"read it, then commit it: git add {path}")
    else:
        click.echo(f"{path} is up to date")


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


def _compare(filed: bytes | None, page: str, path: str, quarter: Quarter) -> None:
    """Print how the filed page differs from what the records say; exit 1 when it does."""
    if filed == page.encode():
        click.echo(f"{path} says what the records say")
        return
    if filed is None:
        click.echo(f"{path} does not exist; build it with: winloss rollup {quarter}", err=True)
        raise SystemExit(1)
    difference = difflib.unified_diff(
        filed.decode("utf-8", "replace").splitlines(),
        page.splitlines(),
        f"{path} (filed)",
        f"{path} (from the records)",
        lineterm="",
    )
    for text in difference:
        click.echo(visible(text))
    click.echo(f"{path} is not what the records say; run: winloss rollup {quarter}", err=True)
    raise SystemExit(1)
