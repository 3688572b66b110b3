"""JSON Schema of problem files, derived from the fields: for editors."""

from __future__ import annotations

import types
import typing
from collections.abc import Sequence
from typing import Any, Literal, get_args, get_origin

import msgspec
from flint import fmpq

from dlsolve.conventions import CONVENTIONS
from dlsolve.fields.describe import plain
from dlsolve.fields.kinds import Expression, Field, Params, Samples, Vector, Written
from dlsolve.fields.specs import Spec, specs
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import Topic

Schema = dict[str, Any]
_BOUNDS = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}


def struct_schema(kind: type[Any]) -> Schema:
    """A struct as an object: its fields, their aliases and families, nothing else."""
    properties: Schema = {}
    patterns: Schema = {}
    required = []
    for spec in specs(kind).values():
        about = _about(spec)
        if spec.field.family:
            for name in (spec.name, *spec.field.aliases):
                patterns[f"^{name}[1-9][0-9]*$"] = {**value_schema(get_args(spec.hint)[1], spec.field), **about}
            if spec.required:
                required.append(f"{spec.name}1")
            continue
        properties[spec.name] = {**value_schema(spec.hint, spec.field), **about}
        for alias in spec.field.aliases:
            properties[alias] = {**value_schema(spec.hint, spec.field), "description": f"another name of {spec.name}"}
        if spec.required and not spec.field.aliases:
            required.append(spec.name)
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if patterns:
        schema["patternProperties"] = patterns
    if required:
        schema["required"] = required
    # a required field with aliases may stand under any of its names
    either = [s for s in specs(kind).values() if s.required and s.field.aliases and not s.field.family]
    if either:
        schema["allOf"] = [{"anyOf": [{"required": [n]} for n in (s.name, *s.field.aliases)]} for s in either]
    return schema


def _about(spec: Spec) -> Schema:
    about: Schema = {"description": spec.field.doc} if spec.field.doc else {}
    if not spec.required and spec.default is not None and spec.default not in ({}, []):
        value = spec.default if isinstance(spec.default, bool | int | str) else plain(spec.default)
        about["default"] = value if not isinstance(spec.default, msgspec.Struct) else {}
    return about


def value_schema(hint: Any, field: Field) -> Schema:
    """One annotation."""
    number = _number(field)
    numbers = {"type": "array", "items": number, "minItems": 1}
    text = {"type": "string", "minLength": 1}
    known: dict[Any, Schema] = {
        fmpq: number,
        int: {**number, "type": ["integer", "string"]},
        bool: {"type": "boolean"},
        str: {"type": "string"},
        Written: {"type": ["string", "number", "array"]},
        Any: {},
        Expression: text,
        Vector: {"anyOf": [numbers, text]},
        Params: {"anyOf": [number, numbers]},
        Matrix: {"anyOf": [{"type": "array", "items": numbers, "minItems": 1}, numbers, text]},
        Samples: {"anyOf": [{"type": "array", "items": numbers, "minItems": 1}, numbers, number]},
    }
    if hint in known:
        return known[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(args)}
    if origin is list:
        return {"anyOf": [{"type": "array", "items": value_schema(args[0], field), "minItems": 1}, text]}
    if origin is dict:
        return {"type": "object", "additionalProperties": value_schema(args[1], field)}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [value_schema(a, field) for a in args if a is not type(None)]}
    return struct_schema(hint)


def _number(field: Field) -> Schema:
    schema: Schema = {"type": ["number", "string"]}
    for name, word in _BOUNDS.items():
        bound = getattr(field, name)
        if bound is not None:
            schema[word] = float(bound) if not bound.lstrip("-").isdigit() else int(bound)
    return schema


def problem_schema(envelope: type[Any], topics: Sequence[Topic[Any]]) -> Schema:
    """A problem file of any of `topics`, or a file of several."""
    ones = {t.name: _topic_schema(envelope, t) for t in topics}
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


def _topic_schema(envelope: type[Any], topic: Topic[Any]) -> Schema:
    schema = struct_schema(envelope)
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
