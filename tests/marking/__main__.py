"""``python -m tests.marking [TOPIC]... [-n COUNT] [-p PROBLEMS]``: how simulated students are marked, by topic."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.cases import TOPICS
from tests.marking.honest import honest
from tests.marking.slipping import HEAD, Slips, slips


def _both(task: tuple[str, int, int]) -> tuple[str, str, Slips]:
    topic, count, problems = task
    tally = honest(topic, count, problems)
    said = f"{tally.students:6}{sum(tally.verdicts.values()):8}{len(tally.bad):5}{tally.cut_remarked:6}/{tally.cut:<5}"
    return topic, said, slips(topic, count, problems)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.marking", description=__doc__)
    parser.add_argument("topics", nargs="*", default=[])
    parser.add_argument("-n", type=int, default=1_000, help="students, and slips, a topic")
    parser.add_argument("-p", type=int, default=60, help="problems a topic")
    parser.add_argument("--misses", action="store_true", help="print what was missed")
    wanted = parser.parse_args()
    tasks = [(topic, wanted.n, wanted.p) for topic in wanted.topics or TOPICS]
    total = Slips("all")
    write = sys.stdout.write
    write(f"{HEAD}{'honest':>8}{'values':>8}{'bad':>5}{'cut':>8}\n")
    with ProcessPoolExecutor() as pool:
        for _, said, found in pool.map(_both, tasks):
            write(f"{found.row()}  {said}\n")
            if wanted.misses:
                for kind, text in found.misses[:20]:
                    write(f"    {kind}: {text}\n")
            sys.stdout.flush()
            total.add(found)
    write(f"{total.row()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
