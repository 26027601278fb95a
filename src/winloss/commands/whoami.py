"""``winloss whoami``: which roles you hold, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from winloss.cli import fitted, text_or_json
from winloss.core.health.identity import identity_data, identity_lines
from winloss.core.writing import report

if TYPE_CHECKING:
    from winloss.desk import Desk


@click.command()
@text_or_json
@click.pass_obj
def whoami(desk: Desk, form: str) -> None:
    """Say which roles you hold by roles.md, and what you may file, decide and read.

    You are who git says you are in this repository (user.name and user.email), and the address
    decides, as it does for the audit. Where roles.md names nobody, roles are claims. It ends with 1
    when git does not know you, or when roles.md names people and not you.

    \b
    Examples:
      winloss whoami
      winloss whoami --format json
    """  # noqa: D301 - click reads the sign
    ledger, _, _ = desk.ledger()
    me = desk.identity(ledger)
    place = desk.key_file(me.keys)
    key = str(place) if place else ""
    if form == "json":
        click.echo(report.to_json(identity_data(me, ledger, key)), nl=False)
    else:
        for line in identity_lines(me, ledger, key):
            click.echo(fitted(line, 17))
    if not me.is_settled:
        raise SystemExit(1)
