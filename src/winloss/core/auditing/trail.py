"""The audit trail: which answer changed from what to what, when, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from winloss.core.auditing.approval import read_approval
from winloss.core.auditing.versions import Key, Turn, turns
from winloss.core.repository.tree import DEALS, is_folder_of, is_ours
from winloss.core.rulebook.people import ROLES, Holder, people_in
from winloss.core.text.answers import differences
from winloss.core.text.token_shape import blanked
from winloss.core.wording import listed, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from winloss.core.auditing.past import Past
    from winloss.core.repository.commits import Commit, Delta

_LONG = 300  # characters of an answer that are shown
_AROUND = 4  # words that are shown before and after a difference
_FEW = 12  # answers of a new file that are printed without being asked for


@dataclass(frozen=True, slots=True)
class Entry:
    """What one commit changed among the files asked for; ``signer`` is who signed it, if proved."""

    commit: Commit
    turns: tuple[Turn, ...]
    signer: Holder | None = None


def is_about_deal(deal: str) -> Callable[[Turn], bool]:
    """Return the test for what belongs to a deal, wherever it stood."""

    def is_about(turn: Turn) -> bool:
        return any(
            version.deal == deal
            or (version.path.startswith(DEALS) and is_folder_of(_folder(version.path), deal))
            for version in turn.versions
        )

    return is_about


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def is_below(place: str) -> Callable[[Turn], bool]:
    """Return the test for what stood at a path, or below it."""

    def is_about(turn: Turn) -> bool:
        return any(
            place in {"", ".", version.path} or version.path.startswith(f"{place}/")
            for version in turn.versions
        )

    return is_about


def trail(past: Past, is_about: Callable[[Turn], bool]) -> list[Entry]:
    """Return what every commit changed among the files asked for, the newest first.

    A file is followed through its moves. Of a merge counts what none of its parents had so.
    """
    found = [(each, list(turns(_deltas(each, past), past.contents))) for each in past.commits]
    keys = _followed([turn for _, made in found for turn in made], is_about)
    entries = [
        Entry(commit, tuple(turn for turn in made if _keys(turn) & keys)) for commit, made in found
    ]
    return [entry for entry in reversed(entries) if entry.turns]


def _deltas(commit: Commit, past: Past) -> list[Delta]:
    anew = past.merged_anew.get(commit.id, {})
    ours = [delta for delta in commit.deltas if is_ours(delta.path)]
    return [delta for delta in ours if not commit.is_merge or delta.path in anew]


def _keys(turn: Turn) -> set[Key]:
    return {version.key for version in turn.versions}


def _followed(found: Sequence[Turn], is_about: Callable[[Turn], bool]) -> set[Key]:
    """Return the keys of every file asked for, under each name that it ever had."""
    keys = {key for turn in found if is_about(turn) for key in _keys(turn)}
    while True:
        more = {key for turn in found if _keys(turn) & keys for key in _keys(turn)}
        if more <= keys:
            return keys
        keys |= more


def changed_answers(turn: Turn, field: str = "") -> Iterator[tuple[str, str | None, str | None]]:
    """Yield each answer that a commit changed in a file: its name, before and after.

    With a field, only those of it: ``scores`` has ``scores.timing`` among them.
    """
    before = turn.before.answers if turn.before else {}
    after = turn.after.answers if turn.after else {}
    for name in differences(before, after):
        if not field or name == field or name.startswith(f"{field}.") or name == f"## {field}":
            yield name, before.get(name), after.get(name)


def trail_lines(entry: Entry, field: str = "") -> list[str]:
    """Return an entry for a person: who and when, then each file and each answer."""
    lines: list[str] = []
    for turn in entry.turns:
        changed = list(changed_answers(turn, field))
        moved = turn.before is not None and turn.after and turn.before.path != turn.path
        if not changed and not (moved and not field):
            continue
        lines.append(f"  {one_line(turn.path)}{_how(turn, len(changed))}")
        if turn.before is None and len(changed) > _FEW and not field:
            continue
        if turn.after is None and not field:
            continue
        lines += [f"    {change_in_words(*each)}" for each in changed]
    return [_head(entry), *lines] if lines else []


def _head(entry: Entry) -> str:
    commit = entry.commit
    day = commit.authored_on or "no date"
    signer = entry.signer
    by = f"signed by {signer.name} ({signer.role})" if signer else "self-declared"
    who = listed(str(person) for person in commit.authors)
    return one_line(f"{commit.short}  {day}  {who}, {by}: {blanked(commit.subject)}")


def _how(turn: Turn, count: int) -> str:
    answers = f"{count} answer{'s' if count != 1 else ''}"
    if turn.before is None:
        return f" (new: {answers})"
    if turn.after is None:
        return f" (deleted: {answers})"
    if turn.before.path != turn.after.path:
        return f" (moved from {one_line(turn.before.path)})"
    return ""


def change_in_words(name: str, before: str | None, after: str | None) -> str:
    """Return how an answer changed, on one line and without what is long and the same."""
    was, now = (one_line(each) if each is not None else "not answered" for each in (before, after))
    if before is None:
        return f"{one_line(name)}: {_cut(now)}"
    was, now = _around_the_difference(was.split(" "), now.split(" "))
    return f"{one_line(name)}: {_cut(was)} → {_cut(now)}"


def _cut(text: str) -> str:
    return f"{text[:_LONG]}…" if len(text) > _LONG else text


def _around_the_difference(was: list[str], now: list[str]) -> tuple[str, str]:
    """Return two texts, without the words that both of them begin and end with, but for a few."""
    first, most = 0, min(len(was), len(now))
    while first < most and was[first] == now[first]:
        first += 1
    last = 0
    while last < most - first and was[-1 - last] == now[-1 - last]:
        last += 1
    first, last = max(0, first - _AROUND), max(0, last - _AROUND)
    begin, end = "… " if first else "", " …" if last else ""
    before, after = (" ".join(words[first : len(words) - last]) for words in (was, now))
    return f"{begin}{before}{end}", f"{begin}{after}{end}"


def trail_data(entries: Iterable[Entry], field: str = "") -> list[dict[str, object]]:
    """Return the trail as data for a script."""
    return [
        {
            "commit": entry.commit.id,
            "date": str(entry.commit.authored_on) if entry.commit.authored_on else None,
            "author": entry.commit.author.name,
            "email": entry.commit.author.email,
            "signed_by": entry.signer.email if entry.signer else None,
            "subject": blanked(entry.commit.subject),
            "changes": [
                {
                    "path": turn.path,
                    "moved_from": turn.before.path
                    if turn.before and turn.before.path != turn.path
                    else None,
                    "field": name,
                    "before": before,
                    "after": after,
                }
                for turn in entry.turns
                for name, before, after in changed_answers(turn, field)
            ],
        }
        for entry in entries
    ]


def signature_of(commit: bytes) -> tuple[bytes, str]:
    """Return what a commit's SSH signature is made over, and the signature; empty without one."""
    head, _, body = commit.partition(b"\n\n")
    kept: list[bytes] = []
    signature: list[bytes] = []
    is_signature = False
    for line in head.split(b"\n"):
        is_signature = line.startswith((b"gpgsig ", b"gpgsig-sha256 ")) or (
            is_signature and line.startswith(b" ")
        )
        (signature if is_signature else kept).append(line)
    text = b"\n".join(signature).decode("ascii", "replace")
    lines = [line.strip() for line in text.partition(" ")[2].split("\n")]
    is_ssh = bool(lines) and lines[0] == "-----BEGIN SSH SIGNATURE-----"
    inner = "".join(line for line in lines if line and not line.startswith("-----"))
    return b"\n".join(kept) + b"\n\n" + body, inner if is_ssh else ""


def decisions_of(entry: Entry, past: Past) -> Iterator[tuple[bytes, str]]:
    """Yield what each signed decision in an entry says, and its signature."""
    for turn in entry.turns:
        content = past.contents.get(turn.after.content, b"") if turn.after else b""
        approval = read_approval(turn.path, content)
        if approval is not None and approval.signature:
            yield approval.statement(), approval.signature


def holders_before(past: Past, commit: Commit) -> tuple[Holder, ...]:
    """Return who held which role before a commit, by the roles.md of its first parent."""
    at = commit.parents[0] if commit.parents else ""
    while at in past.positions:
        parent = past.commits[past.positions[at]]
        for delta in parent.deltas:
            if delta.path == ROLES:
                return people_in(past.contents.get(delta.new, b""))
        at = parent.parents[0] if parent.parents else ""
    return ()
