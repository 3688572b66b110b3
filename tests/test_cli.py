"""The command line as its users meet it: commands, flags, formats, files, exit statuses, what is imported."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.cells import cell_len

from dlsolve import __version__, catalog
from dlsolve.cli.group import STATIC
from dlsolve.render.command import example_command
from tests.runner import run

ADAM = ("adam", "--g", "0.3 0.2 0.1", "--lr", "0.01")
ANSI = re.compile(r"\x1b")


def process(*args: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A run in a process of its own."""
    command = [sys.executable, "-m", "dlsolve", *args]
    env = {**os.environ, "PYTHONIOENCODING": "utf-8", **environment}
    return subprocess.run(command, input=stdin, capture_output=True, env=env, timeout=120, check=False)


# -- what there is --------------------------------------------------------------------------------


def test_help_lists_every_command_and_topic() -> None:
    result = run("--help")
    assert result.status == 0
    for name in (*STATIC, *catalog.names()):
        assert name in result.out
    assert run().out == result.out
    assert run("-h").out == result.out


def test_help_of_a_topic_lists_its_fields_and_conventions() -> None:
    out = run("backprop", "--help").out
    for flag in ("--x", "--W1", "--activations", "--layout", "--lr", "--learning-rate", "--digits", "--steps"):
        assert flag in out


def test_version() -> None:
    assert run("--version").out == f"dlsolve {__version__}\n"


@pytest.mark.parametrize("width", ["80", "120", "160"])
def test_topics_are_listed_by_chapter_in_one_screen(width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    out = run("topics").out
    for topic in catalog.all_topics():
        assert re.search(rf"(?<![\w-]){re.escape(topic.name)}(?![\w-])", out)
    assert out.count("\n") <= (24 if width == "80" else 40), "one screen"
    assert "…" not in out, "no title is cut"
    places = [out.index(chapter) for chapter in catalog.CHAPTERS.values() if chapter in out]
    assert len(places) == len({topic.chapter for topic in catalog.all_topics()})
    if width != "160":
        assert places == sorted(places), "in the order of the course"


@pytest.mark.parametrize("name", catalog.names())
def test_a_chapter_is_a_folder(name: str) -> None:
    assert catalog.topic(name).chapter == catalog.CHAPTERS[catalog.modules()[name].split(".")[-2]]


@pytest.mark.parametrize("name", catalog.names())
def test_help_gives_a_topic_one_line(name: str) -> None:
    assert len(catalog.summary(name)) <= 60, "the first line of a topic's docstring stands in a list of 80 columns"


@pytest.mark.parametrize("name", catalog.names())
def test_explain_says_rules_notation_inputs_conventions_and_source(name: str) -> None:
    result = run("explain", name)
    topic = catalog.topic(name)
    assert result.status == 0
    parts = ["Rules", "Notation", "Inputs", "Source", "Example", *(["Conventions"] if topic.conventions else [])]
    for part in parts:
        assert f"\n{part}\n" in result.out
    assert not ANSI.search(result.out)
    assert example_command(topic) in result.out
    commands = len(example_command(topic).splitlines()) + 1
    wide = [line for line in result.out.splitlines()[:-commands] if cell_len(line) > 80]
    assert not wide


@pytest.mark.parametrize("name", catalog.names())
def test_the_example_solves_from_its_file_and_from_its_flags(name: str) -> None:
    import shlex

    file = run("example", name).out
    from_file = run(name, "-", stdin=file)
    assert from_file.status == 0, from_file.err
    words = shlex.split(example_command(catalog.topic(name)))
    from_flags = run(*words[1:])
    assert from_flags.status == 0, from_flags.err
    assert from_flags.out == from_file.out


@pytest.mark.parametrize("name", catalog.names())
def test_a_summary_is_the_first_line_of_the_docstring(name: str) -> None:
    assert catalog.summary(name) == catalog.text(name).splitlines()[0]
    for alias in catalog.topic(name).aliases:
        assert catalog.find(alias) == name
        assert catalog.find(alias.upper()) == name


def test_schema_of_one_and_of_all() -> None:
    assert list(json.loads(run("schema", "adam").out)["$defs"]) == ["adam"]
    assert list(json.loads(run("schema").out)["$defs"]) == catalog.names()


# -- solving --------------------------------------------------------------------------------------


def test_flags_alone_suffice_and_override_a_file(tmp_path: Path) -> None:
    alone = run(*ADAM, "--detail", "answer").out
    assert "−0.02864" in alone
    file = tmp_path / "p.json"
    file.write_text('{"topic": "adam", "given": {"g": [0.3, 0.2, 0.1], "learning_rate": 1}}')
    assert run("adam", str(file), "--detail", "answer").out != alone
    assert run("adam", str(file), "--eta", "0.01", "--detail", "answer").out == alone
    assert run("adam", str(file), "--learning_rate", "1%", "--detail", "answer").out == alone
    assert run("solve", str(file)).status == 0


def test_aliases_of_topics_and_letters_of_any_case() -> None:
    assert run("backpropagation", "--help").out == run("backprop", "--help").out
    assert run("SGD", "--X", "1;2", "--y", "1 2", "--lr", "0.1").status == 0


def test_json_of_one_and_of_several(tmp_path: Path) -> None:
    one = json.loads(run(*ADAM, "--format", "json").out)
    assert one["dlsolve"] == 1
    assert one["given"] == {"g": [0.3, 0.2, 0.1], "lr": 0.01}
    assert one["answers"]["theta_3"]["shown"] == "-0.02864"
    file = tmp_path / "p.json"
    file.write_text(run("example", "adam").out)
    both = json.loads(run("solve", str(file), str(file), "--format", "json").out)
    assert len(both) == 2
    assert both[0] == both[1]


def test_digits_carry_arith_detail_conventions_and_symbols() -> None:
    answer = (*ADAM, "--detail", "answer")
    assert "−0.029" in run(*answer, "--digits", "2").out
    assert "−0.0286" in run(*answer, "--digits", "4dp").out
    assert run(*ADAM, "--carry", "3sf").out != run(*ADAM).out
    assert json.loads(run(*ADAM, "--arith", "float64", "--format", "json").out)["arith"] == "float64"
    assert len(run(*answer).out) < len(run(*ADAM, "--detail", "key").out) < len(run(*ADAM).out)
    keras = json.loads(run(*ADAM, "--adam-eps", "keras", "--format", "json").out)
    assert keras["conventions"]["adam_eps"] == "keras"
    assert "α" in run(*ADAM, "--symbols", "lr=α, theta=w").out


def test_a_course_sets_conventions_symbols_and_digits(tmp_path: Path) -> None:
    course = tmp_path / "course.json"
    course.write_text('{"digits": "3sf", "symbols": {"theta": "w"}}', encoding="utf-8")
    out = run(*ADAM, "--course", str(course), "--detail", "answer").out
    assert "w₃" in out
    assert "−0.0286" in out
    assert "−0.02864" not in out
    assert "−0.02864" in run(*ADAM, "--course", str(course), "--digits", "4", "--detail", "answer").out


def test_steps_is_a_count_and_all_is_how_much_is_printed() -> None:
    descent = ("adam", "--f", "(w - 3)^2", "--start", "0", "--lr", "0.1")
    short = run(*descent, "--steps", "80")
    assert short.status == 0
    whole = run(*descent, "--steps", "80", "--steps", "all")
    assert whole.status == 0
    assert len(whole.out) > len(short.out)
    assert run("eigen", "--matrix", "1 2; 5 4", "--steps", "all").status == 0


def test_samples_from_a_table(tmp_path: Path) -> None:
    table = tmp_path / "and.csv"
    table.write_text("y,x1,x2\n0,0,0\n0,0,1\n0,1,0\n1,1,1\n")
    flags = ("--w", "0 0", "--b", "0", "--lr", "1")
    from_table = run("perceptron", "--data", str(table), "--target", "y", *flags)
    typed = run("perceptron", "--X", "0 0; 0 1; 1 0; 1 1", "--y", "0 0 0 1", *flags)
    assert from_table.status == 0, from_table.err
    assert from_table.out == typed.out


# -- where it goes --------------------------------------------------------------------------------


def test_a_piped_run_has_no_colours_whatever_the_format() -> None:
    for fmt in ("terminal", "plain", "json"):
        assert not ANSI.search(run(*ADAM, "--format", fmt).out)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    assert run(*ADAM, "-o", str(target)).out == ""
    first = target.read_text(encoding="utf-8")
    assert first == run(*ADAM).out
    assert run("adam", "--g", "1", "--lr", "0", "-o", str(target)).status == 2
    assert target.read_text(encoding="utf-8") == first
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.txt"]
    assert run(*ADAM, "-o", "-").out == first
    assert run(*ADAM, "-o", os.devnull).status == 0


def test_the_problem_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text(run("example", "adam").out)
    result = run("adam", str(file), "-o", str(file))
    assert result.status == 2
    assert "overwrite" in result.err
    assert file.read_text() == run("example", "adam").out


def test_a_stream_without_symbols_gets_what_it_can_hold() -> None:
    result = run(*ADAM, encoding="ascii")
    assert result.status == 0
    assert result.out.isascii()
    assert "0.02864" in result.out


def test_a_fault_of_dlsolve_is_one_line_and_status_3(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a\nfault")

    monkeypatch.setattr("dlsolve.cli.run.assignment.solve", fail)
    result = run(*ADAM)
    assert result.status == 3
    assert result.err.count("\n") == 1
    assert "ZeroDivisionError" in result.err
    assert "--debug" in result.err
    assert "Traceback" in run(*ADAM, "--debug").err


def test_control_c_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dlsolve.cli.run.assignment.solve", interrupt)
    result = run(*ADAM)
    assert (result.status, result.out, result.err) == (130, "", "")


# -- in a process of its own ----------------------------------------------------------------------


def test_a_closed_pipe_is_silent() -> None:
    command = [sys.executable, "-m", "dlsolve", "explain", "adam"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.close()
    assert child.wait(60) == 0
    assert child.stderr.read() == b""
    child.stderr.close()


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_control_c_in_the_middle_of_a_run() -> None:
    flags = ["--f", "100*w1^2 + w2^2", "--start", "w1=1, w2=1", "--steps", "900000", "--arith", "float64"]
    child = subprocess.Popen(
        [sys.executable, "-m", "dlsolve", "adam", *flags], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    time.sleep(1.5)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out, err) == (130, b"", b"")


def imported(*args: str, stdin: bytes = b"") -> set[str]:
    """The modules that a run imports."""
    code = (
        "import sys; from dlsolve.cli import main; main(sys.argv[1:]); print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *args], input=stdin, capture_output=True, timeout=120, check=True
    )
    return set(done.stderr.decode().split())


def topics_in(modules: set[str]) -> set[str]:
    return {m for m in modules if m in catalog.modules().values()}


def test_help_imports_no_topic_and_a_topic_imports_itself_alone() -> None:
    heavy = {"numpy", "sympy", "matplotlib", "pydantic"}
    modules = imported("--help")
    assert not topics_in(modules)
    assert not heavy & modules
    modules = imported(*ADAM)
    assert topics_in(modules) == {catalog.modules()["adam"]}
    assert not heavy & modules
    assert topics_in(imported("eig", "--matrix", "1 2; 5 4")) == {catalog.modules()["eigen"]}


def test_a_run_of_the_module_with_colours_refused() -> None:
    done = process(*ADAM, NO_COLOR="1")
    assert done.returncode == 0
    assert b"\x1b" not in done.stdout
    assert "−0.02864".encode() in done.stdout
    assert process("adm").returncode == 2


@pytest.mark.skipif(os.name != "posix", reason="a terminal of its own")
def test_a_terminal_gets_colours_unless_they_are_refused() -> None:
    assert b"\x1b[" in on_a_terminal(*ADAM)
    assert b"\x1b[" not in on_a_terminal(*ADAM, "--no-color")
    assert b"\x1b[" not in on_a_terminal(*ADAM, NO_COLOR="1")


@pytest.mark.skipif(os.name != "posix", reason="a terminal of its own")
def test_a_long_run_shows_progress_on_a_terminal() -> None:
    flags = ("--f", "(w - 3)^2", "--steps", "900000", "--detail", "answer")
    at_once = "import dlsolve.render.progress as p; p.PATIENCE = 0.01; from dlsolve.cli import main; main()"
    assert b"solving adam" in on_a_terminal("adam", *flags, program=["-c", at_once])
    assert b"solving" not in on_a_terminal(*ADAM)


def on_a_terminal(*args: str, program: Sequence[str] = ("-m", "dlsolve"), **environment: str) -> bytes:
    """All that a run writes on a terminal of 80 columns."""
    import pty

    env = (
        {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        | {"TERM": "xterm-256color", "COLUMNS": "80"}
        | environment
    )
    master, slave = pty.openpty()
    child = subprocess.Popen([sys.executable, *program, *args], stdin=slave, stdout=slave, stderr=slave, env=env)
    os.close(slave)
    out = bytearray()
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        out += part
    os.close(master)
    child.wait(120)
    return bytes(out)
