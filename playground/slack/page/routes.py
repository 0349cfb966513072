"""Slack's side of the page."""

from collections.abc import Sequence
from functools import partial

from playground.shared.page import files
from playground.shared.page.routes import Page
from playground.slack.outbound import Outbound
from playground.slack.page import state
from playground.slack.page.acts import PageActs
from playground.slack.platform import Platform
from playground.slack.values import User


def page(platform: Platform, outbound: Outbound, acts: PageActs, platforms: Sequence[str]) -> Page[User]:
    """With the page's files, which show all `platforms`."""
    beside = files.routes(platforms, outbound)
    return Page("/page/", platform, acts, partial(state.snapshot, platform, acts.drawer), beside)
