"""Gather what must not be published: names, and the words of every record and message.

From the whole past, not only from what stands now: what was deleted is no less a secret.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from winloss.core.publishing.leaks import CUSTOMER, DEAL, PERSON, Secrets
from winloss.core.repository.tree import DEALS, POLICY, RECORDS, is_folder_of
from winloss.core.rulebook.people import ROLES
from winloss.core.wording import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from winloss.core.auditing.past import Past
    from winloss.core.deals.ledger import Ledger

_TYPED = re.compile(r"""(?m)^(deal|customer):[ \t]*["']?(.*?)["']?[ \t\r]*$""")
_HELD = re.compile(r"""\b(?:name|email):[ \t]*["']?([^,{}"'\n]+)""")
_FILLED = re.compile(r"\{\{.*?\}\}|\n\n|\|", re.DOTALL)
_TAG = re.compile(r"\{%.*?%\}", re.DOTALL)


def secrets_of(ledger: Ledger, past: Past, filed_by: Iterable[Ledger] = ()) -> Secrets:
    """Return what a repository and its whole past must not give away.

    ``filed_by`` are the states by whose rules pages were filed: their titles are no secret either.
    """
    names: dict[str, str] = {}
    for holder in ledger.policy.people:
        names |= {holder.name: PERSON, holder.email: PERSON}
    texts: dict[str, str] = {}
    for commit in past.commits:
        for person in (*commit.authors, commit.committer):
            names |= {person.name: PERSON, person.email: PERSON}
        texts[f"the message of {commit.short}"] = commit.message
        for delta in commit.deltas:
            text = past.contents.get(delta.new, b"").decode("utf-8", "replace")
            if delta.path == ROLES:
                names |= {name.strip(): PERSON for name in _HELD.findall(text)}
            if delta.path.startswith(RECORDS) and not delta.path.startswith(POLICY):
                texts[f"{delta.path} ({delta.new[:10]})"] = text
            if delta.path.startswith(DEALS):
                names |= _named_by(delta.path, text)
    for record in ledger.records:
        names |= {record.deal: DEAL, record.text("customer"): CUSTOMER}
    titles = chain.from_iterable(map(titles_of, (ledger, *filed_by)))
    return Secrets(names, texts, frozenset(titles))


def _named_by(path: str, text: str) -> dict[str, str]:
    """Return the deal and the customer that a file of a deal names, in it and by its folder."""
    typed: dict[str, str] = dict(_TYPED.findall(text))
    deal, folder = typed.get("deal", ""), path.split("/")[-2]
    if not is_folder_of(folder, deal):
        is_deep = path.count("/") > DEALS.count("/") + 1
        deal = folder.partition("-")[0] if is_deep and not deal else deal
    names = {deal: DEAL, typed.get("customer", ""): CUSTOMER}
    if is_folder_of(folder, deal):
        names[folder.removeprefix(deal).removeprefix("-")] = CUSTOMER
    return {name: what for name, what in names.items() if not is_placeholder(name)}


def phrases_of(template: str) -> list[str]:
    """Return what a template says itself, between what is filled in."""
    return [part for part in _FILLED.split(_TAG.sub(" ", template)) if part.strip()]


def titles_of(ledger: Ledger) -> Iterator[str]:
    """Yield what a state's policy and forms call things."""
    for vocabulary in ledger.policy.vocabularies.values():
        yield from (*vocabulary.titles, *vocabulary.titles.values())
    for dimension in ledger.policy.model.dimensions.values():
        yield from (dimension.title, *dimension.levels)
    for form in ledger.forms.values():
        yield from (form.title, *form.sections, *(each.title for each in form.fields.values()))
    yield ledger.policy.banner
