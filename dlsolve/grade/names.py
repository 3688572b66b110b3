"""Texts from outside, made safe: a student's name, a cell of a spreadsheet, the name of a file."""

from __future__ import annotations

import os
import re
import unicodedata
from hashlib import blake2b

MAX_NAME = 200
"""Characters of a student's name or a problem's id; longer ones are refused."""
MAX_FILE = 80

_FORMULA = tuple("=+-@＝＋－＠")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_PLAIN = re.compile(r"\w[\w.+@=-]*")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?|class|index.*|errors.*", re.IGNORECASE)


def visible(text: str) -> str:
    """`text` on one line: line breaks become spaces, control and direction-changing characters are shown
    by their numbers (``\\u202e``), an accented letter is one character."""
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c.isspace() else _number(c) for c in text)


def _number(c: str) -> str:
    return f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}"


def printable(json: str) -> str:
    """A JSON text in which what cannot be printed stands by its number; it says the same."""
    if json.isprintable():
        return json
    return "".join(c if c == "\n" or c.isprintable() else _escape(c) for c in json)


def _escape(c: str) -> str:
    code = c.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{code[n : n + 4]}" for n in range(0, len(code), 4))


def student(text: str) -> str:
    """A student's name as it identifies them everywhere."""
    return visible(text).strip()


def of_file(name: str) -> str:
    """A file's name as text, different names as different texts, whatever their bytes are."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def natural(text: str) -> str:
    """A key that sorts as people count: s2 before s10."""
    return re.sub(r"[0-9]+", lambda m: f"{len(m[0].lstrip('0')):04}{m[0].lstrip('0')}", text.casefold())


def cell(text: str) -> str:
    """`text` for a cell of a CSV file: no spreadsheet takes it for a formula; numbers stay numbers."""
    text = visible(text)
    if text.lstrip()[:1] in _FORMULA and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def bare(text: str) -> str:
    """A cell as it was before `cell` made it safe."""
    return text[1:] if text[:1] == "'" and text[1:].lstrip()[:1] in _FORMULA else text


def short(text: str, most: int = 40) -> str:
    """`text` cut at its end."""
    return text if len(text) <= most else text[: most - 1] + "…"


class FileNames:
    """A file name for each student: safe on any system, no two the same, whatever their case."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, name: str) -> str:
        safe = re.sub(r"[^\w.+@=-]+", "_", name)[:MAX_FILE].strip("._+@=-")
        kept = safe == name and _PLAIN.fullmatch(safe) and not _RESERVED.fullmatch(safe)
        if not kept or safe.casefold() in self._taken:
            mark = blake2b(name.encode("utf-8", "replace"), digest_size=5).hexdigest()
            safe = f"{safe or 'student'}-{mark}"
        self._taken.add(safe.casefold())
        return safe
