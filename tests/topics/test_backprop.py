"""Backpropagation against PyTorch's autograd, against a loop in NumPy, and against the notes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dlsolve.errors import DomainError, InputError
from dlsolve.fields import read_problem
from dlsolve.formula.compiled import FLOAT64
from dlsolve.formula.tree import Tree
from dlsolve.policy import Slip
from dlsolve.solver import run
from dlsolve.topic import DeclaredSlip
from dlsolve.topics.networks.backprop import TOPIC
from dlsolve.trace import Branch, Step, Trace
from dlsolve.worked.networks.learner import Problem
from tests.values import array, as_typed, number, solved

DECIMALS = st.integers(-20, 20).map(lambda n: n / 10)
HIDDEN = ["linear", "sigmoid", "tanh", "relu", "leaky_relu", "softmax"]
ENDS = [("linear", "squared"), ("linear", "mae"), ("sigmoid", "bce"), ("softmax", "cce"), ("tanh", "squared"),
        ("sigmoid", "squared"), ("relu", "mae"), ("softmax", "squared"), ("leaky_relu", "squared"),
        ("sigmoid", "mae"), ("softmax", "mae"), ("sigmoid", "cce")]  # fmt: skip
SCALES = ["mean", "half", "sum", "half_mean"]
KINKED = {"relu", "leaky_relu"}


def matrix(rows: int, cols: int) -> st.SearchStrategy[list[list[float]]]:
    return st.lists(st.lists(DECIMALS, min_size=cols, max_size=cols), min_size=rows, max_size=rows)


@st.composite
def networks(draw: st.DrawFn, layout: str = "Wx") -> dict[str, Any]:
    """One to three layers of one to three neurons, on one sample or a batch; zeros among the numbers."""
    depth, samples = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    end, loss = draw(st.sampled_from(ENDS))
    least = 2 if "softmax" in (end, loss) or loss == "cce" else 1
    activations = [draw(st.sampled_from(HIDDEN)) for _ in range(depth - 1)] + [end]
    widths = [draw(st.integers(1, 3))]
    widths += [draw(st.integers(2 if a == "softmax" else 1, 3)) for a in activations[:-1]]
    widths.append(draw(st.integers(least, 3)))
    given_: dict[str, Any] = {"x": draw(matrix(samples, widths[0])), "activations": activations, "loss": loss}
    if loss == "cce":
        labels = [draw(st.integers(0, widths[-1] - 1)) for _ in range(samples)]
        given_["y"] = [[int(c == label) for c in range(widths[-1])] for label in labels]
    elif loss == "bce":
        given_["y"] = [[draw(st.integers(0, 1)) for _ in range(widths[-1])] for _ in range(samples)]
    else:
        given_["y"] = draw(matrix(samples, widths[-1]))
    for layer, (fan_in, fan_out) in enumerate(pairwise(widths), 1):
        shape = (fan_out, fan_in) if layout == "Wx" else (fan_in, fan_out)
        given_[f"W{layer}"] = draw(matrix(*shape))
        if draw(st.booleans()):
            given_[f"b{layer}"] = draw(matrix(1, fan_out))[0]
    given_["lr"] = draw(st.sampled_from([0.01, 0.1, 0.5]))
    given_["epochs"] = draw(st.integers(1, 3))
    if "leaky_relu" in activations:
        given_["slope"] = draw(st.sampled_from([0.01, 0.1, 0.2]))
    return given_


PROBLEMS = networks()


def conventions(p: dict[str, Any], layout: str, scale: str) -> dict[str, str]:
    return {"layout": layout, "loss_scale": scale, "reduce": "sum" if scale == "sum" else "mean"}


def torch_run(torch: Any, p: dict[str, Any], layout: str, scale: str) -> Any:
    """The network in PyTorch, samples as rows: (loss, z, a, W, b) of every epoch, with their gradients."""
    layers = len(p["activations"])

    def tensor(values: Any) -> Any:
        return torch.tensor(values, dtype=torch.float64)

    x, y = tensor(p["x"]), tensor(p["y"])
    W = [tensor(p[f"W{k}"]).T if layout == "Wx" else tensor(p[f"W{k}"]) for k in range(1, layers + 1)]
    b = [tensor([float(v) for v in p.get(f"b{k}", [0] * W[k - 1].shape[1])]) for k in range(1, layers + 1)]
    for _ in range(p["epochs"]):
        W = [w.detach().requires_grad_() for w in W]
        b = [v.detach().requires_grad_() for v in b]
        zs, outs = [], []
        out = x
        for k, name in enumerate(p["activations"]):
            z = out @ W[k] + b[k]
            z.retain_grad()
            out = activation(torch, name, z, p.get("slope", 0.01))
            out.retain_grad()
            zs.append(z)
            outs.append(out)
        loss = loss_of(torch, p["loss"], y, out, scale)
        loss.backward()
        yield loss, zs, outs, W, b
        W = [w - p["lr"] * w.grad for w in W]
        b = [v - p["lr"] * v.grad for v in b]
    yield None, [], [], W, b


def activation(torch: Any, name: str, z: Any, slope: float) -> Any:
    match name:
        case "linear":
            return z * 1
        case "leaky_relu":
            return torch.nn.functional.leaky_relu(z, slope)
        case "softmax":
            return torch.softmax(z, dim=1)
        case _:
            return getattr(torch, name)(z)


def loss_of(torch: Any, name: str, y: Any, out: Any, scale: str) -> Any:
    match name:
        case "squared":
            square = torch.sum((y - out) ** 2)
            return square * {"mean": 1 / y.numel(), "half": 0.5, "sum": 1, "half_mean": 0.5 / y.numel()}[scale]
        case "mae":
            return torch.nn.functional.l1_loss(out, y, reduction="sum" if scale == "sum" else "mean")
        case "bce":
            return torch.nn.functional.binary_cross_entropy(out, y, reduction="sum" if scale == "sum" else "mean")
        case _:
            return -torch.sum(y * torch.log(out)) / (1 if scale == "sum" else len(y))


@pytest.mark.oracle
@settings(max_examples=150)
@given(st.data(), st.sampled_from(["Wx", "xW"]), st.sampled_from(SCALES))
def test_agrees_with_autograd(data: st.DataObject, layout: str, scale: str) -> None:
    torch = pytest.importorskip("torch")
    p = data.draw(networks(layout))
    trace = solved(TOPIC, p, conventions(p, layout, scale))
    columns = layout == "Wx"

    def close(key: Any, value: Any) -> None:
        expected = np.atleast_2d(value.detach().numpy())
        np.testing.assert_allclose(
            array(trace.env[key]), expected.T if columns else expected, rtol=1e-7, atol=1e-10, err_msg=str(key)
        )

    layers = len(p["activations"])
    for e, (loss, zs, outs, W, b) in enumerate(torch_run(torch, p, layout, scale), 1):
        for k in range(layers):
            close(("W", k + 1, e - 1), W[k])
            close(("b", k + 1, e - 1), b[k])
        if loss is None:
            break
        assert number(trace.env["L", e]) == pytest.approx(loss.item(), rel=1e-8, abs=1e-12)
        for k in range(layers):
            close(("z", k + 1, e), zs[k])
            theirs = np.atleast_2d(zs[k].detach().numpy())
            # at its kink a ReLU has another slope for 0 than for a rounding error
            if p["activations"][k] in ("relu", "leaky_relu"):
                ours = array(trace.env["z", k + 1, e])
                assume(bool(((ours == 0) == ((theirs.T if columns else theirs) == 0)).all()))
            close(("a", k + 1, e) if k + 1 < layers else ("y_hat", e), outs[k])
            close(("dz", k + 1, e), zs[k].grad)
            close(("da", k + 1, e) if k + 1 < layers else ("dy_hat", e), outs[k].grad)
            close(("dW", k + 1, e), W[k].grad)
            close(("db", k + 1, e), b[k].grad)
    failed = [c for c in trace.checks if not c.holds]
    assert not failed


SLOPES: dict[str, Any] = {
    "linear": lambda z, a: np.ones_like(z),
    "sigmoid": lambda z, a: a * (1 - a),
    "tanh": lambda z, a: 1 - a * a,
    "relu": lambda z, a: (z > 0) * 1.0,
}


@st.composite
def plain_networks(draw: st.DrawFn) -> dict[str, Any]:
    """Plain activations and the squared error."""
    p = draw(networks())
    p["activations"] = [a if a in SLOPES else "tanh" for a in p["activations"]]
    p["loss"] = "squared"
    return p


@settings(max_examples=60)
@given(plain_networks())
def test_agrees_with_deltas_written_by_hand(p: dict[str, Any]) -> None:
    """The textbook's δ of each layer, in NumPy."""
    trace = solved(TOPIC, p)
    layers = len(p["activations"])
    a = [np.array(p["x"], dtype=float).T]
    zs, W = [], [np.array(p[f"W{k}"], dtype=float) for k in range(1, layers + 1)]
    for k, name in enumerate(p["activations"]):
        bias = np.array(p.get(f"b{k + 1}", [0] * len(W[k])), dtype=float).reshape(-1, 1)
        zs.append(W[k] @ a[-1] + bias)
        z = zs[-1]
        a.append({"linear": z, "sigmoid": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z), "relu": np.maximum(z, 0)}[name])
    y = np.array(p["y"], dtype=float).T
    delta = 2 * (a[-1] - y) / y.size
    for k in reversed(range(layers)):
        delta = delta * SLOPES[p["activations"][k]](zs[k], a[k + 1])
        np.testing.assert_allclose(array(trace.env["dW", k + 1, 1]), delta @ a[k].T, rtol=1e-8, atol=1e-11)
        np.testing.assert_allclose(array(trace.env["db", k + 1, 1]).ravel(), delta.sum(axis=1), rtol=1e-8, atol=1e-11)
        delta = W[k].T @ delta


@settings(max_examples=40)
@given(PROBLEMS)
def test_float64_agrees_with_exact(p: dict[str, Any]) -> None:
    exact, plain = solved(TOPIC, p), solved(TOPIC, p, arithmetic=FLOAT64)
    if KINKED & set(p["activations"]) or p["loss"] == "mae":
        # a value that is exactly 0 may come out on either side of the kink in floats
        return
    for key in exact.answers:
        np.testing.assert_allclose(array(plain.env[key]), array(exact.env[key]), rtol=1e-6, atol=1e-9)


# -- the notes -------------------------------------------------------------------------------------

NET = {"x": [1, 2], "y": 5, "W1": [[0.2, 0.4], [0.3, 0.7]], "b1": [0, 0], "W2": [0.5, 0.9], "b2": 0,
       "activations": ["relu", "linear"], "lr": 0.01}  # fmt: skip


def entries(trace: Trace, *key: Any) -> list[fmpq]:
    value = trace.env[key if len(key) > 1 else key[0]]
    return list(value.entries()) if hasattr(value, "entries") else [value]


def q(*texts: str) -> list[fmpq]:
    from dlsolve.numbers.exact import read

    return [read(t) for t in texts]


def test_the_network_of_the_notes() -> None:
    trace = solved(TOPIC, NET)
    assert entries(trace, "z", 1, 1) == entries(trace, "a", 1, 1) == q("1", "1.7")
    assert entries(trace, "y_hat", 1) == q("2.03")
    assert entries(trace, "L", 1) == q("8.8209")
    assert entries(trace, "dy_hat", 1) == q("-5.94")
    assert entries(trace, "dW", 2, 1) == q("-5.94", "-10.098")
    assert entries(trace, "db", 2, 1) == q("-5.94")
    assert entries(trace, "da", 1, 1) == entries(trace, "dz", 1, 1) == q("-2.97", "-5.346")
    assert entries(trace, "dW", 1, 1) == q("-2.97", "-5.94", "-5.346", "-10.692")
    assert entries(trace, "db", 1, 1) == q("-2.97", "-5.346")
    assert entries(trace, "W", 2, 1) == q("0.5594", "1.00098")
    assert entries(trace, "b", 2, 1) == q("0.0594")
    assert entries(trace, "W", 1, 1) == q("0.2297", "0.4594", "0.35346", "0.80692")
    assert entries(trace, "b", 1, 1) == q("0.0297", "0.05346")
    assert entries(trace, "y_hat", 2) == q("2.7412254248")
    assert entries(trace, "L", 2) == q("7971972783703031961/1562500000000000000")


def test_half_the_loss_of_the_notes() -> None:
    trace = solved(TOPIC, NET, {"loss_scale": "half"})
    assert entries(trace, "L", 1) == q("4.41045")
    assert entries(trace, "dW", 2, 1) == q("-2.97", "-5.049")
    assert entries(trace, "dW", 1, 1) == q("-1.485", "-2.97", "-2.673", "-5.346")
    assert entries(trace, "W", 2, 1) == q("0.5297", "0.95049")
    assert entries(trace, "b", 2, 1) == q("0.0297")
    assert entries(trace, "W", 1, 1) == q("0.21485", "0.4297", "0.32673", "0.75346")
    assert entries(trace, "b", 1, 1) == q("0.01485", "0.02673")


def test_the_squared_error_through_one_sigmoid() -> None:
    trace = solved(TOPIC, {"x": 1, "y": 1, "W1": 0.5, "activations": ["sigmoid"]})
    assert number(trace.env["y_hat", 1]) == pytest.approx(0.6224593312018546, rel=1e-15)
    assert number(trace.env["L", 1]) == pytest.approx(0.14253695659655094, rel=1e-14)
    assert number(trace.env["dW", 1, 1]) == pytest.approx(-0.17744691734927376, rel=1e-14)
    assert number(trace.env["db", 1, 1]) == pytest.approx(-0.17744691734927376, rel=1e-14)


def test_a_dead_relu_keeps_its_weights() -> None:
    p = {"x": [1, 2], "y": 1, "W1": [[0.5, -1]], "b1": 0.2, "W2": 0.8, "activations": ["relu", "linear"]}
    trace = solved(TOPIC, p)
    assert entries(trace, "dW", 1, 1) == [0, 0]
    assert entries(trace, "W", 1, 1) == entries(trace, "W", 1, 0)


# -- names -----------------------------------------------------------------------------------------


def test_names_of_one_update_and_of_several() -> None:
    once = solved(TOPIC, NET)
    names = {once.name(k) for k in once.steps}
    assert {"z1", "a1", "y_hat", "L", "dW1", "db2", "dz2", "da1", "W1_1", "b2_1", "y_hat_2", "L_2"} <= names
    assert once.name(("W", 1, 0)) == "W1_0"
    assert once.aliases["W1_new"] == ("W", 1, 1)
    twice = solved(TOPIC, {**NET, "epochs": 2})
    names = {twice.name(k) for k in twice.steps}
    assert {"z1_1", "y_hat_1", "dW1_1", "dW1_2", "W1_1", "W1_2", "L_3"} <= names
    assert "W1_new" not in twice.aliases


def test_a_gradient_has_one_rule_in_all_epochs() -> None:
    trace = solved(TOPIC, {**NET, "epochs": 3})
    assert len({id(trace.steps["dW", 1, e].rule) for e in (1, 2, 3)}) == 1


def test_a_layer_is_finished_before_the_layer_below() -> None:
    trace = solved(TOPIC, NET)
    order = [trace.name(k) for k in trace.steps]
    backward = order[order.index("L") + 1 : order.index("W2_1")]
    assert backward == ["dy_hat", "dz2", "dW2", "db2", "da1", "dz1", "dW1", "db1"]


# -- the ends of the range -------------------------------------------------------------------------


def test_a_kink_is_passed_over_by_the_finite_differences() -> None:
    trace = solved(
        TOPIC, {"x": [1, -1], "y": 3, "W1": [[1, 1], [2, 1]], "W2": [1, 1], "activations": ["relu", "linear"]}
    )
    assert entries(trace, "z", 1, 1)[0] == 0
    assert entries(trace, "dz", 1, 1)[0] == 0, "the derivative of ReLU at 0 is 0"
    (check,) = trace.checks
    assert check.holds
    assert "kink" in check.text


def test_no_epochs_is_a_forward_pass() -> None:
    trace = solved(TOPIC, {**NET, "epochs": 0})
    assert [trace.name(k) for k in trace.steps] == ["z1", "a1", "z2", "y_hat", "L"]


def test_zeros_everywhere() -> None:
    p = {"x": [0, 0], "y": 0, "W1": [[0, 0], [0, 0]], "W2": [0, 0], "activations": ["tanh", "linear"]}
    trace = solved(TOPIC, p)
    assert entries(trace, "L", 1) == [0]
    assert not next(i for i in trace.items if isinstance(i, Branch)).truth


def test_a_saturated_sigmoid_is_not_rounded_to_its_end() -> None:
    trace = solved(TOPIC, {"x": 40, "y": 1, "W1": 1, "activations": ["sigmoid"], "loss": "bce"})
    assert number(trace.env["dz", 1, 1]) == pytest.approx(-4.248354255291589e-18, rel=1e-9)
    assert number(trace.env["L", 1]) == pytest.approx(4.248354255291589e-18, rel=1e-9)


def test_ln_of_0_is_named() -> None:
    p = {"x": 0, "y": 1, "W1": 1, "activations": ["linear"], "loss": "bce"}
    with pytest.raises(DomainError, match=r"^L = "):
        solved(TOPIC, p)


def test_a_deep_network() -> None:
    p = {"x": 1, "y": 1, **{f"W{k}": 1 for k in range(1, 61)}, "activations": ["linear"] * 60, "lr": 0.001}
    trace = solved(TOPIC, p)
    assert entries(trace, "dW", 1, 1) == [0]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"activations": ["relu"]}, "$.given.activations"),
        ({"activations": ["relu", "step"]}, "$.given.activations[1]"),
        ({"activations": ["relu", "softmaxx"]}, "$.given.activations[1]"),
        ({"activations": ["relu", "softmax"]}, "$.given.activations[1]"),
        ({"loss": "hinge"}, "$.given.loss"),
        ({"W1": [[1, 2, 3], [1, 2, 3]]}, "$.given.W1"),
        ({"W2": [1, 2, 3]}, "$.given.W2"),
        ({"b1": [1, 2, 3]}, "$.given.b1"),
        ({"y": [1, 2]}, "$.given.y"),
        ({"y": [[1], [2]]}, "$.given.y"),
        ({"W4": [[1]]}, "$.given.W3"),
        ({"lr": 0}, "$.given.lr"),
        ({"epochs": -1}, "$.given.epochs"),
        ({"b3": [1]}, "$.given.b3"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(change: dict[str, Any], where: str) -> None:
    with pytest.raises(InputError) as fault:
        run(TOPIC, read_problem(Problem, as_typed({**NET, **change})))
    assert fault.value.where == where


# -- slips -----------------------------------------------------------------------------------------

SQUARE = {"x": [[1, 2], [0.5, -1]], "y": [[1, 0], [0.2, 0.5]], "W1": [[0.2, 0.4], [-0.3, 0.7]], "b1": [0.1, 0.3],
          "W2": [[0.5, 0.9], [1, -1]], "b2": [0, 0.2], "activations": ["sigmoid", "tanh"], "lr": 0.5}  # fmt: skip


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_every_declared_slip_changes_the_run(slip: DeclaredSlip) -> None:
    conventions = {"loss_scale": "half"} if slip.id == "factor-kept" else {}
    true, slipped = solved(TOPIC, SQUARE, conventions), solved(TOPIC, SQUARE, conventions, policy=Slip(slip.rule))
    assert slip_sites(true, slip), "it touches a rule"
    assert [true.name(k) for k in true.steps] == [slipped.name(k) for k in slipped.steps]
    assert differing(true, slipped)


def slip_sites(trace: Trace, slip: DeclaredSlip) -> list[str]:
    """The steps whose rule a slip touches, by name."""
    return [trace.name(k) for k, s in trace.steps.items() if isinstance(s, Step) and slip.applied(s.rule) is not None]


def differing(a: Trace, b: Trace) -> list[str]:
    return [a.name(k) for k in a.steps if not np.allclose(array(a.env[k]), array(b.env[k]))]


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_slip_at_one_step_leaves_the_others_alone(slip: DeclaredSlip) -> None:
    conventions = {"loss_scale": "half"} if slip.id == "factor-kept" else {}
    true = solved(TOPIC, SQUARE, conventions)
    at = slip_sites(true, slip)[0]
    slipped = solved(TOPIC, SQUARE, conventions, policy=Slip(slip.rule, at=at))
    order = [true.name(k) for k in true.steps]
    assert differing(true, slipped)[0] == at
    replaced = [
        slipped.name(k) for k, s in slipped.steps.items() if isinstance(s, Step) and s.rule.expr != rule_of(true, k)
    ]
    assert replaced == [at]
    assert order == [slipped.name(k) for k in slipped.steps]


def rule_of(trace: Trace, key: Any) -> Tree:
    step = trace.steps[key]
    assert isinstance(step, Step)
    return step.rule.expr


def test_values_of_some_slips() -> None:
    net = {**SQUARE, "x": [[1, 2]], "y": [[1, 0]]}
    by_id = {slip.id: slip for slip in TOPIC.slips}

    def slipped(id_: str) -> Trace:
        return solved(TOPIC, net, policy=Slip(by_id[id_].rule))

    true = solved(TOPIC, net)
    W2 = np.array(net["W2"])
    dz2 = array(true.env["dz", 2, 1])
    np.testing.assert_allclose(array(slipped("W-not-transposed").env["da", 1, 1]), W2 @ dz2)
    new = W2 - 0.5 * dz2 @ array(true.env["a", 1, 1]).T
    np.testing.assert_allclose(array(slipped("new-weights").env["da", 1, 1]), new.T @ dz2)
    no_slope = slipped("no-activation-slope")
    np.testing.assert_allclose(array(no_slope.env["dz", 1, 1]), W2.T @ array(true.env["dy_hat", 1]))
    np.testing.assert_allclose(array(slipped("z-for-a").env["z", 2, 1]), W2 @ array(true.env["z", 1, 1]) + [[0], [0.2]])
    np.testing.assert_allclose(array(slipped("not-averaged").env["dy_hat", 1]), 2 * array(true.env["dy_hat", 1]))
    np.testing.assert_allclose(
        array(slipped("gradient-added").env["W", 2, 1]), W2 + 0.5 * dz2 @ array(true.env["a", 1, 1]).T
    )


def test_a_residual_that_is_0_to_every_digit_can_be_squared() -> None:
    """Two equal sigmoids subtracted: an enclosure of 0, never exactly 0."""
    p = {"x": [1, 1], "y": 0, "W1": [[1, 1], [1, 1]], "W2": [1, -1], "activations": ["sigmoid", "linear"]}
    trace = solved(TOPIC, p)
    assert number(trace.env["L", 1]) == 0
