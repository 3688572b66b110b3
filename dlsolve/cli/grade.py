"""``dlsolve grade PROBLEMS SUBMISSIONS -o OUT``."""

from __future__ import annotations

import os
import sys
from typing import Any

import msgspec

from dlsolve.batch import items
from dlsolve.batch.work import LIMIT, TIMEOUT
from dlsolve.batch.workers import cores
from dlsolve.cli import output
from dlsolve.cli.batch import MOST_JOBS, engine, number, terminated
from dlsolve.cli.request import choice
from dlsolve.errors import InputError
from dlsolve.fields.hostile import decode, parse_json
from dlsolve.grade.outputs import FORMATS, Plan
from dlsolve.grade.run import Progress
from dlsolve.grade.run import grade as run
from dlsolve.grade.work import Settings
from dlsolve.problem import course_of, read_bytes
from dlsolve.render.progress import Bar


def grade(problems: str, submissions: str, **values: Any) -> int:
    """0 where every submission was marked, 1 where some could not be. Raises `DlsolveError` where nothing
    can start."""
    plan = _plan(problems, submissions, values)
    bar = Bar(_papers(problems, submissions) if sys.stderr.isatty() else None)
    progress = Progress()
    try:
        with terminated(), engine(values.get("engine")) as executor:
            outcome = run(
                plan, executor=executor, progress=progress, watch=lambda p: bar.move(p.done, p.failed, p.before)
            )
    except KeyboardInterrupt:
        bar.stop()
        print(f"interrupted: {progress.done} marked so far are kept, --resume continues", file=sys.stderr)
        raise
    finally:
        bar.stop()
    from dlsolve.render.grades import changes, summary

    page = output.page({"no_color": values.get("no_color"), "output": "stderr"})
    page = msgspec.structs.replace(page, ascii=output.ascii_only(sys.stderr))
    sys.stderr.write(summary(outcome, page))
    sys.stderr.flush()
    if outcome.changes is not None:
        output.write(changes(outcome.changes, output.page(values | {"output": None})), None)
    return 0 if outcome.all_marked else 1


def _plan(problems: str, submissions: str, values: dict[str, Any]) -> Plan:
    out = values.get("output")
    if not out or out == "-":
        raise InputError("dlsolve grade", "-o OUT is missing", remedy="name a file: -o grades.csv")
    ending = os.path.splitext(out)[1].lower()
    style = choice(values, "format", FORMATS, "json" if ending == ".json" else "csv")
    path = values.get("course")
    course = read_bytes(path) if path is not None else b""
    if path is not None:
        course_of(parse_json(decode(course, path), path), path)
    return Plan(
        problems=problems,
        submissions=submissions,
        out=str(out),
        format=style,
        settings=Settings(
            course, path or "", bool(values.get("decimal_comma")), int(number(values, "limit", LIMIT, whole=True)),
            number(values, "timeout", TIMEOUT),
        ),
        jobs=min(MOST_JOBS, int(number(values, "jobs", 0, whole=True))) or (0 if values.get("engine") else cores()),
        resume=bool(values.get("resume")),
        report=values.get("report"),
        old=values.get("diff"),
        export=values.get("canvas_export"),
        column=values.get("column"),
    )  # fmt: skip


def _papers(problems: str, submissions: str) -> int | None:
    """About how many papers there are, a file of a student's own taken for all; None where that is not seen at once."""
    if not os.path.isdir(submissions):
        return None
    several = items.count([problems])
    return sum(len(files) * (several if n == 0 else 1) for n, (_, _, files) in enumerate(os.walk(submissions)))
