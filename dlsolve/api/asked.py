"""What a call of the library asks: its problem, options and answers, read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from dlsolve import assignment
from dlsolve.assignment import Overlay
from dlsolve.errors import DlsolveError, InputError, RuleError
from dlsolve.fields.found import found
from dlsolve.fields.loose import raw_value
from dlsolve.numbers.show import Digits
from dlsolve.problem import (
    Course,
    Item,
    ProblemFile,
    check_symbols,
    course_of,
    items,
    moved_to_file,
    read_bytes,
    read_course,
    read_envelope,
)

if TYPE_CHECKING:
    from dlsolve.checker.attempt import Attempt
    from dlsolve.solver import Solution


def raw_problem(problem: Any) -> tuple[Any, Item | None]:
    """The problem as its file holds it, and its place in a file. Raises `InputError`."""
    if isinstance(problem, ProblemFile):
        return raw_value(problem), None
    if isinstance(problem, Mapping):
        return raw_value(problem), None
    if not isinstance(problem, str | os.PathLike):
        remedy = 'give {"topic": "adam", "given": {…}}, or the path of a problem file'
        raise InputError("problem", "not a problem", found=found(problem), remedy=remedy)
    path = os.fspath(problem)
    first, *others = items(path)
    if others:
        raise InputError(path, f"holds {len(others) + 1} problems", remedy="take them one by one: dlsolve.load(path)")
    if isinstance(first, InputError):
        raise first
    return first.raw, first


def overlay(
    digits: Any, carry: Any, arith: Any, conventions: Any, symbols: Any, course: Any, limit: Any
) -> Overlay:  # fmt: skip
    """The options laid over a problem. Raises `InputError` under their names."""
    if arith not in ("auto", "exact", "float64"):
        raise InputError("arith", "not a choice", found=found(arith), remedy="choose auto, exact or float64")
    agreed = _course(course)
    over = Overlay(
        conventions=_texts(conventions, "conventions"),
        symbols=_texts(symbols, "symbols"),
        course=agreed,
        digits=_digits(digits if digits is not None else agreed.digits, "digits"),
        carry=_digits(carry if carry is not None else agreed.carry, "carry"),
        arith=arith,
    )
    check_symbols(over.symbols, "symbols")
    if limit is None:
        return over
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise InputError("limit", "not a number of steps", found=found(limit), remedy="give a whole number from 1")
    return msgspec.structs.replace(over, limit=limit)


def _course(course: Any) -> Course:
    if course is None or isinstance(course, Course):
        return course or Course()
    return course_of(raw_value(course)) if isinstance(course, Mapping) else read_course(os.fspath(course))


def _digits(value: Any, where: str) -> Digits | None:
    return None if value is None else Digits.parse(str(value), where)


def _texts(values: Any, where: str) -> dict[str, str]:
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise InputError(where, "not texts by name", found=found(values), remedy='give {"name": "choice"}')
    return {str(key): str(value) for key, value in values.items()}


def attempt_of(problem: ProblemFile, answers: Any) -> Attempt:
    """The answers to mark. Raises `InputError` where there are none, or a file cannot be read."""
    from dlsolve.checker import attempt

    where = "answers"
    if answers is None:
        where, read = "$.attempt", attempt.of_json(dict(problem.attempt), "$.attempt")
    elif isinstance(answers, Mapping):
        # what a float holds beyond 12 digits is the arithmetic's, not the student's
        read = attempt.of_json(raw_value(answers, "answers", "{:.12g}".format), "answers")
    elif isinstance(answers, str):
        read = attempt.of_text(answers, "answers")
    elif isinstance(answers, os.PathLike):
        where = os.fspath(answers)
        read = attempt.of_file(read_bytes(where), where)
    else:
        remedy = 'give {"theta_3": "-0.0286"}, worked lines as text, or a Path'
        raise InputError("answers", "not answers", found=found(answers), remedy=remedy)
    if not read.values and not read.page.strip():
        raise InputError(where, "nothing is answered", remedy='give {"theta_3": "-0.0286"}, or worked lines')
    return read


def solved(raw: Any, overlay: Overlay, item: Item | None) -> Solution:
    with placed(item):
        return assignment.solve(read_envelope(raw), overlay)


@contextmanager
def placed(item: Item | None) -> Iterator[None]:
    """Errors of the block stand at their place in the file of `item`."""
    try:
        yield
    except RuleError:
        raise
    except DlsolveError as fault:
        if item is None:
            raise
        if isinstance(fault, InputError):
            raise moved_to_file(fault, item) from fault
        raise type(fault)(f"{item.label}: {fault}") from fault
