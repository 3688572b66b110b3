"""Rules at each of many members, as one loop that works out and records: what a run does most.

A value that the loop has just worked out stands in a variable, and those of a family are looked up once for
all turns. What is not plain (a matrix, a truth, a number without bounds) ends the loop: the caller goes on
from there one value at a time.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from flint import arb, fmpq

from dlsolve.formula.compiled import FLOAT64, Arithmetic, Build, local
from dlsolve.formula.rules import Rule
from dlsolve.formula.tree import At, Name, Tree, along
from dlsolve.numbers.elementary import MAX_BITS

Loop = Callable[..., None]
"""``f(env, at, columns, section, make, steps, items)``: `at` holds the values of the index letters that stay,
`columns` what each of the others runs over; `section` gives the section of a turn, `make` makes a step."""

_TURN = """
key = ({base!r}, {letters},)
if key in E or not ({plain}):
    return
E[key] = {value}
steps[key] = step = make(key, {rule}, ({letters},), {value}, {value}, here)
add(step)
"""
_EXACT = "(kind := type({0})) is _fmpq and {0}.height_bits() <= _most or kind is _arb and {0}.is_finite()"
_FLOAT = "type({0}) is float and {0} - {0} == 0.0"
_SCOPE: Mapping[str, Any] = {"_fmpq": fmpq, "_arb": arb, "_most": MAX_BITS}


def _is_plain(value: str, arithmetic: Arithmetic) -> str:
    """The code that asks whether a variable holds a lone number that is handed on as it is."""
    return (_FLOAT if arithmetic is FLOAT64 else _EXACT).format(value)


@lru_cache(maxsize=8)
def plain(arithmetic: Arithmetic) -> Callable[[Any], bool]:
    """Whether a value is a lone number that is handed on as it is: finite, and no long fraction."""
    build = Build(arithmetic, set())
    build.scope |= _SCOPE
    return build.program(["value"], _code(f"return {_is_plain('value', arithmetic)}"))


@lru_cache(maxsize=512)
def loop(rules: tuple[Rule, ...], arithmetic: Arithmetic, staying: int) -> Loop | None:
    """The loop over `rules`, in order; the first `staying` index letters keep their values. None where the
    indices of the rules are not those of one turn."""
    letters = max((rule.letters for rule in rules), key=len)
    if any(len(r.letters) <= staying or r.at or r.where or r.letters != letters[: len(r.letters)] for r in rules):
        return None
    return _Recorder(arithmetic, letters, staying).loop(rules)


class _Recorder(Build):
    """Makes the code of one loop."""

    def __init__(self, arithmetic: Arithmetic, letters: tuple[str, ...], staying: int) -> None:
        super().__init__(arithmetic, set(letters))
        self.staying, self.running = letters[:staying], letters[staying:]
        self.scope |= _SCOPE

    def loop(self, rules: Sequence[Rule]) -> Loop:
        own = {_place(rule) for rule in rules}
        runs, targets = [f"columns[{n}]" for n in range(len(self.running))], list(map(local, self.running))
        for n, letter in enumerate(self.running):
            looking = [rule for rule in rules if letter in rule.letters]
            for place in {place: None for rule in looking for place in along(rule.expr, letter)}:
                before = [local(i.id) for i in place.index[:-1] if isinstance(i, Name) and i.id in self.staying]
                if place in own or len(before) < len(place.index) - 1:
                    continue
                targets.append(self.gathered(place))
                runs.append(f"E.column({', '.join([repr(place.base), f'columns[{n}]', *before])})")
        body = _code(f"here = section({local(self.running[0])})")
        for n, rule in enumerate(rules):
            body += self.turn(n, rule)
        (each,) = _code(f"for {', '.join(targets)}, in zip({', '.join(runs)}):\n    pass")
        assert isinstance(each, ast.For)
        each.body = body
        start = f"{', '.join(map(local, self.staying))}, = at" if self.staying else ""
        arguments = ("E", "at", "columns", "section", "make", "steps", "items")
        return self.program(arguments, [*_code(start), *_code("add = items.append"), each])

    def turn(self, n: int, rule: Rule) -> list[ast.stmt]:
        """One value of a turn: worked out, looked at, recorded."""
        self.scope[name := f"_rule{n}"] = rule
        every, self.letters = self.columns, set(rule.letters)
        # a letter of a longer rule is none here: it may be a constant of the run
        self.columns = {p: held for p, held in every.items() if self.letters.issuperset(map(_letter, p.index))}
        worked = self.expr(rule.expr)
        self.columns = every
        value = self.gathered(_place(rule))
        letters = ", ".join(map(local, rule.letters))
        code = _TURN.format(
            plain=_is_plain(value, self.arithmetic), base=rule.base, letters=letters, value=value, rule=name
        )
        return [ast.Assign([ast.Name(value, ast.Store())], worked), *_code(code)]


def _place(rule: Rule) -> At:
    """What a rule gives, as other rules of the turn name it."""
    return At(rule.base, tuple(map(Name, rule.letters)))


def _letter(index: Tree) -> str:
    assert isinstance(index, Name)  # as in every place that goes with a letter
    return index.id


def _code(text: str) -> list[ast.stmt]:
    return ast.parse(text).body
