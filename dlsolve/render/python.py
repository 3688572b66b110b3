"""A Python program for the problem: runnable as it stands, with what the derivation says of it as comments.

Written by the topics that have one (`Topic.program`).
"""

from __future__ import annotations

import textwrap

from dlsolve.errors import InputError
from dlsolve.render import Options
from dlsolve.render.words import clean
from dlsolve.solver import Solution

WIDTH = 98


def render(solution: Solution, options: Options) -> str:
    """The program. Raises `InputError` for a topic that writes none."""
    topic = solution.topic
    if topic.program is None:
        raise InputError(
            "--format", f"{topic.name} writes no program", found="python", remedy="the perceptron does; or take json"
        )
    title = str(solution.meta.get("title") or topic.title)
    remarks = [line for text in solution.trace.remarks for line in textwrap.wrap(clean(text), WIDTH)]
    said = "".join(f"# {line}\n" for line in remarks)
    head = "".join(f"# {line}\n" for line in textwrap.wrap(clean(title), WIDTH))
    return head + "\n" + topic.program(solution.problem, solution.trace) + (f"\n{said}" if said else "")
