"""What the tests of 'winloss init' share: a person, commands on the path, a git host."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from conftest import HOME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

STARTER = HOME / "src" / "winloss" / "starter"
PEOPLE = (
    "cro: Dana Reyes <dana@example.com>",
    "sales.ops: Sam Ito <sam@example.com>",
    "customer.success: Cleo Ng <cleo@example.com>",
)


def as_kim(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Give git the name and address of a person, in a home of her own."""
    folder.mkdir(exist_ok=True)
    (folder / ".gitconfig").write_text("[user]\n\tname = Kim\n\temail = kim@example.com\n")
    monkeypatch.setenv("HOME", str(folder))


def with_persons() -> list[str]:
    """Return the options that name a person for each role that reviews."""
    return [part for person in PEOPLE for part in ("--person", person)]


def commands(folder: Path, **scripts: str) -> str:
    """Make a folder of commands, 'winloss' among them, and return the path that begins with it."""
    folder.mkdir(exist_ok=True)
    source = HOME / "src"
    winloss = f'#!/bin/sh\nPYTHONPATH="{source}" exec "{sys.executable}" -m winloss "$@"\n'
    python = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
    for name, script in {"winloss": winloss, "python3": python, **scripts}.items():
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@dataclass
class Host:
    """A git host that runs one step of a workflow after the other in a clone."""

    clone: Path
    path: str
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a script as a host does: bash, stopping at the first failure."""
        return subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=self.clone,
            env={**os.environ, "PATH": self.path, **self.variables, **variables},
            capture_output=True,
            text=True,
            check=False,
        )


def workflow(name: str) -> Any:
    """Return a workflow of the starter."""
    return yaml.safe_load((STARTER / ".github" / "workflows" / name).read_text("utf-8"))


def step(name: str, title: str) -> str:
    """Return the script of one step of a workflow."""
    steps = [each for job in workflow(name)["jobs"].values() for each in job["steps"]]
    return str(next(each["run"] for each in steps if each.get("name") == title))


def gitlab(job: str, part: str = "script") -> str:
    """Return the script of a job of GitLab's, as one script of bash."""
    pipeline: Mapping[str, Any] = yaml.safe_load((STARTER / ".gitlab-ci.yml").read_text("utf-8"))
    return "\n".join(pipeline[job][part])
