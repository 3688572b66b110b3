"""Slips that a course declares: a topic, a sentence, and the rule as it was wrongly used.

    {"topic": "adam", "id": "no-root", "says": "√ is missing", "rule": "Delta[t] = lr*m_hat[t] / (v_hat[t] + eps)"}

The left side is that of a rule of the topic (``dlsolve explain adam`` lists them) or of a gradient of a run
(``dW[2,e]``). They are named like the slips that the topic itself declares, and before them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from dlsolve import catalog
from dlsolve.conventions import CONVENTIONS
from dlsolve.errors import InputError, RuleError
from dlsolve.fields import Field
from dlsolve.fields.found import ascii_quotes, meant, short
from dlsolve.formula.compiled import EXACT, compiled
from dlsolve.formula.parse import parse
from dlsolve.formula.rules import Change, Rule, rename
from dlsolve.formula.tree import At, Name, Num, Tree, names, nodes
from dlsolve.topic import DeclaredSlip, Topic

MAX_TEXT = 300
MAX_SLIPS = 200


class CourseSlip(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """One slip as a course file states it."""

    topic: Annotated[str, Field("the topic whose rule it replaces")]
    id: Annotated[str, Field("a short name, without blanks")]
    says: Annotated[str, Field("what was done, in a sentence")]
    rule: Annotated[str, Field('the rule as it was used: "v_hat[t] = v[t]"')]


def check_slips(slips: Sequence[CourseSlip], root: str = "$.slips") -> None:
    """Raises `InputError` for a slip that cannot be used, with its place."""
    if len(slips) > MAX_SLIPS:
        raise InputError(root, f"{len(slips)} slips", remedy=f"at most {MAX_SLIPS} are read")
    seen: set[tuple[str, str]] = set()
    for n, slip in enumerate(slips):
        where = f"{root}[{n}]"
        try:
            topic = catalog.topic(slip.topic)
        except InputError as fault:
            raise fault.moved(f"{where}.topic") from fault
        for key, text, most in (("id", slip.id, 60), ("says", slip.says, MAX_TEXT), ("rule", slip.rule, MAX_TEXT)):
            if (
                not text.strip()
                or len(text) > most
                or not text.isprintable()
                or (key == "id" and len(text.split()) > 1)
            ):
                blanks = ", without blanks" if key == "id" else ""
                remedy = f"write 1 to {most} printable characters{blanks}"
                raise InputError(f"{where}.{key}", "not usable", found=ascii_quotes(text), remedy=remedy)
        own = {s.id for s in topic.slips} | {r.id for r in topic.results}
        if (topic.name, slip.id) in seen or slip.id in own:
            taken = "stands twice" if (topic.name, slip.id) in seen else f"is a slip of {topic.name} already"
            raise InputError(f"{where}.id", taken, found=ascii_quotes(slip.id), remedy="choose another name")
        seen.add((topic.name, slip.id))
        _check_rule(slip, topic, f"{where}.rule")


def _check_rule(slip: CourseSlip, topic: Topic[Any], where: str) -> None:
    ids = {_tight(rule.id): rule for rule in topic.rules}
    own = {rule.base for rule in topic.rules}
    try:
        target, tree = _sides(slip.rule)
        base, letters = _target(target.partition(":")[0].partition(" at ")[0])
        compiled(_renamed(tree, topic), (), EXACT)  # a function that there is not
    except RuleError as fault:
        raise InputError(where, str(fault), found=ascii_quotes(slip.rule), remedy='write "v_hat[t] = v[t]"') from fault
    rule = ids.get(_tight(target))
    known = set(topic.notation.table) | own
    if rule is None and not (base[:1] == "d" and base[1:] in known):
        sides = list(dict.fromkeys(r.id for r in topic.rules))
        remedy = f"{meant(target, sides, '')} rules of {topic.name}: {', '.join(sides[:8])}".strip()
        raise InputError(where, f"no rule of {topic.name} defines {short(target)}", remedy=remedy)
    sets = {n.over for n in nodes(tree) if hasattr(n, "over")}
    free = set(rule.letters) if rule is not None else letters
    missing = names(tree) - known - {f"d{name}" for name in known} - free - sets - set(topic.notation.indices)
    if missing:
        name = min(missing)
        remedy = meant(name, known, f"see `dlsolve explain {topic.name}` for its names")
        raise InputError(where, f"no quantity of {topic.name} is called {short(name)}", remedy=remedy)


def _renamed(tree: Tree, topic: Topic[Any]) -> Tree:
    """`tree` with functions that a convention chooses as one of their choices."""
    names: dict[str, str] = {}
    for key, choice in topic.conventions.items():
        names |= CONVENTIONS[key].renames.get(choice, {})
    return rename(Rule("", "", (), tree), names).expr


def with_slips(topic: Topic[Any], slips: Sequence[CourseSlip]) -> Topic[Any]:
    """`topic` with those of `slips` that are its own, before what it declares itself."""
    mine = tuple(
        DeclaredSlip(slip.id, _change(slip.rule), slip.says) for slip in slips if catalog.find(slip.topic) == topic.name
    )
    return msgspec.structs.replace(topic, slips=mine + topic.slips) if mine else topic


def _change(text: str) -> Change:
    target, tree = _sides(text)

    def change(rule: Rule) -> Rule | None:
        return msgspec.structs.replace(rule, expr=tree) if _tight(rule.id) == _tight(target) else None

    return change


def _sides(text: str) -> tuple[str, Tree]:
    """Left side and expression. Raises `RuleError`."""
    left, equals, right = text.partition("=")
    if not equals or right[:1] == "=" or not left.strip() or not right.strip():
        raise RuleError("a rule reads target = expression")
    return left.strip(), parse(right.strip())


def _target(text: str) -> tuple[str, set[str]]:
    """The name that a left side defines, and its index letters. Raises `RuleError`."""
    match parse(text):
        case Name(base):
            return base, set()
        case At(base, index) if all(isinstance(i, Name | Num) for i in index):
            return base, {i.id for i in index if isinstance(i, Name)}
    raise RuleError("the left side is a name, or a name at index letters")


def _tight(target: str) -> str:
    return " ".join(target.split()).replace(", ", ",").replace("[ ", "[").replace(" ]", "]")
