"""What git says of a checkout: its remotes, its hooks, its line ends.

Git is asked through a function that the caller brings (``history.ask``), and what it answers is
handed on as values.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Ask = Callable[..., str]

_SCOPES = ("--worktree", "--local", "--global", "--system")


def version(ask: Ask) -> str:
    """Return what git says of its version."""
    return ask("version")


def is_inside(ask: Ask) -> bool:
    """Tell whether git finds a repository here."""
    return bool(ask("rev-parse", "--git-dir", codes=(0, 128)))


def prefix(ask: Ask) -> str:
    """Return where a folder lies in its repository; empty for the top and for a bare one."""
    return ask("rev-parse", "--show-prefix", codes=(0, 128)).strip("/")


def is_ignored(ask: Ask, path: str) -> bool:
    """Tell whether a repository leaves a folder out."""
    return bool(ask("check-ignore", path, codes=(0, 1, 128)))


def remotes(ask: Ask) -> list[str]:
    """Return the names of the remotes."""
    return sorted(ask("remote").split())


def unpushed(ask: Ask) -> int:
    """Return how many commits of this branch no remote had when it was asked last."""
    return int(ask("rev-list", "--count", "HEAD", "--not", "--remotes", codes=(0, 128)) or 0)


def line_ends(ask: Ask, folders: Sequence[str]) -> dict[str, str]:
    """Return what ``.gitattributes`` says of ``eol`` for a Markdown file in each folder."""
    paths = [f"{folder}/x/x.md" for folder in folders]
    answers = ask("check-attr", "-z", "eol", "--", *paths).split("\0")
    return dict(zip(folders, answers[2::3], strict=False))


def own_setting(ask: Ask, name: str) -> str:
    """Return a setting as the person's files have it, where winloss itself asks with another."""
    asked = (ask("config", scope, "--includes", name, codes=(0, 1, 128)) for scope in _SCOPES)
    return next(filter(None, asked), "")


def hooks(ask: Ask, root: Path, hooks_path: str) -> Path:
    """Return the folder that git takes hooks from."""
    if hooks_path:
        return root / Path(hooks_path).expanduser()
    return root / ask("rev-parse", "--git-common-dir") / "hooks"
