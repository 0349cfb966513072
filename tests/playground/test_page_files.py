"""What opens the page: one script, asked for once an edition, and the newest part of each room before the rest."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from playground.shared.page import bundle, changes
from playground.slack.emulator import SlackEmulator

PAGE = Path("playground/page")


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    """Give what asks for the page."""
    async with aiohttp.ClientSession() as session:
        yield session


def test_every_module_is_in_the_one_that_is_sent() -> None:
    """Each once, after what it needs; what is left has neither imports nor exports."""
    text = bundle.joined(PAGE, "app.js")
    order = re.findall(r"^// (\w+\.js)$", text, re.MULTILINE)
    assert sorted(order) == sorted(each.name for each in PAGE.glob("*.js"))
    assert order[-1] == "app.js"
    assert not re.search(r"^(?:import|export)\b", text, re.MULTILINE)
    for name in order:
        needed = re.findall(r'from "\./(\w+\.js)"', (PAGE / name).read_text(encoding="utf-8"))
        assert all(order.index(each) < order.index(name) for each in needed)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('import * as all from "./b.js";\n', "a.js: write"),
        ("export default 1;\n", "a.js: write"),
        ('import { b } from "./b.js";\n', "a.js > b.js > a.js"),
    ],
)
def test_what_cannot_be_joined_is_named(tmp_path: Path, source: str, words: str) -> None:
    """Another way of importing or exporting, and modules in a circle, are told with the file they are in."""
    (tmp_path / "a.js").write_text(source, encoding="utf-8")
    (tmp_path / "b.js").write_text('import { a } from "./a.js";\nexport const b = a;\n', encoding="utf-8")
    with pytest.raises(bundle.NotJoinedError, match=words):
        bundle.joined(tmp_path, "a.js")


async def test_a_file_is_asked_for_once_an_edition(slack: SlackEmulator, browser: aiohttp.ClientSession) -> None:
    """The page names its files by their edition and they may be kept; by another edition they may not."""
    async with browser.get(slack.url) as response:
        addresses = re.findall(r'"(/page/[^"]+)"', await response.text())
    assert {Path(each).suffix for each in addresses} == {".js", ".css", ".svg"}
    assert sum(each.endswith(".js") for each in addresses) == 1
    for address in addresses:
        async with browser.get(slack.url.rstrip("/") + address) as response:
            assert response.status == 200
            assert "immutable" in response.headers["Cache-Control"]
        async with browser.get(slack.url.rstrip("/") + re.sub(r"/files/\w+/", "/files/before/", address)) as response:
            assert response.headers["Cache-Control"] == "no-cache"


async def test_a_long_room_is_told_from_its_end(slack: SlackEmulator, browser: aiohttp.ClientSession) -> None:
    """The first part has the newest messages, the others what is before them, and then come changes alone."""
    alice, room = slack.user("alice"), slack.channel("pm-learning")
    count = changes.NEWEST + changes.PART + 10
    said = [(await slack.say(alice, room, str(number))).ts for number in range(count)]
    async with browser.get(f"{slack.url}page/stream") as response:
        first, second, last = [await told(response) for _ in range(3)]
        assert [each["ts"] for each in first["messages"][room.id]] == said[-changes.NEWEST :]
        assert (first["whole"], first["last"]) == (True, False)
        older = [*second["messages"][room.id], *last["messages"][room.id]]
        assert [each["ts"] for each in older] == said[: -changes.NEWEST]
        assert (second["whole"], second["last"], last["last"]) == (False, False, True)
        newest = await slack.say(alice, room, "one more")
        change = await told(response)
        assert [each["ts"] for each in change["messages"][room.id]] == [newest.ts]
        assert "first" not in change


async def told(response: aiohttp.ClientResponse) -> dict[str, Any]:
    """Give what the stream tells next."""
    async with asyncio.timeout(5):
        event = await response.content.readuntil(b"\n\n")
    found: dict[str, Any] = json.loads(event.decode().removeprefix("data: ").partition("\n")[0])
    return found
