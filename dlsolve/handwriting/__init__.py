"""What people write (typed, Unicode, LaTeX) -> the trees of `dlsolve.formula`.

Nothing here is evaluated by Python: an own scanner and parser, with every bound checked before a
number is built.
"""

from dlsolve.handwriting.parser import expression
from dlsolve.handwriting.tokens import UnreadableError

__all__ = ["UnreadableError", "expression"]
