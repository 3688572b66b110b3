"""Optimisers side by side: each column is the run of its topic alone, in text and in JSON."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from flint import fmpq
from hypothesis import given, settings

from dlsolve import catalog, compare
from dlsolve.errors import InputError
from dlsolve.numbers.show import to_float
from tests.descents import FUNCTIONS, from_functions, from_gradients
from tests.runner import run
from tests.values import array, as_typed, solved

RAVINE = ("optimizers", "--f", "100w1^2 + w2^2", "--start", "1 1", "--lr", "0.005", "--steps", "4")


def test_every_optimiser_has_a_column() -> None:
    found = compare.columns()
    assert list(found)[:3] == ["descent", "momentum", "nesterov"]
    assert {topic.name for topic, _ in found.values()} == {
        name for name in catalog.names() if catalog.topic(name).chapter == "Optimisers" and name != "hessian"
    }


@settings(max_examples=25)
@given(from_functions(), from_gradients())
def test_a_column_is_the_run_of_its_topic(typed: dict[str, Any], listed: dict[str, Any]) -> None:
    for p in (typed, listed):
        for column in compare.compare(as_typed({**p, "lr": 0.01})):
            topic, preset = compare.columns()[column.name]
            alone = solved(topic, {**p, "lr": 0.01, **preset})
            assert column.steps == (p.get("steps") or len(p["g"]))
            for k in range(column.steps + 1):
                assert (array(column.at(k)) == array(alone.env[column.parameter, k])).all()
            if "f" in p:
                make, by = FUNCTIONS[p["f"]][1], FUNCTIONS[p["f"]][0]
                start = [p["start"][v] for v in by] if isinstance(p["start"], dict) else p["start"]
                assert to_float(column.losses[0]) == pytest.approx(make(math, *start), rel=1e-9, abs=1e-12)
            else:
                assert not column.losses


def test_the_table_of_a_ravine() -> None:
    result = run(*RAVINE)
    assert result.status == 0
    head = next(line for line in result.out.splitlines() if "step" in line and "descent" in line)
    assert "momentum" in head
    assert "(0.081, 0.91089)" in result.out
    assert result.out.count("lowest") == 1
    line = next(line for line in result.out.splitlines() if "lowest" in line)
    assert "nesterov" in line
    assert all(len(line) <= 80 for line in result.out.splitlines())


def test_json_holds_every_step() -> None:
    out = json.loads(run(*RAVINE, "--format", "json", "--which", "descent, adam").out)
    assert [c["name"] for c in out["optimizers"]] == ["descent", "adam"]
    plain = out["optimizers"][0]
    assert plain["values"][:3] == [[1, 1], [0, 0.99], [0, 0.9801]]
    assert plain["f"][0] == 101
    assert len(plain["f"]) == 5
    assert plain["final"]["shown"] == ["0", "0.9606"]
    assert out["lowest"] == ["descent"]


def test_constants_of_one_and_conventions_of_all() -> None:
    command = ("optimizers", "--g", "0.5 0.4", "--lr", "0.1", "--which", "momentum,adam", "--format", "json")
    out = json.loads(run(*command, "--set", "adam.lr=0.2", "--momentum", "pytorch").out)
    momentum, adam = out["optimizers"]
    assert momentum["conventions"] == {"momentum": "pytorch"}
    assert adam["conventions"] == {"adam_eps": "paper"}
    assert adam["given"]["lr"] == 0.2
    assert momentum["given"]["lr"] == 0.1


def test_a_problem_file_of_one_serves_all() -> None:
    result = run("optimizers", "problems/adam/adam-3steps.json", "--which", "adam,adagrad", "--format", "json")
    adam, adagrad = json.loads(result.out)["optimizers"]
    assert adam["values"][3] == pytest.approx(-0.028639726406966323, rel=1e-14)
    assert adagrad["values"][1] == pytest.approx(-0.01)


def test_one_that_leaves_its_domain_does_not_stop_the_rest() -> None:
    result = run("optimizers", "--g", "0 1", "--lr", "0.1", "--eps", "0", "--which", "descent,adagrad")
    assert result.status == 1
    assert "adagrad: rate_1" in result.out
    assert "descent" in result.out


def test_weight_decay_is_adamws_own() -> None:
    descent, adam, adamw = compare.compare(as_typed({"g": [0], "start": [1], "lr": 0.1}), ["descent", "adam", "adamw"])
    assert descent.at(1) == adam.at(1) == 1
    assert adamw.at(1) == 1 - fmpq(1, 1000)


@pytest.mark.parametrize(
    ("args", "place"),
    [
        ((), "dlsolve optimizers"),
        (("--g", "0.5"), "--lr"),
        (("--g", "0.5", "--lr", "0"), "--lr"),
        (("--g", "0.5", "--lr", "0.1", "--which", "adma"), "--which"),
        (("--g", "0.5", "--lr", "0.1", "--which", "descent", "--beta", "0.9"), "--beta"),
        (("--g", "0.5", "--lr", "0.1", "--set", "adam=1"), "--set"),
        (("--g", "0.5", "--lr", "0.1", "--set", "adam.beta1=2"), "--set adam.beta1"),
        (("--g", "0.5", "--lr", "0.1", "--set", "adam.betta=2"), "--set adam.betta"),
        (("--g", "0.5", "--lr", "0.1", "--set", "adma.lr=2"), "--which"),
        (("--g", "0.5", "--f", "w^2", "--lr", "0.1"), "dlsolve optimizers"),
        (("problems/bayes/spam-bayes.json", "--lr", "0.1"), "problems/bayes/spam-bayes.json"),
        (("no-such-file.json", "--lr", "0.1"), "no-such-file.json"),
    ],
)
def test_what_does_not_fit_is_one_line(args: tuple[str, ...], place: str) -> None:
    result = run("optimizers", *args)
    assert result.status == 2
    assert result.err.startswith(f"error: {place}"), result.err
    assert result.err.count("\n") == 1
    assert not result.out


def test_an_unknown_constant_names_its_optimiser() -> None:
    with pytest.raises(InputError, match="betta"):
        compare.compare(as_typed({"g": [1], "lr": 1}), ["adam"], {"adam": {"betta": "1"}})
