"""The working of each loss: sample by sample, the sum, the mean; what is infinite; checks."""

from __future__ import annotations

from collections.abc import Sequence

from dlsolve.formula.rules import rule
from dlsolve.trace import Key, Trace
from dlsolve.worked.losses.data import BASES, FAR_LOGIT, Data, Problem

TITLES = {"mae": "Mean absolute error", "mse": "Mean squared error", "rmse": "Root mean squared error",
          "huber": "Huber loss", "bce": "Binary cross-entropy", "cce": "Categorical cross-entropy",
          "hinge": "Hinge loss"}  # fmt: skip


def give(p: Problem, t: Trace, data: Data) -> None:
    held = "z" if p.logits else "raw" if p.clip is not None else "y_hat"
    if data.columns:
        t.index_set("classes", range(1, data.columns + 1))
        for s in range(1, data.n + 1):
            t.given("y", list(data.y[s - 1]), s)
            t.given(held, list(data.y_hat[s - 1]), s)
    else:
        t.given("y", [row[0] for row in data.y])
        t.given(held, [row[0] for row in data.y_hat])
    t.given("n", data.n)
    if p.clip is not None:
        t.given("clip", p.clip)
    for said in data.remarks:
        t.remark(said)


def _once(t: Trace, target: str, base: str, members: Sequence[int] | range) -> None:
    """One step a sample, unless another loss wrote them."""
    for s in members:
        if (base, s) not in t.steps:
            t.let(target, s)


def _errors(t: Trace, data: Data, target: str) -> None:
    samples = range(1, data.n + 1)
    _once(t, "err[s]", "err", samples)
    _once(t, target, target.partition("[")[0], samples)


def _mae(p: Problem, t: Trace, data: Data) -> None:
    _errors(t, data, "abs_e[s]")
    t.let("total_abs")
    t.let("MAE")


def _squares(t: Trace, data: Data) -> None:
    _errors(t, data, "sq_e[s]")
    if "total_sq" not in t.steps:
        t.let("total_sq")


def _mse(p: Problem, t: Trace, data: Data) -> None:
    _squares(t, data)
    t.let("MSE")


def _rmse(p: Problem, t: Trace, data: Data) -> None:
    _squares(t, data)
    t.let("RMSE")


def _huber(p: Problem, t: Trace, data: Data) -> None:
    t.given("delta", p.delta)
    _errors(t, data, "huber_term[s]")
    t.let("total_huber")
    t.let("huber")


def _hinge(p: Problem, t: Trace, data: Data) -> None:
    samples = range(1, data.n + 1)
    _once(t, "margin[s]", "margin", samples)
    _once(t, "hinge_term[s]", "hinge_term", samples)
    t.let("total_hinge")
    t.let("hinge")


def _bce(p: Problem, t: Trace, data: Data) -> None:
    t.convention("log")
    endless = []
    for s in range(1, data.n + 1):
        y, given = data.y[s - 1][0], data.y_hat[s - 1][0]
        if p.logits and abs(given) > FAR_LOGIT:
            t.let("bce_term[s]:far", s)
            continue
        if p.logits or p.clip is not None:
            t.let("y_hat[s]" if p.logits else "y_hat[s]:clip", s)
        sure = not p.logits and p.clip is None and given in (0, 1)
        if sure and given != y:
            endless.append(s)
            _infinite(t, ("bce_term", s), "−log 0 has no bound")
        else:
            t.let("bce_term[s]" + ((":yes" if y == 1 else ":no") if sure else ""), s)
    _sum(t, "bce", endless)


def _cce(p: Problem, t: Trace, data: Data) -> None:
    t.convention("log")
    endless = []
    for s in range(1, data.n + 1):
        y, given = data.y[s - 1], data.y_hat[s - 1]
        if p.logits or p.clip is not None:
            far = p.logits and max(abs(e) for e in given) > FAR_LOGIT
            target = "y_hat[s,k]:clip" if p.clip is not None else "y_hat[s,k]:far" if far else "y_hat[s,k]"
            t.through(range(1, data.columns + 1), target, at=(s,))
            zeros: list[int] = []
        else:
            zeros = [k for k, e in enumerate(given, 1) if e == 0]
        if any(y[k - 1] != 0 for k in zeros):
            endless.append(s)
            _infinite(t, ("cce_term", s), "−log 0 has no bound")
        elif zeros:
            terms = [f"y[s,{k}]*log(y_hat[s,{k}])" for k in range(1, data.columns + 1) if k not in zeros]
            t.let(rule("cce_term[s]", f"-({' + '.join(terms)})", "0·log 0 counts as 0"), s)
        else:
            t.let("cce_term[s]", s)
    _sum(t, "cce", endless)


def _infinite(t: Trace, key: Key, says: str) -> None:
    t.operation(says, None, "inf", key=key, shown="∞", why="what is true was held to be impossible")


def _sum(t: Trace, name: str, endless: Sequence[int]) -> None:
    """The sum and the mean, or ∞ where a term is."""
    if not endless:
        t.let(f"total_{name}")
        t.let(name.upper())
        return
    for key in (f"total_{name}", name.upper()):
        t.operation("one term is ∞, and so is the sum", None, "inf", key=key, shown="∞")
    where = ", ".join(map(str, endless))
    t.remark(f"Sample {where}: the prediction is sure and wrong, so its loss is infinite. Programs hide it: "
             "Keras clips ŷ at 1e-7, scikit-learn at the machine's ε, PyTorch cuts the logarithm at −100; "
             "`clip` shows what clipping gives.")  # fmt: skip


STEPS = {"mae": _mae, "mse": _mse, "rmse": _rmse, "huber": _huber, "hinge": _hinge, "bce": _bce, "cce": _cce}


def table(t: Trace, data: Data) -> None:
    bases = [b for b in ("err", "abs_e", "sq_e", "huber_term", "margin", "hinge_term", "bce_term", "cce_term")
             if any((b, s) in t.steps for s in range(1, data.n + 1))]  # fmt: skip
    whole = {"abs_e": "total_abs", "sq_e": "total_sq"} | {
        f"{b}_term": f"total_{b}" for b in ("huber", "hinge", "bce", "cce")
    }
    plain = data.columns == 0
    before = [b for b in ("y", "z", "y_hat") if (b, 1) in t.env] if plain else []
    header = [
        "sample",
        *(t.symbols.unicode(b, ("s",)) if data.n > 1 else t.symbols.unicode(b) for b in [*before, *bases]),
    ]
    rows: list[list[Key | str]] = [
        [f" {s}", *((b, s) if (b, s) in t.env else " –" for b in [*before, *bases])] for s in range(1, data.n + 1)
    ]
    foot: list[Key | str] = [" sum", *(" " for _ in before), *(whole.get(b, " ") for b in bases)]
    t.table("Samples", header, [*rows, foot])


def _finite(t: Trace, name: str) -> bool:
    return not isinstance(t.env[name], str)


def checks(p: Problem, t: Trace, data: Data, wanted: Sequence[str]) -> None:
    if {"mae", "rmse"} <= set(wanted):
        t.check("RMSE ≥ the mean of |e|", "RMSE >= total_abs/n", "equal only if all errors are of one size")
    if "rmse" in wanted:
        t.check("RMSE² = mean of the squares", "RMSE**2 == sum((y[s] - y_hat[s])**2 for s in samples)/n")
    if "mae" in wanted:
        t.check(
            "|e| again, as the larger minus the smaller",
            "total_abs == sum(max(y[s], y_hat[s]) - min(y[s], y_hat[s]) for s in samples)",
        )
    if "mse" in wanted:
        t.check(
            "Σe² again, multiplied out", "total_sq == sum(y[s]**2 - 2*y[s]*y_hat[s] + y_hat[s]**2 for s in samples)"
        )
    if "huber" in wanted:
        t.check("Huber again, as ½e² less what is cut off",
                "total_huber == sum((err[s]**2 - max(0, abs(err[s]) - delta)**2)/2 for s in samples)")  # fmt: skip
    if "hinge" in wanted:
        t.check("hinge again, as (u + |u|)/2 with u = 1 − m",
                "total_hinge == sum((1 - margin[s] + abs(1 - margin[s]))/2 for s in samples)")  # fmt: skip
    base = BASES[t.choices["log"]]
    if "bce" in wanted and _finite(t, "BCE") and all(row[0] in (0, 1) for row in data.y):
        if p.logits:
            claim = f"total_bce*ln({base}) == sum(ln(1 + exp((1 - 2*y[s])*z[s])) for s in samples)"
            t.check("BCE again, from the scores: ln(1 + e^(∓z))", claim)
        else:
            claim = f"exp(-total_bce*ln({base})) == prod(1 - abs(y[s] - y_hat[s]) for s in samples)"
            t.check("e^(−Σℓ) is the probability given to what happened", claim)
    if "cce" in wanted and _finite(t, "CCE") and data.one_hot:
        claim = f"exp(-total_cce*ln({base})) == prod(sum(y[s,k]*y_hat[s,k] for k in classes) for s in samples)"
        t.check("e^(−Σℓ) is the probability given to what happened", claim)
