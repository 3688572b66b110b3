"""The problems of files, folders and JSON Lines, one after another, each with the name of its output.

Nothing is kept of what has passed: a folder's names are listed one folder at a time, lines are read
one at a time, and which names stand twice is remembered in tables of fixed size.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from io import BytesIO
from typing import IO, Any

import msgspec

from dlsolve.batch.names import Labels, Names, mirrored
from dlsolve.errors import InputError
from dlsolve.fields.hostile import MAX_BYTES, decode
from dlsolve.problem import read_bytes

LINES = (".jsonl", ".ndjson")


class Fault(msgspec.Struct, frozen=True):
    """Why a problem has no solution: the field (a JSON path), what was found there, a sentence."""

    field: str
    value: str
    message: str


class Task(msgspec.Struct, frozen=True):
    """One problem, still bytes. `number` counts all problems of the run, in every shard alike; `item` is
    its line, or its place among the problems of its file; `name` its output without an ending."""

    number: int
    path: str
    item: int | None
    name: str
    data: bytes = b""
    root: str = "$"
    """Its JSON path in its file."""
    fault: Fault | None = None
    """Why it could not even be read."""

    @property
    def label(self) -> str:
        """How messages call it: ``p.jsonl line 3``."""
        return f"{self.path} line {self.item}" if self.item is not None and self.root == "$" else self.path


class Source(msgspec.Struct, frozen=True):
    """A file: where it is, how messages call it, its name in the output without an ending."""

    path: str
    label: str
    name: str


def sources(paths: Sequence[str]) -> Iterator[Source]:
    """The files that `paths` stand for; folders are searched for .json and .jsonl, in order of name."""
    base = _base(paths)
    for path in paths:
        if path == "-":
            yield Source("-", "standard input", "stdin")
        elif os.path.isdir(path):
            closed: list[OSError] = []
            for folder, inner, files in os.walk(path, onerror=closed.append):
                inner.sort()
                for file in sorted(files):
                    full = os.path.join(folder, file)
                    # no pipes or devices; a link that leads nowhere is named as an error
                    if file.lower().endswith((".json", *LINES)) and (os.path.isfile(full) or not os.path.exists(full)):
                        yield _source(full, base)
            for fault in closed:
                yield _source(str(fault.filename), base)
        else:
            yield _source(path, base)


def _source(path: str, base: str) -> Source:
    return Source(path, text(path), mirrored(path, base, (".json", *LINES)))


def _base(paths: Sequence[str]) -> str:
    """The folder that names are relative to: the one given, else that which holds all of them."""
    real = [os.path.abspath(p) for p in paths if p != "-"]
    if len(real) == 1 and os.path.isdir(real[0]):
        return real[0]
    try:
        return os.path.commonpath([os.path.dirname(p) for p in real]) if real else os.getcwd()
    except ValueError:  # other drives
        return os.getcwd()


def is_lines(path: str) -> bool:
    """Whether a file, or OUT, is one of lines."""
    return path.lower().endswith(LINES)


def text(path: str) -> str:
    """A file name as text, whatever its bytes are."""
    return os.fsencode(path).decode("utf-8", "replace")


def count(paths: Sequence[str]) -> int:
    """How many problems there are, about: files, and lines that are not blank."""
    total = 0
    for source in sources(paths):
        if not is_lines(source.path) or not os.path.isfile(source.path):
            total += 1
            continue
        try:
            with open(source.path, "rb") as file:
                total += sum(1 for line in file if line.strip())
        except OSError:
            total += 1
    return total


def tasks(paths: Sequence[str]) -> Iterator[Task]:
    """Every problem of `paths`, in order; what cannot be read is a task with a fault."""
    number = 0
    names = Names()
    for source in sources(paths):
        for item, name, data, root, fault in _of(source):
            yield Task(number, source.label, item, names.unlike(name, number), data, root, fault)
            number += 1


_Found = tuple[int | None, str, bytes, str, Fault | None]


def _of(source: Source) -> Iterator[_Found]:
    try:
        if source.path == "-":
            yield from _standard_input(source)
        elif os.path.isdir(source.path):
            raise InputError(source.label, "a folder that cannot be listed", remedy="check its permissions")
        elif is_lines(source.path) and os.path.isfile(source.path):
            with open(source.path, "rb") as file:
                yield from _lines(source, file)
        elif is_lines(source.path):  # a pipe or a device: bounded, and passed over twice from memory
            data = read_bytes(source.path)
            decode(data, source.label)
            yield from _lines(source, BytesIO(data))
        else:
            yield from _file(source, read_bytes(source.path))
    except InputError as fault:
        yield None, source.name, b"", "$", fault_of(fault)
    except OSError as fault:
        reason = (fault.strerror or "cannot be read").lower()
        yield None, source.name, b"", "$", Fault("", "", f"{reason}; name a file that can be read")


def _standard_input(source: Source) -> Iterator[_Found]:
    """Kept in a file meanwhile: lines are passed over twice."""
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        raise InputError("standard input", "cannot be read", remedy="name a file instead")
    with tempfile.TemporaryFile() as file:
        ends = False
        while block := stream.read(1 << 20):
            file.write(block)
            ends = ends or b"\n" in block
            if not ends and file.tell() > MAX_BYTES:
                break  # more than a problem may be, and no line of it ends
        file.seek(0)
        first = file.readline(MAX_BYTES + 1)
        rest = file.readline(MAX_BYTES + 1)
        file.seek(0)
        if rest.strip() and id_of(first) is not None:
            yield from _lines(source, file)
        else:
            yield from _file(source, file.read(MAX_BYTES + 1))


# -- one file -----------------------------------------------------------------------------------


class _Head(msgspec.Struct):
    """What is read of a problem to give its output a name."""

    id: Any = None


_HEAD = msgspec.json.Decoder(_Head)
_MAP = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_BAD = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def id_of(data: bytes) -> str | None:
    """The id of a problem, "" for none, None where the JSON cannot be read."""
    try:
        found = _HEAD.decode(data.removeprefix(b"\xef\xbb\xbf")).id
    except _BAD:
        return None
    return str(found) if isinstance(found, str | int | float) else ""


def _file(source: Source, data: bytes) -> Iterator[_Found]:
    """The one problem of a file, or each of its ``{"problems": […]}``."""
    try:
        whole = _MAP.decode(data.removeprefix(b"\xef\xbb\xbf"))
        parts = _LIST.decode(whole["problems"]) if set(whole) == {"problems"} else []
    except _BAD:
        parts = []
    if not parts:
        yield None, source.name, data, "$", None  # the worker says what is wrong with it, if anything is
        return
    labels = Labels()
    for part in parts:
        labels.add(id_of(bytes(part)) or "")
    for n, part in enumerate(parts):
        raw = bytes(part)
        name = f"{source.name}-{labels.label(id_of(raw) or '', n + 1)}"
        yield n + 1, name, raw, f"$.problems[{n}]", None


def _lines(source: Source, file: IO[bytes]) -> Iterator[_Found]:
    labels = Labels()
    some = False
    for line in _each(file):
        if line.strip():
            some = True
            labels.add(id_of(line) or "")
    if not some:
        raise InputError(source.label, "empty", remedy="write one problem a line")
    file.seek(0)
    for number, line in enumerate(_each(file), 1):
        raw = line.strip(b" \t\r\n")
        if raw and raw != b"\xef\xbb\xbf":
            yield number, f"{source.name}-{labels.label(id_of(raw) or '', number)}", raw, "$", None


def _each(file: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file; of one that is too long, enough to say so."""
    while line := file.readline(MAX_BYTES + 1):
        rest = line
        while len(rest) > MAX_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(MAX_BYTES + 1)
        yield line


def fault_of(error: InputError, root: str = "$") -> Fault:
    """An error of an input as a record; its field is a JSON path in its file."""
    where = root + error.where[1:] if error.where.startswith("$") else ""
    said = error.problem + (f"; {error.remedy}" if error.remedy else "")
    return Fault(where, error.found, said)


def in_shard(task: Task, shard: tuple[int, int] | None) -> bool:
    """Whether a task belongs to shard i of n (from 1): by its file and place, so that problems added later
    move no other."""
    if shard is None:
        return True
    part, of = shard
    key = f"{task.name}\0{task.item}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "big") % of == part - 1
