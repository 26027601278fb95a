"""CODEOWNERS: who must review what, as a host reads it."""

from __future__ import annotations

import pytest

from winloss.core.founding.codeowners import codeowners
from winloss.core.rulebook.people import Holder

DANA = Holder("cro", "Dana", "dana@example.com", "")
SAM = Holder("sales.ops", "Sam", "sam@example.com", "")
CLEO = Holder("customer.success", "Cleo", "cleo@example.com", "")
ROLLUPS = "operations/reports/revenue"
PAGE = f"{ROLLUPS}/win-loss-2026-Q3.md"
RECORD = "records/deals/2026/1001-northwind/pre-delivery.md"


def owners(text: str, path: str) -> list[str]:
    """Return who owns a path, as a host reads the file: the last line that fits decides."""
    found: list[str] = []
    for line in text.splitlines():
        place, *people = line.split()[:1] + line.replace("\\ ", "?").split()[1:] if line else [""]
        if line and not line.startswith("#") and f"/{path}".startswith(place.rstrip("/")):
            found = people
    return found


@pytest.mark.parametrize(
    ("path", "who"),
    [
        (RECORD, [SAM, CLEO]),
        ("records/proposals/timing.md", [SAM, CLEO]),
        ("records/policy/roles.md", [DANA]),
        ("records/approvals/0001.md", [DANA]),
        ("templates/pre-delivery.md", [DANA]),
        (PAGE, [CLEO, DANA]),
        (".github/workflows/check.yml", [DANA]),
        ("CODEOWNERS", [DANA]),
        ("Makefile", [DANA]),
        (".vscode/tasks.json", [DANA]),
        (".gitattributes", [DANA]),
        ("README.md", []),
    ],
)
def test_each_file_is_owned_as_the_sop_says(path: str, who: list[Holder]) -> None:
    """Rules and decisions belong to the CRO, records to those who exchange them."""
    text = codeowners([DANA, SAM, CLEO], ROLLUPS)
    assert owners(text, path) == [each.email for each in who]


def test_a_role_that_nobody_holds_is_a_comment_that_says_what_to_do() -> None:
    """No line names nobody, and the comment names the role and the file to mend."""
    text = codeowners([SAM], ROLLUPS)
    assert owners(text, RECORD) == [SAM.email]
    assert owners(text, PAGE) == []
    assert (
        "# Nobody is cro yet: add a row with an e-mail address to records/policy/roles.md.\n"
        in text
    )
    assert "# /records/policy/\n" in text
    assert not [line for line in text.splitlines() if line.startswith("/") and "@" not in line]


def test_a_person_of_two_roles_stands_once_and_one_without_address_not_at_all() -> None:
    """Owners are addresses, each named once."""
    both = [SAM, Holder("customer.success", "Sam", SAM.email, ""), Holder("cro", "D", "", "")]
    text = codeowners(both, ROLLUPS)
    assert owners(text, RECORD) == [SAM.email]
    assert "# Nobody is cro yet" in text


def test_a_folder_with_a_space_stays_one_path() -> None:
    """A space in the folder of the pages is escaped."""
    assert "/our pages/".replace(" ", "\\ ") in codeowners([DANA, CLEO], "our pages")
