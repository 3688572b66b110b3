"""What topics on two events A and B share: names, rules and the slips that markers know."""

from __future__ import annotations

from dlsolve.formula.rules import rule
from dlsolve.notation import Quantity
from dlsolve.topic import DeclaredSlip
from dlsolve.trace import Trace


def probability_quantity(name: str, symbol: str, meaning: str) -> Quantity:
    latex = symbol.replace("∩", r"\cap").replace("∪", r"\cup").replace("|", r"\mid")
    latex = latex.replace("ᶜ", "^{c}").replace("×", r"\times")
    for words in ("exactly one", "exactly two", "at least two", " alone"):
        latex = latex.replace(words, rf"\text{{{words}}}")
    return Quantity(name, meaning, kind="probability", symbol=symbol, latex=latex)


QUANTITIES = (
    probability_quantity("P_A", "P(A)", "probability of A"),
    probability_quantity("P_not_A", "P(Aᶜ)", "probability that A does not happen"),
    probability_quantity("P_B", "P(B)", "probability of B"),
    probability_quantity("P_not_B", "P(Bᶜ)", "probability that B does not happen"),
    probability_quantity("P_A_and_B", "P(A ∩ B)", "probability that both happen"),
    probability_quantity("P_A_or_B", "P(A ∪ B)", "probability that at least one happens"),
    probability_quantity("P_A_given_B", "P(A | B)", "probability of A, once B is known"),
    probability_quantity("P_B_given_A", "P(B | A)", "probability of B, once A is known"),
    probability_quantity("P_A_only", "P(A ∩ Bᶜ)", "probability of A without B"),
    probability_quantity("P_B_only", "P(B ∩ Aᶜ)", "probability of B without A"),
    probability_quantity("P_neither", "P(Aᶜ ∩ Bᶜ)", "probability that neither happens"),
    Quantity("product", "P(A)·P(B), which P(A ∩ B) is if they are independent", kind="probability",
             symbol="P(A) × P(B)", latex=r"P(A) \times P(B)"),
    Quantity("independent", "whether A and B are independent", kind="choice", symbol="A and B",
             latex=r"\text{A and B}"),
)  # fmt: skip

COMMON = """
    P_not_A = 1 - P_A                               # complement
    P_not_B = 1 - P_B                               # complement
    P_A_or_B = P_A + P_B - P_A_and_B                # inclusion–exclusion: both was counted twice
    P_A_given_B = P_A_and_B / P_B                   # definition, P(B) > 0
    P_B_given_A = P_A_and_B / P_A                   # definition, P(A) > 0
    product = P_A*P_B                               # what P(A ∩ B) would be under independence
    P_A_only = P_A - P_A_and_B                      # A without what it shares with B
    P_B_only = P_B - P_A_and_B                      # B without what it shares with A
    P_neither = 1 - P_A_or_B                        # complement of at least one
"""

SHARED_SLIPS = (
    DeclaredSlip("not-subtracted", rule("P_A_or_B", "P_A + P_B"), "what both share was counted twice"),
    DeclaredSlip("multiplied-union", rule("P_A_or_B", "P_A*P_B"),
                 "the probabilities were multiplied, though “or” is a union"),
    DeclaredSlip("wrong-condition", rule("P_A_given_B", "P_A_and_B / P_A"),
                 "it was divided by P(A), though the condition is B"),
    DeclaredSlip("wrong-condition-b", rule("P_B_given_A", "P_A_and_B / P_B"),
                 "it was divided by P(B), though the condition is A"),
    DeclaredSlip("not-divided", rule("P_A_given_B", "P_A_and_B"),
                 "“and” was taken for “given”, with no division by P(B)"),
    DeclaredSlip("not-divided-b", rule("P_B_given_A", "P_A_and_B"),
                 "“and” was taken for “given”, with no division by P(A)"),
)  # fmt: skip


def verdict(t: Trace) -> None:
    """Whether A and B are independent, from P(A ∩ B) and the product."""
    t.let("product")
    same = t.when(
        "P_A_and_B == product",
        ("A and B are independent", "A and B are not independent"),
    )
    t.operation("independence", None, "independent" if same else "not independent", key="independent")
