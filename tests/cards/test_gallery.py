"""Every card, in every drawing: within the platform's limits, with every word of it there."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from cards import slack, text
from cards.model import Button, Buttons, Card, Columns, Divider, Header, LinkButton, Listing, Menu, Note, Words
from cards.slack_words import ZERO_WIDTH_SPACE
from content.markdown import Code, Conversation, Emphasis, Link, Person, Rich, Strong, Text
from tests.cards import gallery, limits, mrkdwn
from tests.cards.strategies import CARDS
from tests.cards.test_terminal import drawn as terminal

EVERY_CARD = pytest.mark.parametrize("card", [pytest.param(card, id=name) for name, card in gallery.cards()])
STACKED = 58  # columns: the two sides stack, so that each one's words stand together


def squashed(words: str) -> str:
    """Take out what a drawing may change: space, line breaks, and the bar Slack's links cannot hold."""
    return "".join(words.replace(ZERO_WIDTH_SPACE, "").replace("|", "¦").replace("│", "").split())


def leaves(text_: Rich) -> Iterator[str]:
    """Give every run of words in a text."""
    for inline in text_:
        match inline:
            case Text(words) | Code(words):
                yield words
            case Strong(children) | Emphasis(children) | Link(_, children):
                yield from leaves(children)
            case Person(id_):
                yield f"@{id_}"
            case Conversation(id_):
                yield f"#{id_}"


def strings(card: Card, *, spoken: bool) -> Iterator[str]:
    """Give every string of a card that people should see, or hear where a button has a spoken name."""
    for block in card.blocks:
        match block:
            case Header(words):
                yield words
            case Words(text_) | Note(text_):
                yield from leaves(text_)
            case Listing(items, label, _):
                yield label
                for item in items:
                    yield from leaves(item)
            case Columns(left, right):
                for side in (left, right):
                    yield side.title
                    yield from leaves(side.text)
            case Buttons(items):
                for item in items:
                    match item:
                        case Button(label, _, _, said):
                            yield said if said and spoken else label
                        case LinkButton(label, _):
                            yield label
                        case Menu(label, options):
                            yield label
                            yield from (option for option, _ in options)
            case Divider():
                pass


def missing(card: Card, drawing: str, *, spoken: bool = False) -> list[str]:
    """List the strings of a card that are not in a drawing."""
    there = squashed(drawing)
    return [words for words in strings(card, spoken=spoken) if squashed(words) not in there]


def seen(drawn: object) -> str:
    """Read all a person sees in Slack's blocks."""
    match drawn:
        case {"type": "mrkdwn", "text": str(words)}:
            return mrkdwn.words(words)
        case {"type": "plain_text", "text": str(words)}:
            return words
        case dict():
            return "\n".join(seen(value) for value in drawn.values())
        case list():
            return "\n".join(seen(value) for value in drawn)
        case _:
            return ""


def judge(card: Card) -> None:
    """Draw a card every way and find nothing missing and nothing refused."""
    message = slack.message(card)
    assert limits.message_faults(message) == []
    assert missing(card, seen(message["blocks"])) == []
    if not message["text"].endswith("…"):
        assert missing(card, mrkdwn.words(message["text"]), spoken=True) == []
    assert missing(card, text.message(card), spoken=True) == []
    assert missing(card, terminal(card, STACKED)) == []


@EVERY_CARD
def test_every_card_is_whole_and_within_limits_in_every_drawing(card: Card) -> None:
    """No platform refuses a card of ours, and none loses a word of it."""
    judge(card)


@given(CARDS)
@settings(max_examples=150)
def test_any_card_is_whole_and_within_limits_in_every_drawing(card: Card) -> None:
    """The promise holds for every card the model can make, not only for those the content makes today."""
    judge(card)
