"""Flags: those common to all solving, and those that derive from a topic's `Problem` and conventions.

A flag is plain data here; `dlsolve.cli.group` hands it to the command-line library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dlsolve.conventions import CONVENTIONS
from dlsolve.fields import describe, specs
from dlsolve.topic import Topic

GIVEN, CONVENTION = "given_", "convention_"
PANEL_GIVEN, PANEL_CONVENTIONS, PANEL_COMMON = "Given", "Conventions", "How to solve and print"


@dataclass(frozen=True)
class Flag:
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


COMMON: tuple[Flag, ...] = (
    Flag(("--format",), "format", "terminal (tables), plain (text) or json", "FORMAT"),
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
STEPS = Flag(("--steps",), "steps", "all: leave nothing of a long run out", "all", multiple=True)


def spelled(name: str) -> str:
    """A field's name as a flag: ``--batch-size`` (``--batch_size`` is read as the same)."""
    return "--" + name.replace("_", "-")


def topic_flags(topic: Topic[Any], args: Sequence[str]) -> list[Flag]:
    """The flags of one topic; of a field family, those that `args` uses (and the first, for help)."""
    out: list[Flag] = []
    own: set[str] = set()
    for spec in specs(topic.problem).values():
        every = (spec.name, *spec.field.aliases)
        about = _about(spec)
        if spec.field.family:
            for number in _members(every, args):
                names = tuple(dict.fromkeys(spelled(f"{n}{number}") for n in every))
                about_one = f"{about} ({spec.name}1, {spec.name}2, …)" if number == 1 else about
                out.append(_field(names, f"{spec.name}{number}", about_one, spec.hint, hidden=number > 1))
            continue
        names = tuple(dict.fromkeys(spelled(n) for n in every))
        if spec.name == "steps":
            # one spelling, two uses: a count is the field, "all" is how much is printed
            own.add("steps")
            about += '; or "all": leave nothing of a long run out'
            out.append(Flag(names, STEPS.key, about, "WHOLE|all", multiple=True, panel=PANEL_GIVEN))
            continue
        out.append(_field(names, spec.name, about, spec.hint))
    if any(s.field.csv for s in specs(topic.problem).values()):
        out += [
            Flag(("--data",), "data", "samples from a CSV file with a header row", "FILE.csv", panel=PANEL_GIVEN),
            Flag(
                ("--target",),
                "target_column",
                "its target column (the last one if not said)",
                "COLUMN",
                panel=PANEL_GIVEN,
            ),
        ]
    taken = {name for flag in out for name in flag.names}
    for key, choice in topic.conventions.items():
        about = f"{CONVENTIONS[key].meaning} (default {choice})"
        # a field of that name goes first; the convention is then set in the file
        if spelled(key) in taken:
            continue
        out.append(
            Flag((spelled(key),), CONVENTION + key, about, "|".join(CONVENTIONS[key].choices), panel=PANEL_CONVENTIONS)
        )
    common = [f for f in (*COMMON, STEPS) if f.key not in own]
    return [*out, *(f for f in common if not taken & set(f.names))]


def _field(names: tuple[str, ...], field: str, about: str, hint: Any, *, hidden: bool = False) -> Flag:
    if hint is bool:
        return Flag(
            names[:1], GIVEN + field, about, switch=True, off="--no-" + names[0][2:], panel=PANEL_GIVEN, hidden=hidden
        )
    return Flag(names, GIVEN + field, about, describe.metavar(hint), panel=PANEL_GIVEN, hidden=hidden)


def _about(spec: Any) -> str:
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


def given_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields among parsed flags."""
    given = {k[len(GIVEN) :]: v for k, v in values.items() if k.startswith(GIVEN) and v is not None}
    for one in values.get(STEPS.key) or ():
        if one.strip().lower() != "all":
            given["steps"] = one
    return given


def conventions_of(values: Mapping[str, Any]) -> dict[str, str]:
    """The conventions among parsed flags."""
    return {k[len(CONVENTION) :]: v for k, v in values.items() if k.startswith(CONVENTION) and v is not None}


def place(path: str, flags: Mapping[str, str]) -> str | None:
    """A JSON path in words of the command line, where a flag gave the field: ``$.given.W1[0][1]`` ->
    ``--W1, row 1, column 2``. None where the file gave it."""
    match = re.fullmatch(r"\$\.(given|conventions|symbols)\.(\w+)(.*)", path, re.DOTALL)
    if match is None:
        return None
    section, name, rest = match.groups()
    flag = flags.get(f"{section}.{name}") or (flags.get(section) if section == "symbols" else None)
    if flag is None:
        return None
    at = re.fullmatch(r"\[(\d+)\](?:\[(\d+)\])?", rest)
    if at is None:
        return flag + rest
    if at[2] is None:
        return f"{flag}, entry {int(at[1]) + 1}"
    return f"{flag}, row {int(at[1]) + 1}, column {int(at[2]) + 1}"
