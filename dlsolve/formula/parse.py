"""Rule text -> tree: Python's own parser, then a whitelist. For text that *topics* state.

What users type goes through `dlsolve.handwriting`, which builds the same tree.
"""

from __future__ import annotations

import ast
from functools import lru_cache

from dlsolve.errors import RuleError
from dlsolve.formula.tree import (
    REDUCTIONS,
    At,
    Bin,
    Call,
    Cmp,
    If,
    Mat,
    Name,
    Neg,
    Num,
    Reduce,
    Transpose,
    Tree,
)

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


@lru_cache(maxsize=4096)
def parse(text: str) -> Tree:
    """Parse one expression of the rule language.

    Raises `RuleError` where the text is not in the language.
    """
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        raise RuleError(f"rule does not parse: {text!r} ({fault})") from fault
    return _tree(node, text.strip())


def _tree(node: ast.expr, text: str) -> Tree:
    def sub(child: ast.expr) -> Tree:
        return _tree(child, text)

    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            source = ast.get_source_segment(text, node)
            assert source is not None
            return Num(source)
        case ast.Name(id=name):
            return Name(name)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return Bin(_BINARY[type(op)], sub(left), sub(right))
        case ast.UnaryOp(op=ast.USub(), operand=arg):
            return Neg(sub(arg))
        case ast.Attribute(value=arg, attr="T"):
            return Transpose(sub(arg))
        case ast.Subscript(value=ast.Name(id=base), slice=ast.Tuple(elts=elts)):
            return At(base, tuple(sub(e) for e in elts))
        case ast.Subscript(value=ast.Name(id=base), slice=one):
            return At(base, (sub(one),))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return Cmp(_COMPARE[type(op)], sub(left), sub(right))
        case ast.IfExp(test=cond, body=then, orelse=other):
            return If(sub(then), sub(cond), sub(other))
        case ast.Call(func=ast.Name(id=fn), args=[ast.GeneratorExp() as gen], keywords=[]):
            return _reduce(fn, gen, text)
        case ast.Call(func=ast.Name(id=fn), args=args, keywords=[]):
            return Call(fn, tuple(sub(a) for a in args))
        case ast.List(elts=rows) if rows and all(isinstance(r, ast.List) for r in rows):
            return Mat(tuple(tuple(sub(c) for c in r.elts) for r in rows if isinstance(r, ast.List)))
        case _:
            what = ast.get_source_segment(text, node) or type(node).__name__
            raise RuleError(f"{what!r} is not in the rule language (in {text!r})")


def _reduce(fn: str, gen: ast.GeneratorExp, text: str) -> Tree:
    match gen.generators:
        case [ast.comprehension(target=ast.Name(id=var), iter=ast.Name(id=over), ifs=[])] if fn in REDUCTIONS:
            return Reduce(fn, _tree(gen.elt, text), var, over)
        case _:
            raise RuleError(f"a reduction reads '{'|'.join(REDUCTIONS)}(expr for i in SET)' (in {text!r})")
