"""Honest histories, in which the audit is to find nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from stories import (
    CALENDAR,
    CRO,
    DAY,
    LAMNA,
    MODEL,
    NAME,
    NEW,
    PROPOSAL,
    ROLES,
    SALES,
    STRANGER,
    SUCCESS,
    TUNED,
    Keys,
    approved,
    begun,
    changed,
    decide,
    file_page,
    filed,
    ledger_of,
    passes,
    people,
    place,
    propose,
    text,
)
from winloss.core.deals.governance import EXCHANGE
from winloss.core.deals.receipts import Receipt, Receipts
from winloss.core.demonstration.demo import decision_on
from winloss.core.demonstration.demo_deals import (
    LATE,
    WON,
    check_in,
    folder,
    handoff,
    loss,
    review,
    summary,
)
from winloss.core.repository.tree import RECEIPTS

if TYPE_CHECKING:
    from winloss.core.repository.story import Story

CHRISTMAS = ("closed: []", "closed: [2026-12-24]")


@passes
def an_approved_change_that_is_merged(keys: Keys) -> Story:
    """A branch, its proposal, the CRO's signature, a merge commit."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    story.merge(SALES, DAY + timedelta(days=2), NAME)
    return story


@passes
def an_approved_change_that_is_squashed(keys: Keys) -> Story:
    """All of the branch in one commit, by whoever pressed the button."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    story.squash(SALES, DAY + timedelta(days=2), NAME)
    return story


@passes
def an_approved_change_that_is_rebased(keys: Keys) -> Story:
    """Its commits one after the other, the approval last."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    story.commit(SALES, DAY, "Hand off", {f"{place(NEW)}/pre-delivery.md": handoff(NEW)})
    story.rebase(DAY + timedelta(days=2), NAME, CRO)
    return story


@passes
def records_that_come_between_approval_and_merge(keys: Keys) -> Story:
    """The main branch went on, with a deal that the CRO had not seen."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    for name, author, said in (
        ("pre-delivery", SALES, handoff(NEW)),
        ("post-delivery", SUCCESS, summary(NEW, is_judged=False)),
    ):
        path = f"{place(NEW)}/{name}.md"
        story.commit(author, DAY + timedelta(days=3), "File", {path: said})
    story.merge(CRO, DAY + timedelta(days=4), NAME)
    return story


@passes
def records_that_come_between_approval_and_squash(keys: Keys) -> Story:
    """The same, where nothing tells where the branch had left the main one."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    story.commit(SALES, DAY, "Hand off", {f"{place(NEW)}/pre-delivery.md": handoff(NEW)})
    story.squash(SALES, DAY + timedelta(days=2), NAME)
    return story


@passes
def an_approval_that_reaches_the_main_branch_first(keys: Keys) -> Story:
    """The CRO committed her decision to the main branch, and the change came after it."""
    story = begun(people(keys))
    propose(story, DAY)
    made = keys.sign(decision_on(story, NAME, DAY), CRO)
    files = {made.path: made.text(), PROPOSAL: text(story, PROPOSAL, NAME)}
    story.commit(SALES, DAY, "Propose", {PROPOSAL: files[PROPOSAL]})
    story.commit(CRO, DAY, "Approve", {made.path: files[made.path]})
    story.merge(SALES, DAY + timedelta(days=2), NAME)
    return story


@passes
def a_branch_that_takes_the_main_one_in_before_it_is_merged(keys: Keys) -> Story:
    """The branch is brought up to date by a merge, approved, and merged back."""
    story = begun(people(keys))
    propose(story, DAY)
    story.commit(SALES, DAY, "Hand off", {f"{place(NEW)}/pre-delivery.md": handoff(NEW)})
    story.merge(SALES, DAY, "main", into=NAME)
    decide(story, DAY, keys)
    story.merge(SALES, DAY + timedelta(days=2), NAME)
    return story


@passes
def an_approval_that_a_later_one_replaces(keys: Keys) -> Story:
    """The proposal was edited after the first decision, and the CRO decided anew."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    change = changed(story, PROPOSAL, "They say so.", "Four of them say so.", NAME)
    story.commit(SALES, DAY + timedelta(days=2), "Answer", change, branch=NAME)
    decide(story, DAY + timedelta(days=3), keys)
    story.merge(SALES, DAY + timedelta(days=4), NAME)
    return story


@passes
def two_branches_whose_approvals_took_the_same_number(keys: Keys) -> Story:
    """Whoever merges the second one gives its file the next number."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    propose(story, DAY, name="christmas", path=CALENDAR, change=CHRISTMAS, claim=False)
    story.merge(CRO, DAY + timedelta(days=2), NAME)
    story.merge(SALES, DAY + timedelta(days=3), "main", into="christmas")
    made = decide(story, DAY + timedelta(days=4), keys, name="christmas")
    files = {made.path: None, "records/approvals/0009.md": made.text()}
    story.commit(SALES, DAY + timedelta(days=4), "Another number", files, branch="christmas")
    story.merge(CRO, DAY + timedelta(days=5), "christmas")
    return story


@passes
def a_squash_by_the_cro_herself(keys: Keys) -> Story:
    """She pressed the button, so that one commit of hers brings proposal and decision."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    story.squash(CRO, DAY + timedelta(days=2), NAME)
    return story


@passes
def a_review_that_takes_three_weeks(keys: Keys) -> Story:
    """A proposal's date is no deadline: it was discussed before it was merged by a rebase."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    story.rebase(DAY + timedelta(days=21), NAME, CRO)
    return story


@passes
def two_changes_one_after_the_other(keys: Keys) -> Story:
    """Each approved on top of the one before; squashed, so that no merge parts them."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    story.squash(SALES, DAY + timedelta(days=2), NAME)
    later = DAY + timedelta(days=30)
    approved(story, keys, later, name="threshold", change=("qualified_at: 6", "qualified_at: 5"))
    story.squash(SALES, later + timedelta(days=2), "threshold")
    return story


@passes
def a_rejected_proposal_that_is_kept(keys: Keys) -> Story:
    """The decision and its reasons stay, the change does not."""
    story = begun(people(keys))
    before = text(story, MODEL)
    propose(story, DAY)
    decide(story, DAY, keys, decision="rejected", reason="Ask more of them")
    story.commit(SALES, DAY, "Take it back", {MODEL: before}, branch=NAME)
    story.merge(SALES, DAY, NAME)
    return story


@passes
def a_proposal_that_is_returned_and_approved_later(keys: Keys) -> Story:
    """The second decision is another file, and stands beside the first."""
    story = begun(people(keys))
    propose(story, DAY)
    decide(story, DAY, keys, decision="returned")
    change = changed(story, PROPOSAL, "They say so.", "Four of them say so.", NAME)
    story.commit(SALES, DAY, "Answer", change, branch=NAME)
    decide(story, DAY, keys)
    story.merge(CRO, DAY, NAME)
    return story


@passes
def a_holiday_that_is_added_with_approval(keys: Keys) -> Story:
    """Another rule changes without a claim about the model, and is approved all the same."""
    story = begun(people(keys))
    approved(story, keys, DAY, name="christmas", path=CALENDAR, change=CHRISTMAS, claim=False)
    story.merge(CRO, DAY + timedelta(days=2), "christmas")
    return story


@passes
def a_key_that_is_replaced_with_approval(keys: Keys) -> Story:
    """The old key lets the new one in, and the new one signs from then on."""
    story = begun(people(keys))
    other = replace(CRO, email="ingrid.solheim@example.com")
    new = keys.of(other)
    change = (f"key: {keys.of(CRO)}", f"key: {new}")
    approved(story, keys, DAY, name="new-key", path=ROLES, change=change, claim=False)
    story.merge(CRO, DAY + timedelta(days=2), "new-key")
    propose(story, DAY + timedelta(days=3))
    decide(story, DAY + timedelta(days=4), keys, signer=other)
    story.merge(CRO, DAY + timedelta(days=5), NAME)
    return story


@passes
def a_team_that_names_nobody(keys: Keys) -> Story:
    """Without persons in roles.md, an approval is a claim, and passes as one."""
    del keys
    story = begun()
    approved(story, None, DAY)
    story.merge(STRANGER, DAY + timedelta(days=2), NAME)
    return story


@passes
def a_cro_without_a_key(keys: Keys) -> Story:
    """roles.md names her address, and she committed the approval."""
    story = begun(people(keys, has_email_only=True))
    approved(story, None, DAY)
    story.merge(SALES, DAY + timedelta(days=2), NAME)
    return story


@passes
def old_records_that_a_team_imports_when_it_begins(keys: Keys) -> Story:
    """The first commit with a policy is taken as found, also after earlier commits without one."""
    before = begun(people(keys))
    files = {path: content for path, (_, content) in before.files().items()}
    story = type(before)()
    story.commit(STRANGER, date(2024, 1, 8), "A README", {"README.md": "Deals\n"})
    story.commit(STRANGER, date(2025, 1, 8), "Notes", {"records/notes.md": "Old\n"})
    story.commit(STRANGER, DAY, "Adopt winloss", {**files, "records/notes.md": None})
    return story


@passes
def a_post_mortem_that_comes_after_its_quarter_wasfiled(keys: Keys) -> Story:
    """What was left open is answered later, in the same file."""
    story = begun(people(keys))
    june = replace(NEW, handed_off=date(2026, 6, 22), delivered=date(2026, 6, 29))
    for name, author, said in (
        ("pre-delivery", SALES, handoff(june)),
        ("post-delivery", SUCCESS, summary(june, is_judged=False)),
    ):
        story.commit(author, date(2026, 7, 2), "File", {f"{place(june)}/{name}.md": said})
    file_page(story, date(2026, 7, 8))
    path = f"{place(june)}/post-delivery.md"
    judged = {path: summary(replace(june, quality="low"), is_judged=True)}
    story.commit(SUCCESS, date(2026, 7, 13), "Post-mortem", judged)
    return story


@passes
def a_mended_record_that_the_page_restates(keys: Keys) -> Story:
    """The record of a filed quarter changes, and the page says so."""
    story = filed(keys, "2026-Q1")
    before = ledger_of(story)
    path = f"{place(LAMNA)}/post-delivery.md"
    change = changed(story, path, "delivery_quality: low", "delivery_quality: medium")
    story.commit(SUCCESS, DAY, "Mend", change)
    file_page(story, DAY, "2026-Q1", before)
    return story


@passes
def a_late_record_that_the_page_restates(keys: Keys) -> Story:
    """A loss of the quarter is recorded after its page was filed."""
    story = begun(people(keys))
    file_page(story, date(2026, 7, 8))
    before = ledger_of(story)
    path = f"{folder(LATE.id, LATE.customer, LATE.closed)}/closed-lost.md"
    story.commit(SALES, DAY, "A late loss", {path: loss(LATE)})
    file_page(story, DAY, before=before)
    return story


@passes
def a_deal_that_moves_to_another_folder(keys: Keys) -> Story:
    """Its records are the same, below another name and year."""
    story = filed(keys, "2026-Q1")
    moves: dict[str, str | bytes | None] = {}
    for path, (_, content) in story.files().items():
        if path.startswith(f"{place(LAMNA)}/"):
            moves[path] = None
            moves[path.replace("deals/2025/7003-lamna/", "deals/2026/7003-lamna-health/")] = content
    story.commit(STRANGER, DAY, "Sort by year", moves)
    return story


@passes
def a_handoff_that_is_corrected_before_the_delivery(keys: Keys) -> Story:
    """Until the delivery, a prediction may be mended."""
    story = begun(people(keys))
    later = replace(NEW, delivered=DAY + timedelta(days=30))
    path = f"{place(later)}/pre-delivery.md"
    story.commit(SALES, DAY, "Hand off", {path: handoff(later)})
    change = changed(story, path, "timing: partial", "timing: strong")
    story.commit(SALES, DAY + timedelta(days=2), "Correct", change)
    return story


@passes
def two_people_who_answer_different_parts_of_one_record(keys: Keys) -> Story:
    """Git joins the two, and each answer is one person's."""
    story = begun(people(keys))
    path = f"{place(NEW)}/post-delivery.md"
    judged = summary(replace(NEW, quality="low"), is_judged=True)
    story.commit(SUCCESS, DAY + timedelta(days=14), "Judge", {path: judged})
    story.branch("side")
    medium = ("delivery_quality: low", "delivery_quality: medium")
    early = ("note: The draft came in time", "note: The draft came early")
    day = DAY + timedelta(days=15)
    story.commit(SUCCESS, day, "Medium", {path: judged.replace(*medium)}, branch="side")
    story.commit(SUCCESS, day, "Note", {path: judged.replace(*early)})
    both = judged.replace(*medium).replace(*early)
    story.merge(SUCCESS, DAY + timedelta(days=16), "side", {path: both})
    return story


@passes
def a_review_that_the_cro_completes(keys: Keys) -> Story:
    """The Day 60 review is held with the CRO, who notes what was done."""
    story = begun(people(keys))
    held = replace(WON[1], delivered=DAY - timedelta(days=59))
    path = f"{place(held)}/day-60.md"
    undone = review(held).replace("actions_done: [expansion]\n", "")
    story.commit(SUCCESS, DAY, "Day 60", {path: undone})
    story.commit(CRO, DAY, "Opened in the Prospects board", {path: review(held)})
    return story


@passes
def a_squash_that_names_its_co_authors(keys: Keys) -> Story:
    """One commit brings what two people wrote, and names them both."""
    story = begun(people(keys))
    files = {
        f"{place(NEW)}/pre-delivery.md": handoff(NEW),
        f"{place(NEW)}/post-delivery.md": summary(NEW, is_judged=False),
    }
    message = f"Wingtip Data (#12)\n\nCo-authored-by: {SUCCESS}\n"
    story.commit(SALES, DAY + timedelta(days=3), message, files)
    return story


@passes
def a_page_that_was_drafted_while_the_quarter_ran(keys: Keys) -> Story:
    """A draft seals nothing."""
    story = begun(people(keys))
    file_page(story, DAY, "2026-Q3")
    path = f"{place(NEW)}/post-delivery.md"
    filed = summary(replace(NEW, quality="low"), is_judged=True)
    story.commit(SUCCESS, DAY + timedelta(days=14), "Judge", {path: filed})
    file_page(story, DAY + timedelta(days=14), "2026-Q3")
    change = changed(story, path, "quality: low", "quality: medium")
    story.commit(SUCCESS, DAY + timedelta(days=15), "Mend", change)
    return story


@passes
def two_people_who_add_to_one_list_and_one_section(keys: Keys) -> Story:
    """Git joins what each added, and whoever presses the button has no part in it."""
    story = begun(people(keys))
    path = f"{place(NEW)}/day-30.md"
    held = replace(NEW, delivered=DAY - timedelta(days=29))
    story.commit(SUCCESS, DAY, "Day 30", {path: check_in(held)})
    story.branch("side")
    one = ("- The baseline is shown", "- The new baseline is shown")
    two = ("- Nobody owns the number in", "- Nobody yet owns the number in")
    flagged = ("cro_flags: []", "cro_flags: [expansion]")
    said = text(story, path)
    story.commit(SUCCESS, DAY, "One", {path: said.replace(*one)}, branch="side")
    story.commit(SUCCESS, DAY, "Two", {path: said.replace(*two).replace(*flagged)})
    both = said.replace(*one).replace(*two).replace(*flagged)
    story.merge(CRO, DAY, "side", {path: both})
    return story


@passes
def a_handoff_that_was_corrected_on_a_branch_in_time(keys: Keys) -> Story:
    """The branch was merged after the delivery, and its commit was made before."""
    story = begun(people(keys))
    later = replace(NEW, delivered=DAY + timedelta(days=10))
    path = f"{place(later)}/pre-delivery.md"
    story.commit(SALES, DAY, "Hand off", {path: handoff(later)})
    story.branch("side")
    change = changed(story, path, "timing: partial", "timing: strong")
    story.commit(SALES, DAY + timedelta(days=2), "Correct", change, branch="side")
    files = {f"{place(later)}/post-delivery.md": summary(later, is_judged=False)}
    story.commit(SUCCESS, DAY + timedelta(days=13), "Sum up", files)
    story.merge(SALES, DAY + timedelta(days=14), "side")
    return story


@passes
def a_slip_in_a_filed_quarter_that_is_mended_at_once(keys: Keys) -> Story:
    """The record says again what it said when its page was filed."""
    story = filed(keys)
    path = f"{place(LAMNA)}/post-delivery.md"
    before = text(story, path)
    slip = changed(story, path, "delivery_quality: low", "delivery_quality: high")
    story.commit(SUCCESS, DAY, "Slip", slip)
    story.commit(SUCCESS, DAY, "Mend", {path: before})
    return story


@passes
def line_ends_that_are_made_alike(keys: Keys) -> Story:
    """An approval and a record were committed with CRLF, and say the same with LF."""
    story = begun(people(keys))
    made = approved(story, keys, DAY)
    crlf = {made.path: made.text().replace("\n", "\r\n")}
    story.commit(CRO, DAY + timedelta(days=1), "Line ends", crlf, branch=NAME)
    story.merge(SALES, DAY + timedelta(days=2), NAME)
    path = f"{place(LAMNA)}/post-delivery.md"
    files = {made.path: made.text(), path: text(story, path).replace("\n", "\r\n")}
    story.commit(STRANGER, DAY + timedelta(days=3), "Make line ends alike", files)
    return story


@passes
def two_cros_of_whom_one_proposes(keys: Keys) -> Story:
    """Both hold the role, and the other one decides."""
    second = replace(SALES, name="Bea Lind", email="bea@example.com")
    about = f"name: {second.name}, email: {second.email}, key: {keys.of(second)}"
    rows = "".join(f"  - {{role: {role}, {about}}}\n" for role in ("cro", "sales.ops"))
    story = begun(people(keys).decode().replace("people:\n", f"people:\n{rows}").encode())
    propose(story, DAY, author=second)
    decide(story, DAY + timedelta(days=1), keys)
    story.merge(SALES, DAY + timedelta(days=2), NAME)
    return story


@passes
def the_boards_of_monday_com_are_named(keys: Keys) -> Story:
    """Ids of boards and columns are written, moved, and committed with the receipts of a push."""
    story = begun(people(keys))
    found = "referral: {titled: Leads, board: 9003, group: topics, key: text_3}"
    more = f"{found}\n  deals: {{board: 9001, key: text_1}}"
    story.commit(SALES, DAY, "Set up", changed(story, EXCHANGE, "referral: {titled: Leads}", more))
    receipts = Receipts("1", {"7001/pre-delivery": Receipt("5", "6", "0" * 16)})
    story.commit(SALES, DAY, "File", {RECEIPTS: receipts.as_text()})
    moved = changed(story, EXCHANGE, "board: 9003", "board: 9004")
    story.commit(SALES, DAY + timedelta(days=1), "Move the leads", moved)
    approved(story, keys, DAY + timedelta(days=2))
    story.merge(SALES, DAY + timedelta(days=3), NAME)
    return story


_LEADS = "referral: {titled: Leads}"
_LEADS_FOUND = "referral: {titled: Leads, board: 9003, group: topics, key: text_3}"


@passes
def boards_that_are_named_while_a_proposal_is_open(keys: Keys) -> Story:
    """The CRO decided before, on a branch that knows nothing of the ids; he decided on no id."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    day = DAY + timedelta(days=2)
    story.commit(SALES, day, "Set up", changed(story, EXCHANGE, _LEADS, _LEADS_FOUND))
    story.merge(SALES, DAY + timedelta(days=3), NAME)
    return story


@passes
def boards_that_are_named_on_the_branch_after_the_decision(keys: Keys) -> Story:
    """Whoever set up worked on the branch of the proposal; what was approved is what is merged."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    ids = changed(story, EXCHANGE, _LEADS, _LEADS_FOUND, NAME)
    story.commit(SALES, DAY + timedelta(days=2), "Set up", ids, branch=NAME)
    story.merge(SALES, DAY + timedelta(days=3), NAME)
    return story


@passes
def boards_that_are_named_between_the_commits_of_a_change(keys: Keys) -> Story:
    """A rebase put the change, the ids and the approval one behind the other."""
    branched = begun(people(keys))
    made = approved(branched, keys, DAY)
    story = begun(people(keys))
    story.commit(SALES, DAY, "Tune timing", changed(story, MODEL, *TUNED))
    story.commit(SALES, DAY, "Set up", changed(story, EXCHANGE, _LEADS, _LEADS_FOUND))
    story.commit(SALES, DAY, "Propose", {PROPOSAL: text(branched, PROPOSAL, NAME)})
    story.commit(CRO, DAY + timedelta(days=1), "Decide", {made.path: made.text()})
    return story
