"""``winloss log``: which answer changed from what to what, when, and by whom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from winloss import completion
from winloss.cli import fitted, text_or_json
from winloss.core.auditing.approval import NAMESPACE
from winloss.core.auditing.trail import (
    decisions_of,
    holders_before,
    is_about_deal,
    is_below,
    signature_of,
    trail,
    trail_data,
    trail_lines,
)
from winloss.core.repository.tree import RECORDS
from winloss.core.wording import is_deal_id, one_line
from winloss.core.writing import report
from winloss.edge import history, signing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from winloss.core.auditing.past import Past
    from winloss.core.auditing.trail import Entry
    from winloss.core.auditing.versions import Turn
    from winloss.core.rulebook.people import Holder
    from winloss.desk import Desk

_GIT = "git"  # the purpose for which git signs commits


@click.command()
@click.argument(
    "what",
    required=False,
    metavar="[DEAL|PATH]",
    shell_complete=completion.what_log_tells_of,
)
@click.option(
    "--field", default="", metavar="FIELD", help="Only this answer, such as scores.timing."
)
@text_or_json
@click.pass_obj
def log(desk: Desk, what: str | None, field: str, form: str) -> None:
    """Say which answer changed from what to what, when, and by whom.

    Of a deal, a proposal, a file or folder, or of everything; the newest first. A record is
    followed when it is moved. Names and dates are what whoever committed typed: self-declared,
    unless a signature by a key of roles.md proves the person.

    \b
    Examples:
      winloss log 8841207731
      winloss log 8841207731 --field scores
      winloss log records/policy/qualification.md
    """  # noqa: D301 - click reads the sign
    past = desk.past(desk.commit("HEAD"))
    entries = next(filter(None, (trail(past, each) for each in _meanings(desk, what or "."))), [])
    if not entries:
        hint = "name a deal's id, a proposal's, or a file"
        raise click.UsageError(f"no commit tells of '{one_line(what or '')}'; {hint}.")
    signed = _signers(desk, entries, past)
    entries = [replace(each, signer=signed.get(each.commit.id)) for each in entries]
    if form == "json":
        click.echo(report.to_json(trail_data(entries, field)), nl=False)
        return
    shown = [lines for each in entries if (lines := trail_lines(each, field))]
    if not shown:
        raise click.UsageError(f"no commit changes '{one_line(field)}' there.")
    for head, *lines in shown:
        click.secho(fitted(head, 4), bold=True)
        for line in lines:
            click.echo(fitted(line, 8))


def _meanings(desk: Desk, what: str) -> Iterator[Callable[[Turn], bool]]:
    """Yield what a person may mean: a deal, a proposal, a file or a folder."""
    if is_deal_id(what) and not (desk.root / what).exists():
        yield is_about_deal(what)
        yield is_below(f"{RECORDS}proposals/{what}.md")
    yield is_below(desk.path(what))


def _signers(desk: Desk, entries: list[Entry], past: Past) -> dict[str, Holder]:
    """Return who signed which commit, or a decision in it, by a key that roles.md named then."""
    ids = [each.commit.id for each in entries]
    found: dict[str, Holder] = {}
    for entry, raw in zip(entries, history.objects(desk.root, ids, "commit").values(), strict=True):
        statement, signature = signature_of(raw)
        signed = [(statement, signature, _GIT)] if signature else []
        signed += [(said, by, NAMESPACE) for said, by in decisions_of(entry, past)]
        for holder in holders_before(past, entry.commit) if signed else ():
            if holder.key and any(
                signing.is_signed_by(said, by, holder.key, what) for said, by, what in signed
            ):
                found.setdefault(entry.commit.id, holder)
    return found
