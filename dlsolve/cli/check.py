"""Marking from the command line: `check`, `sheet`, `options`, and `-a` on a topic's command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dlsolve import assignment
from dlsolve.assignment import Overlay
from dlsolve.checker import attempt as attempts
from dlsolve.checker.attempt import Attempt
from dlsolve.checker.known import refuse_blank
from dlsolve.checker.paper import mark_attempt, revealed
from dlsolve.checker.report import Report
from dlsolve.cli import output
from dlsolve.cli.request import choice, digits_of
from dlsolve.errors import DlsolveError, InputError, RuleError
from dlsolve.fields.found import short
from dlsolve.problem import (
    MOST_LISTED,
    Course,
    Item,
    ProblemFile,
    file_of,
    ids,
    items,
    moved_to_file,
    read_bytes,
    read_course,
)
from dlsolve.render import Options
from dlsolve.render.words import json_text
from dlsolve.solver import Solution

FORMATS = ("terminal", "plain", "json", "markdown")
REVEALS = ("none", "first", "all")


def check(problem: str, answers: str | None = None, **values: Any) -> int:
    """``dlsolve check PROBLEM [ANSWERS] [-a name=value]…``; 0 where everything asked is right, else 1."""
    output.check_target(values.get("output"), [file_of(problem), *([answers] if answers else [])])
    style = style_of(values)
    course = read_course(values["course"]) if values.get("course") is not None else Course()
    given = _given(problem, answers, values)
    every = list(items(problem))
    if given is not None and len(every) > 1:
        raise InputError(
            problem, f"holds {len(every)} problems, and the answers are to one", remedy=_name_one(problem, every)
        )
    reports = [_marked(item, given, course, values) for item in every]
    return finish(reports, style, values)


def at_once(solution: Solution, problem: ProblemFile, course: Course, values: Mapping[str, Any]) -> Report:
    """``dlsolve adam … -a m_hat_3=0.191``: these answers marked, nothing else asked."""
    report = mark_attempt(
        solution,
        problem,
        attempts.typed(values["answer"]),
        course=course.marking,
        decimal_comma=bool(values.get("decimal_comma")),
        only_written=True,
    )
    report.items = [item for item in report.items if item.verdict != "missing"]
    return report


def style_of(values: Mapping[str, Any]) -> str:
    """The format of a report. Raises `InputError`."""
    return str(choice(values, "format", FORMATS, "terminal"))


def only_one(path: str) -> Item:
    """The one problem of a file. Raises `InputError`."""
    every = list(items(path))
    if len(every) > 1:
        raise InputError(path, f"holds {len(every)} problems", remedy=_name_one(path, every))
    if isinstance(every[0], InputError):
        raise every[0]
    return every[0]


def _name_one(path: str, every: Sequence[Item | InputError]) -> str:
    """How one of several problems is named."""
    if path == "-":
        return "give the one alone, or name a file: FILE#ID"
    known = [short(i) for i in ids(every)]
    return f"name one of them: {path}#{known[0]} ({', '.join(known[:MOST_LISTED])}{', …' * (len(known) > MOST_LISTED)})"


def _given(problem: str, answers: str | None, values: Mapping[str, Any]) -> Attempt | None:
    """The answers of the file and of ``-a``, which go before it; None where there are none."""
    typed = attempts.typed(values.get("answer") or ())
    if answers is None:
        return typed if values.get("answer") else None
    if answers == problem == "-":
        raise InputError("dlsolve check", "problem and answers are both standard input", remedy="name one of them")
    return attempts.joined(typed, attempts.of_file(read_bytes(answers), answers))


def _marked(item: Item | InputError, given: Attempt | None, course: Course, values: Mapping[str, Any]) -> Report:
    """One problem solved and its answers marked. Raises `DlsolveError` naming file and path."""
    if isinstance(item, InputError):
        raise item
    try:
        problem = item.read()
        attempt = given if given is not None else attempts.of_json(dict(problem.attempt), "$.attempt")
        if not attempt.values and not attempt.page.strip():
            remedy = "name a file of answers, or give -a name=value; `dlsolve sheet` writes a blank one"
            raise InputError("$.attempt" if given is None else "the answers", "nothing is answered", remedy=remedy)
        solution = assignment.solve(problem, Overlay(course=course, digits=digits_of(values, course), arith="exact"))
        report = mark_attempt(
            solution,
            problem,
            attempt,
            course=course.marking,
            decimal_comma=bool(values.get("decimal_comma")),
            only_written=not values.get("answers") and bool(values.get("answer")),
        )
        refuse_blank(attempt, report, "the answers")
        return report
    except InputError as fault:
        raise moved_to_file(fault, item) from fault
    except RuleError:
        raise
    except DlsolveError as fault:
        raise type(fault)(f"{item.label}: {fault}") from fault


def finish(reports: Sequence[Report], style: str, values: Mapping[str, Any]) -> int:
    shown = [revealed(r, choice(values, "reveal", REVEALS, "all")) for r in reports]
    output.write(written(shown, style, output.page(values)), values.get("output"))
    return 0 if all(r.all_right for r in reports) else 1


def written(reports: Sequence[Report], style: str, options: Options) -> str:
    """`reports` in a format."""
    if style == "json":
        data = [r.as_json() for r in reports]
        return json_text(data[0] if len(data) == 1 else data)
    from dlsolve.render.report import blocks, markdown

    if style == "markdown":
        return "\n".join(markdown(r) for r in reports)
    if style == "plain":
        from dlsolve.render.plain import draw
    else:
        from dlsolve.render.terminal import draw
    return "\n".join(draw(blocks(r, options), options) for r in reports)
