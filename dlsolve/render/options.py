"""The options of a multiple choice for people: the right one, and what leads to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlsolve.render import Options
from dlsolve.render.arrange import Block, Frame, Heading, Paragraph
from dlsolve.render.report import REMARKS, Say, folded, joined
from dlsolve.render.words import fold, width

if TYPE_CHECKING:
    from dlsolve.checker.choices import Choice, Option


def blocks(choice: Choice, options: Options) -> list[Block]:
    """`choice` as blocks of `options.width` columns."""
    say = Say(options.ascii)
    about = "~" if options.ascii else "≈"
    sign = "=" if choice.exact else about
    symbol = say.text(choice.name if options.ascii else choice.symbol)
    out: list[Block] = [Heading(f"{symbol} {sign} {say.number(choice.value)}", 1)]
    rows = [[say.text(o.label), say.text(o.text), _verdict(o, say), _why(o, say)] for o in choice.options]
    sizes = [max(width(r[n]) for r in rows) for n in range(3)]
    sizes[1] = min(sizes[1], options.width // 3)
    sizes.append(max(10, min(options.width - sum(sizes) - 13, max(width(r[3]) for r in rows))))
    if not any(r[3] for r in rows):
        rows, sizes = [r[:3] for r in rows], sizes[:3]
    cells = [[[(line, "") for line in folded(t, s)] for t, s in zip(row, sizes, strict=True)] for row in rows]
    tall = any(len(c) > 1 for row in cells for c in row)
    head = ["", "option", "", "what leads to it"][: len(sizes)]
    sizes = [max(s, width(h)) for s, h in zip(sizes, head, strict=True)]
    out.append(Frame(sizes, cells, head, frozenset(range(len(cells) - 1)) if tall else frozenset()))
    out.append(Paragraph([("", "")]))
    out.append(Paragraph([(line, "value") for line in fold(_sentence(choice, say, symbol), options.width)]))
    return out


def _verdict(option: Option, say: Say) -> str:
    mark = ("+", "x") if say.ascii else ("✓", "✗")
    if option.right:
        return f"{mark[0]} right"
    return f"{mark[1]} wrong" if option.fits == "no" else "? coarser"


def _why(option: Option, say: Say) -> str:
    if option.unreadable:
        return say.text(f"cannot be read: {option.unreadable}")
    if option.right:
        return "cut off, not rounded" if option.fits == "truncated" else ""
    if option.fits != "no":
        return "fits too, with fewer digits" if option.fits == "yes" else "cut off; another option is rounded"
    said = option.slips or [REMARKS.get(r, "") for r in option.remarks if r in ("sign", "power_of_ten", "percent_sign")]
    return say.text(", or ".join(filter(None, said)))


def _sentence(choice: Choice, say: Say, symbol: str) -> str:
    labels = [say.text(o.label) for o in choice.right]
    value = say.number(choice.value)
    near = ""
    if choice.nearest is not None:
        near = (
            f" The nearest is {say.text(choice.nearest.label)} ({say.text(choice.nearest.text)}), off by {choice.off}."
        )
    if not labels:
        return f"No option is right: {symbol} is {value}.{near}"
    return f"Right: {joined(labels)}.{near}"


__all__ = ["blocks"]
