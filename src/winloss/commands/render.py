"""``winloss render``: a record as X §3's exchange block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from winloss import completion
from winloss.cli import at_revision, next_step
from winloss.core.owed.obligation import CHECK_IN
from winloss.core.pages.exchange import as_html, as_list, exchange_block, said_in
from winloss.core.wording import one_line
from winloss.desk import show

if TYPE_CHECKING:
    from winloss.desk import Desk


@click.command()
@click.argument("record", shell_complete=completion.files)
@click.option(
    "--format",
    "form",
    type=click.Choice(["block", "html"]),
    default="block",
    show_default=True,
    help="Plain text to paste, or HTML for an update.",
)
@at_revision
@click.pass_obj
def render(desk: Desk, record: str, form: str, at: str | None) -> None:
    """Print a record as the exchange block for Monday.com.

    RECORD is the record's file. All ten labels are there, in the order of the SOP; what nobody has
    answered yet is told apart from what was looked for and not observed. A Day-30 check-in's
    bullets, which go on the item itself, follow the block.

    \b
    Example:
      winloss render records/deals/2026/8841207731-northwind/pre-delivery.md
    """  # noqa: D301 - click reads the sign
    ledger, tree, problems = desk.ledger(at)
    path = desk.path(record)
    mine = [problem for problem in problems if problem.path == path and problem.is_error]
    found = next((each for each in ledger.records if each.path == path), None)
    if found is None and not mine:
        raise click.UsageError(f"'{one_line(record)}' is no record.")
    show(mine, tree)
    if found is not None:
        block = exchange_block(ledger, found)
        click.echo(as_html(block) if form == "html" else block, nl=False)
        if found.kind == CHECK_IN:
            bullets = said_in(found)
            text = "".join(f"- {each}\n" for each in bullets)
            click.echo(as_list(bullets) if form == "html" else f"\n{text}", nl=False)
        next_step("paste it into Monday.com, or have it filed: winloss file")
    if mine:
        raise SystemExit(1)
