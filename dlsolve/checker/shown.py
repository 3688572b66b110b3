"""Answers named as a page names them: by the symbol that the solution prints (P(A|B), f(2)), by another
symbol of the field (H(p, q) for a cross-entropy), or by what they are (recall, condition number)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dlsolve.handwriting import normalise_name
from dlsolve.letters import SUPERSCRIPTS
from dlsolve.named import keys_by_name
from dlsolve.notation import Quantity
from dlsolve.trace import Key, Trace

_SIGNS = ((r"\cap", "∩"), (r"\cup", "∪"), (r"\mid", "|"), ("∣", "|"), (r"\|", "‖"), ("||", "‖"), ("∥", "‖"))
_WORDS = ((r"\band\b|(?<=[A-Z])n(?=[A-Z])|&", "∩"), (r"\bor\b|(?<=[A-Z])u(?=[A-Z])", "∪"), (r"\bgiven\b", "|"))
_TEX = re.compile(r"\\(?:left|right|text|mathrm|operatorname)|[\s${}\\_^*]")
_HEAD = re.compile(r"\s+(?:of|in|for|by|from|after|between|over)\s+|[,;:(|]")
"""Where what a quantity is ends, and of what it is one begins: ``entropy of p``."""
_LETTERS = (("delta", "dz"), ("w", "W"), ("dw", "dW"))
"""Letters of the field for what a run has under another, where the run has no use for them itself: δ for
∂L/∂z, and a matrix written small."""
_COUNTS = re.compile(r"[\d_\[]|$")


def by_other_name(trace: Trace, written: str) -> str | None:
    """The answer name that `written` means by a symbol or in words; None where it means none, or several."""
    known = keys_by_name(trace)
    for base in bases(trace, written):
        if base in known:
            return trace.name(known[base])
    if trace.spoken is None:
        trace.spoken = _spoken(trace, known)
    for form in _forms(written):
        hits = trace.spoken.get(form, {})
        if len(hits) > 1:  # "entropy" is the one that is asked for
            hits = {n: None for n in hits if known[n] in trace.answers} or hits
        if len(hits) == 1:
            return next(iter(hits))
    return None


def bases(trace: Trace, written: str) -> Iterator[str]:
    """Answer names with another letter of the field put right: w_1 for θ₁ where a topic says θ."""
    candidates = normalise_name(written)
    yield from candidates
    rows = trace.symbols.notation.table
    others = [(other, row.name) for row in rows.values() for other in row.also]
    others += [(letter, name) for letter, name in _LETTERS if letter not in rows]
    for other, own in others:
        for name in candidates:
            if name.startswith(other) and _COUNTS.match(name, len(other)):
                yield own + name[len(other) :]


def _spoken(trace: Trace, known: Mapping[str, Key]) -> dict[str, dict[str, None]]:
    """Every symbol and phrase of a run -> the names that it can mean."""
    out: dict[str, dict[str, None]] = {}
    for key in known.values():
        base, index = (key, ()) if isinstance(key, str) else (str(key[0]), key[1:])
        row = trace.symbols.quantity(base)
        alone = trace.name(key) == base
        for text in _said(row, index, trace.symbols.unicode(base, [str(i) for i in index]), alone):
            for form in _forms(text):
                out.setdefault(form, {})[trace.name(key)] = None
    return out


def _said(row: Quantity | None, index: tuple[object, ...], symbol: str, alone: bool) -> Iterator[str]:
    yield symbol
    if row is None:
        return
    words = {letter: str(i) for letter, i in zip(row.letters, index, strict=False)}
    for other in row.also:
        if "{" in other or alone:
            yield other.format_map(words) if len(words) == len(row.letters) else other
    if alone:
        yield _HEAD.split(row.meaning, maxsplit=1)[0]
        yield row.name.replace("_", " ")


def _forms(text: str) -> Iterator[str]:
    """Spellings of a symbol that mean the same, the closest first."""
    text = "".join(SUPERSCRIPTS.get(c, c) for c in text)
    signs = text
    for tex, sign in _SIGNS:
        signs = signs.replace(tex, sign)
    joined = signs
    for word, sign in _WORDS:
        joined = re.sub(word, sign, joined)
    exact = [_TEX.sub("", t) for t in (text, signs, joined)]
    round_ = [t.replace("[", "(").replace("]", ")") for t in exact]
    yield from dict.fromkeys([*exact, *round_, *(t.casefold().replace("-", "") for t in round_)])


__all__ = ["bases", "by_other_name"]
