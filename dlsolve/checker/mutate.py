"""One-place mutations of a rule: the slips that people make without anybody declaring them."""

from __future__ import annotations

from collections.abc import Iterator

from dlsolve.formula.tree import At, Bin, Call, If, Name, Neg, Num, Reduce, Ref, Transpose, Tree, children, rebuild

MAX_MUTATIONS = 300

_KEEP = ("sum", "mean", "softmax", "rowsoftmax", "rowsum", "colsum", "()", "ones")


def mutations(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """(what was done, the changed tree), most usual slips first; at most `MAX_MUTATIONS`."""
    seen = {tree}
    count = 0
    for says, changed in _everywhere(tree):
        if changed in seen:
            continue
        seen.add(changed)
        yield says, changed
        count += 1
        if count >= MAX_MUTATIONS:
            return


def _everywhere(tree: Tree) -> Iterator[tuple[str, Tree]]:
    yield from _here(tree)
    kids = children(tree)
    if isinstance(tree, At | Ref):
        return
    for n, child in enumerate(kids):
        for says, changed in _everywhere(child):
            yield says, _with_child(tree, n, changed)


def _with_child(tree: Tree, at: int, new: Tree) -> Tree:
    count = -1

    def change(child: Tree) -> Tree:
        nonlocal count
        count += 1
        return new if count == at else child

    if isinstance(tree, If):  # `children` reads then, cond, other, as `rebuild` does
        return rebuild(tree, change)
    return rebuild(tree, change)


def _here(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Changes of the outermost operation alone."""
    match tree:
        case Bin("+", a, b):
            yield "a sum is taken as a difference", Bin("-", a, b)
            yield "a term is left out", a
            yield "a term is left out", b
            yield "a sum is taken as a product", Bin("*", a, b)
        case Bin("-", a, b):
            yield "a difference is taken as a sum", Bin("+", a, b)
            yield "a difference is taken the other way round", Bin("-", b, a)
            yield "what is subtracted is left out", a
            yield "a term is left out", b
        case Bin("*", a, b):
            yield "a factor is left out", a
            yield "a factor is left out", b
            yield "a product is taken as a quotient", Bin("/", a, b)
            yield "a product is taken as a sum", Bin("+", a, b)
        case Bin("/", a, b):
            yield "the division is left out", a
            yield "a quotient is taken the other way round", Bin("/", b, a)
            yield "a quotient is taken as a product", Bin("*", a, b)
        case Bin("**", a, b):
            yield "the power is left out", a
            yield "the power is taken as a factor", Bin("*", b, a)
            if b != Num("2"):
                yield "a square is taken instead of the power", Bin("**", a, Num("2"))
        case Bin("@", a, b):
            yield "the first matrix is transposed", Bin("@", Transpose(a), b)
            yield "the second matrix is transposed", Bin("@", a, Transpose(b))
        case Neg(a):
            yield "the minus sign is left out", a
        case Transpose(a):
            yield "the transpose is left out", a
        case Call("max" | "min" as fn, args):
            yield f"{'min' if fn == 'max' else 'max'} is taken for {fn}", Call("min" if fn == "max" else "max", args)
        case Call("ln" | "log2" | "log10" as fn, args):
            for other in ("ln", "log2", "log10"):
                if other != fn:
                    yield f"{other} is taken for {fn}", Call(other, args)
            yield "the logarithm is left out", args[0]
        case Call("sum" as fn, (a,)):
            yield "the mean is taken for the sum", Call("mean", (a,))
        case Call("mean", (a,)):
            yield "the division by n is left out", Call("sum", (a,))
        case Call(fn, (a,)) if fn not in _KEEP:
            yield f"{fn.replace('_prime', '′')} is left out", a
        case Reduce("mean", body, var, over):
            yield "the division by n is left out", Reduce("sum", body, var, over)
        case If(then, cond, other):
            yield "the other case is taken", If(other, cond, then)
        case At(base, index):
            yield from _shifted(base, index)
        case Name() | Num():
            return


def _shifted(base: str, index: tuple[Tree, ...]) -> Iterator[tuple[str, Tree]]:
    """The value of another step: t for t − 1 and the other way round."""
    for n, one in enumerate(index):
        match one:
            case Bin("-", letter, Num("1")):
                yield (
                    f"{base} of the same step is taken, not of the step before",
                    At(base, (*index[:n], letter, *index[n + 1 :])),
                )
            case Name():
                before = Bin("-", one, Num("1"))
                yield f"{base} of the step before is taken", At(base, (*index[:n], before, *index[n + 1 :]))
