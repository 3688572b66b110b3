"""What follows for two events, against a random table of their four parts."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.policy import Slip
from dlsolve.topics.probability.events import TOPIC, VALUES
from tests.values import solved

Table = dict[str, Fraction]


def table(both: Fraction, a_only: Fraction, b_only: Fraction, neither: Fraction) -> Table:
    """Every probability of two events, from their four parts."""
    a, b = both + a_only, both + b_only
    out = {"P_A": a, "P_B": b, "P_not_A": 1 - a, "P_not_B": 1 - b, "P_A_and_B": both, "P_A_or_B": 1 - neither,
           "P_A_only": a_only, "P_B_only": b_only, "P_neither": neither}  # fmt: skip
    for name, part, whole in (("P_A_given_B", both, b), ("P_B_given_A", both, a), ("P_A_given_not_B", a_only, 1 - b),
                              ("P_B_given_not_A", b_only, 1 - a)):  # fmt: skip
        if whole:
            out[name] = part / whole
    return out


@st.composite
def tables(draw: st.DrawFn) -> Table:
    parts = [draw(st.integers(0, 9)) for _ in range(4)]
    parts[draw(st.integers(0, 3))] += 1
    return table(*(Fraction(n, sum(parts)) for n in parts))


@st.composite
def stated(draw: st.DrawFn, true: Table | None = None) -> dict[str, Any]:
    true = true or draw(tables())
    names = draw(st.lists(st.sampled_from(sorted(true)), min_size=2, max_size=4, unique=True))
    return {n: str(true[n]) for n in names}


def two(most: int, word: str) -> st.SearchStrategy[dict[str, Any]]:
    """P(A) and P(B) in twentieths, with what is known besides."""
    share = st.integers(0, most)
    return st.builds(lambda a, b: {"P_A": f"{a}/20", "P_B": f"{b}/20", word: True}, share, share)


PARTS = ("A", "B", "C", "AB", "AC", "BC", "ABC")


@st.composite
def three_tables(draw: st.DrawFn) -> Table:
    """Every probability of three events, from their eight parts."""
    parts = {part: draw(st.integers(0, 6)) for part in (*PARTS, "")}
    parts[""] += 1
    whole = sum(parts.values())

    def p(test: Callable[[str], bool]) -> Fraction:
        return Fraction(sum(n for part, n in parts.items() if test(part)), whole)

    out = {"P_none": p(lambda s: not s), "P_exactly_one": p(lambda s: len(s) == 1),
           "P_exactly_two": p(lambda s: len(s) == 2), "P_at_least_two": p(lambda s: len(s) > 1)}  # fmt: skip
    for names in PARTS:
        out["P_" + "_and_".join(names)] = p(lambda s, n=names: set(n) <= set(s))  # type: ignore[misc]
        if len(names) > 1:
            out["P_" + "_or_".join(names)] = p(lambda s, n=names: bool(set(n) & set(s)))  # type: ignore[misc]
        else:
            out[f"P_only_{names}"] = p(lambda s, n=names: s == n)  # type: ignore[misc]
            out[f"P_not_{names}"] = 1 - out[f"P_{names}"]
    return out


@st.composite
def three_stated(draw: st.DrawFn, true: Table | None = None) -> dict[str, Any]:
    """Enough of three events to give their union, some of it the other way round."""
    true = true or draw(three_tables())
    last = draw(st.sampled_from(["P_A_and_B_and_C", "P_A_or_B_or_C", "P_none"]))
    pairs = [draw(st.sampled_from([f"P_{x}_and_{y}", f"P_{x}_or_{y}"])) for x, y in ("AB", "AC", "BC")]
    third = draw(st.sampled_from(["P_C", "P_not_C"]))
    return {n: str(true[n]) for n in ("P_A", "P_B", third, *pairs, last)}


many = st.lists(st.integers(0, 20), min_size=2, max_size=6).map(lambda ns: {"P": [f"{n}/20" for n in ns]})
PROBLEMS = st.one_of(stated(), two(20, "independent"), two(9, "exclusive"), three_stated(), many)


@settings(max_examples=100)
@given(st.data())
def test_three_events_give_everything(data: st.DataObject) -> None:
    true = data.draw(three_tables())
    trace = solved(TOPIC, data.draw(three_stated(true)))
    for name, value in true.items():
        found = trace.env[name]
        assert isinstance(found, fmpq)
        assert Fraction(int(found.p), int(found.q)) == value, name
    pairs = all(true[f"P_{x}_and_{y}"] == true[f"P_{x}"] * true[f"P_{y}"] for x, y in ("AB", "AC", "BC"))
    every = true["P_A_and_B_and_C"] == true["P_A"] * true["P_B"] * true["P_C"]
    said = "independent" if pairs and every else "in pairs only" if pairs else "not independent"
    assert trace.env["independent_all"] == said


@settings(max_examples=100)
@given(many)
def test_many_independent_events_by_every_outcome(stated_: dict[str, Any]) -> None:
    chances = [Fraction(text) for text in stated_["P"]]
    trace = solved(TOPIC, stated_)
    by_number = [Fraction(0)] * (len(chances) + 1)
    for happens in product((False, True), repeat=len(chances)):
        p = Fraction(1)
        for yes, chance in zip(happens, chances, strict=True):
            p *= chance if yes else 1 - chance
        by_number[sum(happens)] += p
    for name, value in (("none_of_them", by_number[0]), ("all_of_them", by_number[-1]),
                        ("at_least_one", 1 - by_number[0])):  # fmt: skip
        found = trace.env[name]
        assert isinstance(found, fmpq)
        assert Fraction(int(found.p), int(found.q)) == value


def test_independence_of_three_events_multiplies() -> None:
    trace = solved(TOPIC, {"P_A": "1/2", "P_B": "2/5", "P_C": "3/10", "independent": True})
    assert trace.env["P_none"] == fmpq(21, 100)
    assert trace.env["P_A_and_B_and_C"] == fmpq(6, 100)


def test_three_events_that_cannot_belong_together_are_refused() -> None:
    with pytest.raises(InputError, match="P\\(A alone\\)"):
        solved(TOPIC, {"P_A": "0.5", "P_B": "0.5", "P_C": "0.5", "P_A_and_B": "0.4", "P_A_and_C": "0.4",
                       "P_B_and_C": "0.1", "P_A_and_B_and_C": "0"})  # fmt: skip
    with pytest.raises(InputError, match="stands for all events"):
        solved(TOPIC, {"P": ["0.5", "0.5"], "P_A": "0.5"})


@settings(max_examples=250)
@given(st.data())
def test_what_follows_is_true(data: st.DataObject) -> None:
    true = data.draw(tables())
    trace = solved(TOPIC, data.draw(stated(true)))
    for name in VALUES:
        if name in trace.env:
            value = trace.env[name]
            assert Fraction(int(value.p), int(value.q)) == true[name], name
    assert all(c.holds for c in trace.checks)


@settings(max_examples=100)
@given(tables())
def test_three_parts_give_everything(true: Table) -> None:
    trace = solved(TOPIC, {n: str(true[n]) for n in ("P_A", "P_B", "P_A_or_B")})
    assert set(true) <= set(trace.env)
    same = true["P_A_and_B"] == true["P_A"] * true["P_B"]
    assert trace.env["independent"] == ("independent" if same else "not independent")


@settings(max_examples=100)
@given(tables(), st.sampled_from(["P_A", "P_B", "P_A_or_B", "P_A_and_B"]), st.integers(1, 40))
def test_a_changed_value_is_refused(true: Table, name: str, by: int) -> None:
    changed = {n: true[n] for n in ("P_A", "P_B", "P_A_or_B", "P_A_and_B")}
    changed[name] = (changed[name] + Fraction(by, 41)) % 1
    if changed[name] == true[name]:
        return
    with pytest.raises(InputError, match=r"fit together|belong together"):
        solved(TOPIC, {n: str(v) for n, v in changed.items()})


def test_independent_events_with_a_known_union() -> None:
    trace = solved(TOPIC, {"P_A": "1/3", "P_A_or_B": "3/5", "independent": True})
    assert trace.env["P_B"] == fmpq(2, 5)
    assert trace.env["P_A_and_B"] == fmpq(2, 15)


def test_too_little_gives_bounds() -> None:
    trace = solved(TOPIC, {"P_A": 0.7, "P_B": 0.6})
    assert (trace.env["least"], trace.env["most"]) == (fmpq(3, 10), fmpq(3, 5))
    assert any("does not follow" in r for r in trace.remarks)


def test_nothing_may_follow() -> None:
    trace = solved(TOPIC, {"P_A_given_B": 0.4})
    assert trace.answers == ["P_A_given_B"]
    assert "Nothing more follows" in trace.remarks[0]


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    cases: list[dict[str, Any]] = [
        {"P_A": 0.5, "P_B": 0.3, "P_A_or_B": 0.7}, {"P_A": 0.5, "P_B": 0.3, "P_A_and_B": 0.2},
        {"P_A": 0.5, "P_A_or_B": 0.7, "independent": True}, {"P_B": 0.5, "P_A_or_B": 0.7, "independent": True},
        {"P_A": 0.5, "P_B": 0.3, "P_A_given_B": 0.2}, {"P_A": 0.5, "P_B": 0.3, "P_B_given_A": 0.2},
        {"P_A": 0.5, "P_B": 0.4, "P_C": 0.3, "independent": True}, {"P": [0.5, 0.4, 0.3]},
    ]  # fmt: skip
    for p in cases:
        true, wrong = solved(TOPIC, p), solved(TOPIC, p, policy=Slip(slip.rule))
        if any(true.env[k] != wrong.env[k] for k in true.answers if k in wrong.env):
            return
    pytest.fail(f"{slip.id} changes nothing")


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "no probability is given"),
        ({"P_A": 1.2}, "$.given.P_A"),
        ({"P_A": -0.1}, "$.given.P_A"),
        ({"P_A": 0.5, "P_not_A": 0.6}, "do not fit together"),
        ({"P_A": 0.5, "P_B": 0.4, "P_A_and_B": 0.45}, "would be"),
        ({"P_A": 0.5, "P_B": 0.4, "P_A_or_B": 0.3}, "would be"),
        ({"P_A": 0.9, "P_B": 0.8, "exclusive": True}, "P(A ∪ B) would be 1.7"),
        ({"P_A": 0.5, "P_B": 0.4, "P_A_and_B": 0.3, "independent": True}, "P(A)·P(B)"),
        ({"P_A": 0.5, "P_B": 0.4, "A_in_B": True}, "would be"),
    ],
)
def test_what_cannot_be_is_refused(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)
