"""What a confusion problem gives, its tables, and whether a given matrix fits the given labels."""

from __future__ import annotations

from flint import fmpq

from dlsolve.trace import Key, Trace
from dlsolve.worked.evaluation.cases import COUNTS, Cases, Problem, label

_RATES = ("accuracy", "error_rate", "precision", "recall", "F1", "F_beta", "specificity", "NPV", "FPR", "FNR", "FDR",
          "FOR", "balanced_accuracy", "MCC")  # fmt: skip


def give_counts(p: Problem, t: Trace, cases: Cases) -> None:
    """The counts and totals as given, and the counts that they leave."""
    for name in (*COUNTS, "positives", "negatives", "predicted_positives", "N"):
        value = getattr(p, name)
        if value is not None:
            t.given(name, value)
    if cases.rules:
        t.section("Counts")
        for rule_ in cases.rules:
            t.let(rule_)


def give_samples(p: Problem, t: Trace, cases: Cases) -> None:
    """The samples as given, what a score is taken for, and the table of their counts."""
    assert p.y_true is not None
    t.given("y_true", [label(v) for v in p.y_true])
    if p.y_score is not None:
        t.given("y_score", p.y_score)
        t.given("threshold", p.threshold if p.threshold is not None else fmpq(1, 2), assumed=p.threshold is None)
        t.section("Predictions")
        t.through(range(1, len(p.y_score) + 1), "y_pred[i]")
    else:
        t.given("y_pred", [label(v) for v in p.y_pred or []])
    by_rows = t.convention("confusion") == "predicted_rows"
    t.section("Confusion matrix")
    counted = cases.matrix(by_rows).map(t.number)
    rows, columns = ("predicted", "actual") if by_rows else ("actual", "predicted")
    t.operation("count the samples", None, counted, key="M",
                why=f"rows {rows}, columns {columns}: {', '.join(cases.classes)}")  # fmt: skip


def tables(t: Trace, cases: Cases, predicted_rows: bool) -> None:
    """The samples, the matrix with its headings, the metrics."""
    if cases.truth:
        _samples(t, cases)
    if "M" in t.env:
        rows, columns = ("predicted", "actual") if predicted_rows else ("actual", "predicted")
        numbers = range(1, len(cases.classes) + 1)
        body: list[list[Key | str]] = [
            [f" {rows} {c}", *(("M", i, j) for j in numbers)] for i, c in zip(numbers, cases.classes, strict=True)
        ]
        t.table("Confusion matrix", ["", *(f"{columns} {c}" for c in cases.classes)], body)
    else:
        body = [[" predicted positive", "TP", "FP"], [" predicted negative", "FN", "TN"]]
        t.table("Confusion matrix", ["", "actual positive", "actual negative"], body)
    if cases.binary:
        t.table("Metrics", ["", "value"], [[" " + t.symbols.unicode(n), n] for n in _RATES if n in t.env])
    first = cases.classes[0]
    names = [n for n in ("precision", "recall", "F1", "F_beta", "specificity", "support") if (n, first) in t.steps]
    if names:
        by_class: list[list[Key | str]] = [[f" {c}", *((n, c) for n in names)] for c in cases.classes]
        kinds = ("macro", "micro", "weighted")
        by_class += [[f" {kind}", *(f"{kind}_{n}" for n in names[:3])] for kind in kinds]
        t.table("Classes", ["class", *(t.symbols.unicode(n) for n in names)], by_class)


def _samples(t: Trace, cases: Cases) -> None:
    scored = ("y_score", 1) in t.env
    header = ["i", "y", *(["s"] if scored else []), "ŷ", *(["counted as"] if cases.binary else [])]
    rows: list[list[Key | str]] = []
    for i, (a, b) in enumerate(zip(cases.truth, cases.taken, strict=True), 1):
        row: list[Key | str] = [f" {i}", f" {cases.classes[a]}"]
        if scored:
            row.append(("y_score", i))
        row.append(f" {cases.classes[b]}")
        if cases.binary:
            row.append(" " + COUNTS[(0 if a == b else 2) if a == cases.positive else (3 if a == b else 1)])
        rows.append(row)
    t.table("Samples", header, rows)


def compare_with_matrix(p: Problem, t: Trace, cases: Cases, predicted_rows: bool) -> None:
    """Say whether the matrix given beside labels is that of the labels, and how else it would be."""
    assert p.matrix is not None
    assert p.y_true is not None
    here, there = ("rows predicted", "rows actual")[:: 1 if predicted_rows else -1]
    if cases.truth:
        if p.matrix == cases.matrix(predicted_rows):
            t.remark("The matrix given is that of the labels.")
        elif p.matrix == cases.matrix(not predicted_rows):
            t.remark(f"The matrix given is that of the labels with {there}; here it is set up with {here}.")
        else:
            t.remark("The matrix given is not that of the labels; the labels are used.")
        return
    told = [sum(1 for v in p.y_true if label(v) == c) for c in cases.classes]
    actual = [sum(row, fmpq(0)) for row in cases.cell]
    taken = [sum((row[k] for row in cases.cell), fmpq(0)) for k in range(len(told))]
    if told == actual:
        t.remark(f"The labels y fit the matrix read with {here}.")
        return
    k = next(n for n, (a, b) in enumerate(zip(told, actual, strict=True)) if a != b)
    text = (f"The matrix and y disagree: read with {here} it has {actual[k]} samples of class {cases.classes[k]}, "
            f"y has {told[k]}.")  # fmt: skip
    if told == taken:
        text += f" They agree if it is read with {there} (convention `confusion`), or if y is the prediction."
    t.remark(text)
