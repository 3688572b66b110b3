"""The one reader of a topic's inputs: flags, JSON, schema and help derive from the `Problem` class.

A topic's `Problem` is a keyword-only `msgspec.Struct` whose annotations are among

    fmpq  int  bool  str  Literal[...]           one value
    list[fmpq]  list[str]  list[int]             a list ("0.3 0.2 0.1" as a flag)
    list[list[int]]                              a list of lists ("1 2; 3 4")
    Matrix                                       a matrix ("1 2; 5 4" or [[1,2],[5,4]]); a flat list is one row
    Vector                                       an n×1 column from a list
    Params                                       a number or a vector (kept as fmpq or Matrix)
    Samples                                      rows of samples; a flat list is one row, a number is 1×1
    dict[str, fmpq]  dict[str, list[fmpq]]       values by label ("spam=0.3, ham=0.7"); may nest
    dict[int, Matrix]  dict[int, Samples]        a field family: W1, W2, … (`family=True`)
    Expression                                   a typed function of named variables
    A | B                                        the one that fits what is given

each wrapped as ``Annotated[type, Field("what it is", ...)]``; optional ones end in ``| None = None``.
Bounds hold for every number of a field. Lists and matrices are never empty, numbers never rounded.
"""

from __future__ import annotations

from dlsolve.fields.kinds import Expression, Field, NumberText, Params, Samples, Typed, Vector, Written
from dlsolve.fields.read import canonical, read_problem, read_struct
from dlsolve.fields.specs import specs

__all__ = [
    "Expression", "Field", "NumberText", "Params", "Samples", "Typed", "Vector", "Written",
    "canonical", "read_problem", "read_struct", "specs",
]  # fmt: skip
