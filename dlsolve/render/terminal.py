"""The terminal: Rich tables, the answer in a frame of its own. Styles read on light and dark."""

from __future__ import annotations

from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dlsolve.render import Options
from dlsolve.render.arrange import Arranger, Cell, Frame, Heading, Paragraph
from dlsolve.render.layout import Pen, pad
from dlsolve.render.view import view
from dlsolve.solver import Solution

STYLES = {"name": "bold", "value": "bold", "say": "italic", "good": "green", "bad": "bold red", "rule": "cyan"}


def render(solution: Solution, options: Options) -> str:
    """The derivation as it stands on a terminal of `options.width` columns."""
    pen = Pen(options.ascii, options.steps_all)
    blocks = Arranger(options.width, lambda n: 3 * n + 1, pen).blocks(view(solution, options))
    widest = max((sum(b.widths) + 3 * len(b.widths) + 1 for b in blocks if isinstance(b, Frame)), default=0)
    out = StringIO()
    console = Console(
        file=out, width=max(options.width, widest), force_terminal=options.color, no_color=not options.color,
        color_system="standard" if options.color else None, markup=False, emoji=False, highlight=False,
        legacy_windows=False, soft_wrap=False,
    )  # fmt: skip
    for n, block in enumerate(blocks):
        match block:
            case Heading(text, level):
                if n:
                    console.print()
                console.print(Text(text, "bold" if level == 1 else "bold cyan"), no_wrap=True, overflow="ignore")
            case Paragraph(lines):
                console.print(_text(lines), no_wrap=True, overflow="ignore")
            case Frame():
                console.print(_table(block, ascii=options.ascii))
    return out.getvalue()


def _table(frame: Frame, *, ascii: bool) -> Table:
    """A Rich table of cells that are already filled to their columns: it has nothing to measure."""
    shape = box.ASCII if ascii else box.HEAVY if frame.answer else box.ROUNDED
    table = Table(
        box=shape, show_header=frame.header is not None, show_lines=frame.ruled, safe_box=False, padding=0,
        pad_edge=False,
    )  # fmt: skip
    for n, size in enumerate(frame.widths):
        head = Text(f" {pad(frame.header[n], size)} ") if frame.header else ""
        table.add_column(head, width=size + 2, no_wrap=True, overflow="ignore")
    for row in frame.rows:
        table.add_row(*(_filled(cell, size) for cell, size in zip(row, frame.widths, strict=True)))
    return table


def _filled(cell: Cell, size: int) -> Text:
    return _text([(f" {pad(line, size)} ", role) for line, role in cell])


def _text(cell: Cell) -> Text:
    if len(cell) == 1:
        return Text(cell[0][0], STYLES.get(cell[0][1], ""), no_wrap=True, overflow="ignore", end="")
    out = Text(no_wrap=True, overflow="ignore", end="")
    for n, (line, role) in enumerate(cell):
        out.append(("\n" if n else "") + line, STYLES.get(role))
    return out
