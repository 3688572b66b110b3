"""Tokens -> tree: a Pratt parser, linear in the text and bounded in depth.

Products may be implicit (``2x``, ``3(x+1)``, ``0.9(0.05)``) and bind like ``*``: 1/2x is (1/2)·x.
Lists are columns: ``[1, 2]``, ``(1, 2)`` and ``(1, 2)^T`` are the same 2×1 matrix.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from dlsolve.formula.tree import Bin, Call, Cmp, If, Name, Neg, Num, Transpose, Tree
from dlsolve.handwriting.calls import WORDS, named
from dlsolve.handwriting.lists import Column, read_bracket, settled
from dlsolve.handwriting.numerals import free_names
from dlsolve.handwriting.tokens import MAX_SIGNS, TOO_MANY, Token, UnreadableError, tokens

MAX_DEPTH = 40
_BINARY = {"+": 2, "-": 2, "*": 4, "/": 4, "@": 4, "**": 6}
_COMPARE = ("<", "<=", ">", ">=", "==", "!=")
_CLOSES = {"(": ")", "[": "]", "{": "}", "\\{": "\\}"}


def expression(text: str, *, where: str = "", names: Collection[str] | None = None) -> Tree:
    """The tree of one typed expression: ``100*w1^2 + w2^2``, ``\\frac{1}{2}x^2``.

    With `names`, every name must be one of them (or pi, e), spelled in any of its ways, and a run
    of letters is split into known names (``xy``). Raises `UnreadableError` (an `InputError`) that
    names the column and the remedy.
    """
    return Parser(text, where=where, names=names).whole()


def function(text: str, *, where: str = "") -> Tree:
    """The tree of a typed function of any variables. A run of letters that all stand alone in it too is
    their product: ``x^3 - 3xy + y^3``. Raises as `expression`."""
    tree = expression(text, where=where)
    found = free_names(tree)
    parts = {n: _FACTORS.findall(n) for n in found}
    products = {n for n, p in parts.items() if len(p) > 1 and "".join(p) == n and found.issuperset(p)}
    return expression(text, where=where, names=found - products) if products else tree


_FACTORS = re.compile(r"[A-Za-z]\d*")


class Parser:
    """One text being read. `vectors` reads ``[2 -1]`` as two entries, not as 2 − 1."""

    def __init__(
        self, text: str, *, where: str = "", names: Collection[str] | None = None, vectors: bool = False,
        given: list[Token] | None = None,
    ) -> None:  # fmt: skip
        self.where = where
        self.names = names
        self.vectors = vectors
        self.tokens = tokens(text, where) if given is None else given
        self.n = 0
        self.depth = 0
        self.operations = 0
        self.spaced = [False]
        self.bound: list[str] = []

    # -- walking ---------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.n]

    def ahead(self, by: int = 1) -> Token:
        return self.tokens[min(self.n + by, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.tokens[self.n]
        if token.kind != "end":
            self.n += 1
        return token

    def fail(self, problem: str, token: Token | None = None, **more: str) -> UnreadableError:
        return UnreadableError(problem, offset=(token or self.token).start, where=self.where, **more)

    def expect(self, text: str) -> None:
        if self.token.text != text:
            if self.token.kind == "end":
                raise self.fail(f"{_sign(text)} is missing at the end")
            raise self.fail(f"{_sign(text)} is missing before {_sign(self.token.text)}")
        self.take()

    def whole(self) -> Tree:
        if self.token.kind == "end":
            raise self.fail("nothing is written here", remedy="write a number or a formula")
        tree = self.conditional()
        self.finish()
        return settled(tree)

    def finish(self) -> None:
        """Nothing may be left over."""
        token = self.token
        if token.kind == "end":
            return
        if token.kind == "close":
            raise self.fail(f"{_sign(token.text)} closes nothing")
        if token.text == ",":
            raise self.fail("a comma between numbers", remedy="write a decimal point, or brackets around a list")
        if token.text in ("=", "≈", "⇒"):
            raise self.fail(f"{token.text} inside an expression", remedy="write one side only")
        if token.text == "±":
            raise self.fail("± stands for two values", remedy="write both")
        raise self.fail(f"{_sign(token.text)} is not expected here", remedy="write an operation between two numbers")

    # -- the grammar -----------------------------------------------------------------------------

    def conditional(self) -> Tree:
        then = self.comparison()
        if self.token.text != "if" or self.token.kind != "name":
            return then
        self.enter()
        self.take()
        cond = self.comparison()
        self.expect("else")
        other = self.conditional()
        self.depth -= 1
        return If(then, cond, other)

    def comparison(self) -> Tree:
        left = self.binary(0)
        if self.token.text in _COMPARE:
            op = self.take().text
            return Cmp(op, left, self.binary(0))
        return left

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail(f"brackets and signs nest deeper than {MAX_DEPTH}", remedy="write it in shorter steps")

    def binary(self, least: int, left: Tree | None = None) -> Tree:
        """Operations that bind at least as tightly as `least`."""
        self.enter()
        left = self.prefix() if left is None else left
        while True:
            token = self.token
            tight = _BINARY.get(token.text) if token.kind == "op" else None
            if tight is not None:
                if tight < least or (token.text in "+-" and self.separates(token)):
                    break
                self.take()
                self.operations += 1
                if self.operations > MAX_SIGNS:  # signs that might have begun the entries of a list
                    raise self.fail(TOO_MANY, token, remedy="write it in shorter lines")
                if token.text == "**":
                    left = self.power(left, token)
                else:
                    left = Bin(token.text, left, self.binary(tight + 1))
            elif token.text == "%" and token.kind == "op":
                self.take()
                left = Bin("/", left, Num("100"))
            elif token.text == ".T":
                self.take()
                left = self.transpose(left)
            elif least <= 4 and self.joins(token):
                left = Bin("*", left, self.binary(5))
            else:
                break
        self.depth -= 1
        return left

    def power(self, base: Tree, sign: Token) -> Tree:
        known = self.names or ()
        turned = ("T",) if self.token.text != "{" else ("{", "T", "}")
        if "T" not in known and tuple(self.ahead(k).text for k in range(len(turned))) == turned:
            self.n += len(turned)
            return self.transpose(base)
        exponent = self.binary(5) if self.token.text in "+-" else self.binary(6)
        if isinstance(base, Name) and base.id == "e" and "e" not in known:
            return Call("exp", (exponent,))
        return Bin("**", base, exponent)

    def transpose(self, arg: Tree) -> Tree:
        if isinstance(arg, Column):
            return arg  # (1, 2)ᵀ is how a column is written in a line
        return Transpose(arg)

    def separates(self, token: Token) -> bool:
        """Whether a sign begins the next entry of a list parted by spaces: ``[1 -2]``."""
        return self.spaced[-1] and token.gap and not self.ahead().gap

    def joins(self, token: Token) -> bool:
        """Whether an implicit product continues with `token`."""
        if self.spaced[-1] and token.gap:
            return False
        if token.kind == "num":
            before = self.tokens[self.n - 1]
            # two numbers side by side are no product, but (0.9)0.05 and (2-0)1 are
            return before.kind == "close"
        if token.kind == "open":
            return token.text != "\\{"
        if token.kind == "name":
            return token.text not in WORDS
        return token.text in ("√", "frac")

    def prefix(self) -> Tree:
        token = self.take()
        match token.kind, token.text:
            case "num", text:
                return Num(text)
            case "name", text:
                return named(self, token)
            case "open", "[":
                return self.bracket(token)
            case "open", text:
                return self.parenthesis(token)
            case "op", "-":
                return Neg(self.binary(5))
            case "op", "+":
                return self.binary(5)
            case "op", "√":
                return self.root()
            case "op", "frac":
                return self.fraction()
            case "op", "|":
                inner = self.free(self.conditional)
                self.expect("|")
                return Call("abs", (inner,))
            case "end", _:
                raise self.fail("the text ends where a number is expected", token)
            case "op", "±":
                raise self.fail("± stands for two values", token, remedy="write both")
        raise self.fail(f"{_sign(token.text)} stands where a number is expected", token)

    def inner(self, text: str) -> Tree:
        """A text inside this one, such as a subscript."""
        return Parser(text, where=self.where).whole()

    def free(self, read: Callable[[], Tree]) -> Tree:
        """`read` with spaces that separate nothing."""
        self.spaced.append(False)
        tree = read()
        self.spaced.pop()
        return tree

    def root(self) -> Tree:
        if self.token.text == "[":
            self.take()
            order = self.free(self.conditional)
            self.expect("]")
            return Bin("**", self.argument(), Bin("/", Num("1"), order))
        return Call("sqrt", (self.argument(),))

    def fraction(self) -> Tree:
        """``\\frac{a}{b}``, and ``\\frac12``, which is a half."""
        token = self.token
        if token.kind == "num" and token.text.isdigit() and len(token.text) == 2:
            self.take()
            return Bin("/", Num(token.text[0]), Num(token.text[1]))
        return Bin("/", self.argument(), self.argument())

    def argument(self) -> Tree:
        """What a fraction or root sign takes: braces, brackets, or one sign."""
        self.enter()
        tree = self.prefix()
        self.depth -= 1
        return tree

    def parenthesis(self, opened: Token) -> Tree:
        """``( … )``: a group, or a list with commas, which is a column."""
        close = _CLOSES[opened.text]
        items = [self.free(self.conditional)]
        while self.token.text in (",", ";") and opened.text != "{":
            self.take()
            items.append(self.free(self.conditional))
        self.expect(close)
        return items[0] if len(items) == 1 else Column(tuple((i,) for i in items))

    def bracket(self, opened: Token) -> Tree:
        """``[ … ]``: a group, a column, a matrix by rows, or a list of rows."""
        self.enter()
        tree = read_bracket(self, opened)
        self.depth -= 1
        return tree


def _sign(text: str) -> str:
    return {"**": "^", "frac": "\\frac", "": "the end"}.get(text, text)
