"""Publishing for readers who may not see the records: what goes out, and what is refused."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from canaries import everything_in, found_in, planted, words
from conftest import at_a_terminal
from follow_up import day, follow_up
from winloss.core.publishing.leaks import Secrets, leaks_in, words_of
from winloss.edge import publication

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Repository

PAGE = "operations/reports/revenue/win-loss-2026-Q2.md"
EXCHANGE = "records/policy/exchange.md"
ROLES = "records/policy/roles.md"
HANDOFF = "records/deals/2026/1001-northwind/pre-delivery.md"


def readers(tmp_path: Path, *more: str) -> Path:
    """Return an empty repository for the readers."""
    place = tmp_path / "pages.git"
    subprocess.run(["git", "init", "-q", "--bare", *more, str(place)], check=True)
    return place


def clone(place: Path, into: Path) -> Path:
    """Return a clone, as a reader makes it."""
    subprocess.run(["git", "clone", "-q", str(place), str(into)], check=True)
    return into


def file_page(repository: Repository) -> None:
    """Build the page of 2026-Q2, and commit it with all that was changed before."""
    repository.git("add", "-A")
    repository.git("commit", "-qm", "Mend", "--allow-empty")
    assert repository.run("rollup", "2026-Q2").code == 0
    repository.git("add", "-A")
    repository.git("commit", "-qm", "File the page")


def log(place: Path, form: str) -> list[str]:
    """Return what git's log prints of a bare repository, oldest first."""
    asked = ["git", f"--git-dir={place}", "log", "--all", "--reverse", f"--format={form}"]
    return subprocess.run(asked, capture_output=True, check=True, text=True).stdout.splitlines()


def test_only_pages_and_the_anchor_are_published(repository: Repository, tmp_path: Path) -> None:
    """The readers' clone holds the page, counted anew, the anchor, and nothing else."""
    file_page(repository)
    place = readers(tmp_path)
    done = repository.run("publish", "--audience", "cmo", "--to", str(place))
    assert done.code == 0, done.err
    assert done.out.splitlines()[:2] == ["+ win-loss-2026-Q2.md", "+ anchor.json"]
    mine = clone(place, tmp_path / "mine")
    assert sorted(each.name for each in mine.iterdir()) == [
        ".git",
        "anchor.json",
        "win-loss-2026-Q2.md",
    ]
    page = (mine / "win-loss-2026-Q2.md").read_text(encoding="utf-8")
    assert "| Post-delivery summary | fewer than 3 |" in page
    anchor = json.loads((mine / "anchor.json").read_text(encoding="utf-8"))
    assert anchor["tip"] == repository.git("rev-parse", "HEAD").strip()
    assert repository.git("status", "--porcelain") == ""


def test_commits_are_made_anew(repository: Repository, tmp_path: Path) -> None:
    """A publication's commits have one author, a fixed message, and midnight for a time."""
    file_page(repository)
    place = readers(tmp_path)
    repository.run("publish", "--audience", "cmo", "--to", str(place))
    midnight = int(datetime(2026, 11, 21, tzinfo=UTC).timestamp())
    told = f"winloss <winloss@localhost> at {midnight}"
    assert log(place, "%an <%ae> at %at, %cn <%ce> at %ct: %s%b") == [
        f"{told}, {told}: Rollup 2026-Q2"
    ]
    mine = {each.split()[0] for each in repository.git("rev-list", "--all").splitlines()}
    assert not mine & set(log(place, "%H"))


def test_publishing_twice_sends_nothing_twice(repository: Repository, tmp_path: Path) -> None:
    """What is there as it should be is left alone, and a new tip moves the anchor only."""
    file_page(repository)
    place = readers(tmp_path)
    repository.run("publish", "--audience", "cmo", "--to", str(place))
    again = repository.run("publish", "--audience", "cmo", "--to", str(place))
    assert again.out.splitlines()[:2] == ["= win-loss-2026-Q2.md", "= anchor.json"]
    assert "up to date" in again.out
    repository.git("commit", "-q", "--allow-empty", "-m", "More")
    moved = repository.run("publish", "--audience", "cmo", "--to", str(place))
    assert moved.out.splitlines()[:2] == ["= win-loss-2026-Q2.md", "~ anchor.json"]
    assert log(place, "%s") == ["Rollup 2026-Q2", "Anchor"]


def test_a_rehearsal_sends_nothing_and_says_who_is_who(
    repository: Repository, tmp_path: Path
) -> None:
    """--dry-run lists the files and the deals behind the labels, and leaves the readers' as is."""
    repository.change(EXCHANGE, "at_least: 3", "at_least: 1")
    file_page(repository)
    place = readers(tmp_path)
    done = repository.run("publish", "--audience", "cmo", "--to", str(place), "--dry-run")
    assert done.code == 0
    assert re.search(r"Deal [AB] is 1001 Northwind Traders", done.out)
    assert done.out.splitlines()[-1] == "Nothing was sent."
    assert log(place, "%s") == []


def test_show_prints_the_page_that_readers_get(repository: Repository, tmp_path: Path) -> None:
    """--show prints, byte for byte, what is published later, and wants no readers' repository."""
    file_page(repository)
    shown = repository.run("publish", "--audience", "cmo", "--show", "2026-Q2")
    place = readers(tmp_path)
    repository.run("publish", "--audience", "cmo", "--to", str(place))
    mine = clone(place, tmp_path / "mine")
    assert (mine / "win-loss-2026-Q2.md").read_text(encoding="utf-8") == shown.out
    wrong = repository.run("publish", "--audience", "cmo", "--show", "2026-Q1")
    assert (wrong.code, "no page of 2026-Q1" in wrong.err) == (2, True)
    early = ["--today", "2026-06-30", "publish", "--audience", "cmo", "--show"]
    assert "2026-Q2 has not ended" in repository.run(*early, "2026-Q2").err
    assert "none of a quarter that has ended is filed" in repository.run(*early, "2026-Q1").err


def test_no_planted_word_reaches_a_reader(repository: Repository, tmp_path: Path) -> None:
    """Words planted wherever a person can write one are in no object of the readers' clone."""
    used: list[str] = []
    planting = words(used)
    for path in sorted(repository.files()):
        if path.startswith("records/deals/"):
            repository.write(path, planted(repository.read(path), planting))
    for kind, held in (("day-30", 17), ("day-60", 18)):
        for path, content in follow_up(kind, day(held)).items():
            repository.write(path, planted(content.decode(), planting))
    repository.change(
        ROLES, "people: []", f"people: [{{role: cro, name: {next(planting)}, email: z@z.example}}]"
    )
    deal = next(planting)
    gone = f"records/deals/2026/{deal}-{next(planting).lower()}/pre-delivery.md"
    repository.write(gone, repository.read(HANDOFF).replace("deal: 1001", f"deal: {deal}"))
    repository.git("add", "-A")
    author = f"{next(planting)} <{next(planting)}@example.com>"
    repository.git("commit", "-qm", f"About {next(planting)}", "--author", author)
    repository.git("rm", "-qr", gone)
    repository.git("commit", "-qm", "Away with it")
    repository.git("branch", next(planting))
    repository.git("tag", "-a", next(planting), "-m", next(planting))
    repository.git("notes", "add", "-m", next(planting))
    assert len(used) > 25
    file_page(repository)
    assert found_in(repository.root, used) == set(used)  # the search itself finds them
    place = readers(tmp_path)
    done = repository.run("publish", "--audience", "cmo", "--to", str(place))
    assert done.code == 0, done.err
    mine = clone(place, tmp_path / "mine")
    for clone_or_origin in (mine, place):
        assert found_in(clone_or_origin, used) == set()
    assert b"2026-Q2" in b"".join(everything_in(mine))


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Lost it to Tailspin Toys", "a customer: Tailspin Toys"),
        ("Lost it to tailspin-toys", "a customer: Tailspin Toys"),
        ("Deal 1002", "a deal: 1002"),
        ("Ask Ingrid Vatne", "a person: Ingrid Vatne"),
        ("Ask ingrid@example.com", "a person: ingrid@example.com"),
        (
            "As they said: a board date mattered more than budget",
            "words of records/deals/2026/1001",
        ),
    ],
)
def test_a_title_that_gives_something_away_stops_all(
    repository: Repository, tmp_path: Path, title: str, named: str
) -> None:
    """A customer, a deal, a person or a quotation in a title is refused, with its place."""
    repository.change("records/policy/taxonomy.md", "price: Price", f'price: "{title}"')
    repository.change(EXCHANGE, "at_least: 3", "at_least: 1")
    repository.change(
        ROLES, "people: []", "people: [{role: cro, name: Ingrid Vatne, email: ingrid@example.com}]"
    )
    delivery = HANDOFF.replace("pre-", "post-")
    repository.change(
        delivery, "A board date mattered more", "A board date mattered more than budget"
    )
    file_page(repository)
    place = readers(tmp_path)
    done = repository.run("publish", "--audience", "cmo", "--to", str(place))
    assert done.code == 1
    assert re.search(
        rf"win-loss-2026-Q2.md:\d+:1: error leak: this would publish {named}", done.err
    )
    assert log(place, "%s") == []


def test_the_records_are_never_published_into_themselves(
    repository: Repository, tmp_path: Path
) -> None:
    """The records repository, a subfolder of it, its remote and a clone of it are all refused."""
    file_page(repository)
    remote = tmp_path / "remote.git"
    repository.git("clone", "-q", "--bare", ".", str(remote))
    empty = readers(tmp_path)
    repository.git("remote", "add", "pages", f"{empty}/")
    clone(remote, tmp_path / "clone")
    for to in (".", "records", ".git", str(remote), str(tmp_path / "clone"), str(empty)):
        before = log(remote, "%H")
        done = repository.run("publish", "--audience", "cmo", "--to", to)
        assert done.code == 2, to
        assert "is the records repository" in done.err or "of the records" in done.err, to
        assert log(remote, "%H") == before
    assert log(empty, "%s") == []


def test_a_repository_that_once_held_records_is_refused(
    repository: Repository, tmp_path: Path
) -> None:
    """One commit of the records anywhere in the readers' history is enough to refuse it."""
    file_page(repository)
    place = readers(tmp_path)
    repository.run("publish", "--audience", "cmo", "--to", str(place))
    repository.git("push", "-q", str(place), "HEAD~1:refs/heads/by-mistake")
    repository.git("commit", "-q", "--allow-empty", "-m", "More")
    done = repository.run("publish", "--audience", "cmo", "--to", str(place))
    assert done.code == 2
    assert "of the records" in done.err


def test_what_was_published_by_hand_is_looked_through_too(
    repository: Repository, tmp_path: Path
) -> None:
    """A file, a name or a message that somebody put into the readers' repository is found."""
    file_page(repository)
    place = readers(tmp_path)
    repository.run("publish", "--audience", "cmo", "--to", str(place))
    mine = clone(place, tmp_path / "mine")
    (mine / "northwind-traders.txt").write_text("x", encoding="utf-8")
    for command in (["add", "-A"], ["commit", "-qm", "About Tailspin Toys"], ["push", "-q"]):
        who = ["-c", "user.name=B", "-c", "user.email=b@example.com"]
        subprocess.run(["git", "-C", str(mine), *who, *command], check=True)
    repository.git("commit", "-q", "--allow-empty", "-m", "More")
    done = repository.run("publish", "--audience", "cmo", "--to", str(place))
    assert done.code == 1
    assert "the names of files:" in done.err
    assert "commit " in done.err
    assert "Northwind Traders" in done.err
    assert "Tailspin Toys" in done.err


def test_a_page_that_is_not_what_its_records_say_is_not_published(
    repository: Repository, tmp_path: Path
) -> None:
    """An edited page stops the publication, and the message says how to see what differs."""
    file_page(repository)
    repository.change(PAGE, "**Won 1**", "**Won 9**")
    repository.git("commit", "-qam", "Better")
    done = repository.run("publish", "--audience", "cmo", "--to", str(readers(tmp_path)))
    assert done.code == 1
    assert "winloss rollup 2026-Q2 --check" in done.err


def test_a_page_goes_out_as_it_was_filed(repository: Repository, tmp_path: Path) -> None:
    """A policy that changed after the page was filed stops no publication."""
    file_page(repository)
    repository.change("records/policy/taxonomy.md", "price: Price", "price: The price")
    repository.git("commit", "-qam", "Say it better")
    done = repository.run("publish", "--audience", "cmo", "--to", str(readers(tmp_path)))
    assert done.code == 0, done.err


def test_a_page_of_a_running_quarter_stays_at_home(repository: Repository, tmp_path: Path) -> None:
    """A quarter that has not ended is left out, and said to be."""
    file_page(repository)
    place = readers(tmp_path)
    done = repository.run(
        "--today", "2026-06-30", "publish", "--audience", "cmo", "--to", str(place)
    )
    assert done.code == 0
    assert "Left out, because it has not ended: 2026-Q2" in done.err
    assert done.out.splitlines()[0] == "+ anchor.json"


def test_what_is_on_the_disk_or_on_a_branch_is_not_published(
    repository: Repository, tmp_path: Path
) -> None:
    """The main branch is published, whatever is checked out and however the files look now."""
    file_page(repository)
    repository.git("switch", "-qc", "try")
    repository.change(PAGE, "**Won 1**", "**Won 9**")
    repository.git("commit", "-qam", "Better")
    repository.write(PAGE, "nothing")
    place = readers(tmp_path)
    assert repository.run("publish", "--audience", "cmo", "--to", str(place)).code == 0
    anchor = clone(place, tmp_path / "mine") / "anchor.json"
    assert (
        json.loads(anchor.read_text("utf-8"))["tip"] == repository.git("rev-parse", "main").strip()
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--audience", "cmo"), "--to REPO"),
        (("--audience", "cfo", "--to", "pages"), "did you mean 'cmo'?"),
        (("--audience", "cmo", "--to", "nowhere"), "git init --bare nowhere"),
        (("--audience", "cmo", "--to", "--upload-pack=touch x"), "there is no folder"),
        (("--audience", "cmo", "--to", "ext::sh -c touch% x"), "git refuses"),
        (("--audience", "cmo", "--to", "https://127.0.0.1:9/pages.git"), "git refuses"),
    ],
)
def test_a_wrong_address_says_what_to_do(
    repository: Repository, arguments: tuple[str, ...], said: str
) -> None:
    """A missing or wrong option, and an address that runs a program or answers not, are refused."""
    file_page(repository)
    done = repository.run("publish", *arguments)
    assert done.code == 2
    assert said in done.err
    assert not (repository.root / "x").exists()


def test_a_folder_that_is_no_repository_is_refused(repository: Repository, tmp_path: Path) -> None:
    """A plain folder is told from a repository."""
    file_page(repository)
    (tmp_path / "plain").mkdir()
    done = repository.run("publish", "--audience", "cmo", "--to", str(tmp_path / "plain"))
    assert (done.code, "is no repository" in done.err) == (2, True)


def test_a_repository_of_longer_ids_can_be_published_into(
    repository: Repository, tmp_path: Path
) -> None:
    """The readers' repository may name contents by SHA-256."""
    file_page(repository)
    place = readers(tmp_path, "--object-format=sha256")
    assert repository.run("publish", "--audience", "cmo", "--to", str(place)).code == 0
    assert len(log(place, "%H")[0]) == 64


def test_nothing_is_sent_before_a_person_agrees(repository: Repository, tmp_path: Path) -> None:
    """At a terminal the command asks, and sends nothing on a no."""
    file_page(repository)
    place = readers(tmp_path)
    asked = ("publish", "--audience", "cmo", "--to", str(place))
    code, said = at_a_terminal(repository.root, *asked, typed=("[y/N]", "n\n"))
    assert (code, log(place, "%s")) == (130, []), said
    code, said = at_a_terminal(repository.root, *asked, typed=("[y/N]", "y\n"))
    assert (code, log(place, "%s")) == (0, ["Rollup 2026-Q2"]), said


def test_the_anchor_shows_a_history_that_was_rewritten(
    repository: Repository, tmp_path: Path
) -> None:
    """Audit --anchor passes while each anchored tip is on the line, and finds when one is not."""
    file_page(repository)
    place = readers(tmp_path)
    repository.run("publish", "--audience", "cmo", "--to", str(place))
    honest = repository.run("audit", "--anchor", str(place))
    assert "Held against 1 tip of the anchor." in honest.out
    assert "history-rewritten" not in honest.out
    repository.git("commit", "-q", "--amend", "-m", "Another")
    done = repository.run("audit", "--anchor", str(place))
    assert done.code == 1
    assert "history-rewritten" in done.out
    file = clone(place, tmp_path / "mine") / "anchor.json"
    assert "history-rewritten" in repository.run("audit", "--anchor", str(file)).out


def test_an_anchor_that_was_replaced_is_still_held(repository: Repository, tmp_path: Path) -> None:
    """Every tip that the publication ever named counts, not only the last one."""
    file_page(repository)
    place = readers(tmp_path)
    repository.run("publish", "--audience", "cmo", "--to", str(place))
    repository.git("commit", "-q", "--amend", "-m", "Another")
    repository.run("publish", "--audience", "cmo", "--to", str(place))
    assert "history-rewritten" in repository.run("audit", "--anchor", str(place)).out


def test_what_holds_no_anchor_is_no_anchor(repository: Repository, tmp_path: Path) -> None:
    """A repository or a file without an anchor is told, and passes for nothing."""
    place = tmp_path / "anchor.json"
    for content in ("", "[]", '{"tip": 1}', '{"tip": "--all"}'):
        place.write_text(content, encoding="utf-8")
        done = repository.run("audit", "--anchor", str(place))
        assert (done.code, "names no commit" in done.err) == (2, True)
    done = repository.run("audit", "--anchor", str(readers(tmp_path)))
    assert (done.code, "holds no anchor" in done.err) == (2, True)


SECRETS = Secrets(
    {"Zoë & Söhne GmbH": "a customer", "8841207731": "a deal", "Ada Byron": "a person", "HP": "x"},
    {"a note": "The export of partner deals came a week late, after two calls"},
    frozenset(["Partner-sourced revenue cannot be attributed at all"]),
)


@pytest.mark.parametrize(
    "text",
    [
        "Zoë & Söhne GmbH",
        "zoe \\& sohne gmbh",
        "Zoe\u0308 und | ZOË &amp; SÖHNE\nGMBH",
        "zo%C3%AB-s%C3%B6hne-gmbh",
        "item 8841207731.",
        base64.b64encode(b"x8841207731").decode(),
        base64.b64encode("xxZoë & Söhne GmbH is here".encode()).decode(),
        b"8841207731".hex(),
        hashlib.sha256(b"8841207731").hexdigest(),
        f"label-{hashlib.sha256(b'8841207731').hexdigest()[:16]}",
        "by ada_byron",
        "Ada\u200b By\u00adron",
        "export of partner deals came a",
        "**Export** of *partner*\ndeals came a week",
    ],
)
def test_a_secret_is_found_however_it_is_written(text: str) -> None:
    """Case, accents, escapes, line ends, digests and other alphabets hide nothing."""
    assert leaks_in([("page", f"First line\n{text}\n")], SECRETS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Söhne GmbH, zoës",
        "88412077310 and 841207731",
        "HP",
        "Ada and Byron",
        "the export of partner deals",
        "Partner-sourced revenue cannot be attributed at all",
        hashlib.sha256(b"8841207732").hexdigest(),
    ],
)
def test_what_is_no_secret_is_let_through(text: str) -> None:
    """Parts of a name, five words of a text and what the policy says itself are no leak."""
    assert leaks_in([("page", text)], SECRETS) == []


def test_words_are_alike_however_they_are_written() -> None:
    """A text's words are the same composed or not, escaped or not."""
    assert words_of("Zoë_Söhne") == words_of("ZOE\u0308 S&ouml;hne") == ("zoe", "sohne")


def test_no_program_of_the_readers_repository_is_run(
    repository: Repository, tmp_path: Path
) -> None:
    """Neither a hook nor a command in the settings of a repository on this machine runs."""
    file_page(repository)
    place = readers(tmp_path)
    own = tmp_path / "hooks"
    for folder in (place / "hooks", own):
        for name in ("pre-receive", "post-update", "reference-transaction"):
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n", encoding="utf-8")
            (folder / name).chmod(0o755)
    (tmp_path / "other").mkdir()
    shared = readers(tmp_path / "other") / "objects"
    (place / "objects" / "info" / "alternates").write_text(f"{shared}\n", encoding="utf-8")
    settings = {"core.alternateRefsCommand": f"touch '{tmp_path}/ran';:"}
    for more in ({}, {"core.hooksPath": str(own)}):
        for name, value in {**settings, **more}.items():
            subprocess.run(["git", "-C", str(place), "config", name, value], check=True)
        for to in (str(place), f"file://{place}"):
            repository.git("commit", "-q", "--allow-empty", "-m", "More")
            done = repository.run("publish", "--audience", "cmo", "--to", to)
            assert "Published to" in done.out, done.err
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("ref", ["refs/pull/1/head", "refs/notes/commits", "refs/heads/gone"])
def test_records_behind_any_ref_are_found(repository: Repository, tmp_path: Path, ref: str) -> None:
    """Whoever reads one ref may fetch all; and on this machine what no ref leads to any more."""
    file_page(repository)
    place = readers(tmp_path)
    repository.git("push", "-q", str(place), f"HEAD:{ref}")
    if ref.endswith("gone"):
        subprocess.run(["git", "-C", str(place), "update-ref", "-d", ref], check=True)
    done = repository.run("publish", "--audience", "cmo", "--to", str(place))
    assert (done.code, "of the records" in done.err) == (2, True)


def test_a_name_in_a_tagged_folder_is_found(repository: Repository, tmp_path: Path) -> None:
    """A tag may name a folder that is in no commit."""
    file_page(repository)
    place = readers(tmp_path)

    def git(*arguments: str, given: str = "") -> str:
        asked = ["git", "-C", str(place), *arguments]
        done = subprocess.run(asked, input=given, capture_output=True, check=True, text=True)
        return done.stdout.strip()

    content = git("hash-object", "-w", "--stdin", given="x")
    folder = git("mktree", given=f"100644 blob {content}\tTailspin Toys.txt\n")
    git("update-ref", "refs/tags/odd", folder)
    done = repository.run("publish", "--audience", "cmo", "--to", str(place))
    assert "the names of files:1:1: error leak: this would publish a customer" in done.err


def test_an_edition_that_was_fetched_is_no_record(repository: Repository, tmp_path: Path) -> None:
    """Somebody who looked at the pages from the records repository does not stop the next ones."""
    file_page(repository)
    place = readers(tmp_path)
    repository.run("publish", "--audience", "cmo", "--to", str(place))
    repository.git("fetch", "-q", str(place), "+refs/heads/*:refs/pages/*")
    repository.git("commit", "-q", "--allow-empty", "-m", "More")
    done = repository.run("publish", "--audience", "cmo", "--to", str(place))
    assert done.code == 0, done.err


@pytest.mark.parametrize("to", ["~nobody-of-this-name/pages", "x" * 5000, "a\0b"])
def test_an_address_that_no_folder_can_have_is_told(repository: Repository, to: str) -> None:
    """A home that is not there, and a name that is too long, are wrong addresses like others."""
    file_page(repository)
    for asked in (("publish", "--audience", "cmo", "--to"), ("audit", "--anchor")):
        done = repository.run(*asked, to)
        assert (done.code, "there is no folder" in done.err) == (2, True)


def test_an_anchor_nested_too_deep_is_no_anchor(repository: Repository, tmp_path: Path) -> None:
    """JSON that no reader can unfold is told like any other file without an anchor."""
    place = tmp_path / "anchor.json"
    place.write_text("[" * 200_000, encoding="utf-8")
    done = repository.run("audit", "--anchor", str(place))
    assert (done.code, "names no commit" in done.err) == (2, True)


def file_deal(repository: Repository, folder: str, deal: str, customer: str) -> None:
    """Add a deal in a folder."""
    text = repository.read(HANDOFF).replace("deal: 1001", f"deal: {deal}")
    path = f"records/deals/2026/{folder}/pre-delivery.md"
    repository.write(path, text.replace("Northwind Traders", customer))


def test_an_honest_firm_can_publish(repository: Repository, tmp_path: Path) -> None:
    """A part of an id, a file beside the deals, and what winloss says itself give nothing away.

    Nor does a title that a message quotes, though the policy calls the thing otherwise by now.
    """
    title = "Partner revenue cannot be attributed at all now"
    repository.change("records/policy/taxonomy.md", "price: Price", f'price: "{title}"')
    repository.change(EXCHANGE, "at_least: 3", "at_least: 1")
    file_deal(repository, "2026-0007-acme", "2026-0007", "Acme")
    file_deal(repository, "77-signal", "77", "Signal")
    repository.write("records/deals/2026/README.md", "Where the deals of 2026 are.\n")
    file_page(repository)
    repository.change("records/policy/taxonomy.md", title, "Cost")
    said = f"Call '{title}' a cost\n\nSuch answers are taken together, or given as a bound."
    repository.git("commit", "-qam", said)
    done = repository.run("publish", "--audience", "cmo", "--to", str(readers(tmp_path)))
    assert done.code == 0, done.err
    assert "Not looked for, because they are like other words: 77" in done.err


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Fourth Coffee", "a customer: Fourth Coffee"),
        ("Went to Contoso", "a customer: Contoso GmbH"),
        ("Mara Weiss", "a person: Mara Weiss"),
        ("Jo Blogs wrote it", "a person: Jo Blogs"),
        ("Ask Lena Orth", "a person: Lena Orth"),
    ],
)
def test_a_name_is_found_wherever_it_once_stood(
    repository: Repository, tmp_path: Path, title: str, named: str
) -> None:
    """A title that is a name, a firm without its legal form, and those who are gone are found."""
    repository.change(
        ROLES, "people: []", "people: [{role: cro, name: Lena Orth, email: lena@example.com}]"
    )
    file_deal(repository, "77", "77", "Fourth Coffee")
    file_deal(repository, "78", "78", "Contoso GmbH")
    repository.git("add", "-A")
    said = "More\n\nCo-authored-by: Jo Blogs <jo@example.com>"
    repository.git("commit", "-qm", said, "--author", "Mara Weiss <mara@example.com>")
    repository.git("rm", "-qr", "records/deals/2026/77")
    repository.git("checkout", "-q", "HEAD~1", "--", ROLES)
    repository.change("records/policy/taxonomy.md", "price: Price", f'price: "{title}"')
    repository.change(EXCHANGE, "at_least: 3", "at_least: 1")
    file_page(repository)
    done = repository.run("publish", "--audience", "cmo", "--to", str(readers(tmp_path)))
    assert done.code == 1
    assert f"this would publish {named}" in done.err


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Northwind Traders", "See www.NorthwindTraders.example"),
        ("Northwind Traders", "N o r t h w i n d  Traders"),
        ("Northwind Traders", "North\u034fwind Tra\ufe0fders"),
        ("Contoso Ltd.", "Lost to contoso"),
        ("\u7d22\u5c3c", "\u6211\u4eec\u8f93\u7ed9\u7d22\u5c3c\u516c\u53f8\u4e86"),
        ("\uc0bc\uc131", "\uc0bc\uc131\uc740"),
    ],
)
def test_a_name_is_found_however_it_is_divided(name: str, text: str) -> None:
    """Run together, spaced out, without its legal form, and in scripts without gaps."""
    assert leaks_in(
        [("page", f"First line\n{text}")], Secrets({name: "a customer"}, {}, frozenset())
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("20260401", "From 2026-04-01 on"),
        ("Contoso Ltd", "Another Ltd"),
        ("The Co", "the end"),
        ("Signal", "A signal or an expectation of the handoff"),
    ],
)
def test_a_name_is_not_seen_where_none_stands(name: str, text: str) -> None:
    """A date is no deal's id, a legal form no firm, and what winloss says itself no customer."""
    shipped = frozenset(["A signal or an expectation of the handoff"])
    assert leaks_in([("page", text)], Secrets({name: "x"}, {}, frozenset(), shipped)) == []
    assert leaks_in([("page", f"Ask {name}")], Secrets({name: "x"}, {}, frozenset(), shipped))


def test_two_audiences_want_two_repositories(repository: Repository, tmp_path: Path) -> None:
    """Pages for one role are not replaced by those for another, who may be shown more."""
    more = "audiences:\n  cro:\n    at_least: 1\n    shows: [closed-lost.reason]\n"
    repository.change(EXCHANGE, "audiences:\n", more)
    file_page(repository)
    place = readers(tmp_path)
    assert repository.run("publish", "--audience", "cmo", "--to", str(place)).code == 0
    done = repository.run("publish", "--audience", "cro", "--to", str(place))
    assert (done.code, "are not for 'cro': win-loss-2026-Q2.md" in done.err) == (2, True)
    assert log(place, "%s") == ["Rollup 2026-Q2"]


def test_a_lost_race_is_told_and_overwrites_nothing(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where somebody publishes in between, the command says to run it again, and that helps."""
    file_page(repository)
    place = readers(tmp_path)
    asked = ("publish", "--audience", "cmo", "--to", str(place))
    assert repository.run(*asked).code == 0
    repository.git("commit", "-q", "--allow-empty", "-m", "More")
    add = publication.add

    def meanwhile(folder: Path, stream: bytes) -> None:
        add(folder, stream)
        who = ["-c", "user.name=B", "-c", "user.email=b@example.com"]
        tree = ["commit-tree", "-p", "HEAD", "-m", "Meanwhile", "HEAD^{tree}"]
        git = ["git", *who, f"--git-dir={place}"]
        made = subprocess.run([*git, *tree], check=True, capture_output=True, text=True)
        subprocess.run([*git, "update-ref", "HEAD", made.stdout.strip()], check=True)

    with monkeypatch.context() as patched:
        patched.setattr(publication, "add", meanwhile)
        lost = repository.run(*asked)
    assert (lost.code, "in the meantime" in lost.err, "run it again" in lost.err) == (2, True, True)
    assert log(place, "%s")[-1] == "Meanwhile"
    assert repository.run(*asked).code == 0
    assert log(place, "%s")[-2:] == ["Meanwhile", "Anchor"]


def test_a_repository_with_files_of_its_own_is_refused(
    repository: Repository, tmp_path: Path
) -> None:
    """Where the branch is checked out, the message says to make a repository without files."""
    file_page(repository)
    subprocess.run(["git", "init", "-q", "-b", "main", str(tmp_path / "mine")], check=True)
    done = repository.run("publish", "--audience", "cmo", "--to", str(tmp_path / "mine"))
    assert (done.code, "git init --bare" in done.err) == (2, True)


def test_a_customer_called_like_a_title_can_be_let_through(
    repository: Repository, tmp_path: Path
) -> None:
    """A customer called like a word of a title stops all, until the policy says it is no name."""
    repository.change("records/policy/taxonomy.md", "price: Price", "price: Above their target")
    repository.change(EXCHANGE, "at_least: 3", "at_least: 1")
    loss = "records/deals/2026/1002-tailspin/closed-lost.md"
    repository.change(loss, "customer: Tailspin Toys", "customer: Target")
    file_page(repository)
    asked = ("publish", "--audience", "cmo", "--to", str(readers(tmp_path)))
    assert "a customer: Target" in repository.run(*asked).err
    repository.change(EXCHANGE, "    at_least: 1", "    no_names: [target]\n    at_least: 1")
    file_page(repository)
    assert repository.run(*asked).code == 0


def test_another_machine_is_reached_as_the_person_reaches_it(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address over SSH goes through the person's GIT_SSH_COMMAND, and no repository's own."""
    file_page(repository)
    place = readers(tmp_path)
    script = tmp_path / "ssh"
    lines = (
        "#!/bin/sh",
        f'echo "$*" >> "{tmp_path}/asked"',
        "for last; do :; done",
        'sh -c "$last"',
    )
    script.write_text("\n".join(lines))
    script.chmod(0o755)
    asked = ("publish", "--audience", "cmo", "--to", f"pages.example.com:{place}")
    repository.git("config", "core.sshCommand", f"touch {tmp_path}/theirs; false")
    monkeypatch.setenv("GIT_SSH_COMMAND", str(script))
    done = repository.run(*asked)
    assert done.code == 0, done.err
    assert "pages.example.com" in (tmp_path / "asked").read_text()
    assert not (tmp_path / "theirs").exists()
    assert log(place, "%s") == ["Rollup 2026-Q2"]
