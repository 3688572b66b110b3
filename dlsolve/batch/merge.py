"""Shards joined: the outputs of several runs become the output of one, in the order of the input."""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator, Sequence

import msgspec

from dlsolve.batch.items import is_lines, text
from dlsolve.batch.output import PART, Entry, Output, check_out, entries, unwritable
from dlsolve.errors import InputError
from dlsolve.fields.found import found, short


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
    _check(outs)
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


def _check(outs: Sequence[str]) -> None:
    """Whether `outs` are all the shards of one run. Raises `InputError`."""
    due = 0
    last: Entry | None = None
    for entry, out in heapq.merge(*map(_entries, outs), key=lambda pair: pair[0].number):
        if last is not None and entry.number == last.number:
            if (entry.digest, entry.path, entry.item) != (last.digest, last.path, last.item):
                remedy = "merge the shards of one run; other runs stay in places of their own"
                raise InputError(text(out), f"not of the same run: it has another {short(entry.path)}", remedy=remedy)
            continue
        if entry.number != due:
            missing = f"{entry.number - due} problem{'s' if entry.number > due + 1 else ''}"
            raise InputError("dlsolve merge", f"{missing} before {short(entry.path)} missing: no OUT has them",
                             remedy="name the OUT of every shard")  # fmt: skip
        due, last = entry.number + 1, entry


def _entries(out: str) -> Iterator[tuple[Entry, str]]:
    try:
        for entry in entries(Output(out, "").index):
            inside = os.path.normpath(entry.file or "x")
            if os.path.isabs(inside) or inside.split(os.sep)[0] == os.pardir:
                raise InputError(text(out), "its index names files outside", found=found(entry.file),
                                 remedy="run its batch again")  # fmt: skip
            yield entry, out
    except msgspec.DecodeError as fault:
        raise InputError(text(out), "its index cannot be read", remedy="run its batch again") from fault


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
    last = -1
    for entry, line, out in heapq.merge(*map(_one, outs), key=lambda pair: pair[0].number):
        if entry.number != last:
            yield entry, line, out
        last = entry.number


def _one(out: str) -> Iterator[tuple[Entry, bytes, str]]:
    paths = Output(out, "")
    solutions = open(out, "rb") if paths.lines else None  # noqa: SIM115 - read along with the index
    try:
        with open(paths.errors, "rb") as errors:
            for entry in entries(paths.index):
                line = errors.readline() if entry.failed else solutions.readline() if solutions else b""
                yield entry, line, out
    finally:
        if solutions:
            solutions.close()
