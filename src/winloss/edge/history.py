"""Ask git. The only module that imports it.

GitPython serves as a runner of git's plumbing and nothing more: its object reader gives damaged
objects back as empty, and its convenience calls take text for options. No ``GIT_`` variable of the
caller's reaches git, and no program that a repository's configuration names is run.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from winloss.core.problem import stop

if TYPE_CHECKING:
    from collections.abc import Sequence

_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=false",
    "core.quotePath=false",
    "safe.bareRepository=explicit",
    "color.ui=false",
)
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "LC_ALL": "C.UTF-8",
}


def root(start: Path) -> Path | None:
    """Return the top level of the repository around a folder; None when there is none."""
    out = _git(start, "rev-parse", "--show-toplevel")
    return Path(os.fsdecode(out.rstrip(b"\n"))) if out and out.strip() else None


def listed(root_folder: Path, folders: Sequence[str]) -> list[str] | None:
    """Return the files that git tracks below some folders, and those it does not ignore, sorted.

    Paths are relative to the root; None when it lies in no repository.
    """
    options = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--")
    out = _git(root_folder, *options, *folders)
    return None if out is None else sorted({os.fsdecode(path) for path in out.split(b"\0") if path})


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Run one of git's plumbing commands in a folder; None when git finds no repository there.

    Any other refusal of git's ends the command in git's own words.
    """
    # GitPython hands its own process's environment on, so what must not reach git leaves it here.
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        del os.environ[name]
    try:
        import git  # noqa: PLC0415 - slow to import, and --version does not need it
    except ImportError as cause:
        hint = "install git, and see that the command 'git' works in this terminal"
        raise stop(f"git cannot be run: {str(cause).strip().splitlines()[0]}", hint) from None
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    code, out, err = git.Git(folder).execute(
        ["git", "--no-pager", *settings, *arguments],
        with_extended_output=True,
        with_exceptions=False,
        stdout_as_string=False,
        strip_newline_in_stdout=False,
        env=_ENVIRONMENT,
    )
    if code == 0:
        return out
    if "not a git repository" in err:
        return None
    raise stop(f"git refuses: {err.strip()}", "follow git's advice, then try again", slug="git")
