"""How the names of a page are to be understood: of two ways to read it, the one that makes more of it right.

Either the repeated names count the turns of the run from its first (`pages`), or the values lie along
the derivation where they fit (`places`): pages that skip steps, and those that restate what is given.
"""

from __future__ import annotations

from collections.abc import Collection

from dlsolve.checker.answers import read_answer
from dlsolve.checker.attempt import Attempt
from dlsolve.checker.equations import with_polynomial
from dlsolve.checker.judge import fit
from dlsolve.checker.misread import mended
from dlsolve.checker.naming import canonical
from dlsolve.checker.pages import in_turns
from dlsolve.checker.places import placed
from dlsolve.checker.policies import kind_of
from dlsolve.checker.several import spread
from dlsolve.handwriting import UnreadableError
from dlsolve.named import find, keys_by_name
from dlsolve.numbers.precision import precision
from dlsolve.solver import Solution


def understood(solution: Solution, attempt: Attempt, asked: Collection[str]) -> Attempt:
    """`attempt` with the names of its page as answer names of the run, wherever they have a meaning."""
    trace = solution.trace
    attempt = with_polynomial(solution, attempt)
    turns = spread(trace, in_turns(trace, attempt))
    if not attempt.lines:
        return turns
    readings = [placed(solution, turns, asked)]
    if turns.values != attempt.values:
        readings.append(spread(trace, placed(solution, attempt, asked)))
    best = readings[0] if len(readings) == 1 else max(readings, key=lambda r: _right(solution, r))
    return mended(solution, best)


def _right(solution: Solution, attempt: Attempt) -> int:
    """How many more values of a page are right than not, so read."""
    trace = solution.trace
    known = keys_by_name(trace)
    score = 0
    with precision(trace.bits):
        for written, text in attempt.values.items():
            if written not in attempt.loose:
                continue
            try:
                name = canonical(trace, written)
            except UnreadableError:
                continue
            value = find(trace, name, known)
            answer = read_answer(name, text)
            if answer.unreadable is not None or not answer.rows:
                continue
            kind = kind_of(trace.symbols, known[name]) if name in known else "real"
            score += 1 if value is not None and fit(answer, value, kind) != "no" else -1
    return score


__all__ = ["understood"]
