"""How people spell the name of a quantity: ``m_hat_3``, m̂₃, ``\\hat{m}_3``, θ₃, ``W_1^{(2)}``.

`scan` reads one name at a place in a text; `Spelled.candidates` lists the answer names it can mean.
"""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

from dlsolve.handwriting.glyphs import (
    ALIKE,
    ALNUM,
    DIGITS,
    GREEK_COMMANDS,
    GREEK_LETTERS,
    HAT_COMMANDS,
    HATS,
    LETTERS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    closing,
    command,
    run,
)

_D = r"(?:∂|\\partial(?![A-Za-z]))\s*"
_PARTIAL = re.compile(rf"{_D}([A-Za-z]\w{{0,6}}|\\[a-z]+\{{?[A-Za-z]*\}}?)\s*/\s*{_D}")
_UPPER = re.compile(rf"(?:{_D}|d\s*)(\S.{{0,20}})")
_LOWER = re.compile(rf"(?:{_D}|d\s*)(\S.*)")
LOSSES = ("L", "J", "E", "C", "Loss", "loss", "l", "cost")
"""What stands above in a gradient that is named by its lower part alone."""

_HAT = re.compile(r"(hat|bar|tilde)([0-9]*)")

MAX_PARTS = 12
"""Most sub- and superscripts of one name."""


class Spelled(Struct, frozen=True):
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
        head = ALIKE.get(self.head, (self.head,))[0]
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
        heads = ALIKE.get(self.head, (self.head,))
        if self.head.startswith("Delta_") and self.low:
            heads = (*heads, "Delta")  # Δw₃ is Δ₃ where one parameter moves
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
    found = _gradient(text, start) or _head(text, start)
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
            end = run(text, at, DIGITS)
            low.append(text[at:end])
            fused, at = True, end
        elif c in SUBSCRIPTS:
            end = run(text, at, SUBSCRIPTS)
            low.append("".join(SUBSCRIPTS[s] for s in text[at:end]))
            at = end
        elif c == "_":
            part = _subscript(text, at + 1, tex)
            if part is None:
                break
            inner, at = part
            hat = _HAT.fullmatch(inner)
            if hat and not low:
                hats.append(hat[1])
                low += [hat[2]] if hat[2] else []  # m_hat2
            elif inner:
                low.append(inner)
        elif (raised := _bracketed_superscript(text, at)) is not None:
            inner, at = raised
            high.append(inner)
        else:
            break
    return Spelled(head, tuple(hats), tuple(low), tuple(high), fused), at


def _gradient(text: str, start: int) -> tuple[str, list[str], list[str], int] | None:
    """∂L/∂W₁ and ``\\frac{\\partial L}{\\partial W_1}`` are the name dW1; ∂z/∂w is dz_dw."""
    fraction = text.startswith(("\\frac", "\\dfrac", "\\tfrac"), start)
    if not fraction:
        match = _PARTIAL.match(text, start)
        if match is None:
            return None
        twice = text.startswith(("∂", "\\partial"), match.end())
        inner = None if twice else scan(text, match.end())
        return _by(match[1], inner[0], inner[1]) if inner else None
    above = text.find("{", start)
    middle = closing(text, above) if above - start in (5, 6) else None
    below = closing(text, middle + 1) if middle and text[middle + 1 : middle + 2] == "{" else None
    if middle is None or below is None:
        return None
    over, under = _UPPER.fullmatch(text[above + 1 : middle].strip()), _LOWER.match(text[middle + 2 : below].strip())
    inner = scan(under[1], 0) if over and under else None
    if over is None or under is None or inner is None or under[1][inner[1] :].strip():
        return None
    return _by(over[1], inner[0], below + 1)


def _by(loss: str, name: Spelled, end: int) -> tuple[str, list[str], list[str], int]:
    """The gradient of `loss` by `name`, as a head with its hats and subscripts."""
    head = ALIKE.get(name.head, (name.head,))[0]
    upper = scan(loss.strip(), 0)
    over = upper[0].ascii() if upper else ""
    before = "d" if over in LOSSES else f"d{over}_d"
    low = list(name.low + name.high)
    return before + head, list(name.hats), low, end


def _head(text: str, at: int) -> tuple[str, list[str], list[str], int] | None:
    """The letters of a name with hats and digits written on to them."""
    c = text[at : at + 1]
    if c in LETTERS and c:
        end = run(text, at, LETTERS)
        if end < len(text) and text[end] in HATS and end - at > 1:
            return text[at : end - 1], [], [], end - 1
        letters = text[at:end]
        # letters and digits in turn are one name (relu2, F1score); trailing digits are its index
        while end < len(text) and text[end] in ALNUM:
            end = run(text, end, ALNUM)
        word = text[at:end]
        stem = word.rstrip("0123456789")
        return (stem, [], [word[len(stem) :]] if stem != word else [], end) if letters else None
    if c in GREEK_LETTERS:
        return _compound(text, GREEK_LETTERS[c], at + 1)
    if c == "\\":
        return _command(text, at)
    parts = unicodedata.decomposition(c).split() if c and ord(c) > 0x7F else []
    if len(parts) == 2 and "<" not in parts[0] and chr(int(parts[0], 16)) in LETTERS and chr(int(parts[1], 16)) in HATS:
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
            return f"Delta_{ALIKE.get(head, (head,))[0]}", hats, low, end
    return name, [], [], at


def _command(text: str, at: int) -> tuple[str, list[str], list[str], int] | None:
    word = command(text, at)
    end = at + 1 + len(word)
    if word in GREEK_COMMANDS:
        after = run(text, end, frozenset(" ")) if word == "Delta" else end
        return _compound(text, word, after if word == "Delta" else end)
    if word not in HAT_COMMANDS:
        return None
    end = run(text, end, frozenset(" "))
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


def _subscript(text: str, at: int, tex: bool) -> tuple[str, int] | None:
    """The subscript after ``_``: (its text, where it ends)."""
    c = text[at : at + 1]
    if c == "{":
        close = closing(text, at)
        if close is None:
            return None
        return plain(text[at + 1 : close]), close + 1
    if c and c in DIGITS:
        end = at + 1 if tex else run(text, at, DIGITS)
        return text[at:end], end
    if c and c in LETTERS:
        end = run(text, at, ALNUM)
        if tex and end - at < 3:
            end = at + 1
        return text[at:end], end
    inner = _head(text, at) if c == "\\" or c in GREEK_LETTERS else None
    return (Spelled(inner[0], tuple(inner[1]), tuple(inner[2])).ascii(), inner[3]) if inner else None


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
