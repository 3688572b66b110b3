"""The README says what is so: its picture is real output, its commands are those that are run."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
import types
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def run(*args: str) -> str:
    command = [sys.executable, "-m", "dlsolve", *args]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert out.returncode == 0, out.stderr
    return out.stdout


def test_the_picture_is_real_output() -> None:
    command, *picture = blocks("text")[0].splitlines()
    assert command.startswith("$ dlsolve ")
    real = run(*command.removeprefix("$ dlsolve ").split())
    for part in "\n".join(picture).split("…"):
        assert part.strip() in real, f"the README shows what is not printed:\n{part}"


def test_the_first_two_blocks_are_one_line_each() -> None:
    solve, test = blocks("sh")[:2]
    for block in (solve, test):
        assert block.count("\n") == 1
        assert block.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert "dlsolve adam problems/adam/adam-3steps.json" in solve
    assert "pytest" in test


def test_ci_runs_the_second_block_word_for_word() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    taken = re.search(r"\$\((awk '.*' README\.md)\)", script)
    assert taken, ".ci/run takes the command of the tests from the README"
    out = subprocess.run(["bash", "-c", taken[1]], cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout == blocks("sh")[1]
    assert "pytest" not in script.replace(taken[0], ""), "the command stands in the README alone"


TOUR = [line.split("   ")[0].strip() for line in blocks("text")[1].splitlines()]


@pytest.mark.parametrize("line", TOUR)
def test_the_commands_of_the_tour_work(line: str, tmp_path: Path) -> None:
    command, _, _ = line.removeprefix("dlsolve ").partition(" > ")
    topic = command.split()[0]
    problem = tmp_path / "p.json"
    if "p.json" in command:
        problem.write_text(run("example", topic), encoding="utf-8")
    args = [str(problem) if word == "p.json" else word for word in _words(command)]
    assert run(*args)


def _words(command: str) -> list[str]:
    """As a shell would split it, patterns replaced by the files they match."""
    out: list[str] = []
    for word in shlex.split(command):
        out += [str(p.relative_to(ROOT)) for p in sorted(ROOT.glob(word))] if "/*" in word else [word]
    return out


def test_the_session_in_python_is_real() -> None:
    (session,) = blocks("pycon")
    found = doctest.DocTestParser().get_doctest(session, {}, "README", "README.md", 0)
    assert doctest.DocTestRunner().run(found).failed == 0


def test_the_topic_of_the_readme_is_a_topic() -> None:
    source = blocks("python")[0]
    imports = """
from __future__ import annotations
from typing import Annotated
import msgspec
from flint import fmpq
from dlsolve.fields import Field
from dlsolve.formula.rules import rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import Topic
from dlsolve.trace import Trace
"""
    from dlsolve.fields import read_problem
    from dlsolve.render import Options, render
    from dlsolve.solver import solve_problem

    module = types.ModuleType("momentum")
    sys.modules["momentum"] = module
    try:
        exec(imports + source, module.__dict__)  # noqa: S102 - our own README
        topic = module.TOPIC
        solution = solve_problem(topic, read_problem(topic.problem, topic.example))
    finally:
        del sys.modules["momentum"]
    # v₁ = 0.03, v₂ = 0.9·0.03 + 0.02 = 0.047
    assert "w₂ = −0.077" in render(solution, "plain", Options())
