"""Take the token of Monday.com from the environment or from a file, and from nowhere else."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from winloss.core.filing.token import HOW_TO_GET_ONE, Token, token_of
from winloss.core.problem import stop

VARIABLE = "MONDAY_API_TOKEN"
FILE_VARIABLE = "MONDAY_API_TOKEN_FILE"
OPTION = "--token-file"
_MOST_BYTES = 4_096


def taken_away() -> Token | None:
    """Take the token out of the environment, so that no program that is run inherits it."""
    value = os.environ.pop(VARIABLE, None)
    return None if value is None else Token(value)


def read(held: Token | None, root: Path, named: Path | None = None) -> Token:
    """Return the token: of the file that is named, else ``held``, else of the variable's file.

    ``held`` is what ``taken_away`` found; ``root`` is the records repository, in which no token
    may lie. No refusal says the token, nor the file's name, which may be a token by a slip.
    """
    if named is not None:
        return _of_file(named, root, f"the file that {OPTION} names")
    name = os.environ.get(FILE_VARIABLE, "")
    if held is not None and (held.reveal().strip() or not name):
        return token_of(held.reveal(), VARIABLE)
    if name:
        return _of_file(Path(name), root, f"the file that {FILE_VARIABLE} names")
    where = f"{HOW_TO_GET_ONE}, and set {VARIABLE}, or name its file: {OPTION} or {FILE_VARIABLE}"
    raise stop("there is no token of Monday.com", where)


def _of_file(place: Path, root: Path, whence: str) -> Token:
    try:
        place = Path(os.path.abspath(place.expanduser()))  # noqa: PTH100 - a link is not followed yet
        data = _content(place, root, whence)
    except (OSError, RuntimeError, ValueError) as cause:
        why = (isinstance(cause, OSError) and cause.strerror) or "it is no file's name"
        raise stop(f"{whence} cannot be read: {why}", "name a file, and not the token") from None
    if len(data) > _MOST_BYTES:
        hint = "the file is to hold the token and nothing else"
        raise stop(f"{whence} has more than {_MOST_BYTES:,} bytes", hint)
    return token_of(data.decode("utf-8-sig", "replace"), whence)


def _content(place: Path, root: Path, whence: str) -> bytes:
    """Return what a file begins with; refuse one in the repository, or open to others."""
    top = os.path.realpath(root)
    for each in (os.path.realpath(place), os.path.realpath(place.parent)):
        if Path(each).is_relative_to(top):
            hint = "keep it outside, where only you read: git would hand it to everybody"
            raise stop(f"{whence} lies in the records repository", hint)
    handle = os.open(place, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if stat.S_ISDIR(mode):
            raise stop(f"{whence} is a folder", "name the file in it")
        if os.name == "posix" and stat.S_ISREG(mode) and mode & 0o077:
            raise stop(f"{whence} can be read by others", "keep it to yourself: chmod 600 FILE")
        return file.read(_MOST_BYTES + 1)
