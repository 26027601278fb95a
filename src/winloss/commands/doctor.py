"""``winloss doctor``: what is missing or unusual on this machine and in this repository."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from winloss import __version__
from winloss.cli import fitted, text_or_json
from winloss.completion import VARIABLE
from winloss.core.health import machine_signs
from winloss.core.health.diagnosis import (
    INDENT,
    Sign,
    broken,
    diagnosis_data,
    is_healthy,
    mend_line,
    ok,
    sign_line,
    signs_of,
    summary,
)
from winloss.core.problem import CannotGoOn
from winloss.core.repository.tree import POLICY
from winloss.core.wording import one_line
from winloss.core.writing import report
from winloss.edge import checkout, files, machine, signing

if TYPE_CHECKING:
    from winloss.desk import Desk

_COLOURS = {"mend": "red", "look": "yellow"}


@click.command()
@text_or_json
@click.pass_obj
def doctor(desk: Desk, form: str) -> None:
    """Say what is missing or unusual on this machine and in this repository.

    A line for each check: ok, worth a look, or to mend, with the command that mends it, to be run
    at the top of the repository. Nothing is written, and no network is reached. It ends with 1 when
    something is to mend.

    \b
    Examples:
      winloss doctor
      winloss doctor --format json
    """  # noqa: D301 - click reads the sign
    parts = {"machine": _machine(desk), "repository": _repository(desk)}
    everything = [sign for signs in parts.values() for sign in signs]
    if form == "json":
        click.echo(report.to_json(diagnosis_data(__version__, parts)), nl=False)
    else:
        for where, signs in parts.items():
            click.secho(f"This {where}{_elsewhere(desk, where)}", bold=True)
            for sign in signs:
                _print(sign)
            click.echo()
        click.echo(summary(everything))
    if not is_healthy(everything):
        raise SystemExit(1)


def _print(sign: Sign) -> None:
    line, colour = fitted(sign_line(sign), INDENT), _COLOURS.get(sign.state)
    click.echo(click.style(line, fg=colour) if colour else line)
    if sign.mend:  # never broken into lines: it is to be copied
        click.echo(mend_line(sign))


def _elsewhere(desk: Desk, where: str) -> str:
    """Return where the mends of a repository are to be run, for who stands in another folder."""
    place = _place(desk)
    if where == "machine" or place.resolve() == Path.cwd().resolve():
        return ""
    return f" (run what mends it in {one_line(str(place))})"


def _repository(desk: Desk) -> list[Sign]:
    """Look at the repository; without libyaml nothing in it can be read."""
    try:
        from winloss.checkup import Checkup  # noqa: PLC0415 - it needs libyaml
    except CannotGoOn as cause:
        return [broken("repository", f"it cannot be read: {cause}")]
    return Checkup(desk).signs()


def _machine(desk: Desk) -> list[Sign]:
    """Look at this machine."""
    here, shell = _place(desk), machine.shell()
    top = Path(here.absolute().anchor)  # no repository's settings are read there
    return signs_of(
        [
            ("winloss", _winloss),
            ("Python", lambda: machine_signs.python_sign(*machine.python())),
            ("git", lambda: machine_signs.git_sign(checkout.version(top))),
            ("libyaml", _libyaml),
            ("OpenSSH", partial(_openssh, here)),
            ("editor", partial(_editor, top, shell)),
            ("calendar", partial(_calendar, here)),
            ("completion", partial(_completion, shell)),
            ("encoding", lambda: machine_signs.encoding_sign(*machine.encoding(), shell)),
        ]
    )


def _place(desk: Desk) -> Path:
    """Return the repository, or this folder where there is none."""
    try:
        return desk.root
    except CannotGoOn:
        return Path.cwd()


def _winloss() -> Sign:
    places, beside = machine.places_of("winloss"), machine.folder_of_this("winloss")
    return machine_signs.winloss_sign(__version__, places, beside)


def _libyaml() -> Sign:
    from winloss.core.text import front  # noqa: PLC0415 - it refuses to be imported without libyaml

    assert front.__name__  # noqa: S101 - that it could be imported is what is asked
    return ok("libyaml", "there, so that every machine judges a record alike")


def _openssh(here: Path) -> Sign:
    roles = files.read(here, f"{POLICY}roles.md") or b""
    return machine_signs.openssh_sign(signing.openssh(), is_needed=b"key:" in roles)


def _editor(top: Path, shell: str) -> Sign:
    named, program, others = machine.editor()
    git_editor = checkout.global_setting(top, "core.editor")
    return machine_signs.editor_sign(named, program, others, git_editor, shell)


def _calendar(here: Path) -> Sign:
    from winloss.core.text.document import read_document  # noqa: PLC0415 - it needs libyaml
    from winloss.core.text.node import Text  # noqa: PLC0415

    path = f"{POLICY}calendar.md"
    document, _ = read_document(path, files.read(here, path) or b"", is_rule=True)
    country = document.front.get("country") if document else None
    packages = {name: machine.has_package(name) for name in ("holidays", "icalendar")}
    name = country.value if isinstance(country, Text) else ""
    return machine_signs.calendar_sign(name, packages, machine.python()[1])


def _completion(shell: str) -> Sign:
    is_on = machine.is_told_to_complete(shell, VARIABLE)
    return machine_signs.completion_sign(shell, is_on=is_on)
