"""Whoever waits for a change hears of each: pages that are open, and tests that wait for what people would see."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from playground.shared.clock import EmulatorClock
from playground.shared.world import World
from playground.slack.emulator import SlackEmulator
from playground.slack.oauth import worlds
from playground.teams.emulator import NORTHWIND, TeamsEmulator
from tests.playground.echo_bot import EchoBot
from tests.playground.shapes import CARD


@contextmanager
def heard(*every: World) -> Iterator[None]:
    """Each of the worlds announces what is done inside."""
    before = [world.version for world in every]
    yield
    assert all(world.version > version for world, version in zip(every, before, strict=True))


@pytest.mark.parametrize(
    "move", [lambda clock: clock.shift(3600), lambda clock: clock.move_to(clock.now() + 60), EmulatorClock.reset]
)
def test_every_page_hears_that_the_clock_was_moved(move: Callable[[EmulatorClock], None]) -> None:
    """They share one: whoever looks at another workspace, tenant or platform sees the time that it is."""
    clock = EmulatorClock()
    slack = SlackEmulator(clock=clock, teams=worlds.TEAMS)
    teams = TeamsEmulator(messaging_endpoint="", clock=clock, beside=(NORTHWIND,))
    every = [each.world for each in (*slack.workspaces.values(), *teams.tenants.values())]
    with heard(*every):
        move(clock)


async def test_what_somebody_chose_is_heard_in_their_other_window(slack: SlackEmulator, bot: EchoBot) -> None:
    """A menu of a message shows what was chosen, before the bot has answered, and where it answers with nothing."""
    alice = slack.user("alice")
    room = slack.channel("pm-learning", bot=True)
    bot.answers(CARD)
    card = (await slack.command(alice, room, "/pm-compare")).ephemeral
    assert card is not None
    bot.answers()
    with heard(slack.world):
        await slack.choose(alice, card, "pick", "1")


def test_slacks_furniture_is_heard_of(slack: SlackEmulator) -> None:
    """Direct messages that are new, what is refused in a channel, whether the token works, who somebody is."""
    alice, bob = slack.user("alice"), slack.user("bob")
    room = slack.channel("pm-learning", bot=True)
    with heard(slack.world):
        slack.dm(alice, bob)
    with heard(slack.world):
        slack.restrict(room)
    with heard(slack.world):
        slack.restrict(room, None)
    with heard(slack.world):
        slack.revoke_token()
    with heard(slack.world):
        slack.restore_token()
    with heard(slack.world):
        slack.describe(bob, is_restricted=True)


def test_whether_teams_takes_the_bots_secret_is_heard_of(teams: TeamsEmulator) -> None:
    """The drawer shows it; rosters show who somebody is."""
    with heard(teams.world):
        teams.expire_credentials()
    with heard(teams.world):
        teams.renew_credentials()
    with heard(teams.world):
        teams.describe(teams.person("Alice Martin"), userRole="guest")


async def test_who_comes_to_a_chat_without_the_app_is_heard_of(teams: TeamsEmulator) -> None:
    """The bot is told nothing there, and the page shows who is in it all the same."""
    alice, bob = teams.person("Alice Martin"), teams.person("Bob Okafor")
    group = teams.group("AI working group", members=[alice])
    with heard(teams.world):
        await teams.join(group, bob)
    with heard(teams.world):
        await teams.leave(group, bob)
