"""Gradient, Hessian and curvature of a typed function.

The Hessian's eigenvalues are the curvatures along its eigenvectors. All positive: the surface opens
upwards; of both signs: a saddle. The condition number, the largest size over the smallest, says how
much longer than wide the valleys are, and so how slowly plain descent zigzags down them.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from flint import arb, fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Expression, Field
from dlsolve.formula.derive import partial
from dlsolve.formula.rules import rule, rules
from dlsolve.formula.text import one_line, unicode
from dlsolve.formula.tree import Mat, Name, Tree, names
from dlsolve.functions_of import gradient, start_point, variables
from dlsolve.linalg import polynomial as poly
from dlsolve.linalg import symmetric
from dlsolve.linalg.sizes import extremes, real, sign
from dlsolve.linalg.spectrum import spectrum
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.determinant import characteristic
from dlsolve.worked.roots import factorise, root_line

MAX_VARIABLES = 8
ILL = 10
"""From this condition number on the surface is called ill-conditioned."""
_ZIGZAG = "ill-conditioned: descent zigzags across the steep direction and creeps along the flat one"
_EVEN = "well-conditioned: descent runs about as fast in every direction"


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A function, and the point to look at it from (needed where the Hessian is not constant)."""

    f: Annotated[Expression, Field("the function, such as 100*w1^2 + w2^2", aliases=("L", "loss", "function"))]
    at: Annotated[
        dict[str, fmpq] | list[fmpq] | fmpq | None,
        Field("the point (variables in alphabetical order)", aliases=("point", "start")),
    ] = None


NOTATION = Notation(
    [
        Quantity("f", "value at the point"),
        Quantity("H", "Hessian: all second partial derivatives", shape="n×n", kind="matrix"),
        Quantity("lam", "eigenvalue k of the Hessian: a curvature", "k", kind="multiset"),
        Quantity("char_poly", "characteristic polynomial of the Hessian", kind="polynomial", symbol="p(λ)",
                 latex=r"p(\lambda)"),
        Quantity("M", "auxiliary matrix k of Faddeev–LeVerrier", "k", shape="n×n", kind="matrix"),
        Quantity("q", "coefficient k of Faddeev–LeVerrier", "k"),
        Quantity("tr", "sum of the diagonal of H", symbol="tr(H)", latex=r"\operatorname{tr}(H)"),
        Quantity("det", "determinant of H", symbol="det(H)", latex=r"\det(H)"),
        Quantity("lam_max", "eigenvalue largest in size", symbol="λ_max", latex=r"\lambda_{\max}"),
        Quantity("lam_min", "eigenvalue smallest in size", symbol="λ_min", latex=r"\lambda_{\min}"),
        Quantity("kappa", "condition number"),
        Quantity("lr_max", "learning rate that plain descent must stay below", symbol="η_max",
                 latex=r"\eta_{\max}"),
        Quantity("lr_best", "fixed learning rate that brings plain descent down fastest", symbol="η_best",
                 latex=r"\eta_{\text{best}}"),
        Quantity("stationary", "whether the gradient is 0", kind="choice", symbol="stationary"),
        Quantity("curvature", "how the surface is bent", kind="choice", symbol="curvature"),
        Quantity("point", "what kind of point it is", kind="choice", symbol="point"),
    ],
    {"k": "step"},
)  # fmt: skip

RULES = rules("""
    tr = H[1,1] + H[2,2]                             # the sum of the diagonal
    det = H[1,1]*H[2,2] - H[1,2]*H[2,1]              # of a 2×2 matrix
    lam[k]:larger = (tr + sqrt(tr**2 - 4*det)) / 2   # quadratic formula
    lam[k]:smaller = (tr - sqrt(tr**2 - 4*det)) / 2  # quadratic formula
    kappa = abs(lam_max) / abs(lam_min)              # condition number
    lr_max = 2 / lam_max                             # each step multiplies the steepest error by 1 − η·λ_max
    lr_best = 2 / (lam_max + lam_min)                # shrinks the steepest and the flattest error alike
""")

SLIPS = (
    DeclaredSlip("upside-down", rule("kappa", "abs(lam_min)/abs(lam_max)"), "the smallest is divided by the largest"),
    DeclaredSlip("difference", rule("kappa", "abs(lam_max) - abs(lam_min)"),
                 "the difference was taken, not the quotient"),
    DeclaredSlip("squared", rule("kappa", "(lam_max/lam_min)**2"), "the quotient is squared"),
    DeclaredSlip("one-over", rule("lr_max", "1 / lam_max"), "1/λ_max was taken, half of the limit 2/λ_max"),
    DeclaredSlip("four-left-out", rule("lam[k]:larger", "(tr + sqrt(tr**2 - det)) / 2"), "the 4 of 4·det is left out"),
    DeclaredSlip("half-left-out", rule("lam[k]:larger", "tr + sqrt(tr**2 - 4*det)"), "the division by 2 is left out"),
    DeclaredSlip("added-products", rule("det", "H[1,1]*H[2,2] + H[1,2]*H[2,1]"), "the products of det are added"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    by = variables(p.f.tree)
    if not 1 <= len(by) <= MAX_VARIABLES or {"f", "H", "tr", "det", "kappa"} & set(by):
        remedy = f"use 1 to {MAX_VARIABLES} variables with names of their own, such as w1, w2"
        raise InputError("$.given.f", f"{len(by)} variables", found=", ".join(by), remedy=remedy)
    slopes = gradient(p.f.tree, by, "$.given.f")
    second = {(u, v): partial(slopes[u], Name(v)) for u in by for v in by}
    point = _point(p, by, second)
    _declare(t, by)
    for v, value in point.items():
        t.given(v, value)
    t.section("Gradient")
    if point:
        t.let(rule("f", p.f.tree, "value"))
        for v in by:
            t.let(rule(f"d{v}", slopes[v], f"∂f/∂{t.symbols.unicode(v)}"))
    else:
        for v in by:
            t.note(f"∂f/∂{t.symbols.unicode(v)} = {one_line(unicode(slopes[v], t.symbols))}")
    t.section("Hessian")
    for (u, v), tree in second.items():
        left = f"∂²f/∂{t.symbols.unicode(u)}" + ("²" if u == v else f"∂{t.symbols.unicode(v)}")
        t.note(f"{left} = {one_line(unicode(tree, t.symbols))}")
    H = t.let(rule("H", Mat(tuple(tuple(second[u, v] for v in by) for u in by)), "second partial derivatives"))
    t.check("H is symmetric", "H == H.T")
    values = _eigenvalues(t, H, len(by))
    t.index_set("all", range(1, len(by) + 1))
    t.check("the eigenvalues add up to the trace", "sum(lam[k] for k in all) == " + _sum_of_diagonal(len(by)))
    _condition(t, values)
    _verdict(t, values, by, known=bool(point))


def _sum_of_diagonal(n: int) -> str:
    return " + ".join(f"H[{i},{i}]" for i in range(1, n + 1))


def _point(p: Problem, by: list[str], second: dict[tuple[str, str], Tree]) -> dict[str, Any]:
    if p.at is not None:
        return start_point([p.at] if isinstance(p.at, fmpq) else p.at, by, "$.given.at")
    bent = next((pair for pair, tree in second.items() if names(tree) & set(by)), None)
    if bent is not None:
        raise InputError(
            "$.given.at", "the Hessian depends on the point", remedy=f"give a value for each of {', '.join(by)}"
        )
    return {}


def _declare(t: Trace, by: list[str]) -> None:
    for v in by:
        symbol, latex = t.symbols.unicode(v), t.symbols.latex(v)
        t.symbols.declare(
            Quantity(v, f"variable {v} at the point"),
            Quantity(
                f"d{v}", f"partial derivative by {v}", symbol=f"∂f/∂{symbol}", latex=rf"\partial f/\partial {latex}"
            ),
        )


def _eigenvalues(t: Trace, H: Any, n: int) -> list[Any]:
    """The eigenvalues of H: exactly where H is rational, else certified."""
    t.section("Eigenvalues of the Hessian")
    rows: list[list[Any]] = [list(row) for row in H.rows] if isinstance(H, Matrix) else H.tolist()
    flat = [e for row in rows for e in row]
    if all(isinstance(e, fmpq) for e in flat):
        if all(rows[i][j] == 0 for i in range(n) for j in range(n) if i != j):
            t.note("H is diagonal: its eigenvalues are the entries on the diagonal")
            values: list[Any] = sorted((rows[i][i] for i in range(n)), reverse=True)
            for k, value in enumerate(values, 1):
                t.operation("on the diagonal", None, value, key=("lam", k))
            return values
        parts = poly.factorise(characteristic(t, rows))
        factorise(t, parts)
        found = spectrum(rows, parts.factors)
        values = []
        for e in found:
            for _ in range(e.algebraic):
                values.append(e.value)
                name, line = root_line(e.value, e.factor)
                t.operation(name, line, e.value, key=("lam", len(values)))
        return values
    if n == 2:
        t.let("tr")
        t.let("det")
        return [t.let("lam[k]:larger", 1), t.let("lam[k]:smaller", 2)]
    values = symmetric.eigenvalues([[arb(e) for e in row] for row in rows])
    for k, value in enumerate(values, 1):
        t.operation("eigenvalue of H" if n > 1 else "the only entry of H", None, value, key=("lam", k))
    return values


def _condition(t: Trace, values: list[Any]) -> None:
    t.section("Condition number")
    t.convention("condition")
    most, least = extremes(values)
    t.operation("largest in size", None, real(values[most]), key="lam_max")
    t.operation("smallest in size", None, real(values[least]), key="lam_min")
    if sign(values[least]) == 0:
        t.operation("division by 0", None, "infinite", key="kappa", why="the surface is flat in one direction")
    else:
        t.let("kappa")
        t.when(f"kappa >= {ILL}", (_ZIGZAG, _EVEN))
        t.answer("kappa")
        if all(sign(v) == 1 for v in values):
            t.section("Plain gradient descent near the minimum")
            t.let("lr_max")
            t.let("lr_best")
            t.answer("lr_max", "lr_best")


def _verdict(t: Trace, values: list[Any], by: list[str], *, known: bool) -> None:
    """Curvature from the signs of the eigenvalues; the kind of point where the gradient is 0."""
    t.section("Verdict")
    signs = {sign(v) for v in values}
    bent = (
        "flat" if signs == {0} else "upwards" if signs == {1} else "downwards" if signs == {-1}
        else "saddle" if {1, -1} <= signs else "upwards or flat" if 1 in signs else "downwards or flat"
    )  # fmt: skip
    t.operation("signs of the eigenvalues", None, bent, key="curvature")
    t.answer(*(("lam", k) for k in range(1, len(values) + 1)), "curvature")
    if not known:
        return
    # every partial has to be looked at: a list, not a generator, so that each is recorded
    zero = [
        t.when(f"d{v} == 0", (f"no slope along {t.symbols.unicode(v)}", f"a slope along {t.symbols.unicode(v)}"))
        for v in by
    ]
    t.operation("all partial derivatives 0?", None, "yes" if all(zero) else "no", key="stationary")
    kinds = {"upwards": "minimum", "downwards": "maximum", "saddle": "saddle point"}
    t.operation(
        "gradient and curvature",
        None,
        kinds.get(bent, "undecided: flat in some direction") if all(zero) else "not stationary",
        key="point",
    )
    t.answer("stationary", "point")


TOPIC = Topic(
    "hessian",
    "Gradient, Hessian, curvature and condition number",
    "Optimisers",
    Problem,
    solve,
    NOTATION,
    RULES,
    "Goodfellow, Bengio & Courville (2016), section 4.3.1; Nocedal & Wright (2006), section 2.1",
    example={"f": "100*w1^2 + w2^2", "at": [1, 1]},
    aliases=("curvature", "condition-number", "second-derivative", "gradient", "hessian-matrix"),
    conventions={"condition": "eigen"},
    contrast=("condition",),
    slips=SLIPS,
)
