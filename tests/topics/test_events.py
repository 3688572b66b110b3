"""What follows for two events, against a random table of their four parts."""

from __future__ import annotations

from fractions import Fraction
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


PROBLEMS = st.one_of(stated(), two(20, "independent"), two(9, "exclusive"))


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
