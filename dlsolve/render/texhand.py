"""The hand of formats that set maths: Hand, with every symbol, number and formula in LaTeX.

Maths stands between two marks that no text can hold (`clean` drops control characters); what is
outside them is plain text, which the renderer escapes in its own way.
"""

from __future__ import annotations

import re
from typing import Any

from dlsolve.formula.latex import latex
from dlsolve.formula.latex import number as latex_number
from dlsolve.formula.text import Grid, Piece
from dlsolve.formula.tree import Mat, Tree
from dlsolve.render.hand import Hand
from dlsolve.render.words import clean
from dlsolve.trace import Key

OPEN, CLOSE = "\x02", "\x03"
"""Around maths."""
MAX_ROWS, MAX_COLUMNS = 12, 12
"""A matrix of more keeps its corners."""

_NUMBER = re.compile(r"[-−]?\d[\d.]*(?:[eE][-+]?\d+)?i?")
_FRACTION = re.compile(r"([-−]?)(\d+)/(\d+)")
_COMPLEX = re.compile(r"([-−]?[\d./]+)?([-+−])?([\d./]*)i")
_SEEN = re.compile(r"\\[A-Za-z]+|[{}\\ \x02\x03]")
_PLAIN_GLUE = re.compile(r"[\s=≈≠<>≥≤→,;()ᵀ…⋯⋮·+−-]*")
_GLUE = {"≈": r"\approx ", "≠": r"\ne ", "<": r"\lt ", ">": r"\gt ", "≥": r"\ge ", "≤": r"\le ", "→": r"\to ",
         "ᵀ": r"^{\top}", "…": r"\dots ", "⋯": r"\dots ", "⋮": r"\vdots ", "·": r"\cdot ", "−": "-"}  # fmt: skip

Run = tuple[bool, str]
"""(is maths, LaTeX or plain text)."""


def marked(tex: str) -> str:
    return f"{OPEN}{tex}{CLOSE}" if tex else ""


class TexHand(Hand):
    """Writes names, numbers and trees as marked LaTeX; sentences as they are."""

    def name(self, key: Key) -> str:
        base, index = (key, ()) if isinstance(key, str) else (str(key[0]), key[1:])
        return marked(clean(self.trace.symbols.latex(base, [str(i) for i in index])))

    def number(self, text: str) -> str:
        found = _FRACTION.fullmatch(text)
        if found:
            sign = "-" if found[1] else ""
            return marked(rf"{sign}\frac{{{found[2]}}}{{{found[3]}}}")
        text = text.replace("−", "-")
        if text.endswith("i") and _COMPLEX.fullmatch(text):
            return marked(re.sub(r"(?<=[\d.])([+-])(?=[\d.i])", r" \1 ", text))
        if _NUMBER.fullmatch(text):
            return marked(latex_number(text))
        return self.text(text)

    def maths(self, tree: Tree) -> list[Piece]:
        return [marked(clean(latex(tree, self.trace.symbols)))]

    def room(self, text: str) -> int:
        return len(_SEEN.sub("", text))

    def header(self, text: str) -> str:
        if text.isidentifier() and text.isascii() and self.trace.symbols.quantity(text):
            return marked(clean(self.trace.symbols.latex(text)))
        return self.text(text)

    def value(self, value: Any, computed: Any = None, form: Tree | None = None) -> list[Piece]:
        if isinstance(value, Tree) and not isinstance(value, Mat):
            return ["= ", *self.maths(value)]
        return super().value(value, computed, form)


def runs(pieces: list[Piece], *, whole: bool = False) -> list[Run]:
    """`pieces` as runs of maths and text; signs and brackets between maths are maths too. Matrices
    keep their corners, or all with `whole`."""
    text = "".join(p if isinstance(p, str) else marked(grid(p, whole=whole)) for p in pieces)
    out: list[Run] = []
    for n, part in enumerate(re.split(f"{OPEN}|{CLOSE}", text)):
        if part:
            out.append((bool(n % 2), part))
    if not any(maths for maths, _ in out):
        return out
    glued = [(True, _signs(t)) if not maths and _PLAIN_GLUE.fullmatch(t) and t.strip() else (maths, t)
             for maths, t in out]  # fmt: skip
    joined: list[Run] = []
    for n, (maths, part) in enumerate(glued):
        blank = not maths and not part.strip() and 0 < n < len(glued) - 1 and glued[n + 1][0]
        if joined and joined[-1][0] and (maths or blank):
            joined[-1] = (True, joined[-1][1] + part)
        else:
            joined.append((maths, part))
    return _balanced(joined)


def _balanced(found: list[Run]) -> list[Run]:
    """Brackets that open in maths and close in text stay text, so that each run is whole."""
    return [(False, t) if maths and re.fullmatch(r"[\s(),;]*", t) else (maths, t) for maths, t in found]


def _signs(text: str) -> str:
    return "".join(_GLUE.get(c, c) for c in text)


def grid(found: Grid, *, whole: bool = False) -> str:
    """A drawn matrix; a long one without its middle."""
    rows = [[cell_tex(cell) for cell in row] for row in found.rows]
    if len(rows) == 1 and len(rows[0]) == 1:
        return rows[0][0]
    if not whole and rows and len(rows[0]) > MAX_COLUMNS:
        rows = [[*row[:6], r"\cdots", *row[-3:]] for row in rows]
    if not whole and len(rows) > MAX_ROWS:
        rows = [*rows[:6], [r"\vdots"] * len(rows[0]), *rows[-3:]]
    body = r" \cr ".join(" & ".join(row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


def cell_tex(cell: str) -> str:
    """One cell in maths mode: its maths, and its words as text."""
    return "".join(t if maths else text_tex(t) for maths, t in runs([cell]))


_WIDE = {c: chr(ord(c) + 0xFEE0) for c in "\\{}$&#^_~%<>[]|*`@:\"'"}
"""Characters with a meaning in LaTeX, Markdown or HTML -> the same, wide, with none."""


def text_tex(text: str) -> str:
    """Words in maths mode that nothing reads as a command, a tag or a mark."""
    text = "".join(_WIDE.get(c, c) for c in text if c.isprintable())
    return rf"\text{{{text}}}" if text.strip() else " "
