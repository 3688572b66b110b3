"""What people write (typed, Unicode, LaTeX) -> the trees of `dlsolve.formula`.

Nothing here is evaluated by Python: an own scanner and parser, with every bound checked before a
number is built.
"""

from dlsolve.handwriting.answers import value
from dlsolve.handwriting.evaluate import guarded_value
from dlsolve.handwriting.names import normalise_name, resolve
from dlsolve.handwriting.numerals import Numeral
from dlsolve.handwriting.parser import expression
from dlsolve.handwriting.shapes import Written
from dlsolve.handwriting.tokens import UnreadableError
from dlsolve.handwriting.worked import Link, WorkedLine, lines

__all__ = [
    "Link",
    "Numeral",
    "UnreadableError",
    "WorkedLine",
    "Written",
    "expression",
    "guarded_value",
    "lines",
    "normalise_name",
    "resolve",
    "value",
]
