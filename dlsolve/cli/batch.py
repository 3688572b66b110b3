"""``dlsolve batch PATH... -o OUT`` and ``dlsolve merge OUT... -o ALL``."""

from __future__ import annotations

import re
import signal
import sys
import textwrap
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import msgspec

from dlsolve.batch import items
from dlsolve.batch.merge import merge as join
from dlsolve.batch.output import Error, Output, first_errors
from dlsolve.batch.run import Plan, Tally
from dlsolve.batch.run import batch as run
from dlsolve.batch.work import LIMIT, TIMEOUT, Settings
from dlsolve.batch.workers import cores
from dlsolve.cli import output
from dlsolve.cli.request import read_request
from dlsolve.errors import InputError
from dlsolve.fields.found import found
from dlsolve.render import ENDINGS, Options
from dlsolve.render.progress import Bar
from dlsolve.render.tally import table
from dlsolve.render.words import clean

MOST_JOBS = 256
SHOWN = 5
"""Failures that the summary names with their reasons."""


def batch(paths: Sequence[str] = (), **values: Any) -> int:
    """0 where all are solved, 1 where some failed. Raises `DlsolveError` where nothing can start."""
    out = _out("batch", values)
    asked = values.get("format") or "markdown"
    if asked.lower() not in ENDINGS:
        raise InputError("--format", "not a format of files", found=found(asked),
                         remedy=f"choose one of {', '.join(ENDINGS)}")  # fmt: skip
    request = read_request(None, {**values, "format": asked, "output": None, "answer": None}, [])
    limit = number(values, "limit", LIMIT, whole=True)
    settings = Settings(
        msgspec.structs.replace(request.overlay, limit=int(limit)),
        request.format,
        # the same bytes from any terminal
        Options(detail=request.options.detail, steps_all=request.options.steps_all),
        number(values, "timeout", TIMEOUT),
    )
    plan = Plan(
        paths=list(paths),
        out=out,
        settings=settings,
        # a cluster has as many workers as it has
        jobs=min(MOST_JOBS, int(number(values, "jobs", 0, whole=True))) or (0 if values.get("engine") else cores()),
        resume=bool(values.get("resume")),
        shard=_shard(values.get("shard")),
        fail_fast=bool(values.get("fail_fast")),
    )
    piped = not sys.stderr.isatty()
    bar = Bar(None if piped or plan.shard or "-" in paths else items.count(paths))
    tally = Tally()
    try:
        with terminated(), engine(values.get("engine")) as executor:
            run(plan, executor=executor, tally=tally, watch=lambda t: bar.move(t.solved + t.failed, t.failed, t.before))
    except KeyboardInterrupt:
        bar.stop()
        _report(tally, plan, values, "interrupted; what is finished stays, --resume continues")
        raise
    finally:
        bar.stop()
    _report(tally, plan, values, "stopped at the first failure; --resume continues" if tally.stopped else "")
    return 1 if tally.failed else 0


def merge(outs: Sequence[str] = (), **values: Any) -> int:
    """0 where all of what is joined was solved, 1 where some failed. Raises `DlsolveError`."""
    solved, failed = join(list(outs), _out("merge", values))
    print(f"{solved} solved, {failed} failed", file=sys.stderr)
    return 1 if failed else 0


@contextmanager
def terminated() -> Iterator[None]:
    """SIGTERM (Slurm, Kubernetes) ends a run as Ctrl-C does: cleanly."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def engine(name: str | None) -> AbstractContextManager[Executor | None]:
    """What runs the work; none where processes of this machine do."""
    if name is None:
        return nullcontext()
    from dlsolve.batch.cluster import cluster

    return cluster(name)


def _report(tally: Tally, plan: Plan, values: dict[str, Any], more: str) -> None:
    """The summary on standard error."""
    page = output.page({"no_color": values.get("no_color"), "output": "stderr"})
    page = msgspec.structs.replace(page, ascii=output.ascii_only(sys.stderr))
    rows = [(name, c.solved, c.failed, c.seconds) for name, c in sorted(tally.topics.items())]
    if not rows and more:
        print(more, file=sys.stderr)
        return
    notes = [f"{tally.before} of them done by an earlier run"] if tally.before else []
    sys.stderr.write(table(rows, tally.seconds, notes, page))
    if tally.failed:
        said = [_wrapped(_said(error), page.width) for error in first_errors(plan.out, SHOWN)]
        also = f"and {tally.failed - SHOWN} more, all" if tally.failed > SHOWN else "also"
        print("", *said, f"{also} in {clean(items.text(Output(plan.out, '').errors))}", sep="\n", file=sys.stderr)
    if more:
        print(more, file=sys.stderr)
    sys.stderr.flush()


def _said(error: Error) -> str:
    """A failure in a line."""
    which = "line" if items.is_lines(error.path) else "item"
    item = f" {which} {error.item}" if error.item is not None else ""
    field = f"{error.field}: " if error.field else ""
    value = f" (found {error.value})" if error.value else ""
    what, _, remedy = error.message.partition("; ")
    return clean(f"{error.path}{item}: {field}{what}{value}" + (f"; {remedy}" if remedy else ""))


def _wrapped(line: str, width: int) -> str:
    """As it is in a pipe; within `width` columns on a terminal."""
    if not sys.stderr.isatty():
        return line
    return textwrap.fill(line, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _out(command: str, values: dict[str, Any]) -> str:
    out = values.get("output")
    if not out:
        raise InputError(f"dlsolve {command}", "-o OUT is missing", remedy="name a folder, or a .jsonl file")
    return str(out)


def _shard(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", text.strip())
    if match is None or int(match[1]) > int(match[2]):
        raise InputError("--shard", "not a shard", found=found(text), remedy="write 1/4, 2/4, 3/4, 4/4")
    return int(match[1]), int(match[2])


def number(values: dict[str, Any], key: str, default: float, *, whole: bool = False) -> float:
    """A number of 0 or more. Raises `InputError`."""
    text = values.get(key)
    if text is None:
        return default
    if not re.fullmatch(r"\d{1,9}" if whole else r"\d{1,9}(\.\d{1,3})?", text.strip()):
        raise InputError(f"--{key}", "not a number" if not whole else "not a whole number", found=found(text),
                         remedy=f"write for example --{key} {default or 2:g}")  # fmt: skip
    return float(text)
