"""The CRO's decision on a proposal, bound to what was shown when it was made (X §5, step 3).

An approval names the rules before and after, and the evidence, by their digests. So it is for this
change and no other, whatever is merged, squashed or rebased. A signature by the key that roles.md
names proves who made it; a name in a commit or a file only claims it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.repository.tree import RECORDS
from winloss.core.text.answers import answers_of

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMESPACE = "winloss-approval-v1"
APPROVER = "cro"  # who decides on changes of the rules (X §5, step 3)
APPROVALS = f"{RECORDS}approvals/"
_FILE = re.compile(rf"{APPROVALS}([0-9]{{4}})\.md")
REASON = "Reason"


@dataclass(frozen=True, slots=True)
class Approval:
    """One decision. ``number`` is its file's; ``origin`` and ``to`` are digests of the rules."""

    number: str
    proposal: str
    date: str
    decision: str
    origin: str
    to: str
    digest: str
    council: str
    reason: str = ""
    signature: str = ""

    @property
    def path(self) -> str:
        """Where it stands."""
        return f"{APPROVALS}{self.number}.md"

    @property
    def is_approved(self) -> bool:
        """Whether it lets the change pass."""
        return self.decision == "approved"

    @property
    def bound(self) -> tuple[bytes, str]:
        """What it says, and the proof: all but where it stands and how it is laid out."""
        return self.statement(), self.signature

    def statement(self) -> bytes:
        """Return what a signature is made over: all of the decision, for this purpose alone.

        The file's number is no part of it: two branches may both have taken the next one.
        """
        said = {
            "namespace": NAMESPACE,
            "proposal": self.proposal,
            "date": self.date,
            "decision": self.decision,
            "from": self.origin,
            "to": self.to,
            "digest": self.digest,
            "council": self.council,
            "reason": self.reason,
        }
        return json.dumps(said, sort_keys=True, ensure_ascii=False).encode()

    def text(self) -> str:
        """Return the record as it is filed."""
        fields = {
            "kind": "approval",
            "proposal": self.proposal,
            "date": self.date,
            "filed_by": APPROVER,
            "decision": self.decision,
            "from": self.origin,
            "to": self.to,
            "digest": self.digest,
            "council": self.council,
            "signature": self.signature,
        }
        front = "".join(f"{name}: {value}\n" for name, value in fields.items() if value)
        body = f"\n## {REASON}\n\n{self.reason}\n" if self.reason else ""
        return f"---\n{front}---\n{body}"


def read_approval(path: str, content: bytes) -> Approval | None:
    """Read an approval's file; None when it is none, or has no name as an approval has."""
    name = _FILE.fullmatch(path)
    said = answers_of(path, content)
    if name is None or said.get("kind") != "approval":
        return None
    fields = ("proposal", "date", "decision", "from", "to", "digest", "council")
    proposal, date, decision, origin, to, digest, council = (said.get(each, "") for each in fields)
    return Approval(
        number=name[1],
        proposal=proposal,
        date=date,
        decision=decision,
        origin=origin,
        to=to,
        digest=digest,
        council=council,
        reason=said.get(f"## {REASON}", ""),
        signature=said.get("signature", ""),
    )


def next_number(paths: Iterable[str]) -> str:
    """Return the number of the next approval, one above the highest that was ever filed."""
    numbers = [int(found[1]) for path in paths if (found := _FILE.fullmatch(path))]
    return f"{max(numbers, default=0) + 1:04}"
