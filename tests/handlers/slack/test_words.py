"""What Slack makes of typed words, mentions anywhere in a message, and what of an answer everybody sees."""

import pytest

from playground.slack.emulator import Message, Trouble
from playground.slack.world import BOT_USER
from tests.handlers.slack.test_alone import turn_on_alone
from tests.handlers.slack.test_tips import turn_on
from tests.handlers.slack.world import World, labels

BOT = f"<@{BOT_USER}>"
RISKS = "7 · Risks and responsibilities"


async def said(world: World, text: str, *, thread: str | None = None) -> tuple[list[Message], list[str]]:
    """Say something to the bot as Bob, and give what all see below it, and what he alone sees."""
    before = len(world.slack.ephemerals(world.bob, world.room))
    message = await world.slack.say(world.bob, world.room, text, thread_ts=thread)
    await world.settle()
    alone = world.slack.ephemerals(world.bob, world.room)[before:]
    public = [each for each in world.slack.thread(world.room, thread or message.ts) if each.from_bot]
    return public, [each.text for each in alone]


@pytest.mark.parametrize(
    "text",
    [
        f"{BOT} risks",
        f"risks {BOT}",
        f"risks {BOT} please",
        f"hey {BOT}, risks please!",
        f"Hello {BOT} <@U0000000009|carol> risks",
        f"{BOT} {BOT} risks <!here> <!subteam^S012AB3CD|@pms>",
        f"{BOT} *risks* :pray::skin-tone-3:",
        f"&gt; _risks_ {BOT} <#C012AB3CD|general>",
        f"• `risks` {BOT}",
        f"{BOT} <http://risks|risks>",
        f"{BOT} /pm-compare risks",
    ],
)
async def test_a_mention_may_stand_anywhere(world: World, text: str) -> None:
    """With marks, links, other people and politeness around the words: the card, in the thread."""
    (reply,), alone = await said(world, text)
    assert RISKS in reply.text
    assert alone == []


@pytest.mark.parametrize(
    "typed", ["*risks*", "/pm-compare risks", "&gt; risks", ":mag: risks", "risks\u200b", "Risks, please"]
)
async def test_the_command_is_read_alike(world: World, typed: str) -> None:
    """Whatever Slack passes on with the words."""
    answer = await world.slack.command(world.alice, world.room, f"/pm-compare {typed}")
    assert answer.ephemeral is not None
    assert RISKS in answer.ephemeral.text


@pytest.mark.parametrize("text", ["hlep", "help me", "hi!", "start", "?", "can you help me please?", ":wave:"])
async def test_who_asks_for_help_in_a_thread_gets_help_and_no_guess(world: World, text: str) -> None:
    """What all see of it is help."""
    root = await world.slack.say(world.alice, world.room, "Who knows what drift is?")
    (reply,), alone = await said(world, f"{BOT} {text}", thread=root.ts)
    assert "How to use PM Compare" in reply.text
    assert alone == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("can you help Carol with her quokka", "quokka"),
        ("xylophone quokka", "Nothing on “xylophone quokka” yet"),
        ("who do I work with?", "Stakeholders"),
        ("serch drift", "Results for “drift”"),
        ("lsit", "AI PM vs Traditional PM"),
        ("8", "There is no card 8"),
        ("randm", "Traditional PM"),
    ],
)
async def test_a_guess_is_for_who_asked_alone(world: World, text: str, part: str) -> None:
    """In the channel where the message opened no thread, else in the thread; once however often Slack repeats it."""
    public, (alone,) = await said(world, f"{BOT} {text}")
    assert public == []
    assert part in alone
    root = await world.slack.say(world.alice, world.room, "Thoughts?")
    _, event = await world.slack.mention(world.bob, world.room, text, thread_ts=root.ts)
    assert event is not None
    await world.slack.resend(event)
    await world.settle()
    first, second = world.slack.ephemerals(world.bob, world.room)
    assert (first.thread_ts, second.thread_ts) == (None, root.ts)
    assert [each for each in world.slack.thread(world.room, root.ts) if each.from_bot] == []
    assert not any((await world.bot_counts()).values())


async def test_where_slack_refuses_to_whisper_everybody_sees_help(world: World) -> None:
    """Nobody is left without an answer, and nobody else reads a guess."""
    world.slack.trouble.append(Trouble("chat.postEphemeral", "error", error="user_not_in_channel"))
    (reply,), alone = await said(world, f"{BOT} xylophone")
    assert "How to use PM Compare" in reply.text
    assert alone == []


@pytest.mark.parametrize("text", ["stop", "unsubscribe", "no more tips please", "STOP sending these!!!", "unsubscibe"])
async def test_who_wants_no_more_of_it_has_turn_off_at_hand(world: World, text: str) -> None:
    """For them alone, by command and by mention; it is done when the button is pressed, and asked first."""
    await turn_on(world)
    answer = await world.slack.command(world.bob, world.room, f"/pm-compare {text}")
    assert answer.ephemeral is not None
    assert "are on" in answer.ephemeral.text
    public, (alone,) = await said(world, f"{BOT} {text}")
    assert public == []
    assert "are on" in alone
    card = world.slack.ephemerals(world.bob, world.room)[-1]
    await world.slack.click(world.bob, card, label="Turn off")
    await world.settle()
    assert "are off" in world.slack.ephemerals(world.bob, world.room)[-1].text


async def test_where_no_tips_come_their_own_are_shown_to_stop(world: World) -> None:
    """Where there are none here or for them, it says so."""
    answer = await world.slack.command(world.alice, world.room, "/pm-compare stop")
    assert answer.ephemeral is not None
    assert "are already off" in answer.ephemeral.text
    await turn_on_alone(world)
    answer = await world.slack.command(world.alice, world.room, "/pm-compare stop")
    assert answer.ephemeral is not None
    assert "Your own weekly tips" in answer.ephemeral.text


@pytest.mark.parametrize("text", ["stop", "unsubscribe", "no more tips", "stop tips just for me"])
async def test_where_both_come_it_names_both_and_their_own_go_first(world: World, text: str) -> None:
    """The first Turn off is theirs alone, and the other one asks about the channel, for everybody."""
    await turn_on(world)
    await turn_on_alone(world)
    answer = await world.slack.command(world.alice, world.room, f"/pm-compare {text}")
    card = answer.ephemeral
    assert card is not None
    assert card.text.index("Your own weekly tips are on") < card.text.index("They come to everybody in this channel")
    assert labels(card) == ["Turn off", "Settings", "Turn off for everybody", "Settings"]
    assert "Turn off the tips of this channel, for everybody?" in str(card.blocks)
    await world.slack.click(world.alice, card, label="Turn off")
    await world.settle()
    assert "Your own weekly tips are off" in world.slack.ephemerals(world.alice, world.room)[-1].text
    left = await world.slack.command(world.alice, world.room, "/pm-compare stop")
    assert left.ephemeral is not None
    assert "Weekly tips for" in left.ephemeral.text


@pytest.mark.parametrize(
    "typed", ["tips paus", "tips offf", "tisp off", "show me tips off", "risks shar", "rsiks share"]
)
async def test_a_slip_changes_and_posts_nothing(world: World, typed: str) -> None:
    """It is offered on a card, and nobody else sees anything."""
    await turn_on(world)
    posts = len(world.slack.posts(world.room))
    answer = await world.slack.command(world.alice, world.room, f"/pm-compare {typed}")
    await world.settle()
    assert answer.ephemeral is not None
    assert "are on" in answer.ephemeral.text or "Share" in str(answer.ephemeral.blocks)
    assert len(world.slack.posts(world.room)) == posts
    again = await world.slack.command(world.alice, world.room, "/pm-compare tips")
    assert again.ephemeral is not None
    assert "are on" in again.ephemeral.text


@pytest.mark.parametrize(
    ("name", "title"),
    [
        *(("mag_right", "more detail"), ("microscope", "more detail"), ("book", "sources"), ("link", "sources")),
        *(("alembic", "exercise"), ("muscle::skin-tone-4", "exercise"), ("weight_lifter", "exercise")),
    ],
)
async def test_what_looks_like_the_decks_emoji_is_taken_for_it(world: World, name: str, title: str) -> None:
    """As on Teams."""
    await world.slack.command(world.alice, world.room, "/pm-compare risks share")
    await world.settle()
    post = world.slack.posts(world.room)[-1]
    await world.slack.react(world.bob, post, name)
    await world.settle()
    (reply,) = world.slack.thread(world.room, post.ts)
    assert title in reply.text
