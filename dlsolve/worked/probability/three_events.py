"""What topics on three events A, B and C share: names, rules, slips, and the verdict on independence."""

from __future__ import annotations

from dlsolve.formula.rules import rule
from dlsolve.notation import Quantity
from dlsolve.topic import DeclaredSlip
from dlsolve.trace import Trace
from dlsolve.worked.probability.two_events import probability_quantity as _probability

PAIRS = (("A", "C"), ("B", "C"))
"""The pairs that the third event adds."""

QUANTITIES = (
    _probability("P_C", "P(C)", "probability of C"),
    _probability("P_not_C", "P(Cᶜ)", "probability that C does not happen"),
    *(
        _probability(name.format(x, y), symbol.format(x, y), meaning.format(x, y))
        for x, y in PAIRS
        for name, symbol, meaning in (
            ("P_{}_and_{}", "P({} ∩ {})", "probability that {} and {} both happen"),
            ("P_{}_or_{}", "P({} ∪ {})", "probability that {} or {} happens"),
        )
    ),
    _probability("P_A_and_B_and_C", "P(A ∩ B ∩ C)", "probability that all three happen"),
    _probability("P_A_or_B_or_C", "P(A ∪ B ∪ C)", "probability that at least one happens"),
    _probability("P_none", "P(Aᶜ ∩ Bᶜ ∩ Cᶜ)", "probability that none happens"),
    _probability("P_only_A", "P(A alone)", "probability of A without B and C"),
    _probability("P_only_B", "P(B alone)", "probability of B without A and C"),
    _probability("P_only_C", "P(C alone)", "probability of C without A and B"),
    _probability("P_exactly_one", "P(exactly one)", "probability that exactly one happens"),
    _probability("P_exactly_two", "P(exactly two)", "probability that exactly two happen"),
    _probability("P_at_least_two", "P(at least two)", "probability that at least two happen"),
    _probability("product_all", "P(A) × P(B) × P(C)", "P(A)·P(B)·P(C), which P(A ∩ B ∩ C) is under independence"),
    _probability("product_A_C", "P(A) × P(C)", "P(A)·P(C)"),
    _probability("product_B_C", "P(B) × P(C)", "P(B)·P(C)"),
    Quantity("independent_all", "whether A, B and C are independent", kind="choice", symbol="A, B and C",
             latex=r"\text{A, B and C}"),
)  # fmt: skip

COMMON = """
    P_not_C = 1 - P_C                                               # complement
    P_A_or_C = P_A + P_C - P_A_and_C                                # inclusion–exclusion
    P_B_or_C = P_B + P_C - P_B_and_C                                # inclusion–exclusion
    P_A_or_B_or_C = P_A + P_B + P_C - P_A_and_B - P_A_and_C - P_B_and_C + P_A_and_B_and_C    # inclusion–exclusion
    P_none = 1 - P_A_or_B_or_C                                      # complement of at least one
    P_only_A = P_A - P_A_and_B - P_A_and_C + P_A_and_B_and_C        # what all share was taken away twice
    P_only_B = P_B - P_A_and_B - P_B_and_C + P_A_and_B_and_C        # what all share was taken away twice
    P_only_C = P_C - P_A_and_C - P_B_and_C + P_A_and_B_and_C        # what all share was taken away twice
    P_exactly_one = P_only_A + P_only_B + P_only_C                  # one alone
    P_exactly_two = P_A_and_B + P_A_and_C + P_B_and_C - 3*P_A_and_B_and_C    # each pair, less what all share
    P_at_least_two = P_exactly_two + P_A_and_B_and_C                # two, or all
    product_all = P_A*P_B*P_C                                       # what P(A ∩ B ∩ C) is under independence
    product_A_C = P_A*P_C                                           # under independence
    product_B_C = P_B*P_C                                           # under independence
"""

SOLVED = """
    P_C:complement = 1 - P_not_C                            # complement
    P_A_and_C:exclusive = 0                                 # they exclude one another
    P_B_and_C:exclusive = 0                                 # they exclude one another
    P_A_and_B_and_C:exclusive = 0                           # they exclude one another
    P_A_and_C:independent = P_A*P_C                         # independent
    P_B_and_C:independent = P_B*P_C                         # independent
    P_A_and_B_and_C:independent = P_A*P_B*P_C               # independent
    P_A_and_C:union = P_A + P_C - P_A_or_C                  # inclusion–exclusion, solved for P(A ∩ C)
    P_B_and_C:union = P_B + P_C - P_B_or_C                  # inclusion–exclusion, solved for P(B ∩ C)
    P_A_or_B_or_C:none = 1 - P_none                         # complement of none
    P_A_and_B_and_C:union = P_A_or_B_or_C - P_A - P_B - P_C + P_A_and_B + P_A_and_C + P_B_and_C    # solved for all
    P_C:union = P_A_or_B_or_C - P_A - P_B + P_A_and_B + P_A_and_C + P_B_and_C - P_A_and_B_and_C    # solved for C
"""
"""What is given the other way round: P(A ∪ B ∪ C), or none, with the rest known."""

SLIPS = (
    DeclaredSlip("three-added", rule("P_A_or_B_or_C", "P_A + P_B + P_C"), "what they share was counted more than once"),
    DeclaredSlip("all-left-out", rule("P_A_or_B_or_C", "P_A + P_B + P_C - P_A_and_B - P_A_and_C - P_B_and_C"),
                 "what all three share was not added again at the end"),
    DeclaredSlip("all-subtracted",
                 rule("P_A_or_B_or_C", "P_A + P_B + P_C - P_A_and_B - P_A_and_C - P_B_and_C - P_A_and_B_and_C"),
                 "what all three share was subtracted at the end, not added"),
    DeclaredSlip("all-once", rule("P_exactly_two", "P_A_and_B + P_A_and_C + P_B_and_C - P_A_and_B_and_C"),
                 "what all share was taken away once, not for each of the three pairs"),
    DeclaredSlip("at-least-for-exactly", rule("P_exactly_two", "P_A_and_B + P_A_and_C + P_B_and_C"),
                 "what all share was not taken away"),
)  # fmt: skip


def mutual(t: Trace) -> None:
    """Whether A, B and C are independent: each pair, and all three."""
    pairs = True
    for target, both, says in (
        ("product", "P_A_and_B", "A and B"), ("product_A_C", "P_A_and_C", "A and C"),
        ("product_B_C", "P_B_and_C", "B and C"),
    ):  # fmt: skip
        if target not in t.env:
            t.let(target)
        pairs &= t.when(f"{both} == {target}", (f"{says} are independent", f"{says} are not independent"))
    t.let("product_all")
    every = t.when("P_A_and_B_and_C == product_all", ("the product rule holds for all three", "it fails for all three"))
    verdict = "independent" if pairs and every else "in pairs only" if pairs else "not independent"
    t.operation("independence asks it of each pair and of all three", None, verdict, key="independent_all")


__all__ = ["COMMON", "PAIRS", "QUANTITIES", "SLIPS", "SOLVED", "mutual"]
