"""The problem file: its envelope, read from any bytes with a place for every error.

A file holds one problem, or ``{"problems": [...]}``, or (.jsonl) one problem a line.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import msgspec
from flint import fmpq

from dlsolve.conventions import CONVENTIONS
from dlsolve.course_slips import CourseSlip, check_slips
from dlsolve.errors import InputError
from dlsolve.fields import Field, Written, read_struct
from dlsolve.fields.files import bytes_of
from dlsolve.fields.found import found, meant, short
from dlsolve.fields.hostile import MAX_BYTES, decode, parse_json

MAX_SYMBOL = 24
MOST_LISTED = 12
"""Problems of a file that are listed."""


class Marking(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How answers are marked."""

    min_digits: Annotated[Written, Field("fewest digits that prove a value: 2sf or 3dp")] = Written("2sf")
    follow_penalty: Annotated[fmpq, Field("taken off a value that follows from a wrong one", ge="0", le="1")] = fmpq(0)
    repeated_slip: Annotated[Written, Field("a slip made again costs once, or each time: once, each")] = Written("once")


class Printed(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """A value as a source prints it, and what is known of it where it is not the true one."""

    value: Annotated[Written, Field("the value as it is printed")]
    why: Annotated[str, Field("why it differs, in a few words; a known slip is found without")] = ""
    erratum: Annotated[Written, Field("its number in a list of errata")] = Written("")


class ProblemFile(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One problem as its file states it; `given` is read by the topic's own fields."""

    topic: Annotated[str, Field("the kind of problem: see `dlsolve topics`")]
    given: Annotated[dict[str, Any], Field("the numbers of the problem: see `dlsolve schema TOPIC`")]
    id: Annotated[Written, Field("a short name")] = Written("")
    title: Annotated[str, Field("a title")] = ""
    statement: Annotated[str, Field("the problem in words")] = ""
    source: Annotated[str, Field("where the problem comes from")] = ""
    conventions: Annotated[dict[str, Written], Field("a choice by convention: see `dlsolve explain TOPIC`")] = {}
    symbols: Annotated[dict[str, str], Field('symbols to print, by name: {"lr": "α"}')] = {}
    asked: Annotated[list[str], Field("names of the values asked for")] | None = None
    points: Annotated[dict[str, fmpq], Field("what each asked value is worth", ge="0")] = {}
    attempt: Annotated[dict[str, Written], Field("a student's values by name")] = {}
    printed: Annotated[
        dict[str, Written | Printed],
        Field('the values that a source prints, by name; {"value", "why", "erratum"} says why one is not the true one'),
    ] = {}
    accept: Annotated[dict[str, list[Written] | Written], Field("other writings to accept, by name")] = {}
    marking: Annotated[Marking, Field("how answers are marked")] | None = None


class Course(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a class agrees on once."""

    conventions: Annotated[dict[str, Written], Field("a choice by convention")] = {}
    symbols: Annotated[dict[str, str], Field('symbols to print, by name: {"lr": "α"}')] = {}
    digits: Annotated[Written, Field("digits to show: 5, 5sf or 4dp")] | None = None
    carry: Annotated[Written, Field("digits to carry by hand: 4sf or 4dp")] | None = None
    marking: Annotated[Marking, Field("how answers are marked")] | None = None
    slips: Annotated[list[CourseSlip], Field("slips to be named: topic, id, says, rule")] = []


class Item(msgspec.Struct, frozen=True):
    """One problem of a file, still raw. `label` says which: ``p.json``, ``p.jsonl line 3``;
    `root` is its JSON path in that file."""

    label: str
    root: str
    raw: Any

    def read(self) -> ProblemFile:
        """The envelope. Raises `InputError` with paths from `$`."""
        return read_envelope(self.raw)


def moved_to_file(fault: InputError, item: Item) -> InputError:
    """The error at its place in a file: ``p.json: $.problems[1].given.lr``."""
    where = fault.where
    if where.startswith("$"):
        where = item.root + where[1:]
    return fault.moved(f"{item.label}: {where}" if where else item.label)


def read_envelope(raw: Any) -> ProblemFile:
    """A raw JSON value as a problem. Raises `InputError` with paths from `$`."""
    if isinstance(raw, list):
        raise InputError("$", "a list, not a problem", remedy='write {"problems": [...]} around it')
    problem = read_struct(ProblemFile, raw)
    check_conventions(problem.conventions)
    check_symbols(problem.symbols)
    return problem


def printed_of(told: Mapping[str, Written | Printed]) -> dict[str, Printed]:
    """What a source prints, by name; a text alone says nothing of why."""
    return {name: t if isinstance(t, Printed) else Printed(value=t) for name, t in told.items()}


def check_conventions(chosen: Mapping[str, str], root: str = "$.conventions") -> None:
    """Raises `InputError` for a convention or a choice that does not exist anywhere."""
    for key, choice in chosen.items():
        if key not in CONVENTIONS:
            remedy = meant(key, CONVENTIONS, "see `dlsolve explain TOPIC`")
            raise InputError(f"{root}.{short(key)}", "no such convention", remedy=remedy)
        allowed = CONVENTIONS[key].choices
        if choice not in allowed:
            remedy = f"choose one of {', '.join(allowed)}"
            raise InputError(f"{root}.{key}", "not a choice", found=found(choice), remedy=remedy)


def check_symbols(symbols: Mapping[str, str], root: str = "$.symbols") -> None:
    """Raises `InputError` for a symbol that cannot be printed in a formula."""
    for name, symbol in symbols.items():
        if not symbol.strip() or len(symbol) > MAX_SYMBOL or not symbol.isprintable():
            remedy = f"give a symbol of 1 to {MAX_SYMBOL} printable characters"
            raise InputError(f"{root}.{short(name)}", "not a symbol", found=found(symbol), remedy=remedy)


def items(path: str) -> Iterator[Item | InputError]:
    """The problems of a file, or of standard input for ``-``; a bad line does not stop the rest. ``FILE#ID``
    is the one of this id, or of this number where none has it.

    Raises `InputError` where the file as a whole cannot be read.
    """
    file, mark, id_ = path.rpartition("#")
    if mark and id_ and file and not os.path.lexists(path):
        yield _one_of(list(items(file)), file, id_)
        return
    label = "standard input" if path == "-" else path
    text = decode(read_bytes(path), label)
    if path.endswith((".jsonl", ".ndjson")):
        yield from _lines(text, label)
        return
    try:
        whole = parse_json(text, label)
    except InputError as fault:
        # several lines that are each an object: JSON Lines under another name
        if path == "-" and "extra data" in fault.problem and text.lstrip()[:1] == "{":
            yield from _lines(text, label)
            return
        raise
    if isinstance(whole, dict) and "problems" in whole:
        yield from _several(whole, label)
    else:
        yield Item(label, "$", whole)


def file_of(path: str) -> str:
    """The file of ``FILE#ID``."""
    file, mark, _ = path.rpartition("#")
    return file if mark and file and not os.path.lexists(path) else path


def ids(found: Sequence[Item | InputError]) -> list[str]:
    """By what each problem of a file is called: its id, or its number."""
    own = [str(i.raw.get("id") or "") if isinstance(i, Item) and isinstance(i.raw, dict) else "" for i in found]
    return [text if text and own.count(text) == 1 else str(n) for n, text in enumerate(own, 1)]


def _one_of(found: Sequence[Item | InputError], file: str, id_: str) -> Item | InputError:
    """Raises `InputError` where no problem of a file is called so."""
    known = ids(found)
    if id_ not in known and id_ in (numbers := [str(n) for n in range(1, len(found) + 1)]):
        known = numbers
    if id_ not in known:
        listed = ", ".join(map(short, known[:MOST_LISTED])) + ", …" * (len(known) > MOST_LISTED)
        raise InputError(
            short(file), "holds no such problem", found=short(id_), remedy=meant(id_, known, f"it holds {listed}")
        )
    return found[known.index(id_)]


def _lines(text: str, label: str) -> Iterator[Item | InputError]:
    some = False
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        some = True
        place = f"{label} line {n}"
        try:
            yield Item(place, "$", parse_json(line, place))
        except InputError as fault:
            yield fault
    if not some:
        raise InputError(label, "empty", remedy="write one problem a line")


def _several(whole: Mapping[str, Any], label: str) -> Iterator[Item]:
    for key in whole:
        if key != "problems":
            remedy = 'a file holds one problem, or {"problems": [...]} alone'
            raise InputError(f"{label}: $.{short(key)}", 'not known beside "problems"', remedy=remedy)
    problems = whole["problems"]
    if not isinstance(problems, list) or not problems:
        raise InputError(
            f"{label}: $.problems", "not a list of problems", found=found(problems), remedy="write [{…}, {…}]"
        )
    for n, raw in enumerate(problems):
        yield Item(label, f"$.problems[{n}]", raw)


def read_bytes(path: str) -> bytes:
    """A file's bytes, or those of standard input. Raises `InputError`."""
    if path == "-":
        try:
            stream = getattr(sys.stdin, "buffer", None)
            data: bytes = stream.read(MAX_BYTES + 1) if stream else sys.stdin.read().encode()
        except (AttributeError, OSError, ValueError) as fault:
            raise InputError("standard input", "cannot be read", remedy="name a file instead") from fault
        return data
    try:
        if os.path.isdir(path):
            raise InputError(short(path), "a folder, not a file", remedy="name a file in it")
        return bytes_of(path, MAX_BYTES + 1)
    except FileNotFoundError as fault:
        raise InputError(short(path), "no such file", remedy=_near_file(path)) from fault
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or "not a file name"
        raise InputError(short(path), reason.lower(), remedy="name a file that can be read") from fault


def _near_file(path: str) -> str:
    if re.fullmatch(r"[\d\s.,;/\[\]eE+-]*", path):
        return 'a value stands behind its flag, in quotes: --matrix "1 2; 3 4"'
    folder, name = os.path.split(path)
    try:
        near: Sequence[str] = os.listdir(folder or ".")
    except OSError:
        return f"there is no folder {short(folder)}"
    return meant(name, near, "check the name, or write - to read standard input")


def read_course(path: str) -> Course:
    """A course file. Raises `InputError` with the file's name."""
    return course_of(parse_json(decode(read_bytes(path), path), path), path)


def course_of(raw: Any, where: str = "course") -> Course:
    """What a course file holds, read. Raises `InputError` with `where` before the path."""
    try:
        course = read_struct(Course, raw)
        check_conventions(course.conventions)
        check_symbols(course.symbols)
        check_slips(course.slips)
    except InputError as fault:
        raise fault.moved(f"{where}: {fault.where}") from fault
    return course


def dump(problem: Mapping[str, Any]) -> str:
    """A problem as a JSON text to read and edit: one key a line, `given` one field a line."""
    import json

    def one(value: Any) -> str:
        if isinstance(value, float):
            return repr(value).replace("e-0", "e-")
        return json.dumps(value, ensure_ascii=False, default=str)

    lines = []
    for key, value in problem.items():
        if isinstance(value, Mapping) and value:
            inner = ",\n".join(f"    {one(k)}: {one(v)}" for k, v in value.items())
            lines.append(f"  {one(key)}: {{\n{inner}\n  }}")
        else:
            lines.append(f"  {one(key)}: {one(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
