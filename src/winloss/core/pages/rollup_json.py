"""A quarter's figures as the JSON that scripts rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.pages.rollup import codes_of_both

if TYPE_CHECKING:
    from winloss.core.pages.figures import DimensionFigures, Rollup


def rollup_data(rollup: Rollup, before: Rollup) -> dict[str, object]:
    """Return the contract's data. Lists of deals are ids, sorted; the rest are counts."""
    return {
        "quarter": str(rollup.quarter),
        "policy_status": rollup.ledger.policy.status,
        "records": {
            "counted": [record.path for record in rollup.accounts.counted],
            "other": dict(rollup.accounts.other),
            "excluded": [
                {"path": path, "reason": reason}
                for path, reason in rollup.accounts.excluded.items()
            ],
        },
        "outcomes": {
            "won": len(rollup.won),
            "lost": len(rollup.lost),
            "no_decision": len(rollup.undecided),
        },
        "loss_reasons": [
            {"code": code, "deals": list(deals)} for code, deals in rollup.loss_reasons.items()
        ],
        "dimensions": [_dimension(figures) for figures in rollup.dimensions],
        "pattern_codes": [
            {
                "code": code,
                "deals": list(rollup.patterns.get(code, ())),
                "previous": len(before.patterns.get(code, ())),
            }
            for code in codes_of_both(rollup.patterns, before.patterns)
        ],
        "friction": [
            {"code": each.code, "origins": dict(each.origins), "deals": list(each.deals)}
            for each in rollup.friction
        ],
        "reviews": {
            "held": len(rollup.reviews.held),
            "outcomes": dict(rollup.reviews.outcomes),
            "signals": dict(rollup.reviews.signals),
            "pay_again": dict(rollup.reviews.pay_again),
        },
        "timeliness": _timeliness(rollup),
        "candidates": [
            {
                "dimension": each.dimension,
                "claim": each.claim,
                "deals": list(each.deals),
                "enough": each.is_enough,
            }
            for each in rollup.candidates
        ],
        "sources": [{"path": path, "blob": blob} for path, blob in rollup.sources.items()],
    }


def _dimension(figures: DimensionFigures) -> dict[str, object]:
    return {
        "name": figures.name,
        "levels": {
            name: {"deals": list(level.deals), "good": list(level.good)}
            for name, level in figures.levels.items()
        },
        "answers": {answer: len(deals) for answer, deals in figures.answers.items()},
        "flags": {claim: list(deals) for claim, deals in figures.flags.items()},
    }


def _timeliness(rollup: Rollup) -> list[dict[str, object]]:
    kinds = [form.kind for _, form in sorted(rollup.ledger.forms.items()) if form.due]
    return [
        {
            "kind": kind,
            "met": sum(not each.is_open and not each.is_late for each in mine),
            "late": sum(each.is_late for each in mine),
            "open": sum(each.is_open for each in mine),
        }
        for kind in kinds
        for mine in [[each for each in rollup.obligations if each.kind == kind]]
    ]
