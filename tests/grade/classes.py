"""Simulated classes: students who round, slip, forget, leave out, and hand in what nobody can read."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from dlsolve import assignment
from dlsolve.assignment import Overlay
from dlsolve.fields.hostile import parse_json
from dlsolve.problem import read_envelope
from dlsolve.solver import Solution
from tests.cases import ROOT
from tests.marking.honest import paper
from tests.marking.students import Student

KEY = ("adam/adam-3steps", "bayes/spam-bayes", "momentum/momentum-3steps")
"""Problems of a class, below problems/."""


@cache
def solution(name: str) -> Solution:
    text = (ROOT / "problems" / f"{name}.json").read_text(encoding="utf-8")
    return assignment.solve(read_envelope(parse_json(text, name)), Overlay(arith="exact"))


def key(folder: Path, names: Sequence[str] = KEY) -> Path:
    """A folder of problem files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        text = (ROOT / "problems" / f"{name}.json").read_text(encoding="utf-8")
        (folder / f"{name.rpartition('/')[2]}.json").write_text(text, encoding="utf-8")
    return folder


def answers(name: str, chance: random.Random, *, slips: bool = True) -> dict[str, str]:
    """What one student writes for a problem: often right, sometimes by a slip, now and then incomplete."""
    found = solution(name)
    known = [s.rule for s in found.topic.slips] if slips and chance.random() < 0.4 else []
    student = Student(chance, chance.choice((3, 4, 5)), chance.choice(("rounded", "full", "mixed")),
                      slip=chance.choice(known) if known else None)  # fmt: skip
    texts = dict(paper(found, student) or {})
    if slips and texts and chance.random() < 0.15:
        name_ = chance.choice(list(texts))
        texts[name_] = chance.choice(("0.0467", "1.7", "7", texts[name_][:-1] or "3"))
    if slips and chance.random() < 0.1:
        texts = {n: t for n, t in texts.items() if chance.random() < 0.7}
    return texts


def pupils(count: int, names: Sequence[str] = KEY, seed: int = 1) -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
    """(student, answers by problem id)."""
    for n in range(1, count + 1):
        chance = random.Random(f"{seed}-{n}")
        yield f"student-{n:03}", {name.rpartition("/")[2]: answers(name, chance) for name in names}


def hand_in(folder: Path, count: int, names: Sequence[str] = KEY, seed: int = 1) -> Path:
    """A folder of submissions, in every form in which they come."""
    for n, (who, work) in enumerate(pupils(count, names, seed)):
        place = folder / who
        if n % 4 == 0:  # one file for all
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{who}.json").write_text(json.dumps(work), encoding="utf-8")
            continue
        place.mkdir(parents=True, exist_ok=True)
        for problem, texts in work.items():
            match n % 4:
                case 1:
                    (place / f"{problem}.json").write_text(json.dumps(texts), encoding="utf-8")
                case 2:
                    page = "\n".join(f"{name} = {text}" for name, text in texts.items())
                    (place / f"{problem}.txt").write_text(page, encoding="utf-8")
                case _:
                    rows = "".join(f'{name},"{text}"\n' for name, text in texts.items())
                    (place / f"{problem}.csv").write_text("name,value\n" + rows, encoding="utf-8")
    return folder


def rows(count: int, names: Sequence[str] = KEY, seed: int = 1) -> list[list[str]]:
    """The same class as rows of student, problem, name, value."""
    return [
        [who, problem, name, text]
        for who, work in pupils(count, names, seed) for problem, texts in work.items() for name, text in texts.items()
    ]  # fmt: skip


if __name__ == "__main__":
    where = Path(sys.argv[1])
    key(where / "key")
    hand_in(where / "in", int(sys.argv[2]))
