"""JSON Schema of any struct of fields: for editors."""

from __future__ import annotations

import types
import typing
from typing import Any, Literal, get_args, get_origin

import msgspec
from flint import fmpq

from dlsolve.fields.describe import plain
from dlsolve.fields.kinds import Expression, Field, Params, Samples, Vector, Written
from dlsolve.fields.specs import Spec, specs
from dlsolve.numbers.exact import read
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.show import to_float

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
    if any(spec.field.csv for spec in specs(kind).values()):
        table = "a table in place of the fields it fills: CSV or Markdown, with a header row"
        properties.setdefault("data", {"type": "string", "minLength": 1, "description": table})
        properties.setdefault("target_column", {"type": "string", "description": "the target among its columns"})
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
            schema[word] = to_float(read(bound)) if not bound.lstrip("-").isdigit() else int(bound)
    return schema
