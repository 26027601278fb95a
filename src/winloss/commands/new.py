"""``winloss new``: a record from its form."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from winloss import completion
from winloss.cli import DAY, fitted, next_step
from winloss.core.deals import rules
from winloss.core.deals.governance import PLAIN_NAME_HINT, is_plain_name
from winloss.core.health.identity import not_yours
from winloss.core.owed.agenda import asked_for, by_urgency, in_words, when
from winloss.core.owed.schedule import owed_on
from winloss.core.problem import CannotGoOn, stop
from winloss.core.text.document import read_document
from winloss.core.wording import (
    DEAL_ID_HINT,
    did_you_mean,
    is_deal_id,
    listed,
    nearest,
    one_line,
)
from winloss.core.writing.scaffold import (
    Scaffold,
    lost_on_the_way,
    missing_in_name,
    record_path,
    scaffold,
    template_data,
)
from winloss.desk import show
from winloss.edge import files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import date

    from winloss.core.deals.ledger import Ledger
    from winloss.core.health.identity import Identity
    from winloss.core.owed.obligation import Obligation
    from winloss.core.rulebook.form import Form
    from winloss.desk import Desk

_MOST_OFFERED = 9
_UNANSWERED = ("not-answered", "missing-section")


@click.command()
@click.argument("kind", required=False, shell_complete=completion.kinds)
@click.option(
    "--deal",
    default="",
    metavar="ID",
    shell_complete=completion.deals,
    help="The deal's id: its Monday.com item.",
)
@click.option("--customer", default="", metavar="NAME", help="The customer, for a new deal.")
@click.option("--date", "filed_on", type=DAY, help="The day of filing.  [default: today]")
@click.option("--set", "answers", multiple=True, metavar="FIELD=VALUE", help="Answer a field.")
@click.option("--edit/--no-edit", default=None, help="Open the editor.  [default: at a terminal]")
@click.pass_obj
def new(
    desk: Desk,
    kind: str | None,
    deal: str,
    customer: str,
    filed_on: date | None,
    answers: tuple[str, ...],
    *,
    edit: bool | None,
) -> None:
    """Write a record from its form, prefilled from what the deal's records say.

    KIND is the name of a form: pre-delivery, closed-lost, post-delivery, day-30, … Without it, a
    terminal offers what is owed next, first what your own roles owe. The record goes into the
    deal's folder. A file that exists is never overwritten. At a terminal, the editor opens, and the
    record is checked when it closes.

    \b
    Examples:
      winloss new pre-delivery --deal 8841207731 --customer "Northwind Traders"
      winloss new post-delivery --deal 8841207731 --set delivered_on=2026-06-12
      winloss new closed-lost --deal 8802946157 --set scores.timing=strong --no-edit
      winloss new --deal 8841207731
    """  # noqa: D301 - click reads the sign
    ledger, _, problems = desk.ledger()
    if kind is None:
        broken = {problem.path for problem in problems if problem.is_error}
        chosen = _offered(desk, ledger, deal, broken)
        if chosen.record is not None:  # the answer goes into a file that is there
            path = chosen.record.path
            click.echo(f"It goes into {path}")
            _finish(desk, path, edit=edit)
            return
        deal, kind = chosen.deal, chosen.kind
    if kind == "approval":
        raise click.UsageError("the CRO decides with: winloss approve PROPOSAL")
    form = _form(ledger, kind)
    if warning := not_yours(desk.identity(ledger), form):
        click.echo(fitted(warning, 0), err=True)
    if form.is_per_deal and not deal:
        raise click.UsageError(f"a {form.kind} record needs its deal: --deal ID")
    day = filed_on or desk.today
    draft = scaffold(ledger, form, deal, day, customer)
    for answer in answers:
        name, sign, text = answer.partition("=")
        if not sign:
            raise click.UsageError(f"'{one_line(answer)}' is not FIELD=VALUE.")
        draft.set(name.strip(), text)
    if _is_terminal():
        _ask_for_name(draft)
    path = record_path(ledger, draft, deal, day)
    text = _proved(draft, path, ledger, deal, day)
    files.create(desk.root, path, text)
    click.echo(f"Wrote {path}")
    if form.is_per_deal and deal not in ledger.deals:
        _say_that_it_is_new(ledger, form, deal)
    _finish(desk, path, edit=edit)


def _say_that_it_is_new(ledger: Ledger, form: Form, deal: str) -> None:
    """Name the deal that was perhaps meant, where a form follows others and the deal has none."""
    customer = form.fields.get("customer")
    near = nearest(deal, ledger.deals)
    if near is not None and (customer is None or not customer.rule.is_required):
        known = one_line(f"{near} {ledger.deals[near].customer}")
        message = f"Deal {deal} had no record before. If you meant {known}, delete this one."
        click.echo(message, err=True)


def _finish(desk: Desk, path: str, *, edit: bool | None) -> None:
    """Open the editor at a terminal, and say what is still open."""
    if edit or (edit is None and _is_terminal()):
        _edit(desk, path)
    _report(desk, path)


def _offered(desk: Desk, ledger: Ledger, deal: str, broken: Collection[str]) -> Obligation:
    """Return what a person chooses among that which is owed and goes into a record."""
    if deal and deal not in ledger.deals:
        hint = did_you_mean(deal, ledger.deals, "to begin it: winloss new pre-delivery --deal ID")
        raise click.UsageError(f"there is no deal '{one_line(deal)}' yet; {hint}")
    owed = [
        each
        for each in by_urgency(owed_on(ledger, desk.today, broken), desk.today)
        if each.is_open
        and (each.kind in ledger.forms or each.is_noted_in_record)
        and deal in {"", each.deal}
    ]
    whose = f"deal {one_line(deal)} owes" if deal else "the deals owe"
    if not owed:
        raise click.UsageError(f"{whose} no record now; name a kind: {listed(ledger.forms)}.")
    if not _is_terminal():
        kinds = listed(dict.fromkeys(each.kind for each in owed))
        raise click.UsageError(f"name the kind of record; {whose}: {kinds}.")
    me = desk.identity(ledger)
    mine = asked_for(owed, desk.today, None, me.roles)
    others = [each for each in owed if each not in mine]
    shown = [*mine, *others][:_MOST_OFFERED]
    for number, each in enumerate(shown, 1):
        if me.roles and number in {1, len(mine) + 1}:
            click.echo(_heading(me, bool(mine), number > len(mine)))
        owner = f"{each.owner}: " if me.roles and number > len(mine) else ""
        said = f"{when(each, desk.today)}: {owner}{in_words(each, ledger)}"
        click.echo(fitted(f"{number:3}  {said}", 5))
    if len(owed) > len(shown):
        click.echo(f"     {len(owed) - len(shown)} more: winloss due --within 365")
    return shown[click.prompt("Which one", type=click.IntRange(1, len(shown)), default=1) - 1]


def _heading(me: Identity, has_mine: bool, is_others: bool) -> str:  # noqa: FBT001 - two answers
    """Return what stands above what one's own roles owe, or above the rest."""
    mine = f"as {listed(me.roles)}"
    if not is_others:
        return f"You owe, {mine}:"
    return "Others owe:" if has_mine else f"You owe nothing, {mine}. Others owe:"


def _ask_for_name(draft: Scaffold) -> None:
    """Ask for what the file's name is made of and nobody has answered, such as a proposal's id."""
    for name in missing_in_name(draft):
        about = draft.form.fields[name].help
        click.echo(fitted(one_line(about), 0))
        draft.set(name, click.prompt(name, value_proc=_name_for(draft.form)))


def _name_for(form: Form) -> Callable[[str], str]:
    """Return what takes a typed part of a file's name, and asks again for one that cannot be."""

    def taken(typed: str) -> str:
        is_name = is_plain_name if form.kind == "proposal" else is_deal_id
        if not is_name(typed.strip()):
            hint = PLAIN_NAME_HINT if form.kind == "proposal" else DEAL_ID_HINT
            raise click.UsageError(f"'{one_line(typed)}' cannot be part of a file's name: {hint}")
        return typed.strip()

    return taken


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _edit(desk: Desk, path: str) -> None:
    """Open the editor; whatever becomes of it, the record is on the disk."""
    try:
        click.edit(filename=str(desk.root / path))
    except click.ClickException as cause:
        click.echo(f"The editor did not open: {one_line(cause.message)}", err=True)
        click.echo(f"The record is safe. Open {path} in any editor.", err=True)


def _form(ledger: Ledger, kind: str) -> Form:
    if kind not in ledger.forms:
        hint = did_you_mean(kind, ledger.forms)
        raise click.UsageError(f"there is no form '{one_line(kind)}'; {hint}")
    return ledger.forms[kind]


def _proved(draft: Scaffold, path: str, ledger: Ledger, deal: str, day: date) -> str:
    """Return the record's text, read back by the parser that will judge it."""
    text = draft.text(template_data(ledger, draft, ledger.deals.get(deal), day))
    document, problems = read_document(path, text.encode())
    if document is None:
        raise CannotGoOn(problems)
    lost = lost_on_the_way(draft, document.front)
    if lost:
        raise stop(f"{listed(lost)} cannot be written as typed", "answer it in the editor instead")
    return text


def _report(desk: Desk, path: str) -> None:
    """Say what the new record still lacks: mistakes in full, open answers by their number."""
    tree = desk.tree()
    if path not in tree.files:
        raise stop(f"{path} is gone: it was deleted or moved while it was open", "run new again")
    ledger, problems = rules.check(tree)
    mine = [problem for problem in problems if problem.path == path]
    show([problem for problem in mine if problem.slug not in _UNANSWERED], tree)
    is_open = sum(problem.slug in _UNANSWERED for problem in mine)
    if is_open:
        records = ledger.records if ledger else ()
        titles = [each for one in records if one.path == path for each in one.unanswered()]
        names = f": {listed(titles)}" if titles else ""
        click.echo(f"Still open: {is_open} answer{'s' if is_open != 1 else ''}{names}")
    if mine:
        next_step(f"edit {path}, then run: winloss check {path}")
    else:
        next_step(f"file it: git add {path}")
