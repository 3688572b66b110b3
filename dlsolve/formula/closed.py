"""Closed forms: an irrational value as a + Σ b·atom, exactly, found when somebody reads it.

The rule of a step is worked out once more in the arithmetic of `dlsolve.numbers.closed`, so no
formula is written twice. A form that does not lie in the certified ball of the value is never
returned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from dlsolve.errors import DlsolveError
from dlsolve.formula.compiled import Arithmetic, compiled
from dlsolve.formula.tree import Bin, Call, Mat, Neg, Num, Tree
from dlsolve.numbers import functions
from dlsolve.numbers.closed import (
    MAX_ATOMS,
    MAX_HEIGHT,
    ONE,
    Atom,
    Closed,
    NoFormError,
    exponential,
    logarithm,
    quotient,
    rational,
    square_root,
)
from dlsolve.numbers.exact import read
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import precision

if TYPE_CHECKING:
    from dlsolve.trace import Step, Trace

MAX_STEPS = 400
"""Irrational values of a run that are tried; later ones have no closed form."""


def tree_of(form: Closed) -> Tree:
    """The sum as a person writes it, a positive term first where there is one."""
    parts = sorted(_friendly(form.terms).items(), key=_order)
    lead = next((n for n, (_, c) in enumerate(parts) if c > 0), 0)
    parts.insert(0, parts.pop(lead))
    out: Tree | None = None
    for atom, c in parts:
        term = _term(atom, abs(c))
        if out is None:
            out = term if c > 0 else Neg(term)
        else:
            out = Bin("+" if c > 0 else "-", out, term)
    assert out is not None
    return out


def _friendly(terms: Mapping[Atom, fmpq]) -> dict[Atom, fmpq]:
    """Decimals bring in logarithms of 10: log 5 = log 10 − log 2, where that leaves less beside it."""
    for base, two in ((2, ONE), (0, ("log", 0, 2))):
        c, beside = terms.get(("log", base, 5)), terms.get(two)
        if c is not None and beside is not None and abs(beside - c) < abs(beside):
            left = {a: b for a, b in terms.items() if a not in (("log", base, 5), two)}
            changed = {("log", base, 10): c, two: beside - c}
            return left | {a: b for a, b in changed.items() if b != 0}
    return dict(terms)


def _order(part: tuple[Atom, fmpq]) -> tuple[int, Any]:
    """A rational part before roots and powers, after logarithms; the largest logarithm first."""
    kinds = {"log": 0, "sqrt": 2, "exp": 3}
    atom = part[0]
    return (1, 0) if atom == ONE else (kinds[atom[0]], -atom[-1] if atom[0] == "log" else atom[-1])


def _term(atom: Atom, c: fmpq) -> Tree:
    """c·atom for c > 0: 7/10·log₂ 7, 3·√2/2."""
    top, bottom = Num(str(int(c.p))), Num(str(int(c.q)))
    match atom:
        case ():
            return top if c.q == 1 else Bin("/", top, bottom)
        case ("log", base, p):
            body: Tree = Call({2: "log2", 10: "log10", 0: "ln"}[base], (Num(str(p)),))
            factor: Tree = top if c.q == 1 else Bin("/", top, bottom)
            return body if c == 1 else Bin("*", factor, body)
        case ("sqrt", d):
            body = Call("sqrt", (Num(str(d)),))
        case (_, q):
            size: Tree = Num(str(int(abs(q.p))))
            signed = size if q > 0 else Neg(size)
            body = Call("exp", (signed if q.q == 1 else Bin("/", signed, Num(str(int(q.q)))),))
    whole = body if c.p == 1 else Bin("*", top, body)
    return whole if c.q == 1 else Bin("/", whole, bottom)


# -- reading a run --------------------------------------------------------------------------------


def closed(trace: Trace, step: Step) -> Tree | None:
    """The closed form of the value of `step` (a `Mat` of them for a matrix); None where it has none,
    where it is rational, and where values are handed on that were not computed."""
    if not trace.policy.passive or trace.arithmetic.name != "exact":
        return None
    for key, other in trace.steps.items() if step.key not in trace.closed else ():
        if len(trace.closed) > MAX_STEPS:
            break
        if key not in trace.closed and hasattr(other, "rule") and not isinstance(getattr(other, "value", fmpq()), fmpq):
            trace.closed[key] = _form(trace, other)  # type: ignore[arg-type]
        if key == step.key:
            break
    return _drawn(trace.closed.get(step.key))


def _form(trace: Trace, step: Step) -> Any:
    """The value of `step` in closed form, sure to lie where the value lies; None for none."""
    with precision(trace.bits):
        try:
            form = compiled(step.rule.expr, step.rule.letters, _CLOSED)(_Forms(trace), *step.index)
        except (NoFormError, DlsolveError, ZeroDivisionError):
            return None
        pairs = zip(_entries(form), _entries(step.value), strict=False)
        same = len(_entries(form)) == len(_entries(step.value)) and all(_lies(a, b) for a, b in pairs)
        return form if same else None


def _entries(value: Any) -> list[Any]:
    return list(value.entries()) if isinstance(value, Matrix) else [value]


def _lies(form: Any, value: Any) -> bool:
    if not isinstance(form, fmpq | Closed) or not isinstance(value, fmpq | arb):
        return False
    ball = form.ball() if isinstance(form, Closed) else arb(form)
    return bool(ball.overlaps(arb(value)))


def _drawn(form: Any) -> Tree | None:
    if isinstance(form, Closed):
        short = len(form.terms) <= MAX_ATOMS
        return tree_of(form) if short and all(max(abs(c.p), c.q) <= MAX_HEIGHT for c in form.terms.values()) else None
    if isinstance(form, Matrix) and any(isinstance(e, Closed) for e in form.entries()):
        cells = [[_drawn(e) if isinstance(e, Closed) else _rational_tree(e) for e in row] for row in form.rows]
        if all(c is not None for row in cells for c in row):
            return Mat(tuple(tuple(c for c in row if c is not None) for row in cells))
    return None


def _rational_tree(value: Any) -> Tree:
    size = _term(ONE, abs(value))
    return Neg(size) if value < 0 else size


class _Forms(dict[Any, Any]):
    """Values of a run by key: rational ones as they are, others in closed form."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.trace = trace

    def __missing__(self, key: Any) -> Any:
        value = self.trace.env[key]
        if isinstance(value, fmpq | tuple | int | str):
            return value
        form = self.trace.closed.get(key)
        if form is None and isinstance(key, tuple) and key[0] in self.trace.env:
            whole = self.trace.closed.get(key[0])  # an entry of a matrix
            form = whole.at(*key[1:]) if isinstance(whole, Matrix) else None
        if form is None and isinstance(value, Matrix) and all(isinstance(e, fmpq) for e in value.entries()):
            form = value
        if form is None:
            raise NoFormError
        return form


def _only_rational(fn: Callable[..., Any]) -> Callable[..., Any]:
    """`fn` where all that goes in and all that comes out is rational."""

    def apply(*args: Any) -> Any:
        for one in args:
            if not all(isinstance(e, fmpq | bool | str) for e in _entries(one)):
                raise NoFormError
        out = fn(*args)
        if not all(isinstance(e, fmpq | bool) for e in _entries(out)):
            raise NoFormError
        return out

    return apply


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(base, Matrix):
        return base.map(lambda e: _power(e, exponent))
    n = fmpq(exponent) if isinstance(exponent, int) else rational(exponent)
    if n == fmpq(1, 2):
        return square_root(base)
    if not isinstance(base, Closed):
        return _only_rational(functions.power)(base, n)
    if n.q != 1 or abs(n) > 4:
        raise NoFormError
    out: Any = fmpq(1)
    for _ in range(abs(int(n.p))):
        out = out * base
    return out if n >= 0 else quotient(fmpq(1), out)


def _choose(cond: Any, then: Callable[[], Any], other: Callable[[], Any]) -> Any:
    if isinstance(cond, Matrix):
        raise NoFormError
    return then() if cond else other()


def _reduce(kind: str, terms: Sequence[Any]) -> Any:
    if kind in ("sum", "mean", "prod") or all(isinstance(t, fmpq | bool) for t in terms):
        return functions.reduce_(kind, terms)
    raise NoFormError


_SUMS = ("sum", "mean", "rowsum", "colsum", "transpose")
_CLOSED = Arithmetic(
    "closed",
    read,
    fmpq,
    Matrix,
    {name: fn if name in _SUMS else _only_rational(fn) for name, fn in functions.NATIVE.items()}
    | {
        "sqrt": functions.entrywise(square_root),
        "exp": functions.entrywise(exponential),
        "ln": functions.entrywise(lambda x: logarithm(x, 0)),
        "log": functions.entrywise(lambda x: logarithm(x, 0)),
        "log2": functions.entrywise(lambda x: logarithm(x, 2)),
        "log10": functions.entrywise(lambda x: logarithm(x, 10)),
    },
    _power,
    functions.matmul,
    _only_rational(functions.test),
    _choose,
    _reduce,
)
