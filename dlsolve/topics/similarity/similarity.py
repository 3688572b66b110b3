"""Cosine similarity of pairs of vectors, angles, distances.

The cosine of the angle between two vectors is their dot product divided by both lengths: 1 for the same
direction, 0 for orthogonal vectors, −1 for opposite ones. It looks at directions only; distances look at
lengths as well: the Euclidean distance is the length of the difference, the Manhattan distance the sum
of its absolute entries.

A vector may also be known by its norm and its dot products alone. Not every set of such numbers belongs
to vectors: |A·B| is at most |A|·|B|, and the angles of three vectors fit together only where the
determinant of all their dot products (the Gram determinant) is not negative. Others are refused.
"""

from __future__ import annotations

from itertools import combinations
from typing import Annotated, Any

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.linalg.polynomial import flint_matrix
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.show import Digits, show
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace

MOST = 12
Pair = tuple[str, str]


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    vectors: Annotated[
        dict[str, list[fmpq]] | Matrix | None,
        Field("the vectors by name, or as rows of a matrix (then A, B, C, …)", aliases=("x",)),
    ] = None
    norms: Annotated[dict[str, fmpq] | None, Field("length of a vector that is not given", gt="0")] = None
    dots: Annotated[dict[str, fmpq] | None, Field('dot products that are not worked out, by pair: "A C"')] = None


NOTATION = Notation(
    [
        Quantity("vec", "vector", "u", shape="n×1", kind="matrix", template="{u}"),
        Quantity("dot", "dot product", "u v", template="{u}·{v}"),
        Quantity("norm", "length of u", "u", template="‖{u}‖"),
        Quantity("cos_sim", "cosine similarity", "u v", template="cos({u}, {v})"),
        Quantity("angle", "angle in degrees", "u v", template="angle({u}, {v})"),
        Quantity("diff", "difference of two vectors", "u v", shape="n×1", kind="matrix", template="({u} − {v})"),
        Quantity("dist", "Euclidean distance", "u v", template="d({u}, {v})"),
        Quantity("manhattan", "Manhattan distance", "u v", template="d₁({u}, {v})"),
    ],
    {"u": "label", "v": "label"},
)

RULES = rules("""
    norm[u] = sqrt(sum(vec[u]**2))                            # root of the sum of squares
    dot[u,v] = sum(vec[u]*vec[v])                             # products of entries, added
    cos_sim[u,v] = dot[u,v]/(norm[u]*norm[v])                 # cosine of the angle
    angle[u,v] = acos(cos_sim[u,v])*180/pi                    # in degrees
    angle[u,v]:same = 0                                       # one is a multiple of the other
    angle[u,v]:opposite = 180                                 # one is a negative multiple of the other
    diff[u,v] = vec[u] - vec[v]
    dist[u,v] = sqrt(sum(diff[u,v]**2))                       # length of the difference
    manhattan[u,v] = sum(abs(diff[u,v]))                      # absolute entries, added
""")

SLIPS = (
    DeclaredSlip("root-left-out", rule("norm[u]", "sum(vec[u]**2)"), "the root of the sum of squares was left out"),
    DeclaredSlip("norm-of-sum", rule("norm[u]", "sum(abs(vec[u]))"), "the entries were added, not their squares"),
    DeclaredSlip("not-divided", rule("cos_sim[u,v]", "dot[u,v]"), "the dot product was not divided by the norms"),
    DeclaredSlip("one-norm", rule("cos_sim[u,v]", "dot[u,v]/norm[u]"),
                 "the dot product was divided by one norm, not by both"),
    DeclaredSlip("norms-added", rule("cos_sim[u,v]", "dot[u,v]/(norm[u] + norm[v])"),
                 "the norms were added, not multiplied"),
    DeclaredSlip("squared-norms", rule("cos_sim[u,v]", "dot[u,v]/(norm[u]*norm[v])**2"),
                 "the squares of the norms were used"),
    DeclaredSlip("radians", rule("angle[u,v]", "acos(cos_sim[u,v])"), "the angle was left in radians"),
    DeclaredSlip("distance-not-rooted", rule("dist[u,v]", "sum(diff[u,v]**2)"), "the root was left out"),
    DeclaredSlip("signs-kept", rule("manhattan[u,v]", "sum(diff[u,v])"), "the differences were added with their signs"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    vectors = _vectors(p)
    norms = p.norms or {}
    names = [*vectors, *norms]
    dots = _dots(p, names, vectors)
    _refuse_impossible(vectors, norms, dots)
    t.index_set("vectors", names)
    for u, entries in vectors.items():
        t.given("vec", Matrix.column(entries), u)
    for u, length in norms.items():
        t.given("norm", length, u)
    for pair, value in dots.items():
        t.given("dot", value, *pair)
    pairs = [pair for pair in combinations(names, 2) if pair in dots or (pair[0] in vectors and pair[1] in vectors)]
    if vectors:
        t.section("Norms")
    t.through(list(vectors), "norm[u]")
    for u, v in pairs:
        _pair(t, u, v, vectors, given=(u, v) in dots)
    header = ["pair", "dot product", "cosine", "angle in degrees", "Euclidean", "Manhattan"]
    bases = ["dot", "cos_sim", "angle", "dist", "manhattan"]
    cells: list[list[Key | str]] = [[f" {u}, {v}", *(_cell(t, (b, u, v)) for b in bases)] for u, v in pairs]
    full = any(u in vectors and v in vectors for u, v in pairs)
    t.table("All pairs", header if full else header[:4], cells if full else [row[:4] for row in cells])


def _cell(t: Trace, key: Key) -> Key | str:
    return key if key in t.steps or key in t.env else " –"


def _pair(t: Trace, u: str, v: str, vectors: dict[str, list[fmpq]], *, given: bool) -> None:
    t.section(f"{u} and {v}")
    if not given:
        t.let("dot[u,v]", u, v)
    zero = [w for w in (u, v) if w in vectors and not any(vectors[w])]
    if zero:
        t.operation(f"{zero[0]} is 0: it has no direction", None, "undefined", key=("cos_sim", u, v))
    else:
        t.let("cos_sim[u,v]", u, v)
        t.let(f"angle[u,v]{_parallel(vectors.get(u), vectors.get(v))}", u, v)
        t.check(f"|cos({u}, {v})| ≤ 1", "dot[u,v]**2 <= (norm[u]*norm[v])**2*(1 + 1e-12)", u=u, v=v)
        t.answer(("cos_sim", u, v), ("angle", u, v))
    if not given:
        t.let("diff[u,v]", u, v)
        t.let("dist[u,v]", u, v)
        t.let("manhattan[u,v]", u, v)
        t.answer(*([("cos_sim", u, v)] if zero else []), ("dist", u, v), ("manhattan", u, v))
        t.check(f"d({u}, {v})² = ‖{u}‖² + ‖{v}‖² − 2·{u}·{v}",
                "dist[u,v]**2 == norm[u]**2 + norm[v]**2 - 2*dot[u,v]", u=u, v=v)  # fmt: skip
    if len(u) == len(v) == 1:
        for base in ("dot", "cos_sim", "angle", "dist", "manhattan"):
            t.alias(f"{base}_{u}{v}", (base, u, v))
    t.alias(f"cos_{u}_{v}", ("cos_sim", u, v))


def _parallel(a: list[fmpq] | None, b: list[fmpq] | None) -> str:
    """Which rule gives the angle: that of a multiple is known, where a rounded cosine leaves it open."""
    if a is None or b is None:
        return ""
    product = _product(a, b)
    if product * product != _product(a, a) * _product(b, b):
        return ""
    return ":same" if product > 0 else ":opposite"


def _product(a: list[fmpq], b: list[fmpq]) -> fmpq:
    return sum((x * y for x, y in zip(a, b, strict=True)), fmpq(0))


def _vectors(p: Problem) -> dict[str, list[fmpq]]:
    """The given vectors by name, of one length."""
    if isinstance(p.vectors, Matrix):
        if p.vectors.shape[0] > MOST:
            raise InputError("$.given.vectors", f"more than {MOST} vectors", remedy="give fewer rows")
        found = {"ABCDEFGHIJKL"[n]: list[Any](row) for n, row in enumerate(p.vectors.rows)}
    else:
        found = dict(p.vectors or {})
    if len(found) + len(p.norms or {}) > MOST:
        raise InputError("$.given.vectors", f"more than {MOST} vectors", remedy="give fewer")
    first = next(iter(found), "")
    for name, entries in found.items():
        if len(entries) != len(found[first]):
            raise InputError(f"$.given.vectors.{name}", f"{first} has {len(found[first])} entries",
                             found=f"{len(entries)} entries", remedy="give all vectors as many")  # fmt: skip
        if name in (p.norms or {}):
            raise InputError(f"$.given.norms.{name}", f"{name} is given: its norm is worked out", remedy="leave it out")
    if len(found) + len(p.norms or {}) < 2:
        raise InputError("$.given.vectors", "fewer than two vectors", remedy="give at least two")
    return found


def _dots(p: Problem, names: list[str], vectors: dict[str, list[fmpq]]) -> dict[Pair, fmpq]:
    """The given dot products by pair of names, in the order of the names."""
    known = {f"{u}{mark}{v}": pair for pair in combinations(names, 2) for u, v in (pair, pair[::-1])
             for mark in (" ", ",", ", ", ".", "·", "*", "_", "")}  # fmt: skip
    out: dict[Pair, fmpq] = {}
    for label, value in (p.dots or {}).items():
        where = f"$.given.dots.{label}"
        if label not in known:
            raise InputError(where, "no pair of the vectors", remedy=f'name two of {", ".join(names)}, such as '
                             f'"{names[0]} {names[1]}"')  # fmt: skip
        pair = known[label]
        if pair in out:
            raise InputError(where, "this pair is given twice", remedy="give it once")
        if pair[0] in vectors and pair[1] in vectors:
            raise InputError(where, "both vectors are given: it is worked out", remedy="leave it out")
        out[pair] = value
    for u in p.norms or {}:
        if not any(u in pair for pair in out):
            raise InputError("$.given.dots", f"{u} is known by its norm alone",
                             remedy=f"give {u} as a vector, or a dot product with it")  # fmt: skip
    return out


def _refuse_impossible(vectors: dict[str, list[fmpq]], norms: dict[str, fmpq], dots: dict[Pair, fmpq]) -> None:
    """Raises `InputError` where no vectors have these norms and dot products."""
    names = [*vectors, *norms]
    gram: dict[Pair, fmpq] = {**dots}
    for u, v in combinations(names, 2):
        if u in vectors and v in vectors:
            gram[u, v] = _product(vectors[u], vectors[v])
    for u in names:
        gram[u, u] = _product(vectors[u], vectors[u]) if u in vectors else norms[u] ** 2
    for (u, v), value in dots.items():
        if value**2 > gram[u, u] * gram[v, v]:
            raise InputError(f"$.given.dots.{u} {v}", f"an impossible cosine: |{u}·{v}| is larger than |{u}|·|{v}|",
                             found=show(value, Digits()).text,
                             remedy="a cosine lies between -1 and 1: check the norms")  # fmt: skip
    for u, v, w in combinations(names, 3):
        rows = [[gram.get((a, b), gram.get((b, a))) for b in (u, v, w)] for a in (u, v, w)]
        if any(e is None for row in rows for e in row):
            continue
        whole = fmpq(flint_matrix([[fmpq(e) for e in row if e is not None] for row in rows]).det())
        if whole < 0:
            raise InputError(
                "$.given.dots",
                f"impossible together: no vectors {u}, {v}, {w} have these norms and dot products, "
                "whose Gram determinant is negative",
                found=show(whole, Digits()).text,
                remedy=f"angle({u}, {w}) is at most angle({u}, {v}) + angle({v}, {w}): check the numbers",
            )


TOPIC = Topic(
    "similarity", "Cosine similarity and distances", "Similarity", Problem, solve, NOTATION, RULES,
    "Strang, Introduction to Linear Algebra, section 1.2",
    example={"vectors": {"A": [1, 2, 2], "B": [2, 3, 6]}},
    aliases=("cosine", "cosine-similarity", "dot-product", "distance", "euclidean", "norm", "euclidean-distance"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
