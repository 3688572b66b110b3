"""One written answer: a number, a list, a matrix, several numbers, a direction, or words.

Nothing is decided here about what the answer should have been; the shape says how it was written.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from flint import fmpq
from msgspec import structs

from dlsolve.formula.tree import Bin, Name, Num, Tree
from dlsolve.handwriting.commas import SPACED, letter_times, settle_commas
from dlsolve.handwriting.numerals import Numeral, numeral
from dlsolve.handwriting.parser import Parser
from dlsolve.handwriting.shapes import Written, describe
from dlsolve.handwriting.tokens import MAX_CHARS, Token, UnreadableError, tokens

UNITS = frozenset((
    "bit", "bits", "nat", "nats", "hartley", "hartleys", "dit", "dits", "ban", "bans", "update", "updates",
    "step", "steps", "epoch", "epochs", "iteration", "iterations", "sample", "samples", "parameter",
    "parameters", "params", "weight", "weights", "pixel", "pixels", "unit", "units", "neuron", "neurons",
    "time", "times", "error", "errors", "sec", "secs", "second", "seconds", "ms", "deg", "degs", "degree", "degrees",
    "rad", "radian", "radians",
))  # fmt: skip
"""Words after a number that say what it counts."""

_LETTER_UNITS = frozenset("s")
"""Units that are a letter too: one behind a number alone."""
_DEGREES = re.compile(r"(?<=[\d)}])\s*(?:[°º]|\^\s*\{?\s*\\circ\s*\}?|\\degree)$")
_AGAIN = re.compile(
    r"(?P<kept>.*[\d)\]}%])(?:\s+\(\s*[-−+]?[\d.,]+\s*(?:\\?%|per ?cent)\s*\)|(?<=%)\s*\(\s*[-−+]?[\d.,]+\s*\)"
    r"|\s*\(\s*(?:[≈~=]|\\approx|i\.e\.|or\s|about\s|ca\.)[^()]*\))$",
    re.DOTALL,
)
"""A number said again in brackets: ``0.85 (85 %)``, ``85 % (0.85)``, ``1/3 (≈ 0.333)``."""

_NO_NUMBERS = frozenset(("nan", "inf", "infinity", "infty"))
_WORDS = re.compile(r"[^\W\d_](?:[^\W_]|[ \-'’]|_(?!_)){0,99}")
_AND = re.compile(r"\\text\s*\{\s*(and|or)\s*\}|\\(?:quad|qquad)?\s*\b(and|or)\b")
_ABOUT = re.compile(r"(?:~|≈|≃|≅|\\approx|\\simeq|\\sim|about |approx\.? |approximately |ca\.? )\s*", re.IGNORECASE)

_ENTRY = r"[-+−–]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?(?:/[0-9]++)?"
_ROW = rf"{_ENTRY}(?:[ \t]++{_ENTRY})+"
_ROWS = re.compile(rf"{_ROW}(?:\s*;\s*{_ROW})+\s*;?")
"""A matrix as problems have it: ``1 2; 5 -4``."""

_AROUND = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("\\boxed{", "}"), ("**", "**"), ("`", "`"))


def value(text: str, *, decimal_comma: bool = False) -> Written:
    """Read one written answer. Raises `UnreadableError` with the reason and the column.

    ``1,234`` and ``0,5`` are ambiguous unless `decimal_comma` says that a comma is the point.
    """
    if len(text) > MAX_CHARS:
        raise UnreadableError(f"{len(text)} characters; at most {MAX_CHARS} are read", offset=MAX_CHARS)
    bare = _DEGREES.sub("", said_once(_unwrap(text)))
    if not bare:
        raise UnreadableError("nothing is written here")
    about = _ABOUT.match(bare)
    if about:
        bare = bare[about.end() :]
    if _ROWS.fullmatch(bare) and not SPACED.search(bare):
        bare = f"[{bare}]"
    settled = settle_commas(letter_times(bare), decimal_comma)
    try:
        written = _Reader(settled).read()
    except UnreadableError:
        if not _is_words(bare):
            raise
        return Written(bare, "words")
    if written.shape == "formula" and _is_words(bare):
        name = isinstance(written.tree, Name)
        if name or " " in bare:
            return Written(bare, "words", written.tree if name else None)
    return replace(written, text=text.strip(), relation="≈" if about else written.relation)


def said_once(text: str) -> str:
    """`text` without the brackets behind a number that only say it again."""
    match = _AGAIN.match(text) if len(text) <= MAX_CHARS else None
    return match["kept"] if match else text


def _unwrap(text: str) -> str:
    """`text` without the signs set around it: ``$…$``, ``\\(…\\)``, ``\\boxed{…}``, ``**…**``, spaces."""
    bare = text.strip()
    for _ in range(3):
        for left, right in _AROUND:
            if bare.startswith(left) and bare.endswith(right) and len(bare) > len(left) + len(right):
                bare = bare[len(left) : -len(right)].strip()
    return _AND.sub(lambda m: f" {m[1] or m[2]} ", bare)


def _is_words(text: str) -> bool:
    if not _WORDS.fullmatch(text):
        return False
    return not any(w in _NO_NUMBERS for w in re.split(r"[\s\-_.]+", text.casefold()))


class _Reader:
    """One answer's tokens, cut at what stands outside all brackets."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)[:-1]
        for token in self.tokens:
            if token.kind == "name" and token.text.casefold() in _NO_NUMBERS:
                raise UnreadableError(f"{token.text} is not a number", offset=token.start)
        if not self.tokens:
            raise UnreadableError("nothing is written here", offset=0)

    def read(self) -> Written:
        parts = self.cut(self.tokens, ("and", "or", ",", ";"))
        if len(parts) == 1:
            return self.equation(parts[0])
        items = tuple(self.equation(p) for p in parts if p)
        if len(items) != len(parts) and not (parts[-1] and self.tokens[-1].text in ("and", "or")):
            gap = next(n for n, p in enumerate(parts) if not p)
            # "6, and -1" has nothing between its two separators
            if gap == 0 or gap == len(parts) - 1:
                raise UnreadableError("a comma with nothing beside it", offset=self.tokens[0].start)
        words = any(t.text in ("and", "or") for t in self.tokens)
        name = items[0].name
        return Written(self.text, "set" if words or any(i.shape == "set" for i in items) else "list",
                       items=_flat(items), size=(len(items), 1), name=name)  # fmt: skip

    def cut(self, run: list[Token], at: tuple[str, ...]) -> list[list[Token]]:
        """`run` split at the tokens `at` that stand outside brackets."""
        parts: list[list[Token]] = [[]]
        depth = 0
        for token in run:
            depth += (token.kind == "open") - (token.kind == "close")
            if depth == 0 and token.text in at and token.kind in ("op", "name"):
                parts.append([])
            else:
                parts[-1].append(token)
        return parts

    def equation(self, run: list[Token]) -> Written:
        """``x = 0.42``, ``λ² − 5λ + 6 = 0``, ``0.3 + 0.4 = 0.7``: the right side, and a name."""
        if not run:
            raise UnreadableError("nothing beside a comma", offset=self.tokens[0].start)
        sides = self.cut(run, ("=", "≈", "⇒"))
        relation: Literal["=", "≈"] = "≈" if any(t.text == "≈" for t in run) else "="
        last = sides[-1]
        if not last:
            raise UnreadableError(f"nothing stands after {run[-1].text}", offset=run[-1].start)
        if len(sides) == 1 or (len(sides) == 2 and not sides[0]):
            return replace(self.scalar(last), relation=relation)
        left = sides[0]
        if len(sides) == 2 and [t.text for t in last] == ["0"] and len(left) > 1 and not self.is_name(left):
            return self.scalar(left)
        name = self.source(left) if self.is_name(left) else ""
        chain = ("chain",) if len(sides) > 2 or not name else ()
        found = self.scalar(last)
        return replace(found, name=name, relation=relation, remarks=found.remarks + chain)

    def is_name(self, run: list[Token]) -> bool:
        """Whether a left side is a name: all words, or a name with an index or argument."""
        if not run or run[0].kind != "name":
            return False
        rest = run[1:]
        return all(t.kind == "name" for t in rest) or (rest[0].text in ("[", "(") and rest[-1].kind == "close")

    def source(self, run: list[Token]) -> str:
        return self.text[run[0].start : run[-1].end].strip("$ ")

    def scalar(self, run: list[Token]) -> Written:
        """One side: units and percent taken off, ± written as two."""
        text, unit, percent = self.source(run), "", False
        if len(run) > 1 and run[-1].text in _LETTER_UNITS and [t.kind for t in run if t.text != "-"] == ["num", "name"]:
            unit, run = run[-1].text, run[:-1]
        while len(run) > 1 and run[-1].kind == "name" and run[-1].text in UNITS | {"percent", "cent", "per"}:
            percent = percent or run[-1].text in ("percent", "cent")
            unit = unit or (run[-1].text if run[-1].text in UNITS else "")
            run = run[:-1]
        signs = [n for n, t in enumerate(run) if t.text == "±"]
        if signs:
            return self.both(run, signs, text)
        if run[0].text in ("{", "\\{") and run[-1].text in ("}", "\\}") and len(self.cut(run[1:-1], (",", ";"))) > 1:
            inner = [self.scalar(p) for p in self.cut(run[1:-1], (",", ";")) if p]
            return Written(text, "set", items=tuple(inner), size=(len(inner), 1))
        if run[0].text in ("span", "Span") and len(run) > 3:
            group = self.cut(run[2:-1], (",", ";"))
            inner = [self.scalar(p) for p in group if p]
            return Written(text, "span", items=tuple(inner), size=(len(inner), 1))
        if run[-1].text == "%" and len(run) > 1:
            percent, run = True, run[:-1]
        tree = self.parse(run)
        if percent:
            tree = Bin("/", tree, Num("100"))
        found = describe(tree, text)
        form = found.numeral
        if percent and isinstance(tree, Bin) and (count := numeral(tree.left)).form == "integer":
            # 89 % is a rounded number, as 0.89 is
            form = Numeral("decimal", fmpq(1, 100), count.figures)
        remarks = ("unit",) if unit else ()
        return replace(found, numeral=form, percent_sign=percent, unit=unit, remarks=remarks)

    def both(self, run: list[Token], signs: list[int], text: str) -> Written:
        """``3 ± 2`` is 5 and 1."""
        if len(signs) > 1:
            raise UnreadableError("more than one ±", offset=run[signs[1]].start, remedy="write every value out")
        items = []
        for sign in ("+", "-"):
            changed = list(run)
            changed[signs[0]] = structs.replace(run[signs[0]], text=sign)
            items.append(describe(self.parse(changed), f"{text} ({sign})"))
        return Written(text, "set", items=tuple(items), size=(2, 1))

    def parse(self, run: list[Token]) -> Tree:
        end = Token("end", "", run[-1].end, run[-1].end)
        return Parser(self.text, vectors=True, given=[*run, end]).whole()


def _flat(items: tuple[Written, ...]) -> tuple[Written, ...]:
    """A set among several values adds its own."""
    out: list[Written] = []
    for item in items:
        out += item.items if item.shape == "set" else (item,)
    return tuple(out)
