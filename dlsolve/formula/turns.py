"""Rules that go from step to step, as one loop in float64: for the middle of a long run, which nobody reads.

Each quantity stands in one variable; what a rule looks at is of this step, or of the one before.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dlsolve.errors import DlsolveError
from dlsolve.formula.compiled import FLOAT64, Build
from dlsolve.formula.rules import Rule
from dlsolve.formula.tree import At, Bin, Name, Num, Tree
from dlsolve.numbers.families import NotEntrywiseError

Turns = Callable[..., tuple[int | None, tuple[Any, ...]]]
"""``f(first, stop, *values before first)``: None and the values of the last turn; or a turn that has no
finite values, and the values before it."""


def turns(rules: Sequence[Rule], shifts: Sequence[int], env: Any, start: Mapping[str, Any]) -> Turns:
    """The loop of `rules`, in order. The further index letters of the rules are the step shifted by `shifts`;
    `start` holds the values that the first turn finds. Raises `NotEntrywiseError` for rules that look farther."""
    writer = _Writer(rules[0].letters[0], shifts, env, {base: f"x{n}" for n, base in enumerate(start)})
    body: list[ast.stmt] = [_set(f"p{n}", ast.Name(f"x{n}", ast.Load())) for n in range(len(start))]
    for rule in rules:
        if rule.at or rule.letters[:1] != (writer.step,) or len(rule.letters) > 1 + len(shifts):
            raise NotEntrywiseError(rule.id)
        local = writer.locals[rule.base]
        body.append(_set(local, writer.of(rule)))
        writer.done.add(rule.base)
        fails = writer.not_finite(local, start[rule.base])
        body.append(ast.If(fails, [ast.Return(_result(ast.Name("turn", ast.Load()), "p", len(start)))], []))
    whole = ast.Call(ast.Name("range", ast.Load()), [ast.Name(n, ast.Load()) for n in ("first", "stop")], [])
    loop = ast.For(ast.Name("turn", ast.Store()), whole, body, [])
    failed = ast.ExceptHandler(ast.Name("_faults", ast.Load()), None, [
        ast.Return(_result(ast.Name("turn", ast.Load()), "p", len(start)))
    ])  # fmt: skip
    arguments = ["first", "stop", *(f"x{n}" for n in range(len(start)))]
    return writer.program(
        arguments, [ast.Try([loop], [failed], [], []), ast.Return(_result(ast.Constant(None), "x", len(start)))]
    )


def _set(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _result(turn: ast.expr, letter: str, count: int) -> ast.expr:
    values: list[ast.expr] = [ast.Name(f"{letter}{n}", ast.Load()) for n in range(count)]
    return ast.Tuple([turn, ast.Tuple(values, ast.Load())], ast.Load())


class _Writer(Build):
    def __init__(self, step: str, shifts: Sequence[int], env: Any, names: dict[str, str]) -> None:
        super().__init__(FLOAT64, set())
        self.step = step
        self.shifts = shifts
        self.env = env
        self.locals = names
        self.done: set[str] = set()
        self.at: dict[str, int] = {}
        self.scope |= {"_faults": (DlsolveError, ArithmeticError, ValueError), "_finite": _finite, "_entry": _entry}

    def of(self, rule: Rule) -> ast.expr:
        """The value of `rule` at this turn."""
        self.at = dict(zip(rule.letters, (0, *self.shifts), strict=False))
        return self.expr(rule.expr)

    def turn(self, shift: int) -> ast.expr:
        here = ast.Name("turn", ast.Load())
        return ast.BinOp(here, ast.Add(), ast.Constant(shift)) if shift else here

    def expr(self, tree: Tree) -> ast.expr:
        match tree:
            case Name(id_) if id_ in self.at:
                return self.call("_index", self.turn(self.at[id_]))
            case At(base, (first, *rest)) if base in self.locals:
                return self.quantity(base, self.shift(first), rest)
            case At(base, (first,)) if base in self.env.families:
                family = self.env.families[base]
                values, start = self.constant(family.values.tolist()), family.members[0]
                if not isinstance(family.members, range):
                    raise NotEntrywiseError(base)
                return ast.Subscript(values, self.turn(self.shift(first) - start), ast.Load())
        return super().expr(tree)

    def quantity(self, base: str, shift: int, rest: Sequence[Tree]) -> ast.expr:
        """A quantity of this turn (shift 0) or of the one before (−1), or an entry of it."""
        if (shift, base in self.done) not in ((0, True), (-1, True), (-1, False)):
            raise NotEntrywiseError(base)
        local = self.locals[base] if shift == 0 else self.locals[base].replace("x", "p")
        whole = ast.Name(local, ast.Load())
        if not rest:
            return whole
        if not all(isinstance(i, Num) and i.text.isdigit() for i in rest):
            raise NotEntrywiseError(base)
        return self.call("_entry", whole, *(ast.Constant(int(i.text)) for i in rest if isinstance(i, Num)))

    def shift(self, tree: Tree) -> int:
        """How far an index lies from the step. Raises `NotEntrywiseError` where it does not go with it."""
        match tree:
            case Name(id_) if id_ in self.at:
                return self.at[id_]
            case Bin("-", Name(id_), Num(text)) if id_ in self.at and text.isdigit():
                return self.at[id_] - int(text)
        raise NotEntrywiseError(tree)

    def power(self, base: Tree, exponent: Tree) -> ast.expr:
        if isinstance(exponent, Name) and exponent.id in self.at:
            return self.call("_power", self.expr(base), self.turn(self.at[exponent.id]))
        return super().power(base, exponent)

    def lookup(self, parts: list[ast.expr]) -> ast.expr:
        """A value that is the same at every step."""
        key = tuple(part.value for part in parts if isinstance(part, ast.Constant))
        if len(key) < len(parts):
            raise NotEntrywiseError(key)
        return self.constant(self.env[key if len(key) > 1 else key[0]])

    def not_finite(self, local: str, like: Any) -> ast.expr:
        value = ast.Name(local, ast.Load())
        if isinstance(like, float):
            return ast.Compare(ast.BinOp(value, ast.Sub(), value), [ast.NotEq()], [ast.Constant(0.0)])
        return ast.UnaryOp(ast.Not(), self.call("_finite", value))


def _finite(value: Any) -> bool:
    import numpy

    return bool(numpy.isfinite(value).all())


def _entry(whole: Any, *at: int) -> float:
    return float(whole[at[0] - 1, at[1] - 1] if len(at) == 2 else whole.reshape(-1)[at[0] - 1])
