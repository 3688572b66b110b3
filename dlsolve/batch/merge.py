"""Shards joined: the outputs of several runs become the output of one, in the order of the input."""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator, Sequence

from dlsolve.batch.items import text
from dlsolve.batch.output import PART, Entry, Output, check_out, entries, is_lines, unwritable
from dlsolve.errors import InputError


def merge(outs: Sequence[str], into: str) -> tuple[int, int]:
    """Join `outs` (all folders, or all .jsonl files) into `into`, which must be new: the bytes are those
    of a run that was not divided. Returns how many are solved and failed. Raises `InputError`."""
    check_out(into, outs)
    for out in outs:
        if is_lines(out) != is_lines(into):
            remedy = "folders are joined into a folder, .jsonl files into a .jsonl file"
            raise InputError(text(out), f"not of the kind of -o {text(into)}", remedy=remedy)
        if not os.path.exists(Output(out, "").index):
            if os.path.exists(Output(out, "").index + PART):
                raise InputError(text(out), "not finished", remedy="run it again with --resume")
            remedy = "name folders or files that batch has written"
            raise InputError(text(out), "not the output of a batch", remedy=remedy)
    whole = Output(into, _ending(outs))
    whole.begin()
    solved = failed = 0
    complete = False
    try:
        for entry, line, source in _joined(outs):
            whole.enter(entry)
            if entry.failed:
                failed += 1
                whole.append(whole.errors, line)
            else:
                solved += 1
                if whole.lines:
                    whole.append(into, line)
                elif entry.file is not None:
                    if os.path.lexists(os.path.join(into, entry.file)):
                        remedy = "merge shards of one run; other runs stay in folders of their own"
                        raise InputError(entry.file, "stands in two of them", remedy=remedy)
                    with open(os.path.join(source, entry.file), "rb") as file:
                        whole.write(entry.file, file.read())
        complete = True
    except FileNotFoundError as fault:
        raise InputError(text(str(fault.filename)), "is missing", remedy="run its batch with --resume") from fault
    except OSError as fault:
        raise unwritable(into, fault) from fault
    finally:
        whole.close(complete=complete)
    return solved, failed


def _ending(outs: Sequence[str]) -> str:
    """The ending of the solutions' files."""
    for out in outs:
        for entry in entries(Output(out, "").index):
            if entry.file is not None:
                return os.path.splitext(entry.file)[1].removeprefix(".")
    # no solution in any of them: only the list of pages tells the format
    pages = any(os.path.exists(os.path.join(out, "index.md")) for out in outs if not is_lines(out))
    return "md" if pages else ""


def _joined(outs: Sequence[str]) -> Iterator[tuple[Entry, bytes, str]]:
    """(entry, its line of solution or error, OUT) of all, by number; the same problem once."""
    last: Entry | None = None
    streams = [_one(n, out) for n, out in enumerate(outs)]
    for _, _, entry, line, out in heapq.merge(*streams, key=lambda found: found[:2]):
        if last is None or (entry.number, entry.digest, entry.path) != (last.number, last.digest, last.path):
            yield entry, line, out
        last = entry


def _one(place: int, out: str) -> Iterator[tuple[int, int, Entry, bytes, str]]:
    paths = Output(out, "")
    solutions = open(out, "rb") if paths.lines else None  # noqa: SIM115 - read along with the index
    try:
        with open(paths.errors, "rb") as errors:
            for entry in entries(paths.index):
                line = errors.readline() if entry.failed else solutions.readline() if solutions else b""
                yield entry.number, place, entry, line, out
    finally:
        if solutions:
            solutions.close()
