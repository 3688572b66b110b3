"""Inputs are read exactly, in every form that people type them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from dlsolve import catalog
from dlsolve.cli.flags import CONVENTION, topic_flags
from dlsolve.conventions import CONVENTIONS
from dlsolve.errors import InputError
from dlsolve.fields import (
    Expression,
    Field,
    NumberText,
    Params,
    Samples,
    Typed,
    Vector,
    describe,
    read_problem,
    specs,
    typed,
)
from dlsolve.fields.hostile import parse_json
from dlsolve.fields.table import samples
from dlsolve.fields.typed import pairs
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.show import decimal


class Everything(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One field of every type."""

    number: Annotated[fmpq, Field("a number", aliases=("n", "value"))] = fmpq(1, 2)
    rate: Annotated[fmpq, Field("a rate", gt="0", le="1")] = fmpq(1)
    count: Annotated[int, Field("a count", ge="1", le="10")] = 1
    flag: bool = False
    word: str = ""
    gate: Literal["AND", "OR"] = "AND"
    numbers: list[fmpq] | None = None
    words: list[str] | None = None
    counts: list[int] | None = None
    batches: list[list[int]] | None = None
    vectors: list[Params] | None = None
    matrix: Matrix | None = None
    vector: Vector | None = None
    params: Params | None = None
    samples: Samples | None = None
    prior: Annotated[dict[str, fmpq], Field("priors", ge="0", le="1")] | None = None
    likelihood: dict[str, fmpq | list[fmpq] | dict[str, fmpq]] | None = None
    evidence: str | list[str] | None = None
    start: dict[str, fmpq] | list[fmpq] | fmpq | None = None
    W: Annotated[dict[int, Matrix], Field("weights", family=True, aliases=("V",))] = {}
    f: Expression | None = None


def read(**given: Any) -> Everything:
    return read_problem(Everything, given)


def column(*entries: int) -> Matrix:
    return Matrix.column([fmpq(e) for e in entries])


def rows(*lines: list[int]) -> Matrix:
    return Matrix([[fmpq(e) for e in line] for line in lines])


HALF = fmpq(1, 2)
SQUARE = rows([1, 2], [5, 4])

FORMS: list[tuple[str, Any, Any]] = [
    ("number", "0.5", HALF),
    ("number", "1/2", HALF),
    ("number", " 1 / 2 ", HALF),
    ("number", "50%", HALF),
    ("number", "50 %", HALF),
    ("number", ".5", HALF),
    ("number", "5e-1", HALF),
    ("number", "+0.50", HALF),
    ("number", "−0.5", -HALF),
    ("number", 0.5, HALF),
    ("number", NumberText("0.1"), fmpq(1, 10)),
    ("number", 0.1, fmpq(1, 10)),
    ("number", 3, fmpq(3)),
    ("number", "0.1000000000000000000000000001", fmpq(10**27 + 1, 10**28)),
    ("count", "3", 3),
    ("count", "3.0", 3),
    ("count", "1e1", 10),
    ("flag", True, True),
    ("word", "not spam", "not spam"),
    ("gate", "and", "AND"),
    ("numbers", "0.5 1 2", [HALF, 1, 2]),
    ("numbers", "0.5, 1, 2", [HALF, 1, 2]),
    ("numbers", "0.5,1,2", [HALF, 1, 2]),
    ("numbers", "[0.5, 1, 2]", [HALF, 1, 2]),
    ("numbers", "(0.5, 1, 2)", [HALF, 1, 2]),
    ("numbers", "1/2 1 2", [HALF, 1, 2]),
    ("numbers", "0.5; 1; 2", [HALF, 1, 2]),
    ("numbers", [0.5, "1", "200%"], [HALF, 1, 2]),
    ("numbers", [[0.5], [1], [2]], [HALF, 1, 2]),
    ("numbers", "7", [7]),
    ("numbers", 7, [7]),
    ("words", "relu, sigmoid", ["relu", "sigmoid"]),
    ("words", "relu sigmoid", ["relu", "sigmoid"]),
    ("words", ["a b", "c"], ["a b", "c"]),
    ("counts", "1 2 3", [1, 2, 3]),
    ("batches", "1 2; 3 4 5", [[1, 2], [3, 4, 5]]),
    ("batches", [[1, 2], [3]], [[1, 2], [3]]),
    ("vectors", "1 2 3", [1, 2, 3]),
    ("vectors", "1 2; 3 4", [column(1, 2), column(3, 4)]),
    ("vectors", [[1, 2], [3, 4]], [column(1, 2), column(3, 4)]),
    ("matrix", "1 2; 5 4", SQUARE),
    ("matrix", "1,2;5,4", SQUARE),
    ("matrix", "1 2\n5 4", SQUARE),
    ("matrix", "[[1,2],[5,4]]", SQUARE),
    ("matrix", "[[1 2] [5 4]]", SQUARE),
    ("matrix", "[1 2; 5 4]", SQUARE),
    ("matrix", "[[2/2, 2], [5, 8/2]]", SQUARE),
    ("matrix", [[1, 2], [5, "4"]], SQUARE),
    ("matrix", "1 2;", rows([1, 2])),
    ("matrix", [1, 2], rows([1, 2])),
    ("vector", "1 2", column(1, 2)),
    ("vector", "1; 2", column(1, 2)),
    ("vector", [[1], [2]], column(1, 2)),
    ("params", "3", fmpq(3)),
    ("params", "1/2", HALF),
    ("params", "1 2", column(1, 2)),
    ("params", [3], column(3)),
    ("samples", 3, rows([3])),
    ("samples", "1 2", rows([1, 2])),
    ("samples", [[1], [2]], rows([1], [2])),
    ("prior", "spam=0.5, not spam=50%", {"spam": HALF, "not spam": HALF}),
    ("prior", "spam=0.5 ham=1/2", {"spam": HALF, "ham": HALF}),
    ("prior", "spam: 0.5; ham: 0.5", {"spam": HALF, "ham": HALF}),
    ("prior", '{"spam": 0.5, "ham": "1/2"}', {"spam": HALF, "ham": HALF}),
    ("prior", {"spam": 0.5}, {"spam": HALF}),
    ("likelihood", "spam=1 2; ham=3", {"spam": [1, 2], "ham": fmpq(3)}),
    ("likelihood", {"spam": {"free": 0.5}}, {"spam": {"free": HALF}}),
    ("evidence", "free, not winner", "free, not winner"),
    ("evidence", Typed("free, not winner"), ["free", "not winner"]),
    ("evidence", Typed("not winner"), "not winner"),
    ("start", Typed("w1=1, w2=2"), {"w1": 1, "w2": 2}),
    ("start", Typed("1 2"), [1, 2]),
    ("start", Typed("0.5"), HALF),
    ("start", 0.5, HALF),
    ("start", [1, 2], [1, 2]),
]


@pytest.mark.parametrize(("field", "raw", "value"), FORMS, ids=[f"{f}={r!r}" for f, r, _ in FORMS])
def test_every_form_of_a_value(field: str, raw: Any, value: Any) -> None:
    assert getattr(read(**{field: raw}), field) == value


@given(st.integers(-(10**30), 10**30), st.integers(0, 40))
def test_decimals_are_never_rounded(digits: int, places: int) -> None:
    value = fmpq(digits, 10**places)
    assert read(number=decimal(value)).number == value
    assert read(number=parse_json(decimal(value), "")).number == value


@given(st.lists(st.lists(st.fractions(), min_size=2, max_size=3), min_size=1, max_size=4).filter(
    lambda m: len({len(r) for r in m}) == 1))  # fmt: skip
def test_a_matrix_reads_back_as_it_was_written(entries: list[list[Any]]) -> None:
    matrix = Matrix([[fmpq(e.numerator, e.denominator) for e in row] for row in entries])
    assert read(matrix=describe.plain(matrix)).matrix == matrix


def test_families_take_any_depth_and_aliases() -> None:
    problem = read(W2="1 2", V1=[[3]])
    assert {1: rows([3]), 2: rows([1, 2])} == problem.W
    assert list(problem.W) == [1, 2]


def test_aliases_and_null() -> None:
    assert read(n="3", word=None).number == 3
    assert read(value="3").word == ""


def test_an_expression_keeps_its_text_and_its_tree() -> None:
    f = read(f=" 100*w1^2 + w2^2 ").f
    assert f is not None
    assert f.text == "100*w1^2 + w2^2"
    assert f.tree is not None


ERRORS: list[tuple[dict[str, Any], str, str]] = [
    ({"rate": 0}, "$.given.rate", "give a number > 0 and ≤ 1"),
    ({"rate": "200%"}, "$.given.rate", "give a number > 0 and ≤ 1"),
    ({"count": 11}, "$.given.count", "give a number ≥ 1 and ≤ 10"),
    ({"numbers": [1, "x"]}, "$.given.numbers[1]", "not a number"),
    ({"matrix": [[1, 2], [3, "x"]]}, "$.given.matrix[1][1]", "not a number"),
    ({"matrix": [[1, 2], 3]}, "$.given.matrix[1]", "not a row"),
    ({"matrix": 3.5}, "$.given.matrix", "not a matrix"),
    ({"prior": {"a": 2}}, "$.given.prior.a", "≤ 1"),
    ({"prior": {"a b": "x"}}, '$.given.prior."a b"', "not a number"),
    ({"prior": {"": 1}}, "$.given.prior", "empty label"),
    ({"start": True}, "$.given.start", "not a number"),
    ({"evidence": {"a": 1}}, "$.given.evidence", "not usable here"),
    ({"W": [[1]]}, "$.given.W", "write W1, W2"),
    ({"W300": [[1]]}, "$.given.W300", "too many"),
    ({"W01": [[1]]}, "$.given.W01", "no such field"),
    ({"number": float("nan")}, "$.given.number", "not a number"),
]


@pytest.mark.parametrize(("raw", "where", "says"), ERRORS, ids=[str(e[0])[:40] for e in ERRORS])
def test_errors_name_the_path(raw: dict[str, Any], where: str, says: str) -> None:
    with pytest.raises(InputError) as fault:
        read(**raw)
    assert fault.value.where == where
    assert says in str(fault.value)


def test_a_family_that_is_required_has_no_gaps() -> None:
    class Layers(msgspec.Struct, kw_only=True):
        W: Annotated[dict[int, Matrix], Field("weights", family=True)]

    with pytest.raises(InputError, match=r"\$\.given\.W1: missing, but W2 is given; number them from 1 without gaps"):
        read_problem(Layers, {"W2": [[1]]})
    assert list(read(W2=[[1]]).W) == [2], "one that may be left out may be left out of any layer"


def test_missing_fields_are_all_named() -> None:
    class Two(msgspec.Struct, kw_only=True):
        a: Annotated[fmpq, Field("the first")]
        b: fmpq
        W: Annotated[dict[int, Matrix], Field("weights", family=True)]

    with pytest.raises(
        InputError, match=r"\$\.given\.a: missing \(the first\); give it, such as 0.5; also missing: b, W1"
    ):
        read_problem(Two, {}, example={"a": 0.5})


def test_too_many_entries_are_refused_before_numbers_are_built() -> None:
    row = ["x"] * 1_000
    with pytest.raises(InputError, match="more than 2500000 entries"):
        read(matrix=[row] * 2_501)


# -- tables ---------------------------------------------------------------------------------------


class Table(msgspec.Struct, kw_only=True):
    X: Annotated[Matrix, Field("features", csv="features")]
    y: Annotated[list[fmpq], Field("target", csv="target")]


@pytest.mark.parametrize("text", [
    "x1,x2,y\n0,1,1\n1,1/2,0\n", "x1;x2;y\r\n0;1;1\r\n\r\n1;50%;0\r\n", 'x1\tx2\ty\n"0"\t1\t1\n1\t0.5\t0',
])  # fmt: skip
def test_a_table_fills_features_and_target(text: str) -> None:
    problem = read_problem(Table, samples(Table, text.replace("\r\n", "\n"), "data.csv", None))
    assert Matrix([[fmpq(0), fmpq(1)], [fmpq(1), HALF]]) == problem.X
    assert problem.y == [1, 0]


def test_the_target_may_be_any_column() -> None:
    table = samples(Table, "y,x\n1,2\n3,4\n", "data.csv", "y")
    assert table == {"X": rows([2], [4]), "y": ["1", "3"]}


class Columns(msgspec.Struct, kw_only=True):
    y_true: Annotated[list[str], Field("classes", ("label",), csv="column")]
    y_score: Annotated[list[fmpq] | None, Field("scores", ("score",), csv="column")] = None


class Split(msgspec.Struct, kw_only=True):
    features: Annotated[dict[str, list[str]], Field("features", csv="features")]
    y: Annotated[list[str], Field("classes", csv="target")]


MARKDOWN = """
| outlook | wind | play |
|:--------|-----:|------|
| sunny   | weak | no   |
| rain    | strong | yes |
"""


@pytest.mark.parametrize(
    "text", ["sample,Label,score\na,+,0.9\nb,-,1/2\n", "| label | y_score |\n|--|--|\n| + | 0.9 |\n| - | 1/2 |"]
)
def test_a_table_fills_the_fields_that_its_columns_name(text: str) -> None:
    problem = read_problem(Columns, samples(Columns, text, "data.csv", None))
    assert problem.y_true == ["+", "-"]
    assert problem.y_score == [fmpq(9, 10), HALF]


def test_a_markdown_table_fills_words_by_column() -> None:
    problem = read_problem(Split, {"data": MARKDOWN})
    assert problem.features == {"outlook": ["sunny", "rain"], "wind": ["weak", "strong"]}
    assert problem.y == ["no", "yes"]
    turned = read_problem(Split, {"data": MARKDOWN, "target_column": "wind"})
    assert turned.y == ["weak", "strong"]


@pytest.mark.parametrize(("kind", "text", "says"), [
    (Columns, "a,b\n1,2\n", "no column has the name of a field"),
    (Columns, "| label |\n|---|\n| + | 1 |\n", "line 3: 2 cells, but 1 columns"),
    (Split, "| a | b |\n|---|---|\n|  | x |\n", "an empty cell"),
    (Split, "| a | b |\n|---|---|\n", "no samples"),
])  # fmt: skip
def test_a_table_that_does_not_fit_is_refused(kind: type, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        samples(kind, text, "data.csv", None)


# -- every topic ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", catalog.names())
def test_the_flags_of_a_topic_are_told_apart_and_every_field_is_described(name: str) -> None:
    topic = catalog.topic(name)
    flags = topic_flags(topic, [])
    spellings = [spelling for flag in flags for spelling in flag.names]
    assert len(spellings) == len(set(spellings))
    assert len({f.key for f in flags}) == len(flags)
    for spec in specs(topic.problem).values():
        assert spec.field.doc, f"{name}.{spec.name} says nothing of itself"
    choices = {f.key.removeprefix(CONVENTION) for f in flags if f.key.startswith(CONVENTION)}
    assert choices <= set(CONVENTIONS)
    read_problem(topic.problem, topic.example)


@pytest.mark.parametrize("text", ["2-4-4-1", "2 - 4 - 4 - 1", "2→4→4→1", "2 4 4 1", "[2, 4, 4, 1]"])
def test_layers_are_written_with_dashes_or_arrows(text: str) -> None:
    assert typed.items(text, "--layers") == ["2", "4", "4", "1"]


def test_one_label_may_have_a_blank_in_it() -> None:
    assert pairs("A C=0.92", "--dots") == {"A C": "0.92"}
    assert pairs("A C=0.92, B C=0.5", "--dots") == {"A C": "0.92", "B C": "0.5"}
    assert pairs("spam=0.3 ham=0.7", "--prior") == {"spam": "0.3", "ham": "0.7"}
    assert pairs("5 red", "--urn") == {"red": "5"}


def test_a_minus_after_a_blank_is_a_sign() -> None:
    from dlsolve.fields import typed

    assert typed.items("8 -11 -3", "--b") == ["8", "-11", "-3"]
    assert typed.items("2-4-1", "--layers") == typed.items("2 -> 4 -> 1", "--layers") == ["2", "4", "1"]
