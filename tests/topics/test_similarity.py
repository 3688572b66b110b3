"""Cosines and distances against SciPy and scikit-learn; impossible cosines."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.printed import differs
from dlsolve.topics.similarity.similarity import TOPIC
from tests.cases import FILES
from tests.values import number, solved

ENTRIES = st.one_of(st.integers(-5, 5), st.integers(-30, 30).map(lambda n: n / 10))


@st.composite
def _vectors(draw: st.DrawFn) -> dict[str, Any]:
    """Two to four vectors of one length; now and then one that is parallel to the first."""
    n = draw(st.integers(1, 5))
    rows = draw(st.lists(st.lists(ENTRIES, min_size=n, max_size=n), min_size=2, max_size=3))
    if draw(st.booleans()):
        factor = draw(st.integers(-3, 3))
        rows[-1] = [round(e * factor, 1) for e in rows[0]]
    names = draw(st.sampled_from([["A", "B", "C", "D"], ["d1", "d2", "my doc", "x"]]))
    return {"vectors": dict(zip(names, rows, strict=False))}


PROBLEMS = _vectors()


@given(PROBLEMS)
@settings(max_examples=100)
def test_it_agrees_with_scipy_and_scikit_learn(problem: dict[str, Any]) -> None:
    distance = pytest.importorskip("scipy.spatial.distance")
    pairwise = pytest.importorskip("sklearn.metrics.pairwise")
    trace = solved(TOPIC, problem)
    for u, v in combinations(problem["vectors"], 2):
        a, b = (np.array(problem["vectors"][w], float) for w in (u, v))
        assert number(trace.env["dot", u, v]) == pytest.approx(a @ b, abs=1e-9)
        assert number(trace.env["dist", u, v]) == pytest.approx(distance.euclidean(a, b), abs=1e-9)
        assert number(trace.env["manhattan", u, v]) == pytest.approx(distance.cityblock(a, b), abs=1e-9)
        if not (a.any() and b.any()):
            assert trace.env["cos_sim", u, v] == "undefined"
            continue
        cosine = pairwise.cosine_similarity([a], [b])[0, 0]
        assert number(trace.env["cos_sim", u, v]) == pytest.approx(cosine, abs=1e-9)
        wanted = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
        assert number(trace.env["angle", u, v]) == pytest.approx(wanted, abs=1e-4)
    assert all(c.holds for c in trace.checks)


@given(PROBLEMS, st.integers(1, 9))
@settings(max_examples=30)
def test_a_longer_vector_has_the_same_angles(problem: dict[str, Any], factor: int) -> None:
    first = next(iter(problem["vectors"]))
    longer = {**problem["vectors"], first: [round(e * factor, 1) for e in problem["vectors"][first]]}
    once, again = solved(TOPIC, problem), solved(TOPIC, {"vectors": longer})
    for key, value in once.env.items():
        if key[0] == "cos_sim":
            other = again.env[key]
            same = value == other if isinstance(value, str) else number(value) == pytest.approx(number(other), abs=1e-9)
            assert same


def test_parallel_vectors_have_exact_angles() -> None:
    trace = solved(TOPIC, {"vectors": {"u": [0.1, 0.2], "v": [0.3, 0.6], "w": [-1, -2]}})
    assert trace.env["angle", "u", "v"] == 0
    assert trace.env["angle", "u", "w"] == 180


def test_rows_of_a_matrix_are_named_by_letters() -> None:
    trace = solved(TOPIC, {"vectors": [[3, 4], [4, 3]]})
    assert number(trace.env["cos_sim", "A", "B"]) == 0.96
    assert trace.aliases["cos_sim_AB"] == ("cos_sim", "A", "B")


def test_float64_near_parallel() -> None:
    trace = solved(TOPIC, {"vectors": {"a": [0.1, 0.2, 0.3], "b": [0.1, 0.2, 0.3]}}, arithmetic=FLOAT64)
    assert number(trace.env["angle", "a", "b"]) == 0


# -- the notes, which print cosines that no vectors have ------------------------------------------


def test_e141_the_printed_norm_differs() -> None:
    """E141: |B| is printed as 0.8839; |A| = 0.96 is cut off, not rounded."""
    case = next(c for c in FILES if c.id == "similarity/cosine-similarity")
    told = {d.name: (d.printed, d.shown) for d in differs(case.solution())}
    assert told == {"norm_A": ("0.96", "0.96954"), "norm_B": ("0.8839", "0.88318")}


def test_e142_the_printed_dot_products_are_impossible_together() -> None:
    """E142: A·C = 0.92 and B·C = 0.51 belong to no vector C of length 1."""
    given_ = {
        "vectors": {"A": [0.2, 0.5, 0.8, 0.1], "B": [0.3, 0.4, 0.7, 0.2]},
        "norms": {"C": 1},
        "dots": {"A C": 0.92, "B C": 0.51},
    }
    with pytest.raises(InputError, match=r"impossible together: no vectors A, B, C .*Gram determinant is negative"):
        solved(TOPIC, given_)
    long = solved(TOPIC, {**given_, "norms": {"C": 3}})  # |C| of at least 2.05 is possible
    assert number(long.env["cos_sim", "A", "C"]) == pytest.approx(0.92 / (3 * 0.94**0.5))


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        (
            {"norms": {"A": 0.5, "B": 1}, "dots": {"A,B": 0.92}},
            r"\$\.given\.dots\.A B: an impossible cosine: \|A·B\| is",
        ),
        ({"vectors": {"A": [1, 2]}}, "fewer than two vectors"),
        ({"vectors": {"A": [1, 2], "B": [1, 2, 3]}}, r"\$\.given\.vectors\.B: A has 2 entries \(found 3 entries\)"),
        ({"vectors": {"A": [1, 2], "B": [1, 3]}, "norms": {"A": 1}}, r"\$\.given\.norms\.A: A is given"),
        ({"vectors": {"A": [1, 2], "B": [1, 3]}, "dots": {"A B": 1}}, "both vectors are given"),
        ({"norms": {"A": 1, "B": 1}, "dots": {"A X": 1}}, r"\$\.given\.dots\.A X: no pair of the vectors"),
        ({"norms": {"A": 1, "B": 1}, "dots": {"A B": 1, "B·A": 1}}, "this pair is given twice"),
        ({"norms": {"A": 1, "B": 1, "C": 1}, "dots": {"A B": 1}}, "C is known by its norm alone"),
        ({"norms": {"A": 0, "B": 1}, "dots": {"A B": 0}}, "out of bounds"),
        ({"vectors": [[1]] * 13}, "more than 12 vectors"),
    ],
)
def test_what_is_refused(given_: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        solved(TOPIC, given_)


def test_a_cosine_of_fractions_is_exact() -> None:
    assert solved(TOPIC, {"norms": {"A": 0.9695, "C": 1}, "dots": {"A C": 0.92}}).env["cos_sim", "A", "C"] == fmpq(
        1840, 1939
    )
