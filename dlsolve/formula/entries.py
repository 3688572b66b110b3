"""Matrix lines entry by entry: products as sums, sums over a vector term by term."""

from __future__ import annotations

from dlsolve.formula.evaluate import evaluate
from dlsolve.formula.functions import DEFINED, body_of
from dlsolve.formula.tree import Bin, Call, Cmp, If, Mat, Name, Neg, Num, Transpose, Tree, nodes, rebuild

_SCALAR_CALLS = ("sum", "mean", "max", "min", "prod")
_COLLAPSE = (*_SCALAR_CALLS, "rowsum", "colsum")


def shape(tree: Tree) -> tuple[int, int]:
    """The shape of a tree of numbers and written-out matrices; (1, 1) for a number."""
    match tree:
        case Mat(rows):
            return len(rows), len(rows[0])
        case Transpose(arg):
            a, b = shape(arg)
            return b, a
        case Bin("@", left, right):
            return shape(left)[0], shape(right)[1]
        case Bin(_, left, right) | Cmp(_, left, right):
            (a, b), (c, d) = shape(left), shape(right)
            return max(a, c), max(b, d)
        case Call(fn, args):
            if fn in _SCALAR_CALLS and len(args) == 1:
                return 1, 1
            if fn == "rowsum":
                return shape(args[0])[0], 1
            if fn == "colsum":
                return 1, shape(args[0])[1]
            shapes = [shape(a) for a in args]
            return max(s[0] for s in shapes), max(s[1] for s in shapes)
        case If(then, cond, other):
            shapes = [shape(then), shape(cond), shape(other)]
            return max(s[0] for s in shapes), max(s[1] for s in shapes)
        case Neg(arg):
            return shape(arg)
        case _:
            return 1, 1


def entry(tree: Tree, i: int, j: int) -> Tree:
    """Entry (i, j), from 0, of a tree of numbers and matrices: a tree of numbers."""
    rows, cols = shape(tree)
    i, j = (0 if rows == 1 else i), (0 if cols == 1 else j)
    match tree:
        case Mat(cells):
            return cells[i][j]
        case Transpose(arg):
            return entry(arg, j, i)
        case Bin("@", left, right):
            return _sum([Bin("*", entry(left, i, k), entry(right, k, j)) for k in range(shape(left)[1])])
        case Bin(op, left, right):
            return Bin(op, entry(left, i, j), entry(right, i, j))
        case Cmp(op, left, right):
            return Cmp(op, entry(left, i, j), entry(right, i, j))
        case Neg(arg):
            return Neg(entry(arg, i, j))
        case If(then, cond, other):
            return If(entry(then, i, j), entry(cond, i, j), entry(other, i, j))
        case Call("sum" | "mean" as fn, (arg,)) if shape(arg) != (1, 1):
            listed = all_entries(arg)
            return _sum(listed) if fn == "sum" else Bin("/", _sum(listed), Num(str(len(listed))))
        case Call("max" | "min" | "prod" as fn, (arg,)) if shape(arg) != (1, 1):
            return Call(fn, tuple(all_entries(arg)))
        case Call("rowsum", (arg,)):
            return _sum([entry(arg, i, k) for k in range(shape(arg)[1])])
        case Call("colsum", (arg,)):
            return _sum([entry(arg, k, j) for k in range(shape(arg)[0])])
        case Call("softmax" | "rowsoftmax" as fn, (arg,)):
            along_row = (rows == 1 and cols > 1) or fn == "rowsoftmax"
            terms = [entry(arg, i, k) for k in range(cols)] if along_row else [entry(arg, k, j) for k in range(rows)]
            exps: list[Tree] = [Call("exp", (t,)) for t in terms]
            return Bin("/", exps[j if along_row else i], _sum(exps))
        case Call(fn, args):
            return Call(fn, tuple(entry(a, i, j) for a in args))
        case _:
            return tree


def all_entries(tree: Tree) -> list[Tree]:
    """Every entry of `tree`, row by row."""
    rows, cols = shape(tree)
    return [entry(tree, i, j) for i in range(rows) for j in range(cols)]


def _sum(terms: list[Tree]) -> Tree:
    out = terms[0]
    for term in terms[1:]:
        out = Bin("+", out, term)
    return out


def has_matrix(tree: Tree) -> bool:
    """Whether a matrix is written out in `tree`."""
    return any(isinstance(node, Mat) for node in nodes(tree))


def spread(tree: Tree, most: int) -> Tree:
    """`tree` as one matrix of entry lines (up to `most` rows and columns), or one scalar line."""
    tree = plain(tree)
    if not has_matrix(tree):
        return tree
    rows, cols = shape(tree)
    if rows > most or cols > most:
        return tree
    if (rows, cols) == (1, 1):
        return entry(tree, 0, 0)
    return Mat(tuple(tuple(unfold(taken(entry(tree, i, j))) for j in range(cols)) for i in range(rows)))


def plain(tree: Tree) -> Tree:
    """`tree` with sums, means and products of lone numbers as those numbers."""
    if isinstance(tree, Call) and tree.fn in _COLLAPSE and len(tree.args) == 1 and shape(tree.args[0]) == (1, 1):
        return plain(tree.args[0])
    if isinstance(tree, Bin) and tree.op == "@" and not has_matrix(tree):
        return Bin("*", plain(tree.left), plain(tree.right))
    if isinstance(tree, Transpose) and not has_matrix(tree):
        return plain(tree.arg)
    return rebuild(tree, plain)


def sums_up(tree: Tree) -> bool:
    """Whether a sum over a written-out matrix stands in `tree`: its terms say more than its sign."""
    return any(isinstance(n, Call) and n.fn in _COLLAPSE and len(n.args) == 1 for n in nodes(tree))


def unfold(tree: Tree) -> Tree:
    """`tree` with its outermost defined function replaced by its rule: σ(1) -> 1/(1 + e⁻¹)."""
    if isinstance(tree, Call) and (tree.fn in DEFINED or tree.fn.endswith("_prime")):
        definition = body_of(tree.fn)
        if definition is not None:
            return substitute(definition.body, dict(zip(definition.params, tree.args, strict=True)))
    return tree


def taken(tree: Tree) -> Tree:
    """A line of numbers with its functions by cases at the case that holds: ReLU′(2) -> 1."""
    tree = rebuild(tree, taken)
    opened = unfold(tree)
    while isinstance(opened, If):
        opened = opened.then if bool(evaluate(opened.cond)) else opened.other
        tree = opened
    return tree


def substitute(tree: Tree, values: dict[str, Tree]) -> Tree:
    """`tree` with names replaced."""
    if isinstance(tree, Name):
        return values.get(tree.id, tree)
    return rebuild(tree, lambda child: substitute(child, values))
