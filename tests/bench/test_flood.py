"""Prove that the flood's run names every aim that is missed, and holds nothing against the flood."""

from collections import Counter

import pytest

from bench import flood
from bench.crowd import Waits


@pytest.mark.parametrize(
    ("seconds", "statuses", "part"),
    [
        ([0.1] * 98 + [0.5] * 2, {200: 100}, "beside: tips: one in a hundred waits longer than 0.25 s"),
        ([0.1] * 100, {200: 99, 503: 1}, "beside: tips: not all were answered"),
        ([0.1] * 100, {200: 99, 0: 1}, "beside: tips: not all were answered"),
    ],
)
def test_each_aim_is_judged(seconds: list[float], statuses: dict[int, int], part: str) -> None:
    """Of the small workspace: waits, and answers that were none; the flood may wait, and be refused."""
    small = {"beside: tips": Waits(seconds, Counter(statuses))}
    rude = {"the flood": Waits([9.0] * 100, Counter({200: 50, 503: 50}))}
    assert flood.problems(small | rude) == [part]
    assert flood.problems(rude) == []
    assert "503: 50" in flood.drawn(small | rude, 1.0)
