"""What the library hands out of a solution and of a marking: plain values that cannot be changed."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from dlsolve.fields.loose import frozen

if TYPE_CHECKING:
    from dlsolve.checker.report import Report as Marked
    from dlsolve.checker.report import Verdict

Value = float | str | None | tuple["Value", ...]
"""A number, a tuple of them (a column), a tuple of tuples (a matrix), or words: ``"inf"``, ``"1+2i"``."""


class Answer(msgspec.Struct, frozen=True):
    """A value that was asked: as a number, exactly (``"47/190"``) where it is rational, and as printed."""

    name: str
    value: Value
    exact: Value
    shown: Value

    def __float__(self) -> float:
        """The value as a number. Raises `TypeError` where it is none."""
        if isinstance(self.value, int | float):
            return float(self.value)
        raise TypeError(f"{self.name} is not a single number")


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One named value of the derivation, or one operation on rows, branch, or note.

    `rule` is the general rule and `chain` its lines with the numbers put in, both in the rule language;
    `latex` the same for print. `before` and `after` are the states of an operation.
    """

    name: str
    kind: str
    section: str
    why: str
    rule: str | None
    chain: tuple[str, ...]
    latex: str | None
    value: Value
    exact: Value
    shown: Value
    carried: Value
    branch: Any
    operation: str | None
    before: Any
    after: Any


class Check(msgspec.Struct, frozen=True):
    """A proof at the end of a solution, and whether it holds."""

    name: str
    holds: bool


class Difference(msgspec.Struct, frozen=True):
    """A value that the problem's source prints otherwise; `erratum` is its number, where it is a known one."""

    name: str
    printed: str
    why: str
    erratum: str | None = None


class Slip(msgspec.Struct, frozen=True):
    """A slip that leads to what was written; `repeat` where it was named before and costs nothing more."""

    id: str
    says: str
    repeat: bool


class Link(msgspec.Struct, frozen=True):
    """One ``=`` of a worked line: its text, where it stands in what was read, how it was judged."""

    text: str
    at: tuple[int, int]
    verdict: Verdict
    why: str | None


class Item(msgspec.Struct, frozen=True):
    """How one value was judged, and why: the fields of a marking in JSON, points as exact fractions."""

    name: str
    written: str | None
    verdict: Verdict
    expected: str | None
    from_your_values: str | None
    line: str | None
    why: str | None
    remarks: tuple[str, ...]
    slips: tuple[Slip, ...]
    links: tuple[Link, ...]
    earned: Fraction
    possible: Fraction


class Report(msgspec.Struct, frozen=True, eq=False):
    """A marked paper. `earned` of `possible` points; `all_right` where everything asked is."""

    problem: str
    student: str | None
    items: tuple[Item, ...]
    earned: Fraction
    possible: Fraction
    all_right: bool
    notes: tuple[str, ...]
    _marked: Any

    @classmethod
    def of(cls, marked: Marked) -> Report:
        """The report of a marking."""
        data = marked.as_json()
        score = data["score"]
        return cls(
            marked.problem, marked.student, tuple(_item(i) for i in data["items"]), Fraction(score["earned"]),
            Fraction(score["possible"]), marked.all_right, tuple(marked.notes), marked,
        )  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """The report as its JSON reads."""
        made: dict[str, Any] = self._marked.as_json()
        return made

    def json(self) -> str:
        """The report as a JSON text."""
        from dlsolve.render.words import json_text

        return json_text(self.as_dict())

    def plain(self, *, width: int = 80) -> str:
        """The report as plain text of `width` columns."""
        from dlsolve.render import Options
        from dlsolve.render.plain import draw
        from dlsolve.render.report import blocks

        options = Options(width=max(40, width))
        return draw(blocks(self._marked, options), options)

    def markdown(self) -> str:
        """The report as Markdown; what the student wrote is escaped."""
        from dlsolve.render.report import markdown

        return markdown(self._marked)

    def __str__(self) -> str:
        return self.plain()

    def _repr_markdown_(self) -> str:
        return self.markdown()


def _item(item: Mapping[str, Any]) -> Item:
    plain = {key: frozen(item[key]) for key in Item.__struct_fields__}
    return Item(
        **plain
        | {
            "slips": tuple(Slip(**slip) for slip in item["slips"]),
            "links": tuple(Link(**{**link, "at": tuple(link["at"])}) for link in item["links"]),
            "earned": Fraction(item["earned"]),
            "possible": Fraction(item["possible"]),
        }
    )
