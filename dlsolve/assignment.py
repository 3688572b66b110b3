"""A problem file's problem -> its `Solution`: the topic found, flags and course laid over it.

Flags go before the file, the file before the course. Errors have paths from `$`, wherever the value
came from; the command line says them in its own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dlsolve import catalog
from dlsolve.course_slips import with_slips
from dlsolve.errors import InputError
from dlsolve.fields import canonical, read_problem
from dlsolve.fields.describe import count
from dlsolve.fields.found import found, meant
from dlsolve.named import find, keys_by_name, on_another_way, stem
from dlsolve.numbers.show import Digits
from dlsolve.problem import Course, ProblemFile, printed_of
from dlsolve.solver import Solution, chosen, solve_problem
from dlsolve.topic import Topic
from dlsolve.trace import MAX_STEPS


class Overlay(msgspec.Struct, frozen=True):
    """What is asked of every problem of a run, beside what its file says. `only` is the one topic allowed."""

    only: str | None = None
    given: Mapping[str, Any] = {}
    conventions: Mapping[str, str] = {}
    symbols: Mapping[str, str] = {}
    course: Course = msgspec.field(default_factory=Course)
    digits: Digits | None = None
    carry: Digits | None = None
    arith: str = "auto"
    limit: int = MAX_STEPS
    """Named values that a run may work out."""
    whole: bool = False
    """Whether every step of a very long run is wanted."""


def solve(problem: ProblemFile, overlay: Overlay | None = None) -> Solution:
    """Solve `problem`. Raises `InputError`, `DomainError`, `LimitError`."""
    over = overlay or Overlay()
    topic = with_slips(topic_of(problem, over.only), over.course.slips)
    given = {**canonical(topic.problem, problem.given), **canonical(topic.problem, over.given)}
    _missing_example(topic, given)
    fields = read_problem(topic.problem, given, example=topic.example)
    course = {k: v for k, v in over.course.conventions.items() if k in topic.conventions}
    conventions = {**course, **problem.conventions, **over.conventions}
    chosen(topic, conventions)
    symbols = {**problem.symbols, **over.symbols}
    _check_symbols(topic, symbols)
    meta = {k: v for k, v in msgspec.structs.asdict(problem).items() if k != "given" and v not in ("", None)}
    solution = solve_problem(
        topic,
        fields,
        conventions=conventions,
        symbols={**over.course.symbols, **symbols},
        digits=over.digits,
        carry=over.carry,
        arith=over.arith,
        numbers=count(fields),
        limit=over.limit,
        whole=over.whole,
        meta={**meta, "conventions": conventions},
        stated=tuple(given),
    )
    _check_names(problem, solution, changed=bool(over.given or over.conventions))
    return solution


def topic_of(problem: ProblemFile, only: str | None = None) -> Topic[Any]:
    """The topic that a problem names, or `only` where that is what it names. Raises `InputError`."""
    if only is not None and catalog.find(problem.topic) == only:
        return catalog.topic(only)
    try:
        topic = catalog.topic(problem.topic)
    except InputError as fault:
        raise fault.moved("$.topic") from fault
    if only is not None:
        remedy = f"use `dlsolve {topic.name}` or `dlsolve solve`"
        raise InputError("$.topic", f"not a problem of {only}", found=found(problem.topic), remedy=remedy)
    return topic


def _missing_example(topic: Topic[Any], given: Mapping[str, Any]) -> None:
    if not given:
        names = ", ".join(topic.example)
        raise InputError(
            "$.given", "nothing is given", remedy=f"give for example {names}; see `dlsolve example {topic.name}`"
        )


def _check_symbols(topic: Topic[Any], symbols: Mapping[str, str]) -> None:
    for name in symbols:
        if name not in topic.notation.table:
            remedy = meant(name, topic.notation.table, f"see `dlsolve explain {topic.name}` for its names")
            raise InputError(f"$.symbols.{name}", f"not a name of {topic.name}", remedy=remedy)


def _check_names(problem: ProblemFile, solution: Solution, *, changed: bool) -> None:
    """Every name that a problem mentions stands for a value of the run. A source may print a step that
    is none, where the file says why; nor need it fit a problem that was `changed`. Raises `InputError`."""
    asked = [(f"$.asked[{n}]", name) for n, name in enumerate(problem.asked or ())]
    printed = [(f"$.printed.{name}", name) for name in problem.printed]
    if not asked and not printed:
        return
    known = keys_by_name(solution.trace)
    stems = {stem(name) for name in known}
    known_wrong = {name for name, told in printed_of(problem.printed).items() if told.why}
    for path, name in asked + printed:
        if find(solution.trace, name, known) is None and name not in solution.trace.aliases:
            if path.startswith("$.printed") and on_another_way(stems, name) and (changed or name in known_wrong):
                continue
            ends = [solution.trace.name(key) for key in solution.trace.answers]
            remedy = meant(name, known, f"the answers are {', '.join(ends[:6])}")
            raise InputError(path, "no value of that name in this solution", found=found(name), remedy=remedy)
