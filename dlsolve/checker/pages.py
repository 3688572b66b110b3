"""A page on which one name stands several times: its turns in order.

By hand a run is written with the same few names over and over: w₁ = 0.7, then w₁ = 1.2; z₁, z₂, z₃
of one pass and z₁, z₂ of the next, with an ŷ after each. The answer names count those turns (w1_1,
w1_2; z_1[1], z_2[1], y_hat_2[1]).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from dlsolve.checker.answers import read_answer
from dlsolve.checker.attempt import Attempt
from dlsolve.checker.naming import names
from dlsolve.handwriting import WorkedLine
from dlsolve.handwriting.names import NEWER
from dlsolve.named import keys_by_name
from dlsolve.numbers.matrix import Matrix
from dlsolve.trace import Key, Trace


@dataclass
class _Turn:
    """What a page says of one quantity at one turn: its lines, the last of which holds the value."""

    name: str
    label: str
    lines: list[WorkedLine]
    bare: bool = False
    """Written without the sample, which the lines before it name."""

    @property
    def text(self) -> str:
        return self.lines[-1].links[-1].text

    def same(self, other: _Turn) -> bool:
        """Whether both can be one value, by the digits written."""
        return read_answer(self.label, self.text).alike(read_answer(self.label, other.text))


def in_turns(trace: Trace, attempt: Attempt) -> Attempt:
    """`attempt` with the values of a page under the names of the run, where it repeats a name.

    A name that is written once and has a meaning as it stands (the final w₁) keeps it; of one that is
    repeated the last value is also the final one.
    """
    turns = _turns(trace)
    known = keys_by_name(trace)
    meant = {n: _label(n, turns, known, trace) for n in attempt.lines if n in attempt.loose}
    first = next((label.partition("[")[0] + "[" for label in turns if "[" in label), "")
    page = list(_written(attempt, {n: label for n, label in meant.items() if label is not None}, first))
    times = Counter(t.label for t in page)
    page = [t for t in page if times[t.label] > 1 or t.label not in known]
    if not page:
        return attempt
    values, lines = dict(attempt.values), dict(attempt.lines)
    for name in {t.name for t in page}:
        values.pop(name, None)
        lines.pop(name, None)
    loose = set(attempt.loose)
    ends = {t.label: t for t in page if t.label in known}
    for turn, name in [*_named(trace, page, turns, known), *((t, label) for label, t in ends.items())]:
        values[name], lines[name] = turn.text, turn.lines
        loose.add(name)
    return replace(attempt, values=values, lines=lines, loose=frozenset(loose))


def _turns(trace: Trace) -> dict[str, list[tuple[str, ...]]]:
    """By name without its turns, the turns that the run has, in order."""
    out: dict[str, list[tuple[str, ...]]] = {}
    rows = trace.symbols.notation.quantities
    unordered = {row.letters for row in rows if row.kind == "multiset"}  # λ₁, λ₂ are no turns
    for key in trace.steps:
        row = trace.symbols.quantity(str(key[0]))
        if isinstance(key, tuple) and row is not None and row.letters not in unordered:
            found = trace.symbols.turns(str(key[0]), key[1:])
            if found is not None:
                out.setdefault(found[0], []).append(found[1])
    return out


def _label(
    written: str, turns: Mapping[str, list[tuple[str, ...]]], known: Mapping[str, Key], trace: Trace
) -> str | None:
    """The name without turns that `written` means (``y_hat[`` where the sample is left out); None
    where it names a turn, or something else."""
    bare = NEWER.sub("", written)
    candidates = list(names(trace).bases(bare))
    for c in candidates:
        of_samples = any(label.startswith(c + "[") for label in turns)
        if of_samples and (c not in known or isinstance(trace.env[known[c]], Matrix)):
            return c + "["
    if any(c in known and c not in turns for c in candidates):
        return None
    return next((c for c in candidates if c in turns), None)


def _written(attempt: Attempt, labels: Mapping[str, str], first: str) -> Iterator[_Turn]:
    """The turns on a page in their order. Lines that go on with one value are one turn; what comes
    `first` of every sample (``z[``), written without it, begins the next."""
    rows = sorted(
        ((line.name_at[0], name, line) for name, lines in attempt.lines.items() for line in lines), key=lambda r: r[0]
    )
    before: _Turn | None = None
    waiting: dict[str, list[WorkedLine]] = {}
    sample = ""
    for _, name, line in rows:
        label = labels.get(name)
        bare = label is not None and label.endswith("[")
        single = bare and len(read_answer(name, line.links[-1].text).windows()) == 1
        if single and label == first:
            sample, bare = str(int(sample) + 1 if sample.isdigit() else 1), False
            label = f"{first}{sample}]"
        if label is None or (bare and not (sample and single)):
            if before is not None:
                yield before
            before = None
            continue
        if bare:
            label += sample.rstrip("]") + "]"
        elif label.endswith("]"):
            sample = label[label.index("[") + 1 : -1]
        last = line.links[-1]
        if last.written is None and last.tree is not None:
            waiting.setdefault(name, []).append(line)  # a formula, its value on a later line
            continue
        turn = _Turn(name, label, [*waiting.pop(name, []), line], bare)
        if before is not None and before.label == label and before.same(turn):
            before.lines += turn.lines
            continue
        if before is not None:
            yield before
        before = turn
    if before is not None:
        yield before


def _named(
    trace: Trace, page: list[_Turn], turns: Mapping[str, list[tuple[str, ...]]], known: Mapping[str, Key]
) -> Iterator[tuple[_Turn, str]]:
    """Each turn with the answer name that it has in the run."""
    leader = _leader(page)
    at, last, started = 0, 10**9, False
    passes = list(dict.fromkeys(t for label, ts in turns.items() if label.startswith(leader + "[") for t in ts))
    counts: dict[str, list[_Turn]] = {}
    for turn in page:
        stem, _, entry = turn.label.rstrip("]").partition("[")
        if entry.isdigit():
            if stem == leader and not turn.bare:
                # samples that begin again begin another pass
                at, last = at + (int(entry) <= last), int(entry)
            n = max(1, at)
            there = passes or turns.get(turn.label, [])
        else:
            there = turns.get(turn.label, [])
        if not there:
            yield turn, turn.name  # a sample that the run has not got
            continue
        if not entry.isdigit():
            start = _before_first(stem, there)
            if not started and start in known and _restates(trace, known[start], turn):
                yield turn, start
                continue
            earlier = counts.setdefault(turn.label, [])
            if turn.label in known and len(earlier) >= len(there) and earlier[-1].same(turn):
                continue  # the final value, written once more
            earlier.append(turn)
            n = len(earlier)
        started = True
        after = there[n - 1] if n <= len(there) else _next(there[-1], n - len(there))
        yield turn, "_".join((stem, *after)) + (f"[{entry}]" if entry else "")


def _leader(page: list[_Turn]) -> str:
    """What is written for most samples: it tells where a pass begins."""
    stems = Counter(t.label.partition("[")[0] for t in page if "[" in t.label and not t.bare)
    return stems.most_common(1)[0][0] if stems else ""


def _before_first(stem: str, there: list[tuple[str, ...]]) -> str:
    """The name of what a sequence starts from: w1_0."""
    first = there[0][-1]
    return "_".join((stem, *there[0][:-1], str(int(first) - 1))) if first.isdigit() else ""


def _restates(trace: Trace, key: Key, turn: _Turn) -> bool:
    """Whether a turn only writes a given number down again."""
    if key in trace.steps or len(turn.lines) > 1 or len(turn.lines[0].links) > 1:
        return False
    window = read_answer(turn.label, turn.text).scalar
    return window is not None and window.meets(trace.env[key])


def _next(last: tuple[str, ...], by: int) -> tuple[str, ...]:
    return (*last[:-1], str(int(last[-1]) + by)) if last[-1].isdigit() else last


__all__ = ["in_turns"]
