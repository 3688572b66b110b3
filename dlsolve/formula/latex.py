"""Tree -> LaTeX: the same brackets as the Unicode hand, less those that a fraction makes needless."""

from __future__ import annotations

from dlsolve.formula.text import guarded, level
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
from dlsolve.notation import Symbols

_SIGNS = {">=": r"\ge", "<=": r"\le", "!=": r"\ne", "==": "=", "<": "<", ">": ">"}
_FUNCTIONS = {
    "log2": r"\log_{2}", "log10": r"\log_{10}", "ln": r"\ln", "log": r"\ln", "tanh": r"\tanh", "max": r"\max",
    "min": r"\min", "sigmoid": r"\sigma", "relu": r"\operatorname{ReLU}", "leaky_relu": r"\operatorname{LReLU}",
    "elu": r"\operatorname{ELU}", "gelu": r"\operatorname{GELU}", "argmax": r"\operatorname*{arg\,max}",
    "rowsoftmax": r"\operatorname{softmax}",
    "Phi": r"\Phi", "erfinv": r"\operatorname{erf}^{-1}",
    "sin": r"\sin", "acos": r"\arccos", "cos": r"\cos", "det": r"\det", "abs_prime": r"\operatorname{sign}",
}  # fmt: skip
_BIG = {"sum": r"\sum", "prod": r"\prod", "max": r"\max", "min": r"\min", "mean": r"\frac{1}{n}\sum",
        "count": r"\#"}  # fmt: skip
_ALONG = {"sum": ("sum", "i"), "mean": ("mean", "i"), "rowsum": ("sum", "i"), "rowmean": ("mean", "i"),
          "colsum": ("sum", "j"), "colmean": ("mean", "j")}  # fmt: skip


def latex(tree: Tree, symbols: Symbols) -> str:
    """`tree` in LaTeX maths mode (amsmath)."""
    return _Latex(symbols).show(tree)


def number(text: str) -> str:
    """A number in maths mode: ``1e-8`` -> ``10^{-8}``, ``-2.5e-7`` -> ``-2.5 \\cdot 10^{-7}``."""
    head, mark, power = text.replace("E", "e").partition("e")
    if not mark:
        return text
    if head in ("1", "1.0", "-1"):
        return f"{'-' if head == '-1' else ''}10^{{{int(power)}}}"
    return rf"{head} \cdot 10^{{{int(power)}}}"


def matrix(rows: list[list[str]]) -> str:
    """Finished cells in square brackets."""
    body = r" \\ ".join(" & ".join(row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


class _Latex:
    def __init__(self, symbols: Symbols, entry: str = "") -> None:
        self.symbols = symbols
        self.entry = entry

    def wrap(self, node: Tree, at_least: int) -> str:
        inner = self.show(node)
        tight = level(node)
        if isinstance(node, Num) and ("e" in node.text or "E" in node.text):
            tight = 4
        if isinstance(node, Bin) and node.op == "/":
            tight = 6
        return inner if tight >= at_least else _bracketed(inner)

    def show(self, tree: Tree) -> str:
        match tree:
            case Num(text):
                return number(text)
            case Name("..."):
                return r"\dots"
            case Name(id_):
                return self._name(id_, ())
            case At(base, index):
                return self._name(base, tuple(self.show(i).replace(" ", "") for i in index))
            case Ref(base, index):
                return self._name(base, tuple(map(str, index)))
            case Bin("+" | "-" as op, left, right):
                far = self.wrap(guarded(right), 6 if isinstance(right, Neg) else 3 if op == "-" else 2)
                return f"{self.wrap(left, 2)} {op} {far}"
            case Bin("/", left, right):
                return rf"\frac{{{self.show(left)}}}{{{self.show(right)}}}"
            case Bin("*" | "@" as op, left, right):
                whole = op == "*" and not self.entry and self.array(left) and self.array(right)
                dot = r"\odot" if whole else r"\cdot"
                far = _bracketed(self.show(right)) if isinstance(right, Neg) else self.wrap(right, 4)
                return f"{self.wrap(left, 4)} {dot} {far}"
            case Bin(_, base, power):
                near = self.wrap(base, 7)
                bare = isinstance(base, Num | Name | At | Ref) and "^" not in near
                if isinstance(base, Call) or (isinstance(base, Num | Name | At | Ref) and not bare):
                    near = _bracketed(near)
                return f"{near}^{{{self.show(power)}}}"
            case Neg(arg):
                return f"-{self.wrap(guarded(arg), 6 if isinstance(arg, Neg) else 4)}"
            case Transpose(arg):
                return f"{{{self.wrap(arg, 7)}}}^{{\\top}}"
            case Call(fn, args):
                return self._call(fn, args)
            case Cmp(op, left, right):
                return f"{self.show(left)} {_SIGNS[op]} {self.show(right)}"
            case If(then, cond, other):
                first = rf"{self.show(then)} & \text{{if }} {self.show(cond)}"
                return rf"\begin{{cases}} {first} \\ {self.show(other)} & \text{{otherwise}} \end{{cases}}"
            case Reduce(kind, body, var, _):
                return f"{_BIG[kind]}_{{{var}}} {self.wrap(body, 4)}"
            case Mat(rows):
                return matrix([[self.show(c) for c in row] for row in rows])
        raise AssertionError(tree)

    def _name(self, base: str, index: tuple[str, ...]) -> str:
        entry = self.entry if self.entry and self.symbols.is_array(base) else ""
        return self.symbols.latex(base, index, entry)

    def _call(self, fn: str, args: tuple[Tree, ...]) -> str:
        match fn:
            case "()":
                return _bracketed(self.show(args[0]))
            case "sqrt":
                return rf"\sqrt{{{self.show(args[0])}}}"
            case "abs":
                return rf"\left|{self.show(args[0])}\right|"
            case "factorial":
                return f"{self.wrap(args[0], 7)}!"
            case "comb":
                return rf"\binom{{{self.show(args[0])}}}{{{self.show(args[1])}}}"
            case "exp":
                return f"e^{{{self.show(args[0])}}}"
        if fn in _ALONG and len(args) == 1:
            kind, letter = _ALONG[fn]
            return f"{_BIG[kind]}_{{{letter}}} {_Latex(self.symbols, letter).wrap(args[0], 4)}"
        inside = ", ".join(self.show(a) for a in args)
        return _function(fn) + _bracketed(inside)

    def array(self, tree: Tree) -> bool:
        """Whether `tree` is a vector or matrix, by the declared shapes."""
        match tree:
            case Name(base) | At(base, _) | Ref(base, _):
                return self.symbols.is_array(base)
            case Mat():
                return True
            case Call(fn, _) if fn in ("sum", "mean", "max", "min", "prod", "count"):
                return False
            case Reduce() | Cmp():
                return False
            case _:
                return any(self.array(c) for c in children(tree))


def _bracketed(text: str) -> str:
    return rf"\left({text}\right)"


def _function(fn: str) -> str:
    if fn in _FUNCTIONS:
        return _FUNCTIONS[fn]
    if fn.endswith("_prime"):
        return _function(fn.removesuffix("_prime")) + "'"
    return rf"\operatorname{{{fn.replace('_', ' ')}}}"
