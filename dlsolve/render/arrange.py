"""A view at a given width -> blocks of finished lines: headings, paragraphs, tables.

The renderers only draw them. Widths are measured here, so that nothing wraps inside a number:
where a row does not fit, its rule, numbers and value are stacked instead of squeezed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import msgspec

from dlsolve.render.columns import HEADERS, columns_of
from dlsolve.render.layout import Pen, align, flow, natural
from dlsolve.render.rows import Maths, Row, Section
from dlsolve.render.view import Table, View
from dlsolve.render.words import fold, pad, prose, width

Line = tuple[str, str]
"""A line and its role: ``name``, ``rule``, ``value``, ``say``, ``good``, ``bad`` or none."""
Cell = list[Line]

SET_IN = "  "
LEAST_WHY = 22
"""The reason beside a rule has this room, however long the rules are."""


class Heading(msgspec.Struct):
    text: str
    level: int = 2


class Paragraph(msgspec.Struct):
    lines: Cell


class Frame(msgspec.Struct):
    """A table: every cell is finished lines; one that could not be broken widens its column. `rules`
    are the rows below which a line is drawn; `answer` asks for the answer's frame."""

    widths: list[int]
    rows: list[list[Cell]]
    header: list[str] | None = None
    rules: frozenset[int] = frozenset()
    answer: bool = False

    def __post_init__(self) -> None:
        for row in self.rows:
            self.widths = [
                max([size, *(width(line) for line, _ in c)]) for size, c in zip(self.widths, row, strict=True)
            ]


Block = Heading | Paragraph | Frame


class Arranger:
    """Arranges for `room` columns; `frame(n)` is what the borders of n columns take."""

    def __init__(self, room: int, frame: Callable[[int], int], pen: Pen) -> None:
        self.room = max(24, room)
        self.frame = frame
        self.pen = pen

    def blocks(self, view: View) -> list[Block]:
        """All blocks of `view`, in reading order."""
        out: list[Block] = [Heading(view.title, 1)]
        if view.topic.casefold() not in view.title.casefold():
            out.append(Paragraph([(view.topic, "")]))
        for line in view.statement:
            out.append(self._text(line))
        if view.given:
            out += [Heading("Given"), self._given(view)]
        if view.rules:
            out += [Heading("Rules"), self._rules(view)]
        out += self._sections(view.sections)
        for table in view.tables:
            out += self._table(table)
        if view.answers:
            out += [Heading("Answer"), self._answer(view)]
        out += self._closing(view)
        return out

    # -- parts ---------------------------------------------------------------------------------

    def _text(self, text: str, role: str = "", indent: int = 0) -> Paragraph:
        return Paragraph([(line, role) for line in prose(text, self.room, indent)])

    def _given(self, view: View) -> Frame:
        room = self.room - self.frame(3)
        symbol = min(max(width(s) for s, _, _ in view.given), max(12, room // 3))
        value = max(natural(v, self.pen) for _, _, v in view.given)
        meaning = max(max(width(m) for _, m, _ in view.given), 1)
        if symbol + meaning + value > room:
            value = min(value, max(room - symbol - meaning, room - symbol - 20, 16))
            meaning = max(min(meaning, room - symbol - value), 12)
        rows = [[self._fold(s, symbol, "name"), self._fold(m, meaning), self._flow(v, value)] for s, m, v in view.given]
        return Frame([symbol, meaning, value], rows)

    def _rules(self, view: View) -> Frame:
        room = self.room - self.frame(2)
        rule = max(natural(r, self.pen) for r, _ in view.rules)
        why = max(width(w) for _, w in view.rules)
        if not why:
            rule = min(rule, room + 3)
            return Frame([rule], [[self._flow(r, rule)] for r, _ in view.rules])
        cells = [self._flow(r, min(rule, room - min(why, LEAST_WHY))) for r, _ in view.rules]
        rule = max(width(line) for cell in cells for line, _ in cell)
        why = min(why, max(room - rule, LEAST_WHY))
        return Frame([rule, why], [[cell, self._fold(w, why)] for cell, (_, w) in zip(cells, view.rules, strict=True)])

    def _sections(self, sections: Sequence[Section]) -> list[Block]:
        dots = "..." if self.pen.ascii else "…"
        widths = columns_of(sections, self.room, self.frame, self.pen)
        out: list[Block] = []
        headed = False
        for section, columns in zip(sections, widths, strict=True):
            if section.title:
                out.append(Heading(section.title))
            if section.missing:
                out.append(self._text(f"{dots} {section.missing} steps not shown; --steps all shows them", "say"))
            if section.rows:
                cells = [self._cells(row, columns) for row in section.rows]
                tall = any(len(cell) > 1 for row in cells for cell in row)
                rules = _parted(section.rows) if tall else frozenset()
                heads = None if headed else HEADERS.get(len(columns))
                if heads and any(width(head) > size for head, size in zip(heads, columns, strict=True)):
                    heads = None
                out.append(Frame(list(columns), cells, heads, rules))
                headed = True
        return out

    def _cells(self, row: Row, widths: Sequence[int]) -> list[Cell]:
        name = self._fold(row.name, widths[0], "name")
        room = widths[2] if len(widths) == 4 else widths[1]
        say = [(line, "say") for line in prose(row.say, room)] if row.say else []
        if len(widths) == 4:
            rule = self._flow(row.rule, widths[1], "rule")
            numbers = [line for n in row.numbers for line in self._flow(n, room)]
            return [name, rule, numbers + say, self._flow(row.value, widths[3], "value")]
        both = self._stacked(row, room)
        if len(widths) == 3:
            return [name, both + say, self._flow(row.value, widths[2], "value")]
        value = self._flow(row.value, widths[1], "value")
        if len(both) == len(value) == 1 and not say:
            line = f"{both[0][0]} {value[0][0]}"
            if width(line) <= widths[1]:
                return [name, [(line, "")]]
        return [name, both + say + value]

    def _stacked(self, row: Row, room: int) -> Cell:
        """Rule and numbers in one column: lines of equations below each other, the state that an
        operation leaves behind its rule, or below it and set in."""
        rule = self._flow(row.rule, room, "rule")
        if not rule or not row.numbers or str(row.rule[0]).startswith("= "):
            return rule + [line for n in row.numbers for line in self._flow(n, room)]
        numbers = [line for n in row.numbers for line in self._flow(n, room - len(SET_IN))]
        if len(rule) == len(numbers) == 1 and width(rule[0][0]) + width(numbers[0][0]) + 2 <= room:
            return [(f"{rule[0][0]}  {numbers[0][0]}", "")]
        return rule + [(SET_IN + line, role) for line, role in numbers]

    def _table(self, table: Table) -> list[Block]:
        """The table of the run; parted by columns, the first repeated, where it is too wide."""
        if not table.rows:
            return []
        out: list[Block] = [Heading(table.title)] if table.title else []
        count = max(len(table.header), *(len(row) for row in table.rows))
        columns = [[row[n] if n < len(row) else [] for row in table.rows] for n in range(count)]
        heads = [table.header[n] if n < len(table.header) else "" for n in range(count)]
        cells = [self._column(column) for column in columns]
        sizes = [
            max(width(heads[n]), max((width(line) for cell in cells[n] for line, _ in cell), default=0))
            for n in range(count)
        ]
        for part in self._parts(sizes):
            if len(part) < count:
                dash = "-" if self.pen.ascii else "–"
                at = part[1:] if part[0] == 0 and len(part) > 1 and part[1] > 1 else part
                which = f"columns {at[0] + 1}{dash}{at[-1] + 1}" if len(at) > 1 else f"column {at[0] + 1}"
                out.append(Paragraph([(f"{which} of {count}", "say")]))
            rows = [[cells[n][i] for n in part] for i in range(len(table.rows))]
            if table.missing:
                dots = "..." if self.pen.ascii else "⋮"
                rows.insert(table.head, [[(dots, "")] for _ in part])
            out.append(Frame([sizes[n] for n in part], rows, [heads[n] for n in part], between(rows)))
        if table.missing:
            dots = "..." if self.pen.ascii else "…"
            out.append(self._text(f"{dots} {table.missing} rows not shown; --steps all shows them", "say"))
        return out

    def _column(self, column: Sequence[Maths]) -> list[Cell]:
        texts = [str(c[0]) if len(c) == 1 and isinstance(c[0], str) else None for c in column]
        plain = [t for t in texts if t is not None]
        numeric = len(plain) == len(texts) and all(t[:1].isdigit() or t[:1] in "−-" or not t for t in plain)
        if numeric and not any(set(t) & set("<>≤≥") for t in plain):
            return [[(line, "")] for line in align(plain)]
        most = max(20, self.room // 2)
        return [self._flow(c, most) for c in column]

    def _parts(self, sizes: Sequence[int]) -> list[list[int]]:
        """Column numbers of each part that fits the room."""
        parts: list[list[int]] = []
        part: list[int] = []
        for n in range(len(sizes)):
            more = [*part, n]
            if len(part) > 1 and sum(sizes[k] for k in more) + self.frame(len(more)) > self.room:
                parts.append(part)
                more = [0, n]
            part = more
        return [*parts, part]

    def _answer(self, view: View) -> Frame:
        room = self.room - self.frame(1)
        lines: Cell = []
        for name, value in view.answers:
            lines += self._flow([f"{name} ", *value], room, "value")
        return Frame([max(width(line) for line, _ in lines)], [[lines]], answer=True)

    def _closing(self, view: View) -> list[Block]:
        out: list[Block] = []
        if view.drift:
            header = ["", "carried", "exact", "drift"]
            columns = [self._column(column) for column in zip(*(row[1:] for row in view.drift), strict=True)]
            names: list[Cell] = [[(row[0], "name")] for row in view.drift]
            cells = [names, *columns]
            sizes = [
                max(width(h), *(width(line) for cell in c for line, _ in cell))
                for h, c in zip(header, cells, strict=True)
            ]
            rows = [list(row) for row in zip(*cells, strict=True)]
            out += [Heading("What the rounding cost"), Frame(sizes, rows, header)]
        if view.differs:
            out.append(Heading("Where the source differs"))
            out += [self._text(f"{name}: printed {told}, {here}", indent=2) for name, told, here in view.differs]
        if view.checks:
            out += [Heading("Checks"), Paragraph(list(self._checks(view)))]
        if view.remarks:
            out.append(Heading("Remarks"))
            out += [self._text(remark, indent=2) for remark in view.remarks]
        if view.conventions:
            out.append(Heading("Conventions"))
            head = max(width(key) for key, _ in view.conventions)
            out.append(Paragraph([
                (line, "") for key, says in view.conventions
                for line in prose(f"{pad(key, head)}   {says}", self.room, head + 3)
            ]))  # fmt: skip
        out += [self._text(text, "say") for text in view.arithmetic]
        if self.pen.elided:
            dots = "..." if self.pen.ascii else "⋯"
            out.append(self._text(f"{dots} stands for entries not shown; --steps all shows them", "say"))
        return out

    def _checks(self, view: View) -> Iterable[Line]:
        good, bad = ("ok", "FAILS") if self.pen.ascii else ("✓", "✗")
        for holds, text in view.checks:
            mark = good if holds else bad
            for line in prose(f"{mark} {text}", self.room, width(mark) + 1):
                yield line, "good" if holds else "bad"

    # -- cells ---------------------------------------------------------------------------------

    def _flow(self, pieces: Maths, room: int, role: str = "") -> Cell:
        return [(line, role) for line in flow(pieces, room, self.pen)] if pieces else []

    def _fold(self, text: str, room: int, role: str = "") -> Cell:
        return [(line, role) for line in fold(text, room)] if text else []


def between(rows: Sequence[Sequence[Cell]]) -> frozenset[int]:
    """A line below every row but the last, where a row takes several lines."""
    tall = any(len(cell) > 1 for row in rows for cell in row)
    return frozenset(range(len(rows) - 1)) if tall else frozenset()


def _parted(rows: Sequence[Row]) -> frozenset[int]:
    """The rows below which a line is drawn: a named value stands apart, with the sentence that it
    leads to; operations on the way to one stand together."""
    pairs = enumerate(pairwise(rows))
    return frozenset(n for n, (row, after) in pairs if after.name or (after.rule and (row.name or not row.rule)))
