"""Going deeper on Teams: reactions and buttons on posts of ours, each level once."""

import asyncio

import pytest

from cards.model import Action, Subject
from content.levels import Level
from handlers.teams import emoji
from messengers.base import Refused, Unknown
from tests.handlers.teams import activities
from tests.handlers.teams.activities import ALICE, ALONE, BOB, GENERAL, GROUP, ROOM, Place
from tests.handlers.teams.hearing import Hearing, Said, card_of, sentence_of

RISKS = Subject("dimension", "risks")
DECK: dict[str, Level] = {"mag": "detail", "books": "sources", "test_tube": "exercise"}
GLASS = "1f50d_leftpointingmagnifyingglass"


async def ask(bot: Hearing, place: Place) -> Said:
    """Ask about risks as Alice, and give the post."""
    return await bot.said(activities.said(ALICE, place, "risks"))


@pytest.mark.parametrize(
    ("reaction", "level"),
    [
        ("1f50d_leftpointingmagnifyingglass", "detail"),
        ("1f50e_rightpointingmagnifyingglass", "detail"),
        ("1f52c_microscope", "detail"),
        ("1f4da_books", "sources"),
        ("1f4d6_openbook", "sources"),
        ("1f517_link", "sources"),
        ("1f9ea_testtube", "exercise"),
        ("1f4aa_flexedbiceps", "exercise"),
        ("1f4aa-1f3fd_flexedbiceps", "exercise"),
        ("1f4aa", "exercise"),
        ("🔍", "detail"),
        ("💪🏽", "exercise"),
        ("like", None),
        ("heart", None),
        ("laugh", None),
        ("surprised", None),
        ("sad", None),
        ("angry", None),
        ("1f389_partypopper", None),
        ("", None),
        ("ffffffff_x", None),
        ("added", None),
    ],
)
def test_teams_own_names_of_emoji_are_read_as_the_decks(reaction: str, level: Level | None) -> None:
    """By code point, with what people take for the same; applause asks for nothing."""
    assert emoji.level(reaction, DECK) == level


def test_an_emoji_that_a_writer_chose_is_found_by_its_own_name() -> None:
    """The deck may name any; what it names itself comes before what is like it."""
    assert emoji.level("1f9e0_brain", {"brain": "detail"}) == "detail"
    assert emoji.level("1f4d6_openbook", {"books": "sources", "open_book": "detail"}) == "detail"


@pytest.mark.parametrize("place", [ALONE, GROUP, ROOM])
@pytest.mark.parametrize(
    ("reaction", "title"), [(GLASS, "more detail"), ("1f4da_books", "sources"), ("1f9ea_testtube", "exercise")]
)
async def test_a_reaction_brings_the_level_below_the_post(
    bot: Hearing, place: Place, reaction: str, title: str
) -> None:
    """In the post's thread in channels, as a reply to it elsewhere."""
    post = await ask(bot, place)
    reply = await bot.said(activities.reacted(BOB, place, post.message_id, reaction, thread=post.address.thread))
    assert reply.words.startswith(f"Risks and responsibilities: {title}")
    assert reply.address.conversation == place.id
    assert reply.address.thread == (post.address.thread or post.message_id)


async def test_ten_reactions_and_the_button_end_in_one_reply(bot: Hearing) -> None:
    """The same level comes once, whoever asks, however, and after a restart too."""
    post = await ask(bot, ROOM)
    thread = post.address.thread
    first = activities.reacted(BOB, ROOM, post.message_id, GLASS, thread=thread)
    other = activities.reacted(ALICE, ROOM, post.message_id, "like", GLASS, "1f50e_x", thread=thread)
    await asyncio.gather(*(bot.hears.hear(each) for each in (first, other, first, first)))
    await bot.settle()
    bot.restart()
    await bot.hear(first)
    press = activities.pressed(BOB, ROOM, post.message_id, Action("deepen", RISKS, "detail"), thread=thread)
    assert "That is already in the thread" in sentence_of(await bot.hear(press))
    assert len(bot.teams.said) == 2


async def test_reactions_on_anything_else_do_nothing(bot: Hearing) -> None:
    """Other people's messages, replies of ours, applause, and reactions taken back stay unanswered."""
    post = await ask(bot, ROOM)
    reply = await bot.said(activities.reacted(BOB, ROOM, post.message_id, GLASS))
    for target, kinds in (
        ("1699999999999", [GLASS]),
        (reply.message_id, [GLASS]),
        (post.message_id, ["like", "heart"]),
    ):
        await bot.hear(activities.reacted(BOB, ROOM, target, *kinds))
    taken_back = activities.reacted(BOB, ROOM, post.message_id)
    await bot.hear(taken_back | {"reactionsRemoved": [{"type": "1f4da_books"}], "reactionsAdded": None})
    assert len(bot.teams.said) == 2


@pytest.mark.parametrize(("place", "soon"), [(ROOM, "in this post's thread"), (GROUP, "as a reply")])
async def test_a_button_on_a_post_brings_its_level_once_for_all(bot: Hearing, place: Place, soon: str) -> None:
    """The card stays as it is: a sentence says where the answer comes."""
    post = await ask(bot, place)
    press = activities.pressed(
        BOB, place, post.message_id, Action("deepen", RISKS, "sources"), thread=post.address.thread
    )
    replies = await asyncio.gather(*(bot.hears.hear(press) for _ in range(3)))
    await bot.settle()
    for reply in (*replies, await bot.hear(press)):  # a copy gets the same answer, late or not
        assert soon in sentence_of(reply)
    assert len(bot.teams.said) == 2


async def test_alone_a_button_changes_the_card_in_place(bot: Hearing) -> None:
    """Nobody else is there: no reply piles up."""
    post = await ask(bot, ALONE)
    reply = await bot.hear(activities.pressed(ALICE, ALONE, post.message_id, Action("deepen", RISKS, "sources")))
    assert "Risks and responsibilities: sources" in card_of(reply)
    assert "Back to the card" in card_of(reply)
    assert len(bot.teams.said) == 1


async def test_a_level_below_what_is_no_post_of_ours_takes_the_cards_place(bot: Hearing) -> None:
    """A help card, or a post from before the database, has nothing that a reply could belong to."""
    reply = await bot.hear(activities.pressed(ALICE, ROOM, "1", Action("deepen", RISKS, "detail"), thread="1"))
    assert "Risks and responsibilities: more detail" in card_of(reply)
    assert bot.teams.said == []


async def test_a_reply_in_a_thread_of_ours_deepens_the_thread(bot: Hearing) -> None:
    """A level's own buttons bring the next level into the same thread."""
    post = await bot.said(activities.said(ALICE, ROOM, "list"))
    share = activities.pressed(ALICE, GENERAL, post.message_id, Action("share", RISKS))
    shared = await bot.said(share)  # pressed outside any thread: the shared card is a thread's root
    level = await bot.said(activities.reacted(BOB, GENERAL, shared.message_id, GLASS))
    assert level.address.thread == shared.message_id
    press = activities.pressed(
        BOB, GENERAL, level.message_id, Action("deepen", RISKS, "sources"), thread=shared.message_id
    )
    below = await bot.said(press)
    assert below.address.thread == shared.message_id


async def test_a_level_that_may_or_may_not_be_there_is_shown_to_who_asks(bot: Hearing) -> None:
    """An answer that was lost: who pressed hears of it, and nothing is posted twice."""
    post = await ask(bot, ROOM)
    bot.teams.script.append(Unknown("timeout"))
    press = Action("deepen", RISKS, "detail")
    await bot.hear(activities.pressed(BOB, ROOM, post.message_id, press, thread=post.address.thread))
    told = bot.teams.said[-1]
    assert (told.how, told.person) == ("whisper", BOB.aad)
    assert "I do not know whether that was posted" in told.words
    reply = await bot.hear(activities.pressed(BOB, ROOM, post.message_id, press, thread=post.address.thread))
    assert "Risks and responsibilities: more detail" in card_of(reply)
    assert await bot.counts() == {"sent": 1, "unknown": 1}


async def test_a_refused_level_is_told_and_tried_again_when_somebody_asks_again(bot: Hearing) -> None:
    """What was refused stands nowhere."""
    post = await ask(bot, GROUP)
    bot.teams.script.append(Refused("MessageSizeTooBig", "message"))
    await bot.hear(activities.pressed(BOB, GROUP, post.message_id, Action("deepen", RISKS, "detail")))
    assert "I could not answer in the thread" in bot.teams.said[-1].words
    reply = await bot.said(activities.reacted(ALICE, GROUP, post.message_id, GLASS))
    assert reply.words.startswith("Risks and responsibilities: more detail")


async def test_nothing_answers_below_a_post_that_was_deleted(bot: Hearing) -> None:
    """Its thread is dead, for buttons on what people still see as well as for reactions."""
    post = await ask(bot, ROOM)
    gone = activities.activity("messageDelete", ALICE, ROOM)
    gone["channelData"]["eventType"] = "softDeleteMessage"
    await bot.hear(gone | {"id": post.message_id})
    await bot.hear(activities.activity("messageDelete", ALICE, ROOM))  # somebody's own message: not ours
    await bot.hear(activities.reacted(BOB, ROOM, post.message_id, GLASS))
    press = activities.pressed(BOB, ROOM, post.message_id, Action("deepen", RISKS, "detail"))
    assert "more detail" in card_of(await bot.hear(press))
    assert len(bot.teams.said) == 1
