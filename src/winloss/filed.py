"""A quarter's page: as its records have it now, and as it was filed.

A form or a policy that changed since does not falsify a page that was filed; a record that changed
does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.days import Quarter, page_name, quarter_in
from winloss.core.deals import rules
from winloss.core.pages.accounts import errors_here
from winloss.core.pages.page import rollup_page, rollup_path
from winloss.core.pages.restated import digest_of
from winloss.core.pages.rollup import build_rollups
from winloss.core.problem import CannotGoOn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from winloss.core.deals.ledger import Ledger
    from winloss.core.pages.figures import Rollup
    from winloss.core.problem import Problem
    from winloss.core.repository.commits import Commit
    from winloss.desk import Desk


@dataclass(frozen=True, slots=True)
class Page:
    """A quarter's page and its figures. ``filed_by`` is the commit whose rules it goes by.

    None when it goes by the rules of now.
    """

    path: str
    text: str
    rollup: Rollup
    filed_by: Commit | None = None


def filed_pages(desk: Desk, ledger: Ledger, at: str | None) -> list[tuple[str, Quarter]]:
    """Return each page that stands in the folder of the pages, with its quarter; oldest first."""
    folder, first_month = ledger.policy.rollups, ledger.policy.first_month
    found = [
        (path, quarter)
        for path in desk.names(folder, at)
        if (named := quarter_in(path.removeprefix(f"{folder}/")))
        and (quarter := Quarter.parse(named, first_month))
    ]
    return sorted(found, key=lambda each: each[1])


def page_now(
    desk: Desk, ledger: Ledger, quarter: Quarter, problems: Iterable[Problem], at: str | None
) -> Page:
    """Return the page that the records give by the rules of now."""
    built, before = build_rollups(ledger, quarter, problems)
    path = rollup_path(built)
    filed = _filed_before(built, desk.editions(path, at), desk)
    return Page(path, rollup_page(built, before, filed), built)


def page_as_filed(desk: Desk, ledger: Ledger, quarter: Quarter, at: str | None) -> Page | None:
    """Return a closed quarter's page, if it says what its records say by the rules that filed it.

    None when it does not, or was never filed.
    """
    path = f"{ledger.policy.rollups}/{page_name(quarter)}"
    there = desk.file(path, at)
    editions = desk.editions(path, at)
    commit = next((commit for commit, page in editions if page == there), None)
    if commit is None or quarter.last_day >= desk.today:
        return None
    then, problems = rules.check(ledger.tree.under_rules_of(desk.tree_of(commit.id)))
    if then is None or errors_here(then, quarter, problems):
        return None
    built, before = build_rollups(then, quarter, problems)
    page = rollup_page(built, before, _filed_before(built, editions, desk))
    return Page(path, page, built, commit) if page.encode() == there else None


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
