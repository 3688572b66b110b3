"""Your own rules: type formulas and numbers, get the working.

A rule reads ``name = expression``; rules stand one a line, or between semicolons, each using what is
given or what stands before it. Products may be implicit and powers written with ^. With
`differentiate` the gradient of one value by every given one is worked out by the chain rule, back
through the graph, one named factor a step: circuits as exam papers ask them, a loss of one's own, a
small network with matrices (``@`` multiplies them).
"""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.backward import differentiate, gradient_key
from dlsolve.differences import finite_differences
from dlsolve.errors import InputError, RuleError
from dlsolve.fields import Field, Vector
from dlsolve.formula.functions import CONSTANTS
from dlsolve.formula.rules import Rule, RuleBook, rule
from dlsolve.formula.tree import names
from dlsolve.handwriting import expression, normalise_name
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import Topic
from dlsolve.trace import Trace

MAX_RULES = 500


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Rules and the numbers that they start from."""

    rules: Annotated[str, Field("the rules, in order: q = x + y; f = q*z", aliases=("rule", "formulas"))]
    values: Annotated[
        dict[str, fmpq | Vector | Matrix], Field("the given numbers, vectors and matrices, by name", aliases=("given",))
    ] = {}
    differentiate: Annotated[str | None, Field("the value whose gradient is wanted", aliases=("diff", "loss"))] = None
    wrt: Annotated[list[str] | None, Field("by which values (all given ones, where not said)", aliases=("by",))] = None


NOTATION = Notation([])


def solve(p: Problem, t: Trace) -> None:
    found = _read(p)
    for name, value in p.values.items():
        shape = f"{value.shape[0]}×{value.shape[1]}" if isinstance(value, Matrix) else ""
        t.symbols.declare(Quantity(name, "given", shape=shape))
        t.given(name, value)
    t.section("Values")
    for r in found:
        value = t.let(r)
        t.symbols.declare(Quantity(r.base, "by its rule", shape="matrix" if hasattr(value, "shape") else ""))
    if p.differentiate is not None:
        _gradient(p, t, [r.base for r in found])
    else:
        t.answer(found[-1].base)


def _read(p: Problem) -> list[Rule]:
    """The typed rules, in order. Raises `InputError` with the rule, and its place where it can."""
    lines = re.split(r"[;\n]", p.rules)
    texts = [line.strip() for line in lines if line.strip()]
    if not texts or len(texts) > MAX_RULES:
        raise InputError(
            "$.given.rules", f"{len(texts)} rules", remedy=f"write 1 to {MAX_RULES}, such as q = x + y; f = q*z"
        )
    known = list(p.values)
    out: list[Rule] = []
    for n, text in enumerate(texts, 1):
        where = f"$.given.rules, rule {n}"
        left, equals, right = text.partition("=")
        target = next(iter(normalise_name(left)), "")
        if not equals or right.startswith("=") or not target.isidentifier():
            raise InputError(where, "not a rule", found=repr(text[:60]), remedy="write name = expression")
        if target in known or target in CONSTANTS:
            raise InputError(where, f"{target} has a value already", remedy="give each value a name of its own")
        tree = expression(right, where=where, names=known)
        out.append(rule(target, tree))
        known.append(target)
    if not any(names(r.expr) for r in out) and not p.values:
        raise InputError("$.given.values", "nothing is given", remedy='give the numbers, such as "x=-2, y=5"')
    return out


def _gradient(p: Problem, t: Trace, computed: list[str]) -> None:
    """∂f by the given values, back through the graph."""
    target = p.differentiate or ""
    if target not in computed:
        raise InputError(
            "$.given.differentiate",
            "no rule defines it",
            found=repr(target),
            remedy="name one of " + ", ".join(computed),
        )
    value = t.env[target]
    if hasattr(value, "shape") and tuple(value.shape) != (1, 1):
        raise InputError(
            "$.given.differentiate", f"{target} is a matrix, not a number", remedy="take a sum or mean of it"
        )
    wrt = p.wrt or list(p.values)
    unknown = [name for name in wrt if name not in p.values]
    if unknown:
        raise InputError(
            "$.given.wrt", "not a given value", found=repr(unknown[0]), remedy="name some of " + ", ".join(p.values)
        )
    taken = [name for name in (*p.values, *computed) if gradient_key(name) in (*p.values, *computed)]
    if taken:
        raise InputError(
            "$.given.rules", f"{gradient_key(taken[0])} is the name of a gradient here", remedy="choose another name"
        )
    t.section(f"Gradient of {t.symbols.unicode(target)}")
    for name in (*p.values, *computed):
        row = t.symbols.quantity(name)
        t.symbols.declare(
            Quantity(
                f"d{name}", f"gradient by {name}", shape=row.shape if row else "",
                symbol=f"∂{t.symbols.unicode(target)}/∂{t.symbols.unicode(name)}",
                latex=rf"\frac{{\partial {t.symbols.latex(target)}}}{{\partial {t.symbols.latex(name)}}}",
            )
        )  # fmt: skip
    try:
        differentiate(t, target, wrt)
    except RuleError as fault:
        raise InputError("$.given.differentiate", str(fault), remedy="use functions that have a derivative") from fault
    reached = [name for name in wrt if gradient_key(name) in t.env]
    for name in wrt:
        if name not in reached:
            t.note(f"{t.symbols.unicode(target)} does not depend on {t.symbols.unicode(name)}: its derivative is 0")
    finite_differences(t, target, {name: gradient_key(name) for name in reached})
    t.answer(target, *(gradient_key(name) for name in reached))


TOPIC = Topic(
    "rules",
    "Your own rules: values, and gradients through the graph",
    "Your own rules",
    Problem,
    solve,
    NOTATION,
    RuleBook({}),
    "Griewank & Walther (2008), chapter 3 (reverse mode)",
    example={"rules": "q = x + y; f = q*z", "values": {"x": -2, "y": 5, "z": -4}, "differentiate": "f"},
    aliases=("own", "graph", "circuit"),
)
