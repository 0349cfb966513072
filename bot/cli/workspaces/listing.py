"""The command that lists workspaces and tenants: line by line as they are read, so that many take no memory."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import click

from bot import app, clock
from bot.cli import commands, parts
from bot.cli.workspaces import standing
from bot.settings.checked import Settings
from store.workspaces import listing

_HEAD = ("platform", "id", "state", "tips", "paused", "off", "last post", "installed", "by", "organization", "name")
_ALIGNED = 200  # lines that are read before the first is printed, so that columns stand below each other


@commands.command(
    "list",
    examples=(
        "python -m bot workspaces list",
        "python -m bot workspaces list --json | jq '.[] | select(.state != \"served\") | .id'",
    ),
)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def list_(*, as_json: bool) -> None:
    """List every workspace and tenant that anything is kept of, and whether it is served.

    Tips are those that are on. JSON has an object for each: platform, id, name, organization, state (served, one token,
    in doubt, removed, not served) with why, installed_at, installer, removed_at, deleted_after, tips by state and
    last_post.
    """
    parts.run(_print(parts.read_served_settings(), clock.real(), as_json=as_json))


async def records(settings: Settings, now: datetime) -> AsyncIterator[dict[str, Any]]:
    """Give an object for each, as it is read."""
    async with app.database_up_to_date(settings) as database, database.read() as connection:
        async for kept in listing.every(connection):
            yield standing.record(kept, standing.of(kept, settings, now))


async def _print(settings: Settings, now: datetime, *, as_json: bool) -> None:
    if as_json:
        before = "["
        async for record in records(settings, now):
            click.echo(f"{before}\n  {json.dumps(record, ensure_ascii=False)}", nl=False)
            before = ","
        click.echo("[]" if before == "[" else "\n]")
        return
    waiting: list[tuple[str, ...]] = [_HEAD]
    widths: list[int] = []
    async for record in records(settings, now):
        if widths:
            click.echo(_line(_cells(record), widths))
            continue
        waiting.append(_cells(record))
        if len(waiting) > _ALIGNED:
            widths = _printed(waiting)
    if len(waiting) == 1:
        click.echo("Nothing is kept of any workspace yet.")
    elif not widths:
        _printed(waiting)


def _printed(lines: list[tuple[str, ...]]) -> list[int]:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        click.echo(_line(line, widths))
    return widths


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _cells(record: dict[str, Any]) -> tuple[str, ...]:
    tips = record["tips"]
    days = ((record[name] or "")[:10] for name in ("last_post", "installed_at"))
    last_post, installed = days
    since = f" {record['removed_at'][:10]}" if record["removed_at"] else ""
    counts = (str(tips["on"] + tips["starting"]), str(tips["paused"]), str(tips["off"]))
    last = (last_post, installed, record["installer"], record["organization"], record["name"])
    return (record["platform"], record["id"], f"{record['state']}{since}", *counts, *last)
