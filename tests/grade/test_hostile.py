"""Nothing that a student writes reaches a page, a cell, a file's name or another student's mark as more than text."""

from __future__ import annotations

import csv
import json
import os
import re
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from dlsolve.grade.key import Key, read_key
from dlsolve.grade.names import FileNames, bare, cell, natural, visible
from dlsolve.grade.table import papers, records, separator
from tests.batches import tree
from tests.conftest import SWEEP
from tests.grade import hostile
from tests.grade.classes import KEY, key
from tests.grade.test_grade import ADAM, RIGHT, lines, table, write
from tests.runner import run

FORMATS = ("csv", "long-csv", "json", "gradescope")
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
NUMBER = re.compile(r"[+-]?[\d.]+([eE][+-]?\d+)?")


def as_csv(rows: list[list[str]]) -> str:
    file = StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue()


def unsafe(text: str) -> set[str]:
    return {c for c in text if not c.isprintable() and c != "\n"}


@pytest.mark.parametrize("style", FORMATS)
def test_names_and_texts_are_only_text(style: str, tmp_path: Path) -> None:
    problems = key(tmp_path / "key", KEY[:1])
    rows = [[who, ADAM, name, value] for who in ("anna", *hostile.NAMES) for name, value in RIGHT.items()]
    texts = [[f"t{n:03}", ADAM, "theta_3", value] for n, value in enumerate(hostile.TEXTS)]
    names = [["eve", ADAM, text[:90], "1"] for text in hostile.TEXTS] + [["eve", text[:90], "m_1", "1"]
                                                                         for text in hostile.NAMES]  # fmt: skip
    source = write(tmp_path / "in.csv", as_csv([*rows, *texts, *names]).encode("utf-8", "replace"))
    out = tmp_path / "out" / "marks"
    args = ("-o", str(out), "--format", style, "--jobs", "1", "--report", str(tmp_path / "out" / "pages"))
    before = set(tmp_path.parent.rglob("*")) - set((tmp_path / "out").rglob("*"))
    result = run("grade", str(problems), str(source), *args)
    assert result.status == 1, result.err
    assert not unsafe(result.err)
    assert set(tmp_path.parent.rglob("*")) - set((tmp_path / "out").rglob("*")) - {tmp_path / "out"} == before
    for name, data in tree(tmp_path / "out").items():
        text = data.decode()
        assert not unsafe(text), (name, unsafe(text))
        assert all(re.fullmatch(r"[\w.+@=-]+", part) and len(part) < 120 for part in Path(name).parts), name
        if name.endswith(".md"):
            assert "<" not in text
            assert "www." not in text
            assert "](" not in re.sub(r"\\.", "", text)
        if name.endswith((".json", ".jsonl")):
            assert [json.loads(line) for line in text.splitlines()] if name.endswith("l") else json.loads(text)
    if style in ("csv", "long-csv"):
        found = table(out)
        for row in found:
            for text in row:
                assert not FORMULA.match(text) or NUMBER.fullmatch(text), text
        students = {row[0] for row in found[2 if style == "csv" else 1 :]}
        expected = {visible(n.strip()).strip() for n in (*hostile.NAMES, "anna", "eve")}
        assert expected - {bare(s) for s in students} <= {""}, "every student has a row"
        anna = next(row for row in found if row[0] == "anna")
        assert style != "csv" or anna[1] == "4"


def test_cells_and_file_names() -> None:
    for text in ("=1", "+a", "-a", "@x", " =1", "＝1", "-1+2", "'=1"):
        assert cell(text)[0] == "'"
        assert bare(cell(text)) == text or text == "'=1"
    for text in ("-0.5", "+3", "1e-5", ".5", "-.5", "a=1", "x", "", "007", "−0.5"):
        assert cell(text) == text
    files = FileNames()
    named = [files.of(name) for name in (*hostile.NAMES, "a", "A", "a", "Müller", "müller")]
    assert len({name.casefold() for name in named}) == len(named)
    assert all(re.fullmatch(r"\w[\w.+@=-]*", name) and len(name) <= 100 for name in named)
    assert not {"con", "nul.txt", "class", "index.jsonl"} & {name.casefold() for name in named}
    assert sorted(["s10", "s9", "S1", "s09"], key=natural) == ["S1", "s9", "s09", "s10"]


def test_nobody_writes_rows_for_somebody_else(tmp_path: Path) -> None:
    """A quoted cell holds rows, stray quotes and separators; a row is too long; a quote is never closed."""
    problems = key(tmp_path / "key", KEY[:1])
    attack = f'0.5"\nanna,{ADAM},theta_3,7\n"anna",{ADAM},theta_3,7\r'
    padding = "y" * (100_000 - len(f'eve,{ADAM},m_3,"') - 2) + '""\n' + f"anna,{ADAM},theta_3,9\n"
    rows = as_csv([["anna", ADAM, n, v] for n, v in RIGHT.items()])
    text = rows + as_csv([["eve", ADAM, "m_1", attack], ["eve", ADAM, "m_2", "x" * 200_000 + attack]])
    text += f'eve,{ADAM},m_3,"{padding}"\n' + f'eve,{ADAM},m_4,5" or so\n' + as_csv([["finn", ADAM, "theta_3", "1"]])
    text += f'zoe,{ADAM},theta_3,"0.5\nanna,{ADAM},theta_3,8\n'
    source = write(tmp_path / "in.csv", text)
    assert run("grade", str(problems), str(source), "-o", str(tmp_path / "out.csv"), "--jobs", "1").status == 1
    found = {row[0]: row for row in table(tmp_path / "out.csv")}
    assert found["anna"][1] == "4"
    assert set(found) - {"student", "Points possible"} == {
        "anna", "eve", "finn", "(in.csv line 8)", "(in.csv line 11)", "(in.csv line 17)"
    } or len(found) == 8  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(("mark", "end"), [(",", "\n"), (";", "\r\n"), ("\t", "\r")])
def test_tables_as_spreadsheets_save_them(encoding: str, mark: str, end: str, tmp_path: Path) -> None:
    problems = Key(read_key(str(key(tmp_path / "key", KEY[:2]))))
    rows = [
        ["Name", "Value", "Student", "Problem"],
        ["theta_3", "-0.02864", "Müller, Ben", "ADAM-3steps"],
        ["v", f"1{mark} 2", "00012345678901234567890", "spam-bayes"],
        ["", "", "", ""],
        ["m_1", "a\nb", "anna", ADAM],
        ["m_1", "a\nb", "anna", ADAM],
        ["m_2", "1", "anna", ADAM],
        ["m_2", "2", "anna", ADAM],
        ["m_1"],
    ]
    file = StringIO(newline="")
    csv.writer(file, delimiter=mark, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    path = write(tmp_path / "in.csv", file.getvalue().encode(encoding))
    found = {(p.student, p.problem.id if p.problem else ""): p for p in papers(str(path), problems)}
    assert set(found) == {("Müller, Ben", ADAM), ("00012345678901234567890", "spam-bayes"), ("anna", ADAM),
                          (found[max(found, key=lambda k: k[1] == "")].student, "")}  # fmt: skip
    assert json.loads(found["anna", ADAM].data) == [["m_1", "a\nb"], ["m_2", "1"], ["m_2", "2"]]
    assert found["anna", ADAM].warnings == ("two values for m_2: none counts",)
    assert json.loads(found["00012345678901234567890", "spam-bayes"].data) == [["v", f"1{mark} 2"]]


@pytest.mark.parametrize(
    ("first", "mark"),
    [("a,b,c,d", ","), ('"x;y;z;w",p,n,v', ","), ("Doe, Jane;p;n;0,5", ";"), ("a;b;c;1,2,3,4", ";"), ("", ",")],
)
def test_what_parts_the_cells(first: str, mark: str) -> None:
    assert separator(first) == mark


def test_rows_are_what_csv_reads() -> None:
    text = 'a,"b ""c""\nd",e\r\nx,5" wide,z\r"q",,\n\n"open'
    found = list(records(StringIO(text, newline=""), ","))
    assert [n for n, _ in found] == [1, 3, 4, 5, 6]
    assert found[-1][1] is None
    read = [row for _, part in found if part for row in csv.reader(StringIO(part, newline=""))]
    assert read == list(csv.reader(StringIO(text[: text.rindex('"')], newline="")))


@pytest.mark.parametrize("size", range(1, 12))
def test_rows_are_the_same_in_parts_of_any_size(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long lines are read in parts; a pair of quotes may stand on both sides of where they part."""
    text = 'a,"b ""c"", ""\nd""",e\nx,5" wide,"z"\n"","""""",""""\n"q""\n""",y\n'
    whole = [part for _, part in records(StringIO(text, newline=""), ",")]
    assert len(whole) == 4

    file = StringIO(text, newline="")
    part = file.readline
    monkeypatch.setattr(file, "readline", lambda most: part(min(most, size)), raising=False)
    assert [part for _, part in records(file, ",")] == whole


def test_fuzzed_submissions_are_all_answered(tmp_path: Path) -> None:
    count = 1_000 if SWEEP else 60
    problems = key(tmp_path / "key", KEY[:1])
    names = ["theta_3", "m_hat_3", "Δ3", "\\hat{v}_3", "m_1", "v_2", "g_1", "W1[1,1]"]
    hostile.hand_in(tmp_path / "in", count, ADAM, names, seed=1)
    write(tmp_path / "in" / "anna.json", RIGHT)
    result = run("grade", str(problems), str(tmp_path / "in"), "-o", str(tmp_path / "out.csv"), "--timeout", "20")
    assert result.status == 1, result.err
    found = table(tmp_path / "out.csv")[2:]
    assert [row[0] for row in found] == ["anna", *(f"s{n:04}" for n in range(count))]
    assert found[0][1] == "4"
    assert not unsafe((tmp_path / "out.csv").read_text(encoding="utf-8") + result.err)
    failed = [e for e in lines(tmp_path / "out.csv.errors.jsonl") if e["kind"] == "failed"]
    assert failed == []


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.json", RIGHT)
    folder = tmp_path / "in"
    write(folder / "anna.json", RIGHT)
    os.symlink(secret, folder / "ben.json")
    os.symlink(folder, folder / "loop")
    os.mkfifo(folder / "pipe.txt")
    os.symlink("/dev/zero", folder / "zero.txt")
    problems = key(tmp_path / "key", KEY[:1])
    assert run("grade", str(problems), str(folder), "-o", str(tmp_path / "out.csv")).status == 1
    found: dict[str, Any] = {row[0]: row[1] for row in table(tmp_path / "out.csv")[2:]}
    assert found == {"anna": "4", "ben": "", "loop": "", "pipe": "", "zero": ""}


def test_what_is_read_before_any_worker_is_bounded(tmp_path: Path) -> None:
    """Floods of names, files and quotes are answered at once, and the next student is marked."""
    problems = key(tmp_path / "key", KEY[:2])
    folder = tmp_path / "in"
    write(folder / "anna.json", {ADAM: RIGHT})
    write(folder / "b.json", {ADAM: {}} | {f"problem-{n}": {} for n in range(30_000)})
    write(folder / "c.json", '"' + '\\"' * 450_000 + "[" * 61)
    write(folder / "d.json", "[" + ",".join(['{"problem": "x"}'] * 30_000) + "]")
    write(folder / "e.csv", "problem,name,value\n" + "".join(f"p{n},m_1,1\n" for n in range(30_000)))
    for n in range(600):
        write(folder / "f" / f"{n}.txt", "x")
    start = time.process_time()
    assert run("grade", str(problems), str(folder), "-o", str(tmp_path / "out.csv"), "--jobs", "1").status == 1
    assert time.process_time() - start < 30
    assert {row[0]: row[1] for row in table(tmp_path / "out.csv")[2:]}["anna"] == "4"
    told = [e["student"] for e in lines(tmp_path / "out.csv.errors.jsonl")]
    assert {who: told.count(who) for who in "bcdef"} == {"b": 21, "c": 1, "d": 1, "e": 20, "f": 501}
