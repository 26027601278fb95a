"""Begin a repository, and commit new files in it beside whatever its owner is doing there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from winloss.core.problem import stop
from winloss.edge.git import run, setting, text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_UNFINISHED = {"MERGE_HEAD": "merge", "CHERRY_PICK_HEAD": "cherry-pick", "REBASE_HEAD": "rebase"}


def begin(folder: Path) -> None:
    """Make a repository with a branch called main, unless one is there."""
    if not (folder / ".git").exists():
        run(folder, "init", "--quiet", "--initial-branch=main")


def refuse_nameless(folder: Path) -> None:
    """Refuse to go on where git does not know whose name goes on a commit."""
    commands = naming(folder)
    if commands:
        hint = f"run: {commands}; then try again"
        raise stop("git does not know who commits; nothing was written", hint)


def naming(folder: Path) -> str:
    """Return the commands that tell git whose name goes on a commit; empty when it knows."""
    example = {"user.name": '"Your Name"', "user.email": "you@example.com"}
    lacking = [name for name in example if not setting(folder, name)]
    return " && ".join(f"git config --global {each} {example[each]}" for each in lacking)


def refuse_unfinished(root: Path) -> None:
    """Refuse a repository in the middle of a merge, or with a part of its files: git would, too."""
    if text(root, "config", "--type=bool", "core.sparseCheckout", codes=(0, 1)) == "true":
        message = "this checkout leaves files out; nothing was written"
        raise stop(message, "have them all: git sparse-checkout disable")
    for name, what in _UNFINISHED.items():
        if text(root, "rev-parse", "--verify", "--quiet", name, codes=(0, 1, 128)):
            raise stop(
                f"a {what} is under way here; nothing was written", f"finish the {what} first"
            )


def known(root: Path) -> set[str]:
    """Return the paths that git knows: those of the index and those of the last commit."""
    names = run(root, "ls-files", "-z", "--cached")
    if text(root, "rev-parse", "--verify", "--quiet", "HEAD", codes=(0, 1, 128)):
        names += run(root, "ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD")
    return {*os.fsdecode(names).split("\0")} - {""}


def commit(root: Path, paths: Iterable[str], message: str) -> str:
    """Commit these new files and nothing else, staged or not; return the commit's short id."""
    asked = ("--pathspec-from-file=-", "--pathspec-file-nul")
    given = "\0".join(paths)
    run(root, "add", "--force", *asked, given=given)
    run(
        root,
        "commit",
        "--quiet",
        "--no-gpg-sign",
        "--only",
        f"--message={message}",
        *asked,
        given=given,
    )
    return text(root, "rev-parse", "--short", "HEAD")
