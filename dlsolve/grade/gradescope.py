"""One ``results.json`` a student, as Gradescope reads it: one test a step, everything as plain text."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from flint import fmpq

from dlsolve.checker.report import Report, ReportItem
from dlsolve.grade.gradebook import dumped, marks
from dlsolve.grade.key import Known
from dlsolve.grade.names import FileNames, visible
from dlsolve.grade.tally import Paper, Student, Tally
from dlsolve.grade.work import number
from dlsolve.numbers.show import fraction
from dlsolve.render.report import MARKS, Say

NAME = "results.json"


class Results:
    """Writes each student's file; `write` puts a file into the output, whole or not at all."""

    def __init__(self, write: Callable[[str, str], None], known: dict[int, Known]) -> None:
        self.write = write
        self.known = known
        self.names = FileNames()
        self.say = Say(False)

    def student(self, student: Student) -> None:
        tests: list[dict[str, Any]] = []
        for n, (place, known) in enumerate(self.known.items(), 1):
            tests += self._tests(n, known, student.papers.get(place))
        loose = [f"{e.source}: {e.fault.message}" for e in student.loose if e.fault is not None]
        score = f"{marks(student.total)} of {marks(sum((number(k.possible) for k in self.known.values()), fmpq(0)))}"
        data = {
            "score": float(marks(student.total)),
            "output": "\n".join(map(visible, [score, *loose])),
            "output_format": "text", "test_output_format": "text", "test_name_format": "text",
            "visibility": "visible", "stdout_visibility": "hidden",
            "extra_data": {"student": student.name, "earned": fraction(student.total)},
            "tests": tests,
        }  # fmt: skip
        folder = self.names.of(student.name)
        self.write(os.path.join(folder, NAME), dumped(data, 1) + "\n")

    def _tests(self, place: int, known: Known, paper: Paper | None) -> list[dict[str, Any]]:
        title = visible(known.id)
        if paper is not None and paper.report is not None:
            report = paper.report
            return [self._test(f"{place}.{n}", title, item, report) for n, item in enumerate(report.items, 1)]
        fault = paper.entry.fault if paper is not None else None
        kind = paper.entry.kind if paper is not None else "missing"
        why = visible(fault.message) if fault is not None else "not handed in"
        return [
            _record(f"{place}.{n}", f"{title}: {step.name}", fmpq(0), number(step.points), why, [kind or "unreadable"],
                    {"problem": known.id, "name": step.name, "verdict": "missing"}, passed=False)
            for n, step in enumerate((s for s in known.steps if s.asked), 1)
        ]  # fmt: skip

    def _test(self, place: str, title: str, item: ReportItem, report: Report) -> dict[str, Any]:
        say = self.say
        lines = [f"{MARKS[item.verdict]} {item.verdict}" + (f": {say.written(item)}" if item.written else "")]
        if item.expected and item.verdict not in ("correct", "unreadable"):
            lines.append(f"expected {say.expected(item)}")
        if why := say.why(item):
            lines.append(why)
        tags = [item.verdict, *(visible(slip.id) for slip in item.slips if slip.declared)]
        extra = {"problem": report.problem, "name": item.name, "verdict": item.verdict,
                 "slips": [slip.id for slip in item.slips], "remarks": item.remarks}  # fmt: skip
        passed = item.verdict in ("correct", "ambiguous", "follows")
        return _record(place, f"{title}: {visible(say.name(item))}", item.earned, item.possible, "\n".join(lines), tags,
                       extra, passed=passed)  # fmt: skip

    def close(self, tally: Tally) -> None: ...


def _record(
    place: str, name: str, earned: fmpq, possible: fmpq, output: str, tags: list[str], extra: dict[str, Any], *,
    passed: bool,
) -> dict[str, Any]:  # fmt: skip
    """One test."""
    return {
        "score": float(marks(earned)), "max_score": float(marks(possible)), "status": "passed" if passed else "failed",
        "name": name, "name_format": "text", "number": place, "output": output, "output_format": "text",
        "tags": tags, "visibility": "visible", "extra_data": extra,
    }  # fmt: skip
