"""One run of a batch as the shows need it: ``SOURCE OUT [--jobs N] [--resume] [--shard i/n] [--engine E]``.

It is the batch of the command line, but for the problem called "deadly", which kills whoever tries it.
"""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from functools import partial

from dlsolve.assignment import Overlay
from dlsolve.batch.cluster import cluster
from dlsolve.batch.run import Plan, batch
from dlsolve.batch.work import Settings
from tests import batches

SETTINGS = Settings(Overlay(limit=20_000), "json")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("out")
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--shard")
    parser.add_argument("--engine")
    asked = parser.parse_args()
    shard = tuple(map(int, asked.shard.split("/"))) if asked.shard else None
    plan = Plan(paths=[asked.source], out=asked.out, settings=SETTINGS, jobs=asked.jobs, resume=asked.resume,
                shard=shard)  # type: ignore[arg-type]  # fmt: skip
    with cluster(asked.engine) if asked.engine else nullcontext() as executor:
        batch(plan, executor=executor, work=partial(batches.killed, settings=SETTINGS))


if __name__ == "__main__":
    main()
