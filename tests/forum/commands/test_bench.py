"""`forum bench` lists what can be measured, and runs it."""

import re

import pytest

from forum.commands import bench
from forum.settings import ROOT


def test_every_documented_benchmark_can_be_run_by_its_name() -> None:
    documented = set(
        re.findall(r"python -m tests\.bench\.(\w+)", (ROOT / "docs" / "benchmarks.md").read_text())
    )
    assert documented == bench.benchmarks().keys()
    assert all(bench.benchmarks().values())


def test_a_benchmark_runs_with_its_options(capfd: pytest.CaptureFixture[str]) -> None:
    assert bench.bench("fan_out", ["--help"]) == 0
    assert "--sockets" in capfd.readouterr().out


def test_an_unknown_name_is_answered_with_those_there_are(capfd: pytest.CaptureFixture[str]) -> None:
    assert bench.bench("nothing", []) == 1
    assert "readers" in capfd.readouterr().out
    assert bench.bench(None, []) == 0
    assert "readers" in capfd.readouterr().out
