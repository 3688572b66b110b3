"""Tree -> text in three hands: the rule language itself, Unicode for people, LaTeX.

Brackets are what a textbook sets: negatives and sums inside products and powers, powers of
powers, and nothing else. The rule-language hand is exact: ``parse(python(tree)) == tree``.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dlsolve.formula.tree import (
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
    Ref,
    Transpose,
    Tree,
    children,
)
from dlsolve.notation import Symbols, subscript, superscript


class Grid(msgspec.Struct, frozen=True):
    """A matrix in a line of maths: cells already text; drawn by the renderer."""

    rows: tuple[tuple[str, ...], ...]


Piece = str | Grid
"""A run of text or a drawn matrix; a line may break before a piece that starts with a space."""

_LEVEL = {"+": 2, "-": 2, "*": 4, "/": 4, "@": 4, "**": 6}
_ATOM = 8


def level(tree: Tree) -> int:
    """How tightly the outermost operation of `tree` binds."""
    match tree:
        case If():
            return 0
        case Cmp():
            return 1
        case Bin(op, _, _):
            return _LEVEL[op]
        case Neg():
            return 5
        case _:
            return _ATOM


# -- the rule language --------------------------------------------------------------------------


def python(tree: Tree, symbols: Symbols | None = None) -> str:
    """`tree` in the rule language; `Ref` nodes by their answer names where `symbols` is given."""

    def wrap(node: Tree, at_least: int) -> str:
        text = python(node, symbols)
        return text if level(node) >= at_least else f"({text})"

    match tree:
        case Num(text):
            return text
        case Name(id_):
            return id_
        case At(base, index):
            return f"{base}[{', '.join(python(i, symbols) for i in index)}]"
        case Ref(base, index):
            if symbols is not None:
                return symbols.ascii(base, index)
            return f"{base}[{', '.join(map(repr, index))}]" if index else base
        case Bin("**", left, right):
            return f"{wrap(left, 7)}**{wrap(right, 6 if isinstance(right, Bin) else 7)}"
        case Bin(op, left, right):
            tight = _LEVEL[op]
            gap = " " if op in "+-@" or (not (_flat(left) and _flat(right)) and op != "*") else ""
            right_text = wrap(right, tight + 1) if not isinstance(right, Neg) else f"({python(right, symbols)})"
            return f"{wrap(left, tight)}{gap}{op}{gap}{right_text}"
        case Neg(arg):
            return f"-{wrap(arg, 6)}"
        case Transpose(arg):
            return f"{wrap(arg, 7)}.T" if not isinstance(arg, Num) else f"({python(arg)}).T"
        case Call(fn, args):
            return f"{fn}({', '.join(python(a, symbols) for a in args)})"
        case Cmp(op, left, right):
            return f"{wrap(left, 2)} {op} {wrap(right, 2)}"
        case If(then, cond, other):
            return f"{wrap(then, 1)} if {wrap(cond, 1)} else {wrap(other, 0)}"
        case Reduce(kind, body, var, over):
            return f"{kind}({python(body, symbols)} for {var} in {over})"
        case Mat(rows):
            return "[" + ", ".join("[" + ", ".join(python(c, symbols) for c in r) + "]" for r in rows) + "]"


def _flat(tree: Tree) -> bool:
    return not children(tree) or isinstance(tree, At)


# -- Unicode for people -------------------------------------------------------------------------

_FUNCTIONS = {
    "log2": "log₂", "log10": "log₁₀", "ln": "ln", "log": "ln", "sigmoid": "σ", "relu": "ReLU",
    "leaky_relu": "LReLU", "elu": "ELU", "gelu": "GELU", "sigmoid_prime": "σ′", "erfinv": "erf⁻¹", "comb": "C",
    "tanh_prime": "tanh′", "relu_prime": "ReLU′", "leaky_relu_prime": "LReLU′",
    "softmax_prime": "softmax′", "argmax": "arg max", "rowsoftmax": "softmax", "sum": "Σ", "rowsum": "Σ",
    "elu_prime": "ELU′", "gelu_prime": "GELU′", "abs_prime": "sign", "acos": "arccos", "Phi": "Φ",
}  # fmt: skip
_SUMS = {"sum": ("sum", "i"), "mean": ("mean", "i"), "rowsum": ("sum", "s"), "colsum": ("sum", "j")}
"""One-argument sums with their index letter: entries, samples of a row, entries of a column."""
_SIGNS = {">=": "≥", "<=": "≤", "!=": "≠", "==": "=", "<": "<", ">": ">"}


def unicode(tree: Tree, symbols: Symbols) -> list[Piece]:
    """`tree` as a reader writes it, as pieces to lay out; matrices stay `Grid`s."""
    return _merge(_Unicode(symbols).show(tree))


def one_line(pieces: Sequence[Piece]) -> str:
    """`pieces` in one line, matrices as ``[1 2; 3 4]``."""
    return "".join(p if isinstance(p, str) else "[" + "; ".join(" ".join(r) for r in p.rows) + "]" for p in pieces)


def _merge(pieces: Sequence[Piece]) -> list[Piece]:
    out: list[Piece] = []
    for piece in pieces:
        if piece == "":
            continue
        # a piece that opens with a space stays apart: the line may break there
        if out and isinstance(piece, str) and isinstance(out[-1], str) and not piece.startswith(" "):
            out[-1] += piece
        else:
            out.append(piece)
    return out


class _Unicode:
    def __init__(self, symbols: Symbols, entry: str = "") -> None:
        self.symbols = symbols
        self.entry = entry

    def wrap(self, node: Tree, at_least: int) -> list[Piece]:
        inner = self.show(node)
        tight = level(node)
        if isinstance(node, Num) and ("e" in node.text or "E" in node.text):
            tight = 4
        return inner if tight >= at_least else ["(", *inner, ")"]

    def line(self, node: Tree) -> str:
        return one_line(self.show(node))

    def show(self, tree: Tree) -> list[Piece]:
        match tree:
            case Num(text):
                return [number(text)]
            case Name(id_):
                return [self._name(id_, ())]
            case At(base, index):
                return [self._name(base, tuple(self.line(i).replace(" ", "") for i in index))]
            case Ref(base, index):
                return [self._name(base, tuple(map(str, index)))]
            case Bin("+" | "-" as op, left, right):
                sign = " − " if op == "-" else " + "
                near = self.wrap(left, 2)
                far = self.wrap(guarded(right), 6 if isinstance(right, Neg) else 3 if op == "-" else 2)
                return [*near, sign, *far]
            case Bin("/", left, right):
                gap = "/" if isinstance(left, Num | Neg) and isinstance(right, Num) and _short(left) else " / "
                return [*self.wrap(left, 5 if _is_division(left) else 4), gap, *self.wrap(right, 6)]
            case Bin("*" | "@" as op, left, right):
                dot = " ⊙ " if op == "*" and not self.entry and self.array(left) and self.array(right) else "·"
                near = self.wrap(left, 5 if _is_division(left) else 4)
                dot = "" if right == Name("i") and isinstance(left, Num) else dot  # 2i
                if isinstance(right, Neg) or _is_division(right):
                    return [*near, dot, "(", *self.show(right), ")"]
                return [*near, dot, *self.wrap(right, 4)]
            case Bin("**", base, power):
                return self._power(base, power)
            case Neg(arg):
                return ["−", *self.wrap(guarded(arg), 6 if isinstance(arg, Neg) else 4)]
            case Transpose(arg):
                return [*self.wrap(arg, 7), "ᵀ"]
            case Call(fn, args):
                return self._call(fn, args)
            case Cmp(op, left, right):
                return [*self.show(left), f" {_SIGNS[op]} ", *self.show(right)]
            case If(then, cond, other):
                return [*self.show(then), " if ", *self.show(cond), ", else ", *self.show(other)]
            case Reduce(kind, body, var, _):
                return [*_big(kind, var), *self.wrap(body, 4)]
            case Mat(rows):
                return [Grid(tuple(tuple(self.line(c) for c in row) for row in rows))]
        raise AssertionError(tree)

    def _name(self, base: str, index: tuple[str, ...]) -> str:
        entry = self.entry if self.entry and self.symbols.is_array(base) else ""
        return self.symbols.unicode(base, index, entry)

    def _power(self, base: Tree, power: Tree) -> list[Piece]:
        near = self.wrap(base, 7)
        if isinstance(base, Call) and base.fn != "abs":
            near = ["(", *near, ")"]
        raised = superscript(self.line(power))
        if raised is not None:
            return [*near, raised]
        return [*near, "^", *self.wrap(power, 7)]

    def _call(self, fn: str, args: tuple[Tree, ...]) -> list[Piece]:
        if fn == "()":
            return ["(", *self.show(args[0]), ")"]
        if fn == "sqrt":
            return ["√", *(self.show(args[0]) if level(args[0]) == _ATOM else ["(", *self.show(args[0]), ")"])]
        if fn == "abs":
            return ["|", *self.show(args[0]), "|"]
        if fn == "factorial":
            return [*self.wrap(args[0], 7), "!"]
        if fn == "exp":
            text = self.line(args[0])
            raised = superscript(text) if len(text) <= 4 else None
            return ["e" + raised] if raised else ["e^", *self.wrap(args[0], 8)]
        if fn in _SUMS and len(args) == 1:
            kind, letter = _SUMS[fn]
            return [*_big(kind, letter), *_Unicode(self.symbols, letter).wrap(args[0], 4)]
        inside: list[Piece] = []
        for n, arg in enumerate(args):
            inside += [", "] if n else []
            inside += self.show(arg)
        return [_FUNCTIONS.get(fn, fn), "(", *inside, ")"]

    def array(self, tree: Tree) -> bool:
        """Whether `tree` is a vector or matrix, by the declared shapes."""
        match tree:
            case Name(base):
                return self.symbols.is_array(base)
            case At(base, index) | Ref(base, index):
                return self.symbols.is_array(base, len(index))
            case Mat():
                return True
            case Call(fn, _) if fn in ("sum", "mean", "max", "min", "prod", "count"):
                return False
            case Reduce() | Cmp():
                return False
            case _:
                return any(self.array(c) for c in children(tree))


def _big(kind: str, var: str) -> list[Piece]:
    low = subscript(var)
    match kind:
        case "sum":
            return ["Σ" + low + " "]
        case "mean":
            return ["(1/n)·Σ" + low + " "]
        case "prod":
            return ["Π" + low + " "]
        case _:
            return [f"{kind}{low} "]


def guarded(tree: Tree) -> Tree:
    """`tree` with a leading minus in brackets, as it stands after a sign: a + (−b)·c."""
    match tree:
        case Bin("*" | "/" | "@" as op, Neg() as left, right):
            return Bin(op, Call("()", (left,)), right)
        case Bin("*" | "/" | "@" as op, Bin() as left, right):
            return Bin(op, guarded(left), right)
        case Bin("+" | "-", left, _) if isinstance(left, Neg) or guarded(left) != left:
            return Call("()", (tree,))
        case _:
            return tree


def _is_division(tree: Tree) -> bool:
    return isinstance(tree, Bin) and tree.op == "/"


def _short(tree: Tree) -> bool:
    """A small fraction of typed integers is set tight (1/3); decimals keep their gap (0.047 / 0.19)."""
    leaf = tree.arg if isinstance(tree, Neg) else tree
    return isinstance(leaf, Num) and leaf.text.isdigit()


def number(text: str) -> str:
    """A number's text for people: ``1e-8`` -> 10⁻⁸, ``-2.5e-7`` -> −2.5·10⁻⁷."""
    text = text.replace("-", "−", 1) if text.startswith("-") else text
    head, mark, power = text.replace("E", "e").partition("e")
    if not mark or not power.lstrip("+-").isdecimal() or not head[-1:].isdecimal():
        return text  # no power of ten, or words: yes
    raised = superscript(str(int(power)).replace("-", "−")) or power
    if head in ("1", "1.0", "−1"):
        return f"{'−' if head == '−1' else ''}10{raised}"
    return f"{head}·10{raised}"
