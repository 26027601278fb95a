"""``winloss publish``: the pages, for readers who may not see the records."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from winloss.cli import fitted
from winloss.core.days import page_name, quarter_in
from winloss.core.problem import stop
from winloss.core.publishing.leaks import leaks_in, not_sought
from winloss.core.publishing.publication import stream
from winloss.core.wording import listed, visible
from winloss.core.writing.report import headline
from winloss.edge import history, publication
from winloss.editions import editions_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winloss.core.publishing.leaks import Secrets
    from winloss.desk import Desk
    from winloss.editions import Editions

_MOST_NAMED = 10


@click.command()
@click.option("--to", "typed", metavar="REPO", help="The readers' repository: folder or address.")
@click.option("--audience", required=True, metavar="ROLE", help="For whom: cmo.")
@click.option("--dry-run", is_flag=True, help="Say what would be published, and send nothing.")
@click.option("--show", "shown", metavar="QUARTER", help="Print one page as they will read it.")
@click.option("--yes", is_flag=True, help="Do not ask before sending.")
@click.pass_obj
def publish(
    desk: Desk, typed: str | None, audience: str, shown: str | None, *, dry_run: bool, yes: bool
) -> None:
    """Publish the pages in a repository of their own, for readers who may not see the records.

    Each page on the main branch whose quarter has ended is counted anew, from the coded answers
    that 'audiences' in records/policy/exchange.md grants to the ROLE: no name, no id, no typed
    text. Git has no reading rights within a repository, so the pages go into another one, in
    commits that are made anew. Every object is looked through before it is sent.

    \b
    Examples:
      winloss publish --audience cmo --show 2026-Q3
      winloss publish --audience cmo --to ../win-loss-pages.git --dry-run
      winloss publish --audience cmo --to git@example.com:firm/win-loss-pages.git
    """  # noqa: D301 - click reads the sign
    if shown is None and typed is None:
        raise click.UsageError("name the readers' repository: --to REPO")
    editions = editions_for(desk, audience)
    if shown is not None:
        click.echo(_page(editions, shown), nl=False)
        return
    assert typed is not None  # noqa: S101 - seen above
    address = publication.address_of(typed)
    with tempfile.TemporaryDirectory() as made:
        _publish(desk, editions, address, Path(made), is_rehearsal=dry_run, is_sure=yes)


def _publish(
    desk: Desk,
    editions: Editions,
    address: str,
    copy: Path,
    *,
    is_rehearsal: bool,
    is_sure: bool,
) -> None:
    branch = _copied(desk, address, copy)
    tip = history.head_of(copy, branch)
    there = history.tree_at(copy, tip, ["."]).files if tip else {}
    _refuse_another_audience(there, editions, address)
    changed = {
        name: text for name, text in editions.files.items() if there.get(name) != text.encode()
    }
    if changed:
        publication.add(copy, stream(changed, branch, desk.today, is_first=tip is None))
    secrets = editions.secrets()
    _refuse_leaks(copy, secrets)
    if unsought := not_sought(secrets):
        few = listed(visible(each) for each in unsought[:_MOST_NAMED])
        click.echo(f"Not looked for, because they are like other words: {few}", err=True)
    _tell(editions, there, with_labels=is_rehearsal)
    if not changed:
        click.echo(f"{visible(address)} is up to date")
    elif is_rehearsal:
        click.echo("Nothing was sent.")
    else:
        if not is_sure and sys.stdin.isatty():
            click.confirm(f"Send this to {visible(address)}", abort=True, err=True)
        publication.send(copy, address, branch)
        click.echo(f"Published to {visible(address)}, branch {branch}")


def _copied(desk: Desk, address: str, copy: Path) -> str:
    """Copy the readers' repository, refuse one that shares a past with ours; return its branch."""
    hint = "readers of records need no edition, and others need a repository of their own"
    if publication.is_of(address, desk.root):
        raise stop(f"{visible(address)} is the records repository, or a remote of it", hint)
    branch = publication.copy(address, copy)
    shared = publication.shared(address, copy, desk.root)
    if shared:
        message = f"{visible(address)} holds the commit {shared[0][:10]} of the records"
        hint = (
            "whoever can read it can read records: delete it, make it anew, and say so to those "
            "whom it concerns"
        )
        raise stop(message, hint)
    return branch


def _refuse_another_audience(there: Mapping[str, bytes], editions: Editions, address: str) -> None:
    """Leave when the pages there are for another role: who holds two editions compares them."""
    role = editions.audience.role
    own = f"\naudience: {role}\n".encode()
    for name, content in there.items():
        if quarter_in(name) and own not in content.partition(b"\n---\n")[0] + b"\n":
            message = f"{visible(address)} holds pages that are not for '{role}': {name}"
            raise stop(message, "make a repository for each audience")


def _refuse_leaks(copy: Path, secrets: Secrets) -> None:
    """Leave when an object that is to be sent, or was sent before, gives a secret away."""
    found = leaks_in(publication.objects_in(copy, history.commits(copy, "--all")), secrets)
    for each in found:
        click.echo(fitted(headline(each), 4), err=True)
    if found:
        click.echo(fitted(f"    {found[0].hint}", 4), err=True)
        click.echo("Nothing was sent.", err=True)
        raise SystemExit(1)


def _tell(editions: Editions, there: Mapping[str, bytes], *, with_labels: bool) -> None:
    """List the files: new, changed, or as they are; in a rehearsal also who is behind a label."""
    for name, text in editions.files.items():
        sign = "+" if name not in there else "=" if there[name] == text.encode() else "~"
        click.echo(f"{sign} {name}")
        for label, deal in editions.labels.get(name, {}).items() if with_labels else ():
            customer = visible(editions.ledger.deals[deal].customer)
            click.echo(f"    {label} is {deal} {customer}".rstrip())
    if editions.running:
        quarters = listed(str(each) for each in editions.running)
        click.echo(f"Left out, because it has not ended: {quarters}", err=True)
    count = editions.anchor.findings
    if count:
        click.echo(
            f"The audit has {count} finding{'s' if count != 1 else ''}, and the anchor says so: "
            "winloss audit",
            err=True,
        )


def _page(editions: Editions, quarter: str) -> str:
    name = page_name(quarter)
    if name not in editions.files:
        if quarter in map(str, editions.running):
            raise click.UsageError(f"{quarter} has not ended, so its page is not published yet.")
        known = listed(sorted(editions.labels))
        also = f"there is {known}" if known else "none of a quarter that has ended is filed"
        raise click.UsageError(f"there is no page of {visible(quarter)} to publish; {also}.")
    return editions.files[name]
