"""Functions of the field as rule texts: value, unfolding and derivative come from these lines."""

from __future__ import annotations

import msgspec

from dlsolve.formula.parse import parse
from dlsolve.formula.tree import Tree


class Function(msgspec.Struct, frozen=True):
    """``name(params) = text``. `slope` is its derivative in the same parameter; `monotone` is +1, -1 or 0.

    The texts are parsed when somebody asks for them: most runs use few of these functions.
    """

    name: str
    params: tuple[str, ...]
    text: str
    slope: str | None = None
    monotone: int = 0

    @property
    def body(self) -> Tree:
        return parse(self.text)

    @property
    def derivative(self) -> Tree | None:
        return parse(self.slope) if self.slope else None


def _define(head: str, text: str, slope: str | None = None, monotone: int = 0) -> Function:
    name, _, rest = head.partition("(")
    return Function(name, tuple(p.strip() for p in rest.rstrip(")").split(",")), text, slope, monotone)


DEFINED: dict[str, Function] = {
    f.name: f
    for f in (
        _define("linear(z)", "z", "1", +1),
        _define("step(z)", "1 if z >= 0 else 0", None, +1),
        _define("sigmoid(z)", "1/(1 + exp(-z))", "sigmoid(z)*(1 - sigmoid(z))", +1),
        _define("relu(z)", "max(0, z)", "1 if z > 0 else 0", +1),
        _define("leaky_relu(z, slope)", "z if z > 0 else slope*z", "1 if z > 0 else slope", +1),
        _define("elu(z, alpha)", "z if z > 0 else alpha*(exp(z) - 1)", "1 if z > 0 else alpha*exp(z)", +1),
        _define("Phi(z)", "(1 + erf(z/sqrt(2)))/2", "exp(-z**2/2)/sqrt(2*pi)", +1),
        _define("gelu(z)", "z*(1 + erf(z/sqrt(2)))/2",
                "(1 + erf(z/sqrt(2)))/2 + z*exp(-z**2/2)/sqrt(2*pi)"),
    )
}  # fmt: skip
"""Functions with a body; applied entry by entry to matrices."""

NATIVE_DERIVATIVES: dict[str, str] = {
    "exp": "exp(z)",
    "sqrt": "1/(2*sqrt(z))",
    "ln": "1/z",
    "log": "1/z",
    "log2": "1/(z*ln(2))",
    "log10": "1/(z*ln(10))",
    "tanh": "1 - tanh(z)**2",
    "sin": "cos(z)",
    "cos": "-sin(z)",
    "tan": "1 + tan(z)**2",
    "acos": "-1/sqrt(1 - z**2)",
    "abs": "1 if z > 0 else (0 if z == 0 else -1)",
    "erf": "2*exp(-z**2)/sqrt(pi)",
}
"""d/dz of the native one-argument functions, as texts."""

MONOTONE = {"exp": 1, "sqrt": 1, "ln": 1, "log": 1, "log2": 1, "log10": 1, "tanh": 1, "erf": 1, "erfinv": 1,
            "floor": 1, "acos": -1}  # fmt: skip
MONOTONE |= {f.name: f.monotone for f in DEFINED.values() if f.monotone}

CONSTANTS = ("pi", "e")


def body_of(fn: str) -> Function | None:
    """The definition behind `fn`; ``relu_prime`` is the derivative of relu as a function."""
    if fn in DEFINED:
        return DEFINED[fn]
    if fn.endswith("_prime"):
        inner = fn.removesuffix("_prime")
        base = DEFINED.get(inner)
        if base is not None and base.slope:
            return Function(fn, base.params, base.slope)
        if inner in NATIVE_DERIVATIVES:
            return Function(fn, ("z",), NATIVE_DERIVATIVES[inner])
    return None
