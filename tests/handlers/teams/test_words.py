"""What Teams makes of typed words, mentions anywhere in a message, and what of an answer everybody sees."""

import pytest

from messengers.base import Refused
from tests.handlers.teams import activities
from tests.handlers.teams.activities import ALICE, ALONE, BOB, BOT, GROUP, ROOM, Activity, Place
from tests.handlers.teams.hearing import Hearing, card_of
from tests.handlers.teams.test_tips import turn_on

AT = "<at>PM Compare</at>"
RISKS = "7 · Risks and responsibilities"


def raw(words: str, place: Place = ROOM) -> Activity:
    """Say something as Alice, marked up as it is given; every mention of the bot in it is one."""
    said = activities.said(ALICE, place, "", is_for_bot=False)
    mention = {"type": "mention", "mentioned": BOT, "text": AT}
    return said | {"text": words, "entities": [*said["entities"], *[mention] * words.count(AT)]}


@pytest.mark.parametrize(
    "text",
    [
        f"{AT} risks",
        f"risks {AT}",
        f"risks {AT} please",
        f"hey {AT}, risks&nbsp;please!",
        f"Hello {AT} <at>Carol Danvers</at> risks",
        f"{AT} {AT} risks <at>General</at>",
        f"<p>{AT} <strong>risks</strong></p>",
        f"<blockquote><p><em>ri</em>sks</p></blockquote> {AT}",
        f"<ul><li>{AT} <code>risks</code></li></ul>",
        f"{AT} **risks**\r\n",
        f"{AT} /pm-compare risks",
        f"{AT} &quot;risks&quot; 🙏🏽",
    ],
)
async def test_a_mention_may_stand_anywhere(bot: Hearing, text: str) -> None:
    """With marks, other people and politeness around the words: the card, in the thread."""
    said = await bot.said(raw(text))
    assert said.how == "post"
    assert RISKS in said.words


@pytest.mark.parametrize("text", ["hlep", "help me", "hi!", "start", "?", "can you help me please?", "👋"])
async def test_who_asks_for_help_gets_help_and_no_guess(bot: Hearing, text: str) -> None:
    """What all see of it is help; alone it is the same."""
    for place in (ALONE, ROOM, GROUP):
        said = await bot.said(activities.said(ALICE, place, text))
        assert (said.how, said.person) == ("post", "")
        assert "How to use PM Compare" in said.words


@pytest.mark.parametrize("place", [ROOM, GROUP])
@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("can you help Carol with her quokka", "quokka"),
        ("xylophone quokka", "Nothing on “xylophone quokka” yet"),
        ("who do I work with?", "Stakeholders"),
        ("serch drift", "Results for “drift”"),
        ("8", "There is no card 8"),
    ],
)
async def test_a_guess_is_for_who_asked_alone(bot: Hearing, place: Place, text: str, part: str) -> None:
    """Where they asked, or in their own chat where Teams refuses that; nothing is kept of it."""
    said = await bot.said(activities.said(ALICE, place, text))
    assert (said.how, said.person) == ("answer", ALICE.id)
    assert part in said.words
    bot.teams.script.append(Refused("BadArgument", "message"))
    said = await bot.said(activities.said(ALICE, place, text))
    assert (said.how, said.person) == ("whisper", ALICE.aad)
    assert await bot.counts() == {}


@pytest.mark.parametrize("text", ["stop", "unsubscribe", "no more tips please", "STOP sending these!!!", "unsubscibe"])
async def test_who_wants_no_more_of_it_has_turn_off_at_hand(bot: Hearing, text: str) -> None:
    """For them alone; where Teams refuses that, a button for all shows it to whoever presses."""
    await turn_on(bot)
    said = await bot.said(activities.said(ALICE, ROOM, text))
    assert (said.how, said.person) == ("answer", ALICE.id)
    assert "are on" in said.words
    assert "Turn off" in said.words
    subscription = await bot.subscription(ROOM.id)
    assert subscription is not None
    assert subscription.state == "on"
    bot.teams.script.append(Refused("BadArgument", "message"))
    said = await bot.said(activities.said(ALICE, ROOM, text))
    assert (said.how, said.person) == ("answer", "")
    assert "Stop tips…" in said.words
    press = activities.pressed(BOB, ROOM, said.message_id, "tips-stop||")
    assert "Turn off" in card_of(await bot.hear(press))


async def test_alone_it_is_about_a_persons_own_tips(bot: Hearing) -> None:
    """Where there are none, it says so."""
    assert "are already off" in (await bot.said(activities.said(ALICE, ALONE, "unsubscribe"))).words
    assert "are already off" in (await bot.said(activities.said(ALICE, ROOM, "stop"))).words


@pytest.mark.parametrize("typed", ["tips paus", "tips offf", "tisp off", "show me tips off"])
async def test_a_slip_changes_nothing(bot: Hearing, typed: str) -> None:
    """It is offered on a card."""
    await turn_on(bot)
    assert "are on" in (await bot.said(activities.said(ALICE, ROOM, typed))).words
