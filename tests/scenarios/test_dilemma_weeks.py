"""Every fourth week a dilemma in place of a tip, where a channel wants that: on Slack and on Teams."""

from cards.compose.tips.state import A_DILEMMA
from tests.scenarios.chat import Chat, Shown
from tests.scenarios.test_scenarios import FORM, turned_on


async def test_every_fourth_week_brings_a_dilemma(chat: Chat) -> None:
    """Said in the introduction and in what comes; each another, and no tip is lost for it."""
    card = await chat.fill(await chat.ask("tips"), "Turn on…", {**FORM, "dilemmas": "yes"})
    assert isinstance(card, Shown), card
    assert "Every fourth week brings a dilemma" in (await chat.everyone())[-1].text
    assert A_DILEMMA in (await chat.ask("tips upcoming")).text
    for _ in range(9):
        chat.clock.move(days=7)
        await chat.tick()
    library = chat.bot.content.library
    posts = [post for post in await chat.everyone() if "starts here" not in post.text]
    dilemmas = [one.id for post in posts for one in library.dilemmas if one.title in post.text and "vote" in post.text]
    tips = [tip.id for post in posts for tip in library.tips if f"{tip.title}\n" in post.text]
    assert len(dilemmas) in {2, 3}
    assert len(set(dilemmas)) == len(dilemmas)
    assert len(set(tips)) == len(tips)
    assert len([post for post in posts if "\nAI PM tip · " in post.text]) == 9 - len(dilemmas)


async def test_nobody_gets_a_dilemma_unasked(chat: Chat) -> None:
    """They are off by default, and the introduction does not speak of them."""
    await turned_on(chat)
    assert "dilemma" not in (await chat.everyone())[-1].text
    for _ in range(4):
        chat.clock.move(days=7)
        await chat.tick()
    assert len([post for post in await chat.everyone() if "\nAI PM tip · " in post.text]) == 4
