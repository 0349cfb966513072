"""Two tenants in which everything has the same ids: what happens in one is nothing to the other."""

from typing import Any

from cards.compose.tips import notices
from cards.model import ME, Action
from store.conversations import Conversation, Conversations
from store.subscriptions import Subscription, Subscriptions
from tests.handlers.teams import activities
from tests.handlers.teams.activities import ALICE, ALONE, BOB, GROUP, ROOM, TENANT, Activity, Person, Place
from tests.handlers.teams.hearing import MONDAY, Hearing, card_of
from tests.handlers.teams.test_tips import field, turn_on

OTHER = "5e5e5e5e-0000-4000-8000-0000000000ff"
AMERICA = "https://smba.trafficmanager.net/amer/"
LATER = MONDAY.replace(hour=12)


def there(activity: Activity) -> Activity:
    """Make an activity happen in the other tenant, which Microsoft serves from another region."""
    return activity | {
        "serviceUrl": AMERICA,
        "conversation": activity["conversation"] | {"tenantId": OTHER},
        "channelData": activity["channelData"] | {"tenant": {"id": OTHER}},
    }


class There:
    """The same bot, as people of the other tenant reach it."""

    def __init__(self, bot: Hearing) -> None:
        self._bot = bot
        self.teams = bot.teams

    async def hear(self, activity: Activity) -> Any:  # noqa: ANN401 # as Hearing's
        """Send an activity from the other tenant."""
        return await self._bot.hear(there(activity))

    async def said(self, activity: Activity) -> Any:  # noqa: ANN401 # as Hearing's
        """Send one, and give what it made the bot say."""
        return await self._bot.said(there(activity))


async def subscription(bot: Hearing, tenant: str, id_: str = ROOM.id) -> Subscription | None:
    """Find a tenant's tips."""
    async with bot.database.read() as connection:
        return await Subscriptions().find(connection, "teams", tenant, id_)


async def conversation(bot: Hearing, tenant: str, id_: str = ROOM.id) -> Conversation | None:
    """Find what is kept of a conversation of a tenant's."""
    async with bot.database.read() as connection:
        return await Conversations().find(connection, "teams", tenant, id_)


async def turn_both_on(bot: Hearing, person: Person = ALICE, place: Place = ROOM) -> None:
    """Turn tips on in both tenants."""
    await turn_on(bot, person, place)
    await turn_on(There(bot), person, place)  # type: ignore[arg-type] # all of a Hearing that it uses


async def test_each_has_tips_of_its_own(bot: Hearing) -> None:
    """The same channel, the same person: what is stopped in one goes on in the other, and each post goes to its own."""
    await turn_both_on(bot)
    await bot.hear(there(activities.pressed(ALICE, ROOM, "m1", Action("tips-pause"))))
    ours, theirs = [await subscription(bot, tenant) for tenant in (TENANT, OTHER)]
    assert ours is not None
    assert theirs is not None
    assert (ours.state, theirs.state) == ("on", "paused")
    before = len(bot.teams.said)
    await bot.tick(days=7)
    assert [(said.how, said.address.workspace) for said in bot.teams.said[before:]] == [("post", TENANT)]


async def test_a_removal_in_one_leaves_the_other_alone(bot: Hearing) -> None:
    """Of a team, of a group and of a person's own chat: tips, posts, places and what is promised."""
    for place in (ROOM, GROUP, ALONE):
        await turn_both_on(bot, ALICE, place)
    kept = [row for row in await bot.deliveries() if row.workspace == TENANT]
    for place in (ROOM, GROUP, ALONE):
        await bot.hear(there(activities.installed(ALICE, place, "remove", at=LATER)))
    for id_ in (ROOM.id, GROUP.id, ALICE.aad):
        assert await subscription(bot, OTHER, id_) is None
        assert await subscription(bot, TENANT, id_) is not None
    for place in (ROOM, GROUP, ALONE):
        assert await conversation(bot, OTHER, place.id) is None
        assert await conversation(bot, TENANT, place.id) is not None
    assert [row for row in await bot.deliveries() if row.workspace == OTHER] == []
    assert [row for row in await bot.deliveries() if row.workspace == TENANT] == kept


async def test_what_is_closed_in_one_is_open_in_the_other(bot: Hearing) -> None:
    """A channel that was deleted, a team that was deleted for good."""
    await turn_both_on(bot)
    await bot.hear(there(activities.changed(BOB, ROOM, "channelDeleted", at=LATER)))
    ours = await subscription(bot, TENANT)
    assert ours is not None
    assert ours.state == "on"
    await bot.hear(there(activities.changed(BOB, ROOM, "teamHardDeleted", at=LATER)))
    assert await subscription(bot, OTHER) is None
    assert await subscription(bot, TENANT) is not None


async def test_each_conversation_keeps_its_own_address(bot: Hearing) -> None:
    """Answers and later posts go where Teams said that the conversation is."""
    await bot.said(activities.said(ALICE, ROOM, "risks"))
    await bot.said(there(activities.said(ALICE, ROOM, "risks")))
    ours, theirs = [await conversation(bot, tenant) for tenant in (TENANT, OTHER)]
    assert ours is not None
    assert theirs is not None
    assert (ours.service_url, theirs.service_url) == (activities.SERVICE, AMERICA)


async def test_one_message_is_not_taken_for_the_others(bot: Hearing) -> None:
    """The same id of a message in both: each is answered, where it was asked."""
    asked = activities.said(ALICE, ROOM, "risks")
    both = [await bot.said(asked), await bot.said(there(asked))]
    assert [said.address.workspace for said in both] == [TENANT, OTHER]


async def test_a_reaction_on_the_others_post_is_none_on_ours(bot: Hearing) -> None:
    """A post is found by its tenant too."""
    post = await bot.said(activities.said(ALICE, ROOM, "risks"))
    before = len(bot.teams.said)
    reaction = activities.reacted(BOB, ROOM, post.message_id, "1f50d_leftpointingmagnifyingglass")
    await bot.hear(there(reaction))
    assert len(bot.teams.said) == before
    await bot.hear(there(activities.activity("messageDelete", ALICE, ROOM) | {"id": post.message_id}))
    await bot.hear(reaction)
    assert [said.address.workspace for said in bot.teams.said[before:]] == [TENANT]


async def test_what_is_remembered_of_a_person_is_the_tenants(bot: Hearing) -> None:
    """A zone that was learned in one is not offered in the other; each chat has its own suggestions."""
    await bot.hear(activities.said(ALICE, ALONE, "risks"))
    asked = there(activities.said(ALICE, ALONE, "risks"))
    bare = {name: value for name, value in asked.items() if name not in {"localTimezone", "entities"}}
    await bot.hear(bare)
    assert [where for where, _ in bot.teams.suggested] == [ALONE.id] * 2
    edit = Action("tips-edit", None, "settings", ME)
    dialogs = [activities.opened(ALICE, ALONE, "m1", edit), there(activities.opened(ALICE, ALONE, "m1", edit))]
    zones = [
        field(await bot.hear({name: value for name, value in one.items() if name != "localTimezone"}), "zone")
        for one in dialogs
    ]
    assert [zone.get("value") for zone in zones] == [ALICE.zone, None]


async def test_who_is_known_to_be_of_another_tenant_is_given_no_tips(bot: Hearing) -> None:
    """In a channel shared between tenants, where Teams does not say who is in it: the sender's tenant tells."""
    await turn_on(bot, ALICE, ROOM)
    bot.teams.roster.clear()
    claim = activities.pressed(BOB, ROOM, "m1", Action("tips-claim"))
    guests = claim["channelData"] | {"tenant": {"id": OTHER}}
    assert notices.MEMBERS_ONLY in card_of(await bot.hear(claim | {"channelData": guests}))
    named = claim["from"] | {"tenantId": OTHER}
    assert notices.MEMBERS_ONLY in card_of(await bot.hear(claim | {"id": "f:another", "from": named}))
    assert notices.MEMBERS_ONLY not in card_of(await bot.hear(claim | {"id": "f:of-the-tenant"}))
    # What only shows is for everybody in the room.
    assert card_of(await bot.hear(activities.pressed(BOB, ROOM, "m1", Action("help")) | {"channelData": guests}))
