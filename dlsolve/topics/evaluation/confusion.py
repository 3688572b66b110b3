"""Confusion matrix, and what is counted from it.

Of two classes one is called positive. A sample of it that is found is a true positive (TP), one that
is missed a false negative (FN); a false alarm is a false positive (FP), the rest true negatives (TN).
Accuracy asks how many answers are right. Precision asks how many alarms are right, recall how many
positives are found: they divide the same TP by what was called positive and by what is positive. F1
is their harmonic mean, near the smaller of the two; Fβ counts recall β times as much as precision.

With more classes each one in turn is the positive one. The macro average is the plain mean over the
classes, the weighted one weighs each class by its samples, the micro average pools the counts first
(and is the accuracy, as each sample has one class and gets one answer). Balanced accuracy is the mean
recall. Matthews' coefficient (MCC) is the correlation of answers and truth: 1 is perfect, 0 chance.

A quotient 0/0 (nothing was called positive, say) has no value. It is set to `zero_division`, 0 unless
told otherwise, as scikit-learn does; MCC is then 0.

A matrix without headings can be read two ways. Rows are predictions here; scikit-learn has the actual
classes in the rows (convention `confusion`). Reading one as the other swaps precision and recall.
"""

from __future__ import annotations

from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.evaluation.cases import COUNTS, Cases, Problem, read
from dlsolve.worked.evaluation.classes import CLASS_RULES, CLASS_SLIPS, by_class
from dlsolve.worked.evaluation.told import compare_with_matrix, give_counts, give_samples, tables


def _named(name: str, meaning: str, symbol: str = "", index: str = "") -> Quantity:
    words = symbol or name.replace("_", " ")
    return Quantity(name, meaning, index, symbol=words, latex=rf"\text{{{words}}}")


def _share(name: str, meaning: str, index: str = "", also: tuple[str, ...] = ()) -> Quantity:
    """A share of something, from 0 to 1, that goes by its name."""
    words = name.replace("_", " ")
    return Quantity(name, meaning, index, kind="probability", symbol=words, latex=rf"\text{{{words}}}", also=also)


NOTATION = Notation(
    [
        Quantity("y_true", "actual class of sample i", "i", kind="label", symbol="y"),
        Quantity("y_pred", "predicted class of sample i", "i", kind="label", symbol="ŷ", latex=r"\hat{y}"),
        Quantity("y_score", "score of sample i", "i", symbol="s"),
        Quantity("threshold", "score that counts as positive", symbol="τ", latex=r"\tau"),
        Quantity("M", "confusion matrix", shape="K×K", kind="matrix"),
        *(Quantity(name, words, "k", kind="integer") for name, words in (
            ("TP", "true positives"), ("FP", "false positives"), ("FN", "false negatives"), ("TN", "true negatives"))),
        _named("support", "samples of class k", index="k"),
        _named("predicted", "samples taken for class k", index="k"),
        _named("margins", "product of the totals of rows and columns"),
        _named("positives", "samples that are positive"),
        _named("negatives", "samples that are negative"),
        _named("predicted_positives", "samples called positive"),
        Quantity("N", "number of samples", kind="integer"),
        Quantity("K", "number of classes", kind="integer"),
        _share("accuracy", "share of right answers", also=("acc",)),
        _share("error_rate", "share of wrong answers"),
        _share("precision", "share of the positive answers (answers k) that are right", index="k"),
        _share("recall", "share of the positives (of class k) that are found; sensitivity, TPR", index="k"),
        _share("specificity", "share of the negatives (of the other classes) that are told; TNR", index="k"),
        Quantity("NPV", "share of the negative answers that are right", kind="probability"),
        Quantity("FPR", "false positive rate: share of the negatives called positive", kind="probability"),
        Quantity("FNR", "false negative rate: share of the positives missed", kind="probability"),
        Quantity("FDR", "false discovery rate: share of the positive answers that are wrong", kind="probability"),
        Quantity("FOR", "false omission rate: share of the negative answers that are wrong", kind="probability"),
        _named("F1_numerator", "what stands above in F1", "numerator"),
        _named("F1_denominator", "what stands below in F1", "denominator"),
        Quantity("F1", "harmonic mean of precision and recall (of class k)", "k", kind="probability"),
        Quantity("F_beta", "their mean with recall counted β times", "k", kind="probability", symbol="Fβ",
                 latex=r"F_\beta"),
        Quantity("beta", "weight of recall against precision"),
        _share("balanced_accuracy", "mean recall of the classes"),
        Quantity("MCC", "Matthews' correlation coefficient"),
        _named("zero_division", "what 0/0 is set to"),
        *(_share(f"{kind}_{name}", f"{words} of {name}") for kind, words in (
            ("macro", "mean over the classes"), ("micro", "pooled value"), ("weighted", "mean weighted by support"))
          for name in ("precision", "recall", "F1")),
        _named("correct", "right answers"),
        _named("agreeing", "Σ support · predicted, over the classes", "A"),
        _named("spread_true", "N² − Σ support²", "D"),
        _named("spread_pred", "N² − Σ predicted²", "D′"),
    ],
    {"k": "label", "i": "sample"},
)  # fmt: skip

RULES = rules("""
    y_pred[i] by fire:
        ge = 1 if y_score[i] >= threshold else 0                # positive from the threshold on
        gt = 1 if y_score[i] > threshold else 0                 # positive above the threshold
    M by confusion:
        predicted_rows = [[TP, FP], [FN, TN]]                   # the counts as a table
        actual_rows = [[TP, FN], [FP, TN]]                      # the counts as a table
    TP:matrix at i = M[i,i]                                     # positive, called positive
    FP:matrix at i, j by confusion:
        predicted_rows = M[i,j]                                 # negative, called positive
        actual_rows = M[j,i]                                    # negative, called positive
    FN:matrix at i, j by confusion:
        predicted_rows = M[j,i]                                 # positive, called negative
        actual_rows = M[i,j]                                    # positive, called negative
    TN:matrix at j = M[j,j]                                     # negative, called negative
    TP:actual = positives - FN                                  # the positives that are not missed
    TP:predicted = predicted_positives - FP                     # the alarms that are not false
    FN:actual = positives - TP                                  # the positives that are not found
    FP:predicted = predicted_positives - TP                     # the alarms that are not right
    FP:actual = negatives - TN                                  # the negatives that are not told
    TN:actual = negatives - FP                                  # the negatives without false alarm
    TN:rest = N - TP - FP - FN                                  # the rest
    positives:rest = N - negatives                              # the rest
    negatives:rest = N - positives                              # the rest
    positives = TP + FN                                         # found and missed
    negatives = FP + TN
    N = positives + negatives
    accuracy = (TP + TN) / N                                    # right answers of all
    error_rate = (FP + FN) / N                                  # wrong answers of all
    precision = TP / (TP + FP)                                  # right among those called positive
    recall = TP / (TP + FN)                                     # found among the positives
    F1_numerator = 2*precision*recall
    F1_denominator = precision + recall
    F1 = F1_numerator / F1_denominator                          # harmonic mean
    F1:counts = 2*TP / (2*TP + FP + FN)                         # the same from the counts
    F_beta = (1 + beta**2)*precision*recall / (beta**2*precision + recall)
    F_beta:counts = (1 + beta**2)*TP / ((1 + beta**2)*TP + beta**2*FN + FP)
    specificity = TN / (TN + FP)                                # told among the negatives
    NPV = TN / (TN + FN)                                        # right among those called negative
    FPR = FP / (FP + TN)                                        # false alarms among the negatives
    FNR = FN / (FN + TP)                                        # missed among the positives
    FDR = FP / (FP + TP)                                        # wrong among those called positive
    FOR = FN / (FN + TN)                                        # wrong among those called negative
    balanced_accuracy = (recall + specificity) / 2              # mean recall of both classes
    balanced_accuracy:positives = recall                        # there are no negatives
    balanced_accuracy:negatives = specificity                   # there are no positives
    margins = (TP + FP)*(TP + FN)*(TN + FP)*(TN + FN)           # all four totals
    MCC = (TP*TN - FP*FN) / sqrt(margins)                       # Matthews' correlation
    MCC:none = 0                                                # 0/0: only one class occurs, or is predicted
""" + CLASS_RULES + "".join(
    f"    {name}:none = zero_division      # 0/0\n"
    for name in ("precision", "recall", "F1", "F_beta", "specificity", "NPV", "FPR", "FNR", "FDR", "FOR")))  # fmt: skip

SLIPS = (
    DeclaredSlip("precision_is_recall", rule("precision", "TP / (TP + FN)"),
                 "precision was divided by all that are positive (that is recall)"),
    DeclaredSlip("recall_is_precision", rule("recall", "TP / (TP + FP)"),
                 "recall was divided by all that were called positive (that is precision)"),
    DeclaredSlip("false_alarms_found", rule("recall", "FP / (TP + FN)"),
                 "the false positives were put on top in recall"),
    DeclaredSlip("plain_mean", rule("F1", "(precision + recall) / 2"),
                 "the plain mean of precision and recall was taken for F1, not the harmonic mean"),
    DeclaredSlip("two_left_out", rule("F1_numerator", "precision*recall"), "the factor 2 of F1 was left out"),
    DeclaredSlip("only_positives", rule("accuracy", "TP / N"), "the true negatives were not counted as right answers"),
    DeclaredSlip("fpr_denominator", rule("FPR", "FP / (FP + FN)"),
                 "the false positives were divided by FP + FN, not by the negatives FP + TN"),
    DeclaredSlip("specificity_is_npv", rule("specificity", "TN / (TN + FN)"),
                 "specificity was divided by all that were called negative, not by all that are negative"),
    DeclaredSlip("beta_not_squared", rule("F_beta", "(1 + beta)*precision*recall / (beta*precision + recall)"),
                 "β was not squared in Fβ"),
    DeclaredSlip("beta_at_recall", rule("F_beta", "(1 + beta**2)*precision*recall / (precision + beta**2*recall)"),
                 "β² was put with recall in the denominator of Fβ, not with precision"),
    DeclaredSlip("mcc_no_root", rule("MCC", "(TP*TN - FP*FN) / margins"),
                 "the root in the denominator of MCC was left out"),
    *CLASS_SLIPS,
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    tabled = p.matrix is not None and p.y_pred is None and p.y_score is None
    by_rows = t.convention("confusion") == "predicted_rows" if p.matrix is not None else None
    layout = t.choices["confusion"] == "predicted_rows" if by_rows is None else by_rows
    cases = read(p, layout, p.y_score is not None and t.convention("fire") == "gt")
    counted = not tabled and p.y_true is None
    t.index_set("classes", cases.classes)
    if counted:
        give_counts(p, t, cases)
    elif tabled:
        assert p.matrix is not None
        t.given("M", p.matrix)
    else:
        give_samples(p, t, cases)
    if cases.binary:
        if not counted:
            t.section("Counts")
            i, j = cases.positive + 1, 2 - cases.positive
            t.let("TP:matrix at i", i)
            t.let("FP:matrix at i, j", i, j)
            t.let("FN:matrix at i, j", i, j)
            t.let("TN:matrix at j", j)
        _metrics(p, t, cases)
    if not cases.binary or p.per_class:
        if counted:
            t.section("As a table")
            t.let("M")
        by_class(p.beta, p.zero_division, t, cases)
    tables(t, cases, layout)
    if p.matrix is not None and p.y_true is not None:
        compare_with_matrix(p, t, cases, layout)
    if cases.assumed:
        t.remark(cases.assumed)


def _metrics(p: Problem, t: Trace, cases: Cases) -> None:
    """Everything of two classes."""
    tp, fp, fn, tn = (cases.count(name) for name in COUNTS)
    t.section("Accuracy")
    for total in ("positives", "negatives", "N"):
        if total not in t.env:
            t.let(total)
    t.let("accuracy")
    t.let("error_rate")
    none = {name for name, below in (
        ("precision", tp + fp), ("recall", tp + fn), ("specificity", tn + fp), ("NPV", tn + fn), ("FPR", fp + tn),
        ("FNR", fn + tp), ("FDR", fp + tp), ("FOR", fn + tn), ("F1", tp + fp + fn), ("F_beta", tp + fp + fn),
    ) if below == 0}  # fmt: skip
    if none:
        t.given("zero_division", p.zero_division)
    if p.beta is not None:
        t.given("beta", p.beta)

    def let(name: str, otherwise: str = "") -> None:
        t.let(f"{name}:none" if name in none else name + otherwise)

    t.section("Positives")
    by_counts = tp == 0 or bool({"precision", "recall"} & none)
    let("precision")
    let("recall")
    if not by_counts:
        t.let("F1_numerator")
        t.let("F1_denominator")
    let("F1", ":counts" if by_counts else "")
    if p.beta is not None:
        let("F_beta", ":counts" if by_counts else "")
    t.section("Negatives and errors")
    for name in ("specificity", "NPV", "FPR", "FNR", "FDR", "FOR"):
        let(name)
    t.section("Both classes")
    missing = ":negatives" if tp + fn == 0 else ":positives" if tn + fp == 0 else ""
    t.let("balanced_accuracy" + missing)
    t.let("margins")
    t.let("MCC:none" if 0 in (tp + fp, tp + fn, tn + fp, tn + fn) else "MCC")
    for name, other in (("recall", "TPR"), ("recall", "sensitivity"), ("specificity", "TNR"), ("precision", "PPV"),
                        ("F1", "F1_score"), ("F1", "f1"), ("MCC", "mcc")):  # fmt: skip
        t.alias(other, name)
    t.answer("accuracy", "precision", "recall", "F1", *(["F_beta"] if p.beta is not None else []))
    _checks(t, none, by_counts)
    if none:
        names = ", ".join(t.symbols.unicode(n) for n in sorted(none))
        t.remark(f"0/0 in {names}: no such sample, so no value. It is set to {p.zero_division} "
                 f"(zero_division, as in scikit-learn).")  # fmt: skip


def _checks(t: Trace, none: set[str], by_counts: bool) -> None:
    t.check("accuracy + error rate = 1", "accuracy + error_rate == 1")
    if not by_counts:
        t.check("F₁ = 2·TP/(2·TP + FP + FN)", "F1 == 2*TP / (2*TP + FP + FN)")
    for one, other in (("recall", "FNR"), ("precision", "FDR"), ("specificity", "FPR"), ("NPV", "FOR")):
        if one not in none:
            t.check(f"{one} + {other} = 1", f"{one} + {other} == 1")
    if not none:
        roots = "sqrt(precision*recall*specificity*NPV) - sqrt(FDR*FNR*FPR*FOR)"
        t.check("MCC from the rates", f"MCC == {roots}", "√(precision·recall·specificity·NPV) − √(FDR·FNR·FPR·FOR)")


TOPIC = Topic(
    "confusion", "Confusion matrix: accuracy, precision, recall, F1", "Evaluation", Problem, solve, NOTATION, RULES,
    "T. Fawcett, An introduction to ROC analysis, Pattern Recognition Letters 27 (2006), section 2",
    example={"TP": 40, "FP": 10, "FN": 5, "TN": 45},
    aliases=(
        "confusion-matrix", "precision", "recall", "f1", "accuracy", "mcc", "classification-report", "f1-score",
        "f-beta", "sensitivity", "specificity",
    ),
    conventions={"confusion": "predicted_rows", "fire": "ge"},
    contrast=("confusion", "fire"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
