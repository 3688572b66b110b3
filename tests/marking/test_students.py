"""Honest students are never called wrong; slips are found where they were made and named.

`python -m tests.marking` prints the tables; `DLSOLVE_SWEEP=1` runs 1,000 students and slips a topic.
"""

from __future__ import annotations

import os

import pytest

from tests.cases import TOPICS
from tests.marking.honest import honest
from tests.marking.slipping import slips

SWEEP = os.environ.get("DLSOLVE_SWEEP") == "1"
STUDENTS, PROBLEMS = (1_000, 60) if SWEEP else (9, 3)
SLIPS = 1_000 if SWEEP else 8
LEAST_FLAGGED, LEAST_NAMED, MOST_LATER, MOST_FALSE = 0.985, 0.95, 0.02, 0.005
"""Shares of one topic; few slips allow one that its digits cannot show."""

FROM_TRUE = {"hessian"}
"""Topics whose last steps are no formulas (a characteristic polynomial): they go on from true values, so what
follows there from a slip before them cannot be told."""

every_topic = pytest.mark.parametrize("topic", TOPICS)


@every_topic
def test_honest_students_are_right(topic: str) -> None:
    tally = honest(topic, STUDENTS, PROBLEMS)
    assert tally.students, f"no student of {topic} gets anywhere"
    assert not tally.bad, tally.bad[:3]
    # dropping the zeros at the end hides a few cuts
    assert tally.cut_remarked >= 0.7 * tally.cut - 1, f"{tally.cut} cut off, {tally.cut_remarked} are told so"


@every_topic
def test_slips_are_found_and_named(topic: str) -> None:
    found = slips(topic, SLIPS, PROBLEMS)
    told = found.misses[:5]
    assert found.flagged >= LEAST_FLAGGED * found.visible - 1, told
    assert found.named >= LEAST_NAMED * found.provable - 1, told
    assert topic in FROM_TRUE or found.later_wrong <= MOST_LATER * found.visible + 1, told
    assert found.false_names <= MOST_FALSE * found.outside + 1, told
