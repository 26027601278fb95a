"""Columns of a board: which values they take, and how these read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONG_TEXT_LIMIT = 2000
_KEYS = {"status": "label", "long_text": "text", "date": "date"}  # where a value's text stands


class Refused(Exception):  # noqa: N818 - named for what the service says
    """An application error, in the shape that graphql-core passes on."""

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 200,
        data: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extensions = {"code": code, "status_code": status, "error_data": dict(data)}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a board; only a status column has labels."""

    id: str
    title: str
    type: str
    labels: tuple[str, ...] = ()


def read_values(columns: Iterable[Column], given: object) -> dict[str, object]:
    """Return what is to be written in each column; one value that is refused refuses all."""
    by_id = {column.id: column for column in columns}
    values = _parsed(given)
    for name, value in values.items():
        if name not in by_id:
            message = f"This column ID doesn't exist for the board: {name}"
            raise Refused("InvalidColumnIdException", message, data={"column_id": name})
        why = _fault(by_id[name], value)
        if why:
            data = {"column_value": json.dumps(value), "column_type": by_id[name].type}
            raise Refused("ColumnValueException", f"invalid value - {why}", data=data)
    return values


def text_of(column: Column, value: object) -> str:
    """Return how a value reads."""
    if isinstance(value, dict):
        return str(value.get(_KEYS.get(column.type, ""), ""))
    return "" if value is None else str(value)


def _parsed(given: object) -> dict[str, object]:
    """Return the values of the JSON *string* that the documentation asks for."""
    try:
        values = json.loads("{}" if given is None else given)  # type: ignore[arg-type] # the check
    except (TypeError, ValueError):
        values = None
    if not isinstance(values, dict):
        raise Refused("JsonParseException", "column_values must be a JSON object in a string")
    return values


def _fault(column: Column, value: object) -> str:
    """Return why a column does not take a value; empty when it does."""
    if value in (None, "", {}):
        return ""  # clears it
    if column.type in {"text", "name"}:
        return "" if isinstance(value, str) else "this column takes a plain string"
    if column.type == "subtasks":
        return "this column cannot be written"
    text = value if isinstance(value, str) else text_of(column, value)
    if column.type not in _KEYS or not text:
        what = f"{json.dumps(value)} in a column of type {column.type}"
        raise Refused("PeerDoesNotDoThis", f"the rehearsal does not take {what}; Monday.com may")
    if column.type == "status":
        return "" if text in column.labels else "label does not exist in column"
    if column.type == "date":
        return "" if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else "a date is YYYY-MM-DD"
    return "" if len(text) <= LONG_TEXT_LIMIT else f"at most {LONG_TEXT_LIMIT} characters"
