"""What students hand in, and call themselves, to see what happens; seeded, so that each run is the same."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

NAMES = (
    '=HYPERLINK("http://x","y")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1+1", " =1", "../../x", "..",
    "a/../../b", "/etc/passwd", "C:\\x", "CON", "nul.txt", "index.jsonl", "class", "x" * 200, "a\u202egpj.exe",
    "\x1b[31mred\x1b[0m", "b\x00c", "bell\x07", "<script>alert(1)</script>", "[x](javascript:alert(1))", "| a | b |",
    "`code`", "# head", "\\input{x}", "line\nbreak", "Ann\u0301a", "Anńa", "anna ", "ANNA", "007", "7", "1e5",
    "www.evil.example", "'; drop", "\ufeffbom", "\u200bzero", "ﷺ" * 30, "🎓" * 60, "None", "total",
    "Points possible", "student",
)  # fmt: skip
"""Names of students, as a CSV may hold them."""

TEXTS = (
    "9**9**9", "1e1000000000", "1e999", "nan", "inf", "-Infinity", "1_000", "٣.١٤", "１２３", "½", "²", "((((" * 500,
    "-" * 20_000, "1/" * 900, "factorial(10**8)", "binomial(10**6,5*10**5)", "__import__('os').system('id')",
    "(lambda: 42)()", "x.__class__.__mro__", "0.19299 or 0.5", "0..1", "[" * 3_000, "{" * 70, '"' * 99, "<img src=x>",
    "=cmd|' /C calc'!A0", "\x1b]0;t\x07", "\u202e0.5", "0.1\u0000", "\ud800", "9" * 5_000, "0." + "1" * 4_999,
    "$\\input{/etc/passwd}$", "\\href{x}{y}", "theta_3", "theta_3 = theta_3", "0", "1", "0.0", "sqrt(-1)", "1/0",
    "log(0)", "2^(2^(2^(2^2)))", "a\nb\nc", "1 = 2 = 3 = 4", ", ".join("1" * 900), "[[1,2],[3]]", "%", "100%%", "e^e^e",
)  # fmt: skip
"""Values."""


def text(chance: random.Random) -> str:
    """One nasty value, or several run together."""
    found = chance.choice(TEXTS)
    while chance.random() < 0.3:
        found += chance.choice((" ", "=", ";", ",", "\n", "")) + chance.choice(TEXTS)
    if chance.random() < 0.2:
        at = chance.randrange(len(found) + 1)
        found = found[:at] + chr(chance.randrange(0x3000)) + found[at:]
    return found


def paper(chance: random.Random, names: list[str]) -> tuple[str, bytes]:
    """(ending, bytes) of one file."""
    picked = [chance.choice(names) if chance.random() < 0.8 else text(chance)[:50] for _ in range(chance.randrange(9))]
    kind = chance.randrange(7)
    if kind == 0:
        return ".json", json.dumps({name: text(chance) for name in picked}).encode()
    if kind == 1:
        values: list[Any] = [chance.choice((None, True, [1, [2, []]], {"a": {}}, 0.5, text(chance))) for _ in picked]
        return ".json", json.dumps(dict(zip(picked, values, strict=True))).encode()
    if kind == 2:
        return ".csv", "\n".join(f"{name},{text(chance)}" for name in picked).encode("utf-8", "replace")
    if kind == 3:
        page = "\n".join(f"{name} = {text(chance)}" for name in picked)
        return chance.choice((".txt", ".md", ".tex")), page.encode("utf-8", "replace")
    if kind == 4:
        return chance.choice((".json", ".txt", ".csv", ".pdf")), chance.randbytes(chance.randrange(400))
    if kind == 5:
        whole = json.dumps({name: text(chance) for name in picked}).encode()
        return ".json", whole[: chance.randrange(len(whole) + 1)]
    return ".txt", ("$$" + " = ".join(text(chance) for _ in range(20)) + "$$\n").encode("utf-8", "replace") * 20


def hand_in(folder: Path, count: int, problem: str, names: list[str], seed: int) -> None:
    """`count` students with one paper each."""
    for n in range(count):
        ending, data = paper(random.Random(f"{seed}-{n}"), names)
        place = folder / f"s{n:04}"
        place.mkdir(parents=True)
        (place / f"{problem}{ending}").write_bytes(data)
