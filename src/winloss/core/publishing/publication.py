"""The published repository: one page for each quarter, the anchor, and nothing else.

Its commits are made anew, with one author, one kind of message and no parent among the records'
commits. The anchor says which commit of the records was audited when it was written: whoever
rewrites the records' history afterwards leaves an anchor that is on no line any more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from winloss.core.days import quarter_in
from winloss.core.repository.commits import PLAIN_FILE
from winloss.core.repository.plumbing import is_object_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

ANCHOR = "anchor.json"
_AUTHOR, _EMAIL = OWN_NAMES = ("winloss", "winloss@localhost")


@dataclass(frozen=True, slots=True)
class Anchor:
    """The tip of the main branch, how many commits were audited, and how many findings it had."""

    tip: str
    commits: int
    findings: int

    def text(self) -> str:
        """Return the anchor's file."""
        data = {"tip": self.tip, "commits": self.commits, "findings": self.findings}
        return json.dumps(data, indent=2) + "\n"


def tip_in(content: bytes) -> str | None:
    """Return the commit that an anchor's file names; None when it names none."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return None
    tip = data.get("tip") if isinstance(data, dict) else None
    return tip if isinstance(tip, str) and is_object_id(tip) else None


def stream(changed: Mapping[str, str], branch: str, day: date, *, is_first: bool) -> bytes:
    """Return the commits that publish files, as ``git fast-import`` reads them.

    One commit for each page, in the order of the quarters, dated midnight UTC of a day; the anchor
    goes with the last.
    """
    pages = sorted(name for name in changed if quarter_in(name))
    steps = [{name: changed[name]} for name in pages] or [{}]
    steps[-1] |= {name: text for name, text in changed.items() if name not in pages}
    stamp = f"{_AUTHOR} <{_EMAIL}> {int(datetime.combine(day, time(), UTC).timestamp())} +0000"
    parts = []
    for number, files in enumerate(steps):
        quarter = next(filter(None, map(quarter_in, files)), None)
        message = f"Rollup {quarter}" if quarter else "Anchor"
        head = [f"commit refs/heads/{branch}", f"author {stamp}", f"committer {stamp}"]
        head += [f"data {len(message) + 1}", message]
        if number == 0 and not is_first:
            head.append(f"from refs/heads/{branch}^0")
        parts.append("\n".join(head) + "\n")
        for name, text in sorted(files.items()):
            size = len(text.encode())
            parts.append(f"M {PLAIN_FILE} inline {name}\ndata {size}\n{text}\n")
    return "".join(parts).encode()
