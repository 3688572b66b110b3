"""What a checker of answers must survive, ten headings of it, as the literature and other checkers' issues have
it. (Files in place of problems: test_hostile_files; a class: grade/test_hostile; random texts: test_fuzz.)"""

from __future__ import annotations

import csv
import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

from dlsolve import Report, check
from dlsolve.checker import attempt
from dlsolve.errors import InputError
from dlsolve.handwriting import UnreadableError
from dlsolve.handwriting.answers import value
from dlsolve.handwriting.tokens import MAX_CHARS
from tests.fuzz import corpus, guard
from tests.runner import run

ADAM: dict[str, Any] = {"topic": "adam", "given": {"g": [0.3, 0.2, 0.1], "lr": 0.01}}
EIGEN: dict[str, Any] = {"topic": "eigen", "given": {"matrix": [[1, 2], [5, 4]]}}
BAYES: dict[str, Any] = {
    "topic": "bayes",
    "given": {"prior": {"spam": 0.3, "ham": 0.7}, "likelihood": {"spam": 0.8, "ham": 0.1}},
}


def verdict(problem: dict[str, Any], name: str, text: Any) -> str:
    report = check(problem, {name: text}, only_written=True)
    return next(item.verdict for item in report.items if item.written is not None)


# 1. nothing is run, and what is bounded is bounded before a number is built


@pytest.mark.parametrize("text", corpus.CODE)
def test_1_code_is_no_value(text: str) -> None:
    os.environ.pop(corpus.CANARY, None)
    assert verdict(ADAM, "theta_3", text) in ("unreadable", "wrong")
    assert corpus.CANARY not in os.environ


@pytest.mark.parametrize(
    ("within", "beyond"),
    [
        ("1+" * 199 + "1", "1+" * 201 + "1"),  # names and signs
        ("0." + "3" * 298, "0." + "3" * 300),  # digits
        ("1e400", "1e401"),
        ("1e-400", "1e-401"),
        ("(" * 13 + "1" + ")" * 13, "(" * 60 + "1" + ")" * 60),  # depth
        ("2^64", "2^(10^7)"),
        ("exp(40000)", "exp(40001)"),
        ("1" + " " * (MAX_CHARS - 1), "1" + " " * MAX_CHARS),  # characters
    ],
    ids=["signs", "digits", "exponent", "small exponent", "depth", "power", "exp", "length"],
)
def test_1_each_bound_holds_from_both_sides(within: str, beyond: str) -> None:
    value(within).value()
    with pytest.raises(UnreadableError):
        value(beyond).value()


@pytest.mark.parametrize("text", [t for t in corpus.BOMBS if t.strip("._")])  # dots stand where nothing is filled in
def test_1_bombs_take_no_more_work_than_other_texts(text: str) -> None:
    assert guard.calls(lambda: verdict(ADAM, "theta_3", text)) < 1_500_000


@pytest.mark.parametrize(("row", "column"), [("m_1", "v_1"), ("v_1", "m_1")])
@pytest.mark.parametrize("count", [400, 4_500])
def test_1_a_row_and_a_column_are_not_multiplied_out(row: str, column: str, count: int) -> None:
    """Numbers in truth; together they would make a table of count² entries, again and again."""
    answers = {row: f"[[{','.join('2' * count)}]]", column: ";".join("2" * count)}
    assert guard.calls(lambda: check(ADAM, answers)) < 300_000 + 800 * count


def test_1_a_short_vector_for_a_number_is_gone_on_with() -> None:
    report = check(ADAM, {"m_1": "[0.03, 0.04]", "m_hat_1": "[0.3, 0.4]"}, only_written=True)
    assert [item.verdict for item in report.items] == ["wrong", "follows"]


BELOW_ZERO = " ".join(["-1"] * 16)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (f"[{'; '.join([BELOW_ZERO] * 16)}]", (16, 16)),
        (f"[{', '.join([f'[{BELOW_ZERO}]'] * 16)}]", (16, 16)),
        (f"[[{BELOW_ZERO}]{f' [{BELOW_ZERO}]' * 15}]", (16, 16)),
        ("; ".join([BELOW_ZERO] * 16), (16, 16)),
        ("[1" + " -1" * 3_000 + "]", (3_001, 1)),
        ("[1" + " -1" * 200 + ", 2]", (2, 1)),
    ],
    ids=["semicolons", "rows", "rows by spaces", "bare", "long list", "differences"],
)
def test_1_minus_signs_of_entries_are_not_counted(text: str, size: tuple[int, int]) -> None:
    read = value(text)
    assert read.size == size
    assert len([item.value() for item in read.items]) == size[0] * size[1]


@pytest.mark.parametrize(
    "text",
    ["1" + " -1" * 3_000, "(1" + " -1" * 3_000 + ")", "[1" + " -1" * 3_000 + ", 2]", "[(1" + " -1" * 3_000 + ") 2]",
     "[1" + " -1" * 201 + ", 2]", "[1" + " -1 + 1" * 150 + ", 2]", "[1" + " -(1" * 300 + ")" * 300 + "]",
     "[(1)" + " -1" * 3_000 + ", 2]", "[[1" + " -1" * 180 + ", 2] -1" + " -1" * 180 + ", 3]"],
    ids=["bare", "round", "comma", "inside", "201", "mixed", "nested", "closed", "two"],
)  # fmt: skip
def test_1_a_difference_of_many_numbers_is_bounded(text: str) -> None:
    def read() -> None:
        with pytest.raises(UnreadableError, match=r"names and signs|nest deeper"):
            value(text)

    assert guard.calls(read) < 200_000


# 2. numbers that Python takes by surprise


@pytest.mark.parametrize(
    "text", ["nan", "NaN", "inf", "-Infinity", "∞", "1e999", "1_000", "٣.١٤", "１２３", "0x10", "1e", "१२", "Ⅷ"]
)
def test_2_what_is_no_number_here_is_never_right(text: str) -> None:
    for problem, name in ((ADAM, "theta_3"), (EIGEN, "lam_1"), (BAYES, "posterior_spam")):
        assert verdict(problem, name, text) in ("unreadable", "wrong")


@pytest.mark.parametrize(
    "text", ['{"theta_3": NaN}', '{"theta_3": Infinity}', '{"theta_3": 1, "theta_3": 2}', '{"theta_3": 1e999']
)
def test_2_json_that_is_none(text: str) -> None:
    with pytest.raises(InputError):
        attempt.of_file(text.encode(), "a.json")


# 3. honest variants

HONEST = {
    "−3": "-3", "–3": "-3", "6÷2": "3", "2×3": "6", "½": "1/2", "1½": "3/2", "3²": "9", "1\u00a0234.5": "2469/2",
    "1\u2009234.5": "2469/2", ".5": "1/2", "5.": "5", "1.2×10^-3": "3/2500", "1.2e-3": "3/2500", "1.2·10⁻³": "3/2500",
    "3/4": "3/4", "75%": "3/4", "75 %": "3/4", "x = 0.42": "21/50", "≈0.42": "21/50", "0.42 bits": "21/50",
    "0.42.": "21/50", "$0.42$": "21/50",
    "\\frac{3}{4}": "3/4", "\\frac34": "3/4", "**0.42**": "21/50", "2e+3": "2000", "~0.42": "21/50", "sqrt(4)": "2",
}  # fmt: skip


@pytest.mark.parametrize(("text", "number"), HONEST.items())
def test_3_honest_writings_are_read(text: str, number: str) -> None:
    over, _, under = number.partition("/")
    assert value(text).value() == fmpq(int(over), int(under or 1))


def test_3_a_comma_is_unclear_unless_it_is_said_to_be_the_point() -> None:
    with pytest.raises(UnreadableError, match="decimal point, a thousands sign or a list"):
        value("1,234")
    assert value("0,5", decimal_comma=True).value() == fmpq(1, 2)


# 4. scripts, and the delimiters of maths


@pytest.mark.parametrize(
    "text", [*corpus.CODE[11:], "\\(x\\)", "\\[x\\]", "$$x$$", "on*=onerror=", "\x1b]0;title\x07", "\u202e1.0"]
)
def test_4_each_output_escapes_at_its_own_layer(text: str) -> None:
    report = check(ADAM, {"theta_3": text, "theta_2": "-0.0197"}, student=text)
    for written in (report.json(), report.plain(), report.markdown()):
        guard.harmless(written)
    assert json.loads(report.json())["student"] == text
    assert "<" not in report.markdown().replace("&lt;", "")
    assert "](" not in report.markdown()


# 5. cells that a spreadsheet would take for formulas


def test_5_a_sheet_has_names_that_are_no_formulas(tmp_path: Path) -> None:
    given = {"prior": {"=1+1": 0.3, "@x": 0.7}, "likelihood": {"=1+1": 0.8, "@x": 0.1}}
    file = tmp_path / "p.json"
    file.write_text(json.dumps({"topic": "bayes", "given": given}), encoding="utf-8")
    rows = list(csv.reader(StringIO(run("sheet", str(file), "--format", "csv").out)))
    assert rows[0] == ["name", "value"]
    assert all(row[0][:1].isalpha() for row in rows[1:])


# 6. CSV as it comes

TABLES: list[tuple[str, bytes, dict[str, str]]] = [
    ("a byte-order mark", b"\xef\xbb\xbfname,value\nm_1,0.03\n", {"m_1": "0.03"}),
    ("line ends of Windows", b"name,value\r\nm_1,0.03\r\n", {"m_1": "0.03"}),
    ("semicolons", b"m_1;0,03\nm_2;0,047\n", {"m_1": "0,03", "m_2": "0,047"}),
    ("tabs", b"m_1\t0.03\n", {"m_1": "0.03"}),
    ("a quoted list", b'v,"1, 2"\n', {"v": "1, 2"}),
    ("a list without quotes", b"v,1,-1\n", {"v": "1, -1"}),
    ("ragged rows", b"m_1\nm_2,0.047\n\n,\n", {"m_2": "0.047"}),
    ("a line break in quotes", b'm_1,"0.0\n3"\n', {"m_1": "0.0\n3"}),
    ("an apostrophe against formulas", b"'m_1,0.03\n", {"m_1": "0.03"}),
    ("nothing", b"", {}),
]  # fmt: skip


@pytest.mark.parametrize(("data", "values"), [t[1:] for t in TABLES], ids=[t[0] for t in TABLES])
def test_6_csv_as_it_comes(data: bytes, values: dict[str, str]) -> None:
    assert attempt.of_file(data, "a.csv").values == values


@pytest.mark.parametrize(
    "data", ["m_1,0.03\n".encode("utf-16"), b"m_1,\xff\n", b"x,1\n" * 6_000, b'm_1,"' + b"9" * 200_000], ids=len
)
def test_6_csv_that_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        attempt.of_file(data, "a.csv")
    assert len(str(caught.value)) < 300


# 7. names of files


@pytest.mark.parametrize("name", ["../x.txt", "CON", "a\0b", "x" * 300, "-", "a\nb.csv", "\u202e.json"])
def test_7_a_name_of_a_file_is_only_a_name(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for args in (("check", name), ("sheet", name), ("adam", name), ("batch", name, "-o", "out")):
        result = run(*args)
        assert result.status in (1, 2)
        assert len(result.err.splitlines()) <= 9
        guard.harmless(result.err)


# 8. values of another shape


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("v_1", "(0, 0)"), ("v_1", "(1, 2.5, 0)"), ("v_1", "1"), ("v_1", "[]"), ("v_1", "[[1, 2], [3]]"),
        ("v_1", "(1)"),
        ("v_1", "[" * 1000 + "1" + "]" * 1000), ("v_1", "0*(1, 2.5)"), ("v_1", "(1, 2.5)(1, 2.5)"),
        ("lam_1", "[6]x"), ("lam_1", "[1, 2, 3]"),
        ("lam_1", "6 or -1 or 3"), ("lam_1", "[5, 7]"), ("lam_1", "6±100"), ("char_poly", "0"), ("char_poly", "6"),
    ],
)  # fmt: skip
def test_8_values_of_another_shape_are_not_right(name: str, text: str) -> None:
    assert verdict(EIGEN, name, text) in ("wrong", "unreadable")


# 9. gaming


def earned(problem: dict[str, Any], answers: dict[str, str]) -> tuple[float, float]:
    report: Report = check(problem, answers)
    return float(report.earned), float(report.possible)


@pytest.mark.parametrize("text", ["0", "0.0", "-0", "0 or 1", "[0, 1]", "0/1", "7.31", "-250", "yes", "?"])
def test_9_one_text_in_every_box_earns_nothing(text: str) -> None:
    from dlsolve import solve

    for problem in (ADAM, BAYES):
        names = [s.name for s in solve(problem).steps]
        boxes = {**dict.fromkeys(names, text), names[0]: "0.123456"}  # something is filled in
        assert earned(problem, boxes)[0] == 0, text


def test_9_the_question_given_back_and_too_many_digits_earn_nothing() -> None:
    assert earned(ADAM, {"theta_3": "theta_3"})[0] == 0
    assert earned(ADAM, {"theta_3": "theta_2 - lr*m_hat_3/(sqrt(v_hat_3) + eps)"})[0] == 0
    assert earned(ADAM, {"theta_3": "-0.0286 or -0.0287 or 0.0286"})[0] == 0
    assert earned(ADAM, {"theta_3": "0." + "123456789" * 30})[0] == 0
    assert earned(ADAM, {"theta_3": "-0.05", "theta_3 ": "-0.0286"})[0] == 0, (
        "the right one does not count beside another"
    )


# 10. one bad thing does not touch another


def test_10_what_cannot_be_read_touches_nothing_else() -> None:
    good = check(ADAM, {"m_1": "0.03", "theta_3": "-0.0286"})
    bad = check(ADAM, {"m_1": "0.03", "theta_3": "-0.0286", **{f"x{n}": t for n, t in enumerate(corpus.BOMBS)}})
    assert (bad.earned, bad.possible) == (good.earned, good.possible)
    kept = [item for item in bad.items if item.name in ("m_1", "theta_3")]
    assert kept == [item for item in good.items if item.name in ("m_1", "theta_3")]
    again = check(ADAM, {**{f"x{n}": t for n, t in enumerate(corpus.BOMBS)}, "theta_3": "-0.0286", "m_1": "0.03"})
    assert {i.name: i for i in again.items if i.name in ("m_1", "theta_3")} == {i.name: i for i in kept}, "in any order"
