"""Submissions as files: ``DIR/<student>/<problem id>.json``, or one file a student, ``DIR/<student>.json``.

Only plain files are read, and only so much of each: no links, pipes or devices, whatever their names.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator

import msgspec

from dlsolve.batch.items import Fault
from dlsolve.errors import InputError
from dlsolve.fields.found import short
from dlsolve.grade.key import Key
from dlsolve.grade.names import MAX_NAME, natural, of_file, student
from dlsolve.grade.parts import FORMS, Form, Part, parts_of
from dlsolve.grade.work import Paper

MAX_BYTES = 1_000_000
"""Bytes of one file that are read."""
MAX_FILES = 500
"""Files of one student that are looked at."""
MAX_ALL = 20_000_000
"""Bytes of one student's files together."""
_IGNORED = frozenset(("thumbs.db", "desktop.ini", "__macosx"))


class File(msgspec.Struct, frozen=True):
    """A file of a student: where it is, how messages call it, what its name says it answers (if anything)."""

    path: str
    label: str
    stem: str
    form: Form | None
    nested: bool


def papers(folder: str, key: Key) -> Iterator[Paper]:
    """Every paper in a folder, student by student. Raises `InputError` where the folder cannot be read."""
    owners: dict[str, list[tuple[str, bool]]] = {}
    for name, is_folder in _listed(folder):
        stem = name if is_folder else os.path.splitext(name)[0]
        owners.setdefault(student(of_file(stem)), []).append((name, is_folder))
    if not owners:
        raise InputError(short(of_file(folder)), "holds no submissions",
                         remedy="a folder or a file a student: anna/adam-1.json, ben.txt")  # fmt: skip
    for who in sorted(owners, key=lambda name: (natural(name), name)):
        yield from _of_student(who, folder, owners[who], key)


def _listed(folder: str) -> list[tuple[str, bool]]:
    """(name, whether it is a folder) of what stands in a folder, in order. Raises `InputError`."""
    try:
        with os.scandir(folder) as found:
            names = [
                (e.name, e.is_dir(follow_symlinks=False)) for e in found
                if e.name[:1] != "." and e.name.casefold() not in _IGNORED
            ]  # fmt: skip
    except OSError as fault:
        reason = (fault.strerror or "cannot be read").lower()
        raise InputError(short(of_file(folder)), reason, remedy="name a folder that can be read") from fault
    return sorted(names, key=lambda found: (natural(of_file(found[0])), os.fsencode(found[0])))


def _of_student(who: str, folder: str, owned: list[tuple[str, bool]], key: Key) -> Iterator[Paper]:
    found: list[tuple[Part, str]] = []
    room = MAX_ALL
    if len(who) > MAX_NAME or not who:
        fault = Fault("", "", f"a name of {len(who)} characters; at most {MAX_NAME} are read")
        yield Paper(short(who), None, short(who), kind="unreadable", fault=fault)
        return
    for n, file in enumerate(_files(folder, owned)):
        if isinstance(file, tuple):
            found.append((file[1], file[0]))
            continue
        if n >= MAX_FILES or room <= 0:
            said = f"more than {MAX_FILES} files, or {MAX_ALL} bytes, of one student; the rest is not read"
            found.append((Part(None, kind="too long", fault=Fault("", "", said)), file.label))
            break
        data = _read(file)
        if isinstance(data, Part):
            found.append((data, file.label))
            continue
        room -= len(data)
        own = key.find(file.stem) if file.nested else None
        assert file.form is not None
        if own is not None:
            found.append((Part(own, file.form, data), file.label))
        else:
            named = file.stem if file.nested else ""
            found += [(part, file.label) for part in parts_of(data, file.form, key, file.label, named)]
    yield from gathered(who, found, key)


def _files(folder: str, owned: list[tuple[str, bool]]) -> Iterator[File | tuple[str, Part]]:
    """A student's files; or a label and why what stands there is none."""
    for name, is_folder in owned:
        path = os.path.join(folder, name)
        if not is_folder:
            yield _file(path, name, nested=False)
            continue
        try:
            inside = _listed(path)
        except InputError as error:
            said = Fault("", "", f"{error.problem}; {error.remedy}")
            yield of_file(name), Part(None, kind="unreadable", fault=said)
            continue
        for inner, deeper in inside:
            label = f"{of_file(name)}/{of_file(inner)}"
            if deeper:
                said = Fault("", "", "a folder inside of a student's; put the files beside each other")
                yield label, Part(None, kind="unreadable", fault=said)
            else:
                yield _file(os.path.join(path, inner), label, nested=True)


def _file(path: str, label: str, *, nested: bool) -> File:
    stem, ending = os.path.splitext(os.path.basename(path))
    return File(path, of_file(label), of_file(stem), FORMS.get(ending.lower()), nested)


def _read(file: File) -> bytes | Part:
    """The bytes of a plain file, or why they are not read."""
    if file.form is None:
        known = ", ".join(FORMS)
        return Part(None, kind="unreadable", fault=Fault("", "", f"not a kind of file that is read; write {known}"))
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(file.path, flags)
        with open(handle, "rb") as opened:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                fault = Fault("", "", "not a file but a pipe or device; hand in a file")
                return Part(None, kind="unreadable", fault=fault)
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        link = error.errno in (errno.ELOOP, getattr(errno, "EMLINK", -1))
        reason = "a link; hand in the file itself" if link else (error.strerror or "cannot be read").lower()
        return Part(None, kind="unreadable", fault=Fault("", "", reason))
    if len(data) > MAX_BYTES:
        return Part(None, kind="too long", fault=Fault("", "", f"longer than {MAX_BYTES} bytes"))
    return data


def gathered(who: str, found: list[tuple[Part, str]], key: Key) -> Iterator[Paper]:
    """A student's parts as papers, one a problem, then what belongs to none."""
    by_problem: dict[int, list[tuple[Part, str]]] = {}
    for part, label in found:
        if part.problem is not None:
            by_problem.setdefault(part.problem.number, []).append((part, label))
    for number in sorted(by_problem):
        several = by_problem[number]
        part, label = several[0]
        if len({(p.form, p.data) for p, _ in several}) == 1:
            twice = f"handed in {len(several)} times, each time the same"
            yield Paper(who, part.problem, label, part.form, part.data, warnings=(twice,) * (len(several) > 1))
            continue
        labels = [label for _, label in several]
        said = f"handed in {len(several)} times, in {' and '.join(map(short, labels[:4]))}; keep the one that counts"
        yield Paper(who, part.problem, label, kind="duplicate", fault=Fault("", "", said))
    for part, label in found:
        if part.problem is None:
            yield Paper(who, None, label, kind=part.kind, fault=part.fault)
    if not found:
        yield Paper(who, None, who, kind="blank", fault=Fault("", "", "nothing is handed in"))
