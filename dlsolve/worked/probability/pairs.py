"""Pairs of values of two random variables, each with its probability or count, from any layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.experiments import quantity, space_of
from dlsolve.experiments.stated import Stated
from dlsolve.worked.probability.values import text, value_of


@dataclass(frozen=True)
class Pairs:
    """`x` and `y` of each pair, and its mass: a count where `counted`, else a probability."""

    x: Sequence[fmpq]
    y: Sequence[fmpq]
    masses: Sequence[fmpq]
    counted: bool


def pairs_of_table(table: Mapping[str, Mapping[str, fmpq]], where: str, *, counted: bool) -> Pairs:
    """{value of X: {value of Y: mass}}; cells of mass 0 are left out. Raises `InputError`."""
    found: dict[tuple[fmpq, fmpq], fmpq] = {}
    for left, row in table.items():
        for right, mass in row.items():
            pair = value_of(left, where), value_of(right, f"{where}.{left}")
            if pair in found:
                raise InputError(f"{where}.{left}", f"the pair ({text(pair[0])}, {text(pair[1])}) stands twice")
            found[pair] = mass
    whole = sum(found.values(), fmpq(0))
    if whole == 0:
        raise InputError(where, "no pair at all", remedy="give at least one that can happen")
    if not counted and whole != 1:
        raise InputError(where, f"the probabilities sum to {text(whole)}, not to 1",
                         remedy="give them as fractions such as 1/3, or give counts")  # fmt: skip
    kept = [(pair, mass) for pair, mass in found.items() if mass]
    return Pairs([x for (x, _), _ in kept], [y for (_, y), _ in kept], [m for _, m in kept], counted)


def pairs_of_data(x: Sequence[fmpq] | None, y: Sequence[fmpq] | None) -> Pairs:
    """Observed pairs, each as likely as any other. Raises `InputError`."""
    if x is None or y is None:
        raise InputError(f"$.given.{'x' if x is None else 'y'}", "is missing", remedy="give x and y, one for one")
    if len(x) != len(y):
        raise InputError("$.given.y", f"{len(x)} values of X and {len(y)} of Y", remedy="give them one for one")
    return Pairs(x, y, [fmpq(1)] * len(x), True)


def pairs_of_space(p: Stated, x: str | None, y: str | None) -> Pairs:
    """Two counts over the outcomes of an experiment. Raises `InputError`."""
    space = space_of(p)
    if x is None or y is None:
        raise InputError(f"$.given.{'X' if x is None else 'Y'}", "is missing", remedy='give "X": "heads", "Y": "tails"')
    left, right = quantity(x, space, "$.given.X"), quantity(y, space, "$.given.Y")
    ways: Counter[tuple[int, int]] = Counter()
    for o in space.outcomes:
        ways[left(o), right(o)] += o.ways
    order = sorted(ways)
    even = space.chances is None
    masses = [fmpq(ways[k], 1 if even else space.total) for k in order]
    return Pairs([fmpq(a) for a, _ in order], [fmpq(b) for _, b in order], masses, even)
