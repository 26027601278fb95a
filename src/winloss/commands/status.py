"""``winloss status``: where each deal stands, and how far the exchange is from v1.0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from winloss.cli import at_revision, fitted, say_what_errors_hide, text_or_json
from winloss.core.owed.promotion import SoFar, promotion_data
from winloss.core.owed.standing import standing_data, standing_groups, standings
from winloss.core.wording import one_line
from winloss.core.writing import report

if TYPE_CHECKING:
    from winloss.desk import Desk


@click.command()
@text_or_json
@at_revision
@click.pass_obj
def status(desk: Desk, form: str, at: str | None) -> None:
    """Say where each deal stands, and how far the exchange is from v1.0.

    One line a deal: what happened last, how long ago, and what is next. Then the open items of the
    exchange's SOP, each with what the records already say to it.

    \b
    Examples:
      winloss status
      winloss status --format json
    """  # noqa: D301 - click reads the sign
    ledger, _, problems = desk.ledger(at)
    broken = {problem.path for problem in problems if problem.is_error}
    found = standings(ledger, desk.today, broken)
    pages = desk.names(ledger.policy.rollups, at)
    exchange = promotion_data(SoFar(ledger, desk.today, pages, broken))
    if form == "json":
        deals = [standing_data(each, desk.today) for each in found]
        data = {"today": str(desk.today), "deals": deals, "exchange": exchange}
        click.echo(report.to_json(data), nl=False)
    else:
        for heading, lines in standing_groups(found, desk.today):
            click.secho(heading, bold=True)
            for line in lines:
                click.echo(fitted(f"  {line}", 6))
            click.echo()
        _show_exchange(exchange)
    say_what_errors_hide(broken)


def _show_exchange(exchange: dict[str, Any]) -> None:
    items = exchange["open_items"]
    done = sum(item["done"] is not None for item in items)
    click.secho(f"The exchange is {exchange['status']}", bold=True)
    _show(2, f"{done} of {len(items)} items are done on the way to v1.0:")
    for item in items:
        settled = f" (done {item['done']})" if item["done"] else ""
        _show(2, f"[{'x' if item['done'] else ' '}] {item['title']}{settled}")
        for said in item["records_say"]:
            _show(8, said)
    _show(2, f"Trigger: {exchange['trigger']['title']}")
    for said in exchange["trigger"]["records_say"]:
        _show(8, said)
    _show(2, f"Path: {exchange['path']}")
    _show(2, "Provisional, and in use:")
    for each in exchange["provisional"]["fields"]:
        count = f"{each['answered']} of {each['records']} records answer it"
        _show(8, f"{each['field']} ({each['kind']}): {count}")
    for name in exchange["provisional"]["policy"]:
        _show(8, f"records/policy/{name}.md")


def _show(indent: int, text: str) -> None:
    """Print a text on one line: titles are the policy's, and may hold anything."""
    click.echo(" " * indent + one_line(text))
