"""Run real bots against an emulated Slack that fails, kill them again and again, and count what arrived.

Nothing here looks into the bot: it is started, killed and asked (`doctor --json`, its numbers) as an operator would.
Only how much time it needs is read from its ledger.
"""

import asyncio
import itertools
import json
import os
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from bench import programs, servers
from bench.faults import passing
from bench.faults.bots import UP_SECONDS, Bots
from bench.faults.monitor import Monitor
from bench.faults.outcome import Outcome, Plan, Taken, Watched
from bench.faults.passing import Terms
from bench.programs import Start
from bench.wrk import BrokenError
from playground.shared.clock import EmulatorClock
from playground.slack.emulator import Channel, SlackEmulator, Trouble

WORKSPACES = 60  # in a cluster, whose processes share them out; else all channels are in one
# CLIENT_TIMEOUT < LEASE < SETTLING as in the defaults, only shorter; paced as if Slack had no limits, or 3,000 posts to
# one workspace would take ten minutes. Everything else is as it ships.
SETTINGS = {
    "CLIENT_TIMEOUT_SECONDS": "1.5",
    "LEASE_SECONDS": "4",
    "SETTLING_SECONDS": "6",
    "TICK_SECONDS": "1",
    "STOP_SECONDS": "5",
    "PACE_PER_SECOND": "100000",
    "PACE_BURST": "100000",
    "LOG_FORMAT": "json",
    "LOG_LEVEL": "warning",
}
METADATA = "pm_compare_delivery"
_CALLS_SECONDS = 4.0  # longer than any call takes, and than a lease of the dead keeps others from calling
_LOOK_SECONDS = 1.0  # between two looks whether all is settled
_QUIET_LOOKS = 3  # after which nobody is at work: a call takes less, and so does coming to it


class Run:
    """One run, from an empty database to the count."""

    def __init__(self, plan: Plan, folder: Path, slack: SlackEmulator, offset: Path, start: Start) -> None:
        self._plan = plan
        self._folder = folder
        self._slack = slack
        self._dice = random.Random(plan.seed)  # noqa: S311 # dice, no secret
        self._rooms: list[Channel] = []
        self._passed = 0.0
        covered = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
        self._environment = {
            **servers.needed(),
            **covered,
            "CONTENT_PATH": str(servers.ROOT / "content" / "ai-pm"),
            "DATABASE_URL": plan.database,
            "SCHEDULER": plan.scheduler,
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            **SETTINGS,
            **plan.settings,
        }
        self._bots = Bots(folder, self._environment, offset, plan.processes, start)

    async def outcome(self) -> Outcome:
        """Run it.

        Raises:
            BrokenError: the bot does not start, or a command of it fails.
        """
        moment = await self._promise()
        self._slack.throw_dice(self._plan.seed)
        self._slack.trouble.extend(
            Trouble(self._plan.method, kind, times=None, share=share, status=502, seconds=self._plan.slow_seconds)
            for kind, share in self._plan.faults
        )
        try:
            await self._bots.start_all()
            for index in self._bots.alive:
                await self._bots.until_up(index)
            before, began = len(self._slack.calls), time.monotonic()
            async with Monitor(self._bots, self._plan.deliveries) as monitor:
                self._slack.clock.move_to(moment)
                await self._kill_again_and_again(before)
                is_settled = await self._settle(began + self._plan.within)
            complaints = [*monitor.watched.complaints, *self._bots.unlinked()]
        finally:
            await self._bots.stop_all()
        faults: dict[str, int] = {trouble.kind: trouble.met for trouble in self._slack.trouble}
        calls = len(self._slack.calls) - before
        self._slack.trouble.clear()
        taken = Taken(calls, faults, time.monotonic() - began, is_settled, self._passed)
        watched = replace(monitor.watched, complaints=(*complaints, *damage(self._plan.database)))
        return self._counted(await self._doctor(), taken, watched)

    async def _promise(self) -> float:
        """Turn tips on in as many channels, and give the moment at which all of them are due."""
        self._rooms = [self._slack.channel(f"room-{n:05}", bot=True) for n in range(self._plan.deliveries)]
        weekly = {"weekday": "monday", "at": "09:00", "zone": "UTC"}
        # The bot has one token, and takes a channel's workspace for whatever it is called.
        teams = [self._slack.team]
        if self._plan.scheduler == "cluster":
            teams += [f"{self._slack.team}{n:02}" for n in range(1, WORKSPACES)]
        rooms = [
            {**weekly, "workspace": team, "channel": room.id}
            for team, room in zip(itertools.cycle(teams), self._rooms, strict=False)
        ]
        file = self._folder / "rooms.json"
        file.write_text(json.dumps(rooms), encoding="utf-8")
        await self._bots.command("tips", "add", "--from", str(file))
        listed = json.loads(await self._bots.command("tips", "list", "--json"))
        if len(listed) != self._plan.deliveries:
            raise BrokenError(f"tips are on in {len(listed)} channels instead of {self._plan.deliveries}")
        return datetime.fromisoformat(listed[0]["next"]).timestamp() + 1

    async def _kill_again_and_again(self, before: int) -> None:
        """Kill a process that is up when the calls come to the next random number; in the middle some for good."""
        plan = self._plan
        for_good = range(plan.kills // 2, plan.kills // 2 + plan.abandon)
        moments = sorted(self._dice.sample(range(1, int(0.9 * plan.deliveries)), plan.kills + plan.abandon))
        for number, moment in enumerate(moments):
            victim = self._dice.choice(self._bots.alive)
            await self._bots.until_up(victim)
            await self._until_called(before + moment)
            await self._bots.kill(victim, for_good=number in for_good)

    async def _until_called(self, times: int) -> None:
        """Wait for so many calls; where no more come, fewer than expected do: it is killed all the same."""
        while (calls := len(self._slack.calls)) < times:
            try:
                await self._slack.wait_for(partial(self._has_called, calls + 1), within=_CALLS_SECONDS)
            except TimeoutError:
                return

    def _has_called(self, times: int) -> bool:
        return len(self._slack.calls) >= times

    async def _settle(self, until: float) -> bool:
        """Wait until every tip has its outcome.

        An outcome is looked up when a process starts and every two minutes, and one that could not be found out rests
        for as long as it has been unknown. So where no more comes of it, all start anew, and time passes for everybody:
        not while somebody still looks, and never so much that what waits to be posted would come too late for its day.
        """
        before, quiet = (-1, -1), 0
        while (left := until - time.monotonic()) > 0:
            counts = await self._bots.counts()
            seen = (counts.get("unknown", 0), self._worked())
            if not counts or counts["planned"] + counts["sending"] or sum(counts.values()) != self._plan.deliveries:
                quiet = 0
            elif not self._plan.has_history or counts["unknown"] == 0:
                return True
            elif seen != before or self._slack.under_way:
                quiet = 0
            elif (quiet := quiet + 1) >= _QUIET_LOOKS:
                quiet = 0
                await self._bots.stop_all()
                await self._slack.wait_for(lambda: self._slack.under_way == 0, within=UP_SECONDS)
                # Nothing is under way, so no post comes late: it is as if the bot had been down for so long.
                self._let_pass(left)
                await self._bots.start_all()
                for index in self._bots.alive:
                    await self._bots.until_up(index)
            before = seen
            await asyncio.sleep(_LOOK_SECONDS)
        return False

    def _let_pass(self, left: float) -> None:
        """Let as much time pass as what is unknown waits for; `left` seconds are what the run itself may take yet."""
        terms = Terms(float(self._environment["SETTLING_SECONDS"]), left)
        now = self._slack.clock.now()
        seconds = passing.moment(passing.unsettled(self._plan.database), now, terms) - now
        self._slack.clock.shift(seconds)
        self._passed += seconds

    def _worked(self) -> int:
        """Count the calls that post or look something up: other commands only ask whose the token is."""
        return sum(call.method.startswith(("chat.", "conversations.")) for call in self._slack.calls)

    def _counted(self, report: Mapping[str, Any], taken: Taken, watched: Watched) -> Outcome:
        posts = [post for room in self._rooms for post in self._slack.posts(room)]
        arrived = {post.channel for post in posts}
        unknown = {row["channel"] for row in report["unknown"]}
        return Outcome(
            plan=self._plan,
            posted=len(posts),
            distinct=len({_delivery(post.metadata) for post in posts}),
            arrived=len(arrived),
            sent=report["deliveries"]["sent"],
            unknown=len(report["unknown"]),
            unknown_arrived=len(unknown & arrived),
            lost=len({room.id for room in self._rooms} - arrived - unknown),
            counts=report["deliveries"],
            taken=taken,
            watched=watched,
            kills=self._bots.kills,
            abandoned=self._bots.abandoned,
            taken_over=self._bots.taken_over(),
        )

    async def _doctor(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(await self._bots.command("doctor", "--json", is_allowed=(0, 1)))
        return report


def damage(database: str) -> tuple[str, ...]:
    """Have SQLite look through its file, once nobody uses it; gives what it complains of."""
    kind, _, path = database.partition(":///")
    if kind != "sqlite":
        return ()
    with closing(sqlite3.connect(path)) as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    return () if found == ["ok"] else (f"the database is damaged: {'; '.join(found)}",)


def _delivery(metadata: Mapping[str, Any] | None) -> str:
    if metadata is None or metadata.get("event_type") != METADATA:
        raise BrokenError("a tip carries no delivery's id")
    return str(metadata["event_payload"]["id"])


@asynccontextmanager
async def prepared(plan: Plan, folder: Path, start: Start = programs.anew) -> AsyncIterator[Run]:
    """Give a run with its emulated Slack."""
    offset = folder / "clock-offset"
    scopes = ["commands", "chat:write", "reactions:read", "app_mentions:read"]
    scopes += ["channels:history"] if plan.has_history else []
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(SlackEmulator(scopes=scopes, clock=EmulatorClock(offset)))
        yield Run(plan, folder, slack, offset, start)
