"""The command line: what each command is called, takes and prints; the work is done elsewhere."""

import asyncio
import json
import os
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console

from bot import examining, logs, operating, playing, previewing, serve, ticking, timing
from bot import manifest as manifests
from bot.settings import Settings, SettingsError
from content.library import FaultyContent
from scheduler.weekly import ScheduleError
from store.database import UnusableError

DOTENV: Final = Path(".env")
_KNOWN_FAULTS = (
    FaultyContent,
    UnusableError,
    ScheduleError,
    serve.AddressTakenError,
    timing.ShiftRefusedError,
    operating.OperatorError,
    playing.PlaygroundError,
)


class _Moment(click.ParamType[datetime]):
    """An ISO 8601 date and time; without a zone it is UTC."""

    name = "iso"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read `2026-11-30T09:00+01:00`."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a date and time; write it as 2026-11-30T09:00+01:00.", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _settings() -> Settings:
    try:
        settings = Settings.read(os.environ, DOTENV)
    except SettingsError as error:
        raise click.ClickException(f"{error}\nThe README and .env.example say what each one is for.") from error
    logs.configure(settings.log_level, settings.log_format, settings.secrets())
    for warning in settings.warnings:
        click.echo(f"Warning: {warning}", err=True)
    return settings


def _run(work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 # gives whatever the coroutine gives
    """Run a command's work; what is known to go wrong is said in words, exit code 1."""
    try:
        return asyncio.run(work)
    except _KNOWN_FAULTS as error:
        raise click.ClickException(str(error)) from error


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def main() -> None:
    r"""PM Compare: how an AI PM's job differs from a traditional PM's, in Slack.

    \b
    Try it without a Slack account:   python -m bot playground
    See a card in the terminal:       python -m bot preview risks
    Run it:                           python -m bot serve

    Settings come from the environment and from .env; see .env.example.
    """


@main.command()
@click.pass_context
def run(context: click.Context) -> None:
    """Do the main job: with credentials serve Slack, without any open the playground."""
    settings = _settings()
    if settings.slack_transport == "none":
        context.invoke(playground)
    else:
        context.invoke(serve_command)


@main.command("serve")
@click.option("--host", help="Address to listen on instead of HOST.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on instead of PORT.")
@click.option(
    "--clock-offset-file",
    type=click.Path(path_type=Path),
    help="Shift the clock by the seconds in this file. For the playground: refused against a real Slack.",
)
def serve_command(host: str | None = None, port: int | None = None, clock_offset_file: Path | None = None) -> None:
    """Serve Slack, and run the weekly clock beside it unless SCHEDULER=off.

    SIGTERM finishes what is in flight and stops; SIGHUP reads changed content.
    """
    settings = _settings().listening(host, port)
    if settings.slack_transport == "none":
        raise click.ClickException(
            "There are no credentials. Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN (README, “With Slack”), "
            "or try it without: python -m bot playground"
        )
    _run(serve.serve(settings, _clock(settings, clock_offset_file)))


def _clock(settings: Settings, offset_file: Path | None) -> timing.Clock:
    try:
        return timing.shifted(offset_file, settings.slack_api_url) if offset_file else timing.real
    except timing.ShiftRefusedError as error:
        raise click.ClickException(str(error)) from error


@main.command()
def clock() -> None:
    """Run the weekly clock alone, beside `serve` processes that have SCHEDULER=off."""
    settings = _settings()
    _run(serve.run_clock(settings, timing.real))


@main.command()
@click.option(
    "--now", type=_Moment(), metavar="ISO", help="Start at this moment instead of now, and run on from there."
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def tick(now: datetime | None, *, as_json: bool) -> None:
    r"""Post what is due and exit: for people with their own cron.

    \b
    */5 * * * *  cd /srv/pm-compare && .venv/bin/python -m bot tick
    python -m bot tick --now 2026-11-30T09:00+01:00

    Exits with 0 when nothing failed, 2 when something failed or its outcome is unknown.
    """
    settings = _settings()
    counts = _run(ticking.tick(settings, timing.starting_at(now) if now else timing.real))
    click.echo(json.dumps(counts) if as_json else ticking.sentence(counts))
    sys.exit(2 if counts["failed"] or counts["unknown"] else 0)


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the page instead of PORT (3000).")
@click.option("--fresh", is_flag=True, help="Forget what happened in the playground before.")
@click.option("--no-browser", is_flag=True, help="Print the address only.")
def playground(port: int | None = None, *, fresh: bool = False, no_browser: bool = False) -> None:
    """Try everything in a browser, with no Slack account: a pocket Slack on this machine, and the real bot.

    What you do stays in .playground until --fresh.
    """
    settings = _settings()
    _run(playing.play(port or settings.port, fresh=fresh, opens_browser=not no_browser))


@main.command()
@click.argument("words", nargs=-1)
@click.option("--as", "form", type=click.Choice(["terminal", "text", "slack"]), default="terminal", show_default=True)
def preview(words: tuple[str, ...], form: str) -> None:
    r"""Draw the answer to WORDS here, as /pm-compare would give it.

    \b
    python -m bot preview risks
    python -m bot preview risks sources --as text
    python -m bot preview tip way-out
    python -m bot preview risks --as slack | jq .blocks
    """
    settings = _settings()
    try:
        previewing.preview(settings.content_path, " ".join(words), form, Console())
    except FaultyContent as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the faults as JSON.")
def check(path: Path | None, *, as_json: bool) -> None:
    """Read the content at PATH (default: CONTENT_PATH) and name every fault as file:line: sentence.

    Exits with 0 when there is none, 1 otherwise.
    """
    report = examining.content(path or _settings().content_path, datetime.now(UTC).date())
    click.echo(report.as_json() if as_json else report.as_text())
    sys.exit(0 if report.ok else 1)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def doctor(*, as_json: bool) -> None:
    """Say how the bot is doing: settings, content, database, Slack's token and scopes, the ledger.

    Exits with 0 when all is well, 1 otherwise.
    """
    report = _run(examining.doctor(_settings(), timing.real))
    click.echo(json.dumps(report, indent=2) if as_json else examining.doctor_text(report))
    sys.exit(0 if report["ok"] else 1)


@main.command()
@click.option("--url", help="Public https address of the bot: gives the HTTP form instead of Socket Mode.")
def manifest(url: str | None) -> None:
    r"""Print the Slack app's manifest, to paste at api.slack.com/apps.

    \b
    python -m bot manifest                              Socket Mode: no public address needed
    python -m bot manifest --url https://bot.example.org
    """
    try:
        click.echo(manifests.text(url))
    except ValueError as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Copy the database to FILE while the bot runs. FILE must not exist."""
    _run(operating.backup(_settings(), file))
    click.echo(f"The database is in {file}.")


@main.command()
def migrate() -> None:
    """Bring the database to this version's revision. Harmless to run twice."""
    click.echo("Migrated." if _run(operating.migrate(_settings())) else "The database is up to date.")


@main.group()
def tips() -> None:
    """Set up and change channels' weekly tips from the command line."""


_WHERE = (
    click.option("--workspace", help="Slack's team id, T…"),
    click.option("--channel", help="Slack's channel id, C…"),
)


def _where(command: Any) -> Any:  # noqa: ANN401 # click decorates any callable
    for option in reversed(_WHERE):
        command = option(command)
    return command


@tips.command()
@_where
@click.option("--weekday", help="monday … sunday")
@click.option("--at", help="Local time, such as 09:00")
@click.option("--zone", help="Time zone, such as Europe/Paris")
@click.option(
    "--from", "source", type=click.File("r", encoding="utf-8"), help="A JSON list of objects with those keys."
)
@click.option("--introduce", is_flag=True, help="Post the introduction in each channel too.")
def add(**options: Any) -> None:  # noqa: ANN401 # click hands over each option by its name
    r"""Turn weekly tips on in a channel, or in many.

    \b
    python -m bot tips add --workspace T024BE7LD --channel C024BE91L --weekday monday --at 09:00 --zone Europe/Paris
    python -m bot tips add --from channels.json

    Where they are on already, day, time and zone are changed. Nothing is written when one entry is wrong.
    """
    source, introduce = options.pop("source"), options.pop("introduce")
    try:
        entries = operating.entries(options, source)
    except operating.OperatorError as error:
        raise click.ClickException(str(error)) from error
    count = _run(
        operating.add_tips(_settings(), entries, timing.real, introduce=introduce, console=Console(stderr=True))
    )
    click.echo(f"Weekly tips are on in {count} channel{'' if count == 1 else 's'}.")


@tips.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def list_(*, as_json: bool) -> None:
    """List every channel's weekly tips: where, when, state and next moment."""
    rows = _run(operating.list_tips(_settings()))
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    else:
        operating.print_tips(rows, Console())


def _steer(name: str, words: str, done: str) -> None:
    @tips.command(name, help=words)
    @_where
    def command(workspace: str | None, channel: str | None) -> None:
        _run(operating.steer_tips(_settings(), name, workspace or "", channel or "", timing.real))
        click.echo(f"{done} in {channel}.")


_steer("pause", "Pause a channel's weekly tips until they are resumed.", "Weekly tips are paused")
_steer("resume", "Resume a channel's paused weekly tips.", "Weekly tips are on")
_steer("remove", "Turn a channel's weekly tips off. What it has seen is kept.", "Weekly tips are off")


if __name__ == "__main__":
    main(prog_name="python -m bot")
