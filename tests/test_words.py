"""Words that say the same, and words that do not."""

from __future__ import annotations

import pytest

from dlsolve.checker.words import same_words


@pytest.mark.parametrize(
    ("true", "same", "other"),
    [
        ("none", ["no solution", "No solutions.", "inconsistent"], ["one", "infinitely many", "no"]),
        ("infinitely many", ["infinitely many solutions", "∞", "infinite"], ["none", "one"]),
        ("one", ["exactly one solution", "unique"], ["none"]),
        ("independent", ["yes", "Independent", "yes, they are"], ["no", "dependent", "not independent"]),
        ("not independent", ["no", "dependent", "not independent"], ["yes", "independent"]),
        ("saddle", ["saddle point", "indefinite"], ["convex", "upwards"]),
        ("upwards", ["positive definite", "convex"], ["concave", "saddle"]),
        ("minimum", ["local minimum", "min"], ["maximum"]),
        ("yes", ["y", "true", "invertible", "regular", "yes: det is not 0"], ["no", "singular", "not invertible"]),
        ("no", ["n", "false", "singular", "not diagonalisable", "no: A is defective"], ["yes", "diagonalisable"]),
        ("cat", ["Cat"], ["dog", "yes"]),
        ("inf", ["∞", "infinity"], ["none"]),
    ],
)
def test_words(true: str, same: list[str], other: list[str]) -> None:
    assert [w for w in same if not same_words(w, true)] == []
    assert [w for w in other if same_words(w, true)] == []
