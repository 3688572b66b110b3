"""Backpropagation over a run: one named rule per gradient, from the forward steps themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flint import arb, fmpq

from dlsolve.errors import DlsolveError
from dlsolve.formula.compiled import EXACT, compiled
from dlsolve.formula.derive import ONE, Pull, Shape, add
from dlsolve.formula.rules import Rule
from dlsolve.formula.tree import Index, Name, Ref, Tree, nodes
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError
from dlsolve.readings import instantiate
from dlsolve.trace import Environment, Key, Step, Trace

FINITE_STEP = fmpq(1, 10**8)
MAX_PROBES = 40
"""Gradient entries that a finite-difference check compares at most."""


def gradient_key(key: Key) -> Key:
    """The name of ∂L/∂key: a ``d`` before the base name."""
    return "d" + key if isinstance(key, str) else ("d" + str(key[0]), *key[1:])


def ref(key: Key) -> Tree:
    """A key as it stands in an instantiated tree."""
    return Ref(key) if isinstance(key, str) else Ref(str(key[0]), tuple(key[1:]))


def backward(
    trace: Trace,
    loss: Key,
    wrt: Sequence[Key],
    name: Callable[[Key], Key] = gradient_key,
) -> list[Rule]:
    """Rules for the gradient of `loss` by `wrt` and by every value on the way, last layer first.

    `name` gives the key of the gradient by a key. Raises `RuleError` for a function without a
    derivative.
    """
    chain = _chain(trace, loss, wrt)
    wanted = {ref(k) for k in wrt} | {ref(k) for k, _ in chain}
    contributions: dict[Tree, list[tuple[Key, Tree]]] = {ref(loss): []}
    out: list[Rule] = []

    def shape(leaf: Tree) -> Shape:
        return _shape(trace, leaf, name)

    for key, expr in reversed(chain):
        if key == loss:
            seed: Tree = ONE
        else:
            out.append(_rule(trace, key, contributions[ref(key)], name))
            seed = ref(name(key))
        pull = Pull(shape)
        pull.back(expr, seed, ref(key))
        for leaf, terms in pull.found.items():
            if leaf in wanted:
                total = terms[0]
                for term in terms[1:]:
                    total = add(total, term)
                contributions.setdefault(leaf, []).append((key, total))
    for key in wrt:
        if ref(key) in contributions:
            out.append(_rule(trace, key, contributions[ref(key)], name))
    return out


def _chain(trace: Trace, loss: Key, wrt: Sequence[Key]) -> list[tuple[Key, Tree]]:
    """The steps that lead from `wrt` to `loss`, in order, with their expressions at the step."""
    def true(s: Step) -> Rule:
        # a slip in a forward rule leaves the backward rules as the true network has them
        return trace.true_rules.get(s.rule.id, s.rule)

    steps = [s for s in trace.steps.values() if isinstance(s, Step)]
    at_step = {
        s.key: _named(instantiate(trace, true(s).expr, dict(zip(true(s).letters, s.index, strict=False)), None))
        for s in steps
    }
    reach = {ref(k) for k in wrt}
    forward = []
    for s in steps:
        if any(n in reach for n in nodes(at_step[s.key])):
            reach.add(ref(s.key))
            forward.append(s.key)
    need = {ref(loss)}
    chain: list[tuple[Key, Tree]] = []
    for key in reversed(forward):
        if ref(key) in need:
            need.update(n for n in nodes(at_step[key]) if isinstance(n, Ref))
            chain.append((key, at_step[key]))
    return chain[::-1]


def _named(tree: Tree) -> Tree:
    """`tree` with plain names as references, so that each quantity has one form."""
    from dlsolve.formula.tree import rebuild

    return Ref(tree.id) if isinstance(tree, Name) else rebuild(tree, _named)


def _shape(trace: Trace, leaf: Tree, name: Callable[[Key], Key]) -> Shape:
    assert isinstance(leaf, Ref)
    key: Key = (leaf.base, *leaf.index) if leaf.index else leaf.base
    if key not in trace.env:
        key = next(k for k in trace.env if not isinstance(k, int) and _is_key(k) and name(k) == key)
    value = trace.env[key]
    return tuple(value.shape) if hasattr(value, "shape") else (1, 1)  # type: ignore[return-value]


def _is_key(key: Any) -> bool:
    return not (isinstance(key, str) and key.startswith(("#", "@")))


def _rule(trace: Trace, key: Key, contributions: Sequence[tuple[Key, Tree]], name: Callable[[Key], Key]) -> Rule:
    expr = contributions[0][1]
    for _, term in contributions[1:]:
        expr = add(expr, term)
    target = name(key)
    base = target if isinstance(target, str) else str(target[0])
    at: tuple[Index, ...] = () if isinstance(target, str) else tuple(target[1:])
    return Rule(trace.name(target), base, (), expr, _chain_words(trace, key, [k for k, _ in contributions]), at=at)


def _chain_words(trace: Trace, key: Key, through: Sequence[Key]) -> str:
    """``∂L/∂a₁ · ∂a₁/∂z₁``, summed over the ways from `key` to the loss."""

    def symbol(k: Key) -> str:
        return trace.symbols.unicode(k if isinstance(k, str) else str(k[0]), () if isinstance(k, str) else [str(i) for i in k[1:]])

    loss = symbol(trace.loss) if trace.loss is not None else "L"
    parts = []
    for k in through:
        outer = "" if k == trace.loss else f"∂{loss}/∂{symbol(k)} · "
        parts.append(f"{outer}∂{symbol(k)}/∂{symbol(key)}")
    return " + ".join(parts)


def differentiate(trace: Trace, loss: Key, wrt: Sequence[Key], name: Callable[[Key], Key] = gradient_key) -> None:
    """Work out every gradient of `loss` on the way to `wrt`, as named steps of the run."""
    trace.loss = loss
    for rule in backward(trace, loss, wrt, name):
        trace.let(rule)


def finite_differences(trace: Trace, loss: Key, gradients: Mapping[Key, Key]) -> None:
    """Check gradients (parameter key -> gradient key) by central differences of the same rules.

    Written as a check line; skipped under other policies than exact, and where a kink is met.
    """
    if not trace.policy.passive:
        return
    chain = _chain(trace, loss, list(gradients))
    worst = 0.0
    probes = 0
    try:
        for parameter, gradient in gradients.items():
            for i, j in _places(trace.env[parameter]):
                if probes >= MAX_PROBES:
                    break
                probes += 1
                up = _loss_at(trace, chain, loss, parameter, i, j, FINITE_STEP)
                down = _loss_at(trace, chain, loss, parameter, i, j, -FINITE_STEP)
                slope = (up - down) / (2 * FINITE_STEP)
                true = _entry(trace.env[gradient], i, j)
                gap = abs(float(slope.mid()) - float(arb(true).mid() if not isinstance(true, float) else true))
                worst = max(worst, gap / max(1.0, abs(float(slope.mid()))))
    except (UndecidedError, DlsolveError):
        return
    trace.check("gradients agree with finite differences", worst < 1e-5,
                f"{probes} entries, central differences with h = 10⁻⁸")  # fmt: skip


def _places(value: Any) -> list[tuple[int, int]]:
    rows, cols = value.shape if hasattr(value, "shape") else (1, 1)
    return [(i, j) for i in range(rows) for j in range(cols)]


def _entry(value: Any, i: int, j: int) -> Any:
    if isinstance(value, Matrix):
        return value.rows[i][j]
    return float(value[i, j]) if hasattr(value, "shape") else value


def _ball(value: Any) -> Any:
    if isinstance(value, Matrix):
        return value.map(arb)
    if hasattr(value, "shape"):
        return Matrix([[arb(e) for e in row] for row in value.tolist()])
    return arb(value) if isinstance(value, fmpq | float) else value


def _loss_at(
    trace: Trace, chain: Sequence[tuple[Key, Tree]], loss: Key, parameter: Key, i: int, j: int, step: fmpq
) -> arb:
    """The loss with one entry of a parameter moved by `step`."""
    env = Environment()
    used = {n for _, expr in chain for n in nodes(expr) if isinstance(n, Ref)}
    for leaf in used:
        key: Key = (leaf.base, *leaf.index) if leaf.index else leaf.base
        if key in trace.env:
            env[key] = _ball(trace.env[key])
    moved = env[parameter]
    if isinstance(moved, Matrix):
        rows = [list(r) for r in moved.rows]
        rows[i][j] = rows[i][j] + step
        env[parameter] = Matrix(rows)
    else:
        env[parameter] = moved + step
    for key, expr in chain:
        env[key] = compiled(expr, (), EXACT)(env)
    return arb(env[loss])
