"""The Hessian of a typed function against SymPy's, its eigenvalues against NumPy's, and the notes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.fields import read_problem
from dlsolve.numbers.algebraic import Algebraic, number_ball
from dlsolve.solver import run
from dlsolve.topics.optimisers.hessian import TOPIC, Problem
from dlsolve.trace import Trace
from tests.values import array, number, solved

VARIABLES = ["u", "v", "w", "x"]
SMALL = st.integers(-4, 4)
NEAR = st.integers(-15, 15).map(lambda n: n / 10)
CURVED = ["exp({a}/2)", "sin({a})", "cos({a} - {b})", "ln(1 + {a}^2)", "tanh({a})", "sqrt(1 + {a}^2)", "exp({a})*{b}",
          "sigmoid({a} + {b})", "{a}/(2 + {b}^2)"]  # fmt: skip
"""Terms that SymPy reads the same way, once sigmoid is spelled out."""


@st.composite
def quadratics(draw: st.DrawFn) -> dict[str, Any]:
    """Constant Hessians, singular and diagonal ones among them."""
    by = VARIABLES[: draw(st.integers(1, 4))]
    terms = [f"{draw(SMALL)}*{a}^2" for a in by]
    terms += [f"{draw(SMALL)}*{a}*{b}" for n, a in enumerate(by) for b in by[n + 1 :]]
    terms += [f"{draw(SMALL)}*{a}" for a in by]
    return {"f": " + ".join(f"({t})" for t in terms), "at": [draw(NEAR) for _ in by]}


@st.composite
def surfaces(draw: st.DrawFn) -> dict[str, Any]:
    """Polynomials of higher degree, and functions with exponentials, at a point."""
    by = VARIABLES[: draw(st.integers(1, 3))]
    one = st.sampled_from(by)
    terms = [f"{draw(SMALL)}*{draw(one)}^{draw(st.integers(1, 4))}*{draw(one)}" for _ in range(draw(st.integers(1, 3)))]
    terms += [draw(st.sampled_from(CURVED)).format(a=draw(one), b=draw(one)) for _ in range(draw(st.integers(0, 2)))]
    terms += [f"{a}^2" for a in by]
    return {"f": " + ".join(terms), "at": {a: draw(NEAR) for a in by}}


PROBLEMS = st.one_of(quadratics(), surfaces())


def sympy_of(p: dict[str, Any]) -> tuple[list[str], dict[Any, Any], Any]:
    import sympy

    text = p["f"].replace("^", "**").replace("ln", "log")
    f = sympy.sympify(text, locals={"sigmoid": lambda z: 1 / (1 + sympy.exp(-z))}, rational=True)
    by = sorted({v for v in VARIABLES if v in p["at"]} if isinstance(p["at"], dict) else VARIABLES[: len(p["at"])])
    values = p["at"].values() if isinstance(p["at"], dict) else p["at"]
    names = list(p["at"]) if isinstance(p["at"], dict) else by
    point = {sympy.Symbol(v): sympy.Rational(str(x)) for v, x in zip(names, values, strict=True)}
    return by, point, f


def values_of(trace: Trace) -> list[float]:
    found = [trace.env[key] for key in trace.env if isinstance(key, tuple) and key[0] == "lam"]
    return sorted(number(number_ball(v) if isinstance(v, Algebraic) else v) for v in found)


@pytest.mark.oracle
@settings(max_examples=150)
@given(PROBLEMS)
def test_agrees_with_sympy_and_numpy(p: dict[str, Any]) -> None:
    import sympy

    trace = solved(TOPIC, p)
    by, point, f = sympy_of(p)
    symbols = [sympy.Symbol(v) for v in by]
    assert number(trace.env["f"]) == pytest.approx(float(f.subs(point)), rel=1e-9, abs=1e-9)
    for s in symbols:
        slope = float(sympy.diff(f, s).subs(point))
        assert number(trace.env[f"d{s}"]) == pytest.approx(slope, rel=1e-9, abs=1e-9)
    H = np.array(sympy.hessian(f, symbols).subs(point).evalf(30).tolist(), dtype=float)
    np.testing.assert_allclose(array(trace.env["H"]), H, rtol=1e-9, atol=1e-9)
    values = np.linalg.eigvalsh(H)
    np.testing.assert_allclose(values_of(trace), values, rtol=1e-7, atol=1e-7)
    sizes = np.abs(values)
    if sizes.min() > 1e-6:
        assert number(trace.env["kappa"]) == pytest.approx(np.linalg.cond(H), rel=1e-6)
        expected = "upwards" if values[0] > 0 else "downwards" if values[-1] < 0 else "saddle"
        assert trace.env["curvature"] == expected
        if expected == "upwards":
            assert number(trace.env["lr_max"]) == pytest.approx(2 / values[-1], rel=1e-6)
            assert number(trace.env["lr_best"]) == pytest.approx(2 / (values[0] + values[-1]), rel=1e-6)


@settings(max_examples=50)
@given(quadratics())
def test_the_best_rate_shrinks_both_ends_alike(p: dict[str, Any]) -> None:
    trace = solved(TOPIC, p)
    if "lr_best" in trace.env:
        best, values = number(trace.env["lr_best"]), values_of(trace)
        assert abs(1 - best * values[0]) == pytest.approx(abs(1 - best * values[-1]), abs=1e-9)
        assert best < number(trace.env["lr_max"])


# -- the notes -------------------------------------------------------------------------------------


def test_the_ravine_of_the_notes() -> None:
    trace = solved(TOPIC, {"f": "100w1^2 + w2^2"})
    assert array(trace.env["H"]).tolist() == [[200, 0], [0, 2]]
    assert [trace.env["lam", k] for k in (1, 2)] == [200, 2]
    assert trace.env["kappa"] == 100
    assert trace.env["curvature"] == "upwards"
    assert trace.env["lr_max"] == fmpq(1, 100)
    assert trace.env["lr_best"] == fmpq(1, 101)


@pytest.mark.parametrize(
    ("f", "at", "curvature", "point"),
    [
        ("x^2 + y^2", [0, 0], "upwards", "minimum"),
        ("-x^2 - 3y^2", [0, 0], "downwards", "maximum"),
        ("x^2 - y^2", [0, 0], "saddle", "saddle point"),
        ("x^3 - 3x*y^2", [0, 0], "flat", "undecided: flat in some direction"),
        ("x^2 + y^4", [0, 0], "upwards or flat", "undecided: flat in some direction"),
        ("-x^2 - y^4", [0, 0], "downwards or flat", "undecided: flat in some direction"),
        ("x^2 + y^2", [1, 0], "upwards", "not stationary"),
        ("exp(x) - x", [0], "upwards", "minimum"),
        ("sin(x)*sin(y)", [0, 0], "saddle", "saddle point"),
        ("x^4/4 - x^2/2 + y^2", [1, 0], "upwards", "minimum"),
    ],
)
def test_points_are_told_apart(f: str, at: list[int], curvature: str, point: str) -> None:
    trace = solved(TOPIC, {"f": f, "at": at})
    assert (trace.env["curvature"], trace.env["point"]) == (curvature, point)


def test_surds_stay_exact() -> None:
    trace = solved(TOPIC, {"f": "3x^2 + x*y + y^2"})
    assert all(isinstance(trace.env["lam", k], Algebraic) for k in (1, 2))


def test_a_flat_direction_has_no_condition_number() -> None:
    trace = solved(TOPIC, {"f": "(x + y)^2"})
    assert trace.env["kappa"] == "infinite"
    assert "lr_best" not in trace.env


@pytest.mark.parametrize(
    ("given_", "where"),
    [
        ({}, "$.given.f"),
        ({"f": "3 + 4"}, "$.given.f"),
        ({"f": "x^3"}, "$.given.at"),
        ({"f": "x^3", "at": [1, 2]}, "$.given.at"),
        ({"f": "x^3 + y", "at": {"x": 1}}, "$.given.at"),
        ({"f": "x^3", "at": {"x": 1, "z": 2}}, "$.given.at.z"),
        ({"f": "a+b+c+d+k+m+n+o+p"}, "$.given.f"),
        ({"f": "kappa^2"}, "$.given.f"),
        ({"f": "floor(x)^2"}, "$.given.f"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(given_: dict[str, Any], where: str) -> None:
    with pytest.raises(InputError) as fault:
        run(TOPIC, read_problem(Problem, given_))
    assert fault.value.where == where
