"""What a shell proposes at the Tab key, through click's own protocol and through real shells."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from winloss.completion import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Repository, Result

    Tab = Callable[[Path, str], list[str]]


def question(line: str, shell: str = "bash") -> dict[str, str]:
    """Return the variables by which a shell asks, at a line that ends where Tab is pressed."""
    words = line.split(" ")
    return {
        VARIABLE: f"{shell}_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": words[-1] if shell == "fish" else str(len(words) - 1),
    }


def proposed(root: Path, line: str, shell: str) -> str:
    """Return what a shell is told, by a process of its own; nothing else is said."""
    done = subprocess.run(
        [sys.executable, "-m", "winloss"],
        cwd=root,
        env={**os.environ, **question(line, shell)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture
def tab(monkeypatch: pytest.MonkeyPatch, run: Callable[..., Result]) -> Tab:
    """Return what bash is told at the Tab key, in this process."""

    def press(root: Path, line: str) -> list[str]:
        for name, value in question(line).items():
            monkeypatch.setenv(name, value)
        done = run(cwd=root)
        assert (done.code, done.err) == (0, "")
        for name in question(line):
            monkeypatch.delenv(name)
        return [each.removeprefix("plain,") for each in done.out.splitlines() if each]

    return press


def test_each_verb_proposes_what_it_takes(repository: Repository, tab: Tab) -> None:
    """Deals, kinds, quarters, proposals, roles, and files where a file is meant."""
    root = repository.root
    repository.write("records/proposals/timing-over-scored.md", "x")
    repository.write("operations/reports/revenue/win-loss-2026-Q1.md", "x")
    assert tab(root, "winloss new --deal ") == ["1002", "1001"]
    assert tab(root, "winloss new --deal 1001") == ["1001"]
    assert tab(root, "winloss new po") == ["post-delivery"]
    assert "approval" not in tab(root, "winloss new ")
    assert tab(root, "winloss rollup ") == ["2026-Q3", "2026-Q1"]
    assert tab(root, "winloss --today 2027-02-01 rollup 2026-Q4") == ["2026-Q4"]
    assert tab(root, "winloss evidence t") == tab(root, "winloss approve t")
    assert tab(root, "winloss approve t") == ["timing-over-scored"]
    assert tab(root, "winloss due --role c") == ["customer.success", "cro", "cmo", "ceo"]
    assert tab(root, "winloss log 1") == ["1002", "1001"]
    assert tab(root, "winloss wh") == ["whoami"]
    for line in ("winloss log records/", "winloss render records/", "winloss check records/"):
        assert tab(root, line) == ["file,records/"]


def test_the_repository_is_found_from_within_and_by_its_name(
    repository: Repository, tab: Tab
) -> None:
    """From a folder below it, and from elsewhere with --root."""
    assert tab(repository.root / "records/deals", "winloss new --deal ") == ["1002", "1001"]
    shutil.copytree(repository.root, repository.root.parent / "other")
    line = "winloss --root other new --deal "
    assert tab(repository.root.parent, line) == ["1002", "1001"]


def test_a_broken_repository_proposes_nothing_and_says_nothing(
    repository: Repository, tmp_path: Path, tab: Tab
) -> None:
    """Without a repository, with a broken policy, with an unknown verb: no names, no error."""
    (tmp_path / "nowhere").mkdir()
    for line in ("winloss rollup ", "winloss new --deal ", "winloss nosuch x", "winloss 'open"):
        assert tab(tmp_path / "nowhere", line) == []
    repository.write("records/policy/roles.md", b"\xff---\nroles: [\n")
    repository.write("records/policy/exchange.md", "---\nrollups: {a: b}\n---\n")
    repository.write("records/policy/calendar.md", "no front matter")
    assert tab(repository.root, "winloss due --role ") == []
    assert tab(repository.root, "winloss rollup ") == ["2026-Q3"]
    assert tab(repository.root, "winloss new --deal ") == ["1002", "1001"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_a_hostile_name_never_reaches_the_shell(shell: str, repository: Repository) -> None:
    """Control characters, newlines, blanks and what a shell acts on are not proposed."""
    for name in (
        "7$(touch tripped)",
        "7\nplain,evil",
        "7;x",
        "7 x",
        "7\x1b[31m",
        "7*",
        "7`x`",
        "-7",
    ):
        repository.write(f"records/deals/2026/{name}/x.md", "x")
        repository.write(f"records/proposals/{name}.md", "x")
    repository.write("records/deals/2026/7-$(x)/x.md", "x")
    root = repository.root
    for line in ("winloss new --deal 7", "winloss log 7"):
        said = proposed(root, line, shell)
        assert not set("$;`*\x1b") & set(said)
        assert "evil" not in said
    assert not list(root.rglob("tripped"))


def test_a_deal_is_told_from_its_folder_s_slug(repository: Repository, tab: Tab) -> None:
    """What stands before the first hyphen, or an id with hyphens that a record names; any depth."""
    for folder, deal in (("2025/AC-12-adatum", "AC-12"), ("north/east/900-tailspin", "900")):
        text = f"---\nkind: pre-delivery\ndeal: {deal}\n---\n"
        repository.write(f"records/deals/{folder}/pre-delivery.md", text)
    assert tab(repository.root, "winloss log AC") == ["AC-12"]
    assert tab(repository.root, "winloss log 9") == ["900"]


def test_no_program_of_the_repository_s_runs(repository: Repository, tab: Tab) -> None:
    """Git is not asked at all, so whatever its settings name stays still."""
    tripped = repository.root.parent / "tripped"
    repository.git("config", "core.fsmonitor", f"touch '{tripped}'")
    assert tab(repository.root, "winloss new --deal ") == ["1002", "1001"]
    assert tab(repository.root, "winloss rollup ") == ["2026-Q3"]
    assert not tripped.exists()
    repository.git("config", "core.fsmonitor", "")


def in_a_shell(shell: str, script: str, root: Path) -> str:
    """Return what a real shell prints, with a winloss on its PATH."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} on this machine")
    place = root.parent / "bin" / "winloss"
    place.parent.mkdir()
    place.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m winloss "$@"\n', encoding="utf-8")
    place.chmod(0o755)
    done = subprocess.run(
        [program, "-c", script],
        cwd=root,
        env={**os.environ, "PATH": f"{place.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    return done.stdout


def test_bash_completes_a_deal(repository: Repository) -> None:
    """The line of the README makes bash propose deals, and complete files by itself."""
    script = f"""
        eval "$({VARIABLE}=bash_source winloss)"
        complete -p winloss
        compopt() {{ echo "asked: $1 $2"; }}
        COMP_WORDS=(winloss new --deal 100); COMP_CWORD=3; _winloss_completion winloss
        printf '<%s>\\n' "${{COMPREPLY[@]}}"
        COMPREPLY=(); COMP_WORDS=(winloss check rec); COMP_CWORD=2; _winloss_completion winloss
    """
    assert in_a_shell("bash", script, repository.root).splitlines() == [
        *("complete -o nosort -F _winloss_completion winloss", "<1002>", "<1001>"),
        "asked: -o default",
    ]


def test_fish_completes_a_deal(repository: Repository) -> None:
    """The line of the README makes fish propose deals, each with its customer."""
    script = f"""
        {VARIABLE}=fish_source winloss | source
        complete -C 'winloss new --deal 1001'
    """
    assert in_a_shell("fish", script, repository.root).splitlines() == ["1001\tnorthwind"]


def test_zsh_completes_a_deal(repository: Repository) -> None:
    """The line of the README makes zsh propose deals, each with its customer."""
    script = f"""
        autoload -Uz compinit && compinit -u -D
        eval "$({VARIABLE}=zsh_source winloss)"
        echo $_comps[winloss]
        _describe() {{ print -r -- $completions_with_descriptions }}
        words=(winloss new --deal 100); CURRENT=4; _winloss_completion
    """
    said = in_a_shell("zsh", script, repository.root).splitlines()
    assert said == ["_winloss_completion", "1002:tailspin 1001:northwind"]
