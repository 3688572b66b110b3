"""What is marked so far: one line a paper, appended as it is marked, the memory of a run.

A line stands in ``OUT.index.jsonl.part`` from the moment its paper is marked; kill -9 loses at most the line
that was being written. A table on disk knows where each line is, so that papers may be added between two
runs and nothing is marked twice. When all is done the lines are put in order under their own name.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from hashlib import blake2b
from typing import IO, Any

import msgspec

from dlsolve import __version__
from dlsolve.batch.items import Fault
from dlsolve.batch.output import PART, unwritable
from dlsolve.errors import InputError
from dlsolve.grade.key import Key
from dlsolve.grade.names import natural, of_file, printable
from dlsolve.grade.parts import Kind
from dlsolve.grade.work import Marked, Paper, Settings


class Entry(msgspec.Struct, frozen=True):
    """One line: a paper and what became of it. `problem` is its id, empty where that cannot be told;
    `kind` as in `dlsolve.grade.parts`, with its reason in `fault`."""

    student: str
    problem: str
    source: str
    digest: str
    kind: Kind = ""
    fault: Fault | None = None
    warnings: tuple[str, ...] = ()
    report: msgspec.Raw = msgspec.Raw(b"null")
    """A packed `Report`, or null."""


class Head(msgspec.Struct, frozen=True):
    """The first line: of which problems and flags the run is."""

    grade: str
    dlsolve: int = 1


_ENTRY = msgspec.json.Decoder(Entry)
_HEAD = msgspec.json.Decoder(Head)
_TABLE = """
create table lines(place text, problem int, student text, source text, digest text, at int, live int,
                   primary key (place, student, problem, source, digest)) without rowid
"""


class Journal:
    """The lines of one OUT."""

    def __init__(self, path: str, settings: Settings, key: Key) -> None:
        self.path = path
        self.settings = settings
        self.numbers = {p.id: p.number for p in key.problems}
        told = repr((__version__, settings.course, settings.decimal_comma, settings.limit)).encode()
        problems = [p.id.encode("utf-8", "replace") + b"\0" + p.task.data for p in key.problems]
        mark = blake2b(b"\0".join([told, *problems]), digest_size=12).hexdigest()
        self.head = msgspec.json.encode(Head(mark)) + b"\n"
        self.table = sqlite3.connect("")
        self.table.execute(_TABLE)
        self.complete = False
        """Whether an earlier run was finished: what is not in it came later."""
        self._file: IO[bytes] | None = None

    def exists(self) -> bool:
        return any(os.path.exists(self.path + end) for end in ("", PART))

    def begin(self) -> None:
        """A new run. Raises `InputError`."""
        self._open("wb")
        self._write(self.head)

    def resume(self) -> None:
        """Take up what an earlier run has marked. Raises `InputError` where it was of other problems or flags."""
        if not self.exists():
            self.begin()
            return
        if not os.path.exists(self.path + PART):
            self.complete = True
            os.replace(self.path, self.path + PART)
        size = self._learn()
        self._open("ab")
        assert self._file is not None
        self._file.truncate(size)
        self._file.seek(size)
        if not size:
            self._write(self.head)

    def _learn(self) -> int:
        """Read the whole lines of an earlier run. Returns how many bytes they take."""
        size = 0
        with open(self.path + PART, "rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                if not size:
                    self._check(line)
                else:
                    self._note(self._read(line), size, live=False)
                size += len(line)
        return size

    def _read(self, line: bytes, head: bool = False) -> Any:
        try:
            return (_HEAD if head else _ENTRY).decode(line)
        except msgspec.DecodeError as fault:
            raise InputError(of_file(self.path + PART), "not from grade", remedy="name another OUT") from fault

    def _check(self, line: bytes) -> None:
        if msgspec.json.encode(self._read(line, head=True)) + b"\n" != self.head:
            remedy = "name another OUT (and --diff shows who moves), or delete the earlier one"
            raise InputError("--resume", "the earlier run had other problems or flags", remedy=remedy)

    # -- one paper -------------------------------------------------------------------------------

    def has(self, paper: Paper) -> bool:
        """Whether this very paper is marked; its line then counts."""
        found = self.table.execute(
            "update lines set live = 1 where place = ? and problem = ? and student = ? and source = ? and digest = ?",
            (*self._place(paper), paper.digest(self.settings)),
        )
        return bool(found.rowcount)

    def add(self, paper: Paper, marked: Marked) -> Entry:
        """Write what became of a paper. Raises `InputError` where that cannot be written."""
        entry = Entry(
            paper.student, paper.problem.id if paper.problem is not None else "", paper.source,
            paper.digest(self.settings), marked.kind, marked.fault, paper.warnings,
            msgspec.Raw(marked.report or b"null"),
        )  # fmt: skip
        assert self._file is not None
        at = self._file.tell()
        self._write(printable(msgspec.json.encode(entry).decode()).encode() + b"\n")
        self._note(entry, at, live=True)
        return entry

    def entries(self) -> Iterator[tuple[Entry, bytes]]:
        """Every paper of this run and its line: by student, then by problem."""
        with open(self.path + PART, "rb") as file:
            for (at,) in self.table.execute(
                "select at from lines where live order by place, student, problem, source, digest"
            ):
                file.seek(at)
                line = file.readline()
                yield _ENTRY.decode(line), line

    def _place(self, paper: Paper | Entry) -> tuple[str, int, str, str]:
        name = paper.problem if isinstance(paper, Entry) else paper.problem.id if paper.problem is not None else ""
        return natural(paper.student), self.numbers.get(name, len(self.numbers)), paper.student, paper.source

    def _note(self, entry: Entry, at: int, *, live: bool) -> None:
        self.table.execute("insert or replace into lines values (?, ?, ?, ?, ?, ?, ?)",
                           (*self._place(entry), entry.digest, at, live))  # fmt: skip

    # -- files -----------------------------------------------------------------------------------

    def _open(self, mode: str) -> None:
        try:
            os.makedirs(os.path.dirname(self.path) or ".", exist_ok=True)
            self._file = open(self.path + PART, mode, buffering=0)  # noqa: SIM115 - closed by `close`
        except (OSError, ValueError) as fault:
            raise unwritable(self.path, fault) from fault

    def _write(self, line: bytes) -> None:
        assert self._file is not None
        try:
            self._file.write(line)
        except OSError as fault:
            raise unwritable(self.path, fault) from fault

    def finish(self) -> None:
        """All is done: the lines that count, in order, under their own name."""
        try:
            with open(self.path + ".new" + PART, "wb") as file:
                file.write(self.head)
                for _, line in self.entries():
                    file.write(line)
            os.replace(self.path + ".new" + PART, self.path)
            os.unlink(self.path + PART)
        except OSError as fault:
            raise unwritable(self.path, fault) from fault

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self.table.close()
