"""The values of a run: where they stand, whether they are finite, when two are equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flint import arb, fmpq

from dlsolve.errors import RuleError
from dlsolve.formula.columns import Columns
from dlsolve.formula.tree import Index
from dlsolve.numbers.elementary import MAX_BITS
from dlsolve.numbers.families import Family, Keys
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError
from dlsolve.numbers.show import to_float
from dlsolve.trace.items import Key


class Environment(Columns):
    """Handed-on values by key; an entry of a stored matrix or family answers to its position."""

    def __init__(self, *start: Any) -> None:
        super().__init__(*start)
        self.families: dict[str, Family] = {}

    def hold(self, base: str, members: Sequence[Index], values: Any) -> None:
        """Hold `values`, an array of floats, under `base` at each of `members`."""
        known = self.families.get(base)
        self.families[base] = Family(members, values) if known is None else known.joined(members, values)

    def holds(self, base: str, index: Index) -> bool:
        """Whether there is a value under `base` at `index`."""
        return (base, index) in self or (base in self.families and self.families[base].at(index) is not None)

    def __missing__(self, key: Any) -> Any:
        if self.families and isinstance(key, tuple) and len(key) == 2 and key[0] in self.families:
            value = self.families[key[0]].at(key[1])
            if value is not None:
                return value
        for cut in range(len(key) - 1, 0, -1) if isinstance(key, tuple) else ():
            prefix = key[:cut] if cut > 1 else key[0]
            if prefix not in self:
                continue
            whole, at = self[prefix], key[cut:]
            try:
                if isinstance(whole, Matrix):
                    return whole.at(*at)
                if hasattr(whole, "shape"):
                    return float(whole[at[0] - 1, at[1] - 1] if len(at) == 2 else whole.reshape(-1)[at[0] - 1])
            except (IndexError, TypeError):
                break
        raise RuleError(f"a rule needs {_plain(key)}, which has no value yet")


def _plain(key: Key) -> str:
    return key if isinstance(key, str) else f"{key[0]}[{', '.join(map(str, key[1:]))}]"


def settled(value: Any) -> Any:
    """`value` fit to be handed on: a truth as 0 or 1, long fractions as enclosures.

    Raises `ArithmeticError` for a float that is not finite, `UndecidedError` for such a ball.
    """
    if isinstance(value, Matrix):
        for e in value.entries():
            if isinstance(e, arb) and not e.is_finite():
                raise UndecidedError("a value without bounds", e)
        if any(isinstance(e, fmpq) and e.height_bits() > MAX_BITS for e in value.entries()):
            return value.map(lambda e: arb(e) if isinstance(e, fmpq) and e.height_bits() > MAX_BITS else e)
        return value
    if isinstance(value, bool):
        return fmpq(int(value))
    if isinstance(value, fmpq):
        return arb(value) if value.height_bits() > MAX_BITS else value
    if isinstance(value, arb):
        if not value.is_finite():
            raise UndecidedError("a value without bounds", value)
    elif isinstance(value, float):
        if value != value or abs(value) == float("inf"):
            raise ArithmeticError("no finite value in float64")
    elif hasattr(value, "shape"):
        import numpy

        if not numpy.isfinite(value).all():
            raise ArithmeticError("no finite value in float64")
    return value


def close(left: Any, right: Any, room: float | None) -> bool:
    """Equal entry by entry: exactly where `room` is None, else within `room` of their size."""
    if type(left) is type(right) and type(left) in (fmpq, arb, float):
        return _near(left, right, room)
    if all(hasattr(value, "shape") and not isinstance(value, Matrix) for value in (left, right)):
        sizes = abs(left).clip(1.0, None).clip(abs(right), None)
        return bool(left.shape == right.shape and (abs(left - right) <= (room or 1e-6) * sizes).all())
    a, b = _flat(left), _flat(right)
    if len(a) == 1 or len(b) == 1:
        a, b = a * max(1, len(b)), b * max(1, len(a))
    return len(a) == len(b) and all(_near(x, y, room) for x, y in zip(a, b, strict=True))


def _near(a: Any, b: Any, room: float | None) -> bool:
    if room is None and not isinstance(a, float) and not isinstance(b, float):
        gap = a - b
        return bool(gap == 0) if isinstance(gap, fmpq) else bool(gap.contains(0))
    x, y = to_float(a), to_float(b)
    return abs(x - y) <= (room or 1e-6) * max(1.0, abs(x), abs(y))


def _flat(value: Any) -> list[Any]:
    if isinstance(value, Matrix):
        return list(value.entries())
    return value.reshape(-1).tolist() if hasattr(value, "shape") else [value]


def spread(base: str, index: tuple[Index, ...], value: Any) -> tuple[Sequence[Key], Sequence[Any]]:
    """The keys and values of a typed quantity: one, or those of a family (from 1)."""
    if isinstance(value, Mapping):
        return [(base, *index, k) for k in value], list(value.values())
    if isinstance(value, list | tuple):
        return [(base, *index, n) for n in range(1, len(value) + 1)], value
    return [(base, *index) if index else base], [value]


def is_plain(value: Any) -> bool:
    """Whether a typed family holds numbers alone."""
    values = value.values() if isinstance(value, Mapping) else value
    return set(map(type, values)) <= {int, fmpq}


def as_family(env: Environment, base: str, value: Any) -> Sequence[Key]:
    """Hold a typed family of many numbers as one array. Returns its keys."""
    import numpy

    if isinstance(value, Mapping):
        members: Sequence[Index] = list(value)
        value = list(value.values())
    else:
        members = range(1, len(value) + 1)
    env.hold(base, members, numpy.array([v if isinstance(v, int) else to_float(v) for v in value], dtype=float))
    return Keys(base, members)
