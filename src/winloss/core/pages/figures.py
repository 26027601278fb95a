"""What a quarter's figures are: counts by code, each with the deals behind it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from winloss.core.days import Quarter
    from winloss.core.deals.ledger import Deal, Ledger
    from winloss.core.owed.obligation import Obligation
    from winloss.core.pages.accounts import Accounts


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a dimension: the deals delivered with it, and those delivered well."""

    deals: tuple[str, ...]
    good: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DimensionFigures:
    """What the deliveries say of one dimension of the qualification model."""

    name: str
    levels: Mapping[str, Level]
    answers: Mapping[str, tuple[str, ...]]
    flags: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Friction:
    """One friction code: how often it came from which origin, and in which deals."""

    code: str
    origins: Mapping[str, int]
    deals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dimension and claim, with the distinct deals that flagged it up to the quarter's end."""

    dimension: str
    claim: str
    deals: tuple[str, ...]
    is_enough: bool


@dataclass(frozen=True, slots=True)
class Reviews:
    """The Day 60 reviews held in the quarter, and those that found a new engagement (R §4)."""

    held: tuple[str, ...]
    ended: tuple[str, ...]
    outcomes: Mapping[str, int]
    signals: Mapping[str, int]
    pay_again: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Carried:
    """What was still to do when a quarter began, and how it stands at its end.

    ``now`` is None when nothing asks for it any more.
    """

    then: Obligation
    now: Obligation | None


@dataclass(frozen=True, slots=True)
class Rollup:
    """A quarter. Codes map to the ids of the deals behind them, sorted.

    ``obligations`` are the records due in the quarter, ``missing`` those that should be there by
    its end and are not, ``actions`` what else is open then; ``dormant`` says since when.
    """

    ledger: Ledger
    quarter: Quarter
    accounts: Accounts
    won: tuple[str, ...]
    lost: tuple[str, ...]
    undecided: tuple[str, ...]
    loss_reasons: Mapping[str, tuple[str, ...]]
    delivered: tuple[Deal, ...]
    delivered_well: tuple[str, ...]
    dimensions: tuple[DimensionFigures, ...]
    patterns: Mapping[str, tuple[str, ...]]
    friction: tuple[Friction, ...]
    reviews: Reviews
    candidates: tuple[Candidate, ...]
    obligations: tuple[Obligation, ...]
    missing: tuple[Obligation, ...]
    actions: tuple[Obligation, ...]
    carried: tuple[Carried, ...]
    dormant: Mapping[str, date]
    sources: Mapping[str, str]

    @property
    def digest(self) -> str:
        """One digest over every file that the figures rest on."""
        lines = "".join(f"{blob} {path}\n" for path, blob in self.sources.items())
        return hashlib.sha256(lines.encode()).hexdigest()
