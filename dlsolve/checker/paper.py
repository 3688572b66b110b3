"""One student's paper on one problem: what was written, judged and put into a report."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from dlsolve.checker.answers import in_words, read_answer, read_answers
from dlsolve.checker.attempt import Attempt, is_number
from dlsolve.checker.chains import with_chains
from dlsolve.checker.families import aligned, restored
from dlsolve.checker.known import reread, with_hint
from dlsolve.checker.marking import mark
from dlsolve.checker.naming import canonical
from dlsolve.checker.naming import names as names_of
from dlsolve.checker.policies import kind_of
from dlsolve.checker.proved import proved
from dlsolve.checker.reading import understood
from dlsolve.checker.report import Report
from dlsolve.checker.worth import Worth, worth_of
from dlsolve.formula.tree import names as tree_names
from dlsolve.handwriting import UnreadableError, expression
from dlsolve.problem import Marking, ProblemFile
from dlsolve.solver import Solution

Reveal = Literal["none", "first", "all"]
_HINTS = ("sign", "percent_sign", "power_of_ten")
"""Remarks on a wrong value that say how to mend it."""
_TURN = re.compile(r"(?:t|k|step|epoch|iteration|it|sample|batch)\s*=\s*\d{1,4}", re.IGNORECASE)
"""What heads the rows of a turn: ``t = 1``."""
MOST_WORDS = 6
"""Words of a page that can be an answer in words (``4 three times``)."""
_SAYS = re.compile(r"(?:[A-Za-z'’,-]{2,}[ ,.:;]+){2,}[A-Za-z'’-]+[ ,.:;]*")
"""Three words and more, no sign and no number among them."""
_PROSE = re.compile(r"[A-Za-z]{4,}")
"""A word of a page (``Girls = 30``), which is no misspelt name."""


def mark_attempt(
    solution: Solution,
    problem: ProblemFile,
    attempt: Attempt,
    *,
    course: Marking | None = None,
    decimal_comma: bool = False,
    only_written: bool = False,
    student: str | None = None,
) -> Report:
    """Mark `attempt`; with `only_written` what is written is what is asked, where the problem asks for nothing.

    `solution` is carried exactly. Raises `InputError` for a problem whose marking is not usable.
    """
    worth = worth_of(solution, problem, course)
    attempt = reread(solution, problem, attempt, decimal_comma=decimal_comma)
    attempt, reduced = with_chains(solution, attempt)
    attempt = understood(solution, attempt, worth.asked)
    values: dict[str, str] = {}
    names: dict[str, str] = {}
    taken: dict[str, str] = {}
    passed: list[str] = []
    for written, text in attempt.values.items():
        try:
            names[written] = canonical(solution.trace, written)
        except UnreadableError as fault:
            meant = is_number(text) and "did you mean" in str(fault) and not _PROSE.fullmatch(written)
            if written in attempt.loose and not meant:
                passed += [written] if is_number(text) and not _TURN.fullmatch(f"{written}={text}") else []
                continue  # a page speaks of much that is no answer
            names[written] = written
        if written in attempt.loose and _states_a_rule(solution, names[written], text):
            continue
        if written in attempt.loose and written not in attempt.lines and names[written] in taken:
            continue  # said in a line too
        if written in attempt.lines and names[written] in taken:
            values.pop(taken[names[written]])  # several spellings of one name in one page: the last one counts
        taken.setdefault(names[written], written)
        if written in attempt.lines:
            taken[names[written]] = written
        values[written] = text
    pointed = attempt.loose if decimal_comma else frozenset[str]()
    answers = read_answers(solution.trace, values, decimal_comma=decimal_comma, pointed=pointed)
    order = aligned(solution, answers)
    if only_written and not problem.asked:
        worth = replace(worth, asked=list(order.answers))
    forth = {old: new for new, old in order.back.items()}
    worked = {forth.get(names[n], names[n]): lines for n, lines in attempt.lines.items() if n in names}
    own = proved(solution.trace, order.answers, worked)
    report = mark(solution, own, worth, student, order.settled, worked, reduced)
    restored(solution, report, order.back)
    report.notes += attempt.notes
    with_hint(answers, report)
    _leave_out_givens(solution, report, {names[n] for n in attempt.loose if n in names})
    if passed:
        several = ", ".join(name[:30] for name in passed[:8]) + (", …" if len(passed) > 8 else "")
        report.notes.append(f"Passed over, being no names of this solution: {several}.")
    return report


def _states_a_rule(solution: Solution, name: str, text: str) -> bool:
    """Whether a page says in letters what a value is, which is no answer: a given one (``y = wx``), or by
    names that have no value here (``ŷ₁ = w x₁ + b``)."""
    if is_number(text):
        return False
    trace = solution.trace
    if in_words(trace, name, names_of(trace).known):
        return len(text.split()) > MOST_WORDS
    made = {trace.name(key): key for key in trace.steps}
    if name in made and kind_of(trace.symbols, made[name]) == "polynomial":
        return False
    if name not in made and name.partition("[")[0] not in made:
        return True
    if _SAYS.fullmatch(text):
        return True
    try:
        used = tree_names(expression(text)) - {"pi", "e"}
    except UnreadableError:
        return False
    return not all(_has_value(solution, one) for one in used)


def _has_value(solution: Solution, name: str) -> bool:
    try:
        return canonical(solution.trace, name) in names_of(solution.trace).known
    except UnreadableError:
        return False


def _leave_out_givens(solution: Solution, report: Report, loose: set[str]) -> None:
    """A given number that a page states again, rightly, is no answer."""
    steps = {solution.trace.name(key) for key in solution.trace.steps}
    report.items = [
        item for item in report.items
        if item.asked or item.verdict != "correct" or item.name not in loose or item.name.partition("[")[0] in steps
        or item.name in steps
    ]  # fmt: skip


def revealed(report: Report, how: Reveal) -> Report:
    """`report` with only what a student may see: verdicts alone, the first slip, or everything."""
    if how == "all":
        return report
    first = report.first_slip() if how == "first" else None
    items = []
    for item in report.items:
        if item is first:
            items.append(item)
            continue
        why = item.why if item.verdict == "unreadable" else ""
        items.append(
            replace(
                item, expected=None, from_your_values=None, line=None, maths="", uses=(), slips=[], why=why,
                links=[replace(link, why="") for link in item.links],
                remarks=[r for r in item.remarks if r not in _HINTS],
            )
        )  # fmt: skip
    return replace(report, items=items)


__all__ = ["Attempt", "Reveal", "Worth", "mark_attempt", "read_answer", "revealed"]
