"""Solves hand-calculation problems of deep learning and writes out every step, as on the board.

    >>> from dlsolve import check, solve
    >>> problem = {"topic": "adam", "given": {"g": [0.3, 0.2, 0.1], "lr": 0.01}}
    >>> solve(problem).answers["theta_3"].shown
    '-0.02864'
    >>> check(problem, {"theta_3": "-0.0286"}).all_right
    True

`dlsolve.api` says more of each; nothing of it is loaded before it is asked for.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dlsolve.api import Report, Solution, check, load, solve
    from dlsolve.errors import DlsolveError
    from dlsolve.problem import ProblemFile

__version__ = "0.1.0"
__all__ = ["DlsolveError", "ProblemFile", "Report", "Solution", "__version__", "check", "load", "solve"]

_HOMES = {"DlsolveError": "dlsolve.errors", "ProblemFile": "dlsolve.problem"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "dlsolve.api")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
