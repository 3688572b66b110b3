"""The arithmetic of a run and nothing else: its steps, as one straight program with a local name a value.

It is made from the rules of the run, as a hand would write it down from the printed solution; what no rule
gives (a row operation, a count) stands in it as a number.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from flint import arb, fmpq

from dlsolve.formula.compiled import EXACT, Build
from dlsolve.formula.indices import place
from dlsolve.formula.tree import At, Index, Name, Reduce, Ref, Tree
from dlsolve.numbers.elementary import settle
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import precision
from dlsolve.trace import Key, Step, Trace


def untraced(trace: Trace) -> Callable[[], dict[Key, Any]]:
    """The program of a finished run; it gives the values of the answers. Raises `AssertionError` where these
    are not those of the run."""
    writer = _Writer(trace)
    body = [writer.line(step) for step in trace.items if isinstance(step, Step)]
    wanted = [key for key in trace.answers if key in writer.names]
    kept = [writer.local(key) for key in wanted]
    body.append(ast.Return(ast.Tuple(kept, ast.Load())))
    function = ast.FunctionDef("program", ast.arguments([], [], None, [], [], None, []), body, [])
    module = ast.fix_missing_locations(ast.Module([function], []))
    exec(compile(module, "<run>", "exec"), writer.scope)  # noqa: S102 - the tree is made of whitelisted nodes
    program = writer.scope["program"]

    def work() -> dict[Key, Any]:
        with precision(trace.bits):
            return dict(zip(wanted, program(), strict=True))

    for key, value in work().items():
        assert _same(value, trace.env[key]), f"{key} is not what the run has"
    return work


class _Writer(Build):
    def __init__(self, trace: Trace) -> None:
        super().__init__(trace.arithmetic, set())
        self.trace = trace
        self.names: dict[Key, str] = {}
        self.bound: Mapping[str, Index] = {}
        self.scope |= {"_settle": settle, "_entry": _entry}

    def line(self, step: Step) -> ast.stmt:
        """``v17 = …``"""
        self.bound = {**self.trace.constants, **dict(zip(step.rule.letters, step.index, strict=True))}
        value = self.expr(step.rule.expr)
        if self.arithmetic is EXACT and not isinstance(step.value, Matrix):
            value = self.call("_settle", value)
        self.names[step.key] = f"v{len(self.names)}"
        return ast.Assign([ast.Name(self.names[step.key], ast.Store())], value)

    def local(self, key: Key) -> ast.expr:
        """The value under `key`: a local name, an entry of one, or a number."""
        if key in self.names:
            return ast.Name(self.names[key], ast.Load())
        for cut in range(len(key) - 1, 0, -1) if isinstance(key, tuple) else ():
            whole: Key = key[:cut] if cut > 1 else str(key[0])
            if whole in self.names:
                at = [ast.Constant(i) for i in key[cut:]]
                return self.call("_entry", ast.Name(self.names[whole], ast.Load()), *at)
        return self.constant(self.trace.env[key])

    def expr(self, tree: Tree) -> ast.expr:
        match tree:
            case Name(id_) if id_ in self.bound:
                value = self.bound[id_]
                return self.constant(self.arithmetic.index(value) if isinstance(value, int) else value)
            case Name(id_) if id_ in self.names or id_ in self.trace.env:
                return self.local(id_)
            case Ref(base, index):
                return self.local((base, *index) if index else base)
            case At(base, index):
                return self.local((base, *(self._place(i) for i in index)))
            case Reduce(kind, body, var, over):
                outer, terms = self.bound, []
                for member in self.trace.sets[over]:
                    self.bound = {**outer, var: member}
                    terms.append(self.expr(body))
                self.bound = outer
                return self.call("_reduce", ast.Constant(kind), ast.List(terms, ast.Load()))
        return super().expr(tree)

    def _place(self, tree: Tree) -> Index:
        at = place(tree, self.bound)
        assert isinstance(at, int | str)
        return at

    def power(self, base: Tree, exponent: Tree) -> ast.expr:
        if isinstance(exponent, Name) and exponent.id in self.bound:
            return self.call("_power", self.expr(base), ast.Constant(self.bound[exponent.id]))
        return super().power(base, exponent)


def _entry(whole: Any, *at: int) -> Any:
    if isinstance(whole, Matrix):
        return whole.at(*at)
    return float(whole[at[0] - 1, at[1] - 1] if len(at) == 2 else whole.reshape(-1)[at[0] - 1])


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Matrix):
        return all(_same(a, b) for a, b in zip(one.entries(), other.entries(), strict=True))
    if hasattr(one, "shape"):
        return bool((abs(one - other) <= 1e-9 * (1 + abs(other))).all())
    if isinstance(one, float):
        return bool(abs(one - other) <= 1e-9 * (1 + abs(other)))
    if isinstance(one, fmpq | arb) and isinstance(other, fmpq | arb):
        gap = one - other
        return bool(gap == 0) if isinstance(gap, fmpq) else bool(gap.contains(0))
    return one == other  # type: ignore[no-any-return]


def loop(trace: Trace, letter: str) -> Callable[[int], dict[str, Any]]:
    """The rules of a run's last step as the body of a loop over `letter`, each quantity in one variable; the
    function takes the number of steps. A quantity at ``letter-1`` is what its variable holds so far."""
    last = trace.items[-1].section
    rules = [item.rule for item in trace.items if isinstance(item, Step) and item.section == last]
    writer = _Loop(trace, letter, [r.base for r in rules])
    body: list[ast.stmt] = [ast.Assign([ast.Name(r.base, ast.Store())], writer.expr(r.expr)) for r in rules]
    steps = ast.parse("range(1, steps + 1)", mode="eval").body
    turns: ast.stmt = ast.For(ast.Name(letter, ast.Store()), steps, body, [])
    starts = [
        ast.Assign([ast.Name(r.base, ast.Store())], writer.constant(trace.env[r.base, 0]))
        for r in rules if (r.base, 0) in trace.env
    ]  # fmt: skip
    ends = ast.Return(
        ast.Call(ast.Name("dict", ast.Load()), [], [ast.keyword(b, ast.Name(b, ast.Load())) for b in writer.bases])
    )
    function = ast.FunctionDef(
        "program", ast.arguments([], [ast.arg("steps")], None, [], [], None, []), [*starts, turns, ends], []
    )
    module = ast.fix_missing_locations(ast.Module([function], []))
    exec(compile(module, "<loop>", "exec"), writer.scope)  # noqa: S102 - as above
    program: Callable[[int], dict[str, Any]] = writer.scope["program"]
    return program


class _Loop(Build):
    def __init__(self, trace: Trace, letter: str, bases: list[str]) -> None:
        super().__init__(trace.arithmetic, {letter})
        self.trace = trace
        self.bases = bases

    def expr(self, tree: Tree) -> ast.expr:
        match tree:
            case At(base, _) if base in self.bases:
                return ast.Name(base, ast.Load())
            case Name(id_) if id_ in self.trace.env:
                return self.constant(self.trace.env[id_])
        return super().expr(tree)
