"""What an earlier run has done: the whole lines of its index, and as much of its other files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec

from dlsolve.batch.items import Task
from dlsolve.batch.output import Entry, Output, entries
from dlsolve.errors import InputError
from dlsolve.fields.found import short


def remaining(
    tasks: Iterable[Task], output: Output, digest: Callable[[Task], str], seen: Callable[[Entry], None]
) -> Iterator[Task]:
    """The tasks that the run in `output` has not done, once it is taken up; `seen` is told of those that it has.

    Raises `InputError` where that run is of other problems or settings; it is then left as it is.
    """
    try:
        done, keep = _kept(output)
        tasks = iter(tasks)
        for n, entry in enumerate(islice(entries(output.standing(output.index)), done)):
            task = next(tasks, None)
            if task is None or (entry.number, entry.path, entry.item) != (task.number, task.path, task.item):
                here = _place(task) if task is not None else "nothing"
                says = f"the earlier run had {_place(entry)} where there is {here} now"
            elif entry.digest != digest(task):
                # that others are the same tells that it is not the flags
                says = f"{task.label} has changed since" if n else f"other flags, or another {task.label}, than before"
            else:
                seen(entry)
                continue
            raise InputError("--resume", says, remedy="give what the earlier run had, or name another OUT")
    except msgspec.DecodeError as fault:
        raise InputError(output.index, "not the index of a batch", remedy="name another OUT") from fault
    output.reopen(keep)
    yield from tasks


def _place(one: Task | Entry) -> str:
    return short(one.path) + (f" item {one.item}" if one.item is not None else "")


def _kept(output: Output) -> tuple[int, dict[str, int]]:
    """How many problems are done, and of each file the bytes that belong to them. The index is told first, and
    a solution may be lost: from there on all is done again."""
    index, failures = (_lines(output.standing(path)) for path in (output.index, output.errors))
    solutions = _lines(output.standing(output.out)) if output.lines else None
    keep = dict.fromkeys([output.index, *output.streams], 0)
    done = 0
    for entry in entries(output.standing(output.index)):
        if entry.failed:
            keep[output.errors] += (size := next(failures, 0))
        elif solutions is not None:
            keep[output.out] += (size := next(solutions, 0))
        else:
            size = entry.file is not None and os.path.exists(os.path.join(output.out, entry.file))
        if not size:
            break
        keep[output.index] += next(index)
        done += 1
    return done, keep


def _lines(path: str) -> Iterator[int]:
    """The bytes of each whole line of a file; none where there is no such file."""
    if not os.path.exists(path):
        return
    with open(path, "rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield len(line)
