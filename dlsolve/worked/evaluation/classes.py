"""Each class against the rest, and the averages over the classes."""

from __future__ import annotations

from flint import fmpq

from dlsolve.formula.rules import rule
from dlsolve.topic import DeclaredSlip
from dlsolve.trace import Trace
from dlsolve.worked.evaluation.cases import Cases

CLASS_RULES = """
    TP[k] at i = M[i,i]                                         # on the diagonal
    support[k] at i by confusion:
        predicted_rows = sum(M[j,i] for j in columns)           # all samples of the class: its column
        actual_rows = sum(M[i,j] for j in columns)              # all samples of the class: its row
    predicted[k] at i by confusion:
        predicted_rows = sum(M[i,j] for j in columns)           # all taken for the class: its row
        actual_rows = sum(M[j,i] for j in columns)              # all taken for the class: its column
    FP[k] = predicted[k] - TP[k]                                # taken for it, but not of it
    FN[k] = support[k] - TP[k]                                  # of it, but taken for another
    TN[k] = N - support[k] - FP[k]                              # neither of it nor taken for it
    N:classes = sum(support[k] for k in classes)
    correct = sum(TP[k] for k in classes)
    accuracy:classes = correct / N                              # the diagonal over all
    precision[k] = TP[k] / predicted[k]
    recall[k] = TP[k] / support[k]
    specificity[k] = TN[k] / (N - support[k])
    F1[k] = 2*precision[k]*recall[k] / (precision[k] + recall[k])
    F1[k]:counts = 2*TP[k] / (2*TP[k] + FP[k] + FN[k])
    F_beta[k] = (1 + beta**2)*precision[k]*recall[k] / (beta**2*precision[k] + recall[k])
    F_beta[k]:counts = (1 + beta**2)*TP[k] / ((1 + beta**2)*TP[k] + beta**2*FN[k] + FP[k])
    macro_precision = mean(precision[k] for k in classes)       # every class counts the same
    macro_recall = mean(recall[k] for k in classes)
    macro_F1 = mean(F1[k] for k in classes)
    micro_precision = sum(TP[k] for k in classes) / (sum(TP[k] for k in classes) + sum(FP[k] for k in classes))
    micro_recall = sum(TP[k] for k in classes) / (sum(TP[k] for k in classes) + sum(FN[k] for k in classes))
    micro_F1 = 2*micro_precision*micro_recall / (micro_precision + micro_recall)
    micro_F1:counts = 2*correct / (2*correct + sum(FP[k] for k in classes) + sum(FN[k] for k in classes))
    weighted_precision = sum(support[k]*precision[k] for k in classes) / N
    weighted_recall = sum(support[k]*recall[k] for k in classes) / N
    weighted_F1 = sum(support[k]*F1[k] for k in classes) / N
    balanced_accuracy:classes = mean(recall[k] for k in present)     # of the classes that occur
    agreeing = sum(support[k]*predicted[k] for k in classes)
    spread_true = N**2 - sum(support[k]**2 for k in classes)
    spread_pred = N**2 - sum(predicted[k]**2 for k in classes)
    MCC:classes = (correct*N - agreeing) / sqrt(spread_true*spread_pred)
    precision[k]:none = zero_division                           # 0/0: never predicted
    recall[k]:none = zero_division                              # 0/0: never occurs
    specificity[k]:none = zero_division                         # 0/0: nothing else occurs
    F1[k]:none = zero_division                                  # 0/0
    F_beta[k]:none = zero_division                              # 0/0
"""

CLASS_SLIPS = (
    DeclaredSlip("macro_f1_of_means",
                 rule("macro_F1", "2*macro_precision*macro_recall / (macro_precision + macro_recall)"),
                 "F1 of the mean precision and recall was taken, not the mean of the F1 values"),
    DeclaredSlip("macro_is_weighted", rule("macro_precision", "sum(support[k]*precision[k] for k in classes) / N"),
                 "the classes were weighted by their support, not counted alike"),
    DeclaredSlip("class_precision_is_recall", rule("precision[k]", "TP[k] / support[k]"),
                 "precision was divided by all of the class (that is recall)"),
    DeclaredSlip("class_recall_is_precision", rule("recall[k]", "TP[k] / predicted[k]"),
                 "recall was divided by all taken for the class (that is precision)"),
)  # fmt: skip


def by_class(beta: fmpq | None, zero_division: int, t: Trace, cases: Cases) -> None:
    """One section a class, then the averages."""
    size = len(cases.classes)
    t.index_set("columns", range(1, size + 1))
    of = [sum(row, fmpq(0)) for row in cases.cell]
    taken = [sum((row[k] for row in cases.cell), fmpq(0)) for k in range(size)]
    hit = [cases.cell[k][k] for k in range(size)]
    whole = sum(of, fmpq(0))
    unknown = any(a == 0 or b == 0 or a == whole for a, b in zip(of, taken, strict=True))
    if unknown and "zero_division" not in t.env:
        t.given("zero_division", zero_division)
    if beta is not None and "beta" not in t.env:
        t.given("beta", beta)
    t.section("Samples of each class")
    for k, c in enumerate(cases.classes):
        for name in ("TP[k] at i", "support[k] at i", "predicted[k] at i"):
            t.let(name, c, k + 1)
    if not cases.binary:
        t.let("N:classes")
    for k, c in enumerate(cases.classes):
        t.section(f"Class {c} against the rest")
        for name in ("FP[k]", "FN[k]", "TN[k]"):
            t.let(name, c)
        t.let("precision[k]" + (":none" if taken[k] == 0 else ""), c)
        t.let("recall[k]" + (":none" if of[k] == 0 else ""), c)
        t.let("specificity[k]" + (":none" if of[k] == whole else ""), c)
        variant = ":none" if taken[k] + of[k] == 0 else ":counts" if hit[k] == 0 else ""
        t.let("F1[k]" + variant, c)
        if beta is not None:
            t.let("F_beta[k]" + variant, c)
    if unknown:
        t.remark(f"A quotient 0/0 (a class never predicted, or that never occurs) has no value; it is set to "
                 f"{zero_division} (zero_division) and counts so in the averages, as in scikit-learn.")  # fmt: skip
    _averages(t, cases, [c for k, c in enumerate(cases.classes) if of[k] > 0], any(h > 0 for h in hit))
    if not cases.binary:
        t.let("MCC:none" if whole in (*of, *taken) else "MCC:classes")
        t.answer("accuracy", "macro_precision", "macro_recall")
    t.answer("macro_F1", "weighted_F1")


def _averages(t: Trace, cases: Cases, present: list[str], any_right: bool) -> None:
    t.section("Averages")
    t.let("correct")
    if not cases.binary:
        t.let("accuracy:classes")
    for name in ("precision", "recall", "F1"):
        t.let(f"macro_{name}")
    t.let("micro_precision")
    t.let("micro_recall")
    t.let("micro_F1" if any_right else "micro_F1:counts")
    for name in ("precision", "recall", "F1"):
        t.let(f"weighted_{name}")
    t.check("micro average = accuracy", "micro_F1 == accuracy", "each sample has one class and gets one answer")
    t.check("weighted recall = accuracy", "weighted_recall == accuracy")
    if not cases.binary:
        t.check("as many answers as samples", "sum(predicted[k] for k in classes) == N")
        t.index_set("present", present)
        t.let("balanced_accuracy:classes")
        t.section("Correlation")
        for name in ("agreeing", "spread_true", "spread_pred"):
            t.let(name)
