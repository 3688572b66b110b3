"""The command line: one subcommand per topic, none written by hand.

Exit status: 0 done · 1 some items failed · 2 the command line or a problem is not valid ·
3 a fault of dlsolve · 130 Ctrl-C. Errors are one line on standard error.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence

from dlsolve.cli.output import close_quietly, complain, prepare_streams
from dlsolve.errors import DlsolveError, RuleError

_UNWRITABLE = (errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EBADF, *([errno.EDQUOT] if hasattr(errno, "EDQUOT") else []))
DONE, SOME_FAILED, NOT_VALID, FAULT, INTERRUPTED = 0, 1, 2, 3, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line. Returns the exit status; nothing is raised."""
    args = list(sys.argv[1:] if argv is None else argv)
    try:
        prepare_streams()
        status = _run(args)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        close_quietly()
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as fault:
        # files say themselves what became of them: this is what was to be printed
        if fault.errno not in _UNWRITABLE:
            return _fault(fault, args)
        close_quietly()
        complain(f"standard output: {str(fault.strerror).lower()}; make room, or write to a file with -o")
        return NOT_VALID
    except DlsolveError as fault:
        if isinstance(fault, RuleError):
            return _fault(fault, args)
        complain(str(fault))
        return NOT_VALID
    except Exception as fault:  # the last resort: one line, never a traceback
        return _fault(fault, args)


def _run(args: list[str]) -> int:
    from dlsolve.cli.group import run

    return run(args)


def _fault(fault: Exception, args: Sequence[str]) -> int:
    """A fault of dlsolve itself: one line, or all of it with --debug."""
    if "--debug" in args:
        import traceback

        traceback.print_exception(fault)
    what = " ".join(f"{type(fault).__name__}: {fault}".split())
    complain(f"dlsolve failed, which is its own fault ({what[:300]}); please report it, --debug shows where")
    return FAULT
