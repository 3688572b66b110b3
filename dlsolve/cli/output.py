"""Where text goes: standard output, a file written whole or not at all, one line of error."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Mapping
from typing import IO, Any

from dlsolve.errors import InputError, visible
from dlsolve.render import Detail, Options


def prepare_streams() -> None:
    """Let a stream that cannot write a symbol replace it, instead of failing midway; one that was closed
    (``>&-``) swallows what it is given."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
    for stream in (sys.stdout, sys.stderr):
        encoding = str(getattr(stream, "encoding", None) or "utf-8").lower()
        if not encoding.startswith("utf") and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def ascii_only(stream: IO[str] | None = None) -> bool:
    """Whether the output cannot hold mathematical symbols."""
    encoding = getattr(stream or sys.stdout, "encoding", None) or "utf-8"
    return not str(encoding).lower().replace("-", "").startswith("utf")


def complain(message: str) -> None:
    """One line on standard error."""
    line = visible(" ".join(message.split()))
    try:
        print(f"error: {line}", file=sys.stderr, flush=True)
    except OSError:
        close_quietly()


def close_quietly() -> None:
    """After a closed pipe: let the interpreter flush into nothing."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        pass


def write(text: str, path: str | None) -> None:
    """`text` to standard output, or whole to `path` (``-`` is standard output). Raises `InputError`."""
    if path is None or path == "-":
        sys.stdout.write(text)
        return
    try:
        _write_whole(text, path)
    except (OSError, ValueError) as fault:
        reason = (getattr(fault, "strerror", None) or "not a file name").lower()
        raise InputError(f"-o {path}", reason, remedy="name a file that can be written") from fault


def check_target(path: str | None, sources: list[str]) -> None:
    """Refuse, before any work, an output that is a folder, has none, or is a problem file. Raises `InputError`."""
    if path is None or path == "-":
        return
    where = f"-o {path}"
    if os.path.isdir(path):
        raise InputError(where, "a folder, not a file", remedy="name a file in it")
    folder = os.path.dirname(path) or "."
    if not path or not os.path.isdir(folder):
        raise InputError(where, "there is no such folder", found=folder, remedy="make the folder first")
    for source in sources:
        if source != "-" and os.path.exists(path) and os.path.exists(source) and os.path.samefile(path, source):
            raise InputError(where, "would overwrite the problem", remedy="name another file")


def _write_whole(text: str, path: str) -> None:
    """Into a new file beside it first, then in its place; devices and pipes are written to."""
    target = os.path.realpath(path)
    mode = os.stat(target).st_mode if os.path.exists(target) else None
    if mode is not None and not stat.S_ISREG(mode):
        with open(target, "w", encoding="utf-8") as file:
            file.write(text)
        return
    part = f"{target}.{os.getpid()}.part"
    try:
        with open(part, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(part, stat.S_IMODE(mode))
        os.replace(part, target)
    except BaseException:
        if os.path.exists(part):
            os.unlink(part)
        raise


def page(values: Mapping[str, Any], *, detail: Detail = "all", steps_all: bool = False) -> Options:
    """How wide, in colour or not, the output is to be written."""
    target = values.get("output")
    to_terminal = target in (None, "-") and sys.stdout.isatty()
    width = shutil.get_terminal_size((80, 24)).columns if to_terminal or "COLUMNS" in os.environ else 80
    return Options(
        width=max(40, width),
        detail=detail,
        steps_all=steps_all,
        color=to_terminal
        and not values.get("no_color")
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb",
        ascii=target in (None, "-") and ascii_only(),
    )
