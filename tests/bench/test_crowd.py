"""Prove that the crowd's run names every aim that is missed."""

from collections import Counter

import pytest

from bench import crowd
from bench.crowd import Taken, Waits


def taken(seconds: list[float], statuses: dict[int, int]) -> Taken:
    """Give a run of mentions alone."""
    return Taken({"mention": Waits(seconds, Counter(statuses))}, 10.0, (100.0, 101.0, 102.0, 103.0), 0.9)


@pytest.mark.parametrize(
    ("seconds", "statuses", "part"),
    [
        ([0.1] * 98 + [1.5] * 2, {200: 100}, "one in a hundred waits longer than 0.25 s"),
        ([0.1] * 100, {200: 99, 503: 1}, "1 were not answered, or with a fault of ours"),
        ([0.1] * 100, {200: 99, 0: 1}, "1 were not answered, or with a fault of ours"),
    ],
)
def test_each_aim_is_judged(seconds: list[float], statuses: dict[int, int], part: str) -> None:
    """Waits, faults of ours, and answers that never came."""
    (problem,) = taken(seconds, statuses).problems()
    assert part in problem


def test_refusing_rubbish_is_no_fault() -> None:
    """A run in which all is well names nothing, and its table has every figure."""
    well = taken([0.1] * 199 + [1.5], {200: 100, 401: 100})
    assert well.problems() == taken([0.1] * 100, {401: 100}).problems() == []
    assert "0.100" in crowd.drawn(well)
    assert "memory 100 MB, half-way 101, at the end 102, after it 103" in crowd.drawn(well)
