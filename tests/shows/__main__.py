"""``python -m tests.shows NAME… [--many N]``; exit status 1 where something promised is not so."""

from __future__ import annotations

import argparse
import sys

from tests.shows import batch, memory

SHOWS = {"batch": batch.show, "memory": memory.show}


def main(argv: list[str]) -> int:
    """Run the shows named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.shows", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SHOWS))
    parser.add_argument("--many", type=int, default=0, help="problems, instead of the full number")
    asked = parser.parse_args(argv)
    if unknown := [n for n in asked.names if n not in SHOWS]:
        parser.error(f"there is no show {unknown[0]}; choose among {', '.join(SHOWS)}")
    held = [SHOWS[name](asked.many) for name in asked.names or SHOWS]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
