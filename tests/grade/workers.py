"""Work for the tests of classes: workers that are slow or die."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence

from dlsolve.grade import work
from dlsolve.grade.work import Marked, Paper, Settings

SETTINGS = Settings()


def slow(papers: Sequence[Paper]) -> list[Marked]:
    """The real work, slow enough to be interrupted."""
    time.sleep(0.03 * len(papers))
    return work.mark(SETTINGS, papers)


def killed(papers: Sequence[Paper]) -> list[Marked]:
    """The real work, but for a student called deadly: it kills the process that tries."""
    if any(paper.student == "deadly" for paper in papers):
        os.kill(os.getpid(), signal.SIGKILL)
    return work.mark(SETTINGS, papers)
