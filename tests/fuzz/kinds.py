"""What is fuzzed: how an input of a kind is made, and what must hold when it is read."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import Any

import msgspec
from flint import arb, fmpq

from dlsolve import assignment, catalog
from dlsolve.assignment import Overlay
from dlsolve.batch.items import Task
from dlsolve.batch.work import Settings, one
from dlsolve.checker import attempt
from dlsolve.checker.answers import read_answer
from dlsolve.checker.paper import mark_attempt
from dlsolve.errors import DlsolveError, InputError
from dlsolve.formula.tree import nodes
from dlsolve.handwriting import UnreadableError, expression, lines, normalise_name
from dlsolve.handwriting.answers import value
from dlsolve.handwriting.evaluate import MAX_BITS
from dlsolve.handwriting.tokens import MAX_CHARS, MAX_SIGNS
from dlsolve.numbers.exact import MAX_CHARS as MAX_NUMBER
from dlsolve.numbers.exact import read
from dlsolve.numbers.precision import precision
from dlsolve.problem import ProblemFile
from dlsolve.render import Options
from dlsolve.render.json import document
from dlsolve.render.plain import draw
from dlsolve.render.report import blocks, markdown
from dlsolve.render.words import json_text
from dlsolve.solver import Solution
from tests.fuzz import corpus, guard, problems, texts
from tests.runner import run as command_line

MOST_NODES = MAX_SIGNS * 6 + MAX_CHARS
"""Nodes of the tree of one text: its signs and names, and a number every other character."""
STEPS = 3_000
"""Named values that a fuzzed problem may work out."""
VERDICTS = {"correct", "follows", "wrong", "ambiguous", "missing", "unreadable"}


class Kind(msgspec.Struct, frozen=True):
    """`calls` bounds the work of one input, counted; `files` says that it writes."""

    make: Callable[[Random], Any]
    read: Callable[[Any], str]
    calls: int
    share: float
    """Of an ``all`` run."""
    files: bool = False


# -- answers --------------------------------------------------------------------------------------


def read_text(text: str) -> str:
    """One answer text, through everything that reads answers. Gives the shape, or ``unreadable``."""
    shape = "unreadable"
    comma, names = len(text) % 4 == 1, ("x", "w1", "lam") if len(text) % 3 == 1 else None
    try:
        written = value(text, decimal_comma=comma)
    except UnreadableError as fault:
        _one_line(fault)
    else:
        shape = written.shape
        assert len(text) <= MAX_CHARS, "longer than is read"
        if written.tree is not None:
            assert sum(1 for _ in nodes(written.tree)) <= MOST_NODES, "more nodes than the text has signs"
    answer = read_answer("x", text, decimal_comma=comma)
    guard.harmless(answer.unreadable or "")
    for row in answer.rows:
        for window in row:
            _bounded(window.low)
            _bounded(window.high)
    try:
        tree = expression(text, names=names)
    except UnreadableError as fault:
        _one_line(fault)
    else:
        assert sum(1 for _ in nodes(tree)) <= MOST_NODES
    for line in lines(text[:2_000]):
        assert all(0 <= link.start <= link.end <= len(text) for link in line.links)
    normalise_name(text)
    try:
        _bounded(read(text))
    except DlsolveError as fault:
        assert len(text.strip()) <= MAX_NUMBER or "characters" in str(fault)
    return shape


def _bounded(number: Any) -> None:
    """A number has no more bits than are allowed: counted, whatever it took to read it."""
    if isinstance(number, fmpq):
        # 400 digits over 400, or a window of an enclosure at 2^±65536
        assert int(number.height_bits()) <= max(MAX_BITS, 4 * 65_536), "a number beyond its bits"
    elif isinstance(number, arb):
        assert number.is_finite(), "a number without bounds"


def _one_line(fault: DlsolveError) -> None:
    text = str(fault)
    assert text, "an error without words"
    assert len(text) < 1_000, f"{len(text)} characters of error"


# -- problem files --------------------------------------------------------------------------------

_STYLES = ("plain", "json", "markdown")


def read_problem(data: bytes) -> str:
    """One problem file: solved and written out, or a fault in one line."""
    style = _STYLES[len(data) % 3]
    done = one(Settings(Overlay(limit=STEPS), style, Options(), timeout=0), Task(0, "p.json", None, "p", data))
    if done.data is not None:
        guard.harmless(done.data.decode())
        return "solved"
    fault = done.fault
    assert fault is not None
    assert "its own fault" not in fault.message, fault.message
    said = f"{fault.field}: {fault.message} ({fault.value})"
    assert len(said) < 1_200, f"{len(said)} characters of error: {said[:200]}"
    assert "\n" not in said, said
    guard.harmless(said)
    return "refused"


# -- command lines --------------------------------------------------------------------------------

_STATIC = (
    "topics",
    "explain",
    "example",
    "schema",
    "solve",
    "optimizers",
    "check",
    "sheet",
    "options",
    "grade",
    "merge",
    "batch",
)
_FLAGS = ("--format", "-o", "--digits", "--carry", "--arith", "--detail", "--steps", "--course", "--symbols", "--no-color", "-a", "--reveal",
          "--decimal-comma", "--jobs", "--limit", "--shard", "--data", "--target", "--help", "--debug", "-h", "--version", "--report")  # fmt: skip
_COMMON = _FLAGS[: _FLAGS.index("--decimal-comma") + 1] * 2
_ALONE = ("--no-color", "--decimal-comma", "--help", "-h", "--version", "--debug")
_FITTING: dict[str, tuple[str, ...]] = {
    "--format": ("plain", "json", "markdown", "terminal", "python", "csv", "Plain"), "-o": ("out.txt", "out", "out.jsonl", "-"),
    "--digits": ("5", "4dp", "12sf", "100", "0dp"), "--carry": ("4sf", "4dp", "1sf", "9"), "--arith": ("exact", "float64", "auto"),
    "--detail": ("all", "key", "answer"), "--steps": ("all", "3"), "--course": ("p.json", "course.json"), "--symbols": ("lr=α", "w=θ, x=y"),
    "-a": ("m_1=0.03", "lam_1=6", "theta_3 = -0.0286", "P=1/2"), "--reveal": ("none", "first", "all"), "--jobs": ("1",),
    "--limit": ("100", "5"), "--shard": ("1/2", "2/2"), "--data": ("data.csv", "p.json"), "--target": ("y", "x1"), "--report": ("r",),
}  # fmt: skip
_VALUES = ("plain", "json", "markdown", "terminal", "python", "5", "4dp", "4sf", "exact", "float64", "all", "key", "answer", "none", "-", "--",
           "p.json", "out.txt", "out", ".", "..", "1/2", "0", "-1", "lr=α", "m_1=0.03", "theta_1=x", "1 2; 3 4", "0.3 0.2", "a=0.5, b=0.5", "",
           "problems", "sub/x.json", "/dev/null", "nope.json", "[[1,2],[3,4]]", '{"a": 1}', "AND", "relu", "w^2")  # fmt: skip
COMMANDS = tuple[tuple[str, ...], bytes]


@cache
def _flags_of(topic: str) -> tuple[str, ...]:
    from dlsolve.cli.flags import topic_flags

    return tuple(name for flag in topic_flags(catalog.topic(topic), []) for name in flag.names)


def make_command(rng: Random) -> COMMANDS:
    """The words of a command line, and what comes in by standard input."""
    data = problems.problem(rng) if rng.random() < 0.3 else b""
    if rng.random() < 0.1:
        words = list(rng.choice(corpus.COMMANDS))
    else:
        static = rng.random() < 0.3
        name = rng.choice(_STATIC if static else catalog.names())
        flags = _FLAGS if static else _COMMON + _flags_of(name)
        words = [name]
        if data and rng.random() < 0.8:
            words.append("-")
        if static and rng.random() < 0.7:
            words += {"explain": ["adam"], "example": ["gd"], "schema": ["eigen"], "options": ["p.json", "theta_3=A -0.0286, B 3, C none"],
                      "check": ["p.json"], "grade": ["p.json", "."], "merge": ["out"]}.get(name, ["p.json"])  # fmt: skip
        if not static and not data and rng.random() < 0.7:
            example = json.loads(json.dumps(dict(catalog.topic(name).example), default=str))
            for key, given in example.items():
                if rng.random() < 0.93:
                    given = problems.extreme(rng) if rng.random() < 0.12 else given
                    words += ["--" + key.replace("_", "-"), given if isinstance(given, str) else problems.dumped(given)]
        for _ in range(rng.choice((0, 0, 1, 1, 2, 4))):
            flag = rng.choice(flags) if rng.random() < 0.95 else "--" + texts.answer(rng)[:40]
            fitting = _FITTING.get(flag)
            value = rng.choice(fitting) if fitting and rng.random() < 0.8 else _word(rng)
            words += (
                [flag]
                if flag in _ALONE or rng.random() < 0.03
                else [f"{flag}={value}"]
                if rng.random() < 0.2
                else [flag, value]
            )
    while rng.random() < 0.06:
        at = rng.randrange(len(words) + 1)
        words[at:at] = [_word(rng)]
        if rng.random() < 0.5:
            del words[rng.randrange(len(words))]
    # an output may stand anywhere a user can write: here, only in the folder of the run
    return tuple(w if not w.startswith("/") else "/dev/null" for w in map(_speakable, words)), data


def _word(rng: Random) -> str:
    return rng.choice(_VALUES) if rng.random() < 0.6 else texts.answer(rng)


def _speakable(word: str) -> str:
    """As an argument of a process can be: no NUL, bytes that are no UTF-8 as Python has them."""
    return os.fsdecode(
        word.encode("utf-8", "surrogateescape" if "\udc80" <= max(word, default="") <= "\udcff" else "replace")
    )


def run_command(given: COMMANDS) -> str:
    """One command line in a folder of its own: status 0, 1 or 2, an error of one line, nothing for a terminal to act on."""
    words, data = given
    if words[:1] in (("batch",), ("grade",)) and "--jobs" not in words:
        words = (*words, "--jobs", "1")
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            with open("p.json", "w", encoding="utf-8") as file:
                file.write(json.dumps({**corpus.ADAM, "attempt": {"theta_3": "-0.0286"}}))
            with open("data.csv", "w", encoding="utf-8") as file:
                file.write("x1,x2,y\n0,1,1\n1,0,0\n")
            with open("course.json", "w", encoding="utf-8") as file:
                file.write('{"digits": "4sf", "symbols": {"lr": "α"}}')
            result = command_line(*words, stdin=data)
        finally:
            os.chdir(here)
    assert result.status in (0, 1, 2), f"status {result.status}: {result.err[:400]}"
    assert "Traceback" not in result.err, result.err[:400]
    guard.harmless(result.out)
    guard.harmless(result.err)
    if result.status == 2:
        errors = result.err.splitlines()
        assert errors, "status 2 without a word"
        assert all(line.startswith("error: ") and len(line) < 1_300 for line in errors), errors[0][:300]
    return f"status {result.status}"


# -- submissions ----------------------------------------------------------------------------------


@cache
def _paper(topic: str) -> tuple[Solution, ProblemFile]:
    problem = ProblemFile(topic=topic, given=json.loads(json.dumps(dict(catalog.topic(topic).example), default=str)))
    return assignment.solve(problem, Overlay(arith="exact")), problem


@cache
def _true(topic: str) -> Mapping[str, str]:
    solution = _paper(topic)[0]
    with precision(solution.trace.bits):
        steps = document(solution, Options())["steps"]
    return {s["name"]: str(s["shown"]) for s in steps if isinstance(s["shown"], str)}


SUBMISSION = tuple[str, str, bytes, bool]


def make_submission(rng: Random) -> SUBMISSION:
    """(topic, file name, what is in it, decimal comma)."""
    topic = rng.choice(catalog.names())
    names = list(_true(topic)) or ["x"]
    rows: list[tuple[str, str]] = []
    for _ in range(rng.choice((0, 1, 2, 3, 6, 15))):
        name = rng.choice(names)
        text = _true(topic).get(name, "1") if rng.random() < 0.4 else texts.answer(rng)
        if rng.random() < 0.2:
            name = texts.mutated(name, rng)[:90]
        if rng.random() < 0.2:
            text = " = ".join(texts.expression(rng, 2) for _ in range(rng.choice((2, 3, 5)))) + f" = {text}"
        rows.append((name, text))
    kind = rng.choice(("json", "json", "txt", "txt", "md", "tex", "csv", "csv", ""))
    if kind == "json":
        data = json.dumps(dict(rows) if rng.random() < 0.8 else problems.extreme(rng), ensure_ascii=False, default=str)
    elif kind == "csv":
        mark = rng.choice((",", ";", "\t"))
        data = rng.choice(("name,value\n", "", "\ufeff")) + "\n".join(f"{n}{mark}{_cell(t, rng)}" for n, t in rows)
    elif rng.random() < 0.15:
        data = texts.mutated(rng.choice(corpus.PAGES), rng)
    else:
        maths = rng.choice(
            (
                ("", ""),
                ("$", "$"),
                ("$$", "$$"),
                ("\\[", "\\]"),
                ("- ", ""),
                ("> ", ""),
                ("\\begin{align}", "\\end{align}"),
            )
        )
        data = rng.choice(("\n", "\n\n", "\r\n", " \\\\\n")).join(
            f"{maths[0]}{n} {rng.choice('==:≈')} {t}{maths[1]}" for n, t in rows
        )
    blob = data.encode("utf-8", "replace")
    if rng.random() < 0.15:
        blob = texts.bent(blob, rng)
    if rng.random() < 0.05:
        blob = data.encode("utf-16", "replace")
    return topic, f"a.{kind}" if kind else "answers", blob, rng.random() < 0.1


def _cell(text: str, rng: Random) -> str:
    return '"' + text.replace('"', '""') + '"' if rng.random() < 0.6 else text


@cache
def _possible(topic: str) -> fmpq:
    return mark_attempt(*_paper(topic), attempt.Attempt()).possible


def mark_submission(given: SUBMISSION) -> str:
    """One submission marked and reported in every format."""
    topic, name, data, comma = given
    solution, problem = _paper(topic)
    try:
        read = attempt.of_file(data, name)
    except InputError as fault:
        assert len(str(fault)) < 1_200, str(fault)[:300]
        return "refused"
    report = mark_attempt(solution, problem, read, decimal_comma=comma)
    assert {item.verdict for item in report.items} <= VERDICTS
    assert 0 <= report.earned <= report.possible
    assert report.possible == _possible(topic), "what a student writes does not change what there is to earn"
    page = Options()
    for text in (json_text(report.as_json()), markdown(report), draw(blocks(report, page), page)):
        guard.harmless(text)
    return "marked"


KINDS: dict[str, Kind] = {
    "answers": Kind(texts.answer, read_text, 400_000, 0.92),
    "problems": Kind(problems.problem, read_problem, 100_000_000, 0.065),
    "commands": Kind(make_command, run_command, 30_000_000, 0.010, files=True),
    "submissions": Kind(make_submission, mark_submission, 60_000_000, 0.005),
}
