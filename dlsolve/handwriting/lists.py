"""Square brackets: a group, a column, a matrix by rows, or a list of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlsolve.formula.tree import Mat, Tree, rebuild
from dlsolve.handwriting.tokens import Token

if TYPE_CHECKING:
    from dlsolve.handwriting.parser import Parser


class Column(Mat, frozen=True):
    """A list written flat, while it is being read: transposed it stays a column."""


def settled(tree: Tree) -> Tree:
    """`tree` with every `Column` as the plain n×1 matrix that it is."""
    return rebuild(tree, settled)


def read_bracket(parser: Parser, opened: Token) -> Tree:
    """What stands between ``[`` (taken already) and its ``]``."""
    if parser.token.text == "]":
        raise parser.fail("an empty list", opened)
    if parser.token.text == "[":
        return _nested(parser)
    parser.spaced.append(_spaced(parser))
    rows: list[list[Tree]] = [[]]
    by_rows = False
    while True:
        rows[-1].append(parser.conditional())
        token = parser.token
        if token.text == ";":
            by_rows = True
            parser.take()
            if parser.token.text == "]":
                break
            rows.append([])
        elif token.text == ",":
            parser.take()
        elif token.text == "]":
            break
        elif not (parser.spaced[-1] and token.gap):
            parser.expect("]")
    parser.spaced.pop()
    parser.expect("]")
    if by_rows:
        return _matrix(parser, rows, opened)
    if len(rows[0]) == 1:
        return rows[0][0]
    if opened.end - opened.start > 1:
        return Mat((tuple(rows[0]),))  # \begin{bmatrix}: a row where it is written as one
    return Column(tuple((cell,) for cell in rows[0]))


def _nested(parser: Parser) -> Tree:
    """``[[1, 2], [3, 4]]``; ``[[2 + 8]/2 + 1]`` is a group that begins with a group."""
    start = parser.token
    rows: list[list[Tree]] = []
    while parser.token.text == "[":
        opened = parser.take()
        inner = parser.bracket(opened)
        token = parser.token
        if not rows and token.text not in (",", ";", "]", "["):
            parser.spaced.append(False)
            whole = parser.binary(0, inner)
            parser.spaced.pop()
            parser.expect("]")
            return whole
        if isinstance(inner, Mat) and not _is_column(inner):
            if token.text != "]" or rows:
                raise parser.fail("a matrix inside a matrix", opened)
            parser.take()
            return inner
        rows.append([row[0] for row in inner.rows] if isinstance(inner, Mat) else [inner])
        if token.text in (",", ";"):
            parser.take()
    parser.expect("]")
    return _matrix(parser, rows, start)


def _is_column(mat: Mat) -> bool:
    return isinstance(mat, Column)


def _matrix(parser: Parser, rows: list[list[Tree]], opened: Token) -> Tree:
    widths = {len(row) for row in rows}
    if len(widths) != 1:
        raise parser.fail(
            f"rows of {' and '.join(map(str, sorted(widths)))} entries", opened, remedy="give every row as many entries"
        )
    return Mat(tuple(tuple(row) for row in rows))


def _spaced(parser: Parser) -> bool:
    """Whether spaces part the entries of the list that begins here: no comma of its own, and two
    numbers side by side or rows parted by ``;``."""
    depth, before, rows, side_by_side, signs = 0, None, False, False, []
    n = parser.n
    while n < len(parser.tokens):
        token = parser.tokens[n]
        if token.kind == "close":
            if depth == 0:
                break
            depth -= 1
        elif depth == 0:
            if token.text == ",":
                return False
            rows = rows or token.text == ";"
            if before is not None and token.gap and before.kind in ("num", "name", "close"):
                side_by_side = side_by_side or token.kind == "num"
                if token.kind == "op" and token.text in "+-":
                    signs.append(parser.tokens[n + 1].gap)
        if token.kind == "open":
            depth += 1
        before = token
        n += 1
    return rows or side_by_side or (parser.vectors and bool(signs) and not any(signs))
