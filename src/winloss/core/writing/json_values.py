"""One value of front matter as JSON Schema (draft-07).

An editor's parser gives what is typed a type, as YAML 1.2 has it: ``8841207731`` is a number,
``no`` and ``2026-05-14`` are texts. winloss keeps it as it was typed: a text may be a number here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from winloss.core.text.reader import WHOLE_NUMBER
from winloss.core.wording import DEAL_ID, PLACEHOLDER, RESERVED, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from winloss.core.rulebook.policy import Vocabulary

Schema = dict[str, Any]

_LETTER = re.compile(r"\\u[0-9a-f]{4}|\\.|[a-z]")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
_BASES = {"0x": 16, "0o": 8}
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")

_UNANSWERED: Schema = {"$ref": "#/definitions/unanswered"}
_ANSWERED: Schema = {"not": _UNANSWERED}
TEXT: Schema = {"type": ["string", "number", "boolean"]}
_DATE: Schema = {
    "type": "string",
    "format": "date",
    "pattern": "^(19[7-9]|20[0-9]|21[0-9])[0-9]-[0-9]{2}-[0-9]{2}$",
}
_WHOLE_NUMBER: Schema = {
    "type": ["integer", "string"],
    "pattern": f"^({WHOLE_NUMBER.pattern})$",
    "minimum": 1 - 10**18,
    "maximum": 10**18 - 1,
}


def definitions() -> Schema:
    """Return what stands for no answer: nothing, ``TBD`` and the like, ``{a name in braces}``."""
    placeholder = _in_any_case(PLACEHOLDER)
    return {
        "unanswered": {
            "title": "Not answered",
            "anyOf": [
                {"type": "null"},
                {"type": "string", "pattern": rf"^\s*({placeholder})?\s*$"},
                {"type": "object", "additionalProperties": _UNANSWERED},
            ],
        }
    }


def _in_any_case(pattern: re.Pattern[str]) -> str:
    """Return a pattern that ignores case as one that need not be told to: an editor cannot be."""

    def both(match: re.Match[str]) -> str:
        return f"[{match[0].upper()}{match[0]}]" if len(match[0]) == 1 else match[0]

    return _LETTER.sub(both, pattern.pattern)


def scalar(type_: str, vocabulary: Vocabulary | None) -> Schema:
    """Return what one value of a type is; with a vocabulary, one of its codes."""
    if type_ == "date":
        return _DATE
    if type_ == "integer":
        return _WHOLE_NUMBER
    return TEXT if vocabulary is None else {"enum": parsed(vocabulary.titles)}


def answered(value: Schema) -> Schema:
    """Return a value that is an answer, where what holds its place would be of its type."""
    is_open = value.get("type") in ("object", TEXT["type"])
    return value | _ANSWERED if is_open else value


def deal() -> Schema:
    """Return what a deal's id is."""
    pattern = f"^(?!({_in_any_case(RESERVED)})$)({DEAL_ID.pattern})$"
    types = ["integer", "string", "boolean"]
    return {"type": types, "minimum": 0, "pattern": pattern, **_ANSWERED}


def unanswered(vocabulary: Vocabulary | None) -> Schema:
    """Return what does not answer; a code does, also one that looks like a placeholder (none)."""
    codes = [code for code in (vocabulary.titles if vocabulary else ()) if is_placeholder(code)]
    return {"allOf": [_UNANSWERED, {"not": {"enum": parsed(codes)}}]} if codes else _UNANSWERED


def parsed(codes: Iterable[str]) -> list[Any]:
    """Return codes as they are typed, and as an editor's parser gives them where that differs."""
    found: list[Any] = []
    for code in codes:
        found.append(code)
        if _BOOLEAN.fullmatch(code):
            found.append(code.lower() == "true")
        elif _INTEGER.fullmatch(code):
            found.append(int(code, _BASES.get(code[:2], 10)))
        elif _FLOAT.fullmatch(code):
            found.append(float(code))
    return found
