"""A copy of a Canvas export with one column filled, every other byte kept.

Canvas takes its second column for its own number of a student before anything else, makes a new assignment of
a title that it does not know, and passes over columns of totals; so no file is made up here. A student is found
by what stands in exactly one row (as ID, SIS ID, login or name), or is reported, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import IO

import msgspec

from dlsolve.errors import InputError
from dlsolve.fields.found import found, meant, short
from dlsolve.fields.hostile import MAX_BYTES
from dlsolve.grade.gradebook import marks, rounded
from dlsolve.grade.names import of_file, visible
from dlsolve.grade.names import short as cut
from dlsolve.grade.tally import Student, Tally
from dlsolve.numbers.show import decimal
from dlsolve.problem import read_bytes

PLACES = 2
"""Decimal places by which Canvas tells marks apart."""
NUMBERS = ("id", "sis user id", "sis login id", "integration id")
"""Columns that identify a student, beside the name."""
_OTHERS = ("student", "lastname", "firstname", "section", "root account", "notes", *NUMBERS)
_TOTALS = re.compile(r"(final|current|override|unposted \w+) (score|points|grade)", re.IGNORECASE)


class Cell(msgspec.Struct, frozen=True):
    """A cell: where it stands in the text, and what it says."""

    start: int
    end: int
    says: str


class Export:
    """A gradebook as Canvas exports it, and the column of it that is filled. Raises `InputError`."""

    def __init__(self, path: str, column: str | None) -> None:
        self.path = of_file(path)
        data = read_bytes(path)
        if len(data) > MAX_BYTES:
            raise InputError(short(self.path), f"more than {MAX_BYTES} bytes", remedy="name an export of Canvas")
        self.encoding, self.errors = _encoding(data)
        try:
            self.text = data.decode(self.encoding, self.errors)
            kept = self.text.encode(self.encoding, self.errors) == data
        except UnicodeDecodeError:
            kept = False
        if not kept:
            raise InputError(short(self.path), "not in a code that can be kept byte by byte", remedy="export it again")
        body = self.text.removeprefix("\ufeff")
        outside = re.sub(r'"[^"]*"', "", re.split(r"[\r\n]", body, maxsplit=1)[0])
        self.mark = max(",;\t", key=outside.count)
        rows = [row for row in _rows(self.text, len(self.text) - len(body), self.mark, short(self.path))
                if len(row) > 1 or row[0].says.strip()]  # fmt: skip
        self.head = [cell.says.strip() for cell in rows[0]] if rows else []
        names = [name.lower() for name in self.head]
        if not rows or "id" not in names or not ("student" in names or {"lastname", "firstname"} <= set(names)):
            remedy = "export the gradebook from Canvas: its header has Student and ID"
            raise InputError(short(self.path), "not a gradebook of Canvas", remedy=remedy)
        self.worth = next((r for r in rows[1:] if "points possible" in r[0].says.lower()), None)
        self.rows = [r for r in rows[1:] if r is not self.worth]
        self.column = self._column(column, names)
        self._found = self._identities(names)

    def _column(self, column: str | None, names: list[str]) -> int:
        free = [
            n for n, name in enumerate(names)
            if name and name not in _OTHERS and not _TOTALS.search(name) and not self._read_only(n)
        ]  # fmt: skip
        several = ", ".join(cut(visible(self.head[n])) for n in free[:6]) or "none"
        if column is None:
            raise InputError("--column", "is missing", remedy=f"name the column to fill: {several}")
        wanted = column.strip()
        for same in (lambda head: head == wanted, lambda head: re.sub(r" \(\d+\)$", "", head) == wanted,
                     lambda head: head.endswith(f" ({wanted})")):  # fmt: skip
            fits = [n for n in free if same(self.head[n])]
            if len(fits) == 1:
                return fits[0]
            if fits:
                raise InputError("--column", f"stands for {len(fits)} columns", found=found(column),
                                 remedy="write it with its number: Homework 1 (123)")  # fmt: skip
        if wanted in self.head:
            raise InputError("--column", "not a column of marks that Canvas reads", found=found(column),
                             remedy=f"choose among {several}")  # fmt: skip
        remedy = meant(wanted, [self.head[n] for n in free], f"choose among {several}")
        raise InputError("--column", f"no column of {short(self.path)}", found=found(column), remedy=remedy)

    def _read_only(self, n: int) -> bool:
        return self.worth is not None and n < len(self.worth) and "read only" in self.worth[n].says.lower()

    @property
    def points(self) -> str:
        """What Canvas holds for possible, as it writes it."""
        if self.worth is None or self.column >= len(self.worth):
            return ""
        return self.worth[self.column].says.strip()

    @property
    def students(self) -> int:
        """Rows in which a student stands."""
        return len(set().union(*self._found.values()))

    # -- who stands where --------------------------------------------------------------------------

    def _identities(self, names: list[str]) -> dict[str, set[int]]:
        """The rows in which each identity stands."""
        at = {name: n for n, name in reversed(list(enumerate(names)))}
        out: dict[str, set[int]] = {}
        for place, row in enumerate(self.rows):
            says = [cell.says.strip() for cell in row]
            for name in NUMBERS:
                if name in at and at[name] < len(says) and says[at[name]]:
                    out.setdefault(says[at[name]], set()).add(place)
            if "student" in at:
                whole = says[at["student"]] if at["student"] < len(says) else ""
            else:
                whole = ", ".join(says[at[n]] for n in ("lastname", "firstname") if at[n] < len(says))
            for name in _spellings(whole):
                out.setdefault(name, set()).add(place)
        return out

    def rows_of(self, student: str) -> set[int]:
        """The rows that a student may be."""
        spelled = {student, *_spellings(student)}
        return set().union(*(self._found.get(name, set()) for name in spelled))

    def filled(self, cells: dict[int, str]) -> tuple[bytes, list[int], list[int]]:
        """The copy, with `cells` by row; rows without such a column; rows that are excused and stay."""
        parts: list[str] = []
        at = 0
        short_rows, excused = [], []
        for place, mark in sorted(cells.items()):
            row = self.rows[place]
            if self.column >= len(row):
                short_rows.append(place)
                continue
            cell = row[self.column]
            if cell.says.strip().upper() == "EX":
                excused.append(place)
                continue
            quote = '"' if self.text[cell.start : cell.start + 1] == '"' else ""
            parts += [self.text[at : cell.start], quote, mark, quote]
            at = cell.end
        parts.append(self.text[at:])
        return "".join(parts).encode(self.encoding, self.errors), short_rows, excused


class Copy:
    """Writes the copy, and says who is not in it."""

    def __init__(self, file: IO[bytes], export: Export) -> None:
        self.file = file
        self.export = export
        self.marks: dict[str, str] = {}
        self.said: list[str] = []
        self.undelivered: dict[str, str] = {}
        """Students whose mark has no place, and why."""

    def student(self, student: Student) -> None:
        papers = list(student.papers.values())
        open_ = [p.entry for p in papers if p.report is None] + [e for e in student.loose if e.kind != "blank"]
        if open_:
            self._undelivered(student.name, f"{open_[0].problem or open_[0].source} could not be marked")
        elif papers:
            value = decimal(rounded(student.total, PLACES))
            whole, _, places = value.partition(".")
            self.marks[student.name] = f"{whole}.{places.ljust(PLACES, '0')}"

    def close(self, tally: Tally) -> None:
        rows: dict[int, list[str]] = {}
        for student in self.marks:
            fits = self.export.rows_of(student)
            if len(fits) == 1:
                rows.setdefault(fits.pop(), []).append(student)
            else:
                several = f"could be any of {len(fits)} rows" if fits else "is in no row of the export"
                self._undelivered(student, several)
        for place, together in list(rows.items()):
            if len(together) > 1:
                who = " and ".join(cut(name) for name in together[:3])
                for student in together:
                    self._undelivered(student, f"{who} are the same row of the export")
                del rows[place]
        data, short_rows, excused = self.export.filled({place: self.marks[s] for place, (s,) in rows.items()})
        for place in short_rows:
            self._undelivered(rows[place][0], "the row ends before the column")
        self.said += [f"{cut(rows[place][0])}: excused (EX), left as it is" for place in excused]
        filled = len(rows) - len(short_rows) - len(excused)
        left = self.export.students - filled
        self.said.insert(0, f"{filled} cells filled; {left} rows of the export left as they were")
        possible = marks(tally.possible)
        if self.export.points and not _same(self.export.points, possible):
            self.said.append(f"Canvas has {cut(visible(self.export.points))} points possible, these are of {possible}")
        self.file.write(data)

    def _undelivered(self, student: str, why: str) -> None:
        self.undelivered[student] = f"{why}; not filled"
        self.said.append(f"{cut(student)}: {why}; not filled")


def _same(written: str, possible: str) -> bool:
    try:
        return float(written.replace(",", ".")) == float(possible)
    except ValueError:
        return False


def _encoding(data: bytes) -> tuple[str, str]:
    if data[:2] == b"\xff\xfe":
        return "utf-16-le", "surrogatepass"
    if data[:2] == b"\xfe\xff":
        return "utf-16-be", "surrogatepass"
    return "utf-8", "surrogateescape"


def _spellings(name: str) -> list[str]:
    """A name in one form, and ``Doe, Jane`` as ``jane doe``; told apart from a number by its space in front."""
    one = " ".join(unicodedata.normalize("NFC", name).casefold().split())
    if not one:
        return []
    last, comma, first = one.partition(", ")
    return [" " + one, *([f" {first} {last}"] if comma and first else [])]


def _rows(text: str, at: int, mark: str, where: str) -> Iterator[list[Cell]]:
    """The cells of a CSV text, row by row."""
    edge = re.compile(rf"[{re.escape(mark)}\r\n]")
    row: list[Cell] = []
    while at < len(text):
        start, says = at, ""
        if text[at] == '"':
            inside = at + 1
            while True:
                end = text.find('"', inside)
                if end < 0:
                    line = text.count("\n", 0, start) + 1
                    raise InputError(where, f"a quote of line {line} is not closed", remedy="export it again")
                if text[end + 1 : end + 2] != '"':
                    break
                inside = end + 2
            says, at = text[start + 1 : end].replace('""', '"'), end + 1
        stop = edge.search(text, at)
        end = stop.start() if stop else len(text)
        row.append(Cell(start, end, says + text[at:end]))
        at = end + 1
        if stop is None or stop[0] != mark:
            at += stop is not None and text[end : end + 2] == "\r\n"
            yield row
            row = []
    if row:
        yield [*row, Cell(len(text), len(text), "")]
