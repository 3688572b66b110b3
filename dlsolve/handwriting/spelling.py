"""How people spell the name of a quantity: ``m_hat_3``, m̂₃, ``\\hat{m}_3``, θ₃, ``W_1^{(2)}``.

`scan` reads one name at a place in a text; `Spelled.candidates` lists the answer names it can mean.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

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

_ALIKE = {"lambda": ("lam",), "Lambda": ("Lam",), "epsilon": ("eps", "epsilon"), "varepsilon": ("eps", "epsilon"),
          "eps": ("eps", "epsilon"), "eta": ("eta", "lr"), "vartheta": ("theta",), "varphi": ("phi",),
          "varsigma": ("sigma",), "partial": ("d",), "nabla": ("d",), "Nabla": ("d",), "ell": ("l",)}  # fmt: skip
"""Spelled-out letters -> the answer names they stand for, the usual one first."""

_GREEK_COMMANDS = frozenset(GREEK) - {"lr", "lam", "Lam", "eps"} | frozenset(_ALIKE) - {"eps", "Nabla"}
_GREEK_LETTERS = {symbol: name for name, symbol in reversed(GREEK.items()) if name not in ("lr", "epsilon")}
_GREEK_LETTERS |= {"ϵ": "eps", "ϑ": "theta", "ϕ": "phi", "ς": "sigma", "µ": "mu", "∆": "Delta",
                   "∂": "partial", "∇": "nabla", "ι": "iota", "Γ": "Gamma", "Θ": "Theta", "Φ": "Phi",
                   "Ψ": "Psi", "Π": "Pi", "ℓ": "l"}  # fmt: skip
_GREEK_COMMANDS |= {"iota", "Gamma", "Theta", "Phi", "Psi", "Pi"}

MAX_PARTS = 12
"""Most sub- and superscripts of one name."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """A name in its parts. `low` holds subscripts, `high` bracketed superscripts, in order;
    `fused` is True where the first subscript was written without ``_`` (``beta1``)."""

    head: str
    hats: tuple[str, ...] = ()
    low: tuple[str, ...] = ()
    high: tuple[str, ...] = ()
    fused: bool = False
    entry: str = ""

    def ascii(self) -> str:
        """The name as written, in ASCII."""
        head = _ALIKE.get(self.head, (self.head,))[0]
        low = self.low
        if self.fused and low:
            hats = "".join(f"_{h}" for h in self.hats)
            text = f"{head}{hats}_{low[0]}" if hats else head + low[0]
            low = low[1:]
        else:
            text = head + "".join(f"_{h}" for h in self.hats)
        text += "".join(f"_{part}" for part in low + self.high)
        return text + (f"[{self.entry}]" if self.entry else "")

    def candidates(self) -> list[str]:
        """Every answer name this spelling can mean: as written, then fused, then with ``_``."""
        heads = _ALIKE.get(self.head, (self.head,))
        hats = "".join(f"_{h}" for h in self.hats)
        parts = self.low + self.high
        out = {self.ascii(): None}
        for head in heads:
            for text in _indexed(head, hats, parts):
                out[text + (f"[{self.entry}]" if self.entry else "")] = None
            if not self.entry and parts:
                for text in _indexed(head, hats, parts[:-1]):
                    out[f"{text}[{parts[-1]}]"] = None
        return list(out)


def _indexed(head: str, hats: str, parts: tuple[str, ...]) -> list[str]:
    if not parts:
        return [head + hats]
    first, rest = parts[0].replace(" ", ""), "".join(f"_{p}" for p in parts[1:])
    out = [f"{head}{first}{hats}{rest}", f"{head}{hats}{first}{rest}", f"{head}{hats}_{first}{rest}"]
    pieces = [p for p in first.split(",") if p]
    if len(pieces) > 1:
        out += [f"{head}{hats}{''.join(pieces)}{rest}", f"{head}{hats}{pieces[0]}_{'_'.join(pieces[1:])}{rest}",
                f"{head}{hats}_{'_'.join(pieces)}{rest}"]  # fmt: skip
    if len(parts) > 1 and parts[0].isdigit() and parts[1].isdigit():
        out.append(f"{head}{hats}{''.join(parts)}")
    return out


def scan(text: str, start: int, *, tex: bool = False) -> tuple[Spelled, int] | None:
    """The name that begins at `start`, and where it ends; None where no name begins there.

    `tex` says that a bare subscript is one character, as in LaTeX (``x_iy_i``).
    """
    found = _head(text, start)
    if found is None:
        return None
    head, hats, low, at = found
    fused = bool(low)
    high: list[str] = []
    while at < len(text) and len(low) + len(high) < MAX_PARTS:
        c = text[at]
        if c in HATS:
            hats.append(HATS[c])
            at += 1
        elif c in DIGITS and not low and not high and (hats or head not in LETTERS):
            end = _run(text, at, DIGITS)
            low.append(text[at:end])
            fused, at = True, end
        elif c in SUBSCRIPTS:
            end = _run(text, at, SUBSCRIPTS)
            low.append("".join(SUBSCRIPTS[s] for s in text[at:end]))
            at = end
        elif c == "_":
            part = _subscript(text, at + 1, tex)
            if part is None:
                break
            inner, at = part
            if inner in ("hat", "bar", "tilde"):
                hats.append(inner)
            elif inner:
                low.append(inner)
        elif (raised := _bracketed_superscript(text, at)) is not None:
            inner, at = raised
            high.append(inner)
        else:
            break
    return Spelled(head, tuple(hats), tuple(low), tuple(high), fused), at


def _run(text: str, at: int, allowed: frozenset[str] | dict[str, str]) -> int:
    while at < len(text) and text[at] in allowed:
        at += 1
    return at


def _head(text: str, at: int) -> tuple[str, list[str], list[str], int] | None:
    """The letters of a name with hats and digits written on to them."""
    c = text[at : at + 1]
    if c in LETTERS and c:
        end = _run(text, at, LETTERS)
        if end < len(text) and text[end] in HATS and end - at > 1:
            return text[at : end - 1], [], [], end - 1
        letters = text[at:end]
        # letters and digits in turn are one name (relu2, F1score); trailing digits are its index
        while end < len(text) and text[end] in ALNUM:
            end = _run(text, end, ALNUM)
        word = text[at:end]
        stem = word.rstrip("0123456789")
        return (stem, [], [word[len(stem) :]] if stem != word else [], end) if letters else None
    if c in _GREEK_LETTERS:
        return _compound(text, _GREEK_LETTERS[c], at + 1)
    if c == "\\":
        return _command(text, at)
    parts = unicodedata.decomposition(c).split() if c and ord(c) > 0x7F else []
    if len(parts) == 2 and chr(int(parts[0], 16)) in LETTERS and chr(int(parts[1], 16)) in HATS:
        return chr(int(parts[0], 16)), [HATS[chr(int(parts[1], 16))]], [], at + 1
    return None


def _compound(text: str, name: str, at: int) -> tuple[str, list[str], list[str], int]:
    """Δw is one name; every other Greek letter stands alone."""
    if name == "Delta":
        after = at + 1 if text[at : at + 1] == " " else at
        twice = text.startswith(("Δ", "∆", "\\Delta"), after)
        inner = None if twice else _head(text, after)
        if inner is not None:
            head, hats, low, end = inner
            return f"Delta_{_ALIKE.get(head, (head,))[0]}", hats, low, end
    return name, [], [], at


def command(text: str, at: int) -> str:
    """The command word that begins with the backslash at `at`: ``hat``; one sign where no letter follows."""
    end = _run(text, at + 1, LETTERS)
    return text[at + 1 : end] if end > at + 1 else text[at + 1 : at + 2]


def _command(text: str, at: int) -> tuple[str, list[str], list[str], int] | None:
    word = command(text, at)
    end = at + 1 + len(word)
    if word in _GREEK_COMMANDS:
        after = _run(text, end, frozenset(" ")) if word == "Delta" else end
        return _compound(text, word, after if word == "Delta" else end)
    if word not in HAT_COMMANDS:
        return None
    end = _run(text, end, frozenset(" "))
    if text[end : end + 1] == "{":
        close = closing(text, end)
        if close is None:
            return None
        inside, end = text[end + 1 : close].strip(), close + 1
    else:
        inside, end = text[end : end + 1], end + 1
    hat = [HAT_COMMANDS[word]] if HAT_COMMANDS[word] else []
    # bounded: the inner text is shorter, and braces nest at most as deep as `closing` allows
    inner = scan(inside, 0) if inside else None
    if inner is None:
        return None
    name, stop = inner
    if inside[stop:].strip():
        words = inside.replace("-", " ").split()
        if not all(w.replace("_", "").isalnum() and w.isascii() for w in words):
            return None
        return "_".join(words), hat, [], end
    return name.head, [*name.hats, *hat], [*name.low, *name.high], end


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


def _subscript(text: str, at: int, tex: bool) -> tuple[str, int] | None:
    """The subscript after ``_``: (its text, where it ends)."""
    c = text[at : at + 1]
    if c == "{":
        close = closing(text, at)
        if close is None:
            return None
        return plain(text[at + 1 : close]), close + 1
    if c and c in DIGITS:
        end = at + 1 if tex else _run(text, at, DIGITS)
        return text[at:end], end
    if c and c in LETTERS:
        end = _run(text, at, ALNUM)
        if tex and end - at < 3:
            end = at + 1
        return text[at:end], end
    inner = _head(text, at) if c == "\\" or c in _GREEK_LETTERS else None
    return (Spelled(*(inner[0], *map(tuple, inner[1:3]))).ascii(), inner[3]) if inner else None


def _bracketed_superscript(text: str, at: int) -> tuple[str, int] | None:
    """An index set above the name in brackets: ``^{(2)}``, ``^{[l]}``, ⁽²⁾."""
    if text[at] == "⁽":
        end = text.find("⁾", at)
        inner = text[at + 1 : end] if end > at else ""
        if inner and all(c in SUPERSCRIPTS for c in inner):
            return "".join(SUPERSCRIPTS[c] for c in inner), end + 1
        return None
    if text[at] == "^" and text[at + 1 : at + 2] == "{" and text[at + 2 : at + 3] in ("(", "["):
        close = closing(text, at + 1)
        inner = text[at + 3 : close - 1] if close is not None else ""
        if close is not None and text[close - 1] in ")]" and inner and plain(inner).isalnum():
            return plain(inner), close + 1
    return None


def plain(text: str) -> str:
    """A subscript's text in ASCII: Greek spelled out, commands and braces dropped, no spaces."""
    out, at = "", 0
    while at < len(text):
        c = text[at]
        if c in " {}$\u00a0\u2009":
            at += 1
        elif c in ALNUM or c in "+-,":
            out, at = out + c, at + 1
        elif c == "−":
            out, at = out + "-", at + 1
        else:
            inner = scan(text, at)
            if inner is None:
                out, at = out + c, at + 1
            else:
                name, at = inner
                out += name.ascii()
    return out
