"""What an earlier run has done: the whole lines of its index, and as much of its other files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

import msgspec

from dlsolve.batch.items import Task
from dlsolve.batch.output import PART, Entry, Output, entries
from dlsolve.errors import InputError


def resume(output: Output) -> None:
    """Take up the run that stands in `output`, or begin one. Raises `InputError`."""
    if not output.exists():
        output.begin()
        return
    for path in [output.index, *output.streams]:
        if not os.path.exists(path + PART) and os.path.exists(path):
            os.replace(path, path + PART)
    solved = failed = 0
    try:
        size = at = 0
        last: Entry | None = None
        for last in entries(output.index + PART):
            solved += not last.failed
            failed += last.failed
        if last is not None and last.file is not None and not os.path.exists(os.path.join(output.out, last.file)):
            solved -= 1  # the index was told, the file was not written any more
        size = _size_of(output.index + PART, solved + failed)
        keep = {output.index: size, output.errors: _size_of(output.errors + PART, failed)}
        if output.lines:
            at = _size_of(output.out + PART, solved)
            keep[output.out] = at
    except msgspec.DecodeError as fault:
        raise InputError(output.index + PART, "not the index of a batch", remedy="name another OUT") from fault
    output.reopen(keep)


def _size_of(path: str, lines: int) -> int:
    """The bytes of the first `lines` lines of a file; none where there is no such file."""
    if not os.path.exists(path):
        return 0
    size = 0
    with open(path, "rb") as file:
        for _ in range(lines):
            size += len(file.readline())
    return size


def remaining(
    tasks: Iterable[Task], output: Output, digest: Callable[[Task], str], seen: Callable[[Entry], None]
) -> Iterator[Task]:
    """The tasks that the index does not hold yet; `seen` is told of those that it does.

    Raises `InputError` where the index is of other problems or settings.
    """
    remedy = "give the same problems and flags, or name another OUT"
    tasks = iter(tasks)
    for entry in entries(output.index + PART):
        task = next(tasks, None)
        same = task is not None and (entry.number, entry.path, entry.item) == (task.number, task.path, task.item)
        if task is None or not same or entry.digest != digest(task):
            what = task.label if task is not None else entry.path
            raise InputError("--resume", f"the earlier run was not of this: {what} differs", remedy=remedy)
        seen(entry)
    yield from tasks
