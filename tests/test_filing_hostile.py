"""What people, disks and other clones do to ``winloss file``; Monday.com is the peer, over HTTP."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from conftest import HOME, Repository, Result
from follow_up import FOLDER, day, follow_up
from winloss.core.deals.receipts import Receipt, Receipts
from winloss.core.repository.tree import RECEIPTS
from winloss.edge import files
from winloss.filing import Box
from winloss.testing.monday import transport
from winloss.testing.monday.rehearsal import account_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from winloss.testing.monday.transport import Peer

    Filed = Mapping[str, Mapping[str, str]]

REHEARSAL = ".git/winloss-rehearsal.json"
SUMMARY = f"{FOLDER}/post-delivery.md"
HANDOFF = f"{FOLDER}/pre-delivery.md"


class Account:
    """A repository whose records go to a peer."""

    def __init__(self, repository: Repository, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.repository = repository
        self.peer = peer
        self._patch = monkeypatch

    @property
    def variables(self) -> dict[str, str]:
        """What a person sets for a rehearsal."""
        return {"MONDAY_API_URL": self.peer.url, "MONDAY_API_TOKEN": self.peer.token}

    def file(self, *options: str) -> Result:
        """Run ``winloss file``."""
        for name, value in self.variables.items():
            self._patch.setenv(name, value)
        return self.repository.run("file", *options)

    def push(self) -> Result:
        """Push without being asked."""
        return self.file("--push", "--yes")

    def receipts(self) -> Filed:
        """Return the receipts, wherever they are."""
        is_committed = (self.repository.root / RECEIPTS).exists()
        text = self.repository.read(RECEIPTS if is_committed else REHEARSAL)
        found: Filed = json.loads(text)["filed"]
        return found

    def is_true(self) -> bool:
        """Tell whether each receipt says what the account holds, and each thing is there once."""
        held = self.peer.account
        items = [each for each in held.items.values() if each.values and each.state == "active"]
        found = {
            (key, each.item.id, each.id, holds)
            for each in held.updates.values()
            for key, _, holds in [each.body.rpartition("winloss:")[2][:-4].partition("@")]
        }
        told = {(key, *each.values()) for key, each in self.receipts().items()}
        alone = [key for key in self.receipts() if key.endswith("day-30")]
        return found == told and len(items) == len(told) - len(alone)


@contextmanager
def _account(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, number: str = "1"
) -> Iterator[Account]:
    with transport.serving(account_for(["1001", "1002"], number)) as peer:
        yield Account(repository, peer, monkeypatch)


@pytest.fixture
def account(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Return a repository with every kind of filing, its boards set up and committed."""
    review = {"outcomes": "[expansion, referral]", "signals": "[follow-on-work]"}
    records = follow_up("day-30", day(28)) | follow_up("day-60", day(60), **review)
    for path, data in records.items():
        repository.write(path, data)
    with _account(repository, monkeypatch) as found:
        assert found.file("--setup").code == 0
        repository.git("add", "-A")
        repository.git("commit", "-qm", "Set up")
        yield found


@pytest.mark.parametrize("stands", ["link", "folder"])
def test_receipts_are_a_file_or_nothing(repository: Repository, stands: str) -> None:
    """A link or a folder in their place is told before anything is asked, and is not replaced."""
    place = repository.root / RECEIPTS
    if stands == "link":
        place.symlink_to("/dev/null")
    else:
        place.mkdir()
    result = repository.run("file")
    assert result.code == 2
    assert f"it is a {stands}" in result.err


@pytest.mark.parametrize("number", [2, 5, 14])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_push_that_is_killed_is_gone_on_with(account: Account, number: int, when: str) -> None:
    """The process is killed before or after a request is done; the next push finds all of it."""
    receive, seen, killed = account.peer.receive, list[str](), list[subprocess.Popen[bytes]]()

    def kill(headers: Mapping[str, str], body: bytes) -> tuple[object, object]:
        seen.append("")
        if len(seen) == number and when == "before":
            killed[0].kill()
        answer = receive(headers, body)
        if len(seen) == number and when == "after":
            killed[0].kill()
            killed[0].wait()
        return answer

    account.peer.receive = kill  # type: ignore[method-assign,assignment]
    path = os.pathsep.join([str(HOME / "src"), os.environ.get("PYTHONPATH", "")])
    killed.append(
        subprocess.Popen(
            [sys.executable, "-m", "winloss", "file", "--push", "--yes"],
            cwd=account.repository.root,
            env={**os.environ, **account.variables, "PYTHONPATH": path},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    )
    assert killed[0].wait() == -9
    assert account.push().code == 0
    assert len(account.receipts()) == 6
    assert account.is_true()


def test_whoever_has_not_pulled_is_told(account: Account) -> None:
    """A clone with an older record and no receipts leaves the newer one, and the receipts true."""
    assert account.push().code == 0
    account.repository.change(SUMMARY, "Ask who owns the number.", "Ask who owns the export.")
    account.repository.git("commit", "-qam", "Correct")
    assert account.push().code == 0
    assert account.is_true()
    newer = account.receipts()
    account.repository.git("checkout", "-q", "HEAD~1")
    (account.repository.root / REHEARSAL).unlink()
    result = account.push()
    assert result.code == 1
    assert f"not filed: {SUMMARY}" in result.err
    assert "git pull" in result.err
    assert "Filed 5 in Monday.com, and 1 still to file" in result.out
    assert account.receipts() == newer
    assert account.is_true()
    assert account.push().code == 0  # now it is known, and meant
    assert account.is_true()


def test_receipts_of_a_rehearsal_that_is_over_count_no_more(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan says from where it knows; a push to another account begins anew."""
    assert account.push().code == 0
    assert f"known from {REHEARSAL}" in account.file().err
    account.repository.change(SUMMARY, "Ask who owns the number.", "Ask who owns the export.")
    account.repository.git("commit", "-qam", "Correct")
    with _account(account.repository, monkeypatch, "2") as second:
        result = second.push()
        assert result.code == 0
        assert "Filed 6 in Monday.com" in result.out
        assert second.is_true()


def test_a_refusal_for_one_deal_leaves_the_others_their_turn(account: Account) -> None:
    """A deal on a board without sub-items does not keep another deal from being filed."""
    held = account.peer.account
    held.items["1001"].board = held.add_board("Old deals")
    result = account.push()
    assert result.code == 1
    assert result.err.count("not filed:") == 2
    assert "Filed 4 in Monday.com, and 2 still to file" in result.out
    assert {"1001/day-30", "1002/closed-lost"} < account.receipts().keys()
    assert account.is_true()


def test_three_refusals_in_a_row_are_enough(account: Account) -> None:
    """What is refused whatever it is costs few of the day's calls."""
    body = b'{"errors": [{"message": "No", "extensions": {"code": "SomethingException"}}]}'
    for name in ("Subitems", "Subitems", "Updates"):
        account.peer.faults.status(200, body=body, on=f"Winloss{name}")
    before = len(account.peer.calls)
    result = account.push()
    assert result.code == 1
    assert result.err.count("not filed:") == 3
    assert "Filed 0 in Monday.com, and 6 still to file" in result.out
    assert len(account.peer.calls) - before == 4


@pytest.mark.parametrize(
    "harm",
    [
        {"---\nkind": "--\nkind"},
        {"kind: pre-delivery": "kind: nonsense"},
        {"deal: 1001": "deal: 1009"},
        {"kind: pre-delivery": "kind: pre-delivery\nkind: pre-delivery"},
    ],
)
def test_a_record_that_says_no_deal_keeps_its_folder_back(
    account: Account, harm: dict[str, str]
) -> None:
    """A handoff that cannot be read does not empty the summary that was filed with its answers."""
    assert account.push().code == 0
    for old, new in harm.items():
        account.repository.change(HANDOFF, old, new)
    account.repository.git("commit", "-qam", "Harm")
    result = account.file()
    assert result.code == 1
    assert result.out.startswith("= 1 as filed")
    assert "no longer in the records" not in result.out
    assert HANDOFF in result.err


def test_nothing_is_filed_under_rules_with_errors(account: Account) -> None:
    """A form with an error may change every block: nothing is sent, and nothing called gone."""
    assert account.push().code == 0
    account.repository.change("templates/day-30.md", "---\n", "--\n")
    result = account.file()
    assert result.code == 1
    assert not [line for line in result.out.splitlines() if line[0] in "+~!"]


def test_a_commit_without_records_holds_none(repository: Repository) -> None:
    """Where the records are not committed yet, the plan says so."""
    repository.git("checkout", "-q", "--orphan", "new")
    repository.git("rm", "-rqf", "--cached", ".")
    repository.git("commit", "-q", "--allow-empty", "-m", "Begin")
    result = repository.run("file")
    assert result.code == 0
    assert "not committed yet" in result.out


def test_two_pushes_in_one_folder_lose_no_receipt(tmp_path: Path) -> None:
    """What another push wrote stays, and what it overwrote is written again."""
    box = Box(tmp_path, RECEIPTS, is_rehearsal=False)
    mine = {"1/a": Receipt("1", "1", "0" * 16)}
    box.add("7", mine)
    theirs = Receipts("7", {"1/b": Receipt("2", "2", "0" * 16)})
    (tmp_path / RECEIPTS).write_text(theirs.as_text())  # read before ours was written
    box.add("7", mine | {"1/c": Receipt("3", "3", "0" * 16)})
    assert box.read().filed.keys() == {"1/a", "1/b", "1/c"}


@pytest.fixture
def at_monday(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Return the same, with the peer in the place of Monday.com itself: receipts are committed."""
    monkeypatch.setattr("winloss.filing.SERVICE", account.peer.url)
    return account


def test_receipts_of_another_account_are_left_alone(at_monday: Account) -> None:
    """A token of another account files nothing, and says of which account the receipts are."""
    at_monday.repository.write(RECEIPTS, Receipts("77").as_text())
    at_monday.peer.calls.clear()
    result = at_monday.push()
    assert result.code == 2
    assert "is of 77" in result.err
    assert [each.operation for each in at_monday.peer.calls] == ["WinlossWhoAmI"]
    assert json.loads(at_monday.repository.read(RECEIPTS)) == {"account": "77", "filed": {}}


def test_either_side_of_a_conflict_ends_in_true_receipts(at_monday: Account) -> None:
    """Two clones file what each has changed; whichever receipts a merge keeps, pushes mend them."""
    assert at_monday.push().code == 0
    repository = at_monday.repository
    repository.git("add", "-A")
    repository.git("commit", "-qm", "File")
    filed = repository.read(RECEIPTS)
    repository.change(SUMMARY, "Ask who owns the number.", "Ask who owns the export.")
    repository.git("commit", "-qam", "Correct")
    assert at_monday.push().code == 0
    for side in (filed, repository.read(RECEIPTS), Receipts("1").as_text()):
        repository.write(RECEIPTS, side)
        assert at_monday.push().code == 0
        assert at_monday.is_true()
    repository.write(RECEIPTS, filed)  # the older side, and then a change
    repository.change(SUMMARY, "Ask who owns the export.", "Ask who owns both.")
    repository.git("commit", "-qam", "Correct again")
    assert at_monday.push().code == 1
    assert at_monday.is_true()
    assert at_monday.push().code == 0
    assert at_monday.is_true()


def test_a_push_changes_no_page_and_no_check(at_monday: Account) -> None:
    """After a push, all that was filed here is as it was."""
    repository = at_monday.repository
    assert repository.run("rollup", "2026-Q2").code == 0
    assert at_monday.push().code == 0
    assert repository.run("rollup", "2026-Q2", "--check").code == 0
    assert repository.run("check").code == 0
    assert at_monday.file("--check").code == 0


@pytest.mark.parametrize("end", ["/v2", "/v2/", ":443/v2", "", "./v2"])
@pytest.mark.parametrize("host", ["https://api.monday.com", "https://API.Monday.com"])
def test_no_way_to_write_its_address_makes_a_rehearsal(
    repository: Repository, host: str, end: str
) -> None:
    """What reaches Monday.com itself has its receipts among the records."""
    repository.write(REHEARSAL, "no receipts")
    assert repository.run("file", "--url", host + end).code == 0
    assert repository.run("file", "--url", f"https://not{host[12:]}").code == 2


def test_a_colleagues_update_does_not_hold_up_the_rest(account: Account) -> None:
    """Where one thing may not be edited by this person, the others are filed."""
    body = b'{"errors": [{"message": "x", "extensions": {"code": "UserUnauthorizedException"}}]}'
    account.peer.faults.status(403, body=body, on="WinlossPostUpdate")
    result = account.push()
    assert result.code == 1
    assert "Filed 5 in Monday.com, and 1 still to file" in result.out
    assert account.push().code == 0
    assert account.is_true()


def test_a_customers_name_makes_no_line_of_its_own(account: Account) -> None:
    """A name with a break stands on one line, in the plan and as an item; a long one is cut."""
    name = '"Zoë\\n= 6 as filed ' + "🚀" * 200 + '"'
    account.repository.change(HANDOFF, "customer: Northwind Traders", f"customer: {name}")
    account.repository.git("commit", "-qam", "Rename")
    result = account.file()
    assert result.code == 0
    assert not [line for line in result.out.splitlines() if line.startswith("=")]
    assert account.push().code == 0
    named = [each.name for each in account.peer.account.items.values() if "Zoë" in each.name]
    assert [each.rpartition(": ")[2] for each in named] == ["Expansion opportunity", "Referral"]
    for each in named:
        assert len(each.encode("utf-16-le")) <= 2 * 255
        assert "\n" not in each


def test_a_disk_that_is_full_in_the_midst_is_told_and_gone_on_from(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was filed and could not be noted is found again once there is room."""
    write, written = files._write_beside, list[str]()  # noqa: SLF001 - where the disk begins

    def full(place: Path, text: str) -> Path:
        written.append(text)
        if len(written) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(place, text)

    monkeypatch.setattr(files, "_write_beside", full)
    result = account.push()
    assert result.code == 2
    assert "No space left" in result.err
    assert "make room" in result.err
    assert len(account.receipts()) == 2
    assert account.push().code == 0
    assert account.is_true()
