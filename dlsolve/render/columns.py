"""How wide the columns of the steps are: one layout for a whole document."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dlsolve.render.layout import Pen, natural
from dlsolve.render.rows import Row, Section
from dlsolve.render.words import width

HEADERS = {3: ["", "rule, then the numbers", "value"], 4: ["", "rule", "numbers put in", "value"]}
"""Over the first table of steps, by its number of columns, where they are wide enough."""
_FOUR, _THREE = (width(heads[-2]) for heads in (HEADERS[4], HEADERS[3]))

Sizes = tuple[int, int, int, int, int]
"""Widths on one line of a row's name, rule, numbers, value and sentence."""


def columns_of(sections: Sequence[Section], room: int, frame: Callable[[int], int], pen: Pen) -> list[list[int]]:
    """Column widths of each section, in `room` columns of which `frame(n)` go into n borders.

    A document has one layout: name, rule, numbers, value where every section fits that; else rule
    and numbers in one column; else the value below them too. Sections share widths where they can.
    """
    sizes = [[_measure(row, pen) for row in section.rows] for section in sections]
    every = [size for rows in sizes for size in rows]
    for layout in (_four, _three):
        common = layout(every, room, frame)
        own = [common] * len(sizes) if common else [layout(rows, room, frame) for rows in sizes]
        if all(own):
            return [columns for columns in own if columns]
    common = _three(every, room, frame, fold=True) or _two(every, room, frame)
    return [common] * len(sizes)


def _measure(row: Row, pen: Pen) -> Sizes:
    numbers = max((natural(n, pen) for n in row.numbers), default=0)
    return width(row.name), natural(row.rule, pen), numbers, natural(row.value, pen), width(row.say)


def _most(rows: Sequence[Sizes]) -> Sizes:
    """The widest of each part of a row."""
    name, rule, numbers, value, say = (max(sizes) for sizes in zip(*rows, strict=True)) if rows else (0,) * 5
    return name, rule, numbers, value, say


def _four(rows: Sequence[Sizes], room: int, frame: Callable[[int], int]) -> list[int] | None:
    """Widths of name, rule, numbers and value; None where a row would not fit on its lines."""
    name, rule, numbers, value, say = _most(rows)
    rule, value = max(rule, 4), max(value, 5)  # a column is at least as wide as its heading
    spare = room - frame(4) - name - rule - value
    if numbers > spare or say > 3 * spare or spare < 1:  # a long sentence wants a wider column
        return None
    return [name, rule, max(min(max(numbers, say, _FOUR), spare), 1), value]


def _three(rows: Sequence[Sizes], room: int, frame: Callable[[int], int], *, fold: bool = False) -> list[int] | None:
    """Widths of name, rule with numbers, and value; with `fold`, a long line may take two."""
    name, rule, numbers, value, say = _most(rows)
    value = max(value, 5)
    spare = room - frame(3) - name - value
    both = max(rule, numbers)
    if spare < 1 or (both > spare and not (fold and spare >= 3 * room // 5)):
        return None
    return [name, max(min(max(both, say, _THREE), spare), 1), value]


def _two(rows: Sequence[Sizes], room: int, frame: Callable[[int], int]) -> list[int]:
    """Widths of name and of all the rest."""
    name, rule, numbers, value, say = _most(rows)
    name = min(name, max(16, room // 3))
    return [name, min(max(rule, numbers, value, say, 1), max(room - frame(2) - name, 20))]
