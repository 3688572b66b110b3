"""Several values under one name: ``lam = 6 and -1``, and on a page each eigenvalue with its vector.

A page says λ = 6, −1, then "for λ = 6" and a vector v, "for λ = −1" and another v. The answer names
number them (lam_1, v_1, lam_2, v_2), in the order in which the page comes to them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dlsolve.checker.answers import read_answer
from dlsolve.checker.attempt import Attempt
from dlsolve.checker.family import MOST, Family, families, fits
from dlsolve.checker.naming import canonical
from dlsolve.errors import DlsolveError
from dlsolve.handwriting import UnreadableError, WorkedLine, normalise_name
from dlsolve.handwriting.answers import value as read_value
from dlsolve.named import keys_by_name
from dlsolve.notation import Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.trace import Key, Trace


def spread(trace: Trace, attempt: Attempt) -> Attempt:
    """`attempt` with ``lam = 6 and -1`` and ``eigenvalues: 6, -1`` as λ₁ = 6, λ₂ = −1."""
    attempt = _whole(trace, attempt)
    for family in families(trace):
        attempt = _typed(family, attempt)
        attempt = _on_a_page(family, attempt)
    return attempt


def _whole(trace: Trace, attempt: Attempt) -> Attempt:
    """A vector in one piece, ``x = (2, 3, -1)``, whose entries have names of their own."""
    known = keys_by_name(trace)
    values: dict[str, str] = {}
    for written, text in attempt.values.items():
        texts = _several(text) if "," in text or ";" in text else []
        names = next((n for c in normalise_name(written) if (n := _entries(known, c, len(texts)))), [])
        own, whole = known.get(written), known.get(_known(trace, written)) if names else None
        if (
            len(texts) < 2
            or not names
            or (own is not None and isinstance(trace.env[own], Matrix))
            or (whole is not None and _holds(trace.env[whole], len(texts)))
        ):
            values[written] = text
            continue
        values |= {name: one for name, one in zip(names, texts, strict=True) if name not in attempt.values}
    return replace(attempt, values=values)


def _holds(value: object, count: int) -> bool:
    """Whether a value is a vector of so many entries: of w = (0.1, 0.2) and W = (b, w₁, w₂) the first is meant."""
    return isinstance(value, Matrix) and value.shape in ((count, 1), (1, count))


def _entries(known: Mapping[str, Key], base: str, count: int) -> list[str]:
    """The names of exactly `count` numbered values of `base`: x1, x2, x3."""
    for style in ("{}{}", "{}[{}]"):
        names = [style.format(base, n) for n in range(1, count + 2)]
        if count and all(n in known for n in names[:-1]) and names[-1] not in known:
            return names[:-1]
    return []


def _typed(family: Family, attempt: Attempt) -> Attempt:
    """A name that was written once, with all its values."""
    values: dict[str, str] = {}
    for written, text in attempt.values.items():
        once = len(attempt.lines.get(written, ())) < 2 or written not in attempt.loose
        texts = _several(text) if once and _means(family, written) else []
        if not texts:
            values[written] = text
            continue
        for n, one in enumerate(_repeated(family, texts), 1):
            values.setdefault(family.name(family.row.name, n), one)
    return replace(attempt, values=values)


def _on_a_page(family: Family, attempt: Attempt) -> Attempt:
    """A name that a page comes back to, and the vectors below each of its values."""
    lines = [(name, line) for name, some in attempt.lines.items() if name in attempt.loose for line in some]
    rows = sorted(lines, key=lambda row: row[1].name_at)
    vectors = {n: row.name for row in family.alongside("direction") for n, _ in rows if _calls(family, row, n)}
    members = _Members(family)
    for name, line in rows:
        if _means(family, name):
            members.value(_several(line.links[-1].text))
        elif name in vectors:
            members.vector(vectors[name], line)
    if not members.vectors and len(members.texts) < 2:
        return attempt
    gone = {name for name, _ in rows if name in vectors or _means(family, name)}
    values = {n: t for n, t in attempt.values.items() if n not in gone}
    others = {n: w for n, w in attempt.lines.items() if n not in gone}
    found, worked = members.named()
    return replace(
        attempt, values={**values, **found}, lines={**others, **worked}, loose=(attempt.loose - gone) | found.keys()
    )


class _Members:
    """The values of a family that a page comes to, with the vectors below each."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.texts: list[str] = []
        self.vectors: list[tuple[str, int, WorkedLine]] = []
        self._at: int | None = None

    def value(self, texts: Sequence[str]) -> None:
        """A line with these values: new ones are noted; a single one is what comes next."""
        if not self.texts:
            self.texts = list(texts)
        for text in texts:
            if not any(_alike(text, other) for other in self.texts):
                self.texts.append(text)
        if len(texts) == 1:
            self._at = next(n for n, other in enumerate(self.texts) if _alike(texts[0], other))

    def vector(self, base: str, line: WorkedLine) -> None:
        """A vector of the value that came last."""
        if self._at is not None and read_answer(base, line.links[-1].text).windows():
            self.vectors.append((base, self._at, line))

    def named(self) -> tuple[dict[str, str], dict[str, list[WorkedLine]]]:
        """Values and lines by answer name."""
        family = self.family
        texts = _repeated(family, self.texts)
        values = {family.name(family.row.name, n): text for n, text in enumerate(texts, 1)}
        worked: dict[str, list[WorkedLine]] = {}
        for base, at, line in self.vectors:
            copies = [n for n, text in enumerate(texts, 1) if _alike(text, self.texts[at])]
            name = next((m for n in copies if (m := family.name(base, n)) not in values), None)
            if name is not None:
                values[name] = line.links[-1].text
                worked[name] = [line]
        return values, worked


def _alike(one: str, other: str) -> bool:
    """Whether two texts can be the same number."""
    return one.strip() == other.strip() or read_answer("", one).alike(read_answer("", other))


def _means(family: Family, written: str) -> bool:
    """Whether `written` is the family's bare name (λ), or what its values are called (eigenvalues)."""
    if _known(family.trace, written):
        return False
    return family.row.name in normalise_name(written) or _called(family.row, written)


def _calls(family: Family, row: Quantity, written: str) -> bool:
    """Whether `written` is the bare name of a vector: v, x, eigenvector."""
    if _known(family.trace, written):
        return False
    first = row is family.alongside("direction")[0]
    return bool({row.name, *("xX" if first else "")} & set(normalise_name(written))) or _called(row, written)


def _known(trace: Trace, written: str) -> str:
    """The answer name that `written` means; none where it means none."""
    try:
        return canonical(trace, written)
    except UnreadableError:
        return ""


def _called(row: Quantity, written: str) -> bool:
    noun = row.meaning.partition(" ")[0].lower()
    return re.sub(r"[^a-z]", "", written.lower()) in (noun, noun + "s")


def _several(text: str) -> list[str]:
    try:
        written = read_value(text)
    except (DlsolveError, ArithmeticError, RecursionError):
        return []
    if written.shape in ("set", "list") and len(written.items) <= MOST:
        return [item.text for item in written.items]
    return [text] if written.shape in ("number", "complex") else []


def _repeated(family: Family, texts: Sequence[str]) -> list[str]:
    """A repeated value that was written once stands for all its copies."""
    if len(texts) >= len(family.members):
        return list(texts)
    groups = list(family.groups())
    out: list[str] = []
    for text in texts:
        answer = read_answer("", text)
        at = next((g for g in groups if fits(answer, family.value(family.row.name, g[0]))), None)
        if at is not None:
            groups.remove(at)
        out += [text] * (len(at) if at is not None else 1)
    return out if len(out) <= len(family.members) else list(texts)


__all__ = ["spread"]
