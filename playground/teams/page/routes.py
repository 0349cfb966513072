"""Teams' side of the page."""

from functools import partial

from playground.shared.page.routes import Page
from playground.teams.page import state
from playground.teams.page.acts import PageActs
from playground.teams.platform import Platform
from playground.teams.values import Person


def page(platform: Platform, acts: PageActs) -> Page[Person]:
    """To be mounted beside Slack's, which has the page's files."""
    return Page("/page/teams/", platform, acts, partial(state.snapshot, platform, acts.drawer))
