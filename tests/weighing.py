"""Deals, proposals and changes of the model, written short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conftest import rules_tree
from winloss.core.changes.evidence import Evidence, weigh
from winloss.core.deals import rules
from winloss.core.repository.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from winloss.core.deals.ledger import Ledger

MODEL = "records/policy/qualification.md"
PROPOSAL = "records/proposals/timing.md"
DIMENSIONS = ("company_size", "ecosystem_presence", "revenue_leadership", "industry_fit", "timing")
Files = dict[str, bytes]


def scores(timing: str, others: str = "partial", extra: str = "") -> str:
    """Return the lines of a deal's scores."""
    lines = "".join(f"  {name}: {others}\n" for name in DIMENSIONS[:-1])
    return f"model: 1\nscores:\n{lines}  timing: {timing}\n{extra}"


def delivered(
    deal: str,
    flags: Iterable[tuple[str, str]] = (),
    answers: Iterable[tuple[str, str]] = (),
    *,
    customer: str = "",
    quality: str = "high",
    timing: str = "strong",
    postmortem: str = "2026-06-30",
    extra: str = "",
) -> Files:
    """Return a delivered deal: flags of (dimension, claim), signals of (dimension, answer)."""
    folder = f"records/deals/2026/{deal}"
    signals = "".join(
        f"  - {{id: S{n}, dimension: {dimension}, source: observed, note: signal {n} of {deal}}}\n"
        for n, (dimension, _) in enumerate(answers, 1)
    )
    validation = "".join(
        f"  - {{id: S{n}, answer: {answer}, source: observed, note: x}}\n"
        for n, (_, answer) in enumerate(answers, 1)
    )
    flagged = "".join(f"  - {{dimension: {d}, claim: {c}, note: x}}\n" for d, c in flags)
    return {
        f"{folder}/pre-delivery.md": (
            f"---\nkind: pre-delivery\ndeal: {deal}\ncustomer: {customer or 'Customer ' + deal}\n"
            "date: 2026-05-14\nfiled_by: sales.ops\nhandoff_on: 2026-05-15\n"
            f"delivery_expected_on: 2026-06-12\n{scores(timing, extra=extra)}"
            f"signals:{chr(10) + signals if signals else ' []' + chr(10)}"
            "expectations: []\n---\n\n## Objections raised and how addressed\n\nNone to speak of.\n"
        ).encode(),
        f"{folder}/post-delivery.md": (
            f"---\nkind: post-delivery\ndeal: {deal}\ndate: 2026-06-17\n"
            "filed_by: customer.success\ndelivered_on: 2026-06-12\npattern_codes: []\n"
            f"friction: []\npostmortem_on: {postmortem}\ndelivery_quality: {quality}\n"
            f"validation:{chr(10) + validation if validation else ' []' + chr(10)}"
            f"flags:{chr(10) + flagged if flagged else ' []' + chr(10)}"
            "---\n\n## Buyer-revealed context\n\nx\n\n"
            "## Recommendation for future qualification refinement\n\nx\n"
        ).encode(),
    }


def lost(deal: str, *, timing: str = "strong", others: str = "partial", extra: str = "") -> Files:
    """Return a deal that was lost."""
    return {
        f"records/deals/2026/{deal}/closed-lost.md": (
            f"---\nkind: closed-lost\ndeal: {deal}\ncustomer: Customer {deal}\ndate: 2026-05-20\n"
            "filed_by: sales.ops\nclosed_on: 2026-05-19\noutcome: lost\nreason: price\n"
            f"source: observed\n{scores(timing, others, extra)}signals: []\n---\n\n"
            "## Objections raised and how addressed\n\nThe price.\n"
        ).encode()
    }


def proposal(
    claim: str = "over-scored",
    dimension: str = "timing",
    evidence: str = "[]",
    *,
    date: str = "2026-07-15",
    against: str = "Nothing speaks against it.",
) -> Files:
    """Return a proposal; without a claim, one that changes other rules."""
    fields = f"claim: {claim}\ndimension: {dimension}\nevidence: {evidence}\n" if claim else ""
    why = f"\n## Why the evidence supports it\n\nIt does.\n\n{AGAINST}\n\n{against}\n"
    return {
        PROPOSAL: (
            f"---\nkind: proposal\nid: timing\ndate: {date}\nfiled_by: sales.ops\n{fields}---\n\n"
            f"## What changes\n\nThe points.\n{why if claim else ''}"
        ).encode()
    }


AGAINST = "## The evidence against, and why it does not decide"


def approval(number: str, decision: str, digest: str, *, about: str = "timing") -> Files:
    """Return a decision of the CRO."""
    return {
        f"records/approvals/{number}.md": (
            f"---\nkind: approval\ndate: 2026-07-20\nfiled_by: cro\nproposal: {about}\n"
            f"decision: {decision}\nfrom: a\nto: b\ndigest: {digest}\n---\n"
        ).encode()
    }


def before(*deals: Mapping[str, bytes]) -> Files:
    """Return the shipped rules with these records."""
    files = rules_tree()
    for each in deals:
        assert not files.keys() & each.keys()
        files |= each
    return files


def changed(files: Mapping[str, bytes], path: str, *pairs: tuple[str, str]) -> Files:
    """Return the files with texts of one of them replaced; each must stand there once."""
    text = files[path].decode()
    for old, new in pairs:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return {**files, path: text.encode()}


TIMING = "    title: Timing\n    levels: {absent: 0, partial: 1, strong: 2}"


def tuned(files: Mapping[str, bytes], levels: str = "absent: 0, partial: 1, strong: 1") -> Files:
    """Return the files with other points for Timing, and the next version of the model."""
    pair = (TIMING, f"    title: Timing\n    levels: {{{levels}}}")
    return changed(files, MODEL, pair, ("version: 1\n", "version: 2\n"))


def ledger_of(files: Mapping[str, bytes]) -> Ledger:
    """Return a ledger; there must be no error."""
    ledger, problems = rules.check(Tree(files))
    assert ledger is not None
    assert not [problem for problem in problems if problem.is_error], problems
    return ledger


def weighed(base: Mapping[str, bytes], head: Mapping[str, bytes]) -> Evidence:
    """Return the evidence of the proposal that the second tree holds."""
    after = ledger_of(head)
    record = next(each for each in after.records if each.kind == "proposal")
    return weigh(ledger_of(base), after, record)
