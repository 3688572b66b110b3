"""What a command costs before it does anything: each kind against the least Typer and Rich program, and
against ``import sympy``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import ROOT, Ratio, against, process

ADAM = "problems/adam/adam-3steps.json"
MINIMAL = str(ROOT / "tests" / "bench" / "minimal.py")
KINDS: dict[str, list[str]] = {
    "help": ["--help"],
    "topics": ["topics"],
    "explain": ["explain", "adam"],
    "flags": ["bayes", "--prior", "spam=0.01, ham=0.99", "--likelihood", "spam=0.8, ham=0.1", "--evidence", "free"],
    "file": ["adam", ADAM, "--format", "terminal"],
    "check": ["check", ADAM, "-a", "theta_3=-0.02864"],
    "schema": ["schema", "adam"],
}
"""Command lines by kind; a batch of one problem beside these."""
BOUNDS = {"file": 1.7}


def start() -> Iterator[Ratio]:
    """Each kind of command, as a process of its own."""
    with TemporaryDirectory() as folder:
        one = Path(folder) / "one.jsonl"
        one.write_text(json.dumps(json.loads((ROOT / ADAM).read_text(encoding="utf-8"))) + "\n", encoding="utf-8")
        outs = iter(range(10**6))
        for kind, args in {**KINDS, "batch": ["batch", str(one), "--jobs", "1", "-o"]}.items():

            def ours(kind: str = kind, args: list[str] = args) -> object:
                more = [str(Path(folder) / f"out{next(outs)}")] if kind == "batch" else []
                return process(["-m", "dlsolve", *args, *more], most=1 if kind == "check" else 0)()

            least = [MINIMAL, "--help" if kind == "help" else ADAM]
            shown = f"dlsolve {' '.join(args[:2])}{' …' if len(args) > 2 else ''}"
            yield against(
                f"start {kind}", f"{shown} / a Typer program with {'its help' if kind == 'help' else 'one Rich table'}",
                ours, process(least), rounds=5, bound=BOUNDS.get(kind),
            )  # fmt: skip
            yield against(
                f"start {kind} sympy", f"{shown} / python -c 'import sympy'",
                ours, process(["-c", "import sympy"]), rounds=3, bound=None,
            )  # fmt: skip
