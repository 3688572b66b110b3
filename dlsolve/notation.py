"""Names -> symbols, the only place: ``m_hat`` at step 2 is m_hat_2, m̂₂ and \\hat{m}_{2}.

A topic declares its `Quantity` rows and what each index letter means; `Symbols` writes any name
in three hands: the ASCII answer name (the public contract), Unicode for people, LaTeX for papers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from dlsolve.letters import latex_symbol, latex_words, slug
from dlsolve.letters import latex_text as latex_text
from dlsolve.letters import subscript as subscript
from dlsolve.letters import superscript as superscript

Kind = Literal[
    "real",
    "integer",
    "label",
    "probability",
    "matrix",
    "direction",
    "basis",
    "multiset",
    "polynomial",
    "choice",
    "row state",
]
"""What a quantity is: it decides equivalence in marking, formatting and aliases."""

IndexKind = Literal["layer", "feature", "step", "epoch", "batch", "sample", "entry", "label", "silent"]
"""How an index is written: layer, feature fuse (W1); step, epoch, batch, label follow with `_`;
sample, entry stand in brackets, from 1; silent is never written."""

FUSED: frozenset[str] = frozenset({"layer", "feature"})
BRACKET: frozenset[str] = frozenset({"sample", "entry"})
TURNS: frozenset[str] = frozenset({"step", "epoch", "batch"})
"""Indices that count how often a quantity was worked out."""

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eps": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "kappa": "κ", "lam": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "lr": "η", "Delta": "Δ", "Sigma": "Σ", "Lam": "Λ",
    "Omega": "Ω",
}  # fmt: skip
_LATEX = {"lam": "lambda", "Lam": "Lambda", "eps": "epsilon", "lr": "eta"}
_HATS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}


class Quantity(msgspec.Struct, frozen=True):
    """One row of a topic's notation table.

    `index` holds the index letters in order (``"l k"``). `shape` is empty for scalars. `symbol`
    replaces the derived Unicode symbol. `template` shows labels: ``P({h} | {e})``; its fields are
    index letters (``{k_}``: lowered), or the phrases of an index value (`Notation.phrases`); `latex` is
    then the template for papers. `given` says what a typed value is, where that is less than the
    meaning: ``weights of layer {l}``, of W after k updates.
    """

    name: str
    meaning: str
    index: str = ""
    shape: str = ""
    kind: Kind = "real"
    symbol: str | None = None
    latex: str | None = None
    template: str | None = None
    unit: str = ""
    given: str = ""
    also: tuple[str, ...] = ()
    """What others write for it, as answers may be named: letters (``w``, with the same indices) and
    symbols (``H(p, q)``, ``P({i})``)."""

    @property
    def letters(self) -> tuple[str, ...]:
        return tuple(self.index.split())


class Notation:
    """A topic's notation table: its quantities and what each index letter counts.

    `phrases` holds, by index letter and its written value, words for templates: k = 2 is
    {e} = "winner". A run adds its own.
    """

    def __init__(
        self,
        quantities: Sequence[Quantity],
        indices: Mapping[str, IndexKind] | None = None,
        phrases: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None,
    ) -> None:
        self.quantities = quantities
        self.indices: Mapping[str, IndexKind] = indices or {}
        self.phrases = phrases or {}
        self.table: Mapping[str, Quantity] = {q.name: q for q in quantities}


class Symbols:
    """Writes names. `course` replaces symbols (``{"lr": "α"}``)."""

    def __init__(
        self,
        notation: Notation,
        course: Mapping[str, str] | None = None,
    ) -> None:
        self.notation = notation
        self.course = dict(course or {})
        self.hidden: set[tuple[str, str]] = set()
        """(index letter, value) pairs left out of names: epoch 1 of a run that has one epoch."""
        self.quiet: set[tuple[str, str]] = set()
        """Pairs left out of symbols only: W1_0 is written W₁ where there is one update."""
        self.phrases: dict[str, dict[str, Mapping[str, str]]] = {k: dict(v) for k, v in notation.phrases.items()}
        self.slugs: dict[str, str] = {}
        """Labels without a Latin letter or digit -> x1, x2, … in the order in which the run names them."""
        self._base_cache: dict[tuple[str, bool], str] = {}
        self._names: dict[tuple[object, ...], str] = {}

    def declare(self, *rows: Quantity) -> None:
        """Add rows that only this problem has: the variables of a typed function."""
        self.notation = Notation([*self.notation.quantities, *rows], self.notation.indices, self.notation.phrases)

    # -- what a name is ------------------------------------------------------------------------

    def quantity(self, base: str) -> Quantity | None:
        """The notation row of `base`; the gradient of a declared X (``dX``) has X's shape."""
        table = self.notation.table
        found = table.get(base)
        if found is None and self._is_gradient(base):
            x = table[base[1:]]
            return Quantity(base, f"gradient of the loss by {x.name}", x.index, x.shape)
        return found

    def _is_gradient(self, base: str) -> bool:
        return base[0] == "d" and base not in self.notation.table and base[1:] in self.notation.table

    def is_array(self, base: str, count: int = 0) -> bool:
        """Whether `base` is declared with a shape (a vector or matrix); at more indices (`count`)
        than it declares, it is one entry."""
        row = self.quantity(base)
        return row is not None and bool(row.shape) and count <= len(row.letters)

    def _parts(self, base: str, index: Sequence[str], quiet: bool = True) -> tuple[str, list[str], list[str]]:
        """Index texts of `base` sorted into fused, following and bracketed ones."""
        row = self.quantity(base)
        letters = row.letters if row else ()
        fused, after, bracket = "", [], []
        for n, text in enumerate(index):
            letter = letters[n] if n < len(letters) else None
            kind = self.notation.indices.get(letter, "entry") if letter else "entry"
            pair = (letter or "", text)
            if kind == "silent" or pair in self.hidden or (quiet and pair in self.quiet):
                continue
            if kind in FUSED:
                fused += text
            elif kind in BRACKET:
                bracket.append(text)
            else:
                after.append(text)
        return fused, after, bracket

    def _is_words(self, row: Quantity | None, index: Sequence[str]) -> bool:
        """Whether a label of more than a letter stands in `index`: p(rain), where 1 gives p₁."""
        kinds = [self.notation.indices.get(letter) for letter in row.letters] if row else []
        return any(k == "label" and len(i) > 1 and not i.isdigit() for k, i in zip(kinds, index, strict=False))

    def _words(self, row: Quantity, index: Sequence[str]) -> dict[str, str]:
        """What the fields of a template stand for: index values, and the phrases of those values."""
        words = dict(zip(row.letters, index or row.letters, strict=False))
        for letter, text in list(words.items()):
            phrases = self.phrases.get(letter, {})
            words[letter + "_"] = subscript(text)
            words |= phrases.get(text) or phrases.get(letter, {})
        return words

    def slug(self, label: object) -> str:
        """The part of an answer name that stands for a label of this run: ``not_spam``, x1 for 雨; numbers stay."""
        if isinstance(label, int):
            return str(label)
        text = str(label)
        return slug(text, "") or self.slugs.setdefault(text, f"x{len(self.slugs) + 1}")

    # -- three hands ---------------------------------------------------------------------------

    def ascii(self, base: str, index: Sequence[object] = ()) -> str:
        """The answer name: ``m_hat_2``, ``W1_2``, ``y_hat_1[3]``, ``posterior_not_spam``."""
        known = (base, *index, len(self.hidden), len(self.notation.quantities))
        if known not in self._names:
            fused, after, bracket = self._parts(base, [self.slug(i) for i in index], quiet=False)
            text = base + fused + "".join(f"_{i}" for i in after)
            self._names[known] = f"{text}[{','.join(bracket)}]" if bracket else text
        return self._names[known]

    def turns(self, base: str, index: Sequence[object]) -> tuple[str, tuple[str, ...]] | None:
        """An answer name without its steps, epochs and batches, and those: ``z_2[3]`` is ``z[3]``, turn 2.

        None where it has none, or where something else stands among them.
        """
        row = self.quantity(base)
        kinds = {self.notation.indices.get(letter) for letter in row.letters} if row else set()
        fused, after, bracket = self._parts(base, [self.slug(i) for i in index], quiet=False)
        if not after or not kinds <= FUSED | BRACKET | TURNS | {"silent"}:
            return None
        return base + fused + (f"[{','.join(bracket)}]" if bracket else ""), tuple(after)

    def unicode(self, base: str, index: Sequence[str] = (), entry: str = "") -> str:
        """For people: m̂₂, W₁⁽²⁾, ŷ₁[3]. `entry` is the index letter of a vector inside a sum."""
        row = self.quantity(base)
        if row and row.template:
            return row.template.format_map(self._words(row, index)) + (subscript(entry) if entry and row.shape else "")
        fused, after, bracket = self._parts(base, list(index))
        if self._is_gradient(base) and base not in self.course:
            inner = self.unicode(base[1:], index, entry)
            return f"∂L/∂{inner}"
        head = self._head(base, latex=False)
        text = head + (subscript(fused) if fused else "")
        if after and not fused and not bracket and self._is_words(row, index):
            return f"{text}({', '.join(after)})"
        low = "" if fused or entry or head[-1:] in "₀₁₂₃₄₅₆₇₈₉" else ",".join(after)
        text += subscript(low) if low else ""
        text += subscript(entry) if entry else ""
        if after and not low:
            raised = superscript("(" + ",".join(after) + ")")
            text += raised or f"^({','.join(after)})"
        if all(len(b) == 1 and b.isalpha() for b in bracket) or _is_place(bracket, bare=text == head):
            return text + (subscript("".join(bracket)) if bracket else "")
        return f"{text}[{','.join(bracket)}]"

    def latex(self, base: str, index: Sequence[str] = (), entry: str = "") -> str:
        """For papers: ``\\hat{m}_{2}``, ``W_{1}^{(2)}``."""
        row = self.quantity(base)
        if row and row.template:
            texts = {k: latex_words(v) for k, v in self._words(row, index).items()}
            text = (row.latex or row.template.replace("|", r"\mid")).format_map(texts)
            return text + (f"_{{{entry}}}" if entry and row.shape else "")
        fused, after, bracket = self._parts(base, list(index))
        if self._is_gradient(base) and base not in self.course:
            return r"\frac{\partial L}{\partial " + self.latex(base[1:], index, entry) + "}"
        text = self._head(base, latex=True)
        words = self._is_words(row, index)
        if words or (row and any(self.notation.indices.get(k) == "label" for k in row.letters)):
            after = [latex_words(a) for a in after]
        behind = ",".join(after)
        at = "".join(bracket) if _is_place(bracket, bare=not (fused or after or entry)) else ",".join(bracket)
        low = [p for p in (fused, "" if fused else behind, entry, at) if p]
        if low and text.endswith("}") and "_{" in text:
            text = text[:-1] + "," + ",".join(low) + "}"
        elif low:
            text += "_{" + ",".join(low) + "}"
        return text + (r"^{(" + ",".join(after) + ")}" if fused and after else "")

    def _head(self, base: str, *, latex: bool) -> str:
        key = (base, latex)
        if key not in self._base_cache:
            self._base_cache[key] = self._make_head(base, latex=latex)
        return self._base_cache[key]

    def _make_head(self, base: str, *, latex: bool) -> str:
        row = self.notation.table.get(base)
        if base in self.course:
            return latex_symbol(self.course[base]) if latex else self.course[base]
        if row is not None:
            given = row.latex if latex else row.symbol
            if given is not None:
                return given
            if row.symbol is not None:
                return row.symbol
        return head_symbol(base, latex=latex)


def head_symbol(base: str, *, latex: bool = False) -> str:
    """The symbol of a bare name: ``beta1`` -> β₁, ``y_hat`` -> ŷ, ``w_new`` -> w_new (lowered)."""
    stem, *rest = base.split("_")
    hats = [r for r in rest if r in _HATS]
    low = [r for r in rest if r not in _HATS]
    match = re.fullmatch(r"([A-Za-z]+?)(\d*)", stem)
    letters, digits = match.groups() if match else (stem, "")
    if digits:
        low.insert(0, digits)
    if latex:
        name = _LATEX.get(letters, letters)
        text = f"\\{name}" if letters in GREEK else (letters if len(letters) == 1 else rf"\mathrm{{{letters}}}")
        for hat in hats:
            text = rf"\{hat}{{{text}}}"
        parts = [p if p.isdigit() or len(p) == 1 else rf"\mathrm{{{p}}}" for p in low]
        return text + ("_{" + ",".join(parts) + "}" if parts else "")
    text = GREEK.get(letters, letters)
    for hat in hats:
        text += _HATS[hat]
    return text + "".join(subscript(p) for p in low)


def _is_place(bracket: Sequence[str], *, bare: bool) -> bool:
    """Whether row and column are written low and together, A₁₂: one character each, nothing low before them."""
    return bare and len(bracket) == 2 and all(len(b) == 1 and b.isalnum() for b in bracket)
