"""Marks as tables and as JSON: a row a student, a row a value, or the reports themselves."""

from __future__ import annotations

import csv
import json
import tempfile
from typing import IO, Any, Protocol

from flint import fmpq

from dlsolve.grade.key import Known
from dlsolve.grade.names import cell, printable
from dlsolve.grade.tally import Student, Tally
from dlsolve.grade.work import number
from dlsolve.numbers.show import decimal, fraction, terminates

MOST_NOTES = 8
PLACES = 4
"""Decimal places of marks, where they do not end before."""


class Writer(Protocol):
    """Writes one student after the other, then what is said of all."""

    def student(self, student: Student) -> None: ...

    def close(self, tally: Tally) -> None: ...


def marks(value: fmpq, places: int = PLACES) -> str:
    """Marks as a decimal number, rounded once, half up: ``3``, ``2.5``, ``0.3333``."""
    return decimal(value) if _ends(value, places) else decimal(rounded(value, places))


def _ends(value: fmpq, places: int) -> bool:
    return terminates(value) and len(decimal(value).partition(".")[2]) <= places


def rounded(value: fmpq, places: int) -> fmpq:
    """`value` (not negative) to so many decimal places, half up."""
    return fmpq((value * 10**places + fmpq(1, 2)).floor()) / fmpq(10) ** places


class Table:
    """``csv``: a column a problem, the total, what is possible, and what is to be said."""

    def __init__(self, file: IO[str], known: dict[int, Known]) -> None:
        self.known = known
        self.rows = csv.writer(file, lineterminator="\n")
        whole = sum((number(k.possible) for k in known.values()), fmpq(0))
        self.possible = marks(whole)
        self.rows.writerow(["student", *(cell(k.id) for k in known.values()), "total", "possible", "notes"])
        worth = [marks(number(k.possible)) for k in known.values()]
        self.rows.writerow(["Points possible", *worth, self.possible, self.possible, ""])

    def student(self, student: Student) -> None:
        earned = [student.earned(n) for n in self.known]
        cells = ["" if e is None else marks(e) for e in earned]
        said = cell("; ".join(_notes(student)))
        self.rows.writerow([cell(student.name), *cells, marks(student.total), self.possible, said])

    def close(self, tally: Tally) -> None: ...


def _notes(student: Student) -> list[str]:
    """Why cells are empty, or worth a look."""
    every = [p.entry for p in student.papers.values()] + student.loose
    said = [f"{e.problem or e.source}: {e.fault.message}" for e in every if e.fault is not None]
    said += [f"{e.problem}: {w}" for e in every for w in e.warnings]
    more = [f"and {len(said) - MOST_NOTES} more"] if len(said) > MOST_NOTES else []
    return said[:MOST_NOTES] + more


LONG = ("student", "problem", "name", "written", "verdict", "expected", "slips", "earned", "possible")


class LongTable:
    """``long-csv``: a row a value of every submission that is marked."""

    def __init__(self, file: IO[str], known: dict[int, Known]) -> None:
        self.known = known
        self.rows = csv.writer(file, lineterminator="\n")
        self.rows.writerow(LONG)

    def student(self, student: Student) -> None:
        for place, known in self.known.items():
            paper = student.papers.get(place)
            if paper is None or paper.report is None:
                continue
            for item in paper.report.items:
                slips = " ".join(slip.id for slip in item.slips)
                said = [item.name, item.written or "", item.verdict, item.expected or "", slips]
                cells = map(cell, [student.name, known.id, *said])
                self.rows.writerow([*cells, marks(item.earned), marks(item.possible)])

    def close(self, tally: Tally) -> None: ...


class Reports:
    """``json``: every report, the students, and how the class did."""

    def __init__(self, file: IO[str], known: dict[int, Known]) -> None:
        self.file = file
        self.known = known
        self.some = False
        self.totals = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by `close`
        self.file.write('{"dlsolve": 1, "reports": [')

    def student(self, student: Student) -> None:
        marked: dict[str, str | None] = {}
        for place, known in self.known.items():
            paper = student.papers.get(place)
            earned = student.earned(place)
            if paper is not None:
                marked[known.id] = None if earned is None else fraction(earned)
            if paper is not None and paper.report is not None:
                self.file.write(",\n" if self.some else "\n")
                self.file.write(dumped(paper.report.as_json()))
                self.some = True
        total = {"student": student.name, "earned": fraction(student.total), "problems": marked}
        self.totals.write(dumped(total) + "\n")

    def close(self, tally: Tally) -> None:
        self.file.write('\n], "students": [')
        self.totals.seek(0)
        for n, line in enumerate(self.totals):
            self.file.write((",\n" if n else "\n") + line.rstrip("\n"))
        self.totals.close()
        self.file.write(f'\n], "class": {dumped(tally.as_json(), 1)}}}\n')


def dumped(data: Any, indent: int | None = None) -> str:
    """JSON in which what cannot be printed stands by its number."""
    return printable(json.dumps(data, ensure_ascii=False, indent=indent))
