"""What a solution looks like: on a terminal, in plain text, as JSON; any user text is safe to print."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.formula.latex import latex
from dlsolve.formula.parse import parse
from dlsolve.formula.rules import rule, rules
from dlsolve.formula.tree import Mat, Num
from dlsolve.notation import Notation, Quantity, Symbols
from dlsolve.numbers.exact import read
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.show import Digits
from dlsolve.render import FORMATS, Options, render
from dlsolve.render.words import ascii_text, clean, width
from dlsolve.solver import Solution, solve_problem
from dlsolve.topic import Topic
from dlsolve.trace import Trace


class Problem(msgspec.Struct, kw_only=True):
    W: Matrix
    x: Matrix
    eta: fmpq
    prior: dict[str, fmpq]
    steps: int = 2


NOTATION = Notation(
    [
        Quantity("W", "weights", shape="n×m"),
        Quantity("x", "input", shape="m×1"),
        Quantity("z", "weighted input", shape="n×1"),
        Quantity("total", "sum of z"),
        Quantity("y_hat", "output"),
        Quantity("eta", "learning rate"),
        Quantity("prior", "prior of a hypothesis", "h", kind="probability", template="P({h})"),
        Quantity("odd", "what is left", "h", kind="probability", template="P(not {h})"),
        Quantity("c", "a sequence", "t"),
        Quantity("R", "reduced matrix", shape="n×m", kind="row state"),
        Quantity("verdict", "in words", kind="choice"),
    ],
    {"h": "label", "t": "step"},
)
RULES = rules("""
    z = W @ x                               # weighted input
    total = sum(z)                          # all of it
    y_hat by fire:                          # step
        ge = 1 if total >= 2 else 0
        gt = 1 if total > 2 else 0
    odd[h] = 1 - prior[h]                   # complement
    c[t] = c[t-1]/3 + eta                   # a step
""")


def solve(p: Problem, t: Trace) -> None:
    t.given("W", p.W)
    t.given("x", p.x)
    t.given("eta", p.eta)
    t.given("prior", p.prior)
    t.given("c", 1, 0, assumed=True)
    t.section("Forward")
    t.let("z")
    t.let("total")
    t.let("y_hat")
    t.when("total >= 2", ("the unit fires", "the unit is silent"))
    t.note("Every entry counts.")
    t.operation("R₂ → R₂ − 2·R₁", p.W, p.W, why="makes a zero")
    t.operation("row reduced", p.W, p.W, key="R")
    t.operation("conclusion", None, "yes", key="verdict")
    t.section("Labels")
    for h in p.prior:
        t.let("odd[h]", h)
    for k in range(1, p.steps + 1):
        t.section(f"t = {k}")
        t.let("c[t]", k)
    t.table("The run", ["t", "c"], [[f" {k}", ("c", k)] for k in range(p.steps + 1)])
    t.answer(("c", p.steps), "z", "verdict", *(("odd", h) for h in p.prior))
    t.check("the complement is a complement", True)
    t.check("this one", False, "does not hold")
    t.remark("A remark.")


TOPIC = Topic(
    "sample", "A sample", "Tests", Problem, solve, NOTATION, RULES, "none", example={}, conventions={"fire": "ge"}
)


def solution(rows: int = 2, columns: int = 2, steps: int = 2, carry: str = "", **meta: Any) -> Solution:
    cells = [[read(f"{i}.{j}25") for j in range(1, columns + 1)] for i in range(1, rows + 1)]
    problem = Problem(
        W=Matrix(cells), x=Matrix.column([read("1/3")] * columns), eta=read("0.1"),
        prior={"spam": read("0.2"), "not [bold]spam[/]": read("0.8")}, steps=steps,
    )  # fmt: skip
    return solve_problem(TOPIC, problem, meta=meta, carry=Digits.parse(carry) if carry else None)


def plain(found: Solution, width: int = 80, **options: Any) -> str:
    return render(found, "plain", Options(width=width, **options))


def terminal(found: Solution, width: int = 80, **options: Any) -> str:
    return render(found, "terminal", Options(width=width, **options))


# -- the page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("fmt", ["plain", "terminal"])
@pytest.mark.parametrize("room", [60, 80, 120])
@pytest.mark.parametrize("size", [(2, 2), (3, 5), (4, 11)])
def test_every_line_fits(fmt: str, room: int, size: tuple[int, int]) -> None:
    text = render(solution(*size), fmt, Options(width=room))
    assert max(width(line) for line in text.splitlines()) <= room


@pytest.mark.parametrize("fmt", ["plain", "terminal"])
def test_all_parts_are_there_in_order(fmt: str) -> None:
    found = solution(title="My sample", statement="Work it out.", printed={"c_2": "0.5", "c_1": "0.43"})
    text = render(found, fmt, Options(width=100))
    parts = ["My sample", "Work it out.", "Given", "learning rate", "Rules", "weighted input", "Forward", "Labels",
             "t = 1", "The run", "Answer", "Where the source differs", "Checks", "Remarks", "Conventions"]  # fmt: skip
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert "c₂: printed 0.5" in text
    assert "c₁: printed" not in text
    assert "✓ the complement is a complement" in text
    assert "✗ this one: does not hold" in text
    assert "(assumed)" in text
    assert "the step fires at z ≥ threshold" in text


def test_matrices_stand_where_they_stand() -> None:
    text = plain(solution())
    assert "= ⎡1.125  1.225⎤·⎡1/3⎤" in text or "= ⎡1.125  1.225⎤·⎡0.33333⎤" in text
    assert "⎣2.125  2.225⎦" in text


def test_a_branch_says_its_reason() -> None:
    text = plain(solution(), 120)
    assert re.search(r"total = 2\.2\d* ≥ 2, so ŷ = 1", text)
    assert re.search(r"total = 2\.2\d* ≥ 2, so the unit fires", text)
    one = Matrix([[fmpq(1)]])
    silent = plain(solve_problem(TOPIC, Problem(W=one, x=one, eta=fmpq(1), prior={})), 120)
    assert "total = 1 < 2, so ŷ = 0" in silent
    assert "total = 1 < 2, so the unit is silent" in silent


def test_fractions_stand_beside_decimals_with_the_right_sign() -> None:
    text = plain(solution())
    assert re.search(r"c₁ .*= 13/30 ≈ 0\.43333", text)
    assert "= 0.8" in text


def test_a_long_run_elides_its_middle_and_says_how_to_see_it() -> None:
    found = solution(steps=100)
    for text in (plain(found), terminal(found)):
        assert re.search(r"… \d+ steps not shown; --steps all shows them", text)
        assert "rows not shown; --steps all shows them" in text
        assert "t = 1\n" in text
        assert "t = 100\n" in text
        assert "t = 50\n" not in text
    assert "t = 50\n" in plain(found, steps_all=True)
    assert "not shown" not in plain(found, steps_all=True)


def test_details() -> None:
    key = plain(solution(), detail="key")
    assert "The run" in key
    assert "Checks" in key
    assert "Forward" not in key
    answer = plain(solution(), detail="answer")
    assert "The run" not in answer
    assert "Checks" not in answer
    assert "c₂" in answer


def test_plain_and_colourless_output_have_no_escape_codes() -> None:
    assert "\x1b" not in plain(solution())
    assert "\x1b" not in terminal(solution())
    coloured = terminal(solution(), color=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == terminal(solution())


def test_ascii_output_is_ascii() -> None:
    found = solution(title="η and θ̂", statement="x ≥ ½ → «ü»")
    for fmt in ("plain", "terminal"):
        assert render(found, fmt, Options(ascii=True)).isascii()


def test_user_text_is_neither_markup_nor_control() -> None:
    found = solution(title="[red]x[/red]\x1b[31m\u202e", statement="a\x07b\n\u2066second")
    for text in (plain(found, 120), terminal(found, 120)):
        assert "[red]x[/red]\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}" in text
        assert "not [bold]spam[/]" in text
        assert not any(c in text for c in "\x1b\x07\u202e\u2066")


def test_cleaning() -> None:
    assert clean("a\tb\u200f") == "a b\N{REPLACEMENT CHARACTER}"
    assert ascii_text("θ₂ − η·m̂₂ ≥ ½") == "theta_2 - eta*m_hat_2 >= 1/2" or ascii_text("θ₂").startswith("theta")


def test_carried_values_say_so_and_end_with_the_drift() -> None:
    text = plain(solution(carry="3sf"))
    assert "What the rounding cost" in text
    assert "rounded to 3 significant figures" in text
    assert re.search(r"c₁ .*≈ 0\.433", text)


def test_asked_names_come_first() -> None:
    text = plain(solution(asked=["c_1", "z[2]"]), detail="answer")
    assert text.index("c₁") < text.index("z[2]") < text.index("c₂")


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(InputError, match="--format"):
        render(solution(), "pdf")
    assert set(FORMATS) >= {"terminal", "plain", "json"}


# -- JSON ---------------------------------------------------------------------------------------


def document(found: Solution, **options: Any) -> dict[str, Any]:
    out = json.loads(render(found, "json", Options(**options)))
    assert isinstance(out, dict)
    return out


def test_json_keeps_the_contract() -> None:
    found = document(solution(id="s-1", title="T", printed={"c_2": "0.5"}))
    assert list(found) == [
        "dlsolve", "topic", "id", "title", "given", "conventions", "arith", "steps", "answers", "checks",
        "differs", "elided",
    ]  # fmt: skip
    assert found["dlsolve"] == 1
    assert found["given"]["eta"] == 0.1
    assert found["given"]["W"] == [[1.125, 1.225], [2.125, 2.225]]
    assert found["conventions"] == {"fire": "ge"}
    assert found["checks"][1] == {"name": "this one: does not hold", "holds": False}
    assert found["differs"] == [{"name": "c_2", "printed": "0.5", "why": ""}]
    assert found["elided"] is None
    steps = {s["name"]: s for s in found["steps"]}
    assert len(steps) == len(found["steps"])
    assert steps["c_1"] | {"latex": "", "why": ""} == {
        "name": "c_1", "kind": "real", "section": "t = 1", "why": "", "rule": "c[t - 1]/3 + eta",
        "chain": ["c_0/3 + eta", "1/3 + 0.1"], "latex": "", "value": 13 / 30, "exact": "13/30", "shown": "0.43333",
        "carried": None, "branch": None, "operation": None, "before": None, "after": None,
    } | {"chain": steps["c_1"]["chain"]}  # fmt: skip
    assert steps["c_1"]["chain"][0].replace(" ", "") == "c_0/3+eta"
    assert steps["z"]["kind"] == "matrix"
    assert len(steps["z"]["value"]) == 2
    assert steps["c_0"]["value"] == 1
    assert steps["y_hat"]["branch"].endswith(">= 2")
    assert steps["R"]["operation"] == "row reduced"
    assert steps["R"]["before"] == steps["R"]["after"]
    assert steps["verdict"]["value"] == "yes"
    assert found["answers"]["c_2"]["exact"] == "11/45"
    assert {s["kind"] for s in found["steps"]} >= {"operation", "branch", "note"}


def test_json_holds_every_step_of_a_long_run() -> None:
    found = document(solution(steps=300))
    names = {s["name"] for s in found["steps"]}
    assert {f"c_{k}" for k in range(301)} <= names
    assert found["elided"] is None


def test_json_of_a_carried_run_has_both_values() -> None:
    found = document(solution(carry="3sf"))
    step = next(s for s in found["steps"] if s["name"] == "c_1")
    assert step["carried"] == 0.433
    assert step["exact"] == "13/30"
    assert step["shown"] == "0.433"


# -- LaTeX --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m[t]/(1 - beta1**t)", r"\frac{m_{t}}{1 - \beta_{1}^{t}}"),
        ("a - (b + c)", "a - (b + c)"),
        ("-(-2)**3", "-(-2)^{3}"),
        ("sqrt(v_hat[t]) + eps", r"\sqrt{\hat{v}_{t}} + \epsilon"),
        ("(a/b)**2", r"(\frac{a}{b})^{2}"),
        ("1 if z >= 0 else 0", r"\begin{cases} 1 & \text{if } z \ge 0 \\ 0 & \text{otherwise} \end{cases}"),
        ("sum(p[i]*log2(p[i]) for i in N)", r"\sum_{i} p_{i} \cdot \log_{2}(p_{i})"),
        ("1e-8", "10^{-8}"),
        ("W.T @ x", r"{W}^{\top} \cdot x"),
        ("exp(-z)", "e^{-z}"),
    ],
)
def test_latex(text: str, expected: str) -> None:
    rows = [Quantity(n, n, "t") for n in ("m", "v_hat")] + [Quantity("p", "p", "i")]
    symbols = Symbols(Notation(rows, {"t": "step", "i": "feature"}))
    assert latex(parse(text), symbols).replace(r"\left", "").replace(r"\right", "") == expected


def test_latex_of_matrices_is_a_bmatrix() -> None:
    tree = Mat(((Num("1"), Num("2")), (Num("3"), Num("4"))))
    assert latex(tree, Symbols(Notation([]))) == r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}"


def test_braces_balance_in_every_rule_of_every_topic() -> None:
    from dlsolve import catalog

    for name in catalog.modules():
        topic = catalog.topic(name)
        symbols = Symbols(topic.notation)
        for one in topic.rules:
            text = latex(one.target, symbols) + latex(one.expr, symbols)
            assert text.count("{") == text.count("}"), one.id
            assert text.count(r"\left(") == text.count(r"\right)"), one.id
            assert not re.search(r"\^\{[^{}]*\}\^", text), one.id


def test_a_rule_made_on_the_spot_has_latex_too() -> None:
    assert latex(rule("y", "relu(2*x)").expr, Symbols(Notation([]))) == r"\operatorname{ReLU}\left(2 \cdot x\right)"
