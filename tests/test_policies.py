"""The four policies, on Adam and on a two-layer network with a batch: what a step hands on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq

from dlsolve.formula.rules import rule
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.show import Digits, round_to
from dlsolve.policy import Carry, Follow, Policy, Slip
from dlsolve.topic import Topic
from dlsolve.topics.networks import backprop
from dlsolve.topics.optimisers import adam
from dlsolve.trace import Step, Trace
from tests.values import array, number, solved

THREE_STEPS = {"g": [0.3, 0.2, 0.1], "lr": 0.01}
VECTORS = {"g": [[0.3, 2], [0.2, 0.5]], "lr": 0.01, "start": [1, 1]}
BATCH = {"x": [[1, 2], [0.5, -1], [3, 1]], "y": [[1, 0], [0, 1], [0, 1]], "W1": [[0.2, 0.4], [-0.3, 0.7]],
         "b1": [0.1, 0], "W2": [[0.5, 0.9], [1, -1]], "b2": [0, 0.2], "activations": ["relu", "softmax"],
         "loss": "cce", "lr": 0.5, "epochs": 2}  # fmt: skip
EXACT_BATCH = {**BATCH, "y": [[1, 0], [0, 2], [0.5, 1]], "activations": ["relu", "linear"], "loss": "squared"}
CASES = [(adam.TOPIC, THREE_STEPS), (adam.TOPIC, VECTORS), (backprop.TOPIC, BATCH), (backprop.TOPIC, EXACT_BATCH)]
every_case = pytest.mark.parametrize(("topic", "given_"), CASES, ids=["steps", "vectors", "softmax", "linear"])


def steps(trace: Trace) -> dict[str, Step]:
    return {trace.name(k): s for k, s in trace.steps.items() if isinstance(s, Step)}


def scalars(value: Any) -> list[Any]:
    return list(value.entries()) if isinstance(value, Matrix) else [value]


def differing(a: Trace, b: Trace) -> list[str]:
    other = steps(b)
    return [n for n, s in steps(a).items() if not np.allclose(array(s.handed), array(other[n].handed), rtol=1e-12)]


# -- exact ------------------------------------------------------------------------------------------


@every_case
def test_exact_hands_on_what_was_computed(topic: Topic[Any], given_: dict[str, Any]) -> None:
    trace = solved(topic, given_)
    assert all(s.handed is s.value for s in steps(trace).values())


def test_exact_is_exact_where_all_is_rational() -> None:
    trace = solved(backprop.TOPIC, EXACT_BATCH)
    assert all(isinstance(e, fmpq) for s in steps(trace).values() for e in scalars(s.value))


# -- carry ------------------------------------------------------------------------------------------


@every_case
@pytest.mark.parametrize("digits", [Digits(3), Digits(4), Digits(3, "dp")], ids=["3sf", "4sf", "3dp"])
def test_carry_rounds_every_value_that_is_handed_on(topic: Topic[Any], given_: dict[str, Any], digits: Digits) -> None:
    trace = solved(topic, given_, policy=Carry(digits))
    for name, step in steps(trace).items():
        for kept, value in zip(scalars(step.handed), scalars(step.value), strict=True):
            assert isinstance(kept, fmpq), name
            exact = value if isinstance(value, fmpq) else fmpq(*float(value.mid()).as_integer_ratio())
            assert kept == round_to(exact, digits), name


@every_case
def test_carry_works_from_the_rounded_values(topic: Topic[Any], given_: dict[str, Any]) -> None:
    """Each value is its rule on the values handed on, not on the exact ones."""
    trace, exact = solved(topic, given_, policy=Carry(Digits(2))), solved(topic, given_)
    last = trace.answers[-1]
    assert trace.env[last] != exact.env[last]
    theirs = steps(trace)
    if topic is adam.TOPIC:
        by_hand = 0.9 * array(theirs["m_1"].handed) + 0.1 * array(trace.env["g", 2])
        np.testing.assert_allclose(array(theirs["m_2"].value), by_hand, rtol=1e-13)
    else:
        by_hand = array(theirs["dz2_1"].handed) @ array(theirs["a1_1"].handed).T
        np.testing.assert_allclose(array(theirs["dW2_1"].value), by_hand, rtol=1e-12)


# -- follow -----------------------------------------------------------------------------------------


def test_follow_takes_a_written_value_from_there_on() -> None:
    true = solved(adam.TOPIC, THREE_STEPS)
    followed = solved(adam.TOPIC, THREE_STEPS, policy=Follow({"m_hat_3": fmpq(191, 1000)}))
    assert steps(followed)["m_hat_3"].value == fmpq(523, 2710), "what the rule gives is kept beside it"
    assert steps(followed)["m_hat_3"].handed == fmpq(191, 1000)
    assert differing(true, followed) == ["m_hat_3", "Delta_3", "theta_3"]
    assert number(followed.env["Delta", 3]) == pytest.approx(0.0088441, abs=5e-8)


def test_follow_takes_one_entry_of_a_matrix() -> None:
    true = solved(backprop.TOPIC, EXACT_BATCH)
    followed = solved(backprop.TOPIC, EXACT_BATCH, policy=Follow({"a1_1[2,1]": fmpq(5)}))
    a = array(followed.env["a", 1, 1])
    assert a[1, 0] == 5
    a[1, 0] = array(true.env["a", 1, 1])[1, 0]
    np.testing.assert_allclose(a, array(true.env["a", 1, 1]))
    later = differing(true, followed)
    assert later[0] == "a1_1"
    assert {"z2_1", "L_1", "dW2_1", "W1_1", "L_3"} <= set(later)
    np.testing.assert_allclose(
        array(followed.env["dW", 2, 1]), array(followed.env["dz", 2, 1]) @ array(followed.env["a", 1, 1]).T, rtol=1e-12
    )


def test_follow_takes_a_gradient_of_a_derived_rule() -> None:
    true = solved(backprop.TOPIC, BATCH)
    wrong = Matrix([[fmpq(1), fmpq(0), fmpq(0)], [fmpq(0), fmpq(1), fmpq(0)]])
    followed = solved(backprop.TOPIC, BATCH, policy=Follow({"dz1_1": wrong}))
    first = [n for n in differing(true, followed) if n.endswith("_1")]
    assert first == ["dz1_1", "dW1_1", "db1_1", "W1_1", "b1_1"]


def test_follow_takes_the_branch_of_the_students_values() -> None:
    true = solved(backprop.TOPIC, {**EXACT_BATCH, "epochs": 1})
    alive = solved(
        backprop.TOPIC, {**EXACT_BATCH, "epochs": 1}, policy=Follow({"z1": -array_matrix(true.env["z", 1, 1])})
    )
    off = array(true.env["z", 1, 1]) > 0
    assert (array(alive.env["dz", 1, 1])[off] == 0).all()


def array_matrix(value: Any) -> Matrix:
    assert isinstance(value, Matrix)
    return value


# -- slip -------------------------------------------------------------------------------------------


def test_a_slip_over_the_whole_run_of_adam() -> None:
    true = solved(adam.TOPIC, THREE_STEPS)
    uncorrected = solved(adam.TOPIC, THREE_STEPS, policy=Slip(rule("m_hat[t]", "m[t]")))
    assert [uncorrected.env["m_hat", k] for k in (1, 2, 3)] == [true.env["m", k] for k in (1, 2, 3)]
    assert differing(true, uncorrected) == [f"{n}_{k}" for k in (1, 2, 3) for n in ("m_hat", "Delta", "theta")]


def test_a_slip_at_one_step_of_adam() -> None:
    true = solved(adam.TOPIC, THREE_STEPS)
    once = solved(adam.TOPIC, THREE_STEPS, policy=Slip(rule("m_hat[t]", "m[t]"), at="m_hat_2"))
    assert once.env["m_hat", 2] == true.env["m", 2]
    assert differing(true, once) == ["m_hat_2", "Delta_2", "theta_2", "theta_3"]


@pytest.mark.parametrize("slip", adam.TOPIC.slips, ids=lambda s: s.id)
@pytest.mark.parametrize("given_", [THREE_STEPS, VECTORS], ids=["steps", "vectors"])
def test_every_declared_slip_of_adam_changes_the_run(slip: Any, given_: dict[str, Any]) -> None:
    if slip.id.startswith("decay"):
        given_ = given_ | {"weight_decay": 0.1, "start": given_.get("start", 1)}
    true, slipped = solved(adam.TOPIC, given_), solved(adam.TOPIC, given_, policy=Slip(slip.rule))
    assert differing(true, slipped)


def test_a_slip_forward_leaves_the_backward_rules_true() -> None:
    """A student who forgets the bias still goes back through the network as it is."""
    true = solved(backprop.TOPIC, BATCH)
    forgot = solved(backprop.TOPIC, BATCH, policy=Slip(rule("z[l,e]", "W[l,e-1] @ a[l-1,e]")))
    assert "z2_1" in differing(true, forgot)
    assert steps(true).keys() == steps(forgot).keys()
    for name in ("dW2_1", "db2_1", "da1_1", "dz1_1", "dW1_1"):
        assert steps(true)[name].rule.expr == steps(forgot)[name].rule.expr


def test_a_slip_in_a_derived_rule_over_the_run_and_at_one_step() -> None:
    slip = next(s for s in backprop.TOPIC.slips if s.id == "W-not-transposed")
    true = solved(backprop.TOPIC, BATCH)
    whole = solved(backprop.TOPIC, BATCH, policy=Slip(slip.rule))
    once = solved(backprop.TOPIC, BATCH, policy=Slip(slip.rule, at="da1_2"))
    W2, dz2 = np.array(BATCH["W2"]), array(true.env["dz", 2, 1])
    np.testing.assert_allclose(array(whole.env["da", 1, 1]), W2 @ dz2, rtol=1e-12)
    assert differing(true, once)[:2] == ["da1_2", "dz1_2"]


def test_a_slip_under_another_policy() -> None:
    """A slip over what the student wrote: both hold."""
    under: Policy = Follow({"m_1": fmpq(1, 25)})
    trace = solved(adam.TOPIC, THREE_STEPS, policy=Slip(rule("m_hat[t]", "m[t]"), under=under))
    assert trace.env["m_hat", 1] == fmpq(1, 25)
    assert not isinstance(trace.env["m", 2], arb)
    assert trace.env["m", 2] == fmpq(9, 10) * fmpq(1, 25) + fmpq(1, 10) * fmpq(1, 5)
