"""Coins, dice, cards and urns: every outcome listed, and events and counts read from plain words.

No text is ever run: conditions ("heads even", "sum = 7", "first H or last H") go through a small
grammar over the fields of an outcome.
"""

from __future__ import annotations

from dlsolve.experiments.conditions import condition, quantity
from dlsolve.experiments.space import Face, Outcome, Space, drawn, listed
from dlsolve.experiments.stated import FIELDS, experiment, space_of

__all__ = ["FIELDS", "Face", "Outcome", "Space", "condition", "drawn", "experiment", "listed", "quantity", "space_of"]
