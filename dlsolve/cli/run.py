"""Solving from the command line: files and flags -> solutions, in order, each error at its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dlsolve import assignment, catalog
from dlsolve.cli import output
from dlsolve.cli.flags import Flag, place
from dlsolve.cli.request import Request, read_request
from dlsolve.errors import DlsolveError, InputError, RuleError
from dlsolve.problem import Item, file_of, items, moved_to_file
from dlsolve.render import render
from dlsolve.render.command import example_command
from dlsolve.render.progress import progress


def solve(name: str | None, values: Mapping[str, Any], flags: Sequence[Flag]) -> int:
    """Solve the files named, or the flags alone. Returns the exit status.

    Raises `DlsolveError` for the command line, and where one problem is asked for, for it.
    """
    files = list(values.get("files") or ([values["file"]] if values.get("file") is not None else []))
    if values.get("answer"):
        return _mark(name, files, values, flags)
    request = read_request(name, values, flags)
    output.check_target(request.target, [file_of(f) for f in files])
    if files:
        every = _open(files)
    elif request.overlay.given:
        every = [Item("", "$", {"topic": name, "given": {}})]
    else:
        remedy = f"name a problem file, or give flags: {example_command(catalog.topic(str(name)))}"
        raise InputError(f"dlsolve {name}", "nothing is given", remedy=remedy)
    if len(every) > 1:
        return _solve_many(every, request)
    only = every[0]
    if isinstance(only, InputError):
        raise only
    output.write(_solved(only, request), request.target)
    return 0


def _mark(name: str | None, files: list[str], values: Mapping[str, Any], flags: Sequence[Flag]) -> int:
    """``-a``: the answers marked at once. Returns the exit status of a check."""
    from dlsolve.cli import check

    style = check.style_of(values)
    request = read_request(name, {**values, "format": None, "carry": None, "arith": "exact"}, flags)
    output.check_target(request.target, [file_of(f) for f in files])
    every = _open(files) if files else [Item("", "$", {"topic": name, "given": {}})]
    only = every[0]
    if len(every) > 1:
        raise InputError("-a", f"{len(every)} problems, and the answers are to one", remedy="name one problem")
    if isinstance(only, InputError):
        raise only
    try:
        problem = only.read()
        report = check.at_once(assignment.solve(problem, request.overlay), problem, request.overlay.course, values)
    except InputError as fault:
        raise _placed(fault, only, request) from fault
    return check.finish([report], style, values)


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


def _solve_many(every: Sequence[Item | InputError], request: Request) -> int:
    """Each in turn; a bad one is named on standard error and does not stop the rest."""
    texts: list[str] = []
    for item in every:
        try:
            if isinstance(item, InputError):
                raise item
            text = _solved(item, request)
        except RuleError:
            raise
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


def _solved(item: Item, request: Request) -> str:
    """One problem, solved and written. Raises `DlsolveError` naming its file and path, or its flag."""
    try:
        with progress(item.label or str(request.overlay.only)):
            solution = assignment.solve(item.read(), request.overlay)
            return render(solution, request.format, request.options)
    except InputError as fault:
        raise _placed(fault, item, request) from fault
    except RuleError:
        raise
    except DlsolveError as fault:
        raise type(fault)(f"{item.label}: {fault}" if item.label else str(fault)) from fault


def _placed(fault: InputError, item: Item, request: Request) -> InputError:
    """The error at its place in words of the user: a flag, or file and path."""
    where = fault.where
    flag = place(where, request.flags, every=not item.label)
    if flag is not None:
        return fault.moved(flag)
    if not item.label:
        return fault.moved(where.replace("$.given", f"dlsolve {request.overlay.only}"))
    return moved_to_file(fault, item)
