"""Long runs in float64: all is worked out, and of what nobody reads nothing is kept.

A run of many steps keeps its beginning and its end (`trim`). Values of a few kinds at many indices are
worked out as one array each (`through`), and only those at both ends become steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec
from flint import fmpq

from dlsolve.errors import DlsolveError, RuleError
from dlsolve.formula.loops import Loop, loop
from dlsolve.formula.rules import Rule
from dlsolve.formula.tree import At, Index, Name, nodes
from dlsolve.numbers.families import MANY, Many, NotEntrywiseError
from dlsolve.numbers.show import to_float
from dlsolve.trace.faults import outside
from dlsolve.trace.items import Gap, Operation, Step

if TYPE_CHECKING:
    from dlsolve.trace.record import Record
    from dlsolve.trace.run import Trace

KEPT, FEW = 1_000, 60
"""Items kept at either end of a run; so few where they are large arrays."""
MOST_HELD = 20_000_000
"""Entries of arrays that a run holds."""
LIGHT = 10
"""So many values that are not kept count as one named value."""


class Told(msgspec.Struct):
    """Values that no formula gives, one a member: ``say`` gives the name of the rule, and the reason."""

    base: str
    values: Sequence[fmpq | int]
    say: Callable[[Index], tuple[str, str]]


def through(
    trace: Trace,
    members: Sequence[Index],
    parts: Sequence[str | Rule | Told],
    more: Sequence[Sequence[Index]] = (),
    title: Callable[[Index], str] | None = None,
    at: tuple[Index, ...] = (),
) -> None:
    """Work out `parts` at each of `members`, in a section each where there is a `title`. `at` holds the values
    of the index letters before the one that runs over the members, which stay as they are; `more` those of the
    letters after it, in the order of `members`. A run that leaves out the middle of many values does so only
    without `at`; with it all of them become steps."""
    if trace.leaves_out(members) and not at:
        if _goes_on(trace, parts):
            return _in_turn(trace, members, parts, more, title)
        return _at_once(trace, members, parts, more, title)
    done = _looped(trace, members, parts, more, title, at)
    if done == len(members):
        return None
    writes = [
        (part, 0) if isinstance(part, Told) else (trace.writer(part), len(trace.function(part)[0].letters))
        for part in parts
    ]
    for n in range(done, len(members)):
        member = members[n]
        if title is not None:
            trace.section(title(member))
        index = (*at, member, *(column[n] for column in more))
        for write, letters in writes:
            if not isinstance(write, Told):
                write(*index[:letters])
            else:
                rule, why = write.say(member)
                trace.operation(rule, None, trace.number(write.values[n]), key=(write.base, *at, member), why=why)
    return None


def _looped(
    trace: Trace,
    members: Sequence[Index],
    parts: Sequence[str | Rule | Told],
    more: Sequence[Sequence[Index]],
    title: Callable[[Index], str] | None,
    at: tuple[Index, ...],
) -> int:
    """Work out what one loop can. Returns how many members it has done; of the next one nothing is left."""
    count = len(members) * len(parts)
    if trace.trims or not trace.policy.passive or len(trace.steps) + trace.work + count > trace.limit:
        return 0
    each = _loop_of(trace, parts, len(at)) if count else None
    if each is None:
        return 0
    start, here = len(trace.items), trace.here

    def section(member: Index) -> int:
        if title is not None:
            trace.section(title(member))
        return trace.here

    with suppress(RuleError, *trace.faults):  # worked out once more by itself, the value says what is wrong
        each(trace.env, at, (members, *more), section, Step, trace.steps, trace.items)
    turns, half = divmod(len(trace.items) - start, len(parts))
    for _ in range(half):
        item = trace.items.pop()
        assert isinstance(item, Step)
        del trace.env[item.key], trace.steps[item.key]
    if title is not None and trace.here - here > turns:
        del trace.sections[trace.here]
        trace.here -= 1
    return turns


def _loop_of(trace: Trace, parts: Sequence[str | Rule | Told], staying: int) -> Loop | None:
    """The loop over `parts`, found once for a run: to compare whole rules costs as much as a few turns."""
    targets = [part for part in parts if not isinstance(part, Told)]
    if len(targets) < len(parts):
        return None
    mark = (staying, *(part if isinstance(part, str) else id(part) for part in targets))
    if mark not in trace.loops:
        rules = tuple(trace.function(part)[0] for part in targets)  # which keeps those made in the run alive
        trace.loops[mark] = loop(rules, trace.arithmetic, staying)
    return trace.loops[mark]


def _own(trace: Trace, part: str | Rule, index: tuple[Index, ...]) -> tuple[Index, ...]:
    """Those of the index values that a rule has letters for."""
    return index[: len(trace.function(part)[0].letters)]


def _goes_on(trace: Trace, parts: Sequence[str | Rule | Told]) -> bool:
    """Whether a rule looks at what another member has: at the step before."""
    rules = [trace.function(part)[0] for part in parts if not isinstance(part, Told)]
    bases = {rule.base for rule in rules}
    looks = (node for rule in rules for node in nodes(rule.expr) if isinstance(node, At) and node.base in bases)
    return any(not isinstance(node.index[0], Name) for node in looks)


def _in_turn(
    trace: Trace,
    members: Sequence[Index],
    parts: Sequence[str | Rule | Told],
    more: Sequence[Sequence[Index]],
    title: Callable[[Index], str] | None,
) -> None:
    """The ends of the run step by step, its middle as one loop."""
    from dlsolve.formula.turns import turns

    def step(n: int) -> None:
        if title is not None:
            trace.section(title(members[n]))
        for part in parts:
            assert not isinstance(part, Told)
            trace.let(part, *_own(trace, part, (members[n], *(column[n] for column in more))))

    count, ends = len(members), KEPT // len(parts)
    for n in range(ends):
        step(n)
    done = ends
    rules = [trace.function(part)[0] for part in parts if not isinstance(part, Told)]
    before = members[ends - 1]
    try:
        if not all(isinstance(column, range) and column.step == 1 for column in (members, *more)):
            raise NotEntrywiseError("not one after the other")
        shifts = [int(column[0]) - int(members[0]) for column in more]
        start = {rule.base: trace.env[rule.base, before] for rule in rules}
        middle = turns(rules, shifts, trace.env, start)
        first, stop = int(members[ends]), int(members[count - ends])
        failed, found = middle(first, stop, *start.values())
        last = stop if failed is None else failed
        if last > first:
            for base, value in zip(start, found, strict=True):
                trace.env[base, last - 1] = value
            trace.items.append(Gap((last - first) * len(parts), trace.here))
            trace.work += (last - first) * len(parts) // LIGHT
        done = ends + last - first
    except NotEntrywiseError:
        pass
    # where the loop has failed, the step itself says why
    for n in range(done, count):
        step(n)


def _at_once(
    trace: Trace,
    members: Sequence[Index],
    parts: Sequence[str | Rule | Told],
    more: Sequence[Sequence[Index]],
    title: Callable[[Index], str] | None,
) -> None:
    columns = []
    for part in parts:
        base = part.base if isinstance(part, Told) else trace.function(part)[0].base
        columns.append(_column(trace, part, members, more))
        trace.env.hold(base, members, columns[-1])
    count, ends = len(members), KEPT // len(parts)
    for n in (*range(ends), *range(count - ends, count)):
        if n == count - ends:
            trace.items.append(Gap((count - 2 * ends) * len(parts), trace.here))
        if title is not None:
            trace.section(title(members[n]))
        for part, column in zip(parts, columns, strict=True):
            _keep(trace, part, (members[n], *(c[n] for c in more)), float(column[n]))
    trace.work += count * len(parts) // LIGHT


def _column(trace: Trace, part: str | Rule | Told, members: Sequence[Index], more: Sequence[Sequence[Index]]) -> Any:
    """The values of one part as an array. Raises `DomainError` where one is not finite."""
    import numpy

    from dlsolve.formula.many import values

    if isinstance(part, Told):
        return numpy.array([v if isinstance(v, int) else to_float(v) for v in part.values], dtype=float)
    rule, function = trace.function(part)
    more = more[: len(rule.letters) - 1]
    try:
        found = values(rule.expr, rule.letters, trace.env, [Many(members), *map(Many, more)])
        column = numpy.array(numpy.broadcast_to(found, (len(members),)))
    except NotEntrywiseError:
        column = numpy.empty(len(members))
        for n, index in enumerate(zip(members, *more, strict=True)):
            try:
                column[n] = function(trace.env, *index)
            except (DlsolveError, ZeroDivisionError) as fault:
                raise outside(trace, rule, index, str(fault) or "division by 0") from fault
    for n in numpy.flatnonzero(~numpy.isfinite(column))[:1].tolist():
        raise outside(trace, rule, (members[n], *(c[n] for c in more)), "no finite value in float64")
    return column


def _keep(trace: Trace, part: str | Rule | Told, index: tuple[Index, ...], value: float) -> None:
    item: Step | Operation
    key: tuple[Index, ...]
    if isinstance(part, Told):
        key = (part.base, index[0])
        rule, why = part.say(index[0])
        item = Operation(rule, None, value, trace.here, key, why)
    else:
        made, index = trace.function(part)[0], _own(trace, part, index)
        key = (made.base, *made.indices(index))
        item = Step(key, made, index, value, value, trace.here)
    trace.env[key] = value
    trace.items.append(item)
    trace.steps[key] = item


def trim(trace: Record) -> None:
    """Let the middle of a run go that has become too long, or too large."""
    items = trace.items
    kept = KEPT if len(items) > MANY else FEW
    if len(items) <= max(2 * kept, MANY if trace.held <= MOST_HELD else 0):
        return
    middle = items[kept:-kept]
    # values go a round later than their steps: the first steps kept look back at them
    for key in trace.going:
        del trace.env[key]
    trace.going = [i.key for i in middle if isinstance(i, Step | Operation) and i.key is not None]
    for key in trace.going:
        del trace.steps[key]
    missing = sum(i.missing if isinstance(i, Gap) else 1 for i in middle)
    first, last = items[kept - 1].section, items[-kept].section
    items[kept:-kept] = [Gap(missing, first)]
    for n in [n for n in trace.sections if first < n < last]:
        del trace.sections[n]
    trace.work += len(trace.going) // LIGHT
    trace.held = sum(i.value.size for i in items if isinstance(i, Step) and hasattr(i.value, "size"))
