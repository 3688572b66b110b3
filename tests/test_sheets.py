"""The blank sheet of every problem, filled in right: every name it prints, and every symbol, is read and correct."""

from __future__ import annotations

import json
import os

import pytest

from dlsolve.checker.attempt import of_text
from dlsolve.checker.paper import mark_attempt
from dlsolve.checker.worth import worth_of
from dlsolve.named import keys_by_name
from dlsolve.render import Options, render
from dlsolve.solver import Solution
from tests.cases import FILES, Case

CASES = {case.id: case for case in FILES if case.solution().arith == "exact"}
READ = ("correct", "ambiguous")
SAMPLE = dict(list(CASES.items())[:: 1 if os.environ.get("DLSOLVE_SWEEP") else 6])


def expected(solution: Solution, asked: list[str]) -> dict[str, str]:
    """What the solution says of each name asked, as somebody would type it."""
    shown = json.loads(render(solution, "json", Options()))
    said = {s["name"]: s["shown"] for s in shown["steps"]} | {n: a["shown"] for n, a in shown["answers"].items()}
    return {n: _typed(said[n]) for n in asked if n in said}


def _typed(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    return json.dumps(value, ensure_ascii=False).replace('"', "")


def symbol(solution: Solution, name: str) -> str | None:
    key = keys_by_name(solution.trace).get(name)
    if key is None:
        return None
    base, index = (key, ()) if isinstance(key, str) else (str(key[0]), key[1:])
    return solution.trace.symbols.unicode(base, [str(i) for i in index])


def misread(case: Case, *, symbols: bool) -> dict[str, str]:
    """The names of the sheet that are not found right when they are filled in."""
    solution, problem = case.solution(), case.read()[2]
    values = expected(solution, list(worth_of(solution, problem, None).asked))
    called = {n: (symbol(solution, n) or n) if symbols else n for n in values}
    page = "\n".join(f"{called[n]} = {text}" for n, text in values.items())
    report = mark_attempt(solution, problem, of_text(page, "page"))
    found = {i.name: i for i in report.items}
    missed = {called[n]: f"{found[n].verdict} {text}" for n, text in values.items() if found[n].verdict not in READ}
    others = [i for i in report.items if i.name not in values and i.verdict != "missing"]
    return missed | {i.name: f"{i.verdict} {i.written}" for i in others}


@pytest.mark.parametrize("case", SAMPLE.values(), ids=lambda c: c.id)
def test_a_sheet_filled_in_right_is_right(case: Case) -> None:
    assert misread(case, symbols=False) == {}


@pytest.mark.parametrize("case", SAMPLE.values(), ids=lambda c: c.id)
def test_the_printed_symbols_are_read(case: Case) -> None:
    assert misread(case, symbols=True) == {}
