"""``python -m dlsolve``."""

from __future__ import annotations

import sys

from dlsolve.cli import main

if __name__ == "__main__":
    sys.exit(main())
