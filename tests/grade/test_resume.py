"""Classes that are interrupted, or grow, or meet a paper that takes its worker down: nothing is lost or done twice."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dlsolve.grade.outputs import Plan
from dlsolve.grade.run import Outcome, grade
from tests.batches import tree
from tests.grade import workers
from tests.grade.classes import KEY, hand_in, key
from tests.grade.test_grade import lines, table, write

SLOW = """
import sys
from dlsolve.grade.outputs import Plan
from dlsolve.grade.run import grade
from tests.grade import workers
key, submissions, out, format, report = sys.argv[1:6]
grade(Plan(problems=key, submissions=submissions, out=out, format=format, report=report, jobs=2, resume=True),
      mark=workers.slow)
"""


def marked(folder: Path, out: str, style: str = "csv", *, resume: bool = False) -> Outcome:
    return grade(
        Plan(problems=str(folder / "key"), submissions=str(folder / "in"), out=str(folder / out / "grades"),
             format=style, report=str(folder / out / "pages"), jobs=1, resume=resume)
    )  # fmt: skip


def class_in(folder: Path, count: int) -> None:
    key(folder / "key", KEY[1:])
    hand_in(folder / "in", count, KEY[1:])


def killed_after(folder: Path, out: Path, style: str, many: int) -> None:
    """A run in a process of its own, ended by SIGKILL once `many` papers are marked."""
    index = out / "grades" / "index.jsonl.part" if style == "gradescope" else out / "grades.index.jsonl.part"
    args = [str(folder / "key"), str(folder / "in"), str(out / "grades"), style, str(out / "pages")]
    process = subprocess.Popen([sys.executable, "-c", SLOW, *args], start_new_session=True, stderr=subprocess.PIPE)
    for _ in range(2_000):
        if index.exists() and index.read_bytes().count(b"\n") > many:
            break
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.kill()
    process.communicate()


def test_killed_and_resumed_it_is_the_same(tmp_path: Path) -> None:
    class_in(tmp_path, 10)
    for style, deaths in (("json", (3, 12)), ("gradescope", (5,))):
        marked(tmp_path, f"whole-{style}", style)
        out = tmp_path / style
        for many in deaths:
            killed_after(tmp_path, out, style, many)
            left = [p.name for p in out.rglob("*") if p.is_file()]
            assert all(name.endswith(".part") for name in left), "nothing stands there half done"
        outcome = marked(tmp_path, style, style, resume=True)
        assert deaths[-1] <= outcome.progress.before < 20, "what was marked is not marked again"
        assert tree(out) == tree(tmp_path / f"whole-{style}")


def test_a_torn_line_is_marked_again(tmp_path: Path) -> None:
    class_in(tmp_path, 6)
    marked(tmp_path, "whole")
    marked(tmp_path, "out")
    index = tmp_path / "out" / "grades.index.jsonl"
    found = index.read_bytes().splitlines(keepends=True)
    index.unlink()
    (tmp_path / "out" / "grades").unlink()
    (tmp_path / "out" / "grades.index.jsonl.part").write_bytes(b"".join(found[:5]) + found[5][:40])
    assert marked(tmp_path, "out", resume=True).progress.before == 4
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


def test_late_changed_and_withdrawn_papers_are_seen(tmp_path: Path) -> None:
    class_in(tmp_path, 6)
    first = marked(tmp_path, "out")
    assert (first.progress.before, first.progress.done) == (0, 12)
    write(tmp_path / "in" / "a-late.json", {"spam-bayes": {"posterior_spam": "0.0748"}})
    changed = tmp_path / "in" / "student-002" / "spam-bayes.json"
    changed.write_text(json.dumps({"posterior_spam": "0.5"}), encoding="utf-8")
    (tmp_path / "in" / "student-001.json").unlink()
    second = marked(tmp_path, "out", resume=True)
    assert (second.progress.before, second.progress.late, second.progress.done) == (9, 2, 11)
    assert [row[0] for row in table(tmp_path / "out" / "grades")[2:]] == [
        "a-late", *(f"student-{n:03}" for n in range(2, 7))
    ]  # fmt: skip
    marked(tmp_path, "whole")
    (tmp_path / "out" / "pages" / "students" / "student-001.md").unlink()
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


def test_any_executor_will_do(tmp_path: Path) -> None:
    class_in(tmp_path, 5)
    marked(tmp_path, "whole")
    plan = Plan(problems=str(tmp_path / "key"), submissions=str(tmp_path / "in"), out=str(tmp_path / "out" / "grades"),
                report=str(tmp_path / "out" / "pages"), jobs=2)  # fmt: skip
    with ThreadPoolExecutor(2) as threads:
        grade(plan, executor=threads)
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


def test_the_paper_that_takes_its_worker_down_is_found(tmp_path: Path) -> None:
    class_in(tmp_path, 8)
    write(tmp_path / "in" / "deadly.json", {"spam-bayes": {"posterior_spam": "0.0748"}})
    trees = []
    for jobs in (1, 2):
        out = tmp_path / f"out{jobs}" / "grades.csv"
        plan = Plan(problems=str(tmp_path / "key"), submissions=str(tmp_path / "in"), out=str(out), jobs=jobs)
        outcome = grade(plan, mark=workers.killed)
        assert (outcome.tally.marked, outcome.tally.unmarked, outcome.all_marked) == (16, 1, False)
        (error,) = [e for e in lines(Path(f"{out}.errors.jsonl")) if e["kind"] == "failed"]
        assert (error["student"], error["problem"]) == ("deadly", "spam-bayes")
        assert "killed" in error["message"]
        trees.append(tree(out.parent))
    assert trees[0] == trees[1]
