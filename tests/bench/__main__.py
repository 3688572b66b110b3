"""``python -m tests.bench [NAME…] [--json]``; exit status 1 where a bound is not kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence

from tests.bench.figures import FIGURES
from tests.bench.measure import Ratio, progress


def measured(names: Sequence[str]) -> Iterator[Ratio]:
    """Every figure of these names, as it is found."""
    for name in names:
        progress(f"measuring {name} …")
        found = FIGURES[name]()
        for ratio in [found] if isinstance(found, Ratio) else found:
            progress("")
            yield ratio
            progress(f"measuring {name}, after {ratio.name} …")
    progress("")


def main(argv: list[str]) -> int:
    """Measure the figures named, or all."""
    if {"-h", "--help"} & {*argv}:
        print(f"{(__doc__ or '').strip()}\n\nfigures: {', '.join(FIGURES)}")
        return 0
    named = [a for a in argv if a != "--json"]
    unknown = [n for n in named if n not in FIGURES]
    if unknown:
        print(f"there is no figure {unknown[0]}; choose among {', '.join(FIGURES)}", file=sys.stderr)
        return 2
    found = []
    for ratio in measured(named or list(FIGURES)):
        found.append(ratio)
        if "--json" not in argv:
            print(ratio.line(), flush=True)
    if "--json" in argv:
        print(json.dumps([r.json() for r in found], indent=1, ensure_ascii=False))
    return 0 if all(r.holds for r in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
