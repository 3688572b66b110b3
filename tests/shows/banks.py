"""A bank of problems of any size in which a known few are broken, endless or deadly, and what is right of the rest."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.batches import problem

ROOT = Path(__file__).resolve().parent.parent.parent
DEADLY = "deadly"
"""The id of the problem that kills whatever process tries it."""


def _with(**changes: object) -> Callable[[int], bytes]:
    """A right problem with keys replaced; those of `given` where they are none of the file's."""

    def broken(n: int) -> bytes:
        whole = problem(4 * n)
        given = dict(whole["given"])  # type: ignore[call-overload]
        for key, value in changes.items():
            (given if key in ("g", "lr", "eps", "beta1", "steps", "speed") else whole)[key] = value
        return json.dumps({**whole, "given": changes.get("given", given)}).encode()

    return broken


def _bytes(data: bytes) -> Callable[[int], bytes]:
    return lambda n: data


def _of(topic: str, **given: object) -> Callable[[int], bytes]:
    return lambda n: json.dumps({"topic": topic, "given": given}).encode()


BROKEN: tuple[Callable[[int], bytes], ...] = (
    # bytes that are no JSON
    _bytes(b""), _bytes(b" \n"), _bytes(b"\xff\xfe{\x00}\x00"), _bytes(b'{"topic": "det\xff"}'), _bytes(b"{"),
    lambda n: json.dumps(problem(n + 1)).encode()[: 20 + n % 30], _bytes(b"{'topic': 'det'}"), _bytes(b"[" * 9_000),
    _bytes(b'{"topic": "det", "topic": "det", "given": {}}'), _bytes(b'{"topic": "det", "given": {"matrix": [[NaN]]}}'),
    _bytes(b'{"topic": "det", "given": {"matrix": [[1]]},}'), _bytes(b"\x00\x01\x02"), _bytes(b"{} {}"),
    # JSON that is no problem
    _bytes(b"[]"), _bytes(b"3"), _bytes(b"null"), _bytes(b"{}"), _bytes(b'{"problems": 7}'),
    _bytes(b'{"given": {"matrix": [[1]]}}'), _bytes(b'{"topic": "det"}'), _bytes(b'{"topic": 7, "given": {}}'),
    _with(topic="adm"), _with(given=None), _with(given=[]), _with(given={}), _with(colour="red"), _with(asked=["nope"]),
    _with(conventions={"adam_eps": "nowhere"}), _with(conventions={"nope": "x"}), _with(symbols={"lr": "\u202e"}),
    _with(printed={"nope": "1"}), _with(points={"theta_1": "-1"}), _with(title=["a"]), _with(marking={"nope": 1}),
    # problems whose numbers cannot be used
    _with(lr="x"), _with(lr=""), _with(lr=[1, 2]), _with(lr={"a": 1}), _with(lr=True), _with(lr="1e999999999"),
    _with(lr="1" * 30_000), _with(g=[]), _with(g="__import__('os')"), _with(g={"a": 1}), _with(beta1="1.5"),
    _with(eps="-1"), _with(steps=-3), _with(speed=3), _of("det", matrix=[[1, 2]]), _of("det", matrix=[[1], [2, 3]]),
    _of("entropy", p=["1/2", "1/3"]), _of("entropy", p=["-1/2", "3/2"]), _of("entropy", p=["1/0"]),
    _of("entropy", q=[1]), _of("bayes", prior={"a": "1/2"}, likelihood={"b": "1/2"}),
    _of("bayes", prior={"a": 2}, likelihood={"a": 1}),
)  # fmt: skip

_NOISE = {"X": [[997, 1], [1, 883], [512, 431], [-3, 7]], "y": [1, 1, 0, 1]}
ENDLESS: tuple[dict[str, Any], ...] = (
    {"topic": "adam", "given": {"f": "w**4", "start": {"w": 1}, "steps": 10**6, "lr": "0.1"}},
    {"topic": "gd", "given": {"f": "w**2", "start": {"w": 1}, "epochs": 10**6, "lr": "0.1"}},
    # no line parts these points, and the weights come round to no earlier ones
    {"topic": "perceptron", "given": {**_NOISE, "lr": "0.1", "epochs": 10**5, "w": ["1/3", "1/7"], "b": "1/11"}},
    {"topic": "momentum", "given": {"f": "w**2", "start": {"w": 3}, "steps": 10**6, "lr": "0.01"}},
    {"topic": "adam", "given": {"f": "w**2 + v**2", "start": {"w": 1, "v": 2}, "steps": 10**6, "lr": "0.1"}},
)


@dataclass(frozen=True)
class Bank:
    """Where it is, and how many of its problems are to be solved and to fail."""

    folder: Path
    solved: int
    failed: int


def bank(folder: Path, many: int, broken: int, endless: int) -> Bank:
    """`many` problems under `folder`, a fifth of them files, the others lines; of these `broken` + `endless`
    + 1 are to fail, spread evenly, in files and lines alike."""
    bad = [*((BROKEN[n % len(BROKEN)](n)) for n in range(broken))]
    bad += [json.dumps({**ENDLESS[n % len(ENDLESS)], "id": f"endless-{n}"}).encode() for n in range(endless)]
    bad.append(json.dumps({**problem(5), "id": DEADLY}).encode())
    at = {(2 * n + 1) * many // (2 * len(bad)): data for n, data in enumerate(bad)}
    assert len(at) == len(bad)
    good = _good()
    lines: list[bytes] = []
    folder.mkdir(parents=True)
    for n in range(many):
        data = at[n] if n in at else next(good)
        # a line that is blank, or holds a line break, is a file
        if n % 5 == 0 or not data.strip() or b"\n" in data:
            place = folder / f"set {n % 7}" / f"p{n:06}.json"
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(data)
        else:
            lines.append(data)
    third = len(lines) // 3 + 1
    for n in range(3):
        name = folder / f"lines-{n}.jsonl"
        name.write_bytes(b"\n".join(lines[n * third : (n + 1) * third]) + b"\n")
    return Bank(folder, many - len(bad), len(bad))


def _good() -> Iterator[bytes]:
    """Right problems without end: small ones, and every tenth one of the worked problems of all topics."""
    worked = [json.loads(p.read_bytes()) for p in sorted((ROOT / "problems").rglob("*.json"))]
    one_line = [json.dumps(each).encode() for whole in worked for each in whole.get("problems", [whole])]
    n = 0
    while True:
        n += 1
        yield one_line[n // 10 % len(one_line)] if n % 10 == 0 else json.dumps(problem(n)).encode()


@lru_cache(maxsize=1)
def _worked_ids() -> frozenset[str]:
    return frozenset(str(json.loads(p.read_bytes()).get("id")) for p in (ROOT / "problems").rglob("*.json"))


def wrong(solution: dict[str, Any]) -> str:
    """What is wrong with the answers of a small problem, by arithmetic of our own; "" where nothing is, and
    for the worked problems, which have tests of their own."""
    if solution["topic"] not in RIGHT or str(solution["id"]) in _worked_ids():
        return ""
    for name, value in RIGHT[solution["topic"]](solution["given"]).items():
        found = solution["answers"].get(name, {}).get("value")
        if not isinstance(found, int | float) or not math.isclose(found, value, rel_tol=1e-12):
            return f"{name} is {found}, not {value}"
    return ""


def _adam(given: dict[str, Any]) -> dict[str, float]:
    m = v = theta = 0.0
    for t, g in enumerate(map(float, given["g"]), 1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        theta -= float(given["lr"]) * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return {f"theta_{len(given['g'])}": theta}


def _det(given: dict[str, Any]) -> dict[str, float]:
    (a, b), (c, d) = given["matrix"]
    return {"det": a * d - b * c}


def _entropy(given: dict[str, Any]) -> dict[str, float]:
    p = [float(Fraction(x)) for x in given["p"]]
    return {"H": -sum(x * math.log2(x) for x in p if x)}


def _bayes(given: dict[str, Any]) -> dict[str, float]:
    joint = {h: Fraction(given["prior"][h]) * Fraction(given["likelihood"][h]) for h in given["prior"]}
    return {f"posterior_{h}": float(x / sum(joint.values())) for h, x in joint.items()}


RIGHT: dict[str, Callable[[dict[str, Any]], dict[str, float]]] = {
    "adam": _adam, "det": _det, "entropy": _entropy, "bayes": _bayes,
}  # fmt: skip
