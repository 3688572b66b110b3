"""What every optimiser begins with: gradients as a list, or a typed function and a start point.

A topic's `Problem` takes the fields of `Descent`; `begin` writes the start into the trace and says
how many steps to take and where each step's gradient comes from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Expression, Field, Params
from dlsolve.formula.rules import Rule, rule
from dlsolve.formula.tree import At, Bin, Mat, Name, Num, Tree
from dlsolve.functions_of import gradient, placed, start_point, variables
from dlsolve.numbers.matrix import Matrix
from dlsolve.trace import Trace

ZERO = fmpq(0)
STEPS = 3
"""Steps taken on a function where no number is given."""
MOST_SUMMED = 200
"""Runs of more steps are not summed up once more."""


class Descent(msgspec.Struct, kw_only=True):
    """Where the gradients come from, and where descent starts."""

    g: Annotated[
        list[Params] | None, Field("gradient at each step: numbers, or vectors", aliases=("grads", "gradients"))
    ] = None
    f: Annotated[Expression | None, Field("a function to minimise instead, such as (w - 3)^2")] = None
    start: Annotated[
        dict[str, fmpq] | list[fmpq] | fmpq | None,
        Field("start value of the parameters (0 where not given)", aliases=("theta0", "theta_0", "w0", "w_0")),
    ] = None
    steps: Annotated[int | None, Field("number of steps on f", aliases=("epochs",), ge="1", le="1000000")] = None


def count(p: Descent) -> int:
    """How many steps `p` asks for."""
    return len(p.g) if p.g is not None else p.steps or STEPS


class Begun(msgspec.Struct, frozen=True):
    """A descent that has its start: `steps` to take, and the gradient rule of a function, if any."""

    steps: int
    rule: Rule | None
    done: int = 0
    """Steps taken before: the next one is done + 1."""

    @property
    def numbers(self) -> range:
        """The steps by number."""
        return range(self.done + 1, self.done + self.steps + 1)

    @property
    def last(self) -> int:
        return self.done + self.steps

    def walk(self, t: Trace, *targets: str, first: Sequence[str] = (), **how: Any) -> None:
        """Every step in a section of its own: `first`, the gradient where it is not given, then `targets`."""
        slope = [self.rule] if self.rule is not None else []
        t.through(self.numbers, *first, *slope, *targets, title=lambda k: f"t = {k}", **how)

    def table(self, t: Trace, *columns: str) -> None:
        """The table of the run: one row a step."""
        t.table("Steps", ["t", *columns], self.numbers, lambda k: [f" {k}", *((c, k) for c in columns)])

    def sums(self, t: Trace, *checks: tuple[str, str]) -> None:
        """Check the end of the run against sums over all steps: (what is compared, the claim), where
        a claim says T for the last step and sums over ``run``."""
        if self.steps <= MOST_SUMMED:
            t.index_set("run", self.numbers)
            for name, claim in checks:
                t.check(name, claim, T=self.last)


def begin(
    p: Descent, t: Trace, base: str, *, means: Mapping[str, Any] | None = None, at: str | None = None, done: int = 0
) -> Begun:
    """Give the start of parameter `base`, and of running `means` (name -> start, in base's shape), after `done` steps.

    The gradient of a function is taken at ``base[t-1]``, or at ``at[t]`` (a look-ahead point).
    Raises `InputError` where gradients, function and start do not fit together.
    """
    steps = _steps(p)
    slope = _function_rule(p, t, base, at) if p.f is not None else None
    if p.g is not None:
        t.given("g", {done + n: g for n, g in enumerate(p.g, 1)})
    start = _start(p)
    if not isinstance(start, Matrix):
        # rows "as θ" have no shape then: a product of two numbers takes no ⊙
        numbers = [row for row in t.symbols.notation.quantities if row.shape.startswith("as ")]
        t.symbols.declare(*(msgspec.structs.replace(row, shape="") for row in numbers))
    t.given(base, start, done, assumed=p.start is None)
    for name, value in (means or {}).items():
        t.given(name, _filled(value, start, name), done, assumed=not isinstance(value, Matrix) and value == 0)
    return Begun(steps, slope, done)


def _filled(value: fmpq | Matrix, start: fmpq | Matrix, name: str) -> fmpq | Matrix:
    """`value` in the shape of `start`. Raises `InputError` where it has another."""
    if not isinstance(value, Matrix):
        return Matrix.column([value] * start.shape[0]) if isinstance(start, Matrix) else value
    if not isinstance(start, Matrix) and value.shape == (1, 1):
        return next(iter(value.entries()))  # type: ignore[return-value]
    if not isinstance(start, Matrix) or value.shape != start.shape:
        size = start.shape[0] if isinstance(start, Matrix) else 1
        raise InputError(f"$.given.{name}0", f"{value.shape[0]} values for {size} parameters", remedy=f"give {size}")
    return value


def _steps(p: Descent) -> int:
    if (p.g is None) == (p.f is None):
        remedy = "give --g, or --f with --start"
        raise InputError("$.given", "needs gradients g or a function f, one of them", remedy=remedy)
    if p.g is not None and p.steps is not None and p.steps != len(p.g):
        remedy = "leave steps out, or give as many gradients"
        raise InputError(
            "$.given.steps", f"{len(p.g)} gradients make {len(p.g)} steps", found=str(p.steps), remedy=remedy
        )
    return count(p)


def _start(p: Descent) -> Matrix | fmpq:
    """The start in the shape of the gradients, or of the function's variables."""
    if p.f is not None:
        by = variables(p.f.tree)
        listed = [p.start] if isinstance(p.start, fmpq) else p.start
        point = start_point([ZERO] * len(by) if listed is None else listed, by, "$.given.start")
        values = list(point.values())
        return values[0] if len(values) == 1 else Matrix.column(values)
    shapes = [g.shape[0] if isinstance(g, Matrix) else 0 for g in p.g or []]
    if len(set(shapes)) > 1:
        odd = next(n for n, s in enumerate(shapes) if s != shapes[0])
        remedy = f"give {max(1, shapes[0])} entries in each"
        raise InputError(
            f"$.given.g[{odd}]", "gradients of different lengths", found=f"{max(1, shapes[odd])} entries", remedy=remedy
        )
    if isinstance(p.start, dict):
        raise InputError("$.given.start", "named start values need a function f", remedy="give a number or a list")
    size = shapes[0]
    values = [ZERO] * max(1, size) if p.start is None else [p.start] if isinstance(p.start, fmpq) else p.start
    if len(values) != max(1, size):
        remedy = f"give {max(1, size)} start values"
        raise InputError(
            "$.given.start", f"gradients have {max(1, size)} entries", found=f"{len(values)} values", remedy=remedy
        )
    return Matrix.column(values) if size else values[0]


def _function_rule(p: Descent, t: Trace, base: str, at: str | None) -> Rule:
    """The gradient of the typed function, as a rule for g[t]."""
    assert p.f is not None
    by = variables(p.f.tree)
    if not by:
        raise InputError(
            "$.given.f", "no variable in it", found=repr(p.f.text), remedy="write a function such as (w - 3)^2"
        )
    point: Tree = Name("t") if at else Bin("-", Name("t"), Num("1"))

    def place(v: str) -> Tree:
        return At(at or base, (point,) if len(by) == 1 else (point, Num(str(by.index(v) + 1))))

    slopes = [placed(d, place) for d in gradient(p.f.tree, by, "$.given.f").values()]
    symbol, listed = t.symbols.unicode(base), ", ".join(t.symbols.unicode(v) for v in by)
    t.remark(f"{symbol} = {listed}" if len(by) == 1 else f"{symbol} = ({listed})")
    return rule("g[t]", slopes[0] if len(by) == 1 else Mat(tuple((d,) for d in slopes)), "gradient of f")
