"""Values of one name at many indices, held as one array of floats: for runs beyond hand size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

Index = int | str
MANY = 10_000
"""So many values of one kind are still worked out, named and held one by one."""


class NotEntrywiseError(Exception):
    """Something that does not work on many values at once."""


class Many:
    """Many values of an index letter, in order: step numbers, or labels. `numbers` may stand in place
    of `members`."""

    def __init__(self, members: Sequence[Index], numbers: Any = None) -> None:
        self.members = members
        if numbers is not None:
            self.__dict__["numbers"] = numbers

    @cached_property
    def numbers(self) -> Any:
        """The indices as an array of whole numbers. Raises `NotEntrywiseError` for labels."""
        import numpy

        if isinstance(self.members, range):
            return numpy.arange(self.members.start, self.members.stop, self.members.step)
        if not isinstance(self.members[0], int):
            raise NotEntrywiseError("labels")
        return numpy.array(self.members)

    def __add__(self, other: int) -> Many:
        return Many((), self.numbers + other)

    def __sub__(self, other: int) -> Many:
        return Many((), self.numbers - other)

    __radd__ = __add__


class Family:
    """`values`, an array of floats, at the indices `members`."""

    def __init__(self, members: Sequence[Index], values: Any) -> None:
        self.members = members
        self.values = values

    def joined(self, members: Sequence[Index], values: Any) -> Family:
        """This family and more of it."""
        import numpy

        return Family([*self.members, *members], numpy.concatenate([self.values, values]))

    def at(self, index: Index) -> float | None:
        """The value at one index; None where there is none."""
        place = self._place(index)
        return None if place is None else float(self.values[place])

    def _place(self, index: Index) -> int | None:
        if isinstance(self.members, range):
            return self.members.index(index) if isinstance(index, int) and index in self.members else None
        return self._places.get(index)

    @cached_property
    def _places(self) -> dict[Index, int]:
        return {member: n for n, member in enumerate(self.members)}

    @cached_property
    def _order(self) -> tuple[Any, Any]:
        """The indices as an array in rising order, and where each stands."""
        import numpy

        numbers = Many(self.members).numbers
        order = numpy.argsort(numbers, kind="stable")
        return numbers[order], order

    def take(self, many: Many, other: Callable[[Index], float]) -> Any:
        """The values at `many`; those that the family does not hold are those of `other`."""
        import numpy

        if many.members is self.members:
            return self.values
        if many.members and not isinstance(many.members[0], int):
            found = [self._place(member) for member in many.members]
            return numpy.array(
                [other(m) if n is None else self.values[n] for m, n in zip(many.members, found, strict=True)]
            )
        have, order = self._order
        at = numpy.minimum(numpy.searchsorted(have, many.numbers), len(have) - 1)
        out = self.values[order[at]]
        for n in numpy.flatnonzero(have[at] != many.numbers).tolist():
            out[n] = other(int(many.numbers[n]))
        return out


class Keys(Sequence[tuple[Index, ...]]):
    """The keys of a family, made when they are looked at."""

    def __init__(self, base: str, members: Sequence[Index]) -> None:
        self.base = base
        self.members = members

    def __len__(self) -> int:
        return len(self.members)

    def __getitem__(self, at: Any) -> Any:
        found = self.members[at]
        return [(self.base, m) for m in found] if isinstance(at, slice) else (self.base, found)
