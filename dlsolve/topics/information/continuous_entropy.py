"""Entropy, cross-entropy and KL divergence of densities.

Entropy, cross-entropy and KL divergence of densities, by their integrals.
For densities the sums become integrals over the support of the first one:

    H(f) = −∫ f·log f dx,   CE(f, g) = −∫ f·log g dx,   KL(f ‖ g) = ∫ f·log(f/g) dx = CE − H(f).

Where f and g are constant, the integrand is constant too, and its antiderivative is [x] between the
limits: one bracket for every stretch on which neither density changes. Limits are those of the support of f,
since f = 0 adds nothing. Where g = 0 although f > 0, cross-entropy and divergence are infinite.

A normal density has −log g = ½·log(2π·σ²) + (x − μ)²/(2σ²)·log e, so that CE needs only the mean
square distance E(x − μ)² under f; for f itself that is σ², and H = ½·log(2πe·σ²).

H(f) is the differential entropy: it may be 0 or below 0 (a density above 1), and it changes with the unit
of x. KL does neither. A density has to integrate to 1. N(μ, v) takes the mean and the variance.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.information.densities import Density, covers, density, shared_pieces


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    f: Annotated[
        str, Field("density: U(0, 2), N(0, 1) with mean and variance, or 1/2 on [0, 1]; 1/4 on [1, 3]", ("p",))
    ]
    g: Annotated[str | None, Field("a second density: gives cross-entropy and KL divergence", ("q",))] = None
    reverse: Annotated[bool, Field("also the other way round: CE(g, f), KL(g ‖ f)")] = False


NOTATION = Notation(
    [
        Quantity("left", "lower end of piece i", "d i", template="a({d}{i_})"),
        Quantity("right", "upper end of piece i", "d i", template="b({d}{i_})"),
        Quantity("height", "value of the density on piece i", "d i", template="{d}{i_}"),
        Quantity("bracket", "[x] between the limits of piece i", "d i", template="[x]({d}{i_})"),
        Quantity("mu", "mean", "d", template="μ({d})", latex=r"\mu({d})"),
        Quantity("var", "variance", "d", template="σ²({d})", latex=r"\sigma^2({d})"),
        Quantity("term", "what piece i adds to the entropy", "d i", template="h({d}{i_})"),
        Quantity("H", "differential entropy", "d", template="H({d})"),
        Quantity("lo", "lower limit of stretch k, on which both densities are above 0", "k", template="a{k_}"),
        Quantity("hi", "upper limit of stretch k", "k", template="b{k_}"),
        Quantity("width", "[x] between the limits of stretch k", "k", template="[x]{k_}"),
        Quantity("ce_term", "what stretch k adds to the cross-entropy", "d o k", template="c({d}, {o}){k_}"),
        Quantity("CE", "cross-entropy", "d o", template="CE({d}, {o})"),
        Quantity("kl_term", "what stretch k adds to the divergence", "d o k", template="d({d} ‖ {o}){k_}"),
        Quantity("KL", "Kullback-Leibler divergence", "d o", template="KL({d} ‖ {o})",
                 latex=r"\mathrm{{KL}}({d} \,\|\, {o})"),
        Quantity("square", "what piece i adds to the mean square distance", "d o i", template="s({d}, {o}){i_}"),
        Quantity("spread", "mean square distance from the mean of the other density", "d o",
                 template="E_{d}(x − μ({o}))²", latex=r"E_{{{d}}}(x-\mu({o}))^2"),
    ],
    {"d": "label", "o": "label", "i": "step", "j": "step", "k": "step"},
    {
        "d": {"d": {"d": "f"}, "o": {"d": "g"}, "f": {"d": "f"}, "g": {"d": "g"}},
        "o": {"o": {"o": "g"}, "f": {"o": "f"}, "g": {"o": "g"}},
    },
)  # fmt: skip

RULES = rules("""
    bracket[d, i] = right[d, i] - left[d, i]                                # antiderivative of 1, limits put in
    height[d, i] = 1 / bracket[d, i]                                        # the area is 1
    term[d, i] = -height[d, i]*log(height[d, i])*bracket[d, i]              # −∫ f·log f dx over the piece
    H[d]:f = sum(term[d, i] for i in pieces_f)                              # differential entropy
    H[d]:g = sum(term[d, i] for i in pieces_g)                              # differential entropy
    H[d]:normal = log(2*pi*e*var[d])/2                                      # −∫ f·log f dx, normal density
    lo[k] at d, i, o, j = max(left[d, i], left[o, j])                       # the support of both
    hi[k] at d, i, o, j = min(right[d, i], right[o, j])                     # the support of both
    width[k] = hi[k] - lo[k]                                                # antiderivative of 1, limits put in
    ce_term[d, o, k] at i, j = -height[d, i]*log(height[o, j])*width[k]     # −∫ f·log g dx over the stretch
    CE[d, o] = sum(ce_term[d, o, k] for k in stretches)                     # cross-entropy
    kl_term[d, o, k] at i, j = height[d, i]*log(height[d, i]/height[o, j])*width[k]     # ∫ f·log(f/g) dx
    KL[d, o] = sum(kl_term[d, o, k] for k in stretches)                     # divergence
    square[d, o, i] = height[d, i]*((right[d, i] - mu[o])**3 - (left[d, i] - mu[o])**3)/3     # f·[(x − μ)³/3]
    spread[d, o]:f = sum(square[d, o, i] for i in pieces_f)                 # ∫ (x − μ)²·f dx
    spread[d, o]:g = sum(square[d, o, i] for i in pieces_g)                 # ∫ (x − μ)²·f dx
    spread[d, o]:normal = var[d] + (mu[d] - mu[o])**2                       # variance and squared distance of means
    CE[d, o]:normal = log(2*pi*var[o])/2 + spread[d, o]/(2*var[o])*log(e)   # −∫ f·log g dx, g normal
    KL[d, o]:normal = CE[d, o] - H[d]                                       # extra cost
""")

SLIPS = (
    DeclaredSlip("limits-of-g", rule("hi[k] at d, i, o, j", "right[o, j]"),
                 "the integral was taken over the support of the second density, not of the first"),
    DeclaredSlip("minus-forgotten", rule("term[d, i]", "height[d, i]*log(height[d, i])*bracket[d, i]"),
                 "the minus sign of −∫ f·log f was forgotten"),
    DeclaredSlip("not-weighted", rule("term[d, i]", "-log(height[d, i])*bracket[d, i]"),
                 "the logarithm was not weighted by the density"),
    DeclaredSlip("bracket-left-out", rule("term[d, i]", "-height[d, i]*log(height[d, i])"),
                 "the bracket [x] was left out"),
    DeclaredSlip("ce-minus-forgotten", rule("ce_term[d, o, k] at i, j", "height[d, i]*log(height[o, j])*width[k]"),
                 "the minus sign of −∫ f·log g was forgotten"),
    DeclaredSlip("ce-exchanged", rule("ce_term[d, o, k] at i, j", "-height[o, j]*log(height[d, i])*width[k]"),
                 "f and g changed places"),
    DeclaredSlip("ratio-upside-down",
                 rule("kl_term[d, o, k] at i, j", "height[d, i]*log(height[o, j]/height[d, i])*width[k]"),
                 "the ratio was turned upside down, g/f"),
    DeclaredSlip("sigma-not-squared", rule("H[d]:normal", "log(2*pi*e*sqrt(var[d]))/2"),
                 "σ was put under the logarithm, not the variance"),
    DeclaredSlip("half-left-out", rule("H[d]:normal", "log(2*pi*e*var[d])"), "the factor ½ was left out"),
    DeclaredSlip("means-left-out", rule("spread[d, o]:normal", "var[d]"), "the distance of the means was left out"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    densities = {"f": density(p.f, "$.given.f")}
    if p.g is not None:
        densities["g"] = density(p.g, "$.given.g")
    elif p.reverse:
        raise InputError("$.given.reverse", "there is no second density", remedy="give g, or leave reverse out")
    if all(len(one.pieces) <= 1 for one in densities.values()):
        t.phrase("i", 1, i_="")
    for d, one in densities.items():
        _stated(t, d, one)
    for d, one in densities.items():
        _entropy(t, d, one)
        t.answer(("H", d))
    if p.g is not None:
        f, g = densities["f"], densities["g"]
        pairs = shared_pieces(f, g)
        t.index_set("stretches", range(1, len(pairs) + 1))
        if len(pairs) == 1:
            t.phrase("k", 1, k_="")
        if pairs and (covers(g, f) or (p.reverse and covers(f, g))):
            t.section("Where both are above 0")
            for k, (i, j) in enumerate(pairs, 1):
                t.let("lo[k] at d, i, o, j", k, "f", i, "g", j)
                t.let("hi[k] at d, i, o, j", k, "f", i, "g", j)
                t.let("width[k]", k)
        _against(t, "f", f, "g", g, pairs)
        if p.reverse:
            _against(t, "g", g, "f", f, [(j, i) for i, j in pairs])


def _stated(t: Trace, d: str, one: Density) -> None:
    """What is given of density `d`."""
    if one.normal is not None:
        t.given("mu", one.normal[0], d)
        t.given("var", one.normal[1], d)
        return
    t.index_set(f"pieces_{d}", range(1, len(one.pieces) + 1))
    for i, (left, right, height) in enumerate(one.pieces, 1):
        t.given("left", left, d, i)
        t.given("right", right, d, i)
        if not one.uniform:
            t.given("height", height, d, i)


def _entropy(t: Trace, d: str, one: Density) -> None:
    t.section(f"Entropy of {d}")
    if one.normal is not None:
        t.let("H[d]:normal", d)
        return
    for i in range(1, len(one.pieces) + 1):
        t.let("bracket[d, i]", d, i)
        if one.uniform:
            t.let("height[d, i]", d, i)
        t.let("term[d, i]", d, i)
    t.let(f"H[d]:{d}", d)
    t.check(f"{d} integrates to 1", f"sum(height[d, i]*bracket[d, i] for i in pieces_{d}) == 1", d=d)


def _against(t: Trace, d: str, one: Density, o: str, other: Density, pairs: list[tuple[int, int]]) -> None:
    """Cross-entropy and divergence of `other` from `one`; `pairs` are their pieces on each stretch."""
    t.section(f"CE({d}, {o}) and KL({d} ‖ {o})")
    t.answer(("CE", d, o), ("KL", d, o))
    for base in ("CE", "KL"):
        t.alias(base, (base, d, o))
    if not covers(other, one):
        for base in ("CE", "KL"):
            t.operation(f"{o} = 0 on a part of the support of {d}: −log 0 = ∞", None, "inf", key=(base, d, o),
                        shown="∞")  # fmt: skip
        t.remark(f"CE({d}, {o}) and KL({d} ‖ {o}) are infinite: {o} is 0 on a part of the support of {d}.")
        return
    if other.normal is None:
        for k, (i, j) in enumerate(pairs, 1):
            t.let("ce_term[d, o, k] at i, j", d, o, k, i, j)
        t.let("CE[d, o]", d, o)
        for k, (i, j) in enumerate(pairs, 1):
            t.let("kl_term[d, o, k] at i, j", d, o, k, i, j)
        t.let("KL[d, o]", d, o)
        t.check(f"KL({d} ‖ {o}) = CE − H({d})", "KL[d, o] == CE[d, o] - H[d]", d=d, o=o)
    else:
        t.through(range(1, len(one.pieces) + 1), "square[d, o, i]", at=(d, o))
        t.let(f"spread[d, o]:{d if one.normal is None else 'normal'}", d, o)
        t.let("CE[d, o]:normal", d, o)
        t.let("KL[d, o]:normal", d, o)
        if one.normal is not None:
            log = t.renames["log"]  # a claim says its base
            t.check("KL of normal densities",
                    f"KL[d, o] == ({log}(var[o]/var[d]) + (spread[d, o]/var[o] - 1)*{log}(e))/2",
                    "½·log(σ²/σ²) + ½·(E(x − μ)²/σ² − 1)·log e", d=d, o=o)  # fmt: skip
    same = one.normal == other.normal if other.normal is not None else _merged(one) == _merged(other)
    t.check(f"KL({d} ‖ {o}) ≥ 0", "KL[d, o] == 0" if same else "KL[d, o] >= 0", "0, as they are the same" * same,
            d=d, o=o)  # fmt: skip


def _merged(one: Density) -> list[tuple[object, ...]]:
    """The pieces, with neighbours of one height put together: the same density has the same list."""
    out: list[tuple[object, ...]] = []
    for left, right, height in one.pieces:
        if out and out[-1][1:] == (left, height):
            out[-1] = (out[-1][0], right, height)
        else:
            out.append((left, right, height))
    return out


TOPIC = Topic(
    "continuous-entropy", "Entropy, cross-entropy and KL of densities", "Information", Problem, solve, NOTATION, RULES,
    "T. M. Cover and J. A. Thomas, Elements of Information Theory, 2nd ed. (2006), eq. 8.1, 8.9 and 8.46",
    example={"f": "U(0, 1)", "g": "U(0, 2)"},
    aliases=("differential-entropy", "entropy-of-densities", "continuous-kl"),
    conventions={"log": "2"},
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
