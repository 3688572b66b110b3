"""The names of outputs: a function of the input alone, the same in every shard and every resumed run.

A name is that of its file and, where a file holds several problems, the id or the place. No two are the
same, nor differ only in case or in how an accent is encoded: some file systems take those for one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from hashlib import blake2b
from unicodedata import normalize

from dlsolve.render import ENDINGS

MOST_ID, MOST_BYTES = 80, 220
"""Characters of an id that go into a name; bytes of a file's name before its ending (systems take 255)."""
_RESERVED = tuple("." + ending for ending in (*ENDINGS.values(), "jsonl", "part"))


def slug(id_: str) -> str:
    """An id as a part of a file name: no separators, no dots in front, bounded."""
    return re.sub(r"[^\w.=+-]+", "_", id_)[:MOST_ID].strip("._-")


def mirrored(path: str, base: str, endings: Sequence[str]) -> str:
    """The name of a problem file, relative to `base`. A folder that looks like a solution is renamed."""
    name = os.path.relpath(os.path.abspath(path), base)
    for ending in endings:
        name = name[: -len(ending)] if name.lower().endswith(ending) else name
    folder, file = os.path.split(name)
    parts = [part + "_" if part.lower().endswith(_RESERVED) else part for part in folder.split(os.sep)]
    return os.path.join(*parts, file)


def _key(name: str) -> bytes:
    """The same for names that a file system may take for one."""
    return normalize("NFC", name.casefold()).encode("utf-8", "surrogatepass")


class Seen:
    """Which keys were added, in a table of fixed size. Of a million keys fewer than one in a thousand is
    wrongly said to be there."""

    BITS = 1 << 25

    def __init__(self) -> None:
        self._table = bytearray(self.BITS // 8)

    def add(self, key: bytes) -> bool:
        """Whether `key` was there already."""
        places = self._places(key)
        there = all(self._table[p >> 3] & (1 << (p & 7)) for p in places)
        for place in places if not there else ():
            self._table[place >> 3] |= 1 << (place & 7)
        return there

    def __contains__(self, key: bytes) -> bool:
        return all(self._table[p >> 3] & (1 << (p & 7)) for p in self._places(key))

    def _places(self, key: bytes) -> list[int]:
        hashed = blake2b(key, digest_size=12).digest()
        return [int.from_bytes(hashed[n : n + 4], "big") % self.BITS for n in (0, 4, 8)]


class Labels:
    """How the problems of one file are told apart: by an id that no other has, else by the place. All ids
    are added before the first label is asked for."""

    def __init__(self) -> None:
        self._once, self._twice = Seen(), Seen()

    def add(self, id_: str) -> None:
        id_ = slug(id_)
        if id_ and self._once.add(_key(id_)):
            self._twice.add(_key(id_))

    def label(self, id_: str, place: int) -> str:
        id_ = slug(id_)
        if id_ and _key(id_) not in self._twice:
            return id_
        # where another's id is that number, a mark that no id begins with
        return f"_{place}" if _key(str(place)) in self._once else str(place)


class Names:
    """Names given so far, in all shards alike."""

    def __init__(self) -> None:
        self._seen = Seen()
        self._seen.add(_key("index"))  # index.md lists the solutions

    def unlike(self, name: str, number: int) -> str:
        """`name`, or where that stands already, with the problem's `number` behind it."""
        folder, base = os.path.split(name)
        base = os.fsdecode(os.fsencode(base)[:MOST_BYTES])
        name = os.path.join(folder, base)
        more = ""
        while self._seen.add(_key(name + more)):
            more += f"-{number}"
        return name + more
