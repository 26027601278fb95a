"""What the tests share: real files, real git, and the command as a person runs it."""

from __future__ import annotations

import os
import pty
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from winloss.cli import main
from winloss.core.repository.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HOME = Path(__file__).parent.parent
BASE = Path(__file__).parent / "base"
TODAY = "2026-11-21"


class TestsMustNotReachTheNetwork(AssertionError):  # noqa: N818 - named for the mistake
    """A test opened a connection."""


@pytest.fixture(autouse=True)
def _world(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Keep each test on this machine, and from this machine's git settings and from its clock."""
    connect = socket.socket.connect

    def stay_here(self: socket.socket, address: Any) -> None:
        if address[0] != "127.0.0.1":
            raise TestsMustNotReachTheNetwork
        connect(self, address)

    if request.node.get_closest_marker("live") is None:
        monkeypatch.setattr(socket.socket, "connect", stay_here)
    for name in [name for name in os.environ if name.startswith(("GIT_", "MONDAY_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path_factory.getbasetemp() / "home"))
    monkeypatch.setenv("WINLOSS_TODAY", TODAY)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--update-golden``."""
    parser.addoption("--update-golden", action="store_true", help="write today's output")


def examples(many: int) -> int:
    """Return how many examples a property is tried on: a slice, unless WINLOSS_EXAMPLES says more.

    WINLOSS_EXAMPLES is a factor: 1 for all of them, 20 for a long run (make fuzz).
    """
    return max(10, round(many * float(os.environ.get("WINLOSS_EXAMPLES", "0.15"))))


def base_tree() -> dict[str, bytes]:
    """Return the shipped forms and policy, with the two deals of ``tests/base``."""
    files = read_files(HOME / "templates", "templates")
    files |= read_files(HOME / "records" / "policy", "records/policy")
    return files | read_files(BASE / "deals", "records/deals")


def rules_tree() -> dict[str, bytes]:
    """Return the shipped forms and policy, and no record."""
    return {path: data for path, data in base_tree().items() if "/deals/" not in path}


def read_files(folder: Path, name: str) -> dict[str, bytes]:
    """Return every file of a folder by its path, as if the folder had this name."""
    return {
        f"{name}/{place.relative_to(folder).as_posix()}": place.read_bytes()
        for place in sorted(folder.rglob("*"))
        if place.is_file()
    }


def shipped_tree() -> Tree:
    """Return the records, forms and policy that this repository ships."""
    return Tree(
        read_files(HOME / "records", "records") | read_files(HOME / "templates", "templates")
    )


@dataclass(frozen=True)
class Result:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Repository:
    """A records repository on the disk, in git."""

    root: Path
    _run: Callable[..., Result]

    def run(self, *arguments: str) -> Result:
        """Run winloss in the repository."""
        return self._run(*arguments, cwd=self.root)

    def write(self, path: str, text: str | bytes) -> None:
        """Write a file."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())

    def read(self, path: str) -> str:
        """Read a file."""
        return (self.root / path).read_bytes().decode()

    def change(self, path: str, old: str, new: str) -> None:
        """Replace a text that stands in a file."""
        text = self.read(path)
        assert old in text
        self.write(path, text.replace(old, new))

    def git(self, *arguments: str) -> str:
        """Run git in the repository."""
        done = subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", *arguments],
            cwd=self.root,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def objects(self) -> set[str]:
        """Return the names of git's files of objects, loose and packed."""
        return {place.name for place in (self.root / ".git" / "objects").rglob("*")}

    def files(self) -> dict[str, bytes]:
        """Return every file outside .git."""
        return {
            place.relative_to(self.root).as_posix(): place.read_bytes()
            for place in self.root.rglob("*")
            if place.is_file() and ".git" not in place.parts
        }


def at_a_terminal(
    root: Path,
    *arguments: str,
    typed: tuple[str, str] = ("", ""),
    variables: Mapping[str, str] = MappingProxyType({}),
) -> tuple[int, str]:
    """Run winloss at a terminal; once the first of ``typed`` is shown, the second is typed."""
    reader, writer = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "winloss", "--root", str(root), *arguments],
        env={
            **{name: each for name, each in os.environ.items() if name != "NO_COLOR"},
            **variables,
        },
        stdin=writer,
        stdout=writer,
        stderr=writer,
    )
    os.close(writer)
    said, (question, answer) = "", typed
    try:
        while part := os.read(reader, 65536):
            said += part.decode()
            if question and question in said:
                os.write(reader, answer.encode())
                question = ""
    except OSError:  # Linux says so when the other end is closed
        pass
    os.close(reader)
    return process.wait(), said.replace("\r\n", "\n")


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """Return winloss as a person runs it, in this process."""

    def run_winloss(*arguments: str, cwd: Path) -> Result:
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["winloss", *arguments])
        capfd.readouterr()
        try:
            main()
            code = 0
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else int(left.code is not None)
        out, err = capfd.readouterr()
        return Result(code, out, err)

    return run_winloss


@pytest.fixture
def repository(
    made_once: dict[str, Path], tmp_path: Path, run: Callable[..., Result]
) -> Iterator[Repository]:
    """Return a repository with the shipped rules and the two deals of ``tests/base``, committed."""
    root = tmp_path / "records repository"
    shutil.copytree(made_once["base"], root)
    made = Repository(root, run)
    before = made.objects()
    yield made
    if made.objects() != before:
        made.git("fsck", "--strict")


@pytest.fixture
def empty_repository(
    made_once: dict[str, Path], tmp_path: Path, run: Callable[..., Result]
) -> Repository:
    """Return a repository with the shipped rules and no record, committed."""
    shutil.copytree(made_once["rules"], tmp_path / "empty")
    return Repository(tmp_path / "empty", run)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return repositories to copy: each test has one of its own, and git makes them once."""
    return {
        name: _repository(tmp_path_factory.mktemp("made") / name, files)
        for name, files in (("base", base_tree()), ("rules", rules_tree()))
    }


def _repository(root: Path, files: dict[str, bytes]) -> Path:
    made = Repository(root, Result)
    for path, data in files.items():
        made.write(path, data)
    shutil.copy(HOME / ".gitattributes", root)
    made.git("init", "-q", "--template=", "-b", "main")
    made.git("add", "-A")
    made.git("commit", "-qm", "Begin")
    made.git("repack", "-adq")  # one file to copy for each test, and not one for each object
    return root
