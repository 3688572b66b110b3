"""Students who slip: at one step or over the whole run, by a known slip or by a mutation of a rule."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

from flint import arb, fmpq

from dlsolve.checker.report import ReportItem
from dlsolve.checker.slips import Candidate, declared, mutated
from dlsolve.formula.rules import Change, Rule
from dlsolve.problem import ProblemFile
from dlsolve.solver import Solution
from dlsolve.trace import Step
from tests.marking.honest import WAYS, marked, paper
from tests.marking.problems import solutions
from tests.marking.students import Student

FIGURES = 4
FEWEST_FIGURES = 3
MOST_NAMED = 3
HONEST = 200
"""Honest students tried for a slip that is not seen, who may write the same."""
TRIES = 12
"""Problems and steps tried for each slip that is to be seen, as many slips change nothing."""


@dataclass
class Slips:
    """What became of the slips made in one topic."""

    topic: str
    visible: int = 0
    flagged: int = 0
    hidden: int = 0
    """Not flagged, and found on the page of an honest student too: nobody can tell these apart."""
    named: int = 0
    provable: int = 0
    """Flagged with figures enough to name a slip that nobody has declared."""
    later_wrong: int = 0
    unseen: list[str] = field(default_factory=list)
    """Declared slips that never changed what was written."""
    misses: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: Slips) -> None:
        """Counts of another topic too."""
        for name in ("visible", "flagged", "hidden", "provable", "named", "later_wrong"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def row(self) -> str:
        """One line of the table."""
        return (
            f"{self.topic:20}{self.visible:8}{share(self.flagged, self.visible)}{self.hidden:7}"
            f"{share(self.flagged, self.visible - self.hidden)}{share(self.named, self.provable)}{self.later_wrong:6}"
        )


HEAD = f"{'topic':20}{'visible':>8}{'flag%':>7}{'hidden':>7}{'told%':>7}{'name%':>7}{'later':>6}"


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:7.2f}" if whole else "      –"


def at_step(candidate: Candidate, step: Step) -> Change:
    """The candidate in place of the rule of one step."""
    return lambda rule: candidate.rule if rule.id == step.rule.id else None


def formula_steps(solution: Solution) -> list[Step]:
    return [s for s in solution.trace.steps.values() if isinstance(s, Step)]


@dataclass(frozen=True)
class Task:
    """One solved problem, and what a student without a slip writes, by way of carrying."""

    solution: Solution
    envelope: ProblemFile
    plain: dict[str, Student] = field(default_factory=dict)

    def without(self, how: Any) -> Student:
        if how not in self.plain:
            student = Student(random.Random(3), FIGURES, how, keeps_zeros=True)
            if paper(self.solution, student) is None:
                student.texts = {}
            self.plain[how] = student
        return self.plain[how]


def slips(topic: str, count: int, problems: int, seed: int = 1) -> Slips:
    """Every known slip of `topic`, made at single steps and over whole runs, then `count` mutations."""
    chance = random.Random(f"{topic}-slips-{seed}")
    out = Slips(topic)
    tasks = [Task(*one) for one in solutions(topic, problems)]
    _known(out, tasks, max(1, count // 40), chance)
    steps = [(task, step) for task in tasks for step in formula_steps(task.solution)]
    wanted = out.visible + count
    for _ in range(TRIES * count if steps else 0):
        if out.visible >= wanted:
            break
        task, step = chance.choice(steps)
        others = list(mutated(step.rule))
        if others:
            candidate = chance.choice(others)
            whole = chance.random() < 0.5
            one(out, task, chance.choice(WAYS[:2]), candidate, at_step(candidate, step), None if whole else step)
    return out


def _known(out: Slips, tasks: list[Task], each: int, chance: random.Random) -> None:
    """Every declared slip and every convention not taken, `each` times at a step and over a run."""
    found: dict[str, list[tuple[Task, Step, Candidate]]] = {}
    for task in tasks:
        for step in formula_steps(task.solution):
            for candidate in declared(task.solution.topic, task.solution.trace, step.rule):
                found.setdefault(candidate.id, []).append((task, step, candidate))
    seen: Counter[str] = Counter()
    for name, places in found.items():
        chance.shuffle(places)
        for whole in (False, True):
            before = out.visible
            for (task, step, candidate), how in islice(zip(places, cycle(WAYS[:2])), TRIES * each):
                if out.visible - before >= each:
                    break
                rule = (candidate.whole or candidate.rule) if whole else at_step(candidate, step)
                one(out, task, how, candidate, rule, None if whole else step)
            seen[name] += out.visible - before
    every = {s.id for s in tasks[0].solution.topic.slips} | set(found)
    out.unseen = sorted(name for name in every if not seen[name])


def one(out: Slips, task: Task, how: Any, slip: Candidate, rule: Rule | Change, step: Step | None) -> None:
    """One student with a slip, at a step or all through, judged against the same student without it."""
    solution, without = task.solution, task.without(how)
    plain = without.texts
    at = solution.trace.name(step.key) if step is not None else None
    student = Student(random.Random(3), FIGURES, how, keeps_zeros=True, slip=rule, at=at)
    texts = paper(solution, student) if plain else None
    if texts is None or not student.slipped:
        return
    order = [n for n in texts if n in plain]
    first = next((n for n in student.slipped if n in plain and _bare(texts.get(n, plain[n])) != _bare(plain[n])), None)
    if first is None:
        return
    report = marked(solution, task.envelope, texts)
    items = {i.name: i for i in report.items}
    if first not in items or items[first].written is None:
        return
    out.visible += 1
    item = items[first]
    kind = f"{slip.id if slip.declared else 'mutation: ' + slip.says}{'' if step is not None else ' (run)'}"
    if item.verdict != "wrong":
        hidden = _honest_too(solution, texts, first)
        out.hidden += hidden
        if not hidden:
            out.misses.append(("unflagged", f"{first} {item.written} for {plain[first]} {item.verdict} by {kind}"))
        return  # what the digits hide here may show later on
    out.flagged += 1
    if slip.declared or figures(item.written or "") >= FEWEST_FIGURES:
        out.provable += 1
        if _named(item, slip) or _same_text(solution, student, item, first):
            out.named += 1
        else:
            says = "; ".join(s.says for s in item.slips)
            out.misses.append(("unnamed", f"{first} {item.written} for {plain[first]} by {kind}: {says} {item.line}"))
    # a gradient of a wrong rule has another rule too
    touched = {n for n, rule in student.rules.items() if without.rules.get(n) != rule} | set(student.slipped)
    after = order[order.index(first) + 1 :]
    wrong = [n for n in after if n in items and items[n].verdict == "wrong"]
    zeros = {n for n in (first, *wrong) if figures(texts[n]) == 0}
    # a 0 out of a wrong 0 is not paid
    late = [n for n in wrong if n not in touched and not (n in zeros and zeros & {first, *touched})]
    if late:
        out.later_wrong += 1
        out.misses.append(("later", f"{late[:3]} {items[late[0]].written} after {first} {item.written} by {kind}"))


def _honest_too(solution: Solution, texts: dict[str, str], first: str) -> bool:
    """Whether the value is a right one rounded to the places that were written (1.000 for 0.9999), or somebody who
    makes no slip, and goes on with this number as written and with that one as computed, has the same page so far."""
    if _right(solution, first, texts[first]):
        return True
    page = dict(islice(texts.items(), list(texts).index(first) + 1))
    chance = random.Random(5)
    for _ in range(HONEST):
        other = paper(solution, Student(chance, FIGURES, "mixed", keeps_zeros=True)) or {}
        if all(other.get(name) == text for name, text in page.items()):
            return True
    return False


def _right(solution: Solution, name: str, text: str) -> bool:
    """Whether `text` is the true value to its last place."""
    key = next((k for k in solution.trace.steps if solution.trace.name(k) == name), None)
    match = re.fullmatch(r"(-?\d+)\.?(\d*)(?:\*10\^(-?\d+))?", text)
    true = solution.trace.env.get(key)
    if match is None or not isinstance(true, fmpq | arb):
        return False
    unit = fmpq(10) ** (int(match[3] or 0) - len(match[2]))
    return bool(abs(arb(true) - int(match[1] + match[2]) * unit) <= unit / 2)


def _named(item: ReportItem, slip: Candidate) -> bool:
    return len(item.slips) <= MOST_NAMED and any(s.id == slip.id for s in item.slips)


def _same_text(solution: Solution, student: Student, item: ReportItem, first: str) -> bool:
    """Whether a slip that was named writes the same as the one that was made: nobody can tell them apart."""
    step = next((s for k, s in solution.trace.steps.items() if solution.trace.name(k) == first), None)
    if not isinstance(step, Step) or not 0 < len(item.slips) <= MOST_NAMED:
        return False
    shown = {s.id for s in item.slips}
    for other in (*declared(solution.topic, solution.trace, step.rule), *mutated(step.rule)):
        if other.id in shown:
            again = Student(random.Random(3), FIGURES, student.carrying, keeps_zeros=True,
                            slip=at_step(other, step), at=first)  # fmt: skip
            if (paper(solution, again) or {}).get(first) == student.texts[first]:
                return True
    return False


def _bare(text: str) -> str:
    return text.strip("[]")


def numbers(text: str) -> Iterator[str]:
    """The numbers of a written text, without their powers of ten."""
    yield from re.findall(r"[\d.]+", re.sub(r"\*10\^-?\d+", "", text))


def figures(text: str) -> int:
    """The significant figures of all numbers in `text` together."""
    return sum(len(n.replace(".", "").lstrip("0")) for n in numbers(text))
