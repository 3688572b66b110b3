"""Two layers on the table of XOR, against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.policy import Slip
from dlsolve.topics.neurons.xor import TOPIC
from tests.values import array, number, solved

QUARTERS = st.integers(-8, 8).map(lambda n: n / 4)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
TABLES = {"XOR": [0, 1, 1, 0], "XNOR": [1, 0, 0, 1]}


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    out: dict[str, Any] = {
        "gate": draw(st.sampled_from(["XOR", "XNOR"])), "activation": draw(st.sampled_from(["step", "relu"])),
    }  # fmt: skip
    if draw(st.integers(0, 4)):
        m = draw(st.integers(1, 4))
        out["W1"] = [[draw(QUARTERS), draw(QUARTERS)] for _ in range(m)]
        out["W2"] = [draw(QUARTERS) for _ in range(m)]
        if draw(st.booleans()):
            out |= {"b1": [draw(QUARTERS) for _ in range(m)], "b2": draw(QUARTERS)}
    return out


PROBLEMS = problems()


@settings(max_examples=150)
@given(problems(), st.sampled_from(["ge", "gt"]))
def test_agrees_with_numpy(problem: dict[str, Any], fire: str) -> None:
    trace = solved(TOPIC, problem, {"fire": fire})
    assert all(c.holds for c in trace.checks)
    table = np.array(TABLES[problem["gate"]])
    if "W1" not in problem:
        assert array(trace.env["y_hat"])[:, 0] == pytest.approx(table)
        assert trace.env["solved"] == "yes"
        return

    def steps(z: np.ndarray) -> np.ndarray:
        return np.where(z >= 0 if fire == "ge" else z > 0, 1.0, 0.0)

    relu = problem["activation"] == "relu"
    z = X @ np.array(problem["W1"]).T + np.array(problem.get("b1", 0.0))
    h = np.maximum(0, z) if relu else steps(z)
    z = h @ np.array(problem["W2"]) + problem.get("b2", 0.0)
    said = z if relu else steps(z)
    assert array(trace.env["h"]) == pytest.approx(h)
    assert array(trace.env["y_hat"])[:, 0] == pytest.approx(said)
    assert number(trace.env["errors"]) == (said != table).sum()
    assert trace.env["solved"] == ("yes" if (said == table).all() else "no")


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    raw = {"gate": "XOR", "activation": "relu" if slip.rule.id == "h:relu" else "step"}
    true, slipped = solved(TOPIC, raw), solved(TOPIC, raw, policy=Slip(slip.rule))
    assert any((array(true.env[k]) != array(slipped.env[k])).any() for k in ("h", "y_hat"))


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"gate": "AND"}, "$.given.gate"),
        ({"W1": [[1, 1]]}, "$.given.W2"),
        ({"W2": [1]}, "$.given.W1"),
        ({"b1": [1, 1]}, "$.given.b1"),
        ({"b2": 1}, "$.given.b2"),
        ({"W1": [[1, 1, 1]], "W2": [1]}, "$.given.W1"),
        ({"W1": [[1, 1]], "W2": [1, 1]}, "$.given.W2"),
        ({"W1": [[1, 1]], "W2": [1], "b1": [1, 1]}, "$.given.b1"),
        ({"W1": [[1, 1]] * 9, "W2": [1] * 9}, "two are enough"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
