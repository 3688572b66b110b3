"""(topic, problem, how to compute) -> a `Solution`: the run, and all that a renderer asks of it.

The run is written whole at 128, 256, … bits until every shown digit and every branch is decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from flint import arb, fmpq

from dlsolve.conventions import CONVENTIONS
from dlsolve.errors import DlsolveError, DomainError, InputError, LimitError
from dlsolve.fields.describe import jsonable
from dlsolve.formula.compiled import EXACT, FLOAT64, Arithmetic
from dlsolve.notation import Symbols
from dlsolve.numbers.exact import in_reach
from dlsolve.numbers.precision import LADDER, UndecidedError, precision
from dlsolve.numbers.show import Digits, settle_all
from dlsolve.policy import EXACT_POLICY, Carry, Policy
from dlsolve.readings import shown_value
from dlsolve.topic import Topic
from dlsolve.trace import MAX_STEPS, Step, Trace, too_long

FLOAT_FROM_STEPS = 1_000
FLOAT_FROM_NUMBERS = 2_000


class Solution(msgspec.Struct, frozen=True, eq=False):
    """A solved problem. `exact` is the same run carried in full, where `trace` rounds by hand."""

    topic: Topic[Any]
    problem: Any
    trace: Trace
    digits: Digits
    arith: str
    exact: Trace | None = None
    meta: Mapping[str, Any] = msgspec.field(default_factory=dict)
    """The problem file's other fields: id, title, statement, asked, printed, …"""
    stated: tuple[str, ...] | None = None
    """The fields of the problem that were given; None where that is not known."""

    def given(self) -> dict[str, Any]:
        """The fields `stated`, as read, in plain JSON values."""
        return jsonable(self.stated or (), self.problem)


def run(
    topic: Topic[Any],
    problem: Any,
    *,
    conventions: Mapping[str, str] | None = None,
    symbols: Mapping[str, str] | None = None,
    digits: Digits | None = None,
    policy: Policy = EXACT_POLICY,
    arithmetic: Arithmetic = EXACT,
    limit: int = MAX_STEPS,
    whole: bool = True,
) -> Trace:
    """One run of `topic` under `policy`, at the least precision that decides it; see `Trace` for `whole`.

    Raises `InputError`, `DomainError`, `LimitError`.
    """
    choices = chosen(topic, conventions or {}, topic.defaults(problem))
    long = topic.steps(problem) > FLOAT_FROM_STEPS
    for bits in LADDER:
        with precision(bits):
            trace = Trace(Symbols(topic.notation, symbols), topic.rules, choices, arithmetic, policy, bits, limit,
                          whole=whole, long=long)  # fmt: skip
            try:
                topic.solve(problem, trace)
                _decide(trace, digits or Digits())
            except UndecidedError as fault:
                if bits == LADDER[-1]:
                    remedy = "change the numbers a little, or take --arith float64"
                    raise LimitError(f"{fault.what} is not settled by {bits} bits; {remedy}") from fault
                continue
            return trace
    raise AssertionError("unreachable")


def chosen(
    topic: Topic[Any], conventions: Mapping[str, str], defaults: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The convention choices in force; `defaults` are those of the problem at hand.

    Raises `InputError` for an unknown key or choice.
    """
    for key, choice in conventions.items():
        if key not in topic.conventions:
            known = ", ".join(topic.conventions) or "none"
            raise InputError(
                f"$.conventions.{key}", f"not a convention of {topic.name}", remedy=f"its conventions: {known}"
            )
        if choice not in CONVENTIONS[key].choices:
            allowed = ", ".join(CONVENTIONS[key].choices)
            raise InputError(
                f"$.conventions.{key}", "not a choice", found=repr(choice), remedy=f"choose one of {allowed}"
            )
    return {**topic.conventions, **(defaults or {}), **conventions}


def _decide(trace: Trace, digits: Digits) -> None:
    """Raises `UndecidedError` where an enclosure does not settle a shown digit."""
    if trace.arithmetic is FLOAT64:
        return
    values = [step.value if type(step) is Step else step.after for step in trace.steps.values()]  # type: ignore[union-attr]
    try:
        settle_all([value for value in values if type(value) is arb], digits)
        for value in values:
            if (kind := type(value)) is not arb and kind is not fmpq:
                if hasattr(value, "is_finite") or hasattr(value, "shape"):
                    shown_value(value, digits)
    except DomainError as fault:
        far = (k for k, v in zip(trace.steps, values, strict=True) if type(v) is arb and not in_reach(v))
        names = [trace.name(k) for k in far] or ["an entry"]
        raise DomainError(f"{', '.join(names[:3])}{', …' if len(names) > 3 else ''}: {fault}") from fault


def solve_problem(
    topic: Topic[Any],
    problem: Any,
    *,
    conventions: Mapping[str, str] | None = None,
    symbols: Mapping[str, str] | None = None,
    digits: Digits | None = None,
    carry: Digits | None = None,
    arith: str = "auto",
    numbers: int = 0,
    meta: Mapping[str, Any] | None = None,
    stated: tuple[str, ...] | None = None,
    limit: int = MAX_STEPS,
    whole: bool = False,
) -> Solution:
    """Solve one problem. `numbers` counts the given numbers; `arith` is auto, exact or float64; `limit`
    counts the named values that a run may work out. Of a run in float64 that is very long only both ends are
    kept, unless it is wanted `whole`."""
    digits = digits or Digits()
    if topic.steps(problem) > limit:
        raise too_long(limit)
    long = topic.steps(problem) > FLOAT_FROM_STEPS or numbers > FLOAT_FROM_NUMBERS
    arithmetic = FLOAT64 if arith == "float64" or (arith == "auto" and long) else EXACT
    how = {"conventions": conventions, "symbols": symbols, "arithmetic": arithmetic, "limit": limit, "whole": whole}
    exact = run(topic, problem, digits=digits, **how)  # type: ignore[arg-type]
    carried = run(topic, problem, digits=carry, policy=Carry(carry), **how) if carry else None  # type: ignore[arg-type]
    shown = carried or exact
    if topic.contrast and not long:
        shown.remarks += _contrasts(topic, problem, exact, digits, conventions or {}, symbols or {}, limit)
    return Solution(
        topic, problem, shown, carry or digits, arithmetic.name, exact if carried else None, meta or {}, stated
    )


def _contrasts(
    topic: Topic[Any],
    problem: Any,
    done: Trace,
    digits: Digits,
    conventions: Mapping[str, str],
    symbols: Mapping[str, str],
    limit: int,
) -> list[str]:
    """Where the same problem ends elsewhere in the other arithmetic or by another convention."""
    said: list[str | None] = []
    from dlsolve import contrast

    for key in topic.contrast:
        if key == "arith":
            other = EXACT if done.arithmetic is FLOAT64 else FLOAT64
            runs = [(other, conventions)]
        else:
            rest = [c for c in CONVENTIONS[key].choices if c != done.choices[key]] if key in done.used else []
            runs = [(done.arithmetic, {**conventions, key: choice}) for choice in rest]
        for arithmetic, choices in runs:
            try:
                trace = run(topic, problem, conventions=choices, symbols=symbols, digits=digits,
                            arithmetic=arithmetic, limit=limit)  # fmt: skip
            except DlsolveError:
                continue  # the problem has no answer done otherwise: there is nothing to compare
            same = key == "arith"
            said.append(
                contrast.arithmetics(done, trace, digits) if same else contrast.convention(done, trace, key, digits)
            )
    return [text for text in said if text]
