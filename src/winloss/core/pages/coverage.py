"""What a page covers and what it cannot show: timeliness, missing records, files, sources."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from winloss.core.days import Quarter
from winloss.core.pages.accounts import MONDAY
from winloss.core.repository.tree import DEALS, RECORDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from winloss.core.deals.record import Record
    from winloss.core.owed.obligation import Obligation
    from winloss.core.pages.figures import Rollup
    from winloss.core.pages.findings import Data
    from winloss.core.pages.naming import Naming
    from winloss.core.rulebook.policy import Vocabulary


def timeliness_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return, for each kind of record due in the quarter, which came in time, late, or not."""
    rows = _delivery_row(rollup, naming)
    for kind in dict.fromkeys(each.kind for each in rollup.obligations):
        mine = [each for each in rollup.obligations if each.kind == kind]
        rows.append(
            {
                "title": mine[0].title,
                "met": [
                    naming.name(each.deal) for each in mine if not each.is_open and not each.is_late
                ],
                "late": [
                    f"{naming.name(each.deal)} ({days(each.days_late)})"
                    for each in mine
                    if each.is_late
                ],
                "open": [naming.name(each.deal) for each in mine if each.is_open],
            }
        )
    return rows


def days(count: int) -> str:
    """Return a number of calendar days in words."""
    return f"{count} day{'s' if count != 1 else ''}"


def _delivery_row(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return which deliveries of the quarter came by the day that the handoff expected."""
    late: list[str] = []
    in_time: list[str] = []
    for deal in rollup.delivered:
        day = deal.delivery.day("delivered_on") if deal.delivery else None
        if day is not None and deal.expected_on is not None and day > deal.expected_on:
            late.append(f"{naming.name(deal.id)} ({days((day - deal.expected_on).days)})")
        elif deal.expected_on is not None:
            in_time.append(naming.name(deal.id))
    still_open = [
        naming.name(deal.id)
        for deal in rollup.ledger.deals.values()
        if rollup.quarter.holds(deal.expected_on) and not deal.delivery and not deal.loss
    ]
    if not (late or in_time or still_open):
        return []
    return [
        {"title": "The Assessment itself", "met": in_time, "late": late, "open": still_open},
    ]


def missing_row(obligation: Obligation, naming: Naming) -> Data:
    """Return what should be there and is not: whose, by when, why, owed by whom."""
    return {
        "name": naming.name(obligation.deal),
        "title": obligation.title,
        "due": str(obligation.due or "no deadline"),
        "since": obligation.because,
        "owner": naming.title("roles.roles", obligation.owner),
    }


def also_recorded(
    rollup: Rollup,
    shown: Mapping[str, Collection[str]],
    shown_columns: Mapping[str, Collection[str]],
    naming: Naming,
) -> list[Data]:
    """Return every answer that no section shows, so that none is left out.

    ``shown`` names, for each kind, the fields and sections that the page has a place for, and
    ``shown_columns`` the columns of its tables.
    """
    return [
        {"name": _about(record, naming), "record": record.form.title, "field": title, "value": text}
        for record in rollup.accounts.counted
        for title, text in _unshown(record, _places(record, shown, rollup), shown_columns)
    ]


def _places(
    record: Record, shown: Mapping[str, Collection[str]], rollup: Rollup
) -> Collection[str]:
    """Return what the page has a place for; answers without a handoff to stand beside have none."""
    deal = rollup.ledger.deals.get(record.deal)
    places = set(shown.get(record.kind, ()))
    return places - {"validation"} if deal is None or deal.handoff is None else places


def _unshown(
    record: Record, shown: Collection[str], shown_columns: Mapping[str, Collection[str]]
) -> Iterator[tuple[str, str]]:
    always = {"kind", "deal", "date", "filed_by", "customer", record.form.counts_on}
    columns = {
        (table.name, column.name): column
        for table in record.form.fields.values()
        for column in table.columns
    }
    for name, value in record.values.items():
        field = record.form.fields[name]
        if name not in shown and name not in always:
            yield field.title, _as_text(value, field.vocabulary)
        elif field.type == "table":
            for row in record.rows(name) or ():
                for column, cell in row.items():
                    if column not in shown_columns.get(name, row):
                        vocabulary = columns[name, column].vocabulary
                        yield f"{field.title}, {column}", _as_text(cell, vocabulary)
    for title, section in record.sections.items():
        if title not in shown:
            yield title, " · ".join(block.text for block in section.answers)


def _as_text(value: object, vocabulary: Vocabulary | None) -> str:
    if isinstance(value, tuple):
        return "; ".join(_as_text(each, vocabulary) for each in value) or "none observed"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {each}" for name, each in value.items())
    return vocabulary.title(str(value)) if vocabulary else str(value)


def coverage(rollup: Rollup, naming: Naming) -> Data:
    """Return the account of every file, what is missing or unanswered, and the limits."""
    accounts, deliveries = rollup.accounts, len(rollup.delivered)
    closed_or_won = {*rollup.won, *rollup.lost, *rollup.undecided}
    # Later quarters are left to their own pages, so that this one stays true while they fill.
    until_now = _until_now(rollup)
    return {
        "files": len(accounts.counted) + sum(until_now.values()) + len(accounts.excluded),
        "counted": len(accounts.counted),
        "other": [{"where": name, "count": count} for name, count in until_now.items()],
        "excluded": [
            {"path": path.removeprefix(RECORDS), "reason": reason}
            for path, reason in accounts.excluded.items()
        ],
        "due": len(rollup.obligations),
        "filed": sum(not each.is_open for each in rollup.obligations),
        "missing": [missing_row(each, naming) for each in rollup.missing],
        "unanswered": [
            {
                "name": _about(record, naming),
                "record": record.form.title,
                "fields": record.unanswered(),
            }
            for record in accounts.counted
            if record.unanswered()
        ],
        "misfits": [
            {
                "name": _about(record, naming),
                "record": record.form.title,
                "field": record.form.fields[name].title,
                "text": text,
            }
            for record in accounts.counted
            for name, text in record.misfits.items()
        ],
        "postmortem_open": naming.names(each.id for each in rollup.delivered if not each.is_judged),
        "won_and_lost": naming.names(
            deal.id
            for name, deal in rollup.ledger.deals.items()
            if name in closed_or_won and deal.handoff and deal.loss
        ),
        "no_handoff": naming.names(deal.id for deal in rollup.delivered if not deal.handoff),
        "delivered": deliveries,
        # The chance, in 100, that a weakness of one deal in five shows in none of them.
        "unseen": (100 * 4**deliveries + 5**deliveries // 2) // 5**deliveries,
    }


def _until_now(rollup: Rollup) -> dict[str, int]:
    """Return what counts elsewhere, up to the quarter: by quarter, or by folder.

    A proposal or an approval counts in no quarter; it is here from the day of its filing on.
    """
    filed_later = Counter(
        record.path.removeprefix(RECORDS).partition("/")[0]
        for record in rollup.ledger.records
        if record.is_filed_after(rollup.quarter)
    )
    counts = {
        name: count - filed_later[name]
        for name, count in rollup.accounts.other.items()
        if name != MONDAY and not _is_later(name, rollup)
    }
    return {name: count for name, count in counts.items() if count}


def _is_later(name: str, rollup: Rollup) -> bool:
    quarter = Quarter.parse(name, rollup.quarter.first_month)
    return quarter is not None and quarter > rollup.quarter


def _about(record: Record, naming: Naming) -> str:
    return naming.name(record.deal) if record.deal else record.path


def source_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return every file that the figures rest on: why, and the id of its content."""
    counted = {record.path for record in rollup.accounts.counted}
    return [
        {
            "link": naming.link(path, path.removeprefix(DEALS)),
            "blob": blob,
            "why": "counted" if path in counted else "read" if path.startswith(DEALS) else "rule",
        }
        for path, blob in rollup.sources.items()
    ]
