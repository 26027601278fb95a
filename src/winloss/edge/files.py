"""Read and write the disk."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from winloss.core.problem import Problem, error, stop
from winloss.core.repository.tree import RECEIPTS, Tree
from winloss.core.wording import shell_word, visible, visible_name

if TYPE_CHECKING:
    from collections.abc import Iterable

_RULES = ("templates", "records/policy")
_PASSING = ".winloss-"  # how the name of a file begins that is still being written
_MOST_BYTES = 1024 * 1024  # more than any document may have: the rest need not be read
_MOST_RECEIPTS = 64 * _MOST_BYTES  # of half a million records


def walk(root: Path, folders: Iterable[str]) -> list[str]:
    """Return every file below some folders of a root that git does not know, sorted."""
    found: list[str] = []
    for folder in folders:
        for place, inner, names in os.walk(root / folder):
            inner[:] = [name for name in inner if name != ".git"]
            links = [name for name in inner if Path(place, name).is_symlink()]
            found += [Path(place, name).relative_to(root).as_posix() for name in names + links]
    return sorted(found)


def read_tree(root: Path, paths: Iterable[str]) -> Tree:
    """Read the files at these paths; what cannot be read is a problem, never an absence."""
    files: dict[str, bytes] = {}
    unreadable: dict[str, Problem] = {}
    real_root = Path(os.path.realpath(root))
    for number, path in enumerate(paths, 1):
        name = visible_name(path)
        if name != path:  # two such names may look the same
            hint = "rename it with letters, digits, - and _"
            message = "the name holds characters that nobody can see"
            name = f"{name}#{number}"
            unreadable[name] = error(name, (1, 1), "unportable-name", message, hint)
            continue
        try:
            files[name] = _read(real_root, path)
        except _Refused as cause:
            unreadable[name] = error(name, (1, 1), *cause.args)
        except OSError as cause:
            message = f"the file cannot be read: {cause.strerror}"
            unreadable[name] = error(name, (1, 1), "unreadable", message, "see its permissions")
    return Tree(files, unreadable)


class _Refused(Exception):  # noqa: N818 - private, and caught a few lines above
    """A file that is not read; its arguments are slug, message and mend."""


def _read(real_root: Path, path: str) -> bytes:
    place = real_root / path
    try:
        found = place.lstat()
    except FileNotFoundError:
        raise _Refused(
            "missing-file",
            "git tracks this file and the disk does not hold it",
            "if you moved it: git add -A; if it was lost: git restore "
            f"{shell_word(path)}; if it is to go: git rm {shell_word(path)}",
        ) from None
    if stat.S_ISDIR(found.st_mode):
        hint = "a records repository holds plain files: move this folder elsewhere"
        raise _Refused("not-a-file", "this is a folder, or a repository, and not a file", hint)
    if not stat.S_ISREG(found.st_mode) or os.path.realpath(place.parent) != str(place.parent):
        hint = "put the file itself here"
        raise _Refused("not-a-file", "this is a link or a device, not a file", hint)
    handle = os.open(place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        return file.read(_MOST_RECEIPTS if path == RECEIPTS else _MOST_BYTES)


def shipped_rules() -> dict[str, bytes]:
    """Return the forms, templates and policy that come with winloss, by their paths."""
    package = Path(__file__).parent.parent
    root = package / "shipped" if (package / "shipped").is_dir() else package.parent.parent
    places = [place for name in _RULES for place in (root / name).rglob("*") if place.is_file()]
    return {place.relative_to(root).as_posix(): place.read_bytes() for place in sorted(places)}


def starter() -> dict[str, bytes]:
    """Return the files that make a repository one of records, beside its rules, by their paths."""
    root = Path(__file__).parent.parent / "starter"
    places = [place for place in sorted(root.rglob("*")) if place.is_file()]
    return {place.relative_to(root).as_posix(): place.read_bytes() for place in places}


def standing(root: Path, path: str) -> bytes | str | None:
    """Return what stands at a path: a file's content, in words what else, or None for nothing."""
    place = root / path
    for above in [each for each in reversed(place.parents) if each.is_relative_to(root)][1:]:
        if above.is_symlink() or (above.exists() and not above.is_dir()):
            what = "a link" if above.is_symlink() else "a file"
            return f"{above.relative_to(root).as_posix()} is {what}, and no folder"
    if place.is_symlink():
        return "it is a link"
    if place.is_dir():
        return "it is a folder"
    try:
        return place.read_bytes() if place.exists() else None
    except OSError as cause:
        return f"it cannot be read: {cause.strerror}"


def leftovers(root: Path, folders: Iterable[str]) -> list[str]:
    """Return the files that a write which was cut off has left below some folders."""
    names = ((path, path.rpartition("/")[2]) for path in walk(root, folders))
    return [path for path, name in names if name.startswith(_PASSING) and name.endswith(".tmp")]


def repository_around(place: Path) -> Path | None:
    """Return the nearest folder above a place that holds a .git, without asking git."""
    above = Path(os.path.realpath(place)).parents
    return next((each for each in above if (each / ".git").exists()), None)


def is_program(place: Path) -> bool:
    """Tell whether a file is there and may be run."""
    return place.is_file() and os.access(place, os.X_OK)


def make_empty(folder: Path) -> None:
    """Make a new folder; refuse one that holds something, and a place where none can be made."""
    hint = "name a folder that does not exist yet"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as cause:
        raise stop(f"{visible(str(folder))} cannot be made: {cause.strerror}", hint) from None
    if not is_empty:
        raise stop(f"{visible(str(folder))} is not empty", hint)


def move_key(key: Path, place: Path) -> None:
    """Move a private key and its public half to their place, for its owner's eyes only."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for suffix in ("", ".pub"):
        shutil.move(f"{key}{suffix}", f"{place}{suffix}")


def read(root: Path, path: str) -> bytes | None:
    """Return one file's bytes; None when no file stands there."""
    place = root / path
    return place.read_bytes() if place.is_file() and not place.is_symlink() else None


def begins_with(place: Path, text: str) -> bool:
    """Tell whether a file begins with a text; one that cannot be read does not."""
    try:
        return place.is_file() and place.read_bytes().startswith(text.encode())
    except OSError:
        return False


def create(root: Path, path: str, text: str) -> None:
    """Write a new file; refuse when anything stands there already."""
    place = _inside(root, path)
    with _writable(place):
        temporary = _write_beside(place, text)
        try:
            _name_anew(temporary, place)
        except FileExistsError:
            hint = "edit that file, or choose another name"
            raise stop(f"{path} exists already; nothing was written", hint, slug="exists") from None
        finally:
            temporary.unlink()


def _name_anew(temporary: Path, place: Path) -> None:
    """Give a written file its name; where the name is taken, the system refuses."""
    try:
        os.link(temporary, place)
    except FileExistsError:
        raise
    except OSError:  # this file system has no second names
        with place.open("xb") as file:
            file.write(temporary.read_bytes())


def replace(root: Path, path: str, text: str) -> bool:
    """Write a file, or leave it alone when it says the same; tell whether it changed."""
    place = _inside(root, path)
    with _writable(place):
        if place.is_file() and place.read_bytes() == text.encode():
            return False
        temporary = _write_beside(place, text)
        try:
            temporary.replace(place)
        except OSError:
            temporary.unlink()
            raise
    return True


def _inside(root: Path, path: str) -> Path:
    """Return a place below the root, with its folder made; refuse to leave the root."""
    real_root = os.path.realpath(root)
    place = Path(real_root, path)
    if os.path.commonpath([real_root, os.path.realpath(place.parent)]) != real_root:
        raise stop(f"'{visible_name(path)}' lies outside the repository", "choose a path inside it")
    with _writable(place):
        place.parent.mkdir(parents=True, exist_ok=True)
    return place


class _writable:  # noqa: N801 - reads as a statement: with _writable(place)
    """Turn what the system says about a write into a sentence."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __enter__(self) -> None:
        """Begin to write."""

    def __exit__(self, _type: object, cause: BaseException | None, _trace: object) -> None:
        """Say in words why a write failed."""
        if isinstance(cause, OSError):
            full = cause.errno == errno.ENOSPC
            hint = "make room and try again" if full else "see the folder's permissions"
            message = f"{self.place} cannot be written: {cause.strerror}"
            raise stop(message, hint, slug="cannot-write") from None


def _write_beside(place: Path, text: str) -> Path:
    """Write a text, flushed to the disk, under a passing name beside its place."""
    temporary = place.with_name(f"{_PASSING}{os.getpid()}-{secrets.token_hex(4)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(temporary, flags, 0o644), "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
