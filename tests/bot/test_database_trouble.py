"""A bot whose database is in trouble: health turns red while it lasts, and green by itself."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import app, clock
from bot.app import Bot
from bot.settings.checked import Settings
from tests import postgres as servers
from tests.bot.web.asgi import call
from tests.cli.program import environment
from tests.postgres import Postgres


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    """Give a bot on a file of its own, without credentials."""
    async with app.build(Settings.read(environment(tmp_path), None), clock.real) as bot:
        yield bot


async def is_ready(bot: Bot) -> bool:
    """Ask /readyz; it never says more of the database than anybody may know."""
    reply = await call(bot.web(), "GET", "/readyz")
    (database,) = [check for check in reply.json()["checks"] if check["name"] == "database"]
    assert database["ok"] is (reply.status == 200)
    assert database["detail"] in {"migrated", "cannot be used; the log says why", "run `python -m bot migrate`"}
    return reply.status == 200


async def test_a_file_that_goes_and_comes_back(tmp_path: Path, bot: Bot) -> None:
    """It is not mistaken for a new installation: no file is made in its place."""
    assert await is_ready(bot)
    (tmp_path / "bot.db").rename(tmp_path / "elsewhere.db")
    assert not await is_ready(bot)
    assert not (tmp_path / "bot.db").exists()
    (tmp_path / "elsewhere.db").rename(tmp_path / "bot.db")
    assert await is_ready(bot)


async def test_a_folder_that_goes_and_comes_back(tmp_path: Path) -> None:
    """A disk that is not mounted is the same."""
    folder = tmp_path / "disk"
    folder.mkdir()
    settings = Settings.read(environment(tmp_path, DATABASE_URL=f"sqlite:///{folder}/bot.db"), None)
    async with app.build(settings, clock.real) as bot:
        assert await is_ready(bot)
        folder.rename(tmp_path / "unmounted")
        assert not await is_ready(bot)
        (tmp_path / "unmounted").rename(folder)
        assert await is_ready(bot)


async def test_a_server_that_goes_and_comes_back(tmp_path: Path, postgres_server: Postgres) -> None:
    """No restart of ours is needed after one of theirs."""
    assert postgres_server  # says whether one runs here at all; the one to be stopped is another
    with servers.running() as own:
        settings = Settings.read(environment(tmp_path, DATABASE_URL=own.url(own.create())), None)
        async with app.build(settings, clock.real) as bot:
            assert await is_ready(bot)
            own.stop()
            assert not await is_ready(bot)
            own.start()
            assert await is_ready(bot)
