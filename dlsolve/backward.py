"""Backpropagation over a run: one named rule per gradient, from the forward steps themselves.

The rules are derived for one step of the run; an index that runs (the epoch) stays a letter in
them, so that a gradient has the same rule in every epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dlsolve.formula.algebra import ONE, add
from dlsolve.formula.derive import Pull, Shape
from dlsolve.formula.functions import CONSTANTS
from dlsolve.formula.indices import back, place
from dlsolve.formula.rules import Rule
from dlsolve.formula.tree import At, Bin, Call, Index, Name, Num, Reduce, Ref, Tree, nodes, rebuild
from dlsolve.readings import instantiate
from dlsolve.trace import Key, Step, Trace

Form = Ref | At
"""A quantity as it stands in a derived rule: ``W[2, e-1]``, with running letters left open."""


def gradient_key(key: Key) -> Key:
    """The name of ∂L/∂key: a ``d`` before the base name."""
    return "d" + key if isinstance(key, str) else ("d" + str(key[0]), *key[1:])


def differentiate(
    trace: Trace, loss: Key, wrt: Sequence[Key], name: Callable[[Key], Key] = gradient_key, **running: Index
) -> None:
    """Work out every gradient of `loss` on the way to `wrt`, as named steps of the run."""
    trace.loss = loss
    for rule in backward(trace, loss, wrt, name, **running):
        trace.let(rule, *running.values())


def backward(
    trace: Trace, loss: Key, wrt: Sequence[Key], name: Callable[[Key], Key] = gradient_key, **running: Index
) -> list[Rule]:
    """Rules for the gradient of `loss` by `wrt` and by every value on the way, last layer first.

    `name` gives the key of the gradient by a key. Index letters in `running`, with their values at
    this step, stay letters. Raises `RuleError` for a function without a derivative.
    """
    signature = (loss if isinstance(loss, str) else loss[0], *(k if isinstance(k, str) else k[0] for k in wrt))
    known: _Backward | None = trace.derived.get(signature)
    if known is not None and known.fits(loss, wrt, running):
        return known.made
    made = trace.derived[signature] = _Backward(trace, loss, wrt, name, running)
    return made.made


def chain(trace: Trace, loss: Key, wrt: Sequence[Key], running: Mapping[str, Index] | None = None) -> dict[Key, Tree]:
    """The steps that lead from `wrt` to `loss`, in order, each with its expression at this step.

    A slip in a forward rule leaves the derivation as the true rules have it.
    """
    forms = _Forms(trace, running or {})
    stop = set(wrt)
    expressions: dict[Key, Tree] = {}
    needs: dict[Key, list[Key]] = {}
    leads: dict[Key, bool] = dict.fromkeys(wrt, True)
    out: dict[Key, Tree] = {}
    stack = [(loss, False)]
    while stack:
        key, seen = stack.pop()
        if seen:
            leads[key] = any(leads.get(k, False) for k in needs[key])
            if leads[key]:
                out[key] = expressions[key]
        elif key not in needs and key not in stop:
            step = trace.steps.get(key)
            if isinstance(step, Step):
                expressions[key] = forms.of(step)
                needs[key] = [forms.key(leaf) for leaf in leaves(expressions[key])]
                stack.append((key, True))
                stack += [(k, False) for k in needs[key]]
    return out


def leaves(tree: Tree) -> list[Form]:
    """The quantities of an expression, each once."""
    return list(dict.fromkeys(n for n in nodes(tree) if isinstance(n, Ref | At)))


class _Forms:
    """Between the named values of a run and the forms that stand for them in its rules."""

    def __init__(self, trace: Trace, running: Mapping[str, Index]) -> None:
        self.trace = trace
        self.running = running
        self.keys: dict[Form, Key] = {}

    def of(self, step: Step) -> Tree:
        """The true rule's expression at `step`."""
        rule = self.trace.rules.get(step.rule.id, step.rule)
        letters = dict(zip(rule.letters, step.index, strict=False))
        if any(isinstance(n, Reduce) for n in nodes(rule.expr)):
            return self._settled(instantiate(self.trace, rule.expr, letters, None), {})
        bound = {k: v for k, v in letters.items() if self.running.get(k) != v}
        return self._settled(rule.expr, {**self.trace.constants, **bound})

    def _settled(self, tree: Tree, bound: Mapping[str, Index]) -> Tree:
        match tree:
            case Name(id_) if id_ in bound:
                return Num(str(bound[id_]))
            case Name(id_):
                return tree if id_ in self.running or id_ in CONSTANTS else Ref(id_)
            case At(base, index):
                places = tuple(place(i, bound) for i in index)
                if all(isinstance(p, int | str) for p in places):
                    return Ref(base, tuple(p for p in places if isinstance(p, int | str)))
                return At(base, tuple(back(p) for p in places))
            case _:
                return rebuild(tree, lambda child: self._settled(child, bound))

    def key(self, form: Form) -> Key:
        """The named value that `form` stands for at this step."""
        if isinstance(form, Ref):
            return (form.base, *form.index) if form.index else form.base
        if form not in self.keys:
            self.keys[form] = self._key(form)
        return self.keys[form]

    def _key(self, form: At) -> Key:
        values = (place(i, self.running) for i in form.index)
        return (form.base, *(v if isinstance(v, int | str) else str(v) for v in values))

    def target(self, form: Form, name: Callable[[Key], Key]) -> tuple[str, tuple[Index | Name, ...]]:
        """Base and indices of the gradient by `form`: an index that moves with a letter is that letter."""
        here = name(self.key(form))
        if isinstance(here, str):
            return here, ()
        places: list[Index | Name] = list(here[1:])
        for letter, value in self.running.items():
            if not isinstance(value, int) or letter not in {n.id for n in nodes(form) if isinstance(n, Name)}:
                continue
            next_ = name(_Forms(self.trace, {**self.running, letter: value + 1}).key(form))
            for n, (before, after) in enumerate(zip(here[1:], next_[1:], strict=True)):
                if before != after and before == value:
                    places[n] = Name(letter)
        return str(here[0]), tuple(places)


class _Backward:
    def __init__(
        self, trace: Trace, loss: Key, wrt: Sequence[Key], name: Callable[[Key], Key], running: Mapping[str, Index]
    ) -> None:
        self.trace = trace
        self.name = name
        self.running = running
        self.forms = _Forms(trace, running)
        self.loss = loss
        self.chain = chain(trace, loss, wrt, running)
        self.leaves = {key: leaves(expr) for key, expr in self.chain.items()}
        self.by_key = {self.forms.key(leaf): leaf for some in self.leaves.values() for leaf in some}
        self.wrt = list(wrt)
        self.gradients: dict[Tree, Form] = {}
        self.values: dict[Tree, Form] = {}
        """The form that a gradient is by: it has its shape."""
        self.made = self._rules()
        self.parameters = [self._form(k) for k in self.wrt]
        steps = [trace.steps[k] for k in self.chain]
        self.used = [(self._form(k), s.rule) for k, s in zip(self.chain, steps, strict=True) if isinstance(s, Step)]
        forms = dict.fromkeys(leaf for some in self.leaves.values() for leaf in some)
        self.shapes = [(leaf, self._shape(leaf)) for leaf in forms]

    def fits(self, loss: Key, wrt: Sequence[Key], running: Mapping[str, Index]) -> bool:
        """Whether the same rules hold at another step: same forward rules, same shapes."""
        if running.keys() != self.running.keys() or len(wrt) != len(self.wrt):
            return False
        self.forms = forms = _Forms(self.trace, running)
        steps = self.trace.steps
        keys = [(loss if form is None else forms.key(form), rule) for form, rule in self.used]
        return (
            all(form is not None and forms.key(form) == key for form, key in zip(self.parameters, wrt, strict=True))
            and all(isinstance(step := steps.get(key), Step) and step.rule is rule for key, rule in keys)
            and all(self._shape(leaf) == shape for leaf, shape in self.shapes)
        )

    def _form(self, key: Key) -> Form | None:
        """The form of a named value in the derived rules; None for the loss, which stands in none."""
        return self.by_key.get(key)

    def _rules(self) -> list[Rule]:
        """A gradient stands as soon as every way from it to the loss is known: of a layer first its
        own, then those of its weights."""
        out: list[Rule] = []
        found: dict[Key, list[tuple[Form | None, Tree]]] = {}
        by_key = self.by_key
        users: dict[Key, int] = dict.fromkeys(by_key, 0)
        for some in self.leaves.values():
            for leaf in some:
                users[self.forms.key(leaf)] += 1
        for key in reversed(self.chain):
            expr = self.chain[key]
            seed: Tree = ONE
            if key != self.loss:
                out.append(self._rule(by_key[key], found[key]))
                seed = self._gradient(by_key[key])
            pull = Pull(self._shape)
            pull.back(expr, seed, by_key.get(key))
            for quantity, terms in pull.found.items():
                assert isinstance(quantity, Ref | At)
                at = self.forms.key(quantity)
                if at in self.chain or at in self.wrt:
                    found.setdefault(at, []).append((by_key.get(key), _sum(terms)))
            for leaf in self.leaves[key]:
                users[self.forms.key(leaf)] -= 1
            ready = [k for k in self.wrt if k in found and users[k] == 0]
            for k in ready:
                out.append(self._rule(by_key[k], found.pop(k)))
        return out

    def _gradient(self, form: Form) -> Form:
        """The gradient by `form`, as a form."""
        if form not in self.gradients:
            base, places = self.forms.target(form, self.name)
            whole = tuple(p for p in places if not isinstance(p, Name))
            made: Form = Ref(base, whole)
            if len(whole) < len(places):
                made = At(base, tuple(p if isinstance(p, Name) else Num(str(p)) for p in places))
            self.gradients[form] = made
            self.values[made] = form
        return self.gradients[form]

    def _shape(self, leaf: Tree) -> Shape:
        assert isinstance(leaf, Ref | At)
        value = self.trace.env[self.forms.key(self.values.get(leaf, leaf))]
        return tuple(value.shape) if hasattr(value, "shape") else (1, 1)

    def _rule(self, form: Form, ways: Sequence[tuple[Form | None, Tree]]) -> Rule:
        """The gradient by `form`: its shares through each next value (None: the loss itself)."""
        base, places = self.forms.target(form, self.name)
        listed = ",".join(p.id if isinstance(p, Name) else str(p) for p in places)
        words = self._words(form, [through for through, _ in ways])
        expr = _sum(_unspread([term for _, term in ways]))
        id_ = f"{base}[{listed}]" if places else base
        return Rule(id_, base, tuple(self.running), expr, words, at=places)

    def _words(self, form: Form, ways: Sequence[Form | None]) -> str:
        """``∂L/∂a₁ · ∂a₁/∂z₁``, summed over the ways from `form` to the loss."""
        loss, last = self._loss_symbol(), self._symbol(form)
        if list(ways) == [None]:
            return f"derivative of {loss}"
        parts = []
        for through in ways:
            near = f"∂{loss}/∂{self._symbol(through)} · ∂{self._symbol(through)}" if through else f"∂{loss}"
            parts.append(f"{near}/∂{last}")
        return " + ".join(parts)

    def _loss_symbol(self) -> str:
        base = self.loss if isinstance(self.loss, str) else str(self.loss[0])
        index = () if self.running or isinstance(self.loss, str) else self.loss[1:]
        return self.trace.symbols.unicode(base, [str(i) for i in index])

    def _symbol(self, form: Form) -> str:
        """The symbol without its running indices: the chain rule is the same in every epoch."""
        fixed = [i.text if isinstance(i, Num) else str(i) for i in form.index if not isinstance(i, Name | Bin)]
        return self.trace.symbols.unicode(form.base, fixed)


def _sum(terms: Sequence[Tree]) -> Tree:
    total = terms[0]
    for term in terms[1:]:
        total = add(total, term)
    return total


def _unspread(terms: Sequence[Tree]) -> Sequence[Tree]:
    """Terms of a sum, a single number not spread over the shape where another term has that shape:
    ∂L/∂d + ∂L/∂μ / n, without a vector of ones."""

    def drop(tree: Tree) -> Tree:
        match tree:
            case Bin("*", factor, Call("ones", _)):
                return factor
            case Call("ones", _):
                return ONE
        return rebuild(tree, drop)

    spread = [any(isinstance(n, Call) and n.fn == "ones" for n in nodes(term)) for term in terms]
    return terms if all(spread) else [drop(term) for term in terms]
