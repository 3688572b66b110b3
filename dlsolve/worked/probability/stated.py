"""How a problem states an experiment; topics add what they ask of it."""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.fields import Field


class Experiment(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """In words, as an urn, or with its outcomes listed."""

    experiment: Annotated[
        str | None, Field('what is done: "3 coins", "2 dice", "a coin and a die", "2 cards without replacement"')
    ] = None
    S: Annotated[list[str] | None, Field("the sample space itself, outcomes listed", ("sample_space",))] = None
    urn: Annotated[dict[str, int] | None, Field("how many balls of each colour", ("box", "bag"), ge="0")] = None
    draws: Annotated[int | None, Field("draws from the urn", ge="1")] = None
    replacement: Annotated[bool | None, Field("whether what was drawn goes back (default: it does not)")] = None
    chances: Annotated[
        dict[str, fmpq] | None,
        Field("P of each face of a biased coin or loaded die, or of each outcome of S", ("bias",), ge="0"),
    ] = None


__all__ = ["Experiment"]
