"""The demonstration: a year of a records repository, with all that history can hold.

Deals from handoff to review, pages filed and restated, a proposal that was rejected, one that was
approved and merged, one that waits for its decision on a branch, and one change of the model that
nobody approved. The audit is to find that one, and nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from winloss.core.auditing.approval import Approval, next_number
from winloss.core.changes.evidence import Evidence, weigh
from winloss.core.days import Quarter
from winloss.core.deals import rules
from winloss.core.deals.governance import proposals_of
from winloss.core.demonstration.demo_deals import (
    LATE,
    LOST,
    WON,
    check_in,
    folder,
    handoff,
    loss,
    review,
    summary,
    touchpoint,
)
from winloss.core.demonstration.demo_proposals import LEADERSHIP, SIZE, TIMING
from winloss.core.pages.accounts import usable_ledger
from winloss.core.pages.page import rollup_page, rollup_path
from winloss.core.pages.rollup import build_rollups
from winloss.core.repository.commits import Person
from winloss.core.repository.story import Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from winloss.core.deals.ledger import Ledger
    from winloss.core.repository.tree import Tree

SALES = Person("Petra Lindqvist", "petra@example.com")
SUCCESS = Person("Tomas Varga", "tomas@example.com")
CRO = Person("Ingrid Solheim", "ingrid@example.com")
NEWCOMER = Person("Omar Haddad", "omar@example.com")
WAITING = "revenue-leadership-redefined"  # the branch, and the proposal, that waits for a decision
END = date(2026, 10, 8)
_MODEL = "records/policy/qualification.md"
_ROLES = "records/policy/roles.md"


def demo_story(shipped: Mapping[str, bytes], key: str, sign: Callable[[bytes], str]) -> Story:
    """Tell the story on these rules, with the CRO's public key, and what signs with its other half.

    ``shipped`` are forms and policy by their paths.
    """
    story = Story()
    telling = _Telling(story, sign)
    events = telling.events(shipped, key)
    for day, tell in sorted(events, key=lambda each: each[0]):
        tell(day)
    return story


class _Telling:
    """The story as it is told, day by day."""

    def __init__(self, story: Story, sign: Callable[[bytes], str]) -> None:
        self.story = story
        self.sign = sign

    def events(
        self, shipped: Mapping[str, bytes], key: str
    ) -> Iterator[tuple[date, Callable[[date], object]]]:
        """Yield what happens, each with its day."""
        yield date(2025, 10, 1), lambda day: self._adopt(day, shipped, key)
        for day, author, message, path, text in _records():
            yield day, partial(self._file, author, message, path, text)
        for name in ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"):
            quarter = Quarter.parse(name)
            assert quarter is not None  # noqa: S101 - written one line above
            yield quarter.last_day + timedelta(days=7), partial(self._page, quarter)
        yield date(2026, 6, 3), self._propose_size
        yield date(2026, 6, 10), self._reject_size
        yield date(2026, 7, 20), self._propose_timing
        yield date(2026, 7, 22), self._restate
        yield date(2026, 7, 24), self._approve_timing
        yield date(2026, 7, 27), lambda day: self.story.merge(CRO, day, "timing-over-scored")
        yield date(2026, 8, 19), self._sneak
        yield date(2026, 9, 28), self._propose_leadership

    def _adopt(self, day: date, shipped: Mapping[str, bytes], key: str) -> None:
        people = "".join(
            f"  - role: {role}\n    name: {person.name}\n    email: {person.email}\n{proof}"
            for role, person, proof in (
                ("sales.ops", SALES, ""),
                ("sales.ops", NEWCOMER, ""),
                ("customer.success", SUCCESS, ""),
                ("cro", CRO, f"    key: {key}\n"),
            )
        )
        roles = shipped[_ROLES].decode().replace("people: []\n", f"people:\n{people}")
        files = {**shipped, _ROLES: roles.encode()}
        self.story.commit(SALES, day, "Adopt winloss", files)

    def _file(self, author: Person, message: str, path: str, text: str, day: date) -> None:
        self.story.commit(author, day, message, {path: text})

    def _page(self, quarter: Quarter, day: date, filed: Ledger | None = None) -> None:
        """File a quarter's page; with the ledger of the edition before, as restated."""
        ledger, problems = rules.check(self.story.tree())
        assert ledger is not None  # noqa: S101 - the shipped rules can be read
        built, before = build_rollups(ledger, quarter, problems)
        then = build_rollups(filed, quarter, ()) if filed else None
        page = rollup_page(built, before, then)
        what = "Restate" if filed else "File"
        self.story.commit(SUCCESS, day, f"{what} the page of {quarter}", {rollup_path(built): page})

    def _restate(self, day: date) -> None:
        """File a loss that nobody had recorded, and the page of its quarter again."""
        before = _ledger(self.story.tree())
        path = f"{folder(LATE.id, LATE.customer, LATE.closed)}/closed-lost.md"
        self._file(SALES, f"Record a loss of June: deal {LATE.id}", path, loss(LATE), day)
        self._page(Quarter.of(LATE.closed), day, before)

    def _propose(self, day: date, name: str, text: str, changes: Mapping[str, str]) -> None:
        """Begin a branch with a proposal and the change that it wants."""
        self.story.branch(name)
        model = self.story.files()[_MODEL][1].decode()
        for old, new in changes.items():
            assert old in model, old  # noqa: S101 - the shipped model has these lines
            model = model.replace(old, new)
        self.story.commit(SALES, day, f"Change the model: {name}", {_MODEL: model}, branch=name)
        path = f"records/proposals/{name}.md"
        self.story.commit(SALES, day, f"Propose: {name}", {path: text}, branch=name)

    def _decide(self, day: date, name: str, decision: str, reason: str) -> None:
        """Commit the CRO's signed decision to a proposal's branch."""
        made = decision_on(self.story, name, day, decision, reason)
        made = replace(made, signature=self.sign(made.statement()))
        message = f"{decision.capitalize()}: {name}"
        self.story.commit(CRO, day, message, {made.path: made.text()}, branch=name)

    def _propose_size(self, day: date) -> None:
        strong = {
            "    title: Company size\n    levels: {absent: 0, partial: 1, strong: 2}": (
                "    title: Company size\n    levels: {absent: 0, partial: 2, strong: 2}"
            ),
            "version: 1\nstatus": "version: 2\nstatus",
        }
        self._propose(day, "company-size-under-scored", SIZE, strong)

    def _reject_size(self, day: date) -> None:
        """Keep the proposal and the decision, and not the change."""
        name = "company-size-under-scored"
        reason = "Coho says the opposite, and the three are one kind of firm. Bring a larger one."
        self._decide(day, name, "rejected", reason)
        back = {_MODEL: self.story.files()[_MODEL][1]}
        self.story.commit(SALES, day, "Take the change back", back, branch=name)
        self.story.merge(SALES, day + timedelta(days=1), name)

    def _propose_timing(self, day: date) -> None:
        tuned = {
            "    title: Timing\n    levels: {absent: 0, partial: 1, strong: 2}": (
                "    title: Timing\n    levels: {absent: 0, partial: 1, strong: 1}"
            ),
            "version: 1\nstatus": "version: 2\nstatus",
        }
        self._propose(day, "timing-over-scored", TIMING, tuned)

    def _approve_timing(self, day: date) -> None:
        reason = "The three that would drop out were the three that went worst."
        self._decide(day, "timing-over-scored", "approved", reason)

    def _sneak(self, day: date) -> None:
        """Lower the threshold under cover of a typo, without a proposal."""
        model = self.story.files()[_MODEL][1].decode()
        changed = model.replace("qualified_at: 6", "qualified_at: 5").replace(
            "and does not name the dimensions", "and doesn't name the dimensions"
        )
        self.story.commit(NEWCOMER, day, "Fix a typo", {_MODEL: changed})

    def _propose_leadership(self, day: date) -> None:
        redefined = {
            "    title: Revenue leadership\n    levels: {absent: 0, partial: 1, strong: 2}": (
                "    title: A named owner of the partner number\n"
                "    levels: {absent: 0, partial: 0, strong: 2}"
            ),
            "version: 2\nstatus": "version: 3\nstatus",
        }
        self._propose(day, WAITING, LEADERSHIP, redefined)


def decision_on(
    story: Story, name: str, day: date, decision: str = "approved", reason: str = ""
) -> Approval:
    """Return a decision on the proposal of a branch of the same name, not signed yet."""
    weighed = weighed_branch(story, name)
    return Approval(
        number=next_number({*story.files(), *story.files(name)}),
        proposal=name,
        date=str(day),
        decision=decision,
        origin=weighed.rules_before,
        to=weighed.rules_after,
        digest=weighed.digest,
        council="waived" if weighed.wants_council else "",
        reason=reason,
    )


def weighed_branch(story: Story, name: str) -> Evidence:
    """Return the evidence of a branch's proposal of the same name, as the CRO sees it."""
    base = _ledger(story.tree_of(story.forks[name]))
    head = _ledger(story.tree(name))
    proposal = next(each for each in proposals_of(head) if each.text("id") == name)
    return weigh(base, head, proposal)


def _ledger(tree: Tree) -> Ledger:
    ledger = usable_ledger(tree)
    assert ledger is not None  # noqa: S101 - the shipped rules can be read
    return ledger


def _records() -> Iterator[tuple[date, Person, str, str, str]]:
    """Yield every record: its day, who files it, the message, the path and the text."""
    for lost in LOST:
        path = f"{folder(lost.id, lost.customer, lost.closed)}/closed-lost.md"
        day = lost.closed + timedelta(days=2)
        yield day, SALES, f"Record a loss: deal {lost.id}", path, loss(lost)
    for won in WON:
        place = folder(won.id, won.customer, won.handed_off)
        path = f"{place}/pre-delivery.md"
        yield won.handed_off, SALES, f"Hand off deal {won.id}", path, handoff(won)
        if won.delivered is None:
            continue
        path, day = f"{place}/post-delivery.md", won.delivered
        for later, message, is_judged in ((3, "Sum up", False), (14, "Post-mortem of", True)):
            if not is_judged or won.is_judged:
                text = summary(won, is_judged=is_judged)
                yield day + timedelta(days=later), SUCCESS, f"{message} deal {won.id}", path, text
        for later, name, write in ((29, "day-30", check_in), (59, "day-60", review)):
            if day + timedelta(days=later) < END:
                path, message = f"{place}/{name}.md", f"{name.capitalize()} of deal {won.id}"
                yield day + timedelta(days=later), SUCCESS, message, path, write(won)
        for later in (150, 240) if won.heard == "none" else ():
            contact = day + timedelta(days=later - 1)
            if contact < END - timedelta(days=21):  # the last ones are owed, for 'due' to show
                path, message = f"{place}/touchpoint-{contact}.md", f"Touchpoint, deal {won.id}"
                yield contact, SUCCESS, message, path, touchpoint(won, contact)
