"""Run git. The only module that imports GitPython.

GitPython serves as a runner of git's plumbing and nothing more: its object reader gives damaged
objects back as empty, and its convenience calls take text for options. No ``GIT_`` variable of the
caller's reaches git, and no program that a repository's configuration names is run.
"""

from __future__ import annotations

import os
import tempfile
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any

from winloss.core.problem import stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

# Nothing that a person or a repository has set may change what is read, run a program or fetch.
_SETTINGS = (
    *("core.fsmonitor=false", "core.hooksPath=/dev/null", "core.untrackedCache=false"),
    *("core.quotePath=false", "core.attributesFile=/dev/null", "core.commitGraph=false"),
    *("diff.external=", "diff.renames=false", "diff.orderFile=/dev/null", "log.showRoot=true"),
    *("log.showSignature=false", "log.mailmap=false", "i18n.logOutputEncoding=UTF-8"),
    *("protocol.allow=never", "safe.bareRepository=explicit", "color.ui=false"),
)
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "LC_ALL": "C.UTF-8",
}
# How a person has git reach another machine. Kept under names of our own, for ``reach`` alone.
_TO_REACH = ("GIT_SSH_COMMAND", "GIT_SSH", "GIT_ASKPASS", "GIT_SSL_CAINFO")
_KEPT = "WINLOSS_"
_PROTOCOLS = ("file", "https", "ssh")


def is_bare(folder: Path) -> bool:
    """Tell whether a folder is itself a repository, without a work tree."""
    has_folders = (folder / "objects").is_dir() and (folder / "refs").is_dir()
    return has_folders and (folder / "HEAD").is_file() and not (folder / ".git").exists()


def text(folder: Path, *arguments: str, codes: Sequence[int] = (0,)) -> str:
    """Run a plumbing command in a repository, and return what it prints as text."""
    return os.fsdecode(run(folder, *arguments, codes=codes)).strip("\n")


def ask(folder: Path, *arguments: str) -> bytes | None:
    """Run a plumbing command in a folder; None when git finds no repository there."""
    code, out, err = _execute(folder, arguments)
    return None if code and "not a git repository" in err else _accepted(code, out, err, (0,))


def run(
    folder: Path,
    *arguments: str,
    given: str | bytes = b"",
    into: IO[bytes] | None = None,
    codes: Sequence[int] = (0,),
) -> bytes:
    """Run a plumbing command in a repository, on some input, with the exit codes that are fine.

    With ``into``, what it prints goes to that file instead.
    """
    with tempfile.TemporaryFile() as file:
        file.write(given if isinstance(given, bytes) else given.encode())
        file.seek(0)
        return _accepted(*_execute(folder, arguments, istream=file, output_stream=into), codes)


def setting(folder: Path, name: str) -> str:
    """Return what git's configuration says to a name (``user.email``); empty when nothing."""
    return text(folder, "config", name, codes=(0, 1))


def kinds(folder: Path, ids: Sequence[str]) -> dict[str, str]:
    """Return the kind (``blob``, ``commit``) of each of these objects that a repository has."""
    printed = run(folder, "cat-file", "--batch-check", given="\n".join([*ids, ""])).decode()
    found = (line.split(" ") for line in printed.splitlines())
    return {name: kind for name, kind, *size in found if size}


def reach(folder: Path, *arguments: str, codes: Sequence[int] = (0,)) -> bytes:
    """Run a command that asks another repository, also over the network.

    In a repository of our own making only: what its settings name would be run.
    """
    allowed = [f"protocol.{each}.allow=always" for each in _PROTOCOLS]
    kept = {name: os.environ.get(_KEPT + name) or os.environ.get(name) for name in _TO_REACH}
    variables = {name: value for name, value in kept.items() if value}
    return _accepted(*_execute(folder, arguments, allowed, variables), codes)


def _accepted(code: int, out: bytes, err: str, codes: Sequence[int]) -> bytes:
    """Return what git printed; any refusal of git's ends the command in git's own words."""
    if code in codes:
        return out
    raise stop(f"git refuses: {err.strip()}", "follow git's advice, then try again", slug="git")


def _execute(
    folder: Path,
    arguments: Iterable[str],
    more_settings: Sequence[str] = (),
    variables: Mapping[str, str] = MappingProxyType({}),
    **streams: Any,
) -> tuple[int, bytes, str]:
    # GitPython hands its own process's environment on, so what must not reach git leaves it here.
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        value = os.environ.pop(name)
        if name in _TO_REACH:
            os.environ[_KEPT + name] = value
    try:
        import git  # noqa: PLC0415 - slow to import, and --version does not need it
    except ImportError as cause:
        hint = "install git, and see that the command 'git' works in this terminal"
        raise stop(f"git cannot be run: {str(cause).strip().splitlines()[0]}", hint) from None
    settings = [part for each in (*_SETTINGS, *more_settings) for part in ("-c", each)]
    where = ["--git-dir=."] if is_bare(folder) else []
    try:
        code, out, err = git.Git(folder).execute(
            ["git", "--no-pager", "--no-replace-objects", *settings, *where, *arguments],
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            env={**_ENVIRONMENT, **variables},
            **streams,
        )
    except UnicodeEncodeError as cause:
        message = f"a name with {cause.object[cause.start]!a} does not fit this terminal's encoding"
        raise stop(message, "export LC_ALL=C.UTF-8", slug="git") from None
    return code, out, err
