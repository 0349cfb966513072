"""The command line: which commands there are; what each is called, takes and prints stands in its own module."""

import gc
from collections.abc import Mapping

import click

from bot import VERSION
from bot.cli import commands

# Under a heading each: the module a command is in, and what its help begins with, so that none is loaded to list it.
_COMMANDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Try it": {
        "playground": (
            "playground",
            "Try everything in a browser, with no account: an emulated Slack and Teams here, and the real bot.",
        ),
        "preview": (
            "preview",
            "Draw the answer to WORDS here, as /pm-compare would give it.",
        ),
    },
    "Run it": {
        "run": (
            "serving",
            "Do the main job: with credentials serve Slack and Teams, without any open the playground.",
        ),
        "serve": (
            "serving",
            "Serve Slack and Teams, and run the weekly clock beside it unless SCHEDULER=off.",
        ),
        "clock": (
            "serving",
            "Run the weekly clock alone, beside `serve` processes on this machine that have SCHEDULER=off.",
        ),
        "worker": (
            "serving",
            "Plan and post tips beside other workers, on as many machines as you like; needs PostgreSQL.",
        ),
        "tick": (
            "serving",
            "Post what is due and exit: for people with their own cron.",
        ),
    },
    "Set it up": {
        "setup": (
            "setup.command",
            "Ask for the tokens of Slack or Teams, try each of them, and write .env.",
        ),
        "manifest": (
            "manifests",
            "Print the Slack app's manifest, to paste at api.slack.com/apps.",
        ),
        "teams-package": (
            "manifests",
            "Make the app package for Microsoft Teams: the file that an admin uploads.",
        ),
    },
    "Weekly tips, and what comes of them": {
        "tips": (
            "tips.group",
            "Set up and change weekly tips from the command line.",
        ),
        "stats": (
            "outcomes.stats",
            "Count what came of the tips: posts, levels opened, votes, recall, opinions, by topic.",
        ),
        "record": (
            "outcomes.record",
            "Export the AI-literacy record of a channel: what was posted, when, in which version, on which sources.",
        ),
        "feedback": (
            "learning.feedback",
            "Read what readers told the writers, and close it.",
        ),
        "corrections": (
            "corrections",
            "Plan corrections of the posts that show what was corrected since; a running bot does so by itself.",
        ),
    },
    "Write content": {
        "check": (
            "writing",
            "Read the content at PATH (default: CONTENT_PATH) and name every fault as file:line: sentence.",
        ),
        "new": (
            "writing",
            "Begin a tip, dilemma, term or reference: an entry with everything to fill in, at the end of its file.",
        ),
        "schema": (
            "writing",
            "Write the JSON Schemas of the content files into FOLDER (default: content/schemas), for editors.",
        ),
    },
    "Many workspaces": {
        "workspaces": (
            "workspaces.group",
            "See which workspaces and tenants there are, export what is kept of one, and delete it.",
        ),
        "rotate-keys": (
            "workspaces.rotate_keys",
            "Encrypt the stored tokens with the first key of TOKEN_ENCRYPTION_KEYS, so that the others can go.",
        ),
    },
    "Look after it": {
        "doctor": (
            "doctor",
            "Say how the bot is doing: settings, content, database, Slack's and Teams' tokens, the ledger.",
        ),
        "backup": (
            "database",
            "Copy the database to FILE while the bot runs. FILE must not exist.",
        ),
        "migrate": (
            "database",
            "Bring the database to this version's revision. Harmless to run twice.",
        ),
        "move": (
            "database",
            "Move everything from DATABASE_URL into another database, SQLite to PostgreSQL or back.",
        ),
        "restored": (
            "database",
            "Take up a database that was put back to an earlier state, so that nothing is posted twice.",
        ),
    },
}


@click.group(
    cls=commands.Group,
    commands=commands.Lazy(
        {name: f"bot.cli.{module}" for listed in _COMMANDS.values() for name, (module, _) in listed.items()}
    ),
    listed={heading: {name: says for name, (_, says) in listed.items()} for heading, listed in _COMMANDS.items()},
    context_settings=commands.SETTINGS,
    examples=(
        "python -m bot playground        try it without an account",
        "python -m bot preview risks     see a card in the terminal",
        "python -m bot setup             connect it to Slack or Teams",
        "python -m bot serve             run it",
    ),
)
@click.version_option(VERSION, prog_name="PM Compare", message="%(prog)s %(version)s")
def main() -> None:
    """PM Compare: how an AI PM's job differs from a traditional PM's, in Slack and Teams.

    Settings come from the environment and from .env; see .env.example.
    """
    if not gc.isenabled():  # since the end of this file; the command has been imported by now, and is there to stay
        gc.freeze()
        gc.enable()


if __name__ == "__main__":
    # About a sixth of the time that imports take goes to looking for garbage, and imports make none.
    gc.disable()
    main(prog_name="python -m bot")
