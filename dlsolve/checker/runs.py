"""The two runs behind a mark: one over what is right so far, one over all that was written.

Both are the topic's own run with the student's values handed on as windows. In the first, a value
that is not right hands on the true one, so that what meets an image here is right. In the second
everything written is handed on: what meets an image only here follows from an earlier slip.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from flint import arb

from dlsolve.checker.enclose import WINDOWS
from dlsolve.checker.handing import with_zeros
from dlsolve.checker.judge import Fit, fit
from dlsolve.checker.policies import Following, Points, Trusting, Written
from dlsolve.errors import DlsolveError
from dlsolve.notation import Symbols
from dlsolve.numbers.precision import UndecidedError, precision
from dlsolve.policy import Policy
from dlsolve.solver import Solution
from dlsolve.trace import Branch, Trace

BITS = 128
MOST_ROUNDS = 3
STOPS = (DlsolveError, UndecidedError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError)
MOST_WAYS = 6
"""Questions that are answered the other way, one after the other."""


def trusting(solution: Solution, written: Written, granted: dict[str, Fit]) -> tuple[Trusting, Trace]:
    """The first run, again where the written digits themselves prove more than their windows; what is
    `granted` is right whatever the run says."""
    true = solution.trace
    cuts = False
    names = written.names_of(true)
    for _ in range(MOST_ROUNDS):
        policy = Trusting(true, written, granted)
        policy.cuts = cuts
        trace = rerun(solution, policy)
        policy.fits |= {n: how for n, how in granted.items() if n not in policy.fits}
        wrong = any(policy.fits.get(n, "no") == "no" for n in names)
        if not wrong and not policy.cut:
            break
        points = Points(true, written, policy.fits)
        rerun(solution, points)
        policy.fits |= {n: "truncated" for n in policy.cut if points.fits.get(n) != "yes"}
        more: dict[str, Fit] = {
            n: how for n, how in points.fits.items() if how != "no" and policy.fits.get(n, "no") == "no"
        }
        cutting = bool(policy.cut) or "truncated" in policy.fits.values()
        if not wrong or (not more and cutting == cuts):
            break
        granted = granted | more
        cuts = cutting
    return policy, trace


def following(solution: Solution, written: Written, trusted: Mapping[str, Fit]) -> tuple[Following, Trace]:
    """The second run, with what only the written digits prove."""
    true = solution.trace
    bare = Following(true, written, trusted, digits=True)
    way = rerun(solution, bare)
    policy = Following(true, written, trusted)
    # where windows leave the way open the written digits take it
    policy.branches |= {b.asked: b.truth for b in way.items if isinstance(b, Branch)}
    trace = rerun(solution, policy)

    def unsettled() -> list[str]:
        return [n for n in names if policy.fits.get(n, "no") == "no" and trusted.get(n, "no") == "no"]

    names = written.names_of(true)
    for digits, zeros in ((True, False), (True, True), (False, True)):
        if len(unsettled()) < 2:
            break  # what is wrong by itself has nothing to follow from
        other = bare
        if zeros:
            other = Following(true, written, trusted, digits=digits, zeros=True)
            other.branches = policy.branches
            rerun(solution, other)
        blank_before = False
        for name in unsettled():
            answer = written.answer(name)
            blank = answer is not None and answer.blank
            # a 0 is not paid for by a wrong 0 before it
            how: Fit = "no" if zeros and blank and blank_before else other.fits.get(name, "no")
            if how == "no" and answer is not None and not blank and any(w.zero for w in answer.windows()):
                sharp = with_zeros(policy.images.get(name), other.images.get(name))
                how = fit(answer, sharp, policy.kinds.get(name, "real"))
            if how == "no" and blank and not blank_before and _around_zero(policy.images.get(name)):
                how = "yes"
            if how != "no":  # by the digits a run may come to values that windows never reach
                policy.fits[name] = how
                policy.images[name] = other.images.get(name, policy.images.get(name))
            blank_before = blank_before or (blank and how == "no")
    _other_ways(solution, policy, [n for n in unsettled() if n in written.words])
    return policy, trace


def _other_ways(solution: Solution, policy: Following, words: list[str]) -> None:
    """Where windows leave questions open, words that follow from other answers to them follow too, and
    so does what is only met on that way."""
    opened = policy.opened if words else {}
    ways: list[tuple[bool | None, set[str]]] = [(True, set()), (False, set())]
    ways += [(None, {question}) for question in list(opened)[:MOST_WAYS] if len(opened) > 1]
    for always, turned in ways if opened else ():
        other = Following(policy.true, policy.written, policy.trusted)
        other.branches = policy.branches | {q: not opened[q] for q in turned}
        other.always = always
        rerun(solution, other)
        if any(other.fits.get(name, "no") != "no" for name in words):
            met = {n: how for n, how in other.fits.items() if n in words or n not in policy.fits}
            policy.fits |= met
            policy.images |= {n: other.images[n] for n in met}
            return


def _around_zero(image: Any) -> bool:
    """Whether what was written before leaves open that a difference is 0."""
    return isinstance(image, arb) and bool(image.contains(0)) and image.is_finite()


def rerun(solution: Solution, policy: Policy, choices: Mapping[str, str] | None = None) -> Trace:
    """The topic's run under `policy`, with other `choices` of conventions; stops quietly where the student's values
    leave every path."""
    topic, true = solution.topic, solution.trace
    with precision(BITS):
        symbols = Symbols(topic.notation, true.symbols.course)
        trace = Trace(symbols, topic.rules, {**true.choices, **(choices or {})}, WINDOWS, policy, BITS)
        with contextlib.suppress(*STOPS):
            topic.solve(solution.problem, trace)
    return trace
