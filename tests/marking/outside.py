"""Students whose errors are in no catalogue: a digit changed, a number that is off by any factor."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flint import fmpq

from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.show import exponent10, from_float, to_float
from tests.marking.honest import WAYS, marked, paper
from tests.marking.problems import solutions
from tests.marking.slipping import figures, formula_steps, share
from tests.marking.students import Student

TRIES = 4


@dataclass
class Outside:
    """How often an error that nobody has declared was given a name, by the figures written."""

    topic: str
    errors: dict[int, int] = field(default_factory=dict)
    false_names: dict[int, int] = field(default_factory=dict)
    misses: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: Outside) -> None:
        """Counts of another topic too."""
        for mine, more in ((self.errors, other.errors), (self.false_names, other.false_names)):
            for count, value in more.items():
                mine[count] = mine.get(count, 0) + value

    def row(self) -> str:
        """A part of one line of the table: 3 figures, then 4 and more."""
        three, four = ((self.errors.get(n, 0), self.false_names.get(n, 0)) for n in (3, 4))
        return f"{three[0]:8}{share(three[1], three[0])}{four[0]:8}{share(four[1], four[0])}"


HEAD = f"{'3 fig.':>8}{'false%':>7}{'4–6':>8}{'false%':>7}"


def outside(topic: str, count: int, problems: int, seed: int = 1) -> Outside:
    """About `count` errors with 3 figures, and as many with 4 to 6."""
    chance = random.Random(f"{topic}-outside-{seed}")
    out = Outside(topic)
    tasks = solutions(topic, problems)
    for of_three in (True, False):
        for n in range(TRIES * count):
            if out.errors.get(3 if of_three else 4, 0) >= count:
                break
            written = 3 if of_three else chance.choice((4, 4, 5, 6))
            _one(out, *tasks[n % len(tasks)], written, chance)
    return out


def _one(out: Outside, solution: Any, envelope: Any, written: int, chance: random.Random) -> None:
    steps = formula_steps(solution)
    if not steps:
        return
    name = solution.trace.name(chance.choice(steps).key)
    how = chance.choice(WAYS[:2])
    kind, spoil = chance.choice((_factor, _factor, _digit))(chance, written)
    plain = Student(random.Random(3), written, how, keeps_zeros=True)
    student = Student(random.Random(3), written, how, keeps_zeros=True, spoils={name: spoil})
    right, texts = paper(solution, plain), paper(solution, student)
    if right is None or texts is None or name not in texts or texts[name] == right.get(name):
        return
    report = marked(solution, envelope, texts)
    item = next((i for i in report.items if i.name == name), None)
    if item is None or item.verdict != "wrong" or item.written is None or _shown(item.written) < written:
        return
    group = 3 if written == 3 else 4
    out.errors[group] = out.errors.get(group, 0) + 1
    if item.slips:
        out.false_names[group] = out.false_names.get(group, 0) + 1
        says = "; ".join(s.says for s in item.slips)
        out.misses.append(("false", f"{name} {item.written} for {right.get(name)} by {kind}: {says} {item.line}"))


def _shown(text: str) -> int:
    """The figures of `text` that say something: 3.000 for a count is as good as 3."""
    return figures(re.sub(r"\.?0+(?!\d|\.)", "", text))


Spoil = tuple[str, Callable[[Any], Any]]


def _factor(chance: random.Random, written: int) -> Spoil:
    near = chance.random() < 0.5
    factor = 1 + fmpq(chance.randint(-400, 400), 1234) if near else fmpq(chance.randint(1001, 9999), 1000)
    return f"the factor {factor}", lambda value: value * factor


def _digit(chance: random.Random, written: int) -> Spoil:
    """Another digit in one place of one number, so far as that number is known."""
    place, by, pick = chance.randrange(written), chance.randint(1, 8), chance.random()

    def changed(value: Any) -> Any:
        exact = value if isinstance(value, fmpq) else from_float(to_float(value))
        if exact == 0:
            return value
        unit = fmpq(10) ** (exponent10(exact) - place)
        count = abs(exact) / unit
        digit = int(count.p // count.q) % 10
        other = (digit + by) % 10 if place else 1 + (digit - 1 + by) % 9
        step = (other - digit) * unit
        return value + step if exact > 0 else value - step

    def spoil(value: Any) -> Any:
        if not isinstance(value, Matrix):
            return changed(value)
        at = int(pick * value.shape[0] * value.shape[1])
        cells = [changed(e) if n == at else e for n, e in enumerate(value.entries())]
        width = value.shape[1]
        return Matrix([cells[i : i + width] for i in range(0, len(cells), width)])

    return "another digit", spoil
