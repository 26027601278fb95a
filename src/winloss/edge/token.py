"""Take the token of Monday.com from the environment or from a file, and from nowhere else."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from winloss.core.problem import stop

if TYPE_CHECKING:
    from winloss.core.filing.token import Token

VARIABLE = "MONDAY_API_TOKEN"
FILE_VARIABLE = "MONDAY_API_TOKEN_FILE"
OPTION = "--token-file"
_MOST_BYTES = 4_096


def taken_away() -> Token | None:
    """Take the token out of the environment, so that no program that is run inherits it."""
    value = os.environ.pop(VARIABLE, None)
    if value is None:
        return None
    from winloss.core.filing.token import Token  # noqa: PLC0415 - not needed for --version

    return Token(value)


def read(held: Token | None, root: Path, named: Path | None = None) -> Token:
    """Return the token: of the file that is named, else ``held``, else of the variable's file.

    ``held`` is what ``taken_away`` found; ``root`` is the records repository, in which no token
    may lie. No refusal says the token, nor the file's name, which may be a token by a slip.
    """
    from winloss.core.filing.token import HOW_TO_GET_ONE, token_of  # noqa: PLC0415 - as above

    if named is not None:
        whence = f"the file that {OPTION} names"
        return token_of(_text_of(named, root, whence), whence)
    name = os.environ.get(FILE_VARIABLE, "")
    if held is not None and (held.reveal().strip() or not name):
        return token_of(held.reveal(), VARIABLE)
    if name:
        whence = f"the file that {FILE_VARIABLE} names"
        return token_of(_text_of(Path(name), root, whence), whence)
    where = f"{HOW_TO_GET_ONE}, and set {VARIABLE}, or name its file: {OPTION} or {FILE_VARIABLE}"
    raise stop("there is no token of Monday.com", where)


def _text_of(place: Path, root: Path, whence: str) -> str:
    try:
        place = Path(os.path.abspath(place.expanduser()))  # noqa: PTH100 - a link is not followed yet
        data = _content(place, root, whence)
    except (OSError, RuntimeError, ValueError) as cause:
        why = (isinstance(cause, OSError) and cause.strerror) or "it is no file's name"
        raise stop(f"{whence} cannot be read: {why}", "name a file, and not the token") from None
    if len(data) > _MOST_BYTES:
        hint = "the file is to hold the token and nothing else"
        raise stop(f"{whence} has more than {_MOST_BYTES:,} bytes", hint)
    return data.decode("utf-8-sig", "replace")


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
