"""Which problems a student's file answers: by its name, else by what stands in it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any, Literal

import msgspec

from dlsolve.batch.items import Fault, fault_of
from dlsolve.errors import InputError
from dlsolve.fields.hostile import decode, parse_json
from dlsolve.grade.key import Key, Problem

Form = Literal["json", "csv", "text", "pairs", ""]
"""How answers are written. `pairs` is a JSON list of [name, value]."""
Kind = Literal["", "blank", "duplicate", "unknown", "unreadable", "too long", "failed"]
"""What is wrong with a submission: a blank one is marked with nothing, the others cannot be marked."""

FORMS: dict[str, Form] = {".json": "json", ".csv": "csv", ".tsv": "csv", ".txt": "text", ".md": "text", ".tex": "text"}
MOST_UNKNOWN = 20
"""Names of no problem that are reported of one file, or of one student's rows."""
_ASIDE = frozenset(("student", "name", "id", "dlsolve", "title"))
"""Keys beside problems that say nothing of an answer."""


class Part(msgspec.Struct, frozen=True):
    """Answers to one problem (none where that cannot be told), or why there are none."""

    problem: Problem | None
    form: Form = ""
    data: bytes = b""
    kind: Kind = ""
    fault: Fault | None = None


def text_of(data: bytes, where: str) -> str:
    """Bytes as text, UTF-16 with its mark too. Raises `InputError`."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16").replace("\r\n", "\n")
        except UnicodeDecodeError as fault:
            raise InputError(where, "not UTF-16, as its first bytes say", remedy="save the file as UTF-8") from fault
    return decode(data, where)


def parts_of(data: bytes, form: Form, key: Key, where: str, named: str) -> list[Part]:
    """The answers in a file that is not named after a problem (but `named`)."""
    try:
        text = text_of(data, where)
        if form == "json":
            found = list(_of_json(parse_json(text, where), key))
        else:
            found = list(_of_csv(text, key)) if form == "csv" else []
    except InputError as error:
        return [Part(None, kind="unreadable", fault=fault_of(error))]
    if found:
        return found
    if named:
        return [Part(None, kind="unknown", fault=key.unknown(named))]
    if len(key) == 1:
        return [Part(key.problems[0], form, data)]
    said = f"which of the {len(key)} problems it answers cannot be told"
    return [Part(None, kind="unknown", fault=Fault("", "", f"{said}; name it after one, in a folder of the student"))]


def _of_json(raw: Any, key: Key, *, inner: bool = False) -> Iterator[Part]:
    """Answers by problem, or sheets that name theirs; nothing where neither is found."""
    if isinstance(raw, list):
        sheets = raw if all(isinstance(s, dict) and s.get("problem") for s in raw) else ()
        for sheet in sheets[: len(key) + MOST_UNKNOWN]:
            yield from _sheet(sheet, key)
        return
    if not isinstance(raw, dict):
        return
    known = [name for name, value in raw.items() if isinstance(value, dict) and key.find(name)]
    if isinstance(raw.get("problem"), str) and raw["problem"] and not known:
        yield from _sheet(raw, key)
        return
    if not known:
        for name in () if inner else ("answers", "problems"):
            yield from _of_json(raw.get(name), key, inner=True)
        return
    for name, value in raw.items():
        problem = key.find(name)
        if problem is not None:
            yield Part(problem, "json", json.dumps(value).encode())
    strange = [name for name in raw if key.find(name) is None and name.lower() not in _ASIDE]
    for name in strange[:MOST_UNKNOWN]:
        yield Part(None, kind="unknown", fault=key.unknown(name))


def _sheet(sheet: dict[str, Any], key: Key) -> Iterator[Part]:
    problem = key.find(str(sheet["problem"]))
    if problem is None:
        yield Part(None, kind="unknown", fault=key.unknown(str(sheet["problem"])))
    else:
        yield Part(problem, "json", json.dumps(sheet).encode())


def _of_csv(text: str, key: Key) -> Iterator[Part]:
    """Rows of problem, name and value; nothing where they are not that."""
    first = text.partition("\n")[0]
    mark = next((c for c in first if c in ",;\t"), ",")
    try:
        rows = [[c.strip() for c in row] for row in csv.reader(StringIO(text), delimiter=mark) if any(row)]
    except csv.Error:
        return
    headed = bool(rows) and [c.lower() for c in rows[0][:3]] == ["problem", "name", "value"]
    rows = rows[headed:]
    if not rows or not (headed or all(len(row) > 2 and key.find(row[0]) for row in rows)):
        return
    found: dict[int, list[tuple[str, str]]] = {}
    unknown: dict[str, None] = {}
    for row in rows:
        problem = key.find(row[0])
        if problem is None:
            unknown[row[0]] = None
            continue
        value = ", ".join(c for c in row[2:] if c) if mark == "," else "".join(row[2:3])
        found.setdefault(problem.number, []).append(("".join(row[1:2]).removeprefix("'"), value))
    by_number = {p.number: p for p in key.problems}
    for number, pairs in found.items():
        yield Part(by_number[number], "pairs", json.dumps(pairs).encode())
    for name in list(unknown)[:MOST_UNKNOWN]:
        yield Part(None, kind="unknown", fault=key.unknown(name))
