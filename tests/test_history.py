"""Reading git: what a repository can do to whoever reads it, and what is said instead."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import zlib
from typing import TYPE_CHECKING

import pytest

from winloss.core.problem import CannotGoOn
from winloss.core.repository.commits import FORMAT, Commit, commits_of, day_of, first_parents
from winloss.core.repository.plumbing import object_id, objects_of
from winloss.edge import history

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Repository, Result

HANDOFF = "records/deals/2026/1001-northwind/pre-delivery.md"


def bare(repository: Repository, place: Path) -> Path:
    """Return a clone of a repository that has no files of its own."""
    repository.git("clone", "-q", "--bare", ".", str(place))
    return place


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "--format", "json"),
        ("render", HANDOFF),
        ("due", "--format", "json"),
        ("status",),
        ("rollup", "2026-Q2", "--stdout"),
        ("rollup", "2026-Q2", "--format", "json"),
    ],
)
def test_a_commit_is_read_like_the_files_on_the_disk(
    repository: Repository,
    tmp_path: Path,
    run: Callable[..., Result],
    arguments: tuple[str, ...],
) -> None:
    """--at gives, byte for byte, what the same files on the disk give, also without a work tree."""
    on_disk = repository.run(*arguments)
    at_commit = repository.run(*arguments, "--at", "HEAD")
    root = bare(repository, tmp_path / "bare.git")
    without = run("--root", str(root), *arguments, "--at", "main", cwd=tmp_path)
    inside = run(*arguments, "--at", "refs/heads/main", cwd=root)
    assert (on_disk.code, on_disk.out) == (at_commit.code, at_commit.out)
    assert (on_disk.code, on_disk.out) == (without.code, without.out)
    assert (on_disk.code, on_disk.out) == (inside.code, inside.out)


def test_a_commit_is_read_whatever_the_disk_says(repository: Repository) -> None:
    """--at reads the commit alone: files changed, added or lost since do not matter."""
    before = repository.run("check", "--at", "HEAD", "--format", "json").out
    repository.change(HANDOFF, "kind: pre-delivery", "kind: nonsense")
    repository.write("records/deals/2026/more.md", "no record")
    (repository.root / "records/policy/roles.md").unlink()
    assert repository.run("check", "--at", "HEAD", "--format", "json").out == before
    assert repository.run("check").code == 1


@pytest.mark.parametrize(
    "revision",
    [
        *("--output=made", "-n", "HEAD:records", "main..HEAD", ":/Begin", "@{-1}", "HEAD@{1}"),
        *(
            "^HEAD",
            "main --all",
            "HEAD^{tree}",
            "",
            "$(touch made)",
            "../HEAD",
            "nothing",
            "main\n",
        ),
    ],
)
def test_no_revision_is_an_option_or_an_expression(repository: Repository, revision: str) -> None:
    """Only a branch, a tag, an id and steps back name a commit; nothing else reaches git."""
    done = repository.run("check", f"--at={revision}")
    assert done.code == 2
    assert done.err.startswith("winloss: ")
    assert not (repository.root / "made").exists()


def test_a_bare_repository_says_that_a_commit_must_be_named(
    repository: Repository, tmp_path: Path, run: Callable[..., Result]
) -> None:
    """Where there are no files, the message names the option that helps."""
    root = bare(repository, tmp_path / "bare.git")
    done = run("--root", str(root), "check", cwd=tmp_path)
    assert done.code == 2
    assert "--at main" in done.err


def test_an_unborn_branch_and_a_detached_head(repository: Repository) -> None:
    """Without a commit the message says to make one; a detached HEAD is a commit like any other."""
    repository.git("checkout", "-q", "--detach")
    assert repository.run("check", "--at", "HEAD").code == 0
    repository.git("checkout", "-q", "--orphan", "new")
    done = repository.run("check", "--at", "HEAD")
    assert done.code == 2
    assert "no commit yet" in done.err


def test_a_sha256_repository_is_read_and_named_as_git_does(
    tmp_path: Path, run: Callable[..., Result], repository: Repository
) -> None:
    """Where git names contents by SHA-256, so does the page; everything else is the same."""
    root = tmp_path / "sha256"
    shutil.copytree(repository.root, root, ignore=shutil.ignore_patterns(".git"))
    other = type(repository)(root, run)
    other.git("init", "-q", "-b", "main", "--object-format=sha256")
    other.git("add", "-A")
    other.git("commit", "-qm", "Begin")
    blob = other.git("rev-parse", f"HEAD:{HANDOFF}").strip()
    assert len(blob) == 64
    for at in ((), ("--at", "HEAD")):
        assert blob in other.run("rollup", "2026-Q2", "--stdout", *at).out
    assert other.run("check", "--at", "HEAD").out == repository.run("check").out


def test_replaced_commits_are_refused(repository: Repository) -> None:
    """A replace ref makes git tell another story: it is named, with the way to be rid of it."""
    repository.git("commit", "-qm", "Other", "--allow-empty")
    repository.git("replace", "HEAD", "HEAD~1")
    done = repository.run("check", "--at", "HEAD")
    assert done.code == 2
    assert "git replace -d" in done.err


def test_grafts_are_refused(repository: Repository) -> None:
    """A grafts file hides commits from git: it is named, to be deleted."""
    repository.write(".git/info/grafts", repository.git("rev-parse", "HEAD"))
    done = repository.run("check", "--at", "HEAD")
    assert done.code == 2
    assert "grafts" in done.err


def test_a_partial_clone_is_refused(repository: Repository) -> None:
    """What a partial clone lacks would be fetched unseen."""
    repository.git("config", "remote.origin.promisor", "true")
    done = repository.run("check", "--at", "HEAD")
    assert done.code == 2
    assert "--filter" in done.err


def unpack(repository: Repository) -> None:
    """Give each object of a repository a file of its own."""
    folder = repository.root / ".git" / "objects" / "pack"
    packs = folder.rename(repository.root.parent / "packs")
    for pack in packs.glob("*.pack"):
        with pack.open("rb") as content:
            asked = ["git", "-C", str(repository.root), "unpack-objects", "-q"]
            subprocess.run(asked, stdin=content, check=True)


def test_a_damaged_object_is_an_error_and_never_an_empty_file(repository: Repository) -> None:
    """Whatever bit of a stored record flips, reading it fails and names the object."""
    unpack(repository)
    name = repository.git("rev-parse", f"HEAD:{HANDOFF}").strip()
    place = repository.root / ".git/objects" / name[:2] / name[2:]
    whole = place.read_bytes()
    place.chmod(0o644)
    for at in range(0, len(whole), 7):
        place.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        done = repository.run("check", "--at", "HEAD")
        assert done.code == 2, at
        assert name in done.err or "git refuses" in done.err, (at, done.err)
    place.write_bytes(zlib.compress(b"blob 0\0"))
    assert repository.run("check", "--at", "HEAD").code == 2
    place.write_bytes(whole)
    assert repository.run("check", "--at", "HEAD").code == 0


def test_a_content_is_held_against_its_id() -> None:
    """What git prints is refused when it is cut short, of another kind or another content."""
    content = b"one\n"
    name = object_id("blob", content, "sha1")
    printed = b"%s blob %d\n%s\n" % (name.encode(), len(content), content)
    assert objects_of(printed, [name], "blob") == {name: content}
    for wrong in (printed[:-3], printed.replace(b"one", b"two"), b"", f"{name} missing\n".encode()):
        with pytest.raises(CannotGoOn):
            objects_of(wrong, [name], "blob")
    with pytest.raises(CannotGoOn):
        objects_of(printed, [name], "commit")


def test_links_and_repositories_in_a_commit_are_no_records(repository: Repository) -> None:
    """A link or a submodule below records/ is a problem in a commit as it is on the disk."""
    (repository.root / "records/link.md").symlink_to("/etc/hostname")
    repository.git("add", "-A")
    commit = repository.git("rev-parse", "HEAD").strip()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},records/sub")
    repository.git("commit", "-qm", "Link")
    found = json.loads(repository.run("check", "--at", "HEAD", "--format", "json").out)["problems"]
    assert [(each["path"], each["slug"]) for each in found] == [
        ("records/link.md", "not-a-file"),
        ("records/sub", "not-a-file"),
    ]


def test_no_program_that_a_repository_names_is_run(repository: Repository, tmp_path: Path) -> None:
    """Hooks, filters, drivers and monitors of a hostile configuration stay unused."""
    trap, tripped = tmp_path / "trap", tmp_path / "tripped"
    trap.write_text(f"#!/bin/sh\necho x >> {tripped}\ncat\n", encoding="utf-8")
    trap.chmod(trap.stat().st_mode | stat.S_IXUSR)
    for name in (
        *("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "diff.external"),
        *("filter.t.clean", "filter.t.smudge", "filter.t.process", "diff.t.textconv"),
        *("diff.t.command", "merge.t.driver", "gpg.program", "gpg.ssh.program", "core.askPass"),
        *("core.alternateRefsCommand", "uploadpack.packObjectsHook", "credential.helper"),
    ):
        repository.git("config", name, str(trap))
    repository.git("config", "core.hooksPath", str(tmp_path))
    repository.git("config", "log.showSignature", "true")
    repository.write(".git/info/attributes", "*.md filter=t diff=t merge=t\n")
    for hook in ("post-index-change", "reference-transaction", "post-checkout"):
        shutil.copy(trap, tmp_path / hook)
    for command in (
        ("check",),
        ("check", "--at", "HEAD"),
        ("rollup", "2026-Q2"),
        ("rollup", "2026-Q2", "--check"),
        ("log", "1001"),
        ("evidence",),
        ("audit",),
    ):
        repository.run(*command)
    assert not tripped.exists()
    repository.git("config", "core.fsmonitor", "")  # what git itself runs after this test


def test_no_variable_of_the_callers_reaches_git(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GIT_ variables cannot point winloss at another repository, or change what git says."""
    before = repository.run("check", "--at", "HEAD").out
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.bare")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "true")
    assert repository.run("check", "--at", "HEAD").out == before
    assert "GIT_DIR" not in os.environ


def test_a_repository_planted_below_records_is_not_entered(
    repository: Repository, run: Callable[..., Result]
) -> None:
    """From inside a bare repository that a record folder hides, its configuration does nothing."""
    planted = bare(repository, repository.root / "records/deals/planted")
    (planted / "config").write_text("[core]\n\tfsmonitor = touch /tripped\n\tbare = true\n")
    done = run("check", cwd=planted)
    assert done.code == 2
    shutil.rmtree(planted)


def test_the_stream_of_commits_can_break_anywhere(repository: Repository) -> None:
    """However git's output is cut into pieces, the same commits come out."""
    repository.write("records/new\nline.txt", "x")
    repository.git("add", "-A")
    repository.git("commit", "-qm", "A name\n\nwith a body :100644 C\n")
    tip = history.commit_at(repository.root, "HEAD")
    asked = (repository.root, (tip,), f"--format={FORMAT}")
    whole = b"".join(history._log(*asked))  # noqa: SLF001 - the stream itself is the subject
    found = list(commits_of([whole]))
    assert [len(found), found[-1].deltas[0].path] == [2, "records/new\nline.txt"]
    for size in (1, 2, 3, 7, 64):
        pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
        assert list(commits_of(pieces)) == found


def test_the_line_of_first_parents_is_the_history_of_the_branch(repository: Repository) -> None:
    """What a merge brought in stands beside the line; the merge itself stands on it."""
    repository.git("checkout", "-qb", "side")
    repository.git("commit", "-qm", "Side", "--allow-empty")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "-m", "Merge", "side")
    tip = history.commit_at(repository.root, "main")
    found: list[Commit] = list(history.commits(repository.root, tip))
    assert {each.subject for each in found} == {"Begin", "Side", "Merge"}
    assert [each.subject for each in first_parents(found, tip)] == ["Begin", "Merge"]


def test_a_day_is_read_on_the_clock_of_whoever_wrote_it() -> None:
    """A time stamp gives the day at its own place; an absurd one gives none."""
    assert str(day_of("1795478400 +0000")) == "2026-11-24"
    assert str(day_of("1795478399 +0000")) == "2026-11-23"
    assert str(day_of("1795478399 +0100")) == "2026-11-24"
    assert str(day_of("1795478400 -0030")) == "2026-11-23"
    for absurd in ("99999999999999999999 +0000", "", "x +0000"):
        assert day_of(absurd) is None
