"""`python -m bot setup`: from nothing to a .env file that works, a question at a time."""

import os
import sys
from pathlib import Path

import click

import messengers.slack
import messengers.teams
from bot.cli import commands, parts
from bot.cli.setup import env_file, slack, teams
from bot.cli.setup.answers import PUBLIC_URL, Answers
from bot.cli.setup.asking import Asker
from bot.settings.checked import Settings, SettingsError
from bot.settings.reader import Reader

# By the name that each platform has everywhere: what its settings are called, and what asks for them.
_PLATFORMS = {messengers.slack.PLATFORM: slack, messengers.teams.PLATFORM: teams}
_ASKED = (*(name for platform in _PLATFORMS.values() for name in platform.NAMES), PUBLIC_URL.name)
_ALL = "both"
_BY_HAND = (
    "By hand: copy .env.example to .env, uncomment what README names under “With Slack” and “With Microsoft Teams”, "
    "and see with `python -m bot doctor` whether it is right."
)


@commands.command(
    examples=("python -m bot setup", "python -m bot setup --answers < answers.txt    the same answers, a line each")
)
@click.option("--answers", is_flag=True, help="Read the answers from standard input, which need be no terminal.")
def setup(*, answers: bool) -> None:
    """Ask for the tokens of Slack or Teams, try each of them, and write .env.

    Every question can be skipped with Enter, and nothing is written before the end. Tokens are not shown while they
    are typed, and are sent to nobody but the platform they are of.
    """
    terminal = sys.stdin.isatty()
    if not (terminal or answers):
        raise click.ClickException(f"There is no terminal to ask in. {_BY_HAND}")
    asker = Asker(hides=terminal)
    reader = Reader(os.environ, parts.DOTENV)
    before = {name: value for name in _ASKED if (value := reader.raw(name))}
    asked = Answers(before, dict(before))
    base = _base(reader)
    asker.say("Enter keeps what is set, or skips what is not. Nothing is written before the end; Ctrl-C stops.")
    chosen = asker.choice("Connect to", (*_PLATFORMS, _ALL), _usual(before))
    for name, platform in _PLATFORMS.items():
        if chosen in {name, _ALL}:
            platform.ask(asker, asked, base)
    _finish(asker, parts.DOTENV, asked)


def _base(reader: Reader) -> Settings:
    """Read all that is not asked for here: through which proxy and at which addresses the platforms are reached.

    Raises:
        SettingsRefused: what else is set is wrong, and has to be mended by hand first.
    """
    rest = {name: value for name, value in (reader.from_file | dict(reader.environ)).items() if name not in _ASKED}
    if reader.faults:  # .env itself cannot be read
        raise parts.SettingsRefused(SettingsError(tuple(reader.faults), ()))
    try:
        return Settings.read(rest, None)
    except SettingsError as error:
        raise parts.SettingsRefused(error) from error


def _usual(before: dict[str, str]) -> str:
    """Choose the one that is set up already; the first where none is."""
    there = [name for name, platform in _PLATFORMS.items() if any(each in before for each in platform.NAMES)]
    return _ALL if len(there) > 1 else next(iter((*there, *_PLATFORMS)))


def _finish(asker: Asker, path: Path, asked: Answers) -> None:
    """Write what is new, where the person agrees, and say what is left and what comes next."""
    news = {name: value for name, value in asked.values.items() if asked.before.get(name) != value}
    asker.say()
    if not news:
        asker.say(f"Nothing is new, so {path} stays as it is.")
    elif not _written(asker, path, news):
        asker.say(f"Nothing was written. {_BY_HAND}")
        return
    for name in sorted(name for name in news if os.environ.get(name, "").strip()):
        asker.say(f"{name} is set in the environment too, which wins over {path}: unset it there.")
    try:
        settings = Settings.read(os.environ, path)
    except SettingsError as error:
        asker.say("Still to do:")
        for fault in error.faults:
            asker.say(f"- {fault}")
        return
    for line in _next(settings):
        asker.say(line)


def _written(asker: Asker, path: Path, news: dict[str, str]) -> bool:
    """Write the file; one that is there already only after asking.

    Raises:
        ClickException: it cannot be written.
    """
    names = ", ".join(news)
    there = path.exists()
    if there and not asker.confirmed(f"Put {names} into {path}, and keep its other lines?", default=True):
        return False
    text = path.read_text(encoding="utf-8-sig") if there else ""
    try:
        env_file.write(path, env_file.changed(text, news))
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}. {_BY_HAND}") from error
    asker.say(f"{path} has {names} now, and only you can read it.")
    return True


def _next(settings: Settings) -> list[str]:
    """Say what comes next."""
    if not settings.serves:
        return ["No platform is set up yet: start this again when you have its tokens, or try it without: make run"]
    lines = ["Next: make run"]
    if settings.slack_transport != "none":
        lines.append("Then, in Slack, type /pm-compare; in a channel, first /invite @PM Compare.")
    if settings.serves_teams:
        lines.append("For Teams: .venv/bin/python -m bot teams-package, and upload the file it makes (docs/teams.md).")
    return lines
