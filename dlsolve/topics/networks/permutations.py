"""Equivalent configurations of a network.

Hidden neurons may change places without changing what it computes.
If the neurons of a hidden layer are renumbered, together with the weights that lead into them and out of
them, the network gives the same output for every input. A layer of n neurons can be renumbered in n! ways,
and each hidden layer on its own: l layers of n neurons have (n!)ˡ equivalent configurations, layers of
different widths the product of their factorials. Inputs and outputs keep their places, for they mean
something.

With an odd activation (tanh) the sign of every weight into and out of a neuron may be turned as well:
two ways for each hidden neuron, 2 to the number of them in all.

So the weights are not identifiable: the loss has at least as many equal minima.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace

MOST_NEURONS = 250
"""In all hidden layers: their factorials stay whole numbers of at most 600 digits."""


IN_FULL = 10**12
"""A count from here on is written with a power of ten in its line, and once in full."""


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Hidden layers: their widths, or how many of one width."""

    widths: Annotated[
        list[int] | None, Field("neurons of each hidden layer", ("hidden", "layers"), ge="1", le=str(MOST_NEURONS))
    ] = None
    n: Annotated[
        int | None, Field("neurons of every hidden layer, with l", ("width",), ge="1", le=str(MOST_NEURONS))
    ] = None
    l: Annotated[int | None, Field("how many hidden layers, with n", ("depth",), ge="1", le=str(MOST_NEURONS))] = None  # noqa: E741
    odd: Annotated[bool, Field("whether the activation is odd, as tanh: signs may be turned too", ("signs",))] = False


NOTATION = Notation(
    [
        Quantity("n", "neurons of hidden layer k (without k, of every one)", "k", kind="integer"),
        Quantity("l", "how many hidden layers", kind="integer"),
        Quantity("ways", "ways to number the neurons of layer k (without k, of any one)", "k", kind="integer"),
        Quantity("count", "equivalent configurations by renumbering", kind="integer"),
        Quantity("neurons", "hidden neurons in all", kind="integer"),
        Quantity("signs", "ways to turn signs", kind="integer"),
        Quantity("total", "equivalent configurations in all", kind="integer"),
    ],
    {"k": "layer"},
)

RULES = rules("""
    ways = factorial(n)                                 # n choices, then n − 1, …
    ways[k] = factorial(n[k])                           # n choices, then n − 1, …
    count:equal = ways**l                               # each layer on its own
    count = prod(ways[k] for k in layers)               # each layer on its own
    neurons:equal = n*l                                 # hidden neurons in all
    neurons = sum(n[k] for k in layers)                 # hidden neurons in all
    signs = 2**neurons                                  # two for each neuron
    total = count*signs                                 # renumbered and turned
""")

SLIPS = (
    DeclaredSlip("factorial-of-all", rule("count:equal", "factorial(n*l)"), "neurons were exchanged between layers"),
    DeclaredSlip("times", rule("count:equal", "ways*l"), "the ways of the layers were added, not multiplied"),
    DeclaredSlip("power-only", rule("ways", "n"), "n ways were counted for n neurons, not n!"),
    DeclaredSlip("swapped", rule("count:equal", "factorial(l)**n"), "n and l are swapped"),
    DeclaredSlip(
        "added", rule("count", "sum(ways[k] for k in layers)"), "the ways of the layers were added, not multiplied"
    ),
    DeclaredSlip("squares", rule("ways[k]", "n[k]**2"), "n² ways were counted for n neurons, not n!"),
    DeclaredSlip(
        "signs-added",
        rule("total", "count + signs"),
        "the ways of numbering and of turning signs were added, not multiplied",
    ),
)


def solve(p: Problem, t: Trace) -> None:
    widths = _widths(p)
    equal = p.widths is None
    if equal:
        t.given("n", p.n)
        t.given("l", p.l)
    else:
        t.given("n", [fmpq(w) for w in widths])
        t.index_set("layers", range(1, len(widths) + 1))
    t.section("Renumbering")
    if equal:
        t.let("ways")
    t.through(() if equal else range(1, len(widths) + 1), "ways[k]")
    t.let("count:equal" if equal else "count")
    t.answer("count")
    if p.odd:
        t.section("Turning signs")
        t.let("neurons:equal" if equal else "neurons")
        t.let("signs")
        t.let("total")
        t.answer("total")
    if not equal:
        rows: list[list[Key | str]] = [[f" {k}", ("n", k), ("ways", k)] for k in range(1, len(widths) + 1)]
        t.table("Hidden layers", ["layer", "neurons", "ways"], rows)
    by_factors = 1
    for width in widths:
        for factor in range(2, width + 1):
            by_factors *= factor
    if by_factors >= IN_FULL:
        t.remark(f"In full: count = {by_factors}")
    t.check("the factors multiplied one by one", f"count == {by_factors}" if by_factors < 10**300 else True)


def _widths(p: Problem) -> list[int]:
    """The widths of the hidden layers. Raises `InputError`."""
    if p.widths is not None:
        if p.n is not None or p.l is not None:
            raise InputError("$.given.widths", "widths beside n and l", remedy="give widths, or n and l")
        widths = p.widths
    elif p.n is None or p.l is None:
        raise InputError("$.given", "needs widths, or n and l", remedy="give --widths 3,2, or --n 3 --l 2")
    else:
        widths = [p.n] * p.l
    if sum(widths) > MOST_NEURONS:
        raise InputError("$.given", f"more than {MOST_NEURONS} hidden neurons", found=str(sum(widths)),
                         remedy="give a smaller network")  # fmt: skip
    return widths


TOPIC = Topic(
    "permutations", "Equivalent configurations of a network", "Networks", Problem, solve, NOTATION, RULES,
    "C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 5.1.1",
    example={"n": 3, "l": 2},
    aliases=("identifiability", "permutation-symmetry", "symmetry", "weight-space-symmetry"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
