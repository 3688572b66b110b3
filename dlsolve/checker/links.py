"""Worked lines, link by link: were the right numbers put in, is each link equal to the next, is the result right.

A link is worked out on what its digits can mean: numbers that are given, and whole numbers, are
points; any other decimal is half a unit of its last place to either side. So no rounding by hand is
an error, and an error keeps its place: after wrong numbers a right sum of them still follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq

from dlsolve.checker.alike import bare, made_whole, meets, near, same
from dlsolve.checker.naming import canonical
from dlsolve.checker.report import LinkVerdict
from dlsolve.checker.runs import BITS
from dlsolve.checker.texts import own_line, shown
from dlsolve.checker.windows import Answer
from dlsolve.errors import DlsolveError
from dlsolve.fields.kinds import joined
from dlsolve.formula.text import one_line, unicode
from dlsolve.formula.tree import Bin, Mat, Name, Num, Ref, Tree, names, nodes, rebuild
from dlsolve.handwriting import Link, UnreadableError, WorkedLine, guarded_value
from dlsolve.handwriting.numerals import numeral
from dlsolve.named import keys_by_name
from dlsolve.notation import Kind
from dlsolve.numbers.exact import read
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError, precision
from dlsolve.numbers.show import Digits
from dlsolve.readings import instantiate
from dlsolve.trace import Key, Step, Trace

MAX_LINKS = 40
"""Links of one line that are judged."""
MOST_DEEP = 3
MOST_BEHIND = 60
"""How far behind a value, and how many, the exact numbers of its line may come from."""


@dataclass(frozen=True)
class Target:
    """What the links of one value should come to: the true value, the image of the student's own, and what
    was `written` where that was judged right."""

    name: str
    true: Any
    own: Any
    wrong: bool = False
    """Whether the value itself is wrong: what the rule gives is then said with it."""
    written: Any = None
    kind: Kind = "real"

    @property
    def free(self) -> bool:
        """Whether no one fixed value is right: up to scale or span, or in any order."""
        return self.kind in ("direction", "basis", "multiset", "row state", "polynomial")

    def met(self, value: Any) -> bool:
        """Whether a link comes to what it should."""
        found = [self.written] if self.written is not None and self.kind == "multiset" else []
        values = [bare(v) for v in found or (self.own, self.true, self.written)]
        return any(same(value, v, self.kind) or near(value, v) for v in values)


class LinkJudge:
    """Judges the lines of one student. `trace` is the run over everything that was written."""

    def __init__(self, true: Trace, trace: Trace, answers: Mapping[str, Answer]) -> None:
        self.true = true
        self.trace = trace
        self.answers = answers
        self.known = keys_by_name(trace)
        given = [true.env[key] for given in true.givens for key in given.keys]
        self.given = {v for value in given for v in _scalars(value) if isinstance(v, fmpq)}
        self.given |= {1 - v for v in self.given}

    def judge(self, target: Target, lines: Sequence[WorkedLine]) -> Iterator[LinkVerdict]:
        """A verdict for each link that can be worked out, in the order of the page."""
        if target.true is None and target.own is None:
            return
        constants = self.given | self._constants(target.name)
        for line in lines:
            before: tuple[Link, Any] | None = None
            sound = True
            links = line.links[:MAX_LINKS]
            for n, link in enumerate(links):
                at = (link.start, link.end)
                if link.tree is None:
                    if link.reason and not link.general:
                        yield LinkVerdict(link.text, at, "unreadable", link.reason)
                    continue
                value = self._value(link, constants)
                if value is None or (not link.numeric and not _alike(value, target)):
                    continue  # a formula in general terms: nothing to work out
                right = target.met(value) or self._cut(link, target) or self._then_whole(value, links[n + 1 :], target)
                if not right and target.free and _is_result(link.tree):
                    continue  # there is no one value that it should be: it is judged as an answer
                same = before is not None and (meets(before[1], value) or self._follows_cut(before[1], link))
                if (same and sound) or right:
                    sound = True
                    yield LinkVerdict(link.text, at, "correct")
                elif same:
                    yield LinkVerdict(link.text, at, "follows")
                else:
                    broken = sound or before is not None
                    sound = False
                    yield LinkVerdict(link.text, at, "wrong", self._why(target, link, value, before) if broken else "")
                before = (link, value)

    # -- values ----------------------------------------------------------------------------------

    def _constants(self, name: str) -> set[fmpq]:
        """The exact numbers of the rule itself: ½ in a loss, the values that it uses where they are exact;
        also those that these come from, where none of them is rounded to the same digits."""
        key = self.known.get(name)
        out, used = self._uses(key)
        behind: list[Any] = []
        for depth in range(MOST_DEEP):
            values = [v for k in used for v in _scalars(self.true.env.get(k)) if isinstance(v, fmpq | arb)]
            if depth == 0:
                out |= {v for v in values if isinstance(v, fmpq)}
            behind += values
            used = [k for one in used for k in self._uses(one)[1]][:MOST_BEHIND]
        near = [(v, arb(v, abs(v) / 10)) for v in behind if isinstance(v, fmpq)]
        return out | {v for v, around in near if not any(w != v and meets(around, w) for w in behind)}

    def _uses(self, key: Key | None) -> tuple[set[fmpq], list[Key]]:
        """The numbers in the rule of a value, and the values that it uses."""
        step = self.trace.steps.get(key) if key is not None else None
        if not isinstance(step, Step):
            return set(), []
        numbers = {read(n.text) for n in nodes(step.rule.expr) if isinstance(n, Num)}
        try:
            used = instantiate(self.true, step.rule.expr, dict(zip(step.rule.letters, step.index, strict=False)))
        except (DlsolveError, KeyError):
            return numbers, []
        refs = [node for node in nodes(used) if isinstance(node, Ref | Name)]
        return numbers, [
            node.id if isinstance(node, Name) else ((node.base, *node.index) if node.index else node.base)
            for node in refs
        ]

    def _value(self, link: Link, exact: set[fmpq]) -> Any:
        """The enclosure of a link; None where a name in it has no value here."""
        assert link.tree is not None
        env: dict[str, Any] = {}
        for name in names(link.tree) - {"pi", "e"}:
            value = self._own(name)
            if value is None:
                return None
            env[name] = value
        # numbers that nothing is done to are results, rounded even where a given one has the same digits
        tree = _opened(link.tree, set() if _is_result(link.tree) else exact, env)
        try:
            with precision(BITS):
                return guarded_value(tree, env)
        except (UnreadableError, DlsolveError, UndecidedError, ArithmeticError, RecursionError):
            return None

    def _own(self, name: str) -> Any:
        try:
            key = self.known.get(canonical(self.trace, name))
        except UnreadableError:
            return None
        value = self.trace.env.get(key) if key is not None else None
        return value if isinstance(value, fmpq | arb | Matrix) else None

    def _cut(self, link: Link, target: Target) -> bool:
        """Whether a lone number is the value cut off, not rounded."""
        return any(self._follows_cut(value, link) for value in (target.own, target.true))

    def _then_whole(self, value: Any, later: Sequence[Link], target: Target) -> bool:
        """Whether a line goes on to the whole number that is the value: 60000/128 = 468.75 ≈ 469."""
        lone = [one.tree for one in later if one.tree is not None and _is_result(one.tree) and one.numeric]
        whole = guarded_value(lone[-1], {}) if lone else None
        return made_whole(value, whole) and any(meets(whole, v) for v in (target.own, target.true))

    def _follows_cut(self, value: Any, link: Link) -> bool:
        lone = _lone(link.tree)
        if lone is None or not isinstance(value, fmpq | arb):
            return False
        number, place = lone
        low, high = (number, number + place) if number >= 0 else (number - place, number)
        return meets(value, arb((low + high) / 2, place / 2))

    # -- words -----------------------------------------------------------------------------------

    def _why(self, target: Target, link: Link, value: Any, before: tuple[Link, Any] | None) -> str:
        """What is wrong with a link, in one clause."""
        if before is not None and before[0].numeric:
            return f"{self._maths(before[0])} is {self._text(before[1])}, not {self._maths(link)}"
        line = own_line(self.trace, self.known.get(target.name), self.answers)
        if link.tree is None or _is_result(link.tree):
            return "" if line is None or target.wrong else f"the rule gives {line.maths}, not {self._maths(link)}"
        said = f"{self._maths(link)} has the wrong numbers in it: it comes to {self._text(value)}"
        if line is None or not line.maths or target.wrong:
            return said
        uses = f"with your {joined(line.uses, 'and')} the" if line.uses else "the"
        return f"{said}; {uses} rule gives {line.maths}"

    def _maths(self, link: Link) -> str:
        """A link in the symbols of the solution, whatever it was written in."""
        if link.tree is None:
            return _short(link.text)
        return _short(one_line(unicode(_side_by_side(link.tree), self.trace.symbols)))

    def _text(self, value: Any) -> str:
        text = shown(value, Digits(5)) or ""
        return "−" + text[1:] if text.startswith("-") else text


def _opened(tree: Tree, exact: set[fmpq], env: dict[str, Any]) -> Tree:
    """`tree` with every rounded decimal as a name of its window in `env`."""

    def change(node: Tree) -> Tree:
        if not isinstance(node, Num):
            return rebuild(node, change)
        form = numeral(node)
        value = read(node.text)
        if form.form != "decimal" or form.place is None or form.place >= 1 or value in exact or -value in exact:
            return node
        name = f"§{len(env)}"
        env[name] = arb(value, form.half)
        return Name(name)

    return change(tree)


def _side_by_side(tree: Tree) -> Tree:
    """`tree` with matrices of different shapes beside each other as their matrix product."""
    tree = rebuild(tree, _side_by_side)
    if isinstance(tree, Bin) and tree.op == "*" and isinstance(tree.left, Mat) and isinstance(tree.right, Mat):
        shapes = [(len(m.rows), len(m.rows[0])) for m in (tree.left, tree.right)]
        return Bin("@", tree.left, tree.right) if shapes[0] != shapes[1] else tree
    return tree


def _is_result(tree: Tree) -> bool:
    """Whether a number stands there, or a matrix of numbers, and nothing is left to do."""
    if isinstance(tree, Mat):
        return all(_is_result(cell) for row in tree.rows for cell in row)
    return numeral(tree).form in ("integer", "decimal")


def _lone(tree: Tree | None) -> tuple[fmpq, fmpq] | None:
    """A single decimal and its last place."""
    form = numeral(tree) if tree is not None else None
    if tree is None or form is None or form.form != "decimal" or form.place is None:
        return None
    number = guarded_value(tree, {})
    return (number, form.place) if isinstance(number, fmpq) else None


def _scalars(value: Any) -> Iterator[Any]:
    if isinstance(value, Matrix):
        yield from value.entries()
    elif isinstance(value, tuple | list):
        return
    else:
        yield value


def _alike(value: Any, target: Target) -> bool:
    """Whether a line of names came out in the shape of its value: else its names mean something else there."""
    return _size(value) in (_size(target.true), _size(target.own), _size(target.true)[::-1])


def _size(value: Any) -> tuple[int, int]:
    return value.shape if isinstance(value, Matrix) else (1, 1)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"


__all__ = ["LinkJudge", "Target"]
