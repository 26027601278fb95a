"""A repository as the thinking part sees it: every file's bytes, by path.

The working tree and a commit look the same from here. Paths are relative to the repository's root,
with ``/`` between their parts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winloss.core.repository.plumbing import object_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winloss.core.problem import Problem

RECORDS = "records/"
POLICY = "records/policy/"
DEALS = "records/deals/"
TEMPLATES = "templates/"
RECEIPTS = "records/monday.json"  # what Monday.com is known to hold of the records
FOLDERS = ("records", "templates")  # what winloss reads, below the root


@dataclass(frozen=True, slots=True)
class Tree:
    """The files below ``records/`` and ``templates/``, and why some could not be read.

    Every listed path is in ``files`` or in ``unreadable``, never in both and never in neither.
    ``named_by`` is the hash by which the repository names contents: sha1 or sha256.
    """

    files: Mapping[str, bytes]
    unreadable: Mapping[str, Problem] = field(default_factory=dict)
    named_by: str = "sha1"

    def paths(self, prefix: str) -> list[str]:
        """Return every listed path below a folder, read or not, sorted."""
        listed = [*self.files, *self.unreadable]
        return sorted(path for path in listed if path.startswith(prefix))

    def blob(self, path: str) -> str:
        """Return the id that git gives a file's content.

        Line ends count as LF, as ``.gitattributes`` has git store them, so that a checkout with
        CRLF names the same content.
        """
        data = self.files[path].replace(b"\r\n", b"\n")
        return object_id("blob", data, self.named_by)

    def under_rules_of(self, other: Tree) -> Tree:
        """Return these records under another tree's forms and policy."""
        return Tree(
            {path: other.files[path] for path in other.files if is_rule(path)}
            | {path: self.files[path] for path in self.files if not is_rule(path)},
            {path: other.unreadable[path] for path in other.unreadable if is_rule(path)}
            | {path: self.unreadable[path] for path in self.unreadable if not is_rule(path)},
            self.named_by,
        )


def is_ours(path: str) -> bool:
    """Tell whether a file stands below one of the folders that are read."""
    return path.partition("/")[0] in FOLDERS and "/" in path


def is_rule(path: str) -> bool:
    """Tell whether a file is a form, a page's template or a policy file."""
    return path.startswith((TEMPLATES, POLICY))


def is_folder_of(folder: str, deal: str) -> bool:
    """Tell whether a folder's name says that it is a deal's: ``<deal>`` or ``<deal>-<slug>``."""
    name = folder.rpartition("/")[2]
    return bool(deal) and (name == deal or name.startswith(f"{deal}-"))
