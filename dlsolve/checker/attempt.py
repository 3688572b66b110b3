"""A student's answers as they come: JSON, CSV, text, Markdown or LaTeX -> texts by name, worked lines.

Nothing is judged here. What is no answer (prose, formulas without numbers) is passed over.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from dlsolve.errors import InputError
from dlsolve.fields.found import found, short
from dlsolve.fields.hostile import decode, parse_json
from dlsolve.handwriting import UnreadableError, WorkedLine, lines, normalise_name
from dlsolve.handwriting.answers import value as read_value
from dlsolve.handwriting.lefts import Means
from dlsolve.handwriting.marks import tables, unmarked

MAX_ANSWERS = 5_000
MAX_ROWS = 20_000

BLANKS = re.compile(r"[\s_.…–—-]*|\?+|n/?a", re.IGNORECASE)
"""What stands in an answer sheet where nothing was filled in."""
_BULLET = re.compile(r"^(?:[-*•]\s+|[0-9]{1,2}[.)]\s+)")
_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
"""The question, quoted on a sheet: no answer, but where a reader says that it is one."""
_EMPTY = re.compile(r"^[^=\n]{1,80}=[ \t_.…?–—-]*$(?=\s*\Z|\n[ \t]*(?:\n|[A-Za-z\\][^\n=+*/()]{0,60}=))", re.MULTILINE)
"""A name of a sheet with nothing behind it, which does not go on in the next row."""
_SAID = re.compile(
    r"\s*(?:the\s+)?(?P<name>[^:=\t]{1,80}?)(?:\t+|\s+is\s+(?:about\s+|approximately\s+)?)"
    r"(?P<value>[-−+]?[\d.][^:=\t]{0,80}?)[.\s]*",
    re.IGNORECASE,
)
MAX_SAID = 200
_WRAPPERS = ("answers", "attempt")
_ENVELOPE = frozenset((*_WRAPPERS, "dlsolve", "problem", "id", "student", "statement", "title", "topic", "work"))


@dataclass(frozen=True)
class Attempt:
    """What a student wrote. `values` maps names as written to texts; `lines` are the worked lines
    of each such name, with offsets in `source`."""

    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, list[WorkedLine]] = field(default_factory=dict)
    source: str = ""
    loose: frozenset[str] = frozenset()
    """Names that only stand on a page: one that the solution does not know is no answer, nor is a
    given number that is stated again."""
    notes: tuple[str, ...] = ()
    page: str = ""
    """The page that ends `source`, as it was handed in; empty where answers came by name."""


def of_file(data: bytes, path: str) -> Attempt:
    """The answers in a file's bytes; its name's end says how they are written. Raises `InputError`."""
    text = decode(data, path)
    kind = path.rpartition(".")[2].lower() if "." in path else ""
    if kind == "json" or (kind not in ("txt", "md", "tex", "csv") and text.lstrip()[:1] in "{["):
        return of_json(parse_json(text, path), path)
    if kind in ("csv", "tsv"):
        return of_csv(text, path)
    return of_text(text, path)


def of_json(raw: Any, where: str) -> Attempt:
    """A map from names to values, or an answer sheet that holds one under ``answers``. Raises `InputError`."""
    if isinstance(raw, dict) and raw.keys() <= _ENVELOPE and any(key in raw for key in _WRAPPERS):
        key = next(k for k in _WRAPPERS if k in raw)
        work = raw.get("work")
        inner = of_json(raw[key] or {}, f"{where}: $.{key}")
        return joined(inner, of_text(work, where)) if isinstance(work, str) else inner
    if not isinstance(raw, dict):
        raise InputError(where, "not answers by name", found=found(raw), remedy='write {"theta_3": "-0.0286"}')
    if len(raw) > MAX_ANSWERS:
        raise InputError(where, f"{len(raw)} answers", remedy=f"at most {MAX_ANSWERS} are read")
    return of_pairs([(name, text) for name, value in raw.items() if (text := _text(value)) is not None])


def of_csv(text: str, where: str) -> Attempt:
    """Rows of name and value, with or without a header. Raises `InputError`."""
    first = text.partition("\n")[0]
    # a semicolon or tab parts the columns where it comes first: m_1;0,03
    mark = next((c for c in first if c in ",;\t"), ",")
    pairs: list[tuple[str, str]] = []
    try:
        for n, row in enumerate(csv.reader(StringIO(text), delimiter=mark)):
            cells = [cell.strip() for cell in row]
            if not any(cells) or (n == 0 and [c.lower() for c in cells[:2]] == ["name", "value"]):
                continue
            if len(pairs) >= MAX_ANSWERS:
                raise InputError(where, f"more than {MAX_ANSWERS} rows", remedy="one row an answer")
            name, value = cells[0], cells[1] if len(cells) > 1 else ""
            if mark == "," and len(cells) > 2 and any(cells[2:]):
                # a list that was not quoted: v_1,1,-1
                value = ", ".join(c for c in cells[1:] if c)
            pairs.append((name.removeprefix("'"), value))
    except csv.Error as fault:
        raise InputError(where, f"not CSV: {fault}", remedy="write rows of name,value") from fault
    return of_pairs(pairs)


def of_pairs(pairs: Sequence[tuple[str, str]]) -> Attempt:
    """Names and values as typed; a value that is a chain (``0.9(0.05) + 0.04 = 0.085``) is worked too."""
    values: dict[str, str] = {}
    worked: dict[str, list[WorkedLine]] = {}
    parts: list[str] = []
    at = 0
    for name, text in pairs:
        if BLANKS.fullmatch(text):
            continue
        if name in values and values[name].strip() != text.strip():
            values[name] += f" ; {text}"  # two values for one name: neither counts
            continue
        values[name] = text
        if "=" in text or "≈" in text:
            source = f"x = {text}"
            try:
                found_lines = lines(source)
            except UnreadableError:
                continue
            if len(found_lines) == 1 and len(found_lines[0].links) > 1:
                worked[name] = [_moved(found_lines[0], at - 4)]
                values[name] = found_lines[0].links[-1].text
        parts.append(text)
        at += len(text) + 1
    return Attempt(values, worked, "\n".join(parts))


def of_text(
    text: str, where: str = "", means: Means | None = None, is_question: Callable[[str], bool] | None = None
) -> Attempt:
    """The worked lines of a page; the last value of a name counts. Raises `InputError`.

    `means` says what is a name of the run, `is_question` of a row whether it only repeats what is asked: with
    them a page is read anew once its problem is solved.
    """
    page = text
    text = unmarked(text)
    if is_question is None:
        text = _QUOTED.sub(_blank, text)
    else:
        text = "".join(_blanked(row) if is_question(row) else row for row in text.splitlines(keepends=True))
    text = _EMPTY.sub(_blank, text)
    text, cells = tables(text, means) if means is not None else (text, [])
    try:
        read = lines(text, means)
    except UnreadableError as fault:
        raise InputError(where or "the answers", str(fault)) from fault
    values: dict[str, str] = {}
    worked: dict[str, list[WorkedLine]] = {}
    for line in read:
        if line.name is None or BLANKS.fullmatch(line.links[-1].text):
            continue
        worked.setdefault(line.name, []).append(line)
        last = line.links[-1]
        if last.written is None and last.tree is not None and line.name in values:
            continue  # a formula stated again after its value
        values[line.name] = last.text
    for name, value in [*cells, *_colons(text, means)]:
        if not BLANKS.fullmatch(value):
            values.setdefault(name, value)
    return Attempt(values, worked, text, frozenset(values), page=page)


def _blanked(row: str) -> str:
    return re.sub(r"[^\r\n]", " ", row)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def joined(first: Attempt, second: Attempt) -> Attempt:
    """Both; a value of `first` goes before one of the same name in `second`."""
    shift = len(first.source) + 1 if first.source else 0
    moved = {n: [_moved(line, shift) for line in found_lines] for n, found_lines in second.lines.items()}
    return Attempt(
        {**second.values, **first.values},
        {n: [*first.lines.get(n, ()), *moved.get(n, ())] for n in {**first.lines, **moved}},
        f"{first.source}\n{second.source}" if shift else second.source,
        (first.loose | second.loose) - (first.values.keys() - first.loose),
        first.notes + second.notes,
        second.page,
    )


def typed(pairs: Sequence[str], flag: str = "-a") -> Attempt:
    """Answers of a command line, each ``name=value``. Raises `InputError`."""
    read = []
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip():
            raise InputError(flag, "not an answer", found=f'"{short(pair)}"', remedy="write -a theta_3=-0.0286")
        read.append((name.strip(), value.strip()))
    return of_pairs(read)


def _moved(line: WorkedLine, by: int) -> WorkedLine:
    from dataclasses import replace

    at = (max(0, line.name_at[0] + by), max(0, line.name_at[1] + by))
    return replace(line, name_at=at, links=tuple(replace(x, start=x.start + by, end=x.end + by) for x in line.links))


def _colons(text: str, means: Means | None) -> list[tuple[str, str]]:
    """``eigenvalues: 6, -1``: a name, a colon, a value; one in words behind a name that is known, as is one that
    stands behind a tab, or in a sentence of its own (``The accuracy is 0.85.``)."""
    out = []
    for row in text.splitlines()[:MAX_ROWS]:
        pair = _SAID.fullmatch(row) if means is not None and len(row) <= MAX_SAID else None
        if pair and means is not None and means(pair["name"]) and is_number(pair["value"]):
            out.append((pair["name"], pair["value"]))
            continue
        head, colon, value = row.partition(":")
        name = _BULLET.sub("", head.strip())
        if not colon or not value[:1].isspace() or len(name) > 80 or re.search("[:=]", head + value):
            continue
        known = means is not None and means(name)
        if known or (normalise_name(name) and re.search(r"\d|yes|no", value)):
            out.append((name, value.strip()))
    return out


def is_number(text: str) -> bool:
    """Whether a text reads as a number or several, without names in it."""
    try:
        written = read_value(text)
    except (UnreadableError, ArithmeticError, RecursionError):
        return False
    return written.shape not in ("words", "formula")


def _text(value: Any) -> str | None:
    """A JSON value as it was written; None for what says nothing."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return "an object"
    texts = [_text(v) for v in value]
    return "[" + ", ".join(t or "" for t in texts) + "]"


__all__ = ["Attempt", "is_number", "joined", "of_csv", "of_file", "of_json", "of_pairs", "of_text", "typed"]
