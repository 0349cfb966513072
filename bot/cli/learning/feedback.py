"""The commands with which writers read what readers told them, and close it."""

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot import clock
from bot.cli import commands, parts
from bot.cli.learning import feedback_report, feedback_rows
from bot.cli.learning.feedback_rows import Wanted
from bot.cli.outcomes import cells
from bot.settings.checked import Settings
from content import library
from content.library import FaultyContent, Library
from store.learning_tables import FeedbackKind

_KINDS = click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(feedback_report.KINDS),
    help="Only of this kind; may be given several times.",
)


@click.group(
    cls=commands.Group,
    examples=(
        "python -m bot feedback list",
        "python -m bot feedback close 3f2a81c0 --fixed-in 4",
        "python -m bot feedback export --csv > feedback.csv",
    ),
)
def feedback() -> None:
    """Read what readers told the writers, and close it."""


@feedback.command(
    "list",
    examples=(
        "python -m bot feedback list",
        "python -m bot feedback list --kind wrong --kind outdated",
        "python -m bot feedback list --all --json | jq '.[].counts'",
    ),
)
@_KINDS
@click.option("--open/--all", "only_open", default=True, help="What is open (default), or what was closed too.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def list_(kinds: tuple[FeedbackKind, ...], *, only_open: bool, as_json: bool) -> None:
    """List what was told of each tip and card, what is wrong for longest first; then what was missing or suggested."""
    settings = parts.read_served_settings()
    rows = parts.run(feedback_rows.listed(settings, kinds, only_open=only_open))
    groups = feedback_report.grouped(_content(settings), rows)
    if as_json:
        click.echo(json.dumps([group.as_json() for group in groups], indent=2, ensure_ascii=False))
    else:
        feedback_report.print_list(groups, Console())


@feedback.command(examples=("python -m bot feedback show 3f2a81c0", "python -m bot feedback show 3f2a81c0 --json"))
@click.argument("id_", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(id_: str, *, as_json: bool) -> None:
    """Show all of what somebody told, by the beginning of its id."""
    settings = parts.read_served_settings()
    row = parts.run(feedback_rows.found(settings, id_))
    title, _ = feedback_report.standing(_content(settings), row.subject)
    if as_json:
        click.echo(json.dumps(feedback_report.record(row, title), indent=2, ensure_ascii=False))
        return
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
    for name, value in feedback_report.details(row, title):
        table.add_row(name, Text(value))
    Console().print(table)


@feedback.command(
    examples=(
        "python -m bot feedback close 3f2a81c0 9b07 --fixed-in 4",
        "python -m bot feedback close --subject tip/way-out --kind wrong --fixed-in 4",
        "python -m bot feedback close 3f2a81c0 --fixed-in 1 --see tip/way-out",
        "python -m bot feedback close 3f2a81c0 --wont-fix",
    )
)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--subject", default="", help="All that is open of a tip or card, such as tip/way-out, in place of ids.")
@_KINDS
@click.option(
    "--fixed-in", type=click.IntRange(min=1), metavar="VERSION", help="The version of the text that mends it."
)
@click.option("--wont-fix", is_flag=True, help="Close it though nothing was changed.")
@click.option(
    "--see", default="", metavar="SUBJECT", help="What answers now what was missing, or came of a suggestion."
)
def close(
    ids: tuple[str, ...],
    subject: str,
    kinds: tuple[FeedbackKind, ...],
    fixed_in: int | None,
    see: str,
    *,
    wont_fix: bool,
) -> None:
    """Close feedback, by ids or by what it is about; who wanted an answer is told once, by the bot that runs.

    What was said of the version that mends it, or of a later one, stays open.
    """
    if bool(ids) == bool(subject):
        raise click.UsageError("Give either ids or --subject; `python -m bot feedback list` shows both.")
    if kinds and ids:
        raise click.UsageError("--kind is about what --subject names.")
    if (fixed_in is not None) == wont_fix:
        raise click.UsageError("Give either --fixed-in VERSION or --wont-fix.")
    if see and wont_fix:
        raise click.UsageError("--see is what answers it now, which nothing does with --wont-fix.")
    settings = parts.read_served_settings()
    try:
        content = library.load(settings.content_path, kept=settings.content_cache)
    except FaultyContent as error:
        raise click.ClickException(str(error)) from error
    wanted = Wanted(ids, subject, kinds, fixed_in or 0, see)
    click.echo(parts.run(feedback_rows.close(settings, content, wanted, clock.real)).as_text())


@feedback.command(
    examples=(
        "python -m bot feedback export --csv > feedback.csv",
        "python -m bot feedback export --json --kind missing",
    )
)
@_KINDS
@click.option("--csv/--json", "as_csv", default=True, help="As CSV for a spreadsheet (default), or as JSON.")
def export(kinds: tuple[FeedbackKind, ...], *, as_csv: bool) -> None:
    """Print all that was told, open or closed, oldest first; without the people."""
    settings = parts.read_served_settings()
    rows = parts.run(feedback_rows.listed(settings, kinds, only_open=False))
    content = _content(settings)
    records: list[dict[str, Any]] = [
        feedback_report.record(row, feedback_report.standing(content, row.subject)[0]) for row in rows
    ]
    if as_csv:
        click.echo(
            cells.table(
                feedback_report.COLUMNS, [[each[name] for name in feedback_report.COLUMNS] for each in records]
            ),
            nl=False,
        )
    else:
        click.echo(json.dumps(records, indent=2, ensure_ascii=False))


def _content(settings: Settings) -> Library | None:
    """Give the content for titles and versions; what was told can be read without it."""
    try:
        return library.load(settings.content_path, kept=settings.content_cache)
    except FaultyContent:
        return None
