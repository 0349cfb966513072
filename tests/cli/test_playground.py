"""`python -m bot playground`: the emulated Slack and the emulated Teams on one page, and the bot as its own process."""

import asyncio
import contextlib
import json
import signal
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from tests import databases
from tests.cli.program import BOT, PATIENCE, Running, forking, free_port, started, until
from tests.content import decks

pytestmark = pytest.mark.long

NAMES = "SELECT name FROM sqlite_master WHERE type = 'table'"


class Page:
    """The page of a playground, as the browser sees it; Alice looks at it."""

    def __init__(self, running: Running, url: str, session: aiohttp.ClientSession) -> None:
        self.running = running
        self.url = url
        self._session = session

    async def state(self) -> dict[str, Any]:
        """Give what is shown."""
        async with self._session.get(f"{self.url}page/state") as answer:
            shown: dict[str, Any] = await answer.json()
            return shown

    async def do(self, act: str, **body: object) -> dict[str, Any]:
        """Do something there."""
        me = (await self.state())["me"]
        async with self._session.post(f"{self.url}page/{act}", json={"user": me, **body}) as answer:
            assert answer.status == 200
            told: dict[str, Any] = await answer.json()
            return told

    async def room(self) -> dict[str, Any]:
        """Give #pm-learning as it is now."""
        return next(one for one in (await self.state())["channels"] if one["name"] == "pm-learning")

    async def teams(self) -> dict[str, Any]:
        """Give what is shown on Teams' side."""
        async with self._session.get(f"{self.url}page/teams/state") as answer:
            shown: dict[str, Any] = await answer.json()
            return shown

    async def do_on_teams(self, act: str, **body: object) -> None:
        """Do something there, and let nothing go wrong."""
        me = (await self.teams())["me"]
        async with self._session.post(f"{self.url}page/teams/{act}", json={"person": me, **body}) as answer:
            told = await answer.json()
            assert (answer.status, told["error"], told.get("details", [])) == (200, None, []), told

    async def chat(self) -> dict[str, Any]:
        """Give Alice's chat with the app on Teams as it is now."""
        return next(one for one in (await self.teams())["conversations"] if one["kind"] == "personal")

    async def turn_on_tips(self) -> None:
        """Turn on Alice's own weekly tips on Teams, as the form offers them."""
        chat = (await self.chat())["id"]
        await self.do_on_teams("say", conversation=chat, text="tips me")

        async def offered() -> dict[str, Any] | None:
            messages = (await self.chat())["messages"]
            return next((one for one in messages if one["card"] and button(one["card"], "Turn on…")), None)

        await until(offered)
        card = await offered()
        assert card is not None
        at = button(card["card"], "Turn on…")
        await self.do_on_teams("press", conversation=chat, message=card["id"], at=at, values={})
        form = (await self.teams())["dialog"]
        await self.do_on_teams("submit", dialog=form["id"], at=button(form["card"], "Turn on"), values={})

    async def cards(self) -> dict[str, str]:
        """Give what the bot's cards say in that chat, by the ids of their messages."""
        messages = (await self.chat())["messages"]
        return {one["id"]: str(one["card"]["speak"]) for one in messages if one["from"] == "bot" and one["card"]}

    async def say(self, words: str) -> None:
        """Type into #pm-learning, and let nothing go wrong."""
        told = await self.do("say", channel=(await self.room())["id"], text=words)
        assert told["error"] is None, told

    async def texts(self) -> str:
        """Give all that stands in #pm-learning."""
        return "\n".join(message["text"] for message in (await self.room())["messages"])

    def bot(self) -> psutil.Process:
        """Find the bot's own process."""
        (child,) = psutil.Process(self.running.process.pid).children()
        return child


@contextlib.asynccontextmanager
async def playing(folder: Path, *words: str, anew: bool = False, **environ: str) -> AsyncIterator[Page]:
    """Open a playground in the folder with `python -m bot WORDS`, forked or started anew; so it starts its bot."""
    port = str(free_port())
    environ = {"PORT": port, "DISPLAY": "", "WAYLAND_DISPLAY": "", **environ}
    async with (
        started(folder, *BOT, *words, **environ) if anew else forking(folder, *words, **environ) as running,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session,
    ):
        line = await running.says("playground is open")
        url = line.split()[-1]
        assert url == f"http://127.0.0.1:{port}/"
        yield Page(running, url, session)


def button(part: Any, title: str, at: str = "") -> str:  # noqa: ANN401  # any JSON
    """Give the JSON pointer of the button of this title; '' where there is none."""
    if isinstance(part, dict) and str(part.get("type", "")).startswith("Action.") and part.get("title") == title:
        return at
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return next((found for name, held in inside if (found := button(held, title, f"{at}/{name}"))), "")


def rows(folder: Path) -> dict[str, int]:
    """Count what the bot remembers, by table."""
    with contextlib.closing(sqlite3.connect(folder / ".playground" / "bot.db")) as database:
        names = [name for (name,) in database.execute(NAMES)]
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608  # its own names


def prepared(folder: Path) -> None:
    """Put the bot's database where it would make one, which takes a third of its start."""
    (folder / ".playground").mkdir()
    databases.put(folder / ".playground" / "bot.db")


OTHER = "6a1c4a3e-0000-4000-8000-00000000b017"


async def test_it_answers_stops_whole_and_goes_on_where_it_was(tmp_path: Path) -> None:
    """The page answers, the bot answers on it, SIGTERM ends both; the next time all of it is still there.

    A real app's tokens in .env do not reach the playground's bot; without any, `python -m bot run` (`make run`) is the
    playground. Nothing on this machine is asked through a proxy, whichever client asks: the one here leads nowhere.
    """
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-real\nSLACK_APP_TOKEN=xapp-real\n")
    # Other names of Teams', as `teams app create` writes them.
    others = {"CLIENT_ID": OTHER, "CLIENT_SECRET": "real", "TENANT_ID": OTHER.replace("6a1c", "1c6a")}
    async with playing(tmp_path, "playground", "--no-browser", anew=False, **others) as page:
        async with aiohttp.request("GET", page.url) as answer:
            assert "PM Compare" in await answer.text()
        await page.say("/pm-compare risks")
        assert "Risks and responsibilities" in await page.texts()
        await page.do_on_teams("say", conversation=(await page.chat())["id"], text="skills")

        async def is_answered() -> bool:
            said = {words.split()[0] for words in (await page.cards()).values()}
            return said == {"Welcome", "6"} and len(await page.cards()) == len(said)  # the greeting, the answer

        await until(is_answered)
        assert (await page.teams())["faults"] == []
        child = page.bot()
        assert await page.running.end(signal.SIGTERM) == 0
        assert not psutil.pid_exists(child.pid)
        assert "Traceback" not in page.running.text
        assert "slack.socket" not in page.running.text
    (tmp_path / ".env").unlink()
    dead = f"http://127.0.0.1:{free_port()}"
    proxies = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"), dead)
    async with playing(tmp_path, "run", anew=True, **proxies) as page:
        shown = (await page.texts()).count("Risks and responsibilities")
        assert shown
        assert await is_answered()  # and it does not greet again
        await page.say("/pm-compare risks share")  # over the Web API
        (skills,) = [id_ for id_, said in (await page.cards()).items() if said.startswith("6")]
        await page.do_on_teams("react", conversation=(await page.chat())["id"], message=skills, emoji="🔍")

        async def is_deepened() -> bool:
            return any("more detail" in said.splitlines()[0] for said in (await page.cards()).values())

        await until(is_deepened)

        async def is_shared() -> bool:
            return (await page.texts()).count("Risks and responsibilities") > shown

        await until(is_shared)
        child = page.bot()
        assert await page.running.end(signal.SIGINT) == 0
        assert not psutil.pid_exists(child.pid)
        assert "Traceback" not in page.running.text


async def test_what_is_typed_before_it_is_open_waits_and_is_answered(tmp_path: Path) -> None:
    """The page is there before the bot is: a command waits for that, and gets its card, not a refusal.

    --fresh begins with nothing; when the playground is killed outright, its bot ends by itself.
    """
    kept = tmp_path / ".playground" / "bot.db"
    kept.parent.mkdir()
    kept.write_text("from before")
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    async with (
        forking(tmp_path, "playground", "--no-browser", "--fresh", PORT=str(port)) as running,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session,
    ):

        async def is_there() -> bool:
            try:
                async with session.get(f"{url}page/state") as answer:
                    return answer.status == 200
            except aiohttp.ClientError:
                return False

        await until(is_there)
        page = Page(running, url, session)
        await page.say("/pm-compare risks")
        assert "Risks and responsibilities" in await page.texts()
        assert "not installed" not in await page.texts()
        await running.says("playground is open")
        assert kept.read_bytes().startswith(b"SQLite format 3")
        child = page.bot()
        running.send(signal.SIGKILL)
        await running.process.wait()
        gone, _ = await asyncio.to_thread(psutil.wait_procs, [child], timeout=PATIENCE)
        assert gone == [child]


async def test_starting_over_clears_the_bots_memory_too_and_a_dead_bot_is_said(tmp_path: Path) -> None:
    """“Start over” on either side empties both and the database, and the bot still answers.

    Killed, it takes the playground with it.
    """
    prepared(tmp_path)
    async with playing(tmp_path, "playground") as page:
        await until(lambda: rows(tmp_path).get("delivery") == 3)  # two greeted on Teams, one on Slack
        first = rows(tmp_path)
        await page.say("/pm-compare risks share")
        await page.turn_on_tips()
        await page.do("clock", shift=7 * 86_400)  # what the bot was told in the moved time is forgotten too
        await page.do_on_teams("install", conversation=(await page.chat())["id"])
        await page.do_on_teams("say", conversation=(await page.chat())["id"], text="risks")
        await until(lambda: rows(tmp_path)["subscription"] == 1 and rows(tmp_path)["post"] >= 1)
        started_with = (await page.chat())["messages"][0]["id"]
        await page.do("start-over")

        async def is_empty() -> bool:
            slack = (await page.room())["messages"]
            teams = (await page.chat())["messages"]  # the app introduces itself anew
            return rows(tmp_path) == first and not slack and [one["from"] for one in teams] == ["bot"]

        await until(is_empty)
        assert (await page.chat())["messages"][0]["id"] != started_with
        await page.say("/pm-compare skills")
        assert "Skills" in await page.texts()
        await page.do_on_teams("start-over")
        await until(is_empty)
        page.bot().kill()
        assert await page.running.end() == 1
        assert "The bot stopped by itself" in page.running.text
        assert "Traceback" not in page.running.text


async def test_a_bot_that_cannot_start_is_said(tmp_path: Path) -> None:
    """With broken content the playground does not claim to be open: the faults stand there, and it ends with 1."""
    (tmp_path / "deck.yaml").write_text("deck: [")
    words = ("playground", "--port", str(free_port()), "--no-browser")
    async with forking(tmp_path, *words, CONTENT_PATH=".") as running:
        assert await running.end() == 1
    assert "deck.yaml:" in running.text
    assert "The bot did not start" in running.text
    assert "is open" not in running.text


async def test_what_is_written_meanwhile_is_shown_and_answered(tmp_path: Path) -> None:
    """A saved file reaches the page with its card for both platforms, then with check's word; the bot answers so."""
    content = tmp_path / "written"
    content.mkdir()
    decks.written(content)
    deck = content / "deck.yaml"
    prepared(tmp_path)
    async with playing(tmp_path, "playground", "--no-browser", CONTENT_PATH=str(content)) as page:
        told: list[dict[str, Any]] = []
        listening = asyncio.create_task(_listen(f"{page.url}page/writing", told))

        def is_watched() -> bool:
            deck.touch()  # what was saved before the watching began is nothing new
            return bool(told)

        await until(is_watched)
        text = deck.read_text(encoding="utf-8")
        deck.write_text(text.replace("Taste & smell", "Taste & zebra"), encoding="utf-8")
        shown = await until(lambda: [each for each in told if "zebra" in str(each["cards"])])
        assert shown[0]["entry"] == {"id": "dimension/taste", "title": "Taste & zebra"}
        assert {name for card in shown[0]["cards"] for name in card} == {"what", "slack", "teams"}
        await until(lambda: shown[0]["file"] == "deck.yaml" and told[-1]["state"] in {"well", "warnings"})

        async def is_answered_anew() -> bool:
            await page.say("/pm-compare taste")
            return "zebra" in await page.texts()

        await until(is_answered_anew)
        assert await page.running.end(signal.SIGTERM) == 0
        await listening  # the stream has ended with it


async def _listen(url: str, told: list[dict[str, Any]]) -> None:
    """Collect what a stream of the page tells, until it ends."""
    async with aiohttp.request("GET", url) as stream:
        assert stream.status == 200
        async for line in stream.content:
            if line.startswith(b"data: "):
                told.append(json.loads(line[6:]))  # noqa: PERF401 # each is seen as it comes
