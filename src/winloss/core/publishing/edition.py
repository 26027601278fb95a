"""The edition of a quarter's page for an audience that may read no record (X §4).

It counts the coded answers that the policy grants to the audience, and nothing else: no typed text,
no date, no name and no id of a record goes in, so none can come out. A deal goes by a label that
holds on this page only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winloss.core.publishing.small_cells import that_may_be_named
from winloss.core.publishing.tallies import counted, deals_of, how_many, tally
from winloss.core.text.template import fill_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from winloss.core.pages.figures import Rollup
    from winloss.core.publishing.tallies import Row
    from winloss.core.repository.tree import Tree
    from winloss.core.rulebook.audience import Audience

TEMPLATE = "edition.md.j2"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Edition:
    """What the template may show, as plain data, and which deal is behind each label."""

    data: Mapping[str, Any]
    labels: Mapping[str, str]

    def page(self, tree: Tree) -> str:
        """Return the edition as Markdown, by the template of a tree.

        Raises CannotGoOn when the template is missing or cannot be filled in.
        """
        return fill_page(tree, TEMPLATE, self.data)


def edition_of(rollup: Rollup, audience: Audience) -> Edition:
    """Return a quarter's edition for an audience."""
    tables = [each for grant in audience.shows if (each := tally(rollup, grant, audience))]
    rows = [row for table in tables for row in table.rows]
    among = [table.among for table in tables for _ in table.rows]
    may_be_named = that_may_be_named([row.deals for row in rows], audience.at_least, among)
    named = [row.deals for row, is_named in zip(rows, may_be_named, strict=True) if is_named]
    labels = _labels(frozenset[str]().union(*named), rollup.digest)
    shown = iter(
        _row(row, labels if is_named else {})
        for row, is_named in zip(rows, may_be_named, strict=True)
    )
    policy = rollup.ledger.policy
    data = {
        "audience": audience.role,
        "reader": policy.vocabulary("roles.roles").title(audience.role),
        "quarter": str(rollup.quarter),
        "first_day": str(rollup.quarter.first_day),
        "last_day": str(rollup.quarter.last_day),
        "policy_status": policy.status,
        "banner": policy.banner,
        "model": policy.model.version,
        "at_least": audience.at_least,
        "kinds": _kinds(rollup, audience),
        "tables": [
            {
                "title": table.title,
                "of": table.of,
                "rows": [next(shown) for _ in table.rows],
                "few": list(table.few),
            }
            for table in tables
            if table.rows or table.few
        ],
        "silent": [each.title for each in tables if each.of != "0" and not (each.rows or each.few)],
        "empty": [each.title for each in tables if each.of == "0"],
        "has_labels": bool(labels),
    }
    return Edition(data, {label: deal for deal, label in labels.items()})


def _kinds(rollup: Rollup, audience: Audience) -> list[dict[str, str]]:
    """Return how many deals have a record of each kind of which the audience is shown an answer."""
    forms = rollup.ledger.forms
    return [
        {
            "title": forms[kind].title,
            "count": how_many(len(deals_of(counted(rollup, kind))), audience),
        }
        for kind in dict.fromkeys(each.kind for each in audience.shows)
        if kind in forms
    ]


def _row(row: Row, labels: Mapping[str, str]) -> dict[str, Any]:
    named = [labels[deal] for deal in row.deals] if labels else []
    return {
        "dimension": row.dimension,
        "answer": row.answer,
        "count": row.count,
        "names": sorted(named, key=lambda label: (len(label), label)),
        "well": row.well,
    }


def _labels(deals: Iterable[str], secret: str) -> dict[str, str]:
    """Return a label for each deal, in an order that only who holds the records can derive."""
    in_order = sorted(deals, key=lambda deal: hashlib.sha256(f"{secret} {deal}".encode()).digest())
    return {deal: f"Deal {_letters(number)}" for number, deal in enumerate(in_order)}


def _letters(number: int) -> str:
    """Return a number as letters: A, B, …, Z, AA, AB and so on."""
    if number < len(_LETTERS):
        return _LETTERS[number]
    return _letters(number // len(_LETTERS) - 1) + _LETTERS[number % len(_LETTERS)]
