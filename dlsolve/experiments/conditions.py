"""Events and counts in plain words: a small grammar over the fields of an outcome.

heads even · sum = 7 · first H · at least 2 sixes · max <= 4 and not doubles · all different ·
first > second · sum in {7, 11} · sum divisible by 3 · no red · {HHT, HTH}
"""

from __future__ import annotations

from collections.abc import Callable

from dlsolve.errors import InputError
from dlsolve.experiments.counts import Count, Counts
from dlsolve.experiments.faces import face_of
from dlsolve.experiments.space import NUMBERS, Outcome, Space
from dlsolve.experiments.tokens import MAX_DEPTH

Event = Callable[[Outcome], bool]

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "=": lambda a, b: a == b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "≠": lambda a, b: a != b,
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, "≤": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "≥": lambda a, b: a >= b,
}  # fmt: skip
_AMOUNT = {("at", "least"): ">=", ("at", "most"): "<=", ("more", "than"): ">", ("less", "than"): "<",
           ("fewer", "than"): "<", ("exactly",): "="}  # fmt: skip
_KINDS: dict[str, Callable[[int], bool]] = {
    "even": lambda n: n % 2 == 0,
    "odd": lambda n: n % 2 == 1,
    "prime": lambda n: n > 1 and all(n % d for d in range(2, int(n**0.5) + 1)),
}


def condition(text: str, space: Space, where: str) -> Event:
    """The event that `text` says. Raises `InputError` where it is not understood."""
    reader = _Reader(text, space, where)
    event = reader.either()
    reader.end()
    return event


def quantity(text: str, space: Space, where: str) -> Count:
    """The number that `text` says of an outcome: ``heads``, ``sum``, ``max - min``, ``number of sixes``."""
    reader = _Reader(text, space, where)
    count = reader.sum()
    reader.end()
    return count


class _Reader(Counts):
    # -- events --------------------------------------------------------------------------------

    def either(self) -> Event:
        events = [self.both()]
        while self.accept("or", "∪"):
            events.append(self.both())
        return events[0] if len(events) == 1 else lambda o: any(e(o) for e in events)

    def both(self) -> Event:
        events = [self.one()]
        while self.accept("and", "but", ",", "∩"):
            events.append(self.one())
        return events[0] if len(events) == 1 else lambda o: all(e(o) for e in events)

    def one(self) -> Event:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fault("nested too deeply")
        try:
            return self._one()
        finally:
            self.depth -= 1

    def _one(self) -> Event:
        if self.accept("not"):
            event = self.one()
            return lambda o: not event(o)
        if self.peek() == "(":
            start = self.at
            try:
                self.at += 1
                event = self.either()
                self.expect(")")
                if self.peek() not in (*_COMPARE, "+", "-", "−", "*", "·", *_KINDS, "is"):
                    return event
            except InputError:
                pass
            self.at = start
        if self.peek() == "{":
            labels = self.labels()
            known = self.space.named()
            for label in labels:
                if label not in known:
                    raise self.fault(f"{label!r} is no outcome")
            return lambda o: o.label in labels
        return self._amount() or self._whole() or self._alone() or self._relation()

    def _amount(self) -> Event | None:
        """``at least 2 heads``, ``exactly one six``, ``2 heads``, ``no tail``."""
        start = self.at
        sign = ""
        for words, symbol in _AMOUNT.items():
            if all(self.peek(n) == w for n, w in enumerate(words)):
                self.at += len(words)
                sign = symbol
                break
        bound = 0 if not sign and self.accept("no") else self.number()
        if bound is not None:
            held = self.counted()
            if held is not None and self.peek() not in (*_COMPARE, *_KINDS, "is"):
                compare = _COMPARE[sign or "="]
                return lambda o: compare(held(o), bound)
        if sign:
            if len(self.space.outcomes[0].faces) == 1 and bound is not None and not self.peek():
                value, compare = self.value(), _COMPARE[sign]
                return lambda o: compare(value(o), bound)
            raise self.fault("it does not say at least how many of what")
        self.at = start
        return None

    def _whole(self) -> Event | None:
        """``all different``, ``all equal``, ``all heads``, ``any six``, ``doubles``."""
        if self.accept("double", "doubles"):
            return lambda o: len(set(o.faces)) == 1
        start = self.at
        word = self.accept("all", "both", "any", "some")
        if not word:
            return None
        word = "all" if word == "both" else word
        if word == "all" and self.accept("different", "distinct"):
            return lambda o: len(set(o.faces)) == len(o.faces)
        if word == "all" and self.accept("equal", "same", "alike", "the"):
            self.accept("same")
            return lambda o: len(set(o.faces)) == 1
        held = self.counted()
        if held is None:
            self.at = start
            raise self.fault(f"{self.peek(1)!r} is not understood")
        return (lambda o: held(o) == len(o.faces)) if word == "all" else (lambda o: held(o) > 0)

    def _alone(self) -> Event | None:
        """Of one trial: ``even``, ``> 4``, ``a king``, ``red``."""
        if self.peek() in (*_KINDS, *_COMPARE, "divisible", "multiple", "between", "in"):
            return self._related(self.value())
        if len(self.space.outcomes[0].faces) != 1:
            return None
        start = self.at
        self.accept("a", "an")
        held = self.counted()
        if held is not None and not self.peek().startswith(tuple(_COMPARE)) and self.peek() not in _KINDS:
            return lambda o: held(o) == 1
        self.at = start
        return None

    def _relation(self) -> Event:
        place = self.position()
        if place is not None:
            start = self.at
            self.accept("is", "=", "==", "shows", "a", "an")
            self.accept("a", "an")
            negated = bool(self.accept("not", "!=", "≠"))
            face = face_of(self.peek(), self.space)
            if face is not None and self.peek(1) not in ("+", "-", "−", "*", "·"):
                self.at += 1
                return lambda o: face(o.faces[place]) != negated
            self.at = start - 1
        return self._related(self.sum())

    def _related(self, value: Count) -> Event:
        self.accept("is", "are")
        negated = bool(self.accept("not"))
        event = self._test(value)
        return (lambda o: not event(o)) if negated else event

    def _test(self, value: Count) -> Event:
        word = self.accept(*_KINDS)
        if word:
            self.accept("number")
            kind = _KINDS[word]
            return lambda o: kind(value(o))
        if self.accept("divisible", "multiple", "a"):
            self.accept("multiple")
            self.accept("by", "of")
            by = self.number()
            if not by:
                raise self.fault("divisible by which number?")
            return lambda o: value(o) % by == 0
        if self.accept("between"):
            low = self.sum()
            self.expect("and")
            high = self.sum()
            return lambda o: low(o) <= value(o) <= high(o)
        if self.accept("in"):
            allowed = self.labels()
            return lambda o: str(value(o)) in allowed
        for words, sign in _AMOUNT.items():
            if all(self.peek(n) == w for n, w in enumerate(words)):
                self.at += len(words)
                other, compare = self.sum(), _COMPARE[sign]
                return lambda o: compare(value(o), other(o))
        word = self.accept(*_COMPARE)
        if not word and self.peek() not in NUMBERS and not self.peek().isdigit():
            raise self.fault("no comparison in it" + (f" at {self.peek()!r}" if self.peek() else ""))
        other, compare = self.sum(), _COMPARE[word or "="]
        return lambda o: compare(value(o), other(o))
