"""A repository's past: its commits, and what stood in its files after each.

The branch's own history is the line of first parents: each commit on it was once what the branch
held. States are compared, not patches: a merge that changes a file in passing, or brings an old one
back, shows in no patch and in every state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winloss.core.repository.commits import Commit, first_parents
from winloss.core.repository.plumbing import hash_name
from winloss.core.repository.tree import Tree, is_ours
from winloss.core.wording import visible_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from winloss.core.repository.commits import Delta

States = dict[str, tuple[str, str]]  # by path: the mode and the content's id


@dataclass(frozen=True, slots=True)
class Past:
    """All commits that lead to a tip, those before it first, and the contents that they name.

    ``merged_anew`` are the files of merges that equal none of their parents', with the ids of each
    parent's content and the merge's own. ``sides`` are the commits that each merge of the line
    brought to it, in their order.
    """

    commits: Sequence[Commit]
    line: Sequence[Commit]
    merged_anew: Mapping[str, Mapping[str, tuple[str, ...]]]
    contents: Mapping[str, bytes]
    positions: Mapping[str, int]
    sides: Mapping[str, Sequence[Commit]] = field(repr=False)

    @classmethod
    def of(
        cls,
        commits: Sequence[Commit],
        tip: str,
        merged_anew: Mapping[str, Mapping[str, tuple[str, ...]]],
        contents: Mapping[str, bytes],
    ) -> Past:
        """Return the past of a tip."""
        positions = {commit.id: number for number, commit in enumerate(commits)}
        line = first_parents(commits, tip)
        return cls(
            commits, line, merged_anew, contents, positions, _sides(commits, positions, line)
        )

    def bringer(self, number: int, path: str, content: str) -> Commit:
        """Return who brought a file's content to the line with the commit of that number.

        That commit itself; or of a merge, the last commit of its branch that made the file so.
        """
        commit = self.line[number]
        for each in reversed(self.sides.get(commit.id, ())):
            if any((delta.path, delta.new) == (path, content) for delta in each.deltas):
                return each
        return commit

    def creator(self, path: str, number: int) -> Commit | None:
        """Return the commit that first held a file which stands after a commit of the line."""
        for at in range(number, -1, -1):
            commit = self.line[at]
            if any(delta.path == path and not delta.old for delta in commit.deltas):
                side = self.sides.get(commit.id, ())
                new = (each for each in side if any(delta.path == path for delta in each.deltas))
                return next(new, commit)
        return None

    def dropped(self, number: int) -> list[str]:
        """Return the files that a merge leaves as they were, though its other branch changed them.

        And the main branch had not: so nobody had to choose, and what was done there is gone.
        """
        merge = self.line[number]
        kept = {delta.path for delta in merge.deltas}
        touched = {
            delta.path
            for each in self.sides.get(merge.id, ())
            for delta in each.deltas
            if is_told(delta.path) and delta.path not in kept
        }
        base = self.line[self.fork_of(merge)].id
        return sorted(
            path
            for path in touched
            for ours, old in [(self._content(merge.parents[0], path), self._content(base, path))]
            if ours == old
            and any(self._content(parent, path) != ours for parent in merge.parents[1:])
        )

    def _content(self, at: str, path: str) -> str:
        """Return the id of what stands in a file after a commit; empty where it is not there."""
        while at in self.positions:
            commit = self.commits[self.positions[at]]
            for delta in commit.deltas:
                if delta.path == path:
                    return delta.new
            at = commit.parents[0] if commit.parents else ""
        return ""

    def tree(self, number: int) -> Tree:
        """Return the records and rules after the commit of that number on the line."""
        states: States = {}
        for commit in self.line[: number + 1]:
            advance(states, commit.deltas)
        return self.tree_of(states)

    def tree_of(self, states: Mapping[str, tuple[str, str]]) -> Tree:
        """Return the records and rules of a state; what is no plain file is not among them."""
        return Tree(
            {
                visible_name(path): self.contents[content]
                for path, (mode, content) in states.items()
                if mode.startswith("100") and is_ours(path)
            },
            named_by=hash_name(self.line[0].id),
        )

    def fork_of(self, commit: Commit) -> int:
        """Return where a merge's branch left the line, as the number of a commit on it."""
        on_line = {each.id: number for number, each in enumerate(self.line)}
        at = commit.parents[-1] if commit.is_merge else commit.id
        while at not in on_line and at in self.positions:
            parents = self.commits[self.positions[at]].parents
            if not parents:
                return 0
            at = parents[0]
        return on_line.get(at, 0)


def _sides(
    commits: Sequence[Commit], positions: Mapping[str, int], line: Sequence[Commit]
) -> dict[str, list[Commit]]:
    found: dict[str, list[Commit]] = {}
    seen: set[str] = set()
    for commit in line:
        ahead, side = list(commit.parents[1:]), []
        while ahead:
            at = ahead.pop()
            if at in seen or at not in positions:
                continue
            seen.add(at)
            side.append(positions[at])
            ahead += commits[positions[at]].parents
        if side:
            found[commit.id] = [commits[at] for at in sorted(side)]
        seen.add(commit.id)
    return found


def advance(states: States, deltas: Iterable[Delta]) -> None:
    """Bring a state to what it is after a commit's changes."""
    for delta in deltas:
        if delta.new:
            states[delta.path] = delta.new_mode, delta.new
        else:
            states.pop(delta.path, None)


def contents_needed(commits: Iterable[Commit]) -> Iterator[str]:
    """Yield the ids of every content that a past has to say something about."""
    for commit in commits:
        for delta in commit.deltas:
            if delta.new and is_told(delta.path) and delta.new_mode.startswith("100"):
                yield delta.new


def is_told(path: str) -> bool:
    """Tell whether what a file says matters: records, rules, filed pages, attributes."""
    name = path.rpartition("/")[2]
    return is_ours(path) or name.startswith("win-loss-") or name == ".gitattributes"
