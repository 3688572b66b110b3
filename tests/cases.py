"""Every problem the laws are run on: each topic's example and each file under problems/."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from dlsolve import catalog
from dlsolve.errors import InputError
from dlsolve.fields import read_problem
from dlsolve.problem import ProblemFile, items
from dlsolve.solver import Solution, solve_problem
from dlsolve.topic import Topic

ROOT = Path(__file__).resolve().parent.parent
TOPIC_TESTS = ROOT / "tests" / "topics"
TOPICS = catalog.names()


@dataclass(frozen=True)
class Case:
    """One problem, not read yet. `number` is its place in a file of several; `file` empty means a
    topic's example."""

    topic: str
    file: str = ""
    number: int = 0
    meta: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def id(self) -> str:
        path = Path(self.file)
        return (
            f"{path.parent.name}/{path.stem}" + (f"#{self.number}" if self.number else "") if self.file else self.topic
        )

    @cache  # noqa: B019 - cases live as long as the run
    def read(self) -> tuple[Topic[Any], Any, ProblemFile]:
        """The topic, its problem, and the envelope."""
        if not self.file:
            topic = catalog.topic(self.topic)
            envelope = ProblemFile(topic=topic.name, given=dict(topic.example))
            return topic, read_problem(topic.problem, topic.example), envelope
        item = list(items(str(ROOT / self.file)))[self.number]
        if isinstance(item, InputError):
            raise item
        envelope = item.read()
        topic = catalog.topic(envelope.topic)
        return topic, read_problem(topic.problem, envelope.given), envelope

    def solve(self, **how: Any) -> Solution:
        """Solved anew."""
        topic, problem, envelope = self.read()
        stated = {"asked": envelope.asked, "printed": envelope.printed, "id": envelope.id, "title": envelope.title}
        how.setdefault("conventions", dict(envelope.conventions))
        return solve_problem(topic, problem, symbols=envelope.symbols, meta=stated, **how)

    @cache  # noqa: B019
    def solution(self) -> Solution:
        """Solved once for all laws."""
        return self.solve()


def _files() -> list[Case]:
    found = []
    for path in sorted((ROOT / "problems").rglob("*.json*")):
        name = path.relative_to(ROOT).as_posix()
        try:
            count = len(list(items(str(path))))
        except InputError:
            count = 1  # read again, and reported, by each law
        found += [Case(path.parent.name, name, n) for n in range(count)]
    return found


EXAMPLES = [Case(topic) for topic in TOPICS]
FILES = _files()
CASES = EXAMPLES + FILES


def test_file(topic: str) -> Path | None:
    """Where a topic's own tests stand."""
    found = list(TOPIC_TESTS.rglob(f"test_{topic.replace('-', '_')}.py"))
    return found[0] if found else None


test_file.__test__ = False  # type: ignore[attr-defined]


def problems(topic: str) -> st.SearchStrategy[Mapping[str, Any]] | None:
    """Random problems of a topic (the `given` of a problem file): `PROBLEMS` of its test file."""
    path = test_file(topic)
    if path is None:
        return None
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return getattr(module, "PROBLEMS", None)
