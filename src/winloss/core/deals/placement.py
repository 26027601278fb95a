"""Where files may stand: names for any system, records in their deal's folder, rules in theirs."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from winloss.core.problem import Problem, error
from winloss.core.repository.tree import DEALS, POLICY, RECORDS, is_folder_of
from winloss.core.rulebook.form import NUMBER, file_name, number_in
from winloss.core.wording import is_reserved, with_article

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winloss.core.deals.ledger import Ledger
    from winloss.core.deals.record import Record

# What some system's file names cannot have; shown characters stand for ones that nobody sees.
_UNPORTABLE = re.compile(r"[<>:\"\\|?*⟨⟩]|[. ]$|\.git$", re.IGNORECASE)
_POLICY_NAME = re.compile(r"[a-z][a-z0-9_-]*\.md")


def names_are_portable(ledger: Ledger) -> Iterator[Problem]:
    """Refuse names that another system cannot hold, or holds as one and the same."""
    hint = "rename it with letters, digits, - and _"
    by_folded: dict[str, str] = {}
    for path in ledger.tree.paths(""):
        parts = path.split("/")
        for depth, part in enumerate(parts, 1):
            if is_reserved(part) or _UNPORTABLE.search(part):
                message = f"the name '{part}' cannot be used on every system"
                yield error(path, (1, 1), "unportable-name", message, hint)
            name = "/".join(parts[:depth])
            first = by_folded.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
            if first != name:
                message = f"some systems cannot tell {name} from {first}"
                yield error(path, (1, 1), "name-clash", message, hint)
                break


def records_stand_where_their_kind_belongs(ledger: Ledger) -> Iterator[Problem]:
    """Hold a record's kind and fields against its file's name and its folder."""
    for record in ledger.records:
        names = _expected_names(record)
        name = next(iter(names), None)
        folder, _, actual = record.path.rpartition("/")
        if record.form.is_per_deal:
            is_right = record.path.startswith(DEALS) and actual in names
            belongs = f"{DEALS}<year>/<deal>/{name or record.form.filed_as}"
        else:
            is_right = record.path == f"{RECORDS}{name}"
            belongs = f"{RECORDS}{name or record.form.filed_as}"
        if is_right:
            continue
        message = f"{with_article(record.kind)} record does not belong here"
        hint = f"move it to {belongs}, or mend its kind"
        if f"{folder}/{name}" in ledger.tree.files:
            hint = f"it looks like a copy of {name} beside it: keep one of the two"
        yield error(record.path, record.place("kind"), "misplaced", message, hint)


def _expected_names(record: Record) -> list[str]:
    """Return the names that the record's form would give it; the first is the usual one."""
    values = {name: str(value) for name, value in record.values.items()}
    form = record.form
    actual = record.path.rpartition("/")[2] if form.is_per_deal else record.path[len(RECORDS) :]
    names = [
        file_name(pattern, {**values, NUMBER: number_in(pattern, values, actual) or "0001"})
        for pattern in (form.filed_as, form.filed_again_as)
    ]
    return [name for name in names if name]


def folder_and_deal_agree(ledger: Ledger) -> Iterator[Problem]:
    """Hold a record's ``deal`` against the name of its folder: ``<deal>`` or ``<deal>-<slug>``."""
    for record in ledger.records:
        if not record.deal or not record.path.startswith(DEALS):
            continue
        folder = record.path.rpartition("/")[0]
        if not is_folder_of(folder, record.deal):
            name = folder.rpartition("/")[2]
            message = f"deal is '{record.deal}' and the folder is '{name}'"
            hint = "make the two agree: a folder's name begins with its deal's id"
            yield error(record.path, record.place("deal"), "folder-and-deal-differ", message, hint)


def each_deal_has_one_folder(ledger: Ledger) -> Iterator[Problem]:
    """Refuse a deal whose records stand in two folders."""
    for deal in ledger.deals.values():
        for record in deal.records:
            if record.path.startswith(DEALS) and record.path.rpartition("/")[0] != deal.folder:
                message = f"deal {deal.id} also has records in {deal.folder}/"
                hint = "keep all records of a deal in one folder"
                yield error(record.path, record.place("deal"), "two-folders", message, hint)


def each_folder_has_one_deal(ledger: Ledger) -> Iterator[Problem]:
    """Refuse a folder whose name fits two deals that its records name."""
    first: dict[str, Record] = {}
    for record in sorted(ledger.records, key=lambda each: len(each.deal)):
        folder = record.path.rpartition("/")[0]
        if not record.form.is_per_deal or not is_folder_of(folder, record.deal):
            continue
        earlier = first.setdefault(folder, record)
        if earlier.deal != record.deal:
            message = f"deal is '{record.deal}' here and '{earlier.deal}' in {earlier.path}"
            hint = "write one id in all records of the folder"
            yield error(record.path, record.place("deal"), "two-deals", message, hint)


def a_deal_has_one_record_of_a_kind(ledger: Ledger) -> Iterator[Problem]:
    """Refuse a second handoff, or another record that a deal has once (X §2, "Per deal")."""
    for deal in ledger.deals.values():
        first: dict[str, Record] = {}
        for record in deal.records:
            if not record.form.is_once:
                continue
            earlier = first.setdefault(record.kind, record)
            if earlier is not record:
                message = f"deal {deal.id} has a {record.kind} record already: {earlier.path}"
                hint = "keep one of the two"
                yield error(record.path, record.place("deal"), "duplicate-record", message, hint)


def policy_files_hold_rules(ledger: Ledger) -> Iterator[Problem]:
    """Refuse what is no rule in the policy's folder: it would be counted as one, and never read."""
    for path in ledger.tree.paths(POLICY):
        if path in ledger.set_aside or path in ledger.tree.unreadable:
            continue
        if not _POLICY_NAME.fullmatch(path.removeprefix(POLICY)):
            message = "this is no name for a policy file"
            hint = "move it, or name it in small letters, such as taxonomy.md"
            yield error(path, (1, 1), "misplaced", message, hint)
