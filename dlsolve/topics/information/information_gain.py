"""Information gain of a split.

How much surer the class is, once the branch is known.
A node of a decision tree holds cases of several classes; its impurity says how mixed they are,
by entropy or by Gini:

    H = −Σ p·log p          G = 1 − Σ p²          p: share of a class, 0 for a pure node

A split sends every case into one branch. The impurity after it is the mean of the branches'
impurities, each weighted by its share of the cases, and the gain is what the split takes off:

    gain = H(before) − Σ w(branch)·H(branch),     w(branch) = cases of the branch / all cases.

It is never below 0. Many small branches gain much and learn little: the gain ratio divides the gain
by the entropy of the branch sizes themselves (C4.5). Of several splits of one node, the one with the
largest gain is chosen, the first named where two are equal.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import Rule, rule, rules
from dlsolve.formula.tree import Reduce, Tree, rebuild
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.information.tables import Cells, counted, tallied


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    counts: Annotated[
        dict[str, dict[str, fmpq]] | None,
        Field("cases by branch and class: {branch: {class: count}}", ("split", "table"), ge="0"),
    ] = None
    splits: Annotated[
        dict[str, dict[str, dict[str, fmpq]]] | None,
        Field("several splits to compare: {feature: {branch: {class: count}}}", ge="0"),
    ] = None
    features: Annotated[
        dict[str, list[str]] | None,
        Field("in place of counts: {feature: its value for every case}", ("X",), csv="features"),
    ] = None
    y: Annotated[
        list[str] | None, Field("with features: the class of every case", ("classes", "labels"), csv="target")
    ] = None
    criterion: Annotated[Literal["entropy", "gini"], Field("how impurity is measured", ("impurity",))] = "entropy"


NOTATION = Notation(
    [
        Quantity("n", "cases of class k in branch b", "a b k", kind="integer", template="n({at}{b}, {k})"),
        Quantity("n_branch", "cases in branch b", "a b", kind="integer", template="n({at}{b})"),
        Quantity("n_class", "cases of class k before the split", "k", kind="integer", template="n({k})"),
        Quantity("N", "all cases", kind="integer"),
        Quantity("p", "share of class k before the split", "k", kind="probability", template="p({k})"),
        Quantity("p_in", "share of class k in branch b", "a b k", kind="probability", template="p({k} | {at}{b})"),
        Quantity("weight", "share of the cases in branch b", "a b", kind="probability", template="w({at}{b})"),
        Quantity("term", "what class k adds to the entropy before", "k", template="h({k})"),
        Quantity("term_in", "what class k adds to the entropy of branch b", "a b k", template="h({k} | {at}{b})"),
        Quantity("H_before", "entropy before the split", symbol="H", also=("H(S)",)),
        Quantity("H", "entropy of branch b", "a b", template="H({at}{b})"),
        Quantity("H_after", "entropy after the split", "a", template="H_after{of}"),
        Quantity("G_before", "Gini impurity before the split", symbol="G", also=("G(S)",)),
        Quantity("G", "Gini impurity of branch b", "a b", template="G({at}{b})"),
        Quantity("G_after", "Gini impurity after the split", "a", template="G_after{of}"),
        Quantity("gain", "gain: impurity before less impurity after", "a", template="gain{of}",
                 also=("IG", "IG({a})", "IG(S, {a})", "gain(S, {a})")),
        Quantity("size_term", "what branch b adds to the split information", "a b", template="s({at}{b})"),
        Quantity("split_info", "split information: entropy of the branch sizes", "a", template="split info{of}"),
        Quantity("gain_ratio", "gain ratio", "a", template="gain ratio{of}"),
        Quantity("best", "the feature with the largest gain", kind="choice", symbol="best split"),
    ],
    {"a": "label", "b": "label", "k": "label"},
    {"a": {"a": {"at": "", "of": ""}}},
)  # fmt: skip

RULES = rules("""
    n_branch[a, b] = sum(n[a, b, k] for k in classes)
    n_class[k] at a = sum(n[a, b, k] for b in branches)                 # of all branches together
    N = sum(n_class[k] for k in classes)
    p[k] = n_class[k] / N                                               # relative frequency
    term[k] = -p[k]*log(p[k])                                           # surprise −log p, weighted by p
    H_before = sum(term[k] for k in classes)                            # entropy −Σ p·log p
    G_before = 1 - sum(p[k]**2 for k in classes)                        # Gini: two draws differ in class
    weight[a, b] = n_branch[a, b] / N                                   # the branch's share of the cases
    p_in[a, b, k] = n[a, b, k] / n_branch[a, b]                         # relative frequency in the branch
    term_in[a, b, k] = -p_in[a, b, k]*log(p_in[a, b, k])
    H[a, b] = sum(term_in[a, b, k] for k in classes)                    # entropy of the branch
    G[a, b] = 1 - sum(p_in[a, b, k]**2 for k in classes)                # Gini of the branch
    H_after[a] = sum(weight[a, b]*H[a, b] for b in branches)            # branches weighted by their cases
    G_after[a] = sum(weight[a, b]*G[a, b] for b in branches)            # branches weighted by their cases
    gain[a]:entropy = H_before - H_after[a]                             # information gain
    gain[a]:gini = G_before - G_after[a]                                # decrease of impurity
    size_term[a, b] = -weight[a, b]*log(weight[a, b])
    split_info[a] = sum(size_term[a, b] for b in branches)              # entropy of the branch sizes
    gain_ratio[a] = gain[a] / split_info[a]
""")

SLIPS = (
    DeclaredSlip("not-weighted", rule("H_after[a]", "sum(H[a, b] for b in branches)"),
                 "the branches were not weighted by their share of the cases"),
    DeclaredSlip("plain-mean", rule("H_after[a]", "mean(H[a, b] for b in branches)"),
                 "every branch was weighted alike, not by its share of the cases"),
    DeclaredSlip("not-weighted-gini", rule("G_after[a]", "sum(G[a, b] for b in branches)"),
                 "the branches were not weighted by their share of the cases"),
    DeclaredSlip("plain-mean-gini", rule("G_after[a]", "mean(G[a, b] for b in branches)"),
                 "every branch was weighted alike, not by its share of the cases"),
    DeclaredSlip("share-of-all", rule("p_in[a, b, k]", "n[a, b, k] / N"),
                 "the class was divided by all cases, not by those of the branch"),
    DeclaredSlip("turned-round", rule("gain[a]:entropy", "H_after[a] - H_before"),
                 "the difference was taken the other way round, after less before"),
    DeclaredSlip("after-for-gain", rule("gain[a]:entropy", "H_after[a]"),
                 "the entropy after the split was taken for the gain"),
    DeclaredSlip("after-for-gain-gini", rule("gain[a]:gini", "G_after[a]"),
                 "the impurity after the split was taken for the gain"),
    DeclaredSlip("gini-left-at-squares", rule("G[a, b]", "sum(p_in[a, b, k]**2 for k in classes)"),
                 "the squares were added up and not taken off 1"),
    DeclaredSlip("minus-forgotten", rule("term_in[a, b, k]", "p_in[a, b, k]*log(p_in[a, b, k])"),
                 "the minus sign of −Σ p·log p was forgotten"),
    DeclaredSlip("ratio-by-entropy", rule("gain_ratio[a]", "gain[a] / H_before"),
                 "the gain was divided by the entropy before, not by the split information"),
)  # fmt: skip


def solve(given: Problem, t: Trace) -> None:
    splits = _splits(given)
    first = next(iter(splits))
    classes = list(next(iter(splits[first].values())))
    entropy = given.criterion == "entropy"
    t.index_set("classes", classes)
    t.index_set("features", list(splits))
    for a, cells in splits.items():
        t.phrase("a", a, at="" if len(splits) == 1 else f"{a}=", of="" if len(splits) == 1 else f"({a})")
        for b in cells:
            t.given("n", cells[b], a, b)
    if len(splits) == 1:
        t.hide("a", first)
    t.section("Before the split")
    _branches(t, first, splits[first])
    totals = {k: sum((row[k] for row in splits[first].values()), fmpq(0)) for k in classes}
    for k in classes:
        t.let(_over(t, "n_class[k] at a", first), k, first)
    t.let("N")
    t.through(classes, "p[k]")
    if entropy:
        for k in classes:
            _term(t, "term[k]", bool(totals[k]), k)
    t.let("H_before" if entropy else "G_before")
    for a, cells in splits.items():
        _split(t, a, cells, entropy)
    measure = "H" if entropy else "G"
    after = f"{measure}_after"
    if len(splits) == 1:
        t.answer(f"{measure}_before", (after, first), ("gain", first))
        if ("gain_ratio", first) in t.steps:
            t.answer(("gain_ratio", first))
        return
    t.section("The best split")
    best = t.argmax("gain", list(splits))
    ties = [str(a) for a in t.tied("gain", list(splits), best)]
    t.operation("the largest gain", None, str(best), key="best", ties=ties)
    if ties:
        t.remark(f"The gain of {', '.join(ties)} is just as large; the first feature is taken.")
    ratio = all(("gain_ratio", a) in t.steps for a in splits)
    t.table("Splits", ["feature", "after", "gain", *(["gain ratio"] if ratio else [])], [
        [f" {a}", (after, a), ("gain", a), *([("gain_ratio", a)] if ratio else [])] for a in splits
    ])  # fmt: skip
    t.answer(f"{measure}_before", *(("gain", a) for a in splits), "best")


def _split(t: Trace, a: str, cells: Cells, entropy: bool) -> None:
    """Impurity of every branch of feature `a`, their mean and the gain."""
    t.section(f"Split by {a}" if len(t.sets["features"]) > 1 else "After the split")
    _branches(t, a, cells)
    for b, row in cells.items():
        t.let("n_branch[a, b]", a, b)
        t.let("weight[a, b]", a, b)
        t.through(list(row), "p_in[a, b, k]", at=(a, b))
        if entropy:
            for k in row:
                _term(t, "term_in[a, b, k]", bool(row[k]), a, b, k)
        t.let("H[a, b]" if entropy else "G[a, b]", a, b)
    t.let(_over(t, "H_after[a]" if entropy else "G_after[a]", a), a)
    t.let("gain[a]:entropy" if entropy else "gain[a]:gini", a)
    measure = "H" if entropy else "G"
    t.table("Branches" if len(t.sets["features"]) == 1 else f"Branches of {a}",
            ["branch", *map(str, t.sets["classes"]), "cases", "weight", measure],
            [[f" {b}", *(("n", a, b, k) for k in cells[b]), ("n_branch", a, b), ("weight", a, b), (measure, a, b)]
             for b in cells])  # fmt: skip
    which = f"split by {a}" if a != "split" else ""
    t.check("the branches hold all cases", "sum(weight[a, b] for b in branches) == 1", which, a=a)
    t.check("gain ≥ 0", "gain[a] >= 0" if len(cells) > 1 and not _alike(cells) else "gain[a] == 0", which, a=a)
    if not entropy:
        return
    t.through(list(cells), "size_term[a, b]", at=(a,))
    t.let(_over(t, "split_info[a]", a), a)
    if len(cells) > 1:
        t.let("gain_ratio[a]", a)


def _term(t: Trace, target: str, possible: bool, *index: str) -> None:
    """One term of an entropy; a share of 0 adds nothing."""
    if possible:
        t.let(target, *index)
    else:
        t.operation("share 0 adds nothing: 0·log 0 = 0", None, t.number(0), key=(target.partition("[")[0], *index))


def _alike(cells: Cells) -> bool:
    """Whether the classes have the same shares in every branch: nothing is gained."""
    rows = [[v / sum(row.values(), fmpq(0)) for v in row.values()] for row in cells.values()]
    return all(row == rows[0] for row in rows)


def _branches(t: Trace, a: str, cells: Cells) -> None:
    """The branches of feature `a`, under a name of their own beside the one the rules say."""
    t.index_set("branches", list(cells))
    t.index_set(f"branches of {a}", list(cells))


def _over(t: Trace, target: str, a: str) -> Rule:
    """The rule of `target`, its sum over the branches of feature `a`."""

    def own(tree: Tree) -> Tree:
        tree = rebuild(tree, own)
        if isinstance(tree, Reduce) and tree.over == "branches":
            return msgspec.structs.replace(tree, over=f"branches of {a}")
        return tree

    found = t.rules[target]
    return msgspec.structs.replace(found, expr=own(found.expr))


def _splits(p: Problem) -> dict[str, Cells]:
    """The table of every feature, without branches that hold no case. Raises `InputError`."""
    ways = [name for name in ("counts", "splits") if getattr(p, name) is not None]
    ways += ["features with y"] if p.features is not None or p.y is not None else []
    if len(ways) != 1:
        raise InputError("$.given", "one of counts, splits, and features with y is needed", found=" and ".join(ways),
                         remedy='give "counts": {"sunny": {"yes": 2, "no": 3}, …}')  # fmt: skip
    if p.counts is not None:
        found = {"split": counted(p.counts, "$.given.counts")}
    elif p.splits is not None:
        found = {a: counted(cells, f"$.given.splits.{a}") for a, cells in p.splits.items()}
    elif p.features is None or p.y is None:
        missing = "features" if p.features is None else "y"
        raise InputError(f"$.given.{missing}", "is missing", remedy="give features and y, one value for every case")
    else:
        found = {a: tallied(v, p.y, f"$.given.features.{a}", (a, "y")) for a, v in p.features.items()}
    whole: dict[str, fmpq] | None = None
    for a, cells in found.items():
        totals = {k: sum((row[k] for row in cells.values()), fmpq(0)) for k in next(iter(cells.values()))}
        if whole is not None and totals != whole:
            raise InputError(f"$.given.splits.{a}", "its classes do not sum to those of the first split",
                             remedy="every split sorts the same cases")  # fmt: skip
        whole = totals
    return {a: {b: row for b, row in cells.items() if any(row.values())} for a, cells in found.items()}


TOPIC = Topic(
    "information-gain", "Information gain of a split", "Information", Problem, solve, NOTATION, RULES,
    "J. R. Quinlan, Induction of Decision Trees, Machine Learning 1 (1986); Breiman et al., CART (1984), section 4.3",
    example={"counts": {"sunny": {"yes": 2, "no": 3}, "overcast": {"yes": 4, "no": 0}, "rain": {"yes": 3, "no": 2}}},
    aliases=("gain", "decision-tree", "gini", "id3", "split", "gain-ratio"),
    conventions={"log": "2"},
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
