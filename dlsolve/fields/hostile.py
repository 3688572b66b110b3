"""JSON from anywhere: exact numbers, no duplicate keys, bounded size and depth, one clear line if not."""

from __future__ import annotations

import re
from typing import Any

from dlsolve.errors import InputError
from dlsolve.fields.found import ascii_quotes
from dlsolve.fields.kinds import NumberText

MAX_BYTES = 64_000_000
MAX_DEPTH = 60


_MARKS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
"""Strings, passed over, and brackets. One that is not closed goes to the end: nothing is looked at twice."""


class _Refused(ValueError):
    """Found while the text was being read; becomes an `InputError` with the place."""


def decode(data: bytes, where: str) -> str:
    """UTF-8 bytes as text, with or without a byte-order mark. Raises `InputError`."""
    if len(data) > MAX_BYTES:
        raise InputError(where, f"{len(data)} bytes", remedy=f"at most {MAX_BYTES} are read")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(where, "not UTF-8 (it looks like UTF-16)", remedy="save the file as UTF-8")
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as fault:
        raise InputError(where, f"not UTF-8 (byte {fault.start})", remedy="save the file as UTF-8") from fault
    return text.replace("\r\n", "\n")


def parse_json(text: str, where: str) -> Any:
    """A JSON value whose numbers are `NumberText`. Raises `InputError` naming line and column."""
    import json

    if not text.strip():
        raise InputError(where, "empty", remedy="write a problem, or start from `dlsolve example TOPIC`")
    _check_depth(text, where)
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_float=NumberText, parse_int=NumberText, parse_constant=_constant
        )
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        reason = fault.msg[:1].lower() + fault.msg[1:]
        remedy = _remedy(fault.msg, text, fault.pos)
        raise InputError(where, f"not JSON: {reason} at {place}", remedy=remedy) from fault
    except _Refused as fault:
        raise InputError(where, str(fault.args[0]), remedy=str(fault.args[1])) from fault
    except RecursionError as fault:
        raise InputError(where, "nested too deeply", remedy=f"at most {MAX_DEPTH} levels are read") from fault


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in pairs:
        if key in out:
            raise _Refused(f"the key {ascii_quotes(key)} stands twice in one object", "keep one of the two")
        out[key] = value
    return out


def _constant(name: str) -> Any:
    raise _Refused(f"{name} is not a number of JSON", "write a finite number")


def _check_depth(text: str, where: str) -> None:
    """Refuse deep nesting before the parser sees it; brackets inside strings do not count."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for mark in _MARKS.finditer(text):
        if mark[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise InputError(where, "nested too deeply", remedy=f"at most {MAX_DEPTH} levels are read")
        elif mark[0] in "]}":
            depth -= 1


def _remedy(message: str, text: str, at: int) -> str:
    here = text[at : at + 1]
    if "Extra data" in message:
        return "one JSON value a file (a .jsonl file holds one problem a line)"
    if here == "'" or text[at - 1 : at] == "'":
        return 'JSON quotes are "double"'
    if here in "}]" and text[:at].rstrip()[-1:] == ",":
        return "remove the comma before the bracket"
    if "double quotes" in message:
        return 'put names in "double" quotes, and no comma before }'
    if "delimiter" in message:
        return "a comma or a bracket is missing there"
    if "control character" in message:
        return r"write line breaks inside a text as \n"
    return "see `dlsolve example TOPIC` for a file that is right"
