"""The commands that run the bot, for months or for one tick: they load what serving takes, and no more."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click
from msgspec import structs

from bot import clock, heap
from bot.cli import commands, parts
from bot.clock import Clock
from bot.settings.checked import Settings, SettingsError

_LEFT = "left"  # what was due, and waits on at the end


@commands.command(examples=("python -m bot run", "PORT=3001 python -m bot run"))
@click.pass_context
def run(context: click.Context) -> None:
    """Do the main job: with credentials serve Slack and Teams, without any open the playground."""
    settings = parts.read_settings(warns=False)  # the command it chooses warns
    if settings.serves:
        context.invoke(serve_command)
    else:
        from bot.cli.playground import playground  # noqa: PLC0415 # who serves for months needs no emulators

        context.invoke(playground)


@commands.command("serve", examples=("python -m bot serve", "python -m bot serve --host 0.0.0.0 --port 8080"))
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
    with heap.growing():
        from bot import serve  # noqa: PLC0415 # slow, and no help needs it

    settings = parts.read_served_settings(needs_platform=True, dotenv=not as_child)
    try:
        settings = settings.listening(host, port)
    except SettingsError as error:
        raise parts.SettingsRefused(error) from error
    parts.run(serve.serve(settings, _clock(settings, clock_offset_file), stops_with_stdin=as_child))


def _clock(settings: Settings, offset_file: Path | None) -> Clock:
    try:
        return clock.shifted(offset_file, *settings.platform_addresses) if offset_file else clock.real
    except clock.ShiftRefusedError as error:
        raise click.ClickException(str(error)) from error


@commands.command("clock", examples=("SCHEDULER=off python -m bot serve", "python -m bot clock"))
def clock_command() -> None:
    """Run the weekly clock alone, beside `serve` processes on this machine that have SCHEDULER=off.

    With SCHEDULER=cluster it is a `worker`.
    """
    with heap.growing():
        from bot import serve  # noqa: PLC0415 # slow, and no help needs it

    settings = parts.read_served_settings(needs_platform=True)
    parts.refuse_shared_file(settings)
    parts.run(serve.run_clock(settings, clock.real))


@commands.command(examples=("DATABASE_URL=postgresql://bot@db.example/pm SCHEDULER=cluster python -m bot worker",))
def worker() -> None:
    """Plan and post tips beside other workers, on as many machines as you like; needs PostgreSQL.

    `serve` with SCHEDULER=cluster is a worker too. One that dies is replaced by the others within a minute.
    """
    with heap.growing():
        from bot import serve  # noqa: PLC0415 # slow, and no help needs it

    settings = parts.read_served_settings(needs_platform=True)
    if settings.database_kind == "sqlite":
        raise click.ClickException(
            "`worker` needs PostgreSQL, which many machines can share, and DATABASE_URL names an SQLite file. On one "
            "machine `serve` alone is enough, or `clock` beside it. To go over: python -m bot move --help"
        )
    parts.run(serve.run_clock(structs.replace(settings, scheduler="cluster"), clock.real))


@commands.command(
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
    with heap.growing():
        from bot import ticking  # noqa: PLC0415 # slow, and no help needs it

    settings = parts.read_served_settings(needs_platform=True)
    counts = parts.run(ticking.ticked(settings, clock.starting_at(now) if now else clock.real, time_limit))
    click.echo(json.dumps(counts) if as_json else _sentence(counts))
    sys.exit(_exit_code(counts))


def _sentence(counts: dict[str, int]) -> str:
    """Say what a tick did."""
    if not any(counts.values()):
        return "Nothing was due."
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) + "."


def _exit_code(counts: dict[str, int]) -> int:
    """Give 3 where something that was due is left, 2 where something failed or nobody knows, else 0."""
    if counts[_LEFT]:
        return 3
    return 2 if counts["failed"] or counts["unknown"] else 0
