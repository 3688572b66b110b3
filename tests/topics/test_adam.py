"""Adam against PyTorch, against loops of its own in NumPy, and against the notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.fields import read_problem
from dlsolve.formula.compiled import FLOAT64
from dlsolve.solver import run
from dlsolve.topics.optimisers.adam import TOPIC, Problem
from dlsolve.trace import Trace
from tests.values import array, number, solved

DECIMALS = st.integers(-400, 400).map(lambda n: n / 100)
DECAYS = st.sampled_from([0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999])
RATES = st.sampled_from([0.0001, 0.001, 0.01, 0.1, 0.5, 1])
EPSILONS = st.sampled_from(["1e-8", "1e-7", "1e-3", "0.1"])
FUNCTIONS: dict[str, tuple[list[str], Any]] = {
    "100*w1^2 + w2^2": (["w1", "w2"], lambda s, a, b: 100 * a**2 + b**2),
    "(w - 3)^2": (["w"], lambda s, w: (w - 3) ** 2),
    "(1 - x)^2 + 10*(y - x^2)^2": (["x", "y"], lambda s, x, y: (1 - x) ** 2 + 10 * (y - x**2) ** 2),
    "exp(x/4) + y^2 - x*y": (["x", "y"], lambda s, x, y: s.exp(x / 4) + y**2 - x * y),
    "ln(1 + exp(x)) + x^2/8": (["x"], lambda s, x: s.log(1 + s.exp(x)) + x**2 / 8),
    "a*b*c + a^2 + b^2 + c^2": (["a", "b", "c"], lambda s, a, b, c: a * b * c + a**2 + b**2 + c**2),
    "sin(x) + x^2/10": (["x"], lambda s, x: s.sin(x) + x**2 / 10),
}
"""By what is typed: its variables, and the same function over SymPy's."""


@st.composite
def gradient_problems(draw: st.DrawFn) -> dict[str, Any]:
    """Scalar or vector gradients, zero ones among them."""
    steps = draw(st.integers(1, 5))
    size = draw(st.integers(0, 3))
    one = st.lists(DECIMALS, min_size=size, max_size=size) if size else DECIMALS
    given_ = {
        "g": draw(st.lists(one, min_size=steps, max_size=steps)),
        "lr": draw(RATES),
        "beta1": draw(DECAYS),
        "beta2": draw(DECAYS),
        "eps": draw(EPSILONS),
    }
    if draw(st.booleans()):
        given_["start"] = draw(st.lists(DECIMALS, min_size=max(1, size), max_size=max(1, size)))
    return given_


@st.composite
def function_problems(draw: st.DrawFn) -> dict[str, Any]:
    """A typed function from a start point."""
    f = draw(st.sampled_from(sorted(FUNCTIONS)))
    values = st.integers(-20, 20).map(lambda n: n / 10)
    point = {v: draw(values) for v in FUNCTIONS[f][0]}
    start: Any = point if draw(st.booleans()) else list(point.values())
    return {"f": f, "start": start, "steps": draw(st.integers(1, 3)), "lr": draw(RATES), "beta1": draw(DECAYS),
            "beta2": draw(DECAYS), "eps": draw(EPSILONS)}  # fmt: skip


@st.composite
def decayed_problems(draw: st.DrawFn) -> dict[str, Any]:
    """AdamW: the weights decay beside the step."""
    decay = draw(st.sampled_from([0.01, 0.1, 0.5]))
    return {**draw(st.one_of(gradient_problems(), function_problems())), "weight_decay": decay}


PROBLEMS = st.one_of(gradient_problems(), function_problems(), decayed_problems())


def reference(
    g: Sequence[np.ndarray], start: np.ndarray, lr: float, beta1: float, beta2: float, eps: float, keras: bool = False
) -> list[dict[str, np.ndarray]]:
    """Adam as the paper's pseudo-code has it, and in Keras' order of operations."""
    m, v, theta = np.zeros_like(start), np.zeros_like(start), start.copy()
    rows = []
    for k, gradient in enumerate(g, 1):
        m = m + (gradient - m) * (1 - beta1)
        v = v + (gradient * gradient - v) * (1 - beta2)
        if keras:
            theta = theta - lr * np.sqrt(1 - beta2**k) / (1 - beta1**k) * m / (np.sqrt(v) + eps)
        else:
            theta = theta - lr * (m / (1 - beta1**k)) / (np.sqrt(v / (1 - beta2**k)) + eps)
        rows.append({"m": m, "v": v, "theta": theta})
    return rows


def numbers(p: Mapping[str, Any]) -> dict[str, float]:
    return {k: float(p[k]) for k in ("lr", "beta1", "beta2", "eps")}


def gradients(p: Mapping[str, Any]) -> tuple[list[np.ndarray], np.ndarray]:
    g = [np.atleast_1d(np.array(x, dtype=float)) for x in p["g"]]
    return g, np.array(p.get("start", [0.0] * len(g[0])), dtype=float)


@settings(max_examples=200)
@given(gradient_problems(), st.booleans())
def test_agrees_with_a_plain_loop(p: dict[str, Any], keras: bool) -> None:
    trace = solved(TOPIC, p, {"adam_eps": "keras" if keras else "paper"})
    g, start = gradients(p)
    for k, row in enumerate(reference(g, start, **numbers(p), keras=keras), 1):
        for name, value in row.items():
            np.testing.assert_allclose(array(trace.env[name, k]).ravel(), value, rtol=1e-9, atol=1e-12)


@pytest.mark.oracle
@settings(max_examples=200)
@given(gradient_problems())
def test_agrees_with_pytorch(p: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    trace = solved(TOPIC, p)
    g, start = gradients(p)
    theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    c = numbers(p)
    optimiser = torch.optim.Adam([theta], lr=c["lr"], betas=(c["beta1"], c["beta2"]), eps=c["eps"])
    for k, gradient in enumerate(g, 1):
        theta.grad = torch.tensor(gradient, dtype=torch.float64)
        optimiser.step()
        np.testing.assert_allclose(array(trace.env["theta", k]).ravel(), theta.detach().numpy(), rtol=1e-8, atol=1e-11)


@pytest.mark.oracle
@settings(max_examples=120)
@given(decayed_problems())
def test_adamw_agrees_with_pytorch(p: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    trace = solved(TOPIC, p)
    if "f" in p:
        by = FUNCTIONS[p["f"]][0]
        start = [p["start"][v] for v in by] if isinstance(p["start"], dict) else p["start"]
        slopes = symbolic_gradient(p["f"])
        steps, given_g = p["steps"], None
    else:
        given_g, start = gradients(p)
        steps = len(given_g)
    theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    c = numbers(p)
    optimiser = torch.optim.AdamW(
        [theta], lr=c["lr"], betas=(c["beta1"], c["beta2"]), eps=c["eps"], weight_decay=float(p["weight_decay"])
    )
    for k in range(steps):
        at = theta.detach().numpy()
        theta.grad = torch.tensor(
            given_g[k] if given_g is not None else np.array([s(*at) for s in slopes], dtype=float)
        )
        optimiser.step()
        ours = array(trace.env["theta", k + 1]).ravel()
        np.testing.assert_allclose(ours, theta.detach().numpy(), rtol=1e-6, atol=1e-8)


def test_decay_alone_shrinks_the_weights() -> None:
    trace = solved(TOPIC, {"g": [0, 0, 0], "start": 8, "lr": "1/2", "weight_decay": 1})
    assert [trace.env["theta", k] for k in (1, 2, 3)] == [4, 2, 1]


@settings(max_examples=100)
@given(function_problems())
def test_a_typed_function_agrees_with_sympy_gradients(p: dict[str, Any]) -> None:
    trace = solved(TOPIC, p)
    by = FUNCTIONS[p["f"]][0]
    slopes = symbolic_gradient(p["f"])
    start = p["start"]
    theta = np.array([start[v] for v in by] if isinstance(start, dict) else start, dtype=float)
    c = numbers(p)
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    for k in range(1, p["steps"] + 1):
        g = np.array([s(*theta) for s in slopes], dtype=float)
        np.testing.assert_allclose(array(trace.env["g", k]).ravel(), g, rtol=1e-7, atol=1e-9)
        m, v = c["beta1"] * m + (1 - c["beta1"]) * g, c["beta2"] * v + (1 - c["beta2"]) * g * g
        theta = theta - c["lr"] * (m / (1 - c["beta1"] ** k)) / (np.sqrt(v / (1 - c["beta2"] ** k)) + c["eps"])
        # follow the solved run: rounding of a huge slope must not add up
        np.testing.assert_allclose(array(trace.env["theta", k]).ravel(), theta, rtol=1e-6, atol=1e-8)


def symbolic_gradient(f: str) -> list[Any]:
    import sympy

    by, make = FUNCTIONS[f]
    symbols = sympy.symbols(" ".join(by), seq=True)
    return [sympy.lambdify(symbols, sympy.diff(make(sympy, *symbols), v), "math") for v in symbols]


@settings(max_examples=40)
@given(PROBLEMS)
def test_float64_agrees_with_exact(p: dict[str, Any]) -> None:
    exact, plain = solved(TOPIC, p), solved(TOPIC, p, arithmetic=FLOAT64)
    for key in exact.answers:
        np.testing.assert_allclose(array(plain.env[key]), array(exact.env[key]), rtol=1e-6, atol=1e-9)


# -- the notes -------------------------------------------------------------------------------------


def three_steps(**more: Any) -> Trace:
    return solved(TOPIC, {"g": [0.3, 0.2, 0.1], "lr": 0.01, **more})


def test_the_three_steps_of_the_notes() -> None:
    trace = three_steps()
    assert [trace.env["m", k] for k in (1, 2, 3)] == [fmpq(3, 100), fmpq(47, 1000), fmpq(523, 10000)]
    assert [trace.env["v", k] for k in (1, 2, 3)] == [
        fmpq(9, 100000), fmpq(12991, 100000000), fmpq(13978009, 100000000000)]  # fmt: skip
    assert [trace.env["m_hat", k] for k in (1, 2, 3)] == [fmpq(3, 10), fmpq(47, 190), fmpq(523, 2710)]
    assert [trace.env["v_hat", k] for k in (1, 2, 3)] == [
        fmpq(9, 100), fmpq(12991, 199900), fmpq(13978009, 299700100)]  # fmt: skip
    steps = [number(trace.env["Delta", k]) for k in (1, 2, 3)]
    assert steps == pytest.approx([0.009999999666666677, 0.009703520900323084, 0.008936205839976563], rel=1e-14)
    theta = [number(trace.env["theta", k]) for k in (1, 2, 3)]
    assert theta == pytest.approx([-0.009999999666666677, -0.019703520566989763, -0.028639726406966323], rel=1e-14)


def test_keras_first_step_is_shorter() -> None:
    trace = solved(TOPIC, {"g": [0.3], "lr": 0.01, "eps": "1e-7"}, {"adam_eps": "keras"})
    assert number(trace.env["Delta", 1]) == pytest.approx(0.0099998946, abs=5e-11)


# -- the ends of the range -------------------------------------------------------------------------


def test_a_zero_gradient_does_not_move() -> None:
    trace = solved(TOPIC, {"g": [0, 0, 0], "start": [2]})
    assert all(trace.env["theta", k] == 2 for k in (1, 2, 3))


def test_without_eps_a_constant_gradient_steps_by_the_learning_rate() -> None:
    trace = solved(TOPIC, {"g": [0.4] * 4, "lr": "1/20", "beta1": "1/2", "beta2": "3/4", "eps": 0})
    assert [trace.env["Delta", k] for k in range(1, 5)] == [fmpq(1, 20)] * 4


def test_without_eps_and_gradient_the_rule_is_named() -> None:
    from dlsolve.errors import DomainError

    with pytest.raises(DomainError, match=r"Delta_1 = "):
        solved(TOPIC, {"g": [0], "eps": 0})


def test_without_memory_the_step_follows_the_sign() -> None:
    trace = solved(TOPIC, {"g": [5, -0.001], "beta1": 0, "beta2": 0, "eps": 0, "lr": 0.1})
    assert [trace.env["Delta", k] for k in (1, 2)] == [fmpq(1, 10), fmpq(-1, 10)]


def test_a_thousand_steps_go_over_to_float64() -> None:
    from dlsolve.solver import solve_problem

    p = read_problem(Problem, {"f": "(w - 3)^2", "start": [0], "steps": 1001, "lr": 0.1})
    solution = solve_problem(TOPIC, p)
    assert solution.arith == "float64"
    assert solution.trace.env["theta", 1001] == pytest.approx(3, abs=1e-2)


@pytest.mark.parametrize(
    ("given_", "where"),
    [
        ({}, "$.given"),
        ({"g": [0.1], "f": "w^2"}, "$.given"),
        ({"g": [[1, 2], [1]]}, "$.given.g[1]"),
        ({"g": [[1, 2]], "start": [1]}, "$.given.start"),
        ({"g": [1, 2], "steps": 3}, "$.given.steps"),
        ({"g": [1], "beta1": 1}, "$.given.beta1"),
        ({"g": [1], "beta2": -0.1}, "$.given.beta2"),
        ({"g": [1], "eps": -1}, "$.given.eps"),
        ({"g": [1], "lr": 0}, "$.given.lr"),
        ({"g": [1], "weight_decay": -1}, "$.given.weight_decay"),
        ({"f": "3 + 4", "start": [1]}, "$.given.f"),
        ({"f": "w^2", "start": {"x": 1}}, "$.given.start.x"),
        ({"f": "w1^2 + w2", "start": {"w1": 1}}, "$.given.start"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(given_: dict[str, Any], where: str) -> None:
    with pytest.raises(InputError) as fault:
        run(TOPIC, read_problem(Problem, given_))
    assert fault.value.where == where


@given(gradient_problems(), st.integers(1, 4))
def test_a_run_may_go_on_from_moments_that_are_given(p: dict[str, Any], cut: int) -> None:
    whole = solved(TOPIC, p)
    cut = min(cut, len(p["g"]) - 1)
    if cut < 1:
        return
    rest = {**p, "g": p["g"][cut:], "done": cut}
    for field, base in (("m0", "m"), ("v0", "v"), ("start", "theta")):
        held = array(whole.env[base, cut]).reshape(-1).tolist()
        rest[field] = [repr(float(e)) for e in held]
        if not isinstance(p["g"][0], list):
            rest[field] = rest[field][0] if field != "start" else rest[field]
    goes_on = solved(TOPIC, rest)
    last = len(p["g"])
    assert array(goes_on.env["theta", last]) == pytest.approx(array(whole.env["theta", last]), rel=1e-6, abs=1e-9)
    assert all(c.holds for c in goes_on.checks)


@given(st.integers(-50, 50), st.integers(0, 50), st.integers(1, 40), DECAYS, DECAYS)
def test_the_correction_alone(m: int, v: int, t: int, beta1: float, beta2: float) -> None:
    trace = solved(TOPIC, {"m": m / 10, "v": v / 10, "t": t, "beta1": beta1, "beta2": beta2})
    m_hat, v_hat = m / 10 / (1 - beta1**t), v / 10 / (1 - beta2**t)
    assert number(trace.env["m_hat", t]) == pytest.approx(m_hat)
    assert number(trace.env["v_hat", t]) == pytest.approx(v_hat)
    assert number(trace.env["Delta", t]) == pytest.approx(0.001 * m_hat / (v_hat**0.5 + 1e-8))


def test_moments_to_correct_need_their_step_and_no_gradients() -> None:
    with pytest.raises(InputError, match="the step that m and v are of"):
        solved(TOPIC, {"m": 0.1})
    with pytest.raises(InputError, match="moments beside gradients"):
        solved(TOPIC, {"m": 0.1, "t": 2, "g": [0.1]})
    with pytest.raises(InputError, match=r"2 values for 1 parameters"):
        solved(TOPIC, {"m0": [0.1, 0.2], "g": [0.1]})
