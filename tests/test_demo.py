"""The demonstration: a year of history, in which the audit finds what was planted."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conftest import Repository
from stories import DAY, begun, propose
from winloss.core.demonstration.demo import CRO, END, WAITING
from winloss.edge import history

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the demonstration, built once."""
    place = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "winloss", "demo", "try"]
    subprocess.run(command, cwd=place, check=True, capture_output=True)
    return place / "try"


@pytest.fixture
def demo(built: Path, tmp_path: Path, run: Callable[..., Result]) -> Repository:
    """Return the demonstration, in a copy of one's own."""
    shutil.copytree(built, tmp_path / "try")
    repository = Repository(tmp_path / "try", run)
    key = repository.root / ".git/winloss-demo/cro"
    repository.git("config", "user.signingkey", str(key))
    return repository


def test_the_audit_finds_what_was_planted_and_nothing_else(demo: Repository) -> None:
    """One change of the model that nobody approved, under cover of a typo."""
    done = demo.run("audit", "--format", "json")
    assert done.code == 1
    found = json.loads(done.out)
    assert [(each["slug"], each["path"]) for each in found["findings"]] == [
        ("unapproved-change", "records/policy/qualification.md")
    ]
    message = demo.git("log", "-1", "--format=%s", found["findings"][0]["commit"])
    assert message == "Fix a typo\n"
    assert "Approvals: 1 signed" in " ".join(found["notes"])


def test_every_record_and_every_page_is_right(demo: Repository) -> None:
    """On the main branch and on the one that waits, the check finds nothing."""
    assert demo.run("check").out.endswith("no problems.\n")
    for quarter in ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"):
        assert demo.run("--today", str(END), "rollup", quarter, "--check").code == 0, quarter
    assert "## Restated" in demo.read("operations/reports/revenue/win-loss-2026-Q2.md")
    demo.git("switch", "-q", WAITING)
    assert demo.run("check").out.endswith("no problems.\n")


def test_the_waiting_proposal_can_be_decided_and_merged(demo: Repository) -> None:
    """The CRO's key is at hand, and what she approves passes the audit when it is merged."""
    demo.git("switch", "-q", WAITING)
    found = json.loads(demo.run("evidence", "--format", "json").out)
    assert found["enough"] is True
    assert found["council"] == "recommended"
    done = demo.run("approve", WAITING, "--decision", "approved", "--council", "waived", "--yes")
    assert done.code == 0, done.err
    demo.git("add", "-A")
    demo.git("commit", "-qm", "Approve")
    demo.git("switch", "-q", "main")
    demo.git("merge", "-q", "--no-ff", "-m", "Merge", WAITING)
    assert len(json.loads(demo.run("audit", "--format", "json").out)["findings"]) == 1


def test_due_and_log_have_something_to_say(demo: Repository) -> None:
    """What is owed on the last day, and how a deal's records came to be."""
    owed = demo.run("--today", str(END), "due").out
    assert "overdue" in owed
    assert "Post-mortem" in owed
    assert "flags.1.claim: over-scored" in demo.run("log", "7004").out


def test_git_finds_the_repository_whole(demo: Repository) -> None:
    """Objects, work tree and identity are as git wants them; the key is in no commit."""
    demo.git("fsck", "--strict")
    assert demo.git("status", "--porcelain") == ""
    assert f"email = {CRO.email}" in demo.read(".git/config")
    for name in demo.git("rev-list", "--all").split():
        assert "PRIVATE KEY" not in demo.git("show", name)


def test_the_same_story_gives_the_same_commits(tmp_path: Path, run: Callable[..., Result]) -> None:
    """Nothing in a history that is told depends on when or where it is built."""
    tips = set()
    for name in ("one", "two"):
        root = tmp_path / name
        root.mkdir()
        story = begun()
        propose(story, DAY)
        story.merge(CRO, DAY, "timing-over-scored")
        history.build(root, story.stream(), story.main, {})
        tips.add(Repository(root, run).git("rev-parse", "main", "timing-over-scored"))
    assert len(tips) == 1


def test_a_folder_with_something_in_it_is_left_alone(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    """Nothing is built on top of what is there."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    done = run("demo", "full", cwd=tmp_path)
    assert done.code == 2
    assert sorted(each.name for each in (tmp_path / "full").iterdir()) == ["notes.txt"]


@pytest.mark.parametrize("place", ["file/sub", "n" * 300, "/proc/nowhere"])
def test_a_place_where_no_folder_can_be_is_named(
    tmp_path: Path, run: Callable[..., Result], place: str
) -> None:
    """The message says why, and nothing is left behind."""
    (tmp_path / "file").write_text("mine")
    done = run("demo", place, cwd=tmp_path)
    assert done.code == 2
    assert done.err.startswith("winloss: ")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
