"""Written answers by name -> `Answer`s with windows; what cannot be read says why and where."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from flint import arb, fmpq

from dlsolve.checker.naming import canonical
from dlsolve.checker.windows import Answer, Window, ends
from dlsolve.errors import DlsolveError
from dlsolve.formula.text import python
from dlsolve.handwriting import UnreadableError
from dlsolve.handwriting.answers import value as read_value
from dlsolve.handwriting.shapes import Written
from dlsolve.named import keys_by_name
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import precision
from dlsolve.numbers.show import bounds
from dlsolve.trace import Key, Trace

_ENTRY = re.compile(r"(?P<name>.*\S)\s*\[\s*(?P<entry>\d{1,6}(?:\s*[,;]\s*\d{1,6})?)\s*\]")
_AROUND = " \t\"'“”„«»!.`"
"""What may stand around an answer in words."""
READING_BITS = 256
MAX_WORDS = 400


def read_answers(
    trace: Trace, attempt: Mapping[str, str], *, decimal_comma: bool = False, pointed: Collection[str] = ()
) -> dict[str, Answer]:
    """`attempt` (name as written -> text) as answers by answer name of the run; the texts of the names `pointed` have
    decimal points already.

    A name that means nothing here, or that is written twice, is kept under its own text, unreadable.
    """
    known = keys_by_name(trace)
    out: dict[str, Answer] = {}
    for written_name, text in attempt.items():
        try:
            name = canonical(trace, written_name)
        except UnreadableError as fault:
            out[written_name] = Answer(written_name, text, unreadable=str(fault))
            continue
        if name in out:
            out[written_name] = Answer(written_name, text, unreadable=f"{name} is written twice")
            continue
        if in_words(trace, name, known):
            out[name] = Answer(name, text, words=text.strip(_AROUND)[:MAX_WORDS])
        else:
            out[name] = read_answer(name, text, decimal_comma=decimal_comma and written_name not in pointed)
    return out


def in_words(trace: Trace, name: str, known: Mapping[str, Key]) -> bool:
    """Whether the value called `name` is a matter of words: yes, no, ∞, 4 twice."""
    key = known.get(name)
    if key is None:
        return False
    row = trace.symbols.quantity(key if isinstance(key, str) else str(key[0]))
    return isinstance(trace.env[key], str) or (row is not None and row.kind == "choice")


def read_answer(name: str, text: str, *, decimal_comma: bool = False) -> Answer:
    """One answer. Never raises for what a student wrote: what cannot be read says why."""
    try:
        written = read_value(text, decimal_comma=decimal_comma)
        return _answer(name, text, written)
    except UnreadableError as fault:
        return Answer(name, text, unreadable=str(fault))
    except (DlsolveError, ArithmeticError, RecursionError) as fault:
        return Answer(name, text, unreadable=str(fault) or "this is not a value")


def _answer(name: str, text: str, written: Written) -> Answer:
    remarks = tuple(written.remarks)
    match written.shape:
        case "words":
            return Answer(name, text, words=written.text, remarks=remarks, tree=written.tree)
        case "number":
            return Answer(name, text, _worked_out(written), remarks=remarks, tree=written.tree)
        case "list" | "matrix" | "scaled":
            cells = [_window(item) for item in written.items]
            if written.scale is not None:
                factor = _window(written.scale)
                cells = [_times(factor, cell) for cell in cells]
            rows, cols = written.size
            if rows * cols != len(cells):
                rows, cols = len(cells), 1
            grid = tuple(tuple(cells[i * cols : (i + 1) * cols]) for i in range(rows))
            return Answer(name, text, grid, remarks=remarks)
        case "set" | "span" if len({len(list(item.numbers())) for item in written.items}) == 1:
            # vectors stand in rows: c₁(2, 4) + c₂(3, 5)
            grid = tuple(tuple(_window(n) for n in item.numbers()) for item in written.items)
            return Answer(name, text, grid, remarks=remarks)
        case "set" | "span":
            cells = [_window(item) for item in written.numbers()]
            return Answer(name, text, tuple((w,) for w in cells), remarks=remarks)
        case "complex":
            return Answer(name, text, ((_window(written),),), remarks=remarks, tree=written.tree)
        case _:
            return Answer(
                name, text, words=python(written.tree) if written.tree else text, remarks=remarks, tree=written.tree
            )


def _bounds(value: fmpq | arb) -> tuple[fmpq, fmpq]:
    """The least and the greatest number that a text can stand for; what is nearly 0 in a few bits."""
    return ends(value) or bounds(value)


def _worked_out(written: Written) -> tuple[tuple[Window, ...], ...]:
    """The windows of one expression, which may come to a matrix: ``[1, 2] + [3, 4]``."""
    with precision(READING_BITS):
        value = written.value()
        if not isinstance(value, Matrix):
            return ((_window(written),),)
        return tuple(tuple(Window(*_bounds(cell), fmpq(0), None, written.text) for cell in row) for row in value.rows)


def _window(written: Written) -> Window:
    """The window of one written number. Raises `UnreadableError`."""
    if written.shape == "complex":
        real, imag = written.items
        return replace(_window(real), imag=_window(imag))
    with precision(READING_BITS):
        value = written.value()
        if isinstance(value, Matrix):
            raise UnreadableError("a list where one number is expected", remedy="write its entries out")
        low, high = _bounds(value)
    shape = written.numeral
    if shape.form in ("integer", "decimal") and shape.place is not None:
        if not isinstance(value, fmpq):  # a high power of ten, worked out as an enclosure
            units = (low + high) / (2 * shape.place) + fmpq(1, 2)
            value = shape.place * (int(units.p) // int(units.q))
        return Window.of(value, shape.place, shape.figures, written.text)
    return Window(low, high, fmpq(0), None, written.text)


def _times(factor: Window, cell: Window) -> Window:
    """The window of an entry of ``-5.94 [1, 1.7]``: whole numbers in it are points, decimals are not."""
    sides = [(w.middle, w.middle) if w.unit >= 1 else (w.low, w.high) for w in (factor, cell)]
    ends = [a * b for a in sides[0] for b in sides[1]]
    known = [w.figures for w in (factor, cell) if w.figures is not None and w.unit < 1]
    return Window(min(ends), max(ends), fmpq(0), min(known, default=None), cell.text)


__all__ = ["canonical", "read_answer", "read_answers"]
