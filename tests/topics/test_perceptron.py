"""The perceptron against plain loops in fractions and in floats, scikit-learn and a linear program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from flint import fmpq
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.fields import read_problem
from dlsolve.formula.compiled import FLOAT64
from dlsolve.linalg.separable import Inequality, decide, proves
from dlsolve.named import find
from dlsolve.numbers.show import to_float
from dlsolve.policy import Follow, Slip
from dlsolve.problem import items
from dlsolve.solver import Solution, run, solve_problem
from dlsolve.topics.neurons.perceptron import TOPIC
from dlsolve.trace import Trace
from dlsolve.worked.neurons.samples import Problem

FOLDER = Path(__file__).resolve().parents[2] / "problems" / "perceptron"


def solved(given: Mapping[str, Any], **how: Any) -> Trace:
    return run(TOPIC, read_problem(TOPIC.problem, given), **how)


def filed(name: str, **how: Any) -> Solution:
    (item,) = items(str(FOLDER / f"{name}.json"))
    assert not isinstance(item, InputError)
    file = item.read()
    how.setdefault("conventions", dict(file.conventions))
    return solve_problem(TOPIC, read_problem(TOPIC.problem, file.given), **how)


def value(trace: Trace, name: str) -> Any:
    found = find(trace, name)
    assert found is not None, name
    return found


def fraction(number: Any) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def flat(column: Any) -> list[Any]:
    return [e for row in column.rows for e in row]


# -- an independent run -----------------------------------------------------------------------------


class Run(NamedTuple):
    w: list[Any]
    b: Any
    updates: int
    seen: list[tuple[int, int, Any, int]]
    """Pass, sample, z and ŷ of every sample looked at."""
    converged: bool


def by_hand(
    X: Sequence[Sequence[Any]], y: Sequence[int], w: Sequence[Any], b: Any, lr: Any, *,
    fires: Callable[[Any], bool], restart: bool, most: int, train_bias: bool = True,
) -> Run:  # fmt: skip
    """The perceptron rule in whatever numbers it is handed, as one writes it in Python."""
    weights, low = list(w), min(0, *y)
    seen, updates, turn, clean = [], 0, 0, False
    while not clean and turn < most:
        turn, clean = turn + 1, True
        for s in range(len(X)):
            z = weights[0] * X[s][0]
            for j in range(1, len(weights)):
                z = z + weights[j] * X[s][j]
            z = z + b
            said = 1 if fires(z) else low
            seen.append((turn, s + 1, z, said))
            if said == y[s]:
                continue
            updates, clean = updates + 1, False
            for j in range(len(weights)):
                weights[j] += lr * (y[s] - said) * X[s][j]
            if train_bias:
                b += lr * (y[s] - said)
            if restart:
                break
    return Run(weights, b, updates, seen, clean)


# -- random problems --------------------------------------------------------------------------------

halves = st.integers(-6, 6).map(lambda n: f"{n}/2")
tenths = st.integers(-25, 25).map(lambda n: f"{n / 10:g}")
rates = st.sampled_from(["0.1", "0.5", "1", "1/3", "0.25", "2"])
numbers = st.one_of(halves, tenths, st.integers(-3, 3).map(str))
GATES = ["AND", "OR", "NAND", "NOR", "XOR", "XNOR"]


@st.composite
def trainings(draw: st.DrawFn, entries: st.SearchStrategy[str] = numbers) -> dict[str, Any]:
    """Samples to train on: doubled points, one class only and inseparable ones among them."""
    d, n = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    low = draw(st.sampled_from([0, 0, -1]))
    problem: dict[str, Any] = {
        "X": [[draw(entries) for _ in range(d)] for _ in range(n)],
        "y": [draw(st.sampled_from([low, 1])) for _ in range(n)],
        "w": [draw(entries) for _ in range(d)],
        "b": draw(entries),
        "lr": draw(rates),
    }
    if draw(st.booleans()):
        problem["threshold"] = draw(entries)
    if draw(st.booleans()):
        problem["epochs"] = draw(st.integers(1, 6))
    if draw(st.integers(0, 4)) == 0:
        problem["train_bias"] = False
    return problem


@st.composite
def gates(draw: st.DrawFn) -> dict[str, Any]:
    inputs = draw(st.integers(1, 3))
    problem: dict[str, Any] = {"gate": draw(st.sampled_from(GATES)), "inputs": inputs}
    if draw(st.booleans()):
        problem["w"] = [draw(numbers) for _ in range(inputs)]
        problem["b"] = draw(numbers)
    if draw(st.booleans()):
        problem |= {"lr": draw(rates), "epochs": draw(st.integers(1, 8))}
    elif draw(st.booleans()):
        problem["task"] = "separable"
    return problem


@st.composite
def passes(draw: st.DrawFn) -> dict[str, Any]:
    d = draw(st.integers(1, 5))
    return {
        "x": [draw(numbers) for _ in range(d)],
        "w": [draw(numbers) for _ in range(d)],
        "b": draw(numbers),
        "activation": draw(st.sampled_from(["step", "sigmoid"])),
    }


@st.composite
def units(draw: st.DrawFn) -> dict[str, Any]:
    """Weights alone: the unit is looked at on all inputs of bits."""
    w = draw(st.lists(st.integers(-3, 3), min_size=1, max_size=4))
    return {"w": w, "threshold": draw(st.integers(-4, 5)), "b": draw(st.integers(-2, 2))}


PROBLEMS = st.one_of(trainings(), gates(), passes(), units())
"""The `given` of a problem, for the laws."""


# -- the notes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("and-gate-forward", {"z": ["-3/2", "-1/2", "-1/2", "1/2"], "y_hat": [0, 0, 0, 1]}),
        ("or-gate-forward", {"z": ["-1/2", "1/2", "1/2", "3/2"], "y_hat": [0, 1, 1, 1]}),
        ("perceptron-step-3in", {"z": -2, "y_hat": 0}),
        ("perceptron-train-and", {
            "w1": "1.2", "w2": "0.6", "b": "-0.5", "updates": 3, "evaluations": 13, "w1_1": "0.7", "w2_1": "0.6",
            "b_1": "-0.5", "w1_2": "1.2", "w2_2": "1.1", "b_2": 0, "w1_3": "1.2", "w2_3": "0.6", "b_3": "-0.5",
            "z": ["-0.5", "0.1", "0.7", "1.3"], "y_hat": [0, 0, 0, 1],
        }),
        ("perceptron-train-or", {
            "w1": "0.6", "w2": "1.1", "b": "0.5", "updates": 1, "evaluations": 6,
            "z": ["0.5", "1.6", "1.1", "2.2"], "y_hat": [0, 1, 1, 1],
        }),
        ("perceptron-python-and", {
            "w1": "0.2", "w2": "0.1", "b": "-0.3", "updates": 14, "epochs": 7, "y_hat": [0, 0, 0, 1],
        }),
        ("perceptron-update-rule", {"w1": "0.15", "w2": "-0.7", "w3": "-0.025", "b": "0.05"}),
        ("and-fixed-threshold", {"w1": "0.7", "w2": "0.6", "updates": 1}),
    ],
)  # fmt: skip
def test_the_notes(name: str, expected: Mapping[str, Any]) -> None:
    trace = filed(name).trace
    for asked, right in expected.items():
        got = value(trace, asked)
        if isinstance(right, list):
            assert [fraction(e) for e in flat(got)] == [Fraction(r) for r in right], asked
        else:
            assert fraction(got) == Fraction(right), asked


@pytest.mark.parametrize(
    ("name", "updates", "evaluations", "epochs"), [("perceptron-train-and", 3, 12, 3), ("perceptron-train-or", 1, 8, 2)]
)
def test_the_notes_swept_by_epochs(name: str, updates: int, evaluations: int, epochs: int) -> None:
    trace = filed(name, conventions={"loop": "sweep"}).trace
    found = [value(trace, n) for n in ("updates", "evaluations", "epochs")]
    assert found == [updates, evaluations, epochs]


def test_or_with_a_fixed_threshold() -> None:
    trace = solved({"gate": "OR", "w": ["0.6", "0.6"], "threshold": 1, "lr": "0.5", "train_bias": False})
    assert [value(trace, n) for n in ("w1", "w2", "updates")] == [fmpq(11, 10), fmpq(11, 10), 2]


def test_sigmoid_of_three_inputs() -> None:
    trace = filed("perceptron-sigmoid-3in").trace
    assert value(trace, "z") == 1
    assert to_float(value(trace, "y_hat")) == pytest.approx(0.7310585786300049, abs=1e-15)


def test_exact_and_float_runs_end_apart_and_both_are_said() -> None:
    exact, floats = filed("perceptron-python-and"), filed("perceptron-python-and", arith="float64")
    assert value(exact.trace, "b") == fmpq(-3, 10)
    assert value(floats.trace, "b") == -0.20000000000000004
    assert (value(exact.trace, "updates"), value(floats.trace, "updates")) == (14, 11)
    said = [r for r in exact.trace.remarks if "float64" in r]
    assert len(said) == 1
    assert "b is −0.2 (here −0.3)" in said[0]
    assert "updates is 11 (here 14)" in said[0]
    assert "z₅[3] is 0 here and −2.7756·10⁻¹⁷ there" in said[0]
    assert any("b is −0.3 (here −0.2)" in r for r in floats.trace.remarks)
    by_restart = filed("perceptron-python-and", conventions={"loop": "restart"}).trace
    assert [value(by_restart, n) for n in ("b", "updates")] == [fmpq(-3, 10), 12]
    above = filed("perceptron-python-and", conventions={"fire": "gt"})
    assert [value(above.trace, n) for n in ("w1", "w2", "b", "updates")] == [fmpq(1, 5), fmpq(1, 10), fmpq(-1, 5), 11]
    assert not any("float64" in r for r in above.trace.remarks)


def test_xor_is_proved_impossible() -> None:
    trace = filed("xor-not-separable").trace
    assert value(trace, "separable") == "no"
    text = " ".join(getattr(item, "text", "") for item in trace.items)
    assert "add up to w₁ + w₂ + 2·b > 0, those with label 0 to w₁ + w₂ + 2·b ≤ 0: both cannot be" in text
    assert "(0.5, 0.5)" in text


# -- 200 random problems and more -------------------------------------------------------------------


@settings(max_examples=250, deadline=None)
@given(trainings(), st.sampled_from(["ge", "gt"]), st.sampled_from(["restart", "sweep"]))
@example({"X": [["0"]], "y": [1], "w": ["0"], "b": "0", "lr": "1"}, "gt", "restart")
def test_training_is_that_of_a_plain_loop(problem: dict[str, Any], fire: str, loop: str) -> None:
    trace = solved(problem, conventions={"fire": fire, "loop": loop})
    last = "passes" if loop == "restart" else "epochs"
    theta = Fraction(problem.get("threshold", "0"))
    hand = by_hand(
        [[Fraction(e) for e in row] for row in problem["X"]],
        problem["y"],
        [Fraction(e) for e in problem["w"]],
        Fraction(problem["b"]),
        Fraction(problem["lr"]),
        fires=(lambda z: z >= theta) if fire == "ge" else (lambda z: z > theta),
        restart=loop == "restart",
        most=int(fraction(value(trace, last))),
        train_bias=problem.get("train_bias", True),
    )
    assert [fraction(value(trace, f"w{j + 1}")) for j in range(len(hand.w))] == hand.w
    assert fraction(value(trace, "b")) == hand.b
    assert value(trace, "updates") == hand.updates
    assert value(trace, "evaluations") == len(hand.seen)
    for turn, s, z, said in hand.seen:
        assert fraction(trace.env["z", s, turn]) == z
        assert trace.env["y_hat", s, turn] == said
    assert all(check.holds for check in trace.checks)
    limit = problem.get("epochs")
    if hand.converged:
        assert not any(item == "separable" for item in trace.answers)
        assert value(trace, "errors") == 0
    elif limit is None:
        text = " ".join([*(getattr(item, "text", "") for item in trace.items), *trace.remarks])
        assert "separable" in trace.answers or "A neuron can do it" in text


@settings(max_examples=200, deadline=None)
@given(trainings(), st.sampled_from(["ge", "gt"]))
def test_float_runs_are_those_of_python(problem: dict[str, Any], fire: str) -> None:
    problem = {**problem, "epochs": problem.get("epochs", 5)}
    trace = solved(problem, arithmetic=FLOAT64, conventions={"fire": fire})
    theta = float(Fraction(problem.get("threshold", "0")))
    hand = by_hand(
        [[float(Fraction(e)) for e in row] for row in problem["X"]],
        problem["y"],
        [float(Fraction(e)) for e in problem["w"]],
        float(Fraction(problem["b"])),
        float(Fraction(problem["lr"])),
        fires=(lambda z: z >= theta) if fire == "ge" else (lambda z: z > theta),
        restart=False,
        most=problem["epochs"],
        train_bias=problem.get("train_bias", True),
    )
    assert [value(trace, f"w{j + 1}") for j in range(len(hand.w))] == hand.w
    assert value(trace, "b") == hand.b
    assert value(trace, "updates") == hand.updates
    assert [trace.env["z", s, turn] for turn, s, _, _ in hand.seen] == [z for _, _, z, _ in hand.seen]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    st.integers(1, 3).flatmap(
        lambda d: st.tuples(
            st.lists(st.lists(st.integers(-4, 4), min_size=d, max_size=d), min_size=2, max_size=6),
            st.lists(st.integers(-9, 9), min_size=d + 1, max_size=d + 1),
        )
    ),
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.sampled_from([1, 2, 4]),
    st.integers(1, 6),
)
def test_training_is_that_of_scikit_learn(
    data: tuple[list[list[int]], list[int]], labels: list[bool], halvings: int, epochs: int
) -> None:
    """scikit-learn moves its weights at z = 0 whatever the label; runs that meet no such tie agree."""
    from sklearn.linear_model import Perceptron

    X, start = data
    y = [int(label) for label in labels[: len(X)]]
    assume(len(set(y)) == 2)
    w, b = [n / 8 for n in start[:-1]], start[-1] / 8
    problem = {"X": X, "y": y, "w": w, "b": b, "lr": 1 / halvings, "epochs": epochs}
    trace = solved(problem, conventions={"fire": "gt"})
    assume(all(trace.env[key] != 0 for key in trace.steps if isinstance(key, tuple) and key[0] == "z"))
    model = Perceptron(shuffle=False, eta0=1 / halvings, max_iter=epochs, tol=None)
    model.fit(np.array(X, float), y, coef_init=np.array([w]), intercept_init=np.array([b]))
    assert [to_float(value(trace, f"w{j + 1}")) for j in range(len(w))] == pytest.approx(model.coef_[0].tolist())
    assert to_float(value(trace, "b")) == pytest.approx(float(model.intercept_[0]))
    assert [int(e.p) for e in flat(value(trace, "y_hat"))] == model.predict(np.array(X, float)).tolist()


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 3).flatmap(
        lambda d: st.lists(
            st.tuples(st.lists(st.integers(-3, 3), min_size=d, max_size=d), st.booleans()), min_size=1, max_size=8
        )
    ),
    st.sampled_from(["ge", "gt"]),
)
def test_separability_is_that_of_a_linear_program(data: list[tuple[list[int], bool]], fire: str) -> None:
    from scipy.optimize import linprog

    X, y = [point for point, _ in data], [int(label) for _, label in data]
    trace = solved({"X": X, "y": y, "task": "separable"}, conventions={"fire": fire})
    # the widest margin t (at most 1): sign·(w·x + b) ≥ t
    signs = np.where(np.array(y) == 1, 1.0, -1.0)
    rows = -signs[:, None] * np.hstack([np.array(X, float), np.ones((len(X), 1))])
    d = len(X[0])
    found = linprog(
        [0.0] * (d + 1) + [-1.0],
        A_ub=np.hstack([rows, np.ones((len(X), 1))]),
        b_ub=np.zeros(len(X)),
        bounds=[(None, None)] * (d + 1) + [(None, 1)],
    )
    assert found.status == 0
    assert value(trace, "separable") == ("yes" if -found.fun > 1e-7 else "no")
    assert all(check.holds for check in trace.checks)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 3).flatmap(
        lambda d: st.lists(
            st.tuples(st.lists(st.integers(-3, 3), min_size=d, max_size=d), st.integers(-2, 2), st.booleans()),
            min_size=1,
            max_size=7,
        )
    )
)
def test_a_system_is_solved_or_contradicts_itself(rows: list[tuple[list[int], int, bool]]) -> None:
    system = [Inequality(tuple(map(fmpq, left)), fmpq(right), strict) for left, right, strict in rows]
    verdict = decide(system)
    if verdict.solution is not None:
        assert verdict.multipliers is None
        assert all(one.holds(verdict.solution) for one in system)
    else:
        assert verdict.multipliers is not None
        assert proves(system, verdict.multipliers)
        assert sum(m > 0 for m in verdict.multipliers) <= len(rows[0][0]) + 2


@settings(max_examples=60, deadline=None)
@given(PROBLEMS)
def test_every_problem_is_solved_with_its_checks(problem: dict[str, Any]) -> None:
    trace = solved(problem)
    assert trace.answers
    assert all(check.holds for check in trace.checks)


@pytest.mark.parametrize("inputs", [1, 2, 3, 4])
@pytest.mark.parametrize("gate", GATES)
def test_gates(gate: str, inputs: int) -> None:
    """One neuron can do all of them but parity; for one input parity is the input itself."""
    trace = solved({"gate": gate, "inputs": inputs, "task": "separable"})
    impossible = gate in ("XOR", "XNOR") and inputs > 1
    assert value(trace, "separable") == ("no" if impossible else "yes")
    makes: dict[str, Callable[[list[int]], bool]] = {
        "AND": lambda bits: all(bits), "OR": lambda bits: any(bits), "XOR": lambda bits: sum(bits) % 2 == 1,
        "NAND": lambda bits: not all(bits), "NOR": lambda bits: not any(bits), "XNOR": lambda bits: sum(bits) % 2 == 0,
    }  # fmt: skip
    rows = [[int(c) for c in f"{n:0{inputs}b}"] for n in range(2**inputs)]
    assert [trace.env["y", s + 1] for s in range(len(rows))] == [int(makes[gate](row)) for row in rows]


# -- policies and wrong input -----------------------------------------------------------------------


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_run_with_a_slip_is_another_run(slip: Any) -> None:
    """Each declared slip changes something, in one problem or the other, and never breaks the run."""
    by_training = {"gate": "AND", "w": ["1.2", "0.6"], "b": "0.1", "threshold": 1, "lr": "0.5", "epochs": 4}
    changed = False
    for given_ in (by_training, {"x": [2, 1], "w": [1, "-1/2"], "b": "-3/4", "threshold": 1}):
        right, wrong = solved(given_), solved(given_, policy=Slip(slip.rule))
        changed |= any(wrong.env[k] != right.env[k] for k in right.steps if k in wrong.env)
    assert changed


def test_following_a_wrong_weight_takes_its_branches() -> None:
    """The notes' own slip: after w1_3 = 0.7 the run goes on from there."""
    (item,) = items(str(FOLDER / "perceptron-train-and.json"))
    assert not isinstance(item, InputError)
    problem: Problem = read_problem(TOPIC.problem, item.read().given)
    trace = run(TOPIC, problem, policy=Follow({"w1_3": fmpq(7, 10)}))
    # sample 4 is then wrong once more, and one update more is made
    assert value(trace, "z_4[4]") == fmpq(8, 10)
    assert [value(trace, n) for n in ("w1_4", "w2_4", "b_4")] == [fmpq(12, 10), fmpq(11, 10), 0]


@pytest.mark.parametrize(
    ("problem", "where"),
    [
        ({}, "$.given"),
        ({"gate": "AND", "X": [[1]]}, "$.given"),
        ({"gate": "AND", "y": [0, 0, 0, 1]}, "$.given.y"),
        ({"X": [[1], [2]], "y": [0]}, "$.given.y"),
        ({"X": [[1], [2]], "y": [0, 2]}, "$.given.y[1]"),
        ({"X": [[1], [2]], "y": [0, -1]}, "$.given.y[0]"),
        ({"X": [[1], [2]], "lr": 1}, "$.given.y"),
        ({"gate": "OR", "w": [1]}, "$.given.w"),
        ({"x": [1, 2]}, "$.given.w"),
        ({"x": [1, 2], "task": "forward"}, "$.given.w"),
        ({"gate": "OR", "task": "forward", "w": [1, 1]}, "$.given.x"),
        ({"gate": "OR", "task": "table"}, "$.given.w"),
        ({"gate": "OR", "lr": 0}, "$.given.lr"),
        ({"gate": "OR", "lr": 1, "activation": "sigmoid"}, "$.given.activation"),
        ({"gate": "OR", "w": [1, 1], "activation": "sigmoid", "threshold": 1}, "$.given.threshold"),
        ({"x": [1], "w": [1], "inputs": 3}, "$.given.inputs"),
        ({"gate": "OR", "inputs": 40}, "$.given.inputs"),
        ({"gate": "ORR"}, "$.given.gate"),
    ],
)
def test_wrong_input_is_named(problem: dict[str, Any], where: str) -> None:
    with pytest.raises(InputError) as error:
        solved(problem)
    assert error.value.where == where, str(error.value)


# -- threshold units ------------------------------------------------------------------------------


@given(units(), st.booleans())
def test_a_unit_by_its_weights_alone_is_looked_at_on_all_inputs(p: dict[str, Any], gt: bool) -> None:
    trace = solved(p, conventions={"fire": "gt" if gt else "ge"})
    said = []
    for bits in product((0, 1), repeat=len(p["w"])):
        z = sum(w * x for w, x in zip(p["w"], bits, strict=True)) + p["b"]
        said.append(int(z > p["threshold"] if gt else z >= p["threshold"]))
    assert flat(trace.env["y_hat"]) == said
    assert trace.env["fires"] == sum(said)
    assert all(c.holds for c in trace.checks)


@given(st.lists(st.integers(-3, 3), min_size=2, max_size=4), st.sampled_from(["AND", "OR", "MAJORITY", "NAND", "XOR"]))
def test_thresholds_for_a_gate_are_those_that_compute_it(w: list[int], name: str) -> None:
    trace = solved({"w": w, "gate": name, "inputs": len(w), "task": "threshold"})
    inputs = list(product((0, 1), repeat=len(w)))
    gates: dict[str, Callable[[tuple[int, ...]], bool]] = {
        "AND": all,
        "OR": any,
        "MAJORITY": lambda b: 2 * sum(b) > len(b),
        "NAND": lambda b: not all(b),
        "XOR": lambda b: sum(b) % 2 == 1,
    }
    wanted = [bool(gates[name](bits)) for bits in inputs]
    sums = [sum(a * x for a, x in zip(w, bits, strict=True)) for bits in inputs]
    doing = [theta / 2 for theta in range(-26, 27) if [z >= theta / 2 for z in sums] == wanted]
    assert (trace.env["possible"] == "yes") == bool(doing)
    if doing:
        assert float(fraction(trace.env["midway"])) in doing or fraction(trace.env["midway"]).denominator > 2
        assert max(doing) == fraction(trace.env["above"])


def test_a_unit_is_named_and_what_is_missing_is_said() -> None:
    assert any("MAJORITY of the 3 inputs" in r for r in solved({"w": [1, 1, 1], "threshold": 2}).remarks)
    assert any("never fires" in r for r in solved({"w": [1, 1], "threshold": 5}).remarks)
    with pytest.raises(InputError, match="truth table of 9 inputs"):
        solved({"w": [1] * 9})
    with pytest.raises(InputError, match="what it should say"):
        solved({"w": [1, 1], "task": "threshold"})
    with pytest.raises(InputError, match="it is what is asked for"):
        solved({"w": [1, 1], "gate": "AND", "threshold": 2, "task": "threshold"})
