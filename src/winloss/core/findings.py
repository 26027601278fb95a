"""What a quarter's deliveries found, laid out for the page: one function for each table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from winloss.core.ledger import Deal
    from winloss.core.naming import Naming
    from winloss.core.record import Record
    from winloss.core.rollup import Candidate, Rollup

Data = dict[str, Any]


def level_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return, for each dimension and level, the deals delivered and those delivered well."""
    return [
        {
            "dimension": naming.dimension(figures.name),
            "level": name,
            "names": naming.names(level.deals),
            "good": naming.names(level.good),
            "judged": len(level.deals) - is_open,
            "open": is_open,
        }
        for figures in rollup.dimensions
        for name, level in reversed(list(figures.levels.items()))
        if level.deals
        for is_open in [sum(not is_judged(rollup.ledger.deals[each]) for each in level.deals)]
    ]


def is_judged(deal: Deal) -> bool:
    """Tell whether a post-mortem has said how well the delivery went."""
    return deal.delivery is not None and bool(deal.delivery.text("delivery_quality"))


def answer_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return, for each dimension, how the post-mortems answered its signals."""
    return [
        {
            "dimension": naming.dimension(figures.name),
            **{
                answer: {"count": len(deals), "names": naming.names(sorted(set(deals)))}
                for answer, deals in figures.answers.items()
            },
        }
        for figures in rollup.dimensions
        if any(figures.answers.values())
    ]


def flag_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return what the deliveries flag about the qualification model (X §5, step 1)."""
    return [
        {
            "dimension": naming.dimension(str(row.get("dimension", ""))),
            "claim": naming.title("exchange.claims", row.get("claim", "")),
            "name": naming.name(deal.id),
            "note": str(row.get("note", "")),
        }
        for deal in rollup.delivered
        for row in rows_of(deal.delivery, "flags")
    ]


def pattern_rows(rollup: Rollup, before: Rollup, naming: Naming) -> list[Data]:
    """Return each pattern code of this quarter or the one before, with its deals in both."""
    codes = [*rollup.patterns, *sorted(set(before.patterns) - set(rollup.patterns))]
    return [
        {
            "title": naming.title("taxonomy.pattern_codes", code),
            "names": naming.names(rollup.patterns.get(code, ())),
            "before": naming.names(before.patterns.get(code, ())),
        }
        for code in codes
    ]


def promise_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return each expectation of the deals delivered, and what became of it."""
    return [
        _promise(deal, promise, naming)
        for deal in rollup.delivered
        for promise in rows_of(deal.handoff, "expectations")
    ]


def _promise(deal: Deal, promise: Mapping[str, object], naming: Naming) -> Data:
    answers = {row.get("id"): row for row in rows_of(deal.delivery, "validation")}
    answer = answers.get(promise.get("id"), {})
    code = answer.get("answer", "")
    return {
        "name": naming.name(deal.id),
        "promise": str(promise.get("note", "")),
        "kept": naming.title("exchange.answers", code) if code else "post-mortem open",
        "note": str(answer.get("note", "")),
        "caused": [
            naming.title("taxonomy.friction", row.get("code", ""))
            for row in rows_of(deal.delivery, "friction")
            if row.get("origin") == promise.get("id")
        ],
    }


def friction_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return each friction with its origin: a promise of the handoff, or a code."""
    order = [each.code for each in rollup.friction]
    found = [
        (str(row.get("code", "")), deal, row)
        for deal in rollup.delivered
        for row in rows_of(deal.delivery, "friction")
    ]
    found = [each for each in found if each[0] in order]
    return [
        {
            "title": naming.title("taxonomy.friction", code),
            "name": naming.name(deal.id),
            "origin": _origin(deal, str(row.get("origin", "")), naming),
            "note": str(row.get("note", "")),
        }
        for code, deal, row in sorted(found, key=lambda each: (order.index(each[0]), each[1].id))
    ]


def _origin(deal: Deal, origin: str, naming: Naming) -> str:
    promised = {row.get("id") for row in rows_of(deal.handoff, "expectations")}
    noted = deal.promised()
    if origin in noted:
        what = "The promise" if origin in promised else "The signal"
        return f"{what} {origin}: {noted[origin]}"
    return naming.title("taxonomy.friction_origins", origin)


def quotes(rollup: Rollup, section: str, kinds: Iterable[str], naming: Naming) -> list[Data]:
    """Return what the quarter's records say in one section, deal by deal."""
    return [
        {"name": naming.name(record.deal), "blocks": record.sections[section].answers}
        for record in rollup.accounts.counted
        if record.kind in kinds and section in record.sections
    ]


def candidate_row(candidate: Candidate, naming: Naming) -> Data:
    """Return a claim about the model with the distinct deals behind it."""
    return {
        "dimension": naming.dimension(candidate.dimension),
        "claim": naming.title("exchange.claims", candidate.claim),
        "names": naming.names(candidate.deals),
        "is_enough": candidate.is_enough,
    }


def rows_of(record: Record | None, table: str) -> Iterable[Mapping[str, object]]:
    """Return a table's rows; none when there is no record or no answer."""
    return (record.rows(table) if record else None) or ()
