"""How the suite is run: hypothesis' two depths, and the PyTorch tests that skip without it.

A plain run tries the same handful of examples each time; `DLSOLVE_SWEEP=1` tries 200, and others in each run.
"""

from __future__ import annotations

import importlib.util
import os

import pytest
from hypothesis import HealthCheck, settings

SWEEP = bool(os.environ.get("DLSOLVE_SWEEP"))

for depth, examples in {"default": 25, "sweep": 200}.items():
    settings.register_profile(
        depth,
        max_examples=examples,
        derandomize=depth == "default",
        deadline=None,  # the first example of a topic pays for its imports
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
settings.load_profile("sweep" if SWEEP else "default")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `oracle` need PyTorch, an extra of its own."""
    if importlib.util.find_spec("torch") is None:
        for item in items:
            if item.get_closest_marker("oracle"):
                item.add_marker(pytest.mark.skip(reason="PyTorch is not installed (the extra `oracle`)"))
