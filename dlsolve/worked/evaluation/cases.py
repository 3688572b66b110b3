"""What a confusion problem gives: labels, scores at a threshold, a matrix, or counts and totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.numbers.matrix import Matrix
from dlsolve.worked.evaluation.positive import positive_of

MOST_CLASSES = 30
COUNTS = ("TP", "FP", "FN", "TN")
_TOTALS = ("positives", "negatives", "predicted_positives", "N")
_FROM = {
    "FN:actual": ("positives", ("TP",)), "TP:actual": ("positives", ("FN",)),
    "TP:predicted": ("predicted_positives", ("FP",)), "FP:predicted": ("predicted_positives", ("TP",)),
    "negatives:rest": ("N", ("positives",)), "positives:rest": ("N", ("negatives",)),
    "FP:actual": ("negatives", ("TN",)), "TN:actual": ("negatives", ("FP",)), "TN:rest": ("N", ("TP", "FP", "FN")),
}  # fmt: skip
"""By rule, the total that a count is what is left of, and what is taken away."""


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Labels, a matrix, or counts."""

    y_true: Annotated[
        list[fmpq] | list[str] | None, Field("actual class of each sample", ("y", "actual"), csv="column")
    ] = None
    y_pred: Annotated[list[fmpq] | list[str] | None, Field("predicted class", ("y_hat", "predicted"), csv="column")] = (
        None
    )
    y_score: Annotated[
        list[fmpq] | None, Field("score of each sample, in place of y_pred", ("scores", "score"), csv="column")
    ] = None
    threshold: Annotated[fmpq | None, Field("score that counts as positive (0.5 where not given)")] = None
    matrix: Annotated[Matrix | None, Field("confusion matrix, one row and column a class", ("M",), ge="0")] = None
    labels: Annotated[list[fmpq] | list[str] | None, Field("classes in the order of the matrix", ("classes",))] = None
    positive: Annotated[fmpq | str | None, Field("the positive class of two (1, or the first)", ("pos_label",))] = None
    TP: Annotated[int | None, Field("true positives", ("tp",), ge="0")] = None
    FP: Annotated[int | None, Field("false positives", ("fp",), ge="0")] = None
    FN: Annotated[int | None, Field("false negatives", ("fn",), ge="0")] = None
    TN: Annotated[int | None, Field("true negatives", ("tn",), ge="0")] = None
    positives: Annotated[int | None, Field("all actual positives, in place of TP or FN", ("P",), ge="0")] = None
    negatives: Annotated[int | None, Field("all actual negatives, in place of FP or TN", ge="0")] = None
    predicted_positives: Annotated[int | None, Field("all called positive, in place of TP or FP", ge="0")] = None
    N: Annotated[int | None, Field("all samples", ("n", "total"), ge="1")] = None
    beta: Annotated[fmpq | None, Field("asks for Fβ too: recall counts β times as much", gt="0")] = None
    zero_division: Annotated[Literal[0, 1], Field("what 0/0 is set to")] = 0
    per_class: Annotated[bool, Field("also each class and the averages, where there are two", ("averages",))] = False


@dataclass
class Cases:
    """The problem in one form. `cell[a][p]` counts samples of class number a taken for class number p."""

    classes: list[str]
    """The classes in the order of the matrix."""
    cell: list[list[fmpq]]
    positive: int = 0
    """Number of the positive class, where there are two."""
    truth: list[int] = field(default_factory=list)
    """Class number of each sample, where samples are given."""
    taken: list[int] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    """Rules that complete the counts, in order."""
    assumed: str = ""
    """What was taken for granted, in a sentence."""

    @property
    def binary(self) -> bool:
        return len(self.classes) == 2

    def count(self, name: str) -> fmpq:
        """TP, FP, FN or TN of two classes."""
        p, q = self.positive, 1 - self.positive
        at = {"TP": (p, p), "FP": (q, p), "FN": (p, q), "TN": (q, q)}[name]
        return self.cell[at[0]][at[1]]

    def matrix(self, predicted_rows: bool) -> Matrix:
        return Matrix(self.cell).T if predicted_rows else Matrix(self.cell)


def read(p: Problem, predicted_rows: bool, strictly: bool) -> Cases:
    """The cases, whichever way they are given; `strictly` fires above the threshold only.

    Raises `InputError`.
    """
    counted = any(getattr(p, name) is not None for name in (*COUNTS, *_TOTALS))
    predicted = p.y_pred is not None or p.y_score is not None
    ways = ["counts"] if counted else []
    ways += [w for w in ("y_pred", "y_score") if getattr(p, w) is not None]
    ways += ["matrix"] if p.matrix is not None and not predicted else []
    if len(ways) != 1:
        raise InputError("$.given", "needs labels (y_true and y_pred), a matrix, or counts, one of them",
                         found=" and ".join(ways), remedy="give --TP 40 --FP 10 --FN 5 --TN 45")  # fmt: skip
    if predicted and p.y_true is None:
        raise InputError("$.given.y_true", "predictions without the actual labels", remedy="give y_true too")
    if p.y_score is None and p.threshold is not None:
        raise InputError("$.given.threshold", "a threshold needs scores", remedy="give y_score instead of y_pred")
    cases = _counted(p) if counted else _labelled(p, strictly) if predicted else _tabled(p, predicted_rows)
    if not any(v > 0 for row in cases.cell for v in row):
        raise InputError("$.given", "no sample at all: every count is 0", remedy="give at least one count above 0")
    return cases


def label(value: fmpq | str) -> str:
    """A class as words: numbers as they are written, −1 as ``minus 1`` (a name has no sign)."""
    return str(value).replace("-", "minus ", 1) if isinstance(value, fmpq) else value


def _named(p: Problem, found: Sequence[fmpq | str]) -> list[str]:
    """The classes in the order of the matrix: as told; 1 before 0; else numbers, then words, ascending
    (of two, the later one first)."""
    if p.labels is not None:
        names = [label(v) for v in p.labels]
        if len(set(names)) != len(names):
            raise InputError("$.given.labels", "a class stands twice", found=", ".join(names))
        for value in found:
            if label(value) not in names:
                raise InputError("$.given.labels", f"the class {label(value)!r} of a sample is not among them")
        return names
    distinct = {label(v): v for v in found}
    numbers = [v for v in distinct.values() if isinstance(v, fmpq)]
    if len(numbers) == len(distinct) and set(numbers) <= {0, 1}:
        return ["1", "0"]
    words = [v for v in distinct.values() if isinstance(v, str)]
    order = [label(v) for v in sorted(numbers)] + sorted(words)
    if len(order) < 2:
        raise InputError("$.given.labels", "one class only", found=order[0], remedy="name all classes: labels")
    return order[::-1] if len(order) == 2 else order


def _positive(p: Problem, names: list[str]) -> int:
    """The number of the positive class: as told; else 1, else the first in the matrix."""
    if p.positive is not None:
        told = label(p.positive)
        if told not in names:
            raise InputError("$.given.positive", "not one of the classes", found=told, remedy=", ".join(names))
        if len(names) != 2:
            raise InputError("$.given.positive", f"{len(names)} classes have no positive one", remedy="leave it out")
        return names.index(told)
    return names.index(positive_of(names) or names[0])


def _checked(names: list[str]) -> None:
    if len(names) > MOST_CLASSES:
        raise InputError("$.given.labels", f"{len(names)} classes", remedy=f"at most {MOST_CLASSES} are worked out")


def _labelled(p: Problem, strictly: bool) -> Cases:
    truth: Sequence[fmpq | str] = p.y_true or []
    taken: Sequence[fmpq | str] = p.y_pred or []
    where = "y_pred" if p.y_score is None else "y_score"
    given = len(taken) if p.y_score is None else len(p.y_score)
    if given != len(truth):
        raise InputError(f"$.given.{where}", f"{len(truth)} actual labels", found=f"{given} predictions")
    names = _named(p, [*truth, *taken])
    _checked(names)
    positive = _positive(p, names)
    said = ""
    if len(names) == 2 and p.positive is None and "1" not in names:
        said = f"{names[positive]!r} is taken as the positive class; `positive` says otherwise.".replace("'", '"')
    if p.y_score is not None:
        if len(names) != 2:
            raise InputError("$.given.y_score", "scores at a threshold tell two classes apart", found=f"{len(names)}")
        bound = p.threshold if p.threshold is not None else fmpq(1, 2)
        fires = [s > bound if strictly else s >= bound for s in p.y_score]
        chosen = [positive if fire else 1 - positive for fire in fires]
    else:
        chosen = [names.index(label(v)) for v in taken]
    actual = [names.index(label(v)) for v in truth]
    cell = [[fmpq(0)] * len(names) for _ in names]
    for a, b in zip(actual, chosen, strict=True):
        cell[a][b] += 1
    return Cases(names, cell, positive, actual, chosen, assumed=said)


def _tabled(p: Problem, predicted_rows: bool) -> Cases:
    assert p.matrix is not None
    size = p.matrix.shape[0]
    if p.matrix.shape[1] != size or size < 2:
        raise InputError("$.given.matrix", "not a square table of at least two classes",
                         found=f"{size}×{p.matrix.shape[1]}", remedy="a row and a column for each class")  # fmt: skip
    if p.labels is not None and len(p.labels) != size:
        raise InputError("$.given.labels", f"{size} classes in the matrix", found=f"{len(p.labels)} labels")
    if p.labels is not None:
        names = _named(p, [])
    else:
        names = ["1", "0"] if size == 2 else [str(k) for k in range(1, size + 1)]
    _checked(names)
    whole = p.matrix.T if predicted_rows else p.matrix
    cases = Cases(names, [[v for v in row if isinstance(v, fmpq)] for row in whole.rows], _positive(p, names))
    if size == 2 and p.labels is None:
        cases.assumed = ("The first row and column are taken as class 1, the positive one (scikit-learn sets class 0 "
                         "first: then give labels 0, 1).")  # fmt: skip
    return cases


def _counted(p: Problem) -> Cases:
    known = {n: fmpq(v) for n in (*COUNTS, *_TOTALS) if (v := getattr(p, n)) is not None}
    done: list[str] = []
    while True:
        rule = next((r for r, (total, parts) in _FROM.items() if r.partition(":")[0] not in known
                     and total in known and all(n in known for n in parts)), None)  # fmt: skip
        if rule is None:
            break
        total, parts = _FROM[rule]
        name = rule.partition(":")[0]
        known[name] = known[total] - sum((known[n] for n in parts), fmpq(0))
        done.append(rule)
        if known[name] < 0:
            raise InputError("$.given", f"{name} would be {known[name]}", remedy=f"{total} is less than its parts")
    missing = [n for n in COUNTS if n not in known]
    if missing:
        raise InputError(f"$.given.{missing[0]}", "a count is missing", remedy=f"give {', '.join(missing)}, or totals")
    tp, fp, fn, tn = (known[n] for n in COUNTS)
    for name, value in zip(_TOTALS, (tp + fn, fp + tn, tp + fp, tp + fp + fn + tn), strict=True):
        if known.get(name, value) != value:
            found = str(known[name])
            raise InputError(f"$.given.{name}", "not the sum of its counts", found=found, remedy=f"it is {value}")
    names = [label(v) for v in p.labels] if p.labels is not None else ["1", "0"]
    if len(set(names)) != 2:
        raise InputError("$.given.labels", "TP, FP, FN and TN are of two classes", found=", ".join(names))
    names = names[:: 1 if _positive(p, names) == 0 else -1]
    return Cases(names, [[tp, fn], [fp, tn]], 0, rules=done)
