"""A repository's past: its commits, and what stood in its files after each.

The branch's own history is the line of first parents: each commit on it was once what the branch
held. States are compared, not patches: a merge that changes a file in passing, or brings an old one
back, shows in no patch and in every state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winloss.core.commits import Commit, first_parents
from winloss.core.tree import FOLDERS, Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from winloss.core.commits import Delta

States = dict[str, tuple[str, str]]  # by path: the mode and the content's id


@dataclass(frozen=True, slots=True)
class Past:
    """All commits that lead to a tip, those before it first, and the contents that they name.

    ``merged_anew`` are the files of merges that equal none of their parents', with the ids of each
    parent's content and the merge's own. ``brought`` names the first commit that gave a file (by
    its path) a content (by its id).
    """

    commits: Sequence[Commit]
    line: Sequence[Commit]
    merged_anew: Mapping[str, Mapping[str, tuple[str, ...]]]
    contents: Mapping[str, bytes]
    positions: Mapping[str, int]
    brought: Mapping[tuple[str, str], Commit] = field(repr=False)

    @classmethod
    def of(
        cls,
        commits: Sequence[Commit],
        tip: str,
        merged_anew: Mapping[str, Mapping[str, tuple[str, ...]]],
        contents: Mapping[str, bytes],
    ) -> Past:
        """Return the past of a tip."""
        brought: dict[tuple[str, str], Commit] = {}
        for commit in commits:
            for delta in commit.deltas:
                brought.setdefault((delta.path, delta.new), commit)
        positions = {commit.id: number for number, commit in enumerate(commits)}
        line = first_parents(commits, tip)
        return cls(commits, line, merged_anew, contents, positions, brought)

    def who_last_brought(self, path: str, number: int) -> Commit:
        """Return the commit that gave a file what stands in it after a commit of the line."""
        states: States = {}
        for commit in self.line[: number + 1]:
            advance(states, commit.deltas)
        return self.brought[path, states[path][1]]

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
                path: self.contents[content]
                for path, (mode, content) in states.items()
                if mode.startswith("100") and is_ours(path)
            },
            named_by="sha1" if len(self.line[0].id) == 40 else "sha256",
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


def advance(states: States, deltas: Iterable[Delta]) -> None:
    """Bring a state to what it is after a commit's changes."""
    for delta in deltas:
        if delta.new:
            states[delta.path] = delta.new_mode, delta.new
        else:
            states.pop(delta.path, None)


def is_ours(path: str) -> bool:
    """Tell whether a file stands below one of the folders that are read."""
    return path.partition("/")[0] in FOLDERS and "/" in path


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
