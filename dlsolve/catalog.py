"""Finds the topics: every module under `dlsolve.topics` that declares a `TOPIC`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from typing import Any

from dlsolve import topics
from dlsolve.errors import InputError
from dlsolve.topic import Topic


@lru_cache(maxsize=1)
def modules() -> dict[str, str]:
    """Topic name -> module, without importing any topic (a file is named after its topic)."""
    found = pkgutil.walk_packages(topics.__path__, topics.__name__ + ".")
    return {m.name.rpartition(".")[2].replace("_", "-"): m.name for m in found if not m.ispkg}


def topic(name: str) -> Topic[Any]:
    """The topic called `name`. Raises `InputError` where there is none."""
    if name not in modules():
        raise InputError("topic", f"there is no topic {name!r}", remedy="see `dlsolve topics`")
    found: Topic[Any] = importlib.import_module(modules()[name]).TOPIC
    return found
