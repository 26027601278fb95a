"""Judge a machine: is there what winloss needs on it? Facts in, signs out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from winloss.core.health.diagnosis import Sign, broken, look, ok
from winloss.core.wording import listed, shell_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PYTHON, _GIT, _OPENSSH = (3, 11), (2, 31), (8, 1)
_NUMBERS = re.compile(r"([0-9]+)\.([0-9]+)")
# Editors with a window return at once, before anything is written, unless they are told to wait.
_WAITS = {
    **dict.fromkeys(("code", "codium", "code-insiders", "cursor", "subl", "zed"), "--wait"),
    **dict.fromkeys(("mate", "gvim"), ""),
}
_VARIABLE = "_WINLOSS_COMPLETE"
# How each shell is told to complete: the line, and the file that it goes into.
_COMPLETION = {
    "bash": (f'eval "$({_VARIABLE}=bash_source winloss)"', "~/.bashrc"),
    "zsh": (f'eval "$({_VARIABLE}=zsh_source winloss)"', "~/.zshrc"),
    "fish": (f"{_VARIABLE}=fish_source winloss | source", "~/.config/fish/config.fish"),
}


def winloss_sign(version: str, places: Sequence[str], beside: str) -> Sign:
    """Judge which winloss a terminal runs.

    ``places`` are those on PATH, the first one runs; ``beside`` is the folder of this one, if it
    holds the command.
    """
    name = "winloss"
    if not places:
        mend = f'export PATH={shell_word(beside)}:"$PATH"' if beside else ""
        return look(name, f"{version}, and no folder on PATH holds the command", mend)
    if len(places) > 1:
        said = f"{version}; {places[0]} is run, and {listed(places[1:])} is not"
        return look(name, said, "type -a winloss")
    return ok(name, f"{version}, {places[0]}")


def python_sign(version: tuple[int, ...], place: str) -> Sign:
    """Judge the version of Python."""
    shown = ".".join(map(str, version[:3]))
    if version[:2] < _PYTHON:
        return broken("Python", f"{shown} is too old", "install Python 3.11 or newer")
    return ok("Python", f"{shown}, {place}")


def git_sign(said: str) -> Sign:
    """Judge the version of git by what it says itself."""
    shown = said.removeprefix("git version ").strip()
    if _version(shown) < _GIT:
        return broken(
            "git", f"{shown or 'an unknown version'} is too old", "install git 2.31 or newer"
        )
    return ok("git", shown)


def openssh_sign(said: str | None, *, is_needed: bool) -> Sign:
    """Judge OpenSSH by what it says of its version; None where there is no ssh-keygen."""
    judge = broken if is_needed else look
    why = "roles.md names keys" if is_needed else "needed once roles.md names a key"
    if said is None:
        return judge("OpenSSH", f"there is no ssh-keygen ({why})", "install OpenSSH 8.1 or newer")
    shown = said.partition(",")[0].strip()
    if not _NUMBERS.search(shown):
        return look("OpenSSH", "there, and it does not say which version it is", "ssh -V")
    if _version(shown) < _OPENSSH:
        return judge("OpenSSH", f"{shown} cannot sign ({why})", "install OpenSSH 8.1 or newer")
    return ok("OpenSSH", shown)


def _version(text: str) -> tuple[int, int]:
    found = _NUMBERS.search(text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def editor_sign(
    named: tuple[str, str], program: str, others: Sequence[str], git_editor: str, shell: str
) -> Sign:
    """Judge the editor that ``winloss new`` opens.

    ``named`` is a variable (VISUAL, EDITOR) and what it says, empty when none is set; ``program``
    where its program lies, empty when nowhere; ``others`` the editors that are here.
    """
    variable, typed = named
    easy = next((each for each in ("nano", "notepad", "vim", "vi") if each in others), "")
    mend = set_variable(variable or "EDITOR", easy, shell) if easy else "install nano"
    if typed and not program:
        return broken("editor", f"{variable} is '{typed}', and there is no such program", mend)
    if typed:
        name = typed.split()[0].replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
        wait = _WAITS.get(name, "")
        if wait and wait not in typed.split() and "-w" not in typed.split():
            said = f"{variable} is '{typed}', which returns before you have written anything"
            return broken("editor", said, set_variable(variable, f"{typed} {wait}", shell))
        return ok("editor", f"{typed} ({variable})")
    if git_editor:
        said = f"git opens '{git_editor}' (core.editor), and winloss asks VISUAL and EDITOR only"
        return look("editor", said, set_variable("EDITOR", git_editor, shell))
    if not others:
        return broken("editor", "neither VISUAL nor EDITOR is set, and no editor is here", mend)
    said = f"neither VISUAL nor EDITOR is set, so {others[0]} opens"
    return look("editor", said, mend if easy in {"nano", "notepad"} else "")


def calendar_sign(country: str, packages: Mapping[str, bool], python: str) -> Sign:
    """Judge the extra ``calendar``: needed where a calendar names a country, and by due --ics."""
    missing = [name for name, is_here in packages.items() if not is_here]
    if not missing:
        return ok("calendar", f"{listed(packages)} are installed")
    mend = f"{shell_word(python)} -m pip install {' '.join(missing)}"
    said = f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} not installed"
    if country and "holidays" in missing:
        return broken("calendar", f"{said}, and calendar.md names the country {country}", mend)
    return ok("calendar", f"{said}; needed for public holidays and due --ics only: {mend}")


def completion_sign(shell: str, *, is_on: bool) -> Sign:
    """Judge whether the shell proposes deals and quarters at the Tab key."""
    if is_on:
        return ok("completion", f"{shell} is told to complete winloss")
    if shell not in _COMPLETION:
        said = "which shell this is cannot be seen; the README has the line for each"
        return ok("completion", said)
    line, file = _COMPLETION[shell]
    return look(
        "completion", f"{shell} is not told to complete winloss", f"echo '{line}' >> {file}"
    )


def encoding_sign(encoding: str, variable: str, shell: str) -> Sign:
    """Judge the encoding of the terminal; ``variable`` is the one that decides it."""
    if encoding.replace("-", "").replace("_", "").casefold() == "utf8":
        return ok("encoding", encoding)
    said = f"this terminal's is {encoding}, so names such as Café may be shown wrong"
    return look("encoding", said, set_variable(variable, "C.UTF-8", shell))


def set_variable(name: str, value: str, shell: str) -> str:
    """Return the line that sets a variable in a shell."""
    if shell == "fish":
        return f"set -gx {name} {shell_word(value)}"
    if shell in {"powershell", "pwsh"}:
        return f"$env:{name} = '" + value.replace("'", "''") + "'"
    return f"export {name}={shell_word(value)}"
