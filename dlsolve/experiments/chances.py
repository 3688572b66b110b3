"""Biased coins, loaded dice, outcomes that are not equally likely: a probability for each face.

A face counts as so many equally likely choices: P(H) = 3/5 is 3 of 5. All that counts ways goes on as before.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.experiments.space import Face, Outcome, Space
from dlsolve.numbers.show import fraction

_REMEDY = 'give each face once, "H": 0.6, or in proportion, "1": 1, "6": 2; those left out share what is left'


def weighted(space: Space, chances: Mapping[str, fmpq], where: str) -> Space:
    """`space` with the `chances` of its faces, P(face) or in proportion; those of a trial that are
    left out share what is left. Raises `InputError`."""
    if space.kinds & {"card", "ball"}:
        raise InputError(where, "cards and balls are equally likely", remedy="give chances of a coin, a die, or of S")
    known: dict[str, Face] = {str(f): f for f in space.faces}
    known |= {word: word[0].upper() for word in ("h", "t", "head", "tail", "heads", "tails")}
    said: dict[Face, fmpq] = {}
    for name, chance in chances.items():
        face = known.get(name, known.get(name.lower()))
        if face is None or face not in space.faces:
            raise InputError(f"{where}.{name}", "no face of this experiment", remedy="name some of "
                             + ", ".join(map(str, space.faces[:12])))  # fmt: skip
        said[face] = chance
    if "listed" in space.kinds and not all(len(o.faces) == 1 for o in space.outcomes):
        raise InputError(where, "listed tosses are equally likely", remedy='give "experiment": "3 coins" instead')
    shares: dict[Face, fmpq] = {}
    for faces in dict.fromkeys(space.choices):
        shares |= _shares([f for f in faces if f in said], [f for f in faces if f not in said], said, where)
    tops = [[shares[f] for f in faces] for faces in space.choices]
    sizes = [math.lcm(*(int(s.q) for s in row)) for row in tops]
    outcomes = []
    for o in space.outcomes:
        ways = 1
        for face, size in zip(o.faces, sizes, strict=True):
            ways *= int((shares[face] * size).p)
        if ways:
            outcomes.append(Outcome(o.faces, ways))
    return Space(tuple(outcomes), tuple(sizes), space.kinds, space.faces, shares, space.choices)


def _shares(stated: Sequence[Face], others: Sequence[Face], said: Mapping[Face, fmpq], where: str) -> dict[Face, fmpq]:
    """What each face of one trial has of 1."""
    if not stated:
        return {f: fmpq(1, len(others)) for f in others}
    whole = sum((said[f] for f in stated), fmpq(0))
    if not others and whole > 0:
        return {f: said[f] / whole for f in stated}
    if whole > 1 or whole == 0:
        raise InputError(where, f"the chances given sum to {fraction(whole)}", remedy=_REMEDY)
    return {f: said[f] for f in stated} | {f: (1 - whole) / len(others) for f in others}


__all__ = ["weighted"]
