"""From a name as people write it to the one answer name it means."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping

from dlsolve.handwriting.spelling import Spelled, scan
from dlsolve.handwriting.tokens import UnreadableError

MAX_NAME = 120

_PLAIN_GRADIENT = re.compile(r"d\s*(?:[LJEC]|[Ll]oss|ell|ℓ)\s*/\s*d\s*(?P<by>\S.*)")
_GRAD = re.compile(r"(?:grad[_ ]?|∇_?|\\nabla\s*_?)\{?(?P<by>[^{}]+(?:\{[^{}]*\}[^{}]*)*?)\}?\s*(?:[LJEC]|[Ll]oss)?")
_ENTRY = re.compile(r"(?P<name>.*\S)\s*\[\s*(?P<entry>\d{1,6}(?:\s*[,;]\s*\d{1,6})?)\s*\]")
_CALLED = re.compile(r"(?P<name>.*\S)\s*(?:\^|\*\*)\s*\(\s*(?P<up>\w{1,8})\s*\)")
NEWER = re.compile(r"\s*(?:[ _]\{?new\}?|\(\s*new\s*\)|\^\s*\{?\s*\(?\s*new\s*\)?\s*\}?|['′])$", re.IGNORECASE)
"""What is written behind a name after its update: W1(new), w′, W_1^{new}."""
_TAIL = re.compile(r"[\s_](?:score|value|values|rate)$", re.IGNORECASE)


def normalise_name(text: str) -> list[str]:
    """The answer names that `text` can mean, the likeliest first; empty where it is no name.

    λ is ``lam``, m̂₃ and ``\\hat{m}_3`` are ``m_hat_3``, ∂L/∂W1, dL/dW1 and grad_W1 are ``dW1``;
    digits are tried fused, then with ``_``, then as an entry in brackets.
    """
    text = _bare(text)
    if not text or len(text) > MAX_NAME:
        return []
    out: dict[str, None] = {}
    if text.endswith("^") and text[:-1].isalpha():
        out |= dict.fromkeys(name + "_hat" for name in normalise_name(text[:-1]))  # y^
    for pattern in (_PLAIN_GRADIENT, _GRAD):
        match = pattern.fullmatch(text)
        if match:
            out |= dict.fromkeys("d" + name for name in normalise_name(match["by"]))
    if (newer := NEWER.search(text)) and newer.start():
        out |= dict.fromkeys(name + "_new" for name in normalise_name(text[: newer.start()]))
    for spelled in _spellings(text):
        out |= dict.fromkeys(spelled.candidates())
    words = re.sub(r"[\s\-]+", "_", re.sub(r"\\(?:text|mathrm|operatorname)\s*|[{}]", "", text))
    if re.fullmatch(r"[A-Za-z]\w*", words, re.ASCII):
        out[words] = None
        if _TAIL.search(words):
            out[_TAIL.sub("", words)] = None
    return list(out)


def _bare(text: str) -> str:
    text = text.replace("$", "").replace("\\left", "").replace("\\right", "").replace("\\,", " ")
    return re.sub(r"[\s\u00a0\u2009\u202f]+", " ", text).strip(" `*")


def _spellings(text: str) -> list[Spelled]:
    entry = ""
    high: tuple[str, ...] = ()
    match = _ENTRY.fullmatch(text)
    if match:
        text, entry = match["name"], re.sub(r"\s*[,;]\s*", ",", match["entry"])
    match = _CALLED.fullmatch(text)
    if match:
        text, high = match["name"], (match["up"],)
    out = []
    for tex in (False, True):
        found = scan(text, 0, tex=tex)
        if found and not text[found[1] :].strip():
            s = found[0]
            out.append(Spelled(s.head, s.hats, s.low, s.high + high, s.fused, entry))
            # mhat is m_hat
            for hat in ("hat", "bar", "tilde"):
                if s.head.endswith(hat) and len(s.head) > len(hat):
                    out.append(Spelled(s.head.removesuffix(hat), (*s.hats, hat), s.low, s.high + high, s.fused, entry))
    return out


def _squash(text: str) -> str:
    return re.sub(r"[\s${}\\]|left|right|text|mathrm|mid", "", text.replace("∣", "|")).replace("|", "")


def resolve(text: str, known: Collection[str], aliases: Mapping[str, str] | None = None, *, hint: bool = True) -> str:
    """The one name among `known` that `text` means.

    `aliases` maps further spellings (course symbols, label templates) to names. Raises
    `UnreadableError` where two names fit, naming both, or none does, with the nearest one
    if a `hint` is wanted.
    """
    known = known if isinstance(known, (set, frozenset, dict)) else dict.fromkeys(known)
    if text in known:
        return text
    bare = _bare(text)
    if bare in known:
        return bare
    squashed = _squash(text)
    hits = {n: None for spelling, n in (aliases or {}).items() if n in known and _squash(spelling) == squashed}
    candidates = normalise_name(text)
    if not hits:
        hits = {c: None for c in candidates if c in known}
    if not hits and aliases:
        hits = {aliases[c]: None for c in candidates if aliases.get(c) in known}
    if not hits:
        # words may begin with a capital (Recall); letters may not: W1 is not w1
        whole = {c.casefold() for c in candidates if re.match(r"[A-Za-z]{3}", c)}
        folded = whole | ({candidates[-1].casefold()} if candidates and _TAIL.search(bare) else set())
        hits = {n: None for n in known if n.casefold() in folded}
    if len(hits) == 1:
        return next(iter(hits))
    shown = repr(bare[:60])
    if hits:
        raise UnreadableError(f"{shown} can mean {' or '.join(hits)}", remedy="write one of the two")
    near = difflib.get_close_matches((candidates or [bare[:60]])[0], known, 1, 0.5) if hint else []
    remedy = f"did you mean {near[0]}?" if near else "the names are listed with the problem"
    raise UnreadableError(f"{shown} is no name of this solution", remedy=remedy)
