"""The experiment of a problem, however it is stated: in words, as an urn, or with its outcomes listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.experiments.chances import weighted
from dlsolve.experiments.space import Space, drawn, listed, trials
from dlsolve.experiments.wording import chances_said, replacement_said, trials_said


class Stated(Protocol):
    """The fields by which a problem states an experiment."""

    experiment: str | None
    S: list[str] | None
    urn: dict[str, int] | None
    draws: int | None
    replacement: bool | None
    chances: dict[str, fmpq] | None


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
        space = drawn(p.urn, p.draws or 1, bool(p.replacement), "$.given.urn")
    elif p.S is not None:
        space = listed(p.S, "$.given.S")
    else:
        return experiment(p.experiment or "", p.replacement, "$.given.experiment", p.chances)
    return weighted(space, p.chances, "$.given.chances") if p.chances else space


def experiment(text: str, replacement: bool | None, where: str, chances: Mapping[str, fmpq] | None = None) -> Space:
    """The experiment as it is told: "a biased coin with P(H) = 0.6 is tossed 3 times". Raises `InputError`."""
    words, back = replacement_said(text.lower().strip())
    if back is not None and replacement is not None and replacement != back:
        raise InputError(where, "the experiment and replacement say different things", found=repr(text))
    words, said = chances_said(words, where)
    words, biased = trials_said(words)
    space = trials(words, replacement if back is None else back, where)
    said |= chances or {}
    if biased and not said:
        raise InputError(where, "how it is biased is not said", found=repr(text),
                         remedy='write "3 coins with P(H) = 0.6", or give chances by face')  # fmt: skip
    return weighted(space, said, "$.given.chances") if said else space
