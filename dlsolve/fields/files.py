"""The bytes of a file that a user names, so many at most; a pipe that nobody writes into is not waited for."""

from __future__ import annotations

import os
import stat
import time

from dlsolve.errors import InputError
from dlsolve.fields.found import short

WAIT = 5.0
"""Seconds that the other end of a named pipe has to be opened."""
_BLOCK = 1 << 16


def is_pipe(path: str) -> bool:
    """Whether `path` is a named pipe, which can be read once only."""
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def bytes_of(path: str, most: int) -> bytes:
    """The first `most` bytes of a file. Raises `OSError`, `ValueError` for what is no file name, and
    `InputError` for a pipe without a writer."""
    if not is_pipe(path):
        with open(path, "rb") as file:
            return file.read(most)
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(handle, "rb", buffering=0) as pipe:
        first = _first(handle, path)
        os.set_blocking(handle, True)
        parts, size = [first], len(first)
        while size < most and (block := pipe.read(min(_BLOCK, most - size))):
            parts.append(block)
            size += len(block)
        return b"".join(parts)


def _first(handle: int, path: str) -> bytes:
    """What a pipe holds first; nothing where its writer has yet to write."""
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        try:
            if block := os.read(handle, _BLOCK):
                return block
        except BlockingIOError:  # somebody has opened it to write
            return b""
        time.sleep(0.01)
    raise InputError(short(path), "a pipe that nobody writes into", remedy="name a file, or write - and pipe into it")
