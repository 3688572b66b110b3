"""Row reductions on a page, matrix by matrix: which one is wrong, what was meant, what follows."""

from __future__ import annotations

from itertools import pairwise

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from dlsolve.checker.attempt import of_text
from dlsolve.checker.chains import reductions
from dlsolve.checker.paper import mark_attempt
from dlsolve.checker.report import Report
from dlsolve.checker.steps import is_reduced, why_not, wrong_rows
from dlsolve.linalg.reduce import reduce_rows
from dlsolve.problem import ProblemFile
from tests.test_check import solved

A = {"matrix": [[1, 2, 3], [2, 5, 7], [3, 7, 11]]}
MEANT = "R₃ → R₃ − 3·R₁ gives (0, 1, 2), not (0, 1, 3)"


def _marked(page: str, topic: str = "rref", given_: object = A) -> Report:
    return mark_attempt(solved(topic, given_), ProblemFile(topic=topic, given={}), of_text(page, "page"))  # type: ignore[arg-type]


def _links(report: Report, name: str = "R") -> list[str]:
    item = next(i for i in report.items if i.name == name)
    return [link.verdict for link in item.links]


PAGES = {
    "brackets": "[1 2 3; 2 5 7; 3 7 11] → [1 2 3; 0 1 1; 3 7 11] → [1 2 3; 0 1 1; 0 1 {x}] → [1 0 1; 0 1 1; 0 0 {y}]",
    "lists": "[[1,2,3],[2,5,7],[3,7,11]] -> [[1,2,3],[0,1,1],[3,7,11]] -> [[1,2,3],[0,1,1],[0,1,{x}]] "
             "-> [[1,0,1],[0,1,1],[0,0,{y}]]",
    "a line each": "[1 2 3; 2 5 7; 3 7 11]\nR2 - 2R1: [1 2 3; 0 1 1; 3 7 11]\nR3 - 3R1: [1 2 3; 0 1 1; 0 1 {x}]\n"
                   "[1 0 1; 0 1 1; 0 0 {y}]",
    "named": "R = [1 2 3; 0 1 1; 3 7 11] ~ [1 2 3; 0 1 1; 0 1 {x}] ~ [1 0 1; 0 1 1; 0 0 {y}]",
    "latex": r"$$\begin{{pmatrix}}1&2&3\\2&5&7\\3&7&11\end{{pmatrix}} "
             r"\sim \begin{{pmatrix}}1&2&3\\0&1&1\\3&7&11\end{{pmatrix}} "
             r"\xrightarrow{{R_3-3R_1}} \begin{{bmatrix}}1&2&3\\0&1&1\\0&1&{x}\end{{bmatrix}} \to "
             r"\begin{{bmatrix}}1&0&1\\0&1&1\\0&0&{y}\end{{bmatrix}}$$",
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_slip_is_found_where_it_was_made_and_what_comes_of_it_follows(page: str) -> None:
    report = _marked(page.format(x=3, y=2))
    given_ = ["correct"] if "named" not in PAGES or page != PAGES["named"] else []
    assert _links(report) == [*given_, "correct", "wrong", "follows"]
    item = report.first_slip()
    assert item is not None
    assert [link.why for link in item.links if link.verdict == "wrong"] == [MEANT]


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_reduction_without_a_slip_is_right_throughout(page: str) -> None:
    assert set(_links(_marked(page.format(x=2, y=1)))) == {"correct"}


def test_the_last_matrix_is_what_the_page_gives() -> None:
    right = _marked("[1 2 3; 2 5 7; 3 7 11] → [1 2 3; 0 1 1; 0 1 2] → [1 0 0; 0 1 0; 0 0 1]")
    assert right.items[0].verdict == "correct"
    stopped = _marked("[1 2 3; 2 5 7; 3 7 11] → [1 2 3; 0 1 1; 0 1 2]")
    assert (stopped.items[0].verdict, _links(stopped)) == ("wrong", ["correct", "correct"])


def test_a_reduced_matrix_of_wrong_rows_follows() -> None:
    given_ = {"matrix": [[1, 2, 3], [2, 4, 7]]}
    report = _marked("[1 2 3; 2 4 7] → [1 2 3; 0 0 2] → [1 2 0; 0 0 1]", given_=given_)
    assert _links(report) == ["correct", "wrong", "follows"]
    report = _marked("[1 2 3; 2 4 7] → [1 2 3; 0 1 1] → [1 0 1; 0 1 1]", given_=given_)
    assert _links(report) == ["correct", "wrong", "follows"]
    assert [i.verdict for i in report.items if i.name == "R"] == ["follows"]


def test_a_number_copied_wrong_is_said() -> None:
    report = _marked("[1 2 3; 2 5 8; 3 7 11] → [1 2 3; 0 1 2; 3 7 11] → [1 2 3; 0 1 2; 0 1 2]")
    assert _links(report) == ["wrong", "follows", "follows"]
    assert report.items[0].links[0].why == "the matrix has 7 in row 2, column 3, not 8"


def test_what_was_put_right_again_is_right() -> None:
    report = _marked("[1 2 3; 2 5 7; 3 7 11] → [1 2 3; 0 1 1; 3 7 12] → [1 2 3; 0 1 1; 0 1 2]")
    assert _links(report) == ["correct", "wrong", "correct"]


@pytest.mark.parametrize(
    ("topic", "given_", "page", "name"),
    [
        ("linsolve", {"matrix": [[1, 2], [3, 4]], "b": [5, 6]},
         "[1 2 | 5; 3 4 | 6] → [1 2 | 5; 0 -2 | {}] → [1 2 5; 0 1 9/2]", "R"),
        ("inverse", {"matrix": [[1, 2], [3, 4]], "method": "gauss-jordan"},
         "[1 2 1 0; 3 4 0 1] → [1 2 1 0; 0 {} -3 1]", "A_inv"),
        ("nullspace", {"matrix": [[1, 2, 3], [2, 4, 7]]}, "[1 2 3; 2 4 7] → [1 2 3; 0 0 {}]", "R"),
        ("eigen", {"matrix": [[1, 2], [5, 4]]}, "λ1 = 6, λ2 = -1\n[-5 2; 5 -2] → [-5 2; 0 {}]", "v_1"),
        ("colspace", {"matrix": [[1, 2, 3], [2, 4, 7]]}, "[1 2 3; 2 4 7] → [1 2 3; 0 0 {}]", "R"),
    ],
)  # fmt: skip
def test_every_topic_that_reduces_rows(topic: str, given_: object, page: str, name: str) -> None:
    entry = {"linsolve": "-9", "inverse": "-2", "nullspace": "1", "eigen": "0", "colspace": "1"}[topic]
    assert set(_links(_marked(page.format(entry), topic, given_), name)) == {"correct"}
    assert "wrong" in _links(_marked(page.format("7"), topic, given_), name)


numbers = st.integers(-5, 5).map(fmpq)


@given(st.lists(st.lists(numbers, min_size=4, max_size=4), min_size=3, max_size=3), st.data())
def test_the_steps_of_a_reduction_are_steps(rows: list[list[fmpq]], data: st.DataObject) -> None:
    """Every state of an exact reduction comes of the one before; moved in one place it is told which row is wrong."""
    states = reduce_rows(tuple(map(tuple, rows))).states
    for before, after in pairwise(states):
        assert wrong_rows(before, after) == []
    assert wrong_rows(states[0], states[-1]) == [], "steps may be left out"
    assert is_reduced(states[-1])
    if len(states) > 1 and not is_reduced(states[1]):
        i = data.draw(st.integers(0, 2))
        k = data.draw(st.integers(0, 3))
        moved = [list(row) for row in states[1]]
        moved[i][k] += 1
        bad = wrong_rows(states[0], moved)
        assert set(bad) <= {i}
        if bad:
            assert why_not(states[0], moved, bad)


def test_the_run_tells_where_its_reductions_begin() -> None:
    found = list(reductions(solved("eigen", {"matrix": [[1, 2], [5, 4]]}).trace))
    assert [r.key for r in found] == [("v", 1), ("v", 2)]
    assert [[list(map(int, row)) for row in r.start] for r in found] == [[[-5, 2], [5, -2]], [[2, 2], [5, 5]]]


@pytest.mark.parametrize(
    "page",
    [
        "[[1]" + "   [1]" * 8_000 + " x",
        "(;" + ";" * 48_000,
        r"\begin{pmatrix}" * 3_200,
        "| " + "-" * 48_000 + "x | b |\n| c | d |",
    ],
    ids=["rows in brackets", "semicolons", "matrices begun", "a rule of a table"],
)
def test_what_looks_like_a_matrix_and_is_none_is_left_in_one_go(page: str) -> None:
    """Patterns that could be read in several ways would try them all, for hours."""
    assert all(item.written is None for item in _marked(page).items)
