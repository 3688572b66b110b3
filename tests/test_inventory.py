"""The course notes, item by item: whatever computes something is served, with the lines a lecturer writes.

`notes/course/inventory.json` maps each of the 109 items to its problems (or a command, or the page that
explains it) and to texts that their solutions have to show; what only is said in words computes nothing.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.runner import run

ROOT = Path(__file__).resolve().parent.parent
ITEMS: dict[str, dict[str, Any]] = json.loads(
    (ROOT / "tests" / "notes" / "course" / "inventory.json").read_text(encoding="utf-8")
)
WORDS = {"1", "3", "30", "31", "49", "71", "80", "92", "93"}
"""Items that compute nothing: definitions, headings, text."""


def test_every_item_of_the_notes_is_on_the_map() -> None:
    assert list(ITEMS) == [str(n) for n in range(1, 110)]
    assert {n for n, item in ITEMS.items() if item.get("text")} == WORDS
    for n, item in ITEMS.items():
        served = {"problems", "command", "explain", "topics", "text"} & set(item)
        assert len(served) == 1, n
        assert item.get("text") or item["shows"], f"item {n} shows nothing"


@cache
def printed(*args: str) -> str:
    """What a command prints, each stretch of blanks one space."""
    result = run(*args)
    assert result.status == 0, f"dlsolve {' '.join(args)}: {result.err}"
    return re.sub(r"\s+", " ", result.out)


def text_of(item: dict[str, Any]) -> str:
    if "problems" in item:
        files = [str(ROOT / "problems" / f"{name}.json") for name in item["problems"]]
        return " ".join(printed("solve", file, "--format", "plain", "--steps", "all") for file in files)
    if "explain" in item:
        return printed("explain", item["explain"])
    if "topics" in item:
        return printed("topics")
    return printed(*(arg.replace("{problems}", str(ROOT / "problems")) for arg in item["command"]))


@pytest.mark.parametrize("number", [n for n in ITEMS if n not in WORDS])
def test_an_item_is_served_with_its_lines(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    text = text_of(ITEMS[number])
    missing = [shown for shown in ITEMS[number]["shows"] if shown not in text]
    assert not missing, f"item {number}, {ITEMS[number]['what']}: not shown"
