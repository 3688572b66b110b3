"""Names on a page that leave out which step they are of: the page's own order says it.

Who writes ``w_new`` twice means w after the first and after the second update; ŷ₃ is the prediction
for sample 3, in whichever batch that is; w₁ in small letters is W1. Such names are laid along the
derivation in the order of the page: where their values fit, else at the next free place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dlsolve.checker.answers import read_answer
from dlsolve.checker.attempt import Attempt
from dlsolve.checker.judge import fit
from dlsolve.checker.naming import canonical, names
from dlsolve.checker.policies import kind_of
from dlsolve.checker.windows import Answer
from dlsolve.handwriting import UnreadableError, WorkedLine, normalise_name
from dlsolve.handwriting.spelling import LOSSES
from dlsolve.named import keys_by_name
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import precision
from dlsolve.solver import Solution
from dlsolve.trace import Trace

MOST_CELLS = 4_000
"""Values of a page times places of the derivation that are compared for one name."""
_WHEN = re.compile(r"_(?P<word>new|old|prev|previous|next|now|final|initial|init|updated|\{?t(?:\+1)?\}?)$")
_LATER = frozenset(("new", "next", "updated", "final"))
FITS, AGREES, ASKED, PASSED_BY, LEFT_OUT = 8.0, 2.0, 1.0, 0.25, -4.0
"""What it speaks for a place that the value fits, that its number is the written one, that it is asked;
against, that places are passed by or that a value gets none."""


@dataclass(frozen=True)
class Slot:
    """A value of the derivation, whole or an entry."""

    name: str
    number: int
    """Its index as an entry, else -1."""
    given: bool
    value: Any
    kind: str


@dataclass(frozen=True)
class Said:
    """A value on the page under a name that has no place yet."""

    written: str
    line: WorkedLine
    answer: Answer
    number: int


def placed(solution: Solution, attempt: Attempt, asked: Collection[str]) -> Attempt:
    """`attempt` with the names of its page, where they have no single meaning, as answer names of the run."""
    open_ = [name for name in attempt.lines if name in attempt.loose]
    if not open_:
        return attempt
    page = _Page(solution.trace)
    groups: dict[tuple[str, ...], list[Said]] = {}
    stated: list[tuple[str, str]] = []
    for name in open_:
        if page.is_settled(name, attempt.lines[name]):
            continue
        slots, number = page.slots(name)
        if slots:
            said = [Said(name, line, answer, number) for line in attempt.lines[name] if (answer := _value(line))]
            groups.setdefault(slots, []).extend(said)
            if not said and len(slots) == 1:
                stated.append((name, slots[0]))
    found: list[tuple[Said, str]] = []
    with precision(solution.trace.bits):
        for slots, group in groups.items():
            group.sort(key=lambda s: s.line.name_at)
            found += page.laid(group, slots, asked)
    return _renamed(attempt, found, stated)


class _Page:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.known = keys_by_name(trace)
        self.names = [n for n in self.known if n not in trace.aliases]
        self.made = {trace.name(key) for key in trace.steps}

    def is_settled(self, name: str, lines: Sequence[WorkedLine]) -> bool:
        """Whether a name means one value of the run, in whose shape it was written."""
        try:
            own = canonical(self.trace, name)
        except UnreadableError:
            return False
        if own not in self.known:
            # an entry, or the seventh step of six; ŷ₃ may still be the third of a list
            return "[" in own or not self._vectors(own)
        value = self.trace.env[self.known[own]]
        if not isinstance(value, Matrix) or value.shape == (1, 1):
            return True
        return all(a.scalar is None for line in lines if (a := _value(line)) is not None)

    # -- which places a name can mean ------------------------------------------------------------

    def slots(self, written: str) -> tuple[tuple[str, ...], int]:
        """The names that `written` can mean, in the order of the derivation, and the number it carries."""
        for candidate in normalise_name(written):
            when = _WHEN.search(candidate)
            stem = candidate[: when.start()] if when else candidate
            steps = self._steps(stem, later=bool(when and when["word"] in _LATER))
            if steps:
                return steps, -1
        for candidate in names(self.trace).bases(written):
            vectors = self._vectors(candidate)
            if vectors:
                return vectors, int(re.findall(r"\d+", candidate)[-1])
        return (), -1

    def _steps(self, stem: str, *, later: bool) -> tuple[str, ...]:
        """``w_0``, ``w_1``, … of ``w``; all losses of L; W1 of w1 where there is no w1."""
        for heads in (LOSSES,) if stem in LOSSES else ((stem,), (_other_case(stem),)):
            family = re.compile(f"(?:{'|'.join(map(re.escape, heads))})(?:_(?P<step>\\d+))?")
            found = [n for n in self.names if (m := family.fullmatch(n)) and not (later and m["step"] == "0")]
            if found and found != [stem]:
                return tuple(found)
        return ()

    def _vectors(self, name: str) -> tuple[str, ...]:
        """The entries of all vectors that ``y_hat_3`` can be the third of."""
        match = re.fullmatch(r"(.*[A-Za-z])_?\d+|(.*[A-Za-z])\[\d+\]", name)
        if match is None:
            return ()
        stem = match[1] or match[2]
        bases = {self._base(n) for n in self.names if re.fullmatch(re.escape(stem) + r"(?:_?\d+)?", n)}
        signs = {self._sign(base) for base in (bases or {stem})}
        out: list[str] = []
        for n in self.names:
            key = self.known[n]
            value = self.trace.env[key]
            if isinstance(value, Matrix) and 1 in value.shape and value.shape != (1, 1):
                if self._sign(self._base(n)) in signs:
                    out += [f"{n}[{i}]" for i in range(1, max(value.shape) + 1)]
        return tuple(out)

    def _base(self, name: str) -> str:
        key = self.known[name]
        return key if isinstance(key, str) else str(key[0])

    def _sign(self, base: str) -> str:
        """The symbol of a quantity, large and small letters alike: Ŷ of all samples, ŷ of a batch."""
        return unicodedata.normalize("NFD", self.trace.symbols.unicode(base)).casefold()

    def _slot(self, name: str) -> Slot:
        base, bracket, entry = name.partition("[")
        if name in self.known:
            base, bracket = name, ""
        key = self.known[base]
        value = self.trace.env[key]
        if bracket:
            flat = list(value.entries())
            return Slot(name, int(entry[:-1]), base not in self.made, flat[int(entry[:-1]) - 1], "real")
        return Slot(name, -1, base not in self.made, value, kind_of(self.trace.symbols, key))

    # -- laying them along it --------------------------------------------------------------------

    def laid(self, said: Sequence[Said], among: Sequence[str], asked: Collection[str]) -> Iterator[tuple[Said, str]]:
        """Each value of the page with its place: in order, as many as can be where they fit."""
        if not said or len(said) * len(among) > MOST_CELLS:
            return
        slots = [self._slot(name) for name in among]
        # best[j]: the highest score with the last place at or before j, and the places taken
        best: list[tuple[float, tuple[int | None, ...]]] = [(0.0, ())] * (len(slots) + 1)
        for n, one in enumerate(said):
            again = n > 0 and said[n - 1].answer.text == one.answer.text
            now: list[tuple[float, tuple[int | None, ...]]] = []
            for j in range(len(slots) + 1):
                score, taken = best[j]
                choices = [(score + LEFT_OUT, (*taken, None))]
                if j:
                    choices.append(now[j - 1])
                    worth = self._speaks(one, slots[j - 1], asked)
                    if worth is not None:
                        before, earlier = best[j] if again and best[j][1][-1:] == (j - 1,) else best[j - 1]
                        last = next((t for t in reversed(earlier) if t is not None), -1)
                        choices.append((before + worth - PASSED_BY * max(0, j - 2 - last), (*earlier, j - 1)))
                now.append(max(choices, key=lambda c: c[0]))
            best = now
        for one, place in zip(said, best[-1][1], strict=True):
            if place is not None:
                yield one, slots[place].name

    def _speaks(self, said: Said, slot: Slot, asked: Collection[str]) -> float | None:
        """What speaks for a place; None where it cannot be: a given value is only restated, not changed."""
        several = isinstance(slot.value, Matrix) and slot.value.shape != (1, 1)
        if several == (said.answer.scalar is not None):
            return None
        fits = fit(said.answer, slot.value, slot.kind) != "no"  # type: ignore[arg-type]
        if slot.given and not fits:
            return None
        agrees = slot.number == said.number and slot.number > 0
        return FITS * fits + AGREES * agrees + ASKED * (slot.name.partition("[")[0] in asked)


def _other_case(stem: str) -> str:
    """W1 of w1, dW1 of dw1; a word is left as it is."""
    return re.sub(r"^(d?)([A-Za-z])(?=\d*$)", lambda m: m[1] + m[2].swapcase(), stem)


def _value(line: WorkedLine) -> Answer | None:
    """The value that a line ends with; None for a rule in letters."""
    last = line.links[-1]
    if last.written is None:
        return None
    answer = read_answer(line.name or "", last.text)
    return answer if answer.unreadable is None and answer.rows else None


def _renamed(attempt: Attempt, found: Sequence[tuple[Said, str]], stated: Sequence[tuple[str, str]]) -> Attempt:
    """`attempt` under the names found; `stated` are rules in letters that can be of one value only."""
    gone = {said.written for said, _ in found} | {written for written, _ in stated}
    values = {n: t for n, t in attempt.values.items() if n not in gone}
    lines: dict[str, list[WorkedLine]] = {n: list(rows) for n, rows in attempt.lines.items() if n not in gone}
    for said, name in sorted(found, key=lambda f: f[0].line.name_at):
        values[name] = said.answer.text
        lines.setdefault(name, []).append(said.line)
    for written, name in stated:
        values.setdefault(name, attempt.values[written])
        lines.setdefault(name, []).extend(attempt.lines[written])
    loose = (attempt.loose - gone) | {n for _, n in found} | {n for _, n in stated}
    return replace(attempt, values=values, lines=lines, loose=loose)


__all__ = ["placed"]
