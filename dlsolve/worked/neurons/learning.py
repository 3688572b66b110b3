"""The perceptron rule, sample by sample, and the proof that no weights can do it."""

from __future__ import annotations

from typing import Literal

from flint import fmpq

from dlsolve.errors import LimitError
from dlsolve.linalg.separable import Inequality, Verdict, added, decide, linear, proves, sign, written
from dlsolve.trace import Key, Trace
from dlsolve.worked.neurons.samples import Data, Problem

MOST_PASSES = 1_000
MOST_PASSES_INSEPARABLE = 50


Ending = Literal["right", "limit", "hopeless"]
"""How training ended: in a clean pass; where the problem said so; nowhere, so its weights mean nothing."""


def train(p: Problem, t: Trace, data: Data) -> Ending:
    """Take the samples one by one until all are right, the weights come back, or the limit."""
    d, n = len(data.rows[0]), len(data.rows)
    restart = t.convention("loop") == "restart"
    word = "pass" if restart else "epoch"
    verdict = _verdict(p, t, data)
    for j in range(1, d + 1):
        t.given("x", [row[j - 1] for row in data.rows], j)
    t.given("y", data.labels)
    for j in range(1, d + 1):
        t.given("w", p.w[j - 1] if p.w else fmpq(0), j, 0, assumed=p.w is None)
    t.given("b", p.b or fmpq(0), *((0,) if p.train_bias else ()), assumed=p.b is None)
    t.given("lr", p.lr or fmpq(1), assumed=p.lr is None)
    solvable = verdict is None or verdict.solution is not None
    limit = MOST_PASSES if solvable else MOST_PASSES_INSEPARABLE
    if p.epochs is not None:  # by restart, as many samples as those epochs have
        limit = p.epochs * n if restart else p.epochs
    elif p.x is not None:
        limit = 1

    z_rule = "z[s,p] at u" if p.train_bias else "z[s,p]:fixed at u"
    y_rule = "y_hat[s,p]:signs" if data.signs else "y_hat[s,p]"
    updates = looked = 0
    rows: list[list[Key | str]] = []
    epochs: list[list[Key | str]] = []
    t.repeats("weights", 0, *_state(p, d, 0))
    turn = before = period = 0
    last = (0, 0)
    while turn < limit and not (restart and p.epochs and looked >= p.epochs * n):
        turn += 1
        t.section(f"{word.capitalize()} {turn}")
        before = updates
        for s in range(1, n + 1):
            looked += 1
            t.let(z_rule, s, turn, updates)
            t.let(y_rule, s, turn)
            wrong = t.when("y_hat[s,p] != y[s]", ("the weights are updated", "no update"), s=s, p=turn)
            if wrong:
                updates, last = updates + 1, (s, turn)
                t.let("e[s,p]", s, turn)
                for j in range(1, d + 1):
                    t.let("w[j,u] at s,p", j, updates, s, turn)
                if p.train_bias:
                    t.let("b[u] at s,p", updates, s, turn)
            state = _state(p, d, updates)
            rows.append([f" {turn}", f" {s}", " " + data.point(s), ("z", s, turn), ("y_hat", s, turn), ("y", s),
                         " yes" if wrong else " no", *state])  # fmt: skip
            if wrong and restart:
                break
        if not restart:
            t.let("epoch_updates[p]", turn)
            epochs.append([f" {turn}", ("epoch_updates", turn), *_state(p, d, updates)])
        if updates == before:
            t.note(f"No sample of {word} {turn} changed anything: training ends.")
            break
        earlier = None if period else t.repeats("weights", turn, *_state(p, d, updates))
        if isinstance(earlier, int):
            period = turn - earlier
            start = f"after {word} {earlier}" if earlier else "at the start"
            t.note(f"After {word} {turn} the weights are what they were {start}: the run repeats itself for ever.")
            if p.epochs is None and not (solvable and p.train_bias):
                break
            # by the rule this cannot be (Novikoff): a value was put in by hand, so go on for a while
            limit = limit if p.epochs is not None else min(limit, turn + MOST_PASSES_INSEPARABLE)
    right = updates == before
    if not right and p.x is None and (not period or p.epochs):
        t.note(f"Stopped after {turn} {word}{'' if turn == 1 else 'es' if restart else 's'}, the limit.")
    ending: Ending = "right" if right else "limit" if p.epochs or p.x is not None else "hopeless"

    t.section("After training")
    for j in range(1, d + 1):
        t.let("w[j] at u", j, updates)
    if p.train_bias:
        t.let("b at u", updates)
    t.let("updates at u", updates)
    turns = "passes" if restart else "epochs"
    t.let(f"{turns} at p", turn)
    t.let("evaluations at k", looked)
    if ending != "hopeless":
        t.answer(*(("w", j) for j in range(1, d + 1)), *(["b"] if p.train_bias else []), "updates", turns)
    bias = ["b"] if p.train_bias else []
    header = [word, "sample", "x", "z", "ŷ", "y", "update", *(_w(t, j) for j in range(1, d + 1)), *bias]
    t.table("The run (weights after the sample)", header, rows)
    if not restart:
        t.table("Epoch by epoch", [word, "updates", *(_w(t, j) for j in range(1, d + 1)), *bias], epochs)
    if not right and p.x is None:
        _unfinished(p, t, data, verdict, cycling=period > 0)
    if updates:
        _moved(p, t, d, last, updates)
    return ending


def _moved(p: Problem, t: Trace, d: int, last: tuple[int, int], u: int) -> None:
    """Check the last update from afar: it moves z of its sample by η·e·(Σ x² + 1)."""
    one, bias = (" + 1", " + b[u] - b[u-1]") if p.train_bias else ("", "")
    step = " + ".join(f"(w[{j},u] - w[{j},u-1])*x[{j},s]" for j in range(1, d + 1)) + bias
    squares = " + ".join(f"x[{j},s]**2" for j in range(1, d + 1)) + one
    t.check(f"the last update moves z of its sample by η·e·(Σ x²{one})", f"{step} == lr*e[s,p]*({squares})",
            s=last[0], p=last[1], u=u)  # fmt: skip


def _state(p: Problem, d: int, u: int) -> list[Key]:
    """The keys of what training changes, after u updates."""
    keys: list[Key] = [("w", j, u) for j in range(1, d + 1)]
    return [*keys, ("b", u)] if p.train_bias else keys


def _unfinished(p: Problem, t: Trace, data: Data, verdict: Verdict | None, *, cycling: bool) -> None:
    """Why a run did not end with a clean pass."""
    if verdict is None:
        t.note("Whether one neuron can do it was not decided: there are too many samples for a proof.")
    elif verdict.multipliers is not None:
        _proof(p, t, data, verdict)
    elif not cycling:
        sure = " (Novikoff 1962)." if p.train_bias else ", if the learning rate is small enough for the fixed bias."
        t.remark(f"A neuron can do it: with more epochs the rule gets there{sure}")
    else:
        t.operation("conclusion", None, "yes", key="separable")
        t.answer("separable")
        t.remark("A neuron can do it, but not by these steps: beside a bias that is not trained the learning rate "
                 "must be small enough. Lower lr, or train the bias.")  # fmt: skip


def possible(p: Problem, t: Trace, data: Data) -> bool:
    """Whether one neuron can do it: weights that do, or the proof that there are none.

    Raises `LimitError` where the data are too many for a proof.
    """
    verdict = decide(_system(p, t, data))
    if verdict.multipliers is not None:
        _proof(p, t, data, verdict)
        return False
    found = verdict.solution or ()
    t.section("Can one neuron do it?")
    t.note("Every sample asks for one inequality; these weights satisfy them all.")
    _inequalities(p, t, data, None)
    for j in range(1, len(data.rows[0]) + 1):
        t.operation("a solution of the inequalities", None, t.number(found[j - 1]), key=("w", j))
        t.answer(("w", j))
    if p.train_bias:
        t.operation("a solution of the inequalities", None, t.number(found[-1]), key="b")
        t.answer("b")
    t.operation("conclusion", None, "yes", key="separable")
    t.answer("separable")
    return True


def _system(p: Problem, t: Trace, data: Data) -> list[Inequality]:
    """One inequality per sample in the unknowns (w₁ … w_d, b), or in the weights alone."""
    at_tie = t.convention("fire") == "ge"
    theta = (p.threshold or fmpq(0)) - (fmpq(0) if p.train_bias else p.b or fmpq(0))
    one = [fmpq(1)] if p.train_bias else []
    out = []
    for row, label in zip(data.rows, data.labels, strict=True):
        turn = fmpq(1 if label == 1 else -1)
        strict = at_tie != (label == 1)
        out.append(Inequality(tuple(turn * e for e in [*row, *one]), turn * theta, strict))
    return out


def _verdict(p: Problem, t: Trace, data: Data) -> Verdict | None:
    try:
        return decide(_system(p, t, data))
    except LimitError:
        return None


def _w(t: Trace, j: int) -> str:
    return t.symbols.unicode("w", (str(j),))


def _unknowns(p: Problem, t: Trace, data: Data) -> list[str]:
    names = [_w(t, j) for j in range(1, len(data.rows[0]) + 1)]
    return [*names, t.symbols.unicode("b")] if p.train_bias else names


def _inequalities(p: Problem, t: Trace, data: Data, multipliers: tuple[int, ...] | None) -> None:
    """The table of what the samples ask for; with `multipliers` only those that a proof uses."""
    names = _unknowns(p, t, data)
    rows: list[list[Key | str]] = []
    for s, one in enumerate(_system(p, t, data), 1):
        times = multipliers[s - 1] if multipliers else 1
        if not times:
            continue
        positive = bool(data.labels[s - 1] == 1)
        turn = fmpq(1 if positive else -1)
        asks = f"{linear([turn * e for e in one.left], names)} {sign(positive, one.strict)} {written(turn * one.right)}"
        row: list[Key | str] = [f" {s}", " " + data.point(s), f" {written(data.labels[s - 1])}", " " + asks]
        rows.append([*row, f" × {times}"] if multipliers else row)
    header = ["sample", "x", "y", "so it must hold that", *(["times"] if multipliers else [])]
    t.table("What the samples ask for", header, rows)


def _proof(p: Problem, t: Trace, data: Data, verdict: Verdict) -> None:
    """No weights exist: the inequalities of some samples add up to a contradiction."""
    multipliers = verdict.multipliers or ()
    system = _system(p, t, data)
    t.section("No single neuron can do it")
    t.note(
        "Every sample asks for one inequality. Those of the table, added up as often as it says, contradict each other."
    )
    _inequalities(p, t, data, multipliers)
    names = _unknowns(p, t, data)
    high, low = added(system, multipliers, [bool(label == 1) for label in data.labels])
    left = linear(high.left if any(high.left) or not any(low.left) else low.left, names)
    fires, not_ = (f"label {label}" for label in ("1", "−1" if data.signs else "0"))
    above, below = f"{left} {high.sign} {written(high.right)}", f"{left} {low.sign} {written(low.right)}"
    used = {bool(label == 1) for m, label in zip(multipliers, data.labels, strict=True) if m}
    if used == {True, False}:
        t.note(f"The lines with {fires} add up to {above}, those with {not_} to {below}: both cannot be.")
    else:
        t.note(f"They add up to {above if True in used else below}, which is false.")
    if p.train_bias:
        _shared_point(t, data, multipliers)
    t.operation("conclusion", None, "no", key="separable", why="no weights and bias satisfy all of these")
    t.answer("separable")
    t.check("the inequalities with their multipliers add up to a contradiction", proves(system, multipliers))
    if p.gate in ("XOR", "XNOR"):
        two = "XOR is OR and not AND, each of which one neuron computes"
        t.remark(f"Two layers can: {two}." if p.inputs == 2 else "Two layers of such neurons can.")


def _shared_point(t: Trace, data: Data, multipliers: tuple[int, ...]) -> None:
    """The same proof as a picture: a point between samples of the one class and of the other."""
    samples: dict[bool, list[int]] = {True: [], False: []}
    for s, m in enumerate(multipliers, 1):
        if m:
            samples[bool(data.labels[s - 1] == 1)].append(s)
    weight = sum(multipliers[s - 1] for s in samples[True])
    point = [
        sum((multipliers[s - 1] * data.rows[s - 1][k] for s in samples[True]), fmpq(0)) / weight
        for k in range(len(data.rows[0]))
    ]
    lies = {c: _lies(list(dict.fromkeys(data.point(s) for s in samples[c]))) for c in (True, False)}
    border = {1: "threshold", 2: "straight line"}.get(len(point), "plane")
    no = "−1" if data.signs else "0"
    t.note(f"In the picture: the point ({', '.join(written(e) for e in point)}) {lies[True]} (label 1) and also "
           f"{lies[False]} (label {no}); no {border} has it on both sides.")  # fmt: skip


def _lies(points: list[str]) -> str:
    return f"lies between {', '.join(points[:-1])} and {points[-1]}" if len(points) > 1 else f"is {points[0]} itself"
