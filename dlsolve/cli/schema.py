"""JSON Schema of problem files: the envelope, and the fields and conventions of each topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dlsolve.conventions import CONVENTIONS
from dlsolve.fields.schema import Schema, struct_schema
from dlsolve.problem import ProblemFile
from dlsolve.topic import Topic


def problem_schema(topics: Sequence[Topic[Any]]) -> Schema:
    """A problem file of any of `topics`, or a file of several."""
    ones = {t.name: _topic_schema(t) for t in topics}
    refs = [{"$ref": f"#/$defs/{name}"} for name in ones]
    one: Schema = refs[0] if len(refs) == 1 else {"oneOf": refs}
    several = {
        "type": "object",
        "properties": {"problems": {"type": "array", "items": one, "minItems": 1}},
        "required": ["problems"],
        "additionalProperties": False,
    }
    title = f"dlsolve: a problem of {topics[0].name}" if len(topics) == 1 else "dlsolve: a problem"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "anyOf": [one, several],
        "$defs": ones,
    }


def _topic_schema(topic: Topic[Any]) -> Schema:
    schema = struct_schema(ProblemFile)
    names = [topic.name, *topic.aliases]
    schema["properties"]["topic"] = {"description": topic.title, "enum": names} if len(names) > 1 else {
        "description": topic.title, "const": topic.name}  # fmt: skip
    schema["properties"]["given"] = {**struct_schema(topic.problem), "description": "the numbers of the problem"}
    schema["properties"]["conventions"] = {
        "type": "object",
        "description": "a choice by convention",
        "properties": {
            key: {"description": CONVENTIONS[key].meaning, "enum": list(CONVENTIONS[key].choices), "default": default}
            for key, default in topic.conventions.items()
        },
        "additionalProperties": False,
    }
    return schema
