"""Submissions as one CSV file: student, problem, name, value; with or without a header, in any order.

Rows are gathered in a table on disk, so that a class of any size fits. A quoted cell is what its quotes
enclose, whatever it looks like inside: nobody writes rows for somebody else.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sqlite3
from collections.abc import Iterator
from io import StringIO
from typing import TextIO

from dlsolve.batch.items import Fault
from dlsolve.checker.attempt import BLANKS, MAX_ANSWERS
from dlsolve.errors import InputError
from dlsolve.fields.found import short
from dlsolve.grade.key import Key
from dlsolve.grade.names import MAX_NAME, bare, natural, of_file, student, visible
from dlsolve.grade.parts import MOST_UNKNOWN
from dlsolve.grade.work import Paper

HEAD = ("student", "problem", "name", "value")
MAX_ROW = 100_000
"""Characters of one row; csv itself stops at cells of 131,072."""
_TABLE = """
create table rows(key text, student text, problem int, written text, name text, value text, line int);
create table broken(key text, student text, line int, said text);
"""


def papers(path: str, key: Key) -> Iterator[Paper]:
    """Every paper of a CSV file, student by student. Raises `InputError` where it cannot be read."""
    label = of_file(os.path.basename(path))
    store = sqlite3.connect("")  # a private file on disk that goes with the connection
    try:
        store.executescript(_TABLE)
        try:
            with open(path, "rb") as raw:
                head = raw.read(4)
            encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
            with open(path, encoding=encoding, errors="replace", newline="") as file:
                _fill(store, file, key, label)
        except (OSError, UnicodeError) as fault:
            reason = (getattr(fault, "strerror", None) or "cannot be read").lower()
            raise InputError(short(of_file(path)), reason, remedy="name a CSV file that can be read") from fault
        yield from _students(store, key, label)
    finally:
        store.close()


def _students(store: sqlite3.Connection, key: Key, label: str) -> Iterator[Paper]:
    names = store.execute("select key, student from rows union select key, student from broken order by 1, 2")
    some = False
    for order, who in names:
        some = True
        yield from _papers(store, key, label, order, who)
        found = store.execute("select min(line), count(*), said from broken where key = ? and student = ?"
                              " group by said order by 1", (order, who))  # fmt: skip
        for line, many, said in found:
            more = f" ({many} rows)" if many > 1 else ""
            yield Paper(who, None, f"{label} line {line}", kind="unreadable", fault=Fault("", "", said + more))
    if not some:
        remedy = "write rows of student,problem,name,value"
        raise InputError(short(label), "holds no submissions", remedy=remedy)


def _papers(store: sqlite3.Connection, key: Key, label: str, order: str, who: str) -> Iterator[Paper]:
    """The papers of one student: rows by name, so that their order in the file says nothing."""
    rows = store.execute(
        "select problem, written, name, value, min(line) from rows where key = ? and student = ?"
        " group by problem, written, name, value order by problem, written, name, value", (order, who)
    )  # fmt: skip
    at: int | None = None
    pairs: list[tuple[str, str]] = []
    line = 0
    unknown: list[Paper] = []
    strange = ""
    for problem, written, name, value, first in rows:
        if problem < 0:
            if strange != written and len(unknown) < MOST_UNKNOWN:
                unknown.append(Paper(who, None, f"{label} line {first}", kind="unknown", fault=key.unknown(written)))
            strange = written
            continue
        if problem != at:
            if at is not None:
                yield _paper(who, key, at, label, line, pairs)
            at, pairs, line = problem, [], first
        line = min(line, first)
        if len(pairs) <= MAX_ANSWERS:
            pairs.append((name, value))
    if at is not None:
        yield _paper(who, key, at, label, line, pairs)
    yield from unknown


def _paper(who: str, key: Key, number: int, source: str, line: int, pairs: list[tuple[str, str]]) -> Paper:
    if len(pairs) > MAX_ANSWERS:
        source = f"{source} line {line}"
        fault = Fault("", "", f"more than {MAX_ANSWERS} answers to one problem")
        return Paper(who, key.problems[number], source, kind="too long", fault=fault)
    values: dict[str, int] = {}
    for name, value in pairs:
        values[name] = values.get(name, 0) + (not BLANKS.fullmatch(value))
    several = [short(visible(name)) for name, many in values.items() if many > 1]
    said = (f"two values for {', '.join(several[:6])}: none counts",) if several else ()
    filled = [(name, value) for name, value in pairs if value.strip()]
    return Paper(who, key.problems[number], source, "pairs", json.dumps(filled).encode(), warnings=said)


# -- rows -----------------------------------------------------------------------------------------


def _fill(store: sqlite3.Connection, file: TextIO, key: Key, label: str) -> None:
    first = file.readline(MAX_ROW)
    said = re.fullmatch(r"sep=([,;\t])\s*", first)
    mark = said[1] if said else separator(first)
    if not said:
        file.seek(0)
    at: list[int] | None = None
    width = len(HEAD)
    for line, text in records(file, mark):
        if text is None:
            _broken(store, "", line, f"a row of more than {MAX_ROW} characters, or a quote that is not closed", label)
            continue
        for row in csv.reader(StringIO(text, newline=""), delimiter=mark):
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if at is None:
                at, headed = _columns(cells, key, label)
                width = len(cells) if headed else len(HEAD)
                if headed:
                    continue
            if mark == "," and width == len(HEAD) < len(cells):
                # a list that was not quoted: v_1,1,-1
                cells = [*cells[: width - 1], ", ".join(c for c in cells[width - 1 :] if c)]
            _row(store, [cells[i] if 0 <= i < len(cells) else "" for i in at], line, key, label)


def _columns(cells: list[str], key: Key, label: str) -> tuple[list[int], bool]:
    """Where student, problem, name and value stand, as a header says, else in this order; whether it is
    a header. Where there is one problem, no column needs to name it. Raises `InputError`."""
    names = [cell.lower() for cell in cells]
    if "student" in names and {"name", "value"} - set(names) and set(names) & set(HEAD[1:]):
        lacking = [name for name in HEAD if name not in names]
        raise InputError(short(label), f"its header lacks {' and '.join(lacking)}", remedy=f"write {','.join(HEAD)}")
    if not set(HEAD) - {"problem"} <= set(names) or ("problem" not in names and len(key) > 1):
        return list(range(4)), False
    return [names.index(name) if name in names else -1 for name in HEAD], True


def _row(store: sqlite3.Connection, cells: list[str], line: int, key: Key, label: str) -> None:
    who, problem, name, value = cells
    who = student(bare(who))
    if not who or len(who) > MAX_NAME:
        said = f"a student's name of {len(who)} characters; at most {MAX_NAME} are read" if who else "names no student"
        _broken(store, who[:MAX_NAME], line, said, label)
    elif not problem:
        _broken(store, who, line, "names no problem", label)
    else:
        found = key.find(bare(problem))
        number = found.number if found is not None else -1
        written = "" if found is not None else visible(problem)[:MAX_NAME]
        store.execute("insert into rows values (?, ?, ?, ?, ?, ?, ?)",
                      (natural(who), who, number, written, _plain(bare(name)), _plain(bare(value)), line))  # fmt: skip


def _broken(store: sqlite3.Connection, who: str, line: int, said: str, label: str) -> None:
    who = who or f"({short(label)} line {line})"
    store.execute("insert into broken values (?, ?, ?, ?)", (natural(who), who, line, said))


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def separator(first: str) -> str:
    """What parts the cells of a row: of what makes four of them, that which comes first."""
    outside = re.sub(r'"[^"]*"', "", first)
    enough = [c for c in outside if c in ",;\t" and outside.count(c) >= len(HEAD) - 1]
    return next(iter(enough or [c for c in outside if c in ",;\t"]), ",")


def records(file: TextIO, mark: str) -> Iterator[tuple[int, str | None]]:
    """(number of its first line, text) of each row; a quoted cell may go over several lines. The text is
    None where a row is too long, or its quote is never closed."""
    edge = re.compile(rf'(?:\A|(?<={re.escape(mark)}))"')
    kept: list[str] = []
    size = number = begun = 0
    quoted: bool | None = False
    before = ""
    """The last character, in the middle of a line."""
    while text := file.readline(MAX_ROW):
        begun = begun if size else number + 1
        quoted = _open_after(before + text, len(before), edge, quoted)
        ended = text.endswith(("\n", "\r"))
        before = "" if ended else text[-1:]
        number += ended
        size += len(text)
        if size <= MAX_ROW:
            kept.append(text)
        if ended and not quoted:
            yield begun, "".join(kept) if size <= MAX_ROW else None
            kept, size = [], 0
    if size:
        yield begun, "".join(kept) if size <= MAX_ROW and not quoted else None


def _open_after(text: str, at: int, edge: re.Pattern[str], quoted: bool | None) -> bool | None:
    """Whether a quoted cell is open behind `text`, read from `at`; None where that is not known: a quote is the
    last character of a part of a line, and another one may follow."""
    if quoted is None:
        quoted = text[at : at + 1] == '"'
        at += quoted
    while True:
        if not quoted:
            found = edge.search(text, at)
            if found is None:
                return False
            quoted, at = True, found.end()
        end = text.find('"', at)
        if end < 0:
            return True
        if end == len(text) - 1:
            return None
        quoted = text[end + 1] == '"'
        at = end + 1 + quoted
