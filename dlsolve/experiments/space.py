"""Sample spaces: every outcome of tosses, rolls and draws, with the number of ways it comes up."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.letters import slug

Face = int | str
"""What one trial shows: a number, H or T, a card such as A♠, a colour."""

MAX_OUTCOMES = 150_000
MAX_TRIALS = 40
SUITS = "♠♥♦♣"
RANKS = ("A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K")
CARDS: tuple[Face, ...] = tuple(rank + suit for suit in SUITS for rank in RANKS)
COIN: tuple[Face, ...] = ("H", "T")
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMBERS = {word: n for n, word in enumerate(_WORDS)}
NUMBERS |= {"a": 1, "an": 1, "once": 1, "twice": 2, "thrice": 3}
_HOW = 'write "3 coins", "2 dice", "a coin and a die", "2 cards without replacement", or give an urn'
_FEWER = (
    "take fewer trials; for repeated trials see the topic binomial, for large draws give an urn of what matters: "
    '"ace=4, other=48"'
)


@dataclass(frozen=True)
class Outcome:
    """What each trial shows, and in how many equally likely ways."""

    faces: tuple[Face, ...]
    ways: int = 1

    @property
    def label(self) -> str:
        """HHT, 4, (1, 3), (red, blue)."""
        if len(self.faces) == 1:
            return str(self.faces[0])
        if all(f in COIN for f in self.faces):
            return "".join(map(str, self.faces))
        return "(" + ", ".join(map(str, self.faces)) + ")"


@dataclass(frozen=True)
class Space:
    """All `outcomes`; `sizes` are the equally likely choices of each trial, whose product is n(S)."""

    outcomes: tuple[Outcome, ...]
    sizes: tuple[int, ...]
    kinds: frozenset[str]
    """Of coin, die, card, ball, listed."""
    faces: tuple[Face, ...]
    """Every face that a trial can show."""
    chances: Mapping[Face, fmpq] | None = None
    """P of each face, where they are not equally likely."""
    choices: tuple[tuple[Face, ...], ...] = ()
    """The faces of each trial; none for draws that change what is left."""

    @property
    def even(self) -> bool:
        """Whether each outcome listed is as likely as any other."""
        return all(o.ways == 1 for o in self.outcomes)

    @property
    def total(self) -> int:
        """The ways of all outcomes together."""
        return math.prod(self.sizes)

    def named(self) -> dict[str, Outcome]:
        """Outcomes by label."""
        return {o.label: o for o in self.outcomes}


def trials(text: str, replacement: bool | None, where: str) -> Space:
    """``3 coins``, ``a coin and a die``, ``die twice``, ``2 cards without replacement``, ``2d8``, without the
    words around them (`wording`). Raises `InputError`.
    """
    found: list[tuple[str, tuple[Face, ...]]] = []
    for part in re.split(r",|\+|&|\band\b|\bthen\b", text):
        if re.fullmatch(r"\s*(?:once|twice|thrice|\w+\s+times)\s*", part) and found:
            found = found * (_count(part.strip().removesuffix(" times").strip()) or 0)
        elif part.strip():
            found += _trials(" ".join(part.split()), text, where)
    if not found:
        raise InputError(where, "no experiment in it", found=repr(text), remedy=_HOW)
    if len(found) > MAX_TRIALS:
        raise InputError(where, f"more than {MAX_TRIALS} trials", remedy=_FEWER)
    kinds = frozenset(kind for kind, _ in found)
    if "card" in kinds and not replacement and len(found) > 1:
        if kinds != {"card"}:
            raise InputError(where, "cards with other trials need replacement", remedy="draw the cards alone")
        return _without_replacement(CARDS, len(found), where)
    choices = tuple(faces for _, faces in found)
    _affordable(math.prod(map(len, choices)), where)
    outcomes = tuple(Outcome(faces) for faces in product(*choices))
    every = tuple(dict.fromkeys(f for faces in choices for f in faces))
    return Space(outcomes, tuple(map(len, choices)), kinds, every, None, choices)


def _trials(part: str, text: str, where: str) -> list[tuple[str, tuple[Face, ...]]]:
    match = re.fullmatch(
        r"(?:(?P<count>\d{1,3}|[a-z]+)\s+)??(?:(?P<sides>\d{1,3}|[a-z]+)[ -]sided\s+)?"
        r"(?P<noun>coins?|dies?|dice|cards?)(?:\s+(?P<times>once|twice|thrice|(?:\d{1,3}|[a-z]+)\s+times))?", part,
    )  # fmt: skip
    short = re.fullmatch(r"(?P<count>\d{0,3})d(?P<sides>\d{1,3})", part)
    if short:
        return [("die", _die(int(short["sides"]), where))] * int(short["count"] or 1)
    counted = [
        _count(w) for w in ((match["count"], (match["times"] or "").removesuffix(" times")) if match else ()) if w
    ]
    if match is None or None in counted:
        raise InputError(where, f"{part!r} is no experiment that is known", found=repr(text), remedy=_HOW)
    number = math.prod(n for n in counted if n is not None)
    if number > MAX_TRIALS:
        raise InputError(where, f"more than {MAX_TRIALS} trials", found=repr(text), remedy="take fewer")
    if match["noun"].startswith("coin"):
        return [("coin", COIN)] * number
    if match["noun"].startswith("card"):
        return [("card", CARDS)] * number
    sides = _count(match["sides"] or "six")
    if sides is None:
        raise InputError(where, f"a die of {match['sides']} sides is not known", remedy="write 8-sided")
    return [("die", _die(sides, where))] * number


def _count(word: str) -> int | None:
    return int(word) if word.isdigit() else NUMBERS.get(word.strip())


def _die(sides: int, where: str) -> tuple[Face, ...]:
    if sides < 2:
        raise InputError(where, "a die has at least 2 sides")
    return tuple(range(1, sides + 1))


def _affordable(number: int, where: str) -> None:
    if number > MAX_OUTCOMES:
        raise InputError(
            where, f"{number} outcomes are too many to list",
            remedy=_FEWER,
        )  # fmt: skip
    if number == 0:
        raise InputError(where, "no outcome at all", remedy="at least one trial is needed")


def _without_replacement(faces: Sequence[Face], draws: int, where: str) -> Space:
    _affordable(math.perm(len(faces), draws), where)
    outcomes = tuple(Outcome(o) for o in permutations(faces, draws))
    return Space(outcomes, tuple(len(faces) - k for k in range(draws)), frozenset({"card"}), tuple(faces))


def drawn(urn: Mapping[str, int], draws: int, replacement: bool, where: str) -> Space:
    """Draws from an urn of so many balls by colour. Balls of one colour look alike: an outcome is
    a sequence of colours, `ways` the equally likely draws of single balls that show it."""
    total = sum(urn.values())
    if total == 0:
        raise InputError(where, "the urn is empty", remedy="give how many of each kind are in it")
    if draws > MAX_TRIALS:
        raise InputError(where, f"more than {MAX_TRIALS} draws", remedy="take fewer")
    if not replacement and draws > total:
        raise InputError(where, f"{draws} draws from {total} without replacement", remedy="draw fewer")
    colours = [c for c, n in urn.items() if n]
    _affordable(len(colours) ** draws, where)
    outcomes = tuple(_sequences(urn, colours, draws, replacement))
    sizes = tuple(total if replacement else total - k for k in range(draws))
    return Space(outcomes, sizes, frozenset({"ball"}), tuple(urn))


def _sequences(urn: Mapping[str, int], colours: Sequence[str], draws: int, replacement: bool) -> Iterator[Outcome]:
    for faces in product(colours, repeat=draws):
        left, ways = dict(urn), 1
        for face in faces:
            ways *= left[face]
            left[face] -= 0 if replacement else 1
        if ways:
            yield Outcome(faces, ways)


def listed(labels: Sequence[str], where: str) -> Space:
    """Equally likely outcomes as they are listed; words of H and T are tosses of coins."""
    slugs: dict[str, str] = {}
    for label in labels:
        name = slug(label, label)
        if name in slugs:
            other = slugs[name]
            same = "listed twice" if other == label else f"too like {other!r}"
            raise InputError(where, f"{label!r} is {same}", remedy="list each outcome once")
        slugs[name] = label
    if len(labels) > 1 and len({len(w) for w in labels}) == 1 and all(set(w) <= {"H", "T"} for w in labels):
        coins = tuple(Outcome(tuple(w)) for w in labels)
        return Space(coins, (len(labels),), frozenset({"coin", "listed"}), COIN)
    faces: list[Face] = [int(w) if re.fullmatch(r"-?\d{1,9}", w) else w for w in labels]
    alone = tuple(faces)
    return Space(tuple(Outcome((f,)) for f in faces), (len(labels),), frozenset({"listed"}), alone, None, (alone,))
