"""Hold the records against their own past: hindsight, dates, authors, decided proposals.

A record is known by its deal and its file's name, wherever the folder is moved. What was left open
may be answered later; what was answered is not to change unseen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winloss.core.auditing.approval import APPROVALS
from winloss.core.auditing.verdict import Finding
from winloss.core.auditing.versions import Key, Version, turns
from winloss.core.days import parse_date
from winloss.core.repository.tree import RECORDS, is_rule
from winloss.core.rulebook.people import may_file
from winloss.core.text.answers import differences
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from winloss.core.auditing.audit_rules import Rules, RulesTrail
    from winloss.core.auditing.past import Past
    from winloss.core.repository.commits import Commit

_NOWHERE = Version("", "", {})
_PREDICTIONS = ("scores", "signals", "expectations")
_GROWING = ("actions_done",)
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
        """The answers that were given before and are another now, or gone, or have grown.

        A field that was left open may be answered later; ``actions_done`` is there to grow.
        """
        if self.before is None:
            return []
        given = self.before.answers
        heads = {_head(name) for name in given}
        now = self.after.answers if self.after else {}
        return [
            name
            for name in differences(given, now)
            if (name in given or _head(name) in heads) and name not in _GROWING
        ]


def _head(name: str) -> str:
    """Return the field that an answer belongs to."""
    return name.partition(".")[0]


@dataclass(slots=True)
class RecordsTrail:
    """What became of every record along the line."""

    past: Past
    rules: RulesTrail
    edits: list[Edit] = field(default_factory=list)
    _known: dict[Key, Version] = field(default_factory=dict)
    latest: dict[Key, Version] = field(default_factory=dict)

    @classmethod
    def of(cls, past: Past, rules: RulesTrail) -> RecordsTrail:
        """Go along the line from its first commit to its tip."""
        trail = cls(past, rules)
        for number, commit in enumerate(past.line):
            trail._take(number, commit)
        return trail

    def _take(self, number: int, commit: Commit) -> None:
        """Note each edit; a record that comes back is held against what it last said."""
        mine = [delta for delta in commit.deltas if is_record(delta.path)]
        for turn in turns(mine, self.past.contents):
            known = self._known.get(turn.after.key) if turn.after else None
            self.edits.append(Edit(number, commit, turn.before or known, turn.after))
            for version in turn.versions:  # what was deleted stays known
                self._known[version.key] = version
                self.latest.pop(version.key, None)
            if turn.after is not None:
                self.latest[turn.after.key] = turn.after

    @property
    def judged(self) -> list[Edit]:
        """The edits since the first commit with a policy; what that one brought is as found."""
        return [edit for edit in self.edits if edit.number > self.rules.eras[0].number]

    def findings(self) -> Iterator[Finding]:
        """Yield what the records' past does not keep: predictions, dates, authors, proposals."""
        judged = self.judged
        yield from self._hindsight(judged)
        for edit in judged:
            rules = self.rules.before(edit.number)
            if rules is not None:
                yield from self._dates(edit, rules)
                yield from self._authors(edit, rules)
            yield from self._proposals(edit)

    def _brought(self, edit: Edit) -> Commit:
        """Return the commit that made an edit, on the line or on the branch of a merge."""
        content = edit.after.content if edit.after else ""
        return self.past.bringer(edit.number, edit.path, content)

    def _hindsight(self, edits: list[Edit]) -> Iterator[Finding]:
        """Yield each prediction that was edited after its delivery."""
        delivered = self._delivered()
        for edit in edits:
            version = edit.before
            if version is None or version.kind != "pre-delivery":
                continue
            told = {*_PREDICTIONS, *_WHOSE}
            changed = [name for name in edit.rewritten if _head(name) in told]
            changed += [name for name in _new_predictions(edit) if name not in changed]
            if changed and self._is_hindsight(edit, *delivered.get(version.deal, (None, None))):
                what = listed(changed[:4])
                message = f"a prediction on deal {version.deal} changed after its delivery: {what}"
                yield finding("prediction-edited", edit, message)

    def _is_hindsight(self, edit: Edit, number: int | None, day: date | None) -> bool:
        """Tell whether an edit came after a delivery: by its day, or by its place on the line.

        What a merge brings was written before, on its branch: there only the day can tell.
        """
        brought = self._brought(edit)
        if day is not None and brought.committed_on is not None and brought.committed_on > day:
            return True
        is_of_branch = brought.id != edit.commit.id
        return number is not None and edit.number >= number and not is_of_branch

    def _delivered(self) -> dict[str, tuple[int, date | None]]:
        """Return when each deal's delivery was recorded first, and the earliest day it ever had."""
        found: dict[str, tuple[int, date | None]] = {}
        for edit in self.edits:
            version = edit.after
            if version is not None and version.kind == "post-delivery":
                first, earliest = found.get(version.deal, (edit.number, None))
                day = parse_date(version.answers.get("delivered_on", ""))
                days = [each for each in (earliest, day) if each is not None]
                found[version.deal] = first, min(days, default=None)
        return found

    def _dates(self, edit: Edit, rules: Rules) -> Iterator[Finding]:
        """Yield a record that names a day long before it was committed."""
        within = rules.ledger.policy.committed_within if rules.ledger else None
        version = edit.after or _NOWHERE
        said = version.answers.get("date", "") if version.deal else ""
        is_new = edit.before is None or edit.before.answers.get("date") != said
        day, commit = parse_date(said), self._brought(edit)
        days = [each for each in (commit.authored_on, commit.committed_on) if each is not None]
        if within is None or not is_new or day is None or not days:
            return
        closed = rules.ledger.policy.closed if rules.ledger else ()
        if min(days) > within.after(day, closed):  # a rebase writes the one day anew
            message = f"filed on {day}, by its own word, and committed on {min(days)}"
            yield finding("backdated", edit, message)

    def _authors(self, edit: Edit, rules: Rules) -> Iterator[Finding]:
        """Yield a record touched by somebody who did not hold the role that it names."""
        is_vouched = edit.path.startswith(APPROVALS) or edit.path in self.rules.vouched
        is_merged = edit.path in self.past.merged_anew.get(edit.commit.id, {})
        sides = [each for each in (edit.before, edit.after) if each is not None]
        is_moved = len(sides) > 1 and not differences(sides[0].answers, sides[1].answers)
        if is_vouched or is_merged or is_moved:
            return
        people = self.rules.people_before(edit.number)
        commit = self._brought(edit)
        addresses = {person.address for person in commit.authors}
        for version in sides:
            role = version.answers.get("filed_by", "")
            form = rules.ledger.forms.get(version.kind) if rules.ledger else None
            if not may_file(people, addresses, role, form.held_with if form else ""):
                who = listed(str(person) for person in commit.authors)
                done = "committed" if edit.after else "deleted"
                message = f"filed by {role}, by its own word, and {done} by {who}"
                yield finding("author-without-role", edit, message)
                return

    def _proposals(self, edit: Edit) -> Iterator[Finding]:
        """Yield a proposal that changed, or went, after it had been approved."""
        said = (edit.before or _NOWHERE).answers
        decided = self.rules.decided.get(said.get("id", "")) if edit.before else None
        now = edit.after.answers if edit.after else {}
        is_proposal = said.get("kind") == "proposal"
        if is_proposal and decided is not None and edit.number > decided and differences(said, now):
            what = "changed" if edit.after else "was deleted"
            message = f"this proposal {what} after it had been approved"
            yield finding("proposal-changed", edit, message)


def finding(slug: str, edit: Edit, message: str) -> Finding:
    """Return a finding about an edit."""
    return Finding(slug, edit.commit.id, edit.path, message)


def is_record(path: str) -> bool:
    """Tell whether a file may be a record: Markdown below records/, and no rule."""
    return path.startswith(RECORDS) and path.endswith(".md") and not is_rule(path)


def _new_predictions(edit: Edit) -> list[str]:
    """Return predictions that were added: a level not scored, a signal not noted before."""
    if edit.before is None or edit.after is None:
        return []
    return [
        name
        for name in edit.after.answers
        if name not in edit.before.answers and name.partition(".")[0] in _PREDICTIONS
    ]
