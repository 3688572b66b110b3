"""A solution as JSON: every named value with its rule, its lines, its value; nothing elided below
10,000 steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from flint import fmpq

from dlsolve.errors import DlsolveError
from dlsolve.fields.kinds import Expression
from dlsolve.formula.closed import closed
from dlsolve.formula.latex import latex, matrix
from dlsolve.formula.latex import number as latex_number
from dlsolve.formula.text import python
from dlsolve.formula.tree import If, Tree
from dlsolve.named import answers
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import precision
from dlsolve.numbers.show import Digits, Shown, fraction, from_float
from dlsolve.printed import differs
from dlsolve.readings import (
    as_listed,
    branch_text,
    exact_text,
    json_value,
    lines,
    question_lines,
    rows_of,
    shown_value,
)
from dlsolve.render import Options
from dlsolve.render.words import unseen_escaped
from dlsolve.solver import Solution
from dlsolve.trace import Branch, Gap, Item, Key, Note, Operation, Step, Trace

MAX_STEPS = 10_000


def render(solution: Solution, options: Options) -> str:
    """The solution as one JSON object, indented."""
    with precision(solution.trace.bits):
        text = msgspec.json.format(msgspec.json.encode(document(solution, options)), indent=2).decode()
    return unseen_escaped(text) + "\n"


def document(solution: Solution, options: Options) -> dict[str, Any]:
    """The object that `render` writes (design, "A solution as JSON")."""
    trace, meta = solution.trace, solution.meta
    gaps = [n for n, item in enumerate(trace.items) if isinstance(item, Gap)]
    missing = sum(item.missing for item in trace.items if isinstance(item, Gap))
    items = [item for item in trace.items if not isinstance(item, Gap)]
    after = gaps[0] if gaps else 0
    if len(items) > MAX_STEPS and not options.steps_all:
        half = MAX_STEPS // 2
        missing, after = missing + len(items) - MAX_STEPS, min(half, after or half)
        items = [*items[:half], *items[-half:]]
    elided = {"steps": missing, "after": after, "remedy": "--steps all"} if missing else None
    steps = [*_starts(solution), *_Steps(solution, items).all()] if options.detail == "all" else []
    return {
        "dlsolve": 1,
        "topic": solution.topic.name,
        "id": str(meta["id"]) if meta.get("id") else None,
        "title": meta.get("title") or solution.topic.title,
        "given": given(solution.problem) if solution.stated is None else solution.given(),
        "conventions": dict(trace.used),
        "arith": solution.arith,
        "steps": steps,
        "answers": {name: _answer(solution, key, value) for name, key, value in answers(solution)},
        "checks": [{"name": f"{c.name}: {c.text}" if c.text else c.name, "holds": c.holds} for c in trace.checks],
        "differs": [
            {"name": d.name, "printed": d.printed, "why": d.why, **({"erratum": d.erratum} if d.erratum else {})}
            for d in differs(solution)
        ],
        "elided": elided,
    }


def given(problem: Any) -> dict[str, Any]:
    """A problem's fields as they would be typed (W1, W2, … of a family); those left out stay out."""
    out: dict[str, Any] = {}
    for name in problem.__struct_fields__:
        value = getattr(problem, name)
        family = isinstance(value, dict) and any(isinstance(k, int) for k in value)
        out |= {f"{name}{k}": v for k, v in value.items()} if family else {name: value}
    return {name: _typed(value) for name, value in out.items() if value is not None and value != {}}


def _typed(value: Any) -> Any:
    if isinstance(value, fmpq):
        number = json_value(value)
        same = not isinstance(number, str) and from_float(float(number)) == value
        return number if same else fraction(value)
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, Matrix):
        return [[_typed(e) for e in row] for row in value.rows]
    if isinstance(value, list | tuple):
        return [_typed(e) for e in value]
    if isinstance(value, dict):
        return {str(k): _typed(v) for k, v in value.items()}
    if isinstance(value, Tree):
        return python(value)
    return value if isinstance(value, str | bool | int | float) else str(value)


def _starts(solution: Solution) -> Iterator[dict[str, Any]]:
    """Values that no field of the problem gives: a start at 0, an assumed threshold."""
    trace = solution.trace
    fields = getattr(solution.problem, "__struct_fields__", ())
    for g in trace.givens:
        if g.assumed or g.base not in fields:
            for key in g.keys:
                value = trace.env[key]
                yield _step(trace, key, value, section="", why="assumed" if g.assumed else "given",
                            shown=_shown(value, solution.digits), exact=exact_text(value))  # fmt: skip


def _step(trace: Trace, key: Key, value: Any, **more: Any) -> dict[str, Any]:
    base = key if isinstance(key, str) else str(key[0])
    row = trace.symbols.quantity(base)
    kind = row.kind if row else "real"
    if kind == "real" and rows_of(value) is not None:
        kind = "matrix"
    return _filled({"name": trace.name(key), "kind": kind, "value": _value(value), **more})


_EMPTY: dict[str, Any] = {
    "name": "", "kind": "real", "section": "", "why": "", "rule": None, "chain": [], "latex": None, "value": None,
    "exact": None, "shown": None, "carried": None, "branch": None, "operation": None, "before": None, "after": None,
}  # fmt: skip


def _filled(some: dict[str, Any]) -> dict[str, Any]:
    return {**_EMPTY, **some}


def _value(value: Any) -> Any:
    """A value as JSON; a state that is a list stays one, words stay words."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple):
        return [_value(v) for v in value]
    return json_value(value)


def _shown(value: Any, digits: Digits) -> Any:
    """The printed text; a list of texts for a column, rows of them for a matrix."""
    if value is None or isinstance(value, list | tuple | bool):
        return None
    shown = shown_value(fmpq(value) if isinstance(value, int) else value, digits)
    return _texts(shown)


def _texts(shown: Shown | tuple[tuple[Shown, ...], ...]) -> Any:
    return shown.text if isinstance(shown, Shown) else as_listed([[s.text for s in row] for row in shown])


class _Steps:
    """The items of a run as JSON objects; what has no name of its own is counted (``branch_3``)."""

    def __init__(self, solution: Solution, items: Sequence[Item]) -> None:
        self.solution = solution
        self.trace = solution.trace
        self.items = items
        self.taken = {self.trace.name(key) for key in self.trace.steps}
        self.count: dict[str, int] = {}

    def all(self) -> Iterator[dict[str, Any]]:
        for item in self.items:
            section = self.trace.sections[item.section]
            match item:
                case Step():
                    yield self.step(item, section)
                case Operation():
                    yield self.operation(item, section)
                case Branch():
                    yield self.branch(item, section)
                case Note(text):
                    yield _filled({"name": self.fresh("note"), "kind": "note", "section": section, "why": text})

    def fresh(self, word: str) -> str:
        """A name that no value of the run has."""
        while True:
            self.count[word] = self.count.get(word, 0) + 1
            name = f"{word}_{self.count[word]}"
            if name not in self.taken:
                return name

    def step(self, step: Step, section: str) -> dict[str, Any]:
        trace, symbols = self.trace, self.trace.symbols
        read = lines(trace, step, self.solution.digits)
        true = step.value
        if self.solution.exact is not None:
            true = self.solution.exact.env.get(step.key, step.value)
        branch = None
        if isinstance(read.chain[-1], If):
            found = branch_text(read.chain[-1])
            branch = python(found[0], symbols) if found else None
        return _step(
            trace, step.key, true, section=section, why=step.rule.why, rule=python(step.rule.expr),
            chain=[python(tree, symbols) for tree in read.chain], latex=self.latex(step, read.chain, read.shown),
            exact=exact_text(true, _form(self.solution, step.key)), shown=_texts(read.shown), branch=branch,
            carried=_value(step.handed) if self.solution.exact is not None else None,
        )  # fmt: skip

    def latex(self, step: Step, chain: tuple[Tree, ...], shown: Shown | tuple[tuple[Shown, ...], ...]) -> str:
        """The whole line: name = rule = numbers = value."""
        symbols = self.trace.symbols
        base, index = (step.key, ()) if isinstance(step.key, str) else (str(step.key[0]), step.key[1:])
        parts = [symbols.latex(base, [str(i) for i in index]), *(latex(tree, symbols) for tree in chain)]
        text = " = ".join(parts)
        if isinstance(shown, Shown):
            return f"{text} {'=' if shown.exact else chr(92) + 'approx'} {latex_number(shown.text)}"
        exact = all(s.exact for row in shown for s in row)
        drawn = matrix([[latex_number(s.text) for s in row] for row in shown])
        return f"{text} {'=' if exact else chr(92) + 'approx'} {drawn}"

    def operation(self, op: Operation, section: str) -> dict[str, Any]:
        trace, digits = self.trace, self.solution.digits
        more = {"section": section, "why": op.why, "operation": op.rule, "before": _value(op.before),
                "after": _value(op.after)}  # fmt: skip
        if op.key is None:
            return _filled({"name": self.fresh("operation"), "kind": "operation", "shown": op.shown, **more})
        handed = trace.env.get(op.key, op.after)
        carried = _value(handed) if self.solution.exact is not None else None
        shown = op.shown or _shown(handed, digits)
        return _step(trace, op.key, op.after, exact=exact_text(op.after), shown=shown, carried=carried, **more)

    def branch(self, branch: Branch, section: str) -> dict[str, Any]:
        symbols = self.trace.symbols
        try:
            at_step, numbers = question_lines(
                self.trace, branch.question, branch.index, branch.truth, self.solution.digits
            )
            chain = [python(at_step, symbols), python(numbers, symbols)]
        except DlsolveError:
            chain = []
        return _filled({
            "name": self.fresh("branch"), "kind": "branch", "section": section, "why": branch.so,
            "rule": python(branch.question), "chain": chain, "branch": branch.truth,
        })  # fmt: skip


def _form(solution: Solution, key: Key | None) -> Tree | None:
    """The closed form of a named value, where it has one."""
    trace = solution.exact or solution.trace
    step = trace.steps.get(key) if key is not None else None
    return closed(trace, step) if isinstance(step, Step) else None


def _answer(solution: Solution, key: Key | None, value: Any) -> dict[str, Any]:
    step = solution.trace.steps.get(key) if key is not None else None
    shown = step.shown if isinstance(step, Operation) and step.shown else _shown(value, solution.digits)
    true = value
    if solution.exact is not None and key is not None:
        true = solution.exact.env.get(key, value)
    out = {"value": _value(true), "exact": exact_text(true, _form(solution, key)), "shown": shown}
    if solution.exact is not None:
        out["carried"] = _value(value)
    return out
