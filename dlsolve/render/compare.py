"""Optimisers side by side: one table with a column each, for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from dlsolve.numbers.precision import precision
from dlsolve.numbers.show import Digits, Shown
from dlsolve.readings import as_listed, exact_text, json_value, rows_of, shown_value
from dlsolve.render import Options
from dlsolve.render.arrange import Block, Cell, Frame, Heading, Paragraph
from dlsolve.render.report import Say, folded
from dlsolve.render.words import unseen_escaped, width

if TYPE_CHECKING:
    from dlsolve.compare import Column

MOST_ROWS = 30
"""Of a longer run the middle is left out (`--steps all` shows it)."""
BORDERS = 4


def blocks(found: Sequence[Column], lowest: Sequence[str], options: Options) -> list[Block]:
    """The comparison as blocks of `options.width` columns; `lowest` names the columns that end lowest."""
    say = Say(options.ascii)
    ran = [c for c in found if c.solution is not None]
    out: list[Block] = [Heading("Optimisers side by side", 1)]
    if ran:
        start = {_text(c, c.at(0), say) for c in ran}
        steps = max(c.steps for c in ran)
        out.append(Paragraph([(f"{steps} step{'s' * (steps != 1)} from {' or '.join(sorted(start))}", "")]))
        out += [Heading("Parameter after each step"), *_table(ran, [[c.at(k) for k in range(c.steps + 1)] for c in ran],
                                                             say, options)]  # fmt: skip
        if any(c.losses for c in ran):
            out += [Heading("f after each step"), *_table(ran, [c.losses for c in ran], say, options)]
        out += [Heading("At the end"), _ends(ran, lowest, say)]
    for c in found:
        if c.fault:
            out.append(Paragraph([(line, "bad") for line in folded(say.text(f"{c.name}: {c.fault}"), options.width)]))
    return out


def _table(ran: Sequence[Column], values: Sequence[Sequence[Any]], say: Say, options: Options) -> list[Block]:
    """A row a step, a column an optimiser; in several tables where one is too wide."""
    count = max(len(v) for v in values)
    shown = list(range(count))
    if count > MOST_ROWS and not options.steps_all:
        shown = [*shown[: MOST_ROWS - 6], -1, *shown[-5:]]
    dots = "..." if say.ascii else "…"
    first = ["step", *(dots if k < 0 else str(k) for k in shown)]
    texts = [
        [c.name, *(dots if k < 0 else _text(c, column[k], say) if k < len(column) else "" for k in shown)]
        for c, column in zip(ran, values, strict=True)
    ]
    room = options.width - width(first[0]) - BORDERS
    parts: list[list[list[str]]] = [[]]
    used = 0
    for text in texts:
        size = max(width(t) for t in text) + BORDERS
        if parts[-1] and used + size > room:
            parts.append([])
            used = 0
        parts[-1].append(text)
        used += size
    return [_frame([first, *part]) for part in parts if part]


def _ends(ran: Sequence[Column], lowest: Sequence[str], say: Say) -> Block:
    """The final values, the lowest one marked."""
    some = any(c.losses for c in ran)
    rows = [["optimiser", *(c.name for c in ran)], ["parameter", *(_text(c, c.at(c.steps), say) for c in ran)]]
    if some:
        rows.append(["f", *(_text(c, c.losses[-1], say) if c.losses else "" for c in ran)])
        rows.append(["", *("lowest" if c.name in lowest else "" for c in ran)])
    return _frame(rows)


def _frame(columns: Sequence[Sequence[str]]) -> Frame:
    sizes = [max(width(t) for t in column) for column in columns]
    cells: list[list[Cell]] = [[[(text, "")] for text in row] for row in zip(*(c[1:] for c in columns), strict=True)]
    return Frame(sizes, cells, [c[0] for c in columns])


def _text(column: Column, value: Any, say: Say) -> str:
    """A number, or a column as (1, 2)."""
    if value is None:
        return "none" if say.ascii else "—"
    assert column.solution is not None
    with precision(column.solution.trace.bits):
        shown = shown_value(value, column.solution.digits)
    if isinstance(shown, Shown):
        return say.number(shown.text)
    entries = [say.number(e.text) for row in shown for e in row]
    return entries[0] if len(entries) == 1 else f"({', '.join(entries)})"


def as_json(found: Sequence[Column], lowest: Sequence[str]) -> str:
    """The comparison as JSON: by optimiser its parameter and the function after each step."""
    document = {"dlsolve": 1, "optimizers": [_json(c) for c in found], "lowest": list(lowest)}
    return unseen_escaped(msgspec.json.format(msgspec.json.encode(document), indent=2).decode()) + "\n"


def _json(c: Column) -> dict[str, Any]:
    if c.solution is None:
        return {"name": c.name, "topic": c.topic, "fault": c.fault}
    trace = c.solution.trace
    with precision(trace.bits):
        end = c.at(c.steps)
        return {
            "name": c.name,
            "topic": c.topic,
            "given": c.given,
            "conventions": dict(trace.used),
            "arith": c.solution.arith,
            "parameter": c.parameter,
            "values": [json_value(c.at(k)) for k in range(c.steps + 1)],
            "f": [None if v is None else json_value(v) for v in c.losses],
            "final": {"value": json_value(end), "exact": exact_text(end), "shown": _listed(end, c.solution.digits)},
        }


def _listed(value: Any, digits: Digits) -> Any:
    shown = shown_value(value, digits)
    if isinstance(shown, Shown):
        return shown.text
    return as_listed([[e.text for e in row] for row in shown]) if rows_of(value) else None
