"""Bayes' theorem: from P(E | H) to P(H | E).

The product rule reads P(h, e) two ways, P(e | h)·P(h) = P(h | e)·P(e), and dividing by P(e) gives

    P(h | e) = P(e | h)·P(h) / Σ P(e | g)·P(g)    over all hypotheses g.

So: one joint probability for each hypothesis, their sum (the total probability of the evidence), and
each joint divided by that sum. The hypotheses exclude one another and one of them is true, so the
priors sum to 1; one prior may be left out and is then the rest.

Successive pieces of evidence are taken one at a time, each posterior being the next prior. That
takes them as independent once the hypothesis is known (naive Bayes). Evidence that did not come
up ("not free") has the likelihood 1 − P(free | h).

Counted cases work as well: `counts` gives, for each hypothesis, how many had the evidence and how
many had not. With `prior` beside them only the likelihoods are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity, subscript
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace
from dlsolve.worked.probability.evidence import Evidence, hypotheses_of, pieces_of, refuse_impossible


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    prior: Annotated[
        dict[str, fmpq] | None,
        Field("P(h) by hypothesis; one that stands in the likelihoods may be left out", ("priors",), ge="0", le="1"),
    ] = None
    likelihood: Annotated[
        dict[str, fmpq | list[fmpq] | dict[str, fmpq]] | None,
        Field("P(evidence | h) by hypothesis; for several pieces of evidence a list, or a map by evidence",
              ("likelihoods",), ge="0", le="1"),
    ] = None  # fmt: skip
    counts: Annotated[
        dict[str, list[fmpq] | dict[str, list[fmpq]]] | None,
        Field("[cases with the evidence, cases without it] by hypothesis, or by evidence and hypothesis", ge="0"),
    ] = None
    evidence: Annotated[
        str | list[str] | None,
        Field('what was observed, in order: "free", or ["free", "not winner"]', ("observed",)),
    ] = None


NOTATION = Notation(
    [
        Quantity("prior", "prior probability of hypothesis h", "k h", kind="probability",
                 given="prior probability of {h}",
                 template="P{turn}({h})"),
        Quantity("likelihood", "likelihood: probability of the evidence if h holds", "k h", kind="probability",
                 given="likelihood of the evidence if {h} holds",
                 template="P({e} | {h})"),
        Quantity("rate", "probability of what did not come up, if h holds", "k h", kind="probability",
                 template="P({other} | {h})"),
        Quantity("joint", "joint probability of h and the evidence", "k h", kind="probability",
                 template="P({h}, {e}{past})"),
        Quantity("total", "total probability of the evidence", "k", kind="probability", template="P({e}{past})"),
        Quantity("posterior", "posterior probability of h", "k h", kind="probability",
                 template="P({h}{known})"),
        Quantity("yes", "counted cases of h with the event", "k h", kind="integer", template="n({h}, {event})"),
        Quantity("no", "counted cases of h without it", "k h", kind="integer", template="n({h}, {absent})"),
        Quantity("cases", "counted cases of h", "h", kind="integer", template="n({h})"),
        Quantity("N", "counted cases in all", kind="integer"),
    ],
    {"k": "step", "h": "label"},
    {"k": {
        "k": {"e": "e", "other": "a", "event": "a", "absent": "not a", "turn": "", "past": "", "known": " | e"},
        "k−1": {"known": " | past"},
    }},
)  # fmt: skip

RULES = rules("""
    cases[h] = yes[1, h] + no[1, h]
    N = sum(cases[h] for h in hypotheses)
    prior[k, h]:counts = cases[h] / N                                   # relative frequency
    prior[k, h]:rest = 1 - sum(prior[k, g] for g in others)             # the priors sum to 1
    prior[k, h]:update = posterior[k-1, h]                              # the last posterior is the new prior
    likelihood[k, h]:not = 1 - rate[k, h]                               # complement: it did not come up
    likelihood[k, h]:with = yes[k, h] / cases[h]                        # relative frequency among h
    likelihood[k, h]:without = no[k, h] / cases[h]                      # relative frequency among h
    joint[k, h] = likelihood[k, h]*prior[k, h]                          # product rule
    total[k] = sum(joint[k, h] for h in hypotheses)                     # total probability
    posterior[k, h] = joint[k, h] / total[k]                            # Bayes' theorem
""")

SLIPS = (
    DeclaredSlip("prior_left_out", rule("joint[k, h]", "likelihood[k, h]"), "the prior was left out of P(e | h)·P(h)"),
    DeclaredSlip("inverse", rule("posterior[k, h]", "likelihood[k, h]"), "P(e | h) was taken for P(h | e)"),
    DeclaredSlip("not_divided", rule("posterior[k, h]", "joint[k, h]"), "the joint was not divided by P(e)"),
    DeclaredSlip("complement", rule("joint[k, h]", "(1 - likelihood[k, h])*prior[k, h]"),
                 "1 − P(e | h) was used in place of P(e | h)"),
    DeclaredSlip("other_prior", rule("joint[k, h]", "likelihood[k, h]*(1 - prior[k, h])"),
                 "1 − P(h) was used in place of P(h)"),
    DeclaredSlip("unweighted_total", rule("total[k]", "sum(likelihood[k, h] for h in hypotheses)"),
                 "the priors were left out of the total probability"),
    DeclaredSlip("not_ignored", rule("likelihood[k, h]:not", "rate[k, h]"),
                 "P(e | h) was used though the evidence did not come up"),
    DeclaredSlip("old_prior", rule("prior[k, h]:update", "prior[k-1, h]"),
                 "the first prior was used again, not the posterior of the evidence before"),
    DeclaredSlip("joint_frequency", rule("likelihood[k, h]:with", "yes[k, h] / N"),
                 "the cases were divided by all cases, not by those of the hypothesis"),
)  # fmt: skip

MOST_PAIRED = 6
"""So many hypotheses are set against the first one by one in the checks."""


def solve(p: Problem, t: Trace) -> None:
    counted = p.likelihood is None
    pieces = pieces_of(p.likelihood, p.counts, p.prior, p.evidence)
    hypotheses = hypotheses_of(p.prior, pieces, counted)
    refuse_impossible(p.prior, pieces, hypotheses)
    last = len(pieces)
    t.index_set("hypotheses", hypotheses)
    t.index_set("pieces", range(1, last + 1))
    t.index_constant("m", last)
    _words(t, pieces)
    if p.prior is not None:
        t.given("prior", p.prior, 1)
    for k, piece in enumerate(pieces, 1):
        if counted:
            t.given("yes", {h: piece.counted(h, True) for h in hypotheses}, k)
            t.given("no", {h: piece.counted(h, False) for h in hypotheses}, k)
        else:
            t.given("likelihood" if piece.seen else "rate", {h: piece.values[h] for h in hypotheses}, k)
    _first_prior(p, t, hypotheses)
    for k, piece in enumerate(pieces, 1):
        t.section(piece.label if last == 1 else f"Evidence {k}: {piece.label}")
        t.through(hypotheses if k > 1 else (), "prior[k, h]:update", at=(k,))
        if counted or not piece.seen:
            likelihood = "not" if not counted else "with" if piece.seen else "without"
            t.through(hypotheses, f"likelihood[k, h]:{likelihood}", at=(k,))
        t.through(hypotheses, "joint[k, h]", at=(k,))
        t.let("total[k]", k)
        t.through(hypotheses, "posterior[k, h]", at=(k,))
        for h in hypotheses if k == last > 1 else ():
            t.alias(t.symbols.ascii("posterior", (h,)), ("posterior", k, h))
        _table(t, piece, k, hypotheses)
    t.answer(*(("posterior", last, h) for h in hypotheses))
    _checks(t, hypotheses, last)
    if last > 1:
        t.remark("The pieces of evidence are taken as independent once the hypothesis is known.")


def _first_prior(p: Problem, t: Trace, hypotheses: Sequence[str]) -> None:
    """What is known of the hypotheses before the evidence: counted, given, or the rest of 1."""
    rest = [h for h in hypotheses if h not in p.prior] if p.prior is not None else []
    counted = p.likelihood is None
    if counted or rest:
        t.section("Before the evidence")
    if counted:
        t.through(hypotheses, "cases[h]")
        t.let("N")
    if p.prior is None:
        t.through(hypotheses, "prior[k, h]:counts", at=(1,))
    elif rest:
        t.index_set("others", list(p.prior))
        t.let("prior[k, h]:rest", 1, rest[0])


def _words(t: Trace, pieces: Sequence[Evidence]) -> None:
    """What templates say for evidence k: itself, all before it, all up to it."""
    if len(pieces) == 1:
        t.hide("k", 1)
        event = pieces[0].event
        t.phrase("k", "k", e="e", other=event, event=event, absent=f"not {event}", turn="", past="", known=" | e")
    else:
        t.phrase(
            "k", "k", e="eₖ", other="aₖ", event="aₖ", absent="not aₖ", turn="ₖ", past=" | past", known=" | past, eₖ"
        )
    for k, piece in enumerate(pieces, 1):
        before = ", ".join(e.label for e in pieces[: k - 1])
        known = ", ".join(e.label for e in pieces[:k])
        t.phrase(
            "k", k, e=piece.label, other=piece.event, event=piece.event, absent=f"not {piece.event}",
            turn=subscript(str(k)) if k > 1 else "", past=f" | {before}" if before else "", known=f" | {known}",
        )  # fmt: skip


def _table(t: Trace, piece: Evidence, k: int, hypotheses: Sequence[str]) -> None:
    columns = ("prior", "likelihood", "joint", "posterior")
    header = ["h", *(t.symbols.unicode(base, (str(k), "h")) for base in columns)]
    if k > 1:
        header = ["h", "before", header[2], "product", "after"]  # the symbols grow with the evidence
    foot: list[Sequence[Key | str]] = [[" sum", " 1", " ", ("total", k), " 1"]]
    title = f"Joint and posterior: {piece.label}"
    t.table(title, header, hypotheses, lambda h: [f" {h}", *((base, k, h) for base in columns)], foot)


def _checks(t: Trace, hypotheses: Sequence[str], last: int) -> None:
    for k in range(1, last + 1):
        t.check("posteriors sum to 1", "sum(posterior[k, h] for h in hypotheses) == 1",
                "" if last == 1 else f"after evidence {k}", k=k)  # fmt: skip
    if last > 1:
        gap = "prior[1, h]*prod(likelihood[k, h] for k in pieces)"
        whole = gap.replace("h]", "g]")
        t.check(
            "one at a time = all at once",
            f"sum(abs(posterior[m, h]*sum({whole} for g in hypotheses) - {gap}) for h in hypotheses) == 0",
            "with the product of the likelihoods in one go",
        )
    if len(hypotheses) > MOST_PAIRED:
        t.check(
            "posterior odds = likelihood ratios × prior odds",
            "sum(abs(posterior[m, h]*prior[1, b]*prod(likelihood[k, b] for k in pieces)"
            " - posterior[m, b]*prior[1, h]*prod(likelihood[k, h] for k in pieces)) for h in hypotheses) == 0",
            f"every one against {hypotheses[0]}",
            b=hypotheses[0],
        )
    for h in hypotheses[1:] if len(hypotheses) <= MOST_PAIRED else ():
        t.check(
            "posterior odds = likelihood ratios × prior odds",
            "posterior[m, a]*prior[1, b]*prod(likelihood[k, b] for k in pieces)"
            " == posterior[m, b]*prior[1, a]*prod(likelihood[k, a] for k in pieces)",
            f"{hypotheses[0]} : {h}",
            a=hypotheses[0],
            b=h,
        )


TOPIC = Topic(
    "bayes", "Bayes' theorem", "Probability", Problem, solve, NOTATION, RULES,
    "C. M. Bishop, Pattern Recognition and Machine Learning (2006), eq. 1.12 and 1.13",
    example={
        "prior": {"spam": 0.01, "not spam": 0.99}, "likelihood": {"spam": 0.8, "not spam": 0.1}, "evidence": "free"
    },
    aliases=("bayes-theorem", "posterior", "bayes-rule"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
