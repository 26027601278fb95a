"""The evidence as a comment on a pull request: what the CRO reads before deciding.

The layout is the template ``evidence.md.j2``; that of the tree before the change, so that a change
cannot rewrite the page that it is judged by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.changes.backtest import OPEN
from winloss.core.changes.model_change import is_version_raised, points_in_words
from winloss.core.changes.remarks import dimension_title, limits
from winloss.core.changes.rule_change import changed_files, is_about_roles
from winloss.core.repository.tree import TEMPLATES
from winloss.core.rulebook.people import ROLES
from winloss.core.text.template import fill_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from winloss.core.changes.backtest import Agreement, Retest
    from winloss.core.changes.evidence import Evidence
    from winloss.core.changes.model_change import Change
    from winloss.core.pages.findings import Data

PAGE_TEMPLATE = "evidence.md.j2"
_MOST_NAMED = 15
_MOST_QUOTED = 8  # deals whose reasons are quoted; with more, the comment would be no screen long
_MOST_SHOWN = 200  # letters in a cell or of a note
_APPROVAL: Mapping[str, str] = {
    "none": "Not approved yet",
    "claimed": "Approved; no signature proves by whom",
    "signed": "Approved and signed",
    "void": "The approval is void: it was given for other content",
    "rejected": "Rejected",
    "returned": "Returned to sales.ops",
}


@dataclass(frozen=True, slots=True)
class Decided:
    """How far a proposal is decided, for the first line of the comment.

    ``state`` is none, claimed, signed or void; or rejected or returned, where that was decided.
    ``path`` and ``day`` are those of the newest decision, and so is its ``reason``.
    ``is_outdated`` when that was about other content than what is shown.
    """

    state: str
    path: str = ""
    day: str = ""
    reason: str = ""
    is_outdated: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the CRO has yet to decide on what is shown."""
        return self.state in {"none", "void"} or self.is_outdated

    @property
    def in_words(self) -> str:
        """One sentence without its full stop."""
        words = _APPROVAL.get(self.state, self.state)
        if self.state in {"rejected", "returned"}:
            if self.is_outdated:
                return f"{self.state.capitalize()} before, and changed since: not decided yet"
            why = _cut(self.reason).removesuffix(".")
            return f"{words}: {why}" if why else words
        if self.state in {"claimed", "signed"} and self.path:
            return f"{words} ({self.path}, {self.day})"
        return words


def evidence_page(evidence: Evidence, approval: Decided | str) -> str:
    """Return the comment as Markdown.

    ``approval`` may be the state alone. Raises CannotGoOn when the template cannot be filled in.
    """
    decided = Decided(approval) if isinstance(approval, str) else approval
    data = _first_line_data(evidence, decided) | _page_data(evidence)
    return fill_in(evidence, PAGE_TEMPLATE, data)


def fill_in(evidence: Evidence, template: str, data: Mapping[str, object]) -> str:
    """Fill in a template as it is before the change, or with it where there was none."""
    trees = (evidence.base.tree, evidence.head.tree)
    tree = next((each for each in trees if TEMPLATES + template in each.files), trees[0])
    return fill_page(tree, template, data)


def name_of(evidence: Evidence, deal: str) -> str:
    """Return a deal's customer with its id; the id where no record names a customer."""
    known = evidence.base.deals.get(deal) or evidence.head.deals.get(deal)
    customer = known.customer if known else ""
    return f"{customer} ({deal})" if customer else deal


def claim_in_words(evidence: Evidence) -> str:
    """Return the claim as people read it; empty without one."""
    if not evidence.claim:
        return ""
    claim = evidence.base.policy.vocabulary("exchange.claims").title(evidence.claim)
    return f"{dimension_title(evidence.base, evidence.head, evidence.dimension)}: {claim}"


def _first_line_data(evidence: Evidence, decided: Decided) -> Data:
    """Return what the first line says, as plain data; the deals it counts are the page's."""
    test = evidence.test
    before, after = test.agreement(after=False), test.agreement(after=True)
    models = evidence.base.policy.model, evidence.head.policy.model
    trees = evidence.base.tree, evidence.head.tree
    is_with_roles = is_about_roles(*trees)
    riding = [path for path in changed_files(*trees) if not (is_with_roles and path == ROLES)]
    return {
        "contradictions": list(evidence.contradictions),
        "is_enough": evidence.is_enough,
        "shortfalls": list(evidence.shortfalls),
        "needed": evidence.needed,
        "is_model_changed": bool(evidence.model_changes),
        "agreement_moves": {"before": before.k, "after": after.k, "of": after.n},
        "council": evidence.wants_council,
        "is_version_forgotten": bool(evidence.model_changes) and not is_version_raised(*models),
        "is_about_roles": is_with_roles,
        "riding": len(riding),
        "approval": decided.in_words,
    }


def _page_data(evidence: Evidence) -> Data:
    """Return everything else that the comment may show, as plain data."""
    bearing, test = evidence.bearing, evidence.test
    moved = {each.deal for each in test.flips}
    kept = [each for each in test.deals if each.deal not in moved]
    return {
        "proposal": evidence.id,
        "date": str(evidence.proposal.filed_on or "without a date"),
        "claim": claim_in_words(evidence),
        # A layout of before knows no contradictions, and shows them among the remarks.
        "remarks": [*evidence.contradictions, *evidence.remarks],
        "notes": list(evidence.remarks),
        "changes": [_change_row(each) for each in evidence.changes],
        "supporting": _names(evidence, bearing.supporting),
        "reasons": _reason_rows(evidence),
        "later": _names(evidence, evidence.later),
        "against": _against_rows(evidence),
        "unmentioned": _names(evidence, evidence.unmentioned),
        "silent": _some(_names(evidence, bearing.silent)),
        "silent_count": len(bearing.silent),
        "miscited": _names(evidence, evidence.miscited),
        "uncited": _names(evidence, evidence.uncited),
        "only_on_branch": _names(evidence, evidence.only_on_branch),
        "untouched": _names(evidence, evidence.untouched),
        "below_without": _names(evidence, evidence.is_below_without),
        "flips": [_flip_row(evidence, each) for each in test.flips],
        "tested": len(test.deals),
        "kept": [_kept_row(evidence, kept, is_qualified=each) for each in (True, False)],
        "agreement": _agreement_rows(evidence),
        "hinges": _names(evidence, test.hinges),
        "missing": _missing_rows(evidence),
        "scored_otherwise_count": len(test.scored_otherwise),
        "scored_otherwise": _some(_names(evidence, test.scored_otherwise)),
        "limits": limits(len(evidence.base.policy.model.dimensions), len(bearing.supporting)),
        "from": evidence.rules_before,
        "to": evidence.rules_after,
        "digest": evidence.digest,
    }


def _names(evidence: Evidence, deals: Iterable[str]) -> list[str]:
    return [name_of(evidence, deal) for deal in deals]


def _some(names: list[str]) -> list[str]:
    """Return the first names, and how many more there are: the comment stays a screen long."""
    more = len(names) - _MOST_NAMED
    return [*names[:_MOST_NAMED], f"{more} more"] if more > 1 else names


def _cut(text: str, start: int = 0) -> str:
    """Return what fits a cell, from a place on; the JSON has it in full."""
    end = start + _MOST_SHOWN
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"


def _cut_both(before: str, after: str) -> tuple[str, str]:
    """Return two texts cut so that what differs shows, however late in them it stands."""
    same = next(
        (at for at, pair in enumerate(zip(before, after, strict=False)) if len({*pair}) > 1), 0
    )
    start = same - _MOST_SHOWN // 2 if same >= _MOST_SHOWN else 0
    return _cut(before, start), _cut(after, start)


def _change_row(change: Change) -> Data:
    before, after = change.before, change.after
    if before is not None and after is not None:
        before, after = _cut_both(before, after)
    return {
        "words": _cut(change.words),
        "before": "not there" if before is None else _cut(before),
        "after": "not there" if after is None else _cut(after),
        "reclassifies": change.reclassifies,
    }


def _reason_rows(evidence: Evidence) -> list[Data]:
    """Return each deal for the claim with what its flags note; none where there are too many."""
    notes = evidence.bearing.notes
    if len(notes) > _MOST_QUOTED:
        return []
    return [
        {"name": name_of(evidence, deal), "notes": [_cut(note) for note in said]}
        for deal, said in notes.items()
    ]


def _against_rows(evidence: Evidence) -> list[Data]:
    """Return each deal against the claim: why, and whether the proposal names it."""
    return [
        {
            "name": name_of(evidence, deal),
            "reason": reason,
            "is_answered": deal not in evidence.unmentioned,
        }
        for deal, reason in evidence.bearing.against.items()
    ]


def _flip_row(evidence: Evidence, deal: Retest) -> Data:
    model = evidence.base.policy.model, evidence.head.policy.model
    return {
        "name": name_of(evidence, deal.deal),
        "before": f"{points_in_words(deal.points_before)} of {model[0].qualified_at}",
        "after": f"{points_in_words(deal.points_after)} of {model[1].qualified_at}",
        "class": "now qualified" if deal.is_qualified else "no longer qualified",
        "outcome": outcome_in_words(evidence, deal.outcome),
        "helps": {1: "yes", 0: "open", -1: "no"}[deal.gain],
        "in_sample": deal.in_sample,
    }


def outcome_in_words(evidence: Evidence, outcome: str) -> str:
    """Return how a deal came out, as people read it."""
    if outcome == OPEN:
        return "open"
    closed = evidence.base.policy.vocabulary("exchange.closed_outcomes").titles
    if outcome in closed:
        return closed[outcome]
    quality = evidence.base.policy.vocabulary("exchange.delivery_quality").title(outcome)
    return f"delivered, quality {quality.lower()}"


def _kept_row(evidence: Evidence, kept: list[Retest], *, is_qualified: bool) -> Data:
    deals = [each.deal for each in kept if each.is_qualified == is_qualified]
    return {
        "title": "Qualified before and after" if is_qualified else "Not qualified before and after",
        "count": len(deals),
        "names": _some(_names(evidence, deals)),
    }


def _agreement_rows(evidence: Evidence) -> list[Data]:
    """Return how often each model agrees with the outcome: over all, in- and out-of-sample."""
    test = evidence.test
    pairs = [
        (
            title,
            test.agreement(after=False, in_sample=part),
            test.agreement(after=True, in_sample=part),
        )
        for title, part in (
            ("All deals with an outcome", None),
            ("Deals that the proposal rests on (in-sample)", True),
            ("All other deals (out-of-sample)", False),
        )
    ]
    return [
        {"title": title, "before": _k_of_n(before), "after": _k_of_n(after)}
        for title, before, after in pairs
        if before.n
    ]


def _k_of_n(agreement: Agreement) -> str:
    return f"{agreement.k} of {agreement.n}"


def _missing_rows(evidence: Evidence) -> list[Data]:
    """Return what deals lack for the back-test, each reason with its deals."""
    found: dict[str, list[str]] = {}
    for deal, what in evidence.test.missing.items():
        found.setdefault(what, []).append(name_of(evidence, deal))
    return [{"what": what, "names": _some(names)} for what, names in found.items()]
