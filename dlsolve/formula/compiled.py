"""Tree -> a Python function, compiled once and cached.

The code is generated as syntax nodes from the whitelisted tree, never from a user's text; names
of quantities become dictionary look-ups. Called as ``f(env, *index_values)``.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

import msgspec
from flint import arb, fmpq

from dlsolve.errors import RuleError
from dlsolve.formula.columns import column
from dlsolve.formula.functions import CONSTANTS, body_of
from dlsolve.formula.tree import At, Bin, Call, Cmp, If, Mat, Name, Neg, Num, Reduce, Ref, Transpose, Tree, along, names
from dlsolve.numbers import floats, functions
from dlsolve.numbers.exact import read
from dlsolve.numbers.families import MANY
from dlsolve.numbers.matrix import Matrix, whole_power

Compiled = Callable[..., Any]
MAX_LITERAL_POWER = 16


class Arithmetic(msgspec.Struct, frozen=True, eq=False):
    """One way to compute: how a literal becomes a number, and the native functions."""

    name: str
    literal: Callable[[str], Any]
    index: Callable[[int], Any]
    matrix: Callable[[list[list[Any]]], Any]
    native: Mapping[str, Callable[..., Any]]
    power: Callable[..., Any]
    matmul: Callable[..., Any]
    test: Callable[..., Any]
    choose: Callable[..., Any]
    reduce: Callable[..., Any]

    def __hash__(self) -> int:
        return hash(self.name)


def _float_matrix(rows: list[list[Any]]) -> Any:
    import numpy

    return numpy.array(rows, dtype=float)


EXACT = Arithmetic(
    "exact", read, fmpq, Matrix, functions.NATIVE, functions.power, functions.matmul, functions.test,
    functions.choose, functions.reduce_,
)  # fmt: skip
FLOAT64 = Arithmetic(
    "float64", float, float, _float_matrix, floats.NATIVE, floats.power, operator.matmul, floats.test,
    floats.choose, floats.reduce_,
)  # fmt: skip

_OPS: dict[str, ast.operator] = {
    "+": ast.Add(), "-": ast.Sub(), "*": ast.Mult(), "/": ast.Div(),
}  # fmt: skip


@lru_cache(maxsize=8192)
def compiled(tree: Tree, letters: tuple[str, ...], arithmetic: Arithmetic) -> Compiled:
    """`tree` as ``f(env, *letters)``; raises `RuleError` for a function that does not exist."""
    build = Build(arithmetic, set(letters))
    body = build.expr(tree)
    return build.program(["E", *map(local, letters)], [ast.Return(body)])


def entrywise_function(fn: str, arithmetic: Arithmetic) -> Callable[..., Any]:
    """The native or defined function `fn` in `arithmetic`. Raises `RuleError`."""
    native = arithmetic.native.get(fn)
    return native if native is not None else _defined(fn, arithmetic)


@lru_cache(maxsize=256)
def _defined(fn: str, arithmetic: Arithmetic) -> Callable[..., Any]:
    definition = body_of(fn)
    if definition is None:
        raise RuleError(f"there is no function {fn!r}")
    build = Build(arithmetic, set(), params=set(definition.params))
    scalar = build.program(map(local, definition.params), [ast.Return(build.expr(definition.body))])
    if arithmetic is FLOAT64:
        return scalar

    def apply(first: Any, *rest: Any) -> Any:
        if isinstance(first, Matrix):
            return first.map(lambda e: scalar(e, *rest))
        return scalar(first, *rest)

    return apply


def _over(kind: str, members: Any, env: Any, term: Any, each: Callable[[], list[Any]], *index: Any) -> Any:
    """A reduction in float64: many terms as one array, where that works, else one by one."""
    if len(members) > MANY:
        from dlsolve.formula.many import total

        found = total(kind, members, env, term, index)
        if found is not None:
            return found
    return floats.reduce_(kind, each())


def local(letter: str) -> str:
    """The variable of an index letter, or of a parameter, in the code that is made: out of reach of its other names."""
    return f"_i_{letter}"


class Build:
    """Makes the code of one function."""

    def __init__(self, arithmetic: Arithmetic, letters: set[str], params: set[str] | None = None) -> None:
        self.arithmetic = arithmetic
        self.letters = letters
        self.params = params or set()
        self.columns: dict[At, str] = {}
        """Variables that hold a quantity already."""
        self._gathered = 0
        self.scope: dict[str, Any] = {
            "_power": arithmetic.power,
            "_whole_power": whole_power,
            "_matmul": arithmetic.matmul,
            "_test": arithmetic.test,
            "_choose": arithmetic.choose,
            "_reduce": arithmetic.reduce,
            "_over": _over,
            "_column": column,
            "_index": arithmetic.index,
            "_matrix": arithmetic.matrix,
        }

    def program(self, arguments: Iterable[str], body: list[ast.stmt]) -> Compiled:
        """The function of `arguments` with this body."""
        args = ast.arguments([], [ast.arg(name) for name in arguments], None, [], [], None, [])
        module = ast.Module([ast.FunctionDef("rule", args, body, [])], [])
        code = compile(ast.fix_missing_locations(module), "<rule>", "exec")
        inner = next(c for c in code.co_consts if isinstance(c, CodeType))
        return FunctionType(inner, self.scope)

    def constant(self, value: Any) -> ast.expr:
        name = f"_c{len(self.scope)}"
        self.scope[name] = value
        return ast.Name(name, ast.Load())

    def gathered(self, place: At) -> str:
        """A new variable, which holds `place` from here on."""
        self.columns[place] = name = f"_v{self._gathered}"
        self._gathered += 1
        return name

    def call(self, name: str, *args: ast.expr) -> ast.expr:
        return ast.Call(ast.Name(name, ast.Load()), list(args), [])

    def expr(self, tree: Tree) -> ast.expr:
        match tree:
            case Num(text):
                return self.constant(self.arithmetic.literal(text))
            case Name(id_) if id_ in self.params:
                return _load(id_)
            case Name(id_) if id_ in self.letters:
                return self.call("_index", _load(id_))
            case Name(id_) if id_ in CONSTANTS:
                return self.call(self._constant_fn(id_))
            case Name(id_):
                return self.lookup([ast.Constant(id_)])
            case Ref(base, index):
                return self.lookup([ast.Constant(base), *(ast.Constant(i) for i in index)])
            case At() if tree in self.columns:
                return ast.Name(self.columns[tree], ast.Load())
            case At(base, index):
                return self.lookup([ast.Constant(base), *(self.index(i) for i in index)])
            case Bin("**", left, right):
                return self.power(left, right)
            case Bin("@", left, right):
                return self.call("_matmul", self.expr(left), self.expr(right))
            case Bin(op, left, right):
                return ast.BinOp(self.expr(left), _OPS[op], self.expr(right))
            case Neg(arg):
                return ast.UnaryOp(ast.USub(), self.expr(arg))
            case Transpose(arg):
                return self.expr(Call("transpose", (arg,)))
            case Call("cos", (arg,)) if (turned := over_pi(arg)) is not None:
                # an angle that is a fraction of π keeps its exact cosine
                return self.expr(Call("cospi", (turned,)))
            case Call(fn, args):
                return ast.Call(
                    self.constant(entrywise_function(fn, self.arithmetic)), [self.expr(a) for a in args], []
                )
            case Cmp(op, left, right):
                return self.call("_test", ast.Constant(op), self.expr(left), self.expr(right))
            case If(then, cond, other):
                return self.call("_choose", self.expr(cond), self._later(then), self._later(other))
            case Reduce(kind, body, var, over):
                return self._reduce(kind, body, var, over)
            case Mat(rows):
                cells = [ast.List([self.expr(c) for c in row], ast.Load()) for row in rows]
                return self.call("_matrix", ast.List(list(cells), ast.Load()))

    def _constant_fn(self, id_: str) -> str:
        """pi and e are made at call time: an enclosure belongs to the precision of the solve."""
        import math

        exact: Callable[[], Any] = arb.pi if id_ == "pi" else arb.const_e
        plain = math.pi if id_ == "pi" else math.e
        self.scope[f"_{id_}"] = exact if self.arithmetic is not FLOAT64 else lambda: plain
        return f"_{id_}"

    def lookup(self, parts: list[ast.expr]) -> ast.expr:
        key = parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load())
        return ast.Subscript(ast.Name("E", ast.Load()), key, ast.Load())

    def _later(self, tree: Tree) -> ast.expr:
        return ast.Lambda(ast.arguments([], [], None, [], [], None, []), self.expr(tree))

    def power(self, base: Tree, exponent: Tree) -> ast.expr:
        if isinstance(exponent, Num) and exponent.text.isdigit() and int(exponent.text) <= MAX_LITERAL_POWER:
            whole = ast.Constant(int(exponent.text))
            if self.arithmetic is FLOAT64:
                return ast.BinOp(self.expr(base), ast.Pow(), whole)
            return self.call("_whole_power", self.expr(base), whole)
        if isinstance(exponent, Name) and exponent.id in self.letters:
            return self.call("_power", self.expr(base), _load(exponent.id))
        return self.call("_power", self.expr(base), self.expr(exponent))

    def _reduce(self, kind: str, body: Tree, var: str, over: str) -> ast.expr:
        outer, held = self.letters, self.columns
        self.letters = outer | {var}
        self.columns = {place: name for place, name in held.items() if var not in names(place)}
        members = self.lookup([ast.Constant("#" + over)])
        # many floats are taken as one array instead (`_over`)
        places = along(body, var) if self.arithmetic is not FLOAT64 else {}
        target, runs = self._zipped(var, members, places)
        terms = ast.ListComp(self.expr(body), [ast.comprehension(target, runs, [], 0)])
        self.letters, self.columns = outer, held
        if self.arithmetic is not FLOAT64:
            return self.call("_reduce", ast.Constant(kind), terms)
        letters = sorted(outer - {var})
        term = self.constant((body, (*letters, var)))
        index = [_load(letter) for letter in letters]
        each = ast.Lambda(ast.arguments([], [], None, [], [], None, []), terms)
        return self.call("_over", ast.Constant(kind), members, ast.Name("E", ast.Load()), term, each, *index)

    def _zipped(self, var: str, members: ast.expr, places: Iterable[At]) -> tuple[ast.expr, ast.expr]:
        """What a loop over `members` sets and what it runs over: `var`, and beside it the quantities `places`
        that go with it, which are looked up once for the whole loop."""
        runs, targets = [members], [local(var)]
        for place in places:
            parts = [ast.Constant(place.base), members, *map(self.index, place.index[:-1])]
            runs.append(self.call("_column", ast.Name("E", ast.Load()), *parts))
            targets.append(self.gathered(place))
        stored: list[ast.expr] = [ast.Name(name, ast.Store()) for name in targets]
        if len(stored) == 1:
            return stored[0], members
        return ast.Tuple(stored, ast.Store()), self.call("zip", *runs)

    def index(self, tree: Tree) -> ast.expr:
        """An index: whole numbers, letters, + and -, labels as they are."""
        match tree:
            case Num(text) if text.isdigit():
                return ast.Constant(int(text))
            case Name(id_) if id_ in self.letters:
                return _load(id_)
            case Name(id_):
                return self.lookup([ast.Constant("@" + id_)])
            case Bin("+" | "-" as op, left, right):
                return ast.BinOp(self.index(left), _OPS[op], self.index(right))
        raise RuleError(f"an index is a letter, a whole number, or a sum of them (found {tree})")


def _load(letter: str) -> ast.expr:
    return ast.Name(local(letter), ast.Load())


def over_pi(tree: Tree) -> Tree | None:
    """`tree` divided by π where π is one of its factors, else None."""
    match tree:
        case Name("pi"):
            return Num("1")
        case Bin("*", left, right):
            near = over_pi(left)
            far = None if near is not None else over_pi(right)
            return Bin("*", near, right) if near is not None else Bin("*", left, far) if far is not None else None
        case Bin("/", left, right):
            near = over_pi(left)
            return Bin("/", near, right) if near is not None else None
    return None
