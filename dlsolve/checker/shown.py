"""Answers named by the symbol that the solution prints: P(A|B), P(girl and passed), f(2)."""

from __future__ import annotations

import re

from dlsolve.named import keys_by_name
from dlsolve.trace import Trace

_SIGNS = ((r"\cap", "∩"), (r"\cup", "∪"), (r"\mid", "|"), ("∣", "|"))
_WORDS = ((r"\band\b|(?<=[A-Z])n(?=[A-Z])|&", "∩"), (r"\bor\b|(?<=[A-Z])u(?=[A-Z])", "∪"), (r"\bgiven\b", "|"))


def by_symbol(trace: Trace, written: str) -> str | None:
    """The answer name whose symbol `written` is, in spaces or LaTeX of its own; None where it is none,
    or that of several."""
    if "(" not in written:
        return None
    text = written
    for tex, sign in _SIGNS:
        text = text.replace(tex, sign)
    for word, sign in _WORDS:
        text = re.sub(word, sign, text)
    wanted = {_bare(written), _bare(text)}
    hits = set()
    for key in keys_by_name(trace).values():
        base, index = (key, ()) if isinstance(key, str) else (str(key[0]), key[1:])
        if _bare(trace.symbols.unicode(base, [str(i) for i in index])) in wanted:
            hits.add(trace.name(key))
    return hits.pop() if len(hits) == 1 else None


def _bare(text: str) -> str:
    return re.sub(r"\\(?:left|right|text|mathrm)|[\s${}\\]", "", text)
