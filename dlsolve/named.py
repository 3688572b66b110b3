"""Answer names -> values of a run, and what a solution says of them: asked, printed, drifted."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from dlsolve.errors import DlsolveError, RuleError
from dlsolve.numbers.precision import precision
from dlsolve.readings import rows_of
from dlsolve.solver import Solution
from dlsolve.trace import Key, Trace

_ENTRY = re.compile(r"(?P<name>.+)\[(?P<i>\d{1,6})(?:,\s*(?P<j>\d{1,6}))?\]")


def keys_by_name(trace: Trace) -> dict[str, Key]:
    """Every named value of `trace` under its answer name, and under its other names."""
    own = {trace.name(key): key for key in trace.env if not (isinstance(key, str) and key[:1] in "#@")}
    for base, family in trace.env.families.items():
        own |= {trace.name((base, member)): (base, member) for member in family.members}
    return {**trace.aliases, **own}


def find(trace: Trace, name: str, known: Mapping[str, Key] | None = None) -> Any:
    """The value called `name` (``theta_3``, ``W1_2[2,1]``), as handed on; None where there is none."""
    known = known or keys_by_name(trace)
    if name in known:
        return trace.env[known[name]]
    match = _ENTRY.fullmatch(name)
    if match is None or match["name"] not in known:
        return None
    rows = rows_of(trace.env[known[match["name"]]])
    at = [int(match["i"]) - 1] + ([int(match["j"]) - 1] if match["j"] else [])
    if rows is None or min(at) < 0:
        return None
    if len(at) == 1:
        flat = [e for row in rows for e in row]
        return flat[at[0]] if at[0] < len(flat) else None
    return rows[at[0]][at[1]] if at[0] < len(rows) and at[1] < len(rows[0]) else None


def on_another_way(stems: Collection[str], name: str) -> bool:
    """Whether a run that branches otherwise may come to `name` (the fourth update of three); `stems`
    are those of the names that this run has."""
    if "[" in name and not _ENTRY.fullmatch(name):
        return False
    return stem(name) != name and stem(name) in stems


def stem(name: str) -> str:
    """An answer name without its counts and entries: ``theta`` of ``theta_3``."""
    return name.partition("[")[0].rstrip("0123456789").rstrip("_")


def answers(solution: Solution) -> list[tuple[str, Key | None, Any]]:
    """(answer name, key, value) of the answers: the asked ones, then those the topic declares.

    The key is None for a single entry of a matrix. A name that the run does not hold is left out.
    """
    trace = solution.trace
    out: list[tuple[str, Key | None, Any]] = []
    asked = solution.meta.get("asked") or ()
    if asked:
        known = keys_by_name(trace)
        for name in asked:
            value = find(trace, str(name), known)
            if value is not None:
                out.append((str(name), known.get(str(name)), value))
    seen = {name for name, _, _ in out}
    shown = {key for _, key, _ in out}
    for key in trace.answers:
        name = trace.name(key)
        if name not in seen and key not in shown:
            seen.add(name)
            out.append((name, key, held(trace, key)))
    return out


def held(trace: Trace, key: Key) -> Any:
    """What the run holds under `key` (an entry of a matrix too): the value handed on; None for nothing."""
    try:
        return trace.env[key]
    except RuleError:
        return None


class Drift(msgspec.Struct, frozen=True):
    """An answer carried as by hand beside the same answer in full, and their difference."""

    name: str
    key: Key
    carried: Any
    exact: Any
    gap: Any


def drift(solution: Solution) -> list[Drift]:
    """What rounding by hand has cost, for each answer; empty where nothing was carried."""
    if solution.exact is None:
        return []
    out = []
    with precision(solution.exact.bits):
        for name, key, carried in answers(solution):
            exact = solution.exact.env.get(key) if key is not None else None
            if exact is None or isinstance(exact, str) or isinstance(carried, str):
                continue
            try:
                out.append(Drift(name, key, carried, exact, carried - exact))  # type: ignore[arg-type]
            except (TypeError, DlsolveError):
                continue
    return out


__all__ = ["Drift", "answers", "drift", "find", "held", "keys_by_name", "on_another_way", "stem"]
