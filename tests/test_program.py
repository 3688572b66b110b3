"""Printed programs run as they stand, and print what the derivation in floats says they print."""

from __future__ import annotations

import contextlib
import io
import runpy
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import assume, given, settings

from dlsolve import catalog
from dlsolve.errors import InputError
from dlsolve.fields import read_problem
from dlsolve.render import render
from dlsolve.solver import Solution, solve_problem
from tests.cases import FILES, Case
from tests.runner import run
from tests.topics.test_perceptron import PROBLEMS

TRAINING = [c for c in FILES if c.topic == "perceptron" and {"lr", "epochs"} & set(c.read()[2].given)]


def said_and_done(solution: Solution) -> tuple[list[str], list[str], dict[str, Any]]:
    """What a program says it prints, what it prints, and its names afterwards."""
    text = render(solution, "python")
    said = text.partition("# It prints\n")[2].partition("\n\n")[0]
    out = io.StringIO()
    with TemporaryDirectory() as folder, contextlib.redirect_stdout(out):
        path = Path(folder) / "program.py"
        path.write_text(text, encoding="utf-8")
        names = runpy.run_path(str(path))
    return [line.removeprefix("# ") for line in said.splitlines()], out.getvalue().splitlines(), names


@pytest.mark.parametrize("case", TRAINING, ids=lambda c: c.id)
def test_programs_of_the_problem_files_end_at_the_floats_of_the_run(case: Case) -> None:
    solution = case.solve(arith="float64")
    said, done, names = said_and_done(solution)
    assert done[: len(said)] == said
    trace = solution.trace
    for j in range(1, len(names["X"][0]) + 1):
        assert names[f"w{j}"] == trace.env["w", j]
    assert names["b"] == trace.env["b"]
    assert names["updates"] == trace.env["updates"]


@settings(max_examples=60)
@given(PROBLEMS)
def test_random_programs_print_what_they_say(p: dict[str, Any]) -> None:
    topic = catalog.topic("perceptron")
    solution = solve_problem(topic, read_problem(topic.problem, p), arith="float64")
    assume("updates" in solution.trace.env)
    said, done, _ = said_and_done(solution)
    assert done[: len(said)] == said


def test_the_exercise_of_the_notes_from_the_command_line() -> None:
    text = run("perceptron", "problems/perceptron/perceptron-python-and.json", "--format", "python").out
    for step in range(1, 6):
        assert f"# Step {step}: " in text
    assert "w1 = w1 + lr*e*x1" in text
    assert "computed exactly end elsewhere" in text
    out = subprocess.run([sys.executable, "-"], input=text, capture_output=True, text=True, check=True).stdout
    assert out.splitlines()[-2:] == [
        "w1 = 0.2, w2 = 0.1, b = -0.20000000000000004, updates = 11",
        "y_hat = [0, 0, 0, 1]",
    ]


def test_an_exact_run_does_not_say_what_floats_print() -> None:
    case = next(c for c in TRAINING if c.id.endswith("python-and"))
    assert "# It prints" not in render(case.solve(arith="exact"), "python")


def test_a_problem_without_training_is_refused() -> None:
    case = next(c for c in FILES if c.id == "perceptron/perceptron-step-3in")
    with pytest.raises(InputError, match="written for training"):
        render(case.solve(), "python")


def test_a_topic_without_a_program_says_so() -> None:
    result = run("adam", "problems/adam/adam-3steps.json", "--format", "python")
    assert result.status == 2
    assert "adam writes no program" in result.err
