"""A built bot's sides with what is their own: a platform says only what every platform has."""

from bot.app import Bot
from bot.slack.many_workspaces import Installations
from bot.slack.one_workspace import Installation
from bot.slack.side import SlackSide
from bot.teams.side import TeamsSide


def slack_side(bot: Bot) -> SlackSide:
    """Give the Slack side of a bot that has one."""
    side = bot.platforms["slack"]
    assert isinstance(side, SlackSide)
    return side


def one_installation(bot: Bot) -> Installation:
    """Give the installation of a bot that serves one workspace by its token."""
    found = slack_side(bot).installation
    assert isinstance(found, Installation)
    return found


def all_installations(bot: Bot) -> Installations:
    """Give the installations of a bot that many workspaces install."""
    found = slack_side(bot).installation
    assert isinstance(found, Installations)
    return found


def teams_side(bot: Bot) -> TeamsSide:
    """Give the Teams side of a bot that has one."""
    side = bot.platforms["teams"]
    assert isinstance(side, TeamsSide)
    return side
