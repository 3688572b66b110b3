"""The words of a condition one after another, with what every reader of them asks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlsolve.errors import InputError
from dlsolve.experiments.space import NUMBERS, Space

MAX_LENGTH = 400
MAX_DEPTH = 40
_TOKEN = re.compile(r"\s*(<=|>=|!=|==|≤|≥|≠|=|<|>|\d{1,9}|[^\W\d_][\w♠♥♦♣]*|[♠♥♦♣]|[-−+*·(){},|∪∩])")
_SILENT = frozenset((
    "the", "a", "an", "either", "get", "gets", "getting", "obtain", "obtains", "obtaining", "obtained", "there", "we",
    "you", "that", "appear", "appears", "turn", "turns",
))  # fmt: skip
"""Words that a condition does without: "we get an even number of heads" asks for "even number of heads"."""
HELP = 'write such as "heads even", "sum = 7", "first H", "at least 2 sixes", or list the outcomes'


class Tokens:
    def __init__(self, text: str, space: Space, where: str) -> None:
        self.text, self.space, self.where = text, space, where
        self.tokens = list(self._scan(text))
        self.at = 0
        self.depth = 0

    def _scan(self, text: str) -> Iterator[str]:
        if not text.strip() or len(text) > MAX_LENGTH:
            raise self.fault("an empty condition" if not text.strip() else f"longer than {MAX_LENGTH} characters")
        at, faces = 0, {str(f) for f in self.space.faces}
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if match is None:
                raise self.fault(f"{text[at]!r} is not understood")
            if match[1].lower() not in _SILENT or match[1] in faces:
                yield match[1]
            at = match.end()

    def fault(self, problem: str) -> InputError:
        return InputError(self.where, problem, found=repr(self.text[:80]), remedy=HELP)

    # -- tokens --------------------------------------------------------------------------------

    def peek(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead].lower() if self.at + ahead < len(self.tokens) else ""

    def accept(self, *words: str) -> str:
        if self.peek() and self.peek() in words:
            self.at += 1
            return self.tokens[self.at - 1].lower()
        return ""

    def expect(self, word: str) -> None:
        if not self.accept(word):
            raise self.fault(f"{word!r} is missing" + (f" before {self.peek()!r}" if self.peek() else " at the end"))

    def end(self) -> None:
        if self.peek():
            raise self.fault(f"{self.tokens[self.at]!r} is not understood")

    def number(self) -> int | None:
        minus = self.peek() in ("-", "−") and self.peek(1).isdigit()
        word = self.peek(1 if minus else 0)
        value = int(word) if word.isdigit() else NUMBERS.get(word) if word not in ("a", "an") else None
        if value is None:
            return None
        self.at += 2 if minus else 1
        return -value if minus else value

    def labels(self) -> set[str]:
        """``{7, 11}``, ``{HHT, (1, 3)}``: labels as outcomes are written."""
        self.expect("{")
        out, label, inside = set(), list[str](), 0
        while not (self.peek() == "}" and not inside):
            if not self.peek():
                raise self.fault("'}' is missing")
            token = self.tokens[self.at]
            self.at += 1
            inside += (token == "(") - (token == ")")
            if token == "," and not inside:
                out.add("".join(label))
                label = []
            else:
                label.append(token + (" " if token == "," else ""))
        self.at += 1
        return (out | {"".join(label)}) - {""}

    def label_ahead(self) -> Iterator[tuple[str, int]]:
        """What stands next read as the label of an outcome, with the number of words it takes."""
        if self.at >= len(self.tokens):
            return
        if self.tokens[self.at] == "(":
            label, inside = "", 0
            for n, token in enumerate(self.tokens[self.at :], 1):
                inside += (token == "(") - (token == ")")
                label += token + (" " if token == "," else "")
                if not inside:
                    yield label, n
                    return
        else:
            token = self.tokens[self.at]
            yield from ((form, 1) for form in dict.fromkeys((token, token.upper())))
            if self.peek(1) in ("♠", "♥", "♦", "♣"):
                yield token.upper() + self.peek(1), 2
