"""The library: `from dlsolve import solve, check`."""

from __future__ import annotations

import doctest
import json
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import flint
import numpy as np
import pytest

import dlsolve
from dlsolve import DlsolveError, ProblemFile, Report, Solution, check, load, solve
from dlsolve.errors import DomainError, InputError, LimitError
from tests.cases import FILES, ROOT
from tests.runner import run

ADAM: dict[str, Any] = {"topic": "adam", "given": {"g": [0.3, 0.2, 0.1], "lr": 0.01}}
FILE = ROOT / "problems" / "adam" / "adam-3steps.json"


# -- solving --------------------------------------------------------------------------------------


def test_a_solution_holds_plain_values() -> None:
    done = solve(ADAM)
    answer = done.answers["theta_3"]
    assert (answer.shown, answer.exact) == ("-0.02864", None)
    assert float(answer) == pytest.approx(-0.028639726406966323)
    step = next(s for s in done.steps if s.name == "m_hat_2")
    assert (step.exact, step.shown, step.section) == ("47/190", "0.24737", "t = 2")
    assert step.chain[1] == "0.047 / (1 - 0.9**2)"
    assert done.given["g"] == (0.3, 0.2, 0.1)
    assert done.arith == "exact"
    assert all(c.holds for c in done.checks)


def test_its_texts_are_those_of_the_command_line() -> None:
    done = solve(str(FILE))
    for style, text in (("json", done.json()), ("plain", done.plain())):
        assert text == run("adam", str(FILE), "--format", style).out
    assert done.markdown() == run("adam", str(FILE), "--format", "markdown").out == done._repr_markdown_()
    assert json.loads(done.json()) == done.as_dict()
    assert str(done) == done.plain()
    assert repr(solve(ADAM)) == "<adam: theta_3=-0.02864>"
    assert [d.name for d in done.differs] == [d["name"] for d in done.as_dict()["differs"]]


def test_nothing_of_it_can_be_changed() -> None:
    done = solve(ADAM)
    with pytest.raises(TypeError):
        done.answers["theta_3"] = done.answers["theta_3"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        done.answers["theta_3"].shown = "0"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        done.title = "Another"  # type: ignore[misc]
    done.as_dict()["answers"].clear()
    assert done.answers


SAME: list[Mapping[str, Any]] = [
    {"g": ["0.3", "1/5", "10%"], "lr": "0.01"},
    {"g": (0.3, 0.2, 0.1), "lr": Decimal("0.01")},
    {"g": np.array([0.3, 0.2, 0.1]), "lr": np.float64(0.01)},
    {"g": np.array([0.3, 0.2, 0.1], dtype=np.float32), "lr": np.float32(0.01)},
    {"g": [Fraction(3, 10), Fraction(1, 5), flint.fmpq(1, 10)], "lr": Fraction(1, 100)},
    {"g": "0.3 0.2 0.1", "eta": 1e-2},
]


@pytest.mark.parametrize("given", SAME, ids=str)
def test_numbers_of_any_kind_are_the_numbers_that_they_print(given: Mapping[str, Any]) -> None:
    assert solve({"topic": "adam", "given": given}).steps == solve(ADAM).steps


def test_options_are_those_of_the_command_line() -> None:
    done = solve(ADAM, digits="3dp", conventions={"adam_eps": "keras"}, symbols={"lr": "α"})
    assert done.answers["theta_3"].shown == "-0.029"
    assert done.conventions["adam_eps"] == "keras"
    assert "α" in done.plain()
    assert solve(ADAM, arith="float64").arith == "float64"
    assert solve(ADAM, carry=4).as_dict()["answers"]["theta_3"]["shown"] == "-0.02865"
    assert solve(ADAM, course={"digits": "2sf"}).answers["theta_3"].shown == "-0.029"
    with pytest.raises(LimitError):
        solve(ADAM, limit=3)


def test_a_problem_may_be_a_path_or_what_load_reads(tmp_path: Path) -> None:
    problems = tmp_path / "p.jsonl"
    problems.write_text(json.dumps(ADAM) + "\n" + json.dumps({**ADAM, "id": "second"}) + "\n", encoding="utf-8")
    loaded = list(load(problems))
    assert [str(p.id) for p in loaded] == ["", "second"]
    assert solve(loaded[1]).steps == solve(ADAM).steps == solve(ProblemFile(**ADAM)).steps
    with pytest.raises(InputError, match=r"holds 2 problems; take them one by one: dlsolve.load"):
        solve(problems)


def test_a_pickled_solution_comes_back_whole() -> None:
    done = solve(str(FILE), digits=7)
    back: Solution = pickle.loads(pickle.dumps(done))
    assert (back.answers, back.steps, back.plain()) == (done.answers, done.steps, done.plain())
    report = check(FILE, {"theta_3": "-0.0286"})
    again: Report = pickle.loads(pickle.dumps(report))
    assert (again.items, again.markdown()) == (report.items, report.markdown())


# -- marking --------------------------------------------------------------------------------------


def test_answers_are_marked() -> None:
    report = check(ADAM, {"m_hat_3": "0.0523", "theta_3": "-0.0286"}, student="ada")
    assert [(i.name, i.verdict) for i in report.items] == [("m_hat_3", "wrong"), ("theta_3", "correct")]
    assert report.items[0].slips[0].id == "no-bias-correction-m"
    assert report.earned == report.possible == 1
    assert report.all_right
    assert report.student == "ada"
    assert json.loads(report.json()) == report.as_dict()
    assert "✗ wrong" in report.plain()
    assert "✗ wrong" in report.markdown()


def test_answers_may_be_numbers_lines_a_file_or_the_problems_own(tmp_path: Path) -> None:
    exact = solve(ADAM).answers["theta_3"]
    assert check(ADAM, {"theta_3": float(exact)}).all_right
    assert check(ADAM, {"theta_3": np.float64(float(exact) * (1 + 1e-15))}).all_right
    assert check({"topic": "eigen", "given": {"matrix": [[1, 2], [5, 4]]}}, {"lam_1": 6, "lam_2": -1}).earned == 2
    lines = check(ADAM, "m_1 = 0.9(0) + (0.1)(0.3) = 0.03\ntheta_3 = -0.0286")
    assert [link.verdict for link in lines.items[0].links] == ["correct", "correct"]
    sheet = tmp_path / "answers.txt"
    sheet.write_text("theta_3 = -0.0286\n", encoding="utf-8")
    assert check(ADAM, sheet).all_right
    assert check({**ADAM, "attempt": {"theta_3": "-0.0286"}}).all_right
    assert check(ADAM, {"theta_3": "-0,0286"}, decimal_comma=True).all_right
    assert not check(ADAM, {"m_1": "0.03"}).all_right
    assert check(ADAM, {"m_1": "0.03"}, only_written=True).all_right


def test_what_cannot_be_read_is_no_error() -> None:
    report = check(ADAM, {"theta_3": "__import__('os').system('true')"})
    assert report.items[0].verdict == "unreadable"


# -- errors ---------------------------------------------------------------------------------------


def deep() -> dict[str, Any]:
    whole: dict[str, Any] = {}
    whole["given"] = whole
    return whole


MISTAKES: list[tuple[Any, str]] = [
    (5, "problem: not a problem (found 5)"),
    (None, "problem: not a problem (found null)"),
    (b"p.json", "problem: not a problem"),
    ({}, "$.topic: missing"),
    (deep(), "nested too deeply"),
    ({3.5: 1}, "$: a name that is no text"),
    ({"topic": "adm", "given": {"g": [1]}}, "did you mean adam?"),
    ({"topic": "adam", "given": {"g": [1, float("nan")]}}, "$.given.g[1]: not a number"),
    ({"topic": "adam", "given": {"g": [1, 2j]}}, "$.given.g[1]: not a value of a problem"),
    ({"topic": "adam", "given": {"g": {1, 2}}}, "$.given.g: not a value of a problem"),
    ({"topic": "adam", "given": {"g": [10**100_000]}}, "$.given.g[0]: too long a number"),
    ({"topic": "adam", "given": {"g": [1], "lr": -1}}, "$.given.lr: out of bounds"),
    ("no-such-problem.json", "no-such-problem.json: no such file"),
    (ROOT, "a folder, not a file"),
]


@pytest.mark.parametrize(("problem", "says"), MISTAKES, ids=[m[1] for m in MISTAKES])
def test_a_mistake_is_a_dlsolve_error_of_one_line(problem: Any, says: str) -> None:
    calls: list[Callable[[], Any]] = [lambda: solve(problem), lambda: check(problem, {"theta_1": "1"})]
    for call in calls:
        with pytest.raises(DlsolveError) as caught:
            call()
        assert says in str(caught.value)
        assert "\n" not in str(caught.value)


OPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"digits": "many"}, "digits: not a number of digits"),
    ({"carry": 0}, "carry: not a number of digits"),
    ({"arith": "float32"}, "arith: not a choice"),
    ({"conventions": {"adam_eps": "torch"}}, "$.conventions.adam_eps: not a choice"),
    ({"conventions": ["paper"]}, "conventions: not texts by name"),
    ({"symbols": {"lr": "\x1b[31m"}}, "symbols.lr: not a symbol"),
    ({"course": {"digit": "5"}}, "course: $.digit: no such field"),
    ({"course": "no-course.json"}, "no-course.json: no such file"),
    ({"limit": 0}, "limit: not a number of steps"),
]


@pytest.mark.parametrize(("options", "says"), OPTIONS, ids=[o[1] for o in OPTIONS])
def test_an_option_that_is_not_usable_is_named(options: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as caught:
        solve(ADAM, **options)
    assert says in str(caught.value)


@pytest.mark.parametrize("answers", [5, ["theta_3"], {}, "no value here", {"theta_3": ""}], ids=repr)
def test_answers_that_are_none_are_named(answers: Any) -> None:
    with pytest.raises(InputError, match=r"^answers: "):
        check(ADAM, answers)


def test_a_domain_error_names_the_rule() -> None:
    with pytest.raises(DomainError):
        solve({"topic": "rules", "given": {"rules": "q = 1/x", "values": {"x": 0}}})


# -- nothing is kept, nothing is loaded early ------------------------------------------------------


def _mixed() -> Iterator[tuple[str, Any]]:
    """Problems that need certified digits, branches, floats: two of every topic that has files."""
    seen: dict[str, int] = {}
    for case in FILES:
        if seen.setdefault(case.topic, 0) < 2 and case.number == 0:
            seen[case.topic] += 1
            yield case.id, str(ROOT / case.file)


def _everything(path: str) -> tuple[str, str, str]:
    problem = next(load(path))
    done = solve(problem)
    report = check(problem, {name: answer.shown for name, answer in done.answers.items()})
    return done.json(), done.markdown(), report.json()


def test_the_same_problem_gives_the_same_bytes_from_eight_threads_at_once() -> None:
    paths = [path for _, path in list(_mixed())[::12]]
    once = [_everything(path) for path in paths]
    gate = threading.Barrier(8)

    def all_of_them(turn: int) -> list[tuple[str, str, str]]:
        gate.wait()
        order = paths[turn:] + paths[:turn]
        found = {path: _everything(path) for path in order}
        return [found[path] for path in paths]

    before = flint.ctx.prec
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(all_of_them, range(8)):
            assert found == once
    assert flint.ctx.prec == before


def test_the_precision_of_the_caller_changes_nothing_and_stays() -> None:
    problem = {"topic": "eigen", "given": {"matrix": [[2, 1], [1, 3]]}}
    before = (solve(problem).json(), check(problem, {"lam_1": "3.618"}).json())
    flint.ctx.prec = 20
    try:
        assert (solve(problem).json(), check(problem, {"lam_1": "3.618"}).json()) == before
        assert flint.ctx.prec == 20
    finally:
        flint.ctx.prec = 53


def test_importing_the_package_loads_nothing() -> None:
    code = (
        "import sys, __future__; before = set(sys.modules); import dlsolve; "
        "print(sorted(set(sys.modules) - before)); from dlsolve import solve; "
        "print('dlsolve.checker.paper' in sys.modules, 'sympy' in sys.modules, 'rich' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert out.stdout.splitlines() == ["['dlsolve']", "False False False"]
    assert set(dlsolve.__all__) <= set(dir(dlsolve))
    with pytest.raises(AttributeError):
        dlsolve.solv  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("module", [dlsolve, sys.modules["dlsolve.api"]], ids=["dlsolve", "dlsolve.api"])
def test_the_examples_of_the_docstrings_are_so(module: Any) -> None:
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


def test_its_types_are_shipped() -> None:
    assert (ROOT / "dlsolve" / "py.typed").exists()
