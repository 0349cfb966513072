"""Every card and form as Teams draws it: what cards are made of, Teams' limits, and every word of it there."""

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from urllib.parse import unquote

import orjson
import pytest
from hypothesis import given, settings

from cards.forms import Form
from cards.model import Card, Fold, TextBlock
from cards.teams import render
from cards.teams.markup import SOMEONE, THIS_CHANNEL
from scheduler import quiet_dates
from tests.cards import gallery
from tests.cards.teams import adaptive, learning
from tests.cards.teams.learning import CARDS
from tests.cards.test_gallery import squashed, strings, wanted

pytestmark = pytest.mark.xdist_group("gallery")  # with all who draw every card, each composed once


def missing(card: Card, drawing: str) -> list[str]:
    """List the strings of a card that are not in a drawing; whom an id stands for is not known here."""
    there = squashed(drawing)
    nobody = {"@": squashed(SOMEONE), "#": squashed(THIS_CHANNEL)}
    return [
        words
        for words in strings(card, spoken=False)
        if wanted(words) not in there and not (words[:1] in nobody and nobody[words[:1]] in there)
    ]


def asked(form: Form) -> list[str]:
    """List what is wrong with a form's dialog, as it opens and with a fault at every field."""
    said = {field.name: f"Something is wrong with {field.label}." for field in form.fields}
    names = {"U1": "Ada", "alice": "Alice"}
    first = render.dialog(form, names, countries=quiet_dates.countries())
    again = render.dialog(form, names, faults=said, values={}, countries=quiet_dates.countries())
    found = [fault for drawn in (first, again) for fault in adaptive.card_faults(drawn)]
    for drawn in (first, again):
        inputs = [each for each in adaptive.every(drawn) if str(each.get("type")).startswith("Input.")]
        if [(each["id"], each["label"]) for each in inputs] != [(field.name, field.label) for field in form.fields]:
            found.append("other fields than the form's")
    words = adaptive.words(again)
    return found + [f"not said: {fault}" for fault in said.values() if fault not in words]


@lru_cache(maxsize=1)  # all promises of one card are judged before the next card's
def read(card: Card) -> str:
    """Read all a person sees on a card of ours, or can make it show."""
    return adaptive.words(orjson.loads(learning.sent(card)))


PROMISES: Mapping[str, Callable[[Card], list[str]]] = {
    "Teams takes it": lambda card: adaptive.card_faults(orjson.loads(learning.sent(card))),
    "every word of it is there": lambda card: missing(card, read(card)),
    # People on Teams mention the bot.
    "no slash command asks it": lambda card: re.findall(r"/pm-compare.*", read(card)),
}


@cache
def broken() -> Mapping[str, list[str]]:
    """Give what is wrong with our cards, by promise, each drawn once for all."""
    return gallery.broken(learning.cards(), PROMISES)


@pytest.mark.parametrize("promise", PROMISES)
def test_every_card_keeps_each_promise_on_teams(promise: str) -> None:
    """No card of ours is refused, loses a word, or asks for what only Slack has; every fault is told at once."""
    assert broken()[promise] == []


def test_people_on_teams_are_told_to_mention_the_bot() -> None:
    """Where Slack has a slash command."""
    assert "@PM Compare help" in adaptive.words(render.card(learning.cards()["overview"]))


def test_every_form_is_valid_on_teams() -> None:
    """Every dialog opens, with its faults said at their fields and what was typed kept."""
    assert gallery.faults(learning.forms(), asked) == []


def test_an_empty_field_says_what_it_waits_for() -> None:
    """Teams shows the sentence at a field that must not be empty; where several may be chosen, one is not the most."""
    drawn = render.dialog(gallery.other_form(), {}, countries=quiet_dates.countries())
    said = {each["id"]: each.get("errorMessage") for each in adaptive.every(drawn) if "id" in each}
    assert said == {
        "dimensions": "Choose at least one.",
        "many": "Choose at least one.",
        "until": None,
        "since": "Choose a day.",
        "quiet_dates": None,
        "quiet_country": "Choose one.",
        "owner": "Choose somebody.",
        "co_owners": None,
    }


@given(CARDS)
@settings(max_examples=100, deadline=None)
def test_any_card_is_whole_and_valid_on_teams(card: Card) -> None:
    """The promise holds for every card the model can make, or the drawing says what does not fit."""
    try:
        drawn = render.card(card)
    except ValueError as refused:
        assert "Teams" in str(refused) or "web address" in str(refused) or "empty" in str(refused)  # noqa: PT017 # a drawing that does not fit is said so
        return
    assert adaptive.card_faults(drawn) == []
    words = adaptive.words(drawn)
    assert missing(card, f"{words}\n{unquote(words)}") == []  # an address is written with percent signs


TYPED = ["x" * 5_000, "é" * 100_000, " ", "a b " * 20_000, "\u202e", "], [", "\x01" * 5_000, "🧪" * 5_000]


@pytest.mark.parametrize("typed", TYPED)
def test_a_form_shows_again_whatever_was_typed(typed: str) -> None:
    """What cannot be chosen is left out where it is shown again; no dialog grows too large, or fails, by it."""
    crowd = {f"{number:08d}-0000-4000-8000-000000000000": "Ж" * number for number in range(100)}
    for form in {each.title: each for each in learning.forms().values()}.values():
        values = {field.name: typed for field in form.fields}
        faults = {field.name: f"“{typed}” is wrong." for field in form.fields}
        for names in ({}, crowd):
            drawn = render.dialog(form, names, faults=faults, values=values, countries=quiet_dates.countries())
            assert adaptive.card_faults(drawn) == []


def test_a_fold_shows_and_hides_its_part_and_says_which() -> None:
    """The heading toggles the part and its own sign; only an open one is seen from the start."""
    inside = (TextBlock(gallery.rich("Inside")),)
    body = render.card(gallery.card(Fold("Open", inside, is_open=True), Fold("Closed", inside)))["body"]
    shown = {part["id"]: part.get("isVisible", True) for part in adaptive.every(body) if "id" in part}
    toggles = [box["selectAction"] for box in body if "selectAction" in box]
    assert [toggle["title"] for toggle in toggles] == ["Open", "Closed"]
    assert [[shown[name] for name in toggle["targetElements"]] for toggle in toggles] == [
        [True, False, True],
        [False, True, False],
    ]


def test_two_sides_stack_in_a_narrow_pane() -> None:
    """The layout with two columns is for cards of standard width on; below, and in old clients, elements stack."""
    (sides,) = (
        box for box in render.card(gallery.comparison())["body"] if "layouts" in box and "grid.area" in str(box)
    )
    assert [layout["targetWidth"] for layout in sides["layouts"]] == ["atLeast:standard"]
    assert [(side["grid.area"], side["style"]) for side in sides["items"]] == [
        ("left", "emphasis"),
        ("right", "accent"),
    ]
