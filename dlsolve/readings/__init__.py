"""What a step says: the rule, the rule at this step, the numbers put in, the terms worked out.

Every line is a tree, so that each renderer writes it in its own hand, and every printed line is
true: numbers put in gain digits until the line, worked out as printed, shows the printed value.
"""

from dlsolve.readings.derivation import NEGATED, Lines, branch_text, lines, numbers_text, question_lines
from dlsolve.readings.instances import instantiate
from dlsolve.readings.literals import put
from dlsolve.readings.values import (
    all_exact,
    as_carried,
    as_listed,
    ends,
    exact_text,
    json_value,
    rows_of,
    shown_value,
    small_fraction,
)

__all__ = [
    "NEGATED", "Lines", "all_exact", "as_carried", "as_listed", "branch_text", "ends", "exact_text", "instantiate",
    "json_value", "lines", "numbers_text", "put", "question_lines", "rows_of", "shown_value", "small_fraction",
]  # fmt: skip
