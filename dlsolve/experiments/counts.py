"""Numbers of an outcome in words: ``heads``, ``sum``, ``max - min``, ``number of sixes``, ``first + second``."""

from __future__ import annotations

from collections.abc import Callable

from dlsolve.experiments.faces import noun, positions
from dlsolve.experiments.space import NUMBERS, Outcome
from dlsolve.experiments.tokens import MAX_DEPTH, Tokens

Count = Callable[[Outcome], int]

_TOTALS: dict[str, Callable[[list[int]], int]] = {
    "sum": sum, "total": sum, "max": max, "maximum": max, "largest": max, "highest": max,
    "min": min, "minimum": min, "smallest": min, "lowest": min,
    "range": lambda v: max(v) - min(v), "difference": lambda v: max(v) - min(v),
}  # fmt: skip


class Counts(Tokens):
    def position(self) -> int | None:
        place = positions(len(self.space.outcomes[0].faces)).get(self.peek())
        if place is not None:
            self.at += 1
            self.accept("toss", "roll", "die", "coin", "card", "draw", "ball", "one")
        return place

    def sum(self) -> Count:
        value = self._product()
        while sign := self.accept("+", "-", "−"):
            value = _added(value, self._product(), 1 if sign == "+" else -1)
        return value

    def _product(self) -> Count:
        value = self._factor()
        while self.accept("*", "·"):
            value = _times(value, self._factor())
        return value

    def _factor(self) -> Count:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fault("nested too deeply")
        if self.accept("("):
            value = self.sum()
            self.expect(")")
        elif self.accept("|"):
            inner = self.sum()
            self.expect("|")
            value = lambda o: abs(inner(o))  # noqa: E731
        else:
            value = self._leaf()
        self.depth -= 1
        return value

    def _leaf(self) -> Count:
        if self.accept("number", "count", "how"):
            if not self.accept("of", "many"):
                return self.value()
            held = self.counted()
            if held is None:
                raise self.fault(f"the number of what? {self.peek()!r} is not counted here")
            return held
        total = self.accept(*_TOTALS)
        if total:
            fold = _TOTALS[total]
            return self._numeric(lambda o: fold([int(f) for f in o.faces]))
        if self.accept("product"):
            return self._numeric(_multiplied)
        if self.accept("value", "x"):
            return self.value()
        place = self.position()
        if place is not None:
            return self.numeric_at(place)
        constant = self.number()
        if constant is not None:
            return lambda _: constant
        held = self.counted()
        if held is None:
            raise self.fault(f"{self.peek()!r} is not understood" if self.peek() else "something is missing at the end")
        return held

    def counted(self) -> Count | None:
        """How many trials show what the next word names: heads, sixes, red, kings."""
        counts = noun(self.peek(), self.space)
        if counts is None:
            return None
        self.at += 1
        # red king, king of hearts: both hold
        start = self.at
        self.accept("of")
        further = noun(self.peek(), self.space) if "card" in self.space.kinds else None
        if further is not None:
            self.at += 1
        else:
            self.at = start
            self.accept("ball", "balls", "card", "cards", "numbers", "number")
        return lambda o: sum(1 for f in o.faces if counts(f) and (further is None or further(f)))

    def value(self) -> Count:
        if len(self.space.outcomes[0].faces) != 1:
            raise self.fault("of several trials, say which: first, sum, max, the number of …")
        return self._numeric(lambda o: int(o.faces[0]))

    def numeric_at(self, place: int) -> Count:
        """The number that one trial shows."""
        return self._numeric(lambda o: int(o.faces[place]), place)

    def is_number(self, ahead: int) -> bool:
        word = self.peek(ahead)
        return word.isdigit() or word in NUMBERS

    def _numeric(self, count: Count, place: int | None = None) -> Count:
        shown = self.space.faces if place is None else [o.faces[place] for o in self.space.outcomes]
        if not all(isinstance(f, int) for f in shown):
            raise self.fault("the outcomes are no numbers; count something (heads, red, kings)")
        return count


def _added(a: Count, b: Count, sign: int) -> Count:
    return lambda o: a(o) + sign * b(o)


def _times(a: Count, b: Count) -> Count:
    return lambda o: a(o) * b(o)


def _multiplied(o: Outcome) -> int:
    value = 1
    for face in o.faces:
        value *= int(face)
    return value
