"""Something that is owed on a deal: what, by whom, by which day, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date

    from winloss.core.deals.record import Record

CHECK_IN = "day-30"
CHECK_BACK = "check-back"
CRO_FLAG = "cro-flag"
State = Literal["waiting", "due", "overdue", "met", "late"]


@dataclass(frozen=True, slots=True)
class Obligation:
    """What a deal owes. ``kind`` is a form's, or names a part of a record or an action.

    ``due`` is None where the SOP gives no deadline, ``since`` the day that it is counted from.
    ``number`` tells apart what is owed again and again. ``record`` answers it, or is where the
    answer goes; ``answered_on`` is None as long as it does not.
    """

    deal: str
    kind: str
    title: str
    owner: str
    held_with: str
    due: date | None
    since: date
    because: str
    number: int = 1
    record: Record | None = None
    answered_on: date | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        """What makes it the same obligation on another day."""
        return self.deal, self.kind, self.number

    @property
    def is_noted_in_record(self) -> bool:
        """Whether the answer goes into a file that is there: a later part, an action that is done.

        A flag, and the promise to ask again, are answered by the record of another contact.
        """
        return self.record is not None and self.kind not in {CRO_FLAG, CHECK_BACK}

    @property
    def is_open(self) -> bool:
        """Whether nothing has answered it yet."""
        return self.answered_on is None

    @property
    def is_late(self) -> bool:
        """Whether it was answered after its day."""
        return self.days_late > 0

    @property
    def days_late(self) -> int:
        """By how many calendar days the answer came late; 0 when it did not."""
        if self.answered_on is None or self.due is None:
            return 0
        return max(0, (self.answered_on - self.due).days)

    def is_owed_by(self, role: str) -> bool:
        """Tell whether a role owes it, alone or together with the owner (R §2)."""
        return role in {self.owner, self.held_with}

    def as_of(self, today: date) -> Obligation:
        """Return it as it stands on a day: an answer that lies ahead does not answer yet."""
        if self.answered_on is None or self.answered_on <= today:
            return self
        because = f"{self.because}; its answer is dated {self.answered_on}"
        return replace(self, because=because, answered_on=None)

    def state(self, today: date) -> State:
        """Return where it stands on a day.

        It waits until its day, is due on that day and overdue after it. What has no deadline is
        due at once and never overdue.
        """
        if not self.is_open:
            return "late" if self.is_late else "met"
        if self.due is None or self.due == today:
            return "due"
        return "overdue" if self.due < today else "waiting"
