"""What the emulator refuses of the outside: other sites' requests, and moments that no calendar has."""

import math
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from playground.shared.clock import REACH, EmulatorClock, TooFarError
from playground.slack.emulator import SlackEmulator
from tests.playground.echo_bot import EchoBot

CENTURY = 101 * 366 * 86400.0
LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    """Something that speaks HTTP."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://pm.example.com"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        LINK,
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "api/chat.postMessage"),
        ("GET", "api/auth.test"),
        ("POST", "response/anything"),
        ("POST", "page/say"),
        ("GET", "page/state"),
        ("GET", "page/stream"),
    ],
)
async def test_no_route_answers_another_site(
    method: str, path: str, headers: dict[str, str], slack: SlackEmulator, browser: aiohttp.ClientSession
) -> None:
    """Whatever a page elsewhere makes a browser send, with the right token even, is refused and changes nothing."""
    alice, room = slack.user("alice"), slack.channel("pm-learning", bot=True)
    form = {"token": slack.bot_token, "channel": room.id, "text": "from elsewhere", "user": alice.id}
    body, query = (form, None) if method == "POST" else (None, form)
    async with browser.request(method, f"{slack.url}{path}", headers=headers, data=body, params=query) as response:
        assert (response.status, await response.text()) == (403, "not from another site")
    assert slack.posts(room) == []
    assert slack.calls == []


@pytest.mark.parametrize("path", ["", "archives/C0PMLEARNING/p1700000000000100"])
async def test_a_link_to_the_page_may_be_followed(
    path: str, slack: SlackEmulator, browser: aiohttp.ClientSession
) -> None:
    """The page itself opens from a link elsewhere; inside another site's frame it does not."""
    async with browser.get(f"{slack.url}{path}", headers=LINK) as response:
        assert response.status == 200
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    async with browser.get(f"{slack.url}{path}", headers={**LINK, "Sec-Fetch-Dest": "iframe"}) as response:
        assert response.status == 403


async def test_the_bot_and_the_page_come_in(slack: SlackEmulator, browser: aiohttp.ClientSession) -> None:
    """The bot, which names no origin, and the page's own requests are served, by either name of this machine."""
    slack.user("alice")
    async with browser.post(f"{slack.api_url}auth.test", data={"token": slack.bot_token}) as response:
        assert (await response.json())["ok"] is True
    port = slack.url.rstrip("/").rpartition(":")[2]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
        async with browser.get(f"{slack.url}page/state", headers=headers) as response:
            assert response.status == 200


@pytest.mark.parametrize(
    "wanted",
    [
        '{"shift": 1e18}',
        '{"shift": -1e18}',
        '{"shift": NaN}',
        '{"shift": Infinity}',
        '{"shift": "nan"}',
        '{"shift": "inf"}',
        f'{{"shift": 1{"0" * 400}}}',
        f'{{"shift": {CENTURY}}}',
        '{"moment": null}',
        '{"moment": -1e18}',
        '{"moment": 253402300800}',
    ],
    ids=lambda text: text[:24],
)
async def test_only_moments_of_this_age_are_shown(
    wanted: str, tmp_path: Path, browser: aiohttp.ClientSession, bot: EchoBot
) -> None:
    """A moment that is none, or is more than a century away, is refused with a sentence; the page goes on as it was."""
    offset = tmp_path / "offset"
    async with SlackEmulator(request_url=bot.url, clock_offset_file=offset) as slack:
        alice = slack.user("alice")
        slack.clock.shift(60)
        body = f'{{"user": "{alice.id}", {wanted[1:]}'
        headers = {"Content-Type": "application/json"}
        async with browser.post(f"{slack.url}page/clock", data=body, headers=headers) as response:
            assert response.status == 200
            assert "within 100 years" in (await response.json())["error"]
        async with browser.get(f"{slack.url}page/state") as response:
            assert response.status == 200
        assert (slack.clock.offset, float(offset.read_text())) == (60, 60)


async def test_a_metric_beyond_the_calendar_is_no_tip(
    slack: SlackEmulator, browser: aiohttp.ClientSession, bot: EchoBot
) -> None:
    """A next tip at infinity is none, and one in a thousand years is refused in words."""
    alice = slack.user("alice")
    for moment, words in (("+Inf", "No tip is scheduled"), ("NaN", "No tip is scheduled"), ("4e10", "100 years")):
        bot.metrics = f"pm_compare_next_tip_timestamp_seconds {moment}\n"
        async with browser.get(f"{slack.url}page/next-tip") as response:
            assert response.status == 200
        body = {"user": alice.id, "to": "next-tip"}
        async with browser.post(f"{slack.url}page/clock", json=body) as response:
            assert words in (await response.json())["error"]
        assert slack.clock.offset == 0


@pytest.mark.parametrize(
    ("written", "offset"),
    [("1e18", REACH), ("-1e18", -REACH), ("nan", 0), ("inf", 0), ("soon", 0), ("\N{INFINITY}", 0), ("", 0), ("60", 60)],
)
def test_a_bad_offset_file_is_put_right(written: str, offset: float, tmp_path: Path) -> None:
    """What an earlier version or a person left in the file is clamped, in the file too, since the bot reads it."""
    file = tmp_path / "offset"
    file.write_text(written, encoding="utf-8")
    assert EmulatorClock(file).offset == offset
    assert float(file.read_text() or 0) == offset


@pytest.mark.parametrize("seconds", [math.nan, math.inf, CENTURY, -CENTURY])
def test_the_clock_itself_refuses(seconds: float, tmp_path: Path) -> None:
    """Whoever moves the clock is told, and nothing is written."""
    clock = EmulatorClock(tmp_path / "offset")
    with pytest.raises(TooFarError):
        clock.shift(seconds)
    with pytest.raises(TooFarError):
        clock.move_to(clock.real() + seconds)
    assert not (tmp_path / "offset").exists()


@pytest.mark.parametrize("wanted", ['"seconds": 1e400', '"seconds": NaN', '"times": Infinity', '"seconds": 1e18'])
async def test_trouble_is_finite(wanted: str, slack: SlackEmulator, browser: aiohttp.ClientSession) -> None:
    """Trouble of absurd length is refused or cut to an hour, and never breaks the page."""
    body = f'{{"user": "{slack.user("alice").id}", "method": "*", "kind": "slow", {wanted}}}'
    headers = {"Content-Type": "application/json"}
    async with browser.post(f"{slack.url}page/trouble", data=body, headers=headers) as response:
        assert response.status in {200, 400}
    assert all(trouble.seconds <= 3600 for trouble in slack.trouble)
