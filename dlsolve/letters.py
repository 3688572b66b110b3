"""Letters for names and symbols: lowered, raised, made plain for answer names, safe for LaTeX."""

from __future__ import annotations

import re
import unicodedata

_SUB = dict(zip("0123456789+-=()aehijklmnoprstuvx−,", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₋,", strict=True))
_SUP = dict(
    zip("0123456789+-=()−abcdefghijklmnoprstuvwxyzLT,", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾⁻ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴸᵀ,", strict=True)
)
SUPERSCRIPTS = {high: low for low, high in _SUP.items() if high != low}
"""Raised letters -> plain ones."""


def subscript(text: str) -> str:
    """`text` lowered: ``t-1`` -> ₜ₋₁; ``_text`` or ``_(text)`` where Unicode has no such letters."""
    if all(c in _SUB for c in text) and text != ",":
        return "".join(_SUB[c] for c in text)
    return f"_{text}" if text.isalnum() else f"_({text})"


def superscript(text: str) -> str | None:
    """`text` raised, or None where Unicode has no such letters."""
    return "".join(_SUP[c] for c in text) if all(c in _SUP for c in text) else None


def slug(label: str, otherwise: str = "x") -> str:
    """The part of an answer name that stands for a label: ``not spam`` -> ``not_spam``, ``élan`` -> ``elan``;
    `otherwise` where no ASCII letter or digit is left."""
    folded = label.strip()
    if not folded.isascii():
        folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return re.sub(r"[^0-9A-Za-z]+", "_", folded).strip("_") or otherwise


def latex_words(text: str) -> str:
    """A field of a template: letters as maths, words as text, a leading bar as a condition."""
    if text.startswith(" | "):
        return r" \mid " + latex_words(text[3:])
    return text if len(text) <= 1 and (not text or text.isalnum()) else r"\text{" + latex_text(text) + "}"


def latex_symbol(text: str) -> str:
    """A symbol that a course chose, as typed: letters as maths, anything else as text."""
    if len(text) == 1 and text.isalnum():
        return text
    return rf"\mathrm{{{text}}}" if text.isalnum() else r"\text{" + latex_text(text) + "}"


def latex_text(text: str) -> str:
    """`text` escaped for LaTeX text mode; control characters dropped."""
    table = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
             "^": r"\textasciicircum{}", "_": r"\_", "~": r"\textasciitilde{}", "%": r"\%"}  # fmt: skip
    return "".join(table.get(c, c) for c in text if c.isprintable())
