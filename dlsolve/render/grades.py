"""How a class came out, in short, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flint import fmpq

from dlsolve.numbers.show import decimal
from dlsolve.render import Options
from dlsolve.render.arrange import Block, Cell, Frame, Heading, Paragraph
from dlsolve.render.plain import draw
from dlsolve.render.report import amount, folded
from dlsolve.render.words import ascii_text, clean, prose, width

if TYPE_CHECKING:
    from dlsolve.grade.run import Outcome
    from dlsolve.grade.tally import Tally

MOST_PROBLEMS, MOST_SLIPS, MOST_SHARED, MOST_SAID = 20, 6, 3, 12
MOST_WRITTEN = 40
LEAST = 12
"""Columns that a column of words keeps."""


def summary(outcome: Outcome, page: Options) -> str:
    """Students, submissions, marks; each problem; the slips of most students; what is to be looked at."""
    tally = outcome.tally
    blocks: list[Block] = [Paragraph([("", "")]), *_lines(_counts(outcome), page)]
    blocks += _problems(tally, page)
    slips = [s for s in tally.histogram() if s.students][:MOST_SLIPS]
    if slips:
        rows = [[str(s.students), s.says, s.problem] for s in slips]
        blocks += [Heading("Slips"), _frame(["students", "slip", "problem"], rows, page, "rll")]
    blocks += [Paragraph([("", "")]), *_lines("\n".join(_said(outcome)), page)]
    return draw(blocks, page)


def _counts(outcome: Outcome) -> str:
    tally, progress = outcome.tally, outcome.progress
    parts = [many(tally.students, "student"), f"{tally.handed_in} handed in", f"{tally.marked} marked"]
    parts += [f"{tally.blank} blank"] if tally.blank else []
    if tally.unmarked:
        parts.append(f"{tally.unmarked} not marked")
    mean = f"; {mean_of(tally)}" if tally.mean is not None else ""
    out = [", ".join(parts) + mean]
    if progress.before:
        late = f", {progress.late} came since" if progress.late else ""
        out.append(f"{progress.before} taken over from an earlier run{late}")
    return "\n".join(out)


def _problems(tally: Tally, page: Options) -> list[Block]:
    rows = []
    for problem in tally.problems.values():
        step = max(problem.steps.values(), key=lambda s: s.counts["wrong"], default=None)
        wrong = step.counts["wrong"] if step is not None else 0
        hardest = f"{step.symbol}: {wrong} of {step.written} wrong" if step is not None and wrong else ""
        mean = "" if problem.mean is None else rounded(problem.mean)
        rows.append([problem.id, str(problem.marked), mean, amount(problem.possible), hardest])
    if not rows:
        return []
    head = ["problem", "marked", "mean", "of", "hardest step"]
    out: list[Block] = [Paragraph([("", "")]), _frame(head, rows[:MOST_PROBLEMS], page, "lrrrl")]
    if len(rows) > MOST_PROBLEMS:
        out.append(Paragraph([(f"and {len(rows) - MOST_PROBLEMS} problems more", "")]))
    return out


def _said(outcome: Outcome) -> list[str]:
    out = []
    for s in outcome.tally.shared()[:MOST_SHARED]:
        written = s.written if len(s.written) <= MOST_WRITTEN else s.written[: MOST_WRITTEN - 1] + "…"
        out.append(f"{s.students} students wrote {written} for {s.symbol} ({s.problem}); no slip explains it")
    out += [f"{id_}: not marked, {fault.message}" for id_, fault in list(outcome.unsolved.items())[:MOST_SAID]]
    out += outcome.said[:MOST_SAID]
    if len(outcome.said) > MOST_SAID:
        out.append(f"and {len(outcome.said) - MOST_SAID} more like these")
    out += [f"what is to be looked at stands in {outcome.errors}"] if outcome.errors is not None else []
    out.append(f"{outcome.progress.seconds:.2f} seconds in all")
    return out


def changes(lines: Sequence[str], page: Options) -> str:
    """Who moves, folded to the page."""
    out = []
    for line in lines:
        margin = " " * (len(line) - len(line.lstrip()))
        folds = prose(_plain(line, page), page.width - len(margin), 2) if line else [""]
        out += [f"{margin}{part}".rstrip() for part in folds]
    return "\n".join(out) + "\n"


def many(count: int, what: str) -> str:
    """``1 student``, ``30 students``."""
    return f"{count} {what}" + ("" if count == 1 else "s")


def _lines(text: str, page: Options) -> list[Block]:
    lines = [part for line in text.splitlines() for part in prose(_plain(line, page), page.width, 2)]
    return [Paragraph([(line, "say") for line in lines])]


def _plain(text: str, page: Options) -> str:
    text = " ".join(clean(text).split())
    return ascii_text(text) if page.ascii else text


def _frame(head: Sequence[str], rows: Sequence[Sequence[str]], page: Options, sides: str) -> Frame:
    """A table in the width of the page: columns of words give way, the widest first."""
    texts = [[_plain(cell, page) for cell in row] for row in rows]
    sizes = [max(width(h), *(width(row[n]) for row in texts)) for n, h in enumerate(head)]
    room = page.width - 2 - 3 * (len(head) - 1)
    words = [n for n, side in enumerate(sides) if side == "l"]
    while sum(sizes) > room and any(sizes[n] > LEAST for n in words):
        sizes[max(words, key=lambda n: sizes[n])] -= 1
    cells: list[list[Cell]] = [
        [[(part.rjust(size) if side == "r" else part, "") for part in folded(text, size)]
         for text, size, side in zip(row, sizes, sides, strict=True)]
        for row in texts
    ]  # fmt: skip
    return Frame(
        sizes, cells, [h.rjust(s) if side == "r" else h for h, s, side in zip(head, sizes, sides, strict=True)]
    )


def mean_of(tally: Tally) -> str:
    """``mean 8.83 of 12``, and over how many students where some have a paper that is not marked."""
    assert tally.mean is not None
    over = "" if tally.whole == tally.students else f" over the {tally.whole} of whom nothing is left unmarked"
    return f"mean {rounded(tally.mean)} of {amount(tally.possible)}{over}"


def rounded(value: fmpq) -> str:
    """A mean to two places, half up."""
    return decimal(fmpq((value * 100 + fmpq(1, 2)).floor()) / 100)
