"""How a batch came out: by topic, solved, failed, time."""

from __future__ import annotations

from collections.abc import Sequence

from dlsolve.render import Options
from dlsolve.render.arrange import Block, Cell, Frame, Paragraph
from dlsolve.render.words import width


def table(rows: Sequence[tuple[str, int, int, float]], seconds: float, notes: Sequence[str], page: Options) -> str:
    """The table as text. `rows`: topic, solved, failed, seconds; `seconds` is what passed on the clock."""
    columns = [[name or "(not read)" for name, *_ in rows]]
    columns += [[str(row[n]) for row in rows] for n in (1, 2)] + [[f"{row[3]:.2f}" for row in rows]]
    if len(rows) != 1:
        solved, failed, work = (sum(column) for column in list(zip(*rows, strict=True))[1:] or [(), (), ()])
        totals = ["all", str(solved), str(failed), f"{work:.2f}"]
        columns = [[*column, total] for column, total in zip(columns, totals, strict=True)]
    columns = [columns[0], *(_right(column) for column in columns[1:])]
    head = ["topic", "solved", "failed", "seconds of work"]
    sizes = [max(width(t) for t in [h, *column]) for h, column in zip(head, columns, strict=True)]
    cells: list[list[Cell]] = [[[(text, "")] for text in row] for row in zip(*columns, strict=True)]
    rules = frozenset({len(rows) - 1}) if len(rows) > 1 else frozenset()
    blocks: list[Block] = [Frame(sizes, cells, head, rules)]
    blocks += [Paragraph([(f"{seconds:.2f} seconds in all", "say")]), *(Paragraph([(n, "say")]) for n in notes)]
    from dlsolve.render.plain import draw

    # `draw` leaves out the line that parts a heading from what stands before it; a table has none
    return draw([Paragraph([("", "")]), *blocks], page)


def _right(column: Sequence[str]) -> list[str]:
    most = max((width(t) for t in column), default=0)
    return [t.rjust(most) for t in column]
