"""Descent against closed gradients in NumPy, PyTorch's SGD, SymPy's derivatives, and the notes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.fields import read_problem
from dlsolve.formula.compiled import FLOAT64
from dlsolve.policy import Slip
from dlsolve.solver import run, solve_problem
from dlsolve.topic import DeclaredSlip
from dlsolve.topics.training.gd import TOPIC
from dlsolve.trace import Branch, Step, Trace
from dlsolve.worked.training.samples import Problem
from tests.values import array, as_typed, number, solved

DECIMALS = st.integers(-30, 30).map(lambda n: n / 10)
RATES = st.sampled_from([0.01, 0.05, 0.1, 0.25, 0.5])
SCALES = ["mean", "half", "sum", "half_mean"]
FUNCTIONS: dict[str, tuple[list[str], Any]] = {
    "100*w1^2 + w2^2": (["w1", "w2"], lambda s, a, b: 100 * a**2 + b**2),
    "w^4": (["w"], lambda s, w: w**4),
    "(1 - x)^2 + 10*(y - x^2)^2": (["x", "y"], lambda s, x, y: (1 - x) ** 2 + 10 * (y - x**2) ** 2),
    "exp(x/4) + y^2 - x*y": (["x", "y"], lambda s, x, y: s.exp(x / 4) + y**2 - x * y),
    "ln(1 + exp(x)) + x^2/8": (["x"], lambda s, x: s.log(1 + s.exp(x)) + x**2 / 8),
    "x/(1 + y^2) + x^2": (["x", "y"], lambda s, x, y: x / (1 + y**2) + x**2),
    "tanh(a)*b + b^2 + c^2": (["a", "b", "c"], lambda s, a, b, c: s.tanh(a) * b + b**2 + c**2),
    "sqrt(x^2 + 1) + cos(x)": (["x"], lambda s, x: s.sqrt(x**2 + 1) + s.cos(x)),
}
"""By what is typed: its variables, and the same function over SymPy's."""


@st.composite
def data_problems(draw: st.DrawFn, model: str | None = None) -> dict[str, Any]:
    """Samples with a linear or logistic model, in batches of any kind; one sample and zero features among them."""
    model = model or draw(st.sampled_from(["linear", "logistic"]))
    n, d = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    row = st.lists(DECIMALS, min_size=d, max_size=d)
    target = st.integers(0, 1) if model == "logistic" else DECIMALS
    given_: dict[str, Any] = {
        "X": draw(st.lists(row, min_size=n, max_size=n)),
        "y": draw(st.lists(target, min_size=n, max_size=n)),
        "model": model,
        "lr": draw(RATES),
        "epochs": draw(st.integers(1, 3)),
    }
    if draw(st.booleans()):
        given_["w"] = draw(row)
    if draw(st.booleans()):
        given_["b"] = draw(DECIMALS)
    kind = draw(st.sampled_from(["all", "size", "batches"]))
    if kind == "size":
        given_["batch_size"] = draw(st.integers(1, n + 1))
    if kind == "batches":
        given_["batches"] = draw(st.integers(1, n))
    return given_


@st.composite
def function_problems(draw: st.DrawFn) -> dict[str, Any]:
    """A typed function from a start point."""
    f = draw(st.sampled_from(sorted(FUNCTIONS)))
    values = st.integers(-15, 15).map(lambda n: n / 10)
    point = {v: draw(values) for v in FUNCTIONS[f][0]}
    start: Any = point if draw(st.booleans()) else list(point.values())
    return {"f": f, "start": start, "lr": draw(st.sampled_from([0.001, 0.01, 0.02])), "epochs": draw(st.integers(1, 4))}


PROBLEMS = st.one_of(data_problems(), function_problems())


def parts(p: dict[str, Any]) -> list[np.ndarray]:
    """Which samples each update of an epoch sees."""
    n = len(p["y"])
    if "batch_size" in p:
        return [np.arange(i, min(n, i + p["batch_size"])) for i in range(0, n, p["batch_size"])]
    return np.array_split(np.arange(n), p.get("batches", 1))


def reference(p: dict[str, Any], scale: str) -> list[tuple[float, np.ndarray, np.ndarray, float, float]]:
    """(loss, ∂L/∂w, w, ∂L/∂b, b) of each update, by the closed gradients."""
    X, y = np.array(p["X"], dtype=float), np.array(p["y"], dtype=float)
    w, b = np.array(p.get("w", [0.0] * X.shape[1]), dtype=float), float(p.get("b", 0))
    out = []
    for _ in range(p["epochs"]):
        for part in parts(p):
            x, t, m = X[part], y[part], len(part)
            z = x @ w + b
            if p["model"] == "logistic":
                # ln(1 + e^z) − t z, as a sum without overflow
                loss = np.sum(np.logaddexp(0, z) - t * z)
                slope = 1 / (1 + np.exp(-z)) - t
                factor = 1.0 if scale == "sum" else 1 / m
            else:
                loss = np.sum((t - z) ** 2)
                slope = 2 * (z - t)
                factor = {"mean": 1 / m, "half": 0.5, "sum": 1.0, "half_mean": 0.5 / m}[scale]
            dw, db = factor * (x.T @ slope), factor * np.sum(slope)
            w = w - p["lr"] * dw
            b = b - p["lr"] * db if "b" in p else b
            out.append((factor * loss, dw, w, db, b))
    return out


def conventions(p: dict[str, Any], scale: str) -> dict[str, str]:
    return {"reduce": scale if scale == "sum" else "mean"} if p["model"] == "logistic" else {"loss_scale": scale}


@settings(max_examples=200)
@given(data_problems(), st.sampled_from(SCALES))
def test_agrees_with_closed_gradients(p: dict[str, Any], scale: str) -> None:
    trace = solved(TOPIC, p, conventions(p, scale))
    rows = reference(p, scale)
    for k, (loss, dw, w, db, b) in enumerate(rows, 1):
        batch = 0 if len(parts(p)) == 1 else (k - 1) % len(parts(p)) + 1
        close(trace, ("L", k, batch), loss)
        close(trace, ("dw", k), dw)
        close(trace, ("w", k), w)
        if "b" in p:
            close(trace, ("db", k), db)
            close(trace, ("b", k), b)
    assert trace.answers[0] == ("w", len(rows))
    assert all(c.holds for c in trace.checks)


def close(trace: Trace, key: Any, value: Any) -> None:
    np.testing.assert_allclose(
        array(trace.env[key]).ravel(), np.atleast_1d(value), rtol=1e-8, atol=1e-9, err_msg=str(key)
    )


@pytest.mark.oracle
@settings(max_examples=100)
@given(data_problems())
def test_agrees_with_pytorch(p: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    trace = solved(TOPIC, p)
    X, y = torch.tensor(p["X"], dtype=torch.float64), torch.tensor(p["y"], dtype=torch.float64)
    w = torch.tensor(p.get("w", [0.0] * X.shape[1]), dtype=torch.float64, requires_grad=True)
    b = torch.tensor(float(p.get("b", 0)), dtype=torch.float64, requires_grad="b" in p)
    optimiser = torch.optim.SGD([w, b] if "b" in p else [w], lr=p["lr"])
    logistic = p["model"] == "logistic"
    loss_of = torch.nn.functional.binary_cross_entropy_with_logits if logistic else torch.nn.functional.mse_loss
    k = 0
    for _ in range(p["epochs"]):
        for part in parts(p):
            k += 1
            optimiser.zero_grad()
            loss_of(X[part] @ w + b, y[part]).backward()
            optimiser.step()
            close(trace, ("w", k), w.detach().numpy())
            if "b" in p:
                close(trace, ("b", k), b.detach().numpy())
    close(trace, ("J", k), loss_of(X @ w + b, y).detach().numpy())


@settings(max_examples=150)
@given(function_problems())
def test_a_typed_function_agrees_with_sympy(p: dict[str, Any]) -> None:
    import sympy

    trace = solved(TOPIC, p)
    by, make = FUNCTIONS[p["f"]]
    symbols = sympy.symbols(" ".join(by), seq=True)
    f = make(sympy, *symbols)
    slopes = [sympy.lambdify(symbols, sympy.diff(f, s), "math") for s in symbols]
    for k in range(1, p["epochs"] + 1):
        before = [number(trace.env[v, k - 1]) for v in by]
        for v, slope in zip(by, slopes, strict=True):
            close(trace, ("d" + v, k), slope(*before))
            close(trace, (v, k), number(trace.env[v, k - 1]) - p["lr"] * slope(*before))
        close(trace, ("f", k), float(f.subs({s: number(trace.env[v, k]) for s, v in zip(symbols, by, strict=True)})))
    assert all(c.holds for c in trace.checks)


@settings(max_examples=60)
@given(PROBLEMS)
def test_float64_agrees_with_exact(p: dict[str, Any]) -> None:
    exact, plain = solved(TOPIC, p), solved(TOPIC, p, arithmetic=FLOAT64)
    for key in exact.answers:
        np.testing.assert_allclose(array(plain.env[key]), array(exact.env[key]), rtol=1e-6, atol=1e-9)


# -- the notes -------------------------------------------------------------------------------------


def values(trace: Trace, base: str, *at: int) -> list[Any]:
    return [scalar(trace.env[base, k]) for k in at]


def scalar(value: Any) -> Any:
    return value.rows[0][0] if hasattr(value, "rows") else value


def q(*texts: str) -> list[fmpq]:
    from dlsolve.numbers.exact import read

    return [read(t) for t in texts]


def test_batch_and_stochastic_epoch_of_the_line_through_the_origin() -> None:
    line = {"X": [1, 2, 3], "y": [2, 4, 6], "w": 0, "lr": 0.1}
    batch = solved(TOPIC, line, {"loss_scale": "half_mean"})
    assert values(batch, "dw", 1) == q("-28/3")
    assert values(batch, "w", 1) == q("14/15")
    summed = solved(TOPIC, line, {"loss_scale": "half"})
    assert values(summed, "dw", 1) == q("-28")
    assert values(summed, "w", 1) == q("2.8")
    single = solved(TOPIC, {**line, "batch_size": 1}, {"loss_scale": "half"})
    assert values(single, "dw", 1, 2, 3) == q("-2", "-7.2", "-9.72")
    assert values(single, "w", 1, 2, 3) == q("0.2", "0.92", "1.892")


def test_one_epoch_in_two_batches() -> None:
    p = {"X": [1, 2, 3, 4], "y": [2, 4, 6, 8], "w": 0, "b": 0, "lr": 0.1, "batch_size": 2}
    trace = solved(TOPIC, p, {"loss_scale": "half_mean"})
    assert list(trace.env["y_hat", 1, 1].entries()) == [0, 0]
    assert values(trace, "dw", 1, 2) == q("-5", "-17.7")
    assert values(trace, "db", 1, 2) == q("-3", "-4.95")
    assert values(trace, "w", 1, 2) == q("0.5", "2.27")
    assert values(trace, "b", 1, 2) == q("0.3", "0.795")
    assert list(trace.env["y_hat", 2, 2].entries()) == q("1.8", "2.3")
    assert list(trace.env["y_all", 2].entries()) == q("3.065", "5.335", "7.605", "9.875")
    assert values(trace, "J", 0, 2) == q("15", "1.1260125")


def test_two_epochs_of_batch_and_stochastic_descent() -> None:
    p = {"X": [1, 2, 3], "y": [4, 3, 5], "w": 0, "b": 0, "lr": 0.1, "epochs": 2}
    batch = solved(TOPIC, p)
    assert values(batch, "dw", 1, 2) == q("-50/3", "94/45")
    assert values(batch, "db", 1, 2) == q("-8", "4/15")
    assert values(batch, "w", 1, 2) == q("5/3", "328/225")
    assert values(batch, "b", 1, 2) == q("0.8", "58/75")
    assert [batch.env["L", 1, 0], batch.env["L", 2, 0], batch.env["J", 2]] == q("50/3", "962/675", "183518/151875")
    single = solved(TOPIC, {**p, "batch_size": 1})
    assert values(single, "dw", *range(1, 7)) == q("-8", "-2.4", "-5.76", "-2.544", "8.4288", "-5.83488")
    assert values(single, "db", *range(1, 7)) == q("-8", "-1.2", "-1.92", "-2.544", "4.2144", "-1.94496")
    assert values(single, "w", *range(1, 7)) == q("0.8", "1.04", "1.616", "1.8704", "1.02752", "1.611008")
    assert values(single, "b", *range(1, 7)) == q("0.8", "0.92", "1.112", "1.3664", "0.94496", "1.139456")
    assert values(single, "J", 0, 6) == q("50/3", "1.45355452416")
    halved = {"loss_scale": "half_mean"}
    assert values(solved(TOPIC, p, halved), "w", 1, 2) == q("5/6", "539/450")
    assert values(solved(TOPIC, p, halved), "b", 1, 2) == q("0.4", "89/150")
    assert values(solved(TOPIC, {**p, "batch_size": 1}, halved), "w", 3, 6) == q("1.402", "1.377312")
    assert values(solved(TOPIC, {**p, "batch_size": 1}, halved), "b", 3, 6) == q("0.794", "0.868064")


# -- slips -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_every_declared_slip_changes_the_run_and_stays_at_its_step(slip: DeclaredSlip) -> None:
    p: dict[str, Any] = {"X": [1, 2, 4], "y": [1, 0, 1], "w": 0.3, "b": 0.2, "lr": 0.1, "batch_size": 2, "epochs": 2}
    p |= {"model": "logistic"} if slip.id == "no-sigmoid-slope" else {}
    how = {"loss_scale": "half"} if slip.id == "factor-kept" else {}
    true, whole = solved(TOPIC, p, how), solved(TOPIC, p, how, policy=Slip(slip.rule))
    touched = {true.name(k): k for k, s in true.steps.items() if isinstance(s, Step) and slip.applied(s.rule)}
    assert len(touched) > 1
    assert list(true.steps) == list(whole.steps)

    def differing(other: Trace) -> list[str]:
        return [true.name(k) for k in true.steps if not np.allclose(array(true.env[k]), array(other.env[k]))]

    assert differing(whole)[0] in touched
    last = list(touched)[-1]
    once = solved(TOPIC, p, how, policy=Slip(slip.rule, at=last))
    assert differing(once)[0] == last


def test_slips_of_a_typed_function() -> None:
    p = {"f": "100*w1^2 + w2^2", "start": [1, 1], "lr": 0.01, "epochs": 2}
    by_id = {slip.id: slip for slip in TOPIC.slips}
    added = solved(TOPIC, p, policy=Slip(by_id["gradient-added"].rule))
    assert values(added, "w1", 1) == [3]
    once = solved(TOPIC, p, policy=Slip(by_id["gradient-added"].rule, at="w2_2"))
    assert values(once, "w1", 1, 2) == values(solved(TOPIC, p), "w1", 1, 2)
    assert values(once, "w2", 2) == q("0.9996")


# -- the ends of the range -------------------------------------------------------------------------


def test_at_the_minimum_nothing_moves_and_the_loss_does_not_fall() -> None:
    trace = solved(TOPIC, {"X": [1, 2], "y": [2, 4], "w": 2, "lr": 0.1})
    assert values(trace, "w", 1) == [2]
    assert not next(i for i in trace.items if isinstance(i, Branch)).truth


def test_one_sample_of_zeros() -> None:
    trace = solved(TOPIC, {"X": [[0, 0]], "y": [3], "b": 1, "lr": 0.5})
    assert values(trace, "b", 1) == [3]
    assert list(trace.env["w", 1].entries()) == [0, 0]


def test_a_batch_larger_than_the_data_is_all_of_it() -> None:
    p = {"X": [1, 2, 3], "y": [2, 4, 7], "lr": 0.1}
    assert values(solved(TOPIC, {**p, "batch_size": 9}), "w", 1) == values(solved(TOPIC, p), "w", 1)


def test_a_last_batch_takes_what_is_left() -> None:
    trace = solved(TOPIC, {"X": [1, 2, 3, 4, 5], "y": [1, 2, 3, 4, 6], "lr": 0.01, "batch_size": 2})
    assert trace.env["X", 3].shape == (1, 1)
    assert trace.answers[0] == ("w", 3)


def test_exact_fractions_that_outgrow_paper_go_over_to_enclosures() -> None:
    trace = solved(TOPIC, {"f": "w^4", "start": [1], "lr": 0.1, "epochs": 12})
    w = 1.0
    for _ in range(12):
        w -= 0.1 * 4 * w**3
    assert number(trace.env["w", 12]) == pytest.approx(w, rel=1e-12)


def test_a_long_run_goes_over_to_float64() -> None:
    p = {"X": [1, 2, 3], "y": [4, 3, 5], "w": 0, "b": 0, "lr": 0.1, "epochs": 1001}
    solution = solve_problem(TOPIC, read_problem(Problem, as_typed(p)))
    assert solution.arith == "float64"
    assert number(solution.trace.env["w", 1001]) == pytest.approx(0.5, abs=1e-9)
    assert number(solution.trace.env["b", 1001]) == pytest.approx(3, abs=1e-9)


@pytest.mark.parametrize(
    ("given_", "where"),
    [
        ({}, "$.given"),
        ({"X": [1, 2]}, "$.given"),
        ({"X": [1, 2], "y": [1, 2, 3]}, "$.given.y"),
        ({"X": [1, 2], "y": [1, 2], "w": [1, 2]}, "$.given.w"),
        ({"X": [1, 2], "y": [1, 2], "batches": 3}, "$.given.batches"),
        ({"X": [1, 2], "y": [1, 2], "batches": 1, "batch_size": 1}, "$.given.batches"),
        ({"X": [1, 2], "y": [1, 0.5], "model": "logistic"}, "$.given.y"),
        ({"X": [1, 2], "y": [1, 0.5], "model": "cubic"}, "$.given.model"),
        ({"X": [1, 2], "y": [1, 2], "batch_size": 0}, "$.given.batch_size"),
        ({"X": [1, 2], "y": [1, 2], "lr": 0}, "$.given.lr"),
        ({"X": [1, 2], "y": [1, 2], "lr": -1}, "$.given.lr"),
        ({"f": "w^2"}, "$.given.start"),
        ({"f": "w^2", "start": {"v": 1}}, "$.given.start.v"),
        ({"f": "x*y", "start": [1]}, "$.given.start"),
        ({"f": "floor(x)", "start": [1]}, "$.given.f"),
        ({"f": "7", "start": [1]}, "$.given.f"),
        ({"f": "k^2 + x", "start": [1, 2]}, "$.given.f"),
        ({"f": "w^2", "start": [1], "X": [1], "y": [2]}, "$.given"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(given_: dict[str, Any], where: str) -> None:
    with pytest.raises(InputError) as fault:
        run(TOPIC, read_problem(Problem, {"lr": "0.1", **given_}))
    assert fault.value.where == where


def test_a_variable_that_the_function_does_not_hold_does_not_move() -> None:
    trace = solved(TOPIC, {"f": "x^2 + 4*x", "start": {"x": 1, "y": 2}, "lr": 0.1, "epochs": 3})
    assert trace.env["y", 3] == 2
    x = 1.0
    for _ in range(3):
        x -= 0.1 * (2 * x + 4)
    assert number(trace.env["x", 3]) == pytest.approx(x)
    assert all(c.holds for c in trace.checks)
