"""Values that cannot be: outside a function's domain, without bounds, not finite in float64."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlsolve.errors import DomainError, LimitError
from dlsolve.formula.rules import Rule
from dlsolve.formula.tree import Index
from dlsolve.numbers.precision import UndecidedError, at_most
from dlsolve.trace.items import Key
from dlsolve.trace.values import settled

if TYPE_CHECKING:
    from dlsolve.trace.run import Trace

HOPELESS_BITS = 512
"""A ball that is still no number at this precision comes from a division by 0."""
MAX_STEPS = 2_000_000
"""Named values, the entries of exact matrices counted singly, that a run works out unless told otherwise."""

OF_VALUES: tuple[type[Exception], ...] = (DomainError, ZeroDivisionError, UndecidedError)
OF_ANY_SHAPE: tuple[type[Exception], ...] = (*OF_VALUES, TypeError, ValueError, IndexError, AttributeError)
"""What a rule may raise on values handed on as a student wrote them: a matrix for a number."""


def too_long(limit: int) -> LimitError:
    """The error of a run that has worked out `limit` values."""
    return LimitError(f"more than {limit} named values are to be worked out; shorten the run")


def checked(trace: Trace, rule: Rule, index: tuple[Index, ...], key: Key, value: Any) -> Any:
    """A value that is no lone exact number, fit to be handed on, entry by entry; or what the policy
    has for `key` instead.

    Raises `DomainError` for what is not finite, `UndecidedError` where more bits may help.
    """
    try:
        return settled(value)
    except ArithmeticError as fault:
        return rescued(trace, key, outside(trace, rule, index, str(fault)))
    except UndecidedError as fault:
        return rescued(trace, key, not_finite(trace, rule, index, fault.ball))


def not_finite(trace: Trace, rule: Rule, index: tuple[Index, ...], ball: Any) -> Exception:
    """The error for a `ball` without bounds: undecided until no precision would help."""
    if at_most() or (ball.is_nan() and trace.bits >= HOPELESS_BITS):
        return outside(trace, rule, index, "no finite value (a division by 0?)")
    return UndecidedError(f"the value of {rule.id}")


def rescued(trace: Trace, key: Key, fault: Exception) -> Any:
    """What the policy has for `key` in place of a value; raises `fault` where that is nothing."""
    value = trace.policy.rescue(trace, key)
    if value is None:
        raise fault
    return value


def outside(trace: Trace, rule: Rule, index: tuple[Index, ...], reason: str) -> DomainError:
    """The error of a step: its name, its rule with the numbers put in, the reason."""
    from dlsolve.readings import numbers_text  # readings read traces

    at = rule.indices(index)
    name = trace.name((rule.base, *at) if at else rule.base)
    if "division by zero" in reason:  # flint's words, and Python's
        reason = "a division by 0 has no value; change the numbers that it divides by"
    return DomainError(f"{name} = {numbers_text(trace, rule, index)}: {reason}")
