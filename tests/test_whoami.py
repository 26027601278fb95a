"""Who somebody is by roles.md: what whoami says, and what check, due, new and audit make of it."""

from __future__ import annotations

import json
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Repository, at_a_terminal, examples
from winloss.core.repository.commits import as_committed
from winloss.core.rulebook.people import Holder, holding, may_file, useless_rows

ROLES = "records/policy/roles.md"
TEAM = (
    ("sales.ops", "Petra Lindqvist", "petra@example.com"),
    ("sales.ops", "Omar Haddad", "omar@example.com"),
    ("customer.success", "Tomas Varga", "Tomas@Example.com"),
    ("cro", "Ingrid Solheim", "ingrid@example.com"),
    ("ceo", "Ingrid Solheim", "ingrid@example.com"),
)


@pytest.fixture
def staffed(repository: Repository) -> Repository:
    """Return a repository whose roles.md names people: two of one role, and one of two roles."""
    rows = (f"  - {{role: {role}, name: {name}, email: {email}}}\n" for role, name, email in TEAM)
    repository.change(ROLES, "people: []\n", f"people:\n{''.join(rows)}")
    repository.git("commit", "-qam", "Name the people")
    return repository


def be(repository: Repository, name: str, email: str) -> None:
    """Set who is at work."""
    repository.git("config", "user.name", name)
    repository.git("config", "user.email", email)


def whoami(repository: Repository) -> dict[str, object]:
    """Return what whoami says, as data."""
    found = json.loads(repository.run("whoami", "--format", "json").out)
    assert isinstance(found, dict)
    return found


def test_nobody_is_named_and_a_role_is_a_claim(repository: Repository) -> None:
    """As shipped, whoami says that anybody may file anything, and how to name the people."""
    be(repository, "Petra", "petra@example.com")
    done = repository.run("whoami")
    assert done.code == 0
    assert "You are Petra <petra@example.com>, as git has you here." in done.out
    assert "names nobody, so a role is a claim" in done.out
    row = '- {role: customer.success, name: Petra, email: "petra@example.com"}'
    assert row in done.out
    repository.change(ROLES, "people: []", f"people:\n  {row}")
    assert whoami(repository)["roles"] == ["customer.success"]


def test_without_an_identity_the_line_that_sets_it_is_printed(staffed: Repository) -> None:
    """What git does not know it is told by a command that works as it is printed."""
    done = staffed.run("whoami")
    assert done.code == 1
    assert "  git config user.email you@example.com" in done.out.splitlines()
    assert whoami(staffed)["state"] == "no-identity"


def test_one_person_of_two_roles_has_the_rights_of_both(staffed: Repository) -> None:
    """The CRO who is the CEO too files decisions, takes part in reviews, and reads as both."""
    be(staffed, "Ingrid Solheim", "ingrid@example.com")
    found = whoami(staffed)
    assert (found["roles"], found["files"]) == (["cro", "ceo"], ["approval"])
    assert (found["takes_part_in"], found["decides"], found["key"]) == (["day-60"], True, None)
    said = staffed.run("whoami").out
    assert "your roles     cro (Chief Revenue Officer) and ceo (Chief Executive Officer)" in said
    assert "all win/loss records (cro); not said in exchange.md (ceo)" in said
    assert "(a claim: records/policy/roles.md names no key of yours)" in said


@pytest.mark.parametrize(
    "email",
    ["tomas@example.com", "TOMAS@EXAMPLE.COM", "<tomas@example.com>", " tomas@example.com,"],
)
def test_an_address_is_compared_as_the_audit_compares_it(email: str, staffed: Repository) -> None:
    """Capital letters make no other person, nor does what git leaves out of a commit."""
    be(staffed, "T. Varga", email)
    assert whoami(staffed)["roles"] == ["customer.success"]
    said = staffed.run("whoami").out
    assert "roles.md calls you Tomas Varga; the address decides" in said
    staffed.run("new", "day-30", "--deal", "1001", "--no-edit")
    for words in (["add", "-A"], ["commit", "-qm", "Check in"]):  # as the person has set git
        subprocess.run(["git", *words], cwd=staffed.root, check=True)
    assert "author-without-role" not in staffed.run("audit").out


def test_an_address_that_is_not_named_gets_the_nearest_and_a_row(staffed: Repository) -> None:
    """A slip in an address shows the one that was perhaps meant, and the row that would be new."""
    be(staffed, "Petra Lindqvist", "petra@exmaple.com")
    done = staffed.run("whoami")
    assert done.code == 1
    assert "If you are Petra Lindqvist <petra@example.com> (sales.ops):" in done.out
    assert "\n  git config user.email petra@example.com\n" in done.out
    assert '- {role: ROLE, name: Petra Lindqvist, email: "petra@exmaple.com"}' in done.out
    be(staffed, "omar haddad", "o.h@private.org")  # the name is known
    assert "If you are Omar Haddad <omar@example.com> (sales.ops):" in staffed.run("whoami").out
    for email in ("zoe@elsewhere.org", "zoe@example.com"):  # a colleague is no slip
        be(staffed, "Zoe", email)
        assert "If you are" not in staffed.run("whoami").out


def test_a_hostile_name_is_shown_and_does_not_act(staffed: Repository) -> None:
    """A name that git has with escape codes in it is printed with each of them visible."""
    be(staffed, 'x\x1b[31m", email: y}', "tomas@example.com")
    assert "\x1b" not in staffed.run("whoami").out
    assert "⟨U+001B⟩" in staffed.run("whoami").out


def test_new_says_at_once_that_another_role_files_it(staffed: Repository) -> None:
    """The record is written all the same, as its form says; holders of the role hear nothing."""
    be(staffed, "Tomas Varga", "tomas@example.com")
    done = staffed.run("new", "pre-delivery", "--deal", "1009", "--customer", "X", "--no-edit")
    assert done.code == 0
    assert (
        "You are Tomas Varga <tomas@example.com> (customer.success); a pre-delivery record is "
        "filed by sales.ops: the audit will name it if you commit it yourself." in done.err
    )
    assert "\nfiled_by: sales.ops\n" in staffed.read("records/deals/2026/1009-x/pre-delivery.md")
    for name, deal in (("petra", "1010"), ("omar", "1011")):
        be(staffed, name, f"{name}@example.com")
        new = ("new", "pre-delivery", "--deal", deal, "--customer", "X", "--no-edit")
        assert "filed by" not in staffed.run(*new).err


def test_who_takes_part_may_file_too(staffed: Repository) -> None:
    """The CRO may commit a review that is held with them; new says nothing, like the audit."""
    be(staffed, "Ingrid Solheim", "ingrid@example.com")
    assert "filed by" not in staffed.run("new", "day-60", "--deal", "1001", "--no-edit").err
    assert "filed by" in staffed.run("new", "day-30", "--deal", "1001", "--no-edit").err


def test_new_offers_first_what_is_yours(staffed: Repository) -> None:
    """Below what your roles owe stands what others owe, with the role that owes it."""
    be(staffed, "Ingrid Solheim", "ingrid@example.com")
    new = ("new", "--no-edit")
    code, said = at_a_terminal(staffed.root, *new, typed=("Which one", "1\n"))
    shown = " ".join(said.split())
    assert code == 0, said
    yours, others = shown.index("You owe, as cro and ceo:"), shown.index("Others owe:")
    assert yours < shown.index("1 overdue 102 days: 1001 Northwind Traders: Day 60") < others
    assert others < shown.index("2 overdue 132 days: customer.success: 1001 Northwind Traders: Day")
    be(staffed, "Petra", "petra@example.com")
    said = at_a_terminal(staffed.root, *new, typed=("Which one", "1\n"))[1]
    assert "You owe nothing, as sales.ops. Others owe:" in " ".join(said.split())


def test_due_lists_what_is_mine(staffed: Repository) -> None:
    """--mine is --role for each role that one holds; without a role it says so."""
    be(staffed, "Tomas Varga", "tomas@example.com")
    asked = ("due", "--format", "json")
    mine = staffed.run(*asked, "--mine").out
    assert mine == staffed.run(*asked, "--role", "customer.success").out
    assert json.loads(mine)["obligations"]
    assert staffed.run("due", "--mine", "--role", "cro").code == 2
    be(staffed, "Zoe", "zoe@elsewhere.org")
    refused = staffed.run("due", "--mine")
    assert (refused.code, refused.out) == (2, "")
    assert "see: winloss whoami" in refused.err


def test_a_proposal_s_id_is_asked_for_at_a_terminal(staffed: Repository) -> None:
    """What the file's name needs is asked; what cannot be a name is asked for again."""
    be(staffed, "Petra", "petra@example.com")
    new = ("new", "proposal", "--no-edit")
    code, said = at_a_terminal(staffed.root, *new, typed=("id: ", "Not A Name\nsize-over-scored\n"))
    assert code == 0, said
    assert "small letters, digits and -" in " ".join(said.split())
    assert "Wrote records/proposals/size-over-scored.md" in said
    assert "id: size-over-scored\n" in staffed.read("records/proposals/size-over-scored.md")
    assert staffed.run("new", "proposal", "--no-edit").code == 2


def test_what_only_repeats_is_a_warning_and_names_its_line(staffed: Repository) -> None:
    """A person and role twice, and one address under two names; another key is no repetition."""
    rows = (
        "  - {role: sales.ops, name: Petra Lindqvist, email: PETRA@example.com}\n"
        "  - {role: cmo, name: Peter, email: petra@example.com}\n"
    )
    line = "  - {role: ceo, name: Ingrid Solheim, email: ingrid@example.com}\n"
    staffed.change(ROLES, line, line + rows)
    done = staffed.run("check", ROLES)
    assert done.code == 0
    assert f"{ROLES}:15:5: warning same-row: petra@example.com holds sales.ops already" in done.out
    assert f"{ROLES}:16:5: warning name-differs: petra@example.com is 'Peter' here" in done.out
    be(staffed, "Petra", "petra@example.com")
    assert whoami(staffed)["roles"] == ["sales.ops", "cmo"]


_HOLDERS = st.builds(
    Holder,
    st.sampled_from(["sales.ops", "customer.success", "cro"]),
    st.sampled_from(["Ann", "Bo"]),
    st.sampled_from(["a@x.org", "b@x.org", "c@x.org"]),
    st.sampled_from(["", "key 1", "key 2"]),
)


@settings(max_examples=examples(200))
@given(st.lists(_HOLDERS, max_size=6), st.sampled_from(["a@x.org", "d@x.org"]))
def test_a_repeated_row_changes_nobody_s_rights(people: list[Holder], address: str) -> None:
    """Whatever rows there are, one of them again is warned of and lets nobody do more or less."""
    for each in people:
        again = [*people, each]
        assert len(list(useless_rows(again))) > len(list(useless_rows(people)))
        for role in ("sales.ops", "customer.success", "cro", "cmo"):
            assert may_file(again, [address], role) == may_file(people, [address], role)
    for role in ("sales.ops", "cmo"):
        if not holding(people, role):
            assert may_file(people, [address], role)


def test_a_person_is_compared_as_git_writes_them() -> None:
    """What git leaves out at the ends of a name or an address, whoami leaves out, too."""
    assert str(as_committed(" 'Ann', ", "<ann@x.org>.")) == "Ann <ann@x.org>"
