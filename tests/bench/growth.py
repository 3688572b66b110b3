"""How the cost grows from hand size to a million: against plain loops, NumPy, PyTorch and scikit-learn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy

from dlsolve import catalog
from dlsolve.fields import read_problem
from dlsolve.formula.compiled import EXACT, FLOAT64
from dlsolve.solver import run
from tests.bench.measure import Ratio, against, peak, process
from tests.bench.untraced import loop, untraced

POWERS = (2, 3, 4, 5, 6)
ROUNDS = 5
NUMPY_BOUND = 1.5


def _adam(steps: int) -> dict[str, str]:
    return {"f": "(w - 3)^2", "start": "0", "lr": "0.01", "steps": str(steps)}


def adam_steps() -> Iterator[Ratio]:
    """Adam on a function: exact up to 1,000 steps, beyond that in float64, both ends kept."""
    topic = catalog.topic("adam")
    short = run(topic, read_problem(topic.problem, _adam(3)), arithmetic=FLOAT64)
    plain = loop(short, "t")
    for power in POWERS:
        steps = 10**power
        problem = read_problem(topic.problem, _adam(steps))
        arithmetic = EXACT if steps <= 1000 else FLOAT64
        if arithmetic is EXACT:
            bare: Callable[[], Any] = untraced(run(topic, problem))
        else:
            found = run(topic, problem, arithmetic=FLOAT64, limit=10**7, whole=False).env["theta", steps]
            assert plain(steps)["theta"] == found, "the loop is not the run"
            bare = partial(plain, steps)
        yield against(
            f"adam 1e{power}",
            f"Adam, {steps} steps, {arithmetic.name}: a traced solve / the same arithmetic in a loop",
            lambda p=problem, a=arithmetic: run(topic, p, arithmetic=a, whole=False),  # type: ignore[misc]
            bare,
            rounds=ROUNDS,
            bound=3 if steps == 1000 else None,
        )


def adam_memory() -> Ratio:
    """The whole command's peak memory."""

    def memory(steps: int) -> float:
        flags = [part for key, value in _adam(steps).items() for part in (f"--{key}", value)]
        return peak(["-m", "dlsolve", "adam", *flags])

    few, many = memory(20_000), memory(1_000_000)
    what = "peak memory of dlsolve adam: 1,000,000 steps / 20,000 steps"
    return Ratio("adam memory", what, many, few, many / few, 1.1, unit="MiB")


def gd_samples() -> Iterator[Ratio]:
    """Batch descent on a linear model: three epochs on one feature."""
    topic = catalog.topic("gd")
    for power in POWERS:
        n = 10**power
        rng = numpy.random.default_rng(power)
        X = rng.integers(-999, 999, (n, 1))
        y = X @ [3] + rng.integers(-99, 99, n)
        given = {"X": X.tolist(), "y": y.tolist(), "w": [0], "b": 0, "lr": "1e-7", "epochs": 3}
        problem = read_problem(topic.problem, given)
        features, target = X.astype(float), y.astype(float).reshape(-1, 1)

        def bare(features: Any = features, target: Any = target, n: int = n) -> Any:
            w, b = numpy.zeros((1, 1)), 0.0
            kept = []  # as a derivation keeps them: memory that is used again costs nothing
            for _ in range(3):
                y_hat = features @ w + b
                kept.append(y_hat)
                loss = ((target - y_hat) ** 2).mean()
                slope = -2 * (target - y_hat) / n
                w, b = w - 1e-7 * (features.T @ slope), b - 1e-7 * slope.sum()
            return w, b, loss, ((target - features @ w - b) ** 2).mean()

        found = run(topic, problem, arithmetic=FLOAT64, whole=False).env
        assert numpy.allclose(found["w", 3], bare()[0], rtol=1e-9), "not what NumPy has"
        yield against(
            f"gd 1e{power}",
            f"descent, {n} samples, 3 epochs, float64: a traced and checked solve / NumPy, its values kept",
            lambda p=problem: run(topic, p, arithmetic=FLOAT64, whole=False),  # type: ignore[misc]
            bare,
            rounds=ROUNDS,
            bound=NUMPY_BOUND if power == 6 else None,
        )


SIZES = ((2, 2, 1, 1), (4, 8, 3, 10), (64, 32, 10, 100), (784, 128, 10, 100))


def backprop_sizes() -> Iterator[Ratio]:
    """Networks with one hidden layer: one update, whose rules are derived first, and ten of the largest;
    against NumPy, and against PyTorch's own gradients."""
    topic = catalog.topic("backprop")
    for (inputs, hidden, outputs, samples), epochs in [*((size, 1) for size in SIZES), (SIZES[-1], 10)]:
        rng = numpy.random.default_rng(inputs)
        x = rng.random((samples, inputs)).round(3)
        y = numpy.eye(outputs)[rng.integers(0, outputs, samples)] if outputs > 1 else numpy.ones((samples, 1))
        W = [rng.normal(size=s).round(3) / 10 for s in ((hidden, inputs), (outputs, hidden))]
        last = ["softmax", "cce"] if outputs > 1 else ["sigmoid", "bce"]
        given = {"x": x.tolist(), "y": y.tolist(), "W1": W[0].tolist(), "W2": W[1].tolist(),
                 "activations": ["relu", last[0]], "loss": last[1], "lr": "0.1", "epochs": epochs}  # fmt: skip
        problem = read_problem(topic.problem, given)
        size, often = f"{inputs}-{hidden}-{outputs}", "10 updates" if epochs > 1 else "one update"

        def ours(problem: Any = problem) -> Any:
            return run(topic, problem, arithmetic=FLOAT64, whole=False).env

        found = ours()
        for name, learn in (("NumPy", _numpy_updates), ("PyTorch", _torch_updates)):
            if name == "PyTorch" and not _has_torch():
                continue
            other = partial(learn, x.T, y.T, W, last[0], epochs)
            for n, new in enumerate(other(), 1):
                assert numpy.allclose(found["W", n, epochs], new, rtol=1e-6, atol=1e-9), f"not what {name} has"
            keeps = ", its values kept" if name == "NumPy" else ""
            yield against(
                f"backprop {size}{' ×10' if epochs > 1 else ''} {name}",
                f"{often} of {size} on {samples} samples, float64: a traced and checked solve / {name}{keeps}",
                ours,
                other,
                rounds=9,
                bound=NUMPY_BOUND if name == "NumPy" and epochs > 1 else None,
            )


def _numpy_updates(x: Any, y: Any, W: Any, last: str, epochs: int) -> list[Any]:
    def forward(W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
        z1 = W1 @ x + b1
        a1 = numpy.maximum(z1, 0)
        z2 = W2 @ a1 + b2
        if last == "softmax":
            powers = numpy.exp(z2 - z2.max(axis=0))
            y_hat = powers / powers.sum(axis=0)
            return z1, a1, y_hat, -(y * numpy.log(y_hat)).sum() / x.shape[1]
        y_hat = 1 / (1 + numpy.exp(-z2))
        return z1, a1, y_hat, -(y * numpy.log(y_hat) + (1 - y) * numpy.log(1 - y_hat)).mean()

    W1, W2 = W
    b1, b2 = numpy.zeros((len(W1), 1)), numpy.zeros((len(W2), 1))
    kept = []
    for _ in range(epochs):
        z1, a1, y_hat, loss = forward(W1, b1, W2, b2)
        dz2 = (y_hat - y) / x.shape[1]
        da1 = W2.T @ dz2
        dz1 = da1 * (z1 > 0)
        dW1, dW2 = dz1 @ x.T, dz2 @ a1.T
        db1, db2 = dz1.sum(axis=1, keepdims=True), dz2.sum(axis=1, keepdims=True)
        W1, W2, b1, b2 = W1 - 0.1 * dW1, W2 - 0.1 * dW2, b1 - 0.1 * db1, b2 - 0.1 * db2
        # memory that is new costs more than the arithmetic: a solution keeps all it has worked out
        kept.append((z1, a1, y_hat, loss, dz2, da1, dz1, dW1, dW2, db1, db2, W1, W2, b1, b2))
    forward(W1, b1, W2, b2)
    return [W1, W2]


def _has_torch() -> bool:
    from importlib.util import find_spec

    return find_spec("torch") is not None


def _torch_updates(x: Any, y: Any, W: Any, last: str, epochs: int) -> list[Any]:
    import torch

    torch.set_num_threads(1)
    inputs, target = torch.tensor(x), torch.tensor(y)
    parameters = [torch.tensor(w) for w in W]
    parameters += [torch.zeros((len(w), 1), dtype=torch.float64) for w in W]
    for parameter in parameters:
        parameter.requires_grad_()
    W1, W2, b1, b2 = parameters

    def loss() -> Any:
        z2 = W2 @ torch.relu(W1 @ inputs + b1) + b2
        if last == "softmax":
            return -(target * torch.log_softmax(z2, dim=0)).sum() / x.shape[1]
        return torch.nn.functional.binary_cross_entropy_with_logits(z2, target)

    for _ in range(epochs):
        loss().backward()
        with torch.no_grad():
            for parameter in parameters:
                parameter -= 0.1 * parameter.grad
                parameter.grad = None
    with torch.no_grad():
        loss()
    return [W1.detach().numpy(), W2.detach().numpy()]


def entropy_outcomes() -> Iterator[Ratio]:
    """Entropy of counts, from the numbers as they were read."""
    topic = catalog.topic("entropy")
    for power in POWERS:
        counts = numpy.random.default_rng(power).integers(1, 999, 10**power).tolist()
        problem = read_problem(topic.problem, {"counts": counts})
        arithmetic = EXACT if 10**power <= 1000 else FLOAT64

        def bare(counts: list[int] = counts) -> float:
            p = numpy.array(counts, dtype=float)
            p /= p.sum()
            return float(-(p * numpy.log2(p)).sum())

        found = run(topic, problem, arithmetic=FLOAT64, whole=False).env["H"]
        assert abs(found - bare()) < 1e-9, "not what NumPy has"
        yield against(
            f"entropy 1e{power}",
            f"entropy of {10**power} outcomes, {arithmetic.name}: a traced and checked solve / NumPy from the list",
            lambda p=problem, a=arithmetic: run(topic, p, arithmetic=a, whole=False),  # type: ignore[misc]
            bare,
            rounds=ROUNDS,
            bound=None,
        )


def roc_scores() -> Iterator[Ratio]:
    """The area under a ROC curve, by trapezoids and by ranks, every point of the curve a named value."""
    from sklearn.metrics import roc_auc_score, roc_curve

    topic = catalog.topic("roc")
    for power in POWERS:
        rng = numpy.random.default_rng(power)
        y = rng.integers(0, 2, 10**power)
        score = (rng.normal(size=10**power) + y).round(6)
        given = {"y_true": y.tolist(), "y_score": score.tolist()}
        problem = read_problem(topic.problem, given)
        arithmetic = EXACT if 10**power <= 1000 else FLOAT64

        def bare(given: dict[str, list[float]] = given) -> float:
            truth, scores = numpy.array(given["y_true"]), numpy.array(given["y_score"])
            roc_curve(truth, scores, drop_intermediate=False)
            return float(roc_auc_score(truth, scores))

        found = run(topic, problem, arithmetic=FLOAT64, whole=False).env["AUC"]
        assert abs(found - bare()) < 1e-9, "not what scikit-learn has"
        yield against(
            f"roc 1e{power}",
            f"ROC of {10**power} scores, {arithmetic.name}: a traced and checked solve / scikit-learn from the lists",
            lambda p=problem, a=arithmetic: run(topic, p, arithmetic=a, whole=False),  # type: ignore[misc]
            bare,
            rounds=ROUNDS,
            bound=None,
        )


_SKLEARN = """
import json, sys
from sklearn.metrics import roc_auc_score
given = json.load(open(sys.argv[1]))["given"]
print(roc_auc_score(given["y_true"], given["y_score"]))
"""


def command() -> Iterator[Ratio]:
    """The whole command on a file of 10⁴ to 10⁶ scores: start-up, reading, solving, writing."""
    with TemporaryDirectory() as folder:
        for power in (4, 5, 6):
            rng = numpy.random.default_rng(power)
            y = rng.integers(0, 2, 10**power)
            given = {"y_true": y.tolist(), "y_score": (rng.normal(size=10**power) + y).round(6).tolist()}
            file = Path(folder) / f"{power}.json"
            file.write_text(json.dumps({"topic": "roc", "given": given}), encoding="utf-8")
            yield against(
                f"command 1e{power}",
                f"dlsolve roc FILE, {10**power} scores / a script with json and sklearn.metrics.roc_auc_score",
                process(["-m", "dlsolve", "roc", str(file)]),
                process(["-c", _SKLEARN, str(file)]),
                rounds=3,
                bound=None,
            )
