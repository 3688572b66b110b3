"""Which of two classes is the positive one, where nobody says."""

from __future__ import annotations

from collections.abc import Iterable

_WORDS = ("1", "+1", "+", "yes", "y", "true", "t", "positive", "pos", "p", "spam", "sick", "ill", "disease", "fraud")


def positive_of(names: Iterable[str]) -> str | None:
    """The class whose name says that it is the positive one (1, +, yes, true, positive, spam); None where none does."""
    found = [name for name in names if name.strip().casefold() in _WORDS]
    return found[0] if len(found) == 1 else None
