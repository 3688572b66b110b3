"""Softmax: scores become probabilities that sum to 1.

Each score is raised to eᶻ, which is above 0 and keeps the order; dividing by the sum of the row makes
the row sum to 1. So the class chosen is that of the highest score, before softmax and after it.

A temperature T divides the scores first: T < 1 sharpens the distribution, T > 1 flattens it, and as
T → ∞ all classes become equally likely. Adding one number to every score of a row changes nothing
(it cancels), and so the largest score may be subtracted first, which keeps eᶻ from overflowing.

The range is (0, 1). The derivatives are ∂pᵢ/∂zⱼ = pᵢ(1 − pᵢ)/T for i = j and −pᵢpⱼ/T otherwise: no
class gains without another losing. With two classes softmax is the sigmoid of z₁ − z₂.

Rows that somebody calls probabilities are taken at their word only if they sum to 1.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field, Samples
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace

LARGE = 100
"""Scores above this have their largest subtracted: e¹⁰⁰ is no number to write down."""
FARTHEST = 400
"""Scores farther apart (divided by T) are refused: the lower one's probability has 170 zeros."""
MOST_JACOBIAN = 8


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Rows of scores, one row an input; or rows said to be probabilities."""

    z: Annotated[Samples | None, Field("scores (logits), one row an input", ("scores", "logits", "a"))] = None
    probabilities: Annotated[
        Samples | None,
        Field("rows said to be probabilities; those that are none are taken as scores", ("p", "probs")),
    ] = None
    T: Annotated[fmpq | None, Field("temperature (1 where not given)", ("temperature", "tau"), gt="0")] = None
    classes: Annotated[list[str] | None, Field("names of the classes", ("labels",))] = None
    shift: Annotated[bool, Field("subtract the largest score of a row first (done by itself for large scores)")] = False
    derivative: Annotated[bool, Field("also the derivative of each probability by each score", ("jacobian",))] = False


NOTATION = Notation(
    [
        Quantity("z", "score of class k (of input s)", "s k"),
        Quantity("T", "temperature"),
        Quantity("row_sum", "sum of the row as it was given", "s", symbol="Σ"),
        Quantity("z_max", "largest score (of input s)", "s", symbol="M", latex="M"),
        Quantity("d", "score less the largest one", "s k"),
        Quantity("exp_z", "the power of e of the score", "s k", symbol="E"),
        Quantity("S", "sum of the powers (of input s)", "s"),
        Quantity("p", "probability of class k (of input s)", "s k", kind="probability",
                 also=("y", "y_hat", "s", "a", "P")),
        Quantity("class", "class chosen (for input s)", "s", kind="label", also=("predicted class",)),
        Quantity("J", "derivative of the probability of class i by the score of class j", "s i j",
                 symbol="∂p/∂z", latex=r"\partial p/\partial z"),
    ],
    {"s": "sample", "k": "entry", "i": "entry", "j": "entry"},
)  # fmt: skip

RULES = rules("""
    row_sum[s] = sum(z[s,k] for k in classes)           # what should be 1
    z_max[s] = max(z[s,k] for k in classes)             # largest score
    d[s,k] = z[s,k] - z_max[s]                          # cancels in the quotient
    exp_z[s,k] = exp(z[s,k])                            # above 0
    exp_z[s,k]:warm = exp(z[s,k] / T)                   # above 0
    exp_z[s,k]:shifted = exp(d[s,k])                    # at most 1
    exp_z[s,k]:shifted_warm = exp(d[s,k] / T)           # at most 1
    S[s] = sum(exp_z[s,k] for k in classes)             # sum of the row
    p[s,k] = exp_z[s,k] / S[s]                          # softmax
    p[s,k]:given = z[s,k]                               # a probability as it stands
    J[s,i,j] = -p[s,i]*p[s,j]                           # another class's score
    J[s,i,j]:own = p[s,i]*(1 - p[s,i])                  # the class's own score
    J[s,i,j]:warm = -p[s,i]*p[s,j] / T                  # another class's score
    J[s,i,j]:own_warm = p[s,i]*(1 - p[s,i]) / T         # the class's own score
""")

SLIPS = (
    DeclaredSlip("no-exponential", rule("exp_z[s,k]", "z[s,k]"), "the scores are divided by their sum without eᶻ"),
    DeclaredSlip("not-divided", rule("p[s,k]", "exp_z[s,k]"), "eᶻ is not divided by the sum of the row"),
    DeclaredSlip("sigmoid", rule("p[s,k]", "exp_z[s,k] / (1 + exp_z[s,k])"),
                 "the sigmoid of each score was taken, not eᶻ over the sum of the row"),
    DeclaredSlip("sum-of-scores", rule("S[s]", "sum(z[s,k] for k in classes)"), "the scores are added, not their eᶻ"),
    DeclaredSlip("power-of-sum", rule("S[s]", "exp(sum(z[s,k] for k in classes))"),
                 "e was raised to the sum of the scores, not the powers summed"),
    DeclaredSlip("own-left-out", rule("p[s,k]", "exp_z[s,k] / (S[s] - exp_z[s,k])"),
                 "the class's own eᶻ is left out of the sum"),
    DeclaredSlip("minus", rule("exp_z[s,k]", "exp(-z[s,k])"), "the sign of the exponent was turned round"),
    DeclaredSlip("times-temperature", rule("exp_z[s,k]:warm", "exp(z[s,k] * T)"),
                 "the scores were multiplied by T, not divided"),
    DeclaredSlip("no-temperature", rule("exp_z[s,k]:warm", "exp(z[s,k])"), "the temperature is left out"),
    DeclaredSlip("own-class", rule("J[s,i,j]:own", "-p[s,i]*p[s,i]"),
                 "−p² was taken for the class's own score, not p(1 − p)"),
)  # fmt: skip


MOST_COMPARED = 50
"""Of more classes each score is not compared with every other once more."""


def solve(p: Problem, t: Trace) -> None:
    z = _scores(p)
    rows, columns = range(1, z.shape[0] + 1), range(1, z.shape[1] + 1)
    names = p.classes or [str(c) for c in columns]
    t.index_set("classes", columns)
    if len(rows) == 1:
        t.hide("s", 1)
    for r in rows:
        t.given("z", list(z.rows[r - 1]), r)
    if p.T is not None:
        t.given("T", p.T)
    doubtful = False
    for r in rows:
        t.section(f"Input {r}" if len(rows) > 1 else "Softmax")
        scores = p.probabilities is None or not _distribution(t, r)
        doubtful |= scores and p.probabilities is not None
        if scores:
            _softmax(p, t, r, _shifted(p, z.rows[r - 1]))
        else:
            t.through(columns, "p[s,k]:given", at=(r,))
        best = t.argmax("p", columns, r)
        chosen = t.number(best) if p.classes is None and isinstance(best, int) else names[int(best) - 1]
        ties = [t.number(k) if p.classes is None else names[int(k) - 1] for k in t.tied("p", columns, best, r)]
        t.operation("the largest probability names the class", None, chosen, key=("class", r), ties=ties)
        t.answer(*(("p", r, c) for c in columns), ("class", r))
        _ties(t, z.rows[r - 1], names, r if len(rows) > 1 else 0)
        if scores:
            _checks(p, t, r, len(columns))
        if p.derivative:
            _derivatives(p, t, r, len(columns))
    _tables(t, len(rows), names)
    if doubtful:
        t.remark("Rows that do not sum to 1 are no probabilities: they were taken as scores, and softmax applied. "
                 "It keeps the order, so the class is the same either way.")  # fmt: skip


def _scores(p: Problem) -> Matrix:
    """The rows given. Raises `InputError` where there are none, or what goes with them does not fit."""
    if (p.z is None) == (p.probabilities is None):
        raise InputError("$.given", "needs scores z, or rows said to be probabilities, one of them",
                         remedy='give --z "0.5 1.5 0.1"')  # fmt: skip
    z = p.z if p.z is not None else p.probabilities
    assert z is not None
    if z.shape[1] < 2:
        raise InputError("$.given.z", "a single class always has probability 1",
                         remedy="give at least two scores a row; one score alone goes through a sigmoid")  # fmt: skip
    if p.classes is not None and len(p.classes) != z.shape[1]:
        raise InputError("$.given.classes", f"{z.shape[1]} scores a row", found=f"{len(p.classes)} names")
    if p.probabilities is not None and p.T is not None:
        raise InputError("$.given.T", "a temperature divides scores, not probabilities", remedy="give the scores as z")
    if p.derivative and z.shape[1] > MOST_JACOBIAN:
        raise InputError("$.given.derivative", f"more than {MOST_JACOBIAN} classes", remedy="leave derivative out")
    return z


def _shifted(p: Problem, row: tuple[object, ...]) -> bool:
    """Whether the largest score is subtracted: where it is asked for, or powers would be out of hand."""
    warm = p.T or fmpq(1)
    scores = [e / warm for e in row if isinstance(e, fmpq)]
    if max(scores) - min(scores) > FARTHEST:
        raise InputError("$.given.z", f"scores more than {FARTHEST} apart" + (" (divided by T)" if p.T else ""),
                         remedy="the lower ones have probability 0 for every purpose: leave them out")  # fmt: skip
    return p.shift or any(abs(e) > LARGE for e in scores)


def _distribution(t: Trace, r: int) -> bool:
    """Whether the given row is a distribution."""
    t.let("row_sum[s]", r)
    if not t.when("row_sum[s] == 1", ("the row sums to 1", "these are no probabilities but scores"), s=r):
        return False
    least = "min(z[s,k] for k in classes) >= 0"
    return t.when(least, ("none is negative: the row is a distribution", "a negative number is no probability"), s=r)


def _softmax(p: Problem, t: Trace, r: int, shifted: bool) -> None:
    columns = t.sets["classes"]
    if shifted:
        t.let("z_max[s]", r)
        t.through(columns, "d[s,k]", at=(r,))
    variant = "_".join([*(["shifted"] if shifted else []), *(["warm"] if p.T is not None else [])])
    t.through(columns, "exp_z[s,k]" + (f":{variant}" if variant else ""), at=(r,))
    t.let("S[s]", r)
    t.through(columns, "p[s,k]", at=(r,))


def _ties(t: Trace, row: tuple[object, ...], names: list[str], r: int) -> None:
    best = max(e for e in row if isinstance(e, fmpq))
    tied = [name for name, e in zip(names, row, strict=True) if e == best]
    if len(tied) > 1:
        where = f"In input {r} classes" if r else "Classes"
        t.remark(f"{where} {', '.join(tied[:-1])} and {tied[-1]} have the same score; the first is taken.")


def _checks(p: Problem, t: Trace, r: int, classes: int) -> None:
    at = f"input {r}" if ("s", "1") not in t.symbols.hidden else ""
    over = " / T" if p.T is not None else ""
    t.check("the probabilities sum to 1", "sum(p[s,k] for k in classes) == 1", at, s=r)
    if classes <= MOST_COMPARED:
        _compare(t, r, over, at)
    if classes == 2:
        t.check("two classes: p₁ is the sigmoid of z₁ − z₂", f"p[s,1] == sigmoid((z[s,1] - z[s,2]){over})", at, s=r)


def _compare(t: Trace, r: int, over: str, at: str) -> None:
    """Every probability from the differences to all scores."""
    apart = f"sum(abs(p[s,k]*sum(exp((z[s,j] - z[s,k]){over}) for j in classes) - 1) for k in classes) == 0"
    t.check("each p again, as 1 / Σ e^(difference of scores)", apart, at, s=r)


def _derivatives(p: Problem, t: Trace, r: int, classes: int) -> None:
    t.section(f"Derivatives, input {r}" if ("s", "1") not in t.symbols.hidden else "Derivatives")
    for i in range(1, classes + 1):
        for j in range(1, classes + 1):
            variant = "_".join([*(["own"] if i == j else []), *(["warm"] if p.T is not None else [])])
            t.let("J[s,i,j]" + (f":{variant}" if variant else ""), r, i, j)
            t.answer(("J", r, i, j))
        t.check(
            "the derivatives of a probability sum to 0", "sum(J[s,i,k] for k in classes) == 0", f"class {i}", s=r, i=i
        )


def _tables(t: Trace, rows: int, names: list[str]) -> None:
    columns = t.sets["classes"]
    if rows == 1:
        some = [c for c in ("z", "exp_z", "p") if (c, 1, 1) in t.env]
        body: list[list[Key | str]] = [[f" {name}", *((c, 1, k) for c in some)] for k, name in enumerate(names, 1)]
        foot: list[Key | str] = [" sum", *(" " if c == "z" else ("S", 1) if c == "exp_z" else " 1" for c in some)]
        t.table("Classes", ["class", *(t.symbols.unicode(c, ("1", "k")) for c in some)], [*body, foot])
        return
    header = ["input", *(f"p of {n}" for n in names), "class"]
    t.table(
        "Probabilities", header, [[f" {r}", *(("p", r, c) for c in columns), ("class", r)] for r in range(1, rows + 1)]
    )


TOPIC = Topic(
    "softmax", "Softmax and the class chosen", "Neurons", Problem, solve, NOTATION, RULES,
    "C. M. Bishop, Pattern Recognition and Machine Learning (2006), eq. 4.62; temperature: Hinton et al. (2015), eq. 1",
    example={"z": [0.5, 1.5, 0.1]},
    aliases=("soft-max", "normalised-exponential", "argmax", "temperature"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
