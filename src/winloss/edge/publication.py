"""Touch the published repository: copy it, add commits to the copy, and send these.

All is done in a copy of our own making. The published repository may lie on another machine; a
person's own means to reach it (keys, credential helpers) are used.
"""

from __future__ import annotations

import os
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from winloss.core.days import quarter_in
from winloss.core.problem import stop
from winloss.core.publishing.publication import ANCHOR
from winloss.core.repository import plumbing
from winloss.core.wording import listed, one_line, visible
from winloss.edge.git import ask, kinds, reach, run, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from winloss.core.repository.commits import Commit

_MAIN = "main"
_HEAD = "refs/winloss/head"
# What must not be run or read where the published repository lies on this machine.
_SERVED = ("core.hooksPath=/dev/null", "core.alternateRefsCommand=true", "core.fsmonitor=false")


def address_of(typed: str) -> str:
    """Return where a published repository lies: a folder's full path, or an address as typed."""
    place = Path(os.path.expanduser(typed))  # noqa: PTH111 - a '~name' that nobody has stays as it is
    if os.path.isdir(place):  # noqa: PTH112 - a name too long for a file is no folder either
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
    if not os.path.isdir(folder):  # noqa: PTH112 - an address may be too long for a path
        return None
    found = ask(folder, "rev-parse", "--path-format=absolute", "--git-common-dir")
    return os.path.realpath(os.fsdecode(found).strip("\n")) if found else None


def _plain(address: str) -> str:
    plain = address.removeprefix("file://").rstrip("/").removesuffix(".git").rstrip("/")
    return os.path.realpath(plain) if plain.startswith("/") else plain.casefold()


def copy(address: str, folder: Path) -> str:
    """Copy all that a published repository lets anybody fetch, and return its branch's name.

    Its branches and tags, and every other ref (``refs/pull``, notes): whoever reads one may read
    all. No program that a repository on this machine names is run.
    """
    here = here_at(address)
    asked = ask(here, "rev-parse", "--show-object-format") if here else None
    if here and asked is None:
        message = f"{visible(address)} is no repository"
        raise stop(message, f"make one: git init --bare {visible(address)}")
    how = (asked or b"sha1").decode().strip()
    run(folder, "init", "-q", "--bare", f"--object-format={how}", "-b", _MAIN)
    printed = reach(folder, "ls-remote", *_by(here, "upload-pack"), "--symref", "--", address)
    refs = printed.decode("utf-8", "surrogateescape").splitlines()
    wanted = ["+refs/*:refs/*"]
    if any(line.endswith("\tHEAD") and not line.startswith("ref: ") for line in refs):
        wanted.append(f"+HEAD:{_HEAD}")
    fetch = ("fetch", "-q", "--no-write-fetch-head", *_by(here, "upload-pack"))
    reach(folder, *fetch, "--", address, *wanted)
    if here:
        head = text(here, "symbolic-ref", "-q", "HEAD", codes=(0, 1))
    else:
        heads = (line.partition("\t")[0] for line in refs if line.endswith("\tHEAD"))
        head = next((each[5:] for each in heads if each.startswith("ref: ")), "")
    return head.removeprefix("refs/heads/") or _MAIN


def _by(here: Path | None, program: str) -> tuple[str, ...]:
    """Return how a repository on this machine is to be served: without what its settings name."""
    settings = " ".join(f"-c {each}" for each in _SERVED)
    return (f"--{program}=git {settings} {program}",) if here else ()


def here_at(address: str) -> Path | None:
    """Return the folder of a published repository that lies on this machine."""
    place = address.removeprefix("file://")
    return Path(place) if os.path.isdir(place) else None  # noqa: PTH112 - see address_of


def commits_in(folder: Path) -> list[str]:
    """Return the ids of every commit in a copy."""
    return text(folder, "rev-list", "--all").split()


def shared(address: str, folder: Path, root: Path) -> list[str]:
    """Return the commits that a published repository, copied into a folder, and the records share.

    On this machine also those that no ref there leads to any more: whoever has the path has them.
    What ``winloss publish`` made is no commit of the records, though somebody fetched it into them.
    """
    found = [*kinds(root, commits_in(folder))]
    here = here_at(address)
    if here:
        found += kinds(here, commits_in(root))
    return [each for each in dict.fromkeys(found) if not _is_edition(root, each)]


def _is_edition(root: Path, commit: str) -> bool:
    names = text(root, "ls-tree", "--name-only", "-z", commit).rstrip("\0").split("\0")
    return all(name == ANCHOR or quarter_in(name) for name in names)


def objects_in(folder: Path, commits: Iterable[Commit]) -> Iterator[tuple[str, str]]:
    """Yield every object in a copy: where it stands and what it says, and the names of its refs.

    ``commits`` are all that its refs lead to: they tell the paths.
    """
    printed = text(folder, "cat-file", "--batch-all-objects", "--batch-check")
    stored = [line.split()[:2] for line in printed.splitlines()]
    paths = _paths_in(folder, commits)
    names = {each: min(of) for each, of in paths.items()}
    for kind in ("blob", "commit", "tag"):
        ids = [name for name, of in stored if of == kind]
        found = plumbing.objects_of(
            run(folder, "cat-file", "--batch", given="\n".join([*ids, ""])), ids, kind
        )
        for name, content in found.items():
            place = names.get(name, f"{kind} {name[:10]}")
            yield place, content.decode("utf-8", "surrogateescape")
    yield "the names of files", "\n".join(sorted({*chain.from_iterable(paths.values())}))
    yield "the names of branches and tags", text(folder, "for-each-ref", "--format=%(refname)")


def _paths_in(folder: Path, commits: Iterable[Commit]) -> dict[str, set[str]]:
    """Return the paths of every file that a copy's refs lead to, by the id of its content."""
    found: dict[str, set[str]] = {}
    for commit in commits:
        for delta in commit.deltas:
            found.setdefault(delta.new, set()).add(delta.path)
    form = "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname)"
    asked = text(folder, "for-each-ref", form).split()
    for kind, name in pairwise(asked):
        if kind == "tree":  # a tag may name a folder without a commit
            printed = run(folder, "ls-tree", "-r", "-z", name)
            for path, _, content in plumbing.entries_of(printed):
                found.setdefault(content, set()).add(os.fsdecode(path))
    return found


def add(folder: Path, stream: bytes) -> None:
    """Add commits to a copy, as ``git fast-import`` reads them."""
    run(folder, "fast-import", "--quiet", "--date-format=raw", given=stream)


def send(folder: Path, address: str, branch: str) -> None:
    """Send a copy's branch to the published repository; nothing there is overwritten."""
    name = f"refs/heads/{branch}"
    by = _by(here_at(address), "receive-pack")
    asked = ("push", "--porcelain", *by, "--", address, f"{name}:{name}")
    lines = reach(folder, *asked, codes=(0, 1)).decode("utf-8", "replace").splitlines()
    refused = [line.rpartition("\t")[2] for line in lines if line.startswith("!")]
    if "Done" in lines and not refused:
        return
    said = listed(refused) or "it gives no reason"
    place = visible(address)
    if "fetch first" in said or "non-fast-forward" in said:
        raise stop(f"somebody published to {place} in the meantime", "run it again", slug="git")
    if "checked out" in said:
        message = f"{place} has files of its own beside what was published"
        raise stop(message, "make one without: git init --bare DIR", slug="git")
    raise stop(f"{place} refuses: {one_line(said)}", "see whether you may push to it", slug="git")
