"""``winloss rollup``: the quarterly page."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import click

from winloss.cli import at_revision, md_or_json, next_step
from winloss.core import report, rules
from winloss.core.accounts import errors_here
from winloss.core.days import Quarter
from winloss.core.page import rollup_page, rollup_path
from winloss.core.problem import CannotGoOn, stop
from winloss.core.restated import digest_of, restated_in
from winloss.core.rollup import build_rollups, default_quarter
from winloss.core.rollup_json import rollup_data
from winloss.core.wording import one_line, visible
from winloss.desk import show
from winloss.edge import files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winloss.core.commits import Commit
    from winloss.core.figures import Rollup
    from winloss.core.ledger import Ledger
    from winloss.core.problem import Problem
    from winloss.core.tree import Tree
    from winloss.desk import Desk


@click.command()
@click.argument("quarter", required=False)
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
    built, before = build_rollups(ledger, chosen, problems)
    if form == "json":
        click.echo(report.to_json(rollup_data(built, before)), nl=False)
        return
    path = rollup_path(built)
    page = rollup_page(built, before, _filed_before(built, desk.editions(path, at), desk))
    if is_check:
        if desk.file(path, at) == page.encode():
            click.echo(f"{path} says what the records say")
        elif not _is_as_filed(desk, ledger, chosen, at):
            _show_difference(desk.file(path, at), page, path, chosen)
    elif is_stdout:
        click.echo(page, nl=False)
    elif desk.is_bare:
        raise click.UsageError("a bare repository holds no files: add --stdout.")
    elif files.replace(desk.root, path, page):
        click.echo(f"Wrote {path}" + (" (see Restated in it)" if restated_in(page) else ""))
        next_step(f"read it, then commit it: git add {path}")
    else:
        click.echo(f"{path} is up to date")


def _refuse(errors: Sequence[Problem], tree: Tree, quarter: Quarter) -> None:
    show(errors, tree)
    summary = report.summary(errors, len(tree.paths("")))
    mend = "Mend the errors, or list them on it with --allow-problems."
    click.echo(f"{summary} The page of {quarter} was not built. {mend}", err=True)
    raise SystemExit(1)


def _filed_before(
    built: Rollup, editions: Sequence[tuple[Commit, bytes]], desk: Desk
) -> tuple[Rollup, Rollup] | None:
    """Return the figures of the newest edition filed on other sources, after the quarter's end.

    With those of the quarter before it, which that edition shows beside its own.
    """
    for commit, page in editions:
        is_draft = commit.committed_on is None or commit.committed_on <= built.quarter.last_day
        if not is_draft and digest_of(page) != built.digest:
            try:
                ledger, problems = rules.check(desk.tree_of(commit.id))
            except CannotGoOn:  # a page by hand, from before there were records
                return None
            return None if ledger is None else build_rollups(ledger, built.quarter, problems)
    return None


def _is_as_filed(desk: Desk, ledger: Ledger, quarter: Quarter, at: str | None) -> bool:
    """Tell whether a closed quarter's page says what its records say by the rules it was filed on.

    A form or a policy that changed since does not falsify a page; a record that changed does.
    """
    path = f"{ledger.policy.rollups}/win-loss-{quarter}.md"
    filed = desk.file(path, at)
    editions = desk.editions(path, at)
    commit = next((commit for commit, page in editions if page == filed), None)
    if commit is None or quarter.last_day >= desk.today:
        return False
    then, problems = rules.check(ledger.tree.under_rules_of(desk.tree_of(commit.id)))
    if then is None or errors_here(then, quarter, problems):
        return False
    built, before = build_rollups(then, quarter, problems)
    if filed != rollup_page(built, before, _filed_before(built, editions, desk)).encode():
        return False
    click.echo(f"{path} says what the records say, by the rules of {commit.short}, which filed it")
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


def _show_difference(filed: bytes | None, page: str, path: str, quarter: Quarter) -> None:
    """Print how the filed page differs from what the records say, and leave with exit code 1."""
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
