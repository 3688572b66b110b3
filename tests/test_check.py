"""Marking: a solution's own answers are right, one that is moved is flagged alone, the notes are judged."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flint import arb, fmpq

from dlsolve import catalog
from dlsolve.checker import runs
from dlsolve.checker.attempt import of_csv, of_file, of_json, of_pairs, of_text, typed
from dlsolve.checker.paper import mark_attempt, revealed
from dlsolve.checker.policies import kind_of
from dlsolve.checker.report import Report, ReportItem
from dlsolve.errors import InputError
from dlsolve.fields import Written, read_problem
from dlsolve.numbers.matrix import Matrix
from dlsolve.problem import Marking, ProblemFile
from dlsolve.render import Options, render
from dlsolve.render.report import Say, amount, escaped, markdown
from dlsolve.solver import Solution, solve_problem
from dlsolve.trace import Key
from tests.cases import FILES, ROOT, TOPICS, Case
from tests.runner import run

ADAM = "problems/adam/adam-3steps.json"


def solved(topic: str, given: Mapping[str, Any] | None = None, **how: Any) -> Solution:
    found = catalog.topic(topic)
    return solve_problem(found, read_problem(found.problem, given or found.example), **how)


def marked(solution: Solution, answers: Mapping[str, Any], **problem: Any) -> Report:
    """`answers` marked; what is written is what is asked."""
    envelope = ProblemFile(topic=solution.topic.name, given={}, **problem)
    return mark_attempt(solution, envelope, of_json(dict(answers), "answers"), only_written=True)


def verdicts(report: Report) -> dict[str, str]:
    return {item.name: item.verdict for item in report.items}


# -- a solution's own answers ---------------------------------------------------------------------


def own_answers(solution: Solution) -> dict[str, Any]:
    """Every named value as the solution shows it; a count in full."""
    data = json.loads(render(solution, "json", Options(steps_all=True)))
    out = {}
    for step in data["steps"]:
        if step["kind"] in ("operation", "note", "branch") or step["shown"] is None:
            continue
        whole = step["exact"] is not None and str(step["exact"]).lstrip("-").isdigit()
        out[step["name"]] = step["exact"] if whole else step["shown"]
    return out


EXACT = [case for case in FILES if case.solution().arith == "exact"]


@pytest.mark.parametrize("case", EXACT, ids=lambda c: c.id)
def test_a_solution_marks_its_own_answers_right(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    solves = 0

    def counted(*args: Any, **how: Any) -> Any:
        nonlocal solves
        solves += 1
        return rerun(*args, **how)

    rerun = runs.rerun
    monkeypatch.setattr(runs, "rerun", counted)
    solution = case.solution()
    report = mark_attempt(solution, case.read()[2], of_json(own_answers(solution), "answers"))
    assert {n: v for n, v in verdicts(report).items() if v != "correct"} == {}
    assert report.earned == report.possible > 0
    assert report.all_right
    assert solves == 1, "where all is right one run says so"


EVERY = os.environ.get("DLSOLVE_SWEEP") == "1"
"""One answer of each problem is moved, or every one that can be."""


@pytest.mark.parametrize(("number", "case"), list(enumerate(EXACT)), ids=lambda c: c.id if isinstance(c, Case) else "")
def test_one_answer_that_is_moved_is_flagged_alone(number: int, case: Case) -> None:
    solution, envelope = case.solution(), case.read()[2]
    own = own_answers(solution)
    keys = {solution.trace.name(k): k for k in solution.trace.steps}
    away = {n: other for n in own if n in keys and (other := moved(solution, keys[n], own[n])) is not None}
    names = list(away) if EVERY else list(away)[number % max(1, len(away)) :][:1]
    for name in names:
        report = mark_attempt(solution, envelope, of_json({**own, name: away[name]}, "answers"))
        found = {n: v for n, v in verdicts(report).items() if v != "correct"}
        assert found == {name: "wrong"}, f"{name} = {away[name]} for {own[name]} alone is wrong by itself"


def moved(solution: Solution, key: Key, text: Any) -> str | None:
    """Another value in place of one that is a number or a matrix, well beyond its window; None for what is neither."""
    value, kind = solution.trace.env[key], kind_of(solution.trace.symbols, key)
    if isinstance(value, fmpq | arb) and isinstance(text, str) and kind != "multiset":
        return f"{float(value.mid() if isinstance(value, arb) else value) * 9 / 8 + 1.13:.6g}"
    if isinstance(value, Matrix) and kind == "matrix" and all(isinstance(e, fmpq | arb) for e in value.entries()):
        rows = [[str(float(e.mid() if isinstance(e, arb) else e)) for e in row] for row in value.rows]
        rows[0][-1] = str(float(rows[0][-1]) * 9 / 8 + 1.13)
        return "[" + ", ".join("[" + ", ".join(row) + "]" for row in rows) + "]"
    return None


# -- verdicts -------------------------------------------------------------------------------------


def test_the_notes_m_hat_3_is_wrong_and_the_step_after_it_follows() -> None:
    solution = solved("adam", json.loads((ROOT / ADAM).read_text())["given"])
    printed = json.loads((ROOT / ADAM).read_text())["printed"]
    report = marked(solution, {n: p["value"] if isinstance(p, dict) else p for n, p in printed.items()})
    found = verdicts(report)
    assert next(n for n, v in found.items() if v == "wrong") == "m_hat_3"
    assert [n for n, v in found.items() if v == "follows"] == ["Delta_3"]
    assert verdicts(marked(solution, {"v_hat_3": "0.0467"}))["v_hat_3"] == "wrong"
    item = report.first_slip()
    assert item is not None
    assert (item.name, item.expected, item.line) == ("m_hat_3", "0.19299", "0.0523 / (1 - 0.9**3)")
    assert item.uses == ("m̂₃".replace("\u0302", ""),)


def test_zeros_everywhere_earn_nothing() -> None:
    for case in EXACT[::15]:
        solution = case.solution()
        names = [solution.trace.name(k) for k in solution.trace.steps]
        for zero in ("0", "0.00", "0.0000"):
            report = marked(solution, dict.fromkeys(names, zero))
            for item in report.items:
                if item.verdict in ("correct", "follows"):
                    assert item.expected is not None
                    true = item.expected.replace("0", "").strip("[]() ,;.−-")
                    assert not true or item.verdict == "follows", f"{case.id}: {item.name} = {zero} for {item.expected}"


def test_a_zero_with_places_is_right_where_places_were_asked() -> None:
    solution = solved("adam")
    assert verdicts(marked(solution, {"v_1": "0.0000"}))["v_1"] == "wrong"
    rounded = marked(solution, {"v_1": "0.000"}, marking=Marking(min_digits=Written("3dp")))
    assert verdicts(rounded)["v_1"] == "correct"


def test_names_as_people_write_them_and_missing_ones_once() -> None:
    solution = solved("adam")
    envelope = ProblemFile(topic="adam", given={}, asked=["m̂_3", "Δ3", "theta_3"])
    attempt = of_json({"\\hat{m}_3": "0.193", "θ₃": "−0.02864"}, "answers")
    report = mark_attempt(solution, envelope, attempt)
    assert verdicts(report) == {"m_hat_3": "correct", "Delta_3": "missing", "theta_3": "correct"}
    assert report.earned == 2
    assert report.possible == 3
    assert not report.all_right


def test_points_penalty_and_accepted_writings() -> None:
    solution = solved("adam", json.loads((ROOT / ADAM).read_text())["given"])
    envelope = ProblemFile(
        topic="adam", given={}, asked=["m_hat_3", "Delta_3"], points={"Delta_3": fmpq(3)},
        accept={"m_hat_3": [Written("0.191")]}, marking=Marking(follow_penalty=fmpq(1, 3)),
    )  # fmt: skip
    report = mark_attempt(solution, envelope, of_json({"m_hat_3": "0.21", "Delta_3": "0.00972"}, "answers"))
    by_name = {item.name: item for item in report.items}
    assert by_name["Delta_3"].verdict == "follows"
    assert by_name["Delta_3"].earned == 2
    accepted = mark_attempt(solution, envelope, of_json({"m_hat_3": "0.191"}, "answers"))
    assert accepted.items[0].verdict == "correct"


def test_everybody_can_earn_the_same() -> None:
    """Entries are shares of their matrix, whatever is written of it; what brings points is asked."""
    solution = solved("matmul")
    whole = {"AB": "[58 64; 139 154]"}
    right = {"AB[1,1]": "58", "AB[1,2]": "64", "AB[2,1]": "139", "AB[2,2]": "154"}
    for answers, earned in (
        (whole, fmpq(1)), (right, fmpq(1)), ({"AB[1,1]": "58"}, fmpq(1, 4)), ({"AB[1,1]": "57"}, fmpq(0)),
        (whole | {"AB[1,1]": "57"}, fmpq(1)), (right | {"AB[9,9]": "1"}, fmpq(1)), ({}, fmpq(0)),
        ({n: t for n, t in right.items() if n != "AB[2,2]"} | {"AB[1,2]": "65"}, fmpq(1, 2)),
    ):  # fmt: skip
        report = marked(solution, answers, asked=["AB"])
        assert (report.earned, report.possible) == (earned, fmpq(1)), answers
    for answers in ({}, {"m_1": "0.03"}, {"theta_3": "1"}):
        report = marked(solved("adam"), answers, asked=["theta_3"], points={"m_1": fmpq(2)})
        assert report.possible == 3
        assert report.earned == (2 if "m_1" in answers else 0)


def test_one_digit_is_short_but_a_dropped_zero_is_not() -> None:
    solution = solved("adam", json.loads((ROOT / ADAM).read_text())["given"])
    assert marked(solution, {"Delta_1": "0.01"}).items[0].remarks == []  # 0.0099999997 to two figures
    assert "short" in marked(solution, {"m_hat_3": "0.2"}).items[0].remarks


def test_a_cut_off_value_is_right_with_the_remark() -> None:
    item = marked(solved("adam"), {"m_hat_3": "0.1929"}).items[0]
    assert (item.verdict, item.remarks) == ("correct", ["truncated"])


@pytest.mark.parametrize(
    ("written", "remark"), [("7.4766", "percent_sign"), ("-0.074766", "sign"), ("0.74766", "power_of_ten")]
)
def test_near_misses_of_a_probability(written: str, remark: str) -> None:
    item = marked(solved("bayes"), {"posterior_spam": written}).items[0]
    assert item.verdict == "wrong"
    assert remark in item.remarks


def test_a_tiny_number_has_its_window_too() -> None:
    solution = solved("softmax", {"z": [["39.13", "24.0"]], "T": "0.1"})
    for written, verdict in (("1.955*10^-66", "correct"), ("1.965*10^-66", "wrong"), ("1.955e-66", "correct")):
        assert verdicts(marked(solution, {"exp_z[2]": written})) == {"exp_z[2]": verdict}


def test_nats_for_bits_are_named() -> None:
    item = marked(solved("entropy", {"p": [0.7, 0.2, 0.1]}), {"H": "0.8018"}).items[0]
    assert item.verdict == "wrong"
    assert "natural" in item.slips[0].says


M2 = {"matrix": [[1, 2], [5, 4]]}
LINES = {"matrix": [[1, 2, 3], [2, 4, 7], [3, 6, 10]]}


@pytest.mark.parametrize(
    ("topic", "given", "name", "written", "slip"),
    [
        ("eigen", M2, "char_poly", "λ^2 + 5λ - 6", "sign-in-polynomial"),
        ("eigen", M2, "char_poly", "λ^2 - 5λ + 6", "sign-in-polynomial"),
        ("eigen", M2, "char_poly", "λ^2 - 5λ + 14", "products-added"),
        ("eigen", M2, "det", "14", "products-added"),
        ("eigen", M2, "trace", "4", "diagonal-multiplied"),
        ("eigen", M2, "lam_1", "-6", "root-negated"),
        ("eigen", M2, "v_1", "(5, 2)", "entries-swapped"),
        ("eigen", M2, "v_2", "(1, 1)", "sign-in-vector"),
        ("eigen", M2, "P", "[1 5/2; 1 -1]", "rows-of-P"),
        ("nullspace", None, "v_1", "(-2, 1)", "sign-kept"),
        ("nullspace", None, "null_space", "(-2, 1)", "sign-kept"),
        ("nullspace", None, "rank", "2", "columns-counted"),
        ("colspace", LINES, "col_space", "[1 0; 0 1; 0 0]", "columns-of-R"),
        ("colspace", LINES, "rank", "3", "rows-counted"),
        ("rref", LINES, "R", "[1 2 3; 0 0 1; 0 0 0]", "stopped-at-echelon"),
        ("linsolve", None, "x_1", "8", "b-left-alone"),
        ("matrix-parameter", None, "det_poly", "k^2 + 4", "sign-in-polynomial"),
        ("matrix-parameter", None, "rank_1", "2", "row-of-zeros-counted"),
        ("matrix-parameter", None, "solutions_2", "infinitely many", "none-or-many"),
    ],
)
def test_slips_where_no_formula_stands_are_named(
    topic: str, given: dict[str, Any] | None, name: str, written: str, slip: str
) -> None:
    item = marked(solved(topic, given), {name: written}).items[0]
    assert item.verdict == "wrong"
    assert slip in [s.id for s in item.slips]


def test_a_wrong_count_is_gone_on_with() -> None:
    assert verdicts(marked(solved("rref", LINES), {"rank": "3", "nullity": "0"})) == {
        "rank": "wrong",
        "nullity": "follows",
    }


@pytest.mark.parametrize("topic", sorted(set(TOPICS) - {"rules"}))
def test_markers_know_slips_of_every_topic(topic: str) -> None:
    found = catalog.topic(topic)
    assert len(found.slips) + len(found.results) >= 3


# -- any order, any basis, complex numbers, words ---------------------------------------------------

M = {"matrix": [[1, 2], [5, 4]]}
I3 = {"matrix": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}
TURN = {"matrix": [[1, -2], [2, 1]]}
THREE = {"matrix": [["-5", "3/2", "1/2"], ["1", "3/5", "1/5"], ["-5", "3/2", "1"]]}
SKEW = {"matrix": [["22/9", "13/18"], ["10/9", "14/9"]]}  # (13, 10) to 3, (1, −2) to 1
TWICE = {"matrix": [[1, 1, 1], [-1, -1, -1], [0, 0, 1]]}


@pytest.mark.parametrize(
    ("given", "answers", "wrong"),
    [
        (M, {"lam_1": "6", "lam_2": "-1", "v_1": "c(2,5)", "v_2": "(1,-1)"}, []),
        (M, {"lam_1": "-1", "lam_2": "6", "v_1": "(1,-1)", "v_2": "c(2,5)", "alg_1": "1"}, []),
        (M, {"lam_1": "-1", "lam_2": "6", "v_2": "(1,-1)", "v_1": "c(2,5)"}, ["v_1", "v_2"]),
        (M, {"lam": "6 and -1"}, []),
        (M, {"eigenvalues": "-1, 6", "v_1": "(1,-1)"}, []),
        (M, {"eigenvalues": "-1, 5"}, ["lam_2"]),
        (M, {"v_1": "(1,-1)", "v_2": "(2,5)"}, []),
        (M, {"v_1": "(2,6)"}, ["v_1"]),
        (M, {"v_1": "(0.37, 0.93)"}, []),
        (M, {"P": "[2 1; 5 -1]", "D": "[6 0; 0 -1]"}, []),
        (M, {"P": "[1 2; -1 5]", "D": "[-1 0; 0 6]"}, []),
        (M, {"P": "[1 2; -1 5]", "D": "[6 0; 0 -1]"}, ["D"]),
        (M, {"P": "1 -2; -1 -5", "D": "-1 0; 0 6"}, []),
        (THREE, {"P": "[1 1 1; 3.4 7 -0.22; 2 -10 0.91]"}, []),  # 7 beside 3.4 is 7.0
        (THREE, {"P": "[1 1 1; 3.4 8 -0.22; 2 -10 0.91]"}, ["P"]),
        (SKEW, {"P": "[13 0.45; 10 -0.89]", "D": "[3 0; 0 1]"}, []),
        (SKEW, {"P": "[1.3 0.45; 1 -0.89]"}, []),
        (SKEW, {"P": "[4 0.45; 3 -0.89]"}, ["P"]),  # whole numbers beside the decimals of another vector
        (SKEW, {"P": "[0.45 4; -0.89 3]"}, ["P"]),
        (M, {"char_poly": "λ^2 - 5λ - 6", "diagonalisable": "Yes: 2 vectors"}, []),
        (M, {"char_poly": "λ^2 - 5λ + 6", "diagonalisable": "no"}, ["char_poly", "diagonalisable"]),
        (I3, {"v_1": "(1,1,0)", "v_2": "(1,-1,0)", "v_3": "(0,0,2)"}, []),
        (I3, {"lam_1": "1", "v_1": "(1,1,0)", "v_2": "(1,-1,0)", "v_3": "(1,0,0)"}, ["v_3"]),
        (I3, {"lam": "1"}, []),
        (TURN, {"lam_1": "1-2i", "lam_2": "1+2i", "v_1": "(1,i)", "v_2": "(i,1)"}, []),
        (TURN, {"lam_1": "1 + 2j", "lam_2": "1-3i"}, ["lam_2"]),
        (TWICE, {"λ": "0, 1", "v_1": "(2,-2,0)", "v_3": "(1,-1,1)"}, []),
        (TWICE, {"lam_1": "1", "lam_2": "0", "lam_3": "0", "v_1": "(1,-1,-1)"}, ["v_1"]),
    ],
)
def test_eigenvalues_in_any_order(given: dict[str, Any], answers: dict[str, str], wrong: list[str]) -> None:
    report = marked(solved("eigen", given), answers)
    found = verdicts(report)
    assert sorted(n for n, v in found.items() if v == "wrong") == wrong
    assert set(found.values()) <= {"correct", "wrong"}
    assert report.possible == len(report.items)


@pytest.mark.parametrize("written", ["∞", "inf", "infinite", "\\infty"])
def test_an_infinite_value_in_words(written: str) -> None:
    solution = next(c for c in EXACT if c.id == "entropy/impossible-outcome").solution()
    assert verdicts(marked(solution, {"KL": written})) == {"KL": "correct"}
    assert verdicts(marked(solution, {"KL": "3.2"})) == {"KL": "wrong"}


# -- answers as they come ---------------------------------------------------------------------------


def test_json_keeps_the_digits_as_written() -> None:
    attempt = of_file(b'{"theta_3": -0.02860, "m_1": 0.030, "v_1": null, "w": [[1, 2], [3, 4.50]]}', "a.json")
    assert attempt.values == {"theta_3": "-0.02860", "m_1": "0.030", "w": "[[1, 2], [3, 4.50]]"}


def test_a_filled_sheet_is_read_and_a_blank_one_is_missing() -> None:
    sheet = json.loads(run("sheet", ADAM, "--format", "json").out)
    assert list(sheet["answers"]) == ["m_hat_3", "v_hat_3", "Delta_3", "theta_3"]
    assert of_json(sheet, "sheet").values == {}
    sheet["answers"]["theta_3"] = "-0.0286"
    assert of_json(sheet, "sheet").values == {"theta_3": "-0.0286"}
    plain = run("sheet", ADAM).out
    assert of_text(plain).values == {}
    assert of_text(plain.replace("theta_3 = ", "theta_3 = -0.0286")).values == {"theta_3": "-0.0286"}
    assert run("sheet", ADAM, "--format", "csv").out.splitlines()[0] == "name,value"


def test_csv_with_or_without_a_header() -> None:
    assert of_csv("name,value\nm_1,0.03\nv_1,\n", "a").values == {"m_1": "0.03"}
    assert of_csv("m_1;0,03\n", "a").values == {"m_1": "0,03"}
    assert of_csv('v_1,"(1, -1)"\nv_2,2,5\n', "a").values == {"v_1": "(1, -1)", "v_2": "2, 5"}


def test_two_values_for_one_name_do_not_count() -> None:
    report = mark_attempt(
        solved("adam"), ProblemFile(topic="adam", given={}), of_pairs([("m_1", "0.03"), ("m_1", "0.04")])
    )
    assert verdicts(report)["m_1"] in ("wrong", "unreadable")


@pytest.mark.parametrize("bad", [b"[1, 2]", b"3", b'{"a": 1, "a": 2}', b"{", b"\xff\xfe1"])
def test_a_broken_file_is_one_clear_error(bad: bytes) -> None:
    with pytest.raises(InputError):
        of_file(bad, "a.json")
    with pytest.raises(InputError):
        typed(["theta_3"])


# -- what is shown ----------------------------------------------------------------------------------


def test_the_command_marks_and_says_the_first_slip() -> None:
    result = run("check", ADAM, "-a", "m_3=0.0523", "-a", "m̂_3=0.191", "-a", "Δ3=0.0088")
    assert result.status == 1
    assert "First slip: m̂₃ = 0.191. With your m₃ the rule gives 0.0523 / (1 − 0.9³) = 0.19299." in " ".join(
        result.out.split()
    )
    assert "✗ wrong" in result.out
    assert "→ follows" in result.out
    assert "– missing" in result.out
    assert "Score: 1 of 4 (25 %)" in result.out


def test_everything_right_is_status_0_and_invalid_is_2(tmp_path: Path) -> None:
    assert run("adam", "--g", "0.3 0.2 0.1", "-a", "m_hat_3=0.193").status == 0
    assert run("adam", "--g", "0.3 0.2 0.1", "-a", "m_hat_3=0.191").status == 1
    assert run("adam", "--g", "0.3 0.2 0.1", "-a", "nonsense").status == 2
    assert run("check", ADAM).status == 2, "nothing is answered"
    assert run("check", "nowhere.json", "-a", "m_1=1").status == 2
    file = tmp_path / "p.json"
    file.write_text(json.dumps({**json.loads((ROOT / ADAM).read_text()), "attempt": {"m_hat_3": "0.191"}}))
    assert run("check", str(file)).status == 1
    answers = tmp_path / "a.csv"
    answers.write_text("m_hat_3,0.193\nv_hat_3,0.04664\nDelta_3,0.008936\ntheta_3,-0.02864\n")
    assert run("check", str(file), str(answers)).status == 0


def test_what_is_not_to_be_revealed_is_in_no_format() -> None:
    args = ("check", ADAM, "-a", "m_hat_3=0.191", "-a", "v_hat_3=0.05", "-a", "theta_3=x y")
    for style in ("plain", "json", "markdown", "terminal"):
        hidden = run(*args, "--reveal", "none", "--format", style).out
        assert "0.19299" not in hidden
        assert "0.04664" not in hidden
        first = run(*args, "--reveal", "first", "--format", style).out
        assert "0.19299" in first
        assert "0.04664" not in first


def test_json_is_the_contract() -> None:
    data = json.loads(run("check", ADAM, "-a", "m_hat_3=0.191", "--format", "json").out)
    assert data["dlsolve"] == 1
    assert data["score"] == {"earned": "0", "possible": "4"}
    assert set(data["items"][0]) == {
        "name", "written", "verdict", "expected", "from_your_values", "line", "remarks", "why", "slips", "links",
        "earned", "possible",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "`rm -rf`",
        "\x1b[31mred",
        "[a](http://x)",
        "| | |",
        "=cmd|'x'!A1",
        "\u202eabc",
        "9" * 5000,
    ],
)
def test_what_a_student_writes_does_nothing(text: str) -> None:
    report = marked(solved("adam"), {"m_1": text, text: "1"})
    page = markdown(report)
    assert "<script" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "[a](" not in page
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert all(row.replace("\\|", "").count("|") == 6 for row in rows)
    out = run("adam", "--g", "0.3 0.2", "-a", f"m_1={text}").out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert max(map(len, out.splitlines())) <= 80


def test_escaped_markdown_says_the_same() -> None:
    assert escaped("a_b*c") == r"a\_b\*c"
    assert escaped("x\n# y") == r"x \# y"
    assert escaped("kl-identity: H(p) + 1.5 > 2! x: y") == "kl-identity: H(p) + 1.5 > 2! x: y"
    assert escaped("- x") == r"\- x"
    assert escaped("1. x") == r"1\. x"
    assert escaped("[a](http://b) :smile: mailto:c") == r"\[a\]\(http\://b) \:smile: mailto\:c"


def test_thirds_of_points_are_told_apart() -> None:
    item = ReportItem("x", "1", "correct", possible=fmpq(1, 3), earned=fmpq(1, 3))
    assert Say(False).points(item) == "1/3 of 1/3"
    item.possible = item.earned = fmpq(1, 2)
    assert Say(False).points(item) == "0.5/0.5"


def test_a_sheet_says_which_layer_and_which_update() -> None:
    text = run("sheet", "problems/backprop/backprop-2-2-1.json").out
    assert "> W₁⁽¹⁾, weights of layer 1 after 1 update, 2×2: [a b; c d]" in text
    assert "> λ₂, eigenvalue 2 of the Hessian" in run("sheet", "problems/hessian/three-coupled.json").out


def test_marks_are_rounded_once() -> None:
    assert amount(fmpq(6, 3)) == "2"
    assert amount(fmpq(1, 2)) == "0.5"
    assert amount(fmpq(1, 3)) == "1/3"
    assert amount(fmpq(100, 3), 1) == "33.3"


def test_revealing_all_changes_nothing() -> None:
    report = marked(solved("adam"), {"m_hat_3": "0.2"})
    assert revealed(report, "all") is report


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        ("-5.94 [1, 1.7]", "correct"),
        ("-2(5 - 2.03)[1; 1.7]^T", "correct"),
        ("(1, 1.7)*(-5.94)", "correct"),
        ("-5.9 [1, 1.7]", "correct"),
        ("-5.94 [1, 1.8]", "wrong"),
        ("[1, 1.7]", "wrong"),
    ],
)
def test_a_factor_before_a_vector_counts(written: str, verdict: str) -> None:
    """A gradient may be left as a factor and a vector; only a direction is the same up to the factor."""
    path = "problems/backprop/backprop-2-2-1.json"
    report = json.loads(run("check", path, "-a", f"dW2={written}", "--format", "json").out)
    assert [i["verdict"] for i in report["items"] if i["name"] == "dW2"] == [verdict]


def test_the_same_number_everywhere_earns_nothing_of_what_is_asked() -> None:
    """1 − 1, each written to one figure, would let anything follow."""
    solution = solved("adam")
    names = [solution.trace.name(key) for key in solution.trace.steps]
    for number in ("1", "0.5", "2", "0.1", "1e400"):
        assert verdicts(marked(solution, dict.fromkeys(names, number)))["theta_3"] == "wrong", number


def test_a_whole_number_too_long_to_be_printed_is_right_as_printed() -> None:
    solution = next(case for case in EXACT if case.id == "permutations/wide").solution()
    for text, verdict in [("3.3388e124", "correct"), ("3.3388·10^124", "correct"), ("3.339e124", "correct"),
                          ("3.3389e124", "wrong"), ("3.3388e123", "wrong")]:  # fmt: skip
        assert verdicts(mark_attempt(solution, ProblemFile(topic="permutations", given={}),
                                     of_json({"count": text}, "answers")))["count"] == verdict  # fmt: skip


def whys(file: str, **answers: str) -> dict[str, str]:
    """The reasons of a marking, by name."""
    solution = next(case for case in EXACT if case.id == file).solution()
    problem = ProblemFile(topic=solution.topic.name, given={})
    report = mark_attempt(solution, problem, of_json(answers, "answers"), only_written=True)
    return {item.name: Say(False).why(item) for item in report.items}


def test_what_follows_names_the_wrong_value_that_leads_to_it() -> None:
    said = whys("adam/adam-3steps", theta_1="-0.01", m_hat_2="0.235", v_hat_2="0.065", theta_2="-0.0192")
    assert said["theta_2"] == "right with your m̂₂: −0.01 − 0.00921746 = −0.019217"


def test_what_follows_is_worked_out_from_the_digits_on_the_page() -> None:
    said = whys("backprop/backprop-2-2-1", z1="[1, 1.6]", a1="[1, 1.6]", y_hat="1.94")
    assert said["y_hat"] == "right with your a₁: 1.94"


def test_what_only_rounding_leads_to_says_so() -> None:
    said = whys("adam/adam-3steps", m_hat_2="0.4", v_hat_2="0.065", theta_2="-0.0262")
    assert said["theta_2"] == "right within the rounding of your m̂₂"


def test_a_convention_that_another_right_value_denies_is_not_named() -> None:
    wrong = {"w_1": "0.05", "w_2": "0.135"}
    said = whys("momentum/momentum-3steps", v_1="0.05", v_2="0.085", **wrong)
    assert said["w_1"] == "the velocity is added instead of subtracted; right but for its sign"
    assert "you used: v = βv − ηg" in whys("momentum/momentum-3steps", **wrong)["w_1"]


SEVERAL = "problems/loss/bce-cce-loss.json"


def test_one_problem_of_a_file_that_holds_several_is_named_by_its_id_or_number() -> None:
    sheet = run("sheet", f"{SEVERAL}#bce-cce-loss-categorical")
    assert sheet.status == 0
    assert sheet.out.startswith("> Categorical cross-entropy of two predictions")
    assert run("sheet", f"{SEVERAL}#3").out == sheet.out
    assert run("sheet", f"{SEVERAL}#4").status == 2
    told = run("check", SEVERAL, "-", stdin="MAE = 0.3")
    assert told.status == 2
    assert f"name one of them: {SEVERAL}#bce-cce-loss (bce-cce-loss, bce-cce-loss-binary," in told.err
    unknown = run("sheet", f"{SEVERAL}#bce-cce-loss-binar")
    assert unknown.status == 2
    assert "bce-cce-loss-binary" in unknown.err
    solved = run("solve", f"{SEVERAL}#bce-cce-loss-binary", "--detail", "answer")
    assert solved.status == 0
    assert "Binary cross-entropy" in solved.out
    assert "Categorical" not in solved.out


def test_a_problem_of_several_without_ids_has_a_number(tmp_path: Path) -> None:
    one = {"topic": "det", "given": {"matrix": [[1, 2], [3, 4]]}}
    file = tmp_path / "two.json"
    file.write_text(json.dumps({"problems": [one, one | {"given": {"matrix": [[1, 2], [3, 5]]}}]}), encoding="utf-8")
    assert run("check", f"{file}#2", "-a", "det=-1").status == 0
    assert run("check", f"{file}#1", "-a", "det=-1").status == 1
    assert run("options", f"{file}#2", "det=(A) -1 (B) -2").status == 0
    whole = tmp_path / "a#b.json"
    whole.write_text(json.dumps(one), encoding="utf-8")
    assert run("check", str(whole), "-a", "det=-2").status == 0


def test_one_right_digit_is_no_right_number_with_a_wrong_power_of_ten() -> None:
    solution = next(case for case in EXACT if case.id == "adam/adam-3steps").solution()
    problem = ProblemFile(topic="adam", given={})
    for text, said in [("1.9299", ["power_of_ten"]), ("1.9e-3", ["power_of_ten"]), ("20", []), ("0.02", [])]:
        report = mark_attempt(solution, problem, of_json({"m_hat_3": text}, "answers"), only_written=True)
        assert (report.items[0].verdict, report.items[0].remarks) == ("wrong", said)
