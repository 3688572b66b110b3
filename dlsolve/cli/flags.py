"""Flags: those common to all solving, and those that derive from a topic's `Problem` and conventions.

A flag is plain data here; `dlsolve.cli.group` hands it to the command-line library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dlsolve.conventions import CONVENTIONS
from dlsolve.fields import Typed, describe, specs
from dlsolve.fields.specs import Spec
from dlsolve.topic import Topic

GIVEN, CONVENTION = "given_", "convention_"
PANEL_GIVEN, PANEL_CONVENTIONS, PANEL_COMMON = "Given", "Conventions", "How to solve and print"
PANEL_MARKING = "Marking"
PANEL_BATCH = "Batch"
PANEL_GRADE = "A class"


class Flag(msgspec.Struct, frozen=True):
    """One option: its spellings, the key its value comes under, and what help says."""

    names: tuple[str, ...]
    key: str
    help: str
    metavar: str = "TEXT"
    switch: bool = False
    off: str = ""
    """The spelling that says no, for a switch with two sides."""
    multiple: bool = False
    panel: str = PANEL_COMMON
    hidden: bool = False
    field: str = ""
    """The field of the problem that it gives."""


COMMON: tuple[Flag, ...] = (
    Flag(("--format",), "format", "terminal (tables), plain (text), markdown, json or python", "FORMAT"),
    Flag(("-o", "--output"), "output", "write to this file instead, whole or not at all", "FILE"),
    Flag(("--digits",), "digits", "digits to show: 5, 5sf (figures) or 4dp (places)", "DIGITS"),
    Flag(("--carry",), "carry", "round every named value as by hand: 4sf or 4dp", "DIGITS"),
    Flag(("--arith",), "arith", "auto, exact or float64", "ARITH"),
    Flag(("--detail",), "detail", "all, key (tables and answers) or answer", "DETAIL"),
    Flag(("--course",), "course", "conventions, symbols and digits of a class", "FILE"),
    Flag(("--symbols",), "symbols", 'symbols to print: "lr=α, theta=w"', "NAME=SYMBOL…"),
    Flag(("--no-color", "--no-colour"), "no_color", "no colours (as with NO_COLOR)", switch=True),
    Flag(("--debug",), "debug", "show where dlsolve itself failed", switch=True),
)
MARKING: tuple[Flag, ...] = (
    Flag(
        ("-a", "--answer"),
        "answer",
        "an answer to mark: -a theta_3=-0.0286",
        "NAME=VALUE",
        multiple=True,
        panel=PANEL_MARKING,
    ),
    Flag(("--reveal",), "reveal", "none (verdicts alone), first (slip) or all", "REVEAL", panel=PANEL_MARKING),
    Flag(("--decimal-comma",), "decimal_comma", "answers are written 0,5", switch=True, panel=PANEL_MARKING),
)
BATCH: tuple[Flag, ...] = (
    Flag(("--jobs",), "jobs", "processes (default: the cores there are)", "N", panel=PANEL_BATCH),
    Flag(("--engine",), "engine", "a Dask cluster instead of processes here", "dask://HOST:PORT", panel=PANEL_BATCH),
    Flag(("--resume",), "resume", "continue the run that stands in OUT", switch=True, panel=PANEL_BATCH),
    Flag(("--shard",), "shard", "only part i of n; `dlsolve merge` joins the parts", "i/n", panel=PANEL_BATCH),
    Flag(("--fail-fast",), "fail_fast", "stop at the first failure", switch=True, panel=PANEL_BATCH),
    Flag(("--limit",), "limit", "named values a problem may work out (250000)", "COUNT", panel=PANEL_BATCH),
    Flag(("--timeout",), "timeout", "seconds a problem may take (120; 0: any)", "SECONDS", panel=PANEL_BATCH),
)
GRADE: tuple[Flag, ...] = (
    Flag(("--format",), "format", "csv, long-csv, json, gradescope or canvas", "FORMAT", panel=PANEL_GRADE),
    Flag(("--report",), "report", "pages to read: one a student, one for the teacher", "DIR", panel=PANEL_GRADE),
    Flag(("--diff",), "diff", "an earlier output of grade: who moves, and why", "OLD", panel=PANEL_GRADE),
    Flag(("--canvas-export",), "canvas_export", "a gradebook exported from Canvas", "FILE", panel=PANEL_GRADE),
    Flag(("--column",), "column", "its column that is filled", "NAME", panel=PANEL_GRADE),
    Flag(("--decimal-comma",), "decimal_comma", "answers are written 0,5", switch=True, panel=PANEL_GRADE),
)
TABLE: tuple[Flag, ...] = (
    Flag(
        ("--data",), "data", "a table with a header row: a CSV or Markdown file, or pasted", "FILE", panel=PANEL_GIVEN
    ),
    Flag(("--target",), "target_column", "its target column (else the last one)", "COLUMN", panel=PANEL_GIVEN),
)
STEPS = Flag(("--steps",), "steps", "all: leave nothing of a long run out", "all", multiple=True)


def spelled(name: str) -> str:
    """A field's name as a flag: ``--batch-size`` (``--batch_size`` is read as the same)."""
    return "--" + name.replace("_", "-")


def topic_flags(topic: Topic[Any], args: Sequence[str]) -> list[Flag]:
    """The flags of one topic; of a field family, those that `args` uses (and the first, for help)."""
    known = specs(topic.problem)
    table = TABLE if any(s.field.csv for s in known.values()) else ()
    taken = {n for f in (*COMMON, *table) for n in f.names} | {spelled(n) for n in known}
    out: list[Flag] = []
    for spec in known.values():
        numbers = _members((spec.name, *spec.field.aliases), args) if spec.field.family else [None]
        for number in numbers:
            out.append(_field(spec, number, taken))
    out += table
    fields = {name for flag in out for name in flag.names}
    for key, choice in topic.conventions.items():
        about, choices = f"{CONVENTIONS[key].meaning} (default {choice})", "|".join(CONVENTIONS[key].choices)
        # --momentum 0.9 is a field, as in the libraries; its form is --momentum-form
        name = spelled(key) + ("-form" if spelled(key) in fields else "")
        out.append(Flag((name,), CONVENTION + key, about, choices, panel=PANEL_CONVENTIONS))
    return [*out, *(f for f in (*MARKING, *COMMON, STEPS) if not fields & set(f.names))]


def _field(spec: Spec, number: int | None, taken: set[str]) -> Flag:
    end = "" if number is None else str(number)
    names = [spelled(spec.name + end)]
    names += [n for n in (spelled(a + end) for a in spec.field.aliases) if n not in taken and n not in names]
    about = _about(spec)
    if number is not None:
        about += f" ({spec.name}1, {spec.name}2, …)"
    if len(names) > 1:
        about += f" (also {', '.join(names[1:])})"
    key, field, hidden = GIVEN + spec.name + end, spec.name + end, (number or 1) > 1
    if STEPS.names[0] in names:
        # one spelling, two uses: a count is the field, "all" is how much is printed
        about += '; or "all": leave nothing of a long run out'
        return Flag(tuple(names), STEPS.key, about, "WHOLE|all", multiple=True, panel=PANEL_GIVEN, field=field)
    if spec.hint is bool:
        off = "--no-" + names[0][2:]
        return Flag((names[0],), key, about, switch=True, off=off, panel=PANEL_GIVEN, field=field)
    return Flag(tuple(names), key, about, describe.metavar(spec.hint), panel=PANEL_GIVEN, hidden=hidden, field=field)


def _about(spec: Spec) -> str:
    parts = [spec.field.doc or describe.kind(spec.hint)]
    if spec.field.bounds:
        parts.append(spec.field.bounds)
    if default := describe.default(spec):
        parts.append(f"default {default}")
    return ", ".join(parts)


def _members(names: Sequence[str], args: Sequence[str]) -> list[int]:
    """The numbers of a family that a command line uses: 1 always."""
    found = {1}
    for arg in args:
        match = re.match(r"--(.+?)([1-9][0-9]{0,2})(=.*)?$", arg, re.DOTALL)
        if match and match[1].replace("-", "_") in names:
            found.add(int(match[2]))
    return sorted(found)


def given_of(values: Mapping[str, Any], flags: Sequence[Flag]) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields among parsed flags, and by ``given.lr`` the flag that gave each."""
    given: dict[str, Any] = {}
    said: dict[str, str] = {}
    for flag in flags:
        value = values.get(flag.key)
        if flag.key == STEPS.key:
            value = next((v for v in reversed(value or ()) if v.strip().lower() != "all"), None)
        if flag.field and value is not None:
            given[flag.field] = value if isinstance(value, bool) else Typed(value)
            said[f"given.{flag.field}"] = flag.names[0]
    return given, said


def conventions_of(values: Mapping[str, Any], flags: Sequence[Flag]) -> tuple[dict[str, str], dict[str, str]]:
    """The conventions among parsed flags, and the flag that chose each."""
    used = [f for f in flags if f.key.startswith(CONVENTION) and values.get(f.key) is not None]
    keys = {f: f.key.removeprefix(CONVENTION) for f in used}
    return {keys[f]: values[f.key] for f in used}, {f"conventions.{keys[f]}": f.names[0] for f in used}


_PATH = re.compile(r"\$\.(given|conventions|symbols)\.(\w+)(.*)", re.DOTALL)


def place(path: str, said: Mapping[str, str], *, every: bool = False) -> str | None:
    """A JSON path in words of the command line, where a flag gave the value: ``$.given.W1[0][1]`` ->
    ``--W1, row 1, column 2``. None where the file gave it; with `every` all values are flags."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    section, name, rest = match.groups()
    flag = said.get(f"{section}.{name}") or (spelled(name) if every and section == "given" else None)
    if flag is None:
        return None
    at = re.fullmatch(r"\[(\d+)\](?:\[(\d+)\])?", rest)
    if at is None:
        return flag + rest
    if at[2] is None:
        return f"{flag}, entry {int(at[1]) + 1}"
    return f"{flag}, row {int(at[1]) + 1}, column {int(at[2]) + 1}"
