"""The bench of sizes: it measures what it says, and judges by its aims."""

import asyncio
import importlib.util
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import ModuleType

import pytest

from bench.scale import case, command, fairness, installations
from bench.scale.command import Figures
from store import ids

MET = Figures("sqlite", 1_000, idle=0.002, plan=0.3, bare=0.1, grown=5.0)
LARGE = replace(MET, size=1_000_000, idle=0.004, plan=300.0, bare=100.0, grown=60.0)
POSTS = {"sqlite": {"ours": 300.0, "bare": 500.0}}


def test_met_is_met() -> None:
    """Four aims a database, each with its figure."""
    drawn = command.table((MET, LARGE), POSTS)
    assert drawn.count(", met)") == 4
    assert "missed" not in drawn
    assert "sqlite: idle tick, largest size to smallest: 2.00 (aim ≤ 3, met)" in drawn
    assert "sqlite: 300 posts/s, a bare loop 500: 0.60 (aim ≥ 0.5, met)" in drawn


@pytest.mark.parametrize(
    ("large", "posts", "words"),
    [
        (replace(LARGE, idle=0.0061), POSTS, "largest size to smallest: 3.05 (aim ≤ 3, missed)"),
        (replace(LARGE, plan=351.0), POSTS, "to bare driver, at worst: 3.51 (aim ≤ 3.5, missed)"),
        (replace(LARGE, grown=64.0), POSTS, "memory growth, at most: 64.0 MB (aim < 64, missed)"),
        (LARGE, {"sqlite": {"ours": 249.0, "bare": 500.0}}, "0.50 (aim ≥ 0.5, missed)"),
    ],
)
def test_missed_is_missed(large: Figures, posts: dict[str, dict[str, float]], words: str) -> None:
    """Each aim by itself."""
    drawn = command.table((MET, large), posts)
    assert words in drawn
    assert drawn.count("missed") == 1


def test_the_plot_is_the_same_for_the_same_figures(tmp_path: Path) -> None:
    """So that a commit shows when figures changed, and only then."""
    pytest.importorskip("matplotlib", reason="the dependency group `plots` is not installed")
    files = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for file in files:
        command.plot((MET, LARGE), file)
    assert files[0].read_text().startswith("<?xml")
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("program", [command, installations])
def test_a_plot_that_cannot_be_drawn_is_told_before_anything_is_measured(
    program: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what to do, and exits with 2."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["bench.scale", "--plot", "sizes.svg"])
    with pytest.raises(SystemExit) as ended:
        program.main()
    assert ended.value.code == 2
    assert "make .venv/.ready-requirements-plots" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_every_step_does_its_work(tmp_path: Path, request: pytest.FixtureRequest, kind: str) -> None:
    """Filled, ticked, planned, and the same rows written by the driver alone: both databases hold the same then."""
    if kind == "sqlite":
        ours, bare = (f"sqlite:///{tmp_path}/{name}.db" for name in ("ours", "bare"))
    else:
        server = request.getfixturevalue("postgres_server")
        ours, bare = (server.url(server.create()) for _ in range(2))
    await case.fill(ours, 20)
    await case.fill(bare, 20)
    assert (await case.tick(ours, 20))["idle"] > 0
    assert (await case.plan(ours, 20))["plan"] > 0
    found = await asyncio.to_thread(asyncio.run, case.bare(f"{ours}|{bare}", 20))
    assert found["bare"] > 0
    with pytest.raises(RuntimeError, match="0 of 20 were planned"):
        await case.plan(ours, 20)


def test_fairness_is_judged_by_the_latest_tip() -> None:
    """One of them beyond two seconds is a miss."""
    late = {f"PROBE{n}": 0.5 for n in range(len(fairness.OFFSETS))} | {"posts": 1234.0}
    drawn = fairness.line("sqlite", fairness.CASES[1], late)
    assert drawn.startswith("sqlite              one with 10,000")
    assert drawn.endswith("met, 1,234 posts")
    assert "missed" in fairness.line("sqlite", fairness.CASES[1], late | {"PROBE4": 2.01})


def test_small_workspaces_share_the_bucket_of_a_large_one() -> None:
    """So a cluster has them in one job."""
    names = list(islice(fairness.small_workspaces(), 5))
    assert len(set(names)) == 5
    assert {ids.bucket("slack", name) for name in names} == {ids.bucket("slack", "TBIG0000")}
