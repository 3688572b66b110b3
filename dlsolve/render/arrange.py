"""A view at a given width -> blocks of finished lines: headings, paragraphs, tables.

The renderers only draw them. Widths are measured here, so that nothing wraps inside a number:
where a row does not fit, its rule, numbers and value are stacked instead of squeezed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from dlsolve.render.layout import Pen, align, flow, fold, natural, pad, width
from dlsolve.render.rows import Maths, Row, Section
from dlsolve.render.view import Table, View

Line = tuple[str, str]
"""A line and its role: ``name``, ``rule``, ``value``, ``say``, ``good``, ``bad`` or none."""
Cell = list[Line]
Sizes = tuple[int, int, int, int, int]
"""Widths on one line of a row's name, rule, numbers, value and sentence."""

HEADERS = {3: ["", "rule, then the numbers", "value"], 4: ["", "rule", "numbers put in", "value"]}
"""Over the first table of steps, by its number of columns."""


class Heading(msgspec.Struct):
    text: str
    level: int = 2


class Paragraph(msgspec.Struct):
    lines: Cell


class Frame(msgspec.Struct):
    """A table: every cell is finished lines no wider than its column. `ruled` asks for a rule
    between rows, `answer` for the answer's frame."""

    widths: list[int]
    rows: list[list[Cell]]
    header: list[str] | None = None
    ruled: bool = False
    answer: bool = False


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
        return Paragraph([(line, role) for line in fold(text, self.room, indent)])

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
        if rule + why > room:
            why = min(why, max(14, room - rule))
            rule = min(rule, room - why)
        return Frame([rule, why], [[self._flow(r, rule), self._fold(w, why)] for r, w in view.rules])

    def _sections(self, sections: Sequence[Section]) -> list[Block]:
        dots = "..." if self.pen.ascii else "…"
        widths = self._shared([[self._measure(row) for row in section.rows] for section in sections])
        out: list[Block] = []
        headed: set[int] = set()
        for section, columns in zip(sections, widths, strict=True):
            if section.title:
                out.append(Heading(section.title))
            if section.missing:
                out.append(self._text(f"{dots} {section.missing} steps not shown; --steps all shows them", "say"))
            if section.rows:
                cells = [self._cells(row, columns) for row in section.rows]
                ruled = any(len(cell) > 1 for row in cells for cell in row)
                header = HEADERS.get(len(columns)) if len(columns) not in headed else None
                headed.add(len(columns))
                out.append(Frame(list(columns), cells, header, ruled))
        return out

    def _measure(self, row: Row) -> Sizes:
        pen = self.pen
        numbers = max((natural(n, pen) for n in row.numbers), default=0)
        return width(row.name), natural(row.rule, pen), numbers, natural(row.value, pen), width(row.say)

    def _shared(self, sections: Sequence[Sequence[Sizes]]) -> list[list[int]]:
        """Column widths of each section; those with as many columns share them where that fits."""
        own = [self._columns(rows) for rows in sections]
        for count in (4, 3, 2):
            alike = [n for n, columns in enumerate(own) if len(columns) == count]
            common = self._columns([size for n in alike for size in sections[n]])
            if len(common) == count:
                for n in alike:
                    own[n] = common
        return own

    def _columns(self, rows: Sequence[Sizes]) -> list[int]:
        """Widths of name, rule, numbers, value; of name, rule and numbers, value; or of name and all."""
        name, rule, numbers, value, say = (max(sizes) for sizes in zip(*rows, strict=True)) if rows else (0,) * 5
        # a column is at least as wide as its heading
        rule, value = max(rule, 4) if rule else 0, max(value, 5) if value else 0
        if name + rule + numbers + value + self.frame(4) <= self.room and rule and numbers and value:
            spare = self.room - self.frame(4) - name - rule - value
            if say <= 3 * spare:  # a long sentence wants a wider column
                return [name, rule, max(min(max(numbers, say), spare), 1), value]
        both = max(rule, numbers)
        if name + both + value + self.frame(3) <= self.room and value:
            spare = self.room - self.frame(3) - name - value
            return [name, max(min(max(both, say), spare), 1), value]
        name = min(name, max(16, self.room // 3))
        room = max(self.room - self.frame(2) - name, 20)
        return [name, min(max(both, value, say, 1), room)]

    def _cells(self, row: Row, widths: Sequence[int]) -> list[Cell]:
        name = self._fold(row.name, widths[0], "name")
        rule = self._flow(row.rule, widths[1], "rule")
        room = widths[2] if len(widths) == 4 else widths[1]
        numbers = [line for n in row.numbers for line in self._flow(n, room)]
        say = self._fold(row.say, room, "say")
        if len(widths) == 4:
            return [name, rule, numbers + say, self._flow(row.value, widths[3], "value")]
        if len(widths) == 3:
            return [name, rule + numbers + say, self._flow(row.value, widths[2], "value")]
        return [name, rule + numbers + self._flow(row.value, widths[1], "value") + say]

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
                out.append(Paragraph([(f"columns {at[0] + 1}{dash}{at[-1] + 1} of {count}", "say")]))
            rows = [[cells[n][i] for n in part] for i in range(len(table.rows))]
            if table.missing:
                dots = "..." if self.pen.ascii else "⋮"
                rows.insert(table.head, [[(dots, "")] for _ in part])
            ruled = any(len(cell) > 1 for row in rows for cell in row)
            out.append(Frame([sizes[n] for n in part], rows, [heads[n] for n in part], ruled))
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
            out += [self._text(f"{name}: printed {told}, here {here}", indent=2) for name, told, here in view.differs]
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
                for line in fold(f"{pad(key, head)}   {says}", self.room, head + 3)
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
            for line in fold(f"{mark} {text}", self.room, width(mark) + 1):
                yield line, "good" if holds else "bad"

    # -- cells ---------------------------------------------------------------------------------

    def _flow(self, pieces: Maths, room: int, role: str = "") -> Cell:
        return [(line, role) for line in flow(pieces, room, self.pen)] if pieces else []

    def _fold(self, text: str, room: int, role: str = "") -> Cell:
        return [(line, role) for line in fold(text, room)] if text else []
