"""``winloss evidence``: what a change of the rules rests on, and what it would have done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from winloss import completion
from winloss.branch import decision_on, is_signed, weigh
from winloss.cli import md_or_json, next_step
from winloss.core.auditing.verdict import approval_of, latest_decision
from winloss.core.changes.amendment import amendment
from winloss.core.changes.evidence import evidence_data
from winloss.core.changes.evidence_page import Decided, evidence_page
from winloss.core.problem import stop
from winloss.core.writing import report

if TYPE_CHECKING:
    from winloss.core.changes.evidence import Evidence
    from winloss.desk import Desk


@click.command()
@click.argument("proposal", required=False, shell_complete=completion.proposals)
@click.option(
    "--base",
    metavar="REV",
    help="The state before the change.  [default: where this branch left the main one]",
)
@md_or_json("A comment for the pull request, or JSON for a script.")
@click.option(
    "--amendment",
    "is_amendment",
    is_flag=True,
    help="Print what sales.ops takes to the owners of the qualification SOP.",
)
@click.pass_obj
def evidence(
    desk: Desk, proposal: str | None, base: str | None, form: str, *, is_amendment: bool
) -> None:
    """Say what a change of the rules rests on, and what it would have done.

    PROPOSAL is a proposal's id; it may be left out when the branch has one. The records are those
    of the state before the change, and the rules are compared before and after it. The deals for
    and against are found among all deliveries, whatever the proposal cites.

    \b
    Examples:
      winloss evidence
      winloss evidence timing-over-scored --format json
      winloss evidence timing-over-scored --amendment
    """  # noqa: D301 - click reads the sign
    if is_amendment and form == "json":
        raise click.UsageError("--amendment prints Markdown, and no JSON.")
    weighed = weigh(desk, proposal, base)
    state = approval_of(weighed, is_signed)
    if form == "json":
        click.echo(report.to_json(evidence_data(weighed, state)), nl=False)
    elif is_amendment:
        if not weighed.model_changes:
            message = f"'{weighed.id}' changes no part of the qualification model"
            hint = f"see what it changes: winloss evidence {weighed.id}"
            raise stop(f"{message}, so there is nothing to amend", hint)
        click.echo(amendment(weighed, decision_on(weighed, state)), nl=False)
    else:
        decided = _decided(weighed, state)
        click.echo(evidence_page(weighed, decided), nl=False)
        if decided.is_open:
            next_step(_next(weighed))


def _next(weighed: Evidence) -> str:
    """Return what comes next: with too little evidence a change can be returned, not approved."""
    if weighed.is_enough:
        return f"the CRO decides with: winloss approve {weighed.id}"
    return (
        "it cannot be approved yet, for what stands on top; sales.ops completes the proposal, or "
        f"the CRO gives it back: winloss approve {weighed.id} --decision returned"
    )


def _decided(weighed: Evidence, state: str) -> Decided:
    """Return what was decided last; ``state`` says how far that approves the proposal.

    Once the change itself is taken back, nothing is left to decide, and what was decided stands.
    """
    decision = latest_decision(weighed)
    if decision is None:
        return Decided(state)
    return Decided(
        state=state if decision.is_approved else decision.decision,
        path=decision.path,
        day=decision.date,
        reason=decision.reason,
        is_outdated=bool(weighed.changes) and decision.digest != weighed.digest,
    )
