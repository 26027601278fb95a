"""Commits as git tells of them: who, when, and which files changed.

Names, addresses and dates in a commit are typed by whoever made it: they are claims. What is sure
are the ids, the order of the parents, and the content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# What git is asked to print of each commit, each part closed by a NUL, which none can hold.
FORMAT = "%x00C%x00%H%x00%P%x00%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B%x00"
PLAIN_FILE = "100644"
_PARTS = 9
_LEFT_OUT = "".join(map(chr, range(33))) + ".,:;<>\"\\'"
_CO_AUTHOR = re.compile(r"(?im)^co-authored-by:\s*(.*?)\s*<([^<>\n]*)>\s*$")
_STAMP = re.compile(r"(-?[0-9]{1,11}) ([+-])([0-9]{2})([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a commit names one."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    @property
    def address(self) -> str:
        """The address as it is compared."""
        return address(self.email)


def as_committed(name: str, email: str) -> Person:
    """Return a person as git writes them into a commit: without < and > at the ends, and such."""
    return Person(name.strip(_LEFT_OUT), email.strip(_LEFT_OUT))


def address(email: str) -> str:
    """Return an e-mail address as it is compared: capital and small letters are one."""
    return email.casefold()


@dataclass(frozen=True, slots=True)
class Delta:
    """One file that a commit changed: its modes and content ids, empty where it is not there."""

    path: str
    old_mode: str
    new_mode: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, and how its files differ from those of its first parent.

    The days are those of the clocks of whoever wrote and committed; None when they name no day.
    """

    id: str
    parents: tuple[str, ...]
    author: Person
    authored_on: date | None
    committer: Person
    committed_on: date | None
    message: str
    deltas: tuple[Delta, ...]

    @property
    def short(self) -> str:
        """The id as people write it."""
        return self.id[:10]

    @property
    def is_merge(self) -> bool:
        """Whether it joins two lines of history."""
        return len(self.parents) > 1

    @property
    def subject(self) -> str:
        """The message's first line."""
        return self.message.strip().partition("\n")[0]

    @property
    def authors(self) -> tuple[Person, ...]:
        """The author, and those whom the message names as co-authors, as a squash does."""
        others = (Person(name, email) for name, email in _CO_AUTHOR.findall(self.message))
        return (self.author, *others)


def commits_of(stream: Iterable[bytes]) -> Iterator[Commit]:
    """Yield the commits that ``git log -z --raw`` prints in FORMAT, in its order."""
    tokens = _Tokens(stream)
    while tokens.skip_to_commit():
        parts = [tokens.next() for _ in range(_PARTS)]
        tokens.next()  # git ends what it was asked for, and then the list of files begins
        yield Commit(
            id=parts[0],
            parents=tuple(parts[1].split()),
            author=Person(parts[2], parts[3]),
            authored_on=day_of(parts[4]),
            committer=Person(parts[5], parts[6]),
            committed_on=day_of(parts[7]),
            message=parts[8],
            deltas=tuple(tokens.deltas()),
        )


def first_parents(commits: Sequence[Commit], tip: str) -> list[Commit]:
    """Return the line of first parents that leads to a tip, oldest first.

    It is the history of the branch as such: each commit on it was once what the branch held.
    """
    by_id = {commit.id: commit for commit in commits}
    line: list[Commit] = []
    at: str | None = tip
    while at in by_id:
        line.append(by_id[at])
        at = by_id[at].parents[0] if by_id[at].parents else None
    return line[::-1]


def day_of(stamp: str) -> date | None:
    """Return the day of a raw time stamp (``1795515282 +0100``) on its own clock."""
    match = _STAMP.fullmatch(stamp)
    if match is None:
        return None
    minutes = int(match[3]) * 60 + int(match[4])
    offset = timedelta(minutes=-minutes if match[2] == "-" else minutes)
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(match[1])) + offset).date()
    except OverflowError:
        return None


class _Tokens:
    """What stands between the NULs of a stream, one after the other."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._tokens = _split(stream)
        self._ahead: bytes | None = None

    def _peek(self) -> bytes | None:
        if self._ahead is None:
            self._ahead = next(self._tokens, None)
        return self._ahead

    def next(self) -> str:
        """Return the next token as text; bytes that are no UTF-8 stay visible as such."""
        token, self._ahead = self._peek() or b"", None
        return token.decode("utf-8", "surrogateescape")

    def skip_to_commit(self) -> bool:
        """Go on to behind the sign of the next commit; False at the end."""
        while (token := self._peek()) is not None:
            self._ahead = None
            if token == b"C":
                return True
        return False

    def deltas(self) -> Iterator[Delta]:
        """Yield the files of one commit: ``:mode mode id id status``, then the path."""
        while (token := self._peek()) is not None and token.lstrip(b"\n")[:1] == b":":
            old_mode, new_mode, old, new = self.next().lstrip("\n:").split(" ")[:4]
            path = self.next()
            yield Delta(
                path,
                old_mode if old.strip("0") else "",
                new_mode if new.strip("0") else "",
                old if old.strip("0") else "",
                new if new.strip("0") else "",
            )


def _split(stream: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in stream:
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
    yield rest
