"""The conventions of the course notes' errata, C01 to C28: each has its flag, and switching it changes
what it says. Where the flag is a named convention the solution states the choice taken."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.runner import run

GATE = "perceptron --gate AND --w 1.2,0.6 --lr 0.5 --threshold 1"
PYTHON = "perceptron --gate AND --b 0.1 --lr 0.1 --epochs 10"
LINE = "gd --X 1,2,3 --y 2,4,6 --w 0 --lr 0.1"
NETWORK = "forward --x 1,2 --b1 0,0 --activations linear"
STEPS = "momentum --g 0.5,0.4,-0.2 --lr 0.1"
EIGEN = ("eigen", "--matrix", "1 2; 5 4")

SWITCHES: list[tuple[str, str, str, str, str, str]] = [
    # number, command, flags one way, flags the other way, a value that changes, "one, other"
    ("C01", "perceptron --gate AND --w 1,1 --b -1", "--fire ge", "--fire gt", "y_hat", "[0, 1, 1, 1], [0, 0, 0, 1]"),
    ("C01", "perceptron --gate AND --w 1,1 --b 0", "--threshold 2", "--threshold 1", "y_hat",
     "[0, 0, 0, 1], [0, 1, 1, 1]"),
    ("C02", PYTHON, "--loop sweep", "--loop restart", "updates", "14, 12"),
    ("C03", PYTHON, "--arith exact", "--arith float64", "b", "-0.3, -0.2"),
    ("C04", GATE, "--train-bias", "--no-train-bias", "updates", "3, 1"),
    ("C05", "entropy --p 0.7,0.2,0.1", "--log 2", "--log e", "H", "1.1568, 0.80182"),
    ("C05", "loss --y-true 1,0,1 --y-pred 0.9,0.2,0.6 --loss bce", "--log e", "--log 2", "BCE", "0.27978, 0.40363"),
    ("C06", LINE, "--loss-scale mean", "--loss-scale half", "L_1", "18.667, 28"),
    ("C06", LINE, "--loss-scale sum", "--loss-scale half_mean", "L_1", "56, 9.3333"),
    ("C07", "loss --y-true 1,0,1 --y-pred 0.9,0.2,0.6 --loss bce", "--reduce mean", "--reduce sum", "BCE",
     "0.27978, 0.83933"),
    ("C08", STEPS, "--momentum-form plus", "--momentum-form minus", "v_2", "0.085, -0.085"),
    ("C08", STEPS, "--momentum-form pytorch", "--momentum-form ema", "v_2", "0.85, 0.085"),
    ("C09", "adagrad --g 0.2,0.4 --lr 0.1", "--eps 0.01 --eps-place in", "--eps 0.01 --eps-place out", "rate_1",
     "0.44721, 0.47619"),
    ("C09", "adagrad --g 0.2,0.4 --lr 0.1", "--r0 0", "--r0 0.1", "r_1", "0.04, 0.14"),
    ("C10", "rmsprop --g 0.2,0.4 --lr 0.1", "--beta 0.9", "--beta 0.99", "r_1", "0.004, 0.0004"),
    ("C10", "rmsprop --g 0.2,0.4 --lr 0.1", "--eps 0.01 --eps-place in", "--eps 0.01 --eps-place out", "Delta_1",
     "0.16903, 0.27305"),
    ("C11", "adam --g 0.3,0.2,0.1 --lr 0.01 --eps 0.001", "--adam-eps paper", "--adam-eps keras", "theta_1",
     "-0.0099668, -0.0090464"),
    ("C11", "adam --g 0.3,0.2,0.1", "--lr 0.01 --beta1 0.9", "--lr 0.01 --beta1 0.1", "m_1", "0.03, 0.27"),
    ("C12", "confusion --y-true 1,1,1,0 --y-pred 1,0,0,1", "--confusion predicted_rows", "--confusion actual_rows",
     "M", "[[1, 1], [2, 0]], [[1, 2], [1, 0]]"),
    ("C13", "dropout --p 0.5 --a 2,4 --mask 1,0", "--dropout test", "--dropout inverted", "test_scale", "0.5, 1"),
    ("C14", "regularisation --w 1,-2 --lam 0.1 --L 1", "--l2 full", "--l2 half", "R", "0.5, 0.25"),
    ("C17", "activation --function relu --z 0", "--relu-at-0 0", "--relu-at-0 1", "relu_prime", "0, 1"),
    ("C17", "activation --function leaky_relu --z -3", "--slope 0.01", "--slope 0.3", "leaky_relu", "-0.03, -0.9"),
    ("C18", "loss --y-true 1,0 --y-pred 0.9,0.2 --loss bce", "--no-logits", "--logits", "BCE", "0.16425, 0.56965"),
    ("C19", "entropy --p 0.7,0.2,0.1 --q 0.6,0.3,0.1", "--no-reverse", "--reverse", "KL_qp", "none, 0.042053"),
    ("C20", "updates --N 50 --epochs 5", "--batches 10", "--batch-size 10", "updates", "50, 25"),
    ("C20", "updates --N 55 --batch-size 10", "--no-drop-last", "--drop-last", "updates", "6, 5"),
    ("C21", f"{LINE} --batch-size 1", "--order 1,2,3", "--order 3,1,2", "w_1", "0.4, 3.6"),
    ("C22", "batchnorm --x 1,2,3", "--eps 0.00001", "--eps 0.001", "s", "0.8165, 0.81711"),
    ("C23", "covariance --x 1,2,3 --y 2,4,7", "--variance population", "--variance sample", "Var_X", "0.66667, 1"),
    ("C25", "lr-decay --g 0.2,0.4,0.1 --lr 0.1", "--schedule sqrt", "--schedule power --power 1/4", "eta_2",
     "0.070711, 0.08409"),
    ("C28", "adam --g 0.3,0.2,0.1 --lr 0.01", "--digits 4dp", "--digits 3sf", "m_hat_2", "0.2474, 0.247"),
    ("C28", "adam --g 0.3,0.2,0.1 --lr 0.01", "--digits 3sf", "--carry 3sf", "v_hat_3", "0.0466, 0.0467"),
]  # fmt: skip
MATRICES: list[tuple[str, tuple[str, ...], tuple[str, str], str, str]] = [
    ("C15", ("forward", "--x", "1 2", "--W1", "1 2; 3 4", "--activations", "linear"), ("Wx", "xW"), "z1",
     "[5, 11]; [[7, 10]]"),
    ("C24", EIGEN, ("first", "integer"), "v_1", "c·(1, 5/2); c·(2, 5)"),
    ("C24", EIGEN, ("first", "unit"), "v_2", "c·(1, −1); c·(√2 / 2, −√2 / 2)"),
    ("C26", ("hessian", "--f", "x^2 + 4*x*y + y^2"), ("eigen", "singular"), "kappa", "3; 3"),
]  # fmt: skip
FLAGS = {"C15": "--layout", "C24": "--normalise", "C26": "--condition"}
SAID = {"C16": ("gd", "sample, then feature"), "C27": ("probability", "Zero is an even number")}
"""Two that need only a sentence."""


def shown(*args: str) -> dict[str, Any]:
    """Every named value as it is shown, and what the solution says of its conventions."""
    result = run(*args, "--format", "json", "--steps", "all")
    assert result.status == 0, result.err
    document = json.loads(result.out)
    values = {s["name"]: s["shown"] for s in document["steps"]}
    return {**values, "conventions": document["conventions"]}


def texts(value: Any) -> str:
    return "none" if value is None else re.sub(r'"', "", json.dumps(value, ensure_ascii=False))


def test_every_convention_of_the_notes_is_here() -> None:
    here = {row[0] for row in SWITCHES} | {row[0] for row in MATRICES} | set(SAID)
    assert here == {f"C{n:02d}" for n in range(1, 29)}


@pytest.mark.parametrize(("number", "command", "one", "other", "name", "expected"), SWITCHES)
def test_a_flag_switches_it(number: str, command: str, one: str, other: str, name: str, expected: str) -> None:
    found = [shown(*command.split(), *flags.split()) for flags in (one, other)]
    assert ", ".join(texts(f.get(name)) for f in found) == expected
    for flags, f in zip((one, other), found, strict=True):
        flag, _, choice = flags.split("--")[-1].partition(" ")
        key = flag.strip().removesuffix("-form").replace("-", "_")
        if key in f["conventions"]:
            assert f["conventions"][key] == choice.strip(), "the solution states the choice taken"


@pytest.mark.parametrize(("number", "command", "choices", "name", "expected"), MATRICES)
def test_a_choice_of_matrices(
    number: str, command: tuple[str, ...], choices: tuple[str, str], name: str, expected: str
) -> None:
    found = [shown(*command, FLAGS[number], choice) for choice in choices]
    assert "; ".join(texts(f[name]) for f in found) == expected
    key = FLAGS[number].removeprefix("--")
    assert [f["conventions"][key] for f in found] == list(choices)


@pytest.mark.parametrize("number", SAID)
def test_a_sentence_says_it(number: str) -> None:
    topic, sentence = SAID[number]
    assert sentence in " ".join(run("explain", topic).out.split())


@pytest.mark.parametrize("order", ["1 1 2", "1 2", "0 1 2", "1 2 4"])
def test_an_order_takes_every_sample_once(order: str) -> None:
    result = run("gd", "--X", "1 2 3", "--y", "2 4 6", "--lr", "0.1", "--batch-size", "1", "--order", order)
    assert result.status == 2
    assert "--order" in result.err
    assert result.err.count("\n") == 1


def test_another_order_is_the_same_as_other_rows() -> None:
    """Taking the samples as 3 1 2 is the same as writing them down so."""
    ours = shown(*f"{LINE} --batch-size 2 --epochs 2 --order 3,1,2".split())
    theirs = shown(
        *["gd", "--X", "3,1,2", "--y", "6,2,4", "--w", "0", "--lr", "0.1", "--batch-size", "2", "--epochs", "2"]
    )
    assert [ours[f"w_{k}"] for k in range(1, 5)] == [theirs[f"w_{k}"] for k in range(1, 5)]
