"""Products, sums, powers and transposes against SymPy."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.topics.linear_algebra.matmul import TOPIC
from tests.matrices import of_shape, oracle, square, to_sympy
from tests.values import solved


def _chain(sizes: list[int]) -> st.SearchStrategy[dict[str, Any]]:
    names = "ABCD"[: len(sizes) - 1]
    return st.fixed_dictionaries({x: of_shape(m, n) for x, m, n in zip(names, sizes, sizes[1:], strict=False)})


CHAINS = st.lists(st.integers(1, 4), min_size=3, max_size=5).flatmap(_chain)
PAIRS = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda s: st.fixed_dictionaries({"A": of_shape(*s), "B": of_shape(*s)})
)
PROBLEMS = st.one_of(
    CHAINS,
    PAIRS.map(lambda p: {**p, "op": "sum"}),
    PAIRS.map(lambda p: {**p, "op": "difference"}),
    PAIRS.map(lambda p: {"A": p["A"], "op": "transpose"}),
    st.tuples(square(3), st.integers(2, 5)).map(lambda p: {"A": p[0], "op": "power", "n": p[1]}),
)


@given(PROBLEMS)
@settings(max_examples=150)
def test_it_agrees_with_sympy(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    factors = [oracle(problem[x]) for x in "ABCD" if x in problem]
    match problem.get("op", "product"):
        case "product":
            wanted = factors[0]
            for factor in factors[1:]:
                wanted = wanted * factor
        case "sum":
            wanted = factors[0] + factors[1]
        case "difference":
            wanted = factors[0] - factors[1]
        case "transpose":
            wanted = factors[0].T
        case _:
            wanted = factors[0] ** problem["n"]
    assert to_sympy(trace.env[trace.answers[-1]]) == wanted
    assert trace.checks
    assert all(c.holds for c in trace.checks)


def test_shapes_are_said() -> None:
    trace = solved(TOPIC, {"A": [[1, 2, 3]], "B": [[1], [2], [3]]})
    assert "A is 1×3, B is 3×1: the inner numbers agree, and A·B is 1×1." in [
        getattr(i, "text", "") for i in trace.items
    ]


TWO, WIDE = [[1, 2], [3, 4]], [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"A": WIDE, "B": WIDE}, r"A is 2×3 with 3 columns, B has 2 rows \(found 2×3\); A·Bᵀ exists"),
        ({"A": WIDE, "B": TWO}, r"\$\.given\.B: A·B does not exist.*B·A exists: give them in the other order"),
        ({"A": TWO, "B": TWO, "C": [[1, 2, 3]]}, r"\$\.given\.C: B·C does not exist.*as many rows as B has columns"),
        ({"A": TWO, "B": WIDE, "op": "sum"}, r"\$\.given\.B: A is 2×2; they need the same shape \(found 2×3\)"),
        ({"A": TWO}, r"\$\.given\.B: missing"),
        ({"A": TWO, "C": TWO}, r"\$\.given\.B: missing, but C is given"),
        ({"A": TWO, "B": TWO, "op": "transpose"}, r"\$\.given\.B: the transpose is of one matrix"),
        ({"A": WIDE, "op": "power"}, r"\$\.given\.A: not square"),
        ({"A": TWO, "B": TWO, "n": 3}, r"\$\.given\.n: only a power has it"),
        ({"A": TWO, "B": TWO, "C": TWO, "op": "difference"}, r"\$\.given\.C: a difference is of two"),
        ({"A": TWO, "op": "power", "n": 13}, r"\$\.given\.n"),
    ],
)  # fmt: skip
def test_what_is_refused(given_: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        solved(TOPIC, given_)
