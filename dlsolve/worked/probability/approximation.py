"""What a distribution on the whole numbers is asked besides: its quantiles, and the normal curve in its place."""

from __future__ import annotations

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.formula.rules import rule
from dlsolve.notation import Quantity
from dlsolve.topic import DeclaredSlip
from dlsolve.trace import Trace
from dlsolve.worked.probability.counting import MAX_TERMS

QUANTITIES = (
    Quantity("F", "distribution function: P(X ≤ k)", "k", kind="probability", template="F({k})"),
    Quantity("q_given", "share of the probability asked for", kind="probability", symbol="q"),
    Quantity("k_q", "quantile: the first k with F(k) ≥ q", kind="integer", symbol="k_q",
             also=("k_{q_given}", "x_{q_given}")),
    Quantity("low", "lower end", kind="integer"),
    Quantity("high", "upper end", kind="integer"),
    Quantity("z_low", "lower end, half a unit further out, standardised"),
    Quantity("z_high", "upper end, half a unit further out, standardised"),
    Quantity("P_normal", "probability of the range by the normal curve", kind="probability", symbol="P_normal",
             latex=r"P_{\mathrm{normal}}"),
    Quantity("z_low_plain", "lower end standardised", symbol="z′_low", latex=r"z'_{\mathrm{low}}"),
    Quantity("z_high_plain", "upper end standardised", symbol="z′_high", latex=r"z'_{\mathrm{high}}"),
    Quantity("P_plain", "the same without the continuity correction", kind="probability", symbol="P′_normal",
             latex=r"P'_{\mathrm{normal}}"),
)  # fmt: skip

RULES = """
    F[k]:first = f[k]                                   # nothing lies further left
    F[k]:next = F[k-1] + f[k]                           # added up from the left
    k_q:at at k = k                                     # the first with F(k) ≥ q
    z_low = (low - 1/2 - E_X) / sigma_X                 # continuity correction: half a unit further out
    z_high = (high + 1/2 - E_X) / sigma_X               # continuity correction: half a unit further out
    P_normal:between = Phi(z_high) - Phi(z_low)         # area under the standard normal curve
    P_normal:below = Phi(z_high)                        # area to the left
    P_normal:above = 1 - Phi(z_low)                     # complement
    z_low_plain = (low - E_X) / sigma_X                 # without the correction
    z_high_plain = (high - E_X) / sigma_X               # without the correction
    P_plain:between = Phi(z_high_plain) - Phi(z_low_plain)
    P_plain:below = Phi(z_high_plain)
    P_plain:above = 1 - Phi(z_low_plain)
"""

SLIPS = (
    DeclaredSlip("no-correction-low", rule("z_low", "(low - E_X) / sigma_X"), "the continuity correction is left out"),
    DeclaredSlip("no-correction-high", rule("z_high", "(high - E_X) / sigma_X"),
                 "the continuity correction is left out"),
    DeclaredSlip("correction-inwards", rule("z_high", "(high - 1/2 - E_X) / sigma_X"),
                 "the half unit was taken off at the upper end, not added"),
    DeclaredSlip("variance-standardised", rule("z_high", "(high + 1/2 - E_X) / Var_X"),
                 "it was divided by the variance, not by σ"),
)  # fmt: skip


def by_normal(t: Trace, points: list[int] | None, low: int | None, high: int | None) -> None:
    """P(low ≤ X ≤ high), or of the one point asked, by the normal curve, with and without the correction."""
    if low is None and high is None:
        if points is None or len(points) != 1:
            raise InputError("$.given.normal", "no range to approximate", remedy="give low, high or both, or one k")
        low = high = points[0]
    t.section("By the normal curve")
    for name, end in (("low", low), ("high", high)):
        if end is not None:
            t.given(name, end)
    way = "below" if low is None else "above" if high is None else "between"
    for base, plain in (("P_normal", ""), ("P_plain", "_plain")):
        if low is not None:
            t.let(f"z_low{plain}")
        if high is not None:
            t.let(f"z_high{plain}")
        if base == "P_normal" or low != high:
            t.let(f"{base}:{way}")
    t.answer("P_normal", *(["P_plain"] if low != high else []))
    t.remark("P_normal counts the ends in full (continuity correction); P′ is without it.")


def quantile(t: Trace, q: fmpq, first: int, last: int | None) -> None:
    """The first k whose F(k) reaches q."""
    t.section("Quantile")
    t.given("q_given", q)
    for k in range(first, first + MAX_TERMS):
        if ("f", k) not in t.steps:
            t.let("f[k]", k)
        t.let("F[k]:first" if k == first else "F[k]:next", k)
        if t.when("F[k] >= q_given", (f"{k} is the quantile", ""), k=k) or k == last:
            t.let("k_q:at at k", k)
            t.answer("k_q")
            return
    raise InputError("$.given.q", f"beyond {MAX_TERMS} values", remedy="take a smaller q, or the normal curve")


__all__ = ["QUANTITIES", "RULES", "SLIPS", "by_normal", "quantile"]
