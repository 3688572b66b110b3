"""Densities as people write them: ``U(0, 2)``, ``N(0, 1)``, ``1/2 on [0, 1]; 1/4 on [1, 3]``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.numbers.exact import NumberError, read
from dlsolve.numbers.show import decimal, fraction, terminates

_CALL = re.compile(r"(?P<kind>U|uniform|unif|N|normal|gauss(?:ian)?)\s*[(\[](?P<args>[^()\[\]]*)[)\]]", re.IGNORECASE)
_ON = re.compile(
    r"(?P<height>\S+)\s+(?:on|in)\s+[\[(]?\s*(?P<left>[^,\s\[\]()]+)\s*(?:,|to|\s)\s*(?P<right>[^,\s\[\]()]+)\s*[\])]?"
)
_FOR = re.compile(r"(?P<height>\S+)\s+(?:for|if)\s+(?P<left>\S+?)\s*(?:<=?|≤)\s*x\s*(?:<=?|≤)\s*(?P<right>\S+)")
REMEDY = "write U(0, 2), N(0, 1) with mean and variance, or 1/2 on [0, 1]; 1/4 on [1, 3]"
MAX_PIECES = 50


@dataclass(frozen=True)
class Density:
    """Pieces (left, right, height) from left to right, height above 0; or a normal density (`normal`: μ, σ²)."""

    pieces: tuple[tuple[fmpq, fmpq, fmpq], ...] = ()
    normal: tuple[fmpq, fmpq] | None = None
    uniform: bool = False


def density(text: str, where: str) -> Density:
    """The density that `text` states. Raises `InputError` where it is none."""
    call = _CALL.fullmatch(text.strip())
    if call is None:
        return _pieces(text, where)
    args = [a.strip() for a in call["args"].split(",")]
    if len(args) != 2:
        raise InputError(where, "two numbers are needed in the brackets", found=text, remedy=REMEDY)
    if call["kind"][0] in "Uu":
        left, right = (_number(a, where) for a in args)
        if left >= right:
            raise InputError(where, "the first end must lie below the second", found=text, remedy="exchange the ends")
        return Density(((left, right, 1 / (right - left)),), uniform=True)
    mean, spread = args[0].partition("=")[2].strip() or args[0], args[1]
    name, _, value = spread.rpartition("=")
    squared = re.fullmatch(r"(.+?)\s*(?:\^2|\*\*2|²)", value.strip())
    number = _number(squared[1] if squared else value.strip(), where)
    if number <= 0:
        raise InputError(where, "the variance must lie above 0", found=text, remedy=REMEDY)
    deviation = bool(squared) or name.strip().lower() in {"sigma", "σ", "sd", "std", "s"}
    return Density(normal=(_number(mean, where), number**2 if deviation else number))


def _pieces(text: str, where: str) -> Density:
    out: list[tuple[fmpq, fmpq, fmpq]] = []
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if not parts or len(parts) > MAX_PIECES:
        raise InputError(where, f"{len(parts)} pieces", remedy=f"from 1 to {MAX_PIECES}: {REMEDY}")
    for part in parts:
        found = _ON.fullmatch(part) or _FOR.fullmatch(part)
        if found is None:
            raise InputError(where, "not a density", found=part, remedy=REMEDY)
        height, left, right = (_number(found[name], where) for name in ("height", "left", "right"))
        if left >= right:
            raise InputError(where, "a piece must begin below its end", found=part, remedy="exchange the ends")
        if height < 0:
            raise InputError(where, "a density is never below 0", found=part, remedy=REMEDY)
        out.append((left, right, height))
    out.sort(key=lambda piece: piece[:2])
    for before, after in pairwise(out):
        if after[0] < before[1]:
            raise InputError(where, "two pieces overlap", found=text, remedy="let each begin where the last ends")
    area = sum((height * (right - left) for left, right, height in out), fmpq(0))
    if area != 1:
        width = sum((right - left for left, right, height in out if height), fmpq(0))
        even = f"; one height all over would be {_text(1 / width)}" if width else ""
        raise InputError(where, f"it integrates to {_text(area)}, not to 1, so it is no density", found=text,
                         remedy=f"divide the heights by their integral{even}" if area else REMEDY)  # fmt: skip
    return Density(tuple(piece for piece in out if piece[2]))


def shared_pieces(p: Density, q: Density) -> list[tuple[int, int]]:
    """(piece of p, piece of q), from 1, for every stretch on which both are above 0, from left to right."""
    return [
        (i, j)
        for i, (a, b, _) in enumerate(p.pieces, 1)
        for j, (c, d, _) in enumerate(q.pieces, 1)
        if max(a, c) < min(b, d)
    ]


def covers(q: Density, p: Density) -> bool:
    """Whether q is above 0 wherever p is."""
    if q.normal is not None or p.normal is not None:
        return q.normal is not None
    inside = sum((min(p.pieces[i - 1][1], q.pieces[j - 1][1]) - max(p.pieces[i - 1][0], q.pieces[j - 1][0])
                  for i, j in shared_pieces(p, q)), fmpq(0))  # fmt: skip
    return bool(inside == sum((right - left for left, right, _ in p.pieces), fmpq(0)))


def _number(text: str, where: str) -> fmpq:
    try:
        return read(text.replace("−", "-"))
    except NumberError as fault:
        raise InputError(where, "not a number", found=text, remedy=REMEDY) from fault


def _text(value: fmpq) -> str:
    return decimal(value) if terminates(value) else fraction(value)
