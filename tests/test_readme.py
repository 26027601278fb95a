"""The README is true: its deal goes from the first note to the page as it says."""

from __future__ import annotations

import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

from conftest import HOME, Repository, read_files
from starting import as_kim
from winloss.cli import VERBS
from winloss.core.demonstration.demo import WAITING
from winloss.testing.monday.rehearsal import account_for, deals_below
from winloss.testing.monday.transport import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Result

README = (HOME / "README.md").read_text(encoding="utf-8")
TITLES = (
    *("Begin in your firm", "One deal, from the first note to the page"),
    *("When the model is wrong", "Pages for the CMO", r"In Monday\.com"),
)
FIRST, FIRM, WALK, MODEL, PAGES, MONDAY = re.split(
    "^## (?:" + "|".join(TITLES) + ")$", README, flags=re.MULTILINE
)
PRE = "records/deals/2026/9150246671-southridge-video/pre-delivery.md"


@pytest.fixture
def shipped(empty_repository: Repository) -> Repository:
    """Return a copy of what this repository ships."""
    for path, data in read_files(HOME / "records", "records").items():
        empty_repository.write(path, data)
    return empty_repository


def blocks(text: str) -> list[tuple[str, str]]:
    """Return the commands and the records of a part of the README."""
    return re.findall(r"^```(console|markdown)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield each winloss command of a part of the README, and what it shows of the output."""
    for language, block in blocks(text):
        command, *shown = block.removesuffix("\n").split("\n")
        words = shlex.split(command.removeprefix("$ "))
        if language == "console" and words[0] == "winloss":
            yield words[1:], shown


def test_the_walk_through_one_deal(shipped: Repository) -> None:
    """Every command of the walk prints what the README shows, in its order."""
    records = [block for language, block in blocks(WALK) if language == "markdown"]
    said: list[str] = []
    for words, shown in commands(WALK):
        verb = words[2] if words[0] == "--today" else words[0]
        if verb == "check":
            shipped.change(PRE, "handoff_on: 2026-10-08", "handoff_on: 2026-13-40")
        done = shipped.run(*words, *(["--no-edit"] if verb == "new" else []))
        for line in shown:
            assert line in done.out, (words, done.err)
        if verb == "new":
            shipped.write(done.out.split()[1], records.pop(0))
        if verb == "check":
            assert done.code == 1
            shipped.change(PRE, "handoff_on: 2026-13-40", "handoff_on: 2026-10-08")
        else:
            assert done.code == 0, done.err
        said.append(verb)
    assert said == [
        *("new", "check", "render", "new", "due", "new", "new", "due", "rollup"),
    ]
    assert not records
    page = shipped.read("operations/reports/revenue/win-loss-2026-Q4.md")
    assert "| Southridge Video | E1: Read access to the portal in the first week | Failed |" in page
    assert shipped.run("rollup", "2026-Q4", "--check").code == 0


def test_the_walk_through_a_change_of_the_model(tmp_path: Path, run: Callable[..., Result]) -> None:
    """Proposal, evidence, approval and audit print what the README shows."""
    repository = Repository(tmp_path, run)
    for words, shown in commands(MODEL):
        done = repository.run(*words)
        for line in shown:
            assert line in done.out, (words, done.out, done.err)
        if words[0] == "demo":
            repository = Repository(tmp_path / words[1], run)
            repository.git("switch", "-q", WAITING)
        said = done.code
    assert (words[0], said) == ("audit", 1)


def test_the_walk_to_those_who_read_rollups_only(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    """In the demonstration, the pages go out as the README says."""
    Repository(tmp_path, run).run("demo", "try-winloss")
    repository = Repository(tmp_path / "try-winloss", run)
    repository.git("init", "-q", "--bare", "../win-loss-pages.git")
    said = []
    for words, shown in commands(PAGES):
        done = repository.run(*words)
        assert done.code == 0, done.err
        for line in shown:
            assert line in done.out, (words, done.out)
        said.append(words[-2:])
    assert said == [["--show", "2026-Q3"], ["--to", "../win-loss-pages.git"]]
    assert repository.run("audit", "--anchor", "../win-loss-pages.git").code == 1


def test_the_walk_to_monday_com(
    tmp_path: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the demonstration, boards are found and records filed as the README says."""
    Repository(tmp_path, run).run("demo", "try-winloss")
    repository = Repository(tmp_path / "try-winloss", run)
    deals = deals_below(repository.root / "records" / "deals")
    said = []
    with serving(account_for(deals)) as peer:
        monkeypatch.setenv("MONDAY_API_URL", peer.url)
        for words, shown in commands(MONDAY):
            monkeypatch.setenv("MONDAY_API_TOKEN", peer.token)
            done = repository.run(*words, *(["--yes"] if "--push" in words else []))
            assert done.code == 0, done.err
            assert all(line in done.out for line in shown), done.out
            said.append(words[1:])
            repository.git("commit", "-qam", "As the README says", "--allow-empty")
        assert said == [["--setup"], [], ["--push"]]
        assert repository.run("file", "--check").code == 0
        assert len(peer.account.updates) == 33


def test_the_beginning_in_a_firm(
    tmp_path: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command that the README names makes a committed repository."""
    as_kim(monkeypatch, tmp_path / "home")
    for words, _ in commands(FIRM):
        assert run(*words, cwd=tmp_path).code == 0
    assert Repository(tmp_path / "firm", run).git("status", "--porcelain") == ""


def test_the_first_screen_leads_on() -> None:
    """Before the first heading stands where to begin in a firm; each link has its heading."""
    assert "](#begin-in-your-firm)" in FIRST
    titles = re.findall(r"^## (.*)$", README, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in titles}
    assert set(re.findall(r"\]\(#([^)]*)\)", README)) <= anchors


def test_every_command_is_in_the_readme() -> None:
    """What the help lists, the README explains."""
    for verb in VERBS:
        assert f"| `winloss {verb} " in README


def test_the_first_commands_are_targets() -> None:
    """The README opens with make rollup and make test, and make lists its targets."""
    assert README.index("$ make rollup\n$ make test") < README.index("## ")
    done = subprocess.run(["make"], cwd=HOME, capture_output=True, text=True, check=True)
    for target in ("rollup", "test", "check", "lint", "demo", "audit"):
        assert re.search(rf"^  make {target} +[A-Z]", done.stdout, re.MULTILINE)


def test_help_pages_have_examples_on_lines_of_their_own(shipped: Repository) -> None:
    """Each verb's help ends with examples that can be copied."""
    for verb in VERBS:
        shown = shipped.run(verb, "--help").out
        assert re.search(rf"^  Examples?:\n    winloss {verb}", shown, re.MULTILINE), shown
