"""The signs that names are written with: hats, sub- and superscripts, Greek, LaTeX commands."""

from __future__ import annotations

from dlsolve.notation import GREEK

LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
DIGITS = frozenset("0123456789")
ALNUM = LETTERS | DIGITS

HATS = {"\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde"}
HAT_COMMANDS = {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde",
                "widetilde": "tilde", "vec": "", "mathbf": "", "boldsymbol": "", "bm": "", "mathit": "",
                "mathrm": "", "mathsf": "", "mathcal": "", "text": "", "textbf": "", "textit": "",
                "textrm": "", "operatorname": "", "mbox": ""}  # fmt: skip
"""Commands around a name, and the hat each sets."""

SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-()aehijklmnoprstuvx", strict=True))
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁱʲᵏᴸⁿᵀᵗˡᵐˣ", "0123456789+-()ijkLnTtlmx", strict=True))

ALIKE = {"lambda": ("lam",), "Lambda": ("Lam",), "epsilon": ("eps", "epsilon"), "varepsilon": ("eps", "epsilon"),
          "eps": ("eps", "epsilon"), "eta": ("eta", "lr"), "vartheta": ("theta",), "varphi": ("phi",),
          "varsigma": ("sigma",), "partial": ("d",), "nabla": ("d",), "Nabla": ("d",), "ell": ("l",)}  # fmt: skip
"""Spelled-out letters -> the answer names they stand for, the usual one first."""

GREEK_COMMANDS = frozenset(GREEK) - {"lr", "lam", "Lam", "eps"} | frozenset(ALIKE) - {"eps", "Nabla"}
GREEK_LETTERS = {symbol: name for name, symbol in reversed(GREEK.items()) if name not in ("lr", "epsilon")}
GREEK_LETTERS |= {"ϵ": "eps", "ϑ": "theta", "ϕ": "phi", "ς": "sigma", "µ": "mu", "∆": "Delta",
                   "∂": "partial", "∇": "nabla", "ι": "iota", "Γ": "Gamma", "Θ": "Theta", "Φ": "Phi",
                   "Ψ": "Psi", "Π": "Pi", "ℓ": "l"}  # fmt: skip
GREEK_COMMANDS |= {"iota", "Gamma", "Theta", "Phi", "Psi", "Pi"}


def run(text: str, at: int, allowed: frozenset[str] | dict[str, str]) -> int:
    while at < len(text) and text[at] in allowed:
        at += 1
    return at


def command(text: str, at: int) -> str:
    """The command word that begins with the backslash at `at`: ``hat``; one sign where no letter follows."""
    end = run(text, at + 1, LETTERS)
    return text[at + 1 : end] if end > at + 1 else text[at + 1 : at + 2]


def closing(text: str, at: int) -> int | None:
    """Where the brace opened at `at` closes; None where it does not, or nests deeper than 10."""
    depth = 0
    for n in range(at, len(text)):
        if text[n] == "{":
            depth += 1
            if depth > 10:
                return None
        elif text[n] == "}":
            depth -= 1
            if depth == 0:
                return n
    return None
