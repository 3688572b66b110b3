"""Marking where digits run out: wide windows, slips carried in full, ties, tiny probabilities, large powers of ten."""

from __future__ import annotations

from typing import Any

import pytest
from flint import fmpq

from dlsolve.checker.answers import read_answer
from dlsolve.checker.policies import Written
from dlsolve.checker.roundings import Roundings
from dlsolve.fields import Written as Typed
from dlsolve.handwriting.numerals import numeral
from dlsolve.handwriting.parser import expression
from dlsolve.trace import Step
from tests.test_check import marked, solved, verdicts

SOFTMAX = {"z": [[9, -9], [1014, 1002]], "derivative": True}
LARGE = {"exp_z[1,1]": "8103", "exp_z[1,2]": "0.0001234", "S[1]": "8103", "p[1,1]": "1.000", "p[1,2]": "1.523*10^-8"}
NORMAL: dict[str, Any] = {"mu": 3, "sigma": 3, "low": Typed("-29.4"), "high": 100}
ROC = {"y_true": [1, 1, 0, 1, 0, 0], "y_score": [Typed(s) for s in ("0.9", "0.8", "0.7", "0.6", "0.4", "0.2")]}


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        ("1.523*10^-8", "correct"),  # carried in full
        ("0", "correct"),  # 1.000·(1 − 1.000)
        ("-1.523*10^-8", "wrong"),  # within ±0.0005, and no way of rounding leads there
        ("0.0004", "wrong"),
    ],
)
def test_where_windows_leave_everything_open_a_way_of_rounding_must_lead(written: str, verdict: str) -> None:
    """p·(1 − p) at p = 1.000: the digits hold 0, and both signs."""
    report = marked(solved("softmax", SOFTMAX), {**LARGE, "J[1,1,1]": written})
    found = verdicts(report)
    assert found["J[1,1,1]"] == verdict
    assert {found[name] for name in LARGE} == {"correct"}


def test_the_ways_of_rounding_are_all_tried() -> None:
    """Either number as it was written or as it was computed; a b of 1 would not have been written as 0.999."""
    solution = solved("rules", {"rules": "a = x/3; b = 3*a; c = b - a", "values": {"x": 1}})

    answers = {name: read_answer(name, text) for name, text in {"a": "0.333", "b": "0.999"}.items()}
    ways = Roundings(solution.trace, Written.of(answers, {"a", "b", "c"}))
    step = solution.trace.steps["c"]
    assert isinstance(step, Step)
    found = {text: ways.lead(step, read_answer("c", text)) for text in ("0.66667", "0.667", "0.666", "0.668", "0.6657")}
    assert found == {"0.66667": False, "0.667": False, "0.666": True, "0.668": False, "0.6657": True}


def test_too_many_ways_say_nothing() -> None:
    """Thirteen rounded terms of a sum can be gone on with in 8,192 ways at least."""

    solution = solved("entropy", {"p": [fmpq(1, 13)] * 13})
    written = {f"log_p_{n}": "-3.70" for n in range(1, 14)} | {f"term_{n}": "0.285" for n in range(1, 14)}
    answers = {name: read_answer(name, text) for name, text in written.items()}
    ways = Roundings(solution.trace, Written.of(answers, set(answers)))
    step = solution.trace.steps["H"]
    assert isinstance(step, Step)
    assert ways.lead(step, read_answer("H", "3.70")) is None


def test_what_a_slip_leads_to_in_full_follows() -> None:
    """F(100) and a wrong F(−29.4) are both 1.000 on the page; the calculator still has their difference."""
    answers = {"z(−29.4)": "10.80", "z(100)": "32.33", "F(−29.4)": "1.000", "F(100)": "1.000"}
    full = marked(solved("normal", NORMAL), {**answers, "P": "1.721*10^-27"})
    assert list(verdicts(full).values()) == ["wrong", "correct", "follows", "correct", "follows"]
    assert "carried in full" in full.items[-1].why
    other = marked(solved("normal", NORMAL), {**answers, "P": "-1.721*10^-27"})
    assert verdicts(other)["P"] == "wrong"


def test_zeros_do_not_follow_from_a_slip_in_full() -> None:
    """A 0 out of a 0 is not paid, whatever rule would give it."""
    given = {"x": [[1], [2], [3], [6]], "eps": 0, "gamma": 1, "beta": 0}
    report = marked(solved("batchnorm", given), {"d1": "[0, 0, 0, 0]", "var1": "0", "x_hat1": "[0, 0, 0, 0]"})
    assert "follows" not in verdicts(report).values()


@pytest.mark.parametrize(("written", "verdict"), [("0.6", "correct"), ("0.8", "correct"), ("0.7", "wrong")])
def test_any_member_of_a_tie_is_right(written: str, verdict: str) -> None:
    assert verdicts(marked(solved("roc", ROC), {"best_threshold": written})) == {"best_threshold": verdict}


@pytest.mark.parametrize(
    ("topic", "given", "remark"),
    [
        ("roc", ROC, "J is just as large at threshold 0.6; the first is taken."),
        ("softmax", {"z": [1, 1, 0]}, "Classes 1 and 2 have the same score; the first is taken."),
        (
            "naive-bayes",
            {"features": {"a": ["x", "x"]}, "y": ["p", "q"], "case": {"a": "x"}},
            "The score of q is just as large; the first class is taken.",
        ),
    ],
)
def test_a_tie_is_told(topic: str, given: dict[str, Any], remark: str) -> None:
    trace = solved(topic, given).trace
    assert remark in trace.remarks
    assert sum(bool(getattr(step, "ties", ())) for step in trace.steps.values()) == 1


@pytest.mark.parametrize(("written", "verdict"), [("0.000", "correct"), ("0", "wrong"), ("0.001", "wrong")])
def test_a_tiny_probability_is_written_as_zero_with_places(written: str, verdict: str) -> None:
    assert verdicts(marked(solved("normal", NORMAL), {"F(-29.4)": written})) == {"F_minus_147_5": verdict}


@pytest.mark.parametrize("power", [3, 308, 436, 1233])
def test_the_last_place_of_a_large_number_is_known(power: int) -> None:
    assert numeral(expression(f"2.924*10^{power}")).place == fmpq(10) ** (power - 3)


def test_a_zero_is_right_beside_entries_that_are_right_by_rounding() -> None:
    """δ of a unit that weighs the same on both outputs is 0; the other entries carry the student's rounding."""
    given = {
        "W1": [[Typed("0.34")], [Typed("-0.62")]],
        "W2": [[Typed("-0.72"), Typed("-0.16")], [Typed("-0.31"), Typed("-0.16")]],
        "b1": [0, 0], "b2": [0, 0], "x": [[1]], "y": [[1, 0]], "activations": ["tanh", "softmax"], "loss": "cce",
    }  # fmt: skip
    solution = solved("backprop", given)
    report = marked(solution, {"dz2": "[-0.53, 0.53]", "da1": "[0.217, 0]"})
    assert verdicts(report) == {"dz2": "correct", "da1": "correct"}
    assert verdicts(marked(solution, {"dz2": "[-0.53, 0.53]", "da1": "[0.217, 0.02]"}))["da1"] == "wrong"


def test_a_matrix_of_a_layer_is_read_whole() -> None:
    """20 inputs, 15 units, four figures each: some 3,000 characters."""
    text = "[" + ", ".join("[" + ", ".join(["-0.1234"] * 20) + "]" for _ in range(15)) + "]"
    answer = read_answer("dW1", text)
    assert answer.unreadable is None
    assert len(answer.windows()) == 300


@pytest.mark.parametrize(
    ("topic", "given_", "answers"),
    [
        # what is not written down was rounded too
        ("entropy", {"p": [Typed("0.7"), Typed("0.2"), Typed("0.1")], "q": [Typed("0.6"), Typed("0.3"), Typed("0.1")]},
         {"ratio_1": "1.2", "KL_nats": "0.042"}),
        # 50.3² is 2530 in the line
        ("covariance", {"x": [Typed("48.1"), Typed("50.3"), Typed("52.6")], "y": [1, 2, 3]},
         {"E_X": "50.3", "E_X2": "2536", "Var_X": "6.00"}),
        # values that differ far behind their leading digits
        ("rules", {"rules": "y = x/3; a = exp(-y); p = 1 - a; q = 1 - p", "values": {"x": Typed("120.1")}},
         {"y": "40.03", "p": "1.000", "q": "4.123*10^-18"}),
    ],
)  # fmt: skip
def test_rounding_that_nobody_sees_is_no_error(topic: str, given_: dict[str, Any], answers: dict[str, str]) -> None:
    assert set(verdicts(marked(solved(topic, given_), answers)).values()) == {"correct"}


def test_nobody_goes_on_with_0_for_a_tiny_probability() -> None:
    given_ = {"prior": {"a": Typed("0.00001"), "b": Typed("0.99999")},
              "likelihood": {"a": Typed("0.09"), "b": Typed("0.000001")}, "evidence": "e"}  # fmt: skip
    found = verdicts(marked(solved("bayes", given_), {"joint_a": "0.000", "posterior_a": "0.000"}))
    assert found == {"joint_a": "correct", "posterior_a": "wrong"}


ADAM_GIVEN = {"g": [Typed("0.3"), Typed("0.2"), Typed("0.1")], "lr": Typed("0.01")}


def test_a_slip_in_full_does_not_contradict_what_is_right() -> None:
    answers = {"m_1": "0.300", "m_2": "0.0470", "m_3": "0.0523", "m_hat_3": "1.9299"}
    found = verdicts(marked(solved("adam", ADAM_GIVEN), answers))
    assert list(found.values()) == ["wrong", "correct", "correct", "wrong"]


def test_one_root_is_one_eigenvalue() -> None:
    given_ = {"f": "exp(x) + 0.5*x*y + 0.7*y^2", "at": [1, 1]}
    found = verdicts(marked(solved("hessian", given_), {"det": "4.0556", "lam_1": "2.4886", "lam_2": "2.4886"}))
    assert list(found.values()) == ["wrong", "follows", "wrong"]


def test_another_convention_all_through_costs_once() -> None:
    """½(y − ŷ)² instead of (y − ŷ)²: the gradients are halved with it, and are right so."""
    given_ = {"W1": [[Typed("0.2"), Typed("0.4")], [Typed("0.3"), Typed("0.7")]], "W2": [[Typed("0.5"), Typed("0.9")]],
              "b1": [0, 0], "b2": [0], "x": [[1, 2]], "y": [[5]], "lr": Typed("0.01"),
              "activations": ["linear", "linear"]}  # fmt: skip
    answers = {"L": "4.41", "dW2": "[-2.97, -5.049]", "db2": "-2.97", "dW1": "[-1.485 -2.97; -2.673 -5.346]"}
    report = marked(solved("backprop", given_), answers)
    assert list(verdicts(report).values()) == ["wrong", "follows", "follows", "follows"]
    assert "convention" in report.items[1].why
    other = marked(solved("backprop", given_), {**answers, "dW1": "[-1.485 -2.97; -2.673 -5.4]"})
    assert list(verdicts(other).values()) == ["wrong", "follows", "follows", "wrong"]


def test_a_probability_is_not_rounded_to_certainty() -> None:
    spam = {"TP": 40, "FN": 5, "FP": 10, "TN": 45}
    found = verdicts(marked(solved("confusion", spam), {"recall": "1", "precision": "1", "accuracy": "1"}))
    assert set(found.values()) == {"wrong"}
    sure = {"TP": 400, "FN": 5, "FP": 0, "TN": 45}
    found = verdicts(marked(solved("confusion", sure), {"recall": "1", "precision": "1", "accuracy": "0.989"}))
    assert found == {"accuracy": "correct", "precision": "correct", "recall": "ambiguous"}
