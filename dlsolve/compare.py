"""Several optimisers on one problem, step beside step: each solved by its own topic.

A topic says which columns it is good for (`Topic.columns`): momentum is one, Nesterov's form another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dlsolve import catalog
from dlsolve.assignment import Overlay, solve
from dlsolve.errors import DlsolveError, DomainError, InputError, LimitError
from dlsolve.fields import specs
from dlsolve.fields.found import found, meant
from dlsolve.formula.compiled import compiled
from dlsolve.formula.tree import At, Name, Num, Tree
from dlsolve.functions_of import placed, variables
from dlsolve.numbers.precision import UndecidedError, precision
from dlsolve.problem import ProblemFile
from dlsolve.solver import Solution
from dlsolve.topic import Topic

CHAPTER = "optimisers"
ORDER = ("descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
"""The order of a course; columns that it does not name come after."""


class Column(msgspec.Struct, frozen=True):
    """One optimiser's run: `given` as its topic had it; no solution, but a fault, where its rules left their domain."""

    name: str
    topic: str
    given: Mapping[str, Any]
    solution: Solution | None = None
    fault: str = ""
    parameter: str = ""
    """The base name of what is moved: theta, w."""
    steps: int = 0
    losses: tuple[Any, ...] = ()
    """The value of the typed function at the start and after each step; None outside its domain."""

    def at(self, step: int) -> Any:
        """The parameter after `step` steps."""
        assert self.solution is not None
        return self.solution.trace.env[self.parameter, step]


def columns() -> dict[str, tuple[Topic[Any], Mapping[str, Any]]]:
    """Every optimiser by the name of its column: its topic, and what the column sets in it."""
    inside = [name for name, module in catalog.modules().items() if f".{CHAPTER}." in module]
    topics = [catalog.topic(name) for name in inside]
    every = {name: (topic, preset) for topic in topics for name, preset in topic.columns.items()}
    return {name: every[name] for name in [*(n for n in ORDER if n in every), *(n for n in every if n not in ORDER)]}


def shared() -> dict[str, Topic[Any]]:
    """The fields that several columns have, by name, with a topic of each; what a column sets is its own."""
    every = columns().values()
    own = {field for _, preset in every for field in preset}
    having: dict[str, list[Topic[Any]]] = {}
    for topic, _ in every:
        for name in specs(topic.problem):
            having.setdefault(name, []).append(topic)
    return {name: topics[0] for name, topics in having.items() if len(topics) > 1 and name not in own}


def compare(
    given: Mapping[str, Any],
    which: Sequence[str] = (),
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
    overlay: Overlay | None = None,
) -> list[Column]:
    """Run the optimisers named `which` (all, where none is) on `given`; each takes the fields it has.

    `overrides` are fields of one column. Raises `InputError` for what no column, or no field, is called.
    """
    known = columns()
    chosen = list(dict.fromkeys(which or known))
    for name in [*chosen, *(overrides or {})]:
        if name not in known:
            raise InputError("which", "no optimiser", found=found(name), remedy=meant(name, known, "choose some of "
                             + ", ".join(known)))  # fmt: skip
    without = [name for name in chosen if "lr" not in {**given, **(overrides or {}).get(name, {})}]
    if without:
        raise InputError("$.given.lr", "missing", remedy="give one learning rate to all, such as 0.1")
    unused = set(given) - {field for name in chosen for field in specs(known[name][0].problem)}
    if unused:
        field = sorted(unused)[0]
        raise InputError(f"$.given.{field}", f"no field of {', '.join(chosen)}", remedy="leave it out")
    return [_column(name, *known[name], given, (overrides or {}).get(name, {}), overlay) for name in chosen]


def _column(
    name: str, topic: Topic[Any], preset: Mapping[str, Any], given: Mapping[str, Any], own: Mapping[str, Any],
    overlay: Overlay | None,
) -> Column:  # fmt: skip
    fields = specs(topic.problem)
    taken = {**{k: v for k, v in given.items() if k in fields}, **preset, **own}
    over = overlay or Overlay()
    rest = {k: v for k, v in over.conventions.items() if k in topic.conventions}
    try:
        solution = solve(ProblemFile(topic=topic.name, given=taken), msgspec.structs.replace(over, conventions=rest))
    except InputError as fault:
        field = fault.where.removeprefix("$.given.").partition("[")[0]
        raise (fault.moved(f"{name}.{field}") if field in own else fault) from fault
    except (DomainError, LimitError) as fault:
        return Column(name, topic.name, taken, fault=str(fault))
    last = solution.trace.answers[-1]
    assert isinstance(last, tuple)
    parameter, steps = str(last[0]), int(last[1])
    return Column(name, topic.name, solution.given(), solution, "", parameter, steps,
                  tuple(_losses(solution, parameter, steps)))  # fmt: skip


def _losses(solution: Solution, parameter: str, steps: int) -> list[Any]:
    """The typed function along the run; nothing where gradients were given."""
    if solution.problem.f is None:
        return []
    tree = solution.problem.f.tree
    by = variables(tree)

    def place(v: str) -> Tree:
        return At(parameter, (Name("t"),) if len(by) == 1 else (Name("t"), Num(str(by.index(v) + 1))))

    trace = solution.trace
    value = compiled(placed(tree, place), ("t",), trace.arithmetic)
    out: list[Any] = []
    with precision(trace.bits):
        for step in range(steps + 1):
            try:
                out.append(value(trace.env, step))
            except (DlsolveError, UndecidedError, ArithmeticError):
                out.append(None)
    return out


def lowest(found: Sequence[Column]) -> list[str]:
    """The columns whose function value at the end is the lowest, to within a billionth of its size."""
    from dlsolve.numbers.show import to_float

    ends = {c.name: to_float(c.losses[-1]) for c in found if c.losses and c.losses[-1] is not None}
    least = min(ends.values(), default=0.0)
    return [name for name, end in ends.items() if end - least <= 1e-9 * max(1.0, abs(least))]
