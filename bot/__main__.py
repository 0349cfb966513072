"""The command line: what each command is called, takes and prints; the work is done elsewhere."""

import gc

# About a sixth of the time that imports take goes to looking for garbage, and imports make none.
gc.disable()

import sys

from bot.cli import writing

# A tenth of the program, so that it is there in a tenth of the time.
if __name__ == "__main__" and writing.is_typed(sys.argv[1:]):
    writing.main(prog_name="python -m bot")

from bot.cli import serving

# What stays for months holds no more than it needs: without the rest it is 8 MB less.
if __name__ == "__main__" and sys.argv[1:2] and sys.argv[1] in serving.main.commands:
    gc.enable()
    serving.main(prog_name="python -m bot")

import json
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from bot import clock
from bot.cli import database, parts, teams_package, tips, tips_add
from bot.cli import doctor as diagnosing
from bot.cli import help as command_help
from bot.cli import playground as playing
from bot.cli import preview as previewing
from bot.cli import tick as ticking
from bot.slack import manifest as manifests
from content.library import FaultyContent

gc.enable()


@click.group(
    cls=parts.Group,
    context_settings=command_help.SETTINGS,
    examples=(
        "python -m bot playground        try it without an account",
        "python -m bot preview risks     see a card in the terminal",
        "python -m bot serve             run it",
    ),
)
def main() -> None:
    """PM Compare: how an AI PM's job differs from a traditional PM's, in Slack and Teams.

    Settings come from the environment and from .env; see .env.example.
    """


@main.command(examples=("python -m bot run", "PORT=3001 python -m bot run"))
@click.pass_context
def run(context: click.Context) -> None:
    """Do the main job: with credentials serve Slack and Teams, without any open the playground."""
    settings = parts.read_settings(warns=False)  # the command it chooses warns
    if settings.serves:
        context.invoke(serving.serve_command)
    else:
        context.invoke(playground)


@main.command(
    examples=(
        "*/5 * * * *  cd /srv/pm-compare && .venv/bin/python -m bot tick --time-limit 240",
        "0 * * * *    cd /srv/pm-compare && .venv/bin/python -m bot tick --time-limit 3000",
        "python -m bot tick --now 2026-11-30T09:00+01:00",
    )
)
@click.option(
    "--now", type=parts.Moment(), metavar="ISO", help="Start at this moment instead of now, and run on from there."
)
@click.option(
    "--time-limit", type=click.FloatRange(min=0), metavar="SECONDS", help="Post nothing more after so many seconds."
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def tick(now: datetime | None, time_limit: float | None, *, as_json: bool) -> None:
    """Post what is due and exit: for people with their own cron.

    It goes on, at the pace a workspace bears, until all that was due has been posted or settled in another way. While
    the platform refuses, that takes hours: a cron wants a --time-limit shorter than its interval, or ticks pile up.
    Exits with 0 when nothing failed, 2 when something failed or its outcome is unknown, 3 when something is left,
    which the next tick goes on with.
    """
    settings = parts.read_served_settings(needs_platform=True)
    counts = parts.run(ticking.tick(settings, clock.starting_at(now) if now else clock.real, time_limit))
    click.echo(json.dumps(counts) if as_json else ticking.sentence(counts))
    sys.exit(ticking.exit_code(counts))


@main.command(examples=("python -m bot playground", "python -m bot playground --fresh --port 3001"))
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the page instead of PORT (3000).")
@click.option("--fresh", is_flag=True, help="Forget what happened in the playground before.")
@click.option("--no-browser", is_flag=True, help="Print the address only.")
def playground(port: int | None = None, *, fresh: bool = False, no_browser: bool = False) -> None:
    """Try everything in a browser, with no account: an emulated Slack and Teams on this machine, and the real bot.

    What you do stays in .playground until --fresh.
    """
    settings = parts.read_settings()
    parts.run(playing.play(settings, port or settings.port, fresh=fresh, opens_browser=not no_browser))


@main.command(
    examples=(
        "python -m bot preview risks",
        "python -m bot preview risks sources --as text",
        "python -m bot preview tip way-out",
        "python -m bot preview risks --as slack | jq .blocks",
        "python -m bot preview risks --as teams > risks.json",
    )
)
@click.argument("words", nargs=-1)
@click.option(
    "--as", "form", type=click.Choice(["terminal", "text", "slack", "teams"]), default="terminal", show_default=True
)
def preview(words: tuple[str, ...], form: str) -> None:
    """Draw the answer to WORDS here, as /pm-compare would give it."""
    settings = parts.read_settings()
    try:
        previewing.preview(settings.content_path, " ".join(words), form, Console())
    except FaultyContent as error:
        raise click.ClickException(str(error)) from error


@main.command(examples=("python -m bot doctor", "python -m bot doctor --json | jq .unknown"))
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def doctor(*, as_json: bool) -> None:
    """Say how the bot is doing: settings, content, database, Slack's and Teams' tokens, the ledger.

    Exits with 0 when all is well, 1 otherwise.
    """
    try:
        report = parts.run(diagnosing.doctor(parts.read_settings(), clock.real))
    except parts.SettingsRefused as refused:
        report = diagnosing.refused(refused.error)
    click.echo(json.dumps(report, indent=2) if as_json else diagnosing.doctor_text(report))
    sys.exit(0 if report["ok"] else 1)


@main.command(
    examples=(
        "python -m bot manifest                                 Socket Mode: no public address needed",
        "python -m bot manifest --url https://bot.example.org   HTTP",
    )
)
@click.option("--url", help="Public https address of the bot: gives the HTTP form instead of Socket Mode.")
def manifest(url: str | None) -> None:
    """Print the Slack app's manifest, to paste at api.slack.com/apps."""
    try:
        click.echo(manifests.text(url))
    except ValueError as error:
        raise click.ClickException(str(error)) from error


@main.command(examples=("python -m bot backup /backups/bot-2026-11-30.db",))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Copy the database to FILE while the bot runs. FILE must not exist."""
    is_noted = parts.run(tips_add.backup(parts.read_served_settings(), file, clock.real))
    click.echo(f"The database is in {file}.")
    if not is_noted:
        click.echo(
            "It is of an older version: after restoring it, run `python -m bot restored --since` with this moment."
        )


@main.command(examples=("python -m bot migrate",))
def migrate() -> None:
    """Bring the database to this version's revision. Harmless to run twice."""
    is_changed = parts.run(tips_add.migrate(parts.read_served_settings()))
    click.echo("Migrated." if is_changed else "The database is up to date.")


main.add_command(tips.tips)
main.add_command(teams_package.teams_package)
for _command in (*serving.main.commands.values(), *writing.main.commands.values()):
    main.add_command(_command)
main.add_command(database.move)
main.add_command(database.restored)

if __name__ == "__main__":
    main(prog_name="python -m bot")
