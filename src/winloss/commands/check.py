"""``winloss check``: every problem of every file, in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from winloss import __version__, completion
from winloss.cli import at_revision
from winloss.core.deals import rules
from winloss.core.wording import one_line
from winloss.core.writing import report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winloss.core.problem import Problem
    from winloss.core.repository.tree import Tree
    from winloss.desk import Desk


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=completion.files)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "gitlab", "sarif", "junit"]),
    default="text",
    show_default=True,
    help="Text for a person, JSON for a script, or what a git host shows beside the files.",
)
@at_revision
@click.pass_obj
def check(desk: Desk, paths: tuple[str, ...], form: str, at: str | None) -> None:
    """Find every problem of every record, form and policy file.

    With PATHs, print only the problems of these files and folders. A warning concerns what the SOP
    has not settled, or what may well be a slip; it never fails the check.

    \b
    Examples:
      winloss check
      winloss check records/deals/2026/8841207731-northwind
      winloss check --format json
      winloss check --format gitlab > gl-code-quality-report.json
      winloss check --at main
    """  # noqa: D301 - click reads the sign
    tree = desk.tree(at)
    wanted = [desk.path(path) for path in paths] or ["."]
    checked = [path for path in tree.paths("") if _is_below(path, wanted)]
    for path, typed in zip(wanted, paths, strict=False):
        if not any(_is_below(each, [path]) for each in checked):
            raise click.UsageError(f"'{one_line(typed)}' is neither in records/ nor in templates/.")
    ledger, found = rules.check(tree)
    if ledger is None:  # no record could be judged, so no path is without problems
        wanted = ["."]
    problems = [problem for problem in found if _is_below(problem.path, wanted)]
    click.echo(_shown(form, problems, checked, tree), nl=False)
    if any(problem.is_error for problem in problems):
        raise SystemExit(1)


def _shown(form: str, problems: Sequence[Problem], checked: Sequence[str], tree: Tree) -> str:
    """Return the problems in a format; what a machine reads is its document and nothing else."""
    from winloss.core.writing import interchange  # noqa: PLC0415 - check is to start fast

    if form == "json":
        return report.as_json(problems, len(checked))
    if form == "gitlab":
        return interchange.as_gitlab(problems)
    if form == "sarif":
        return interchange.as_sarif(problems, __version__)
    if form == "junit":
        return interchange.as_junit(problems, checked)
    text = report.as_github(problems) if form == "github" else report.as_text(problems, tree)
    return f"{text}{report.summary(problems, len(checked))}\n"


def _is_below(path: str, folders: list[str]) -> bool:
    return any(folder in {".", path} or path.startswith(f"{folder}/") for folder in folders)
