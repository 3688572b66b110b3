"""Events in turns of phrase: two heads in a row, same suit, more heads than tails, heads on the second toss."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from dlsolve.experiments.counts import Count, Counts
from dlsolve.experiments.faces import PARITY, alike, face_of
from dlsolve.experiments.space import Face, Outcome

Event = Callable[[Outcome], bool]

_TOTALS = ("sum", "product", "total", "difference", "max", "maximum", "min", "minimum", "score")


class Patterns(Counts):
    def outcome(self) -> Event | None:
        """``HHT``, ``K♥``, ``(1, 2)``: an outcome as it is written."""
        named = self.space.named()
        for label, length in self.label_ahead():
            found = named.get(label)
            alone = self.peek(length) in ("", "or", "and", "but", ",", ")", "∪", "∩")
            if found is not None and alone and (len(found.faces) > 1 or not self.is_number(0)):
                self.at += length
                return lambda o: o.faces == found.faces
        return None

    def pattern(self) -> Event | None:
        start = self.at
        for read in (
            self._compared,
            self._parity_first,
            self.shared,
            self._on_place,
            self._pair,
            self._each_once,
            self._places,
        ):
            event = read()
            if event is not None:
                return event
            self.at = start
        return None

    def _compared(self) -> Event | None:
        """``more heads than tails``, ``as many heads as tails``, ``equal number of heads and tails``."""
        signs: dict[str, Callable[[int, int], bool]] = {
            "more": lambda a, b: a > b, "fewer": lambda a, b: a < b, "less": lambda a, b: a < b,
            "as": lambda a, b: a == b, "equal": lambda a, b: a == b, "same": lambda a, b: a == b,
        }  # fmt: skip
        word = self.accept(*signs)
        if not word:
            return None
        if word == "as":
            self.accept("many")
        elif word in ("equal", "same"):
            self.accept("number", "numbers")
            if not self.accept("of"):
                return None
        left = self.counted()
        if left is None or not self.accept("than", "as", "and"):
            return None
        right = self.counted()
        compare = signs[word]
        return None if right is None else lambda o: compare(left(o), right(o))

    def _parity_first(self) -> Event | None:
        """``even sum``, ``odd number of heads``."""
        word = self.accept(*PARITY)
        if not word or not (self.peek() in _TOTALS or (self.peek(), self.peek(1)) == ("number", "of")):
            return None
        value: Count = self.sum()
        test = PARITY[word]
        return lambda o: test(value(o))

    def shared(self) -> Event | None:
        """``same suit``, ``different colours``, ``numbers differ``, ``equal``, ``doubles``."""
        self.accept("of")
        self.accept("two", "three")
        self.accept("numbers", "faces", "they", "dice", "cards", "balls", "suits", "colours")
        self.accept("are", "is", "show", "have", "of")
        word = self.accept("same", "equal", "alike", "identical", "different", "distinct", "differ", "unequal")
        if not word or self.peek() in (*self._compare_words(), "to"):
            return None
        share = alike(self.peek(), self.space)
        if share is not None:
            self.at += 1
        by: Callable[[Face], object] = share or (lambda f: f)
        if word in ("same", "equal", "alike", "identical"):
            return lambda o: len({by(f) for f in o.faces}) == 1
        return lambda o: len({by(f) for f in o.faces}) == len(o.faces)

    def _compare_words(self) -> tuple[str, ...]:
        return ("=", "==", "<", ">", "<=", ">=", "≤", "≥", "!=", "≠")

    def _on_place(self) -> Event | None:
        """``heads on second toss``, ``six on first``."""
        face = face_of(self.peek(), self.space)
        if face is None or self.peek(1) not in ("on", "in"):
            return None
        self.at += 2
        place = self.position()
        return None if place is None else lambda o: face(o.faces[place])

    def _pair(self) -> Event | None:
        """``pair``: two cards of one rank, two dice of one number."""
        if not self.accept("pair", "double", "doubles") or len(self.space.outcomes[0].faces) != 2:
            return None
        rank = alike("rank", self.space) or (lambda f: f)
        return lambda o: rank(o.faces[0]) == rank(o.faces[1])

    def _each_once(self) -> Event | None:
        """``an ace and a king`` of two cards, ``a red and a blue``, ``one of each colour``."""
        trials = len(self.space.outcomes[0].faces)
        if (self.peek(), self.peek(1), self.peek(2)) == ("one", "of", "each"):
            self.at += 3
            self.accept("colour", "color", "kind", "sort")
            return lambda o: len(set(o.faces)) == len(o.faces) == len(self.space.faces)
        held = []
        while trials > 1 and (count := self.counted()) is not None:
            held.append(count)
            if not self.accept("and"):
                return (lambda o: all(h(o) == 1 for h in held)) if len(held) == trials else None
        return None

    def _places(self) -> Event | None:
        """``first = last``, ``first and last are different``: faces that are no numbers."""
        one = self.position()
        sign = self.accept("and", "=", "==", "!=", "≠", "is", "equals") if one is not None else ""
        two = self.position() if sign else None
        if one is None or two is None:
            return None
        if sign == "and":
            self.accept("are", "is")
            said = self.accept("equal", "same", "alike", "different", "differ")
            if not said:
                return None
            sign = "≠" if said.startswith("differ") else "="
        elif self.peek() in ("+", "-", "−", "*", "·"):
            return None
        return lambda o: (o.faces[one] == o.faces[two]) == (sign not in ("!=", "≠"))

    def in_a_row(self) -> bool:
        """``in a row`` after what it says it of."""
        if (self.peek(), self.peek(1)) == ("in", "row"):
            self.at += 2
            return True
        return bool(self.accept("consecutively", "successively"))

    def run(self, held: Count, length: int, *, exact: bool) -> Event:
        """A run of at least `length` trials that show what is counted; the longest run is, if `exact`."""

        def longest(o: Outcome) -> int:
            shows = [held(Outcome((f,))) > 0 for f in o.faces]
            return max((sum(1 for _ in group) for yes, group in groupby(shows) if yes), default=0)

        return (lambda o: longest(o) == length) if exact else lambda o: longest(o) >= length
