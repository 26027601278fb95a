"""Hold filed quarters against what became of their records, and of their pages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from winloss.core.auditing.audit_records import finding
from winloss.core.auditing.verdict import Finding
from winloss.core.days import Quarter, parse_date, quarter_in
from winloss.core.pages.restated import digest_of, restated_in
from winloss.core.repository.tree import DEALS
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winloss.core.auditing.audit_records import Edit, RecordsTrail
    from winloss.core.auditing.versions import Key
    from winloss.core.repository.commits import Commit


@dataclass(frozen=True, slots=True)
class Edition:
    """What a commit of the line made of a quarter's page, after the quarter had ended.

    ``page`` is empty where the commit took it away.
    """

    number: int
    commit: Commit
    path: str
    page: bytes


def page_findings(records: RecordsTrail) -> Iterator[Finding]:
    """Yield what was filed and is another, or gone, without a page that says so."""
    editions = _editions(records)
    for edit in records.judged:
        yield from _rewritten(edit, records, editions)
    for quarter, filed in editions.items():
        yield from _falsified(quarter, filed)


def _editions(records: RecordsTrail) -> dict[Quarter, list[Edition]]:
    """Return the editions of each quarter's page, in order, since the first policy."""
    found: dict[Quarter, list[Edition]] = {}
    for number, commit in enumerate(records.past.line):
        rules = records.rules.before(number + 1)
        first_month = rules.ledger.policy.first_month if rules and rules.ledger else 1
        for delta in sorted(commit.deltas, key=lambda each: bool(each.new)):  # a move ends as filed
            named = quarter_in(delta.path.rpartition("/")[2])
            quarter = Quarter.parse(named, first_month) if named else None
            page = records.past.contents.get(delta.new, b"")
            is_late = quarter and commit.committed_on and commit.committed_on > quarter.last_day
            if rules is not None and quarter is not None and is_late:
                edition = Edition(number, commit, delta.path, page)
                found.setdefault(quarter, []).append(edition)
    return found


def _rewritten(
    edit: Edit, records: RecordsTrail, editions: dict[Quarter, list[Edition]]
) -> Iterator[Finding]:
    """Yield a record of a filed quarter that was rewritten, unless a later page says so."""
    quarter = _quarter_of(edit, records)
    pages = editions.get(quarter, []) if quarter else []
    filed = [each.number for each in pages if each.number < edit.number and each.page]
    later = [each.page for each in pages if each.number >= edit.number]
    if not filed or not _is_still_rewritten(edit, records, filed[-1]):
        return
    if not any(_restates(page.decode("utf-8", "replace"), edit.path) for page in later):
        what = f"{listed(edit.rewritten[:4])} changed" if edit.after else "it was deleted"
        message = f"{quarter} was filed before, and no later page restates it: {what}"
        yield finding("closed-quarter-changed", edit, message)


def _quarter_of(edit: Edit, records: RecordsTrail) -> Quarter | None:
    """Return the quarter in which a record counted before it was changed."""
    rules, version = records.rules.before(edit.number), edit.before
    if version is None or rules is None or rules.ledger is None:
        return None
    form = rules.ledger.forms.get(version.kind)
    day = parse_date(version.answers.get(form.counts_on, "")) if form else None
    return Quarter.of(day, rules.ledger.policy.first_month) if day else None


def _is_still_rewritten(edit: Edit, records: RecordsTrail, filed: int) -> bool:
    """Tell whether what an edit rewrote is another now than when the page was filed.

    A slip that was mended is none, and a record that no page has seen was not filed.
    """
    key = edit.before.key if edit.before else None
    known = [each.after for each in records.edits if each.number <= filed and _is_of(each, key)]
    then = known[-1] if known else None
    latest = records.latest.get(key) if key else None
    now = latest.answers if latest else {}
    names = edit.rewritten
    return then is not None and any(now.get(name) != then.answers.get(name) for name in names)


def _is_of(edit: Edit, key: Key | None) -> bool:
    return any(each is not None and each.key == key for each in (edit.before, edit.after))


def _restates(page: str, path: str) -> bool:
    """Tell whether an edition of a page names a file as one that it restates."""
    return path.removeprefix(DEALS) in restated_in(page)


def _falsified(quarter: Quarter, editions: list[Edition]) -> Iterator[Finding]:
    """Yield a filed page that was deleted, or that says something else on the same sources."""
    for before, after in pairwise(editions):
        if before.page and not after.page and not _is_moved(after, editions):
            message = f"the page of {quarter} was filed, and is deleted here"
            yield Finding("page-deleted", after.commit.id, after.path, message)
        elif before.page and after.page and _says_other_things(before.page, after.page):
            message = f"the page of {quarter} says something else here, on the same sources"
            yield Finding("page-edited", after.commit.id, after.path, message)


def _is_moved(gone: Edition, editions: list[Edition]) -> bool:
    return any(each.number == gone.number and each.page for each in editions)


def _says_other_things(before: bytes, after: bytes) -> bool:
    return before != after and digest_of(before) == digest_of(after)
