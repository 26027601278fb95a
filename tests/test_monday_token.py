"""The token of Monday.com: where it may come from, and that nobody else ever gets to see it."""

from __future__ import annotations

import base64
import copy
import html
import json
import os
import pickle
import shutil
import subprocess
import sys
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canaries import TOKEN as VALUE
from conftest import HOME, Repository, Result, examples
from scripted_http import Play, Scripted
from stories import CRO, DAY, NAME, Keys, begun, people, propose
from winloss import cli
from winloss.core.filing.request import Request
from winloss.core.filing.token import Token, said, token_of
from winloss.core.problem import CannotGoOn
from winloss.core.text.token_shape import blanked, tokens_in
from winloss.core.wording import UNSEEN
from winloss.edge import history, token
from winloss.edge.monday import Limits, Monday, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PRE = "records/deals/2026/1001-northwind/pre-delivery.md"


def part(text: str) -> str:
    """Return a text as a part of a token."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


AS_WRITTEN = (VALUE, quote(VALUE, safe=""), json.dumps(VALUE), html.escape(VALUE), VALUE[9:60])


def assert_unseen(text: str) -> None:
    """Hold that a text holds nothing of the token, however written."""
    for form in AS_WRITTEN:
        assert form not in text


# Where it comes from


@dataclass
class Home:
    """A records repository, and a folder outside it for a token's file."""

    root: Path
    outside: Path

    def file(self, content: str | bytes, mode: int = 0o600, place: Path | None = None) -> Path:
        """Write a token's file."""
        place = place or self.outside / "token"
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        place.chmod(mode)
        return place


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Return an empty repository, with no token in the environment."""
    for name in (token.VARIABLE, token.FILE_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    for name in ("root", "outside"):
        (tmp_path / name).mkdir()
    return Home(tmp_path / "root", tmp_path / "outside")


def test_the_token_is_taken_out_of_the_environment(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there once, for who takes it, and white space around it does not count."""
    monkeypatch.setenv(token.VARIABLE, f"  {VALUE}\n")
    held = token.taken_away()
    assert token.VARIABLE not in os.environ
    assert token.taken_away() is None
    assert token.read(held, home.root).reveal() == VALUE


def test_the_nearest_word_wins(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is named on the line, then the variable, then the file of a variable."""
    monkeypatch.setenv(token.FILE_VARIABLE, str(home.file("of-the-variable\r\n")))
    named = home.file("\ufeffof-the-option\n", place=home.outside / "named")
    assert token.read(Token("held"), home.root, named).reveal() == "of-the-option"
    assert token.read(Token("held"), home.root).reveal() == "held"
    assert token.read(Token(" "), home.root).reveal() == "of-the-variable"
    assert token.read(None, home.root).reveal() == "of-the-variable"


def refusal(read: Callable[[], object]) -> str:
    """Return why a token is refused; nothing of it is said."""
    with pytest.raises(CannotGoOn) as caught:
        read()
    assert_unseen("".join(traceback.format_exception(caught.value)))
    problem = caught.value.problems[0]
    assert problem.hint
    return f"{problem.message} / {problem.hint}"


def test_without_a_token_it_is_said_how_to_get_one(home: Home) -> None:
    """Where to click, and which variable to set."""
    why = refusal(lambda: token.read(None, home.root))
    assert "your avatar > Developers > My access tokens" in why
    assert all(name in why for name in ("MONDAY_API_TOKEN", "--token-file"))


BAD_TEXTS = {
    "": "is empty",
    " \r\n": "is empty",
    f"Bearer {VALUE}": "begins with 'Bearer'",
    f"bearer {VALUE}": "begins with 'Bearer'",
    f"{VALUE}\n{VALUE}": "white space",
    f"{VALUE} # mine": "white space",
    f"{VALUE}\0": "white space",
    f"{VALUE}\x1b[31m": "white space",
    f"{VALUE}é": "other characters",
    f"{VALUE}\u200b": "other characters",
    VALUE * 60: "4,096",
}


@pytest.mark.parametrize("text", BAD_TEXTS)
def test_what_cannot_be_a_token_is_refused(home: Home, text: str) -> None:
    """From the environment and from a file alike, and without saying it."""
    assert BAD_TEXTS[text] in refusal(lambda: token.read(Token(text), home.root))
    place = home.file(text)
    assert BAD_TEXTS[text] in refusal(lambda: token.read(None, home.root, place))


def test_a_token_is_not_kept_in_the_repository(home: Home) -> None:
    """Neither as a file, nor behind a link, whichever way the link points."""
    inside = home.file(VALUE, place=home.root / "token")
    link = home.outside / "link"
    link.symlink_to(inside)
    out = home.root / "out"
    out.symlink_to(home.file(VALUE))
    folder = home.outside / "folder"
    folder.symlink_to(home.root)
    for place in (inside, link, out, folder / "token", home.outside / ".." / "root" / "token"):
        assert "lies in the records repository" in refusal(
            lambda place=place: token.read(None, home.root, place)  # type: ignore[misc] # a default
        )


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such modes")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_may_read_is_refused(home: Home, mode: int) -> None:
    """And the line that mends it is said."""
    place = home.file(VALUE, mode)
    assert "chmod 600" in refusal(lambda: token.read(None, home.root, place))


def test_a_file_that_is_none(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing, a folder, and the token itself in place of a file's name: none is said."""
    for place in (
        home.outside / "none",
        home.outside,
        Path(VALUE),
        Path("x\0"),
        Path("~nobody1/x"),
    ):
        assert refusal(lambda place=place: token.read(None, home.root, place))  # type: ignore[misc] # a default
    monkeypatch.setenv(token.FILE_VARIABLE, VALUE)
    assert "cannot be read" in refusal(lambda: token.read(None, home.root))


@pytest.mark.parametrize(
    "typed",
    [
        ("file", VALUE),
        ("file", "--patience", VALUE),
        ("file", f"--{VALUE}"),
        ("file", "--setup", "--board", VALUE),
        (VALUE,),
    ],
)
def test_a_token_that_is_typed_by_a_slip_is_not_repeated(
    repository: Repository, typed: tuple[str, ...]
) -> None:
    """The refusal blanks it, and says what to do about the shell that remembers it."""
    result = repository.run(*typed)
    assert result.code == 2
    assert VALUE not in result.out + result.err
    assert "have Monday.com make another one" in " ".join(result.err.split())


def test_no_command_takes_the_token_on_its_line() -> None:
    """A line of a shell is kept in its history, and everybody on the machine may see it."""
    for verb in cli.VERBS:
        command = cli.group.get_command(click.Context(cli.group), verb)
        assert command is not None
        words = {word for option in command.params for word in option.opts}
        assert not {word for word in words if "token" in word} - {token.OPTION}


# What shows it


def test_a_token_shows_itself_to_nobody() -> None:
    """Neither printed, nor formatted, nor inside of something else, nor as a copy."""
    held = token_of(VALUE, "x")
    client = Monday("http://127.0.0.1:1", held, 0, print)
    for shown in (
        repr(held),
        str(held),
        f"{held}",
        f"{[held]}",
        repr(client),
        f"{vars(type(held))}",
    ):
        assert_unseen(shown)
    for copied in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            copied(held)
    with pytest.raises(TypeError):
        asdict(client)


@settings(max_examples=examples(200))
@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=4, max_size=60),
    st.lists(st.text(max_size=20), min_size=2, max_size=2),
)
def test_words_of_others_are_short_plain_and_without_the_token(
    value: str, around: list[str]
) -> None:
    """However the token is written in them; and no control character is left."""
    held = token_of(value, "x") if not value.casefold().startswith("bearer ") else Token(value)
    forms = (value, quote(value, safe=""), json.dumps(value)[1:-1], html.escape(value))
    for form in forms:
        shown = said(f"{around[0]}{form}{around[1]}", held)
        assert form not in held.hidden_in(f"{around[0]}{form}{around[1]}").replace("…", "")
        assert len(shown) <= 300
        assert UNSEEN.search(shown) is None
        assert "\n" not in shown


@dataclass
class Swept:
    """All that anybody could see of one question: what was said, raised, answered or printed."""

    server: Scripted
    seen: list[str] = field(default_factory=list)
    chained: list[BaseException | None] = field(default_factory=list)

    def ask(self, once: str = "k") -> None:
        """Ask, and keep everything."""
        held = token_of(VALUE, "x")
        limits = Limits(read=0.1, whole=0.25, most_bytes=10_000)
        client = Monday(self.server.url, held, 9, self.seen.append, lambda _: None, limits=limits)
        try:
            answer = client.ask(Request("WinlossCreateItem", {"name": "x"}, once))
            self.seen += [repr(answer), json.dumps(dict(answer.data))]
        except Stopped as cause:
            self.seen += [repr(cause), str(cause.refusal), cause.hint]
            self.seen += traceback.TracebackException.from_exception(
                cause, capture_locals=False
            ).format()
            self.chained = [cause.__cause__, cause.__context__]
        self.seen.append(repr(client))


def echo(status: int, text: str, code: str = "X", **headers: str) -> Play:
    """Return a reply that says a text everywhere it can."""
    where = {"code": code, "request_id": text, text: text}
    body = {
        "errors": [{"message": text, "extensions": where}],
        "data": {"create_item": {"id": text, text: [text]}},
        "extensions": {"request_id": text},
    }
    return Play(status, body, {"X-Request-Id": quote(text), **headers})


CODES = ("X", "DAILY_LIMIT_EXCEEDED", "NotAuthenticated", "GRAPHQL_VALIDATION_FAILED")
PLAYS = {
    **{
        f"{status} {form[:12]}": echo(status, form)
        for status in (200, 400, 401, 403, 409, 418, 423, 429, 500, 502, 503, 504)
        for form in AS_WRITTEN[:4]
    },
    **{code: echo(200, f"your token {VALUE} is bad", code) for code in CODES},
    "code": echo(200, VALUE, VALUE),
    "torn apart": echo(401, VALUE[:20] + "\0" + VALUE[20:]),
    "cut by the limit": echo(401, "x" * 280 + VALUE),
    "redirect": Play(307, "", {"Location": f"http://127.0.0.1:1/?t={VALUE}"}),
    "HTML": Play(502, f"<html>{VALUE}</html>"),
    "a wait": Play(429, VALUE, {"Retry-After": VALUE}),
    "of old": Play(body={"error_message": VALUE, "error_code": VALUE, "status_code": VALUE}),
    "reason": Play(200, f'{{"data": "{VALUE}', how="cut"),
    "large": Play(200, VALUE * 500),
    **{how: Play(how=how) for how in ("drop", "silent", "drip", "garbage", "slow-head")},
}


@pytest.fixture
def swept() -> Iterator[Swept]:
    """Return a server that may echo what it was sent."""
    with Scripted([]) as server:
        yield Swept(server)


@pytest.mark.parametrize("name", PLAYS)
@pytest.mark.parametrize("once", ["k", ""])
def test_no_failure_says_the_token(
    swept: Swept, name: str, once: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever a server answers, also with the token in it, nobody gets to see it from here."""
    swept.server.script = [PLAYS[name]] * 9
    swept.ask(once)
    assert swept.server.heard[0].headers["authorization"] == VALUE  # it was sent
    for text in (*swept.seen, *capfd.readouterr()):
        assert_unseen(text)
    assert not any(swept.chained)  # no traceback leads on to what was sent


# Who inherits it


@pytest.fixture(scope="module")
def signing_branch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository on the branch of a proposal, with the CRO's key at hand."""
    keys = Keys(tmp_path_factory.mktemp("keys"))
    story = begun(people(keys))
    propose(story, DAY)
    root = tmp_path_factory.mktemp("branch")
    me = {"user.name": CRO.name, "user.email": CRO.email}
    key = {"user.signingkey": str(keys.place / CRO.email)}
    history.build(root, story.stream(), NAME, me | key)
    return root


@dataclass
class Tripwires:
    """Programs that note what they inherit, before those on PATH."""

    folder: Path

    def set(self, name: str) -> None:
        """Lay one before a program, or where there is none."""
        real = shutil.which(name)
        place = self.folder / name
        go_on = f'exec "{real}" "$@"' if real else "exit 0"
        place.write_text(f'#!/bin/sh\nenv > "{self.folder}/seen.{name}.$$"\n{go_on}\n', "utf-8")
        place.chmod(0o755)

    @property
    def seen(self) -> dict[str, str]:
        """What each program that was run inherited."""
        found: dict[str, str] = {}
        for place in self.folder.glob("seen.*"):
            name = place.name.split(".")[1]
            found[name] = found.get(name, "") + place.read_text("utf-8", errors="replace")
        return found


@pytest.fixture
def tripwires(tmp_path: Path) -> Tripwires:
    """Return tripwires before each program that winloss runs."""
    made = Tripwires(tmp_path / "tripwires")
    made.folder.mkdir()
    for name in ("git", "ssh-keygen", "ssh", "bash", "the-editor"):
        made.set(name)
    return made


def run_apart(wires: Tripwires, root: Path, *arguments: str, **variables: str) -> Result:
    """Run winloss as a process of its own, with a token in its environment."""
    env = {
        **os.environ,
        "PATH": f"{wires.folder}{os.pathsep}{os.environ['PATH']}",
        "EDITOR": "the-editor",
        token.VARIABLE: VALUE,
        "KEPT": "as it was",
        **variables,
    }
    env.pop("VISUAL", None)
    done = subprocess.run(
        [sys.executable, "-m", "winloss", *arguments],
        cwd=root,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert_unseen(done.stdout + done.stderr)
    return Result(done.returncode, done.stdout, done.stderr)


LINES = {
    "new": (("new", "pre-delivery", "--deal", "9", "--edit"), {"git", "the-editor"}),
    "check": (("check",), {"git"}),
    "check-at": (("check", "--at", "HEAD"), {"git"}),
    "doctor": (("doctor",), {"git", "ssh"}),
    "whoami": (("whoami",), {"git"}),
    "rollup": (("rollup", "2026-Q2"), {"git"}),
    "log": (("log", "1001"), {"git"}),
    "due": (("due",), {"git"}),
    "audit": (("audit",), {"git"}),
    "init": (("init", "firm"), {"git"}),
}


@pytest.mark.parametrize("name", LINES)
def test_no_program_inherits_the_token(
    repository: Repository, tripwires: Tripwires, name: str
) -> None:
    """Neither git nor an editor nor SSH, whichever verb runs it; what else is set, they inherit."""
    line, programs = LINES[name]
    run_apart(tripwires, repository.root, *line)
    seen = tripwires.seen
    assert programs <= seen.keys()
    for inherited in seen.values():
        assert "KEPT=as it was" in inherited
        assert token.VARIABLE not in inherited
        assert_unseen(inherited)


def test_who_signs_does_not_inherit_the_token(
    signing_branch: Path, tmp_path: Path, tripwires: Tripwires
) -> None:
    """The program that signs a decision knows nothing of Monday.com."""
    shutil.copytree(signing_branch, tmp_path / "branch")
    line = ("approve", NAME, "--decision", "approved", "--yes")
    done = run_apart(tripwires, tmp_path / "branch", *line)
    assert done.code == 0, done.err
    assert "ssh-keygen" in tripwires.seen
    for inherited in tripwires.seen.values():
        assert_unseen(inherited)


@pytest.mark.parametrize("what", ["bash_source", "bash_complete"])
def test_completion_hands_the_token_to_nobody(
    repository: Repository, tripwires: Tripwires, what: str
) -> None:
    """Also where click runs a shell to learn its version, and answers as it did before."""
    asked = {"_WINLOSS_COMPLETE": what, "COMP_WORDS": "winloss che", "COMP_CWORD": "1"}
    done = run_apart(tripwires, repository.root, **asked)
    assert done.code == 0
    assert ("check" in done.out) or ("_WINLOSS_COMPLETE" in done.out)
    for inherited in tripwires.seen.values():
        assert_unseen(inherited)


def test_a_tripwire_trips(tripwires: Tripwires) -> None:
    """What the tests above rely on: a program that does inherit the token is seen."""
    env = {**os.environ, token.VARIABLE: VALUE}
    subprocess.run([tripwires.folder / "the-editor"], env=env, check=True)
    assert VALUE in tripwires.seen["the-editor"]


def test_the_desk_keeps_what_the_door_took(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verb finds the token on its desk, and no longer in the environment."""
    found: list[object] = []

    @click.command()
    @click.pass_obj
    def look(desk: object) -> None:
        found.extend((desk, token.VARIABLE in os.environ))

    monkeypatch.setattr(cli.group, "get_command", lambda *_: look)
    monkeypatch.setenv(token.VARIABLE, VALUE)
    assert repository.run("check").code == 0
    assert found[0].token.reveal() == VALUE  # type: ignore[attr-defined] # a desk
    assert found[1] is False
    assert_unseen(repr(found[0]))


# Who files it


def test_a_token_is_known_by_its_shape() -> None:
    """A JWT is one, wherever it stands; three words with dots between them are none."""
    assert tokens_in(VALUE) == [(0, len(VALUE))]
    for before, after in (("x", ""), ('"', '"'), ("token=", " "), ("\\n", "\\n"), ("a.b.", ".")):
        (begin, end), *more = tokens_in(f"{before}{VALUE}{after}")
        assert not more
        assert VALUE in f"{before}{VALUE}{after}"[begin : end + 1]
    other = ".".join((part('{"typ":"JWT"}'), part('{"a":1}'), "s" * 43))
    listed = ".".join((part('{"alg":"x"}'), part("[1]"), "s" * 43))
    for text in (other, listed, "www.example.com", "i.e.this.is.none", VALUE[:-20], "e.e.e" * 999):
        assert tokens_in(text) == []
    assert len(tokens_in(f"{VALUE} and {VALUE}")) == 2


@settings(max_examples=examples(200))
@given(st.text(st.sampled_from("ey.JA-_0 \n"), max_size=400), st.text(max_size=20))
def test_what_is_blanked_keeps_its_place(first: str, last: str) -> None:
    """Blanking leaves every other character where it was, and no token."""
    text = f"{first} {VALUE} {last}"
    hidden = blanked(text)
    assert len(hidden) == len(text)
    assert tokens_in(hidden) == []
    assert VALUE not in hidden
    assert hidden.startswith(f"{first} _")


def test_a_long_line_takes_no_longer_than_it_is() -> None:
    """Files that look like tokens everywhere are read to their end at once."""
    for text in ("a" * 10**6, "e." * 10**6, f"{part('{}')}." * 10**5, "ey" * 10**6 + ".e30.x"):
        assert tokens_in(text) == []


FORMATS = ("text", "json", "github", "gitlab", "sarif", "junit")
FILED = {
    "an answer": (PRE, "customer: Northwind Traders", f"customer: {VALUE}", 11),
    "a code": (PRE, "dimension: ", f"dimension: {VALUE}", None),
    "text": (PRE, "\n## ", f"\n{VALUE}\n\n## ", 1),
    "what is no YAML": (PRE, "customer: Northwind", f"customer: [{VALUE}", 12),
}


@pytest.mark.parametrize("name", FILED)
@pytest.mark.parametrize("form", FORMATS)
def test_a_token_in_a_record_is_an_error(repository: Repository, name: str, form: str) -> None:
    """It has a line and a column, and no format says it, whatever else is wrong there."""
    path, old, new, column = FILED[name]
    text = repository.read(path)
    assert old in text
    repository.write(path, text.replace(old, new, 1))
    done = repository.run("check", "--format", form)
    assert done.code == 1
    assert "token-in-file" in done.out
    assert_unseen(done.out + done.err)
    if form == "json" and column:
        (found,) = [each for each in json.loads(done.out)["problems"] if "token" in each["slug"]]
        line = repository.read(path).split("\n")[found["line"] - 1]
        assert line[found["column"] - 1 :].startswith(VALUE)
        assert found["column"] == column


OTHER_FILES = {
    "records/README.md": f"# Notes\n\nmy token: {VALUE}\n".encode(),
    "records/notes.txt": VALUE.encode(),
    "records/utf-16.txt": VALUE.encode("utf-16"),
    "records/deals/2026/1001-northwind/lost.md": VALUE.encode("utf-16"),
    "templates/notes.txt": VALUE.encode(),
    "templates/rollup/more.md.j2": f"{{# {VALUE} #}}".encode(),
    "records/policy/more.md": f"---\ntoken: {VALUE}\n---\n".encode(),
}


@pytest.mark.parametrize("path", OTHER_FILES)
def test_a_token_in_any_other_file_is_an_error(repository: Repository, path: str) -> None:
    """Below records/ and templates/ no file may hold one, whatever its kind."""
    repository.write(path, OTHER_FILES[path])
    done = repository.run("check")
    assert done.code == 1
    assert f"{path}:" in done.out
    assert " error token-in-file: " in done.out
    assert_unseen(done.out + done.err)
    assert VALUE[:12] not in done.out.replace("⟨U+0000⟩", "")


@pytest.mark.parametrize(
    "line",
    [
        ("due",),
        ("status",),
        ("rollup", "2026-Q2", "--stdout"),
        ("rollup", "2026-Q2", "--stdout", "--allow-problems"),
        ("log", "1001"),
        ("log", "1001", "--format", "json"),
        ("audit",),
        ("file",),
    ],
)
def test_no_page_says_a_token_that_a_record_holds(
    repository: Repository, line: tuple[str, ...]
) -> None:
    """A record with a token in it has an error, and no verb reads on; nor is a message shown."""
    repository.change(PRE, "customer: Northwind Traders", f"customer: {VALUE}")
    repository.git("commit", "-qam", f"By a slip: {VALUE}")
    done = repository.run(*line)
    assert done.out or done.err
    assert "Usage:" not in done.err
    assert_unseen(done.out + done.err)


def doctor(repository: Repository) -> dict[str, str]:
    """Return what doctor says of the token."""
    done = repository.run("doctor", "--format", "json")
    assert_unseen(done.out + done.err)
    (found,) = [each for each in json.loads(done.out)["checks"] if each["check"] == "token"]
    assert isinstance(found, dict)
    return found


def test_doctor_looks_at_every_tracked_file(repository: Repository) -> None:
    """What git tracks is looked at, outside of records/, too; what it does not track is not."""
    assert doctor(repository)["state"] == "ok"
    repository.write("scripts/push.sh", f"curl -H 'Authorization: {VALUE}'\n")
    assert doctor(repository)["state"] == "ok"
    repository.git("add", "scripts")
    found = doctor(repository)
    assert found["state"] == "mend"
    assert found["message"].startswith("scripts/push.sh holds a token of Monday.com: ")
    repository.git("commit", "-qm", "x")
    repository.git("clone", "-q", "--bare", ".", "../bare.git")
    bare = Repository(repository.root.parent / "bare.git", repository._run)  # noqa: SLF001 - as the fixture's
    assert doctor(bare)["state"] == "mend"


def test_doctor_knows_the_token_that_is_set(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its shape, its value is found where it was committed, also in a URL."""
    value = "not/shaped+like:one-of-Monday.com"
    repository.write("setup.cfg", f"[x]\nurl = https://h.example/?t={quote(value, safe='')}\n")
    repository.git("add", "setup.cfg")
    assert doctor(repository)["state"] == "ok"
    monkeypatch.setenv(token.VARIABLE, value)
    found = doctor(repository)
    assert found["state"] == "mend"
    assert value not in str(found)


@pytest.mark.skipif(not (HOME / ".git").exists(), reason="this is no repository")
def test_no_file_of_this_repository_holds_a_token() -> None:
    """Not even one that is made up."""
    for path, data in history.tracked(HOME):
        assert not tokens_in(data.decode("utf-8", "replace")), path
