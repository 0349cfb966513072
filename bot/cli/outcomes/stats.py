"""The command that counts what came of the bot's posts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bot.cli import commands, parts
from bot.cli.outcomes import cells, picture, reading
from bot.errors import OperatorError
from cards.compose import phrases
from cards.compose.counts import CALLED, FEWEST, GROUPS, MEASURES, PARTS, RESPONSES, Group, Line, Measure, Summary

_COLUMNS = ("topic", "subject", "title")
_NOTES = (
    f"Acts are counted, not people. Parts of fewer than {FEWEST}, and what would give those away, are left out (–).",
    "Posts, and levels opened in their threads, are counted for 400 days; the rest for as long as the bot is there.",
)


@commands.command(
    examples=(
        "python -m bot stats",
        "python -m bot stats --workspace T024BE7LD --channel C024BE91L",
        "python -m bot stats --csv > stats.csv",
        "python -m bot stats --json | jq .topics",
        "python -m bot stats --plot stats.svg",
    )
)
@click.option("--platform", type=reading.PLATFORMS, help="Only what was done there.")
@click.option("--workspace", help="Slack's team id, T…, or on Teams the tenant's id; or a link with it.")
@click.option("--channel", help="The channel's id, C… on Slack, 19:… on Teams, or its link.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a line for each tip, card and dilemma.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw it by topic, as SVG; - prints it.")
def stats(  # click hands over each option
    platform: str | None,
    workspace: str | None,
    channel: str | None,
    plot: Path | None,
    *,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Count what came of the tips: posts, levels opened, votes, recall, opinions, by topic.

    Of one channel, of a workspace, or of all. JSON has `since` (ISO 8601), `everything`, `topics` (each with its
    `subjects`), `tips_by_month` (UTC) and `told_to_writers`. A line's groups are posted, opened, voted, asked
    (recall questions) and opinions, each with its total; `parts` breaks one down, null where that is too little to
    be.
    """
    if sum((as_csv, as_json, plot is not None)) > 1:
        raise click.UsageError("Choose one of --csv, --json and --plot.")
    try:
        meant = reading.scope(platform, workspace, channel)
        counted = parts.run(reading.summary(parts.read_served_settings(), meant))
        if as_csv:
            click.echo(cells.table(*_lines(counted)), nl=False)
        elif as_json:
            click.echo(json.dumps(_json(counted), indent=2, ensure_ascii=False))
        elif plot is not None:
            reading.write(plot, picture.drawn(counted))
        else:
            _print(counted, Console())
    except OperatorError as error:
        raise click.ClickException(str(error)) from error


def _lines(counted: Summary) -> tuple[list[str], Iterator[list[str | int | None]]]:
    """Give the head and a row for each subject: each group's total, and its parts where they may be told."""
    numbers = [name for group in GROUPS for name in (group, *_inside(group))]
    return [*_COLUMNS, *numbers], (
        [topic.id or topic.name, subject.id, subject.name, *_numbers(subject)] for topic, subject in counted.subjects
    )


def _inside(group: Group) -> tuple[Measure, ...]:
    """Name a group's parts, where it has several."""
    return PARTS[group] if len(PARTS[group]) > 1 else ()


def _numbers(line: Line) -> Iterator[int | None]:
    for group in GROUPS:
        yield line.total(group)
        yield from map(line.part, _inside(group))


def _json(counted: Summary) -> dict[str, Any]:
    return {
        "since": counted.since.isoformat() if counted.since else None,
        "everything": _object(counted.everything),
        "topics": [
            {"topic": topic.id, "name": topic.name, **_object(topic)}
            | {"subjects": [{"subject": one.id, "title": one.name, **_object(one)} for one in topic.lines]}
            for topic in counted.topics
        ],
        "tips_by_month": dict(counted.months),
        "told_to_writers": [
            {"kind": one.kind, "total": one.total, "open": one.open, "closed": one.closed} for one in counted.reports
        ],
    }


def _object(line: Line) -> dict[str, Any]:
    totals: dict[str, Any] = {group: line.total(group) for group in GROUPS}
    return {**totals, "parts": {measure: line.part(measure) for measure in MEASURES}}


def _print(counted: Summary, console: Console) -> None:
    if counted.is_empty:
        console.print("Nothing to count yet. Turn weekly tips on with: python -m bot tips add --help")
        return
    since = f", since {phrases.date_words(counted.since.date().isoformat())}" if counted.since else ""
    short = {"posted": "posts", "opened": "levels opened", "voted": "votes", "asked": "recalls", "opinions": "opinions"}
    table = Table("topic", title=f"What came of the tips{since}", title_justify="left", show_footer=True)
    table.columns[0].footer = "everything"
    for group in GROUPS:
        table.add_column(short[group], justify="right", footer=str(counted.everything.total(group)))
    for topic in counted.topics:
        table.add_row(topic.name, *(str(topic.total(group)) for group in GROUPS))
    console.print(table)
    for group in ("posted", *RESPONSES):
        if len(PARTS[group]) > 1 and counted.everything.total(group):
            told = (counted.everything.part(part) for part in PARTS[group])
            words = (f"{CALLED[part].lower()} {_dash(n)}" for part, n in zip(PARTS[group], told, strict=True))
            console.print(f"{CALLED[group]}: {', '.join(words)}")
    if counted.reports:
        words = (f"{one.kind} {one.total} (open {_dash(one.open)})" for one in counted.reports)
        console.print(f"Told to the writers: {', '.join(words)}")
    for note in _NOTES:
        console.print(note, style="dim")


def _dash(count: int | None) -> str:
    return "–" if count is None else str(count)
