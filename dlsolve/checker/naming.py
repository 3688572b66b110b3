"""Answers named as a page names them: by the symbol that the solution prints (P(A|B), f(2)), by another
symbol of the field (H(p, q) for a cross-entropy), or by what they are (recall, condition number)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping

from flint import fmpq

from dlsolve.handwriting import UnreadableError, normalise_name, resolve
from dlsolve.handwriting.glyphs import GREEK_LETTERS
from dlsolve.letters import SUPERSCRIPTS
from dlsolve.named import find, keys_by_name, on_another_way, stem
from dlsolve.notation import Quantity
from dlsolve.trace import Trace

_SIGNS = (
    (r"\cap", "∩"),
    (r"\cup", "∪"),
    (r"\mid", "|"),
    ("−", "-"),
    ("–", "-"),
    ("∣", "|"),
    (r"\|", "‖"),
    ("||", "‖"),
    ("∥", "‖"),
    ("'", "′"),
    ("’", "′"),
    (">=", "≥"),
    ("<=", "≤"),
    ("\\geq", "≥"),
    ("\\leq", "≤"),
    ("\\ge", "≥"),
    ("\\le", "≤"),
)
_WORDS = (
    (r"\band\b|(?<=[A-Z])\s*n\s*(?=[A-Z])|&", "∩"),
    (r"\bor\b|(?<=[A-Z])\s*u\s*(?=[A-Z])", "∪"),
    (r"\bgiven\b", "|"),
)
_TEX = re.compile(r"\\(?:left|right|text|mathrm|operatorname)|[\s${}\\_^*]")
_HEAD = re.compile(r"\s+(?:of|in|for|by|from|after|between|over)\s+|[,;:(|]")
"""Where what a quantity is ends, and of what it is one begins: ``entropy of p``."""
_LETTERS = (("delta", "dz"), ("w", "W"), ("dw", "dW"))
"""Letters of the field for what a run has under another, where the run has no use for them itself: δ for
∂L/∂z, and a matrix written small."""
_ENTRY = re.compile(r"(?P<name>.*\S)\s*\[\s*(?P<entry>\d{1,6}(?:\s*[,;]\s*\d{1,6})?)\s*\]")
MOST_HINTS = 50
"""Unknown names for which the nearest one is looked for."""
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")
_FIELD = re.compile(r"\{(\w+)\}")
MOST_ASKED, MOST_CHARS = 20_000, 100
"""Texts of pages that are looked up as names in one run, and the longest of them."""
_COUNTS = re.compile(r"[\d_\[]|$")


class Names:
    """The named values of a run under everything that they may be called. What was looked up is kept."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.known = keys_by_name(trace)
        self._found: dict[str, str | UnreadableError] = {}
        self._stems = {stem(name) for name in self.known}
        self._spoken: dict[str, dict[str, None]] | None = None
        self._hints = MOST_HINTS
        self._first = {name.partition("_")[0] for name in self.known}
        self._known_as: dict[str, bool] = {}
        self._asked = 0

    def find(self, written: str) -> str:
        """The answer name that `written` means, single entries included. Raises `UnreadableError`."""
        if written not in self._found:
            try:
                self._found[written] = self._find(written)
            except UnreadableError as fault:
                self._found[written] = fault
        found = self._found[written]
        if isinstance(found, UnreadableError):
            raise found
        return found

    def known_as(self, written: str) -> bool:
        """Whether `written` is a value that the run has, or an entry of one."""
        if len(written) > MOST_CHARS or self._asked > MOST_ASKED:
            return False
        if written not in self._known_as:
            self._asked += 1
            hints, self._hints = self._hints, 0
            try:
                found = self._find(written)
            except UnreadableError:
                found = ""
            self._hints = hints
            self._known_as[written] = found in self.known or find(self.trace, found, self.known) is not None
        return self._known_as[written]

    def _find(self, written: str) -> str:
        try:
            return self.trace.name(self.known[resolve(written, self.known, hint=self._hints > 0)])
        except UnreadableError as fault:
            self._hints -= 1
            other = self._by_other_name(written)
            if other is not None:
                return other
            match = _ENTRY.fullmatch(written.strip())
            if match:
                with contextlib.suppress(UnreadableError):
                    entry = re.sub(r"\s*[,;]\s*", ",", match["entry"])
                    return f"{self.find(match['name'])}[{entry}]"
            other = self._of_the_only_one(written)
            if other is not None:
                return other
            other = next((n for n in normalise_name(written) if on_another_way(self._stems, n)), None)
            if other is None:
                raise fault
            return other

    def _by_other_name(self, written: str) -> str | None:
        """By a symbol or in words; None where it means none, or several."""
        for base in self.bases(written):
            if base in self.known:
                return self.trace.name(self.known[base])
        if self._spoken is None:
            self._spoken = self._everything()
        for form in _forms(written):
            hits = self._spoken.get(form, {})
            if len(hits) > 1:  # "entropy" is the one that is asked for
                hits = {n: None for n in hits if self.known[n] in self.trace.answers} or hits
            if len(hits) == 1:
                return next(iter(hits))
        return None

    def _of_the_only_one(self, written: str) -> str | None:
        """w for W1 where a run has one layer or one feature alone."""
        for base in self.bases(written):
            head, mark, tail = base.partition("_")
            if head.isalpha() and len(head) <= 2 and head + "1" in self._first and f"{head}2" not in self._first:
                if (name := f"{head}1{mark}{tail}") in self.known:
                    return self.trace.name(self.known[name])
        return None

    def bases(self, written: str) -> Iterator[str]:
        """Answer names with another letter of the field put right: w_1 for θ₁ where a topic says θ."""
        candidates = normalise_name(written)
        yield from candidates
        rows = self.trace.symbols.notation.table
        others = [(other, row.name) for row in rows.values() for other in row.also]
        others += [(letter, name) for letter, name in _LETTERS if letter not in rows]
        for other, own in others:
            for name in candidates:
                if name.startswith(other) and _COUNTS.match(name, len(other)):
                    meant = own + name[len(other) :]
                    target = self.trace.aliases.get(meant)
                    # a₂, the output of the last layer, is no hidden h₂
                    if target is None or (target if isinstance(target, str) else target[0]) == own:
                        yield meant

    def _everything(self) -> dict[str, dict[str, None]]:
        """Every symbol and phrase of the run -> the names that it can mean."""
        out: dict[str, dict[str, None]] = {}
        symbols = self.trace.symbols
        given = {n: _typed(self.trace.env[k]) for n, k in self.known.items() if n == k and n not in self.trace.steps}
        for key in self.known.values():
            base, index = (key, ()) if isinstance(key, str) else (str(key[0]), key[1:])
            row = symbols.quantity(base)
            name = self.trace.name(key)
            for text in _said(row, index, symbols.unicode(base, [str(i) for i in index]), name == base, given):
                for form in _forms(text):
                    out.setdefault(form, {})[name] = None
        return out


def names(trace: Trace) -> Names:
    """The names of a run that is over, made once."""
    if not isinstance(trace.names, Names):
        trace.names = Names(trace)
    return trace.names


def canonical(trace: Trace, written: str) -> str:
    """The answer name that `written` means in a run. Raises `UnreadableError`."""
    return names(trace).find(written)


def _typed(value: object) -> str:
    """A given number as it is typed; nothing for what is none."""
    return f"{float(value):.12g}" if isinstance(value, fmpq) else ""


def is_name_of(trace: Trace, written: str, name: str) -> bool:
    """Whether `written` means the answer name `name`."""
    try:
        return canonical(trace, written) == name
    except UnreadableError:
        return False


def _said(
    row: Quantity | None, index: tuple[object, ...], symbol: str, alone: bool, given: Mapping[str, str]
) -> Iterator[str]:
    yield symbol
    if row is None:
        return
    words = {letter: str(i) for letter, i in zip(row.letters, index, strict=False)}
    for other in row.also:
        if "{" in other or alone:
            fields = {**given, **words}
            fits = len(words) == len(row.letters) and all(field in fields for field in _FIELD.findall(other))
            yield other.format_map(fields) if fits else other
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
    spelled = ["".join(GREEK_LETTERS.get(c, c) for c in t) for t in exact]  # rho for ρ
    total = [t.replace("∂", "d") for t in exact if "∂" in t]  # dR/dw for ∂R/∂w
    commas = [t.replace("∩", ",") for t in exact if "∩" in t]  # P(A, B) for P(A ∩ B)
    fused = [re.sub(r"\((\w)\)$", r"\1", t) for t in exact]  # p(X) for p_X
    yield from dict.fromkeys(
        [*exact, *round_, *(_HYPHEN.sub("", t.casefold()) for t in round_), *fused, *spelled, *total, *commas]
    )


__all__ = ["Names", "canonical", "is_name_of", "names"]
