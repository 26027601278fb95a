"""Read a repository and its history.

What is read from history is held against its own id, so that a damaged object is an error and never
an empty file.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from winloss.core.problem import error, stop
from winloss.core.repository import plumbing
from winloss.core.repository.commits import FORMAT, Commit, commits_of
from winloss.core.repository.tree import Tree
from winloss.core.wording import visible_name
from winloss.edge.git import ask, is_bare, run, setting, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_AT_ONCE = 1_000  # objects asked for in one go
_FEW, _LARGE = 100, 2 * 1024 * 1024  # objects held at a time, and bytes that no text has


def root(start: Path) -> tuple[Path, str] | None:
    """Return the top of the repository around a folder, and how it names contents: sha1 or sha256.

    A bare repository is its own top. None when there is no repository.
    """
    if is_bare(start):
        return start, object_format(start)
    out = ask(start, "rev-parse", "--show-object-format", "--show-toplevel")
    if not out or not out.strip():
        return None
    how, _, name = os.fsdecode(out).removesuffix("\n").partition("\n")
    top = Path(name)
    if not (top / ".git").exists():
        message = f"git takes {top} for the repository's top, and no repository begins there"
        raise stop(message, "see core.worktree in .git/config", slug="git")
    return top, how


def listed(root_folder: Path, folders: Sequence[str]) -> list[str] | None:
    """Return the files that git tracks below some folders, and those it does not ignore, sorted.

    Paths are relative to the root; None when it lies in no repository.
    """
    options = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--")
    out = ask(root_folder, *options, *folders)
    return None if out is None else sorted({*os.fsdecode(out).split("\0")} - {""})


def object_format(root_folder: Path) -> str:
    """Return how a repository names contents: sha1 or sha256; sha1 where there is none."""
    return (ask(root_folder, "rev-parse", "--show-object-format") or b"sha1").decode().strip()


def refuse_false_history(root_folder: Path) -> None:
    """Refuse a repository whose settings show another history than was committed, or fetch one."""
    if text(root_folder, "for-each-ref", "--count=1", "refs/replace/"):
        message = "replace refs make this history show other commits than were made"
        hint = "see them with: git replace -l; delete each with: git replace -d <id>"
        raise stop(message, hint, slug="replaced")
    grafts = root_folder / text(root_folder, "rev-parse", "--git-path", "info/grafts")
    if grafts.exists():
        raise stop(f"{grafts} hides a part of this history", "delete that file", slug="grafts")
    if text(root_folder, "config", "--get-regexp", r"^remote\..*\.promisor$", codes=(0, 1)):
        message = "this is a partial clone: what it lacks would have to be fetched"
        raise stop(message, "clone the repository again, without --filter", slug="partial")


def refuse_shallow(root_folder: Path) -> None:
    """Refuse a history that is cut short."""
    if text(root_folder, "rev-parse", "--is-shallow-repository") == "true":
        message = "the history is shallow: what came before cannot be seen"
        raise stop(message, "run: git fetch --unshallow", slug="shallow")


def commit_at(root_folder: Path, revision: str) -> str:
    """Return the full id of the commit that a revision names: a branch, a tag, an id, HEAD~2."""
    if not plumbing.is_revision(revision):
        message = f"'{revision}' is no revision"
        raise stop(message, "name a branch, a tag or a commit's id, such as HEAD or main~2")
    if (found := _found(root_folder, f"{revision}^{{commit}}")) is not None:
        return found
    if head(root_folder) is None:
        raise stop("this repository has no commit yet", "commit your records first")
    raise stop(f"no commit is called '{revision}'", "see: git log --oneline --all")


def head(root_folder: Path) -> str | None:
    """Return the commit that is checked out; None without a commit or a repository."""
    return _found(root_folder, "HEAD^{commit}")


def head_of(root_folder: Path, branch: str) -> str | None:
    """Return the newest commit of a branch; None when there is no such branch."""
    return _found(root_folder, f"refs/heads/{branch}^{{commit}}")


def main_branch(root_folder: Path) -> tuple[str, str] | None:
    """Return the main branch's full name and its commit; None when no branch is called so.

    By its full name, so that no tag of the same name stands in for it.
    """
    names = (setting(root_folder, "init.defaultBranch") or "main", "main", "master")
    places = [f"refs/{place}/{name}" for name in names for place in ("heads", "remotes/origin")]
    found = ((each, _found(root_folder, f"{each}^{{commit}}")) for each in places)
    return next(((name, commit) for name, commit in found if commit), None)


def merge_base(root_folder: Path, first: str, second: str) -> str | None:
    """Return the newest commit that two commits share."""
    return text(root_folder, "merge-base", first, second, codes=(0, 1)) or None


def commits(root_folder: Path, tip: str) -> Iterator[Commit]:
    """Yield every commit that leads to a tip, those before it first, in one pass."""
    return commits_of(_log(root_folder, (tip,), "--diff-merges=first-parent", f"--format={FORMAT}"))


def editions(root_folder: Path, tip: str, path: str) -> list[Commit]:
    """Return the commits on the line of first parents that changed one file, newest first."""
    asked = ("--first-parent", "--diff-merges=first-parent", f"--format={FORMAT}")
    return list(commits_of(_log(root_folder, (tip, "--", path), *asked)))[::-1]


def merges(root_folder: Path, tip: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return, for each merge that leads to a tip, the files that equal none of its parents'."""
    asked = ("--merges", "--diff-merges=combined", f"--format={plumbing.MERGE_FORMAT}")
    return plumbing.merged_anew(_log(root_folder, (tip,), *asked))


def tree_at(root_folder: Path, commit: str, folders: Sequence[str]) -> Tree:
    """Read the files below some folders of a commit, without a work tree.

    What is no plain file there (a link, a repository) is a problem, as on the disk.
    """
    ids: dict[str, str] = {}
    unreadable = {}
    for name, mode, content in _entries(root_folder, commit, folders):
        path = visible_name(name)
        if mode.startswith("100"):
            ids[path] = content
        else:
            message = "this is a link or a repository, not a file"
            unreadable[path] = error(
                path, (1, 1), "not-a-file", message, "put the file itself here"
            )
    found = blobs(root_folder, ids.values())
    return Tree({path: found[ids[path]] for path in ids}, unreadable, plumbing.hash_name(commit))


def names_at(root_folder: Path, commit: str, folder: str) -> list[str]:
    """Return the paths below a folder of a commit, sorted."""
    return sorted(visible_name(name) for name, _, _ in _entries(root_folder, commit, [folder]))


def file_at(root_folder: Path, commit: str, path: str) -> bytes | None:
    """Return one file of a commit; None when it has none there."""
    return next(iter(tree_at(root_folder, commit, (path,)).files.values()), None)


def blobs(root_folder: Path, ids: Iterable[str]) -> dict[str, bytes]:
    """Return the contents of these objects, each held against its id."""
    wanted = list(dict.fromkeys(ids))
    return {
        name: content
        for first in range(0, len(wanted), _AT_ONCE)
        for name, content in objects(root_folder, wanted[first : first + _AT_ONCE], "blob").items()
    }


def objects(root_folder: Path, ids: Sequence[str], kind: str) -> dict[str, bytes]:
    """Return the contents of some objects of one kind (``blob``, ``commit``) by their ids."""
    asked = "\n".join([*ids, ""])
    printed = run(root_folder, "cat-file", "--batch", given=asked, codes=(0, 128))
    return plumbing.objects_of(printed, ids, kind)


def tracked(root_folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file that git tracks, as it is staged, a few at a time; large ones are left out.

    In a bare repository, every file of the commit that is checked out.
    """
    if is_bare(root_folder):
        entries = _entries(root_folder, "HEAD", ()) if head(root_folder) else ()
        names = [(visible_name(name), content) for name, _, content in entries]
    else:
        listed_by_git = os.fsdecode(run(root_folder, "ls-files", "--stage", "-z")).split("\0")
        parts = (entry.partition("\t") for entry in listed_by_git if entry)
        names = [(visible_name(name), what.split(" ")[1]) for what, _, name in parts]
    asked = "\n".join([*(content for _, content in names), ""])
    form = "--batch-check=%(objecttype) %(objectname) %(objectsize)"
    found = (
        line.split(" ")
        for line in run(root_folder, "cat-file", form, given=asked).decode().splitlines()
    )
    small = {line[1] for line in found if line[0] == "blob" and int(line[2]) <= _LARGE}
    wanted = [each for each in names if each[1] in small]
    for first in range(0, len(wanted), _FEW):
        some = wanted[first : first + _FEW]
        contents = blobs(root_folder, [content for _, content in some])
        yield from ((name, contents[content]) for name, content in some)


def build(folder: Path, stream: bytes, branch: str, settings: Mapping[str, str]) -> None:
    """Make a repository of the commits that a stream holds, as ``git fast-import`` reads it."""
    run(folder, "init", "-q", "-b", branch)
    for name, value in settings.items():
        run(folder, "config", name, value)
    as_a_pack = ("-c", "fastimport.unpackLimit=1")  # and not a file for each object
    run(folder, *as_a_pack, "fast-import", "--quiet", "--date-format=raw", given=stream)
    run(folder, "reset", "-q", "--hard", branch)


def _entries(
    root_folder: Path, commit: str, folders: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    return plumbing.entries_of(run(root_folder, "ls-tree", "-r", "-z", commit, "--", *folders))


def _found(root_folder: Path, name: str) -> str | None:
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", name)
    return text(root_folder, *asked, codes=(0, 1, 128)) or None


def _log(root_folder: Path, what: Sequence[str], *options: str) -> Iterator[bytes]:
    """Yield what git's log prints of the commits up to a tip, piece by piece."""
    asked = ("log", "-z", "--raw", "--no-abbrev", "--no-renames", "--relative", "--topo-order")
    more = ("--reverse", "--date=raw", "--no-ext-diff", "--no-textconv")
    with tempfile.TemporaryFile() as file:
        run(root_folder, *asked, *more, *options, *what, into=file)
        file.seek(0)
        while piece := file.read(65_536):
            yield piece
