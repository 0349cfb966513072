"""The commands of writers, which need the content alone and start without the rest of the program."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from bot.cli import check, commands
from bot.cli.learning import told
from bot.settings.checked import Settings, SettingsError
from content import library, matching, wording
from content.authoring import adding, json_schema, scaffold
from content.library import FaultyContent
from content.reading import folder as reading
from content.reading import snapshot
from content.reading.fields import ID

_DOTENV: Final = Path(".env")
_SCHEMAS: Final = Path("content/schemas")


@commands.command(
    "check",
    examples=(
        "python -m bot check",
        "python -m bot check my-content",
        "python -m bot check --only risks",
        "python -m bot check --accept",
        "python -m bot check --questions tests/content/questions.yaml",
        "python -m bot check --questions tests/content/questions.yaml --misses",
        "python -m bot check --json",
    ),
)
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option(
    "--only", "dimension", metavar="DIMENSION", help="Name what concerns this dimension, and what belongs to all."
)
@click.option("--accept", "accepts", is_flag=True, help="Note the texts in versions.yaml as those of their versions.")
@click.option(
    "--questions",
    "asked",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Ask the questions of this file too, and say how many find their answer.",
)
@click.option(
    "--misses", is_flag=True, help="Say which of its questions find something else, of the half `seen` alone."
)
@click.option("--json", "as_json", is_flag=True, help="Print the faults as JSON.")
def check_command(
    path: Path | None, dimension: str | None, asked: Path | None, *, accepts: bool, misses: bool, as_json: bool
) -> None:
    """Read the content at PATH (default: CONTENT_PATH) and name every fault as file:line: sentence.

    Where the database at DATABASE_URL holds what readers call wrong or outdated, that is warned of.

    Exits with 0 when there is none, 1 otherwise.
    """
    (folder, kept), today = _folders(path), datetime.now(UTC).date()
    if accepts:
        try:
            noted = check.accept(folder, today, kept)
        except FaultyContent as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"Noted in versions.yaml: {noted} new, changed or gone", err=True)
    if misses and asked is None:
        raise click.UsageError("--misses is about the questions of a file: name it with --questions FILE")
    report = check.content(folder, today, asked, shows_misses=misses, said=told.read(_DOTENV), kept=kept)
    try:
        report = check.only(report, dimension) if dimension else report
    except check.UnknownDimensionError as error:
        raise click.ClickException(str(error)) from error
    click.echo(report.as_json() if as_json else report.as_text())
    sys.exit(0 if report.ok else 1)


@commands.command(
    examples=(
        "python -m bot new tip --dimension risks",
        "python -m bot new dilemma --dimension risks --id launch-with-known-gap",
    )
)
@click.argument("kind", type=click.Choice(tuple(scaffold.KINDS)))
@click.option("--dimension", required=True, help="The dimension it belongs to.")
@click.option("--id", "id_", default="", help="Its id: lower-case letters, digits and hyphens.")
@click.option("--path", type=click.Path(path_type=Path), help="The content's folder instead of CONTENT_PATH.")
def new(kind: str, dimension: str, id_: str, path: Path | None) -> None:
    """Begin a tip, dilemma, term or reference: an entry with everything to fill in, at the end of its file.

    What is wanted stands above each empty value; `check` names those that are still empty.
    """
    (folder, _), today = _folders(path), datetime.now(UTC).date()
    if id_ and not ID.fullmatch(id_):
        raise click.ClickException(f"{id_!r} cannot be an id: use lower-case letters, digits and hyphens.")
    taken = snapshot.snapshot(folder)
    known = [each for each in reading.dimension_ids(taken) if each]
    if not known:
        raise click.ClickException("\n".join(map(str, library.check(folder).faults)))
    if dimension not in known:
        near = matching.suggestion(dimension, known)
        raise click.ClickException(f"There is no dimension {dimension!r}{near}; there are {', '.join(known)}.")
    try:
        file, line = adding.add(taken, kind, dimension, id_, today)
    except adding.RefusedError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{wording.shown(str(file))}:{line}")


@commands.command(examples=("python -m bot schema", "python -m bot schema my-content/schemas"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=_SCHEMAS)
def schema(folder: Path) -> None:
    """Write the JSON Schemas of the content files into FOLDER (default: content/schemas), for editors."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in json_schema.FILES:
        (folder / f"{name}.json").write_text(json_schema.text(name), encoding="utf-8")
    click.echo(f"{wording.shown(str(folder))}: {', '.join(json_schema.FILES)}")


def _folders(named: Path | None) -> tuple[Path, Path | None]:
    """Give the content's folder, and that of what is kept of it; one that is named can be checked without settings."""
    try:
        settings = Settings.read(os.environ, _DOTENV)
    except SettingsError as error:
        if named is None:
            raise click.ClickException(str(error)) from error
        return named, None
    return named or settings.content_path, settings.content_cache
