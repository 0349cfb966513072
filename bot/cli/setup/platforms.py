"""What each platform is asked for, in the order in which its pages show it, and how what was typed is tried."""

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.cli import parts
from bot.cli.setup.asking import Asker, Question
from bot.credentials import Tried
from bot.settings import registration
from bot.settings.checked import Settings
from bot.settings.reader import Secret
from bot.settings.values import client_secret_fault

BOT_TOKEN: Final = Question(
    "SLACK_BOT_TOKEN",
    "Bot token, xoxb-…, from OAuth & Permissions",
    lambda reader: reader.token("SLACK_BOT_TOKEN", "xoxb-"),
    is_secret=True,
)
APP_TOKEN: Final = Question(
    "SLACK_APP_TOKEN",
    "App-level token, xapp-…, with connections:write, from Basic Information",
    lambda reader: reader.token("SLACK_APP_TOKEN", "xapp-"),
    is_secret=True,
)
SIGNING_SECRET: Final = Question(
    "SLACK_SIGNING_SECRET",
    "Signing secret, from Basic Information",
    lambda reader: reader.signing_secret("SLACK_SIGNING_SECRET"),
    is_secret=True,
)
PUBLIC_URL: Final = Question(
    "PUBLIC_URL", "https address under which the bot is reached", lambda reader: reader.site("PUBLIC_URL")
)
_SLACK_FIRST = """
Slack. Make the app, if there is none yet: https://api.slack.com/apps > Create New App > From a manifest, and paste
manifest.json; or open the link that `python -m bot manifest --link` prints. Then Install App."""
_TEAMS_FIRST = """
Microsoft Teams. Make the registration, if there is none yet: `teams app create --name "PM Compare" --env .env`, which
needs no Azure and writes the three values itself; docs/teams.md has it, and Azure's way too."""
_WAYS = ("socket", "http")


@dataclass(slots=True)
class Answers:
    """What is set so far: `before` by .env and the environment, `values` with what was typed since."""

    before: Mapping[str, str]
    values: dict[str, str]

    def ask(self, asker: Asker, question: Question) -> str:
        """Ask for one setting and note it; gives its value, '' where there is none."""
        given = asker.setting(question, self.values.get(question.name, ""))
        if given:
            self.values[question.name] = given
        return given

    def forget(self, name: str) -> None:
        """Take back what was typed."""
        self.values.pop(name, None)
        if name in self.before:
            self.values[name] = self.before[name]


def ask_slack(asker: Asker, answers: Answers, base: Settings) -> None:
    """Ask for what Slack needs, and show Slack each token."""
    asker.say(_SLACK_FIRST)
    _ask_token(asker, answers, BOT_TOKEN, base)
    asker.say("\nOver Socket Mode no public address is needed; HTTP is for who has one.")
    usual = "http" if "SLACK_SIGNING_SECRET" in answers.values and "SLACK_APP_TOKEN" not in answers.values else "socket"
    if asker.choice("How does Slack reach the bot", _WAYS, usual) == "socket":
        _ask_token(asker, answers, APP_TOKEN, base)
        return
    if answers.ask(asker, SIGNING_SECRET):
        asker.say("  It is not shown to Slack: whether it is right shows with the first request, and `doctor` says so.")
    address = answers.ask(asker, PUBLIC_URL)
    asker.say(f"  The app's manifest for HTTP: python -m bot manifest --url {address or 'https://YOUR.HOST'}")


def ask_teams(asker: Asker, answers: Answers, base: Settings) -> None:
    """Ask for the registration, by the names under which it is set already, and show it to Microsoft."""
    asker.say(_TEAMS_FIRST)
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
        chosen = asker.tried(parts.run(_teams(shown)))
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


def _ask_token(asker: Asker, answers: Answers, question: Question, base: Settings) -> None:
    while given := answers.ask(asker, question):
        chosen = asker.tried(parts.run(_slack(question, base, Secret(given))))
        if chosen == "keep":
            return
        answers.forget(question.name)
        if chosen == "skip":
            return


def _slack(question: Question, base: Settings, token: Secret) -> Coroutine[Any, Any, Tried]:
    from bot.slack import credentials  # noqa: PLC0415 # its SDK is slow to import, and who skips Slack needs none

    return (credentials.try_bot_token if question is BOT_TOKEN else credentials.try_app_token)(base, token)


def _teams(shown: Settings) -> Coroutine[Any, Any, Tried]:
    from bot.teams import credentials  # noqa: PLC0415 # likewise

    return credentials.try_registration(shown)
