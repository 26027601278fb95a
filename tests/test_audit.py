"""The audit: tampered histories that it refuses, and honest ones that it lets pass.

Each case is a small repository, made of real commits: see ``tampered`` and ``honest``.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

import honest
import tampered
from conftest import Repository
from stories import DAY, HONEST, SALES, TAMPERED, Keys, begun, people
from winloss.edge import history

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result
    from stories import Tell
    from winloss.core.repository.story import Story


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Return keys for everybody, made once."""
    return Keys(tmp_path_factory.mktemp("keys"))


def told(story: Story, root: Path, run: Callable[..., Result]) -> Repository:
    """Return the repository that a story tells."""
    root.mkdir()
    history.build(root, story.stream(), story.main, {})
    return Repository(root, run)


def findings(repository: Repository, *arguments: str) -> list[str]:
    """Return the names of what the audit finds, in the order of history."""
    done = repository.run("audit", "--format", "json", *arguments)
    found = [each["slug"] for each in json.loads(done.out)["findings"]]
    assert done.code == bool(found), done.err
    return found


@pytest.mark.parametrize(("slugs", "tell"), TAMPERED, ids=[tell.__name__ for _, tell in TAMPERED])
def test_a_tampered_history_is_refused(
    slugs: tuple[str, ...], tell: Tell, keys: Keys, tmp_path: Path, run: Callable[..., Result]
) -> None:
    """The audit finds what was done, and nothing that was not."""
    assert sorted(findings(told(tell(keys), tmp_path / "told", run))) == sorted(slugs)


@pytest.mark.parametrize("tell", HONEST, ids=[tell.__name__ for tell in HONEST])
def test_an_honest_history_passes(
    tell: Tell, keys: Keys, tmp_path: Path, run: Callable[..., Result]
) -> None:
    """The audit finds nothing."""
    repository = told(tell(keys), tmp_path / "told", run)
    done = repository.run("audit")
    assert done.code == 0, done.out
    assert done.out.startswith("No findings in ")


def test_the_suites_are_as_large_as_promised() -> None:
    """Thirty tampered histories or more, and a dozen honest ones."""
    assert len(TAMPERED) >= 30
    assert len(HONEST) >= 12


def test_findings_name_the_commit_the_person_and_the_file(
    keys: Keys, tmp_path: Path, run: Callable[..., Result]
) -> None:
    """A line for a person says when, who, what, and where; JSON has the contract's keys."""
    repository = told(tampered.a_policy_file_that_is_deleted(keys), tmp_path / "told", run)
    done = repository.run("audit")
    tip = repository.git("rev-parse", "--short=10", "main").strip()
    assert f"{tip} 2026-07-21 Petra Lindqvist: unapproved-change: records/policy/" in done.out
    data = json.loads(repository.run("audit", "--format", "json").out)
    assert data["commits"] == 1
    assert set(data["findings"][0]) == {"slug", "commit", "path", "message"}
    assert data["findings"][0]["commit"].startswith(tip)


def test_what_cannot_be_proved_is_said(
    keys: Keys, tmp_path: Path, run: Callable[..., Result]
) -> None:
    """Without an earlier tip and without keys, the audit says what it could not see."""
    repository = told(honest.a_team_that_names_nobody(keys), tmp_path / "told", run)
    out = repository.run("audit").out
    tip = repository.git("rev-parse", "main").strip()
    assert "Approvals: 0 signed by a key of roles.md, 1 claimed" in out
    assert "names no signing key" in out
    assert f"winloss audit --since {tip}" in out


def test_an_earlier_tip_shows_a_history_that_was_rewritten(
    keys: Keys, tmp_path: Path, run: Callable[..., Result]
) -> None:
    """The honest and the rewritten history both pass; who kept the tip of the first sees it."""
    first = told(honest.an_approved_change_that_is_merged(keys), tmp_path / "first", run)
    kept = first.git("rev-parse", "main").strip()
    assert findings(first, "--since", kept) == []
    second = told(honest.an_approved_change_that_is_squashed(keys), tmp_path / "second", run)
    assert findings(second) == []
    assert findings(second, "--since", kept) == ["history-rewritten"]
    first.git("reset", "-q", "--hard", "HEAD~1")
    assert findings(first, "--since", kept) == ["history-rewritten"]


def test_since_leaves_out_what_was_judged_before(
    keys: Keys, tmp_path: Path, run: Callable[..., Result]
) -> None:
    """Only what came after the commit is judged, by all that went before."""
    story = tampered.a_record_of_a_filed_quarter_that_is_deleted(keys)
    repository = told(story, tmp_path / "told", run)
    assert findings(repository) == ["closed-quarter-changed"] * 2
    assert findings(repository, "--since", "main~1") == ["closed-quarter-changed"]
    assert findings(repository, "--since", "main") == []
    assert (
        json.loads(repository.run("audit", "--since", "main~1", "--format", "json").out)["commits"]
        == 1
    )


def test_the_main_branch_is_judged_whatever_is_checked_out(
    keys: Keys, tmp_path: Path, run: Callable[..., Result]
) -> None:
    """Another branch, a detached HEAD and a tag of the branch's name do not distract the audit."""
    repository = told(tampered.a_policy_file_that_is_deleted(keys), tmp_path / "told", run)
    repository.git("tag", "main", "main~1")
    repository.git("checkout", "-q", "-b", "other", "refs/heads/main~1")
    assert findings(repository) == ["unapproved-change"]
    repository.git("checkout", "-q", "--detach")
    assert findings(repository) == ["unapproved-change"]
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "-b", "other", ".", str(clone))
    assert findings(Repository(clone, run)) == ["unapproved-change"]


def test_a_history_that_is_cut_short_is_not_judged(
    keys: Keys, tmp_path: Path, run: Callable[..., Result]
) -> None:
    """A shallow clone, replaced commits and grafts end the audit with what to do."""
    origin = told(honest.an_approved_change_that_is_merged(keys), tmp_path / "told", run)
    clone = tmp_path / "clone"
    origin.git("clone", "-q", "--depth", "1", f"file://{origin.root}", str(clone))
    shallow = Repository(clone, run)
    for command in (("audit",), ("log",), ("evidence", "timing-over-scored")):
        done = shallow.run(*command)
        assert done.code == 2
        assert "git fetch --unshallow" in done.err
    origin.git("replace", "main", "main~1")
    for command in (("audit",), ("log",), ("evidence", "timing-over-scored")):
        done = origin.run(*command)
        assert done.code == 2
        assert "git replace -d" in done.err


def test_a_repository_without_a_policy_has_nothing_to_judge(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    """The audit says so; without a commit it says to make one."""
    root = tmp_path / "new"
    root.mkdir()
    repository = Repository(root, run)
    repository.git("init", "-q", "-b", "main")
    done = repository.run("audit")
    assert done.code == 2
    assert "no commit yet" in done.err
    repository.git("commit", "-qm", "Begin", "--allow-empty")
    done = repository.run("audit")
    assert done.code == 2
    assert "holds a policy" in done.err
    assert "--root" in done.err


def test_what_cannot_be_read_is_a_finding_and_no_crash(
    keys: Keys, tmp_path: Path, run: Callable[..., Result]
) -> None:
    """An approval that is a link, names that are no text, a rule whose name hides a character."""
    story = begun(people(keys))
    story.commit(SALES, DAY, "Link", {"records/approvals/0001.md": "/etc/hostname"}, mode="120000")
    story.commit(SALES, DAY, "Name", {"records/policy/a\u200bb.md": "x"})
    repository = told(story, tmp_path / "told", run)
    assert findings(repository) == ["not-a-plain-file", "unapproved-change"]
    name = repository.root / os.fsdecode(b"records/policy/\xff.md")
    name.write_text("x")
    repository.git("add", "-A")
    repository.git("commit", "-qm", "Odd")
    assert findings(repository)[-1] == "unapproved-change"
    assert repository.run("log").code == 0


def test_settings_of_git_hide_nothing(
    keys: Keys, tmp_path: Path, run: Callable[..., Result]
) -> None:
    """What git may be told to leave out or to sort, it does not leave out here."""
    story = tampered.a_policy_file_that_is_deleted(keys)
    repository = told(story, tmp_path / "told", run)
    for name, value in (
        *(("log.showRoot", "false"), ("diff.orderFile", "/nowhere"), ("log.follow", "true")),
        *(("diff.renames", "copies"), ("core.quotePath", "true"), ("log.date", "human")),
        *(("i18n.logOutputEncoding", "latin1"), ("log.diffMerges", "off")),
    ):
        repository.git("config", name, value)
    assert findings(repository) == ["unapproved-change"]
