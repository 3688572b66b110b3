"""Raw values -> single values: exact numbers, counts, truths, words. Every error says what is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields.found import found, meant
from dlsolve.fields.kinds import Field, NumberText, joined
from dlsolve.numbers.exact import NumberError, read

MAX_COUNT = 10**9
MAX_STRING = 20_000
_NUMBER = "write a number such as 0.5, 1e-3, 1/3 or 20%"


def number(raw: Any, field: Field, path: str) -> fmpq:
    """An exact number within the field's bounds. Raises `InputError`."""
    return _within(_number(raw, path), raw, field, path)


def numbers(entries: Sequence[Any], field: Field, path: str) -> list[fmpq]:
    """Exact numbers within the field's bounds, by their places in a list. Raises `InputError`."""
    out: list[fmpq] = []
    bounded = bool(field.bounds)
    for n, raw in enumerate(entries):
        if type(raw) is NumberText:
            try:
                value = read(raw)
            except NumberError:
                value = _number(raw, f"{path}[{n}]")
        else:
            value = _number(raw, f"{path}[{n}]")
        if bounded and _outside(value, field):
            raise _out_of_bounds(raw, field, f"{path}[{n}]")
        out.append(value)
    return out


def _number(raw: Any, path: str) -> fmpq:
    if isinstance(raw, fmpq):
        return raw
    if isinstance(raw, bool) or raw is None or isinstance(raw, list | tuple | dict):
        raise InputError(path, "not a number", found=found(raw), remedy=_NUMBER)
    text = str(raw).strip()
    percent = text.endswith("%")
    try:
        value = read(text.removesuffix("%") if percent else text)
    except NumberError as fault:
        raise _no_number(text, raw, path, fault) from fault
    return value / 100 if percent else value


def _no_number(text: str, raw: Any, path: str, fault: NumberError) -> InputError:
    if "exponents" in str(fault) or "characters" in str(fault) or "divides by 0" in str(fault):
        reason = str(fault).rpartition("'")[2].lstrip(": ") if "'" in str(fault) else str(fault)
        return InputError(path, reason, found=found(raw), remedy=_NUMBER)
    comma = text.replace(",", ".", 1)
    if text.count(",") == 1 and comma.replace(".", "", 1).lstrip("+-").isdigit():
        return InputError(path, "not a number", found=found(raw), remedy=f"write the decimal point: {comma}")
    if not text:
        return InputError(path, "a number is missing", found=found(raw), remedy=_NUMBER)
    return InputError(path, "not a number", found=found(raw), remedy=_NUMBER)


def _within(value: fmpq, raw: Any, field: Field, path: str) -> fmpq:
    if _outside(value, field):
        raise _out_of_bounds(raw, field, path)
    return value


def _outside(value: fmpq, field: Field) -> bool:
    low = (field.gt is not None and value <= _bound(field.gt)) or (field.ge is not None and value < _bound(field.ge))
    high = (field.lt is not None and value >= _bound(field.lt)) or (field.le is not None and value > _bound(field.le))
    return low or high


_bound = cache(read)


def _out_of_bounds(raw: Any, field: Field, path: str) -> InputError:
    return InputError(path, "out of bounds", found=found(raw), remedy=f"give a number {field.bounds}")


def whole(raw: Any, field: Field, path: str) -> int:
    """A whole number. Raises `InputError`."""
    value = _number(raw, path)
    if value.q != 1:
        raise InputError(path, "not a whole number", found=found(raw), remedy="write a whole number such as 3")
    if abs(value) > MAX_COUNT:
        raise InputError(path, "too large", found=found(raw), remedy=f"give a whole number of at most {MAX_COUNT}")
    return int(_within(value, raw, field, path).p)


def truth(raw: Any, path: str) -> bool:
    """true or false. Raises `InputError`."""
    if not isinstance(raw, bool):
        raise InputError(path, "not true or false", found=found(raw), remedy="write true or false")
    return raw


def words(raw: Any, path: str) -> str:
    """A text. Raises `InputError`."""
    if not isinstance(raw, str) or isinstance(raw, NumberText):
        raise InputError(path, "not a text", found=found(raw), remedy='write it in quotes, as "text"')
    return _bounded(raw, path)


def label(raw: Any, path: str) -> str:
    """A text, or a number taken as a label. Raises `InputError`."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str) or not raw.strip():
        raise InputError(path, "not a label", found=found(raw), remedy='write a text such as "spam"')
    return _bounded(str(raw).strip(), path)


def written(raw: Any, path: str) -> str:
    """What somebody wrote, as text: a number keeps its digits, a list its brackets."""
    if isinstance(raw, list | tuple):
        return "[" + ", ".join(written(e, f"{path}[{n}]") for n, e in enumerate(raw)) + "]"
    if raw is None or isinstance(raw, bool | dict):
        raise InputError(
            path, "not a written value", found=found(raw), remedy='write a number, a text such as "5/2", or a list'
        )
    return _bounded(str(raw), path)


def choice(raw: Any, allowed: tuple[Any, ...], path: str) -> Any:
    """One of `allowed`, upper or lower case. Raises `InputError`."""
    texts = {str(a).lower(): a for a in allowed}
    if isinstance(raw, str | int) and not isinstance(raw, bool) and str(raw).strip().lower() in texts:
        return texts[str(raw).strip().lower()]
    every = f"choose {joined([str(a) for a in allowed])}"
    remedy = meant(raw, [str(a) for a in allowed], "") if isinstance(raw, str) else ""
    raise InputError(path, "not a choice", found=found(raw), remedy=f"{remedy} {every}".strip())


def _bounded(text: str, path: str) -> str:
    if len(text) > MAX_STRING:
        raise InputError(path, f"a text of {len(text)} characters", remedy=f"at most {MAX_STRING} are read")
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise InputError(path, "a text with half a character (a lone surrogate)", remedy="save the file as UTF-8")
    return text
