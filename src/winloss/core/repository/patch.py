"""A change of one text as git writes it, so that ``git apply --3way`` takes it."""

from __future__ import annotations

import difflib

from winloss.core.repository.plumbing import object_id

_NOTHING = "0000000"


def patch(path: str, old: bytes | None, new: bytes, named_by: str) -> str:
    """Return the change of a file from one text to another; ``old`` is None for a new file.

    Texts end lines with LF. ``named_by`` is the hash that names contents: sha1 or sha256.
    """
    if old == new:
        return ""
    to = object_id("blob", new, named_by)
    if old is None:
        head = f"new file mode 100644\nindex {_NOTHING}..{to}\n--- /dev/null\n"
    else:
        head = f"index {object_id('blob', old, named_by)}..{to} 100644\n--- a/{path}\n"
    changed = difflib.unified_diff(_lines(old or b""), _lines(new), n=3)
    hunks = "".join(_ended(line) for line in list(changed)[2:])
    return f"diff --git a/{path} b/{path}\n{head}+++ b/{path}\n{hunks}"


def _lines(content: bytes) -> list[str]:
    # LF alone ends a line of git's, whatever else Python takes for an end.
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
