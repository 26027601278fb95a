"""A file as it stood at one time, and what a commit made of it.

A record is known by its deal and its file's name, wherever its folder is moved; any other file by
its path. What a commit takes away in one place and puts down in another is one file that moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.text.answers import UNREADABLE, Answers, answers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from winloss.core.repository.commits import Delta

Key = tuple[str, str]  # a record's deal and the name of its file; or nothing, and a path


@dataclass(frozen=True, slots=True)
class Version:
    """What a file said at one time, and where it stood."""

    path: str
    content: str
    answers: Answers

    @classmethod
    def of(cls, path: str, content: str, contents: Mapping[str, bytes]) -> Version:
        """Return what a content says; what is no plain file says that."""
        data = contents.get(content)
        said = {UNREADABLE: "no plain file"} if data is None else answers_of(path, data)
        return cls(path, content, said)

    @property
    def deal(self) -> str:
        """The deal that it belongs to; empty for a file that belongs to none."""
        return self.answers.get("deal", "")

    @property
    def kind(self) -> str:
        """The form that it was written on."""
        return self.answers.get("kind", "")

    @property
    def key(self) -> Key:
        """What makes it the same file in another place."""
        return (self.deal, self.path.rpartition("/")[2]) if self.deal else ("", self.path)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a commit made of one file; None where it was not there before, or is not after."""

    before: Version | None
    after: Version | None

    @property
    def versions(self) -> tuple[Version, ...]:
        """What it said before and after, as far as it was there."""
        return tuple(each for each in (self.before, self.after) if each is not None)

    @property
    def path(self) -> str:
        """Where the file stands, or stood."""
        return self.versions[-1].path


def turns(deltas: Iterable[Delta], contents: Mapping[str, bytes]) -> Iterator[Turn]:
    """Yield what a commit made of each file, with the two ends of a move as one."""
    gone, new = [], []
    for delta in deltas:
        before = Version.of(delta.path, delta.old, contents) if delta.old else None
        after = Version.of(delta.path, delta.new, contents) if delta.new else None
        if before is None and after is not None:
            new.append(after)
        elif after is None and before is not None:
            gone.append(before)
        else:
            yield Turn(before, after)
    for version in new:
        origin = next((each for each in gone if _is_same(each, version)), None)
        if origin is not None:
            gone.remove(origin)
        yield Turn(origin, version)
    for version in gone:
        yield Turn(version, None)


def _is_same(before: Version, after: Version) -> bool:
    return before.key == after.key or before.content == after.content
