"""What a newer winloss changes in a repository that an earlier one made, as a patch to review.

What was shipped is known by its id. Where a firm edited its own file, the shipped text is filed
below ``.winloss/shipped/`` too: it stands nowhere else in the history, and the next upgrade begins
from it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winloss.core.founding.adoption import OURS, SHIPPED, ids_of, shipped_text
from winloss.core.problem import stop
from winloss.core.repository.patch import patch
from winloss.core.repository.plumbing import is_object_id, object_id
from winloss.core.repository.tree import POLICY
from winloss.core.rulebook.policy import NEEDED

if TYPE_CHECKING:
    from collections.abc import Mapping

COPIES = f"{OURS}shipped/"
NEEDED_FILES = tuple(f"{POLICY}{name}.md" for name in NEEDED)


@dataclass(frozen=True, slots=True)
class Shipped:
    """Which winloss made a repository, and the ids of what it shipped, by their paths."""

    version: str
    ids: Mapping[str, str]

    def without(self, path: str) -> Shipped:
        """Return the same but for a file that the firm has dropped."""
        return Shipped(self.version, {each: self.ids[each] for each in self.ids if each != path})


def read_shipped(content: bytes | None) -> Shipped:
    """Read ``.winloss/shipped.json``. Raises CannotGoOn where it is missing or no such file."""
    try:
        data = json.loads(content or b"")
        version, ids = data["winloss"], data["files"]
        is_sound = isinstance(version, str) and all(map(is_object_id, ids.values()))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        is_sound = False
    if not is_sound:
        message = f"{SHIPPED} does not say what winloss shipped here"
        raise stop(message, f"restore it: git restore {SHIPPED}; or begin with: winloss init")
    return Shipped(version, ids)


@dataclass(slots=True)
class Upgrade:
    """The patch, and what it cannot show: paths by what there is to say of them."""

    patch: str = ""
    edited: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Present:
    """A repository as it is: its files by path, the contents known by id, and how it names them."""

    files: Mapping[str, bytes]
    contents: Mapping[str, bytes]
    named_by: str


def upgrade(shipped: Shipped, now: Present, new: Mapping[str, bytes], version: str) -> Upgrade:
    """Compare what was shipped with what is shipped now, file by file.

    A file that the firm deleted or made itself is left to it, unless winloss cannot do without it;
    one that is no longer shipped stays.
    """
    found = Upgrade(dropped=sorted(set(shipped.ids) - set(new)))
    ids = {}
    parts = []
    for path, content in sorted(new.items()):
        to = object_id("blob", content, now.named_by)
        here = now.files.get(path)
        base = None if here is None and path in NEEDED_FILES else shipped.ids.get(path)
        if base is None and here is not None and here != content:
            continue  # theirs: kept when the repository was made
        ids[path] = to
        if base == to or here == content:
            continue
        if base is not None and here is None:
            found.deleted.append(path)
            continue
        parts += _changed(found, now, path, base, content)
    if ids != dict(shipped.ids) or parts:
        text = shipped_text(version, ids)
        parts.append(patch(SHIPPED, now.files[SHIPPED], text, now.named_by))
    found.patch = "".join(parts)
    return found


def _changed(
    found: Upgrade, now: Present, path: str, base: str | None, content: bytes
) -> list[str]:
    """Return the patch of one file; with its shipped text beside it where the firm's is another."""
    here = now.files.get(path)
    before = None if base is None else now.contents.get(base)
    if base is None or before is not None:
        changed = [patch(path, before, content, now.named_by)]
    else:
        changed = []
        found.unknown.append(path)
    if here is not None and ids_of({path: here}, now.named_by)[path] != base:
        found.edited.append(path)
        copy = COPIES + path
        changed.append(patch(copy, now.files.get(copy), content, now.named_by))
    return changed


def next_requirement(shipped: Shipped, present: bytes, version: str) -> bytes:
    """Return which winloss is to be installed from now on: the new one, unless a firm chose."""
    pinned, newer = f"winloss=={shipped.version}\n", f"winloss=={version}\n"
    return present.replace(pinned.encode(), newer.encode())
