"""Batches: everything that can be solved is, once, in order, in the same bytes, whatever goes wrong on the way."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

import pytest

from dlsolve import assignment
from dlsolve.batch import items
from dlsolve.batch.items import tasks
from dlsolve.batch.names import Labels, slug
from dlsolve.problem import read_envelope
from dlsolve.render import Options, render
from tests.batches import LIMIT, bank, lines, problem, tree
from tests.runner import Result, run


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Result]:
    """The bank, its output with one process, and what the run said."""
    folder = tmp_path_factory.mktemp("whole")
    source = bank(folder / "bank")
    return source, folder / "out", run("batch", str(source), "-o", str(folder / "out"), "--jobs", "1", *LIMIT)


# -- what is written ------------------------------------------------------------------------------


def test_every_problem_is_solved_and_every_failure_named(whole: tuple[Path, Path, Result]) -> None:
    _, out, result = whole
    files = tree(out)
    assert result.status == 1
    assert result.out == ""
    assert "33" in result.err
    assert "bad-nan.json: NaN is not a number of JSON; write a finite number\nand 5 more, all in " in result.err
    assert "\x1b" not in result.err
    errors = lines(out / "errors.jsonl")
    assert [(Path(e["path"]).name, e["item"], e["field"]) for e in errors] == [
        ("bad-bytes.json", None, ""), ("bad-deep.json", None, ""), ("bad-empty.json", None, ""),
        ("bad-list.json", None, "$"), ("bad-nan.json", None, ""), ("bad-twice.json", None, ""),
        ("endless.json", None, ""), ("lines.jsonl", 5, ""), ("lines.jsonl", 6, "$.given.lr"),
        ("several.json", 2, "$.problems[1].topic"),
    ]  # fmt: skip
    assert all(list(e) == ["path", "item", "id", "field", "value", "message"] and e["message"] for e in errors)
    assert "more than 2000 named values" in errors[6]["message"]
    assert errors[8]["value"] == '"x"'
    index = lines(out / "index.jsonl")
    assert [e["number"] for e in index] == list(range(43))
    assert {e["file"] for e in index if not e["failed"]} | {"index.jsonl", "errors.jsonl", "index.md"} == set(files)


def test_outputs_mirror_the_input_and_are_named_by_id_or_line(whole: tuple[Path, Path, Result]) -> None:
    files = tree(whole[1])
    assert {"p001.md", "deep/er/p003.md", "several-adam-4.md", "lines-det-101.md", "lines-103.md"} <= set(files)
    assert "lines-1.md" in files, "an id that stands twice in a file gives way to the line"


def test_a_solution_is_what_the_library_gives(whole: tuple[Path, Path, Result]) -> None:
    for n in (1, 2, 4, 7):
        text = render(assignment.solve(read_envelope(json.loads(json.dumps(problem(n))))), "markdown", Options())
        assert (whole[1] / f"p{n:03}.md").read_text(encoding="utf-8") == text


def test_the_list_of_pages_links_each_and_escapes_titles(whole: tuple[Path, Path, Result]) -> None:
    text = (whole[1] / "index.md").read_text(encoding="utf-8")
    assert "- [Number 7 \\[x\\](y)](p007.md)" in text
    assert text.count("\n- ") == 33


@pytest.mark.parametrize("jobs", ["2"])
def test_the_same_bytes_from_any_number_of_processes(
    jobs: str, whole: tuple[Path, Path, Result], tmp_path: Path
) -> None:
    source, out, _ = whole
    assert run("batch", str(source), "-o", str(tmp_path / "out"), "--jobs", jobs, *LIMIT).status == 1
    assert tree(tmp_path / "out") == tree(out)


def test_lines_in_and_lines_out(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "all.jsonl"
    source.write_text("\n".join(json.dumps(problem(n)) for n in range(4, 10)) + "\n{}\n", encoding="utf-8")
    args = ("-o", str(out), "--format", "json", "--detail", "answer", "--jobs", "2")
    assert run("batch", str(source), *args).status == 1
    found = lines(out)
    assert [e["item"] for e in found] == [1, 2, 3, 4, 5, 6]
    assert found[1]["solution"]["topic"] == "det"
    assert found[1]["solution"]["steps"] == []
    assert [e["item"] for e in lines(tmp_path / "all.errors.jsonl")] == [7]
    assert {p.name for p in tmp_path.iterdir()} == {"in.jsonl", "all.jsonl", "all.index.jsonl", "all.errors.jsonl"}
    piped = run("batch", "-", "-o", str(tmp_path / "piped.jsonl"), *args[2:], stdin=source.read_bytes())
    assert piped.status == 1
    assert [e["solution"] for e in lines(tmp_path / "piped.jsonl")] == [e["solution"] for e in found]


def test_shards_joined_are_the_whole(whole: tuple[Path, Path, Result], tmp_path: Path) -> None:
    source, out, _ = whole
    parts = []
    for n in (1, 2, 3):
        parts.append(str(tmp_path / str(n)))
        run("batch", str(source), "-o", parts[-1], "--shard", f"{n}/3", "--jobs", "2", *LIMIT)
        assert 0 < len(tree(Path(parts[-1]))) < len(tree(out))
    result = run("merge", *parts, "-o", str(tmp_path / "all"))
    assert result.status == 1
    assert result.err == "33 solved, 10 failed\n"
    assert tree(tmp_path / "all") == tree(out)


def test_shards_of_lines_joined_are_the_whole(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("\n".join(json.dumps(problem(n)) for n in range(1, 12)) + "\n[]\n", encoding="utf-8")
    for name, more in (("w", []), ("a", ["--shard", "1/2"]), ("b", ["--shard", "2/2"])):
        run("batch", str(source), "-o", str(tmp_path / f"{name}.jsonl"), "--detail", "key", *more)
    run("merge", str(tmp_path / "b.jsonl"), str(tmp_path / "a.jsonl"), "-o", str(tmp_path / "all.jsonl"))
    for end in (".jsonl", ".index.jsonl", ".errors.jsonl"):
        assert (tmp_path / f"all{end}").read_bytes() == (tmp_path / f"w{end}").read_bytes()


# -- what is refused ------------------------------------------------------------------------------


def test_what_cannot_start_is_status_2(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "p.json").write_text(json.dumps(problem(5)))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("mine")
    (tmp_path / "mine.errors.jsonl").write_text("mine")
    out = str(tmp_path / "out")
    for args, says in (
        ((str(source),), "-o OUT is missing"),
        ((str(source), "-o", str(source)), "is read"),
        ((str(source), "-o", str(source / "out")), "stands inside"),
        ((str(source), "-o", str(tmp_path / "full")), "not from a batch"),
        ((str(tmp_path / "none"), "-o", out), "no such file"),
        ((str(tmp_path / "full"), "-o", out), "holds no .json"),
        ((str(source), "-o", str(tmp_path / "mine.jsonl")), "mine.errors.jsonl is there already"),
        ((str(source), "-o", out, "--format", "terminal"), "--format"),
        ((str(source), "-o", out, "--shard", "3/2"), "--shard"),
        ((str(source), "-o", out, "--jobs", "x"), "--jobs"),
    ):
        result = run("batch", *args)
        assert result.status == 2, args
        assert says in result.err
        assert result.err.count("\n") == 1
    assert not os.path.exists(out)
    assert run("batch", str(source), "-o", out).status == 0
    again = run("batch", str(source), "-o", out)
    assert again.status == 2
    assert "--resume" in again.err
    other = run("batch", str(source), "-o", out, "--resume", "--digits", "3")
    assert other.status == 2
    assert "other flags" in other.err
    assert (tmp_path / "out" / "index.jsonl").exists(), "the run that stands there is left as it is"


def test_fail_fast_stops_and_resume_goes_on(whole: tuple[Path, Path, Result], tmp_path: Path) -> None:
    source, out, _ = whole
    args = ("batch", str(source), "-o", str(tmp_path / "out"), "--jobs", "2", *LIMIT)
    assert run(*args, "--fail-fast").status == 1
    assert len(lines(tmp_path / "out" / "errors.jsonl")) == 1
    assert run(*args, "--resume").status == 1
    assert tree(tmp_path / "out") == tree(out)
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("p*.md")}
    assert run(*args, "--resume").status == 1, "a run that is complete is left as it is"
    assert before == {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("p*.md")}


def test_names_too_long_and_links_that_lead_nowhere(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / f"{'n' * 240}.json").write_text(json.dumps({"problems": [problem(4), problem(5)]}))
    (source / "gone.json").symlink_to(tmp_path / "nowhere")
    os.mkfifo(source / "pipe.json")
    assert run("batch", str(source), "-o", str(tmp_path / "out")).status == 1
    names = {p.name for p in (tmp_path / "out").glob("n*.md")}
    assert names == {"n" * 220 + ".md", "n" * 220 + "-2.md"}
    (error,) = lines(tmp_path / "out" / "errors.jsonl")
    assert "no such file" in error["message"]


# -- pieces ---------------------------------------------------------------------------------------


def test_ids_cannot_leave_the_folder() -> None:
    assert slug("../../etc/passwd") == "etc_passwd"
    assert slug("a/b\\c:d\x00") == "a_b_c_d"
    assert slug("...") == ""
    assert len(slug("x" * 500)) == 80


def test_ids_that_stand_twice_are_remembered_in_fixed_room() -> None:
    labels = Labels()
    for n in range(2_000):
        labels.add(f"id-{n}")
    labels.add("ID-7")
    assert [n for n in range(2_000) if labels.label(f"id-{n}", n) == str(n)] == [7]


@pytest.mark.parametrize("format_", ["markdown", "json"])
def test_no_two_outputs_share_a_name_on_any_file_system(format_: str, tmp_path: Path) -> None:
    """Ids that are places, that differ in case; files beside lines; folders that look like solutions."""
    source = tmp_path / "in"
    (source / "a.md").mkdir(parents=True)
    (source / "A.JSON").mkdir()
    (source / "c.JSON").write_text(json.dumps(problem(5)))
    ids = [1, "x", None, "X", 3, None, "a/b", "a:b", "2", None, "_3", "index"]
    problems = [problem(5) | {"id": id_} if id_ is not None else problem(6) for id_ in ids]
    (source / "a.jsonl").write_text("\n".join(map(json.dumps, problems)))
    (source / "a.ndjson").write_text("\n".join(map(json.dumps, problems[:5])))
    (source / "b.json").write_text(json.dumps({"problems": problems}))
    for name in ("a", "A", "a-1", "a-x", "b-X", "index", "a.md/x", "A.JSON/x", "e\u0301", "\u00e9"):
        (source / f"{name}.json").write_text(json.dumps(problem(5)))
    args = ("--format", format_, "--jobs", "1")
    assert run("batch", str(source), "-o", str(tmp_path / "whole"), *args).status == 0
    index = lines(tmp_path / "whole" / "index.jsonl")
    assert len({unicodedata.normalize("NFC", e["file"].casefold()) for e in index}) == len(index) == 40
    assert {e["file"] for e in index} == set(tree(tmp_path / "whole")) - {"index.jsonl", "errors.jsonl", "index.md"}
    parts = [str(tmp_path / n) for n in "12"]
    for n, part in enumerate(parts, 1):
        run("batch", str(source), "-o", part, *args, "--shard", f"{n}/2")
    assert run("merge", *parts, "-o", str(tmp_path / "all")).status == 0
    assert tree(tmp_path / "all") == tree(tmp_path / "whole")


def test_a_line_that_is_too_long_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "MAX_BYTES", 100)
    source = tmp_path / "in.jsonl"
    source.write_text(f'{{"id": "a"}}\n{"x" * 450}\n{{"id": "b"}}\n{"x" * 100}')
    assert [(t.item, len(t.data)) for t in tasks([str(source)])] == [(1, 11), (2, 101), (3, 11), (4, 100)]


def test_names_are_relative_to_what_holds_them_all(tmp_path: Path) -> None:
    for name in ("a/x.json", "b/x.json"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("{}")
    assert [t.name for t in tasks([str(tmp_path)])] == ["a/x", "b/x"]
    assert [t.name for t in tasks([str(tmp_path / "a"), str(tmp_path / "b")])] == ["a/x", "b/x"]
    assert [t.name for t in tasks([str(tmp_path / "a" / "x.json")])] == ["x"]
