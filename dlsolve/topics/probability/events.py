"""Two events: from the probabilities given to those missing.

The outcomes of a sample space sum to 1, so the complement has P(Aᶜ) = 1 − P(A); if A lies in B, then
P(A) ≤ P(B); and what A and B share is counted once:

    P(A ∪ B) = P(A) + P(B) − P(A ∩ B).

Once B is known, only its outcomes are left: P(A | B) = P(A ∩ B) / P(B). Read the other way it is the
product rule P(A ∩ B) = P(A | B)·P(B), and summed over B and Bᶜ the total probability of A. Events that
exclude one another share nothing, P(A ∩ B) = 0; independent ones have P(A ∩ B) = P(A)·P(B). These are
different things: events of positive probability that exclude one another are never independent.

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
from dlsolve.numbers.show import decimal, fraction, terminates
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.deduce import conflicts, follow_up, needs
from dlsolve.worked.probability.two_events import COMMON, QUANTITIES, SHARED_SLIPS, verdict

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
    independent: Annotated[bool, Field("whether A and B are known to be independent")] = False
    exclusive: Annotated[bool, Field("whether A and B exclude one another", ("disjoint",))] = False
    A_in_B: Annotated[bool, Field("whether A lies in B", ("subset",))] = False


NOTATION = Notation(
    [
        *QUANTITIES,
        Quantity("P_A_given_not_B", "probability of A, once B is known not to happen", kind="probability",
                 symbol="P(A | Bᶜ)", latex=r"P(A \mid B^{c})"),
        Quantity("P_B_given_not_A", "probability of B, once A is known not to happen", kind="probability",
                 symbol="P(B | Aᶜ)", latex=r"P(B \mid A^{c})"),
        Quantity("least", "least that P(A ∩ B) can be", kind="probability", symbol="min P(A ∩ B)"),
        Quantity("most", "most that P(A ∩ B) can be", kind="probability", symbol="max P(A ∩ B)"),
    ],
)  # fmt: skip

RULES = rules(COMMON + """
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
    least = max(0, P_A + P_B - 1)                           # together they are at most 1
    most = min(P_A, P_B)                                    # what is shared is no likelier than either
""")  # fmt: skip

SLIPS = (
    *SHARED_SLIPS,
    DeclaredSlip("other-factor", rule("P_A_and_B:known_b", "P_A_given_B*P_A"),
                 "P(A | B) goes with P(B), the condition, not with P(A)"),
    DeclaredSlip("other-factor-a", rule("P_A_and_B:known_a", "P_B_given_A*P_B"),
                 "P(B | A) goes with P(A), the condition, not with P(B)"),
    DeclaredSlip("taken-for-independent", rule("P_A_and_B:union", "P_A*P_B"),
                 "P(A)·P(B) was taken; independence is not given"),
    DeclaredSlip("overlap-left-out", rule("P_A:independent_union", "P_A_or_B - P_B"),
                 "what A and B share was left out: independent events can both happen"),
    DeclaredSlip("overlap-left-out-b", rule("P_B:independent_union", "P_A_or_B - P_A"),
                 "what A and B share was left out: independent events can both happen"),
    DeclaredSlip("not-a-complement", rule("P_neither", "P_not_A*P_not_B"),
                 "P(Aᶜ)·P(Bᶜ) needs independence; neither is the complement of at least one"),
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
                    "P_B:independent_union", "P_A:independent_given", "P_B:independent_given"),
    "exclusive": ("P_A_and_B:exclusive",),
    "A_in_B": ("P_A_and_B:subset",),
}  # fmt: skip
_ALWAYS = ("product", "least", "most")


def solve(p: Problem, t: Trace) -> None:
    given = {name: v for name in VALUES if (v := getattr(p, name)) is not None}
    assumed = [name for name in _ASSUMED if getattr(p, name)]
    if not given:
        raise InputError(
            "$.given", "no probability is given", remedy='give some: "P_A": 0.5, "P_B": 0.4, "P_A_or_B": 0.7'
        )
    shut = {*_ALWAYS, *(r for name, ids in _ASSUMED.items() if name not in assumed for r in ids)}
    order, known = follow_up(RULES, given, shut)
    _refuse(t, given, known, shut)
    for name in given:
        t.given(name, given[name])
    for word, says in (("independent", "A and B are independent."), ("exclusive", "A and B exclude one another."),
                       ("A_in_B", "A lies in B.")):  # fmt: skip
        if word in assumed:
            t.note(says)
    for name in order:
        t.let(name)
    derived = [rule.partition(":")[0] for rule in order]
    if {"P_A", "P_B", "P_A_and_B"} <= set(known):
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
        more = sorted(t.symbols.unicode(n) for n in needs(RULES, "P_A_and_B", known) if n in VALUES)
        t.remark(f"P(A ∩ B) does not follow from these; any one of {', '.join(more)} would give it.")
    if not derived:
        t.remark("Nothing more follows from this alone.")
    t.answer(*(derived or given))


def _refuse(t: Trace, given: dict[str, fmpq], known: dict[str, fmpq], shut: set[str]) -> None:
    """Raises `InputError` for values that cannot belong together, naming the rule that they break."""
    for found in conflicts(RULES, known, shut):
        name = found.rule.base
        says = f"{t.symbols.unicode(name)} = {one_line(unicode(found.rule.expr, t.symbols))}"
        where = f"$.given.{name}" if name in given else "$.given"
        raise InputError(
            where, f"these do not fit together: by {says} it would be {_text(found.value)}",
            found=_text(found.known), remedy="change or leave out one of them",
        )  # fmt: skip
    for name, value in known.items():
        if not 0 <= value <= 1:
            raise InputError(
                "$.given", f"these cannot belong together: {t.symbols.unicode(name)} would be {_text(value)}",
                remedy="a probability lies from 0 to 1; change or leave out one of them",
            )  # fmt: skip


def _text(value: fmpq) -> str:
    return decimal(value) if terminates(value) else fraction(value)


def _checks(t: Trace, known: dict[str, fmpq]) -> None:
    if {"P_A_only", "P_B_only", "P_neither"} <= set(known):
        t.check("the four parts sum to 1", "P_A_and_B + P_A_only + P_B_only + P_neither == 1")
    if {"P_A_given_B", "P_B_given_A"} <= set(known):
        t.check("Bayes: P(A | B)·P(B) = P(B | A)·P(A)", "P_A_given_B*P_B == P_B_given_A*P_A")


TOPIC = Topic(
    "events", "Two events: the missing probability", "Probability", Problem, solve, NOTATION, RULES,
    "S. M. Ross, A First Course in Probability, 9th ed. (2014), sections 2.4 and 3.2 to 3.4",
    example={"P_A": 0.5, "P_B": 0.4, "P_A_or_B": 0.7},
    aliases=("independence", "inclusion-exclusion", "union", "complement", "independent-events"),
    slips=SLIPS,
    identities=IDENTITIES,
    text=__doc__ or "",
)  # fmt: skip
