"""Run real bots for many workspaces that come and go, against a Slack that fails, and write down what it saw.

Week after week all tips are due at once. Meanwhile processes are killed, tokens end, and owners remove the app and
install it again. In the last week nobody removes it: whatever was removed is installed again, and all goes on.
"""

import asyncio
import itertools
import json
import os
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import orjson

from bench import programs, servers
from bench.faults import run as faults_run
from bench.faults.bots import Bots
from bench.faults.many import judge, recording
from bench.faults.many.ledger import Ledger
from bench.faults.many.owners import WAYS, Owners, Removal
from bench.faults.many.plan import Outcome, Plan
from bench.faults.many.records import Records
from bench.faults.monitor import Monitor
from bench.faults.outcome import FAULTS
from bench.programs import Start
from bench.wrk import BrokenError
from cards import scopes
from messengers.slack.sealing import Seals
from playground.shared.clock import EmulatorClock
from playground.shared.trouble import Trouble, TroubleKind
from playground.slack.emulator import SlackEmulator
from playground.slack.oauth.directory import TOKEN_SECONDS, Registration
from playground.slack.values import Team

PUBLIC_URL = "http://127.0.0.1:9"  # what stands before the processes; nobody listens there, the owners know better
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
BESIDE = (("workspaces", "list", "--json"),)  # beside what the operator of one workspace runs
WEEK = 7 * 86_400.0
# Of the calls that ask for tokens: an answer that is lost costs the installation, so most are refused before.
TOKEN_FAULTS: tuple[tuple[TroubleKind, float], ...] = (
    ("cut_after", 0.01),
    ("5xx_after", 0.01),
    ("cut_before", 0.05),
    ("429", 0.04),
    ("5xx_before", 0.04),
    ("stall_before", 0.02),
)
# Seconds that a token lasts, by turns; the third is renewed ahead while it runs.
_LIVES = (20, 60, 7_230, TOKEN_SECONDS)
_LOOK = 1.0
_STILL = 4  # looks without a change, until time is moved on
_STEP, _LONGEST_STEP = 30.0, 600.0
_LATE = 13 * 3600.0  # past GRACE_HOURS, when what still waits is given up


class Run:
    """One run, from an empty database to the records."""

    def __init__(self, plan: Plan, folder: Path, slack: SlackEmulator, offset: Path, start: Start) -> None:
        self._plan = plan
        self._slack = slack
        self._folder = folder
        self._dice = random.Random(plan.seed)  # noqa: S311 # dice, no secret
        self._teams = [team for team in slack.workspaces if team != slack.team]
        self._bots = Bots(folder, self._environment(), offset, plan.processes, start)
        self._owners = Owners(slack, self._bots, self._dice, PUBLIC_URL)
        self._ledger = Ledger(plan.database, Seals([KEY]))
        self._rooms = {
            slack.workspaces[team].channel(f"room-{n:03}", bot=True).id: team
            for team in self._teams
            for n in range(plan.channels)
        }
        self._removed: list[Removal] = []
        self._turns = itertools.count()
        self._kills: list[float] = []
        self._moments: list[float] = []

    def _environment(self) -> dict[str, str]:
        registered = self._slack.directory.registration
        covered = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
        return {
            **servers.needed(),
            **covered,
            "CONTENT_PATH": str(servers.ROOT / "content" / "ai-pm"),
            "DATABASE_URL": self._plan.database,
            "PUBLIC_URL": PUBLIC_URL,
            "SLACK_API_URL": self._slack.api_url,
            "SLACK_CLIENT_ID": registered.client_id,
            "SLACK_CLIENT_SECRET": registered.client_secret,
            "SLACK_SIGNING_SECRET": self._slack.signing_secret,
            "TOKEN_ENCRYPTION_KEYS": KEY,
            **faults_run.SETTINGS,
            **self._plan.settings,
        }

    async def outcome(self) -> Outcome:
        """Run it.

        Raises:
            BrokenError: the bot does not start, a command of it fails, or nothing comes of what an owner does.
        """
        began = time.monotonic()
        try:
            await self._bots.start_all()
            await self._all_up()
            await asyncio.gather(*(self._owners.install(team) for team in self._teams))
            first = await self._promise()
            self._throw()
            async with Monitor(self._bots, len(self._rooms), BESIDE) as monitor:
                settled = [await self._week(number, first + number * WEEK) for number in range(self._plan.weeks)]
                settled.append(await self._end())
            complaints = [*monitor.watched.complaints, *self._bots.unlinked()]
        finally:
            await self._bots.stop_all()
        faults = sum(trouble.met for each in self._slack.workspaces.values() for trouble in each.trouble)
        records = await asyncio.to_thread(self._records)
        (self._folder / "records.json").write_bytes(orjson.dumps(records))  # for whoever keeps the folder
        late = [number + 1 for number, is_settled in enumerate(settled) if not is_settled]
        complaints += [f"week {number} was not settled in time" for number in late]
        complaints += faults_run.damage(self._plan.database)
        if self._bots.kills < self._plan.kills * self._plan.weeks:
            complaints.append(f"only {self._bots.kills} kills found a process at work")
        return Outcome(
            plan=self._plan,
            records=records,
            calls=sum(len(each.platform.calls) for each in self._slack.workspaces.values()),
            faults=faults,
            kills=self._bots.kills,
            installs=self._owners.installs,
            removals=dict(self._owners.removals),
            watched=replace(monitor.watched, complaints=tuple(complaints)),
            seconds=time.monotonic() - began,
            problems=(*judge.problems(records), *complaints),
        )

    async def _promise(self) -> float:
        """Turn tips on in every channel, and give the moment at which all of them are due."""
        weekly = {"weekday": "monday", "at": "09:00", "zone": "UTC"}
        rooms = [{**weekly, "workspace": team, "channel": room} for room, team in self._rooms.items()]
        file = self._folder / "rooms.json"
        file.write_text(json.dumps(rooms), encoding="utf-8")
        await self._bots.command("tips", "add", "--from", str(file))
        listed = json.loads(await self._bots.command("tips", "list", "--json"))
        if len(listed) != len(self._rooms):
            raise BrokenError(f"tips are on in {len(listed)} channels instead of {len(self._rooms)}")
        return datetime.fromisoformat(listed[0]["next"]).timestamp()

    def _throw(self) -> None:
        """From now on calls go wrong: each workspace has dice of its own, and those of tokens are the first one's."""
        for number, each in enumerate(self._slack.workspaces.values()):
            each.throw_dice(self._plan.seed * 1000 + number)
            faults = TOKEN_FAULTS if each is self._slack else FAULTS
            each.trouble.extend(
                Trouble("*", kind, times=None, share=share, status=502, seconds=2.5) for kind, share in faults
            )

    # -- a week

    async def _week(self, number: int, moment: float) -> bool:
        """Let the week's tips be due, and everything else happen; gives whether all was settled in time."""
        is_last = number == self._plan.weeks - 1
        until = time.monotonic() + self._plan.within
        await self._all_up()
        await self._renew_lost()
        coming, self._removed = self._removed, []
        if is_last:  # those of the last week are installed again before it, and while its tips are due
            early, coming = coming[::2], coming[1::2]
            await asyncio.gather(*(self._owners.install_again(each) for each in early))
        self._slack.clock.move_to(moment + 1)
        self._moments.append(moment)
        staying = self._slack.directory.installs.keys() & set(self._teams) - {each.place for each in coming}
        many = 0 if is_last else max(1, round(self._plan.removals * len(staying)))
        leaving = self._dice.sample(sorted(staying), k=min(many, len(staying)))
        lives = asyncio.create_task(self._change_lives())
        try:
            await asyncio.gather(
                self._kill_again_and_again(),
                *(self._come(each) for each in coming),
                *(self._leave(place) for place in leaving),
            )
        finally:
            lives.cancel()
        # Tips of those that have removed the app, or revoked its tokens, wait for them.
        away = {each.place for each in self._removed} | (set(self._teams) - self._slack.directory.installs.keys())
        return await self._settled(until, lambda place: place not in away)

    async def _come(self, removal: Removal) -> None:
        await self._some_time(0.0, 5.0)
        await self._owners.install_again(removal)

    async def _leave(self, place: str) -> None:
        """Remove the app at some moment; every second owner installs it again at once, the others next week."""
        turn = next(self._turns)
        await self._some_time(0.0, 6.0)
        removal = await self._owners.remove(place, WAYS[turn % len(WAYS)])
        if turn % 2:
            await self._some_time(0.5, 6.0)
            await self._owners.install_again(removal)
        else:
            self._removed.append(removal)

    async def _change_lives(self) -> None:
        """Give tokens lives of all kinds, so that some end while they are needed."""
        while True:
            self._slack.directory.registration.lasts = self._dice.choice(_LIVES)
            await asyncio.sleep(_LOOK / 5)

    async def _kill_again_and_again(self) -> None:
        for _ in range(self._plan.kills):
            victim = self._dice.choice(self._bots.alive)
            await self._bots.until_up(victim)
            await self._some_time(0.0, 3.0)
            self._kills.append(self._slack.clock.real())
            await self._bots.kill(victim, for_good=False)

    async def _some_time(self, least: float, most: float) -> None:
        await asyncio.sleep(self._dice.uniform(least, most) / self._plan.haste)

    async def _all_up(self) -> None:
        for index in self._bots.alive:
            await self._bots.until_up(index)

    async def _renew_lost(self) -> None:
        """Install the app again wherever Slack gives no new token, as the doctor tells owners to."""
        directory = self._slack.directory
        lost = [
            each.place
            for each in await asyncio.to_thread(self._ledger.kept)
            if each.place in directory.installs and not each.refresh
        ]
        await asyncio.gather(*(self._owners.install_again(Removal(place, "lost")) for place in lost))

    async def _settled(self, until: float, concerns: Callable[[str], bool]) -> bool:
        """Wait until whatever concerns anybody has its outcome; where nothing moves any more, time does."""
        await self._all_up()
        before: dict[str, int] | None = None
        still, step = 0, _STEP
        while time.monotonic() < until:
            await asyncio.sleep(_LOOK / self._plan.haste)
            found = await asyncio.to_thread(self._ledger.open_in)
            waiting = {place: count for place, count in found.items() if concerns(place)}
            is_still = waiting == before and not any(
                each.platform.under_way for each in self._slack.workspaces.values()
            )
            still = still + 1 if is_still else 0
            before = waiting
            if still < _STILL:
                continue
            if not waiting:
                return True
            self._slack.clock.shift(step)
            still, step = 0, min(2 * step, _LONGEST_STEP)
        return False

    async def _end(self) -> bool:
        """Let so much time pass that whatever waits for a removed app is given up."""
        self._slack.clock.shift(_LATE)
        return await self._settled(time.monotonic() + self._plan.within, lambda _: True)

    def _records(self) -> Records:
        directory = self._slack.directory
        return Records(
            channels=self._rooms,
            moments=self._moments,
            installed=sorted(directory.installs.keys() & set(self._teams)),
            **recording.of_slack([call for each in self._slack.workspaces.values() for call in each.platform.calls]),
            ended=self._owners.ended,
            rows=self._ledger.rows(),
            lines=self._ledger.lines(),
            kept=self._ledger.kept(),
            on=self._ledger.on(),
            kills=self._kills,
        )


@asynccontextmanager
async def prepared(plan: Plan, folder: Path, start: Start = programs.anew) -> AsyncIterator[Run]:
    """Give a run with its emulated Slack and all its workspaces, in each of which somebody may install apps."""
    teams = [
        Team(f"T0WS{n:03}", f"Workspace {n}", f"ws-{n}", f"U0BOT{n:03}", f"B0BOT{n:03}", mark=f"W{n:03}")
        for n in range(plan.workspaces)
    ]
    registered = Registration(
        redirects=[f"{PUBLIC_URL}/slack/oauth_redirect"],
        optional=tuple(scope.name for scope in scopes.OPTIONAL),
        rotates=True,
    )
    offset = folder / "clock-offset"
    async with SlackEmulator(
        clock=EmulatorClock(offset), teams=teams, registration=registered, retry_delays=(), answer_within=10.0
    ) as slack:
        for team in teams:
            slack.workspaces[team.id].user(f"owner-{team.mark}", kind="owner")
        yield Run(plan, folder, slack, offset, start)
