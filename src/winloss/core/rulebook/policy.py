"""The rules that change by pull request: the files below ``records/policy/``.

A vocabulary is any list or mapping of a policy file, named ``<file>.<key>``: its codes are what a
record may say, its titles are what the page prints.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from winloss.core.days import ClosedDays, Quarter, Span, parse_date
from winloss.core.problem import Problem, error
from winloss.core.repository.tree import POLICY
from winloss.core.rulebook.audience import Audience, read_audiences
from winloss.core.rulebook.boards import Board, read_boards
from winloss.core.rulebook.model import Model, read_model
from winloss.core.rulebook.people import Holder, read_people
from winloss.core.rulebook.public_holidays import closed_days
from winloss.core.rulebook.renewal import ACTING, Renewal, read_renewal
from winloss.core.text.node import Entries, Items, Text
from winloss.core.text.reader import Reader, codes_of, place_of, title_of
from winloss.core.wording import did_you_mean, visible_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from winloss.core.text.document import Document

ANSWERS = ("held", "partly", "failed", "unknown")
CLOSED_OUTCOMES = ("lost", "no-decision")
NEEDED = ("calendar", "exchange", "qualification", "renewal", "roles", "taxonomy")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Codes that a record may use, each with the title that people read."""

    name: str
    titles: Mapping[str, str]

    def title(self, code: str) -> str:
        """Return a code's title; an unknown code is its own."""
        return self.titles.get(code, code)


@dataclass(frozen=True, slots=True)
class Promotion:
    """How X gets from v0 to v1.0: what sets it off, the items of X §6, and since when one is done.

    ``quarter`` is the one whose post-mortems are the trigger.
    """

    trigger: str
    quarter: str
    path: str
    items: tuple[str, ...]
    done: Mapping[str, date]


@dataclass(frozen=True, slots=True)
class Policy:
    """All policy files together.

    ``rollups`` is the folder of the rollups (X §4), ``closed`` the days that are no business days,
    ``committed_within`` how late after its date a record may reach git, ``monday_since`` the day
    before which records were filed in Monday.com by hand, ``provisional`` the files whose content
    the SOP has not settled.
    """

    vocabularies: Mapping[str, Vocabulary]
    model: Model
    status: str
    banner: str
    rollups: str
    delivered_well: tuple[str, ...]
    first_month: int
    committed_within: Span | None
    closed: ClosedDays
    renewal: Renewal
    people: tuple[Holder, ...]
    audiences: tuple[Audience, ...]
    boards: Mapping[str, Board]
    monday_since: date | None
    promotion: Promotion
    provisional: tuple[str, ...]

    def vocabulary(self, name: str) -> Vocabulary:
        """Return a vocabulary; a name that no policy file has is an empty one."""
        return self.vocabularies.get(name) or Vocabulary(name, {})


def read_policy(documents: Mapping[str, Document]) -> tuple[Policy | None, list[Problem]]:
    """Put the policy together from its documents by file name (``exchange``, ``taxonomy``, …).

    Returns None beside the problems when something that every record needs is missing or wrong.
    """
    missing = [f"{POLICY}{name}.md" for name in NEEDED if name not in documents]
    if missing:
        message = "this policy file is missing or cannot be read"
        hint = "restore it from git, or have it as winloss ships it: winloss init --update"
        return None, [error(path, (1, 1), "missing-policy", message, hint) for path in missing]
    vocabularies = {
        vocabulary.name: vocabulary
        for stem, document in sorted(documents.items())
        for vocabulary in _vocabularies(stem, document)
    }
    problems: list[Problem] = []
    exchange, calendar, qualification, renewal, roles = (
        Reader(documents[name], "bad-policy", problems)
        for name in ("exchange", "calendar", "qualification", "renewal", "roles")
    )
    if not codes_of(roles.front.get("roles")):
        hint = "list them under 'roles:', one 'role: Title' a line"
        roles.report(roles.front.place, "roles.md names no roles", hint)
    exchange.fixed("answers", ANSWERS)
    exchange.fixed("closed_outcomes", CLOSED_OUTCOMES)
    policy = Policy(
        vocabularies=vocabularies,
        model=read_model(qualification),
        status=_status(exchange),
        banner=exchange.text(exchange.front, "banner"),
        rollups=_rollups(exchange),
        delivered_well=_delivered_well(exchange),
        first_month=calendar.number(calendar.front, "first_month", range(1, 13)),
        committed_within=_committed_within(exchange),
        closed=_closed_days(calendar),
        renewal=read_renewal(renewal, codes_of(roles.front.get("roles"))),
        people=read_people(roles, codes_of(roles.front.get("roles"))),
        audiences=read_audiences(exchange, codes_of(roles.front.get("roles"))),
        boards=read_boards(exchange, ACTING),
        monday_since=_monday_since(exchange),
        promotion=_promotion(exchange),
        provisional=tuple(
            stem for stem, document in sorted(documents.items()) if _is_provisional(document)
        ),
    )
    return (None if problems else policy), problems


def _vocabularies(stem: str, document: Document) -> Iterator[Vocabulary]:
    for entry in document.front:
        name, node = f"{stem}.{entry.key}", entry.value
        if isinstance(node, Entries):
            yield Vocabulary(name, {each.key: title_of(each.key, each.value) for each in node})
        elif isinstance(node, Items):
            yield Vocabulary(name, {code: code for code in codes_of(node)})


def _is_provisional(document: Document) -> bool:
    """Tell whether a policy file says that the SOP has not settled what it holds."""
    status = document.front.get("status")
    return isinstance(status, Text) and status.value == "provisional"


def _status(exchange: Reader) -> str:
    """Return X's status; until it is promoted, the banner of every page comes with it."""
    status = exchange.answer(exchange.front, "status")
    if not re.fullmatch(r"[A-Za-z0-9.-]*", status):
        place = place_of(exchange.front, "status")
        exchange.report(place, f"status is '{status}', more than one word", "write v0, or v1.0")
    if status.startswith("v0"):
        exchange.answer(exchange.front, "banner", "a page under v0 needs its banner")
    return status


def _rollups(exchange: Reader) -> str:
    """Return the folder of the rollups: a relative path that stays in the repository."""
    folder = exchange.answer(exchange.front, "rollups")
    path = PurePosixPath(folder)
    taken = path.parts[:1] in {(), ("records",), ("templates",)}
    is_unseen = visible_name(folder) != folder  # a line end would begin a line of CODEOWNERS
    leads_out = path.is_absolute() or {"..", ".git"} & set(path.parts) or "\\" in folder
    if taken or is_unseen or leads_out:
        hint = "name a folder of this repository, for example operations/reports/revenue"
        place = place_of(exchange.front, "rollups")
        exchange.report(place, f"'{folder}' is no folder for rollups", hint)
    return str(path)


def _delivered_well(exchange: Reader) -> tuple[str, ...]:
    """Return which values of ``delivery_quality`` count as delivered well."""
    node, known = exchange.front.get("delivered_well"), exchange.front.get("delivery_quality")
    if not isinstance(node, Items) or not node.values:
        place = place_of(exchange.front, "delivered_well")
        hint = "write delivered_well: [high]"
        exchange.report(place, "'delivered_well' must list codes of delivery_quality", hint)
        return ()
    for code in codes_of(node):
        if code not in codes_of(known):
            message = f"delivered_well: '{code}' is not among delivery_quality"
            exchange.report(node.place, message, did_you_mean(code, codes_of(known)))
    return tuple(codes_of(node))


def _committed_within(exchange: Reader) -> Span | None:
    """Return how long after its date a record may be committed; None when it is left open."""
    text = exchange.text(exchange.front, "committed_within")
    span = Span.parse(text)
    if text and span is None:
        place = place_of(exchange.front, "committed_within")
        hint = "write a number of 'days' or 'business days'"
        exchange.report(place, f"committed_within '{text}' is no span", hint)
    return span


def _monday_since(exchange: Reader) -> date | None:
    """Return the day since which records are filed in Monday.com; None for all of them."""
    text = exchange.text(exchange.front, "monday_since")
    day = parse_date(text) if text else None
    if text and day is None:
        place = place_of(exchange.front, "monday_since")
        exchange.report(place, f"monday_since '{text}' is no day", "write it as YYYY-MM-DD")
    return day


def _closed_days(calendar: Reader) -> ClosedDays:
    """Return the days that are no business days, besides weekends."""
    node, days = calendar.front.get("closed"), set()
    if not isinstance(node, Items):
        place = place_of(calendar.front, "closed")
        calendar.report(place, "'closed' must list days", "write closed: [2026-12-25], or []")
    for item in node.values if isinstance(node, Items) else ():
        day = parse_date(item.value) if isinstance(item, Text) else None
        if day is None:
            calendar.report(item.place, "this closed day is no day", "write it as YYYY-MM-DD")
        else:
            days.add(day)
    return closed_days(calendar, frozenset(days))


def _promotion(exchange: Reader) -> Promotion:
    """Return what stands between v0 and v1.0 (X, head and §6); all of it may be left out."""
    node = exchange.front.get("promotion")
    promotion = node if isinstance(node, Entries) else Entries({}, exchange.front.place)
    quarter = exchange.text(promotion, "quarter")
    if quarter and Quarter.parse(quarter) is None:
        place = place_of(promotion, "quarter")
        exchange.report(place, f"'{quarter}' is no quarter", "write it as 2026-Q2")
    node, done = exchange.front.get("open_items"), {}
    for entry in node if isinstance(node, Entries) else ():
        text = exchange.text(entry.value, "done") if isinstance(entry.value, Entries) else ""
        day = parse_date(text)
        if text and day is None:
            place = entry.value.place
            exchange.report(place, f"done: '{text}' is no day", "write it as YYYY-MM-DD")
        elif day is not None:
            done[entry.key] = day
    return Promotion(
        trigger=exchange.text(promotion, "trigger"),
        quarter=quarter,
        path=exchange.text(promotion, "path"),
        items=tuple(codes_of(node)),
        done=done,
    )
