"""What stands in an input, in a few printable words: the `found` of an error."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from dlsolve.errors import visible
from dlsolve.fields.kinds import NumberText

MAX_FOUND = 40


def found(raw: Any) -> str:
    """`raw` for an error message: short, on one line, no control characters."""
    if raw is None or raw is True or raw is False:
        return {None: "null", True: "true", False: "false"}[raw]
    if isinstance(raw, NumberText):
        return short(raw)
    if isinstance(raw, str):
        return ascii_quotes(raw)
    if isinstance(raw, list | tuple):
        return f"a list of {len(raw)}" if raw else "an empty list"
    if isinstance(raw, dict):
        return "an object" if raw else "an empty object"
    return short(str(raw))


def short(text: str) -> str:
    """`text` cut in the middle and made printable."""
    text = visible(text)
    return text if len(text) <= MAX_FOUND else f"{text[:24]}…{text[-10:]}"


def ascii_quotes(text: str) -> str:
    """`text` in double quotes."""
    return f'"{short(text)}"'


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `word` was probably meant to be."""
    by_lower = {k.lower().replace("-", "_"): k for k in known}
    close = difflib.get_close_matches(word.lower().replace("-", "_"), by_lower, 1, 0.6)
    return by_lower[close[0]] if close else None


def meant(word: str, known: Iterable[str], otherwise: str) -> str:
    """The remedy for an unknown `word`: the nearest one, else `otherwise`."""
    near = nearest(word, known)
    return f"did you mean {near}?" if near else otherwise


def path_key(key: Any) -> str:
    """A key as it stands in a path."""
    text = str(key)
    return text if text.replace("_", "a").replace("-", "a").isalnum() and len(text) <= MAX_FOUND else ascii_quotes(text)
