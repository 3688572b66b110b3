"""What a command line asks for: its flags read, before any problem is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dlsolve import catalog
from dlsolve.assignment import Overlay
from dlsolve.cli import output
from dlsolve.cli.flags import Flag, conventions_of, given_of
from dlsolve.errors import InputError
from dlsolve.fields.found import found, meant
from dlsolve.fields.hostile import decode
from dlsolve.fields.typed import pairs
from dlsolve.numbers.show import Digits
from dlsolve.problem import Course, check_symbols, read_bytes, read_course
from dlsolve.render import FORMATS, Options

ARITHMETICS = ("auto", "exact", "float64")
DETAILS = ("all", "key", "answer")


class Request(msgspec.Struct, frozen=True):
    """How to solve, how to print, and where."""

    overlay: Overlay
    format: str
    target: str | None
    options: Options
    flags: Mapping[str, str]
    """``given.lr`` -> ``--lr``: the flag that gave a value."""


def read_request(name: str | None, values: Mapping[str, Any], flags: Sequence[Flag]) -> Request:
    """The parsed `values` of `flags` for the topic `name` (None: any). Raises `InputError`."""
    given, said = given_of(values, flags)
    if values.get("data") is not None:
        table = _samples(str(name), values["data"], values.get("target_column"))
        path, pasted, _ = str(values["data"]).strip().partition("\n")
        source = "--data" if pasted else f"--data {path}"
        said |= {f"given.{field}": source for field in table if f"given.{field}" not in said}
        given = table | given
    elif values.get("target_column") is not None:
        raise InputError("--target", "names a column of no table", remedy="give --data FILE.csv too")
    conventions, spelled = conventions_of(values, flags)
    symbols = pairs(values["symbols"], "--symbols") if values.get("symbols") is not None else {}
    check_symbols(symbols, "--symbols")
    course = read_course(values["course"]) if values.get("course") is not None else Course()
    said |= spelled | {f"symbols.{k}": "--symbols" for k in symbols}
    style = choice(values, "format", tuple(FORMATS), "terminal")  # a program computes in floats
    steps_all = _steps_all(values, given)
    overlay = Overlay(
        name,
        given,
        conventions,
        symbols,
        course,
        digits_of(values, course),
        _digits_at(values, "carry", course.carry),
        choice(values, "arith", ARITHMETICS, "float64" if style == "python" else "auto"),
        whole=steps_all,
    )
    detail = choice(values, "detail", DETAILS, "all")
    return Request(
        overlay,
        style,
        values.get("output"),
        output.page(values, detail=detail, steps_all=steps_all),
        said,
    )


def _samples(name: str, path: str, target: str | None) -> dict[str, Any]:
    """The fields that a CSV file fills."""
    from dlsolve.fields.table import samples

    if "\n" in path.strip():
        return samples(catalog.topic(name).problem, path.strip() + "\n", "--data", target)  # pasted
    return samples(catalog.topic(name).problem, decode(read_bytes(path), path), path, target)


def _steps_all(values: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether ``--steps all`` was said; a count is a field of some topics and none of others."""
    written = [s.strip() for s in values.get("steps") or ()]
    counts = [s for s in written if s.lower() != "all"]
    if counts and counts[-1] not in given.values():
        raise InputError("--steps", "not a choice", found=found(counts[-1]), remedy="write --steps all")
    return len(counts) < len(written)


def digits_of(values: Mapping[str, Any], course: Course) -> Digits | None:
    """The digits to show: a flag's, else the course's. Raises `InputError`."""
    return _digits_at(values, "digits", course.digits)


def choice(values: Mapping[str, Any], key: str, allowed: tuple[str, ...], default: str) -> Any:
    written = values.get(key)
    if written is None:
        return default
    if written.lower() in allowed:
        return written.lower()
    remedy = f"{meant(written, allowed, '')} choose one of {', '.join(allowed)}".strip()
    raise InputError(f"--{key}", "not a choice", found=found(written), remedy=remedy)


def _digits_at(values: Mapping[str, Any], key: str, course: str | None) -> Digits | None:
    if values.get(key) is not None:
        return Digits.parse(values[key], f"--{key}")
    return Digits.parse(course, f"{values['course']}: $.{key}") if course is not None else None
