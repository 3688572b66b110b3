"""The terminal: Rich tables, the answer in a frame of its own. Styles read on light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO

from rich import box
from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.table import Table

from dlsolve.render import Options
from dlsolve.render.arrange import Arranger, Block, Cell, Frame, Heading, Paragraph
from dlsolve.render.layout import Pen
from dlsolve.render.view import view
from dlsolve.render.words import pad
from dlsolve.solver import Solution

STYLES = {"name": "bold", "value": "bold", "say": "italic", "good": "green", "bad": "bold red", "rule": "cyan"}


def render(solution: Solution, options: Options) -> str:
    """The derivation as it stands on a terminal of `options.width` columns."""
    pen = Pen(options.ascii, options.steps_all)
    blocks = Arranger(options.width, lambda n: 3 * n + 1, pen).blocks(view(solution, options))
    return draw(blocks, options)


def draw(blocks: Sequence[Block], options: Options) -> str:
    """Finished `blocks` on a terminal."""
    widest = max((sum(b.widths) + 3 * len(b.widths) + 1 for b in blocks if isinstance(b, Frame)), default=0)
    out = StringIO()
    console = Console(
        file=out, width=max(options.width, widest), force_terminal=options.color, no_color=not options.color,
        color_system="standard" if options.color else None, markup=False, emoji=False, highlight=False,
        legacy_windows=False,
    )  # fmt: skip
    for n, block in enumerate(blocks):
        match block:
            case Heading(text, level):
                style = "bold" if level == 1 else "bold cyan"
                console.print(Lines([("", ""), (text, style)] if n else [(text, style)]))
            case Paragraph(lines):
                console.print(Lines([(line, STYLES.get(role, "")) for line, role in lines]))
            case Frame():
                console.print(_table(block, ascii=options.ascii))
    return out.getvalue()


class Lines:
    """Finished lines, each in one style: Rich has nothing to wrap, cut or measure, and no markup to read."""

    def __init__(self, lines: Sequence[tuple[str, str]]) -> None:
        self.lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for line, style in self.lines:
            yield Segment(line, console.get_style(style) if style else None)
            yield Segment.line()


def _table(frame: Frame, *, ascii: bool) -> Table:
    """A Rich table of cells that are already filled to their columns."""
    shape = box.ASCII if ascii else box.HEAVY if frame.answer else box.ROUNDED
    table = Table(
        box=shape, show_header=frame.header is not None, safe_box=False, padding=0, pad_edge=False,
    )  # fmt: skip
    for n, size in enumerate(frame.widths):
        head = Lines([(f" {pad(frame.header[n], size)} ", "bold")]) if frame.header else ""
        table.add_column(head, width=size + 2, no_wrap=True)
    for n, row in enumerate(frame.rows):
        cells = (_filled(cell, size) for cell, size in zip(row, frame.widths, strict=True))
        table.add_row(*cells, end_section=n in frame.rules)
    return table


def _filled(cell: Cell, size: int) -> Lines:
    return Lines([(f" {pad(line, size)} ", STYLES.get(role, "")) for line, role in cell])
