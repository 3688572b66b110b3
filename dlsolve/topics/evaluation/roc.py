"""ROC curve and AUC: hits against false alarms.

A classifier with scores is many classifiers: at the threshold τ every sample with a score of at least
τ is called positive. As τ falls, more positives are found (the true positive rate TPR = recall grows)
and more negatives raise a false alarm (the false positive rate FPR grows; it is taken over all
negatives, FP + TN). The points (FPR, TPR) run from (0, 0) to (1, 1). Samples of equal score enter
together, and so make one slanted step.

The area under the curve (AUC) is 1 where every positive scores above every negative, and 1/2 on the
diagonal, which is what guessing gives on average. It is the chance that a positive drawn at random
scores above a negative drawn at random, ties counted half; so it also follows from the ranks of the
positives (Mann–Whitney). A table of counts by threshold, or the points themselves, will do as well.
Youden's J = TPR − FPR is largest at the threshold farthest above the diagonal.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Index, Key, Told, Trace
from dlsolve.worked.evaluation.scores import Scores
from dlsolve.worked.thresholds import (
    SWEEP_NOTATION,
    SWEEP_RULES,
    Sweep,
    counts,
    fall,
    give_counts,
    give_sweep,
    sweep,
    written,
)


class Problem(Scores, forbid_unknown_fields=True, kw_only=True):
    """Labels with scores, counts by threshold, or the points of the curve."""

    fpr: Annotated[
        list[fmpq] | None, Field("false positive rates of given points", ("FPR",), ge="0", le="1", csv="column")
    ] = None
    tpr: Annotated[
        list[fmpq] | None, Field("true positive rates of given points", ("TPR",), ge="0", le="1", csv="column")
    ] = None


NOTATION = Notation(
    [
        *SWEEP_NOTATION,
        Quantity("TPR", "true positive rate (recall) at threshold k", "k", kind="probability"),
        Quantity("FPR", "false positive rate at threshold k", "k", kind="probability"),
        Quantity("J", "Youden's index at threshold k", "k"),
        Quantity("best_threshold", "threshold of the largest J", symbol="best τ", latex=r"\tau_{\text{best}}"),
        Quantity("area", "area under piece m of the curve", "m", symbol="A"),
        Quantity("AUC", "area under the curve", kind="probability", also=("area",)),
        Quantity("rank", "place of the score of sample i from below; ties share the mean place", "i", symbol="r"),
        Quantity("R", "sum of the ranks of the positives"),
        Quantity("U", "pairs in which the positive scores higher, ties as halves"),
        Quantity("AUC_ranks", "area by ranks", kind="probability", symbol="AUC by ranks",
                 latex=r"\text{AUC by ranks}"),
    ],
    {"i": "sample", "k": "step", "m": "step", "h": "step", "j": "step"},
)  # fmt: skip

RULES = rules(SWEEP_RULES + """
    TPR[k] = TP[k] / (TP[k] + FN[k])                                        # found among the positives
    FPR[k] = FP[k] / (FP[k] + TN[k])                                        # false alarms among the negatives
    TPR[k]:start = 0                                                        # above all scores: nobody is found
    FPR[k]:start = 0                                                        # and there is no false alarm
    J[k] = TPR[k] - FPR[k]                                                  # height above the diagonal
    area[m] at h, j = (FPR[j] - FPR[h])*(TPR[h] + TPR[j]) / 2               # trapezoid from point h to point j
    AUC = sum(area[m] for m in pieces)                                      # trapezoid rule
    R = sum(rank[i] for i in positives)
    U = R - P*(P + 1)/2                                                     # less the least possible sum
    AUC_ranks = U / (P*N)                                                   # of all pairs
""")  # fmt: skip

SLIPS = (
    DeclaredSlip("fpr_over_fn", rule("FPR[k]", "FP[k] / (FP[k] + FN[k])"),
                 "the false positives were divided by FP + FN, not by the negatives FP + TN"),
    DeclaredSlip("fpr_is_fdr", rule("FPR[k]", "FP[k] / (FP[k] + TP[k])"),
                 "FP was divided by all called positive, not by the negatives"),
    DeclaredSlip("tpr_is_precision", rule("TPR[k]", "TP[k] / (TP[k] + FP[k])"),
                 "the precision is taken for the true positive rate"),
    DeclaredSlip("specificity", rule("FPR[k]", "TN[k] / (FP[k] + TN[k])"),
                 "the specificity, 1 − FPR, is taken for FPR"),
    DeclaredSlip("rectangles", rule("area[m] at h, j", "(FPR[j] - FPR[h])*TPR[j]"),
                 "rectangles of the right-hand height were added up, not trapezoids"),
    DeclaredSlip("half_left_out", rule("area[m] at h, j", "(FPR[j] - FPR[h])*(TPR[h] + TPR[j])"),
                 "the factor ½ of the trapezoid is left out"),
    DeclaredSlip("axes_swapped", rule("area[m] at h, j", "(TPR[j] - TPR[h])*(FPR[h] + FPR[j]) / 2"),
                 "the axes were exchanged, TPR along the bottom"),
    DeclaredSlip("least_sum_kept", rule("U", "R"), "P(P + 1)/2, the least possible sum of ranks, was not taken off"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    found = sweep(p.y_true, p.y_score, p.positive)
    table = counts((p.TP, p.FP, p.FN, p.TN), p.thresholds)
    ways = [
        w for w, given in (("y_true and y_score", found), ("counts", table), ("fpr", p.fpr), ("tpr", p.tpr)) if given
    ]
    if ways not in (["y_true and y_score"], ["counts"], ["fpr", "tpr"]):
        raise InputError("$.given", "needs y_true and y_score, counts by threshold, or fpr and tpr, one of them",
                         found=" and ".join(ways), remedy='give --y_true "1 0 1" --y_score "0.9 0.4 0.3"')  # fmt: skip
    if found is not None:
        steps: Sequence[int] = range(len(found.levels) + 1)
        t.section("Positives and negatives")
        give_sweep(t, found)
    elif table is not None:
        steps = list(range(1, len(table.rows) + 1))
        give_counts(t, table, p.thresholds)
        if len(steps) == 1:
            t.hide("k", 1)
    else:
        steps = _points(p, t)
    rates = ("TPR[k]", "FPR[k]", "J[k]")
    if found is not None:
        t.section("Threshold above all scores")
        t.let("TPR[k]:start", 0)
        t.let("FPR[k]:start", 0)
        fall(t, found, lambda k: f"Threshold {k}", *rates)
    elif table is not None:
        t.through(steps, *rates, title=lambda k: f"Threshold {k}" if len(steps) > 1 else "Rates")
    path = steps if found is not None else _path(t, _rates(p), steps)
    _area(t, path)
    if found is not None:
        _ranks(t, found)
    _table(p, t, path, steps)
    if p.fpr is None and len(steps) > 1:
        _best(p, t, found, steps)
    if p.fpr is None and len(steps) == 1:
        t.answer(("FPR", 1), ("TPR", 1))
        t.check("AUC through one point = (1 + TPR − FPR)/2", "AUC == (1 + TPR[1] - FPR[1]) / 2")
    t.answer("AUC")


def _points(p: Problem, t: Trace) -> list[int]:
    assert p.fpr is not None
    assert p.tpr is not None
    if len(p.fpr) != len(p.tpr):
        raise InputError("$.given.tpr", f"{len(p.fpr)} false positive rates", found=f"{len(p.tpr)} true ones")
    t.given("FPR", p.fpr)
    t.given("TPR", p.tpr)
    return list(range(1, len(p.fpr) + 1))


def _rates(p: Problem) -> list[tuple[fmpq, fmpq]]:
    """(FPR, TPR) of each given row, as they put the points in order."""
    if p.fpr is not None and p.tpr is not None:
        return list(zip(p.fpr, p.tpr, strict=True))
    rows = zip(p.TP or (), p.FP or (), p.FN or (), p.TN or (), strict=True)
    return [(fmpq(fp, fp + tn), fmpq(tp, tp + fn)) for tp, fp, fn, tn in rows]


def _path(t: Trace, rates: list[tuple[fmpq, fmpq]], steps: Sequence[int]) -> list[int]:
    """The points from left to right, ends added. Raises `InputError` where a curve would fall."""
    order = sorted(steps, key=lambda k: rates[k - 1])
    for one, other in pairwise(order):
        if rates[other - 1][1] < rates[one - 1][1]:
            raise InputError("$.given", f"row {other} has more false alarms than row {one}, but finds fewer",
                             remedy="a lower threshold never finds fewer positives")  # fmt: skip
    if rates[order[0] - 1] != (fmpq(0), fmpq(0)):
        order = [0, *order]
        for base in ("FPR", "TPR"):
            t.given(base, fmpq(0), 0, assumed=True)
    if rates[order[-1] - 1] != (fmpq(1), fmpq(1)):
        order = [*order, len(steps) + 1]
        for base in ("FPR", "TPR"):
            t.given(base, fmpq(1), len(steps) + 1, assumed=True)
    return order


def _area(t: Trace, path: Sequence[int]) -> None:
    t.section("Area by trapezoids")
    t.through(t.index_set("pieces", range(1, len(path))), "area[m] at h, j", more=(path[:-1], path[1:]))
    t.let("AUC")
    t.when("AUC > 1/2", ("better than guessing", "no better than guessing (turned round, the scores have 1 − AUC)"))


def _ranks(t: Trace, found: Sweep) -> None:
    t.section("Area by ranks")
    upto = [a + b for a, b in zip(*found.called, strict=True)]

    def place(i: int) -> tuple[int, int]:
        """How many scores are lower than that of sample i, and how many are the same."""
        level = found.level[i - 1]
        return len(found.scores) - upto[level - 1], upto[level - 1] - (upto[level - 2] if level > 1 else 0)

    def say(i: Index) -> tuple[str, str]:
        below, same = place(int(i))
        tied = f"; {same} scores are equal" if same > 1 else ""
        return f"{below} lower score{'' if below == 1 else 's'}{tied}", ""

    positives = [int(i) for i in t.sets["positives"]]
    t.through(positives, Told("rank", [below + fmpq(same + 1, 2) for below, same in map(place, positives)], say))
    t.let("R")
    t.let("U")
    t.let("AUC_ranks")
    t.check("by trapezoids and by ranks the same", "AUC == AUC_ranks")


def _best(p: Problem, t: Trace, found: Sweep | None, steps: Sequence[int]) -> None:
    levels = found.levels if found is not None else p.thresholds
    if levels is None:
        return
    t.section("Best threshold")
    members = steps[1:] if found is not None else steps
    best = int(t.argmax("J", members))
    equal = t.tied("J", members, best)
    ties = [t.env["threshold", k] for k in equal]
    t.operation(
        "largest J", None, t.env["threshold", best], key="best_threshold", why=f"at threshold {best}", ties=ties
    )
    if equal:
        others = ", ".join(written(levels[int(k) - 1]) for k in equal)
        t.remark(f"J is just as large at threshold{'s' if len(equal) > 1 else ''} {others}; the first is taken.")


def _table(p: Problem, t: Trace, path: Sequence[int], steps: Sequence[int]) -> None:
    names = [n for n in ("threshold", "TP", "FP", "FN", "TN", "FPR", "TPR", "J") if (n, steps[-1]) in t.env]

    def row(k: int) -> list[Key | str]:
        none = {"threshold": " above all"} if p.y_true else {}
        return [f" {k}", *((n, k) if (n, k) in t.env else none.get(n, " ") for n in names)]

    t.table("Points of the curve", ["k", *("τ" if n == "threshold" else n for n in names)], path, row)


TOPIC = Topic(
    "roc", "ROC curve and AUC", "Evaluation", Problem, solve, NOTATION, RULES,
    "T. Fawcett, An introduction to ROC analysis, Pattern Recognition Letters 27 (2006), sections 4 to 7",
    example={"y_true": [1, 1, 0, 1, 0, 0], "y_score": [0.9, 0.8, 0.7, 0.6, 0.4, 0.2]},
    aliases=("auc", "roc-auc", "roc-curve", "roc_auc_score"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
