"""The rules of renewal and expansion: ``records/policy/renewal.md`` (R §4, §6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.text.node import Entries
from winloss.core.text.reader import Reader, codes_of, place_of
from winloss.core.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Mapping

OUTCOMES = ("expansion", "renewal", "none", "referral")
ACTING = ("expansion", "renewal", "referral")  # what somebody must act on (R §4)
CRO = "cro"
ENDING = ("expansion", "renewal")  # what ends the cycle for a delivery: a new one takes its place
GONE_QUIET = "gone-quiet"  # the signal that a check-in at Day 30 was sought in vain


@dataclass(frozen=True, slots=True)
class Action:
    """What follows from an outcome of a review, and which role does it (R §4)."""

    title: str
    owner: str


@dataclass(frozen=True, slots=True)
class Renewal:
    """The rules of renewal.

    ``weights`` are words, one for each signal, and no scale. ``flags_answered_by`` is the role that
    answers a flag of Day 30. ``price`` is in dollars; ``dormant_after`` counts touchpoints without
    a signal.
    """

    weights: Mapping[str, str]
    not_reopening: frozenset[str]
    actions: Mapping[str, Action]
    flags_answered_by: str
    price: int
    price_approved_by: str
    dormant_after: int

    def reopens(self, signals: Container[str] | None) -> bool:
        """Tell whether what a touchpoint heard opens the review again (R §6)."""
        heard = signals if isinstance(signals, tuple) else ()
        return any(code not in self.not_reopening for code in heard)


def read_renewal(reader: Reader, roles: Collection[str]) -> Renewal:
    """Read the rules; what is wrong is reported to the reader, with its place."""
    reader.fixed("outcomes", OUTCOMES)
    signals = _mappings(reader, "signals", ("title", "weight", "reopens"))
    outcomes = _mappings(reader, "outcomes", ("title", "action", "owner"))
    for code, signal in signals.items():
        if (reader.text(signal, "reopens") or "true") not in {"true", "false"}:
            place = place_of(signal, "reopens")
            reader.report(place, f"'{code}': reopens is true or false", "write reopens: false")
    return Renewal(
        weights={
            code: reader.answer(signal, "weight", f"the signal '{code}' has no weight")
            for code, signal in signals.items()
        },
        not_reopening=frozenset(
            code for code, signal in signals.items() if reader.text(signal, "reopens") == "false"
        ),
        actions={
            code: Action(
                reader.answer(outcome, "action", f"the outcome '{code}' has no action"),
                _role(reader, outcome, "owner", roles),
            )
            for code, outcome in outcomes.items()
            if code in ACTING or {"action", "owner"} & outcome.entries.keys()
        },
        flags_answered_by=_role(reader, reader.front, "flags_answered_by", roles)
        if "flags_answered_by" in reader.front.entries
        else CRO,  # as R §3 has it; policies written before the key was known do not name it
        price=reader.number(reader.front, "price", range(1_000_000)),
        price_approved_by=_role(reader, reader.front, "price_approved_by", roles),
        dormant_after=reader.number(reader.front, "dormant_after", range(1, 100)),
    )


def _mappings(reader: Reader, key: str, known: Iterable[str]) -> dict[str, Entries]:
    """Return the codes below a key with what they say; a plain title says nothing more."""
    node = reader.front.get(key)
    if not isinstance(node, Entries) or not node.entries:
        what = "is no mapping of codes" if codes_of(node) else "names no codes"
        hint = f"list them under '{key}:', one 'code: {{title: …}}' a line"
        reader.report(place_of(reader.front, key), f"'{key}' {what}", hint)
        return {}
    found: dict[str, Entries] = {}
    for code, entry in node.entries.items():
        value = entry.value
        found[code] = value if isinstance(value, Entries) else Entries({}, value.place)
        reader.known_keys(found[code], known, f"'{code}'")
    return found


def _role(reader: Reader, node: Entries, key: str, roles: Collection[str]) -> str:
    role = reader.answer(node, key)
    if role and roles and role not in roles:  # roles.md without roles says so itself
        place = place_of(node, key)
        reader.report(place, f"no role is called '{role}'", did_you_mean(role, roles))
    return role
