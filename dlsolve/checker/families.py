"""Values that come in any order: eigenvalues, and the vectors and multiplicities that go with them.

A student's λ₁ is whichever eigenvalue it is; v₁ and its multiplicities go along. Vectors of a
repeated eigenvalue are right where they span its space, whichever basis was chosen. P and D may
have their columns in any order that goes together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dlsolve.checker.family import Aligned, Family, families, matching
from dlsolve.checker.judge import fit
from dlsolve.checker.report import Report
from dlsolve.checker.spaces import judge_columns, judge_spaces
from dlsolve.checker.texts import symbol
from dlsolve.checker.windows import Answer
from dlsolve.formula.tree import Index
from dlsolve.named import keys_by_name
from dlsolve.solver import Solution

# -- in any order ------------------------------------------------------------------------------------


def aligned(solution: Solution, answers: Mapping[str, Answer]) -> Aligned:
    """`answers` under the names that the run gives the same values."""
    out = Aligned(dict(answers))
    for family in families(solution.trace):
        order = _order(family, answers)
        if any(k != j for k, j in order.items()):
            _rename(family, order, out)
        judge_spaces(family, out)
        judge_columns(family, out)
    return out


def _order(family: Family, answers: Mapping[str, Answer]) -> dict[Index, Index]:
    """The student's number of a member -> the run's, by values where they were written, else by vectors."""
    for row in [family.row, *family.alongside("direction")]:
        written = {k: answers[n] for k in family.members if (n := family.name(row.name, k)) in answers}
        if not written:
            continue
        likely = {
            k: [j for j in family.members if (v := family.value(row.name, j)) is not None
                and a.unreadable is None and fit(a, v, row.kind) != "no"]
            for k, a in written.items()
        }  # fmt: skip
        return _completed(family.members, matching(likely))
    return {k: k for k in family.members}


def _completed(members: Sequence[Index], found: dict[Index, Index]) -> dict[Index, Index]:
    """What has no partner keeps its number where that is free, else takes the next free one."""
    free = [j for j in members if j not in found.values()]
    for k in members:
        if k not in found and k in free:
            found[k] = k
            free.remove(k)
    for k in members:
        if k not in found:
            found[k] = free.pop(0)
    return found


def _rename(family: Family, order: Mapping[Index, Index], out: Aligned) -> None:
    moves: dict[str, str] = {}
    for row in family.alongside("multiset", "direction", "integer"):
        if row.kind == "multiset" and row is not family.row:
            continue
        for k, j in order.items():
            moves[family.name(row.name, k)] = family.name(row.name, j)
    moved: dict[str, Answer] = {}
    for name, answer in out.answers.items():
        base, bracket, entry = name.partition("[")
        moved[moves.get(base, base) + bracket + entry] = answer
    out.answers = moved
    out.back |= {new: old for old, new in moves.items() if old != new}


def restored(solution: Solution, report: Report, back: Mapping[str, str]) -> None:
    """The student's own numbers in a report."""
    known = keys_by_name(solution.trace)
    for item in report.items:
        base, bracket, entry = item.name.partition("[")
        if base in back:
            item.name = back[base] + bracket + entry
            key = known.get(back[base])
            item.symbol = (symbol(solution.trace, key) if key is not None else back[base]) + bracket + entry


__all__ = ["Aligned", "aligned", "restored"]
