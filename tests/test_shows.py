"""The shows at small size: their bank fails where it should, and nowhere else."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.shows.banks import BROKEN, ENDLESS, ROOT, bank
from tests.shows.batch import command, right


def test_every_way_to_be_broken_is_named_and_the_rest_is_right(tmp_path: Path) -> None:
    source = bank(tmp_path / "bank", 160, len(BROKEN), len(ENDLESS))
    subprocess.run(command(source.folder, tmp_path / "out", "--jobs", "2"), cwd=ROOT, check=True)
    failed = len(BROKEN) + len(ENDLESS) + 1
    assert right(tmp_path / "out", source) == f"solved {160 - failed}, all right; {failed} errors named"
