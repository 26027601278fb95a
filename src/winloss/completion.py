"""What a shell proposes at the Tab key: deals, kinds, quarters, proposals, roles, files.

A shell waits for this at every Tab, and takes what it gets without quotes. So folders are listed
and no record is parsed, no program runs, whatever goes wrong proposes nothing, and no name reaches
the shell but one of plain letters, digits, ``.``, ``-`` and ``_``.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import redirect_stderr
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

from click.shell_completion import CompletionItem

from winloss.core.days import Quarter, quarter_in
from winloss.core.repository.tree import DEALS, POLICY, RECORDS, TEMPLATES
from winloss.core.wording import UNSEEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    import click

    from winloss.core.text.node import Entries

    Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]
    Proposed = Iterator[CompletionItem[str]]

VARIABLE = "_WINLOSS_COMPLETE"  # click's name for it; its value says which shell asks
_MOST = 300  # more than anybody reads
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_GROUP = re.compile(r"[0-9]{4}|[A-Za-z_]+")  # what may be a folder of deals: a year, a region
_DEAL = re.compile(rb"^deal:[ \t]*[\"']?([0-9A-Za-z_-]{1,64})[\"']?[ \t]*\r?$", re.MULTILINE)
_HEAD = 4_096  # bytes; the front matter names the deal near its beginning


def is_asked() -> bool:
    """Tell whether a shell asks what to propose, rather than a person for a verb."""
    return os.environ.get(VARIABLE, "").endswith("_complete")


def answer(propose: Callable[[], object]) -> None:
    """Answer a shell; what goes wrong proposes nothing, and nothing is said on standard error."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        try:
            propose()
        except (Exception, KeyboardInterrupt):  # noqa: BLE001 - a shell has no use for a reason
            sys.exit(0)


def _completer(find: Callable[[Path, click.Context, str], Proposed]) -> Completer:
    """Return a completer of plain names from what finds them in a repository."""

    def complete(
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG001 - click's signature
        incomplete: str,
    ) -> list[CompletionItem[str]]:
        try:
            root = _root(ctx)
            fitting = find(root, ctx, incomplete) if root else iter(())
            plain = (each for each in fitting if _is_proposable(each.value, incomplete))
            return list(islice(plain, _MOST))
        except Exception:  # noqa: BLE001 - a broken repository proposes nothing
            return []

    return complete


def _is_proposable(name: str, incomplete: str) -> bool:
    return name.startswith(incomplete) and _PLAIN.fullmatch(name) is not None


def _root(ctx: click.Context) -> Path | None:
    """Return the repository that is named or stood in, without asking git."""
    given = ctx.find_root().params.get("root")
    if given is not None:
        return Path(given)
    here = Path.cwd()
    return next((each for each in (here, *here.parents) if (each / ".git").exists()), None)


def _names(folder: Path, suffix: str = "") -> list[str]:
    """Return the names in a folder that end so, without that end; none where there is no folder."""
    try:
        return sorted(
            each.name.removesuffix(suffix)
            for each in os.scandir(folder)
            if each.name.endswith(suffix)
        )
    except OSError:
        return []


def _deals(root: Path, _: click.Context, incomplete: str) -> Proposed:
    for folder in _deal_folders(root / DEALS, incomplete):
        deal = _deal_of(folder)
        yield CompletionItem(deal, help=_shown(folder.name.removeprefix(deal).lstrip("-")))


def _deal_folders(place: Path, incomplete: str, depth: int = 4) -> Iterator[Path]:
    """Yield the folders whose name begins so, the latest year first; at any depth below."""
    for name in reversed(_names(place)):
        folder = place / name
        if _GROUP.fullmatch(name) and depth and not _names(folder, ".md"):
            yield from _deal_folders(folder, incomplete, depth - 1)
        elif name.startswith(incomplete) and folder.is_dir() and not folder.is_symlink():
            yield folder


def _deal_of(folder: Path) -> str:
    """Return a folder's deal: what stands before the first hyphen, or what a record in it says."""
    first = folder.name.partition("-")[0]
    if first.isdigit() or first == folder.name:
        return first
    for name in _names(folder, ".md"):
        with (folder / f"{name}.md").open("rb") as file:
            found = _DEAL.search(file.read(_HEAD))
        deal = found[1].decode() if found else ""
        if deal and f"{folder.name}-".startswith(f"{deal}-"):
            return deal
    return first


def _kinds(root: Path, _: click.Context, __: str) -> Proposed:
    """Yield the kinds that ``new`` writes; a decision is written by ``approve``."""
    for name in _names(root / TEMPLATES, ".md"):
        if name not in {"approval", "README"}:
            yield CompletionItem(name)


def _proposals(root: Path, _: click.Context, __: str) -> Proposed:
    yield from map(CompletionItem, _names(root / RECORDS / "proposals", ".md"))


def _quarters(root: Path, ctx: click.Context, __: str) -> Proposed:
    """Yield the quarters that have a page, and the last one that has ended; the newest first."""
    folder, month = _text(root, "exchange", "rollups"), _text(root, "calendar", "first_month")
    names = _names(root / folder, "") if folder else []
    found = set(filter(None, map(quarter_in, names)))
    running = Quarter.of(_today(ctx), int(month) if month.isdigit() else 1)
    yield from map(CompletionItem, sorted(found | {str(running.previous)}, reverse=True))


def _today(ctx: click.Context) -> date:
    """Return the day that --today names, or the door's own."""
    door = ctx.find_root()
    given: date | None = door.params.get("today")
    option = next(each for each in door.command.params if each.name == "today")
    return given if given is not None else cast("date", option.get_default(door, call=True))


def _roles(root: Path, _: click.Context, __: str) -> Proposed:
    from winloss.core.text.node import Entries  # noqa: PLC0415
    from winloss.core.text.reader import title_of  # noqa: PLC0415

    front = _front(root, "roles")
    known = front.get("roles") if front else None
    for role in known if isinstance(known, Entries) else ():
        yield CompletionItem(role.key, help=_shown(title_of(role.key, role.value)))


def _front(root: Path, policy: str) -> Entries | None:
    """Return the front matter of a policy file; None where it cannot be read."""
    from winloss.core.text.document import read_document  # noqa: PLC0415

    path = f"{POLICY}{policy}.md"
    document, _ = read_document(path, (root / path).read_bytes(), is_rule=True)
    return document.front if document else None


def _text(root: Path, policy: str, key: str) -> str:
    """Return a setting of a policy file; empty where it has none."""
    from winloss.core.text.node import Text  # noqa: PLC0415

    front = _front(root, policy)
    node = front.get(key) if front else None
    return node.value if isinstance(node, Text) else ""


def _shown(text: str) -> str | None:
    """Return a help text for the shell: plain words, or none."""
    return " ".join(re.sub(r"[^A-Za-z0-9 ]+", " ", text).split()) or None


def files(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Let the shell propose files, as it knows best how to quote their names."""
    return [CompletionItem("" if UNSEEN.search(incomplete) else incomplete, type="file")]


def _or_files(first: Iterable[Completer]) -> Completer:
    """Return a completer that lets the shell propose files where no other proposes anything."""

    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        found = [each for completer in first for each in completer(ctx, param, incomplete)]
        return found or files(ctx, param, incomplete)

    return complete


deals = _completer(_deals)
kinds = _completer(_kinds)
quarters = _completer(_quarters)
proposals = _completer(_proposals)
roles = _completer(_roles)
what_log_tells_of = _or_files((deals, proposals))
