"""``dlsolve optimizers``: several optimisers on one set of gradients or one function, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dlsolve import compare
from dlsolve.assignment import topic_of
from dlsolve.cli import output
from dlsolve.cli.flags import CONVENTION, PANEL_CONVENTIONS, PANEL_GIVEN, Flag, given_of, place, spelled, topic_flags
from dlsolve.cli.request import choice, read_request
from dlsolve.conventions import CONVENTIONS
from dlsolve.errors import InputError
from dlsolve.fields import Typed, canonical, specs
from dlsolve.fields.found import found
from dlsolve.problem import Item, items, moved_to_file

FORMATS = ("terminal", "plain", "json")
KEPT = ("format", "output", "digits", "carry", "arith", "course", "no_color", "debug")
"""Which of the common flags it takes."""
ALIASED = ("g", "f", "start", "steps", "lr")
"""Fields whose other names mean the same in every optimiser."""


def flags() -> list[Flag]:
    """The fields that several optimisers share, each by its name; the conventions; what to compare."""
    out: list[Flag] = []
    for name, topic in compare.shared().items():
        flag = next(f for f in topic_flags(topic, []) if f.field == name)
        field = specs(topic.problem)[name].field
        about = f"{field.doc}, {field.bounds}" if field.bounds else field.doc
        out.append(msgspec.structs.replace(flag, names=flag.names if name in ALIASED else flag.names[:1], help=about))
    keys = dict.fromkeys(k for topic, _ in compare.columns().values() for k in topic.conventions)
    for key in keys:
        about, choices = CONVENTIONS[key].meaning, "|".join(CONVENTIONS[key].choices)
        out.append(Flag((spelled(key),), CONVENTION + key, about, choices, panel=PANEL_CONVENTIONS))
    every = ", ".join(compare.columns())
    return [
        Flag(("--which",), "which", f"which ones: {every} (default: all)", "NAMES", panel=PANEL_GIVEN),
        Flag(("--set",), "set", "a constant of one of them: --set adam.lr=0.001", "NAME.FIELD=VALUE", multiple=True,
             panel=PANEL_GIVEN),
        *out,
    ]  # fmt: skip


def optimizers(file: str | None, values: Mapping[str, Any], known: list[Flag]) -> int:
    """0 where every one ran to its end, else 1. Raises `InputError`."""
    style = choice(values, "format", FORMATS, "terminal")
    output.check_target(values.get("output"), [file] if file else [])
    typed, said = given_of(values, known)
    item = _only(file) if file is not None else None
    given = {**(_of_file(item) if item is not None else {}), **typed}
    if not given:
        remedy = 'give flags: dlsolve optimizers --f "100w1^2 + w2^2" --start "1 1" --lr 0.01'
        raise InputError("dlsolve optimizers", "nothing is given", remedy=remedy)
    request = read_request(None, {**values, "steps": ()}, known)
    overlay = msgspec.structs.replace(request.overlay, given={})
    which = [name for name in (values.get("which") or "").replace(",", " ").split() if name]
    try:
        columns = compare.compare(given, which, _overrides(values.get("set") or ()), overlay)
    except InputError as fault:
        raise _placed(fault, said, item) from fault
    least = compare.lowest(columns)
    from dlsolve.render.compare import as_json, blocks

    steps_all = any(s.strip().lower() == "all" for s in values.get("steps") or ())
    page = output.page(values, steps_all=steps_all)
    if style == "json":
        text = as_json(columns, least)
    elif style == "plain":
        from dlsolve.render.plain import draw

        text = draw(blocks(columns, least, page), page)
    else:
        from dlsolve.render.terminal import draw

        text = draw(blocks(columns, least, page), page)
    output.write(text, values.get("output"))
    return 1 if any(c.fault for c in columns) else 0


def _only(file: str) -> Item:
    every = list(items(file))
    only = every[0] if len(every) == 1 else InputError(file, f"{len(every)} problems", remedy="name a file of one")
    if isinstance(only, InputError):
        raise only
    return only


def _of_file(item: Item) -> dict[str, Any]:
    """What an optimiser's problem file gives that several share."""
    problem = item.read()
    topic = topic_of(problem)
    known = compare.shared()
    given = canonical(topic.problem, problem.given)
    if not {"g", "f"} & set(specs(topic.problem)):
        raise InputError(f"{item.label}: $.topic", "no optimiser", found=found(problem.topic),
                         remedy="name a problem with gradients g, or a function f")  # fmt: skip
    return {name: value for name, value in given.items() if name in known}


def _overrides(texts: Any) -> dict[str, dict[str, Any]]:
    """``adam.lr=0.001`` by optimiser and field. Raises `InputError`."""
    out: dict[str, dict[str, Any]] = {}
    for text in texts:
        left, sign, value = text.partition("=")
        name, dot, field = left.strip().partition(".")
        if not sign or not dot or not field or not value.strip():
            raise InputError("--set", "not a constant of one", found=found(text), remedy="write --set adam.lr=0.001")
        out.setdefault(name, {})[field.strip().replace("-", "_")] = Typed(value.strip())
    return out


def _placed(fault: InputError, said: Mapping[str, str], item: Item | None) -> InputError:
    """The error at its flag, or at its place in the file."""
    if fault.where.startswith("--"):
        return fault
    if not fault.where.startswith("$"):
        return fault.moved("--which" if fault.where == "which" else f"--set {fault.where}")
    flag = place(fault.where, said, every=item is None)
    if flag is not None:
        return fault.moved(flag)
    return moved_to_file(fault, item) if item is not None else fault.moved("dlsolve optimizers")
