"""What an audience that reads no record is shown: ``audiences`` in ``records/policy/exchange.md``.

X §4 lets the CMO read the quarterly rollups only. Which answers their edition counts, and from how
many deals on a number is shown, is policy and no code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.text.node import Entries, Items, Text
from winloss.core.text.reader import Reader, codes_of, place_of
from winloss.core.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection

    from winloss.core.text.node import Node, Place

_KEYS = ("at_least", "shows", "no_names")


@dataclass(frozen=True, slots=True)
class Grant:
    """One answer that an audience is shown the counts of: ``<kind>.<field>``.

    Of a table, the columns that make up its rows: ``post-delivery.flags.dimension.claim``.
    """

    kind: str
    field: str
    columns: tuple[str, ...]
    place: Place

    def __str__(self) -> str:
        return ".".join((self.kind, self.field, *self.columns))


@dataclass(frozen=True, slots=True)
class Audience:
    """A role that reads published editions: which answers, from how many deals on.

    ``no_names`` are words for which no edition is searched though a customer is called so: they
    stand in titles.
    """

    role: str
    at_least: int
    shows: tuple[Grant, ...]
    no_names: tuple[str, ...]


def read_audiences(exchange: Reader, roles: Collection[str]) -> tuple[Audience, ...]:
    """Read ``audiences``; what is wrong is reported to the reader, with its place."""
    node = exchange.front.get("audiences")
    if node is None:
        return ()
    if not isinstance(node, Entries):
        hint = "write cmo: {at_least: 3, shows: [closed-lost.reason]} below it"
        exchange.report(node.place, "'audiences' must name roles", hint)
        return ()
    found = []
    for entry in node:
        if roles and entry.key not in roles:
            hint = did_you_mean(entry.key, roles)
            exchange.report(entry.place, f"no role is called '{entry.key}'", hint, "unknown-role")
        if isinstance(entry.value, Entries):
            found.append(_audience(exchange, entry.key, entry.value))
        else:
            hint = "write at_least: 3 and shows: […] below it"
            exchange.report(entry.place, f"nothing says what '{entry.key}' is shown", hint)
    return tuple(found)


def _audience(exchange: Reader, role: str, node: Entries) -> Audience:
    exchange.known_keys(node, _KEYS, "an audience")
    at_least = exchange.number(node, "at_least", range(1, 1_000))
    if at_least == 2:  # two answers of one deal each, taken together, would give both away
        hint = "write 1 to show every number, or 3 or more"
        exchange.report(place_of(node, "at_least"), "at_least: 2 protects nobody", hint)
    shown = node.get("shows")
    if not isinstance(shown, Items):
        hint = "write shows: [closed-lost.reason, post-delivery.pattern_codes]"
        exchange.report(place_of(node, "shows"), "'shows' must list answers", hint)
    grants = [_grant(exchange, each) for each in (shown.values if isinstance(shown, Items) else ())]
    words = node.get("no_names") or Items((), node.place)
    if not isinstance(words, Items):
        exchange.report(words.place, "'no_names' must list words", "write no_names: [Target]")
    return Audience(role, at_least, tuple(each for each in grants if each), tuple(codes_of(words)))


def _grant(exchange: Reader, node: Node) -> Grant | None:
    kind, _, rest = node.value.partition(".") if isinstance(node, Text) else ("", "", "")
    field, *columns = rest.split(".")
    if not kind or not field or not all(columns):
        hint = "write <kind>.<field>, such as closed-lost.reason"
        exchange.report(node.place, "this names no answer of a record", hint)
        return None
    return Grant(kind, field, tuple(columns), node.place)
