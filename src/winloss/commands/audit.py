"""``winloss audit``: whether history keeps the promises."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from winloss.branch import is_signed
from winloss.cli import fitted, text_or_json
from winloss.core.auditing import audit as auditing
from winloss.core.problem import stop
from winloss.core.publishing.publication import ANCHOR, tip_in
from winloss.core.repository.plumbing import is_object_id
from winloss.core.wording import one_line
from winloss.core.writing import report
from winloss.edge import history, publication

if TYPE_CHECKING:
    from winloss.core.auditing.past import Past
    from winloss.core.auditing.verdict import Finding
    from winloss.desk import Desk


@click.command()
@click.option(
    "--since",
    metavar="REV",
    help="Judge only what came after this commit, which must still be there.",
)
@click.option(
    "--anchor",
    metavar="REPO",
    help="Hold the history against each tip that a published repository (or anchor.json) names.",
)
@text_or_json
@click.pass_obj
def audit(desk: Desk, since: str | None, anchor: str | None, form: str) -> None:
    """Say whether history keeps the promises.

    Walks the main branch commit by commit and holds each change of forms and policy against an
    approval, each record against its own past, each date and author against the commit. Keep the
    commit that it names at the end: with --since, no later rewriting of history goes unseen.

    \b
    Examples:
      winloss audit
      winloss audit --since v2026-Q3
      winloss audit --anchor ../win-loss-pages.git
      winloss audit --format json
    """  # noqa: D301 - click reads the sign
    name, tip = desk.main_branch()
    earlier = since if since and is_object_id(since) else since and desk.commit(since)
    past = desk.past(tip)
    found = auditing.audit(past, is_signed, earlier, _tips(anchor) if anchor else ())
    if form == "json":
        click.echo(report.to_json(auditing.audit_data(found)), nl=False)
    else:
        for each in found.findings:
            click.echo(fitted(_line(each, past), 4))
        if found.findings:
            click.echo()
        count, commits = len(found.findings), found.commits
        click.echo(
            f"{count or 'No'} finding{'s' if count != 1 else ''} in {commits} "
            f"commit{'s' if commits != 1 else ''} of {name.rpartition('/')[2]}."
        )
        if any(each.path for each in found.findings):
            click.echo("What changed in a file, when and by whom: winloss log FILE")
        for note in found.notes:
            click.echo(fitted(f"- {note}", 2))
    if found.findings:
        raise SystemExit(1)


def _tips(anchor: str) -> list[str]:
    """Return every tip that an anchor has named, in a published repository or in its file."""
    if os.path.isfile(anchor):  # noqa: PTH113 - an address may be too long for a path
        contents = [Path(anchor).read_bytes()]
    else:
        with tempfile.TemporaryDirectory() as made:
            contents = _anchors_in(publication.address_of(anchor), Path(made))
    tips = [tip_in(content) for content in contents]
    hint = "name the repository that winloss publish wrote into, or its anchor.json"
    if not tips:
        raise stop(f"{one_line(anchor)} holds no anchor", hint)
    if None in tips:
        raise stop(f"{one_line(anchor)} holds an {ANCHOR} that names no commit", hint)
    return list(dict.fromkeys(filter(None, tips)))


def _anchors_in(address: str, copy: Path) -> list[bytes]:
    """Copy a published repository, and return all that ever stood in its anchor's file."""
    tip = history.head_of(copy, publication.copy(address, copy))
    commits = history.editions(copy, tip, ANCHOR) if tip else []
    named = [delta.new for commit in commits for delta in commit.deltas if delta.new]
    return list(history.blobs(copy, named).values())


def _line(finding: Finding, past: Past) -> str:
    """Return a finding on one line: commit, day, author, name, file, and what is wrong."""
    if not finding.path:
        return one_line(f"{finding.slug}: {finding.message}")
    commit = past.commits[past.positions[finding.commit]]
    day = commit.committed_on or "no date"
    who = f"{commit.short} {day} {commit.author.name}"
    return one_line(f"{who}: {finding.slug}: {finding.path}: {finding.message}")
