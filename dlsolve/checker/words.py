"""Words for answers: which say the same."""

from __future__ import annotations

import re

_SAME = {
    "∞": "inf", "infinity": "inf", "infinite": "inf", "infty": "inf", "+inf": "inf", "+∞": "inf", "unbounded": "inf",
    "infinitelymany": "inf", "infinitelymanysolutions": "inf", "infinitesolutions": "inf", "manysolutions": "inf",
    "true": "yes", "y": "yes", "ja": "yes", "false": "no", "n": "no", "not": "no", "nein": "no",
    "nosolution": "none", "nosolutions": "none", "inconsistent": "none", "unsolvable": "none",
    "exactlyonesolution": "one", "onesolution": "one", "uniquesolution": "one", "unique": "one", "exactlyone": "one",
    "dependent": "notindependent", "theyareindependent": "independent", "theyaredependent": "notindependent",
    "saddlepoint": "saddle", "indefinite": "saddle",
    "positivedefinite": "upwards", "convex": "upwards", "up": "upwards", "upward": "upwards",
    "negativedefinite": "downwards", "concave": "downwards", "down": "downwards", "downward": "downwards",
    "positivesemidefinite": "upwardsorflat", "negativesemidefinite": "downwardsorflat",
    "localminimum": "minimum", "min": "minimum", "localmaximum": "maximum", "max": "maximum",
    "pairwiseonly": "inpairsonly", "onlypairwise": "inpairsonly", "pairwise": "inpairsonly",
}  # fmt: skip
"""Words as they are written, without blanks -> one of those that mean the same."""
_YES = frozenset(("invertible", "regular", "nonsingular", "diagonalisable", "diagonalizable", "dead", "separable",
                  "solved", "stationary", "possible", "independent"))  # fmt: skip
"""What a yes may be written as, where that is asked; with a not before it, it is a no."""
_NO = frozenset(("singular", "defective", "alive", "inseparable", "impossible", "notindependent"))


def same_words(written: str, true: str) -> bool:
    """Whether words say the same: blanks, hyphens and capitals aside, a list in any order; yes or no
    may be followed by a reason, or be said by what was asked (``singular``)."""
    left, right = _words(written), _words(true)
    if left == right or sorted(left.split(",")) == sorted(right.split(",")):
        return True
    first = re.split(r"[\s:,;.(–—-]+", written.strip().lower().lstrip("\\$"), maxsplit=1)[0]
    said = _SAME.get(first, first)
    if right in ("independent", "notindependent"):
        return said == ("yes" if right == "independent" else "no")
    if right not in ("yes", "no"):
        return False
    plain = "yes" if left in _YES else "no" if left in _NO or left.removeprefix("not") in _YES else said
    return plain == right


def _words(text: str) -> str:
    text = re.sub(r"[\s_$\\·*]+|(?<=[^\W\d])-(?=[^\W\d])", "", text.strip().lower().rstrip(".").replace("−", "-"))
    return _SAME.get(text, text)


__all__ = ["same_words"]
