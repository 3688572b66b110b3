"""The values of a random variable and what says how likely they are, in any layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq

from dlsolve.errors import DlsolveError, InputError
from dlsolve.experiments import Outcome, Space
from dlsolve.notation import Quantity
from dlsolve.numbers.exact import read
from dlsolve.numbers.show import decimal, fraction, terminates


@dataclass(frozen=True)
class Law:
    """`values` from small to large, each with its mass: probabilities (`way` f, one may be None, the
    rest of 1), counts (n), weights (w), or the probability of its outcomes by the chances of their faces (chance)."""

    values: tuple[fmpq, ...]
    masses: tuple[fmpq | None, ...]
    way: str


def label(value: fmpq) -> str:
    """The value as part of an answer name: 3, 5/2, minus 1."""
    text = fraction(abs(value))
    return f"minus {text}" if value < 0 else text


def text(value: fmpq) -> str:
    return decimal(value) if terminates(value) else fraction(value)


def shown(value: fmpq) -> str:
    """The value as people read it."""
    return text(value).replace("-", "−")


def interval(low: fmpq | None, high: fmpq | None) -> Quantity:
    """P(low ≤ X ≤ high) with its numbers, or with one end; the row ``P`` of this problem."""
    if low is None or high is None:
        bound = low if high is None else high
        assert bound is not None
        inside = f"X {'≥' if high is None else '≤'} {shown(bound)}"
    else:
        inside = f"{shown(low)} ≤ X ≤ {shown(high)}"
    latex = inside.replace("≤", r"\le").replace("≥", r"\ge").replace("−", "-")
    return Quantity("P", "probability of the interval", kind="probability", symbol=f"P({inside})", latex=f"P({latex})")


def law_of_space(space: Space, count: Callable[[Outcome], int]) -> Law:
    """The counts of each value over a sample space."""
    ways: Counter[int] = Counter()
    for o in space.outcomes:
        ways[count(o)] += o.ways
    if space.chances is not None:
        masses = tuple(fmpq(ways[v], space.total) for v in sorted(ways))
        return Law(tuple(fmpq(v) for v in sorted(ways)), masses, "chance")
    return Law(tuple(fmpq(v) for v in sorted(ways)), tuple(fmpq(ways[v]) for v in sorted(ways)), "n")


def law_of_values(
    p: Mapping[str, fmpq] | Sequence[fmpq] | None,
    weights: Mapping[str, fmpq] | Sequence[fmpq] | None,
    data: Sequence[fmpq] | None,
    x: Sequence[fmpq] | None,
) -> Law:
    """Exactly one of `p`, `weights` and `data` is given. Raises `InputError`."""
    if data is not None:
        if x is not None:
            raise InputError("$.given.x", "data are the values themselves", remedy="leave x out")
        counted = Counter(data)
        order = sorted(counted)
        return Law(tuple(order), tuple(fmpq(counted[v]) for v in order), "n")
    name, masses = ("p", p) if weights is None else ("weights", weights)
    assert masses is not None
    where = f"$.given.{name}"
    pairs = _pairs(masses, x, where)
    if len({v for v, _ in pairs}) != len(pairs):
        twice = next(v for v, n in Counter(v for v, _ in pairs).items() if n > 1)
        raise InputError(where, f"the value {text(twice)} stands twice", remedy="give every value once")
    pairs.sort(key=lambda pair: pair[0])
    whole = sum((m for _, m in pairs if m is not None), fmpq(0))
    if name == "weights":
        if whole == 0:
            raise InputError(where, "all weights are 0", remedy="give at least one above 0")
        return Law(tuple(v for v, _ in pairs), tuple(m for _, m in pairs), "w")
    open_ = any(m is None for _, m in pairs)
    if whole > 1 or (whole != 1 and not open_):
        raise InputError(
            where, f"the probabilities sum to {text(whole)}, not to 1",
            remedy="give them as fractions such as 1/3, leave one out (it is the rest), or give weights",
        )  # fmt: skip
    return Law(tuple(v for v, _ in pairs), tuple(m for _, m in pairs), "f")


def _pairs(
    masses: Mapping[str, fmpq] | Sequence[fmpq], x: Sequence[fmpq] | None, where: str
) -> list[tuple[fmpq, fmpq | None]]:
    if isinstance(masses, Mapping):
        pairs: list[tuple[fmpq, fmpq | None]] = [(value_of(v, where), m) for v, m in masses.items()]
        if not pairs:
            raise InputError(where, "no value", remedy='write {"0": "1/2", "1": "1/2"}')
        rest = [v for v in x or () if v not in [known for known, _ in pairs]]
        if x is not None and (len(rest) > 1 or len(pairs) + len(rest) != len(x)):
            raise InputError("$.given.x", "does not fit the values that have probabilities",
                             remedy="leave x out, or leave one probability out")  # fmt: skip
        return pairs + [(v, None) for v in rest]
    if x is None:
        raise InputError("$.given.x", "the values of X are missing", remedy='give x, or a map {"0": "1/2", "1": "1/2"}')
    if len(masses) == len(x) - 1:
        return [*zip(x, masses, strict=False), (x[-1], None)]
    if len(masses) != len(x):
        raise InputError(where, f"{len(masses)} for {len(x)} values of X", remedy="give one for each value")
    return list(zip(x, masses, strict=True))


def value_of(written: str, where: str) -> fmpq:
    """The number that a label of a table stands for. Raises `InputError`."""
    try:
        return read(written)
    except DlsolveError:
        raise InputError(f"{where}.{written}", "a value of X is a number", found=repr(written)) from None
