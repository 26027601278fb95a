"""``winloss doctor``: every sign stands alone, and every mend that it prints works."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conftest import HOME, Repository, at_a_terminal
from starting import as_kim
from winloss.core.health.machine_signs import (
    calendar_sign,
    completion_sign,
    editor_sign,
    encoding_sign,
    git_sign,
    openssh_sign,
    python_sign,
    winloss_sign,
)
from winloss.edge import signing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result

MACHINE = ("winloss", "Python", "git", "libyaml", "OpenSSH", "editor", "calendar", "completion")
PLACE = ("encoding", "repository", "place", "identity", "signing key", "main branch", "history")
RECORDS = ("line ends", "rules", "shipped", "provisional", "records", "uncommitted", "pages")
ALL = [*MACHINE, *PLACE, *RECORDS, "leftovers", "hook", "token", "copy"]
PAGE = "operations/reports/revenue/win-loss-2026-Q2.md"
ROLES = "records/policy/roles.md"
POST = "records/deals/2026/1001-northwind/post-delivery.md"


@pytest.fixture
def kept(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Return a repository with nothing to mend, for a person with a home of their own."""
    for name, value in (("name", "Petra"), ("email", "petra@example.com")):
        repository.git("config", f"user.{name}", value)
    (tmp_path / "home").mkdir()
    for name, value in (("HOME", str(tmp_path / "home")), ("SHELL", "/bin/bash")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("EDITOR", "git")  # a program that is surely there
    monkeypatch.delenv("VISUAL", raising=False)
    return repository


def doctor(repository: Repository, *first: str) -> dict[str, tuple[str, str]]:
    """Return each check's state and mend."""
    done = repository.run(*first, "doctor", "--format", "json")
    found = json.loads(done.out)
    assert done.code == (0 if found["healthy"] else 1)
    states = {each["state"] for each in found["checks"]}
    assert found["healthy"] == ("mend" not in states)
    return {each["check"]: (each["state"], each["mend"] or "") for each in found["checks"]}


def mend(repository: Repository, check: str) -> str:
    """Run the mend that is printed for a check, and return the check's state after it."""
    state, command = doctor(repository)[check]
    assert state in {"look", "mend"}
    beside = f"{repository.root.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    place = repository.root.parent / "bin" / "winloss"
    place.parent.mkdir(exist_ok=True)
    place.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m winloss "$@"\n', encoding="utf-8")
    place.chmod(0o755)
    env = {**os.environ, "PATH": beside}
    subprocess.run(["bash", "-c", command], cwd=repository.root, env=env, check=True)
    return doctor(repository)[check][0]


def test_a_repository_that_is_well_kept(kept: Repository) -> None:
    """Every check has one line, in a fixed order, and nothing is to mend."""
    found = doctor(kept)
    assert list(found) == ALL
    assert {state for state, _ in found.values()} == {"ok", "look"}
    shown = kept.run("doctor")
    assert shown.code == 0
    lines = [line for line in shown.out.splitlines() if line[2:6] in {"ok  ", "look", "mend"}]
    assert [line[8:19].strip() for line in lines] == ALL
    assert "\x1b" not in shown.out
    assert shown.out.endswith(" ok.\n")


def test_doctor_writes_nothing_and_runs_nothing_of_the_repository_s(
    kept: Repository, tmp_path: Path
) -> None:
    """Whatever programs the settings name, none runs, and no byte changes, also not in .git."""
    tripped = tmp_path / "tripped"
    kept.write(".gitattributes", "* filter=x diff=x\nrecords/** eol=lf\ntemplates/** eol=lf\n")
    trip = f"touch '{tripped}'"
    names = ("filter.x.clean", "filter.x.smudge", "diff.x.textconv", "diff.x.command")
    for name in (*names, "core.fsmonitor", "core.editor", "core.pager", "core.sshCommand"):
        kept.git("config", name, trip)
    kept.git("config", "alias.version", f"!{trip}")
    kept.write(".pre-commit-config.yaml", "x")
    kept.write(".git/hooks/pre-commit", f"#!/bin/sh\n{trip}\n")
    tripped.unlink(missing_ok=True)  # git itself, as the test sets it up
    kept.change(POST, "delivery_quality: high", "delivery_quality: medium")
    before = {
        place: (place.read_bytes(), place.stat().st_mtime_ns)
        for place in sorted(kept.root.rglob("*"))
        if place.is_file()
    }
    assert doctor(kept)["uncommitted"][0] == "look"
    assert not tripped.exists()
    assert before == {
        place: (place.read_bytes(), place.stat().st_mtime_ns)
        for place in sorted(kept.root.rglob("*"))
        if place.is_file()
    }
    for name in (*names, "core.fsmonitor"):
        kept.git("config", "--unset", name)


def test_an_identity_is_mended_line_by_line(kept: Repository) -> None:
    """First the address, then the name; then nothing is to mend."""
    kept.git("config", "--remove-section", "user")
    assert mend(kept, "identity") == "mend"
    assert mend(kept, "identity") == "look"  # set, and roles.md names nobody
    row = "people:\n  - {role: sales.ops, name: Petra, email: petra@example.com}"
    kept.change(ROLES, "people: []", row)
    assert doctor(kept)["identity"] == ("look", "winloss whoami")
    kept.git("config", "user.email", "petra@exmaple.com")
    assert mend(kept, "identity") == "ok"


def _without_line_ends(repository: Repository) -> None:
    repository.write(".gitattributes", "records/** diff=markdown\n")
    repository.git("config", "core.autocrlf", "true")


def _with_a_torn_page(repository: Repository) -> None:
    repository.run("rollup", "2026-Q2")
    repository.git("add", "-A")
    repository.git("commit", "-qm", "File the page")
    repository.write(PAGE, f"<<<<<<< HEAD\n=======\n{repository.read(PAGE)}>>>>>>> branch\n")


@pytest.mark.parametrize(
    ("check", "ail"),
    [
        ("line ends", _without_line_ends),
        ("rules", lambda each: (each.root / "records/policy/taxonomy.md").unlink()),
        ("rules", lambda each: (each.root / "templates/day-30.md").unlink()),
        ("uncommitted", lambda each: each.change(POST, "high", "medium")),
        ("pages", lambda each: each.run("rollup", "2026-Q2")),
        ("pages", _with_a_torn_page),
        ("leftovers", lambda each: each.write("records/deals/.winloss-1-ab.tmp", "x")),
        ("completion", lambda _: None),
    ],
)
def test_a_mend_that_is_printed_mends(
    check: str, ail: Callable[[Repository], object], kept: Repository
) -> None:
    """What doctor prints is run as it stands, and the check is ok after it."""
    ail(kept)
    assert mend(kept, check) == "ok"


def test_a_history_that_shows_another_is_mended(kept: Repository) -> None:
    """Replace refs are to mend, and deleting each as it is said mends it."""
    kept.git("commit", "-qm", "Second", "--allow-empty")
    kept.git("replace", "--graft", "HEAD")
    state, hint = doctor(kept)["history"]
    assert state == "mend"
    assert hint == "see them with: git replace -l; delete each with: git replace -d <id>"
    kept.git("replace", "-d", kept.git("replace", "-l").strip())
    assert doctor(kept)["history"][0] == "ok"


def test_a_clone_that_was_cut_short_is_mended(kept: Repository, run: Callable[..., Result]) -> None:
    """A shallow history is to mend, and the rest of it is fetched by the line that is printed."""
    kept.git("commit", "-qm", "Second", "--allow-empty")
    url, place = f"file://{kept.root}", kept.root.parent / "clone"
    kept.git("clone", "-q", "--depth", "1", url, str(place))
    clone = Repository(place, run)
    state, hint = doctor(clone)["history"]
    assert (state, hint) == ("mend", "run: git fetch --unshallow")
    clone.git("fetch", "-q", "--unshallow")
    assert doctor(clone)["history"][0] == "ok"
    assert doctor(clone)["copy"][0] == "ok"
    clone.git("commit", "-qm", "Third", "--allow-empty")
    kept.git("checkout", "-q", "--detach")
    assert mend(clone, "copy") == "ok"


def test_the_key_of_the_cro(kept: Repository, tmp_path: Path) -> None:
    """No key, one that is not here, one that others may read, and one that signs."""
    key = tmp_path / "key"
    public = signing.make_key(key, "petra@example.com")
    row = "{role: cro, name: Petra, email: petra@example.com"
    kept.change(ROLES, "people: []", f"people:\n  - {row}}}")
    assert doctor(kept)["signing key"] == ("look", "ssh-keygen -t ed25519")
    kept.change(ROLES, row, f"{row}, key: {public}")
    state, hint = doctor(kept)["signing key"]
    assert (state, hint) == ("mend", "git config user.signingkey FILE")
    kept.git("config", "user.signingkey", str(key))
    assert doctor(kept)["signing key"][0] == "ok"
    assert json.loads(kept.run("whoami", "--format", "json").out)["key"] == str(key)
    key.chmod(0o644)
    assert mend(kept, "signing key") == "ok"
    kept.git("config", "user.signingkey", f"{key}.pub")
    assert doctor(kept)["signing key"][0] == "ok"
    key.unlink()
    assert doctor(kept)["signing key"] == ("look", "ssh-add -L")


def test_a_hook_that_is_asked_for(kept: Repository) -> None:
    """A pre-commit configuration wants its hook, where git looks for hooks."""
    assert doctor(kept)["hook"][0] == "ok"
    kept.write(".pre-commit-config.yaml", "repos: []\n")
    assert doctor(kept)["hook"][1].endswith("pre-commit install")
    kept.write(".git/hooks/pre-commit", "#!/bin/sh\n")
    (kept.root / ".git/hooks/pre-commit").chmod(0o755)
    assert doctor(kept)["hook"][0] == "ok"
    kept.git("config", "core.hooksPath", "elsewhere")
    assert doctor(kept)["hook"][1].startswith("git config --unset-all core.hooksPath; ")
    kept.git("config", "--unset-all", "core.hooksPath")
    kept.git("config", "--global", "core.hooksPath", "elsewhere")
    assert doctor(kept)["hook"] == ("look", "git config --show-origin --get-all core.hooksPath")


def test_outside_a_repository(
    kept: Repository, tmp_path: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where none is, there is one line: how to begin one; a folder that git does not know, too.

    Beginning one makes a commit, so who has no name yet is told to set it first.
    """
    (tmp_path / "plain").mkdir()
    found = doctor(Repository(tmp_path / "plain", run))
    assert list(found) == [*ALL[:9], "repository"]
    naming = 'git config --global user.name "Your Name" && '
    naming += "git config --global user.email you@example.com && "
    assert found["repository"] == ("mend", f"{naming}winloss init")
    as_kim(monkeypatch, tmp_path / "home")
    found = doctor(Repository(tmp_path / "plain", run))
    assert found["repository"] == ("mend", "winloss init")
    shutil.copytree(kept.root / "records", tmp_path / "plain/records")
    shutil.copytree(kept.root / "templates", tmp_path / "plain/templates")
    found = doctor(Repository(tmp_path, run), "--root", "plain")
    assert found["repository"] == ("mend", "git init -b main")


def test_a_repository_within_another(kept: Repository, run: Callable[..., Result]) -> None:
    """The outer one may take it in by a slip until told not to; a subfolder shares history."""
    outer = Repository(kept.root.parent, run)
    outer.git("init", "-q")
    assert mend(kept, "place") == "ok"
    within = kept.root / "within"
    for name in ("records", "templates"):
        shutil.copytree(kept.root / name, within / name)
    assert doctor(kept, "--root", str(within))["place"] == ("look", "git init -b main")


def test_a_broken_policy_hides_nothing_else(kept: Repository) -> None:
    """What rests on the rules says that they cannot be read; every other check stands."""
    kept.write(ROLES, "no front matter\n")
    kept.write(".git/config", (kept.root / ".git/config").read_text() + "[remote]\n")
    found = doctor(kept)
    assert list(found) == ALL
    broken = {check for check, (state, _) in found.items() if state == "mend"}
    assert broken == {"identity", "signing key", "provisional", "records"}
    assert found["records"] == ("mend", "winloss check")


def test_a_conflict_is_not_added_away(kept: Repository) -> None:
    """In the middle of a merge no mend files a conflict as a record."""
    branch = kept.git("branch", "--show-current").strip()
    for asked, day in ((("-c", "theirs"), "12"), ((branch,), "13")):
        kept.git("switch", "-q", *asked)
        kept.write(POST, re.sub("(?m)^date: .*$", f"date: 2026-07-{day}", kept.read(POST)))
        kept.git("commit", "-qam", day)
    with pytest.raises(subprocess.CalledProcessError):
        kept.git("merge", "-q", "theirs")
    assert doctor(kept)["uncommitted"] == ("mend", "git status")


def test_a_file_that_cannot_be_read_is_not_restored_away(kept: Repository) -> None:
    """What is there may be somebody's work: no mend writes over it."""
    (kept.root / ROLES).unlink()
    (kept.root / ROLES).symlink_to("elsewhere.md")
    found = doctor(kept)
    assert found["records"] == ("mend", "winloss check")
    assert not [hint for _, hint in found.values() if "restore" in hint]


def test_a_mend_names_a_folder_to_the_last_blank(
    kept: Repository, run: Callable[..., Result]
) -> None:
    """Two blanks in a folder's name are two in what is to be copied."""
    outer = kept.root.parent / "two  blanks"
    shutil.copytree(kept.root, outer / "firm")
    subprocess.run(["git", "init", "-q", str(outer)], check=True)
    said = Repository(outer / "firm", run).run("doctor").out
    assert f"echo /firm/ >> '{outer}/.gitignore'" in said


@pytest.mark.parametrize("variables", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"HOME": None}])
def test_a_terminal_that_knows_little(kept: Repository, variables: dict[str, str | None]) -> None:
    """Without a home, or in an encoding that has no Ü, each check still has its line."""
    kept.change("records/policy/exchange.md", "operations/reports/revenue", "Übersicht")
    changed = {**os.environ, **variables}
    asked = [sys.executable, "-m", "winloss", "doctor"]
    env = {name: value for name, value in changed.items() if value is not None}
    done = subprocess.run(asked, cwd=kept.root, env=env, capture_output=True, check=False)
    assert done.stderr == b""
    assert [line for line in ALL if f"  {line}" not in done.stdout.decode()] == []
    assert b"follow git's advice" not in done.stdout


def test_a_repository_that_git_cannot_read(kept: Repository) -> None:
    """Settings that are torn, and objects that are gone, are lines to mend and no traceback."""
    settings = kept.read(".git/config")
    kept.write(".git/config", "[torn\n")
    found = doctor(kept)
    assert list(found) == [*ALL[:9], "repository"]
    assert found["git"][0] == "ok"
    assert found["repository"] == ("mend", "follow git's advice, then try again")
    kept.write(".git/config", settings)
    shutil.move(kept.root / ".git/objects", kept.root.parent / "objects")
    (kept.root / ".git/objects").mkdir()
    found = doctor(kept)
    torn = {check for check, (_, hint) in found.items() if "git fsck" in hint}
    assert torn == {"main branch", "history", "rules", "uncommitted", "pages"}
    assert len(found) == len(ALL)
    shutil.rmtree(kept.root / ".git/objects")
    shutil.move(kept.root.parent / "objects", kept.root / ".git/objects")


def test_a_repository_that_lost_its_head(kept: Repository) -> None:
    """It is not taken for a folder without one, in which another could begin."""
    (kept.root / ".git/HEAD").rename(kept.root.parent / "HEAD")
    found = doctor(kept)["repository"]
    (kept.root.parent / "HEAD").rename(kept.root / ".git/HEAD")
    assert found == ("mend", "clone the repository again, beside this folder")


def test_who_stands_elsewhere_is_told_where_to_mend(
    kept: Repository, run: Callable[..., Result]
) -> None:
    """The mends are for the top of the repository, and the title says so from anywhere else."""
    assert "\nThis repository\n" in kept.run("doctor").out
    said = run("doctor", cwd=kept.root / "records").out
    assert f"\nThis repository (run what mends it in {kept.root})\n" in said


def test_a_bare_repository(kept: Repository, run: Callable[..., Result]) -> None:
    """Its commits are looked at, and nothing is asked of files that it has not."""
    place = kept.root.parent / "bare.git"
    kept.git("clone", "-q", "--bare", str(kept.root), str(place))
    found = doctor(Repository(place, run))
    assert list(found)[9:] == ["repository", "place", "main branch", "history", "token", "copy"]
    assert found["history"][0] == "ok"


def test_before_the_first_commit(kept: Repository) -> None:
    """A repository that holds no commit yet says so, check by check, and the first one mends it."""
    shutil.rmtree(kept.root / ".git")
    kept.git("init", "-q", "-b", "main")
    for name, value in (("name", "Petra"), ("email", "petra@example.com")):
        kept.git("config", f"user.{name}", value)
    assert doctor(kept)["main branch"][0] == "mend"
    assert mend(kept, "uncommitted") == "ok"
    assert doctor(kept)["main branch"][0] == "ok"


@pytest.mark.parametrize(
    ("prelude", "check", "said"),
    [
        ("import yaml; yaml.__with_libyaml__ = False", "libyaml", "was built without libyaml"),
        ("import os; os.environ['PATH'] = '/nowhere'", "git", "git cannot be run"),
    ],
)
def test_a_machine_without(prelude: str, check: str, said: str, kept: Repository) -> None:
    """Without libyaml or git, that is a line to mend, and the other lines of the machine stand."""
    code = f"{prelude}\nimport sys; sys.argv = ['winloss', 'doctor']\n"
    code += "import winloss.cli as cli; cli.main()"
    asked = [sys.executable, "-c", code]
    done = subprocess.run(asked, cwd=kept.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    line = next(each for each in done.stdout.splitlines() if each[8:].startswith(f"{check} "))
    assert line.startswith("  mend")
    assert said in line
    assert "  ok    Python" in done.stdout
    assert "Traceback" not in done.stdout


def test_words_say_what_colours_do(kept: Repository) -> None:
    """At a terminal what is to mend is red and says 'mend'; NO_COLOR leaves the words."""
    kept.git("config", "--remove-section", "user")
    _, said = at_a_terminal(kept.root, "doctor")
    assert "\x1b[31m  mend  identity" in said
    _, said = at_a_terminal(kept.root, "doctor", variables={"NO_COLOR": "1"})
    assert "\n  mend  identity" in said
    assert "\x1b" not in said


def test_what_a_machine_lacks_is_named() -> None:
    """Each fact of a machine that winloss needs, and the line that mends what it lacks."""
    assert python_sign((3, 10, 2), "/p").state == "mend"
    assert git_sign("git version 2.30.9").state == "mend"
    assert git_sign("git version 2.50.1 (Apple Git-155)").state == "ok"
    assert openssh_sign(None, is_needed=False).state == "look"
    assert openssh_sign("OpenSSH_7.9p1, LibreSSL 2.7", is_needed=True).state == "mend"
    assert openssh_sign("OpenSSH_for_Windows_9.5p1, LibreSSL 3.8", is_needed=True).state == "ok"
    assert openssh_sign("", is_needed=True).state == "look"
    assert winloss_sign("1", (), "/a b").mend == "export PATH='/a b':\"$PATH\""
    assert winloss_sign("1", ("/a/winloss", "/b/winloss"), "").state == "look"
    assert encoding_sign("ANSI_X3.4-1968", "LC_ALL", "bash").mend == "export LC_ALL=C.UTF-8"
    assert encoding_sign("utf8", "LANG", "bash").state == "ok"
    assert completion_sign("", is_on=False).state == "ok"
    wanted = calendar_sign("US", {"holidays": False, "icalendar": True}, "/a b/python")
    assert (wanted.state, wanted.mend) == ("mend", "'/a b/python' -m pip install holidays")
    assert calendar_sign("", {"holidays": False}, "python").state == "ok"


@pytest.mark.parametrize(
    ("named", "program", "others", "state", "mends"),
    [
        (("VISUAL", "code --wait"), "/bin/code", ["vim"], "ok", ""),
        (("VISUAL", "code"), "/bin/code", ["vim"], "mend", "export VISUAL='code --wait'"),
        (("EDITOR", "nona"), "", ["vim", "nano"], "mend", "export EDITOR=nano"),
        (("", ""), "", ["vim", "nano"], "look", "export EDITOR=nano"),
        (("", ""), "", [], "mend", "install nano"),
    ],
)
def test_the_editor_that_new_opens(
    named: tuple[str, str], program: str, others: list[str], state: str, mends: str
) -> None:
    """One that is not there, or that returns before anything is written, is to mend."""
    sign = editor_sign(named, program, others, "", "bash")
    assert (sign.state, sign.mend) == (state, mends)
    assert editor_sign(("", ""), "", ["vi"], "emacs", "fish").mend == "set -gx EDITOR emacs"


def test_each_shell_s_line_is_in_the_readme() -> None:
    """What doctor prints to switch completion on, the README says, too."""
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    for shell in ("bash", "zsh", "fish"):
        line = completion_sign(shell, is_on=False).mend.split("'")[1]
        assert f"`{line}`".replace("|", "\\|") in readme
