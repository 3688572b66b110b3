"""Honest students are never called wrong; slips are found where they were made and named.

`python -m tests.marking` prints the tables; `DLSOLVE_SWEEP=1` runs 1,000 students and slips a topic.
"""

from __future__ import annotations

import os

import pytest

from tests.cases import TOPICS
from tests.marking.honest import honest
from tests.marking.outside import outside
from tests.marking.slipping import slips

SWEEP = os.environ.get("DLSOLVE_SWEEP") == "1"
STUDENTS, PROBLEMS = (1_000, 60) if SWEEP else (9, 3)
SLIPS, ERRORS = (1_000, 1_000) if SWEEP else (4, 2)
FEW = 0 if SWEEP else 3
"""Where few slips are tried, one that its digits cannot show (1.000 for 0.9997) may be tried at several places."""

LAST_DIGIT = {"covariance": 0.98, "adagrad": 0.985, "vanishing-gradient": 0.99}
"""Where a sum hangs on the last digits before it: products that are rounded inside a line lead there too."""
LEAST_FLAGGED, LEAST_NAMED, MOST_LATER, MOST_FALSE = 0.995, 0.95, 0.005, {3: 0.02, 4: 0.005}
"""Shares of one topic; of the slips, those that no honest student's rounding writes too are to be flagged."""

BY_CHANCE = {"expectation-rules": 0.01, "softmax": 0.01}
"""Where factors are 1 or nearly so: an error in a digit may write the very value of a slip."""

every_topic = pytest.mark.parametrize("topic", TOPICS)


@every_topic
def test_honest_students_are_right(topic: str) -> None:
    tally = honest(topic, STUDENTS, PROBLEMS)
    assert tally.students, f"no student of {topic} gets anywhere"
    assert not tally.bad, tally.bad[:3]
    # a tie, or what is cut off before, leads to the same digits by rounding
    assert tally.cut_remarked >= 0.9 * tally.cut - 1, f"{tally.cut} cut off, {tally.cut_remarked} are told so"


@every_topic
def test_slips_are_found_and_named(topic: str) -> None:
    found = slips(topic, SLIPS, PROBLEMS)
    told = found.misses[:5]
    assert found.visible, f"no slip of {topic} is visible"
    assert found.flagged >= LAST_DIGIT.get(topic, LEAST_FLAGGED) * (found.visible - found.hidden) - FEW, told
    assert found.named >= LEAST_NAMED * found.provable - FEW, told
    assert found.later_wrong <= MOST_LATER * found.visible + FEW, told


@every_topic
def test_errors_outside_the_catalogue_get_no_name(topic: str) -> None:
    found = outside(topic, ERRORS, PROBLEMS)
    for figures, errors in found.errors.items():
        most = max(MOST_FALSE[figures], BY_CHANCE.get(topic, 0))
        assert found.false_names.get(figures, 0) <= most * errors + FEW, found.misses[:5]
