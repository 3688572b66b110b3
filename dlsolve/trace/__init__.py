"""The derivation as data. `run.Trace` is written by a topic; `items` are what it is made of."""

from dlsolve.formula.tree import Index
from dlsolve.trace.faults import MAX_STEPS, too_long
from dlsolve.trace.items import Branch, Check, Gap, Given, Item, Key, Note, Operation, RunTable, Step
from dlsolve.trace.lengths import Told
from dlsolve.trace.run import Trace
from dlsolve.trace.values import Environment

__all__ = [
    "MAX_STEPS", "Branch", "Check", "Environment", "Gap", "Given", "Index", "Item", "Key", "Note", "Operation",
    "RunTable", "Step", "Told", "Trace", "too_long",
]  # fmt: skip
