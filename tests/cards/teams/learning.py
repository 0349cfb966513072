"""What a channel that learns draws on Teams, beside the gallery: thumbs, charts, every verb and form."""

from collections.abc import Mapping
from functools import cache
from typing import get_args

import orjson
from hypothesis import strategies as st
from msgspec.structs import replace

from cards.forms import Form, MultiSelect, Option, SingleSelect, TextInput
from cards.model import FORMS, Action, Actions, Button, Card, Chart, Feedback, Select, Verb
from cards.teams import render
from tests.cards import gallery, strategies, traps

VERBS: tuple[Verb, ...] = get_args(Verb)
THUMBS = Feedback(Action("useful", gallery.RISKS, "tip"), Action("not-useful", gallery.RISKS, "tip"))
LONG = "Stakeholders and the people who are asked last"
CHART = Chart("Levels opened", (("More detail", 12), ("Sources", 3), ("Exercise", 0)))
CROWDED = Chart(f"{LONG} {LONG}", tuple((f"{number} {LONG}", number) for number in range(12)))

BLOCKS = st.one_of(
    strategies.BLOCKS,
    st.builds(Feedback, strategies.ACTIONS, strategies.ACTIONS),
    st.builds(
        Chart,
        strategies.WORDS,
        st.lists(st.tuples(strategies.WORDS, st.integers(0, 10**9)), max_size=13).map(tuple),
    ),
)
CARDS = st.builds(Card, strategies.LABELS, st.lists(BLOCKS, max_size=8).map(tuple))


def buttons(count: int) -> Actions:
    """Give a row of so many buttons."""
    return Actions(tuple(Button(f"Button {number}", Action("list")) for number in range(count)))


def acting(verb: Verb) -> Action:
    """Give an action of a verb."""
    return Action(verb, gallery.RISKS, "argument")


@cache
def cards() -> Mapping[str, Card]:
    """Give the gallery's cards, and those with what is new."""
    return {**gallery.cards(), **new()}


@cache  # what is sent holds no objects that garbage is looked for among
def sent(card: Card) -> bytes:
    """Give one of these cards as Teams gets it, drawn once for all who judge every one of them."""
    return orjson.dumps(render.card(card))


def new() -> Mapping[str, Card]:
    """Give the cards with what is new; the thumbs below six buttons, all that a card has."""
    pressed = tuple(Button(verb, acting(verb)) for verb in VERBS)
    return {
        "thumbs": gallery.card(*gallery.tip().blocks, THUMBS),
        "thumbs below six buttons": gallery.card(buttons(6), THUMBS, title="Six"),
        "chart": gallery.card(CHART, title="Chart"),
        "crowded charts": gallery.card(CROWDED, CROWDED, Chart(traps.WORDS, ((traps.WORDS, 1),)), title="Crowded"),
        "chart without bars": gallery.card(Chart("None yet", ()), title="None yet"),
        "every verb": gallery.card(Actions(pressed), title="Verbs"),
        "every verb in a menu": gallery.card(
            Actions((Select("All", tuple((verb, acting(verb)) for verb in VERBS)),)), title="Menu"
        ),
    }


def form(verb: Verb) -> Form:
    """Give a form that is sent under a verb, with text of each kind."""
    reasons = ("wrong", "outdated", "unclear", "not for us")
    return Form(
        title="Not useful",
        submit="Send",
        action=Action(verb, gallery.RISKS, "tip"),
        context="tip/one@3",
        fields=(
            SingleSelect("why", "Why", tuple(Option(each.capitalize(), each) for each in reasons), "wrong"),
            TextInput("words", "In your words", most=1_500, is_long=True),
            TextInput("source", "Source", hint="An address", most=200, optional=False),
            MultiSelect("told", "Afterwards", (Option("Tell me when it is mended", "yes"),), ("yes",)),
        ),
    )


@cache
def forms() -> Mapping[str, Form]:
    """Give the gallery's forms, and one that is sent under each verb."""
    sent = {f"{verb} form": replace(form(verb), title=f"Form of {verb}"[:24]) for verb in FORMS.values()}
    return {**gallery.forms(), **sent}
