"""``python -m tests.marking [TOPIC]... [-n COUNT] [-p PROBLEMS]``: how simulated students are marked, by topic."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.cases import TOPICS
from tests.marking import outside, slipping
from tests.marking.honest import HEAD, Tally, honest
from tests.marking.outside import Outside
from tests.marking.slipping import Slips


def _all(task: tuple[str, int, int]) -> tuple[Slips, Outside, Tally]:
    return slipping.slips(*task), outside.outside(*task), honest(*task)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.marking", description=__doc__)
    parser.add_argument("topics", nargs="*", default=[])
    parser.add_argument("-n", type=int, default=1_000, help="students, mutations and errors outside, a topic")
    parser.add_argument("-p", type=int, default=60, help="problems a topic")
    parser.add_argument("-j", "--jobs", type=int, default=None, help="processes")
    parser.add_argument("--misses", action="store_true", help="print what was missed")
    parser.add_argument("--most", type=int, default=20, help="misses printed a topic")
    wanted = parser.parse_args()
    tasks = [(topic, wanted.n, wanted.p) for topic in wanted.topics or TOPICS]
    all_slips, all_outside, all_honest = Slips("all"), Outside("all"), Tally("all")
    write = sys.stdout.write
    write(f"{slipping.HEAD}{outside.HEAD}{HEAD}\n")
    with ProcessPoolExecutor(wanted.jobs) as pool:
        for made, strange, tally in pool.map(_all, tasks):
            write(f"{made.row()}{strange.row()}{tally.row()}\n")
            if wanted.misses:
                told = [*(("honest", " ".join(bad)) for bad in tally.bad), *made.misses, *strange.misses]
                told += [("unseen", ", ".join(made.unseen))] if made.unseen else []
                for kind, text in told[: wanted.most]:
                    write(f"    {kind}: {text}\n")
            sys.stdout.flush()
            all_slips.add(made)
            all_outside.add(strange)
            all_honest.add(tally)
    write(f"{all_slips.row()}{all_outside.row()}{all_honest.row()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
