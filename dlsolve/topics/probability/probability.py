"""Probability by counting: sample spaces and events.

All outcomes of an experiment make its sample space S. Where each is as likely as any other,

    P(E) = n(E) / n(S).

An event is a set of outcomes, said in words: "heads even", "sum = 7", "first H", "at least 2 sixes",
or listed. Zero is an even number: three tails are an even number of heads. The outcomes sum to 1, the
complement has P(Eᶜ) = 1 − P(E), and of two events

    P(A ∪ B) = P(A) + P(B) − P(A ∩ B),        P(A | B) = P(A ∩ B) / P(B).

P(A | B) looks only at the outcomes in B. It says nothing of time: B need not come first. A and B
are independent where P(A ∩ B) = P(A)·P(B), that is P(A | B) = P(A): knowing B says nothing of A.
If A lies in B, then P(A) ≤ P(B).

Of three events what all share is added back: P(A ∪ B ∪ C) = P(A) + P(B) + P(C) − P(A ∩ B) − P(A ∩ C)
− P(B ∩ C) + P(A ∩ B ∩ C). They are independent if each pair is and P(A ∩ B ∩ C) = P(A)·P(B)·P(C).

Experiments: "3 coins", "2 dice", "a coin and a die", "die 3 times", "2d8", "a card",
"2 cards without replacement"; an urn by colour with the number of draws; or S itself, listed.
Biased coins and loaded dice: "3 coins with P(H) = 0.6", or the chances of the faces; of independent
trials they are multiplied.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from dlsolve.errors import InputError
from dlsolve.experiments import Outcome, Space, condition, space_of
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.probability import three_events
from dlsolve.worked.probability.chances import CHANCE, give, let_chance
from dlsolve.worked.probability.stated import Experiment
from dlsolve.worked.probability.two_events import COMMON, QUANTITIES, SHARED_SLIPS, verdict

_EVENT = 'in words ("heads even", "sum = 7", "first H"), or the outcomes listed'
Event = dict[Outcome, None]
"""The outcomes of an event, in the order of the sample space."""
SHOWN = 36
"""So many outcomes are listed; of more, the first and the last."""


class Problem(Experiment, forbid_unknown_fields=True, kw_only=True):
    A: Annotated[str | list[str] | None, Field(f"event A, {_EVENT}", ("E", "event"))] = None
    B: Annotated[str | list[str] | None, Field(f"event B, {_EVENT}", ("F", "given"))] = None
    C: Annotated[str | list[str] | None, Field(f"event C, {_EVENT}", ("G",))] = None


NOTATION = Notation(
    [
        Quantity("size", "equally likely choices in trial i", "i", kind="integer", symbol="s"),
        Quantity("n_S", "outcomes of the sample space", kind="integer", symbol="n(S)"),
        Quantity("n_A", "outcomes in A", kind="integer", symbol="n(A)"),
        Quantity("n_B", "outcomes in B", kind="integer", symbol="n(B)"),
        Quantity("n_A_and_B", "outcomes in both", kind="integer", symbol="n(A ∩ B)", latex=r"n(A \cap B)"),
        Quantity("n_A_or_B", "outcomes in at least one", kind="integer", symbol="n(A ∪ B)", latex=r"n(A \cup B)"),
        Quantity("n_C", "outcomes in C", kind="integer", symbol="n(C)"),
        Quantity("n_A_and_C", "outcomes in A and C", kind="integer", symbol="n(A ∩ C)", latex=r"n(A \cap C)"),
        Quantity("n_B_and_C", "outcomes in B and C", kind="integer", symbol="n(B ∩ C)", latex=r"n(B \cap C)"),
        Quantity(
            "n_A_and_B_and_C",
            "outcomes in all three",
            kind="integer",
            symbol="n(A ∩ B ∩ C)",
            latex=r"n(A \cap B \cap C)",
        ),
        Quantity(
            "n_A_or_B_or_C",
            "outcomes in at least one of three",
            kind="integer",
            symbol="n(A ∪ B ∪ C)",
            latex=r"n(A \cup B \cup C)",
        ),
        CHANCE,
        Quantity("P_each", "probability of each single outcome", kind="probability", symbol="P(o)"),
        Quantity("P_S", "probability that some outcome happens", kind="probability", symbol="P(S)"),
        *QUANTITIES,
        *three_events.QUANTITIES,
    ],
    {"i": "step", "f": "label"},
)

RULES = rules("""
    n_S = prod(size[i] for i in trials)             # every choice with every other
    P_each = 1 / n_S                                # all outcomes are equally likely
    P_S = n_S*P_each                                # the outcomes sum to 1
    P_A = n_A / n_S                                 # all outcomes are equally likely
    P_B = n_B / n_S                                 # all outcomes are equally likely
    P_A_and_B = n_A_and_B / n_S                     # the outcomes in both
    P_C = n_C / n_S                                 # all outcomes are equally likely
    P_A_and_C = n_A_and_C / n_S                     # the outcomes in both
    P_B_and_C = n_B_and_C / n_S                     # the outcomes in both
    P_A_and_B_and_C = n_A_and_B_and_C / n_S         # the outcomes in all three
""" + COMMON + three_events.COMMON)  # fmt: skip

SLIPS = (
    DeclaredSlip("added-choices", rule("n_S", "sum(size[i] for i in trials)"), "choices were added, not multiplied"),
    DeclaredSlip("complement", rule("P_A", "1 - n_A / n_S"), "the probability of the complement was taken"),
    DeclaredSlip("odds", rule("P_A", "n_A / (n_S - n_A)"), "odds were taken, n(A) over the other outcomes"),
    DeclaredSlip("assumed-independent", rule("P_A_and_B", "P_A*P_B"),
                 "P(A)·P(B) was taken for P(A ∩ B) without independence"),
    *SHARED_SLIPS,
    *three_events.SLIPS,
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    space = space_of(p)
    stated = {name: said for name in "ABC" if (said := getattr(p, name)) is not None}
    for name, before in (("C", "B"), ("B", "A")):
        if name in stated and before not in stated:
            raise InputError(f"$.given.{before}", f"an event {name} without an event {before}",
                             remedy=f"give {before} too, or call {name} the event {before}")  # fmt: skip
    _sample_space(space, t)
    if not stated:
        t.answer("n_S")
        return
    events = {}
    for name, said in stated.items():
        events[name] = _event(said, name, space, t)
        _probability(t, space, events[name], name)
        t.let(f"P_not_{name}")
    if len(events) == 1:
        t.answer("P_A")
        t.check("outcomes in A and outside it are all there are", "P_A + P_not_A == 1")
    elif len(events) == 2:
        _two(t, space, *events.values())
    else:
        _three(t, space, events)


def _sample_space(space: Space, t: Trace) -> None:
    t.section("Sample space")
    if space.chances is not None:
        give(space, t)
        t.operation("outcomes listed", None, t.number(len(space.outcomes)), key="n_S",
                    why="S = " + _set(list(space.outcomes)))  # fmt: skip
        return
    t.index_set("trials", range(1, len(space.sizes) + 1))
    t.given("size", list(space.sizes))
    for name in ("n_S", "P_each", "P_S"):
        t.let(name)
    t.note("S = " + _set(list(space.outcomes)))
    if not space.even:
        t.note("Single balls are equally likely; a sequence of colours comes up in as many ways as balls fit it.")


def _two(t: Trace, space: Space, a: Event, b: Event) -> None:
    """What two events share, once one is known, and whether they are independent."""
    t.section("A and B")
    _probability(t, space, {o: None for o in a if o in b}, "A_and_B", "A ∩ B")
    t.let("P_A_or_B")
    _agrees(t, space, {o: None for o in space.outcomes if o in a or o in b}, "A_or_B", "A ∪ B")
    t.section("Once one is known")
    if b:
        t.let("P_A_given_B")
    if a:
        t.let("P_B_given_A")
    if not a or not b:
        empty = "A" if not a else "B"
        t.remark(f"{empty} holds no outcome: nothing is said of probabilities once {empty} is known.")
    t.section("Independence")
    verdict(t)
    t.answer(*(k for k in ("P_A", "P_B", "P_A_and_B", "P_A_or_B", "P_A_given_B", "P_B_given_A", "independent")
               if k in t.env))  # fmt: skip
    if set(a) <= set(b) or set(b) <= set(a):
        t.check("the smaller event is no likelier", "P_A <= P_B" if set(a) <= set(b) else "P_B <= P_A")
    if b and space.chances is None:
        t.check("P(A | B) counts inside B only", "P_A_given_B == n_A_and_B/n_B")


def _three(t: Trace, space: Space, events: Mapping[str, Event]) -> None:
    """What three events share, at least one of them, exactly one or two, and independence."""
    t.section("A, B and C")
    for names in ("AB", "AC", "BC", "ABC"):
        shared = {o: None for o in space.outcomes if all(o in events[n] for n in names)}
        _probability(t, space, shared, "_and_".join(names), " ∩ ".join(names))
    t.let("P_A_or_B_or_C")
    either = {o: None for o in space.outcomes if any(o in e for e in events.values())}
    _agrees(t, space, either, "A_or_B_or_C", "A ∪ B ∪ C")
    for target in ("P_none", "P_only_A", "P_only_B", "P_only_C", "P_exactly_one", "P_exactly_two", "P_at_least_two"):
        t.let(target)
    t.section("Independence")
    three_events.mutual(t)
    t.answer("P_A", "P_B", "P_C", "P_A_and_B_and_C", "P_A_or_B_or_C", "P_none", "P_exactly_one", "P_exactly_two",
             "independent_all")  # fmt: skip
    t.check("none, one, two or all: the probabilities sum to 1",
            "P_none + P_exactly_one + P_exactly_two + P_A_and_B_and_C == 1")  # fmt: skip


def _event(said: str | list[str], name: str, space: Space, t: Trace) -> Event:
    """The outcomes of an event."""
    where = f"$.given.{name}"
    t.section(f"{name}: {said if isinstance(said, str) else ', '.join(said)}")
    if isinstance(said, str):
        holds = condition(said, space, where)
        return {o: None for o in space.outcomes if holds(o)}
    known = {label.replace(" ", ""): o for label, o in space.named().items()}
    unknown = [label for label in said if label.replace(" ", "") not in known]
    if unknown:
        raise InputError(where, f"{unknown[0]!r} is no outcome of the experiment",
                         remedy=f"write outcomes as {space.outcomes[0].label}")  # fmt: skip
    listed = {known[label.replace(" ", "")] for label in said}
    return {o: None for o in space.outcomes if o in listed}


def _probability(t: Trace, space: Space, held: Event, key: str, symbol: str = "") -> None:
    """P of an event: its outcomes counted, or their chances added up."""
    if space.chances is not None:
        t.note(f"{symbol or key} = {_set(list(held))}")
        let_chance(t, f"P_{key}", held, space)
    else:
        _count(list(held), f"n_{key}", f"{symbol or key} = {_set(list(held))}", t)
        t.let(f"P_{key}")


def _agrees(t: Trace, space: Space, held: Event, key: str, symbol: str) -> None:
    """The union by its outcomes, beside inclusion–exclusion."""
    name = f"inclusion–exclusion agrees with counting {symbol}"
    if space.chances is None:
        _count(list(held), f"n_{key}", f"{symbol} = {_set(list(held))}", t)
        t.check(name, f"P_{key} == n_{key}/n_S")
    else:
        t.check(name, f"P_{key} == {sum(o.ways for o in held)}/{space.total}")


def _count(held: list[Outcome], key: str, why: str, t: Trace) -> None:
    if all(o.ways == 1 for o in held):
        t.operation("counted", None, t.number(len(held)), key=key, why=why)
    else:
        listed_ = [str(o.ways) for o in held]
        ways = " + ".join(listed_ if len(held) <= SHOWN // 3 else [*listed_[:3], "…", listed_[-1]])
        t.operation("ways added up", None, t.number(sum(o.ways for o in held)), key=key, why=f"{why}: {ways}")


def _set(outcomes: list[Outcome]) -> str:
    """{HHT, HTH, …}"""
    labels = [o.label for o in outcomes]
    if len(labels) > SHOWN:
        labels = [*labels[: SHOWN // 3], "…", labels[-1]]
    return "{" + ", ".join(labels) + "}" if labels else "∅"


TOPIC = Topic(
    "probability", "Sample spaces and events", "Probability", Problem, solve, NOTATION, RULES,
    "S. M. Ross, A First Course in Probability, 9th ed. (2014), sections 2.5, 3.2 and 3.4",
    example={"experiment": "3 coins", "A": "heads even", "B": "first H"},
    aliases=("outcomes", "sample-space", "dice", "coins", "cards", "urn", "conditional-probability", "coin", "die"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
