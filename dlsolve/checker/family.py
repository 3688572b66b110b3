"""A family of values in no fixed order, and which written one is which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dlsolve.checker.judge import fit
from dlsolve.checker.windows import Answer
from dlsolve.formula.tree import Index
from dlsolve.notation import Quantity
from dlsolve.trace import Trace

MOST = 24
"""Members of a family that are put in order."""


@dataclass
class Aligned:
    """Answers under the names of the run. `back` gives each name its name in the student's order;
    `settled` says of what was judged here, with its neighbours in view, what is wrong, or nothing."""

    answers: dict[str, Answer]
    back: dict[str, str] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Family:
    """One base of kind multiset, its members in order, and the directions that go with them."""

    row: Quantity
    members: tuple[Index, ...]
    trace: Trace

    def name(self, base: str, member: Index) -> str:
        return self.trace.symbols.ascii(base, (member,))

    def value(self, base: str, member: Index) -> Any:
        return self.trace.env.get((base, member))

    def alongside(self, *kinds: str) -> list[Quantity]:
        rows = self.trace.symbols.notation.quantities
        return [q for q in rows if q.letters == self.row.letters and q.kind in kinds]

    def groups(self) -> Iterator[list[Index]]:
        """Members of equal value, in order."""
        seen: list[tuple[Any, list[Index]]] = []
        for member in self.members:
            value = self.value(self.row.name, member)
            same = next((g for v, g in seen if type(v) is type(value) and bool(v == value)), None)
            if same is not None:
                same.append(member)
            else:
                seen.append((value, [member]))
        yield from (g for _, g in seen)


def families(trace: Trace) -> Iterator[Family]:
    for row in trace.symbols.notation.quantities:
        if row.kind == "multiset" and len(row.letters) == 1:
            members = tuple(k[1] for k in trace.steps if isinstance(k, tuple) and k[0] == row.name and len(k) == 2)
            if 1 < len(members) <= MOST:
                yield Family(row, members, trace)


def fits(answer: Answer, value: Any) -> bool:
    return answer.unreadable is None and fit(answer, value, "multiset") != "no"


def matching(fitting: Mapping[Index, list[Index]]) -> dict[Index, Index]:
    """The most pairs, each student's number kept where it fits."""
    taken: dict[Index, Index] = {j: j for j, those in fitting.items() if j in those}

    def place(k: Index, tried: set[Index]) -> bool:
        for j in fitting[k]:
            if j in tried:
                continue
            tried.add(j)
            if j not in taken or place(taken[j], tried):
                taken[j] = k
                return True
        return False

    for k in fitting:
        if k not in taken.values():
            place(k, set())
    return {k: j for j, k in taken.items()}


__all__ = ["MOST", "Aligned", "Family", "families", "fits", "matching"]
