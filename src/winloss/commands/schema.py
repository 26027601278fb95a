"""``winloss schema``: a form as JSON Schema, for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from winloss.cli import say_what_errors_hide
from winloss.core.repository.tree import TEMPLATES
from winloss.core.wording import did_you_mean, one_line
from winloss.core.writing import report
from winloss.core.writing.json_schema import schema_of, schema_of_all

if TYPE_CHECKING:
    from winloss.desk import Desk


@click.command()
@click.argument("kind", required=False)
@click.pass_obj
def schema(desk: Desk, kind: str | None) -> None:
    """Print the JSON Schema (draft-07) of a kind of record, for an editor.

    Without KIND, one schema for records of every kind: their field 'kind' says which part of it
    holds, so that an editor needs one file for all of records/deals/.

    It says of the front matter what 'winloss check' says of it. It cannot know what the other
    records say, nor the text below the fields; it lets pass what is only warned of, and what is
    owed 'since' a day. Print it again when a form or the policy changes.

    \b
    Examples:
      winloss schema > .vscode/records.schema.json
      winloss schema post-delivery
    """  # noqa: D301 - click reads the sign
    ledger, _, problems = desk.ledger()
    forms = ledger.forms
    broken = {each.path for each in problems if each.is_error and each.path.startswith(TEMPLATES)}
    if kind is None:
        click.echo(report.to_json(schema_of_all(forms, ledger.policy)), nl=False)
        say_what_errors_hide(broken)
    elif kind in forms:
        click.echo(report.to_json(schema_of(forms[kind], ledger.policy)), nl=False)
    elif f"{TEMPLATES}{kind}.md" in broken:
        say_what_errors_hide({f"{TEMPLATES}{kind}.md"})
    else:
        message = f"there is no form '{one_line(kind)}'; {did_you_mean(kind, forms)}"
        raise click.UsageError(message)
