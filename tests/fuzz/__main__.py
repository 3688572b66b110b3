"""``python -m tests.fuzz [KIND…] [-n COUNT] [--seed S] [--jobs N]``: random inputs, each of which must be answered.

Kinds: answers, problems, commands, submissions; ``all`` (the default) shares COUNT among them. Exit status 1
where one failed: it was not answered, ran code, or went beyond a counted limit.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

from tests.fuzz.drive import Failure, Found, make, one, spread
from tests.fuzz.kinds import KINDS

SHOWN = 20
"""Failures that are printed whole."""


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, "all"], default="all", metavar="KIND")
    parser.add_argument("-n", type=int, default=10_000, help="inputs, in all (10000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first input of a kind")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", type=int, help="read this one input again, here, and let what it raises through")
    asked = parser.parse_args(argv)
    named = list(KINDS) if "all" in asked.kinds else list(dict.fromkeys(asked.kinds))
    if asked.only is not None:
        return _only(named[0], asked.seed, asked.only)
    shares = sum(KINDS[name].share for name in named)
    counts = {name: round(asked.n * KINDS[name].share / shares) for name in named}
    whole = Found()
    for name, count in counts.items():
        begun = time.monotonic()
        for found in spread(name, asked.seed, asked.first, count, asked.jobs):
            for failure in found.failures:
                if len(whole.failures) < SHOWN:
                    _say(failure, asked.seed)
                whole.failures.append(failure)
            found.failures = []
            whole.add(found)
            _progress(name, whole, count, time.monotonic() - begun)
    _summary(whole, sum(counts.values()))
    return 1 if whole.failures else 0


def _only(kind: str, seed: int, number: int) -> int:
    given = make(kind, seed, number)
    sys.stdout.write(f"{given!r}\n"[:4_000])
    sys.stdout.flush()
    sys.stdout.write(f"{KINDS[kind].read(given)}\n")
    found = Found()
    one(kind, seed, number, found)
    for failure in found.failures:
        _say(failure, seed)
    return 1 if found.failures else 0


def _say(failure: Failure, seed: int) -> None:
    again = f"python -m tests.fuzz {failure.kind} --seed {seed} --only {failure.number}"
    sys.stdout.write(f"\nFAILED: {failure.why}\n  {failure.given!a}\n  {again}\n")
    sys.stdout.flush()


def _progress(name: str, whole: Found, count: int, seconds: float) -> None:
    if sys.stderr.isatty():
        done = sum(n for outcome, n in whole.outcomes.items() if outcome.startswith(name))
        sys.stderr.write(
            f"\r{name}: {done} of {count}, {done / max(seconds, 1e-9):.0f}/s, {len(whole.failures)} failed   "
        )
        sys.stderr.flush()


def _summary(whole: Found, asked: int) -> None:
    write = sys.stdout.write
    write(f"\n{'inputs':32}{'':4}{'count':>9}\n")
    for outcome, count in sorted(whole.outcomes.items()):
        write(f"{outcome:32}{'':4}{count:>9}\n")
    write(f"{'all':32}{'':4}{sum(whole.outcomes.values()):>9} of {asked}\n")
    write(f"\nfailed {len(whole.failures)}; largest process {whole.memory / 2**20:.0f} MB\n")
    if whole.slow:
        write(f"\n{'slowest':14}{'number':>9}{'calls':>12}{'of':>12}{'seconds':>9}\n")
        for seconds, count, kind, number in whole.slow:
            write(f"{kind:14}{number:>9}{count:>12}{KINDS[kind].calls:>12}{seconds:>9.2f}\n")


if __name__ == "__main__":
    sys.exit(main())
