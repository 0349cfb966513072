"""Prove that the bench judges by its aims, takes no wrong answer for an answer, and signs what it sends."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from slack_sdk.signature import Clock, SignatureVerifier

from bench import table, wrk
from bench.slack import loads
from bench.slack.contest import RIVALS
from bench.table import Aim, Row

ROOT = Path(__file__).resolve().parents[2]
NOW = 1_795_000_000
AT_LEAST = Aim(0.9, is_least=True)
AT_MOST = Aim(1.15, is_least=False)
MEGABYTES = Aim(120.0, is_least=False, unit="MB")


class Noon(Clock):
    """A clock that stands."""

    def now(self) -> float:
        """Stand still."""
        return NOW


@pytest.mark.parametrize(
    ("ours", "bare", "aim", "verdict"),
    [
        ([900.0], [1000.0], AT_LEAST, "met"),
        ([899.0], [1000.0], AT_LEAST, "missed"),
        ([1.15], [1.0], AT_MOST, "met"),
        ([1.16], [1.0], AT_MOST, "missed"),
        ([120.0], [10.0], MEGABYTES, "met"),
        ([120.5], [200.0], MEGABYTES, "missed"),
        ([1.0], [2.0], None, ""),
    ],
)
def test_verdict_follows_the_aim(ours: Sequence[float], bare: Sequence[float], aim: Aim | None, verdict: str) -> None:
    """A ratio is judged against the bare Bolt app, a figure with a unit by itself, and the limit itself is met."""
    assert Row("x", ours, bare, aim=aim).verdict == verdict


def test_rounds_are_compared_with_each_other() -> None:
    """A round in which the machine was busy for both changes no ratio."""
    assert Row("x", [100.0, 10.0, 90.0], [100.0, 10.0, 100.0]).ratio == 1.0


def test_table_names_every_figure_and_verdict() -> None:
    """The table shows both servers' medians, the ratio with the rounds' range, the aim and the verdict."""
    row = Row("requests/s", [900.0, 800.0], [1000.0, 1000.0], aim=AT_LEAST, digits=0, heads="a button")
    words = " ".join(table.drawn([row], RIVALS.columns).split())
    assert words.endswith("a button requests/s 850 1,000 0.85 (0.80 to 0.90) ≥ 0.90 missed")


@pytest.mark.parametrize("fault", ["wrong", "broken"])
def test_no_wrong_answer_counts(fault: str) -> None:
    """One answer that was no 200 with the expected body, or one broken connection, and the run has no figures."""
    figures = {"wrong": 0, "broken": 0, fault: 1}
    output = (
        f'Running 1s test\n{{"requests": 9, "microseconds": 1000000, "wrong": {figures["wrong"]}, '
        f'"broken": {figures["broken"]}, "p50": 200, "p99": 900}}\n'
    )
    with pytest.raises(wrk.BrokenError, match="a button: of 9 answers"):
        wrk.read(output, "a button")


def test_figures_are_in_their_units() -> None:
    """A run gives requests a second, and milliseconds."""
    found = wrk.read(
        '{"requests": 9, "microseconds": 2000000, "wrong": 0, "broken": 0, "p50": 200, "p99": 900}', "a button"
    )
    assert (found.rate, found.p50, found.p99) == (4.5, 0.2, 0.9)


@pytest.mark.parametrize(
    "load",
    [
        loads.command("risks", "http://127.0.0.1/"),
        loads.button("http://127.0.0.1/"),
        loads.reaction("1.2", "U1", "x"),
        loads.mention("risks", "C1", "1.2"),
    ],
    ids=lambda load: load.name,
)
def test_loads_bear_slacks_signature(load: loads.Load) -> None:
    """Each request is signed over its own body, so that what is measured is an answer and not a refusal."""
    head, _, body = load.message(3000, NOW).decode().partition("\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
    assert int(headers["Content-Length"]) == len(load.body)
    assert SignatureVerifier(loads.SECRET, Noon()).is_valid_request(body, headers)


def test_missing_wrk_is_said(tmp_path: Path) -> None:
    """Without wrk nothing is measured: the command says how to install it, and exits with 2."""
    environment = {name: value for name, value in os.environ.items() if name != "PATH"} | {"PATH": str(tmp_path)}
    done = subprocess.run(
        (sys.executable, "-m", "bench", "--quick"),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr.strip()) == (2, wrk.INSTALL)
