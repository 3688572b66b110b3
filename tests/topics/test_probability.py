"""Counting against brute force over every outcome, written anew with itertools and fractions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import permutations, product
from typing import Any

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.checker.answers import canonical
from dlsolve.errors import InputError
from dlsolve.experiments import condition, drawn, experiment, quantity
from dlsolve.topics.probability.probability import TOPIC
from dlsolve.trace import Trace
from tests.values import solved

Test = Callable[[tuple[Any, ...]], bool]

COIN_EVENTS: dict[str, Test] = {
    "heads even": lambda o: o.count("H") % 2 == 0,
    "first H": lambda o: o[0] == "H",
    "last is T": lambda o: o[-1] == "T",
    "at least 2 heads": lambda o: o.count("H") >= 2,
    "no tails": lambda o: "T" not in o,
    "heads > tails": lambda o: o.count("H") > o.count("T"),
    "exactly one head or all equal": lambda o: o.count("H") == 1 or len(set(o)) == 1,
    "not (first H and last H)": lambda o: not (o[0] == "H" and o[-1] == "H"),
    "heads = 99": lambda o: False,
    "heads >= 0": lambda o: True,
}
DICE_EVENTS: dict[str, Test] = {
    "sum = 7": lambda o: sum(o) == 7,
    "sum is even": lambda o: sum(o) % 2 == 0,
    "first > last": lambda o: o[0] > o[-1],
    "max <= 4": lambda o: max(o) <= 4,
    "at least 1 six": lambda o: 6 in o,
    "all different": lambda o: len(set(o)) == len(o),
    "sum in {2, 3, 12}": lambda o: sum(o) in (2, 3, 12),
    "sum divisible by 3 and first odd": lambda o: sum(o) % 3 == 0 and o[0] % 2 == 1,
    "max - min > 2": lambda o: max(o) - min(o) > 2,
    "product prime": lambda o: _multiplied(o) in (2, 3, 5),
    "sum between 5 and 8": lambda o: 5 <= sum(o) <= 8,
    "first = last + 1": lambda o: o[0] == o[-1] + 1,
}
URN_EVENTS: dict[str, Test] = {
    "first red": lambda o: o[0] == "red",
    "all same": lambda o: len(set(o)) == 1,
    "at least 1 blue": lambda o: "blue" in o,
    "red = blue": lambda o: o.count("red") == o.count("blue"),
    "last is not red": lambda o: o[-1] != "red",
}


def _multiplied(o: tuple[int, ...]) -> int:
    out = 1
    for n in o:
        out *= n
    return out


class Drawn:
    """A problem, its equally likely outcomes, and its two events as tests."""

    def __init__(self, stated: dict[str, Any], outcomes: list[tuple[Any, ...]], a: Test, b: Test) -> None:
        self.stated, self.outcomes, self.a, self.b = stated, outcomes, a, b

    def p(self, test: Test) -> Fraction:
        return Fraction(sum(map(test, self.outcomes)), len(self.outcomes))


@st.composite
def drawn_problem(draw: st.DrawFn) -> Drawn:
    kind = draw(st.sampled_from(["coin", "die", "urn"]))
    n = draw(st.integers(2, 3))
    if kind == "urn":
        urn = {"red": draw(st.integers(1, 4)), "blue": draw(st.integers(1, 4)), "green": draw(st.integers(0, 2))}
        balls = [(colour, i) for colour, count in urn.items() for i in range(count)]
        back = draw(st.booleans())
        n = min(n, len(balls))
        every = product(balls, repeat=n) if back else permutations(balls, n)
        outcomes = [tuple(colour for colour, _ in o) for o in every]
        stated: dict[str, Any] = {"urn": urn, "draws": n, "replacement": back}
    else:
        faces: tuple[Any, ...] = ("H", "T") if kind == "coin" else (1, 2, 3, 4, 5, 6)
        outcomes = list(product(faces, repeat=n))
        stated = {"experiment": f"{n} {'coins' if kind == 'coin' else 'dice'}"}
    events = {"coin": COIN_EVENTS, "die": DICE_EVENTS, "urn": URN_EVENTS}[kind]
    a, b = draw(st.sampled_from(sorted(events))), draw(st.sampled_from(sorted(events)))
    return Drawn({**stated, "A": a, "B": b}, outcomes, events[a], events[b])


@st.composite
def biased(draw: st.DrawFn) -> Drawn:
    """Tosses of a biased coin or rolls of a loaded die: as many faces as its chance has twentieths."""
    kind = draw(st.sampled_from(["coin", "die"]))
    n = draw(st.integers(1, 3 if kind == "coin" else 2))
    faces: tuple[Any, ...] = ("H", "T") if kind == "coin" else (1, 2, 3, 4, 5, 6)
    cuts = sorted(draw(st.lists(st.integers(0, 20), min_size=len(faces) - 1, max_size=len(faces) - 1)))
    shares = [b - a for a, b in zip([0, *cuts], [*cuts, 20], strict=True)]
    alike = [f for f, share in zip(faces, shares, strict=True) for _ in range(share)]
    stated: dict[str, Any] = {
        "experiment": f"{n} {'coins' if kind == 'coin' else 'dice'}",
        "chances": {str(f): f"{share}/20" for f, share in zip(faces, shares, strict=True)},
    }
    events = {"coin": COIN_EVENTS, "die": DICE_EVENTS}[kind]
    a, b = draw(st.sampled_from(sorted(events))), draw(st.sampled_from(sorted(events)))
    return Drawn({**stated, "A": a, "B": b}, list(product(alike, repeat=n)), events[a], events[b])


@st.composite
def three(draw: st.DrawFn) -> tuple[Drawn, Test]:
    """A third event beside two."""
    d = draw(st.one_of(drawn_problem(), biased()))
    words = str(d.stated.get("experiment", "urn"))
    events = COIN_EVENTS if "coin" in words else DICE_EVENTS if "dice" in words else URN_EVENTS
    name = draw(st.sampled_from(sorted(events)))
    return Drawn({**d.stated, "C": name}, d.outcomes, d.a, d.b), events[name]


PROBLEMS = st.one_of(drawn_problem(), biased(), three().map(lambda pair: pair[0])).map(lambda d: d.stated)


def value(trace: Trace, name: str) -> Fraction:
    found = trace.env[name]
    assert isinstance(found, fmpq)
    return Fraction(int(found.p), int(found.q))


@settings(max_examples=150)
@given(drawn_problem())
def test_agrees_with_every_outcome_counted(d: Drawn) -> None:
    trace = solved(TOPIC, d.stated)
    both = d.p(lambda o: d.a(o) and d.b(o))
    assert value(trace, "n_S") == len(d.outcomes)
    assert value(trace, "P_A") == d.p(d.a)
    assert value(trace, "P_not_B") == 1 - d.p(d.b)
    assert value(trace, "P_A_and_B") == both
    assert value(trace, "P_A_or_B") == d.p(lambda o: d.a(o) or d.b(o))
    assert ("P_A_given_B" in trace.env) == (d.p(d.b) > 0)
    if d.p(d.b):
        assert value(trace, "P_A_given_B") == both / d.p(d.b)
    assert (trace.env["independent"] == "independent") == (both == d.p(d.a) * d.p(d.b))
    assert all(c.holds for c in trace.checks)


@settings(max_examples=60)
@given(biased())
def test_faces_that_are_not_equally_likely(d: Drawn) -> None:
    trace = solved(TOPIC, d.stated)
    both = d.p(lambda o: d.a(o) and d.b(o))
    assert value(trace, "P_A") == d.p(d.a)
    assert value(trace, "P_A_and_B") == both
    assert value(trace, "P_A_or_B") == d.p(lambda o: d.a(o) or d.b(o))
    assert all(c.holds for c in trace.checks)


@settings(max_examples=60)
@given(three())
def test_three_events(drawn_: tuple[Drawn, Test]) -> None:
    d, c = drawn_
    trace = solved(TOPIC, d.stated)
    tests = (d.a, d.b, c)
    how_many = [d.p(lambda o, k=k: sum(bool(t(o)) for t in tests) == k) for k in range(4)]  # type: ignore[misc]
    assert [value(trace, n) for n in ("P_none", "P_exactly_one", "P_exactly_two", "P_A_and_B_and_C")] == how_many
    assert value(trace, "P_A_or_B_or_C") == 1 - how_many[0]
    assert value(trace, "P_only_C") == d.p(lambda o: bool(c(o)) and not d.a(o) and not d.b(o))
    single = [d.p(t) for t in tests]
    pairs = all(d.p(lambda o, i=i, j=j: bool(tests[i](o) and tests[j](o))) == single[i] * single[j]  # type: ignore[misc]
                for i, j in ((0, 1), (0, 2), (1, 2)))  # fmt: skip
    every = how_many[3] == single[0] * single[1] * single[2]
    said = "independent" if pairs and every else "in pairs only" if pairs else "not independent"
    assert trace.env["independent_all"] == said
    assert all(check.holds for check in trace.checks)


@pytest.mark.parametrize(
    ("what", "event", "chance"),
    [
        ("a card", "king or heart", Fraction(16, 52)),
        ("a card", "a face card", Fraction(12, 52)),
        ("card", "ace and red", Fraction(2, 52)),
        ("2 cards without replacement", "both hearts", Fraction(1, 17)),
        ("2 cards with replacement", "both hearts", Fraction(1, 16)),
        ("two dice", "doubles", Fraction(1, 6)),
        ("roll a die twice", "|first - second| = 2", Fraction(8, 36)),
        ("2d8", "sum is at least 15", Fraction(3, 64)),
        ("die", "even or > 4", Fraction(4, 6)),
        ("a 12-sided die", "divisible by 5", Fraction(2, 12)),
        ("a coin and a die", "first H and second is 6", Fraction(1, 12)),
        ("toss 3 coins", "{HHT, HTH}", Fraction(1, 4)),
        ("2 dice", "{(1, 2), (2, 1)} or sum = 12", Fraction(3, 36)),
        ("A coin is tossed three times.", "more heads than tails", Fraction(1, 2)),
        ("three fair coins are tossed", "the first toss is heads", Fraction(1, 2)),
        ("3 coins", "HHT or THH", Fraction(1, 4)),
        ("3 coins", "we get an even number of heads", Fraction(1, 2)),
        ("3 coins", "two heads in a row", Fraction(3, 8)),
        ("3 coins", "no two heads in a row", Fraction(5, 8)),
        ("3 coins", "heads on the second toss", Fraction(1, 2)),
        ("3 coins", "first and last are equal", Fraction(1, 2)),
        ("4 coins", "at least three consecutive heads", Fraction(3, 16)),
        ("a coin with P(H) = 0.6 is tossed twice", "at least one head", Fraction(84, 100)),
        ("a biased coin (P(H)=2/3) is tossed twice", "both heads", Fraction(4, 9)),
        ("2 loaded dice with P(6)=1/2", "no six", Fraction(1, 4)),
        ("two dice are rolled", "the sum is 7 or 11", Fraction(8, 36)),
        ("roll a fair six-sided die twice", "sum greater than 8", Fraction(10, 36)),
        ("2 dice", "at least one of the dice shows a 6", Fraction(11, 36)),
        ("2 dice", "neither shows a 6", Fraction(25, 36)),
        ("2 dice", "the numbers differ", Fraction(30, 36)),
        ("2 dice", "both greater than 4", Fraction(4, 36)),
        ("2 dice", "the first die is greater than the second", Fraction(15, 36)),
        ("2 dice", "sum divisible by 3 or 4", Fraction(20, 36)),
        ("2 dice", "(1, 2)", Fraction(1, 36)),
        ("2 dice", "even sum", Fraction(1, 2)),
        ("a pack of cards", "king of hearts", Fraction(1, 52)),
        ("draw a card from a standard deck", "either a king or a heart", Fraction(16, 52)),
        ("a card", "a red king", Fraction(2, 52)),
        ("a card", "10 of clubs", Fraction(1, 52)),
        ("a card", "neither a heart nor a king", Fraction(36, 52)),
        (
            "two cards are drawn without replacement from a well-shuffled deck of 52 playing cards",
            "same suit",
            Fraction(12, 51),
        ),
        ("2 cards", "an ace and a king", Fraction(2 * 16, 52 * 51)),
        ("2 cards", "one king and one queen", Fraction(2 * 16, 52 * 51)),
        ("2 cards", "a pair", Fraction(3, 51)),
    ],
)
def test_words_for_events(what: str, event: str, chance: Fraction) -> None:
    space = experiment(what, None, "$")
    holds = condition(event, space, "$")
    total = sum(o.ways for o in space.outcomes)
    assert Fraction(sum(o.ways for o in space.outcomes if holds(o)), total) == chance


def test_numbers_of_an_outcome() -> None:
    dice = experiment("2 dice", None, "$")
    for text, expected in [("sum", 9), ("max - min", 1), ("2*first + second", 14), ("number of fives", 1),
                           ("product", 20), ("3", 3), ("|second - first|*2", 2)]:  # fmt: skip
        outcome = next(o for o in dice.outcomes if o.faces == (5, 4))
        assert quantity(text, dice, "$")(outcome) == expected


def test_zero_heads_are_even() -> None:
    trace = solved(TOPIC, {"experiment": "3 coins", "A": "heads even", "B": "first H"})
    assert trace.env["P_A"] == fmpq(1, 2)  # E011: the notes print 3/8
    assert trace.env["independent"] == "independent"
    same = solved(TOPIC, {"experiment": "3 coins", "A": ["HHT", "HTH", "THH", "TTT"], "B": "first H"})
    assert same.env["P_A"] == trace.env["P_A"]
    of_list = solved(TOPIC, {"S": ["HH", "HT", "TH", "TT"], "A": "1 head"})
    assert of_list.env["P_A"] == fmpq(1, 2)


def test_colours_look_alike_but_are_counted_by_ball() -> None:
    space = drawn({"red": 3, "blue": 2}, 2, False, "$")
    assert {o.label: o.ways for o in space.outcomes}["(red, blue)"] == 6
    assert space.sizes == (5, 4)


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "experiment, S and urn"),
        ({"experiment": "3 coins", "S": ["H", "T"]}, "experiment and S"),
        ({"experiment": "3 coins", "B": "first H"}, "without an event A"),
        ({"experiment": "a banana"}, "no experiment that is known"),
        ({"experiment": ""}, "experiment"),
        ({"experiment": "40 coins"}, "too many to list"),
        ({"experiment": "9999999 coins"}, "$.given.experiment"),
        ({"experiment": "5 cards without replacement"}, "too many to list"),
        ({"experiment": "a 1-sided die"}, "at least 2 sides"),
        ({"experiment": "3 coins", "A": "heads"}, "no comparison"),
        ({"experiment": "3 coins", "A": "sum = 2"}, "no numbers"),
        ({"experiment": "3 coins", "A": "frogs = 2"}, "'frogs' is not understood"),
        ({"experiment": "3 coins", "A": "__import__('os')"}, "not understood"),
        ({"experiment": "3 coins", "A": "heads = 2 )"}, "')'"),
        ({"experiment": "3 coins", "A": "(" * 300 + "heads = 2"}, "$.given.A"),
        ({"experiment": "3 coins", "A": "not " * 90 + "first H"}, "nested too deeply"),
        ({"experiment": "3 coins", "A": ["HHX"]}, "'HHX' is no outcome"),
        ({"experiment": "3 coins", "A": "{HHX}"}, "'HHX' is no outcome"),
        ({"experiment": "2 dice", "A": "> 4"}, "several trials"),
        ({"experiment": "die", "A": "divisible by 0"}, "which number"),
        ({"experiment": "2 cards without replacement", "replacement": True}, "different things"),
        ({"experiment": "2 cards and a die"}, "draw the cards alone"),
        ({"experiment": "die", "draws": 2}, "from an urn"),
        ({"urn": {"red": 2}, "draws": 3}, "3 draws from 2"),
        ({"urn": {"red": 0}}, "empty"),
        ({"urn": {"red": -1}}, "$.given.urn.red"),
        ({"S": ["a", "a"]}, "listed twice"),
        ({"S": ["a b", "a-b"]}, "too like"),
    ],
)
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)


def test_an_event_that_cannot_happen_gives_no_condition() -> None:
    trace = solved(TOPIC, {"experiment": "2 coins", "A": "heads = 3", "B": "first H"})
    assert "P_B_given_A" not in trace.env
    assert any("holds no outcome" in r for r in trace.remarks)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("P(A|B)", "P_A_given_B"),
        ("P(A ∩ B)", "P_A_and_B"),
        ("P(A and B)", "P_A_and_B"),
        ("P(AnB)", "P_A_and_B"),
        (r"$P(A \cup B)$", "P_A_or_B"),
        ("n(S)", "n_S"),
        ("P(A given B)", "P_A_given_B"),
        ("P_A", "P_A"),
    ],
)
def test_answers_may_be_named_as_they_are_shown(written: str, name: str) -> None:
    trace = solved(TOPIC, {"experiment": "3 coins", "A": "heads even", "B": "first H"})
    assert canonical(trace, written) == name
