"""The formula tree: one text, many readings, all of which agree."""

from __future__ import annotations

import math
from typing import Any

import pytest
from flint import arb, fmpq
from hypothesis import assume, given
from hypothesis import strategies as st

from dlsolve.errors import DlsolveError, DomainError, RuleError
from dlsolve.formula.compiled import EXACT, FLOAT64, compiled
from dlsolve.formula.derive import partial
from dlsolve.formula.entries import entry, shape, spread
from dlsolve.formula.evaluate import evaluate
from dlsolve.formula.parse import parse
from dlsolve.formula.rules import rule, rules
from dlsolve.formula.text import one_line, python, unicode
from dlsolve.formula.tree import Name, Tree, names
from dlsolve.notation import Notation, Quantity, Symbols
from dlsolve.numbers.exact import read
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError, precision
from dlsolve.numbers.show import Digits, to_float
from dlsolve.readings import instantiate, lines
from dlsolve.trace import Trace
from tests.trees import formulas, trees

NOTATION = Notation(
    [
        Quantity("W", "weights", "l", shape="n×m"),
        Quantity("x", "input", shape="n×1"),
        Quantity("p", "distribution", shape="n×1"),
        Quantity("m", "first moment", "t"),
        Quantity("m_hat", "first moment, corrected", "t"),
        Quantity("beta1", "decay"),
        Quantity("g", "gradient", "t"),
        Quantity("z", "net input"),
        Quantity("post", "posterior", "h", template="P({h} | e)"),
    ],
    {"l": "layer", "t": "step", "h": "label"},
)


# -- the rule language ----------------------------------------------------------------------------


@given(trees)
def test_a_printed_tree_parses_back(tree: Tree) -> None:
    assert parse(python(tree)) == tree


@pytest.mark.parametrize(
    "text",
    [
        "m[t] / (1 - beta1**t)",
        "-2**2",
        "(-2)**2",
        "a**b**c",
        "(a**b)**c",
        "a - (b - c)",
        "a*-b",
        "2**-1",
        "W[l].T @ (a - y)",
        "(W[l] @ x).T",
        "1 if z >= 0 else 0 if z == -1 else 2",
        "(1 if z > 0 else 2)*x",
        "sum(p[i]*log2(p[i]) for i in outcomes)",
        "mean((y[i] - y_hat[i, k])**2 for i in N)",
        "[[1, -x], [2/3, f(y)]]",
        "max(0, z)",
    ],
)
def test_printing_does_not_change_the_tree(text: str) -> None:
    assert parse(python(parse(text))) == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "a = b",
        "a and b",
        "not a",
        "+a",
        "~a",
        "a // b",
        "a % b",
        "a | b",
        "a < b < c",
        "a is b",
        "a in b",
        "'text'",
        "True",
        "None",
        "1j",
        "...",
        "lambda: 1",
        "(yield)",
        "a.real",
        "a.__class__",
        "a.T()",
        "f.g(1)",
        "f(1)(2)",
        "f(x=1)",
        "f(*x)",
        "(a, b)",
        "{1: 2}",
        "[1, 2]",
        "[a for a in b]",
        "any(a for a in N)",
        "sum(a for a in N if a)",
        "sum(a for a in f(N))",
        "sum(a for a in N for b in N)",
        "a[1:2]",
        "(a := 1)",
        "f'{a}'",
        "a; b",
        "__import__('os').system('true')",
        "(" * 500 + "a" + ")" * 500,
    ],
)
def test_what_is_not_in_the_rule_language_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        parse(text)


def test_the_names_of_a_rule() -> None:
    assert names(parse("sum(p[h]*x for h in H) + W[l]")) == {"p", "x", "W", "l"}


# -- as a textbook sets it ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # sums
        ("a - (b - c)", "a − (b − c)"),
        ("a - (b + c)", "a − (b + c)"),
        ("a + (b - c)", "a + b − c"),
        ("-a + b", "−a + b"),
        ("a - -b", "a − (−b)"),
        ("2 + -3", "2 + (−3)"),
        # products and quotients
        ("a*(b + c)", "a·(b + c)"),
        ("a*(b*c)", "a·b·c"),
        ("a*-b", "a·(−b)"),
        ("-a*b", "−a·b"),
        ("a/(b*c)", "a / (b·c)"),
        ("a/b/c", "(a / b) / c"),
        ("a/(b/c)", "a / (b / c)"),
        ("a/b*c", "(a / b)·c"),
        ("a*(b/c)", "a·(b / c)"),
        ("a*b/c", "a·b / c"),
        ("1/3", "1/3"),
        ("0.047/0.19", "0.047 / 0.19"),
        ("1/-2", "1 / (−2)"),
        ("(a - b)*(c - d)", "(a − b)·(c − d)"),
        ("(a > b)*c", "(a > b)·c"),
        # negatives
        ("-(a + b)", "−(a + b)"),
        ("-(-a)", "−(−a)"),
        # powers
        ("(-2)**2", "(−2)²"),
        ("-2**2", "−2²"),
        ("(a + b)**2", "(a + b)²"),
        ("(a/b)**2", "(a / b)²"),
        ("(a**b)**c", "(aᵇ)ᶜ"),
        ("a**-1", "a⁻¹"),
        ("a**(1/2)", "a^(1/2)"),
        ("2**10", "2¹⁰"),
        ("beta1**t", "β₁ᵗ"),
        # functions
        ("sqrt(a)", "√a"),
        ("sqrt(a + b)", "√(a + b)"),
        ("sqrt(a)**2", "(√a)²"),
        ("abs(a)**2", "|a|²"),
        ("exp(-z)", "e⁻ᶻ"),
        ("exp(a + b)", "e^(a + b)"),
        ("exp(a)**2", "(eᵃ)²"),
        ("log2(a)", "log₂(a)"),
        ("sigmoid(z)", "σ(z)"),
        ("relu(-z)", "ReLU(−z)"),
        ("max(0, z)", "max(0, z)"),
        # sums over vectors and sets
        ("sum(p*log2(p))", "Σᵢ pᵢ·log₂(pᵢ)"),
        ("mean((a - x)**2)", "(1/n)·Σᵢ (a − xᵢ)²"),
        ("sum(p + x)", "Σᵢ (pᵢ + xᵢ)"),
        ("sum(p)**2", "(Σᵢ pᵢ)²"),
        ("-sum(p)", "−Σᵢ pᵢ"),
        ("sum(a[i]*b[i] for i in N)", "Σᵢ aᵢ·bᵢ"),
        ("prod(a[i] for i in N)", "Πᵢ aᵢ"),
        # matrices
        ("W[l] @ x", "Wₗ·x"),
        ("W[l]*x", "Wₗ ⊙ x"),
        ("W[l].T @ x", "Wₗᵀ·x"),
        ("(W[l] @ x).T", "(Wₗ·x)ᵀ"),
        # names and numbers
        ("m_hat[t-1]", "m̂ₜ₋₁"),
        ("1e-8", "10⁻⁸"),
        ("2.5e-7", "2.5·10⁻⁷"),
        ("(1e-8)**2", "(10⁻⁸)²"),
        ("3*1e-8", "3·10⁻⁸"),
        # choices
        ("1 if z >= 0 else 0", "1 if z ≥ 0, else 0"),
        ("2*(a if b > c else d)", "2·(a if b > c, else d)"),
    ],
)
def test_brackets_as_a_textbook_sets_them(text: str, shown: str) -> None:
    assert one_line(unicode(parse(text), Symbols(NOTATION))) == shown


@given(trees)
def test_every_tree_can_be_written_for_people(tree: Tree) -> None:
    line = one_line(unicode(tree, Symbols(NOTATION)))
    assert line
    assert line.count("(") == line.count(")")


# -- values ---------------------------------------------------------------------------------------

points = st.fixed_dictionaries({n: st.integers(-20, 20).map(lambda k: fmpq(k, 8)) for n in ("a", "b", "x")})


def _values(tree: Tree, at: dict[str, fmpq]) -> tuple[float, float]:
    """The value exactly and in float64, both as floats."""
    with precision(256):
        exact = compiled(tree, (), EXACT)(at)
        if isinstance(exact, arb):
            assume(exact.is_finite() and float(exact.rad()) < 1e-20)
        plain = compiled(tree, (), FLOAT64)({k: to_float(v) for k, v in at.items()})
        return to_float(exact), float(plain)


@given(formulas, points)
def test_exact_and_float_agree(tree: Tree, at: dict[str, fmpq]) -> None:
    try:
        exact, plain = _values(tree, at)
    except (DlsolveError, UndecidedError, ZeroDivisionError, OverflowError):
        assume(False)
    # cancellation may cost a float everything; what it must not do is differ where it is well posed
    assume(1e-6 < abs(exact) < 1e6 and math.isfinite(plain))
    assume(_well_posed(tree, at, exact))
    assert plain == pytest.approx(exact, rel=1e-6)


def _well_posed(tree: Tree, at: dict[str, fmpq], value: float) -> bool:
    """Whether moving the inputs a little moves the value a little."""
    try:
        moved = [_values(tree, {**at, n: at[n] + fmpq(1, 10**9)})[0] for n in at]
    except (DlsolveError, UndecidedError, ZeroDivisionError, OverflowError):
        return False
    return all(abs(m - value) < 1e-5 * max(1.0, abs(value)) for m in moved)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1 + 0.2", "3/10"),
        ("1/3 + 1/3 + 1/3", "1"),
        ("-2**2", "-4"),
        ("2**3**2", "512"),
        ("2**-1", "1/2"),
        ("sqrt(0.0001)", "1/100"),
        ("log2(8)/3", "1"),
        ("1 if 0.1 + 0.2 == 0.3 else 0", "1"),
        ("max(1, 2, -3) - min(4, 2)", "0"),
        ("relu(-1) + relu(2)", "2"),
        ("relu_prime(0)", "0"),
        ("leaky_relu(-2, 0.1)", "-1/5"),
        ("step(0)", "1"),
        ("linear(7)", "7"),
        ("abs(-1/2)", "1/2"),
        ("sum([[1, 2], [3, 4]])", "10"),
        ("mean([[1, 2], [3, 4]])", "5/2"),
    ],
)
def test_a_line_of_numbers_is_worked_out_exactly(text: str, value: str) -> None:
    assert evaluate(parse(text)) == read(value)


@pytest.mark.parametrize("text", ["1/0", "ln(0)", "sqrt(-1)", "0**-1", "(-2)**0.5"])
def test_a_line_without_a_value_is_refused(text: str) -> None:
    with pytest.raises((DomainError, ZeroDivisionError)):
        evaluate(parse(text))


def test_an_unknown_function_is_refused() -> None:
    with pytest.raises(RuleError, match="no function 'sinus'"):
        evaluate(parse("sinus(1)"))


def test_matrix_lines_keep_their_value_when_written_out() -> None:
    tree = parse("[[0.2, 0.4], [0.1, -0.3]] @ [[1], [2]] + [[0.5], [0.25]]")
    assert shape(tree) == (2, 1)
    assert python(entry(tree, 0, 0)) == "0.2*1 + 0.4*2 + 0.5"
    with precision(128):
        assert evaluate(tree) == evaluate(spread(tree, 4)) == Matrix([[fmpq(3, 2)], [fmpq(-1, 4)]])


# -- rules ----------------------------------------------------------------------------------------


def test_a_block_of_rules() -> None:
    book = rules("""
        # a comment alone
        m[t] = beta1*m[t-1] + (1 - beta1)*g[t]     # first moment
        L by loss_scale:                           # how wrong it is
            mean = mean((y - x)**2)                # divided by n
            half = sum((y - x)**2) / 2
    """)
    assert [r.id for r in book] == ["m[t]", "L", "L"]
    assert book.plain["m[t]"].why == "first moment"
    assert book.plain["m[t]"].letters == ("t",)
    assert python(book.choose({"loss_scale": "half"}, {})["L"].expr) == "sum((y - x)**2) / 2"
    assert book.unknown(frozenset({"beta1", "y", "x"})) == {"m[t]": {"g"}}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a", "a rule reads"),
        ("a == b", "a rule reads"),
        ("a = b +", "does not parse"),
        ("a = 1\na = 2", "two rules"),
        ("a + b = c", "a rule defines a name"),
        ("a[1] = c", "a rule defines a name"),
        ("a = b and c", "not in the rule language"),
    ],
)
def test_rules_that_do_not_parse_fail_at_once(text: str, says: str) -> None:
    with pytest.raises(RuleError, match=says):
        rules(text)


# -- a rule at its step ---------------------------------------------------------------------------


def _trace(text: str = "m_hat[t] = m[t]/(1 - beta1**t)") -> Trace:
    t = Trace(Symbols(NOTATION), rules(text))
    t.given("beta1", read("0.9"))
    t.given("m", {1: read("0.03"), 2: read("0.047")})
    t.given("x", Matrix.column([read("0.1"), read("0.2"), read("0.7")]))
    return t


@pytest.mark.parametrize(
    ("text", "at", "shown"),
    [
        ("m[t] / (1 - beta1**t)", {"t": 2}, "m_2 / (1 - beta1**2)"),
        ("m[t-1]*t", {"t": 3}, "m_2*3"),
        ("sum(m[i] for i in N)", {}, "m_1 + m_2 + m_3"),
        ("mean(m[i]**2 for i in N)", {}, "(m_1**2 + m_2**2 + m_3**2) / 3"),
        ("prod(m[i] for i in N)", {}, "m_1*m_2*m_3"),
        ("max(m[i] for i in N)", {}, "max(m_1, m_2, m_3)"),
        ("post[h]/sum(post[k] for k in H)", {"h": "spam"}, "post_spam / (post_spam + post_not_spam)"),
        ("W[l] @ x", {"l": 2}, "W2 @ x"),
    ],
)
def test_a_rule_at_its_step(text: str, at: dict[str, Any], shown: str) -> None:
    t = _trace()
    t.index_set("N", [1, 2, 3])
    t.index_set("H", ["spam", "not spam"])
    assert python(instantiate(t, parse(text), at), t.symbols) == shown


def test_long_sums_are_elided_in_the_middle() -> None:
    t = _trace()
    t.index_set("N", range(1, 101))
    text = one_line(unicode(instantiate(t, parse("sum(m[i] for i in N)"), {}), t.symbols))
    assert text == "m₁ + m₂ + ... + m₁₀₀"


def test_the_chain_of_a_step() -> None:
    with precision(128):
        t = _trace()
        t.let("m_hat[t]", 2)
    step = lines(t, t.steps["m_hat", 2], Digits(5))  # type: ignore[arg-type]
    assert [python(c, t.symbols) for c in step.chain] == ["m_2 / (1 - beta1**2)", "0.047 / (1 - 0.9**2)", "0.047/0.19"]
    assert step.exact == "47/190"
    assert getattr(step.shown, "text", None) == "0.24737"


def test_numbers_put_in_gain_digits_until_the_line_is_true() -> None:
    with precision(128):
        t = _trace("""
            post = 1/3 + 0.0001
            z = post - 1/3
        """)
        t.let("post")
        t.let("z")
    step = lines(t, t.steps["z"], Digits(3))  # type: ignore[arg-type]
    numbers = step.chain[-1]
    assert to_float(evaluate(numbers)) == pytest.approx(0.0001, rel=5e-3)


# -- derivatives ----------------------------------------------------------------------------------


@given(formulas, points)
def test_a_derivative_is_the_slope(tree: Tree, at: dict[str, fmpq]) -> None:
    h = fmpq(1, 10**12)
    with precision(512):
        try:
            slope = compiled(partial(tree, Name("x")), (), EXACT)(at)
            f = compiled(tree, (), EXACT)
            up, down, here = (f({**at, "x": at["x"] + d}) for d in (h, -h, fmpq(0)))
        except (DlsolveError, UndecidedError, ZeroDivisionError):
            assume(False)
        right, left, quotient = ((up - here) / h, (here - down) / h, (up - down) / (2 * h))
        finite = [v for v in (slope, right, left, quotient) if isinstance(v, fmpq) or v.is_finite()]
        assume(len(finite) == 4)
        expected, got = to_float(quotient), to_float(slope)
        assume(abs(to_float(right - left)) < 1e-6 * max(1.0, abs(expected)))  # a kink, or a pole near by
    assert got == pytest.approx(expected, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "by", "derivative"),
    [
        ("3", "x", "0"),
        ("a", "x", "0"),
        ("x", "x", "1"),
        ("100*x**2 + a**2", "x", "200*x"),
        ("a*x + b", "x", "a"),
        ("x**2/2", "x", "x"),
        ("-x", "x", "-1"),
        ("exp(x)", "x", "exp(x)"),
        ("ln(x)", "x", "1/x"),
        ("(x - 3)**2", "x", "2*(x - 3)"),
        ("sigmoid(x)", "x", "sigmoid(x)*(1 - sigmoid(x))"),
    ],
)
def test_derivatives_are_written_simply(text: str, by: str, derivative: str) -> None:
    out = partial(parse(text), Name(by))
    assert parse(python(out)) == out
    if python(out) != derivative:
        # another form of the same function: equal at several points
        with precision(256):
            for a, x in ((fmpq(2, 3), fmpq(5, 7)), (fmpq(-3), fmpq(11, 2))):
                at = {"a": a, "b": fmpq(1, 5), "x": x}
                gap = compiled(out, (), EXACT)(at) - compiled(parse(derivative), (), EXACT)(at)
                assert gap == 0 or gap.contains(0)
    assert len(python(out)) <= len(derivative) + 8, "a derivative as a person would write it"


def test_what_has_no_derivative_is_refused() -> None:
    with pytest.raises(RuleError, match="step has no derivative"):
        partial(parse("step(x)"), Name("x"))


def test_a_rule_of_one_step_is_a_tree() -> None:
    assert rule("a[t]", "b[t]*2").target == parse("a[t]")
