"""The change at hand: a branch with a proposal, weighed against the state before it.

A proposal that has been merged and approved is weighed as it was then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from winloss.core.auditing.approval import NAMESPACE
from winloss.core.auditing.audit_rules import RulesTrail
from winloss.core.auditing.verdict import latest_decision
from winloss.core.changes import evidence
from winloss.core.changes.rule_change import rules_digest
from winloss.core.deals.governance import approvals_of, proposals_of
from winloss.core.pages.accounts import reasons, usable_ledger
from winloss.core.problem import stop
from winloss.core.wording import did_you_mean, listed, one_line
from winloss.desk import show
from winloss.edge import history, signing

if TYPE_CHECKING:
    from winloss.core.changes.evidence import Evidence
    from winloss.core.deals.ledger import Ledger
    from winloss.core.deals.record import Record
    from winloss.core.repository.tree import Tree
    from winloss.desk import Desk


def is_signed(statement: bytes, signature: str, key: str) -> bool:
    """Tell whether a signature for approvals is a key's over a statement."""
    return signing.is_signed_by(statement, signature, key, NAMESPACE)


def weigh(desk: Desk, name: str | None, given: str | None) -> Evidence:
    """Weigh the proposal of that id, or the branch's own, against the state before it.

    ``given`` names that state; without it, it is where the branch left the main one.
    """
    ledger, tree, problems = desk.ledger()
    base = _base(desk, given)
    before = desk.tree_of(base)
    proposal = _proposal(ledger, name, before)
    errors = [each for each in problems if each.path == proposal.path and each.is_error]
    if errors:
        show(errors, tree)
        raise SystemExit(1)
    path = proposal.path
    if given is None and path in before.files and before.blob(path) == tree.blob(path):
        merged = _as_merged(desk, proposal, base)
        if merged is not None:
            return merged
    usable = ledger.without(reasons(each for each in problems if each.is_error))
    weighed = evidence.weigh(_usable(before, base), usable, proposal)
    return weighed if given is not None else _beside_main(desk, weighed, base)


def _usable(tree: Tree, commit: str) -> Ledger:
    """Return a commit's records and rules for a comparison, without the records with errors."""
    ledger = usable_ledger(tree)
    if ledger is None:
        message = f"the rules of the commit {commit[:10]} cannot be read"
        raise stop(message, f"see: winloss check --at {commit[:10]}")
    return ledger


def decision_on(weighed: Evidence, state: str) -> Record | None:
    """Return the record of the newest decision on a proposal; none where the approval is void.

    A signature that is not the CRO's makes it void, and nothing in the record itself shows that.
    """
    decision = latest_decision(weighed)
    if decision is None or state == "void":
        return None
    return next((each for each in approvals_of(weighed.head) if each.path == decision.path), None)


def _base(desk: Desk, given: str | None) -> str:
    if given is not None:
        return desk.commit(given)
    name, main = desk.main_branch()
    history.refuse_shallow(desk.root)
    base = history.merge_base(desk.root, desk.commit("HEAD"), main)
    if base is None:
        message = f"this branch and {name} have no commit in common"
        raise stop(message, "name the state before the change: --base REV")
    return base


def _beside_main(desk: Desk, weighed: Evidence, base: str) -> Evidence:
    """Return the evidence, with a remark where it is another one on the main branch's tip."""
    name, tip = desk.main_branch()
    now = usable_ledger(desk.tree_of(tip)) if tip != base else None
    if (
        now is None
        or evidence.weigh(now, weighed.head, weighed.proposal).weighed == weighed.weighed
    ):
        return weighed
    short = name.removeprefix("refs/heads/").removeprefix("refs/remotes/")
    remark = (
        "The main branch has moved on, and on it the evidence is another: bring the branch up to "
        f"date, or see --base {short}"
    )
    return replace(weighed, remarks=(*weighed.remarks, remark))


def _as_merged(desk: Desk, proposal: Record, base: str) -> Evidence | None:
    """Return a proposal that stands on the main branch as it was weighed when it was approved.

    Without an approval that holds, as it came to the branch; None where it was there from the
    beginning.
    """
    past = desk.past(base)
    trail = RulesTrail.of(past, is_signed)
    if proposal.text("id") in trail.weighed:
        return trail.weighed[proposal.text("id")]
    arrived = next(
        number
        for number, commit in enumerate(past.line)
        if any(delta.path == proposal.path for delta in commit.deltas)
    )
    if not arrived:
        return None
    before, after = (_usable(past.tree(at), past.line[at].id) for at in (arrived - 1, arrived))
    return evidence.weigh(before, after, proposal)


def _proposal(ledger: Ledger, name: str | None, before: Tree) -> Record:
    """Return the proposal asked for, or the one that the branch has and its base has not."""
    by_id = {each.text("id"): each for each in proposals_of(ledger)}
    if name is not None:
        if name not in by_id:
            hint = did_you_mean(name, by_id) if by_id else "write one: winloss new proposal"
            raise click.UsageError(f"there is no proposal '{one_line(name)}'; {hint}")
        return by_id[name]
    mine = {name: each for name, each in by_id.items() if each.path not in before.files}
    if not mine and rules_digest(before) != rules_digest(ledger.tree):
        hint = "write one: winloss new proposal --set id=NAME"
        raise stop("rules change here, and no proposal says why", hint)
    if not by_id:
        raise click.UsageError("there is no proposal; write one: winloss new proposal")
    if len(mine) != 1:
        what = "no proposal of its own" if not mine else f"{len(mine)} proposals"
        known = listed(mine or by_id)
        raise click.UsageError(f"this branch has {what}; name one of: {one_line(known)}")
    return next(iter(mine.values()))
