"""Typed text -> lists: "1 2; 5 4", "[[1,2],[5,4]]", "0.3 0.2 0.1", "spam=0.3 ham=0.7".

Only brackets and separators are looked at here; the pieces stay text, read exactly later.
"""

from __future__ import annotations

import re

from dlsolve.errors import InputError

MAX_TEXT = 4_000_000


def items(text: str, where: str) -> list[str]:
    """The pieces of a typed list, between commas, semicolons or blanks; of layers, 2-4-1. Raises `InputError`."""
    if _LAYERS.fullmatch(text.strip()):
        return re.findall(r"\d+", text)
    return _split(_inside(text, where), where)


def rows(text: str, where: str) -> list[list[str]]:
    """The rows of a typed matrix. Raises `InputError`."""
    body = re.sub(r"\s*\|\s*", " ", _inside(text, where))  # the bar of an augmented matrix
    if "[" not in body and "]" not in body:
        return [_split(row, where) for row in re.split(r"[;\n]", body.strip("; \n\t")) if row.strip()]
    rest = re.sub(r"\[[^\[\]]*\]", "", body)
    if rest.strip(",; \n\t\r"):
        raise InputError(where, "brackets do not match", remedy=_MATRIX)
    return [_split(row, where) for row in re.findall(r"\[([^\[\]]*)\]", body)]


def pairs(text: str, where: str) -> dict[str, str]:
    """Values by label: ``spam=0.3 ham=0.7``; commas or semicolons where a label or value has blanks."""
    body = text.strip()
    if body.startswith("{") and body.endswith("}"):
        body = body[1:-1]
    mark = next((m for m in ";\n," if m in _outside(body)), None)
    single = len(re.findall(r"[=:]", body)) == 1 and not _COUNTED.match(body)  # A C=0.92: one label with a blank
    parts = _cut(body, mark) if mark else [body] if single else re.split(r"\s+(?=[^\s=:]+\s*[=:])", body)
    out: dict[str, str] = {}
    for part in parts:
        if not part.strip():
            continue
        counted = _COUNTED.fullmatch(part.strip())
        if counted:
            part = f"{counted[2]}={counted[1]}"  # 5 red
        label, sign, value = re.split(r"([=:])", part, maxsplit=1) if re.search(r"[=:]", part) else (part, "", "")
        label = label.strip().strip("\"'")
        if not sign or not label or not value.strip():
            raise InputError(where, "not a value by label", found=f'"{part.strip()[:30]}"', remedy=_PAIRS)
        if label in out:
            raise InputError(where, f"{label[:30]!r} stands twice", remedy="give each label once")
        out[label] = value.strip()
    return out


def _outside(text: str) -> str:
    """`text` with what stands in square brackets, and the brackets, as blanks of the same length."""
    depth = 0
    out = []
    for c in text:
        depth += c == "["
        out.append(" " if depth else c)
        depth -= c == "]" and depth > 0
    return "".join(out)


def _cut(text: str, mark: str) -> list[str]:
    """`text` between `mark`s that stand outside all brackets: ``W=[[1,2],[3,4]], x=[1,0]``."""
    ends = [n for n, c in enumerate(_outside(text)) if c == mark]
    return [text[a:b] for a, b in zip([0, *(e + 1 for e in ends)], [*ends, len(text)], strict=True)]


_MATRIX = 'write rows as "1 2; 5 4" or "[[1,2],[5,4]]"'
_TWO = re.compile(r"[-+]?[\d.]+\s+[-+]?[\d.]+")
_LAYERS = re.compile(r"\d{1,9}(?:(?:[-–]|\s+[-–]\s+|\s*(?:→|->)\s*)\d{1,9})+")  # 8 -11 is a list of two
_COUNTED = re.compile(r"(\d+)\s+([^\W\d][\w -]*)")
_PAIRS = 'write "spam=0.3, ham=0.7"'


def _inside(text: str, where: str) -> str:
    """`text` without one outer pair of brackets."""
    if len(text) > MAX_TEXT:
        raise InputError(
            where, f"{len(text)} characters; at most {MAX_TEXT} are read", remedy="put the data in a CSV file"
        )
    text = text.strip()
    if text[:1] == "[" and text[-1:] == "]" and (text[1:].lstrip()[:1] == "[" or "[" not in text[1:]):
        return text[1:-1].strip()
    if text[:1] == "(" and text[-1:] == ")" and text.count("(") == 1:
        return text[1:-1].strip()
    return text


def _split(text: str, where: str) -> list[str]:
    """The pieces of one row. A fraction may stand with blanks: ``1 / 3``."""
    text = re.sub(r"\s*/\s*", "/", text.strip().strip(",;"))
    mark = next((m for m in ",;" if m in text), None)
    if mark is None:
        return text.split()
    parts = [p.strip().strip("\"'") for p in text.split(mark)]
    if any(_TWO.fullmatch(p) for p in parts):
        remedy = "separate by one of them, and write the decimal point: 0.3 0.2"
        raise InputError(where, "commas and blanks between numbers", found=f'"{text[:30]}"', remedy=remedy)
    if "" in parts:
        raise InputError(where, "an entry is missing between two commas", remedy="write 0.3, 0.2, 0.1")
    return parts
