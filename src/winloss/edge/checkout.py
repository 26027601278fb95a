"""What git says of a checkout: its remotes, its hooks, its line ends. Nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from winloss.edge.git import text

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCOPES = ("--worktree", "--local", "--global", "--system")


def version(folder: Path) -> str:
    """Return what git says of its version."""
    return text(folder, "version")


def is_inside(folder: Path) -> bool:
    """Tell whether git finds a repository here."""
    return bool(text(folder, "rev-parse", "--git-dir", codes=(0, 128)))


def prefix(folder: Path) -> str:
    """Return where a folder lies in its repository; empty for the top and for a bare one."""
    return text(folder, "rev-parse", "--show-prefix", codes=(0, 128)).strip("/")


def is_ignored(folder: Path, path: str) -> bool:
    """Tell whether a repository leaves a folder out."""
    options = ("--others", "--ignored", "--exclude-standard", "--directory")
    return bool(text(folder, "ls-files", *options, "--", path, codes=(0, 128)))


def is_torn(folder: Path) -> bool:
    """Tell whether a commit is checked out that the repository does not hold, or not whole."""
    named, found = (
        text(folder, "rev-parse", "--verify", "--quiet", name, codes=(0, 1, 128))
        for name in ("HEAD", "HEAD^{commit}")
    )
    return bool(named) and not found


def remotes(folder: Path) -> list[str]:
    """Return the names of the remotes."""
    return sorted(text(folder, "remote").split())


def unpushed(folder: Path) -> int:
    """Return how many commits of this branch no remote had when it was asked last."""
    asked = ("rev-list", "--count", "HEAD", "--not", "--remotes")
    return int(text(folder, *asked, codes=(0, 128)) or 0)


def line_ends(folder: Path, folders: Sequence[str]) -> dict[str, str]:
    """Return what ``.gitattributes`` says of ``eol`` for a Markdown file in each folder."""
    paths = [f"{each}/x/x.md" for each in folders]
    answers = text(folder, "check-attr", "-z", "eol", "--", *paths).split("\0")
    return dict(zip(folders, answers[2::3], strict=False))


def global_setting(folder: Path, name: str) -> str:
    """Return a setting of the person's own, which no repository can change."""
    return text(folder, "config", "--global", name, codes=(0, 1, 128))  # 128 without a home


def own_setting(folder: Path, name: str) -> tuple[str, bool]:
    """Return a setting as the person's files have it, where winloss asks with another.

    And whether it holds for other repositories, too.
    """
    for scope in _SCOPES:
        value = text(folder, "config", scope, "--includes", name, codes=(0, 1, 128))
        if value:
            return value, scope in _SCOPES[2:]
    return "", False


def unmerged(root: Path, folders: Sequence[str]) -> list[str]:
    """Return the files below some folders in which a merge under way has left a conflict."""
    found = text(root, "ls-files", "--unmerged", "-z", "--", *folders).split("\0")
    return sorted({entry.partition("\t")[2] for entry in found} - {""})


def hooks(root: Path, hooks_path: str) -> Path:
    """Return the folder that git takes hooks from."""
    if hooks_path:
        return root / Path(hooks_path).expanduser()
    return root / text(root, "rev-parse", "--git-common-dir") / "hooks"
