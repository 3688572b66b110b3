"""Where solutions go: a folder that mirrors the input, or one .jsonl file; an index, and the errors.

Every file is written aside (``.part``) and then renamed. The index grows by one line a problem, in
order, and is the memory of the run: what stands in it is done. It gets its name when all is done.

A folder: ``<name>.<ending>``, ``index.jsonl``, ``errors.jsonl`` (and ``index.md`` where the solutions are
Markdown). A file ``all.jsonl``: that, ``all.index.jsonl``, ``all.errors.jsonl``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import IO

import msgspec

from dlsolve.batch.items import Fault, Task, is_lines, text
from dlsolve.batch.work import Done
from dlsolve.errors import InputError
from dlsolve.fields.found import short
from dlsolve.render.words import unseen_escaped

PART = ".part"


class Entry(msgspec.Struct, frozen=True):
    """One line of the index. `file` is the solution's, relative to the folder; null in a .jsonl file and
    where there is none (`failed`). `digest` is that of the problem and the settings."""

    number: int
    path: str
    item: int | None
    id: str
    topic: str
    title: str
    file: str | None
    failed: bool
    digest: str


class Line(msgspec.Struct, frozen=True):
    """One solution in a .jsonl file."""

    path: str
    item: int | None
    id: str
    topic: str
    solution: msgspec.Raw


class Error(msgspec.Struct, frozen=True):
    """One line of errors.jsonl."""

    path: str
    item: int | None
    id: str
    field: str
    value: str
    message: str


class Output:
    """The files of one OUT. `ending` of the solutions' files; none for one .jsonl file."""

    def __init__(self, out: str, ending: str) -> None:
        self.out = out
        self.lines = is_lines(out)
        self.ending = ending
        stem = os.path.splitext(out)[0] + "." if self.lines else os.path.join(out, "")
        self.index = f"{stem}index.jsonl"
        self.errors = f"{stem}errors.jsonl"
        self.pages = None if self.lines or ending != "md" else f"{stem}index.md"
        self.streams = [self.errors, *([out] if self.lines else [])]
        """Files of lines that end with the index."""
        self._open: dict[str, IO[bytes]] = {}
        self._folder = ""
        """The one written to last, which is there."""

    # -- opening -------------------------------------------------------------------------------

    def exists(self) -> bool:
        """Whether an earlier run stands here."""
        return any(os.path.exists(self.index + end) for end in ("", PART))

    def standing(self, path: str) -> str:
        """Where one of its files is, finished or not."""
        return path + PART if os.path.exists(path + PART) else path

    def begin(self) -> None:
        """Make an OUT that is not there yet, or empty. Raises `InputError`."""
        where = f"-o {text(self.out)}"
        if self.exists():
            remedy = "--resume continues it; else name another, or delete it first"
            raise InputError(where, "holds an earlier run", remedy=remedy)
        taken = [path for path in (self.streams if self.lines else [self.out]) if os.path.exists(path)]
        if taken and (self.lines or not os.path.isdir(self.out) or os.listdir(self.out)):
            remedy = "name a .jsonl file or a folder that is new or empty"
            raise InputError(where, f"{text(taken[0])} is there already, and not from a batch", remedy=remedy)
        try:
            os.makedirs(os.path.dirname(self.index) or ".", exist_ok=True)
            for path in [self.index, *self.streams]:
                self._open[path] = open(path + PART, "wb", buffering=0)  # noqa: SIM115 - closed by `close`
            self._lock()
        except (OSError, ValueError) as fault:
            raise unwritable(self.out, fault, "name a place that can be written") from fault

    def reopen(self, keep: dict[str, int]) -> None:
        """Continue an earlier run: of each file, its first `keep` bytes. Raises `InputError`."""
        try:
            for path in [self.index, *self.streams]:
                if self.standing(path) == path and os.path.exists(path):
                    os.replace(path, path + PART)
                self._open[path] = file = open(path + PART, "ab", buffering=0)  # noqa: SIM115
                if path == self.index:
                    self._lock()
                file.truncate(keep[path])
        except OSError as fault:
            raise unwritable(self.out, fault) from fault

    def _lock(self) -> None:
        """Keep others out while this run lasts. Raises `InputError` where another does."""
        with suppress(ImportError):
            from fcntl import LOCK_EX, LOCK_NB, flock

            try:
                flock(self._open[self.index], LOCK_EX | LOCK_NB)
            except BlockingIOError as fault:
                self._shut()
                remedy = "let it end, or name another OUT"
                raise InputError(f"-o {text(self.out)}", "another run is writing there", remedy=remedy) from fault
            except OSError:
                pass  # a file system without locks

    def _shut(self) -> None:
        for file in self._open.values():
            file.close()
        self._open.clear()

    # -- one problem ---------------------------------------------------------------------------

    def put(self, task: Task, done: Done, digest: str) -> None:
        """Write what became of `task`. Raises `InputError` where that cannot be written."""
        try:
            if done.data is None:
                fault = done.fault or Fault("", "", "no result")
                error = Error(task.path, task.item, done.id, fault.field, fault.value, fault.message)
                self._line(self.errors, error)
                self._enter(task, done, digest, None)
            elif self.lines:
                self._line(self.out, Line(task.path, task.item, done.id, done.topic, self._raw(done.data)))
                self._enter(task, done, digest, None)
            else:
                file = f"{task.name}.{self.ending}"
                # first the index: should the run end between the two, the file is written again, under this name
                self._enter(task, done, digest, file)
                self.write(file, done.data)
        except OSError as fault:
            raise unwritable(self.out, fault) from fault

    def _raw(self, data: bytes) -> msgspec.Raw:
        if self.ending == "json":
            return msgspec.Raw(msgspec.json.format(data, indent=-1))
        return msgspec.Raw(msgspec.json.encode(data.decode()))

    def _enter(self, task: Task, done: Done, digest: str, file: str | None) -> None:
        self.enter(Entry(task.number, task.path, task.item, done.id, done.topic, done.title,
                         None if file is None else text(file), done.data is None, digest))  # fmt: skip

    def enter(self, entry: Entry) -> None:
        self._line(self.index, entry)

    def _line(self, path: str, record: msgspec.Struct) -> None:
        self.append(path, encoded(record))

    def append(self, path: str, line: bytes) -> None:
        file = self._open[path]
        end = os.fstat(file.fileno()).st_size
        try:
            whole(file, line)
        except OSError:
            with suppress(OSError):
                file.truncate(end)  # no half of a line stays on a disk that is full
            raise

    def write(self, file: str, data: bytes) -> None:
        """One file in OUT, whole or not at all."""
        path = os.path.join(self.out, file)
        folder = os.path.dirname(path)
        if folder != self._folder:
            os.makedirs(folder, exist_ok=True)
            self._folder = folder
        try:
            with open(path + PART, "wb", buffering=0) as aside:
                whole(aside, data)
            os.replace(path + PART, path)
        except OSError:
            with suppress(OSError):
                os.unlink(path + PART)
            raise

    # -- closing -------------------------------------------------------------------------------

    def close(self, *, complete: bool) -> None:
        """Give the files their names; the index only where all is done, so that it can be resumed."""
        try:
            if complete and self.pages:
                self.write(os.path.basename(self.pages), b"".join(_pages(entries(self.index + PART))))
            for path in [*self.streams, *([self.index] if complete else [])]:
                if path in self._open:
                    self._open.pop(path).close()
                    os.replace(path + PART, path)
        except OSError as fault:
            raise unwritable(self.out, fault) from fault
        finally:
            self._shut()


def whole(file: IO[bytes], data: bytes) -> None:
    """Write all of `data`: the last that goes on a disk is written in part, and only then is it full."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def encoded(record: msgspec.Struct) -> bytes:
    """A record as a line, with nothing in it that a terminal would act on."""
    try:
        line = msgspec.json.encode(record)
    except UnicodeEncodeError:  # half a surrogate pair in a user's text
        safe = {k: v.encode("utf-8", "replace").decode() if isinstance(v, str) else v
                for k, v in msgspec.structs.asdict(record).items()}  # fmt: skip
        line = msgspec.json.encode(safe)
    return unseen_escaped(line.decode()).encode() + b"\n"


_ENTRY = msgspec.json.Decoder(Entry)


def entries(path: str) -> Iterator[Entry]:
    """The whole lines of an index, one after another."""
    with open(path, "rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield _ENTRY.decode(line)


def first_errors(out: str, many: int) -> list[Error]:
    """The first of errors.jsonl, finished or not; none where it cannot be read."""
    output = Output(out, "")
    with suppress(OSError, msgspec.DecodeError), open(output.standing(output.errors), "rb") as file:
        return [msgspec.json.decode(line, type=Error) for line in islice(file, many) if line.endswith(b"\n")]
    return []


def _pages(found: Iterator[Entry]) -> Iterator[bytes]:
    """The index of a folder of Markdown: a link a solution, in order."""
    from urllib.parse import quote

    from dlsolve.render.markdown import escaped

    yield b"# Solutions\n\n"
    for entry in found:
        if entry.file is not None:
            says = escaped("x" + (entry.title or entry.file))[1:]
            yield f"- [{says}]({quote(entry.file)})\n".encode()


def unwritable(out: str, fault: OSError | ValueError, remedy: str = "") -> InputError:
    reason = (getattr(fault, "strerror", None) or "not a file name").lower()
    return InputError(f"-o {short(text(out))}", reason, remedy=remedy or "what is finished stays; --resume continues")


def check_out(out: str, paths: Sequence[str]) -> None:
    """Refuse an OUT that is one of `paths`, or stands inside one. Raises `InputError`."""
    for name in (out, *paths):
        if "\0" in name:
            raise InputError(short(name), "not a file name", remedy="name a file, or a folder")
    real = os.path.realpath(out)
    for path in paths:
        if path == "-":
            continue
        source = os.path.realpath(path)
        inside = os.path.isdir(source) and os.path.join(real, "").startswith(os.path.join(source, ""))
        if real == source or inside:
            where = "is" if real == source else "stands inside"
            raise InputError(f"-o {short(text(out))}", f"{where} {short(text(path))}, which is read",
                             remedy="name a place outside of what is solved")  # fmt: skip
