"""What is suggested after an answer in a one-to-one chat on Teams, and what all of it is answered with."""

from datetime import timedelta

import pytest

from cards.compose.offers import suggestions
from cards.compose.offers.suggestions import Suggestions
from content.library import Library
from content.model import Dimension, Term, Tip
from handlers import answers
from handlers.asking import kinds
from handlers.teams import suggesting
from messengers.base import Refused
from tests.handlers.teams import activities
from tests.handlers.teams.activities import ALICE, ALONE, BOB, BOBS, GROUP, ROOM, Place
from tests.handlers.teams.hearing import Hearing


async def suggested(bot: Hearing, words: str) -> list[str]:
    """Ask in the personal chat, and give the words that are suggested then."""
    before = len(bot.teams.suggested)
    await bot.hear(activities.said(ALICE, ALONE, words))
    ((where, prompts),) = bot.teams.suggested[before:] or [(ALONE.id, [])]
    assert where == ALONE.id
    return prompts


async def test_what_goes_on_from_a_comparison(bot: Hearing) -> None:
    """More detail on it, a tip of its dimension, a term of it; the next day others of them."""
    detail, tip, term = await suggested(bot, "risks")
    library = bot.content.library
    assert detail == "risks detail"
    assert tip in {each.title for each in library.tips if each.dimension == "risks"}
    assert term.removeprefix("what is ") in {each.term for each in library.terms if each.dimension == "risks"}
    bot.moment += timedelta(days=1)
    _, other_tip, other_term = await suggested(bot, "risks")
    assert other_tip != tip
    assert other_term != term


async def test_what_was_just_asked_is_not_suggested(bot: Hearing) -> None:
    """After the detail the exercise; after the exercise only the rest."""
    assert (await suggested(bot, "risks detail"))[0] == "risks exercise"
    followed = await suggested(bot, "Risks exercise")
    assert followed
    assert "risks exercise" not in followed


async def test_who_takes_no_suggestion_is_left_alone_until_the_next_day(bot: Hearing) -> None:
    """It would be a second message after each answer; in another chat, and a day later, it is a help again."""
    assert await suggested(bot, "risks") != []
    assert await suggested(bot, "skills") == []
    assert await suggested(bot, "risks") == []
    await bot.hear(activities.said(BOB, BOBS, "skills"))
    assert bot.teams.suggested[-1][0] == BOBS.id
    bot.moment += timedelta(days=1)
    assert await suggested(bot, "skills") != []


@pytest.mark.parametrize("words", ["help", "privacy", "list", "tips", "doctor", "dilemma", "xylophone quokka", "stop"])
async def test_what_leads_on_by_itself_suggests_nothing(bot: Hearing, words: str) -> None:
    """Lists, settings, help, a dilemma, and words that nothing answers."""
    assert await suggested(bot, words) == []


@pytest.mark.parametrize("place", [GROUP, ROOM])
async def test_where_others_read_nothing_is_suggested(bot: Hearing, place: Place) -> None:
    """There it would be one more post for everybody."""
    await bot.hear(activities.said(ALICE, place, "risks"))
    assert bot.teams.suggested == []


async def test_an_answer_that_is_not_there_suggests_nothing(bot: Hearing) -> None:
    """It was refused; and what comes again is answered, and goes on, once."""
    bot.teams.script.append(Refused("ConversationBlockedByUser", "conversation"))
    assert await suggested(bot, "risks") == []
    question = activities.said(ALICE, ALONE, "skills")
    await bot.hear(question)
    await bot.hear(question)
    assert len(bot.teams.suggested) == 1


async def test_where_many_ask_at_once_most_suggestions_give_way(bot: Hearing) -> None:
    """Three are under way at most; each answer comes all the same."""
    bot.teams.door.clear()
    for number in range(8):
        place = Place("personal", f"a:1number-{number}-and-the-bot")
        await bot.hears.hear(activities.said(ALICE, place, "risks") | {"id": f"{number}"})
        await bot.dispatcher.finish()
    bot.teams.door.set()
    await bot.settle()
    assert len(bot.teams.said) == 8
    assert len(bot.teams.suggested) == 3


async def test_a_welcome_and_a_weekly_tip_suggest_nothing(bot: Hearing) -> None:
    """Only what somebody asked does."""
    await bot.hear(activities.installed(ALICE, ALONE))
    assert len(bot.teams.said) == 1
    assert bot.teams.suggested == []


def entries(library: Library) -> list[Dimension | Tip | Term]:
    """Give everything that something goes on from."""
    return [*library.dimensions, *library.tips, *library.terms]


async def test_every_suggestion_is_answered_by_what_it_says(bot: Hearing) -> None:
    """Whatever is suggested on any day: the entry, the level or the term that its title names."""
    library = bot.content.library
    offered: set[suggestions.Prompt] = set()
    for day in range(3):
        for entry in entries(library):
            for is_whole in (True, False):
                found = suggestions.after(library, entry, day, is_whole=is_whole)
                assert 1 <= len(found.prompts) <= 3
                assert len({prompt.words for prompt in found.prompts}) == len(found.prompts)
                offered |= set(found.prompts)
    wrong = [prompt.words for prompt in offered if not _is_right(library, prompt)]
    assert wrong == []


def _is_right(library: Library, prompt: suggestions.Prompt) -> bool:
    answer = answers.ask(library, prompt.words)
    match answer:
        case kinds.Compare(dimension):
            return prompt.words == dimension.id
        case kinds.Show(card):
            named = [tip.title for tip in library.tips] + [f"what is {term.term}" for term in library.terms]
            is_level = prompt.words.endswith((" detail", " exercise"))
            return is_level or (prompt.words in named and card.title in prompt.words)
        case _:
            return False


async def test_an_answer_about_no_entry_goes_on_to_nothing(bot: Hearing) -> None:
    """A change of tips, a view of them, a share."""
    library = bot.content.library
    for answer in (kinds.Settings(), kinds.AnyDimension(), kinds.Share(library.dimensions[0])):
        assert suggesting.after(library, answer, 0) is None
    assert isinstance(suggesting.after(library, kinds.Compare(library.dimensions[0]), 0), Suggestions)
