"""Slips that a course declares: named like a topic's own, refused with their place where they cannot be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dlsolve import assignment, catalog
from dlsolve.assignment import Overlay
from dlsolve.checker.attempt import of_pairs
from dlsolve.checker.paper import mark_attempt
from dlsolve.course_slips import with_slips
from dlsolve.problem import ProblemFile, course_of
from tests.runner import run

ADAM = "problems/adam/adam-3steps.json"
HALF = {"topic": "adam", "id": "half-step", "says": "the step is halved",
        "rule": "Delta[t] = lr*m_hat[t] / (sqrt(v_hat[t]) + eps) / 2"}  # fmt: skip


def course(tmp_path: Path, *slips: Any) -> str:
    path = tmp_path / "course.json"
    path.write_text(json.dumps({"slips": list(slips)}), encoding="utf-8")
    return str(path)


def test_a_slip_of_the_course_is_named(tmp_path: Path) -> None:
    args = ("check", ADAM, "-a", "Delta_3=0.0044681", "-a", "theta_3=-0.0241719", "--format", "json")
    before = json.loads(run(*args).out)["items"]
    assert [[s["id"] for s in i["slips"]] for i in before][2] != ["half-step"]
    after = json.loads(run(*args, "--course", course(tmp_path, HALF)).out)["items"]
    assert [(i["name"], [(s["id"], s["says"]) for s in i["slips"]]) for i in after if i["slips"]] == [
        ("Delta_3", [("half-step", "the step is halved")])
    ]


def test_it_is_found_over_a_whole_run_where_no_step_is_written(tmp_path: Path) -> None:
    told = course_of({"slips": [HALF]})
    problem = ProblemFile(topic="adam", given={"g": ["0.3", "0.2", "0.1"], "lr": "0.01"})
    solution = assignment.solve(problem, Overlay(course=told))
    report = mark_attempt(solution, problem, of_pairs([("theta_3", "-0.0143199")]))
    assert [s.id for s in report.items[0].slips] == ["half-step"]


def test_a_rule_of_a_gradient_can_be_replaced() -> None:
    slip = {"topic": "backprop", "id": "no-input", "says": "the input is left out", "rule": "dW[2, e] = dz[2,e]"}
    topic = with_slips(catalog.topic("backprop"), course_of({"slips": [slip]}).slips)
    assert topic.slips[0].id == "no-input"
    assert with_slips(catalog.topic("adam"), course_of({"slips": [slip]}).slips) is catalog.topic("adam")


@pytest.mark.parametrize(
    ("change", "where", "says"),
    [
        ({"topic": "adm"}, "topic", "did you mean adam?"),
        ({"id": "a b"}, "id", "without blanks"),
        ({"id": ""}, "id", "not usable"),
        ({"id": "added"}, "id", "is a slip of adam already"),
        ({"says": "\u202e"}, "says", "not usable"),
        ({"says": None}, "says", ""),
        ({"rule": "q[t] = g[t]"}, "rule", "no rule of adam defines q[t]"),
        ({"rule": "m[t] = gg[t]"}, "rule", "did you mean g?"),
        ({"rule": "m[t] = foo(g[t])"}, "rule", "there is no function 'foo'"),
        ({"rule": "m[t] = __import__('os')"}, "rule", "not in the rule language"),
        ({"rule": "m[t] == 3"}, "rule", "target = expression"),
        ({"rule": "m[t+1] = 3"}, "rule", "the left side is a name"),
        ({"rule": "m[t] = " + "1+" * 400 + "1"}, "rule", "1 to 300"),
        ({"rules": "m[t] = 1"}, "rules", ""),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(
    change: dict[str, Any], where: str, says: str, tmp_path: Path
) -> None:
    path = course(tmp_path, HALF | {"id": "first"}, {k: v for k, v in (HALF | change).items() if v is not None})
    result = run("check", ADAM, "-a", "m_3=1", "--course", path)
    assert result.status == 2
    assert f"course.json: $.slips[1].{where}" in result.err
    assert says in result.err
    assert result.err.count("\n") == 1


def test_the_same_id_twice_is_refused(tmp_path: Path) -> None:
    result = run("check", ADAM, "-a", "m_3=1", "--course", course(tmp_path, HALF, HALF))
    assert "stands twice" in result.err
