"""Let people mention real bots while these are killed and Slack fails, and write down what it saw."""

import asyncio
import hashlib
import hmac
import json
import os
import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import aiohttp
from msgspec.structs import replace

from bench import programs, servers
from bench.faults import run as faults_run
from bench.faults.asking import judge
from bench.faults.asking.judge import Asked, Records
from bench.faults.asking.witness import Witness
from bench.faults.bots import Bots
from bench.faults.outcome import FAULTS
from bench.programs import Start
from playground.shared.clock import EmulatorClock
from playground.shared.trouble import Trouble
from playground.slack import events
from playground.slack.emulator import Message, SlackEmulator

_ROOMS = 50
_AT_ONCE = 16  # people who ask at one moment
_TWICE = 0.1  # share of the events that Slack sends again although they were confirmed
_TRIES, _REST = 60, 0.25  # of an event that nobody confirms, and the seconds between
_HEARS = aiohttp.ClientTimeout(total=3)
_WORDS = ("risks", "skills", "value", "stakeholders")
_LOOK = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """How many mentions, for how many processes, with how many of them killed; `within` seconds all have an outcome."""

    mentions: int
    processes: int
    kills: int
    database: str
    seed: int
    within: float = 300.0
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: the records, how much happened, and `problems`: every promise that was not kept."""

    plan: Plan
    records: Records
    calls: int
    faults: int
    kills: int
    seconds: float
    problems: tuple[str, ...]


class Run:
    """One run, from an empty database to the records."""

    def __init__(self, plan: Plan, folder: Path, slack: SlackEmulator, offset: Path, start: Start) -> None:
        self._plan = plan
        self._slack = slack
        self._dice = random.Random(plan.seed)  # noqa: S311 # dice, no secret
        self._alice = slack.user("alice")
        self._rooms = [slack.channel(f"room-{n:02}", members=[self._alice], bot=True) for n in range(_ROOMS)]
        self._heard = 0
        covered = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
        environment = {
            **servers.needed(),
            **covered,
            "CONTENT_PATH": str(servers.ROOT / "content" / "ai-pm"),
            "DATABASE_URL": plan.database,
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            **faults_run.SETTINGS,
            **plan.settings,
        }
        self._bots = Bots(folder, environment, offset, plan.processes, start)

    async def outcome(self) -> Outcome:
        """Run it.

        Raises:
            BrokenError: the bot does not start.
        """
        began = time.monotonic()
        await self._bots.command("migrate")
        witness = Witness(self._plan.database)
        self._slack.platform.calls = self._slack.calls = witness
        self._slack.throw_dice(self._plan.seed)
        try:
            await self._bots.start_all()
            for index in self._bots.alive:
                await self._bots.until_up(index)
            self._slack.trouble.extend(
                Trouble("*", kind, times=None, share=share, status=502, seconds=2.5) for kind, share in FAULTS
            )
            killing = asyncio.create_task(self._kill_again_and_again())
            asked = await self._ask_all()
            await killing
            is_settled = await self._settle(witness)
        finally:
            await self._bots.stop_all()
        records = Records(tuple(asked), tuple(witness.posts), tuple(witness.rows()))
        witness.close()
        found = [*judge.problems(records), *faults_run.damage(self._plan.database)]
        if not is_settled:
            found.append(f"not everything was settled within {self._plan.within:g} s")
        if self._bots.kills < self._plan.kills:
            found.append(f"only {self._bots.kills} of {self._plan.kills} kills found a process at work")
        faults = sum(trouble.met for trouble in self._slack.trouble)
        seconds = time.monotonic() - began
        return Outcome(self._plan, records, len(witness), faults, self._bots.kills, seconds, tuple(found))

    async def _ask_all(self) -> list[Asked]:
        gate = asyncio.Semaphore(_AT_ONCE)
        async with aiohttp.ClientSession(timeout=_HEARS) as session:

            async def ask(number: int) -> Asked:
                async with gate:
                    return await self._ask(session, number)

            return list(await asyncio.gather(*(ask(number) for number in range(self._plan.mentions))))

    async def _ask(self, session: aiohttp.ClientSession, number: int) -> Asked:
        """Have somebody mention the bot, and send that until a process confirms it; now and then once more."""
        room, words = self._dice.choice(self._rooms), self._dice.choice(_WORDS)
        is_repeated = self._dice.random() < _TWICE
        said = await self._slack.say(self._alice, room, words)
        body = self._event(said, words, number)
        is_heard = False
        for _ in range(_TRIES):
            is_heard = await self._send(session, body)
            if is_heard:
                break
            await asyncio.sleep(_REST)
        self._heard += 1
        if is_repeated:
            await self._send(session, body)
        return Asked(room.id, said.ts, is_heard)

    def _event(self, said: Message, words: str, number: int) -> bytes:
        world, moment = self._slack.world, self._slack.clock.now()
        mention = events.mention(world, replace(said, text=f"<@{world.team.bot_user}> {words}"), self._alice)
        return json.dumps(events.envelope(world, mention, event_id=f"Ev{number:08}", event_time=moment)).encode()

    async def _send(self, session: aiohttp.ClientSession, body: bytes) -> bool:
        stamp = str(int(self._slack.clock.now()))
        signed = hmac.new(self._slack.signing_secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256)
        headers = {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={signed.hexdigest()}",
        }
        address = f"{self._dice.choice(self._bots.addresses())}/slack/events"
        with suppress(aiohttp.ClientError, TimeoutError):
            async with session.post(address, data=body, headers=headers) as answer:
                return answer.status == HTTPStatus.OK
        return False

    async def _kill_again_and_again(self) -> None:
        """Kill a process whenever as many have been heard as the dice say: in the middle of their answers."""
        for moment in sorted(self._dice.sample(range(1, int(0.9 * self._plan.mentions)), self._plan.kills)):
            victim = self._dice.choice(self._bots.alive)
            await self._bots.until_up(victim)
            while self._heard < moment:  # noqa: ASYNC110 # hundreds come in a second
                await asyncio.sleep(0.005)
            await self._bots.kill(victim, for_good=False)

    async def _settle(self, witness: Witness) -> bool:
        until = time.monotonic() + self._plan.within
        while time.monotonic() < until:
            await asyncio.sleep(_LOOK)
            if witness.open() == 0 and self._slack.under_way == 0:
                return True
        return False


@asynccontextmanager
async def prepared(plan: Plan, folder: Path, start: Start = programs.anew) -> AsyncIterator[Run]:
    """Give a run with its emulated Slack."""
    offset = folder / "clock-offset"
    async with SlackEmulator(clock=EmulatorClock(offset)) as slack:
        yield Run(plan, folder, slack, offset, start)
