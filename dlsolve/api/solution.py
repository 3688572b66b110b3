"""A solved problem as the library hands it out."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from dlsolve.api.asked import solved
from dlsolve.api.results import Answer, Check, Difference, Step
from dlsolve.assignment import Overlay
from dlsolve.fields.loose import frozen
from dlsolve.problem import Item
from dlsolve.render import Detail, Options, render

if TYPE_CHECKING:
    from dlsolve.solver import Solution as Solved


class Solution:
    """A solved problem: its answers and steps as plain values, the derivation as text.

    Nothing of it can be changed, it may be shared between threads, and it can be pickled: what comes back
    has the same answers and steps, and works the problem out again only where its texts are asked for.
    """

    __slots__ = ("_document", "_item", "_overlay", "_raw", "_solved")

    def __init__(
        self, raw: Any, overlay: Overlay, item: Item | None, solved: Solved | None, document: Any = None
    ) -> None:
        self._raw = raw
        self._overlay = overlay
        self._item = item
        self._solved = solved
        self._document: dict[str, Any] | None = document

    def _run(self) -> Solved:
        if self._solved is None:
            self._solved = solved(self._raw, self._overlay, self._item)
        return self._solved

    def as_dict(self) -> dict[str, Any]:
        """The solution as its JSON reads (README and `dlsolve explain` say what the names mean)."""
        if self._document is None:
            from dlsolve.numbers.precision import precision
            from dlsolve.render.json import document

            with precision(self._run().trace.bits):
                self._document = document(self._run(), Options(steps_all=True))
        return deepcopy(self._document)

    def _of(self, key: str) -> Any:
        if self._document is None:
            self.as_dict()
        assert self._document is not None
        return self._document[key]

    @property
    def topic(self) -> str:
        return str(self._of("topic"))

    @property
    def id(self) -> str | None:
        return self._of("id")  # type: ignore[no-any-return]

    @property
    def title(self) -> str:
        return str(self._of("title"))

    @property
    def arith(self) -> str:
        """``exact`` or ``float64``."""
        return str(self._of("arith"))

    @property
    def given(self) -> Mapping[str, Any]:
        """What the problem gave, as read."""
        return frozen(self._of("given"))  # type: ignore[no-any-return]

    @property
    def conventions(self) -> Mapping[str, str]:
        """The conventions that touched the solution, with the choice made."""
        return frozen(self._of("conventions"))  # type: ignore[no-any-return]

    @property
    def answers(self) -> Mapping[str, Answer]:
        """The asked values, or those that the topic ends with, by name."""
        made = {name: Answer(name=name, **frozen(one)) for name, one in self._of("answers").items()}
        return MappingProxyType(made)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every named value in order, with its rule, its lines and its value."""
        return tuple(Step(**frozen(one)) for one in self._of("steps"))

    @property
    def checks(self) -> tuple[Check, ...]:
        return tuple(Check(**one) for one in self._of("checks"))

    @property
    def differs(self) -> tuple[Difference, ...]:
        """Where the problem's source prints something else."""
        return tuple(Difference(**one) for one in self._of("differs"))

    def json(self, *, detail: Detail = "all", steps_all: bool = False) -> str:
        """The solution as a JSON text."""
        return render(self._run(), "json", Options(detail=detail, steps_all=steps_all))

    def markdown(self, *, detail: Detail = "all", steps_all: bool = False) -> str:
        """The derivation as Markdown with ``$…$`` maths, for GitHub and Jupyter."""
        return render(self._run(), "markdown", Options(detail=detail, steps_all=steps_all))

    def plain(self, *, width: int = 80, detail: Detail = "all", steps_all: bool = False) -> str:
        """The derivation as plain text of `width` columns."""
        return render(self._run(), "plain", Options(width=max(40, width), detail=detail, steps_all=steps_all))

    def __str__(self) -> str:
        return self.plain()

    def __repr__(self) -> str:
        ends = [f"{name}={answer.shown}" for name, answer in self.answers.items()]
        return f"<{self.topic}: {', '.join([*ends[:4], *(['…'] if len(ends) > 4 else [])])}>"

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def __reduce__(self) -> tuple[Any, ...]:
        return Solution, (self._raw, self._overlay, self._item, None, self.as_dict())
