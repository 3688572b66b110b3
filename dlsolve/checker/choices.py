"""Multiple choice: the right option by the window of its printed digits, and the slip behind each other one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from flint import arb, fmpq

from dlsolve.checker.answers import read_answer
from dlsolve.checker.judge import Fit, fit
from dlsolve.checker.marking import mark
from dlsolve.checker.naming import canonical
from dlsolve.checker.policies import kind_of
from dlsolve.checker.texts import middle, shown, stated
from dlsolve.checker.windows import Answer
from dlsolve.checker.worth import Worth
from dlsolve.errors import DlsolveError, InputError
from dlsolve.fields.found import short
from dlsolve.handwriting import UnreadableError
from dlsolve.named import find, keys_by_name
from dlsolve.notation import Kind
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError, precision
from dlsolve.numbers.show import Digits, bounds, show
from dlsolve.solver import Solution

MAX_OPTIONS = 20
_LABEL = re.compile(r"\(?(?P<label>[A-Za-z]|[0-9]{1,2}(?=[):]|\.\s))(?:[.):=]+\s*|\s+)(?=\S)")
_STYLES = (r"\({}\)", r"{}\)", r"{}[.:=](?!\d)", r"{}(?=\s)")
"""How options are labelled, the clearest first."""
_NONE = re.compile(r"none(?: of (?:these|the above|them|the others))?|no(?:ne| option)? (?:is )?right|neither", re.I)


@dataclass(slots=True)
class Option:
    """One option. `fits` says how its digits go with the value; `slips` what leads to it."""

    label: str
    text: str
    fits: Fit = "no"
    right: bool = False
    none: bool = False
    unreadable: str = ""
    slips: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Choice:
    """One question and its options. `nearest` and `off` say how far the nearest is where none fits."""

    name: str
    symbol: str
    value: str
    options: list[Option]
    nearest: Option | None = None
    off: str = ""
    exact: bool = False
    """Whether `value` is all of it, and not rounded."""

    @property
    def right(self) -> list[Option]:
        return [o for o in self.options if o.right]

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": self.value,
            "right": [o.label for o in self.right],
            "nearest": {"label": self.nearest.label, "off": self.off} if self.nearest else None,
            "options": [
                {"label": o.label, "text": o.text, "right": o.right, "fits": o.fits,
                 "unreadable": o.unreadable or None, "slips": o.slips, "remarks": o.remarks}
                for o in self.options
            ],
        }  # fmt: skip


def read_options(text: str) -> list[tuple[str, str]]:
    """``A 0.82, B 0.88, C none`` -> labels and texts; options without labels are numbered. Raises `InputError`."""
    if marked := _marked(text):
        return marked
    parts, depth, start = [], 0, 0
    whole = sum(c in "([{" for c in text) == sum(c in ")]}" for c in text)
    for n, c in enumerate(text):
        depth += (c in "([{") - (c in ")]}" and depth > 0) if whole else 0
        if depth == 0 and c in ",;\n|":
            parts.append(text[start:n])
            start = n + 1
    parts.append(text[start:])
    parts = [p.strip() for p in parts if p.strip()]
    matches = [_LABEL.match(p) for p in parts]
    out: list[tuple[str, str]] = []
    if matches and matches[0] is not None:
        for part, match in zip(parts, matches, strict=True):
            if match:
                out.append((match["label"], part[match.end() :].strip()))
            else:  # a comma inside an option: B 6, -1
                out[-1] = (out[-1][0], f"{out[-1][1]}, {part}")
    else:
        out = [(str(n), part) for n, part in enumerate(parts, 1)]
    if not 1 <= len(out) <= MAX_OPTIONS or len({label for label, _ in out}) != len(out):
        raise InputError("options", "not a list of options", found=f'"{short(text)}"',
                         remedy='write NAME="A 0.82, B 0.88, C none"')  # fmt: skip
    return out


def _marked(text: str) -> list[tuple[str, str]]:
    """Options by their labels in order, whatever stands between them: (A) … (B) …, a) … b) …, A. … B. …, A … B …"""
    for style in _STYLES:
        first = re.match(rf"\s*{style.format('(?P<label>[Aa1])')}", text)
        if first is None or (first["label"] == "1" and "\\)" not in style):
            continue
        label, start, out = first["label"], first.end(), list[tuple[str, str]]()
        while True:
            following = str(int(label) + 1) if label.isdigit() else chr(ord(label) + 1)
            found = re.compile(rf"(?<=[\s,;|]){style.format(following)}").search(text, start)
            out.append((label, text[start : found.start() if found else None].strip().rstrip(",;|").rstrip()))
            if found is None or len(out) > MAX_OPTIONS:
                break
            label, start = following, found.end()
        if len(out) > 1 and all(said for _, said in out):
            return out
    return []


def choose(solution: Solution, written: str, text: str) -> Choice:
    """Judge the options in `text` for the value called `written`. Raises `InputError`."""
    trace = solution.trace
    known = keys_by_name(trace)
    try:
        name = canonical(trace, written)
    except UnreadableError as fault:
        raise InputError(written, str(fault)) from fault
    value = find(trace, name, known)
    if value is None:
        raise InputError(written, "no value of this solution", remedy="`dlsolve sheet` lists the names asked")
    key = known.get(name)
    kind: Kind = kind_of(trace.symbols, key) if key is not None else "real"
    options = [Option(label, said) for label, said in read_options(text)]
    answers: dict[str, Answer] = {}
    with precision(trace.bits):
        for option in options:
            option.none = bool(_NONE.fullmatch(option.text.strip(" .")))
            if not option.none:
                answers[option.label] = answer = read_answer(name, option.text)
                option.unreadable = answer.unreadable or ""
                option.fits = "no" if answer.unreadable else fit(answer, value, kind)
    _settle(options, answers, value)
    said = stated(solution, key, value) if key is not None else shown(value, solution.digits)
    symbol = trace.symbols.unicode(key) if isinstance(key, str) else name
    if isinstance(key, tuple):
        symbol = trace.symbols.unicode(str(key[0]), [str(i) for i in key[1:]])
    with precision(trace.bits):
        out = Choice(name, symbol, said or "", options, exact=_exact(value, solution.digits))
    for option in options:
        if not option.right and not option.none and not option.unreadable and option.fits == "no":
            _explain(solution, option, answers[option.label])
    if not any(o.fits != "no" for o in options):
        _nearest(out, answers, value)
    return out


def _exact(value: Any, digits: Digits) -> bool:
    """Whether a value is printed as it is."""
    if isinstance(value, Matrix):
        return all(_exact(e, digits) for e in value.entries())
    return not isinstance(value, fmpq | arb) or (isinstance(value, fmpq) and show(value, digits).exact)


def _settle(options: list[Option], answers: dict[str, Answer], value: Any) -> None:
    """The right ones: an exact match, else those that fit with the most digits, rounded before cut off."""
    for how in ("yes", "truncated"):
        found = [o for o in options if o.fits == how]
        if found:
            finest = min(_coarseness(answers[o.label]) for o in found)
            for option in found:
                option.right = _coarseness(answers[option.label]) == finest
            return
    for option in options:
        option.right = option.none


def _coarseness(answer: Answer) -> fmpq:
    return max((w.high - w.low for w in answer.windows()), default=fmpq(0))


def _explain(solution: Solution, option: Option, answer: Answer) -> None:
    """Which slips lead to a wrong option, with everything before it done right."""
    report = mark(solution, {answer.name: answer}, Worth([answer.name], {}, min_figures=0))
    item = report.items[0]
    if item.verdict == "wrong":
        option.slips = [s.says for s in item.slips]
        option.remarks = list(item.remarks)


def _nearest(out: Choice, answers: dict[str, Answer], value: Any) -> None:
    """Which option is nearest, and by how much it is off."""
    try:
        low, high = bounds(middle(value))
    except (DlsolveError, UndecidedError, TypeError, AttributeError):
        return
    best: fmpq | None = None
    for option in out.options:
        answer = answers.get(option.label)
        if answer is None or answer.scalar is None:
            continue
        gap = abs(answer.scalar.middle - (low + high) / 2)
        if best is None or gap < best:
            best, out.nearest = gap, option
    if best is not None:
        out.off = shown(best, Digits(2)) or ""


__all__ = ["Choice", "Option", "choose", "read_options"]
