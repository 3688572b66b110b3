"""A letter in the matrix against SymPy: its determinant, the roots, ranks and solutions there."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.formula.text import python
from dlsolve.policy import Slip
from dlsolve.topics.linear_algebra.matrix_parameter import TOPIC
from dlsolve.trace import Trace
from tests.values import solved

K = sympy.Symbol("k")


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(2, 3))
    number = st.integers(-3, 3).map(str)
    cell = st.one_of(number, number, st.sampled_from(["k", "-k", "2*k", "k + 1", "k^2"]))
    rows = draw(st.lists(st.lists(cell, min_size=n, max_size=n), min_size=n, max_size=n))
    rows[draw(st.integers(0, n - 1))][draw(st.integers(0, n - 1))] = "k"
    stated: dict[str, Any] = {"matrix": rows}
    match draw(st.sampled_from(["", "b", "eigenvalue", "value"])):
        case "b":
            stated["b"] = draw(st.lists(st.one_of(number, st.just("k")), min_size=n, max_size=n))
        case "eigenvalue":
            stated["eigenvalue"] = draw(st.integers(-2, 2))
        case "value":
            stated["value"] = draw(st.integers(-3, 3))
    return stated


PROBLEMS = problems()


def matrix(p: dict[str, Any]) -> Any:
    read = sympy.Matrix([[sympy.sympify(e.replace("^", "**"), locals={"k": K}) for e in row] for row in p["matrix"]])
    return read - p.get("eigenvalue", 0) * sympy.eye(read.shape[0])


def roots_of(trace: Trace) -> list[Any]:
    return [value for key, value in trace.env.items() if isinstance(key, tuple) and key[0] == "k"]


@settings(max_examples=60)
@given(PROBLEMS)
def test_determinant_roots_ranks_and_solutions(p: dict[str, Any]) -> None:
    trace = solved(TOPIC, p)
    a = matrix(p)
    det = sympy.expand(a.det())
    ours = sympy.sympify(python(trace.env["det_poly"]), locals={"k": K})  # type: ignore[arg-type]
    assert sympy.expand(ours - det) == 0
    wanted = sympy.Poly(det - p.get("value", 0), K)
    assert len(roots_of(trace)) == (0 if wanted.degree() < 1 else len(set(sympy.roots(wanted, multiple=True))) or
                                    wanted.degree())  # fmt: skip
    for n, value in enumerate(roots_of(trace), 1):
        if not isinstance(value, fmpq):
            continue
        at = sympy.Rational(int(value.p), int(value.q))
        assert wanted.eval(at) == 0
        if p.get("value"):
            continue
        there = a.subs(K, at)
        assert trace.env["rank", n] == there.rank()
        if "b" in p:
            b = sympy.Matrix([sympy.sympify(e, locals={"k": K}) for e in p["b"]]).subs(K, at)
            solvable = there.row_join(b).rank() == there.rank()
            assert trace.env["solutions", n] == ("infinitely many" if solvable else "none")
    assert all(c.holds for c in trace.checks)


def test_irrational_and_complex_values() -> None:
    trace = solved(TOPIC, {"matrix": [["k", "2"], ["1", "k"]]})
    assert [trace.env["rank", n] for n in (1, 2)] == [1, 1]
    trace = solved(TOPIC, {"matrix": [["k", "1"], ["-1", "k"]]})
    assert any("No real k" in r for r in trace.remarks)


def test_a_determinant_that_does_not_depend_on_the_letter() -> None:
    assert solved(TOPIC, {"matrix": [["1", "k"], ["0", "1"]]}).env["otherwise"] == "never singular"
    assert solved(TOPIC, {"matrix": [["k", "k"], ["1", "1"]]}).env["otherwise"] == "singular"


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"matrix": [["1", "2"], ["3", "4"]]}, "one letter is needed"),
        ({"matrix": [["a", "b"], ["3", "4"]]}, "more than one letter"),
        ({"matrix": [["k", "2", "3"], ["3", "4", "5"]]}, "not square"),
        ({"matrix": [["sin(k)", "2"], ["3", "4"]]}, "not a polynomial"),
        ({"matrix": [["1/k", "2"], ["3", "4"]]}, "not a polynomial"),
        ({"matrix": [["k^99", "2"], ["3", "4"]]}, "not a polynomial"),
        ({"matrix": [["k", "2"], ["3", "4"]], "b": ["1"]}, "A has 2 rows"),
        ({"matrix": [["k", "2"], ["3", "4"]], "b": ["1", "1"], "value": 1}, "one at a time"),
        ({"matrix": [["__import__('os')", "2"], ["3", "4"]]}, "$.given.matrix"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    p = {"matrix": [["k", "1", "1"], ["1", "k", "1"], ["1", "1", "k"]]}
    assert solved(TOPIC, p).env["nullity", 1] != solved(TOPIC, p, policy=Slip(slip.rule)).env["nullity", 1]
