"""Solving from the command line: files and flags -> solutions, in order, each error at its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from dlsolve import catalog
from dlsolve.cli import output
from dlsolve.cli.flags import CONVENTION, GIVEN, Flag, conventions_of, given_of, place
from dlsolve.errors import DlsolveError, InputError, RuleError
from dlsolve.fields import canonical, read_problem
from dlsolve.fields.describe import count
from dlsolve.fields.found import found, meant
from dlsolve.fields.hostile import decode
from dlsolve.fields.table import samples
from dlsolve.fields.typed import pairs
from dlsolve.numbers.show import Digits
from dlsolve.problem import Course, Item, ProblemFile, check_symbols, items, read_bytes, read_course
from dlsolve.render import FORMATS, Options, render
from dlsolve.solver import Solution, solve_problem
from dlsolve.topic import Topic

ARITHMETICS = ("auto", "exact", "float64")
DETAILS = ("all", "key", "answer")


@dataclass(frozen=True)
class Request:
    """What a command line asks for, its common flags read."""

    format: str
    target: str | None
    options: Options
    arith: str
    course: Course
    digits: Digits | None
    carry: Digits | None
    given: Mapping[str, Any]
    conventions: Mapping[str, str]
    symbols: Mapping[str, str]
    flags: Mapping[str, str]
    """``given.lr`` -> ``--lr``, for the fields that flags gave."""


def solve(name: str | None, values: Mapping[str, Any], flags: Sequence[Flag]) -> int:
    """Solve the files named, or the flags alone. Returns the exit status.

    Raises `InputError` for the command line, and where one problem is asked for, for it.
    """
    files = list(values.get("files") or ([values["file"]] if values.get("file") else []))
    request = _request(name, values, flags)
    output.check_target(request.target, files)
    if not files:
        found_items: list[Item | InputError] = [Item("", "$", {"topic": name, "given": {}})]
        if not request.given:
            remedy = f"give a problem file, or flags such as {_example_flag(catalog.topic(str(name)))}"
            raise InputError(f"dlsolve {name}", "nothing is given", remedy=remedy)
    else:
        found_items = _open(files)
    if len(found_items) == 1:
        only = found_items[0]
        if isinstance(only, InputError):
            raise only
        output.write(_solved(only, name, request), request.target)
        return 0
    return _solve_many(found_items, name, request)


def _open(files: Sequence[str]) -> list[Item | InputError]:
    if len(files) == 1:
        return list(items(files[0]))
    out: list[Item | InputError] = []
    for file in files:
        try:
            out += items(file)
        except InputError as fault:
            out.append(fault)
    return out


def _solve_many(every: Sequence[Item | InputError], name: str | None, request: Request) -> int:
    """Each in turn; a bad one is named on standard error and does not stop the rest."""
    texts: list[str] = []
    for item in every:
        try:
            if isinstance(item, InputError):
                raise item
            text = _solved(item, name, request)
        except DlsolveError as fault:
            output.complain(str(fault))
            continue
        texts.append(text)
        if request.target is None and request.format != "json":
            output.write(text if len(texts) == 1 else "\n" + text, None)
    if not texts:
        return 2
    if request.format == "json":
        output.write("[\n" + ",\n".join(t.strip() for t in texts) + "\n]\n", request.target)
    elif request.target is not None:
        output.write("\n".join(texts), request.target)
    return 0 if len(texts) == len(every) else 1


def _solved(item: Item, name: str | None, request: Request) -> str:
    """One problem, solved and written. Raises `DlsolveError` naming its file and path, or its flag."""
    from dlsolve.render.progress import progress

    try:
        with progress(item.label or str(name)):
            return render(_solution(item.read(), name, request), request.format, request.options)
    except InputError as fault:
        raise _placed(fault, item, request) from fault
    except RuleError:
        raise
    except DlsolveError as fault:
        raise type(fault)(f"{item.label}: {fault}" if item.label else str(fault)) from fault


def _solution(problem: ProblemFile, name: str | None, request: Request) -> Solution:
    topic = _topic(problem, name)
    given = {**canonical(topic.problem, problem.given), **canonical(topic.problem, request.given)}
    fields = read_problem(topic.problem, given)
    course = {k: v for k, v in request.course.conventions.items() if k in topic.conventions}
    meta = {k: v for k, v in msgspec.structs.asdict(problem).items() if v not in ("", None)}
    return solve_problem(
        topic,
        fields,
        conventions={**course, **problem.conventions, **request.conventions},
        symbols={**request.course.symbols, **problem.symbols, **request.symbols},
        digits=request.digits,
        carry=request.carry,
        arith=request.arith,
        numbers=count(fields),
        meta={**meta, "given": given},
    )


def _topic(problem: ProblemFile, name: str | None) -> Topic[Any]:
    if name is not None and catalog.find(problem.topic) == name:
        return catalog.topic(name)
    try:
        topic = catalog.topic(problem.topic)
    except InputError as fault:
        raise fault.at("$.topic") from fault
    if name is not None:
        remedy = f"use `dlsolve {topic.name}` or `dlsolve solve`"
        raise InputError("$.topic", f"not a problem of {name}", found=found(problem.topic), remedy=remedy)
    return topic


def _placed(fault: InputError, item: Item, request: Request) -> InputError:
    """The error at its place in words of the user: a flag, or file and path."""
    where = fault.where
    flag = place(where, request.flags)
    if flag is None and not item.label:
        # no file: every field would have been a flag
        word = where.removeprefix("$.given.")
        flag = place(where, {f"given.{word}": "--" + word.replace("_", "-")}) or where.replace("$.given.", "--")
    if flag is not None:
        return fault.at(flag)
    if where.startswith("$"):
        where = item.root + where[1:]
    return fault.at(f"{item.label}: {where}" if where else item.label)


def _example_flag(topic: Topic[Any]) -> str:
    from dlsolve.render.command import example_command

    return f"`{example_command(topic)}`"


# -- the common flags ---------------------------------------------------------------------------


def _request(name: str | None, values: Mapping[str, Any], flags: Sequence[Flag]) -> Request:
    given = given_of(values)
    spellings = {_target(f.key): f.names[0] for f in flags}
    spellings["given.steps"] = "--steps"
    if values.get("data") is not None:
        given |= _samples(catalog.topic(str(name)), values["data"], values.get("target_column"))
        spellings |= {f"given.{k}": "--data" for k in given if f"given.{k}" not in spellings}
    elif values.get("target_column") is not None:
        raise InputError("--target", "names a column of no table", remedy="give --data FILE.csv too")
    every = any(s.strip().lower() == "all" for s in values.get("steps") or ())
    if not every and values.get("steps") and name is None:
        raise InputError("--steps", "not a choice", found=found(values["steps"][0]), remedy="write --steps all")
    if (
        values.get("steps")
        and name is not None
        and "steps" in given
        and not any(f.key == "steps" and "WHOLE" in f.metavar for f in flags)
    ):
        raise InputError("--steps", "not a choice", found=found(given["steps"]), remedy="write --steps all")
    course = read_course(values["course"]) if values.get("course") is not None else Course()
    symbols = pairs(values["symbols"], "--symbols") if values.get("symbols") is not None else {}
    check_symbols(symbols, "--symbols")
    conventions = conventions_of(values)
    flags_used = {f"given.{k}": spellings.get(f"given.{k}", "--" + k) for k in given}
    flags_used |= {f"conventions.{k}": spellings[f"conventions.{k}"] for k in conventions}
    options = replace(output.page(values), detail=_choice(values, "detail", DETAILS, "all"), steps_all=every)
    return Request(
        _choice(values, "format", tuple(FORMATS), "terminal"),
        values.get("output"),
        options,
        _choice(values, "arith", ARITHMETICS, "auto"),
        course,
        _digits(values, "digits", course.digits),
        _digits(values, "carry", course.carry),
        given,
        conventions,
        symbols,
        flags_used,
    )


def _samples(topic: Topic[Any], path: str, target: str | None) -> dict[str, Any]:
    """The fields that a CSV file fills. Raises `InputError`."""
    return samples(topic.problem, decode(read_bytes(path), path), path, target)


def _target(key: str) -> str:
    for prefix, section in ((GIVEN, "given."), (CONVENTION, "conventions.")):
        if key.startswith(prefix):
            return section + key[len(prefix) :]
    return key


def _choice(values: Mapping[str, Any], key: str, allowed: tuple[str, ...], default: str) -> Any:
    written = values.get(key)
    if written is None:
        return default
    if written.lower() in allowed:
        return written.lower()
    every = f"choose one of {', '.join(allowed)}"
    raise InputError(
        f"--{key}", "not a choice", found=found(written), remedy=f"{meant(written, allowed, '')} {every}".strip()
    )


def _digits(values: Mapping[str, Any], key: str, course: str | None) -> Digits | None:
    if values.get(key) is not None:
        return Digits.parse(values[key], f"--{key}")
    return Digits.parse(course, f"course: $.{key}") if course is not None else None
