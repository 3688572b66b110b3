"""Students who slip: at one step or over the whole run, by a known slip, a mutation or outside of both."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from flint import fmpq

from dlsolve.checker.report import Report, ReportItem
from dlsolve.checker.slips import Candidate, declared, mutated
from dlsolve.formula.rules import Change, Rule
from dlsolve.problem import ProblemFile
from dlsolve.solver import Solution
from dlsolve.trace import Step
from tests.marking.honest import marked, paper
from tests.marking.problems import solutions
from tests.marking.students import Student

FIGURES = 4
FEWEST_FIGURES = 3
MOST_NAMED = 3


@dataclass
class Slips:
    """What became of the slips made in one topic."""

    topic: str
    visible: int = 0
    flagged: int = 0
    named: int = 0
    provable: int = 0
    """Flagged with figures enough to name a slip that nobody has declared."""
    later_wrong: int = 0
    outside: int = 0
    false_names: int = 0
    misses: list[tuple[str, str]] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, other: Slips) -> None:
        """Counts of another topic too."""
        for name in ("visible", "flagged", "provable", "named", "later_wrong", "outside", "false_names"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def row(self) -> str:
        """One line of the table."""

        def share(part: int, whole: int) -> str:
            return f"{100 * part / whole:6.1f}" if whole else "     –"

        return (
            f"{self.topic:20}{self.visible:8}{share(self.flagged, self.visible)}{share(self.named, self.provable)}"
            f"{self.later_wrong:8}{self.outside:8}{share(self.false_names, self.outside)}"
        )


HEAD = f"{'topic':20}{'visible':>8}{'flag%':>6}{'name%':>6}{'later':>8}{'outside':>8}{'false%':>6}"


def at_step(candidate: Candidate, step: Step) -> Change:
    """The candidate in place of the rule of one step."""
    return lambda rule: candidate.rule if rule.id == step.rule.id else None


def everywhere(solution: Solution) -> Iterator[tuple[str, Rule | Change]]:
    """The declared slips of a topic, by id."""
    for slip in solution.topic.slips:
        yield slip.id, slip.rule


def candidates(solution: Solution, step: Step, chance: random.Random, most: int) -> list[Candidate]:
    """Every known slip of a step, then some of its mutations."""
    known = list(declared(solution.topic, solution.trace, step.rule))
    others = list(mutated(step.rule))
    return known + chance.sample(others, min(most, len(others)))


def slips(topic: str, count: int, problems: int, seed: int = 1) -> Slips:
    """About `count` slips over `problems` problems of `topic`."""
    chance = random.Random(f"{topic}-slips-{seed}")
    out = Slips(topic)
    tasks = solutions(topic, problems)
    for _ in range(count):
        if out.visible >= count:
            break
        for solution, envelope in tasks:
            steps = [s for s in solution.trace.steps.values() if isinstance(s, Step)]
            if not steps or out.visible >= count:
                continue
            seed_of = random.Random(chance.random())
            how = seed_of.choice(("rounded", "full"))
            plain = Student(random.Random(3), FIGURES, how, keeps_zeros=True)  # type: ignore[arg-type]
            texts = paper(solution, plain)
            if texts is None:
                continue
            step = chance.choice(steps)
            for candidate in candidates(solution, step, chance, 2):
                student = Student(random.Random(3), FIGURES, how, keeps_zeros=True,  # type: ignore[arg-type]
                                  slip=at_step(candidate, step), at=solution.trace.name(step.key))  # fmt: skip
                one(out, solution, envelope, student, plain, texts, candidate)
            known = list(everywhere(solution))
            if known:
                name, rule = chance.choice(known)
                student = Student(random.Random(3), FIGURES, how, keeps_zeros=True, slip=rule)  # type: ignore[arg-type]
                one(out, solution, envelope, student, plain, texts, name)
            outside(out, solution, envelope, texts, how, chance)
    return out


def one(
    out: Slips,
    solution: Solution,
    envelope: ProblemFile,
    student: Student,
    without: Student,
    plain: dict[str, str],
    slip: Candidate | str,
) -> None:
    """One student with a slip, judged against the same student without it."""
    texts = paper(solution, student)
    if texts is None or not student.slipped:
        return
    order = [n for n in texts if n in plain]
    first = next((n for n in student.slipped if n in plain and _bare(texts.get(n, plain[n])) != _bare(plain[n])), None)
    if first is None:
        return
    report = marked(solution, envelope, texts)
    items = {i.name: i for i in report.items}
    if first not in items or items[first].written is None:
        return
    out.visible += 1
    item = items[first]
    kind = slip if isinstance(slip, str) else slip.id if slip.declared else "mutation: " + slip.says
    provable = isinstance(slip, str) or slip.declared or _figures(item.written or "") >= FEWEST_FIGURES
    if item.verdict != "wrong":
        out.misses.append(("unflagged", f"{first} {item.written} for {plain[first]} {item.verdict} by {kind}"))
    else:
        out.flagged += 1
        if provable:
            out.provable += 1
            if _named(item, slip) or _same_text(solution, student, item, first):
                out.named += 1
            else:
                says = "; ".join(s.says for s in item.slips)
                out.misses.append(
                    ("unnamed", f"{first} {item.written} for {plain[first]} by {kind}: {says} {item.line}")
                )
    # a gradient of a wrong rule has another rule too
    touched = {n for n, rule in student.rules.items() if without.rules.get(n) != rule} | set(student.slipped)
    after = order[order.index(first) + 1 :]
    late = [
        n for n in after
        if n not in touched and n in items and items[n].verdict == "wrong"
        and not (_figures(texts[n]) == 0 and _figures(texts[first]) == 0)  # a 0 out of a wrong 0 is not paid
    ]  # fmt: skip
    if late:
        out.later_wrong += 1
        out.misses.append(("later", f"{late[:3]} {items[late[0]].written} after {first} {item.written} by {kind}"))


def _named(item: ReportItem, slip: Candidate | str) -> bool:
    if len(item.slips) > MOST_NAMED:
        return False
    name = slip if isinstance(slip, str) else slip.id
    return any(s.id == name for s in item.slips)


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


def _figures(text: str) -> int:
    """The significant figures of all numbers in `text` together."""
    return sum(len(n.replace(".", "").lstrip("0")) for n in re.findall(r"[\d.]+", re.sub(r"\*10\^-?\d+", "", text)))


def outside(
    out: Slips, solution: Solution, envelope: ProblemFile, plain: dict[str, str], how: str, chance: random.Random
) -> None:
    """Errors that nobody has declared: a changed digit, a random factor."""
    steps = [s for s in solution.trace.steps.values() if isinstance(s, Step)]
    step = chance.choice(steps)
    name = solution.trace.name(step.key)
    digits = (
        fmpq(chance.randint(1001, 9999), 1000) if chance.random() < 0.5 else 1 + fmpq(chance.randint(-400, 400), 1234)
    )
    student = Student(random.Random(3), FIGURES, how, keeps_zeros=True, factor={name: digits})  # type: ignore[arg-type]
    texts = paper(solution, student)
    if texts is None or texts.get(name) == plain.get(name) or name not in texts:
        return
    report = marked(solution, envelope, texts)
    item = _item(report, name)
    if item is None or item.verdict != "wrong" or "e" in (item.written or ""):
        return
    if _figures(item.written or "") < FIGURES:
        return
    out.outside += 1
    if item.slips:
        out.false_names += 1
        says = "; ".join(s.says for s in item.slips)
        out.misses.append(("false", f"{name} {item.written} for {plain[name]} factor {digits}: {says}"))


def _item(report: Report, name: str) -> ReportItem | None:
    return next((i for i in report.items if i.name == name), None)
