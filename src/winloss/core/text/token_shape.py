"""Find what is shaped like a token of Monday.com, so that none is filed and none is printed.

Such a token is a JWT: three parts of base64url, with dots between them. The first says as JSON by
which ``alg`` it is signed, the second is a JSON object, and the third is the signature.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

from winloss.core.problem import Problem, error

if TYPE_CHECKING:
    from collections.abc import Iterator

# An object of JSON begins so in base64url. Most files hold no such second part, and are done.
_SECOND_PART = re.compile(r"\.e[w-z0-9_-][A-Za-z0-9_-]+\.")
_FIRST_PART = re.compile(r"e(?=[w-z0-9_-])")
# Each run is looked at once, from where it begins, so that no file takes longer than its length.
_RUN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]++){2,}+")
_MOST_FIRST = 400  # characters of a first part; a token's own has 20
_LEAST_SIGNATURE = 16


def tokens_in(text: str) -> list[tuple[int, int]]:
    """Return where a text holds what is shaped like a token: where each begins and ends."""
    if _SECOND_PART.search(text) is None:
        return []
    return [place for run in _RUN.finditer(text) for place in _tokens_of(run[0], run.start())]


def _tokens_of(run: str, start: int) -> Iterator[tuple[int, int]]:
    parts, at = run.split("."), start
    for first, second, third in zip(parts, parts[1:], parts[2:], strict=False):
        if len(third) >= _LEAST_SIGNATURE and _object_of(second) is not None:
            begin = _begin_of_header(first)
            if begin is not None:
                yield at + begin, at + len(first) + len(second) + len(third) + 2
        at += len(first) + 1


def _begin_of_header(part: str) -> int | None:
    """Return where in a part the header begins; something else may stand right before it."""
    for match in _FIRST_PART.finditer(part, max(0, len(part) - _MOST_FIRST)):
        if "alg" in (_object_of(part[match.start() :]) or {}):
            return match.start()
    return None


def _object_of(part: str) -> dict[str, Any] | None:
    """Return the JSON object that a part of base64url says; None when it says none."""
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def blanked(text: str) -> str:
    """Return a text with each token's characters blanked, so that every column stays."""
    for begin, end in tokens_in(text):
        text = f"{text[:begin]}{'_' * (end - begin)}{text[end:]}"
    return text


def token_problems(path: str, text: str) -> tuple[Problem, ...]:
    """Return an error at each token that a file's text holds; it does not say the token."""
    return tuple(
        error(
            path,
            (text.count("\n", 0, begin) + 1, begin - text.rfind("\n", 0, begin)),
            "token-in-file",
            "this is shaped like a token of Monday.com: whoever reads it may act as its owner",
            "delete it here, and replace it in Monday.com (your avatar > Developers > My access "
            "tokens), for git keeps what it once had",
        )
        for begin, _ in tokens_in(text)
    )


def text_of(data: bytes) -> str:
    """Return any file's bytes as text to look for a token in, also when it is UTF-16."""
    return data.replace(b"\0", b"").decode("utf-8", "replace")


def shown(data: bytes) -> str:
    """Return a file's bytes as text to show to a person, with each token's characters blanked."""
    text = text_of(data) if b"\0" in data and tokens_in(text_of(data)) else ""
    return blanked(text or data.decode("utf-8", "replace"))
