"""CSV and Markdown tables as samples: a header row, then one sample a line; every error names line and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any, get_origin

from dlsolve.errors import InputError
from dlsolve.fields.found import ascii_quotes, meant, nearest
from dlsolve.fields.kinds import Field, joined
from dlsolve.fields.scalars import number
from dlsolve.fields.specs import Spec, specs
from dlsolve.fields.values import MAX_ENTRIES
from dlsolve.numbers.matrix import Matrix


def samples(kind: type[Any], text: str, label: str, target: str | None) -> dict[str, Any]:
    """The fields of `kind` that declare ``csv``, filled from a table (CSV, or Markdown with ``|``): features
    as a matrix of one row a sample or a map of columns, the target (the last column where none is named)
    as a list, other fields from the columns of their names. Raises `InputError`."""
    wanted = [s for s in specs(kind).values() if s.field.csv]
    roles = {str(s.field.csv): s for s in wanted if s.field.csv != "column"}
    header, lines = _markdown(text, label) if text.lstrip()[:1] == "|" else _table(text, label)
    columns = _named(wanted, header)
    if not roles:
        if target is not None:
            raise InputError("--target", "this topic takes no target", remedy="leave --target out")
        if not columns:
            fields = joined([s.name for s in wanted], "and")
            raise InputError(label, "no column has the name of a field",
                             found=ascii_quotes(", ".join(header[:8])), remedy=f"the fields are {fields}")  # fmt: skip
        return {name: _words(lines, n, label, header) for name, n in columns.items()}
    if "target" not in roles:
        if target is not None:
            raise InputError("--target", "this topic takes no target", remedy="leave --target out")
        at = -1
    else:
        at = _column(header, target, label)
    if at >= 0 and len(header) < 2:
        raise InputError(label, "one column only", remedy="give at least one feature and the target")
    names = [n for n in range(len(header)) if n != at]
    out: dict[str, Any] = {}
    features = roles.get("features")
    if features is not None and get_origin(features.hint) is dict:
        out[features.name] = {header[n]: _words(lines, n, label, header) for n in names}
    elif features is not None:
        rows = [[number(line[n], Field(""), _cell(label, no, header[n])) for n in names] for no, line in lines]
        out[features.name] = Matrix(rows)
    if at >= 0:
        out[roles["target"].name] = _words(lines, at, label, header)
    return out


def _named(wanted: Sequence[Spec], header: Sequence[str]) -> dict[str, int]:
    """The columns that fields ask for by name."""
    at = {re.sub(r"[\s-]+", "_", name).casefold(): n for n, name in enumerate(header)}
    out: dict[str, int] = {}
    for spec in wanted:
        for name in (spec.name, *spec.field.aliases) if spec.field.csv == "column" else ():
            if name.casefold() in at and spec.name not in out and at[name.casefold()] not in out.values():
                out[spec.name] = at[name.casefold()]
    return out


def _words(lines: Sequence[tuple[int, list[str]]], n: int, label: str, header: Sequence[str]) -> list[str]:
    """One column as it is written, none of its cells empty."""
    for no, line in lines:
        if not line[n].strip():
            raise InputError(_cell(label, no, header[n]), "an empty cell", remedy="fill it in")
    return [line[n].strip() for _, line in lines]


def _markdown(text: str, label: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header and the numbered lines of a Markdown table; the line of dashes is passed over."""
    header: list[str] = []
    lines: list[tuple[int, list[str]]] = []
    for no, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if not header:
            header = _header(cells, f"{label} line {no}")
        elif all(re.fullmatch(r":?-+:?", c) for c in cells):
            continue
        elif len(cells) != len(header):
            raise InputError(f"{label} line {no}", f"{len(cells)} cells, but {len(header)} columns",
                             remedy="give every column a cell")  # fmt: skip
        else:
            lines.append((no, cells))
    if len(header) * len(lines) > MAX_ENTRIES:
        raise InputError(label, f"more than {MAX_ENTRIES} cells", remedy="give fewer samples")
    if not lines:
        raise InputError(label, "no samples", remedy="write a header row, then one sample a line")
    return header, lines


def _table(text: str, label: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header and the numbered lines of a CSV text, all of one length."""
    first = text.lstrip("\n").partition("\n")[0]
    mark = max(",;\t", key=first.count)
    header: list[str] = []
    lines: list[tuple[int, list[str]]] = []
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True, skipinitialspace=True)
    try:
        for row in reader:
            if not any(c.strip() for c in row):
                continue
            if not header:
                header = _header([c.strip() for c in row], f"{label} line {reader.line_num}")
                continue
            if len(row) != len(header):
                where = f"{label} line {reader.line_num}"
                raise InputError(
                    where, f"{len(row)} cells, but {len(header)} columns", remedy="give every column a cell"
                )
            cells += len(row)
            if cells > MAX_ENTRIES:
                raise InputError(label, f"more than {MAX_ENTRIES} cells", remedy="give fewer samples")
            lines.append((reader.line_num, row))
    except csv.Error as fault:
        raise InputError(f"{label} line {reader.line_num}", f"not CSV: {fault}", remedy="check the quotes") from fault
    if not lines:
        raise InputError(label, "no samples", remedy="write a header row, then one sample a line")
    return header, lines


def _header(names: Sequence[str], where: str) -> list[str]:
    if all(_is_number(n) for n in names):
        raise InputError(
            where, "numbers where the names of the columns stand", remedy="add a header row such as x1,x2,y"
        )
    for n, name in enumerate(names):
        if not name:
            raise InputError(where, f"column {n + 1} has no name", remedy="name every column")
        if name in names[:n]:
            raise InputError(where, f"two columns named {ascii_quotes(name)}", remedy="give each column its own name")
    return list(names)


def _column(header: Sequence[str], target: str | None, label: str) -> int:
    if target is None:
        return len(header) - 1
    if target.strip() in header:
        return header.index(target.strip())
    remedy = meant(target, header, f"the columns are {joined(header, 'and')}") if nearest(target, header) else (
        f"the columns are {joined(header[:12], 'and')}"
    )  # fmt: skip
    raise InputError("--target", f"no such column in {label}", found=ascii_quotes(target), remedy=remedy)


def _cell(label: str, line: int, column: str) -> str:
    return f"{label} line {line}, column {ascii_quotes(column)}"


def _is_number(text: str) -> bool:
    try:
        number(text, Field(""), "")
    except InputError:
        return False
    return True
