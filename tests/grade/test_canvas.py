"""The Canvas copy: exactly one column changes, and only for students who are certain."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.grade.classes import KEY, key
from tests.grade.test_grade import RIGHT, write
from tests.runner import Result, run

EXPORT = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Old (11),Homework 1 (12),\"Quiz, 2 (13)\",Final Score\r\n"
    '"    Points Possible",,,,,10,4,"5",(read only)\r\n'
    '"Doe, Jane",101,0007,jane,"A ""1""",3,,"1",88\r\n'
    '"Müller, Ben",102,0008,12345,A,,"-","2",77\r\n'
    "\"O'Neil, Zoë\",12345,0009,zoe,A,,,,\r\n"
    "\"Roe, Sam\",104,,sam,\"two\r\nlines\",,EX,,\r\n"
    "\"Lee, Kim\",105,,kim,A\r\n"
    "\"Twin, A\",106,,a1,A,,,,\r\n"
    "\"Twin, A\",107,,a2,A,,,,\r\n"
    "\"Student, Test\",199,,,A,,,,"
)  # fmt: skip


def filled(tmp_path: Path, students: dict[str, dict[str, str]], export: bytes, column: str) -> tuple[Result, bytes]:
    problems = key(tmp_path / "key", KEY[:1])
    for who, work in students.items():
        write(tmp_path / "in" / f"{who}.json", work)
    source = write(tmp_path / "export.csv", export)
    args = ("--format", "canvas", "--canvas-export", str(source), "--column", column)
    out = tmp_path / "copy.csv"
    result = run("grade", str(problems), str(tmp_path / "in"), "-o", str(out), *args)
    return result, out.read_bytes() if out.exists() else b""


HALF = {n: RIGHT[n] for n in ("m_hat_3", "v_hat_3")}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_every_other_byte_is_kept(encoding: str, mark: str, tmp_path: Path) -> None:
    text = EXPORT.replace(",", mark) if mark == ";" else EXPORT
    work = {"jane": RIGHT, "0008": HALF, "zoe": {"theta_3": "7"}}
    column = f"Quiz{mark} 2"
    result, copy = filled(tmp_path, work, text.encode(encoding), column)
    assert result.status == 0, result.err
    expected = text.replace(f'"1"{mark}88', f'"4.00"{mark}88').replace(f'"2"{mark}77', f'"2.00"{mark}77').replace(
        f"zoe{mark}A{mark}{mark}{mark}{mark}", f"zoe{mark}A{mark}{mark}{mark}0.00{mark}")  # fmt: skip
    assert copy == expected.encode(encoding)


def test_bytes_that_are_no_text_are_kept(tmp_path: Path) -> None:
    export = "Student,ID,Section,HW (1)\nMüller,1,A,\n\nRoe,2,A,".encode("latin-1")
    result, copy = filled(tmp_path, {"1": RIGHT, "Roe": HALF}, export, "HW")
    assert result.status == 0, result.err
    assert copy == "Student,ID,Section,HW (1)\nMüller,1,A,4.00\n\nRoe,2,A,2.00".encode("latin-1")


def test_nobody_is_guessed(tmp_path: Path) -> None:
    work = {
        "Doe, Jane": RIGHT, "jane": HALF, "12345": RIGHT, "zoë o'neil": HALF, "sam": RIGHT, "kim": RIGHT,
        "Twin, A": RIGHT, "a2": HALF, "nobody": RIGHT, "7": RIGHT,
    }  # fmt: skip
    result, copy = filled(tmp_path, work, EXPORT.encode(), "Homework 1 (12)")
    assert result.status == 1
    changed = EXPORT.replace("zoe,A,,,,", "zoe,A,,2.00,,").replace("a2,A,,,,", "a2,A,,2.00,,")
    assert copy == changed.encode()
    for says in (
        "12345: could be any of 2 rows", "Twin, A: could be any of 2 rows", "nobody: is in no row", "7: is in no row",
        "Doe, Jane: Doe, Jane and jane are the same row", "kim: the row ends before the column", "sam: excused (EX)",
        "2 cells filled",
    ):  # fmt: skip
        assert says in " ".join(result.err.split()), says


def test_possible_points_that_differ_are_said(tmp_path: Path) -> None:
    result, _ = filled(tmp_path, {"zoe": RIGHT}, EXPORT.encode(), "Old")
    assert result.status == 0
    assert "Canvas has 10 points possible, these are of 4" in " ".join(result.err.split())


@pytest.mark.parametrize(
    ("column", "says"),
    [
        ("Homework 9", "no column of"), ("Final Score", "not a column of marks"), ("Section", "not a column of marks"),
        ("SIS Login ID", "not a column of marks"), ("Homwork 1 (12)", "did you mean Homework 1 (12)"),
    ],
)  # fmt: skip
def test_an_unknown_column_is_refused_before_any_work(column: str, says: str, tmp_path: Path) -> None:
    result, copy = filled(tmp_path, {"zoe": RIGHT}, EXPORT.encode(), column)
    assert (result.status, copy) == (2, b"")
    assert says in result.err
    assert not (tmp_path / "copy.csv.index.jsonl").exists()


@pytest.mark.parametrize(
    "export",
    [b"", b"a,b\n1,2\n", b'Student,ID,Section,HW (1)\n"Doe,1,A,\n', b"\xff\xfeS\x00t", json.dumps({}).encode()],
)
def test_what_is_no_export_is_refused(export: bytes, tmp_path: Path) -> None:
    result, copy = filled(tmp_path, {"zoe": RIGHT}, export, "HW")
    assert (result.status, copy) == (2, b"")
    assert result.err.count("\n") == 1


def test_a_mark_that_is_not_whole_is_not_filled(tmp_path: Path) -> None:
    write(tmp_path / "in" / "jane" / "adam-3steps.json", "{")
    result, copy = filled(tmp_path, {"zoe": RIGHT}, EXPORT.encode(), "Old (11)")
    assert result.status == 1
    assert copy == EXPORT.replace("zoe,A,,,,", "zoe,A,4.00,,,").encode()
    assert "jane: adam-3steps could not be marked; not filled" in " ".join(result.err.split())
