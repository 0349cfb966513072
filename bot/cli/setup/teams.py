"""What is asked for Microsoft Teams: the registration, which is shown to Microsoft, and the bot's address."""

from collections.abc import Coroutine
from typing import Any, Final

from msgspec.structs import replace

from bot.cli import parts
from bot.cli.setup.answers import PUBLIC_URL, Answers
from bot.cli.setup.asking import Asker, Question
from bot.credentials import Tried
from bot.settings import registration
from bot.settings.checked import Settings
from bot.settings.reader import Secret
from bot.settings.values import client_secret_fault

NAMES: Final = (*registration.OURS, *registration.THEIRS.values())
_FIRST = """
Microsoft Teams. Make the registration, if there is none yet: `teams app create --name "PM Compare" --env .env`, which
needs no Azure and writes the three values itself; docs/teams.md has it, and Azure's way too."""


def ask(asker: Asker, answers: Answers, base: Settings) -> None:
    """Ask for the registration, by the names under which it is set already, and show it to Microsoft."""
    asker.say(_FIRST)
    questions = [_registered(name, answers) for name in registration.OURS]
    while True:
        given = [answers.ask(asker, question) for question in questions]
        if not all(given):
            asker.say("  The three belong together: without all of them Teams is not served.")
            break
        client_id, secret, tenant_id = given
        shown = replace(
            base,
            teams_client_id=client_id.lower(),
            teams_client_secret=Secret(secret),
            teams_tenant_id=tenant_id.lower(),
        )
        chosen = asker.tried(parts.run(_shown(shown)))
        if chosen == "keep":
            break
        for question in questions:
            answers.forget(question.name)
        if chosen == "skip":
            return
    answers.ask(asker, PUBLIC_URL)


def _registered(name: str, answers: Answers) -> Question:
    other = registration.THEIRS[name]
    named = other if other in answers.values and name not in answers.values else name
    match name:
        case "TEAMS_CLIENT_ID":
            return Question(named, "Application (client) id", lambda reader: reader.guid(named))
        case "TEAMS_TENANT_ID":
            return Question(named, "Directory (tenant) id", lambda reader: reader.guid(named))
        case _:
            return Question(
                named,
                "Client secret: its value, not its id",
                lambda reader: reader.secret(named, client_secret_fault),
                is_secret=True,
            )


def _shown(shown: Settings) -> Coroutine[Any, Any, Tried]:
    from bot.teams import credentials  # noqa: PLC0415 # its SDK is slow to import, and who skips Teams needs none

    return credentials.try_registration(shown)
