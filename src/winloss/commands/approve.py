"""``winloss approve``: the CRO's decision on a proposal."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from winloss import completion
from winloss.branch import is_signed, weigh
from winloss.cli import fitted, next_step
from winloss.core.auditing.approval import APPROVER, NAMESPACE, Approval, next_number, read_approval
from winloss.core.auditing.verdict import approval_of, latest_decision, signing_holders
from winloss.core.changes.evidence_page import evidence_page
from winloss.core.changes.rule_change import rules_digest
from winloss.core.health.identity import SET_EMAIL
from winloss.core.problem import stop
from winloss.core.rulebook.people import holding
from winloss.core.wording import listed, one_line
from winloss.edge import files, history, signing

if TYPE_CHECKING:
    from winloss.core.changes.evidence import Evidence
    from winloss.core.repository.commits import Person
    from winloss.core.rulebook.people import Holder
    from winloss.desk import Desk

_DECISIONS = ("approved", "rejected", "returned")
_COUNCIL = ("reviewed", "waived")


@click.command()
@click.argument("proposal", shell_complete=completion.proposals)
@click.option(
    "--decision", type=click.Choice(_DECISIONS), help="What is decided; asked if left out."
)
@click.option(
    "--council",
    type=click.Choice(_COUNCIL),
    help="Whether the council reviewed it; asked when a dimension is reclassified.",
)
@click.option("--reason", default="", metavar="TEXT", help="Why it is decided so.")
@click.option("--base", metavar="REV", help="The state before the change, as for evidence.")
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Your SSH key, when roles.md names one.  [default: the one that git or SSH has]",
)
@click.option("--yes", is_flag=True, help="Do not ask whether to file the decision.")
@click.pass_obj
def approve(
    desk: Desk,
    proposal: str,
    *,
    decision: str | None,
    council: str | None,
    reason: str,
    base: str | None,
    key: Path | None,
    yes: bool,
) -> None:
    """Decide on a proposal, as the CRO.

    Shows the evidence, asks, and writes records/approvals/<nnnn>.md. The decision is bound to what
    was shown: any later edit of the proposal, the rules or the evidence voids it. Where roles.md
    names a key, it is signed. Who proposed a change does not approve it.

    \b
    Examples:
      winloss approve timing-over-scored
      winloss approve timing-over-scored --decision returned --reason "Ask Contoso, too"
    """  # noqa: D301 - click reads the sign
    weighed = weigh(desk, proposal, base)
    rows = _rows(desk, weighed)
    state = approval_of(weighed, is_signed)
    page = evidence_page(weighed, state)
    click.echo(page)
    if sys.stderr.isatty():  # by now the first line has scrolled away
        click.secho(f"{fitted(page.partition(chr(10))[0], 0)}\n", err=True, bold=True)
    if decision is None:
        decision = click.prompt("Decision", type=click.Choice(_DECISIONS), err=True)
    _refuse_the_same(weighed, decision or "")
    if decision == "approved":
        if not weighed.is_enough:
            click.echo(f"It cannot be approved: {listed(weighed.shortfalls)}.", err=True)
            raise SystemExit(1)
        if weighed.wants_council and council is None:
            question = "A dimension is reclassified. Has the council reviewed it"
            council = click.prompt(question, type=click.Choice(_COUNCIL), err=True)
    made = Approval(
        number=next_number(_numbered(desk, weighed)),
        proposal=weighed.id,
        date=str(desk.today),
        decision=decision or "",
        origin=weighed.rules_before,
        to=weighed.rules_after,
        digest=weighed.digest,
        council=council or "",
        reason=one_line(reason),
    )
    if read_approval(made.path, made.text().encode()) != made:
        raise stop(f"'{made.reason}' is no plain sentence", "begin the reason with a word")
    if not yes:
        click.confirm(f"File '{made.decision}' on '{made.proposal}'", abort=True, err=True)
    keys = [row.key for row in rows if row.key]
    if keys:
        place = key or _key_file(desk, keys)
        made = replace(made, signature=signing.sign(made.statement(), place, NAMESPACE))
        if not any(is_signed(made.statement(), made.signature, each) for each in keys):
            raise stop(f"{place} is not the key that roles.md names", "name yours with --key")
    files.create(desk.root, made.path, made.text())
    how = "signed" if made.signature else "not signed: roles.md names no key for it"
    click.echo(f"Wrote {made.path} ({how})")
    next_step(f"commit it to this branch: git add {made.path}")


def _refuse_the_same(weighed: Evidence, decision: str) -> None:
    """Refuse a decision that stands already, on exactly what stands now."""
    latest = latest_decision(weighed)
    if latest and (latest.decision, latest.digest) == (decision, weighed.digest):
        message = f"{latest.path} says '{decision}' already, on exactly this"
        raise stop(message, "to take it back, file another decision")


def _rows(desk: Desk, weighed: Evidence) -> tuple[Holder, ...]:
    """Return the rows of the person at work, who must hold the role and not have proposed.

    More than one, with a key each, for whoever works on two machines.
    """
    me = desk.me()
    if not me.email:
        raise stop("git does not know who you are", f"run: {SET_EMAIL}")
    proposed = _proposer(desk, weighed)
    if proposed.address == me.address:
        message = f"{proposed} proposed '{weighed.id}', and who proposes does not approve"
        raise stop(message, "another person decides")
    holders = holding(weighed.base.policy.people, APPROVER)
    holders = signing_holders(holders) or holders
    mine = [each for each in holders if each.email == me.address]
    if holders and not mine:
        known = listed(f"{each.name} <{each.email}>" for each in holders)
        raise stop(f"you are {me}, and roles.md names {known} to decide", "let them decide")
    return tuple(mine)


def _proposer(desk: Desk, weighed: Evidence) -> Person:
    """Return who committed the proposal as it stands."""
    at, path = desk.commit("HEAD"), weighed.proposal.path
    head, tree = desk.tree_of(at), desk.tree()
    committed = history.editions(desk.root, at, path)
    if not committed or path not in head.files or head.blob(path) != tree.blob(path):
        message = f"{path} is not committed as it stands, so nobody answers for it"
        raise stop(message, "let its author commit it first")
    if rules_digest(head) != rules_digest(tree):
        message = "the rules on the disk are not those of the last commit"
        raise stop(message, "let their author commit them first")
    return committed[0].author


def _numbered(desk: Desk, weighed: Evidence) -> list[str]:
    """Return the paths of all approvals, on this branch and on the main one."""
    main = history.main_branch(desk.root)
    there = desk.tree_of(main[1]).paths("") if main else []
    return [*weighed.head.tree.paths(""), *there]


def _key_file(desk: Desk, keys: list[str]) -> Path:
    """Return the file of a key that roles.md names, from where git or SSH keeps keys."""
    found = desk.key_file(keys)
    if found is None:
        message = "the key that roles.md names for you is not on this machine"
        raise stop(message, "name its file: --key ~/.ssh/id_ed25519")
    return found
