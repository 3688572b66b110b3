"""How a problem states a classifier that scores; topics add what they ask of it."""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.fields import Field


class Scores(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Labels with scores, or counts by threshold."""

    y_true: Annotated[
        list[fmpq] | list[str] | None,
        Field("actual class of each sample", ("y", "labels", "label", "actual", "class"), csv="column"),
    ] = None
    y_score: Annotated[
        list[fmpq] | None, Field("score of each sample", ("scores", "score", "probability"), csv="column")
    ] = None
    positive: Annotated[
        fmpq | str | None, Field("the positive class (1, +, yes, true; else the larger one)", ("pos_label",))
    ] = None
    TP: Annotated[list[int] | None, Field("true positives by threshold", ("tp",), ge="0", csv="column")] = None
    FP: Annotated[list[int] | None, Field("false positives by threshold", ("fp",), ge="0", csv="column")] = None
    FN: Annotated[list[int] | None, Field("false negatives by threshold", ("fn",), ge="0", csv="column")] = None
    TN: Annotated[list[int] | None, Field("true negatives by threshold", ("tn",), ge="0", csv="column")] = None
    thresholds: Annotated[list[fmpq] | None, Field("the thresholds of the counts", ("threshold",), csv="column")] = None


__all__ = ["Scores"]
