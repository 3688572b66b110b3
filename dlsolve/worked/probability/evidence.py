"""The evidence of a Bayes problem: likelihoods or counts, in any of the layouts that people use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.numbers.show import decimal, fraction, terminates

Leaf = fmpq | list[fmpq]
"""P(event | h); a list holds the counts [with the event, without it]."""


@dataclass(frozen=True)
class Evidence:
    """One piece: its `event`, whether it was `seen`, and P(event | h) or [with, without] by hypothesis."""

    event: str
    seen: bool
    values: Mapping[str, Leaf]

    @property
    def label(self) -> str:
        return self.event if self.seen else f"not {self.event}"

    def counted(self, h: str, with_it: bool) -> fmpq:
        """The cases of h with the event, or without it."""
        pair = self.values[h]
        assert isinstance(pair, list)
        return pair[0 if with_it else 1]


def pieces_of(
    likelihood: Mapping[str, Any] | None,
    counts: Mapping[str, Any] | None,
    prior: Mapping[str, fmpq] | None,
    evidence: str | Sequence[str] | None,
) -> list[Evidence]:
    """The pieces of evidence in order, each with its values by hypothesis. Raises `InputError`."""
    if (likelihood is None) == (counts is None):
        raise InputError(
            "$.given", "one of likelihood and counts is needed", remedy='give "likelihood": {"spam": 0.8, …}'
        )
    where = "$.given.likelihood" if counts is None else "$.given.counts"
    table: Mapping[str, object] = likelihood or counts or {}
    if not table:
        raise InputError(where, "no hypothesis is given", remedy="give a value for each hypothesis")
    named = [n.strip() for n in evidence.split(",")] if isinstance(evidence, str) else evidence
    if named == []:
        raise InputError("$.given.evidence", "nothing is observed", remedy="name at least one piece of evidence")
    nested = [isinstance(v, dict) for v in table.values()]
    if any(nested):
        if not all(nested):
            raise InputError(where, "maps and plain values are mixed", remedy="give each piece of evidence its map")
        return _by_event(table, prior or {}, named, where)  # type: ignore[arg-type]
    columns = _columns(table, counted=likelihood is None, where=where)
    events = [
        _event(n, ()) for n in named or [f"e{k}" if len(columns) > 1 else "e" for k in range(1, len(columns) + 1)]
    ]
    if len(columns) == 1 and len({event for event, _ in events}) == 1:
        columns = columns * len(events)
    if len(columns) != len(events):
        raise InputError(
            where, f"{len(columns)} likelihood(s) by hypothesis for {len(events)} pieces of evidence",
            remedy='give a list by hypothesis, or a map by evidence: {"free": {"spam": 0.8, …}, …}',
        )  # fmt: skip
    return [Evidence(event, seen, column) for (event, seen), column in zip(events, columns, strict=True)]


def _columns(table: Mapping[str, object], counted: bool, where: str) -> list[dict[str, Leaf]]:
    """One map by hypothesis for each piece of evidence. Raises `InputError`."""
    if counted or not any(isinstance(v, list) for v in table.values()):
        return [_pairs(table, where) if counted else table]  # type: ignore[list-item]
    lengths = {len(v) if isinstance(v, list) else 1 for v in table.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise InputError(where, "the hypotheses have different numbers of likelihoods",
                         remedy="give each hypothesis one likelihood for each piece of evidence")  # fmt: skip
    return [{h: v[n] if isinstance(v, list) else v for h, v in table.items()} for n in range(lengths.pop())]  # type: ignore[misc]


def _pairs(table: Mapping[str, object], where: str) -> dict[str, Leaf]:
    for h, pair in table.items():
        if not isinstance(pair, list) or len(pair) != 2:
            raise InputError(f"{where}.{h}", "not a pair of counts", remedy="give [cases with it, cases without it]")
        if sum(pair) == 0:
            raise InputError(
                f"{where}.{h}", "no case was counted", remedy="leave the hypothesis out, or give its likelihood"
            )
    return dict(table)  # type: ignore[arg-type]


def _by_event(
    table: Mapping[str, Mapping[str, Leaf]], prior: Mapping[str, fmpq], named: Sequence[str] | None, where: str
) -> list[Evidence]:
    """Evidence from a map of maps, in either order (the keys of `prior` say which are hypotheses)."""
    if prior and set(prior) <= set(table):
        events = list(dict.fromkeys(event for inner in table.values() for event in inner))
        table = {event: {h: inner[event] for h, inner in table.items() if event in inner} for event in events}
    counted = where.endswith("counts")
    out = []
    for name in named or list(table):
        event, seen = _event(name, table)
        if event not in table:
            raise InputError("$.given.evidence", f"nothing is known of {name!r}", remedy=f"known: {', '.join(table)}")
        out.append(Evidence(event, seen, _pairs(table[event], f"{where}.{event}") if counted else table[event]))
    if counted:
        totals = [{h: sum(pair) for h, pair in e.values.items()} for e in out]  # type: ignore[arg-type]
        if any(total != totals[0] for total in totals):
            raise InputError(where, "the pieces of evidence count different cases",
                             remedy="with + without must be the same for each hypothesis")  # fmt: skip
    return out


def _event(name: str, known: Mapping[str, object] | tuple[()]) -> tuple[str, bool]:
    """An event and whether it was seen: ``not free`` -> (free, False)."""
    for sign in ("not ", "no ", "¬", "~", "!") if name not in known else ():
        if name.lower().startswith(sign) and name[len(sign) :].strip():
            return name[len(sign) :].strip(), False
    return name, True


def hypotheses_of(prior: Mapping[str, fmpq] | None, pieces: Sequence[Evidence], counted: bool) -> list[str]:
    """All hypotheses, in the order given. Raises `InputError` where the priors cannot be completed."""
    every = list(dict.fromkeys([*(prior or {}), *(h for e in pieces for h in e.values)]))
    where = "$.given.likelihood" if not counted else "$.given.counts"
    for e in pieces:
        for h in every:
            if h not in e.values:
                under = f" under {e.event!r}" if len(pieces) > 1 else ""
                raise InputError(where, f"nothing is given for {h!r}{under}", remedy=f"give P({e.event} | {h})")
    if prior is None:
        if not counted:
            raise InputError("$.given.prior", "missing", remedy=f'give "prior": {{"{every[0]}": 0.01, …}}')
        return every
    whole = sum(prior.values(), fmpq(0))
    left_out = [h for h in every if h not in prior]
    if len(left_out) > 1:
        raise InputError(
            "$.given.prior", f"no prior for {' and '.join(map(repr, left_out))}", remedy="leave out at most one"
        )
    if whole > 1 or (whole < 1 and not left_out):
        raise InputError(
            "$.given.prior", f"the priors sum to {_number(whole)}, not to 1",
            remedy="name every hypothesis, and give fractions such as 1/3 where decimals are rounded" if len(prior) > 1
            else "give the likelihood under the other hypotheses too, or counts",
        )  # fmt: skip
    return every


def refuse_impossible(prior: Mapping[str, fmpq] | None, pieces: Sequence[Evidence], hypotheses: Sequence[str]) -> None:
    """Raises `InputError` where the evidence has probability 0 under every hypothesis that can hold."""

    def never(e: Evidence, h: str) -> bool:
        value = e.values[h]
        return value[0 if e.seen else 1] == 0 if isinstance(value, list) else value == (0 if e.seen else 1)

    prior = prior or {}
    rest_is_0 = sum(prior.values(), fmpq(0)) == 1
    alive = [h for h in hypotheses if not prior or (prior[h] != 0 if h in prior else not rest_is_0)]
    for k, e in enumerate(pieces):
        alive = [h for h in alive if not never(e, h)]
        if not alive:
            seen = ", ".join(e.label for e in pieces[: k + 1])
            raise InputError(
                "$.given.evidence", f"P({seen}) = 0: no hypothesis that can hold allows it",
                remedy="evidence of probability 0 has no posterior; change a likelihood or the prior",
            )  # fmt: skip


def _number(value: fmpq) -> str:
    return decimal(value) if terminates(value) else fraction(value)
