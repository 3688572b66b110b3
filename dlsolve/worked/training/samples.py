"""The samples of a gradient-descent problem and the parts that updates see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Expression, Field, Params, Samples, Vector
from dlsolve.numbers.matrix import Matrix
from dlsolve.trace import Trace

FULL = 0
"""The batch number of all samples."""


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Samples with a model, or a typed function; then how to descend."""

    X: Annotated[
        Samples | None, Field("features, one row a sample (a flat list: one feature)", aliases=("x",), csv="features")
    ] = None
    y: Annotated[Vector | None, Field("target of each sample", csv="target")] = None
    model: Annotated[Literal["linear", "logistic"], Field("ŷ = X w + b, or σ(X w + b)")] = "linear"
    w: Annotated[Params | None, Field("start weights (0 where not given)")] = None
    b: Annotated[fmpq | None, Field("start bias; no bias where not given")] = None
    f: Annotated[Expression | None, Field("a function to descend on, such as 100*w1^2 + w2^2")] = None
    start: Annotated[dict[str, fmpq] | list[fmpq] | None, Field("start point of f")] = None
    lr: Annotated[fmpq, Field("learning rate", aliases=("eta", "alpha", "learning_rate"), gt="0")]
    epochs: Annotated[int, Field("passes over the data, or steps on f", aliases=("steps",), ge="1", le="1000000")] = 1
    batch_size: Annotated[int | None, Field("samples an update (1: stochastic; all where not given)", ge="1")] = None
    batches: Annotated[int | None, Field("number of mini-batches instead of their size", ge="1")] = None
    order: Annotated[
        list[int] | None, Field("the samples in the order in which an epoch takes them, such as 3 1 2", ge="1")
    ] = None


class Data:
    """The samples, their parts, and the start; shapes made to fit or clearly refused."""

    def __init__(self, p: Problem) -> None:
        if p.X is None or p.y is None:
            raise InputError("$.given", "needs X and y, or a function f", remedy="give --X and --y, or --f and --start")
        if p.batch_size is not None and p.batches is not None:
            raise InputError("$.given.batches", "batch_size and batches exclude each other", remedy="give one of them")
        self.p = p
        n = p.y.shape[0]
        self.X = p.X.T if p.X.shape[0] == 1 and p.X.shape[1] == n and n > 1 else p.X
        if self.X.shape[0] != n:
            rows = self.X.shape[0]
            are = "is" if rows == 1 else "are"
            raise InputError("$.given.y", f"not one target a sample: there {are} {rows} of X", found=str(n),
                             remedy='give samples a row each, "1; 2; 3", and as many targets')  # fmt: skip
        if p.model == "logistic" and any(v not in (0, 1) for v in p.y.entries()):
            raise InputError("$.given.y", "a logistic model needs targets 0 and 1", remedy="or set model to linear")
        self.w = self._weights(p.w, self.X.shape[1])
        parts = p.batches or -(-n // (p.batch_size or n))
        if parts > n:
            raise InputError("$.given.batches", f"{parts} batches of {n} samples", remedy=f"at most {n}")
        order = _order(p.order, n)
        self.parts = [order[part.start : part.stop] for part in _split(n, p.batch_size, parts)]

    @staticmethod
    def _weights(w: Params | fmpq | None, features: int) -> Matrix:
        if w is None:
            return Matrix.column([fmpq(0)] * features)
        column = w if isinstance(w, Matrix) else Matrix.column([w])
        if column.shape[0] != features:
            raise InputError("$.given.w", f"{features} features need {features} weights", found=str(column.shape[0]))
        return column

    def give(self, t: Trace) -> None:
        p = self.p
        assert p.y is not None
        t.hide("m", FULL)
        if len(self.parts) == 1:
            t.fixed["m"] = FULL
        t.given("X", self.X, FULL)
        t.given("y", p.y, FULL)
        if len(self.parts) > 1:
            for number, part in self.updates():
                says = f"batch {number}: {_which(part)}"
                t.given("X", Matrix([self.X.rows[i] for i in part]), number, part=says)
                t.given("y", Matrix([p.y.rows[i] for i in part]), number, part=says)
        t.given("w", self.w, 0, assumed=p.w is None)
        if p.b is not None:
            t.given("b", p.b, 0)
        t.given("lr", p.lr)

    def updates(self) -> Iterator[tuple[int, Sequence[int]]]:
        """(batch number, sample positions) of one epoch; 0 is the whole batch."""
        if len(self.parts) == 1:
            yield FULL, self.parts[0]
        else:
            yield from enumerate(self.parts, 1)

    def title(self, epoch: int, number: int, size: int, k: int, epochs: int) -> str:
        if number == FULL:
            return f"Epoch {epoch}" if epochs > 1 else "One update"
        single = size == 1 and len(self.parts) == len(self.X.rows)
        what = f"sample {self.parts[number - 1][0] + 1}" if single else f"batch {number}"
        return f"Update {k}: epoch {epoch}, {what}" if epochs > 1 else f"Update {k}: {what}"


def _order(order: list[int] | None, n: int) -> Sequence[int]:
    """Sample positions in the order of an epoch. Raises `InputError` where that is not every sample once."""
    if order is None:
        return range(n)
    if sorted(order) != list(range(1, n + 1)):
        raise InputError("$.given.order", f"not each of the samples 1 to {n} once",
                         found=" ".join(map(str, order))[:60], remedy="write every sample once, as 3 1 2")  # fmt: skip
    return [i - 1 for i in order]


def _which(part: Sequence[int]) -> str:
    first, last = part[0] + 1, part[-1] + 1
    if len(part) == 1:
        return f"sample {first}"
    in_a_row = list(part) == list(range(part[0], part[0] + len(part)))
    return f"samples {first}–{last}" if in_a_row else f"samples {', '.join(str(i + 1) for i in part)}"


def _split(n: int, size: int | None, parts: int) -> Iterator[range]:
    """`parts` runs of samples in order: of `size` each, or as equal as can be."""
    start = 0
    for i in range(parts):
        length = min(size, n - start) if size else n // parts + (i < n % parts)
        yield range(start, start + length)
        start += length
