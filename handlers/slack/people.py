"""Look people up on Slack: what changing tips depends on, and who somebody is while a form waits to be opened."""

import asyncio

from handlers.tips.people import TipsPeople
from messengers.people import Person
from messengers.slack.messenger import SlackMessenger

# Seconds. Slack: a trigger_id lives 3 s, and the acknowledgement waits for this and for the form to open.
_TIMEOUT = 0.6


def of(messenger: SlackMessenger) -> TipsPeople:
    """Give Slack's people as changing tips asks for them."""
    return TipsPeople(
        lambda address, person: messenger.person(address.workspace, person),
        may_ask=messenger.sees_people,
        tells_admins=True,
    )


async def found_soon(messenger: SlackMessenger, workspace: str, person: str) -> Person | None:
    """Tell who somebody is, as far as Slack says so in time; None otherwise."""
    try:
        async with asyncio.timeout(_TIMEOUT):
            return await messenger.person(workspace, person)
    except TimeoutError:
        return None
