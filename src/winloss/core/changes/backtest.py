"""What a change of the model would have done: past deals under both models, beside their outcome.

No score is invented. A deal that lacks one, or has a level that a model does not know, is listed
with what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.changes.model_change import renamed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from winloss.core.deals.ledger import Deal, Ledger
    from winloss.core.deals.record import Record
    from winloss.core.rulebook.model import Model

OPEN = "open"


@dataclass(frozen=True, slots=True)
class Retest:
    """One past deal: its points and its class under both models, and how it came out.

    ``outcome`` is a code of delivery quality, ``lost``, ``no-decision`` or ``open``; ``is_good`` is
    None while it is open. ``in_sample`` marks a deal that the proposal rests on.
    """

    deal: str
    points_before: int
    points_after: int
    was_qualified: bool
    is_qualified: bool
    outcome: str
    is_good: bool | None
    in_sample: bool

    @property
    def is_flip(self) -> bool:
        """Whether the deal's class changes."""
        return self.was_qualified != self.is_qualified

    @property
    def gain(self) -> int:
        """How the agreement of model and outcome changes by this deal: 1, 0 or -1."""
        if self.is_good is None:
            return 0
        return (self.is_qualified == self.is_good) - (self.was_qualified == self.is_good)


@dataclass(frozen=True, slots=True)
class Agreement:
    """In ``k`` of ``n`` deals the model said what came out: qualified and good, or neither."""

    k: int
    n: int


@dataclass(frozen=True, slots=True)
class BackTest:
    """Every past deal with scores, in the order of ids; or what it lacks, in words.

    ``scored_otherwise`` are those whose record names another version of the model than today's.
    """

    deals: tuple[Retest, ...]
    missing: Mapping[str, str]
    scored_otherwise: tuple[str, ...]

    @property
    def flips(self) -> tuple[Retest, ...]:
        """The deals whose class changes."""
        return tuple(each for each in self.deals if each.is_flip)

    def agreement(self, *, after: bool, in_sample: bool | None = None) -> Agreement:
        """Return how often a model agrees with the outcome, over all deals or one part of them."""
        judged = [
            each
            for each in self.deals
            if each.is_good is not None and in_sample in {None, each.in_sample}
        ]
        classes = ((each.is_qualified if after else each.was_qualified, each) for each in judged)
        return Agreement(sum(said == each.is_good for said, each in classes), len(judged))

    @property
    def hinges(self) -> tuple[str, ...]:
        """The deals without any one of which the change in agreement is gone or turned around."""
        change = sum(each.gain for each in self.deals)
        return tuple(
            each.deal for each in self.deals if change and (change - each.gain) * change <= 0
        )


def back_test(base: Ledger, after: Model, in_sample: Collection[str]) -> BackTest:
    """Score every past deal of a ledger by its own model and by another one."""
    found: list[Retest] = []
    missing: dict[str, str] = {}
    otherwise: list[str] = []
    before = base.policy.model
    codes = {new: old for old, new in renamed(before, after).items()}
    for deal in base.deals.values():
        record = _scored(deal)
        if record is None:
            missing[deal.id] = "no record holds its scores"
            continue
        scores = record.scores()
        lacking = [
            *_lacking(before, scores, {}, "before"),
            *_lacking(after, scores, codes, "after"),
        ]
        if lacking:
            missing[deal.id] = "; ".join(dict.fromkeys(lacking))
            continue
        points = _points(before, scores, {}), _points(after, scores, codes)
        found.append(_retest(base, deal, points, after, is_sample=deal.id in in_sample))
        if record.values.get("model") != before.version:
            otherwise.append(deal.id)
    return BackTest(tuple(found), missing, tuple(otherwise))


def _scored(deal: Deal) -> Record | None:
    """Return the record that holds a deal's scores: the handoff, else that of the loss."""
    return next((each for each in (deal.handoff, deal.loss) if each and each.scores()), None)


def _lacking(
    model: Model, scores: Mapping[str, str], codes: Mapping[str, str], when: str
) -> Iterator[str]:
    """Yield what a model needs and the scores do not give."""
    for name, dimension in model.dimensions.items():
        level = scores.get(codes.get(name, name))
        if level is None:
            yield f"{dimension.title} is not scored"
        elif level not in dimension.levels:
            yield f"{dimension.title} has no level '{level}' {when} the change"


def _points(model: Model, scores: Mapping[str, str], codes: Mapping[str, str]) -> int:
    return sum(
        dimension.levels[scores[codes.get(name, name)]]
        for name, dimension in model.dimensions.items()
    )


def _retest(
    base: Ledger, deal: Deal, points: tuple[int, int], after: Model, *, is_sample: bool
) -> Retest:
    outcome = _outcome(deal)
    return Retest(
        deal=deal.id,
        points_before=points[0],
        points_after=points[1],
        was_qualified=points[0] >= base.policy.model.qualified_at,
        is_qualified=points[1] >= after.qualified_at,
        outcome=outcome,
        is_good=None if outcome == OPEN else outcome in base.policy.delivered_well,
        in_sample=is_sample,
    )


def _outcome(deal: Deal) -> str:
    if deal.delivery is not None and deal.is_judged:
        return deal.delivery.text("delivery_quality")
    return (deal.loss.text("outcome") if deal.loss else "") or OPEN
