"""Markdown with maths between dollars, as GitHub and Jupyter show it.

Both pass maths through a Markdown reader first, which eats backslashes before punctuation and sees
tags, links and columns in it: only commands spelled with letters are written (``\\cr``, ``\\lt``,
``\\vert``). What a user typed is escaped: it can become neither HTML, nor a link, nor maths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dlsolve.render import Options
from dlsolve.render.rows import Maths, Row, Section
from dlsolve.render.texhand import Run, TexHand, runs, text_tex
from dlsolve.render.view import Table, View, view
from dlsolve.render.words import clean
from dlsolve.solver import Solution


def render(solution: Solution, options: Options) -> str:
    """The derivation as Markdown."""
    return _Page(options.steps_all).write(view(solution, options, TexHand))


# -- escaping -----------------------------------------------------------------------------------

_CODE = re.compile(r"[\\$]+")
_MEANT = re.compile(r"([`*_\[\]{}#|~!^])")
_LEADING = re.compile(r"(\d{1,9})([.)])|([-+=:])")
_LINKS = re.compile(r"(?<=:)(?=//)|(?<=@)(?=\w)|(?i:(?<=\bwww)(?=\.))|(?<=#)(?=\d)|(?<=:)(?=[\w+-]+:)")
JOINER = "\u2060"
"""Takes no room; between ``http:`` and ``//`` it keeps an address from becoming a link."""


def escaped(text: str) -> str:
    """`text` on one line, read as text wherever it stands: in a paragraph, a heading, a table."""
    parts: list[str] = []
    text = " ".join(clean(text).split())
    at = 0
    for found in _CODE.finditer(text):
        # a dollar or a backslash would open maths, escaped or not, in one of the two: code never does
        parts += [_escaped(text[at : found.start()]), f"`{found[0]}`"]
        at = found.end()
    parts.append(_escaped(text[at:]))
    out = "".join(parts)
    lead = _LEADING.match(out)
    if lead:
        out = f"{lead[1]}\\{lead[2]}{out[lead.end() :]}" if lead[1] else "\\" + out
    return out


def _escaped(text: str) -> str:
    text = _LINKS.sub(JOINER, text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MEANT.sub(r"\\\1", text)


_TEXTS = re.compile(r"\\text\{((?:[^{}\\]|\\[^A-Za-z]|\\text\w+\{\})*)\}")
_IN_TEXT = re.compile(r"\\text(backslash|asciicircum|asciitilde)\{\}|\\([^A-Za-z])")
_NAMED = {"backslash": "\\", "asciicircum": "^", "asciitilde": "~"}
_COMMANDS = {
    r"\\": r"\cr ", r"\{": r"\lbrace ", r"\}": r"\rbrace ", r"\#": r"\mathrm{count}", r"\,": " ", r"\;": " ",
    r"\!": "", r"\|": r"\Vert ", r"\:": " ", "<": r"\lt ", ">": r"\gt ", "|": r"\vert ", "[": r"\lbrack ",
    "]": r"\rbrack ", "*": r"\ast ", "~": " ", "`": r"\prime ", "$": "", "%": "", '"': "", "@": "",
}  # fmt: skip
_COMMAND = re.compile(r"\\[^A-Za-z]|[<>|\[\]*~`$%\"@]")


def portable(tex: str) -> str:
    """`tex` (amsmath) in the part of LaTeX that no Markdown reader changes."""
    tex = tex.replace(r"\operatorname*{arg\,max}", r"\arg\max ")
    out: list[str] = []
    at = 0
    for found in _TEXTS.finditer(tex):
        words = _IN_TEXT.sub(lambda m: _NAMED[m[1]] if m[1] else m[2], found[1])
        out += [_portable(tex[at : found.start()]), text_tex(words)]
        at = found.end()
    return " ".join("".join([*out, _portable(tex[at:])]).split())


def _portable(tex: str) -> str:
    tex = re.sub(r"\\operatorname\*?\{", r"\\mathrm{", tex)
    return _COMMAND.sub(lambda m: _COMMANDS.get(m[0], ""), tex)


# -- the page -----------------------------------------------------------------------------------


class _Page:
    """Writes the parts of a view in reading order."""

    def __init__(self, whole: bool) -> None:
        self.whole = whole
        self.out: list[str] = []

    def write(self, view: View) -> str:
        """The whole text, ending in a line break."""
        self.heading(1, view.title)
        if view.topic.casefold() not in view.title.casefold():
            self.say(view.topic)
        for line in view.statement:
            self.say(line)
        if view.given:
            self.heading(2, "Given")
            rows = [[self.line([name]), escaped(about), self.line(value)] for name, about, value in view.given]
            self.table(["", "", "value"], rows)
        if view.rules:
            self.heading(2, "Rules")
            self.table(["rule", ""], [[self.line(rule), escaped(why)] for rule, why in view.rules])
        for section in view.sections:
            self.section(section)
        for table in view.tables:
            self.run_table(table)
        if view.answers:
            self.heading(2, "Answer")
            self.items(self.line([name, " ", *value]) for name, value in view.answers)
        self.closing(view)
        return "\n\n".join(self.out) + "\n"

    def section(self, section: Section) -> None:
        if section.title:
            self.heading(2, section.title)
        if section.missing:
            self.say(f"… {section.missing} steps not shown; --steps all shows them")
        for row in section.rows:
            self.row(row)

    def row(self, row: Row) -> None:
        """One named value as a chain of equations, an operation as its name over its states, or a sentence."""
        name: Maths = [row.name] if row.name else []
        equation = bool(row.rule) and str(row.rule[0]).startswith("= ")
        if row.rule and not equation:
            self.out.append(self.line(row.rule))
        lines = [*([row.rule] if equation else []), *row.numbers]
        if row.value and _words(row.value):
            for line in lines:
                self.display([line])
            lines = []
            self.out.append(self.line([*name, " ", *row.value]))
        elif row.value:
            if lines and not equation:  # the state that an operation starts from
                self.display(lines)
                lines = []
            lines = [*lines, row.value]
        if lines:
            self.display(lines, name)
        if row.say:
            self.out.append(self.line([row.say]))

    def run_table(self, table: Table) -> None:
        if not table.rows:
            return
        if table.title:
            self.heading(3, table.title)
        rows = [[self.line(cell) for cell in row] for row in table.rows]
        if table.missing:
            rows.insert(table.head, ["⋮"] * len(table.header))
        self.table([self.line([h]) for h in table.header], rows)
        if table.missing:
            self.say(f"… {table.missing} rows not shown; --steps all shows them")

    def closing(self, view: View) -> None:
        if view.drift:
            self.heading(2, "What the rounding cost")
            rows = [[self.line([name]), *map(self.line, cells)] for name, *cells in view.drift]
            self.table(["", "carried", "exact", "drift"], rows)
        if view.differs:
            self.heading(2, "Where the source differs")
            self.items(
                f"{self.line([name])}: printed {escaped(told)}, {self.line([here])}"
                for name, told, here in view.differs
            )
        for title, said in (("Checks", [f"{'✓' if holds else '✗'} {text}" for holds, text in view.checks]),
                            ("Remarks", view.remarks),
                            ("Conventions", [f"{key}: {says}" for key, says in view.conventions])):  # fmt: skip
            if said:
                self.heading(2, title)
                self.items(map(escaped, said))
        for text in view.arithmetic:
            self.say(text)

    # -- parts ---------------------------------------------------------------------------------

    def heading(self, level: int, text: str) -> None:
        self.out.append(f"{'#' * level} {self.line([text])}")

    def say(self, text: str) -> None:
        self.out.append(escaped(text))

    def items(self, lines: Iterator[str] | Sequence[str] | map[str]) -> None:
        self.out.append("\n".join(f"- {line}" for line in lines))

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table; short rows are filled up, no cell is left out."""
        many = max(len(header), *(len(row) for row in rows))
        lines = [header, ["---"] * many, *rows]
        self.out.append("\n".join("| " + " | ".join([*line, *[""] * (many - len(line))]) + " |" for line in lines))

    def line(self, pieces: Maths) -> str:
        """`pieces` in a line of text: maths between dollars that stand clear of letters."""
        out = ""
        for maths, text in runs(pieces, whole=self.whole):
            if not maths:
                fresh = escaped(text) if out == "" else escaped("x" + text)[1:]
                gap = " " if text[:1] == " " or (out.endswith("$") and (text[0].isalnum() or text[0] in "-–")) else ""
                out += gap + fresh.lstrip() + (" " if text[-1:] == " " and fresh.strip() else "")
                continue
            tex = portable(text)
            if tex:
                clear = not out or out.endswith((" ", "(", "*"))
                out += ("" if clear else " ") + f"${tex}$"
        return out.strip()

    def display(self, lines: Sequence[Maths], name: Maths | None = None) -> None:
        """Equations below each other, `name` at the left of the first."""
        texts = [self.tex(runs(line, whole=self.whole)) for line in lines]
        texts = [t for t in texts if t]
        head = self.tex(runs(name)) if name else ""
        if not texts:
            return
        if len(texts) == 1:
            body = f"{head} {texts[0]}".strip()
        else:
            rows = [f"{head if n == 0 else ''} & {text}".strip() for n, text in enumerate(texts)]
            body = "\\begin{aligned}\n" + " \\cr\n".join(rows) + "\n\\end{aligned}"
        self.out.append(f"$$\n{body}\n$$")

    def tex(self, found: Sequence[Run]) -> str:
        """Runs in maths mode, words as text."""
        return " ".join(portable(t) if maths else text_tex(t) for maths, t in found).strip()


def _words(pieces: Maths) -> bool:
    """Whether there is anything but maths in a line."""
    return any(not maths and text.strip() for maths, text in runs(pieces))
