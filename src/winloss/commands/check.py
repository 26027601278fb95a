"""``winloss check``: every problem of every file, in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from winloss.core import report, rules

if TYPE_CHECKING:
    from winloss.cli import Desk


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="Text for a person, JSON for a script, annotations for GitHub.",
)
@click.pass_obj
def check(desk: Desk, paths: tuple[str, ...], form: str) -> None:
    r"""Find every problem of every record, form and policy file.

    With PATHs, print only the problems of these files and folders. Warnings concern what the SOP
    has not settled, and never fail the check.

    \b
    Examples:
      winloss check
      winloss check records/deals/2026/8841207731-northwind
      winloss check --format json
    """
    tree = desk.tree()
    wanted = [desk.path(path) for path in paths] or ["."]
    checked = [path for path in tree.paths("") if _is_below(path, wanted)]
    for path, typed in zip(wanted, paths, strict=False):
        if not any(_is_below(each, [path]) for each in checked):
            raise click.UsageError(f"'{typed}' is neither in records/ nor in templates/.")
    _, found = rules.check(tree)
    problems = [problem for problem in found if _is_below(problem.path, wanted)]
    if form == "json":
        click.echo(report.as_json(problems, len(checked)), nl=False)
    elif form == "github":
        click.echo(report.as_github(problems) + report.summary(problems, len(checked)))
    else:
        click.echo(report.as_text(problems, tree), nl=False)
        click.echo(report.summary(problems, len(checked)))
    if any(problem.is_error for problem in problems):
        raise SystemExit(1)


def _is_below(path: str, folders: list[str]) -> bool:
    return any(folder in {".", path} or path.startswith(f"{folder}/") for folder in folders)
