"""A hundred changed requests a platform; `python -m tests.fuzz` sends ten thousand."""

import os
from pathlib import Path
from typing import get_args

import pytest

from tests.fuzz import running

pytestmark = pytest.mark.xdist_group("fuzz")  # what is changed is made of every card there is, once a process

COUNT = int(os.environ.get("FUZZ_COUNT", "150"))


@pytest.mark.parametrize("platform", get_args(running.Platform))
async def test_whatever_comes_is_answered_in_good_order(tmp_path: Path, platform: running.Platform) -> None:
    """No 5xx, no empty answer to an invoke, no error in the log, nothing uncaught."""
    found = await running.run(platform, f"sqlite:///{tmp_path / 'bot.db'}", COUNT, 1)
    assert found.wrong == [], str(found)
    assert found.answers["200"] + found.answers["answered"] > COUNT / 3, str(found)


@pytest.mark.parametrize("platform", get_args(running.Platform))
async def test_it_is_the_same_on_postgresql(migrated_postgres: str, platform: running.Platform) -> None:
    """It takes no NUL, and no text longer than its column."""
    found = await running.run(platform, migrated_postgres, COUNT, 2)
    assert found.wrong == [], str(found)
