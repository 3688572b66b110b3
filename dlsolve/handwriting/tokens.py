"""Text -> tokens: ASCII, Unicode mathematics and LaTeX come out as the same few signs.

Every bound (length, tokens, digits, exponents) is checked here, before a number is built.
"""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

from dlsolve.errors import InputError
from dlsolve.handwriting.glyphs import ALNUM, DIGITS, SUPERSCRIPTS, closing, command
from dlsolve.handwriting.signs import COMMANDS, FUNCTIONS, GRIDS, SIGNS, SPACES, VULGAR
from dlsolve.handwriting.spelling import Spelled, scan
from dlsolve.numbers.exact import MAX_EXPONENT

MAX_CHARS = 10_000
MAX_SIGNS = 200
"""Most names, operations and opening brackets of one text; the numbers of a list are not counted."""
TOO_MANY = f"more than {MAX_SIGNS} names and signs"
MAX_DIGITS = 300

THIN = "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
"""Spaces that group digits (1 234.5) and otherwise only part tokens."""

_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_GROUPED = re.compile(rf"[0-9]{{1,3}}(?:(?:[{THIN}]|\\,)[0-9]{{3}})+(?![0-9])(?:\.[0-9]*)?")
_TWO = ("**", "<=", ">=", "==", "!=", "=>")
_ONE = frozenset("+-*/^@()[]{},;|<>=%")


class UnreadableError(InputError):
    """A text that cannot be read as an answer: the reason, and the column where reading stopped.

    `offset` counts from 0; it is None where the whole text is meant.
    """

    def __init__(
        self, problem: str, *, offset: int | None = None, where: str = "", found: str = "", remedy: str = ""
    ) -> None:
        self.offset = offset
        self.reason = problem
        place = f"column {offset + 1}" if offset is not None else ""
        super().__init__(", ".join(filter(None, (where, place))), problem, found=found, remedy=remedy)

    def at(self, where: str) -> UnreadableError:
        """The same error, standing at another place."""
        return UnreadableError(self.reason, offset=self.offset, where=where, found=self.found, remedy=self.remedy)


class Token(Struct, frozen=True):
    """`kind` is num, name, op, open, close or end; `gap` says that a space stands before it."""

    kind: str
    text: str
    start: int
    end: int
    gap: bool = False
    name: Spelled | None = None


def tokens(text: str, where: str = "") -> list[Token]:
    """The tokens of `text`, an ``end`` token last. Raises `UnreadableError`."""
    return _Scanner(text, where).run()


class _Scanner:
    def __init__(self, text: str, where: str) -> None:
        self.text, self.where = text, where
        self.at, self.gap = 0, False
        self.out: list[Token] = []
        self.tex = "\\" in text or "$" in text
        self.grids: list[str] = []
        self.signs = 0
        self.inside: list[str] = []
        """The brackets that are open."""

    def fail(self, problem: str, at: int | None = None, **more: str) -> UnreadableError:
        return UnreadableError(problem, offset=self.at if at is None else at, where=self.where, **more)

    def run(self) -> list[Token]:
        if len(self.text) > MAX_CHARS:
            raise self.fail(f"{len(self.text)} characters; at most {MAX_CHARS} are read", MAX_CHARS)
        while self.at < len(self.text):
            self.step(self.text[self.at])
        self.emit("end", "", self.at)
        return self.out

    def emit(self, kind: str, text: str, end: int, name: Spelled | None = None) -> None:
        self.signs += kind in ("name", "op", "open") and text not in (",", ";") and not self.begins(text, end)
        if self.signs > MAX_SIGNS:
            raise self.fail(TOO_MANY, remedy="write it in shorter lines")
        if kind == "open":
            self.inside.append(text)
        elif kind == "close" and self.inside:
            self.inside.pop()
        self.out.append(Token(kind, text, self.at, end, self.gap, name))
        self.at, self.gap = end, False

    def begins(self, text: str, end: int) -> bool:
        """Whether this is a minus that begins an entry of a list and so belongs to its number: ``[-1, -2]``,
        ``[-1 -2]``. Where the parser takes the latter for 1 − 2, it counts it."""
        before = self.out[-1] if self.out else None
        if text != "-" or before is None:
            return False
        if before.kind == "open" or before.text in (",", ";"):
            return True
        parted = self.gap and before.kind in ("num", "close") and self.text[end : end + 1] not in ("", " ", "\t")
        return parted and bool(self.inside) and self.inside[-1] == "["

    def space(self, end: int) -> None:
        self.at, self.gap = end, True

    def step(self, c: str) -> None:
        text, at = self.text, self.at
        if c in " \t\r\n~$" or c in THIN:
            self.space(at + 1)
        elif c in DIGITS or (c == "." and text[at + 1 : at + 2] in DIGITS and at + 1 < len(text)):
            self.number()
        elif c == "." and text[at : at + 2] == ".T" and text[at + 2 : at + 3] not in ALNUM:
            self.emit("op", ".T", at + 2)
        elif text[at : at + 2] in _TWO:
            sign = text[at : at + 2]
            self.emit("op", "⇒" if sign == "=>" else sign, at + 2)
        elif c in _ONE:
            self.sign(c, at + 1)
        elif c in SIGNS:
            self.sign(SIGNS[c], at + 1)
        elif c == "&":
            self.emit("op", ",", at + 1) if self.grids else self.space(at + 1)
        elif c in VULGAR:
            self.vulgar(VULGAR[c])
        elif c in SUPERSCRIPTS:
            self.raised()
        elif (found := scan(text, at, tex=self.tex)) is not None:
            self.emit("name", found[0].ascii(), found[1], found[0])
        elif c == "\\":
            self.command()
        else:
            raise self.strange(c)

    def sign(self, sign: str, end: int) -> None:
        kind = "open" if sign in ("(", "[", "{") else "close" if sign in (")", "]", "}") else "op"
        self.emit(kind, {"^": "**", "≤": "<="}.get(sign, sign), end)

    def number(self) -> None:
        text, at = self.text, self.at
        grouped = _GROUPED.match(text, at)
        match = grouped or _NUMBER.match(text, at)
        assert match is not None
        end = match.end()
        digits = match[0] if not grouped else re.sub(r"[^0-9.]", "", match[0])
        # a point that ends a sentence is not part of a number that has one already
        if text[end : end + 1] == "." and "." in digits and not text[end + 1 :].strip(" .$"):
            self.check(digits, at)
            self.emit("num", digits, end)
            self.space(len(text))
            return
        after = text[end : end + 1]
        if after == "_":
            raise self.fail("a number with an underscore", end, remedy="write its digits alone")
        if (
            digits in ("0", "00")
            and after in ("x", "b", "o", "X")
            and text[end + 1 : end + 2] in ALNUM
            and (end + 1 < len(text))
        ):
            raise self.fail("a number in another base", remedy="write it in decimal digits")
        if after == "." and text[end + 1 : end + 2] != "T":
            raise self.fail("a number with two points", end)
        self.check(digits, at)
        self.emit("num", digits, end)

    def check(self, digits: str, at: int) -> None:
        """The bounds of one number, on its text."""
        head, mark, power = digits.lower().partition("e")
        if len(head) > MAX_DIGITS:
            raise self.fail(f"a number of {len(head)} digits; at most {MAX_DIGITS} are read", at)
        power = power.lstrip("+-").lstrip("0")
        if mark and (len(power) > 3 or int(power or "0") > MAX_EXPONENT):
            raise self.fail(f"an exponent beyond ±{MAX_EXPONENT}", at)

    def vulgar(self, fraction: str) -> None:
        """½ is 1/2, 1½ is 1 + 1/2."""
        over, under = fraction.split("/")
        end = self.at + 1
        mixed = self.out and self.out[-1].kind == "num" and self.out[-1].text.isdigit() and not self.gap
        whole = self.out.pop() if mixed else None
        gap = whole.gap if whole else self.gap
        self.at = whole.start if whole else self.at
        self.gap = gap
        self.emit("open", "(", end)
        if whole:
            self.emit("num", whole.text, end)
            self.emit("op", "+", end)
        self.emit("num", over, end)
        self.emit("op", "/", end)
        self.emit("num", under, end)
        self.emit("close", ")", end)

    def raised(self) -> None:
        """A run of superscripts: x², 10⁻³, (1, 2)ᵀ."""
        start, end = self.at, self.at
        while end < len(self.text) and self.text[end] in SUPERSCRIPTS:
            end += 1
        inner = "".join(SUPERSCRIPTS[c] for c in self.text[start:end])
        if inner == "T":
            self.emit("op", ".T", end)
            return
        self.emit("op", "**", start)
        self.emit("open", "{", start)
        for part in re.findall(r"[0-9]+|[a-zA-Z]|[-+()]", inner):
            if part[0] in DIGITS:
                self.check(part, start)
                self.emit("num", part, start)
            elif part[0] in ALNUM:
                self.emit("name", part, start, Spelled(part))
            else:
                self.sign(part, start)
        self.emit("close", "}", end)

    def command(self) -> None:
        text, at = self.text, self.at
        word = command(text, at)
        end = at + 1 + len(word)
        if text[at : at + 2] == "\\\\":
            self.emit("op", ";", at + 2) if self.grids else self.space(at + 2)
        elif word in ("begin", "end"):
            self.environment(word, end)
        elif word in COMMANDS:
            self.emit("op", COMMANDS[word], end)
        elif word in ("frac", "dfrac", "tfrac", "cfrac", "sqrt"):
            self.emit("op", "frac" if "frac" in word else "√", end)
        elif word in FUNCTIONS:
            name = scan(text, at + 1, tex=True)
            assert name is not None
            spelled, stop = name
            self.emit("name", spelled.ascii(), stop, spelled)
        elif word in ("top", "intercal"):
            self.emit("name", "T", end, Spelled("T"))
        elif word in ("{", "lbrace"):
            self.emit("open", "\\{", end)
        elif word in ("}", "rbrace"):
            self.emit("close", "\\}", end)
        elif word == "|" or word == "Vert":
            self.emit("op", "‖", end)
        elif word in SPACES:
            end += 1 if word in ("left", "right") and text[end : end + 1] == "." else 0
            self.space(end)
        else:
            raise self.fail(f"\\{word} is not read", remedy="write it with + − × / ^, √ and functions")

    def environment(self, word: str, end: int) -> None:
        close = closing(self.text, end) if self.text[end : end + 1] == "{" else None
        name = self.text[end + 1 : close].rstrip("*") if close is not None else ""
        if close is None or not name.isalpha():
            raise self.fail(f"\\{word} without a name in braces")
        end = close + 1
        if name not in GRIDS:
            self.space(end)
            return
        if name == "array" and word == "begin" and self.text[end : end + 1] == "{":
            end = (closing(self.text, end) or end) + 1
        if word == "begin":
            self.grids.append(name)
            self.emit("open", "[", end)
        elif self.grids:
            self.grids.pop()
            self.emit("close", "]", end)
        else:
            raise self.fail(f"\\end{{{name}}} without its \\begin")

    def strange(self, c: str) -> UnreadableError:
        kind = unicodedata.category(c)
        if kind in ("Nd", "Nl", "No"):
            return self.fail("a digit of another script", remedy="write the digits 0 to 9")
        if kind.startswith("C") or kind in ("Zl", "Zp"):
            return self.fail(f"a character that does not show (U+{ord(c):04X})", remedy="leave it out")
        if c == "∞":
            return self.fail("infinity is not a number")
        if c == ".":
            return self.fail("a point that belongs to no number")
        if c == "!":
            return self.fail("factorials are not read", remedy="write the product")
        return self.fail(f"the character {c!r} is not read here", remedy="write numbers, names, + − × / ^ and brackets")
