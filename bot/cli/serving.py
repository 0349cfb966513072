"""The commands that stay: they load what serving takes, and leave out what the others print with."""

import dataclasses
from pathlib import Path

import click

from bot import clock as timing
from bot import serve
from bot.cli import help as command_help
from bot.cli import parts
from bot.settings.checked import Settings, SettingsError


@click.group(cls=command_help.Group, context_settings=command_help.SETTINGS)
def main() -> None:
    """Serve, and keep time."""


@main.command("serve", examples=("python -m bot serve", "python -m bot serve --host 0.0.0.0 --port 8080"))
@click.option("--host", help="Address to listen on instead of HOST.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on instead of PORT.")
@click.option(
    "--clock-offset-file",
    type=click.Path(path_type=Path),
    help="Shift the clock by the seconds in this file. For the playground: refused against a real Slack or Teams.",
)
@click.option(
    "--as-child",
    is_flag=True,
    hidden=True,
    help="For the playground: stop when standard input ends, and leave .env unread.",
)
def serve_command(
    host: str | None = None,
    port: int | None = None,
    clock_offset_file: Path | None = None,
    *,
    as_child: bool = False,
) -> None:
    """Serve Slack and Teams, and run the weekly clock beside it unless SCHEDULER=off.

    SIGTERM finishes what is in flight and stops; SIGHUP reads changed content.
    """
    settings = parts.read_served_settings(needs_platform=True, dotenv=not as_child)
    try:
        settings = settings.listening(host, port)
    except SettingsError as error:
        raise parts.SettingsRefused(error) from error
    parts.run(serve.serve(settings, _clock(settings, clock_offset_file), stops_with_stdin=as_child))


def _clock(settings: Settings, offset_file: Path | None) -> timing.Clock:
    try:
        return timing.shifted(offset_file, *settings.platform_addresses) if offset_file else timing.real
    except timing.ShiftRefusedError as error:
        raise click.ClickException(str(error)) from error


@main.command(examples=("SCHEDULER=off python -m bot serve", "python -m bot clock"))
def clock() -> None:
    """Run the weekly clock alone, beside `serve` processes on this machine that have SCHEDULER=off.

    With SCHEDULER=cluster it is a `worker`.
    """
    settings = parts.read_served_settings(needs_platform=True)
    parts.refuse_shared_file(settings)
    parts.run(serve.run_clock(settings, timing.real))


@main.command(examples=("DATABASE_URL=postgresql://bot@db.example/pm SCHEDULER=cluster python -m bot worker",))
def worker() -> None:
    """Plan and post tips beside other workers, on as many machines as you like; needs PostgreSQL.

    `serve` with SCHEDULER=cluster is a worker too. One that dies is replaced by the others within a minute.
    """
    settings = parts.read_served_settings(needs_platform=True)
    if settings.database_kind == "sqlite":
        raise click.ClickException(
            "`worker` needs PostgreSQL, which many machines can share, and DATABASE_URL names an SQLite file. On one "
            "machine `serve` alone is enough, or `clock` beside it. To go over: python -m bot move --help"
        )
    parts.run(serve.run_clock(dataclasses.replace(settings, scheduler="cluster"), timing.real))
