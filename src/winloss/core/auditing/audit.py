"""Does history keep its promises? All findings, and what could not be proved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.auditing.audit_merges import merge_findings
from winloss.core.auditing.audit_pages import page_findings
from winloss.core.auditing.audit_records import RecordsTrail
from winloss.core.auditing.audit_rules import RulesTrail
from winloss.core.auditing.verdict import Finding, IsSigned
from winloss.core.problem import stop
from winloss.core.repository.commits import PLAIN_FILE
from winloss.core.repository.tree import FOLDERS, is_ours, is_rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from winloss.core.auditing.past import Past

# What hides a change from whoever reviews it on a git host.
_HIDING = re.compile(
    r"-diff|binary|-text|diff=(?!markdown$).*|filter=.*|linguist-generated(=true)?"
)


@dataclass(frozen=True, slots=True)
class Audit:
    """The findings in the order of history, how many commits were judged, and what stays open."""

    commits: int
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def audit(
    past: Past, is_signed: IsSigned, since: str | None = None, anchors: Collection[str] = ()
) -> Audit:
    """Judge every state of the line since the first policy, or since an earlier tip.

    ``is_signed`` verifies a signature. A commit ``since`` that is not on the line is a finding: the
    history was rewritten. So is one of the ``anchors``, the tips that a publication names.
    """
    rules = RulesTrail.of(past, is_signed)
    if not rules.eras:
        hint = "go to your records repository, or name it with --root"
        raise stop("no commit of this branch holds a policy, so there is nothing to judge", hint)
    on_line = {commit.id: number for number, commit in enumerate(past.line)}
    begun = rules.eras[0].number
    records = RecordsTrail.of(past, rules)
    found = [
        *rules.findings,
        *records.findings(),
        *page_findings(records),
        *merge_findings(past, begun),
        *_files(past, begun),
        *_beginnings(past),
    ]
    first = begun
    if since in on_line:
        first = max(begun, on_line[since])
    for tip in (*anchors, *([since] if since else ())):
        if tip not in on_line:
            message = (
                f"{tip[:10]} is not on the line of this branch: its history was rewritten, or that "
                "commit was never a tip of it"
            )
            found.append(Finding("history-rewritten", past.line[-1].id, "", message))
    judged_from = past.positions[past.line[first].id]
    findings = sorted(
        {each for each in found if past.positions[each.commit] > judged_from or not each.path},
        key=lambda each: (past.positions[each.commit], each.slug, each.path),
    )
    notes = tuple(_notes(past, rules, since, anchors))
    return Audit(len(past.line) - first - 1, tuple(findings), notes)


def _files(past: Past, begun: int) -> Iterator[Finding]:
    """Yield what is no plain file where rules and records stand, and what hides a change."""
    for commit in past.line[begun + 1 :]:
        for delta in commit.deltas:
            mode, path = delta.new_mode, delta.path
            is_odd = mode not in {"", PLAIN_FILE} and mode != delta.old_mode
            if is_odd and is_ours(path) and (is_rule(path) or not mode.startswith("100")):
                message = f"this is no plain file any more (mode {mode})"
                yield Finding("not-a-plain-file", commit.id, path, message)
            folded = path.casefold()
            is_twin = (is_ours(folded), is_rule(folded)) != (is_ours(path), is_rule(path))
            if delta.new and is_twin:
                message = "where letters' case does not count, this takes another file's place"
                yield Finding("hidden-changes", commit.id, path, message)
            if path.rpartition("/")[2] == ".gitattributes" and delta.new in past.contents:
                old = past.contents.get(delta.old, b"").decode("utf-8", "replace").splitlines()
                new = past.contents[delta.new].decode("utf-8", "replace").splitlines()
                for line in new:
                    if line not in old and line.strip() and _hides(line, path):
                        message = f"this line hides changes from whoever reviews them: {line}"
                        yield Finding("hidden-changes", commit.id, path, message)


def _hides(line: str, path: str) -> bool:
    """Tell whether a line of attributes hides changes of records or rules."""
    pattern, *attributes = line.split()
    pattern = pattern.strip('"')
    if pattern.startswith("#") or not any(_HIDING.fullmatch(each) for each in attributes):
        return False
    top = pattern.lstrip("/").partition("/")[0]
    is_open = bool(set('*?["\\') & set(top)) or "/" not in pattern.rstrip("/")
    return top in FOLDERS or is_open or path.startswith(tuple(f"{name}/" for name in FOLDERS))


def _beginnings(past: Past) -> Iterator[Finding]:
    """Yield another beginning of the history: a baseline that stands in for the true one."""
    for commit in past.commits:
        is_beginning = not commit.parents and commit.id != past.line[0].id
        if is_beginning and any(is_ours(delta.path) for delta in commit.deltas):
            message = "the history has a second beginning with records or rules of its own"
            yield Finding("second-beginning", commit.id, "", message)


def _notes(
    past: Past, rules: RulesTrail, since: str | None, anchors: Collection[str]
) -> Iterator[str]:
    tip = past.line[-1]
    baseline = past.line[rules.eras[0].number]
    yield f"Taken as found: what {baseline.short} brought, the first commit with a policy."
    if rules.signed or rules.claimed:
        yield (
            f"Approvals: {rules.signed} signed by a key of roles.md, {rules.claimed} claimed: "
            "names in files and commits are self-declared."
        )
    if not any(holder.key for holder in rules.eras[-1].people):
        yield "roles.md names no signing key now, so the next approval cannot be proved."
    if rules.eras[-1].ledger and rules.eras[-1].ledger.policy.committed_within is None:
        yield "exchange.md does not say how late a record may be committed, so no date was judged."
    for path in sorted(rules.vouched):
        yield f"{path} and its approval came in one commit: who proposed cannot be told."
    if anchors:
        yield f"Held against {len(anchors)} tip{'s' if len(anchors) != 1 else ''} of the anchor."
    elif since is None:
        yield (
            "Without an earlier tip, a history that was rewritten as a whole cannot be told from "
            "an honest one."
        )
    yield f"Keep this tip, and give it to the next audit: winloss audit --since {tip.id}"


def audit_data(found: Audit) -> dict[str, object]:
    """Return the contract's JSON, and what could not be proved."""
    return {
        "commits": found.commits,
        "findings": [
            {
                "slug": each.slug,
                "commit": each.commit,
                "path": each.path,
                "message": each.message,
            }
            for each in found.findings
        ],
        "notes": list(found.notes),
    }
