"""The experiment of a problem, however it is stated: in words, as an urn, or with its outcomes listed."""

from __future__ import annotations

from typing import Protocol

from dlsolve.errors import InputError
from dlsolve.experiments.space import Space, drawn, experiment, listed


class Stated(Protocol):
    """The fields by which a problem states an experiment."""

    experiment: str | None
    S: list[str] | None
    urn: dict[str, int] | None
    draws: int | None
    replacement: bool | None


FIELDS = ("experiment", "S", "urn")


def space_of(p: Stated) -> Space:
    """The sample space of `p`. Raises `InputError` unless it is stated in exactly one way."""
    given = [name for name in FIELDS if getattr(p, name) is not None]
    if len(given) != 1:
        raise InputError("$.given", "one of experiment, S and urn is needed", found=" and ".join(given),
                         remedy='give "experiment": "3 coins"')  # fmt: skip
    if p.draws is not None and p.urn is None:
        raise InputError("$.given.draws", "draws are from an urn", remedy='write "experiment": "die 3 times"')
    if p.urn is not None:
        return drawn(p.urn, p.draws or 1, bool(p.replacement), "$.given.urn")
    if p.S is not None:
        return listed(p.S, "$.given.S")
    assert p.experiment is not None
    return experiment(p.experiment, p.replacement, "$.given.experiment")
