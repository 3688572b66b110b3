"""A page cut into statements, and a statement at its equals signs; offsets in the source are kept."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

_GRID = re.compile(r"\\(begin|end)\{(?P<kind>[pbBv]?matrix|smallmatrix|array)\}")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[a-z]+\*?\}(?:\{[lcr|]*\})?")
_DROPPED = re.compile(
    r"\\(?:tag|label|vspace|hspace)\*?\{[^{}]*\}|\\(?:boxed|underline|displaystyle|therefore|because)(?![A-Za-z])"
    r"|(?:\\[bB]igg?[lr]?\s*)?\|\s*_\s*\{[^{}]*=[^{}]*\}|```\w*|∴|_\s*\{\s*\w{1,4}\s*(?:\\times|×)\s*\w{1,4}\s*\}"
)
"""What says nothing of the numbers: frames, lines below, where a derivative is taken, the size under a matrix."""
_GAP = re.compile(r"\\q?quad(?![A-Za-z])")
_SIDE = re.compile(r"\\(?P<side>left|right)\s*(?P<sign>\\[{}|]|[()\[\]|.])")
_TEXT = re.compile(r"\\text\s*\{[^{}]*\}")
_NAMED = re.compile(r"[\s,.:;]*\\?[A-Za-z][^=+*/()]*")
_RELATION = re.compile(
    r"(?P<implies>=>|⇒|⟹|→|\\(?:Rightarrow|implies|Longrightarrow|rightarrow|to)(?![A-Za-z]))"
    r"|(?P<about>≈|≃|≅|\\(?:approx|simeq|cong)(?![A-Za-z])|~=|=~)"
    r"|(?P<order><=|>=|!=|\\(?:neq?|leq?|geq?)(?![A-Za-z]))"
    r"|(?P<equals>:?={1,2})"
)
_DOLLARS = re.compile(r"(?<!\\)\$+")
_AND = re.compile(r"\s(?:and|und|,)\s")
_NAMED_NEXT = r"(?=\\?[^\W\d_][^\s=<>≈,;:+*/()|]{0,24}(?:\([^()=]{0,24}\))?"
_ASIDE = re.compile(
    rf"(?<=[\d)\]}}%])(?:[ ]{{2,}}|\t\s*){_NAMED_NEXT}\s*[=≈])"
    rf"|(?<==)(?:\S{{0,60}}[\d)\]}}%])(?P<gap> ){_NAMED_NEXT}=\S)|:(?=\s)"
)
"""What parts two equations in one line, or a heading from the first: ``t=1: v=0.05  w=-0.05``."""
_SENTENCE = re.compile(r"(?<=[^\s.])\.\s+(?=[A-Z][a-z]+(?:\s|:|,)|\S{1,12}\s*=)")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text: the relation before it (``=``, ``≈``, ``⇒`` or none), and where it starts."""

    relation: str
    text: str
    start: int


def rows(text: str) -> Iterator[Part]:
    """The statements of `text` that hold a relation, or that may go on with one before them."""
    smooth = _smooth(text)
    start, inside = 0, False
    for line in smooth.splitlines(keepends=True):
        if not line.strip():
            inside = False
        for a, b in _math(line, inside):
            yield from _statements(Part("", line[a:b].replace("$", " "), start + a))
        inside ^= len(_DOLLARS.findall(line)) % 2 == 1
        start += len(line)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _smooth(text: str) -> str:
    """`text`, of the same length, without alignment: ``&`` a space, ``\\\\\\\\`` a line's end."""
    out, at = [], 0
    text = _one_sided(text)
    for a, b in [*_grids(text), (len(text), len(text))]:
        piece = _GAP.sub(_broken, _ENVIRONMENT.sub(_blank, text[at:a]))
        piece = piece.replace("\\\\", " \n").replace("\\&", "  ").replace("&", " ")
        piece = piece.replace("\\(", " $").replace("\\)", "$ ").replace("\\[", "$$").replace("\\]", "$$")
        out.append(piece)
        # inside a matrix & and a line's end part its entries
        out.append(re.sub(r"[\r\n\f\v\x1c-\x1e\x85\u2028\u2029]", " ", text[a:b]))
        at = b
    return _DROPPED.sub(_blank, "".join(out))


def _broken(match: re.Match[str]) -> str:
    """A line's end of the same length."""
    return "\n" + " " * (len(match[0]) - 1)


def _one_sided(text: str) -> str:
    """`text` without brackets that have one side only (``\\\\left| … \\\\right.``): what they hold is a
    column of statements."""
    open_: list[re.Match[str]] = []
    dropped: list[re.Match[str]] = []
    for mark in _SIDE.finditer(text):
        if mark["side"] == "left":
            open_.append(mark)
        elif open_:
            pair = [open_.pop(), mark]
            if "." in (pair[0]["sign"], pair[1]["sign"]):
                dropped += pair
    for mark in dropped:
        text = text[: mark.start()] + _broken(mark) + text[mark.end() :]
    return text


def _grids(text: str) -> Iterator[tuple[int, int]]:
    """The matrices of `text`, from ``\\\\begin`` to ``\\\\end``; one that does not close is no matrix, nor
    is a column of equations."""
    start: int | None = None
    for mark in _GRID.finditer(text):
        if mark[1] == "begin":
            start = mark.start()
        elif start is not None:
            if mark["kind"] != "array" or not _RELATION.search(text, start, mark.start()):
                yield start, mark.end()
            start = None


def _math(line: str, inside: bool) -> list[tuple[int, int]]:
    """The stretches of a row to read: its formulas; the whole row where prose and formulas share an equation."""
    marks = [(m.start(), m.end()) for m in _DOLLARS.finditer(line)]
    if not marks:
        return [(0, len(line))]
    edges = [0, *(e for mark in marks for e in mark), len(line)]
    pieces = list(zip(edges[::2], edges[1::2], strict=True))
    prose = [p for n, p in enumerate(pieces) if (n % 2 == 0) != inside]
    if any(_RELATION.search(line, a, b) for a, b in prose):
        return [(0, len(line))]
    return [p for n, p in enumerate(pieces) if (n % 2 == 1) != inside]


def _outside(text: str) -> Iterator[int]:
    """The places of `text` outside all brackets; outside braces alone where brackets do not match."""
    depths, depth, least = [], 0, 0
    for c in text:
        depth += c in "([{"
        depths.append(depth)
        depth -= c in ")]}"
        least = min(least, depth)
    if depth or least:
        depth, depths = 0, []
        for c in text:
            depth += c == "{"
            depths.append(depth)
            depth = max(0, depth - (c == "}"))
    yield from (n for n, d in enumerate(depths) if d == 0)


def _statements(row: Part) -> Iterator[Part]:
    """`row` cut at commas and "and", where an equation stands after them."""
    text = row.text
    if not _RELATION.search(text):
        yield row
        return
    ends = [m.end() for m in _SENTENCE.finditer(text)]
    free = set(_outside(text)) if ends else set()
    for a, b in itertools.pairwise([0, *(n for n in ends if n - 1 in free), len(text)]):
        # a sentence without a relation, after another one, says nothing
        if a == 0 or _RELATION.search(text, a, b):
            yield from _equations(Part("", text[a:b], row.start + a))


def _equations(row: Part) -> Iterator[Part]:
    text = row.text
    free = set(_outside(text))
    cuts = [
        n for n in sorted(free) if text[n] in ",;" and not (text[n - 1 : n].isdigit() and text[n + 1 : n + 2].isdigit())
    ]
    cuts += [m.start() for m in _AND.finditer(text) if m.start() in free]
    cuts += [n for m in _ASIDE.finditer(text) if (n := max(m.start(), m.start("gap"))) in free]
    cuts += [m.start() for m in _TEXT.finditer(text) if m.start() in free and _begins_there(text, m)]
    first = _RELATION.search(text)
    # what stands before the first equation is its name's: A and B
    edges = [0, *sorted(n for n in set(cuts) if first and first.end() <= n), len(text)]
    begins = [0]
    for a, b in itertools.pairwise(edges[1:]):
        found = _RELATION.search(text, a, b)
        if found and found.lastgroup != "order" and found.start() in free and text[a : found.start()].strip(" ,;"):
            begins.append(a)
    for a, b in zip(begins, [*begins[1:], len(text)], strict=True):
        skip = re.match(r"\s*(?:[,;:]|and\b|und\b)?\s*", text[a:b]) if a else None
        a += skip.end() if skip else 0
        yield Part("", text[a:b], row.start + a)


def _begins_there(text: str, words: re.Match[str]) -> bool:
    """Whether a statement begins after words amid a formula: ``… = 15. \\\\text{ Initial weight } w = 0``."""
    after = _RELATION.search(text, words.end())
    if after is None or not _NAMED.fullmatch(text, words.end(), after.start()):
        return False
    return bool(_RELATION.search(text, 0, words.start()))


def parts(row: Part) -> list[Part]:
    """`row` cut at the relations outside brackets; the first part has none before it."""
    text = row.text
    free = set(_outside(text))
    out, at, relation = [], 0, ""
    for match in _RELATION.finditer(text):
        if match.lastgroup == "order" or match.start() not in free:
            continue
        out.append(Part(relation, text[at : match.start()], row.start + at))
        relation = {"implies": "⇒", "about": "≈"}.get(match.lastgroup or "", "=")
        at = match.end()
    return [*out, Part(relation, text[at:], row.start + at)]
