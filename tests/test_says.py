"""What a slip says is what was done: it stands by itself, and behind “your value is what comes out if …”."""

from __future__ import annotations

import re

import pytest

from dlsolve import catalog

_ASIDE = re.compile(r" \([^()]*(?:\([^()]*\)[^()]*)*\)$|,? (?:though|where|which) .*$")
"""What is said of the right rule goes behind what was done."""
_DONE = re.compile(r"\b(?:is|are|was|were|changed)\b")
STATED = {
    "an aside behind a colon or semicolon": r"[;:]",
    "what happens as well": r"\b(?:too|also)\b",
    "an order": r"\bcheck\b",
    "what a rule does": r"\b(?:divides?|needs?|belongs?|stands?|goes|multipl(?:y|ies)|changes?|agree|can|never)\b",
    "what a quantity is": r"\b(?:is|are) (?:not )?(?:the|an?|\d|½|free|right)\b|^\S+ is [^,]*[=·(]",
}
"""How a sentence states the right rule, which a student cannot have done wrong."""


def wrong_with(says: str) -> list[str]:
    done = _ASIDE.sub("", says)
    found = [what for what, pattern in STATED.items() if re.search(pattern, done)]
    return found + ["nothing that was done"] * (_DONE.search(done) is None) + ["a full stop"] * says.endswith(".")


@pytest.mark.parametrize("name", catalog.names())
def test_a_slip_says_what_was_done(name: str) -> None:
    topic = catalog.topic(name)
    said = {slip.says for slip in topic.slips} | {slip.says for slip in topic.results}
    assert {says: wrong for says in said if (wrong := wrong_with(says))} == {}


@pytest.mark.parametrize(
    "says",
    [
        "precision divides by all that were called positive, not by all that are positive",
        "the last, smaller batch makes an update too",
        "the entries beside the diagonal change their signs",
        "the products were added: ad − bc",
        "σ is the root of the variance",
        "E(XY) = E(X)·E(Y) needs independence",
        "the weight update is subtracted; it is added",
    ],
)
def test_a_rule_is_no_slip(says: str) -> None:
    assert wrong_with(says)
