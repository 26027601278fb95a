"""Records of the time after a delivery, written short."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from conftest import base_tree
from winloss.core.deals import rules
from winloss.core.repository.tree import Tree

if TYPE_CHECKING:
    from winloss.core.deals.ledger import Ledger

FOLDER = "records/deals/2026/1001-northwind"
DELIVERED = date(2026, 6, 12)
_SECTIONS = {
    "day-30": "## Summary\n\n- a\n- b\n- c\n",
    "day-60": (
        "## What they said was most valuable\n\n- a\n\n"
        "## What they said was missing or disappointing\n\n- b\n\n"
        "## Whether they would pay for another engagement, and what kind\n\n- c\n"
    ),
    "touchpoint": "",
}
_FIELDS: dict[str, dict[str, str]] = {
    "day-30": {"channel": "call", "cro_flags": "[]"},
    "day-60": {
        "reviewed_with": "cro",
        "signals": "[]",
        "outcomes": "[none]",
        "pay_again": "unsure",
    },
    "touchpoint": {"channel": "email", "signals": "[]"},
}


def day(number: int) -> date:
    """Return the day so many days after the delivery of ``tests/base``."""
    return DELIVERED + timedelta(days=number)


def follow_up(kind: str, held_on: date, **fields: str) -> dict[str, bytes]:
    """Return a record of the delivered deal of ``tests/base``, by its path; a day after its day."""
    name = f"touchpoint-{held_on}" if kind == "touchpoint" else fields.pop("name", kind)
    answers = {**_FIELDS[kind], **fields}
    lines = "".join(f"{field}: {value}\n" for field, value in answers.items())
    text = (
        f"---\nkind: {kind}\ndeal: 1001\ndate: {held_on + timedelta(days=1)}\n"
        f"filed_by: customer.success\nheld_on: {held_on}\n{lines}---\n\n{_SECTIONS[kind]}"
    )
    return {f"{FOLDER}/{name}.md": text.encode()}


def ledger_of(*records: dict[str, bytes]) -> Ledger:
    """Return the ledger of ``tests/base`` with these records; they must have no error."""
    files = base_tree()
    for each in records:
        assert not files.keys() & each.keys()
        files |= each
    ledger, problems = rules.check(Tree(files))
    assert ledger is not None
    assert not [problem for problem in problems if problem.is_error], problems
    return ledger
