"""Pages to read, in Markdown: one a student, and one for the teacher on how the class did.

Whatever a student wrote, their name included, is escaped; files are named by what is safe on any system.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator

from dlsolve.batch.items import Fault
from dlsolve.grade.gradebook import marks
from dlsolve.grade.key import Known
from dlsolve.grade.names import FileNames, natural, short, visible
from dlsolve.grade.tally import ProblemCount, Student, Tally
from dlsolve.grade.work import number
from dlsolve.render.grades import mean_of, rounded
from dlsolve.render.report import amount, escaped, markdown

STUDENTS, CLASS = "students", "class.md"
MOST_SLIPS = 60
MOST_FAULTS = 200


class Pages:
    """Writes ``students/<name>.md`` for each, and ``class.md``; `write` puts a file there, whole or not at all."""

    def __init__(self, write: Callable[[str, str], None], known: dict[int, Known], unsolved: dict[str, Fault]) -> None:
        self.write = write
        self.known = known
        self.names = FileNames()
        self.faults = [f"{_e(id_)}: {_e(fault.message)}" for id_, fault in unsolved.items()]

    def student(self, student: Student) -> None:
        whole = sum((number(k.possible) for k in self.known.values()), number("0"))
        lines = [f"# {_e(student.name)}", "", f"**Total: {marks(student.total)} of {marks(whole)}**", ""]
        for place, known in self.known.items():
            paper = student.papers.get(place)
            if paper is not None and paper.report is not None:
                blank = paper.entry.fault
                lines += [markdown(paper.report, level=2), *([_e(f"{blank.message}."), ""] if blank else [])]
                lines += [line for w in paper.entry.warnings for line in (_e(f"{w}."), "")]
                continue
            fault = paper.entry.fault if paper is not None else None
            lines += [f"## {_e(known.title)}", "", _e(fault.message if fault is not None else "not handed in"), ""]
        for entry in student.loose:
            if entry.fault is not None:
                lines += [_e(f"{entry.source}: {entry.fault.message}"), ""]
        self.write(os.path.join(STUDENTS, f"{self.names.of(student.name)}.md"), "\n".join(lines))
        for entry in [*(p.entry for p in student.papers.values()), *student.loose]:
            if entry.fault is not None and len(self.faults) <= MOST_FAULTS:
                self.faults.append(_e(f"{student.name}, {entry.problem or entry.source}: {entry.fault.message}"))

    def close(self, tally: Tally) -> None:
        lines = ["# The class", "", *_counts(tally), ""]
        for problem in sorted(tally.problems.values(), key=lambda p: natural(p.id)):
            lines += [*_problem(problem), ""]
            if strange := tally.strange(problem.id):
                names = ", ".join(f"{short(name)} ({many} students)" for name, many in strange)
                lines += [_e(f"Written under names that are none of this solution's: {names}."), ""]
        lines += [*_slips(tally), *_shared(tally)]
        if self.faults:
            listed = [f"- {fault}" for fault in self.faults[:MOST_FAULTS]]
            more = ["- and more: see the errors beside the marks"] * (len(self.faults) > MOST_FAULTS)
            lines += ["## To be looked at", "", *listed, *more, ""]
        self.write(CLASS, "\n".join(lines))


def _e(text: str) -> str:
    return escaped(visible(text))


def _counts(tally: Tally) -> Iterator[str]:
    mean = f", {mean_of(tally)}" if tally.mean is not None else ""
    yield (f"{tally.students} students, {tally.handed_in} handed in: {tally.marked} marked, of which {tally.blank} "
           f"blank; {tally.unmarked} could not be marked{mean}.")  # fmt: skip


_HEAD = ("right", "follows", "wrong", "few digits", "unreadable", "missing", "broken lines")
_KEYS = ("correct", "follows", "wrong", "ambiguous", "unreadable", "missing")


def _problem(problem: ProblemCount) -> Iterator[str]:
    yield f"## {_e(problem.title)}"
    yield ""
    mean = f" Mean {rounded(problem.mean)} of {amount(problem.possible)}." if problem.mean is not None else ""
    yield _e(f"{problem.id}: {problem.handed_in} handed in, {problem.blank} blank.{mean}")
    yield ""
    shown = [s for s in problem.steps.values() if s.asked or s.written]
    used = [n for n, key in enumerate(_KEYS) if n < 3 or any(s.counts[key] for s in shown)]
    broken = any(s.broken_lines for s in shown)
    heads = [_HEAD[n] for n in used] + [_HEAD[-1]] * broken
    yield "| step | asked | " + " | ".join(heads) + " |"
    yield "|---|---|" + "--:|" * len(heads)
    for step in shown:
        counts = [step.counts[_KEYS[n]] for n in used] + [step.broken_lines] * broken
        asked = "yes" if step.asked else ""
        yield f"| {_e(step.symbol)} | {asked} | " + " | ".join(str(c) if c else "" for c in counts) + " |"


def _slips(tally: Tally) -> Iterator[str]:
    found = tally.histogram()
    if not found:
        return
    yield "## Slips"
    yield ""
    yield "Students whose value it explains, and those for whom it is one of several that would."
    yield ""
    yield "| students | perhaps | slip | problem | at |"
    yield "|--:|--:|---|---|---|"
    for slip in found[:MOST_SLIPS]:
        at = ", ".join(f"{name} ({times})" for name, times in list(slip.steps.items())[:4])
        more = ", …" * (len(slip.steps) > 4)
        perhaps = slip.perhaps or ""
        yield f"| {slip.students or ''} | {perhaps} | {_e(slip.says)} | {_e(slip.problem)} | {_e(at + more)} |"
    yield ""


def _shared(tally: Tally) -> Iterator[str]:
    found = tally.shared()
    if not found:
        return
    yield "## Wrong values that several students wrote"
    yield ""
    yield ("No slip that is known explains these. Where you see what was done, put it into the course file "
           "(`--course`) with the rule as it was used, and it is named from then on.")  # fmt: skip
    yield ""
    topics = {p.id: (p.topic, p) for p in tally.problems.values()}
    for shared in found:
        who = ", ".join(short(name) for name in shared.named)
        more = ", …" * (shared.students > len(shared.named))
        said = f"{shared.students} students wrote {short(shared.written, 60)} for {shared.symbol} ({shared.problem}): "
        yield f"- {_e(said + who + more)}"
        topic, problem = topics[shared.problem]
        rule = problem.steps[shared.name].rule if shared.name in problem.steps else ""
        if rule:
            slip = {"topic": topic, "id": "a-short-name", "says": "what was done", "rule": rule}
            yield ""
            yield f"      {json.dumps(slip, ensure_ascii=False)}"
        yield ""
