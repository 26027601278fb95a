"""Tampered histories, each with what the audit is to find in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from stories import (
    ADATUM,
    BEGUN,
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
    filed,
    people,
    place,
    proposal,
    propose,
    refused,
    text,
)
from winloss.core.deals.governance import EXCHANGE
from winloss.core.demonstration.demo_deals import LATE, WON, folder, handoff, loss, summary

if TYPE_CHECKING:
    from winloss.core.repository.story import Story

# Changes of the rules that nobody approved.


@refused("unapproved-change")
def a_change_of_the_model_without_a_proposal(keys: Keys) -> Story:
    """sales.ops lowers a level's points directly on the main branch."""
    story = begun(people(keys))
    story.commit(SALES, DAY, "Tune timing", changed(story, MODEL, *TUNED))
    return story


@refused("unapproved-change")
def a_change_with_a_forged_author_and_trailer(keys: Keys) -> Story:
    """The commit says that the CRO made and approved it; nothing proves it."""
    story = begun(people(keys))
    message = f"Tune timing\n\nApproved-by: {CRO}\nSigned-off-by: {CRO}"
    story.commit(CRO, DAY, message, changed(story, MODEL, *TUNED))
    return story


@refused("unapproved-change")
def a_proposal_that_is_merged_without_a_decision(keys: Keys) -> Story:
    """The branch has its proposal, and was merged before anybody decided."""
    story = begun(people(keys))
    propose(story, DAY)
    story.merge(SALES, DAY, NAME)
    return story


@refused("unapproved-change")
def a_form_that_changes_unseen(keys: Keys) -> Story:
    """A form stops asking for what deliveries found."""
    story = begun(people(keys))
    path = "templates/post-delivery.md"
    change = changed(story, path, "pattern_codes:", "pattern_code:")
    story.commit(SUCCESS, DAY, "Simplify", change)
    return story


@refused("unapproved-change")
def a_stage_that_changes_along_with_the_boards(keys: Keys) -> Story:
    """Among the ids of Monday.com, R §4's stage becomes another one."""
    story = begun(people(keys))
    new = "board: 9002, key: text_2, stage: status, opens_at: Won"
    change = changed(story, EXCHANGE, "opens_at: Qualified conversation", new)
    story.commit(SALES, DAY, "Set up", change)
    return story


@refused("unapproved-change")
def a_rule_that_changes_along_with_the_boards(keys: Keys) -> Story:
    """In one commit with the ids, records may reach git a year late."""
    story = begun(people(keys))
    ids = changed(story, EXCHANGE, "{titled: Leads}", "{titled: Leads, board: 9003, key: text_3}")
    late = {EXCHANGE: ids[EXCHANGE].replace("within: 14 days", "within: 365 days")}
    story.commit(SALES, DAY, "Set up", late)
    return story


@refused("unapproved-change")
def an_outcome_that_is_filed_along_with_the_boards(keys: Keys) -> Story:
    """A line that holds nothing but ids makes each renewal an item: what is filed is a rule."""
    story = begun(people(keys))
    more = "referral: {titled: Leads}\n  renewal: {board: 9004, key: text_4}"
    change = changed(story, EXCHANGE, "referral: {titled: Leads}", more)
    story.commit(SALES, DAY, "Set up", change)
    return story


@refused("unapproved-change")
def a_remark_that_changes_along_with_the_boards(keys: Keys) -> Story:
    """A comment says another thing of who reads what."""
    story = begun(people(keys))
    ids = changed(story, EXCHANGE, "{titled: Leads}", "{titled: Leads, board: 9003, key: text_3}")
    remark = {EXCHANGE: ids[EXCHANGE].replace("# Who reads what.", "# Everybody reads this.")}
    story.commit(SALES, DAY, "Set up", remark)
    return story


@refused("unapproved-change")
def a_template_that_changes_unseen(keys: Keys) -> Story:
    """The page's layout drops a section."""
    story = begun(people(keys))
    path = "templates/rollup.md.j2"
    story.commit(SUCCESS, DAY, "Shorten", changed(story, path, "## Timeliness", "## Time"))
    return story


@refused("unapproved-change")
def a_policy_file_that_is_deleted(keys: Keys) -> Story:
    """The calendar is gone, and its free days with it."""
    story = begun(people(keys))
    story.commit(SALES, DAY, "Clean up", {CALENDAR: None})
    return story


@refused("unapproved-change")
def a_model_that_is_moved_away_by_its_name(keys: Keys) -> Story:
    """The model's file is renamed, and another one takes its place."""
    story = begun(people(keys))
    change = changed(story, MODEL, *TUNED)
    moved = {"records/policy/old-qualification.md": text(story, MODEL)}
    story.commit(SALES, DAY, "Tidy", {**change, **moved})
    return story


@refused("not-a-plain-file", "unapproved-change")
def a_model_that_becomes_a_link(keys: Keys) -> Story:
    """The model's file is replaced by a link to a file outside the repository."""
    story = begun(people(keys))
    story.commit(SALES, DAY, "Link", {MODEL: "/etc/model.md"}, mode="120000")
    return story


@refused("unapproved-change")
def somebody_who_names_himself_the_cro(keys: Keys) -> Story:
    """roles.md gets another CRO, by nobody's approval."""
    story = begun(people(keys))
    story.commit(SALES, DAY, "Roles", {ROLES: people(keys, cro=STRANGER)})
    return story


@refused("unapproved-change")
def a_change_that_is_taken_back_before_anybody_looks(keys: Keys) -> Story:
    """At the end all is as before; in between, deals were judged by another model."""
    story = begun(people(keys))
    before = text(story, MODEL)
    story.commit(SALES, DAY, "Tune", changed(story, MODEL, *TUNED))
    story.commit(SALES, DAY, "Tune back", {MODEL: before})
    return story


@refused("evil-merge")
def a_merge_that_changes_the_model_in_passing(keys: Keys) -> Story:
    """Neither branch touches the model; the merge commit does."""
    story = begun(people(keys))
    story.branch("side")
    files = {f"{place(NEW)}/pre-delivery.md": handoff(NEW)}
    story.commit(SALES, DAY, "Hand off", files, branch="side")
    story.merge(SALES, DAY, "side", changed(story, MODEL, *TUNED))
    return story


@refused("rules-restored")
def a_merge_that_silently_restores_the_old_model(keys: Keys) -> Story:
    """An old branch is merged, and its old model wins over the one that was approved since."""
    story = begun(people(keys))
    old = text(story, MODEL)
    story.branch("old")
    files = {f"{place(NEW)}/pre-delivery.md": handoff(NEW)}
    story.commit(SALES, DAY, "Hand off", files, branch="old")
    approved(story, keys, DAY)
    story.merge(CRO, DAY + timedelta(days=2), NAME)
    story.merge(SALES, DAY + timedelta(days=3), "old", {MODEL: old})
    return story


# Approvals that are none.


@refused("approval-forged")
def an_approval_signed_by_sales(keys: Keys) -> Story:
    """The signature is good, and not the CRO's."""
    story = begun(people(keys))
    propose(story, DAY)
    decide(story, DAY, keys, signer=SALES)
    story.merge(SALES, DAY, NAME)
    return story


@refused("approval-forged")
def an_approval_by_a_key_that_the_branch_brings_itself(keys: Keys) -> Story:
    """The same branch names a new CRO and has him approve; the roles before it count."""
    story = begun(people(keys))
    propose(story, DAY)
    story.commit(SALES, DAY, "Roles", {ROLES: people(keys, cro=STRANGER)}, branch=NAME)
    decide(story, DAY, keys, by=STRANGER)
    story.merge(SALES, DAY, NAME)
    return story


@refused("approval-not-signed")
def an_approval_without_a_signature_where_a_key_is_named(keys: Keys) -> Story:
    """roles.md names the CRO's key, and the approval only says that it is hers."""
    story = begun(people(keys))
    propose(story, DAY)
    decide(story, DAY, None)
    story.merge(SALES, DAY, NAME)
    return story


@refused("approval-by-another")
def an_approval_committed_by_somebody_else(keys: Keys) -> Story:
    """roles.md names the CRO without a key, and sales.ops committed the approval."""
    story = begun(people(keys, has_email_only=True))
    propose(story, DAY)
    decide(story, DAY, None, by=STRANGER)
    story.merge(SALES, DAY, NAME)
    return story


@refused("approval-forged")
def a_rejection_that_is_turned_into_an_approval(keys: Keys) -> Story:
    """The signed decision said 'rejected', and the file says 'approved' now."""
    story = begun(people(keys))
    propose(story, DAY)
    made = decide(story, DAY, keys, decision="rejected")
    turned = replace(made, decision="approved")
    story.commit(SALES, DAY, "Mend", {made.path: turned.text()}, branch=NAME)
    story.merge(SALES, DAY, NAME)
    return story


@refused("rejected-change")
def a_change_that_was_rejected_and_merged(keys: Keys) -> Story:
    """The decision is there, and is another."""
    story = begun(people(keys))
    propose(story, DAY)
    decide(story, DAY, keys, decision="rejected")
    story.merge(SALES, DAY, NAME)
    return story


@refused("approval-mismatch")
def a_late_push_after_the_approval(keys: Keys) -> Story:
    """What was merged goes further than what was approved."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    more = changed(story, MODEL, "qualified_at: 6", "qualified_at: 5", NAME)
    story.commit(SALES, DAY, "One more thing", more, branch=NAME)
    story.merge(SALES, DAY, NAME)
    return story


@refused("approval-mismatch")
def a_merge_that_adds_to_what_was_approved(keys: Keys) -> Story:
    """The branch is as approved, and the merge commit lowers the threshold besides."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    more = changed(story, MODEL, "qualified_at: 6", "qualified_at: 5", NAME)
    story.merge(SALES, DAY, NAME, more)
    return story


@refused("approval-mismatch")
def an_approved_change_with_another_rule_riding_along(keys: Keys) -> Story:
    """After the approval, the branch also makes Christmas a business day."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    files = {CALENDAR: text(story, CALENDAR) + "\nOne more sentence.\n"}
    story.commit(SALES, DAY, "Calendar", files, branch=NAME)
    story.squash(SALES, DAY, NAME)
    return story


@refused("approval-mismatch")
def two_changes_approved_apart_and_merged_together(keys: Keys) -> Story:
    """Two branches from one state, each approved: nobody approved the two at once."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    other = ("qualified_at: 6", "qualified_at: 7")
    propose(story, DAY, name="threshold", change=other)
    decide(story, DAY, keys, name="threshold", number="0002")
    story.merge(CRO, DAY + timedelta(days=2), NAME)
    story.merge(CRO, DAY + timedelta(days=2), "threshold", changed(story, MODEL, *other))
    return story


@refused("approval-replayed")
def an_approval_that_is_used_twice(keys: Keys) -> Story:
    """The model was changed and changed back, each by decision; then the first is used again."""
    story = _there_and_back(keys)
    story.branch("again")
    story.commit(SALES, DAY, "Model", changed(story, MODEL, *TUNED), branch="again")
    story.merge(SALES, DAY + timedelta(days=9), "again")
    return story


@refused("approval-replayed")
def an_approval_that_is_copied_under_another_number(keys: Keys) -> Story:
    """The copy has the signature of the first, and is for the same change."""
    story = _there_and_back(keys)
    story.branch("again")
    copied = {"records/approvals/0003.md": text(story, "records/approvals/0001.md")}
    files = {**changed(story, MODEL, *TUNED), **copied}
    story.commit(SALES, DAY, "Model", files, branch="again")
    story.merge(SALES, DAY + timedelta(days=9), "again")
    return story


def _there_and_back(keys: Keys) -> Story:
    """Return a history in which a change was approved, and its opposite after it."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    story.merge(CRO, DAY + timedelta(days=2), NAME)
    approved(story, keys, DAY + timedelta(days=3), name="back", change=TUNED[::-1])
    story.merge(CRO, DAY + timedelta(days=5), "back")
    return story


@refused("rejected-change")
def an_approval_that_was_taken_back(keys: Keys) -> Story:
    """The CRO approved, and rejected the same change before it was merged."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    decide(story, DAY + timedelta(days=2), keys, decision="rejected")
    story.merge(SALES, DAY + timedelta(days=3), NAME)
    return story


@refused("author-without-role", "self-approved")
def a_proposal_that_the_cro_approves_for_herself(keys: Keys) -> Story:
    """Who proposes a change does not approve it."""
    story = begun(people(keys))
    story.branch(NAME)
    change = changed(story, MODEL, *TUNED)
    files = {**change, PROPOSAL: proposal(DAY)}
    story.commit(CRO, DAY, "Propose", files, branch=NAME)
    decide(story, DAY, keys)
    story.merge(CRO, DAY, NAME)
    return story


@refused("too-little-evidence")
def an_approval_on_too_few_deals(keys: Keys) -> Story:
    """Two deals say so, and three are needed before a change is proposed."""
    story = begun(people(keys))
    early = date(2026, 2, 15)
    propose(story, early, evidence="[7001, 7003]")
    decide(story, DAY, keys)
    story.merge(CRO, DAY, NAME)
    return story


@refused("council-missing")
def an_approval_that_says_nothing_of_the_council(keys: Keys) -> Story:
    """A dimension goes, and the approval leaves open whether the council reviewed it."""
    story = begun(people(keys))
    gone = ("  timing:\n    title: Timing\n    levels: {absent: 0, partial: 1, strong: 2}\n", "")
    propose(story, DAY, change=gone)
    raised = changed(story, MODEL, "version: 1\nstatus", "version: 2\nstatus", NAME)
    story.commit(SALES, DAY, "Raise the version", raised, branch=NAME)
    decide(story, DAY, keys, council="")
    story.merge(CRO, DAY, NAME)
    return story


@refused("approval-without-proposal")
def an_approval_of_nothing(keys: Keys) -> Story:
    """The proposal that it decided is gone from the branch."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    story.commit(SALES, DAY, "Clean up", {PROPOSAL: None}, branch=NAME)
    story.merge(CRO, DAY, NAME)
    return story


@refused("evidence-differs")
def a_proposal_that_changes_after_it_was_approved(keys: Keys) -> Story:
    """The reasons that the CRO read are not those that were merged."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    change = changed(story, PROPOSAL, "They say so.", "Everybody says so.", NAME)
    story.commit(SALES, DAY, "Word it better", change, branch=NAME)
    story.merge(CRO, DAY, NAME)
    return story


@refused("evidence-differs")
def an_approval_of_evidence_that_never_was(keys: Keys) -> Story:
    """The rules are as approved, and the digest is of nothing that the records ever gave."""
    story = begun(people(keys))
    propose(story, DAY)
    decide(story, DAY, keys, digest="0" * 64)
    story.merge(CRO, DAY, NAME)
    return story


@refused("approval-changed")
def an_approval_that_is_edited_afterwards(keys: Keys) -> Story:
    """Its reason is another one, months later."""
    story = begun(people(keys))
    made = approved(story, keys, DAY)
    story.merge(CRO, DAY, NAME)
    later = replace(made, reason="Because of the weather")
    story.commit(CRO, DAY + timedelta(days=90), "Reason", {made.path: later.text()})
    return story


@refused("approval-changed")
def an_approval_that_is_deleted(keys: Keys) -> Story:
    """What let a change pass is gone."""
    story = begun(people(keys))
    made = approved(story, keys, DAY)
    story.merge(CRO, DAY, NAME)
    story.commit(SALES, DAY, "Clean up", {made.path: None})
    return story


# What hides a change.


@refused("hidden-changes")
def attributes_that_hide_the_model_from_review(keys: Keys) -> Story:
    """A git host would say 'binary file not shown'."""
    story = begun(people(keys))
    story.commit(SALES, DAY, "Attributes", {".gitattributes": "records/policy/** -diff\n"})
    return story


@refused("hidden-changes")
def a_model_whose_folder_differs_in_a_letter_s_case(keys: Keys) -> Story:
    """On many machines, Records/ and records/ are one folder, and the last file wins."""
    story = begun(people(keys))
    change = changed(story, MODEL, *TUNED)
    story.commit(SALES, DAY, "Notes", {MODEL.replace("records/", "Records/"): change[MODEL]})
    return story


@refused("second-beginning", "merge-drops-changes")
def a_second_beginning_that_stands_in_for_the_first(keys: Keys) -> Story:
    """A new root with another model comes first, and the true history is merged into it."""
    story = begun(people(keys))
    story.heads["true"] = story.heads["main"]
    files = {path: content for path, (_, content) in story.files().items()}
    files[MODEL] = changed(story, MODEL, *TUNED)[MODEL].encode()
    del story.heads["main"]
    root = story.commit(SALES, BEGUN, "Adopt winloss", files)
    parents = (root, story.heads["true"])
    story.commit(SALES, DAY, "Merge", {}, parents=parents)
    return story


# Records.


@refused("prediction-edited")
def scores_that_are_mended_after_the_delivery(keys: Keys) -> Story:
    """It went badly, and the handoff says now that it was never strong."""
    story = begun(people(keys))
    path = f"{place(LAMNA)}/pre-delivery.md"
    story.commit(SALES, DAY, "Mend", changed(story, path, "timing: strong", "timing: absent"))
    return story


@refused("prediction-edited")
def a_signal_that_is_reworded_with_the_summary(keys: Keys) -> Story:
    """The same commit brings the summary and another signal."""
    story = begun(people(keys))
    path = f"{place(NEW)}/pre-delivery.md"
    story.commit(SALES, DAY, "Hand off", {path: handoff(NEW)})
    change = changed(story, path, "A new CRO starts in July", "A new CRO may start")
    files = {**change, f"{place(NEW)}/post-delivery.md": summary(NEW, is_judged=False)}
    story.commit(SALES, DAY + timedelta(days=3), "Mend", {path: change[path]})
    story.commit(SUCCESS, DAY + timedelta(days=4), "Sum up", files)
    return story


@refused("prediction-edited")
def an_expectation_that_appears_after_the_delivery(keys: Keys) -> Story:
    """What was kept is promised afterwards."""
    story = begun(people(keys))
    path = f"{place(ADATUM)}/pre-delivery.md"
    old = "expectations:\n"
    new = "expectations:\n  - id: E2\n    note: A workshop\n"
    story.commit(SALES, DAY, "Add", changed(story, path, old, new))
    return story


@refused("prediction-edited", "prediction-edited")
def a_prediction_that_is_deleted_and_filed_again(keys: Keys) -> Story:
    """Between the two commits nobody can see that the scores are others."""
    story = begun(people(keys))
    path = f"{place(LAMNA)}/pre-delivery.md"
    again = changed(story, path, "timing: strong", "timing: absent")
    story.commit(SALES, DAY, "Clean up", {path: None})
    story.commit(SALES, DAY, "File", again)
    return story


@refused("prediction-edited")
def a_prediction_that_is_given_to_another_deal(keys: Keys) -> Story:
    """The handoff names another deal by now, and this one has none."""
    story = begun(people(keys))
    path = f"{place(LAMNA)}/pre-delivery.md"
    story.commit(SALES, DAY, "Mend", changed(story, path, "deal: 7003", "deal: 9999"))
    return story


@refused("prediction-edited")
def a_prediction_that_changes_while_its_folder_moves(keys: Keys) -> Story:
    """A moved record is the same record."""
    story = begun(people(keys))
    moves: dict[str, str | bytes | None] = {}
    for name in ("pre-delivery", "post-delivery"):
        path = f"{place(LAMNA)}/{name}.md"
        moves[path] = None
        said = text(story, path).replace("timing: strong", "timing: absent")
        moves[path.replace("-lamna/", "-lamna-health/")] = said
    story.commit(SALES, DAY, "Move", moves)
    return story


@refused("closed-quarter-changed")
def a_record_of_a_filed_quarter_that_is_rewritten(keys: Keys) -> Story:
    """The page says 'low', and the record 'high' by now."""
    story = filed(keys)
    path = f"{place(LAMNA)}/post-delivery.md"
    change = changed(story, path, "delivery_quality: low", "delivery_quality: high")
    story.commit(SUCCESS, DAY, "Mend", change)
    return story


@refused("closed-quarter-changed", "closed-quarter-changed")
def a_record_of_a_filed_quarter_that_is_deleted(keys: Keys) -> Story:
    """A loss of a quarter that was filed is gone, and so is a summary."""
    story = filed(keys)
    gone = {f"{place(LAMNA)}/{name}.md": None for name in ("post-delivery",)}
    story.commit(SUCCESS, DAY, "Clean up", gone)
    late = f"{folder(LATE.id, LATE.customer, LATE.closed)}/closed-lost.md"
    story.commit(SALES, DAY, "Clean up", {late: None})
    return story


@refused("closed-quarter-changed")
def a_record_of_a_filed_quarter_that_a_merge_rewrites(keys: Keys) -> Story:
    """It comes in with a branch about something else."""
    story = filed(keys)
    story.branch("side")
    path = f"{place(LAMNA)}/post-delivery.md"
    change = changed(story, path, "delivery_quality: low", "delivery_quality: high")
    story.commit(SUCCESS, DAY, "Several things", change, branch="side")
    story.merge(SUCCESS, DAY, "side")
    return story


@refused("closed-quarter-changed")
def a_record_whose_date_moves_it_out_of_a_filed_quarter(keys: Keys) -> Story:
    """The delivery counts in a quarter that nobody has filed yet."""
    story = filed(keys)
    path = f"{place(LAMNA)}/post-delivery.md"
    change = changed(story, path, "delivered_on: 2026-01-20", "delivered_on: 2026-07-02")
    story.commit(SUCCESS, DAY, "Mend the date", change)
    return story


@refused("backdated")
def a_record_that_names_a_day_long_past(keys: Keys) -> Story:
    """Filed in time, by its own word, and committed two months later."""
    story = begun(people(keys))
    files = {f"{place(NEW)}/pre-delivery.md": handoff(NEW)}
    story.commit(SALES, DAY + timedelta(days=60), "Hand off", files)
    return story


@refused("backdated")
def a_date_that_is_moved_back_later(keys: Keys) -> Story:
    """The summary came late, and its date says in time by now."""
    story = begun(people(keys))
    late = replace(NEW, handed_off=DAY, delivered=DAY)
    path = f"{place(late)}/post-delivery.md"
    filed = DAY + timedelta(days=30)
    said = summary(late, is_judged=False)
    in_time = f"date: {DAY + timedelta(days=3)}"
    story.commit(SUCCESS, filed, "Sum up", {path: said.replace(in_time, f"date: {filed}")})
    story.commit(SUCCESS, filed, "Mend", {path: said})
    return story


@refused("author-without-role")
def a_summary_that_sales_files_for_customer_success(keys: Keys) -> Story:
    """The record says customer.success, and sales.ops committed it."""
    story = begun(people(keys))
    path = f"{place(NEW)}/post-delivery.md"
    story.commit(SALES, DAY + timedelta(days=3), "Sum up", {path: summary(NEW, is_judged=False)})
    return story


@refused("author-without-role")
def a_flag_that_a_stranger_adds(keys: Keys) -> Story:
    """Somebody without a role makes the evidence say more."""
    story = begun(people(keys))
    path = f"{place(WON[5])}/post-delivery.md"
    flag = "flags:\n  - dimension: timing\n    claim: over-scored\n    note: So they say\n"
    story.commit(STRANGER, DAY, "Add", changed(story, path, "flags:\n", flag))
    return story


@refused("evil-merge")
def a_merge_that_makes_up_an_answer(keys: Keys) -> Story:
    """Two branches say 'low' and 'medium', and the merge says 'high'."""
    story = begun(people(keys))
    path = f"{place(NEW)}/post-delivery.md"
    judged = summary(replace(NEW, quality="low"), is_judged=True)
    story.commit(SUCCESS, DAY + timedelta(days=14), "Judge", {path: judged})
    story.branch("side")
    medium = judged.replace("delivery_quality: low", "delivery_quality: medium")
    story.commit(SUCCESS, DAY + timedelta(days=15), "Medium", {path: medium}, branch="side")
    again = judged.replace("note: The draft came in time", "note: The draft came early")
    story.commit(SUCCESS, DAY + timedelta(days=15), "Note", {path: again})
    made = again.replace("delivery_quality: low", "delivery_quality: high")
    story.merge(SUCCESS, DAY + timedelta(days=16), "side", {path: made})
    return story


# What a closer look found.


@refused("merge-drops-changes", "merge-drops-changes", "merge-drops-changes")
def a_merge_that_makes_the_old_line_the_main_one(keys: Keys) -> Story:
    """A new branch from the beginning takes the main one in, and keeps nothing of it."""
    story = begun(people(keys))
    first = story.heads["main"]
    approved(story, keys, DAY)
    story.merge(CRO, DAY + timedelta(days=2), NAME)
    taken = story.heads["main"]
    story.heads["main"] = first
    kept = story.commit(SALES, DAY + timedelta(days=3), "Notes", {"notes.md": "x"})
    story.heads["old"] = taken
    story.commit(SALES, DAY + timedelta(days=4), "Merge", {}, parents=(kept, taken))
    return story


@refused("merge-drops-changes")
def a_merge_that_loses_a_record(keys: Keys) -> Story:
    """The branch had added it, the main branch had not touched it, and the merge has none."""
    story = begun(people(keys))
    story.branch("side")
    path = f"{place(NEW)}/pre-delivery.md"
    story.commit(SALES, DAY, "Hand off", {path: handoff(NEW)}, branch="side")
    story.commit(SALES, DAY, "Notes", {"notes.md": "x"})
    parents = (story.heads["main"], story.heads["side"])
    story.commit(SALES, DAY, "Merge", {}, parents=parents)
    return story


@refused("unapproved-change")
def a_model_that_is_tried_out_before_it_is_approved(keys: Keys) -> Story:
    """Deals were handed off under it, and the approval of another step came weeks later."""
    story = begun(people(keys))
    before = text(story, MODEL)
    lower = before.replace("qualified_at: 6", "qualified_at: 1")
    story.commit(SALES, DAY, "Lower", {MODEL: lower})
    story.commit(SALES, DAY, "Hand off", {f"{place(NEW)}/pre-delivery.md": handoff(NEW)})
    story.commit(SALES, DAY + timedelta(days=20), "As before", {MODEL: before})
    approved(story, keys, DAY + timedelta(days=21))
    story.rebase(DAY + timedelta(days=23), NAME, CRO)
    return story


@refused("author-without-role", "unapproved-change")
def a_stranger_who_gives_himself_a_role_for_a_day(keys: Keys) -> Story:
    """Roles that nobody approved give nobody the right to touch a record."""
    story = begun(people(keys))
    before = text(story, ROLES)
    row = f"  - {{role: customer.success, name: {STRANGER.name}, email: {STRANGER.email}}}\n"
    story.commit(STRANGER, DAY, "Roles", {ROLES: before.replace("people:\n", f"people:\n{row}")})
    path = f"{place(NEW)}/post-delivery.md"
    files = {path: summary(NEW, is_judged=False)}
    story.commit(STRANGER, DAY + timedelta(days=1), "Sum up", files)
    story.commit(STRANGER, DAY + timedelta(days=2), "Roles", {ROLES: before})
    return story


@refused("prediction-edited")
def a_prediction_that_is_laundered_through_another_kind(keys: Keys) -> Story:
    """It is no handoff for a while, and comes back as one with other scores."""
    story = begun(people(keys))
    path = f"{place(LAMNA)}/pre-delivery.md"
    kind = ("kind: pre-delivery", "kind: pre-deliverx")
    story.commit(SALES, DAY, "One", changed(story, path, *kind))
    story.commit(SALES, DAY, "Two", changed(story, path, "timing: strong", "timing: absent"))
    story.commit(SALES, DAY, "Three", changed(story, path, *kind[::-1]))
    return story


@refused("prediction-edited")
def a_delivery_that_is_dated_later_to_hide_an_edit(keys: Keys) -> Story:
    """The scores were edited after the delivery, whose day was moved first."""
    story = begun(people(keys))
    later = replace(NEW, delivered=DAY)
    path = f"{place(later)}/pre-delivery.md"
    story.commit(SALES, DAY, "Hand off", {path: handoff(later)})
    summed = f"{place(later)}/post-delivery.md"
    story.commit(
        SUCCESS, DAY + timedelta(days=3), "Sum up", {summed: summary(later, is_judged=False)}
    )
    moved = changed(
        story, summed, f"delivered_on: {DAY}", f"delivered_on: {DAY + timedelta(days=9)}"
    )
    story.commit(SUCCESS, DAY + timedelta(days=4), "Mend the day", moved)
    edited = changed(story, path, "timing: partial", "timing: absent")
    story.commit(SALES, DAY + timedelta(days=5), "Mend", edited)
    return story


@refused("author-without-role", "author-without-role")
def records_that_a_stranger_deletes(keys: Keys) -> Story:
    """Nothing of the quarter was filed yet, and two records are gone."""
    story = begun(people(keys))
    gone = {f"{place(WON[7])}/{name}.md": None for name in ("post-delivery",)}
    path = f"{folder(LATE.id, LATE.customer, LATE.closed)}/closed-lost.md"
    story.commit(SALES, DAY, "A loss", {path: loss(LATE)})
    story.commit(STRANGER, DAY, "Clean up", {**gone, path: None})
    return story


@refused("author-without-role")
def a_record_that_a_stranger_files_under_no_role(keys: Keys) -> Story:
    """The edit also changes who is said to have filed it, to a role that nobody holds."""
    story = begun(people(keys))
    path = f"{place(LAMNA)}/post-delivery.md"
    change = {
        path: text(story, path)
        .replace("delivery_quality: low", "delivery_quality: high")
        .replace("filed_by: customer.success", "filed_by: delivery")
    }
    story.commit(STRANGER, DAY, "Mend", change)
    return story


@refused("author-without-role")
def an_old_answer_that_a_stranger_brings_back(keys: Keys) -> Story:
    """The very words were once committed by who may, and were mended since."""
    story = begun(people(keys))
    path = f"{place(NEW)}/post-delivery.md"
    low = summary(replace(NEW, quality="low"), is_judged=True)
    story.commit(SUCCESS, DAY + timedelta(days=14), "Judge", {path: low})
    medium = low.replace("delivery_quality: low", "delivery_quality: medium")
    story.commit(SUCCESS, DAY + timedelta(days=15), "Mend", {path: medium})
    story.commit(STRANGER, DAY + timedelta(days=16), "Mend", {path: low})
    return story


@refused("approval-changed", "approval-forged")
def a_rejection_whose_reason_is_rewritten(keys: Keys) -> Story:
    """A decision is kept as it was filed, whatever it was."""
    story = begun(people(keys))
    before = text(story, MODEL)
    propose(story, DAY)
    made = decide(story, DAY, keys, decision="rejected", reason="Ask more of them")
    story.commit(SALES, DAY, "Take it back", {MODEL: before}, branch=NAME)
    story.merge(SALES, DAY, NAME)
    story.commit(STRANGER, DAY, "Mend", {made.path: made.text().replace("Ask more", "Ask less")})
    return story


@refused("approval-not-signed")
def a_rejection_in_the_name_of_the_cro(keys: Keys) -> Story:
    """Whoever rejects a proposal for her has no key to sign with."""
    story = begun(people(keys))
    before = text(story, MODEL)
    propose(story, DAY)
    decide(story, DAY, None, decision="rejected", by=STRANGER)
    story.commit(SALES, DAY, "Take it back", {MODEL: before}, branch=NAME)
    story.merge(SALES, DAY, NAME)
    return story


@refused("proposal-changed")
def a_proposal_that_is_reworded_after_the_merge(keys: Keys) -> Story:
    """The reasons for an approved change are others, weeks later."""
    story = begun(people(keys))
    approved(story, keys, DAY)
    story.merge(CRO, DAY + timedelta(days=2), NAME)
    change = changed(story, PROPOSAL, "They say so.", "We all knew.")
    story.commit(SALES, DAY + timedelta(days=30), "Word it better", change)
    return story


@refused("approval-forged")
def a_condition_that_is_added_below_a_signature(keys: Keys) -> Story:
    """The file of the approval says more than what was signed."""
    story = begun(people(keys))
    made = approved(story, keys, DAY)
    more = f"{made.text()}\n## Conditions\n\nsales.ops may lower the threshold, too.\n"
    story.commit(SALES, DAY, "Conditions", {made.path: more}, branch=NAME)
    story.merge(SALES, DAY, NAME)
    return story


@refused("self-approved")
def a_proposal_of_the_cros_that_another_touches(keys: Keys) -> Story:
    """A newline by sales.ops does not make it theirs."""
    story = begun(people(keys))
    story.branch(NAME)
    files = {**changed(story, MODEL, *TUNED), PROPOSAL: proposal(DAY)}
    story.commit(CRO, DAY, "Propose", files, branch=NAME)
    story.commit(SALES, DAY, "Touch", {PROPOSAL: proposal(DAY) + "\n"}, branch=NAME)
    decide(story, DAY, keys)
    story.merge(SALES, DAY, NAME)
    return story


@refused("self-approved")
def a_proposer_with_two_addresses(keys: Keys) -> Story:
    """She proposes from the one, and signs with the other's key."""
    other = replace(CRO, email="ingrid@home.example.com")
    row = f"  - {{role: sales.ops, name: {other.name}, email: {other.email}}}\n"
    roles = people(keys).decode().replace("people:\n", f"people:\n{row}")
    story = begun(roles.encode())
    propose(story, DAY, author=other)
    decide(story, DAY, keys)
    story.merge(SALES, DAY, NAME)
    return story


@refused("page-edited")
def a_filed_page_that_is_edited_by_hand(keys: Keys) -> Story:
    """The page says something else, and its sources are the same."""
    story = filed(keys)
    path = "operations/reports/revenue/win-loss-2026-Q2.md"
    story.commit(STRANGER, DAY, "Mend", changed(story, path, "**Won ", "**Won at last "))
    return story


@refused("page-deleted")
def a_filed_page_that_is_deleted(keys: Keys) -> Story:
    """What was filed is gone."""
    story = filed(keys)
    story.commit(STRANGER, DAY, "Tidy", {"operations/reports/revenue/win-loss-2026-Q2.md": None})
    return story


@refused("closed-quarter-changed")
def a_flag_that_is_added_to_a_filed_quarter(keys: Keys) -> Story:
    """The evidence has one more row, and the page that was filed does not have it."""
    story = filed(keys)
    path = f"{place(LAMNA)}/post-delivery.md"
    flag = "flags:\n  - dimension: industry_fit\n    claim: over-scored\n    note: So they say\n"
    story.commit(SUCCESS, DAY, "Add", changed(story, path, "flags:\n", flag))
    return story


@refused("hidden-changes", "hidden-changes", "hidden-changes", "hidden-changes")
def attributes_in_other_words(keys: Keys) -> Story:
    """Tabs, quotes and wild cards hide the same files."""
    story = begun(people(keys))
    lines = (
        "records/policy/**\t-diff",
        '"records/policy/**" -diff',
        "[r]ecords/policy/** -diff",
        "r?cords/policy/** linguist-generated",
    )
    for number in range(len(lines)):
        said = "".join(f"{line}\n" for line in lines[: number + 1])
        story.commit(SALES, DAY, "Attributes", {".gitattributes": said})
    return story


@refused("hidden-changes")
def a_policy_folder_that_differs_in_a_letter_s_case(keys: Keys) -> Story:
    """On many machines this is the model's file."""
    story = begun(people(keys))
    twin = MODEL.replace("policy/", "Policy/")
    story.commit(SALES, DAY, "Notes", {twin: changed(story, MODEL, *TUNED)[MODEL]})
    return story
