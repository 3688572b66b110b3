"""What a marking says: one item a written or asked value, and the score."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from flint import fmpq

from dlsolve.numbers.show import fraction

NOTHING = fmpq(0)

Verdict = Literal["correct", "follows", "wrong", "ambiguous", "missing", "unreadable"]
"""Six verdicts; everything else is a remark."""


@dataclass(slots=True)
class SlipFound:
    """A slip that leads to what was written. `repeat`: named before, costs nothing again."""

    id: str
    says: str
    repeat: bool = False
    declared: bool = True


@dataclass(slots=True)
class LinkVerdict:
    """One ``=`` of a worked line: its text, where it stands in the source, how it was judged."""

    text: str
    at: tuple[int, int]
    verdict: Verdict
    why: str = ""


@dataclass(slots=True)
class ReportItem:
    """How one value was judged.

    `expected` is the true value as shown; `from_your_values` what the rule gives with the student's
    own earlier values, and `line` that rule with those values put in.
    """

    name: str
    written: str | None
    verdict: Verdict
    expected: str | None = None
    from_your_values: str | None = None
    line: str | None = None
    symbol: str = ""
    why: str = ""
    remarks: list[str] = field(default_factory=list)
    slips: list[SlipFound] = field(default_factory=list)
    links: list[LinkVerdict] = field(default_factory=list)
    possible: fmpq = NOTHING
    earned: fmpq = NOTHING
    asked: bool = False
    maths: str = ""
    """`line` in the symbols of the solution, for people."""
    uses: tuple[str, ...] = ()
    """The symbols of the student's own values in `line`."""
    read: str = ""
    """What was written, where that is LaTeX, as it was understood."""

    @property
    def broken(self) -> bool:
        """Whether a link of a worked line is wrong."""
        return any(link.verdict == "wrong" for link in self.links)


@dataclass(slots=True)
class Report:
    """One marked attempt. `earned` and `possible` are exact; they are rounded once, on output."""

    problem: str
    items: list[ReportItem]
    student: str | None = None
    notes: list[str] = field(default_factory=list)
    title: str = ""

    @property
    def earned(self) -> fmpq:
        return sum((i.earned for i in self.items), NOTHING)

    @property
    def possible(self) -> fmpq:
        return sum((i.possible for i in self.items), NOTHING)

    @property
    def all_right(self) -> bool:
        """Whether everything asked is right (a check then ends with status 0)."""
        asked = [i for i in self.items if i.asked]
        return bool(asked) and all(i.verdict in ("correct", "ambiguous") and not i.broken for i in asked)

    def first_slip(self) -> ReportItem | None:
        """The first value that is wrong by itself, or whose worked line is."""
        return next((i for i in self.items if i.verdict == "wrong" or i.broken), None)

    def as_json(self) -> dict[str, Any]:
        """The contract of a marking as JSON."""
        return {
            "dlsolve": 1,
            "problem": self.problem,
            "student": self.student,
            "score": {"earned": fraction(self.earned), "possible": fraction(self.possible)},
            "items": [_item(i) for i in self.items],
        }


def _item(item: ReportItem) -> dict[str, Any]:
    return {
        "name": item.name,
        "written": item.written,
        "verdict": item.verdict,
        "expected": item.expected,
        "from_your_values": item.from_your_values,
        "line": item.line,
        "remarks": item.remarks,
        "why": item.why or None,
        "slips": [{"id": s.id, "says": s.says, "repeat": s.repeat} for s in item.slips],
        "links": [{"text": x.text, "at": list(x.at), "verdict": x.verdict, "why": x.why or None} for x in item.links],
        "earned": fraction(item.earned),
        "possible": fraction(item.possible),
    }
