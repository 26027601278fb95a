"""Who must review what, as git hosts read it: CODEOWNERS, from the persons of roles.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winloss.core.repository.tree import POLICY, RECORDS, TEMPLATES
from winloss.core.rulebook.people import ROLES, holding
from winloss.core.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from winloss.core.rulebook.people import Holder

_HEAD = f"""\
# Who must review what, by e-mail address. The last line that fits a file decides.
# Made from {ROLES}. Once people change there: winloss init --update
# A host asks for these reviews only where its settings say so (GitHub: branch protection, "Require
# review from Code Owners"), and in private repositories only on a paid plan (GitHub Team or
# Enterprise, GitLab Premium or Ultimate).
"""
_SOURCES = (
    *("/.github/", "/.gitlab/", "/.gitlab-ci.yml", "/.winloss/", "/CODEOWNERS"),
    *("/.gitattributes", "/.pre-commit-config.yaml", "/.vscode/", "/Makefile"),
)


def codeowners(people: Iterable[Holder], rollups: str) -> str:
    """Return the text of CODEOWNERS; ``rollups`` is the folder of the pages (X §4).

    Records belong to those who exchange them (X §2), rules and decisions to the CRO (X §5), and a
    page to customer.success, who files it, and to the CRO, who reviews it. Where nobody holds a
    role, a comment says what to do.
    """
    known, folder = tuple(people), rollups.replace(" ", "\\ ")
    parts = [_HEAD]
    for why, paths, roles in (
        ("The records: either side may review what the other files.", (f"/{RECORDS}",), _EXCHANGE),
        ("The pages: customer.success files them, the CRO reviews them.", (f"/{folder}/",), _PAGE),
        (
            "The rules, and what was decided on them: the CRO.",
            (f"/{TEMPLATES}", f"/{POLICY}", f"/{RECORDS}approvals/"),
            ("cro",),
        ),
        ("What checks all this, here and on your machines: the CRO.", _SOURCES, ("cro",)),
    ):
        parts.append("\n".join([f"# {why}", *_lines(known, paths, roles), ""]))
    return "\n".join(parts)


_EXCHANGE = ("sales.ops", "customer.success")
_PAGE = ("customer.success", "cro")


def _lines(
    people: tuple[Holder, ...], paths: tuple[str, ...], roles: tuple[str, ...]
) -> Iterator[str]:
    owners = dict.fromkeys(
        each.email for role in roles for each in holding(people, role) if each.email
    )
    missing = [role for role in roles if not any(each.email for each in holding(people, role))]
    if missing:
        yield f"# Nobody is {listed(missing)} yet: add a row with an e-mail address to {ROLES}."
    for path in paths:
        yield f"{path} {' '.join(owners)}" if owners else f"# {path}"
