"""What git's plumbing prints, as values. Contents are held against their ids.

An id is git's hash of a content: 40 hexadecimal digits (sha1) or 64 (sha256).
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from winloss.core.problem import stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
MERGE_FORMAT = "%x00C%x00%H%x00"
# A branch, a tag or an id, and steps back from it; nothing that git takes for an option, a path, a
# range or a search.
_REVISION = re.compile(r"(?!.*(\.\.|@\{|//))[A-Za-z0-9_][\w./+@-]*(?:[~^][0-9]*)*", re.ASCII)


def is_revision(text: str) -> bool:
    """Tell whether a text may name a commit: a branch, a tag, an id, and steps back from it."""
    return _REVISION.fullmatch(text) is not None


def is_object_id(text: str) -> bool:
    """Tell whether a text is an object's id in full."""
    return _ID.fullmatch(text) is not None


def hash_name(object_id: str) -> str:
    """Return which hash made an id: sha1 or sha256."""
    return "sha1" if len(object_id) == len(hashlib.sha1(b"").hexdigest()) else "sha256"  # noqa: S324 - git's own


def object_id(kind: str, content: bytes, how: str) -> str:
    """Return the id that git gives a content of a kind (``blob``, ``commit``), by its hash."""
    head = b"%s %d\0" % (kind.encode(), len(content))
    return hashlib.new(how, head + content, usedforsecurity=False).hexdigest()


def objects_of(printed: bytes, ids: Sequence[str], kind: str) -> dict[str, bytes]:
    """Return the contents that ``git cat-file --batch`` prints for these ids.

    Raises CannotGoOn for one that is missing, of another kind, cut short or not what its id says:
    a damaged object is never an empty file.
    """
    found: dict[str, bytes] = {}
    at = 0
    for name in ids:
        end = printed.find(b"\n", at)
        head = printed[at:end].decode("ascii", "replace").split() if end >= 0 else []
        size = int(head[2]) if head[:2] == [name, kind] else -1
        content = printed[end + 1 : end + 1 + size] if size >= 0 else b""
        if size < 0 or object_id(kind, content, hash_name(name)) != name:
            message = f"the object {name} is missing or damaged, so the history cannot be read"
            hint = "run git fsck to see what is damaged, then clone the repository again"
            raise stop(message, hint, slug="damaged")
        found[name], at = content, end + 2 + size
    return found


def entries_of(printed: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield path, mode and id of each entry that ``git ls-tree -r -z`` prints."""
    for line in filter(None, printed.split(b"\0")):
        about, _, name = line.partition(b"\t")
        mode, _, name_of_content = about.decode().split(" ")
        yield name.decode("utf-8", "surrogateescape"), mode, name_of_content


def merged_anew(printed: Iterable[bytes]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return each merge's files that equal none of its parents', by the merge's id.

    Each file comes with the ids of its content: each parent's, empty where it has none, and the
    merge's own. Read from ``git log -z --raw --diff-merges=combined`` in MERGE_FORMAT.
    """
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    tokens = iter(b"".join(printed).split(b"\0"))
    commit = ""
    for token in tokens:
        about = token.decode("ascii", "replace").lstrip("\n")
        if token == b"C":
            commit = next(tokens).decode()
        elif about.startswith("::"):
            path = next(tokens).decode("utf-8", "surrogateescape")
            ids = about.split(" ")[about.count(":") + 1 : -1]
            contents = tuple(each if each.strip("0") else "" for each in ids)
            found.setdefault(commit, {})[path] = contents
    return found
