"""Letters that stand for functions or for products of names."""

from __future__ import annotations

from collections.abc import Callable, Collection

from dlsolve.formula.functions import DEFINED, body_of
from dlsolve.handwriting.spelling import Spelled
from dlsolve.numbers.functions import NATIVE

_ALIASES = {"lg": "log10", "Ln": "ln", "LN": "ln", "Log": "log", "LOG": "log", "Exp": "exp", "EXP": "exp",
            "SQRT": "sqrt", "Sqrt": "sqrt", "ReLU": "relu", "RELU": "relu", "Relu": "relu", "LReLU": "leaky_relu",
            "LeakyReLU": "leaky_relu", "ELU": "elu", "GELU": "gelu", "Tanh": "tanh", "Abs": "abs", "Max": "max",
            "Min": "min", "Sigmoid": "sigmoid"}  # fmt: skip
MAX_SPLIT = 40


def function_name(name: Spelled, known: Collection[str] | None, called: bool) -> str | None:
    """The function that `name` stands for; ``_log`` for a logarithm to another base; None for none."""
    text = name.ascii()
    if known is not None and any(c in known for c in name.candidates()):
        return None
    if name.head in ("log", "Log") and name.low and not name.hats and not name.high:
        base = "".join(name.low)
        return {"2": "log2", "10": "log10", "e": "ln"}.get(base, "_log")
    text = _ALIASES.get(text, text)
    if text == "sigma":
        return "sigmoid" if called else None
    return text if is_function(text) else None


def is_function(name: str) -> bool:
    """Whether the rule language has the function `name`."""
    return name in NATIVE or name in DEFINED or body_of(name) is not None


def split_product(text: str, known: Collection[str], function: Callable[[str], bool] | None) -> list[tuple[str, ...]]:
    """The ways to read a run of letters as two or more known names (at most two ways are listed).

    With `function`, the last part may be a function (``xsin``).
    """
    if not 1 < len(text) <= MAX_SPLIT:
        return []
    ways: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(text) + 1):
        here: list[tuple[str, ...]] = []
        for start in range(end):
            part = text[start:end]
            last = end == len(text) and start > 0 and function is not None and function(part)
            if part in known or last:
                here += [(*way, part) for way in ways[start]]
        ways.append(here[:2])
    return [way for way in ways[-1] if len(way) > 1]
