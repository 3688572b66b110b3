"""100,000 problems from one .jsonl file take no more memory than 1,000: the parent, and its largest worker."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.batches import problem
from tests.bench.whole import Usage, whole

FEW, MANY = 1_000, 100_000
MOST = 1.2


def show(many: int = 0) -> bool:
    """Print what both took and whether it held."""
    many = many or MANY
    with TemporaryDirectory() as name:
        # the first run of all compiles
        _, few, lot = (_run(Path(name), n) for n in (FEW // 10, FEW, many))
    own, other = lot.own_mib / few.own_mib, lot.other_mib / few.other_mib
    print(f"{many} problems against {FEW}, from lines to lines, at the peak:")
    print(f"  the parent      {lot.own_mib:6.1f} / {few.own_mib:6.1f} MiB = {own:.3f}, at most {MOST}")
    print(f"  largest worker  {lot.other_mib:6.1f} / {few.other_mib:6.1f} MiB = {other:.3f}, at most {MOST}")
    print(f"  {1e3 * lot.cpu / many:.2f} ms of processor time a problem", flush=True)
    return max(own, other) <= MOST


def _run(folder: Path, many: int) -> Usage:
    source, out = folder / f"{many}.jsonl", folder / f"{many}-out.jsonl"
    with source.open("w", encoding="utf-8") as file:
        # most are of the quickest kinds: it is the number that matters
        file.writelines(json.dumps(problem(n if n % 10 == 0 else 2 * n + 1)) + "\n" for n in range(1, many + 1))
    return whole(["-m", "dlsolve", "batch", str(source), "-o", str(out), "--jobs", "2", "--detail", "answer"])
