"""Malformed problems and command lines of every sort: one line on stderr, naming the place and the
remedy, exit status 2, no traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.runner import Result, run

G = ("--g", "0.3 0.2")


def complaint(result: Result) -> str:
    """The one line of an error, checked for its form."""
    assert result.status == 2, (result.status, result.err)
    assert result.out == ""
    assert result.err.endswith("\n")
    assert result.err.count("\n") == 1, result.err
    assert "Traceback" not in result.err
    line = result.err.rstrip("\n")
    assert line.startswith("error: ")
    assert line.isprintable()
    assert len(line) < 500
    assert ": " in line.removeprefix("error: "), "the place, then what is wrong"
    assert "; " in line, "the remedy stands behind a semicolon"
    return line.removeprefix("error: ")


# -- command lines --------------------------------------------------------------------------------

COMMAND_LINES: list[tuple[tuple[str, ...], str, str]] = [
    # (arguments, where it stands, part of the sentence or remedy)
    (("adm",), "adm", "did you mean adam?"),
    (("backpropagtion",), "backpropagtion", "backprop"),
    (("nothing-like-it",), "nothing-like-it", "dlsolve topics"),
    (("",), '""', "no such command"),
    (("\x1b[31mred",), "\N{REPLACEMENT CHARACTER}[31mred", "no such command"),
    (("--format", "plain", "adam"), "--format", "flags stand after the command"),
    (("explain",), "dlsolve explain", "TOPIC is missing"),
    (("explain", "adm"), "topic", "did you mean adam?"),
    (("example", "nope"), "topic", "no topic"),
    (("schema", "nope"), "topic", "no topic"),
    (("solve",), "dlsolve solve", "FILE is missing"),
    (("topics", "all"), "dlsolve topics", "more words"),
    (("adam",), "dlsolve adam", "nothing is given"),
    (("adam", "--lr"), "--lr", "needs a value"),
    (("adam", "--lrr", "1"), "--lrr", "did you mean --lr?"),
    (("adam", "--qqq", "1"), "--qqq", "dlsolve adam --help"),
    (("adam", "-x", "1"), "-x", "no such flag"),
    (("adam", "-1", "2"), "-1", "in quotes"),
    (("adam", *G, "--no-color=1"), "--no-color", "takes no value"),
    (("adam", "a.json", "b.json"), "dlsolve adam", "more words"),
    (("eigen", "1", "2;", "5", "4"), "dlsolve eigen", "quote"),
    (("adam", "no-such-file.json"), "no-such-file.json", "no such file"),
    (("adam", "no/such/folder.json"), "no/such/folder.json", "no such file"),
    (("adam", "."), ".", "a folder"),
    (("adam", "a\0b.json"), "a\N{REPLACEMENT CHARACTER}b.json", "not a file name"),
    (("adam", *G, "--format", "pdf2"), "--format", "choose one of"),
    (("adam", *G, "--format", "jsn"), "--format", "did you mean json?"),
    (("adam", *G, "--digits", "many"), "--digits", "5sf or 4dp"),
    (("adam", *G, "--digits", "0"), "--digits", "1 to 100"),
    (("adam", *G, "--digits", "-3"), "--digits", "5sf or 4dp"),
    (("adam", *G, "--digits", "1000"), "--digits", "1 to 100"),
    (("adam", *G, "--carry", "4.5"), "--carry", "4dp"),
    (("adam", *G, "--arith", "float32"), "--arith", "did you mean float64?"),
    (("adam", *G, "--detail", "some"), "--detail", "choose one of"),
    (("eigen", "--matrix", "1", "--steps", "5"), "--steps", "--steps all"),
    (("adam", *G, "--steps", "some"), "--steps", "not a number"),
    (("adam", *G, "--course", "no-course.json"), "no-course.json", "no such file"),
    (("adam", *G, "--symbols", "lr"), "--symbols", "spam=0.3"),
    (("adam", *G, "--symbols", "learning=α"), "--symbols", "not a name of adam"),
    (("adam", *G, "--symbols", "lr=" + "α" * 99), "--symbols", "printable"),
    (("adam", *G, "--adam-eps", "torch"), "--adam-eps", "paper, keras"),
    (("entropy", "--p", "0.5 0.5", "--log", "3"), "--log", "2, e, 10"),
    (("perceptron", "--target", "y"), "--target", "--data"),
    (("adam", *G, "-o", "."), "-o .", "a folder"),
    (("adam", *G, "-o", "no/such/place.txt"), "-o no/such/place.txt", "make the folder"),
    (("adam", *G, "-o", ""), "-o", "folder"),
    (("adam", "--lr", "1"), "dlsolve adam", "--g"),
    (("adam", *G, "--lr", ""), "--lr", "a number is missing"),
    (("adam", *G, "--lr", "one"), "--lr", 'found "one"'),
    (("adam", *G, "--lr", "0"), "--lr", "> 0"),
    (("adam", *G, "--lr", "-0.1"), "--lr", "> 0"),
    (("adam", *G, "--lr", "0,5"), "--lr", "0.5"),
    (("adam", *G, "--lr", "1 2"), "--lr", "not a number"),
    (("adam", *G, "--lr", "1/0"), "--lr", "divides by 0"),
    (("adam", *G, "--lr", "1/"), "--lr", "not a number"),
    (("adam", *G, "--lr", "1/2/3"), "--lr", "not a number"),
    (("adam", *G, "--lr", "nan"), "--lr", "not a number"),
    (("adam", *G, "--lr", "inf"), "--lr", "not a number"),
    (("adam", *G, "--lr", "0x10"), "--lr", "not a number"),
    (("adam", *G, "--lr", "1_000"), "--lr", "not a number"),
    (("adam", *G, "--lr", "%"), "--lr", "a number"),
    (("adam", *G, "--lr", "1%%"), "--lr", "not a number"),
    (("adam", *G, "--lr", "1e999999999"), "--lr", "exponents"),
    (("adam", *G, "--lr", "1e-401"), "--lr", "exponents"),
    (("adam", *G, "--lr", "9" * 10_000), "--lr", "characters"),
    (("adam", *G, "--lr", "٣"), "--lr", "not a number"),
    (("adam", *G, "--lr", "__import__('os')"), "--lr", "not a number"),
    (("adam", *G, "--beta1", "1"), "--beta1", "≥ 0 and < 1"),
    (("adam", *G, "--beta1", "110%"), "--beta1", "≥ 0 and < 1"),
    (("adam", "--g", ""), "--g", "a list"),
    (("adam", "--g", "0.3 x 0.1"), "--g, entry 2", "not a number"),
    (("adam", "--g", "0.3,,0.1"), "--g", "missing between two commas"),
    (("adam", "--g", "0,3 0,2"), "--g", "decimal point"),
    (("eigen", "--matrix", ""), "--matrix", "empty"),
    (("eigen", "--matrix", "[]"), "--matrix", "empty"),
    (("eigen", "--matrix", "[[]]"), "--matrix", "empty"),
    (("eigen", "--matrix", "1 2; 3"), "--matrix", "row 2 has 1 entry, row 1 has 2 entries"),
    (("eigen", "--matrix", "[[1,2],[3]]"), "--matrix", "row 2 has 1 entry"),
    (("eigen", "--matrix", "[[1,2],[3,4]"), "--matrix", "brackets do not match"),
    (("eigen", "--matrix", "[[1,2]] + [[3,4]]"), "--matrix", "brackets do not match"),
    (("eigen", "--matrix", "1 2; 3 four"), "--matrix, row 2, column 2", "not a number"),
    (("eigen", "--matrix", "1 2 3; 4 5 6"), "--matrix", ""),
    (("backprop", "--x", "1", "--y", "1", "--W1", "1", "--W3", "1", "--activations", "linear"), "--W2", "without gaps"),
    (
        ("backprop", "--x", "1", "--y", "1", "--W1", "a", "--activations", "linear"),
        "--W1, row 1, column 1",
        "not a number",
    ),
    (("backprop", "--x", "1", "--y", "1", "--W1", "1"), "--activations", "missing"),
    (("backprop", "--x", "1", "--y", "1", "--W0", "1"), "--W0", "no such flag"),
    (
        ("backprop", "--x", "1", "--y", "1", "--W1", "1", "--activations", "linear", "--epochs", "1.5"),
        "--epochs",
        "whole",
    ),
    (("backprop", "--x", "1", "--y", "1", "--W1", "1", "--activations", "linear", "--epochs", "-1"), "--epochs", "≥ 0"),
    (
        ("backprop", "--x", "1", "--y", "1", "--W1", "1", "--activations", "linear", "--epochs", "1e12"),
        "--epochs",
        "at most",
    ),
    (("bayes", "--prior", "0.3 0.7"), "--prior", "spam=0.3"),
    (("bayes", "--prior", "spam=0.3, spam=0.7"), "--prior", "twice"),
    (("bayes", "--prior", "spam="), "--prior", "not a value by label"),
    (("bayes", "--prior", "spam=1.5"), "--prior.spam", "≤ 1"),
    (("bayes", "--prior", '{"spam": 0.3'), "--prior", "not JSON"),
    (("bayes", "--prior", '{"spam": 0.3, "spam": 0.4}'), "--prior", "stands twice"),
    (("perceptron", "--gate", "NADN"), "--gate", "did you mean NAND?"),
    (("perceptron", "--gate", "MAYBE"), "--gate", "choose"),
    (("adam", "--f", "w^2 +", "--steps", "2"), "--f", "number is expected"),
    (("adam", "--f", "", "--steps", "2"), "--f", "not a function"),
    (("adam", "--f", "w**" * 5000 + "2"), "--f", ""),
    (("adam", "--f", "(" * 5000 + "w" + ")" * 5000), "--f", ""),
    (("adam", "--f", "__import__('os').getcwd()"), "--f", ""),
]


@pytest.mark.parametrize(("args", "where", "says"), COMMAND_LINES, ids=[" ".join(a)[:50] for a, _, _ in COMMAND_LINES])
def test_a_command_line_that_is_not_usable(args: tuple[str, ...], where: str, says: str) -> None:
    result = run(*args)
    if not says:  # the sentence is the topic's own
        assert result.status == 2
        assert result.err.startswith("error: ")
        assert result.err.count("\n") == 1
        assert "Traceback" not in result.err
        return
    line = complaint(result)
    assert line.startswith(where)
    assert says in line


# -- problem files --------------------------------------------------------------------------------


def problem(**changes: Any) -> str:
    """A problem of Adam with keys changed; `given_` entries change what is given."""
    whole: dict[str, Any] = {"topic": "adam", "given": {"g": [0.3, 0.2], "lr": 0.01}}
    for key, value in changes.items():
        if key.startswith("given_"):
            whole["given"][key.removeprefix("given_")] = value
        else:
            whole[key] = value
    return json.dumps(whole)


DEEP = "[" * 5000 + "]" * 5000
CLOSE = '{"topic": "adam", "given": {"g": [1], "beta1": 1.00000000000000000000000000001}}'
FILES: list[tuple[str, str | bytes, str, str]] = [
    # (what it is, the file, where it stands, part of the sentence or remedy)
    ("empty", "", "", "empty"),
    ("blank", " \n\t\n", "", "empty"),
    ("only a byte-order mark", b"\xef\xbb\xbf", "", "empty"),
    ("not UTF-8", b'{"topic": "ad\xffam"}', "", "not UTF-8"),
    ("UTF-16", '{"topic": "adam"}'.encode("utf-16"), "", "UTF-16"),
    ("binary", bytes(range(256)), "", "not UTF-8"),
    ("not JSON", "topic = adam", "", "line 1, column 1"),
    ("a comma too many", '{"topic": "adam",\n "given": {},}', "", "line 2, column 14"),
    ("a comma too few", '{"topic": "adam"\n "given": {}}', "", "comma or a bracket is missing"),
    ("single quotes", "{'topic': 'adam'}", "", '"double"'),
    ("cut off", '{"topic": "adam", "given": {"g": [0.3', "", "line 1"),
    ("two values", problem() + problem(), "", "one JSON value a file"),
    ("a line break in a text", '{"topic": "ad\nam"}', "", r"\n"),
    ("a comment", '{"topic": "adam"} // Adam', "", "one JSON value"),
    ("NaN", '{"topic": "adam", "given": {"g": [NaN]}}', "", "NaN is not a number"),
    ("Infinity", '{"topic": "adam", "given": {"g": [-Infinity]}}', "", "finite"),
    ("a key twice", '{"topic": "adam", "given": {"g": [1], "lr": 1, "lr": 2}}', "", '"lr" stands twice'),
    ("the topic twice", '{"topic": "adam", "topic": "eigen", "given": {}}', "", '"topic" stands twice'),
    ("deep lists", DEEP, "", "too deeply"),
    ("deep objects", '{"a":' * 3000 + "1" + "}" * 3000, "", "too deeply"),
    ("deep lists in a field", '{"topic": "adam", "given": {"g": ' + DEEP + "}}", "", "too deeply"),
    ("a number alone", "5", "$", "not an object"),
    ("a text alone", '"adam"', "$", "not an object"),
    ("null", "null", "$", "not an object"),
    ("a list", "[" + problem() + "]", "$", '{"problems": [...]}'),
    ("an empty object", "{}", "$.topic", "missing"),
    ("no topic", '{"given": {"g": [1]}}', "$.topic", "missing"),
    ("no given", '{"topic": "adam"}', "$.given", "missing"),
    ("a misspelt key", problem(tittle="x"), "$.tittle", "did you mean title?"),
    ("an unknown key", problem(zzz=1), "$.zzz", "no such field"),
    ("a topic that is not", problem(topic="adma"), "$.topic", "did you mean adam?"),
    ("a topic of another command", problem(topic="eigen"), "$.topic", "dlsolve eigen"),
    ("a topic that is a number", problem(topic=3), "$.topic", "not a text"),
    ("a topic that is a list", problem(topic=["adam"]), "$.topic", "not a text"),
    ("given is a list", problem(given=[1, 2]), "$.given", "not an object"),
    ("given is null", problem(given=None), "$.given", "missing"),
    ("given is empty", problem(given={}), "$.given", "nothing is given"),
    ("an unknown field", problem(given_gamma=1), "$.given.gamma", "no such field"),
    ("a misspelt field", problem(given_beta_1=1), "$.given.beta_1", "did you mean beta1?"),
    ("a field and its alias", problem(given_eta=1), "$.given.eta", "keep one of the two"),
    ("a field that breaks out", problem(**{"given_a\x1b[31m\nb": 1}), "$.given", "no such field"),
    ("true for a number", problem(given_lr=True), "$.given.lr", "found true"),
    ("an object for a number", problem(given_lr={"a": 1}), "$.given.lr", "found an object"),
    ("a list for a number", problem(given_lr=[1]), "$.given.lr", "found a list of 1"),
    ("an empty text for a number", problem(given_lr=""), "$.given.lr", "a number is missing"),
    ("a word for a number", problem(given_lr="fast"), "$.given.lr", 'found "fast"'),
    ("a very long word", problem(given_lr="x" * 5000), "$.given.lr", "characters"),
    ("a number out of bounds", problem(given_lr=-1), "$.given.lr", "found -1"),
    ("a bound that floats would miss", CLOSE, "$.given.beta1", "< 1"),
    ("a huge exponent", '{"topic": "adam", "given": {"g": [1], "lr": 1e999999}}', "$.given.lr", "exponents"),
    ("a huge integer", '{"topic": "adam", "given": {"g": [1], "lr": ' + "9" * 9000 + "}}", "$.given.lr", "characters"),
    ("an empty list", problem(given_g=[]), "$.given.g", "empty list"),
    ("a hole in a list", problem(given_g=[1, None, 2]), "$.given.g[1]", "found null"),
    ("false in a list", problem(given_g=[0.3, False]), "$.given.g[1]", "found false"),
    ("an object for a list", problem(given_g={"a": 1}), "$.given.g", "not a list"),
    ("a fraction of steps", problem(given_f="w^2", given_steps=2.5), "$.given.steps", "whole number"),
    ("title is a number", problem(title=5), "$.title", "not a text"),
    ("title is huge", problem(title="x" * 100_000), "$.title", "at most"),
    ("half a character", '{"topic": "adam", "given": {"g": [1]}, "title": "\\ud800"}', "$.title", "surrogate"),
    ("conventions is a list", problem(conventions=["paper"]), "$.conventions", "not an object"),
    ("an unknown convention", problem(conventions={"adam_ep": "paper"}), "$.conventions.adam_ep", "adam_eps?"),
    ("an unknown choice", problem(conventions={"adam_eps": "tf"}), "$.conventions.adam_eps", "paper, keras"),
    ("a convention of another topic", problem(conventions={"log": "2"}), "$.conventions.log", "adam"),
    ("symbols is a text", problem(symbols="lr"), "$.symbols", ""),
    ("a symbol of nothing", problem(symbols={"rate": "α"}), "$.symbols.rate", "not a name of adam"),
    ("an empty symbol", problem(symbols={"lr": ""}), "$.symbols.lr", "not a symbol"),
    ("a symbol with an escape", problem(symbols={"lr": "\x1b[31m"}), "$.symbols.lr", "not a symbol"),
    ("asked is a text", problem(asked=5), "$.asked", ""),
    ("asked for what is not there", problem(asked=["theta_9"]), "$.asked[0]", "no value of that name"),
    ("asked for a misspelt name", problem(asked=["theta2"]), "$.asked[0]", "theta_2"),
    ("points below 0", problem(points={"theta_2": -1}), "$.points.theta_2", "≥ 0"),
    ("an attempt of null", problem(attempt={"theta_2": None}), "$.attempt.theta_2", "found null"),
    ("a printed value of nothing", problem(printed={"theta_9": "1"}), "$.printed.theta_9", "no value"),
    ("an unknown mark", problem(marking={"min_digit": "2sf"}), "$.marking.min_digit", "min_digits"),
    ("a penalty above 1", problem(marking={"follow_penalty": "2"}), "$.marking.follow_penalty", "≤ 1"),
    ("marking is a list", problem(marking=[]), "$.marking", "not an object"),
    ("no problems", '{"problems": []}', "$.problems", "not a list of problems"),
    ("problems is an object", '{"problems": {}}', "$.problems", "not a list of problems"),
    ("a key beside problems", '{"problems": [' + problem() + '], "title": "x"}', "$.title", "problems"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "where", "says"), [f[1:] for f in FILES], ids=[f[0] for f in FILES])
def test_a_problem_file_that_is_not_usable(content: str | bytes, where: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    line = complaint(run("adam", str(file)))
    assert line.startswith(f"{file}: {where}")
    assert says in line


def test_there_are_enough() -> None:
    assert len(COMMAND_LINES) + len(FILES) >= 150


# -- tables and courses ---------------------------------------------------------------------------

TABLES: list[tuple[str, str, str, str]] = [
    ("empty", "", "", "no samples"),
    ("a header only", "x1,x2,y\n", "", "no samples"),
    ("no header", "0,0,0\n0,1,0\n", " line 1", "header row"),
    ("a short line", "x1,x2,y\n0,0,0\n0,1\n", " line 3", "2 cells, but 3 columns"),
    ("a long line", "x1,x2,y\n0,0,0,9\n", " line 2", "4 cells"),
    ("a word", "x1,x2,y\n0,zero,0\n", ' line 2, column "x2"', "not a number"),
    ("an empty cell", "x1,x2,y\n0,,0\n", ' line 2, column "x2"', "a number is missing"),
    ("an empty target", "x1,x2,y\n0,1,\n", ' line 2, column "y"', "empty cell"),
    ("a column twice", "x,x,y\n0,1,1\n", " line 1", 'two columns named "x"'),
    ("a column without a name", "x1,,y\n0,1,1\n", " line 1", "column 2 has no name"),
    ("one column", "y\n1\n0\n", "", "one column"),
    ("an open quote", 'x1,x2,y\n0,"1,1\n', " line 2", "quotes"),
]


@pytest.mark.parametrize(("content", "where", "says"), [t[1:] for t in TABLES], ids=[t[0] for t in TABLES])
def test_a_table_that_is_not_usable(content: str, where: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text(content, encoding="utf-8")
    line = complaint(run("perceptron", "--data", str(file), "--lr", "1"))
    assert line.startswith(f"{file}{where}: ")
    assert says in line


def test_a_target_that_is_no_column(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text("x1,x2,label\n0,0,0\n", encoding="utf-8")
    assert "did you mean label?" in complaint(run("perceptron", "--data", str(file), "--target", "lable", "--lr", "1"))


COURSES = [
    ("[]", "$", "not an object"),
    ('{"convention": {}}', "$.convention", "did you mean conventions?"),
    ('{"conventions": {"log": "7"}}', "$.conventions.log", "2, e, 10"),
    ('{"digits": "lots"}', "$.digits", "5sf"),
    ('{"digits": {"sf": 4}}', "$.digits", "not a written value"),
]


@pytest.mark.parametrize(("content", "where", "says"), COURSES)
def test_a_course_that_is_not_usable(content: str, where: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "course.json"
    file.write_text(content, encoding="utf-8")
    line = complaint(run("adam", *G, "--course", str(file)))
    assert line.startswith(f"{file}: {where}")
    assert says in line


# -- several problems: a bad one never stops the rest ----------------------------------------------


def test_bad_lines_of_a_jsonl_are_named_and_the_rest_is_solved(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    file.write_text("\n".join([problem(), "{", problem(given_lr=-1), "", problem()]), encoding="utf-8")
    result = run("solve", str(file), "--detail", "answer", "--format", "plain")
    assert result.status == 1
    assert result.out.count("θ₂") >= 2
    lines = result.err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"error: {file} line 2: not JSON")
    assert lines[1].startswith(f"error: {file} line 3: $.given.lr: out of bounds")


def test_a_bad_member_of_problems_is_named_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text('{"problems": [' + problem() + "," + problem(given_lr="x") + "]}", encoding="utf-8")
    result = run("solve", str(file), "--format", "json")
    assert result.status == 1
    assert len(json.loads(result.out)) == 1
    assert result.err.startswith(f"error: {file}: $.problems[1].given.lr: not a number")


def test_where_nothing_can_be_solved_the_status_is_2(tmp_path: Path) -> None:
    result = run("solve", str(tmp_path / "a.json"), str(tmp_path / "b.json"))
    assert result.status == 2
    assert len(result.err.splitlines()) == 2
