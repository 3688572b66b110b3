"""Finds the topics: every module under `dlsolve.topics` that declares a `TOPIC`.

Names and one-line helps are read from the files; only the topic asked for is imported.
"""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from dlsolve import topics
from dlsolve.errors import InputError
from dlsolve.fields.found import meant, short
from dlsolve.topic import Topic

CHAPTERS = {
    "linear_algebra": "Linear algebra",
    "probability": "Probability",
    "information": "Information",
    "neurons": "Neurons",
    "networks": "Networks",
    "losses": "Losses",
    "training": "Training",
    "evaluation": "Evaluation",
    "optimisers": "Optimisers",
    "similarity": "Similarity",
    "own": "Your own rules",
}
"""Folder of topics -> chapter, in the order of a course; every list of topics keeps it."""

COURSE = {
    "Linear algebra": 1, "Probability": 2, "Information": 3, "Neurons": 3, "Networks": 4, "Losses": 4, "Training": 4,
    "Evaluation": 4, "Optimisers": 5,
}  # fmt: skip
"""Chapter -> its number in the course: 1 linear algebra, 2 probability, 3 the neural network, 4 training
feed-forward networks, 5 beyond gradient descent. The chapters after these hold nothing to work out."""


@lru_cache(maxsize=1)
def modules() -> dict[str, str]:
    """Topic name -> module, without importing any topic (a file is named after its topic)."""
    return {name: module for name, (module, _) in _files().items()}


@lru_cache(maxsize=1)
def _files() -> dict[str, tuple[str, str]]:
    """Topic name -> (module, file), by chapter and then by name."""
    folders = list(CHAPTERS)

    def place(found: tuple[str, tuple[str, str]]) -> tuple[int, str]:
        name, (module, _) = found
        folder = module.split(".")[-2]
        return folders.index(folder) if folder in folders else len(folders), name

    return dict(sorted(_walk(list(topics.__path__), topics.__name__), key=place))


def _walk(folders: list[str], package: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for found in pkgutil.iter_modules(folders):
        module = f"{package}.{found.name}"
        path = os.path.join(str(getattr(found.module_finder, "path", "")), found.name)
        if found.ispkg:
            yield from _walk([path], module)
        elif not found.name.startswith("_"):
            yield found.name.replace("_", "-"), (module, path + ".py")


def summary(name: str) -> str:
    """The first line of a topic's docstring, read from its file without importing it."""
    with open(_files()[name][1], encoding="utf-8") as file:
        for line in file:
            if line.strip():
                return line.strip().lstrip("rR").removeprefix('"""').removesuffix('"""').strip()
    return ""


def names() -> list[str]:
    """Every topic's name, in order."""
    return list(modules())


def topic(name: str) -> Topic[Any]:
    """The topic called `name`, or by one of its aliases. Raises `InputError` where there is none."""
    known = find(name)
    if known is None:
        every = [*names(), *(alias for t in all_topics() for alias in t.aliases)]
        raise InputError(
            "topic", f"there is no topic {short(name)!r}", remedy=meant(name, every, "see `dlsolve topics`")
        )
    found: Topic[Any] = importlib.import_module(modules()[known]).TOPIC
    return found


def find(name: str) -> str | None:
    """The name of the topic that `name` or an alias stands for, or None.

    A known name imports nothing; an alias imports the topics whose files mention it.
    """
    wanted = name.strip().lower().replace("_", "-")
    if wanted in modules():
        return wanted
    if not wanted:
        return None
    for known, (module, path) in _files().items():
        with open(path, encoding="utf-8") as file:
            text = file.read().lower()
        if f'"{wanted}"' in text or f'"{wanted.replace("-", "_")}"' in text:
            aliases = importlib.import_module(module).TOPIC.aliases
            if wanted in {a.lower().replace("_", "-") for a in aliases}:
                return known
    return None


def text(name: str) -> str:
    """A topic's page of notes: the docstring of its file."""
    return inspect.getdoc(importlib.import_module(modules()[name])) or ""


def all_topics() -> list[Topic[Any]]:
    """Every topic, imported."""
    return [importlib.import_module(module).TOPIC for module in modules().values()]
