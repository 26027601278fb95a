"""The forms as snippets of an editor."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conftest import base_tree, rules_tree
from winloss.core.deals import rules
from winloss.core.deals.ledger import read_ledger
from winloss.core.repository.tree import Tree
from winloss.core.rulebook.policy import Vocabulary
from winloss.core.writing.snippets import literal, snippets

if TYPE_CHECKING:
    from winloss.core.deals.ledger import Ledger

DAY = "2026-11-20"
# A choice, a tab stop, a variable, an escaped character: what VS Code knows in a snippet.
TOKEN = re.compile(
    r"\$\{\d+\|(?P<choice>(?:\\[\\,|]|[^\\|])*)\|\}|\$(?P<stop>\d+)|\$(?P<variable>[A-Z_]+)"
    r"|\\(?P<escaped>[\\$}])|(?P<bad>[\\$])"
)
PARTS = {"CURRENT_YEAR": DAY[:4], "CURRENT_MONTH": DAY[5:7], "CURRENT_DATE": DAY[8:]}


def shipped() -> Ledger:
    """Return the shipped forms and policy."""
    ledger, _ = read_ledger(Tree(rules_tree()))
    assert ledger is not None
    return ledger


def choices(text: str) -> list[str]:
    """Return what a choice offers, unescaped as VS Code does it."""
    parts = re.findall(r"(?:\\[\\,|]|[^\\,])+", text)
    return [re.sub(r"\\([\\,|])", r"\1", part) for part in parts]


def typed(line: str) -> str:
    """Return a line as a person leaves it who takes each first choice."""
    name = line.lstrip(" ").removeprefix("- ").partition(":")[0]
    answers = {
        "deal": "1003",
        "id": "S1" if line.startswith(" ") else "p1",
        "customer": "Northwind",
    }

    def fill(found: re.Match[str]) -> str:
        assert found["bad"] is None, line
        if found["choice"] is not None:
            return choices(found["choice"])[0]
        if found["variable"]:
            return PARTS[found["variable"]]
        if found["escaped"]:
            return found["escaped"]
        return DAY if name.endswith("_on") else answers.get(name, "As we heard it")

    return TOKEN.sub(fill, line)


def test_each_snippet_filled_in_is_a_record_that_check_accepts() -> None:
    """Whoever takes first choices and answers the rest has a record without an error."""
    ledger = shipped()
    made = json.loads(snippets(ledger.forms, ledger.policy.model))
    kinds = set()
    for each in made.values():
        text = "\n".join(typed(line) for line in each["body"]) + "\n"
        kind = each["prefix"].removeprefix("winloss-")
        kinds.add(kind)
        tree = base_tree()
        name = {"touchpoint": f"touchpoint-{DAY}"}.get(kind, kind)
        path = f"records/deals/2026/1003-northwind/{name}.md"
        if kind == "proposal":
            path = "records/proposals/p1.md"
        if kind not in {"pre-delivery", "closed-lost", "proposal"}:
            path, text = (
                path.replace("1003-northwind", "1001-northwind"),
                text.replace("1003", "1001"),
            )
        tree[path] = text.replace("id: S1\n    note", "id: E1\n    note").encode()
        _, problems = rules.check(Tree(tree))
        mine = [each for each in problems if each.path == path and each.is_error]
        assert not mine, (mine, text)
    assert kinds == set(ledger.forms) - {"approval"}


def test_codes_and_words_with_marks_come_out_as_they_are() -> None:
    """Commas, bars, dollars, braces and backslashes of a vocabulary or a help survive."""
    codes = ["a,b", "a|b", "$1", "${x}", "back\\slash", "}"]
    ledger = shipped()
    form = ledger.forms["closed-lost"]
    field = replace(
        form.fields["reason"],
        vocabulary=Vocabulary("taxonomy.loss_reasons", dict.fromkeys(codes, "")),
        help="Costs ${5} or \\more",
    )
    changed = replace(form, fields={**form.fields, "reason": field})
    (made,) = json.loads(snippets({"closed-lost": changed}, ledger.policy.model)).values()
    line = next(each for each in made["body"] if each.startswith("reason: "))
    (found,) = TOKEN.finditer(line)
    assert [
        json.loads(each) if each[0] == '"' else each for each in choices(found["choice"])
    ] == codes
    assert "# Costs ${5} or \\more" in [typed(each) for each in made["body"]]
    for text in codes:
        assert typed(literal(text)) == text


def test_tab_stops_are_counted_up_once_each() -> None:
    """No two places of a snippet are filled in together by mistake."""
    ledger = shipped()
    for each in json.loads(snippets(ledger.forms, ledger.policy.model)).values():
        stops = re.findall(r"\$\{?(\d+)", "\n".join(each["body"]))
        assert stops == [str(number) for number in range(1, len(stops) + 1)]
