"""``winloss check``: every problem, in three formats, and an exit code to rely on."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Repository, base_tree, examples
from winloss.core.deals import rules
from winloss.core.problem import Problem
from winloss.core.repository.tree import Tree
from winloss.core.wording import nearest
from winloss.core.writing import report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result

PRE = "records/deals/2026/1001-northwind/pre-delivery.md"
LOST = "records/deals/2026/1002-tailspin/closed-lost.md"


def test_a_repository_in_order_has_no_problem(repository: Repository) -> None:
    """Without a problem, check says how much it looked at, and exits 0."""
    done = repository.run("check")
    assert (done.code, done.err) == (0, "")
    assert done.out == "22 files checked: no problems.\n"


def test_every_problem_of_every_file_in_one_pass(repository: Repository) -> None:
    """Problems of all files come together, sorted, with place, excerpt, caret and mend."""
    repository.change(PRE, "handoff_on: 2026-05-15", "handoff_on: 2026-13-40")
    repository.change(PRE, "customer: Northwind Traders", "customer: TBD")
    repository.change(LOST, "reason: price", "reason: pric")
    done = repository.run("check")
    assert done.code == 1
    assert done.out == (
        f"{PRE}:4:11: error not-answered: 'customer' is not answered\n"
        "    4 | customer: TBD\n"
        "      |           ^\n"
        "    write customer: … (The customer's name as in Monday.com)\n"
        f"{PRE}:7:13: error not-a-date: 'handoff_on' is '2026-13-40', which is not a day of the "
        "calendar\n"
        "    7 | handoff_on: 2026-13-40\n"
        "      |             ^\n"
        "    write it as YYYY-MM-DD, for example 2026-06-12\n"
        f"{LOST}:9:9: error unknown-code: 'pric' is not among the taxonomy.loss_reasons that "
        "'reason' chooses from\n"
        "    9 | reason: pric\n"
        "      |         ^\n"
        "    did you mean 'price'?\n"
        "22 files checked: 3 errors.\n"
    )


def test_warnings_do_not_fail_the_check(repository: Repository) -> None:
    """What the SOP has not settled is a warning, and the exit code stays 0."""
    repository.change(PRE, "  - id: E1\n    note: A draft before the board meeting", "  - id:\n")
    post = PRE.replace("pre-", "post-")
    repository.change(post, "origin: E1", "origin: E1x")
    text = repository.read(post)
    repository.write(post, re.sub(r"  - id: E1\n(    .*\n){3}", "", text))
    done = repository.run("check")
    assert done.code == 0
    assert done.out.endswith("22 files checked: 2 warnings.\n")


def test_json_is_the_contract(repository: Repository) -> None:
    """--format json has the contract's keys, and the same exit code."""
    repository.change(LOST, "reason: price", "reason: pric")
    done = repository.run("check", "--format", "json")
    assert done.code == 1
    assert json.loads(done.out) == {
        "checked": 22,
        "problems": [
            {
                "path": LOST,
                "line": 9,
                "column": 9,
                "severity": "error",
                "slug": "unknown-code",
                "message": "'pric' is not among the taxonomy.loss_reasons that 'reason' chooses "
                "from",
                "hint": "did you mean 'price'?",
            }
        ],
    }


def test_github_annotations_put_errors_first() -> None:
    """--format github writes one escaped workflow command a problem, errors before warnings."""
    problems = [
        Problem("records/a,b:c.md", 1, 2, "warning", "w", "100%\nsure", ""),
        Problem("records/z.md", 3, 4, "error", "e", "::set-output name=x::y\x1b[0m", "mend\r\nit"),
    ]
    first, second = report.as_github(problems).splitlines()
    assert first == (
        "::error file=records/z.md,line=3,col=4,title=winloss e::"
        "::set-output name=x::y⟨U+001B⟩[0m%0Amend⟨U+000D⟩%0Ait"
    )
    assert second == (
        "::warning file=records/a%2Cb%3Ac.md,line=1,col=2,title=winloss w::100%25%0Asure"
    )


def test_github_format_ends_with_the_count(repository: Repository) -> None:
    """The host hides annotations beyond the tenth, so the count stands last."""
    repository.change(LOST, "reason: price", "reason: pric")
    lines = repository.run("check", "--format", "github").out.splitlines()
    assert lines[0].startswith(f"::error file={LOST},line=9,col=9,title=winloss unknown-code::")
    assert lines[-1] == "22 files checked: 1 error."


def test_a_path_narrows_what_is_printed(repository: Repository) -> None:
    """With a path, only its problems are printed and count; from any folder below."""
    repository.change(LOST, "reason: price", "reason: pric")
    assert repository.run("check", "records/deals/2026/1001-northwind").code == 0
    done = repository.run("check", LOST)
    assert done.code == 1
    assert done.out.endswith("1 file checked: 1 error.\n")
    inside = Repository(repository.root / "records" / "deals", repository._run)  # noqa: SLF001
    assert inside.run("check", "2026/1002-tailspin").code == 1
    assert inside.run("check", "2026/1001-northwind").code == 0


@pytest.mark.parametrize("path", ["records/nope.md", "..", "/etc/passwd", "LICENSE"])
def test_a_path_that_holds_nothing_is_a_slip(path: str, repository: Repository) -> None:
    """A path outside, or one without a file, is a usage error and never 'no problems'."""
    done = repository.run("check", path)
    assert done.code == 2
    assert done.out == ""


def test_outside_a_repository(tmp_path: Path, run: Callable[..., Result]) -> None:
    """Where there is no repository, winloss says what to do, in one line and a mend."""
    done = run("check", cwd=tmp_path)
    assert done.code == 2
    assert done.err == (
        "winloss: this folder is in no git repository\n"
        "    go to your records repository first, or name it with --root; "
        "to begin one: winloss init DIR\n"
    )
    done = run("--root", str(tmp_path), "check", cwd=tmp_path)
    assert done.code == 2
    assert "has no folder records and templates" in done.err


def test_the_root_can_be_named(repository: Repository, tmp_path: Path) -> None:
    """--root works from anywhere, also for a folder that git does not know."""
    away = Repository(tmp_path, repository._run)  # noqa: SLF001
    assert away.run("--root", str(repository.root), "check").code == 0
    (repository.root / ".git").rename(tmp_path / "git")
    done = away.run("--root", str(repository.root), "check")
    assert done.out == "22 files checked: no problems.\n"
    (tmp_path / "git").rename(repository.root / ".git")


def test_today_is_the_only_clock(repository: Repository) -> None:
    """--today takes a day and nothing else."""
    assert repository.run("--today", "2026-02-30", "check").code == 2
    assert "not a day of the calendar" in repository.run("--today", "soon", "check").err
    assert repository.run("--today", "2026-07-01", "check").code == 0


def test_a_misspelt_verb_is_guessed(repository: Repository) -> None:
    """A verb that does not exist names the nearest one."""
    done = repository.run("rolup")
    assert done.code == 2
    assert "did you mean 'rollup'?" in done.err


def test_a_tracked_file_that_is_gone_is_a_problem(repository: Repository) -> None:
    """A file that git tracks and the disk lacks is an error, never an absence."""
    (repository.root / LOST).unlink()
    done = repository.run("check")
    assert done.code == 1
    assert f"{LOST}:1:1: error missing-file" in done.out


def test_what_git_ignores_is_not_read(repository: Repository) -> None:
    """An ignored file is left alone; an untracked one is read like any other."""
    repository.write(".gitignore", "*.swp\n")
    repository.write("records/deals/2026/x.swp", "junk")
    repository.write("records/deals/2026/9/closed-lost.md", "junk")
    done = repository.run("check")
    assert "x.swp" not in done.out
    assert "9/closed-lost.md:1:1: error no-front-matter" in done.out
    assert done.out.endswith("23 files checked: 1 error.\n")


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="this system has no links")
def test_links_and_repositories_inside_are_refused(repository: Repository, tmp_path: Path) -> None:
    """A link is never followed, and a repository inside is named (G2, G9, J8)."""
    (tmp_path / "secret.md").write_text("---\nkind: closed-lost\nsecret: yes\n---\n")
    (repository.root / "records/deals/2026/1002-tailspin/day.md").symlink_to(tmp_path / "secret.md")
    (repository.root / "templates/leak.md").symlink_to("/etc/passwd")
    (repository.root / "records/linked").symlink_to(tmp_path)
    Repository(repository.root / "records", repository._run).git("init", "-q", "inner")  # noqa: SLF001
    done = repository.run("check")
    assert done.code == 1
    for path in ("records/deals/2026/1002-tailspin/day.md", "templates/leak.md", "records/linked"):
        assert f"{path}:1:1: error not-a-file" in done.out
    assert "records/inner/:1:1: error not-a-file" in done.out
    assert "secret" not in done.out
    assert "root:" not in done.out


def test_names_with_controls_are_shown_not_obeyed(repository: Repository) -> None:
    """A file name cannot send anything to the terminal (O10, O13)."""
    repository.write("records/deals/2026/\x1b[31mred/closed-lost.md", "x")
    repository.write(os.fsdecode(b"records/deals/2026/\xff/closed-lost.md"), "x")
    for form in ("text", "json", "github"):
        done = repository.run("check", "--format", form)
        assert done.code == 1
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", done.out + done.err)


def test_hostile_settings_run_nothing(repository: Repository, tmp_path: Path) -> None:
    """No program that a repository's configuration names is run, no GIT_ variable reaches git."""
    tripwire = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho $0 $@ >> {tripwire}\n")
    program.chmod(0o755)
    for name in ("core.fsmonitor", "core.sshCommand", "core.editor", "diff.external", "core.pager"):
        repository.git("config", name, str(program))
    repository.git("config", "core.hooksPath", str(tmp_path))
    os.environ.update(GIT_DIR="/nonexistent", GIT_CONFIG_COUNT="1", GIT_TRACE="1")
    try:
        done = repository.run("check")
        assert done.out == "22 files checked: no problems.\n"
        repository.run("rollup", "2026-Q2")
    finally:
        for name in [name for name in os.environ if name.startswith("GIT_")]:
            del os.environ[name]
    assert not tripwire.exists()
    repository.git("config", "--remove-section", "core")
    repository.git("config", "core.repositoryformatversion", "0")


EDITS = st.tuples(
    st.sampled_from(sorted(base_tree())),
    st.floats(0, 1),
    st.sampled_from(
        [
            "",
            "\n",
            "---\n",
            ": ",
            "- ",
            "[",
            "]",
            "{",
            "#",
            '"',
            "\t",
            "x",
            "  ",
            "|",
            "2026-13-01",
            "à",
        ]
    ),
    st.integers(0, 12),
)


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(EDITS, min_size=1, max_size=4))
def test_any_edit_of_any_file_gives_problems_and_nothing_else(
    edits: list[tuple[str, float, str, int]],
) -> None:
    """However a file is spoilt, check reports problems in lines that exist; it never fails."""
    files = base_tree()
    for path, where, text, cut in edits:
        data = files[path].decode("utf-8", "replace")
        at = int(where * len(data))
        files[path] = (data[:at] + text + data[at + cut :]).encode()
    tree = Tree(files)
    ledger, problems = rules.check(tree)
    assert ledger is not None or any(problem.is_error for problem in problems)
    for problem in problems:
        lines = files.get(problem.path, b"").decode().split("\n")
        assert 1 <= problem.line <= len(lines) + 1
        assert problem.column >= 1
        assert problem.message
    report.as_text(problems, tree)


def test_an_interruption_has_its_own_exit_code(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends with one line and exit code 130."""

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rules, "read_ledger", interrupt)
    done = repository.run("check")
    assert (done.code, done.out) == (130, "")
    assert done.err.strip() == "Interrupted."


def test_a_reader_that_leaves_is_no_failure_of_ours(repository: Repository) -> None:
    """``winloss check | head -1`` ends without a traceback."""
    for number in range(3000):
        repository.write(f"records/deals/2026/{number}/closed-lost.md", "x")
    command = [sys.executable, "-m", "winloss", "--root", str(repository.root), "check"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
    assert process.returncode == 1


def test_a_read_only_folder_is_said_in_words(repository: Repository) -> None:
    """What the system refuses to write is one line with the place (C11)."""
    repository.write("operations", "a file where a folder should be")
    done = repository.run("rollup", "2026-Q2")
    assert done.code == 2
    assert "cannot be written" in done.err
    assert "Traceback" not in done.err


def test_unusable_rules_are_a_problem_of_every_path(repository: Repository) -> None:
    """Where no record can be judged, no path is called free of problems."""
    repository.change("records/policy/calendar.md", "first_month: 1", "first_month: 13")
    done = repository.run("check", "records/deals")
    assert done.code == 1
    assert "records/policy/calendar.md:3:14: error bad-policy" in done.out


def test_what_git_refuses_is_said_in_git_s_words(repository: Repository) -> None:
    """A repository that git will not read is no empty repository (G21)."""
    repository.write(".git/config", "[core\n")
    done = repository.run("check")
    assert done.code == 2
    assert "git refuses: " in done.err
    assert "bad config" in done.err
    repository.write(".git/config", "[core]\n\trepositoryformatversion = 0\n")


def test_a_guess_is_made_among_few_names_only() -> None:
    """Comparing each of many names with each other would take minutes; a hint is not worth it."""
    assert nearest("pric", ["fit", "price"]) == "price"
    assert nearest("pric", [f"price-{number}" for number in range(500)]) is None
    assert nearest("x" * 5000, ["x" * 4999]) is None


def test_a_folder_that_became_a_link_is_not_followed(
    repository: Repository, tmp_path: Path
) -> None:
    """A tracked file below a folder that is now a link elsewhere is refused (G9)."""
    folder = repository.root / "records/deals/2026/1002-tailspin"
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    done = repository.run("check")
    assert done.code == 1
    assert "records/deals/2026/1002-tailspin" in done.out
    assert "error not-a-file" in done.out


def test_a_line_end_in_a_name_begins_no_line(repository: Repository) -> None:
    """A file whose name holds a line end is refused by a name on one line, in every format."""
    name = "records/deals/2026/1001-northwind/x\n::error::y.md"
    repository.write(name, "---\nkind: day-30\n---\n")
    repository.git("add", "-A")
    for form in ("text", "github"):
        done = repository.run("check", "--format", form)
        assert done.code == 1
        assert "x⟨U+000A⟩" in done.out
        assert not any(line.startswith("::error::y") for line in done.out.splitlines())
