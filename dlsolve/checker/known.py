"""A page read once more when its problem is solved: with the names that the run has, and without the question on it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dlsolve.checker.attempt import Attempt, joined, of_text
from dlsolve.checker.naming import names
from dlsolve.checker.report import Report
from dlsolve.checker.windows import Answer
from dlsolve.errors import InputError
from dlsolve.fields.found import ascii_quotes
from dlsolve.handwriting import UnreadableError
from dlsolve.handwriting.commas import settle_commas
from dlsolve.problem import ProblemFile
from dlsolve.solver import Solution

LEAST = 12
"""Characters from which a row that the question holds too is a copy of it; shorter ones may be answers."""
MOST_QUOTED = 2
"""Rows of a page that are quoted where none is an answer."""
_COMMA = re.compile(r"the comma in .* can be a decimal point")
_NUMBER = re.compile(r"\d{1,20},\d{1,20}")
_UNFILLED = re.compile(r"[^=]*=[\s_.…?]*")
_RELATION = re.compile(r"[=≈]")


def reread(solution: Solution, problem: ProblemFile, attempt: Attempt, *, decimal_comma: bool = False) -> Attempt:
    """`attempt` with its page read by the names of the run: words and brackets, ``relu[1] = 0``, ``dead = yes``; with
    a decimal point for every `decimal_comma`."""
    if not attempt.page:
        return attempt
    question = _Question(solution, problem)
    try:
        text = with_points(attempt.page) if decimal_comma else attempt.page
        page = of_text(text, "", names(solution.trace).known_as, question.holds)
    except InputError:
        return attempt
    start = len(attempt.source) - len(page.source)
    first = Attempt(
        {n: t for n, t in attempt.values.items() if n not in attempt.loose},
        {n: own for n, rows in attempt.lines.items() if (own := [r for r in rows if r.links[0].start < start])},
        attempt.source[: max(0, start - 1)],
    )
    return joined(first, page)


def with_points(page: str) -> str:
    """`page`, of the same length, with points for its decimal commas; a row in which they are not clear stays."""
    out = []
    for row in page.splitlines(keepends=True):
        try:
            out.append(settle_commas(row, decimal_comma=True))
        except UnreadableError:
            out.append(row)
    return "".join(out)


def with_hint(answers: Mapping[str, Answer], report: Report) -> None:
    """A note on decimal commas, where they are why an answer is not read."""
    unread = next((a.text for a in answers.values() if _COMMA.search(a.unreadable or "")), None)
    if unread is not None:
        found = _NUMBER.search(unread)
        number = found[0] if found else "0,05"
        report.notes.append(
            f"The comma in {number} is not read as a decimal point: mark with --decimal-comma if it is."
        )


def is_blank(attempt: Attempt, report: Report) -> bool:
    """Whether a page that was handed in came to no answer."""
    return not attempt.values and bool(attempt.page) and all(item.written is None for item in report.items)


def unread(attempt: Attempt) -> str:
    """The first rows of a page, quoted, that are neither the question nor a name with nothing behind it."""
    rows = [row.strip() for row in attempt.page.splitlines() if row.strip() and not row.lstrip().startswith(">")]
    rows = [row for row in rows if not _UNFILLED.fullmatch(row)]
    return ", ".join(map(ascii_quotes, rows[:MOST_QUOTED])) + (", …" if len(rows) > MOST_QUOTED else "")


def refuse_blank(attempt: Attempt, report: Report, where: str) -> None:
    """Raises `InputError` for a page without an answer, with what stands on it."""
    if is_blank(attempt, report):
        said = unread(attempt)
        problem = "no row is read as an answer" if said else "nothing is answered"
        remedy = "write NAME = VALUE in a row of its own; `dlsolve sheet` writes the names"
        raise InputError(where, problem, found=said, remedy=remedy)


class _Question:
    """What a problem asks, as it can be copied on to a page."""

    def __init__(self, solution: Solution, problem: ProblemFile) -> None:
        title = problem.title or solution.topic.title
        self.text = _bare(f"{title} {problem.statement or ''}")
        self.given = set(solution.given())

    def holds(self, row: str) -> bool:
        """Whether a row of a page is the question's: a copy, or quoted and not an answer."""
        quoted = row.lstrip().startswith(">")
        bare = _bare(row)
        if bare and bare in self.text and (quoted or len(bare) >= LEAST):
            return True
        if not quoted:
            return False
        sides = _RELATION.split(_outside(row))
        return len(sides) < 2 or all(part.partition("=")[0].strip(" >") in self.given for part in row.split(";"))


def _bare(text: str) -> str:
    """`text` without spaces and quoting, as an editor may have broken its rows."""
    return re.sub(r"[\s>*`]+", "", text)


def _outside(row: str) -> str:
    """A row without what stands in brackets: ``P(X = 2), probability`` says nothing."""
    return re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", row)


__all__ = ["is_blank", "refuse_blank", "reread", "unread", "with_hint"]
