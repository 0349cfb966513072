"""The command that writes down everything that is kept of a workspace or tenant; docs/privacy.md has the shape."""

import json
import os
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from bot import app, clock
from bot.cli import commands, parts
from bot.cli.workspaces import named
from bot.cli.workspaces.named import Named
from bot.errors import OperatorError
from bot.settings.checked import Settings
from store.database.connection import AsyncConnection
from store.workspaces import belonging

FORMAT: Final = "pm-compare-workspace"
VERSION: Final = 1
_OURS_ALONE = 0o600


@commands.command(
    examples=(
        "python -m bot workspaces export T024BE7LD --out acme.jsonl",
        "python -m bot workspaces export T024BE7LD | jq -c 'select(.table == \"subscription\") | .row'",
    )
)
@named.options
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there, for you alone. It must not exist."
)
def export(id_: str, platform: str | None, out: Path | None) -> None:
    """Write down everything that is kept of a workspace or tenant, a line of JSON for each row.

    Never a token. The last line says how many rows there were: where it is missing, the export is not whole. Of an
    organization of Slack's it holds the workspaces that it serves, too.
    """
    settings = parts.read_served_settings()
    try:
        if out is None:
            parts.run(exported(settings, id_, platform, clock.real(), click.echo))
            return
        with _new_file(out) as write:
            count = parts.run(exported(settings, id_, platform, clock.real(), write))
    except OperatorError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{count} rows are in {out}. It holds what people did and wrote: keep it as you keep the database.")


async def exported(
    settings: Settings, typed: str, platform: str | None, now: datetime, write: Callable[[str], object]
) -> int:
    """Hand over line by line, without line ends, what is kept at one moment; gives how many rows that were."""
    async with app.database_up_to_date(settings) as database, database.read() as connection:
        meant = await named.find(connection, typed, platform)
        write(_line(await _head(connection, meant, now)))
        count = 0
        for workspace in meant.ids:
            async for table, row in belonging.rows(connection, meant.kept.platform, workspace):
                write(_line({"workspace": workspace, "table": table, "row": row}))
                count += 1
        write(_line({"end": count}))
    return count


async def _head(connection: AsyncConnection, meant: Named, now: datetime) -> dict[str, Any]:
    rows: Counter[str] = Counter()
    for workspace in meant.ids:
        rows.update(await belonging.counts(connection, meant.kept.platform, workspace))
    return {
        "format": FORMAT,
        "version": VERSION,
        "platform": meant.kept.platform,
        "workspace": meant.kept.id,
        "workspaces": list(meant.ids),
        "exported_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "rows": dict(rows),
    }


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False)


@contextmanager
def _new_file(path: Path) -> Any:  # noqa: ANN401 # of a context manager
    """Open a file that did not exist, which nobody else may read; what is not whole does not stay.

    Raises:
        OperatorError: it exists, or cannot be written.
    """
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OURS_ALONE)
    except FileExistsError:
        raise OperatorError(f"{path} exists already: an export never overwrites. Name another file.") from None
    except OSError as error:
        raise OperatorError(f"{path} could not be written: {error.strerror}.") from error
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
            yield lambda line: file.write(f"{line}\n")
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OperatorError(f"{path} could not be written: {error.strerror}.") from error
        raise
