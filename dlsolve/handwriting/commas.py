"""Commas and spaces inside written numbers: a decimal comma, groups of thousands, or a list."""

from __future__ import annotations

import re

from dlsolve.handwriting.tokens import UnreadableError

_THIN = "\u202f"
_CHAIN = re.compile(r"(?<![0-9.,])[0-9]+(?:\.[0-9]+)?(?:,[0-9]+(?:\.[0-9]*)?)+(?![0-9])")
_THOUSANDS_POINT = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]*")
_COMMA_NUMBER = re.compile(r"(?<![0-9.,])(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]*),[0-9]+(?![0-9.]|,[0-9])")
_POINT_GROUP = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?![0-9.,])")
_TWO_COMMAS = re.compile(r"[0-9]+,[0-9]+(?:,[0-9]+)+")
SPACED = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?: [0-9]{3})+(?![0-9])(?! ?[0-9])")
_REMEDY = "write a decimal point, or spaces after the commas of a list"


def settle_commas(text: str, decimal_comma: bool) -> str:
    """`text`, of the same length, with one reading of its commas: points where they are decimal,
    thin spaces where they group digits. Raises `UnreadableError` where both could be meant."""
    out = list(text)
    for start, part in _outside(text, whole=decimal_comma):
        done = _decimal(part, start) if decimal_comma else _list(part, start)
        done = SPACED.sub(lambda m: m[0].replace(" ", _THIN), done)
        out[start : start + len(part)] = done
    return "".join(out)


def _outside(text: str, *, whole: bool) -> list[tuple[int, str]]:
    """The stretches of `text` outside all brackets, with their offsets (all of it where `whole`)."""
    if whole:
        return [(0, text)]
    out: list[tuple[int, str]] = []
    depth, start = 0, 0
    for n, c in enumerate(text):
        if c in "([{":
            if depth == 0:
                out.append((start, text[start:n]))
            depth += 1
        elif c in ")]}" and depth:
            depth -= 1
            start = n + 1
    return [*out, (start, text[start:])] if depth == 0 else out


def _list(part: str, start: int) -> str:
    """Without a decimal comma: 1,234.5 has thousands; 0.5,0.2 and 1,2,3 are lists; 1,234 is unclear."""

    def one(match: re.Match[str]) -> str:
        chain = match[0]
        if _THOUSANDS_POINT.fullmatch(chain):
            return chain.replace(",", _THIN)
        pieces = chain.split(",")
        grouped = all(len(p) == 3 for p in pieces[1:]) and len(pieces[0]) <= 3
        if "." not in chain and (len(pieces) == 2 or grouped):
            raise UnreadableError(
                f"the comma in {chain[:40]} can be a decimal point, a thousands sign or a list",
                offset=start + match.start(), remedy=_REMEDY,
            )  # fmt: skip
        return chain

    return _CHAIN.sub(one, part)


def _decimal(part: str, start: int) -> str:
    """With a decimal comma: 1.234,5 has thousands; 1.234 is unclear."""
    twice = _TWO_COMMAS.search(part)
    if twice:
        raise UnreadableError(
            f"the commas in {twice[0][:40]} can be decimal points or part a list",
            offset=start + twice.start(), remedy="write ; between the entries",
        )  # fmt: skip
    unclear = _POINT_GROUP.search(part)
    if unclear:
        raise UnreadableError(
            f"the point in {unclear[0][:40]} can be a decimal point or a thousands sign",
            offset=start + unclear.start(), remedy="write the digits without groups",
        )  # fmt: skip
    return _COMMA_NUMBER.sub(lambda m: m[0].replace(".", _THIN).replace(",", "."), part)


_TIMES = re.compile(
    r"(?<=[0-9)])( *)[xX](?= *10 *(?:\^|\*\*|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]))"
    r"|(?<=[0-9)])( +)[xX](?= +[0-9.])|(?<=[0-9])[xX](?=[0-9]*\.[0-9])"
)


def letter_times(text: str) -> str:
    """``1.2 x 10^-3`` and ``0.9 x 0.05`` with × for the letter x; of the same length."""
    return _TIMES.sub(lambda m: (m[1] or m[2] or "") + "×", text)
