"""What every command shares: the settings it reads, and faults said in words."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from bot import clock, logs
from bot.cli import network_disks
from bot.errors import AddressTakenError, OperatorError, PlaygroundError
from bot.settings.checked import Settings, SettingsError

if sys.platform == "win32":  # uvloop does not exist there
    _new_loop: Callable[[], asyncio.AbstractEventLoop] | None = None
else:
    import uvloop

    _new_loop = uvloop.new_event_loop

DOTENV: Final = Path(".env")
_YEARS = range(2000, 2101)  # what a tip may be due in, and far from where a moment cannot be moved to another zone


class SettingsRefused(click.ClickException):
    """The settings are wrong; `error` names each fault."""

    def __init__(self, error: SettingsError) -> None:
        super().__init__(f"{error}\nThe README and .env.example say what each one is for.")
        self.error = error


class Moment(click.ParamType[datetime]):
    """An ISO 8601 date and time; without a zone it is UTC."""

    name = "iso"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read `2026-11-30T09:00+01:00`."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a date and time; write it as 2026-11-30T09:00+01:00.", param, ctx)
        if moment.year not in _YEARS:
            self.fail(f"{value!r} is not in the years {_YEARS.start} to {_YEARS.stop - 1}.", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_settings(*, dotenv: bool = True, warns: bool = True) -> Settings:
    """Read and check the settings, set the log up, and say what they warn of unless told not to.

    Raises:
        SettingsRefused: names everything that is missing or wrong.
    """
    try:
        settings = Settings.read(os.environ, DOTENV if dotenv else None)
    except SettingsError as error:
        raise SettingsRefused(error) from error
    logs.configure(settings.log_level, settings.log_format, settings.secrets())
    for warning in settings.warnings if warns else ():
        click.echo(f"Warning: {warning}", err=True)
    return settings


def read_served_settings(*, needs_platform: bool = False, dotenv: bool = True) -> Settings:
    """Read the settings of a command that works on the database.

    Raises:
        ClickException: as `read_settings`; no platform is set up where one is needed.
    """
    settings = read_settings(dotenv=dotenv)
    if needs_platform and not settings.serves:
        raise click.ClickException(
            "There are no credentials. `python -m bot setup` asks for them; by hand, set SLACK_BOT_TOKEN and "
            "SLACK_APP_TOKEN (README, “With Slack”), or the three TEAMS_… ones (docs/teams.md). Or try it without: "
            "python -m bot playground"
        )
    return settings


def refuse_shared_file(settings: Settings) -> None:
    """Refuse an SQLite file on another machine's disk, as far as can be told: its locks can't be relied on there.

    Raises:
        ClickException: says where the file is and what to use instead.
    """
    if settings.database_kind != "sqlite":
        return
    path = Path(settings.database_url.reveal().removeprefix("sqlite:///"))
    if kind := network_disks.remote_filesystem(path):
        raise click.ClickException(
            f"The database {path} is on another machine's disk ({kind}), where SQLite cannot keep two processes apart: "
            "put it on a disk of this machine, or use PostgreSQL (DATABASE_URL=postgresql://…, SCHEDULER=cluster)."
        )


def run(work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 # gives whatever the coroutine gives
    """Run a command's work; what is known to go wrong is said in words, exit code 1."""
    # Work has loaded them by now; to show a command's help they would be most of the wait.
    from content.library import FaultyContent  # noqa: PLC0415 # slow
    from scheduler.weekly import ScheduleError  # noqa: PLC0415 # slow
    from store.database.access import UnusableError  # noqa: PLC0415 # slow

    known = (FaultyContent, UnusableError, AddressTakenError, clock.ShiftRefusedError, OperatorError, PlaygroundError)
    try:
        with asyncio.Runner(loop_factory=_new_loop) as runner:
            return runner.run(work)
    except ScheduleError as error:  # a line for each fault
        raise click.ClickException("\n".join(error.faults.values())) from error
    except known as error:
        raise click.ClickException(str(error)) from error
