"""Hold each merge against the branches that it joins: it is to add nothing, and to drop nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.auditing.audit_records import is_record
from winloss.core.auditing.verdict import Finding
from winloss.core.auditing.versions import Version
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from winloss.core.auditing.past import Past
    from winloss.core.text.answers import Answers


def merge_findings(past: Past, begun: int) -> Iterator[Finding]:
    """Yield what merges made up or left out, since a commit of the line."""
    yield from _made_up(past, past.positions[past.line[begun].id])
    for number, commit in enumerate(past.line):
        for path in past.dropped(number) if number > begun and commit.is_merge else ():
            message = "this merge leaves out what its other branch had changed here"
            yield Finding("merge-drops-changes", commit.id, path, message)


def _made_up(past: Past, begun: int) -> Iterator[Finding]:
    """Yield answers of a record that neither of a merge's branches gives."""
    for merge, files in past.merged_anew.items():
        if past.positions[merge] <= begun:
            continue
        for path, (*parents, made) in files.items():
            if not is_record(path):
                continue
            sides = [Version.of(path, each, past.contents).answers for each in parents if each]
            now = Version.of(path, made, past.contents).answers if made else {}
            odd = _odd_answers(sides, now)
            if odd:
                message = f"neither branch that this merge joins says so: {listed(odd[:4])}"
                yield Finding("evil-merge", merge, path, message)


def _odd_answers(sides: Sequence[Answers], merged: Answers) -> list[str]:
    """Return the answers of a merge that none of its sides gives, or that all of them give.

    Of lists and sections each item counts: git joins what two people added to one of them.
    """
    names = {name for side in (*sides, merged) for name in side}
    return sorted(name for name in names if not _is_joined(name, sides, merged))


def _is_joined(name: str, sides: Sequence[Answers], merged: Answers) -> bool:
    given = [_items(side.get(name)) for side in sides]
    now = _items(merged.get(name))
    if not now:
        return any(not items for items in given)
    return now <= set[str]().union(*given) and now >= given[0].intersection(*given)


def _items(answer: str | None) -> set[str]:
    """Return what a list or a section holds, one by one; any other answer is one item."""
    if answer is None:
        return set()
    if answer.startswith("[") and answer.endswith("]"):
        return {"[]", *answer[1:-1].split(", ")}
    return set(answer.split(" · "))
