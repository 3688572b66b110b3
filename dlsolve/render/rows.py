"""The steps of a run as rows, by section; a long run loses its middle, whose lines are never made."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import msgspec
from flint import fmpq

from dlsolve.formula.text import Piece
from dlsolve.formula.tree import Bin, If, Num, Tree
from dlsolve.named import held
from dlsolve.numbers.show import fraction
from dlsolve.readings import lines
from dlsolve.render import Options
from dlsolve.render.hand import Hand
from dlsolve.trace import Branch, Gap, Item, Note, Operation, Step

MAX_STEPS = 60
MAX_SECTIONS = 12
HEAD, TAIL = 30, 15
"""Of a longer run, about so many steps are shown at its beginning and at its end."""

LOWEST = 20
"""Largest denominator of a probability that is written in lowest terms beside an exact decimal."""

Maths = list[Piece]


class Row(msgspec.Struct):
    """One named value, operation or sentence: `numbers` and `value` start with their sign."""

    name: str = ""
    rule: Maths = []
    numbers: list[Maths] = []
    value: Maths = []
    say: str = ""


class Section(msgspec.Struct):
    """A part of the run, or (`missing` > 0) what is left out of it here."""

    title: str
    rows: list[Row]
    missing: int = 0


def sections_of(hand: Hand, options: Options) -> list[Section]:
    """The steps by section, elided in the middle of a long run."""
    trace = hand.trace
    groups = [(trace.sections[n], list(items)) for n, items in groupby(trace.items, key=lambda i: i.section)]
    total = sum(_count(items) for _, items in groups)
    if options.steps_all or (total <= MAX_STEPS and len(groups) <= MAX_SECTIONS):
        return [section for title, items in groups for section in _whole(hand, title, items)]
    first = _taken(groups, HEAD, 6)
    last = _taken(groups[::-1], TAIL, 3)
    few = len(groups) <= MAX_SECTIONS and max(len(items) for _, items in groups) > MAX_STEPS // 2
    if first + last >= len(groups) or few:
        return _long_sections(hand, groups)
    missing = sum(_count(items) for _, items in groups[first : len(groups) - last])
    shown = _long_sections(hand, groups[:first])
    shown.append(Section("", [], missing))
    return shown + _long_sections(hand, groups[-last:])


def _count(items: Sequence[Item]) -> int:
    """How many items these are, with those that the run did not keep."""
    return sum(item.missing if isinstance(item, Gap) else 1 for item in items)


def _taken(groups: Sequence[tuple[str, list[Item]]], most: int, sections: int) -> int:
    """How many of `groups` hold about `most` items: at least one, at most `sections`."""
    count = 0
    for n, (_, items) in enumerate(groups):
        count += _count(items)
        if count > most or n == sections:
            return max(1, n)
    return len(groups)


def _long_sections(hand: Hand, groups: Sequence[tuple[str, list[Item]]]) -> list[Section]:
    """Sections of which each long one loses its own middle."""
    out: list[Section] = []
    for title, items in groups:
        if len(items) <= MAX_STEPS // 2:
            out += _whole(hand, title, items)
            continue
        out += _whole(hand, title, items[:20])
        out.append(Section("", [], _count(items[20:-10])))
        out += _whole(hand, "", items[-10:])
    return out


def _whole(hand: Hand, title: str, items: Sequence[Item]) -> list[Section]:
    """A section with all its items; parted where the run kept none."""
    out = [Section(hand.text(title), [])]
    for item in items:
        if isinstance(item, Gap):
            out += [Section("", [], item.missing), Section("", [])]
        else:
            out[-1].rows.append(_row(hand, item))
    return [section for section in out if section.title or section.missing or section.rows]


def _row(hand: Hand, item: Step | Operation | Branch | Note) -> Row:
    match item:
        case Step():
            return _step(hand, item)
        case Operation():
            return _operation(hand, item)
        case Branch():
            return Row(say=hand.branch(item))
        case Note():
            return Row(say=hand.text(item.text))


def _step(hand: Hand, step: Step) -> Row:
    read = lines(hand.trace, step, hand.digits, whole=hand.whole)
    name = hand.name(step.key)
    at_step, *chain = read.chain
    rule = joined("= ", hand.maths(at_step))
    numbers: list[Maths] = []
    for line in chain:
        if not isinstance(line, If):
            numbers.append(["= ", *hand.maths(line)])
            continue
        reason = hand.taken(name, at_step, line)
        if reason is not None and not numbers:
            numbers.append([reason])
    value = step.handed if hand.trace.policy.name == "carry" else step.value
    shown = hand.shown(read.shown, value, read.closed)
    if not chain and isinstance(at_step, Num):
        rule = []
    reduced = _reduced(hand, step, chain[-1] if chain else at_step)
    if reduced and read.shown.exact:  # type: ignore[union-attr]
        shown = [f"= {reduced}", *(f" {piece}" if isinstance(piece, str) else piece for piece in shown)]
    if numbers and _begins(shown, numbers[-1]):
        numbers.pop()
    return Row(name, rule, numbers, shown)


def _reduced(hand: Hand, step: Step, last: Tree) -> str:
    """The lowest terms of a probability whose line ends in a quotient that is not in them: 3/6 is 1/2."""
    row = hand.trace.symbols.quantity(step.key if isinstance(step.key, str) else str(step.key[0]))
    value = step.value
    if row is None or row.kind != "probability" or hand.trace.policy.name == "carry" or not isinstance(value, fmpq):
        return ""
    match last:
        case Bin("/", Num(_), Num(below)) if 1 < value.q <= LOWEST and below != str(value.q) and below.isdigit():
            return hand.number(fraction(value))
    return ""


def _begins(value: Maths, line: Maths) -> bool:
    """Whether a value says its last line again, before its decimals: 11/3, then 11/3 ≈ 3.6667."""
    if not all(isinstance(piece, str) for piece in (*value, *line)):
        return False
    whole, part = "".join(map(str, value)), "".join(map(str, line))
    return len(whole) > len(part) and whole.startswith(part + " ") and whole[len(part) + 1 :][:1] in ("≈", "~")


def _operation(hand: Hand, op: Operation) -> Row:
    name = hand.name(op.key) if op.key is not None else ""
    arrow = " -> " if hand.ascii else " → "
    rule: Maths = [hand.text(op.rule)]
    after: Maths = [hand.text(op.shown)] if op.shown else hand.state(op.after)
    before = hand.state(op.before)
    numbers: list[Maths] = []
    value: Maths = []
    if before and after and not name:
        numbers = [[*before, arrow, *after]]
    elif name:
        numbers = [before] if before else []
        value = _result(hand, op, after)
    elif after:
        numbers = [after]
    return Row(name, rule, numbers, value, hand.text(op.why))


def _result(hand: Hand, op: Operation, after: Maths) -> Maths:
    """The value of an operation that has a name: carried, where the run is carried by hand."""
    if op.shown:
        return ["= ", *after]
    if op.after is None or op.key is None:
        return []
    if hand.trace.policy.name == "carry":
        return hand.value(held(hand.trace, op.key), op.after)
    return hand.value(op.after)


def joined(*parts: str | Maths) -> Maths:
    """Pieces put together; a piece that opens with a space stays apart (a line may break there)."""
    out: Maths = []
    for part in parts:
        for piece in [part] if isinstance(part, str) else part:
            if out and isinstance(piece, str) and isinstance(out[-1], str) and not piece.startswith(" "):
                out[-1] += piece
            else:
                out.append(piece)
    return out
