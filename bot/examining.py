"""Examine the content for a writer, and the whole installation for an operator."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot import app, drawing, slack_fault
from bot.app import Bot
from bot.settings import Settings, SettingsError
from bot.timing import Clock
from cards.model import Subject
from content.library import FaultyContent
from content.model import Fault
from store.database import Database, UnusableError
from store.deliveries import Deliveries
from store.subscriptions import Subscriptions

REQUIRED_SCOPES = ("commands", "chat:write", "reactions:read", "app_mentions:read")
_STUCK_SECONDS = 15 * 60  # a planned delivery that nobody leases for so long: no clock is running


@dataclass(frozen=True, slots=True)
class ContentReport:
    """What a writer should know of the content: what must be mended, and what should be looked at."""

    path: Path
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Say whether the bot would take this content."""
        return not self.faults

    def as_json(self) -> str:
        """Write it for a script."""
        lists = {"faults": self.faults, "warnings": self.warnings}
        return json.dumps(
            {"ok": self.ok, **{name: [asdict(one) for one in found] for name, found in lists.items()}}, indent=2
        )

    def as_text(self) -> str:
        """Write it for a person: a line a fault, which editors can jump to."""
        lines = [*map(str, self.faults), *(f"{warning} (warning)" for warning in self.warnings)]
        count = len(self.faults)
        closing = f"{self.path}: " + (f"{count} fault{'' if count == 1 else 's'}" if count else "no faults")
        return "\n".join([*lines, closing])


def content(path: Path, today: date) -> ContentReport:
    """Read the content at `path`, draw its cards, and report every fault."""
    try:
        return ContentReport(path, (), drawing.load(path, today).warnings)
    except FaultyContent as error:
        return ContentReport(path, error.faults, error.warnings)


def refused(error: SettingsError) -> dict[str, Any]:
    """Report as `doctor` does on settings that nothing can be examined with."""
    report = _Report()
    for sentence in error.faults:
        report.add("settings", ok=False, detail=sentence)
    return report.as_dict()


async def doctor(settings: Settings, clock: Clock) -> dict[str, Any]:
    """Examine the installation.

    Gives `{"ok", "checks": [{"name", "ok", "detail"}], "deliveries": {state: count}, "unknown": [{"workspace",
    "channel", "slot", "tip"}]}`; nothing is posted, and the database is left as it is.
    """
    report = _Report()
    for sentence in settings.not_yet:
        report.add("settings", ok=False, detail=sentence)
    if settings.not_yet:
        return report.as_dict()
    try:
        async with app.build(settings, clock, opened=_as_it_is) as bot:
            read = bot.shelf.library
            report.add("content", ok=True, detail=f"{len(read.dimensions)} dimensions, {len(read.tips)} tips")
            await report.watch("database", _ledger(bot, clock, report))
            if settings.slack_transport == "none":
                report.add("slack", ok=False, detail="no credentials: set SLACK_BOT_TOKEN and SLACK_APP_TOKEN")
            else:
                await _slack(bot, report)
    except FaultyContent as error:
        report.add("content", ok=False, detail=f"{len(error.faults)} faults: run `python -m bot check`")
    except UnusableError as error:
        report.add("database", ok=False, detail=str(error))
    return report.as_dict()


def doctor_text(report: dict[str, Any]) -> str:
    """Write the operator's report for a person."""
    lines = [f"{'ok  ' if check['ok'] else 'FAIL'}  {check['name']}: {check['detail']}" for check in report["checks"]]
    lines.append("deliveries: " + ", ".join(f"{count} {state}" for state, count in report["deliveries"].items()))
    lines += [
        f"unknown: {row['tip']} for {row['channel']} in {row['workspace']}, {row['slot']}: look there; if it is not, "
        "press Send it now on /pm-compare doctor"
        for row in report["unknown"]
    ]
    return "\n".join(lines)


class _Report:
    def __init__(self) -> None:
        self.checks: list[dict[str, Any]] = []
        self.deliveries: dict[str, int] = dict.fromkeys(
            ("planned", "sending", "sent", "failed", "skipped", "unknown"), 0
        )
        self.unknown: list[dict[str, str]] = []

    def add(self, name: str, *, ok: bool, detail: str) -> None:
        self.checks.append({"name": name, "ok": ok, "detail": detail})

    async def watch(self, name: str, work: Awaitable[None]) -> None:
        try:
            await work
        except (UnusableError, OSError) as error:
            self.add(name, ok=False, detail=str(error))

    def as_dict(self) -> dict[str, Any]:
        return {
            "ok": all(check["ok"] for check in self.checks),
            "checks": self.checks,
            "deliveries": self.deliveries,
            "unknown": self.unknown,
        }


async def _as_it_is(settings: Settings) -> Database:
    return Database(settings.database_url.reveal())


async def _ledger(bot: Bot, clock: Clock, report: _Report) -> None:
    # The file first: asking SQLite about one that is not there makes it.
    if not (bot.database.path.exists() and await bot.database.is_current()):
        report.add("database", ok=False, detail="not migrated: run `python -m bot migrate`")
        return
    now = clock()
    async with bot.database.read() as connection:
        deliveries = Deliveries()
        report.deliveries = {str(state): count for state, count in (await deliveries.counts(connection)).items()}
        unknown = await deliveries.in_state(connection, "unknown", limit=1_000_000)
        waiting = await deliveries.due(connection, now, limit=1)
        counted = await Subscriptions().counts(connection)
        due = await Subscriptions().next_due(connection)
    report.add("database", ok=True, detail=f"{bot.settings.database_kind}, migrated")
    report.add("subscriptions", ok=True, detail=", ".join(f"{count} {state}" for state, count in counted.items()))
    late = max(((now - row.not_before).total_seconds() for row in waiting), default=0.0)
    late = max(late, (now - due).total_seconds() if due else 0.0)
    running = late < _STUCK_SECONDS
    detail = (
        "nothing waits"
        if late <= 0
        else f"something waits for {late:.0f} s" + ("" if running else ": is a clock running?")
    )
    report.add("clock", ok=running, detail=detail)
    report.unknown += [
        {
            "workspace": row.workspace,
            "channel": row.conversation,
            "slot": row.slot,
            "tip": Subject.parse(row.subject).id
            if row.subject.startswith("tip/")
            else f"{row.kind} {row.subject}".strip(),
        }
        for row in unknown
    ]
    listed = len(report.unknown)
    report.add(
        "unknown outcomes",
        ok=not listed,
        detail=f"{listed} deliveries may or may not have been posted" if listed else "none",
    )


async def _slack(bot: Bot, report: _Report) -> None:
    check: Callable[..., None] = report.add
    try:
        identity = await bot.messenger.identity("")
    except slack_fault.FAULTS as error:
        check("slack", ok=False, detail=slack_fault.words(error, "the token"))
        return
    check("slack", ok=True, detail=f"workspace {identity.workspace}, bot user {identity.bot_user}")
    missing = [scope for scope in REQUIRED_SCOPES if scope not in identity.scopes]
    if identity.scopes:
        granted = ", ".join(identity.scopes)
        check("scopes", ok=not missing, detail=f"missing {', '.join(missing)}" if missing else f"granted {granted}")
