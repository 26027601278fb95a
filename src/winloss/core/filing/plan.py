"""The plan: what Monday.com should hold, beside what it is known to hold, thing by thing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from winloss.core.rulebook.boards import Board
from winloss.core.wording import listed, one_line, visible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from winloss.core.deals.receipts import Receipt, Receipts
    from winloss.core.filing.filings import Filing, What

Sign = Literal["+", "~", "="]
PREFLIGHT = 1  # asking whose account it is
# What each step asks when all goes well: to look, to change, and after something new to look again.
_NEW: dict[What, int] = {"sub-item": 4, "item": 4, "update": 3}
_CHANGED = 2
_FEW = 4  # records that are named one by one


@dataclass(frozen=True, slots=True)
class Committed:
    """What the last commit says: the digest of each filing by its key, and the boards.

    Only what is committed is sent: Monday.com gets a copy of what git holds.
    """

    digests: Mapping[str, str]
    boards: Mapping[str, Board]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to file (+), to bring up to date (~), or as it was filed (=).

    ``board`` is where a new item belongs. ``waits_for`` says what keeps it from being sent; empty
    when nothing does.
    """

    sign: Sign
    filing: Filing
    receipt: Receipt | None
    board: Board
    waits_for: str = ""

    @property
    def is_open(self) -> bool:
        """Whether Monday.com does not hold it yet as it should."""
        return self.sign != "="

    @property
    def can_go(self) -> bool:
        """Whether it is open, and nothing keeps it from being sent."""
        return self.is_open and not self.waits_for

    @property
    def calls(self) -> int:
        """How many calls of the API it takes when nothing goes wrong."""
        if not self.is_open:
            return 0
        return _NEW[self.filing.what] if self.sign == "+" else _CHANGED

    def as_line(self) -> str:
        """Return the step as a line for a person."""
        filing, board = self.filing, self.board
        of = one_line(f"{filing.deal} {filing.customer}")
        name = filing.path.rpartition("/")[2].removesuffix(".md")
        where = ""
        if filing.what == "item":
            at = f', "{board.opens_at}"' if board.opens_at else ""
            where = f", {filing.line}: {one_line(board.titled or filing.line)}{at}"
        as_item = f", item {self.receipt.item}" if self.receipt else ""
        return f"{self.sign} {filing.what:8}  {of}: {name}{where}{as_item}"


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps; ``withdrawn`` are receipts of what the records no longer say, by their keys."""

    steps: tuple[Step, ...]
    withdrawn: Mapping[str, Receipt]

    @property
    def unfiled(self) -> tuple[Step, ...]:
        """What Monday.com does not hold yet as it should."""
        return tuple(step for step in self.steps if step.is_open)

    @property
    def to_send(self) -> tuple[Step, ...]:
        """What can be sent now."""
        return tuple(step for step in self.steps if step.can_go)

    def held_back(self, committed: Committed) -> Plan:
        """Return the plan with what keeps each open step from being sent."""
        steps = (
            replace(each, waits_for=_waits_for(each.filing, each.board, committed))
            if each.is_open
            else each
            for each in self.steps
        )
        return replace(self, steps=tuple(steps))

    @property
    def calls(self) -> int:
        """How many calls of the API it takes when nothing goes wrong."""
        calls = sum(step.calls for step in self.steps)
        return calls and PREFLIGHT + calls

    def waiting(self) -> Iterator[str]:
        """Yield a line for each reason for which something open cannot be sent."""
        reasons: dict[str, list[str]] = {}
        for step in self.unfiled:
            if step.waits_for:
                reasons.setdefault(step.waits_for, []).append(visible(step.filing.path))
        for reason, paths in reasons.items():
            of_all = f"{len(paths)} of {len(self.unfiled)}"
            which = listed(dict.fromkeys(paths)) if len(paths) < _FEW else of_all
            yield f"Cannot be sent yet: {which}: {reason}"

    def gone(self) -> Iterator[str]:
        """Yield a line for each thing in Monday.com of which the records no longer tell."""
        for key, receipt in self.withdrawn.items():
            what = f"item {receipt.item}"
            if receipt.item == key.partition("/")[0]:
                what = f"an update on item {receipt.item}, which is the deal's and stays"
            forget = f"winloss file --push --forget {visible(key)}"
            yield f"! {visible(key)} is no longer in the records. In Monday.com it is {what}."
            yield f"    Take it away there, or keep it; to hear no more of it: {forget}"

    def summary(self) -> str:
        """Return the plan in one sentence."""
        new, changed, same = (
            sum(step.sign == sign for step in self.steps) for sign in ("+", "~", "=")
        )
        if not self.unfiled:
            return f"= {same} as filed: nothing to do"
        calls = f"{self.calls} API call{'s' if self.calls != 1 else ''}"
        return f"{new} to file, {changed} changed, {same} as filed: {calls}"


def plan(
    wanted: Collection[Filing],
    receipts: Receipts,
    boards: Mapping[str, Board],
    left_out: Collection[str],
) -> Plan:
    """Hold what Monday.com should hold against the receipts.

    ``left_out`` are the deals that have a record with errors. What a person opened by hand is not
    opened again.
    """
    steps = [
        _step(filing, receipts.filed.get(filing.key), boards.get(filing.line, Board()))
        for filing in wanted
        if filing.key in receipts.filed or not filing.is_by_hand
    ]
    keys = {filing.key for filing in wanted}
    withdrawn = {
        key: receipt
        for key, receipt in sorted(receipts.filed.items())
        if key not in keys and key.partition("/")[0] not in left_out
    }
    return Plan(tuple(steps), withdrawn)


def _step(filing: Filing, receipt: Receipt | None, board: Board) -> Step:
    sign: Sign = "+" if receipt is None else "=" if receipt.holds == filing.digest else "~"
    return Step(sign, filing, receipt, board)


def _waits_for(filing: Filing, board: Board, committed: Committed) -> str:
    if not filing.has_item:
        return "its Deal ID is no item of Monday.com, which has digits only"
    if committed.digests.get(filing.key) != filing.digest:
        return "not committed yet"
    if filing.what == "update":
        return ""
    if not board.is_set_up:
        return "not set up: winloss file --setup"
    if board != committed.boards.get(filing.line):
        return "records/policy/exchange.md is not committed yet"
    return ""


def plan_data(plan: Plan) -> dict[str, Any]:
    """Return the plan for ``--format json``."""
    return {
        "calls": plan.calls,
        "steps": [
            {
                "sign": step.sign,
                "what": step.filing.what,
                "key": step.filing.key,
                "deal": step.filing.deal,
                "record": step.filing.path,
                "board": step.board.titled if step.filing.what == "item" else "",
                "item": step.receipt.item if step.receipt else None,
                "waits_for": step.waits_for,
            }
            for step in plan.steps
        ],
        "withdrawn": [
            {"key": key, "item": receipt.item, "update": receipt.update}
            for key, receipt in plan.withdrawn.items()
        ],
    }
