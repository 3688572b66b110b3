"""What a user wrote, wherever it may stand in a problem of any topic, does nothing in any output: not to a
terminal, not in a browser, not in a program."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dlsolve import DlsolveError, Solution, catalog, check, solve
from dlsolve.render import FORMATS, Options, render
from tests.runner import run
from tests.test_markdown import MATHS, html, maths

MARK = (
    "\x1b[2J\x9b31m\u202e<script>alert(1)</script>[x](javascript:alert(1))$\\href{x}{y}$`|`"
    "\r\n'''\x00\nimport os # =1+1"
)
"""Everything at once: a terminal's codes, a turn of direction, HTML, a link, maths, a cell, the end of a comment."""
LABEL = "\x1b[31m\u2066<b>|$\\x$\n*_`"
TAGS = {"h1", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "code", "strong"}
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
SHOWN = "\n\u2060"
"""The line break, and the joiner that Markdown gets between the parts of an address."""


def harmless(text: str) -> None:
    found = {c for c in text if not c.isprintable() and c not in SHOWN}
    assert not found, sorted(f"U+{ord(c):04X}" for c in found)


def plain_in_browser(text: str) -> None:
    """A page of Markdown is headings, paragraphs, tables, lists and maths, and nothing else."""
    out = html(MATHS.sub("M", text))
    tags = {t.strip("/") for t in re.findall(r"<(/?[a-zA-Z!][^\s>]*)", out)}
    assert tags <= TAGS, tags - TAGS
    assert "href=" not in out
    for tex in maths(text):
        assert not re.search(r"\\(?:href|input|write|def|url|html)", tex), tex
        assert not re.search(r"[<>]", tex), tex


def written_out(done: Solution) -> Iterator[tuple[str, str]]:
    """The solution in every format, in colour too."""
    for style in FORMATS:
        try:
            yield style, render(done._run(), style, Options(width=100))
        except DlsolveError:
            if style != "python":
                raise
    yield "colour", COLOUR.sub("", render(done._run(), "terminal", Options(width=80, color=True)))
    yield "ascii", render(done._run(), "plain", Options(ascii=True))


def examined(done: Solution) -> None:
    for style, text in written_out(done):
        harmless(text)
        if style == "markdown":
            plain_in_browser(text)
        if style == "python":
            ast.parse(text)
            assert "\nimport os" not in text
        if style == "json":
            json.loads(text)


def labelled(value: Any, labels: set[str], deep: bool = False) -> Any:
    """`value` with every label (a key of a mapping inside, a word of a list) marked, the same one alike everywhere."""
    if isinstance(value, Mapping):
        labels |= {str(key) for key in value} if deep else set()
        return {f"{key}{LABEL}" if deep else key: labelled(one, labels, True) for key, one in value.items()}
    if isinstance(value, list):
        return [labelled(one, labels, True) for one in value]
    return value


def also(value: Any, labels: set[str]) -> Any:
    """Words that name such a label elsewhere: the evidence, the positive class."""
    if isinstance(value, Mapping):
        return {key: also(one, labels) for key, one in value.items()}
    if isinstance(value, list):
        return [also(one, labels) for one in value]
    return f"{value}{LABEL}" if isinstance(value, str) and value in labels else value


@pytest.mark.parametrize("name", catalog.names())
def test_no_text_of_a_problem_does_anything_in_any_format(name: str) -> None:
    topic = catalog.topic(name)
    example = json.loads(json.dumps(dict(topic.example), default=str))
    texts = {"title": MARK, "statement": MARK, "source": MARK, "id": f"../../{MARK}"}
    done = solve({"topic": name, "given": example, **texts})
    examined(done)
    assert json.loads(done.json())["title"] == MARK, "as data it is what it was"
    answer = next(iter(done.answers), None)
    if answer is None:
        return
    known = {
        "printed": {answer: MARK},
        "accept": {answer: [MARK]},
        "symbols": dict.fromkeys(list(topic.notation.table)[:1], "<b>|$\\x$*_`"),
    }
    try:
        examined(solve({"topic": name, "given": example, **texts, **known}))
    except DlsolveError as fault:
        harmless(str(fault))
    report = check(
        {"topic": name, "given": example, **texts}, {answer: MARK, MARK: "1", "x" + MARK: MARK}, student=MARK
    )
    for text in (report.json(), report.plain(), report.markdown()):
        harmless(text)
    plain_in_browser(report.markdown())


@pytest.mark.parametrize("name", catalog.names())
def test_no_label_of_a_problem_does_anything_in_any_format(name: str) -> None:
    example = json.loads(json.dumps(dict(catalog.topic(name).example), default=str))
    labels: set[str] = set()
    given = labelled(example, labels)
    words = [w for one in example.values() if isinstance(one, list) for w in one if isinstance(w, str)]
    given = also(given, labels | set(words))
    try:
        done = solve({"topic": name, "given": given})
    except DlsolveError as fault:
        harmless(str(fault))
        return
    examined(done)
    for answer in done.answers:
        assert answer.isascii(), "names of answers are ASCII, whatever a label is"


@pytest.mark.parametrize("name", ["bayes", "perceptron", "confusion", "rules"])
def test_commands_on_such_a_problem_say_it_harmlessly(name: str, tmp_path: Path) -> None:
    example = json.loads(json.dumps(dict(catalog.topic(name).example), default=str))
    labels: set[str] = set()
    given = also(labelled(example, labels), labels) if name == "bayes" else example
    file = tmp_path / "p.json"
    file.write_text(
        json.dumps({"topic": name, "given": given, "title": MARK, "statement": MARK, "id": MARK}), encoding="utf-8"
    )
    for args in (
        ("sheet", str(file)), ("sheet", str(file), "--format", "json"), ("sheet", str(file), "--format", "csv"),
        ("check", str(file), "-a", f"x={MARK}"), ("check", str(file), "-a", f"{MARK}=1", "--format", "markdown"),
        ("options", str(file), f"{MARK}=A {MARK}, B 2"), ("solve", str(file), "--format", "markdown"),
        (name, str(file), "--symbols", MARK), (name, str(file), "--format", MARK), (MARK,), (name, MARK),
        (name, f"--{MARK}", MARK),
        ("explain", MARK), ("batch", MARK, "-o", str(tmp_path / "out")), ("merge", MARK, "-o", str(tmp_path / "all")),
    ):  # fmt: skip
        result = run(*(a.replace("\x00", "") for a in args))
        assert result.status in (0, 1, 2), (args, result.err)
        harmless(result.out)
        harmless(result.err)
        assert len(result.err.splitlines()) <= 2


def test_a_batch_writes_nothing_outside_and_nothing_that_acts(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    problems = [
        {"topic": "det", "given": {"matrix": [[1, 2], [3, n]]}, "id": id_, "title": MARK}
        for n, id_ in enumerate(
            ["../../x", "/etc/passwd", "..", "CON", MARK, "a" * 300, "\u202e", ".hidden", "-rf", "x/../../y"]
        )
    ]
    (source / "p.jsonl").write_text("\n".join(map(json.dumps, [*problems, {"topic": MARK}])) + "\n", encoding="utf-8")
    assert run("batch", str(source), "-o", str(out), "--jobs", "1").status == 1
    written = [p for p in tmp_path.rglob("*") if p.is_file() and source not in p.parents]
    assert all(out in p.parents for p in written)
    assert len(written) == len(problems) + 3, "a page each, the index twice, the errors"
    for path in written:
        assert path.name.isprintable()
        assert path.resolve().is_relative_to(out.resolve())
        harmless(path.read_text(encoding="utf-8"))
        if path.suffix == ".md" and path.name != "index.md":
            plain_in_browser(path.read_text(encoding="utf-8"))


def test_the_list_of_pages_links_to_pages_alone(tmp_path: Path) -> None:
    source = tmp_path / "p.jsonl"
    title = "](javascript:alert(1)) <script> [x](http://evil.example)"
    source.write_text(
        json.dumps({"topic": "det", "given": {"matrix": [[1]]}, "title": title}) + "\n" + "{}\n", encoding="utf-8"
    )
    assert run("batch", str(source), "-o", str(tmp_path / "out"), "--jobs", "1").status == 1
    page = html((tmp_path / "out" / "index.md").read_text(encoding="utf-8"))
    assert re.findall(r'href="([^"]*)"', page) == ["p-1.md"]
    assert "<script" not in page
