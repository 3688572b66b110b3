"""The figures by name: each gives a ratio, or one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.bench import batches, classes, eigens, growth, markings, starts, traced
from tests.bench.measure import Ratio

FIGURES: dict[str, Callable[[], Ratio | Iterable[Ratio]]] = {
    "start": starts.start,
    "trace": traced.traced,
    "float64": traced.floats,
    "solve": traced.solves,
    "adam": growth.adam_steps,
    "adam-memory": growth.adam_memory,
    "gd": growth.gd_samples,
    "backprop": growth.backprop_sizes,
    "eigen": eigens.eigen,
    "entropy": growth.entropy_outcomes,
    "roc": growth.roc_scores,
    "command": growth.command,
    **batches.FIGURES,
    **markings.FIGURES,
    **classes.FIGURES,
}
