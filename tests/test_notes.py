"""Every number of the course notes' problems against the runs of dlsolve, by the maps in `tests/notes`.

A map names a problem file and says which of our values is which of the notes' (`ours`: an answer
name, or a line of answer names where the notes work out what a run does not name by itself). It may
set conventions, override what is given, ask for float64, or compare to so many digits.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flint import arb, fmpq

from dlsolve.assignment import Overlay, solve
from dlsolve.formula.compiled import EXACT, FLOAT64, compiled
from dlsolve.formula.parse import parse
from dlsolve.formula.text import python
from dlsolve.formula.tree import At, Call, Name, Num, Ref, Tree, names, rebuild
from dlsolve.named import find, keys_by_name
from dlsolve.numbers.algebraic import Algebraic, number_ball
from dlsolve.numbers.exact import read
from dlsolve.numbers.precision import precision
from dlsolve.numbers.show import Digits, show
from dlsolve.problem import Item, items
from dlsolve.readings import rows_of
from dlsolve.solver import Solution

ROOT = Path(__file__).resolve().parent.parent
MAPS = sorted((ROOT / "tests" / "notes").glob("*.json"))

IDS = [
    "colspace-2x2", "nullspace-3x2-trivial", "nullspace-3x2-line", "eigen-2x2", "eigen-3x3", "dice-even",
    "coins-conditional", "independence-identity", "students-girl-passed", "bayes-derivation", "spam-bayes",
    "rv-heads-tails", "expectation-coin", "expectation-six", "expectation-properties", "variance-identity",
    "covariance-variance-sum", "perceptron-update-rule", "and-gate-forward", "or-gate-forward",
    "xor-not-separable", "perceptron-train-and", "perceptron-train-or", "entropy-3class", "ce-kl-3class",
    "perceptron-step-3in", "kl-identity", "uniform-mean-var", "uniform-ce-kl", "params-4-3-2-1",
    "mlp-forward-matrix", "mlp-composition", "params-2-2-1", "bce-cce-loss", "sigmoid-chain-rule",
    "activation-functions", "vanishing-gradient-product", "relu-derivative", "dead-relu-update", "leaky-relu",
    "softmax-table", "softmax-3logits", "backprop-2-2-1", "updates-batch", "updates-sgd", "updates-minibatch",
    "gd-linear-batch-sgd", "minibatch-gd", "l2-l1-penalty", "dropout-scaling", "confusion-5sample",
    "confusion-spam", "roc-definitions", "perceptron-python-and", "permutation-symmetry", "momentum-formula",
    "adagrad-formula", "rmsprop-formula", "perceptron-sigmoid-3in", "params-2-2-1-q", "cosine-similarity",
    "momentum-3steps", "lr-sqrt-decay", "adam-3steps", "hessian-quadratic", "gd-sgd-two-epochs",
    "probability-properties", "normal-density", "batch-normalisation", "k-fold", "early-stopping",
]  # fmt: skip
"""The problems of the notes."""

NOT_NUMERIC = {
    "independence-identity": "a derivation in letters: `explain events`",
    "bayes-derivation": "a derivation in letters: `explain events`",
    "expectation-properties": "a derivation in letters: an identity of its topic",
    "variance-identity": "a derivation in letters: an identity of its topic",
    "perceptron-update-rule": "the rule in letters: `explain perceptron`",
}
"""Problems without a number to compare, and where their lines are checked instead."""

TOLERANCE = 1e-9


def problem_id(path: Path) -> str:
    """``backprop-2-2-1--half.json`` belongs to backprop-2-2-1."""
    return path.stem.partition("--")[0]


def test_every_problem_of_the_notes_has_a_map() -> None:
    assert len(IDS) == len(set(IDS)) == 71
    mapped = {problem_id(path) for path in MAPS}
    assert mapped <= set(IDS), f"no problem of the notes: {sorted(mapped - set(IDS))}"
    missing = set(IDS) - mapped - set(NOT_NUMERIC)
    assert not missing, f"no map, and no reason why: {sorted(missing)}"


def test_every_problem_of_the_notes_is_a_problem_file() -> None:
    files = {path.stem for path in (ROOT / "problems").rglob("*.json")}
    missing = set(IDS) - files - set(NOT_NUMERIC)
    assert not missing, f"no problem file: {sorted(missing)}"


@pytest.mark.parametrize("path", MAPS, ids=lambda p: p.stem)
def test_every_number_of_the_notes_is_ours(path: Path) -> None:
    found = json.loads(path.read_text(encoding="utf-8"))
    for mapped in found if isinstance(found, list) else [found]:
        solution = solution_of(mapped)
        assert mapped["values"], "a map compares something"
        wrong = [told for entry in mapped["values"] if (told := differs(solution, entry)) is not None]
        assert not wrong, "\n".join(wrong)


def solution_of(mapped: dict[str, Any]) -> Solution:
    item = list(items(str(ROOT / mapped["problem"])))[mapped.get("item", 0)]
    assert isinstance(item, Item), item
    overlay = Overlay(
        given=mapped.get("given", {}), conventions=mapped.get("conventions", {}), arith=mapped.get("arith", "auto")
    )
    return solve(item.read(), overlay)


def differs(solution: Solution, entry: dict[str, Any]) -> str | None:
    """What is wrong with our value for one number of the notes; None where it is theirs."""
    label = f"{entry['notes']} = {entry['exact'] or entry['decimal']}"
    with precision(solution.trace.bits):
        ours = value_of(solution, entry["ours"])
        if ours is None:
            return f"{label}: the run has no value {entry['ours']}"
        if entry.get("digits"):
            ours = read(show(ours, Digits.parse(entry["digits"])).text)
        if isinstance(ours, Tree | str):
            same = same_formula(ours, entry["exact"]) if isinstance(ours, Tree) else ours == entry["exact"]
            return None if same else f"{label}: ours is {ours}"
        exact, decimal = entry["exact"], entry["decimal"]
        assert exact is not None or decimal is not None, f"{label}: nothing to compare with"
        if exact is not None and not equal(ours, exact):
            return f"{label}: {entry['ours']} is {ours}"
        if decimal is not None and abs(as_float(ours) - decimal) > TOLERANCE * max(1.0, abs(decimal)):
            return f"{label}: {entry['ours']} is {as_float(ours)}"
    return None


def value_of(solution: Solution, ours: str) -> Any:
    """The value called `ours`; or the line's value, with our values for its names; None where a name has none."""
    trace = solution.trace
    known = keys_by_name(trace)
    direct = find(trace, ours, known)
    if direct is not None:
        return single(direct)
    env: dict[Any, Any] = {}

    def held(node: Tree) -> Tree:
        if isinstance(node, Call):
            return Call(node.fn, tuple(held(a) for a in node.args))
        if isinstance(node, Name | At):
            env["#", len(env)] = find(trace, python(node).replace(", ", ","), known)
            return Ref("#", (len(env) - 1,))
        return rebuild(node, held)

    line = compiled(held(parse(ours)), (), FLOAT64 if solution.arith == "float64" else EXACT)
    return None if None in env.values() else single(line(env))


def single(value: Any) -> Any:
    """The entry of a 1×1 matrix, or the value itself."""
    rows = rows_of(value)
    return value if rows is None or len(rows) != 1 or len(rows[0]) != 1 else rows[0][0]


def equal(ours: Any, exact: str) -> bool:
    """Whether `ours` is exactly `exact`, a number or a line with roots and logarithms."""
    if isinstance(ours, float):
        return ours == pytest.approx(as_float(parsed(exact)), abs=TOLERANCE)
    theirs = parsed(exact)
    if isinstance(ours, fmpq) and isinstance(theirs, fmpq):
        return bool(ours == theirs)
    return bool(ball(ours).overlaps(ball(theirs)))


def parsed(exact: str) -> Any:
    tree = parse(exact)
    return read(exact) if isinstance(tree, Num) else compiled(tree, (), EXACT)({})


def ball(value: Any) -> Any:
    found = number_ball(value) if isinstance(value, Algebraic) else value
    return arb(found) if isinstance(found, fmpq) else getattr(found, "real", found)


def as_float(value: Any) -> float:
    if isinstance(value, fmpq):
        return int(value.p) / int(value.q)
    return value if isinstance(value, float) else float(ball(value).mid())


def same_formula(ours: Tree, exact: str) -> bool:
    """Whether two polynomials in one variable are the same, by their values at more points than
    their degree needs."""
    theirs = parse(exact)
    (variable,) = names(ours) | names(theirs)
    points = [fmpq(n, 3) for n in range(-6, 7)]
    return all(compiled(ours, (), EXACT)({variable: x}) == compiled(theirs, (), EXACT)({variable: x}) for x in points)


# -- the comparison itself sees what is wrong ------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "right"),
    [
        ({"notes": "m_3", "ours": "m_3", "exact": "523/10000", "decimal": 0.0523}, True),
        ({"notes": "m_3", "ours": "m_3", "exact": "524/10000", "decimal": 0.0523}, False),
        ({"notes": "m_3", "ours": "m_3", "exact": None, "decimal": 0.0524}, False),
        ({"notes": "mu_3", "ours": "mu_3", "exact": None, "decimal": 0.0523}, False),
        ({"notes": "sum", "ours": "m_3 - beta1*m_2", "exact": "1/100", "decimal": 0.01}, True),
        ({"notes": "sum", "ours": "m_3 - beta1*m_2", "exact": "1/101", "decimal": None}, False),
        ({"notes": "4 places", "ours": "m_hat_2", "exact": "0.2474", "decimal": 0.2474, "digits": "4dp"}, True),
    ],
)
def test_a_wrong_map_is_found(entry: dict[str, Any], right: bool) -> None:
    solution = solution_of({"problem": "problems/adam/adam-3steps.json"})
    assert (differs(solution, entry) is None) == right
