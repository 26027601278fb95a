"""Hold the records against their own past: hindsight, closed quarters, dates, authors, merges.

A record is known by its deal and its file's name, wherever the folder is moved. What was left open
may be answered later; what was answered is not to change unseen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winloss.core.answers import Answers, differences
from winloss.core.approval import APPROVALS
from winloss.core.days import Quarter, parse_date
from winloss.core.people import holding
from winloss.core.tree import DEALS, RECORDS, is_rule
from winloss.core.verdict import Finding
from winloss.core.versions import Key, Version, turns
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from winloss.core.audit_rules import Rules, RulesTrail
    from winloss.core.commits import Commit
    from winloss.core.past import Past

_NOWHERE = Version("", "", {})
_PREDICTIONS = ("scores", "signals", "expectations")
_WHOSE = ("deal", "kind")  # whoever changes these takes the predictions away


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a record by a commit of the line; None where it was not there."""

    number: int
    commit: Commit
    before: Version | None
    after: Version | None

    @property
    def path(self) -> str:
        """Where the record stands, or stood."""
        return (self.after or self.before or _NOWHERE).path

    @property
    def rewritten(self) -> list[str]:
        """The answers that were given before and are another or gone now."""
        if self.before is None:
            return []
        now = self.after.answers if self.after else {}
        return [
            name for name in differences(self.before.answers, now) if name in self.before.answers
        ]


@dataclass(slots=True)
class RecordsTrail:
    """What became of every record along the line."""

    past: Past
    rules: RulesTrail
    edits: list[Edit] = field(default_factory=list)
    _known: dict[Key, Version] = field(default_factory=dict)

    @classmethod
    def of(cls, past: Past, rules: RulesTrail) -> RecordsTrail:
        """Go along the line from its first commit to its tip."""
        trail = cls(past, rules)
        for number, commit in enumerate(past.line):
            trail._take(number, commit)
        return trail

    def _take(self, number: int, commit: Commit) -> None:
        """Note each edit; a record that comes back is held against what it last said."""
        mine = [delta for delta in commit.deltas if _is_record(delta.path)]
        for turn in turns(mine, self.past.contents):
            known = self._known.get(turn.after.key) if turn.after else None
            self.edits.append(Edit(number, commit, turn.before or known, turn.after))
            for version in turn.versions:  # what was deleted stays known
                self._known[version.key] = version

    def findings(self) -> Iterator[Finding]:
        """Yield what the records' past does not keep, since the first commit with a policy."""
        begun = self.rules.eras[0].number if self.rules.eras else len(self.past.line)
        judged = [edit for edit in self.edits if edit.number > begun]
        yield from self._hindsight(judged)
        yield from self._closed_quarters(judged)
        for edit in judged:
            rules = self.rules.before(edit.number)
            if edit.after is not None and rules is not None:
                yield from self._dates(edit, rules)
                yield from self._authors(edit, rules)
        yield from self._merges(self.past.positions[self.past.line[begun].id] if judged else 0)

    def _brought(self, edit: Edit) -> Commit:
        """Return the commit that first held what an edit brought to the line."""
        after = edit.after or _NOWHERE
        return self.past.brought[after.path, after.content]

    def _hindsight(self, edits: list[Edit]) -> Iterator[Finding]:
        """Yield each prediction that was edited after its delivery."""
        delivered = self._delivered()
        for edit in edits:
            version = edit.before
            if version is None or version.kind != "pre-delivery":
                continue
            told = {*_PREDICTIONS, *_WHOSE}
            changed = [name for name in edit.rewritten if name.partition(".")[0] in told]
            later = _later_predictions(edit)
            number, day = delivered.get(version.deal, (None, None))
            is_after = number is not None and edit.number >= number
            committed_on = edit.commit.committed_on
            is_after |= bool(day and committed_on and committed_on > day)
            if (changed or later) and is_after:
                what = listed([*changed, *later][:4])
                message = (
                    f"what was predicted of deal {version.deal} changed after the delivery: {what}"
                )
                yield self._finding("prediction-edited", edit, message)

    def _delivered(self) -> dict[str, tuple[int, date | None]]:
        """Return when each deal's delivery was recorded first, and the day that it names last."""
        found: dict[str, tuple[int, date | None]] = {}
        for edit in self.edits:
            version = edit.after
            if version is not None and version.kind == "post-delivery":
                first = found.get(version.deal, (edit.number, None))[0]
                found[version.deal] = first, parse_date(version.answers.get("delivered_on", ""))
        return found

    def _closed_quarters(self, edits: list[Edit]) -> Iterator[Finding]:
        """Yield each record of a filed quarter that was rewritten, unless a later page says so."""
        pages = self._pages()
        for edit in edits:
            quarter = self._quarter(edit)
            filed = [each for each in pages.get(str(quarter), ()) if each[0] < edit.number]
            if quarter is None or not filed or not edit.rewritten:
                continue
            later = [page for number, page in pages[str(quarter)] if number >= edit.number]
            if any(_restates(page, edit.path) for page in later):
                continue
            what = f"{listed(edit.rewritten[:4])} changed" if edit.after else "it was deleted"
            message = f"{quarter} was filed before, and no later page restates it: {what}"
            yield self._finding("closed-quarter-changed", edit, message)

    def _pages(self) -> dict[str, list[tuple[int, str]]]:
        """Return the editions of each quarter's page that were filed after its end, in order."""
        found: dict[str, list[tuple[int, str]]] = {}
        for number, commit in enumerate(self.past.line):
            for delta in commit.deltas:
                name = delta.path.rpartition("/")[2].removeprefix("win-loss-").removesuffix(".md")
                quarter = Quarter.parse(name, self._first_month(number))
                if quarter is None or not delta.new or delta.new not in self.past.contents:
                    continue
                if commit.committed_on is not None and commit.committed_on > quarter.last_day:
                    page = self.past.contents[delta.new].decode("utf-8", "replace")
                    found.setdefault(str(quarter), []).append((number, page))
        return found

    def _first_month(self, number: int) -> int:
        rules = self.rules.before(number)
        return rules.ledger.policy.first_month if rules and rules.ledger else 1

    def _quarter(self, edit: Edit) -> Quarter | None:
        """Return the quarter in which a record counted before it was changed."""
        rules, version = self.rules.before(edit.number), edit.before
        if version is None or rules is None or rules.ledger is None:
            return None
        form = rules.ledger.forms.get(version.kind)
        day = parse_date(version.answers.get(form.counts_on, "")) if form else None
        return Quarter.of(day, rules.ledger.policy.first_month) if day else None

    def _dates(self, edit: Edit, rules: Rules) -> Iterator[Finding]:
        """Yield a record that names a day long before it was committed."""
        within = rules.ledger.policy.committed_within if rules.ledger else None
        version = edit.after or _NOWHERE
        said = version.answers.get("date", "") if version.deal else ""
        is_new = edit.before is None or edit.before.answers.get("date") != said
        day, commit = parse_date(said), self._brought(edit)
        if within is None or not is_new or day is None or commit.committed_on is None:
            return
        closed = rules.ledger.policy.closed if rules.ledger else ()
        if commit.committed_on > within.after(day, closed):
            message = f"filed on {day}, by its own word, and committed on {commit.committed_on}"
            if commit.authored_on not in {None, commit.committed_on}:
                message += f" (written on {commit.authored_on}, by the commit's own word)"
            yield self._finding("backdated", edit, message)

    def _authors(self, edit: Edit, rules: Rules) -> Iterator[Finding]:
        """Yield a record committed by somebody who did not hold the role that it names."""
        answers = edit.after.answers if edit.after else {}
        role = answers.get("filed_by", "")
        is_vouched = edit.path.startswith(APPROVALS) or edit.path in self.rules.vouched
        if is_vouched or not holding(rules.people, role):
            return
        if edit.before is not None and not differences(edit.before.answers, answers):
            return
        form = rules.ledger.forms.get(answers.get("kind", "")) if rules.ledger else None
        roles = {role, form.held_with if form else ""}
        allowed = {holder.email for holder in rules.people if holder.role in roles}
        authors = self._brought(edit).authors
        if not any(person.email.casefold() in allowed for person in authors):
            who = listed(str(person) for person in authors)
            message = f"filed by {role}, by its own word, and committed by {who}"
            yield self._finding("author-without-role", edit, message)

    def _merges(self, begun: int) -> Iterator[Finding]:
        """Yield what a merge made up: answers of a record that neither of its parents gives."""
        for merge, files in self.past.merged_anew.items():
            if self.past.positions[merge] <= begun:
                continue
            for path, (*parents, made) in files.items():
                if not _is_record(path):
                    continue
                sides = [self._answers(path, each) for each in parents if each]
                now = self._answers(path, made) if made else {}
                names = {name for side in (*sides, now) for name in side}
                odd = sorted(
                    name for name in names if now.get(name) not in {s.get(name) for s in sides}
                )
                if odd:
                    message = f"neither branch that this merge joins says so: {listed(odd[:4])}"
                    yield Finding("evil-merge", merge, path, message)

    def _answers(self, path: str, content: str) -> Answers:
        return Version.of(path, content, self.past.contents).answers

    @staticmethod
    def _finding(slug: str, edit: Edit, message: str) -> Finding:
        return Finding(slug, edit.commit.id, edit.path, message)


def _is_record(path: str) -> bool:
    return path.startswith(RECORDS) and path.endswith(".md") and not is_rule(path)


def _later_predictions(edit: Edit) -> list[str]:
    """Return predictions that were added: a level not scored, a signal not noted before."""
    if edit.before is None or edit.after is None:
        return []
    return [
        name
        for name in edit.after.answers
        if name not in edit.before.answers and name.partition(".")[0] in _PREDICTIONS
    ]


def _restates(page: str, path: str) -> bool:
    """Tell whether an edition of a page names a file as one that it restates."""
    section = page.partition("\n## Restated\n")[2].partition("\n## ")[0]
    return path.removeprefix(DEALS) in section
