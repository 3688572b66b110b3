"""Forward passes against NumPy and PyTorch, in both layouts; networks written out in names."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.policy import Slip
from dlsolve.topics.networks.forward import ACTIVATIONS, TOPIC
from tests.values import array, number, solved

DECIMALS = st.integers(-20, 20).map(lambda n: n / 10)


def matrix(rows: int, cols: int) -> st.SearchStrategy[list[list[float]]]:
    return st.lists(st.lists(DECIMALS, min_size=cols, max_size=cols), min_size=rows, max_size=rows)


@st.composite
def problems(draw: st.DrawFn, layout: str = "Wx") -> dict[str, Any]:
    depth, samples = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    activations = [draw(st.sampled_from(ACTIVATIONS)) for _ in range(depth)]
    sizes = [draw(st.integers(1, 3))] + [draw(st.integers(2 if a == "softmax" else 1, 3)) for a in activations]
    if draw(st.integers(0, 9)) == 0:
        return {"sizes": sizes}
    out: dict[str, Any] = {"x": draw(matrix(samples, sizes[0])), "activations": activations}
    for k, (n, m) in enumerate(pairwise(sizes), 1):
        out[f"W{k}"] = draw(matrix(m, n) if layout == "Wx" else matrix(n, m))
        if draw(st.booleans()):
            out[f"b{k}"] = draw(matrix(1, m))[0]
    if draw(st.booleans()):
        k = draw(st.integers(1, depth))
        out["weight"] = [draw(st.integers(1, sizes[k - 1])), draw(st.integers(1, sizes[k])), k]
    return out


PROBLEMS = problems()


def activated(name: str, z: np.ndarray) -> np.ndarray:
    """Samples as rows."""
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    every: dict[str, np.ndarray] = {
        "linear": z, "step": (z >= 0).astype(float), "sigmoid": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z),
        "relu": np.maximum(0, z), "leaky_relu": np.where(z > 0, z, z / 100), "elu": np.where(z > 0, z, np.expm1(z)),
        "softmax": powers / powers.sum(axis=1, keepdims=True),
    }  # fmt: skip
    return every[name]


def plain(p: dict[str, Any], layout: str) -> list[np.ndarray]:
    """The outputs of all layers, samples as rows, in NumPy. Sums of decimals are rounded so that a step sees 0."""
    a, out = np.array(p["x"], dtype=float), []
    for k, name in enumerate(p["activations"], 1):
        W = np.array(p[f"W{k}"], dtype=float)
        z = a @ (W.T if layout == "Wx" else W) + np.array(p.get(f"b{k}", 0.0))
        a = activated(name, z.round(12))
        out.append(a)
    return out


@pytest.mark.parametrize("layout", ["Wx", "xW"])
def test_agrees_with_numpy(layout: str) -> None:
    @settings(max_examples=120)
    @given(problems(layout))
    def agrees(problem: dict[str, Any]) -> None:
        trace = solved(TOPIC, problem, {"layout": layout})
        assert all(c.holds for c in trace.checks)
        if "sizes" in problem:
            return
        outputs = plain(problem, layout)
        for k, expected in enumerate(outputs, 1):
            ours = array(trace.env["y_hat" if k == len(outputs) else ("a", k)])
            assert ours == pytest.approx(expected.T if layout == "Wx" else expected, abs=1e-9)
        if "weight" in problem:
            i, j, k = problem["weight"]
            W = problem[f"W{k}"]
            assert number(trace.env["w", i, j, k]) == pytest.approx(
                W[j - 1][i - 1] if layout == "Wx" else W[i - 1][j - 1]
            )

    agrees()


def test_agrees_with_pytorch() -> None:
    torch = pytest.importorskip("torch")
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ELU(), torch.nn.Linear(4, 2), torch.nn.Softmax(dim=1))
    net.double()
    x = [[0.5, -1.0, 2.0], [1.5, 0.0, -0.25]]
    p = {"x": x, "activations": ["elu", "softmax"]}
    for k, layer in ((1, net[0]), (2, net[2])):
        p |= {f"W{k}": layer.weight.tolist(), f"b{k}": layer.bias.tolist()}
    ours = array(solved(TOPIC, p).env["y_hat"]).T
    assert ours == pytest.approx(net(torch.tensor(x).double()).detach().numpy(), abs=1e-9)


def test_the_network_of_the_notes_in_names() -> None:
    trace = solved(TOPIC, {"sizes": [4, 3, 2, 1]})
    said = {trace.name(k): getattr(s, "shown", None) for k, s in trace.steps.items()}
    assert said["o1[1]"] == "w₁₁¹·x₁ + w₂₁¹·x₂ + w₃₁¹·x₃ + w₄₁¹·x₄ + b₁₁"
    assert said["o2[2]"] == "w₁₂²·o₁₁ + w₂₂²·o₁₂ + w₃₂²·o₁₃ + b₂₂"
    assert said["o3[1]"] == "w₁₁³·o₂₁ + w₂₁³·o₂₂ + b₃₁"
    assert [number(trace.env["rows", k]) for k in (1, 2, 3)] == [3, 2, 1]
    assert [number(trace.env["columns", k]) for k in (1, 2, 3)] == [4, 3, 2]
    other = solved(TOPIC, {"sizes": [4, 3, 2, 1]}, {"layout": "xW"})
    assert [number(other.env["rows", k]) for k in (1, 2, 3)] == [4, 3, 2]


def test_one_activation_serves_all_layers() -> None:
    p = {"x": [1], "W1": [[1]], "W2": [[1]], "activations": ["leaky-relu"]}
    assert number(solved(TOPIC, p).env["y_hat"]) == 1


SLIPPED = {
    "x": [1, -2],
    "W1": [[0.2, 0.4], [0.3, -0.7]],
    "b1": [0.1, -0.3],
    "W2": [[0.5, 0.9], [-1, 2]],
    "b2": [0.2, 1],
}


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    hidden = "sigmoid" if "a[l]:sigmoid" in slip.rule.id else "relu"
    raw = SLIPPED | {
        "activations": [hidden, "softmax" if "softmax" in slip.rule.id else "sigmoid"],
        "weight": [1, 2, 1],
    }
    true, slipped = solved(TOPIC, raw), solved(TOPIC, raw, policy=Slip(slip.rule))
    assert any(array(true.env[k]) != pytest.approx(array(slipped.env[k])) for k in true.answers)


ONE = {"x": [1, 2], "W1": [[1, 2]], "activations": ["relu"]}


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "$.given.x"),
        ({"x": [1, 2]}, "$.given.W"),
        (ONE | {"x": [1]}, "$.given.W1"),
        (ONE | {"W1": [[1], [2]]}, "layout"),
        (ONE | {"b1": [1, 2]}, "$.given.b1"),
        (ONE | {"b2": [1]}, "$.given.b2"),
        (ONE | {"W3": [[1]]}, "without a gap"),
        ({"x": [1, 2], "W1": [[1, 2]]}, "$.given.activations"),
        (ONE | {"activations": ["relu", "relu"]}, "$.given.activations"),
        (ONE | {"activations": ["softplus"]}, "$.given.activations[0]"),
        (ONE | {"activations": ["softmax"]}, "single neuron"),
        (ONE | {"weight": [1, 1]}, "i, j and k"),
        (ONE | {"weight": [3, 1, 1]}, "$.given.weight[0]"),
        (ONE | {"weight": [1, 2, 1]}, "$.given.weight[1]"),
        (ONE | {"weight": [1, 1, 2]}, "$.given.weight[2]"),
        (ONE | {"sizes": [2, 1]}, "$.given.sizes"),
        ({"sizes": [2]}, "no weights"),
        ({"sizes": [8, 8, 8]}, "more than 64"),
        ({"sizes": [2, 9]}, "$.given.sizes"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)


@given(st.data(), st.sampled_from(["first", "last"]), st.sampled_from(["Wx", "xW"]))
def test_a_bias_in_the_weights_is_taken_out_of_them(data: st.DataObject, where: str, layout: str) -> None:
    sizes = data.draw(st.lists(st.integers(2, 3), min_size=2, max_size=3))
    numbers = st.integers(-9, 9)
    apart: dict[str, Any] = {"x": data.draw(st.lists(numbers, min_size=sizes[0], max_size=sizes[0]))}
    together = dict(apart)
    for layer, (before, here) in enumerate(pairwise(sizes), 1):
        W = data.draw(st.lists(st.lists(numbers, min_size=before, max_size=before), min_size=here, max_size=here))
        b = data.draw(st.lists(numbers, min_size=here, max_size=here))
        both = [[e, *row] if where == "first" else [*row, e] for e, row in zip(b, W, strict=True)]
        turned = layout == "xW"
        apart |= {f"W{layer}": [list(c) for c in zip(*W, strict=True)] if turned else W, f"b{layer}": b}
        together[f"W{layer}"] = [list(c) for c in zip(*both, strict=True)] if turned else both
    how: dict[str, Any] = {"conventions": {"layout": layout}}
    one = solved(TOPIC, {**apart, "activation": "tanh"}, **how)
    other = solved(TOPIC, {**together, "activation": "tanh", "bias_in_W": where}, **how)
    assert array(one.env["y_hat"]) == pytest.approx(array(other.env["y_hat"]))


def test_a_bias_is_given_once() -> None:
    with pytest.raises(InputError, match="the weights hold the biases"):
        solved(TOPIC, {"x": [1], "W1": [[1, 2]], "b1": [1], "activation": "linear", "bias_in_W": "first"})
    with pytest.raises(InputError, match="bias_in_W first or last"):
        solved(TOPIC, {"x": [1, 2], "W1": [[1, 2, 3]], "activation": "linear"})
