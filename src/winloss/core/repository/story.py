"""A history told in advance: commits, branches and merges as values, and as a stream for git.

Whoever needs a repository with a past, to try the tool on or to test it, tells the past here. The
same story gives the same commits, with the same ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from winloss.core.repository.commits import PLAIN_FILE
from winloss.core.repository.tree import Tree, is_ours

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from winloss.core.repository.commits import Person

Files = dict[str, tuple[str, bytes]]  # by path: the mode and the content
_HOURS = 8  # when a working day begins; commits of one day follow one another by a minute


@dataclass(frozen=True, slots=True)
class Told:
    """One commit of a story: who, when, what was said, on which parents, and all its files."""

    branch: str
    author: Person
    committer: Person
    day: date
    message: str
    parents: tuple[int, ...]
    files: Mapping[str, tuple[str, bytes]]


class Story:
    """A history in the making. Branches are named; a commit goes on top of its branch."""

    def __init__(self, main: str = "main") -> None:
        self.main = main
        self.told: list[Told] = []
        self.heads: dict[str, int] = {}
        self.forks: dict[str, int] = {}

    def files(self, branch: str = "") -> Files:
        """Return the files of a branch as they stand now."""
        at = self.heads.get(branch or self.main)
        return {} if at is None else dict(self.told[at].files)

    def tree(self, branch: str = "") -> Tree:
        """Return the records and the rules of a branch as they stand now."""
        return self.tree_of(self.heads[branch or self.main])

    def tree_of(self, number: int) -> Tree:
        """Return the records and the rules after the commit of that number."""
        files = self.told[number].files.items()
        return Tree({path: content for path, (_, content) in files if is_ours(path)})

    def branch(self, name: str, at: str = "") -> None:
        """Begin a branch where another one stands."""
        self.heads[name] = self.forks[name] = self.heads[at or self.main]

    def commit(
        self,
        author: Person,
        day: date,
        message: str,
        changes: Mapping[str, bytes | str | None],
        *,
        branch: str = "",
        committer: Person | None = None,
        mode: str = PLAIN_FILE,
        parents: tuple[int, ...] | None = None,
    ) -> int:
        """Put a commit on top of a branch; a path without content is removed. Return its number."""
        name = branch or self.main
        files = self.files(name)
        for path, content in changes.items():
            if content is None:
                del files[path]
            else:
                data = content if isinstance(content, bytes) else content.encode()
                files[path] = (mode, data)
        if parents is None:
            parents = (self.heads[name],) if name in self.heads else ()
        self.told.append(Told(name, author, committer or author, day, message, parents, files))
        self.heads[name] = len(self.told) - 1
        return self.heads[name]

    def merge(
        self,
        author: Person,
        day: date,
        branch: str,
        changes: Mapping[str, bytes | str | None] | None = None,
        *,
        into: str = "",
    ) -> int:
        """Join a branch into another one with a merge commit; ``changes`` are made in the merge."""
        name = into or self.main
        merged = self._merged(branch, name)
        parents = (self.heads[name], self.heads[branch])
        made = self.commit(
            author,
            day,
            f"Merge branch '{branch}'",
            {**merged, **(changes or {})},
            branch=name,
            parents=parents,
        )
        if name == self.main:
            self.forks[branch] = made
        else:  # the main branch was taken in, so this one begins anew where that one stands
            self.forks[name] = self.heads[branch]
        return made

    def squash(self, author: Person, day: date, branch: str, message: str = "") -> int:
        """Put all that a branch changed on the main branch, in one commit."""
        return self.commit(author, day, message or f"{branch} (squashed)", self._merged(branch))

    def rebase(self, day: date, branch: str, committer: Person) -> int:
        """Put each commit of a branch on the main branch anew, one after the other."""
        fork = self.forks[branch]
        mine = [each for each in self._line(branch) if each > fork]
        made = self.heads[self.main]
        for at in mine:
            each = self.told[at]
            changes = _changes(self.told[each.parents[0]].files, each.files)
            made = self.commit(each.author, day, each.message, changes, committer=committer)
        return made

    def _line(self, branch: str) -> list[int]:
        line, at = [self.heads[branch]], self.told[self.heads[branch]]
        while at.parents:
            line.append(at.parents[0])
            at = self.told[at.parents[0]]
        return line[::-1]

    def _merged(self, branch: str, into: str = "") -> dict[str, bytes | str | None]:
        """Return what a branch changed since it began, and the branch it goes into did not."""
        base = self.told[self.forks[branch if branch in self.forks else into]].files
        ours, changes = self.files(into), _changes(base, self.files(branch))
        return {path: each for path, each in changes.items() if each is not None or path in ours}

    def stream(self) -> bytes:
        """Return the story as ``git fast-import`` reads it."""
        parts = [_told(number, each, self.told) for number, each in enumerate(self.told)]
        parts += [
            f"reset refs/heads/{name}\nfrom :{at + 1}\n\n".encode()
            for name, at in self.heads.items()
        ]
        return b"".join(parts)


def _changes(
    before: Mapping[str, tuple[str, bytes]], after: Mapping[str, tuple[str, bytes]]
) -> dict[str, bytes | str | None]:
    changes: dict[str, bytes | str | None] = {
        path: content for path, (_, content) in after.items() if before.get(path) != after[path]
    }
    return changes | {path: None for path in before if path not in after}


def _told(number: int, each: Told, told: list[Told]) -> bytes:
    day = datetime.combine(each.day, time(_HOURS), UTC)
    stamp = f"{int(day.timestamp()) + 60 * (number % 600)} +0000"
    before = told[each.parents[0]].files if each.parents else {}
    lines = [
        f"commit refs/heads/{each.branch}",
        f"mark :{number + 1}",
        f"author {each.author} {stamp}",
        f"committer {each.committer} {stamp}",
    ]
    message = f"{each.message}\n".encode()
    parts = ["\n".join([*lines, f"data {len(message)}\n"]).encode(), message]
    if not each.parents:  # without it, a second beginning would go on from the first
        parts.insert(0, f"reset refs/heads/{each.branch}\n".encode())
    parts += [
        f"{'from' if at == 0 else 'merge'} :{parent + 1}\n".encode()
        for at, parent in enumerate(each.parents)
    ]
    for path in sorted({*before, *each.files}):
        if path not in each.files:
            parts.append(f"D {_quoted(path)}\n".encode())
        elif before.get(path) != each.files[path]:
            mode, content = each.files[path]
            parts.append(f"M {mode} inline {_quoted(path)}\ndata {len(content)}\n".encode())
            parts.append(content + b"\n")
    return b"".join([*parts, b"\n"])


def _quoted(path: str) -> str:
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
