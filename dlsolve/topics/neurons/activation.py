"""Activation functions at points: value, derivative, range.

Without one, layers collapse into a single linear layer; what is learned through one is scaled by its
derivative. The step has derivative 0 and cannot be trained by gradients. Sigmoid and tanh saturate: far
from 0 their slope vanishes (σ′ ≤ ¼, tanh′ ≤ 1, and tanh z = 2σ(2z) − 1). ReLU keeps a slope of 1 above 0
and none below, so that a neuron can die; leaky ReLU and ELU keep some slope there. GELU weighs z by the
probability Φ(z) of a normal variable below it, SiLU (swish) by σ(z); softplus is a smooth ReLU.

At a corner there is no derivative: ReLU′(0) is taken as 0 (or 1), leaky ReLU′(0) as the slope.
Softmax, which acts on a whole row of scores, has a topic of its own.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.show import decimal, fraction, terminates
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace

SYMBOLS = {
    "step": "step", "sigmoid": "σ", "tanh": "tanh", "relu": "ReLU", "leaky_relu": "LReLU", "elu": "ELU",
    "gelu": "GELU", "silu": "SiLU", "softplus": "softplus",
}  # fmt: skip
OTHER_NAMES = {
    "heaviside": "step", "threshold": "step", "binary_step": "step", "logistic": "sigmoid", "σ": "sigmoid",
    "leakyrelu": "leaky_relu", "lrelu": "leaky_relu", "prelu": "leaky_relu", "swish": "silu",
}  # fmt: skip
RANGES = {
    # range, derivatives it can take, what to remember
    "step": ("{0, 1}", "0", "no gradient comes through"),
    "sigmoid": ("(0, 1)", "(0, ¼]", "saturates on both sides; not centred on 0"),
    "tanh": ("(−1, 1)", "(0, 1]", "saturates on both sides; centred on 0"),
    "relu": ("[0, ∞)", "0 or 1", "does not saturate above 0; dies below"),
    "leaky_relu": ("(−∞, ∞)", "α or 1", "a dead neuron can come back"),
    "elu": ("(−α, ∞)", "(0, 1] for α = 1", "smooth at 0 for α = 1; saturates below"),
    "gelu": ("[−0.17, ∞)", "[−0.13, 1.13]", "dips below 0 near −0.75; used in transformers"),
    "silu": ("[−0.28, ∞)", "[−0.10, 1.10]", "dips below 0 near −1.28"),
    "softplus": ("(0, ∞)", "(0, 1)", "a smooth ReLU; its derivative is the sigmoid"),
}  # fmt: skip
FARTHEST = {"gelu": 6}
"""Beyond |z| = 300 (GELU: 6) a value differs from its limit by less than anybody writes."""


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Functions by name, and where to take them."""

    function: Annotated[
        list[str], Field("one or more of " + ", ".join(SYMBOLS), ("functions", "f", "activation", "activations"))
    ]
    z: Annotated[list[fmpq] | None, Field("points (−2, −1, 0, 1, 2 where not given)", ("x", "points"))] = None
    slope: Annotated[fmpq, Field("slope of leaky ReLU below 0 (PyTorch 0.01, Keras 0.3)", ("negative_slope",))] = fmpq(
        1, 100
    )
    alpha: Annotated[fmpq, Field("ELU goes to −alpha far below 0", gt="0")] = fmpq(1)
    threshold: Annotated[fmpq, Field("where the step fires", ("theta",))] = fmpq(0)


NOTATION = Notation(
    [
        Quantity("z", "point i", "i"),
        Quantity("slope", "slope of leaky ReLU below 0", symbol="α", latex=r"\alpha"),
        Quantity("alpha", "ELU goes to −α far below 0", symbol="α", latex=r"\alpha"),
        Quantity("threshold", "where the step fires", symbol="θ", latex=r"\theta"),
        *(Quantity(f, f"{s} at point i", "i", template=f"{s}({{z}})") for f, s in SYMBOLS.items()),
        *(Quantity(f"{f}_prime", f"slope of {s} at point i", "i", template=f"{s}′({{z}})") for f, s in SYMBOLS.items()),
    ],
    {"i": "entry"},
    {"i": {"i": {"z": "z"}}},
)  # fmt: skip

RULES = rules("""
    step[i] by fire:                                                            # fires or does not
        ge = 1 if z[i] >= threshold else 0
        gt = 1 if z[i] > threshold else 0
    step_prime[i] = 0                                                           # flat on both sides
    sigmoid[i] = sigmoid(z[i])                                                  # squeezes into (0, 1)
    sigmoid_prime[i] = sigmoid[i]*(1 - sigmoid[i])                              # by its own value
    sigmoid_prime[i]:far = exp(-z[i]) / (1 + exp(-z[i]))**2                     # the same, written out
    tanh[i] = (exp(z[i]) - exp(-z[i])) / (exp(z[i]) + exp(-z[i]))               # squeezes into (−1, 1)
    tanh_prime[i] = 1 - tanh[i]**2                                              # by its own value
    tanh_prime[i]:far = 4 / (exp(z[i]) + exp(-z[i]))**2                         # the same, written out
    relu[i] = max(0, z[i])                                                      # cuts off below 0
    relu_prime[i] by relu_at_0:                                                 # slope
        0 = 1 if z[i] > 0 else 0                                                # slope
        1 = 1 if z[i] >= 0 else 0                                               # slope
    leaky_relu[i] = z[i] if z[i] > 0 else slope*z[i]                            # keeps a little below 0
    leaky_relu_prime[i] = 1 if z[i] > 0 else slope                              # slope
    elu[i] = z[i] if z[i] > 0 else alpha*(exp(z[i]) - 1)                        # bends to −α below 0
    elu_prime[i] = 1 if z[i] > 0 else alpha*exp(z[i])                           # slope
    gelu[i] = z[i]*(1 + erf(z[i]/sqrt(2)))/2                                    # z·Φ(z)
    gelu_prime[i] = (1 + erf(z[i]/sqrt(2)))/2 + z[i]*exp(-z[i]**2/2)/sqrt(2*pi)     # Φ(z) + z·φ(z)
    silu[i] = z[i]*sigmoid(z[i])                                                # z·σ(z)
    silu_prime[i] = sigmoid(z[i]) + z[i]*exp(-z[i]) / (1 + exp(-z[i]))**2       # σ(z) + z·σ′(z)
    softplus[i] = ln(1 + exp(z[i]))                                             # a smooth ReLU
    softplus_prime[i] = sigmoid(z[i])                                           # the sigmoid
""")

SLIPS = (
    DeclaredSlip("sigmoid-sign", rule("sigmoid[i]", "1/(1 + exp(z[i]))"), "e was raised to z, not to −z"),
    DeclaredSlip(
        "sigmoid-prime-of-value", rule("sigmoid_prime[i]", "z[i]*(1 - z[i])"), "z(1 − z) was taken in place of σ(1 − σ)"
    ),
    DeclaredSlip(
        "sigmoid-prime-square",
        rule("sigmoid_prime[i]", "1 - sigmoid[i]**2"),
        "the form of tanh′, 1 − σ², was used for σ′",
    ),
    DeclaredSlip(
        "tanh-prime-sigmoid",
        rule("tanh_prime[i]", "tanh[i]*(1 - tanh[i])"),
        "the form of σ′, tanh·(1 − tanh), was used for tanh′",
    ),
    DeclaredSlip("tanh-prime-root", rule("tanh_prime[i]", "1 - tanh[i]"), "tanh was not squared in 1 − tanh²"),
    DeclaredSlip("tanh-prime-of-z", rule("tanh_prime[i]", "1 - z[i]**2"), "1 − z² was taken in place of 1 − tanh²"),
    DeclaredSlip("relu-size", rule("relu[i]", "abs(z[i])"), "the size of a negative z was taken in place of 0"),
    DeclaredSlip(
        "relu-prime-value", rule("relu_prime[i]", "max(0, z[i])"), "the value of ReLU was taken for its slope"
    ),
    DeclaredSlip("leaky-as-relu", rule("leaky_relu[i]", "max(0, z[i])"), "0 was taken below 0 in place of α·z"),
    DeclaredSlip(
        "leaky-prime-relu",
        rule("leaky_relu_prime[i]", "1 if z[i] > 0 else 0"),
        "0 was taken for the slope below 0 in place of α",
    ),
    DeclaredSlip(
        "elu-no-minus-one", rule("elu[i]", "z[i] if z[i] > 0 else alpha*exp(z[i])"), "the −1 of α(e^z − 1) is left out"
    ),
)


def solve(p: Problem, t: Trace) -> None:
    functions = _functions(p)
    points = p.z if p.z is not None else [fmpq(n) for n in (-2, -1, 0, 1, 2)]
    t.given("z", points, assumed=p.z is None)
    for name, users in (("slope", "leaky_relu"), ("alpha", "elu"), ("threshold", "step")):
        if users in functions:
            t.given(name, getattr(p, name))
    t.index_set("points", range(1, len(points) + 1))
    for i, z in enumerate(points, 1):
        t.phrase("i", i, z=_text(z))
    if len(points) == 1:
        t.hide("i", 1)
    for f in functions:
        most = FARTHEST.get(f, 300)
        if any(abs(z) > most for z in points):
            raise InputError("$.given.z", f"a point beyond ±{most}", remedy=f"there {SYMBOLS[f]} is at its limit")
        t.section(f"{SYMBOLS[f]}, range {RANGES[f][0]}")
        for i, z in enumerate(points, 1):
            t.let(f"{f}[i]", i)
            _slope(p, t, f, i, z)
            t.answer((f, i), (f"{f}_prime", i))
            if len(functions) == 1:
                t.alias("f" if len(points) == 1 else f"f[{i}]", (f, i))
                t.alias("f_prime" if len(points) == 1 else f"f_prime[{i}]", (f"{f}_prime", i))
        _checks(p, t, f, points)
    _tables(t, functions, points)


def _functions(p: Problem) -> list[str]:
    """The functions asked for, by their short names. Raises `InputError`."""
    out: list[str] = []
    for n, asked in enumerate(p.function):
        name = asked.strip().lower().replace("-", "_").replace(" ", "_")
        name = OTHER_NAMES.get(name, name)
        if name == "softmax":
            raise InputError(f"$.given.function[{n}]", "softmax acts on a whole row of scores", remedy="see `softmax`")
        if name not in SYMBOLS and name != "all":
            raise InputError(f"$.given.function[{n}]", "not an activation", found=repr(asked),
                             remedy="use one of " + ", ".join(SYMBOLS) + ", or all")  # fmt: skip
        out += [f for f in (SYMBOLS if name == "all" else [name]) if f not in out]
    return out


def _slope(p: Problem, t: Trace, f: str, i: int, z: fmpq) -> None:
    """The derivative; at a corner what is taken for it."""
    corner = {"step": p.threshold, "relu": fmpq(0), "leaky_relu": fmpq(0)}.get(f)
    if f == "elu" and p.alpha != 1:
        corner = fmpq(0)
    if z == corner and f == "step":
        t.operation("the step jumps here: there is no derivative", None, "none", key=("step_prime", i))
        return
    far = (f == "sigmoid" and abs(z) > 12) or (f == "tanh" and abs(z) > 6)
    t.let(f"{f}_prime[i]" + (":far" if far else ""), i)
    if z == corner:
        sides = {"relu": "0 from below, 1 from above", "leaky_relu": "α from below, 1 from above",
                 "elu": "α from below, 1 from above"}[f]  # fmt: skip
        t.remark(f"{SYMBOLS[f]} has a corner at 0: its slope is {sides}, and what is taken there is a convention.")


CHECKS = {
    "sigmoid": ("σ(z) + σ(−z) = 1", "sigmoid[i] + 1/(1 + exp(z[i])) == 1"),
    "tanh": ("tanh z = 2σ(2z) − 1", "tanh[i] == 2*sigmoid(2*z[i]) - 1"),
    "relu": ("ReLU = (z + |z|)/2", "relu[i] == (z[i] + abs(z[i]))/2"),
    "leaky_relu": ("LReLU = ReLU(z) − α·ReLU(−z)", "leaky_relu[i] == max(0, z[i]) - slope*max(0, -z[i])"),
    "elu": ("ELU = max(0, z) + α(e^min(0, z) − 1)", "elu[i] == max(0, z[i]) + alpha*(exp(min(0, z[i])) - 1)"),
    "gelu": ("GELU(z) − GELU(−z) = z", "gelu[i] - (-z[i])*(1 + erf(-z[i]/sqrt(2)))/2 == z[i]"),
    "silu": ("SiLU(z) − SiLU(−z) = z", "silu[i] + z[i]*sigmoid(-z[i]) == z[i]"),
    "softplus": ("softplus(z) − softplus(−z) = z", "softplus[i] - ln(1 + exp(-z[i])) == z[i]"),
}
DIFFERENCES = {
    "sigmoid": "sigmoid({})", "tanh": "tanh({})", "gelu": "gelu({})", "silu": "({})*sigmoid({})",
    "softplus": "ln(1 + exp({}))", "elu": "elu({}, alpha)",
}  # fmt: skip


def _checks(p: Problem, t: Trace, f: str, points: list[fmpq]) -> None:
    if f in CHECKS:
        left, right = CHECKS[f][1].split(" == ")
        t.check(CHECKS[f][0], f"sum(abs({left} - ({right})) for i in points) == 0", "at every point")
    if f in DIFFERENCES and (f != "elu" or all(abs(z) > fmpq(1, 1000) for z in points)):
        up, down = (DIFFERENCES[f].replace("{}", f"(z[i] {sign} 1/1000)") for sign in "+-")
        room = "(1 + alpha)/100000" if f == "elu" else "1/100000"
        claim = f"max(abs(({up} - {down})*500 - {f}_prime[i]) for i in points) < {room}"
        t.check(f"{SYMBOLS[f]}′ against small differences", claim, "at every point")


def _tables(t: Trace, functions: list[str], points: list[fmpq]) -> None:
    both, values, slopes = ("Values", ("", "_prime")), ("Values", ("",)), ("Derivatives", ("_prime",))
    for title, kinds in [both] if len(functions) < 3 else [values, slopes]:
        header = ["z", *(SYMBOLS[f] + ("′" if kind else "") for f in functions for kind in kinds)]
        rows: list[list[Key | str]] = [
            [f" {_text(z)}", *((f + kind, i) for f in functions for kind in kinds)] for i, z in enumerate(points, 1)
        ]
        t.table(title, header, rows)
    facts = [[f" {SYMBOLS[f]}", *(f" {cell}" for cell in RANGES[f])] for f in functions]
    t.table("Properties", ["function", "range", "derivative in", "remember"], facts)


def _text(value: fmpq) -> str:
    return (decimal(value) if terminates(value) else fraction(value)).replace("-", "−")


TOPIC = Topic(
    "activation", "Activation functions", "Neurons", Problem, solve, NOTATION, RULES,
    "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning (2016), sections 6.3.1 to 6.3.3; "
    "ELU: Clevert et al. (2016), eq. 15; GELU: Hendrycks & Gimpel (2016), section 2",
    example={"function": ["sigmoid"], "z": [-2, 0, 1]},
    aliases=("activations", "activation-function", "activation-functions", "sigmoid", "tanh", "relu", "leaky-relu",
             "elu", "gelu", "silu", "swish", "softplus", "relu-derivative"),
    conventions={"fire": "ge", "relu_at_0": "0"},
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
