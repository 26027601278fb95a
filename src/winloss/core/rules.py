"""The rules that span records: one function for each, named for what it checks, listed once.

Every rule is a function of the ledger and yields problems with the place to mend.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from winloss.core.ledger import read_ledger
from winloss.core.problem import Problem, error
from winloss.core.tree import DEALS, POLICY, RECORDS
from winloss.core.wording import did_you_mean, is_reserved, listed, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winloss.core.ledger import Deal, Ledger
    from winloss.core.record import Record
    from winloss.core.tree import Tree

# Dates that can only come in this order, within a deal: each not before the one it is held against.
_ORDER = (
    ("pre-delivery.delivery_expected_on", "pre-delivery.handoff_on"),
    ("post-delivery.delivered_on", "pre-delivery.handoff_on"),
    ("post-delivery.date", "post-delivery.delivered_on"),
    ("post-delivery.postmortem_on", "post-delivery.delivered_on"),
    ("closed-lost.date", "closed-lost.closed_on"),
)


def check(tree: Tree) -> tuple[Ledger | None, tuple[Problem, ...]]:
    """Read a repository and return it beside every problem of its files and between them, sorted.

    The ledger is None when the policy or every form is unusable.
    """
    ledger, found = read_ledger(tree)
    if ledger is not None:
        for rule in RULES:
            found.extend(rule(ledger))
    return ledger, tuple(sorted(set(found)))


def names_are_portable(ledger: Ledger) -> Iterator[Problem]:
    """Refuse names that another system cannot hold, or holds as one and the same."""
    hint = "rename the file with letters, digits, - and _"
    by_folded: dict[str, str] = {}
    for path in ledger.tree.paths(RECORDS):
        for part in path.split("/"):
            if is_reserved(part) or part.endswith((".", " ")) or set(part) & set('<>:"\\|?*'):
                message = f"the name '{visible(part)}' cannot be used on every system"
                yield error(path, (1, 1), "unportable-name", message, hint)
        folded = unicodedata.normalize("NFC", path).casefold()
        if folded in by_folded:
            message = f"some systems cannot tell this name from {by_folded[folded]}"
            yield error(path, (1, 1), "name-clash", message, hint)
        by_folded.setdefault(folded, path)


def records_stand_where_their_kind_belongs(ledger: Ledger) -> Iterator[Problem]:
    """Hold a record's kind and fields against its file's name and its folder."""
    for record in ledger.records:
        name = _expected_name(record)
        actual = record.path.rpartition("/")[2]
        if record.form.is_per_deal:
            is_right = record.path.startswith(DEALS) and actual == name
            belongs = f"{DEALS}<year>/<deal>/{name or record.form.filed_as}"
        else:
            is_right = record.path == f"{RECORDS}{name}"
            belongs = f"{RECORDS}{name or record.form.filed_as}"
        if not is_right:
            message = f"a {record.kind} record does not belong here"
            hint = f"move it to {belongs}, or mend its kind"
            yield error(record.path, record.place("kind"), "misplaced", message, hint)


def _expected_name(record: Record) -> str | None:
    values = {name: str(value) for name, value in record.values.items()}
    return record.form.file_name(values)


def folder_and_deal_agree(ledger: Ledger) -> Iterator[Problem]:
    """Hold a record's ``deal`` against the name of its folder: ``<deal>`` or ``<deal>-<slug>``."""
    for record in ledger.records:
        if not record.deal or not record.path.startswith(DEALS):
            continue
        folder = record.path.split("/")[-2]
        if folder != record.deal and not folder.startswith(f"{record.deal}-"):
            message = f"deal is '{record.deal}' and the folder is '{visible(folder)}'"
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


def one_handoff_per_deal(ledger: Ledger) -> Iterator[Problem]:
    """Refuse a second record of a kind that a deal has once (X §2, "Per deal")."""
    for deal in ledger.deals.values():
        first: dict[str, Record] = {}
        for record in deal.records:
            if not record.form.is_per_deal or "{" in record.form.filed_as:
                continue
            earlier = first.setdefault(record.kind, record)
            if earlier is not record:
                message = f"deal {deal.id} has a {record.kind} record already: {earlier.path}"
                hint = "keep one of the two"
                yield error(record.path, record.place("deal"), "duplicate-record", message, hint)


def customers_agree(ledger: Ledger) -> Iterator[Problem]:
    """Hold the customer's name in every record of a deal against the first."""
    for deal in ledger.deals.values():
        for record in deal.records:
            name = record.text("customer")
            if name and name != deal.customer:
                message = f"the customer is '{name}' here and '{deal.customer}' before"
                hint = "write one name in all records of the deal"
                place = record.place("customer")
                yield error(record.path, place, "customer-differs", message, hint)


def handoff_ids_are_unique(ledger: Ledger) -> Iterator[Problem]:
    """Refuse an id that names two signals or expectations of one handoff."""
    for deal in ledger.deals.values():
        seen: set[str] = set()
        for record, table, index, name in _named_rows(deal):
            if name in seen:
                message = f"the id '{name}' is used twice in this record"
                place = record.place(table, index, "id")
                hint = "give each signal and expectation an id of its own"
                yield error(record.path, place, "duplicate-id", message, hint)
            seen.add(name)


def _named_rows(deal: Deal) -> Iterator[tuple[Record, str, int, str]]:
    if deal.handoff is not None:
        for table in ("signals", "expectations"):
            for index, row in enumerate(deal.handoff.rows(table) or ()):
                if "id" in row:
                    yield deal.handoff, table, index, str(row["id"])


def validation_answers_every_id_once(ledger: Ledger) -> Iterator[Problem]:
    """Hold the post-mortem's answers against what the handoff listed (X §2, signal validation)."""
    for deal in ledger.deals.values():
        record = deal.delivery
        if record is None or deal.handoff is None:
            continue
        promised, answered = deal.promised(), set()
        for index, row in enumerate(record.rows("validation") or ()):
            name, place = str(row.get("id", "")), record.place("validation", index, "id")
            if name and name not in promised:
                message = f"the pre-delivery record has no signal or expectation '{name}'"
                hint = did_you_mean(name, promised)
                yield error(record.path, place, "unknown-id", message, hint)
            elif name in answered:
                message = f"'{name}' is answered twice"
                yield error(record.path, place, "duplicate-id", message, "keep one answer")
            answered.add(name)
        missing = [name for name in promised if name not in answered]
        if missing and record.day("postmortem_on"):
            message = f"the validation does not answer {listed(missing)}"
            hint = "add a row for each; 'unknown' is an answer"
            yield error(record.path, record.place("validation"), "id-not-answered", message, hint)


def friction_origins_exist(ledger: Ledger) -> Iterator[Problem]:
    """Hold each friction's origin against the handoff's ids and the codes for other origins."""
    codes = ledger.policy.vocabulary("taxonomy.friction_origins").titles
    for deal in ledger.deals.values():
        record = deal.delivery
        if record is None:
            continue
        known = [*deal.promised(), *codes]
        is_open = record.form.fields["friction"].rule.is_provisional
        for index, row in enumerate(record.rows("friction") or ()):
            origin = row.get("origin")
            if origin is not None and origin not in known:
                message = f"the origin '{origin}' is neither an id of the handoff nor a known code"
                place = record.place("friction", index, "origin")
                hint = did_you_mean(str(origin), known)
                problem = error(record.path, place, "unknown-origin", message, hint)
                yield problem.as_warning() if is_open else problem


def dates_come_in_a_possible_order(ledger: Ledger) -> Iterator[Problem]:
    """Refuse a date before another that it can only follow."""
    for deal in ledger.deals.values():
        for later, earlier in _ORDER:
            (kind, field), (first_kind, first_field) = later.split("."), earlier.split(".")
            record, first = deal.record(kind), deal.record(first_kind)
            if record is None or first is None:
                continue
            day, first_day = record.day(field), first.day(first_field)
            if day is not None and first_day is not None and day < first_day:
                message = f"{field} {day} lies before {first_field} {first_day}"
                hint = "mend whichever date is wrong"
                place = record.place(field)
                yield error(record.path, place, "impossible-order", message, hint)


def a_lost_deal_has_no_delivery(ledger: Ledger) -> Iterator[Problem]:
    """Refuse a deal that was lost and also handed over or delivered."""
    for deal in ledger.deals.values():
        if deal.loss is None:
            continue
        for record, what in ((deal.handoff, "handed over"), (deal.delivery, "delivered")):
            if record is not None:
                message = f"deal {deal.id} was closed as lost in {deal.loss.path}, and is {what}"
                hint = "delete the record that is wrong"
                yield error(record.path, record.place("deal"), "lost-and-won", message, hint)


def a_delivery_follows_a_handoff(ledger: Ledger) -> Iterator[Problem]:
    """Warn of a delivery without handoff: nothing can be held against it (X §2)."""
    for deal in ledger.deals.values():
        if deal.delivery is not None and deal.handoff is None:
            message = f"deal {deal.id} has no pre-delivery record to hold the delivery against"
            hint = f"ask sales.ops: winloss new pre-delivery --deal {deal.id}"
            record = deal.delivery
            problem = error(record.path, record.place("deal"), "no-handoff", message, hint)
            yield problem.as_warning()


def policy_files_are_known(ledger: Ledger) -> Iterator[Problem]:
    """Refuse folders below the policy: a vocabulary is named by its file alone."""
    for path in ledger.tree.paths(POLICY):
        if "/" in path.removeprefix(POLICY) and path not in ledger.set_aside:
            message = "a policy file stands directly in records/policy/"
            yield error(path, (1, 1), "misplaced", message, f"move it to {POLICY}")


RULES = (
    names_are_portable,
    policy_files_are_known,
    records_stand_where_their_kind_belongs,
    folder_and_deal_agree,
    each_deal_has_one_folder,
    one_handoff_per_deal,
    customers_agree,
    handoff_ids_are_unique,
    validation_answers_every_id_once,
    friction_origins_exist,
    dates_come_in_a_possible_order,
    a_lost_deal_has_no_delivery,
    a_delivery_follows_a_handoff,
)
