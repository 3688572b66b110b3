"""Names and function calls in what people write."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from dlsolve.formula.functions import CONSTANTS, DEFINED, body_of
from dlsolve.formula.tree import REDUCTIONS, At, Bin, Call, Name, Num, Reduce, Tree
from dlsolve.handwriting.spelling import Spelled
from dlsolve.handwriting.tokens import Token, UnreadableError
from dlsolve.handwriting.words import function_name, is_function, split_product
from dlsolve.numbers.functions import NATIVE

if TYPE_CHECKING:
    from dlsolve.handwriting.parser import Parser

WORDS = ("if", "else", "for", "in")
"""Words of the rule language that are no names."""


def named(parser: Parser, token: Token) -> Tree:
    spelled = token.name
    assert spelled is not None
    called = parser.token.text == "(" and parser.token.kind == "open"
    fn = function_name(spelled, parser.names, called)
    if fn is not None and (called or _starts_argument(parser)):
        return _call(parser, fn, token)
    if called and token.text in REDUCTIONS and token.text not in (parser.names or ()):
        return _call(parser, token.text, token)
    if parser.names is not None:
        return _known(parser, token, spelled, called)
    if called and len(spelled.head) > 1 and not parser.token.gap and spelled.ascii() not in CONSTANTS:
        raise _no_function(parser, token)
    return _quantity(parser, token, spelled.ascii())


def _quantity(parser: Parser, token: Token, id_: str) -> Tree:
    """A name, with an index in square brackets where one is written on to it."""
    opens = parser.token.text == "[" and not parser.token.gap
    if opens and id_ not in CONSTANTS and not parser.vectors:
        parser.take()
        index = [parser.free(parser.conditional)]
        while parser.token.text == ",":
            parser.take()
            index.append(parser.free(parser.conditional))
        parser.expect("]")
        return At(id_, tuple(index))
    if not id_.replace("_", "a").isalnum() or not id_.isascii():
        return _indexed(parser, token, id_)
    return Name(id_)


def _indexed(parser: Parser, token: Token, id_: str) -> Tree:
    """``v_{t-1}``: a subscript that is itself an expression."""
    spelled = token.name
    assert spelled is not None
    parts = [part for low in spelled.low for part in low.split(",") if part]
    try:
        index = tuple(parser.inner(part) for part in parts)
    except UnreadableError as fault:
        raise parser.fail(f"the subscript of {spelled.head}: {fault.reason}", token) from fault
    return At(Spelled(spelled.head, spelled.hats).ascii(), index)


def _known(parser: Parser, token: Token, spelled: Spelled, called: bool) -> Tree:
    """A name that must be one of `names`, or split into them."""
    assert parser.names is not None
    if spelled.ascii() in parser.bound:
        return Name(spelled.ascii())
    for candidate in spelled.candidates():
        if candidate in parser.names:
            return _quantity(parser, token, candidate)
    if spelled.ascii() in CONSTANTS:
        return Name(spelled.ascii())
    known = {*parser.names, *CONSTANTS}
    ways = (split_product(c, known, is_function if called else None) for c in spelled.candidates())
    parts = next(filter(None, ways), [])
    if len(parts) > 1:
        raise parser.fail(
            f"{token.text!r} can be read as {' or '.join('·'.join(p) for p in parts)}", token, remedy="write ·"
        )
    if not parts:
        if called and len(spelled.head) > 1:
            raise _no_function(parser, token)
        raise _unknown(parser, token)
    *front, last = parts[0]
    tail = _call(parser, last, token) if called and last not in parser.names else _quantity(parser, token, last)
    while parser.token.text == "**" and parser.token.kind == "op":
        tail = parser.power(tail, parser.take())  # xy² is x·y²
    for name in reversed(front):
        tail = Bin("*", Name(name), tail)
    return tail


def _unknown(parser: Parser, token: Token) -> UnreadableError:
    known = sorted(parser.names or ())
    near = difflib.get_close_matches(token.text, known, 1)
    remedy = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known[:12]) or 'no names'}"
    return parser.fail(f"{token.text!r} is not a name known here", token, remedy=remedy)


def _no_function(parser: Parser, token: Token) -> UnreadableError:
    every = [f for f in (*NATIVE, *DEFINED) if "_" not in f]
    near = difflib.get_close_matches(token.text.lower(), every, 1)
    remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(every))}"
    return parser.fail(f"there is no function {token.text!r}", token, remedy=remedy)


def _starts_argument(parser: Parser) -> bool:
    """Whether a function without brackets has its argument next: ln 2, √2, \\log_2 \\frac12."""
    token = parser.token
    return (
        token.kind in ("num", "open")
        or (token.kind == "name" and token.text not in WORDS)
        or token.text in ("√", "frac", "-", "**", "|")
    )


def _call(parser: Parser, fn: str, token: Token) -> Tree:
    parser.enter()
    raised: Tree | None = None
    if parser.token.text == "**":  # sin² x
        parser.take()
        raised = parser.argument()
        if not isinstance(raised, Num):
            raise parser.fail(f"a power on {token.text} that is no number", token, remedy="write brackets")
    if parser.token.text == "(" and parser.token.kind == "open":
        tree = _arguments(parser, fn, token)
    else:
        tree = Call(fn, (_bare_argument(parser),))
    parser.depth -= 1
    if token.name is not None and fn == "_log":
        tree = _log_base(parser, tree, token)
    return Bin("**", tree, raised) if raised is not None else tree


def _log_base(parser: Parser, tree: Tree, token: Token) -> Tree:
    assert isinstance(tree, Call)
    assert token.name is not None
    base = "".join(token.name.low)
    if not base.isdigit() or len(base) > 6:
        raise parser.fail(f"the logarithm to base {base!r} is not read", token)
    return Bin("/", Call("ln", tree.args), Call("ln", (Num(base),)))


def _bare_argument(parser: Parser) -> Tree:
    tree = parser.binary(5)
    while parser.joins(parser.token) and not parser.token.gap and parser.token.kind == "name":
        tree = Bin("*", tree, parser.binary(5))
    return tree


def _arguments(parser: Parser, fn: str, token: Token) -> Tree:
    parser.take()
    letter = _letter(parser) if fn in REDUCTIONS else None
    parser.bound += [letter] if letter else []
    args = [parser.free(parser.conditional)] if parser.token.text != ")" else []
    if letter:
        parser.bound.pop()
    if parser.token.text == "for" and fn in REDUCTIONS and len(args) == 1:
        parser.take()
        var = parser.take().text
        parser.expect("in")
        over = parser.take().text
        parser.expect(")")
        return Reduce(fn, args[0], var, over)
    while parser.token.text == ",":
        parser.take()
        args.append(parser.free(parser.conditional))
    parser.expect(")")
    if not args:
        raise parser.fail(f"{token.text} needs a number in its brackets", token)
    one = (fn in NATIVE and fn not in ("max", "min")) or fn == "_log"
    if one and len(args) > 1:
        raise parser.fail(f"{token.text} takes one number", token)
    definition = body_of(fn)
    if definition is not None and len(definition.params) != len(args):
        raise parser.fail(f"{token.text} takes {len(definition.params)} numbers", token)
    return Call(fn, tuple(args))


def _letter(parser: Parser) -> str | None:
    """The index letter of the reduction whose brackets have just opened: i of ``sum(x*i for i in N)``."""
    depth = 0
    for token, after in zip(parser.tokens[parser.n :], parser.tokens[parser.n + 1 :], strict=False):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth < 0:
            return None
        if depth == 0 and token.text == "for" and after.kind == "name":
            return after.text
    return None
