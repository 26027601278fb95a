"""The quarterly page: the figures as plain data, laid out by the template ``rollup.md.j2``.

A section without anything to say is empty here and absent there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.days import page_name
from winloss.core.pages.comparison import deal_rows, headline, reason_rows, score_rows, versus
from winloss.core.pages.coverage import also_recorded, coverage, source_rows, timeliness_rows
from winloss.core.pages.exchange import RECOMMENDATION
from winloss.core.pages.findings import (
    answer_rows,
    candidate_row,
    expectation_rows,
    flag_rows,
    friction_rows,
    knowledge_rows,
    level_rows,
    pattern_rows,
    quotes,
    signal_rows,
)
from winloss.core.pages.naming import Naming
from winloss.core.pages.restated import restatement
from winloss.core.pages.reviews import (
    KINDS,
    action_rows,
    answer_tally,
    carried_rows,
    contact_rows,
    dormant_rows,
    heard_rows,
    question_quotes,
    review_rows,
)
from winloss.core.pages.rollup import PAGE_TEMPLATE
from winloss.core.text.template import fill_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winloss.core.pages.figures import Rollup
    from winloss.core.pages.findings import Data

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
    "day-30": {"held_on", "channel", "cro_flags"},
    "day-60": {
        *("held_on", "reviewed_with", "signals", "outcomes", "check_back", "price"),
        *("price_approved_by", "pay_again", "actions_done"),
    },
    "touchpoint": {"held_on", "channel", "signals"},
}

_SHOWN_COLUMNS: Mapping[str, set[str]] = {
    "signals": {"id", "dimension", "source", "note"},
    "expectations": {"id", "note"},
    "friction": {"code", "origin", "note"},
    "validation": {"id", "answer", "source", "note"},
    "flags": {"dimension", "claim", "note"},
}


def rollup_path(rollup: Rollup) -> str:
    """Return where the page is written (X §4)."""
    return f"{rollup.ledger.policy.rollups}/{page_name(rollup.quarter)}"


def rollup_page(rollup: Rollup, before: Rollup, filed: tuple[Rollup, Rollup] | None = None) -> str:
    """Return the page as Markdown: the same bytes for the same files.

    ``before`` is the quarter before, ``filed`` both as they were when this
    page was filed before.
    Raises CannotGoOn when the template cannot be filled in.
    """
    return fill_page(rollup.ledger.tree, PAGE_TEMPLATE, page_data(rollup, before, filed))


def page_data(rollup: Rollup, before: Rollup, filed: tuple[Rollup, Rollup] | None = None) -> Data:
    """Return everything that the page may show, as plain data."""
    naming = Naming.of(rollup.ledger, rollup.sources)
    now, then = headline(rollup, naming), headline(before, naming)
    candidates = [candidate_row(each, rollup, naming) for each in rollup.candidates]
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
        "versus": versus(now, then) if rollup.accounts.counted else [],
        "decisions": [each for each in candidates if each["is_enough"]],
        "deals": deal_rows(rollup, naming),
        "reasons": reason_rows(rollup, naming),
        "scored": score_rows(rollup, naming),
        "models": _models(rollup),
        "qualified_at": rollup.ledger.policy.model.qualified_at,
        "levels": level_rows(rollup, naming),
        "knowledge": knowledge_rows(rollup, naming),
        "signals": signal_rows(rollup, naming),
        "answers": answer_rows(rollup, naming),
        "flags": flag_rows(rollup, naming),
        "patterns": pattern_rows(rollup, before, naming),
        "expectations": expectation_rows(rollup, naming),
        "objections": quotes(rollup, OBJECTIONS, ("pre-delivery", "closed-lost"), naming),
        "friction": friction_rows(rollup, naming),
        "contexts": quotes(rollup, CONTEXT, ("post-delivery",), naming),
        "candidates": candidates,
        "recommendations": quotes(rollup, RECOMMENDATION, ("post-delivery",), naming),
        "timeliness": timeliness_rows(rollup, naming),
        "reviews": review_rows(rollup, naming),
        "heard": heard_rows(rollup, naming),
        "outcomes": answer_tally(rollup, naming, "outcomes"),
        "pay_again": answer_tally(rollup, naming, "pay_again"),
        "questions": question_quotes(rollup, naming),
        "contacts": contact_rows(rollup, naming),
        "dormant": dormant_rows(rollup, naming),
        "actions": action_rows(rollup, naming),
        "carried": carried_rows(rollup, naming),
        "holidays": rollup.ledger.policy.closed.source,
        "also": also_recorded(rollup, _shown(rollup), _SHOWN_COLUMNS, naming),
        "coverage": coverage(rollup, naming),
        "restated": restatement(rollup, before, filed),
        "sources": source_rows(rollup, naming),
    }


def _shown(rollup: Rollup) -> dict[str, set[str]]:
    """Return what the page has a place for; of reviews and touchpoints, every section."""
    forms = rollup.ledger.forms
    sections = {kind: set(forms[kind].sections) for kind in KINDS if kind in forms}
    return {kind: fields | sections.get(kind, set()) for kind, fields in _SHOWN.items()}


def _models(rollup: Rollup) -> list[str]:
    """Return the versions of the model that the deals delivered were scored under."""
    handoffs = [deal.handoff for deal in rollup.delivered if deal.handoff]
    return sorted({str(handoff.values.get("model", "unknown")) for handoff in handoffs})
