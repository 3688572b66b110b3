"""Problem files: what a file may hold, what lies over what, and the schema that editors use."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

from dlsolve import assignment, catalog
from dlsolve.assignment import Overlay
from dlsolve.cli.schema import problem_schema
from dlsolve.fields import NumberText, Typed
from dlsolve.problem import Course, Item, dump, items, read_course, read_envelope

ADAM: dict[str, Any] = {"topic": "adam", "given": {"g": [0.3, 0.2], "lr": 0.01}}


def raw(**changes: Any) -> Any:
    return {**ADAM, **changes}


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_numbers_of_an_attempt_keep_their_digits() -> None:
    text = '{"topic": "adam", "given": {"g": [0.30]}, "attempt": {"m_1": 0.0300, "v_1": "9e-5", "x": [1.0, "2"]}}'
    from dlsolve.fields.hostile import parse_json

    problem = read_envelope(parse_json(text, ""))
    assert problem.attempt == {"m_1": "0.0300", "v_1": "9e-5", "x": "[1.0, 2]"}
    assert problem.given == {"g": [NumberText("0.30")]}


def test_every_key_of_the_envelope() -> None:
    problem = read_envelope(raw(
        id="a-1", title="T", statement="S", source="N", conventions={"adam_eps": "keras"}, symbols={"lr": "α"},
        asked=["theta_2"], points={"theta_2": "1/2"}, attempt={"m_1": 0.03}, printed={"m_1": "0.03"},
        accept={"theta_2": ["-0.02", -0.0199]}, marking={"min_digits": "3sf", "follow_penalty": 0.5},
    ))  # fmt: skip
    assert problem.points == {"theta_2": fmpq(1, 2)}
    assert problem.accept == {"theta_2": ["-0.02", "-0.0199"]}
    assert problem.marking is not None
    assert problem.marking.follow_penalty == fmpq(1, 2)
    assert problem.marking.repeated_slip == "once"


@pytest.mark.parametrize(("name", "text", "count"), [
    ("p.json", json.dumps(ADAM), 1),
    ("p.json", "\ufeff" + json.dumps(ADAM).replace(",", ",\r\n"), 1),
    ("p.json", json.dumps({"problems": [ADAM, ADAM]}), 2),
    ("p.jsonl", json.dumps(ADAM) + "\n\n" + json.dumps(ADAM) + "\n", 2),
])  # fmt: skip
def test_a_file_holds_one_problem_or_several(name: str, text: str, count: int, tmp_path: Path) -> None:
    found = list(items(write(tmp_path / name, text)))
    assert len(found) == count
    for item in found:
        assert isinstance(item, Item)
        assert item.read().topic == "adam"


def test_flags_go_before_the_file_and_the_file_before_the_course(tmp_path: Path) -> None:
    course = read_course(
        write(tmp_path / "c.json", '{"conventions": {"adam_eps": "keras", "log": "e"}, "symbols": {"lr": "α"}}')
    )
    problem = read_envelope(raw())
    assert assignment.solve(problem, Overlay(course=course)).trace.used["adam_eps"] == "keras"
    stated = read_envelope(raw(conventions={"adam_eps": "paper"}))
    assert assignment.solve(stated, Overlay(course=course)).trace.used["adam_eps"] == "paper"
    flagged = Overlay(course=course, conventions={"adam_eps": "keras"}, given={"eta": Typed("1")})
    solution = assignment.solve(stated, flagged)
    assert solution.trace.used["adam_eps"] == "keras"
    assert solution.problem.lr == 1
    assert solution.given() == {"g": [0.3, 0.2], "lr": 1}


def test_a_symbol_of_a_course_that_a_topic_does_not_know_is_no_error() -> None:
    assignment.solve(read_envelope(raw()), Overlay(course=Course(symbols={"sigma": "φ"})))


def test_given_is_kept_as_plain_values() -> None:
    given = {"x": "1 2", "y": "1/3", "W1": "[[1, 0.1]]", "activations": "linear", "lr": "0.1000000000000000000001"}
    solution = assignment.solve(read_envelope({"topic": "backpropagation", "given": given}))
    assert solution.given() == {
        "x": [[1, 2]], "y": [["1/3"]], "W1": [[1, 0.1]], "activations": ["linear"], "lr": "0.1000000000000000000001",
    }  # fmt: skip
    json.dumps(solution.given())


@pytest.mark.parametrize("name", catalog.names())
def test_an_example_is_a_problem_that_solves_and_fits_its_schema(name: str) -> None:
    topic = catalog.topic(name)
    text = dump({"topic": name, "title": topic.title, "given": dict(topic.example)})
    whole = json.loads(text)
    assert assignment.solve(read_envelope(whole)).trace.answers
    for schema in (problem_schema([topic]), problem_schema(catalog.all_topics())):
        assert not list(violations(whole, schema, schema))
        assert not list(violations({"problems": [whole]}, schema, schema))
        variants: list[Any] = [
            {**whole, "tittle": "x"},
            {**whole, "given": {**whole["given"], "zzz": 1}},
            {"topic": name},
            [],
        ]
        for wrong in variants:
            assert list(violations(wrong, schema, schema))


def violations(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """What is wrong with `value` under the part of JSON Schema that dlsolve writes."""
    if "$ref" in schema:
        yield from violations(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    for key, fewest, most in (("anyOf", 1, 99), ("oneOf", 1, 1), ("allOf", len(schema.get("allOf", [])), 99)):
        if key in schema:
            good = sum(not list(violations(value, s, root)) for s in schema[key])
            if not fewest <= good <= most:
                yield f"{key}: {good} fit"
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": int | float}
    allowed = schema.get("type", [])
    allowed = [allowed] if isinstance(allowed, str) else allowed
    if allowed and not any(
        isinstance(value, kinds[a]) and (a == "boolean" or not isinstance(value, bool)) for a in allowed
    ):
        yield f"not of type {allowed}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield "not in enum"
    if "const" in schema and value != schema["const"]:
        yield "not the constant"
    if isinstance(value, int | float) and value <= schema.get("exclusiveMinimum", float("-inf")):
        yield "too small"
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield "too short"
        for entry in value:
            yield from violations(entry, schema.get("items", {}), root)
    if isinstance(value, dict):
        yield from (f"{key} missing" for key in schema.get("required", []) if key not in value)
        for key, entry in value.items():
            inner = schema.get("properties", {}).get(key)
            if inner is None:
                inner = next((s for p, s in schema.get("patternProperties", {}).items() if re.search(p, key)), None)
            if inner is None:
                inner = schema.get("additionalProperties", {})
            if inner is False:
                yield f"{key} not allowed"
            else:
                yield from violations(entry, inner, root)
