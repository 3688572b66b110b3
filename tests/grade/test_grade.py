"""A class: every submission is marked once, whatever the others are; the same bytes from any order and processes."""

from __future__ import annotations

import csv
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

from dlsolve.checker.attempt import of_pairs
from dlsolve.checker.paper import mark_attempt
from dlsolve.grade.work import number
from dlsolve.problem import ProblemFile
from tests.batches import tree
from tests.grade.classes import KEY, hand_in, key, pupils, rows, solution
from tests.runner import Result, run

ADAM = "adam-3steps"
RIGHT = {"m_hat_3": "0.19299", "v_hat_3": "0.04664", "Delta_3": "0.0089362", "theta_3": "-0.02864"}


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def write(path: Path, data: bytes | str | dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(data) if isinstance(data, dict) else data
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A class of 12 and its gradebook, from one process."""
    folder = tmp_path_factory.mktemp("class")
    key(folder / "key")
    hand_in(folder / "in", 12)
    out = str(folder / "grades.csv")
    return folder, run("grade", str(folder / "key"), str(folder / "in"), "-o", out, "--jobs", "1")


# -- what is marked -------------------------------------------------------------------------------


def test_a_row_a_student_and_a_column_a_problem(whole: tuple[Path, Result]) -> None:
    folder, result = whole
    assert result.status == 0, result.err
    found = table(folder / "grades.csv")
    assert found[0] == ["student", ADAM, "momentum-3steps", "spam-bayes", "total", "possible", "notes"]
    assert found[1] == ["Points possible", "4", "6", "1", "11", "11", ""]
    assert [row[0] for row in found[2:]] == [f"student-{n:03}" for n in range(1, 13)]
    by_student = dict(pupils(12))
    for who, *cells in found[2:]:
        total = fmpq(0)
        for name, cell in zip((KEY[0], KEY[2], KEY[1]), cells[:3], strict=True):
            texts = by_student[who][name.rpartition("/")[2]]
            envelope = json.loads((folder / "key" / f"{name.rpartition('/')[2]}.json").read_text())
            problem = ProblemFile(topic=envelope["topic"], given={}, asked=envelope.get("asked"))
            alone = mark_attempt(solution(name), problem, of_pairs(list(texts.items())))
            assert number(cell) == alone.earned, (who, name)
            total += alone.earned
        assert cells[3:5] == [str(total), "11"]


def test_the_same_bytes_from_any_order_and_number_of_processes(whole: tuple[Path, Result], tmp_path: Path) -> None:
    folder, _ = whole
    written = rows(8)
    mixed = random.Random(5).sample(written, len(written))
    texts = {
        "ordered": "student,problem,name,value\n" + "".join(",".join(f'"{c}"' for c in row) + "\n" for row in written),
        "mixed": "".join(",".join(f'"{c}"' for c in row) + "\r\n" for row in mixed),
    }
    for name, text in texts.items():
        write(tmp_path / name / "all.csv", text)
    for sources in ([folder / "in"] * 2, [tmp_path / "ordered" / "all.csv", tmp_path / "mixed" / "all.csv"]):
        found = set()
        for n, source in enumerate(sources):
            out = tmp_path / f"{source.name}{n}.out"
            args = ("-o", str(out), "--format", "json", "--jobs", str(n + 1))
            assert run("grade", str(folder / "key"), str(source), *args).status == 0
            found.add((out.read_bytes(), Path(f"{out}.index.jsonl").read_bytes()))
        assert len(found) == 1


def test_a_long_table_and_json_say_the_same(whole: tuple[Path, Result], tmp_path: Path) -> None:
    folder, _ = whole
    args = (str(folder / "key"), str(folder / "in"), "-o")
    assert run("grade", *args, str(tmp_path / "long.csv"), "--format", "long-csv").status == 0
    assert run("grade", *args, str(tmp_path / "all.json")).status == 0, "the ending says the format"
    data = json.loads((tmp_path / "all.json").read_text())
    assert list(data) == ["dlsolve", "reports", "students", "class"]
    head, *long = table(tmp_path / "long.csv")
    assert head == ["student", "problem", "name", "written", "verdict", "expected", "slips", "earned", "possible"]
    items = [(r["student"], r["problem"], i["name"], i["verdict"]) for r in data["reports"] for i in r["items"]]
    assert items == [(row[0], row[1], row[2], row[4]) for row in long]
    for student in data["students"]:
        mine = [r for r in data["reports"] if r["student"] == student["student"]]
        assert number(student["earned"]) == sum((number(r["score"]["earned"]) for r in mine), fmpq(0))
        assert student["problems"] == {r["problem"]: r["score"]["earned"] for r in mine}
        assert {r["problem"]: r["score"]["possible"] for r in mine}.items() <= {
            p["id"]: p["possible"] for p in data["class"]["problems"]
        }.items()
    assert data["class"]["students"] == 12


# -- what is not as it should be ------------------------------------------------------------------


def test_what_cannot_be_marked_is_named_and_stops_nothing(tmp_path: Path) -> None:
    problems = key(tmp_path / "key", KEY[:2])
    folder = tmp_path / "in"
    write(folder / "anna" / "adam-3steps.json", RIGHT)
    write(folder / "anna" / "spam-bayes.txt", "")
    write(folder / "ben" / "ADAM-3steps.txt", "theta_3 = -0.02864\n")
    write(folder / "ben" / "adam-3steps.csv", "theta_3,-0.02864\n")
    write(folder / "cleo" / "nonsense.json", RIGHT)
    write(folder / "cleo" / "scan.pdf", b"%PDF")
    write(folder / "dora" / "adam-3steps.json", b'{"theta_3": ')
    write(folder / "dora" / "deeper" / "adam-3steps.json", RIGHT)
    write(folder / "eve" / "adam-3steps.txt", "x" * 1_000_001)
    write(folder / "finn" / "adam-3steps.txt", b"\xff\x00\xff\xfe theta")
    (folder / "gus").mkdir()
    write(folder / "hana.txt", "theta_3 = 1")
    write(folder / "ida.json", {ADAM: RIGHT, "spam-bayes": {}, "other": {}})
    os.mkfifo(folder / "jon.json")
    (folder / "kim").mkdir()
    (folder / "kim" / "adam-3steps.json").symlink_to(folder / "anna" / "adam-3steps.json")
    (folder / "lou.json").mkdir()
    write(folder / "mia.json", {"problem": "spam-bayes", "answers": {"posterior_spam": "0.7"}})
    write(folder / ".DS_Store", b"x")
    result = run("grade", str(problems), str(folder), "-o", str(tmp_path / "grades.csv"), "--jobs", "1")
    assert result.status == 1, result.err
    found = {row[0]: row for row in table(tmp_path / "grades.csv")}
    assert found["anna"][1:5] == ["4", "0", "4", "5"]
    assert found["ida"][1:5] == ["4", "0", "4", "5"]
    assert [found[who][1] for who in ("ben", "cleo", "dora", "eve", "finn", "gus", "hana", "jon", "kim")] == [""] * 9
    assert [(e["student"], e["problem"], e["kind"]) for e in lines(tmp_path / "grades.csv.errors.jsonl")] == [
        ("anna", "spam-bayes", "blank"), ("ben", ADAM, "duplicate"), ("cleo", "", "unknown"),
        ("cleo", "", "unreadable"), ("dora", ADAM, "unreadable"), ("dora", "", "unreadable"), ("eve", "", "too long"),
        ("finn", ADAM, "unreadable"), ("gus", "", "blank"), ("hana", "", "unknown"), ("ida", "spam-bayes", "blank"),
        ("ida", "", "unknown"), ("jon", "", "unreadable"), ("kim", "", "unreadable"), ("lou.json", "", "blank"),
    ]  # fmt: skip


def test_a_problem_without_a_solution_costs_nobody_else(tmp_path: Path) -> None:
    problems = key(tmp_path / "key", KEY[:1])
    write(problems / "broken.json", {"topic": "adam", "given": {"lr": "x"}})
    write(tmp_path / "in" / "anna.json", {ADAM: RIGHT, "broken": {"theta_3": "1"}})
    result = run("grade", str(problems), str(tmp_path / "in"), "-o", str(tmp_path / "grades.csv"))
    assert result.status == 1
    assert table(tmp_path / "grades.csv")[2][:4] == ["anna", "4", "4", "4"]
    errors = lines(tmp_path / "grades.csv.errors.jsonl")
    assert [(e["student"], e["problem"], e["kind"]) for e in errors] == [
        (None, "broken", "failed"), ("anna", "broken", "failed")
    ]  # fmt: skip


def test_what_cannot_start_is_status_2(tmp_path: Path) -> None:
    problems = key(tmp_path / "key", KEY[:1])
    write(tmp_path / "in" / "anna.json", RIGHT)
    (tmp_path / "empty").mkdir()
    write(
        tmp_path / "twice.jsonl", '{"topic": "adam", "id": "a", "given": {}}\n{"topic": "det", "id": "A", "given": {}}'
    )
    write(tmp_path / "head.csv", "student,problem\nanna,adam-3steps\n")
    good, out = str(tmp_path / "in"), str(tmp_path / "grades.csv")
    for args, says in (
        ((str(problems), good), "-o OUT is missing"),
        ((str(problems), good, "-o", str(tmp_path / "in" / "grades.csv")), "stands inside"),
        ((str(tmp_path / "none"), good, "-o", out), "no such file"),
        ((str(tmp_path / "twice.jsonl"), good, "-o", out), "stands in"),
        ((str(problems), str(tmp_path / "empty"), "-o", out), "holds no submissions"),
        ((str(problems), str(tmp_path / "nothing"), "-o", out), "no such file or folder"),
        ((str(problems), str(tmp_path / "head.csv"), "-o", out), "its header lacks name and value"),
        ((str(problems), str(problems / "adam-3steps.json"), "-o", out), "neither a folder nor a .csv"),
        ((str(tmp_path / "empty"), good, "-o", out), "holds no .json"),
        ((str(problems), good, "-o", out, "--format", "xml"), "--format"),
    ):
        result = run("grade", *args)
        assert result.status == 2, (args, result.err)
        assert says in result.err
        assert result.err.count("\n") == 1
    assert not Path(out).exists()
    assert run("grade", str(problems), good, "-o", out).status == 0
    again = run("grade", str(problems), good, "-o", out)
    assert again.status == 2
    assert "--resume" in again.err
    before = tree(tmp_path)
    assert run("grade", str(problems), good, "-o", out, "--resume").status == 0
    assert tree(tmp_path) == before
    other = run("grade", str(problems), good, "-o", out, "--resume", "--decimal-comma")
    assert other.status == 2
    assert "other problems or flags" in other.err
