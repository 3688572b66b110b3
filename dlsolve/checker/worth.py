"""What is asked of a student, what each value is worth, and how strictly it is marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq

from dlsolve.checker.answers import read_answer
from dlsolve.checker.naming import canonical
from dlsolve.checker.windows import Answer
from dlsolve.errors import InputError
from dlsolve.fields.found import found
from dlsolve.handwriting import UnreadableError
from dlsolve.numbers.show import Digits
from dlsolve.problem import Marking, ProblemFile
from dlsolve.solver import Solution

NOTHING = fmpq(0)


@dataclass(frozen=True)
class Worth:
    """What is asked and what it is worth.

    `min_figures` is how many significant figures prove a value; where decimal places were asked
    instead, `places` says how many, and a written zero may then stand for what rounds to it.
    """

    asked: Sequence[str]
    points: Mapping[str, fmpq]
    min_figures: int = 2
    follow_penalty: fmpq = NOTHING
    repeated_once: bool = True
    accept: Mapping[str, Sequence[Answer]] | None = None
    places: int | None = None

    def of(self, name: str) -> fmpq:
        """The points of `name`: what was set, 1 for what is asked, else 0."""
        return self.points.get(name, fmpq(1) if name in self.asked else NOTHING)


def worth_of(solution: Solution, problem: ProblemFile, course: Marking | None = None) -> Worth:
    """The worth that a problem file states; its `marking` goes before that of the course.

    Asked is what the file asks, else the topic's answers. Raises `InputError` for a name that is none.
    """
    asked = names(solution, problem.asked or (), "$.asked") if problem.asked else answers_of(solution)
    points = {}
    for name, value in problem.points.items():
        points[names(solution, [name], "$.points")[0]] = value
    # what brings points is asked: everybody can earn the same
    asked = list(dict.fromkeys([*asked, *(name for name, value in points.items() if value > 0)]))
    marking = problem.marking or course or Marking()
    digits = Digits.parse(marking.min_digits, "$.marking.min_digits")
    repeated = str(marking.repeated_slip)
    if repeated not in ("once", "each"):
        raise InputError("$.marking.repeated_slip", "not a choice", found=found(repeated), remedy="write once or each")
    accept: dict[str, list[Answer]] = {}
    for name, others in problem.accept.items():
        (own,) = names(solution, [name], "$.accept")
        texts = [others] if isinstance(others, str) else others
        accept[own] = [read_answer(own, str(text)) for text in texts]
    return Worth(
        asked,
        points,
        digits.count if digits.unit == "sf" else 0,
        marking.follow_penalty,
        repeated == "once",
        accept,
        digits.count if digits.unit == "dp" else None,
    )


def answers_of(solution: Solution) -> list[str]:
    """The answers that the topic declares, each once."""
    trace = solution.trace
    return list(dict.fromkeys(trace.name(key) for key in trace.answers))


def names(solution: Solution, written: Iterable[str], where: str) -> list[str]:
    """`written` as answer names, each once. Raises `InputError` at `where`."""
    out: dict[str, None] = {}
    for name in written:
        try:
            out[canonical(solution.trace, name)] = None
        except UnreadableError as fault:
            raise InputError(where, str(fault)) from fault
    return list(out)


__all__ = ["Worth", "answers_of", "names", "worth_of"]
