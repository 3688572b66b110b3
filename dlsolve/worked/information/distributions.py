"""Distributions as they are given: a list or a map, probabilities or counts."""

from __future__ import annotations

from collections.abc import Mapping

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.numbers.show import decimal, fraction, terminates

Table = Mapping[int | str, fmpq]
"""Values by outcome: a label, or a number from 1."""


def distribution(
    given: list[fmpq] | dict[str, fmpq] | None,
    counts: list[fmpq] | dict[str, fmpq] | None,
    name: str,
    counted: str,
    as_given: bool = False,
) -> tuple[Table, bool]:
    """The values by outcome and whether they are counts; with `as_given` they need not sum to 1.
    Raises `InputError`."""
    if (given is None) == (counts is None):
        raise InputError(
            "$.given", f"one of {name} and {counted} is needed", remedy=f"give {name} or {counted}, not both"
        )
    values = counts if given is None else given
    assert values is not None
    where = f"$.given.{counted if given is None else name}"
    pairs = values.items() if isinstance(values, dict) else enumerate(values, 1)
    out: dict[int | str, fmpq] = dict(pairs)
    whole = sum(out.values(), fmpq(0))
    if not out or (given is None and whole == 0):
        raise InputError(where, "no outcome", remedy="give at least one outcome that can happen")
    if given is not None and whole != 1 and not as_given:
        raise InputError(
            where, f"the probabilities sum to {total(out)}, not to 1",
            remedy=f"give fractions such as 1/3, or {counted} to divide by their sum; as_given takes them as they are",
        )  # fmt: skip
    return out, given is None


def total(values: Table) -> str:
    """Σ of the values, in text."""
    whole = sum(values.values(), fmpq(0))
    return decimal(whole) if terminates(whole) else fraction(whole)


def not_distributions(tables: Mapping[str, Table]) -> str:
    """What is said of tables that do not sum to 1; nothing where all do."""
    odd = [f"{name} sums to {total(table)}" for name, table in tables.items() if total(table) != "1"]
    return f"{' and '.join(odd)}, not to 1: the sums are taken as they stand, and KL may be below 0." if odd else ""


def refuse_other_outcomes(p: Table, q: Table) -> None:
    """Raises `InputError` unless p and q name the same outcomes."""
    if set(p) == set(q):
        return
    if len(p) != len(q):
        raise InputError(
            "$.given.q", f"{len(q)} outcomes, but p has {len(p)}", remedy="give 0 to an outcome that cannot happen"
        )
    odd = next(i for i in [*p, *q] if i not in p or i not in q)
    raise InputError(
        "$.given.q", f"p and q name different outcomes ({odd!r})", remedy="use the same names in both, or two lists"
    )


def impossible(weights: Table, over: Table) -> list[int | str]:
    """The outcomes that can happen although `over` gives them 0."""
    return [i for i in weights if weights[i] != 0 and over[i] == 0]


def shares(values: Table) -> dict[int | str, fmpq]:
    """Probabilities, also of counts."""
    whole = sum(values.values(), fmpq(0))
    return {i: v / whole for i, v in values.items()}
