"""Say for a person what libyaml says of front matter that it cannot read."""

from __future__ import annotations

import re

from winloss.core.problem import Problem, error

_GLUED_DASH = re.compile(r" *-[A-Za-z]\w*:")
# What libyaml says, and the mend. Where True, the fault lies where its context began.
_MENDS = (
    ("quoted scalar", "close the quote that is opened here", True),
    ("could not find expected ':'", "write a space after the colon: name: value", True),
    ("expected ',' or", "close the bracket that was opened before, or put a comma", False),
    ("expected node content", "delete the doubled comma, or write what belongs there", False),
    ("expected '-' indicator", "indent the line as far as the lines of its row above", False),
    ("expected <block end>", "indent the line as far as the other fields", False),
)


def syntax_problem(path: str, front: str, cause: Exception) -> Problem:
    """Return libyaml's complaint at the line to mend, with the mend."""
    mark = getattr(cause, "problem_mark", None) or getattr(cause, "context_mark", None)
    what = str(getattr(cause, "problem", None) or "not valid YAML").strip()
    if mark is None:
        return error(path, (2, 1), "yaml", f"the front matter cannot be read: {what}")
    said = f"{getattr(cause, 'context', '')} {what}"
    lines = front.split("\n")
    hint = _hint_for_line(lines[mark.line] if mark.line < len(lines) else "")
    for clue, mend, is_at_context in _MENDS:
        if clue in said:
            hint = mend
            mark = (getattr(cause, "context_mark", None) if is_at_context else None) or mark
            break
    for number in (mark.line - 1, mark.line):
        if 0 <= number < len(lines) and _GLUED_DASH.match(lines[number]):
            message = "this line cannot be read: a row begins with '- '"
            return error(path, (number + 2, 1), "yaml", message, "put a space after the dash")
    place = (mark.line + 2, mark.column + 1)
    return error(path, place, "yaml", f"this line cannot be read: {what}", hint)


def _hint_for_line(line: str) -> str:
    if re.match(r" *\t", line):
        return "indent with spaces, not with a tab"
    if re.search(r":\s+[@`%*&!|>{\[\"']", line) or re.search(r":\s.*:\s", line):
        return 'put the value in double quotes: name: "…"'
    return "every line is 'name: value'; a value with : or # in it stands in double quotes"
