"""Who moves, by how much, at which steps and why, after a key, a tolerance or a slip was changed."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from io import StringIO

import msgspec
from flint import fmpq

from dlsolve.errors import DlsolveError, InputError
from dlsolve.fields.found import short
from dlsolve.grade.gradebook import LONG, marks
from dlsolve.grade.names import bare, cell, natural, of_file, visible
from dlsolve.grade.names import short as cut
from dlsolve.grade.tally import Student, Tally
from dlsolve.grade.work import number
from dlsolve.numbers.exact import read
from dlsolve.problem import read_bytes

MOST_WRITTEN = 30


class Item(msgspec.Struct, frozen=True):
    """A judged value of an earlier output; marks are text, exact or rounded."""

    name: str
    verdict: str
    written: str | None = None
    expected: str | None = None
    earned: str = "0"
    possible: str = "0"


class _Report(msgspec.Struct):
    problem: str = ""
    student: str | None = None
    items: list[Item] = []


class _File(msgspec.Struct):
    reports: list[_Report]


class _Line(msgspec.Struct):
    student: str = ""
    problem: str = ""
    report: _Report | None = None


Marked = dict[str, Item]
"""The values of one paper by name."""


def read_old(path: str) -> dict[str, dict[str, Marked]]:
    """An earlier output by student and problem: JSON, long-csv, or the index beside any other. Raises `InputError`."""
    if os.path.isdir(path):
        path = os.path.join(path, "index.jsonl")
    data = read_bytes(path)
    try:
        found = list(_papers(data))
    except (msgspec.DecodeError, UnicodeDecodeError, csv.Error, DlsolveError, ValueError):
        found = []
    if not found and not path.endswith(".index.jsonl") and os.path.exists(path + ".index.jsonl"):
        return read_old(path + ".index.jsonl")
    if not found:
        remedy = "name a JSON or long-csv output of grade, or the .index.jsonl beside any other"
        raise InputError(short(of_file(path)), "holds no marks by step", remedy=remedy)
    out: dict[str, dict[str, Marked]] = {}
    for student, problem, items in found:
        papers = out.setdefault(student, {})
        if items is not None:
            papers.setdefault(problem, {}).update(items)
    return out


def _papers(data: bytes) -> Iterator[tuple[str, str, Marked | None]]:
    """Student, problem and values of each paper; None for the values of one that was not marked."""
    head = data[:4096].lstrip()
    if head.startswith(b'{"grade"'):
        for line in data.splitlines()[1:]:
            entry = msgspec.json.decode(line, type=_Line)
            yield entry.student, entry.problem, _by_name(entry.report) if entry.report is not None else None
    elif head.startswith(b"{"):
        for report in msgspec.json.decode(data, type=_File).reports:
            yield report.student or "", report.problem, _by_name(report)
    else:
        rows = csv.reader(StringIO(data.decode("utf-8-sig"), newline=""))
        if tuple(next(rows, ())) != LONG:
            return
        for row in rows:
            if len(row) == len(LONG):
                student, problem, name, written, verdict, expected, _, earned, possible = map(bare, row)
                yield student, problem, {name: Item(name, verdict, written or None, expected, earned, possible)}


def _by_name(report: _Report) -> Marked:
    return {item.name: item for item in report.items}


class Changes:
    """Compares one student after the other with an earlier output; `lines` say what moved."""

    def __init__(self, old: dict[str, dict[str, Marked]]) -> None:
        self.old = old
        self.lines: list[str] = []
        self.up = self.down = self.same = self.quiet = 0
        self.new: list[str] = []

    def student(self, student: Student) -> None:
        old = self.old.pop(student.name, None)
        if old is None:
            old = self.old.pop(bare(cell(student.name)), None)
        if old is None and any(paper.report is not None for paper in student.papers.values()):
            self.new.append(student.name)
            return
        old = old or {}  # who left everything empty has no line in some formats
        now = {
            p.entry.problem: {
                i.name: Item(i.name, i.verdict, i.written, i.expected, str(i.earned), str(i.possible))
                for i in p.report.items
            }
            for p in student.papers.values() if p.report is not None
        }  # fmt: skip
        steps = [line for problem in sorted({*old, *now}, key=natural)
                 for line in _steps(problem, old.get(problem), now.get(problem))]  # fmt: skip
        before, after = _total(old), _total(now)
        if marks(before) == marks(after):
            self.same += 1
            self.quiet += bool(steps)
            return
        self.up += after > before
        self.down += after < before
        self.lines.append(f"{cut(student.name)}: {marks(before)} → {marks(after)} ({_signed(after - before)})")
        self.lines += [f"  {line}" for line in steps]

    def close(self, tally: Tally) -> None:
        head = [f"{self.up + self.down} of {tally.students} students move: {self.up} up, {self.down} down"]
        if self.quiet:
            head.append(f"{self.quiet} more are judged otherwise and keep their marks")
        if self.new:
            head.append(f"not in the earlier output: {_several(self.new)}")
        if self.old:
            head.append(f"only in the earlier output: {_several(sorted(self.old, key=natural))}")
        self.lines = [*head, *([""] if self.lines else []), *self.lines]


def _several(names: list[str]) -> str:
    return ", ".join(cut(visible(name)) for name in names[:12]) + (f" and {len(names) - 12} more" * (len(names) > 12))


def _total(papers: dict[str, Marked]) -> fmpq:
    return sum((_mark(item.earned) for items in papers.values() for item in items.values()), fmpq(0))


def _mark(text: str) -> fmpq:
    return number(text) if "/" in text else read(text)


def _signed(value: fmpq) -> str:
    return f"+{marks(value)}" if value > 0 else f"−{marks(-value)}"


def _steps(problem: str, old: Marked | None, now: Marked | None) -> Iterator[str]:
    """Which values of a paper are judged or paid otherwise."""
    label = cut(visible(problem))
    if old is None or now is None:
        worth = _total({problem: now or old or {}})
        yield f"{label}: {'not marked before' if old is None else 'not marked any more'} ({marks(worth)})"
        return
    for name in dict.fromkeys([*now, *old]):
        before, after = old.get(name), now.get(name)
        if before is None or after is None:
            there = before or after
            assert there is not None
            if there.verdict != "missing" or _mark(there.earned):
                yield f"{label} {cut(name)}: {'now' if before is None else 'no longer'} {there.verdict}"
            continue
        paid = marks(_mark(before.earned)), marks(_mark(after.earned))
        if before.verdict == after.verdict and paid[0] == paid[1]:
            continue
        moved = f"{before.verdict} → {after.verdict}" if before.verdict != after.verdict else after.verdict
        cost = f", {paid[0]} → {paid[1]}" if paid[0] != paid[1] else ""
        yield f"{label} {cut(name)}: {moved}{cost}{_why(before, after)}"


def _why(before: Item, after: Item) -> str:
    """What is not as it was: what the student wrote, the key, the points; else how it is judged."""

    def texts(old: str | None, new: str | None) -> str:
        return f"{cut(visible(old or '–'), MOST_WRITTEN)} → {cut(visible(new or '–'), MOST_WRITTEN)}"

    if bare(visible(before.written or "")) != bare(visible(after.written or "")):
        return f"; written {texts(before.written, after.written)}"
    written = f"; {cut(visible(after.written), MOST_WRITTEN)} was written" if after.written else ""
    if (before.expected or "") != (after.expected or ""):
        return f"{written}; the key was {texts(before.expected, after.expected)}"
    if marks(_mark(before.possible)) != marks(_mark(after.possible)):
        return f"{written}; worth {marks(_mark(before.possible))} → {marks(_mark(after.possible))}"
    return f"{written}; the key is the same"
