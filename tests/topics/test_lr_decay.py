"""Learning-rate decay against PyTorch's schedulers, against a loop of its own, and against the notes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.topics.optimisers.lr_decay import TOPIC
from tests.descents import UNFIT, agree, from_functions, from_gradients, refused, slopes_of, start_of
from tests.values import number, solved

RATES = st.sampled_from([0.01, 0.05, 0.1, 0.5])
SCHEDULES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "sqrt": {},
    "constant": {},
    "time": {"k": st.sampled_from([0, 0.01, 0.5, 1, 3])},
    "step": {"drop": st.sampled_from([0.1, 0.5, 0.9]), "every": st.integers(1, 4)},
    "exponential": {"k": st.sampled_from([0, 0.05, 0.5, 1])},
    "geometric": {"k": st.sampled_from([0, 0.05, 0.5, 0.9])},
    "cosine": {"T": st.integers(1, 9), "lr_min": st.sampled_from([0, 0.001])},
}


@st.composite
def scheduled(draw: st.DrawFn, *only: str, functions: bool = True) -> dict[str, Any]:
    source = st.one_of(from_gradients(), from_functions()) if functions else from_gradients()
    schedule = draw(st.sampled_from(only or tuple(SCHEDULES)))
    constants = {name: draw(values) for name, values in SCHEDULES[schedule].items()}
    first = {"first": draw(st.sampled_from([0, 1]))} if schedule not in ("sqrt", "constant") else {}
    return {**draw(source), "lr": draw(RATES), "schedule": schedule, **constants, **first}


PROBLEMS = scheduled()


def rate(p: Mapping[str, Any], t: int) -> float:
    """The rate of step t, from 1, by the textbook's line."""
    lr = float(p["lr"])
    n = t - 1 + p.get("first", 1)
    match p["schedule"]:
        case "sqrt":
            return lr / math.sqrt(t)
        case "time":
            return float(lr / (1 + p["k"] * n))
        case "step":
            return float(lr * p["drop"] ** (n // p["every"]))
        case "exponential":
            return float(lr * math.exp(-p["k"] * n))
        case "geometric":
            return float(lr * (1 - p["k"]) ** n)
        case "cosine":
            low = float(p["lr_min"])
            return float(low + (lr - low) * (1 + math.cos(math.pi * n / p["T"])) / 2)
    return lr


@pytest.mark.oracle
@settings(max_examples=200)
@given(PROBLEMS)
def test_agrees_with_a_loop(p: dict[str, Any]) -> None:
    w, rows = start_of(p), []
    for k, slope in enumerate(slopes_of(p), 1):
        g, eta = slope(w), rate(p, k)
        w = w - eta * g
        rows.append({"g": g, "eta": np.array([eta]), "Delta": eta * g, "w": w})
    agree(solved(TOPIC, p), rows)


@pytest.mark.oracle
@settings(max_examples=120)
@given(scheduled("sqrt", "time", "step", "exponential", "geometric", "cosine", functions=False))
def test_agrees_with_the_schedulers_of_pytorch(p: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    steps = len(p["g"])
    if p["schedule"] == "cosine":
        p = {**p, "T": steps + 1}  # beyond its end PyTorch's recursion and the formula part
    p = {**p, "first": 0}
    trace = solved(TOPIC, p)
    w = torch.tensor(start_of(p), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([w], lr=float(p["lr"]))
    schedulers = torch.optim.lr_scheduler
    scheduler = {
        "sqrt": lambda: schedulers.LambdaLR(optimiser, lambda n: (n + 1) ** -0.5),
        "time": lambda: schedulers.LambdaLR(optimiser, lambda n: 1 / (1 + p["k"] * n)),
        "step": lambda: schedulers.StepLR(optimiser, p["every"], p["drop"]),
        "exponential": lambda: schedulers.ExponentialLR(optimiser, math.exp(-p["k"])),
        "geometric": lambda: schedulers.ExponentialLR(optimiser, 1 - p["k"]),
        "cosine": lambda: schedulers.CosineAnnealingLR(optimiser, p["T"], float(p["lr_min"])),
    }[p["schedule"]]()
    for k, g in enumerate(p["g"], 1):
        assert optimiser.param_groups[0]["lr"] == pytest.approx(number(trace.env["eta", k]), rel=1e-9)
        w.grad = torch.tensor(np.atleast_1d(np.array(g, dtype=float)))
        optimiser.step()
        scheduler.step()
    agree(trace, [{}] * (steps - 1) + [{"w": w.detach().numpy()}])


# -- the notes -------------------------------------------------------------------------------------


def test_the_three_steps_of_the_notes() -> None:
    trace = solved(TOPIC, {"g": [0.2, 0.4, 0.1], "lr": 0.1})
    eta = [0.1, 0.07071067811865475, 0.057735026918962574]
    assert [number(trace.env["eta", k]) for k in (1, 2, 3)] == pytest.approx(eta, rel=1e-14)
    w = [-0.02, -0.0482842712474619, -0.05405777393935816]
    assert [number(trace.env["w", k]) for k in (1, 2, 3)] == pytest.approx(w, rel=1e-13)


def test_half_a_cosine_is_half_the_rate_exactly() -> None:
    trace = solved(TOPIC, {"g": [1] * 4, "lr": "1/5", "schedule": "cosine", "T": 4})
    assert trace.env["eta", 2] == fmpq(1, 10)
    assert trace.env["eta", 4] == 0


def test_the_count_starts_where_it_is_said() -> None:
    late = solved(TOPIC, {"g": [1, 1], "lr": 1, "schedule": "time", "k": 1})
    early = solved(TOPIC, {"g": [1, 1], "lr": 1, "schedule": "time", "k": 1, "first": 0})
    assert [late.env["eta", k] for k in (1, 2)] == [fmpq(1, 2), fmpq(1, 3)]
    assert [early.env["eta", k] for k in (1, 2)] == [1, fmpq(1, 2)]


@pytest.mark.parametrize(
    ("schedule", "missing"),
    [("time", "k"), ("exponential", "k"), ("geometric", "k"), ("cosine", "T"), ("step", "drop")],
)
def test_a_schedule_without_its_constant_says_which(schedule: str, missing: str) -> None:
    fault = refused(TOPIC, {"g": [1], "lr": 1, "schedule": schedule})
    assert fault.where == f"$.given.{missing}"
    assert f"--{missing}" in str(fault)


@pytest.mark.parametrize(
    ("given_", "where"),
    [
        *UNFIT[1:],  # without gradients it gives the rates alone
        ({"g": [1], "schedule": "linear"}, "$.given.schedule"),
        ({"g": [1], "schedule": "geometric", "k": 1}, "$.given.k"),
        ({"g": [1], "schedule": "time", "k": -1}, "$.given.k"),
        ({"g": [1], "schedule": "step", "drop": 0, "every": 1}, "$.given.drop"),
        ({"g": [1], "schedule": "cosine", "T": 0}, "$.given.T"),
        ({"g": [1], "first": 2}, "$.given.first"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(given_: dict[str, Any], where: str) -> None:
    assert refused(TOPIC, {"lr": 0.1, **given_}).where == where


@given(scheduled(functions=False), st.integers(1, 6))
def test_the_rates_alone(p: dict[str, Any], steps: int) -> None:
    alone = {name: value for name, value in p.items() if name not in ("g", "start", "steps")} | {"steps": steps}
    trace = solved(TOPIC, alone)
    for t in range(1, steps + 1):
        assert number(trace.env["eta", t]) == pytest.approx(rate(alone, t))
    assert trace.answers == [("eta", steps)]
