"""Inserting cards into any message on Teams: what is found, how it is listed, and what is left alone."""

import json
from typing import Any

import pytest

from handlers.teams import extension, responses
from tests.handlers.teams import activities
from tests.handlers.teams.activities import ALICE, ALONE, GROUP, ROOM, Place
from tests.handlers.teams.hearing import Hearing

ELSEWHERE = Place("groupChat", "19:others00000000000000000000000000@thread.v2", "Somewhere else")
THUMBNAIL = "application/vnd.microsoft.card.thumbnail"


def query(words: str | None, *, place: Place = ELSEWHERE, skip: object = 0, count: object = 25) -> activities.Activity:
    """Search from the box; None is what Teams asks by itself when the search is opened."""
    name, typed = ("initialRun", "true") if words is None else ("words", words)
    value = {"commandId": "search", "parameters": [{"name": name, "value": typed}]}
    return activities.invoked(
        ALICE, place, "composeExtension/query", value | {"queryOptions": {"skip": skip, "count": count}}
    )


async def found(bot: Hearing, words: str | None, *, skip: object = 0, count: object = 25) -> list[dict[str, Any]]:
    """Give what a search offers."""
    reply = await bot.hear(query(words, skip=skip, count=count))
    assert reply.status == 200
    held = reply.body["composeExtension"]
    assert (held["type"], held["attachmentLayout"]) == ("result", "list")
    listed: list[dict[str, Any]] = held["attachments"]
    return listed


def titles(listed: list[dict[str, Any]]) -> list[str]:
    """Give the titles in the list."""
    assert {each["preview"]["contentType"] for each in listed} <= {THUMBNAIL}
    assert all(each["preview"]["content"]["text"] for each in listed)
    return [each["preview"]["content"]["title"] for each in listed]


async def test_before_anything_is_typed_all_dimensions_are_offered(bot: Hearing) -> None:
    """Their numbers, in order, each with the shift as its line; blanks are nothing typed."""
    names = [f"{number}" for number in range(1, 8)]
    for words in (None, "", "  "):
        listed = titles(await found(bot, words))
        assert [title.partition(" ")[0] for title in listed] == names


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("risks", "7 · Risks and responsibilities"),
        ("ris", "7 · Risks and responsibilities"),
        ("7", "7 · Risks and responsibilities"),
        ("EVAL", "Eval"),
        ("DRIFT", "Drift"),
        ("What skills does an AI PM need?", "6 · Skills"),
    ],
)
async def test_what_is_typed_is_found(bot: Hearing, words: str, first: str) -> None:
    """A name, the beginning of one, a term, a question; no entry twice, no dilemma, and no more than 25."""
    listed = titles(await found(bot, words))
    assert listed[0].startswith(first)
    assert len(listed) == len(set(listed)) <= extension.MOST
    assert not {dilemma.title for dilemma in bot.content.library.dilemmas} & set(listed)


async def test_every_card_stands_alone(bot: Hearing) -> None:
    """It is an Adaptive Card with words in it, and nothing to press: no handler of ours would hear it there."""
    library = bot.content.library
    seen = 0
    for words in (None, *(tip.title for tip in library.tips[:10]), *(term.term for term in library.terms[:10])):
        for each in await found(bot, words):
            assert each["contentType"] == "application/vnd.microsoft.card.adaptive"
            card = json.dumps(each["content"])
            assert each["content"]["body"]
            assert '"Action.' not in card
            assert "selectAction" not in card
            seen += 1
    assert seen > 20


async def test_a_page_of_what_is_found(bot: Hearing) -> None:
    """Teams says from where and how many; what makes no sense is as if it had said nothing."""
    every = titles(await found(bot, None))
    assert titles(await found(bot, None, skip=2, count=3)) == every[2:5]
    assert titles(await found(bot, None, skip=25, count=25)) == []
    for skip, count in ((-1, -1), ("2", "3"), (True, None), (0, 10**30)):
        assert titles(await found(bot, None, skip=skip, count=count)) == every


async def test_nothing_found_is_said_in_words(bot: Hearing) -> None:
    """A sentence that says what would be found."""
    reply = await bot.hear(query("xylophone quokka"))
    held = reply.body["composeExtension"]
    assert held["type"] == "message"
    assert held["text"].startswith("Nothing here on “xylophone quokka”. Try a topic such as “risks”")


@pytest.mark.parametrize("place", [ELSEWHERE, ROOM, GROUP, ALONE])
async def test_nothing_is_kept_of_where_and_by_whom_it_was_searched(bot: Hearing, place: Place) -> None:
    """The bot need not be there: no conversation is kept, no name learned, nothing said or written down."""
    await bot.hear(query("risks", place=place))
    assert await bot.conversation(place.id) is None
    assert bot.teams.learned == {}
    assert bot.teams.said == []
    assert await bot.counts() == {}


@pytest.mark.parametrize(
    "value",
    [None, [], "words", {}, {"commandId": 7}, {"commandId": "other", "parameters": []}],
)
async def test_another_command_is_not_known(bot: Hearing, value: object) -> None:
    """501, as for every invoke that is none of ours."""
    reply = await bot.hear(activities.invoked(ALICE, ROOM, "composeExtension/query", value))
    assert reply.status == 501


@pytest.mark.parametrize("parameters", [None, "x", [None], [{}], [{"name": "words"}], [{"name": "words", "value": 7}]])
async def test_odd_parameters_are_nothing_typed(bot: Hearing, parameters: object) -> None:
    """Whatever is sent, all dimensions are offered."""
    value = {"commandId": "search", "parameters": parameters}
    reply = await bot.hear(activities.invoked(ALICE, ROOM, "composeExtension/query", value))
    assert len(reply.body["composeExtension"]["attachments"]) == 7


def test_a_fault_is_said_where_the_results_would_stand() -> None:
    """A sentence with the reference."""
    held = responses.apology(query("risks"), "7f3a").body["composeExtension"]
    assert held["type"] == "message"
    assert "7f3a" in held["text"]
