"""Where a source prints otherwise: which value stands here, and why where a known slip leads there."""

from __future__ import annotations

from typing import Any

import pytest

from dlsolve.assignment import Overlay, solve
from dlsolve.fields import Written
from dlsolve.numbers.show import Digits
from dlsolve.printed import Differs, differs
from dlsolve.problem import ProblemFile

ADAM = {"g": ["0.3", "0.2", "0.1"], "lr": "0.01"}
LINE = {"X": [1, 2], "y": [2, 4], "w": "0.5", "lr": "0.1"}


def found(
    topic: str, given: dict[str, Any], printed: dict[str, str], carry: Digits | None = None
) -> dict[str, Differs]:
    problem = ProblemFile(topic=topic, given=given, printed={name: Written(text) for name, text in printed.items()})
    return {d.name: d for d in differs(solve(problem, Overlay(carry=carry)))}


def test_a_value_that_follows_from_printed_ones_says_so() -> None:
    told = found("adam", ADAM, {"m_hat_3": "0.191", "v_hat_3": "0.0467", "Delta_3": "0.0088"})
    assert [d.why for d in told.values()] == ["", "", "it follows from m̂₃ and v̂₃ as printed"]


@pytest.mark.parametrize(
    ("topic", "given", "printed", "why"),
    [
        ("adam", ADAM, {"m_hat_2": "0.047"}, "bias correction"),
        ("gd", LINE, {"dw_1": "7.5"}, "the other sign"),
        ("gd", LINE, {"L_1": "2.8125"}, "with loss_scale"),
    ],
)
def test_a_known_slip_is_named(topic: str, given: dict[str, Any], printed: dict[str, str], why: str) -> None:
    assert why in next(iter(found(topic, given, printed).values())).why


def test_values_carried_by_hand_stand_beside_the_full_ones() -> None:
    told = found("adam", ADAM, {"v_hat_3": "0.0467"}, Digits(3))["v_hat_3"]
    assert (told.carried, told.shown) == ("0.0467", "0.04664")
    assert found("adam", ADAM, {"v_hat_3": "0.0466"}, Digits(3)) == {}
