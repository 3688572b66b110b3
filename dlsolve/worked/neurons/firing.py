"""Threshold units: which inputs fire, what function that is, and which thresholds give a wanted one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from flint import fmpq

from dlsolve.notation import Quantity
from dlsolve.trace import Trace
from dlsolve.worked.neurons.samples import GATES, Problem, gate

QUANTITIES = (
    Quantity("fires", "inputs that make it fire", kind="integer"),
    Quantity("below", "largest weighted sum that must not fire", symbol="z_max(0)", latex=r"z_{\max}(0)"),
    Quantity("above", "smallest weighted sum that must fire", symbol="z_min(1)", latex=r"z_{\min}(1)"),
    Quantity("possible", "whether some threshold does it", kind="choice"),
    Quantity("midway", "threshold midway between both", symbol="θ_mid", latex=r"\theta_{\mathrm{mid}}"),
)
RULES = """
    fires = count(y_hat[s] == 1 for s in samples)       # inputs that make it fire
    below = max(z[s] for s in quiet)                    # the threshold lies above it
    above = min(z[s] for s in firing)                   # and reaches it at most
    midway = (below + above)/2                          # midway
"""


def bits(n: int) -> list[list[fmpq]]:
    """All inputs of n bits, in the order of the binary numbers."""
    return [[fmpq(e) for e in row] for row in product((0, 1), repeat=n)]


def count_firing(p: Problem, t: Trace, rows: Sequence[Sequence[fmpq]], labels: Sequence[fmpq]) -> None:
    """How many of the inputs fire; of a whole truth table, the function by name."""
    t.let("fires")
    t.answer("fires")
    whole = sorted(map(tuple, rows)) == sorted(map(tuple, bits(len(rows[0]))))
    if labels or not whole or p.w is None or not t.policy.passive:
        return
    bound = (p.threshold or fmpq(0)) - (p.b or fmpq(0))
    sums = [sum((w * x for w, x in zip(p.w, row, strict=True)), fmpq(0)) - bound for row in rows]
    out = [s > 0 or (s == 0 and t.convention("fire") == "ge") for s in sums]
    for name in GATES:
        if out == [gate(name, [e == 1 for e in row]) for row in rows]:
            t.remark(f"This is {name} of the {len(rows[0])} inputs.")
            return
    if len(set(out)) == 1:
        t.remark("It fires for every input." if out[0] else "It never fires.")


def thresholds(t: Trace, labels: Sequence[fmpq], fire: str) -> None:
    """Between which weighted sums the threshold must lie."""
    t.section("Threshold")
    firing = [s for s, y in enumerate(labels, 1) if y == 1]
    quiet = [s for s, y in enumerate(labels, 1) if y != 1]
    if not firing or not quiet:
        end = "at most the smallest" if firing else "above the largest"
        t.operation("one class only", None, "yes", key="possible", why=f"any threshold {end} weighted sum does")
        t.answer("possible")
        return
    t.index_set("firing", firing)
    t.index_set("quiet", quiet)
    t.let("below")
    t.let("above")
    says = ("below < θ ≤ above", "z = θ fires") if fire == "ge" else ("below ≤ θ < above", "z = θ does not fire")
    between = says[0].replace("below", t.symbols.unicode("below")).replace("above", t.symbols.unicode("above"))
    can = t.when("below < above", (f"every threshold with {between} does it ({says[1]})",
                                   "no threshold does it with these weights"))  # fmt: skip
    t.operation("both fit", None, "yes" if can else "no", key="possible")
    t.answer("below", "above", "possible")
    if can:
        t.let("midway")
        t.answer("midway")


__all__ = ["QUANTITIES", "RULES", "bits", "count_firing", "thresholds"]
