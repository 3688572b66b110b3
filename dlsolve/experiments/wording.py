"""How an experiment is put in words: what is said besides the trials is taken out before they are read."""

from __future__ import annotations

import re

from flint import fmpq

from dlsolve.errors import DlsolveError, InputError
from dlsolve.numbers.exact import read

_REPLACED = re.compile(r"\bwith(out)?\s+(?:a\s+)?(?:replacement|putting (?:it|them) back)\b")
_DECK = re.compile(
    r"\b(?:(?:from|of)\s+)?(?:a|the|one)?\s*(?:(?:standard|well[- ]shuffled|shuffled|ordinary|usual|full)\s+)*"
    r"(?:deck|pack)\b(?:\s+of)?(?:\s+(?:52|playing|standard))*(?:\s+cards?\b)?"
)
_SAID = re.compile(
    r"\b(?:toss|flip|roll|throw|draw|pick|select|choose|deal|take)(?:e?s|ed|ped|n)?\b|\b(?:drawn|thrown|chosen|dealt|taken)\b"
    r"|\b(?:fair|unbiased|balanced|ordinary|standard|regular|playing|distinct|is|are|was|were|of|we|you|that|which)\b"
    r"|\b(?:at random|randomly|one after (?:the other|another)|one by one|one at a time|in succession|successively|"
    r"simultaneously|together|at once|in a row)\b"
)
_BIASED = re.compile(r"\b(?:biased|loaded|unfair|bent|weighted|crooked)\b")
_CHANCE = re.compile(
    r"[,(]?\s*(?:\b(?:with|where|having|has|whose)\b\s*)?(?:\bthe\s+)?"
    r"(?:\bp(?:r|rob)?\s*\(\s*(?P<short>\w+)\s*\)|\b(?:probability|chance)\s+(?:of\s+)?(?:an?\s+)?(?P<long>\w+)"
    r"|\b(?P<bare>h|t)(?=\s*=))\s*(?:=|is|of)?\s*(?P<value>\d[\d./%]*|\.\d+)\s*\)?"
)
_FACES = {"h": "H", "head": "H", "heads": "H", "t": "T", "tail": "T", "tails": "T",
          "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}  # fmt: skip


def replacement_said(words: str) -> tuple[str, bool | None]:
    """`words` without "with replacement", and whether it was said (None: neither)."""
    said = _REPLACED.search(words)
    return (words.replace(said[0], " "), said[1] is None) if said else (words, None)


def chances_said(words: str, where: str) -> tuple[str, dict[str, fmpq]]:
    """`words` without "with P(H) = 0.6", and the chances it gives by face. Raises `InputError`."""
    out: dict[str, fmpq] = {}
    for said in _CHANCE.finditer(words):
        face = said["short"] or said["long"] or said["bare"]
        try:
            out[_FACES.get(face, face)] = read(said["value"].rstrip("."))
        except DlsolveError:
            raise InputError(where, "not a probability", found=repr(said["value"]), remedy="write P(H) = 0.6") from None
    return (_CHANCE.sub(" ", words) if out else words), out


def trials_said(words: str) -> tuple[str, bool]:
    """The trials alone ("a card, a coin 3 times"), and whether one is said to be biased."""
    biased = bool(_BIASED.search(words))
    words = _BIASED.sub(" ", words)
    rest = _DECK.sub(" ", words)
    if rest != words and not re.search(r"\bcards?\b", rest):
        rest += " a card"
    rest = re.sub(r"[.!?;:]+(?=\s|$)", " ", _SAID.sub(" ", rest))
    return re.sub(r"\bthe\b", " ", re.sub(r"\bit\b.*?(?=\b(?:once|twice|thrice|\w+ times)\b)", " ", rest)), biased


__all__ = ["chances_said", "replacement_said", "trials_said"]
