"""Hostile inputs, kept: everything in the corpus, and a few random inputs of each kind, is answered.

``python -m tests.fuzz`` reads as many random ones as are asked for.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("resource", reason="limits of a process are POSIX's")

from tests.cases import ROOT
from tests.fuzz import corpus, guard
from tests.fuzz.drive import Found, make, one
from tests.fuzz.kinds import KINDS, mark_submission, read_problem, read_text, run_command


def test_every_answer_of_the_corpus_is_read_or_refused() -> None:
    for text in corpus.ANSWERS:
        with guard.watched():
            read_text(text)


def test_no_answer_of_the_corpus_takes_more_work_than_is_allowed() -> None:
    most = {text[:60]: guard.calls(lambda text=text: read_text(text)) for text in corpus.ANSWERS}  # type: ignore[misc]
    worst = max(most, key=lambda text: most[text])
    assert most[worst] <= KINDS["answers"].calls, f"{worst!r}: {most[worst]} calls"


@pytest.mark.parametrize("ending", ["txt", "md", "csv", "json"])
def test_every_page_of_the_corpus_is_marked_or_refused(ending: str) -> None:
    for page in corpus.PAGES if ending == "txt" else corpus.PAGES[:: 3 if ending == "md" else 5]:
        with guard.watched():
            mark_submission(("adam", f"a.{ending}", page.encode("utf-8", "replace"), False))


def test_every_problem_of_the_corpus_is_solved_or_refused() -> None:
    for data in corpus.PROBLEMS:
        with guard.watched():
            read_problem(data)


def test_every_command_line_of_the_corpus_is_answered() -> None:
    for words in corpus.COMMANDS:
        with guard.watched(files=True):
            run_command((words, b""))


@pytest.mark.parametrize(("kind", "count"), [("answers", 400), ("problems", 80), ("commands", 60), ("submissions", 60)])
def test_random_inputs_are_answered(kind: str, count: int) -> None:
    found = Found()
    for number in range(count):
        one(kind, 2026, number, found)
    assert not found.failures, found.failures[0]
    assert sum(found.outcomes.values()) == count
    assert len(found.outcomes) > 1, "some are read, some refused"


def test_an_input_is_a_function_of_its_number() -> None:
    for kind in KINDS:
        assert [make(kind, 7, n) for n in range(20)] == [make(kind, 7, n) for n in range(20)]
        assert make(kind, 7, 3) != make(kind, 8, 3) or make(kind, 7, 4) != make(kind, 8, 4)


def test_the_command_reads_all_kinds_in_processes() -> None:
    command = [sys.executable, "-m", "tests.fuzz", "-n", "120", "--jobs", "2", "--seed", "3"]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert out.returncode == 0, out.stdout + out.stderr
    assert "120 of 120" in out.stdout
    assert "failed 0" in out.stdout


# -- the guard sees what it should ----------------------------------------------------------------

CAUGHT = [
    "__import__('os').system('true')",
    "__import__('subprocess').run(['true'])",
    "open('not-in-a-folder-for-such', 'w')",
    "eval('\"FUZZ_CANARY\"')",
    "__import__('os').environ.__setitem__('FUZZ_CANARY', '1')",
]


@pytest.mark.parametrize("code", CAUGHT)
def test_the_guard_catches_code_that_runs(code: str) -> None:
    program = f"from tests.fuzz import guard\nguard.install()\nwith guard.watched():\n    {code}\n"
    out = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert out.returncode == 1
    assert "CodeRunError" in out.stderr or "code of an input was run" in out.stderr


@pytest.mark.parametrize("text", ["\x1b[2J", "a\x07", "\x9b1m", "\u202eabc", "a\u200bb", "\r", "\x7f", "\ufeff"])
def test_the_guard_catches_what_a_terminal_acts_on(text: str) -> None:
    with pytest.raises(AssertionError):
        guard.harmless(text)


def test_the_guard_counts_work() -> None:
    assert guard.calls(lambda: [len(str(n)) for n in range(100)]) >= 100
    found = Found()
    one("answers", 1, 1, found)
    assert not found.failures
