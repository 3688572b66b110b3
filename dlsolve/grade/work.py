"""One student's answers to one problem -> a report or a fault; runs in a worker.

A worker gets bytes and gives bytes back. It solves a problem once, however many students answer it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec
from flint import fmpq

from dlsolve import assignment
from dlsolve.assignment import Overlay
from dlsolve.batch.items import Fault, fault_of
from dlsolve.batch.work import LIMIT, TIMEOUT, attempted, read
from dlsolve.checker.attempt import Attempt, of_csv, of_json, of_pairs, of_text
from dlsolve.checker.known import unread
from dlsolve.checker.paper import mark_attempt
from dlsolve.checker.report import Report
from dlsolve.errors import InputError
from dlsolve.fields.hostile import decode, parse_json
from dlsolve.formula.text import python
from dlsolve.grade.key import MOST_STEPS, Known, Problem, Step, spelled
from dlsolve.grade.parts import Form, Kind, text_of
from dlsolve.numbers.show import Digits, fraction
from dlsolve.problem import Course, ProblemFile, course_of
from dlsolve.solver import Solution
from dlsolve.trace import Step as TraceStep

KEPT = 128
"""Problems of which a worker keeps the solution."""


class Settings(msgspec.Struct, frozen=True):
    """How every submission is marked. `course` is the course file's bytes; `timeout` 0 is none."""

    course: bytes = b""
    course_path: str = ""
    decimal_comma: bool = False
    limit: int = LIMIT
    timeout: float = TIMEOUT


class Paper(msgspec.Struct, frozen=True):
    """What one student handed in for one problem, still bytes; or why it cannot be marked.

    `source` says where it stands. `warnings` are said of it though it is marked.
    """

    student: str
    problem: Problem | None
    source: str
    form: Form = ""
    data: bytes = b""
    kind: Kind = ""
    fault: Fault | None = None
    warnings: tuple[str, ...] = ()

    def digest(self, settings: Settings) -> str:
        """What its mark depends on, in short."""
        key = self.problem.task.data if self.problem is not None else b""
        told = repr((self.form, self.kind, self.fault, self.warnings, settings.course, settings.decimal_comma,
                     settings.limit)).encode("utf-8", "replace")  # fmt: skip
        return blake2b(b"\0".join((told, key, self.data)), digest_size=12).hexdigest()


class Marked(msgspec.Struct, frozen=True):
    """What became of a paper: a packed `Report`, else `fault`. `kind` as in `Part`."""

    report: bytes | None = None
    kind: Kind = ""
    fault: Fault | None = None
    seconds: float = 0.0


def mark(settings: Settings, papers: Sequence[Paper]) -> list[Marked]:
    """Each paper in turn. Nothing is raised for what is wrong with one."""
    return [one(settings, paper) for paper in papers]


def one(settings: Settings, paper: Paper) -> Marked:
    if paper.fault is not None or paper.problem is None:
        return Marked(kind=paper.kind or "unreadable", fault=paper.fault)
    start = time.perf_counter()
    problem = paper.problem
    done, fault = attempted(lambda: _judged(settings, problem, paper), settings.timeout)
    if done is None:
        done = Marked(kind="failed", fault=fault)
    return msgspec.structs.replace(done, seconds=time.perf_counter() - start)


def _judged(settings: Settings, problem: Problem, paper: Paper) -> Marked:
    """Read and marked. Raises `DlsolveError`."""
    try:
        attempt = attempt_of(paper)
    except InputError as error:
        return Marked(kind="unreadable", fault=fault_of(error))
    except RecursionError:
        return Marked(kind="unreadable", fault=Fault("", "", "nested too deeply; write it in plain lines"))
    report = _marked(settings, problem, paper.student, attempt)
    if attempt.values or any(item.written is not None for item in report.items):
        return Marked(packed(report))
    empty = paper.data.strip() in (b"", b"[]", b"{}")
    rows = f" ({unread(attempt)})" if unread(attempt) else ""
    said = "empty" if empty else f"holds no answer that can be read{rows}; all are counted as missing"
    return Marked(packed(report), "blank", Fault("", "", said))


def attempt_of(paper: Paper) -> Attempt:
    """The answers of a paper. Raises `InputError`."""
    where = paper.source
    text = text_of(paper.data, where)
    if paper.form == "pairs":
        return of_pairs([(str(name), str(value)) for name, value in msgspec.json.decode(text)])
    if not text.strip():
        return Attempt()
    if paper.form == "csv":
        return of_csv(text, where)
    if paper.form == "text":
        return of_text(text, where)
    raw = parse_json(text, where)
    other = raw.get("problem") if isinstance(raw, dict) else None
    if isinstance(other, str) and other and paper.problem is not None:
        if spelled(other) not in map(spelled, paper.problem.names):
            remedy = "name the file after its problem"
            raise InputError(where, f"stands under {paper.problem.id}, and says that it answers {other}", remedy=remedy)
    return of_json(raw, where)


def _marked(settings: Settings, problem: Problem, student: str, attempt: Attempt) -> Report:
    solution, envelope, course = solved(settings, problem)
    report = mark_attempt(
        solution, envelope, attempt, course=course.marking, decimal_comma=settings.decimal_comma, student=student
    )
    report.problem = problem.id
    return report


@lru_cache(maxsize=KEPT)
def solved(settings: Settings, problem: Problem) -> tuple[Solution, ProblemFile, Course]:
    """The solution that a problem's papers are marked against. Raises `DlsolveError`."""
    course = Course()
    if settings.course:
        text = decode(settings.course, settings.course_path)
        course = course_of(parse_json(text, settings.course_path), settings.course_path)
    envelope = read(problem.task)
    digits = Digits.parse(course.digits, f"{settings.course_path}: $.digits") if course.digits is not None else None
    overlay = Overlay(course=course, digits=digits, arith="exact", limit=settings.limit)
    return assignment.solve(envelope, overlay), envelope, course


# -- the key ------------------------------------------------------------------------------------


def study(settings: Settings, problems: Sequence[Problem]) -> list[Known | Fault]:
    """What each problem asks, or why it cannot be solved."""
    return [_study(settings, problem) for problem in problems]


def _study(settings: Settings, problem: Problem) -> Known | Fault:
    if problem.task.fault is not None:
        return problem.task.fault
    known, fault = attempted(lambda: _known(settings, problem), settings.timeout, problem.task.root)
    return known if known is not None else fault or Fault("", "", "no result")


def _known(settings: Settings, problem: Problem) -> Known:
    solution, envelope, course = solved(settings, problem)
    blank = mark_attempt(solution, envelope, Attempt(), course=course.marking)
    asked = {item.name: item for item in blank.items}
    steps: dict[str, Step] = {}
    trace = solution.trace
    for key, step in trace.steps.items() if len(trace.steps) <= MOST_STEPS else ():
        name = trace.name(key)
        rule = f"{step.rule.id} = {python(step.rule.expr)}" if isinstance(step, TraceStep) else ""
        base, index = (key, ()) if isinstance(key, str) else (str(key[0]), key[1:])
        symbol = trace.symbols.unicode(base, [str(i) for i in index])
        worth = fraction(asked[name].possible) if name in asked else "0"
        steps[name] = Step(name, symbol, rule, name in asked, worth)
    for name, item in asked.items():
        steps.setdefault(name, Step(name, item.symbol or name, "", True, fraction(item.possible)))
    title = envelope.title or solution.topic.title
    return Known(problem.id, title, solution.topic.name, fraction(blank.possible), tuple(steps.values()))


# -- reports as bytes ----------------------------------------------------------------------------


def packed(report: Report) -> bytes:
    """A report as JSON, exact marks as text."""
    try:
        return msgspec.json.encode(report, enc_hook=_to_text)
    except UnicodeEncodeError:  # half a surrogate pair in a student's text
        return msgspec.json.encode(_mended(msgspec.to_builtins(report, enc_hook=_to_text)))


def unpacked(data: bytes | msgspec.Raw) -> Report:
    """The report again."""
    return _REPORT.decode(data)


def _to_text(value: Any) -> str:
    if isinstance(value, fmpq):
        return str(value)
    raise TypeError(type(value).__name__)


def number(text: str) -> fmpq:
    """An exact mark from its text: 7/2."""
    over, _, under = text.partition("/")
    return fmpq(int(over), int(under or 1))


def _of_text(kind: type, value: Any) -> Any:
    if kind is fmpq:
        return number(str(value))
    raise TypeError(kind.__name__)


_REPORT = msgspec.json.Decoder(Report, dec_hook=_of_text)


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {key: _mended(inner) for key, inner in value.items()}
    return [_mended(inner) for inner in value] if isinstance(value, list | tuple) else value
