"""Monday.com at the desk: the records here, the receipts there, and the way between the two."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from winloss.core.deals import rules
from winloss.core.deals.receipts import Receipt, Receipts, read_receipts
from winloss.core.filing.conversation import Left, converse
from winloss.core.filing.filings import filings, left_out
from winloss.core.filing.plan import Committed, Plan, plan
from winloss.core.filing.preflight import who_am_i
from winloss.core.filing.request import SERVICE, Refusal
from winloss.core.problem import CannotGoOn, stop
from winloss.core.repository.tree import FOLDERS, RECEIPTS, Tree
from winloss.core.wording import one_line, visible
from winloss.edge import files, git, history
from winloss.edge.monday import Stopped

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
    from pathlib import Path

    from winloss.core.filing.conversation import Outcome
    from winloss.core.filing.plan import Step
    from winloss.core.filing.preflight import Owner
    from winloss.core.filing.request import Answer, Request
    from winloss.core.problem import Problem
    from winloss.desk import Desk
    from winloss.edge.monday import Monday

_REHEARSAL = "winloss-rehearsal.json"
_OWN_FILE = "put the file itself here, or take away what stands there"
_SEE = "see the board and its columns: winloss file --setup finds them anew"
_HOME = re.compile(r"https?://([\w.-]+\.)?monday\.com\.?(:[0-9]*)?(/.*)?", re.ASCII | re.IGNORECASE)
_MOST_REFUSED = 3  # in a row
_OF_ONE = {"UserUnauthorizedException"}  # may be said of one board, or of a colleague's update
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Box:
    """Where the receipts of a service lie: in the records, or those of a rehearsal in ``.git``."""

    folder: Path
    path: str
    is_rehearsal: bool

    @property
    def name(self) -> str:
        """What a person calls the file."""
        return f".git/{self.path}" if self.is_rehearsal else self.path

    def read(self) -> Receipts:
        """Return the receipts; raises CannotGoOn for a file that is none."""
        data = files.standing(self.folder, self.path)
        if isinstance(data, str):
            raise stop(f"the receipts cannot be read from {self.name}: {data}", _OWN_FILE)
        receipts, problems = read_receipts(data)
        if receipts is None:
            raise CannotGoOn([replace(each, path=self.name) for each in problems])
        return receipts

    def read_of(self, account: str) -> Receipts:
        """Return the receipts of an account: none when they are of a rehearsal that is over."""
        held = self.read()
        return held if held.account in {account, ""} else Receipts()

    def add(self, account: str, filed: Mapping[str, Receipt]) -> None:
        """Write what a push has filed, the last of it anew, beside what another one has written."""
        held, last = self.read_of(account), [*filed][-1]
        for key, receipt in filed.items():
            if key == last or key not in held.filed:
                held = held.with_one(account, key, receipt)
        files.replace(self.folder, self.path, held.as_text())

    def forget(self, keys: Collection[str]) -> None:
        """Forget as what some things were filed, so that they are filed anew."""
        held = self.read()
        if held.filed.keys() & {*keys}:
            files.replace(self.folder, self.path, held.without(keys).as_text())


def box_of(desk: Desk, url: str) -> Box:
    """Return where the receipts of a service lie: those of a rehearsal are never committed."""
    if url == SERVICE or _HOME.fullmatch(url):
        return Box(desk.root, RECEIPTS, is_rehearsal=False)
    if history.head(desk.root) is None:
        raise stop("a rehearsal needs a git repository with a commit", "make one: winloss demo")
    folder = desk.root / git.text(desk.root, "rev-parse", "--git-common-dir")
    return Box(folder, _REHEARSAL, is_rehearsal=True)


def planned(desk: Desk, receipts: Receipts) -> tuple[Plan, Collection[str]]:
    """Return what is to be filed, from the records as they are, and which files have errors."""
    ledger, _, problems = desk.ledger()
    broken = _broken(problems)
    wanted = filings(ledger, broken)
    without = left_out(ledger, broken, receipts.filed)
    found = plan(wanted, receipts, ledger.policy.boards, without)
    return (found.held_back(_committed(desk)) if found.unfiled else found), broken


def _committed(desk: Desk) -> Committed:
    """Return what the last commit says; nothing when there is none, or its rules are unusable."""
    tip = history.head(desk.root)
    tree = history.tree_at(desk.root, tip, FOLDERS) if tip else Tree({})
    ledger, problems = rules.check(tree)
    if ledger is None:  # no commit, none of the rules in it, or rules that cannot be used
        return Committed({}, {})
    found = filings(ledger, _broken(problems))
    return Committed({each.key: each.digest for each in found}, ledger.policy.boards)


def _broken(problems: Collection[Problem]) -> Collection[str]:
    return {problem.path for problem in problems if problem.is_error}


def drive(monday: Monday, conversation: Generator[Request, Answer, _Result]) -> _Result:
    """Carry each question to Monday.com and its answer back; return what it came to."""
    try:
        request = next(conversation)
        while True:
            request = conversation.send(monday.ask(request))
    except StopIteration as end:
        result: _Result = end.value
        return result


def owner_of(monday: Monday, box: Box) -> Owner:
    """Ask whose account it is; refuse another one than the receipts are of."""
    owner = carry(monday, who_am_i())
    held = box.read().account
    if held not in {owner.account, ""} and not box.is_rehearsal:
        account = f"{one_line(owner.account_name)} ({one_line(owner.account)})"
        message = f"the token opens the account {account}, and {RECEIPTS} is of {visible(held)}"
        hint = "take a token of that account; if the firm has moved: git rm records/monday.json"
        raise stop(message, hint)
    return owner


def carry(monday: Monday, conversation: Generator[Request, Answer, _Result | Refusal]) -> _Result:
    """Hold a conversation without which nothing can go on, and return what it came to."""
    try:
        result = drive(monday, conversation)
    except Stopped as cause:
        raise stop(_said(cause.refusal), cause.hint) from None
    if isinstance(result, Refusal):
        raise stop(_said(result), _SEE)
    return result


def _said(refusal: Refusal) -> str:
    """Return a refusal in a sentence, with what Monday.com's support asks for."""
    code = "" if refusal.code in refusal.message else refusal.code
    ids = ", ".join(filter(None, [code, refusal.request_id and f"request {refusal.request_id}"]))
    return one_line(f"{refusal.message} ({ids})" if ids else refusal.message)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one step; ``hint`` is what a person can do where it was not filed."""

    step: Step
    outcome: Outcome
    hint: str = ""

    @property
    def is_filed(self) -> bool:
        """Whether Monday.com holds it now as it should."""
        return isinstance(self.outcome, Receipt)

    @property
    def opened(self) -> str:
        """What to do about an item that a review opened, for the CRO (R §4)."""
        filing = self.step.filing
        item = self.outcome.item if isinstance(self.outcome, Receipt) else ""
        where = one_line(self.step.board.titled or filing.line)
        note = f"note it there: actions_done: [{filing.line}]"
        return f"{one_line(filing.name)}, item {item} in {where}; {visible(filing.path)}: {note}"

    @property
    def has_receipt(self) -> bool:
        """Whether it changed the receipts: it was filed, or found with other words than known."""
        is_found = isinstance(self.outcome, Left) and self.outcome.found is not None
        return is_found or self.is_filed

    @property
    def trouble(self) -> str:
        """Why it was not filed; empty when it was."""
        if isinstance(self.outcome, Receipt):
            return ""
        why = self.outcome.reason if isinstance(self.outcome, Left) else _said(self.outcome)
        return f"not filed: {visible(self.step.filing.path)}: {why}"


def push(monday: Monday, steps: Iterable[Step], account: str, box: Box) -> Iterator[Result]:
    """File step by step, each with its receipt written before the next.

    One that Monday.com refuses leaves the others their turn: it may be that deal's board. After
    three in a row it is more than that.
    """
    filed: dict[str, Receipt] = {}
    refused = 0
    for step in steps:
        hint = _SEE
        try:
            outcome = drive(monday, converse(step.filing, step.board, step.receipt))
        except Stopped as cause:
            outcome, hint = cause.refusal, cause.hint
            if cause.refusal.code not in _OF_ONE:
                yield Result(step, outcome, hint)
                return
        receipt = outcome.found if isinstance(outcome, Left) else outcome
        if isinstance(receipt, Receipt):
            filed[step.filing.key] = receipt
            box.add(account, filed)
        yield Result(step, outcome, outcome.hint if isinstance(outcome, Left) else hint)
        refused = refused + 1 if isinstance(outcome, Refusal) else 0
        if refused == _MOST_REFUSED:
            return
