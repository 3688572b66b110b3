"""Plain text: no ANSI codes, columns aligned with spaces. For pipes, files and e-mail."""

from __future__ import annotations

from collections.abc import Sequence

from dlsolve.render import Options
from dlsolve.render.arrange import Arranger, Block, Frame, Heading, Paragraph
from dlsolve.render.layout import Pen
from dlsolve.render.view import view
from dlsolve.render.words import pad, width
from dlsolve.solver import Solution

INDENT = "  "
GAP = "   "


def render(solution: Solution, options: Options) -> str:
    """The derivation as plain text."""
    pen = Pen(options.ascii, options.steps_all)
    blocks = Arranger(options.width, lambda n: len(INDENT) + len(GAP) * (n - 1), pen).blocks(view(solution, options))
    return draw(blocks, options)


def draw(blocks: Sequence[Block], options: Options) -> str:
    """Finished `blocks` as plain text."""
    line = "-" if options.ascii else "─"
    out: list[str] = []
    for block in blocks:
        match block:
            case Heading(text, level):
                out += ["", text, (("=" if options.ascii else "═") if level == 1 else line) * width(text)]
            case Paragraph(lines):
                out += [text for text, _ in lines]
            case Frame():
                out += _table(block, line)
    return "\n".join(text.rstrip() for text in out[1:]) + "\n"


def _table(frame: Frame, line: str) -> list[str]:
    out: list[str] = []
    if frame.header:
        heads = [pad(h, w) for h, w in zip(frame.header, frame.widths, strict=True)]
        out.append(INDENT + GAP.join(heads))
        out.append(
            INDENT + GAP.join((line if h.strip() else " ") * w for h, w in zip(heads, frame.widths, strict=True))
        )
    for n, row in enumerate(frame.rows):
        if n - 1 in frame.rules:
            out.append("")
        for i in range(max((len(cell) for cell in row), default=0)):
            texts = [cell[i][0] if i < len(cell) else "" for cell in row]
            out.append(INDENT + GAP.join(pad(t, w) for t, w in zip(texts, frame.widths, strict=True)))
    return out
