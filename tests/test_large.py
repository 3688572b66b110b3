"""Problems beyond hand size: drawn by their ends, checked all at once, right."""

from __future__ import annotations

import tracemalloc
from typing import Any

import hypothesis
import numpy
import pytest
from flint import fmpq
from hypothesis import strategies as st

from dlsolve import catalog
from dlsolve.differences import finite_differences
from dlsolve.errors import DlsolveError, LimitError
from dlsolve.fields import read_problem
from dlsolve.formula.compiled import FLOAT64
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.show import Digits
from dlsolve.readings import all_exact, ends
from dlsolve.render import Options, render
from dlsolve.solver import Solution, run, solve_problem
from dlsolve.trace import Gap, Key
from dlsolve.worked.thresholds import falling

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


def short(monkeypatch: pytest.MonkeyPatch, many: int, kept: int) -> None:
    """Treat problems of more than `many` values or steps as very long ones."""
    for module in ("numbers.families", "trace.record", "trace.lengths", "formula.compiled"):
        monkeypatch.setattr(f"dlsolve.{module}.MANY", many)
    monkeypatch.setattr("dlsolve.trace.lengths.KEPT", kept)
    monkeypatch.setattr("dlsolve.solver.FLOAT_FROM_STEPS", 100)


# -- many values ----------------------------------------------------------------------------------


def test_an_entropy_of_many_outcomes_is_what_numpy_says() -> None:
    weights = RNG.integers(0, 50, 12_000)
    others = RNG.integers(1, 50, 12_000)
    solution = solved("entropy", {"counts": weights.tolist(), "counts_q": others.tolist(), "reverse": False})
    env = solution.trace.env
    p, q = weights / weights.sum(), others / others.sum()
    some = p[p > 0]
    assert env["H"] == pytest.approx(-(some * numpy.log2(some)).sum(), rel=1e-12)
    assert env["CE"] == pytest.approx(-(p * numpy.log2(q)).sum(), rel=1e-12)
    assert env["KL"] == pytest.approx(env["CE"] - env["H"], rel=1e-9)
    for i in (1, 6_000, 12_000):
        assert env["p", i] == pytest.approx(p[i - 1])
    assert all(check.holds for check in solution.trace.checks)


@pytest.mark.parametrize("reverse", [False, True])
def test_many_outcomes_give_the_values_that_single_ones_do(reverse: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def given(n: int) -> dict[str, Any]:
        rng = numpy.random.default_rng(n)
        out = {"counts": rng.integers(0, 9, n).tolist(), "counts_q": rng.integers(0, 9, n).tolist()}
        out["counts_q"] = [max(a, 1) if c else a for a, c in zip(out["counts_q"], out["counts"], strict=True)]
        return {**out, "reverse": reverse}

    one = solved("entropy", given(300), whole=True).trace
    short(monkeypatch, 100, kept=20)
    at_once = solved("entropy", given(300)).trace
    assert any(isinstance(item, Gap) for item in at_once.items)
    assert len(at_once.items) < len(one.items) / 2
    assert one.answers == at_once.answers
    for key in one.steps:
        here, there = one.env[key], at_once.env[key]
        assert here == there or here == pytest.approx(there, rel=1e-12), key


@pytest.mark.parametrize("topic", ["roc", "precision-recall"])
def test_many_scores_give_the_values_that_single_ones_do(topic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = numpy.random.default_rng(3)
    given = {"y_true": rng.integers(0, 2, 400).tolist(), "y_score": rng.integers(0, 250, 400).tolist()}
    one = solved(topic, given, whole=True).trace
    short(monkeypatch, 100, kept=60)
    at_once = solved(topic, given).trace
    assert len(at_once.items) < len(one.items) / 2
    for key in one.steps:
        assert at_once.env[key] == pytest.approx(one.env[key], rel=1e-9, abs=1e-12), key
    assert all(check.holds for check in at_once.checks)
    for fmt in ("plain", "markdown", "json"):
        solution = solved(topic, given)
        assert render(solution, fmt, Options())


def test_the_area_under_a_long_roc_curve_is_scikit_learns() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    y = RNG.integers(0, 2, 30_000)
    score = (RNG.normal(size=30_000) + y).round(3)
    given = {"y_true": y.tolist(), "y_score": score.tolist()}
    assert solved("roc", given).trace.env["AUC"] == pytest.approx(metrics.roc_auc_score(y, score), rel=1e-12)
    found = solved("precision-recall", given).trace.env["AP"]
    assert found == pytest.approx(metrics.average_precision_score(y, score), rel=1e-12)


def test_what_has_no_value_among_many_is_named() -> None:
    given = {"TP": [0, *[1] * 10_999], "FP": [0] * 11_000, "FN": [1, *[0] * 10_999], "TN": [0] * 11_000}
    with pytest.raises(DlsolveError, match=r"FP|TN|class"):
        solved("roc", given)


# -- many steps -----------------------------------------------------------------------------------

W = {"f": "(w1 - 3)^2 + 2*w2^2", "start": "0 1", "lr": "0.01"}
RUNS: dict[str, dict[str, Any]] = {
    "adam": {**W, "weight_decay": "0.01", "steps": 300},
    "adagrad": {**W, "steps": 300},
    "rmsprop": {**W, "steps": 300},
    "momentum": {**W, "nesterov": True, "steps": 300},
    "lr-decay": {**W, "schedule": "sqrt", "steps": 300},
    "gd": {"X": [[1, 2], [2, 1], [3, 3], [4, 0]], "y": [1, 2, 3, 4], "b": 0, "lr": "0.01", "batches": 2, "epochs": 150},
    "backprop": {"x": [[1, 2], [2, 1]], "y": [[1], [0]], "W1": [[0.1, 0.2], [0.3, 0.4]], "W2": [[0.5, 0.6]],
                 "activations": ["tanh", "sigmoid"], "loss": "bce", "epochs": 110},
}  # fmt: skip


def test_every_topic_that_counts_steps_is_among_these() -> None:
    stepped = {t.name for t in catalog.all_topics() if t.steps.__module__ != "dlsolve.topic"}
    assert stepped == set(RUNS)


@pytest.mark.parametrize("topic", RUNS)
def test_a_long_run_keeps_both_ends_and_ends_where_the_whole_run_does(
    topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    short(monkeypatch, 1_000, kept=300)
    whole, kept = (solved(topic, RUNS[topic], arith="float64", whole=whole) for whole in (True, False))
    assert len(whole.trace.items) > 1_000 >= len(kept.trace.items)
    assert any(isinstance(item, Gap) for item in kept.trace.items)
    for key in whole.trace.answers:
        assert numpy.array_equal(whole.trace.env[key], kept.trace.env[key]), key
    for key in kept.trace.steps:
        assert numpy.array_equal(whole.trace.env[key], kept.trace.env[key]), key
    for fmt in ("plain", "markdown"):
        a, b = (render(s, fmt, Options()) for s in (whole, kept))
        assert a == b
    assert '"elided"' in render(kept, "json", Options())


def test_memory_does_not_grow_with_the_number_of_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    short(monkeypatch, 1_000, kept=100)

    def peak(steps: int) -> int:
        tracemalloc.start()
        try:
            solved("adam", {"f": "(w - 3)^2", "start": "0", "lr": "0.01", "steps": steps})
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1_500)

    assert peak(20_000) < 1.1 * peak(1_500)


def test_large_arrays_of_many_epochs_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlsolve.trace.lengths.MOST_HELD", 50_000)
    given = {"X": list(range(200)), "y": list(range(200)), "b": 0, "lr": "1e-6", "epochs": 1_001}
    trace = solved("gd", given).trace
    assert sum(value.size for value in trace.env.values() if hasattr(value, "size")) < 200_000
    assert trace.steps[trace.answers[0]]


def test_a_run_beyond_the_limit_is_refused_though_nothing_of_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    short(monkeypatch, 500, kept=100)
    given = {"X": [1, 2, 3], "y": [2, 4, 6], "b": 0, "lr": "0.01", "batches": 3, "epochs": 200}
    assert solved("gd", given, limit=1_200).trace.answers
    with pytest.raises(LimitError):
        solved("gd", given, limit=700)


OPTIMISERS: dict[str, dict[str, Any]] = {
    **{name: RUNS[name] for name in ("adam", "adagrad", "rmsprop", "momentum", "lr-decay")},
    "adam on one variable": {"f": "(w - 3)^4", "start": "0", "lr": "0.01", "steps": 300},
    "adam from gradients": {"g": [f"{k * 37 % 201 - 100}e-2" for k in range(300)]},
    "lr-decay by time": {"f": "w^2", "start": "1", "lr": "0.1", "schedule": "time", "k": "0.1", "steps": 300},
}


@pytest.mark.parametrize("name", OPTIMISERS)
def test_the_middle_of_a_long_run_is_a_loop_with_the_same_values(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    topic = name.partition(" ")[0]
    whole = solved(topic, OPTIMISERS[name], arith="float64", whole=True).trace
    short(monkeypatch, 100, kept=120)
    kept = solved(topic, OPTIMISERS[name], arith="float64")
    assert len(kept.trace.steps) < 0.9 * len(whole.steps)
    assert sum(isinstance(item, Gap) for item in kept.trace.items) == 1
    for key in [*kept.trace.steps, *whole.answers]:
        assert numpy.array_equal(whole.env[key], kept.trace.env[key]), key
    for fmt in ("plain", "markdown", "json"):
        assert render(kept, fmt, Options())


def test_a_step_of_the_middle_that_cannot_be_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"f": "sqrt(w)", "start": "1", "lr": "0.01", "steps": 300}
    with pytest.raises(DlsolveError) as alone:
        solved("lr-decay", {**given, "schedule": "constant"}, arith="float64", whole=True)
    short(monkeypatch, 100, kept=30)
    with pytest.raises(DlsolveError) as among:
        solved("lr-decay", {**given, "schedule": "constant"}, arith="float64")
    assert str(alone.value) == str(among.value)
    assert "g_" in str(alone.value)


@hypothesis.given(st.lists(st.integers(0, 6), min_size=1, max_size=12), st.integers(1, 60))
def test_scores_too_close_for_doubles_fall_in_order(steps: list[int], places: int) -> None:
    scores = [fmpq(1) + fmpq(n, 10**places) for n in steps]
    assert list(falling(scores)) == sorted(range(len(scores)), key=lambda i: scores[i], reverse=True)
