"""Account for every file below ``records/``, and name every file that a page rests on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.deals.rules import check
from winloss.core.repository.tree import POLICY, RECEIPTS, RECORDS, TEMPLATES
from winloss.core.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from winloss.core.days import Quarter
    from winloss.core.deals.ledger import Ledger
    from winloss.core.deals.record import Record
    from winloss.core.problem import Problem
    from winloss.core.repository.tree import Tree


MONDAY = "monday"  # the receipts' bucket: no page counts them, since a push is no change of figures


@dataclass(frozen=True, slots=True)
class Accounts:
    """Where every file below ``records/`` went: counted here, elsewhere, or excluded and why."""

    counted: tuple[Record, ...]
    other: Mapping[str, int]
    excluded: Mapping[str, str]


def errors_here(ledger: Ledger, quarter: Quarter, problems: Iterable[Problem]) -> list[Problem]:
    """Return the errors that a quarter's page would rest on.

    A record that is known to count in a later quarter, or a proposal filed later, is not among its
    files.
    """
    later = {
        record.path
        for record in ledger.records
        if record.counts_after(quarter) or record.is_filed_after(quarter)
    }
    return [each for each in problems if each.is_error and each.path not in later]


def reasons(errors: Iterable[Problem]) -> dict[str, str]:
    """Return each file that has an error, with the first one in words."""
    found: dict[str, str] = {}
    for problem in errors:
        found.setdefault(problem.path, one_line(f"{problem.slug}: {problem.message}"))
    return found


def usable_ledger(tree: Tree) -> Ledger | None:
    """Return what a repository records, without the records that have errors.

    None when the policy or every form is unusable.
    """
    ledger, problems = check(tree)
    return ledger.without(reasons(each for each in problems if each.is_error)) if ledger else None


def account(ledger: Ledger, quarter: Quarter) -> Accounts:
    """Put every file below ``records/`` into exactly one bucket."""
    records = {record.path: record for record in ledger.records}
    counted: list[Record] = []
    other: Counter[str] = Counter()
    excluded: dict[str, str] = {}
    for path in ledger.tree.paths(RECORDS):
        if path in ledger.set_aside:
            excluded[path] = ledger.set_aside[path]
        elif path == RECEIPTS:
            other[MONDAY] += 1
        elif path.startswith(POLICY):
            other["policy"] += 1
        else:
            record = records[path]
            counts_in = record.quarter(quarter.first_month)
            if counts_in == quarter:
                counted.append(record)
            elif counts_in is None:
                other[path.removeprefix(RECORDS).partition("/")[0]] += 1
            else:
                other[str(counts_in)] += 1
    return Accounts(tuple(counted), dict(sorted(other.items())), excluded)


def sources_of(ledger: Ledger, records: Iterable[Record | None], template: str) -> dict[str, str]:
    """Return the files that a page rests on, each with the id of its content.

    These are the records that its figures used, their forms and those by which something is due,
    the policy, and the page's template.
    """
    used = [record for record in records if record is not None]
    paths = {record.path for record in used} | {record.form.path for record in used}
    paths |= {form.path for form in ledger.forms.values() if form.due is not None}
    paths |= {
        path
        for path in ledger.tree.files
        if path == TEMPLATES + template
        or (path.startswith(POLICY) and path not in ledger.set_aside)
    }
    return {path: ledger.tree.blob(path) for path in sorted(paths)}
