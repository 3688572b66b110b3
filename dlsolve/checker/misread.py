"""What recognition of handwriting makes of an equals sign: ``2.27 × 1 + 0.795 - 3.065`` ends in ``= 3.065``.

Only where the line as it stands comes to another value, and read so is right to its last digit: who
reads it would not think twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from dlsolve.checker.answers import read_answer
from dlsolve.checker.attempt import Attempt
from dlsolve.checker.judge import fit
from dlsolve.checker.naming import canonical
from dlsolve.handwriting import Link, UnreadableError, WorkedLine, lines
from dlsolve.named import find, keys_by_name
from dlsolve.numbers.precision import precision
from dlsolve.solver import Solution
from dlsolve.trace import Key

_LAST = re.compile(r"(?P<left>.*[\w)\]}])(?P<gap>\s*)[-−–](?P<space>\s*)(?P<right>\d*\.?\d+)", re.DOTALL)


def mended(solution: Solution, attempt: Attempt) -> Attempt:
    """`attempt` with such ends read as results, and a note on each."""
    known = keys_by_name(solution.trace)
    values, worked, notes = dict(attempt.values), dict(attempt.lines), list(attempt.notes)
    for written, rows in attempt.lines.items():
        last = rows[-1].links[-1]
        cut = _LAST.fullmatch(last.text) if last.text == values.get(written) else None
        if cut is None or not _is_right(solution, written, known, cut["right"], last.text):
            continue
        left = _link(f"x = {cut['left']}", last.start, cut.end("left"))
        right = _link(f"x = {cut['right']}", last.start + cut.start("right"), len(cut["right"]))
        if left is None or right is None:
            continue
        worked[written] = [*rows[:-1], replace(rows[-1], links=(*rows[-1].links[:-1], left, right))]
        values[written] = cut["right"]
        notes.append(f"Read as an equals sign: the minus before {cut['right']}.")
    return replace(attempt, values=values, lines=worked, notes=tuple(notes)) if values != attempt.values else attempt


def _is_right(solution: Solution, written: str, known: Mapping[str, Key], result: str, whole: str) -> bool:
    try:
        name = canonical(solution.trace, written)
    except UnreadableError:
        return False
    value = find(solution.trace, name)
    if value is None:
        return False
    with precision(solution.trace.bits):
        return fit(read_answer(name, result), value, "real") == "yes" and (
            fit(read_answer(name, whole), value, "real") == "no"
        )


def _link(text: str, start: int, length: int) -> Link | None:
    """The one link of ``x = …``, moved to where it stands on the page."""
    found: list[WorkedLine] = lines(text)
    if len(found) != 1 or len(found[0].links) != 1 or found[0].links[0].written is None:
        return None
    return replace(found[0].links[0], start=start, end=start + length)


__all__ = ["mended"]
