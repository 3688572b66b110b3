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

Experiments: "3 coins", "2 dice", "a coin and a die", "die 3 times", "2d8", "a card",
"2 cards without replacement"; an urn by colour with the number of draws; or S itself, listed.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from dlsolve.errors import InputError
from dlsolve.experiments import Outcome, Space, condition, space_of
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.probability.two_events import COMMON, QUANTITIES, SHARED_SLIPS, verdict

_EVENT = 'in words ("heads even", "sum = 7", "first H"), or the outcomes listed'
SHOWN = 36
"""So many outcomes are listed; of more, the first and the last."""


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    experiment: Annotated[
        str | None, Field('what is done: "3 coins", "2 dice", "a coin and a die", "2 cards without replacement"')
    ] = None
    S: Annotated[list[str] | None, Field("the sample space itself, outcomes listed", ("sample_space",))] = None
    urn: Annotated[dict[str, int] | None, Field("how many balls of each colour", ("box", "bag"), ge="0")] = None
    draws: Annotated[int | None, Field("draws from the urn", ge="1")] = None
    replacement: Annotated[bool | None, Field("whether what was drawn goes back (default: it does not)")] = None
    A: Annotated[str | list[str] | None, Field(f"event A, {_EVENT}", ("E", "event"))] = None
    B: Annotated[str | list[str] | None, Field(f"event B, {_EVENT}", ("F", "given"))] = None


NOTATION = Notation(
    [
        Quantity("size", "equally likely choices in trial i", "i", kind="integer", symbol="s"),
        Quantity("n_S", "outcomes of the sample space", kind="integer", symbol="n(S)"),
        Quantity("n_A", "outcomes in A", kind="integer", symbol="n(A)"),
        Quantity("n_B", "outcomes in B", kind="integer", symbol="n(B)"),
        Quantity("n_A_and_B", "outcomes in both", kind="integer", symbol="n(A ∩ B)", latex=r"n(A \cap B)"),
        Quantity("n_A_or_B", "outcomes in at least one", kind="integer", symbol="n(A ∪ B)", latex=r"n(A \cup B)"),
        Quantity("P_each", "probability of each single outcome", kind="probability", symbol="P(o)"),
        Quantity("P_S", "probability that some outcome happens", kind="probability", symbol="P(S)"),
        *QUANTITIES,
    ],
    {"i": "step"},
)

RULES = rules("""
    n_S = prod(size[i] for i in trials)             # every choice with every other
    P_each = 1 / n_S                                # all outcomes are equally likely
    P_S = n_S*P_each                                # the outcomes sum to 1
    P_A = n_A / n_S                                 # all outcomes are equally likely
    P_B = n_B / n_S                                 # all outcomes are equally likely
    P_A_and_B = n_A_and_B / n_S                     # the outcomes in both
""" + COMMON)  # fmt: skip

SLIPS = (
    DeclaredSlip("added-choices", rule("n_S", "sum(size[i] for i in trials)"), "choices were added, not multiplied"),
    DeclaredSlip("complement", rule("P_A", "1 - n_A / n_S"), "this is the probability of the complement"),
    DeclaredSlip("odds", rule("P_A", "n_A / (n_S - n_A)"), "these are odds: n(A) over the other outcomes"),
    DeclaredSlip("assumed-independent", rule("P_A_and_B", "P_A*P_B"),
                 "P(A)·P(B) was taken for P(A ∩ B) without independence"),
    *SHARED_SLIPS,
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    space = space_of(p)
    if p.B is not None and p.A is None:
        raise InputError("$.given.A", "an event B without an event A", remedy="give A too, or call B the event A")
    t.section("Sample space")
    t.index_set("trials", range(1, len(space.sizes) + 1))
    t.given("size", list(space.sizes))
    for name in ("n_S", "P_each", "P_S"):
        t.let(name)
    t.note("S = " + _set(list(space.outcomes)))
    if not space.even:
        t.note("Single balls are equally likely; a sequence of colours comes up in as many ways as balls fit it.")
    if p.A is None:
        t.answer("n_S")
        return
    a = _event(p.A, "A", space, t)
    t.let("P_A")
    t.let("P_not_A")
    if p.B is None:
        t.answer("P_A")
        t.check("outcomes in A and outside it are all there are", "P_A + P_not_A == 1")
        return
    b = _event(p.B, "B", space, t)
    t.let("P_B")
    t.let("P_not_B")
    t.section("A and B")
    both = [o for o in a if o in b]
    _count(t, both, "n_A_and_B", f"A ∩ B = {_set(both)}")
    t.let("P_A_and_B")
    t.let("P_A_or_B")
    either = [o for o in space.outcomes if o in a or o in b]
    _count(t, either, "n_A_or_B", f"A ∪ B = {_set(either)}")
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
    t.check("inclusion–exclusion agrees with counting A ∪ B", "P_A_or_B == n_A_or_B/n_S")
    if set(a) <= set(b) or set(b) <= set(a):
        t.check("the smaller event is no likelier", "P_A <= P_B" if set(a) <= set(b) else "P_B <= P_A")
    if b:
        t.check("P(A | B) counts inside B only", "P_A_given_B == n_A_and_B/n_B")


def _event(said: str | list[str], name: str, space: Space, t: Trace) -> dict[Outcome, None]:
    """The outcomes of an event, written and counted."""
    where = f"$.given.{name}"
    t.section(f"{name}: {said if isinstance(said, str) else ', '.join(said)}")
    if isinstance(said, str):
        holds = condition(said, space, where)
        held = [o for o in space.outcomes if holds(o)]
    else:
        known = {label.replace(" ", ""): o for label, o in space.named().items()}
        unknown = [label for label in said if label.replace(" ", "") not in known]
        if unknown:
            raise InputError(where, f"{unknown[0]!r} is no outcome of the experiment",
                             remedy=f"write outcomes as {space.outcomes[0].label}")  # fmt: skip
        listed_ = {known[label.replace(" ", "")] for label in said}
        held = [o for o in space.outcomes if o in listed_]
    _count(t, held, f"n_{name}", f"{name} = {_set(held)}")
    return dict.fromkeys(held)


def _count(t: Trace, held: list[Outcome], key: str, why: str) -> None:
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
    aliases=("outcomes", "sample-space", "dice", "coins", "cards", "urn", "conditional-probability"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
