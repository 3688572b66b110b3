"""Random trees of the rule language."""

from __future__ import annotations

from hypothesis import strategies as st

from dlsolve.formula.tree import (
    REDUCTIONS,
    At,
    Bin,
    Call,
    Cmp,
    If,
    Mat,
    Name,
    Neg,
    Num,
    Reduce,
    Transpose,
    Tree,
)

numbers = st.one_of(
    st.integers(0, 999).map(str),
    st.decimals(0, 100, places=3).map(str),
    st.integers(-12, 12).map(lambda n: f"1e{n}"),
    st.sampled_from(["0.5", "2.", ".25", "1.5e-3", "12345678901234567890"]),
).map(Num)
NAMES = ("a", "b", "x", "y_hat", "beta1", "W", "theta", "lam")
letters = st.sampled_from(["t", "l", "k"]).map(Name)
index: st.SearchStrategy[Tree] = st.one_of(
    letters,
    st.integers(0, 9).map(lambda n: Num(str(n))),
    st.builds(Bin, st.sampled_from("+-"), letters, st.just(Num("1"))),
)
leaves: st.SearchStrategy[Tree] = st.one_of(
    numbers,
    st.sampled_from(NAMES).map(Name),
    st.builds(At, st.sampled_from(NAMES), st.lists(index, min_size=1, max_size=3).map(tuple)),
)
signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])


def _wider(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    functions = st.sampled_from(["exp", "sqrt", "log2", "sigmoid", "relu_prime", "max", "sum"])
    rows = st.integers(1, 3).flatmap(
        lambda n: st.lists(st.lists(inner, min_size=n, max_size=n).map(tuple), min_size=1, max_size=2).map(tuple)
    )
    return st.one_of(
        st.builds(Bin, st.sampled_from(["+", "-", "*", "/", "**", "@"]), inner, inner),
        st.builds(Neg, inner),
        st.builds(Transpose, inner),
        st.builds(Call, functions, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Cmp, signs, inner, inner),
        st.builds(If, inner, inner, inner),
        st.builds(
            Reduce, st.sampled_from(REDUCTIONS), inner, st.sampled_from("ijh"), st.sampled_from(["N", "classes"])
        ),
        st.builds(Mat, rows),
    )


trees: st.SearchStrategy[Tree] = st.recursive(leaves, _wider, max_leaves=14)
"""Any tree that rule text can state."""


def _smooth(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.one_of(
        st.builds(Bin, st.sampled_from(["+", "-", "*", "/"]), inner, inner),
        st.builds(Bin, st.just("**"), inner, st.sampled_from(["2", "3"]).map(Num)),
        st.builds(Neg, inner),
        st.sampled_from(["exp", "sqrt", "ln", "log2", "sigmoid", "tanh", "relu", "abs", "erf"]).flatmap(
            lambda fn: inner.map(lambda arg: Call(fn, (arg,)))
        ),
    )


formulas: st.SearchStrategy[Tree] = st.recursive(
    st.one_of(st.integers(1, 9).map(lambda n: Num(str(n))), st.sampled_from(["a", "b", "x"]).map(Name)),
    _smooth,
    max_leaves=6,
)
"""Scalar formulas of a, b and x, each with a value almost everywhere."""
