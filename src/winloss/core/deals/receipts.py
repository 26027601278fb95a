"""What Monday.com is known to hold: ``records/monday.json``, one line for each thing filed.

The file is written by ``winloss file --push`` and by nobody else. It says as which item and which
update something was filed, and what that update holds; never when, so that the same push gives the
same bytes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from winloss.core.problem import Problem, error
from winloss.core.repository.tree import RECEIPTS
from winloss.core.wording import MONDAY_ID

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_DIGEST = re.compile("[0-9a-f]{16}")
_HINT = (
    "take either side whole (in a merge: git checkout --ours records/monday.json, then git add "
    "it), or restore the file from git (git restore records/monday.json); "
    "what it then lacks is found again at the next winloss file --push"
)


def key_of(deal: str, path: str, outcome: str = "") -> str:
    """Return the key under which a record, or what an outcome of it opens, is known."""
    name = path.rpartition("/")[2].removesuffix(".md")
    return "/".join(filter(None, (deal, name, outcome)))


@dataclass(frozen=True, slots=True)
class Receipt:
    """As what something was filed: the item, the update on it, and the digest of what it holds."""

    item: str
    update: str
    holds: str


@dataclass(frozen=True, slots=True)
class Receipts:
    """What an account of Monday.com is known to hold, by the key of what was filed."""

    account: str = ""
    filed: Mapping[str, Receipt] = field(default_factory=dict)

    def without(self, keys: Collection[str]) -> Receipts:
        """Return these receipts without some, so that those are filed anew."""
        return replace(
            self, filed={key: each for key, each in self.filed.items() if key not in keys}
        )

    def with_one(self, account: str, key: str, receipt: Receipt) -> Receipts:
        """Return these receipts with one more, or with another in its place."""
        return replace(self, account=account, filed={**self.filed, key: receipt})

    def as_text(self) -> str:
        """Return the file: JSON, sorted, one receipt a line, so that git shows it well."""
        lines = [
            f"  {json.dumps(key)}: "
            + json.dumps({"item": each.item, "update": each.update, "holds": each.holds})
            for key, each in sorted(self.filed.items())
        ]
        filed = "{\n" + ",\n".join(lines) + "\n }" if lines else "{}"
        return f'{{\n "account": {json.dumps(self.account)},\n "filed": {filed}\n}}\n'


def read_receipts(data: bytes | None) -> tuple[Receipts | None, list[Problem]]:
    """Read the file; no file is no receipt, and one that cannot be read is None and a problem."""
    if data is None:
        return Receipts(), []
    try:
        text = data.decode("utf-8-sig")
        found = json.loads(text, object_pairs_hook=_once)
    except UnicodeDecodeError:
        return None, [_problem((1, 1), "the file is not UTF-8")]
    except json.JSONDecodeError as cause:
        return None, [_problem((cause.lineno, cause.colno), "the receipts cannot be read here")]
    except (ValueError, RecursionError):
        return None, [_problem((1, 1), "the receipts name one thing twice, or nest too deep")]
    if not isinstance(found, dict) or found.keys() != {"account", "filed"}:
        return None, [_problem((1, 1), "these are no receipts of Monday.com")]
    account, filed = found["account"], found["filed"]
    if not isinstance(account, str) or not isinstance(filed, dict):
        return None, [_problem((1, 1), "these are no receipts of Monday.com")]
    receipts = {key: _receipt(value) for key, value in filed.items()}
    read = {key: receipt for key, receipt in receipts.items() if receipt is not None}
    wrong = [
        _problem(_place(text, key), f"the receipt of {key} is none")
        for key in receipts
        if key not in read
    ]
    return (None if wrong else Receipts(account, read)), wrong


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _receipt(value: object) -> Receipt | None:
    if not isinstance(value, dict) or value.keys() != {"item", "update", "holds"}:
        return None
    item, update, holds = value["item"], value["update"], value["holds"]
    if not all(isinstance(each, str) for each in (item, update, holds)):
        return None
    is_whole = (
        MONDAY_ID.fullmatch(item) and MONDAY_ID.fullmatch(update) and _DIGEST.fullmatch(holds)
    )
    return Receipt(item, update, holds) if is_whole else None


def _place(text: str, key: str) -> tuple[int, int]:
    before = text.partition(json.dumps(key))[0]
    return before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1


def _problem(place: tuple[int, int], message: str) -> Problem:
    return error(RECEIPTS, place, "bad-receipts", message, _HINT)
