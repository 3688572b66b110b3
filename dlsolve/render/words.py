"""Text on one line or several: how wide it is, where it may break."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def width(text: str) -> int:
    """Terminal columns that `text` takes: combining marks none, wide characters two."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, room: int, side: str = "left") -> str:
    """`text` filled with spaces to `room` columns, standing at `side` (left, right, centre)."""
    free = max(0, room - width(text))
    if side == "right":
        return " " * free + text
    if side == "centre":
        return " " * (free // 2) + text + " " * (free - free // 2)
    return text + " " * free


_SIGN = re.compile(r"(?= [+−/=<>≥≤→-] )")


def fold(text: str, room: int, indent: int = 0) -> list[str]:
    """`text` in lines of at most `room` columns, broken before a sign, else at a space; a word
    that is longer stands alone on its line, whole."""
    if width(text) <= room:
        return [text]
    lines: list[str] = []
    line = ""
    for part in _SIGN.split(text):
        for word in [part] if width(part) <= room - indent else re.split(r"(?<=\S)(?= )", part):
            if line and width(line) + width(word) > room:
                lines.append(line)
                line = " " * indent + word.lstrip()
            else:
                line += word
    return [*lines, line]


_EQUATION = re.compile(r"\S+(?: [+−/=<>≥≤≈≠→-] \S+)+")


def prose(text: str, room: int, indent: int = 0) -> list[str]:
    """A sentence in lines as `fold` makes them, its short equations (``η = 0.01``) kept whole."""

    def held(found: re.Match[str]) -> str:
        return found[0].replace(" ", "\xa0") if width(found[0]) <= room // 2 else found[0]

    return [line.replace("\xa0", " ") for line in fold(_EQUATION.sub(held, text), room, indent)]
