"""What follows from the values that are given: rules tried in turn until nothing new follows.

The rules are a topic's own; a quantity may have several (``P_A:union``, ``P_A:complement``), and
the first whose right side is known gives it. Given values are exact, so what contradicts itself is
found before anything is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from flint import fmpq

from dlsolve.errors import DomainError
from dlsolve.formula.compiled import EXACT, compiled
from dlsolve.formula.rules import Rule, RuleBook
from dlsolve.formula.tree import names


@dataclass(frozen=True)
class Conflict:
    """A value that a rule contradicts: `rule` gives `value`, where `known` stands."""

    rule: Rule
    value: fmpq
    known: fmpq


def follow_up(book: RuleBook, given: Mapping[str, fmpq], leave_out: Collection[str] = ()) -> tuple[
    list[str], dict[str, fmpq]
]:  # fmt: skip
    """The rules that apply, in order, and all values known in the end.

    `leave_out` holds rule ids that the problem does not allow. A rule that would divide by 0, or
    leaves the rationals, is passed over.
    """
    known, order = dict(given), list[str]()
    usable = [rule for rule in book.plain.values() if not rule.letters and rule.id not in leave_out]
    found = True
    while found:
        found = False
        for rule in usable:
            if rule.base not in known and (value := _value(rule, known)) is not None:
                known[rule.base] = value
                order.append(rule.id)
                found = True
                break
    return order, known


def conflicts(book: RuleBook, known: Mapping[str, fmpq], leave_out: Collection[str] = ()) -> Iterator[Conflict]:
    """Every rule whose two sides are known and differ."""
    for rule in book.plain.values():
        if not rule.letters and rule.id not in leave_out and rule.base in known:
            value = _value(rule, known)
            if value is not None and value != known[rule.base]:
                yield Conflict(rule, value, known[rule.base])


def needs(book: RuleBook, target: str, known: Iterable[str]) -> set[str]:
    """Single quantities any one of which would give `target`."""
    have = set(known)
    missing = [set(names(rule.expr)) - have for rule in book.plain.values() if rule.base == target]
    return {next(iter(m)) for m in missing if len(m) == 1}


def _value(rule: Rule, known: Mapping[str, fmpq]) -> fmpq | None:
    if not names(rule.expr) <= set(known):
        return None
    try:
        value = compiled(rule.expr, (), EXACT)(known)
    except (ZeroDivisionError, DomainError):
        return None
    return value if isinstance(value, fmpq) else None
