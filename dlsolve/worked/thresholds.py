"""Scores taken down a falling threshold: who is called positive at each, and the counts of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.notation import Quantity
from dlsolve.numbers.show import decimal, fraction, terminates, to_float
from dlsolve.trace import Index, Told, Trace
from dlsolve.worked.evaluation.positive import positive_of

MOST_CLASSES = 5
"""So many classes are named where there are too many."""
MOST_NAMED = 12
"""So many samples are listed by number beside a count."""

SWEEP_RULES = """
    P = sum(y_true[i] for i in samples)                 # samples that are positive
    N = n - P                                           # samples that are negative
    FN[k] = P - TP[k]                                   # the positives not called so
    TN[k] = N - FP[k]                                   # the negatives not called positive
"""

SWEEP_NOTATION = (
    Quantity("y_true", "1 if sample i is positive, else 0", "i", kind="label", symbol="y"),
    Quantity("y_score", "score of sample i", "i", symbol="s"),
    Quantity("n", "number of samples", kind="integer"),
    Quantity("P", "number of positives", kind="integer"),
    Quantity("N", "number of negatives", kind="integer"),
    Quantity("threshold", "threshold k: positive from this score on", "k", symbol="τ", latex=r"\tau"),
    Quantity("TP", "true positives at threshold k", "k", kind="integer"),
    Quantity("FP", "false positives at threshold k", "k", kind="integer"),
    Quantity("FN", "false negatives at threshold k", "k", kind="integer"),
    Quantity("TN", "true negatives at threshold k", "k", kind="integer"),
)


@dataclass(frozen=True)
class Sweep:
    """Samples with scores. `truth` holds 1 for a positive, else 0; `levels` the distinct scores, falling."""

    truth: Sequence[int]
    scores: Sequence[fmpq]
    positive: str
    """The positive class, where the labels are not 0 and 1."""
    levels: list[fmpq] = field(default_factory=list)
    level: list[int] = field(default_factory=list)
    """By sample, the number (from 1) of its level."""
    order: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))
    """The numbers of the negatives and of the positives, by falling score."""
    called: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))
    """How many negatives and positives have at least the score of each level."""

    def __post_init__(self) -> None:
        scores, counted = self.scores, [0, 0]
        self.level.extend([0] * len(scores))
        for i in falling(scores):
            if not self.levels or scores[i] != self.levels[-1]:
                self.levels.append(scores[i])
                for kind in (0, 1):
                    self.called[kind].append(counted[kind])
            kind = self.truth[i]
            counted[kind] += 1
            self.called[kind][-1] = counted[kind]
            self.order[kind].append(i + 1)
            self.level[i] = len(self.levels)


@dataclass(frozen=True)
class Counts:
    """TP, FP, FN and TN of each row of a table."""

    rows: Sequence[tuple[fmpq, fmpq, fmpq, fmpq]]


def falling(scores: Sequence[fmpq]) -> Iterator[int]:
    """The positions of `scores` from the largest down, equal ones in order.

    Doubles are five times faster to sort: only those that are equal are compared exactly.
    """
    near = [to_float(score) for score in scores]
    for _, group in groupby(sorted(range(len(scores)), key=near.__getitem__, reverse=True), near.__getitem__):
        some = list(group)
        yield from some if len(some) == 1 else sorted(some, key=scores.__getitem__, reverse=True)


def sweep(
    y_true: Sequence[fmpq | str] | None, y_score: Sequence[fmpq] | None, positive: fmpq | str | None
) -> Sweep | None:
    """The samples; None where neither labels nor scores are given. Raises `InputError`."""
    if y_true is None and y_score is None:
        return None
    if y_true is None or y_score is None:
        missing = "y_true" if y_true is None else "y_score"
        raise InputError(f"$.given.{missing}", "labels and scores go together", remedy=f"give {missing} too")
    if len(y_true) != len(y_score):
        raise InputError("$.given.y_score", f"{len(y_true)} labels", found=f"{len(y_score)} scores")
    classes: list[fmpq | str] = []
    for label in y_true:
        if label not in classes:
            classes.append(label)
            if len(classes) > MOST_CLASSES:
                break
    chosen = _positive(classes, positive)
    truth = [int(v == chosen) for v in y_true]
    if sum(truth) in (0, len(truth)):
        raise InputError("$.given.y_true", "one class only", remedy="the curve needs positives and negatives")
    plain = {v for v in classes if isinstance(v, fmpq)} == {fmpq(0), fmpq(1)} and chosen == 1
    return Sweep(truth, y_score, "" if plain else str(chosen))


def _positive(classes: Sequence[fmpq | str], told: fmpq | str | None) -> fmpq | str:
    if len(classes) > 2:
        raise InputError("$.given.y_true", "more than two classes", found=", ".join(str(c) for c in classes[:5]),
                         remedy="take one class against the rest: 1 for it, 0 for the others")  # fmt: skip
    if told is not None:
        match = next((c for c in classes if str(c) == str(told)), None)
        if match is None:
            raise InputError("$.given.positive", "not one of the classes", found=str(told))
        return match
    likely = positive_of(str(c) for c in classes)
    if likely is not None:
        return next(c for c in classes if str(c) == likely)
    numbers = [c for c in classes if isinstance(c, fmpq)]
    return max(numbers) if len(numbers) == len(classes) else max(str(c) for c in classes)


def counts(columns: Sequence[Sequence[int] | None], thresholds: Sequence[fmpq] | None) -> Counts | None:
    """Rows of a table of TP, FP, FN, TN by threshold; None where there is none. Raises `InputError`."""
    names = ("TP", "FP", "FN", "TN")
    given = {name: column for name, column in zip(names, columns, strict=True) if column is not None}
    if not given:
        return None
    for name in names:
        if name not in given:
            raise InputError(f"$.given.{name}", "a count is missing", remedy="give TP, FP, FN and TN by threshold")
        if len(given[name]) != len(given["TP"]):
            raise InputError(f"$.given.{name}", f"{len(given['TP'])} thresholds", found=f"{len(given[name])} counts")
    if thresholds is not None and len(thresholds) != len(given["TP"]):
        raise InputError("$.given.thresholds", f"{len(given['TP'])} rows of counts", found=str(len(thresholds)))
    rows = [tuple(fmpq(v) for v in row) for row in zip(*(given[n] for n in names), strict=True)]
    first = rows[0]
    for k, (tp, fp, fn, tn) in enumerate(rows):
        if tp + fn != first[0] + first[2] or fp + tn != first[1] + first[3]:
            raise InputError(f"$.given.TP[{k}]", "other positives or negatives than in the first row",
                             found=f"{tp + fn} and {fp + tn}",
                             remedy="TP + FN and FP + TN are the same at every threshold")  # fmt: skip
    if first[0] + first[2] == 0 or first[1] + first[3] == 0:
        raise InputError("$.given.TP", "one class only", remedy="the curve needs positives and negatives")
    return Counts([(a, b, c, d) for a, b, c, d in rows])


def give_sweep(t: Trace, found: Sweep) -> None:
    """The samples as given, and how many are positive and negative."""
    size = len(found.truth)
    t.index_set("samples", range(1, size + 1))
    t.index_set("positives", [i for i, y in enumerate(found.truth, 1) if y])
    t.given("y_true", [fmpq(y) for y in found.truth])
    t.given("y_score", list(found.scores))
    t.given("n", size)
    t.let("P")
    t.let("N")
    if found.positive:
        t.remark(f"The positive class, here 1, is {found.positive}; `positive` says otherwise.")


def written(threshold: fmpq) -> str:
    """A threshold in words, exactly."""
    return (decimal(threshold) if terminates(threshold) else fraction(threshold)).replace("-", "−")


def fall(t: Trace, found: Sweep, title: Callable[[Index], str], *targets: str) -> None:
    """At each score as threshold, from the largest: the counts, then the rules `targets`."""

    @lru_cache(maxsize=8)
    def level(k: int) -> str:
        return written(found.levels[k - 1])

    def say(who: str, kind: int) -> Callable[[Index], tuple[str, str]]:
        def at(k: Index) -> tuple[str, str]:
            many = found.called[kind][int(k) - 1]
            samples = ", ".join(map(str, sorted(found.order[kind][:many]))) if 0 < many <= MOST_NAMED else ""
            why = f"sample{'s' if many > 1 else ''} {samples}" if samples else ""
            return f"{who} with a score of at least {level(int(k))}", why

        return at

    t.through(
        range(1, len(found.levels) + 1),
        Told("threshold", found.levels, lambda _: ("a score that occurs", "")),
        Told("TP", found.called[1], say("positives", 1)),
        Told("FP", found.called[0], say("negatives", 0)),
        "FN[k]", "TN[k]", *targets, title=title,
    )  # fmt: skip


def give_counts(t: Trace, found: Counts, thresholds: Sequence[fmpq] | None) -> None:
    """The table as given."""
    if thresholds is not None:
        t.given("threshold", list(thresholds))
    for n, name in enumerate(("TP", "FP", "FN", "TN")):
        t.given(name, [row[n] for row in found.rows])
