"""Rules at each of many members, as one loop that works out and records: what a run does most.

A value that the loop has just worked out stands in a variable, and those of a family are looked up once for
all turns. What is not plain (a matrix, a truth, a number without bounds) ends the loop: the caller goes on
from there one value at a time.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import lru_cache
from types import CodeType, FunctionType

from flint import arb, fmpq

from dlsolve.formula.compiled import FLOAT64, Arithmetic, Build
from dlsolve.formula.rules import Rule
from dlsolve.formula.tree import At, Name, Tree, along
from dlsolve.numbers.elementary import MAX_BITS

Loop = Callable[..., None]
"""``f(env, columns, section, make, steps, items)``: `columns` holds what each index letter runs over,
`section` gives the section of a turn, `make` makes a step."""

_TURN = """
{key} = ({base!r}, {letters})
if {key} in E or not ({plain}):
    return
E[{key}] = {value}
steps[{key}] = _step = make({key}, {rule}, {index}, {value}, {value}, _here)
add(_step)
"""
_EXACT = "(_kind := type({value})) is _fmpq and {value}.height_bits() <= _most or _kind is _arb and {value}.is_finite()"
_FLOAT = "type({value}) is float and {value} - {value} == 0.0"


@lru_cache(maxsize=512)
def loop(rules: tuple[Rule, ...], arithmetic: Arithmetic) -> Loop | None:
    """The loop over `rules`, in order; None where their indices are not those of one turn."""
    letters = max((rule.letters for rule in rules), key=len)
    if not letters or any(rule.at or rule.where or rule.letters != letters[: len(rule.letters)] for rule in rules):
        return None
    return _Recorder(arithmetic, letters).loop(rules)


class _Recorder(Build):
    """Makes the code of one loop."""

    def __init__(self, arithmetic: Arithmetic, letters: tuple[str, ...]) -> None:
        super().__init__(arithmetic, set(letters))
        self.order = letters
        self.done: dict[tuple[str, tuple[Tree, ...]], str] = {}
        self.scope |= {"_fmpq": fmpq, "_arb": arb, "_most": MAX_BITS}

    def expr(self, tree: Tree) -> ast.expr:
        match tree:
            case At(base, index) if (base, index) in self.done:
                return ast.Name(self.done[base, index], ast.Load())
        return super().expr(tree)

    def loop(self, rules: Sequence[Rule]) -> Loop:
        own = {(rule.base, rule.letters[0]) for rule in rules if len(rule.letters) == 1}
        places = {place: None for rule in rules for place in along(rule.expr, rule.letters) if place not in own}
        runs, names = [f"columns[{n}]" for n in range(len(self.order))], list(self.order)
        for base, letter in places:
            self.columns[base, letter] = f"_v{len(self.columns)}"
            names.append(self.columns[base, letter])
            runs.append(f"E.column({base!r}, columns[{self.order.index(letter)}])")
        body = [ast.parse("_here = section(" + self.order[0] + ")").body[0]]
        for n, rule in enumerate(rules):
            body += self.turn(n, rule)
        (each,) = ast.parse(f"for {', '.join(names)}, in zip({', '.join(runs)}):\n    pass").body
        assert isinstance(each, ast.For)
        each.body = body
        return self.program([ast.parse("add = items.append").body[0], each])

    def turn(self, n: int, rule: Rule) -> list[ast.stmt]:
        """One value of a turn: worked out, looked at, recorded."""
        value, index = f"_x{n}", f"({', '.join(rule.letters)},)"
        self.scope[f"_rule{n}"] = rule
        plain = (_FLOAT if self.arithmetic is FLOAT64 else _EXACT).format(value=value)
        code = _TURN.format(
            plain=plain, key=f"_key{n}", base=rule.base, letters=", ".join(rule.letters) + ",", value=value,
            rule=f"_rule{n}", index=index,
        )  # fmt: skip
        worked = ast.Assign([ast.Name(value, ast.Store())], self.expr(rule.expr))
        self.done[rule.base, tuple(map(Name, rule.letters))] = value
        return [worked, *ast.parse(code).body]

    def program(self, body: list[ast.stmt]) -> Loop:
        arguments = [ast.arg(name) for name in ("E", "columns", "section", "make", "steps", "items")]
        args = ast.arguments([], arguments, None, [], [], None, [])
        module = ast.Module([ast.FunctionDef("loop", args, body, [])], [])
        code = compile(ast.fix_missing_locations(module), "<loop>", "exec")
        inner = next(c for c in code.co_consts if isinstance(c, CodeType))
        return FunctionType(inner, self.scope)
