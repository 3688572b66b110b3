"""A network written out in the names of its weights: one line a node, one matrix equation a layer."""

from __future__ import annotations

from itertools import pairwise

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.formula.compiled import EXACT, compiled
from dlsolve.formula.tree import Bin, Ref, Tree
from dlsolve.notation import subscript, superscript
from dlsolve.numbers.matrix import Matrix
from dlsolve.trace import Trace

MOST_WEIGHTS = 64


def written_out(sizes: list[int], t: Trace, layout: str) -> None:
    """Every layer of a network of these sizes: shapes, matrix equation, nodes. Raises `InputError`."""
    if len(sizes) < 2:
        raise InputError("$.given.sizes", "one layer alone has no weights", remedy="give sizes such as 4, 3, 2, 1")
    if sum(n * m for n, m in pairwise(sizes)) > MOST_WEIGHTS:
        raise InputError(
            "$.given.sizes", f"more than {MOST_WEIGHTS} weights to write out", remedy="give a smaller network"
        )
    columns = layout == "Wx"
    product = "W a + b" if columns else "a W + b"
    for k, (before, here) in enumerate(pairwise(sizes), 1):
        t.section(f"Layer {k}: from {before} to {here}")
        rows, outputs = (here, "rows") if columns else (before, "columns")
        for name, value in (("rows", rows), ("columns", here + before - rows)):
            of = "outputs of the layer" if name == outputs else "inputs of the layer"
            t.operation(of, None, t.number(value), key=(name, k), why=f"{name} of the matrix in {product}")
        t.note(_matrix(sizes, k, columns))
        for j in range(1, here + 1):
            node = _node(sizes, k, j)
            t.operation(f"node {j} of layer {k}", None, node, key=("o", k, j), shown=_text(node))
            t.answer(("o", k, j))
    t.note(f"In one: ŷ = {_composed(len(sizes) - 1, columns)}")
    t.remark("Each node applies its activation f to its sum; the sums are written here, f is left out.")
    t.check("node by node = in matrices, with whole numbers for the letters", _agrees(sizes))


def _node(sizes: list[int], k: int, j: int) -> Tree:
    """The sum of node j of layer k, in the names of weights, biases and the nodes before."""
    total: Tree | None = None
    for i in range(1, sizes[k - 1] + 1):
        before = Ref("x", (i,)) if k == 1 else Ref("o", (k - 1, i))
        term = Bin("*", Ref("w", (i, j, k)), before)
        total = term if total is None else Bin("+", total, term)
    assert total is not None
    return Bin("+", total, Ref("b", (k, j)))


def _text(tree: Tree) -> str:
    """w₂₁¹·x₂ for the weight from node 2 of layer 0 to node 1 of layer 1, times that node's value."""
    match tree:
        case Bin("+", left, right):
            return f"{_text(left)} + {_text(right)}"
        case Bin("*", left, right):
            return f"{_text(left)}·{_text(right)}"
        case Ref("w", (i, j, k)):
            return f"w{subscript(f'{i}{j}')}{superscript(str(k))}"
        case Ref(base, index):
            return f"{base}{subscript(''.join(map(str, index)))}"
    raise AssertionError(tree)


def _matrix(sizes: list[int], k: int, columns: bool) -> str:
    """The layer in matrices, their rows between semicolons."""
    before, here = range(1, sizes[k - 1] + 1), range(1, sizes[k] + 1)
    if columns:
        rows = [" ".join(_text(Ref("w", (i, j, k))) for i in before) for j in here]
    else:
        rows = [" ".join(_text(Ref("w", (i, j, k))) for j in here) for i in before]
    gap = "; " if columns else " "
    inputs = gap.join(_text(Ref("x", (i,)) if k == 1 else Ref("o", (k - 1, i))) for i in before)
    biases = gap.join(_text(Ref("b", (k, j))) for j in here)
    matrix = "; ".join(rows)
    product = f"[{matrix}]·[{inputs}]" if columns else f"[{inputs}]·[{matrix}]"
    return f"In matrices: {product} + [{biases}]"


def _composed(layers: int, columns: bool) -> str:
    inner = "x"
    for k in range(1, layers + 1):
        n = subscript(str(k))
        inner = f"f{n}(W{n}·{inner} + b{n})" if columns else f"f{n}({inner}·W{n} + b{n})"
    return inner


def _agrees(sizes: list[int]) -> bool:
    """Whether the lines of the nodes and the matrix products give the same, letters being whole numbers."""
    x = Matrix.column([fmpq(i + 2) for i in range(sizes[0])])
    named: dict[object, object] = {("x", i): x.at(i) for i in range(1, sizes[0] + 1)}
    values = x
    for k, (before, here) in enumerate(pairwise(sizes), 1):
        W = Matrix([[fmpq(3 * i + 5 * j - 7 * k) for i in range(1, before + 1)] for j in range(1, here + 1)])
        b = Matrix.column([fmpq(11 * k - j) for j in range(1, here + 1)])
        values = W @ values + b
        named |= {("w", i, j, k): W.at(j, i) for i in range(1, before + 1) for j in range(1, here + 1)}
        named |= {("b", k, j): b.at(j) for j in range(1, here + 1)}
        named |= {("o", k, j): compiled(_node(sizes, k, j), (), EXACT)(named) for j in range(1, here + 1)}
    return all(named["o", len(sizes) - 1, j] == values.at(j) for j in range(1, sizes[-1] + 1))
