"""Count the coded answers of a quarter's records, for readers who may not see the records.

Each granted answer gives one table: how many deals gave which answer. Small numbers are kept back
(``small_cells``), and what is in no vocabulary is never repeated: somebody typed it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from winloss.core.publishing.small_cells import bounds, give_away, in_words, is_safe, taken_together
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from winloss.core.deals.ledger import Ledger
    from winloss.core.deals.record import Record
    from winloss.core.pages.figures import DimensionFigures, Rollup
    from winloss.core.rulebook.audience import Audience, Grant
    from winloss.core.rulebook.form import Column, Field
    from winloss.core.rulebook.model import Dimension

OTHERS = "Other answers, taken together"
UNKNOWN = "An answer of no vocabulary"
NOT_ANSWERED = "Not answered"
NONE_OBSERVED = "None observed"
PROMISED = "A signal or an expectation of the handoff"
QUALITY = "post-delivery.delivery_quality"
NOT_SCORED = "Not scored on it"
NOT_SHOWN = "not shown"
# What a page says by this module, and what git and the anchor say around it.
OWN_WORDS = (
    *(OTHERS, UNKNOWN, NOT_ANSWERED, NONE_OBSERVED, PROMISED, NOT_SCORED, NOT_SHOWN),
    *("ICP signals against delivery", "fewer than", "or more", "Deal", "Rollup", "Anchor"),
    *("tree", "parent", "author winloss", "committer winloss", "refs heads main", "win-loss"),
    *("anchor.json", "tip", "commits", "findings"),
)
_SAID = {NOT_ANSWERED, NONE_OBSERVED}
_LAST = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: how many deals gave it, in words, and which; none where it is only a bound.

    Of a score, also its dimension, and how many of them were delivered well.
    """

    answer: str
    count: str
    deals: frozenset[str]
    dimension: str = ""
    well: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What one granted answer counts: its title, of how many deals, and its rows.

    ``few`` are the answers that too few deals gave to be shown with a number. ``among`` are the
    groups of deals whose size it tells without naming them.
    """

    title: str
    of: str
    rows: tuple[Row, ...] = ()
    few: tuple[str, ...] = ()
    among: tuple[frozenset[str], ...] = ()


def tally(rollup: Rollup, grant: Grant, audience: Audience) -> Table | None:
    """Return the table of a granted answer.

    None where the forms of that quarter did not ask for it.
    """
    form = rollup.ledger.forms.get(grant.kind)
    field = form.fields.get(grant.field) if form else None
    if form is None or field is None:
        return None
    if field.type == "scores":
        return _scores(rollup, audience)
    records = counted(rollup, grant.kind)
    everyone = deals_of(records)
    columns = [each for each in field.columns if each.name in grant.columns]
    by = f" by {listed(each.name for each in columns)}" if columns else ""
    title, of = f"{form.title}: {field.title}{by}", how_many(len(everyone), audience)
    if len(everyone) < audience.at_least:
        return Table(title, of)
    cells = _cells(records, field, columns, rollup.ledger)
    if field.type == "choice" and form.is_once:
        return Table(title, of, tuple(_alone(cells, audience)), among=(everyone,))
    alone = [each for each in (NONE_OBSERVED, NOT_ANSWERED) if each in cells and form.is_once]
    return _combined(Table(title, of, among=(everyone,)), cells, alone, audience)


def counted(rollup: Rollup, kind: str) -> list[Record]:
    """Return the records of a kind that count in the quarter."""
    return [record for record in rollup.accounts.counted if record.kind == kind]


def deals_of(records: Iterable[Record]) -> frozenset[str]:
    """Return the deals that some records are about."""
    return frozenset(record.deal for record in records)


def how_many(count: int, audience: Audience) -> str:
    """Return a number of deals in words; a small one as a bound."""
    return in_words(count, count, audience.at_least)


def _alone(cells: Mapping[str, frozenset[str]], audience: Audience) -> list[Row]:
    """Return the rows of answers of which each deal gives one; none when all are taken together."""
    joined = taken_together(cells, audience.at_least)
    rows = [
        Row(answer, str(len(deals)), deals)
        for answer, deals in cells.items()
        if deals and answer not in joined
    ]
    deals = frozenset[str]().union(*(cells[answer] for answer in joined))
    return [*rows, Row(OTHERS, str(len(deals)), deals)] if rows and deals else rows


def _combined(
    table: Table, cells: Mapping[str, frozenset[str]], alone: Sequence[str], audience: Audience
) -> Table:
    """Return the table of answers of which each deal may give several, but for those ``alone``."""
    at_least, everyone = audience.at_least, len(table.among[0])
    few = [answer for answer, deals in cells.items() if len(deals) < at_least]
    able = everyone - sum(len(cells[each]) for each in alone if each not in few)
    seen = {
        answer: bounds(len(deals), [everyone] if answer in alone else [everyone, able], at_least)
        for answer, deals in cells.items()
    }
    if give_away(seen, alone, everyone, at_least):
        return Table(table.title, table.of)
    rows = [
        Row(answer, str(least), cells[answer])
        if least == most
        else Row(answer, f"{least} or more", frozenset())
        for answer, (least, most) in seen.items()
        if answer not in few
    ]
    return replace(table, rows=tuple(rows), few=tuple(few))


def _cells(
    records: Iterable[Record], field: Field, columns: Sequence[Column], ledger: Ledger
) -> dict[str, frozenset[str]]:
    """Return the deals behind each answer, the answers in the order of their vocabularies."""
    asked = [each.vocabulary for each in columns] or [field.vocabulary]
    titles = [dict(each.titles) if each else {} for each in asked]
    places = {title: number for each in titles for number, title in enumerate(each.values())}
    found: dict[tuple[str, ...], set[str]] = {}
    for record in records:
        ids = ledger.deals[record.deal].promised()
        for codes in _answers(record, field, columns):
            answer = tuple(
                code if code in _SAID else known.get(code, PROMISED if code in ids else UNKNOWN)
                for code, known in zip(codes, titles, strict=False)
            )
            found.setdefault(answer, set()).add(record.deal)
    in_order = sorted(
        found, key=lambda answer: [(places.get(each, _LAST), each) for each in answer]
    )
    return {": ".join(answer): frozenset(found[answer]) for answer in in_order}


def _answers(record: Record, field: Field, columns: Sequence[Column]) -> Iterable[tuple[str, ...]]:
    """Return what a record answers to a field, each answer with one code for each column."""
    if field.type == "choice":
        return [(record.text(field.name) or NOT_ANSWERED,)]
    found: list[tuple[str, ...]] | None = None
    codes, rows = record.codes(field.name), record.rows(field.name)
    if codes is not None:
        found = [(code,) for code in codes]
    elif rows is not None:
        found = [tuple(str(row.get(each.name, NOT_ANSWERED)) for each in columns) for row in rows]
    return [(NOT_ANSWERED,)] if found is None else found or [(NONE_OBSERVED,)]


def _scores(rollup: Rollup, audience: Audience) -> Table:
    """Return how the deals delivered were scored, and how many of a level were delivered well."""
    of = how_many(len(rollup.delivered), audience)
    title = "ICP signals against delivery"
    if len(rollup.delivered) < audience.at_least:
        return Table(title, of)
    known = rollup.ledger.policy.model.dimensions
    may_judge = _may_judge(rollup, audience)
    by_dimension = {
        known[figures.name].title: _levels(
            rollup, figures, known[figures.name], audience, may_judge=may_judge
        )
        for figures in rollup.dimensions
        if figures.name in known
    }
    rows = tuple(row for rows in by_dimension.values() for row in rows)
    among = [frozenset(deal.id for deal in rollup.delivered)]
    if any(row.well not in {"", NOT_SHOWN} for row in rows):
        among += [_judged(rollup), frozenset(rollup.delivered_well)]
    few = tuple(name for name, rows in by_dimension.items() if not rows)
    return Table(title, of, rows, few, tuple(among))


def _judged(rollup: Rollup) -> frozenset[str]:
    return frozenset(deal.id for deal in rollup.delivered if deal.is_judged)


def _may_judge(rollup: Rollup, audience: Audience) -> bool | None:
    """Tell whether a level may say how many were delivered well; None when nobody granted it.

    Not where the qualities that are taken together are partly good: who knows how many were good
    would know what the small ones among them are.
    """
    if all(str(each) != QUALITY for each in audience.shows):
        return None
    kind, _, name = QUALITY.partition(".")
    field = rollup.ledger.forms[kind].fields.get(name)
    if field is None:
        return None
    cells = _cells(counted(rollup, kind), field, (), rollup.ledger)
    joined = taken_together(cells, audience.at_least)
    together = frozenset[str]().union(*(cells[answer] for answer in joined))
    return len(together.intersection(rollup.delivered_well)) in {0, len(together)}


def _levels(
    rollup: Rollup,
    figures: DimensionFigures,
    dimension: Dimension,
    audience: Audience,
    *,
    may_judge: bool | None,
) -> list[Row]:
    """Return the rows of one dimension: all say how many were delivered well, or none does."""
    levels = {
        name: frozenset(figures.levels[name].deals)
        for name in reversed(list(dimension.levels))
        if name in figures.levels
    }
    delivered = frozenset(deal.id for deal in rollup.delivered)
    others = delivered - frozenset[str]().union(*levels.values())
    rows = _alone({**levels, NOT_SCORED: others}, audience)
    judged = _judged(rollup)
    good = frozenset(rollup.delivered_well)
    is_shown = bool(may_judge) and all(
        is_safe(len(row.deals & judged), len(row.deals), audience.at_least)
        and is_safe(len(row.deals & good), len(row.deals & judged), audience.at_least)
        for row in rows
    )
    kept_back = "" if may_judge is None else NOT_SHOWN
    return [
        replace(
            row,
            dimension=dimension.title,
            well=f"{len(row.deals & good)} of {len(row.deals & judged)}" if is_shown else kept_back,
        )
        for row in rows
    ]
