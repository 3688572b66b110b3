"""A marking for people: what is right, the first slip in one sentence, the score.

A table where there is room for one, else an item a paragraph. Verdicts are words with a mark;
colour only repeats them. What a student wrote is cleaned, and escaped for Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flint import fmpq

from dlsolve.letters import superscript
from dlsolve.numbers.show import decimal, fraction, terminates
from dlsolve.render import Options
from dlsolve.render.arrange import Block, Cell, Frame, Heading, Paragraph
from dlsolve.render.words import ascii_text, clean, fold, prose, width

if TYPE_CHECKING:
    from dlsolve.checker.report import Report, ReportItem

MARKS = {"correct": "✓", "follows": "→", "wrong": "✗", "ambiguous": "?", "missing": "–", "unreadable": "!"}
_ASCII_MARKS = {"correct": "+", "follows": ">", "wrong": "x", "ambiguous": "?", "missing": "-", "unreadable": "!"}
_ROLES = {"correct": "good", "follows": "good", "wrong": "bad"}
REMARKS = {
    "truncated": "cut off, not rounded",
    "short": "few digits: enough here, but they prove little",
    "not_unit": "not of length 1",
    "percent_sign": "100 times the value: a % sign is missing, or a division by 100",
    "power_of_ten": "right digits, wrong power of ten",
    "sign": "right but for its sign",
    "chain": "",
    "unit": "",
    "rewritten": "written more than once: the last value counts",
}
"""What a remark says; an unknown one is said as it is."""
MOST_WRITTEN = 60
"""Characters of a student's text that are shown."""
LEAST_WHY = 26
"""Columns below which the reasons stand under the table instead of in it."""


def blocks(report: Report, options: Options) -> list[Block]:
    """`report` as blocks for a terminal or plain text of `options.width` columns."""
    say = Say(options.ascii)
    title = say.text(report.title or report.problem)
    out: list[Block] = [Heading(title + (f": {say.text(report.student)}" if report.student else ""), 1)]
    if report.items:
        out += _table(report, say, options.width)
    sentences = [say.first_slip(report), *(say.text(n) for n in report.notes)]
    for text in filter(None, sentences):
        out.append(Paragraph([("", "")]))
        out.append(Paragraph([(line, "") for line in prose(text, options.width)]))
    out.append(Paragraph([("", "")]))
    out.append(Paragraph([(say.score(report), "value")]))
    return out


def markdown(report: Report, level: int = 1) -> str:
    """`report` as Markdown, everything that a student wrote escaped. Below a heading of its own (a `level`
    of 2) it does not name the student again."""
    say = Say(False)
    lines = [f"{'#' * level} {escaped(say.text(report.title or report.problem))}", ""]
    if report.student and level == 1:
        lines += [escaped(say.text(report.student)), ""]
    if report.items:
        lines += ["| | written | verdict | expected | why |", "|---|---|---|---|---|"]
        for item in report.items:
            cells = [say.name(item), say.written(item), say.verdict(item), say.expected(item), say.why(item)]
            lines.append("| " + " | ".join(escaped(c) for c in cells) + " |")
        lines.append("")
    for text in filter(None, [say.first_slip(report), *(say.text(n) for n in report.notes)]):
        lines += [escaped(text), ""]
    lines.append(f"**{escaped(say.score(report))}**")
    return "\n".join(lines) + "\n"


_SPECIAL = re.compile(r"([\\`*_{}\[\]<#|~$&@]|(?<=\])\(|:(?=//|[\w+-]+:)|(?<=mailto):|(?<=xmpp):)", re.IGNORECASE)
"""What means something wherever it stands."""
_FIRST = re.compile(r"^(?:(\d+)([.)])|([-+>=]))")
"""What means something at the beginning of a line."""
_BARE_LINK = re.compile(r"(www)\.", re.IGNORECASE)
"""What some readers of Markdown make a link of, though nothing says so."""


def escaped(text: str) -> str:
    """`text` on one line with nothing left that Markdown or HTML reads."""
    text = " ".join(clean(text).split())
    text = _SPECIAL.sub(lambda m: {"<": "&lt;", "&": "&amp;"}.get(m[0], "\\" + m[0]), text)
    text = _FIRST.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else "\\" + m[3], text)
    return _BARE_LINK.sub(r"\1\\.", text)


def _table(report: Report, say: Say, room: int) -> list[Block]:
    points = any(i.possible not in (0, 1) for i in report.items)
    head = ["", "written", "verdict", *(["points"] if points else []), "expected"]
    rows: list[list[str]] = []
    for item in report.items:
        worth = [say.points(item)] if points else []
        rows.append([say.name(item), say.written(item), say.verdict(item), *worth, say.expected(item)])
    most = max(14, room // 4)
    sizes = [min(most, max(width(h), *(width(r[n]) for r in rows))) for n, h in enumerate(head)]
    whys = [say.why(item) for item in report.items]
    if not any(r[-1] for r in rows):
        head, sizes, rows = head[:-1], sizes[:-1], [r[:-1] for r in rows]
    free = room - sum(sizes) - 3 * (len(sizes) + 1) - 1
    beside = free >= LEAST_WHY and any(whys)
    if beside:
        head, sizes = [*head, "why"], [*sizes, min(free, max(3, *(width(w) for w in whys)))]
    cells: list[list[Cell]] = []
    for item, row, why in zip(report.items, rows, whys, strict=True):
        texts = [*row, why] if beside else row
        line: list[Cell] = [[(part, "") for part in folded(t, s)] for t, s in zip(texts, sizes, strict=True)]
        line[0] = [(part, "name") for part, _ in line[0]]
        line[2] = [(part, _ROLES.get(item.verdict, "")) for part, _ in line[2]]
        cells.append(line)
    tall = any(len(c) > 1 for row in cells for c in row)
    out: list[Block] = [Frame(sizes, cells, head, frozenset(range(len(cells) - 1)) if tall else frozenset())]
    if not beside:
        for item, why in zip(report.items, whys, strict=True):
            if why:
                out.append(Paragraph([(line, "") for line in prose(f"{say.name(item)}: {why}", room, 2)]))
    return out


def folded(text: str, room: int) -> list[str]:
    """`text` in lines of at most `room` columns; a long word is broken, so that no cell spills."""
    out: list[str] = []
    sentence = len(text.split()) > 3 and any(len(word) > 3 and word.isalpha() for word in text.split())
    for line in (prose if sentence else fold)(text, room) if text else []:
        line = line.strip()
        while width(line) > room:
            cut = next((n for n in range(len(line), 0, -1) if width(line[:n]) <= room), 1)
            out.append(line[:cut])
            line = line[cut:]
        out.append(line)
    return out


class Say:
    """Puts a report into words."""

    def __init__(self, ascii: bool) -> None:
        self.ascii = ascii

    def text(self, text: str) -> str:
        text = " ".join(clean(text).split())
        return ascii_text(text) if self.ascii else text

    def number(self, text: str | None) -> str:
        """A value in ASCII as people read it: a minus before a number is a long one, a power of ten a raised one."""
        if text is None:
            return ""
        if not self.ascii:
            text = re.sub(r"(?<=\d)e(-?\d+)\b", lambda m: f"·10{superscript(m[1])}", text)
        return self.text(text if self.ascii else re.sub(r"(?<![\w)\]])-(?=[\d.(i])|(?<=[\d)]) - |(?<=\d)-(?=[\d.]+i)",
                                                        lambda m: m[0].replace("-", "−"), text))  # fmt: skip

    def name(self, item: ReportItem) -> str:
        return self.text(item.name if self.ascii else item.symbol or item.name)[:MOST_WRITTEN]

    def written(self, item: ReportItem) -> str:
        text = self.text(item.read or item.written or "")
        return text if len(text) <= MOST_WRITTEN else text[: MOST_WRITTEN - 1] + ("..." if self.ascii else "…")

    def verdict(self, item: ReportItem) -> str:
        return f"{(_ASCII_MARKS if self.ascii else MARKS)[item.verdict]} {item.verdict}"

    def expected(self, item: ReportItem) -> str:
        return self.number(item.expected)

    def points(self, item: ReportItem) -> str:
        earned, possible = amount(item.earned), amount(item.possible)
        return f"{earned} of {possible}" if "/" in earned + possible else f"{earned}/{possible}"

    def score(self, report: Report) -> str:
        share = ""
        if report.possible:
            share = f" ({amount(report.earned * 100 / report.possible, 1)} %)"
        return f"Score: {amount(report.earned)} of {amount(report.possible)}{share}"

    def why(self, item: ReportItem) -> str:
        """One or two short sentences on a value."""
        said = [self.text(item.why)] if item.why else []
        match item.verdict:
            case "follows":
                said.append(self.gives(item) or ("" if item.why else "follows from an earlier value"))
            case "wrong" if item.slips:
                said += self.slips(item)
            case "wrong" if item.maths and item.from_your_values:
                said.append(f"the rule gives {self.line(item)}")
            case "ambiguous":
                said.append("too few digits to tell it from a slip")
        said += [REMARKS.get(r, r.replace("_", " ")) for r in item.remarks]
        said += [self.text(x.why) for x in item.links if x.verdict == "wrong"]
        return self.text("; ".join(s for s in said if s))

    def slips(self, item: ReportItem) -> list[str]:
        """The slips found: one, or a choice of them; a repeated one says so."""
        texts = [self.text(s.says) for s in item.slips]
        if all(s.repeat for s in item.slips):
            return [f"the same slip again ({texts[0]})" + (": it costs nothing more" if item.earned else "")]
        return [texts[0] if len(texts) == 1 else "either " + ", or ".join(texts)]

    def gives(self, item: ReportItem) -> str:
        """``right with your m̂₃ and v̂₃: 0.01·0.191 / (√0.0467 + …) ≈ 0.0088384``"""
        if not item.maths or not item.from_your_values:
            return ""
        uses = f"your {joined(item.uses)}" if item.uses else "your values"
        return self.text(f"right with {uses}: {self.line(item)}")

    def line(self, item: ReportItem) -> str:
        """The student's own line and what it comes to."""
        line, value = self.maths(item), self.number(item.from_your_values)
        return value if line == value else f"{line} = {value}"

    def maths(self, item: ReportItem) -> str:
        return self.text((item.line or "") if self.ascii else item.maths)

    def first_slip(self, report: Report) -> str:
        """The first slip in a clear sentence; empty where there is none or nothing is revealed."""
        item = report.first_slip()
        if item is None or item.expected is None:
            return ""
        broken = next((x for x in item.links if x.verdict == "wrong" and x.why), None)
        if item.verdict != "wrong" and broken is not None:
            ends = {"correct": "; its result is right", "follows": ""}.get(item.verdict, "")
            return self.text(f"First slip: in the line of {self.name(item)}{ends}. {_sentence(broken.why)}")
        out = [f"First slip: {self.name(item)} = {self.written(item)}."]
        if broken is not None and broken.why:
            out.append(_sentence(broken.why))
        if item.maths and item.from_your_values and len(item.maths) <= 160:
            uses = f"With your {joined(item.uses)} the" if item.uses else "The"
            out.append(f"{uses} rule gives {self.line(item)}.")
        elif item.why and item.expected in item.why:
            out.append(_sentence(item.why))
        elif item.from_your_values or item.expected:
            out.append(f"It should be {self.number(item.from_your_values or item.expected)}.")
        if item.slips:
            out.append(
                "Your value is what comes out " + ", or ".join(f"if {_clause(s.says)}" for s in item.slips) + "."
            )
        else:
            near = next((REMARKS[r] for r in item.remarks if r in ("sign", "power_of_ten", "percent_sign")), "")
            out += [_sentence(near)] if near else []
        return self.text(" ".join(out))


def _sentence(text: str) -> str:
    return (text[:1].upper() if text[:1].islower() and text[1:2].isalpha() else text[:1]) + text[1:].rstrip(".") + "."


def _clause(says: str) -> str:
    """A slip's sentence as the second half of another: its full stop off."""
    return says.rstrip(". ")


def joined(words: Sequence[str]) -> str:
    """``m̂₃, v̂₃ and θ₂``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def amount(value: fmpq, places: int = 2) -> str:
    """Marks: exact where they end soon, else rounded once to `places`."""
    if terminates(value) and len(decimal(value).partition(".")[2]) <= places:
        return decimal(value)
    if value.q in (3, 6, 7, 9, 12) and places > 1:
        return fraction(value)
    scaled = (abs(value) * 10**places + fmpq(1, 2)).floor() / fmpq(10) ** places
    return decimal(-scaled if value < 0 else scaled)


__all__ = ["REMARKS", "Say", "amount", "blocks", "escaped", "folded", "joined", "markdown"]
