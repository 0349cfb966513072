"""What is asked for Slack, in the order in which its pages show it; each token is shown to Slack."""

from collections.abc import Coroutine
from typing import Any, Final

from bot.cli import parts
from bot.cli.setup.answers import PUBLIC_URL, Answers
from bot.cli.setup.asking import Asker, Question
from bot.credentials import Tried
from bot.settings.checked import Settings
from bot.settings.reader import Secret

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
NAMES: Final = tuple(question.name for question in (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET))
_FIRST = """
Slack. Make the app, if there is none yet: https://api.slack.com/apps > Create New App > From a manifest, and paste
manifest.json; or open the link that `python -m bot manifest --link` prints. Then Install App."""
_WAYS = ("socket", "http")


def ask(asker: Asker, answers: Answers, base: Settings) -> None:
    """Ask for what Slack needs, and show Slack each token."""
    asker.say(_FIRST)
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


def _ask_token(asker: Asker, answers: Answers, question: Question, base: Settings) -> None:
    while given := answers.ask(asker, question):
        chosen = asker.tried(parts.run(_shown(question, base, Secret(given))))
        if chosen == "keep":
            return
        answers.forget(question.name)
        if chosen == "skip":
            return


def _shown(question: Question, base: Settings, token: Secret) -> Coroutine[Any, Any, Tried]:
    from bot.slack import credentials  # noqa: PLC0415 # its SDK is slow to import, and who skips Slack needs none

    return (credentials.try_bot_token if question is BOT_TOKEN else credentials.try_app_token)(base, token)
