"""Tokens -> tree: a Pratt parser, linear in the text and bounded in depth.

Products may be implicit (``2x``, ``3(x+1)``, ``0.9(0.05)``) and bind like ``*``: 1/2x is (1/2)·x.
Lists are columns: ``[1, 2]``, ``(1, 2)`` and ``(1, 2)^T`` are the same 2×1 matrix.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection

from dlsolve.formula.functions import CONSTANTS, DEFINED, body_of
from dlsolve.formula.tree import REDUCTIONS, At, Bin, Call, Cmp, If, Mat, Name, Neg, Num, Reduce, Transpose, Tree
from dlsolve.handwriting.spelling import Spelled
from dlsolve.handwriting.tokens import Token, UnreadableError, tokens
from dlsolve.handwriting.words import function_name, split_product
from dlsolve.numbers.functions import NATIVE

MAX_DEPTH = 40
_BINARY = {"+": 2, "-": 2, "*": 4, "/": 4, "@": 4, "**": 6}
_COMPARE = ("<", "<=", ">", ">=", "==", "!=")
_CLOSES = {"(": ")", "[": "]", "{": "}", "\\{": "\\}"}
_WORDS = ("if", "else", "for", "in")


def expression(text: str, *, where: str = "", names: Collection[str] | None = None) -> Tree:
    """The tree of one typed expression: ``100*w1^2 + w2^2``, ``\\frac{1}{2}x^2``.

    With `names`, every name must be one of them (or pi, e), spelled in any of its ways, and a run
    of letters is split into known names (``xy``). Raises `UnreadableError` (an `InputError`) that
    names the column and the remedy.
    """
    return Parser(text, where=where, names=names).whole()


def function(name: str) -> bool:
    """Whether the rule language has the function `name`."""
    return name in NATIVE or name in DEFINED or body_of(name) is not None


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
        self.spaced = [False]
        self.bars = 0
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
        return UnreadableError(problem, at=(token or self.token).start, where=self.where, **more)

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
        return tree

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
            return token.text not in _WORDS
        return token.text in ("√", "frac")

    def prefix(self) -> Tree:
        token = self.take()
        match token.kind, token.text:
            case "num", text:
                return Num(text)
            case "name", text:
                return self.named(token)
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
                self.bars += 1
                inner = self.free(self.conditional)
                self.expect("|")
                self.bars -= 1
                return Call("abs", (inner,))
            case "end", _:
                raise self.fail("the text ends where a number is expected", token)
            case "op", "±":
                raise self.fail("± stands for two values", token, remedy="write both")
        raise self.fail(f"{_sign(token.text)} stands where a number is expected", token)

    def free(self, read: object) -> Tree:
        """`read` with spaces that separate nothing."""
        assert callable(read)
        self.spaced.append(False)
        tree: Tree = read()
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
        from dlsolve.handwriting.lists import read_bracket

        self.enter()
        tree = read_bracket(self, opened)
        self.depth -= 1
        return tree

    # -- names -----------------------------------------------------------------------------------

    def named(self, token: Token) -> Tree:
        spelled = token.name
        assert spelled is not None
        called = self.token.text == "(" and self.token.kind == "open"
        fn = function_name(spelled, self.names, called)
        if fn is not None and (called or self.starts_argument()):
            return self.call(fn, token)
        if called and fn is None and token.text in REDUCTIONS and self.names is None:
            return self.call(token.text, token)
        if self.names is not None:
            return self.known(token, spelled, called)
        if called and len(spelled.head) > 1 and not self.token.gap and spelled.ascii() not in CONSTANTS:
            raise self.no_function(token)
        return self.quantity(token, spelled.ascii())

    def quantity(self, token: Token, id_: str) -> Tree:
        """A name, with an index in square brackets where one is written on to it."""
        if self.token.text == "[" and not self.token.gap and id_ not in CONSTANTS:
            self.take()
            index = [self.free(self.conditional)]
            while self.token.text == ",":
                self.take()
                index.append(self.free(self.conditional))
            self.expect("]")
            return At(id_, tuple(index))
        if not id_.replace("_", "a").isalnum():
            return self.indexed(token, id_)
        return Name(id_)

    def indexed(self, token: Token, id_: str) -> Tree:
        """``v_{t-1}``: a subscript that is itself an expression."""
        spelled = token.name
        assert spelled is not None
        self.enter()
        index = tuple(
            Parser(part, where=self.where).whole() for low in spelled.low for part in low.split(",") if part
        )
        self.depth -= 1
        return At(Spelled(spelled.head, spelled.hats).ascii(), index)

    def known(self, token: Token, spelled: Spelled, called: bool) -> Tree:
        """A name that must be one of `names`, or split into them."""
        assert self.names is not None
        if spelled.ascii() in self.bound:
            return Name(spelled.ascii())
        for candidate in spelled.candidates():
            if candidate in self.names:
                return self.quantity(token, candidate)
        if spelled.ascii() in CONSTANTS:
            return Name(spelled.ascii())
        known = {*self.names, *CONSTANTS}
        ways = (split_product(c, known, function if called else None) for c in spelled.candidates())
        parts = next(filter(None, ways), [])
        if len(parts) > 1:
            raise self.fail(
                f"{token.text!r} can be read as {' or '.join('·'.join(p) for p in parts)}", token, remedy="write ·"
            )
        if not parts:
            if called and len(spelled.head) > 1:
                raise self.no_function(token)
            raise self.unknown(token)
        *front, last = parts[0]
        tail = self.call(last, token) if called and last not in self.names else self.quantity(token, last)
        for name in reversed(front):
            tail = Bin("*", Name(name), tail)
        return tail

    def unknown(self, token: Token) -> UnreadableError:
        known = sorted(self.names or ())
        near = difflib.get_close_matches(token.text, known, 1)
        remedy = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known[:12]) or 'no names'}"
        return self.fail(f"{token.text!r} is not a name known here", token, remedy=remedy)

    def no_function(self, token: Token) -> UnreadableError:
        every = [f for f in (*NATIVE, *DEFINED) if "_" not in f]
        near = difflib.get_close_matches(token.text.lower(), every, 1)
        remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(every))}"
        return self.fail(f"there is no function {token.text!r}", token, remedy=remedy)

    def starts_argument(self) -> bool:
        """Whether a function without brackets has its argument next: ln 2, √2, \\log_2 \\frac12."""
        token = self.token
        return (
            token.kind in ("num", "open")
            or (token.kind == "name" and token.text not in _WORDS)
            or token.text in ("√", "frac", "-", "**", "|")
        )

    def call(self, fn: str, token: Token) -> Tree:
        self.enter()
        raised: Tree | None = None
        if self.token.text == "**":  # sin² x
            self.take()
            raised = self.argument()
            if not isinstance(raised, Num):
                raise self.fail(f"a power on {token.text} that is no number", token, remedy="write brackets")
        if self.token.text == "(" and self.token.kind == "open":
            tree = self.arguments(fn, token)
        else:
            tree = Call(fn, (self.bare_argument(),))
        self.depth -= 1
        if token.name is not None and fn == "_log":
            tree = self.log_base(tree, token)
        return Bin("**", tree, raised) if raised is not None else tree

    def log_base(self, tree: Tree, token: Token) -> Tree:
        assert isinstance(tree, Call)
        assert token.name is not None
        base = "".join(token.name.low)
        if not base.isdigit() or len(base) > 6:
            raise self.fail(f"the logarithm to base {base!r} is not read", token)
        return Bin("/", Call("ln", tree.args), Call("ln", (Num(base),)))

    def bare_argument(self) -> Tree:
        tree = self.binary(5)
        while self.joins(self.token) and not self.token.gap and self.token.kind == "name":
            tree = Bin("*", tree, self.binary(5))
        return tree

    def arguments(self, fn: str, token: Token) -> Tree:
        self.take()
        args = [self.free(self.conditional)] if self.token.text != ")" else []
        if self.token.text == "for" and fn in REDUCTIONS and len(args) == 1:
            self.take()
            var = self.take().text
            self.expect("in")
            over = self.take().text
            self.expect(")")
            return Reduce(fn, args[0], var, over)
        while self.token.text == ",":
            self.take()
            args.append(self.free(self.conditional))
        self.expect(")")
        if not args:
            raise self.fail(f"{token.text} needs a number in its brackets", token)
        one = (fn in NATIVE and fn not in ("max", "min")) or fn == "_log"
        if one and len(args) > 1:
            raise self.fail(f"{token.text} takes one number", token)
        definition = body_of(fn)
        if definition is not None and len(definition.params) != len(args):
            raise self.fail(f"{token.text} takes {len(definition.params)} numbers", token)
        return Call(fn, tuple(args))


class Column(Mat):
    """A list written flat; equal to the n×1 matrix it stands for until it is transposed."""


def _sign(text: str) -> str:
    return {"**": "^", "frac": "\\frac", "": "the end"}.get(text, text)
