"""What may go wrong between a client and Monday.com, queued for the next matching request."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winloss.testing.monday.account import Account

HTML_502 = b"<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>\n"
Kind = Literal["status", "drop_before", "drop_after", "slow", "truncated", "duplicate"]
BEFORE = {"status", "drop_before"}  # nothing is executed, and no idempotency key is used up


@dataclass(frozen=True, slots=True)
class Fault:
    """One mishap; ``operation`` is the document that it waits for, empty for any."""

    kind: Kind
    operation: str = ""
    code: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    until: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    seconds: float = 0.0
    is_noticed: bool = True


class Faults:
    """A queue: each fault happens once, to the next request that it matches."""

    def __init__(self, account: Account) -> None:
        self._waiting: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._account = account

    @property
    def waiting(self) -> tuple[Fault, ...]:
        """The faults that have not happened yet."""
        return tuple(self._waiting)

    def status(
        self,
        code: int,
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
        body: bytes = HTML_502,
        on: str = "",
    ) -> None:
        """Answer with a status of HTTP, and do nothing else."""
        typed = {"Content-Type": "text/html; charset=utf-8", **headers}
        self._add(Fault("status", on, code, typed, body))

    def complexity_budget_exhausted(self, *, retry_in_seconds: int = 15, on: str = "") -> None:
        """Say, with status 200, that this minute's budget is used up."""
        said = {"status_code": 429, "retry_in_seconds": retry_in_seconds}
        self._refuse(200, "COMPLEXITY_BUDGET_EXHAUSTED", said, on)

    def daily_limit_exceeded(self, *, code: int = 200, on: str = "") -> None:
        """Say that today's calls are used up."""
        self._refuse(code, "DAILY_LIMIT_EXCEEDED", {"status_code": 429}, on)

    def drop_before(self, *, on: str = "") -> None:
        """Close the connection before anything is executed."""
        self._add(Fault("drop_before", on))

    def drop_after(self, *, on: str = "") -> None:
        """Execute, and close the connection without an answer."""
        self._add(Fault("drop_after", on))

    def slow(
        self, *, until: threading.Event | None = None, seconds: float = 60.0, on: str = ""
    ) -> threading.Event:
        """Execute, and answer after some seconds or once ``until`` is set.

        The event that is returned is set when it has been executed.
        """
        fault = Fault("slow", on, until=until or threading.Event(), seconds=seconds)
        self._add(fault)
        return fault.done

    def truncated(self, *, is_noticed: bool = True, on: str = "") -> None:
        """Execute, and send half of the answer; ``is_noticed`` when its length is told in full."""
        self._add(Fault("truncated", on, is_noticed=is_noticed))

    def duplicate(self, *, on: str = "") -> None:
        """Receive the same request twice, as if the network had delivered it twice."""
        self._add(Fault("duplicate", on))

    def lagging(self, lookups: int) -> None:
        """From now on, find no item by its values in the first look-ups after it was made."""
        self._account.lag = lookups

    def take(self, operation: str) -> Fault | None:
        """Return the first fault that waits for this operation, and take it from the queue."""
        with self._lock:
            for fault in self._waiting:
                if fault.operation in {"", operation}:
                    self._waiting.remove(fault)
                    return fault
        return None

    def _refuse(self, status: int, code: str, said: Mapping[str, object], on: str) -> None:
        told = {"message": code, "extensions": {"code": code, **said}}
        body = {"errors": [told], "extensions": {"request_id": "peer-refused"}}
        headers = {"Content-Type": "application/json; charset=utf-8"}
        self.status(status, headers=headers, body=json.dumps(body).encode(), on=on)

    def _add(self, fault: Fault) -> None:
        self._waiting.append(fault)
