"""What a loss is taken of: targets and predictions of one shape, made to fit or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field, Samples
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.show import decimal, fraction, terminates

Rows = tuple[tuple[fmpq, ...], ...]

OTHER_NAMES = {
    "l1": "mae", "absolute": "mae", "mean_absolute_error": "mae", "l2": "mse", "squared": "mse",
    "mean_squared_error": "mse", "log": "bce", "logloss": "bce", "log_loss": "bce", "binary_cross_entropy": "bce",
    "binary_crossentropy": "bce", "cross_entropy": "cce", "crossentropy": "cce", "ce": "cce",
    "categorical_cross_entropy": "cce", "categorical_crossentropy": "cce", "smooth_l1": "huber",
}  # fmt: skip
LOSSES = ("mae", "mse", "rmse", "huber", "bce", "cce", "hinge")
BASES = {"2": "2", "e": "e", "10": "10"}
FAR_LOGIT = 20
"""Beyond it a sigmoid differs from 0 or 1 by less than anybody writes down: losses come from the score."""
FARTHEST_LOGIT = 300


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is true, what was predicted, and the losses to work out."""

    y_true: Annotated[
        Samples | None,
        Field("what is true: a value or label a sample, or a one-hot row a sample", ("y", "target"), csv="column"),
    ] = None
    y_pred: Annotated[
        Samples,
        Field(
            "what is predicted, in the same shape: values, probabilities or scores",
            ("y_hat", "yhat", "y_score"),
            csv="column",
        ),
    ]
    classes: Annotated[
        list[int] | None,
        Field("in place of y_true: the true class of each sample, counted from 1", ("labels",), ge="1"),
    ] = None
    loss: Annotated[
        list[str] | None,
        Field("mae, mse, rmse, huber, bce, cce, hinge; several at once (inferred if not given)", ("losses",)),
    ] = None
    logits: Annotated[bool, Field("the predictions are scores: sigmoid or softmax comes first", ("from_logits",))] = (
        False
    )
    delta: Annotated[fmpq, Field("where Huber turns from e² to |e|", gt="0")] = fmpq(1)
    clip: Annotated[
        fmpq | None, Field("predicted probabilities are kept within [clip, 1 − clip]", ("eps",), gt="0", lt="1/2")
    ] = None


@dataclass
class Data:
    """`n` samples of `columns` classes each, or (0) of one value each."""

    y: Rows
    y_hat: Rows
    columns: int
    remarks: list[str] = field(default_factory=list)

    @property
    def n(self) -> int:
        return len(self.y)

    @property
    def one_hot(self) -> bool:
        return all(sorted(row) == [0] * (len(row) - 1) + [1] for row in self.y)


def losses(p: Problem) -> list[str]:
    """The losses asked for, by their short names; inferred where none is. Raises `InputError`."""
    if p.loss is None:
        return _inferred(p)
    out: list[str] = []
    for n, asked in enumerate(p.loss):
        name = asked.strip().lower().replace("-", "_").replace(" ", "_")
        name = OTHER_NAMES.get(name, name)
        if name not in LOSSES:
            raise InputError(
                f"$.given.loss[{n}]", "not a loss", found=repr(asked), remedy="use one of " + ", ".join(LOSSES)
            )
        if name not in out:
            out.append(name)
    if "cce" in out and len(out) > 1:
        raise InputError("$.given.loss", "cce takes a row of classes a sample, the others one value",
                         remedy="work out cce on its own")  # fmt: skip
    if "hinge" in out and "bce" in out:
        raise InputError(
            "$.given.loss", "hinge takes labels −1 and 1, bce 0 and 1", remedy="work them out one at a time"
        )
    return out


def _inferred(p: Problem) -> list[str]:
    """cce for rows of classes, bce for labels and probabilities, hinge for labels ±1, else mae, mse and rmse."""
    if p.classes is not None or (p.y_true is not None and min(p.y_true.shape) > 1):
        return ["cce"]
    truth = set(p.y_true.entries()) if p.y_true is not None else set()
    if truth <= {0, 1} and (p.logits or all(0 <= e <= 1 for e in p.y_pred.entries())):
        return ["bce"]
    if truth <= {-1, 1}:
        return ["hinge"]
    return ["mae", "mse", "rmse"]


def read(p: Problem, wanted: Sequence[str]) -> Data:
    """Targets and predictions of one shape, fit for the losses wanted. Raises `InputError`."""
    y = _truth(p)
    if y.shape != p.y_pred.shape:
        if y.shape != p.y_pred.T.shape or "cce" in wanted:
            raise InputError("$.given.y_pred", f"{_size(y)} targets need {_size(y)} predictions", found=_size(p.y_pred))
        y = y.T
    if "cce" in wanted:
        data = Data(_rows(y), _rows(p.y_pred), y.shape[1])
    else:
        data = Data(tuple((e,) for e in _flat(y)), tuple((e,) for e in _flat(p.y_pred)), 0)
    _relabel(data, wanted)
    for name in wanted:
        if name in ("bce", "cce"):
            _probabilities(p, data)
        elif p.logits or p.clip is not None:
            at = "logits" if p.logits else "clip"
            raise InputError(f"$.given.{at}", f"{name} takes predictions as they are", remedy=f"leave {at} out")
    if "hinge" in wanted:
        odd = next((s for s, row in enumerate(data.y, 1) if row[0] not in (-1, 1)), 0)
        if odd:
            raise InputError(f"$.given.y_true[{odd - 1}]", "hinge takes labels −1 and 1",
                             found=_text(data.y[odd - 1][0]), remedy="write −1 for the negative class")  # fmt: skip
    return data


def _relabel(data: Data, wanted: Sequence[str]) -> None:
    """Labels of the other habit: 0 and 1 where hinge takes −1 and 1, −1 and 1 where bce takes 0 and 1."""
    labels = {e for row in data.y for e in row}
    if "hinge" in wanted and labels == {0, 1}:
        data.y = tuple((2 * row[0] - 1,) for row in data.y)
        data.remarks.append("The labels 0 and 1 are written −1 and 1: hinge takes y = ±1.")
    elif "bce" in wanted and labels == {-1, 1}:
        data.y = tuple(((row[0] + 1) / 2,) for row in data.y)
        data.remarks.append("The labels −1 and 1 are written 0 and 1: cross-entropy takes y as a probability.")


def _truth(p: Problem) -> Matrix:
    """y_true, or one-hot rows from the classes."""
    if (p.y_true is None) == (p.classes is None):
        raise InputError("$.given", "needs y_true or classes, one of them", remedy="give --y_true, what is true")
    if p.y_true is not None:
        return p.y_true
    assert p.classes is not None
    samples, columns = p.y_pred.shape
    if len(p.classes) != samples:
        raise InputError("$.given.classes", f"{samples} rows of predictions", found=f"{len(p.classes)} classes")
    for s, k in enumerate(p.classes):
        if k > columns:
            raise InputError(f"$.given.classes[{s}]", f"there are {columns} classes, counted from 1", found=str(k))
    return Matrix([[fmpq(int(k == c)) for c in range(1, columns + 1)] for k in p.classes])


def _probabilities(p: Problem, data: Data) -> None:
    """Refuses what is no probability; remarks on rows that do not sum to 1."""
    if p.logits and p.clip is not None:
        raise InputError("$.given.clip", "scores need no clipping", remedy="leave clip or logits out")
    for s, row in enumerate(data.y):
        for k, e in enumerate(row):
            if not 0 <= e <= 1:
                at = f"$.given.y_true[{s}]" + (f"[{k}]" if data.columns else "")
                raise InputError(at, "a target is between 0 and 1", found=_text(e), remedy="write labels as 0 and 1")
    for s, row in enumerate(data.y_hat):
        at = f"$.given.y_pred[{s}]"
        if p.logits:
            if max(abs(e) for e in row) > FARTHEST_LOGIT:
                raise InputError(
                    at, f"a score beyond ±{FARTHEST_LOGIT}", remedy="its loss is the score itself or 0, to any digits"
                )
            continue
        for k, e in enumerate(row):
            if not 0 <= e <= 1:
                raise InputError(at + (f"[{k}]" if data.columns else ""), "a predicted probability is between 0 and 1",
                                 found=_text(e), remedy="set logits to true if these are scores")  # fmt: skip
    if data.columns == 1:
        raise InputError("$.given.y_pred", "a single class always has probability 1", remedy="use bce for one output")
    if not data.columns:
        return
    for rows, what in ((data.y, "targets"), (() if p.logits else data.y_hat, "predictions")):
        odd = [s for s, row in enumerate(rows, 1) if sum(row, fmpq(0)) != 1]
        if odd:
            listed = ", ".join(f"{s} ({_text(sum(rows[s - 1], fmpq(0)))})" for s in odd[:5])
            data.remarks.append(
                f"The {what} of sample {listed} do not sum to 1; the loss is taken of them as they are."
            )


def _rows(m: Matrix) -> Rows:
    return tuple(tuple(e for e in row if isinstance(e, fmpq)) for row in m.rows)


def _flat(m: Matrix) -> list[fmpq]:
    return [e for e in m.entries() if isinstance(e, fmpq)]


def _text(value: fmpq) -> str:
    return decimal(value) if terminates(value) else fraction(value)


def _size(m: Matrix) -> str:
    return f"{m.shape[0]}×{m.shape[1]}"
