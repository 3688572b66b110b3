"""Momentum against PyTorch's SGD, against a loop of its own in each form, and against the notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.topics.optimisers.momentum import TOPIC
from tests.descents import (
    DECAYS,
    RATES,
    UNFIT,
    agree,
    from_functions,
    from_gradients,
    refused,
    same_as_torch,
    slopes_of,
    start_of,
    with_constants,
)
from tests.values import number, solved

FORMS = ("plus", "minus", "pytorch", "ema")
GIVEN = with_constants(from_gradients(), lr=RATES, beta=DECAYS, nesterov=st.booleans())
TYPED = with_constants(from_functions(), lr=st.sampled_from([0.001, 0.01, 0.1]), beta=DECAYS, nesterov=st.booleans())
PROBLEMS = st.one_of(GIVEN, TYPED)
NOTES = {"g": [0.5, 0.4, -0.2], "lr": 0.1, "beta": 0.9, "start": 0}


def loop(p: Mapping[str, Any], form: str) -> list[dict[str, np.ndarray]]:
    """The velocity as a step, in η; Nesterov's gradient where the velocity leads."""
    lr, beta = float(p["lr"]), float(p["beta"])
    w = start_of(p)
    step = np.zeros_like(w)
    gain = 1 - beta if form == "ema" else 1.0
    rows = []
    for slope in slopes_of(p):
        look = p["nesterov"] and "f" in p
        g = slope(w - beta * step) if look else slope(w)
        step = beta * step + lr * gain * g
        w = w - (lr * gain * g + beta * step if p["nesterov"] and not look else step)
        v = {"plus": step, "minus": -step, "pytorch": step / lr, "ema": step / lr}[form]
        rows.append({"g": g, "v": v, "w": w})
    return rows


@pytest.mark.oracle
@settings(max_examples=150)
@given(PROBLEMS, st.sampled_from(FORMS))
def test_agrees_with_a_loop_in_each_form(p: dict[str, Any], form: str) -> None:
    agree(solved(TOPIC, p, {"momentum": form}), loop(p, form))


@pytest.mark.oracle
@settings(max_examples=120)
@given(GIVEN, st.sampled_from(["plus", "minus", "pytorch"]))
def test_agrees_with_pytorch(p: dict[str, Any], form: str) -> None:
    torch = pytest.importorskip("torch")
    beta = float(p["beta"])
    nesterov = p["nesterov"] and beta > 0  # PyTorch has no Nesterov without momentum
    trace = solved(TOPIC, {**p, "nesterov": nesterov}, {"momentum": form})
    same_as_torch(trace, p, "w", lambda w: torch.optim.SGD(w, lr=float(p["lr"]), momentum=beta, nesterov=nesterov))


@given(from_gradients())
def test_without_momentum_it_is_plain_descent(p: dict[str, Any]) -> None:
    trace = solved(TOPIC, {**p, "lr": "1/10", "beta": 0})
    rows, w = [], start_of(p)
    for slope in slopes_of(p):
        w = w - slope(w) / 10
        rows.append({"w": w})
    agree(trace, rows)


@given(PROBLEMS)
def test_three_forms_give_the_same_weights(p: dict[str, Any]) -> None:
    runs = [solved(TOPIC, p, {"momentum": form}) for form in ("plus", "minus", "pytorch")]
    first = runs[0].answers[-1]
    ends = [_floats(r.env[first]) for r in runs]
    np.testing.assert_allclose(ends[1], ends[0])
    np.testing.assert_allclose(ends[2], ends[0])


def _floats(value: Any) -> Any:
    return [number(e) for e in value.entries()] if hasattr(value, "entries") else number(value)


# -- the notes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "v"),
    [
        ("plus", ["1/20", "17/200", "113/2000"]),
        ("minus", ["-1/20", "-17/200", "-113/2000"]),
        ("pytorch", ["1/2", "17/20", "113/200"]),
    ],
)
def test_the_three_steps_of_the_notes(form: str, v: list[str]) -> None:
    trace = solved(TOPIC, NOTES, {"momentum": form})
    assert [str(trace.env["v", k]) for k in (1, 2, 3)] == v
    assert [trace.env["w", k] for k in (1, 2, 3)] == [fmpq(-1, 20), fmpq(-27, 200), fmpq(-383, 2000)]


def test_the_step_of_a_constant_gradient_settles_at_its_gain() -> None:
    trace = solved(TOPIC, {"g": [2] * 60, "lr": "1/10", "beta": "1/2"}, {"momentum": "minus"})
    assert number(trace.env["v", 60]) == pytest.approx(-0.1 * 2 / (1 - 0.5), rel=1e-14)


def test_nesterov_looks_ahead_on_a_function() -> None:
    trace = solved(TOPIC, {"f": "w^2", "start": [1], "lr": "1/10", "beta": "1/2", "nesterov": True, "steps": 2})
    # v₁ = 0.2, w₁ = 0.8; ahead = 0.8 − 0.1, g₂ = 1.4, v₂ = 0.1 + 0.14
    assert trace.env["ahead", 2] == fmpq(7, 10)
    assert trace.env["w", 2] == fmpq(14, 25)


def test_beta_must_leave_the_past_fade() -> None:
    assert refused(TOPIC, {"g": [1], "lr": 1, "beta": 1}).where == "$.given.beta"
    assert refused(TOPIC, {"g": [1], "lr": 1, "beta": -0.1}).where == "$.given.beta"
    assert refused(TOPIC, {"g": [1]}).where.startswith("$.given")


@pytest.mark.parametrize(("given_", "where"), UNFIT)
def test_what_does_not_fit_is_refused_at_its_place(given_: dict[str, Any], where: str) -> None:
    fault = refused(TOPIC, {"lr": 0.1, **given_})
    assert fault.where == where
