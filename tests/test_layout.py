"""Maths in two dimensions: matrices drawn, base lines level, lines broken where a reader would."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.formula.text import Grid, Piece
from dlsolve.render import Options, terminal
from dlsolve.render.arrange import Block, Frame, Heading, Paragraph
from dlsolve.render.layout import Box, Pen, align, beside, box, draw, flow
from dlsolve.render.words import fold, prose, width

NUMBER = re.compile(r"\d[\d.]*\d|\d")


def grid(*rows: str) -> Grid:
    return Grid(tuple(tuple(row.split()) for row in rows))


def test_a_matrix_has_square_brackets_and_aligned_points() -> None:
    assert draw(grid("1 2.5", "−10 0.25"), Pen()).lines == ("⎡  1  2.5 ⎤", "⎣−10  0.25⎦")
    assert draw(grid("1 2"), Pen()).lines == ("[1  2]",)
    assert draw(grid("7"), Pen()).lines == ("7",)
    assert draw(grid("1", "2", "3"), Pen(ascii=True)).lines == ("[1]", "[2]", "[3]")


def test_text_stands_on_the_middle_line_of_the_tallest_matrix() -> None:
    line = beside([box("= "), draw(grid("1", "2", "3"), Pen()), box("·"), draw(grid("4 5"), Pen())])
    assert line.lines == ("  ⎡1⎤       ", "= ⎢2⎥·[4  5]", "  ⎣3⎦       ")
    assert beside([box("a"), draw(grid("1", "2"), Pen())]).lines == ("a⎡1⎤", " ⎣2⎦")


def test_entries_that_are_no_numbers_are_centred() -> None:
    assert align(["1 − λ", "2"]) == ["1 − λ", "  2  "]


def test_sums_stand_at_the_left_and_leave_room_for_a_sign() -> None:
    assert align(["0.5·(−0.27) + 0.1", "−1·2.7 + 0.4·0.1"]) == [" 0.5·(−0.27) + 0.1", "−1·2.7 + 0.4·0.1  "]
    assert align(["1.5·10⁻³", "20"]) == [" 1.5·10⁻³", "20       "]


def test_combining_marks_take_no_room_and_wide_letters_two() -> None:
    assert width("m̂₂") == 2
    assert width("漢") == 2


def test_lines_break_before_a_sign_and_keep_numbers_whole() -> None:
    pieces: list[Piece] = ["= 0.111111", " + 0.222222", " + 0.333333"]
    assert flow(pieces, 22, Pen()) == ["= 0.111111 + 0.222222", "  + 0.333333"]


def test_lines_break_outside_brackets_where_that_will_do() -> None:
    pieces: list[Piece] = ["(λ", " − 5)·(λ", " − 3) = 0", " → ", "(λ", " − 5)·(λ", " + 3)"]
    assert flow(pieces, 21, Pen()) == ["(λ − 5)·(λ − 3) = 0", "  → (λ − 5)·(λ + 3)"]


def test_a_number_longer_than_the_line_stays_whole() -> None:
    assert "1" * 50 in "\n".join(flow(["= " + "1" * 50, " + 2"], 20, Pen()))


def test_a_wide_matrix_is_drawn_in_blocks_of_columns() -> None:
    lines = flow(["= ", grid(" ".join("1.2345" for _ in range(10)), " ".join("2" for _ in range(10)))], 40, Pen())
    assert any("columns 1–4 of 10" in line for line in lines)
    assert all(width(line) <= 40 for line in lines)
    assert sum(line.count("1.2345") for line in lines) == 10


def test_a_very_large_matrix_loses_its_middle_and_says_so() -> None:
    rows = [" ".join(str(100 * i + j) for j in range(20)) for i in range(20)]
    pen = Pen()
    drawn = draw(grid(*rows), pen)
    assert pen.elided
    assert "⋯" in drawn.lines[0]
    assert any("⋮" in line for line in drawn.lines)
    assert len(draw(grid(*rows), Pen(whole=True)).lines) == 20


def test_a_sign_before_a_matrix_in_blocks_is_kept() -> None:
    lines = flow(["= ", grid(" ".join(["1.2345"] * 8)), "·", grid("3", "4"), " + 1"], 30, Pen())
    assert lines[0].startswith("= columns 1–3 of 8")
    assert lines[-2:] == ["  ·⎡3⎤ + 1", "   ⎣4⎦"]


def test_words_fold_at_spaces() -> None:
    assert fold("one two three", 8) == ["one two", "three"]


numbers = st.decimals(-9999, 9999, places=4).map(str)


@settings(max_examples=60, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=12), st.integers(16, 60))
def test_nothing_is_cut_and_no_number_wraps(terms: list[str], room: int) -> None:
    pieces: list[Piece] = [("= " if n == 0 else " + ") + term for n, term in enumerate(terms)]
    lines = flow(pieces, room, Pen())
    found = [n for line in lines for n in re.findall(r"-?\d+\.\d+", line)]
    assert found == terms
    assert all(width(line) <= room for line in lines)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.integers(1, 11), st.data(), st.integers(16, 60))
def test_every_entry_of_a_matrix_is_drawn_once(rows: int, columns: int, data: st.DataObject, room: int) -> None:
    cells = [[data.draw(numbers) for _ in range(columns)] for _ in range(rows)]
    lines = flow(["= ", Grid(tuple(map(tuple, cells))), " + 1"], room, Pen())
    drawn = sorted(n for line in lines for n in re.findall(r"-?\d+\.\d+", line))
    assert drawn == sorted(e for row in cells for e in row)


@pytest.mark.parametrize("lines", [("a",), ("a", "b"), ("a", "b", "c")])
def test_boxes_keep_their_width(lines: tuple[str, ...]) -> None:
    out = beside([Box(lines, 0, 1), box("xyz")])
    assert {width(line) for line in out.lines} == {4}


def test_what_cannot_be_broken_widens_its_column() -> None:
    number = "= 0.00009830558561094850108·4.248354255291588977"
    frame = Frame([4, 10], [[[("∂L/∂z₁", "name")], [(number, "")]]], ["", "value"])
    assert frame.widths == [6, width(number)]
    lines = terminal.draw([frame], Options(width=20)).splitlines()
    assert {width(line) for line in lines} == {6 + width(number) + 7}
    assert any(number in line for line in lines)


def test_colours_change_no_text() -> None:
    frame = Frame([3, 5], [[[("θ₁", "name")], [("= 0.1", "value"), ("≈ 2", "say")]]], ["", "value"], answer=True)
    blocks: list[Block] = [Heading("Adam", 1), frame, Heading("Remarks"), Paragraph([("✓ holds", "good")])]
    coloured = terminal.draw(blocks, Options(color=True))
    assert "\x1b[1m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == terminal.draw(blocks, Options())


@pytest.mark.parametrize("room", range(20, 60))
def test_pairs_of_a_list_are_not_broken(room: int) -> None:
    text = "S = {" + ", ".join(f"({a}, {b})" for a in range(1, 7) for b in range(1, 7)) + "}"
    lines = prose(text, room)
    assert " ".join(lines) == text
    assert all(line.count("(") == line.count(")") for line in lines)
    assert max(map(width, lines)) <= room
