"""Eigenvalues and eigenvectors, defective matrices included.

A vector that A only stretches is an eigenvector, the stretch its eigenvalue. Such a vector exists
where A − λI is singular, so its determinant is 0 (A − λI itself is not the zero matrix). A repeated
root may have too few vectors: the matrix is then defective, and generalised eigenvectors complete
the basis.

Everything is worked out exactly. Values carried as by hand are rounded only where they are written:
with a rounded eigenvalue A − λI would be regular, and have no eigenvector at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.formula.tree import Bin, Name, Tree
from dlsolve.formula.written import cells
from dlsolve.linalg import polynomial as poly
from dlsolve.linalg.proof import equal, inverse_gives, product_of, shift, sum_of
from dlsolve.linalg.reduce import Row, times
from dlsolve.linalg.scale import scaled
from dlsolve.linalg.spectrum import Eigenvalue, spectrum
from dlsolve.notation import Notation, Quantity, subscript
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked import rows as written_rows
from dlsolve.worked import sequels, slips_of_spaces
from dlsolve.worked.determinant import characteristic
from dlsolve.worked.minors import DET_2
from dlsolve.worked.roots import factorise, root_line
from dlsolve.worked.text import is_exact, text_of, vector_text

MAX_SIZE = 12
MAX_FULL = 6
"""In larger matrices the row reduction is written once for all roots of one irreducible factor."""
_TIMES = ("", "once", "twice", "three times", "four times", "five times", "six times", "seven times", "eight times",
          "nine times", "ten times", "eleven times", "twelve times")  # fmt: skip


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    matrix: Annotated[Matrix, Field("square matrix (with a letter in it: see matrix-parameter)", aliases=("A",))]


CHARACTERISTIC = ("p", "p(x)", "f(λ)", "χ(λ)", "χ_A(λ)", "det(A − λI)", "det(λI − A)", "|A − λI|", "|λI − A|",
                  "characteristic polynomial", "char. polynomial")  # fmt: skip

NOTATION = Notation(
    [
        Quantity("A", "the matrix", shape="n×n", kind="matrix"),
        Quantity("char_poly", "characteristic polynomial det(A − λI)", kind="polynomial", symbol="p(λ)",
                 latex=r"p(\lambda)", also=CHARACTERISTIC),
        Quantity("lam", "eigenvalue k, repeated as often as it is a root", "k", kind="multiset"),
        Quantity("v", "eigenvector for eigenvalue k", "k", shape="n×1", kind="direction"),
        Quantity("u", "generalised eigenvector in place k", "k", shape="n×1", kind="direction"),
        Quantity("alg", "algebraic multiplicity of eigenvalue k", "k", kind="integer", template="m_a(λ{k_})",
                 latex=r"m_a(\lambda_{{{k}}})"),
        Quantity("geo", "geometric multiplicity of eigenvalue k", "k", kind="integer", template="m_g(λ{k_})",
                 latex=r"m_g(\lambda_{{{k}}})"),
        Quantity("multiplicities", "how often each eigenvalue is a root", kind="choice", symbol="multiplicities"),
        Quantity("diagonalisable", "whether n independent eigenvectors exist", kind="choice",
                 symbol="diagonalisable"),
        Quantity("P", "the eigenvectors as columns", shape="n×n", kind="matrix"),
        Quantity("D", "the eigenvalues on the diagonal", shape="n×n", kind="matrix"),
        Quantity("M", "auxiliary matrix k of Faddeev–LeVerrier", "k", shape="n×n", kind="matrix"),
        Quantity("q", "coefficient k of Faddeev–LeVerrier", "k"),
        Quantity("trace", "sum of the diagonal", symbol="tr(A)", latex=r"\operatorname{tr}(A)"),
        Quantity("det", "determinant", symbol="det(A)", latex=r"\det(A)"),
        Quantity("x", "unknown i of a system", "i"),
        Quantity("c", "free parameter, any number but 0"),
    ],
    {"k": "step", "i": "feature"},
)  # fmt: skip

RULES = rules(f"""
    trace = sum(A[i,i] for i in N)                   # the sum of the diagonal
{DET_2}
""")

SLIPS = (
    DeclaredSlip("products-added", rule("det:2", "A[1,1]*A[2,2] + A[1,2]*A[2,1]"), "the products were added, ad + bc"),
    DeclaredSlip(
        "diagonal-multiplied",
        rule("trace", "prod(A[i,i] for i in N)"),
        "the entries of the diagonal were multiplied, not added",
    ),
)


def solve(p: Problem, t: Trace) -> None:
    n, m = p.matrix.shape
    if n != m:
        raise InputError("$.given.matrix", "not square", found=f"{n}×{m}", remedy="give as many rows as columns")
    if n > MAX_SIZE:
        raise InputError("$.given.matrix", "too large", found=f"{n}×{n}", remedy=f"at most {MAX_SIZE}×{MAX_SIZE}")
    t.given("A", p.matrix)
    t.index_set("N", range(1, n + 1))
    rows: list[list[Any]] = [list(row) for row in p.matrix.rows]
    t.section("Characteristic polynomial")
    parts = poly.factorise(characteristic(t, rows))
    t.section("Eigenvalues")
    factorise(t, parts)
    found = spectrum(rows, parts.factors)
    first = _name_values(t, found)
    basis = {k: _vectors(t, rows, place, found, first) for place, k in enumerate(first)}
    _verdict(t, rows, first, found, basis)
    _checks(t, rows, found, basis)


def _name_values(t: Trace, found: Sequence[Eigenvalue]) -> list[int]:
    """Name every eigenvalue as often as it is a root. Returns the number of each one's first copy."""
    first, k = [], 1
    for e in found:
        first.append(k)
        rule, line = root_line(e.value, e.factor)
        for _ in range(e.algebraic):
            t.operation(rule, line, e.value, key=("lam", k))
            t.answer(("lam", k))
            k += 1
    return first


def _vectors(
    t: Trace, rows: list[list[Any]], place: int, found: Sequence[Eigenvalue], first: Sequence[int]
) -> list[Row]:
    """The section of the distinct eigenvalue at `place`. Returns its eigenvectors."""
    k, e = first[place], found[place]
    exact = is_exact(e.value)
    names = " = ".join(f"λ{subscript(str(k + n))}" for n in range(e.algebraic))
    sign = "=" if exact else "≈"
    t.section(f"{names} {sign} {text_of(t, e.value)}")
    if e.conjugate_of is None:
        model = next(m for m, other in enumerate(found) if other.factor == e.factor)
        _system(t, rows, e, exact=exact, model=first[model] if model < place and len(rows) > MAX_FULL else 0)
    else:
        other = first[e.conjugate_of]
        t.note(f"A is real, and {names} is the complex conjugate of λ{subscript(str(other))}: so are its vectors.")
    vectors = [scaled(v, t.convention("normalise")) for v in e.leading]
    for n, (raw, vector) in enumerate(zip(e.vectors, vectors, strict=True)):
        c = "c" + (subscript(str(n + 1)) if len(vectors) > 1 else "")
        rule = f"x{subscript(str(e.free[n] + 1))} = {c}" + (", other free unknowns 0" if len(vectors) > 1 else "")
        before: Tree | None = Bin("*", Name("c"), cells([(a,) for a in raw])) if exact else None
        text = vector_text(t, vector)
        t.operation(
            rule, before, _column(vector), key=("v", k + n), why=f"{c} ≠ 0", shown=f"{c}·{text}" if text else None
        )
        t.answer(("v", k + n))
    t.operation("how often it is a root of p(λ)", None, fmpq(e.algebraic), key=("alg", k), why="algebraic multiplicity")
    t.operation(
        "how many independent eigenvectors it has",
        None,
        fmpq(e.geometric),
        key=("geo", k),
        why="geometric multiplicity",
    )
    if e.links:
        _generalised(t, k, e, exact=exact)
    return vectors


def _system(t: Trace, rows: list[list[Any]], e: Eigenvalue, *, exact: bool, model: int) -> None:
    """A − λI with the root put in, its equations, its reduction, the free unknowns; the reduction is
    not repeated where it is that of the eigenvalue `model`."""
    n = len(rows)
    sign = "=" if exact else "≈"
    before = cells(poly.characteristic_matrix(rows))
    t.operation(
        f"put λ {sign} {text_of(t, e.value)} into A − λI", before, written_rows.state(e.reduction, 0, exact=exact)
    )
    written_rows.equations(t, e.reduction, n)
    if model:
        t.note(f"Another root of the same factor: the row operations are those of λ{subscript(str(model))}.")
    else:
        written_rows.operations(t, e.reduction, exact=exact)
    written_rows.read_off(t, e.reduction, n, exact=exact)


def _generalised(t: Trace, k: int, e: Eigenvalue, *, exact: bool) -> None:
    """The vectors that complete the basis of a defective eigenvalue."""
    several = "s" if e.geometric > 1 else ""
    t.note(f"{e.geometric} eigenvector{several} for a {e.algebraic}-fold root: A is defective. "
           f"A generalised eigenvector u has (A − λI)·u = w, w the vector before it in its chain.")  # fmt: skip
    for n, link in enumerate(e.links):
        at = k + e.geometric + n
        if link.reduction is not None and e.conjugate_of is None:
            written_rows.operations(t, link.reduction, exact=exact)
        w = cells([(a,) for a in link.image]) if exact else _column(link.image)
        t.operation("(A − λI)·u = w", w, _column(link.vector), key=("u", at), shown=vector_text(t, link.vector))
        t.answer(("u", at))


def _verdict(
    t: Trace, rows: list[list[Any]], first: Sequence[int], found: Sequence[Eigenvalue], basis: dict[int, list[Row]]
) -> None:
    """Multiplicities, diagonalisable or not, P and D, trace and determinant, the table of the run."""
    n = len(rows)
    t.section("Diagonalisable?")
    often = ", ".join(f"{text_of(t, e.value)} {_TIMES[e.algebraic]}" for e in found)
    t.operation("how often each is a root", None, often, key="multiplicities")
    columns = [v for vectors in basis.values() for v in vectors]
    full = len(columns) == n
    why = f"{len(columns)} independent eigenvector{'s' if len(columns) != 1 else ''}, {n} needed"
    shown = None if full else "no: A is defective"
    t.operation(why, None, "yes" if full else "no", key="diagonalisable", shown=shown)
    t.answer("multiplicities", "diagonalisable")
    if full and n > 1:
        values = [e.value for e in found for _ in range(e.algebraic)]
        diagonal: list[list[Any]] = [[v if i == j else fmpq(0) for j in range(n)] for i, v in enumerate(values)]
        t.operation("eigenvectors as columns", None, Matrix(list(zip(*columns, strict=True))), key="P")
        t.operation("eigenvalues on the diagonal", None, Matrix(diagonal), key="D")
    t.section("Trace and determinant")
    t.let("trace")
    if n == 2:
        t.let("det:2")
    else:
        t.operation("p(0)", None, fmpq(poly.flint_matrix(rows).det()), key="det", why="λ = 0 in det(A − λI)")
    t.table(
        "Eigenvalues and eigenvectors",
        ["λ", "algebraic multiplicity", "geometric multiplicity", "eigenvector"],
        [
            [("lam", k), ("alg", k), ("geo", k), ("v", k) if e.geometric == 1 else " " + ", ".join(
                f"v{subscript(str(k + j))}" for j in range(e.geometric))]
            for k, e in zip(first, found, strict=True)
        ],
    )  # fmt: skip


def _checks(t: Trace, rows: list[list[Any]], found: Sequence[Eigenvalue], basis: dict[int, list[Row]]) -> None:
    """A v = λ v for every pair, trace and determinant from the eigenvalues, P D P⁻¹ = A."""
    n = len(rows)
    for e, (k, vectors) in zip(found, basis.items(), strict=True):
        for j, v in enumerate(vectors):
            image = times(rows, v)
            at = subscript(str(k + j))
            text = vector_text(t, image)
            t.check(f"A·v{at} = λ{at}·v{at}", equal(image, [e.value * a for a in v]), f"both {text}" if text else "")
        for j, link in enumerate(e.links):
            at = subscript(str(k + e.geometric + j))
            t.check(f"(A − λI)·u{at} = w", equal(times(shift(rows, e.value), link.vector), link.image))
    values = [e.value for e in found for _ in range(e.algebraic)]
    whole = sum((rows[i][i] for i in range(n)), fmpq(0))
    t.check("Σλ = tr(A)", equal([sum_of(values)], [whole]), f"both {text_of(t, whole)}")
    det = fmpq(poly.flint_matrix(rows).det())
    t.check("Πλ = det(A)", equal([product_of(values)], [det]), f"both {text_of(t, det)}")
    columns = [v for vectors in basis.values() for v in vectors]
    if len(columns) == n and n > 1:
        t.check("P·D·P⁻¹ = A", inverse_gives(columns, values, rows))


def _column(vector: Row) -> Matrix:
    return Matrix([(a,) for a in vector])


TOPIC = Topic(
    "eigen", "Eigenvalues and eigenvectors", "Linear algebra", Problem, solve, NOTATION, RULES,
    "Strang, Introduction to Linear Algebra, chapters 3 and 6",
    example={"matrix": [[1, 2], [5, 4]]},
    aliases=("eigenvalues", "eigenvectors", "eig", "eigenvalue", "eigenvector", "characteristic-polynomial"),
    conventions={"normalise": "first"},
    slips=SLIPS,
    results=slips_of_spaces.EIGEN,
    sequels=sequels.EIGEN,
    text=__doc__ or "",
)  # fmt: skip
