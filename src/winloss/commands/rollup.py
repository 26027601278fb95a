"""``winloss rollup``: the quarterly page."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from winloss import completion
from winloss.cli import at_revision, md_or_json, next_step
from winloss.core.days import Quarter
from winloss.core.pages.accounts import errors_here
from winloss.core.pages.restated import restated_in
from winloss.core.pages.rollup import build_rollups, default_quarter
from winloss.core.pages.rollup_json import rollup_data
from winloss.core.problem import stop
from winloss.core.wording import one_line, shell_word, visible
from winloss.core.writing import report
from winloss.desk import show
from winloss.edge import files
from winloss.filed import filed_pages, page_as_filed, page_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winloss.core.deals.ledger import Ledger
    from winloss.core.problem import Problem
    from winloss.core.repository.tree import Tree
    from winloss.desk import Desk
    from winloss.filed import Page


@click.command()
@click.argument("quarter", required=False, shell_complete=completion.quarters)
@click.option(
    "--check", "is_check", is_flag=True, help="Compare with the filed page; write nothing."
)
@click.option("--all", "is_all", is_flag=True, help="Every page that is filed, not one quarter's.")
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
    is_all: bool,
    is_stdout: bool,
    form: str,
    allow_problems: bool,
) -> None:
    """Build the quarterly page, win-loss-<YYYY-QN>.md.

    QUARTER is written as 2026-Q3; without it, the last quarter that has ended and has records is
    built. The page names the deals behind every figure and accounts for every file below records/.
    A record with errors stops the build. With --all, every page is built or compared that stands in
    the folder of the pages already, however many fail; with --check, a page of a quarter that has
    not ended is a draft, and passes.

    \b
    Examples:
      winloss rollup
      winloss rollup 2026-Q3 --check
      winloss rollup --all --check
      winloss rollup 2026-Q3 --format json
      winloss rollup 2026-Q3 --at main --stdout
    """  # noqa: D301 - click reads the sign
    if is_check and form == "json":
        raise click.UsageError("--check compares the page, and prints no JSON.")
    if is_all and (quarter is not None or is_stdout or form == "json"):
        raise click.UsageError("--all takes no QUARTER, and prints no page.")
    ledger, tree, problems = desk.ledger(at)
    asked = _Asked(at, form, is_check, is_all, is_stdout, allow_problems)
    if is_all:
        quarters = [each for _, each in filed_pages(desk, ledger, at)]
    else:
        quarters = [_quarter(ledger, quarter, desk)]
    if not quarters:
        click.echo(f"No page is filed in {ledger.policy.rollups}")
    done = [_is_done(desk, ledger, tree, problems, each, asked) for each in quarters]
    if not all(done):
        raise SystemExit(1)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to become of a page."""

    at: str | None
    form: str
    is_check: bool
    is_all: bool
    is_stdout: bool
    allow_problems: bool


def _is_done(
    desk: Desk,
    ledger: Ledger,
    tree: Tree,
    problems: Sequence[Problem],
    quarter: Quarter,
    asked: _Asked,
) -> bool:
    """Build, print or compare one page; tell whether nothing stood against it."""
    at = asked.at
    is_running = quarter.last_day >= desk.today
    if is_running and asked.is_all and asked.is_check:  # it changes with every record
        click.echo(f"The page of {quarter} is a draft: its quarter has not ended")
        return True
    errors = errors_here(ledger, quarter, problems)
    if errors and not asked.allow_problems:
        if asked.is_check and _is_as_filed(desk, ledger, quarter, at):
            return True
        return _refused(errors, tree, quarter, is_one_of_many=asked.is_all)
    if is_running:
        click.echo(f"{quarter} has not ended: this page will change.", err=True)
    if asked.form == "json":
        figures = rollup_data(*build_rollups(ledger, quarter, problems))
        click.echo(report.to_json(figures), nl=False)
        return True
    page = page_now(desk, ledger, quarter, problems, at)
    if asked.is_check:
        there = desk.file(page.path, at)
        if there == page.text.encode():
            click.echo(f"{page.path} says what the records say")
        elif not _is_as_filed(desk, ledger, quarter, at):
            return _differs(there, page, quarter)
    elif asked.is_stdout:
        click.echo(page.text, nl=False)
    elif desk.is_bare:
        raise click.UsageError("a bare repository holds no files: add --stdout.")
    elif files.replace(desk.root, page.path, page.text):
        is_restated = restated_in(page.text)
        click.echo(f"Wrote {page.path}" + (" (see Restated in it)" if is_restated else ""))
        next_step(f"read it, then commit it: git add {shell_word(page.path)}")
    else:
        click.echo(f"{page.path} is up to date")
    return True


def _refused(
    errors: Sequence[Problem], tree: Tree, quarter: Quarter, *, is_one_of_many: bool
) -> bool:
    """Say which errors keep a page from being built; of many pages, each error once is enough."""
    mend = "Mend the errors, or list them on it with --allow-problems."
    if is_one_of_many:
        mend += " They are in: winloss check"
    else:
        show(errors, tree)
    summary = report.summary(errors, len(tree.paths("")))
    click.echo(f"{summary} The page of {quarter} was not built. {mend}", err=True)
    return False


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


def _differs(filed: bytes | None, page: Page, quarter: Quarter) -> bool:
    """Print how the filed page differs from what the records say."""
    mend = f"winloss rollup {quarter}"
    if filed is None:
        click.echo(f"{page.path} does not exist; build it with: {mend}", err=True)
        return False
    difference = difflib.unified_diff(
        filed.decode("utf-8", "replace").splitlines(),
        page.text.splitlines(),
        f"{page.path} (filed)",
        f"{page.path} (from the records)",
        lineterm="",
    )
    for text in difference:
        click.echo(visible(text))
    click.echo(f"{page.path} is not what the records say; run: {mend}", err=True)
    return False
