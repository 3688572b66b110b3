"""Naive Bayes from a table: the class of a new case.

Of all cases n(c) are of class c: P(c) = n(c) / n. Among those the value v of a feature stands n(c, v)
times: P(v | c) = n(c, v) / n(c). Features are taken as independent once the class is known (the naive
step), so a class scores

    s(c) = P(c) · Π P(v | c),        P(c | case) = s(c) / Σ s,

and the class of the largest score is chosen. A value never seen with a class makes its score 0, whatever
else speaks for it; smoothing by α (Laplace: α = 1) counts every value α times more:
P(v | c) = (n(c, v) + α) / (n(c) + α·K) for a feature of K values.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    features: Annotated[
        dict[str, list[str]], Field("{feature: its value for every case}", ("X", "table"), csv="features")
    ]
    y: Annotated[list[str], Field("the class of every case", ("classes", "labels"), csv="target")]
    case: Annotated[
        dict[str, str], Field("the case to be told: {feature: value}; features may be left out", ("x", "at", "query"))
    ]
    alpha: Annotated[fmpq, Field("smoothing: added to every count (Laplace: 1)", ("smoothing", "laplace"), ge="0")] = (
        fmpq(0)
    )


NOTATION = Notation(
    [
        Quantity("n", "cases in all", kind="integer"),
        Quantity("cases", "cases of class c", "c", kind="integer", template="n({c})"),
        Quantity("seen", "cases of class c with the value of feature j", "j c", kind="integer", template="n({c}, {v})"),
        Quantity("K", "values that feature j has", "j", kind="integer", template="K({j})"),
        Quantity("alpha", "added to every count"),
        Quantity("prior", "prior probability of class c", "c", kind="probability", template="P({c})"),
        Quantity("likelihood", "probability of the value of feature j in class c", "j c", kind="probability",
                 template="P({v} | {c})"),
        Quantity("score", "score of class c", "c", template="s({c})"),
        Quantity("total", "sum of the scores: P(case)", kind="probability", symbol="Σs"),
        Quantity("posterior", "probability of class c for the case", "c", kind="probability",
                 template="P({c} | case)"),
        Quantity("chosen", "class chosen", kind="choice", symbol="class", latex=r"\text{class}",
                 also=("predicted class", "prediction")),
    ],
    {"j": "label", "c": "label"},
    {"j": {"j": {"j": "j", "v": "v"}}},
)  # fmt: skip

RULES = rules("""
    n = sum(cases[c] for c in classes)
    prior[c] = cases[c] / n                                         # relative frequency
    likelihood[j,c] = seen[j,c] / cases[c]                          # relative frequency among c
    likelihood[j,c]:smoothed = (seen[j,c] + alpha) / (cases[c] + alpha*K[j])    # α more of every value
    score[c] = prior[c]*prod(likelihood[j,c] for j in used)         # independent, once the class is known
    total = sum(score[c] for c in classes)                          # total probability
    posterior[c] = score[c] / total                                 # Bayes' theorem
""")

SLIPS = (
    DeclaredSlip("prior-left-out", rule("score[c]", "prod(likelihood[j,c] for j in used)"), "the prior is left out"),
    DeclaredSlip("added", rule("score[c]", "prior[c] + sum(likelihood[j,c] for j in used)"),
                 "the probabilities were added, not multiplied"),
    DeclaredSlip("all-cases", rule("likelihood[j,c]", "seen[j,c] / n"),
                 "the count was divided by all cases, not by those of the class"),
    DeclaredSlip("not-smoothed", rule("likelihood[j,c]:smoothed", "seen[j,c] / cases[c]"), "smoothing is left out"),
    DeclaredSlip("values-left-out", rule("likelihood[j,c]:smoothed", "(seen[j,c] + alpha) / (cases[c] + alpha)"),
                 "α was added once below, not for each of the K values"),
    DeclaredSlip("not-divided", rule("posterior[c]", "score[c]"), "the score was not divided by the sum of scores"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    used = _read(p)
    classes = list(dict.fromkeys(p.y))
    t.index_set("classes", classes)
    t.index_set("used", used)
    for j in used:
        t.phrase("j", j, j=j, v=p.case[j])
    if p.alpha:
        t.given("alpha", p.alpha)
    t.section("Classes")
    for c in classes:
        t.operation("counted", None, t.number(p.y.count(c)), key=("cases", c))
    t.let("n")
    t.through(classes, "prior[c]")
    smoothed = ":smoothed" if p.alpha else ""
    for j in used:
        t.section(f"{j} = {p.case[j]}")
        if p.alpha:
            values = list(dict.fromkeys([*p.features[j], p.case[j]]))
            t.operation("values counted", None, t.number(len(values)), key=("K", j), why=", ".join(values))
        for c in classes:
            seen = sum(1 for v, y in zip(p.features[j], p.y, strict=True) if v == p.case[j] and y == c)
            t.operation("counted", None, t.number(seen), key=("seen", j, c))
            t.let(f"likelihood[j,c]{smoothed}", j, c)
    t.section("Scores")
    t.through(classes, "score[c]")
    t.let("total")
    t.answer(*(("score", c) for c in classes))
    columns = [f"P({p.case[j]} | c)" for j in used]
    t.table("Scores", ["c", "P(c)", *columns, "s(c)"], classes,
            lambda c: [f" {c}", ("prior", c), *(("likelihood", j, c) for j in used), ("score", c)])  # fmt: skip
    if t.when("total == 0", ("no class can have this case", "the scores can be divided by their sum")):
        t.remark("Every class has a factor 0; smoothing (alpha = 1) keeps values never seen from deciding alone.")
        return
    t.section("Posterior")
    t.through(classes, "posterior[c]")
    best = t.argmax("score", classes)
    ties = t.tied("score", classes, best)
    t.operation("the class of the largest score", None, best, key="chosen", ties=ties)
    if ties:
        t.remark(f"The score of {', '.join(map(str, ties))} is just as large; the first class is taken.")
    t.answer(*(("posterior", c) for c in classes), "chosen")
    t.check("the posteriors sum to 1", "sum(posterior[c] for c in classes) == 1")


def _read(p: Problem) -> list[str]:
    """The features of the case, in the order of the table. Raises `InputError`."""
    for j, values in p.features.items():
        if len(values) != len(p.y):
            raise InputError(f"$.given.features.{j}", f"{len(values)} values for {len(p.y)} cases",
                             remedy="give one for each case")  # fmt: skip
    unknown = [j for j in p.case if j not in p.features]
    if unknown:
        raise InputError(f"$.given.case.{unknown[0]}", "no such feature", remedy="name some of "
                         + ", ".join(list(p.features)[:12]))  # fmt: skip
    used = [j for j in p.features if j in p.case]
    for j in used:
        if p.case[j] not in p.features[j] and not p.alpha:
            known = ", ".join(dict.fromkeys(p.features[j]))
            raise InputError(f"$.given.case.{j}", "a value that no case has", found=repr(p.case[j]),
                             remedy=f"take one of {known}, or give alpha")  # fmt: skip
    if not used:
        raise InputError("$.given.case", "names no feature", remedy='write {"outlook": "sunny"}')
    return used


TOPIC = Topic(
    "naive-bayes", "Naive Bayes from a table", "Probability", Problem, solve, NOTATION, RULES,
    "T. M. Mitchell, Machine Learning (1997), section 6.9",
    example={
        "features": {"outlook": ["sunny", "sunny", "rain", "rain", "rain"],
                     "wind": ["weak", "strong", "weak", "weak", "strong"]},
        "y": ["no", "no", "yes", "yes", "no"], "case": {"outlook": "rain", "wind": "strong"},
    },
    aliases=("naive-bayes-classifier", "nb"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
