"""Examine the whole installation for an operator: settings, content, database, clock, ledger, each platform."""

import json
import sys
from collections.abc import Awaitable
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import click

from bot import app, clock
from bot.app import Bot, Timekeeper
from bot.cli import commands, network_disks, parts
from bot.clock import Clock
from bot.platforms import PROFILES
from bot.settings.checked import Settings, SettingsError
from bot.web import refusals
from cards.model import Subject
from content.library import FaultyContent
from scheduler.heartbeats import count_of
from store.database import sqlite_library
from store.database.access import UnusableError
from store.database.connection import AsyncConnection
from store.deliveries.queue import Queue
from store.deliveries.rows import Deliveries, Delivery
from store.facts import Fact, Facts
from store.learning.corrections import Corrections
from store.learning.rounds import Rounds
from store.subscriptions import Subscriptions
from store.tables import DeliveryState

_STUCK = timedelta(minutes=15)  # what nobody leased for so long: no clock is running
_SILENT = {"embedded": timedelta(minutes=5), "cluster": timedelta(minutes=5), "off": timedelta(minutes=65)}
_LISTED = 1_000_000  # unknown outcomes: all of them, for whoever counts

_deliveries, _facts, _queued, _subscriptions = Deliveries(), Facts(), Queue(), Subscriptions()
_voted_on = Rounds()


@commands.command(examples=("python -m bot doctor", "python -m bot doctor --json | jq .unknown"))
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def doctor(*, as_json: bool) -> None:
    """Say how the bot is doing: settings, content, database, Slack's and Teams' tokens, the ledger.

    Exits with 0 when all is well, 1 otherwise.
    """
    try:
        report = parts.run(examined(parts.read_settings(), clock.real))
    except parts.SettingsRefused as refused:
        report = _refused(refused.error)
    click.echo(json.dumps(report, indent=2) if as_json else as_text(report))
    sys.exit(0 if report["ok"] else 1)


def _refused(error: SettingsError) -> dict[str, Any]:
    """Report as `doctor` does on settings that nothing can be examined with."""
    report = Report()
    for sentence in error.faults:
        report.add("settings", ok=False, detail=sentence)
    return report.as_dict()


async def examined(settings: Settings, now: Clock) -> dict[str, Any]:
    """Examine the installation.

    Gives `{"ok", "checks": [{"name", "ok", "detail"}], "deliveries": {state: count}, "unknown": [{"workspace",
    "channel", "slot", "tip"}], "corrections": {"waiting", "sent", "failed"}}`; nothing is posted, and the database is
    left as it is.
    """
    report = Report()
    report.add("settings", ok=True, detail=f"{settings.database_kind}, SCHEDULER={settings.scheduler}")
    if settings.mcp:
        is_there = find_spec("mcp") is not None
        missing = "MCP=on, and the package mcp is missing: install it as requirements.txt has it, or unset MCP"
        report.add("mcp", ok=is_there, detail="POST /mcp answers assistants" if is_there else missing)
    try:
        async with app.build(settings, now, opened=app.database_as_it_is) as bot:
            read = bot.content.library
            report.add("content", ok=True, detail=f"{len(read.dimensions)} dimensions, {len(read.tips)} tips")
            await report.watch("database", _ledger(bot, now(), report))
            for platform in bot.platforms.values():
                for check in await platform.examined():
                    report.add(check.name, ok=check.ok, detail=check.detail)
            if not bot.platforms:
                report.add(PROFILES[0].name, ok=False, detail="no credentials: set SLACK_BOT_TOKEN and SLACK_APP_TOKEN")
    except FaultyContent as error:
        report.add("content", ok=False, detail=f"{len(error.faults)} faults: run `python -m bot check`")
    except UnusableError as error:
        report.add("database", ok=False, detail=str(error))
    return report.as_dict()


def as_text(report: dict[str, Any]) -> str:
    """Write the operator's report for a person."""
    lines = [f"{'ok  ' if check['ok'] else 'FAIL'}  {check['name']}: {check['detail']}" for check in report["checks"]]
    if any(check["name"] == "database" and check["ok"] for check in report["checks"]):  # else nobody counted
        lines.append("deliveries: " + ", ".join(f"{count} {state}" for state, count in report["deliveries"].items()))
    lines += [
        f"unknown: {row['tip']} for {row['channel']} in {row['workspace']}, {row['slot']}: look there; if it is not, "
        "press Send it now on /pm-compare doctor"
        for row in report["unknown"]
    ]
    return "\n".join(lines)


class Report:
    """What was found so far; `ok` is whether every check held."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self.checks: list[dict[str, Any]] = []
        self.deliveries: dict[str, int] = dict.fromkeys(get_args(DeliveryState), 0)
        self.unknown: list[dict[str, str]] = []
        self.corrections: dict[str, int] = dict.fromkeys(("waiting", "sent", "failed"), 0)

    def add(self, name: str, *, ok: bool, detail: str) -> None:
        """Note one check."""
        self.checks.append({"name": name, "ok": ok, "detail": detail})

    async def watch(self, name: str, work: Awaitable[None]) -> None:
        """Do a part of the examination; where the database fails under it, that is what was found."""
        try:
            await work
        except (UnusableError, OSError) as error:
            self.add(name, ok=False, detail=str(error))

    def as_dict(self) -> dict[str, Any]:
        """Give it in the shape of `doctor --json`."""
        return {
            "ok": all(check["ok"] for check in self.checks),
            "checks": self.checks,
            "deliveries": self.deliveries,
            "corrections": self.corrections,
            "unknown": self.unknown,
        }


async def _ledger(bot: Bot, now: datetime, report: Report) -> None:
    path = bot.database.path
    # The file first: asking SQLite about one that is not there makes it.
    if not ((path is None or path.exists()) and await bot.database.is_current()):
        report.add("database", ok=False, detail="not migrated: run `python -m bot migrate`")
        return
    _database(bot.settings, path, report)
    async with bot.database.read() as connection:
        await _clock(connection, bot.settings, now, report)
        await _leases(connection, now, report)
        for name, platform in bot.platforms.items():
            if platform.route:  # what comes over Socket Mode bears no signature
                ok, words = await refusals.noted(connection, name, now, bot.settings.teams_named.client_id)
                report.add(f"{name} requests", ok=ok, detail=words or "none was refused")
        report.deliveries = {str(state): count for state, count in (await _deliveries.counts(connection)).items()}
        report.corrections = await _corrections(connection, report)
        await _rounds(connection, now, report)
        unknown = await _deliveries.in_state(connection, "unknown", limit=_LISTED)
    report.unknown += [_unknown(row) for row in unknown]
    listed = len(report.unknown)
    report.add(
        "unknown outcomes",
        ok=not listed,
        detail=f"{listed} deliveries may or may not have been posted" if listed else "none",
    )
    if bot.settings.scheduler == "cluster":
        await _queue(bot.timekeeper, report)


def _database(settings: Settings, path: Path | None, report: Report) -> None:
    remote = network_disks.remote_filesystem(path) if path else ""
    detail = f"{settings.database_kind}, migrated"
    if remote:
        detail += f", but on another machine's disk ({remote}), where two processes can't be kept apart"
    report.add("database", ok=not remote, detail=detail)
    if path:
        report.add("sqlite", ok=True, detail=sqlite_library.described())


async def _clock(connection: AsyncConnection, settings: Settings, now: datetime, report: Report) -> None:
    """Tell when a clock last planned, whatever process it was in, and whether something due waits for one."""
    counted = await _subscriptions.counts(connection)
    report.add("subscriptions", ok=True, detail=", ".join(f"{count} {state}" for state, count in counted.items()))
    note = (await _facts.every(connection)).get("tick")
    silent = now - note.at if note is not None and count_of(note) else None
    # Where nothing is on, nothing needs a clock yet.
    alive = counted["on"] == 0 or (silent is not None and silent <= _SILENT[settings.scheduler])
    detail = _last_tick(note, silent)
    report.add("clock", ok=alive, detail=detail if alive else f"{detail}: is `serve`, `clock` or `worker` running?")
    waiting = await _queued.due(connection, now, limit=1)
    due = await _subscriptions.next_due(connection)
    late = max(
        [now - moment for moment in (*(row.not_before for row in waiting), *([due] if due else ()))] or [timedelta(0)]
    )
    running = late < _STUCK
    words = "nothing waits" if late <= timedelta(0) else f"something waits for {late.total_seconds():.0f} s"
    report.add("due", ok=running, detail=words if running else f"{words}: is a clock running?")


def _last_tick(note: Fact | None, silent: timedelta | None) -> str:
    if note is None or silent is None:
        return "never ran"
    process = note.value.partition(" ")[2]
    return f"last ran {max(0.0, silent.total_seconds()):.0f} s ago, in {process}"


async def _leases(connection: AsyncConnection, now: datetime, report: Report) -> None:
    """Tell of rows that a process took and never gave back; the next tick makes them unknown."""
    overdue = await _queued.overdue_leases(connection, now - _STUCK)
    detail = f"{len(overdue)} leased and never recorded, for 15 min or more" if overdue else "none stuck"
    report.add("leases", ok=not overdue, detail=detail)


async def _queue(timekeeper: Timekeeper, report: Report) -> None:
    try:
        counts = await timekeeper.queue()
    except UnusableError:  # its tables are made by the first worker
        report.add("queue", ok=True, detail="no worker has run yet")
        return
    words = ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "empty"
    report.add("queue", ok=True, detail=words)


async def _rounds(connection: AsyncConnection, now: datetime, report: Report) -> None:
    """Count the rounds that people vote in; the next tick closes those whose time has come."""
    standing, late = await _voted_on.counted(connection, now - _STUCK)
    words = f"{standing} open"
    report.add("rounds", ok=not late, detail=f"{words}, {late} to be closed for 15 min or more" if late else words)


async def _corrections(connection: AsyncConnection, report: Report) -> dict[str, int]:
    """Count the corrections of posts; one that was refused is nothing to be put right."""
    by_state = await Corrections().counts(connection)
    counts = {
        "waiting": by_state["planned"] + by_state["sending"] + by_state["unknown"],
        "sent": by_state["sent"],
        "failed": by_state["failed"] + by_state["skipped"],
    }
    report.add("corrections", ok=True, detail=", ".join(f"{count} {how}" for how, count in counts.items()))
    return counts


def _unknown(row: Delivery) -> dict[str, str]:
    is_tip = row.subject.startswith("tip/")
    return {
        "workspace": row.workspace,
        "channel": row.conversation,
        "slot": row.slot,
        "tip": Subject.parse(row.subject).id if is_tip else f"{row.kind} {row.subject}".strip(),
    }
