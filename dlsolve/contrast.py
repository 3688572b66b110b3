"""What a solution says of the same problem done otherwise: in the other arithmetic, by another convention.

Where the answers differ in substance, a remark gives both and, for the arithmetics, the first step
at which the two runs part.
"""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from dlsolve.conventions import CONVENTIONS
from dlsolve.formula.compiled import FLOAT64
from dlsolve.formula.text import number
from dlsolve.formula.tree import Name, Ref, nodes
from dlsolve.numbers.precision import precision
from dlsolve.numbers.show import Digits, show, to_float
from dlsolve.readings import instantiate, rows_of
from dlsolve.trace import Key, Step, Trace

NEAR = 1e-9
MOST_NAMED = 6
SHORT = 3
"""Of answers that differ, numbers and vectors of so many entries are named, where there are any."""


def arithmetics(run: Trace, other: Trace, digits: Digits) -> str | None:
    """A remark on `run` where `other`, the same problem in the other arithmetic, answers differently."""
    differs = _answers(run, other, digits)
    if not differs:
        return None
    there = "in float64, as a program computes," if other.arithmetic is FLOAT64 else "computed exactly"
    text = f"The same rules {there} end elsewhere: {differs}."
    parting = _parting(run, other, digits)
    return f"{text} {parting}" if parting else text


def convention(run: Trace, other: Trace, key: str, digits: Digits) -> str | None:
    """A remark on `run` where `other`, with another choice for the convention `key`, answers differently."""
    differs = _answers(run, other, digits)
    says = CONVENTIONS[key].choices[other.choices[key]]
    return (
        f"With the convention {key} {other.choices[key]} ({says}) the answers differ: {differs}." if differs else None
    )


def _answers(run: Trace, other: Trace, digits: Digits) -> str:
    """``b is −0.2 (here −0.3), updates is 11 (here 14)``; nothing where all answers agree."""
    parts = []
    differs = [k for k in run.answers if k in other.env and not _same(run.env[k], other.env[k])]
    short = [k for k in differs if len(_flat(run.env[k])) <= SHORT]
    for key in short or differs:
        here, there = _text(run, run.env[key], digits), _text(other, other.env[key], digits)
        parts.append(f"{_symbol(run, key)} is {there} (here {here})")
    more = [f"and {len(parts) - MOST_NAMED} more"] if len(parts) > MOST_NAMED else []
    return ", ".join(parts[:MOST_NAMED] + more)


def _parting(run: Trace, other: Trace, digits: Digits) -> str:
    for key, step in run.steps.items():
        if key not in other.env or not isinstance(step, Step) or _same(run.env[key], other.env[key]):
            continue
        at_step = instantiate(run, step.rule.expr, dict(zip(step.rule.letters, step.index, strict=True)))
        keys = [
            ((n.base, *n.index) if n.index else n.base) if isinstance(n, Ref) else n.id
            for n in nodes(at_step) if isinstance(n, Ref | Name)
        ]  # fmt: skip
        causes = [
            f"{_symbol(run, k)} is {_text(run, run.env[k], digits)} here and {_text(other, other.env[k], digits)} there"
            for k in dict.fromkeys(keys)
            if k in run.env and k in other.env and not _identical(run.env[k], other.env[k])
        ]
        why = f" because {', '.join(causes)}" if causes else ""
        here, there = _text(run, run.env[key], digits), _text(other, other.env[key], digits)
        return f"The runs part at {_symbol(run, key)}, which is {here} here and {there} there{why}."
    return ""


def _symbol(run: Trace, key: Key) -> str:
    return (
        run.symbols.unicode(key)
        if isinstance(key, str)
        else run.symbols.unicode(str(key[0]), [str(i) for i in key[1:]])
    )


def _text(run: Trace, value: Any, digits: Digits) -> str:
    rows = rows_of(value)
    if rows is not None:
        mark = ", " if len(rows[0]) == 1 else "; "
        texts = [", ".join(_text(run, e, digits) for e in row) for row in rows]
        return texts[0] if len(_flat(value)) == 1 else f"({mark.join(texts)})"
    if isinstance(value, str):
        return value
    with precision(run.bits):
        return number(show(value, digits).text)


def _flat(value: Any) -> list[Any]:
    rows = rows_of(value)
    return [value] if rows is None else [e for row in rows for e in row]


def _same(a: Any, b: Any) -> bool:
    """Equal to a billionth; a value near 0 counts as 0."""
    left, right = _flat(a), _flat(b)
    return len(left) == len(right) and all(_near(x, y) for x, y in zip(left, right, strict=True))


def _near(a: Any, b: Any) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return bool(a == b)
    x, y = to_float(a), to_float(b)
    return abs(x - y) <= NEAR * max(1.0, abs(x), abs(y))


def _identical(a: Any, b: Any) -> bool:
    """Whether the double nearest to the exact value is the one computed."""
    return all(
        to_float(x) == to_float(y)
        for x, y in zip(_flat(a), _flat(b), strict=True)
        if isinstance(x, fmpq | arb | float) and isinstance(y, fmpq | arb | float)
    )
