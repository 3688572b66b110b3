"""What people write arrives at the right tree, value and shape; what is hostile is refused with a reason."""

from __future__ import annotations

import contextlib
import time

import pytest
from flint import fmpq
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.formula.parse import parse
from dlsolve.formula.text import python
from dlsolve.formula.tree import Bin, Call, Cmp, If, Mat, Name, Neg, Num, Reduce, Transpose, Tree
from dlsolve.handwriting import (
    UnreadableError,
    expression,
    function,
    guarded_value,
    lines,
    normalise_name,
    resolve,
    value,
)
from dlsolve.handwriting.tokens import MAX_CHARS
from dlsolve.numbers.matrix import Matrix

TYPED = {
    "100*w1^2 + w2^2": "100*w1**2 + w2**2",
    "2x^2": "2*x**2",
    "3(x+1)": "3*(x + 1)",
    "x y": "x*y",
    "x(x-1)": "x*(x - 1)",
    "1/2x": "1/2*x",
    "-x^2": "-x**2",
    "2^-3": "2**(-3)",
    "2**3**2": "2**3**2",
    "−3×x·y÷2": "-3*x*y/2",
    "x² − x⁻¹": "x**2 - x**(-1)",
    "½x": "(1/2)*x",
    "1½": "1 + 1/2",
    "√2/2": "sqrt(2)/2",
    "√(x+1)": "sqrt(x + 1)",
    "|x-1|": "abs(x - 1)",
    "e^(-x)": "exp(-x)",
    "ln 2x + 1": "ln(2*x) + 1",
    "sin^2 x": "sin(x)**2",
    "0.5 log2 0.5": "0.5*log2(0.5)",
    "log_2(8)": "log2(8)",
    "log₁₀ 5": "log10(5)",
    "log_3(9)": "ln(9)/ln(3)",
    "σ(z)": "sigmoid(z)",
    "ReLU(x) + max(0, x)": "relu(x) + max(0, x)",
    "2pi r": "2*pi*r",
    "λ + θ_1": "lam + theta_1",
    "m̂₃": "m_hat_3",
    "ŷ_1": "y_hat_1",
    "88.9 %": "88.9/100",
    r"\frac{a}{b}": "a/b",
    r"\frac12": "1/2",
    r"\dfrac{1}{1+e^{-z}}": "1/(1 + exp(-z))",
    r"\sqrt{x}": "sqrt(x)",
    r"\sqrt[3]{8}": "8**(1/3)",
    r"\hat{m}_3 \cdot 2": "m_hat_3*2",
    r"\left(x+1\right)^{2}": "(x + 1)**2",
    r"$\beta_1 \times \text{lr}$": "beta_1*lr",
    r"\frac{\partial L}{\partial w}": "dw",
    r"\frac{1}{2}[(2-0)1 + (4-0)2]": "1/2*((2 - 0)*1 + (4 - 0)*2)",
    "0.9(0.05) + (0.1)(0.4)": "0.9*0.05 + 0.1*0.4",
    "v_{t-1}": "v[t - 1]",
    "x if x > 0 else -x": "x if x > 0 else -x",
    "sum(p*q for i in N)": "sum(p*q for i in N)",
    "[1 -2; 3 4]": "[[1, -2], [3, 4]]",
    "[1, 2]": "[[1], [2]]",
    "(1, 2)^T": "[[1], [2]]",
    "[[2 + 8]/2 + 1]": "(2 + 8)/2 + 1",
    r"\begin{bmatrix} 1 & 2 \\ 3 & -4 \end{bmatrix}": "[[1, 2], [3, -4]]",
}


@pytest.mark.parametrize(("typed", "rule"), TYPED.items())
def test_typed_expressions(typed: str, rule: str) -> None:
    assert expression(typed) == parse(rule)


@pytest.mark.parametrize(
    ("typed", "names", "rule"),
    [
        ("xy", ["x", "y"], "x*y"),
        ("w1w2", ["w1", "w2"], "w1*w2"),
        ("w_1x_1 + b", ["w1", "x1", "b"], "w1*x1 + b"),
        ("w₁²", ["w1"], "w1**2"),
        ("λx", ["lam", "x"], "lam*x"),
        ("η g", ["lr", "g"], "lr*g"),
        ("xsin(y)", ["x", "y"], "x*sin(y)"),
        ("x(x+1)", ["x"], "x*(x + 1)"),
        ("e + 1", ["e"], "e + 1"),
        ("sum(x*i for i in N)", ["x"], "sum(x*i for i in N)"),
    ],
)
def test_names_decide_products(typed: str, names: list[str], rule: str) -> None:
    assert expression(typed, names=names) == parse(rule)


@pytest.mark.parametrize(
    ("typed", "names", "says"),
    [
        ("xyz", ["x", "yz", "xy", "z"], "x·yz or xy·z"),
        ("thta", ["theta"], "did you mean theta?"),
        ("snh(x)", ["x"], "no function 'snh'"),
        ("foo(3)", None, "no function 'foo'"),
        ("2 3", None, "column 3"),
        ("((x)", None, ") is missing at the end"),
        ("x)", None, "closes nothing"),
        ("x = 3", None, "one side only"),
        ("1,5", None, "decimal point"),
        ("", None, "nothing is written"),
        ("x +", None, "ends where a number is expected"),
    ],
)
def test_errors_name_the_place_and_remedy(typed: str, names: list[str] | None, says: str) -> None:
    with pytest.raises(InputError, match=r".") as caught:
        expression(typed, where="--f", names=names)
    assert says in str(caught.value)
    assert str(caught.value).startswith("--f")


# -- one answer ------------------------------------------------------------------------------------

NUMBERS = [
    # text, value, half a unit of the last written place
    ("5/2", "5/2", "0"),
    ("-0.0541", "-0.0541", "0.00005"),
    (".5", "1/2", "0.05"),
    ("5.", "5", "0"),
    ("1.20", "1.2", "0.005"),
    ("88.9 %", "0.889", "0.0005"),
    ("75%", "0.75", "0.005"),
    ("1.2×10^-3", "0.0012", "0.00005"),
    ("1.2x10^-3", "0.0012", "0.00005"),
    (r"1.2 \times 10^{-3}", "0.0012", "0.00005"),
    ("1.2·10⁻³", "0.0012", "0.00005"),
    ("1.2e-3", "0.0012", "0.00005"),
    ("2e+3", "2000", "500"),
    ("−3", "-3", "0"),
    ("½", "1/2", "0"),
    ("1½", "3/2", "0"),
    ("1 234.5", "1234.5", "0.05"),
    ("1\u00a0234.5", "1234.5", "0.05"),
    ("1,234.5", "1234.5", "0.05"),
    ("x = 0.42", "0.42", "0.005"),
    ("≈0.42", "0.42", "0.005"),
    ("~ 0.42", "0.42", "0.005"),
    ("0.42.", "0.42", "0.005"),
    ("0.42 bits", "0.42", "0.005"),
    ("λ = 6", "6", "0"),
    ("2 + 3 = 5", "5", "0"),
    (r"\boxed{0.42}", "0.42", "0.005"),
    (r"$\frac{5}{2}$", "5/2", "0"),
    ("2^10", "1024", "0"),
    ("|-3|", "3", "0"),
]


@pytest.mark.parametrize(("text", "number", "half"), NUMBERS)
def test_numbers(text: str, number: str, half: str) -> None:
    written = value(text)
    assert written.shape == "number"
    assert written.value() == guarded_value(parse(number))
    assert written.half == guarded_value(parse(half))
    assert written.text == text


@pytest.mark.parametrize(
    ("text", "shape", "numbers"),
    [
        ("[1, 5/2]", "list", ["1", "5/2"]),
        ("(1, 2)^T", "list", ["1", "2"]),
        ("[0.3 0.2 0.1]", "list", ["0.3", "0.2", "0.1"]),
        ("[ 1 -2]", "list", ["1", "-2"]),
        ("6, -1", "list", ["6", "-1"]),
        ("0.5,0.2", "list", ["0.5", "0.2"]),
        ("1,2,3", "list", ["1", "2", "3"]),
        ("λ₁ = 6, λ₂ = -1", "list", ["6", "-1"]),
        ("6 and -1", "set", ["6", "-1"]),
        (r"6 \text{ and } -1", "set", ["6", "-1"]),
        ("{6, -1}", "set", ["6", "-1"]),
        ("3 ± 2", "set", ["3 + 2", "3 - 2"]),
        ("[1,2;3,4]", "matrix", ["1", "2", "3", "4"]),
        ("[[1,2],[3,4]]", "matrix", ["1", "2", "3", "4"]),
        ("c(1,-1,0)", "scaled", ["1", "-1", "0"]),
        ("t[1; -1]", "scaled", ["1", "-1"]),
        ("1/√2 (1, 1)", "scaled", ["1", "1"]),
        ("c1(1,0,0) + c2(0,1,0)", "span", ["1", "0", "0", "0", "1", "0"]),
        ("span{(1,0),(0,1)}", "span", ["1", "0", "0", "1"]),
        ("1+2i", "complex", ["1", "2"]),
        ("-i", "complex", ["0", "-1"]),
    ],
)
def test_shapes(text: str, shape: str, numbers: list[str]) -> None:
    written = value(text)
    assert written.shape == shape
    assert [n.value() for n in written.numbers()] == [guarded_value(expression(n)) for n in numbers]


def test_what_else_an_answer_says() -> None:
    assert value("λ = 6").name == "λ"
    assert value("88.9 %").percent_sign
    assert value("0.42 bits").unit == "bits"
    assert value("≈ 0.42").relation == "≈"
    assert value("0.0120").numeral.figures == 3
    assert value("0.00").numeral.figures == 0
    assert value("c(1, 2)").scale is None
    scale = value("0.7(1, 1)").scale
    assert scale is not None
    assert scale.half == fmpq(1, 20)
    assert [i.name for i in value("λ₁ = 6, λ₂ = -1").items] == ["λ₁", "λ₂"]
    for words in ("not spam", "class 1", "yes", "spam", "don't know", "A"):
        assert value(words).shape == "words"
    formula = value("λ^2 - 5λ + 6 = 0")
    assert formula.shape == "formula"
    assert formula.tree == parse("lam**2 - 5*lam + 6")


@pytest.mark.parametrize(
    ("text", "number"), [("0,5", "0.5"), ("1.234,5", "1234.5"), ("1,234", "1.234"), ("3,5 %", "0.035")]
)
def test_decimal_comma(text: str, number: str) -> None:
    assert value(text, decimal_comma=True).value() == guarded_value(parse(number))


@pytest.mark.parametrize(
    ("text", "comma"),
    [("1,234", False), ("0,5", False), ("1,234,567", False), ("1.234", True), ("1,2,3", True)],
)
def test_unclear_commas_are_unreadable(text: str, comma: bool) -> None:
    with pytest.raises(UnreadableError, match=r"can be"):
        value(text, decimal_comma=comma)


@pytest.mark.parametrize(
    ("text", "shape", "numbers"),
    [
        ("1 2; 5 4", "matrix", "1 2 5 4"),
        ("3 -4; 5 −6;", "matrix", "3 -4 5 -6"),
        ("1/2 .5\n; 1e2 +4", "matrix", "1/2 1/2 100 4"),
        ("3 - 4; 5 - 6", "list", "-1 -1"),
        ("1 234; 5 678", "list", "1234 5678"),  # thousands
        ("1; 2", "list", "1 2"),
    ],
)
def test_rows_need_no_brackets(text: str, shape: str, numbers: str) -> None:
    """A matrix is answered as it is typed into a problem."""
    found = value(text)
    assert found.shape == shape
    assert " ".join(str(item.value()) for item in found.items) == numbers


@pytest.mark.parametrize("text", ["1 2; 3 4 5", "1 2; 3", "1 " * 4_000, "1 2;" * 2_000 + "x", "1" * 9_000 + " 1; 2 2"])
def test_rows_that_are_no_matrix(text: str) -> None:
    with pytest.raises(UnreadableError):
        value(text)


HOSTILE = [
    "nan", "NaN", "inf", "-inf", "Infinity", "∞", "1e999999999", "1e-999999999", "1e1000", "1_000", "0x1F", "0b1",
    "٣.١٤", "１２３", "Ⅷ", "①", "__import__('os').system('id')", "().__class__.__mro__", "x.__class__",
    "(lambda: 42)()",
    "'5'", '"5"', "[i for i in range(9)]", "1;import os", "<script>alert(1)</script>", "\\input{/etc/passwd}",
    "\\write18{id}", "5\x00", "\x1b[31m5", "5\u202e", "\u200b5", "=cmd|' /C calc'!A0", "@SUM(1)", "5!", "1.2.3",
    "1..2", "((", "[1,2;3]", "[]", "()", "(1,2", "", "   ", "9" * 5000, "9" * 400, "(" * 500, "-" * 500 + "1",
    "[" * 1000, "1+" * 300 + "1", "x^" * 60 + "2", "√" * 100 + "2", "\\frac" * 50, "\\hat" * 200, "{" * 900,
    "_\\theta" * 200, "Δ" * 1500, "∂a/∂" * 300, "\\begin{matrix}" * 50, "a_" * 500, "$" * 1000, "^" * 100,
    "\ud800", "🙂", "5 5", "5 apples and pears of 3", "a b 5 c",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_answers_are_refused_quickly(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(UnreadableError) as caught:
        value(text).value()
    lines(text)
    lines("x = " + text)
    normalise_name(text)
    assert time.perf_counter() - start < 0.5
    assert caught.value.reason
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


BOMBS = [
    "9^9^9", "9**9**9**9", "2^(2^(2^(2^(2^2))))", "((((9^64)^64)^64)^64)^64", "exp(exp(exp(10)))", "e^e^e^e^e",
    "(1e-400)^1000000", "1/0", "1/(1-1)", "0^-1", "ln(-1)", "ln 0", "sqrt(-1)", "(-8)^(1/3)", "tan(10^300)",
    "sin(1e10)", "sigmoid(-1e9)", "[1,2]^[1,2]", "softmax(3)", "sum(3)", "ones(3)", "1 < 2", "x + 1", "tan(pi/2)",
    "[1,2] + [1,2,3]", "step_prime(1)", "2^[1,2]",
]  # fmt: skip


@pytest.mark.parametrize("text", BOMBS)
def test_values_are_bounded_before_they_are_computed(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(UnreadableError):
        guarded_value(expression(text))
    assert time.perf_counter() - start < 0.5


def test_values() -> None:
    assert guarded_value(expression("0.9^3")) == fmpq(729, 1000)
    assert guarded_value(expression("x^2"), {"x": fmpq(3)}) == 9
    assert guarded_value(expression("[1,2;3,4][1;1]")) == Matrix.column([fmpq(3), fmpq(7)])
    assert abs(float(guarded_value(expression("0.999^1000"))) - 0.999**1000) < 1e-12
    assert abs(float(guarded_value(expression("sin 1 + cos 1 + tan 1"))) - 2.93918101533) < 1e-9


# -- names -----------------------------------------------------------------------------------------

KNOWN = ["lam_1", "m_hat_3", "dW1", "dW1_2", "W1_2", "v_2", "lr", "recall", "theta_3", "f1", "y_hat_1[3]", "beta1",
         "posterior_not_spam", "w_new", "D_KL", "eps"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("λ₁", "lam_1"),
        (r"\lambda_1", "lam_1"),
        ("lambda1", "lam_1"),
        ("m̂₃", "m_hat_3"),
        (r"$\hat{m}_3$", "m_hat_3"),
        (r"\hat{m_3}", "m_hat_3"),
        ("mhat3", "m_hat_3"),
        ("∂L/∂W1", "dW1"),
        ("dL/dW_1", "dW1"),
        ("grad_W1", "dW1"),
        (r"\frac{\partial L}{\partial W_1}", "dW1"),
        (r"\nabla_{W_1} L", "dW1"),
        ("W_1^{(2)}", "W1_2"),
        ("W₁⁽²⁾", "W1_2"),
        ("v2", "v_2"),
        ("η", "lr"),
        ("ε", "eps"),
        ("β_1", "beta1"),
        ("θ3", "theta_3"),
        (r"\text{Recall}", "recall"),
        ("F1 score", "f1"),
        ("ŷ_1[3]", "y_hat_1[3]"),
        (r"\hat{y}_1^{(3)}", "y_hat_1[3]"),
        ("posterior_{not spam}", "posterior_not_spam"),
        ("posterior not spam", "posterior_not_spam"),
        ("w_{new}", "w_new"),
        (r"D_{KL}", "D_KL"),
    ],
)
def test_names_resolve(text: str, name: str) -> None:
    assert resolve(text, KNOWN) == name


def test_every_name_is_its_own() -> None:
    for name in KNOWN:
        assert resolve(name, KNOWN) == name


def test_names_that_do_not_resolve() -> None:
    with pytest.raises(UnreadableError, match="v_2 or v2"):
        resolve("v₂", ["v2", "v_2"])
    with pytest.raises(UnreadableError, match="did you mean theta_3"):
        resolve("thet_3", KNOWN)
    with pytest.raises(UnreadableError):
        resolve("w1", ["W1"])
    assert resolve("P(spam|word)", KNOWN, {"P(spam | word)": "posterior_not_spam"}) == "posterior_not_spam"


# -- worked lines ----------------------------------------------------------------------------------

PAGE = r"""For 2nd step ($t=2$): $w_1 = -0.05, g_2 = 0.4$

$$v_2 = \beta v_1 + \eta g_2 = 0.9(-0.05) + (0.1)(0.4) = 0.045 + 0.04 = 0.085$$

Iteration 3: $m_3 = 0.9(0.047) + 0.1(0.1) = 0.0423 + 0.01 = 0.0523$
$$\text{For batch 2: } \hat{y}_3 = wx_3 + b = 0.5 \times 3 + 0.3 = 1.8.$$
$$= \frac{1}{8} \sum_{i=1}^4 (y_i - \hat{y}_i)^2$$
$$\approx 1.126.$$
\begin{aligned} z_1 &= 0.2 \cdot 1 + 0.4 \cdot 2 \\ &= 1.0 \end{aligned}
- P(A|B) = 0.3*0.5/0.2 = 75%
H = -(0.5 log2 0.5 + 0.5 log2 0.5) = 1 bit
w = 0.5 - 0.1(-5) =
  0.5 + 0.5
  ⇒ 1.0 (rounded)
0.9(0.05) = 0.045, as required
"""


def test_worked_lines() -> None:
    found = [(w.name, [link.text for link in w.links if link.numeric]) for w in lines(PAGE)]
    assert found == [
        ("t", ["2"]),
        ("w_1", ["-0.05"]),
        ("g_2", ["0.4"]),
        ("v_2", ["0.9(-0.05) + (0.1)(0.4)", "0.045 + 0.04", "0.085"]),
        ("m_3", ["0.9(0.047) + 0.1(0.1)", "0.0423 + 0.01", "0.0523"]),
        (r"\hat{y}_3", [r"0.5 \times 3 + 0.3", "1.8", "1.126"]),
        ("z_1", [r"0.2 \cdot 1 + 0.4 \cdot 2", "1.0"]),
        ("P(A|B)", ["0.3*0.5/0.2", "75%"]),
        ("H", ["-(0.5 log2 0.5 + 0.5 log2 0.5)", "1 bit"]),
        ("w", ["0.5 - 0.1(-5)", "0.5 + 0.5", "1.0"]),
        (None, ["0.9(0.05)", "0.045"]),
    ]


def test_links_keep_their_place_and_reason() -> None:
    for line in lines(PAGE):
        for link in line.links:
            assert PAGE[link.start : link.end] == link.text
            assert (link.tree is None) == bool(link.reason)
    batch = next(w for w in lines(PAGE) if w.name == r"\hat{y}_3")
    assert [link.relation for link in batch.links] == ["=", "=", "=", "=", "≈"]
    assert "sum" in batch.links[3].reason
    momentum = next(w for w in lines(PAGE) if w.name == "v_2")
    assert momentum.last is not None
    assert momentum.last.half == fmpq(1, 2000)
    assert momentum.links[1].tree is not None
    assert guarded_value(momentum.links[1].tree) == fmpq(-1, 200)


@pytest.mark.parametrize(
    "piece", ["$", "\\begin{matrix}", "=", "(", "x = (", "a, b = 3, ", "\\frac{", "_{", "{", "∂L/∂w = "]
)
def test_reading_a_page_takes_linear_time(piece: str) -> None:
    start = time.perf_counter()
    lines((piece * 50_000)[:50_000])
    assert time.perf_counter() - start < 30  # quadratic work takes minutes


# -- laws ------------------------------------------------------------------------------------------

_numbers = st.sampled_from(["0", "1", "2", "0.5", "10", "1e-8", "3.25"]).map(Num)
_names = st.sampled_from(["x", "y1", "w_new", "m_hat_2", "lam", "beta1", "pi"]).map(Name)
_calls = st.sampled_from(["exp", "ln", "log2", "sqrt", "abs", "tanh", "sigmoid", "relu", "sin"])


def _grow(tree: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    compare = st.builds(Cmp, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), tree, tree)
    return st.one_of(
        st.builds(Bin, st.sampled_from(["+", "-", "*", "/", "**", "@"]), tree, tree),
        st.builds(Neg, tree),
        st.builds(Transpose, tree),
        st.builds(lambda fn, arg: Call(fn, (arg,)), _calls, tree),
        st.builds(lambda a, b: Call("max", (a, b)), tree, tree),
        st.builds(If, tree, compare, tree),
        st.builds(lambda kind, body: Reduce(kind, body, "i", "N"), st.sampled_from(["sum", "prod"]), tree),
    )


scalars = st.recursive(st.one_of(_numbers, _names), _grow, max_leaves=6)
_rows = st.integers(1, 3).flatmap(lambda width: st.lists(st.tuples(*[scalars] * width), min_size=1, max_size=3))
matrices = _rows.map(lambda rows: Mat(tuple(rows)))
trees = st.recursive(st.one_of(_numbers, _names, matrices), _grow, max_leaves=8)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees)
def test_rule_text_reads_the_same_by_hand(tree: Tree) -> None:
    text = python(tree)
    assume(len(text) <= 250)
    assert parse(text) == tree
    assert expression(text) == tree


PIECES = st.sampled_from(
    [*"0123456789.,;+-*/^()[]{}|%=<>_ $&\\xyzeiTcLσλθΔ√²³⁻½∂≈±−×'\"!~\t\n", "\\frac", "\\hat{m}", "\\text{and}", "10^",
     "1e", "and", "nan", "log", "\\begin{matrix}", "\\end{matrix}", "\\\\", "x_1", "\u0302", "٣", "span", "0.5", "if",
     "for", "in", "sum(", "$$", "W_1^{(2)}", "∂L/∂", "else", " = ", "\\sqrt[", "inf", "percent", ".T", "@"]
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=40), st.booleans())
def test_any_text_is_read_or_unreadable(text: str, comma: bool) -> None:
    try:
        for number in value(text, decimal_comma=comma).numbers():
            guarded_value(number.tree)  # type: ignore[arg-type]
    except UnreadableError as fault:
        assert fault.offset is None or 0 <= fault.offset <= MAX_CHARS  # noqa: PT017 (any text may be readable)
    with contextlib.suppress(UnreadableError):
        guarded_value(expression(text, names=["x", "y", "x1"]))
    for line in lines(text):
        assert all(text[link.start : link.end] == link.text for link in line.links)
    for name in normalise_name(text):
        assert resolve(name, [name]) == name


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("x^3 - 3xy + y^3", "x**3 - 3*(x*y) + y**3"),
        ("x^2 + 2xy^2 + y", "x**2 + 2*(x*y**2) + y"),
        ("a^2 b + ab^2", "a**2*b + a*b**2"),
        ("w1^2 + 3w1w2 + w2", "w1**2 + 3*(w1*w2) + w2"),
        ("xy + 1", "xy + 1"),  # nothing says that x and y are numbers of their own
        ("lr*w + l*w", "lr*w + l*w"),
    ],
)
def test_a_run_of_letters_is_a_product_where_each_stands_alone_too(text: str, same: str) -> None:
    assert function(text) == parse(same)
