"""The command that exports the record of what a channel was taught."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bot import clock
from bot.cli import commands, parts
from bot.cli.outcomes import cells, page, reading
from bot.errors import OperatorError
from bot.settings.checked import Settings
from cards.compose import phrases
from cards.compose.counts import GROUPS, RESPONSES, Line
from cards.compose.learning.record import SHOWS_NOT, Record
from content import library
from handlers.outcomes import recording
from messengers.base import Address
from store.learning.outcomes import Scope

_HEAD = ("date", "what", "topic", "subject", "title", "version", "corrected", "sources", "source_list", "opened_below")
_BLANK = ("roles", "ai_systems")  # only the organization knows them


@commands.command(
    examples=(
        "python -m bot record --workspace T024BE7LD --channel C024BE91L",
        "python -m bot record --workspace T024BE7LD --channel C024BE91L --html record.html",
        "python -m bot record --workspace T024BE7LD --channel C024BE91L --from 2026-01-01 --csv record.csv",
    )
)
@click.option("--channel", required=True, help="The channel's id, C… on Slack, 19:… on Teams, or its link.")
@click.option("--workspace", help="Slack's team id, T…, or on Teams the tenant's id; or a link with it.")
@click.option("--platform", type=reading.PLATFORMS, help="Where it is; the workspace's id tells it too.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="The first day, such as 2026-01-01 (UTC).")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help="The last day, such as 2026-12-31 (UTC).")
@click.option("--csv", "as_csv", type=click.Path(dir_okay=False, path_type=Path), help="Write a table; - prints it.")
@click.option("--html", "as_html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page to print.")
def record(  # noqa: PLR0913 # click hands over each option by its name
    *,
    channel: str,
    workspace: str | None,
    platform: str | None,
    since: datetime | None,
    until: datetime | None,
    as_csv: Path | None,
    as_html: Path | None,
) -> None:
    """Export the AI-literacy record of a channel: what was posted, when, in which version, on which sources.

    Roles and AI systems are left blank: only the organization knows them. Not legal advice.
    """
    if since and until and since > until:
        raise click.UsageError("--from is after --to.")
    try:
        meant = reading.scope(platform, workspace, channel)
        kept = parts.run(_read(parts.read_served_settings(), meant, since, until))
        if as_csv is not None:
            reading.write(as_csv, cells.table((*_HEAD, *RESPONSES, *_BLANK), _rows(kept)))
        if as_html is not None:
            reading.write(as_html, page.drawn(kept, clock.real()))
        if as_csv is None and as_html is None:
            _print(kept, Console())
    except OperatorError as error:
        raise click.ClickException(str(error)) from error


async def _read(settings: Settings, meant: Scope, since: datetime | None, until: datetime | None) -> Record:
    content = library.load(settings.content_path, kept=settings.content_cache)
    address = Address(meant.platform, meant.workspace, meant.conversations[0])
    async with reading.reading(settings) as connection:
        return await recording.record(
            connection, content, address, since.date() if since else None, until.date() if until else None
        )


def _rows(kept: Record) -> list[list[str | int | None]]:
    """Give a row for each post; the counts of its subject are of all time, in whichever post it came."""
    counted: dict[str, Line] = {subject.id: subject for _, subject in kept.counts.subjects}
    return [
        [
            one.at.astimezone(UTC).date().isoformat(),
            one.what,
            one.topic,
            one.subject,
            one.title,
            one.version or None,
            one.corrected,
            len(one.sources),
            "; ".join(f"{title} <{url}>" for title, url in one.sources),
            one.below,
            *(counted[one.subject].total(group) for group in RESPONSES),
            *(None for _ in _BLANK),
        ]
        for one in kept.entries
    ]


def _print(kept: Record, console: Console) -> None:
    if not kept.entries:
        console.print("Nothing was posted there in that time.")
        return
    table = Table("date", "what", "topic", "title", "version", "sources", title="What was posted", title_justify="left")
    for one in kept.entries:
        day = one.at.astimezone(UTC).date().isoformat()
        table.add_row(day, one.what, one.topic, one.title, str(one.version or "–"), str(len(one.sources)))
    console.print(table)
    console.print(_sentence([(group, kept.counts.everything.total(group)) for group in GROUPS]))
    if kept.literacy:
        checked = phrases.month(kept.literacy.checked_on)
        console.print(
            f"{kept.literacy.sentence} Source: {kept.literacy.title}, {kept.literacy.url}, checked {checked}."
        )
    console.print(f"{SHOWS_NOT} Not legal advice.", style="dim")


def _sentence(counts: Sequence[tuple[str, int]]) -> str:
    return f"Of all time: {', '.join(f'{name} {count}' for name, count in counts)}."
