"""Which person holds which role: the rows of ``records/policy/roles.md``."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winloss.core.problem import Problem, error
from winloss.core.repository.commits import address
from winloss.core.repository.tree import POLICY
from winloss.core.text.document import read_document
from winloss.core.text.node import Entries, Items
from winloss.core.text.reader import Reader, codes_of, place_of
from winloss.core.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from winloss.core.text.node import Place
ROLES = f"{POLICY}roles.md"
_KEYS = ("role", "name", "email", "key")
# ASCII only: two addresses that look the same must be the same.
EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LEAST_KEY = 40  # bytes of the shortest key, with their lengths
_KINDS = r"ssh-ed25519|sk-ssh-ed25519@openssh\.com|ecdsa-sha2-nistp(?:256|384|521)"
_KEY = re.compile(rf"(?:{_KINDS}) [A-Za-z0-9+/]+={{0,3}}")


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who holds a role; ``key`` is the public key that signs approvals, if any.

    ``email`` is the address as it is compared, ``place`` where the row begins.
    """

    role: str
    name: str
    email: str
    key: str
    place: Place = field(default=(1, 1), compare=False)


def read_people(reader: Reader, roles: Collection[str]) -> tuple[Holder, ...]:
    """Read the rows of ``people``; what is wrong is reported to the reader, with its place."""
    node = reader.front.get("people")
    if not isinstance(node, Items):
        hint = "write people: [], or one row a person and role"
        reader.report(place_of(reader.front, "people"), "'people' must list rows", hint)
        return ()
    found = []
    for item in node.values:
        if isinstance(item, Entries):
            found.append(_holder(reader, item, roles))
        else:
            hint = "write - {role: cro, name: …, email: …}"
            reader.report(item.place, "a person is a row with role, name and email", hint)
    return tuple(found)


def _holder(reader: Reader, row: Entries, roles: Collection[str]) -> Holder:
    reader.known_keys(row, _KEYS, "a person")
    role, name, email = (reader.answer(row, key) for key in ("role", "name", "email"))
    key = " ".join(reader.text(row, "key").split()[:2])
    if role and role not in roles:
        place = place_of(row, "role")
        reader.report(place, f"no role is called '{role}'", did_you_mean(role, roles))
    if email and not EMAIL.fullmatch(email):
        message = f"'{email}' is no e-mail address of plain letters"
        reader.report(place_of(row, "email"), message, "write it as git shows it")
    if key and not _is_key(key):
        hint = "copy the line of the .pub file: ssh-ed25519 AAAA…"
        reader.report(place_of(row, "key"), "this is no public SSH key that can be used", hint)
    return Holder(role, name, address(email), key, row.place)


def _is_key(key: str) -> bool:
    """Tell whether a text is a public key of a kind that can be used, and a whole one."""
    if not _KEY.fullmatch(key):
        return False
    kind, _, body = key.partition(" ")
    try:
        data = base64.b64decode(body, validate=True)
    except ValueError:
        return False
    name = kind.encode()
    is_whole = len(data) >= len(name) + _LEAST_KEY
    return is_whole and data.startswith(len(name).to_bytes(4, "big") + name)


def people_in(content: bytes) -> tuple[Holder, ...]:
    """Return the persons that a stored roles.md names; nobody where it cannot be read."""
    document, _ = read_document(ROLES, content, is_rule=True)
    if document is None:
        return ()
    reader = Reader(document, "bad-policy")
    people = read_people(reader, codes_of(reader.front.get("roles")))
    return () if reader.problems else people


def holding(people: Iterable[Holder], role: str) -> tuple[Holder, ...]:
    """Return the persons who hold a role."""
    return tuple(each for each in people if each.role == role)


def may_file(
    people: Iterable[Holder], addresses: Collection[str], role: str, held_with: str = ""
) -> bool:
    """Tell whether somebody with these addresses may file what a role files.

    So may who holds the role that takes part. Where nobody holds the role, anybody may.
    """
    rows = tuple(people)
    allowed = {each.email for each in rows if each.role in {role, held_with}}
    return not holding(rows, role) or not allowed.isdisjoint(addresses)


def useless_rows(people: Sequence[Holder]) -> Iterator[Problem]:
    """Yield a warning for each row that says what another says, or makes one address two people.

    Only warnings: whoever is named stays named, and so does whoever was named in an older commit.
    One row more with another key is none of these: it is for who works on two machines.
    """
    for number, each in enumerate(people):
        same = [other for other in people[:number] if other.email == each.email]
        twins = [other for other in same if other.role == each.role]
        twin = next((other for other in twins if other.key in {"", each.key} or not each.key), None)
        named = next(iter(same), each)
        if twin is not None:
            message = f"{each.email} holds {each.role} already, by line {twin.place[0]}"
            hint = "delete one of the two rows"
            yield error(ROLES, each.place, "same-row", message, hint).as_warning()
        elif named.name.casefold() != each.name.casefold():
            message = (
                f"{each.email} is '{each.name}' here and '{named.name}' in line {named.place[0]}"
            )
            hint = "write one name for one address; two people need two addresses"
            yield error(ROLES, each.place, "name-differs", message, hint).as_warning()
