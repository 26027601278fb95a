"""The forms as snippets of VS Code: one a kind, with tab stops and the choices of vocabularies."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from winloss.core.wording import one_line
from winloss.core.writing.lines import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from winloss.core.rulebook.form import Field, Form, SectionForm
    from winloss.core.rulebook.model import Model
    from winloss.core.rulebook.policy import Vocabulary

_TODAY = "$CURRENT_YEAR-$CURRENT_MONTH-$CURRENT_DATE"
_NOT_TYPED = ("approval",)  # 'winloss approve' writes it


def snippets(forms: Mapping[str, Form], model: Model) -> str:
    """Return ``winloss.code-snippets``: each kind that a person writes, by the name of its form."""
    made = {
        one_line(form.title): {
            "scope": "markdown",
            "prefix": f"winloss-{kind}",
            "description": one_line(f"{form.direction}; filed by {form.filed_by}"),
            "body": _Body(model).lines(form),
        }
        for kind, form in sorted(forms.items())
        if kind not in _NOT_TYPED
    }
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def literal(text: str) -> str:
    """Return a text that a snippet inserts as it is."""
    return re.sub(r"[\\$}]", r"\\\g<0>", text)


class _Body:
    """The lines of one snippet, whose tab stops are counted up."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.stops = 0

    def lines(self, form: Form) -> list[str]:
        found = ["---", literal(f"kind: {form.kind}")]
        for known in form.fields.values():
            if known.name != "kind":
                found += self._field(known, form)
        found.append("---")
        for section in form.sections.values():
            found += self._section(section)
        return found

    def _field(self, known: Field, form: Form) -> Iterator[str]:
        help_ = one_line(known.help)
        if not known.rule.is_required:
            with_ = known.rule.required_with
            owed = f"with {with_}" if with_ else "optional"
            yield literal(f"# {known.name}:  {f'{help_} ' if help_ else ''}({owed})")
            return
        if help_:
            yield literal(f"# {help_}")
        name = literal(known.name)
        if known.name == "date":
            yield f"{name}: {_TODAY}"
        elif known.name == "filed_by":
            yield f"{name}: {literal(form.filed_by)}"
        elif known.name == "model":
            yield f"{name}: {self.model.version}"
        elif known.type == "scores":
            yield f"{name}:"
            for dimension, each in self.model.dimensions.items():
                yield f"  {literal(dimension)}: {self._choice(each.levels)}"
        elif known.type == "table":
            yield f"{name}:"
            yield from self._row(known)
        elif known.type == "list":
            yield f"{name}: [{self._stop(known.vocabulary)}]"
        else:
            yield f"{name}: {self._stop(known.vocabulary)}"

    def _row(self, known: Field) -> Iterator[str]:
        for index, column in enumerate(known.columns):
            indent = "    " if index else "  - "
            yield f"{indent}{literal(column.name)}: {self._stop(column.vocabulary)}"

    def _section(self, section: SectionForm) -> Iterator[str]:
        yield from ("", literal(f"## {section.title}"), "")
        if section.bullets:
            for _ in range(section.bullets):
                yield f"- {self._stop(None)}"
        else:
            yield self._stop(None)

    def _stop(self, vocabulary: Vocabulary | None) -> str:
        if vocabulary is not None and vocabulary.titles:
            return self._choice(vocabulary.titles)
        self.stops += 1
        return f"${self.stops}"

    def _choice(self, codes: Iterable[str]) -> str:
        self.stops += 1
        # Within a choice, a comma and a bar end it, and nothing else has a meaning.
        escaped = ",".join(re.sub(r"[\\,|]", r"\\\g<0>", quoted(code)) for code in codes)
        return f"${{{self.stops}|{escaped}|}}"
