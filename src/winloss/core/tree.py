"""A repository as the thinking part sees it: every file's bytes, by path.

The working tree and a commit look the same from here. Paths are relative to the repository's root,
with ``/`` between their parts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winloss.core.problem import Problem

RECORDS = "records/"
POLICY = "records/policy/"
DEALS = "records/deals/"
TEMPLATES = "templates/"
FOLDERS = ("records", "templates")  # what winloss reads, below the root


@dataclass(frozen=True, slots=True)
class Tree:
    """The files below ``records/`` and ``templates/``, and why some could not be read.

    Every listed path is in ``files`` or in ``unreadable``, never in both and never in neither.
    """

    files: Mapping[str, bytes]
    unreadable: Mapping[str, Problem] = field(default_factory=dict)

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
        return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def is_folder_of(folder: str, deal: str) -> bool:
    """Tell whether a folder's name says that it is a deal's: ``<deal>`` or ``<deal>-<slug>``."""
    name = folder.rpartition("/")[2]
    return bool(deal) and (name == deal or name.startswith(f"{deal}-"))
