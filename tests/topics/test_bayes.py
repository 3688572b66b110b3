"""Bayes against one product of fractions, against scikit-learn's naive Bayes, and against the notes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.formula.rules import Rule
from dlsolve.numbers.show import Digits
from dlsolve.policy import Carry, Follow, Slip
from dlsolve.topics.probability.bayes import TOPIC
from dlsolve.trace import Trace
from tests.values import number, solved

HYPOTHESES = ["spam", "not spam", "ham", "h 4", "E"]
EVENTS = ["free", "winner", "test+", "x y"]
INNER = st.integers(1, 99).map(lambda n: Fraction(n, 100))
CHANCES = st.one_of(INNER, st.sampled_from([Fraction(0), Fraction(1), Fraction(1, 3), Fraction(1, 1000)]))

Table = dict[str, dict[str, Fraction]]


class Drawn:
    """A problem as numbers, from which each layout of a problem file is written."""

    def __init__(self, prior: dict[str, Fraction], table: Table, seen: dict[str, bool]) -> None:
        self.prior, self.table, self.seen = prior, table, seen

    @property
    def evidence(self) -> list[str]:
        return [e if seen else f"not {e}" for e, seen in self.seen.items()]

    def posterior(self) -> dict[str, Fraction]:
        """All evidence in one go."""
        joint = dict(self.prior)
        for event, seen in self.seen.items():
            for h in joint:
                joint[h] *= self.table[event][h] if seen else 1 - self.table[event][h]
        whole = sum(joint.values())
        return {h: p / whole for h, p in joint.items()}


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """One to five hypotheses, one to three pieces of evidence; the first hypothesis can hold."""
    hypotheses = HYPOTHESES[: draw(st.integers(1, 5))]
    weights = [draw(st.integers(1, 50)), *(draw(st.integers(0, 50)) for _ in hypotheses[1:])]
    prior = {h: Fraction(w, sum(weights)) for h, w in zip(hypotheses, weights, strict=True)}
    events = draw(st.lists(st.sampled_from(EVENTS), min_size=1, max_size=3, unique=True))
    table = {e: {h: draw(CHANCES if n else INNER) for n, h in enumerate(hypotheses)} for e in events}
    return Drawn(prior, table, {e: draw(st.booleans()) for e in events})


@st.composite
def stated(draw: st.DrawFn, from_: Drawn) -> dict[str, Any]:
    """`from_` in one of the layouts of a problem file."""
    prior = {h: str(p) for h, p in from_.prior.items()}
    if len(prior) > 1 and draw(st.booleans()):
        del prior[draw(st.sampled_from(sorted(prior)))]  # it is the rest
    by_event = {e: {h: str(p) for h, p in row.items()} for e, row in from_.table.items()}
    by_hypothesis = {h: {e: by_event[e][h] for e in by_event} for h in from_.prior}
    layouts: list[Any] = [by_event, by_hypothesis, {h: list(row.values()) for h, row in by_hypothesis.items()}]
    if len(by_event) == 1:
        layouts.append(next(iter(by_event.values())))
    # the order of hypotheses is that of the prior
    return {"prior": prior, "likelihood": draw(st.sampled_from(layouts)), "evidence": from_.evidence}


@st.composite
def counted(draw: st.DrawFn) -> dict[str, Any]:
    hypotheses = HYPOTHESES[: draw(st.integers(1, 4))]
    counts = {h: [draw(st.integers(0, 60)), draw(st.integers(1, 60))] for h in hypotheses}
    counts[hypotheses[0]][0] += 1
    return {"counts": counts, "evidence": draw(st.sampled_from(["free", "not free"]))}


PROBLEMS = st.one_of(drawn().flatmap(stated), counted())


def posteriors(trace: Trace) -> dict[str, Fraction]:
    last = max(key[1] for key in trace.answers)
    out = {key[2]: trace.env[key] for key in trace.answers if key[1] == last}
    return {str(h): Fraction(int(p.p), int(p.q)) for h, p in out.items()}


@settings(max_examples=200)
@given(st.data())
def test_agrees_with_all_evidence_in_one_go(data: st.DataObject) -> None:
    problem = data.draw(drawn())
    trace = solved(TOPIC, data.draw(stated(problem)))
    assert posteriors(trace) == problem.posterior()
    assert all(c.holds for c in trace.checks)
    names = {trace.name(k) for k in trace.steps} | set(trace.aliases)
    assert {f"posterior_{h.replace(' ', '_')}" for h in problem.prior} <= names


@settings(max_examples=100)
@given(counted())
def test_counts_agree_with_scikit_learn(p: dict[str, Any]) -> None:
    naive = pytest.importorskip("sklearn.naive_bayes")
    trace = solved(TOPIC, p)
    cases = [([x], n) for n, (a, b) in enumerate(p["counts"].values()) for x, c in ((1, a), (0, b)) for _ in range(c)]
    model = naive.BernoulliNB(alpha=1e-14, force_alpha=True).fit([x for x, _ in cases], [y for _, y in cases])
    seen = [[0 if p["evidence"].startswith("not ") else 1]]
    expected = model.predict_proba(seen)[0]
    np.testing.assert_allclose([number(trace.env[k]) for k in trace.answers], expected, rtol=1e-6, atol=1e-9)


@settings(max_examples=60)
@given(PROBLEMS)
def test_floats_and_hand_rounding_stay_close(p: dict[str, Any]) -> None:
    exact = solved(TOPIC, p)
    for other, room in (
        (solved(TOPIC, p, arithmetic=FLOAT64), 1e-9),
        (solved(TOPIC, p, policy=Carry(Digits(6))), 1e-3),
    ):
        for key in exact.answers:
            assert number(other.env[key]) == pytest.approx(number(exact.env[key]), abs=room)


SPAM = {"prior": {"spam": 0.01}, "likelihood": {"spam": 0.8, "not spam": 0.1}, "evidence": "free"}


def test_the_spam_filter_of_the_notes() -> None:
    trace = solved(TOPIC, SPAM)
    assert trace.env["prior", 1, "not spam"] == fmpq(99, 100)
    assert trace.env["total", 1] == fmpq(107, 1000)
    assert trace.env["posterior", 1, "spam"] == fmpq(8, 107)
    assert [trace.name(k) for k in trace.answers] == ["posterior_spam", "posterior_not_spam"]


def test_evidence_that_did_not_come_up_and_a_repeated_test() -> None:
    not_free = solved(TOPIC, {**SPAM, "evidence": "not free"})
    assert not_free.env["posterior", 1, "spam"] == fmpq(2, 893)
    twice = solved(TOPIC, {**SPAM, "evidence": "free, free"})
    assert twice.env["prior", 2, "spam"] == fmpq(8, 107)
    assert twice.aliases["posterior_spam"] == ("posterior", 2, "spam")
    assert twice.env["posterior", 2, "spam"] == fmpq(64, 163)


def test_counts_with_a_known_prior_give_likelihoods_only() -> None:
    trace = solved(TOPIC, {"prior": {"ill": 0.02}, "counts": {"ill": [90, 10], "well": [20, 80]}})
    assert trace.env["likelihood", 1, "well"] == fmpq(1, 5)
    assert trace.env["posterior", 1, "ill"] == fmpq(9, 107)


@pytest.mark.parametrize("slip", TOPIC.slips, ids=lambda s: s.id)
def test_a_declared_slip_changes_a_result(slip: Any) -> None:
    rule: Rule = slip.rule
    assert rule.id in TOPIC.rules.plain
    cases = [
        {**SPAM, "evidence": "not free, not free"},
        {"counts": {"spam": [48, 12], "ham": [14, 126]}, "evidence": "offer"},
    ]
    for p in cases:
        true, slipped = solved(TOPIC, p), solved(TOPIC, p, policy=Slip(rule))
        if any(true.env[k] != slipped.env[k] for k in true.answers):
            return
    pytest.fail(f"{slip.id} changes nothing")


def test_what_follows_from_a_written_value() -> None:
    trace = solved(TOPIC, SPAM, policy=Follow({"total": fmpq(11, 100)}))
    assert trace.steps["posterior", 1, "spam"].value == fmpq(4, 55)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"prior": {"a": 0.5, "b": 0.4}, "likelihood": {"a": 0.1, "b": 0.2}}, "sum to 0.9"),
        ({"prior": {"a": 0.7, "b": 0.4}, "likelihood": {"a": 0.1, "b": 0.2, "c": 0.3}}, "sum to 1.1"),
        ({"prior": {"a": 0.5}, "likelihood": {"a": 0.1, "b": 0.2, "c": 0.3}}, "'b' and 'c'"),
        ({"prior": {"a": 1, "b": 0}, "likelihood": {"a": 0.1}}, "nothing is given for 'b'"),
        ({"prior": {"a": 0.5, "b": 0.5}, "likelihood": {"a": 1.1, "b": 0.2}}, "$.given.likelihood.a"),
        ({"prior": {"a": -0.5, "b": 0.5}, "likelihood": {"a": 0.1, "b": 0.2}}, "$.given.prior.a"),
        ({"prior": {"a": 0.5, "b": 0.5}, "likelihood": {"a": 0, "b": 0}, "evidence": "e"}, "P(e) = 0"),
        ({"prior": {"a": 0, "b": 1}, "likelihood": {"a": 0.5, "b": 1}, "evidence": "not e"}, "P(not e) = 0"),
        ({"prior": {"a": 0.5, "b": 0.5}}, "likelihood and counts"),
        ({"likelihood": {"a": 0.5, "b": 0.5}}, "$.given.prior"),
        ({"prior": {"a": 0.5, "b": 0.5}, "likelihood": {"a": [0.1, 0.2], "b": [0.3]}}, "different numbers"),
        ({"prior": {"a": 0.5, "b": 0.5}, "likelihood": {"a": [0.1, 0.2], "b": [0.3, 0.4]}, "evidence": "x"}, "2 like"),
        ({"prior": {"a": 1}, "likelihood": {"x": {"a": 0.5}}, "evidence": "y"}, "'y'"),
        ({"prior": {"a": 1}, "likelihood": {"x": {"a": 0.5}, "y": 0.3}}, "mixed"),
        ({"prior": {"a b": 0.5, "a-b": 0.5}, "likelihood": {"a b": 0.1, "a-b": 0.2}}, "a_b"),
        ({"counts": {"a": [1, 2, 3]}}, "$.given.counts.a"),
        ({"counts": {"a": [0, 0], "b": [1, 1]}}, "no case"),
        ({"counts": {"x": {"a": [1, 2]}, "y": {"a": [2, 2]}}}, "different cases"),
    ],
)  # fmt: skip
def test_unusable_input_is_named(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(TOPIC, given_)
    assert says in str(fault.value)


def test_labels_without_latin_letters_are_numbered_in_their_order() -> None:
    trace = solved(TOPIC, {"prior": {"雨": "0.3", "晴": "0.7"}, "likelihood": {"雨": "0.9", "晴": "0.2"}})
    assert {"posterior_x1", "posterior_x2"} <= {trace.name(key) for key in trace.answers} | set(trace.aliases)
    assert number(trace.env[trace.answers[0]]) == pytest.approx(27 / 41)
