"""Rules at many members, worked out in one loop: the same run as value by value, also where it stops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flint import arb, fmpq

from dlsolve.errors import DomainError, LimitError, RuleError
from dlsolve.formula.compiled import EXACT, FLOAT64, Arithmetic
from dlsolve.formula.loops import plain
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


def _bare(text: str, **values: Any) -> Trace:
    """A run of the rules `text`, with a family of three for each of `values`."""
    trace = Trace(Symbols(Notation([Quantity(name, name) for name in values], {})), rules(text), {}, EXACT)
    for name, value in values.items():
        trace.given(name, value)
    return trace


LETTERS = (
    *("section", "make", "steps", "add", "type", "E", "zip", "at", "columns", "items", "here", "step", "key", "kind"),
    *("_here", "_step", "_x0", "_key0", "_kind", "_i_x0", "_v0", "_index", "_c17", "x"),
)


@pytest.mark.parametrize("letter", LETTERS)
def test_an_index_letter_may_have_any_name(letter: str) -> None:
    """Letters of rules, and of reductions, are out of reach of the names in the code that is made."""
    text = f"""
        a[{letter}] = w[{letter}] + {letter}
        b[{letter}] = a[{letter}]*sum(w[{letter}]*{letter} for {letter} in all)
        c[{letter},k] = a[{letter}]*k + w[{letter}] + sum({letter} + w[j] for j in all)
    """
    looped, single = (_bare(text, w=[fmpq(4), fmpq(5), fmpq(6)]) for _ in range(2))
    for trace in (looped, single):
        trace.index_set("all", [1, 2, 3])
    parts = (f"a[{letter}]", f"b[{letter}]", f"c[{letter},k]")
    looped.through([1, 2, 3], *parts, more=([7, 8, 9],))
    for n in (1, 2, 3):
        assert single.let(parts[0], n) == 3 + 2 * n
        assert single.let(parts[1], n) == (3 + 2 * n) * (4 + 10 + 18)
        assert single.let(parts[2], n, 6 + n) == (3 + 2 * n) * (6 + n) + 3 + n + 3 * n + 15
    assert _state(looped) == _state(single)


@pytest.mark.parametrize("letters", [("zip", "E"), ("section", "make"), ("_x0", "_v0")], ids=str)
def test_letters_that_stay_may_have_any_name(letters: tuple[str, str]) -> None:
    one, two = letters
    looped, single = (_bare(f"a[{one},{two}] = w[{two}]*{one} + {two}", w=[fmpq(4), fmpq(5)]) for _ in range(2))
    looped.through([1, 2], f"a[{one},{two}]", at=(3,))
    for n in (1, 2):
        single.let(f"a[{one},{two}]", 3, n)
    assert _state(looped) == _state(single)
    assert [looped.env["a", 3, n] for n in (1, 2)] == [13, 17]


def test_a_letter_of_one_rule_is_a_quantity_of_another() -> None:
    """j is given for a, whose rule has no letter j; it runs for b."""
    looped, single = (_bare("a[i] = x[i]*j\nb[i,j] = a[i] + x[j] + j", x=[fmpq(n) for n in range(1, 7)], j=fmpq(7))
                      for _ in range(2))  # fmt: skip
    looped.through([1, 2, 3], "a[i]", "b[i,j]", more=([4, 5, 6],))
    for n in (1, 2, 3):
        single.let("a[i]", n)
        single.let("b[i,j]", n, n + 3)
    assert _state(looped) == _state(single)
    assert [looped.env["a", n] for n in (1, 2, 3)] == [7, 14, 21]


def test_values_of_a_longer_rule_are_not_those_of_a_shorter_one() -> None:
    """x[j] in the rule of a is x at the constant j, whatever j runs over beside it."""
    looped, single = (_bare("b[i,j] = x[j] + i\na[i] = x[j]*i", x=[fmpq(n) for n in range(1, 7)]) for _ in range(2))
    for trace in (looped, single):
        trace.index_constant("j", 2)
    looped.through([1, 2, 3], "b[i,j]", "a[i]", more=([4, 5, 6],))
    for n in (1, 2, 3):
        single.let("b[i,j]", n, n + 3)
        single.let("a[i]", n)
    assert _state(looped) == _state(single)


def test_nested_reductions_keep_their_variables_apart() -> None:
    """The inner sum runs over the letter of the outer loop; y[k] stays what it is."""
    text = "a[i,k] = x[i] + y[k]*sum(z[i]*y[k] for i in all)"
    looped, single = (_bare(text, x=[fmpq(1)] * 3, y=[fmpq(2), fmpq(3), fmpq(5)], z=[fmpq(7), fmpq(11), fmpq(13)])
                      for _ in range(2))  # fmt: skip
    for trace in (looped, single):
        trace.index_set("all", [1, 2, 3])
    looped.through([1, 2], "a[i,k]", more=([2, 3],))
    for n in (1, 2):
        single.let("a[i,k]", n, n + 1)
    assert _state(looped) == _state(single)
    assert looped.env["a", 1, 2] == 1 + 3 * 31 * 3


def test_nothing_is_looked_up_for_an_empty_reduction() -> None:
    """zz has no values, and needs none."""
    trace = _bare("none = sum(sum(zz[k] for j in m) for k in n)\nsome = sum(sum(1 for j in n)*w[k] for k in n)",
                  w=[fmpq(4), fmpq(5)])  # fmt: skip
    trace.index_set("m", [])
    trace.index_set("n", [1, 2])
    assert trace.let("none") == 0
    assert trace.let("some") == 18


def test_a_long_fraction_is_handed_on_as_an_enclosure() -> None:
    """The loop stops there, and goes on no further by itself; the values are those of single steps."""
    looped, single = (_bare("w[t] = w[t-1]**2 + u[t]", u=[fmpq(1, 3)] * 14) for _ in range(2))
    for trace in (looped, single):
        trace.given("w", fmpq(3, 7), 0)
    looped.through(range(1, 15), "w[t]")
    for t in range(1, 15):
        single.let("w[t]", t)
    assert _state(looped) == _state(single)
    kinds = [type(looped.env["w", t]) for t in range(1, 15)]
    assert kinds == sorted(kinds, key=lambda kind: kind is arb)
    assert kinds[0] is fmpq
    assert kinds[-1] is arb


@pytest.mark.parametrize(
    ("arithmetic", "value", "is_plain"),
    [
        (EXACT, fmpq(1, 3), True), (EXACT, fmpq(1, 2**3_000), False), (EXACT, arb(2), True), (EXACT, arb("inf"), False),
        (EXACT, arb("nan"), False), (EXACT, True, False), (EXACT, Matrix([[fmpq(1)]]), False), (EXACT, 1.0, False),
        (FLOAT64, 1.0, True), (FLOAT64, float("inf"), False), (FLOAT64, float("nan"), False), (FLOAT64, True, False),
        (FLOAT64, fmpq(1), False),
    ],
)  # fmt: skip
def test_what_is_handed_on_as_it_is(arithmetic: Arithmetic, value: Any, is_plain: bool) -> None:
    assert plain(arithmetic)(value) is is_plain
