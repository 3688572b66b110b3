"""``dlsolve sheet PROBLEM``: the statement and every name asked, to be filled in and checked."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import Any

from dlsolve import assignment
from dlsolve.assignment import Overlay
from dlsolve.checker.worth import worth_of
from dlsolve.cli import output
from dlsolve.cli.check import only_one
from dlsolve.cli.request import choice
from dlsolve.errors import InputError
from dlsolve.named import find
from dlsolve.notation import Quantity
from dlsolve.problem import Course, file_of, moved_to_file, read_course
from dlsolve.readings import rows_of
from dlsolve.render.command import typed
from dlsolve.render.words import clean, json_text
from dlsolve.solver import Solution

FORMATS = ("plain", "json", "csv")
_HOW = {
    "direction": "up to scale: (1, -1)",
    "basis": "a basis, up to span",
    "multiset": "in any order",
    "polynomial": "up to a factor",
    "choice": "in words",
}
"""How an answer of a kind may be written."""


def sheet(problem: str, **values: Any) -> int:
    """Write a blank answer sheet; `dlsolve check PROBLEM SHEET` reads it filled in. Raises `DlsolveError`."""
    output.check_target(values.get("output"), [file_of(problem)])
    style = choice(values, "format", FORMATS, "plain")
    course = read_course(values["course"]) if values.get("course") is not None else Course()
    item = only_one(problem)
    try:
        read = item.read()
        solution = assignment.solve(read, Overlay(course=course))
        asked = list(worth_of(solution, read, course.marking).asked)
    except InputError as fault:
        raise moved_to_file(fault, item) from fault
    title = read.title or solution.topic.title
    statement = read.statement or "; ".join(f"{k} = {typed(v)}" for k, v in solution.given().items())
    if style == "json":
        data = {"dlsolve": 1, "problem": str(read.id), "title": title, "statement": statement,
                "answers": dict.fromkeys(asked, "")}  # fmt: skip
        text = json_text(data)
    elif style == "csv":
        file = StringIO()
        csv.writer(file, lineterminator="\n").writerows([("name", "value"), *((name, "") for name in asked)])
        text = file.getvalue()
    else:
        text = _plain(solution, title, statement, asked)
    output.write(text, values.get("output"))
    return 0


def _plain(solution: Solution, title: str, statement: str, asked: list[str]) -> str:
    """Quoted lines (``>``) are the question, which is not marked; the rest is to be filled in."""
    lines = [f"> {clean(line)}" for line in (title, "", *statement.splitlines())]
    out = [*lines, ""]
    for name in asked:
        out += [f"> {_about(solution, name)}", f"{name} = ", ""]
    return "\n".join(line.rstrip(" ") if line.startswith(">") else line for line in out)


def _in_numbers(row: Quantity, index: list[str]) -> str:
    """A meaning with what its index letters stand for: weights of layer 1 after 2 updates, posterior of spam."""
    numbers = {n: v.replace("_", " ") for n, v in zip(row.letters, index, strict=False) if n != "a"}
    text = re.sub(r"(?<![\w.])[a-z](?![\w.])", lambda m: numbers.get(m[0], m[0]), row.meaning)
    return re.sub(r"\b1 (update|step|epoch|round|trial)s\b", r"1 \1", text)


def _about(solution: Solution, name: str) -> str:
    """``θ₃, parameter after t steps``; the shape of a matrix, how a direction may be written."""
    trace = solution.trace
    key = next((k for k in trace.env if not (isinstance(k, str) and k[:1] in "#@") and trace.name(k) == name), None)
    if key is None:
        key = trace.aliases.get(name)
    if key is None:
        return name
    base, index = (key, ()) if isinstance(key, str) else (str(key[0]), key[1:])
    row = trace.symbols.quantity(base)
    words = [trace.symbols.unicode(base, [str(i) for i in index])]
    if row is not None:
        meaning = _in_numbers(row, [str(i) for i in index])
        words += [meaning] if meaning != words[0] else []
        if row.kind in _HOW:
            words.append(_HOW[row.kind])
    rows = rows_of(find(trace, name))
    if rows is not None and len(rows) * len(rows[0]) > 1:
        shape = f"{len(rows)}×{len(rows[0])}"
        words.append(f"{shape}: [a, b]" if 1 in (len(rows), len(rows[0])) else f"{shape}: [a b; c d]")
    return clean(", ".join(words))
