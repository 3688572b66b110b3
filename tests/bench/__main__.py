"""``python -m tests.bench [NAME…] [--json]``; exit status 1 where a bound is not kept."""

from __future__ import annotations

import json
import sys

from tests.bench.figures import FIGURES


def main(argv: list[str]) -> int:
    """Measure the figures named, or all."""
    named = [a for a in argv if a != "--json"]
    unknown = [n for n in named if n not in FIGURES]
    if unknown:
        print(f"there is no figure {unknown[0]}; choose among {', '.join(FIGURES)}", file=sys.stderr)
        return 2
    found = []
    for name in named or FIGURES:
        found.append(FIGURES[name]())
        if "--json" not in argv:
            print(found[-1].line(), flush=True)
    if "--json" in argv:
        print(json.dumps([r.json() for r in found], indent=1, ensure_ascii=False))
    return 0 if all(r.holds for r in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
