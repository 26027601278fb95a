"""The token by which Monday.com knows a person, kept so that it is said to nobody else."""

from __future__ import annotations

import html
import json
import re
from typing import NoReturn
from urllib.parse import quote, quote_plus

from winloss.core.problem import CannotGoOn, stop
from winloss.core.text.token_shape import blanked
from winloss.core.wording import UNSEEN, one_line

HOW_TO_GET_ONE = "make one in Monday.com (your avatar > Developers > My access tokens)"
_MOST = 4_096  # characters; Monday.com's have some 200
_LEAST = 16  # characters
_MOST_SAID = 300  # characters of somebody else's words


class Token:
    """A token that shows itself as ``…``, whoever prints it; ``reveal`` gives it, to be sent."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return "…"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("a token is not copied")

    def reveal(self) -> str:
        """Return the token itself."""
        return self._value

    def hidden_in(self, text: str) -> str:
        """Return a text with the token replaced, however it is written there."""
        if self._value:
            for form in _forms(self._value):
                text = text.replace(form, "…")
        return text

    def is_in(self, text: str) -> bool:
        """Tell whether a text holds the token; one too short to be told from a word is in none."""
        return len(self._value) >= _LEAST and self.hidden_in(text) != text


def _forms(value: str) -> list[str]:
    """Return how a text may write a value: as it is, in a URL, in JSON, in HTML; longest first."""
    in_url = {quote(value, safe=""), quote(value), quote_plus(value)}
    in_url |= {re.sub("%..", lambda match: match[0].lower(), each) for each in in_url}
    in_json = {json.dumps(value)[1:-1], json.dumps(value).replace("/", "\\/")[1:-1]}
    forms = {value, *in_url, *in_json, html.escape(value), repr(value)[1:-1]}
    return sorted(forms, key=lambda form: (-len(form), form))


def token_of(text: str, whence: str) -> Token:
    """Return the token that a text is; white space around it does not count.

    ``whence`` says where the text comes from. What cannot be a token is refused, and not shown.
    """
    value = text.strip()
    if not value:
        raise stop(f"{whence} is empty", HOW_TO_GET_ONE)
    if len(value) > _MOST:
        raise _refused(whence, f"has more than {_MOST:,} characters")
    if value.casefold().startswith("bearer "):
        raise _refused(whence, "begins with 'Bearer'", "write the token alone")
    if re.search(r"[^!-~]", value):
        raise _refused(whence, "holds white space, line breaks or other characters that none has")
    return Token(value)


def _refused(whence: str, why: str, hint: str = "copy the token again, alone") -> CannotGoOn:
    return stop(f"{whence} is no token of Monday.com: it {why}", hint)


def said(text: object, token: Token, most: int = _MOST_SAID) -> str:
    """Return somebody else's words on one short line: nothing unseen in them, and no token."""
    seen = one_line(UNSEEN.sub("", str(text)))
    hidden = blanked(token.hidden_in(seen))
    return hidden if len(hidden) <= most else f"{hidden[: most - 1]}…"
