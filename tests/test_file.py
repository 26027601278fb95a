"""``winloss file`` against the peer of Monday.com, over HTTP: the plan, the push, the mishaps."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

import winloss.edge.monday
from conftest import HOME, TODAY, Repository, at_a_terminal, base_tree
from follow_up import FOLDER, day, follow_up
from winloss.core.deals.governance import EXCHANGE
from winloss.core.deals.receipts import read_receipts
from winloss.core.filing.monday_section import with_boards
from winloss.core.repository.tree import RECEIPTS
from winloss.core.rulebook.boards import Board
from winloss.edge.monday import Limits, Monday
from winloss.testing.monday.rehearsal import account_for
from winloss.testing.monday.transport import Peer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Result
    from winloss.core.filing.token import Token
    from winloss.testing.monday.account import Item, Update

KEYS = {  # what the repository of these tests has to file, by its key
    "1001/pre-delivery": "sub-item",
    "1001/post-delivery": "sub-item",
    "1001/day-30": "update",
    "1001/day-60/expansion": "item",
    "1001/day-60/referral": "item",
    "1002/closed-lost": "sub-item",
}
QUESTIONS = (
    *("WinlossCreateSubitem", "WinlossCreateItem", "WinlossPostUpdate"),
    *("WinlossSubitems", "WinlossItems", "WinlossUpdates", "WinlossWhoAmI"),
)
TITLES = {"deals": "Deals", "expansion": "Prospects", "referral": "Leads"}
REHEARSED = ".git/winloss-rehearsal.json"


@dataclass
class Firm:
    """A repository with records to file, and the peer that its pushes reach."""

    repository: Repository
    peer: Peer
    waits: list[float]
    receipts: str = REHEARSED
    now: list[float] = field(default_factory=lambda: [0.0])
    limits: Limits = field(default_factory=Limits)

    def file(self, *arguments: str) -> Result:
        """Run winloss file in the repository."""
        return self.repository.run("file", *arguments)

    def push(self) -> Result:
        """Push without being asked."""
        return self.file("--push", "--yes")

    def commit(self) -> None:
        """Commit all that changed."""
        self.repository.git("commit", "-qam", "More", "--allow-empty")

    def items(self, key: str) -> list[Item]:
        """Return the active items and sub-items that hold a key."""
        return [
            item
            for item in self.peer.account.items.values()
            if item.state == "active" and key in item.values.values()
        ]

    def updates(self, key: str) -> list[Update]:
        """Return the updates that a filing marked, on items that are there."""
        return [
            update
            for update in self.peer.account.updates.values()
            if f"winloss:{key}@" in update.body and update.item.state == "active"
        ]

    def made(self) -> list[str]:
        """Return what was created so far, by the operations that did it."""
        calls = [call.operation for call in self.peer.calls]
        return [each for each in calls if "Create" in each or "Post" in each]

    def filed(self) -> dict[str, dict[str, str]]:
        """Return the receipts, as they stand in their file."""
        filed: dict[str, dict[str, str]] = json.loads(self.repository.read(self.receipts))["filed"]
        return filed

    def holds_each_once(self) -> None:
        """Hold Monday.com against the records, and the receipts against Monday.com."""
        filed = self.filed()
        assert filed.keys() == KEYS.keys()
        for key, what in KEYS.items():
            (update,) = self.updates(key)
            assert [each.id for each in self.items(key)] == (
                [] if what == "update" else [update.item.id]
            )
            assert filed[key]["item"] == update.item.id
            assert filed[key]["update"] == update.id
            assert f"winloss:{key}@{filed[key]['holds']}<" in update.body
        assert self.file("--plan", "--check").code == 0


@pytest.fixture
def firm(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Iterator[Firm]:
    """Return a repository that is set up and committed, and nothing of it filed."""
    for path, data in _more().items():
        repository.write(path, data)
    repository.git("add", "-A")
    repository.git("commit", "-qm", "Set up")
    now = [0.0]
    with serving(account_for(["1001", "1002"]), clock=lambda: now[0]) as peer:
        made = Firm(repository, peer, [], now=now)

        def client(url: str, token: Token, patience: float, tell: Callable[[str], None]) -> Monday:
            return Monday(url, token, patience, tell, made.waits.append, limits=made.limits)

        monkeypatch.setattr(winloss.edge.monday, "Monday", client)
        monkeypatch.setenv("MONDAY_API_URL", peer.url)
        monkeypatch.setenv("MONDAY_API_TOKEN_FILE", str(_token(repository.root.parent, peer.token)))
        yield made


@cache
def _more() -> dict[str, bytes]:
    """Return what the tests file besides tests/base, and the policy with the rehearsal's boards."""
    outcomes = {"outcomes": "[expansion, referral]", "signals": "[follow-on-work]"}
    found = {
        key: Board(
            titled="" if board.subitems else title,
            board=board.subitems or board.id,
            group="" if board.subitems else board.groups[0].id,
            key="text_winloss",
            stage="status_stage" if key == "expansion" else "",
            opens_at="Qualified conversation" if key == "expansion" else "",
        )
        for board in account_for([]).boards.values()
        for key, title in TITLES.items()
        if board.name == title
    }
    policy, problems = with_boards(EXCHANGE, base_tree()[EXCHANGE], found)
    assert not problems
    return {
        EXCHANGE: policy,
        **follow_up("day-30", day(28)),
        **follow_up("day-60", day(60), **outcomes),
    }


def _token(folder: Path, value: str) -> Path:
    file = folder / "token"
    file.write_text(value)
    file.chmod(0o600)
    return file


def test_the_plan_sends_nothing_and_says_what_is_missing(firm: Firm) -> None:
    """Each thing has a line, with what it takes; --check alone fails for it."""
    result = firm.file()
    assert result.code == 0
    assert not firm.peer.calls
    assert len(re.findall("^[+] ", result.out, re.MULTILINE)) == len(KEYS)
    assert "+ update    1001 Northwind Traders: day-30\n" in result.out
    opportunity = 'day-60, expansion: Prospects, "Qualified conversation"\n'
    assert f"+ item      1001 Northwind Traders: {opportunity}" in result.out
    assert "6 to file, 0 changed, 0 as filed: 24 API calls\nNothing was sent.\n" in result.out
    assert firm.file("--plan", "--check").code == 1


def test_a_push_files_each_record_once(firm: Firm) -> None:
    """Sub-items, an update and two items; the calls are as many as the plan said."""
    result = firm.push()
    assert result.code == 0, result.err
    assert "Filed 6 in Monday.com\n" in result.out
    assert "Opened: Northwind Traders: Expansion opportunity, item " in result.out
    assert "note it there: actions_done: [expansion]" in result.out
    assert len(firm.peer.calls) == 24
    firm.holds_each_once()
    (opportunity,) = firm.items("1001/day-60/expansion")
    assert opportunity.board.name == "Prospects"
    assert opportunity.text(opportunity.board.columns[2]) == "Qualified conversation"
    (lead,) = firm.items("1001/day-60/referral")
    assert (lead.board.name, lead.name) == ("Leads", "Northwind Traders: Referral")
    (bullets,) = firm.updates("1001/day-30")
    assert bullets.body.partition("<p>")[0] == "<ul><li>a</li><li>b</li><li>c</li></ul>\n"
    made = len(firm.made())
    assert firm.push().code == 0
    assert firm.file().out == "= 6 as filed: nothing to do\n"
    assert len(firm.made()) == made


def test_the_receipts_of_the_service_stand_in_the_records(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real push writes records/monday.json, which is committed; a rehearsal's stay in .git."""
    monkeypatch.setattr("winloss.filing.SERVICE", firm.peer.url)
    result = firm.push()
    assert f"Wrote {RECEIPTS}: commit it" in result.out
    firm.receipts = RECEIPTS
    firm.holds_each_once()
    firm.repository.git("add", "-A")
    firm.commit()
    assert firm.repository.run("check").code == 0
    assert firm.repository.run("audit").code in {0, 1}
    assert "monday" not in firm.repository.run("audit").out


def test_a_changed_record_updates_what_was_filed(firm: Firm) -> None:
    """Each kind of thing keeps its item and its update, and says what the record says now."""
    assert firm.push().code == 0
    before = firm.filed()
    for name, old, new in (
        ("post-delivery", "pattern_codes: [", "pattern_codes: [cosell-unmeasured, "),
        ("day-30", "- a\n", "- another\n"),
        ("day-60", "- b\n", "- better\n"),
    ):
        firm.repository.change(f"{FOLDER}/{name}.md", old, new)
    firm.commit()
    (opportunity,) = firm.items("1001/day-60/expansion")
    stage = opportunity.board.columns[2]
    opportunity.values[stage.id] = {"label": "Proposal"}  # the CRO has gone on
    plan = firm.file()
    assert "0 to file, 4 changed, 2 as filed: 9 API calls" in plan.out
    assert "~ update    1001 Northwind Traders: day-30, item 1001\n" in plan.out
    made = firm.made()
    assert firm.push().code == 0
    assert firm.made() == made
    firm.holds_each_once()
    after = firm.filed()
    assert [after[key]["update"] for key in KEYS] == [before[key]["update"] for key in KEYS]
    assert "<li>another</li>" in firm.updates("1001/day-30")[0].body
    assert "better" in firm.updates("1001/day-60/referral")[0].body
    assert opportunity.text(stage) == "Proposal"


FAULTS: dict[str, Callable[[Peer, str], object]] = {
    "drop-before": lambda peer, on: peer.faults.drop_before(on=on),
    "drop-after": lambda peer, on: peer.faults.drop_after(on=on),
    "slow": lambda peer, on: peer.faults.slow(on=on, seconds=0.5),
    "duplicate": lambda peer, on: peer.faults.duplicate(on=on),
    "truncated": lambda peer, on: peer.faults.truncated(on=on),
    "truncated, unnoticed": lambda peer, on: peer.faults.truncated(is_noticed=False, on=on),
    "409": lambda peer, on: peer.faults.status(409, headers={"Retry-After": "1"}, on=on),
    "423": lambda peer, on: peer.faults.status(423, on=on),
    "429": lambda peer, on: peer.faults.status(429, headers={"Retry-After": "7"}, on=on),
    "500": lambda peer, on: peer.faults.status(500, on=on),
    "502, HTML": lambda peer, on: peer.faults.status(502, on=on),
    "503": lambda peer, on: peer.faults.status(503, on=on),
    "504": lambda peer, on: peer.faults.status(504, on=on),
    "complexity": lambda peer, on: peer.faults.complexity_budget_exhausted(on=on),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_mishap_is_waited_out_and_leaves_each_record_once(firm: Firm, fault: str) -> None:
    """Whatever goes wrong once, at the first question of each kind, one push is enough."""
    if fault == "slow":  # elsewhere nothing is to time out, however busy the machine is
        firm.limits = Limits(read=0.3, whole=2)
    for document in QUESTIONS:
        FAULTS[fault](firm.peer, document)
    result = firm.push()
    assert not firm.peer.faults.waiting
    assert result.code == 0, result.err
    firm.holds_each_once()
    asked = {"429": 7, "409": 1, "complexity": 15}.get(fault)
    if asked is not None:
        assert firm.waits == [asked] * len(QUESTIONS)
        assert f"Monday.com is asked again in {asked} s" in result.err


@pytest.mark.parametrize(
    ("fault", "document"),
    [
        ("drop-after", "WinlossCreateSubitem"),
        ("truncated", "WinlossCreateItem"),
        ("502, HTML", "WinlossPostUpdate"),
    ],
)
def test_a_push_that_gave_up_is_taken_up_by_the_next(firm: Firm, fault: str, document: str) -> None:
    """After four tries it ends with 1 and says how to go on; half an hour later nothing doubles."""
    for _ in range(4):
        FAULTS[fault](firm.peer, document)
    result = firm.push()
    assert result.code == 1
    assert "gave up" in result.err
    assert "To go on from here: winloss file --push" in result.err
    firm.now[0] += 1_801
    while firm.peer.faults.take(document):
        pass
    assert firm.push().code == 0
    firm.holds_each_once()


def test_a_rate_limit_beyond_the_patience_is_not_waited_for(firm: Firm) -> None:
    """What is asked for is more than --patience allows: it ends at once and says so."""
    firm.peer.faults.status(429, headers={"Retry-After": "61"}, on="WinlossPostUpdate")
    result = firm.file("--push", "--yes", "--patience", "60")
    assert result.code == 1
    assert "Monday.com asks for 61 s more, and 60 s are waited in all" in result.err
    assert not firm.waits
    assert firm.push().code == 0
    firm.holds_each_once()


@pytest.mark.parametrize("code", [200, 429])
def test_a_daily_limit_stops_at_once(firm: Firm, code: int) -> None:
    """It says when the limit ends, and the id that support asks for; the rest is filed then."""
    firm.peer.faults.daily_limit_exceeded(code=code, on="WinlossPostUpdate")
    result = firm.push()
    assert result.code == 1
    assert "midnight UTC" in result.err
    assert "DAILY_LIMIT_EXCEEDED, request peer-" in result.err
    assert not firm.waits
    assert firm.peer.calls[-1].operation == "WinlossPostUpdate"
    assert firm.push().code == 0
    firm.holds_each_once()


def test_a_wrong_token_stops_at_once(firm: Firm, tmp_path: Path) -> None:
    """The first question is refused, nothing is sent, and the message says where tokens are."""
    result = firm.file("--push", "--yes", "--token-file", str(_token(tmp_path, "another-token")))
    assert result.code == 2
    assert "My access tokens" in result.err
    assert "another-token" not in result.out + result.err
    assert len(firm.peer.calls) == 1
    assert not firm.made()


def test_a_wrong_label_stops_at_once_and_is_mended_at_once(firm: Firm) -> None:
    """The stage lacks its label: the board's answer is shown; with the label, a push goes on."""
    stage = next(
        column
        for board in firm.peer.account.boards.values()
        for column in board.columns
        if column.type == "status"
    )
    labels = stage.labels
    object.__setattr__(stage, "labels", ("New", "Won"))
    result = firm.push()
    assert result.code == 1
    assert "ColumnValueException, request peer-" in result.err
    assert not firm.items("1001/day-60/expansion")
    object.__setattr__(stage, "labels", labels)
    assert firm.push().code == 0
    firm.holds_each_once()


def test_a_missing_column_creates_nothing(firm: Firm) -> None:
    """Somebody deleted the key's column: no sub-item is made, and set-up is named as the mend."""
    account = firm.peer.account
    board = next(each for each in account.boards.values() if each.type == "sub_items_board")
    columns = board.columns
    object.__setattr__(board, "columns", columns[:1])
    result = firm.push()
    assert result.code == 1
    assert "winloss file --setup" in result.err
    assert not [item for item in account.items.values() if item.parent]
    object.__setattr__(board, "columns", columns)
    assert firm.push().code == 0
    firm.holds_each_once()


def test_a_deal_without_an_item_leaves_the_others(firm: Firm) -> None:
    """One wrong Deal ID does not keep the other records out of Monday.com."""
    del firm.peer.account.items["1002"]
    result = firm.push()
    assert result.code == 1
    assert "Filed 5 in Monday.com, and 1 still to file" in result.out
    assert "no active item 1002" in result.err
    assert firm.filed().keys() == KEYS.keys() - {"1002/closed-lost"}


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("number", [2, 9, 16, 23])
def test_a_push_that_is_interrupted_is_taken_up_by_the_next(
    firm: Firm, monkeypatch: pytest.MonkeyPatch, number: int, *, is_after: bool
) -> None:
    """Ctrl-C before a question leaves, or when it was answered: 130, and nothing doubles."""
    left = [number]
    ask = Monday.ask

    def interrupted(self: Monday, request: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and not is_after:
            raise KeyboardInterrupt
        answer = ask(self, request)
        if left[0] == 0:
            raise KeyboardInterrupt
        return answer

    monkeypatch.setattr(Monday, "ask", interrupted)
    assert firm.push().code == 130
    assert firm.push().code == 0
    firm.holds_each_once()


def test_two_people_who_push_at_once_leave_each_record_once(firm: Firm, tmp_path: Path) -> None:
    """Two clones, two processes, one account; both receipts are true in the end."""
    clones = []
    for name in ("kim", "petra"):
        firm.repository.git("clone", "-q", ".", str(tmp_path / name))
        clones.append(tmp_path / name)
    variables = {**os.environ, "PYTHONPATH": str(HOME / "src"), "WINLOSS_TODAY": TODAY}
    command = [sys.executable, "-m", "winloss", "file", "--push", "--yes"]
    pushes = [
        subprocess.Popen(
            command, cwd=clone, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for clone in clones
    ]
    for push in pushes:
        _, err = push.communicate(timeout=60)
        assert push.returncode == 0, err
    for clone in clones:
        receipts, _ = read_receipts((clone / REHEARSED).read_bytes())
        assert receipts is not None
        firm.repository.write(REHEARSED, receipts.as_text())
        firm.holds_each_once()


def test_only_what_is_committed_is_sent(firm: Firm) -> None:
    """A record that is changed since waits for its commit, and the push says so and ends with 1."""
    firm.repository.change(f"{FOLDER}/day-30.md", "- a\n", "- a secret draft\n")
    result = firm.push()
    assert result.code == 1
    assert f"Cannot be sent yet: {FOLDER}/day-30.md: not committed yet" in result.out
    assert "Filed 5 in Monday.com, and 1 still to file" in result.out
    assert not firm.updates("1001/day-30")
    firm.commit()
    assert firm.push().code == 0
    firm.holds_each_once()


def test_nothing_is_sent_that_nobody_confirmed(firm: Firm) -> None:
    """Without --yes a person must say y; where nobody is, that is said and the exit code is 2."""
    code, said = at_a_terminal(firm.repository.root, "file", "--push", typed=("[y/N]", "n\n"))
    assert (code, "Nothing was sent." in said) == (1, True)
    command = [sys.executable, "-m", "winloss", "file", "--push"]
    nobody = subprocess.run(
        command,
        cwd=firm.repository.root,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert nobody.returncode == 2
    assert "say --yes" in nobody.stderr
    assert not firm.made()


def test_at_a_terminal_it_asks_and_shows_a_bar(firm: Firm) -> None:
    """The question says to whom and how much; then a bar grows."""
    code, shown = at_a_terminal(firm.repository.root, "file", "--push", typed=("[y/N]", "y\n"))
    assert code == 0
    assert "Send 6 to Monday.com as Rehearsal, account Rehearsal [y/N]" in shown
    assert "Filing" in shown
    assert "6/6" in shown
    firm.holds_each_once()


def test_a_token_of_another_account_is_refused(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Receipts name their account: a token of a sandbox cannot mix its ids into them."""
    monkeypatch.setattr("winloss.filing.SERVICE", firm.peer.url)
    assert firm.push().code == 0
    firm.repository.change(f"{FOLDER}/day-30.md", "- a\n", "- another\n")
    firm.repository.git("add", "-A")
    firm.commit()
    firm.peer.account.number = "2"
    policy = firm.repository.read(EXCHANGE)
    for result in (firm.push(), firm.file("--setup")):
        assert result.code == 2
        assert f"{RECEIPTS} is of 1" in result.err
    assert firm.repository.read(EXCHANGE) == policy


def test_set_up_says_in_which_account_it_looks(firm: Firm) -> None:
    """Whoever has two accounts sees which one the boards are of; a second run changes nothing."""
    result = firm.file("--setup")
    assert result.code == 0
    assert result.err == "In Monday.com as Rehearsal, account Rehearsal\n"
    assert result.out.endswith(f"\n{EXCHANGE} says so already\n")


def test_another_rehearsal_begins_anew(firm: Firm) -> None:
    """A peer that was started again holds nothing, and old receipts do not say otherwise."""
    assert firm.push().code == 0
    with serving(account_for(["1001", "1002"], "2")) as again:
        result = firm.file("--url", again.url, "--push", "--yes")
        assert result.code == 0
        assert json.loads(firm.repository.read(REHEARSED))["account"] == "2"


def test_what_is_no_longer_recorded_is_told_and_kept(firm: Firm) -> None:
    """An outcome that is taken back leaves the item to a person, and the plan says so."""
    assert firm.push().code == 0
    firm.repository.change(f"{FOLDER}/day-60.md", "[expansion, referral]", "[expansion]")
    firm.commit()
    result = firm.file("--plan", "--check")
    assert result.code == 0
    assert "! 1001/day-60/referral is no longer in the records. In Monday.com it" in result.out
    assert len(firm.items("1001/day-60/referral")) == 1
    firm.repository.git("rm", "-q", f"{FOLDER}/day-30.md")
    firm.commit()
    told = firm.file().out
    assert "it is an update on item 1001, which is the deal's and stays" in told
    assert firm.file("--push", "--yes", "--forget", "1001/day-30").code == 0
    assert "day-30" not in firm.file().out
    assert firm.updates("1001/day-30")
    result = firm.file("--push", "--yes", "--forget", "1001/day-3")
    assert (result.code, "nothing is known to be filed as '1001/day-3'" in result.err) == (2, True)


def test_what_a_push_opened_is_not_asked_for_as_if_it_were_not(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CRO reads beside the action as which item Monday.com has it, until it is noted."""
    monkeypatch.setattr("winloss.filing.SERVICE", firm.peer.url)
    assert "actions_done" not in firm.repository.run("due", "--role", "cro").out
    assert firm.push().code == 0
    (item,) = firm.items("1001/day-60/expansion")
    owed = firm.repository.run("due", "--role", "cro").out
    assert f"Monday.com has it as item {item.id}: note it, actions_done: [expansion]" in owed
    noted = "cro\nactions_done: [expansion]\n"
    firm.repository.change(f"{FOLDER}/day-60.md", "reviewed_with: cro\n", f"reviewed_with: {noted}")
    assert item.id not in firm.repository.run("due", "--role", "cro").out


def test_what_was_taken_away_there_can_be_filed_anew(firm: Firm) -> None:
    """--forget forgets as what a record was filed; what is still there is found and not doubled."""
    assert firm.push().code == 0
    (item,) = firm.items("1002/closed-lost")
    firm.peer.account.set_state(item.id, "deleted")
    forgotten = ("--forget", "1002/closed-lost", "--forget", "1001/day-30")
    assert firm.file("--push", "--yes", *forgotten).code == 0
    firm.holds_each_once()
    assert firm.filed()["1002/closed-lost"]["item"] != item.id


def test_text_of_a_record_is_only_ever_a_variable(firm: Firm) -> None:
    """Quotes, tags and GraphQL in a record reach Monday.com as escaped text in a variable."""
    sly = '- "}) { id } } mutation { delete_item(item_id: 1001) { id } } <script>x</script> <@77>\n'
    firm.repository.change(f"{FOLDER}/day-30.md", "- a\n", sly)
    firm.commit()
    assert firm.push().code == 0
    firm.holds_each_once()
    (update,) = firm.updates("1001/day-30")
    assert "<script" not in update.body
    assert "<@" not in update.body
    assert "delete_item" in update.text_body
    assert firm.peer.account.items["1001"].state == "active"


def test_the_plan_as_json(firm: Firm) -> None:
    """Every thing is a step; what is filed carries its item."""
    assert firm.push().code == 0
    data = json.loads(firm.file("--format", "json").out)
    assert data["calls"] == 0
    assert {step["key"]: step["what"] for step in data["steps"]} == KEYS
    assert {step["sign"] for step in data["steps"]} == {"="}
    assert all(step["item"] for step in data["steps"])


def test_without_the_extra_one_line_says_how_to_install_it(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan needs no extra; a push without it says the line to install it."""
    monkeypatch.setitem(sys.modules, "urllib3", None)
    assert firm.file().code == 0
    result = firm.push()
    assert result.code == 2
    assert "pip install 'winloss[monday]'" in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--push", "--check"),
        ("--push", "--plan"),
        ("--forget", "1001/day-30"),
        ("--push", "--format", "json"),
        ("--board", "deals=1"),
        ("--setup", "--board", "deals"),
        ("--setup", "--board", "leads=1"),
    ],
)
def test_options_that_do_not_go_together(firm: Firm, arguments: tuple[str, ...]) -> None:
    """What makes no sense is refused before anything is asked."""
    assert firm.file(*arguments).code == 2
    assert not firm.peer.calls


def test_a_repository_without_a_commit_has_nothing_to_send(
    empty_repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the first push nothing is known, and the plan of no record says so."""
    monkeypatch.delenv("MONDAY_API_URL", raising=False)
    result = empty_repository.run("file")
    assert result.out == "= 0 as filed: nothing to do\n"
    assert result.code == 0
