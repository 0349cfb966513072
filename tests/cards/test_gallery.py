"""Every card, in every drawing: within the platform's limits, with every word of it there."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings

from cards import text
from cards.compose import assistants, dimensions, halves, learning, notices, pages, usage
from cards.compose.tips import coming
from cards.compose.tips import doctor as tips_doctor
from cards.compose.tips import notices as tips_notices
from cards.compose.tips import settings as tips_settings
from cards.model import (
    Actions,
    Button,
    Callout,
    Caption,
    Card,
    Columns,
    Divider,
    Fold,
    Header,
    LinkButton,
    Listing,
    Select,
    TextBlock,
)
from cards.slack import render
from cards.slack.markup import ZERO_WIDTH_SPACE
from content.inline import Code, Command, Conversation, Emphasis, Link, Person, Rich, Strong, Text
from tests.cards import gallery, limits
from tests.cards.slack import mrkdwn
from tests.cards.strategies import CARDS
from tests.cards.test_terminal import drawn as terminal

pytestmark = pytest.mark.xdist_group("gallery")  # every card is composed once, for all who draw them

STACKED = 58  # columns: the two sides stack, so that each one's words stand together


def squashed(words: str) -> str:
    """Take out what a drawing may change: space, line breaks, and the bar Slack's links cannot hold."""
    return "".join(words.replace(ZERO_WIDTH_SPACE, "").replace("|", "¦").replace("│", "").split())


@lru_cache(maxsize=20_000)  # the same words stand on card after card
def wanted(words: str) -> str:
    """Give what of a card's words is looked for in a drawing."""
    return squashed(words)


def leaves(rich: Rich) -> Iterator[str]:
    """Give every run of words in a text; a moment is drawn in other words by each platform."""
    for inline in rich:
        match inline:
            case Text(words) | Code(words) | Command(words):
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
            case TextBlock(rich, button):
                yield from (*leaves(rich), *(labels(button, spoken=spoken) if button else ()))
            case Caption(rich) | Callout(rich):
                yield from leaves(rich)
            case Fold(title, inside):
                yield title
                yield from strings(Card(title, inside), spoken=spoken)
            case Listing(items, label, _):
                yield from (label, *(words for item in items for words in leaves(item)))
            case Columns(left, right):
                yield from (left.title, *leaves(left.text), right.title, *leaves(right.text))
            case Actions(pressed):
                yield from (words for item in pressed for words in labels(item, spoken=spoken))
            case Divider():
                pass


def labels(item: Button | LinkButton | Select, *, spoken: bool) -> Iterator[str]:
    """Give the strings of one thing to press."""
    match item:
        case Button(label, _, _, said, _):
            yield said if said and spoken else label
        case LinkButton(label, _):
            yield label
        case Select(label, options):
            yield from (label, *(option for option, _ in options))


def missing(card: Card, drawing: str, *, spoken: bool = False) -> list[str]:
    """List the strings of a card that are not in a drawing."""
    there = squashed(drawing)
    return [words for words in strings(card, spoken=spoken) if wanted(words) not in there]


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


def spoken_missing(card: Card) -> list[str]:
    """List the strings of a card that Slack does not read aloud; what is cut there says so."""
    words = render.message(card)["text"]
    return [] if words.endswith("…") else missing(card, mrkdwn.words(words), spoken=True)


PROMISES: Mapping[str, Callable[[Card], list[str]]] = {
    "Slack takes it": lambda card: limits.message_faults(render.message(card)),
    "every word of it is seen on Slack": lambda card: missing(card, seen(render.message(card)["blocks"])),
    "every word of it is read aloud on Slack": spoken_missing,
    "every word of it is in the text": lambda card: missing(card, text.message(card), spoken=True),
    "every word of it is in the terminal": lambda card: missing(card, terminal(card, STACKED)),
}
BY_BLOCK = "every word of it is in the terminal"


@cache
def broken() -> Mapping[str, list[str]]:
    """Give what is wrong with our cards, by promise: each drawn once for all that Slack promises.

    A terminal draws a block whatever stands around it, at length: there each that differs is drawn once.
    """
    whole = {name: judge for name, judge in PROMISES.items() if name != BY_BLOCK}
    cards = gallery.cards()
    return {**gallery.broken(cards, whole), **gallery.broken(gallery.new_parts(cards), {BY_BLOCK: PROMISES[BY_BLOCK]})}


@pytest.mark.parametrize("promise", PROMISES)
def test_every_card_of_ours_keeps_each_promise(promise: str) -> None:
    """No platform refuses a card of ours, and none loses a word of it; every fault is told at once."""
    assert broken()[promise] == []


def test_every_form_is_within_limits() -> None:
    """Slack opens every form of ours, with a zone chosen or not."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert gallery.faults(gallery.forms(), lambda form: limits.view_faults(render.view(form, now))) == []


def test_the_gallery_tells_every_fault_at_once() -> None:
    """One card's fault hides no other's, and a card that cannot be drawn is told like the rest."""

    def judge(card: Card) -> list[str]:
        if card.title == "b":
            raise ValueError(card.title)
        return [card.title, card.title]

    judged = {name: Card(name, ()) for name in "abc"}
    assert gallery.faults(judged, judge) == ["a: a", "a: a", "b: ValueError('b')", "c: c", "c: c"]


@pytest.mark.parametrize(
    "composer", [dimensions, halves, notices, pages, usage, coming, tips_settings, tips_doctor, tips_notices]
)
def test_no_composed_card_is_missing_from_the_gallery(composer: ModuleType) -> None:
    """A new kind of card is judged from the day it is written."""
    kinds = {
        name
        for name, function in inspect.getmembers(composer, inspect.isfunction)
        if not name.startswith("_") and inspect.signature(function).return_annotation is Card
    }
    assert kinds
    assert kinds - {name.split()[0] for name in gallery.cards()} == set()


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(learning.__path__)])
def test_no_card_that_teaches_is_missing_from_the_gallery(name: str) -> None:
    """The same of every module there is, each card by its module and its function."""
    composer = importlib.import_module(f"{learning.__name__}.{name}")
    kinds = {
        f"{name}.{function}"
        for function, made in inspect.getmembers(composer, inspect.isfunction)
        if made.__module__ == composer.__name__
        and not function.startswith("_")
        and inspect.signature(made).return_annotation is Card
    }
    assert kinds
    assert kinds - {shown.split()[0] for shown in gallery.cards()} == set()


def test_no_card_for_assistants_is_missing_from_the_gallery() -> None:
    """The same of what assistants are told."""
    kinds = {
        f"assistants.{function}"
        for function, made in inspect.getmembers(assistants, inspect.isfunction)
        if made.__module__ == assistants.__name__
        and not function.startswith("_")
        and inspect.signature(made).return_annotation in {Card, tuple[Card, ...]}
    }
    assert len(kinds) == 8
    assert kinds - {shown.split()[0] for shown in gallery.cards()} == set()


@given(CARDS)
@settings(max_examples=150)
def test_any_card_keeps_every_promise(card: Card) -> None:
    """The promises hold for every card the model can make, not only for those the content makes today."""
    assert [(promise, fault) for promise, judge in PROMISES.items() for fault in judge(card)] == []


def test_what_is_spoken_contains_what_is_read() -> None:
    """Who speaks a button's visible words presses it (WCAG 2.5.3); signs are not spoken."""

    def heard(words: str) -> str:
        return " ".join(re.sub(r"[^\w\s]", " ", words).casefold().split())

    def judge(card: Card) -> list[str]:
        items = [item for block in card.blocks if isinstance(block, Actions) for item in block.items]
        items += [block.button for block in card.blocks if isinstance(block, TextBlock) and block.button]
        named = [item for item in items if isinstance(item, Button) and item.spoken]
        return [item.label for item in named if heard(item.label) not in heard(item.spoken)]

    assert gallery.faults(gallery.cards(), judge) == []


def test_quotation_marks_and_apostrophes_are_of_one_kind() -> None:
    """“Quoted”, and an apostrophe as it is typed; the content's own words aside."""
    texts = [path.read_text() for path in Path("cards/compose").rglob("*.py")]
    literals = [node.value for words in texts for node in ast.walk(ast.parse(words)) if isinstance(node, ast.Constant)]
    shown = [words for words in literals if isinstance(words, str) and " " in words]
    assert [words for words in shown if "’" in words and "‘" not in words] == []
