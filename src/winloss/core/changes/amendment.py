"""What sales.ops takes to the owners of the qualification SOP once the CRO approved (X §5, step 4).

Besides the proposal's own words it names deals by id only: who amends an SOP need not be among
those who may read the records (X §4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.changes.evidence_page import claim_in_words, fill_in
from winloss.core.changes.model_change import in_short

if TYPE_CHECKING:
    from winloss.core.changes.evidence import Evidence
    from winloss.core.changes.model_change import Change
    from winloss.core.deals.record import Record
    from winloss.core.pages.findings import Data
    from winloss.core.rulebook.model import Amends

TEMPLATE = "amendment.md.j2"
UNNAMED = "the SOP that qualification.md does not name"
# These stand in no lead qualification SOP: X §5 has the one, winloss alone the other.
_ELSEWHERE = ("minimum_evidence", "version")


def amendment(evidence: Evidence, approval: Record | None) -> str:
    """Return the amendment as Markdown; without an approval that holds, a draft that says so.

    Raises CannotGoOn when the template cannot be filled in.
    """
    return fill_in(evidence, TEMPLATE, _data(evidence, approval))


def next_version(amends: Amends, *, is_major: bool) -> str:
    """Return the version of the SOP after the change; empty where the policy names none.

    A reclassified dimension is a major change, a tuned level or threshold a minor one.
    """
    if not amends.version:
        return ""
    major, minor = (int(part) for part in amends.version.removeprefix("v").split("."))
    return f"v{major + 1}.0" if is_major else f"v{major}.{minor + 1}"


def standing(evidence: Evidence, approval: Record | None) -> str:
    """Return why the amendment is only a draft; empty when the CRO approved exactly this."""
    if approval is None:
        return "the CRO has not approved it"
    if approval.text("proposal") != evidence.id:
        return f"{approval.path} decides another proposal"
    if approval.text("decision") != "approved":
        return f"{approval.path} says {approval.text('decision') or 'nothing'}"
    if approval.text("digest") != evidence.digest:
        return f"{approval.path} approved other content, so it is void"
    if not evidence.is_enough:
        return "the evidence is not enough"
    return ""


def _data(evidence: Evidence, approval: Record | None) -> Data:
    """Return everything that the amendment may show, as plain data."""
    amends = evidence.base.policy.model.amends
    if not amends.sop:
        amends = evidence.head.policy.model.amends
    changes = tuple(each for each in evidence.model_changes if each.subject not in _ELSEWHERE)
    model = evidence.base.policy.model, evidence.head.policy.model
    why = standing(evidence, approval)
    is_major = any(change.reclassifies for change in changes)
    return {
        "draft": why,
        "sop": amends.sop or UNNAMED,
        "version": amends.version or "its version",
        "next": next_version(amends, is_major=is_major) or "the next",
        "is_major": is_major,
        "changes": [_row(each) for each in changes],
        "minimum": [each.minimum_evidence for each in model],
        "model": model[1].version,
        "proposal": evidence.id,
        "path": evidence.proposal.path,
        "claim": claim_in_words(evidence),
        "why": [
            {"title": title, "blocks": evidence.proposal.sections[title].answers}
            for title in evidence.proposal.form.sections
            if title in evidence.proposal.sections
        ],
        "supporting": list(evidence.bearing.supporting),
        "against": list(evidence.bearing.against),
        "silent": len(evidence.bearing.silent),
        "needed": evidence.needed,
        "digest": evidence.digest,
        "approval": _approval(approval) if approval is not None and not why else None,
        "summary": in_short(changes),
    }


def _row(change: Change) -> Data:
    return {
        "subject": change.subject,
        "words": change.words,
        "before": "not there" if change.before is None else change.before,
        "after": "not there" if change.after is None else change.after,
        "reclassifies": change.reclassifies,
    }


def _approval(approval: Record) -> Data:
    return {
        "path": approval.path,
        "number": approval.path.rpartition("/")[2].removesuffix(".md"),
        "date": str(approval.filed_on or "without a date"),
        "council": approval.text("council"),
    }
