"""The command that shows what is kept of one workspace or tenant."""

import json
from collections import Counter
from datetime import datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot import app, clock
from bot.cli import commands, parts, tips_add
from bot.cli.workspaces import named, standing
from bot.errors import OperatorError
from bot.settings.checked import Settings
from store import installations
from store.subscriptions import Subscriptions
from store.workspaces import belonging
from store.workspaces.listing import Kept

_subscriptions = Subscriptions()


@commands.command(
    examples=("python -m bot workspaces show T024BE7LD", "python -m bot workspaces show T024BE7LD --json | jq .rows")
)
@named.options
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(id_: str, platform: str | None, *, as_json: bool) -> None:
    """Show what is kept of a workspace or tenant: rows, weekly tips, who installed it. Never a token.

    JSON has what `list` has, with scopes, expires_at, served_by, workspaces (that an organization serves), rows by
    table, and channels as `tips list` has them.
    """
    try:
        report = parts.run(shown(parts.read_served_settings(), id_, platform, clock.real()))
    except OperatorError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        _print(report, tips_add.console())


async def shown(settings: Settings, typed: str, platform: str | None, now: datetime) -> dict[str, Any]:
    """Give what `--json` prints."""
    rows: Counter[str] = Counter()
    channels: list[dict[str, Any]] = []
    async with app.database_up_to_date(settings) as database, database.read() as connection:
        meant = await named.find(connection, typed, platform)
        kept = meant.kept
        for workspace in meant.ids:
            rows.update(await belonging.counts(connection, kept.platform, workspace))
            standing_there = await _subscriptions.every(connection, kept.platform, workspace)
            channels += [tips_add.row(one) for one in standing_there]
        installed = kept.installation
        stored = await installations.of_place(connection, installed.place) if installed else None
    how = standing.of(kept, settings, now)
    if how.state == "served" and stored and (fault := _sealed(settings, stored.token, stored.place)):
        how = standing.Standing("not served", fault)
    return {
        **standing.record(kept, how),
        "scopes": sorted(installed.scopes.split(",")) if installed and installed.scopes else [],
        "expires_at": standing.iso(installed.expires_at if installed else None),
        "served_by": _served_by(kept),
        "workspaces": list(meant.served),
        "rows": dict(rows),
        "channels": channels,
    }


def _served_by(kept: Kept) -> str:
    installed = kept.installation
    return installed.place if installed and installed.removed_at is None and installed.place != kept.id else ""


def _sealed(settings: Settings, token: str, place: str) -> str:
    """Say in words that no key opens a token, '' where one does."""
    # The library for it is for those who have tokens.
    from messengers.slack.sealing import SealedError, Seals  # noqa: PLC0415 # slow

    if not settings.token_encryption_keys:
        return "TOKEN_ENCRYPTION_KEYS is not set, and the token is encrypted"
    try:
        Seals([key.reveal() for key in settings.token_encryption_keys]).open(token, place)
    except SealedError as error:
        return str(error)
    return ""


def _print(report: dict[str, Any], console: Console) -> None:
    facts = Table.grid(padding=(0, 2))
    tips, rows = Counter(each["state"] for each in report["channels"]), report["rows"]
    for name, value in report.items():
        if name not in {"tips", "rows", "channels"} and value not in (None, "", []):
            facts.add_row(name.replace("_", " "), Text(", ".join(value) if isinstance(value, list) else str(value)))
    facts.add_row("tips", ", ".join(f"{count} {state}" for state, count in tips.items()) or "none")
    facts.add_row("rows", ", ".join(f"{count} {table}" for table, count in rows.items()))
    console.print(facts)
    console.print()
    tips_add.print_tips(report["channels"], console)
