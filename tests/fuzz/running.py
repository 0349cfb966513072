"""Send changed requests, each signed as its platform signs, to the whole bot, and note what must never happen.

Never: a 5xx (501 to an invoke nobody knows is Teams' own word for that), an empty answer to an invoke, an error or a
traceback in the log, an exception that nobody caught, or a post that the platform would refuse as malformed.
"""

import asyncio
import random
import time
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote_plus

import structlog
from slack_sdk.signature import SignatureVerifier
from structlog.testing import LogCapture

from bot import app
from bot.app import Bot
from bot.settings.checked import Settings
from bot.slack import profile as slack_profile
from bot.slack import socket_mode
from bot.teams import profile as teams_profile
from playground.slack.emulator import SlackEmulator
from playground.teams.emulator import TeamsEmulator
from tests.bot.sides import slack_side
from tests.bot.slack.socket_slack import SocketSlack
from tests.bot.web.asgi import Reply, call
from tests.fuzz import mutating
from tests.fuzz.seeds import MOMENT, SlackSeeds, TeamsSeeds

Platform = Literal["slack", "socket", "teams"]
Json = Any
_UNCHANGED = 0.07  # of the requests: what is right goes on changing what is kept
_SLOW = 1.0  # seconds
_UNKNOWN_INVOKE = 501
_ENVELOPES = {"command": "slash_commands", "payload": "interactive", "event": "events_api"}
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that must not happen: to which request, and what it was."""

    number: int
    what: str
    request: str


@dataclass
class Found:
    """What came of a run."""

    wrong: list[Wrong] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    slow: list[tuple[float, int, str]] = field(default_factory=list)

    def __str__(self) -> str:
        """Give a report for a person: each kind of fault once, with an example."""
        kinds: dict[str, list[Wrong]] = {}
        for one in self.wrong:
            kinds.setdefault(one.what[-300:], []).append(one)
        lines = [f"answers: {dict(sorted(self.answers.items()))}; wrong: {len(self.wrong)}"]
        for many in kinds.values():
            lines.append(f"--- {len(many)} times, first in request {many[0].number}: {many[0].what[-1500:]}")
            lines.append(f"    {many[0].request[:1500]}")
        lines += [
            f"slow: {seconds:.1f} s in request {number}: {sent[:300]}" for seconds, number, sent in self.slow[:10]
        ]
        return "\n".join(lines)


async def run(platform: Platform, database_url: str, count: int, seed: int) -> Found:
    """Send `count` requests to a bot of its own; the same `seed` sends the same ones."""
    return await heard(platform, database_url, lambda seeds: _requests(seeds, count, seed), seed)


async def heard(
    platform: Platform, database_url: str, requests: Callable[[Sequence[Json]], Iterable[Json]], seed: int = 0
) -> Found:
    """Send the requests that are made of the seeds to a bot of its own, and note what is wrong."""
    found, log = Found(), LogCapture()
    processors = structlog.get_config()["processors"]
    before = list(processors)
    processors[:] = [log]
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: found.wrong.append(Wrong(-1, f"nobody caught {context.get('exception')!r}", str(context)))
    )
    try:
        async with _RUNS[platform](database_url) as sender:
            for number, request in enumerate(requests(sender.seeds)):
                began = time.monotonic()
                what, answer = await sender.send(request, random.Random(f"{seed} {number}"))  # noqa: S311 # no secret
                if (took := time.monotonic() - began) > _SLOW:
                    found.slow.append((took, number, sender.sent))
                found.answers[answer] += 1
                said = [*what, *_complaints(log)]
                found.wrong += [Wrong(number, each, sender.sent) for each in said]
                if number % _BATCH == 0:
                    await sender.bot.dispatcher.finish()
            await sender.bot.dispatcher.finish()
            await sender.bot.tasks.drain(2)
            found.wrong += [Wrong(-1, each, sender.sent) for each in (*_complaints(log), *sender.refused())]
    finally:
        processors[:] = before
    found.slow.sort(reverse=True)
    return found


def _requests(seeds: Sequence[Json], count: int, seed: int) -> Iterator[Json]:
    """Give each seed as it is, and then changed ones."""
    chance = random.Random(seed)  # noqa: S311 # as above
    for number in range(count):
        if number < len(seeds) and number < count // 4:
            yield seeds[number]
        else:
            one = chance.choice(seeds)
            yield one if chance.random() < _UNCHANGED else _changed(one, chance)


def _changed(one: Json, chance: random.Random) -> Json:
    if isinstance(one, tuple):
        return one[0], mutating.mutated(one[1], chance)
    return mutating.mutated(one, chance)


def _complaints(log: LogCapture) -> list[str]:
    lines = [line for line in log.entries if line.get("log_level") in {"error", "critical"} or line.get("exc_info")]
    log.entries.clear()
    return [_line(line) for line in lines]


def _line(line: Any) -> str:  # noqa: ANN401 # structlog's
    error = line.get("exc_info")
    if isinstance(error, BaseException):
        return f"{line.get('event')}: {''.join(traceback.format_exception(error))}"
    if isinstance(error, tuple) and error[1] is not None:
        return f"{line.get('event')}: {''.join(traceback.format_exception(error[1]))}"
    return str({key: value for key, value in line.items() if key != "exc_info"})


@dataclass
class _Sender:
    """A bot, and the way to it; `sent` is the last request as it was written."""

    bot: Bot
    seeds: list[Json]
    sent: str = ""

    async def send(self, request: Json, chance: random.Random) -> tuple[list[str], str]:
        """Send one request; gives what was wrong with the answer, and the answer in a word."""
        raise NotImplementedError

    def refused(self) -> list[str]:
        """List what the platform would have refused."""
        return []


@dataclass
class _Slack(_Sender):
    """Over HTTP."""

    emulator: SlackEmulator = field(default_factory=SlackEmulator)

    async def send(self, request: Json, chance: random.Random) -> tuple[list[str], str]:
        """Sign and send a form or an event."""
        kind, content = request
        self.sent = f"{kind} {mutating.written(content, chance)}"
        body, content_type = _body(kind, content, self.sent.partition(" ")[2])
        stamp = str(int(time.time()))
        signature = SignatureVerifier(self.emulator.signing_secret).generate_signature(timestamp=stamp, body=body)
        headers = [
            (b"content-type", content_type),
            (b"x-slack-request-timestamp", stamp.encode()),
            (b"x-slack-signature", str(signature).encode()),
        ]
        return await _answered(self.bot, slack_profile.PROFILE.path, headers, body, is_invoke=False)

    def refused(self) -> list[str]:
        """List what Slack would have refused as malformed, not for what is not there."""
        return [str(fault) for fault in self.emulator.faults if fault.error.startswith("invalid_")]


def _body(kind: str, content: Json, written: str) -> tuple[bytes, bytes]:
    form = b"application/x-www-form-urlencoded"
    match kind:
        case "event":
            return written.encode(), b"application/json"
        case "payload":
            return f"payload={quote_plus(written)}".encode(), form
        case _ if isinstance(content, dict):
            pairs = (
                f"{quote_plus(str(name), errors='surrogatepass')}={quote_plus(str(value), errors='surrogatepass')}"
                for name, value in content.items()
            )
            return "&".join(pairs).encode(), form
        case _:
            return f"command={quote_plus(written)}".encode(), form


async def _answered(
    bot: Bot, path: str, headers: list[tuple[bytes, bytes]], body: bytes, *, is_invoke: bool
) -> tuple[list[str], str]:
    try:
        reply: Reply = await call(bot.web(), "POST", path, [*headers, (b"content-length", b"%d" % len(body))], [body])
    except Exception as error:  # noqa: BLE001 # whatever comes out here would be uvicorn's empty 500
        return [f"escaped: {''.join(traceback.format_exception(error))}"], "escaped"
    wrong = [f"HTTP {reply.status}: {reply.body[:300]!r}"] if reply.status >= 500 else []  # HTTP's own
    if reply.status == _UNKNOWN_INVOKE and reply.body:
        wrong = []
    if is_invoke and not reply.body:
        wrong.append(f"an empty {reply.status} to an invoke")
    return wrong, str(reply.status)


@dataclass
class _Teams(_Sender):
    """Activities, with tokens for whatever serviceUrl they name."""

    emulator: TeamsEmulator = field(default_factory=lambda: TeamsEmulator(messaging_endpoint="http://127.0.0.1:9/"))
    tokens: dict[str, str] = field(default_factory=dict)

    async def send(self, request: Json, chance: random.Random) -> tuple[list[str], str]:
        """Send one activity; it was an invoke if it still has a name and a value."""
        self.sent = mutating.written(request, chance)
        url = request.get("serviceUrl") if isinstance(request, dict) else None
        address = url if isinstance(url, str) and url.isascii() else self.emulator.service_url
        if address not in self.tokens:
            self.tokens[address] = self.emulator.token(service_url=address)
        headers = [
            (b"content-type", b"application/json"),
            (b"authorization", b"Bearer " + self.tokens[address].encode()),
        ]
        name, kind = (request.get("name"), request.get("type")) if isinstance(request, dict) else (None, None)
        is_invoke = isinstance(name, str) and name in _NAMES and kind not in _NO_INVOKES
        return await _answered(self.bot, teams_profile.PROFILE.path, headers, self.sent.encode(), is_invoke=is_invoke)


_NO_INVOKES = ("event", "message", "messageReaction", "installationUpdate", "conversationUpdate", "messageDelete")
_NAMES = {
    "adaptiveCard/action",
    "task/fetch",
    "task/submit",
    "application/search",
    "composeExtension/query",
    "something/new",
}


@dataclass
class _Socket(_Sender):
    """Over Socket Mode; an envelope is done when it, or the sentinel behind it, is acknowledged."""

    slack: SocketSlack = field(default_factory=SocketSlack)
    connection: Any = None
    count: int = 0

    async def send(self, request: Json, chance: random.Random) -> tuple[list[str], str]:
        """Send an envelope, and behind it one that is acknowledged for sure."""
        kind, content = request
        self.count += 1
        envelope: Json = {"type": _ENVELOPES[kind], "envelope_id": f"e{self.count}", "payload": content}
        envelope |= {"accepts_response_payload": True, "retry_attempt": 0, "retry_reason": ""}
        if chance.random() < 0.1:  # seldom
            envelope = mutating.mutated(envelope, chance)
        self.sent = mutating.written(envelope, chance)
        await self.connection.send_str(self.sent)
        sentinel = await self.slack.send(self.connection, "nothing", {})
        answers: set[Any] = set()
        async with asyncio.timeout(30):
            while sentinel not in answers:
                answers.add((await self.slack.answer()).get("envelope_id"))
        return [], "answered" if f"e{self.count}" in answers else "beside"


@asynccontextmanager
async def _built(environ: dict[str, str], database_url: str) -> AsyncIterator[Bot]:
    async with AsyncExitStack() as stack:
        settings = Settings.read(environ | {"DATABASE_URL": database_url, "CLIENT_TIMEOUT_SECONDS": "2"}, None)
        bot = await stack.enter_async_context(app.build(settings, lambda: MOMENT))
        stack.push_async_callback(bot.tasks.drain, 2)
        await stack.enter_async_context(bot.dispatcher.running())
        yield bot


@asynccontextmanager
async def _over_http(database_url: str) -> AsyncIterator[_Sender]:
    async with SlackEmulator(retry_delays=(0, 0, 0)) as emulator:
        room = emulator.channel("pm-learning", members=[emulator.user("alice")], bot=True)
        environ = {
            "SLACK_API_URL": emulator.api_url,
            "SLACK_BOT_TOKEN": emulator.bot_token,
            "SLACK_SIGNING_SECRET": emulator.signing_secret,
        }
        async with _built(environ, database_url) as bot:
            await bot.platforms["slack"].learn_credentials()
            yield _Slack(bot, SlackSeeds(emulator, room, bot.content.library).all(), emulator=emulator)


@asynccontextmanager
async def _over_socket(database_url: str) -> AsyncIterator[_Sender]:
    async with SlackEmulator(retry_delays=(0, 0, 0)) as emulator, SocketSlack() as slack:
        room = emulator.channel("pm-learning", members=[emulator.user("alice")], bot=True)
        environ = {
            "SLACK_API_URL": emulator.api_url,
            "SLACK_BOT_TOKEN": emulator.bot_token,
            "SLACK_APP_TOKEN": "xapp-1-pocket",
        }
        async with _built(environ, database_url) as bot:
            await bot.platforms["slack"].learn_credentials()
            async with socket_mode.connected("xapp-1-pocket", slack.api_url, slack_side(bot).reception):
                connection = await slack.connection()
                seeds = SlackSeeds(emulator, room, bot.content.library).all()
                yield _Socket(bot, seeds, slack=slack, connection=connection)


@asynccontextmanager
async def _over_teams(database_url: str) -> AsyncIterator[_Sender]:
    async with TeamsEmulator(messaging_endpoint="http://127.0.0.1:9/api/messages", enforce_rate=False) as emulator:
        alice = emulator.person("Alice Martin", zone="Europe/Paris")
        room = emulator.channel(emulator.team("Product", members=[alice]), "pm-learning")
        environ = {
            "TEAMS_CLOUD": emulator.url,
            "TEAMS_CLIENT_ID": emulator.client_id,
            "TEAMS_CLIENT_SECRET": emulator.client_secret,
            "TEAMS_TENANT_ID": emulator.tenant_id,
        }
        async with _built(environ, database_url) as bot:
            seeds = TeamsSeeds(emulator, alice, [room, emulator.personal(alice)]).all()
            yield _Teams(bot, seeds, emulator=emulator)


_RUNS = {"slack": _over_http, "socket": _over_socket, "teams": _over_teams}
