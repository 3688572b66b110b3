"""Row reductions on a page: matrix after matrix, each judged by the one before it.

``[1 2; 3 4] → [1 2; 0 −2] → …``: a state that does not come of the one before it is wrong; what comes of a wrong one
follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from flint import fmpq

from dlsolve.checker.answers import read_answer
from dlsolve.checker.attempt import Attempt
from dlsolve.checker.judge import same_rows
from dlsolve.checker.naming import is_name_of
from dlsolve.checker.report import LinkVerdict, Verdict
from dlsolve.checker.steps import is_reduced, why_not, wrong_rows
from dlsolve.checker.windows import Window
from dlsolve.errors import DlsolveError
from dlsolve.formula.compiled import EXACT, compiled
from dlsolve.formula.tree import Mat
from dlsolve.numbers.matrix import Matrix
from dlsolve.solver import Solution
from dlsolve.trace import Key, Operation, Trace

MOST_STATES = 60
FEW = 4
"""One number in so many may be copied wrong."""
_OPERATION = re.compile(r"R[₀-₉]+ [→↔]")
_ARROW = re.compile(r"->|[→⇒⟶~∼]|\\(?:to|sim|x?[rR]ightarrow|longrightarrow|leadsto)")
_LATEX = (
    r"\\begin\{(?P<kind>[pbvBV]?matrix|array)\}(?:\{[^{}]*\})?"
    r"(?P<body>[^\\]*(?:\\(?!begin\{|end\{)[^\\]*)*)\\end\{(?P=kind)\}"
)
# every stretch can be read in one way only: a page that is no matrix is left in one go
_ROWS = r"\[\s*\[[^\[\]]*\](?:[\s,;]*\[[^\[\]]*\])+\s*\]|[\[(][^\[\]();]*;[^\[\]()]*[\])]"
_MATRIX = re.compile(f"{_LATEX}|{_ROWS}")

Rows = list[list[fmpq]]


@dataclass(frozen=True)
class State:
    """One matrix of a page, and where it stands."""

    text: str
    start: int
    end: int
    rows: tuple[tuple[Window, ...], ...]

    @property
    def middles(self) -> Rows:
        """The numbers as written."""
        return [[window.middle for window in row] for row in self.rows]

    @property
    def rounded(self) -> bool:
        """Whether decimals stand in it, which may be rounded."""
        return any(0 < window.unit < 1 for row in self.rows for window in row)


@dataclass(frozen=True)
class Chain:
    """A row reduction as it was judged, a verdict for each matrix."""

    links: tuple[LinkVerdict, ...]
    follows: bool
    """Whether the result is a reduced one that comes of a wrong state before it."""


@dataclass(frozen=True)
class Reduction:
    """A row reduction of the run: the matrix that it begins with, and the value that it leads to."""

    start: Rows
    key: Key


def with_chains(solution: Solution, attempt: Attempt) -> tuple[Attempt, dict[str, Chain]]:
    """The row reductions of a page, by the answer name that each leads to; where that is the reduced matrix itself,
    the last matrix is what the page gives for it."""
    written = list(chains(attempt.source, arrows=not attempt.loose))
    left = list(reductions(solution.trace)) if written else []
    out: dict[str, Chain] = {}
    for states in written:
        found = next((r for r in left if _begins(r, states)), None)
        if found is None or all(_copied(state.middles, found.start) for state in states):
            continue  # the matrix is only written down once more
        left.remove(found)
        name = solution.trace.name(found.key)
        out[name] = _judged(found.start, states)
        true = solution.trace.env.get(found.key)
        if isinstance(true, Matrix) and true.shape == (len(states[0].rows), len(states[0].rows[0])):
            attempt = _with_result(solution, attempt, name, states)
    return attempt, out


def chains(source: str, *, arrows: bool = False) -> Iterator[list[State]]:
    """Two and more matrices of one shape, one after the other; with `arrows`, only where such stand between them."""
    run: list[State] = []
    for state in _states(source):
        between = source[run[-1].end : state.start].replace("=>", "⇒") if run else ""
        if run and (_shape(run[-1]) != _shape(state) or "=" in between or (arrows and not _ARROW.search(between))):
            yield from [run] if len(run) > 1 else []
            run = []
        run.append(state)
    yield from [run] if len(run) > 1 else []


def _states(source: str) -> Iterator[State]:
    for n, match in enumerate(_MATRIX.finditer(source)):
        if n >= MOST_STATES:
            return
        body = match["body"]
        text = match[0] if body is None else f"\\begin{{pmatrix}}{body}\\end{{pmatrix}}"
        answer = read_answer("R", re.sub(r"\\?\|", " ", text).replace("\\hline", ""))
        windows = answer.windows()
        if answer.unreadable is None and len(answer.rows) > 1 and all(w.imag is None for w in windows):
            yield State(match[0], match.start(), match.end(), answer.rows)


def _shape(state: State) -> tuple[int, int]:
    return len(state.rows), len(state.rows[0])


def reductions(trace: Trace) -> Iterator[Reduction]:
    """The row reductions of a run in rational numbers, in order; each leads to the next matrix that is named, or
    else to the next value."""
    items = [item for item in trace.items if isinstance(item, Operation)]
    starts = [
        n for n, item in enumerate(items)
        if _is_row_operation(item) and not (n and _is_row_operation(items[n - 1]) and items[n - 1].after == item.before)
    ]  # fmt: skip
    for n, end in pairwise([*starts, len(items)]):
        named = [item for item in items[n:end] if item.key is not None]
        rows = _rational(items[n].before)
        if named and rows is not None:
            leads = next((item for item in named if isinstance(item.after, Matrix)), named[0])
            assert leads.key is not None
            yield Reduction(rows, leads.key)


def _is_row_operation(item: Operation) -> bool:
    return item.key is None and _OPERATION.match(item.rule) is not None


def _rational(state: Any) -> Rows | None:
    """A state of the run in fractions; None where it holds others."""
    try:
        if isinstance(state, Mat):
            rows = [[compiled(cell, (), EXACT)({}) for cell in row] for row in state.rows]
        else:
            rows = [list(row) for row in state.rows]
    except (DlsolveError, AttributeError, LookupError):
        return None
    return rows if all(isinstance(e, fmpq) for row in rows for e in row) else None


def _begins(reduction: Reduction, states: Sequence[State]) -> bool:
    """Whether a page begins with this matrix, or with the state after it."""
    if _shape(states[0]) != (len(reduction.start), len(reduction.start[0])):
        return False
    first = reduction.start
    return any(_copied(s.middles, first) or not wrong_rows(first, s.middles) for s in states[:2])


def _copied(rows: Rows, given: Rows) -> bool:
    """Whether a matrix is the given one, but for a few numbers."""
    pairs = [(a, b) for own, other in zip(rows, given, strict=True) for a, b in zip(own, other, strict=True)]
    return FEW * sum(a != b for a, b in pairs) <= len(pairs)


def _judged(start: Rows, states: Sequence[State]) -> Chain:
    links = []
    before, good = start, start
    sound = True
    for n, state in enumerate(states):
        own = state.middles
        if state.rounded:
            bad = [] if same_rows(state.rows, before) else [0]
        else:
            bad = wrong_rows(before, own)
        if bad and not sound and not state.rounded and not wrong_rows(good, own):
            bad, sound = [], True  # put right again
        verdict: Verdict = "wrong" if bad else "correct" if sound else "follows"
        sound = verdict == "correct"
        why = why_not(before, own, bad, start=n == 0) if bad and not state.rounded else ""
        links.append(LinkVerdict(state.text, (state.start, state.end), verdict, why))
        before, good = own, own if sound else good
    return Chain(tuple(links), links[-1].verdict == "follows" and is_reduced(states[-1].middles))


def _with_result(solution: Solution, attempt: Attempt, name: str, states: Sequence[State]) -> Attempt:
    """`attempt` with the last matrix as the value of `name`, unless the page says another one."""
    texts = {" ".join(state.text.split()) for state in states}
    for written, text in attempt.values.items():
        if not is_name_of(solution.trace, written, name):
            continue
        if " ".join(text.split()) not in texts and not any(state.text in text for state in states):
            return attempt
        lines = {n: rows for n, rows in attempt.lines.items() if n != written}
        return replace(attempt, values={**attempt.values, written: _plain(states[-1])}, lines=lines)
    values = {**attempt.values, name: _plain(states[-1])}
    return replace(attempt, values=values, loose=attempt.loose | {name})


def _plain(state: State) -> str:
    """A matrix without the bar before its last column."""
    return "[" + "; ".join(" ".join(window.text for window in row) for row in state.rows) + "]"


__all__ = ["Chain", "chains", "reductions", "with_chains"]
