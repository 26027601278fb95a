"""What the CRO should know of a proposal besides its evidence, and what few deals cannot show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.changes.model_change import changes_of, is_version_raised, renamed
from winloss.core.changes.rule_change import rule_changes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from winloss.core.changes.model_change import Change
    from winloss.core.deals.ledger import Ledger
    from winloss.core.deals.record import Record
    from winloss.core.rulebook.model import Model


_RARE = 5  # of 100 cases


def codes_of_claim(base: Ledger, head: Ledger, proposal: Record) -> tuple[str, ...]:
    """Return the codes of the dimension that a claim is about: two where the change renames it."""
    name = proposal.text("dimension")
    pairs = renamed(base.policy.model, head.policy.model).items()
    others = (pair for pair in pairs if name in pair)
    return tuple(dict.fromkeys([name, *(code for pair in others for code in pair)])) if name else ()


def dimension_title(base: Ledger, head: Ledger, name: str) -> str:
    """Return a dimension's title before the change, else with it; its code where neither has it."""
    for ledger in (base, head):
        if name in ledger.policy.model.dimensions:
            return ledger.policy.model.dimensions[name].title
    return name


def contradictions(
    base: Ledger, head: Ledger, proposal: Record, names: Collection[str]
) -> Iterator[str]:
    """Yield in words where the change does not do what the proposal claims.

    ``names`` are the codes of the claim's dimension. Each begins small: it stands behind a colon.
    """
    changes = changes_of(base.policy.model, head.policy.model)
    title = dimension_title(base, head, proposal.text("dimension"))
    if not rule_changes(base, head):
        yield "nothing changes, and the rules are the same before and after"
    elif names and not any(_is_about(change, names) for change in changes):
        what = "the change does not touch it" if changes else "the model does not change"
        yield f"the proposal makes a claim about {title}, and {what}"
    if _is_the_wrong_way(changes, names, proposal.text("claim")):
        yield f"the points of {title} change the other way than the claim says"


def remarks(before: Model, after: Model) -> Iterator[str]:
    """Yield in words what a change of the model leaves open besides."""
    changes = changes_of(before, after)
    if changes and not is_version_raised(before, after):
        yield (
            f"The model changes and its version stays {after.version}: raise it, or nobody can "
            "tell by which rules a deal was scored"
        )
    for change in changes:
        if change.reclassifies and change.subject.endswith(".title"):
            yield (
                f"Past deals were scored on '{change.before}': the back-test takes these scores, "
                f"and cannot show how '{change.after}' would have been scored"
            )


def _is_the_wrong_way(changes: Iterable[Change], names: Collection[str], claim: str) -> bool:
    """Tell whether all points of a dimension rise that is over-scored, or fall the other way."""
    sign = {"over-scored": 1, "under-scored": -1}.get(claim, 0)
    steps = [
        int(change.after) - int(change.before)
        for change in changes
        if change.before and change.after and ".levels." in change.subject
        if _is_about(change, names)
    ]
    return bool(steps) and all(step * sign > 0 for step in steps)


def _is_about(change: Change, names: Collection[str]) -> bool:
    return any(f"{change.subject}.".startswith(f"dimensions.{name}.") for name in names)


def chance(dimensions: int, deals: int) -> float:
    """Return how likely chance alone makes some dimension point one way in all of some deals.

    From 0 to 1; as if each dimension of each deal were the toss of a coin.
    """
    if deals < 1:
        return 1.0
    return 1 - (1 - 2 * 0.5**deals) ** dimensions


def limits(dimensions: int, deals: int) -> str:
    """Return the sentence of what so few deals can and cannot show; empty without any."""
    if not deals:
        return ""
    if deals == 1:
        return (
            "1 deal can show that a question is worth asking, not that the answer is right: in "
            "one deal, each dimension points some way"
        )
    some = "the one dimension" if dimensions == 1 else f"at least one of {dimensions} dimensions"
    cases = round(100 * chance(dimensions, deals))
    often = f"in {cases} of 100 cases" if cases else "in fewer than 1 of 100 cases"
    shown = "that a question is worth asking, not that the answer is right"
    if cases < _RARE:
        shown = "that more than chance is at work, not that this change is the right answer to it"
    return (
        f"{deals} deals can show {shown}: if each score were the toss of a coin, {some} would "
        f"point the same way in all {deals} {often}"
    )
