"""Hold one approval against what it claims: who made it, on which proposal, on which evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.auditing.approval import APPROVALS, APPROVER, read_approval
from winloss.core.changes.evidence import weigh
from winloss.core.deals.governance import proposals_of
from winloss.core.pages.accounts import usable_ledger
from winloss.core.repository.tree import DEALS
from winloss.core.rulebook.people import holding
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from winloss.core.auditing.approval import Approval
    from winloss.core.auditing.past import Past
    from winloss.core.changes.evidence import Evidence
    from winloss.core.deals.record import Record
    from winloss.core.repository.commits import Commit
    from winloss.core.rulebook.people import Holder

_MOST_BASES = 200  # commits: who approved had looked at one that is not far
# Whether a signature is a key's over a statement: (statement, signature, public key).
IsSigned = Callable[[bytes, str, str], bool]


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise that history does not keep: its name, the commit, the file, and a sentence."""

    slug: str
    commit: str
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Filed:
    """A decision on the main branch: its content's id, and the commit that brought it there.

    ``is_as_written`` tells whether the file says what winloss wrote, and nothing besides.
    """

    approval: Approval
    content: str
    brought: Commit
    is_as_written: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with an approval, by slug, and whether a signature proves who made it.

    ``vouches_for`` is the proposal's file where one commit brought it together with its signed
    approval, as a squash does: who wrote which cannot be told.
    """

    faults: tuple[tuple[str, str], ...]
    is_signed: bool
    weighed: Evidence | None
    vouches_for: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A change of the rules on the line: the first commit of it, the last, and who held a role.

    ``since`` is the commit from which on the rules before it stood.
    """

    past: Past
    since: int
    first: int
    last: int
    people: tuple[Holder, ...]


def judge(filed: Filed, step: Step, is_signed: IsSigned) -> Verdict:
    """Judge an approval that fits a change."""
    signer = signer_of(filed.approval, step.people, is_signed)
    faults = list(by_whom(filed, step.people, signer))
    proposal, weighed = _weighed(filed.approval, step)
    if proposal is None:
        why = f"there is no proposal '{filed.approval.proposal}' beside it"
        faults.append(("approval-without-proposal", why))
        return Verdict(tuple(faults), signer is not None, weighed)
    proposed = step.past.creator(proposal.path, step.last)
    is_squashed = proposed is not None and proposed.id == filed.brought.id
    if not faults and proposed is not None and not is_squashed:
        approver = signer.email if signer else filed.brought.author.address
        if proposed.author.address in _addresses_of(approver, step.people):
            faults.append(("self-approved", f"{proposed.author} both proposed and approved it"))
    faults += _by_evidence(filed.approval, weighed)
    vouched = proposal.path if is_squashed and signer is not None and not faults else ""
    return Verdict(tuple(faults), signer is not None, weighed, vouched)


def signer_of(approval: Approval, people: tuple[Holder, ...], is_signed: IsSigned) -> Holder | None:
    """Return who signed an approval with a key that roles.md names."""
    keyed = signing_holders(holding(people, APPROVER)) if approval.signature else ()
    statement = approval.statement()
    return next(
        (each for each in keyed if is_signed(statement, approval.signature, each.key)), None
    )


def _addresses_of(email: str, people: tuple[Holder, ...]) -> set[str]:
    """Return all addresses of a person, who may stand in roles.md more than once."""
    names = {each.name.casefold() for each in people if each.email == email}
    return {email, *(each.email for each in people if each.name.casefold() in names)}


def by_whom(
    filed: Filed, people: tuple[Holder, ...], signer: Holder | None
) -> Iterator[tuple[str, str]]:
    """Yield why a decision cannot be taken for that of who holds the role, by slug."""
    holders = holding(people, APPROVER)
    names = listed(f"{each.name} <{each.email}>" for each in signing_holders(holders) or holders)
    if signing_holders(holders):
        if not filed.approval.signature:
            yield "approval-not-signed", f"it lacks the signature of {names}"
        elif signer is None:
            yield "approval-forged", f"its signature is not that of {names} over this decision"
        elif not filed.is_as_written:
            yield "approval-forged", "its file says more than what was signed"
    elif holders and not _are_among(filed.brought, holders):
        who = listed(str(person) for person in filed.brought.authors)
        yield "approval-by-another", f"{who} committed it, and {names} held the role then"


def signing_holders(holders: Iterable[Holder]) -> tuple[Holder, ...]:
    """Return those whose key roles.md names: where there are any, only they approve."""
    return tuple(each for each in holders if each.key)


def _are_among(commit: Commit, holders: tuple[Holder, ...]) -> bool:
    emails = {holder.email for holder in holders}
    return any(person.address in emails for person in commit.authors)


def _weighed(approval: Approval, step: Step) -> tuple[Record | None, Evidence | None]:
    """Return the proposal that was decided, and its evidence as it was when it was decided."""
    head = usable_ledger(step.past.tree(step.last))
    proposals = proposals_of(head) if head else []
    proposal = next((each for each in proposals if each.text("id") == approval.proposal), None)
    if head is None or proposal is None:
        return None, None
    for number in _bases(step):
        base = usable_ledger(step.past.tree(number))
        weighed = weigh(base, head, proposal) if base else None
        if weighed is not None and weighed.digest == approval.digest:
            return proposal, weighed
    return proposal, None


def _bases(step: Step) -> Iterator[int]:
    """Yield the states of the line that the CRO may have looked at, the likeliest first.

    Those since the rules before the change began to hold: where the branch left the line, then
    each earlier one in which a record changed.
    """
    fork = step.past.fork_of(step.past.line[step.last])
    latest = step.first - 1
    if step.since <= fork < latest:
        yield fork
    for number in range(latest, max(step.since - 1, latest - _MOST_BASES), -1):
        deltas = step.past.line[number + 1].deltas
        if number == latest or any(delta.path.startswith(DEALS) for delta in deltas):
            yield number


def _by_evidence(approval: Approval, weighed: Evidence | None) -> Iterator[tuple[str, str]]:
    if weighed is None:
        why = "its digest fits neither this proposal nor any evidence that the records ever gave"
        yield "evidence-differs", why
        return
    if weighed.wants_council and not approval.council:
        why = "a dimension is reclassified, and it does not say whether the council reviewed it"
        yield "council-missing", why
    if not weighed.is_enough:
        yield "too-little-evidence", listed(weighed.shortfalls)


def latest_decision(evidence: Evidence) -> Approval | None:
    """Return the newest decision on a proposal among the files with the change."""
    tree = evidence.head.tree
    found = [
        read_approval(path, tree.files[path])
        for path in tree.paths(APPROVALS)
        if path in tree.files
    ]
    mine = [each for each in found if each is not None and each.proposal == evidence.id]
    return max(mine, key=lambda each: each.number, default=None)


def approval_of(evidence: Evidence, is_signed: IsSigned) -> str:
    """Return how far a proposal is approved: ``none``, ``claimed``, ``signed`` or ``void``.

    None is also what was rejected. Void is what was approved for other content, or with a signature
    that is not the CRO's; who holds the role is judged by the rules before the change.
    """
    approval = latest_decision(evidence)
    if approval is None or not approval.is_approved:
        return "none"
    bound = (approval.origin, approval.to, approval.digest)
    if bound != (evidence.rules_before, evidence.rules_after, evidence.digest):
        return "void"
    if not approval.signature:
        return "claimed"
    people = evidence.base.policy.people
    if signer_of(approval, people, is_signed) is not None:
        return "signed"
    return "void" if signing_holders(holding(people, APPROVER)) else "claimed"
