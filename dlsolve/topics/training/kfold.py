"""k-fold cross-validation: sizes, rounds, average.

Every sample validates once, and k scores are averaged.
The N samples are split into k folds of equal size, or as near as it goes: the first N mod k folds
hold one more. In round i fold i validates and the others train, so that k models are trained, each on
about N·(k − 1)/k samples, and every sample is used for validation exactly once. The estimate is the
mean of the k scores; their standard deviation says how far it can be trusted. With k = N each round
leaves one sample out.

Shuffle first where the samples stand in order of class; here folds are taken in the order given.
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
from dlsolve.trace import Key, Trace

MOST_FOLDS = 1000


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Samples and folds, the score of each round, or both."""

    N: Annotated[int | None, Field("number of samples", ("n", "samples", "n_samples"), ge="2")] = None
    k: Annotated[int | None, Field("number of folds", ("folds", "n_splits", "K"), ge="2", le=str(MOST_FOLDS))] = None
    scores: Annotated[list[fmpq] | None, Field("score of each round (accuracy, loss)", ("score",))] = None


NOTATION = Notation(
    [
        Quantity("N", "number of samples", kind="integer"),
        Quantity("k", "number of folds", kind="integer"),
        Quantity("size", "samples in a fold, rounded down", kind="integer"),
        Quantity("rest", "folds that hold one sample more", kind="integer"),
        Quantity("fold", "samples in fold i: they validate in round i", "i", kind="integer"),
        Quantity("train", "samples that train in round i", "i", kind="integer"),
        Quantity("score", "score of round i", "i", symbol="s"),
        Quantity("average", "mean score", symbol="s̄", latex=r"\bar{s}", also=("mean", "x_bar")),
        Quantity("weighted_average", "mean score, each round weighed by its samples", symbol="weighted average",
                 latex=r"\text{weighted average}"),
        Quantity("deviation", "square of the distance of score i from the mean", "i", symbol="d"),
        Quantity("variance", "variance of the scores"),
        Quantity("std", "standard deviation of the scores"),
    ],
    {"i": "step"},
)  # fmt: skip

RULES = rules("""
    size = floor(N / k)                                             # equal shares
    rest = N - k*size                                               # what is left over
    fold[i] = size
    fold[i]:more = size + 1                                         # one of those left over
    train[i] = N - fold[i]                                          # all other folds
    average = mean(score[i] for i in rounds)
    weighted_average = sum(fold[i]*score[i] for i in rounds) / N
    deviation[i] = (score[i] - average)**2
    variance by variance:
        population = mean(deviation[i] for i in rounds)             # over k
        sample = sum(deviation[i] for i in rounds) / (k - 1)        # over k − 1
    std = sqrt(variance)
""")

SLIPS = (
    DeclaredSlip("not_divided", rule("average", "sum(score[i] for i in rounds)"), "the sum is not divided by k"),
    DeclaredSlip("train_is_fold", rule("train[i]", "fold[i]"),
                 "the fold that validates was taken for the training set"),
    DeclaredSlip("one_fold_less", rule("train[i]", "N - 2*fold[i]"), "two folds were kept for validation, not one"),
    DeclaredSlip("not_squared", rule("deviation[i]", "abs(score[i] - average)"), "the distances are not squared"),
    DeclaredSlip("no_root", rule("std", "variance"), "the root of the variance is left out"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    k = _folds(p)
    t.index_set("rounds", range(1, k + 1))
    if p.N is not None:
        t.given("N", p.N)
    t.given("k", k, assumed=p.k is None)
    if p.scores is not None:
        t.given("score", p.scores)
    if p.N is not None:
        _sizes(t, p.N, k)
    if p.scores is not None:
        t.section("Score")
        t.let("average")
        if p.N is not None and p.N % k:
            t.let("weighted_average")
        t.through(range(1, k + 1), "deviation[i]")
        t.let("variance")
        t.let("std")
        t.answer("average", "std")
        t.check("deviations from the mean cancel", "sum(score[i] - average for i in rounds) == 0")
    _table(p, t, k)
    t.remark(f"{k} models are trained; the scores say how good the method is, and no one of the models is the result.")


def _folds(p: Problem) -> int:
    if p.N is None and p.scores is None:
        raise InputError("$.given", "needs N and k, or the scores of the rounds", remedy="give --N 10 --k 5")
    k = p.k if p.k is not None else len(p.scores or ())
    if not k:
        raise InputError("$.given.k", "the number of folds is missing", remedy="give --k 5")
    if p.scores is not None and len(p.scores) != k:
        raise InputError("$.given.scores", f"{k} folds make {k} scores", found=str(len(p.scores)))
    if k < 2 or k > MOST_FOLDS:
        raise InputError("$.given.scores", "cross-validation has at least 2 rounds and here at most 1000", found=str(k))
    if p.N is not None and k > p.N:
        raise InputError("$.given.k", f"more folds than the {p.N} samples", found=str(k))
    return k


def _sizes(t: Trace, samples: int, k: int) -> None:
    t.section("Folds")
    t.let("size")
    t.let("rest")
    for i in range(1, k + 1):
        t.let("fold[i]:more" if i <= samples % k else "fold[i]", i)
    t.section("Rounds")
    t.through(range(1, k + 1), "train[i]")
    t.answer(*(("fold", i) for i in range(1, k + 1)), *(("train", i) for i in range(1, k + 1)))
    t.check("the folds hold all samples", "sum(fold[i] for i in rounds) == N")
    t.check("each sample trains k − 1 times", "sum(train[i] for i in rounds) == N*(k - 1)")


def _table(p: Problem, t: Trace, k: int) -> None:
    rows: list[list[Key | str]] = []
    start = 1
    for i in range(1, k + 1):
        row: list[Key | str] = [f" {i}"]
        if p.N is not None:
            end = start + p.N // k - (i > p.N % k)
            row += [f" {start}" if start == end else f" {start} to {end}", ("fold", i), ("train", i)]
            start = end + 1
        if p.scores is not None:
            row.append(("score", i))
        rows.append(row)
    header = ["round", *(["validates: samples", "validate", "train"] if p.N is not None else [])]
    t.table("Rounds", header + (["score"] if p.scores is not None else []), rows)


TOPIC = Topic(
    "kfold", "k-fold cross-validation", "Training", Problem, solve, NOTATION, RULES,
    "Goodfellow, Bengio & Courville (2016), section 5.3.1, algorithm 5.1",
    example={"N": 10, "k": 3, "scores": [0.8, 0.9, 0.7]},
    aliases=("k-fold", "cross-validation", "crossvalidation", "cv"),
    conventions={"variance": "population"},
    contrast=("variance",),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
