"""Eigenvectors in company: bases of the space of a repeated eigenvalue, P and D with columns in any order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from flint import fmpq

from dlsolve.checker.family import Aligned, Family, fits, matching
from dlsolve.checker.judge import along, lies_in, plain, points
from dlsolve.checker.windows import Answer, Window, fitted
from dlsolve.formula.tree import Index
from dlsolve.linalg.reduce import rank
from dlsolve.named import keys_by_name
from dlsolve.numbers.matrix import Matrix


def judge_spaces(family: Family, out: Aligned) -> None:
    """Vectors of a repeated eigenvalue: in its space, and none that depends on those before it."""
    for row in family.alongside("direction"):
        for group in family.groups():
            members = [k for k in group if isinstance(family.value(row.name, k), Matrix)]
            true = [list(family.value(row.name, k).entries()) for k in members]
            if len(members) < 2 or not all(isinstance(e, fmpq) for v in true for e in v):
                continue
            kept: list[list[fmpq]] = []
            for k in members:
                name = family.name(row.name, k)
                answer = out.answers.get(name)
                if answer is None or answer.unreadable is not None:
                    continue
                cells = [w for line in answer.rows for w in line]
                if len(cells) != len(true[0]) or not lies_in(cells, true):
                    out.settled[name] = "not in the space of this eigenvalue"
                    continue
                new = [*kept, [w.middle for w in cells]]
                independent = rank(new) == len(new)
                out.settled[name] = "" if independent else "depends on the vectors before it"
                kept = new if independent else kept


def judge_columns(family: Family, out: Aligned) -> None:
    """A matrix of eigenvectors, and the diagonal one that goes with it."""
    trace = family.trace
    spaces: list[tuple[Any, list[list[Any]]]] = []
    rows = family.alongside("direction")
    vectors: dict[Index, list[Any]] = {}
    for group in family.groups():
        found = {k: list(v.entries()) for k in group if rows and isinstance(v := family.value(rows[0].name, k), Matrix)}
        vectors |= found
        spaces.append((family.value(family.row.name, group[0]), list(found.values())))
    size = len(family.members)
    if len(vectors) != size:
        return
    whole = {n: trace.env[k] for n, k in keys_by_name(trace).items() if n in out.answers}
    order: list[Any] | None = None
    for name, true in whole.items():
        if isinstance(true, Matrix) and true.shape == (size, size) and _same_columns(true, list(vectors.values())):
            order = _which(out.answers[name], size, spaces)
            out.settled[name] = "" if order is not None else "its columns are not independent eigenvectors"
    for name, true in whole.items():
        if isinstance(true, Matrix) and true.shape == (size, size) and _is_diagonal(true, family):
            right = _diagonal(out.answers[name], size, family, order)
            out.settled[name] = "" if right else "not the eigenvalues of the columns, in their order"


def _same_columns(true: Matrix, vectors: Sequence[Sequence[Any]]) -> bool:
    return all(list(a) == list(b) for a, b in zip(zip(*true.rows, strict=True), vectors, strict=True))


def _is_diagonal(true: Matrix, family: Family) -> bool:
    values = [family.value(family.row.name, k) for k in family.members]
    return all(e == (values[i] if i == j else 0) for i, r in enumerate(true.rows) for j, e in enumerate(r))


def _which(answer: Answer, size: int, spaces: Sequence[tuple[Any, list[list[Any]]]]) -> list[Any] | None:
    """The eigenvalue of each written column; None where one is no eigenvector, or they are dependent."""
    rows = fitted(answer.rows, (size, size))
    if rows is None:
        return None
    # beside decimals in other columns a whole number may have been rounded as they are, if it stands for no whole one
    wide = points([w for row in rows for w in row])
    out, left = [], [len(vectors) for _, vectors in spaces]
    for k in range(size):
        column, rounded = points([row[k] for row in rows]), wide[k::size]
        open_ = [(n, v) for n, (_, v) in enumerate(spaces) if left[n]]
        own = (n for n, v in open_ if _belongs(column, v))
        near = (n for n, v in open_ if not _rational(v) and _belongs(rounded, v))
        at = next(chain(own, near), None)
        if at is None:
            return None
        left[at] -= 1
        out.append(spaces[at][0])
    middles = [[w.middle for w in row] for row in rows]
    real = all(w.imag is None for row in rows for w in row)
    return out if not real or rank(middles) == size else None


def _belongs(column: list[Window], vectors: list[list[Any]]) -> bool:
    if len(vectors) > 1 and _rational(vectors):
        return lies_in(column, vectors) and not all(w.zero for w in column)
    return any(along(column, [plain(e) for e in v]) for v in vectors)


def _rational(vectors: list[list[Any]]) -> bool:
    return all(isinstance(e, fmpq) for v in vectors for e in v)


def _diagonal(answer: Answer, size: int, family: Family, order: list[Any] | None) -> bool:
    """Zeros beside the diagonal, and on it the eigenvalues in the order of the columns (any, without those)."""
    rows = fitted(answer.rows, (size, size))
    if rows is None or not all(w.zero for i, r in enumerate(rows) for j, w in enumerate(r) if i != j):
        return False
    cells = [Answer("", w.text, ((w,),)) for w in (rows[i][i] for i in range(size))]
    if order is not None:
        return all(fits(cell, value) for cell, value in zip(cells, order, strict=True))
    values = [family.value(family.row.name, k) for k in family.members]
    likely: dict[Index, list[Index]] = {
        n: [m for m, value in enumerate(values) if fits(cell, value)] for n, cell in enumerate(cells)
    }
    return len(matching(likely)) == size


__all__ = ["judge_columns", "judge_spaces"]
