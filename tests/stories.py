"""Whole histories for the audit, told with the builder that ``winloss demo`` uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from conftest import rules_tree
from winloss.core.auditing.approval import NAMESPACE, Approval
from winloss.core.days import Quarter
from winloss.core.deals import rules
from winloss.core.demonstration.demo import decision_on
from winloss.core.demonstration.demo_deals import LATE, WON, Won, folder, handoff, loss, summary
from winloss.core.pages.page import rollup_page, rollup_path
from winloss.core.pages.rollup import build_rollups
from winloss.core.repository.commits import Person
from winloss.core.repository.story import Story
from winloss.edge import signing

if TYPE_CHECKING:
    from pathlib import Path

    from winloss.core.deals.ledger import Ledger

SALES = Person("Petra Lindqvist", "petra@example.com")
SUCCESS = Person("Tomas Varga", "tomas@example.com")
CRO = Person("Ingrid Solheim", "ingrid@example.com")
STRANGER = Person("Nobody Known", "nobody@example.com")
MODEL, ROLES = "records/policy/qualification.md", "records/policy/roles.md"
CALENDAR = "records/policy/calendar.md"
NAME = "timing-over-scored"
PROPOSAL = f"records/proposals/{NAME}.md"
BEGUN = date(2026, 7, 1)
DAY = BEGUN + timedelta(days=20)
ADATUM, LAMNA = WON[0], WON[2]
NEW = replace(WON[8], id="9001", customer="Wingtip Data", handed_off=DAY, delivered=DAY)
TUNED = (
    "    title: Timing\n    levels: {absent: 0, partial: 1, strong: 2}",
    "    title: Timing\n    levels: {absent: 0, partial: 1, strong: 1}",
)
_TEXT = (
    "## What changes\n\nA strong timing gives less.\n\n"
    "## Why the evidence supports it\n\nThey say so.\n\n"
    "## The evidence against, and why it does not decide\n\nMunson Farms says little.\n"
)


@dataclass(frozen=True)
class Keys:
    """A private key for each person, and its public half."""

    place: Path
    public: dict[str, str] = field(default_factory=dict)

    def of(self, person: Person) -> str:
        """Return a person's public key; it is made when first asked for."""
        if person.email not in self.public:
            self.public[person.email] = signing.make_key(self.place / person.email, person.email)
        return self.public[person.email]

    def sign(self, approval: Approval, person: Person) -> Approval:
        """Return an approval signed by a person."""
        self.of(person)
        place = self.place / person.email
        unsigned = replace(approval, signature="")
        return replace(unsigned, signature=signing.sign(unsigned.statement(), place, NAMESPACE))


def people(keys: Keys | None, cro: Person = CRO, *, has_email_only: bool = False) -> bytes:
    """Return roles.md with three persons; without keys and e-mail, with nobody."""
    text = rules_tree()[ROLES].decode()
    rows = [("sales.ops", SALES, ""), ("customer.success", SUCCESS, "")]
    rows.append(("cro", cro, f"    key: {keys.of(cro)}\n" if keys and not has_email_only else ""))
    listed = "".join(
        f"  - role: {role}\n    name: {each.name}\n    email: {each.email}\n{key}"
        for role, each, key in rows
    )
    return text.replace("people: []\n", f"people:\n{listed}").encode()


def begun(roles: bytes | None = None) -> Story:
    """Return a repository in use: rules, and nine deals that were delivered and judged."""
    story = Story()
    files = {**rules_tree(), **_deals()}
    if roles is not None:
        files[ROLES] = roles
    story.commit(SALES, BEGUN, "Adopt winloss", files)
    return story


@cache
def _deals() -> dict[str, bytes]:
    files = {}
    for deal in WON[:8]:
        files[f"{place(deal)}/pre-delivery.md"] = handoff(deal).encode()
        files[f"{place(deal)}/post-delivery.md"] = summary(deal, is_judged=True).encode()
    return files


def place(deal: Won) -> str:
    """Return the folder of a deal of the demonstration."""
    return folder(deal.id, deal.customer, deal.handed_off)


def text(story: Story, path: str, branch: str = "") -> str:
    """Return what stands in a file now."""
    return story.files(branch)[path][1].decode()


def changed(story: Story, path: str, old: str, new: str, branch: str = "") -> dict[str, str]:
    """Return a file with a text replaced, as a change to commit."""
    before = text(story, path, branch)
    assert old in before, old
    return {path: before.replace(old, new)}


def proposal(
    day: date, *, name: str = NAME, evidence: str = "[7001, 7003, 7004, 7007]", claim: bool = True
) -> str:
    """Return a proposal's text."""
    about = f"claim: over-scored\ndimension: timing\nevidence: {evidence}\n" if claim else ""
    body = _TEXT if claim else "## What changes\n\nOne more free day.\n"
    return (
        f"---\nkind: proposal\nid: {name}\ndate: {day}\nfiled_by: sales.ops\n{about}---\n\n{body}"
    )


def propose(
    story: Story,
    day: date,
    *,
    author: Person = SALES,
    change: tuple[str, str] = TUNED,
    path: str = MODEL,
    name: str = NAME,
    **about: object,
) -> None:
    """Begin a branch with a change of the rules and its proposal, in two commits."""
    story.branch(name)
    change_files = changed(story, path, *change)
    story.commit(author, day, f"Change the rules: {name}", change_files, branch=name)
    written = proposal(day, name=name, **about)  # type: ignore[arg-type]  # passed on as they are
    files = {f"records/proposals/{name}.md": written}
    story.commit(author, day, f"Propose: {name}", files, branch=name)


def decide(
    story: Story,
    day: date,
    keys: Keys | None,
    *,
    name: str = NAME,
    by: Person = CRO,
    signer: Person | None = None,
    decision: str = "approved",
    **other: str,
) -> Approval:
    """Commit a decision to a proposal's branch; signed by its author, or by somebody else."""
    made = replace(decision_on(story, name, day, decision), **other)
    if keys is not None:
        made = keys.sign(made, signer or by)
    story.commit(by, day, f"Decide: {name}", {made.path: made.text()}, branch=name)
    return made


def approved(story: Story, keys: Keys | None, day: date, **about: object) -> Approval:
    """Begin a branch, propose, and have the CRO approve it a day later."""
    propose(story, day, **about)  # type: ignore[arg-type]  # passed on as they are
    name = about.get("name", NAME)
    return decide(story, day + timedelta(days=1), keys, name=str(name))


Tell = Callable[[Keys], Story]
TAMPERED: list[tuple[tuple[str, ...], Tell]] = []
HONEST: list[Tell] = []


def refused(*slugs: str) -> Callable[[Tell], Tell]:
    """Mark a story in which the audit is to find these, and nothing else."""

    def mark(tell: Tell) -> Tell:
        TAMPERED.append((slugs, tell))
        return tell

    return mark


def passes(tell: Tell) -> Tell:
    """Mark a story in which the audit is to find nothing."""
    HONEST.append(tell)
    return tell


def ledger_of(story: Story) -> Ledger:
    """Return what a story records now."""
    ledger, _ = rules.check(story.tree())
    assert ledger is not None
    return ledger


def file_page(story: Story, day: date, name: str = "2026-Q2", before: Ledger | None = None) -> None:
    """File a quarter's page, held against the ledger of the edition before."""
    quarter = Quarter.parse(name)
    assert quarter is not None
    built, previous = build_rollups(ledger_of(story), quarter, ())
    then = build_rollups(before, quarter, ()) if before else None
    page = rollup_page(built, previous, then)
    story.commit(SUCCESS, day, f"File {name}", {rollup_path(built): page})


def filed(keys: Keys, *quarters: str) -> Story:
    """Return a repository in use, with a loss more, and its quarters filed."""
    story = begun(people(keys))
    path = f"{folder(LATE.id, LATE.customer, LATE.closed)}/closed-lost.md"
    early = loss(LATE).replace("date: 2026-07-21", "date: 2026-07-02")
    story.commit(SALES, date(2026, 7, 3), "A loss", {path: early})
    for name in quarters or ("2026-Q1", "2026-Q2"):
        file_page(story, date(2026, 7, 8), name)
    return story
