"""Values that come in any order: eigenvalues, and the vectors and multiplicities that go with them.

A student's λ₁ is whichever eigenvalue it is; v₁ and its multiplicities go along. Vectors of a
repeated eigenvalue are right where they span its space, whichever basis was chosen. P and D may
have their columns in any order that goes together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dlsolve.checker.answers import canonical, read_answer
from dlsolve.checker.family import MOST, Aligned, Family, families, fits, matching
from dlsolve.checker.judge import fit
from dlsolve.checker.report import Report
from dlsolve.checker.spaces import judge_columns, judge_spaces
from dlsolve.checker.texts import symbol
from dlsolve.checker.windows import Answer
from dlsolve.errors import DlsolveError
from dlsolve.formula.tree import Index
from dlsolve.handwriting import UnreadableError, normalise_name
from dlsolve.handwriting.answers import value as read_value
from dlsolve.named import keys_by_name
from dlsolve.solver import Solution
from dlsolve.trace import Trace

# -- several values under one name -----------------------------------------------------------------


def spread(trace: Trace, values: Mapping[str, str]) -> dict[str, str]:
    """``lam = 6 and -1`` and ``eigenvalues: 6, -1`` as λ₁ = 6, λ₂ = −1."""
    known = list(families(trace))
    if not known:
        return dict(values)
    out: dict[str, str] = {}
    for written, text in values.items():
        family = next((f for f in known if _means(f, written)), None)
        texts = _several(text) if family is not None else []
        if family is None or not texts:
            out[written] = text
            continue
        for n, one in enumerate(_repeated(family, texts), 1):
            out.setdefault(family.name(family.row.name, n), one)
    return out


def _means(family: Family, written: str) -> bool:
    known = keys_by_name(family.trace)
    try:
        canonical(family.trace, written, known)
        return False
    except UnreadableError:
        pass
    noun = family.row.meaning.partition(" ")[0].lower()
    word = re.sub(r"[^a-z]", "", written.lower())
    return family.row.name in normalise_name(written) or word in (noun, noun + "s")


def _several(text: str) -> list[str]:
    try:
        written = read_value(text)
    except (DlsolveError, ArithmeticError, RecursionError):
        return []
    if written.shape in ("set", "list") and len(written.items) <= MOST:
        return [item.text for item in written.items]
    return [text] if written.shape in ("number", "complex") else []


def _repeated(family: Family, texts: Sequence[str]) -> list[str]:
    """A repeated value that was written once stands for all its copies."""
    if len(texts) >= len(family.members):
        return list(texts)
    groups = list(family.groups())
    out: list[str] = []
    for text in texts:
        answer = read_answer("", text)
        at = next((g for g in groups if fits(answer, family.value(family.row.name, g[0]))), None)
        if at is not None:
            groups.remove(at)
        out += [text] * (len(at) if at is not None else 1)
    return out if len(out) <= len(family.members) else list(texts)


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


__all__ = ["Aligned", "aligned", "restored", "spread"]
