"""Worked lines: ``v_2 = 0.9(0.05) + (0.1)(0.4) = 0.045 + 0.04 = 0.085`` link by link.

Text, Markdown, LaTeX and what handwriting recognition makes of a page. A link that cannot be read
is kept with the reason; it never stops the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from dlsolve.formula.tree import Tree
from dlsolve.handwriting.answers import said_once, value
from dlsolve.handwriting.commas import letter_times
from dlsolve.handwriting.cuts import Part, parts, rows
from dlsolve.handwriting.glyphs import closing
from dlsolve.handwriting.lefts import Means, name_of
from dlsolve.handwriting.numerals import free_names
from dlsolve.handwriting.parser import expression
from dlsolve.handwriting.shapes import Written, describe
from dlsolve.handwriting.tokens import MAX_CHARS, UnreadableError

MAX_TEXT = 50_000
"""Most characters of one submission that are read."""

_ASIDE = re.compile(
    r"\s*(?:\((?=[^()]*[A-Za-z]{3})[^()+*/^_\\{}−]*\)|\[(?=[^\[\]]*[A-Za-z]{2})[^\[\]+*/^_\\{}−]*\])\s*$"
)
"""Words in brackets after a result; a bracket with operations in it belongs to the line."""
_REMARK = re.compile(
    r"(?<=[0-9)\]}])(?:,\s|\s)\s*"
    r"(?:ok|okay|right|no|not|as|so|since|because|hence|thus|then|which|rounded|correct|from|after|is|the|by)\b"
    r"[A-Za-z' ]*$"
)
"""Words after a result: ``0.1, as required``."""
_ORDER = re.compile(r"\s*(?:[<>≤≥≠]|\\(?:leq?|geq?|neq?)(?![A-Za-z])).*$", re.DOTALL)
"""A comparison after a result: ``0.6 < 1``."""
_SUM = re.compile(r"\\(?:sum|prod|int|cap|cup|mid)(?![A-Za-z])|[∑Σ∏∫∩∪]|(?<![A-Za-z])P\s*\(")
_EDGE = " \t\r\n$.,;:~\\&"


@dataclass(frozen=True, slots=True)
class Link:
    """One side of a chain of equalities.

    `start` and `end` are offsets in the source. `tree` is None where the text cannot be read, and
    `reason` says why. `written` says how its digits were written, where it holds numbers alone.
    `relation` stands before the link; it is empty for a first link without a name.
    """

    text: str
    start: int
    end: int
    tree: Tree | None
    relation: Literal["=", "≈", ""] = "="
    written: Written | None = None
    reason: str = ""

    @property
    def numeric(self) -> bool:
        """Whether the link can be worked out: it is read, and no name stands in it."""
        return self.tree is not None and self.written is not None

    @property
    def general(self) -> bool:
        """Whether it states a rule by a sum over an index, or in the words of events, whose numbers stand
        in the links after it."""
        return self.tree is None and bool(_SUM.search(self.text))


@dataclass(frozen=True, slots=True)
class WorkedLine:
    """A chain of equalities: the name on its left, as written (None where there is none), and its links."""

    name: str | None
    name_at: tuple[int, int]
    links: tuple[Link, ...]

    @property
    def last(self) -> Written | None:
        """What the chain ends with, where that is readable without names."""
        return self.links[-1].written if self.links else None


def lines(text: str, means: Means | None = None) -> list[WorkedLine]:
    """The worked lines in `text`, in order; prose and formulas without ``=`` are passed over.

    `means` says of a text whether it is a name of the run; without it, what looks like a name is one.

    A row that begins with ``=``, ``≈`` or ``⇒`` goes on with the line before it. Raises
    `UnreadableError` only where the text is longer than `MAX_TEXT`.
    """
    if len(text) > MAX_TEXT:
        raise UnreadableError(f"{len(text)} characters; at most {MAX_TEXT} are read", offset=MAX_TEXT)
    out: list[_Open] = []
    dangling = False
    for row in rows(text):
        chain = parts(row)
        for n, part in enumerate(chain):
            bare = _trim(part)
            last = n == len(chain) - 1
            if not bare.text:
                # "v =" at the end of a row goes on in the next one
                dangling = dangling or (last and part.relation != "" and bool(out))
                continue
            named = None if last or chain[n + 1].relation == "⇒" else name_of(bare, means)
            if part.relation == "" and not dangling:
                if last:
                    continue
                out.append(_opened(bare, named, means))
            elif part.relation == "⇒" and (named is not None or not last):
                # an equation follows: a value where a name stands on its left
                out.append(_Open(named, []) if named is not None else _Open(None, [_link(bare, "")]))
            else:
                if not out:
                    out.append(_Open(None, []))
                out[-1].links.append(_link(bare, "≈" if part.relation == "≈" else "="))
            dangling = False
    return [line.close(text) for line in out if line.links]


@dataclass(slots=True)
class _Open:
    """A worked line that may go on in the next row."""

    name: Part | None
    links: list[Link]

    def close(self, text: str) -> WorkedLine:
        links = tuple(replace(link, text=text[link.start : link.end]) for link in self.links)
        if self.name is None:
            return WorkedLine(None, (links[0].start, links[0].start), links)
        start, end = self.name.start, self.name.start + len(self.name.text)
        return WorkedLine(text[start:end], (start, end), links)


def _opened(part: Part, named: Part | None, means: Means | None) -> _Open:
    """A line that begins with a name, an expression, or both: ``v_2: 0.9*0.05 + 0.1*0.4 = 0.085``."""
    if named is not None:
        return _Open(named, [])
    head, colon, rest = part.text.partition(":")
    if means is not None and colon and rest.strip():
        name = name_of(_trim(Part("", head, part.start)), means)
        first = _link(_trim(Part("", rest, part.start + len(head) + 1)), "=")
        if name is not None and means(name.text) and first.written is not None:
            return _Open(name, [first])
    return _Open(None, [_link(part, "")])


def _trim(part: Part) -> Part:
    """`part` without spaces, dollar signs and a sentence's full stop around it."""
    left = len(part.text) - len(part.text.lstrip(" \t\r\n$~&"))
    text = part.text[left:].rstrip(_EDGE)
    trimmed = Part(part.relation, text, part.start + left)
    # braces around all of it held what framed or underlined a result
    if text[:1] == "{" and closing(text, 0) == len(text) - 1:
        return _trim(Part(part.relation, text[1:-1], trimmed.start + 1))
    return trimmed


def _link(part: Part, relation: Literal["=", "≈", ""]) -> Link:
    """`part` read; the reason where it cannot be. A remark or comparison after the numbers is left off."""
    text, reason = said_once(part.text), ""
    order = _ORDER.search(text)
    if order and order.start():
        again = _link(Part(part.relation, text[: order.start()], part.start), relation)
        if again.written is not None:
            return again
    tree: Tree | None = None
    written: Written | None = None
    try:
        tree, written = _read(text)
    except UnreadableError as fault:
        reason = fault.reason
    if written is None and len(text) <= MAX_CHARS:
        for remark in (_ASIDE.search(text), _REMARK.search(text)):
            if remark and remark.start():
                again = _link(Part(part.relation, text[: remark.start()].rstrip(_EDGE), part.start), relation)
                if again.written is not None:
                    return again
    return Link(text, part.start, part.start + len(text), tree, relation, written, reason)


def _read(text: str) -> tuple[Tree, Written | None]:
    if len(text) > MAX_CHARS:
        raise UnreadableError(f"{len(text)} characters; at most {MAX_CHARS} are read", offset=MAX_CHARS)
    try:
        tree = expression(letter_times(text))
    except UnreadableError as fault:
        return _value(text, fault)
    if not free_names(tree):
        return tree, describe(tree, text)
    try:
        return _value(text, None)  # a unit is no name: 0.42 bits
    except UnreadableError:
        return tree, None


def _value(text: str, fault: UnreadableError | None) -> tuple[Tree, Written]:
    written = value(text)
    if written.tree is None or free_names(written.tree):
        raise fault or UnreadableError("this is not a number")
    return written.tree, written
