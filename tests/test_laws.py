"""The laws, for every topic and every problem file, with no edit when one is added.

Random problems come from `PROBLEMS` in a topic's test file; `DLSOLVE_SWEEP=1` runs 200 a topic.
"""

from __future__ import annotations

import inspect
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from flint import arb, fmpq
from hypothesis import assume, given

from dlsolve import catalog
from dlsolve.conventions import CONVENTIONS
from dlsolve.errors import DlsolveError, DomainError, LimitError
from dlsolve.fields import Expression, read_problem
from dlsolve.formula.functions import CONSTANTS
from dlsolve.formula.parse import parse
from dlsolve.formula.rules import Rule
from dlsolve.formula.text import python
from dlsolve.formula.tree import Index, Name, Ref, Tree, names, nodes, rebuild
from dlsolve.named import keys_by_name
from dlsolve.notation import Symbols
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import precision
from dlsolve.numbers.show import Digits, Shown, bounds, figures, fraction, to_float
from dlsolve.policy import Follow
from dlsolve.readings import Lines, lines
from dlsolve.render import Options, render
from dlsolve.solver import Solution, run, solve_problem
from dlsolve.trace import Operation, Step, Trace
from tests.calculator import calculate, rounded
from tests.cases import CASES, EXAMPLES, FILES, TOPICS, Case, problems, test_file

every_topic = pytest.mark.parametrize("topic", TOPICS)
every_case = pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
every_example = pytest.mark.parametrize("case", EXAMPLES, ids=lambda c: c.id)
every_file = pytest.mark.parametrize("case", FILES, ids=lambda c: c.id)

MOST_STEPS = 60
"""Of a longer run, so many steps are read back: its first and its last."""


def test_there_are_topics_and_problems() -> None:
    assert TOPICS
    assert FILES


# -- what a topic declares ------------------------------------------------------------------------


@every_topic
def test_rules_name_only_declared_quantities(topic: str) -> None:
    found = catalog.topic(topic)
    declared = frozenset(found.notation.table) | frozenset(CONSTANTS)
    unknown = found.rules.unknown(declared)
    assert not unknown, f"{topic}: {unknown}"


@every_topic
def test_every_quantity_of_a_rule_stands_in_the_notation_table(topic: str) -> None:
    found = catalog.topic(topic)
    symbols = Symbols(found.notation)
    for rule in found.rules:
        assert symbols.quantity(rule.base) is not None, f"{topic}: {rule.base} is not declared"


@every_topic
def test_every_rule_prints_and_parses_back(topic: str) -> None:
    for rule in catalog.topic(topic).rules:
        assert parse(python(rule.expr)) == rule.expr, rule.id


@every_topic
def test_conventions_exist_and_default_to_one_of_their_choices(topic: str) -> None:
    found = catalog.topic(topic)
    for key, choice in found.conventions.items():
        assert choice in CONVENTIONS[key].choices, f"{topic}: {key} = {choice}"
    for key, readings in found.rules.variants.values():
        assert key in found.conventions, f"{topic}: rules by {key}, which the topic does not declare"
        assert set(readings) <= set(CONVENTIONS[key].choices), f"{topic}: readings of {key}: {set(readings)}"


@every_topic
def test_declared_slips_replace_a_rule_of_the_topic(topic: str) -> None:
    found = catalog.topic(topic)
    for slip in found.slips:
        if isinstance(slip.rule, Rule):
            assert slip.rule.id in {r.id for r in found.rules}, slip.id
        assert slip.says.strip()


@every_topic
def test_a_topic_has_tests_and_problems_of_its_own(topic: str) -> None:
    assert test_file(topic) is not None, f"tests/topics has no test_{topic}.py"
    assert problems(topic) is not None, f"test_{topic}.py has no PROBLEMS for the laws"
    assert any(c.topic == topic for c in FILES), f"problems/{topic} is empty"
    assert inspect.getdoc(inspect.getmodule(catalog.topic(topic).problem)), "the docstring is the page of notes"


# -- problems -------------------------------------------------------------------------------------


@every_case
def test_a_problem_solves_and_answers(case: Case) -> None:
    solution = case.solution()
    assert solution.trace.answers
    for key in solution.trace.answers:
        assert key in solution.trace.env or key in solution.trace.steps, f"the answer {key} has no value"


@every_file
def test_a_problem_file_is_where_its_topic_and_id_say(case: Case) -> None:
    topic, _, envelope = case.read()
    folder, _, stem = case.id.partition("/")
    assert folder == topic.name
    assert envelope.id, "a problem has an id"
    if "#" not in stem:
        assert stem.removesuffix("#0") == envelope.id


@every_file
def test_what_is_asked_or_printed_is_in_the_run(case: Case) -> None:
    from dlsolve.named import find, on_another_way, stem

    _, _, envelope = case.read()
    trace = case.solution().trace
    known = keys_by_name(trace)
    for name in [*(envelope.asked or ()), *envelope.points, *envelope.attempt]:
        assert find(trace, name, known) is not None, f"no value is called {name}"
    for name in envelope.printed:  # a source may have gone another way
        assert find(trace, name, known) is not None or on_another_way({stem(n) for n in known}, name), (
            f"no value is called {name}"
        )


@every_case
def test_a_problem_goes_to_json_and_back(case: Case) -> None:
    topic, problem, _ = case.read()
    text = json.dumps(_written(problem))
    assert _written(read_problem(topic.problem, json.loads(text))) == _written(problem)


def _written(value: Any) -> Any:
    """A problem's fields as a problem file would state them."""
    match value:
        case Expression():
            return value.text
        case msgspec.Struct():
            fields: dict[str, Any] = {}
            for f in value.__struct_fields__:
                held = getattr(value, f)
                family = isinstance(held, dict) and any(isinstance(k, int) for k in held)
                fields |= {f"{f}{k}": v for k, v in held.items()} if family else {f: held}
            return {f: _written(v) for f, v in fields.items() if v is not None and v != {}}
        case Expression():
            return value.text
        case fmpq():
            return fraction(value)
        case Matrix():
            return [[fraction(e) for e in row] for row in value.rows]  # type: ignore[arg-type]
        case list() | tuple():
            return [_written(v) for v in value]
        case dict():
            return {str(k): _written(v) for k, v in value.items()}
        case None | str() | int():
            return value
    return str(value)


@every_case
def test_solving_twice_gives_the_same_run(case: Case) -> None:
    assert _record(case.solve().trace) == _record(case.solution().trace)


def _record(trace: Trace) -> list[tuple[str, str]]:
    values = [(trace.name(k), s.after if isinstance(s, Operation) else s.value) for k, s in trace.steps.items()]
    return [(name, _text(value)) for name, value in values]


def _text(value: Any) -> str:
    if isinstance(value, Matrix):
        return "; ".join(" ".join(map(_text, row)) for row in value.rows)
    return str(bounds(value)) if isinstance(value, arb) else str(value)


# -- every run ------------------------------------------------------------------------------------


@every_case
def test_names_are_unique_and_declared(case: Case) -> None:
    names_hold(case.solution())


@every_case
def test_every_check_line_holds(case: Case) -> None:
    checks_hold(case.solution())


@every_case
def test_every_printed_line_is_true(case: Case) -> None:
    lines_are_true(case.solution())


@every_case
def test_every_printed_line_parses_back(case: Case) -> None:
    lines_parse_back(case.solution())


@every_example
@pytest.mark.parametrize("digits", ["3sf", "4dp", "12sf"])
def test_lines_are_true_at_any_digits(case: Case, digits: str) -> None:
    lines_are_true(case.solve(digits=Digits.parse(digits)))


@every_case
@pytest.mark.parametrize("digits", ["3sf", "4sf"])
def test_carrying_rounded_values_runs_and_its_lines_are_true(case: Case, digits: str) -> None:
    try:
        solution = case.solve(carry=Digits.parse(digits))
    except (DomainError, LimitError):
        return  # rounding may leave a rule's domain: a probability rounded to 0
    assert solution.exact is not None
    names_hold(solution)
    lines_are_true(solution)


@every_example
def test_following_ones_own_values_changes_nothing(case: Case) -> None:
    topic, problem, envelope = case.read()
    exact = case.solution().trace
    own = {exact.name(k): s.handed for k, s in exact.steps.items() if isinstance(s, Step)}
    follow = run(topic, problem, conventions=envelope.conventions, policy=Follow(own))
    assert [exact.name(k) for k in exact.steps] == [follow.name(k) for k in follow.steps]


@every_example
def test_every_choice_of_every_convention_solves(case: Case) -> None:
    topic, _, _ = case.read()
    for key in topic.conventions:
        for choice in CONVENTIONS[key].choices:
            solution = case.solve(conventions={key: choice})
            checks_hold(solution)
            lines_are_true(solution)


@every_example
def test_float64_agrees_with_exact(case: Case) -> None:
    exact, plain = case.solution().trace, case.solve(arith="float64").trace
    for key in exact.answers:
        a, b = exact.env.get(key), plain.env.get(key)
        if isinstance(a, fmpq | arb) and isinstance(b, float):
            assert b == pytest.approx(to_float(a), rel=1e-6, abs=1e-9), exact.name(key)


@every_topic
def test_the_laws_hold_on_random_problems(topic: str) -> None:
    found = catalog.topic(topic)
    strategy = problems(topic)
    assert strategy is not None, f"tests/topics/test_{topic}.py has no PROBLEMS"

    @given(strategy)
    def laws(raw: Mapping[str, Any]) -> None:
        try:
            solution = solve_problem(found, read_problem(found.problem, raw))
        except (DomainError, LimitError):
            assume(False)
        names_hold(solution)
        checks_hold(solution)
        lines_are_true(solution)
        lines_parse_back(solution)

    laws()


def names_hold(solution: Solution) -> None:
    trace = solution.trace
    written = [trace.name(key) for key in trace.steps]
    assert len(set(written)) == len(written), [n for n in written if written.count(n) > 1]
    for name in written:
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*(\[[A-Za-z0-9_,]+\])?", name), f"{name!r} is no answer name"
    for key in [*trace.steps, *(k for g in trace.givens for k in g.keys)]:
        base = key if isinstance(key, str) else str(key[0])
        assert trace.symbols.quantity(base) is not None, f"{base} is not in the notation table"


def checks_hold(solution: Solution) -> None:
    failed = [f"{c.name} ({c.text})" for c in solution.trace.checks if not c.holds]
    assert not failed, failed


def read_back(solution: Solution) -> Iterator[tuple[Step, Lines]]:
    """The steps with their lines; of a long run the first and the last."""
    steps = [s for s in solution.trace.steps.values() if isinstance(s, Step)]
    if len(steps) > MOST_STEPS:
        steps = steps[: MOST_STEPS * 2 // 3] + steps[-MOST_STEPS // 3 :]
    for step in steps:
        yield step, lines(solution.trace, step, solution.digits)


def lines_are_true(solution: Solution) -> None:
    """A calculator gives every printed line of numbers, digit for digit."""
    for step, read in read_back(solution):
        for tree in read.chain:
            if names(tree) - set(CONSTANTS):
                continue
            text = python(tree, solution.trace.symbols)
            name = solution.trace.name(step.key)
            value = calculate(text)
            for shown, entry in _entries(read.shown, value, f"{name} = {text}"):
                digits = figures(shown, solution.digits)
                got = rounded(entry, digits.count, digits.unit)
                assert got == Fraction(shown.text), f"{name} = {text} gives {float(got)}, printed {shown.text}"


def _entries(shown: Shown | tuple[tuple[Shown, ...], ...], value: Any, line: str) -> Iterator[tuple[Shown, Any]]:
    if isinstance(shown, Shown):
        assert not hasattr(value, "shape"), f"{line} is a matrix, printed {shown.text}"
        yield shown, value
        return
    flat = [s for row in shown for s in row]
    if not hasattr(value, "shape"):
        yield from ((s, value) for s in flat)
        return
    assert value.shape == (len(shown), len(shown[0])), f"{line} is {value.shape}"
    yield from zip(flat, value.reshape(-1), strict=True)


def lines_parse_back(solution: Solution) -> None:
    """What is printed is what the tree says, with each named value under its answer name."""
    symbols = solution.trace.symbols

    def named(tree: Tree) -> Tree:
        if isinstance(tree, Ref):
            return parse(symbols.ascii(tree.base, tree.index))
        return rebuild(tree, named)

    for _, read in read_back(solution):
        for tree in read.chain:
            if any(isinstance(n, Name) and n.id == "..." for n in nodes(tree)):
                continue
            assert parse(python(tree, symbols)) == named(tree)


# -- what is printed ------------------------------------------------------------------------------


@every_case
@pytest.mark.parametrize("fmt", ["terminal", "plain"])
def test_text_mentions_every_step(case: Case, fmt: str) -> None:
    solution = case.solution()
    trace = solution.trace
    if len(trace.steps) > 2_000:
        pytest.skip("a long run elides its middle")
    text = _composed(render(solution, fmt, Options(width=120, steps_all=True)))
    assert text.endswith("\n")
    assert "\x1b" not in text, "no colour was asked for"
    for key in trace.steps:
        base, index = (key, ()) if isinstance(key, str) else (str(key[0]), key[1:])
        assert _composed(trace.symbols.unicode(base, [str(i) for i in index])) in text, trace.name(key)


def _composed(text: str) -> str:
    """ŷ is one character or two; both are the same name."""
    return unicodedata.normalize("NFC", text)


@every_case
@pytest.mark.parametrize("width", [80, 120])
def test_plain_text_keeps_to_its_width(case: Case, width: int) -> None:
    text = render(case.solution(), "plain", Options(width=width))
    cut = [line for line in text.splitlines() if "…" in line and not re.search(r"… |, …|…,| …", line)]
    assert not cut, "nothing is cut"
    # a product of numbers is one word; one that takes most of the line widens its column
    longest = max(_columns(word) for word in text.split() if not set(word) <= set("─═"))
    for line in text.splitlines():
        # a number, a matrix row or a word longer than its column is the only reason to pass the line
        if _columns(line) > width and longest < 0.7 * width:
            assert not re.search(r"\S {1,3}\S", line.strip()) or "[" in line or "│" in line, f"{len(line)}: {line}"


def _columns(line: str) -> int:
    return sum(not unicodedata.combining(c) for c in line)


@every_case
def test_json_holds_every_named_value(case: Case) -> None:
    solution = case.solution()
    trace = solution.trace
    out = json.loads(render(solution, "json", Options(steps_all=True)))
    assert out["dlsolve"] == 1
    assert out["topic"] == solution.topic.name
    told = [step["name"] for step in out["steps"] if step["name"]]
    assert len(set(told)) == len(told)
    if out.get("elided") is None:
        assert {trace.name(k) for k in trace.steps} <= set(told)
    for key in trace.answers:
        # an answer asked by its other name stands under that name alone
        assert {trace.name(key), *(a for a, k in trace.aliases.items() if k == key)} & set(out["answers"])
    assert set(out["answers"]) <= set(told) | {trace.name(k) for g in trace.givens for k in g.keys} | set(
        case.read()[2].asked or ()
    )
    for step in out["steps"]:
        assert {"name", "kind", "section", "rule", "chain", "latex", "value", "shown"} <= set(step)
        _braces_balance(step["latex"] or "")


def _braces_balance(latex: str) -> None:
    depth = 0
    for part in re.findall(r"\\.|[{}]", latex):
        depth += {"{": 1, "}": -1}.get(part, 0)
        assert depth >= 0, latex
    assert depth == 0, latex
    assert latex.count(r"\left") - latex.count(r"\leftarrow") == latex.count(r"\right") - latex.count(r"\rightarrow")


@every_case
def test_the_given_of_a_solution_is_a_problem_again(case: Case) -> None:
    topic, problem, _ = case.read()
    out = json.loads(render(case.solution(), "json", Options()))
    assert _written(read_problem(topic.problem, out["given"])) == _written(problem)


@every_topic
def test_every_symbol_writes_balanced_latex(topic: str) -> None:
    found = catalog.topic(topic)
    symbols = Symbols(found.notation)
    for q in found.notation.quantities:
        index: tuple[Index, ...] = q.letters
        _braces_balance(symbols.latex(q.name, [str(i) for i in index]))
        assert symbols.unicode(q.name, [str(i) for i in index])


def test_an_error_of_a_problem_is_one_line() -> None:
    for topic in TOPICS:
        found = catalog.topic(topic)
        with pytest.raises(DlsolveError) as fault:
            read_problem(found.problem, {"no_such_field": 1})
        assert "\n" not in str(fault.value)
        with precision(64):
            assert str(fault.value)
