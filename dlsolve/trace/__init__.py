"""The derivation as data. `run.Trace` is written by a topic; `items` are what it is made of."""

from dlsolve.formula.tree import Index
from dlsolve.trace.items import Branch, Check, Given, Item, Key, Note, Operation, RunTable, Step
from dlsolve.trace.run import Trace
from dlsolve.trace.values import Environment

__all__ = [
    "Branch", "Check", "Environment", "Given", "Index", "Item", "Key", "Note", "Operation",
    "RunTable", "Step", "Trace",
]  # fmt: skip
