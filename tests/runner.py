"""Runs a command line inside this process: fast, and the same `main` that the console script calls."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from unittest.mock import patch

from dlsolve.cli import main


@dataclass(frozen=True)
class Result:
    """What a run left: its exit status, standard output, standard error."""

    status: int
    out: str
    err: str


class _Stream(io.TextIOWrapper):
    """A stream in memory that encodes as a pipe does."""

    def __init__(self, data: bytes = b"", encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(data), encoding=encoding, newline="\n")

    def text(self) -> str:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode(self.encoding)


def run(*args: str, stdin: bytes | str = b"", encoding: str = "utf-8") -> Result:
    """One run of ``dlsolve ARGS``, as if piped."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    out, err = _Stream(encoding=encoding), _Stream(encoding=encoding)
    with patch.object(sys, "stdin", _Stream(given)), patch.object(sys, "stdout", out), patch.object(sys, "stderr", err):
        status = main(args)
    return Result(status, out.text(), err.text())
