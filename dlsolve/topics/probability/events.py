"""Events: from the probabilities given to those missing.

The outcomes of a sample space sum to 1, so the complement has P(Aᶜ) = 1 − P(A); if A lies in B, then
P(A) ≤ P(B); and what A and B share is counted once:

    P(A ∪ B) = P(A) + P(B) − P(A ∩ B).

Once B is known, only its outcomes are left: P(A | B) = P(A ∩ B) / P(B). Read the other way it is the
product rule P(A ∩ B) = P(A | B)·P(B), and summed over B and Bᶜ the total probability of A. Events that
exclude one another share nothing, P(A ∩ B) = 0; independent ones have P(A ∩ B) = P(A)·P(B). These are
different things: events of positive probability that exclude one another are never independent.

Of three events what all share is added back once: P(A ∪ B ∪ C) = P(A) + P(B) + P(C) − P(A ∩ B) − P(A ∩ C)
− P(B ∩ C) + P(A ∩ B ∩ C). At least one of many independent events is the complement of none of them,
1 − Π (1 − pᵢ).

Give what you know in any combination; everything that follows is worked out, and values that
cannot belong together are refused with the rule that they break.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.formula.text import one_line, unicode
from dlsolve.identities import Identity
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.deduce import conflicts, follow_up, needs
from dlsolve.worked.probability import three_events
from dlsolve.worked.probability.two_events import COMMON, QUANTITIES, SHARED_SLIPS, verdict
from dlsolve.worked.probability.values import text

Chance = fmpq | None


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    P_A: Annotated[Chance, Field("P(A)", ("A",), ge="0", le="1")] = None
    P_B: Annotated[Chance, Field("P(B)", ("B",), ge="0", le="1")] = None
    P_not_A: Annotated[Chance, Field("P(Aᶜ)", ("not_A",), ge="0", le="1")] = None
    P_not_B: Annotated[Chance, Field("P(Bᶜ)", ("not_B",), ge="0", le="1")] = None
    P_A_and_B: Annotated[Chance, Field("P(A ∩ B)", ("A_and_B", "both"), ge="0", le="1")] = None
    P_A_or_B: Annotated[Chance, Field("P(A ∪ B)", ("A_or_B", "either"), ge="0", le="1")] = None
    P_A_given_B: Annotated[Chance, Field("P(A | B)", ("A_given_B",), ge="0", le="1")] = None
    P_B_given_A: Annotated[Chance, Field("P(B | A)", ("B_given_A",), ge="0", le="1")] = None
    P_A_given_not_B: Annotated[Chance, Field("P(A | Bᶜ)", ("A_given_not_B",), ge="0", le="1")] = None
    P_B_given_not_A: Annotated[Chance, Field("P(B | Aᶜ)", ("B_given_not_A",), ge="0", le="1")] = None
    P_A_only: Annotated[Chance, Field("P(A ∩ Bᶜ)", ("A_only",), ge="0", le="1")] = None
    P_B_only: Annotated[Chance, Field("P(B ∩ Aᶜ)", ("B_only",), ge="0", le="1")] = None
    P_neither: Annotated[Chance, Field("P(Aᶜ ∩ Bᶜ)", ("neither",), ge="0", le="1")] = None
    P_C: Annotated[Chance, Field("P(C), of a third event", ("C",), ge="0", le="1")] = None
    P_not_C: Annotated[Chance, Field("P(Cᶜ)", ("not_C",), ge="0", le="1")] = None
    P_A_and_C: Annotated[Chance, Field("P(A ∩ C)", ("A_and_C",), ge="0", le="1")] = None
    P_B_and_C: Annotated[Chance, Field("P(B ∩ C)", ("B_and_C",), ge="0", le="1")] = None
    P_A_or_C: Annotated[Chance, Field("P(A ∪ C)", ("A_or_C",), ge="0", le="1")] = None
    P_B_or_C: Annotated[Chance, Field("P(B ∪ C)", ("B_or_C",), ge="0", le="1")] = None
    P_A_and_B_and_C: Annotated[Chance, Field("P(A ∩ B ∩ C)", ("A_and_B_and_C", "all"), ge="0", le="1")] = None
    P_A_or_B_or_C: Annotated[Chance, Field("P(A ∪ B ∪ C)", ("A_or_B_or_C", "at_least_one"), ge="0", le="1")] = None
    P_none: Annotated[Chance, Field("P(none of the three)", ("none",), ge="0", le="1")] = None
    P: Annotated[
        list[fmpq] | None,
        Field("in place of the others: the probabilities of any number of independent events", ("p",), ge="0", le="1"),
    ] = None
    independent: Annotated[bool, Field("whether the events are known to be independent")] = False
    exclusive: Annotated[bool, Field("whether the events exclude one another", ("disjoint",))] = False
    A_in_B: Annotated[bool, Field("whether A lies in B", ("subset",))] = False


NOTATION = Notation(
    [
        *QUANTITIES,
        Quantity("P_A_given_not_B", "probability of A, once B is known not to happen", kind="probability",
                 symbol="P(A | Bᶜ)", latex=r"P(A \mid B^{c})"),
        Quantity("P_B_given_not_A", "probability of B, once A is known not to happen", kind="probability",
                 symbol="P(B | Aᶜ)", latex=r"P(B \mid A^{c})"),
        *three_events.QUANTITIES,
        Quantity("p", "probability of event i", "i", kind="probability"),
        Quantity("none_of_them", "probability that none happens", kind="probability", symbol="P(none)"),
        Quantity("at_least_one", "probability that at least one happens", kind="probability",
                 symbol="P(at least one)", latex=r"P(\text{at least one})"),
        Quantity("all_of_them", "probability that all happen", kind="probability", symbol="P(all)"),
        Quantity("least", "least that P(A ∩ B) can be", kind="probability", symbol="min P(A ∩ B)"),
        Quantity("most", "most that P(A ∩ B) can be", kind="probability", symbol="max P(A ∩ B)"),
    ],
    {"i": "step"},
)  # fmt: skip

RULES = rules(COMMON + three_events.COMMON + three_events.SOLVED + """
    P_A:complement = 1 - P_not_A                            # complement
    P_B:complement = 1 - P_not_B                            # complement
    P_A_or_B:neither = 1 - P_neither                        # complement of neither
    P_A_and_B:exclusive = 0                                 # they exclude one another
    P_A_and_B:independent = P_A*P_B                         # independent
    P_A_and_B:subset = P_A                                  # A lies in B
    P_A_and_B:known_b = P_A_given_B*P_B                     # product rule
    P_A_and_B:known_a = P_B_given_A*P_A                     # product rule
    P_A_and_B:union = P_A + P_B - P_A_or_B                  # inclusion–exclusion, solved for P(A ∩ B)
    P_A_and_B:only = P_A - P_A_only                         # what A shares with B
    P_A_and_B:only_b = P_B - P_B_only                       # what B shares with A
    P_A:parts = P_A_only + P_A_and_B                        # the two parts of A
    P_B:parts = P_B_only + P_A_and_B                        # the two parts of B
    P_A_only:union = P_A_or_B - P_B                         # at least one, but not B
    P_B_only:union = P_A_or_B - P_A                         # at least one, but not A
    P_A_only:rest = P_A_given_not_B*P_not_B                 # product rule
    P_B_only:rest = P_B_given_not_A*P_not_A                 # product rule
    P_A:total = P_A_given_B*P_B + P_A_given_not_B*P_not_B   # total probability
    P_B:total = P_B_given_A*P_A + P_B_given_not_A*P_not_A   # total probability
    P_A:union = P_A_or_B - P_B + P_A_and_B                  # inclusion–exclusion, solved for P(A)
    P_B:union = P_A_or_B - P_A + P_A_and_B                  # inclusion–exclusion, solved for P(B)
    P_A:known_a = P_A_and_B / P_B_given_A                   # product rule, solved for P(A)
    P_B:known_b = P_A_and_B / P_A_given_B                   # product rule, solved for P(B)
    P_A:independent = P_A_and_B / P_B                       # independent, solved for P(A)
    P_B:independent = P_A_and_B / P_A                       # independent, solved for P(B)
    P_A:independent_union = (P_A_or_B - P_B) / (1 - P_B)    # P(A ∪ B) = P(A) + P(B) − P(A)·P(B), solved
    P_B:independent_union = (P_A_or_B - P_A) / (1 - P_A)    # P(A ∪ B) = P(A) + P(B) − P(A)·P(B), solved
    P_A:independent_given = P_A_given_B                     # independent: knowing B says nothing of A
    P_B:independent_given = P_B_given_A                     # independent: knowing A says nothing of B
    P_A_given_not_B = P_A_only / P_not_B                    # definition, P(Bᶜ) > 0
    P_B_given_not_A = P_B_only / P_not_A                    # definition, P(Aᶜ) > 0
    none_of_them = prod(1 - p[i] for i in events)           # independent: so are the complements
    at_least_one = 1 - none_of_them                         # complement of none
    all_of_them = prod(p[i] for i in events)                # independent
    least = max(0, P_A + P_B - 1)                           # together they are at most 1
    most = min(P_A, P_B)                                    # what is shared is no likelier than either
""")  # fmt: skip

SLIPS = (
    *SHARED_SLIPS,
    *three_events.SLIPS,
    DeclaredSlip("independent-added", rule("at_least_one", "sum(p[i] for i in events)"),
                 "the probabilities were added as if only one of the events could happen"),
    DeclaredSlip("all-for-one", rule("at_least_one", "1 - all_of_them"),
                 "the complement of all was taken, not the complement of none"),
    DeclaredSlip("other-factor", rule("P_A_and_B:known_b", "P_A_given_B*P_A"),
                 "P(A | B) was multiplied by P(A), not by P(B), the condition"),
    DeclaredSlip("other-factor-a", rule("P_A_and_B:known_a", "P_B_given_A*P_B"),
                 "P(B | A) was multiplied by P(B), not by P(A), the condition"),
    DeclaredSlip("taken-for-independent", rule("P_A_and_B:union", "P_A*P_B"),
                 "P(A)·P(B) was taken, though independence is not given"),
    DeclaredSlip("overlap-left-out", rule("P_A:independent_union", "P_A_or_B - P_B"),
                 "what A and B share was left out, though both can happen"),
    DeclaredSlip("overlap-left-out-b", rule("P_B:independent_union", "P_A_or_B - P_A"),
                 "what A and B share was left out, though both can happen"),
    DeclaredSlip("not-a-complement", rule("P_neither", "P_not_A*P_not_B"),
                 "P(Aᶜ)·P(Bᶜ) was taken without independence"),
)  # fmt: skip

IDENTITIES = (
    Identity("independence-identity", "Independent events: P(A | B) = P(A)", """
        P_A_given_B = P_A_and_B / P_B           # definition, P(B) > 0
                    = P_A*P_B / P_B             # independent
                    = P_A                       # P(B) cancels
    """, "P_A_and_B = P_A*P_B  # A and B are independent"),
    Identity("bayes-derivation", "Bayes' theorem from the product rule", """
        P_B_given_A = P_A_and_B / P_A           # definition, P(A) > 0
                    = P_A_given_B*P_B / P_A     # product rule: P(A ∩ B) = P(A | B)·P(B)
    """, "P_A_and_B = P_A_given_B*P_B  # definition of P(A | B), times P(B)"),
    Identity("probability-properties", "Inclusion–exclusion from the parts", """
        P_A_or_B = P_A_only + P_B_only + P_A_and_B                          # three parts that share nothing
                 = (P_A - P_A_and_B) + (P_B - P_A_and_B) + P_A_and_B        # each event less what they share
                 = P_A + P_B - P_A_and_B                                    # collected
    """, """
        P_A_only = P_A - P_A_and_B
        P_B_only = P_B - P_A_and_B
    """),
)  # fmt: skip

VALUES = tuple(f for f in Problem.__struct_fields__ if f.startswith("P_"))
_ASSUMED = {
    "independent": ("P_A_and_B:independent", "P_A:independent", "P_B:independent", "P_A:independent_union",
                    "P_B:independent_union", "P_A:independent_given", "P_B:independent_given",
                    "P_A_and_C:independent", "P_B_and_C:independent", "P_A_and_B_and_C:independent"),
    "exclusive": ("P_A_and_B:exclusive", "P_A_and_C:exclusive", "P_B_and_C:exclusive", "P_A_and_B_and_C:exclusive"),
    "A_in_B": ("P_A_and_B:subset",),
}  # fmt: skip
_ALWAYS = ("product", "product_all", "product_A_C", "product_B_C", "least", "most")
_OF_TWO = ("P_A_only", "P_B_only", "P_neither", "P_A_given_B", "P_B_given_A", "P_A_given_not_B", "P_B_given_not_A")
"""What is not worked out of three events unless it is given."""


def solve(p: Problem, t: Trace) -> None:
    given = {name: v for name in VALUES if (v := getattr(p, name)) is not None}
    assumed = [name for name in _ASSUMED if getattr(p, name)]
    if p.P is not None:
        _many(p.P, given, t)
        return
    if not given:
        raise InputError("$.given", "no probability is given", remedy='such as "P_A": 0.5, "P_B": 0.4, "P_A_or_B": 0.7')
    three = any("C" in name.split("_") or name == "P_none" for name in given)
    shut = {*_ALWAYS, *(r for name, ids in _ASSUMED.items() if name not in assumed for r in ids)}
    if three:
        shut |= {r.id for r in RULES if r.base in _OF_TWO and r.base not in given}
    else:
        shut |= {r.id for r in RULES if "C" in r.base.split("_")}
    order, known = follow_up(RULES, given, shut)
    _refuse(t, given, known, shut)
    for name in given:
        t.given(name, given[name])
    which = "A, B and C" if three else "A and B"
    for word, says in (("independent", f"{which} are independent."), ("exclusive", f"{which} exclude one another."),
                       ("A_in_B", "A lies in B.")):  # fmt: skip
        if word in assumed:
            t.note(says)
    for name in order:
        t.let(name)
    derived = [rule.partition(":")[0] for rule in order]
    if three:
        derived = _of_three(t, known, derived, "independent" in assumed)
    elif {"P_A", "P_B", "P_A_and_B"} <= set(known):
        if "independent" not in assumed:
            t.section("Independence")
            verdict(t)
            derived.append("independent")
        _checks(t, known)
    elif {"P_A", "P_B"} <= set(known):
        t.section("How much A and B share is left open")
        t.let("least")
        t.let("most")
        derived += ["least", "most"]
        more = sorted(t.symbols.unicode(n) for n in needs(RULES, "P_A_and_B", known) if n in VALUES and "C" not in n)
        t.remark(f"P(A ∩ B) does not follow from these; any one of {', '.join(more)} would give it.")
    if not derived:
        t.remark("Nothing more follows from this alone.")
    t.answer(*(derived or given))


def _of_three(t: Trace, known: dict[str, fmpq], derived: list[str], independent: bool) -> list[str]:
    """The verdict on three events, or what is missing for their union. Returns the answers."""
    whole = {"P_A", "P_B", "P_C", "P_A_and_B", "P_A_and_C", "P_B_and_C", "P_A_and_B_and_C"}
    if whole <= set(known):
        if not independent:
            t.section("Independence")
            three_events.mutual(t)
            derived.append("independent_all")
        t.check("none, one, two or all: the probabilities sum to 1",
                "P_none + P_exactly_one + P_exactly_two + P_A_and_B_and_C == 1")  # fmt: skip
    elif "P_A_or_B_or_C" not in known:
        missing = ", ".join(t.symbols.unicode(n) for n in sorted(whole - set(known)))
        t.remark(f"P(A ∪ B ∪ C) does not follow from these: {missing} is not known. "
                 "Say independent or exclusive if that is so.")  # fmt: skip
    aside = ("P_only_A", "P_only_B", "P_only_C", "P_A_or_B", "P_A_or_C", "P_B_or_C")
    return [n for n in derived if n not in aside and not n.startswith("P_not_")] or derived


def _many(p: list[fmpq], given: dict[str, fmpq], t: Trace) -> None:
    """At least one, none and all of any number of independent events."""
    if given:
        raise InputError("$.given.P", "stands for all events", remedy="give P alone, or P_A, P_B and P_C")
    if len(p) < 2:
        raise InputError("$.given.P", "one event alone", remedy="give the probability of each event")
    t.given("p", p)
    t.index_set("events", range(1, len(p) + 1))
    t.note("The events are independent.")
    for target in ("none_of_them", "all_of_them", "at_least_one"):
        t.let(target)
    t.answer("at_least_one", "none_of_them", "all_of_them")


def _refuse(t: Trace, given: dict[str, fmpq], known: dict[str, fmpq], shut: set[str]) -> None:
    """Raises `InputError` for values that cannot belong together, naming the rule that they break."""
    for found in conflicts(RULES, known, shut):
        name = found.rule.base
        says = f"{t.symbols.unicode(name)} = {one_line(unicode(found.rule.expr, t.symbols))}"
        where = f"$.given.{name}" if name in given else "$.given"
        raise InputError(
            where, f"these do not fit together: by {says} it would be {text(found.value)}",
            found=text(found.known), remedy="change or leave out one of them",
        )  # fmt: skip
    for name, value in known.items():
        if not 0 <= value <= 1:
            raise InputError(
                "$.given", f"these cannot belong together: {t.symbols.unicode(name)} would be {text(value)}",
                remedy="a probability lies from 0 to 1; change or leave out one of them",
            )  # fmt: skip


def _checks(t: Trace, known: dict[str, fmpq]) -> None:
    if {"P_A_only", "P_B_only", "P_neither"} <= set(known):
        t.check("the four parts sum to 1", "P_A_and_B + P_A_only + P_B_only + P_neither == 1")
    if {"P_A_given_B", "P_B_given_A"} <= set(known):
        t.check("Bayes: P(A | B)·P(B) = P(B | A)·P(A)", "P_A_given_B*P_B == P_B_given_A*P_A")


TOPIC = Topic(
    "events", "Events: the missing probability", "Probability", Problem, solve, NOTATION, RULES,
    "S. M. Ross, A First Course in Probability, 9th ed. (2014), sections 2.4 and 3.2 to 3.4",
    example={"P_A": 0.5, "P_B": 0.4, "P_A_or_B": 0.7},
    aliases=("independence", "inclusion-exclusion", "union", "complement", "independent-events", "at-least-one"),
    slips=SLIPS,
    identities=IDENTITIES,
    text=__doc__ or "",
)  # fmt: skip
