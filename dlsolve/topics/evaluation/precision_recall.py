"""Precision–recall curve and average precision.

As the threshold falls, recall grows from 0 to 1; precision, the share of the alarms that are right,
mostly falls, though not steadily. The average precision weighs the precision at each threshold by the
recall that it adds: AP = Σ (Rₖ − Rₖ₋₁)·Pₖ. These are steps, not trapezoids: between two points of this
curve precision does not run along a line. Guessing has the share of positives as its precision, so AP
is compared with that, where AUC is compared with 1/2; with rare positives this curve tells more.

Samples of equal score enter together. Where nothing is called positive precision is 0/0; the curve
starts at precision 1, as in scikit-learn, which adds nothing to AP.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.evaluation.scores import Scores
from dlsolve.worked.thresholds import (
    SWEEP_NOTATION,
    SWEEP_RULES,
    counts,
    fall,
    give_counts,
    give_sweep,
    sweep,
)


class Problem(Scores, forbid_unknown_fields=True, kw_only=True):
    """Labels with scores, or counts by threshold."""


NOTATION = Notation(
    [
        *SWEEP_NOTATION,
        Quantity("precision", "precision at threshold k", "k", kind="probability"),
        Quantity("recall", "recall at threshold k", "k", kind="probability"),
        Quantity("F1", "harmonic mean of both at threshold k", "k", kind="probability"),
        Quantity("term", "what step m adds", "m", symbol="A"),
        Quantity("AP", "average precision", kind="probability"),
        Quantity("base_rate", "share of positives: the precision of guessing", symbol="base rate",
                 latex=r"\text{base rate}", kind="probability"),
    ],
    {"i": "sample", "k": "step", "m": "step", "h": "step", "j": "step"},
)  # fmt: skip

RULES = rules(SWEEP_RULES + """
    precision[k] = TP[k] / (TP[k] + FP[k])                      # right among those called positive
    precision[k]:none = 1                                       # 0/0: nothing is called positive yet
    recall[k] = TP[k] / (TP[k] + FN[k])                         # found among the positives
    recall[k]:start = 0                                         # nothing is called positive yet
    F1[k] = 2*TP[k] / (2*TP[k] + FP[k] + FN[k])                 # harmonic mean
    term[m] at h, j = (recall[j] - recall[h])*precision[j]      # precision weighted by the recall gained
    AP = sum(term[m] for m in pieces)                           # average precision
    base_rate = P / n
    base_rate:counts at k = (TP[k] + FN[k]) / (TP[k] + FP[k] + FN[k] + TN[k])
""")  # fmt: skip

SLIPS = (
    DeclaredSlip("recall_for_precision", rule("precision[k]", "TP[k] / (TP[k] + FN[k])"),
                 "precision was divided by all that are positive (that is recall)"),
    DeclaredSlip("precision_for_recall", rule("recall[k]", "TP[k] / (TP[k] + FP[k])"),
                 "recall was divided by all called positive (that is precision)"),
    DeclaredSlip("trapezoids", rule("term[m] at h, j", "(recall[j] - recall[h])*(precision[h] + precision[j]) / 2"),
                 "trapezoids were added up, not the precision at the end of each step"),
    DeclaredSlip("earlier_precision", rule("term[m] at h, j", "(recall[j] - recall[h])*precision[h]"),
                 "the precision before each step was taken, not the one at its end"),
    DeclaredSlip("not_weighted", rule("term[m] at h, j", "precision[j]"),
                 "the precision is not weighted by the recall gained"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    found = sweep(p.y_true, p.y_score, p.positive)
    table = counts((p.TP, p.FP, p.FN, p.TN), p.thresholds)
    if (found is None) == (table is None):
        raise InputError("$.given", "needs y_true and y_score, or counts by threshold, one of them",
                         remedy='give --y_true "1 0 1" --y_score "0.9 0.4 0.3"')  # fmt: skip
    if found is not None:
        t.section("Positives and negatives")
        give_sweep(t, found)
        path: Sequence[int] = range(1, len(found.levels) + 1)
        t.let("base_rate")
    else:
        assert table is not None
        give_counts(t, table, p.thresholds)
        path = sorted(range(1, len(table.rows) + 1), key=lambda k: sum(table.rows[k - 1][:2], fmpq(0)))
        nobody = {k for k in path if table.rows[k - 1][0] + table.rows[k - 1][1] == 0}
        _refuse_falling(table.rows, path)
    t.section("Start")
    t.let("recall[k]:start", 0)
    t.let("precision[k]:none", 0)
    if found is not None:
        fall(t, found, lambda k: f"Threshold {k}", "precision[k]", "recall[k]", "F1[k]")
    for k in path if found is None else ():
        t.section(f"Threshold {k}")
        t.let("precision[k]:none" if k in nobody else "precision[k]", k)
        t.let("recall[k]", k)
        t.let("F1[k]", k)
    t.section("Average precision")
    if table is not None:
        t.let("base_rate:counts at k", path[0])
    before = range(len(path)) if found is not None else [0, *path[:-1]]
    t.through(t.index_set("pieces", range(1, len(path) + 1)), "term[m] at h, j", more=(before, path))
    t.let("AP")
    t.when("AP > base_rate", ("better than guessing", "no better than guessing"))
    _table(t, path)
    t.answer("AP")
    if found is not None and len(found.levels) == len(found.scores):
        hits = [k for k, (one, other) in enumerate(pairwise([0, *found.called[1]]), 1) if one < other]
        t.index_set("hits", hits)
        t.check("AP again, as the mean precision at the positives", "AP == mean(precision[k] for k in hits)")


def _refuse_falling(rows: object, path: Sequence[int]) -> None:
    """Raises `InputError` where a lower threshold would find fewer positives."""
    assert isinstance(rows, list)
    for h, j in pairwise(path):
        if rows[j - 1][0] < rows[h - 1][0] or rows[j - 1][1] < rows[h - 1][1]:
            raise InputError(f"$.given.TP[{j - 1}]", f"more is called positive than in row {h}, but one count falls",
                             remedy="a lower threshold never finds fewer")  # fmt: skip


def _table(t: Trace, path: Sequence[int]) -> None:
    first = path[0]
    names = [n for n in ("threshold", "TP", "FP", "FN", "precision", "recall", "F1") if (n, first) in t.env]
    heads = ["k", *("τ" if n == "threshold" else n for n in names)]
    t.table("Points of the curve", heads, path, lambda k: [f" {k}", *((n, k) for n in names)])


TOPIC = Topic(
    "precision-recall", "Precision–recall curve and average precision", "Evaluation", Problem, solve, NOTATION, RULES,
    "M. Zhu, Recall, precision and average precision, Technical report 2004-09, University of Waterloo (2004)",
    example={"y_true": [1, 1, 0, 1, 0, 0], "y_score": [0.9, 0.8, 0.7, 0.6, 0.4, 0.2]},
    aliases=("average-precision", "pr-curve", "precision_recall_curve"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
