"""Text on one line or several: safe to print, in ASCII, how wide it is, where it may break."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from dlsolve.errors import visible
from dlsolve.notation import GREEK

_ASCII = {v: k for k, v in reversed(GREEK.items()) if k not in ("lr", "eps")} | {
    "−": "-", "–": "-", "—": "-", "·": "*", "⊙": "*", "×": "x", "≥": ">=", "≤": "<=", "≠": "!=", "≈": "~",
    "→": "->", "↔": "<->", "⋯": "...", "⋮": "...", "…": "...", "√": "sqrt ", "∂": "d", "∇": "grad ", "∞": "inf",
    "Σ": "sum ", "∑": "sum ", "∈": "in", "½": "1/2", "′": "'", "“": '"', "”": '"', "’": "'", "✓": "ok", "✗": "FAILS",
    "ᵀ": "^T", "⁻": "^-", "∩": "and", "∪": "or", "⇒": "=>", "⟶": "->", "•": "*", "ᵗ": "^t", "ⁿ": "^n",
    "\u0302": "_hat", "\u0304": "_bar", "\u0303": "_tilde",
}  # fmt: skip


def clean(text: str) -> str:
    """`text` with what controls a terminal or turns the direction of writing made visible; any blank becomes
    a space; an accented letter is one character where there is one (ŷ)."""
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text)
    if text.isprintable():
        return text
    return visible("".join(" " if c.isspace() else c for c in text))


def ascii_text(text: str) -> str:
    """`text` in ASCII: Greek by name, signs by their keyboard forms, the rest decomposed."""
    if text.isascii():
        return text
    out = []
    for c in unicodedata.normalize("NFD", text):
        if c.isascii():
            out.append(c)
        elif c in _ASCII:
            out.append(_ASCII[c])
        else:
            plain = unicodedata.normalize("NFKD", c)
            plain = "".join(p for p in plain if p.isascii())
            raised = "SUPER" in unicodedata.name(c, "")
            out.append(("^" if raised else "") + plain if plain else "" if unicodedata.combining(c) else "?")
    return "".join(out)


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


_WHOLE = re.compile(r"\S+(?: [+−/=<>≥≤≈≠→-] \S+)+|\((?:[^\s(),]+, )+[^\s(),]+\)")


def prose(text: str, room: int, indent: int = 0) -> list[str]:
    """A sentence in lines as `fold` makes them, its short equations (``η = 0.01``) and tuples kept whole."""

    def held(found: re.Match[str]) -> str:
        return found[0].replace(" ", "\xa0") if width(found[0]) <= room // 2 else found[0]

    return [line.replace("\xa0", " ") for line in fold(_WHOLE.sub(held, text), room, indent)]


def json_text(data: object) -> str:
    """`data` as JSON, indented, with what does not show in it escaped."""
    import json

    return unseen_escaped(json.dumps(data, ensure_ascii=False, indent=2)) + "\n"


def unseen_escaped(text: str) -> str:
    r"""A JSON text with every character that does not show, or turns the direction of writing, as ``\u202e``."""
    if text.replace("\n", "").isprintable():
        return text
    import json

    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
