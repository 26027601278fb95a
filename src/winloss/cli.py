"""The door: the group, its options, the clock, and the way from a problem to an exit code.

Exit codes: 0 fine, 1 problems found or a check that failed, 2 usage or a repository that cannot be
read, 130 interrupted. Verbs are loaded when they are called, so that the door opens fast.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import textwrap
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from click.shell_completion import CompletionItem

from winloss import __version__, completion
from winloss.core.days import parse_date
from winloss.core.problem import CannotGoOn
from winloss.core.wording import did_you_mean, listed, one_line, visible
from winloss.desk import Desk
from winloss.edge import token

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from winloss.core.filing.token import Token

_Function = TypeVar("_Function", bound="Callable[..., object]")
# Each verb is a module of winloss.commands, with a command of the same name in it.
VERBS = {
    "init": "Make a folder, or a git repository, a working repository of records.",
    "new": "Write a record from its form, prefilled from what the deal's records say.",
    "check": "Find every problem of every record, form and policy file.",
    "render": "Print a record as the exchange block for Monday.com.",
    "rollup": "Build the quarterly page.",
    "due": "Say who owes what by when, and why.",
    "status": "Say where each deal stands, and how far the exchange is from v1.0.",
    "log": "Say which answer changed from what to what, when, and by whom.",
    "evidence": "Say what a change of the rules rests on, and what it would have done.",
    "approve": "Decide on a proposal, as the CRO.",
    "audit": "Say whether history keeps the promises.",
    "publish": "Publish the pages for readers who may not see the records.",
    "file": "Say what Monday.com should hold and does not yet, and send it.",
    "schema": "Print the JSON Schema of a kind of record, for an editor.",
    "whoami": "Say which roles you hold, and what you may file, decide and read.",
    "doctor": "Say what is missing or unusual on this machine and in this repository.",
    "demo": "Build a repository with a year of history, to try the tool on.",
}


class _Verbs(click.Group):
    """The verbs, imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in VERBS:
            return None
        command = getattr(import_module(f"winloss.commands.{name}"), name)
        assert isinstance(command, click.Command)  # noqa: S101 - the house test holds it
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            ctx.fail(f"no command '{one_line(args[0])}'; {did_you_mean(args[0], VERBS)}")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Propose the verbs without importing them."""
        fitting = [(name, said) for name, said in VERBS.items() if name.startswith(incomplete)]
        verbs = [CompletionItem(name, help=said) for name, said in fitting]
        return [*verbs, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


class _Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: object, param: object, ctx: object) -> date:  # noqa: ARG002
        day = value if isinstance(value, date) else parse_date(str(value))
        if day is None:
            self.fail(f"'{value}' is not a day of the calendar; write it as YYYY-MM-DD.")
        return day


DAY = _Day()
text_or_json = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Lines for a person, or JSON for a script.",
)


def md_or_json(what: str) -> Callable[[_Function], _Function]:
    """Return the option that prints a page as Markdown, or its figures as JSON."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["md", "json"]),
        default="md",
        show_default=True,
        help=what,
    )


at_revision = click.option(
    "--at",
    metavar="REV",
    help="Read a commit (a branch, a tag, an id, HEAD~2) instead of the files on the disk.",
)


def say_what_errors_hide(broken: Collection[str]) -> None:
    """Leave with exit code 1 when files have errors, and say that a list may lack something."""
    if broken:
        paths = sorted(visible(path) for path in broken)
        named = listed(paths) if len(paths) < 4 else f"{len(paths)} files"
        have = "has" if len(paths) == 1 else "have"
        message = f"{named} {have} errors, so something may be missing here. Run: winloss check"
        click.echo(message, err=True)
        raise SystemExit(1)


def fitted(line: str, indent: int) -> str:
    """Return a line as it is, or at a terminal broken between words to its width."""
    if not sys.stdout.isatty():
        return line
    width = max(60, shutil.get_terminal_size().columns)
    following = " " * indent
    broken = textwrap.wrap(
        line,
        width,
        subsequent_indent=following,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(broken)


def next_step(text: str) -> None:
    """Say what to do next, to a person at a terminal and to nobody else."""
    if sys.stderr.isatty():
        click.echo(f"Next: {text}", err=True)


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The records repository.  [default: the git repository around this folder]",
)
@click.option(
    "--today",
    type=DAY,
    envvar="WINLOSS_TODAY",
    default=lambda: date.today(),  # noqa: DTZ011, PLW0108 - the one clock, asked at each call
    help="The day to judge by, YYYY-MM-DD.  [default: today]",
)
@click.version_option(__version__, prog_name="winloss")
@click.pass_context
def group(ctx: click.Context, root: Path | None, today: date) -> None:
    """Win/loss intelligence as Markdown in git.

    Records are Markdown files below records/, written on the forms in templates/. Start with
    'winloss new', hold your work against the forms with 'winloss check', and build the quarterly
    page with 'winloss rollup'.
    """
    ctx.obj = Desk(today, root, ctx.obj or token.taken_away())
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def _without_token(cause: click.ClickException, held: Token | None) -> click.ClickException:
    """Return a refusal that repeats no token, which a person may have typed by a slip."""
    from winloss.core.text.token_shape import blanked  # noqa: PLC0415 - not needed for --version

    said = cause.format_message()
    safe = blanked(held.hidden_in(said) if held and held.is_in(said) else said)
    hint = "a token was typed, and your shell remembers it: have Monday.com make another one"
    return cause if safe == said else click.UsageError(f"{safe} ({hint})")


def main() -> None:
    """Run winloss; the one place where what went wrong becomes an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # the same bytes on every system
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    held = token.taken_away()  # at the door, before any program is run that would inherit it
    if completion.is_asked():
        completion.answer(lambda: group(prog_name="winloss", standalone_mode=False))
    try:
        sys.exit(group(prog_name="winloss", standalone_mode=False, obj=held) or 0)
    except click.ClickException as cause:
        _without_token(cause, held).show()
        sys.exit(cause.exit_code)
    except click.Abort:
        click.echo("Interrupted.", err=True)
        sys.exit(130)
    except BrokenPipeError:  # whoever read the output has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except CannotGoOn as cause:
        for problem in cause.problems:
            place = f"{problem.path}:{problem.line}:{problem.column}: " if problem.path else ""
            click.echo(f"winloss: {one_line(place + problem.message)}", err=True)
            if problem.hint:
                click.echo(f"    {one_line(problem.hint)}", err=True)
        sys.exit(2)
