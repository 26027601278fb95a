"""Where Monday.com gets its copy: ``monday`` in ``records/policy/exchange.md`` (X §4, R §3, R §4).

Every id in it is the account's own, found by ``winloss file --setup``; none is built in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from winloss.core.text.node import Entries
from winloss.core.text.reader import Reader, place_of
from winloss.core.wording import MONDAY_ID, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

DEALS = "deals"  # the board of the deals' sub-items; every other line is an outcome of Day 60
KEYS = ("titled", "board", "group", "key", "stage", "opens_at")
_IDS = {"board": MONDAY_ID}
_ID = re.compile("[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class Board:
    """A board of Monday.com on which something is filed; what is not known yet is empty.

    ``key`` is the id of the text column that holds the record's key, ``stage`` that of the status
    column, ``opens_at`` the label that a new item has there (R §4), ``group`` the group that it
    stands in, ``titled`` the board's title.
    """

    titled: str = ""
    board: str = ""
    group: str = ""
    key: str = ""
    stage: str = ""
    opens_at: str = ""

    @property
    def is_set_up(self) -> bool:
        """Whether all that filing needs is known."""
        return bool(self.board and self.key and (self.stage or not self.opens_at))


def is_id(key: str, text: str) -> bool:
    """Tell whether a text can be the id that stands at a key of a board's line."""
    return _IDS.get(key, _ID).fullmatch(text) is not None


def read_boards(exchange: Reader, outcomes: Collection[str]) -> Mapping[str, Board]:
    """Read ``monday``, by ``deals`` or an outcome; what is wrong is reported with its place."""
    node = exchange.front.get("monday")
    if node is None:
        return MappingProxyType({})
    if not isinstance(node, Entries):
        hint = "write expansion: {titled: Prospects} below it"
        exchange.report(node.place, "'monday' must name what is filed where", hint)
        return MappingProxyType({})
    known, found = [DEALS, *outcomes], {}
    for entry in node:
        if entry.key not in known:
            hint = did_you_mean(entry.key, known)
            exchange.report(entry.place, f"'{entry.key}' is no outcome of a review", hint)
        if isinstance(entry.value, Entries):
            found[entry.key] = _board(exchange, entry.value)
        else:
            hint = "write {titled: Prospects} after it"
            exchange.report(entry.value.place, f"nothing says where '{entry.key}' is filed", hint)
    return MappingProxyType(found)


def _board(exchange: Reader, node: Entries) -> Board:
    exchange.known_keys(node, KEYS, "a board")
    values = {key: exchange.text(node, key) for key in KEYS}
    for key in ("board", "group", "key", "stage"):
        if values[key] and not is_id(key, values[key]):
            place = place_of(node, key)
            hint = "take it out and let winloss find it: winloss file --setup"
            exchange.report(place, f"{key} is '{values[key]}', which is no id", hint)
    return Board(**values)
