"""Touch the published repository: copy it, add commits to the copy, and send these.

All is done in a copy of our own making. The published repository may lie on another machine; a
person's own means to reach it (keys, credential helpers) are used.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from winloss.core import plumbing
from winloss.core.problem import stop
from winloss.core.wording import visible
from winloss.edge.git import ask, reach, run, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MAIN = "main"


def address_of(typed: str) -> str:
    """Return where a published repository lies: a folder's full path, or an address as typed."""
    place = Path(typed).expanduser()
    if place.is_dir():
        return str(place.resolve())
    is_address = "://" in typed or ":" in typed.partition("/")[0]
    if not is_address or typed.startswith("-"):
        message = f"there is no folder {visible(typed)}"
        raise stop(message, f"make a repository for it: git init --bare {visible(typed)}")
    return typed


def is_of(address: str, root: Path) -> bool:
    """Tell whether an address is that of a repository itself, or of one of its remotes."""
    mine = _common_folder(root)
    if mine is not None and mine == _common_folder(Path(address)):
        return True
    printed = text(root, "config", "--get-regexp", r"^remote\..*\.(push)?url$", codes=(0, 1))
    remotes = [line.partition(" ")[2] for line in printed.splitlines()]
    return _plain(address) in {_plain(each) for each in remotes}


def _common_folder(folder: Path) -> str | None:
    """Return the folder that holds a repository's objects; None where there is no repository."""
    if not folder.is_dir():
        return None
    found = ask(folder, "rev-parse", "--path-format=absolute", "--git-common-dir")
    return os.path.realpath(os.fsdecode(found).strip("\n")) if found else None


def _plain(address: str) -> str:
    plain = address.removeprefix("file://").rstrip("/").removesuffix(".git").rstrip("/")
    return os.path.realpath(plain) if plain.startswith("/") else plain.casefold()


def copy(address: str, folder: Path) -> str:
    """Copy the branches and tags of a published repository, and return its branch's name."""
    asked = ask(Path(address), "rev-parse", "--show-object-format") if _is_here(address) else None
    if _is_here(address) and asked is None:
        message = f"{visible(address)} is no repository"
        raise stop(message, f"make one: git init --bare {visible(address)}")
    how = (asked or b"sha1").decode().strip()
    run(folder, "init", "-q", "--bare", f"--object-format={how}", "-b", _MAIN)
    everything = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
    reach(folder, "fetch", "-q", "--no-write-fetch-head", "--", address, *everything)
    if _is_here(address):
        head = text(Path(address), "symbolic-ref", "-q", "HEAD", codes=(0, 1))
    else:
        printed = reach(folder, "ls-remote", "--symref", "--", address, "HEAD").decode()
        head = printed.partition("\t")[0].removeprefix("ref: ") if "\t" in printed else ""
    return head.removeprefix("refs/heads/") or _MAIN


def editions_of(address: str, folder: Path, path: str) -> list[bytes]:
    """Copy a published repository, and return all that ever stood in one of its files."""
    branch = copy(address, folder)
    asked = ("rev-list", f"refs/heads/{branch}", "--", path)
    commits = text(folder, *asked, codes=(0, 128)).split()
    found = (run(folder, "cat-file", "blob", f"{each}:{path}", codes=(0, 128)) for each in commits)
    return [content for content in found if content]


def _is_here(address: str) -> bool:
    return Path(address).is_dir()


def commits_in(folder: Path) -> list[str]:
    """Return the ids of every commit in a copy."""
    return text(folder, "rev-list", "--all").split()


def known_to(root: Path, ids: Sequence[str]) -> list[str]:
    """Return which of these objects a repository has."""
    printed = run(root, "cat-file", "--batch-check=%(objectname)", given="\n".join([*ids, ""]))
    return [line for line in printed.decode().splitlines() if not line.endswith(" missing")]


def objects_in(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield every object in a copy: where it stands and what it says, and the names of its refs."""
    printed = text(folder, "cat-file", "--batch-all-objects", "--batch-check")
    kinds = [line.split()[:2] for line in printed.splitlines()]
    paths = _paths_in(folder)
    for kind in ("blob", "commit", "tag"):
        ids = [name for name, of in kinds if of == kind]
        found = plumbing.objects_of(
            run(folder, "cat-file", "--batch", given="\n".join([*ids, ""])), ids, kind
        )
        for name, content in found.items():
            place = paths.get(name, f"{kind} {name[:10]}")
            yield place, content.decode("utf-8", "surrogateescape")
    yield "the names of files", "\n".join(sorted(set(paths.values())))
    yield "the names of branches and tags", text(folder, "for-each-ref", "--format=%(refname)")


def _paths_in(folder: Path) -> dict[str, str]:
    """Return the path of every file that a copy's commits hold, by the id of its content."""
    found: dict[str, str] = {}
    for commit in commits_in(folder):
        printed = run(folder, "ls-tree", "-r", "-z", commit)
        found |= {name: os.fsdecode(path) for path, _, name in plumbing.entries_of(printed)}
    return found


def add(folder: Path, stream: bytes) -> None:
    """Add commits to a copy, as ``git fast-import`` reads them."""
    run(folder, "fast-import", "--quiet", "--date-format=raw", given=stream)


def send(folder: Path, address: str, branch: str) -> None:
    """Send a copy's branch to the published repository; nothing there is overwritten."""
    name = f"refs/heads/{branch}"
    reach(folder, "push", "-q", "--", address, f"{name}:{name}")
