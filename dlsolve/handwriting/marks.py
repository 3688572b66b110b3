"""The marks of Markdown taken off a page, its length kept: bold, code, ticks, remarks behind ``#``; its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlsolve.handwriting.lefts import Means

MOST_CELLS = 2_000
"""Cells of one page's tables that are read."""

_BOLD = re.compile(r"(?<![\w)\]}*.])(?:\*\*|__)(?=[^\s*_])([^*\n]{1,300}?)(?<=\S)(?:\*\*|__)(?![\w(*])")
_CODE = re.compile(r"(?<![`\\])`(?=[^`\s])([^`\n]{1,300})`(?!`)")
_BOX = re.compile(r"^([ \t]*[-*+][ \t]+)\[[ xX]\](?= )", re.MULTILINE)
_TICKS = re.compile(r"[✓✔☑✅✗✘❌\ufe0f]")
_REMARK = re.compile(r"(?<=[\d)\]}%*`✓])[ \t]+(?:#|//)[ \t]*[^\n#/]*$", re.MULTILINE)
_ROW = re.compile(r"[ \t]*\|(?P<cells>[^\n]*)\|[ \t]*$")
_RULE = re.compile(r"[\s|:+]*-[\s|:+-]*")
_COUNT = re.compile(r"(?:[A-Za-z]{1,12} ?=? ?)?(?P<n>\d{1,6})")


def unmarked(text: str) -> str:
    """`text` with spaces for marks that only say how it looks, or that it is done."""
    text = _TICKS.sub(" ", text)
    text = _BOX.sub(lambda m: m[1] + "   ", text)
    text = _REMARK.sub(lambda m: " " * len(m[0]), text)
    for _ in range(2):
        text = _BOLD.sub(_inside, text)
        text = _CODE.sub(_inside, text)
    return text


def _inside(match: re.Match[str]) -> str:
    """What stands between two marks, at its place."""
    before, after = match.start(1) - match.start(), match.end() - match.end(1)
    return " " * before + match[1] + " " * after


def tables(text: str, means: Means) -> tuple[str, list[tuple[str, str]]]:
    """`text` without its tables, and the values in them under the names that `means` knows: ``| recall | 0.889 |``;
    ``v_2`` for column v at row 2 of ``| t | m | v |``."""
    out: list[tuple[str, str]] = []
    lines = text.splitlines(keepends=True)
    start = 0
    while start < len(lines):
        rows = []
        while start < len(lines) and (row := _ROW.fullmatch(lines[start].rstrip("\r\n"))) is not None:
            rows.append([cell.strip(" \t$") for cell in row["cells"].split("|")])
            lines[start] = re.sub(r"[^\r\n]", " ", lines[start]) if len(rows[-1]) > 1 else lines[start]
            start += 1
        rows = [row for row in rows if len(row) > 1]
        if sum(map(len, rows)) <= MOST_CELLS:
            out += _cells(rows, means)
        start += 1
    return "".join(lines), out


def _cells(rows: list[list[str]], means: Means) -> Iterator[tuple[str, str]]:
    if not rows:
        return
    head = rows[0]
    for row in rows:
        if all(_RULE.fullmatch(cell) for cell in row if cell):
            continue
        if len(row) == 2 and means(row[0]):
            yield row[0], _value(row[1])
        elif row is head:
            # names in one line, their values in the next
            if len(rows[-1]) == len(row) and len([r for r in rows if not _RULE.fullmatch("".join(r))]) == 2:
                yield from ((n, _value(v)) for n, v in zip(row, rows[-1], strict=True) if means(n))
        else:
            yield from _crossed(head, row, means)


def _crossed(head: list[str], row: list[str], means: Means) -> Iterator[tuple[str, str]]:
    """Cells named by their column and their row, one of which counts."""
    down = _COUNT.fullmatch(row[0])
    for name, cell in zip(head[1:], row[1:], strict=False):
        across = _COUNT.fullmatch(name)
        base, count = (name, down) if down else (row[0], across)
        if count is None:
            continue
        named = next((n for n in (f"{base}_{count['n']}", f"{base}[{count['n']}]") if means(n)), None)
        if named is not None:
            yield named, _value(cell)


def _value(cell: str) -> str:
    """What a cell comes to: the last side of a chain."""
    return re.split(r"[=≈]", cell)[-1].strip(" \t$")
