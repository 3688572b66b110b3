"""Words for what one trial shows: heads, sixes, red, kings, first, last."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from dlsolve.experiments.space import NUMBERS, RANKS, Face, Space

Shows = Callable[[Face], bool]

_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_SUIT = {"spade": "♠", "heart": "♥", "diamond": "♦", "club": "♣"}
_RANK = {"ace": "A", "jack": "J", "queen": "Q", "king": "K"}
_WORDED = {word: n for word, n in NUMBERS.items() if word not in ("zero", "a", "an", "once", "twice", "thrice")}
PARITY: dict[str, Callable[[int], bool]] = {
    "even": lambda n: n % 2 == 0,
    "odd": lambda n: n % 2 == 1,
    "prime": lambda n: n > 1 and all(n % d for d in range(2, int(n**0.5) + 1)),
}


@lru_cache(maxsize=64)
def positions(trials: int) -> Mapping[str, int]:
    """``first``, ``2nd``, ``d3``, ``last`` -> the place from 0."""
    out = {word: n for n, word in enumerate(_PLACES[:trials])}
    out |= {f"{prefix}{n + 1}": n for n in range(trials) for prefix in ("d", "c", "x")}
    return {**out, "last": trials - 1}


def noun(word: str, space: Space) -> Shows | None:
    """What `word` counts among the faces, in one or several: head, heads, sixes, red, kings."""
    word = word.lower()
    colours = {str(f).lower(): f for f in space.faces} if "ball" in space.kinds else {}
    for form in (word, word.removesuffix("s"), word.removesuffix("es")):
        found = _exact(form, space)
        if found is None and form in colours:
            found = _equals(colours[form])
        if found is not None:
            return found
    return None


def _exact(word: str, space: Space) -> Shows | None:
    if "coin" in space.kinds and word in ("head", "h", "tail", "t"):
        return _equals(word[0].upper())
    if "card" in space.kinds:
        if word in _SUIT:
            return _ends(_SUIT[word])
        if word in ("red", "black"):
            return _ends("♥♦" if word == "red" else "♠♣")
        if word in ("face", "picture"):
            return lambda f: str(f)[0] in "JQK"
        if word == "number":
            return lambda f: str(f)[0] not in "AJQK"
        rank = _RANK.get(word) or (str(_WORDED[word]) if word in _WORDED else word if word in RANKS else "")
        return (lambda f: str(f)[:-1] == rank) if rank in RANKS else None
    numbers = [f for f in space.faces if isinstance(f, int)]
    if numbers:
        if word in PARITY:
            test = PARITY[word]
            return lambda f: isinstance(f, int) and test(f)
        if _WORDED.get(word) in numbers:
            return _equals(_WORDED[word])
        if re.fullmatch(r"\d{1,9}", word) and int(word) in numbers:
            return _equals(int(word))
    return None


def face_of(word: str, space: Space) -> Shows | None:
    """What ``first = WORD`` asks of a face: H, 6, red, a king, even."""
    if re.fullmatch(r"\d{1,9}", word):
        return _equals(int(word)) if int(word) in space.faces else None
    named = {str(f).lower(): f for f in space.faces}
    if word in named:
        return _equals(named[word])
    if word in NUMBERS and NUMBERS[word] in space.faces:
        return _equals(NUMBERS[word])
    return noun(word, space)


def alike(word: str, space: Space) -> Callable[[Face], object] | None:
    """What two faces share that are the same in a `word`: suit, rank, colour, number."""
    word = word.removesuffix("s")
    if "card" in space.kinds:
        return {
            "suit": lambda f: str(f)[-1], "rank": lambda f: str(f)[:-1], "value": lambda f: str(f)[:-1],
            "kind": lambda f: str(f)[:-1], "denomination": lambda f: str(f)[:-1],
            "colour": lambda f: str(f)[-1] in "♥♦", "color": lambda f: str(f)[-1] in "♥♦",
        }.get(word)  # fmt: skip
    if word in ("number", "face", "side", "value", "colour", "color", "kind", "score", "result"):
        return lambda f: f
    return None


def _equals(face: Face) -> Shows:
    return lambda f: f == face


def _ends(suits: str) -> Shows:
    return lambda f: str(f)[-1] in suits
