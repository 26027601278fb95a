"""Look at the machine: its programs, its variables, its Python. Nothing is written or fetched."""

from __future__ import annotations

import locale
import os
import shlex
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

_EDITORS = ("sensible-editor", "vim", "nano", "vi", "notepad")  # tried in this order without one
_TOLD = {
    "bash": (
        *(".bashrc", ".bash_profile", ".profile", ".bash_completion"),
        ".local/share/bash-completion/completions/winloss",
    ),
    "zsh": (".zshrc", ".zprofile", ".zshenv"),
    "fish": (".config/fish/config.fish", ".config/fish/completions/winloss.fish"),
}


def python() -> tuple[tuple[int, ...], str]:
    """Return Python's version, and where it lies."""
    return sys.version_info[:3], sys.executable


def places_of(program: str) -> list[str]:
    """Return where a program lies on PATH, each place once, in the order in which it is found."""
    found: dict[str, str] = {}
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        place = shutil.which(program, path=folder) if folder else None
        if place is not None:
            found.setdefault(os.path.realpath(place), place)
    return list(found.values())


def folder_of_this(program: str) -> str:
    """Return the folder beside Python that holds a program; empty when it does not."""
    folder = Path(sys.executable).parent
    return str(folder) if shutil.which(program, path=str(folder)) else ""


def editor() -> tuple[tuple[str, str], str, list[str]]:
    """Return the variable that names an editor, what it says, its program, and what is here."""
    typed = ((name, os.environ.get(name, "")) for name in ("VISUAL", "EDITOR"))
    named = next((each for each in typed if each[1].strip()), ("", ""))
    try:
        words = shlex.split(named[1])
    except ValueError:  # an open quote
        words = []
    program = shutil.which(words[0]) if words else None
    return named, program or "", [each for each in _EDITORS if shutil.which(each)]


def has_package(name: str) -> bool:
    """Tell whether Python finds a package; it is not loaded."""
    return find_spec(name) is not None


def has_program(name: str) -> bool:
    """Tell whether a program is on PATH."""
    return shutil.which(name) is not None


def shell() -> str:
    """Return the name of the person's shell, such as bash; empty when it cannot be seen."""
    name = os.environ.get("SHELL", "").replace("\\", "/").rpartition("/")[2]
    is_powershell = not name and "PSMODULEPATH" in map(str.upper, os.environ)
    return "powershell" if is_powershell else name


def is_told_to_complete(name: str, variable: str) -> bool:
    """Tell whether a file that a shell reads when it begins speaks of a variable."""
    home = Path.home()
    places = [home / each for each in _TOLD.get(name, ())]
    if name == "zsh" and os.environ.get("ZDOTDIR"):
        places.append(Path(os.environ["ZDOTDIR"], ".zshrc"))
    return any(_speaks_of(place, variable) for place in places)


def _speaks_of(place: Path, word: str) -> bool:
    try:
        return word.encode() in place.read_bytes()
    except OSError:
        return False


def encoding() -> tuple[str, str]:
    """Return the terminal's encoding, and the variable that decides it."""
    names = ("LC_ALL", "LC_CTYPE", "LANG")
    return locale.getencoding(), next((each for each in names if os.environ.get(each)), "LANG")
