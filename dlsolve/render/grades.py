"""How a class came out, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlsolve.render import Options

if TYPE_CHECKING:
    from dlsolve.grade.run import Outcome


def summary(outcome: Outcome, page: Options) -> str:
    t = outcome.tally
    return f"{t.students} students, {t.handed_in} {t.marked} {t.blank} {t.unmarked} {t.mean}\n"
