"""The commands that are no topic: what can be solved, and where to start."""

from __future__ import annotations

import json

from dlsolve import catalog
from dlsolve.cli import output
from dlsolve.cli.schema import problem_schema
from dlsolve.fields import describe, specs
from dlsolve.problem import dump


def topics(**values: str | None) -> int:
    """``dlsolve topics``"""
    from dlsolve.render.pages import topics_page

    return _print(topics_page(catalog.all_topics(), output.page(values), catalog.COURSE), values)


def explain(topic: str, **values: str | None) -> int:
    """``dlsolve explain TOPIC``"""
    from dlsolve.render.explain import explain_page

    found = catalog.topic(topic)
    return _print(
        explain_page(
            found, found.text or catalog.text(found.name), describe.inputs(specs(found.problem)), output.page(values)
        ),
        values,
    )


def example(topic: str, **values: str | None) -> int:
    """``dlsolve example TOPIC``"""
    found = catalog.topic(topic)
    return _print(dump({"topic": found.name, "title": found.title, "given": dict(found.example)}), values)


def schema(topic: str | None = None, **values: str | None) -> int:
    """``dlsolve schema [TOPIC]``"""
    found = [catalog.topic(topic)] if topic else catalog.all_topics()
    text = json.dumps(problem_schema(found), ensure_ascii=False, indent=2) + "\n"
    return _print(text, values)


def _print(text: str, values: dict[str, str | None]) -> int:
    output.check_target(values.get("output"), [])
    output.write(text, values.get("output"))
    return 0
