"""Where the bot is on Teams: removed, deleted, archived, renamed, and back again."""

from datetime import timedelta

import pytest

from cards.model import Action
from tests.handlers.teams import activities
from tests.handlers.teams.activities import ALICE, ALONE, BOB, GENERAL, GROUP, ROOM, Place
from tests.handlers.teams.hearing import MONDAY, Hearing, card_of
from tests.handlers.teams.test_tips import turn_on

LATER = MONDAY + timedelta(days=1)
OTHER = Place("channel", "19:other000000000000000000000000000@thread.tacv2", "product", ROOM.team)


async def kept(bot: Hearing) -> set[str]:
    """List the conversations that are known and not gone."""
    found = [await bot.conversation(place.id) for place in (ALONE, GENERAL, GROUP, ROOM, OTHER)]
    return {row.id for row in found if row is not None and not row.gone}


async def test_a_removal_from_a_team_forgets_all_its_channels(bot: Hearing) -> None:
    """Tips, posts, promises and places of every channel go; other places keep theirs. Told twice, done once."""
    await bot.hear(activities.installed(ALICE, GENERAL))
    await turn_on(bot, place=ROOM)
    await turn_on(bot, place=OTHER)
    await turn_on(bot, place=GROUP)
    await bot.hear(activities.members(ALICE, GENERAL, added=False, at=LATER))
    await bot.hear(activities.installed(ALICE, GENERAL, "remove", at=LATER))
    assert await kept(bot) == {GROUP.id}
    assert await bot.subscription(ROOM.id) is None
    assert await bot.subscription(OTHER.id) is None
    assert await bot.subscription(GROUP.id) is not None
    assert {row.conversation for row in await bot.deliveries()} == {GROUP.id}
    before = len(bot.teams.said)
    await bot.tick(days=7)
    assert [said.address.conversation for said in bot.teams.said[before:]] == [GROUP.id]


async def test_a_removal_from_a_personal_chat_forgets_the_persons_own_tips(bot: Hearing) -> None:
    """Those are addressed to the person, not to the chat; tips they own elsewhere stay."""
    await bot.hear(activities.installed(ALICE, ALONE))
    await turn_on(bot, ALICE, ALONE)
    await turn_on(bot, ALICE, ROOM)
    await bot.hear(activities.installed(ALICE, ALONE, "remove", at=LATER))
    assert await bot.subscription(ALICE.aad) is None
    assert await bot.subscription(ROOM.id) is not None
    assert await kept(bot) == {ROOM.id}


async def test_a_removal_that_comes_after_the_next_installation_is_ignored(bot: Hearing) -> None:
    """Teams' events come in any order: their own moments decide."""
    await turn_on(bot, place=GROUP)
    await bot.hear(activities.installed(ALICE, GROUP, at=LATER + timedelta(minutes=1)))
    await bot.hear(activities.installed(ALICE, GROUP, "remove", at=LATER))
    assert await bot.subscription(GROUP.id) is not None
    assert await kept(bot) == {GROUP.id}


async def test_what_comes_late_does_not_bring_back_what_was_forgotten(bot: Hearing) -> None:
    """An installation or a message from before the removal leaves nothing behind; a new installation does."""
    await bot.hear(activities.installed(ALICE, GROUP))
    await bot.hear(activities.installed(ALICE, GROUP, "remove", at=LATER))
    before = len(bot.teams.said)
    await bot.hear(activities.installed(ALICE, GROUP, at=LATER - timedelta(minutes=1)))
    assert await kept(bot) == set()
    assert len(bot.teams.said) == before
    await bot.hear(activities.reacted(BOB, GROUP, "m1", "like") | {"timestamp": LATER.isoformat()})
    assert await kept(bot) == set()
    await bot.hear(activities.installed(ALICE, GROUP, at=LATER + timedelta(minutes=1)))
    assert await kept(bot) == {GROUP.id}
    assert len(bot.teams.said) == before + 1


@pytest.mark.parametrize(
    ("event", "is_gone"), [("channelDeleted", True), ("teamDeleted", True), ("teamArchived", False)]
)
async def test_what_is_closed_pauses_its_tips_with_the_reason(bot: Hearing, event: str, *, is_gone: bool) -> None:
    """The owner hears of it once, nothing is posted there again, and the rest of what is kept stays."""
    await bot.hear(activities.installed(ALICE, GENERAL))
    await turn_on(bot, place=ROOM)
    for _ in range(2):
        await bot.hear(activities.changed(BOB, ROOM, event, at=LATER))
    subscription = await bot.subscription(ROOM.id)
    assert subscription is not None
    assert (subscription.state, subscription.reason) == ("paused", event)
    notices = [said for said in bot.teams.said if said.address.conversation == ALICE.aad]
    assert len(notices) == 1
    assert "are paused" in notices[0].words
    room = await bot.conversation(ROOM.id)
    assert room is not None
    assert room.gone == is_gone
    before = len(bot.teams.said)
    await bot.tick(days=7)
    assert len(bot.teams.said) == before


@pytest.mark.parametrize(
    ("closing", "opening"),
    [("channelDeleted", "channelRestored"), ("teamDeleted", "teamRestored"), ("teamArchived", "teamUnarchived")],
)
async def test_what_is_back_waits_for_a_person_to_resume(bot: Hearing, closing: str, opening: str) -> None:
    """The place can be posted to again; whether tips go on is for people to say."""
    await turn_on(bot, place=ROOM)
    await bot.hear(activities.changed(BOB, ROOM, closing, at=LATER))
    await bot.hear(activities.changed(BOB, ROOM, opening, at=LATER + timedelta(minutes=5)))
    assert await kept(bot) == {ROOM.id}
    subscription = await bot.subscription(ROOM.id)
    assert subscription is not None
    assert subscription.state == "paused"
    assert "are on" in card_of(await bot.hear(activities.pressed(ALICE, ROOM, "m1", Action("tips-resume"))))


async def test_a_team_deleted_for_good_is_forgotten(bot: Hearing) -> None:
    """Nothing comes back from that."""
    await bot.hear(activities.installed(ALICE, GENERAL))
    await turn_on(bot, place=ROOM)
    await bot.hear(activities.changed(BOB, ROOM, "teamHardDeleted", at=LATER))
    assert await kept(bot) == set()
    assert await bot.subscription(ROOM.id) is None


async def test_a_private_channel_is_left_alone_while_the_team_stays(bot: Hearing) -> None:
    """It has members of its own."""
    await turn_on(bot, place=ROOM)
    await turn_on(bot, place=OTHER)
    left = activities.changed(BOB, ROOM, "channelMemberRemoved", at=LATER, membersRemoved=[activities.BOT])
    await bot.hear(left)
    assert await bot.subscription(ROOM.id) is None
    assert await bot.subscription(OTHER.id) is not None


async def test_other_peoples_comings_and_goings_change_nothing(bot: Hearing) -> None:
    """Only the bot's own are about the bot."""
    await turn_on(bot, place=GROUP)
    other = activities.members(ALICE, GROUP, added=False, at=LATER) | {"membersRemoved": [BOB.account()]}
    await bot.hear(other)
    await bot.hear(activities.changed(ALICE, ROOM, "teamMemberAdded", membersAdded=[BOB.account()]))
    await bot.hear(activities.changed(ALICE, ROOM, "teamRenamed"))
    await bot.hear(activities.changed(ALICE, ROOM, "somethingNew"))
    assert await bot.subscription(GROUP.id) is not None
    assert await kept(bot) == {GROUP.id}


async def test_channels_are_known_by_the_name_they_have_now(bot: Hearing) -> None:
    """Created and renamed ones are kept with their team; an older name that comes late is not."""
    await bot.hear(activities.changed(BOB, OTHER, "channelCreated"))
    renamed = Place("channel", OTHER.id, "product-ai", OTHER.team)
    await bot.hear(activities.changed(BOB, renamed, "channelRenamed", at=LATER))
    await bot.hear(activities.changed(BOB, OTHER, "channelRenamed", at=LATER - timedelta(hours=1)))
    row = await bot.conversation(OTHER.id)
    assert row is not None
    assert (row.name, row.team, row.kind) == ("product-ai", OTHER.team, "channel")


async def test_a_chat_that_came_back_after_a_deletion_is_heard_again(bot: Hearing) -> None:
    """A message from a channel that was thought gone shows that it is not."""
    await bot.hear(activities.said(ALICE, ROOM, "risks"))
    await bot.hear(activities.changed(BOB, ROOM, "channelDeleted", at=LATER))
    assert await kept(bot) == set()
    late = activities.said(ALICE, ROOM, "risks")
    await bot.hear(late | {"timestamp": (LATER + timedelta(hours=1)).isoformat()})
    assert await kept(bot) == {ROOM.id}
