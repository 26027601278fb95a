"""What a quarter's deliveries found, laid out for the page: one function for each table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from winloss.core.deals.record import rows_of
from winloss.core.pages.rollup import NOT_CODED, codes_of_both
from winloss.core.rulebook.policy import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from winloss.core.deals.ledger import Deal
    from winloss.core.pages.figures import Candidate, Rollup
    from winloss.core.pages.naming import Naming

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
        for is_open in [sum(not rollup.ledger.deals[each].is_judged for each in level.deals)]
    ]


def answer_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return, for each dimension, how the post-mortems answered its signals."""
    return [
        {
            "dimension": naming.dimension(figures.name),
            **{answer: _tally(deals, naming) for answer, deals in figures.answers.items()},
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
            "level": _level(deal, str(row.get("dimension", ""))),
            "note": str(row.get("note", "")),
        }
        for deal in rollup.delivered
        for row in rows_of(deal.delivery, "flags")
    ]


def _level(deal: Deal, dimension: str) -> str:
    """Return how the handoff had scored a dimension."""
    return deal.handoff.scores().get(dimension, "not scored") if deal.handoff else "not scored"


def pattern_rows(rollup: Rollup, before: Rollup, naming: Naming) -> list[Data]:
    """Return each pattern code of this quarter or the one before, with its deals in both."""
    return [
        {
            "title": naming.title("taxonomy.pattern_codes", code),
            "names": naming.names(rollup.patterns.get(code, ())),
            "before": naming.names(before.patterns.get(code, ())),
        }
        for code in codes_of_both(rollup.patterns, before.patterns)
    ]


def signal_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return each signal of the quarter's deals: how it was known, and whether it held."""
    rows = [
        (deal, signal, answer)
        for deal in _deals_of(rollup, "pre-delivery", "closed-lost", "post-delivery")
        for signal, answer in (
            *deal.answered("signals"),
            *((row, {}) for row in rows_of(deal.loss, "signals")),
        )
    ]
    return [
        {
            **_outcome(deal, signal, answer, naming),
            "dimension": naming.dimension(str(signal.get("dimension", ""))),
            "source": naming.title("taxonomy.sources", signal.get("source", "")),
        }
        for deal, signal, answer in rows
    ]


def expectation_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return each expectation of the quarter's deals, and what became of it."""
    return [
        {
            **_outcome(deal, expectation, answer, naming),
            "caused": [
                naming.title("taxonomy.friction", row.get("code", NOT_CODED))
                for row in rows_of(deal.delivery, "friction")
                if expectation.get("id") and row.get("origin") == expectation["id"]
            ],
        }
        for deal in _deals_of(rollup, "pre-delivery", "post-delivery")
        for expectation, answer in deal.answered("expectations")
    ]


def _deals_of(rollup: Rollup, *kinds: str) -> list[Deal]:
    """Return the deals with a record of one of these kinds in the quarter."""
    counted = {record.deal for record in rollup.accounts.counted if record.kind in kinds}
    return [deal for name, deal in rollup.ledger.deals.items() if name in counted]


def _outcome(
    deal: Deal, noted: Mapping[str, object], answer: Mapping[str, object], naming: Naming
) -> Data:
    """Return what the post-mortem answered to a signal or expectation of the deal."""
    if "answer" in answer:
        held = naming.title("exchange.answers", answer["answer"])
    elif deal.delivery is not None:
        held = "Not answered" if deal.is_judged else "Post-mortem open"
    elif deal.loss is not None:
        held = "Closed before delivery" if deal.handoff else "Not won"
    else:
        held = "Not delivered yet"
    name = noted.get("id")
    return {
        "name": naming.name(deal.id),
        "noted": f"{name}: {noted.get('note', '')}" if name else str(noted.get("note", "")),
        "held": held,
        "note": _with_source(answer, naming),
    }


def _with_source(answer: Mapping[str, object], naming: Naming) -> str:
    """Return what happened, and how that is known."""
    note = str(answer.get("note", ""))
    source = naming.title("taxonomy.sources", answer.get("source", ""))
    return f"{note} ({source[:1].lower()}{source[1:]})" if note and source else note


def knowledge_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return, for each way of knowing a signal, how the post-mortems answered."""
    answered: dict[str, dict[str, list[str]]] = {}
    for deal in rollup.delivered:
        for signal, answer in deal.answered("signals"):
            if "answer" in answer:
                source = answered.setdefault(str(signal.get("source", NOT_CODED)), {})
                source.setdefault(str(answer["answer"]), []).append(deal.id)
    known = rollup.ledger.policy.vocabulary("taxonomy.sources").titles
    order = [*known, *(source for source in answered if source not in known)]
    return [
        {
            "title": naming.title("taxonomy.sources", source),
            **{answer: _tally(answered[source].get(answer, ()), naming) for answer in ANSWERS},
        }
        for source in order
        if source in answered
    ]


def _tally(deals: Sequence[str], naming: Naming) -> Data:
    """Return how many answers, and of which deals."""
    return {"count": len(deals), "names": naming.names(sorted(set(deals)))}


def friction_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return each friction with its origin: an expectation of the handoff, or a code."""
    order = [each.code for each in rollup.friction]
    found = [
        (str(row.get("code", NOT_CODED)), deal, row)
        for deal in rollup.delivered
        for row in rows_of(deal.delivery, "friction")
    ]
    return [
        {
            "title": naming.title("taxonomy.friction", code),
            "name": naming.name(deal.id),
            "origin": _origin(deal, str(row.get("origin", NOT_CODED)), naming),
            "note": str(row.get("note", "")),
        }
        for code, deal, row in sorted(found, key=lambda each: (order.index(each[0]), each[1].id))
    ]


def _origin(deal: Deal, origin: str, naming: Naming) -> str:
    expected = {row.get("id") for row in rows_of(deal.handoff, "expectations")}
    noted = deal.promised()
    if origin in noted:
        what = "The expectation" if origin in expected else "The signal"
        return f"{what} {origin}: {noted[origin]}"
    return naming.title("taxonomy.friction_origins", origin)


def quotes(rollup: Rollup, section: str, kinds: Iterable[str], naming: Naming) -> list[Data]:
    """Return what the quarter's records say in one section, deal by deal."""
    return [
        {"name": naming.name(record.deal), "blocks": record.sections[section].answers}
        for record in rollup.accounts.counted
        if record.kind in kinds and section in record.sections
    ]


def candidate_row(candidate: Candidate, rollup: Rollup, naming: Naming) -> Data:
    """Return a claim about the model: the deals that flag it, and this quarter's that do not."""
    others = [
        deal.id for deal in rollup.delivered if deal.is_judged and deal.id not in candidate.deals
    ]
    return {
        "dimension": naming.dimension(candidate.dimension),
        "claim": naming.title("exchange.claims", candidate.claim),
        "names": naming.names(candidate.deals),
        "new": naming.names(deal.id for deal in rollup.delivered if deal.id in candidate.deals),
        "others": naming.names(others),
        "is_enough": candidate.is_enough,
    }
