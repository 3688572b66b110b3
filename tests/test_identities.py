"""Derivations without numbers: every line holds on random numbers, every name is explained."""

from __future__ import annotations

import pytest

from dlsolve import catalog
from dlsolve.errors import RuleError
from dlsolve.identities import Identity, false_lines
from dlsolve.notation import Symbols
from tests.cases import TOPICS
from tests.runner import run

EVERY = [(topic, one) for topic in TOPICS for one in catalog.topic(topic).identities]


@pytest.mark.parametrize(("topic", "one"), EVERY, ids=[f"{t}/{one.id}" for t, one in EVERY])
def test_every_line_holds_on_random_numbers(topic: str, one: Identity) -> None:
    for seed in range(25):
        assert false_lines(one, seed) == []
    symbols = Symbols(catalog.topic(topic).notation)
    unknown = [name for name in one.names() if symbols.quantity(name) is None]
    assert not unknown, f"{topic}: {unknown} stand in no notation table"


@pytest.mark.parametrize("id", ["independence-identity", "bayes-derivation", "expectation-properties",
                                "variance-identity", "uniform-mean-var"])  # fmt: skip
def test_the_derivations_of_the_notes_are_there(id: str) -> None:
    assert any(one.id.startswith(id) for _, one in EVERY)


def test_a_wrong_line_is_found() -> None:
    wrong = Identity("w", "wrong", "(a + b)**2 = a**2 + 2*a*b + b**2  # square\n = a**2 + b**2  # no")
    assert false_lines(wrong) == ["no"]
    bound = Identity("s", "sum", "sum(c*x[i] for i in s) = c*sum(x[i] for i in s)", "c = x[1]")
    assert false_lines(bound) == []


@pytest.mark.parametrize("text", ["", "a + b", "= a", "a = b\n c = d"])
def test_what_is_no_derivation_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        false_lines(Identity("x", "x", text))


def test_explain_shows_them() -> None:
    result = run("explain", "events")
    assert result.status == 0
    assert "P(A | B)·P(B)" in result.out
    assert "product rule" in result.out
