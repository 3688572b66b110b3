"""Events and counts in plain words: a small grammar over the fields of an outcome.

heads even · sum = 7 · first H · at least 2 sixes · max <= 4 and not doubles · all different ·
first > second · sum in {7, 11} · sum divisible by 3 · no red · {HHT, HTH}
"""

from __future__ import annotations

from collections.abc import Callable

from dlsolve.errors import InputError
from dlsolve.experiments.counts import Count
from dlsolve.experiments.faces import PARITY as _KINDS
from dlsolve.experiments.faces import face_of
from dlsolve.experiments.patterns import Event, Patterns
from dlsolve.experiments.space import NUMBERS, Space
from dlsolve.experiments.tokens import MAX_DEPTH

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "=": lambda a, b: a == b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "≠": lambda a, b: a != b,
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, "≤": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "≥": lambda a, b: a >= b,
}  # fmt: skip
_AMOUNT: dict[tuple[str, ...], str] = {
    ("at", "least"): ">=", ("at", "most"): "<=", ("exactly",): "=", ("equal", "to"): "=", ("exceeds",): ">",
    **{(w, "than"): ">" for w in ("more", "greater", "larger", "higher")},
    **{(w, "than"): "<" for w in ("less", "fewer", "smaller", "lower")},
}  # fmt: skip
_MEMBERS = ("dice", "coins", "cards", "them", "balls")


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


class _Reader(Patterns):
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
        if self.accept("neither", "none"):
            return self._neither()
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
        named = self.outcome()
        if named is not None:
            return named
        return self.pattern() or self._amount() or self._whole() or self._alone() or self._relation()

    def _neither(self) -> Event:
        """``neither a heart nor a king``, ``neither shows a 6``."""
        self.accept("of")
        self.accept("dice", "coins", "cards", "them", "die", "card")
        self.accept("is", "are", "show", "shows")
        several = len(self.space.outcomes[0].faces) > 1
        events = []
        while True:
            held = self.counted() if several else None
            events.append(_some(held) if held is not None else self.one())
            if not self.accept("nor", "or"):
                return lambda o: not any(e(o) for e in events)

    def _amount(self) -> Event | None:
        """``at least 2 heads``, ``exactly one six``, ``2 heads``, ``no tail``."""
        start = self.at
        sign = ""
        for words, symbol in _AMOUNT.items():
            if all(self.peek(n) == w for n, w in enumerate(words)):
                self.at += len(words)
                sign = symbol
                break
        bound = 0 if not sign and self.accept("no") else self.number() if self.peek(1) != "of" or sign else None
        if bound == 0 and self.peek() == "two" and ("row" in self.tokens or "consecutive" in self.tokens):
            self.at += 1
        if bound is not None:
            run = self.accept("consecutive", "successive")
            if self.peek() == "of" and self.peek(1) in _MEMBERS:
                self.at += 1
            if self.accept("die", "coin", *_MEMBERS):
                self.accept("is", "are", "show", "shows", "be")
            held = self.counted()
            if held is not None and (run or self.in_a_row()):
                event = self.run(held, bound or 2, exact=sign == "=")
                return event if bound else lambda o: not event(o)
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
        self.accept("two", "three", "four", "five")
        self.accept("are", "is", "show", "shows", "of", "dice", "cards", "coins", "numbers")
        if self.peek() in _COMPARE or any((self.peek(), self.peek(1)) == w for w in _AMOUNT):
            return self._each(word)
        shared = self.shared() if word == "all" else None
        if shared is not None:
            return shared
        held = self.counted()
        if held is None:
            self.at = start
            raise self.fault(f"{self.peek(1)!r} is not understood")
        return (lambda o: held(o) == len(o.faces)) if word == "all" else (lambda o: held(o) > 0)

    def _each(self, word: str) -> Event:
        """``both > 4``, ``all at least 3``: one comparison asked of every face."""
        at, tests = self.at, []
        for place in range(len(self.space.outcomes[0].faces)):
            self.at = at
            tests.append(self._test(self.numeric_at(place)))
        return (lambda o: all(e(o) for e in tests)) if word == "all" else lambda o: any(e(o) for e in tests)

    def _alone(self) -> Event | None:
        """Of one trial: ``even``, ``> 4``, ``a king``, ``red``."""
        if self.peek() in (*_KINDS, *_COMPARE, "divisible", "multiple", "between", "in"):
            return self._related(self.value())
        if len(self.space.outcomes[0].faces) != 1:
            return None
        start = self.at
        held = self.counted()
        if held is not None and not self.peek().startswith(tuple(_COMPARE)) and self.peek() not in _KINDS:
            return lambda o: held(o) == 1
        self.at = start
        return None

    def _relation(self) -> Event:
        start = self.at
        place = self.position()
        if place is not None:
            self.accept("is", "=", "==", "shows")
            negated = bool(self.accept("not", "!=", "≠"))
            face = face_of(self.peek(), self.space)
            if face is not None and self.peek(1) not in ("+", "-", "−", "*", "·"):
                self.at += 1
                return lambda o: face(o.faces[place]) != negated
            self.at = start
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
        if self.accept("divisible", "multiple"):
            self.accept("by", "of")
            by = self.number()
            if not by:
                raise self.fault("divisible by which number?")
            return self._divisible(value, by)
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
        word = self.accept(*_COMPARE, "of")
        word = "=" if word == "of" else word
        if not word and self.peek() not in NUMBERS and not self.peek().isdigit():
            raise self.fault("no comparison in it" + (f" at {self.peek()!r}" if self.peek() else ""))
        other, compare = self.sum(), _COMPARE[word or "="]
        if (word or "=") in ("=", "=="):
            return self._one_of(value, other)
        return lambda o: compare(value(o), other(o))

    def _divisible(self, value: Count, by: int) -> Event:
        """``divisible by 3 or 4``"""
        divisors = [by]
        while self.peek() == "or" and self.is_number(1) and self.peek(2) in ("", "or", ")", "and", "but"):
            self.at += 1
            divisors.append(self.number() or 1)
        return lambda o: any(value(o) % d == 0 for d in divisors)

    def _one_of(self, value: Count, first: Count) -> Event:
        """``sum is 7 or 11``: numbers alone go on from the one before."""
        allowed = [first]
        while self.peek() in ("or", ",") and self.is_number(1) and self.peek(2) in ("", "or", ",", ")", "and", "but"):
            self.at += 1
            allowed.append(self.sum())
        return lambda o: any(value(o) == other(o) for other in allowed)


def _some(held: Count) -> Event:
    return lambda o: held(o) > 0
