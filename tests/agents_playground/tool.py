"""The Microsoft 365 Agents Playground as a process of its own, driven over the HTTP interface that its own page uses.

Tried with 0.2.28. It stands for Teams: one person at the keyboard, a personal chat, a group chat, and a team with two
channels. It signs nothing, reads no app package, and has no dialogs and no reactions of its own.
"""

import asyncio
import contextlib
import json
import os
import shutil
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp

VARIABLE = "AGENTS_PLAYGROUND"
TENANT, CLIENT = "6a1c4a3e-0000-4000-8000-0000000000aa", "6a1c4a3e-0000-4000-8000-00000000b017"
BOT, BOT_NAME = f"28:{CLIENT}", "PM Compare"
PERSON, PERSON_ID = "29:1alice", "6a1c4a3e-0000-4000-8000-000000000001"
PERSONAL, GROUP = "a:1personal", "19:group@thread.v2"
GENERAL, CHANNEL = "19:general@thread.tacv2", "19:pm-learning@thread.tacv2"
MENTION = f"<at>{BOT_NAME}</at>"
CARD = "application/vnd.microsoft.card.adaptive"

_BINARY, _SCRIPT = "agentsplayground", "cli.js"
_UP_SECONDS, _POST_SECONDS, _POLL_SECONDS = 30.0, 15.0, 0.05


class AbsentError(Exception):
    """The tool, or the node that it needs, is not on this machine; says what to install."""


class WrongError(Exception):
    """Something did not come back, or not as it should; says what."""


@dataclass(slots=True)
class Post:
    """A message of the bot's, as it stands in a conversation; `thread` is the post below which it is, in a channel."""

    id: str
    conversation: str
    thread: str
    cards: list[dict[str, Any]]
    text: str

    def words(self) -> str:
        """Give everything that can be read in it."""
        return "\n".join((self.text, *(word for card in self.cards for word in read(card))))

    def button(self, begins: str) -> dict[str, Any]:
        """Find a button of its cards by how the value begins that it carries.

        Raises:
            WrongError: there is no such Action.Execute.
        """
        for found in executes(self.cards):
            data = found.get("data")
            if isinstance(data, dict) and str(data.get("value", "")).startswith(begins):
                return found
        raise WrongError(f"no button {begins}… in the card: {self.words()[:300]}")


@dataclass(slots=True)
class Tool:
    """The running tool; `posts` is what the bot has posted, in order, each as it was last changed."""

    url: str
    session: aiohttp.ClientSession
    posts: list[Post] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def install(self, conversation: str) -> None:
        """Add the bot to a conversation: an installationUpdate and a conversationUpdate."""
        await self._send(f"/_debug/conversation/{quote(conversation)}/installation", {})

    async def say(self, conversation: str, words: str) -> str:
        """Type something, and give the conversation it stands in: in a channel, that of the new post.

        Words with MENTION in them mention the bot; in channels and groups it hears nothing else.
        """
        body: dict[str, Any] = {"from": {"id": PERSON}, "text": words, "textFormat": "xml"}
        if MENTION in words:
            body["mentions"] = [{"mentioned": {"id": BOT}, "text": MENTION}]
        answer = await self._send(f"/_conversation/v1/conversations/{quote(conversation)}/messages", body)
        return str(answer.get("postConversationId", conversation))

    async def press(self, post: Post, begins: str) -> dict[str, Any]:
        """Press a button of a card, found as in Post.button, and give what the bot answers."""
        body = {
            "name": "adaptiveCard/action",
            "value": {"action": post.button(begins), "trigger": "manual"},
            "from": {"id": PERSON},
            "conversation": {"id": post.conversation},
            "replyToId": post.id,
        }
        return await self._send("/_conversation/v1/invoke", body)

    async def submit(self, post: Post, data: Mapping[str, Any]) -> None:
        """Press an Action.Submit. The tool opens no dialogs: whatever it carries arrives as a message without text."""
        body = {"from": {"id": PERSON}, "conversation": {"id": post.conversation}, "replyToId": post.id, "value": data}
        await self._send("/_conversation/v1/submit", body)

    async def react(self, post: Post, reaction: str) -> None:
        """React to a message of the bot's. The tool has no reactions: this is one of its custom activities."""
        is_channel = bool(post.thread)
        team = {"team": {"id": GENERAL}, "channel": {"id": CHANNEL}} if is_channel else {}
        activity = {
            "type": "messageReaction",
            "id": f"f:{time.time_ns()}",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "channelId": "msteams",
            "serviceUrl": f"{self.url}/_connector",
            "from": {"id": PERSON, "aadObjectId": PERSON_ID},
            "recipient": {"id": BOT, "name": BOT_NAME},
            "conversation": {
                "id": post.conversation,
                "conversationType": "channel" if is_channel else "personal",
                "tenantId": TENANT,
            },
            "channelData": {"tenant": {"id": TENANT}, **team},
            "reactionsAdded": [{"type": reaction}],
            "replyToId": post.id,
        }
        await self._send("/_internal/v1/customActivities", activity)

    async def wait_for(self, what: str, holds: Callable[[Post], bool], *, known: int = 0) -> Post:
        """Wait for a post after the first `known` ones for which something holds.

        Raises:
            WrongError: it does not come; says what came instead.
        """
        try:
            async with asyncio.timeout(_POST_SECONDS):
                while True:
                    self._changed.clear()
                    for post in self.posts[known:]:
                        if holds(post):
                            return post
                    await self._changed.wait()
        except TimeoutError:
            came = "; ".join(f"in {post.conversation}: {post.words()[:120]!r}" for post in self.posts[known:])
            raise WrongError(
                f"{what} did not come within {_POST_SECONDS:g} s; what came: {came or 'nothing'}"
            ) from None

    async def listen(self, ready: asyncio.Event) -> None:
        """Follow what the tool tells its page, until cancelled."""
        async with self.session.ws_connect(f"{self.url}/_ws_conversation/v1/conversations/stream") as stream:
            ready.set()
            async for frame in stream:
                self._take(json.loads(frame.data))

    def _take(self, told: Mapping[str, Any]) -> None:
        match told:
            case {"action": "createMessage", "actionConversationId": str(where), "message": message}:
                conversation = str(message.get("postConversationId") or where)
                thread = conversation.partition(";messageid=")[2]
                self.posts.append(Post(message["messageId"], conversation, thread, *_content(message)))
            case {"action": "updateMessage", "message": message}:
                for post in self.posts:
                    if post.id == message["messageId"]:
                        post.cards, post.text = _content(message)
        self._changed.set()

    async def _send(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        async with self.session.post(f"{self.url}{path}", json=body) as answer:
            text = await answer.text()
            if not answer.ok:
                raise WrongError(f"{path} was answered with {answer.status}: {text[:300]}")
        if not text.startswith("{"):
            return {}
        found: dict[str, Any] = json.loads(text)
        return found


def find(named: str = "") -> tuple[str, ...]:
    """Give the command that starts the tool.

    Args:
        named: the package's folder, or its cli.js; else AGENTS_PLAYGROUND in the environment is asked, and PATH.

    Raises:
        AbsentError: node or the tool is absent.
    """
    node = shutil.which("node")
    if node is None:
        raise AbsentError("node is not on this machine; the Agents Playground needs Node.js 20 or newer")
    if path := named or os.environ.get(VARIABLE, ""):
        script = Path(path) if Path(path).name == _SCRIPT else Path(path) / _SCRIPT
        if not script.is_file():
            raise AbsentError(f"there is no {script}; name the folder node_modules/@microsoft/m365agentsplayground")
        return (node, str(script))
    if binary := shutil.which(_BINARY):
        return (binary,)
    raise AbsentError(
        "the Agents Playground is not installed: npm install @microsoft/m365agentsplayground, "
        f"and name the folder node_modules/@microsoft/m365agentsplayground with {VARIABLE}"
    )


@contextlib.asynccontextmanager
async def running(command: tuple[str, ...], endpoint: str, folder: Path) -> AsyncIterator[Tool]:
    """Start the tool for the bot at `endpoint`, without its browser, and stop it at the end.

    Raises:
        WrongError: it does not come up; the end of what it wrote says why.
    """
    config, port = folder / "playground.json", free_port()
    config.write_text(json.dumps(_config()), encoding="utf-8")
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
        "TEAMSAPPTESTER_BROWSER": "none",
        "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(config),
        "M365_AGENTS_PLAYGROUND_LOGFILE": str(folder / "playground.log"),
    }
    url = f"http://127.0.0.1:{port}"
    options = ("start", "-e", endpoint, "-c", "msteams", "-p", str(port), "--service-url", f"{url}/_connector")
    output = folder / "playground.out"
    with output.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            *command, *options, "--disable-telemetry", cwd=folder, env=environment, stdout=written, stderr=written
        )
    try:
        async with aiohttp.ClientSession() as session:
            await _until_up(session, f"{url}/_debug/ping", process, output)
            tool, ready = Tool(url, session), asyncio.Event()
            listening = asyncio.create_task(tool.listen(ready))
            try:
                await asyncio.wait_for(ready.wait(), _UP_SECONDS)
                yield tool
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)
    finally:
        await stopped(process)


async def stopped(process: asyncio.subprocess.Process) -> None:
    """End a process, by force where it does not want to."""
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _UP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def end_of(log: Path) -> str:
    """Give the end of what a process has written."""
    return log.read_text(encoding="utf-8", errors="replace")[-2000:]


def read(part: object) -> Iterator[str]:
    """Give every text of a card, in order."""
    match part:
        case {"type": "TextBlock" | "TextRun", "text": str(text)}:
            yield text
        case dict():
            if str(part.get("type", "")).startswith("Action.") and isinstance(part.get("title"), str):
                yield str(part["title"])
            for inner in part.values():
                yield from read(inner)
        case list():
            for inner in part:
                yield from read(inner)


def executes(part: object) -> Iterator[dict[str, Any]]:
    """Give every Action.Execute of a card, wherever it stands."""
    match part:
        case dict():
            if part.get("type") == "Action.Execute":
                yield part
            for inner in part.values():
                yield from executes(inner)
        case list():
            for inner in part:
                yield from executes(inner)


async def _until_up(
    session: aiohttp.ClientSession, url: str, process: asyncio.subprocess.Process, output: Path
) -> None:
    until = time.monotonic() + _UP_SECONDS
    while process.returncode is None and time.monotonic() < until:
        with contextlib.suppress(aiohttp.ClientError):
            async with session.get(url) as answer:
                if answer.ok:
                    return
        await asyncio.sleep(_POLL_SECONDS)
    raise WrongError(f"{url} does not answer:\n{end_of(output)}")


def _content(message: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    cards = [each["content"] for each in message.get("attachments") or () if each["contentType"] == CARD]
    return cards, str(message.get("text") or "")


def _config() -> dict[str, Any]:
    """Give the tool's world, with ids as Teams makes them. It wants exactly five people beside the one who types."""

    def person(key: str, name: str, number: int) -> dict[str, str]:
        return {
            "id": key,
            "name": name,
            "userPrincipleName": f"{name.lower()}@example.com",  # its own spelling
            "aadObjectId": f"6a1c4a3e-0000-4000-8000-{number:012}",
            "givenName": name,
            "surname": "Example",
            "email": f"{name.lower()}@example.com",
        }

    others = ("Bob", "Carol", "Dan", "Erin", "Frank")
    return {
        "version": "0.1.1",
        "tenantId": TENANT,
        "bot": {"id": BOT, "name": BOT_NAME},
        "currentUser": person(PERSON, "Alice", 1),
        "users": [person(f"29:1{name.lower()}", name, number) for number, name in enumerate(others, start=11)],
        "personalChat": {"id": PERSONAL},
        "groupChat": {"id": GROUP, "name": "Launch"},
        "team": {
            "id": GENERAL,
            "name": "Product",
            "aadGroupId": "6a1c4a3e-0000-4000-8000-000000000031",
            "channels": [{"id": CHANNEL, "name": "pm-learning"}],
        },
    }
