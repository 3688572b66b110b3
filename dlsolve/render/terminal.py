"""The terminal: tables in Rich's boxes, the answer in a frame of its own. Styles read on light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich import box

from dlsolve.render import Options
from dlsolve.render.arrange import Arranger, Block, Cell, Frame, Heading, Paragraph
from dlsolve.render.layout import Pen
from dlsolve.render.view import view
from dlsolve.render.words import pad
from dlsolve.solver import Solution

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.segment import Segment

STYLES = {
    "head": "bold",
    "name": "bold",
    "value": "bold",
    "say": "italic",
    "good": "green",
    "bad": "bold red",
    "rule": "cyan",
}

Line = list[tuple[str, str]]
"""The texts of a finished line, each with its style."""


def render(solution: Solution, options: Options) -> str:
    """The derivation as it stands on a terminal of `options.width` columns."""
    pen = Pen(options.ascii, options.steps_all)
    blocks = Arranger(options.width, lambda n: 3 * n + 1, pen).blocks(view(solution, options))
    return draw(blocks, options)


def draw(blocks: Sequence[Block], options: Options) -> str:
    """Finished `blocks` on a terminal."""
    lines = [line for n, block in enumerate(blocks) for line in _lines(block, first=n == 0, ascii=options.ascii)]
    if not options.color:
        return "".join(["".join([text for text, _ in line]) + "\n" for line in lines])
    return _coloured(lines)


def _lines(block: Block, *, first: bool, ascii: bool) -> Iterator[Line]:
    match block:
        case Heading(text, level):
            if not first:
                yield []
            yield [(text, "bold" if level == 1 else "bold cyan")]
        case Paragraph(lines):
            for line, role in lines:
                yield [(line, STYLES.get(role, ""))]
        case Frame():
            yield from _table(block, box.ASCII if ascii else box.HEAVY if block.answer else box.ROUNDED)


def _table(frame: Frame, shape: box.Box) -> Iterator[Line]:
    """A table of cells that are already laid out: there is nothing left to wrap, cut or measure."""
    sizes = [size + 2 for size in frame.widths]
    yield [(shape.get_top(sizes), "")]
    if frame.header:
        heads: list[Cell] = [[(text, "head")] for text in frame.header]
        yield from _row(heads, frame.widths, shape)
        yield [(shape.get_row(sizes, "head"), "")]
    for n, row in enumerate(frame.rows):
        yield from _row(row, frame.widths, shape)
        if n in frame.rules and n < len(frame.rows) - 1:
            yield [(shape.get_row(sizes, "row"), "")]
    yield [(shape.get_bottom(sizes), "")]


def _row(row: Sequence[Cell], widths: Sequence[int], shape: box.Box) -> Iterator[Line]:
    for i in range(max(1, *map(len, row))):
        line: Line = []
        for cell, size in zip(row, widths, strict=True):
            text, role = cell[i] if i < len(cell) else ("", "")
            line += [(shape.mid_vertical, ""), (f" {pad(text, size)} ", STYLES.get(role, ""))]
        line[0] = (shape.mid_left, "")
        yield [*line, (shape.mid_right, "")]


# -- colours ------------------------------------------------------------------------------------


def _coloured(lines: Sequence[Line]) -> str:
    """`lines` with their styles as Rich writes them; imported only here, as it takes as long as a solution."""
    from io import StringIO

    from rich.console import Console

    out = StringIO()
    console = Console(file=out, force_terminal=True, color_system="standard", legacy_windows=False)
    console.print(_Lines(lines), crop=False)
    return out.getvalue()


class _Lines:
    """Finished lines for Rich."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        from rich.segment import Segment

        for line in self.lines:
            for text, style in line:
                yield Segment(text, console.get_style(style) if style else None)
            yield Segment.line()
