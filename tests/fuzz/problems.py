"""Random problem files: right ones with fields taken out, put in, of wrong types, extreme; then their bytes bent."""

from __future__ import annotations

import json
from functools import cache
from random import Random
from typing import Any

from dlsolve import catalog
from tests.cases import ROOT
from tests.fuzz import corpus, texts

Json = Any


@cache
def sources() -> list[str]:
    """Right problems, as text: the example of every topic, and a file each under problems/."""
    out = [json.dumps({"topic": t.name, "given": dict(t.example)}, default=str) for t in catalog.all_topics()]
    for folder in sorted((ROOT / "problems").iterdir()):
        for path in sorted(folder.glob("*.json"))[:2]:
            if path.stat().st_size < 20_000:
                out.append(path.read_text(encoding="utf-8"))
    return out


class Raw(str):
    """A piece of JSON as it stands: what `json.dumps` would not write."""


def extreme(rng: Random) -> Json:
    """A value that no field expects, or only just takes."""
    values: list[Json] = [
        None, True, False, "", " ", "x", "0", "1/3", "1/0", "50%", "1e400", "-1", "nan", "[1,2]", "1 2; 3 4", "a=1, b=2", "\x00", "\u202ex",
        0, 1, -1, 2, 3, 10, 1000, 10**9, 10**18, -(10**9), 0.5, -0.5, 1.5, 1e-300, 1e300, 0.1, 1e-12, [], {}, [[]], [{}], [None], [1], [0, 0],
        [[1, 2], [3, 4]], [[1, 2], [3]], {"a": 1}, {"": 1}, {"a": {"b": 2}}, [1, "x"], ["a", "b"], [True], "a" * 25_000,
        Raw("1e400"), Raw("1e401"), Raw("-1e-400"), Raw("NaN"), Raw("Infinity"), Raw("9" * 401), Raw("0." + "3" * 390), Raw("1E5"), Raw("-0"),
        Raw("01"), Raw("+1"), Raw(".5"), Raw("5."), Raw("'x'"), Raw("\u0661"), Raw('{"a": 1, "a": 2}'), Raw("[" * 70 + "]" * 70), Raw(""),
        [rng.randrange(-9, 10) for _ in range(rng.choice((2, 5, 12, 60)))], [[rng.randrange(-9, 10) for _ in range(3)] for _ in range(3)],
        {rng.choice("abc xyz") * n: 0.25 for n in range(1, 5)},
    ]  # fmt: skip
    kind = rng.randrange(10)
    if kind < 6:
        return rng.choice(values)
    if kind == 6:
        return texts.answer(rng)
    if kind == 7:
        return texts.expression(rng, 2)
    if kind == 8:
        return rng.choice(corpus.ANSWERS)
    return rng.uniform(-10, 10) if rng.random() < 0.9 else [rng.random() for _ in range(rng.choice((30, 300, 3000)))]


def places(value: Json, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything inside `value`."""
    out = [at] if at else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        out += places(one, (*at, key))
    return out


def changed(whole: Json, rng: Random) -> None:
    """One change of structure, in place."""
    paths = places(whole)
    if not paths:
        return
    path = rng.choice(paths)
    parent = whole
    for key in path[:-1]:
        parent = parent[key]
    key = path[-1]
    match rng.randrange(9):
        case 0 | 1 | 2 | 3:
            parent[key] = extreme(rng)
        case 4:
            del parent[key]
        case 5 if isinstance(parent, list):
            parent.insert(key, extreme(rng))
        case 5:
            parent[
                rng.choice(
                    (f"{key}1", f"{key} ", str(key).upper(), "lr", "eta", "seed", "\x1b[31m", "__class__", "W7", "id")
                )
            ] = extreme(rng)
        case 6 if isinstance(parent[key], list) and parent[key]:
            parent[key] = parent[key] * rng.choice((2, 3, 10))
        case 6 if isinstance(parent[key], int | float):
            parent[key] = rng.choice(
                (
                    parent[key] * 1e9,
                    parent[key] / 1e9,
                    -parent[key],
                    str(parent[key]),
                    [parent[key]],
                    {"x": parent[key]},
                )
            )
        case 7:
            asides: list[tuple[str, Json]] = [
                ("title", texts.answer(rng)), ("id", extreme(rng)), ("statement", texts.answer(rng)), ("asked", [texts.answer(rng)]),
                ("conventions", {"log": extreme(rng)}), ("symbols", {"lr": texts.answer(rng)}), ("printed", {"theta_1": texts.answer(rng)}),
                ("points", {"lam_1": extreme(rng)}), ("marking", {"min_digits": extreme(rng)}), ("attempt", {"x": texts.answer(rng)}),
                ("accept", {"theta_1": [texts.answer(rng)]}), ("topic", rng.choice(catalog.names())), ("given", extreme(rng)),
            ]  # fmt: skip
            name, value = rng.choice(asides)
            whole[name] = value
        case _:
            parent[key] = [parent[key]]


def dumped(value: Json) -> str:
    """JSON, `Raw` pieces as they stand."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(k))}: {dumped(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dumped, value)) + "]"
    return json.dumps(value, ensure_ascii=False, default=str)


def problem(rng: Random) -> bytes:
    """The bytes of one problem file."""
    kind = rng.randrange(40)
    if kind == 0:
        return texts.bent(rng.choice(corpus.PROBLEMS), rng)
    if kind == 1:
        return large(rng)
    whole = json.loads(rng.choice(sources()))
    if isinstance(whole, dict) and "problems" in whole:
        whole = rng.choice(whole["problems"])
    for _ in range(rng.choice((0, 1, 1, 1, 1, 2, 3))):
        changed(whole, rng)
        if not isinstance(whole, dict):
            break
    text = dumped(whole)
    data = text.encode("utf-8", "surrogatepass")
    match rng.randrange(24):
        case 0:
            data = b"\xef\xbb\xbf" + data
        case 1:
            data = text.encode(rng.choice(("utf-16", "utf-16-be", "utf-32", "utf-7")), "replace")
        case 2:
            data = data.replace(b", ", rng.choice((b",\r\n", b",\r", b",\x0b", b",\xc2\xa0")))
        case 3 | 4 | 5:
            data = texts.bent(data, rng)
        case 6:
            data = data[: rng.randrange(len(data) + 1)]
        case 7:
            data += rng.choice((data, b"\x00", b" ", b"//x", b"\n\n{}"))
        case _:
            pass
    return data


def large(rng: Random) -> bytes:
    """More than any field takes: long lists, long texts, many keys, deep nesting (in thousands; a few in a million)."""
    size = rng.choice((2_001, 5_000, 20_000)) if rng.random() < 0.98 else 1_000_001
    match rng.randrange(6):
        case 0:
            inner = '"g": [' + ",".join(["0.1"] * size) + "]"
        case 1:
            inner = '"f": "' + "w+" * size + 'w", "start": 1'
        case 2:
            inner = ",".join(f'"k{n}": 1' for n in range(size))
        case 3:
            inner = '"lr": ' + "[" * size + "]" * size
        case 4:
            inner = '"lr": "' + "9" * size + '"'
        case _:
            inner = '"g": "' + "0.1 " * size + '"'
    return f'{{"topic": "adam", "given": {{{inner}}}}}'.encode()
