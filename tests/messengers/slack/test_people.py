"""What users.info says of a person, asked seldom and never waited for long."""

from slack_sdk.web.async_client import AsyncWebClient

from messengers.people import Person
from messengers.slack.people import People
from playground.shared.trouble import Trouble
from tests.messengers.conftest import Opened


async def test_admins_and_people_who_left_are_told_apart(opened: Opened) -> None:
    """With users:read."""
    async with opened("users:read") as here:
        team = here.slack.team
        alice, bob = here.slack.user("alice", tz="Europe/Paris", admin=True), here.slack.user("bob", tz="UTC")
        here.slack.deactivate(bob)
        assert await here.messenger.person(team, alice.id) == Person(is_admin=True, is_gone=False, zone="Europe/Paris")
        found = await here.messenger.person(team, bob.id)
        assert found is not None
        assert (found.is_admin, found.is_gone) == (False, True)
        assert await here.messenger.person(team, "U404") is None


async def test_answers_are_kept_for_five_minutes(opened: Opened) -> None:
    """A crowd of clicks asks once; an admin made now is one five minutes later."""
    async with opened("users:read") as here:
        alice = here.slack.user("alice")
        for _ in range(3):
            await here.messenger.person(here.slack.team, alice.id)
        assert here.calls()["users.info"] == 1
        here.slack.make_admin(alice)
        here.now += 301
        found = await here.messenger.person(here.slack.team, alice.id)
        assert found is not None
        assert found.is_admin


async def test_without_the_scope_nothing_is_known(opened: Opened) -> None:
    """It is found out by asking, once in five minutes for everybody."""
    async with opened() as here:
        people = [here.slack.user(name).id for name in ("alice", "bob")]
        assert [await here.messenger.person(here.slack.team, person) for person in people] == [None, None]
        assert here.calls()["users.info"] == 1


async def test_a_slow_or_broken_answer_is_none(opened: Opened) -> None:
    """Whoever clicked gets an answer that can do without."""
    async with opened("users:read") as here:
        alice = here.slack.user("alice")
        here.slack.trouble.append(Trouble("users.info", "stall_before"))
        assert await here.messenger.person(here.slack.team, alice.id) is None
        here.slack.trouble.append(Trouble("users.info", "garbage_after"))
        assert await here.messenger.person(here.slack.team, alice.id) is None
        assert await here.messenger.person(here.slack.team, alice.id) is not None


async def test_not_everybody_is_remembered(opened: Opened) -> None:
    """The oldest are forgotten, and asked for again."""
    async with opened("users:read") as here:

        async def client_of(_: str) -> AsyncWebClient:
            return AsyncWebClient(here.slack.bot_token, here.slack.api_url)

        people = People(client_of, lambda: here.now, most=2)
        ids = [here.slack.user(name).id for name in ("alice", "bob", "carol")]
        for person in (*ids, ids[2], ids[0]):
            assert await people.find(here.slack.team, person) is not None
        assert here.calls()["users.info"] == 4
