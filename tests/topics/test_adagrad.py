"""AdaGrad against PyTorch, against a loop of its own, and against the run beside the notes' rule."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import DomainError
from dlsolve.topics.optimisers.adagrad import TOPIC
from tests.descents import (
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

R0 = st.sampled_from([0, 0, 0.1, 2])
GIVEN = with_constants(from_gradients(), lr=RATES, eps=EPSILONS, r0=R0)
TYPED = with_constants(from_functions(), lr=RATES, eps=EPSILONS, r0=R0)
PROBLEMS = st.one_of(GIVEN, TYPED)


def loop(p: Mapping[str, Any], *, inside: bool) -> list[dict[str, np.ndarray]]:
    lr, eps, theta = float(p["lr"]), float(p["eps"]), start_of(p)
    met: list[np.ndarray] = []
    rows = []
    for slope in slopes_of(p):
        g = slope(theta)
        met.append(g)
        r = float(p["r0"]) + np.sum(np.square(met), axis=0)
        rate = lr / np.sqrt(r + eps) if inside else lr / (np.sqrt(r) + eps)
        theta = theta - rate * g
        rows.append({"g": g, "r": r, "rate": rate, "theta": theta})
    return rows


@pytest.mark.oracle
@settings(max_examples=150)
@given(PROBLEMS, st.booleans())
def test_agrees_with_a_loop(p: dict[str, Any], inside: bool) -> None:
    agree(solved(TOPIC, p, {"eps_place": "in" if inside else "out"}), loop(p, inside=inside), rtol=1e-6)


@pytest.mark.oracle
@settings(max_examples=120)
@given(GIVEN)
def test_agrees_with_pytorch(p: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    trace = solved(TOPIC, p, {"eps_place": "out"})
    lr, eps, r0 = float(p["lr"]), float(p["eps"]), float(p["r0"])
    same_as_torch(trace, p, "theta", lambda w: torch.optim.Adagrad(w, lr=lr, eps=eps, initial_accumulator_value=r0))


@given(GIVEN)
def test_the_rate_never_grows(p: dict[str, Any]) -> None:
    trace = solved(TOPIC, p)
    rates = [np.ravel(_floats(trace.env["rate", k])) for k in range(1, len(p["g"]) + 1)]
    assert all((after <= before * (1 + 1e-12)).all() for before, after in pairwise(rates))


def _floats(value: Any) -> Any:
    return [number(e) for e in value.entries()] if hasattr(value, "entries") else [number(value)]


def test_the_run_beside_the_rule_of_the_notes() -> None:
    trace = solved(TOPIC, {"g": [0.2, 0.4, 0.1], "lr": 0.1, "eps": "1e-8"})
    assert [trace.env["r", k] for k in (1, 2, 3)] == [fmpq(1, 25), fmpq(1, 5), fmpq(21, 100)]
    rates = [0.4999999375000117, 0.22360679215980925, 0.21821788504032852]
    assert [number(trace.env["rate", k]) for k in (1, 2, 3)] == pytest.approx(rates, rel=1e-14)
    ends = [-0.09999998750000234, -0.18944270436392605, -0.2112644928679589]
    assert [number(trace.env["theta", k]) for k in (1, 2, 3)] == pytest.approx(ends, rel=1e-14)


def test_without_eps_the_first_step_is_the_rate_by_the_sign() -> None:
    trace = solved(TOPIC, {"g": [-7, 7], "lr": "1/4", "eps": 0, "start": 1})
    assert trace.env["theta", 1] == fmpq(5, 4)
    with pytest.raises(DomainError, match="rate_1 = "):
        solved(TOPIC, {"g": [0, 7], "lr": "1/4", "eps": 0})


@pytest.mark.parametrize(("given_", "where"), [*UNFIT, ({"g": [1], "eps": -1}, "$.given.eps"),
                                               ({"g": [1], "r0": -1}, "$.given.r0")])  # fmt: skip
def test_what_does_not_fit_is_refused_at_its_place(given_: dict[str, Any], where: str) -> None:
    assert refused(TOPIC, given_).where == where
