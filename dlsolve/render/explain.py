"""``dlsolve explain TOPIC``: rules, notation with shapes, inputs, conventions, source, an example."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from dlsolve.conventions import CONVENTIONS
from dlsolve.formula.rules import Rule
from dlsolve.formula.text import one_line, unicode
from dlsolve.identities import Identity
from dlsolve.notation import Quantity, Symbols
from dlsolve.render import Options
from dlsolve.render.command import example_command
from dlsolve.render.pages import heading, page, prose, rows
from dlsolve.topic import Topic


def explain_page(topic: Topic[Any], about: str, inputs: Sequence[Sequence[str]], options: Options) -> str:
    """The page of `topic`; `about` is its text, `inputs` the rows of its fields."""
    symbols = Symbols(topic.notation)

    def write(console: Console) -> None:
        console.print(Text(topic.title, "bold"))
        console.print()
        prose(console, about)
        heading(console, "Rules")
        rows(console, ["", "", ""], _rules(topic, symbols), fixed=1, ascii=options.ascii)
        for one in topic.identities:
            heading(console, one.title)
            rows(console, ["", "", ""], _derivation(one, symbols), fixed=1, ascii=options.ascii)
        heading(console, "Notation")
        table = [_quantity(q, topic, symbols) for q in topic.notation.quantities]
        rows(console, ["symbol", "name", "meaning", "shape", "kind"], table, fixed=2, ascii=options.ascii)
        heading(console, "Inputs")
        rows(
            console,
            ["field", "what it is", "type", "default"],
            inputs,
            ascii=options.ascii,
        )
        if topic.conventions:
            heading(console, "Conventions")
            rows(console, ["flag", "choice", ""], _conventions(topic), fixed=2, ascii=options.ascii)
        heading(console, "Source")
        prose(console, topic.source)
        if topic.aliases:
            prose(console, f"Also called {', '.join(topic.aliases)}.")
        heading(console, "Example")
        # a command is to be copied: it is never broken
        console.print(Text(example_command(topic)), soft_wrap=True)
        console.print(
            Text(f"dlsolve example {topic.name} > problem.json && dlsolve {topic.name} problem.json"), soft_wrap=True
        )

    return page(options, write)


def _rules(topic: Topic[Any], symbols: Symbols) -> Iterator[tuple[str, str, str]]:
    """(left side, right side, reason); the readings of a convention stand below one another."""
    for rule in topic.rules:
        why = "; ".join(filter(None, [rule.why, f"{rule.by} = {rule.choice}" if rule.by else ""]))
        yield _left(rule, symbols), "= " + _right(rule, symbols), why


def _derivation(one: Identity, symbols: Symbols) -> Iterator[tuple[str, str, str]]:
    """(left side, right side, reason), the left side once; then what holds besides."""
    left = one_line(unicode(one.left, symbols))
    for n, (tree, why) in enumerate(one.lines):
        yield left if n == 0 else "", "= " + one_line(unicode(tree, symbols)), why
    for n, rule in enumerate(one.assumed):
        yield "where" if n == 0 else "", f"{_left(rule, symbols)} = {_right(rule, symbols)}", rule.why


def _left(rule: Rule, symbols: Symbols) -> str:
    return one_line(unicode(rule.target, symbols))


def _right(rule: Rule, symbols: Symbols) -> str:
    return one_line(unicode(rule.expr, symbols))


def _quantity(row: Quantity, topic: Topic[Any], symbols: Symbols) -> tuple[str, str, str, str, str]:
    letters = {i: topic.notation.indices.get(i, "entry") for i in row.letters}
    counts = ", ".join(f"{i}: {what}" for i, what in letters.items())
    meaning = f"{row.meaning} ({counts})" if counts else row.meaning
    return symbols.unicode(row.name, row.letters), row.name, meaning, row.shape, row.kind


def _conventions(topic: Topic[Any]) -> Iterator[tuple[str, str, str]]:
    for key, default in topic.conventions.items():
        for n, (choice, says) in enumerate(CONVENTIONS[key].choices.items()):
            flag = "" if n else "--" + key.replace("_", "-")
            yield flag, choice, says + (" (default)" if choice == default else "")
