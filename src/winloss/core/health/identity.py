"""Who somebody is by roles.md, and what follows: what they file, decide and read.

Roles are judged by addresses, as the audit judges a commit's author. Where nobody is named, a role
is a claim and anybody may file anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from winloss.core.auditing.approval import APPROVER
from winloss.core.auditing.verdict import signing_holders
from winloss.core.rulebook.people import ROLES, Holder, holding, may_file
from winloss.core.wording import listed, nearest, one_line, with_article
from winloss.core.writing.lines import quoted

if TYPE_CHECKING:
    from winloss.core.deals.ledger import Ledger
    from winloss.core.repository.commits import Person
    from winloss.core.rulebook.form import Form

State = Literal["no-identity", "nobody-named", "unknown", "known"]
SET_EMAIL = "git config user.email you@example.com"
SET_NAME = 'git config user.name "Your Name"'


@dataclass(frozen=True, slots=True)
class Identity:
    """A person, as git has them, beside the people that roles.md names."""

    person: Person
    people: tuple[Holder, ...]

    @property
    def rows(self) -> tuple[Holder, ...]:
        """The rows of roles.md with the person's address."""
        return tuple(each for each in self.people if each.email == self.person.address)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that the person holds, in the order of the rows."""
        return tuple(dict.fromkeys(each.role for each in self.rows))

    @property
    def keys(self) -> tuple[str, ...]:
        """The public keys that sign this person's decisions."""
        return tuple(each.key for each in signing_holders(holding(self.rows, APPROVER)))

    @property
    def state(self) -> State:
        """Whether git has an address, and whether roles.md has it, too."""
        if not self.person.email:
            return "no-identity"
        if not self.people:
            return "nobody-named"
        return "known" if self.rows else "unknown"

    @property
    def perhaps_meant(self) -> str:
        """The address in roles.md that is the person's but for a slip; empty when none is.

        That of who is called so, or else one that is near: colleagues share what follows the @.
        """
        name = one_line(self.person.name).casefold()
        same = (each.email for each in self.people if one_line(each.name).casefold() == name)
        near = [each.email for each in self.people if _is_near(self.person.address, each.email)]
        return next(same, "") or nearest(self.person.address, near) or ""

    @property
    def is_settled(self) -> bool:
        """Whether nothing about it needs mending before something is filed."""
        return self.state in {"known", "nobody-named"}

    def may_file(self, form: Form) -> bool:
        """Tell whether the audit would let the person file a record on a form."""
        return may_file(self.people, [self.person.address], form.filed_by, form.held_with)

    @property
    def may_decide(self) -> bool:
        """Whether a decision of this person's counts: with a key, where anybody has one."""
        deciders = holding(self.people, APPROVER)
        deciders = signing_holders(deciders) or deciders
        return not deciders or any(each.email == self.person.address for each in deciders)


def _is_near(one: str, other: str) -> bool:
    """Tell whether two addresses may be one with a slip: near before the @, and behind it."""
    parts = zip(one.split("@"), other.split("@"), strict=False)
    return all(nearest(typed, [known]) for typed, known in parts)


def not_yours(identity: Identity, form: Form) -> str:
    """Return in words that a kind is filed by another role; empty when the person may file it."""
    if identity.may_file(form):
        return ""
    what = f"{with_article(form.kind)} record is filed by {form.filed_by}"
    if identity.state == "no-identity":
        return f"Git does not know who you are, and {what}: see winloss whoami"
    me = one_line(str(identity.person))
    mine = f" ({listed(identity.roles)})" if identity.roles else f", whom {ROLES} does not name"
    return f"You are {me}{mine}; {what}: the audit will name it if you commit it yourself."


def identity_lines(identity: Identity, ledger: Ledger, key: str) -> list[str]:
    """Return who the person is and what they may do; ``key`` is the file of theirs that signs."""
    if identity.state == "no-identity":
        return [
            "Git does not know who you are in this repository. Tell it once:",
            f"  {SET_NAME}",
            f"  {SET_EMAIL}",
        ]
    head = f"You are {one_line(str(identity.person))}, as git has you here."
    if identity.state == "nobody-named":
        return [
            head,
            f"{ROLES} names nobody, so a role is a claim: anybody may file and decide anything.",
            "The audit can hold nobody to it. Name the people there, a row for each role:",
            f"  {_row(identity, 'customer.success')}",
        ]
    if identity.state == "unknown":
        return [head, *_unknown(identity)]
    return [head, *_other_name(identity), *_rights(identity, ledger, key)]


def _row(identity: Identity, role: str) -> str:
    """Return the row of roles.md that would name the person."""
    name, email = (
        quoted(one_line(each), in_list=True)
        for each in (identity.person.name, identity.person.email)
    )
    return f"- {{role: {role}, name: {name}, email: {email}}}"


def _unknown(identity: Identity) -> list[str]:
    """Return that no row has the person's address, what comes near it, and the row to add."""
    near = identity.perhaps_meant
    rows = [each for each in identity.people if each.email == near]
    lines = [f"{ROLES} does not name this address, so you hold no role."]
    if rows:
        who = f"{one_line(rows[0].name)} <{near}> ({listed(each.role for each in rows)})"
        lines += [f"If you are {who}:", f"  git config user.email {near}"]
    return [
        *lines,
        f"{'Otherwise add' if rows else 'Add'} a row, through a proposal as for any rule:",
        f"  {_row(identity, 'ROLE')}",
    ]


def _other_name(identity: Identity) -> list[str]:
    """Return that roles.md calls the person otherwise; the address decides, so it only tells."""
    name = identity.rows[0].name
    if one_line(name).casefold() == one_line(identity.person.name).casefold():
        return []
    return [f"{ROLES} calls you {one_line(name)}; the address decides, so nothing is lost by it."]


def _rights(identity: Identity, ledger: Ledger, key: str) -> list[str]:
    titles = ledger.policy.vocabulary("roles.roles")
    roles = [one_line(f"{each} ({titles.title(each)})") for each in identity.roles]
    files, joins, anybody = (listed(kinds) for kinds in _kinds(identity, ledger))
    rows = [
        ("your roles" if len(roles) > 1 else "your role", listed(roles)),
        ("you file", files or "nothing"),
        ("you take part", joins),
        ("you decide", _decides(identity, key)),
        ("you read", _reads(identity, ledger)),
        ("anybody files", f"{anybody}, for roles that nobody holds yet" if anybody else ""),
    ]
    return [f"  {what:13}  {said}" for what, said in rows if said]


def _kinds(identity: Identity, ledger: Ledger) -> tuple[list[str], list[str], list[str]]:
    """Return the kinds that the person files, those they take part in, and those open to all."""
    forms, roles = [ledger.forms[kind] for kind in ledger.forms], identity.roles
    return (
        [each.kind for each in forms if each.filed_by in roles],
        [each.kind for each in forms if each.held_with in roles and each.filed_by not in roles],
        [each.kind for each in forms if not holding(identity.people, each.filed_by)],
    )


def _decides(identity: Identity, key: str) -> str:
    if not identity.may_decide:
        return ""
    what = "proposals, with: winloss approve PROPOSAL"
    if APPROVER not in identity.roles:
        return f"{what} ({ROLES} names no {APPROVER}, so it is a claim)"
    if not identity.keys:
        return f"{what} (a claim: {ROLES} names no key of yours)"
    if not key:
        return f"{what}. The key that {ROLES} names is not on this machine: see winloss doctor"
    return f"{what} (signed with {one_line(key)})"


def _reads(identity: Identity, ledger: Ledger) -> str:
    said = _readers(identity, ledger)
    if len(set(said.values())) == 1:
        return one_line(next(iter(said.values())))
    return one_line("; ".join(f"{what} ({role})" for role, what in said.items()))


def _readers(identity: Identity, ledger: Ledger) -> dict[str, str]:
    """Return what each of the person's roles may read, as exchange.md has it (X §4)."""
    readers = ledger.policy.vocabulary("exchange.readers").titles
    return {role: readers.get(role, "not said in exchange.md") for role in identity.roles}


def identity_data(identity: Identity, ledger: Ledger, key: str) -> dict[str, object]:
    """Return the same as data: ``key`` is null where none signs."""
    files, joins, anybody = _kinds(identity, ledger)
    return {
        "name": identity.person.name,
        "email": identity.person.email,
        "state": identity.state,
        "name_in_roles": identity.rows[0].name if identity.rows else None,
        "roles": list(identity.roles),
        "files": files,
        "takes_part_in": joins,
        "open_to_anybody": anybody,
        "decides": identity.may_decide,
        "key": key or None,
        "reads": _readers(identity, ledger),
    }
