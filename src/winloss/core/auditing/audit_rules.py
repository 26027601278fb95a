"""Hold each change of the rules against an approval: forms, templates and policy (X §5).

Judged state by state, by the roles as they stood before the change. The commits of one branch may
follow one another on the main branch, as a rebase leaves them: then the approval may come with the
last of them, and is for all of them together.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from winloss.core.auditing.approval import APPROVALS, Approval, read_approval
from winloss.core.auditing.past import States, advance
from winloss.core.auditing.trail import change_in_words, changed_answers
from winloss.core.auditing.verdict import (
    Filed,
    Finding,
    IsSigned,
    Step,
    Verdict,
    by_whom,
    judge,
    signer_of,
)
from winloss.core.auditing.versions import turns
from winloss.core.changes.addresses import is_address
from winloss.core.changes.rule_change import rules_digest
from winloss.core.deals.ledger import read_ledger
from winloss.core.repository.tree import DEALS, POLICY, is_rule
from winloss.core.text.answers import TEXT
from winloss.core.wording import listed

if TYPE_CHECKING:
    from winloss.core.auditing.past import Past
    from winloss.core.changes.evidence import Evidence
    from winloss.core.deals.ledger import Ledger
    from winloss.core.repository.commits import Commit, Delta
    from winloss.core.rulebook.people import Holder


_FEW = 3  # answers that a finding names
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
    their place among the eras; ``approved`` the rules that were taken as found or approved, each
    with the commit since which they are. ``vouched`` are proposals whose approval came in the same
    commit, ``decided`` tells since when which proposal is approved.
    """

    past: Past
    is_signed: IsSigned
    eras: list[Rules] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    signed: int = 0
    claimed: int = 0
    weighed: dict[str, Evidence] = field(default_factory=dict)
    vouched: set[str] = field(default_factory=set)
    decided: dict[str, int] = field(default_factory=dict)
    approved: list[Rules] = field(default_factory=list)
    _states: States = field(default_factory=dict)
    _filed: dict[str, Filed] = field(default_factory=dict)
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

    def people_before(self, number: int) -> tuple[Holder, ...]:
        """Return who held which role before a commit, by the rules approved last until then."""
        approved = (era for era in reversed(self.approved) if era.number < number)
        return next((era.people for era in approved), ())

    def _take(self, number: int, commit: Commit) -> None:
        """Bring the files up to a commit; begin another era if the rules are not what they were."""
        is_of_rules = any(is_rule(delta.path) for delta in commit.deltas)
        is_of_deals = any(delta.path.startswith(DEALS) for delta in commit.deltas)
        if is_of_deals and not is_of_rules and not commit.is_merge:
            self._refuse(self.open)  # the commits of one change follow one another
        advance(self._states, commit.deltas)
        self._note(number, commit)
        if not is_of_rules:
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
            else:
                self.approved.append(self.eras[0])

    def _note(self, number: int, commit: Commit) -> None:
        """Note what became of decisions: one that was filed stays as it is."""
        mine = [delta for delta in commit.deltas if delta.path.startswith(APPROVALS)]
        before = {delta.path: self._filed.pop(delta.path, None) for delta in mine}
        for delta in mine:
            content = self.past.contents.get(delta.new)
            approval = read_approval(delta.path, content) if content is not None else None
            if approval is not None and content is not None:
                brought = self.past.bringer(number, delta.path, delta.new)
                as_written = approval.text().encode() == content.replace(b"\r\n", b"\n")
                self._filed[delta.path] = Filed(approval, delta.new, brought, as_written)
                if not approval.is_approved and self.eras:
                    self._judge_refusal(delta.path, commit, number)
        kept = {filed.approval.bound for filed in self._filed.values()}
        for path, filed in before.items():
            if filed is None or not self.eras or filed.approval.bound in kept:
                continue
            if filed.approval.digest in self._used or not self.open:
                what = "changed" if path in self._filed else "deleted"
                message = f"a decision was {what} after it was filed: decide anew instead"
                self.findings.append(Finding("approval-changed", commit.id, path, message))

    def _judge_refusal(self, path: str, commit: Commit, number: int) -> None:
        """Hold a rejection or a return against who may decide."""
        filed, people = self._filed[path], self.people_before(number)
        signer = signer_of(filed.approval, people, self.is_signed)
        for slug, why in by_whom(filed, people, signer):
            message = f"this decision is not to be believed: {why}"
            self.findings.append(Finding(slug, commit.id, path, message))

    def _settle(self, number: int, commit: Commit) -> None:
        """Judge what is open as soon as it can be judged."""
        for place, at in enumerate(self.open):
            fitting = self._fitting(self.eras[at - 1].digest, self.eras[-1].digest)
            if fitting:
                self._refuse(self.open[:place])
                self._hold(fitting, at, number)
                self.open.clear()
                return
        if commit.is_merge or self.eras[-1].digest == self.approved[-1].digest:
            self._refuse(self.open)

    def _fitting(self, origin: str, to: str) -> list[str]:
        """Return the approvals of this change that were not used before, the newest first.

        A later decision that is another one takes back what came before it.
        """
        fitting = [
            (path, filed.approval)
            for path, filed in sorted(self._filed.items(), reverse=True)
            if _is_of(filed.approval, origin, to) and filed.approval.digest not in self._used
        ]
        return [path for path, _ in takewhile(lambda each: each[1].is_approved, fitting)]

    def _hold(self, paths: list[str], at: int, number: int) -> None:
        """Hold the approvals that fit the change that began with an era: one is to let it pass."""
        first, since = self.eras[at].number, self.eras[at - 1].number
        step = Step(self.past, since, first, number, self.people_before(first))
        verdicts = []
        for path in paths:
            verdicts.append(judge(self._filed[path], step, self.is_signed))
            if not verdicts[-1].faults:
                self._let_pass(self._filed[path].approval, verdicts[-1], number)
                break
        else:
            self._report(paths[0], verdicts[0], self.past.line[first])
        self._used |= {self._filed[path].approval.digest for path in paths}

    def _let_pass(self, approval: Approval, verdict: Verdict, number: int) -> None:
        self.approved.append(replace(self.eras[-1], number=number))
        self.decided[approval.proposal] = number
        self.vouched |= {verdict.vouches_for} - {""}
        self.signed += verdict.is_signed
        self.claimed += not verdict.is_signed
        if verdict.weighed is not None:
            self.weighed[approval.proposal] = verdict.weighed

    def _report(self, path: str, verdict: Verdict, commit: Commit) -> None:
        """Report what is wrong with an approval that fits."""
        filed = self._filed[path]
        for slug, why in verdict.faults:
            message = (
                f"this approval of '{filed.approval.proposal}', committed by "
                f"{filed.brought.author.name} in {filed.brought.short}, does not let the change "
                f"pass: {why}"
            )
            self.findings.append(Finding(slug, commit.id, path, message))

    def _refuse(self, open_: list[int]) -> None:
        """Report what nothing approves, unless it brings back what was approved last."""
        for at in open_:
            if self.eras[at].digest == self.approved[-1].digest:
                continue
            commit = self.past.line[self.eras[at].number]
            deltas = sorted(
                (delta for delta in commit.deltas if is_rule(delta.path)),
                key=lambda delta: delta.path,
            )
            paths = [delta.path for delta in deltas]
            slug = self._kind(at, commit, paths)
            also = f" (with {_some(paths[1:])})" if paths[1:] else ""
            message = f"{_KINDS[slug]}{also}{self._what(deltas[0])}"
            self.findings.append(Finding(slug, commit.id, paths[0], message))
        self.open = [at for at in self.open if at not in open_]

    def _what(self, delta: Delta) -> str:
        """Return in words which answers of a rule a commit changed; empty where that is long."""
        changed = [
            change_in_words(*each)
            for turn in turns([delta], self.past.contents)
            for each in changed_answers(turn)
            if each[0] != TEXT and not is_address(delta.path, each[0])
        ]
        return f": {'; '.join(changed)}" if 0 < len(changed) <= _FEW else ""

    def _kind(self, at: int, commit: Commit, paths: list[str]) -> str:
        """Return what kind of a change without approval this is, by the slug of its finding."""
        origin, to = self.eras[at - 1].digest, self.eras[at].digest
        fitting = [
            each.approval for each in self._filed.values() if _is_of(each.approval, origin, to)
        ]
        here = {delta.path for delta in commit.deltas}
        anew = self.past.merged_anew.get(commit.id, {})
        if any(approval.digest in self._used for approval in fitting):
            return "approval-replayed"
        if any(not approval.is_approved for approval in fitting):
            return "rejected-change"
        if any(path in here for path in self._filed):
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
