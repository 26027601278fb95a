"""Monday.com at the desk: the records here, the receipts there, and the way between the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from winloss.core.deals.receipts import Receipt, Receipts, read_receipts
from winloss.core.filing.conversation import Left, converse
from winloss.core.filing.filings import filings
from winloss.core.filing.plan import Committed, Plan, plan
from winloss.core.filing.preflight import who_am_i
from winloss.core.filing.request import SERVICE, Refusal
from winloss.core.problem import CannotGoOn, stop
from winloss.core.repository.tree import RECEIPTS
from winloss.core.rulebook.boards import Board
from winloss.core.wording import one_line, visible
from winloss.edge import files, git, history

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
    from pathlib import Path

    from winloss.core.deals.ledger import Ledger
    from winloss.core.filing.conversation import Outcome
    from winloss.core.filing.plan import Step
    from winloss.core.filing.preflight import Owner
    from winloss.core.filing.request import Answer, Request
    from winloss.core.problem import Problem
    from winloss.desk import Desk
    from winloss.edge.monday import Monday

_REHEARSAL = "winloss-rehearsal.json"
_SEE = "see the board and its columns: winloss file --setup finds them anew"
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

    def read(self, account: str = "") -> Receipts:
        """Return the receipts; raises CannotGoOn for a file that is none.

        Those of another account than the one that is named are of a rehearsal that is over.
        """
        receipts, problems = read_receipts(files.read(self.folder, self.path))
        if receipts is None:
            raise CannotGoOn(problems)
        return receipts if account in {receipts.account, ""} else Receipts()

    def add(self, account: str, key: str, receipt: Receipt) -> None:
        """Write one more receipt, beside what another push has written since."""
        text = self.read(account).with_one(account, key, receipt).as_text()
        files.replace(self.folder, self.path, text)


def box_of(desk: Desk, url: str) -> Box:
    """Return where the receipts of a service lie: those of a rehearsal are never committed."""
    if url == SERVICE:
        return Box(desk.root, RECEIPTS, is_rehearsal=False)
    if history.head(desk.root) is None:
        raise stop("a rehearsal needs a git repository with a commit", "make one: winloss demo")
    folder = desk.root / git.text(desk.root, "rev-parse", "--git-common-dir")
    return Box(folder, _REHEARSAL, is_rehearsal=True)


def planned(desk: Desk, receipts: Receipts) -> tuple[Plan, Ledger, Collection[str]]:
    """Return what is to be filed, from the records as they are, and which files have errors."""
    ledger, _, problems = desk.ledger()
    broken = _broken(problems)
    wanted = filings(ledger, broken)
    left_out = {record.deal for record in ledger.records if record.path in broken}
    committed = _committed(desk)
    return plan(wanted, receipts, ledger.policy.boards, committed, left_out), ledger, broken


def _committed(desk: Desk) -> Committed:
    """Return what the last commit says; nothing when there is none, or its rules are unusable."""
    from winloss.core.deals import rules  # noqa: PLC0415 - with the desk's own reading of them

    tip = history.head(desk.root)
    ledger, problems = rules.check(desk.tree_of(tip)) if tip else (None, [])
    if ledger is None:
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
        account = f"{visible(owner.account_name)} ({visible(owner.account)})"
        message = f"the token opens the account {account}, and {RECEIPTS} is of {visible(held)}"
        hint = "take a token of that account; if the firm has moved: git rm records/monday.json"
        raise stop(message, hint)
    return owner


def carry(monday: Monday, conversation: Generator[Request, Answer, _Result | Refusal]) -> _Result:
    """Hold a conversation without which nothing can go on, and return what it came to."""
    from winloss.edge.monday import Stopped  # noqa: PLC0415 - the network is one command's alone

    try:
        result = drive(monday, conversation)
    except Stopped as cause:
        raise stop(_said(cause.refusal), cause.hint) from None
    if isinstance(result, Refusal):
        raise stop(_said(result), _SEE)
    return result


def _said(refusal: Refusal) -> str:
    """Return a refusal in a sentence, with what Monday.com's support asks for."""
    ids = [refusal.code, f"request {refusal.request_id}" if refusal.request_id else ""]
    return f"{one_line(refusal.message)} ({one_line(', '.join(filter(None, ids)))})"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one step; ``hint`` is what a person can do where it was not filed."""

    step: Step
    outcome: Outcome
    hint: str = ""

    def trouble(self) -> list[str]:
        """Return, in lines, why it was not filed; none when it was."""
        if isinstance(self.outcome, Receipt):
            return []
        why = self.outcome.reason if isinstance(self.outcome, Left) else _said(self.outcome)
        return [f"not filed: {visible(self.step.filing.path)}: {why}", f"    {self.hint}"]


def push(
    monday: Monday, steps: Iterable[Step], boards: Mapping[str, Board], account: str, box: Box
) -> Iterator[Result]:
    """File step by step, each with its receipt written before the next; stop at a refusal."""
    from winloss.edge.monday import Stopped  # noqa: PLC0415 - the network is one command's alone

    for step in steps:
        board = boards.get(step.filing.board, Board())
        try:
            outcome = drive(monday, converse(step.filing, board, step.receipt))
        except Stopped as cause:
            yield Result(step, cause.refusal, cause.hint)
            return
        if isinstance(outcome, Refusal):
            yield Result(step, outcome, _SEE)
            return
        if isinstance(outcome, Left):
            yield Result(step, outcome, outcome.hint)
        else:
            box.add(account, step.filing.key, outcome)
            yield Result(step, outcome)
