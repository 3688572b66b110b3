"""Eigenvalues and eigenvectors of a rational matrix, exactly.

The characteristic polynomial is factored over Q. For each irreducible factor p the rows of A − λI
are reduced once, over Q[x]/(p); the record then holds at every root of p.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flint import arb, fmpq, fmpq_poly

from dlsolve.errors import LimitError
from dlsolve.linalg.polynomial import Rational
from dlsolve.linalg.reduce import Reduction, Row, Rows, kernel, moved, particular, rank, reduce_rows, times
from dlsolve.numbers.algebraic import Algebraic, Root, make, roots_of

MAX_WORK = 100_000
"""degree² · bits of an irreducible factor; at this size a solve takes some seconds."""
MAX_BITS = 2_000
"""Bits of the coefficients of a factor beyond a quadratic: roots of longer ones may lie too close to be told apart."""


@dataclass(frozen=True, slots=True)
class Link:
    """A generalised eigenvector: (A − λI)·vector = image, the vector before it in its chain.

    `reduction` is the augmented system that gave it, where one was solved for it.
    """

    vector: Row
    image: Row
    reduction: Reduction | None


@dataclass(frozen=True, slots=True)
class Eigenvalue:
    """One distinct eigenvalue: a root of the irreducible `factor`, `algebraic` times over.

    `vectors` span the eigenspace, one for each free column; `leading` are the same scaled to a first
    non-zero entry 1; `links` complete them where the matrix
    is defective. `conjugate_of` is the index, in the spectrum, of the eigenvalue whose complex
    conjugate this one is.
    """

    value: fmpq | Algebraic
    factor: fmpq_poly
    algebraic: int
    reduction: Reduction
    free: tuple[int, ...]
    vectors: tuple[Row, ...]
    leading: tuple[Row, ...]
    links: tuple[Link, ...]
    conjugate_of: int | None = None

    @property
    def geometric(self) -> int:
        return len(self.vectors)


def spectrum(rows: Rational, factors: Sequence[tuple[fmpq_poly, int]]) -> list[Eigenvalue]:
    """The distinct eigenvalues of `rows`, given the irreducible monic `factors` of its polynomial.

    Repeated ones first, then real ones descending, then conjugate pairs. Raises `LimitError` where
    exact rows over an irreducible factor would take minutes.
    """
    out: list[Eigenvalue] = []
    for factor, count in factors:
        if factor.degree() == 1:
            out.append(_one(rows, -factor[0], factor, count))
            continue
        size = max(int(c).bit_length() for c in factor.numer().coeffs())
        if (factor.degree() > 2 and size > MAX_BITS) or factor.degree() ** 2 * size > MAX_WORK:
            raise LimitError(
                f"an irreducible factor of degree {factor.degree()} with coefficients of {len(str(2**size))} digits: "
                "exact row reduction over its roots would take minutes; give a smaller matrix or shorter numbers"
            )
        roots = roots_of(factor)
        first = _one(rows, make(fmpq_poly([0, 1]), roots[0]), factor, count)
        out += [_at(first, root) for root in roots]
    out.sort(key=_place)
    return [_paired(out, n) for n in range(len(out))]


def _one(rows: Rational, value: Any, factor: fmpq_poly, count: int) -> Eigenvalue:
    shifted: Rows = tuple(tuple(e - value if i == j else e for j, e in enumerate(row)) for i, row in enumerate(rows))
    reduction = reduce_rows(shifted)
    found = kernel(reduction, len(rows))
    vectors = tuple(v for _, v in found)
    leading = tuple(map(leading_one, vectors))
    links = tuple(_links(shifted, leading, count)) if len(vectors) < count else ()
    return Eigenvalue(value, factor, count, reduction, tuple(j for j, _ in found), vectors, leading, links)


def _links(shifted: Rows, vectors: tuple[Row, ...], count: int) -> list[Link]:
    """Generalised eigenvectors that complete `vectors` to a basis of the generalised eigenspace."""
    width = len(shifted)
    if len(vectors) == 1:
        links = []
        last = vectors[0]
        for _ in range(count - 1):
            reduction = reduce_rows([(*row, e) for row, e in zip(shifted, last, strict=True)], width)
            vector = particular(reduction, width)
            assert vector is not None
            links.append(Link(vector, last, reduction))
            last = vector
        return links
    return _chains(shifted, list(vectors), count)


def leading_one(vector: Row) -> Row:
    """`vector` with its first non-zero entry made 1."""
    first = next(e for e in vector if e != 0)
    if first == 1:
        return vector
    inverse = 1 / first
    return tuple(e if e == 0 else e * inverse for e in vector)


def _chains(shifted: Rows, vectors: list[Row], count: int) -> list[Link]:
    """Chains from the top: vectors of ker Nʲ outside ker Nʲ⁻¹ and the chains above, times N."""
    width = len(shifted)
    kernels: list[list[Row]] = [vectors]
    power: Rows = shifted
    columns = tuple(zip(*shifted, strict=True))
    while len(kernels[-1]) < count:
        power = tuple(times(columns, row) for row in power)
        kernels.append([v for _, v in kernel(reduce_rows(power), width)])
    links: list[Link] = []
    heads: list[Row] = []
    for level in range(len(kernels) - 1, 0, -1):
        heads = [times(shifted, v) for v in heads]
        known = [*kernels[level - 1], *heads]
        for candidate in kernels[level]:
            if rank([*known, candidate]) > len(known):
                known.append(candidate)
                heads.append(candidate)
        links += [Link(v, times(shifted, v), None) for v in heads]
    return links[::-1]


def _at(first: Eigenvalue, root: Root) -> Eigenvalue:
    """The same factor's eigenvalue at another root."""

    def move(row: Row) -> Row:
        return tuple(moved(e, root) for e in row)

    links = tuple(
        Link(move(n.vector), move(n.image), n.reduction.at(root) if n.reduction else None) for n in first.links
    )
    return replace(
        first, value=moved(first.value, root), reduction=first.reduction.at(root), links=links,
        vectors=tuple(map(move, first.vectors)), leading=tuple(map(move, first.leading)),
    )  # fmt: skip


def _place(e: Eigenvalue) -> tuple[int, bool, float, float, float]:
    """Where an eigenvalue stands in the list; doubles suffice to order what is shown."""
    if isinstance(e.value, Algebraic):
        ball = e.value.ball()
        re, im = float(ball.real.mid()), float(ball.imag.mid())
        return -e.algebraic, not e.value.real, -round(re, 12), abs(im), -im
    return -e.algebraic, False, -float(arb(e.value).mid()), 0.0, 0.0


def _paired(out: list[Eigenvalue], n: int) -> Eigenvalue:
    e = out[n]
    if not isinstance(e.value, Algebraic) or e.value.real:
        return e
    mirror = e.value.ball().conjugate()
    for m in range(n):
        other = out[m].value
        if isinstance(other, Algebraic) and out[m].factor == e.factor and other.ball().overlaps(mirror):
            return replace(e, conjugate_of=m)
    return e
