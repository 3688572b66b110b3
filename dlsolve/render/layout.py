"""Maths set in two dimensions: pieces of text and drawn matrices -> lines of a given width.

A line breaks before a piece that starts with a space (a term, a sign), then between pieces, then
at a space; never inside a number. A matrix that is too wide is drawn in blocks of columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from dlsolve.formula.text import Grid, Piece
from dlsolve.render.words import fold, pad, width

MAX_COLUMNS = 12
MAX_ROWS = 12
MAX_DEPTH = 4
"""Brackets within which a line is still broken at a sign."""
GAP = "  "
"""Between the columns of a matrix."""


class Pen(msgspec.Struct):
    """How to draw; `elided` becomes true when a matrix was drawn without its middle."""

    ascii: bool = False
    whole: bool = False
    elided: bool = False


class Box(msgspec.Struct, frozen=True):
    """Lines of equal width; `base` is the line that text beside it stands on."""

    lines: tuple[str, ...]
    base: int
    width: int


def box(text: str) -> Box:
    return Box((text,), 0, width(text))


def beside(boxes: Sequence[Box]) -> Box:
    """`boxes` side by side, their base lines level."""
    if len(boxes) == 1:
        return boxes[0]
    above = max((b.base for b in boxes), default=0)
    below = max((len(b.lines) - b.base for b in boxes), default=1)
    rows = []
    for n in range(above + below):
        parts = []
        for b in boxes:
            at = n - above + b.base
            parts.append(pad(b.lines[at], b.width) if 0 <= at < len(b.lines) else " " * b.width)
        rows.append("".join(parts))
    return Box(tuple(rows), above, sum(b.width for b in boxes))


# -- matrices -----------------------------------------------------------------------------------

_NUMBER = re.compile(r"[−-]?\d[\d.]*(?:[·*]10[^·*()]*|e[+-]?\d+)?|[−-]?\d+/\d+|[⋮⋯…]|\.\.\.|")


def align(cells: Sequence[str]) -> list[str]:
    """A column of cells at one width: numbers by their decimal points, products and calls at the
    left with room for a sign, other texts centred."""
    if all(_NUMBER.fullmatch(c) for c in cells):
        heads = [c.partition(".") if c != "..." else (c, "", "") for c in cells]
        left = max(width(h) for h, _, _ in heads)
        tails = [dot + tail for _, dot, tail in heads]
        right = max(width(t) for t in tails)
        return [pad(h, left, "right") + pad(t, right) for (h, _, _), t in zip(heads, tails, strict=True)]
    if not any("·" in c or "(" in c for c in cells):
        room = max(width(c) for c in cells)
        return [pad(c, room, "centre") for c in cells]
    sign = "" if all(c[:1] not in "−-" for c in cells) else " "
    cells = [c if c[:1] in "−-" else sign + c for c in cells]
    room = max(width(c) for c in cells)
    return [pad(c, room) for c in cells]


def draw(grid: Grid, pen: Pen, room: int | None = None) -> Box:
    """A matrix in brackets. Wider than `room`, it keeps fewer columns if its middle is left out
    anyway, else it is drawn in blocks of columns."""
    rows = [list(row) for row in grid.rows]
    many = len(rows[0]) if rows else 0
    if many == 1 and len(rows) == 1:
        return box(rows[0][0])
    if not pen.whole and len(rows) > MAX_ROWS:
        pen.elided = True
        down = "..." if pen.ascii else "⋮"
        rows = [*rows[:6], [down] * many, *rows[-3:]]
    if pen.whole or many <= MAX_COLUMNS:
        columns = [align(column) for column in zip(*rows, strict=True)]
        whole = _bracketed(columns, pen)
        return whole if room is None or whole.width <= room else _blocks(columns, pen, room)
    pen.elided = True
    along = "..." if pen.ascii else "⋯"
    for head, tail in ((6, 3), (4, 2), (2, 1), (1, 1)):
        kept = [[*row[:head], along, *row[-tail:]] for row in rows]
        whole = _bracketed([align(column) for column in zip(*kept, strict=True)], pen)
        if room is None or whole.width <= room:
            break
    return whole


def _bracketed(columns: Sequence[Sequence[str]], pen: Pen) -> Box:
    lines = [GAP.join(row) for row in zip(*columns, strict=True)]
    last = len(lines) - 1
    if last == 0 or pen.ascii:
        out = tuple(f"[{line}]" for line in lines)
    else:
        left = ["⎡", *"⎢" * (last - 1), "⎣"]
        right = ["⎤", *"⎥" * (last - 1), "⎦"]
        out = tuple(a + line + b for a, line, b in zip(left, lines, right, strict=True))
    return Box(out, last // 2, width(out[0]))


def _blocks(columns: list[list[str]], pen: Pen, room: int) -> Box:
    lines: list[str] = []
    at, many = 0, len(columns)
    while at < many:
        end, used = at + 1, width(columns[at][0]) + 2
        while end < many and used + len(GAP) + width(columns[end][0]) <= room:
            used += len(GAP) + width(columns[end][0])
            end += 1
        if many > 1:
            lines.append(_which(at + 1, end, many, room, pen))
        block = columns[at:end]
        if used > room and end == at + 1:
            block = [_folded(columns[at], room - 2)]
        lines += _bracketed(block, pen).lines
        at = end
    most = max(width(line) for line in lines)
    return Box(tuple(pad(line, most) for line in lines), 0, most)


def _which(first: int, last: int, many: int, room: int, pen: Pen) -> str:
    """``columns 1–4 of 11``, or less where there is no room for it."""
    dash = "-" if pen.ascii else "–"
    short = f"{first} of {many}" if first == last else f"{first}{dash}{last} of {many}"
    full = f"column{'' if first == last else 's'} {short}"
    return full if width(full) <= room else short if width(short) <= room else f"{first}{dash}{last}"


def _folded(cells: Sequence[str], room: int) -> list[str]:
    """A column too wide for the line: its entries folded at their signs, a gap between entries."""
    out: list[str] = []
    for n, cell in enumerate(cells):
        out += [""] if n else []
        out += fold(cell.strip(), room, indent=2)
    most = max(width(line) for line in out)
    return [pad(line, most) for line in out]


# -- lines --------------------------------------------------------------------------------------


def flow(pieces: Iterable[Piece], room: int, pen: Pen, indent: int = 2) -> list[str]:
    """`pieces` in lines of at most `room` columns, matrices drawn where they stand."""
    page = _Page(room, pen, indent)
    page.fill(list(pieces), -1)
    page.turn()
    return [line.rstrip() for line in page.lines]


class _Page:
    """Lines being filled; a new line opens with `indent` spaces."""

    def __init__(self, room: int, pen: Pen, indent: int) -> None:
        self.room = room
        self.pen = pen
        self.indent = indent
        self.lines: list[str] = []
        self.row: list[Box] = []
        self.used = 0
        self.blank = True

    def fits(self, size: int) -> bool:
        return self.used + size <= self.room

    def add(self, *boxes: Box) -> None:
        self.row += boxes
        self.used += sum(b.width for b in boxes)
        self.blank = False

    def turn(self) -> None:
        """Finish the line, if anything stands on it."""
        if not self.blank:
            self.lines += beside(self.row).lines
            self.row, self.used, self.blank = [box(" " * self.indent)], self.indent, True

    def fill(self, pieces: Sequence[Piece], depth: int) -> None:
        """Add `pieces`, breaking at brackets no deeper than `depth` while that will do; at depth -1
        only before an arrow, which then always opens a line."""
        groups = _groups(pieces, depth)
        for group in groups:
            boxes = [box(p) if isinstance(p, str) else draw(p, self.pen) for p in group]
            size = sum(b.width for b in boxes)
            if not self.fits(size) and (depth < 0 or self.indent + size <= self.room + 1):
                self.turn()
                if isinstance(group[0], str) and self.lines:
                    group = [group[0].lstrip(), *group[1:]]
                    boxes[0] = box(str(group[0]))
                    size = sum(b.width for b in boxes)
            factors = [] if self.fits(size) or (depth < 0 and len(group) > 1) else _factors(group)
            if self.fits(size):
                self.add(*boxes)
            elif len(factors) > 1:
                for factor in factors:
                    self.fill(factor, depth)
            elif len(group) > 1 and depth < MAX_DEPTH:
                self.fill(group, depth + 1)
            else:
                # wider than a line: piece by piece, matrices in blocks, text folded
                for piece, drawn in zip(group, boxes, strict=True):
                    if isinstance(piece, str):
                        self.words(drawn.lines[0])
                    else:
                        self.matrix(piece, drawn)

    def words(self, text: str) -> None:
        if not self.fits(width(text)) and self.used > self.room // 2:
            self.turn()
            text = text.lstrip()
        *full, rest = fold(text, self.room - self.used)
        for line in full:
            self.add(box(line))
            self.turn()
        self.add(box(rest.lstrip() if full else rest))

    def matrix(self, grid: Grid, drawn: Box) -> None:
        if not self.fits(drawn.width) and self.used > self.indent + 2:
            self.turn()
        if self.fits(drawn.width):
            self.add(drawn)
            return
        # in blocks: they follow a lone sign, and what comes next goes on below
        self.add(draw(grid, self.pen, self.room - self.used))
        self.turn()


def _groups(pieces: Iterable[Piece], most: int) -> list[list[Piece]]:
    """`pieces` parted where a line may break: before an arrow, or before a space within at
    most `most` brackets."""
    out: list[list[Piece]] = []
    depth = 0
    for piece in pieces:
        opens = isinstance(piece, str) and piece.startswith(" ") and depth <= most
        opens = opens or piece in (" → ", " -> ")
        if not out or opens:
            out.append([piece])
        else:
            out[-1].append(piece)
        if isinstance(piece, str):
            depth += piece.count("(") - piece.count(")")
    return out


_TIMES = re.compile(r"[·*](?!10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹^]|\*)")
"""A sign between factors; that of 1.5·10⁻³ belongs to its number."""


def _factors(group: Sequence[Piece]) -> list[list[Piece]]:
    """A product parted before its signs, where it has several factors outside brackets."""
    out: list[list[Piece]] = [[]]
    depth = 0
    for piece in group:
        if not isinstance(piece, str):
            out[-1].append(piece)
            continue
        at = 0
        for n, c in enumerate(piece):
            depth += (c == "(") - (c == ")")
            if depth <= 0 and n > at and _TIMES.match(piece, n) and piece[n - 1] != "*":
                out[-1].append(piece[at:n])
                out.append([])
                at = n
        out[-1].append(piece[at:])
    return out


def natural(pieces: Sequence[Piece], pen: Pen) -> int:
    """The width of `pieces` on one line."""
    return sum(width(p) if isinstance(p, str) else draw(p, pen).width for p in pieces)
