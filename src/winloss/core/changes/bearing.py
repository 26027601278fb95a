"""How the deliveries bear on a claim about a dimension: for it, against it, or silent (X §5).

A data point is a deal: several flags on one deal are one. The tool finds the deals, not the author
of the proposal, so that none can be picked or left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.deals.record import rows_of
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date

    from winloss.core.deals.ledger import Deal, Ledger
    from winloss.core.deals.record import Row

# The answers to a dimension's signals that contradict a claim about it: one of the first, and none
# of the second. That a dimension is to be added, no answer to an old one can contradict.
_CONTRADICTS: Mapping[str, tuple[str, str]] = {
    "over-scored": ("held", "failed"),
    "redefine": ("held", "failed"),
    "remove": ("held", "failed"),
    "under-scored": ("failed", "held"),
}


@dataclass(frozen=True, slots=True)
class Bearing:
    """Every delivered deal in exactly one of three places, by id.

    ``supporting`` gives the day from which the deal counts, ``against`` the reason in words;
    ``notes`` what the post-mortem notes with each flag that supports the claim.
    """

    supporting: Mapping[str, date | None]
    against: Mapping[str, str]
    silent: tuple[str, ...]
    notes: Mapping[str, tuple[str, ...]]

    def place_of(self, deal: str) -> str:
        """Return where a deal stands; empty when it is not delivered."""
        if deal in self.supporting:
            return "for"
        if deal in self.against:
            return "against"
        return "silent" if deal in self.silent else ""


def bearing_of(ledger: Ledger, names: Collection[str], claim: str) -> Bearing:
    """Return how the deliveries bear on a claim; ``names`` are the dimension's codes.

    There are two where the change gives it another code. On no claim, no deal bears.
    """
    if not claim:
        return Bearing({}, {}, (), {})
    supporting: dict[str, date | None] = {}
    against: dict[str, str] = {}
    silent: list[str] = []
    notes: dict[str, tuple[str, ...]] = {}
    for deal in ledger.deals.values():
        if deal.delivery is None:
            continue
        claims = _claims(deal, names)
        reason = _reason(ledger, deal, names, claim)
        if reason:
            against[deal.id] = reason
        elif claim in claims:
            supporting[deal.id] = deal.delivery.day("postmortem_on") or deal.delivery.filed_on
            notes[deal.id] = tuple(_notes(deal, names))
        else:
            silent.append(deal.id)
    return Bearing(supporting, against, tuple(silent), notes)


def _claims(deal: Deal, names: Collection[str]) -> list[str]:
    """Return what the deal's summary flags about the dimension, each claim once."""
    claims = [str(row["claim"]) for row in _flags(deal, names) if "claim" in row]
    return list(dict.fromkeys(claims))


def _flags(deal: Deal, names: Collection[str]) -> list[Row]:
    flags = rows_of(deal.delivery, "flags")
    return [row for row in flags if row.get("dimension") in names]


def _notes(deal: Deal, names: Collection[str]) -> Iterator[str]:
    """Yield what the deal's flags on the dimension note, each once; they all claim the same."""
    said = (str(row.get("note", "")) for row in _flags(deal, names))
    yield from dict.fromkeys(note for note in said if note)


def _reason(ledger: Ledger, deal: Deal, names: Collection[str], claim: str) -> str:
    """Return in words why a deal speaks against the claim; empty when it does not."""
    claims = _claims(deal, names)
    others = [_title(ledger, each) for each in claims if each != claim]
    if others:
        also = f", and also as {_title(ledger, claim)}" if claim in claims else ""
        return f"it flags the dimension as {listed(others)}{also}"
    if claims or claim not in _CONTRADICTS:
        return ""
    says, denies = _CONTRADICTS[claim]
    answers = [
        (str(answer.get("answer", "")), signal)
        for signal, answer in deal.answered("signals")
        if signal.get("dimension") in names
    ]
    if any(code == denies for code, _ in answers):
        return ""
    saying = [
        f"signal {signal.get('id', '')} {says}{_quoted(signal)}"
        for code, signal in answers
        if code == says
    ]
    return f"it does not flag the dimension, and its {listed(saying)}" if saying else ""


def _quoted(signal: Row) -> str:
    """Return a signal's note as what somebody wrote, so that nobody takes himself to be meant."""
    note = str(signal.get("note", ""))
    return f': "{note}"' if note else ""


def _title(ledger: Ledger, claim: str) -> str:
    return ledger.policy.vocabulary("exchange.claims").title(claim).lower()
