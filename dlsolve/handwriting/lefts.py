"""What a left side names: its label and prose left off (``For batch 2: ŷ₃`` -> ŷ₃)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from dlsolve.handwriting.cuts import Part
from dlsolve.handwriting.names import normalise_name
from dlsolve.handwriting.words import is_function

Means = Callable[[str], bool]
"""Whether a text is a name of the run that a page is about."""

MOST_WORDS, MOST_CHARS = 8, 100
"""How far back a name that is known may begin."""

_LABEL = re.compile(r"\s*(?:\\text\s*\{[^{}]*\}\s*(?=\S)|\([a-z0-9]{1,3}\)\s+|[0-9]{1,2}[.)]\s+|[-*>•#]+\s+|[①-⑳]\s*)")
_CALL = re.compile(
    r"\\?(?P<head>[A-Za-z][A-Za-z_{}0-9]*)\s*(?:\((?P<inside>[^()=]{1,80})\)|\[(?P<square>[^\[\]=]{1,80})\])"
)
_SYMBOL = re.compile(r"[^A-Za-z]|^.{1,2}$")
_WORD = re.compile(r"(?:^|[\s:;,.({}$])(?P<word>[A-Za-z]{2,}[.'’]?|\(?\w{1,3}[.)])$")
_OF = re.compile(
    r"(?:^|[^A-Za-z])(?:det|rank|rang|rk|tr|trace|dim|ker|null|nullity|adj|cof|ln|log|exp|min|max|argmin|argmax|sin|cos"
    r"|tan|tanh|sqrt|macro|micro|weighted)\}?[ ~]*$"
)
"""What makes another quantity of the one that follows: det A is not A."""
_JOINS = re.compile(r"[+*/^·×∙⋅=<>|([−)\]-]\s*$|\\(?:cdot|times)\s*$")


def name_of(part: Part, means: Means | None = None) -> Part | None:
    """The name at the end of a left side; with `means`, the longest that it says is one. None for an expression."""
    text, start = part.text, part.start
    for _ in range(4):
        label = _LABEL.match(text)
        if not label or label.end() >= len(text):
            break
        text, start = text[label.end() :], start + label.end()
    for at in _begins(text) if means is not None else ():
        if means is not None and means(text[at:]):
            return Part(part.relation, text[at:], start + at)
    for suffix in _suffixes(text):
        at = text.rindex(suffix)
        if _is_name(suffix) and not (at and (_OF.search(text[:at]) or _JOINS.search(text[:at]))):
            return Part(part.relation, suffix, start + at)
    return None


def _begins(text: str) -> list[int]:
    """Where in `text` a name may begin: at its words, those that go on with a product left out."""
    out = []
    for match in re.finditer(r"(?:^|(?<=[\s:;,}$]))(?=[^\s:;,}$])", text):
        before = text[: match.start()].rstrip(" $")
        if len(text) - match.start() <= MOST_CHARS and (
            not before or before[-1] in ":;," or (_WORD.search(before) and not _OF.search(before))
        ):
            out.append(match.start())
    return out[-MOST_WORDS:] if len(out) > MOST_WORDS else out


def _suffixes(text: str) -> Iterator[str]:
    """`text`, then what follows its last colon, comma, and space; a last word that is a symbol first."""
    words = text.split()
    if len(words) > 1 and len(words[-1]) < 30 and re.fullmatch(r"[A-Za-z' ,.:;-]+", text[: -len(words[-1])]):
        if _SYMBOL.search(words[-1]):
            yield words[-1]
    yield text
    for mark in (":", ";", ",", "}", "$"):
        rest = text.rpartition(mark)[2].strip()
        if rest and rest != text:
            yield rest if "{" in rest else rest.rstrip("}")
    if len(words) > 1:
        yield words[-1]


def _is_name(text: str) -> bool:
    if not text or len(text) > 80 or text.count("{") != text.count("}"):
        return False
    call = _CALL.fullmatch(text)
    if call:
        inside = call["inside"] or call["square"]
        return bool(re.search(r"[A-Za-z]", inside) or len(call["head"]) == 1) and not is_function(call["head"])
    return bool(normalise_name(text)) and text[0] not in "0123456789"
