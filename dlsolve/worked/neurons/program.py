"""The perceptron as a Python program in five steps, its lines read from the rules in force."""

from __future__ import annotations

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.formula.compiled import FLOAT64
from dlsolve.formula.text import python
from dlsolve.formula.tree import Name, Ref, Tree, rebuild
from dlsolve.numbers.show import to_float
from dlsolve.readings import instantiate
from dlsolve.trace import Trace
from dlsolve.worked.neurons.learning import MOST_PASSES
from dlsolve.worked.neurons.samples import Data, Problem, read, task


def program(p: Problem, t: Trace) -> str:
    """A runnable program for `p`; where the run `t` is in float64, what it prints stands below it.

    Raises `InputError` where nothing is trained.
    """
    if task(p) != "train":
        raise InputError("$.given", "a program is written for training", remedy="give lr, and epochs if it is to stop")
    data = read(p)
    d = len(data.rows[0])
    weights = [f"w{j}" for j in range(1, d + 1)]
    inputs = ", ".join(f"x{j}" for j in range(1, d + 1)) + ("," if d == 1 else "")
    z = _line(t, "z[s,p] at u" if p.train_bias else "z[s,p]:fixed at u", s=1, p=1, u=0)
    says = "y_hat[s,p]:signs" if data.signs else "y_hat[s,p]"
    updates = [f"w{j} = {_line(t, 'w[j,u] at s,p', j=j, u=1, s=1, p=1)}" for j in range(1, d + 1)]
    updates += [f"b = {_line(t, 'b[u] at s,p', u=1, s=1, p=1)}"] if p.train_bias else []
    shown = ", ".join(f"{name} = {{{name}}}" for name in [*weights, "b", "updates"])
    word, back = ("pass", True) if t.convention("loop") == "restart" else ("epoch", False)
    turn = "turn" if back else word  # `pass` is a word of Python
    most = p.epochs * len(data.rows) if back and p.epochs else p.epochs or _most(p, t, word)
    body = [
        f"z = {z}", "y_hat = f(z)", "if y_hat != y:", f"    e = {_line(t, 'e[s,p]', s=1, p=1)}",
        *(f"    {line}" for line in updates), "    updates = updates + 1",
        *(["    break  # back to the first sample"] if back else []),
    ]  # fmt: skip
    looked = ["looked = looked + 1"] if back and p.epochs else []
    ends = f"updates == before{f' or looked >= {most}' if looked else ''}"
    code = [
        "# Step 1: the activation function",
        f"threshold = {_number(p.threshold or fmpq(0))}",
        "",
        "",
        "def f(z):",
        f"    return {_line(t, says, s=1, p=1)}",
        "",
        "",
        f"# Step 2: the {'truth table of ' + p.gate if p.gate else 'samples and their labels'}",
        f"X = [{', '.join(_point(data, s) for s in range(len(data.rows)))}]",
        f"Y = [{', '.join(_whole(y) for y in data.labels)}]",
        "",
        "# Step 3: weights, bias and learning rate to start from",
        *(f"{w} = {float(_number(v))!r}" for w, v in zip(weights, p.w or [fmpq(0)] * d, strict=True)),
        f"b = {float(_number(p.b or fmpq(0)))!r}",
        f"lr = {_number(p.lr or fmpq(1))}",
        "",
        "# Step 4: training by the perceptron rule",
        "updates = 0",
        *(["looked = 0"] if looked else []),
        f"for {turn} in range(1, {most + 1}):",
        "    before = updates",
        f"    for ({inputs}), y in zip(X, Y):",
        *(f"        {line}" for line in [*looked, *body]),
        f'    print(f"{word} {{{turn}}}: {shown}")',
        f"    if {ends}:",
        "        break  # no sample changed anything" + (", or enough were looked at" if looked else ""),
        "",
        "# Step 5: what was learnt",
        f'print(f"{shown}")',
        f'print("y_hat =", [f({z}) for {inputs} in X])' if d > 1 else f'print("y_hat =", [f({z}) for ({inputs}) in X])',
    ]
    return "\n".join(code + _printed(t, word, d, len(data.rows))) + "\n"


NOISE = 1e-9
"""How near to the threshold a weighted sum in floats means nothing."""


def _line(t: Trace, rule: str, **index: int) -> str:
    """The right side of a rule in the names of a program: w[1,u-1] is w1, x[1,s] is x1, z[s,p] is z."""

    def plain(node: Tree) -> Tree:
        if isinstance(node, Ref):
            return Name(f"{node.base}{node.index[0]}" if node.base in ("w", "x") else node.base)
        return rebuild(node, plain)

    return python(plain(instantiate(t, t.rules[rule].expr, index, None)))


def _most(p: Problem, t: Trace, word: str) -> int:
    """How many turns the loop has at most where the problem does not say: one for a single input."""
    if p.x is not None:
        return 1
    if "separable" not in t.env:
        return MOST_PASSES
    return int(to_float(t.env["passes" if word == "pass" else "epochs"]))  # for ever, otherwise


def _printed(t: Trace, word: str, d: int, n: int) -> list[str]:
    """What the program prints, from the run in float64; nothing of a run in other numbers."""
    if t.arithmetic is not FLOAT64:
        return []
    from numpy import isclose

    table = next(table for table in t.tables if table.title.startswith("The run"))
    ends = {str(row[0]).strip(): row for row in table.cells()}
    lines = []
    for turn, row in ends.items():
        keys = [key for key in row[7:] if not isinstance(key, str) or not key.startswith(" ")]
        updates = keys[0][-1] if isinstance(keys[0], tuple) else 0
        bias = t.env["b", updates] if ("b", updates) in t.env else t.env["b"]
        values = [*(t.env["w", j, updates] for j in range(1, d + 1)), bias]
        names = [*(f"w{j}" for j in range(1, d + 1)), "b"]
        shown = ", ".join(f"{name} = {float(value)!r}" for name, value in zip(names, values, strict=True))
        lines.append(f"{word} {turn}: {shown}, updates = {updates}")
    last = lines[-1].partition(": ")[2]
    says = [str(int(v)) for v in t.env["y_hat"].reshape(-1)] if "y_hat" in t.env else []
    if says and isclose(t.env["z"], t.env["threshold"], rtol=0, atol=NOISE).any():
        says = []  # at the threshold the order of adding decides, which is not the same in a matrix product
    out = [*lines, last, *([f"y_hat = [{', '.join(says)}]"] if says else [])]
    return ["", "# It prints", *(f"# {line}" for line in out)]


def _number(value: fmpq) -> str:
    """A typed number as a program writes it: 0.1, 2, 0.3333333333333333."""
    return str(int(value.p)) if value.q == 1 else repr(to_float(value))


def _whole(label: fmpq) -> str:
    return str(int(label.p))


def _point(data: Data, s: int) -> str:
    row = [_number(e) for e in data.rows[s]]
    return f"({', '.join(row)}{',' if len(row) == 1 else ''})"
