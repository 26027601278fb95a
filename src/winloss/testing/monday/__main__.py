"""``python -m winloss.testing.monday``: rehearse a push with nothing but this machine."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from winloss.core.wording import MONDAY_ID
from winloss.testing.monday.rehearsal import account_for, deals_below

if TYPE_CHECKING:
    from winloss.testing.monday.transport import Peer

_FAULTS = (
    *("drop-before", "drop-after", "slow", "truncated", "duplicate"),
    *("complexity-budget-exhausted", "daily-limit-exceeded"),
)
# What a push asks, in the order in which a new sub-item has it asked; and the other changes.
_DOCUMENTS = (
    *("WinlossWhoAmI", "WinlossSubitems", "WinlossCreateSubitem", "WinlossPostUpdate"),
    *("WinlossUpdates", "WinlossEditUpdate", "WinlossItems", "WinlossCreateItem"),
)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8841, show_default=True)
@click.option(
    "--deal",
    "deals",
    multiple=True,
    metavar="ID",
    help="A deal that has an item; may be repeated. Without it, those of ./records/deals.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND[:DOCUMENT]",
    help=f"What goes wrong once: a status such as 502, {', '.join(_FAULTS)}. It happens at the "
    f"first question, or at the first that asks one of {', '.join(_DOCUMENTS)}.",
)
def main(port: int, deals: tuple[str, ...], faults: tuple[str, ...]) -> None:
    """Answer as Monday.com's documentation says, on this machine, until Ctrl-C.

    A rehearsal: it keeps nothing, reaches nothing, and has the boards Deals, Prospects and Leads.
    What it does, and which part of it no documentation says, stands in
    winloss/testing/monday/documented.py.

    \b
    Examples:
      python -m winloss.testing.monday
      python -m winloss.testing.monday --deal 9150246671
      python -m winloss.testing.monday --fault drop-after:WinlossCreateSubitem
    """  # noqa: D301 - click reads the sign
    for deal in deals:
        if not MONDAY_ID.fullmatch(deal):
            raise click.BadParameter(f"'{deal}' is no item's id: digits only", param_hint="--deal")
    try:
        from winloss.testing.monday import transport  # noqa: PLC0415 - it needs the extra package
    except ModuleNotFoundError as missing:
        if missing.name != "graphql":
            raise
        _give_up("a rehearsal needs graphql-core: pip install 'winloss[monday]'")
    known = deals or deals_below(Path("records", "deals"))
    try:
        with transport.serving(account_for(known, _number()), port=port) as peer:
            for fault in faults:
                _queue(peer, fault)
            _tell(peer, len(known))
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                _end(peer)
    except OSError as error:
        _give_up(f"cannot listen on port {port} ({error.strerror}): name another with --port")


def _number() -> str:
    """Return another account's id each time: receipts of an earlier rehearsal count no more."""
    return str(10_000_000 + secrets.randbelow(90_000_000))


def _tell(peer: Peer, many: int) -> None:
    click.echo("A rehearsal of Monday.com: nothing here is real, and nothing is kept.")
    click.echo("In the terminal in which you file, and in no other:")
    click.echo(f"  export MONDAY_API_URL={peer.url} MONDAY_API_TOKEN={peer.token}")
    click.echo("or, in PowerShell:")
    click.echo(f"  $env:MONDAY_API_URL='{peer.url}'; $env:MONDAY_API_TOKEN='{peer.token}'")
    deals = "1 deal" if many == 1 else f"{many} deals"
    click.echo(f"The account has {deals}: {peer.url.removesuffix('v2')} shows what it holds.")
    if not many:
        click.echo("To have those of your records, start it in their repository, or name --deal.")
    click.echo("Ctrl-C ends it.")


def _end(peer: Peer) -> None:
    """Say that it is over, and which mishaps nobody met."""
    click.echo("\nThe rehearsal is over; nothing was kept.")
    for fault in peer.faults.waiting:
        at = f" at {fault.operation}" if fault.operation else ""
        click.echo(f"This did not happen: {fault.kind.replace('_', '-')}{at}")


def _queue(peer: Peer, told: str) -> None:
    kind, _, operation = told.partition(":")
    if operation not in {"", *_DOCUMENTS}:
        known = ", ".join(_DOCUMENTS)
        raise click.BadParameter(f"nothing asks '{operation}'; there is {known}")
    if kind in _FAULTS:
        getattr(peer.faults, kind.replace("-", "_"))(on=operation)
    elif kind.isdigit() and 400 <= int(kind) < 600:
        peer.faults.status(int(kind), on=operation)
    else:
        known = ", ".join(_FAULTS)
        raise click.BadParameter(f"'{kind}' is neither a status nor one of {known}")


def _give_up(why: str) -> None:
    click.echo(f"winloss: {why}", err=True)
    raise SystemExit(2)


if __name__ == "__main__":
    main(prog_name="python -m winloss.testing.monday")
