"""Parameter counts against PyTorch's and plain sums."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.policy import Slip
from dlsolve.topics.networks.parameters import TOPIC
from tests.values import number, solved


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    sizes = draw(st.lists(st.one_of(st.integers(1, 12), st.integers(1, 10**6)), min_size=2, max_size=7))
    join = draw(st.sampled_from([None, "-", " ", ", ", " → ", " - "]))
    return {"layers": sizes if join is None else join.join(map(str, sizes)), "bias": draw(st.booleans())}


PROBLEMS = problems()


def sizes_of(layers: Any) -> list[int]:
    return [int(w) for w in layers.replace("→", " ").replace("-", " ").replace(",", " ").split()] if isinstance(
        layers, str
    ) else list(layers)  # fmt: skip


@settings(max_examples=150)
@given(problems())
def test_the_sum_over_the_layers(problem: dict[str, Any]) -> None:
    trace = solved(TOPIC, problem)
    sizes, bias = sizes_of(problem["layers"]), problem["bias"]
    per_layer = [n * m + m * bias for n, m in pairwise(sizes)]
    for k, count in enumerate(per_layer, 1):
        assert number(trace.env["params", k]) == count
    assert number(trace.env["total"]) == sum(per_layer)
    assert all(c.holds for c in trace.checks)


@pytest.mark.parametrize(("layers", "bias"), [("4-3-2-1", True), ("784-32-10", True), ("5-5-5", False), ("3-1", True)])
def test_agrees_with_pytorch(layers: str, bias: bool) -> None:
    torch = pytest.importorskip("torch")
    sizes = sizes_of(layers)
    net = torch.nn.Sequential(*(torch.nn.Linear(n, m, bias=bias) for n, m in pairwise(sizes)))
    trace = solved(TOPIC, {"layers": layers, "bias": bias})
    assert number(trace.env["total"]) == sum(q.numel() for q in net.parameters())


def test_the_formula_for_any_number_of_inputs() -> None:
    assert "2d + 5" in solved(TOPIC, {"layers": "2-2-1"}).remarks[0]
    assert "d + 1" in solved(TOPIC, {"layers": "7-1"}).remarks[0]


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    raw = {"layers": "4-3-2-1", "bias": slip.rule.id != "params[k]:plain"}
    true, slipped = solved(TOPIC, raw), solved(TOPIC, raw, policy=Slip(slip.rule))
    assert any(true.env[k] != slipped.env[k] for k in true.answers)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "layers"),
        ({"layers": "4"}, "no weights"),
        ({"layers": [4]}, "no weights"),
        ({"layers": "4-a-1"}, "4-3-2-1"),
        ({"layers": "4-0-1"}, "$.given.layers[1]"),
        ({"layers": [4, -1]}, "$.given.layers[1]"),
        ({"layers": [4, 2.5]}, "whole number"),
        ({"layers": "4-99999999999-1"}, "not sizes"),
        ({"layers": "2-" * 300 + "1"}, "layers"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
