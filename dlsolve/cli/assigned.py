"""Fields written as assignments: ``dlsolve confusion TP=40 FN=10``, each read as its flag."""

from __future__ import annotations

import re

from dlsolve import catalog
from dlsolve.cli.flags import spelled
from dlsolve.fields import specs
from dlsolve.fields.read import family_member

_ONE = re.compile(r"([A-Za-z][\w-]*)\s*=(?!=)\s*(.+)", re.DOTALL)


def as_flags(topic: str, args: list[str]) -> list[str]:
    """`args` with every ``field=value`` that stands alone, or several in one word, as flags."""
    if not any("=" in arg for arg in args if not arg.startswith("-")):
        return args
    known = specs(catalog.topic(topic).problem)
    fields = {*known, *(alias for spec in known.values() for alias in spec.field.aliases)}
    out: list[str] = []
    for n, arg in enumerate(args):
        before = args[n - 1] if n else ""
        value_of_flag = before.startswith("-") and before != "-" and "=" not in before
        pairs = None if value_of_flag or arg.startswith("-") else _pairs(arg)
        if pairs and all(name in fields or family_member(known, name)[0] for name, _ in pairs):
            out += [f"{spelled(name)}={value}" for name, value in pairs]
        else:
            out.append(arg)
    return out


def _pairs(arg: str) -> list[tuple[str, str]] | None:
    """The assignments of one word of the command line: one, or several short ones between blanks."""
    whole = _ONE.fullmatch(arg.strip())
    if whole is None:
        return None
    parts = re.split(r"[\s,;]+(?=[A-Za-z][\w-]*\s*=(?!=))", arg.strip())
    found = [_ONE.fullmatch(part) for part in parts]
    if len(parts) == 1 or None in found:
        return [(whole[1].replace("-", "_"), whole[2])]
    return [(m[1].replace("-", "_"), m[2]) for m in found if m]
