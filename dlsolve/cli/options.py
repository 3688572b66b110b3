"""``dlsolve options PROBLEM NAME="A 0.82, B 0.88, C none"``: which option is right, and why the others are not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dlsolve import assignment
from dlsolve.assignment import Overlay
from dlsolve.checker.choices import Choice, choose
from dlsolve.cli import output
from dlsolve.cli.check import only_one
from dlsolve.cli.request import choice, digits_of
from dlsolve.errors import InputError
from dlsolve.fields.found import short
from dlsolve.problem import Course, file_of, moved_to_file, read_course
from dlsolve.render.words import json_text

FORMATS = ("terminal", "plain", "json")


def options(problem: str, choices: Sequence[str] = (), **values: Any) -> int:
    """0 where every question has a right option, else 1. Raises `DlsolveError`."""
    output.check_target(values.get("output"), [file_of(problem)])
    style = choice(values, "format", FORMATS, "terminal")
    course = read_course(values["course"]) if values.get("course") is not None else Course()
    item = only_one(problem)
    asked = []
    for text in choices:
        name, sign, said = text.partition("=")
        if not sign or not name.strip():
            raise InputError("options", "not a question", found=f'"{short(text)}"',
                             remedy='write NAME="A 0.82, B 0.88, C none"')  # fmt: skip
        asked.append((name.strip(), said))
    try:
        solution = assignment.solve(
            item.read(), Overlay(course=course, digits=digits_of(values, course), arith="exact")
        )
    except InputError as fault:
        raise moved_to_file(fault, item) from fault
    found = [choose(solution, name, said) for name, said in asked]
    output.write(_written(found, style, values), values.get("output"))
    return 0 if all(c.right for c in found) else 1


def _written(found: Sequence[Choice], style: str, values: dict[str, Any]) -> str:
    if style == "json":
        return json_text({"dlsolve": 1, "questions": [c.as_json() for c in found]})
    from dlsolve.render.options import blocks

    page = output.page(values)
    if style == "plain":
        from dlsolve.render.plain import draw
    else:
        from dlsolve.render.terminal import draw
    return "\n".join(draw(blocks(c, page), page) for c in found)
