"""Entropy, cross-entropy and KL divergence.

An outcome of probability p carries the surprise −log p. The entropy H(p) = −Σ p·log p is the mean
surprise: how many bits (base 2) an outcome costs with the best code. Coding p with the code that
is best for q costs the cross-entropy CE(p, q) = −Σ p·log q instead. The extra cost is the
Kullback-Leibler divergence

    KL(p ‖ q) = Σ p·log(p/q) = CE(p, q) − H(p),

never below 0 and 0 only for p = q. It is no distance: KL(p ‖ q) and KL(q ‖ p) differ (`reverse`
works out both). Here p is the actual distribution, q the predicted one.

An outcome with p = 0 adds nothing, since x·log x → 0 as x → 0. Where q = 0 although p > 0, no
code for q can say what happens: cross-entropy and divergence are infinite. Counts are turned into
relative frequencies first; probabilities have to sum to 1 as they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.identities import Identity
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Told, Trace
from dlsolve.worked.information import distributions as tables
from dlsolve.worked.information.distributions import Table, distribution, impossible, refuse_other_outcomes, shares


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    p: Annotated[
        list[fmpq] | dict[str, fmpq] | None,
        Field("actual distribution: a list, or a map by outcome", ge="0", le="1"),
    ] = None
    q: Annotated[
        list[fmpq] | dict[str, fmpq] | None,
        Field("predicted distribution over the same outcomes; gives cross-entropy and KL", ge="0", le="1"),
    ] = None
    counts: Annotated[
        list[fmpq] | dict[str, fmpq] | None,
        Field("in place of p: how often each outcome came up", ("counts_p",), ge="0"),
    ] = None
    counts_q: Annotated[
        list[fmpq] | dict[str, fmpq] | None, Field("in place of q: counts of the second distribution", ge="0")
    ] = None
    as_given: Annotated[bool, Field("take p and q as they are, also where they do not sum to 1")] = False
    reverse: Annotated[bool, Field("also the other way round: H(q), CE(q, p), KL(q ‖ p)")] = False


NOTATION = Notation(
    [
        Quantity("p", "actual probability of outcome i", "i", kind="probability"),
        Quantity("q", "predicted probability of outcome i", "i", kind="probability"),
        Quantity("n", "count of outcome i", "i", kind="integer"),
        Quantity("n_q", "count of outcome i in the second sample", "i", kind="integer"),
        Quantity("N", "number of cases", kind="integer"),
        Quantity("N_q", "number of cases in the second sample", kind="integer"),
        Quantity("K", "number of outcomes", kind="integer"),
        Quantity("log_p", "logarithm of pᵢ", "i", symbol="log p", latex=r"\log p"),
        Quantity("log_q", "logarithm of qᵢ", "i", symbol="log q", latex=r"\log q"),
        Quantity("term", "what outcome i adds to the entropy of p", "i", symbol="h"),
        Quantity("H", "entropy of p", symbol="H(p)"),
        Quantity("H_max", "entropy of K equally likely outcomes", symbol="H_max", latex=r"H_{\max}"),
        Quantity("ce_term", "what outcome i adds to the cross-entropy", "i", symbol="c"),
        Quantity("CE", "cross-entropy of p and q", symbol="CE(p, q)", also=("H(p, q)", "CE(p ‖ q)")),
        Quantity("ratio", "pᵢ / qᵢ", "i", symbol="r"),
        Quantity("kl_term", "what outcome i adds to the divergence", "i", symbol="d"),
        Quantity("KL", "Kullback-Leibler divergence of q from p", symbol="KL(p ‖ q)", latex=r"\mathrm{KL}(p \,\|\, q)",
                 also=("D(p ‖ q)", "D_KL(p ‖ q)", "KL divergence", "relative entropy")),
        Quantity("term_q", "what outcome i adds to the entropy of q", "i", symbol="h′"),
        Quantity("H_q", "entropy of q", symbol="H(q)"),
        Quantity("ce_qp_term", "what outcome i adds to the cross-entropy of q and p", "i", symbol="c′"),
        Quantity("CE_qp", "cross-entropy of q and p", symbol="CE(q, p)", also=("H(q, p)",)),
        Quantity("kl_qp_term", "what outcome i adds to the divergence of p from q", "i", symbol="d′"),
        Quantity("KL_qp", "Kullback-Leibler divergence of p from q", symbol="KL(q ‖ p)",
                 latex=r"\mathrm{KL}(q \,\|\, p)", also=("D(q ‖ p)", "D_KL(q ‖ p)")),
        *(
            Quantity(f"{name}_{unit}", f"the same in {unit}", symbol=f"{symbol} in {unit}", unit=unit)
            for unit in ("nats", "bits")
            for name, symbol in (("H", "H(p)"), ("CE", "CE(p, q)"), ("KL", "KL(p ‖ q)"))
        ),
    ],
    {"i": "label"},
)  # fmt: skip

RULES = rules("""
    N = sum(n[i] for i in outcomes)
    p[i] = n[i] / N                                 # relative frequency
    N_q = sum(n_q[i] for i in outcomes)
    q[i] = n_q[i] / N_q                             # relative frequency
    log_p[i] = log(p[i])
    log_q[i] = log(q[i])
    term[i] = -p[i]*log_p[i]                        # surprise −log p, weighted by p
    H = sum(term[i] for i in outcomes)              # entropy −Σ p·log p
    H_max = log(K)                                  # the largest entropy of K outcomes
    ce_term[i] = -p[i]*log_q[i]                     # cost −log q, weighted by p
    CE = sum(ce_term[i] for i in outcomes)          # cross-entropy −Σ p·log q
    ratio[i] = p[i] / q[i]                          # how much likelier than q says
    kl_term[i] = p[i]*log(ratio[i])                 # extra cost log(p/q), weighted by p
    KL = sum(kl_term[i] for i in outcomes)          # divergence Σ p·log(p/q)
    term_q[i] = -q[i]*log_q[i]
    H_q = sum(term_q[i] for i in outcomes)
    ce_qp_term[i] = -q[i]*log_p[i]
    CE_qp = sum(ce_qp_term[i] for i in outcomes)
    kl_qp_term[i] = q[i]*log(q[i] / p[i])
    KL_qp = sum(kl_qp_term[i] for i in outcomes)
    H_nats = H*ln(2)                                # 1 bit is ln 2 nats
    CE_nats = CE*ln(2)
    KL_nats = KL*ln(2)
    H_bits by log:
        e = H/ln(2)                                 # 1 nat is 1/ln 2 bits
        10 = H*log2(10)                             # 1 hartley is log₂ 10 bits
    CE_bits by log:
        e = CE/ln(2)
        10 = CE*log2(10)
    KL_bits by log:
        e = KL/ln(2)
        10 = KL*log2(10)
""")

SLIPS = (
    DeclaredSlip("minus_forgotten", rule("term[i]", "p[i]*log_p[i]"), "the minus sign of −Σ p·log p was forgotten"),
    DeclaredSlip("not_weighted", rule("term[i]", "-log_p[i]"), "the logarithms were not weighted by p"),
    DeclaredSlip("mean_of_terms", rule("H", "mean(term[i] for i in outcomes)"),
                 "the sum was divided by the number of outcomes, though p is the weight already"),
    DeclaredSlip("ce_minus_forgotten", rule("ce_term[i]", "p[i]*log_q[i]"),
                 "the minus sign of −Σ p·log q was forgotten"),
    DeclaredSlip("entropy_of_q", rule("ce_term[i]", "-q[i]*log_q[i]"),
                 "log q was weighted by q, which gives the entropy of q"),
    DeclaredSlip("ce_exchanged", rule("ce_term[i]", "-q[i]*log_p[i]"), "p and q changed places (that is CE(q, p))"),
    DeclaredSlip("kl_exchanged", rule("kl_term[i]", "q[i]*log(q[i]/p[i])"), "p and q changed places (that is KL(q‖p))"),
    DeclaredSlip("kl_upside_down", rule("ratio[i]", "q[i] / p[i]"), "the ratio was turned upside down, q/p"),
    DeclaredSlip("kl_added", rule("KL", "CE + H"), "the entropy was added to the cross-entropy, not taken off"),
    DeclaredSlip("kl_negative", rule("KL", "H - CE"), "the difference was taken the other way round, H − CE"),
)  # fmt: skip

MOST_NAMED = 12
LOG = {"2": "log₂", "e": "ln", "10": "log₁₀"}

IDENTITIES = (
    Identity("kl-identity", "The divergence is what the cross-entropy has beyond the entropy", """
        KL = sum(p[i]*log2(p[i]/q[i]) for i in outcomes)                                          # definition
           = sum(p[i]*log2(p[i]) for i in outcomes) - sum(p[i]*log2(q[i]) for i in outcomes)      # log of a quotient
           = CE - H                                                                               # definitions
        """, "CE = -sum(p[i]*log2(q[i]) for i in outcomes)\nH = -sum(p[i]*log2(p[i]) for i in outcomes)"),
)  # fmt: skip


def solve(given: Problem, t: Trace) -> None:
    base = t.convention("log")
    p, from_counts = distribution(given.p, given.counts, "p", "counts", given.as_given)
    q, q_from_counts = None, False
    if given.q is not None or given.counts_q is not None:
        q, q_from_counts = distribution(given.q, given.counts_q, "q", "counts_q", given.as_given)
        refuse_other_outcomes(p, q)
    if q is None and given.reverse:
        raise InputError("$.given.reverse", "there is no second distribution", remedy="give q, or leave reverse out")
    t.index_set("outcomes", tuple(p))
    t.given("n" if from_counts else "p", p)
    if q is not None:
        t.given("n_q" if q_from_counts else "q", {i: q[i] for i in p})
    t.given("K", len(p))
    if from_counts or q_from_counts:
        t.section("Relative frequencies")
    for size, name, counted in (("N", "p[i]", from_counts), ("N_q", "q[i]", q_from_counts)):
        if counted:
            t.let(size)
            t.through(list(p), name)
    t.section("Entropy")
    _logs(t, "log_p[i]", p, p)
    _sum(t, "term[i]", "H", p)
    t.let("H_max")
    log = LOG[base]
    t.table(
        "Terms of the entropy", ["i", "p", f"{log} p", f"−p·{log} p"], list(p),
        lambda i: [f" {i}", ("p", i), ("log_p", i) if p[i] != 0 else " −∞", ("term", i)],
        [[" sum", " 1" if from_counts else f" {tables.total(p)}", " ", "H"]],
    )  # fmt: skip
    asked = ["H"]
    if q is not None:
        asked += _against(t, p, q, log, from_counts, q_from_counts)
        if given.reverse:
            asked += _reverse(t, p, q)
    endless = set() if q is None else {
        name for name, a, b in (("CE", p, q), ("KL", p, q), ("CE_qp", q, p), ("KL_qp", q, p)) if impossible(a, b)
    }  # fmt: skip
    finite = [name for name in asked if name not in endless]
    _other_unit(t, base, finite)
    t.answer(*asked)
    both = {"p": shares(p) if from_counts else p} | ({"q": shares(q) if q_from_counts else q} if q else {})
    odd = tables.not_distributions(both)
    t.remark(odd) if odd else _checks(t, p, finite)


def _logs(t: Trace, rule: str, values: Table, weights: Table) -> None:
    """Logarithms of what is above 0 and has not been taken yet."""
    base = rule.partition("[")[0]
    t.through([i for i in values if values[i] != 0 and weights[i] != 0 and not t.env.holds(base, i)], rule)


def _sum(t: Trace, term: str, whole: str, weights: Table, over: Table | None = None) -> None:
    """Terms and their sum; a term of weight 0 is 0, one with `over` 0 has no bound."""
    base = term.partition("[")[0]
    endless = set(impossible(weights, over)) if over is not None else set()

    def kind(i: int | str) -> int:
        return 0 if weights[i] == 0 else 1 if i in endless else 2

    for of, group in groupby(sorted(weights, key=kind) if t.leaves_out(weights) else weights, kind):
        some = list(group)
        if of == 0:
            t.through(some, Told(base, [0] * len(some), lambda _: ("weight 0 adds nothing: 0·log 0 = 0", "")))
        elif of == 2:
            t.through(some, *(["ratio[i]"] if base == "kl_term" else []), term)
        for i in some if of == 1 else ():
            why = "what can happen is held to be impossible"
            t.operation("a weight above 0 times −log 0 = ∞", None, "inf", key=(base, i), shown="∞", why=why)
    if endless:
        t.operation("one term is ∞, and so is the sum", None, "inf", key=whole, shown="∞")
    else:
        t.let(whole)


def _against(t: Trace, p: Table, q: Table, log: str, *counted: bool) -> list[str]:
    """Cross-entropy and divergence of q from p."""
    t.section("Cross-entropy")
    _logs(t, "log_q[i]", q, p)
    _sum(t, "ce_term[i]", "CE", p, q)
    t.section("KL divergence")
    _sum(t, "kl_term[i]", "KL", p, q)

    def row(i: int | str) -> list[Key | str]:
        ratio: Key = ("ratio", i) if t.env.holds("ratio", i) else " –"
        return [f" {i}", ("p", i), ("q", i), ratio, ("ce_term", i), ("kl_term", i)]

    sums = [" 1" if c else f" {tables.total(v)}" for v, c in zip((p, q), counted, strict=True)]
    header = ["i", "p", "q", "p/q", f"−p·{log} q", f"p·{log}(p/q)"]
    t.table("Terms of cross-entropy and divergence", header, list(p), row, [[" sum", *sums, " ", "CE", "KL"]])
    never = impossible(p, q)
    if never:
        named = ", ".join(map(str, never if len(never) <= MOST_NAMED else [*never[:MOST_NAMED], "…"]))
        t.remark(f"CE and KL are infinite: q gives probability 0 to outcome {named}, which p does not rule out.")
    elif shares(p) == shares(q):
        t.remark("KL is 0, as p and q are the same.")
    return ["CE", "KL"]


def _reverse(t: Trace, p: Table, q: Table) -> list[str]:
    t.section("The other way round")
    _logs(t, "log_q[i]", q, q)
    _sum(t, "term_q[i]", "H_q", q)
    _logs(t, "log_p[i]", p, q)
    _sum(t, "ce_qp_term[i]", "CE_qp", q, p)
    _sum(t, "kl_qp_term[i]", "KL_qp", q, p)
    return ["H_q", "CE_qp", "KL_qp"]


def _other_unit(t: Trace, base: str, finite: Sequence[str]) -> None:
    """The finite results in nats, where they are in bits; else in bits."""
    unit = "nats" if base == "2" else "bits"
    t.section(f"In {unit}")
    for name in finite:
        if f"{name}_{unit}" in t.symbols.notation.table:
            t.let(f"{name}_{unit}")


def _checks(t: Trace, p: Table, finite: Sequence[str]) -> None:
    t.check("the probabilities sum to 1", "sum(p[i] for i in outcomes) == 1")
    first = next(iter(p.values()))
    if all(v == first for v in p.values()):
        t.check("equally likely outcomes: H = log K", "H == H_max")
    else:
        t.check("H ≤ log K", "H <= H_max", "equal only if all outcomes are equally likely")
    for name, parts in (("KL", "CE - H"), ("KL_qp", "CE_qp - H_q")):
        if name in finite:
            t.check(f"{t.symbols.unicode(name)} = cross-entropy − entropy", f"{name} == {parts}")
            t.check(f"{t.symbols.unicode(name)} ≥ 0", f"{name} >= 0")


TOPIC = Topic(
    "entropy", "Entropy, cross-entropy and KL divergence", "Information", Problem, solve, NOTATION, RULES,
    "T. M. Cover and J. A. Thomas, Elements of Information Theory, 2nd ed. (2006), eq. 2.1 and 2.26",
    example={"p": [0.7, 0.2, 0.1], "q": [0.6, 0.3, 0.1]},
    aliases=("cross-entropy", "kl", "kl-divergence", "kullback-leibler"),
    conventions={"log": "2"},
    slips=SLIPS,
    identities=IDENTITIES,
    text=__doc__ or "",
)  # fmt: skip
