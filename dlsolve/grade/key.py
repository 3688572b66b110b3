"""The key of a class: its problems, each solved once to know what is asked and what it is worth."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import msgspec

from dlsolve.batch.items import Fault, Task, id_of, tasks
from dlsolve.errors import InputError
from dlsolve.fields.found import meant, short
from dlsolve.grade.names import MAX_NAME, natural, visible

MOST_STEPS = 5_000
"""Longer derivations are known by what is asked alone."""


class Problem(msgspec.Struct, frozen=True):
    """One problem, still bytes. `names` are the ways in which a file or a cell may call it."""

    number: int
    id: str
    names: tuple[str, ...]
    task: Task


class Step(msgspec.Struct, frozen=True):
    """A named value of a derivation: its symbol, its rule as text, whether it is asked, and what it is worth."""

    name: str
    symbol: str
    rule: str = ""
    asked: bool = False
    points: str = "0"


class Known(msgspec.Struct, frozen=True):
    """What a solved problem asks. `possible` is exact text (``7/2``); `steps` stand in their order."""

    id: str
    title: str
    topic: str
    possible: str
    steps: tuple[Step, ...]


class Key:
    """All problems of a class, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        called: dict[str, list[Problem]] = {}
        for problem in self.problems:
            for name in problem.names:
                called.setdefault(spelled(name), []).append(problem)
        # an id goes before a file's name; two files of one name stand for neither
        self._by_name = {name: found[0] for name, found in called.items() if len(found) == 1}
        self._by_name |= {spelled(p.id): p for p in self.problems}

    def __len__(self) -> int:
        return len(self.problems)

    def find(self, name: str) -> Problem | None:
        """The problem called `name`, in any case."""
        return self._by_name.get(spelled(name))

    def unknown(self, name: str) -> Fault:
        """That no problem is called `name`."""
        ids = [p.id for p in self.problems]
        remedy = meant(
            name[:MAX_NAME], ids, f"the problems are {', '.join(map(short, ids[:6]))}" + ", …" * (len(ids) > 6)
        )
        return Fault("", short(visible(name)), f"there is no problem {short(visible(name))}; {remedy}")


def spelled(name: str) -> str:
    """A problem's name with all that files and people change in it taken out."""
    return visible(name).strip().casefold().replace(" ", "_")


def read_key(path: str) -> list[Problem]:
    """The problems of a file or folder. Raises `InputError` where there is none, or two share an id."""
    found = list(_read(path))
    if not found:
        raise InputError(short(path), "holds no .json or .jsonl file", remedy="name problem files, or a folder of them")
    if len(found) == 1 and (fault := found[0].task.fault) is not None:
        problem, _, remedy = fault.message.partition("; ")
        raise InputError(found[0].task.label, problem, remedy=remedy)
    return found


def _read(path: str) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    found = list(tasks([path]))
    if os.path.isdir(path):
        found.sort(key=lambda t: (natural(t.path), t.item or 0))
    for number, task in enumerate(found):
        base = visible(task.name.replace("\\", "/").rpartition("/")[2])
        own = visible(id_of(task.data) or "").strip()
        if len(own) > MAX_NAME:
            raise InputError(task.label, f"an id of {len(own)} characters", remedy=f"at most {MAX_NAME} are read")
        id_ = own or (base if spelled(base) not in seen else visible(task.name))
        place = task.label if task.item is None else f"{task.path} ({task.item})"
        if spelled(id_) in seen:
            what = f"the problem {short(id_)} stands in {seen[spelled(id_)]} too"
            raise InputError(place, what, remedy="give each an id of its own")
        seen[spelled(id_)] = place
        yield Problem(number, id_, (id_, base) if spelled(base) != spelled(id_) else (id_,), task)
