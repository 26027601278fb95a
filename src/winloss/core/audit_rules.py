"""Hold each change of the rules against an approval: forms, templates and policy (X §5).

Judged state by state, by the roles as they stood before the change. The commits of one branch may
follow one another on the main branch, as a rebase leaves them: then the approval may come with the
last of them, and is for all of them together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winloss.core.approval import APPROVALS, Approval, read_approval
from winloss.core.ledger import read_ledger
from winloss.core.past import States, advance
from winloss.core.rule_change import rules_digest
from winloss.core.tree import POLICY, is_rule
from winloss.core.verdict import Finding, IsSigned, Step, judge
from winloss.core.wording import listed

if TYPE_CHECKING:
    from winloss.core.commits import Commit
    from winloss.core.evidence import Evidence
    from winloss.core.ledger import Ledger
    from winloss.core.past import Past
    from winloss.core.people import Holder


# What each kind of a change without approval is called, and how it is told.
_KINDS = {
    "approval-replayed": "it changed by an approval that was used before",
    "rejected-change": "it changed, and the decision on this change was another",
    "approval-mismatch": "it changed, and the approval beside it is for another change",
    "evil-merge": "neither branch that this merge joins had it so, and nobody approved it",
    "rules-restored": "it says again what had been replaced, and nobody approved that",
    "unapproved-change": "it changed, and no approval lets it pass",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules as they stood from one commit of the line on, up to the next change."""

    number: int
    digest: str
    ledger: Ledger | None

    @property
    def people(self) -> tuple[Holder, ...]:
        """Who held which role; nobody where the rules could not be read."""
        return self.ledger.policy.people if self.ledger else ()


@dataclass(slots=True)
class RulesTrail:
    """The rules after each commit of the line, and how each change of them came to be.

    ``eras`` begins with the baseline. ``open`` are the changes that nothing approves so far, by
    their place among the eras.
    """

    past: Past
    is_signed: IsSigned
    eras: list[Rules] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    signed: int = 0
    claimed: int = 0
    weighed: dict[str, Evidence] = field(default_factory=dict)
    _states: States = field(default_factory=dict)
    _approvals: dict[str, tuple[Approval, str]] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, past: Past, is_signed: IsSigned) -> RulesTrail:
        """Go along the line from its first commit to its tip."""
        trail = cls(past, is_signed)
        for number, commit in enumerate(past.line):
            trail._take(number, commit)
            if trail.open:
                trail._settle(number, commit)
        trail._refuse(trail.open)
        return trail

    def before(self, number: int) -> Rules | None:
        """Return the rules as they stood before a commit of the line."""
        return next((era for era in reversed(self.eras) if era.number < number), None)

    def _take(self, number: int, commit: Commit) -> None:
        """Bring the files up to a commit; begin another era if the rules are not what they were."""
        advance(self._states, commit.deltas)
        for delta in commit.deltas:
            if delta.path.startswith(APPROVALS):
                self._note(commit, delta.path, delta.old, delta.new)
        if not any(is_rule(delta.path) for delta in commit.deltas):
            return
        rules = {path: each for path, each in self._states.items() if is_rule(path)}
        if not self.eras and not any(path.startswith(POLICY) for path in rules):
            return
        tree = self.past.tree_of(rules)
        digest = rules_digest(tree)
        if not self.eras or digest != self.eras[-1].digest:
            self.eras.append(Rules(number, digest, read_ledger(tree)[0]))
            if len(self.eras) > 1:
                self.open.append(len(self.eras) - 1)

    def _note(self, commit: Commit, path: str, old: str, new: str) -> None:
        """Note what became of an approval's file."""
        if old and old in self._used:
            what = "changed" if new else "deleted"
            message = f"an approval was {what} after the change that it let pass"
            self.findings.append(Finding("approval-changed", commit.id, path, message))
        self._approvals.pop(path, None)
        approval = read_approval(path, self.past.contents[new]) if new else None
        if approval is not None:
            self._approvals[path] = approval, new

    def _settle(self, number: int, commit: Commit) -> None:
        """Judge what is open as soon as it can be judged."""
        for place, at in enumerate(self.open):
            fitting = self._fitting(self.eras[at - 1].digest, self.eras[-1].digest)
            if fitting is not None:
                self._refuse(self.open[:place])
                self._hold(fitting, at, number)
                self.open.clear()
                return
        if commit.is_merge or self._is_back():
            self._refuse(self.open)

    def _is_back(self) -> bool:
        """Whether what is open has undone itself: it was there, and nobody had approved it."""
        return self.eras[-1].digest == self.eras[self.open[0] - 1].digest

    def _fitting(self, origin: str, to: str) -> str | None:
        """Return the file of an approval of this change that was not used before."""
        for path, (approval, content) in sorted(self._approvals.items()):
            is_for_it = approval.is_approved and _is_of(approval, origin, to)
            if is_for_it and not {content, approval.digest} & self._used:
                return path
        return None

    def _hold(self, path: str, at: int, number: int) -> None:
        """Hold an approval that fits the change that began with an era."""
        approval, content = self._approvals[path]
        before = self.eras[at - 1]
        step = Step(self.past, before.number, self.eras[at].number, number, before.people)
        verdict = judge(approval, self.past.brought[path, content], step, self.is_signed)
        commit = self.past.line[self.eras[at].number]
        for slug, why in verdict.faults:
            message = f"the approval of '{approval.proposal}' does not let this change pass: {why}"
            self.findings.append(Finding(slug, commit.id, path, message))
        if verdict.weighed is not None:
            self.weighed[approval.proposal] = verdict.weighed
        self.signed += verdict.is_signed and not verdict.faults
        self.claimed += not verdict.is_signed and not verdict.faults
        self._used |= {content, approval.digest}

    def _refuse(self, open_: list[int]) -> None:
        """Report each change that nothing approves."""
        for at in open_:
            commit = self.past.line[self.eras[at].number]
            paths = sorted(delta.path for delta in commit.deltas if is_rule(delta.path))
            slug = self._kind(at, commit, paths)
            also = f" (with {_some(paths[1:])})" if paths[1:] else ""
            self.findings.append(Finding(slug, commit.id, paths[0], f"{_KINDS[slug]}{also}"))
        self.open = [at for at in self.open if at not in open_]

    def _kind(self, at: int, commit: Commit, paths: list[str]) -> str:
        """Return what kind of a change without approval this is, by the slug of its finding."""
        origin, to = self.eras[at - 1].digest, self.eras[at].digest
        fitting = [each for each in self._approvals.values() if _is_of(each[0], origin, to)]
        here = {delta.path for delta in commit.deltas}
        anew = self.past.merged_anew.get(commit.id, {})
        if any({content, approval.digest} & self._used for approval, content in fitting):
            return "approval-replayed"
        if any(not approval.is_approved for approval, _ in fitting):
            return "rejected-change"
        if any(path in here for path in self._approvals):
            return "approval-mismatch"
        if any(path in anew for path in paths):
            return "evil-merge"
        is_old = to in {era.digest for era in self.eras[: at - 1]}
        return "rules-restored" if is_old else "unapproved-change"


def _is_of(approval: Approval, origin: str, to: str) -> bool:
    return (approval.origin, approval.to) == (origin, to)


def _some(paths: list[str]) -> str:
    shown = paths[:3]
    return listed(shown) if len(shown) == len(paths) else f"{', '.join(shown)} and more"
