"""Going deeper on Slack: sharing, reactions, buttons on posts, mentions; each once."""

import asyncio

import pytest

from playground.slack.emulator import Delivery, Message, Trouble
from tests.handlers.slack.test_ask import ask
from tests.handlers.slack.world import World


async def share(world: World, words: str = "risks") -> Message:
    """Share a card in the room as Alice and give the post."""
    await world.slack.command(world.alice, world.room, f"/pm-compare {words} share")
    await world.settle()
    return world.slack.posts(world.room)[-1]


async def react(world: World, post: Message, name: str) -> Delivery:
    """React as Bob and give the event that Slack sent."""
    event = await world.slack.react(world.bob, post, name)
    assert event is not None
    return event


async def test_a_shared_card_says_who_shared_it_and_which_reactions_do_what(world: World) -> None:
    """Share posts for everyone through chat.postMessage, once however fast it is clicked twice."""
    card = await ask(world, "risks")
    await asyncio.gather(*(world.slack.click(world.alice, card, label="Share") for _ in range(2)))
    await world.settle()
    (post,) = world.slack.posts(world.room)
    assert f"Shared by <@{world.alice.id}>" in post.text
    assert "React 🔍 more detail · 📚 sources · 🧪 exercise" in post.text
    (call,) = [call for call in world.slack.calls if call.method == "chat.postMessage"]
    assert str(call.arguments["unfurl_links"]).lower() in {"false", "0"}
    assert str(call.arguments["unfurl_media"]).lower() in {"false", "0"}
    assert "reply_broadcast" not in call.arguments


async def test_sharing_where_the_bot_is_no_member_says_how_to_invite_it(world: World) -> None:
    """A refusal comes back to the person alone, with what to do next, and nothing is posted."""
    answer = await world.slack.command(world.alice, world.elsewhere, "/pm-compare risks")
    assert answer.ephemeral is not None
    await world.slack.click(world.alice, answer.ephemeral, label="Share")
    await world.settle()
    assert world.slack.posts(world.elsewhere) == []
    assert "/invite @PM Compare" in world.slack.ephemerals(world.alice, world.elsewhere)[-1].text
    world.slack.invite_bot(world.elsewhere)
    await world.slack.click(world.alice, answer.ephemeral, label="Share")
    await world.settle()
    assert len(world.slack.posts(world.elsewhere)) == 1


@pytest.mark.parametrize(
    ("reaction", "title"), [("mag", "more detail"), ("books", "sources"), ("test_tube", "exercise")]
)
async def test_a_reaction_on_our_post_brings_the_level_into_its_thread(world: World, reaction: str, title: str) -> None:
    """Each of the three emoji answers in the thread, never as a new post of its own."""
    post = await share(world)
    await world.slack.react(world.bob, post, reaction)
    await world.settle()
    (reply,) = world.slack.thread(world.room, post.ts)
    assert reply.text.startswith(f"Risks and responsibilities: {title}")
    assert len(world.slack.posts(world.room)) == 1


async def test_ten_reactions_and_repeated_events_end_in_one_reply(world: World) -> None:
    """The same level comes once, whoever reacts, and however often Slack repeats the event under new ids."""
    post = await share(world)
    first = await react(world, post, "mag")
    await world.slack.react(world.alice, post, "mag")
    await asyncio.gather(*(world.slack.resend(first) for _ in range(8)))
    await world.settle()
    assert len(world.slack.thread(world.room, post.ts)) == 1


async def test_reactions_on_anything_else_do_nothing(world: World) -> None:
    """Other people's messages, our thread replies and other emoji stay unanswered."""
    post = await share(world)
    theirs = await world.slack.say(world.bob, world.room, "What a lovely day")
    await world.slack.react(world.alice, theirs, "mag")
    await world.slack.react(world.alice, post, "tada")
    await world.settle()
    assert world.slack.thread(world.room, theirs.ts) == []
    assert world.slack.thread(world.room, post.ts) == []


async def test_a_button_on_a_post_does_what_its_reaction_does_once_for_both(world: World) -> None:
    """The button brings the level into the thread; pressed again, it says privately where that stands."""
    post = await share(world)
    await world.slack.click(world.bob, post, label="Sources")
    await world.settle()
    await world.slack.react(world.alice, post, "books")
    await world.slack.click(world.alice, post, label="Sources")
    await world.settle()
    assert len(world.slack.thread(world.room, post.ts)) == 1
    told = world.slack.ephemerals(world.alice, world.room)[-1].text
    assert "already in the thread" in told
    assert "http" in told


async def test_navigation_on_a_post_opens_a_private_card_and_leaves_the_post_alone(world: World) -> None:
    """What one person opens must not rewrite the post for everyone."""
    post = await share(world)
    await world.slack.click(world.bob, post, label="Open privately")
    await world.settle()
    assert world.slack.posts(world.room)[-1].text == post.text
    assert "Share" in world.slack.ephemerals(world.bob, world.room)[-1].text


async def test_nothing_is_posted_at_top_level_when_the_post_was_deleted(world: World) -> None:
    """A dead thread stays dead: the reply is not posted elsewhere, and never tried again."""
    post = await share(world)
    event = await react(world, post, "mag")
    await world.settle()
    world.slack.delete_message(post)
    await world.slack.resend(event)
    before = len(world.slack.posts(world.room))
    await world.slack.send_event(event.envelope["event"] | {"reaction": "books"})
    await world.settle()
    assert len(world.slack.posts(world.room)) == before
    assert (await world.bot_counts())["failed"] == 1
    world.slack.faults.clear()  # the emulator notes the refusal, which is what this is about


async def test_a_mention_is_answered_in_its_thread_once(world: World) -> None:
    """`@PM Compare risks` is the command in public: in the thread, once however often Slack repeats the event."""
    message, event = await world.slack.mention(world.bob, world.room, "risks")
    assert event is not None
    await asyncio.gather(*(world.slack.resend(event) for _ in range(5)))
    await world.settle()
    (reply,) = world.slack.thread(world.room, message.ts)
    assert f"Asked by <@{world.bob.id}>" in reply.text
    await world.slack.react(world.alice, reply, "mag")
    await world.settle()
    assert len(world.slack.thread(world.room, message.ts)) == 2


@pytest.mark.parametrize(
    ("words", "label"), [("tips", "Settings"), ("tip", "Preview"), ("doctor", "Status of the tips")]
)
async def test_what_concerns_one_person_is_not_said_in_public(world: World, words: str, label: str) -> None:
    """A mention that asks for settings gets a button, and only who presses it sees the answer."""
    message, _ = await world.slack.mention(world.bob, world.room, words)
    await world.settle()
    (reply,) = world.slack.thread(world.room, message.ts)
    await world.slack.click(world.alice, reply, label=label)
    await world.settle()
    assert len(world.slack.ephemerals(world.alice, world.room)) == 1


async def test_a_reply_whose_answer_was_lost_is_never_posted_twice(world: World) -> None:
    """A connection cut after Slack posted leaves one reply and an unknown row, whatever is repeated afterwards."""
    post = await share(world)
    world.slack.trouble.append(Trouble("chat.postMessage", "cut_after"))
    event = await react(world, post, "mag")
    await world.settle()
    await world.slack.resend(event)
    await world.settle()
    assert len(world.slack.thread(world.room, post.ts)) == 1
    assert (await world.bot_counts())["unknown"] == 1
    await world.slack.click(world.bob, post, label="More detail")
    await world.settle()
    assert len(world.slack.thread(world.room, post.ts)) == 1


async def test_a_refused_reply_is_tried_again_when_somebody_asks_again(world: World) -> None:
    """A level that was refused once is not lost for ever: the next reaction or click brings it."""
    post = await share(world)
    world.slack.trouble.append(Trouble("chat.postMessage", "error", error="restricted_action_non_threadable_channel"))
    await react(world, post, "mag")
    await world.settle()
    assert "This channel has no threads" in world.slack.ephemerals(world.bob, world.room)[-1].text
    await world.slack.react(world.alice, post, "mag")
    await world.settle()
    assert len(world.slack.thread(world.room, post.ts)) == 1


async def test_a_share_whose_answer_was_lost_is_not_called_refused(world: World) -> None:
    """Posted, and the answer lost: the person is told to look, not to press again."""
    card = await ask(world, "risks")
    world.slack.trouble.append(Trouble("chat.postMessage", "cut_after"))
    await world.slack.click(world.alice, card, label="Share")
    await world.settle()
    assert "I do not know whether that was posted" in world.slack.ephemerals(world.alice, world.room)[-1].text
    await world.slack.click(world.alice, card, label="Share")
    await world.settle()
    assert len(world.slack.posts(world.room)) == 1


async def test_what_is_typed_is_read_as_it_was_typed(world: World) -> None:
    """Slack escapes three characters; people see their own words again."""
    await world.slack.mention(world.bob, world.room, "R&amp;D &lt;3 quokka")
    await world.settle()
    (answer,) = world.slack.ephemerals(world.bob, world.room)
    header = next(block["text"]["text"] for block in answer.blocks if block["type"] == "header")
    assert "“R&D <3 quokka”" in header


async def test_a_slowed_reply_comes_when_slack_allows_it(world: World) -> None:
    """429 is obeyed: nothing before Retry-After, then exactly once."""
    post = await share(world)
    world.slack.trouble.append(Trouble("chat.postMessage", "429", retry_after=30))
    await world.slack.react(world.bob, post, "mag")
    await world.settle()
    assert world.slack.thread(world.room, post.ts) == []
    world.clock.move(seconds=20)
    await world.settle()
    assert world.slack.thread(world.room, post.ts) == []
    world.clock.move(seconds=11)
    await world.settle()
    assert len(world.slack.thread(world.room, post.ts)) == 1


async def test_a_button_whose_content_has_gone_gets_a_polite_card(world: World) -> None:
    """An id that left the content answers with what there is now."""
    await world.press_raw_as(world.alice, "show|dimension/retired|")
    await world.settle()
    assert "This card has been retired" in world.slack.ephemerals(world.alice, world.room)[-1].text


@pytest.mark.parametrize(
    "value", ["", "nonsense", "show|dimension/|", "deepen|tip/x|what", "share||", "tips-send||x", "show||"]
)
async def test_a_button_value_that_is_not_ours_gets_an_answer_all_the_same(world: World, value: str) -> None:
    """Old or forged values never raise."""
    answer = await world.press_raw_as(world.alice, value)
    await world.settle()
    assert answer.status == 200
