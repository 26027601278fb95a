"""The quarterly page: the figures as plain data, laid out by the template ``rollup.md.j2``.

A section without anything to say is empty here and absent there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.body import ragged_tables
from winloss.core.coverage import (
    also_recorded,
    coverage,
    missing_row,
    source_rows,
    timeliness_rows,
)
from winloss.core.escape import Markdown, inline
from winloss.core.exchange import RECOMMENDATION
from winloss.core.findings import (
    answer_rows,
    candidate_row,
    flag_rows,
    friction_rows,
    is_judged,
    level_rows,
    pattern_rows,
    promise_rows,
    quotes,
)
from winloss.core.naming import Naming
from winloss.core.problem import stop
from winloss.core.rollup import ANSWERS, PAGE_TEMPLATE, Rollup, build_rollup
from winloss.core.template import fill_page
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winloss.core.findings import Data
    from winloss.core.record import Record

OBJECTIONS = "Objections raised and how addressed"
CONTEXT = "Buyer-revealed context"

# What the page has a place for; any other field or section is listed under "Also recorded".
_SHOWN: Mapping[str, set[str]] = {
    "pre-delivery": {
        *("customer", "handoff_on", "delivery_expected_on", "model", "scores", "signals"),
        *("expectations", OBJECTIONS),
    },
    "closed-lost": {
        *("customer", "closed_on", "outcome", "reason", "source", "competitor", "model"),
        *("scores", "signals", OBJECTIONS),
    },
    "post-delivery": {
        *("customer", "delivered_on", "pattern_codes", "friction", "postmortem_on"),
        *("delivery_quality", "validation", "flags", CONTEXT, RECOMMENDATION),
    },
}


def rollup_path(rollup: Rollup) -> str:
    """Return where the page is written (X §4)."""
    return f"{rollup.ledger.policy.rollups}/win-loss-{rollup.quarter}.md"


def rollup_page(rollup: Rollup) -> str:
    """Return the page as Markdown: the same bytes for the same files.

    Raises CannotGoOn when the template cannot be filled in, or draws a table whose rows differ in
    length.
    """
    text = fill_page(rollup.ledger.tree, PAGE_TEMPLATE, page_data(rollup))
    ragged = ragged_tables(text)
    if ragged:
        shown = text.split("\n")[ragged[0] - 1]
        hint = "each row of a table wants as many bars as its head"
        raise stop(f"templates/{PAGE_TEMPLATE} draws a row that breaks its table: {shown}", hint)
    return text


def page_data(rollup: Rollup) -> Data:
    """Return everything that the page may show, as plain data."""
    naming = Naming.of(rollup.ledger, rollup.quarter)
    before = build_rollup(rollup.ledger, rollup.quarter.previous)
    now, then = _headline(rollup, naming), _headline(before, naming)
    candidates = [candidate_row(each, naming) for each in rollup.candidates]
    return {
        "quarter": str(rollup.quarter),
        "previous_quarter": str(rollup.quarter.previous),
        "first_day": str(rollup.quarter.first_day),
        "last_day": str(rollup.quarter.last_day),
        "policy_status": rollup.ledger.policy.status,
        "banner": rollup.ledger.policy.banner,
        "model": rollup.ledger.policy.model.version,
        "minimum": rollup.ledger.policy.model.minimum_evidence,
        "digest": rollup.digest,
        "is_empty": not rollup.accounts.counted,
        "now": now,
        "then": then,
        "versus": _versus(now, then) if rollup.accounts.counted else [],
        "decisions": [each for each in candidates if each["is_enough"]],
        "deals": _deal_rows(rollup, naming),
        "reasons": _reason_rows(rollup, naming),
        "levels": level_rows(rollup, naming),
        "answers": answer_rows(rollup, naming),
        "flags": flag_rows(rollup, naming),
        "patterns": pattern_rows(rollup, before, naming),
        "promises": promise_rows(rollup, naming),
        "objections": quotes(rollup, OBJECTIONS, ("pre-delivery", "closed-lost"), naming),
        "friction": friction_rows(rollup, naming),
        "contexts": quotes(rollup, CONTEXT, ("post-delivery",), naming),
        "candidates": candidates,
        "recommendations": quotes(rollup, RECOMMENDATION, ("post-delivery",), naming),
        "timeliness": timeliness_rows(rollup, naming),
        "also": also_recorded(rollup, _SHOWN, naming),
        "coverage": coverage(rollup, naming),
        "sources": source_rows(rollup, naming),
    }


def _headline(rollup: Rollup, naming: Naming) -> Data:
    """Return what the first five lines say of a quarter."""
    answers = {
        answer: [deal for each in rollup.dimensions for deal in each.answers.get(answer, ())]
        for answer in ANSWERS
    }
    return {
        "won": naming.names(rollup.won),
        "lost": naming.names(rollup.lost),
        "undecided": naming.names(rollup.undecided),
        "delivered": naming.names(deal.id for deal in rollup.delivered),
        "well": naming.names(rollup.delivered_well),
        "judged": naming.names(deal.id for deal in rollup.delivered if is_judged(deal)),
        "unjudged": naming.names(deal.id for deal in rollup.delivered if not is_judged(deal)),
        "answered": sum(len(deals) for deals in answers.values()),
        **{
            answer: {"count": len(deals), "names": naming.names(sorted(set(deals)))}
            for answer, deals in answers.items()
        },
        "patterns": [
            {"title": naming.title("taxonomy.pattern_codes", code), "names": naming.names(deals)}
            for code, deals in rollup.patterns.items()
            if len(deals) > 1
        ],
        "friction": [
            {
                "title": naming.title("taxonomy.friction", each.code),
                "names": naming.names(each.deals),
            }
            for each in rollup.friction
        ],
        "missing": [missing_row(each, naming) for each in rollup.missing],
    }


def _versus(now: Data, then: Data) -> list[Data]:
    """Return the outcomes of the quarter beside those of the one before, deals named."""
    rows = [
        {"title": title, "now": _counted(now[key]), "then": _counted(then[key])}
        for title, key in (
            ("Won", "won"),
            ("Lost", "lost"),
            ("Undecided", "undecided"),
            ("Delivered", "delivered"),
        )
        if now[key] or then[key]
    ]
    if now["judged"] or then["judged"]:
        well = [
            _counted(each["well"], _k_of_n(each["well"], each["judged"])) for each in (now, then)
        ]
        rows.append({"title": "Delivered well", "now": well[0], "then": well[1]})
    if now["answered"] or then["answered"]:
        held = [
            _counted(each["held"]["names"], f"{each['held']['count']} of {each['answered']}")
            for each in (now, then)
        ]
        rows.append({"title": "Signals that held", "now": held[0], "then": held[1]})
    return rows


def _k_of_n(part: list[str], whole: list[str]) -> str:
    return f"{len(part)} of {len(whole)}"


def _counted(names: list[str], count: str = "") -> Markdown:
    """Return how many, and which: ``2: Contoso and Litware``."""
    figure = count or str(len(names))
    return Markdown(f"{figure}: {listed(inline(name) for name in names)}" if names else figure)


def _deal_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return each deal of the quarter: what happened, and the records that say so."""
    counted = {record.path for record in rollup.accounts.counted}
    rows = []
    for deal in rollup.ledger.deals.values():
        records = [record for record in deal.records if record.path in counted]
        if records:
            links = ", ".join(naming.link(record.path, record.kind) for record in records)
            rows.append(
                {
                    "id": deal.id,
                    "name": deal.customer or "not named",
                    "events": [_event(record, rollup, naming) for record in records],
                    "records": Markdown(links),
                }
            )
    return rows


def _event(record: Record, rollup: Rollup, naming: Naming) -> str:
    """Return what a record tells of its deal, with the day that makes it count here."""
    day = record.day(record.form.counts_on)
    if record.kind == "pre-delivery":
        return f"won, handed off {day}"
    if record.kind == "closed-lost":
        outcome = naming.title("exchange.closed_outcomes", record.text("outcome"))
        return f"{outcome.lower()}, closed {day}"
    if record.kind == "post-delivery":
        quality = naming.title("exchange.delivery_quality", record.text("delivery_quality"))
        how = f"quality {quality.lower()}" if quality else "post-mortem open"
        is_filed_later = record.filed_on is not None and not rollup.quarter.holds(record.filed_on)
        return f"delivered {day}, {how}" + (f", filed {record.filed_on}" if is_filed_later else "")
    return f"{record.form.title}, {day}"


def _reason_rows(rollup: Rollup, naming: Naming) -> list[Data]:
    """Return why each deal of the quarter was not won."""
    return [
        {
            "title": naming.title("taxonomy.loss_reasons", code),
            "name": naming.name(deal_id),
            "outcome": naming.title("exchange.closed_outcomes", loss.text("outcome")),
            "source": naming.title("taxonomy.sources", loss.text("source")),
            "competitor": loss.text("competitor") or "none named",
        }
        for code, deal_ids in rollup.loss_reasons.items()
        for deal_id in deal_ids
        for loss in [rollup.ledger.deals[deal_id].loss]
        if loss is not None
    ]
