"""What is written of a class: one OUT in one of the formats, its index and errors, pages for people.

``grades.csv`` stands beside ``grades.csv.index.jsonl`` (the memory of the run) and, where something is to be
looked at, ``grades.csv.errors.jsonl``; a folder holds ``index.jsonl`` and ``errors.jsonl``. Files appear whole or
not at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import IO, Any

import msgspec

from dlsolve.batch.items import Fault
from dlsolve.batch.output import PART, check_out, unwritable
from dlsolve.errors import InputError
from dlsolve.fields.found import short
from dlsolve.grade.canvas import Copy, Export
from dlsolve.grade.diff import Changes, read_old
from dlsolve.grade.gradebook import LongTable, Reports, Table, Writer, dumped
from dlsolve.grade.gradescope import Results
from dlsolve.grade.journal import Entry, Journal
from dlsolve.grade.key import Key, Known
from dlsolve.grade.names import of_file
from dlsolve.grade.pages import Pages
from dlsolve.grade.tally import Student, Tally, students
from dlsolve.grade.work import Settings

FORMATS = ("csv", "long-csv", "json", "gradescope", "canvas")
FOLDERS = ("gradescope",)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked. `report` is a folder for pages; `old` an earlier output to compare with; `export` and
    `column` belong to Canvas."""

    problems: str
    submissions: str
    out: str
    format: str = "csv"
    settings: Settings = msgspec.field(default_factory=Settings)
    jobs: int = 1
    resume: bool = False
    report: str | None = None
    old: str | None = None
    export: str | None = None
    column: str | None = None


class Class(msgspec.Struct, frozen=True):
    """The problems of a class: those that could be solved, by number, and the others, by id."""

    key: Key
    known: dict[int, Known]
    unsolved: dict[str, Fault]


class Outputs:
    """All files of one run. What its format needs is read, and refused, before any work is done."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.folder = plan.format in FOLDERS
        stem = os.path.join(plan.out, "") if self.folder else plan.out + "."
        self.index, self.errors = f"{stem}index.jsonl", f"{stem}errors.jsonl"
        self.some_errors = False
        self.said: list[str] = []
        self.undelivered = 0
        self.changes: list[str] | None = None
        """Who moves against an earlier output, where one is compared with."""
        self.copy: Copy | None = None
        canvas = plan.format == "canvas"
        if canvas and plan.export is None:
            raise InputError("--canvas-export", "is missing", remedy="name the gradebook that Canvas exported")
        if not canvas and (plan.export is not None or plan.column is not None):
            flag = "--column" if plan.export is None else "--canvas-export"
            raise InputError(flag, "goes with --format canvas", remedy="add it, or leave the flag out")
        self.export = Export(plan.export, plan.column) if plan.export is not None else None
        self.moves = Changes(read_old(plan.old)) if plan.old is not None else None
        for place in filter(None, (plan.out, plan.report)):
            check_out(place, [plan.problems, plan.submissions, *filter(None, [plan.export, plan.old])])

    def begin(self, journal: Journal) -> None:
        """Take up an earlier run, or begin one where nothing stands. Raises `InputError`."""
        plan = self.plan
        if plan.resume:
            journal.resume()
            return
        where = f"-o {short(of_file(plan.out))}"
        if plan.report is not None and os.path.lexists(plan.report):
            if not os.path.isdir(plan.report) or os.listdir(plan.report):
                raise InputError(f"--report {short(of_file(plan.report))}", "is there already",
                                 remedy="name a folder that is new or empty")  # fmt: skip
        if journal.exists():
            remedy = "--resume continues it; else name another, or delete it and its index first"
            raise InputError(where, "holds an earlier run", remedy=remedy)
        taken = os.path.isdir(plan.out) and os.listdir(plan.out) if self.folder else os.path.lexists(plan.out)
        if taken:
            remedy = "name a folder that is new or empty" if self.folder else "name a file that is not there yet"
            raise InputError(where, "is there already", remedy=remedy)
        journal.begin()

    def write(self, journal: Journal, course: Class) -> Tally:
        """Everything, from the journal; then the journal gets its name. Raises `InputError`."""
        tally = Tally(course.known)
        numbers = {p.id: p.number for p in course.key.problems}
        try:
            with ExitStack() as stack:
                errors = Errors(stack.enter_context(aside(self.errors, keep=lambda: self.some_errors)))
                for id_, fault in course.unsolved.items():
                    errors.problem(id_, fault)
                writers = self._writers(stack, course)
                for student in students((entry for entry, _ in journal.entries()), numbers):
                    tally.add(student)
                    errors.student(student)
                    for writer in writers:
                        writer.student(student)
                for writer in writers:
                    writer.close(tally)
                if self.copy is not None:
                    self.said, self.undelivered = self.copy.said, len(self.copy.undelivered)
                    for who, why in self.copy.undelivered.items():
                        errors.note(who, "canvas", why)
                self.some_errors = errors.some
                self.changes = self.moves.lines if self.moves is not None else None
        except OSError as fault:
            raise unwritable(self.plan.out, fault) from fault
        journal.finish()
        return tally

    def _writers(self, stack: ExitStack, course: Class) -> list[Writer]:
        plan, known = self.plan, course.known
        out: list[Writer] = []
        match plan.format:
            case "gradescope":
                out.append(Results(partial(_put, plan.out), known))
            case "canvas":
                assert self.export is not None
                self.copy = Copy(stack.enter_context(aside_bytes(plan.out)), self.export)
                out.append(self.copy)
            case kind:
                tables: dict[str, Any] = {"csv": Table, "long-csv": LongTable, "json": Reports}
                out.append(tables[kind](stack.enter_context(aside(plan.out)), known))
        if self.moves is not None:
            out.append(self.moves)
        if plan.report is not None:
            out.append(Pages(partial(_put, plan.report), known, course.unsolved))
        return out


def _put(folder: str, name: str, text: str) -> None:
    """One file in a folder, whole or not at all."""
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with aside(path) as file:
        file.write(text)


@contextmanager
def aside(path: str, keep: Any = lambda: True) -> Iterator[IO[str]]:
    """A file that gets its name when all is written, and only if it is to be kept."""
    with open(path + PART, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        yield file
    if keep():
        os.replace(path + PART, path)
    else:
        os.unlink(path + PART)
        if os.path.exists(path):
            os.unlink(path)  # of an earlier run


@contextmanager
def aside_bytes(path: str) -> Iterator[IO[bytes]]:
    """The same for bytes."""
    with open(path + PART, "wb") as file:
        yield file
    os.replace(path + PART, path)


class Errors:
    """``errors.jsonl``: what could not be marked, and what is to be looked at."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file
        self.some = False

    def problem(self, id_: str, fault: Fault) -> None:
        self._line(None, id_, "", "failed", fault)

    def note(self, student: str, kind: str, message: str) -> None:
        self._line(student, "", "", kind, Fault("", "", message))

    def student(self, student: Student) -> None:
        for entry in [*(p.entry for p in student.papers.values()), *student.loose]:
            if entry.fault is not None:
                self._line(student.name, entry.problem, entry.source, entry.kind, entry.fault)
            for warning in entry.warnings:
                self._line(student.name, entry.problem, entry.source, "warning", Fault("", "", warning))

    def _line(self, student: str | None, problem: str, path: str, kind: str, fault: Fault) -> None:
        record = {"student": student, "problem": problem, "path": path, "kind": kind, "field": fault.field,
                  "value": fault.value, "message": fault.message}  # fmt: skip
        self.file.write(dumped(record) + "\n")
        self.some = True


__all__ = ["FORMATS", "Class", "Entry", "Errors", "Outputs", "Plan", "aside"]
