"""Rules at many members, worked out in one loop: the same run as value by value, also where it stops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flint import arb, fmpq

from dlsolve.errors import DomainError, LimitError, RuleError
from dlsolve.formula.compiled import EXACT, FLOAT64, Arithmetic
from dlsolve.formula.rules import rules
from dlsolve.notation import Notation, Quantity, Symbols
from dlsolve.numbers.matrix import Matrix
from dlsolve.trace import Step, Trace

BOOK = rules("""
    r[t] = 1 / x[t]
    q[t] = sqrt(x[t])*r[t] + q[t-1]
    s[t] = q[t]**2 - t
    share[t] = x[t] / sum(x[i] for i in all)
    kept[t] = r[t] if x[t] > 0 else 0
    total = sum((r[i] if x[i] != 0 else 0) for i in all)
""")
NAMES = ("x", "r", "q", "s", "share", "kept")


def _trace(x: Sequence[Any], arithmetic: Arithmetic = EXACT, limit: int = 1_000) -> Trace:
    notation = Notation([*(Quantity(name, name, "t") for name in NAMES), Quantity("total", "total")], {"t": "step"})
    trace = Trace(Symbols(notation), BOOK, {}, arithmetic, limit=limit)
    trace.given("x", list(x))
    trace.given("q", fmpq(0), 0)
    trace.index_set("all", range(1, len(x) + 1))
    return trace


def _state(trace: Trace) -> list[Any]:
    steps = [item for item in trace.items if isinstance(item, Step)]
    rows = [(s.key, s.rule.id, s.index, repr(s.value), repr(s.handed), s.section) for s in steps]
    return [
        rows,
        list(trace.steps),
        list(trace.sections.items()),
        trace.here,
        {k: repr(v) for k, v in trace.env.items()},
    ]


def _one_by_one(trace: Trace, members: Sequence[int], parts: Sequence[str], title: Callable[[Any], str]) -> None:
    for member in members:
        trace.section(title(member))
        for part in parts:
            trace.let(part, member)


@pytest.mark.parametrize("arithmetic", [EXACT, FLOAT64], ids=lambda a: a.name)
@pytest.mark.parametrize("parts", [("r[t]", "q[t]", "s[t]"), ("share[t]",), ("r[t]", "kept[t]")], ids=str)
def test_a_loop_writes_what_single_steps_write(arithmetic: Arithmetic, parts: tuple[str, ...]) -> None:
    x = [fmpq(n, 3) for n in (2, 12, 7, 3, 27)]
    looped, single = _trace(x, arithmetic), _trace(x, arithmetic)
    looped.through(range(1, 6), *parts, title=lambda t: f"t = {t}")
    _one_by_one(single, range(1, 6), parts, lambda t: f"t = {t}")
    assert _state(looped) == _state(single)
    assert len(looped.steps) == 5 * len(parts)


def test_a_fault_on_the_way_is_told_as_it_is_alone() -> None:
    """The rule and its numbers stand in the error; what went before is a run in order."""
    x = [fmpq(4), fmpq(9), fmpq(0), fmpq(1)]
    looped, single = _trace(x), _trace(x)
    with pytest.raises(DomainError) as one:
        looped.through(range(1, 5), "r[t]", "q[t]", title=str)
    with pytest.raises(DomainError) as other:
        _one_by_one(single, range(1, 5), ("r[t]", "q[t]"), str)
    assert str(one.value) == str(other.value)
    assert "r_3" in str(one.value)
    assert _state(looped) == _state(single)


def test_a_value_that_is_no_number_is_taken_by_itself() -> None:
    x = [fmpq(4), fmpq(9), Matrix([[fmpq(2)], [fmpq(3)]]), fmpq(1)]
    looped, single = _trace(x), _trace(x)
    looped.through(range(1, 5), "r[t]", title=str)
    _one_by_one(single, range(1, 5), ("r[t]",), str)
    assert _state(looped) == _state(single)
    assert isinstance(looped.env["r", 3], Matrix)
    assert [type(looped.env["r", n]) for n in (1, 2, 4)] == [fmpq] * 3


def test_a_name_is_assigned_once() -> None:
    trace = _trace([fmpq(1), fmpq(2)])
    trace.let("r[t]", 2)
    with pytest.raises(RuleError, match="r_2 is assigned twice"):
        trace.through([1, 2], "r[t]")


def test_a_limit_holds_in_a_loop() -> None:
    looped, single = _trace([fmpq(1)] * 9, limit=7), _trace([fmpq(1)] * 9, limit=7)
    with pytest.raises(LimitError) as one:
        looped.through(range(1, 10), "r[t]")
    with pytest.raises(LimitError) as other:
        _one_by_one(single, range(1, 10), ("r[t]",), str)
    assert str(one.value) == str(other.value)


def test_a_sum_leaves_out_what_its_condition_leaves_out() -> None:
    """``r[i] if x[i] != 0``: there is no r for an x of 0, and nobody asks for it."""
    trace = _trace([fmpq(4), fmpq(0), fmpq(2)])
    trace.through([1, 3], "r[t]")
    assert trace.let("total") == fmpq(3, 4)


def test_values_are_gathered_anew_for_other_members() -> None:
    trace = _trace([fmpq(4), fmpq(5), fmpq(2)])
    assert trace.env.column("x", [1, 2, 3]) == [4, 5, 2]
    assert trace.env.column("x", [3, 1]) == [2, 4]
    assert trace.env.column("x", range(1, 4)) == [4, 5, 2]


def test_enclosures_stay_enclosures() -> None:
    trace = _trace([fmpq(2), fmpq(3)])
    trace.through([1, 2], "r[t]", "q[t]")
    assert isinstance(trace.env["q", 2], arb)
