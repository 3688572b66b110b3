"""A polynomial that a page writes without its name: ``λ² − 5λ − 6 = 0``."""

from __future__ import annotations

from dataclasses import replace

from dlsolve.checker.attempt import Attempt
from dlsolve.checker.naming import is_name_of
from dlsolve.checker.policies import kind_of
from dlsolve.formula.tree import Tree
from dlsolve.handwriting import UnreadableError, expression
from dlsolve.linalg.lettered import read_polynomial
from dlsolve.solver import Solution

MOST_LINES, MOST_CHARS = 200, 200


def with_polynomial(solution: Solution, attempt: Attempt) -> Attempt:
    """`attempt` with the polynomial of the run, if it has one, as the page has it: before ``= 0`` in a line of any
    name, else at the end of the first line that has one (``|A − λI| = …``)."""
    trace = solution.trace
    found = [key for key in trace.steps if kind_of(trace.symbols, key) == "polynomial"]
    true = read_polynomial(trace.env[found[0]]) if len(found) == 1 else None
    if true is None or not attempt.source:
        return attempt
    name = trace.name(found[0])

    def fits(tree: Tree | None) -> bool:
        poly = read_polynomial(tree) if tree is not None else None
        return poly is not None and poly.degree() == true.degree() > 1

    for written, rows in attempt.lines.items():
        links = rows[-1].links
        if len(links) > 1 and links[-1].text.strip() == "0" and fits(links[-2].tree):
            values = {name if n == written else n: t for n, t in attempt.values.items()} | {name: links[-2].text}
            worked = {name if n == written else n: lines for n, lines in attempt.lines.items()}
            worked[name] = [*rows[:-1], replace(rows[-1], links=links[:-1])]
            return replace(attempt, values=values, lines=worked, loose=attempt.loose | {name})
    if any(is_name_of(trace, written, name) for written in attempt.values):
        return attempt
    for line in attempt.source.splitlines()[:MOST_LINES]:
        sides = [side.strip(" $.,;") for side in line.split("=")]
        if len(sides) < 2:
            continue
        last = sides[-2] if sides[-1] == "0" else sides[-1]
        if len(last) <= MOST_CHARS and fits(_read(last)):
            values = {name: last, **attempt.values}
            return replace(attempt, values=values, loose=attempt.loose | {name})
    return attempt


def _read(text: str) -> Tree | None:
    try:
        return expression(text)
    except UnreadableError:
        return None


__all__ = ["with_polynomial"]
