"""What comes of a student's own wrong values where no formula leads on: the roots of a wrong polynomial."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from dlsolve.checker.judge import fit
from dlsolve.checker.policies import kind_of
from dlsolve.checker.runs import BITS
from dlsolve.checker.windows import Answer
from dlsolve.named import keys_by_name
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import precision
from dlsolve.solver import Solution


class Sequels:
    """The values that a topic's `sequels` give for what was written."""

    def __init__(self, solution: Solution, answers: Mapping[str, Answer]) -> None:
        self.problem, self.trace = solution.problem, solution.trace
        self.sequels = solution.topic.sequels
        self.answers = answers
        self.keys = keys_by_name(solution.trace)
        self.left: dict[tuple[str, ...], list[Any]] = {}
        """By the answers that they come of, the values that have not been met yet."""

    def come_of(self, name: str, answer: Answer, wrong: Collection[str]) -> list[str]:
        """The names of the answers, one of them among the `wrong` ones, that `answer` comes of."""
        for sequel in self.sequels if not answer.blank else ():
            if self._base(name) != sequel.base:
                continue
            told = {n: value for n, a in self.answers.items() if self._base(n) in sequel.of
                    and n != name and (value := _as_told(a)) is not None}  # fmt: skip
            if not told.keys() & wrong:
                continue
            left = self.left.setdefault((sequel.base, *told), list(sequel.values(self.problem, told)))
            kind = kind_of(self.trace.symbols, self.keys[name])
            with precision(BITS):
                met = next((n for n, value in enumerate(left) if fit(answer, value, kind) == "yes"), None)
            if met is not None:
                del left[met]
                return list(told)
        return []

    def _base(self, name: str) -> str:
        key = self.keys.get(name, "")
        return key if isinstance(key, str) else str(key[0])


def _as_told(answer: Answer) -> Any:
    """A written number as a fraction, several as a matrix, or a formula as a tree; None for anything else."""
    if answer.unreadable is not None or any(w.imag is not None for w in answer.windows()):
        return None
    cells = [[window.middle for window in row] for row in answer.rows]
    if len(cells) == 1 and len(cells[0]) == 1:
        return cells[0][0]
    return Matrix(cells) if cells else answer.tree


__all__ = ["Sequels"]
