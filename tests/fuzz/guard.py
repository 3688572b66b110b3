"""What an input may not do: run code, touch files, print what a terminal acts on, exceed a counted limit."""

from __future__ import annotations

import os
import resource
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.fuzz.corpus import CANARY

MEMORY = 3 << 30
"""Bytes of address space a process may take: a net."""
SECONDS = 60.0
"""Processor time of one input: a net behind the counts."""
SLOW = 0.4
"""An input that takes longer has its calls counted."""
ALLOWED = "\n\u2060"
"""Beside printable characters: the line break, and the joiner that keeps Markdown from making links."""

_FORBIDDEN = ("os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen", "socket.", "ctypes.", "os.remove", "os.rmdir",
              "shutil.", "os.kill", "os.chmod", "ftplib.", "urllib.", "http.")  # fmt: skip
_watching = False


class TooLongError(BaseException):
    """Past the net of the clock; no `except Exception` on the way takes it."""


class CodeRunError(BaseException):
    """Something was done that no input may bring about."""


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if not _watching:
        return
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        path = os.path.abspath(os.fsdecode(args[0])) if isinstance(args[0], str | bytes) else ""
        if path and not path.startswith((tempfile.gettempdir() + os.sep, "/dev/")) and "__pycache__" not in path:
            raise CodeRunError(f"opened {path} for writing")
    elif event in ("compile", "exec") and CANARY in repr(args[0])[:10_000]:
        raise CodeRunError(f"{event} of an input")
    elif event.startswith(_FORBIDDEN):
        raise CodeRunError(event)


def install() -> None:
    """Once a process: the hook, the memory limit."""
    sys.addaudithook(_hook)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard < 0 else min(MEMORY, hard), hard))
    del soft


@contextmanager
def watched(*, files: bool = False) -> Iterator[None]:
    """Nothing of the above may happen in the block (with `files`, commands may remove what they wrote)."""
    global _watching
    _watching = not files

    def late(*_: Any) -> None:
        raise TooLongError(f"more than {SECONDS:g} seconds")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        _watching = False
    assert CANARY not in os.environ, "code of an input was run"


def calls(run: Callable[[], Any]) -> int:
    """How many calls, of Python's functions and of C's, `run` takes: the count of its work."""
    count = 0

    def seen(frame: Any, event: str, arg: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count


def harmless(text: str, *, ansi: bool = False) -> None:
    """Fails where `text` holds what a terminal acts on, or what turns the direction of writing."""
    for line in text.split("\n"):
        if not line.isprintable():
            found = sorted({f"U+{ord(c):04X}" for c in line if not c.isprintable() and c not in ALLOWED})
            assert not found, f"{', '.join(found)} in {line[:120]!r}"
