"""What a proposal rests on, what speaks against it, and what it would have done (X §5).

The records are those of the tree before the change: evidence that stands only on the branch of the
proposal does not count until it is on the main branch. The proposal and the new rules are those of
the tree with the change.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.changes.backtest import back_test
from winloss.core.changes.bearing import bearing_of
from winloss.core.changes.model_change import changes_of
from winloss.core.changes.remarks import codes_of_claim, contradictions, remarks
from winloss.core.changes.rule_change import rule_changes, rules_digest
from winloss.core.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winloss.core.changes.backtest import Agreement, BackTest
    from winloss.core.changes.bearing import Bearing
    from winloss.core.changes.model_change import Change
    from winloss.core.deals.ledger import Ledger
    from winloss.core.deals.record import Record


@dataclass(frozen=True, slots=True)
class Evidence:
    """A proposal, weighed. Deals are ids, sorted.

    ``later`` are deals for it that only counted after the proposal's date; ``shortfalls`` say why
    the evidence is not enough, ``contradictions`` where the change does not do what it claims, and
    ``remarks`` what the CRO should know besides; neither is bound. ``unmentioned`` are
    deals against it that the proposal's text does not name, ``miscited`` cited deals that are not
    for it, ``uncited`` the other way round. ``only_on_branch`` are deals whose records speak for or
    against it on the branch only. ``rules_before`` and ``rules_after`` are what an approval is
    from and to.
    """

    base: Ledger
    head: Ledger
    proposal: Record
    changes: tuple[Change, ...]
    bearing: Bearing
    needed: int
    later: tuple[str, ...]
    shortfalls: tuple[str, ...]
    contradictions: tuple[str, ...]
    remarks: tuple[str, ...]
    unmentioned: tuple[str, ...]
    miscited: tuple[str, ...]
    uncited: tuple[str, ...]
    only_on_branch: tuple[str, ...]
    test: BackTest
    rules_before: str
    rules_after: str

    @property
    def id(self) -> str:
        """The proposal's id."""
        return self.proposal.text("id")

    @property
    def claim(self) -> str:
        """What the proposal claims; empty when it changes other rules."""
        return self.proposal.text("claim")

    @property
    def dimension(self) -> str:
        """The dimension that the claim is about."""
        return self.proposal.text("dimension")

    @property
    def is_enough(self) -> bool:
        """Whether a change may be proposed on this evidence (X §5, step 2)."""
        return not self.shortfalls

    @property
    def model_changes(self) -> tuple[Change, ...]:
        """What changes in the qualification model."""
        return changes_of(self.base.policy.model, self.head.policy.model)

    @property
    def wants_council(self) -> bool:
        """Whether council review is recommended: a dimension is reclassified (X §5, step 5)."""
        return any(change.reclassifies for change in self.changes)

    @property
    def counted(self) -> tuple[str, ...]:
        """The deals for the claim that counted when it was proposed."""
        return tuple(deal for deal in self.bearing.supporting if deal not in self.later)

    @property
    def is_below_without(self) -> tuple[str, ...]:
        """The deals without any one of which the minimum would not be met."""
        return self.counted if self.needed and len(self.counted) == self.needed else ()

    @property
    def untouched(self) -> tuple[str, ...]:
        """The deals that want other points for the dimension, and get the same."""
        if not self.model_changes or self.claim not in {"over-scored", "under-scored"}:
            return ()
        mine = [each for each in self.test.deals if each.in_sample and not each.is_flip]
        return tuple(each.deal for each in mine if each.points_before == each.points_after)

    @property
    def digest(self) -> str:
        """One digest over all that a decision is about; any later edit of it is another digest.

        No commit is in it: the same content on another base has the same digest.
        """
        bound = {
            "proposal": self.id,
            "blob": self.head.tree.blob(self.proposal.path),
            "from": self.rules_before,
            "to": self.rules_after,
            **self.weighed,
        }
        text = json.dumps(bound, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def weighed(self) -> dict[str, object]:
        """What was weighed, as plain data: the bearing, the changes and the impact."""
        return {**_weighed(self), "points": _points(self)}


def weigh(base: Ledger, head: Ledger, proposal: Record) -> Evidence:
    """Weigh a proposal: ``base`` is before the change, ``head`` with it and with the proposal."""
    claim, names = proposal.text("claim"), codes_of_claim(base, head, proposal)
    bearing = bearing_of(base, names, claim)
    on_branch = bearing_of(head, names, claim)
    day = proposal.filed_on
    later = tuple(
        deal for deal, since in bearing.supporting.items() if not (day and since and since <= day)
    )
    cited = proposal.codes("evidence") or ()
    return Evidence(
        base=base,
        head=head,
        proposal=proposal,
        changes=rule_changes(base, head),
        bearing=bearing,
        needed=base.policy.model.minimum_evidence if claim else 0,
        later=later,
        shortfalls=tuple(_shortfalls(base, head, proposal, len(bearing.supporting) - len(later))),
        contradictions=tuple(contradictions(base, head, proposal, names)),
        remarks=tuple(remarks(base.policy.model, head.policy.model)),
        unmentioned=tuple(each for each in bearing.against if not _mentions(proposal, base, each)),
        miscited=tuple(sorted(each for each in cited if each not in bearing.supporting)),
        uncited=tuple(each for each in bearing.supporting if each not in cited),
        only_on_branch=tuple(
            deal
            for deal in sorted([*on_branch.supporting, *on_branch.against])
            if on_branch.place_of(deal) != bearing.place_of(deal)
        ),
        test=back_test(base, head.policy.model, bearing.supporting),
        rules_before=rules_digest(base.tree),
        rules_after=rules_digest(head.tree),
    )


def _shortfalls(base: Ledger, head: Ledger, proposal: Record, counted: int) -> Iterator[str]:
    """Yield why the evidence is not enough as of the day of the proposal (X §2, Cadence; §5)."""
    day, before = proposal.filed_on, base.policy.model
    if not proposal.text("claim"):
        if changes_of(before, head.policy.model):
            yield "the qualification model changes, and the proposal makes no claim about it"
        return
    if day is None:
        yield "the proposal has no date"
        return
    if counted < before.minimum_evidence:
        yield f"{counted} of the {before.minimum_evidence} deals needed had spoken for it by {day}"
    held = [deal.delivery.day("postmortem_on") for deal in base.deals.values() if deal.delivery]
    if not any(each is not None and each <= day for each in held):
        yield f"no post-mortem had been held by {day}"


def _mentions(proposal: Record, ledger: Ledger, deal: str) -> bool:
    """Tell whether a proposal's text names a deal, by its id or its customer."""
    blocks = [block.text for section in proposal.sections.values() for block in section.answers]
    text = one_line(" ".join(blocks)).casefold()
    names = (deal, one_line(ledger.deals[deal].customer))
    return any(
        re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", text) for name in names if name
    )


def evidence_data(evidence: Evidence, approval: str) -> dict[str, object]:
    """Return the contract's data, and more behind it.

    ``approval`` is ``none``, ``claimed``, ``signed`` or ``void``.
    """
    test = evidence.test
    return {
        "proposal": evidence.id,
        "dimension": evidence.dimension or None,
        "claim": evidence.claim or None,
        **_weighed(evidence),
        "digest": evidence.digest,
        "approval": approval,
        "from": evidence.rules_before,
        "to": evidence.rules_after,
        "shortfalls": list(evidence.shortfalls),
        "remarks": list(evidence.remarks),
        "contradictions": list(evidence.contradictions),
        "reasons_for": {deal: list(said) for deal, said in evidence.bearing.notes.items()},
        "reasons_against": dict(evidence.bearing.against),
        "later": list(evidence.later),
        "unmentioned": list(evidence.unmentioned),
        "miscited": list(evidence.miscited),
        "uncited": list(evidence.uncited),
        "only_on_branch": list(evidence.only_on_branch),
        "is_below_without": list(evidence.is_below_without),
        "untouched": list(evidence.untouched),
        "hinges": list(test.hinges),
        "points": _points(evidence),
        "missing": [{"deal": deal, "what": what} for deal, what in test.missing.items()],
        "samples": {
            name: {
                "agree_before": _ratio(test.agreement(after=False, in_sample=is_in)),
                "agree_after": _ratio(test.agreement(after=True, in_sample=is_in)),
            }
            for name, is_in in (("in", True), ("out", False))
        },
    }


def _weighed(evidence: Evidence) -> dict[str, object]:
    """Return what a decision is about, as the contract has it."""
    test = evidence.test
    return {
        "for": list(evidence.bearing.supporting),
        "against": list(evidence.bearing.against),
        "silent": list(evidence.bearing.silent),
        "needed": evidence.needed,
        "enough": evidence.is_enough,
        "changes": [
            {
                "subject": each.subject,
                "before": each.before,
                "after": each.after,
                "reclassifies": each.reclassifies,
            }
            for each in evidence.changes
        ],
        "council": "recommended" if evidence.wants_council else "not needed",
        "impact": {
            "deals": [
                {
                    "deal": each.deal,
                    "before": _class(is_qualified=each.was_qualified),
                    "after": _class(is_qualified=each.is_qualified),
                    "outcome": each.outcome,
                    "in_sample": each.in_sample,
                }
                for each in test.deals
            ],
            "flips": len(test.flips),
            "agree_before": _ratio(test.agreement(after=False)),
            "agree_after": _ratio(test.agreement(after=True)),
        },
    }


def _points(evidence: Evidence) -> list[dict[str, object]]:
    """Return the points behind each class."""
    return [
        {"deal": each.deal, "before": each.points_before, "after": each.points_after}
        for each in evidence.test.deals
    ]


def _class(*, is_qualified: bool) -> str:
    return "qualified" if is_qualified else "not qualified"


def _ratio(agreement: Agreement) -> dict[str, int]:
    return {"k": agreement.k, "n": agreement.n}
