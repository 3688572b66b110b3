"""A solution as plain data that the terminal and plain renderers share; lines of elided steps are
never made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import msgspec

from dlsolve.conventions import CONVENTIONS
from dlsolve.formula.closed import closed
from dlsolve.formula.indices import stated
from dlsolve.formula.tree import At, Name, Num, Reduce, Ref, Tree, rebuild
from dlsolve.named import answers, drift, held
from dlsolve.numbers.precision import precision
from dlsolve.numbers.show import Digits
from dlsolve.printed import Differs, differs
from dlsolve.render import Options
from dlsolve.render.hand import Hand, index_of
from dlsolve.render.rows import Maths, Section, joined, sections_of
from dlsolve.render.words import clean
from dlsolve.solver import Solution
from dlsolve.trace import Given, Item, Key, Operation, RunTable, Step, Trace

MAX_TABLE_ROWS = 24
MAX_FAMILY = 12
MAX_RULES = 30
MAX_GIVEN = 30


class Table(msgspec.Struct):
    title: str
    header: list[str]
    rows: list[list[Maths]]
    missing: int = 0
    """Rows left out after the first `head`."""
    head: int = 0


class View(msgspec.Struct):
    """All that is shown, in order. Fields that the detail asked for leaves out are empty."""

    title: str
    topic: str
    statement: list[str] = []
    given: list[tuple[str, str, Maths]] = []
    rules: list[tuple[Maths, str]] = []
    sections: list[Section] = []
    tables: list[Table] = []
    answers: list[tuple[str, Maths]] = []
    checks: list[tuple[bool, str]] = []
    differs: list[tuple[str, str, str]] = []
    drift: list[tuple[str, Maths, Maths, Maths]] = []
    remarks: list[str] = []
    conventions: list[tuple[str, str]] = []
    arithmetic: list[str] = []


def view(solution: Solution, options: Options, hand_of: type[Hand] = Hand) -> View:
    """What `solution` shows at the detail asked for, in the hand of a renderer."""
    trace = solution.trace
    hand = hand_of(trace, solution.digits, ascii=options.ascii, whole=options.steps_all)
    title = str(solution.meta.get("title") or solution.topic.title)
    out = View(hand.text(title), hand.text(solution.topic.title))
    with precision(trace.bits):
        if options.detail == "all":
            statement = str(solution.meta.get("statement") or "")
            out.statement = [hand.text(line) for line in statement.splitlines() if line.strip()]
            out.given = _givens(hand, options)
            out.rules = _rules(hand, trace.items)
            out.sections = sections_of(hand, options)
            out.remarks = [hand.text(r) for r in trace.remarks]
            out.conventions = [
                (f"{key} = {choice}", hand.text(CONVENTIONS[key].choices[choice])) for key, choice in trace.used.items()
            ]
        out.arithmetic = _arithmetic(solution)
        if options.detail != "answer":
            out.tables = [_table(hand, t, options) for t in trace.tables]
            out.checks = [(c.holds, hand.text(f"{c.name}: {c.text}" if c.text else c.name)) for c in trace.checks]
            out.differs = [(_symbol(hand, d.name), clean(d.printed), _here(hand, d)) for d in differs(solution)]
            out.drift = _drift(hand, solution)
        out.answers = [_answer(hand, name, key, value, solution.exact) for name, key, value in answers(solution)]
    return out


# -- given and rules ----------------------------------------------------------------------------


def _givens(hand: Hand, options: Options) -> list[tuple[str, str, Maths]]:
    rows: list[tuple[str, str, Maths]] = []
    for part, givens in groupby(hand.trace.givens, key=lambda g: g.part):
        if part:
            meaning, _, value = part.partition(": ")
            names = ", ".join(hand.name(key) for given in givens for key in given.keys)
            rows.append((names, hand.text(meaning), [hand.text(value)]))
        else:
            rows += [row for given in givens for row in _given(hand, given)]
    if len(rows) <= MAX_GIVEN or options.steps_all:
        return rows
    dots = "..." if hand.ascii else "…"
    return [*rows[:20], (dots, f"{len(rows) - 25} more", []), *rows[-5:]]


def _given(hand: Hand, given: Given) -> Iterator[tuple[str, str, Maths]]:
    assumed = " (assumed)" if given.assumed else ""
    values, keys, dots = hand.trace.env, given.keys, "..." if hand.ascii else "…"
    ends = keys if hand.whole or len(keys) <= MAX_GIVEN else [*keys[:MAX_FAMILY], *keys[-MAX_FAMILY:]]
    named = any(isinstance(i, str) for key in ends for i in index_of(key))
    drawn = any(hasattr(values[key], "shape") for key in ends)
    if len(keys) == 1 or named or drawn:
        for n, key in enumerate(ends):
            if n == MAX_FAMILY < len(ends) < len(keys):
                yield dots, f"{len(keys) - len(ends)} more", []
            yield hand.name(key), hand.meaning(given.base, [key]) + assumed, hand.typed(values[key])
        return
    names = [hand.name(key) for key in ends]
    texts = [str(hand.typed(values[key])[0]) for key in ends]
    if len(keys) > MAX_FAMILY:
        texts = [*texts[:6], dots, *texts[-3:]]
        names = [names[0], dots, names[-1]]
    elif len(names) > 3:
        names = [names[0], dots, names[-1]]
    yield (
        ", ".join(names),
        hand.meaning(given.base, ends) + assumed,
        [f"{' ' if n else ''}{text}{',' if n < len(texts) - 1 else ''}" for n, text in enumerate(texts)],
    )


def _rules(hand: Hand, items: Sequence[Item]) -> list[tuple[Maths, str]]:
    """Each rule that the run used, once, in the order of use; of rules made for one step only (a
    gradient), the first of each form."""
    out: list[tuple[Maths, str]] = []
    ids: set[int] = set()
    forms: set[tuple[str, Tree]] = set()
    for item in items:
        if not isinstance(item, Step) or id(item.rule) in ids:
            continue
        rule = item.rule
        ids.add(id(rule))
        form = (rule.base, _form(rule.expr))
        if form in forms:
            continue
        forms.add(form)
        sides = (hand.maths(stated(side, hand.trace.fixed)) for side in (rule.target, rule.expr))
        out.append((joined(next(sides), " = ", next(sides)), hand.text(rule.why)))
    if len(out) > MAX_RULES:
        dots = "..." if hand.ascii else "…"
        out = [*out[:MAX_RULES], ([f"{dots} {len(out) - MAX_RULES} more"], "")]
    return out


def _form(tree: Tree) -> Tree:
    """`tree` without the index values of its names, and without what its sums run over: neither is shown."""
    if isinstance(tree, Ref) or (isinstance(tree, At) and any(isinstance(i, Num) for i in tree.index)):
        return Name(tree.base)
    tree = rebuild(tree, _form)
    return msgspec.structs.replace(tree, over="") if isinstance(tree, Reduce) else tree


# -- tables, answers, what is said at the end ---------------------------------------------------


def _table(hand: Hand, table: RunTable, options: Options) -> Table:
    count = len(table)
    head, tail = (12, 6) if count > MAX_TABLE_ROWS and not options.steps_all else (count, 0)
    rows = [*table.cells(0, head), *table.cells(count - tail)]
    cells = [[_cell(hand, key) for key in row] for row in rows]
    missing = count - head - tail
    return Table(hand.text(table.title), [hand.header(h) for h in table.header], cells, missing, head if missing else 0)


def _cell(hand: Hand, key: Key | str) -> Maths:
    if isinstance(key, str) and (key.startswith(" ") or not key):
        return [hand.text(key.strip())]
    step = hand.trace.steps.get(key)
    if isinstance(step, Operation) and step.shown:
        return [hand.text(step.shown)]
    value = held(hand.trace, key)
    if value is None:
        return [hand.text(key)] if isinstance(key, str) else []
    return hand.cell(value)


def _answer(hand: Hand, name: str, key: Key | None, value: Any, exact: Trace | None) -> tuple[str, Maths]:
    step = hand.trace.steps.get(key) if key is not None else None
    shown = hand.name(key) if key is not None else hand.text(name)
    if isinstance(step, Operation) and step.shown:
        return shown, [f"= {hand.text(step.shown)}"]
    true = held(exact, key) if exact is not None and key is not None else None
    form = closed(hand.trace, step) if isinstance(step, Step) else None
    return shown, hand.level(hand.value(value, true, form))


def _symbol(hand: Hand, name: str) -> str:
    """The symbol of an answer name; the name itself for an entry of a matrix."""
    key = next((key for key in hand.trace.steps if hand.trace.name(key) == name), None)
    return hand.text(name) if key is None else hand.name(key)


def _here(hand: Hand, differs: Differs) -> str:
    """What stands here in place of a printed value, why where that is known, and the erratum."""
    here = f"here {hand.number(differs.shown)}" if differs.shown else "here there is no such step"
    if differs.carried:
        here = f"here {hand.number(differs.carried)} as carried, {hand.number(differs.shown)} in full"
    why = f"; {hand.text(differs.why)}" if differs.why else ""
    return f"{here}{why}{f' (erratum {clean(differs.erratum)})' if differs.erratum else ''}"


def _drift(hand: Hand, solution: Solution) -> list[tuple[str, Maths, Maths, Maths]]:
    found = drift(solution)
    if not found or solution.exact is None:
        return []
    full = type(hand)(solution.exact, Digits(max(5, hand.digits.count + 1)), ascii=hand.ascii)
    gap = type(hand)(solution.exact, Digits(2), ascii=hand.ascii)
    with precision(solution.exact.bits):
        return [(hand.name(d.key), hand.cell(d.carried), full.cell(d.exact), gap.cell(d.gap)) for d in found]


def _arithmetic(solution: Solution) -> list[str]:
    out = []
    if solution.arith == "float64":
        out.append("Worked out in float64 (about 16 significant digits), not exactly.")
    if solution.exact is not None:
        digits = solution.digits
        unit = "significant figures" if digits.unit == "sf" else "decimal places"
        out.append(f"Carried as by hand: every named value is rounded to {digits.count} {unit} as it is written down.")
    return out
