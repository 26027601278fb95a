"""``winloss file``: what Monday.com should hold, and getting it there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from winloss import filing
from winloss.cli import fitted, next_step, say_what_errors_hide, text_or_json
from winloss.core.filing.plan import plan_data
from winloss.core.filing.request import MOST_PATIENCE, SERVICE, VERSION, Refusal
from winloss.core.wording import did_you_mean, one_line, visible
from winloss.core.writing import report
from winloss.setting_up import set_up

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator

    from winloss.core.filing.plan import Plan
    from winloss.core.filing.preflight import Owner
    from winloss.core.filing.request import Answer, Request
    from winloss.core.filing.setup import Found
    from winloss.desk import Desk
    from winloss.edge.monday import Monday
    from winloss.filing import Box, Result

_COLOURS = {"+": "green", "~": "yellow"}
_NOTHING = "Nothing was sent."
_MOST_NAMED = 10


@click.command()
@click.option("--plan", "is_plan", is_flag=True, help="Say what would be sent.  [the default]")
@click.option("--push", "is_push", is_flag=True, help="Send it.")
@click.option("--setup", "is_setup", is_flag=True, help="Find the boards and columns.")
@click.option("--check", "is_check", is_flag=True, help="Leave with 1 when something is to do.")
@click.option("--yes", is_flag=True, help="Do not ask before sending.")
@click.option(
    "--forget",
    "forgotten",
    multiple=True,
    metavar="KEY",
    help="With --push: forget as what this was filed. It is filed anew unless Monday.com has it.",
)
@click.option(
    "--board",
    "chosen",
    multiple=True,
    metavar="NAME=BOARD",
    help="With --setup: the id or title of the board for deals, expansion, referral or renewal.",
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file with the API token.  [default: the token is in MONDAY_API_TOKEN]",
)
@click.option(
    "--patience",
    type=click.IntRange(0, MOST_PATIENCE),
    default=300,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait in all when Monday.com asks for it.",
)
@click.option(
    "--url",
    envvar="MONDAY_API_URL",
    default=SERVICE,
    metavar="URL",
    help="Another address than Monday.com's own, to rehearse.",
)
@text_or_json
@click.pass_obj
def file(
    desk: Desk,
    chosen: tuple[str, ...],
    forgotten: tuple[str, ...],
    token_file: Path | None,
    patience: int,
    url: str,
    form: str,
    *,
    is_plan: bool,
    is_push: bool,
    is_setup: bool,
    is_check: bool,
    yes: bool,
) -> None:
    """Say what Monday.com should hold and does not yet, and send it.

    The handoff, the lost deal and the post-delivery summary become sub-items of the deal's item, a
    Day-30 check-in an update on it; what a Day-60 review opens becomes an item of its own. Each is
    filed once: the next push finds what is there, and brings up to date what has changed. Only what
    is committed is sent. The plan goes by the receipts and asks nobody; nothing else ever waits for
    Monday.com.

    \b
    Examples:
      winloss file
      winloss file --setup
      winloss file --push
      winloss file --plan --check
    """  # noqa: D301 - click reads the sign
    if is_plan + is_push + is_setup > 1:
        raise click.UsageError("one at a time: --plan, --push or --setup.")
    if (is_push or is_setup) and (form == "json" or is_check):
        raise click.UsageError("--check and --format json are for the plan, which sends nothing.")
    if (chosen and not is_setup) or (forgotten and not is_push):
        raise click.UsageError("--board belongs to --setup, and --forget to --push.")
    if is_setup:
        boards = _chosen(chosen)
        monday = _monday(desk, token_file, patience, url)
        raise SystemExit(set_up(desk, lambda asked: _as_owner(desk, monday, asked), boards))
    box = filing.box_of(desk, url)
    if box.is_rehearsal and form != "json":
        said = f"A rehearsal at {visible(url)}: what it holds is known from {box.name} alone"
        click.echo(fitted(said, 4), err=True)
    if is_push:
        monday = _monday(desk, token_file, patience, url)
        is_done, broken = _push(desk, monday, box, forgotten, is_sure=yes)
    else:
        plan, broken = filing.planned(desk, box.read())
        _show(plan, form)
        is_done = not (plan.unfiled and is_check)
    say_what_errors_hide(broken)
    if not is_done:
        raise SystemExit(1)


def _chosen(typed: tuple[str, ...]) -> dict[str, str]:
    """Return the boards that a person names, by what is filed on them."""
    pairs = [each.partition("=") for each in typed]
    for name, _, board in pairs:
        if not board:
            raise click.UsageError(f"--board {one_line(name)}: write NAME=BOARD.")
    return {name: board for name, _, board in pairs}


def _monday(desk: Desk, token_file: Path | None, patience: int, url: str) -> Monday:
    """Return the way to Monday.com, with the token of whoever is at work."""
    from winloss.edge import monday, token  # noqa: PLC0415 - the network is this command's alone

    held = token.read(desk.token, desk.root, token_file)
    begin = "\n" if sys.stderr.isatty() else ""  # not behind the bar
    return monday.Monday(url, held, patience, lambda said: click.echo(f"{begin}{said}", err=True))


def _as_owner(desk: Desk, monday: Monday, conversation: Generator[Request, Answer, Found]) -> Found:
    """Hold a conversation in the account that the receipts are of, and say which it is."""
    owner = filing.owner_of(monday, filing.box_of(desk, monday.url))
    click.echo(f"In {_where(owner)}", err=True)
    return filing.carry(monday, conversation)


def _where(owner: Owner) -> str:
    """Return as whom, and in which account; say when it speaks another version of its API."""
    if not owner.is_as_written_for:
        said = f"Monday.com answers in version {one_line(owner.version)} of its API"
        click.echo(f"{said}, and winloss is written for {VERSION}", err=True)
    return f"Monday.com as {one_line(owner.person)}, account {one_line(owner.account_name)}"


def _show(plan: Plan, form: str) -> None:
    """Print the plan, of which nothing is sent."""
    if form == "json":
        click.echo(report.to_json(plan_data(plan)), nl=False)
        return
    _tell(plan)
    if plan.unfiled:
        click.echo(_NOTHING)
    if plan.to_send:
        next_step("winloss file --push")


def _tell(plan: Plan) -> None:
    """Print what is to do, then what is in Monday.com and no longer in the records."""
    for step in plan.unfiled:
        click.secho(fitted(step.as_line(), 12), fg=_COLOURS[step.sign])
    for line in (*plan.gone(), *plan.waiting()):
        click.echo(fitted(line, 4))
    click.echo(plan.summary())


def _push(
    desk: Desk, monday: Monday, box: Box, forgotten: tuple[str, ...], *, is_sure: bool
) -> tuple[bool, Collection[str]]:
    """Send what can be sent; tell whether all is filed now, and which files have errors."""
    owner = filing.owner_of(monday, box)
    receipts = box.read_of(owner.account)
    for key in forgotten:
        if key not in receipts.filed:
            hint = did_you_mean(key, receipts.filed)
            raise click.UsageError(f"nothing is known to be filed as '{visible(key)}'; {hint}")
    plan, broken = filing.planned(desk, receipts.without(forgotten))
    _tell(plan)
    if plan.to_send and not _is_confirmed(owner, plan, is_sure=is_sure):
        click.echo(_NOTHING)
        return False, broken
    box.forget(forgotten)
    if not plan.to_send:
        if plan.unfiled:
            click.echo(_NOTHING)
        return not plan.unfiled, broken
    return _sent(filing.push(monday, plan.to_send, owner.account, box), plan, box), broken


def _is_confirmed(owner: Owner, plan: Plan, *, is_sure: bool) -> bool:
    """Say as whom and to which account things are sent, and ask."""
    where = _where(owner)
    if is_sure:
        click.echo(f"To {where}", err=True)
        return True
    try:
        return click.confirm(f"Send {len(plan.to_send)} to {where}", err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.UsageError("nothing was sent: nobody confirmed it; say --yes.") from None


def _sent(results: Iterator[Result], plan: Plan, box: Box) -> bool:
    """Send it, with a bar at a terminal; tell whether all that is open is filed now."""
    became: list[Result] = []
    is_cut_off = False
    try:
        with click.progressbar(
            results,
            length=len(plan.to_send),
            label="Filing",
            show_eta=False,
            show_pos=True,
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
        ) as bar:
            for result in bar:
                became.append(result)  # noqa: PERF402 - what came before Ctrl-C is kept
    except KeyboardInterrupt:
        is_cut_off = True
    _report(became, plan, box)
    if is_cut_off:
        raise click.Abort
    return sum(each.is_filed for each in became) == len(plan.unfiled)


def _report(became: list[Result], plan: Plan, box: Box) -> None:
    """Say what was filed and opened, and what was not, and why."""
    hints: dict[str, list[str]] = {}
    for each in became:
        if each.trouble:
            hints.setdefault(each.hint, []).append(each.trouble)
    for hint, troubles in hints.items():
        for line in troubles[:_MOST_NAMED]:
            click.echo(fitted(line, 4), err=True)
        if len(troubles) > _MOST_NAMED:
            click.echo(f"    and {len(troubles) - _MOST_NAMED} more", err=True)
        click.echo(fitted(f"    {hint}", 4), err=True)
    filed = sum(each.is_filed for each in became)
    left = len(plan.unfiled) - filed
    click.echo(f"Filed {filed} in Monday.com" + (f", and {left} still to file" if left else ""))
    for each in became:
        if each.is_filed and each.step.sign == "+" and each.step.filing.what == "item":
            click.echo(fitted(f"Opened: {each.opened}", 4))
    if any(each.has_receipt for each in became):
        what = "a rehearsal" if box.is_rehearsal else "commit it, so that others know"
        click.echo(f"Wrote {box.name}: {what}")
    if len(became) < len(plan.to_send) or any(map(_is_refused, became)):
        click.echo("Git has all of it. To go on from here: winloss file --push", err=True)


def _is_refused(result: Result) -> bool:
    return isinstance(result.outcome, Refusal)
