"""What an audience is to get: an edition of each page that was filed, proved before it goes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

import click

from winloss.branch import is_signed
from winloss.core.auditing.audit import audit
from winloss.core.deals import rules
from winloss.core.deals.governance import EXCHANGE
from winloss.core.problem import stop
from winloss.core.publishing.edition import TEMPLATE, edition_of
from winloss.core.publishing.leaks import Secrets, words_of
from winloss.core.publishing.publication import ANCHOR, OWN_NAMES, Anchor
from winloss.core.publishing.secrecy import phrases_of, secrets_of, titles_of
from winloss.core.publishing.tallies import OWN_WORDS
from winloss.core.repository.tree import TEMPLATES, Tree
from winloss.core.wording import did_you_mean, one_line
from winloss.desk import show
from winloss.edge.files import shipped_rules
from winloss.filed import filed_pages, page_as_filed, page_now

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from winloss.core.auditing.past import Past
    from winloss.core.days import Quarter
    from winloss.core.deals.ledger import Ledger
    from winloss.core.problem import Problem
    from winloss.core.rulebook.audience import Audience
    from winloss.desk import Desk


@dataclass(frozen=True, slots=True)
class Editions:
    """The files to publish by their names, and which deal is behind each page's labels.

    ``running`` are the quarters that were left out, because they have not ended.
    """

    audience: Audience
    ledger: Ledger
    past: Past = field(repr=False)
    anchor: Anchor
    files: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]
    running: tuple[Quarter, ...]
    filed_by: tuple[Ledger, ...] = field(repr=False)

    def secrets(self) -> Secrets:
        """Return what must not stand in them."""
        found = secrets_of(self.ledger, self.past, self.filed_by)
        no_names = {words_of(each) for each in (*OWN_NAMES, *self.audience.no_names)}
        names = {name: what for name, what in found.names.items() if words_of(name) not in no_names}
        return Secrets(names, found.texts, found.titles, frozenset(_shipped()))


def editions_for(desk: Desk, role: str) -> Editions:
    """Return the editions for a role of the pages on the main branch, and the anchor.

    A page goes out as it was filed; one that does not say what its records say stops all.
    """
    _, tip = desk.main_branch()
    ledger, tree, problems = desk.ledger(tip)
    audience = _audience(ledger, role, problems)
    pages = filed_pages(desk, ledger, tip)
    if not pages:
        hint = "build one, commit it, and merge it: winloss rollup"
        raise stop("the main branch holds no page to publish", hint)
    running = tuple(quarter for _, quarter in pages if quarter.last_day >= desk.today)
    files: dict[str, str] = {}
    filed_by: list[Ledger] = []
    labels: dict[str, Mapping[str, str]] = {}
    for path, quarter in pages:
        if quarter in running:
            continue
        page = page_now(desk, ledger, quarter, problems, tip)
        if desk.file(path, tip) != page.text.encode():
            page = page_as_filed(desk, ledger, quarter, tip) or _refuse(path, quarter)
        edition = edition_of(page.rollup, audience)
        filed_by.append(page.rollup.ledger)
        name = path.rpartition("/")[2]
        files[name], labels[name] = edition.page(tree), edition.labels
    past = desk.past(tip)
    audited = audit(past, is_signed)
    anchor = Anchor(tip, audited.commits, len(audited.findings))
    files[ANCHOR] = anchor.text()
    return Editions(audience, ledger, past, anchor, files, labels, running, tuple(filed_by))


def _shipped() -> Iterator[str]:
    """Yield what winloss says itself, with the forms and the policy that come with it."""
    files = shipped_rules()
    ledger, _ = rules.check(Tree(files))
    yield from OWN_WORDS
    yield from phrases_of(files[f"{TEMPLATES}{TEMPLATE}"].decode())
    yield from titles_of(ledger) if ledger else ()


def _audience(ledger: Ledger, role: str, problems: Iterable[Problem]) -> Audience:
    """Return what the policy grants a role; leave where it cannot be relied on."""
    wrong = [each for each in problems if each.path == EXCHANGE and each.is_error]
    if wrong:
        show(wrong, ledger.tree)
        raise SystemExit(1)
    known = {each.role: each for each in ledger.policy.audiences}
    if role not in known:
        hint = "see audiences: in the exchange.md that this version of winloss ships"
        if known:
            hint = did_you_mean(role, known)
        raise stop(f"{EXCHANGE} grants nothing to an audience '{one_line(role)}'", hint)
    return known[role]


def _refuse(path: str, quarter: Quarter) -> NoReturn:
    click.echo(f"{path} is not what the records say, so nothing was published.", err=True)
    click.echo(f"See: winloss rollup {quarter} --check", err=True)
    raise SystemExit(1)
