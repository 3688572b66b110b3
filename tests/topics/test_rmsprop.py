"""RMSProp against PyTorch, against a loop of its own, and against the run beside the notes' rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import DomainError
from dlsolve.topics.optimisers.rmsprop import TOPIC
from tests.descents import (
    DECAYS,
    EPSILONS,
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

GIVEN = with_constants(from_gradients(), lr=RATES, beta=DECAYS, eps=EPSILONS)
TYPED = with_constants(from_functions(), lr=st.sampled_from([0.001, 0.01, 0.1]), beta=DECAYS, eps=EPSILONS)
PROBLEMS = st.one_of(GIVEN, TYPED)


def loop(p: Mapping[str, Any], *, inside: bool) -> list[dict[str, np.ndarray]]:
    """The running mean by its weights: g_k counts (1 − β)·β^(t−k)."""
    lr, beta, eps, theta = float(p["lr"]), float(p["beta"]), float(p["eps"]), start_of(p)
    met: list[np.ndarray] = []
    rows = []
    for slope in slopes_of(p):
        g = slope(theta)
        met.append(g)
        weights = (1 - beta) * beta ** np.arange(len(met) - 1, -1, -1.0)
        r = np.tensordot(weights, np.square(met), axes=1)
        step = lr * g / (np.sqrt(r + eps) if inside else np.sqrt(r) + eps)
        theta = theta - step
        rows.append({"g": g, "r": r, "Delta": step, "theta": theta})
    return rows


@pytest.mark.oracle
@settings(max_examples=150)
@given(PROBLEMS, st.booleans())
def test_agrees_with_a_loop(p: dict[str, Any], inside: bool) -> None:
    agree(solved(TOPIC, p, {"eps_place": "in" if inside else "out"}), loop(p, inside=inside), rtol=1e-6, atol=1e-9)


@pytest.mark.oracle
@settings(max_examples=120)
@given(GIVEN)
def test_agrees_with_pytorch(p: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    lr, beta, eps = (float(p[k]) for k in ("lr", "beta", "eps"))
    same_as_torch(solved(TOPIC, p), p, "theta", lambda w: torch.optim.RMSprop(w, lr=lr, alpha=beta, eps=eps))


def test_the_run_beside_the_rule_of_the_notes() -> None:
    trace = solved(TOPIC, {"g": [0.2, 0.4, 0.1], "lr": 0.1, "beta": 0.9, "eps": "1e-8"})
    assert [trace.env["r", k] for k in (1, 2, 3)] == [fmpq(1, 250), fmpq(49, 2500), fmpq(233, 12500)]
    steps = [0.31622771601684585, 0.2857142653061239, 0.07324483654882448]
    assert [number(trace.env["Delta", k]) for k in (1, 2, 3)] == pytest.approx(steps, rel=1e-14)
    ends = [-0.31622771601684585, -0.6019419813229697, -0.6751868178717942]
    assert [number(trace.env["theta", k]) for k in (1, 2, 3)] == pytest.approx(ends, rel=1e-14)


# -- the limits of β -------------------------------------------------------------------------------


def test_without_memory_only_the_sign_of_the_gradient_counts() -> None:
    trace = solved(TOPIC, {"g": [5, -0.001, 3], "lr": "1/8", "beta": 0, "eps": 0})
    assert [trace.env["Delta", k] for k in (1, 2, 3)] == [fmpq(1, 8), fmpq(-1, 8), fmpq(1, 8)]


def test_with_endless_memory_the_mean_stays_at_its_start() -> None:
    trace = solved(TOPIC, {"g": [5, 4], "lr": "1/8", "beta": 1, "eps": "1/1000"})
    assert [trace.env["r", k] for k in (1, 2)] == [0, 0]
    assert trace.env["Delta", 1] == 625
    with pytest.raises(DomainError, match="Delta_1 = "):
        solved(TOPIC, {"g": [5], "lr": "1/8", "beta": 1, "eps": 0})


@pytest.mark.parametrize(("given_", "where"), [*UNFIT, ({"g": [1], "eps": -1}, "$.given.eps"),
                                               ({"g": [1], "beta": 1.1}, "$.given.beta")])  # fmt: skip
def test_what_does_not_fit_is_refused_at_its_place(given_: dict[str, Any], where: str) -> None:
    assert refused(TOPIC, given_).where == where
