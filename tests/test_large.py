"""Problems beyond hand size: drawn by their ends, checked all at once, right."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from dlsolve import catalog
from dlsolve.differences import finite_differences
from dlsolve.fields import read_problem
from dlsolve.formula.compiled import FLOAT64
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.show import Digits
from dlsolve.readings import all_exact, ends
from dlsolve.render import Options, render
from dlsolve.solver import Solution, run, solve_problem
from dlsolve.trace import Key

RNG = numpy.random.default_rng(5)


def network(inputs: int, hidden: int, outputs: int, samples: int) -> dict[str, Any]:
    return {
        "x": RNG.random((samples, inputs)).round(3).tolist(),
        "y": numpy.eye(outputs)[RNG.integers(0, outputs, samples)].tolist(),
        "W1": RNG.normal(size=(hidden, inputs)).round(3).tolist(),
        "W2": RNG.normal(size=(outputs, hidden)).round(3).tolist(),
        "activations": ["relu", "softmax"], "loss": "cce", "lr": 0.1,
    }  # fmt: skip


def solved(name: str, given: dict[str, Any], **how: Any) -> Solution:
    topic = catalog.topic(name)
    return solve_problem(topic, read_problem(topic.problem, given), numbers=10_000, **how)


def test_a_large_network_learns_as_numpy_does() -> None:
    given = network(70, 66, 5, 80)
    trace = solved("backprop", given).trace
    x, y = numpy.array(given["x"]).T, numpy.array(given["y"]).T
    z1 = numpy.array(given["W1"]) @ x
    a1 = numpy.maximum(z1, 0)
    z2 = numpy.array(given["W2"]) @ a1
    y_hat = numpy.exp(z2) / numpy.exp(z2).sum(axis=0)
    dz2 = (y_hat - y) / 80
    dz1 = (numpy.array(given["W2"]).T @ dz2) * (z1 > 0)
    numpy.testing.assert_allclose(trace.env["W", 2, 1], numpy.array(given["W2"]) - 0.1 * dz2 @ a1.T, rtol=1e-9)
    numpy.testing.assert_allclose(trace.env["W", 1, 1], numpy.array(given["W1"]) - 0.1 * dz1 @ x.T, rtol=1e-9)
    assert all(check.holds for check in trace.checks)
    assert any("one direction through all" in check.text for check in trace.checks)


def test_the_finite_difference_of_a_large_network_tells_a_wrong_gradient() -> None:
    topic = catalog.topic("backprop")
    trace = run(topic, read_problem(topic.problem, network(30, 20, 4, 40)), arithmetic=FLOAT64)
    assert all(check.holds for check in trace.checks)
    gradients: dict[Key, Key] = {(w, n, 0): ("d" + w, n, 1) for n in (1, 2) for w in ("W", "b")}
    for key in gradients.values():
        right = trace.env[key]
        trace.env[key] = right * (1 + numpy.eye(*right.shape))
        trace.checks.clear()
        finite_differences(trace, ("L", 1), gradients)
        assert [check.holds for check in trace.checks] == [False], key
        trace.env[key] = right


@pytest.mark.parametrize("fmt", ["plain", "markdown"])
def test_a_large_matrix_is_drawn_by_its_ends_as_if_it_were_whole(fmt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    solution = solved("backprop", network(70, 66, 5, 80))
    drawn = render(solution, fmt, Options(width=90))
    assert len(drawn) < 60_000
    monkeypatch.setattr("dlsolve.readings.values.LARGE", 10**9)
    assert render(solution, fmt, Options(width=90)) == drawn


def test_ends_leave_small_values_alone_and_keep_both_ends() -> None:
    grid = numpy.arange(65 * 3).reshape(65, 3)
    assert ends(grid[:64]) is not None
    assert ends(grid[:64]).shape == (64, 3)
    assert ends(grid).tolist() == [*grid[:10].tolist(), *grid[-5:].tolist()]
    exact: Any = Matrix(grid.T.tolist())  # type: ignore[arg-type]
    assert ends(exact).rows == tuple(tuple(row) for row in ends(grid).T.tolist())
    assert ends(3) == 3


def test_a_number_hidden_in_the_middle_still_makes_a_matrix_inexact() -> None:
    column = numpy.ones((100, 1))
    assert all_exact(column, Digits(5))
    column[50] = 1 / 3
    assert not all_exact(column, Digits(5))


def test_one_long_section_among_few_loses_its_middle_and_no_other() -> None:
    given = {"counts": [str(n) for n in range(1, 301)]}
    text = render(solved("entropy", given), "plain", Options(width=90))
    assert len(text.splitlines()) < 250
    for part in ("Relative frequencies", "Entropy", "In nats", "steps not shown"):
        assert part in text
