"""The pre-commit hooks: what they refuse, run by pre-commit on real commits."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml12

from conftest import HOME, Repository

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = HOME / ".pre-commit-hooks.yaml"
PRE = "records/deals/2026/1001-northwind/pre-delivery.md"
POST = "records/deals/2026/1001-northwind/post-delivery.md"
PAGE = "operations/reports/revenue/win-loss-2026-Q2.md"


def pre_commit(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pre-commit in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def hooked(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Return a repository with a page filed, whose commits are checked by both hooks."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(repository.root.parent / "pre-commit"))
    hooks: Any = yaml12.parse_yaml(MANIFEST.read_text("utf-8"))
    for hook in hooks:  # as the manifest has them, but run from here, without the network
        hook["language"] = "system"
        hook["entry"] = hook["entry"].replace("winloss ", f"{sys.executable} -m winloss ", 1)
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    repository.write(".pre-commit-config.yaml", json.dumps(config))
    repository.run("rollup", "2026-Q2")
    repository.git("add", ".")
    repository.git("commit", "-qm", "page")
    done = pre_commit(repository.root, "install")
    assert done.returncode == 0, done.stdout + done.stderr
    return repository


def commit(repository: Repository, *arguments: str) -> tuple[int, str]:
    """Commit, and return git's exit code with what the hooks said."""
    words = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "x"]
    done = subprocess.run(
        [*words, *arguments], cwd=repository.root, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_the_manifest_is_one_of_pre_commit_s() -> None:
    """pre-commit accepts the manifest, which has both hooks."""
    assert pre_commit(HOME, "validate-manifest", MANIFEST.name).returncode == 0
    hooks: Any = yaml12.parse_yaml(MANIFEST.read_text("utf-8"))
    assert [hook["id"] for hook in hooks] == ["winloss-check", "winloss-rollup-fresh"]


def test_a_manifest_that_lacks_an_entry_is_refused(tmp_path: Path) -> None:
    """The validator that the test above relies on refuses a hook without an entry."""
    text = MANIFEST.read_text("utf-8").replace("  entry: winloss check\n", "")
    (tmp_path / "broken.yaml").write_text(text, "utf-8")
    assert pre_commit(tmp_path, "validate-manifest", "broken.yaml").returncode == 1


def test_a_commit_in_order_passes_both_hooks(hooked: Repository) -> None:
    """A record that changes together with its page is committed."""
    hooked.change(PRE, "A draft before", "A first draft before")
    hooked.run("rollup", "2026-Q2")
    code, said = commit(hooked, "-a")
    assert code == 0, said
    assert said.count("Passed") == 2


def test_a_record_with_an_error_is_not_committed(hooked: Repository) -> None:
    """The check says where; what is not staged does not count."""
    hooked.change(PRE, "handoff_on: 2026-05-15", "handoff_on: 2026-13-40")
    hooked.git("add", PRE)
    hooked.change(PRE, "handoff_on: 2026-13-40", "handoff_on: 2026-05-15")
    code, said = commit(hooked)
    assert code == 1
    assert f"{PRE}:7:13: error not-a-date" in said


def test_a_commit_that_breaks_another_file_is_refused(hooked: Repository) -> None:
    """A signal that goes leaves its answer alone, in a file that the commit does not touch."""
    hooked.change(PRE, "id: S1", "id: S7")
    code, said = commit(hooked, "--only", PRE)
    assert code == 1
    assert f"{POST}:" in said
    assert "unknown-id" in said


def test_a_commit_that_only_deletes_is_checked(hooked: Repository) -> None:
    """A record that goes leaves a page that is not what the records give."""
    hooked.git("rm", "-q", "-r", "records/deals/2026/1002-tailspin")
    code, said = commit(hooked)
    assert code == 1
    assert f"{PAGE} is not what the records say" in said


def test_a_page_edited_by_hand_is_not_committed(hooked: Repository) -> None:
    """The page that no record stands behind is refused, with the difference."""
    hooked.change(PAGE, "Northwind", "Northwynd")
    code, said = commit(hooked, "-a")
    assert code == 1
    assert "Failed" in said
    assert f"{PAGE} is not what the records say; run: winloss rollup 2026-Q2" in said
